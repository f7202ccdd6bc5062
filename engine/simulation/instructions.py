"""From the steps of a protocol to the instruction table that the compiled driver executes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from solidcell.engine.cell import stack_stiffness
from solidcell.engine.protocol import Block, Loop, Step, Stop
from solidcell.engine.protocol.stop import limit_of
from solidcell.engine.scenario import Scenario
from solidcell.kernels.codes import BlockStop, Configuration, Control, Instruction, Quantity
from solidcell.kernels.protocol import Protocol

_INSTRUCTIONS = {
    "rest": Instruction.REST,
    "current": Instruction.CURRENT,
    "voltage": Instruction.VOLTAGE,
    "power": Instruction.POWER,
    "resistance": Instruction.RESISTANCE,
    "drive_cycle": Instruction.DRIVE_CYCLE,
    "reset": Instruction.RESET,
    "set": Instruction.SET,
    "impedance": Instruction.IMPEDANCE,
}
_CONTROLS = {
    "current": Control.CURRENT,
    "power": Control.POWER,
    "voltage": Control.VOLTAGE,
}
_CONFIGURATIONS = {
    "cell": Configuration.CELL,
    "symmetric": Configuration.SYMMETRIC,
    "blocking": Configuration.BLOCKING,
}
_QUANTITIES = {
    "voltage": Quantity.VOLTAGE,
    "current": Quantity.CURRENT,
    "capacity": Quantity.CAPACITY,
    "energy": Quantity.ENERGY,
    "stoichiometry": Quantity.STOICHIOMETRY,
}
_STOPS = {
    "capacity": BlockStop.CAPACITY,
    "resistance": BlockStop.RESISTANCE,
    "voltage": BlockStop.VOLTAGE,
    "time": BlockStop.TIME,
    "cycles": BlockStop.CYCLES,
    "temperature": BlockStop.TEMPERATURE,
}
_DRIVEN = {"current", "power", "resistance", "drive_cycle"}
_EXTENSIVE = {"current", "power", "capacity", "energy"}
_NEVER = np.iinfo(np.int64).max


def protocol_steps(scenario: Scenario) -> tuple[Step, ...]:
    """Steps of all blocks in order: the rows of the instruction table."""
    return tuple(step for block in scenario.protocol for step in block.steps)


def instruction_table(scenario: Scenario) -> Protocol:
    """Instruction table of a scenario's protocol, per geometric electrode area."""
    area = scenario.cell.electrode_area
    steps = protocol_steps(scenario)
    output = scenario.output
    most = max([1, *(len(step.terminations) for step in steps)])
    quantity = np.zeros((len(steps), most), dtype=np.int64)
    target = np.zeros((len(steps), most))
    direction = np.zeros((len(steps), most))
    for row, step in enumerate(steps):
        for m, termination in enumerate(step.terminations):
            quantity[row, m] = _QUANTITIES[termination.kind]
            extensive = termination.kind in _EXTENSIVE
            target[row, m] = termination.value / area if extensive else termination.value
            # The size of a current, of a charge and of an energy are watched without sign.
            direction[row, m] = _direction(termination.kind, termination.direction)
    series_start, series_end, control, time, value = _drive_cycles(steps, area)
    ends = np.cumsum([len(block.steps) for block in scenario.protocol])
    loops = loops_of(scenario.protocol)
    lower, upper = _cutoffs(scenario, steps)
    return Protocol(
        kind=np.array([_INSTRUCTIONS[step.kind] for step in steps], dtype=np.int64),
        value=np.array([_per_area(step, area) for step in steps]),
        duration=np.array([np.inf if step.duration is None else step.duration for step in steps]),
        period=np.array([step.period or output.period or 0.0 for step in steps], dtype=np.float64),
        pressure=_given([step.stack_pressure for step in steps]),
        within=np.array([step.within for step in steps], dtype=np.float64),
        temperature=_given([step.temperature for step in steps]),
        stiffness=_given(
            [
                None if step.fixture is None else stack_stiffness(scenario.cell, step.fixture)
                for step in steps
            ]
        ),
        retention=_given([step.contact_retention for step in steps]),
        snapshot_period=np.full(len(steps), output.fields.period or np.inf),
        starts_cycle=_cycle_starts(scenario.protocol),
        termination_count=np.array([len(step.terminations) for step in steps], dtype=np.int64),
        termination_quantity=quantity,
        termination_value=target,
        termination_direction=direction,
        lower_cutoff=lower,
        upper_cutoff=upper,
        series_start=series_start,
        series_end=series_end,
        series_control=control,
        series_time=time,
        series_value=value,
        block_start=np.concatenate([[0], ends[:-1]]).astype(np.int64),
        block_end=ends.astype(np.int64),
        block_repeat=np.array([block.repeat for block in scenario.protocol], dtype=np.int64),
        block_check_up=np.array(
            [_pauses(block) for block in scenario.protocol],
            dtype=np.int64,
        ),
        loop_start=np.array([loop.start for loop in loops], dtype=np.int64),
        loop_end=np.array([loop.end for loop in loops], dtype=np.int64),
        loop_repeat=np.array([loop.loop.repeat for loop in loops], dtype=np.int64),
        **stop_table(stops_of(scenario.protocol)),
        record_every=_record_every(scenario),
        record_first=int(output.timeseries.all or output.timeseries.first),
        record_last=int(output.timeseries.all or output.timeseries.last),
        snapshot_every=_snapshot_every(scenario),
        cycles=sum(
            cycles * block.repeat * math.prod(loop.repeat for loop in block.within)
            for cycles, block in zip(cycles_in_blocks(scenario), scenario.protocol, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True)
class LoopRange:
    """A block of blocks, with its first block and the one after its last."""

    loop: Loop
    start: int
    end: int


def loops_of(protocol: Sequence[Block]) -> list[LoopRange]:
    """The blocks of blocks of a protocol; one that lies in another stands before it."""
    found: list[LoopRange] = []
    # Each is known by being the same object in the blocks that it holds.
    depths = max((len(block.within) for block in protocol), default=0)
    for depth in reversed(range(depths)):
        outer = [block.within[depth] if depth < len(block.within) else None for block in protocol]
        for loop, places in groupby(enumerate(outer), key=lambda entry: entry[1]):
            numbers = [number for number, _ in places]
            if loop is not None:
                found.append(LoopRange(loop, numbers[0], numbers[-1] + 1))
    return found


def stops_of(protocol: Sequence[Block]) -> list[tuple[Stop, ...]]:
    """What may end each block and, behind the blocks, each of `loops_of`."""
    blocks = [block.stop for block in protocol]
    return [*blocks, *(one.loop.stop for one in loops_of(protocol))]


def stop_table(stops: Sequence[tuple[Stop, ...]]) -> dict[str, Any]:
    """Fields of `Protocol` for conditions; those of check-ups are judged where these are made."""
    most = max([1, *(len(conditions) for conditions in stops)])
    quantity = np.zeros((len(stops), most), dtype=np.int64)
    side, value = np.zeros((len(stops), most)), np.zeros((len(stops), most))
    for number, conditions in enumerate(stops):
        for m, stop in enumerate(conditions):
            code = BlockStop.CHECK_UP_CAPACITY if stop.of_check_up else _STOPS[stop.quantity]
            quantity[number, m], side[number, m], value[number, m] = code, stop.side, stop.value
    return {
        "stop_count": np.array([len(conditions) for conditions in stops], dtype=np.int64),
        "stop_quantity": quantity,
        "stop_side": side,
        "stop_value": value,
    }


def _cutoffs(
    scenario: Scenario, steps: Sequence[Step]
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]
]:
    """The cell's cut-offs where steps that drive the cell have no voltage limit of their own."""
    lower, upper = np.full(len(steps), -np.inf), np.full(len(steps), np.inf)
    cell = scenario.cell
    if scenario.operation.cutoffs == "off":
        return lower, upper
    for row, step in enumerate(steps):
        load = step.drive_cycle
        if step.kind not in _DRIVEN or (load is not None and load.quantity == "voltage"):
            continue
        if limit_of(step, -1) is None:
            lower[row] = float(cell.lower_voltage_cutoff)
        if limit_of(step, 1) is None:
            upper[row] = float(cell.upper_voltage_cutoff)
    return lower, upper


def _pauses(block: Block) -> int:
    """After how many cycles the driver returns: every one where cycles may be jumped over."""
    if block.jump is not None:
        return 1
    return 0 if block.check_up is None else block.check_up.every


def cycles_in_blocks(scenario: Scenario) -> list[int]:
    """Cycles of one repetition of each block: a reset within it begins another one."""
    return [
        1 + sum(step.kind == "reset" for step in block.steps[1:]) for block in scenario.protocol
    ]


def _given(
    values: Sequence[float | None],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Values of a column of the table; NaN where a step says nothing."""
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _direction(kind: str, direction: int) -> float:
    if kind in ("capacity", "energy"):
        return 1.0
    if kind == "current" and direction == 0:
        return -1.0
    return float(direction)


def _per_area(step: Step, area: float) -> float:
    """Set-point of a step per geometric area."""
    if step.kind == "reset":
        return math.nan if step.stoichiometry is None else float(step.stoichiometry)
    if step.kind == "impedance":
        return float(_CONFIGURATIONS[step.configuration or "cell"])
    if step.kind == "set":
        return 0.0
    if step.kind == "voltage":
        return step.value
    if step.kind == "resistance":
        return step.value * area
    return step.value / area


def _cycle_starts(protocol: tuple[Block, ...]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Rows that begin a cycle of their own: resets that are not the first step of their block."""
    return np.array(
        [
            step.kind == "reset" and position > 0
            for block in protocol
            for position, step in enumerate(block.steps)
        ],
        dtype=np.int64,
    )


def _drive_cycles(
    steps: tuple[Step, ...], area: float
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.int64]],
    np.ndarray[tuple[int], np.dtype[np.int64]],
    np.ndarray[tuple[int], np.dtype[np.int64]],
    np.ndarray[tuple[int], np.dtype[np.float64]],
    np.ndarray[tuple[int], np.dtype[np.float64]],
]:
    """All drive cycles in one pair of arrays, and where each row's begins and ends."""
    start = np.zeros(len(steps), dtype=np.int64)
    end = np.zeros(len(steps), dtype=np.int64)
    control = np.zeros(len(steps), dtype=np.int64)
    time: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = [np.zeros(0)]
    value: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = [np.zeros(0)]
    length = 0
    for row, step in enumerate(steps):
        if step.drive_cycle is None:
            continue
        cycle = step.drive_cycle
        extensive = cycle.quantity in _EXTENSIVE
        control[row] = _CONTROLS[cycle.quantity]
        time.append(cycle.time)
        value.append(cycle.value / area if extensive else cycle.value)
        start[row], length = length, length + cycle.time.size
        end[row] = length
    return start, end, control, np.concatenate(time), np.concatenate(value)


def _record_every(scenario: Scenario) -> int:
    chosen = scenario.output.timeseries
    if chosen.all:
        return 1
    return chosen.every or _NEVER


def _snapshot_every(scenario: Scenario) -> int:
    fields = scenario.output.fields
    if fields.kind == "none":
        return 0
    return fields.cycles or 1
