"""/impedance: spectra."""

from solidcell.engine.store.schema.columns import CYCLE, RESISTANCES, STEP, TIME
from solidcell.engine.store.schema.flags import CONFIGURATIONS
from solidcell.engine.store.schema.table import Column, Table

IMPEDANCE = Table(
    "impedance",
    "Impedance spectra, about the state at the moment of each.",
    (
        TIME,
        CYCLE,
        STEP,
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
        *RESISTANCES,
    ),
    dim="spectrum",
    chunk=64,
    coordinates=(Column("frequency", "Hz", "Frequency [Hz]", dims=("frequency",)),),
    optional=True,
)
