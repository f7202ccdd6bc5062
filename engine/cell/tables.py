"""Material properties as the tables that the kernels look up.

Values are taken at the knots of a uniform grid, slopes by fourth-order differences of the property
itself on a finer scale; between knots the table is a cubic. Tables are refined until each meets its
source within its `TOLERANCES`; those of the shipped materials do so from the start, to better than
0.01 mV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import ActiveMaterial, Curve
from solidcell.kernels.tables import Abscissa, abscissa, cubic_table

FloatArray = npt.NDArray[np.float64]

INTERVALS = 1024
"""Pieces of a table: NMC811's potential is off by less than 1e-7 V, and the tables of a material take
128 KB, small enough to stay in cache."""

NEXT_TO_END = 1e-5
"""Distance from empty or full at which a property that vanishes there is divided by what it vanishes
with."""
MOST_INTERVALS = 1 << 18
"""A table of 8 MB: what bends faster than that is no property of a material."""

TOLERANCES = {
    # What a voltmeter of a cycler can't see.
    "open_circuit_potential": 5e-5,
    # The same at 100 K from the reference temperature, V/K.
    "entropic_coefficient": 5e-7,
    # Of the square of the exchange current, relative: (R T / F) times it is 0.05 mV of overpotential.
    "exchange_current_density": 2e-3,
    # Of the diffusivity, relative: better than any has been measured.
    "diffusivity": 1e-3,
    # Strain: 1 nm of an electrode's 100 um, and 0.5 % of the stress at which particles crack.
    "volume_change": 1e-5,
}
"""How far each property may be off, by the name of its entry."""
EDGE = 1e-4
"""Share of a domain over which the slope at its end is taken."""
NOTHING = 3e-4
"""Share of its greatest value below which an exchange current density squared counts as this."""
PROBES = 8
"""Points in an interval at which a table is compared with its source, and half an interval's apart."""

_GAUSS_POINTS = np.polynomial.legendre.leggauss(5)


@dataclass(frozen=True, slots=True)
class PropertyTables:
    """Tables of an active material on one abscissa of lithium fraction.

    Attributes
    ----------
    grid
        The abscissa.
    potential
        Open-circuit potential at the reference temperature, V.
    entropy
        Its derivative to temperature, V/K; zero if the scenario leaves it out.
    exchange_ends
        Square of the exchange current density of an empty and of a full surface, (A/m2)^2 of contact
        area; 0 where the domain ends before.
    exchange
        What the square has beside these, over x (1 - x): smooth where the exchange current has an
        infinite slope, and exact to the last site.
    diffusivity
        Scale D0 of the diffusivity, m2/s.
    kirchhoff
        Integral of D(x) / D0.
    constant_diffusivity
        Whether D(x) = D0.
    volume
        Relative change of the particles' volume; zero if the material tells none.
    """

    grid: Abscissa
    potential: FloatArray
    entropy: FloatArray
    exchange_ends: tuple[float, float]
    exchange: FloatArray
    diffusivity: float
    kirchhoff: FloatArray
    constant_diffusivity: bool
    volume: FloatArray


def property_tables(material: ActiveMaterial, *, entropy: bool) -> PropertyTables:
    """Tabulate an active material over the domain of its open-circuit potential.

    Parameters
    ----------
    material
        The material.
    entropy
        Whether the open-circuit potential shifts with temperature.

    Raises
    ------
    InputError
        If a property bends faster than `MOST_INTERVALS` can follow.
    """
    intervals = INTERVALS
    while True:
        tables = _tabulated(material, entropy, intervals)
        worst = max(_misses(material, entropy, tables), key=lambda miss: miss.times)
        if worst.times <= 1.0:
            return tables
        if intervals == MOST_INTERVALS:
            raise InputError(
                f"cell.positive.active_material.{worst.name} bends too fast at x = {worst.at:.4g}: a "
                f"table of {intervals:,} intervals misses it by {worst.times:,.3g} times what is "
                "allowed; smooth it there, or narrow its domain."
            )
        intervals *= 2


@dataclass(frozen=True, slots=True)
class _Miss:
    """By how many times its tolerance a table of a property misses its source at most, and where."""

    name: str
    times: float
    at: float


def _misses(material: ActiveMaterial, entropy: bool, tables: PropertyTables) -> Iterator[_Miss]:
    """What each table misses, between its knots."""
    grid, inside = tables.grid, slice(1, -1)
    d = (np.arange(PROBES) + 0.5) / PROBES
    x = grid.knots[:-1, None] + grid.spacing * d

    def values(table: FloatArray) -> FloatArray:
        a0, a1, a2, a3 = table[inside].T[:, :, None]
        found: FloatArray = a0 + d * (a1 + d * (a2 + d * a3))
        return found

    def miss(name: str, off: FloatArray) -> _Miss:
        size = np.abs(off) / TOLERANCES[name]
        # A property that is no number between its knots is missed, too.
        size[~np.isfinite(size)] = np.inf
        place = size.argmax()
        return _Miss(name, float(size.flat[place]), float(x.flat[place]))

    potential = material.open_circuit_potential
    yield miss("open_circuit_potential", values(tables.potential) - potential.evaluate(x))
    if entropy and material.entropic_coefficient is not None:
        change = _Extended(material.entropic_coefficient).evaluate(x)
        yield miss("entropic_coefficient", values(tables.entropy) - change)
    square = _Extended(material.exchange_current_density).evaluate(x) ** 2
    scale = np.maximum(square, NOTHING * square.max())
    line = tables.exchange_ends[0] * (1.0 - x) + tables.exchange_ends[1] * x
    tabulated = line + x * (1.0 - x) * values(tables.exchange)
    yield miss("exchange_current_density", (tabulated - square) / scale)
    if not tables.constant_diffusivity:
        _, a1, a2, a3 = tables.kirchhoff[inside].T[:, :, None]
        slope = (a1 + d * (2.0 * a2 + d * 3.0 * a3)) / grid.spacing
        diffusivity = _Extended(material.diffusivity, level=True).evaluate(x)
        relative = tables.diffusivity * slope / diffusivity - 1.0
        yield miss("diffusivity", relative)
    if material.volume_change is not None:
        yield miss(
            "volume_change", values(tables.volume) - _Extended(material.volume_change).evaluate(x)
        )


