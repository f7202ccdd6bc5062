"""The electrode condensed to the potentials of its nodes, for one implicit step.

Each particle condenses to a scalar response of its surface, the slow states of a node and its surface
to scalar responses to its reaction current, the nodes to a tridiagonal system. Where the particles'
film takes lithium the small derivatives of that flux are left out, on both sides of the lithium
balance alike, so that lithium is conserved to round-off all the same.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.composite_electrode import (
    film_grows,
)
from solidcell.kernels.half_cell import Drive
from solidcell.kernels.linearisation import linearise_nodes, pressure_acts, slow_states
from solidcell.kernels.options import inline_kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.particle import eliminate, factorize, inverse_diffusivity, substitute
from solidcell.kernels.surface import BEND, NEARLY_FULL
from solidcell.kernels.transport import (
    CONDUCTANCE,
    CURRENT_WEIGHT,
    SUBGRID,
    VOLTAGE_RESISTANCE,
    VOLTAGE_WEIGHT,
    WIDTH,
    charging_voltage,
    subgrid_slope,
)
from solidcell.kernels.vector import as_matrix
from solidcell.kernels.workspace import (
    CHARGING,
    COLUMN,
    COORDINATE_RESPONSE,
    COUPLING,
    CURRENT_RESPONSE,
    DIFFUSIVITY,
    FEEDBACK,
    FILLING,
    FILM_SELF,
    FILM_SHARE,
    FILM_TO_POTENTIAL,
    FILM_TO_SELF,
    FIRST_SELF,
    FIRST_TO_CURRENT,
    FIRST_TO_SELF,
    FLUX,
    FLUX_SCALE,
    INNER_WEIGHT,
    INVERSE_AREA,
    INVERSE_PHI_SLOPE,
    INVERSE_POLARISATION,
    INVERSE_TRIDIAGONAL,
    LOCAL_GIVEN,
    LOCAL_POLARISATION,
    LOWER,
    MIDDLE_WEIGHT,
    OUTER_WEIGHT,
    POTENTIAL_RESPONSE,
    PRESSURE_RESPONSE,
    PRESSURE_SOURCE,
    RETENTION_CURRENT,
    RETENTION_SELF,
    RETENTION_TO_CURRENT,
    RETENTION_TO_MEAN,
    RETENTION_TO_PRESSURE,
    RETENTION_TO_SELF,
    ROOM,
    SCRATCH,
    SPREAD,
    SUBGRID_RESPONSE,
    SURFACE_RESPONSE,
    THICKNESS_RESPONSE,
    TO_FILM,
    TO_FIRST,
    TO_PRESSURE,
    TO_RETENTION,
    TRANSFER,
    VOLTAGE_RESPONSE,
    Workspace,
    charges,
)

FloatArray = npt.NDArray[np.float64]

LEAST_RESPONSE = 0.3
"""Least response of the potential to the logarithm of what is left, in RT/F, that tells the
coordinate; a full surface has one or two."""


@inline_kernel
def condense_nodes(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    pressure: float,
    y: FloatArray,
    step: float,
) -> None:
    """Condense particles, surfaces and slow states to the response of each node's potential."""
    o = work.offsets
    shells, nodes = work.phi.shape
    x = as_matrix(y, shells, nodes)
    if not cell.constant_diffusivity:
        inverse_diffusivity(
            cell, x, work.nodes[DIFFUSIVITY], work.intervals, work.inverse_diffusivity
        )
    factorize(cell, coefficients.diffusion_rate, step, work.inverse_diffusivity, work.inverse_pivot)

    last = shells - 1
    ladder = work.ladder
    inner, middle, outer = cell.surface_weight[0], cell.surface_weight[1], cell.surface_weight[2]
    inner_link, outer_link = cell.transmissibility[last - 2], cell.transmissibility[last - 1]
    for k in range(nodes):
        work.nodes[INNER_WEIGHT, k] = inner * work.inverse_pivot[last - 2, k]
        work.nodes[MIDDLE_WEIGHT, k] = work.inverse_pivot[last - 1, k] * (
            middle + inner_link * work.nodes[INNER_WEIGHT, k]
        )
        work.nodes[OUTER_WEIGHT, k] = work.inverse_pivot[last, k] * (
            outer + outer_link * work.nodes[MIDDLE_WEIGHT, k]
        )
        work.nodes[SURFACE_RESPONSE, k] = work.nodes[FLUX_SCALE, k] * (
            work.nodes[OUTER_WEIGHT, k] + cell.surface_reach
        )

    linearise_nodes(cell, coefficients, work, pressure, y)
    polarisation = work.nodes[COLUMN]
    bend = 0.5 / coefficients.thermal_voltage
    for k in range(nodes):
        polarisation[k] = work.nodes[TRANSFER, k] + work.nodes[FILM_SHARE, k]
    reaction = y[o.reaction_current : o.plane_current]
    for k in range(nodes):
        work.nodes[SUBGRID_RESPONSE, k] = subgrid_slope(ladder.nodes[SUBGRID, k], bend, reaction[k])
    if cell.contact.pitch > 0.0:
        for k in range(nodes):
            polarisation[k] += work.nodes[SPREAD, k]
    if pressure_acts(cell):
        for k in range(nodes):
            work.nodes[PRESSURE_SOURCE, k] = work.slow[TO_PRESSURE, k]
    if slow_states(cell):
        condense_slow_states(cell, coefficients, work, step)
    for k in range(nodes):
        through = work.nodes[POTENTIAL_RESPONSE, k] * work.nodes[SURFACE_RESPONSE, k]
        work.nodes[LOCAL_POLARISATION, k] = polarisation[k]
        polarisation[k] += through
    for k in range(nodes):
        work.nodes[INVERSE_POLARISATION, k] = 1.0 / (
            polarisation[k] - work.nodes[SUBGRID_RESPONSE, k]
        )
    for k in range(nodes):
        work.nodes[COUPLING, k] = ladder.nodes[WIDTH, k] * work.nodes[INVERSE_POLARISATION, k]
        work.nodes[VOLTAGE_RESPONSE, k] = (
            ladder.nodes[VOLTAGE_WEIGHT, k] * work.nodes[INVERSE_POLARISATION, k]
        )
    if charges(work):
        for k in range(nodes):
            work.nodes[CHARGING, k] = (
                cell.capacitance * cell.width[k] / (work.nodes[INVERSE_AREA, k] * step)
            )


