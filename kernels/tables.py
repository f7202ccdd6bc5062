"""Material properties as piecewise cubics on a uniform abscissa: O(1) lookup with derivative.

A table is an array ``(intervals, 4)`` of coefficients in the local coordinate ``d`` in [0, 1)::

    y(x) = a0 + a1 d + a2 d^2 + a3 d^3,   d = (x - origin) / spacing - interval

The first and the last interval are straight lines, so that a property continues linearly beyond its
domain and a Newton iterate that strays outside finds a way back.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import embedded_kernel, inline_kernel

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.uint64]


class Abscissa(NamedTuple):
    """Uniform grid that all tables of one material share."""

    origin: float
    spacing: float
    intervals: int

    @property
    def knots(self) -> FloatArray:
        """Knots of the cubic part, shape (intervals - 1,)."""
        knots: FloatArray = self.origin + self.spacing * np.arange(1.0, self.intervals)
        return knots


def abscissa(lower: float, upper: float, intervals: int) -> Abscissa:
    """Grid with `intervals` cubic pieces over [lower, upper] and one straight piece at each end."""
    spacing = (upper - lower) / intervals
    return Abscissa(lower - spacing, spacing, intervals + 2)


def cubic_table(grid: Abscissa, values: FloatArray, slopes: FloatArray) -> FloatArray:
    """Coefficients of the cubic Hermite interpolant through values and slopes at the knots.

    Parameters
    ----------
    grid
        The abscissa.
    values, slopes
        Property and its derivative at ``grid.knots``, shape (intervals - 1,).

    Returns
    -------
    ndarray
        Coefficients, shape (intervals, 4).
    """
    rise = np.diff(values)
    left, right = slopes[:-1] * grid.spacing, slopes[1:] * grid.spacing
    table = np.zeros((grid.intervals, 4))
    table[1:-1] = np.column_stack(
        [values[:-1], left, 3 * rise - 2 * left - right, left + right - 2 * rise]
    )
    table[0, :2] = values[0] - slopes[0] * grid.spacing, slopes[0] * grid.spacing
    table[-1, :2] = values[-1], slopes[-1] * grid.spacing
    return table


@inline_kernel
def interval(
    origin: float, inverse_spacing: float, intervals: int, x: float
) -> tuple[np.uint64, float]:
    """Interval index and local coordinate of `x`; outside the grid the nearest end interval.

    An index without a sign can't count from the end, which spares each lookup a check.
    """
    position = (x - origin) * inverse_spacing
    # In this order of arguments max() turns a NaN into 0, which is an index.
    index = int(min(max(0.0, position), intervals - 1.0))
    return np.uint64(index), position - index


@embedded_kernel
def locate(
    origin: float,
    inverse_spacing: float,
    intervals: int,
    x: FloatArray,
    index: IndexArray,
    d: FloatArray,
) -> None:
    """`interval` of every entry of a vector `x`, written to `index` and `d` of the same length.

    On its own it vectorises, as the lookups that follow don't: half of their time.
    """
    for n in range(x.size):
        position = (x[n] - origin) * inverse_spacing
        whole = int(min(max(0.0, position), intervals - 1.0))
        index[n] = whole
        d[n] = position - whole


@inline_kernel
def value(table: FloatArray, index: np.uint64, d: float) -> float:
    """Value of a table in an interval at local coordinate `d`."""
    linear = table[index, 2] + d * table[index, 3]
    return float(table[index, 0] + d * (table[index, 1] + d * linear))


@inline_kernel
def slope(table: FloatArray, inverse_spacing: float, index: np.uint64, d: float) -> float:
    """Derivative with respect to the abscissa of a table in an interval at local coordinate `d`."""
    return float(
        inverse_spacing
        * (table[index, 1] + d * (2.0 * table[index, 2] + d * 3.0 * table[index, 3]))
    )
