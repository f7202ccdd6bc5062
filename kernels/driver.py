"""The protocol driver: whole cycles of protocol steps in one compiled call.

The driver is a state machine whose memory (`Progress`, `Stages`, `Workspace`) survives the call, so
that it can return whenever its budget of solver steps is spent or a buffer is full, and go on later
without the integrator noticing.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control, Instruction, Quantity, Result, StopReason
from solidcell.kernels.consistent import consistent_state
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.events import crossing, falls_to_zero, watched
from solidcell.kernels.half_cell import Drive, Workspace, prepare_workspace
from solidcell.kernels.layout import CYCLES, STEPS, TIMESERIES, Offsets
from solidcell.kernels.options import kernel
from solidcell.kernels.outputs import equilibrium_voltage, positive_lithium, write_split
from solidcell.kernels.parameters import Coefficients, HalfCell, at_temperature
from solidcell.kernels.protocol import Protocol, drive_of, keeps
from solidcell.kernels.rosenbrock import Stages, interpolate, prepare_dense, rosenbrock_step
from solidcell.kernels.tableaus import Tableau
from solidcell.kernels.vector import copy

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Phases of the state machine.
START, BLOCK, BEGIN, INTEGRATE, EMIT, END, DONE = range(7)

# Entries of Progress.clock.
TIME, STEP_SIZE, STEP_START, NEXT_ROW, NEXT_SNAPSHOT, STEP_CHARGE, STEP_ENERGY = range(7)
ACCEPTED_SIZE, END_FRACTION, START_VOLTAGE, RESISTANCE, SUGGESTED_SIZE = range(7, 12)
CYCLE_START, CYCLE_LITHIUM, CYCLE_TOTAL, CYCLE_POSITIVE = range(12, 16)
CYCLE_DISCHARGED, CYCLE_CHARGED, CYCLE_DELIVERED, CYCLE_TAKEN = range(16, 20)
STEP_LIMIT, BLOCK_CAPACITY, LAST_CAPACITY = range(20, 23)
PREVIOUS_SIZE, PREVIOUS_ERROR, START_STOICHIOMETRY, START_LITHIUM = range(23, 27)
CLOCK_SIZE = 27

# Entries of Progress.counters.
PHASE, BLOCK_INDEX, REPETITION, ROW, SEGMENT, CYCLE, STEP_INDEX, ENDED, REASON = range(9)
SOLVER_STEPS, REJECTED, SOLVES, FACTORIZATIONS, RESULT, DENSE_READY = range(9, 15)
STEP_SOLVER_STEPS, STEP_REJECTED, STEP_SOLVES, STEP_FACTORIZATIONS = range(15, 19)
CYCLE_SOLVER_STEPS, OPEN_CYCLE, RECORDING, SNAPPING, REFUSED = range(19, 24)
ROWS, STEP_ROWS, CYCLE_ROWS, SNAPSHOTS, CHECKPOINTS = range(24, 29)
COUNTERS_SIZE = 29

POWER_CONTROL = int(Control.POWER)
RESET = int(Instruction.RESET)
DRIVE_CYCLE = int(Instruction.DRIVE_CYCLE)
REASON_TIME = int(StopReason.TIME)
REASON_DRIVE_CYCLE_END = int(StopReason.DRIVE_CYCLE_END)
REASON_RESET = int(StopReason.RESET)
REASON_STOPPED = int(StopReason.STOPPED)
FINISHED = int(Result.FINISHED)
CHUNK_END = int(Result.CHUNK_END)
BUFFER_FULL = int(Result.BUFFER_FULL)
STEP_SIZE_TOO_SMALL = int(Result.STEP_SIZE_TOO_SMALL)
POSITIVE_FULL = int(Result.POSITIVE_FULL)
POSITIVE_EMPTY = int(Result.POSITIVE_EMPTY)
LITHIUM_EXHAUSTED = int(Result.LITHIUM_EXHAUSTED)
NOT_A_NUMBER = int(Result.NOT_A_NUMBER)
SETPOINT_OUT_OF_REACH = int(Result.SETPOINT_OUT_OF_REACH)
# A termination's StopReason is its Quantity plus one.
FIRST_EVENT_REASON = int(StopReason.VOLTAGE) - int(Quantity.VOLTAGE)

NEAR_THE_END = 1e-3
"""Distance of a surface's lithium fraction from 0 or 1 at which that end is the cause of a stop."""
NEAR_THE_MAXIMUM = 0.1
"""Share of the voltage to which the slope of power over current has fallen near the greatest power."""
PATIENCE = 5
"""Rejections in a row after which the algebraic states are solved anew."""
SMALLEST_STEP = 1e-9
"""s; a step that would have to be shorter ends the simulation."""
SAFETY, SLOWEST, FASTEST = 0.8, 0.2, 8.0
"""Of the step-size controller: aim below the tolerance, and bounds of the change of step size."""
LEAST_ERROR, TRUSTED_ERROR = 1e-6, 1e-2
"""Errors (in units of the tolerance) below which the controller looks no further."""
START_ERROR = 0.05
"""Share of a surface's change that a step over its square-root onset leaves as error [measured]."""


