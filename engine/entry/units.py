"""Quantities as people write them: ``30 um``, ``5.5 mAh/cm^2``, ``25 degC``, ``80 %``, ``C/3``.

Number and unit are parsed apart. The units of everyday use are in a table of exact decimal factors;
pint is asked, and only then imported, for any other. Temperatures, percentages, C-rates and counts
of cycles have a small grammar of their own, since a general units library misreads them (it refuses
``25 degC`` as one string and takes a cycle for 2 pi).
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

FARADAY = "96485.33212"
"""Faraday constant [C/mol] (CODATA 2018, exact to the digits given); 1 eV a particle in J/mol."""

COLDEST, HOTTEST = 200.0, 450.0
"""Temperatures that the property laws may be asked for [K]."""


class Quantity(NamedTuple):
    """A number in SI and the unit it was written in."""

    value: float
    unit: str


class Si(float):
    """A number from Python, in SI already; in YAML a number with a dimension has its unit."""

    __slots__ = ()


class _Dimension(NamedTuple):
    name: str
    example: str
    units: dict[str, str]


# The keys are the SI units that the schema's fields are declared in. Factors are decimal text, so
# that 30 um is exactly the float 3e-05.
_DIMENSIONS: dict[str, _Dimension] = {
    "m": _Dimension(
        "a length", "30 um", {"m": "1", "cm": "1e-2", "mm": "1e-3", "um": "1e-6", "nm": "1e-9"}
    ),
    "s": _Dimension(
        "a time",
        "10 minutes",
        {
            **dict.fromkeys(("s", "sec", "second", "seconds"), "1"),
            **dict.fromkeys(("min", "m", "minute", "minutes"), "60"),
            **dict.fromkeys(("h", "hr", "hour", "hours"), "3600"),
            **dict.fromkeys(("d", "day", "days"), "86400"),
            "ms": "1e-3",
        },
    ),
    "A": _Dimension("a current", "20 A", {"A": "1", "mA": "1e-3", "uA": "1e-6", "kA": "1e3"}),
    "V": _Dimension("a voltage", "4.3 V", {"V": "1", "mV": "1e-3"}),
    "W": _Dimension("a power", "100 W", {"W": "1", "mW": "1e-3", "kW": "1e3"}),
    "ohm": _Dimension("a resistance", "0.05 Ohm", {"ohm": "1", "mohm": "1e-3"}),
    "A*s": _Dimension(
        "a charge", "59.4 A.h", {"A*s": "1", "C": "1", "A*h": "3600", "Ah": "3600", "mAh": "3.6"}
    ),
    "J": _Dimension(
        "an energy",
        "200 W.h",
        {
            **dict.fromkeys(("J", "W*s"), "1"),
            **dict.fromkeys(("W*h", "Wh"), "3600"),
            "kJ": "1e3",
            "mWh": "3.6",
            "kWh": "3.6e6",
        },
    ),
    "J/m^2": _Dimension(
        "an energy per area", "20 mWh/cm^2", {"J/m^2": "1", "mWh/cm^2": "36000", "Wh/m^2": "3600"}
    ),
    "A*s/m^2": _Dimension(
        "a charge per area",
        "5.5 mAh/cm^2",
        {"A*s/m^2": "1", "C/m^2": "1", "mAh/cm^2": "36000", "Ah/m^2": "3600", "A*h/m^2": "3600"},
    ),
    "A/m^2": _Dimension(
        "a current density", "25 A/m^2", {"A/m^2": "1", "mA/cm^2": "10", "A/cm^2": "1e4"}
    ),
    "W/m^2": _Dimension(
        "a power per area", "150 W/m^2", {"W/m^2": "1", "mW/cm^2": "10", "W/cm^2": "1e4"}
    ),
    "ohm*m^2": _Dimension(
        "an areal resistance", "25 Ohm cm^2", {"ohm*m^2": "1", "ohm*cm^2": "1e-4"}
    ),
    "S/m": _Dimension(
        "a conductivity", "0.2 S/m", {"S/m": "1", "S/cm": "100", "mS/cm": "0.1", "mS/m": "1e-3"}
    ),
    "m^2/s": _Dimension(
        "a diffusivity", "3e-15 m^2/s", {"m^2/s": "1", "cm^2/s": "1e-4", "um^2/s": "1e-12"}
    ),
    "J/mol": _Dimension(
        "an activation energy",
        "40.5 kJ/mol",
        {"J/mol": "1", "kJ/mol": "1e3", "eV": FARADAY, "meV": str(Decimal(FARADAY) / 1000)},
    ),
    "kg/m^3": _Dimension("a density", "1.87 g/cm^3", {"kg/m^3": "1", "g/cm^3": "1e3"}),
    "kg/mol": _Dimension("a molar mass", "97.28 g/mol", {"kg/mol": "1", "g/mol": "1e-3"}),
    "m^3/mol": _Dimension("a molar volume", "13 cm^3/mol", {"m^3/mol": "1", "cm^3/mol": "1e-6"}),
    "mol/m^3": _Dimension(
        "a concentration",
        "49034 mol/m^3",
        {"mol/m^3": "1", "mol/l": "1e3", "mol/L": "1e3", "mol/cm^3": "1e6"},
    ),
    "Pa": _Dimension(
        "a pressure", "5 MPa", {"Pa": "1", "kPa": "1e3", "MPa": "1e6", "GPa": "1e9", "bar": "1e5"}
    ),
    "V/K": _Dimension("an entropic coefficient", "0.1 mV/K", {"V/K": "1", "mV/K": "1e-3"}),
    "USD/kg": _Dimension("a price per mass", "24 USD/kg", {"USD/kg": "1", "USD/g": "1e3"}),
    "K": _Dimension("a temperature", "25 degC", {"K": "1"}),
}

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*(.*?)\s*")
_C_RATE = re.compile(rf"\s*(?:C\s*/\s*(?P<hours>{_NUMBER})|(?P<rate>{_NUMBER})?\s*C)\s*")
_PRODUCT = re.compile(r"[A-Za-z_]+(?:\^-?\d)?(?:[*/][A-Za-z_]+(?:\^-?\d)?)*")
_CYCLES = re.compile(r"\s*(\d+)\s+cycles?\s*")
_CELSIUS = ("degC", "°C", "oC", "celsius")


def dimension_name(si_unit: str) -> str:
    """What a quantity of this SI unit is called, with its article: ``a length``."""
    return _DIMENSIONS[si_unit].name


def example(si_unit: str) -> str:
    """A quantity of this dimension as one would write it: ``30 um``."""
    return _DIMENSIONS[si_unit].example


def split_quantity(text: str) -> tuple[str, str]:
    """Number and unit of a quantity, both as text.

    Raises
    ------
    ValueError
        If the text does not begin with a finite number.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' does not begin with a number; write a quantity like '30 um'")
    number, unit = match.groups()
    if not math.isfinite(float(number)):
        raise ValueError(f"'{text}' is too large to be a number; correct its exponent")
    return (number if float(number) else "0"), unit


