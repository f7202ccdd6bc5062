"""From a file, a shipped name or a mapping to a validated scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from solidcell.engine.entry.place import Items, Table
from solidcell.engine.entry.units import Si
from solidcell.engine.scenario.document import read_text
from solidcell.engine.scenario.inventory import name_parameters
from solidcell.engine.scenario.library import find_scenario
from solidcell.engine.scenario.mistakes import as_input_error
from solidcell.engine.scenario.model import Scenario
from solidcell.engine.scenario.resolve import apply_overrides, resolve


def load_scenario(
    path_or_name: str | Path, *, overrides: Mapping[str, object] | None = None
) -> Scenario:
    """A scenario from its YAML file.

    Parameters
    ----------
    path_or_name
        Path of the file, or the name of a scenario shipped with solidcell.
    overrides
        Dotted paths and their values as they would be written in YAML, applied last:
        ``{"cell.positive.thickness": "80 um"}``.

    Returns
    -------
    Scenario
        Frozen and validated, all values in SI.

    Raises
    ------
    InputError
        If anything is missing, unknown or impossible; the message names file and line.
    """
    file = find_scenario(path_or_name)
    text = read_text(file)
    table = resolve(file, text)
    return _validate(table, text, overrides)


def parse_scenario(
    text: str, *, file: str | Path = "scenario.yaml", overrides: Mapping[str, object] | None = None
) -> Scenario:
    """A scenario from YAML text.

    Parameters
    ----------
    text
        The YAML.
    file
        Name for error messages; relative paths in the text are relative to its folder.
    overrides
        As for :func:`load_scenario`.

    Raises
    ------
    InputError
        If anything is missing, unknown or impossible.
    """
    return _validate(resolve(Path(file), text), text, overrides)


def _validate(table: Table, text: str, overrides: Mapping[str, object] | None) -> Scenario:
    if overrides:
        apply_overrides(table, overrides)
    try:
        scenario = Scenario.model_validate(table)
    except ValidationError as error:
        raise as_input_error(error, table, Scenario) from None
    name_parameters(scenario)
    scenario._source_text = text
    if overrides:
        _with_units(table, {row.name: row.expression for row in scenario.parameters})
    scenario._resolved = table
    return scenario


def _with_units(written: object, expressions: Mapping[str, str], path: str = "") -> object:
    """Replace the floats that came from Python by text with a unit, which can be read again."""
    match written:
        case Si():
            return expressions.get(path, float(written))
        case Table():
            for key, value in written.items():
                here = path if key == "value" else f"{path}.{key}".lstrip(".")
                written[key] = _with_units(value, expressions, here)
        case Items():
            for index, value in enumerate(written):
                written[index] = _with_units(value, expressions, f"{path}.{index}")
    return written
