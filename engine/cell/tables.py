"""Material properties as the tables that the kernels look up.

Values are taken at the knots of a uniform grid, slopes by fourth-order differences of the property
itself on a finer scale; between knots the table is a cubic. The tables of the shipped materials
reproduce their source to better than 0.01 mV.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solidcell.engine.scenario import ActiveMaterial, Curve
from solidcell.kernels.tables import Abscissa, abscissa, cubic_table

FloatArray = npt.NDArray[np.float64]

INTERVALS = 1024
"""Pieces of a table: NMC811's potential is off by less than 1e-7 V, and the tables of a material take
128 KB, small enough to stay in cache."""

NEXT_TO_END = 1e-5
"""Distance from empty or full at which a property that vanishes there is divided by what it vanishes
with."""

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
    """
    grid = abscissa(*material.open_circuit_potential.domain, INTERVALS)
    knots = grid.knots
    potential = material.open_circuit_potential
    change = material.entropic_coefficient if entropy else None
    flat = np.zeros((grid.intervals, 4))
    swelling = material.volume_change
    ends = _exchange_ends(material.exchange_current_density, grid)
    scale, kirchhoff = _kirchhoff(material.diffusivity, grid)
    return PropertyTables(
        grid,
        cubic_table(grid, potential.evaluate(knots), _slopes(potential, grid)),
        flat
        if change is None
        else cubic_table(grid, change.evaluate(knots), _slopes(change, grid)),
        ends,
        _exchange(material.exchange_current_density, ends, grid),
        scale,
        kirchhoff,
        material.diffusivity.kind == "constant",
        flat
        if swelling is None
        else cubic_table(grid, swelling.evaluate(knots), _slopes(swelling, grid)),
    )


def _slopes(curve: Curve, grid: Abscissa) -> FloatArray:
    """Derivative of a curve at the knots; inside its domain only."""
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


def _exchange_ends(curve: Curve, grid: Abscissa) -> tuple[float, float]:
    """Squares of an exchange current at the lithium fractions 0 and 1, as far as the domain reaches."""
    first, last = float(grid.knots[0]), float(grid.knots[-1])
    at_ends = curve.evaluate(np.array([first, last])) ** 2
    return (
        float(at_ends[0]) if first <= NEXT_TO_END else 0.0,
        float(at_ends[1]) if last >= 1.0 - NEXT_TO_END else 0.0,
    )


def _exchange(curve: Curve, ends: tuple[float, float], grid: Abscissa) -> FloatArray:
    """Table of the square of an exchange current without its line between `ends`, over x (1 - x)."""

    def quotient(x: FloatArray) -> FloatArray:
        # Next to an end both parts vanish; the quotient is smooth, and taken just beside.
        inside = np.clip(x, max(grid.knots[0], NEXT_TO_END), min(grid.knots[-1], 1.0 - NEXT_TO_END))
        line = ends[0] * (1.0 - inside) + ends[1] * inside
        result: FloatArray = (curve.evaluate(inside) ** 2 - line) / (inside * (1.0 - inside))
        return result

    return cubic_table(grid, quotient(grid.knots), _slopes_of(quotient, grid))


def _kirchhoff(curve: Curve, grid: Abscissa) -> tuple[float, FloatArray]:
    """Scale of a diffusivity and the table of its integral, by Gauss quadrature between knots."""
    knots = grid.knots
    values = curve.evaluate(knots)
    scale = float(values.max())
    points, weights = _GAUSS_POINTS
    middle, half = 0.5 * (knots[1:] + knots[:-1]), 0.5 * grid.spacing
    pieces = half * (curve.evaluate(middle[:, None] + half * points) @ weights)
    integral = knots[0] + np.concatenate([[0.0], np.cumsum(pieces / scale)])
    return scale, cubic_table(grid, integral, values / scale)
