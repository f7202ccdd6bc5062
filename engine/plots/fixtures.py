"""Stack pressure and voltage of cycles in several fixtures."""

import re
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots.style import label_right, ramp, sheet, spread
from solidcell.engine.store.reader import Results

SETS_FIXTURE = re.compile(r"fixture (.+)")
LEAST_RISE = 1e-3  # MPa: what changes less is constant
LABEL_GAP = 0.075  # of the axes' height


@dataclass(frozen=True)
class Stretch:
    """A part of the run in one fixture: its name and its rows in ``/timeseries``."""

    name: str
    rows: slice


def fits(results: Results) -> bool:
    """Whether the file compares fixtures."""
    return len(_stretches(results)) > 1


def figure(results: Results) -> Figure:
    """Draw both against the time since the fixture was set.

    Raises
    ------
    InputError
        If the run has not several fixtures.
    """
    stretches = _stretches(results)
    if len(stretches) < 2:
        raise InputError(
            f"{results.path} compares no fixtures: put `set: {{fixture: ...}}` of each into the "
            "protocol."
        )
    series = results["timeseries"]
    made = sheet(results, 7.0, 6.0)
    pressures, voltages = made.subplots(2, 1, sharex=True)
    ends = []
    # The stiffest is drawn first: where voltages are the same, the softest is seen.
    colours = ramp(len(stretches))
    for stretch, colour in zip(reversed(stretches), reversed(colours), strict=True):
        hours = (series["time"][stretch.rows] - series["time"][stretch.rows.start]) / 3600
        pressure = 1e-6 * series["stack_pressure"][stretch.rows]
        pressures.plot(hours, pressure, color=colour)
        voltages.plot(hours, series["voltage"][stretch.rows], color=colour)
        rise = float(np.ptp(pressure))
        sign = "+" if pressure.max() - pressure[0] >= pressure[0] - pressure.min() else "−"
        name = stretch.name[0].upper() + stretch.name[1:]
        word = f"{name}, {sign}{rise:.2g} MPa" if rise > LEAST_RISE else name
        ends.append((word, float(pressure.max()), colour))
    pressures.set_xlim(0, 1.01 * pressures.dataLim.x1)
    low, high = pressures.get_ylim()
    # A label stands at the peak of its curve.
    places = spread([peak for _, peak, _ in ends], LABEL_GAP * (high - low), low, high)
    for (word, peak, colour), place in zip(ends, places, strict=True):
        label_right(pressures, peak, place, word, colour)
    pressures.set_title("Stack pressure by fixture")
    pressures.set_ylabel("Stack pressure [MPa]")
    voltages.set_title("Voltage")
    voltages.set_ylabel("Voltage [V]")
    voltages.set_xlabel("Time [h]")
    return made


def _stretches(results: Results) -> list[Stretch]:
    """Find the parts of a run, from the setting of one fixture to that of the next."""
    steps, steps_of_rows = results["steps"], results["timeseries"]["step"]
    kinds = steps.words("kind")
    starts = [
        (row, match[1])
        for row, text in enumerate(steps["text"])
        if kinds[row] == "set" and (match := SETS_FIXTURE.search(str(text)))
    ]
    borders = [row for row, _ in starts] + [len(steps["text"])]
    found = []
    for (first, name), end in zip(starts, borders[1:], strict=True):
        rows = slice(*(int(row) for row in np.searchsorted(steps_of_rows, [first, end])))
        if rows.stop - rows.start > 2:
            found.append(Stretch(name, rows))
    return found
