"""The simulation: memory and tables prepared once, the compiled driver run in chunks.

Data flow one way: scenario -> parameter record and instruction table -> driver -> buffers -> sink.
A sink is whatever takes rows: the results file, or memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from solidcell.engine.ageing import Equilibrium, History, loss_columns, reference_of
from solidcell.engine.cell import half_cell_record, stack_stiffness
from solidcell.engine.errors import InputError
from solidcell.engine.protocol import Stop
from solidcell.engine.scenario import CompositeElectrode, Scenario
from solidcell.engine.simulation.check_up import (
    NO_STEP,
    beside,
    check_up_columns,
    check_up_tables,
    rested,
)
from solidcell.engine.simulation.energy import Discharge, EnergyMeter
from solidcell.engine.simulation.instructions import (
    cycles_in_blocks,
    instruction_table,
    limits_of,
    protocol_steps,
)
from solidcell.engine.simulation.interrupt import close_step
from solidcell.engine.simulation.jump import Jumper, probing_tables
from solidcell.engine.simulation.memory import Solution
from solidcell.engine.simulation.outcome import INTERRUPTED, OUTCOMES, Outcome
from solidcell.engine.simulation.restart import (
    CLOCK,
    CycleStart,
    Running,
    State,
    check,
    cycle_starts,
    fingerprint,
)
from solidcell.engine.simulation.rows import (
    Columns,
    Rows,
    ageing_columns,
    cycles_columns,
    field_coordinates,
    fields_columns,
    resistances_of,
    spectra_columns,
    steps_columns,
    timeseries_columns,
)
from solidcell.kernels import driver
from solidcell.kernels import progress as entries
from solidcell.kernels.codes import Instruction, Result, StopReason
from solidcell.kernels.impedance import impedance_spectrum
from solidcell.kernels.layered_sphere import allocate_layers
from solidcell.kernels.layout import CYCLES, SPECTRA, STEPS
from solidcell.kernels.mesh import particle_mesh
from solidcell.kernels.network import allocate_network
from solidcell.kernels.options import entry_point, is_compiled
from solidcell.kernels.parameters import at_temperature
from solidcell.kernels.protocol import Protocol as InstructionTable
from solidcell.kernels.rosenbrock import allocate_stages
from solidcell.kernels.tableaus import RODAS4
from solidcell.kernels.workspace import (
    allocate_workspace,
)

FloatArray = npt.NDArray[np.float64]
Change = float | Mapping[str, float]

CHUNK_SECONDS = 0.2
"""About the time of a call of the driver, so that Ctrl-C and a progress bar respond."""
FIRST_CHUNK, CHUNK_STEPS = 200, 2_000
"""Solver steps in the first call, and in any call at most."""

_ROWS, _STEP_ROWS, _CYCLE_ROWS, _SNAPSHOTS, _SPECTRA = 8192, 512, 256, 64, 16
_CURRENT, _STOPPED = int(Instruction.CURRENT), int(StopReason.STOPPED)


class Sink(Protocol):
    """What takes the rows of a run."""

    def append(self, table: str, rows: Mapping[str, Any]) -> None:
        """Take rows of a table, columns by name."""


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
        Why it was not: in a word or two, and as a sentence with cycle, step and time.
    discharges
        The constant-current discharges of the first cycles, in order.
    knee_cycle, end_of_life_cycle
        Cycle at which the fade bends, and the first below 80 % of the first capacity, in the longest
        block of the protocol; None if there is none.
    simulated_seconds
        Length of the protocol as it ran, s.
    counters
        Work of the solver: solver_steps, rejected_steps, linear_solves, factorizations.
    compile_seconds, solve_seconds
        Time to compile (or to load from the cache) and to solve.
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


class Simulation:
    """A scenario made ready to run, as often as wanted.

    Parameters
    ----------
    scenario
        The scenario.

    Raises
    ------
    InputError
        If the cell has no lithium metal left at the initial stoichiometry.

    Examples
    --------
    >>> simulation = Simulation(load_scenario("nmc811_lpscl_li_450"))  # doctest: +SKIP
    >>> solution = simulation.solve()                                  # doctest: +SKIP
    >>> solution.timeseries["voltage"]                                 # doctest: +SKIP
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.record = half_cell_record(scenario)
        self.protocol = instruction_table(scenario)
        self._check_ups = check_up_tables(scenario)
        self._probes = probing_tables(scenario)
        self.meter = EnergyMeter(scenario)
        self._texts = [step.text for step in protocol_steps(scenario)]
        numerics = scenario.numerics
        nodes, shells = self.record.width.size, self.record.shell_volume.size
        self._method = RODAS4
        self._tolerance = float(numerics.rtol)
        self._limit = np.inf if numerics.max_step is None else float(numerics.max_step)
        self._start_lithium = _initial_lithium(scenario)
        self._inventory = _inventory(scenario, self._start_lithium)
        self._stiffness = stack_stiffness(scenario.cell, scenario.operation.fixture)
        # Found once: looking up a compiled function by its eighty types takes as long as 20 steps.
        self._execute: Callable[..., int] | None = None
        self._work = allocate_workspace(nodes, shells, self.record.planes)
        size = self._work.offsets.length
        self._stages = allocate_stages(self._method.nodes.size, size)
        self._buffers = entries.allocate_buffers(
            size, _ROWS, _STEP_ROWS, _CYCLE_ROWS, _SNAPSHOTS, _CYCLE_ROWS, _SPECTRA
        )
        self._network = allocate_network(nodes)
        self._layers = allocate_layers(nodes, shells)
        self._faces = np.zeros(1)
        if nodes:
            self._faces = particle_mesh(numerics.shells, numerics.shell_stretch).faces

    @property
    def coordinates(self) -> Mapping[str, FloatArray]:
        """Positions of the fields: ``x_positive`` and ``r_positive``, m; ``frequency``, Hz."""
        return {
            **field_coordinates(self.record, self._faces),
            "frequency": self.scenario.output.impedance.frequencies,
        }

    def compile(self) -> float:
        """Compile the kernels, or load them from the cache; the seconds it took."""
        started = time.perf_counter()
        driver.drive(*self._arguments(self.record, self._begin(), budget=0))
        return time.perf_counter() - started

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
        compile_seconds = 0.0
        if self._execute is None:
            compile_seconds = 0.0 if is_compiled(driver.drive) else self.compile()
            self._execute = entry_point(driver.drive)
        execute = self._execute
        # A run that nobody keeps can be shorter than a look at its numbers.
        inputs = b"" if keep is None and state is None else self._fingerprint(record)
        run = Running(self._begin(), self._stages, self._history())
        if state is not None:
            run.take(state, inputs)
        progress = run.progress
        clock, counters = progress.clock, progress.counters
        budget = min(FIRST_CHUNK, CHUNK_STEPS)
        interrupted = False
        outcome: Outcome | None
        while True:
            started = time.perf_counter()
            code = Result(execute(*self._arguments(record, progress, budget)))
            seconds = time.perf_counter() - started
            budget = _next_budget(budget, seconds)
            run.solve_seconds += seconds
            running = code in (Result.CHUNK_END, Result.BUFFER_FULL, Result.CHECK_UP)
            if interrupted and counters[entries.PHASE] == entries.DONE:
                running, outcome = False, INTERRUPTED
            else:
                outcome = None if running else OUTCOMES.get(code)
            stopped = outcome is not None
            self._drain(sink, record, run, seconds, stopped)
            if report is not None:
                report(self._told(progress))
            if not running:
                break
            if code == Result.CHECK_UP:
                self._between_cycles(sink, record, run, stop)
            if not interrupted and stop is not None and stop():
                interrupted = True
                close_step(counters)
            if keep is not None and not interrupted:
                keep(partial(run.state, inputs))
        return Summary(
            completed=outcome is None,
            stop_reason="" if outcome is None else outcome.reason,
            message="" if outcome is None else self._message(progress, outcome),
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
            block_limits=limits_of(Stop())[None],
            starts_cycle=np.zeros_like(self.protocol.starts_cycle),
            cycles=start.cycle + 1,
        )
        run = Running(self._begin(), self._stages, self._history(), cycles=start.cycle)
        clock, counters = run.progress.clock, run.progress.counters
        self._stages.start[:] = start.state
        for name, entry in CLOCK.items():
            clock[entry] = start.clock[name]
        counters[entries.CYCLE] = start.cycle
        counters[entries.PHASE] = entries.BLOCK
        return run.state(self._fingerprint(self.record))

    @property
    def states(self) -> int:
        """Entries of the state vector."""
        return int(self._work.offsets.length)

    def _history(self) -> History:
        return History(self._inventory, cycles_in_blocks(self.scenario))

    def _begin(self) -> entries.Progress:
        """Progress at the start of the protocol."""
        scenario = self.scenario
        return entries.allocate_progress(
            self._work.offsets.length,
            self.record.width.size,
            self.protocol.termination_value.shape[1],
            self._limit,
            0.0 if scenario.cell.symmetric else scenario.initial_stoichiometry,
            self._start_lithium,
            temperature=float(scenario.operation.temperature),
            pressure=float(scenario.operation.stack_pressure),
            stiffness=self._stiffness,
        )

    def _fingerprint(self, record: Any) -> bytes:
        """Checksum of all numbers that a run follows from."""
        return fingerprint(record, self.protocol, self._method, self._tolerance, *self._begin())

    def _arguments(self, record: Any, progress: entries.Progress, budget: int) -> tuple[Any, ...]:
        """What the driver is called with."""
        return (
            record,
            self.protocol,
            self._method,
            self._work,
            self._stages,
            progress,
            self._buffers,
            self._tolerance,
            budget,
        )

    def _drain(
        self,
        sink: Sink,
        record: Any,
        run: Running,
        seconds: float,
        stopped: bool,
    ) -> None:
        """Hand on what the driver wrote and make room."""
        progress = run.progress
        counters, buffers, scenario = progress.counters, self._buffers, self.scenario
        rows = buffers.rows[: counters[entries.ROWS]]
        steps = buffers.steps[: counters[entries.STEP_ROWS]]
        snapshots = counters[entries.SNAPSHOTS]
        checkpoints = counters[entries.CHECKPOINTS]
        area = scenario.cell.electrode_area
        if len(rows):
            kept = rows.copy()
            sink.append("timeseries", Rows(lambda: timeseries_columns(kept, scenario)))
        if len(steps):
            first, done = int(counters[entries.STEP_INDEX]) - len(steps), steps.copy()
            sink.append("steps", Rows(lambda: steps_columns(done, first, self._texts, area)))
            self._meter_discharges(steps, run.discharges)
        if counters[entries.CYCLE_ROWS]:
            sink.append("cycles", self._cycles(record, run, seconds, stopped))
        if snapshots and self._work.nodes.shape[1]:
            sink.append(
                "fields",
                fields_columns(
                    buffers.snapshots[:snapshots],
                    buffers.snapshot_index[:snapshots],
                    record,
                    self._work,
                ),
            )
        if counters[entries.SPECTRA_ROWS]:
            sink.append("impedance", self._spectra(record, int(counters[entries.SPECTRA_ROWS])))
        if checkpoints:
            sink.append("checkpoints", cycle_starts(buffers, checkpoints))
        for counter in (
            entries.ROWS,
            entries.STEP_ROWS,
            entries.CYCLE_ROWS,
            entries.SNAPSHOTS,
            entries.CHECKPOINTS,
            entries.SPECTRA_ROWS,
        ):
            counters[counter] = 0

    def _cycles(
        self,
        record: Any,
        run: Running,
        seconds: float,
        stopped: bool,
    ) -> Rows:
        """Rows of the cycles that have ended."""
        progress = run.progress
        count = int(progress.counters[entries.CYCLE_ROWS])
        ended, pulses = (
            part[:count].copy() for part in (self._buffers.cycles, self._buffers.pulses)
        )
        last = run.cycles - 1
        run.cycles = int(ended[-1, CYCLES.index("cycle")]) + 1

        def aged() -> Columns:
            return ageing_columns(ended, last, self.scenario, record, self._inventory, stopped)

        # A single cycle has no history: what it says of ageing is made when looked at.
        taken = None if self.protocol.cycles == 1 else aged()
        if taken is not None:
            run.history.take(taken)
        reference = run.history.reference
        thickness = float(progress.clock[entries.FIRST_THICKNESS])

        def columns() -> Columns:
            ageing = aged() if taken is None else taken
            known = reference_of(ageing, self._inventory) if taken is None else reference
            resistances = self._resistances(record, pulses[:, :-1], pulses[:, -1])
            made = cycles_columns(ended, resistances, self.scenario, thickness, seconds)
            if self.scenario.cell.symmetric:
                return {**made, **ageing}
            losses = loss_columns(self._equilibrium, known, ageing, self._inventory)
            return {**made, **ageing, **losses}

        return Rows(columns)

    @cached_property
    def _equilibrium(self) -> Equilibrium:
        """What capacities at equilibrium follow from."""
        return Equilibrium.of(self.scenario)

    def _between_cycles(
        self, sink: Sink, record: Any, run: Running, stop: Callable[[], bool] | None
    ) -> None:
        """Check the cell up where that is due, and jump over cycles where that is asked for."""
        progress = run.progress
        block = self.scenario.protocol[int(progress.counters[entries.BLOCK_INDEX])]
        done = int(progress.counters[entries.REPETITION])
        if block.check_up is not None and done % block.check_up.every == 0:
            self._check_up(sink, record, progress, stop)
        if block.jump is not None:
            jumper = Jumper(
                record,
                self._work,
                self._stages.start,
                block,
                self._probes[int(progress.counters[entries.BLOCK_INDEX])],
                self._inventory,
                partial(self._drive_alone, stop=stop),
            )
            jumper.between_cycles(run.pace, progress, self.protocol)

    def _drive_alone(
        self,
        record: Any,
        table: InstructionTable,
        own: entries.Progress,
        stop: Callable[[], bool] | None,
    ) -> Result:
        """Run a protocol beside the life's, from the state in `_stages`; nothing is recorded."""
        assert self._execute is not None
        code = Result.CHUNK_END
        while code in (Result.CHUNK_END, Result.BUFFER_FULL):
            arguments = (record, table, self._method, self._work, self._stages, own, self._buffers)
            code = Result(self._execute(*arguments, self._tolerance, CHUNK_STEPS))
            own.counters[[entries.ROWS, entries.STEP_ROWS, entries.SNAPSHOTS]] = 0
            if stop is not None and stop():
                break
        return code

    def _check_up(
        self,
        sink: Sink,
        record: Any,
        progress: entries.Progress,
        stop: Callable[[], bool] | None,
    ) -> None:
        """Look at the cell between two cycles: on a copy of its state that does not age, or for real.

        Nothing of it is left in `progress` unless the check-up is part of the cell's life. It ends
        early, and counts as not completed, when `stop` says so.
        """
        block = int(progress.counters[entries.BLOCK_INDEX])
        planned = self.scenario.protocol[block]
        table = self._check_ups[block]
        assert planned.check_up is not None
        ageing, life = planned.check_up.ageing, self._stages.start.copy()
        own = beside(progress, table)
        resting = record if ageing else rested(record)
        code = self._drive_alone(resting, table, own, stop)
        after = int(progress.counters[entries.CYCLE]) - 1
        cycles = self._buffers.cycles[: own.counters[entries.CYCLE_ROWS]].copy()
        pulses = self._buffers.pulses[: len(cycles)].copy()
        resistances = self._resistances(resting, pulses[:, :-1], pulses[:, -1])
        start, done = float(progress.clock[entries.TIME]), code == Result.FINISHED
        row = check_up_columns(cycles, resistances, after, start, self.scenario, done)
        sink.append("check_ups", row)
        if own.counters[entries.SPECTRA_ROWS]:
            taken = int(own.counters[entries.SPECTRA_ROWS])
            place = {"cycle": np.full(taken, after), "step": np.full(taken, NO_STEP)}
            sink.append("impedance", {**self._spectra(resting, taken), **place})
        if ageing:
            shared = [entries.TIME, entries.TEMPERATURE, entries.STIFFNESS, entries.THICKNESS]
            shared += [entries.SET_PRESSURE, entries.SET_RAMP, entries.RAMP_START, entries.RAMP_END]
            progress.clock[shared] = own.clock[shared]
        else:
            self._stages.start[:] = life
        capacity = float(row["discharge_capacity"][0])
        if progress.counters[entries.REPETITION] == 0:
            progress.clock[entries.CHECK_UP_CAPACITY] = capacity
        first = progress.clock[entries.CHECK_UP_CAPACITY]
        if planned.stop.of_check_up and capacity < planned.stop.capacity * first:
            progress.counters[entries.REPETITION] = planned.repeat

    def _spectra(self, record: Any, count: int) -> Mapping[str, Any]:
        """Spectra of the states that the driver has kept for them."""
        states = self._buffers.spectra[:count].copy()
        index = self._buffers.spectrum_index[:count].copy()
        frequencies = self.scenario.output.impedance.frequencies
        impedances = np.empty((count, frequencies.size), dtype=np.complex128)
        real, imaginary = np.empty((2, frequencies.size))
        for n in range(count):
            row = dict(zip(SPECTRA, index[n].tolist(), strict=True))
            impedance_spectrum(
                record,
                at_temperature(record, row["temperature"]),
                self._work,
                self._network,
                self._faces,
                self._layers,
                row["stiffness"],
                int(row["configuration"]),
                states[n],
                frequencies,
                real,
                imaginary,
            )
            impedances[n] = real + 1j * imaginary
        resistances = self._resistances(record, states, index[:, SPECTRA.index("temperature")])
        return spectra_columns(
            states, index, impedances, resistances, self.scenario, record, self._work
        )

    def _resistances(self, record: Any, states: FloatArray, temperatures: FloatArray) -> FloatArray:
        """Resistances of states by mechanism, Ohm m2, (states, mechanisms)."""
        return resistances_of(states, temperatures, record, self._work, self._network)

    def _meter_discharges(self, steps: FloatArray, discharges: list[Discharge]) -> None:
        area = self.scenario.cell.electrode_area
        for values in steps.tolist():
            row = dict(zip(STEPS, values, strict=True))
            # A discharge that could not be finished says nothing about the cell's energy, and one
            # of two lithium electrodes delivers none.
            finished = row["kind"] == _CURRENT and row["stop_reason"] != _STOPPED
            if finished and row["end_current"] > 0.0 and row["energy"] > 0.0:
                discharges.append(
                    self.meter.discharge(
                        row["end_current"] * area,
                        row["capacity"] * area / 3600.0,
                        row["energy"] * area / 3600.0,
                    )
                )

    def _told(self, progress: entries.Progress) -> Progress:
        counters = progress.counters
        row = min(int(counters[entries.ROW]), len(self._texts) - 1)
        return Progress(
            fraction=self._fraction(progress),
            cycle=min(int(counters[entries.CYCLE]) + 1, self.protocol.cycles),
            cycles=self.protocol.cycles,
            step=self._texts[row],
            time=float(progress.clock[entries.TIME]),
            voltage=float(self._stages.start[self._work.offsets.voltage]),
        )

    def _fraction(self, progress: entries.Progress) -> float:
        """Share of all protocol steps that are done."""
        protocol, counters = self.protocol, progress.counters
        lengths = protocol.block_end - protocol.block_start
        return float(counters[entries.STEP_INDEX] / (lengths * protocol.block_repeat).sum())

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
