"""The cell: a lithium plane, a solid-electrolyte separator and a composite positive electrode.

Only what is chosen or measured is an entry; what follows from it (areas, effective conductivity,
nominal capacity) is a property.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.material import ActiveMaterial
from solidcell.engine.scenario.parameter import (
    ActivationEnergy,
    ArealCapacity,
    ArealResistance,
    Conductivity,
    Contact,
    CurrentDensity,
    Density,
    Factor,
    Fraction,
    Kind,
    Length,
    MolarVolume,
    Parameter,
    Price,
    Voltage,
)

_FRACTION_TOLERANCE = 1e-6
"""By how much volume fractions may miss 1: rounding of typed digits, no more."""

_FULL = Kind("", above=0.0, maximum=1.0).of("1")
_HALF = Kind("", above=0.0, maximum=1.0).of("0.5")
_NO_RESISTANCE = Kind("ohm*m^2").of("0 Ohm cm^2")
_NO_ACTIVATION = Kind("J/mol").of("0 kJ/mol")


class CurrentCollector(Entry):
    """A metal foil, coated on both sides."""

    material: str
    """Name of the metal."""
    thickness: Length
    """Thickness of the whole foil; each face carries half of it."""
    density: Density
    """Density of the metal."""
    price: Price | None = None
    """Price of the foil."""


class Negative(Entry):
    """A lithium-metal electrode: a plane in contact with the separator."""

    type: Literal["lithium_foil"]
    """Kind of the electrode."""
    excess_thickness: Length
    """Lithium on each face in the discharged cell."""
    density: Density
    """Density of lithium."""
    molar_volume: MolarVolume
    """Molar volume of lithium."""
    exchange_current_density: CurrentDensity
    """Exchange current per area of real contact at the reference temperature."""
    exchange_current_activation_energy: ActivationEnergy = _NO_ACTIVATION
    """Activation energy of the exchange current."""
    transfer_coefficient: Contact = _HALF
    """Anodic transfer coefficient; the cathodic one is the rest to 1."""
    contact_fraction: Contact = _FULL
    """Share of the plane that touches the separator."""
    interface_resistance: ArealResistance = _NO_RESISTANCE
    """Resistance of the plane in series with the charge transfer, per geometric area."""
    interface_resistance_activation_energy: ActivationEnergy = _NO_ACTIVATION
    """Activation energy of the interface's conductance."""
    current_collector: CurrentCollector
    """The foil that carries the lithium."""
    price: Price | None = None
    """Price of lithium foil."""


class Separator(Entry):
    """A dense layer of single-ion conducting solid electrolyte."""

    material: str
    """Name of the electrolyte."""
    thickness: Length
    """Thickness of the layer."""
    conductivity: Conductivity
    """Effective conductivity of the layer as it is, at the reference temperature."""
    conductivity_activation_energy: ActivationEnergy = _NO_ACTIVATION
    """Activation energy of the conductivity."""
    porosity: Fraction
    """Share of pores in the layer; enters the mass, not the conductivity."""
    density: Density
    """Density of the solid."""
    price: Price | None = None
    """Price of the electrolyte."""


