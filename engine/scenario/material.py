"""The active material of an electrode: crystal, thermodynamics, kinetics and transport."""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field, model_validator

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.curve import (
    Diffusivity,
    EntropicCoefficient,
    ExchangeCurrentDensity,
    Potential,
    VolumeChange,
)
from solidcell.engine.scenario.parameter import (
    ActivationEnergy,
    Concentration,
    Density,
    Fraction,
    Kind,
    MolarMass,
    Parameter,
    Price,
    Temperature,
)


def _site_density(entries: dict[str, Any]) -> Parameter:
    # An entry is absent only if it is wrong, and then the error about it is on its way.
    return Parameter(
        entries.get("density", math.nan) / entries.get("molar_mass", math.nan),
        unit="mol/m^3",
        si_unit="mol/m^3",
        source="density / molar_mass",
        status="computed",
    )


class ActiveMaterial(Entry):
    """An insertion material; x is its lithium fraction, 1 when full."""

    name: str
    """Name of the material."""
    description: str = ""
    """What it is and where its data hold."""
    density: Density
    """Density of the crystal."""
    molar_mass: MolarMass
    """Molar mass of the formula unit that holds one lithium."""
    maximum_concentration: Concentration = Field(default_factory=_site_density)
    """Lithium concentration at x = 1; follows from density and molar mass unless given."""
    stoichiometry_charged: Fraction
    """x at the upper voltage cut-off, in equilibrium."""
    stoichiometry_discharged: Fraction
    """x of the discharged cell, at which a scenario starts unless it says otherwise."""
    open_circuit_potential: Potential
    """Potential against lithium, at the reference temperature, against x."""
    entropic_coefficient: EntropicCoefficient | None = None
    """Derivative of the potential with temperature, against x; used with `physics: entropy: on`."""
    diffusivity: Diffusivity
    """Diffusivity of lithium in the particle at the reference temperature, against x."""
    diffusivity_activation_energy: ActivationEnergy
    """Activation energy of the diffusivity."""
    exchange_current_density: ExchangeCurrentDensity
    """Exchange current per area of real contact at the reference temperature, against x.

    The kinetics are symmetric: both transfer coefficients are 1/2."""
    exchange_current_activation_energy: ActivationEnergy
    """Activation energy of the exchange current."""
    volume_change: VolumeChange | None = None
    """Relative change of the particles' volume, against x; 0 at the full one. Used by fixtures other
    than `constant_pressure`, by `contact: creep` and by `cracking: on`."""
    reference_temperature: Temperature = Kind("K").of("298.15 K")
    """Temperature that the values of the whole cell hold for."""
    price: Price | None = None
    """Price of the material."""

    @model_validator(mode="after")
    def _window(self) -> ActiveMaterial:
        charged, discharged = self.stoichiometry_charged, self.stoichiometry_discharged
        if charged >= discharged:
            raise ValueError(
                f"stoichiometry_charged {charged:g} must be below stoichiometry_discharged "
                f"{discharged:g}; exchange the two"
            )
        for name in _CURVES:
            curve = getattr(self, name)
            for x in (charged, discharged):
                if curve is not None and not curve.covers(x):
                    low, high = curve.domain
                    raise ValueError(
                        f"stoichiometry {x:g} lies outside {low:g} to {high:g}, which {name} is "
                        "known for; correct the stoichiometry or extend the curve's domain"
                    )
        return self


_CURVES = (
    "open_circuit_potential",
    "entropic_coefficient",
    "diffusivity",
    "exchange_current_density",
    "volume_change",
)
