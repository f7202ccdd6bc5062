"""The end of a life by the usual measure, a share of the first capacity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

END_OF_LIFE = 0.8
"""Share of the first capacity at which a cell is said to have reached its end of life."""


def end_of_life(cycle: npt.ArrayLike, capacity: npt.ArrayLike) -> int | None:
    """First cycle whose capacity is below `END_OF_LIFE` of the first one's; None if none is.

    Parameters
    ----------
    cycle
        Numbers of the cycles, rising, (cycles,).
    capacity
        Capacity of each, any unit, (cycles,).
    """
    numbers, held = np.asarray(cycle), np.asarray(capacity)
    below = np.flatnonzero(held < END_OF_LIFE * held[:1])
    return int(numbers[below[0]]) if below.size else None
