"""Repetitions of blocks and loops: where one begins, what it has seen, what ends it, what follows."""

import numpy as np

from solidcell.kernels.codes import BlockStop, Instruction, StopReason
from solidcell.kernels.options import kernel
from solidcell.kernels.progress import (
    BEGUN_CYCLE,
    BEGUN_TIME,
    BLOCK_INDEX,
    BUSY,
    CHECKED,
    CYCLE,
    DRIVEN,
    FIRST_CAPACITY,
    FIRST_RESISTANCE,
    LATEST_CAPACITY,
    LATEST_RESISTANCE,
    REASON,
    REPEATED,
    REPETITION,
    RESISTANCE,
    ROW,
    STEP_START,
    STOPPED_BLOCK,
    TEMPERATURE_HIGH,
    TEMPERATURE_LOW,
    TIME,
    VOLTAGE_HIGH,
    VOLTAGE_LOW,
    Progress,
)
from solidcell.kernels.protocol import Protocol

REST = int(Instruction.REST)
RESET = int(Instruction.RESET)
NONE = int(BlockStop.NONE)
CAPACITY = int(BlockStop.CAPACITY)
DC_RESISTANCE = int(BlockStop.RESISTANCE)
VOLTAGE = int(BlockStop.VOLTAGE)
LENGTH = int(BlockStop.TIME)
CYCLES = int(BlockStop.CYCLES)
TEMPERATURE = int(BlockStop.TEMPERATURE)
IDLE = int(BlockStop.IDLE)
REASON_VOLTAGE = int(StopReason.VOLTAGE)
REASON_CURRENT = int(StopReason.CURRENT)
REASON_LITHIUM = int(StopReason.LITHIUM)
REASON_CUT_OFF = int(StopReason.CUT_OFF)
REASON_CHARGE = int(StopReason.STATE_OF_CHARGE)

AT_ONCE = 1.0
"""s; a step that a limit ends sooner has done nothing."""
VOLTAGE_TOLERANCE = 1e-5
"""V; a step that ends at a limit meets a stop at the same voltage."""
TOLERANCE = 1e-6
"""Of other values, relative."""


@kernel
def encloses(protocol: Protocol, number: int, block: int) -> bool:
    """Whether the block or, behind the blocks, the loop of this number is or holds a block."""
    loop = number - protocol.block_start.size
    if loop < 0:
        return number == block
    return bool(protocol.loop_start[loop] <= block < protocol.loop_end[loop])


@kernel
def begin_repetition(protocol: Protocol, progress: Progress) -> None:
    """Begin a repetition of the block at work, and of the loops whose first block it is."""
    clock, counters, blocks = progress.clock, progress.counters, progress.blocks
    block, count = counters[BLOCK_INDEX], protocol.block_start.size
    enters = counters[REPETITION] == 0
    for number in range(blocks.shape[0]):
        first = enters
        if number >= count:
            if not enters or protocol.loop_start[number - count] != block:
                continue
            first = blocks[number, REPEATED] == 0.0
        elif number != block:
            continue
        if first:
            blocks[number, BEGUN_TIME] = clock[TIME]
            blocks[number, BEGUN_CYCLE] = counters[CYCLE]
            blocks[number, FIRST_CAPACITY] = np.nan
            blocks[number, FIRST_RESISTANCE] = np.nan
        blocks[number, LATEST_CAPACITY] = 0.0
        blocks[number, LATEST_RESISTANCE] = np.nan
        blocks[number, DRIVEN], blocks[number, BUSY] = 0.0, 0.0
    clock[VOLTAGE_LOW], clock[VOLTAGE_HIGH] = np.inf, -np.inf
    clock[TEMPERATURE_LOW], clock[TEMPERATURE_HIGH] = np.inf, -np.inf


@kernel
def note_step(protocol: Protocol, progress: Progress) -> None:
    """Remember whether the step that has ended let a current pass for longer than a moment.

    An amount of charge or energy that has passed is what was asked for, however soon.
    """
    clock, counters, blocks = progress.clock, progress.counters, progress.blocks
    kind, reason = protocol.kind[counters[ROW]], counters[REASON]
    if kind == REST or kind >= RESET:
        return
    at_limit = reason in (REASON_VOLTAGE, REASON_CURRENT, REASON_LITHIUM, REASON_CUT_OFF)
    at_limit |= reason == REASON_CHARGE
    lasts = not at_limit or clock[TIME] - clock[STEP_START] > AT_ONCE
    for number in range(blocks.shape[0]):
        if encloses(protocol, number, counters[BLOCK_INDEX]):
            blocks[number, DRIVEN] = 1.0
            if lasts:
                blocks[number, BUSY] = 1.0


@kernel
def note_cycle(protocol: Protocol, progress: Progress, discharged: float) -> None:
    """Remember the discharge capacity (C/m2) and the resistance of the cycle that has ended."""
    clock, blocks = progress.clock, progress.blocks
    for number in range(blocks.shape[0]):
        if encloses(protocol, number, progress.counters[BLOCK_INDEX]):
            if discharged > 0.0:
                blocks[number, LATEST_CAPACITY] = discharged
            if not np.isnan(clock[RESISTANCE]):
                blocks[number, LATEST_RESISTANCE] = clock[RESISTANCE]


