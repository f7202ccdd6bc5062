"""/run: how the run went."""

from solidcell.engine.store.schema.columns import SOLVER_COUNTERS
from solidcell.engine.store.schema.table import Column, Table

RUN = Table(
    "run",
    "How the run went.",
    (
        Column("status", "", "Status", "completed, or stopped before the protocol's end.", "text"),
        Column("stop_reason", "", "Why the run ended", kind="text"),
        Column("message", "", "What happened and what to do", kind="text"),
        *SOLVER_COUNTERS,
        Column("compile_seconds", "s", "Time to compile or load the kernels [s]"),
        Column("solve_seconds", "s", "Time in the solver [s]"),
        Column("store_seconds", "s", "Time to write this file [s]"),
    ),
)
