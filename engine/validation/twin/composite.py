"""Composite electrode of the model: contact, films, kinetics, currents, particles.

x runs from 0 at the separator to 1 at the collector, r from 0 to 1.  The unknowns of a node are
psi = phi_s - phi_e and the reaction J per volume of electrode, positive where it oxidises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from solidcell.engine.validation.half_cell import Law
from solidcell.engine.validation.twin.builder import ELECTRODE, PARTICLE, Builder
from solidcell.engine.validation.twin.cell import FARADAY, GAS
from solidcell.engine.validation.twin.contact import constriction_resistance
from solidcell.engine.validation.twin.films import FilmSymbols, cathode_film
from solidcell.engine.validation.twin.material import (
    MaterialSymbols,
    material_equations,
    material_states,
)
from solidcell.engine.validation.twin.stack import StackSymbols

#: Distance in lithium fraction over which the slope of the volume curve is taken.
_SLOPE_SPAN = 1.0e-5
#: Lithium fraction is kept this far from empty and full inside the exchange current.
_EXCHANGE_MARGIN = 1.0e-9
#: Size of the film's charge for the solver's absolute tolerance [A s/m2].
_FILM_CHARGE_SCALE = 1.0e2
#: Size of the square of the carbon's charge for the solver's absolute tolerance [A2 s2/m4].
_CARBON_SCALE = 1.0e8


@dataclass(frozen=True, slots=True)
class CompositeStates:
    """Unknowns of the composite electrode.

    Attributes
    ----------
    psi, phi_s, reaction, mean : pybamm.Symbol
        phi_s - phi_e [V], phi_s [V], J [A/m3] and the particles' mean lithium fraction, at nodes.
    stoichiometry : pybamm.Symbol
        Lithium fraction inside the particles.
    retention : pybamm.Symbol
        s at the nodes, no unknown where nothing changes it.
    material : MaterialSymbols
        Active material that takes part.
    """

    psi: Any
    phi_s: Any
    reaction: Any
    mean: Any
    stoichiometry: Any
    retention: Any
    material: MaterialSymbols


def composite_states(b: Builder) -> CompositeStates:
    """Add the unknowns of the composite electrode.

    Parameters
    ----------
    b : Builder
        The model.

    Returns
    -------
    CompositeStates
    """
    pybamm, half, composite = b.pybamm, b.cell.half_cell, b.cell.composite
    start = b.start.stoichiometry
    potential = float(half.open_circuit_potential(start))
    if b.entropy and half.entropic_coefficient is not None:
        # With double layers the potential is a state of its own, which has to begin at rest.
        warmer = b.start.temperature - half.reference_temperature
        potential += float(half.entropic_coefficient(start)) * warmer
    reaction_scale = b.one_c / half.electrode_thickness
    stoichiometry = pybamm.Variable(
        "stoichiometry", domain=PARTICLE, auxiliary_domains={"secondary": ELECTRODE}
    )
    b.model.initial_conditions[stoichiometry] = pybamm.FullBroadcast(
        pybamm.Scalar(start), PARTICLE, {"secondary": ELECTRODE}
    )
    retention = b.everywhere(composite.retention)
    if composite.loss is not None:
        retention = b.unknown("contact retention", composite.retention, nodal=True)
    return CompositeStates(
        psi=b.unknown("psi", potential, nodal=True),
        phi_s=b.unknown("phi_s", potential, nodal=True),
        reaction=b.unknown("reaction", 0.0, nodal=True, scale=reaction_scale),
        mean=b.unknown("mean stoichiometry", start, nodal=True),
        stoichiometry=stoichiometry,
        retention=retention,
        material=material_states(b, retention),
    )


def composite_equations(
    b: Builder, states: CompositeStates, stack: StackSymbols, current: Any, phi_e: Any
) -> Any:
    """Write the equations of the composite electrode.

    Parameters
    ----------
    b : Builder
        The model.
    states : CompositeStates
        Unknowns.
    stack : StackSymbols
        Pressure.
    current : pybamm.Symbol
        Current density [A/m2].
    phi_e : pybamm.Symbol
        Electrolyte potential where separator and electrode meet [V].

    Returns
    -------
    pybamm.Symbol
        Voltage [V].
    """
    composite = b.cell.composite
    theta = b.everywhere(composite.contact(stack.pressure, stack.highest)) * states.retention
    half = b.cell.half_cell
    sphere = (
        3.0 * half.active_material_volume_fraction * states.material.active / half.particle_radius
    )
    film = None
    if composite.film is not None:
        film = cathode_film(b, composite.film, states.psi, states.reaction)
        _book_film(b, film, sphere * theta)
    _kinetics(b, states, theta, sphere, film)
    outflow = _outflow(b, states, theta, sphere, film)
    drift = -3.0 * outflow / (half.particle_radius * half.maximum_concentration)
    strain_rate: Any = b.everywhere(0.0)
    if composite.volume_change is not None:
        strain_rate = np.absolute(_slope(composite.volume_change, states.mean) * drift)
    retention_rate = _retention(b, states, stack, strain_rate)
    returning, theirs = material_equations(
        b,
        states.material,
        states.stoichiometry,
        states.mean,
        strain_rate,
        states.retention,
        retention_rate,
    )
    _particles(b, states, states.material, outflow, returning, theirs)
    b.evolve(states.mean, drift + returning * (theirs - states.mean))
    _book_carbon(b)
    b.model.variables.update(
        {
            "contact_fraction_positive": b.mean(theta),
            "contact_retention_positive": b.mean(states.retention),
            "film_thickness_positive": b.mean(film.thickness if film is not None else 0.0),
            "stoichiometry_positive": b.mean(states.mean),
            "nodes/contact_fraction_positive": theta,
            "nodes/contact_retention_positive": states.retention,
            "nodes/film_thickness_positive": b.everywhere(film.thickness if film else 0.0),
            "nodes/stoichiometry_positive": states.mean,
            "nodes/potential_difference": states.psi,
            "nodes/reaction": states.reaction,
        }
    )
    return _currents(b, states, current, phi_e, sphere * theta)


def _kinetics(
    b: Builder, states: CompositeStates, theta: Any, sphere: Any, film: FilmSymbols | None
) -> None:
    """Kinetics: psi = U + (2RT/F) asinh(j/2 j0) + j R_film + (J/a) R_s, j = J/(a theta)."""
    pybamm, half, composite = b.pybamm, b.cell.half_cell, b.cell.composite
    surface = pybamm.surf(states.stoichiometry)
    potential = half.open_circuit_potential(surface)
    if b.entropy and half.entropic_coefficient is not None:
        warmer = b.temperature - half.reference_temperature
        potential = potential + half.entropic_coefficient(surface) * warmer
    inside = np.minimum(np.maximum(surface, _EXCHANGE_MARGIN), 1.0 - _EXCHANGE_MARGIN)
    exchange = half.exchange_current_density(inside) * b.arrhenius(
        half.exchange_current_activation_energy
    )
    local = states.reaction / (sphere * theta)
    transfer = 2.0 * GAS * b.temperature / FARADAY * np.arcsinh(local / (2.0 * exchange))
    resistance: Any = composite.coating_resistance
    if film is not None:
        resistance = resistance + film.thickness / film.conductivity
    film_drop = local * resistance
    bulk = b.cell.bulk_conductivity * b.arrhenius(b.cell.bulk_conductivity_activation_energy)
    spreading = (
        states.reaction / sphere * constriction_resistance(theta, composite.contact_pitch, bulk)
    )
    b.balance(states.reaction, states.psi - potential - transfer - film_drop - spreading)
    b.model.variables.update(
        {
            "overpotential_charge_transfer_positive": b.mean(transfer),
            "overpotential_film_positive": b.mean(film_drop),
            "overpotential_interface_positive": b.mean(spreading),
        }
    )


def _outflow(
    b: Builder, states: CompositeStates, theta: Any, sphere: Any, film: FilmSymbols | None
) -> Any:
    """Flux out of the connected particles [mol/m2/s]."""
    outflow = states.reaction / (sphere * FARADAY)
    if film is not None and film.constants.lithium_share > 0.0:
        outflow = outflow + (
            film.constants.lithium_share * theta * film.rate / film.constants.molar_volume
        )
    return outflow


def _particles(
    b: Builder,
    states: CompositeStates,
    material: MaterialSymbols,
    outflow: Any,
    returning: Any,
    theirs: Any,
) -> None:
    """Fick's law in the spheres, and lithium that comes back into them."""
    pybamm, half, composite = b.pybamm, b.cell.half_cell, b.cell.composite
    x = states.stoichiometry
    # D goes through the surface value of its own array, or PyBaMM loses lithium at the surface
    diffusivity = (
        half.diffusivity(x)
        * b.arrhenius(half.diffusivity_activation_energy)
        / composite.patch_factor**2
    )
    if composite.cracking is not None:
        cracks = composite.cracking.crack_density * material.lost
        diffusivity = diffusivity / pybamm.PrimaryBroadcast(1.0 + 8.0 / 9.0 * cracks, PARTICLE)
    radius, sites = half.particle_radius, half.maximum_concentration
    back, other = (pybamm.PrimaryBroadcast(nodal, PARTICLE) for nodal in (returning, theirs))
    b.model.rhs[x] = pybamm.div(diffusivity * pybamm.grad(x)) / radius**2 + back * (other - x)
    b.model.boundary_conditions[x] = {
        "left": (pybamm.Scalar(0.0), "Neumann"),
        "right": (-outflow * radius / (sites * pybamm.surf(diffusivity)), "Neumann"),
    }
    b.model.variables["stored_stoichiometry_positive"] = b.mean(b.particle_mean(x))


