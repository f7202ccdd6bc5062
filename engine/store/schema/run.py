"""/run: how the run went."""

from solidcell.engine.store.schema.columns import SOLVER_COUNTERS
from solidcell.engine.store.schema.flags import BLOCK_STOPS
from solidcell.engine.store.schema.table import Column, Table

RUN = Table(
    "run",
    "How the run went.",
    (
        Column(
            "status",
            "",
            "Status",
            "completed, stopped before the protocol's end, or idle: run to the end, but for a block in "
            "which nothing happened any more.",
            "text",
        ),
        Column("stop_reason", "", "Why the run ended", kind="text"),
        Column("message", "", "What happened and what to do", kind="text"),
        *SOLVER_COUNTERS,
        Column("compile_seconds", "s", "Time to compile or load the kernels [s]"),
        Column("solve_seconds", "s", "Time in the solver [s]"),
        Column("store_seconds", "s", "Time to write this file [s]"),
    ),
)

_NUMBER = Column("number", "1", "Row number", "From 0.", kind="integer")

BLOCK_ENDS = Table(
    "run/block_ends",
    "The blocks that ended before their last repetition, if any did.",
    (
        _NUMBER,
        Column("first_block", "1", "First block", "As in /cycles.", kind="integer"),
        Column(
            "last_block",
            "1",
            "Last block",
            "Another one than the first for a block that holds blocks.",
            kind="integer",
        ),
        Column("stop", "1", "What ended it", kind="flag", meanings=BLOCK_STOPS),
        Column("condition", "", "Condition as written", "Empty for an idle block.", "text"),
        Column("repetitions", "1", "Repetitions that there were", kind="integer"),
        Column("planned", "1", "Repetitions that were planned", kind="integer"),
        Column("cycle", "1", "Cycle number", "Of its last one, from 0.", kind="integer"),
        Column("step", "1", "Step number", "Of its last one: row of /steps, from 0.", "integer"),
        Column("time", "s", "Time [s]", "Since the start of the run."),
    ),
    dim="number",
    optional=True,
)
