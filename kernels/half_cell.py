"""The single-ion half cell as a differential-algebraic system, and its linear solver.

Unknowns are those of `solidcell.kernels.layout`. The equations are

    particles   d x / d t = diffusion_rates(Phi(x), g)          g = -theta j R / (F c_max D0)
    surface     0 = Phi(x_s) - surface_weight . Phi(x)
    charge      0 = i[k] - i[k-1] - b j,   w = U(x_s) + eta(j, x_s) + j R_film
    voltage     0 = V - [w + ladder - I R_separator - eta_Li - I R_Li]
    control     0 = I - I_set, V - V_set, I V - P_set or V - I R_set
    integrals   of charge, energy and lithium

One linear solve condenses each particle to a scalar response of its surface, the surface to a scalar
response of its reaction current, and the electrode to a tridiagonal system bordered by the cell
current: O(shells nodes) in all, no fill-in.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.elementary import area_sinh
from solidcell.kernels.layout import Offsets, offsets
from solidcell.kernels.lithium_metal import plane_overpotential
from solidcell.kernels.options import embedded_kernel, inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.particle import (
    diffusion_rates,
    eliminate,
    factorize,
    inverse_diffusivity,
    kirchhoff,
    kirchhoff_nodes,
    substitute,
    surface_residual,
)
from solidcell.kernels.tables import interval, slope, value
from solidcell.kernels.transport import (
    Ladder,
    allocate_ladder,
    charge_residual,
    collector_voltage,
    fill_ladder,
    subgrid_slope,
    subtract_subgrid,
)

FloatArray = npt.NDArray[np.float64]

VOLTAGE_CONTROL = int(Control.VOLTAGE)
POWER_CONTROL = int(Control.POWER)
RESISTANCE_CONTROL = int(Control.RESISTANCE)

EXCHANGE_FLOOR = 1e-20
"""Least square of the exchange current, (A/m2)^2: keeps the overpotential finite at x = 0 and 1."""


class Workspace(NamedTuple):
    """Arrays that the equations and their linear solver write to; allocated once a simulation.

    Attributes
    ----------
    offsets
        Where each state starts.
    ladder
        Resistances of the electrode.
    phi, inverse_diffusivity, inverse_pivot
        Kirchhoff potential, D0 / D and pivot of each shell, (shells, nodes).
    flux_scale
        Gradient of Phi at the surface per reaction current, negative, m2/A, (nodes,).
    outer_weight, middle_weight, inner_weight
        Weights of the three outermost eliminated rows in the surface, (nodes,).
    inverse_phi_slope
        1 / Phi'(x_s), (nodes,).
    surface_response
        dPhi_s / dj of the condensed particle, m2/A, (nodes,).
    potential_response
        dw / dPhi_s at fixed j, V, (nodes,).
    inverse_polarisation
        1 / (dw / dj) with the particle condensed, (nodes,).
    coupling
        Contact area over polarisation, S/m2, (nodes,).
    inverse_tridiagonal, lower
        Inverse pivots and multipliers of the electrode's system, (nodes,); ``lower[0] = 0``.
    voltage_response
        dV / dw at each node, along the collector, (nodes,).
    current_response
        dw / dI, Ohm m2, (nodes,).
    potential, exchange
        Open-circuit potential, V, and squared exchange current, (A/m2)^2, of each surface, (nodes,).
    nodal, column, flux
        Scratch, (nodes,).
    border
        dV/dI of the condensed cell, inverse pivot of the control equation and its derivative to the
        voltage, (3,).
    """

    offsets: Offsets
    ladder: Ladder
    phi: FloatArray
    inverse_diffusivity: FloatArray
    inverse_pivot: FloatArray
    flux_scale: FloatArray
    outer_weight: FloatArray
    middle_weight: FloatArray
    inner_weight: FloatArray
    inverse_phi_slope: FloatArray
    surface_response: FloatArray
    potential_response: FloatArray
    inverse_polarisation: FloatArray
    coupling: FloatArray
    inverse_tridiagonal: FloatArray
    lower: FloatArray
    voltage_response: FloatArray
    current_response: FloatArray
    potential: FloatArray
    exchange: FloatArray
    nodal: FloatArray
    column: FloatArray
    flux: FloatArray
    border: FloatArray


def allocate_workspace(nodes: int, shells: int) -> Workspace:
    """Room for the equations of a half cell of `nodes` and `shells`."""
    per_node = [np.zeros(nodes) for _ in range(18)]
    return Workspace._make(
        [
            offsets(nodes, shells),
            allocate_ladder(nodes),
            np.empty((shells, nodes)),
            np.ones((shells, nodes)),
            np.empty((shells, nodes)),
            *per_node,
            np.zeros(3),
        ]
    )


@kernel
def prepare_workspace(cell: HalfCell, coefficients: Coefficients, work: Workspace) -> None:
    """Fill what depends on the temperature alone."""
    fill_ladder(cell, coefficients.ionic_factor, work.ladder)
    for k in range(work.flux_scale.size):
        work.flux_scale[k] = -coefficients.flux_scale * cell.contact_fraction[k]


class Drive(NamedTuple):
    """What closes the system: a kind of control and its set-point, linear in time.

    Attributes
    ----------
    kind
        A `Control`.
    setpoint
        A/m2, V, W/m2 or Ohm m2 at `start`.
    ramp
        Its rate of change, per s.
    start
        s.
    """

    kind: int
    setpoint: float
    ramp: float
    start: float


@inline_kernel
def control_residual(
    drive: Drive, time: float, current: float, voltage: float
) -> tuple[float, float, float]:
    """Residual of the control equation and its derivatives to current and voltage."""
    setpoint = drive.setpoint + drive.ramp * (time - drive.start)
    if drive.kind == VOLTAGE_CONTROL:
        return voltage - setpoint, 0.0, 1.0
    if drive.kind == POWER_CONTROL:
        return current * voltage - setpoint, voltage, current
    if drive.kind == RESISTANCE_CONTROL:
        return voltage - current * setpoint, -setpoint, 1.0
    return current - setpoint, 1.0, 0.0


@embedded_kernel
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


@embedded_kernel
def add_overpotential(
    thermal_voltage: float, exchange: FloatArray, reaction_current: FloatArray, w: FloatArray
) -> None:
    """Add ``(2 R T / F) asinh(j / 2 j0)`` of each node to `w`, (nodes,)."""
    for k in range(w.size):
        w[k] += 2.0 * thermal_voltage * area_sinh(0.5 * reaction_current[k] / sqrt(exchange[k]))


@kernel
def evaluate(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    time: float,
    y: FloatArray,
    f: FloatArray,
) -> None:
    """Rates of the differential states and residuals of the algebraic equations at `y`.

    Parameters
    ----------
    time
        s.
    y
        State vector.
    f
        Written, same shape: derivatives in 1/s where the state is differential, residuals elsewhere.
    """
    o = work.offsets
    shells, nodes = work.phi.shape
    x = y[: o.surface_stoichiometry].reshape(shells, nodes)
    rates = f[: o.surface_stoichiometry].reshape(shells, nodes)
    surface = f[o.surface_stoichiometry : o.reaction_current]
    x_surface = y[o.surface_stoichiometry : o.reaction_current]
    reaction = y[o.reaction_current : o.current_density]
    current, voltage = y[o.current_density], y[o.voltage]

    for k in range(nodes):
        work.flux[k] = work.flux_scale[k] * reaction[k]
    if cell.constant_diffusivity:
        diffusion_rates(cell, coefficients.diffusion_rate, x, work.flux, rates)
        surface_residual(cell, x, x_surface, surface)
    else:
        kirchhoff(cell, x, work.phi)
        diffusion_rates(cell, coefficients.diffusion_rate, work.phi, work.flux, rates)
        kirchhoff_nodes(cell, x_surface, work.nodal)
        surface_residual(cell, work.phi, work.nodal, surface)

    w = work.nodal
    surface_properties(cell, coefficients, x_surface, work.potential, work.exchange)
    for k in range(nodes):
        w[k] = work.potential[k] + reaction[k] * cell.film_resistance[k]
    subtract_subgrid(coefficients.thermal_voltage, work.ladder, reaction, w)
    add_overpotential(coefficients.thermal_voltage, work.exchange, reaction, w)
    charge_residual(work.ladder, w, reaction, current, f[o.reaction_current : o.current_density])
    eta, drop, _ = plane_overpotential(cell, coefficients, current)
    f[o.voltage] = voltage - (
        collector_voltage(work.ladder, work.nodal, reaction, current)
        - coefficients.separator_resistance * current
        - eta
        - drop
    )
    f[o.current_density], _, _ = control_residual(drive, time, current, voltage)

    f[o.discharge_charge] = max(current, 0.0)
    f[o.charge_charge] = max(-current, 0.0)
    f[o.discharge_energy] = max(current, 0.0) * voltage
    f[o.charge_energy] = max(-current, 0.0) * voltage
    f[o.lithium_metal] = -current / FARADAY


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
    shells, nodes = work.phi.shape
    x = y[: o.surface_stoichiometry].reshape(shells, nodes)
    if not cell.constant_diffusivity:
        inverse_diffusivity(cell, x, work.inverse_diffusivity)
    factorize(cell, coefficients.diffusion_rate, step, work.inverse_diffusivity, work.inverse_pivot)

    last = shells - 1
    ladder = work.ladder
    scale = cell.table_inverse_spacing
    thermal = coefficients.thermal_voltage
    bend = 0.5 / thermal
    inner, middle, outer = cell.surface_weight[0], cell.surface_weight[1], cell.surface_weight[2]
    inner_link, outer_link = cell.transmissibility[last - 2], cell.transmissibility[last - 1]
    for k in range(nodes):
        work.inner_weight[k] = inner * work.inverse_pivot[last - 2, k]
        work.middle_weight[k] = work.inverse_pivot[last - 1, k] * (
            middle + inner_link * work.inner_weight[k]
        )
        work.outer_weight[k] = work.inverse_pivot[last, k] * (
            outer + outer_link * work.middle_weight[k]
        )
        work.surface_response[k] = work.flux_scale[k] * work.outer_weight[k]
    for k in range(nodes):
        j = y[o.reaction_current + k]
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
        polarisation = (
            2.0 * thermal * inverse_root
            + cell.film_resistance[k]
            - subgrid_slope(ladder.subgrid[k], bend, j)
            + dw_dx * inverse_phi_slope * work.surface_response[k]
        )
        work.inverse_phi_slope[k] = inverse_phi_slope
        work.potential_response[k] = dw_dx * inverse_phi_slope
        work.inverse_polarisation[k] = 1.0 / polarisation
    for k in range(nodes):
        work.coupling[k] = ladder.contact_area[k] * work.inverse_polarisation[k]
        work.voltage_response[k] = ladder.voltage_weight[k] * work.inverse_polarisation[k]

    # Tridiagonal system of the potential differences, and its response to the cell current.
    inverse = 1.0 / (work.coupling[0] + ladder.conductance[0])
    carry = ladder.current_weight[0]
    work.inverse_tridiagonal[0], work.column[0] = inverse, carry
    for k in range(1, nodes):
        link = ladder.conductance[k - 1]
        lower = link * inverse
        pivot = work.coupling[k] + link * (1.0 - lower)
        if k < nodes - 1:
            pivot += ladder.conductance[k]
        inverse = 1.0 / pivot
        carry = ladder.current_weight[k] + lower * carry
        work.lower[k] = lower
        work.inverse_tridiagonal[k] = inverse
        work.column[k] = carry
    back_substitute(work, work.current_response)

    current, voltage = y[o.current_density], y[o.voltage]
    _, _, plane = plane_overpotential(cell, coefficients, current)
    resistance = -ladder.voltage_resistance[0] - coefficients.separator_resistance - plane
    resistance += work.current_response[ladder.voltage_node[0]]
    for k in range(nodes):
        resistance += work.voltage_response[k] * work.current_response[k]
    _, to_current, to_voltage = control_residual(drive, time, current, voltage)
    work.border[0] = resistance
    work.border[1] = 1.0 / (to_current + to_voltage * resistance)
    work.border[2] = to_voltage


@embedded_kernel
def back_substitute(work: Workspace, solution: FloatArray) -> None:
    """Backward sweep of the electrode's system from ``work.column`` into `solution`, (nodes,)."""
    last = solution.size - 1
    for k in range(last + 1):
        solution[k] = work.inverse_tridiagonal[k] * work.column[k]
    carry = solution[last]
    for k in range(last - 1, -1, -1):
        carry = solution[k] + work.lower[k + 1] * carry
        solution[k] = carry


