"""When lithium may short the cell: criteria that are flagged, not simulated."""

from __future__ import annotations

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import (
    ActivationEnergy,
    Coefficient,
    CurrentDensity,
    Duration,
    Fraction,
    Kind,
    Length,
    Stress,
)

_ESTIMATE = "default: engineering estimate"
_DOUX = (
    "default: Doux 2020, 10.1002/aenm.201903253: shorting times of a 400 um pellet of 18 % porosity"
)
_ENERGY = Kind("J/mol", minimum=0.0)
_PRESSURE = Kind("Pa", above=0.0)
_SHARE = Kind("", minimum=0.0, maximum=1.0)


class ShortCircuit(Entry):
    """Plating faster than a critical current of the local contact."""

    critical_current: CurrentDensity = Kind("A/m^2", above=0.0).of(
        "1 mA/cm^2",
        "default: 83 to 90 % dense Li6PS5Cl at 25 degC; reported 0.2 to 9 mA/cm^2",
        "measured",
    )
    """Critical current density of plating at the reference temperature."""
    critical_current_activation_energy: ActivationEnergy = _ENERGY.of("0.35 eV", _ESTIMATE)
    """Activation energy of the critical current density."""


class PoreCreep(Entry):
    """Creep of lithium into an open-pored separator; a short is flagged when damage reaches 1.

    dD/dt = g a_T (reference_thickness / L)[(p / linear_pressure) / linear_time
    + (p / creep_pressure)^creep_exponent / creep_time] with
    g = [max(0, porosity - closed_porosity) / porosity_range]^2.
    """

    reference_thickness: Length = Kind("m", above=0.0).of("400 um", _DOUX, "measured")
    """Thickness of the separator that the times hold for."""
    linear_pressure: Stress = _PRESSURE.of("1 MPa", _DOUX, "fitted")
    """Stack pressure of `linear_time`."""
    linear_time: Duration = Kind("s", above=0.0).of("5090 h", _DOUX, "fitted")
    """Time to a short by the part that is linear in pressure."""
    creep_pressure: Stress = _PRESSURE.of("47.4 MPa", _DOUX, "fitted")
    """Stack pressure of `creep_time`."""
    creep_exponent: Coefficient = Kind("", minimum=0.0).of(
        "6.56", "default: creep of lithium, Masias 2019, 10.1007/s10853-018-2971-3", "measured"
    )
    """Exponent of the pressure in the part by power-law creep."""
    creep_time: Duration = Kind("s", above=0.0).of("1 h", _DOUX, "fitted")
    """Time to a short by the part by power-law creep."""
    closed_porosity: Fraction = _SHARE.of("0.08", f"{_ESTIMATE}: pores close at 92 % density")
    """Porosity up to which pores are closed."""
    porosity_range: Coefficient = Kind("", above=0.0, maximum=1.0).of("0.10", _ESTIMATE)
    """Open porosity that the times hold for."""
    activation_energy: ActivationEnergy = _ENERGY.of(
        "37 kJ/mol", "default: creep of lithium, LePage 2019, 10.1149/2.0221902jes", "measured"
    )
    """Activation energy of creep."""
