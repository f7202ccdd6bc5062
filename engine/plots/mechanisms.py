"""The mechanisms that resist the current, in one order and one set of colours for every figure."""

from collections.abc import Mapping

from solidcell.engine.plots.discharges import Array
from solidcell.engine.plots.style import BLUES, GREY, ORANGES
from solidcell.engine.store.reader import Group, Results

COLOURS: Mapping[str, str] = {
    "interface_negative": ORANGES[1],
    "film_negative": ORANGES[2],
    "charge_transfer_negative": ORANGES[0],
    "separator": GREY,
    "ionic_positive": BLUES[5],
    "electronic_positive": BLUES[4],
    "film_positive": BLUES[3],
    "interface_positive": BLUES[2],
    "charge_transfer_positive": BLUES[1],
    "particle_diffusion_positive": BLUES[0],
}
"""Mechanisms in the order of the way from lithium to particle, which is the order of a stack."""

SQUARE_CENTIMETRES = 1e4
"""In a square metre: areal resistances are read in Ohm cm2."""

SMALLEST_SHARE = 5e-3
"""Of the total: a mechanism that is nowhere larger has no band."""


def resistances(table: Group) -> dict[str, Array]:
    """Return the areal resistances of a table by mechanism [Ohm cm2], in the order of a stack.

    Those that are nowhere worth a band are left out. Each is (rows,).
    """
    total = total_resistance(table)
    found = {}
    for name in COLOURS:
        if f"asr_{name}" not in table:
            continue
        values = SQUARE_CENTIMETRES * table[f"asr_{name}"]
        if (values > SMALLEST_SHARE * total).any():
            found[name] = values
    return found


def total_resistance(table: Group) -> Array:
    """Return the areal resistance of the whole cell [Ohm cm2], (rows,)."""
    values: Array = SQUARE_CENTIMETRES * table["asr_total"]
    return values


def title(table: Group, name: str) -> str:
    """Name a mechanism for people: ``Positive charge transfer``."""
    return table.long_name(f"asr_{name}").partition(" area-specific")[0].replace("-", " ")


def symmetric(results: Results) -> bool:
    """Whether the cell is lithium against lithium."""
    return "positive active material" not in {str(one) for one in results["cell"]["component"]}
