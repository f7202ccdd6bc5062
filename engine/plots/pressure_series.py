"""Areal resistance by mechanism against stack pressure, on loading and on unloading."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots import spectra
from solidcell.engine.plots.discharges import Array
from solidcell.engine.plots.mechanisms import COLOURS, resistances, title, total_resistance
from solidcell.engine.plots.style import (
    INK,
    LABEL_SIZE,
    label_right,
    on_white,
    plain_log,
    sheet,
    spread,
)
from solidcell.engine.store.reader import Group, Results

FEWEST = 3  # stack pressures
LABEL_GAP = 0.062  # of the axes' height


@dataclass(frozen=True)
class Series:
    """Spectra of one cell at one state of charge and temperature, at several stack pressures.

    Attributes
    ----------
    rows
        Their rows in ``/impedance``, in the order in which they were taken.
    pressure
        Stack pressure of each [MPa].
    peak
        Place of the highest in `rows`: up to it the pressure rises, then it falls.
    condition
        State of charge and temperature, in words.
    """

    rows: list[int]
    pressure: Array
    peak: int
    condition: str


def fits(results: Results) -> bool:
    """Whether the file has spectra at several stack pressures."""
    return spectra.fits(results) and _series(results["impedance"]) is not None


def figure(results: Results) -> Figure:
    """Draw every mechanism and the total.

    Raises
    ------
    InputError
        If there are not spectra at three stack pressures.
    """
    series = _series(results["impedance"]) if spectra.fits(results) else None
    if series is None:
        raise InputError(
            f"{results.path} has no pressure series: put `impedance` at {FEWEST} stack pressures "
            "or more into the protocol."
        )
    table = results["impedance"]
    made = sheet(results, 7.4, 4.6)
    axes = made.add_subplot()
    curves = [
        (title(table, name), values[series.rows], COLOURS[name])
        for name, values in resistances(table).items()
    ]
    total = total_resistance(table)[series.rows]
    curves.append(("Whole cell", total, INK))
    plain_log(axes, "x", "y")
    for _, values, colour in curves:
        _branches(axes, series, values, colour)
    _directions(axes, series, total, INK)
    _ends(axes, series, curves)
    axes.set_title(f"Resistance against stack pressure, {series.condition}")
    axes.set_xlabel("Stack pressure [MPa]")
    axes.set_ylabel("Areal resistance [Ω·cm²]")
    return made


def _series(table: Group) -> Series | None:
    """Find the largest set of spectra that differ in stack pressure alone."""
    told = spectra.descriptions(table)
    sets: dict[tuple[str, ...], list[int]] = {}
    for row, one in enumerate(told):
        shared = tuple(one[name] for name in ("soc", "temperature", "configuration"))
        sets.setdefault(shared, []).append(row)
    shared, rows = max(sets.items(), key=lambda item: len(item[1]))
    pressure = 1e-6 * table["stack_pressure"][rows]
    if len(np.unique(pressure.round(6))) < FEWEST:
        return None
    soc, temperature, _ = shared
    condition = f"{soc} state of charge, {temperature}" if soc else temperature
    return Series(rows, pressure, int(pressure.argmax()), condition)


def _branches(axes: Axes, series: Series, values: Array, colour: str) -> None:
    """Draw a mechanism: full line on loading, dashed on unloading."""
    up, down = slice(0, series.peak + 1), slice(series.peak, None)
    axes.plot(series.pressure[up], values[up], "o-", color=colour, markersize=3.5, linewidth=1.5)
    axes.plot(
        series.pressure[down],
        values[down],
        "o--",
        color=colour,
        markersize=3.5,
        markerfacecolor="white",
        linewidth=1.2,
    )


def _directions(axes: Axes, series: Series, values: Array, colour: str) -> None:
    """Say at the curve of the whole cell which branch is which, with an arrow along each."""
    last = len(values) - 1
    for word, first, then, above in (
        ("loading", 0, series.peak, 1),
        ("unloading", series.peak, last, -1),
    ):
        if then - first < 1:
            continue
        start = first + (then - first) // 2 - (then - first > 1)
        tail, head = (
            (float(series.pressure[place]), float(values[place])) for place in (start, start + 1)
        )
        axes.annotate(
            "",
            xy=head,
            xytext=tail,
            arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.5, "shrinkB": 3},
        )
        axes.annotate(
            word,
            xy=tail,
            xytext=(5, 7 * above),
            textcoords="offset points",
            va="bottom" if above > 0 else "top",
            fontsize=LABEL_SIZE,
            color=colour,
            path_effects=on_white(),
        )


def _ends(axes: Axes, series: Series, curves: list[tuple[str, Array, str]]) -> None:
    """Name the curves right of the axes, at the highest pressure."""
    right, low = float(series.pressure.max()), float(series.pressure.min())
    axes.set_xlim(low * (low / right) ** 0.03, right * (right / low) ** 0.03)
    bottom, top = np.log(axes.get_ylim())
    heights = [float(np.log(values[series.peak])) for _, values, _ in curves]
    places = spread(heights, LABEL_GAP * (top - bottom), bottom, top)
    for (word, values, colour), place in zip(curves, places, strict=True):
        height = float(values[series.peak])
        label_right(axes, height, float(np.exp(place)), f"{word}, {height:.2g}", colour)
