"""Dimensions of a scenario's values: those of everyday use, pure numbers, and those of its laws.

The everyday ones are :mod:`solidcell.engine.entry.units`'s. A pure number has the SI unit ``""``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from solidcell.engine.entry import units
from solidcell.engine.entry.units import Quantity, parse_fraction, split_quantity


class _Dimension(NamedTuple):
    name: str
    example: str
    units: dict[str, str]


_PURE_EXAMPLE = "0.5"

# Keys are the SI units that fields are declared in. Factors are decimal text, so that a value has
# the float nearest to what was written.
_LAWS: dict[str, _Dimension] = {
    "N/m": _Dimension(
        "a stiffness", "1e8 N/m", {"N/m": "1", "kN/m": "1e3", "MN/m": "1e6", "N/mm": "1e3"}
    ),
    "m/s": _Dimension(
        "a velocity", "1e-12 m/s", {"m/s": "1", "cm/s": "1e-2", "um/s": "1e-6", "nm/s": "1e-9"}
    ),
    "1/m": _Dimension("a surface per volume", "2.6e7 1/m", {"1/m": "1", "m^-1": "1"}),
    "A^2*s/m^4": _Dimension(
        "a growth of squared charge",
        "0.25 C^2/m^4/s",
        {"C^2/m^4/s": "1", "C^2/(m^4*s)": "1", "A^2*s/m^4": "1"},
    ),
    "1/s": _Dimension("a rate", "4.3e-9 1/s", {"1/s": "1", "s^-1": "1"}),
    "1/m^2": _Dimension(
        "a number per area",
        "1e12 1/m^2",
        {"1/m^2": "1", "m^-2": "1", "1/cm^2": "1e4", "1/mm^2": "1e6", "1/um^2": "1e12"},
    ),
    "F/m^2": _Dimension(
        "a capacitance per area",
        "0.3 F/m^2",
        {"F/m^2": "1", "mF/m^2": "1e-3", "F/cm^2": "1e4", "mF/cm^2": "10", "uF/cm^2": "1e-2"},
    ),
    "Hz": _Dimension(
        "a frequency",
        "1 kHz",
        {"Hz": "1", "uHz": "1e-6", "mHz": "1e-3", "kHz": "1e3", "MHz": "1e6"},
    ),
}


def dimension_name(si_unit: str) -> str:
    """What a value of this SI unit is called, with its article: ``a length``."""
    if not si_unit:
        return "a pure number"
    return _LAWS[si_unit].name if si_unit in _LAWS else units.dimension_name(si_unit)


def example(si_unit: str) -> str:
    """A value of this SI unit as one would write it: ``30 um``."""
    if not si_unit:
        return _PURE_EXAMPLE
    return _LAWS[si_unit].example if si_unit in _LAWS else units.example(si_unit)


def convert(number: str, unit: str, si_unit: str) -> float:
    """Value in ``si_unit`` of ``number`` times ``unit``.

    Raises
    ------
    ValueError
        If the unit is missing, unknown, or of another dimension.
    """
    if not si_unit:
        return parse_fraction(f"{number} {unit}").value
    if si_unit not in _LAWS:
        return units.convert(number, unit, si_unit)
    name, shown, known = _LAWS[si_unit]
    if not unit:
        raise ValueError(f"'{number}' has no unit; write {name} with its unit, like '{shown}'")
    spelled = unit.replace("**", "^").replace("²", "^2").replace("µ", "u").replace("μ", "u")
    spelled = spelled.replace("m2", "m^2").replace(" ", "")
    if spelled not in known:
        raise ValueError(
            f"'{unit}' is not a unit of {name}; write it like '{shown}', in {', '.join(known)}"
        )
    return float(Decimal(number) * Decimal(known[spelled]))


def parse_quantity(text: str, si_unit: str) -> Quantity:
    """A quantity with a unit of the dimension of ``si_unit``, in SI.

    Raises
    ------
    ValueError
        If there is no number, no unit, or a unit of another dimension.
    """
    if not si_unit:
        return parse_fraction(text)
    if si_unit not in _LAWS:
        return units.parse_quantity(text, si_unit)
    number, unit = split_quantity(text)
    return Quantity(convert(number, unit, si_unit), unit)