@inline_kernel
def condense_slow_states(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, step: float
) -> None:
    """Add what the slow states of a node do to its polarisation, kept in ``work.nodes[COLUMN]``."""
    slow, polarisation = work.slow, work.nodes[COLUMN]
    for k in range(polarisation.size):
        slow[FEEDBACK, k] = 1.0
        if cell.contact.evolves:
            filling = work.nodes[FILLING, k]
            own = 1.0 / (1.0 / step - slow[RETENTION_TO_SELF, k])
            current = slow[RETENTION_TO_CURRENT, k] + slow[RETENTION_TO_MEAN, k] * step * filling
            slow[RETENTION_SELF, k] = own
            slow[RETENTION_CURRENT, k] = current
            polarisation[k] += slow[TO_RETENTION, k] * own * current
            work.nodes[PRESSURE_SOURCE, k] += (
                slow[TO_RETENTION, k] * own * slow[RETENTION_TO_PRESSURE, k]
            )
        if film_grows(cell):
            own = 1.0 / (1.0 / step - slow[FILM_TO_SELF, k])
            first = 1.0 / (1.0 / step - slow[FIRST_TO_SELF, k])
            slow[FILM_SELF, k] = own
            slow[FIRST_SELF, k] = first
            polarisation[k] += slow[TO_FIRST, k] * first * slow[FIRST_TO_CURRENT, k]
            feedback = 1.0 / (1.0 - slow[TO_FILM, k] * own * slow[FILM_TO_POTENTIAL, k])
            slow[FEEDBACK, k] = feedback
            polarisation[k] *= feedback
            work.nodes[PRESSURE_SOURCE, k] *= feedback
            work.nodes[POTENTIAL_RESPONSE, k] *= feedback
            work.nodes[COORDINATE_RESPONSE, k] *= feedback


