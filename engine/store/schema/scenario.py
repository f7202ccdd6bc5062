"""/scenario and /cell: what was simulated."""

from solidcell.engine.store.schema.table import Column, Table

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
