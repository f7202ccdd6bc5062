"""solidcell agrees with PyBaMM, which really runs here, in every case of `solidcell validate`."""

import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation import candidate
from solidcell.engine.validation.cases import CASES, SHOWN_CONVERGED, Case
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.run import compare_case, validate


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[pytest.mark.slow] if "D(x)" in case.name else [])
        for case in CASES
    ],
)
def test_case_agrees_with_pybamm(case: Case) -> None:
    cell = HalfCell.from_scenario(load_scenario(candidate.REFERENCE_SCENARIO))
    result = compare_case(cell, case, refine_pybamm=case.name in SHOWN_CONVERGED)
    assert result.rms_mV <= 0.5
    assert result.max_mV <= 2.0
    assert result.capacity_error_percent <= 0.05
    assert result.hold_current_percent is None or result.hold_current_percent <= 0.1
    assert result.passed


def test_a_wrong_cell_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison notices 1 % of conductivity in the electrode."""
    solve = candidate.solve

    def with_less_conductivity(case, **settings):
        scenario_of = candidate.scenario_of

        def less(case, mesh, tolerance):
            scenario = scenario_of(case, mesh, tolerance)
            positive = scenario.cell.positive
            changed = positive.model_copy(
                update={"tortuosity_factor": positive.tortuosity_factor * 1.01}
            )
            cell = scenario.cell.model_copy(update={"positive": changed})
            return scenario.model_copy(update={"cell": cell})

        monkeypatch.setattr(candidate, "scenario_of", less)
        try:
            return solve(case, **settings)
        finally:
            monkeypatch.setattr(candidate, "scenario_of", scenario_of)

    monkeypatch.setattr(candidate, "solve", with_less_conductivity)
    (result,) = validate(["1C discharge, constant D, 45"])
    assert not result.passed
    assert result.rms_mV > 0.5