@inline_kernel
def factorize_electrode(cell: HalfCell, work: Workspace) -> None:
    """Factorise the tridiagonal system of the nodes, and solve it for unit current and pressure."""
    ladder = work.ladder
    nodes = work.nodes.shape[1]
    inverse, carry = 0.0, 0.0
    for k in range(nodes):
        pivot = work.nodes[COUPLING, k]
        if charges(work):
            pivot += work.nodes[CHARGING, k] * (
                1.0 + work.nodes[SUBGRID_RESPONSE, k] * work.nodes[INVERSE_POLARISATION, k]
            )
        right = ladder.nodes[CURRENT_WEIGHT, k]
        if k > 0:
            link = ladder.nodes[CONDUCTANCE, k - 1]
            lower = link * inverse
            pivot += link * (1.0 - lower)
            right += lower * carry
            work.nodes[LOWER, k] = lower
        if k < nodes - 1:
            pivot += ladder.nodes[CONDUCTANCE, k]
        inverse = 1.0 / pivot
        carry = right
        work.nodes[INVERSE_TRIDIAGONAL, k] = inverse
        work.nodes[COLUMN, k] = carry
    back_substitute(work, work.nodes[CURRENT_RESPONSE])
    if pressure_acts(cell):
        for k in range(nodes):
            work.nodes[COLUMN, k] = node_charge(cell, work, k) * work.nodes[PRESSURE_SOURCE, k]
        forward_substitute(work)
        back_substitute(work, work.nodes[PRESSURE_RESPONSE])


@inline_kernel
def electrode_response(
    cell: HalfCell, work: Workspace, current: float, difference: FloatArray, given: FloatArray
) -> float:
    """Change of the electrode's voltage, V, with the current and with the potentials of its nodes.

    Parameters
    ----------
    current
        Change of the current, A/m2.
    difference, given
        Change of the potentials less their sub-grid terms, and their part at an unchanged reaction,
        V, (nodes,).
    """
    ladder = work.ladder
    if charges(work):
        return charging_voltage(ladder, difference, current, work.nodes[COLUMN])
    voltage = difference[ladder.voltage_node[0]] - ladder.ends[VOLTAGE_RESISTANCE] * current
    for k in range(difference.size):
        voltage += work.nodes[VOLTAGE_RESPONSE, k] * (difference[k] - given[k])
    return float(voltage)


@inline_kernel
def node_charge(cell: HalfCell, work: Workspace, k: int) -> float:
    """Charge that a node takes for a change of its potential at an unchanged reaction, S/m2."""
    charge = work.nodes[COUPLING, k]
    if charges(work):
        charge += (
            work.nodes[CHARGING, k]
            * work.nodes[SUBGRID_RESPONSE, k]
            * work.nodes[INVERSE_POLARISATION, k]
        )
    return float(charge)


@inline_kernel
def forward_substitute(work: Workspace) -> None:
    """Forward sweep of the electrode's system, in place on ``work.nodes[COLUMN]``."""
    carry = work.nodes[COLUMN, 0]
    for k in range(1, work.nodes.shape[1]):
        # Carried in a register: read back from memory, it would wait for the store.
        carry = work.nodes[COLUMN, k] + work.nodes[LOWER, k] * carry
        work.nodes[COLUMN, k] = carry


