"""Which stops ended which blocks of a run, and what is to be said of limits and ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solidcell.engine.protocol import Block, Step
from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation.instructions import loops_of, stops_of
from solidcell.engine.simulation.warnings import RunWarning
from solidcell.kernels.codes import BlockStop
from solidcell.kernels.parameters import HalfCell

ROUNDING = 1e-9
"""V; a limit that lies beyond a cut-off by less is at it."""


@dataclass(frozen=True, slots=True)
class BlockEnd:
    """A block that ended before its last repetition.

    Attributes
    ----------
    first_block, last_block
        Numbers of the blocks of steps that it is, or holds, from 0 as in /cycles.
    stop
        What ended it.
    condition
        The condition as written; empty for an idle block.
    repetitions, planned
        How many there were, and were to be.
    cycle, step, time
        Where it ended; numbers from 0, s.
    """

    first_block: int
    last_block: int
    stop: BlockStop
    condition: str
    repetitions: int
    planned: int
    cycle: int
    step: int
    time: float


def block_ends(rows: Sequence[Sequence[float]], scenario: Scenario) -> tuple[BlockEnd, ...]:
    """The blocks that ended early.

    Parameters
    ----------
    rows
        For each the number of block or loop in the instruction table, a `BlockStop`, the number of its
        condition, repetitions, cycle, step and time (s).
    scenario
        The scenario.
    """
    protocol = scenario.protocol
    spans = [(n, n, block.repeat) for n, block in enumerate(protocol)]
    spans += [(one.start, one.end - 1, one.loop.repeat) for one in loops_of(protocol)]
    stops = stops_of(protocol)
    found = []
    for number, code, condition, repetitions, cycle, step, time in rows:
        first, last, planned = spans[int(number)]
        text = stops[int(number)][int(condition)].text if condition >= 0 else ""
        found.append(
            BlockEnd(
                first,
                last,
                BlockStop(int(code)),
                text,
                int(repetitions),
                planned,
                int(cycle),
                int(step),
                float(time),
            )
        )
    return tuple(found)


def idle_blocks(ends: Sequence[BlockEnd]) -> Iterator[RunWarning]:
    """A warning for each block that has ended because nothing happened in it."""
    for end in ends:
        if end.stop == BlockStop.IDLE:
            where = f"Block {end.first_block + 1}"
            if end.last_block > end.first_block:
                where = f"The block of blocks {end.first_block + 1} to {end.last_block + 1}"
            yield RunWarning(
                "idle_block",
                f"{where} was ended after {end.repetitions:,} of {end.planned:,} repetitions, in "
                f"cycle {end.cycle + 1:,}, because nothing happened in it any more: a limit ended each "
                "of its steps within a second; check the limits, the rate and the state of the cell.",
                subject=f"{end.first_block} {end.cycle}",
                cycle=end.cycle,
                step=end.step,
                time=end.time,
            )


def beyond_cutoffs(scenario: Scenario, _: HalfCell) -> Iterator[RunWarning]:
    """A note for each step that asks to go beyond the cell's cut-offs."""
    cell = scenario.cell
    if scenario.operation.cutoffs == "off":
        return
    low, high = float(cell.lower_voltage_cutoff), float(cell.upper_voltage_cutoff)
    steps = [step for block in scenario.protocol for step in _steps(block)]
    for step in dict.fromkeys(steps):
        beyond = [v for v in _voltages(step) if not low - ROUNDING <= v <= high + ROUNDING]
        if beyond:
            yield RunWarning(
                "cutoff_exceeded",
                f"'{step.text}' asks for {beyond[0]:g} V, beyond the cell's cut-offs of {low:g} and "
                f"{high:g} V, and is obeyed.",
                subject=step.text,
                severity="note",
            )


def _steps(block: Block) -> tuple[Step, ...]:
    return block.steps if block.check_up is None else (*block.steps, *block.check_up.steps)


def _voltages(step: Step) -> Iterator[float]:
    """Voltages that a step asks for."""
    if step.kind == "voltage":
        yield step.value
    for one in step.terminations:
        if one.kind == "voltage":
            yield one.value
    if step.drive_cycle is not None and step.drive_cycle.quantity == "voltage":
        yield float(step.drive_cycle.value.min())
        yield float(step.drive_cycle.value.max())