class Positive(Entry):
    """A composite electrode: active particles, solid electrolyte, carbon, binder and pores."""

    thickness: Length
    """Thickness of the electrode on each face."""
    active_material: Annotated[
        ActiveMaterial,
        Field(json_schema_extra={"file": "material"}),
    ]
    """The active material, inline or as the path of a YAML file."""
    active_volume_fraction: Contact
    """Volume fraction of active material."""
    electrolyte_volume_fraction: Contact
    """Volume fraction of solid electrolyte."""
    carbon_volume_fraction: Fraction
    """Volume fraction of conductive carbon."""
    binder_volume_fraction: Fraction
    """Volume fraction of binder."""
    porosity: Fraction
    """Volume fraction of pores."""
    particle_radius: Length
    """Radius of the active particles."""
    contact_fraction: Contact = _FULL
    """Share of the particles' surface that touches the electrolyte."""
    film_resistance: ArealResistance = _NO_RESISTANCE
    """Resistance of the particles' surface film, per area of real contact."""
    electrolyte_conductivity: Conductivity
    """Conductivity of the bulk electrolyte at the reference temperature."""
    electrolyte_conductivity_activation_energy: ActivationEnergy = _NO_ACTIVATION
    """Activation energy of the electrolyte's conductivity."""
    tortuosity_factor: Factor
    """Tortuosity factor tau^2 of the ion paths: bulk conductivity x volume fraction / effective."""
    electronic_conductivity: Conductivity
    """Effective electronic conductivity of the electrode."""
    electrolyte_density: Density
    """Density of the solid electrolyte."""
    carbon_density: Density
    """Density of the carbon."""
    binder_density: Density
    """Density of the binder."""
    electrolyte_price: Price | None = None
    """Price of the solid electrolyte."""
    carbon_price: Price | None = None
    """Price of the carbon."""
    binder_price: Price | None = None
    """Price of the binder."""
    current_collector: CurrentCollector
    """The foil that carries the electrode."""

    @model_validator(mode="after")
    def _fractions_fill_the_volume(self) -> Positive:
        total = (
            self.active_volume_fraction
            + self.electrolyte_volume_fraction
            + self.carbon_volume_fraction
            + self.binder_volume_fraction
            + self.porosity
        )
        if abs(total - 1) > _FRACTION_TOLERANCE:
            raise ValueError(
                f"the volume fractions and the porosity add up to {total:.6g}, not 1; "
                f"change one of them by {1 - total:+.6g}"
            )
        return self

    @property
    def effective_conductivity(self) -> float:
        """Ionic conductivity of the electrode at the reference temperature [S/m]."""
        bulk = self.electrolyte_conductivity
        return float(bulk * self.electrolyte_volume_fraction / self.tortuosity_factor)

    @property
    def specific_area(self) -> float:
        """Geometric surface of the particles per volume of electrode [1/m]."""
        return float(3 * self.active_volume_fraction / self.particle_radius)


class Cell(Entry):
    """A pouch cell of double-sided electrodes; each face is one unit of the model."""

    name: str
    """Name of the cell."""
    description: str = ""
    """What the cell is."""
    electrode_height: Length
    """Height of an electrode."""
    electrode_width: Length
    """Width of an electrode."""
    faces: int = Field(ge=1, le=10_000)
    """Number of electrode faces in parallel, two to a double-sided electrode."""
    pack_mass_fraction: Annotated[Parameter, Kind("", minimum=0.0, maximum=0.9)]
    """Share of pouch, tabs and seals in the mass of the cell."""
    nominal_areal_capacity: ArealCapacity | None = None
    """Capacity that C-rates refer to, per electrode area; needed if the protocol has C-rates."""
    lower_voltage_cutoff: Voltage
    """Least voltage that the cell may be used at."""
    upper_voltage_cutoff: Voltage
    """Greatest voltage that the cell may be used at."""
    negative: Negative
    """The lithium side."""
    separator: Separator
    """The solid electrolyte between the electrodes."""
    positive: Positive
    """The composite electrode."""

    @model_validator(mode="after")
    def _voltage_window(self) -> Cell:
        lower, upper = self.lower_voltage_cutoff, self.upper_voltage_cutoff
        if not lower < upper:
            raise ValueError(
                f"lower_voltage_cutoff {lower:g} V must be below upper_voltage_cutoff {upper:g} V; "
                "exchange the two"
            )
        potential = self.positive.active_material.open_circuit_potential
        reach = potential.evaluate(np.array(potential.domain))
        if upper > max(reach):
            raise ValueError(
                f"upper_voltage_cutoff {upper:g} V is out of reach: the open-circuit potential "
                f"ends at {max(reach):.3f} V; lower the cut-off or extend the potential's domain"
            )
        return self

    @property
    def footprint(self) -> float:
        """Area of one face [m2]."""
        return float(self.electrode_height * self.electrode_width)

    @property
    def electrode_area(self) -> float:
        """Area of all faces [m2]."""
        return self.footprint * self.faces

    @property
    def nominal_capacity(self) -> float | None:
        """Capacity that C-rates refer to [A.s], if the cell states one."""
        if self.nominal_areal_capacity is None:
            return None
        return float(self.nominal_areal_capacity) * self.electrode_area
