"""Capacity and coulombic efficiency over a life, with its knee and its end."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.plots.discharges import Array
from solidcell.engine.plots.life import Life, find, wanted
from solidcell.engine.plots.marks import mark, marker
from solidcell.engine.plots.style import BLUES, INK, LABEL_SIZE, MUTED, ORANGES, on_white, sheet
from solidcell.engine.store.reader import Results

END_OF_LIFE = 0.8
"""Of the first capacity, as in ``end_of_life_cycle``."""

NEAR = 0.86
"""Of the first capacity: who has less sees the end of life on the axis."""

OUTLIERS = 2.0
"""Share of the cycles in percent, at either end, that may leave the axis of the efficiency."""

LEAST_SPAN = 2e-3
"""Of the axis of the efficiency, in percent."""


def fits(results: Results) -> bool:
    """Whether the file holds a life."""
    return find(results) is not None


def figure(results: Results) -> Figure:
    """Draw capacity above efficiency.

    Raises
    ------
    InputError
        If the file holds no life.
    """
    life = wanted(results)
    made = sheet(results, 7.0, 5.6)
    upper, lower = made.subplots(2, 1, sharex=True, height_ratios=(2.1, 1))
    upper.set_xlim(*_limits(life))
    _capacity(upper, life)
    _efficiency(lower, life, 100 * results["cycles"]["coulombic_efficiency"][life.rows])
    mark(upper, life, low=True)
    lower.set_xlabel("Cycle")
    made.align_ylabels()
    return made


def _limits(life: Life) -> tuple[float, float]:
    """Return the ends of the axis of cycles, a little beyond the first and the last."""
    margin = 0.02 * float(np.ptp(life.cycle))
    return float(life.cycle[0]) - margin, float(life.cycle[-1]) + margin


def _capacity(axes: Axes, life: Life) -> None:
    """Draw the capacity, in A.h and, on the right, in percent of the first."""
    first, last = float(life.capacity[0]), float(life.capacity[-1])
    axes.plot(
        life.cycle,
        life.capacity,
        marker=marker(life),
        markersize=3.2,
        color=BLUES[0],
        linewidth=1.6,
    )
    axes.ticklabel_format(axis="y", useOffset=False)
    axes.set_ylabel("Discharge capacity [A·h]")
    axes.set_title(f"Capacity: {100 * last / first:.4g} % at cycle {life.cycle[-1]:,}")
    if life.capacity.min() < NEAR * first:
        end = END_OF_LIFE * first
        axes.set_ylim(min(0.97 * end, 0.98 * float(life.capacity.min())), None)
        axes.axhline(end, color=MUTED, linewidth=1.0, linestyle="--")
        axes.annotate(
            "80 % of the first",
            xy=(0.01, end),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, 3),
            textcoords="offset points",
            fontsize=LABEL_SIZE,
            color=INK,
            path_effects=on_white(),
        )
    right = axes.secondary_yaxis(
        "right", functions=(partial(np.multiply, 100 / first), partial(np.multiply, first / 100))
    )
    right.set_ylabel("[% of the first]")
    right.ticklabel_format(useOffset=False)


def _efficiency(axes: Axes, life: Life, efficiency: Array) -> None:
    """Draw the coulombic efficiency [%]; that of a first cycle far off is told in words."""
    known = np.isfinite(efficiency)
    axes.set_ylabel("Coulombic\nefficiency [%]")
    if not known.any():
        return
    low, high = (float(end) for end in np.percentile(efficiency[known], (OUTLIERS, 100 - OUTLIERS)))
    room = max(0.15 * (high - low), LEAST_SPAN)
    first = float(efficiency[0])
    if known[0] and not low - room <= first <= high + room:
        known[0] = False
        axes.text(
            0.02,
            0.08,
            f"cycle {life.cycle[0]}: {first:.2f} %",
            transform=axes.transAxes,
            fontsize=LABEL_SIZE,
            path_effects=on_white(),
        )
    axes.plot(
        life.cycle[known],
        efficiency[known],
        marker=marker(life),
        markersize=3.0,
        color=ORANGES[0],
        linewidth=1.3,
    )
    axes.set_ylim(low - room, high + room)
    axes.ticklabel_format(axis="y", useOffset=False)
