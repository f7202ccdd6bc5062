"""Rows and ends of random cells against runs at 1e-8 on the same mesh.

A row at a period has the voltage of its state, and a cut-off the charge at which it is met:

    |dV| <= e + |dV/dQ| share Q,    |dQ| <= share Q + e / |dV/dQ|

with e and the share as the tolerance says. Half of the cells charge their double layers.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from random_scenarios import exchange_potential, random_values, shipped_ranges

from solidcell.engine.scenario import parse_scenario, shipped_folder
from solidcell.engine.simulation import Simulation, Solution
from solidcell.kernels.codes import StopReason

FloatArray = npt.NDArray[np.float64]

SEED = 20_261_129
FEW, MANY = 24, 240
EXACT, ROUGH = 1e-8, 1e-3
ALLOWED = {1e-5: (1e-4, 5e-4), 3e-4: (1e-3, 1e-3)}
"""Voltage e, V, and share of the charge, by tolerance."""
STOPPED = int(StopReason.STOPPED)
ROWS, LEAST_ROWS = 40, 5
"""Rows in two fifths of an hour at 1C, and how many there are at least where a run says something."""
_FRAME = """
schema_version: 1
name: cell
cell: {cell}
operation: {{temperature: 25 degC, stack_pressure: 5 MPa}}
protocol: [Rest for 1 second]
output: {{fields: none}}
"""


def drawn(seeds: tuple[int, ...], double_layer: str) -> dict[str, Any]:
    """Overrides of a cell that is charged or discharged to its cut-off at a rate from C/30 to 4C."""
    draw, ranges = np.random.default_rng(seeds), shipped_ranges()
    values = random_values(draw, ranges)
    exchange_potential(values, draw)
    values["physics.double_layer"] = double_layer
    rate = 10 ** draw.uniform(-1.5, 0.6)
    charging = draw.random() < 0.4
    verb, limit = ("charge", "upper") if charging else ("discharge", "lower")
    low, high = (0.5, 0.9) if charging else (0.25, 0.5)
    values["operation.initial_stoichiometry"] = float(draw.uniform(low, high))
    step = {
        verb: f"{rate:.4f}C",
        "until": f"{values[f'cell.{limit}_voltage_cutoff']} V",
        "period": f"{0.4 * 3600.0 / rate / ROWS:.3f} s",
    }
    values["protocol"] = [step]
    return values


@functools.cache
def random_cell(number: int) -> dict[str, Any]:
    """The cell of a number, drawn once more where the first one has nothing to judge."""
    double_layer = "on" if number % 2 else "off"
    first = drawn((SEED, number), double_layer)
    if judged(run(first, ROUGH)):
        return first
    return drawn((SEED, number, 1), double_layer)


def run(cell: dict[str, Any], rtol: float) -> Solution:
    text = _FRAME.format(cell=shipped_ranges().cell)
    overrides = cell | {"numerics.rtol": rtol}
    scenario = parse_scenario(text, file=shipped_folder() / "cell.yaml", overrides=overrides)
    return Simulation(scenario).solve()


def judged(solution: Solution) -> bool:
    """Whether a run reached its cut-off, with rows in between."""
    reached = solution.steps["stop_reason"][-1] == StopReason.VOLTAGE
    return bool(reached) and len(rows(solution)[0]) > LEAST_ROWS


@functools.cache
def solve(number: int, rtol: float) -> Solution:
    return run(random_cell(number), rtol)


def exact(number: int) -> Solution:
    """The run to compare with: at 1e-7 where a cell that fills has no digits left for 1e-8."""
    found = solve(number, EXACT)
    if found.steps["stop_reason"][-1] == STOPPED:
        return solve(number, 10.0 * EXACT)
    return found


def rows(solution: Solution) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Time, charge (A.h) and voltage of the rows of a run's only step."""
    series = solution.timeseries
    time, voltage = np.asarray(series["time"]), np.asarray(series["voltage"])
    # The first row of a step and the last before it are at one time.
    last = len(time) - np.unique(time[::-1], return_index=True)[1] - 1
    whole = abs(float(solution.steps["capacity"][-1]))
    return time[last], whole * time[last] / max(time[-1], 1e-300), voltage[last]


def slopes(charge: FloatArray, voltage: FloatArray) -> FloatArray:
    """|dV/dQ| at each row, the steeper of both sides."""
    steep = np.abs(np.diff(voltage)) / np.maximum(np.abs(np.diff(charge)), 1e-12)
    return np.maximum(np.append(steep, steep[-1]), np.insert(steep, 0, steep[0]))


def faults(number: int, rtol: float) -> list[str]:
    """What is farther off than the tolerance allows; the number of the cell in front."""
    fine, rough = exact(number), solve(number, rtol)
    e, share = ALLOWED[rtol]
    ends = [StopReason(int(run.steps["stop_reason"][-1])).name for run in (fine, rough)]
    if ends[0] != ends[1]:
        return [f"{number}: ended by {ends[1]}, not by {ends[0]}"]
    time, charge, voltage = rows(fine)
    found_time, found_charge, found = rows(rough)
    if len(time) < 3:
        return []
    steep, whole = slopes(charge, voltage), charge[-1]
    # Rows between the first, which has no charge yet, and the end, which has its own time.
    shared = np.intersect1d(time[1:-1], found_time[1:-1])
    ours, theirs = np.searchsorted(time, shared), np.searchsorted(found_time, shared)
    off = np.abs(found[theirs] - voltage[ours]) / (e + steep[ours] * share * whole)
    off_charge = abs(found_charge[-1] - whole) / (share * whole + e / max(steep[-1], 1e-300))
    text = []
    if off.size and off.max() > 1.0:
        text.append(f"{number}: a row has {off.max():.2f} of the voltage allowed")
    if off_charge > 1.0:
        text.append(f"{number}: the end has {off_charge:.2f} of the charge allowed")
    return text


counts = pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])


@counts
@pytest.mark.parametrize("rtol", ALLOWED)
def test_rows_and_ends_are_as_good_as_the_tolerance_says(count: int, rtol: float) -> None:
    assert [fault for number in range(count) for fault in faults(number, rtol)] == []


@counts
def test_most_cells_reach_their_cut_off(count: int) -> None:
    """With rows in between: else there were nothing to judge."""
    assert sum(judged(exact(number)) for number in range(count)) > 0.6 * count
