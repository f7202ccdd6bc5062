"""/run/warnings: what a reader of the run's numbers should know."""

from solidcell.engine.store.schema.flags import SEVERITIES
from solidcell.engine.store.schema.table import Column, Table

WARNINGS = Table(
    "run/warnings",
    "What a reader of the numbers should know: a row for each thing, at its first time.",
    (
        Column("code", "", "Kind of warning", "A word that programs can look for.", "text"),
        Column("severity", "1", "Severity", kind="flag", meanings=SEVERITIES),
        Column("cycle", "1", "Cycle number", "From 0; -1: holds for the whole run.", "integer"),
        Column(
            "step",
            "1",
            "Step number",
            "Row of /steps, from 0; -1: holds for the whole run.",
            "integer",
        ),
        Column("time", "s", "Time [s]", "Since the start of the run; NaN: holds for all of it."),
        Column("text", "", "What it is and what to do", kind="text"),
    ),
    dim="warning",
)
