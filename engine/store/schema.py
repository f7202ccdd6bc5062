"""What a results file holds: one table of every dataset.

The writer creates from it, the reader and the export name from it, ``docs/results-format.md``
prints it, and the tests compare all of them with it. To add a dataset, add a line here and raise
`VERSION`.

Current is positive on discharge and overpotentials are negative then, so that
``voltage = open_circuit_voltage + sum(overpotential_*)`` holds in every row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

FILETYPE = "solidcell-results"
VERSION = (1, 3)
CURRENT_SIGN = "positive on discharge"

Kind = Literal["float", "integer", "flag", "text"]

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
)
RISKS = (
    "none",
    "plating_above_critical_current",
    "creep_into_pores",
    "plating_and_creep",
)
CONFIGURATIONS = ("cell", "symmetric", "blocking")
CYCLE_STATUSES = ("completed", "stopped")


@dataclass(frozen=True, slots=True)
class Column:
    """One dataset of a table.

    Attributes
    ----------
    name
        Name of the dataset in its group.
    unit
        Unit of the values; ``"1"`` for a pure number, ``""`` for text.
    long_name
        Name for people, PyBaMM's where PyBaMM has the same quantity.
    comment
        One sentence on meaning and sign, where the name alone leaves a question.
    kind
        What is stored: 64-bit float, 32-bit integer, 8-bit flag or UTF-8 text.
    meanings
        Meaning of each flag, in the order of the codes 0, 1, 2, ...
    dims
        Dimensions after the table's own.
    optional
        Whether a run may leave the column out, because its physics has no such quantity.
    """

    name: str
    unit: str
    long_name: str
    comment: str = ""
    kind: Kind = "float"
    meanings: tuple[str, ...] = ()
    dims: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One group of the file.

    Attributes
    ----------
    path
        Path of the group, without the leading slash.
    title
        One sentence on what the group holds.
    columns
        Its datasets.
    dim
        Dimension of the rows; ``None`` for a group of single values.
    chunk
        Rows in one HDF5 chunk; 0 for a table that is written at once.
    coordinates
        Further dimension scales of the group, fixed during a run.
    attributes
        Values kept as attributes of the group, each with its unit beside it as ``NAME_units``.
    optional
        Whether a file may lack the group, because the run was not asked for it.
    """

    path: str
    title: str
    columns: tuple[Column, ...]
    dim: str | None = None
    chunk: int = 0
    coordinates: tuple[Column, ...] = ()
    attributes: tuple[Column, ...] = ()
    optional: bool = False

    @property
    def counter(self) -> Column | None:
        """The number of the row, which is the scale of rows that no column of the table names."""
        if self.dim is None or any(column.name == self.dim for column in self.columns):
            return None
        long_name = self.dim.replace("_", " ").capitalize()
        return Column(self.dim, "1", long_name, "Row number, from 0.", kind="integer")

    def dims_of(self, columns: Iterable[Column]) -> dict[str, tuple[str, ...]]:
        """Return all dimensions of these columns and of the fixed coordinates, by name."""
        rows = () if self.dim is None else (self.dim,)
        return {column.name: column.dims for column in self.coordinates} | {
            column.name: (*rows, *column.dims) for column in columns
        }


def _count(name: str, long_name: str) -> Column:
    return Column(name, "1", long_name, kind="integer")


def _overpotential(name: str, long_name: str, comment: str) -> Column:
    return Column(f"overpotential_{name}", "V", f"{long_name} overpotential [V]", comment)


_CYCLE = Column("cycle", "1", "Cycle number", "From 0.", kind="integer")
_STEP = Column("step", "1", "Step number", "Row of /steps, from 0.", kind="integer")
_TIME = Column("time", "s", "Time [s]", "Since the start of the run.")

_SOLVER_COUNTERS = (
    _count("solver_steps", "Accepted solver steps"),
    _count("rejected_steps", "Rejected solver steps"),
    _count("linear_solves", "Linear solves"),
    _count("factorizations", "Jacobian factorizations"),
)

