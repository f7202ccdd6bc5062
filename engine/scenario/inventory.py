"""Every value of a scenario in one list, by dotted name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.curve import Curve
from solidcell.engine.scenario.parameter import Parameter


class ParameterRow(NamedTuple):
    """A value of a scenario as the results file keeps it.

    Attributes
    ----------
    name
        Dotted path.
    value
        In SI; NaN for a curve or a word.
    expression
        As written.
    unit
        SI unit of ``value``; for a curve the unit that its expression is in.
    source, status
        Where it comes from and how it is known.
    """

    name: str
    value: float
    expression: str
    unit: str
    source: str
    status: str


def list_parameters(entry: Entry, path: str = "") -> Iterator[ParameterRow]:
    """Rows for all values below ``entry``; what is unset or descriptive is left out."""
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        here = f"{path}.{name}" if path else name
        match value:
            case Parameter():
                yield ParameterRow(
                    here, float(value), value.text, value.si_unit, value.source, value.status
                )
            case Curve():
                unit = value.unit or value.si_unit
                yield ParameterRow(here, math.nan, value.text, unit, value.source, value.status)
            case Entry():
                yield from list_parameters(value, here)
            case int() | float():
                yield ParameterRow(here, float(value), f"{value:g}", "", "", "assumed")


def name_parameters(entry: Entry, path: str = "") -> None:
    """Tell each parameter below ``entry`` its dotted name; a default is first made one's own."""
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        here = f"{path}.{name}" if path else name
        if isinstance(value, Parameter):
            object.__setattr__(entry, name, value.changed(name=here))
        elif isinstance(value, Entry) and not isinstance(value, Curve):
            name_parameters(value, here)