@inline_kernel
def back_substitute(work: Workspace, solution: FloatArray) -> None:
    """Backward sweep of the electrode's system from the row COLUMN into `solution`, (nodes,)."""
    last = solution.size - 1
    for k in range(last + 1):
        solution[k] = work.nodes[INVERSE_TRIDIAGONAL, k] * work.nodes[COLUMN, k]
    carry = solution[last]
    for k in range(last - 1, -1, -1):
        carry = solution[k] + work.nodes[LOWER, k + 1] * carry
        solution[k] = carry


@inline_kernel
def solve_nodes(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    step: float,
    rhs: FloatArray,
) -> tuple[float, float]:
    """Forward part of the electrode: its voltage and thickness at unchanged current and pressure.

    The row SCRATCH keeps the potentials of the nodes less their sub-grid terms, the row FLUX what they
    would change by at an unchanged reaction.
    """
    o = work.offsets
    shells, nodes = work.phi.shape
    last = shells - 1
    particles = as_matrix(rhs, shells, nodes)
    surface = rhs[o.surface_coordinate : o.reaction_current]
    kinetics = rhs[o.reaction_current : o.plane_current]
    balance = rhs[o.potential_difference : o.plane_voltage]
    mean = rhs[o.mean_stoichiometry : o.plated_lithium]
    eliminate(cell, coefficients.diffusion_rate, work.inverse_pivot, particles)

    # Surface (Phi) and potential of each node at an unchanged reaction current.
    given, column, difference = work.nodes[FLUX], work.nodes[COLUMN], work.nodes[SCRATCH]
    for k in range(nodes):
        surface[k] = work.nodes[OUTER_WEIGHT, k] * particles[last, k] - surface[k]
    for k in range(nodes):
        surface[k] += work.nodes[MIDDLE_WEIGHT, k] * particles[last - 1, k]
    for k in range(nodes):
        surface[k] += work.nodes[INNER_WEIGHT, k] * particles[last - 2, k]
    local = work.nodes[LOCAL_GIVEN]
    for k in range(nodes):
        local[k] = -kinetics[k]
    if slow_states(cell):
        slow = work.slow
        if cell.contact.evolves:
            retention = rhs[o.contact_retention : o.film_square]
            for k in range(nodes):
                change = retention[k] + slow[RETENTION_TO_MEAN, k] * step * mean[k]
                local[k] += slow[TO_RETENTION, k] * slow[RETENTION_SELF, k] * change
        if film_grows(cell):
            square, first = rhs[o.film_square : o.first_film], rhs[o.first_film : o.active_share]
            for k in range(nodes):
                local[k] += slow[TO_FILM, k] * slow[FILM_SELF, k] * square[k]
            for k in range(nodes):
                local[k] += slow[TO_FIRST, k] * slow[FIRST_SELF, k] * first[k]
        for k in range(nodes):
            local[k] *= slow[FEEDBACK, k]
    for k in range(nodes):
        given[k] = local[k] + work.nodes[POTENTIAL_RESPONSE, k] * surface[k]
    for k in range(nodes):
        column[k] = balance[k] + work.nodes[COUPLING, k] * given[k]
    if charges(work):
        for k in range(nodes):
            mass = work.nodes[CHARGING, k]
            column[k] += mass * (
                step * balance[k]
                + work.nodes[SUBGRID_RESPONSE, k] * work.nodes[INVERSE_POLARISATION, k] * given[k]
            )
            column[k] -= balance[k]
    forward_substitute(work)
    back_substitute(work, difference)

    voltage = electrode_response(cell, work, 0.0, difference, given)
    thicker = 0.0
    if drive.fixture.stiffness != 0.0:
        for k in range(nodes):
            filling = work.nodes[FILLING, k]
            d_current = (difference[k] - given[k]) * work.nodes[INVERSE_POLARISATION, k]
            thicker += work.nodes[THICKNESS_RESPONSE, k] * step * (mean[k] + filling * d_current)
    return voltage, thicker


