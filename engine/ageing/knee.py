"""The knee of a life: where the fade of capacity bends down.

Two lines that meet are fitted to capacity against cycle number, and for comparison two lines that
pass into one another over a width,

    Q = a + b (N - N_k) + c (N - N_k) tanh((N - N_k) / gamma),    gamma -> 0: a sharp bend.

D. W. Bacon and D. G. Watts, Estimating the transition between two intersecting straight lines,
Biometrika 58 (1971) 525; for lives of cells P. Fermin-Cueto et al., Identification and machine
learning prediction of knee-point and knee-onset in capacity degradation curves of lithium-ion cells,
Energy and AI 1 (2020) 100006.
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

_CENTRES = 30
"""Bends that are tried as the centre of a gradual transition, evenly over the cycles."""

_WIDTHS = np.geomspace(0.01, 2.0, 16)
"""Widths gamma of a transition that are tried, as parts of the life; at 2 it is a parabola."""


def knee(cycle: npt.ArrayLike, capacity: npt.ArrayLike) -> int | None:
    """Cycle of the knee; None if there is none.

    There is one where the slope at least doubles (a fade that begins there counts), the residual
    at least halves against a single line, and both lines are seen: the transition that fits best,
    N_k - gamma to N_k + gamma, lies within the cycles given. A fade that only gets faster, such as
    a parabola, fits two lines several times closer than one, but its transition is as wide as the
    life.

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
    >>> knee(cycle, 60.0 - 1e-4 * cycle**2)
    """
    x, y = np.asarray(cycle, dtype=np.float64), np.asarray(capacity, dtype=np.float64)
    if x.size < FEWEST_CYCLES:
        return None
    beyond = _Beyond(x, y)
    if beyond.squares <= x.size * (_STRAIGHT * float(np.abs(y).max())) ** 2:
        return None
    gains = beyond.gains_of_bends()
    gains[: LEAST_CYCLES_BESIDE - 1] = gains[x.size - LEAST_CYCLES_BESIDE + 1 :] = 0.0
    at = float(x[gains.argmax()])
    gained, bend = beyond.gain(np.maximum(0.0, x - at))
    # The line that is left when the bend is taken out of the capacity.
    straight, centred = y - bend * np.maximum(0.0, x - at), x - x.mean()
    first = float(centred @ straight / (centred @ centred))
    second = first + bend
    steeper = second < 0.0 and second <= SLOPE_FACTOR * first
    closer = beyond.squares - gained <= RESIDUAL_FACTOR**2 * beyond.squares
    found = steeper and closer and _both_lines_seen(x, beyond, at, gained)
    return int(at) if found else None


class _Beyond:
    """What the best line through the capacity leaves, and what a shape beside the line takes of it."""

    def __init__(self, cycle: FloatArray, capacity: FloatArray) -> None:
        self._centred = cycle - cycle.mean()
        columns = [np.ones_like(cycle), self._centred]
        self._line: FloatArray = np.linalg.qr(np.stack(columns, axis=1))[0]
        self._residual = self._left(capacity)
        self.squares = float(self._residual @ self._residual)
        """Sum of the squared residuals."""

    def gain(self, shape: FloatArray) -> tuple[float, float]:
        """How much smaller the sum is with a multiple of the shape, and the multiple."""
        own = self._left(shape)
        size, along = float(own @ own), float(own @ self._residual)
        return along * along / size, along / size

    def gains_of_bends(self) -> FloatArray:
        """`gain` of a bend at each cycle, by sums over the cycles after it, (cycles,)."""
        x, residual = self._centred, self._residual
        count, first, second, along, along_first = (
            np.append(np.cumsum(terms[:0:-1])[::-1], 0.0)
            for terms in (np.ones_like(x), x, x * x, residual, residual * x)
        )
        whole = float(x @ x)
        to_constant, to_slope = first - x * count, second - x * first
        squares = second - 2.0 * x * first + x * x * count
        size = squares - to_constant**2 / x.size - to_slope**2 / whole
        gains: FloatArray = (along_first - x * along) ** 2 / np.maximum(size, 1e-12 * whole)
        return gains

    def _left(self, values: FloatArray) -> FloatArray:
        left: FloatArray = values - self._line @ (self._line.T @ values)
        return left


def _both_lines_seen(x: FloatArray, beyond: _Beyond, at: float, gained: float) -> bool:
    """Whether the transition that fits best, at least as well as the sharp bend, ends within x."""
    centre, width = at, 0.0
    for middle in np.linspace(x[LEAST_CYCLES_BESIDE - 1], x[-LEAST_CYCLES_BESIDE], _CENTRES):
        for wide in _WIDTHS * (x[-1] - x[0]):
            smooth, _ = beyond.gain((x - middle) * np.tanh((x - middle) / wide))
            if smooth > gained:
                gained, centre, width = smooth, float(middle), float(wide)
    return bool(x[0] <= centre - width and centre + width <= x[-1])