class Progress(NamedTuple):
    """Everything that survives a call of the driver beside the state and the buffers.

    Attributes
    ----------
    clock
        Times, step sizes, and values at the beginning of step and cycle.
    counters
        Phase, position in the protocol, work done, rows written.
    directions
        From which side each termination of the protocol step at work is approached.
    reaction
        Reaction currents before the protocol step at work, A/m2, (nodes,).
    """

    clock: FloatArray
    counters: IntArray
    directions: FloatArray
    reaction: FloatArray


class Buffers(NamedTuple):
    """Rows that the driver has written since they were last drained.

    Attributes
    ----------
    rows, steps, cycles
        Tables with the columns of `solidcell.kernels.layout`.
    snapshots
        State vectors for the fields, (rows, states).
    snapshot_index
        Time, cycle and protocol step of each snapshot, (rows, 3).
    checkpoints, checkpoint_time
        State, (rows, states), and time at the start of each cycle, (rows,).
    """

    rows: FloatArray
    steps: FloatArray
    cycles: FloatArray
    snapshots: FloatArray
    snapshot_index: FloatArray
    checkpoints: FloatArray
    checkpoint_time: FloatArray


def allocate_progress(
    nodes: int, terminations: int, step_limit: float, stoichiometry: float, lithium: float
) -> Progress:
    """Progress at the beginning of a protocol.

    Parameters
    ----------
    nodes, terminations
        Nodes of the electrode, and the most terminations that a step has.
    step_limit
        No solver step is longer, s.
    stoichiometry, lithium
        Uniform lithium fraction and lithium metal (mol/m2) to start from.
    """
    progress = Progress(
        np.zeros(CLOCK_SIZE),
        np.zeros(COUNTERS_SIZE, dtype=np.int64),
        np.zeros(terminations),
        np.zeros(nodes),
    )
    progress.clock[STEP_LIMIT] = step_limit
    progress.clock[START_STOICHIOMETRY] = stoichiometry
    progress.clock[START_LITHIUM] = lithium
    return progress


def allocate_buffers(
    states: int, rows: int, steps: int, cycles: int, snapshots: int, checkpoints: int
) -> Buffers:
    """Room for so many rows of each kind (at least two of each)."""
    return Buffers(
        np.empty((rows, len(TIMESERIES))),
        np.empty((steps, len(STEPS))),
        np.empty((cycles, len(CYCLES))),
        np.empty((snapshots, states)),
        np.empty((snapshots, 3)),
        np.empty((checkpoints, states)),
        np.empty(checkpoints),
    )


@kernel
def initial_state(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    stoichiometry: float,
    lithium: float,
    y: FloatArray,
) -> None:
    """Uniform equilibrium at a lithium fraction, with `lithium` metal (mol/m2); `y` is written."""
    o = work.offsets
    y[:] = 0.0
    for n in range(o.reaction_current):
        y[n] = stoichiometry
    y[o.lithium_metal] = lithium
    y[o.voltage] = equilibrium_voltage(cell, coefficients, stoichiometry)


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
    clock[CYCLE_LITHIUM] = y[o.lithium_metal]
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
def first_met(
    protocol: Protocol,
    row: int,
    offsets: Offsets,
    y: FloatArray,
    charge_start: float,
    directions: FloatArray,
) -> int:
    """Index of a termination that `y` meets, or -1."""
    for m in range(protocol.termination_count[row]):
        value = watched(protocol.termination_quantity[row, m], offsets, y, charge_start)
        if directions[m] * (value - protocol.termination_value[row, m]) >= 0.0:
            return m
    return -1


