"""Monotone cubic interpolation: it rises where its points rise and never overshoots them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class MonotoneCubic:
    """Piecewise cubic with a continuous slope through points, monotone between any two of them.

    Slopes at inner points are weighted harmonic means of the neighbouring chords, zero where the
    points turn; beyond the ends the outermost cubics go on.

    Attributes
    ----------
    x
        Abscissae, at least two, increasing.
    y
        Values there.

    References
    ----------
    Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300, doi:10.1137/0905021.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]

    def __call__(self, x: Any) -> FloatArray:
        """Values at ``x``, of any shape."""
        knots, coefficients = _pieces(self.x, self.y)
        points = np.asarray(x, dtype=np.float64)
        piece = np.clip(np.searchsorted(knots, points, side="right") - 1, 0, len(knots) - 2)
        distance = points - knots[piece]
        constant, linear, square, cube = coefficients
        values: FloatArray = constant[piece] + distance * (
            linear[piece] + distance * (square[piece] + distance * cube[piece])
        )
        return values


@lru_cache(maxsize=64)
def _pieces(x: tuple[float, ...], y: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """Knots, shape (n,), and the cubics' coefficients by rising power, shape (4, n - 1)."""
    knots, values = np.array(x), np.array(y)
    width = np.diff(knots)
    chord = np.diff(values) / width
    slope = _slopes(width, chord)
    left, right = slope[:-1], slope[1:]
    square = (3 * chord - 2 * left - right) / width
    cube = (left + right - 2 * chord) / width**2
    return knots, np.stack([values[:-1], left, square, cube])


def _slopes(width: FloatArray, chord: FloatArray) -> FloatArray:
    if len(chord) == 1:
        return np.repeat(chord, 2)
    slope = np.zeros(len(chord) + 1)
    before, after = chord[:-1], chord[1:]
    same = before * after > 0
    heavy = 2 * width[1:] + width[:-1]
    light = width[1:] + 2 * width[:-1]
    weights, shares = (heavy + light)[same], (heavy[same], light[same])
    slope[1:-1][same] = weights / (shares[0] / before[same] + shares[1] / after[same])
    slope[0] = _end_slope(width[0], width[1], chord[0], chord[1])
    slope[-1] = _end_slope(width[-1], width[-2], chord[-1], chord[-2])
    return slope


def _end_slope(near: float, far: float, chord: float, next_chord: float) -> float:
    """Slope at an end by three points, limited so that the end piece stays monotone."""
    slope = ((2 * near + far) * chord - near * next_chord) / (near + far)
    if slope * chord <= 0:
        return 0.0
    if chord * next_chord <= 0 and abs(slope) > 3 * abs(chord):
        return 3 * chord
    return slope
