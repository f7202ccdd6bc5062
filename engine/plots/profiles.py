"""Profiles through the positive electrode at several depths of one discharge."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import Array, celsius, discharges, rate_name
from solidcell.engine.plots.style import label_right, ramp, sheet, spread
from solidcell.engine.store.reader import Results

MOST_PROFILES = 6
LABEL_GAP = 0.085  # of the axes' height


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of one discharge that are drawn.

    Attributes
    ----------
    title
        Rate and temperature of the discharge.
    rows
        Their rows in ``/fields``.
    depths
        Depth of discharge at each, of this discharge's own capacity [1].
    position
        Distance from the separator [um].
    """

    title: str
    rows: NDArray[np.intp]
    depths: Array
    position: Array


def figure(results: Results) -> Figure:
    """Draw lithium, reaction and potentials."""
    shown = snapshots(results)
    fields = results["fields"]
    electrode = fields["potential_electrode_positive"][shown.rows]
    parts = (
        ("Lithium in the particles", "Fraction at the surface", _fraction(results, shown)),
        (
            "Reaction",
            "Lithium uptake [A/m² of contact]",
            -fields["reaction_current_density_positive"][shown.rows],
        ),
        (
            "Potential of the electrolyte",
            "Against lithium [mV]",
            1e3 * fields["potential_electrolyte_positive"][shown.rows],
        ),
        (
            "Potential of the electrode",
            "Against current collector [mV]",
            1e3 * (electrode - electrode[:, -1:]),
        ),
    )
    made = sheet(results, 8.4, 6.3)
    for axes, (title, label, values) in zip(made.subplots(2, 2).flat, parts, strict=True):
        _curves(axes, shown, values)
        axes.set_title(title)
        axes.set_ylabel(label)
    depths = [f"{100 * depth:.0f} %" for depth in shown.depths]
    made.legend(
        handles=[
            Line2D([], [], color=colour, label=depth)
            for colour, depth in zip(ramp(len(depths)), depths, strict=True)
        ],
        title=f"Depth of discharge, {shown.title}",
        loc="outside upper left",
        ncols=len(depths),
        frameon=False,
        alignment="left",
    )
    return made


def panel(axes: Axes, results: Results) -> None:
    """Draw the lithium fraction at the particles' surface, each curve labelled with its depth."""
    shown = snapshots(results)
    fraction = _fraction(results, shown)
    _curves(axes, shown, fraction)
    axes.set_title(f"Lithium in the particles, {shown.title}")
    axes.set_ylabel("Fraction at the surface")
    ends = fraction[:, -1]
    low, high = axes.get_ylim()
    places = spread([float(end) for end in ends], LABEL_GAP * (high - low), low, high)
    for end, place, depth, colour in zip(ends, places, shown.depths, ramp(len(ends)), strict=True):
        label_right(axes, float(end), place, f"{100 * depth:.0f} %", colour)


def snapshots(results: Results) -> Snapshots:
    """Choose snapshots of the fastest discharge that has any, evenly over its depth.

    Raises
    ------
    InputError
        If the file has no field snapshots of a discharge.
    """
    if "fields" not in results:
        raise InputError(
            f"{results.path} has no profiles: run the scenario with fields in its output."
        )
    fields = results["fields"]
    for discharge in sorted(discharges(results), key=lambda one: -one.rate):
        rows = np.flatnonzero(fields["step"] == discharge.step)
        if len(rows) < 2:
            continue
        time = results["timeseries"]["time"][discharge.rows]
        reached = np.interp(fields["time"][rows], time, discharge.capacity)
        depths = reached / discharge.capacity[-1]
        wanted = np.linspace(0, 1, MOST_PROFILES)
        nearest = np.unique(np.abs(depths - wanted[:, None]).argmin(axis=1))
        return Snapshots(
            title=f"{rate_name(discharge.rate)}, {celsius(results, discharge)}",
            rows=rows[nearest],
            depths=depths[nearest],
            position=1e6 * fields["x_positive"],
        )
    raise InputError(f"{results.path} has no profiles of a discharge: ask for more fields.")


def _curves(axes: Axes, shown: Snapshots, values: Array) -> None:
    """Draw a curve for each depth."""
    for curve, colour in zip(values, ramp(len(values)), strict=True):
        axes.plot(shown.position, curve, color=colour, linewidth=1.5)
    axes.set_xlim(0, shown.position[-1])
    axes.set_xlabel("Distance from separator [µm]")


def _fraction(results: Results, shown: Snapshots) -> Array:
    """Return the lithium fraction at the surface of the particles, a row a snapshot."""
    surface: Array = results["fields"]["surface_concentration_positive"][shown.rows]
    parameters = results["scenario/parameters"]
    for name, value in zip(parameters["name"], parameters["value"], strict=True):
        if str(name).endswith("maximum_concentration"):
            return surface / float(value)
    raise InputError(f"{results.path} does not say the maximum concentration of the particles.")
