"""How every figure looks: type, colours and lines, in one place.

Blue stands for the positive electrode, orange for the lithium, grey for the separator. What has an
order, in rate or time, runs from dark blue to orange, a pair that colour-blind readers tell apart.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnchoredOffsetbox, DrawingArea, HPacker, TextArea, VPacker
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.ticker import LogLocator, NullLocator
from matplotlib.transforms import Bbox

from solidcell.engine.errors import InputError
from solidcell.engine.store.reader import Results

INK = "#1f2933"
MUTED = "#6b7785"
FAINT = "#d9dee4"

BLUES = ("#174a84", "#2f7fc4", "#5fa5dc", "#86bde8", "#adcff0", "#d2e5f7")
ORANGES = ("#b4540a", "#f0a35e", "#f8d0a8")
GREY = "#9aa3ad"
ORDER = ("#12355f", "#2276b9", "#3fa7a0", "#e0a63f", "#c2571a")

WINDOW = "#3fa7a0"
"""Of a range that is allowed, drawn faintly."""

DPI = 200
LABEL_SIZE = 8.5  # pt
LETTER = 0.078  # in, width of a letter
LINE_HEIGHT = 9.3  # pt, of text in that size

_SETTINGS: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 9,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "figure.facecolor": "white",
}


def styled() -> AbstractContextManager[None]:
    """Return a context in which figures are made and saved in this style."""
    return mpl.rc_context(_SETTINGS)


def save(figure: Figure, path: Path) -> None:
    """Save a figure; the ending of the path decides the format.

    Raises
    ------
    InputError
        If the format is unknown or the place can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=DPI)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise InputError(
            f"{path} can't be written ({said}): choose another folder with -o."
        ) from error
    except ValueError as error:
        raise InputError(f"{path} can't be drawn: {error}") from error


def ramp(count: int) -> list[str]:
    """Return so many colours from dark to light, for curves in an order."""
    scale = LinearSegmentedColormap.from_list("order", ORDER)
    return [to_hex(scale(place)) for place in np.linspace(0, 1, max(count, 2))[:count]]


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels along an axis until none is nearer to the next than the gap.

    Parameters
    ----------
    places
        Where the labels would stand, in any order.
    gap
        Smallest distance between neighbours.
    low, high
        Ends of the axis.

    Returns
    -------
    list of float
        Places in the same order, each as near to its own as the others let it.
    """
    if not places:
        return []
    order = np.argsort(places, kind="stable")
    gap = min(gap, (high - low) / len(order))
    offsets = gap * np.arange(len(order))
    wanted = np.asarray(places, dtype=float)[order] - offsets
    moved = _isotonic(wanted)
    moved = np.clip(moved, low, high - offsets[-1]) + offsets
    result = np.empty(len(order))
    result[order] = moved
    return [float(value) for value in result]


def plain_log(axes: Axes, *names: str) -> None:
    """Make axes ``"x"`` or ``"y"`` logarithmic, with 1, 2 and 5 of each decade as plain numbers."""
    for name in names:
        axes.set(**{f"{name}scale": "log"})
        axis = axes.xaxis if name == "x" else axes.yaxis
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_locator(NullLocator())


def _isotonic(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, Any]:
    """Return the nearest rising sequence, by pooling neighbours that are out of order."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            other, count = blocks.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        blocks.append((mean, size))
    return np.concatenate([np.full(size, mean) for mean, size in blocks])


def single(results: Results) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes."""
    figure = sheet(results, 6.6, 4.3)
    return figure, figure.add_subplot()


def sheet(results: Results, width: float, height: float) -> Figure:
    """Make an empty figure, inches wide and high, that says at its foot where it comes from."""
    figure = Figure(figsize=(width, height), layout="constrained")
    engine = figure.get_layout_engine()
    assert engine is not None
    foot = 0.22 / height
    engine.set(w_pad=0.08, h_pad=0.08, rect=(0, foot, 1, 1 - foot))  # type: ignore[call-arg]
    said = results.attributes
    figure.text(
        0.08 / width,
        0.08 / height,
        f"{said.get('scenario_name', results.path.name)}, solidcell {said['solidcell_version']}",
        fontsize=7,
        color=MUTED,
    )
    return figure


class _Word(TextArea):
    """A word of a key, as high as any other whatever its letters, so that rows stay rows."""

    def get_bbox(self, renderer: Any) -> Bbox:
        """Return its extent in pixels."""
        height = renderer.points_to_pixels(LINE_HEIGHT)
        return Bbox.from_bounds(0, -0.25 * height, super().get_bbox(renderer).width, height)


def key(axes: Axes, rows: Sequence[tuple[str, Sequence[str]]], corner: str) -> None:
    """Set a key into a corner of the axes: each row's colour, and its words in columns."""
    swatches: list[Artist] = []
    for colour, _ in rows:
        swatch = DrawingArea(20, LINE_HEIGHT)
        swatch.add_artist(Line2D([0, 20], [0.34 * LINE_HEIGHT] * 2, color=colour))
        swatches.append(swatch)
    columns: list[Artist] = [VPacker(children=swatches, pad=0, sep=5)]
    for words in zip(*(row for _, row in rows), strict=True):
        texts: list[Artist] = [_Word(word, textprops={"fontsize": LABEL_SIZE}) for word in words]
        columns.append(VPacker(children=texts, pad=0, sep=5, align="right"))
    child = HPacker(children=columns, pad=0, sep=10)
    axes.add_artist(AnchoredOffsetbox(loc=corner, child=child, frameon=False, borderpad=0.8))


def legend_above(figure: Figure, rows: Sequence[tuple[str, str, str]], title: str) -> None:
    """Set a key above the panels of a figure: colour, line style and word of each row."""
    longest = max(len(word) for _, _, word in rows)
    most = int((figure.get_figwidth() - 0.2) / (0.6 + LETTER * longest))
    lines = -(-len(rows) // max(most, 1))
    columns = -(-len(rows) // lines)
    # matplotlib fills a key column by column, and people read it row by row.
    order = [place for column in range(columns) for place in range(column, len(rows), columns)]
    figure.legend(
        handles=[
            Line2D([], [], color=colour, linestyle=line, label=word)
            for colour, line, word in (rows[place] for place in order)
        ],
        title=title,
        loc="outside upper left",
        ncols=columns,
        frameon=False,
        alignment="left",
    )


def on_white() -> list[AbstractPathEffect]:
    """Return the effect that sets text apart from the lines that it crosses."""
    return [withStroke(linewidth=2.6, foreground="white")]


def label_right(axes: Axes, height: float, place: float, text: str, colour: str) -> None:
    """Label a curve or band that ends at a height, right of the axes, at a place of its own."""
    axes.annotate(
        text,
        xy=(1.01, height),
        xytext=(1.07, place),
        xycoords=axes.get_yaxis_transform(),
        textcoords=axes.get_yaxis_transform(),
        va="center",
        fontsize=LABEL_SIZE,
        annotation_clip=False,
        arrowprops={
            "arrowstyle": "-",
            "color": colour,
            "linewidth": 1.6,
            "relpos": (0, 0.5),
            "patchA": None,
            "shrinkA": 4,
            "shrinkB": 0,
        },
    )
