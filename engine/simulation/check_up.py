"""Check-ups: how a cell that does not age while it is looked at is doing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from solidcell.engine.cell.aged import still_film
from solidcell.engine.protocol import Block
from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation.aside import beside, unrecorded_table
from solidcell.engine.simulation.machine import Machine
from solidcell.engine.simulation.recorder import Recorder, Sink
from solidcell.engine.simulation.rows import (
    SECONDS_PER_HOUR,
    Columns,
    FloatArray,
    resistance_columns,
)
from solidcell.kernels import progress as entries
from solidcell.kernels.codes import BlockStop, Result
from solidcell.kernels.layout import CYCLES
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.protocol import Protocol
from solidcell.kernels.repetition import TOLERANCE

NO_STEP = -1
"""Protocol step of what belongs to a check-up."""
SHARED = [
    *(entries.TIME, entries.TEMPERATURE, entries.STIFFNESS, entries.THICKNESS),
    *(entries.SET_PRESSURE, entries.SET_RAMP, entries.RAMP_START, entries.RAMP_END),
]
"""What of the clock a check-up changes that is part of the life."""


class CheckUps:
    """The check-ups of a life.

    Parameters
    ----------
    scenario
        The scenario.
    machine, recorder
        Of the life.
    """

    def __init__(self, scenario: Scenario, machine: Machine, recorder: Recorder) -> None:
        self._scenario, self._machine, self._recorder = scenario, machine, recorder
        self._tables = check_up_tables(scenario)

    def look(
        self,
        sink: Sink,
        record: HalfCell,
        progress: entries.Progress,
        stop: Callable[[], bool] | None,
    ) -> tuple[float, float, float, float] | None:
        """Look at the cell between two cycles: on a copy of its state that does not age, or for real.

        Nothing of it is left in `progress` unless the check-up is part of the cell's life, or the
        block ends by it. It ends early, and counts as not completed, when `stop` says so.

        Parameters
        ----------
        sink
            Takes its rows.
        record
            Parameter record of the run.
        progress
            Of the life, between two cycles of a block that has a check-up.
        stop
            Asked now and then whether to end early.

        Returns
        -------
        tuple or None
            What has ended the block, as the last columns of a driver's step have it.
        """
        machine, scenario = self._machine, self._scenario
        block = int(progress.counters[entries.BLOCK_INDEX])
        planned = scenario.protocol[block]
        table = self._tables[block]
        assert planned.check_up is not None
        ageing, life = planned.check_up.ageing, machine.state.copy()
        own = beside(progress, table)
        seen = record if ageing else rested(record)
        after = int(progress.counters[entries.CYCLE]) - 1
        parts: list[tuple[FloatArray, FloatArray]] = []

        def take() -> None:
            count, spectra = own.counters[[entries.CYCLE_ROWS, entries.SPECTRA_ROWS]].tolist()
            buffers = machine.buffers
            parts.append((buffers.cycles[:count].copy(), buffers.pulses[:count].copy()))
            if spectra:
                place = {"cycle": np.full(spectra, after), "step": np.full(spectra, NO_STEP)}
                sink.append("impedance", {**self._recorder.spectra(seen, spectra), **place})

        code = machine.drive_unrecorded(seen, table, own, stop, take)
        cycles, pulses = (np.concatenate(part) for part in zip(*parts, strict=True))
        resistances = machine.resistances(seen, pulses[:, :-1], pulses[:, -1])
        start, done = float(progress.clock[entries.TIME]), code == Result.FINISHED
        row = check_up_columns(cycles, resistances, after, start, scenario, done)
        sink.append("check_ups", row)
        # What a table's end was passed by here has no step of the protocol.
        new = np.isfinite(own.left[:, 0]) & np.isnan(progress.left[:, 0])
        own.left[new, 1:4] = after, NO_STEP, NO_STEP
        progress.left[new] = own.left[new]
        if ageing:
            progress.clock[SHARED] = own.clock[SHARED]
        else:
            machine.state[:] = life
        capacity = float(row["discharge_capacity"][0])
        if progress.counters[entries.REPETITION] == 0:
            progress.clock[entries.CHECK_UP_CAPACITY] = capacity
            return None
        first = float(progress.clock[entries.CHECK_UP_CAPACITY])
        for number, limit in enumerate(planned.stop):
            beyond = limit.side * (capacity - limit.value * first)
            # A share of nothing is none.
            if limit.of_check_up and first > 0.0 and beyond >= -TOLERANCE * limit.value * first:
                repetitions = int(progress.counters[entries.REPETITION])
                progress.counters[entries.REPETITION] = planned.repeat
                return float(BlockStop.CHECK_UP_CAPACITY), block, number, repetitions
        return None


def check_up_tables(scenario: Scenario) -> dict[int, Protocol]:
    """Instruction table of each block's check-up, by the block's number; nothing of it is recorded."""
    return {
        number: unrecorded_table(scenario, Block(1, block.check_up.steps))
        for number, block in enumerate(scenario.protocol)
        if block.check_up is not None
    }


def rested(record: Any) -> Any:
    """The parameter record of a cell that does not age.

    Films stay as thick as they are, contact as it is, and no material cracks; voids come and go, since
    they belong to the cycle.
    """
    lithium = record.lithium
    return record._replace(
        film=still_film(record.film),
        lithium=lithium._replace(film=still_film(lithium.film)),
        contact=record.contact._replace(loss_coefficient=0.0, healing_rate=0.0),
        cracking=record.cracking._replace(rate=0.0, strain_coefficient=0.0),
        pore_creep=record.pore_creep._replace(opening=0.0),
    )


def check_up_columns(
    rows: FloatArray,
    resistances: FloatArray,
    after: int,
    start: float,
    scenario: Scenario,
    completed: bool,
) -> Columns:
    """The row of /check_ups.

    Parameters
    ----------
    rows
        Rows of the driver's table of cycles that the check-up has run through, (rows, columns).
    resistances
        `RESISTANCES` of each, Ohm m2, (rows, resistances).
    after
        Number of the last cycle before it; -1 before the first.
    start
        When it was begun, s.
    scenario
        The scenario.
    completed
        Whether the check-up ran to its end.
    """
    area = scenario.cell.electrode_area
    raw = {name: rows[:, n] for n, name in enumerate(CYCLES)}

    def whole(name: str) -> FloatArray:
        """Sum over the check-up, per hour and of the whole cell."""
        total = raw[name].sum() if completed else np.nan
        return np.array([total * area / SECONDS_PER_HOUR])

    pulsed = np.flatnonzero(np.isfinite(raw["dc_resistance"]))[:1]
    split = resistances[pulsed] if pulsed.size else np.full((1, resistances.shape[1]), np.nan)
    resistance = raw["dc_resistance"][pulsed] if pulsed.size else np.array([np.nan])
    return {
        "cycle": np.array([after]),
        "time": np.array([start]),
        "charge_capacity": whole("charge_capacity"),
        "discharge_capacity": whole("discharge_capacity"),
        "discharge_energy": whole("discharge_energy"),
        "dc_resistance": resistance / area,
        **resistance_columns(split),
        "status": np.array([0 if completed else 1]),
    }
