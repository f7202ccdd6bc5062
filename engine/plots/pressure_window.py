"""The window of stack pressure: above it lithium creeps through the pores, below it contact fails."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import Array
from solidcell.engine.plots.fresh_cells import FreshCell, fresh_cells
from solidcell.engine.plots.style import (
    BLUES,
    INK,
    LABEL_SIZE,
    ORANGES,
    WINDOW,
    on_white,
    plain_log,
    sheet,
)
from solidcell.engine.store.reader import Results

FEWEST = 3  # stack pressures

POLARISATION_LIMIT = 0.2  # V
DAMAGE_LIMIT = 1.0
"""A short is expected there."""


def fits(results: Results) -> bool:
    """Whether fresh symmetric cells were cycled at several stack pressures, at one current."""
    return len(_cells(results)) >= FEWEST


def figure(results: Results) -> Figure:
    """Draw polarisation and damage against stack pressure, with the window between their limits.

    Raises
    ------
    InputError
        If symmetric cells were not cycled at three stack pressures.
    """
    cells = _cells(results)
    if len(cells) < FEWEST:
        raise InputError(
            f"{results.path} has no pressure window: cycle fresh symmetric cells at {FEWEST} stack "
            "pressures or more, at one current."
        )
    pressure = np.array([cell.pressure for cell in cells])
    polarisation = np.array([cell.polarisation.max() for cell in cells])
    damage = np.array(
        [results["cycles"]["short_circuit_damage"][cell.cycles[-1]] for cell in cells]
    )
    made = sheet(results, 6.8, 5.8)
    upper, lower = made.subplots(2, 1, sharex=True)
    plain_log(upper, "x", "y")
    lower.set_yscale("log")
    _limited(upper, pressure, polarisation, POLARISATION_LIMIT, BLUES[1])
    _limited(lower, pressure, damage, DAMAGE_LIMIT, ORANGES[0])
    upper.set_ylabel("Polarisation [V]")
    lower.set_ylabel("Damage by creep into pores")
    lower.set_xlabel("Stack pressure [MPa]")
    _window((upper, lower), *edges(pressure, polarisation, damage))
    passed = 2 * len(cells[0].cycles)
    upper.set_title(
        f"Window of stack pressure, {cells[0].current.max():.2g} mA/cm², {passed:,} half cycles"
    )
    return made


def edges(pressure: Array, polarisation: Array, damage: Array) -> tuple[float, float]:
    """Return the lowest pressure that keeps contact and the highest without a short [MPa].

    Parameters
    ----------
    pressure
        Stack pressures that were tried [MPa].
    polarisation
        Largest voltage at each [V].
    damage
        Damage by creep into pores at the end of each.

    Returns
    -------
    tuple of float
        NaN where no pressure that was tried will do.
    """
    contact, whole = pressure[polarisation < POLARISATION_LIMIT], pressure[damage < DAMAGE_LIMIT]
    return (
        float(contact.min()) if len(contact) else np.nan,
        float(whole.max()) if len(whole) else np.nan,
    )


def _limited(axes: Axes, pressure: Array, values: Array, limit: float, colour: str) -> None:
    """Draw a curve and its limit; what is beyond has open markers."""
    axes.plot(pressure, values, color=colour)
    within = values < limit
    axes.plot(pressure[within], values[within], "o", color=colour, markersize=5)
    axes.plot(
        pressure[~within],
        values[~within],
        "o",
        color=colour,
        markersize=5,
        markerfacecolor="white",
    )
    axes.axhline(limit, color=INK, linewidth=1.0, linestyle="--")
    axes.annotate(
        f"limit {limit:g}",
        xy=(1, limit),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-3, 3),
        textcoords="offset points",
        ha="right",
        fontsize=LABEL_SIZE,
        path_effects=on_white(),
    )


def _window(several: tuple[Axes, ...], low: float, high: float) -> None:
    """Shade the window and mark its edges; there may be none."""
    top = several[0]
    exists = low <= high
    for axes in several:
        if exists:
            axes.axvspan(low, high, color=WINDOW, alpha=0.16, linewidth=0, zorder=0)
        for edge in (low, high):
            if np.isfinite(edge):
                axes.axvline(edge, color=WINDOW, linewidth=1.4)
    said = (
        (low, f"lower edge\n{low:.2g} MPa", "right", -4),
        (high, f"upper edge\n{high:.2g} MPa", "left", 4),
    )
    for edge, words, side, offset in said:
        if np.isfinite(edge):
            top.annotate(
                words,
                xy=(edge, 0.97),
                xycoords=top.get_xaxis_transform(),
                xytext=(offset, 0),
                textcoords="offset points",
                ha=side,
                va="top",
                fontsize=LABEL_SIZE,
                weight="bold",
                color=WINDOW,
                path_effects=on_white(),
            )
    if not exists:
        several[-1].text(
            0.02, 0.95, "no window", transform=several[-1].transAxes, va="top", weight="bold"
        )


def _cells(results: Results) -> list[FreshCell]:
    """Return the fresh cells that were cycled at one current, by rising stack pressure."""
    found = [
        cell for cell in fresh_cells(results) if np.ptp(cell.current) < 1e-6 * cell.current.max()
    ]
    by_pressure = {round(cell.pressure, 6): cell for cell in found}
    return [by_pressure[pressure] for pressure in sorted(by_pressure)]
