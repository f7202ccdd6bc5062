"""Voltage against discharge capacity, one curve for each discharge."""

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.plots.discharges import celsius, chosen, discharges, names
from solidcell.engine.plots.style import key, ramp, single
from solidcell.engine.store.reader import Results

MOST_CURVES = 7


def figure(results: Results) -> Figure:
    """Draw the voltage curves."""
    made, axes = single(results)
    panel(axes, results)
    return made


def panel(axes: Axes, results: Results) -> None:
    """Draw the voltage curves into axes; the key says rate and specific energy of each."""
    found = chosen(discharges(results), MOST_CURVES)
    voltage = results["timeseries"]["voltage"]
    cell = results["cell"].attributes
    per_area = 0.1 / float(cell["electrode_area"])  # A.h to mAh/cm2

    rows = []
    for discharge, name, colour in zip(found, names(found), ramp(len(found)), strict=True):
        axes.plot(discharge.capacity, voltage[discharge.rows], color=colour)
        specific = discharge.energy / float(cell["cell_mass"])
        rows.append((colour, (name, f"{specific:.0f} Wh/kg")))
    key(axes, rows, "lower left")

    axes.set_xlim(0, 1.03 * max(float(discharge.capacity[-1]) for discharge in found))
    axes.set_title(f"Voltage on discharge, {celsius(results, found[0])}")
    axes.set_xlabel("Discharge capacity [A·h]")
    axes.set_ylabel("Voltage [V]")
    top = axes.secondary_xaxis(
        "top", functions=(partial(np.multiply, per_area), partial(np.multiply, 1 / per_area))
    )
    top.set_xlabel("[mAh/cm²]")
