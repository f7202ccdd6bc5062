"""Voids between lithium and separator."""

from __future__ import annotations

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import (
    ActivationEnergy,
    Coefficient,
    CurrentDensity,
    Kind,
    Length,
    Rate,
    Stress,
)

_ESTIMATE = "default: engineering estimate"
_KASEMCHAINAN = (
    "default: Kasemchainan 2019, 10.1038/s41563-019-0438-9: 0.2, 1.0 mA/cm^2 at 3, 7 MPa"
)
_MASIAS = "default: Masias 2019, 10.1007/s10853-018-2971-3: tension at 25 degC"
_LENGTH = Kind("m", above=0.0)
_EXPONENT = Kind("", minimum=0.0)


class Voids(Entry):
    """Voids that stripping opens beyond what creep repairs, and that plating and creep close.

    Repair keeps pace up to i_rep = repair_current (p / (repair_pressure theta_v))^repair_exponent;
    at rest a void closes at the rate (3 A/2)(3 p / 2 n)^n, A and n the constants of lithium's creep.
    """

    repair_current: CurrentDensity = Kind("A/m^2", above=0.0).of(
        "0.2 mA/cm^2", _KASEMCHAINAN, "fitted"
    )
    """Largest stripping current without voids, at `repair_pressure`."""
    repair_pressure: Stress = Kind("Pa", above=0.0).of("3 MPa", _KASEMCHAINAN, "fitted")
    """Stack pressure of `repair_current`."""
    repair_exponent: Coefficient = _EXPONENT.of("1.9", _KASEMCHAINAN, "fitted")
    """Exponent of the pressure."""
    creep_rate: Rate = Kind("1/s", minimum=0.0).of("7.7e-3 1/s", _MASIAS, "measured")
    """Strain rate of lithium's power-law creep at 1 MPa, at the reference temperature."""
    creep_exponent: Coefficient = _EXPONENT.of("6.56", _MASIAS, "measured")
    """Exponent n of the stress in creep."""
    creep_activation_energy: ActivationEnergy = Kind("J/mol", minimum=0.0).of(
        "37 kJ/mol", "default: LePage 2019, 10.1149/2.0221902jes", "measured"
    )
    """Activation energy of creep, and of repair."""
    separation_height: Length = _LENGTH.of("5 um", _ESTIMATE)
    """Void volume per area at which no contact is left."""
    smallest_height: Length = _LENGTH.of("1 nm", _ESTIMATE)
    """Void volume per area of the nuclei that are always there."""