def _retention(b: Builder, states: CompositeStates, stack: StackSymbols, strain_rate: Any) -> Any:
    """ds/dt from the volume change of the particles and from healing; returned, too."""
    loss = b.cell.composite.loss
    if loss is None:
        return b.everywhere(0.0)
    lost = (
        (loss.coefficient / loss.reference_strain)
        * (states.retention - loss.minimum)
        * strain_rate
        / (1.0 + stack.pressure / loss.reference_pressure)
    )
    healed = loss.healing_rate * (stack.pressure / loss.healing_pressure) * (1.0 - states.retention)
    b.evolve(states.retention, healed - lost)
    return healed - lost


def _slope(law: Law, x: Any) -> Any:
    """Slope of a curve that may be a table, as a central difference."""
    return (law(x + _SLOPE_SPAN) - law(x - _SLOPE_SPAN)) / (2.0 * _SLOPE_SPAN)


def _book_film(b: Builder, film: FilmSymbols, area: Any) -> None:
    """Charge that has gone into the film, per area of electrode."""
    charge = b.unknown("charge of cathode film", 0.0, scale=_FILM_CHARGE_SCALE)
    length = b.cell.half_cell.electrode_thickness
    volume_rate = length * b.mean(area * film.rate)
    b.evolve(charge, volume_rate * FARADAY / film.constants.molar_volume)
    b.model.variables["film_charge_positive"] = charge


