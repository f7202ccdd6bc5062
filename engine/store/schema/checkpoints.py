"""/checkpoints and /end_state: the starts of cycles and the end of the run, to go on from."""

from solidcell.engine.store.schema.columns import CYCLE, TIME
from solidcell.engine.store.schema.table import Column, Table

_STATE = (
    TIME,
    Column("temperature", "K", "Cell temperature [K]"),
    Column(
        "set_pressure",
        "Pa",
        "Set pressure [Pa]",
        "Of the stack at the fixture's reference thickness, where a ramp begins.",
    ),
    Column("pressure_rate", "Pa.s-1", "Rate of the set pressure [Pa.s-1]", "0 without a ramp."),
    Column("ramp_start", "s", "Start of the pressure ramp [s]"),
    Column("ramp_end", "s", "End of the pressure ramp [s]"),
    Column(
        "fixture_stiffness",
        "Pa.m-1",
        "Stiffness of fixture and stack [Pa.m-1]",
        "Per face; 0 at constant pressure.",
    ),
    Column(
        "reference_thickness",
        "m",
        "Reference thickness of the fixture [m]",
        "Of what changes in one face: lithium, voids and particles.",
    ),
    Column("initial_thickness", "m", "The same at the start of the run [m]"),
    Column(
        "state_vector",
        "1",
        "State vector",
        "Every entry in the unit of the quantity it holds.",
        dims=("state",),
    ),
)
_ENTRIES = (
    Column("state", "1", "Entry of the state vector", "From 0.", "integer", dims=("state",)),
)

CHECKPOINTS = Table(
    "checkpoints",
    "The whole state at the start of kept cycles: a run can be continued from any of them.",
    (CYCLE, *_STATE),
    dim="cycle",
    chunk=16,
    optional=True,
    coordinates=_ENTRIES,
)

END_STATE = Table(
    "end_state",
    "The whole state at the end of the run: another run can start from it.",
    (Column("cycle", "1", "Number of the next cycle", "From 0.", kind="integer"), *_STATE),
    coordinates=_ENTRIES,
)
