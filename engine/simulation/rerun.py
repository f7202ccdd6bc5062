"""Run one cycle of an earlier run again, from the state that its results file keeps, in full detail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import Scenario, parse_scenario
from solidcell.engine.simulation.instructions import protocol_steps
from solidcell.engine.simulation.kept_cycles import kept_cycle
from solidcell.engine.simulation.restart import CLOCK, CycleStart
from solidcell.engine.simulation.results_file import RunReport, complete, new_file
from solidcell.engine.simulation.simulation import Progress, Simulation
from solidcell.kernels.protocol import Protocol

if TYPE_CHECKING:
    from solidcell.engine.store.reader import Results


def rerun_to_file(
    source: str | Path,
    cycle: int,
    path: str | Path | None = None,
    *,
    fields: str | None = None,
    force: bool = False,
    report: Callable[[Progress], None] | None = None,
    compiling: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> RunReport:
    """Run one cycle of an earlier run again and write a results file of it alone.

    The file has a row for each solver step and profiles at the start and end of each step of the
    protocol. Its numbers are those of the earlier run, bit for bit.

    Parameters
    ----------
    source
        Results file of the earlier run, finished or not.
    cycle
        Number of the cycle, from 0 as in the file.
    path
        The new results file; ``NAME-cycle-N.h5`` beside the earlier one unless given, N from 1.
    fields
        Time between further profiles within a step, such as ``10 min``.
    force, report, compiling
        As for `run_to_file`.

    Raises
    ------
    InputError
        If the file keeps no such cycle, or the new one exists or can't be written.
    SolidcellError
        If the disk is full or fails.
    """
    from solidcell.engine.store.reader import open_results
    from solidcell.engine.store.unfinished import RERUN_CYCLE

    started = time.perf_counter()
    source = Path(source)
    with open_results(source) as results:
        if RERUN_CYCLE in results.attributes:
            raise InputError(f"{source} is of a single cycle: give the file of the whole run.")
        place = kept_cycle(source, results, cycle)
        scenario = _detailed(source, results, cycle, fields)
        simulation = Simulation(scenario)
        start = _start(source, results, cycle, place, simulation)
        written = results["scenario"].text("source")
    target = cycle_path(source, cycle) if path is None else Path(path)
    file = new_file(
        simulation, target, force, source=written, attributes={RERUN_CYCLE: np.int32(cycle)}
    )
    return complete(
        simulation, file, started, lambda: simulation.only_cycle(start), report, compiling
    )


def cycle_path(source: Path, cycle: int) -> Path:
    """Results file of a cycle (from 0) of a run unless another is named: ``NAME-cycle-N.h5``."""
    return source.parent / f"{source.name.partition('.h5')[0]}-cycle-{cycle + 1}.h5"


def _detailed(source: Path, results: Results, cycle: int, fields: str | None) -> Scenario:
    """The scenario of the earlier run, with everything kept."""
    resolved = results["scenario"].text("resolved")
    if not resolved:
        raise InputError(f"{source} keeps no text of its scenario, which was made in Python.")
    name = f"{results.attributes['scenario_name']}-cycle-{cycle + 1}"
    return parse_scenario(
        resolved,
        file=source,
        overrides={
            "name": name,
            "output.period": None,
            "output.timeseries": "all",
            "output.fields": "every step" if fields is None else {"period": fields},
        },
    )


def _start(
    source: Path, results: Results, cycle: int, place: int, simulation: Simulation
) -> CycleStart:
    """The start of a cycle, as /checkpoints has it."""
    kept = results["checkpoints"]
    state = kept["state_vector"][place]
    if len(state) != simulation.machine.states or not all(name in kept for name in CLOCK):
        raise InputError(
            f"{source} was written by solidcell {results.attributes['solidcell_version']}, whose "
            "cells have other states: use that version."
        )
    clock = {name: float(kept[name][place]) for name in CLOCK}
    return CycleStart(cycle, _rows(source, results, cycle, simulation), clock, state)


def _rows(source: Path, results: Results, cycle: int, simulation: Simulation) -> tuple[int, int]:
    """Rows of the protocol that a cycle ran, told by the texts of the steps up to it.

    A block may end before it is repeated as often as planned; then the next one begins.
    """
    steps = results["steps"]
    texts: list[list[str]] = [[] for _ in range(cycle + 1)]
    for number, text in zip(steps["cycle"].tolist(), steps["text"].tolist(), strict=True):
        if number <= cycle:
            texts[number].append(str(text))
    protocol = simulation.protocol
    plan = [step.text for step in protocol_steps(simulation.scenario)]
    parts = [_parts(protocol, block) for block in range(len(protocol.block_start))]
    order = visits(protocol)
    block: int | None = next(order)
    repetition = part = 0
    rows = (0, 0)
    for said in texts:
        while block is not None:
            first, last = rows = parts[block][part]
            if repetition < protocol.block_repeat[block] and plan[first:last][: len(said)] == said:
                break
            block, repetition, part = next(order, None), 0, 0
        else:
            raise InputError(
                f"the cycles of {source} are not those of its protocol: it is damaged."
            )
        part += 1
        if part == len(parts[block]):
            repetition, part = repetition + 1, 0
    return rows


def visits(protocol: Protocol) -> Iterator[int]:
    """Blocks in the order in which they run if none ends early: those in a loop come again."""
    done = [0] * len(protocol.loop_start)
    block = 0
    while block < len(protocol.block_start):
        yield block
        block += 1
        for loop, end in enumerate(protocol.loop_end.tolist()):
            if end == block:
                done[loop] += 1
                if done[loop] < protocol.loop_repeat[loop]:
                    block = int(protocol.loop_start[loop])
                    break
                done[loop] = 0


def _parts(protocol: Protocol, block: int) -> list[tuple[int, int]]:
    """Rows of the cycles in one repetition of a block."""
    first, last = int(protocol.block_start[block]), int(protocol.block_end[block])
    inner = [row for row in range(first + 1, last) if protocol.starts_cycle[row]]
    edges = [first, *inner, last]
    return list(pairwise(edges))
