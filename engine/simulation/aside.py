"""Protocols that are run beside a life, between two of its cycles, and leave no rows in its tables."""

from __future__ import annotations

import numpy as np

from solidcell.engine.protocol import Block
from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation.instructions import instruction_table
from solidcell.kernels import progress as entries
from solidcell.kernels.protocol import Protocol


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
        blocks=len(table.stop_count),
        ranges=progress.ranges,
    )
    own.clock[:] = progress.clock
    own.start[:] = progress.start
    own.left[:] = progress.left
    own.counters[entries.PHASE] = entries.BLOCK
    return own
