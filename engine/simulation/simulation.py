"""The simulation: memory and tables prepared once, the compiled driver run in chunks.

Data flow one way: scenario -> parameter record and instruction table -> driver -> buffers -> sink.
A sink is whatever takes rows: the results file, or memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from solidcell.engine.ageing import History
from solidcell.engine.cell import half_cell_record, stack_stiffness
from solidcell.engine.errors import InputError
from solidcell.engine.scenario import CompositeElectrode, Scenario
from solidcell.engine.simulation.aged_start import BLOCKED_PATHS, AgedStart, Spent
from solidcell.engine.simulation.check_up import CheckUps
from solidcell.engine.simulation.ends import BlockEnd, block_ends, idle_blocks
from solidcell.engine.simulation.energy import Discharge, EnergyMeter
from solidcell.engine.simulation.foreseen import foreseen
from solidcell.engine.simulation.instructions import (
    cycles_in_blocks,
    instruction_table,
    protocol_steps,
    stop_table,
)
from solidcell.engine.simulation.interrupt import close_step
from solidcell.engine.simulation.jump import Jumper, probing_tables
from solidcell.engine.simulation.machine import CHUNK_STEPS, Machine
from solidcell.engine.simulation.memory import Solution
from solidcell.engine.simulation.outcome import INTERRUPTED, OUTCOMES, Outcome
from solidcell.engine.simulation.recorder import Recorder, Sink
from solidcell.engine.simulation.restart import (
    CLOCK,
    CycleStart,
    Running,
    State,
    check,
    end_state,
    fingerprint,
)
from solidcell.engine.simulation.rows import field_coordinates
from solidcell.engine.simulation.table_ranges import known_ranges
from solidcell.engine.simulation.warnings import RunWarning
from solidcell.kernels import progress as entries
from solidcell.kernels.codes import Result
from solidcell.kernels.layout import STEPS, state_layout

FloatArray = npt.NDArray[np.float64]
Change = float | Mapping[str, float]

CHUNK_SECONDS = 0.2
"""About the time of a call of the driver, so that Ctrl-C and a progress bar respond."""
FIRST_CHUNK = 200
"""Solver steps in the first call."""
_ENDED = [STEPS.index(name) for name in ("block_stop", "stopped_block", "condition", "repetitions")]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, told after every chunk.

    Attributes
    ----------
    fraction
        Share of the protocol's steps that are done.
    cycle, cycles
        Number of the current cycle, from 1, and of all.
    step
        Text of the protocol step at work.
    time
        Simulated time, s.
    voltage
        V.
    """

    fraction: float
    cycle: int
    cycles: int
    step: str
    time: float
    voltage: float


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended.

    Attributes
    ----------
    completed
        Whether the protocol was run to its end.
    stop_reason, message
        Why it was not, or that a block of it was idle: in a word or two, and as a sentence with cycle,
        step and time.
    block_ends
        The blocks that ended before their last repetition, in order.
    warnings
        What else a person should know.
    discharges
        The constant-current discharges, in order; a hundred at most.
    knee_cycle, end_of_life_cycle
        Cycle at which the fade bends, and the first below 80 % of the first capacity, in the longest
        block of the protocol; None if there is none.
    simulated_seconds
        Length of the protocol as it ran, s.
    counters
        Work of the solver: solver_steps, rejected_steps, linear_solves, factorizations.
    compile_seconds, solve_seconds
        Time to compile (or to load from the cache) and to solve.
    end_state
        Datasets of /end_state: another run can start from them.
    warnings
        What a reader of the numbers should know.
    """

    completed: bool
    stop_reason: str
    message: str
    discharges: tuple[Discharge, ...]
    knee_cycle: int | None
    end_of_life_cycle: int | None
    simulated_seconds: float
    counters: Mapping[str, int]
    compile_seconds: float
    solve_seconds: float
    end_state: Mapping[str, Any]
    block_ends: tuple[BlockEnd, ...] = ()
    warnings: tuple[RunWarning, ...] = ()

    @property
    def status(self) -> str:
        """``completed``, ``stopped``, or ``idle`` if all was run but a block where nothing happened."""
        if not self.completed:
            return "stopped"
        return "idle" if self.stop_reason else "completed"


class Simulation:
    """A scenario made ready to run, as often as wanted.

    Parameters
    ----------
    scenario
        The scenario.

    Raises
    ------
    InputError
        If the cell has no lithium metal left at the initial stoichiometry, or is to start from a state
        that its file has not or that is another cell's.

    Examples
    --------
    >>> simulation = Simulation(load_scenario("nmc811_lpscl_li_450"))  # doctest: +SKIP
    >>> solution = simulation.solve()                                  # doctest: +SKIP
    >>> solution.timeseries["voltage"]                                 # doctest: +SKIP
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        record = half_cell_record(scenario)
        self._aged = None
        if scenario.operation.initial_state is not None:
            self._aged = AgedStart.read(scenario, record)
            record = self._aged.act_on(scenario, record)
        self.record = record
        self.protocol = instruction_table(scenario)
        self.meter = EnergyMeter(scenario)
        self.machine = Machine(scenario, self.record)
        self._texts = [step.text for step in protocol_steps(scenario)]
        longest = scenario.numerics.max_step
        self._limit = np.inf if longest is None else float(longest)
        if self._aged is None:
            self._start_lithium = _initial_lithium(scenario)
            self._inventory = _inventory(scenario, self._start_lithium)
            spent = Spent()
        else:
            self._start_lithium = 0.0
            self._inventory = self._aged.lithium(record, self.machine.work)
            spent = self._aged.spent(record, self.machine.work)
        self._ranges = known_ranges(scenario)
        self._stiffness = stack_stiffness(scenario.cell, scenario.operation.fixture)
        self._recorder = Recorder(
            scenario, self.machine, self.meter, self._texts, self._inventory, spent
        )
        self._check_ups = CheckUps(scenario, self.machine, self._recorder)
        self._probes = probing_tables(scenario)

    @property
    def state_layout(self) -> str:
        """What the entries of the state vector are."""
        shells, nodes = self.machine.work.phi.shape
        return state_layout(nodes, shells, self.record.planes)

    @property
    def attributes(self) -> Mapping[str, object]:
        """What the root of a results file says of its states."""
        frozen = self._aged is not None and self.scenario.physics.paths == "off"
        blocked = {BLOCKED_PATHS: self._aged.paths} if self._aged is not None and frozen else {}
        return {"state_layout": self.state_layout, **blocked}

    @property
    def coordinates(self) -> Mapping[str, FloatArray]:
        """Positions of the fields: ``x_positive`` and ``r_positive``, m; ``frequency``, Hz."""
        return {
            **field_coordinates(self.record, self.machine.faces),
            "frequency": self.scenario.output.impedance.frequencies,
        }

    @cached_property
    def _foreseen(self) -> tuple[RunWarning, ...]:
        """Warnings that follow from the scenario alone, the same for each of its runs."""
        return tuple(foreseen(self.scenario, self.record))

    def compile(self) -> float:
        """Compile the kernels, or load them from the cache; the seconds it took."""
        return self.machine.compile(self.record, self.protocol, self.begin())

    def solve(self, **changes: Change) -> Solution:
        """Run the scenario and keep its rows in memory.

        Parameters
        ----------
        changes
            Fields of the parameter record (`self.record`) to change for this run alone, in SI, e.g.
            ``separator_resistance=1e-4``, or ``lithium={"interface_resistance": 0.0}`` for a field of
            a record in it.

        Raises
        ------
        ValueError
            If the record has no such field.
        """
        solution = Solution()
        solution.summary = self.run(
            solution, report=None, stop=None, keep=None, state=None, **changes
        )
        return solution

    def run(
        self,
        sink: Sink,
        *,
        report: Callable[[Progress], None] | None = None,
        stop: Callable[[], bool] | None = None,
        keep: Callable[[Callable[[], State]], None] | None = None,
        state: State | None = None,
        **changes: Change,
    ) -> Summary:
        """Run the scenario and hand its rows to `sink` chunk by chunk.

        The rows do not depend on where a run was left by `keep` and taken up with `state`.

        Parameters
        ----------
        sink
            Takes the rows.
        report
            Called after every chunk.
        stop
            Asked after every chunk whether the run is to end there, its rows complete.
        keep
            Called after every chunk, when the sink has all rows up to there, with a function that
            returns the state.
        state
            A state to go on from, of a run of the same scenario, instead of the scenario's start.
        changes
            As for `solve`.

        Raises
        ------
        InputError
            If the state is one of another scenario or of other kernels.
        """
        record: Any = self.record
        if changes:
            record = _changed(record, changes)
        machine, table = self.machine, self.protocol
        compile_seconds = 0.0 if machine.is_compiled else self.compile()
        # A run that nobody keeps can be shorter than a look at its numbers.
        inputs = b"" if keep is None and state is None else self._fingerprint(record)
        run = Running(self.begin(), machine.stages, self._history())
        for warning in foreseen(self.scenario, record) if changes else self._foreseen:
            run.warnings.add(warning)
        if state is not None:
            run.take(state, inputs)
        progress = run.progress
        clock, counters = progress.clock, progress.counters
        budget = min(FIRST_CHUNK, CHUNK_STEPS)
        interrupted = False
        outcome: Outcome | None
        while True:
            started = time.perf_counter()
            code = machine.drive(record, table, progress, budget)
            seconds = time.perf_counter() - started
            budget = _next_budget(budget, seconds)
            run.solve_seconds += seconds
            running = code in (Result.CHUNK_END, Result.BUFFER_FULL, Result.CHECK_UP)
            if interrupted and counters[entries.PHASE] == entries.DONE:
                running, outcome = False, INTERRUPTED
            else:
                outcome = None if running else OUTCOMES.get(code)
            # A check-up may end the block with the step before it.
            held = self._recorder.drain(
                sink, record, run, seconds, outcome is not None, hold=code == Result.CHECK_UP
            )
            if report is not None:
                report(self._told(progress))
            if not running:
                break
            if code == Result.CHECK_UP:
                ended = self._between_cycles(sink, record, run, stop)
                if ended is not None and len(held):
                    held[-1, _ENDED] = ended
                step = int(counters[entries.STEP_INDEX]) - len(held)
                self._recorder.append_steps(sink, run, held, step)
            if not interrupted and stop is not None and stop():
                interrupted = True
                close_step(counters)
            if keep is not None and not interrupted:
                keep(partial(run.state, inputs))
        ends = block_ends(run.ends, self.scenario)
        idle = tuple(idle_blocks(ends))
        for warning in idle:
            run.warnings.add(warning)
        reason, message = "", ""
        if outcome is not None:
            reason, message = outcome.reason, self._message(progress, outcome)
        elif idle:
            reason, message = "idle block", idle[0].text
        return Summary(
            completed=outcome is None,
            stop_reason=reason,
            message=message,
            discharges=tuple(run.discharges),
            knee_cycle=run.history.knee(),
            end_of_life_cycle=run.history.end_of_life(),
            simulated_seconds=float(clock[entries.TIME]),
            counters={
                "solver_steps": int(counters[entries.SOLVER_STEPS]),
                "rejected_steps": int(counters[entries.REJECTED]),
                "linear_solves": int(counters[entries.SOLVES]),
                "factorizations": int(counters[entries.FACTORIZATIONS]),
            },
            compile_seconds=compile_seconds,
            solve_seconds=run.solve_seconds,
            end_state=end_state(progress, machine.state),
            block_ends=ends,
            warnings=tuple(run.warnings),
        )

    def check(self, state: State) -> None:
        """Make sure that a run can go on from a state, before anything is compiled.

        Raises
        ------
        InputError
            If the state is one of another scenario or of other kernels.
        """
        check(state, self._fingerprint(self.record))

    def only_cycle(self, start: CycleStart) -> State:
        """Narrow the protocol to one cycle, and return the state at its start.

        Parameters
        ----------
        start
            The cycle.
        """
        first, last = start.rows
        self.protocol = self.protocol._replace(
            block_start=np.array([first]),
            block_end=np.array([last]),
            block_repeat=np.array([1]),
            block_check_up=np.zeros(1, dtype=np.int64),
            loop_start=np.zeros(0, dtype=np.int64),
            loop_end=np.zeros(0, dtype=np.int64),
            loop_repeat=np.zeros(0, dtype=np.int64),
            **stop_table([()]),
            starts_cycle=np.zeros_like(self.protocol.starts_cycle),
            cycles=start.cycle + 1,
        )
        run = Running(self.begin(), self.machine.stages, self._history(), cycles=start.cycle)
        clock, counters = run.progress.clock, run.progress.counters
        self.machine.state[:] = start.state
        for name, entry in CLOCK.items():
            clock[entry] = start.clock[name]
        counters[entries.CYCLE] = start.cycle
        counters[entries.PHASE] = entries.BLOCK
        return run.state(self._fingerprint(self.record))

    def _history(self) -> History:
        return History(self._inventory, cycles_in_blocks(self.scenario))

    def begin(self) -> entries.Progress:
        """Progress at the start of the protocol."""
        scenario = self.scenario
        progress = entries.allocate_progress(
            self.machine.states,
            self.record.width.size,
            self.protocol.termination_value.shape[1],
            self._limit,
            0.0 if scenario.cell.symmetric else scenario.initial_stoichiometry,
            self._start_lithium,
            temperature=float(scenario.operation.temperature),
            pressure=float(scenario.operation.stack_pressure),
            stiffness=self._stiffness,
            blocks=len(self.protocol.stop_count),
            ranges=self._ranges,
        )
        if self._aged is not None:
            self._aged.put_in(progress)
        return progress

    def _fingerprint(self, record: Any) -> bytes:
        """Checksum of all numbers that a run follows from."""
        return fingerprint(
            record, self.protocol, self.machine.method, self.machine.tolerance, *self.begin()
        )

    def _between_cycles(
        self, sink: Sink, record: Any, run: Running, stop: Callable[[], bool] | None
    ) -> tuple[float, float, float, float] | None:
        """Check the cell up where that is due, and jump over cycles where that is asked for.

        Returns what of the check-up ended the block, see `CheckUps.look`.
        """
        progress, ended = run.progress, None
        number = int(progress.counters[entries.BLOCK_INDEX])
        block = self.scenario.protocol[number]
        done = int(progress.counters[entries.REPETITION])
        if block.check_up is not None and done % block.check_up.every == 0:
            ended = self._check_ups.look(sink, record, progress, stop)
        if ended is None and block.jump is not None:
            jumper = Jumper(
                record,
                self.machine.work,
                self.machine.state,
                self.scenario.protocol,
                number,
                self._probes[number],
                self._inventory,
                partial(self.machine.drive_unrecorded, stop=stop),
            )
            jumper.between_cycles(run.pace, progress, self.protocol)
        return ended

    def _told(self, progress: entries.Progress) -> Progress:
        counters = progress.counters
        row = min(int(counters[entries.ROW]), len(self._texts) - 1)
        return Progress(
            fraction=self._fraction(progress),
            cycle=min(int(counters[entries.CYCLE]) + 1, self.protocol.cycles),
            cycles=self.protocol.cycles,
            step=self._texts[row],
            time=float(progress.clock[entries.TIME]),
            voltage=float(self.machine.state[self.machine.work.offsets.voltage]),
        )

    def _fraction(self, progress: entries.Progress) -> float:
        """Share of all protocol steps that are done, or jumped over."""
        protocol, counters = self.protocol, progress.counters
        steps = (protocol.block_end - protocol.block_start) * protocol.block_repeat
        block, repetition = counters[[entries.BLOCK_INDEX, entries.REPETITION]].tolist()
        blocks = range(steps.size)
        everything = sum(steps[n] * self._visits(n, steps.size, progress)[1] for n in blocks)
        if block == steps.size:
            return 1.0
        length = steps[block] / protocol.block_repeat[block]
        ahead = repetition * length
        if counters[entries.OPEN_CYCLE]:
            ahead += counters[entries.ROW] - protocol.block_start[block]
        done = ahead + sum(steps[n] * self._visits(n, block, progress)[0] for n in blocks)
        return float(done / everything)

    def _visits(self, number: int, block: int, progress: entries.Progress) -> tuple[int, int]:
        """How often a block of steps is over while another one is at work, and will be in the end."""
        protocol = self.protocol
        visits, total = int(number < block), 1
        # From the innermost loop outwards: so many visits in a repetition, so many repetitions.
        for loop, repeat in enumerate(protocol.loop_repeat.tolist()):
            start, end = int(protocol.loop_start[loop]), int(protocol.loop_end[loop])
            if not start <= number < end:
                continue
            over = int(progress.blocks[protocol.block_start.size + loop, entries.REPEATED])
            if start <= block < end:
                visits += over * total
            else:
                visits = repeat * total if end <= block else 0
            total *= repeat
        return visits, total

    def _message(self, progress: entries.Progress, outcome: Outcome) -> str:
        told = self._told(progress)
        # The driver has moved on to the row after the step that failed.
        row = max(int(progress.counters[entries.ROW]) - 1, 0)
        cycle = int(progress.counters[entries.CYCLE])
        return (
            f"The simulation stopped in cycle {cycle}, step '{self._texts[row]}', at "
            f"{told.time:.6g} s and {told.voltage:.4f} V because {outcome.cause}; {outcome.cure}."
        )


