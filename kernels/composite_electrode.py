"""The composite electrode at its nodes: contact, films, kinetics, and their slow states.

At each node the particles touch the electrolyte with the fraction theta of their connected surface
``a = 3 eps / R``. With J the reaction current per volume of electrode

    theta = theta_0 theta(P) s,     j = J / (a theta)
    w = U(x_s) + (2 R T / F) asinh(j / 2 j0(x_s)) + j (R_coat + L / sigma) + (J / a) R_s(theta)

The flux into a particle counts the whole surface: ``J / a``. Contact, geometric surface and intrinsic
exchange current never multiply into one number.

Slow states of a node are the contact retention s and the films L = sqrt(L2) + L1:

    ds/dt  = -(k/g0) (s - s_min) |dg/dt| / (1 + P/P0) + k_h (P/P_h) (1 - s)
    dL2/dt = growth law of the interphase, activated by the potential difference psi
    dL1/dt = (L1inf - L1) max(0, J L_c) / q1

where g is the volume change of the particles at their mean composition.
"""

from math import sqrt

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import ContactLaw, FilmLaw
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.constriction import constriction_resistance
from solidcell.kernels.contact import contact_fraction
from solidcell.kernels.elementary import area_sinh
from solidcell.kernels.interphase import (
    THINNEST,
    first_charge_rate,
    growth_rate,
    voltage_factor,
)
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.particle import (
    diffusion_rates,
    kirchhoff,
    kirchhoff_nodes,
    surface_residual,
)
from solidcell.kernels.tables import interval, slope, value
from solidcell.kernels.transport import (
    charging_voltage,
    collector_voltage,
    subtract_subgrid,
    transferred_charge,
)
from solidcell.kernels.workspace import (
    AREA,
    COLUMN,
    CONTACT,
    EXCHANGE,
    FILLING,
    FILM,
    FLUX,
    FLUX_SCALE,
    INVERSE_AREA,
    POTENTIAL,
    REACTION,
    SCRATCH,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]

CONSTANT = int(ContactLaw.CONSTANT)
NO_FILM = int(FilmLaw.NONE)

EXCHANGE_FLOOR = 1e-20
"""Least square of the exchange current, (A/m2)^2: keeps the overpotential finite at x = 0 and 1."""
LEAST_RETENTION = 1e-6
"""Contact retention below which contact falls no further: no reaction current is infinite."""


@inline_kernel
def film_grows(cell: HalfCell) -> bool:
    """Whether the particles carry a film that has a thickness."""
    return cell.film.law != NO_FILM or cell.film.first_thickness > 0.0


@inline_kernel
def utilisation(cell: HalfCell, retention: float) -> float:
    """Share of the active material that is connected at a contact retention: min(1, s / s_u)."""
    threshold = cell.contact.isolation_threshold
    if threshold == 0.0:
        return 1.0
    return min(1.0, retention / threshold)


@inline_kernel
def pressure_contact(
    cell: HalfCell, pressure: float, highest_pressure: float
) -> tuple[float, float]:
    """Contact fraction of the particles that stack pressure leaves, and its derivative, 1/Pa."""
    if cell.contact.law == CONSTANT:
        return 1.0, 0.0
    return contact_fraction(cell.contact.law, cell.contact.parameters, pressure, highest_pressure)


@inline_kernel
def contact_changes(cell: HalfCell) -> bool:
    """Whether contact or films of the particles change while a protocol step runs."""
    return cell.contact.law != CONSTANT or cell.contact.evolves != 0 or film_grows(cell)


@kernel
def fill_contacts(cell: HalfCell, work: Workspace, pressure: float, y: FloatArray) -> float:
    """Contact fraction, inverse contact area and film thickness of each node, into `work`.

    Parameters
    ----------
    pressure
        Stack pressure that the contacts feel, Pa.
    y
        State vector.

    Returns
    -------
    float
        Derivative of the pressure's share of the contact fraction, 1/Pa.
    """
    o = work.offsets
    law, slope = pressure_contact(cell, pressure, y[o.highest_pressure])
    contact = work.nodes[CONTACT]
    for k in range(contact.size):
        retention = max(y[o.contact_retention + k], LEAST_RETENTION)
        contact[k] = cell.contact_fraction[k] * law * retention
    for k in range(contact.size):
        work.nodes[INVERSE_AREA, k] = 1.0 / (work.nodes[AREA, k] * contact[k])
    if film_grows(cell):
        for k in range(contact.size):
            work.nodes[FILM, k] = sqrt(max(y[o.film_square + k], 0.0)) + y[o.first_film + k]
    return slope


@inline_kernel
def surface_properties(
    cell: HalfCell,
    coefficients: Coefficients,
    x_surface: FloatArray,
    potential: FloatArray,
    exchange: FloatArray,
) -> None:
    """Open-circuit potential and squared exchange current of each surface; both written, (nodes,)."""
    scale = cell.table_inverse_spacing
    for k in range(x_surface.size):
        index, d = interval(cell.table_origin, scale, cell.table_intervals, x_surface[k])
        potential[k] = value(cell.potential_table, index, d)
        if coefficients.temperature_offset != 0.0:
            entropy = value(cell.entropy_table, index, d)
            potential[k] += coefficients.temperature_offset * entropy
        exchange[k] = coefficients.exchange_factor * value(cell.exchange_table, index, d)
    for k in range(x_surface.size):
        exchange[k] = max(exchange[k], EXCHANGE_FLOOR)


