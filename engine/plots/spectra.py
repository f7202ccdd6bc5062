"""The spectra of a run, sorted into panels and curves by what tells them apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import Array, chosen
from solidcell.engine.plots.mechanisms import SQUARE_CENTIMETRES
from solidcell.engine.plots.style import INK, ramp
from solidcell.engine.store.reader import Group, Results

Complex = NDArray[np.complex128]

MOST_CURVES = 7  # in a panel
MOST_PANELS = 4
SMOOTH = 400  # points of a drawn line
FEWEST_FOR_A_LINE = 8  # points of a spectrum: of fewer, the line is as angular as they are

QUANTITIES = {
    "configuration": "Configuration",
    "temperature": "Temperature",
    "stack_pressure": "Stack pressure",
    "soc": "State of charge",
}
"""What may tell spectra apart; the first that takes a few values gives the panels."""

UNLOADING = " back"
"""Behind a stack pressure: it was higher before."""


@dataclass(frozen=True)
class Curve:
    """One spectrum.

    Attributes
    ----------
    name
        What sets it apart from the others of its panel.
    colour, line
        Colour and line style; dashed after a higher stack pressure.
    frequency
        From high to low [Hz].
    impedance
        Areal, at each frequency [Ohm cm2].
    """

    name: str
    colour: str
    line: str
    frequency: Array
    impedance: Complex

    def at(self, frequency: Array) -> Complex:
        """Return the impedance at any frequency within the spectrum [Ohm cm2]."""
        spline = CubicSpline(np.log(self.frequency[::-1]), self.impedance[::-1])
        return np.asarray(spline(np.log(frequency)))

    @property
    def smooth(self) -> tuple[Array, Complex]:
        """Frequencies close enough for a smooth line, and the impedance there."""
        ends = (self.frequency[0], self.frequency[-1])
        if len(self.frequency) < FEWEST_FOR_A_LINE:
            return self.frequency, self.impedance
        close = np.geomspace(*ends, SMOOTH)
        close[[0, -1]] = ends
        return close, self.at(close)


@dataclass(frozen=True)
class Panel:
    """Spectra that are drawn into the same axes, and what they have in common."""

    title: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Spectra:
    """The spectra of a file.

    Attributes
    ----------
    panels
        At least one, each with at least one curve.
    title
        What the curves' names mean, and what all the spectra have in common.
    """

    panels: tuple[Panel, ...]
    title: str

    @property
    def key(self) -> list[tuple[str, str, str]]:
        """Colour, line style and name of every kind of curve, once."""
        rows = {
            curve.name: (curve.colour, curve.line, curve.name)
            for panel in self.panels
            for curve in panel.curves
        }
        return list(rows.values())


def fits(results: Results) -> bool:
    """Whether the file has spectra."""
    return "impedance" in results and len(results["impedance"]["time"]) > 0


def spectra(results: Results) -> Spectra:
    """Sort the spectra of a file.

    Raises
    ------
    InputError
        If there are none.
    """
    if not fits(results):
        raise InputError(f"{results.path} has no spectra: put `impedance` into the protocol.")
    table = results["impedance"]
    told = descriptions(table)
    differing, common = apart(told)
    split = next((one for one in differing if len(distinct(told, one)) <= MOST_PANELS), "")
    if len(differing) < 2:
        split = ""
    rest = [one for one in differing if one != split]
    areal = SQUARE_CENTIMETRES * float(results["cell"].attributes["electrode_area"])
    impedance = areal * (table["z_real"] + 1j * table["z_imag"])
    rows = range(len(told))
    names = [
        ", ".join(told[row][one] for one in rest) if rest else f"spectrum {row + 1}" for row in rows
    ]
    colours = _colours(names)

    def curves(panel: Sequence[int]) -> Iterator[Curve]:
        for row in chosen(panel, MOST_CURVES):
            line = "--" if UNLOADING in names[row] else "-"
            yield Curve(names[row], colours[names[row]], line, table["frequency"], impedance[row])

    titles = distinct(told, split) if split else [""]
    meaning = " and ".join(QUANTITIES[one].lower() for one in rest).capitalize()
    if any(UNLOADING in name for name in names):
        meaning += ", dashed after a higher one"
    return Spectra(
        panels=tuple(
            Panel(
                title,
                tuple(curves([row for row in rows if not split or told[row][split] == title])),
            )
            for title in titles
        ),
        title=", ".join(one for one in (meaning, common and f"at {common}") if one),
    )


def descriptions(table: Group) -> list[dict[str, str]]:
    """Say at which `QUANTITIES` each spectrum was taken, in words."""
    told = []
    highest = 0.0
    configurations = table.words("configuration")
    for row, pressure in enumerate(table["stack_pressure"]):
        highest = max(highest, pressure)
        back = UNLOADING if pressure < 0.999 * highest else ""
        soc = float(table["soc"][row])
        told.append(
            {
                "configuration": str(configurations[row]),
                "temperature": f"{table['temperature'][row] - 273.15:.4g} °C",
                "stack_pressure": f"{1e-6 * pressure:.3g} MPa{back}",
                "soc": "" if np.isnan(soc) else f"{100 * abs(round(soc, 6)):.3g} %",
            }
        )
    return told


def apart(told: Sequence[dict[str, str]]) -> tuple[list[str], str]:
    """Return the quantities in which spectra differ, and in words those that they share."""
    differing = [one for one in QUANTITIES if len(distinct(told, one)) > 1]
    shared = [
        f"{told[0][one]} state of charge" if one == "soc" else told[0][one]
        for one in ("soc", "temperature", "stack_pressure", "configuration")
        if one not in differing and told[0][one] not in ("", "cell")
    ]
    return differing, ", ".join(shared)


def distinct(told: Sequence[dict[str, str]], quantity: str) -> list[str]:
    """Return the values of a quantity, each once, in their order."""
    return list(dict.fromkeys(one[quantity] for one in told))


def _colours(names: Sequence[str]) -> dict[str, str]:
    """Colour names in their order; a value that is come back to has its colour from before."""
    first = {name: name.replace(UNLOADING, "") for name in names}
    order = list(dict.fromkeys(first.values()))
    scale = dict(zip(order, ramp(len(order)) if len(order) > 1 else [INK], strict=True))
    return {name: scale[first[name]] for name in names}