def _book_carbon(b: Builder) -> None:
    """Charge of the electrolyte that has decomposed at the carbon, per area of electrode."""
    carbon = b.cell.composite.carbon
    if carbon is None:
        return
    rate = carbon.growth_constant * carbon.surface**2 * b.arrhenius(carbon.activation_energy)
    square = b.unknown("square of carbon charge", 0.0, scale=_CARBON_SCALE)
    b.evolve(square, rate)
    b.model.variables["carbon_charge_positive"] = np.sqrt(square)


def _currents(b: Builder, states: CompositeStates, current: Any, phi_e: Any, area: Any) -> Any:
    """Charge balance of electrolyte and solid; returns the voltage.

    i_e = (dpsi/dx + I/sigma)/(1/kappa + 1/sigma), C a theta dpsi/dt + J = di_e/dx, and
    phi_s from d(sigma dphi_s/dx)/dx = di_e/dx.
    """
    pybamm, half, composite = b.pybamm, b.cell.half_cell, b.cell.composite
    length, psi, phi_s = half.electrode_thickness, states.psi, states.phi_s
    kappa = half.electrolyte_conductivity * b.arrhenius(
        half.electrolyte_conductivity_activation_energy
    )
    sigma: Any = half.electronic_conductivity
    if composite.path_exponent > 0.0:
        paths = states.retention**composite.path_exponent
        kappa, sigma = kappa * paths, sigma * paths
    else:
        kappa, sigma = kappa * pybamm.Scalar(1.0), sigma * pybamm.Scalar(1.0)
    joint = 1.0 / (1.0 / kappa + 1.0 / sigma)
    share = joint / sigma
    ionic = joint * pybamm.grad(psi) / length + share * current
    balance = pybamm.div(ionic) / length
    weight = length / b.one_c
    b.model.boundary_conditions[psi] = {
        "left": (
            length * current * (1.0 - _edge(b, share, "left")) / _edge(b, joint, "left"),
            "Neumann",
        ),
        "right": (
            -length * current * _edge(b, share, "right") / _edge(b, joint, "right"),
            "Neumann",
        ),
    }
    if composite.double_layer > 0.0:
        b.evolve(psi, (balance - states.reaction) / (composite.double_layer * area))
    else:
        b.balance(psi, (balance - states.reaction) * weight)
    b.model.boundary_conditions[phi_s] = {
        "left": (phi_e + pybamm.boundary_value(psi, "left"), "Dirichlet"),
        "right": (-length * current / _edge(b, sigma, "right"), "Neumann"),
    }
    b.balance(phi_s, (pybamm.div(sigma * pybamm.grad(phi_s)) / length**2 - balance) * weight)
    return pybamm.boundary_value(phi_s, "right")


def _edge(b: Builder, value: Any, side: str) -> Any:
    """Value at an end of the electrode off a straight line, as PyBaMM reads it for a flux there."""
    if value.domain != [ELECTRODE]:
        return value
    return b.pybamm.boundary_value(value, side, order="linear")