SCENARIO = Table(
    "scenario",
    "What was simulated.",
    (
        Column("source", "", "Scenario as written", "YAML.", kind="text"),
        Column("resolved", "", "Scenario after imports and overrides", "YAML.", kind="text"),
    ),
)

PARAMETERS = Table(
    "scenario/parameters",
    "Every parameter of the scenario, with where it comes from.",
    (
        Column("name", "", "Dotted name in the scenario", kind="text"),
        Column("value", "1", "Value", "In SI units; NaN where the parameter is no single number."),
        Column("expression", "", "Value as written", kind="text"),
        Column("unit", "", "Unit of the value", "SI; of a curve, its expression's.", kind="text"),
        Column("source", "", "Source", kind="text"),
        Column("status", "", "Status", "measured, fitted or assumed.", kind="text"),
    ),
    dim="name",
)

CELL = Table(
    "cell",
    "The cell by component: where the mass, the thickness and the money are.",
    (
        Column("component", "", "Component", kind="text"),
        Column("mass", "kg", "Mass [kg]", "Of the whole cell."),
        Column("thickness", "m", "Thickness [m]", "Of one face, charged; NaN where it has none."),
        Column("volume", "m3", "Volume [m3]", "Of the whole cell."),
        Column("cost", "USD", "Cost [USD]", "NaN where the scenario gives no price."),
    ),
    dim="component",
    attributes=(
        Column("specific_energy", "Wh/kg", "Specific energy [Wh/kg]"),
        Column("energy_density", "Wh/L", "Energy density [Wh/L]"),
        Column("specific_energy_rate", "", "Rate of that discharge", kind="text"),
        Column("specific_energy_temperature", "K", "Temperature of that discharge [K]"),
        Column("areal_capacity", "mAh/cm2", "Areal capacity [mAh/cm2]", "Nominal."),
        Column("electrode_area", "m2", "Electrode area [m2]", "All faces together."),
        Column("cell_mass", "kg", "Cell mass [kg]"),
    ),
)

_DAMAGE = Column(
    "short_circuit_damage",
    "1",
    "Damage by creep into pores",
    "Lithium that has crept into the separator's pores; a short is expected at 1.",
)

