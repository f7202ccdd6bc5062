"""/cycles: a life, cycle by cycle."""

from solidcell.engine.store.schema.columns import CYCLE, DAMAGE, INTERFACES, RESISTANCES
from solidcell.engine.store.schema.flags import CYCLE_STATUSES, RISKS
from solidcell.engine.store.schema.table import Column, Table

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

CYCLES = Table(
    "cycles",
    "A row for each cycle: one repetition of a block of the protocol.",
    (
        CYCLE,
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
            "Jump of the voltage over that of the current at the cycle's first discharge, double "
            "layers relaxed and diffusion frozen.",
        ),
        Column(
            "resistance_10s",
            "Ohm",
            "Resistance after 10 s [Ohm]",
            "Fall of the voltage after 10 s of the cycle's first discharge at constant current over "
            "its jump of current; NaN where that is shorter.",
        ),
        *RESISTANCES,
        *INTERFACES,
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
        DAMAGE,
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
