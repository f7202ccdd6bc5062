"""Staircases of current through symmetric cells: where the lithium begins to lose contact."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import chosen
from solidcell.engine.plots.fresh_cells import MILLIAMPERES, FreshCell, fresh_cells
from solidcell.engine.plots.style import BLUES, INK, LABEL_SIZE, ORANGES, on_white, sheet
from solidcell.engine.store.reader import Results

MOST_CELLS = 4
LINE_PITCH = 12  # pt
SIDES = {"positive": BLUES[1], "negative": ORANGES[0]}
FEWEST_STEPS = 3  # of a staircase

ONSET = 0.02
"""Share of the lithium that voids have detached where they count as begun."""

PLATING = "plating"
"""In the words of /cycles' short_circuit_risk: the critical current of plating was exceeded."""


def fits(results: Results) -> bool:
    """Whether the file has staircases of current through symmetric cells."""
    return bool(_staircases(results))


def figure(results: Results) -> Figure:
    """Draw current, voltage and contact of each staircase; the onset of voids is marked.

    Raises
    ------
    InputError
        If the file has no staircase.
    """
    found = _staircases(results)
    if not found:
        raise InputError(
            f"{results.path} has no staircase of currents: cycle a symmetric cell at "
            f"{FEWEST_STEPS} rising currents or more."
        )
    found = chosen(found, MOST_CELLS)
    made = sheet(results, max(6.6, 0.8 + 2.9 * len(found)), 6.4)
    grid = made.subplots(3, len(found), squeeze=False, sharex="col", sharey="row")
    for axes, cell in zip(grid.T, found, strict=True):
        _column(axes[0], axes[1], axes[2], results, cell)
    for row, label in zip(
        grid[:, 0], ("Current [mA/cm²]", "Voltage [V]", "Contact fraction"), strict=True
    ):
        row.set_ylabel(label)
    grid[2, 0].set_ylim(0, 1.05)
    for (side, colour), height in zip(SIDES.items(), (0.12, 0.02), strict=True):
        grid[2, 0].text(
            0.03,
            height,
            f"{side} side",
            transform=grid[2, 0].transAxes,
            color=colour,
            fontsize=LABEL_SIZE,
            weight="bold",
            path_effects=on_white(),
        )
    made.align_ylabels()
    return made


def _column(current: Axes, voltage: Axes, contact: Axes, results: Results, cell: FreshCell) -> None:
    """Draw one staircase into three axes."""
    series = results["timeseries"]
    rows = slice(
        *(
            int(row)
            for row in np.searchsorted(series["cycle"], [cell.cycles[0], cell.cycles[-1] + 1])
        )
    )
    start = float(series["time"][rows][0])
    hours = (series["time"][rows] - start) / 3600
    area = float(results["cell"].attributes["electrode_area"])
    current.plot(hours, MILLIAMPERES * series["current"][rows] / area, color=INK, linewidth=1.2)
    voltage.plot(hours, series["voltage"][rows], color=INK, linewidth=1.2)
    for side, colour in SIDES.items():
        values = series[f"contact_fraction_{side}"][rows]
        contact.plot(hours, values, color=colour, linewidth=1.2)
    contact.set_xlabel("Time [h]")
    contact.set_xlim(0, hours[-1])

    begun = {int(cycle): row for row, cycle in reversed(list(enumerate(series["cycle"][rows])))}
    onset, plated = _onset(results, cell), _plating(results, cell)
    if onset is not None:
        for axes in (current, voltage, contact):
            place = hours[begun[onset]]
            axes.axvspan(place, hours[-1], color=ORANGES[2], alpha=0.35, linewidth=0, zorder=0)
            axes.axvline(place, color=ORANGES[0], linewidth=1.1, linestyle="--")
    if plated is not None:
        current.axvline(hours[begun[plated]], color=INK, linewidth=1.2, linestyle=":")
    if cell.cut_off is not None:
        voltage.axvline(hours[begun[cell.cut_off]], color=INK, linewidth=1.2, linestyle=":")
    voids = "no voids" if onset is None else f"voids from {_current(cell, onset)}"
    said = (("plating beyond its limit from", plated), ("cut off at", cell.cut_off))
    told = [f"{words} {_current(cell, at)}" for words, at in said if at is not None]
    current.set_title(f"{cell.pressure:.3g} MPa: {voids}", pad=8 + LINE_PITCH * len(told))
    current.text(
        0, 1.03, "\n".join(told), transform=current.transAxes, va="bottom", fontsize=LABEL_SIZE
    )


def _staircases(results: Results) -> list[FreshCell]:
    """Return the fresh cells whose current rises from cycle to cycle."""
    return [
        cell
        for cell in fresh_cells(results)
        if len(cell.current) >= FEWEST_STEPS and (np.diff(cell.current) > 0).all()
    ]


def _onset(results: Results, cell: FreshCell) -> int | None:
    """Return the first cycle with voids."""
    detached = results["cycles"]["void_fraction"][cell.cycles] > ONSET
    return int(cell.cycles[detached.argmax()]) if detached.any() else None


def _plating(results: Results, cell: FreshCell) -> int | None:
    """Return the first cycle whose plating exceeded its critical current."""
    risks = results["cycles"].words("short_circuit_risk")[cell.cycles]
    flagged = np.array([PLATING in str(risk) for risk in risks])
    return int(cell.cycles[flagged.argmax()]) if flagged.any() else None


def _current(cell: FreshCell, cycle: int) -> str:
    """Write the current of a cycle."""
    return f"{cell.current[np.flatnonzero(cell.cycles == cycle)[0]]:.2g} mA/cm²"
