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
from solidcell.kernels.mechanics import LEAST_PRESSURE
from solidcell.kernels.options import embedded_kernel, inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, Contact, Film, HalfCell
from solidcell.kernels.particle import (
    diffusion_rates,
    kirchhoff,
    lengthens,
    surface_residual,
    weaken,
)
from solidcell.kernels.surface import fill_sites, locate_surfaces, surface_properties
from solidcell.kernels.tables import interval, slope, value
from solidcell.kernels.transport import (
    charging_voltage,
    collector_voltage,
    subtract_subgrid,
    transferred_charge,
)
from solidcell.kernels.vector import as_matrix
from solidcell.kernels.workspace import (
    AREA,
    COLUMN,
    CONTACT,
    DIFFUSIVITY,
    EXCHANGE,
    FILLED,
    FILLING,
    FILM,
    FLUX,
    FLUX_SCALE,
    FREE,
    INVERSE_AREA,
    LOCAL,
    POTENTIAL,
    REACTION,
    SCRATCH,
    STEEP,
    Workspace,
    charges,
)

FloatArray = npt.NDArray[np.float64]

CONSTANT = int(ContactLaw.CONSTANT)
NO_FILM = int(FilmLaw.NONE)

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


@embedded_kernel
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
    contact, retention = work.nodes[CONTACT], y[o.contact_retention : o.film_square]
    for k in range(contact.size):
        contact[k] = cell.contact_fraction[k] * law * max(retention[k], LEAST_RETENTION)
    for k in range(contact.size):
        work.nodes[INVERSE_AREA, k] = 1.0 / (work.nodes[AREA, k] * contact[k])
    if film_grows(cell):
        square, first = y[o.film_square : o.first_film], y[o.first_film : o.active_share]
        for k in range(contact.size):
            work.nodes[FILM, k] = sqrt(max(square[k], 0.0)) + first[k]
    return slope


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
def film_activation(
    cell: HalfCell, coefficients: Coefficients, potential: FloatArray, factor: FloatArray
) -> None:
    """Factor of temperature and potential (psi, V) on the growth of each node's film, (nodes,)."""
    # Constants read from a block before a loop: in it, LLVM would have to read them at each node.
    coefficient, reference = cell.film.voltage_coefficient, cell.film.reference_voltage
    for k in range(factor.size):
        factor[k] = coefficients.film_growth
    if coefficient > 0.0:
        for k in range(factor.size):
            accelerated, _ = voltage_factor(
                coefficient, potential[k], reference, coefficients.thermal_voltage
            )
            factor[k] *= accelerated


@inline_kernel
def film_growth(film: Film, square: FloatArray, factor: FloatArray, rate: FloatArray) -> None:
    """Growth of each node's film, ``dL2/dt`` in m2/s for L2 in m2 and its activation; (nodes,)."""
    law, constant, start = film.law, film.growth_constant, film.initial_thickness
    linear = film.linear_constant
    logarithmic, time = film.logarithmic_constant, film.logarithmic_time
    for k in range(rate.size):
        rate[k], _ = growth_rate(
            law, square[k], constant, linear, logarithmic, time, start, factor[k]
        )


@inline_kernel
def loss_and_healing(contact: Contact, pressure: float) -> tuple[float, float, float]:
    """What acts on the contact of every node at a stack pressure (Pa).

    Returns
    -------
    (float, float, float)
        Loss per strain, k / g0 / (1 + P/P0), and its relative fall with pressure, 1/Pa; healing per
        pressure, k_h / P_h in 1/(s Pa).
    """
    relief = 1.0 / (1.0 + pressure / contact.loss_pressure)
    return (
        contact.loss_coefficient / contact.loss_strain * relief,
        relief / contact.loss_pressure,
        contact.healing_rate / contact.healing_pressure,
    )


