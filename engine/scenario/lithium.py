"""Lithium-metal electrodes: a plane of lithium in contact with the separator."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.collector import CurrentCollector
from solidcell.engine.scenario.contact import LithiumContact
from solidcell.engine.scenario.film import LithiumFilm
from solidcell.engine.scenario.interface import MeasuredInterface
from solidcell.engine.scenario.parameter import (
    ActivationEnergy,
    ArealResistance,
    Capacitance,
    Contact,
    CurrentDensity,
    Density,
    Kind,
    MolarVolume,
    Price,
    Stress,
    Thickness,
)
from solidcell.engine.scenario.short_circuit import ShortCircuit
from solidcell.engine.scenario.voids import Voids

_NO_LENGTH = Kind("m").of("0 um")
_NO_ACTIVATION = Kind("J/mol").of("0 kJ/mol")


class LithiumElectrode(Entry):
    """A lithium-metal electrode: a plane in contact with the separator."""

    type: Literal["lithium_foil", "anode_free"]
    """Kind of the electrode: foil, or a bare collector that lithium is plated on."""
    excess_thickness: Thickness = _NO_LENGTH
    """Lithium on each face in the discharged cell; an anode-free electrode has none."""
    density: Density
    """Density of lithium."""
    molar_volume: MolarVolume
    """Molar volume of lithium."""
    modulus: Stress = Kind("Pa", above=0.0).of(
        "7.8 GPa", "default: Masias 2019, 10.1007/s10853-018-2971-3", "measured"
    )
    """Young's modulus of lithium."""
    exchange_current_density: CurrentDensity
    """Exchange current per area of real contact at the reference temperature."""
    exchange_current_activation_energy: ActivationEnergy = _NO_ACTIVATION
    """Activation energy of the exchange current."""
    transfer_coefficient: Contact = Kind("", above=0.0, maximum=1.0).of("0.5")
    """Anodic transfer coefficient; the cathodic one is the rest to 1."""
    double_layer_capacitance: Capacitance = Kind("F/m^2", above=0.0).of(
        "0.3 F/m^2", "default: reported 0.04 to 0.54 F/m^2", "measured"
    )
    """Capacitance of the double layer per geometric area."""
    contact_fraction: Contact = Kind("", above=0.0, maximum=1.0).of("1")
    """Share of the plane that touches the separator, before voids; a law of contact replaces it."""
    interface_resistance: ArealResistance = Kind("ohm*m^2").of("0 Ohm cm^2")
    """Resistance of the plane in series with the charge transfer, per geometric area."""
    interface_resistance_activation_energy: ActivationEnergy = _NO_ACTIVATION
    """Activation energy of the interface's conductance."""
    interface: MeasuredInterface | None = None
    """The measured law of `interface_resistance` against pressure; not together with `contact`."""
    contact: LithiumContact | None = None
    """A mechanistic law of the contact fraction against pressure, in place of `interface` and of
    the resistances it describes."""
    contact_pitch: Thickness = _NO_LENGTH
    """Half the distance of contacts that the current converges to, with `contact`; 0 for none."""
    film: LithiumFilm | None = None
    """The film between lithium and separator."""
    voids: Voids | None = None
    """How voids open and close."""
    short_circuit: ShortCircuit = Field(default_factory=ShortCircuit)
    """When plating may short the cell."""
    current_collector: CurrentCollector
    """The foil that carries the lithium."""
    price: Price | None = None
    """Price of lithium foil."""

    @model_validator(mode="after")
    def _lithium_in_excess(self) -> LithiumElectrode:
        if self.type == "lithium_foil" and not self.excess_thickness > 0:
            given = "excess_thickness" in self.model_fields_set
            said = "must be above zero" if given else "is missing"
            raise ValueError(
                f"the excess_thickness of a foil {said}; write 'excess_thickness: 10 um', or "
                "'type: anode_free'"
            )
        if self.type == "anode_free" and self.excess_thickness > 0:
            raise ValueError(
                "an anode-free electrode has no lithium in excess; write 'excess_thickness: 0 um', "
                "or 'type: lithium_foil'"
            )
        return self

    @model_validator(mode="after")
    def _one_law_of_contact(self) -> LithiumElectrode:
        if self.interface is not None and self.contact is not None:
            raise ValueError(
                "'interface' (the measured law) and 'contact' (a mechanistic one) describe the same "
                "resistance; keep one of them and set the other to null"
            )
        if self.contact is None and self.contact_pitch > 0:
            raise ValueError(
                "contact_pitch has no effect without a law of contact; add "
                "'contact: {law: plastic}', or remove it"
            )
        return self
