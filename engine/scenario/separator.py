"""The solid electrolyte between the electrodes."""

from __future__ import annotations

from pydantic import Field

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import (
    ActivationEnergy,
    Conductivity,
    Density,
    Fraction,
    Kind,
    Length,
    Price,
    Stress,
)
from solidcell.engine.scenario.short_circuit import PoreCreep


class Separator(Entry):
    """A layer of single-ion conducting solid electrolyte."""

    material: str
    """Name of the electrolyte."""
    thickness: Length
    """Thickness of the layer."""
    conductivity: Conductivity
    """Effective conductivity of the layer as it is, at the reference temperature."""
    conductivity_activation_energy: ActivationEnergy = Kind("J/mol").of("0 kJ/mol")
    """Activation energy of the conductivity."""
    porosity: Fraction
    """Share of pores in the layer; enters the mass and the creep into pores, not the conductivity."""
    density: Density
    """Density of the solid."""
    modulus: Stress = Kind("Pa", above=0.0).of(
        "22 GPa", "default: Li6PS5Cl, Singh 2022, 10.1016/j.xcrp.2022.101043", "measured"
    )
    """Young's modulus of the layer."""
    pore_creep: PoreCreep = Field(default_factory=PoreCreep)
    """When lithium has crept through the pores."""
    price: Price | None = None
    """Price of the electrolyte."""
