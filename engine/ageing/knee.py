"""The knee of a life: where the fade of capacity bends down.

Two lines that meet are fitted to capacity against cycle number,

    Q = a + b N + c max(0, N - N_k),

which is the model of Bacon and Watts with a sharp bend. D. W. Bacon and D. G. Watts, Estimating the
transition between two intersecting straight lines, Biometrika 58 (1971) 525.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

FEWEST_CYCLES = 10
"""With fewer there is no saying whether a life bends."""

LEAST_CYCLES_BESIDE = 3
"""On either side of the bend: two always lie on a line."""

SLOPE_FACTOR = 2.0
"""The second line has to fall at least so many times as steeply as the first."""

RESIDUAL_FACTOR = 0.5
"""The residual of two lines has to be at most this part of one line's."""

_STRAIGHT = 1e-9
"""Residual of one line, relative to the capacity, below which only rounding is left to explain."""


def knee(cycle: npt.ArrayLike, capacity: npt.ArrayLike) -> int | None:
    """Cycle of the knee; None if there is none.

    There is one where the slope at least doubles (a fade that begins there counts) and the residual
    at least halves against a single line.

    Parameters
    ----------
    cycle
        Numbers of the cycles, rising, (cycles,).
    capacity
        Capacity of each, any unit, (cycles,).

    Examples
    --------
    >>> cycle = np.arange(200)
    >>> knee(cycle, 60.0 - 0.01 * cycle - 0.05 * np.maximum(0, cycle - 120))
    120
    >>> knee(cycle, 60.0 - 0.01 * cycle)
    """
    x, y = np.asarray(cycle, dtype=np.float64), np.asarray(capacity, dtype=np.float64)
    if x.size < FEWEST_CYCLES:
        return None
    line = np.linalg.qr(np.stack([np.ones_like(x), x - x.mean()], axis=1))[0]

    def beyond(values: FloatArray) -> FloatArray:
        """What is left of values when the best line is taken away."""
        left: FloatArray = values - line @ (line.T @ values)
        return left

    residual = beyond(y)
    single = float(residual @ residual)
    if single <= x.size * (_STRAIGHT * float(np.abs(y).max())) ** 2:
        return None
    gains = np.zeros(x.size)
    bends = np.zeros(x.size)
    for place in range(LEAST_CYCLES_BESIDE - 1, x.size - LEAST_CYCLES_BESIDE + 1):
        hinge = beyond(np.maximum(0.0, x - x[place]))
        size = float(hinge @ hinge)
        along = float(hinge @ residual)
        gains[place], bends[place] = along * along / size, along / size
    best = int(gains.argmax())
    # The line that is left when the bend is taken out of the capacity.
    straight, centred = y - bends[best] * np.maximum(0.0, x - x[best]), x - x.mean()
    first = float(centred @ straight / (centred @ centred))
    second = first + float(bends[best])
    steeper = second < 0.0 and second <= SLOPE_FACTOR * first
    closer = single - gains[best] <= RESIDUAL_FACTOR**2 * single
    return int(x[best]) if steeper and closer else None
