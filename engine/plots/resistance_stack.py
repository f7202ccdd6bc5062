"""Areal resistance by mechanism over a life, stacked."""

import numpy as np
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import Array
from solidcell.engine.plots.life import Life, find, wanted
from solidcell.engine.plots.marks import mark
from solidcell.engine.plots.mechanisms import COLOURS, resistances, title, total_resistance
from solidcell.engine.plots.style import INK, label_right, sheet, spread
from solidcell.engine.store.reader import Results

LEAST_CHANGE = 1e-6
"""Of the resistance over a life, relative: what changes less is constant."""

LABEL_GAP = 0.062  # of the axes' height


def fits(results: Results) -> bool:
    """Whether the file holds a life whose resistance changes."""
    life = find(results)
    if life is None:
        return False
    total = _known(results, life)[1]
    return len(total) > 1 and bool(np.ptp(total) > LEAST_CHANGE * total.max())


def figure(results: Results) -> Figure:
    """Draw the stack; every band says its first and its last value.

    Raises
    ------
    InputError
        If the file holds no life, or no resistances of it.
    """
    life = wanted(results)
    known, total = _known(results, life)
    if len(total) < 2:
        raise InputError(
            f"{results.path} has no resistances of a life: let its cycles begin a discharge."
        )
    table = results["cycles"]
    cycle, rows = life.cycle[known], life.rows[known]
    made = sheet(results, 8.4, 4.6)
    axes = made.add_subplot()
    lower = np.zeros(len(rows))
    ends = []
    for name, values in resistances(table).items():
        upper = lower + values[rows]
        axes.fill_between(cycle, lower, upper, color=COLOURS[name], linewidth=0)
        words = f"{title(table, name)}, {_change(values[rows])}"
        ends.append((words, float(lower[-1] + upper[-1]) / 2, COLOURS[name]))
        lower = upper
    axes.plot(cycle, total, color=INK, linewidth=1.6)
    ends.append((f"Whole cell, {_change(total)}", float(total[-1]), INK))
    axes.set_xlim(cycle[0], cycle[-1])
    axes.set_ylim(0, 1.04 * float(total.max()))
    low, high = axes.get_ylim()
    places = spread([end for _, end, _ in ends], LABEL_GAP * (high - low), low, high)
    for (words, end, colour), place in zip(ends, places, strict=True):
        label_right(axes, end, place, words, colour)
    mark(axes, life, low=True)
    axes.set_title("Resistance by mechanism, at the start of each discharge")
    axes.set_xlabel("Cycle")
    axes.set_ylabel("Areal resistance [Ω·cm²]")
    return made


def _known(results: Results, life: Life) -> tuple[Array, Array]:
    """Return which cycles have a resistance, and the whole cell's in them [Ohm cm2]."""
    total = total_resistance(results["cycles"])[life.rows]
    known = np.isfinite(total)
    return known, total[known]


def _change(values: Array) -> str:
    """Write how a resistance begins and ends."""
    first, last = (
        f"{value:.0f}" if value >= 10 else f"{value:.2g}" for value in (values[0], values[-1])
    )
    return last if first == last else f"{first} → {last}"
