"""Magnitude and phase of the impedance against frequency."""

import numpy as np
from matplotlib.figure import Figure

from solidcell.engine.plots.spectra import fits, spectra
from solidcell.engine.plots.style import legend_above, plain_log, sheet
from solidcell.engine.store.reader import Results

__all__ = ["figure", "fits"]


def figure(results: Results) -> Figure:
    """Draw the spectra, magnitude above phase."""
    shown = spectra(results)
    count = len(shown.panels)
    made = sheet(results, max(6.6, 1.4 + 2.6 * count), 5.4)
    axes = made.subplots(2, count, squeeze=False, sharex=True, sharey="row")
    for (magnitude, phase), panel in zip(axes.T, shown.panels, strict=True):
        for curve in panel.curves:
            style = {"color": curve.colour, "linestyle": curve.line, "linewidth": 1.5}
            frequency, impedance = curve.smooth
            magnitude.plot(frequency, np.abs(impedance), **style)
            phase.plot(frequency, -np.degrees(np.angle(impedance)), **style)
        magnitude.set_title(panel.title)
        magnitude.set_xscale("log")
        phase.set_xlabel("Frequency [Hz]")
    plain_log(axes[0, 0], "y")
    axes[0, 0].set_ylabel("|Z| [Ω·cm²]")
    axes[1, 0].set_ylabel("−Phase [°]")
    legend_above(made, shown.key, shown.title)
    return made