@kernel
def condition_met(protocol: Protocol, progress: Progress, number: int, whole: bool) -> int:
    """Index of the first condition of a block or loop that is met; -1 for none.

    Parameters
    ----------
    number
        Of the block or, behind the blocks, the loop.
    whole
        Whether its repetition has ended; capacity and resistance are judged then alone, against those
        of the first repetition that had them.
    """
    clock, counters, known = progress.clock, progress.counters, progress.blocks[number]
    for m in range(protocol.stop_count[number]):
        quantity, side = protocol.stop_quantity[number, m], protocol.stop_side[number, m]
        target, value = protocol.stop_value[number, m], np.nan
        tolerance = TOLERANCE * abs(target)
        if quantity == CAPACITY and whole:
            value = known[LATEST_CAPACITY] / known[FIRST_CAPACITY]
        elif quantity == DC_RESISTANCE and whole:
            value = known[LATEST_RESISTANCE] / known[FIRST_RESISTANCE]
        elif quantity == VOLTAGE:
            value = clock[VOLTAGE_LOW] if side < 0.0 else clock[VOLTAGE_HIGH]
            tolerance = VOLTAGE_TOLERANCE
        elif quantity == TEMPERATURE:
            value = clock[TEMPERATURE_LOW] if side < 0.0 else clock[TEMPERATURE_HIGH]
        elif quantity == LENGTH:
            value = clock[TIME] - known[BEGUN_TIME]
        elif quantity == CYCLES:
            value = counters[CYCLE] + 1 - known[BEGUN_CYCLE]
        if side * (value - target) >= -tolerance:
            return m
    return -1


@kernel
def find_stop(protocol: Protocol, progress: Progress) -> tuple[int, int]:
    """What ends a block or a loop now that a repetition of the block at work has ended, if anything.

    The outermost one that ends goes to ``counters[STOPPED_BLOCK]``.

    Returns
    -------
    int, int
        A `BlockStop`, and the index of the condition (-1 for none).
    """
    counters, blocks = progress.counters, progress.blocks
    block, count = counters[BLOCK_INDEX], protocol.block_start.size
    found, condition = NONE, -1
    # The block behind the one that is left, as far as it is left.
    whole, behind, left = True, block + 1, False
    for number in range(blocks.shape[0]):
        if not encloses(protocol, number, block):
            continue
        if number < count:
            last = counters[REPETITION] + 1 >= protocol.block_repeat[block]
        else:
            loop = number - count
            whole = left and behind == protocol.loop_end[loop]
            last = blocks[number, REPEATED] + 1 >= protocol.loop_repeat[loop]
        met = condition_met(protocol, progress, number, whole)
        idles = blocks[number, DRIVEN] > 0.0 and blocks[number, BUSY] == 0.0
        left = whole and last
        if met >= 0 or (whole and not last and idles):
            found = protocol.stop_quantity[number, met] if met >= 0 else IDLE
            condition, left = met, True
            counters[STOPPED_BLOCK] = number + 1
        if left and number >= count:
            behind = protocol.loop_end[number - count]
        measured = blocks[number, LATEST_CAPACITY] > 0.0
        if whole and measured and np.isnan(blocks[number, FIRST_CAPACITY]):
            blocks[number, FIRST_CAPACITY] = blocks[number, LATEST_CAPACITY]
        if whole and np.isnan(blocks[number, FIRST_RESISTANCE]):
            blocks[number, FIRST_RESISTANCE] = blocks[number, LATEST_RESISTANCE]
    return found, condition


@kernel
def end_repetition(protocol: Protocol, progress: Progress) -> None:
    """Count a repetition of the block at work; go to the end of what a stop has ended."""
    counters, blocks = progress.counters, progress.blocks
    counters[REPETITION] += 1
    stopped, count = counters[STOPPED_BLOCK] - 1, protocol.block_start.size
    counters[STOPPED_BLOCK] = 0
    if stopped < 0:
        return
    if stopped >= count:
        start, end = protocol.loop_start[stopped - count], protocol.loop_end[stopped - count]
        for loop in range(protocol.loop_start.size):
            if start <= protocol.loop_start[loop] and protocol.loop_end[loop] <= end:
                blocks[count + loop, REPEATED] = protocol.loop_repeat[loop]
        if counters[BLOCK_INDEX] != end - 1:
            # No check-up of a block that has not run.
            counters[BLOCK_INDEX], counters[CHECKED] = end - 1, 1
    counters[REPETITION] = protocol.block_repeat[counters[BLOCK_INDEX]]


@kernel
def leave_block(protocol: Protocol, progress: Progress) -> None:
    """Go from a block that is over to the next one, or back to the first of a loop."""
    counters, blocks = progress.counters, progress.blocks
    following = counters[BLOCK_INDEX] + 1
    for loop in range(protocol.loop_start.size):
        if protocol.loop_end[loop] == following and protocol.loop_start[loop] < following:
            number = protocol.block_start.size + loop
            blocks[number, REPEATED] += 1.0
            if blocks[number, REPEATED] < protocol.loop_repeat[loop]:
                following = protocol.loop_start[loop]
                break
            blocks[number, REPEATED] = 0.0
    counters[REPETITION], counters[CHECKED] = 0, 0
    counters[BLOCK_INDEX] = following
