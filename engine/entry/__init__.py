"""What a person writes: text that knows its line, quantities with units, columns of a CSV file."""

from solidcell.engine.entry.columns import Column, read_columns
from solidcell.engine.entry.place import Items, Place, Table, Text, mistake, nearest, place_of
from solidcell.engine.entry.units import (
    Quantity,
    Si,
    convert,
    factor_to_si,
    parse_c_rate,
    parse_cycles,
    parse_fraction,
    parse_quantity,
    parse_temperature,
)

__all__ = [
    "Column",
    "Items",
    "Place",
    "Quantity",
    "Si",
    "Table",
    "Text",
    "convert",
    "factor_to_si",
    "mistake",
    "nearest",
    "parse_c_rate",
    "parse_cycles",
    "parse_fraction",
    "parse_quantity",
    "parse_temperature",
    "place_of",
    "read_columns",
]
