"""What a results file holds: one table of every dataset.

The writer creates from it, the reader and the export name from it, ``docs/results-format.md``
prints it, and the tests compare all of them with it. To add a dataset, add a line to its group and
raise `VERSION`.

Current is positive on discharge and overpotentials are negative then, so that
``voltage = open_circuit_voltage + sum(overpotential_*)`` holds in every row.
"""

from solidcell.engine.store.schema.check_ups import CHECK_UPS
from solidcell.engine.store.schema.checkpoints import CHECKPOINTS, END_STATE
from solidcell.engine.store.schema.cycles import CYCLES
from solidcell.engine.store.schema.fields import FIELDS
from solidcell.engine.store.schema.flags import (
    BLOCK_STOPS,
    CONFIGURATIONS,
    CYCLE_STATUSES,
    MODES,
    RISKS,
    SEVERITIES,
    STEP_KINDS,
    STOP_REASONS,
)
from solidcell.engine.store.schema.impedance import IMPEDANCE
from solidcell.engine.store.schema.run import BLOCK_ENDS, RUN
from solidcell.engine.store.schema.scenario import CELL, PARAMETERS, SCENARIO
from solidcell.engine.store.schema.steps import STEPS
from solidcell.engine.store.schema.table import Column, Kind, Table
from solidcell.engine.store.schema.timeseries import TIMESERIES
from solidcell.engine.store.schema.warnings import WARNINGS

__all__ = [
    "BLOCK_ENDS",
    "BLOCK_STOPS",
    "CELL",
    "CHECKPOINTS",
    "CHECK_UPS",
    "CONFIGURATIONS",
    "CURRENT_SIGN",
    "CYCLES",
    "CYCLE_STATUSES",
    "END_STATE",
    "FIELDS",
    "FILETYPE",
    "GROWING",
    "IMPEDANCE",
    "MODES",
    "PARAMETERS",
    "RISKS",
    "RUN",
    "SCENARIO",
    "SEVERITIES",
    "STEPS",
    "STEP_KINDS",
    "STOP_REASONS",
    "TABLES",
    "TIMESERIES",
    "VERSION",
    "WARNINGS",
    "Column",
    "Kind",
    "Table",
    "order",
]

FILETYPE = "solidcell-results"
VERSION = (1, 4)
CURRENT_SIGN = "positive on discharge"

TABLES = (
    SCENARIO,
    PARAMETERS,
    CELL,
    TIMESERIES,
    STEPS,
    CYCLES,
    CHECK_UPS,
    FIELDS,
    IMPEDANCE,
    CHECKPOINTS,
    END_STATE,
    RUN,
    BLOCK_ENDS,
    WARNINGS,
)
"""Every group, in the order in which people read them."""

GROWING = tuple(table for table in TABLES if table.chunk)
"""The tables that a run fills row by row."""


def order(path: str) -> tuple[str, ...]:
    """Return the names of a group's datasets in the order in which people read them."""
    for entry in TABLES:
        if entry.path == path:
            counter = () if entry.counter is None else (entry.counter,)
            return tuple(one.name for one in (*counter, *entry.coordinates, *entry.columns))
    return ()
