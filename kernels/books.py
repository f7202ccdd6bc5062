"""The books of the protocol driver: rows of its tables, snapshots and the balances of a cycle."""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.constants import FARADAY
from solidcell.kernels.half_cell import Workspace
from solidcell.kernels.options import kernel
from solidcell.kernels.outputs import positive_lithium, write_split
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.progress import (
    CHECKPOINTS,
    CYCLE,
    CYCLE_CHARGED,
    CYCLE_DELIVERED,
    CYCLE_DISCHARGED,
    CYCLE_POSITIVE,
    CYCLE_ROWS,
    CYCLE_SOLVER_STEPS,
    CYCLE_START,
    CYCLE_TAKEN,
    CYCLE_TOTAL,
    FACTORIZATIONS,
    LAST_CAPACITY,
    OPEN_CYCLE,
    REASON,
    RECORDING,
    REJECTED,
    RESISTANCE,
    ROW,
    ROWS,
    SNAPPING,
    SNAPSHOTS,
    SOLVER_STEPS,
    SOLVES,
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
    TIME,
    Buffers,
    Progress,
)
from solidcell.kernels.protocol import Protocol, keeps
from solidcell.kernels.vector import copy

FloatArray = npt.NDArray[np.float64]


@kernel
def write_row(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    protocol: Protocol,
    progress: Progress,
    buffers: Buffers,
    time: float,
    y: FloatArray,
) -> None:
    """Append a row of the time series."""
    o = work.offsets
    clock, counters = progress.clock, progress.counters
    row = buffers.rows[counters[ROWS]]
    row[0] = time
    row[1] = counters[CYCLE]
    row[2] = counters[STEP_INDEX]
    row[3] = protocol.kind[counters[ROW]]
    row[4] = y[o.current_density]
    row[5] = y[o.voltage]
    row[6] = (
        y[o.discharge_charge] - y[o.charge_charge] - clock[CYCLE_DISCHARGED] + clock[CYCLE_CHARGED]
    )
    write_split(cell, coefficients, work, y, row[7:16])
    counters[ROWS] += 1


@kernel
def write_snapshot(progress: Progress, buffers: Buffers, time: float, y: FloatArray) -> None:
    """Append a snapshot of the state."""
    counters = progress.counters
    n = counters[SNAPSHOTS]
    copy(y, buffers.snapshots[n])
    buffers.snapshot_index[n, 0] = time
    buffers.snapshot_index[n, 1] = counters[CYCLE]
    buffers.snapshot_index[n, 2] = counters[STEP_INDEX]
    counters[SNAPSHOTS] += 1


@kernel
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
    clock[CYCLE_POSITIVE] = positive
    clock[CYCLE_TOTAL] = positive + y[o.lithium_metal]
    clock[CYCLE_DISCHARGED] = y[o.discharge_charge]
    clock[CYCLE_CHARGED] = y[o.charge_charge]
    clock[CYCLE_DELIVERED] = y[o.discharge_energy]
    clock[CYCLE_TAKEN] = y[o.charge_energy]
    clock[RESISTANCE] = np.nan
    counters[CYCLE_SOLVER_STEPS] = counters[SOLVER_STEPS]
    counters[OPEN_CYCLE] = 1
    cycle, cycles = counters[CYCLE], protocol.cycles
    counters[RECORDING] = keeps(
        protocol.record_every, protocol.record_first, protocol.record_last, cycle, cycles
    )
    if protocol.snapshot_every > 0:
        counters[SNAPPING] = keeps(protocol.snapshot_every, 1, 1, cycle, cycles)
    copy(y, buffers.checkpoints[counters[CHECKPOINTS]])
    buffers.checkpoint_time[counters[CHECKPOINTS]] = clock[TIME]
    counters[CHECKPOINTS] += 1


@kernel
def end_cycle(
    cell: HalfCell, work: Workspace, progress: Progress, buffers: Buffers, y: FloatArray
) -> None:
    """Close a cycle: append its row."""
    o = work.offsets
    clock, counters = progress.clock, progress.counters
    positive, _ = positive_lithium(cell, work, y)
    discharged = y[o.discharge_charge] - clock[CYCLE_DISCHARGED]
    charged = y[o.charge_charge] - clock[CYCLE_CHARGED]
    gained = FARADAY * (positive - clock[CYCLE_POSITIVE])
    row = buffers.cycles[counters[CYCLE_ROWS]]
    row[0] = clock[CYCLE_START]
    row[1] = clock[TIME]
    row[2] = charged
    row[3] = discharged
    row[4] = y[o.charge_energy] - clock[CYCLE_TAKEN]
    row[5] = y[o.discharge_energy] - clock[CYCLE_DELIVERED]
    row[6] = clock[RESISTANCE]
    row[7] = y[o.lithium_metal]
    row[8] = (positive + y[o.lithium_metal]) / clock[CYCLE_TOTAL] - 1.0
    # Charge through the collector against lithium through the particle surfaces.
    row[9] = (gained - discharged + charged) / max(
        discharged + charged, 1e-6 * FARADAY * clock[CYCLE_TOTAL]
    )
    row[10] = counters[SOLVER_STEPS] - counters[CYCLE_SOLVER_STEPS]
    clock[LAST_CAPACITY] = discharged
    counters[CYCLE_ROWS] += 1
    counters[CYCLE] += 1
    counters[OPEN_CYCLE] = 0


@kernel
def write_step(
    work: Workspace, protocol: Protocol, progress: Progress, buffers: Buffers, y: FloatArray
) -> None:
    """Append the row of the protocol step that has ended."""
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
    counters[STEP_ROWS] += 1
