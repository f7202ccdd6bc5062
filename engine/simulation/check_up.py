"""Check-ups: how a cell that does not age while it is looked at is doing."""

from __future__ import annotations

from typing import Any

import numpy as np

from solidcell.engine.protocol import Block
from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation.instructions import instruction_table
from solidcell.engine.simulation.rows import (
    SECONDS_PER_HOUR,
    Columns,
    FloatArray,
    resistance_columns,
)
from solidcell.kernels import progress as entries
from solidcell.kernels.layout import CYCLES
from solidcell.kernels.protocol import Protocol

NO_STEP = -1
"""Protocol step of what belongs to a check-up."""


def check_up_tables(scenario: Scenario) -> dict[int, Protocol]:
    """Instruction table of each block's check-up, by the block's number; nothing of it is recorded."""
    return {
        number: unrecorded_table(scenario, Block(1, block.check_up.steps))
        for number, block in enumerate(scenario.protocol)
        if block.check_up is not None
    }


def unrecorded_table(scenario: Scenario, block: Block) -> Protocol:
    """Instruction table of a block alone, of which nothing is recorded."""
    alone = scenario.model_copy(update={"protocol": (block,)})
    return instruction_table(alone)._replace(
        record_every=np.iinfo(np.int64).max, record_first=0, record_last=0, snapshot_every=0
    )


def beside(progress: entries.Progress, table: Protocol) -> entries.Progress:
    """Progress at the start of a protocol that is run beside a life, between two of its cycles."""
    own = entries.allocate_progress(
        progress.pulse.size,
        progress.reaction.size,
        table.termination_value.shape[1],
        float(progress.clock[entries.STEP_LIMIT]),
        0.0,
        0.0,
        temperature=0.0,
        pressure=0.0,
    )
    own.clock[:] = progress.clock
    own.counters[entries.PHASE] = entries.BLOCK
    return own


def rested(record: Any) -> Any:
    """The parameter record of a cell that does not age.

    Films stay as thick as they are, contact as it is, and no material cracks; voids come and go, since
    they belong to the cycle.
    """
    still = {"growth_constant": 0.0, "logarithmic_time": np.inf, "first_charge": np.inf}
    lithium = record.lithium
    return record._replace(
        film=record.film._replace(**still),
        lithium=lithium._replace(film=lithium.film._replace(**still)),
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
