"""The run at a glance: voltage, losses, lithium in the particles and mass."""

from typing import Any

from matplotlib.figure import Figure

from solidcell.engine.plots import mass, overpotentials, profiles, voltage
from solidcell.engine.plots.style import sheet
from solidcell.engine.store.reader import Results


def figure(results: Results) -> Figure:
    """Draw the four figures on one sheet; without field snapshots, there are three."""
    panels = [voltage.panel, overpotentials.panel, profiles.panel, mass.panel]
    if "fields" not in results:
        panels.remove(profiles.panel)
    made = sheet(results, 11.6, 7.8)
    parts: Any = made.subfigures(2, 2)  # each with margins of its own
    for part, draw in zip(parts.flat, panels, strict=False):
        draw(part.add_subplot(), results)
    return made