@kernel
def start_size(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    y: FloatArray,
    before: FloatArray,
    tolerance: float,
) -> float:
    """Length of the first step, s: the surfaces answer a jump of current with a square root of time.

    ``dx_s = 2 g sqrt(D0 t / (pi R^2))`` for a jump g of the surface gradient (Crank 1975, 6.3.4).
    """
    o = work.offsets
    jump = 0.0
    for k in range(work.nodal.size):
        change = y[o.reaction_current + k] - before[k]
        jump = max(jump, abs(change) * coefficients.flux_scale * cell.contact_fraction[k])
    reach = tolerance / (START_ERROR * jump + 1e-12)
    return reach * reach / coefficients.diffusion_rate


@kernel
def cause_of_failure(
    cell: HalfCell, command: Drive, work: Workspace, y: FloatArray, nan: bool
) -> int:
    """Why no step can be taken from `y`, by what its state shows; a `Result`.

    Expects the factors of the last step in `work`: ``work.border[0]`` is dV/dI.
    """
    o = work.offsets
    for n in range(o.surface_stoichiometry, o.reaction_current):
        if y[n] > 1.0 - NEAR_THE_END:
            return POSITIVE_FULL
        if y[n] < NEAR_THE_END:
            return POSITIVE_EMPTY
    if command.kind == POWER_CONTROL:
        # The power I V has its maximum where V + I dV/dI vanishes.
        slope = y[o.voltage] + y[o.current_density] * work.border[0]
        if slope < NEAR_THE_MAXIMUM * y[o.voltage]:
            return SETPOINT_OUT_OF_REACH
    return NOT_A_NUMBER if nan else STEP_SIZE_TOO_SMALL


