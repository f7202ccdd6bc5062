"""A run that starts from an aged cell goes on as if its steps had been appended to that cell's life."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.simulation import Simulation, Solution, run_to_file
from solidcell.engine.store.reader import open_results

CYCLE = ["Charge at C/3 until 4.3 V", "Hold at 4.3 V until C/20", "Discharge at C/3 until 2.8 V"]
SLOW = ["Charge at C/20 until 4.3 V", "Discharge at C/20 until 2.8 V"]
SPRING = {"type": "spring", "pad_thickness": "3 mm", "pad_modulus": "1 MPa"}
CASES = {
    "composite": (
        "nmc811_lpscl_li_ageing",
        {"cell.positive.isolation_threshold": 0.9996},
        CYCLE,
        SLOW,
    ),
    "paths blocked in a spring": (
        "nmc811_lpscl_li_ageing",
        {
            "physics.paths": "on",
            "operation.fixture": SPRING,
            "cell.positive.cracking.crack_density": 0.5,
        },
        CYCLE,
        SLOW,
    ),
    "double layers": ("nmc811_lpscl_li_ageing", {"physics.double_layer": "on"}, CYCLE, SLOW),
    "symmetric": (
        "li_symmetric_critical_current",
        {"physics": {"contact": "pressure", "voids": "creep", "interphase": "parabolic"}},
        ["Discharge at 0.5 mA/cm2 for 1 hour", "Charge at 0.5 mA/cm2 for 1 hour"],
        ["Discharge at 0.1 mA/cm2 for 1 hour", "Charge at 0.1 mA/cm2 for 30 minutes"],
    ),
}
CYCLES = 6
AS_OF_THE_START = {
    "time",
    "cycle",
    "block",
    "step",
    "film_charge_positive",
    "film_charge_negative",
    "carbon_charge_positive",
    "loss_of_lithium_inventory",
    "thickness_change",
    "wall_time",
}


def scenario(case: str, protocol: list[Any], **more: object) -> Scenario:
    name, changes, _, _ = CASES[case]
    own = {"protocol": protocol, "output": {"timeseries": "all", "fields": "none"}}
    numerics = {"numerics.nodes": 8, "numerics.shells": 8}
    return load_scenario(name, overrides=numerics | changes | own | more)


def aged(case: str, protocol: list[Any], path: Path, cycle: object, **more: object) -> Scenario:
    given = load_scenario(CASES[case][0]).operation.initial_stoichiometry
    start: dict[str, object] = {"operation.initial_state": {"file": str(path), "cycle": cycle}}
    if given is not None:
        start["operation.initial_stoichiometry"] = None
    return scenario(case, protocol, **(start | more))


@pytest.fixture(scope="module", params=CASES)
def life(request, tmp_path_factory) -> tuple[str, Path, Solution]:
    """A case, the file of its life, and the same life with steps appended."""
    case = request.param
    _, _, cycle, appended = CASES[case]
    block = {"repeat": CYCLES, "steps": cycle}
    path = tmp_path_factory.mktemp("aged") / "life.h5"
    report = run_to_file(scenario(case, [block]), path)
    assert report.summary.completed
    return case, path, Simulation(scenario(case, [block, {"steps": appended}])).solve()


def same_rows(new: Solution, old: Solution, table: str, first: int) -> None:
    """Every column of the new run is that of the old one from a cycle on, but for what counts anew."""
    later = old[table]["cycle"] >= first
    for name, column in new[table].items():
        if (
            name in AS_OF_THE_START
            or name.endswith("balance_error")
            or name.startswith("capacity_loss")
        ):
            continue
        was = old[table][name][later]
        if column.dtype.kind in "OU":
            assert column.tolist() == was.tolist()
            continue
        scale = np.abs(was).max(initial=1e-30, where=np.isfinite(was))
        np.testing.assert_allclose(column, was, rtol=0, atol=1e-9 * scale, err_msg=name)


def test_steps_after_the_end_are_steps_appended(life) -> None:
    case, path, longer = life
    protocol = [{"steps": CASES[case][3]}]
    new = Simulation(aged(case, protocol, path, "last")).solve()
    for table in ("timeseries", "cycles"):
        same_rows(new, longer, table, CYCLES)
    assert new.timeseries["time"][0] == 0.0
    passed = np.diff(longer.timeseries["time"][longer.timeseries["cycle"] == CYCLES])
    np.testing.assert_allclose(np.diff(new.timeseries["time"]), passed, rtol=1e-6, atol=1e-6)
    assert np.abs(new.cycles["lithium_balance_error"]).max() < 1e-12


def test_a_cycle_in_between_goes_on_as_the_life_did(life) -> None:
    case, path, longer = life
    block = {"repeat": CYCLES - 3, "steps": CASES[case][2]}
    new = Simulation(aged(case, [block, {"steps": CASES[case][3]}], path, 4)).solve()
    for table in ("timeseries", "cycles"):
        same_rows(new, longer, table, 3)
    # What is lost counts from the new start.
    old = longer.cycles["loss_of_lithium_inventory"]
    before, after = old[2], old[3:]
    lost = new.cycles["loss_of_lithium_inventory"]
    assert lost[-1] < after[-1]
    np.testing.assert_allclose(lost, (after - before) / (1.0 - before), rtol=1e-3, atol=1e-7)


def test_a_fresh_reset_is_the_aged_start_again(life) -> None:
    case, path, _ = life
    steps = CASES[case][3]
    once = Simulation(aged(case, [{"steps": steps}], path, "last")).solve()
    again = Simulation(
        aged(case, [{"steps": steps}, {"steps": [{"reset": "fresh"}, *steps]}], path, "last")
    ).solve()
    np.testing.assert_allclose(
        again.cycles["discharge_capacity"][1], once.cycles["discharge_capacity"][0], rtol=1e-9
    )


def test_what_has_aged_acts_where_its_physics_is_off(life) -> None:
    case, path, longer = life
    off = {
        "physics.interphase": "none",
        "physics.voids": "none",
        "physics.isolation": "off",
        "physics.cracking": "off",
        "physics.paths": "off",
    }
    new = Simulation(
        aged(case, [{"repeat": 2, "steps": CASES[case][3]}], path, "last", **off)
    ).solve()
    end = {name: column[CYCLES - 1] for name, column in longer.cycles.items()}
    for name in ("film_thickness_positive", "film_thickness_negative", "loss_of_active_material"):
        assert new.cycles[name] == pytest.approx(np.full(2, end[name]), rel=1e-12)
    assert new.cycles["utilisation_positive"] == pytest.approx(
        np.full(2, end["utilisation_positive"]), rel=1e-12
    )
    for name in ("void_thickness_negative", "void_thickness_positive"):
        was = longer.timeseries[name][longer.timeseries["cycle"] == CYCLES - 1][-1]
        assert new.timeseries[name] == pytest.approx(
            np.full(len(new.timeseries[name]), was), rel=1e-9
        )
    with open_results(path) as results:
        pulse = results["cycles"]["asr_film_negative"][-1]
    assert new.cycles["asr_film_negative"] == pytest.approx(np.full(2, pulse), rel=0.1)
    assert np.abs(new.cycles["loss_of_lithium_inventory"]).max() < 1e-12
    assert np.abs(new.cycles["lithium_balance_error"]).max() < 1e-12


def test_the_fixture_keeps_its_reference_and_another_takes_the_stack_of_now(tmp_path: Path) -> None:
    case, path = "paths blocked in a spring", tmp_path / "life.h5"
    run_to_file(scenario(case, ["Charge at C/3 until 4.3 V"]), path)
    with open_results(path) as results:
        ended = float(results["timeseries"]["stack_pressure"][-1])
    assert ended > 5.1e6

    def pressures(**more: object) -> np.ndarray:
        steps = [{"steps": ["Rest for 1 hour", "Discharge at C/3 for 1 hour"]}]
        return (
            Simulation(aged(case, steps, path, "last", **more)).solve().timeseries["stack_pressure"]
        )

    assert pressures()[0] == pytest.approx(ended, rel=1e-6)
    gap = {"operation.fixture": {"type": "constant_gap", "frame_stiffness": "1e8 N/m"}}
    stiff = pressures(**gap)
    assert stiff[0] == pytest.approx(5e6, rel=1e-9)
    assert stiff[-1] < 4.5e6
    higher = pressures(**{"operation.stack_pressure": "7 MPa"})
    assert higher[0] == pytest.approx(ended + 2e6, rel=1e-6)


def test_blocked_paths_stay_blocked_from_run_to_run(tmp_path: Path) -> None:
    """Ions find half the way that they had, also two runs after their paths were blocked."""
    case = "paths blocked in a spring"
    first, second = tmp_path / "first.h5", tmp_path / "second.h5"
    block = [
        {"reset": {"stoichiometry": 0.9, "contact_retention": 0.5}},
        "Charge at C/10 for 1 hour",
    ]
    run_to_file(scenario(case, block), first)
    off = {"physics.paths": "off"}
    pulse = ["Rest for 1 hour", "Discharge at C/10 for 10 s"]
    run_to_file(aged(case, [{"steps": pulse}], first, "last", **off), second)
    first.unlink()

    def resistance(path: Path) -> float:
        with open_results(path) as results:
            return float(results["cycles"]["asr_ionic_positive"][-1])

    third = Simulation(aged(case, [{"steps": pulse}], second, "last", **off)).solve()
    fresh = Simulation(scenario(case, [{"steps": pulse}], **off)).solve()
    blocked, unblocked = resistance(second), fresh.cycles["asr_ionic_positive"][-1]
    assert blocked > 1.5 * unblocked
    assert third.cycles["asr_ionic_positive"][-1] == pytest.approx(blocked, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"numerics.nodes": 10}, "has another mesh"),
        ({"numerics.shell_stretch": 3.0}, "write 'numerics: {shell_stretch: 4}'"),
        (
            {"operation.initial_state.cycle": 9},
            "does not keep the start of cycle 9: choose one of 1",
        ),
        (
            {"operation.initial_state.cycle": 0},
            "'0' is no cycle; write its number from 1, or 'last'",
        ),
        ({"operation.initial_state.cycle": "first"}, "'first' is no cycle"),
        ({"operation.initial_state.file": "none.h5"}, "the results file 'none.h5' is missing"),
        ({"operation.initial_stoichiometry": 0.9}, "remove initial_stoichiometry"),
        (
            {"cell.positive.film": None, "physics.interphase": "none"},
            "cell.positive.film is missing",
        ),
        ({"file": "life.h5"}, "unknown key 'file' in the scenario"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / "life.h5"
    run_to_file(scenario("composite", ["Charge at 1C for 60 s"]), path)
    with pytest.raises(InputError) as refused:
        Simulation(aged("composite", SLOW, path, "last", **change))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_another_kind_of_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "life.h5"
    run_to_file(scenario("composite", ["Charge at 1C for 60 s"]), path)
    with pytest.raises(InputError, match="is of a cell with a composite electrode, and"):
        Simulation(aged("symmetric", ["Rest for 1 hour"], path, "last"))