@lru_cache(maxsize=256)
def factor_to_si(unit: str) -> tuple[str, Decimal]:
    """SI unit and factor of a unit in the table of common units or known to pint.

    Parameters
    ----------
    unit
        As written: ``mAh/cm^2``, ``A.h``, ``Ohm cm2``.

    Returns
    -------
    si_unit
        One of the SI units that fields are declared in; base units for any other dimension.
    factor
        The SI value of one ``unit``.

    Raises
    ------
    ValueError
        If nobody knows the unit.
    """
    spelled = _spelling(unit)
    for si_unit, dimension in _DIMENSIONS.items():
        if spelled in dimension.units and not (spelled == "m" and si_unit == "s"):
            return si_unit, Decimal(dimension.units[spelled])
    return _ask_pint(unit, spelled)


def convert(number: str, unit: str, si_unit: str) -> float:
    """Value in ``si_unit`` of ``number`` times ``unit``.

    Raises
    ------
    ValueError
        If the unit is missing, unknown, or of another dimension.
    """
    name, example = _DIMENSIONS[si_unit].name, _DIMENSIONS[si_unit].example
    if not unit:
        raise ValueError(f"'{number}' has no unit; write {name} with its unit, like '{example}'")
    own = _DIMENSIONS[si_unit].units.get(_spelling(unit))
    if own is not None:
        return float(Decimal(number) * Decimal(own))
    found, factor = factor_to_si(unit)
    if found != si_unit:
        raise ValueError(f"'{unit}' is not a unit of {name}; write it like '{example}'")
    return float(Decimal(number) * factor)


