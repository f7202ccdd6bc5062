"""The protocol driver: whole cycles of protocol steps in one compiled call.

The driver is a state machine whose memory (`Progress`, `Stages`, `Workspace`) survives the call, so
that it can return whenever its budget of solver steps is spent or a buffer is full, and go on later
without the integrator noticing.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.active_material import (
    crack,
    cracks,
    lose_material,
    loses_material,
    note_means,
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
from solidcell.kernels.codes import Control, Instruction, Quantity, Result, StopReason
from solidcell.kernels.composite_electrode import film_grows, utilisation
from solidcell.kernels.consistent import consistent_state, equilibrate, initial_state
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.events import (
    crossing,
    falls_short,
    first_met,
    limit_ahead,
    passes,
    watched,
)
from solidcell.kernels.failure import VOLTAGE_BOUND, cause_of_failure
from solidcell.kernels.half_cell import Drive, prepare_workspace
from solidcell.kernels.lithium_metal import (
    FAILED_CONTACT,
    detaching_thickness,
    film_lithium,
    void_contact,
)
from solidcell.kernels.mechanics import LOOSE_PRESSURE, Fixture, layer_thickness, set_pressure
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
    BEGIN,
    BEGIN_CYCLE,
    BETWEEN,
    BLOCK,
    BLOCK_CAPACITY,
    BLOCK_INDEX,
    BLOCK_RESISTANCE,
    BLOCK_TIME,
    CHECKED,
    CHECKPOINTS,
    CLOSE,
    CRAWLED,
    CYCLE_KEPT,
    CYCLE_ROWS,
    CYCLE_TOTAL,
    DENSE_READY,
    DONE,
    DUE_TIME,
    EMIT,
    END,
    END_CYCLE,
    END_FRACTION,
    ENDED,
    FACTORIZATIONS,
    FIRST_THICKNESS,
    HOLD,
    INTEGRATE,
    LAST_CAPACITY,
    MEND,
    NEXT_ROW,
    NEXT_SNAPSHOT,
    OPEN_CYCLE,
    PHASE,
    PREVIOUS_SIZE,
    RAMP_END,
    RAMP_START,
    REASON,
    RECORDING,
    REFUSED,
    REJECTED,
    REPETITION,
    RESISTANCE,
    RESULT,
    ROW,
    ROW_DUE,
    ROWS,
    SEGMENT,
    SET_PRESSURE,
    SET_RAMP,
    SNAPPING,
    SNAPSHOT_DUE,
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
    SUGGESTED_SIZE,
    TEMPERATURE,
    THICKNESS,
    TIME,
    VOLTAGE_LOW,
    Buffers,
    Progress,
)
from solidcell.kernels.protocol import (
    CAPACITY_FLOOR,
    RESISTANCE_CEILING,
    TIME_LIMIT,
    VOLTAGE_FLOOR,
    Protocol,
    drive_of,
)
from solidcell.kernels.rosenbrock import Stages, interpolate, prepare_dense, rosenbrock_step
from solidcell.kernels.stepsize import LEAST_ORDER, growth, order_seen, reduction, start_size
from solidcell.kernels.tableaus import Tableau
from solidcell.kernels.vector import copy
from solidcell.kernels.workspace import (
    Workspace,
)

FloatArray = npt.NDArray[np.float64]

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
REASON_LITHIUM = int(StopReason.LITHIUM)
REASON_VOLTAGE = int(StopReason.VOLTAGE)
FINISHED = int(Result.FINISHED)
CHUNK_END = int(Result.CHUNK_END)
BUFFER_FULL = int(Result.BUFFER_FULL)
CHECK_UP = int(Result.CHECK_UP)
LITHIUM_EXHAUSTED = int(Result.LITHIUM_EXHAUSTED)
CONTACT_LOST = int(Result.CONTACT_LOST)
STACK_LOOSE = int(Result.STACK_LOOSE)
SETPOINT_OUT_OF_REACH = int(Result.SETPOINT_OUT_OF_REACH)
VOLTAGE_OUT_OF_BOUNDS = int(Result.VOLTAGE_OUT_OF_BOUNDS)
VOLTAGE_CONTROL = int(Control.VOLTAGE)
VOLTAGE = int(Quantity.VOLTAGE)
# A termination's StopReason is its Quantity plus one.
FIRST_EVENT_REASON = int(StopReason.VOLTAGE) - int(Quantity.VOLTAGE)

PATIENCE = 5
"""Rejections in a row after which the algebraic states are solved anew."""
RAMP_RESOLUTION = 0.25
"""Share of the pressure that a ramp may change it by in a step: rows between steps are interpolated."""
CRAWLING_SHARE, LONG_STEP, CRAWL = 1e-5, 1e4, 2000
"""So many steps in a row that are shorter than this share of what is left of the protocol step, or of
so many seconds, end the simulation."""
AT_REST = 1e-9
"""1C; a plane that carries no more is at rest."""
SMALLEST_STEP = 1e-12
"""s; a step that would have to be shorter ends the simulation. A double layer on a thin volume takes
nanoseconds after a jump by a volt."""
RAMP_ENDS = 1e-9
"""s; a ramp counts as ended so much before its end, which the clock may miss by round-off."""


@inline_kernel
def cuts_off(protocol: Protocol, row: int, directions: FloatArray) -> bool:
    """Whether a protocol step ends where the voltage has fallen to a limit."""
    found = False
    for m in range(protocol.termination_count[row]):
        found |= protocol.termination_quantity[row, m] == VOLTAGE and directions[m] < 0.0
    return found


@inline_kernel
def fixture_of(clock: FloatArray) -> Fixture:
    """The fixture as it holds the stack now."""
    return Fixture(
        clock[SET_PRESSURE], clock[SET_RAMP], clock[RAMP_START], clock[STIFFNESS], clock[THICKNESS]
    )


@inline_kernel
def end_ramp(clock: FloatArray) -> None:
    """Stop moving the set pressure: at its end if that is reached, else where it is now."""
    reached = clock[TIME] > clock[RAMP_END] - RAMP_ENDS
    passed = (clock[RAMP_END] if reached else clock[TIME]) - clock[RAMP_START]
    clock[SET_PRESSURE] += clock[SET_RAMP] * passed
    clock[SET_RAMP], clock[RAMP_START], clock[RAMP_END] = 0.0, 0.0, 0.0


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
    pressure = set_pressure(fixture, progress.clock[TIME])
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
        if steps_left <= 0:
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
            elif counters[REPETITION] == protocol.block_repeat[block]:
                counters[REPETITION] = 0
                counters[BLOCK_INDEX] += 1
                counters[CHECKED] = 0
            else:
                if counters[REPETITION] == 0:
                    clock[BLOCK_TIME] = clock[TIME]
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
                counters[REPETITION] += 1
                if counters[REPETITION] == 1:
                    clock[BLOCK_CAPACITY] = clock[LAST_CAPACITY]
                    clock[BLOCK_RESISTANCE] = clock[RESISTANCE]
                limits = protocol.block_limits[block]
                if (
                    clock[LAST_CAPACITY] < limits[CAPACITY_FLOOR] * clock[BLOCK_CAPACITY]
                    or clock[RESISTANCE] > limits[RESISTANCE_CEILING] * clock[BLOCK_RESISTANCE]
                    or clock[TIME] - clock[BLOCK_TIME] > limits[TIME_LIMIT]
                    or clock[VOLTAGE_LOW] < limits[VOLTAGE_FLOOR]
                ):
                    counters[REPETITION] = protocol.block_repeat[block]
            continue

        if phase == BEGIN_CYCLE:
            begin_cycle(cell, work, protocol, progress, buffers, y)
            counters[PHASE] = BEGIN
            continue

        if phase == DONE:
            return int(counters[RESULT])

        if phase == BEGIN:
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

        if phase in (SOLVE, HOLD, MEND):
            # Consistent algebraic states at the start of a protocol step, or in the middle of one where
            # a step can't be taken. ``stages.argument`` keeps the state as it was.
            asked, _ = drive_of(
                protocol, row, clock[STEP_START], counters[SEGMENT], fixture_of(clock)
            )
            command, limit = asked, limit_ahead(protocol, row, asked)
            if phase == HOLD:
                command = Drive(VOLTAGE_CONTROL, limit, 0.0, clock[TIME], asked.fixture)
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
            counters[PHASE] = INTEGRATE if phase == MEND else STARTED
            if code == FINISHED and phase != HOLD:
                continue
            if phase == HOLD:
                counters[ENDED] = 1
                if code == FINISHED and falls_short(o, asked, y):
                    # A limit that is already crossed at the start.
                    counters[REASON] = REASON_VOLTAGE
                else:
                    counters[REASON] = REASON_STOPPED
                    counters[RESULT] = SETPOINT_OUT_OF_REACH if code == FINISHED else code
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
                old_current, old_voltage = (
                    stages.argument[o.current_density],
                    stages.argument[o.voltage],
                )
                watch_interfaces(cell, coefficients, work, clock, y)
                watch_tables(work, progress, y)
                if (
                    np.isnan(clock[RESISTANCE])
                    and y[o.current_density] > 0.0
                    and old_current <= 0.0
                ):
                    jump = y[o.current_density] - old_current
                    clock[RESISTANCE] = (old_voltage - y[o.voltage]) / jump
                    copy(stages.argument, progress.pulse)
            clock[START_VOLTAGE] = y[o.voltage]
            clock[STEP_CHARGE] = y[o.discharge_charge] - y[o.charge_charge]
            clock[STEP_ENERGY] = y[o.discharge_energy] - y[o.charge_energy]
            clock[PREVIOUS_SIZE] = 0.0
            # Without a jump, as from a charge to a hold, the pace of the step before goes on.
            first = start_size(cell, coefficients, work, y, before, tolerance)
            clock[SUGGESTED_SIZE] = min(first, clock[SUGGESTED_SIZE])
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
            if not counters[ENDED] and y[o.stack_pressure] < LOOSE_PRESSURE:
                counters[ENDED] = 1
                counters[REASON] = REASON_STOPPED
                counters[RESULT] = STACK_LOOSE
            if not counters[ENDED] and abs(y[o.voltage]) > VOLTAGE_BOUND:
                counters[ENDED] = 1
                counters[REASON] = REASON_STOPPED
                counters[RESULT] = VOLTAGE_OUT_OF_BOUNDS
            if not instant:
                counters[ROW_DUE], counters[SNAPSHOT_DUE] = counters[RECORDING], counters[SNAPPING]
                counters[BETWEEN], clock[DUE_TIME] = 0, clock[TIME]
            counters[PHASE] = CLOSE if counters[ENDED] else INTEGRATE
            continue

        if phase == INTEGRATE:
            command, until = drive_of(
                protocol, row, clock[STEP_START], counters[SEGMENT], fixture_of(clock)
            )
            ramping = clock[TIME] < clock[RAMP_END] < until
            if ramping:
                until = clock[RAMP_END]
            size = min(clock[SUGGESTED_SIZE], clock[STEP_LIMIT])
            if clock[SET_RAMP] != 0.0:
                span = RAMP_RESOLUTION * y[o.stack_pressure]
                size = min(size, span / abs(clock[SET_RAMP]))
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
                order = order_seen(method, clock, counters, size, error)
                clock[SUGGESTED_SIZE] = size * reduction(order, error, outside)
                # What a shorter step doesn't cure is an algebraic state that is off: the steps before
                # leave it as far from its equation as their tolerance lets them.
                if order < LEAST_ORDER or counters[REFUSED] % PATIENCE == 0:
                    copy(y, stages.argument)
                    counters[PHASE] = MEND
                if clock[SUGGESTED_SIZE] < SMALLEST_STEP:
                    counters[RESULT] = cause_of_failure(command, work, y, np.isnan(error))
                    counters[ENDED] = 1
                    counters[REASON] = REASON_STOPPED
                    counters[PHASE] = CLOSE
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
            cause, entry, target, direction = FINISHED, 0, 0.0, -1.0
            for p in range(cell.planes):
                n = o.plated_lithium + p
                consumed = film_lithium(cell.lithium, stages.end[o.plane_film_square + p])
                stripping = stages.end[o.plane_current + p] > AT_REST * cell.nominal_current_density
                if stripping and stages.end[n] <= consumed:
                    cause, entry, target = LITHIUM_EXHAUSTED, n, consumed
                n = o.void_thickness + p
                theta, _ = void_contact(cell.lithium, coefficients, stages.end[n])
                if theta <= FAILED_CONTACT:
                    cause, entry, direction = CONTACT_LOST, n, 1.0
                    target = detaching_thickness(cell.lithium, coefficients)
            if stages.end[o.stack_pressure] < LOOSE_PRESSURE:
                cause, entry = STACK_LOOSE, o.stack_pressure
                target, direction = LOOSE_PRESSURE, -1.0
            if abs(stages.end[o.voltage]) > VOLTAGE_BOUND:
                cause, entry = VOLTAGE_OUT_OF_BOUNDS, o.voltage
                direction = 1.0 if stages.end[o.voltage] > 0.0 else -1.0
                target = direction * VOLTAGE_BOUND
            if cause != FINISHED:
                if not counters[DENSE_READY]:
                    prepare_dense(method, stages)
                    counters[DENSE_READY] = 1
                fraction = passes(stages, entry, target, direction)
                if not counters[ENDED] or fraction < clock[END_FRACTION]:
                    clock[END_FRACTION] = fraction
                    counters[ENDED] = 1
                    if cause == LITHIUM_EXHAUSTED and cuts_off(protocol, row, directions):
                        # Without lithium the voltage falls at once: the discharge is over.
                        counters[REASON] = REASON_LITHIUM
                    else:
                        counters[REASON] = REASON_STOPPED
                        counters[RESULT] = cause
            crawling = size < CRAWLING_SHARE * min(remaining, LONG_STEP) and not last
            counters[CRAWLED] = counters[CRAWLED] + 1 if crawling else 0
            if counters[CRAWLED] >= CRAWL and not counters[ENDED]:
                # As where a surface fills up to the last digit: accepted, and no end in sight.
                counters[CRAWLED] = 0
                counters[ENDED] = 1
                counters[REASON] = REASON_STOPPED
                counters[RESULT] = cause_of_failure(command, work, stages.end, False)
            if last and not ramping and not counters[ENDED]:
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
                counters[BETWEEN], clock[DUE_TIME] = 1, at
                if row_due and at == clock[NEXT_ROW]:
                    counters[ROW_DUE] = 1
                    clock[NEXT_ROW] += protocol.period[row]
                if snapshot_due and at == clock[NEXT_SNAPSHOT]:
                    counters[SNAPSHOT_DUE] = 1
                    clock[NEXT_SNAPSHOT] += protocol.snapshot_period[row]
                continue
            if loses_material(cell):
                note_means(work, y)
            loses = False
            if cracks(cell):
                if not counters[DENSE_READY]:
                    prepare_dense(method, stages)
                    counters[DENSE_READY] = 1
                loses = crack(cell, work, stages, clock[END_FRACTION], clock[ACCEPTED_SIZE])
            if clock[END_FRACTION] < 1.0:
                interpolate(stages, clock[END_FRACTION], stages.argument)
                copy(stages.argument, y)
            else:
                copy(stages.end, y)
            clock[TIME] = end
            # A loose tolerance may take a film that is hardly there below nothing.
            if film_grows(cell):
                for k in range(nodes):
                    y[o.film_square + k] = max(y[o.film_square + k], 0.0)
            # Active material and ion paths change over many cycles: a step takes them as they are.
            if loses_material(cell):
                for k in range(nodes):
                    loses |= y[o.contact_retention + k] < cell.contact.isolation_threshold
                    loses |= y[o.utilisation + k] < 1.0
            if loses:
                lose_material(cell, coefficients, work, y)
            stale = cell.contact.path_exponent > 0.0 and cell.contact.evolves != 0
            watch_interfaces(cell, coefficients, work, clock, y)
            watch_tables(work, progress, y)
            if 0.0 < clock[RAMP_END] < clock[TIME] + RAMP_ENDS:
                end_ramp(clock)
            counters[PHASE] = CLOSE if counters[ENDED] else INTEGRATE
            if not counters[ENDED] and counters[RECORDING] and protocol.period[row] == 0.0:
                counters[ROW_DUE], counters[BETWEEN], clock[DUE_TIME] = 1, 0, clock[TIME]
            continue

        if phase == CLOSE:
            if protocol.kind[row] < RESET:
                counters[ROW_DUE], counters[SNAPSHOT_DUE] = counters[RECORDING], counters[SNAPPING]
                counters[BETWEEN], clock[DUE_TIME] = 0, clock[TIME]
            counters[PHASE] = END
            continue

        # END of the protocol step.
        write_step(work, protocol, progress, buffers, y)
        counters[STEP_INDEX] += 1
        counters[ROW] += 1
        block = counters[BLOCK_INDEX]
        if counters[ROW] == protocol.block_end[block] or counters[RESULT] != FINISHED:
            counters[PHASE] = BLOCK
        elif protocol.starts_cycle[counters[ROW]]:
            counters[PHASE] = END_CYCLE
        else:
            counters[PHASE] = BEGIN
