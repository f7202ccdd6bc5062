"""Areal resistance by mechanism, stacked: a bar for each spectrum, or else for each cycle."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots import spectra
from solidcell.engine.plots.discharges import chosen
from solidcell.engine.plots.fresh_cells import fresh_cells
from solidcell.engine.plots.interfaces import changing
from solidcell.engine.plots.mechanisms import COLOURS, resistances, title, total_resistance
from solidcell.engine.plots.style import INK, LABEL_SIZE, label_right, sheet, spread
from solidcell.engine.store.reader import Group, Results

MOST_BARS = 17
MOST_WIDE = 6  # bars whose names stand level
LABEL_GAP = 0.062  # of the axes' height


def fits(results: Results) -> bool:
    """Whether the file has spectra, or cycles of one cell between which its interfaces change."""
    if spectra.fits(results):
        return True
    return len(_cycles(results)) > 1 and bool(changing(results)) and not fresh_cells(results)


def figure(results: Results) -> Figure:
    """Draw the stack."""
    made = sheet(results, 8.4, 4.3)
    panel(made.add_subplot(), results)
    return made


def panel(axes: Axes, results: Results) -> None:
    """Draw the bars into axes; the last one's parts are named, every bar says its total.

    Raises
    ------
    InputError
        If the file has no resistances.
    """
    table, rows, names, heading, meaning = _bars(results)
    total = total_resistance(table)[rows]
    places = np.arange(len(rows))
    lower = np.zeros(len(rows))
    ends = []
    for name, values in resistances(table).items():
        upper = lower + values[rows]
        axes.bar(places, values[rows], 0.72, bottom=lower, color=COLOURS[name])
        words = f"{title(table, name)}, {values[rows][-1]:.2g}"
        ends.append((words, float(lower[-1] + upper[-1]) / 2, COLOURS[name]))
        lower = upper
    for place, height in enumerate(total):
        axes.text(
            place, height, f"{height:.3g}", ha="center", va="bottom", fontsize=LABEL_SIZE, color=INK
        )
    axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_ylim(0, 1.06 * float(total.max()))
    low, high = axes.get_ylim()
    heights = spread([end for _, end, _ in ends], LABEL_GAP * (high - low), low, high)
    for (words, end, colour), height in zip(ends, heights, strict=True):
        label_right(axes, end, height, words, colour)
    slanted = len(rows) > MOST_WIDE
    axes.set_xticks(
        places,
        names,
        rotation=45 if slanted else 0,
        ha="right" if slanted else "center",
        rotation_mode="anchor" if slanted else "default",
    )
    axes.tick_params(axis="x", length=0)
    axes.grid(visible=False, axis="x")
    axes.set_title(heading)
    axes.set_xlabel(meaning)
    axes.set_ylabel("Areal resistance [Ω·cm²]")


def _bars(results: Results) -> tuple[Group, list[int], list[str], str, str]:
    """Return the table, its rows that are drawn, their names, the heading and what names mean."""
    heading = "Resistance by mechanism"
    if spectra.fits(results):
        table = results["impedance"]
        told = spectra.descriptions(table)
        differing, common = spectra.apart(told)
        # A resistance is that of the cell, whatever the spectrum was taken of.
        differing = [one for one in differing if one != "configuration"]
        rows = chosen(range(len(told)), MOST_BARS)
        split = "\n" if len(rows) <= MOST_WIDE else ", "
        names = [
            split.join(told[row][one] for one in differing) or f"spectrum {row + 1}" for row in rows
        ]
        meaning = ", ".join(spectra.QUANTITIES[one] for one in differing)
        return table, rows, names, f"{heading}, {common}" if common else heading, meaning
    rows = chosen(_cycles(results), MOST_BARS)
    if not rows:
        raise InputError(
            f"{results.path} has no resistances: put a discharge or `impedance` into the protocol."
        )
    cycles = results["cycles"]
    names = [str(cycles["cycle"][row] + 1) for row in rows]
    return cycles, rows, names, f"{heading} at the start of a discharge", "Cycle"


def _cycles(results: Results) -> list[int]:
    """Return the rows of the cycles whose resistance is known."""
    return [int(row) for row in np.flatnonzero(np.isfinite(results["cycles"]["asr_total"]))]
