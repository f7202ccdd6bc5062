"""The protocol driver: whole cycles of protocol steps in one compiled call.

The driver is a state machine whose memory (`Progress`, `Stages`, `Workspace`) survives the call, so
that it can return whenever its budget of solver steps is spent or a buffer is full, and go on later
without the integrator noticing.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.active_material import (
    lose_material,
    loses_material,
)
from solidcell.kernels.books import (
    begin_cycle,
    end_cycle,
    watch_interfaces,
    watch_tables,
    write_row,
    write_snapshot,
    write_spectrum,
    write_step,
)
from solidcell.kernels.codes import BlockStop, Control, Instruction, Result, StopReason
from solidcell.kernels.composite_electrode import film_charge_gained, film_grows, utilisation
from solidcell.kernels.consistent import (
    beyond_its_sites,
    consistent_state,
    equilibrate,
    initial_state,
)
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.events import (
    approach,
    falls_short,
    foremost,
    likely_size,
    limit_ahead,
    meaning,
    regula_falsi,
    watch,
    watched,
)
from solidcell.kernels.failure import cause_of_failure, no_node_reacts
from solidcell.kernels.half_cell import Drive, prepare_workspace
from solidcell.kernels.mechanics import Fixture, layer_thickness, set_pressure
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.outputs import (
    all_lithium,
    film_share,
    positive_lithium,
    trapped_lithium,
)
from solidcell.kernels.parameters import Coefficients, HalfCell, at_temperature
from solidcell.kernels.progress import (
    ACCEPTED_SIZE,
    AT_END,
    BEGIN,
    BEGIN_CYCLE,
    BEHIND_SIZE,
    BETWEEN,
    BEYOND_SIZE,
    BLOCK,
    BLOCK_INDEX,
    CAUSE,
    CHECKED,
    CHECKPOINTS,
    CLOSE,
    CRAWLED,
    CYCLE_DISCHARGED,
    CYCLE_KEPT,
    CYCLE_ROWS,
    CYCLE_TOTAL,
    DONE,
    DUE_PASSED,
    DUE_TIME,
    EMIT,
    END,
    END_CYCLE,
    ENDED,
    FACTORIZATIONS,
    FILL,
    FIRST_THICKNESS,
    HOLD,
    INTEGRATE,
    JUDGE,
    LAND,
    MEND,
    NEXT_ROW,
    NEXT_SNAPSHOT,
    OPEN_CYCLE,
    PASSED,
    PHASE,
    PREVIOUS_SIZE,
    PULSE_CURRENT,
    PULSE_DUE,
    PULSE_VOLTAGE,
    RAMP_END,
    RAMP_START,
    REASON,
    RECORDING,
    REFUSED,
    REJECTED,
    RELAX,
    REPETITION,
    RESISTANCE,
    RESISTANCE_10S,
    RESULT,
    ROW,
    ROW_DUE,
    ROW_PENDING,
    ROWS,
    SEARCHING,
    SEGMENT,
    SET_PRESSURE,
    SET_RAMP,
    SIDE,
    SNAPPING,
    SNAPSHOT_DUE,
    SNAPSHOT_PENDING,
    SNAPSHOTS,
    SOLVE,
    SOLVER_STEPS,
    SOLVES,
    SPECTRA_ROWS,
    START,
    START_LITHIUM,
    START_STOICHIOMETRY,
    START_VOLTAGE,
    STARTED,
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
    STIFFNESS,
    STUCK,
    SUGGESTED_SIZE,
    TEMPERATURE,
    THICKNESS,
    TIME,
    TRIAL_SIZE,
    TRIALS,
    VOLTAGE_HIGH,
    VOLTAGE_LOW,
    WITHIN,
    Buffers,
    Progress,
)
from solidcell.kernels.protocol import Protocol, drive_of, ends_at
from solidcell.kernels.repetition import (
    begin_repetition,
    end_repetition,
    find_stop,
    leave_block,
    note_cycle,
    note_step,
)
from solidcell.kernels.rosenbrock import (
    Stages,
    rosenbrock_step,
)
from solidcell.kernels.stepsize import (
    HOPELESS,
    LEAST_ORDER,
    growth,
    order_seen,
    reduction,
    start_size,
)
from solidcell.kernels.tableaus import Tableau
from solidcell.kernels.vector import copy
from solidcell.kernels.workspace import DOUBLE_LAYER, Workspace

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

RESET = int(Instruction.RESET)
SET = int(Instruction.SET)
IMPEDANCE = int(Instruction.IMPEDANCE)
DRIVE_CYCLE = int(Instruction.DRIVE_CYCLE)
REASON_TIME = int(StopReason.TIME)
REASON_DRIVE_CYCLE_END = int(StopReason.DRIVE_CYCLE_END)
REASON_RESET = int(StopReason.RESET)
REASON_STOPPED = int(StopReason.STOPPED)
REASON_SET = int(StopReason.SET)
REASON_IMPEDANCE = int(StopReason.IMPEDANCE)
NO_STOP = int(BlockStop.NONE)
FINISHED = int(Result.FINISHED)
CHUNK_END = int(Result.CHUNK_END)
BUFFER_FULL = int(Result.BUFFER_FULL)
CHECK_UP = int(Result.CHECK_UP)
SETPOINT_OUT_OF_REACH = int(Result.SETPOINT_OUT_OF_REACH)
VOLTAGE_OUT_OF_BOUNDS = int(Result.VOLTAGE_OUT_OF_BOUNDS)
CURRENT_CONTROL = int(Control.CURRENT)
VOLTAGE_CONTROL = int(Control.VOLTAGE)
PATIENCE = 5
"""Rejections in a row after which the algebraic states are solved anew."""
RAMP_RESOLUTION = 0.25
"""Share of the pressure that a ramp may change it by in a step: it has some rows, whatever it does."""
CRAWLING_SHARE, LONG_STEP, CRAWL = 1e-7, 1e4, 20_000
"""So many steps in a row that are shorter than this share of what is left of the protocol step, or of
so many seconds, end the simulation."""
MOST_TRIALS = 60
"""Lengths of a step that are tried to meet an event; the dense output's and two or three more do."""
PULSE = 10.0
"""s after the first discharge of a cycle has begun, when its longer resistance is read off."""
SMALLEST_STEP = 1e-12
"""s; a step that would have to be shorter ends the simulation. A double layer on a thin volume takes
nanoseconds after a jump by a volt."""
RAMP_ENDS, CLOCK_DIGITS = 1e-9, 1e-15
"""s, and a share of the time; a ramp counts as ended so much before its end."""


