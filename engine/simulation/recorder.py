"""What the driver has written, handed on as columns of the whole cell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from solidcell.engine.ageing import Equilibrium, loss_columns
from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation.aged_start import Spent
from solidcell.engine.simulation.energy import Discharge, EnergyMeter
from solidcell.engine.simulation.machine import Machine
from solidcell.engine.simulation.restart import Running, cycle_starts
from solidcell.engine.simulation.rows import (
    SECONDS_PER_HOUR,
    Columns,
    Rows,
    ageing_columns,
    cycles_columns,
    fields_columns,
    spectra_columns,
    steps_columns,
    timeseries_columns,
)
from solidcell.engine.simulation.table_ranges import left_ranges
from solidcell.kernels import progress as entries
from solidcell.kernels.codes import Instruction, StopReason
from solidcell.kernels.impedance import impedance_spectrum
from solidcell.kernels.layout import CYCLES, SPECTRA, STEPS
from solidcell.kernels.parameters import HalfCell, at_temperature

FloatArray = npt.NDArray[np.float64]

_CURRENT, _STOPPED = int(Instruction.CURRENT), int(StopReason.STOPPED)
_KIND, _REASON = STEPS.index("kind"), STEPS.index("stop_reason")
_CYCLE, _END, _BLOCK_STOP = (STEPS.index(name) for name in ("cycle", "end", "block_stop"))
_ENDED = [STEPS.index(name) for name in ("stopped_block", "block_stop", "condition", "repetitions")]
_END_CURRENT, _CAPACITY, _ENERGY = (
    STEPS.index(name) for name in ("end_current", "capacity", "energy")
)


MOST_DISCHARGES = 100
"""Whose energy a run keeps: a life has many more, and its cycles tell of them."""


class Sink(Protocol):
    """What takes the rows of a run."""

    def append(self, table: str, rows: Mapping[str, Any]) -> None:
        """Take rows of a table, columns by name."""


class Recorder:
    """Empties the buffers of a machine into a sink.

    Parameters
    ----------
    scenario
        The scenario.
    machine
        Whose buffers they are.
    meter
        Measures discharges.
    texts
        Text of each protocol step.
    inventory
        Cyclable lithium at the start of a run, mol/m2.
    spent
        What the cell had lost when the run began.
    """

    def __init__(
        self,
        scenario: Scenario,
        machine: Machine,
        meter: EnergyMeter,
        texts: list[str],
        inventory: float,
        spent: Spent,
    ) -> None:
        self._scenario, self._machine, self._meter = scenario, machine, meter
        self._texts, self._inventory, self._spent = texts, inventory, spent

    def drain(
        self,
        sink: Sink,
        record: HalfCell,
        run: Running,
        seconds: float,
        stopped: bool,
        *,
        hold: bool = False,
    ) -> FloatArray:
        """Hand on what the driver wrote and make room.

        Parameters
        ----------
        sink
            Takes the rows.
        record
            Parameter record of the run.
        run
            What the run has come to.
        seconds
            Computing time of all these rows.
        stopped
            Whether the run was cut short in the last of them.
        hold
            Whether to hold the last step's row back.

        Returns
        -------
        ndarray
            The row held back for `append_steps`, (rows, columns); none if there was none.
        """
        buffers, scenario = self._machine.buffers, self._scenario
        counters = run.progress.counters
        count, steps, cycles, snapshots, checkpoints, spectra = counters[entries.WRITTEN].tolist()
        if count:
            rows = buffers.rows[:count].copy()
            sink.append("timeseries", Rows(lambda: timeseries_columns(rows, scenario)))
        done = buffers.steps[:steps].copy()
        kept = steps - 1 if hold and steps else steps
        self.append_steps(sink, run, done[:kept], int(counters[entries.STEP_INDEX]) - steps)
        if cycles:
            sink.append("cycles", self._cycles(record, run, cycles, seconds, stopped))
        if snapshots and record.width.size:
            states, index = buffers.snapshots[:snapshots], buffers.snapshot_index[:snapshots]
            sink.append("fields", fields_columns(states, index, record, self._machine.work))
        if spectra:
            sink.append("impedance", self.spectra(record, spectra))
        for warning in left_ranges(scenario, run.progress, self._texts):
            run.warnings.add(warning)
        if checkpoints:
            sink.append("checkpoints", cycle_starts(buffers, checkpoints))
        counters[entries.WRITTEN] = 0
        return done[kept:]

    def append_steps(self, sink: Sink, run: Running, rows: FloatArray, first: int) -> None:
        """Hand on rows of steps, (rows, columns), the first of which has a number."""
        if not len(rows):
            return
        area = self._scenario.cell.electrode_area
        sink.append("steps", Rows(lambda: steps_columns(rows, first, self._texts, area)))
        self._meter_discharges(rows, run.discharges)
        for n in np.flatnonzero(rows[:, _BLOCK_STOP]).tolist():
            row = rows[n]
            run.ends.append([*row[_ENDED].tolist(), row[_CYCLE], first + n, row[_END]])

    def spectra(self, record: HalfCell, count: int) -> Mapping[str, Any]:
        """Columns of /impedance: spectra of the states that the driver has kept for them."""
        machine = self._machine
        states = machine.buffers.spectra[:count].copy()
        index = machine.buffers.spectrum_index[:count].copy()
        frequencies = self._scenario.output.impedance.frequencies
        impedances = np.empty((count, frequencies.size), dtype=np.complex128)
        real, imaginary = np.empty((2, frequencies.size))
        for n in range(count):
            row = dict(zip(SPECTRA, index[n].tolist(), strict=True))
            impedance_spectrum(
                record,
                at_temperature(record, row["temperature"]),
                machine.work,
                machine.network,
                machine.faces,
                machine.layers,
                row["stiffness"],
                int(row["configuration"]),
                states[n],
                frequencies,
                real,
                imaginary,
            )
            impedances[n] = real + 1j * imaginary
        temperatures = index[:, SPECTRA.index("temperature")]
        resistances = machine.resistances(record, states, temperatures)
        return spectra_columns(
            states, index, impedances, resistances, self._scenario, record, machine.work
        )

    def _cycles(
        self, record: HalfCell, run: Running, count: int, seconds: float, stopped: bool
    ) -> Rows:
        """Rows of the cycles that have ended."""
        scenario, inventory, history = self._scenario, self._inventory, run.history
        spent = self._spent
        buffers = self._machine.buffers
        ended, pulses = buffers.cycles[:count].copy(), buffers.pulses[:count].copy()
        last = run.cycles - 1
        run.cycles = int(ended[-1, CYCLES.index("cycle")]) + 1
        thickness = float(run.progress.clock[entries.FIRST_THICKNESS])
        ageing = Rows(
            lambda: ageing_columns(ended, last, scenario, record, inventory, spent, stopped)
        )
        history.take(count, ageing)

        def columns() -> Columns:
            resistances = self._machine.resistances(record, pulses[:, :-1], pulses[:, -1])
            made = cycles_columns(ended, resistances, scenario, spent, thickness, seconds)
            if scenario.cell.symmetric:
                return {**made, **ageing}
            losses = loss_columns(self._equilibrium, history.reference, ageing, inventory)
            return {**made, **ageing, **losses}

        return Rows(columns)

    @cached_property
    def _equilibrium(self) -> Equilibrium:
        """What capacities at equilibrium follow from."""
        return Equilibrium.of(self._scenario)

    def _meter_discharges(self, steps: FloatArray, discharges: list[Discharge]) -> None:
        area = self._scenario.cell.electrode_area
        for row in steps[: MOST_DISCHARGES - len(discharges)].tolist():
            # A discharge that could not be finished says nothing about the cell's energy, and one of
            # two lithium electrodes delivers none.
            finished = row[_KIND] == _CURRENT and row[_REASON] != _STOPPED
            if finished and row[_END_CURRENT] > 0.0 and row[_ENERGY] > 0.0:
                discharges.append(
                    self._meter.discharge(
                        row[_END_CURRENT] * area,
                        row[_CAPACITY] * area / SECONDS_PER_HOUR,
                        row[_ENERGY] * area / SECONDS_PER_HOUR,
                    )
                )
