"""The twin's own answers no longer depend on its mesh and tolerance."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation.agreement import (
    Grid,
    current_difference,
    root_mean_square,
    voltage_difference_at_equal_charge,
    voltage_difference_each_second,
)
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.twin.cases import TWIN_CASES, TwinCase
from solidcell.engine.validation.twin.solve import TwinResult, solve

pytest.importorskip("pybamm")

BASE, TOLERANCE = Mesh(nodes=40, shells=120), Tolerance(1.0e-6, 1.0e-6)
#: Columns whose change with the mesh is bounded, with their sizes.
INTERFACE = {
    "contact_fraction_positive": 1.0,
    "contact_fraction_negative": 1.0,
    "film_thickness_positive": 1.0e-6,
    "film_thickness_negative": 1.0e-6,
    "void_thickness_negative": 1.0e-6,
    "stack_pressure": 1.0e6,
}


def volume_change(x: Any) -> Any:
    """A curve like that of NMC811: -4.9 % at x = 0.213, most of it near the charged end."""
    return 0.012 * (x - 0.9) - 0.0404 * np.exp(-(x - 0.213) / 0.12)


@pytest.fixture(scope="module")
def half_cell() -> HalfCell:
    """The half cell of the reference scenario."""
    return HalfCell.from_scenario(load_scenario("nmc811_lpscl_li_reference"))


def answer(half_cell: HalfCell, case: TwinCase, mesh: Mesh, tolerance: Tolerance) -> TwinResult:
    """Run a case."""
    return solve(
        case.cell(half_cell, volume_change),
        case.protocol(half_cell),
        case.start,
        mesh=mesh,
        tolerance=tolerance,
    )


@pytest.mark.slow
@pytest.mark.parametrize("case", TWIN_CASES, ids=lambda case: case.name)
def test_a_case_is_converged(half_cell: HalfCell, case: TwinCase) -> None:
    base = answer(half_cell, case, BASE, TOLERANCE)
    finer = replace(BASE, nodes=80, shells=240)
    fine = answer(half_cell, case, finer, TOLERANCE.tightened())
    assert base.stops == fine.stops
    for number, grid in enumerate(case.grids):
        ours, theirs = base.curve.part(number), fine.curve.part(number)
        assert ours.charge[-1] - ours.charge[0] == pytest.approx(
            theirs.charge[-1] - theirs.charge[0], rel=2.0e-4, abs=1.0e-6
        )
        if number in case.holds:
            assert root_mean_square(current_difference(ours, theirs)) < 1.0e-3 * 55.0
            continue
        differ = (
            voltage_difference_at_equal_charge
            if grid is Grid.CHARGE
            else voltage_difference_each_second
        )
        differences = differ(ours, theirs)
        assert root_mean_square(differences) < 0.03e-3
        assert np.max(np.abs(differences)) < 0.2e-3
    steps = range(len(case.steps))
    for name, size in INTERFACE.items():
        ours, theirs = (
            [result.interface[name][result.curve.step == number][-1] / size for number in steps]
            for result in (base, fine)
        )
        assert ours == pytest.approx(theirs, abs=5.0e-4)
