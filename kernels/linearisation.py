"""Derivatives of the equations of the electrode's nodes: for steps, spectra and resistances."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import ContactLaw
from solidcell.kernels.composite_electrode import (
    LEAST_RETENTION,
    contact_changes,
    fill_contacts,
    film_activation,
    film_grows,
    loss_and_healing,
    node_constriction,
    retention_rate,
)
from solidcell.kernels.interphase import (
    STRONGEST,
    THINNEST,
    first_charge_rate,
    growth_rate,
)
from solidcell.kernels.options import embedded_kernel, inline_kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.particle import lengthens
from solidcell.kernels.surface import fill_sites, locate_surfaces, surface_slopes
from solidcell.kernels.tables import slope
from solidcell.kernels.workspace import (
    AREA,
    COLUMN,
    CONTACT,
    COORDINATE_RESPONSE,
    DIFFUSIVITY,
    EXCHANGE,
    FILLED,
    FILLING,
    FILM,
    FILM_SHARE,
    FILM_TO_POTENTIAL,
    FILM_TO_SELF,
    FIRST_TO_CURRENT,
    FIRST_TO_SELF,
    FREE,
    INVERSE_AREA,
    INVERSE_PHI_SLOPE,
    LOCAL,
    POTENTIAL_RESPONSE,
    RETENTION_TO_CURRENT,
    RETENTION_TO_MEAN,
    RETENTION_TO_PRESSURE,
    RETENTION_TO_SELF,
    ROOM,
    SPREAD,
    STEEP,
    TO_EXCHANGE,
    TO_FILM,
    TO_FIRST,
    TO_POTENTIAL,
    TO_PRESSURE,
    TO_RETENTION,
    TRANSFER,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]

CONSTANT = int(ContactLaw.CONSTANT)


@inline_kernel
def slow_states(cell: HalfCell) -> bool:
    """Whether the electrode's nodes have slow states that change."""
    return cell.contact.evolves != 0 or film_grows(cell)


@inline_kernel
def pressure_acts(cell: HalfCell) -> bool:
    """Whether the stack pressure acts on the contact of the particles."""
    return cell.contact.law != CONSTANT or cell.contact.evolves != 0


