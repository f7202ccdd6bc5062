"""Meanings of the codes in flag columns, in the order 0, 1, 2, ..."""

MODES = ("rest", "current", "voltage", "power", "resistance", "drive_cycle")
STEP_KINDS = (*MODES, "reset", "set", "impedance")
STOP_REASONS = (
    "time",
    "voltage",
    "current",
    "capacity",
    "drive_cycle_end",
    "reset",
    "stopped",
    "set",
    "impedance",
    "lithium",
    "cut_off",
    "energy",
    "state_of_charge",
)
BLOCK_STOPS = (
    "none",
    "capacity",
    "resistance",
    "voltage",
    "time",
    "cycles",
    "temperature",
    "check_up_capacity",
    "idle",
)
RISKS = (
    "none",
    "plating_above_critical_current",
    "creep_into_pores",
    "plating_and_creep",
)
CONFIGURATIONS = ("cell", "symmetric", "blocking")
CYCLE_STATUSES = ("completed", "stopped")
SEVERITIES = ("note", "warning")
