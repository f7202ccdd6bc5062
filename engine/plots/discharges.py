"""The discharges of a run, as the figures show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from solidcell.engine.errors import InputError
from solidcell.engine.store.reader import Results

Array = NDArray[np.float64]

Item = TypeVar("Item")

SMALLEST_SHARE = 0.05  # of the nominal capacity: shorter pieces are pulses, not discharges


@dataclass(frozen=True)
class Discharge:
    """One discharge step.

    Attributes
    ----------
    step, cycle
        Row in ``/steps``, and the cycle that it belongs to.
    rows
        Its rows in ``/timeseries``.
    rate
        Mean current over nominal capacity [1/h].
    capacity
        Charge since the start of the step, at each row [A.h].
    energy
        Energy delivered [W.h].
    """

    step: int
    cycle: int
    rows: slice
    rate: float
    capacity: Array
    energy: float


def discharges(results: Results) -> list[Discharge]:
    """Find the discharges of a run, in their order.

    Raises
    ------
    InputError
        If the run has none.
    """
    steps, series = results["steps"], results["timeseries"]
    nominal = nominal_capacity(results)
    borders = np.searchsorted(series["step"], np.arange(len(steps["step"]) + 1))
    found = []
    for index, capacity in enumerate(steps["capacity"]):
        rows = slice(int(borders[index]), int(borders[index + 1]))
        if capacity < SMALLEST_SHARE * nominal or rows.stop - rows.start < 3:
            continue
        hours = (steps["end"][index] - steps["start"][index]) / 3600
        charge = series["discharge_capacity"][rows]
        found.append(
            Discharge(
                step=index,
                cycle=int(steps["cycle"][index]),
                rows=rows,
                rate=float(capacity / hours / nominal),
                capacity=charge - charge[0],
                energy=float(steps["energy"][index]),
            )
        )
    if not found:
        raise InputError(f"{results.path} holds no discharge to draw.")
    return found


def delivers(results: Results) -> bool:
    """Whether a run has a discharge that delivers energy, as no symmetric cell can."""
    try:
        return any(discharge.energy > 0 for discharge in discharges(results))
    except InputError:
        return False


def nominal_capacity(results: Results) -> float:
    """Return the nominal capacity of the cell [A.h]."""
    cell = results["cell"].attributes
    return float(cell["areal_capacity"]) * 1e-3 * float(cell["electrode_area"]) * 1e4


def chosen(found: Sequence[Item], most: int) -> list[Item]:
    """Choose at most so many of what was found, evenly, the first and the last among them."""
    places = np.linspace(0, len(found) - 1, min(most, len(found)))
    return [found[round(float(place))] for place in places]


def rate_name(rate: float) -> str:
    """Write a rate as people say it: ``C/10``, ``C/3``, ``1C``, ``1.5C``."""
    inverse = round(1 / rate)
    if inverse > 1 and abs(rate * inverse - 1) < 0.01:
        return f"C/{inverse}"
    return f"{rate:.2g}C"


def names(several: list[Discharge]) -> list[str]:
    """Name discharges by what tells them apart: the rate, or else the cycle."""
    rates = [rate_name(discharge.rate) for discharge in several]
    if len(set(rates)) == len(several):
        return rates
    if len(set(rates)) == 1:
        return [f"cycle {discharge.cycle + 1}" for discharge in several]
    return [
        f"cycle {discharge.cycle + 1}, {rate}"
        for discharge, rate in zip(several, rates, strict=True)
    ]


def celsius(results: Results, discharge: Discharge) -> str:
    """Return the mean temperature of a discharge, such as ``25 °C``."""
    kelvin = float(np.mean(results["timeseries"]["temperature"][discharge.rows]))
    return f"{kelvin - 273.15:.4g} °C"
