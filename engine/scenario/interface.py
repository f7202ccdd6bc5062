"""The measured law of the interface between lithium and separator."""

from __future__ import annotations

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import ArealResistance, Coefficient, Kind, Stress

_DOUX = "default: Doux 2020, 10.1002/aenm.201903253: Li | Li6PS5Cl | Li at 5 to 20 MPa"
_EXPONENT = Kind("", minimum=0.0)


class MeasuredInterface(Entry):
    """Resistance of the interface against stack pressure, with a memory of the largest one.

    On loading R(p) = R_inf + (R_ref - R_inf)(p / reference_pressure)^-exponent, R_ref the
    electrode's `interface_resistance`; below the largest pressure p_max seen,
    R = R(p_max)(p_max / p)^unloading_exponent.
    """

    reference_pressure: Stress = Kind("Pa", above=0.0).of("5 MPa", _DOUX, "measured")
    """Stack pressure at which the electrode's `interface_resistance` holds."""
    exponent: Coefficient = _EXPONENT.of("0.82", f"{_DOUX}; reported 0.05 to 1", "fitted")
    """Exponent of the pressure on loading."""
    resistance_at_infinite_pressure: ArealResistance = Kind("ohm*m^2", minimum=0.0).of(
        "0 Ohm cm^2", _DOUX, "fitted"
    )
    """Part of the resistance that no pressure takes away."""
    unloading_exponent: Coefficient = _EXPONENT.of(
        "0.2", "default: engineering estimate; unloading lies well below loading in Doux 2020"
    )
    """Exponent of the pressure below the largest one seen."""
