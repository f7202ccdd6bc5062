"""The cycles of a run as they come in: what losses, knee and end of life are measured against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from solidcell.engine.ageing.attribution import (
    Columns,
    Reference,
    States,
    measured_capacity,
    reference_of,
)
from solidcell.engine.ageing.knee import knee
from solidcell.engine.ageing.lifetime import end_of_life

FloatArray = npt.NDArray[np.float64]


class History:
    """Takes the cycles of a run in their order.

    Parameters
    ----------
    inventory
        Cyclable lithium at the start of the run, mol/m2.
    cycles_in_blocks
        Cycles of one repetition of each block of the protocol. Of a repetition with several, the
        last one stands for it.
    """

    def __init__(self, inventory: float, cycles_in_blocks: Sequence[int]) -> None:
        self._inventory = inventory
        self._cycles_in_blocks = cycles_in_blocks
        self._count = 0
        self._reference: Reference | None = None
        self._rows: list[FloatArray] = []
        self._latest: Columns | None = None

    def take(self, count: int, columns: Columns) -> None:
        """Take the next cycles, so many of them.

        Parameters
        ----------
        columns
            cycle and block and those of `reference_of`, as in /cycles; not looked at before somebody
            asks or the next come.
        """
        self._look()
        self._count += count
        self._latest = columns

    @property
    def reference(self) -> Reference | None:
        """The cycle that losses are counted from; None if no cycle has measured a capacity yet."""
        self._look()
        return self._reference

    def state(self) -> dict[str, FloatArray]:
        """What has been taken, as arrays by name."""
        known = self.reference
        return {
            "rows": self._table(),
            "reference": np.array([] if known is None else [known.capacity, *known.states]),
        }

    def take_back(self, state: Mapping[str, FloatArray]) -> None:
        """Start from what `state` has handed out."""
        self._rows, self._latest = [state["rows"]], None
        self._count = len(state["rows"])
        capacity, *states = state["reference"].tolist() or [None]
        self._reference = None if capacity is None else Reference(capacity, States(*states))

    def knee(self) -> int | None:
        """Cycle of the knee of the life; None if there is none."""
        return None if self._count < 2 else knee(*_every_cycle(*self._life()))

    def end_of_life(self) -> int | None:
        """First cycle of the life below 80 % of its first capacity; None if there is none."""
        return None if self._count < 2 else end_of_life(*self._life())

    def _look(self) -> None:
        """Look at the cycles that were taken last."""
        columns, self._latest = self._latest, None
        if columns is None:
            return
        if self._reference is None:
            self._reference = reference_of(columns, self._inventory)
        rows = columns["cycle"], columns["block"], measured_capacity(columns)
        self._rows.append(np.stack(rows, axis=1))

    def _table(self) -> FloatArray:
        """Number, block and capacity of each cycle, (cycles, 3)."""
        self._look()
        return np.concatenate([np.empty((0, 3)), *self._rows])

    def _life(self) -> tuple[FloatArray, FloatArray]:
        """Cycle numbers and capacities of the longest block: cycles of other blocks differ in more
        than age.
        """
        cycle, block, capacity = self._table().T
        longest = np.empty(0, dtype=np.intp)
        for number, cycles in enumerate(self._cycles_in_blocks):
            rows = np.flatnonzero(block == number)[cycles - 1 :: cycles]
            rows = rows[np.isfinite(capacity[rows])]
            if rows.size > longest.size:
                longest = rows
        return cycle[longest], capacity[longest]


def _every_cycle(cycle: FloatArray, capacity: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cycles with those between that were jumped over, on the line between their neighbours.

    Cycles of which none were jumped over are as far apart as the nearest two.
    """
    if cycle.size < 2 or np.ptp(np.diff(cycle)) == 0.0:
        return cycle, capacity
    every = np.arange(cycle[0], cycle[-1] + 1.0, np.diff(cycle).min())
    return every, np.interp(every, cycle, capacity)
