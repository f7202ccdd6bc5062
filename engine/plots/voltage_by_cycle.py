"""Voltage on discharge at several ages of a cell."""

from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import Discharge, celsius, chosen, discharges, rate_name
from solidcell.engine.plots.life import Life, find, wanted
from solidcell.engine.plots.style import legend_above, ramp, sheet
from solidcell.engine.store.reader import Results

FEWEST = 3
MOST_CURVES = 8


def fits(results: Results) -> bool:
    """Whether the file keeps voltage curves of several cycles of a life."""
    life = find(results)
    return life is not None and len(_curves(results, life)) >= FEWEST


def figure(results: Results) -> Figure:
    """Draw the curves, coloured by age.

    Raises
    ------
    InputError
        If the file holds no life, or too few voltage curves of it.
    """
    curves = _curves(results, wanted(results))
    if len(curves) < FEWEST:
        raise InputError(
            f"{results.path} has no voltage curves at several ages: keep those of more cycles with "
            "'timeseries' in the scenario's output."
        )
    shown = chosen(curves, MOST_CURVES)
    made = sheet(results, 6.6, 4.7)
    axes = made.add_subplot()
    voltage = results["timeseries"]["voltage"]
    rows = []
    for discharge, colour in zip(shown, ramp(len(shown)), strict=True):
        axes.plot(discharge.capacity, voltage[discharge.rows], color=colour, linewidth=1.5)
        words = f"cycle {discharge.cycle + 1:,}, {discharge.capacity[-1]:.1f} A·h"
        rows.append((colour, "-", words))
    axes.set_xlim(0, 1.03 * max(float(discharge.capacity[-1]) for discharge in shown))
    axes.set_xlabel("Discharge capacity [A·h]")
    axes.set_ylabel("Voltage [V]")
    first = shown[0]
    condition = f"{rate_name(first.rate)}, {celsius(results, first)}"
    legend_above(made, rows, f"Discharge by cycle, {condition}")
    return made


def _curves(results: Results, life: Life) -> list[Discharge]:
    """Return the longest discharge of each cycle of the life that is kept."""
    try:
        found = discharges(results)
    except InputError:  # none of their rows was kept
        return []
    cycles = set((life.cycle - 1).tolist())
    longest: dict[int, Discharge] = {}
    for discharge in found:
        if discharge.cycle not in cycles:
            continue
        other = longest.setdefault(discharge.cycle, discharge)
        if discharge.capacity[-1] > other.capacity[-1]:
            longest[discharge.cycle] = discharge
    return list(longest.values())
