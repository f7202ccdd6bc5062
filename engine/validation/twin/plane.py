"""Lithium plane of the model: metal, film, voids, and the voltage it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solidcell.engine.validation.twin.builder import Builder
from solidcell.engine.validation.twin.cell import FARADAY, GAS, MeasuredResistance
from solidcell.engine.validation.twin.contact import constriction_resistance
from solidcell.engine.validation.twin.films import FilmSymbols, lithium_film
from solidcell.engine.validation.twin.lithium import (
    measured_resistance,
    void_contact,
    void_growth,
)
from solidcell.engine.validation.twin.stack import StackSymbols

#: Size of the voids' thickness for the solver's absolute tolerance [m].
_VOID_SCALE = 1.0e-7


@dataclass(frozen=True, slots=True)
class PlaneStates:
    """Unknowns of the lithium plane.

    Attributes
    ----------
    metal : pybamm.Symbol
        [mol/m2]
    film : FilmSymbols or None
        Its film.
    void : pybamm.Symbol or None
        Void volume per area [m].
    """

    metal: Any
    film: FilmSymbols | None
    void: Any

    @property
    def thickness(self) -> Any:
        """Film thickness [m]."""
        return 0.0 if self.film is None else self.film.thickness


def plane_states(b: Builder) -> PlaneStates:
    """Add the unknowns of the lithium plane.

    Parameters
    ----------
    b : Builder
        The model.

    Returns
    -------
    PlaneStates
    """
    plane = b.cell.lithium
    metal = b.unknown("lithium metal", plane.metal)
    film = None if plane.film is None else lithium_film(b, plane.film, metal)
    void = None if plane.voids is None else b.unknown("void thickness", 0.0, scale=_VOID_SCALE)
    return PlaneStates(metal, film, void)


def plane_equations(b: Builder, states: PlaneStates, stack: StackSymbols, current: Any) -> Any:
    """Write the equations of the lithium plane.

    Parameters
    ----------
    b : Builder
        The model.
    states : PlaneStates
        Unknowns.
    stack : StackSymbols
        Pressure.
    current : pybamm.Symbol
        Current density [A/m2].

    Returns
    -------
    pybamm.Symbol
        Potential of lithium less that of the electrolyte at the plane [V].
    """
    pybamm, plane, half = b.pybamm, b.cell.lithium, b.cell.half_cell
    faradaic = current
    if plane.double_layer > 0.0:
        faradaic = b.unknown("faradaic current", 0.0, scale=b.one_c)

    unfilled = pybamm.Scalar(1.0)
    if plane.voids is not None:
        unfilled = void_contact(plane.voids, states.void)
        creep = b.arrhenius(plane.voids.creep_activation_energy)
        growth = void_growth(
            plane.voids, plane.molar_volume, faradaic, states.void, stack.pressure, creep
        )
        b.evolve(states.void, growth)
    law = plane.interface
    if isinstance(law, MeasuredResistance):
        contact = unfilled
        resisting = plane.film.initial_thickness if plane.film is not None else 0.0
        interface = measured_resistance(law, stack.pressure, stack.highest) / (
            b.arrhenius(law.activation_energy) * contact
        )
    else:
        contact = unfilled * law.law(stack.pressure, stack.highest)
        resisting = 0.0
        bulk = half.separator_conductivity * b.arrhenius(
            half.separator_conductivity_activation_energy
        )
        interface = constriction_resistance(contact, law.pitch, bulk)
    exchange = half.lithium_exchange_current_density * b.arrhenius(
        half.lithium_exchange_current_activation_energy
    )
    transfer = (
        2.0 * GAS * b.temperature / FARADAY * np.arcsinh(faradaic / (2.0 * contact * exchange))
    )
    film_drop = pybamm.Scalar(0.0)
    film_lithium = pybamm.Scalar(0.0)
    if states.film is not None:
        film_drop = (
            faradaic * (states.film.thickness - resisting) / (states.film.conductivity * contact)
        )
        film_lithium = states.film.rate / states.film.constants.molar_volume
    interface_drop = faradaic * interface
    drop = transfer + film_drop + interface_drop
    if plane.double_layer > 0.0:
        across = b.unknown("potential of lithium", 0.0)
        b.evolve(across, (current - faradaic) / plane.double_layer)
        b.balance(faradaic, across - drop)
        drop = across
    b.evolve(states.metal, -faradaic / FARADAY - film_lithium)
    b.model.variables.update(
        {
            "lithium_metal": states.metal,
            "void_thickness_negative": states.void if states.void is not None else 0.0 * current,
            "contact_fraction_negative": contact,
            "void_contact_negative": unfilled,
            "film_thickness_negative": states.thickness + 0.0 * current,
            "overpotential_charge_transfer_negative": -transfer,
            "overpotential_film_negative": -film_drop,
            "overpotential_interface_negative": -interface_drop,
        }
    )
    return drop