def _tabulated(material: ActiveMaterial, entropy: bool, intervals: int) -> PropertyTables:
    """Tables of so many intervals."""
    grid = abscissa(*material.open_circuit_potential.domain, intervals)
    knots = grid.knots
    flat = np.zeros((grid.intervals, 4))
    potential, exchange = (
        _Extended(material.open_circuit_potential),
        _Extended(material.exchange_current_density),
    )
    change, swelling = (
        None if curve is None else _Extended(curve)
        for curve in (material.entropic_coefficient if entropy else None, material.volume_change)
    )
    ends = _exchange_ends(exchange, grid)
    scale, kirchhoff = _kirchhoff(_Extended(material.diffusivity, level=True), grid)
    return PropertyTables(
        grid,
        cubic_table(grid, potential.evaluate(knots), _slopes(potential, grid)),
        flat
        if change is None
        else cubic_table(grid, change.evaluate(knots), _slopes(change, grid)),
        ends,
        _exchange(exchange, ends, grid),
        scale,
        kirchhoff,
        material.diffusivity.kind == "constant",
        flat
        if swelling is None
        else cubic_table(grid, swelling.evaluate(knots), _slopes(swelling, grid)),
    )


@dataclass(frozen=True, slots=True)
class _Extended:
    """A curve that goes on straight where it is not known: level, if it has to stay above zero."""

    curve: Curve
    level: bool = False

    def evaluate(self, x: FloatArray) -> FloatArray:
        low, high = self.curve.domain
        values = self.curve.evaluate(np.clip(x, low, high))
        if self.level or ((low <= x) & (x <= high)).all():
            return values
        reach = EDGE * (high - low)
        for edge, inwards in ((low, reach), (high, -reach)):
            # Derivative of the parabola through three points at the end of the domain.
            ends = self.curve.evaluate(edge + inwards * np.arange(3.0))
            slope = (-1.5 * ends[0] + 2.0 * ends[1] - 0.5 * ends[2]) / inwards
            beyond = x < low if edge == low else x > high
            values[beyond] += slope * (x[beyond] - edge)
        return values


def _slopes(curve: _Extended, grid: Abscissa) -> FloatArray:
    """Derivative of a curve at the knots; inside their range only."""
    return _slopes_of(curve.evaluate, grid)


def _slopes_of(function: Callable[[FloatArray], FloatArray], grid: Abscissa) -> FloatArray:
    """Derivative of a function at the knots; inside their range only."""
    knots = grid.knots
    reach = 0.25 * grid.spacing
    # Next to the ends the stencil is shifted inwards, so that no curve is asked beyond its domain.
    centre = np.clip(knots, knots[0] + 2 * reach, knots[-1] - 2 * reach)
    stencil = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    values = function(centre[:, None] + stencil * reach)
    offset = (knots - centre) / reach
    # Derivative of the quartic through the five points, at the knot.
    powers = np.arange(1, 5)
    inverse = np.linalg.inv(np.vander(stencil, 5, increasing=True))
    coefficients = values @ inverse.T
    slopes: FloatArray = (coefficients[:, 1:] * powers * offset[:, None] ** (powers - 1)).sum(
        axis=1
    ) / reach
    return slopes


def _exchange_ends(curve: _Extended, grid: Abscissa) -> tuple[float, float]:
    """Squares of an exchange current at the lithium fractions 0 and 1, as far as the table reaches."""
    first, last = float(grid.knots[0]), float(grid.knots[-1])
    at_ends = curve.evaluate(np.array([first, last])) ** 2
    return (
        float(at_ends[0]) if first <= NEXT_TO_END else 0.0,
        float(at_ends[1]) if last >= 1.0 - NEXT_TO_END else 0.0,
    )


def _exchange(curve: _Extended, ends: tuple[float, float], grid: Abscissa) -> FloatArray:
    """Table of the square of an exchange current without its line between `ends`, over x (1 - x)."""

    def quotient(x: FloatArray) -> FloatArray:
        # Next to an end both parts vanish; the quotient is smooth, and taken just beside.
        inside = np.clip(x, max(grid.knots[0], NEXT_TO_END), min(grid.knots[-1], 1.0 - NEXT_TO_END))
        line = ends[0] * (1.0 - inside) + ends[1] * inside
        result: FloatArray = (curve.evaluate(inside) ** 2 - line) / (inside * (1.0 - inside))
        return result

    return cubic_table(grid, quotient(grid.knots), _slopes_of(quotient, grid))


def _kirchhoff(curve: _Extended, grid: Abscissa) -> tuple[float, FloatArray]:
    """Scale of a diffusivity and the table of its integral, by Gauss quadrature between knots."""
    knots = grid.knots
    values = curve.evaluate(knots)
    scale = float(values.max())
    points, weights = _GAUSS_POINTS
    middle, half = 0.5 * (knots[1:] + knots[:-1]), 0.5 * grid.spacing
    pieces = half * (curve.evaluate(middle[:, None] + half * points) @ weights)
    integral = knots[0] + np.concatenate([[0.0], np.cumsum(pieces / scale)])
    return scale, cubic_table(grid, integral, values / scale)
