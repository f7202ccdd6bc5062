"""The books of the protocol driver: rows of its tables, snapshots and the balances of a cycle."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from solidcell.kernels.constants import FARADAY
from solidcell.kernels.lithium_metal import film_lithium, void_contact
from solidcell.kernels.mechanics import layer_thickness
from solidcell.kernels.options import inline_kernel
from solidcell.kernels.outputs import (
    all_lithium,
    connected_stoichiometry,
    film_share,
    positive_lithium,
    trapped_lithium,
    write_interfaces,
    write_split,
)
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.progress import (
    BLOCK_INDEX,
    CHECKPOINTS,
    CONTACT_LOW,
    CYCLE,
    CYCLE_CHARGED,
    CYCLE_DELIVERED,
    CYCLE_DISCHARGED,
    CYCLE_KEPT,
    CYCLE_ROWS,
    CYCLE_SOLVER_STEPS,
    CYCLE_START,
    CYCLE_TAKEN,
    CYCLE_TOTAL,
    DUE_TIME,
    FACTORIZATIONS,
    OPEN_CYCLE,
    PLATING_HIGH,
    PLATING_RISK,
    PRESSURE_HIGH,
    PRESSURE_LOW,
    REASON,
    RECORDING,
    REJECTED,
    REPEATED,
    REPETITION,
    RESISTANCE,
    RESISTANCE_10S,
    ROW,
    ROWS,
    SNAPPING,
    SNAPSHOTS,
    SOLVER_STEPS,
    SOLVES,
    SPECTRA_ROWS,
    START_VOLTAGE,
    STEP_CHARGE,
    STEP_ENERGY,
    STEP_FACTORIZATIONS,
    STEP_INDEX,
    STEP_REJECTED,
    STEP_ROWS,
    STEP_SOLVER_STEPS,
    STEP_SOLVES,
    STEP_START,
    STIFFNESS,
    STOPPED_BLOCK,
    SUGGESTED_SIZE,
    TEMPERATURE,
    TEMPERATURE_HIGH,
    TEMPERATURE_LOW,
    TIME,
    VOLTAGE_HIGH,
    VOLTAGE_LOW,
    Buffers,
    Progress,
)
from solidcell.kernels.protocol import Protocol, keeps
from solidcell.kernels.surface import fraction
from solidcell.kernels.vector import copy
from solidcell.kernels.workspace import (
    Workspace,
)

FloatArray = npt.NDArray[np.float64]

RANGE_MARGIN = 1e-9
"""Lithium fraction by which a surface may pass the end of a property's range: round-off."""


@inline_kernel
def write_row(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    protocol: Protocol,
    progress: Progress,
    buffers: Buffers,
    y: FloatArray,
) -> None:
    """Append a row of the time series."""
    o = work.offsets
    clock, counters = progress.clock, progress.counters
    row = buffers.rows[counters[ROWS]]
    row[0] = clock[DUE_TIME]
    row[1] = counters[CYCLE]
    row[2] = counters[STEP_INDEX]
    row[3] = protocol.kind[counters[ROW]]
    row[4] = y[o.current_density]
    row[5] = y[o.voltage]
    row[6] = (
        y[o.discharge_charge] - y[o.charge_charge] - clock[CYCLE_DISCHARGED] + clock[CYCLE_CHARGED]
    )
    row[7] = clock[TEMPERATURE]
    row[8] = y[o.stack_pressure]
    write_split(cell, coefficients, work, y, row[9:20])
    write_interfaces(cell, coefficients, work, y, row[20:27])
    row[27] = connected_stoichiometry(cell, o, y)
    counters[ROWS] += 1


@inline_kernel
def write_snapshot(progress: Progress, buffers: Buffers, y: FloatArray) -> None:
    """Append a snapshot of the state."""
    counters = progress.counters
    n = counters[SNAPSHOTS]
    copy(y, buffers.snapshots[n])
    buffers.snapshot_index[n, 0] = progress.clock[DUE_TIME]
    buffers.snapshot_index[n, 1] = counters[CYCLE]
    buffers.snapshot_index[n, 2] = counters[STEP_INDEX]
    buffers.snapshot_index[n, 3] = progress.clock[TEMPERATURE]
    counters[SNAPSHOTS] += 1


@inline_kernel
def write_spectrum(protocol: Protocol, progress: Progress, buffers: Buffers, y: FloatArray) -> None:
    """Append the state whose impedance the row at work asks for."""
    clock, counters = progress.clock, progress.counters
    n = counters[SPECTRA_ROWS]
    copy(y, buffers.spectra[n])
    index = buffers.spectrum_index[n]
    index[0] = clock[TIME]
    index[1] = counters[CYCLE]
    index[2] = counters[STEP_INDEX]
    index[3] = clock[TEMPERATURE]
    index[4] = clock[STIFFNESS]
    index[5] = protocol.value[counters[ROW]]
    counters[SPECTRA_ROWS] += 1


