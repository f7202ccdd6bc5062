"""Marks on figures of a life: knee, end of life, and the cycles themselves."""

from matplotlib.axes import Axes

from solidcell.engine.plots.life import Life
from solidcell.engine.plots.style import INK, LABEL_SIZE, on_white

DENSE = 60
"""Cycles from which on a curve has no markers."""


def mark(axes: Axes, life: Life, *, low: bool = False) -> None:
    """Mark knee and end of a life by dotted lines; what they are is written along them.

    Parameters
    ----------
    axes
        Axes with cycles along x.
    life
        The life.
    low
        Whether the words stand at the bottom, as under a curve that falls.
    """
    for cycle, words in ((life.knee, "knee"), (life.end, "80 %")):
        if cycle is None:
            continue
        axes.axvline(cycle, color=INK, linewidth=1.1, linestyle=":")
        axes.annotate(
            f"{words}, cycle {cycle:,}",
            xy=(cycle, 0.03 if low else 0.97),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-3, 0),
            textcoords="offset points",
            rotation=90,
            ha="right",
            va="bottom" if low else "top",
            fontsize=LABEL_SIZE,
            path_effects=on_white(),
        )


def marker(life: Life) -> str:
    """Return the marker of curves: none where they would run into one another."""
    return "" if len(life.rows) > DENSE else "o"
