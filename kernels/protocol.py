"""The instruction table that the compiled driver executes."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control, Instruction
from solidcell.kernels.half_cell import Drive
from solidcell.kernels.mechanics import Fixture
from solidcell.kernels.options import inline_kernel, kernel

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

REST = int(Instruction.REST)
DRIVE_CYCLE = int(Instruction.DRIVE_CYCLE)
CURRENT_CONTROL = int(Control.CURRENT)


class Protocol(NamedTuple):
    """Protocol steps as rows, blocks as ranges of rows, loops as ranges of blocks.

    Each repetition of a block is a cycle; a loop repeats the blocks, and the loops, that lie in it.

    Attributes
    ----------
    kind
        `Instruction` of each row, (rows,).
    value
        A/m2, V, W/m2, Ohm m2, or the stoichiometry of a reset (NaN for a fresh cell as at the start);
        per geometric area, (rows,).
    duration
        s, infinite where only an event ends the step, (rows,).
    period
        Spacing of the time series, s; 0 for a row an accepted solver step, (rows,).
    snapshot_period
        Spacing of field snapshots within a step, s; infinite for none, (rows,).
    pressure, within
        Stack pressure that the step sets, Pa (NaN leaves it), and the time that takes, s, (rows,).
    temperature
        Temperature that a row of the kind SET sets, K (NaN leaves it), (rows,).
    stiffness
        Stiffness of the fixture that such a row puts the stack in, Pa/m (NaN leaves it), (rows,).
    retention
        Contact retention that a reset gives every node (NaN leaves it), (rows,).
    starts_cycle
        Whether the row begins a new cycle although it is not the first of its block, (rows,).
    termination_count
        (rows,).
    termination_quantity, termination_value, termination_direction
        `Quantity`, its target per geometric area, and the sign of its approach (0: as at the start of
        the step), (rows, most terminations).
    lower_cutoff, upper_cutoff
        Voltages of the cell that end the row while it discharges and while it charges, V; infinite
        where none acts: at rest, in holds, and where the row has a limit of its own on that side,
        (rows,).
    series_start, series_end
        Range of each row in the drive-cycle arrays, (rows,).
    series_control
        `Control` of each row's drive cycle, (rows,).
    series_time, series_value
        s from the start of the step, and the set-point there, piecewise linear.
    block_start, block_end, block_repeat
        (blocks,).
    block_check_up
        After every so many cycles of a block, and before its first, the driver returns for a check-up;
        0 for never, (blocks,).
    loop_start, loop_end, loop_repeat
        First block of each loop, the one after its last, and its repetitions; a loop in another one
        stands before it, (loops,).
    stop_count, stop_quantity, stop_side, stop_value
        Conditions that end a block or, behind the blocks, a loop before its last repetition:
        `BlockStop`, -1 where that falls to its value and 1 where it rises to it, and the value (a share
        of the first, V, s, cycles or K), (blocks + loops,) and (blocks + loops, most conditions).
    record_every, record_first, record_last
        Of every how many cycles the time series is kept, and whether of the first and the last.
    snapshot_every
        The same for field snapshots, with the first and the last; 0 keeps none.
    cycles
        Number of cycles of the whole protocol.
    """

    kind: IntArray
    value: FloatArray
    duration: FloatArray
    period: FloatArray
    snapshot_period: FloatArray
    pressure: FloatArray
    within: FloatArray
    temperature: FloatArray
    stiffness: FloatArray
    retention: FloatArray
    starts_cycle: IntArray
    termination_count: IntArray
    termination_quantity: IntArray
    termination_value: FloatArray
    termination_direction: FloatArray
    lower_cutoff: FloatArray
    upper_cutoff: FloatArray
    series_start: IntArray
    series_end: IntArray
    series_control: IntArray
    series_time: FloatArray
    series_value: FloatArray
    block_start: IntArray
    block_end: IntArray
    block_repeat: IntArray
    block_check_up: IntArray
    loop_start: IntArray
    loop_end: IntArray
    loop_repeat: IntArray
    stop_count: IntArray
    stop_quantity: IntArray
    stop_side: FloatArray
    stop_value: FloatArray
    record_every: int
    record_first: int
    record_last: int
    snapshot_every: int
    cycles: int


@inline_kernel
def drive_of(protocol: Protocol, row: int, segment: int, fixture: Fixture) -> tuple[Drive, float]:
    """Control of a row, and the time since its start (s) until which its set-point is linear.

    ``segment`` counts the intervals of a drive cycle; other rows have one.
    """
    kind = protocol.kind[row]
    until = protocol.duration[row]
    if kind == REST:
        return Drive(CURRENT_CONTROL, 0.0, 0.0, 0.0, fixture), until
    if kind == DRIVE_CYCLE:
        left = protocol.series_start[row] + segment
        span = protocol.series_time[left + 1] - protocol.series_time[left]
        ramp = (protocol.series_value[left + 1] - protocol.series_value[left]) / span
        start, value = protocol.series_time[left], protocol.series_value[left]
        drive = Drive(protocol.series_control[row], value, ramp, start, fixture)
        return drive, min(until, protocol.series_time[left + 1])
    return Drive(kind, protocol.value[row], 0.0, 0.0, fixture), until


@inline_kernel
def ends_at(protocol: Protocol, row: int, segment: int, until: float) -> bool:
    """Whether a drive cycle ends with its interval before `segment`, which lasts until a time (s)."""
    last = protocol.series_start[row] + segment
    over = last + 1 == protocol.series_end[row]
    return bool(over and until >= protocol.series_time[last])


@kernel
def keeps(every: int, first: int, last: int, cycle: int, cycles: int) -> bool:
    """Whether output of a cycle (from 0) of so many is kept."""
    return (
        (first != 0 and cycle == 0)
        or (last != 0 and cycle == cycles - 1)
        or (cycle + 1) % every == 0
    )