def parse_quantity(text: str, si_unit: str) -> Quantity:
    """A quantity with a unit of the dimension of ``si_unit``, in SI.

    Raises
    ------
    ValueError
        If there is no number, no unit, or a unit of another dimension.
    """
    if si_unit == "K":
        return parse_temperature(text)
    number, unit = split_quantity(text)
    return Quantity(convert(number, unit, si_unit), unit)


def parse_temperature(text: str) -> Quantity:
    """A temperature in degC or K, in K.

    Raises
    ------
    ValueError
        If the unit is another one or the temperature lies outside 200-450 K.
    """
    number, unit = split_quantity(text)
    if unit in _CELSIUS:
        kelvin = float(Decimal(number) + Decimal("273.15"))
    elif unit == "K":
        kelvin = float(number)
    elif not unit:
        raise ValueError(f"'{text}' has no unit; write a temperature like '25 degC' or '298.15 K'")
    else:
        raise ValueError(
            f"'{unit}' is not a unit of a temperature; write it like '25 degC' or '298.15 K'"
        )
    if not COLDEST <= kelvin <= HOTTEST:
        raise ValueError(
            f"{text} lies outside the {COLDEST:g}-{HOTTEST:g} K that the model holds for; "
            "check the number and its unit"
        )
    return Quantity(kelvin, unit)


def parse_fraction(text: str) -> Quantity:
    """A dimensionless number, plain or in percent.

    Raises
    ------
    ValueError
        If anything but ``%`` follows the number.
    """
    number, unit = split_quantity(text)
    if unit == "%":
        return Quantity(float(Decimal(number) / 100), unit)
    if unit:
        raise ValueError(f"'{text}' must be a plain number or a percentage; drop the unit '{unit}'")
    return Quantity(float(number), "")


def parse_c_rate(text: str) -> float | None:
    """C-rate [1/h] of ``C/3``, ``1C`` or ``0.5 C``; None if the text is not a C-rate.

    Raises
    ------
    ValueError
        For ``C/0``.
    """
    match = _C_RATE.fullmatch(text)
    if match is None:
        return None
    if match["hours"] is None:
        return float(match["rate"] or 1)
    hours = float(match["hours"])
    if hours == 0:
        raise ValueError(f"'{text}' divides by zero; write a C-rate like 'C/3'")
    return 1 / hours


def parse_cycles(text: str) -> int:
    """The number of ``100 cycles``.

    Raises
    ------
    ValueError
        If the text is anything else, or counts no cycle.
    """
    match = _CYCLES.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise ValueError(f"'{text}' is not a number of cycles; write it like '100 cycles'")
    return int(match[1])


def _spelling(unit: str) -> str:
    """One spelling of each unit: ``Ohm.cm2``, ``Ω cm^2`` and ``ohm*cm**2`` are the same."""
    text = unit.strip().replace("**", "^").replace("²", "^2").replace("³", "^3")
    text = re.sub("[Ωω\u2126]|Ohms?|ohms", "ohm", text)
    text = re.sub("[µμ]", "u", text)
    text = re.sub(r"\s*([/*])\s*", r"\1", text)
    text = re.sub(r"\s*[·.]\s*|\s+", "*", text)
    return re.sub(r"([A-Za-z])(\d)", r"\1^\2", text)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint  # slow, and rarely needed

    return pint.UnitRegistry()


def _ask_pint(unit: str, spelled: str) -> tuple[str, Decimal]:
    if _PRODUCT.fullmatch(spelled) is None:
        raise ValueError(f"'{unit}' is not a unit; write one like 'um', 'MPa' or 'S/m'")
    registry = _registry()
    try:
        one = registry.Quantity(1.0, registry.parse_units(spelled))
        base = one.to_base_units()
    except Exception:  # pint raises errors of its own, of its parser and of tokenize
        raise ValueError(
            f"'{unit}' is not a known unit; write one like 'um', 'MPa' or 'S/m'"
        ) from None
    for si_unit in _DIMENSIONS:
        if "USD" not in si_unit and one.dimensionality == _dimensionality(si_unit):
            return si_unit, Decimal(repr(float(one.to(si_unit).magnitude)))
    return str(base.units), Decimal(repr(float(base.magnitude)))


@lru_cache(maxsize=64)
def _dimensionality(si_unit: str) -> Any:
    return _registry().parse_units(si_unit).dimensionality
