"""The linear systems of the cell: condensed to its current and pressure, factorised once a step.

A solver step needs ``(M / step - df/dy) u = rhs``. The electrode condenses to a tridiagonal system of
its nodes (`solidcell.kernels.condensed_electrode`), each lithium plane to responses of its voltage
(`solidcell.kernels.condensed_plane`). What is left is the cell's current, voltage and pressure:
O(shells nodes) in all, no fill-in.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.condensed_electrode import (
    condense_nodes,
    electrode_response,
    factorize_electrode,
    finish_nodes,
    solve_nodes,
)
from solidcell.kernels.condensed_plane import condense_plane, finish_plane, solve_plane
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.half_cell import Drive, control_residual
from solidcell.kernels.linearisation import pressure_acts
from solidcell.kernels.mechanics import LEAST_PRESSURE, MEMORY_TIME, damage_rate
from solidcell.kernels.options import embedded_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.tables import interval, slope
from solidcell.kernels.workspace import (
    CURRENT_RESPONSE,
    DAMAGE_PRESSURE,
    FILLING,
    HIGHEST_PRESSURE,
    HIGHEST_SELF,
    INVERSE_POLARISATION,
    PLANE_CONSTANT,
    PLANE_TO_CELL,
    PLANE_TO_PRESSURE,
    PRESSURE_CURRENT,
    PRESSURE_RESPONSE,
    PRESSURE_SELF,
    PRESSURE_SOURCE,
    RESISTANCE,
    SPARE,
    STRIPPING_TO_CELL,
    STRIPPING_TO_PRESSURE,
    THICKNESS_RESPONSE,
    TO_CURRENT,
    TO_VOLTAGE,
    VOID_PRESSURE,
    VOID_SELF,
    VOID_STRIPPING,
    VOLTAGE_PRESSURE,
    Workspace,
    charges,
)

FloatArray = npt.NDArray[np.float64]


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
                response *= y[o.active_share + k] * y[o.utilisation + k]
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
        if charges(work):
            reaction, charged = rhs[o.reaction_current : o.plane_current], -d_current
            for k in range(nodes):
                charged -= cell.width[k] * reaction[k]
            rhs[o.double_layer_charge] = step * (rhs[o.double_layer_charge] + charged)
    for p in range(cell.planes):
        finish_plane(work, p, step, d_current, d_pressure, rhs)
    rhs[o.highest_pressure] = border[HIGHEST_SELF] * (
        rhs[o.highest_pressure] + border[HIGHEST_PRESSURE] * d_pressure
    )
    rhs[o.pore_damage] = step * (rhs[o.pore_damage] + border[DAMAGE_PRESSURE] * d_pressure)
    rhs[o.positive_film_charge] *= step
    rhs[o.carbon_charge_square] *= step

    current = y[o.current_density]
    discharging = 1.0 if current > 0.0 else 0.0
    d_energy = y[o.voltage] * d_current + current * d_voltage
    rhs[o.discharge_charge] = step * (rhs[o.discharge_charge] + discharging * d_current)
    rhs[o.charge_charge] = step * (rhs[o.charge_charge] + (discharging - 1.0) * d_current)
    rhs[o.discharge_energy] = step * (rhs[o.discharge_energy] + discharging * d_energy)
    rhs[o.charge_energy] = step * (rhs[o.charge_energy] + (discharging - 1.0) * d_energy)
