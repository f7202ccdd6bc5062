"""Quantities are read as people write them, exactly, and refused with a sentence."""

import math
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.engine.entry import units
from solidcell.engine.entry.units import (
    parse_c_rate,
    parse_cycles,
    parse_fraction,
    parse_quantity,
    parse_temperature,
)


@pytest.mark.parametrize(
    ("text", "si_unit", "value"),
    [
        ("30 um", "m", 3e-5),
        ("30um", "m", 3e-5),
        ("96.8 µm", "m", 9.68e-5),
        (".5 mm", "m", 5e-4),
        ("5.5 mAh/cm^2", "A*s/m^2", 198000.0),
        ("59.4 A.h", "A*s", 213840.0),
        ("59.4 Ah", "A*s", 213840.0),
        ("25 Ohm cm^2", "ohm*m^2", 25e-4),
        ("25 Ω·cm²", "ohm*m^2", 25e-4),
        ("25 ohm*cm**2", "ohm*m^2", 25e-4),
        ("2 mS/cm", "S/m", 0.2),
        ("3e-15 m2/s", "m^2/s", 3e-15),
        ("1.87 g/cm3", "kg/m^3", 1870.0),
        ("0.5 mA/cm^2", "A/m^2", 5.0),
        ("5 MPa", "Pa", 5e6),
        ("10 minutes", "s", 600.0),
        ("5 m", "s", 300.0),
        ("5 m", "m", 5.0),
        ("1.5 h", "s", 5400.0),
        ("24 USD/kg", "USD/kg", 24.0),
        ("1 eV", "J/mol", 96485.33212),
        ("25 degC", "K", 298.15),
        ("25°C", "K", 298.15),
        ("25 oC", "K", 298.15),
        ("298.15 K", "K", 298.15),
        ("1 inch", "m", 0.0254),
        ("1 angstrom", "m", 1e-10),
        ("1 kg*m^-3", "kg/m^3", 1.0),
        ("1 mm^2/hour", "m^2/s", 1e-6 / 3600),
    ],
)
def test_a_quantity_is_its_number_in_si(text: str, si_unit: str, value: float) -> None:
    assert parse_quantity(text, si_unit).value == pytest.approx(value, rel=1e-15)


def test_a_length_in_micrometres_is_the_float_one_would_type() -> None:
    assert parse_quantity("30 um", "m").value == 30e-6
    assert parse_quantity("96.8 um", "m").value == 9.68e-05


@given(st.decimals(min_value="1e-6", max_value="1e6", places=6))
def test_a_length_is_the_same_in_every_unit(number: Decimal) -> None:
    metres = parse_quantity(f"{number} m", "m").value
    for unit, scale in {"mm": 3, "um": 6, "nm": 9}.items():
        assert parse_quantity(f"{number.scaleb(scale):f} {unit}", "m").value == metres


def test_every_unit_of_the_table_means_what_pint_says() -> None:
    pint = pytest.importorskip("pint")
    registry = pint.UnitRegistry()
    apart = {"J/mol": ("eV", "meV"), "s": ("m",)}  # energy a particle; minutes in PyBaMM's steps
    for si_unit, dimension in units._DIMENSIONS.items():
        for unit, factor in dimension.units.items():
            if unit in apart.get(si_unit, ()) or "USD" in unit:
                continue
            said = registry.Quantity(1.0, unit.replace("mohm", "milliohm")).to(si_unit).magnitude
            assert float(factor) == pytest.approx(said, rel=1e-12), unit


@pytest.mark.parametrize(
    ("text", "si_unit", "reason"),
    [
        ("30", "m", "has no unit.*'30 um'"),
        ("30 V", "m", "'V' is not a unit of a length"),
        ("30 blorps", "m", "'blorps' is not a known unit"),
        ("30 inch", "Pa", "'inch' is not a unit of a pressure"),
        ("um", "m", "does not begin with a number"),
        ("nan um", "m", "does not begin with a number"),
        ("1e999 um", "m", "too large"),
        ("", "m", "does not begin with a number"),
        ("25", "K", "has no unit.*25 degC"),
        ("25 um", "K", "'um' is not a unit of a temperature"),
        ("25 K", "K", "outside the 200-450 K"),
        ("200 degC", "K", "outside the 200-450 K"),
    ],
)
def test_a_wrong_quantity_is_refused_with_the_way_to_write_it(
    text: str, si_unit: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_quantity(text, si_unit)


@given(st.floats(min_value=-73.15, max_value=176.85))
def test_celsius_and_kelvin_agree(celsius: float) -> None:
    kelvin = parse_temperature(f"{celsius:.6f} degC").value
    assert kelvin == pytest.approx(celsius + 273.15, abs=1e-6)


@pytest.mark.parametrize(("text", "value"), [("80 %", 0.8), ("0.8", 0.8), ("8%", 0.08)])
def test_a_fraction_may_be_a_percentage(text: str, value: float) -> None:
    assert parse_fraction(text).value == value


@pytest.mark.parametrize(
    ("text", "rate"),
    [("C/3", 1 / 3), ("1C", 1.0), ("0.5 C", 0.5), ("2 C", 2.0), ("C", 1.0), ("C / 20", 0.05)],
)
def test_c_rates(text: str, rate: float) -> None:
    assert parse_c_rate(text) == rate


@pytest.mark.parametrize("text", ["2 A", "C/", "CC", "3", "25 degC"])
def test_what_is_not_a_c_rate(text: str) -> None:
    assert parse_c_rate(text) is None


def test_a_hundred_cycles_are_a_hundred() -> None:
    assert parse_cycles("100 cycles") == 100
    assert parse_cycles("1 cycle") == 1
    for wrong in ("100", "0 cycles", "1.5 cycles", "cycles"):
        with pytest.raises(ValueError, match="100 cycles"):
            parse_cycles(wrong)


def test_common_units_do_not_import_pint() -> None:
    code = (
        "import sys; from solidcell.engine.entry.units import parse_quantity as q;"
        "q('25 Ohm cm2', 'ohm*m^2'); q('25 degC', 'K'); sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_temperature_difference_is_never_taken_for_a_temperature() -> None:
    assert math.isclose(parse_quantity("60 degC", "K").value, 333.15)
