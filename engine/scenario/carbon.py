"""Decomposition of solid electrolyte at the carbon of a composite electrode."""

from __future__ import annotations

from typing import Annotated

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import ActivationEnergy, Kind, Parameter

_ESTIMATE = "default: engineering estimate"


class CarbonDecomposition(Entry):
    """Charge that oxidises electrolyte at the carbon: q^2 = growth_constant t per surface of it.

    It consumes electrolyte and is booked in the cycles; no lithium is taken for it.
    """

    growth_constant: Annotated[Parameter, Kind("A^2*s/m^4", minimum=0.0)] = Kind(
        "A^2*s/m^4", minimum=0.0
    ).of(
        "0.25 C^2/m^4/s",
        f"{_ESTIMATE}: 10 mAh per gram of active material in a day, reported 5 to 15",
    )
    """Growth of the square of the charge per surface, k_C^2."""
    specific_surface: Annotated[Parameter, Kind("1/m", above=0.0)] = Kind("1/m", above=0.0).of(
        "2.6e7 1/m", "default: vapour-grown fibres, 13 m^2/g at 2 g/cm^3", "measured"
    )
    """Surface of the carbon per volume of carbon."""
    activation_energy: ActivationEnergy = Kind("J/mol").of("0.5 eV", _ESTIMATE)
    """Activation energy of the growth of q^2."""