@inline_kernel
def watch_interfaces(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, clock: FloatArray, y: FloatArray
) -> None:
    """Keep the extremes of the cycle at work: pressure, contact and plating of lithium.

    Those of voltage and temperature are kept over a whole repetition of the block at work.
    """
    o = work.offsets
    clock[VOLTAGE_LOW] = min(clock[VOLTAGE_LOW], y[o.voltage])
    clock[VOLTAGE_HIGH] = max(clock[VOLTAGE_HIGH], y[o.voltage])
    clock[TEMPERATURE_LOW] = min(clock[TEMPERATURE_LOW], clock[TEMPERATURE])
    clock[TEMPERATURE_HIGH] = max(clock[TEMPERATURE_HIGH], clock[TEMPERATURE])
    clock[PRESSURE_LOW] = min(clock[PRESSURE_LOW], y[o.stack_pressure])
    clock[PRESSURE_HIGH] = max(clock[PRESSURE_HIGH], y[o.stack_pressure])
    for p in range(cell.planes):
        theta, _ = void_contact(cell.lithium, coefficients, y[o.void_thickness + p])
        clock[CONTACT_LOW] = min(clock[CONTACT_LOW], theta)
        plating = -y[o.plane_current + p] / theta
        clock[PLATING_HIGH] = max(clock[PLATING_HIGH], plating)
        if plating > coefficients.critical_current:
            clock[PLATING_RISK] = 1.0


@inline_kernel
def watch_tables(work: Workspace, progress: Progress, y: FloatArray) -> None:
    """Note when a surface first leaves the range that a property is known for.

    Diffusion has its extremes at the surface: no shell is beyond before it.
    """
    o = work.offsets
    least, most = np.inf, -np.inf
    for n in range(o.surface_coordinate, o.reaction_current):
        least, most = min(least, y[n]), max(most, y[n])
    lowest, highest = fraction(least), fraction(most)
    for p in range(progress.ranges.shape[0]):
        if not np.isnan(progress.left[p, 0]):
            continue
        low, high = progress.ranges[p, 0], progress.ranges[p, 1]
        if lowest < low - RANGE_MARGIN or highest > high + RANGE_MARGIN:
            progress.left[p, 0] = progress.clock[TIME]
            progress.left[p, 1] = progress.counters[CYCLE]
            progress.left[p, 2] = progress.counters[STEP_INDEX]
            progress.left[p, 3] = progress.counters[ROW]
            progress.left[p, 4] = lowest if lowest < low - RANGE_MARGIN else highest


@inline_kernel
def begin_cycle(
    cell: HalfCell,
    work: Workspace,
    protocol: Protocol,
    progress: Progress,
    buffers: Buffers,
    y: FloatArray,
) -> None:
    """Open a cycle: remember its balances and keep a checkpoint."""
    o = work.offsets
    clock, counters = progress.clock, progress.counters
    positive, _ = positive_lithium(cell, work, y)
    clock[CYCLE_START] = clock[TIME]
    positive += trapped_lithium(cell, work, y) + film_share(cell, work, y)
    clock[CYCLE_KEPT] = FARADAY * positive
    clock[CYCLE_KEPT] -= y[o.double_layer_charge]
    clock[CYCLE_TOTAL] = all_lithium(cell, work, y)
    clock[CYCLE_DISCHARGED] = y[o.discharge_charge]
    clock[CYCLE_CHARGED] = y[o.charge_charge]
    clock[CYCLE_DELIVERED] = y[o.discharge_energy]
    clock[CYCLE_TAKEN] = y[o.charge_energy]
    clock[RESISTANCE], clock[RESISTANCE_10S] = np.nan, np.nan
    progress.pulse[:] = np.nan
    clock[PRESSURE_LOW], clock[PRESSURE_HIGH] = y[o.stack_pressure], y[o.stack_pressure]
    clock[CONTACT_LOW], clock[PLATING_HIGH], clock[PLATING_RISK] = 1.0, 0.0, 0.0
    # Nothing but the state goes from cycle to cycle.
    clock[SUGGESTED_SIZE] = np.inf
    counters[CYCLE_SOLVER_STEPS] = counters[SOLVER_STEPS]
    counters[OPEN_CYCLE] = 1
    cycle, cycles = counters[CYCLE], protocol.cycles
    counters[RECORDING] = keeps(
        protocol.record_every, protocol.record_first, protocol.record_last, cycle, cycles
    )
    if protocol.snapshot_every > 0:
        counters[SNAPPING] = keeps(protocol.snapshot_every, 1, 1, cycle, cycles)
    if counters[RECORDING]:
        n = counters[CHECKPOINTS]
        copy(y, buffers.checkpoints[n])
        copy(clock, buffers.checkpoint_clock[n])
        buffers.checkpoint_cycle[n] = cycle
        counters[CHECKPOINTS] += 1