@inline_kernel
def fixture_of(clock: FloatArray) -> Fixture:
    """The fixture as it holds the stack now; times count from the start of the protocol step."""
    return Fixture(
        clock[SET_PRESSURE],
        clock[SET_RAMP],
        clock[RAMP_START] - clock[STEP_START],
        clock[STIFFNESS],
        clock[THICKNESS],
    )


@inline_kernel
def ramp_is_over(clock: FloatArray) -> bool:
    """Whether a ramp of the pressure has reached its end, give or take what the clock resolves."""
    reached = clock[TIME] + RAMP_ENDS + CLOCK_DIGITS * clock[TIME]
    return bool(0.0 < clock[RAMP_END] < reached)


@inline_kernel
def end_ramp(clock: FloatArray) -> None:
    """Stop moving the set pressure: at its end if that is reached, else where it is now."""
    reached = ramp_is_over(clock)
    passed = (clock[RAMP_END] if reached else clock[TIME]) - clock[RAMP_START]
    clock[SET_PRESSURE] += clock[SET_RAMP] * passed
    clock[SET_RAMP], clock[RAMP_START], clock[RAMP_END] = 0.0, 0.0, 0.0


@inline_kernel
def look(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    protocol: Protocol,
    progress: Progress,
    tolerance: float,
    y: FloatArray,
    distances: FloatArray,
) -> None:
    """Distances of the events of the protocol step at work from the state `y`, written."""
    clock = progress.clock
    watch(
        cell,
        coefficients,
        work.offsets,
        protocol,
        progress.counters[ROW],
        clock[STEP_CHARGE],
        clock[STEP_ENERGY],
        progress.directions,
        tolerance,
        y,
        distances,
    )


@inline_kernel
def end_by(protocol: Protocol, progress: Progress, event: int) -> None:
    """End the protocol step at work by an event, and the run if that is what it means."""
    counters = progress.counters
    counters[ENDED] = 1
    counters[REASON], result = meaning(protocol, counters[ROW], progress.directions.size, event)
    counters[RESULT] = max(counters[RESULT], result)


@inline_kernel
def write_between(stages: Stages, share: float, first: int, last: int) -> None:
    """Entries after a share of the step just taken, on a straight line, to ``stages.argument``."""
    begun, ended = stages.start, stages.kept[0]
    for n in range(first, last):
        stages.argument[n] = begun[n] + share * (ended[n] - begun[n])


@inline_kernel
def clamp(cell: HalfCell, work: Workspace, clock: FloatArray, y: FloatArray) -> None:
    """Take the stack of now, with its pressure, as the fixture's reference."""
    end_ramp(clock)
    clock[SET_PRESSURE] = y[work.offsets.stack_pressure]
    clock[THICKNESS] = layer_thickness(cell, work.offsets, y)