_INTERFACES = (
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

_RESISTANCES = (
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

_LOSSES = tuple(
    Column(
        f"capacity_loss_{name}",
        "A.h",
        f"Capacity lost to {words} [A.h]",
        "Against the first cycle that was completed with a discharge. The four capacity_loss_* add up "
        "to what its discharge capacity has over this one's; negative where capacity was gained; NaN "
        "where a cycle was cut short or does not discharge."
        if not number
        else "As capacity_loss_inventory.",
        optional=True,
    )
    for number, (name, words) in enumerate(
        (
            ("inventory", "lithium inventory"),
            ("active_material", "active material"),
            ("isolation", "isolation"),
            ("resistance", "resistance"),
        )
    )
)

TIMESERIES = Table(
    "timeseries",
    "A row for each solver step (or output period), with the first and last instant of each step.",
    (
        Column("time", "s", "Time [s]", "Since the start of the run; repeats where steps meet."),
        _CYCLE,
        _STEP,
        Column("mode", "1", "Control mode", kind="flag", meanings=MODES),
        Column("current", "A", "Current [A]", "Of the whole cell, positive on discharge."),
        Column("voltage", "V", "Voltage [V]"),
        Column("temperature", "K", "Cell temperature [K]"),
        Column("stack_pressure", "Pa", "Stack pressure [Pa]"),
        Column(
            "discharge_capacity",
            "A.h",
            "Discharge capacity [A.h]",
            "Net charge since the start of the cycle, positive on discharge.",
        ),
        Column(
            "open_circuit_voltage",
            "V",
            "Bulk open-circuit voltage [V]",
            "At the mean composition of the positive electrode.",
        ),
        _overpotential(
            "particle_diffusion_positive",
            "Positive particle diffusion",
            "Surface against mean composition of the particles.",
        ),
        _overpotential(
            "charge_transfer_positive",
            "Positive charge transfer",
            "Reaction at the surface of the particles, mean over the electrode.",
        ),
        _overpotential(
            "film_positive",
            "Positive film",
            "Resistive film on the particles, mean over the electrode.",
        ),
        _overpotential(
            "interface_positive",
            "Positive interface",
            "Constriction of the current to the particles' contacts; in a symmetric cell the "
            "resistance between lithium and separator.",
        ),
        _overpotential(
            "ionic_positive",
            "Positive ionic",
            "Ions in the positive electrode: mean against separator edge.",
        ),
        _overpotential(
            "electronic_positive",
            "Positive electronic",
            "Electrons in the positive electrode: current collector against mean.",
        ),
        _overpotential("separator", "Separator", "Ions in the separator."),
        _overpotential(
            "charge_transfer_negative",
            "Negative charge transfer",
            "Reaction at the lithium.",
        ),
        _overpotential("film_negative", "Negative film", "Film on the lithium."),
        _overpotential(
            "interface_negative",
            "Negative interface",
            "Resistance between lithium and separator, by the law of contact that is chosen.",
        ),
        *_INTERFACES,
        Column(
            "void_thickness_positive",
            "m",
            "Positive void thickness [m]",
            "Of a symmetric cell; 0 in others.",
        ),
        Column(
            "void_thickness_negative",
            "m",
            "Negative void thickness [m]",
            "Volume of voids per area of the lithium.",
        ),
        _DAMAGE,
    ),
    dim="time",
    chunk=4096,
)

STEPS = Table(
    "steps",
    "A row for each step of the protocol that was run.",
    (
        _CYCLE,
        Column("step", "1", "Step number", "In the order of the run, from 0.", kind="integer"),
        Column("kind", "1", "Kind of step", kind="flag", meanings=STEP_KINDS),
        Column("text", "", "Step as written in the scenario", kind="text"),
        Column("start", "s", "Start time [s]"),
        Column("end", "s", "End time [s]"),
        Column("stop_reason", "1", "Why the step ended", kind="flag", meanings=STOP_REASONS),
        Column("start_voltage", "V", "Voltage at the start [V]", "With its current flowing."),
        Column("end_voltage", "V", "Voltage at the end [V]"),
        Column("end_current", "A", "Current at the end [A]", "Positive on discharge."),
        Column("capacity", "A.h", "Net charge [A.h]", "Positive on discharge."),
        Column("energy", "W.h", "Net energy [W.h]", "Positive on discharge."),
        *_SOLVER_COUNTERS,
    ),
    dim="step_count",
    chunk=1024,
)

CYCLES = Table(
    "cycles",
    "A row for each cycle: one repetition of a block of the protocol.",
    (
        _CYCLE,
        Column(
            "block",
            "1",
            "Block of the protocol",
            "From 0. Cycles of one block are alike but for their age.",
            kind="integer",
        ),
        Column("charge_capacity", "A.h", "Charge capacity [A.h]"),
        Column("discharge_capacity", "A.h", "Discharge capacity [A.h]"),
        Column("charge_energy", "W.h", "Charge energy [W.h]"),
        Column("discharge_energy", "W.h", "Discharge energy [W.h]"),
        Column(
            "coulombic_efficiency",
            "1",
            "Coulombic efficiency",
            "Discharge over charge capacity; NaN where the cycle lacks one of them.",
        ),
        Column(
            "energy_efficiency",
            "1",
            "Energy efficiency",
            "Discharge over charge energy; NaN where the cycle lacks one of them.",
        ),
        Column(
            "dc_resistance",
            "Ohm",
            "Direct-current resistance [Ohm]",
            "Voltage step over current step at the start of the cycle's first discharge.",
        ),
        *_RESISTANCES,
        *_INTERFACES,
        Column(
            "void_fraction",
            "1",
            "Void fraction",
            "Largest share of the lithium that voids have detached in the cycle.",
        ),
        Column(
            "short_circuit_risk",
            "1",
            "Short-circuit risk",
            "Criteria that were met in the cycle.",
            kind="flag",
            meanings=RISKS,
        ),
        Column(
            "plating_current_maximum",
            "A.m-2",
            "Maximum plating current density [A.m-2]",
            "Of the lithium in contact.",
        ),
        _DAMAGE,
        Column(
            "film_charge_positive",
            "A.h",
            "Charge in the positive film [A.h]",
            "Since the start of the run.",
        ),
        Column(
            "film_charge_negative",
            "A.h",
            "Charge in the negative film [A.h]",
            "Since the start of the run: lithium metal that the film has consumed.",
        ),
        Column(
            "carbon_charge_positive",
            "A.h",
            "Charge spent at the carbon [A.h]",
            "Since the start of the run, in decomposed electrolyte; booked, not taken from lithium.",
        ),
        Column(
            "loss_of_lithium_inventory",
            "1",
            "Loss of lithium inventory",
            "Share of the cyclable lithium at the start of the run.",
        ),
        Column(
            "loss_of_active_material",
            "1",
            "Loss of active material in positive electrode",
            "By cracking: share of the fresh active material.",
        ),
        Column(
            "utilisation_positive",
            "1",
            "Utilisation of positive electrode",
            "Share of the active material that is connected.",
        ),
        Column(
            "trapped_lithium",
            "mol/m2",
            "Trapped lithium [mol.m-2]",
            "In active material that has cracked off or lost contact.",
        ),
        *_LOSSES,
        Column(
            "thickness_change",
            "m",
            "Thickness change [m]",
            "Of the whole stack at the end of the cycle, against the start of the run.",
        ),
        Column("pressure_maximum", "Pa", "Maximum stack pressure [Pa]"),
        Column("pressure_minimum", "Pa", "Minimum stack pressure [Pa]"),
        Column(
            "lithium_balance_error",
            "1",
            "Lithium balance error",
            "Lithium in the positive electrode against the charge passed, relative.",
        ),
        Column(
            "charge_balance_error",
            "1",
            "Charge balance error",
            "Current through the cell against the reaction in the electrode, relative.",
        ),
        Column(
            "energy_balance_error",
            "1",
            "Energy balance error",
            "Energy delivered against stored energy and dissipation, relative.",
            optional=True,
        ),
        Column(
            "extrapolated_cycles",
            "1",
            "Extrapolated cycles",
            "Cycles before this one that were jumped over and have no row.",
            kind="integer",
        ),
        Column("wall_time", "s", "Computing time [s]"),
        Column("status", "1", "Status", kind="flag", meanings=CYCLE_STATUSES),
    ),
    dim="cycle",
    chunk=64,
    attributes=(
        Column(
            "knee_cycle",
            "1",
            "Cycle of the knee",
            "At which the fade of capacity bends down, in the longest block; -1 for none.",
            kind="integer",
        ),
        Column(
            "end_of_life_cycle",
            "1",
            "Cycle of the end of life",
            "The first below 80 % of the first capacity, in the longest block; -1 for none.",
            kind="integer",
        ),
    ),
)

CHECK_UPS = Table(
    "check_ups",
    "A row for each check-up, made on a copy of the cell that does not age unless it says so.",
    (
        Column("cycle", "1", "Cycle number", "It came after this one; -1: before all.", "integer"),
        _TIME,
        Column("charge_capacity", "A.h", "Charge capacity [A.h]"),
        Column("discharge_capacity", "A.h", "Discharge capacity [A.h]"),
        Column("discharge_energy", "W.h", "Discharge energy [W.h]"),
        Column(
            "dc_resistance",
            "Ohm",
            "Direct-current resistance [Ohm]",
            "Voltage step over current step at the start of the check-up's first discharge.",
        ),
        *_RESISTANCES,
        Column("status", "1", "Status", kind="flag", meanings=CYCLE_STATUSES),
    ),
    dim="check_up",
    chunk=16,
    optional=True,
)

_X = ("x_positive",)

FIELDS = Table(
    "fields",
    "Snapshots through the positive electrode.",
    (
        _TIME,
        _CYCLE,
        _STEP,
        Column(
            "concentration_positive",
            "mol.m-3",
            "Positive particle concentration [mol.m-3]",
            dims=("x_positive", "r_positive"),
        ),
        Column(
            "surface_concentration_positive",
            "mol.m-3",
            "Positive particle surface concentration [mol.m-3]",
            dims=_X,
        ),
        Column(
            "reaction_current_density_positive",
            "A.m-2",
            "Positive electrode interfacial current density [A.m-2]",
            "Per area in contact; negative where lithium enters the particle, on discharge.",
            dims=_X,
        ),
        Column(
            "potential_electrolyte_positive",
            "V",
            "Positive electrolyte potential [V]",
            "Against the lithium.",
            dims=_X,
        ),
        Column(
            "potential_electrode_positive",
            "V",
            "Positive electrode potential [V]",
            "Against the lithium.",
            dims=_X,
        ),
        Column(
            "electrolyte_current_density_positive",
            "A.m-2",
            "Positive electrolyte current density [A.m-2]",
            "Per electrode area, positive on discharge.",
            dims=_X,
        ),
        Column("contact_fraction_positive", "1", "Positive contact fraction", dims=_X),
        Column(
            "contact_retention_positive",
            "1",
            "Positive contact retention",
            "Share of the fresh contact that is left.",
            dims=_X,
        ),
        Column("film_thickness_positive", "m", "Positive film thickness [m]", dims=_X),
    ),
    dim="snapshot",
    chunk=8,
    optional=True,
    coordinates=(
        Column(
            "x_positive",
            "m",
            "Position in the positive electrode [m]",
            "Centres of the volumes, from the separator to the current collector.",
            dims=_X,
        ),
        Column(
            "r_positive",
            "m",
            "Radial position in the particle [m]",
            "Centres of the shells, from the middle to the surface.",
            dims=("r_positive",),
        ),
    ),
)

CHECKPOINTS = Table(
    "checkpoints",
    "The whole state at the start of kept cycles: a run can be continued from any of them.",
    (
        _CYCLE,
        _TIME,
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
    ),
    dim="cycle",
    chunk=16,
    optional=True,
    coordinates=(
        Column("state", "1", "Entry of the state vector", "From 0.", "integer", dims=("state",)),
    ),
)

IMPEDANCE = Table(
    "impedance",
    "Impedance spectra, about the state at the moment of each.",
    (
        _TIME,
        _CYCLE,
        _STEP,
        Column(
            "configuration",
            "1",
            "Configuration",
            "The cell; two of its positive electrodes face to face; or the positive electrode alone "
            "between collectors that block ions.",
            kind="flag",
            meanings=CONFIGURATIONS,
        ),
        Column("soc", "1", "State of charge", "0 at the discharged, 1 at the charged composition."),
        Column("stoichiometry", "1", "Positive electrode stoichiometry", "Mean."),
        Column("voltage", "V", "Voltage [V]"),
        Column("temperature", "K", "Cell temperature [K]"),
        Column("stack_pressure", "Pa", "Stack pressure [Pa]"),
        Column(
            "z_real",
            "Ohm",
            "Impedance, real part [Ohm]",
            "Of the whole cell.",
            dims=("frequency",),
        ),
        Column(
            "z_imag",
            "Ohm",
            "Impedance, imaginary part [Ohm]",
            "Of the whole cell; negative where it is capacitive.",
            dims=("frequency",),
        ),
        *_RESISTANCES,
    ),
    dim="spectrum",
    chunk=64,
    coordinates=(Column("frequency", "Hz", "Frequency [Hz]", dims=("frequency",)),),
    optional=True,
)

RUN = Table(
    "run",
    "How the run went.",
    (
        Column("status", "", "Status", "completed, or stopped before the protocol's end.", "text"),
        Column("stop_reason", "", "Why the run ended", kind="text"),
        Column("message", "", "What happened and what to do", kind="text"),
        *_SOLVER_COUNTERS,
        Column("compile_seconds", "s", "Time to compile or load the kernels [s]"),
        Column("solve_seconds", "s", "Time in the solver [s]"),
        Column("store_seconds", "s", "Time to write this file [s]"),
    ),
)

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
    RUN,
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
