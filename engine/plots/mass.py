"""What the cell weighs, component by component, and the specific energy that follows."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.plots.style import BLUES, GREY, LABEL_SIZE, ORANGES, single
from solidcell.engine.store.reader import Results

LIGHTEST = 5e-4  # of the cell: lighter components have no bar


def figure(results: Results) -> Figure:
    """Draw the mass breakdown."""
    made, axes = single(results)
    panel(axes, results)
    return made


def panel(axes: Axes, results: Results) -> None:
    """Draw a bar for each component, heaviest first, with mass and share; the title sums up."""
    cell = results["cell"]
    total = float(cell["mass"].sum())
    order = np.argsort(-cell["mass"], kind="stable")
    order = order[cell["mass"][order] > LIGHTEST * total]
    names = [str(name) for name in cell["component"][order]]
    grams = 1e3 * cell["mass"][order]

    axes.barh(names, grams, height=0.66, color=[_colour(name) for name in names])
    for row, mass in enumerate(grams):
        axes.text(
            mass + 0.012 * grams[0],
            row,
            f"{mass:.1f} g  ·  {0.1 * mass / total:.1f} %",
            va="center",
            fontsize=LABEL_SIZE,
        )
    axes.invert_yaxis()
    axes.set_xlim(0, 1.34 * grams[0])
    axes.set_yticks(range(len(names)), [name[0].upper() + name[1:] for name in names])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)  # every bar says its own mass
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Mass [g]")
    axes.set_title(f"Mass of the cell: {1e3 * total:.0f} g")
    energy, density = _energy(results)
    axes.text(0.98, 0.2, energy, transform=axes.transAxes, ha="right", fontsize=15, weight="bold")
    axes.text(0.98, 0.1, density, transform=axes.transAxes, ha="right")


def _energy(results: Results) -> tuple[str, str]:
    """Say the specific energy, and with it the rate and the temperature that it belongs to."""
    said = results["cell"].attributes
    if "specific_energy" not in said:  # a run that has not ended
        return "", ""
    kelvin = float(said["specific_energy_temperature"])
    condition = f"{said['specific_energy_rate']}, {kelvin - 273.15:.4g} °C"
    return (
        f"{said['specific_energy']:.0f} Wh/kg",
        f"{said['energy_density']:.0f} Wh/L, {condition}",
    )


def _colour(component: str) -> str:
    if component.startswith("positive"):
        return BLUES[1]
    if component.startswith(("lithium", "negative")):
        return ORANGES[1]
    return GREY