@inline_kernel
def retention_rate(
    cell: HalfCell,
    least: float,
    loss: float,
    healing: float,
    mean: float,
    filling: float,
    retention: float,
) -> tuple[float, float, float, float]:
    """Loss and healing of a node's contact, ds/dt in 1/s.

    Parameters
    ----------
    least
        Retention that always stays.
    loss, healing
        Loss per strain, and healing times pressure, 1/s: `loss_and_healing`.
    mean, filling
        Mean lithium fraction and its rate of change, 1/s.
    retention
        s.

    Returns
    -------
    (float, float, float, float)
        ds/dt, and its derivatives to s, to the filling rate and to the mean fraction.
    """
    scale = cell.table_inverse_spacing
    index, d = interval(cell.table_origin, scale, cell.table_intervals, mean)
    swelling = slope(cell.volume_table, scale, index, d)
    curvature = 2.0 * cell.volume_table[index, 2] + 6.0 * d * cell.volume_table[index, 3]
    curvature *= scale * scale
    strain = swelling * filling
    sign = 1.0 if strain >= 0.0 else -1.0
    lost = loss * (retention - least)
    return (
        healing * (1.0 - retention) - lost * abs(strain),
        -loss * abs(strain) - healing,
        -lost * sign * swelling,
        -lost * sign * curvature * filling,
    )


