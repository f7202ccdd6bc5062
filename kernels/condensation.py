"""The linear systems of the cell: condensed to its current and pressure, factorised once a step.

A solver step needs ``(M / step - df/dy) u = rhs``. Each particle condenses to a scalar response of its
surface, the slow states of a node and its surface to scalar responses to its reaction current, the
electrode to a tridiagonal system, each lithium plane to responses of its voltage. What is left is the
cell's current, voltage and pressure: O(shells nodes) in all, no fill-in.

Where the particles' film takes lithium the small derivatives of that flux are left out, on both sides
of the lithium balance alike, so that lithium is conserved to round-off all the same.
"""

from math import sqrt

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import ContactLaw
from solidcell.kernels.composite_electrode import (
    EXCHANGE_FLOOR,
    LEAST_RETENTION,
    contact_changes,
    fill_contacts,
    film_grows,
    node_constriction,
    node_film_rates,
    retention_rate,
)
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.half_cell import Drive, control_residual
from solidcell.kernels.interphase import THINNEST
from solidcell.kernels.lithium_metal import NO_FILM, film_rate, plane_voltage, void_rate
from solidcell.kernels.mechanics import LEAST_PRESSURE, MEMORY_TIME, damage_rate
from solidcell.kernels.options import embedded_kernel, inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.particle import eliminate, factorize, inverse_diffusivity, substitute
from solidcell.kernels.tables import interval, slope, value
from solidcell.kernels.transport import charging_voltage, subgrid_slope
from solidcell.kernels.workspace import (
    AREA,
    CHARGING,
    COLUMN,
    CONTACT,
    COUPLING,
    CURRENT_RESPONSE,
    DAMAGE_PRESSURE,
    FEEDBACK,
    FILLING,
    FILM,
    FILM_SELF,
    FILM_SHARE,
    FILM_TO_POTENTIAL,
    FILM_TO_SELF,
    FIRST_SELF,
    FIRST_TO_CURRENT,
    FIRST_TO_SELF,
    FLUX,
    FLUX_SCALE,
    HIGHEST_PRESSURE,
    HIGHEST_SELF,
    INNER_WEIGHT,
    INVERSE_AREA,
    INVERSE_PHI_SLOPE,
    INVERSE_POLARISATION,
    INVERSE_TRIDIAGONAL,
    LOWER,
    MIDDLE_WEIGHT,
    OUTER_WEIGHT,
    PLANE_CONSTANT,
    PLANE_HIGHEST,
    PLANE_PRESSURE,
    PLANE_SQUARE,
    PLANE_STRIPPING,
    PLANE_TO_CELL,
    PLANE_TO_PRESSURE,
    PLANE_VOID,
    POTENTIAL_RESPONSE,
    PRESSURE_CURRENT,
    PRESSURE_RESPONSE,
    PRESSURE_SELF,
    PRESSURE_SOURCE,
    RESISTANCE,
    RETENTION_CURRENT,
    RETENTION_SELF,
    RETENTION_TO_CURRENT,
    RETENTION_TO_MEAN,
    RETENTION_TO_PRESSURE,
    RETENTION_TO_SELF,
    SCRATCH,
    SPARE,
    SPREAD,
    SQUARE_SELF,
    STRIPPING_CONSTANT,
    STRIPPING_SELF,
    STRIPPING_TO_CELL,
    STRIPPING_TO_PRESSURE,
    SUBGRID_RESPONSE,
    SURFACE_RESPONSE,
    THICKNESS_RESPONSE,
    TO_CURRENT,
    TO_FILM,
    TO_FIRST,
    TO_PRESSURE,
    TO_RETENTION,
    TO_VOLTAGE,
    TRANSFER,
    VOID_CONSTANT,
    VOID_PRESSURE,
    VOID_SELF,
    VOID_STRIPPING,
    VOLTAGE_PRESSURE,
    VOLTAGE_RESPONSE,
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


@kernel
def factorize_system(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    time: float,
    y: FloatArray,
    step: float,
) -> None:
    """Condense the Jacobian at `y` for the implicit step `step` (s); its factors stay in `work`."""
    o = work.offsets
    nodes = work.nodes.shape[1]
    border = work.border
    pressure = y[o.stack_pressure]
    felt = max(pressure, LEAST_PRESSURE)

    # Per unit of the cell's current and of the pressure: change of the voltage, and of the thickness.
    resistance = -coefficients.separator_resistance
    to_pressure = 0.0
    thicker, thicker_by_pressure = 0.0, 0.0
    if nodes > 0:
        condense_nodes(cell, coefficients, work, felt, y, step)
        factorize_electrode(cell, work)
        resistance += electrode_response(
            cell, work, 1.0, work.nodes[CURRENT_RESPONSE], work.nodes[SPARE]
        )
        if pressure_acts(cell):
            to_pressure = electrode_response(
                cell, work, 0.0, work.nodes[PRESSURE_RESPONSE], work.nodes[PRESSURE_SOURCE]
            )
        if drive.fixture.stiffness != 0.0:
            scale = cell.table_inverse_spacing
            for k in range(nodes):
                index, d = interval(
                    cell.table_origin, scale, cell.table_intervals, y[o.mean_stoichiometry + k]
                )
                swelling = slope(cell.volume_table, scale, index, d)
                response = cell.width[k] * cell.active_fraction[k] * swelling / 3.0
                response *= y[o.utilisation + k]
                work.nodes[THICKNESS_RESPONSE, k] = response
                # Mean lithium fraction per reaction current.
                filling = step * work.nodes[FILLING, k]
                response *= filling * work.nodes[INVERSE_POLARISATION, k]
                thicker += response * work.nodes[CURRENT_RESPONSE, k]
                if pressure_acts(cell):
                    thicker_by_pressure += response * (
                        work.nodes[PRESSURE_RESPONSE, k] - work.nodes[PRESSURE_SOURCE, k]
                    )

    rising = 1.0 / MEMORY_TIME if pressure > y[o.highest_pressure] else 0.0
    border[HIGHEST_SELF] = 1.0 / (1.0 / step + rising)
    border[HIGHEST_PRESSURE] = rising
    border[DAMAGE_PRESSURE] = 0.0
    if cell.pore_creep.opening > 0.0:
        _, border[DAMAGE_PRESSURE] = damage_rate(cell.pore_creep, coefficients.creep_factor, felt)
    volume = cell.lithium.molar_volume
    for p in range(cell.planes):
        sign = 1.0 if p == 0 else -1.0
        condense_plane(cell, coefficients, work, p, felt, y, step)
        plane = work.plane[p]
        resistance -= sign * plane[PLANE_TO_CELL]
        to_pressure -= sign * plane[PLANE_TO_PRESSURE]
        if drive.fixture.stiffness != 0.0:
            # Lithium and voids per stripping current.
            per_current = -step * volume / FARADAY + plane[VOID_SELF] * plane[VOID_STRIPPING]
            thicker += per_current * plane[STRIPPING_TO_CELL]
            thicker_by_pressure += (
                per_current * plane[STRIPPING_TO_PRESSURE] + plane[VOID_SELF] * plane[VOID_PRESSURE]
            )

    # dP = (S thicker dI + given) / (1 - S thicker_by_pressure)
    stiffness = drive.fixture.stiffness
    inverse = 1.0 / (1.0 - stiffness * thicker_by_pressure)
    border[PRESSURE_SELF] = inverse
    border[PRESSURE_CURRENT] = stiffness * thicker * inverse
    border[VOLTAGE_PRESSURE] = to_pressure
    resistance += to_pressure * border[PRESSURE_CURRENT]
    current, voltage = y[o.current_density], y[o.voltage]
    _, to_current, to_voltage = control_residual(drive, time, current, voltage)
    border[RESISTANCE] = resistance
    border[TO_CURRENT] = 1.0 / (to_current + to_voltage * resistance)
    border[TO_VOLTAGE] = to_voltage


@embedded_kernel
def linearise_nodes(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, pressure: float, y: FloatArray
) -> None:
    """Derivatives of the equations of each node, whatever the step, into `work`."""
    o = work.offsets
    nodes = work.nodes.shape[1]
    scale = cell.table_inverse_spacing
    thermal = coefficients.thermal_voltage
    law_slope = 0.0
    if contact_changes(cell):
        law_slope = fill_contacts(cell, work, pressure, y)
    with_film, with_slow, with_pressure = film_grows(cell), slow_states(cell), pressure_acts(cell)
    thickness = 0.0
    if with_slow:
        for k in range(nodes):
            thickness += cell.width[k]
    for k in range(nodes):
        volume_current = y[o.reaction_current + k]
        j = volume_current * work.nodes[INVERSE_AREA, k]
        index, d = interval(
            cell.table_origin, scale, cell.table_intervals, y[o.surface_stoichiometry + k]
        )
        exchange = coefficients.exchange_factor * value(cell.exchange_table, index, d)
        exchange_slope = coefficients.exchange_factor * slope(cell.exchange_table, scale, index, d)
        if exchange < EXCHANGE_FLOOR:
            exchange, exchange_slope = EXCHANGE_FLOOR, 0.0
        potential_slope = slope(cell.potential_table, scale, index, d)
        if coefficients.temperature_offset != 0.0:
            potential_slope += coefficients.temperature_offset * slope(
                cell.entropy_table, scale, index, d
            )
        inverse_phi_slope = 1.0
        if not cell.constant_diffusivity:
            inverse_phi_slope = 1.0 / slope(cell.kirchhoff_table, scale, index, d)
        inverse_root = 1.0 / sqrt(j * j + 4.0 * exchange)
        dw_dx = potential_slope - thermal * j * inverse_root * exchange_slope / exchange
        work.nodes[INVERSE_PHI_SLOPE, k] = inverse_phi_slope
        work.nodes[POTENTIAL_RESPONSE, k] = dw_dx * inverse_phi_slope
        transfer = 2.0 * thermal * inverse_root
        film_resistance = cell.coating_resistance[k]
        if with_film:
            film_resistance += work.nodes[FILM, k] / coefficients.film_conductivity
        work.nodes[TRANSFER, k] = transfer * work.nodes[INVERSE_AREA, k]
        work.nodes[FILM_SHARE, k] = film_resistance * work.nodes[INVERSE_AREA, k]
        spread_slope = 0.0
        if cell.contact.pitch > 0.0:
            spread, spread_slope = node_constriction(cell, coefficients, work.nodes[CONTACT, k])
            work.nodes[SPREAD, k] = spread / work.nodes[AREA, k]
        if not (with_slow or with_pressure):
            continue

        slow = work.slow
        contact, retention = work.nodes[CONTACT, k], y[o.contact_retention + k]
        per_theta = volume_current / work.nodes[AREA, k] * spread_slope
        per_theta -= j * (transfer + film_resistance) / contact
        slow[TO_PRESSURE, k] = (
            per_theta * cell.contact_fraction[k] * law_slope * max(retention, LEAST_RETENTION)
        )
        if cell.contact.evolves:
            filling = work.nodes[FILLING, k]
            _, to_self, to_filling, to_pressure, to_mean = retention_rate(
                cell, pressure, y[o.mean_stoichiometry + k], filling * volume_current, retention
            )
            slow[TO_RETENTION, k] = 0.0
            if retention > LEAST_RETENTION:
                slow[TO_RETENTION, k] = per_theta * contact / retention
            slow[RETENTION_TO_SELF, k] = to_self
            slow[RETENTION_TO_CURRENT, k] = to_filling * filling
            slow[RETENTION_TO_PRESSURE, k] = to_pressure
            slow[RETENTION_TO_MEAN, k] = to_mean
        if with_film:
            square, first = y[o.film_square + k], y[o.first_film + k]
            _, to_square, to_potential, _, to_first, to_charging = node_film_rates(
                cell,
                coefficients,
                y[o.potential_difference + k],
                square,
                first,
                volume_current * thickness,
            )
            per_film = j / coefficients.film_conductivity
            slow[TO_FILM, k] = 0.5 * per_film / max(sqrt(max(square, 0.0)), THINNEST)
            slow[FILM_TO_SELF, k] = to_square
            slow[FILM_TO_POTENTIAL, k] = to_potential
            slow[TO_FIRST, k] = per_film
            slow[FIRST_TO_SELF, k] = to_first
            slow[FIRST_TO_CURRENT, k] = to_charging * thickness


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
    x = y[: o.mean_stoichiometry].reshape(shells, nodes)
    if not cell.constant_diffusivity:
        inverse_diffusivity(cell, x, work.inverse_diffusivity)
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
        work.nodes[SURFACE_RESPONSE, k] = work.nodes[FLUX_SCALE, k] * work.nodes[OUTER_WEIGHT, k]

    linearise_nodes(cell, coefficients, work, pressure, y)
    polarisation = work.nodes[COLUMN]
    bend = 0.5 / coefficients.thermal_voltage
    for k in range(nodes):
        polarisation[k] = work.nodes[TRANSFER, k] + work.nodes[FILM_SHARE, k]
        polarisation[k] += work.nodes[POTENTIAL_RESPONSE, k] * work.nodes[SURFACE_RESPONSE, k]
        work.nodes[SUBGRID_RESPONSE, k] = subgrid_slope(
            ladder.subgrid[k], bend, y[o.reaction_current + k]
        )
    if cell.contact.pitch > 0.0:
        for k in range(nodes):
            polarisation[k] += work.nodes[SPREAD, k]
    if pressure_acts(cell):
        for k in range(nodes):
            work.nodes[PRESSURE_SOURCE, k] = work.slow[TO_PRESSURE, k]
    if slow_states(cell):
        condense_slow_states(cell, coefficients, work, step)
    for k in range(nodes):
        work.nodes[INVERSE_POLARISATION, k] = 1.0 / (
            polarisation[k] - work.nodes[SUBGRID_RESPONSE, k]
        )
    for k in range(nodes):
        work.nodes[COUPLING, k] = ladder.width[k] * work.nodes[INVERSE_POLARISATION, k]
        work.nodes[VOLTAGE_RESPONSE, k] = (
            ladder.voltage_weight[k] * work.nodes[INVERSE_POLARISATION, k]
        )
    if cell.double_layer:
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


@inline_kernel
def factorize_electrode(cell: HalfCell, work: Workspace) -> None:
    """Factorise the tridiagonal system of the nodes, and solve it for unit current and pressure."""
    ladder = work.ladder
    nodes = work.nodes.shape[1]
    inverse, carry = 0.0, 0.0
    for k in range(nodes):
        pivot = work.nodes[COUPLING, k]
        if cell.double_layer:
            pivot += work.nodes[CHARGING, k] * (
                1.0 + work.nodes[SUBGRID_RESPONSE, k] * work.nodes[INVERSE_POLARISATION, k]
            )
        right = ladder.current_weight[k]
        if k > 0:
            link = ladder.conductance[k - 1]
            lower = link * inverse
            pivot += link * (1.0 - lower)
            right += lower * carry
            work.nodes[LOWER, k] = lower
        if k < nodes - 1:
            pivot += ladder.conductance[k]
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
    if cell.double_layer:
        return charging_voltage(ladder, difference, current, work.nodes[COLUMN])
    voltage = difference[ladder.voltage_node[0]] - ladder.voltage_resistance[0] * current
    for k in range(difference.size):
        voltage += work.nodes[VOLTAGE_RESPONSE, k] * (difference[k] - given[k])
    return float(voltage)


@inline_kernel
def node_charge(cell: HalfCell, work: Workspace, k: int) -> float:
    """Charge that a node takes for a change of its potential at an unchanged reaction, S/m2."""
    charge = work.nodes[COUPLING, k]
    if cell.double_layer:
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
def condense_plane(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    p: int,
    pressure: float,
    y: FloatArray,
    step: float,
) -> None:
    """Condense a lithium plane to the responses of its voltage to the cell's current and pressure."""
    o = work.offsets
    lithium, plane, border = cell.lithium, work.plane[p], work.border
    sign = 1.0 if p == 0 else -1.0
    stripping, voids = y[o.plane_current + p], y[o.void_thickness + p]
    square = y[o.plane_film_square + p]
    _, _, _, to_current, to_pressure, to_highest, to_void, to_square = plane_voltage(
        lithium, coefficients, stripping, pressure, y[o.highest_pressure], voids, square
    )
    void_to_current, void_to_pressure, void_to_self, square_slope = 0.0, 0.0, 0.0, 0.0
    if lithium.voids:
        _, void_to_current, void_to_pressure, void_to_self = void_rate(
            lithium, coefficients, stripping, pressure, voids
        )
    if lithium.film.law != NO_FILM:
        _, square_slope = film_rate(lithium, coefficients, y[o.plated_lithium + p], square)
    plane[VOID_SELF] = 1.0 / (1.0 / step - void_to_self)
    plane[VOID_STRIPPING] = void_to_current
    plane[VOID_PRESSURE] = void_to_pressure
    plane[SQUARE_SELF] = 1.0 / (1.0 / step - square_slope)
    plane[PLANE_VOID], plane[PLANE_SQUARE], plane[PLANE_HIGHEST] = to_void, to_square, to_highest
    per_stripping = to_current + to_void * plane[VOID_SELF] * void_to_current
    per_pressure = (
        to_pressure
        + to_void * plane[VOID_SELF] * void_to_pressure
        + to_highest * border[HIGHEST_SELF] * border[HIGHEST_PRESSURE]
    )
    charging = lithium.capacitance / step if cell.double_layer else 0.0
    inverse = 1.0 / (1.0 + charging * per_stripping)
    plane[STRIPPING_SELF] = inverse
    plane[PLANE_STRIPPING] = per_stripping
    plane[PLANE_PRESSURE] = per_pressure
    plane[STRIPPING_TO_CELL] = sign * inverse
    plane[STRIPPING_TO_PRESSURE] = -inverse * charging * per_pressure
    plane[PLANE_TO_CELL] = per_stripping * plane[STRIPPING_TO_CELL]
    plane[PLANE_TO_PRESSURE] = per_pressure + per_stripping * plane[STRIPPING_TO_PRESSURE]


@kernel
def solve_system(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    y: FloatArray,
    step: float,
    rhs: FloatArray,
) -> None:
    """Solve the condensed system in place.

    On entry `rhs` holds the right-hand side of ``(1/step - df/dy) u = rhs`` for differential states
    and of ``dg/dy u = -rhs`` for algebraic ones; on return it holds u.
    """
    o = work.offsets
    nodes = work.nodes.shape[1]
    border, stiffness = work.border, drive.fixture.stiffness
    # Change of voltage and of thickness at unchanged current and pressure.
    voltage, thicker = 0.0, 0.0
    if nodes > 0:
        voltage, thicker = solve_nodes(cell, coefficients, drive, work, step, rhs)
    for p in range(cell.planes):
        sign = 1.0 if p == 0 else -1.0
        thicker += solve_plane(cell, work, p, step, rhs)
        voltage -= sign * work.plane[p, PLANE_CONSTANT]

    given = (stiffness * thicker - rhs[o.stack_pressure]) * border[PRESSURE_SELF]
    voltage += border[VOLTAGE_PRESSURE] * given - rhs[o.voltage]
    d_current = (-rhs[o.current_density] - border[TO_VOLTAGE] * voltage) * border[TO_CURRENT]
    d_voltage = voltage + border[RESISTANCE] * d_current
    d_pressure = given + border[PRESSURE_CURRENT] * d_current
    rhs[o.current_density] = d_current
    rhs[o.voltage] = d_voltage
    rhs[o.stack_pressure] = d_pressure

    if nodes > 0:
        finish_nodes(cell, coefficients, work, step, d_current, d_pressure, rhs)
    for p in range(cell.planes):
        finish_plane(work, p, step, d_current, d_pressure, rhs)
    rhs[o.highest_pressure] = border[HIGHEST_SELF] * (
        rhs[o.highest_pressure] + border[HIGHEST_PRESSURE] * d_pressure
    )
    rhs[o.pore_damage] = step * (rhs[o.pore_damage] + border[DAMAGE_PRESSURE] * d_pressure)
    rhs[o.positive_film_charge] *= step

    current = y[o.current_density]
    discharging = 1.0 if current > 0.0 else 0.0
    d_energy = y[o.voltage] * d_current + current * d_voltage
    rhs[o.discharge_charge] = step * (rhs[o.discharge_charge] + discharging * d_current)
    rhs[o.charge_charge] = step * (rhs[o.charge_charge] + (discharging - 1.0) * d_current)
    rhs[o.discharge_energy] = step * (rhs[o.discharge_energy] + discharging * d_energy)
    rhs[o.charge_energy] = step * (rhs[o.charge_energy] + (discharging - 1.0) * d_energy)


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
    particles = rhs[: o.mean_stoichiometry].reshape(shells, nodes)
    surface = rhs[o.surface_stoichiometry : o.reaction_current]
    kinetics = rhs[o.reaction_current : o.plane_current]
    balance = rhs[o.potential_difference : o.plane_voltage]
    eliminate(cell, coefficients.diffusion_rate, work.inverse_pivot, particles)

    # Surface (Phi) and potential of each node at an unchanged reaction current.
    given, column, difference = work.nodes[FLUX], work.nodes[COLUMN], work.nodes[SCRATCH]
    for k in range(nodes):
        surface[k] = work.nodes[OUTER_WEIGHT, k] * particles[last, k] - surface[k]
    for k in range(nodes):
        surface[k] += work.nodes[MIDDLE_WEIGHT, k] * particles[last - 1, k]
    for k in range(nodes):
        surface[k] += work.nodes[INNER_WEIGHT, k] * particles[last - 2, k]
    for k in range(nodes):
        given[k] = work.nodes[POTENTIAL_RESPONSE, k] * surface[k] - kinetics[k]
    if slow_states(cell):
        slow = work.slow
        if cell.contact.evolves:
            for k in range(nodes):
                given[k] += (
                    slow[TO_RETENTION, k]
                    * slow[RETENTION_SELF, k]
                    * (
                        rhs[o.contact_retention + k]
                        + slow[RETENTION_TO_MEAN, k] * step * rhs[o.mean_stoichiometry + k]
                    )
                )
        if film_grows(cell):
            for k in range(nodes):
                given[k] += (
                    slow[TO_FILM, k] * slow[FILM_SELF, k] * rhs[o.film_square + k]
                    + slow[TO_FIRST, k] * slow[FIRST_SELF, k] * rhs[o.first_film + k]
                )
        for k in range(nodes):
            given[k] *= slow[FEEDBACK, k]
    for k in range(nodes):
        column[k] = balance[k] + work.nodes[COUPLING, k] * given[k]
    if cell.double_layer:
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
            thicker += (
                work.nodes[THICKNESS_RESPONSE, k]
                * step
                * (rhs[o.mean_stoichiometry + k] + filling * d_current)
            )
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
    particles = rhs[: o.mean_stoichiometry].reshape(shells, nodes)
    surface = rhs[o.surface_stoichiometry : o.reaction_current]
    reaction = rhs[o.reaction_current : o.plane_current]
    potential = rhs[o.potential_difference : o.plane_voltage]
    given, difference = work.nodes[FLUX], work.nodes[SCRATCH]
    for k in range(nodes):
        difference[k] += work.nodes[CURRENT_RESPONSE, k] * d_current
    if pressure_acts(cell):
        for k in range(nodes):
            difference[k] += work.nodes[PRESSURE_RESPONSE, k] * d_pressure
            given[k] += work.nodes[PRESSURE_SOURCE, k] * d_pressure
    for k in range(nodes):
        reaction[k] = (difference[k] - given[k]) * work.nodes[INVERSE_POLARISATION, k]
    for k in range(nodes):
        potential[k] = difference[k] + work.nodes[SUBGRID_RESPONSE, k] * reaction[k]
    for k in range(nodes):
        surface[k] = work.nodes[INVERSE_PHI_SLOPE, k] * (
            surface[k] + work.nodes[SURFACE_RESPONSE, k] * reaction[k]
        )
    # Slow states that don't change have no right-hand side and need no solution.
    slow = work.slow
    if cell.contact.evolves:
        for k in range(nodes):
            rhs[o.contact_retention + k] = slow[RETENTION_SELF, k] * (
                rhs[o.contact_retention + k]
                + slow[RETENTION_TO_MEAN, k] * step * rhs[o.mean_stoichiometry + k]
                + slow[RETENTION_CURRENT, k] * reaction[k]
                + slow[RETENTION_TO_PRESSURE, k] * d_pressure
            )
    if film_grows(cell):
        for k in range(nodes):
            rhs[o.film_square + k] = slow[FILM_SELF, k] * (
                rhs[o.film_square + k] + slow[FILM_TO_POTENTIAL, k] * potential[k]
            )
            rhs[o.first_film + k] = slow[FIRST_SELF, k] * (
                rhs[o.first_film + k] + slow[FIRST_TO_CURRENT, k] * reaction[k]
            )
    for k in range(nodes):
        filling = work.nodes[FILLING, k]
        rhs[o.mean_stoichiometry + k] = step * (
            rhs[o.mean_stoichiometry + k] + filling * reaction[k]
        )
    for k in range(nodes):
        given[k] = work.nodes[FLUX_SCALE, k] * reaction[k]
    substitute(cell, work.inverse_pivot, given, particles)
    if not cell.constant_diffusivity:
        for i in range(shells):
            for k in range(nodes):
                particles[i, k] *= work.inverse_diffusivity[i, k]


@inline_kernel
def solve_plane(cell: HalfCell, work: Workspace, p: int, step: float, rhs: FloatArray) -> float:
    """Forward part of a lithium plane: its thickness at unchanged current and pressure, m."""
    o = work.offsets
    plane, border = work.plane[p], work.border
    square = plane[SQUARE_SELF] * rhs[o.plane_film_square + p]
    highest = border[HIGHEST_SELF] * rhs[o.highest_pressure]
    void = plane[VOID_SELF] * rhs[o.void_thickness + p]
    constant = (
        plane[PLANE_VOID] * void
        + plane[PLANE_SQUARE] * square
        + plane[PLANE_HIGHEST] * highest
        - rhs[o.plane_current + p]
    )
    balance = rhs[o.plane_voltage + p]
    if cell.double_layer:
        charging = cell.lithium.capacitance / step
        balance = cell.lithium.capacitance * balance - charging * constant
    stripping = plane[STRIPPING_SELF] * balance
    plane[PLANE_CONSTANT] = constant + plane[PLANE_STRIPPING] * stripping
    plane[STRIPPING_CONSTANT] = stripping
    plane[VOID_CONSTANT] = void
    rhs[o.plane_film_square + p] = square
    lithium = step * (rhs[o.plated_lithium + p] - stripping / FARADAY)
    return float(
        cell.lithium.molar_volume * lithium
        + void
        + plane[VOID_SELF] * plane[VOID_STRIPPING] * stripping
    )


@inline_kernel
def finish_plane(
    work: Workspace, p: int, step: float, d_current: float, d_pressure: float, rhs: FloatArray
) -> None:
    """Backward part of a lithium plane: its states for given current and pressure."""
    o = work.offsets
    plane = work.plane[p]
    stripping = (
        plane[STRIPPING_CONSTANT]
        + plane[STRIPPING_TO_CELL] * d_current
        + plane[STRIPPING_TO_PRESSURE] * d_pressure
    )
    rhs[o.plane_current + p] = stripping
    rhs[o.plane_voltage + p] = (
        plane[PLANE_CONSTANT]
        + plane[PLANE_TO_CELL] * d_current
        + plane[PLANE_TO_PRESSURE] * d_pressure
    )
    rhs[o.void_thickness + p] = plane[VOID_CONSTANT] + plane[VOID_SELF] * (
        plane[VOID_STRIPPING] * stripping + plane[VOID_PRESSURE] * d_pressure
    )
    rhs[o.plated_lithium + p] = step * (rhs[o.plated_lithium + p] - stripping / FARADAY)