@kernel
def drive(
    cell: HalfCell,
    protocol: Protocol,
    method: Tableau,
    work: Workspace,
    stages: Stages,
    progress: Progress,
    buffers: Buffers,
    temperature: float,
    tolerance: float,
    budget: int,
) -> int:
    """Execute the protocol until it ends, `budget` solver steps are done or a buffer is full.

    Parameters
    ----------
    cell, protocol, method
        Parameter record, instruction table and Rosenbrock tableau.
    work, stages, progress, buffers
        Memory; ``stages.start`` holds the state between calls.
    temperature
        K.
    tolerance
        Local error allowed to a solver step, see `rosenbrock_step`.
    budget
        Number of solver steps (accepted or rejected) after which to return.

    Returns
    -------
    int
        A `Result`.
    """
    o = work.offsets
    nodes = work.nodal.size
    clock, counters = progress.clock, progress.counters
    y = stages.start
    coefficients = at_temperature(cell, temperature)
    prepare_workspace(cell, coefficients, work)
    directions = progress.directions
    before = progress.reaction
    steps_left = budget
    while True:
        if (
            counters[ROWS] + 2 > buffers.rows.shape[0]
            or counters[STEP_ROWS] + 2 > buffers.steps.shape[0]
            or counters[CYCLE_ROWS] + 2 > buffers.cycles.shape[0]
            or counters[SNAPSHOTS] + 2 > buffers.snapshots.shape[0]
            or counters[CHECKPOINTS] + 2 > buffers.checkpoints.shape[0]
        ):
            return BUFFER_FULL
        if steps_left <= 0:
            return CHUNK_END
        row = counters[ROW]
        phase = counters[PHASE]

        if phase == START:
            initial_state(
                cell, coefficients, work, clock[START_STOICHIOMETRY], clock[START_LITHIUM], y
            )
            counters[PHASE] = BLOCK
            continue

        if phase == BLOCK:
            # The next repetition of this block, or the next block.
            block = counters[BLOCK_INDEX]
            if counters[OPEN_CYCLE]:
                end_cycle(cell, work, progress, buffers, y)
                counters[REPETITION] += 1
                if counters[REPETITION] == 1:
                    clock[BLOCK_CAPACITY] = clock[LAST_CAPACITY]
                floor = protocol.block_floor[block] * clock[BLOCK_CAPACITY]
                if clock[LAST_CAPACITY] < floor:
                    counters[REPETITION] = protocol.block_repeat[block]
            if counters[RESULT] != FINISHED or block == protocol.block_start.size:
                counters[PHASE] = DONE
            elif counters[REPETITION] == protocol.block_repeat[block]:
                counters[REPETITION] = 0
                counters[BLOCK_INDEX] += 1
            else:
                begin_cycle(cell, work, protocol, progress, buffers, y)
                counters[ROW] = protocol.block_start[block]
                counters[PHASE] = BEGIN
            continue

        if phase == DONE:
            return int(counters[RESULT])

        if phase == BEGIN:
            if protocol.starts_cycle[row]:
                end_cycle(cell, work, progress, buffers, y)
                begin_cycle(cell, work, protocol, progress, buffers, y)
            clock[STEP_START] = clock[TIME]
            clock[NEXT_ROW] = clock[TIME] + protocol.period[row]
            clock[NEXT_SNAPSHOT] = clock[TIME] + protocol.snapshot_period[row]
            counters[SEGMENT] = 0
            counters[ENDED] = 0
            counters[STEP_SOLVER_STEPS] = counters[SOLVER_STEPS]
            counters[STEP_REJECTED] = counters[REJECTED]
            counters[STEP_SOLVES] = counters[SOLVES]
            counters[STEP_FACTORIZATIONS] = counters[FACTORIZATIONS]
            for k in range(nodes):
                before[k] = y[o.reaction_current + k]
            if protocol.kind[row] == RESET:
                total = y[o.lithium_metal] + positive_lithium(cell, work, y)[0]
                copy(y, stages.argument)
                initial_state(cell, coefficients, work, protocol.value[row], 0.0, y)
                for n in range(o.discharge_charge, o.lithium_metal):
                    y[n] = stages.argument[n]
                # What the positive electrode gives up is plated: lithium is not made or lost.
                y[o.lithium_metal] = total - positive_lithium(cell, work, y)[0]
                clock[CYCLE_POSITIVE] = positive_lithium(cell, work, y)[0]
                counters[ENDED] = 1
                counters[REASON] = REASON_RESET
            else:
                old_current, old_voltage = y[o.current_density], y[o.voltage]
                copy(y, stages.argument)
                command, _ = drive_of(protocol, row, clock[STEP_START], 0)
                code, iterations = consistent_state(
                    cell, coefficients, command, work, clock[TIME], y, stages.residual
                )
                counters[SOLVES] += iterations
                counters[FACTORIZATIONS] += iterations
                jump = y[o.current_density] - old_current
                if (
                    np.isnan(clock[RESISTANCE])
                    and y[o.current_density] > 0.0
                    and old_current <= 0.0
                    and code == FINISHED
                ):
                    clock[RESISTANCE] = (old_voltage - y[o.voltage]) / jump
                if code != FINISHED:
                    counters[RESULT] = code
                    copy(stages.argument, y)
                    counters[ENDED] = 1
                    counters[REASON] = REASON_STOPPED
            clock[START_VOLTAGE] = y[o.voltage]
            clock[STEP_CHARGE] = y[o.discharge_charge] - y[o.charge_charge]
            clock[STEP_ENERGY] = y[o.discharge_energy] - y[o.charge_energy]
            clock[PREVIOUS_SIZE] = 0.0
            clock[SUGGESTED_SIZE] = start_size(cell, coefficients, work, y, before, tolerance)
            for m in range(protocol.termination_count[row]):
                directions[m] = protocol.termination_direction[row, m]
                if directions[m] == 0.0:
                    value = watched(protocol.termination_quantity[row, m], o, y, clock[STEP_CHARGE])
                    above = value > protocol.termination_value[row, m]
                    directions[m] = -1.0 if above else 1.0
            if not counters[ENDED]:
                met = first_met(protocol, row, o, y, clock[STEP_CHARGE], directions)
                if met >= 0:
                    counters[ENDED] = 1
                    counters[REASON] = FIRST_EVENT_REASON + protocol.termination_quantity[row, met]
            if counters[RECORDING] and protocol.kind[row] != RESET:
                write_row(cell, coefficients, work, protocol, progress, buffers, clock[TIME], y)
            if counters[SNAPPING] and protocol.kind[row] != RESET:
                write_snapshot(progress, buffers, clock[TIME], y)
            counters[PHASE] = END if counters[ENDED] else INTEGRATE
            continue

        if phase == INTEGRATE:
            command, until = drive_of(protocol, row, clock[STEP_START], counters[SEGMENT])
            size = min(clock[SUGGESTED_SIZE], clock[STEP_LIMIT])
            remaining = until - clock[TIME]
            last = size >= remaining * (1.0 - 1e-10)
            if last:
                size = remaining
            elif size > 0.5 * remaining:
                # Two steps of equal length instead of a long and a tiny one.
                size = 0.5 * remaining
            error = rosenbrock_step(
                cell,
                coefficients,
                command,
                work,
                method,
                stages,
                clock[TIME],
                size,
                tolerance,
            )
            steps_left -= 1
            counters[FACTORIZATIONS] += 1
            counters[SOLVES] += method.nodes.size
            outside = 0
            for n in range(o.surface_stoichiometry, o.reaction_current):
                if stages.end[n] > 1.0 + tolerance:
                    outside = POSITIVE_FULL
                elif stages.end[n] < -tolerance:
                    outside = POSITIVE_EMPTY
            if np.isnan(error) or outside or error > 1.0:
                counters[REJECTED] += 1
                counters[REFUSED] += 1
                if np.isnan(error) or outside:
                    clock[SUGGESTED_SIZE] = 0.25 * size
                else:
                    factor = SAFETY * error ** (-1.0 / method.order)
                    clock[SUGGESTED_SIZE] = size * max(factor, SLOWEST)
                if counters[REFUSED] % PATIENCE == 0:
                    # What a shorter step doesn't cure is an algebraic state that is off by more than
                    # a linear correction can mend, as where an exchange current vanishes.
                    copy(y, stages.end)
                    code, iterations = consistent_state(
                        cell, coefficients, command, work, clock[TIME], y, stages.residual
                    )
                    counters[SOLVES] += iterations
                    counters[FACTORIZATIONS] += iterations
                    if code != FINISHED:
                        copy(stages.end, y)
                if clock[SUGGESTED_SIZE] < SMALLEST_STEP:
                    counters[RESULT] = cause_of_failure(cell, command, work, y, np.isnan(error))
                    counters[ENDED] = 1
                    counters[REASON] = REASON_STOPPED
                    counters[PHASE] = END
                continue
            counters[SOLVER_STEPS] += 1
            error = max(error, LEAST_ERROR)
            factor = error ** (-1.0 / method.order)
            if clock[PREVIOUS_SIZE] > 0.0:
                # Expect the error to go on growing or shrinking as from the step before.
                trend = (clock[PREVIOUS_ERROR] / error) ** (1.0 / method.order)
                factor = min(factor, factor * trend * size / clock[PREVIOUS_SIZE])
            # Right after a rejection a longer step would only be rejected again.
            fastest = FASTEST if counters[REFUSED] == 0 else 1.0
            counters[REFUSED] = 0
            factor = min(max(SAFETY * factor, SLOWEST), fastest)
            clock[PREVIOUS_SIZE] = size
            clock[PREVIOUS_ERROR] = max(error, TRUSTED_ERROR)
            # A step cut short by the end of a segment says nothing against the longer one.
            clock[SUGGESTED_SIZE] = max(
                size * factor, clock[SUGGESTED_SIZE] if last and factor > 1.0 else 0.0
            )
            clock[ACCEPTED_SIZE] = size
            clock[END_FRACTION] = 1.0
            counters[DENSE_READY] = 0

            for m in range(protocol.termination_count[row]):
                quantity = protocol.termination_quantity[row, m]
                target = protocol.termination_value[row, m]
                value = watched(quantity, o, stages.end, clock[STEP_CHARGE])
                if directions[m] * (value - target) >= 0.0:
                    if not counters[DENSE_READY]:
                        prepare_dense(method, stages)
                        counters[DENSE_READY] = 1
                    fraction = crossing(
                        stages, o, quantity, target, directions[m], clock[STEP_CHARGE]
                    )
                    if not counters[ENDED] or fraction < clock[END_FRACTION]:
                        clock[END_FRACTION] = fraction
                        counters[ENDED] = 1
                        counters[REASON] = FIRST_EVENT_REASON + quantity
            if stages.end[o.lithium_metal] <= 0.0:
                if not counters[DENSE_READY]:
                    prepare_dense(method, stages)
                    counters[DENSE_READY] = 1
                fraction = falls_to_zero(stages, o.lithium_metal)
                if not counters[ENDED] or fraction < clock[END_FRACTION]:
                    clock[END_FRACTION] = fraction
                    counters[ENDED] = 1
                    counters[REASON] = REASON_STOPPED
                    counters[RESULT] = LITHIUM_EXHAUSTED
            if last and not counters[ENDED]:
                if (
                    protocol.kind[row] == DRIVE_CYCLE
                    and until < clock[STEP_START] + protocol.duration[row]
                ):
                    counters[SEGMENT] += 1
                    span = protocol.series_end[row] - protocol.series_start[row]
                    if counters[SEGMENT] == span - 1:
                        counters[ENDED] = 1
                        counters[REASON] = REASON_DRIVE_CYCLE_END
                else:
                    counters[ENDED] = 1
                    counters[REASON] = REASON_TIME
            counters[PHASE] = EMIT
            continue

        if phase == EMIT:
            end = clock[TIME] + clock[END_FRACTION] * clock[ACCEPTED_SIZE]
            row_due = counters[RECORDING] and protocol.period[row] > 0.0 and clock[NEXT_ROW] < end
            snapshot_due = counters[SNAPPING] and clock[NEXT_SNAPSHOT] < end
            if row_due or snapshot_due:
                if not counters[DENSE_READY]:
                    prepare_dense(method, stages)
                    counters[DENSE_READY] = 1
                at = clock[NEXT_SNAPSHOT]
                if row_due and (not snapshot_due or clock[NEXT_ROW] <= at):
                    at = clock[NEXT_ROW]
                interpolate(stages, (at - clock[TIME]) / clock[ACCEPTED_SIZE], stages.argument)
                if row_due and at == clock[NEXT_ROW]:
                    write_row(
                        cell,
                        coefficients,
                        work,
                        protocol,
                        progress,
                        buffers,
                        at,
                        stages.argument,
                    )
                    clock[NEXT_ROW] += protocol.period[row]
                if snapshot_due and at == clock[NEXT_SNAPSHOT]:
                    write_snapshot(progress, buffers, at, stages.argument)
                    clock[NEXT_SNAPSHOT] += protocol.snapshot_period[row]
                continue
            if clock[END_FRACTION] < 1.0:
                interpolate(stages, clock[END_FRACTION], stages.argument)
                copy(stages.argument, y)
            else:
                copy(stages.end, y)
            clock[TIME] = end
            if counters[ENDED]:
                counters[PHASE] = END
            else:
                counters[PHASE] = INTEGRATE
                if counters[RECORDING] and protocol.period[row] == 0.0:
                    write_row(cell, coefficients, work, protocol, progress, buffers, clock[TIME], y)
            continue

        # END of the protocol step.
        if counters[RECORDING] and protocol.kind[row] != RESET:
            write_row(cell, coefficients, work, protocol, progress, buffers, clock[TIME], y)
        if counters[SNAPPING] and protocol.kind[row] != RESET:
            write_snapshot(progress, buffers, clock[TIME], y)
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
        counters[STEP_INDEX] += 1
        counters[ROW] += 1
        block = counters[BLOCK_INDEX]
        finished = counters[ROW] == protocol.block_end[block]
        if finished or counters[RESULT] != FINISHED:
            counters[PHASE] = BLOCK
        else:
            counters[PHASE] = BEGIN
