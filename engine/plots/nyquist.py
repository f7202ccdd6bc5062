"""Impedance in the complex plane, both axes alike, with the decades of frequency marked."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solidcell.engine.plots.discharges import Array
from solidcell.engine.plots.spectra import Curve, Panel, fits, spectra
from solidcell.engine.plots.style import INK, LABEL_SIZE, legend_above, on_white, sheet
from solidcell.engine.store.reader import Results

__all__ = ["figure", "fits"]

WIDTH = 6.6  # in
AXES_WIDTH = 5.7
FLATTEST, STEEPEST = 0.27, 0.66  # height of the axes over their width
NEAREST = 0.075  # of the axes' width: between the labels of two decades


def figure(results: Results) -> Figure:
    """Draw the spectra; what differs most between them has axes of its own."""
    shown = spectra(results)
    limits = [_limits(panel) for panel in shown.panels]
    heights = [AXES_WIDTH * top / right + 0.62 for right, top in limits]
    made = sheet(results, WIDTH, sum(heights) + 0.75)
    axes = made.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    for one, panel, (right, top) in zip(axes, shown.panels, limits, strict=True):
        _draw(one, panel, right)
        one.set_xlim(0, right)
        one.set_ylim(0, top)
        one.set_aspect("equal", anchor="W")
        one.set_title(panel.title)
        one.set_ylabel("−Im Z [Ω·cm²]")
    axes[-1].set_xlabel("Re Z [Ω·cm²]")
    legend_above(made, shown.key, shown.title)
    return made


def _draw(axes: Axes, panel: Panel, right: float) -> None:
    """Draw curves and decades; the labels stand at the one that reaches out furthest."""
    for curve in panel.curves:
        _, line = curve.smooth
        axes.plot(line.real, -line.imag, color=curve.colour, linestyle=curve.line, linewidth=1.5)
        marks = curve.at(_decades(curve))
        axes.plot(marks.real, -marks.imag, ".", color=curve.colour, markersize=6)
    outermost = max(panel.curves, key=lambda curve: float(curve.impedance.real.max()))
    decades = _decades(outermost)
    taken: list[complex] = []
    for decade, mark in zip(decades, outermost.at(decades), strict=True):
        if any(abs(mark - other) < NEAREST * right for other in taken):
            continue
        taken.append(mark)
        axes.annotate(
            hertz(decade),
            xy=(mark.real, -mark.imag),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            fontsize=LABEL_SIZE - 0.5,
            color=INK,
            annotation_clip=True,
            path_effects=on_white(),
        )


def _decades(curve: Curve) -> Array:
    """Return the powers of ten within a spectrum [Hz]."""
    low, high = np.log10(curve.frequency.min()), np.log10(curve.frequency.max())
    return np.asarray(10.0 ** np.arange(np.ceil(low - 1e-9), high + 1e-9))


def _limits(panel: Panel) -> tuple[float, float]:
    """Return the ends of the axes [Ohm cm2]; a line that runs away leaves the picture."""
    right = 1.06 * max(float(curve.impedance.real.max()) for curve in panel.curves)
    top = 1.22 * max(float(-curve.impedance.imag.min()) for curve in panel.curves)
    return right, float(np.clip(top, FLATTEST * right, STEEPEST * right))


def hertz(frequency: float) -> str:
    """Write a frequency: ``10 mHz``, ``1 Hz``, ``100 kHz``."""
    for unit, size in (("MHz", 1e6), ("kHz", 1e3), ("Hz", 1.0)):
        if frequency >= 0.999 * size:
            return f"{frequency / size:.3g} {unit}"
    return f"{1e3 * frequency:.3g} mHz"