@inline_kernel
def take_aged(cell: HalfCell, work: Workspace, progress: Progress, y: FloatArray) -> None:
    """Put the aged cell that the run starts from into the fixture, as it holds the stack now.

    A fixture without a reference, NaN, takes this stack as one.
    """
    o = work.offsets
    copy(progress.start, y)
    thickness = layer_thickness(cell, o, y)
    if np.isnan(progress.clock[THICKNESS]):
        progress.clock[THICKNESS] = thickness
    fixture = fixture_of(progress.clock)
    swelling = thickness - fixture.thickness
    passed = progress.clock[TIME] - progress.clock[STEP_START]
    pressure = set_pressure(fixture, passed)
    y[o.stack_pressure] = pressure + fixture.stiffness * swelling


@inline_kernel
def reset_cell(
    cell: HalfCell,
    coefficients: Coefficients,
    protocol: Protocol,
    work: Workspace,
    stages: Stages,
    progress: Progress,
) -> None:
    """Put the cell to equilibrium as the row at work says.

    A fresh cell is that of the scenario's start, under the pressure of now; an aged one comes back into
    the fixture. Else lithium is neither gained nor lost; a new contact retention makes another cell of
    it.
    """
    o = work.offsets
    clock, row = progress.clock, progress.counters[ROW]
    y = stages.start
    stoichiometry = protocol.value[row]
    if np.isnan(stoichiometry):
        copy(y, stages.argument)
        aged = not np.isnan(progress.start[0])
        if aged:
            take_aged(cell, work, progress, y)
        else:
            initial_state(
                cell,
                coefficients,
                work,
                clock[START_STOICHIOMETRY],
                clock[START_LITHIUM],
                y[o.stack_pressure],
                y,
            )
        for n in range(o.discharge_charge, o.contact_retention):
            y[n] = stages.argument[n]
        if not aged:
            clamp(cell, work, clock, y)
        clock[CYCLE_TOTAL] = all_lithium(cell, work, y)
    else:
        total = all_lithium(cell, work, y)
        equilibrate(cell, coefficients, work, stoichiometry, y)
        # What the positive electrode gives up is plated: lithium is not made or lost.
        y[o.plated_lithium] += total - all_lithium(cell, work, y)
    retention = protocol.retention[row]
    if not np.isnan(retention):
        for k in range(work.nodes.shape[1]):
            connected = utilisation(cell, retention)
            y[o.contact_retention + k] = retention
            y[o.utilisation + k] = connected
            share = y[o.active_share + k] * (1.0 - connected)
            y[o.isolated_lithium + k] = share * y[o.mean_stoichiometry + k]
        clock[CYCLE_TOTAL] = all_lithium(cell, work, y)
    kept = positive_lithium(cell, work, y)[0] + trapped_lithium(cell, work, y)
    clock[CYCLE_KEPT] = FARADAY * (kept + film_share(cell, work, y))
    clock[CYCLE_KEPT] -= y[o.double_layer_charge]