@inline_kernel
def add_overpotential(
    thermal_voltage: float, exchange: FloatArray, reaction_current: FloatArray, w: FloatArray
) -> None:
    """Add ``(2 R T / F) asinh(j / 2 j0)`` of each node to `w`, (nodes,)."""
    for k in range(w.size):
        w[k] += 2.0 * thermal_voltage * area_sinh(0.5 * reaction_current[k] / sqrt(exchange[k]))


@inline_kernel
def node_constriction(
    cell: HalfCell, coefficients: Coefficients, contact: float
) -> tuple[float, float]:
    """Constriction of the current to a node's contacts per particle surface, Ohm m2, and its slope."""
    return constriction_resistance(
        contact, cell.contact.pitch, cell.contact.conductivity * coefficients.ionic_factor
    )


@inline_kernel
def node_film_rates(
    cell: HalfCell,
    coefficients: Coefficients,
    potential: float,
    square: float,
    first: float,
    charging: float,
) -> tuple[float, float, float, float, float, float]:
    """Growth of a node's films.

    Parameters
    ----------
    potential
        psi, V.
    square, first
        L2, m2, and L1, m.
    charging
        Reaction current as if the whole electrode reacted alike, J L_c, A/m2.

    Returns
    -------
    (float, ...)
        dL2/dt, m2/s, its derivatives to L2, 1/s, and to psi, m2/(s V); dL1/dt, m/s, its derivatives
        to L1, 1/s, and to J L_c, m3/C.
    """
    film = cell.film
    rate, to_square, to_potential = 0.0, 0.0, 0.0
    if film.law != NO_FILM:
        factor, factor_slope = coefficients.film_growth, 0.0
        if film.voltage_coefficient > 0.0:
            activation, slope = voltage_factor(
                film.voltage_coefficient,
                potential,
                film.reference_voltage,
                coefficients.thermal_voltage,
            )
            factor_slope = factor * slope
            factor *= activation
        rate, to_square = growth_rate(
            film.law,
            square,
            film.growth_constant,
            film.linear_constant,
            film.logarithmic_constant,
            film.logarithmic_time,
            film.initial_thickness,
            factor,
        )
        # Every growth law is proportional to its factor.
        to_potential = rate * factor_slope / factor
    first_rate, to_first, to_charging = 0.0, 0.0, 0.0
    if film.first_thickness > 0.0:
        first_rate, to_first, to_charging = first_charge_rate(
            first, film.first_thickness, film.first_charge, charging
        )
    return rate, to_square, to_potential, first_rate, to_first, to_charging


@inline_kernel
def retention_rate(
    cell: HalfCell, pressure: float, mean: float, filling: float, retention: float
) -> tuple[float, float, float, float, float]:
    """Loss and healing of a node's contact, ds/dt in 1/s.

    Parameters
    ----------
    pressure
        Pa.
    mean, filling
        Mean lithium fraction and its rate of change, 1/s.
    retention
        s.

    Returns
    -------
    (float, float, float, float, float)
        ds/dt, and its derivatives to s, to the filling rate, to the pressure and to the mean fraction.
    """
    contact = cell.contact
    scale = cell.table_inverse_spacing
    index, d = interval(cell.table_origin, scale, cell.table_intervals, mean)
    swelling = slope(cell.volume_table, scale, index, d)
    curvature = 2.0 * cell.volume_table[index, 2] + 6.0 * d * cell.volume_table[index, 3]
    curvature *= scale * scale
    relief = 1.0 / (1.0 + pressure / contact.loss_pressure)
    factor = contact.loss_coefficient / contact.loss_strain * relief
    strain = swelling * filling
    sign = 1.0 if strain >= 0.0 else -1.0
    left = retention - contact.minimum
    healing = contact.healing_rate / contact.healing_pressure
    loss = factor * left * abs(strain)
    return (
        -loss + healing * pressure * (1.0 - retention),
        -factor * abs(strain) - healing * pressure,
        -factor * left * sign * swelling,
        loss * relief / contact.loss_pressure + healing * (1.0 - retention),
        -factor * left * sign * curvature * filling,
    )


