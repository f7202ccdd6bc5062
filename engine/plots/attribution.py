"""Where the capacity went over a life: the four losses, stacked."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import Array
from solidcell.engine.plots.life import Life, find, wanted
from solidcell.engine.plots.marks import mark
from solidcell.engine.plots.style import BLUES, GREY, INK, ORANGES, label_right, sheet, spread
from solidcell.engine.store.reader import Group, Results

SHARES = {
    "inventory": ("Lithium inventory", ORANGES[1]),
    "active_material": ("Active material", BLUES[0]),
    "isolation": ("Isolation", BLUES[2]),
    "resistance": ("Resistance", GREY),
}
"""Losses in the order of the stack, with their names and colours."""

SMALLEST_SHARE = 5e-3
"""Of the largest: a loss that is nowhere larger has no band."""

LEAST_LOSS = 1e-9
"""Of the first capacity: less is rounding."""

LABEL_GAP = 0.07  # of the axes' height


def fits(results: Results) -> bool:
    """Whether the file holds a life whose capacity changes."""
    life = find(results)
    return life is not None and bool(_losses(results["cycles"], life))


def figure(results: Results) -> Figure:
    """Draw the stack.

    Raises
    ------
    InputError
        If the file holds no life, or one without a loss.
    """
    life = wanted(results)
    losses = _losses(results["cycles"], life)
    if not losses:
        raise InputError(
            f"{results.path} has no loss of capacity: choose laws of contact or films in the "
            "scenario's physics."
        )
    made = sheet(results, 8.0, 4.5)
    panel(made.add_subplot(), life, losses)
    return made


def panel(axes: Axes, life: Life, losses: dict[str, Array]) -> None:
    """Draw the stack into axes; gains are stacked downwards from zero."""
    first = float(life.capacity[0])
    lost = first - life.capacity
    above, below = np.zeros(len(lost)), np.zeros(len(lost))
    ends = []
    for name, values in losses.items():
        words, colour = SHARES[name]
        higher, lower = above + np.maximum(values, 0), below + np.minimum(values, 0)
        for inner, outer in ((above, higher), (below, lower)):
            axes.fill_between(life.cycle, inner, outer, color=colour, linewidth=0)
        inner, outer = (above, higher) if values[-1] >= 0 else (below, lower)
        ends.append((_label(words, values[-1], first), float(inner[-1] + outer[-1]) / 2, colour))
        above, below = higher, lower
    axes.plot(life.cycle, lost, color=INK, linewidth=1.8)
    ends.append((_label("Measured loss", lost[-1], first), float(lost[-1]), INK))
    axes.set_xlim(life.cycle[0], life.cycle[-1])
    if not below.any():
        axes.set_ylim(0, None)
    low, high = axes.get_ylim()
    places = spread([end for _, end, _ in ends], LABEL_GAP * (high - low), low, high)
    for (words, end, colour), place in zip(ends, places, strict=True):
        label_right(axes, end, place, words, colour)
    mark(axes, life)
    axes.set_title(f"Capacity lost since cycle {life.cycle[0]}, by cause")
    axes.set_xlabel("Cycle")
    axes.set_ylabel("Capacity lost [A·h]")


def _losses(cycles: Group, life: Life) -> dict[str, Array]:
    """Return the losses that are worth a band, against the first cycle of the life [A.h].

    The file counts them from the first cycle of the run, which may be another one's.
    """
    found = {
        name: cycles[f"capacity_loss_{name}"][life.rows]
        for name in SHARES
        if f"capacity_loss_{name}" in cycles
    }
    found = {name: values - values[0] for name, values in found.items()}
    largest = max((float(np.abs(values).max()) for values in found.values()), default=0.0)
    least = max(SMALLEST_SHARE * largest, LEAST_LOSS * float(life.capacity[0]))
    return {name: values for name, values in found.items() if np.abs(values).max() > least}


def _label(words: str, loss: float, first: float) -> str:
    """Name a loss, with its size and its share of the first capacity."""
    return f"{words}, {loss:.2g} A·h ({100 * loss / first:.2g} %)".replace("-", "−")
