"""/timeseries: the cell at each moment."""

from solidcell.engine.store.schema.columns import CYCLE, DAMAGE, INTERFACES, STEP
from solidcell.engine.store.schema.flags import MODES
from solidcell.engine.store.schema.table import Column, Table


def _overpotential(name: str, long_name: str, comment: str) -> Column:
    return Column(f"overpotential_{name}", "V", f"{long_name} overpotential [V]", comment)


TIMESERIES = Table(
    "timeseries",
    "A row for each solver step (or output period), with the first and last instant of each step.",
    (
        Column("time", "s", "Time [s]", "Since the start of the run; repeats where steps meet."),
        CYCLE,
        STEP,
        Column("mode", "1", "Control mode", kind="flag", meanings=MODES),
        Column("current", "A", "Current [A]", "Of the whole cell, positive on discharge."),
        Column("voltage", "V", "Voltage [V]"),
        Column(
            "state_of_charge",
            "1",
            "State of charge",
            "By the mean lithium of connected particles: 0 at the discharged, 1 at the charged "
            "composition, and beyond; NaN where both electrodes are lithium.",
        ),
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
        *INTERFACES,
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
        DAMAGE,
    ),
    dim="time",
    chunk=4096,
)
