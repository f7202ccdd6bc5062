"""The cell as a thing: what it weighs and costs, and what the compiled core needs to know of it."""

from solidcell.engine.cell.mass import Component, MassBreakdown, mass_breakdown
from solidcell.engine.cell.record import half_cell_record
from solidcell.engine.cell.stiffness import stack_stiffness
from solidcell.engine.cell.tables import PropertyTables, property_tables

__all__ = [
    "Component",
    "MassBreakdown",
    "PropertyTables",
    "half_cell_record",
    "mass_breakdown",
    "property_tables",
    "stack_stiffness",
]