@embedded_kernel
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
        Current that goes into the films, A/m2 of electrode, where they take lithium; else 0, and their
        charge follows from their thickness: `film_charge_gained`.
    """
    o = work.offsets
    nodes = work.nodes.shape[1]
    flux, filled = work.nodes[FLUX], f[o.mean_stoichiometry : o.plated_lithium]
    film_current = 0.0
    if film_grows(cell):
        thickness = 0.0
        for k in range(nodes):
            thickness += cell.width[k]
        factor = work.nodes[COLUMN]
        potential = y[o.potential_difference : o.plane_voltage]
        film_activation(cell, coefficients, potential, factor)
        rate, square = f[o.film_square : o.first_film], y[o.film_square : o.first_film]
        film_growth(cell.film, square, factor, rate)
        first, first_rate = (
            y[o.first_film : o.active_share],
            f[o.first_film : o.active_share],
        )
        final, charge_constant = cell.film.first_thickness, cell.film.first_charge
        reaction = y[o.reaction_current : o.plane_current]
        if final > 0.0:
            for k in range(nodes):
                first_rate[k], _, _ = first_charge_rate(
                    first[k], final, charge_constant, reaction[k] * thickness
                )
        # Lithium for both films leaves the particles, too; their charge is per volume of electrode.
        share = cell.film.lithium_share
        if share > 0.0:
            charge, inverse_area = work.nodes[COLUMN], work.nodes[INVERSE_AREA]
            for k in range(nodes):
                charge[k] = 0.5 * rate[k] / max(sqrt(max(square[k], 0.0)), THINNEST)
            for k in range(nodes):
                charge[k] = (charge[k] + first_rate[k]) / inverse_area[k]
            per_volume = FARADAY / cell.film.molar_volume
            for k in range(nodes):
                charge[k] *= per_volume
                film_current += cell.width[k] * charge[k]
            for k in range(nodes):
                flux[k] += work.nodes[FLUX_SCALE, k] * share * charge[k]
            for k in range(nodes):
                filled[k] += work.nodes[FILLING, k] * share * charge[k]
    if cell.contact.evolves:
        loss, _, healing = loss_and_healing(cell.contact, pressure)
        least = cell.contact.minimum
        retention = y[o.contact_retention : o.film_square]
        change = f[o.contact_retention : o.film_square]
        mean = y[o.mean_stoichiometry : o.plated_lithium]
        for k in range(nodes):
            change[k], _, _, _ = retention_rate(
                cell, least, loss, healing * pressure, mean[k], filled[k], retention[k]
            )
    return film_current


@kernel
def film_charge_gained(
    cell: HalfCell, work: Workspace, before: FloatArray, after: FloatArray
) -> float:
    """Charge that the particles' films have gained from one state to another, C/m2 of electrode.

    ``F / v_e sum of dx a theta dL``, with the contact of both states on the average: exact where it
    stays, of second order where it moves.
    """
    o = work.offsets
    touched, thickness = work.nodes[COLUMN], work.nodes[SCRATCH]
    fill_contacts(cell, work, max(before[o.stack_pressure], LEAST_PRESSURE), before)
    for k in range(touched.size):
        touched[k] = work.nodes[AREA, k] * work.nodes[CONTACT, k]
        thickness[k] = work.nodes[FILM, k]
    fill_contacts(cell, work, max(after[o.stack_pressure], LEAST_PRESSURE), after)
    total = 0.0
    for k in range(touched.size):
        mean = 0.5 * (touched[k] + work.nodes[AREA, k] * work.nodes[CONTACT, k])
        total += cell.width[k] * mean * (work.nodes[FILM, k] - thickness[k])
    return total * FARADAY / cell.film.molar_volume


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
    x = as_matrix(y, shells, nodes)
    rates = as_matrix(f, shells, nodes)
    surface = f[o.surface_coordinate : o.reaction_current]
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
    # Films take their lithium from the outermost shell: by the surface they would empty it at once
    # where they begin to grow.
    filled, free = work.nodes[FILLED], work.nodes[FREE]
    coordinates = y[o.surface_coordinate : o.reaction_current]
    fill_sites(coordinates, filled, free, work.nodes[STEEP])
    locate_surfaces(cell, work)
    located, within = work.surface_intervals, work.nodes[LOCAL]
    phi = x
    if not cell.constant_diffusivity:
        phi = work.phi
        kirchhoff(cell, x, work.intervals, phi)
        reached = work.nodes[SCRATCH]
        for k in range(nodes):
            reached[k] = value(cell.kirchhoff_table, located[k], within[k])
        if lengthens(cell):
            weaken(work.nodes[DIFFUSIVITY], phi)
            for k in range(nodes):
                reached[k] *= work.nodes[DIFFUSIVITY, k]
        surface_residual(cell, phi, reached, flux, surface)
    else:
        surface_residual(cell, phi, filled, flux, surface)
    if cell.contact.evolves or film_grows(cell):
        film_current = slow_rates(cell, coefficients, work, pressure, y, f)
    diffusion_rates(cell, coefficients.diffusion_rate, phi, flux, rates)

    w = work.nodes[SCRATCH]
    potential, exchange = work.nodes[POTENTIAL], work.nodes[EXCHANGE]
    surface_properties(cell, coefficients, filled, free, located, within, potential, exchange)
    coating = cell.coating_resistance
    for k in range(nodes):
        w[k] = potential[k] + reaction[k] * coating[k]
    if film_grows(cell):
        for k in range(nodes):
            w[k] += reaction[k] * work.nodes[FILM, k] / coefficients.film_conductivity
    if cell.contact.pitch > 0.0:
        for k in range(nodes):
            spread, _ = node_constriction(cell, coefficients, work.nodes[CONTACT, k])
            w[k] += volume_current[k] / work.nodes[AREA, k] * spread
    add_overpotential(coefficients.thermal_voltage, exchange, reaction, w)
    kinetics = f[o.reaction_current : o.plane_current]
    for k in range(nodes):
        kinetics[k] = psi[k] - w[k]
    for k in range(nodes):
        w[k] = psi[k]
    subtract_subgrid(coefficients.thermal_voltage, work.ladder, volume_current, w)
    balance = f[o.potential_difference : o.plane_voltage]
    transferred_charge(work.ladder, w, current, balance)
    if not charges(work):
        for k in range(nodes):
            balance[k] -= cell.width[k] * volume_current[k]
        return collector_voltage(work.ladder, w, volume_current, current), film_current
    for k in range(nodes):
        balance[k] -= cell.width[k] * volume_current[k]
        balance[k] *= work.nodes[INVERSE_AREA, k] / (cell.capacitance * cell.width[k])
    return charging_voltage(work.ladder, w, current, work.nodes[COLUMN]), film_current
