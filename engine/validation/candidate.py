"""A validation case run with solidcell itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from solidcell.engine.protocol import Block, DriveCycle, Step, parse_step
from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.scenario.model import rating_of
from solidcell.engine.simulation import Simulation, Solution
from solidcell.engine.validation import cases
from solidcell.engine.validation.agreement import Grid
from solidcell.engine.validation.cases import CONSTANT_DIFFUSIVITY, Case, Diffusivity, PowerStep
from solidcell.engine.validation.curve import Curve
from solidcell.engine.validation.discretisation import Mesh, Tolerance

REFERENCE_SCENARIO = "nmc811_lpscl_li_reference"
"""The shipped scenario whose cell every case runs on."""

MESHES = {
    Diffusivity.CONSTANT: Mesh(nodes=40, shells=60, shell_stretch=4.0, node_stretch=0.3),
    Diffusivity.COMPOSITION: Mesh(nodes=40, shells=120, shell_stretch=4.0, node_stretch=0.3),
}
"""Meshes on which solidcell is converged; the table of a validation shows it."""

TOLERANCE = Tolerance(1e-6, 1e-6)

_CHARGE_ROWS = 5000
"""Rows over a discharge or charge: straight lines between them are good to a microvolt."""
_TIME_ROW = 1.0
"""Spacing of rows, s, where curves are compared second by second."""


def solve(case: Case, *, mesh: Mesh | None = None, tolerance: Tolerance = TOLERANCE) -> Curve:
    """Run a case.

    Parameters
    ----------
    case
        Protocol, start, temperature and law of diffusion.
    mesh
        Finite volumes; those of `MESHES` unless given.
    tolerance
        Of the integrator; its relative part counts.

    Returns
    -------
    Curve
        Per area of electrode, densely sampled.
    """
    scenario = scenario_of(case, mesh or MESHES[case.diffusivity], tolerance)
    return curve_of(Simulation(scenario).solve(), scenario)


def curve_of(solution: Solution, scenario: Scenario) -> Curve:
    """Voltage curve of a solution of one cycle, per area of electrode."""
    rows, area = solution.timeseries, scenario.cell.electrode_area
    return Curve(
        time=rows["time"],
        voltage=rows["voltage"],
        current=rows["current"] / area,
        charge=rows["discharge_capacity"] * 3600.0 / area,
        step=rows["step"].astype(np.intp),
    )


def scenario_of(case: Case, mesh: Mesh, tolerance: Tolerance) -> Scenario:
    """Scenario of a case: the reference cell with the case's protocol and conditions."""
    settings: dict[str, object] = {
        "operation.temperature": case.temperature,
        "operation.initial_stoichiometry": case.stoichiometry,
        "physics.entropy": "on" if case.entropy else "off",
        "numerics.nodes": mesh.nodes,
        "numerics.node_stretch": mesh.node_stretch,
        "numerics.shells": mesh.shells,
        "numerics.shell_stretch": mesh.shell_stretch,
        "numerics.rtol": tolerance.relative,
    }
    if case.diffusivity is Diffusivity.CONSTANT:
        settings["cell.positive.active_material.diffusivity"] = f"{CONSTANT_DIFFUSIVITY} m^2/s"
    scenario = load_scenario(REFERENCE_SCENARIO, overrides=settings)
    steps = tuple(_step(scenario, case, step) for step in case.protocol)
    return scenario.model_copy(update={"protocol": (Block(1, steps),)})


def _step(scenario: Scenario, case: Case, step: cases.ProtocolStep) -> Step:
    """A step of a case, with the spacing of rows that its comparison needs."""
    rating = rating_of(scenario.cell)
    if isinstance(step, cases.DriveCycle):
        one_c = _one_c(scenario)
        cycle = DriveCycle(step.time, step.c_rate * one_c, "current")
        return Step("drive_cycle", 0.0, "drive cycle", drive_cycle=cycle, period=_TIME_ROW)
    text = step.text(rating.area) if isinstance(step, PowerStep) else step
    parsed = parse_step(text, rating)
    return Step(
        parsed.kind,
        parsed.value,
        parsed.text,
        duration=parsed.duration,
        terminations=parsed.terminations,
        period=_period(scenario, case, parsed),
    )


def _period(scenario: Scenario, case: Case, step: Step) -> float:
    """Spacing of the rows of a step, s."""
    if case.grid is Grid.TIME or step.kind != "current":
        return _TIME_ROW
    hours = abs(_one_c(scenario) / step.value)
    return 3600.0 * hours / _CHARGE_ROWS


def with_rows(scenario: Scenario, grids: Sequence[Grid]) -> Scenario:
    """The scenario with rows as dense as a comparison needs them, one grid for each of its blocks."""
    blocks = tuple(
        replace(block, steps=tuple(_dense(scenario, step, grid) for step in block.steps))
        for block, grid in zip(scenario.protocol, grids, strict=True)
    )
    return scenario.model_copy(update={"protocol": blocks})


def _dense(scenario: Scenario, step: Step, grid: Grid) -> Step:
    if grid is Grid.TIME or step.kind != "current":
        return replace(step, period=_TIME_ROW)
    hours = abs(_one_c(scenario) / step.value)
    return replace(step, period=3600.0 * hours / _CHARGE_ROWS)


def _one_c(scenario: Scenario) -> float:
    """1C of the whole cell, A; NaN if the cell states no capacity."""
    capacity = scenario.cell.nominal_capacity
    return math.nan if capacity is None else capacity / 3600.0