@kernel
def slow_rates(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    pressure: float,
    y: FloatArray,
    f: FloatArray,
) -> float:
    """Rates of films and contact retention, written to `f`, and what they do to the particles.

    Returns
    -------
    float
        Current that goes into the films, A/m2 of electrode.
    """
    o = work.offsets
    nodes = work.nodes.shape[1]
    flux = work.nodes[FLUX]
    film_current = 0.0
    if film_grows(cell):
        thickness = 0.0
        for k in range(nodes):
            thickness += cell.width[k]
        for k in range(nodes):
            square = y[o.film_square + k]
            rate, _, _, first_rate, _, _ = node_film_rates(
                cell,
                coefficients,
                y[o.potential_difference + k],
                square,
                y[o.first_film + k],
                y[o.reaction_current + k] * thickness,
            )
            f[o.film_square + k] = rate
            f[o.first_film + k] = first_rate
            growth = 0.5 * rate / max(sqrt(max(square, 0.0)), THINNEST) + first_rate
            charge = FARADAY / cell.film.molar_volume * growth / work.nodes[INVERSE_AREA, k]
            film_current += cell.width[k] * charge
            # Lithium for the film leaves the particles, too.
            taken = cell.film.lithium_share * charge
            flux[k] += work.nodes[FLUX_SCALE, k] * taken
            f[o.mean_stoichiometry + k] += work.nodes[FILLING, k] * taken
    if cell.contact.evolves:
        for k in range(nodes):
            f[o.contact_retention + k], _, _, _, _ = retention_rate(
                cell,
                pressure,
                y[o.mean_stoichiometry + k],
                f[o.mean_stoichiometry + k],
                y[o.contact_retention + k],
            )
    return film_current


@inline_kernel
def electrode_equations(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    pressure: float,
    y: FloatArray,
    f: FloatArray,
) -> tuple[float, float]:
    """Rates and residuals of the electrode, written to `f`.

    Parameters
    ----------
    pressure
        Stack pressure that the contacts feel, Pa.
    y, f
        State vector, and rates and residuals of the same shape. Slow states that don't change are not
        written.

    Returns
    -------
    (float, float)
        Potential of the collector above the electrolyte at the separator's edge, V, and the current
        that goes into the films, A/m2 of electrode.
    """
    o = work.offsets
    shells, nodes = work.phi.shape
    x = y[: o.mean_stoichiometry].reshape(shells, nodes)
    rates = f[: o.mean_stoichiometry].reshape(shells, nodes)
    surface = f[o.surface_stoichiometry : o.reaction_current]
    x_surface = y[o.surface_stoichiometry : o.reaction_current]
    psi = y[o.potential_difference : o.plane_voltage]
    volume_current = y[o.reaction_current : o.plane_current]
    current = y[o.current_density]
    film_current = 0.0

    if contact_changes(cell):
        fill_contacts(cell, work, pressure, y)
    flux, reaction = work.nodes[FLUX], work.nodes[REACTION]
    # One array a loop: more of them would need too many checks for overlap to be vectorised.
    inverse_area, flux_scale = work.nodes[INVERSE_AREA], work.nodes[FLUX_SCALE]
    filling, filled = work.nodes[FILLING], f[o.mean_stoichiometry : o.plated_lithium]
    for k in range(nodes):
        reaction[k] = volume_current[k] * inverse_area[k]
    for k in range(nodes):
        flux[k] = volume_current[k] * flux_scale[k]
    for k in range(nodes):
        filled[k] = volume_current[k] * filling[k]
    if cell.contact.evolves or film_grows(cell):
        film_current = slow_rates(cell, coefficients, work, pressure, y, f)

    if cell.constant_diffusivity:
        diffusion_rates(cell, coefficients.diffusion_rate, x, flux, rates)
        surface_residual(cell, x, x_surface, surface)
    else:
        kirchhoff(cell, x, work.phi)
        diffusion_rates(cell, coefficients.diffusion_rate, work.phi, flux, rates)
        kirchhoff_nodes(cell, x_surface, work.nodes[SCRATCH])
        surface_residual(cell, work.phi, work.nodes[SCRATCH], surface)

    w = work.nodes[SCRATCH]
    surface_properties(cell, coefficients, x_surface, work.nodes[POTENTIAL], work.nodes[EXCHANGE])
    potential, coating = work.nodes[POTENTIAL], cell.coating_resistance
    for k in range(nodes):
        w[k] = potential[k] + reaction[k] * coating[k]
    if film_grows(cell):
        for k in range(nodes):
            w[k] += reaction[k] * work.nodes[FILM, k] / coefficients.film_conductivity
    if cell.contact.pitch > 0.0:
        for k in range(nodes):
            spread, _ = node_constriction(cell, coefficients, work.nodes[CONTACT, k])
            w[k] += volume_current[k] / work.nodes[AREA, k] * spread
    add_overpotential(coefficients.thermal_voltage, work.nodes[EXCHANGE], reaction, w)
    kinetics = f[o.reaction_current : o.plane_current]
    for k in range(nodes):
        kinetics[k] = psi[k] - w[k]
    for k in range(nodes):
        w[k] = psi[k]
    subtract_subgrid(coefficients.thermal_voltage, work.ladder, volume_current, w)
    balance = f[o.potential_difference : o.plane_voltage]
    transferred_charge(work.ladder, w, current, balance)
    if not cell.double_layer:
        for k in range(nodes):
            balance[k] -= cell.width[k] * volume_current[k]
        return collector_voltage(work.ladder, w, volume_current, current), film_current
    for k in range(nodes):
        balance[k] -= cell.width[k] * volume_current[k]
        balance[k] *= work.nodes[INVERSE_AREA, k] / (cell.capacitance * cell.width[k])
    return charging_voltage(work.ladder, w, current, work.nodes[COLUMN]), film_current
