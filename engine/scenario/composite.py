"""Composite electrodes: active particles in a matrix of solid electrolyte."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.carbon import CarbonDecomposition
from solidcell.engine.scenario.collector import CurrentCollector
from solidcell.engine.scenario.contact import CompositeContact, ContactLoss
from solidcell.engine.scenario.cracking import Cracking
from solidcell.engine.scenario.film import CompositeFilm
from solidcell.engine.scenario.material import ActiveMaterial
from solidcell.engine.scenario.parameter import (
    ActivationEnergy,
    ArealResistance,
    Capacitance,
    Coefficient,
    Conductivity,
    Contact,
    Density,
    Factor,
    Fraction,
    Kind,
    Length,
    Price,
    Stress,
    Stretch,
    Thickness,
)
from solidcell.engine.scenario.transport import ConductivityTable, Percolation, Transport

_FRACTION_TOLERANCE = 1e-6
"""By how much volume fractions may miss 1: rounding of typed digits, no more."""

_FULL = Kind("", above=0.0, maximum=1.0).of("1")
_ESTIMATE = "default: engineering estimate"


class CompositeElectrode(Entry):
    """A composite electrode: active particles, solid electrolyte, carbon, binder and pores."""

    type: Literal["composite"] = "composite"
    """Kind of the electrode."""
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
    modulus: Stress = Kind("Pa", above=0.0).of("50 GPa", _ESTIMATE)
    """Young's modulus of the electrode."""
    contact_fraction: Contact = _FULL
    """Share of the particles' surface that touches the electrolyte, for `contact: static`."""
    contact: CompositeContact | None = None
    """Law of the contact fraction against stack pressure, in place of `contact_fraction`."""
    contact_retention: Contact = _FULL
    """Share of the fresh contact that is left at the start."""
    contact_loss: ContactLoss | None = None
    """How contact is lost and heals, with `contact: creep`."""
    contact_pitch: Thickness = Kind("m").of("0 um")
    """Half the distance of the contacts that the ion current converges to; 0 for no constriction."""
    patch_factor: Stretch = Kind("", minimum=1.0).of("1", f"{_ESTIMATE}, 1 to 2")
    """Factor on the length of diffusion, since lithium enters through patches of contact."""
    isolation_threshold: Contact = Kind("", above=0.0, maximum=1.0).of("0.7", _ESTIMATE)
    """Contact retention below which particles are isolated, with `isolation: on`."""
    cracking: Cracking | None = None
    """How active material cracks off, with `cracking: on`."""
    carbon_decomposition: CarbonDecomposition = Field(default_factory=CarbonDecomposition)
    """Decomposition of electrolyte at the carbon, with `carbon: on`."""
    path_exponent: Coefficient = Kind("", minimum=0.0).of("1", _ESTIMATE)
    """Exponent of the contact retention in the conductivities, with `paths: on`."""
    film: CompositeFilm | None = None
    """The film between active material and electrolyte, apart from `film_resistance`."""
    film_resistance: ArealResistance = Kind("ohm*m^2").of("0 Ohm cm^2")
    """Resistance of the particles' coating, per area of real contact."""
    double_layer_capacitance: Capacitance = Kind("F/m^2", above=0.0).of(
        "0.3 F/m^2", "default: reported 0.04 to 0.54 F/m^2", "measured"
    )
    """Capacitance of the double layer per area of real contact."""
    electrolyte_conductivity: Conductivity
    """Conductivity of the bulk electrolyte at the reference temperature."""
    electrolyte_conductivity_activation_energy: ActivationEnergy = Kind("J/mol").of("0 kJ/mol")
    """Activation energy of the electrolyte's conductivity."""
    transport: Transport = "tortuosity"
    """Where effective conductivities come from: `tortuosity`, `{law: percolation}`, or
    `{table: file.csv}`."""
    tortuosity_factor: Factor | None = None
    """Tortuosity factor tau^2 of the ion paths, for `transport: tortuosity`: bulk conductivity x
    volume fraction / effective."""
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
    def _fractions_fill_the_volume(self) -> CompositeElectrode:
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

    @model_validator(mode="after")
    def _conducts(self) -> CompositeElectrode:
        if self.transport == "tortuosity" and self.tortuosity_factor is None:
            raise ValueError(
                "'tortuosity_factor' is missing; add it, or write 'transport: {law: percolation}'"
            )
        _ = self.effective_conductivity, self.effective_electronic_conductivity
        return self

    @property
    def effective_conductivity(self) -> float:
        """Ionic conductivity of the electrode at the reference temperature [S/m]."""
        bulk, fraction = self.electrolyte_conductivity, self.electrolyte_volume_fraction
        match self.transport:
            case Percolation():
                return float(bulk) * self.transport.ionic_ratio(float(fraction))
            case ConductivityTable():
                return float(bulk) * self.transport.ionic_ratio(float(self.active_volume_fraction))
        assert self.tortuosity_factor is not None
        return float(bulk * fraction / self.tortuosity_factor)

    @property
    def effective_electronic_conductivity(self) -> float:
        """Electronic conductivity of the electrode at the reference temperature [S/m]."""
        if isinstance(self.transport, ConductivityTable) and self.transport.electronic == "table":
            return self.transport.electronic_conductivity(float(self.active_volume_fraction))
        return float(self.electronic_conductivity)

    @property
    def specific_area(self) -> float:
        """Geometric surface of all particles per volume of electrode [1/m]."""
        return float(3 * self.active_volume_fraction / self.particle_radius)

    def utilisation(self, retention: float | None = None) -> float:
        """Share of the active material that both networks reach, with `isolation: on`.

        Parameters
        ----------
        retention
            Contact retention; that of the start unless given.
        """
        left = float(self.contact_retention) if retention is None else retention
        return min(1.0, left / float(self.isolation_threshold))
