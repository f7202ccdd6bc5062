"""/check_ups: the cell as it is looked at in between."""

from solidcell.engine.store.schema.columns import RESISTANCES, TIME
from solidcell.engine.store.schema.flags import CYCLE_STATUSES
from solidcell.engine.store.schema.table import Column, Table

CHECK_UPS = Table(
    "check_ups",
    "A row for each check-up, made on a copy of the cell that does not age unless it says so.",
    (
        Column("cycle", "1", "Cycle number", "It came after this one; -1: before all.", "integer"),
        TIME,
        Column("charge_capacity", "A.h", "Charge capacity [A.h]"),
        Column("discharge_capacity", "A.h", "Discharge capacity [A.h]"),
        Column("discharge_energy", "W.h", "Discharge energy [W.h]"),
        Column(
            "dc_resistance",
            "Ohm",
            "Direct-current resistance [Ohm]",
            "Voltage step over current step at the start of the check-up's first discharge.",
        ),
        *RESISTANCES,
        Column("status", "1", "Status", kind="flag", meanings=CYCLE_STATUSES),
    ),
    dim="check_up",
    chunk=16,
    optional=True,
)
