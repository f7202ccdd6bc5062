"""Says whether two results files agree, and by how much they do not.

Steps are compared one by one: currents through the cell on a grid of equal charge, which is free of
small shifts in time, everything else on a grid of equal time. Tables are compared row by row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solidcell.engine.store import schema
from solidcell.engine.store.growing import VALID_ROWS
from solidcell.engine.store.reader import Group, Results

Array = NDArray[np.float64]

GRID_POINTS = 2000
END_OF_GRID = 0.99  # of the range: the last percent of a discharge is vertical

ALONG_CHARGE = ("current", "power", "resistance")
"""Kinds of step through which charge flows one way."""

UNCOMPARED = {
    "wall_time",
    "lithium_balance_error",
    "charge_balance_error",
    "energy_balance_error",
    "solver_steps",
    "rejected_steps",
    "linear_solves",
    "factorizations",
}
"""Columns that say how a run was computed, not what came out."""


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What still counts as equal.

    Attributes
    ----------
    voltage_rms, voltage_maximum
        Root mean square and largest difference of the voltage within a step [V].
    current
        Root mean square difference of the current where the voltage is held, relative to the
        largest current of the run.
    relative
        Relative difference of numbers in tables.
    """

    voltage_rms: float = 0.5e-3
    voltage_maximum: float = 2e-3
    current: float = 1e-3
    relative: float = 5e-4


@dataclass(frozen=True, slots=True)
class Difference:
    """One compared quantity.

    Attributes
    ----------
    quantity
        What was compared.
    value
        How much it differs; NaN where it exists on one side only.
    tolerance
        How much it may differ.
    unit
        Unit of both; ``"1"`` for a relative difference.
    """

    quantity: str
    value: float
    tolerance: float
    unit: str

    @property
    def passed(self) -> bool:
        """Whether the difference is within its tolerance."""
        return self.value <= self.tolerance


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was compared of two files."""

    rows: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether every difference is within its tolerance."""
        return all(row.passed for row in self.rows)


def compare(first: Results, second: Results, tolerances: Tolerances | None = None) -> Comparison:
    """Compare two results files.

    Parameters
    ----------
    first, second
        The open files.
    tolerances
        What still counts as equal; by default what two converged solutions must meet.

    Returns
    -------
    Comparison
        A row for each quantity: voltage of each step, every column of steps and cycles, the cell.
    """
    limits = tolerances or Tolerances()
    return Comparison(
        (
            *_steps(first, second, limits),
            *_table(first["steps"], second["steps"], limits),
            *_table(first["cycles"], second["cycles"], limits),
            *_cell(first["cell"], second["cell"], limits),
        )
    )


def _steps(first: Results, second: Results, limits: Tolerances) -> Iterator[Difference]:
    """Compare the curves of each step that both files hold."""
    texts, kinds = first["steps"]["text"], first["steps"].words("kind")
    largest = float(np.abs(first["timeseries"]["current"]).max(initial=0.0))
    for step in range(min(len(kinds), len(second["steps"]["kind"]))):
        pair = _curve(first, step), _curve(second, step)
        if any(len(curve.time) < 2 for curve in pair):
            continue
        place = f"step {step} ({texts[step]})"
        if kinds[step] == "voltage":
            difference = _along([curve.time for curve in pair], [curve.current for curve in pair])
            relative = _rms(difference) / largest
            yield Difference(f"current of {place}, rms", relative, limits.current, "1")
            continue
        axis = [curve.charge if kinds[step] in ALONG_CHARGE else curve.time for curve in pair]
        difference = _along(axis, [curve.voltage for curve in pair])
        maximum = float(np.abs(difference).max())
        yield Difference(f"voltage of {place}, rms", _rms(difference), limits.voltage_rms, "V")
        yield Difference(f"voltage of {place}, maximum", maximum, limits.voltage_maximum, "V")


@dataclass(frozen=True, slots=True)
class _Curve:
    """One step: time and charge passed since its start, voltage and current."""

    time: Array
    charge: Array
    voltage: Array
    current: Array


def _curve(results: Results, step: int) -> _Curve:
    series = results["timeseries"]
    rows = slice(*np.searchsorted(series["step"], [step, step + 1]))
    time, charge = series["time"][rows], series["discharge_capacity"][rows]
    return _Curve(
        time - time[:1],
        np.maximum.accumulate(np.abs(charge - charge[:1])),
        series["voltage"][rows],
        series["current"][rows],
    )


def _along(axes: list[Array], values: list[Array]) -> Array:
    """Return the difference of two curves on a grid over the range that they share."""
    end = END_OF_GRID * min(float(axis[-1]) for axis in axes)
    grid = np.linspace(0, end, GRID_POINTS)
    one, other = (np.interp(grid, axis, value) for axis, value in zip(axes, values, strict=True))
    return one - other


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _table(first: Group, second: Group, limits: Tolerances) -> Iterator[Difference]:
    """Compare two tables column by column; rows that only one of them has count as different."""
    rows = [int(group.attributes[VALID_ROWS]) for group in (first, second)]
    yield Difference(f"/{first.path}, number of rows", abs(rows[0] - rows[1]), 0, "1")
    for name in (name for name in dict.fromkeys([*first, *second]) if name not in UNCOMPARED):
        quantity = f"/{first.path}/{name}"
        if name not in first or name not in second:
            yield Difference(f"{quantity}, in one file only", float("nan"), 0, "1")
            continue
        one, other = (group[name][: min(rows)] for group in (first, second))
        if one.dtype.kind == "f":
            yield Difference(quantity, _relative(one, other), limits.relative, "1")
        else:
            differing = int(np.count_nonzero(one != other))
            yield Difference(f"{quantity}, rows that differ", differing, 0, "1")


def _cell(first: Group, second: Group, limits: Tolerances) -> Iterator[Difference]:
    """Compare the cell: its totals, and each component's mass."""
    for name in (column.name for column in schema.CELL.attributes if column.kind == "float"):
        one, other = (np.array([group.attributes.get(name, np.nan)]) for group in (first, second))
        yield Difference(f"/cell {name}", _relative(one, other), limits.relative, "1")
    masses = [
        dict(zip(group["component"], group["mass"], strict=True)) for group in (first, second)
    ]
    for component in dict.fromkeys([*masses[0], *masses[1]]):
        one, other = (np.array([mass.get(component, 0.0)]) for mass in masses)
        yield Difference(f"mass of {component}", _relative(one, other), limits.relative, "1")


def _relative(one: Array, other: Array) -> float:
    """Return the largest difference over the largest value; what neither side knows is equal."""
    unknown = np.isnan(one) & np.isnan(other)
    one, other = one[~unknown], other[~unknown]
    scale = float(np.abs([one, other]).max(initial=0.0))
    return float(np.abs(one - other).max(initial=0.0)) / scale if scale else 0.0
