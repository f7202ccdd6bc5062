"""The protocol driver: whole cycles of protocol steps in one compiled call.

The driver is a state machine whose memory (`Progress`, `Stages`, `Workspace`) survives the call, so
that it can return whenever its budget of solver steps is spent or a buffer is full, and go on later
without the integrator noticing.
"""

import numpy as np

from solidcell.kernels.books import (
    begin_cycle,
    end_cycle,
    write_row,
    write_snapshot,
    write_step,
)
from solidcell.kernels.codes import Instruction, Quantity, Result, StopReason
from solidcell.kernels.consistent import consistent_state, initial_state
from solidcell.kernels.events import crossing, falls_to_zero, first_met, watched
from solidcell.kernels.failure import cause_of_failure
from solidcell.kernels.half_cell import Workspace, prepare_workspace
from solidcell.kernels.options import kernel
from solidcell.kernels.outputs import positive_lithium
from solidcell.kernels.parameters import HalfCell, at_temperature
from solidcell.kernels.progress import (
    ACCEPTED_SIZE,
    BEGIN,
    BLOCK,
    BLOCK_CAPACITY,
    BLOCK_INDEX,
    CHECKPOINTS,
    CYCLE_POSITIVE,
    CYCLE_ROWS,
    DENSE_READY,
    DONE,
    EMIT,
    END,
    END_FRACTION,
    ENDED,
    FACTORIZATIONS,
    INTEGRATE,
    LAST_CAPACITY,
    NEXT_ROW,
    NEXT_SNAPSHOT,
    OPEN_CYCLE,
    PHASE,
    PREVIOUS_SIZE,
    REASON,
    RECORDING,
    REFUSED,
    REJECTED,
    REPETITION,
    RESISTANCE,
    RESULT,
    ROW,
    ROWS,
    SEGMENT,
    SNAPPING,
    SNAPSHOTS,
    SOLVER_STEPS,
    SOLVES,
    START,
    START_LITHIUM,
    START_STOICHIOMETRY,
    START_VOLTAGE,
    STEP_CHARGE,
    STEP_ENERGY,
    STEP_FACTORIZATIONS,
    STEP_INDEX,
    STEP_LIMIT,
    STEP_REJECTED,
    STEP_ROWS,
    STEP_SOLVER_STEPS,
    STEP_SOLVES,
    STEP_START,
    SUGGESTED_SIZE,
    TIME,
    Buffers,
    Progress,
)
from solidcell.kernels.protocol import Protocol, drive_of
from solidcell.kernels.rosenbrock import Stages, interpolate, prepare_dense, rosenbrock_step
from solidcell.kernels.stepsize import growth, reduction, start_size
from solidcell.kernels.tableaus import Tableau
from solidcell.kernels.vector import copy

RESET = int(Instruction.RESET)
DRIVE_CYCLE = int(Instruction.DRIVE_CYCLE)
REASON_TIME = int(StopReason.TIME)
REASON_DRIVE_CYCLE_END = int(StopReason.DRIVE_CYCLE_END)
REASON_RESET = int(StopReason.RESET)
REASON_STOPPED = int(StopReason.STOPPED)
FINISHED = int(Result.FINISHED)
CHUNK_END = int(Result.CHUNK_END)
BUFFER_FULL = int(Result.BUFFER_FULL)
LITHIUM_EXHAUSTED = int(Result.LITHIUM_EXHAUSTED)
# A termination's StopReason is its Quantity plus one.
FIRST_EVENT_REASON = int(StopReason.VOLTAGE) - int(Quantity.VOLTAGE)

PATIENCE = 5
"""Rejections in a row after which the algebraic states are solved anew."""
SMALLEST_STEP = 1e-9
"""s; a step that would have to be shorter ends the simulation."""


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
                    cell,
                    coefficients,
                    command,
                    work,
                    clock[TIME],
                    y,
                    stages.residual,
                    stages.end,
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
            outside = False
            for n in range(o.surface_stoichiometry, o.reaction_current):
                outside |= not 0.0 < stages.end[n] < 1.0
            if np.isnan(error) or outside or error > 1.0:
                counters[REJECTED] += 1
                counters[REFUSED] += 1
                clock[SUGGESTED_SIZE] = size * reduction(method, error, outside)
                if counters[REFUSED] % PATIENCE == 0:
                    # What a shorter step doesn't cure is an algebraic state that is off by more than
                    # a linear correction can mend, as where an exchange current vanishes.
                    copy(y, stages.end)
                    code, iterations = consistent_state(
                        cell,
                        coefficients,
                        command,
                        work,
                        clock[TIME],
                        y,
                        stages.residual,
                        stages.argument,
                    )
                    counters[SOLVES] += iterations
                    counters[FACTORIZATIONS] += iterations
                    if code != FINISHED:
                        copy(stages.end, y)
                if clock[SUGGESTED_SIZE] < SMALLEST_STEP:
                    counters[RESULT] = cause_of_failure(command, work, y, np.isnan(error))
                    counters[ENDED] = 1
                    counters[REASON] = REASON_STOPPED
                    counters[PHASE] = END
                continue
            counters[SOLVER_STEPS] += 1
            factor = growth(method, clock, counters, size, error)
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
        write_step(work, protocol, progress, buffers, y)
        counters[STEP_INDEX] += 1
        counters[ROW] += 1
        block = counters[BLOCK_INDEX]
        finished = counters[ROW] == protocol.block_end[block]
        if finished or counters[RESULT] != FINISHED:
            counters[PHASE] = BLOCK
        else:
            counters[PHASE] = BEGIN