@inline_kernel
def end_cycle(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    progress: Progress,
    buffers: Buffers,
    y: FloatArray,
) -> None:
    """Close a cycle: append its row."""
    o = work.offsets
    clock, counters = progress.clock, progress.counters
    positive, _ = positive_lithium(cell, work, y)
    discharged = y[o.discharge_charge] - clock[CYCLE_DISCHARGED]
    charged = y[o.charge_charge] - clock[CYCLE_CHARGED]
    # What films have taken has left the particles without a current in the collector; what charges
    # double layers has passed the collector without reaching them.
    trapped = trapped_lithium(cell, work, y)
    kept = FARADAY * (positive + trapped + film_share(cell, work, y))
    kept -= y[o.double_layer_charge]
    gained = kept - clock[CYCLE_KEPT]
    row = buffers.cycles[counters[CYCLE_ROWS]]
    row[0] = clock[CYCLE_START]
    row[1] = clock[TIME]
    row[2] = charged
    row[3] = discharged
    row[4] = y[o.charge_energy] - clock[CYCLE_TAKEN]
    row[5] = y[o.discharge_energy] - clock[CYCLE_DELIVERED]
    row[6] = clock[RESISTANCE]
    row[7] = 0.0
    for p in range(cell.planes):
        row[7] += y[o.plated_lithium + p]
        row[7] -= film_lithium(cell.lithium, y[o.plane_film_square + p])
    row[8] = all_lithium(cell, work, y) / clock[CYCLE_TOTAL] - 1.0
    # Charge through the collector against lithium through the particle surfaces.
    row[9] = 0.0
    if work.nodes.shape[1] > 0:
        row[9] = (gained - discharged + charged) / max(
            discharged + charged, 1e-6 * FARADAY * clock[CYCLE_TOTAL]
        )
    row[10] = counters[SOLVER_STEPS] - counters[CYCLE_SOLVER_STEPS]
    row[11], row[12] = clock[PRESSURE_LOW], clock[PRESSURE_HIGH]
    row[13], row[14] = clock[CONTACT_LOW], clock[PLATING_HIGH]
    row[15] = y[o.pore_damage]
    row[16] = y[o.positive_film_charge]
    row[17] = 0.0
    for p in range(cell.planes):
        # The second plane is the positive side.
        row[17 - p] += FARADAY * film_lithium(cell.lithium, y[o.plane_film_square + p])
    row[18] = layer_thickness(cell, o, y)
    write_interfaces(cell, coefficients, work, y, progress.interfaces)
    for n in range(4):
        row[19 + n] = progress.interfaces[n]
    row[23] = clock[PLATING_RISK]
    active, connected, thickness = 0.0, 0.0, 0.0
    for k in range(work.nodes.shape[1]):
        thickness += cell.width[k]
        active += cell.width[k] * y[o.active_share + k]
        connected += cell.width[k] * y[o.active_share + k] * y[o.utilisation + k]
    row[24], row[25] = 1.0, 1.0
    if thickness > 0.0:
        row[24], row[25] = active / thickness, connected / active
    row[26], row[27] = trapped, positive
    row[28], row[29] = counters[BLOCK_INDEX], counters[CYCLE]
    row[30] = sqrt(y[o.carbon_charge_square])
    row[31] = clock[RESISTANCE_10S]
    pulse = buffers.pulses[counters[CYCLE_ROWS]]
    copy(progress.pulse, pulse[: progress.pulse.size])
    pulse[progress.pulse.size] = clock[TEMPERATURE]
    counters[CYCLE_ROWS] += 1
    counters[CYCLE] += 1
    counters[OPEN_CYCLE] = 0


@inline_kernel
def write_step(
    work: Workspace,
    protocol: Protocol,
    progress: Progress,
    buffers: Buffers,
    y: FloatArray,
    block_stop: int,
    condition: int,
) -> None:
    """Append the row of the protocol step that has ended, with the stop that ended a block with it."""
    o = work.offsets
    clock, counters = progress.clock, progress.counters
    row = counters[ROW]
    out = buffers.steps[counters[STEP_ROWS]]
    out[0] = counters[CYCLE]
    out[1] = row
    out[2] = protocol.kind[row]
    out[3] = clock[STEP_START]
    out[4] = clock[TIME]
    out[5] = counters[REASON]
    out[6] = clock[START_VOLTAGE]
    out[7] = y[o.voltage]
    out[8] = y[o.current_density]
    out[9] = y[o.discharge_charge] - y[o.charge_charge] - clock[STEP_CHARGE]
    out[10] = y[o.discharge_energy] - y[o.charge_energy] - clock[STEP_ENERGY]
    out[11] = counters[SOLVER_STEPS] - counters[STEP_SOLVER_STEPS]
    out[12] = counters[REJECTED] - counters[STEP_REJECTED]
    out[13] = counters[SOLVES] - counters[STEP_SOLVES]
    out[14] = counters[FACTORIZATIONS] - counters[STEP_FACTORIZATIONS]
    stopped = counters[STOPPED_BLOCK] - 1
    out[15], out[16], out[17], out[18] = block_stop, stopped, condition, 0.0
    if stopped >= protocol.block_start.size:
        out[18] = progress.blocks[stopped, REPEATED] + 1
    elif stopped >= 0:
        out[18] = counters[REPETITION] + 1
    counters[STEP_ROWS] += 1
