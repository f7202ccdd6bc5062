"""Interphases: their growth, at the lithium plane and at every node of the composite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solidcell.engine.validation.twin.builder import Builder
from solidcell.engine.validation.twin.cell import FARADAY, GAS, Film, Growth

#: Size of a squared thickness for the solver's absolute tolerance, 10 nm squared [m2].
_SQUARE_SCALE = 1.0e-16


@dataclass(frozen=True, slots=True)
class FilmSymbols:
    """A film in the model.

    Attributes
    ----------
    constants : Film
        Its constants.
    thickness : pybamm.Symbol
        All of it [m].
    rate : pybamm.Symbol or float
        d(thickness)/dt [m/s].
    conductivity : pybamm.Symbol
        [S/m]
    """

    constants: Film
    thickness: Any
    rate: Any
    conductivity: Any


def lithium_film(b: Builder, film: Film, metal: Any) -> FilmSymbols:
    """Film on lithium; it stops growing when no metal is left.

    Parameters
    ----------
    b : Builder
        The model.
    film : Film
        Constants.
    metal : pybamm.Symbol
        Lithium metal [mol/m2].

    Returns
    -------
    FilmSymbols
    """
    initial = film.initial_thickness
    conductivity = film.conductivity * b.arrhenius(film.conductivity_activation_energy)
    if film.growth is Growth.NONE:
        return FilmSymbols(film, b.pybamm.Scalar(initial), 0.0, conductivity)
    square = b.unknown("square of lithium film", initial**2, scale=_SQUARE_SCALE)
    factor = b.arrhenius(film.growth_activation_energy) * (metal > 0.0)
    rate = squared_thickness_rate(film, square, factor)
    b.evolve(square, rate)
    thickness = np.sqrt(square)
    return FilmSymbols(film, thickness, rate / (2.0 * thickness), conductivity)


def cathode_film(b: Builder, film: Film, psi: Any, reaction: Any) -> FilmSymbols:
    """Film on the particles: a slow part, and one that the first charge makes.

    dL_1/dt = (L_1inf - L_1)/q_1 max(0, J L_c).

    Parameters
    ----------
    b : Builder
        The model.
    film : Film
        Constants.
    psi : pybamm.Symbol
        phi_s - phi_e at the nodes [V].
    reaction : pybamm.Symbol
        J at the nodes [A/m3].

    Returns
    -------
    FilmSymbols
        With the sum of both parts.
    """
    initial = film.initial_thickness
    thickness, rate = b.everywhere(initial), b.everywhere(0.0)
    if film.growth is not Growth.NONE:
        square = b.unknown("square of cathode film", initial**2, nodal=True, scale=_SQUARE_SCALE)
        slope = film.voltage_coefficient * FARADAY / (GAS * b.temperature)
        factor = b.arrhenius(film.growth_activation_energy) * np.exp(
            slope * (psi - film.reference_voltage)
        )
        growth = squared_thickness_rate(film, square, factor)
        b.evolve(square, growth)
        thickness = np.sqrt(square)
        rate = growth / (2.0 * thickness)
    if film.first_charge_thickness > 0.0:
        final = film.first_charge_thickness
        first = b.unknown("first-charge film", 0.0, nodal=True, scale=final)
        charging = np.maximum(0.0, reaction * b.cell.half_cell.electrode_thickness)
        growth = (final - first) / film.first_charge_capacity * charging
        b.evolve(first, growth)
        thickness, rate = thickness + first, rate + growth
    conductivity = film.conductivity * b.arrhenius(film.conductivity_activation_energy)
    return FilmSymbols(film, thickness, rate, conductivity)


def squared_thickness_rate(film: Film, square: Any, factor: Any) -> Any:
    """Rate of L^2 for the film's law.

    parabolic k_p; linear-parabolic 2 L k_p/(2 L + k_p/k_l); logarithmic
    2 L (k_log/tau) exp(-(L - L_0)/k_log).  The factor multiplies k_p, k_l and k_log/tau.

    Parameters
    ----------
    film : Film
        Constants, with a law.
    square : float or pybamm.Symbol
        L^2 [m2].
    factor : float or pybamm.Symbol
        Temperature and voltage.

    Returns
    -------
    float or pybamm.Symbol
        [m2/s]
    """
    if film.growth is Growth.PARABOLIC:
        return film.growth_constant * factor
    double = 2.0 * np.sqrt(square)
    if film.growth is Growth.LINEAR_PARABOLIC:
        crossover = film.growth_constant / film.linear_constant
        return double * film.growth_constant * factor / (double + crossover)
    constant = film.logarithmic_constant
    slowing = np.exp(-(0.5 * double - film.initial_thickness) / constant)
    return double * constant / film.logarithmic_time * factor * slowing