@kernel
def drive(
    cell: HalfCell,
    protocol: Protocol,
    method: Tableau,
    work: Workspace,
    stages: Stages,
    progress: Progress,
    buffers: Buffers,
    tolerance: float,
    budget: int,
) -> int:
    """Execute the protocol until it ends, a check-up is due, `budget` is spent or a buffer is full.

    Parameters
    ----------
    cell, protocol, method
        Parameter record, instruction table and Rosenbrock tableau.
    work, stages, progress, buffers
        Memory; ``stages.start`` holds the state between calls.
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
    nodes = work.nodes.shape[1]
    clock, counters = progress.clock, progress.counters
    y = stages.start
    directions = progress.directions
    before = progress.reaction
    coefficients = at_temperature(cell, clock[TEMPERATURE])
    steps_left, stale = budget, True
    if budget <= 0:
        return CHUNK_END
    while True:
        # Every call of a big kernel costs compilation: what a phase has changed is followed here alone.
        if stale:
            prepare_workspace(cell, coefficients, y, work)
            stale = False
        if (
            counters[ROWS] + 2 > buffers.rows.shape[0]
            or counters[STEP_ROWS] + 2 > buffers.steps.shape[0]
            or counters[CYCLE_ROWS] + 2 > buffers.cycles.shape[0]
            or counters[SNAPSHOTS] + 2 > buffers.snapshots.shape[0]
            or counters[CHECKPOINTS] + 2 > buffers.checkpoints.shape[0]
            or counters[SPECTRA_ROWS] + 2 > buffers.spectra.shape[0]
        ):
            return BUFFER_FULL
        if steps_left <= 0 and counters[PHASE] == INTEGRATE:
            return CHUNK_END
        row = counters[ROW]
        phase = counters[PHASE]

        # Rows and snapshots are written here alone, too.
        if counters[ROW_DUE]:
            source = stages.argument if counters[BETWEEN] else y
            write_row(cell, coefficients, work, protocol, progress, buffers, source)
            counters[ROW_DUE] = 0
        if counters[SNAPSHOT_DUE]:
            source = stages.argument if counters[BETWEEN] else y
            write_snapshot(progress, buffers, source)
            counters[SNAPSHOT_DUE] = 0

        if phase == START:
            if np.isnan(progress.start[0]):
                initial_state(
                    cell,
                    coefficients,
                    work,
                    clock[START_STOICHIOMETRY],
                    clock[START_LITHIUM],
                    clock[SET_PRESSURE],
                    y,
                )
                clamp(cell, work, clock, y)
            else:
                take_aged(cell, work, progress, y)
            stale = True
            clock[FIRST_THICKNESS] = layer_thickness(cell, o, y)
            counters[PHASE] = BLOCK
            continue

        if phase == BLOCK:
            # The next repetition of this block, or the next block.
            block = counters[BLOCK_INDEX]
            if counters[OPEN_CYCLE]:
                counters[PHASE] = END_CYCLE
            elif counters[RESULT] != FINISHED or block == protocol.block_start.size:
                counters[PHASE] = DONE
            elif (
                protocol.block_check_up[block] > 0
                and counters[REPETITION] % protocol.block_check_up[block] == 0
                and not counters[CHECKED]
            ):
                counters[CHECKED] = 1
                return CHECK_UP
            elif counters[REPETITION] >= protocol.block_repeat[block]:
                leave_block(protocol, progress)
            else:
                begin_repetition(protocol, progress)
                counters[CHECKED] = 0
                counters[ROW] = protocol.block_start[block]
                counters[PHASE] = BEGIN_CYCLE
            continue

        if phase == END_CYCLE:
            end_cycle(cell, coefficients, work, progress, buffers, y)
            counters[PHASE] = BEGIN_CYCLE
            block = counters[BLOCK_INDEX]
            if counters[ROW] == protocol.block_end[block] or counters[RESULT] != FINISHED:
                counters[PHASE] = BLOCK
                end_repetition(protocol, progress)
            continue

        if phase == BEGIN_CYCLE:
            begin_cycle(cell, work, protocol, progress, buffers, y)
            counters[PHASE] = BEGIN
            continue

        if phase == DONE:
            return int(counters[RESULT])

        if phase == BEGIN:
            # Within a step time counts from its start: a clock of years does not resolve nanoseconds.
            clock[STEP_START], clock[PASSED] = clock[TIME], 0.0
            clock[NEXT_ROW] = protocol.period[row]
            clock[NEXT_SNAPSHOT] = protocol.snapshot_period[row]
            counters[SEARCHING], counters[PULSE_DUE], counters[CAUSE] = 0, 0, FINISHED
            counters[WITHIN] = 0
            counters[SEGMENT] = 0
            counters[ENDED] = 0
            counters[STEP_SOLVER_STEPS] = counters[SOLVER_STEPS]
            counters[STEP_REJECTED] = counters[REJECTED]
            counters[STEP_SOLVES] = counters[SOLVES]
            counters[STEP_FACTORIZATIONS] = counters[FACTORIZATIONS]
            for k in range(nodes):
                before[k] = y[o.reaction_current + k]
            instant = protocol.kind[row] >= RESET
            if protocol.kind[row] == RESET:
                reset_cell(cell, coefficients, protocol, work, stages, progress)
                stale = True
                counters[ENDED] = 1
                counters[REASON] = REASON_RESET
            elif protocol.kind[row] == SET:
                if not np.isnan(protocol.stiffness[row]):
                    clock[STIFFNESS] = protocol.stiffness[row]
                    clamp(cell, work, clock, y)
                if not np.isnan(protocol.temperature[row]):
                    clock[TEMPERATURE] = protocol.temperature[row]
                    coefficients = at_temperature(cell, clock[TEMPERATURE])
                    stale = True
                counters[ENDED] = 1
                counters[REASON] = REASON_SET
            elif protocol.kind[row] == IMPEDANCE:
                write_spectrum(protocol, progress, buffers, y)
                counters[ENDED] = 1
                counters[REASON] = REASON_IMPEDANCE
            elif not np.isnan(protocol.pressure[row]):
                end_ramp(clock)
                rise = protocol.pressure[row] - y[o.stack_pressure]
                if protocol.within[row] > 0.0:
                    clock[SET_RAMP] = rise / protocol.within[row]
                    clock[RAMP_START] = clock[TIME]
                    clock[RAMP_END] = clock[TIME] + protocol.within[row]
                else:
                    clock[SET_PRESSURE] += rise
            copy(y, stages.argument)
            counters[PHASE] = STARTED if instant else SOLVE
            continue

        if phase in (SOLVE, HOLD, MEND, LAND, RELAX):
            # Consistent algebraic states: at the start of a protocol step and at what it gives at its
            # limit, in the middle of one where a step can't be taken, at the end of a solver step that
            # may meet an event, and without double layers for a resistance. At a start
            # ``stages.argument`` keeps the state as it was.
            asked, _ = drive_of(protocol, row, counters[SEGMENT], fixture_of(clock))
            limit, limited = limit_ahead(protocol, row, asked)
            command, at = asked, clock[PASSED]
            solved = y
            if phase == HOLD:
                command = Drive(VOLTAGE_CONTROL, limit, 0.0, at, asked.fixture)
            elif phase == LAND:
                solved = stages.end
                at += clock[ACCEPTED_SIZE]
            elif phase == RELAX:
                # Both on the state before the pulse: its current first, then that of the pulse.
                copy(progress.pulse, stages.end)
                solved, work.border[DOUBLE_LAYER] = stages.end, 0.0
                command = Drive(CURRENT_CONTROL, clock[PULSE_CURRENT], 0.0, at, asked.fixture)
            code, iterations = consistent_state(
                cell,
                coefficients,
                command,
                work,
                at,
                solved,
                stages.residual,
                stages.scratch,
                phase in (LAND, MEND),
            )
            work.border[DOUBLE_LAYER] = cell.double_layer
            counters[SOLVES] += iterations
            counters[FACTORIZATIONS] += iterations

            if phase == RELAX:
                if counters[PULSE_DUE] == 0:
                    clock[RESISTANCE] = solved[o.voltage]
                    clock[PULSE_CURRENT] = y[o.current_density]
                    counters[PULSE_DUE] = 1
                else:
                    jump = y[o.current_density] - progress.pulse[o.current_density]
                    clock[RESISTANCE] = (clock[RESISTANCE] - solved[o.voltage]) / jump
                    clock[PULSE_CURRENT] = jump
                    counters[PHASE] = STARTED
                if code != FINISHED:
                    clock[RESISTANCE], counters[PHASE], counters[PULSE_DUE] = np.nan, STARTED, 1
                continue

            if phase == LAND:
                counters[PHASE] = INTEGRATE
                if code != FINISHED:
                    # No state ends this step: a shorter one may.
                    counters[REJECTED] += 1
                    counters[REFUSED] += 1
                    counters[SEARCHING] = 0
                    clock[SUGGESTED_SIZE] = HOPELESS * clock[ACCEPTED_SIZE]
                    if clock[SUGGESTED_SIZE] < max(SMALLEST_STEP, CLOCK_DIGITS * clock[PASSED]):
                        counters[CAUSE] = code
                        counters[PHASE] = STUCK
                    continue
                look(
                    cell, coefficients, work, protocol, progress, tolerance, solved, progress.ahead
                )
                counters[PHASE] = JUDGE
                continue

            counters[PHASE] = INTEGRATE if phase == MEND else STARTED
            if code == FINISHED and phase != HOLD:
                continue
            if phase == HOLD:
                counters[ENDED] = 1
                midway = counters[CAUSE] != FINISHED
                if midway:
                    counters[PHASE] = CLOSE
                if code == FINISHED and falls_short(
                    o, asked, at, cell.nominal_current_density, y, midway
                ):
                    # At the start, a limit that is crossed already; midway the state stays at it.
                    counters[REASON] = limited
                    clock[VOLTAGE_LOW] = min(clock[VOLTAGE_LOW], limit)
                    clock[VOLTAGE_HIGH] = max(clock[VOLTAGE_HIGH], limit)
                    if midway:
                        continue
                else:
                    counters[REASON] = REASON_STOPPED
                    counters[RESULT] = SETPOINT_OUT_OF_REACH if code == FINISHED else code
                    if midway:
                        counters[RESULT] = counters[CAUSE]
            elif phase == SOLVE and not np.isnan(limit):
                # The cell can't give what is asked for: what does it give at the step's limit?
                counters[PHASE] = HOLD
            elif phase == SOLVE:
                counters[ENDED] = 1
                counters[REASON] = REASON_STOPPED
                counters[RESULT] = code
            copy(stages.argument, y)
            continue

        if phase == STARTED:
            instant = protocol.kind[row] >= RESET
            if not instant and not counters[ENDED]:
                old_current = stages.argument[o.current_density]
                watch_interfaces(cell, coefficients, work, clock, y)
                watch_tables(work, progress, y)
                if (
                    np.isnan(clock[RESISTANCE])
                    and counters[PULSE_DUE] == 0
                    and y[o.current_density] > 0.0
                    and old_current <= 0.0
                ):
                    copy(stages.argument, progress.pulse)
                    clock[PULSE_VOLTAGE] = stages.argument[o.voltage]
                    clock[PULSE_CURRENT] = y[o.current_density] - old_current
                    if cell.double_layer:
                        clock[PULSE_CURRENT] = old_current
                        counters[PHASE] = RELAX
                        continue
                    fallen = clock[PULSE_VOLTAGE] - y[o.voltage]
                    clock[RESISTANCE] = fallen / clock[PULSE_CURRENT]
                    counters[PULSE_DUE] = 1
            clock[START_VOLTAGE] = y[o.voltage]
            clock[STEP_CHARGE] = y[o.discharge_charge] - y[o.charge_charge]
            clock[STEP_ENERGY] = y[o.discharge_energy] - y[o.charge_energy]
            clock[PREVIOUS_SIZE] = 0.0
            # Without a jump, as from a charge to a hold, the pace of the step before goes on.
            first_size = start_size(cell, coefficients, work, y, before, tolerance)
            clock[SUGGESTED_SIZE] = min(first_size, clock[SUGGESTED_SIZE])
            charge, energy = clock[STEP_CHARGE], clock[STEP_ENERGY]
            for m in range(protocol.termination_count[row]):
                directions[m] = protocol.termination_direction[row, m]
                if directions[m] == 0.0:
                    quantity = protocol.termination_quantity[row, m]
                    value = watched(quantity, cell, o, y, charge, energy)
                    above = value > protocol.termination_value[row, m]
                    directions[m] = -1.0 if above else 1.0
            if not counters[ENDED] and not instant:
                look(cell, coefficients, work, protocol, progress, tolerance, y, progress.ahead)
                event = foremost(progress.ahead)
                if progress.ahead[event] >= -1.0:
                    end_by(protocol, progress, event)
            if not instant:
                counters[ROW_DUE], counters[SNAPSHOT_DUE] = counters[RECORDING], counters[SNAPPING]
                counters[BETWEEN], clock[DUE_TIME] = 0, clock[TIME]
            counters[PHASE] = CLOSE if counters[ENDED] else INTEGRATE
            continue

        if phase == INTEGRATE:
            command, until = drive_of(protocol, row, counters[SEGMENT], fixture_of(clock))
            ramp_end = clock[RAMP_END] - clock[STEP_START]
            if clock[SET_RAMP] != 0.0 and clock[PASSED] < ramp_end < until:
                until = ramp_end
            size = min(clock[SUGGESTED_SIZE], clock[STEP_LIMIT])
            if clock[SET_RAMP] != 0.0:
                span = RAMP_RESOLUTION * y[o.stack_pressure]
                size = min(size, span / abs(clock[SET_RAMP]))
            remaining = until - clock[PASSED]
            last = size >= remaining * (1.0 - 1e-10)
            if last:
                size = remaining
            elif size > 0.5 * remaining:
                # Two steps of equal length instead of a long and a tiny one.
                size = 0.5 * remaining
            if counters[SEARCHING]:
                size, last = clock[TRIAL_SIZE], False
            if counters[WITHIN]:
                size, last = clock[DUE_PASSED] - clock[PASSED], False
            error = rosenbrock_step(
                cell,
                coefficients,
                command,
                work,
                method,
                stages,
                clock[PASSED],
                size,
                tolerance,
            )
            steps_left -= 1
            counters[FACTORIZATIONS] += 1
            counters[SOLVES] += method.nodes.size
            if counters[WITHIN]:
                # The step itself has been taken: a shorter one to a row is as good, or better. One that
                # would be refused has taken no material.
                copy(stages.end, stages.argument)
                if not error <= 1.0:
                    missing = np.isnan(error)
                    write_between(
                        stages,
                        size / clock[ACCEPTED_SIZE],
                        0 if missing else o.active_share,
                        y.size if missing else o.utilisation,
                    )
                counters[PHASE] = FILL
                continue
            if np.isnan(error) or error > 1.0:
                counters[REJECTED] += 1
                counters[REFUSED] += 1
                counters[SEARCHING] = 0
                order = order_seen(method, clock, counters, size, error)
                clock[SUGGESTED_SIZE] = size * reduction(order, error)
                # What a shorter step doesn't cure is an algebraic state that is off: the steps before
                # leave it as far from its equation as their tolerance lets them, and shells beyond
                # their sites, which leave no solution to some of them.
                impossible = np.isnan(error) and beyond_its_sites(y[: o.mean_stoichiometry])
                if impossible or order < LEAST_ORDER or counters[REFUSED] % PATIENCE == 0:
                    copy(y, stages.argument)
                    counters[PHASE] = MEND
                if clock[SUGGESTED_SIZE] < max(SMALLEST_STEP, CLOCK_DIGITS * clock[PASSED]):
                    counters[CAUSE] = cause_of_failure(cell, command, work, y, np.isnan(error))
                    counters[PHASE] = STUCK
                continue
            if counters[SEARCHING] == 0:
                factor = growth(method, clock, counters, size, error)
                # A step cut short by the end of a segment says nothing against the longer one.
                clock[SUGGESTED_SIZE] = max(
                    size * factor, clock[SUGGESTED_SIZE] if last and factor > 1.0 else 0.0
                )
                counters[TRIALS] = 0
            else:
                # A try to meet an event is a step refused, but for the last one.
                counters[REJECTED] += 1
            clock[ACCEPTED_SIZE] = size
            counters[AT_END] = 1 if last else 0
            look(
                cell, coefficients, work, protocol, progress, tolerance, stages.end, progress.ahead
            )
            crawling = size < CRAWLING_SHARE * min(remaining, LONG_STEP) and not last
            counters[CRAWLED] = counters[CRAWLED] + 1 if crawling else 0
            near, beyond = approach(protocol, row, directions.size, progress.ahead, tolerance)
            if near and (not beyond or counters[TRIALS] >= PATIENCE):
                counters[PHASE] = LAND
            elif near or counters[SEARCHING]:
                # Passed or short by more than a solved state would change.
                counters[PHASE] = JUDGE
            else:
                counters[PHASE] = EMIT
                if counters[CRAWLED] >= CRAWL:
                    # As under a load that wobbles ever faster: no end in sight.
                    counters[CRAWLED] = 0
                    counters[CAUSE] = cause_of_failure(cell, command, work, y, False)
                    counters[PHASE] = STUCK
            continue

        if phase == STUCK:
            # Where the last sites of all nodes fill, the voltage falls through its limit in less time
            # than the clock resolves: then the step is over.
            command, _ = drive_of(protocol, row, counters[SEGMENT], fixture_of(clock))
            limit, _ = limit_ahead(protocol, row, command)
            copy(y, stages.argument)
            counters[PHASE] = HOLD
            if np.isnan(limit):
                counters[RESULT] = counters[CAUSE]
                counters[ENDED] = 1
                counters[REASON] = REASON_STOPPED
                counters[PHASE] = CLOSE
            continue

        if phase == JUDGE:
            # Does the step just taken meet an event, pass one, or go on?
            counters[PHASE] = INTEGRATE
            size = clock[ACCEPTED_SIZE]
            event = foremost(progress.ahead)
            distance = progress.ahead[event]
            counters[TRIALS] += 1
            exhausted = counters[TRIALS] > MOST_TRIALS
            if abs(distance) <= 1.0 or (distance > 1.0 and exhausted):
                end_by(protocol, progress, event)
                counters[PHASE] = EMIT
            elif distance < 0.0 and (counters[SEARCHING] == 0 or exhausted):
                counters[PHASE] = EMIT
            elif counters[SEARCHING] == 0:
                # Passed: the step is taken again, to where the first event is met.
                counters[SEARCHING], counters[SIDE], clock[BEHIND_SIZE] = 1, 0, 0.0
                clock[BEYOND_SIZE] = size
                copy(progress.ahead, progress.beyond)
                look(cell, coefficients, work, protocol, progress, tolerance, y, progress.behind)
                event = foremost(progress.behind)
                if progress.behind[event] >= -1.0:
                    # Met where the step begins, as where a current turns.
                    end_by(protocol, progress, event)
                    counters[PHASE] = CLOSE
                    continue
            else:
                # Regula falsi; an end that stays has its weight halved (Dowell and Jarratt 1971).
                if distance > 0.0:
                    clock[BEYOND_SIZE] = size
                    copy(progress.ahead, progress.beyond)
                    for m in range(progress.behind.size):
                        progress.behind[m] *= 0.5 if counters[SIDE] == 1 else 1.0
                    counters[SIDE] = 1
                else:
                    clock[BEHIND_SIZE] = size
                    copy(progress.ahead, progress.behind)
                    for m in range(progress.beyond.size):
                        if counters[SIDE] == -1 and progress.beyond[m] > 2.0:
                            progress.beyond[m] *= 0.5
                    counters[SIDE] = -1
            if counters[PHASE] == INTEGRATE:
                low, high = clock[BEHIND_SIZE], clock[BEYOND_SIZE]
                if counters[TRIALS] <= PATIENCE:
                    clock[TRIAL_SIZE] = likely_size(
                        method,
                        stages,
                        o,
                        protocol,
                        row,
                        directions,
                        progress.behind,
                        progress.beyond,
                        (low, high),
                        size,
                    )
                else:
                    share = regula_falsi(progress.behind, progress.beyond)
                    clock[TRIAL_SIZE] = low + share * (high - low)
            continue

        if phase == FILL:
            # The state between two solver steps is there.
            at = clock[DUE_PASSED]
            counters[ROW_DUE] = counters[ROW_PENDING]
            counters[SNAPSHOT_DUE] = counters[SNAPSHOT_PENDING]
            counters[BETWEEN], clock[DUE_TIME] = 1, clock[STEP_START] + at
            if counters[PULSE_DUE] and at == PULSE:
                fallen = clock[PULSE_VOLTAGE] - stages.argument[o.voltage]
                clock[RESISTANCE_10S] = fallen / clock[PULSE_CURRENT]
                counters[PULSE_DUE] = 0
            counters[PHASE] = EMIT
            continue

        if phase == EMIT:
            passed = clock[PASSED] + clock[ACCEPTED_SIZE]
            row_due = (
                counters[RECORDING] and protocol.period[row] > 0.0 and clock[NEXT_ROW] < passed
            )
            snapshot_due = counters[SNAPPING] and clock[NEXT_SNAPSHOT] < passed
            pulse_due = counters[PULSE_DUE] and clock[PASSED] < PULSE <= passed
            pulse_due = pulse_due and protocol.kind[row] == CURRENT_CONTROL
            if row_due or snapshot_due or pulse_due:
                if counters[WITHIN] == 0:
                    copy(stages.end, stages.kept[0])
                    copy(stages.middle, stages.kept[1])
                    counters[WITHIN] = 1
                at = PULSE if pulse_due else np.inf
                if row_due:
                    at = min(at, clock[NEXT_ROW])
                if snapshot_due:
                    at = min(at, clock[NEXT_SNAPSHOT])
                counters[ROW_PENDING] = 1 if row_due and at == clock[NEXT_ROW] else 0
                counters[SNAPSHOT_PENDING] = 1 if snapshot_due and at == clock[NEXT_SNAPSHOT] else 0
                clock[NEXT_ROW] += counters[ROW_PENDING] * protocol.period[row]
                if counters[SNAPSHOT_PENDING]:
                    clock[NEXT_SNAPSHOT] += protocol.snapshot_period[row]
                clock[DUE_PASSED] = at
                counters[PHASE] = INTEGRATE
                if not at > clock[PASSED]:
                    copy(y, stages.argument)
                    counters[PHASE] = FILL
                continue
            if counters[WITHIN]:
                copy(stages.kept[0], stages.end)
                copy(stages.kept[1], stages.middle)
                counters[WITHIN] = 0
            counters[SEARCHING] = 0
            counters[SOLVER_STEPS] += 1
            if film_grows(cell) and cell.film.lithium_share == 0.0:
                gained = film_charge_gained(cell, work, y, stages.end)
                stages.end[o.positive_film_charge] = y[o.positive_film_charge] + gained
            # Active material and ion paths change over many cycles: a step takes them as they are.
            if loses_material(cell):
                lose_material(cell, coefficients, work, y, stages.middle, stages.end)
            copy(stages.end, y)
            began, clock[PASSED] = clock[PASSED], passed
            if counters[AT_END]:
                _, until = drive_of(protocol, row, counters[SEGMENT], fixture_of(clock))
                ramp_end = clock[RAMP_END] - clock[STEP_START]
                ramping = clock[SET_RAMP] != 0.0 and began < ramp_end < until
                clock[PASSED] = ramp_end if ramping else until
                if not ramping and not counters[ENDED]:
                    counters[SEGMENT] += 1
                    if protocol.kind[row] == DRIVE_CYCLE and ends_at(
                        protocol, row, counters[SEGMENT], until
                    ):
                        counters[ENDED] = 1
                        counters[REASON] = REASON_DRIVE_CYCLE_END
                    elif until >= protocol.duration[row]:
                        counters[ENDED] = 1
                        counters[REASON] = REASON_TIME
            clock[TIME] = clock[STEP_START] + clock[PASSED]
            stale = cell.contact.path_exponent > 0.0 and cell.contact.evolves != 0
            watch_interfaces(cell, coefficients, work, clock, y)
            watch_tables(work, progress, y)
            if ramp_is_over(clock):
                end_ramp(clock)
            counters[PHASE] = CLOSE if counters[ENDED] else INTEGRATE
            if not counters[ENDED] and counters[RECORDING] and protocol.period[row] == 0.0:
                counters[ROW_DUE], counters[BETWEEN], clock[DUE_TIME] = 1, 0, clock[TIME]
            continue

        if phase == CLOSE:
            if counters[RESULT] == VOLTAGE_OUT_OF_BOUNDS and no_node_reacts(o, y) != FINISHED:
                counters[RESULT] = no_node_reacts(o, y)
            if protocol.kind[row] < RESET:
                counters[ROW_DUE], counters[SNAPSHOT_DUE] = counters[RECORDING], counters[SNAPPING]
                counters[BETWEEN], clock[DUE_TIME] = 0, clock[TIME]
            counters[PHASE] = END
            continue

        # END of the protocol step: what it ends is known before its row is written.
        block = counters[BLOCK_INDEX]
        failed = counters[RESULT] != FINISHED
        ends_block = row + 1 == protocol.block_end[block]
        ends_cycle = ends_block or protocol.starts_cycle[row + 1] != 0
        note_step(protocol, progress)
        block_stop, condition = NO_STOP, -1
        if ends_cycle and not failed:
            note_cycle(protocol, progress, y[o.discharge_charge] - clock[CYCLE_DISCHARGED])
        if ends_block and not failed:
            block_stop, condition = find_stop(protocol, progress)
        write_step(work, protocol, progress, buffers, y, block_stop, condition)
        counters[STEP_INDEX] += 1
        counters[ROW] += 1
        if ends_block or failed:
            counters[PHASE] = BLOCK
        else:
            counters[PHASE] = END_CYCLE if ends_cycle else BEGIN