@embedded_kernel
def linearise_nodes(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, pressure: float, y: FloatArray
) -> None:
    """Derivatives of the equations of each node, whatever the step, into `work`."""
    o = work.offsets
    nodes = work.nodes.shape[1]
    thermal = coefficients.thermal_voltage
    law_slope = 0.0
    if contact_changes(cell):
        law_slope = fill_contacts(cell, work, pressure, y)
    with_film, with_slow, with_pressure = film_grows(cell), slow_states(cell), pressure_acts(cell)
    thickness = 0.0
    if with_slow:
        for k in range(nodes):
            thickness += cell.width[k]
    potential = y[o.potential_difference : o.plane_voltage]
    if with_film:
        film_activation(cell, coefficients, potential, work.nodes[COLUMN])
    loss, relief, healing = loss_and_healing(cell.contact, pressure)
    filled, free, steep = work.nodes[FILLED], work.nodes[FREE], work.nodes[STEEP]
    fill_sites(y[o.surface_coordinate : o.reaction_current], filled, free, steep)
    locate_surfaces(cell, work)
    located, within = work.surface_intervals, work.nodes[LOCAL]
    exchange, to_exchange = work.nodes[EXCHANGE], work.nodes[TO_EXCHANGE]
    surface_slopes(
        cell,
        coefficients,
        filled,
        free,
        steep,
        located,
        within,
        work.nodes[TO_POTENTIAL],
        exchange,
        to_exchange,
    )
    inverse_phi_slope = work.nodes[INVERSE_PHI_SLOPE]
    for k in range(nodes):
        inverse_phi_slope[k] = 1.0 / steep[k]
    if not cell.constant_diffusivity:
        table, scale = cell.kirchhoff_table, cell.table_inverse_spacing
        for k in range(nodes):
            inverse_phi_slope[k] /= slope(table, scale, located[k], within[k])
        if lengthens(cell):
            for k in range(nodes):
                inverse_phi_slope[k] /= work.nodes[DIFFUSIVITY, k]
    # One array a loop: more of them would need too many checks for overlap to be vectorised.
    reaction, inverse_area = y[o.reaction_current : o.plane_current], work.nodes[INVERSE_AREA]
    transfer, to_coordinate = work.nodes[TRANSFER], work.nodes[COORDINATE_RESPONSE]
    response, room, coated = (
        work.nodes[POTENTIAL_RESPONSE],
        work.nodes[ROOM],
        work.nodes[FILM_SHARE],
    )
    for k in range(nodes):
        j = reaction[k] * inverse_area[k]
        transfer[k] = 2.0 * thermal / sqrt(j * j + 4.0 * exchange[k]) * inverse_area[k]
    for k in range(nodes):
        to_coordinate[k] = work.nodes[TO_POTENTIAL, k]
    for k in range(nodes):
        to_coordinate[k] -= 0.5 * reaction[k] * transfer[k] * to_exchange[k]
    for k in range(nodes):
        response[k] = to_coordinate[k] * inverse_phi_slope[k]
    for k in range(nodes):
        room[k] = filled[k] * free[k]
    for k in range(nodes):
        coated[k] = cell.coating_resistance[k] * inverse_area[k]
    if with_film:
        for k in range(nodes):
            coated[k] += work.nodes[FILM, k] / coefficients.film_conductivity * inverse_area[k]
    if not (with_slow or with_pressure or cell.contact.pitch > 0.0):
        return
    retentions, means = (
        y[o.contact_retention : o.film_square],
        y[o.mean_stoichiometry : o.plated_lithium],
    )
    squares, firsts = y[o.film_square : o.first_film], y[o.first_film : o.active_share]
    for k in range(nodes):
        volume_current = reaction[k]
        j = volume_current * inverse_area[k]
        spread_slope = 0.0
        if cell.contact.pitch > 0.0:
            constriction, spread_slope = node_constriction(
                cell, coefficients, work.nodes[CONTACT, k]
            )
            work.nodes[SPREAD, k] = constriction / work.nodes[AREA, k]
        if not (with_slow or with_pressure):
            continue

        slow = work.slow
        contact, retention = work.nodes[CONTACT, k], retentions[k]
        per_theta = volume_current / work.nodes[AREA, k] * spread_slope
        per_theta -= volume_current * (transfer[k] + coated[k]) / contact
        slow[TO_PRESSURE, k] = (
            per_theta * cell.contact_fraction[k] * law_slope * max(retention, LEAST_RETENTION)
        )
        if cell.contact.evolves:
            filling = work.nodes[FILLING, k]
            rate, to_self, to_filling, to_mean = retention_rate(
                cell,
                cell.contact.minimum,
                loss,
                healing * pressure,
                means[k],
                filling * volume_current,
                retention,
            )
            slow[TO_RETENTION, k] = 0.0
            if retention > LEAST_RETENTION:
                slow[TO_RETENTION, k] = per_theta * contact / retention
            healed = healing * (1.0 - retention)
            slow[RETENTION_TO_SELF, k] = to_self
            slow[RETENTION_TO_CURRENT, k] = to_filling * filling
            slow[RETENTION_TO_PRESSURE, k] = healed + relief * (healed * pressure - rate)
            slow[RETENTION_TO_MEAN, k] = to_mean
        if with_film:
            square, first = squares[k], firsts[k]
            film = cell.film
            rate, to_square = growth_rate(
                film.law,
                square,
                film.growth_constant,
                film.linear_constant,
                film.logarithmic_constant,
                film.logarithmic_time,
                film.initial_thickness,
                work.nodes[COLUMN, k],
            )
            # Every growth law is proportional to its factor, which is exponential in the potential.
            sensitive = film.voltage_coefficient / thermal
            exponent = sensitive * (potential[k] - film.reference_voltage)
            to_potential = rate * sensitive if exponent < STRONGEST else 0.0
            to_first, to_charging = 0.0, 0.0
            if film.first_thickness > 0.0:
                _, to_first, to_charging = first_charge_rate(
                    first, film.first_thickness, film.first_charge, volume_current * thickness
                )
            per_film = j / coefficients.film_conductivity
            slow[TO_FILM, k] = 0.5 * per_film / max(sqrt(max(square, 0.0)), THINNEST)
            slow[FILM_TO_SELF, k] = to_square
            slow[FILM_TO_POTENTIAL, k] = to_potential
            slow[TO_FIRST, k] = per_film
            slow[FIRST_TO_SELF, k] = to_first
            slow[FIRST_TO_CURRENT, k] = to_charging * thickness
