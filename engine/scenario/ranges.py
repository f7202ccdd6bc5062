"""Ranges of a cell's values and choices of its physics: what a study or a test may draw from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from solidcell.engine.entry.place import Items, Table, mistake, nearest
from solidcell.engine.scenario.curve import CurveOf
from solidcell.engine.scenario.dimension import parse_quantity
from solidcell.engine.scenario.document import parse_document, read_text
from solidcell.engine.scenario.library import RANGES, shipped_folder, shown
from solidcell.engine.scenario.model import Scenario
from solidcell.engine.scenario.parameter import Kind

_DECADE = 10.0
_KEYS = {"cell", "ranges", "choices"}
_ENTRIES = {"low", "high", "source"}


@dataclass(frozen=True, slots=True)
class Range:
    """Between which values one of a scenario's may lie.

    Attributes
    ----------
    path
        Dotted path in the scenario.
    low, high
        In SI; for a curve factors on it.
    unit
        SI unit; empty for a pure number.
    source
        Where the range comes from.
    whole
        Whether only whole numbers are meant.
    curve
        Whether the value is a curve.
    """

    path: str
    low: float
    high: float
    unit: str
    source: str
    whole: bool
    curve: bool

    def at(self, share: float) -> float:
        """The value at a share of the way from low to high; a way over decades is logarithmic."""
        low, high = self.low, self.high
        if low > 0.0 and high > _DECADE * low:
            value = low * (high / low) ** share
        else:
            value = low + share * (high - low)
        value = min(max(value, low), high)
        return float(round(value)) if self.whole else value


@dataclass(frozen=True, slots=True)
class Ranges:
    """What the file of ranges says.

    Attributes
    ----------
    cell
        The cell that it is about, as a scenario names it.
    ranges
        By dotted path.
    choices
        What may be chosen, by dotted path.
    """

    cell: str
    ranges: Mapping[str, Range]
    choices: Mapping[str, tuple[str, ...]]


def load_ranges(file: Path | None = None) -> Ranges:
    """Ranges from their YAML file, the shipped one unless given.

    Raises
    ------
    InputError
        If a path is none of a scenario's, a value has a wrong unit, or a range is empty.
    """
    file = shipped_folder() / f"{RANGES}.yaml" if file is None else file
    document = parse_document(read_text(file), shown(file))
    for key in document:
        if key not in _KEYS:
            raise mistake(document.places[key], f"unknown key '{key}'{nearest(key, _KEYS)}")
    parts = []
    for name in ("ranges", "choices"):
        part = document.get(name)
        if not isinstance(part, Table):
            raise mistake(
                document.place, f"'{name}' is no mapping of dotted paths; write it as one"
            )
        parts.append(part)
    ranges, choices = parts
    return Ranges(
        cell=str(document.get("cell", "")),
        ranges={path: _range(path, ranges) for path in ranges},
        choices={path: _choice(path, choices) for path in choices},
    )


def _range(path: str, table: Table) -> Range:
    place, written = table.places[path], table[path]
    if not isinstance(written, Table) or set(written) != _ENTRIES:
        raise mistake(place, f"{path}: a range is '{{low: 1 um, high: 5 um, source: ...}}'")
    kind = next((one for one in _kinds(path) if one is not None), None)
    if kind is None:
        raise mistake(place, f"'{path}' is no value of a scenario; correct the path")
    curve = isinstance(kind, CurveOf)
    unit = kind.si_unit if isinstance(kind, Kind) else ""
    bounds = []
    for key in ("low", "high"):
        try:
            bounds.append(parse_quantity(str(written[key]), unit).value)
        except ValueError as error:
            raise mistake(written.places[key], f"{path}.{key}: {error}") from None
    low, high = bounds
    if not (math.isfinite(low) and low < high):
        raise mistake(place, f"{path}: low must be below high; exchange the two")
    return Range(path, low, high, unit, str(written["source"]), kind is int, curve)


def _choice(path: str, table: Table) -> tuple[str, ...]:
    written = table[path]
    if not isinstance(written, Items) or not written:
        raise mistake(table.places[path], f"{path}: choices are a list; write '[on, off]'")
    if not any(True for _ in _kinds(path)):
        raise mistake(table.places[path], f"'{path}' is no choice of a scenario; correct the path")
    return tuple(str(item) for item in written)


def _kinds(path: str) -> Iterator[Kind | CurveOf | type[int] | type[float] | None]:
    """What the schema says of a dotted path, for each place it leads to; None for a word."""
    models: list[type[BaseModel]] = [Scenario]
    *parents, last = path.split(".")
    for name in parents:
        models = [
            inner
            for model in models
            if name in model.model_fields
            for inner in _leaves(model.model_fields[name].annotation)
            if isinstance(inner, type) and issubclass(inner, BaseModel)
        ]
    for model in models:
        if last in model.model_fields:
            field = model.model_fields[last]
            found = [*field.metadata, *_leaves(field.annotation)]
            yield next((one for one in found if isinstance(one, Kind | CurveOf)), None) or next(
                (one for one in (int, float) if one in found), None
            )


def _leaves(annotation: object) -> Iterator[object]:
    """The annotation's own types and what they are annotated with."""
    parts = get_args(annotation)
    if not parts:
        yield annotation
    for part in parts:
        yield from _leaves(part)