@kernel
def solve_system(
    cell: HalfCell,
    coefficients: Coefficients,
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
    shells, nodes = work.phi.shape
    last = shells - 1
    particles = rhs[: o.surface_stoichiometry].reshape(shells, nodes)
    surface = rhs[o.surface_stoichiometry : o.reaction_current]
    reaction = rhs[o.reaction_current : o.current_density]
    eliminate(cell, coefficients.diffusion_rate, work.inverse_pivot, particles)

    # Surface (Phi) and potential difference of each node at an unchanged reaction current.
    flux, column, difference = work.flux, work.column, work.nodal
    for k in range(nodes):
        surface[k] = work.outer_weight[k] * particles[last, k] - surface[k]
    for k in range(nodes):
        surface[k] += work.middle_weight[k] * particles[last - 1, k]
    for k in range(nodes):
        surface[k] += work.inner_weight[k] * particles[last - 2, k]
    for k in range(nodes):
        flux[k] = work.potential_response[k] * surface[k]
    for k in range(nodes):
        column[k] = reaction[k] + work.coupling[k] * flux[k]
    carry = column[0]
    for k in range(1, nodes):
        # Carried in a register: read back from memory, it would wait for the store.
        carry = column[k] + work.lower[k] * carry
        column[k] = carry
    back_substitute(work, difference)

    # The cell current closes the border.
    voltage = difference[work.ladder.voltage_node[0]] - rhs[o.voltage]
    for k in range(nodes):
        voltage += work.voltage_response[k] * (difference[k] - flux[k])
    d_current = (-rhs[o.current_density] - work.border[2] * voltage) * work.border[1]
    d_voltage = voltage + work.border[0] * d_current
    rhs[o.current_density] = d_current
    rhs[o.voltage] = d_voltage
    for k in range(nodes):
        reaction[k] = difference[k] + work.current_response[k] * d_current
    for k in range(nodes):
        reaction[k] = (reaction[k] - flux[k]) * work.inverse_polarisation[k]
    for k in range(nodes):
        surface[k] = work.inverse_phi_slope[k] * (
            surface[k] + work.surface_response[k] * reaction[k]
        )
    for k in range(nodes):
        flux[k] = work.flux_scale[k] * reaction[k]
    substitute(cell, work.inverse_pivot, flux, particles)
    if not cell.constant_diffusivity:
        for i in range(shells):
            for k in range(nodes):
                particles[i, k] *= work.inverse_diffusivity[i, k]

    current = y[o.current_density]
    discharging = 1.0 if current > 0.0 else 0.0
    d_energy = y[o.voltage] * d_current + current * d_voltage
    rhs[o.discharge_charge] = step * (rhs[o.discharge_charge] + discharging * d_current)
    rhs[o.charge_charge] = step * (rhs[o.charge_charge] + (discharging - 1.0) * d_current)
    rhs[o.discharge_energy] = step * (rhs[o.discharge_energy] + discharging * d_energy)
    rhs[o.charge_energy] = step * (rhs[o.charge_energy] + (discharging - 1.0) * d_energy)
    rhs[o.lithium_metal] = step * (rhs[o.lithium_metal] - d_current / FARADAY)
