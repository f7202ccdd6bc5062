"""/steps: the protocol as it was run."""

from solidcell.engine.store.schema.columns import CYCLE, SOLVER_COUNTERS
from solidcell.engine.store.schema.flags import BLOCK_STOPS, STEP_KINDS, STOP_REASONS
from solidcell.engine.store.schema.table import Column, Table

STEPS = Table(
    "steps",
    "A row for each step of the protocol that was run.",
    (
        CYCLE,
        Column("step", "1", "Step number", "In the order of the run, from 0.", kind="integer"),
        Column("kind", "1", "Kind of step", kind="flag", meanings=STEP_KINDS),
        Column("text", "", "Step as written in the scenario", kind="text"),
        Column("start", "s", "Start time [s]"),
        Column("end", "s", "End time [s]"),
        Column("stop_reason", "1", "Why the step ended", kind="flag", meanings=STOP_REASONS),
        Column(
            "block_stop",
            "1",
            "What ended a block with the step",
            "Before its last repetition; /run/block_ends says which block. Idle: a limit ended each "
            "step of a repetition within a second.",
            kind="flag",
            meanings=BLOCK_STOPS,
        ),
        Column("start_voltage", "V", "Voltage at the start [V]", "With its current flowing."),
        Column("end_voltage", "V", "Voltage at the end [V]"),
        Column("end_current", "A", "Current at the end [A]", "Positive on discharge."),
        Column("capacity", "A.h", "Net charge [A.h]", "Positive on discharge."),
        Column("energy", "W.h", "Net energy [W.h]", "Positive on discharge."),
        *SOLVER_COUNTERS,
    ),
    dim="step_count",
    chunk=1024,
)
