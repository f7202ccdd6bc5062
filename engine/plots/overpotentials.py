"""Where every millivolt goes: losses by mechanism, from open-circuit down to terminal voltage."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.plots.discharges import Array, celsius, discharges, rate_name
from solidcell.engine.plots.mechanisms import COLOURS
from solidcell.engine.plots.style import INK, label_right, single, spread
from solidcell.engine.store.reader import Group, Results

SMALLEST = 1e-4  # V: a band that is nowhere thicker can't be seen
LABEL_GAP = 0.062  # of the axes' height


def figure(results: Results) -> Figure:
    """Draw the stack of losses."""
    made, axes = single(results)
    panel(axes, results)
    return made


def panel(axes: Axes, results: Results) -> None:
    """Draw the losses of the fastest discharge into axes, each labelled with its mean."""
    discharge = max(discharges(results), key=lambda one: one.rate)
    series = results["timeseries"]
    charge = discharge.capacity
    upper = series["open_circuit_voltage"][discharge.rows]
    ends = [("Open-circuit voltage", float(upper[-1]), INK)]
    axes.plot(charge, upper, color=INK, linewidth=1.3)
    for mechanism, colour in COLOURS.items():
        name = f"overpotential_{mechanism}"
        loss = series[name][discharge.rows]
        if np.abs(loss).max() < SMALLEST:
            continue
        lower = upper + loss
        axes.fill_between(charge, upper, lower, color=colour, linewidth=0)
        ends.append((_label(series, name, loss, charge), float((upper + lower)[-1] / 2), colour))
        upper = lower
    axes.plot(charge, upper, color=INK, linewidth=1.8)
    ends.append(("Terminal voltage", float(upper[-1]), INK))

    axes.set_xlim(0, charge[-1])
    low, high = axes.get_ylim()
    places = spread([-height for _, height, _ in ends], LABEL_GAP * (high - low), -high, -low)
    for (text, height, colour), place in zip(ends, places, strict=True):
        label_right(axes, height, -place, text, colour)
    condition = f"{rate_name(discharge.rate)}, {celsius(results, discharge)}"
    axes.set_title(f"Losses and their means, {condition}")
    axes.set_xlabel("Discharge capacity [A·h]")
    axes.set_ylabel("Voltage [V]")


def _label(series: Group, name: str, loss: Array, charge: Array) -> str:
    """Name a mechanism and its mean over the discharge."""
    title = series.long_name(name).removesuffix(" overpotential [V]")
    mean = float(np.sum(0.5 * (loss[1:] + loss[:-1]) * np.diff(charge)) / charge[-1])
    return f"{title}, {_millivolts(abs(mean))}"


def _millivolts(volts: float) -> str:
    return f"{1e3 * volts:.0f} mV" if volts >= 0.01 else f"{1e3 * volts:.1f} mV"
