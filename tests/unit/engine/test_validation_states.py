"""How states of interfaces are compared, and how cases are chosen."""

from dataclasses import replace

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.validation.agreement import Agreement, Grid, Limits, compare
from solidcell.engine.validation.curve import Curve
from solidcell.engine.validation.results import CaseResult, Refinement
from solidcell.engine.validation.run import all_cases, chosen_cases
from solidcell.engine.validation.states import Answer, largest_deviations
from solidcell.engine.validation.twin import TWIN_CASES

GRIDS = (Grid.CHARGE, Grid.TIME)
OWN = Refinement(0.001, 0.002, 0.0)
PERFECT = Agreement(0.0, 0.0, 0.0, None)


def answer(
    *, retention: float = 0.999, pressure: float = 5.0e6, rows: int = 501, nodes: int = 4
) -> Answer:
    """A discharge in which contact is lost, and a rest; nothing else moves."""
    passed = np.linspace(0.0, 1.0, rows)
    time = np.concatenate([3600.0 * passed, 3600.0 + 60.0 * passed])
    curve = Curve.from_steps(
        time=time,
        voltage=np.full(2 * rows, 3.8),
        current=np.repeat([55.0, 0.0], rows),
        step=np.repeat([0, 1], rows).astype(np.intp),
    )
    share = np.concatenate([passed, np.ones(rows)])
    profile = np.linspace(0.9, 1.1, nodes)
    lost = (1.0 - retention) * profile
    return Answer(
        curve=curve,
        states={
            "contact": 1.0 - (1.0 - retention) * share,
            "pressure": np.full(2 * rows, pressure),
            "voids": np.zeros(2 * rows),
        },
        ends={"retention": 1.0 - np.outer([0.0, 1.0, 1.0], lost)},
    )


def test_an_answer_agrees_with_itself_however_densely_it_is_told() -> None:
    found = largest_deviations(answer(), answer(rows=777), GRIDS)
    assert set(found) == {"contact", "pressure", "voids", "retention"}
    assert max(found.values()) < 1.0e-9


def test_a_state_counts_by_the_way_it_makes() -> None:
    """1 % more loss is 1e-5 of the contact, and 1 % of its way."""
    found = largest_deviations(answer(retention=0.99899), answer(), GRIDS)
    # The last hundredth of a discharge is not compared.
    assert found["contact"] == pytest.approx(0.01, rel=1.0e-6)
    assert found["retention"] == pytest.approx(0.01, rel=1.0e-6)
    assert found["pressure"] == found["voids"] == 0.0


def test_a_state_that_stays_counts_by_its_value() -> None:
    found = largest_deviations(answer(pressure=5.1e6), answer(), GRIDS)
    assert found["pressure"] == pytest.approx(0.02)


def test_a_state_of_zero_has_to_be_zero() -> None:
    other = answer()
    wrong = replace(other, states={**other.states, "voids": np.full(1002, 0.5)})
    assert largest_deviations(wrong, other, GRIDS)["voids"] == 0.5


def test_a_finer_profile_is_compared_by_the_means_of_neighbours() -> None:
    fine, coarse = answer(), answer()
    pairs = np.repeat(coarse.ends["retention"], 2, axis=1)
    fine = replace(fine, ends={"retention": pairs + np.tile([1.0e-4, -1.0e-4], 4)})
    assert largest_deviations(fine, coarse, GRIDS)["retention"] < 1.0e-9


def test_each_step_may_have_its_own_grid() -> None:
    one = answer()
    found = compare(one.curve, answer(rows=333).curve, grid=GRIDS, one_c=55.0)
    assert found.rms_voltage == 0.0
    assert found.capacity < 1.0e-12


@pytest.mark.parametrize(("state", "passed"), [(0.9e-3, True), (1.1e-3, False), (np.nan, False)])
def test_a_case_fails_by_a_state_alone(state: float, passed: bool) -> None:
    result = CaseResult.of(
        "one",
        PERFECT,
        Limits(),
        converged=True,
        solidcell=OWN,
        pybamm=None,
        states={"voids": state},
        states_limit=1.0e-3,
    )
    assert result.passed is passed
    assert result.tolerance.endswith("0.1 % of each state's way")
    assert result.others_percent == pytest.approx(100.0 * state, nan_ok=True)


def test_a_case_that_is_not_converged_fails() -> None:
    result = CaseResult.of("one", PERFECT, Limits(), converged=False, solidcell=OWN, pybamm=None)
    assert not result.passed
    assert result.others_percent is None


def test_every_case_has_a_name_and_a_group_of_its_own() -> None:
    cases = all_cases()
    names = [case.name for case in cases]
    assert len(set(names)) == len(names)
    groups = [case.group for case in cases]
    assert list(dict.fromkeys(groups)) == [
        "cell",
        "interfaces",
        "ageing",
        "impedance",
        "measurements",
    ]
    assert groups.count("cell") == 22


def test_cases_are_chosen_by_name_part_and_group() -> None:
    assert [case.name for case in chosen_cases(["Doux"])] == [
        "Doux 2020: lithium interface against stack pressure"
    ]
    assert {case.group for case in chosen_cases(["impedance"])} == {"impedance"}
    assert len(chosen_cases(["interfaces"])) == len(TWIN_CASES)
    assert not any(case.needs_pybamm for case in chosen_cases(["measurements"]))
    assert len(chosen_cases(None)) == len(all_cases())


def test_an_unknown_case_is_refused_with_the_groups() -> None:
    with pytest.raises(InputError, match="or a group: cell, interfaces, ageing, impedance, "):
        chosen_cases(["poem"])


@pytest.mark.parametrize("case", TWIN_CASES, ids=lambda case: case.name)
def test_a_case_knows_which_of_its_steps_are_holds(case) -> None:
    scenario = case.scenario()
    kinds = [block.steps[0].kind for block in scenario.protocol]
    assert case.holds == tuple(n for n, kind in enumerate(kinds) if kind == "voltage")
    assert len(case.grids) == len(kinds)
