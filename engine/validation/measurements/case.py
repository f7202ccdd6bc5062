"""A comparison with measured values: its data, how they are computed, and what counts as agreement."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solidcell.engine.protocol import Block
from solidcell.engine.protocol.parse import parse_protocol
from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.scenario.library import shipped_folder
from solidcell.engine.scenario.model import rating_of
from solidcell.engine.simulation import Simulation, Solution
from solidcell.engine.validation.results import MeasurementResult, Point

GROUP = "measurements"

Row = Mapping[str, str]
Points = tuple[list[Point], str]
"""Points of a comparison, and what else there is to know in words."""

OHM_CM2 = 1.0e4
"""Ohm cm2 in an Ohm m2."""


@dataclass(frozen=True, slots=True)
class MeasurementCase:
    """A published measurement.

    Attributes
    ----------
    name : str
        Unique, in words that read in a table.
    file : str
        CSV file among the shipped scenarios, with a column `Source`.
    quantity, unit : str
        What was measured.
    limit : float
        Largest deviation of a value that counts, relative.
    words : str
        The limit, in words.
    compute : callable
        From the rows of the file, the points, and what else there is to know in words.
    """

    name: str
    file: str
    quantity: str
    unit: str
    limit: float
    words: str
    compute: Callable[[Sequence[Row]], Points]


def compare_measurement(case: MeasurementCase, _: bool = False) -> MeasurementResult:
    """Compute what was measured.

    Parameters
    ----------
    case
        The case.
    _
        Measurements can't be refined.
    """
    rows = measured(case.file)
    points, remark = case.compute(rows)
    # numpy's maximum of something that is no number is none, and no agreement either.
    largest = float(np.max([abs(one.deviation_percent) for one in points if one.asserted]))
    return MeasurementResult(
        name=case.name,
        passed=bool(largest <= 1e2 * case.limit),
        largest_percent=largest,
        tolerance=case.words,
        quantity=case.quantity,
        unit=case.unit,
        points=tuple(points),
        source=rows[0]["Source"],
        remark=remark,
        group=GROUP,
    )


def measured(file: str) -> list[Row]:
    """Rows of a shipped CSV file, by heading."""
    path = shipped_folder() / file
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def point(at: str, value: float, computed: float, *, asserted: bool = True) -> Point:
    """A measured value beside the computed one."""
    return Point(at, f"{value:g}", computed, 1e2 * (computed / value - 1.0), asserted)


def point_in_range(at: str, least: float, greatest: float, computed: float) -> Point:
    """A measured range beside the computed value, which deviates where it lies beyond."""
    shown = f"{least:g}" if least == greatest else f"{least:g} to {greatest:g}"
    nearest = min(max(computed, least), greatest)
    return Point(at, shown, computed, 1e2 * (computed / nearest - 1.0))


def simulate(
    shipped: str, settings: Mapping[str, object], protocol: Sequence[object]
) -> tuple[Solution, Scenario]:
    """Run a shipped scenario's cell through another protocol, each step a cycle of its own.

    Parameters
    ----------
    shipped
        Name of the scenario.
    settings
        Dotted entries that differ from it, as written in YAML.
    protocol
        Steps as written in YAML.
    """
    scenario = load_scenario(shipped, overrides=settings)
    blocks: tuple[Block, ...] = parse_protocol(list(protocol), rating_of(scenario.cell))
    scenario = scenario.model_copy(update={"protocol": blocks})
    return Simulation(scenario).solve(), scenario
