"""Marks on figures of a life: knee, end of life, and the cycles themselves."""

from matplotlib.axes import Axes

from solidcell.engine.plots.life import Life
from solidcell.engine.plots.style import INK, LABEL_SIZE, on_white

LABEL_WIDTH = 0.2  # of the axes' width

DENSE = 60
"""Cycles from which on a curve has no markers."""


def mark(axes: Axes, life: Life) -> None:
    """Mark knee and end of a life by dotted lines through axes whose limits are set.

    The words stand outside of the two lines where there is room.
    """
    first, last = axes.get_xlim()
    for cycle, words, before, height in (
        (life.knee, "knee", True, 0.97),
        (life.end, "80 %", False, 0.9),
    ):
        if cycle is None:
            continue
        axes.axvline(cycle, color=INK, linewidth=1.1, linestyle=":")
        share = (cycle - first) / (last - first)
        left = share > LABEL_WIDTH if before else share > 1 - LABEL_WIDTH
        axes.annotate(
            f"{words}, cycle {cycle:,}",
            xy=(cycle, height),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-4 if left else 4, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="top",
            fontsize=LABEL_SIZE,
            path_effects=on_white(),
        )


def marker(life: Life) -> str:
    """Return the marker of curves: none where they would run into one another."""
    return "" if len(life.rows) > DENSE else "o"
