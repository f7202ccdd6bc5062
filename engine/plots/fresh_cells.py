"""The parts of a run of symmetric cells that each begin with a fresh one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solidcell.engine.plots.discharges import Array
from solidcell.engine.plots.mechanisms import symmetric
from solidcell.engine.store.reader import Results

MILLIAMPERES = 0.1
"""mA/cm2 in an A/m2."""


@dataclass(frozen=True)
class FreshCell:
    """One fresh cell and what was done to it.

    Attributes
    ----------
    pressure
        Stack pressure [MPa].
    cycles
        The rows in ``/cycles`` in which current flowed.
    current
        Largest current density of each of them [mA/cm2].
    polarisation
        Largest voltage at the border of a step, in each of them [V].
    cut_off
        The first of them in which a step ended at its voltage limit; None if none did.
    """

    pressure: float
    cycles: NDArray[np.intp]
    current: Array
    polarisation: Array
    cut_off: int | None


def fresh_cells(results: Results) -> list[FreshCell]:
    """Find the fresh cells of a run; none if its cell is not symmetric."""
    if not symmetric(results):
        return []
    steps, cycles = results["steps"], results["cycles"]
    count = len(cycles["cycle"])
    known = steps["cycle"] < count  # of a run that goes on, the last cycle has no row yet
    cycle = steps["cycle"][known]
    area = float(results["cell"].attributes["electrode_area"])
    current, polarisation = np.zeros(count), np.zeros(count)
    np.maximum.at(current, cycle, MILLIAMPERES * np.abs(steps["end_current"][known]) / area)
    for name in ("start_voltage", "end_voltage"):
        np.maximum.at(polarisation, cycle, np.abs(steps[name][known]))
    limited = np.zeros(count, dtype=bool)
    limited[cycle[steps.words("stop_reason")[known] == "voltage"]] = True
    resets = np.unique(cycle[steps.words("kind")[known] == "reset"])
    found = []
    for part in np.split(np.arange(count), resets):
        flowing = part[current[part] > 0]
        if not len(flowing):
            continue
        reached = flowing[limited[flowing]]
        found.append(
            FreshCell(
                pressure=1e-6 * float(cycles["pressure_maximum"][flowing[-1]]),
                cycles=flowing,
                current=current[flowing],
                polarisation=polarisation[flowing],
                cut_off=int(reached[0]) if len(reached) else None,
            )
        )
    return found