@inline_kernel
def finish_nodes(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    step: float,
    d_current: float,
    d_pressure: float,
    rhs: FloatArray,
) -> None:
    """Backward part of the electrode: every state of its nodes for given current and pressure."""
    o = work.offsets
    shells, nodes = work.phi.shape
    particles = as_matrix(rhs, shells, nodes)
    surface = rhs[o.surface_coordinate : o.reaction_current]
    reaction = rhs[o.reaction_current : o.plane_current]
    potential = rhs[o.potential_difference : o.plane_voltage]
    given, difference = work.nodes[FLUX], work.nodes[SCRATCH]
    for k in range(nodes):
        difference[k] += work.nodes[CURRENT_RESPONSE, k] * d_current
    if pressure_acts(cell):
        for k in range(nodes):
            difference[k] += work.nodes[PRESSURE_RESPONSE, k] * d_pressure
            given[k] += work.nodes[PRESSURE_SOURCE, k] * d_pressure
            work.nodes[LOCAL_GIVEN, k] += work.nodes[PRESSURE_SOURCE, k] * d_pressure
    for k in range(nodes):
        reaction[k] = (difference[k] - given[k]) * work.nodes[INVERSE_POLARISATION, k]
    if not charges(work):
        # As differences of potentials the currents have fewer digits than their sum, which is given.
        excess, width = -d_current, 0.0
        for k in range(nodes):
            excess += potential[k] - cell.width[k] * reaction[k]
            width += cell.width[k]
        for k in range(nodes):
            reaction[k] += excess / width
    for k in range(nodes):
        potential[k] = difference[k] + work.nodes[SUBGRID_RESPONSE, k] * reaction[k]
    for k in range(nodes):
        surface[k] = work.nodes[INVERSE_PHI_SLOPE, k] * (
            surface[k] + work.nodes[SURFACE_RESPONSE, k] * reaction[k]
        )
    # Of a surface with hardly a site left the shells tell nothing but its current: its coordinate
    # is what the potential needs.
    for k in range(nodes):
        to_coordinate = work.nodes[COORDINATE_RESPONSE, k]
        certain = abs(to_coordinate) * BEND > LEAST_RESPONSE * coefficients.thermal_voltage
        if work.nodes[ROOM, k] < NEARLY_FULL and certain:
            rest = potential[k] - work.nodes[LOCAL_GIVEN, k]
            surface[k] = (rest - work.nodes[LOCAL_POLARISATION, k] * reaction[k]) / to_coordinate
    # Slow states that don't change have no right-hand side and need no solution.
    slow, mean = work.slow, rhs[o.mean_stoichiometry : o.plated_lithium]
    if cell.contact.evolves:
        retention = rhs[o.contact_retention : o.film_square]
        for k in range(nodes):
            retention[k] += slow[RETENTION_TO_MEAN, k] * step * mean[k]
        for k in range(nodes):
            retention[k] += slow[RETENTION_CURRENT, k] * reaction[k]
        for k in range(nodes):
            retention[k] += slow[RETENTION_TO_PRESSURE, k] * d_pressure
        for k in range(nodes):
            retention[k] *= slow[RETENTION_SELF, k]
    if film_grows(cell):
        square, first = rhs[o.film_square : o.first_film], rhs[o.first_film : o.active_share]
        for k in range(nodes):
            square[k] += slow[FILM_TO_POTENTIAL, k] * potential[k]
        for k in range(nodes):
            square[k] *= slow[FILM_SELF, k]
        for k in range(nodes):
            first[k] += slow[FIRST_TO_CURRENT, k] * reaction[k]
        for k in range(nodes):
            first[k] *= slow[FIRST_SELF, k]
    for k in range(nodes):
        mean[k] = step * (mean[k] + work.nodes[FILLING, k] * reaction[k])
    for k in range(nodes):
        given[k] = work.nodes[FLUX_SCALE, k] * reaction[k]
    substitute(cell, work.inverse_pivot, given, particles)
    if not cell.constant_diffusivity:
        for i in range(shells):
            for k in range(nodes):
                particles[i, k] *= work.inverse_diffusivity[i, k]
