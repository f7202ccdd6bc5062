"""The life of a cell: the cycles of a run that are alike but for their age."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solidcell.engine.errors import InputError
from solidcell.engine.plots.discharges import Array
from solidcell.engine.store.reader import Results

FEWEST = 5
"""Cycles that make a life."""


@dataclass(frozen=True)
class Life:
    """The cycles of a life.

    Attributes
    ----------
    rows
        Their rows in ``/cycles``.
    cycle
        Their numbers, from 1.
    capacity
        Discharge capacity of each [A.h].
    knee, end
        Number, from 1, of the cycle at the knee and of the first below 80 % of the first capacity;
        None where there is none.
    """

    rows: NDArray[np.intp]
    cycle: NDArray[np.int64]
    capacity: Array
    knee: int | None
    end: int | None


def find(results: Results) -> Life | None:
    """Find the life in a run: the longest block of its protocol.

    Cycles that were cut short, do not discharge or begin with a reset are left out. None if fewer
    than `FEWEST` are left.
    """
    cycles, steps = results["cycles"], results["steps"]
    # A symmetric cell has no losses, a file of version 1.1 has no blocks either.
    if "capacity_loss_inventory" not in cycles or not len(cycles["cycle"]):
        return None
    number = cycles["cycle"]
    anew = np.isin(number, steps["cycle"][steps.words("kind") == "reset"])
    counts = (cycles.words("status") == "completed") & (cycles["discharge_capacity"] > 0) & ~anew
    sizes = np.bincount(cycles["block"][counts], minlength=1)
    rows = np.flatnonzero(counts & (cycles["block"] == sizes.argmax()))
    if len(rows) < FEWEST:
        return None
    return Life(
        rows=rows,
        cycle=number[rows].astype(np.int64) + 1,
        capacity=cycles["discharge_capacity"][rows],
        knee=_marked(cycles.attributes.get("knee_cycle", -1)),
        end=_marked(cycles.attributes.get("end_of_life_cycle", -1)),
    )


def wanted(results: Results) -> Life:
    """Find the life in a run.

    Raises
    ------
    InputError
        If there is none.
    """
    found = find(results)
    if found is None:
        raise InputError(
            f"{results.path} has no life: put a block with 'repeat: {FEWEST}' or more into the "
            "protocol that discharges the cell."
        )
    return found


def _marked(cycle: int) -> int | None:
    """Return a cycle of the file counted from 1; None where the file says that there is none."""
    return int(cycle) + 1 if cycle >= 0 else None
