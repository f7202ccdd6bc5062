"""Columns that several tables have."""

from solidcell.engine.store.schema.table import Column


def _count(name: str, long_name: str) -> Column:
    return Column(name, "1", long_name, kind="integer")


CYCLE = Column("cycle", "1", "Cycle number", "From 0.", kind="integer")
STEP = Column("step", "1", "Step number", "Row of /steps, from 0.", kind="integer")
TIME = Column("time", "s", "Time [s]", "Since the start of the run.")

SOLVER_COUNTERS = (
    _count("solver_steps", "Accepted solver steps"),
    _count("rejected_steps", "Rejected solver steps"),
    _count("linear_solves", "Linear solves"),
    _count("factorizations", "Jacobian factorizations"),
)

DAMAGE = Column(
    "short_circuit_damage",
    "1",
    "Damage by creep into pores",
    "Lithium that has crept into the separator's pores; a short is expected at 1.",
)

INTERFACES = (
    Column(
        "contact_fraction_positive",
        "1",
        "Positive contact fraction",
        "Share of the particles' connected surface that touches electrolyte, mean; in a symmetric "
        "cell as on the negative side.",
    ),
    Column(
        "contact_fraction_negative",
        "1",
        "Negative contact fraction",
        "Share of the lithium that touches the separator.",
    ),
    Column("film_thickness_positive", "m", "Positive film thickness [m]", "Mean."),
    Column("film_thickness_negative", "m", "Negative film thickness [m]"),
)

RESISTANCES = (
    Column(
        "asr_total",
        "Ohm.m2",
        "Area-specific resistance [Ohm.m2]",
        "Small-signal, diffusion frozen and double layers open: what a short pulse measures. "
        "The others add up to it.",
    ),
    *(
        Column(f"asr_{name}", "Ohm.m2", f"{words} area-specific resistance [Ohm.m2]")
        for name, words in (
            ("charge_transfer_positive", "Positive charge-transfer"),
            ("film_positive", "Positive film"),
            ("interface_positive", "Positive interface"),
            ("ionic_positive", "Positive ionic"),
            ("electronic_positive", "Positive electronic"),
            ("separator", "Separator"),
            ("charge_transfer_negative", "Negative charge-transfer"),
            ("film_negative", "Negative film"),
            ("interface_negative", "Negative interface"),
        )
    ),
)
