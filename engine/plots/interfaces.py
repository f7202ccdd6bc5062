"""The states of the interfaces over time: contact, voids, films, and the pressure on them."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from solidcell.engine.errors import InputError
from solidcell.engine.plots.mechanisms import symmetric
from solidcell.engine.plots.style import BLUES, INK, ORANGES, label_right, sheet, spread
from solidcell.engine.store.reader import Results

LABEL_GAP = 0.16  # of the axes' height
PANEL_HEIGHT = 1.55  # in

SMALLEST_CHANGE = 1e-6
"""Of a state, relative to its largest value: what changes less is constant."""


@dataclass(frozen=True)
class Quantity:
    """One panel: columns of ``/timeseries`` with their names and colours, drawn in one unit."""

    label: str
    scale: float
    columns: tuple[tuple[str, str, str], ...]


_POSITIVE, _NEGATIVE = BLUES[1], ORANGES[0]

QUANTITIES = (
    Quantity("Voltage [V]", 1.0, (("voltage", "", INK),)),
    Quantity("Stack pressure [MPa]", 1e-6, (("stack_pressure", "", INK),)),
    Quantity(
        "Contact fraction",
        1.0,
        (
            ("contact_fraction_positive", "Positive", _POSITIVE),
            ("contact_fraction_negative", "Negative", _NEGATIVE),
        ),
    ),
    Quantity(
        "Voids [µm]",
        1e6,
        (
            ("void_thickness_positive", "Positive", _POSITIVE),
            ("void_thickness_negative", "Negative", _NEGATIVE),
        ),
    ),
    Quantity(
        "Film [nm]",
        1e9,
        (
            ("film_thickness_positive", "Positive", _POSITIVE),
            ("film_thickness_negative", "Negative", _NEGATIVE),
        ),
    ),
)


def changing(results: Results) -> list[str]:
    """Return the columns of interface states, and of the pressure, that change in a run."""
    series = results["timeseries"]
    found = []
    for quantity in QUANTITIES[1:]:
        for name, _, _ in quantity.columns:
            values = series[name] if name in series else np.empty(0)
            if len(values) and np.ptp(values) > SMALLEST_CHANGE * np.abs(values).max():
                found.append(name)
    return found


def fits(results: Results) -> bool:
    """Whether anything happens at the interfaces."""
    return bool(changing(results))


def figure(results: Results) -> Figure:
    """Draw a panel for each kind of state that changes, under the voltage.

    Raises
    ------
    InputError
        If none does.
    """
    found = changing(results)
    if not found:
        raise InputError(
            f"{results.path} has no interface that changes: choose laws of contact, voids or "
            "films in the scenario's physics."
        )
    shown = [
        quantity
        for quantity in QUANTITIES
        if quantity.label.startswith("Voltage")
        or any(name in found for name, _, _ in quantity.columns)
    ]
    series = results["timeseries"]
    hours = series["time"] / 3600
    days = hours[-1] > 240
    made = sheet(results, 7.4, 0.9 + PANEL_HEIGHT * len(shown))
    for axes, quantity in zip(
        made.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0], shown, strict=True
    ):
        columns = [one for one in quantity.columns if len(quantity.columns) == 1 or one[0] in found]
        ends = []
        for name, word, colour in columns:
            values = quantity.scale * series[name]
            axes.plot(hours / 24 if days else hours, values, color=colour, linewidth=1.4)
            if word:
                ends.append((word, float(values[-1]), colour))
        if "voltage" not in quantity.columns[0][0]:
            axes.set_ylim(0, None)
        axes.margins(x=0)
        low, high = axes.get_ylim()
        places = spread([height for _, height, _ in ends], LABEL_GAP * (high - low), low, high)
        for (word, height, colour), place in zip(ends, places, strict=True):
            label_right(axes, height, place, word, colour)
        axes.set_ylabel(quantity.label)
    of = "two lithium electrodes" if symmetric(results) else "the cell"
    made.axes[0].set_title(f"Interfaces of {of} over time")
    made.axes[-1].set_xlabel("Time [d]" if days else "Time [h]")
    made.align_ylabels()
    return made