def _next_budget(budget: int, seconds: float) -> int:
    """Solver steps of the next call of the driver, after one that took so long."""
    wanted = budget * CHUNK_SECONDS / max(seconds, 1e-6)
    return int(min(max(wanted, 1.0), 10.0 * budget, CHUNK_STEPS))


def _changed(record: Any, changes: Mapping[str, Change]) -> Any:
    """A record with other values in some fields; a mapping holds those of a record in it."""
    fields: dict[str, Any] = {}
    for name, value in changes.items():
        if not hasattr(record, name):
            raise ValueError(f"the parameter record has no field {name!r}")
        present = getattr(record, name)
        if isinstance(value, Mapping):
            fields[name] = _changed(present, value)
        else:
            # Of the type that it has: another would compile the driver anew.
            fields[name] = type(present)(value)
    return record._replace(**fields)


def _initial_lithium(scenario: Scenario) -> float:
    """Lithium metal of a plane at the start, mol/m2: the excess, and what the positive gave up."""
    cell, negative = scenario.cell, scenario.cell.negative
    excess = float(negative.excess_thickness / negative.molar_volume)
    if cell.symmetric:
        return excess
    material = cell.composite.active_material
    released = material.stoichiometry_discharged - scenario.initial_stoichiometry
    lithium = excess + _sites(cell.composite) * released
    if lithium < 0.0 or (lithium == 0.0 and negative.type == "lithium_foil"):
        raise InputError(
            f"{scenario.name}: operation.initial_stoichiometry "
            f"{scenario.initial_stoichiometry:g} leaves no lithium metal; lower it to "
            f"{material.stoichiometry_discharged:g} or raise cell.negative.excess_thickness."
        )
    return lithium


def _inventory(scenario: Scenario, lithium: float) -> float:
    """Cyclable lithium of the cell, mol/m2: the metal of all planes and what the positive holds."""
    cell = scenario.cell
    if cell.symmetric:
        return len(cell.planes) * lithium
    return lithium + _sites(cell.composite) * scenario.initial_stoichiometry


def _sites(positive: CompositeElectrode) -> float:
    """Lithium that the active material holds when it is full, mol/m2."""
    concentration = positive.active_material.maximum_concentration
    return float(concentration * positive.active_volume_fraction * positive.thickness)
