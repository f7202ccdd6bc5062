"""Warnings are data: told once, kept across an interruption, and read from the results file."""

import json

import numpy as np
import pytest

from solidcell.engine.cell import half_cell_record
from solidcell.engine.cli.digest import digest
from solidcell.engine.scenario import load_scenario, shipped_scenarios
from solidcell.engine.simulation import Simulation, Solution
from solidcell.engine.simulation.foreseen import foreseen
from solidcell.engine.simulation.warnings import RunWarning, Warnings, columns_of
from solidcell.engine.store.reader import open_results

EARLY = RunWarning(
    "table_left", "the potential goes on straight", "potential", "warning", 2, 7, 1e3
)
WHOLE = RunWarning("mesh_too_coarse", "the shells are too few", severity="note")


def test_a_kind_is_told_once_of_each_subject():
    warnings = Warnings()
    for warning in (EARLY, WHOLE, RunWarning("table_left", "again", "potential")):
        warnings.add(warning)
    warnings.add(RunWarning("table_left", "another", "diffusivity"))
    assert [one.text for one in warnings] == [EARLY.text, WHOLE.text, "another"]
    assert ("table_left", "potential") in warnings
    assert ("table_left", "swelling") not in warnings


def test_warnings_survive_a_checkpoint():
    warnings, again = Warnings(), Warnings()
    for one in (EARLY, WHOLE):
        warnings.add(one)
    again.take_back(warnings.state())
    assert columns_of(list(again)).__repr__() == columns_of([EARLY, WHOLE]).__repr__()
    again.take_back(Warnings().state())
    assert len(again) == 0


def test_warnings_are_read_from_the_file(tmp_path, synthetic_run):
    path = tmp_path / "run.h5"
    with synthetic_run().writer(path) as writer:
        synthetic_run().finish(writer, warnings=columns_of([EARLY, WHOLE]))
    with open_results(path) as results:
        table = results["run/warnings"]
        assert table.words("severity").tolist() == ["warning", "note"]
        assert np.isnan(table["time"]).tolist() == [False, True]
        told = json.loads(json.dumps(digest(results).document()))["warnings"]
    assert told[0] == {
        "code": "table_left",
        "severity": "warning",
        "cycle": 2,
        "step": 7,
        "time_s": 1e3,
        "text": EARLY.text,
    }
    assert [told[1][name] for name in ("cycle", "step", "time_s")] == [None, None, None]


MATERIAL = "cell.positive.active_material."


def solved(protocol: object, **changes: object) -> Solution:
    mesh = {"numerics.nodes": 6, "numerics.rtol": 1e-4, "output.fields": "none"}
    overrides = mesh | {"protocol": protocol} | changes
    return Simulation(load_scenario("nmc811_lpscl_li_450", overrides=overrides)).solve()


KNOWN = {"points": [[0.25, 4.3], [0.4, 4.1], [0.5, 3.95], [0.6, 3.83], [0.8, 3.65], [0.88, 3.59]]}
NARROW = {
    MATERIAL + "open_circuit_potential": {**KNOWN, "unit": "V"},
    MATERIAL + "stoichiometry_charged": 0.3,
    MATERIAL + "stoichiometry_discharged": 0.85,
    "operation.initial_stoichiometry": 0.4,
}


def test_a_surface_that_leaves_a_table_is_told_once_for_each_property() -> None:
    """The run goes on with the straight line, and the warning says where it began."""
    steps = ["Discharge at C/10 until 3.5 V", "Rest for 1 hour", "Charge at C/10 until 4.25 V"]
    known = {MATERIAL + "diffusivity": {"points": [[0.3, 1e-14], [0.86, 4e-15]], "unit": "m^2/s"}}
    protocol = [{"repeat": 2, "steps": steps}]
    solution = solved(protocol, **NARROW, **known, **{"numerics.max_step": "5 min"})
    assert solution.summary.completed
    told = {one.subject: one for one in solution.summary.warnings}
    assert all(one.code == "table_left" for one in solution.summary.warnings)
    assert len(told) == len(solution.summary.warnings)
    assert {"open_circuit_potential", "diffusivity"} <= told.keys()
    first, later = told["diffusivity"], told["open_circuit_potential"]
    assert first.time < later.time
    assert (first.cycle, first.step, later.cycle, later.step) == (0, 0, 0, 0)
    assert "'Discharge at C/10 until 3.5 V'" in later.text
    assert "tabulated for 0.25 to 0.88" in later.text
    # The surface is there at that time, and was not a row before.
    reached = solution.timeseries["time"] <= later.time
    assert reached.sum() > 1
    assert solution.timeseries["time"][reached][-1] == pytest.approx(later.time)


def test_a_check_up_that_leaves_a_table_is_told() -> None:
    look = ["Discharge at C/10 until 3.5 V", "Charge at C/10 until 4.1 V"]
    steps = ["Discharge at C/10 for 1 hour", "Charge at C/10 for 1 hour"]
    block = {"repeat": 2, "steps": steps, "check_up": {"every": 1, "steps": look}}
    told = solved([block], **NARROW).summary.warnings
    assert {(one.code, one.cycle, one.step) for one in told} == {("table_left", -1, -1)}
    assert all("in the check-up after 0 cycles, after" in one.text for one in told)


def test_a_run_within_its_tables_has_nothing_to_say() -> None:
    assert (
        solved(["Charge at C/3 until 4.3 V", "Discharge at 1C until 2.8 V"]).summary.warnings == ()
    )


def test_a_charge_that_empties_the_surface_is_told_where_it_happens() -> None:
    protocol = ["Rest for 1 hour", "Charge at C/10 for 4 hours"]
    told = solved(protocol, **NARROW, **{"operation.cutoffs": "off"}).summary.warnings
    assert {one.step for one in told} == {1}
    for one in told:
        reached = float(one.text.partition("surface was ")[2].partition(" ")[0])
        assert reached < 0.25


@pytest.mark.parametrize("radius", [2.5, 5.0])
@pytest.mark.parametrize("diffusivity", [1e-18, 3e-18, 1e-17, 1e-16])
@pytest.mark.parametrize("shells", [12, 60])
@pytest.mark.parametrize("rate", ["C/3", "1C"])
def test_a_mesh_too_coarse_for_its_diffusion_is_told(
    radius: float, diffusivity: float, shells: int, rate: str
) -> None:
    """A warning where the capacity is more than 2 % too large, none where it is within 1 %."""
    cell: dict[str, object] = {
        MATERIAL + "diffusivity": f"{diffusivity} m^2/s",
        "cell.positive.particle_radius": f"{radius} um",
        "operation.initial_stoichiometry": 0.25,
    }
    protocol = [f"Discharge at {rate} until 2.8 V"]
    coarse = solved(protocol, **cell, **{"numerics.shells": shells})
    fine = solved(protocol, **cell, **{"numerics.shells": 1000})
    error = coarse.steps["capacity"][0] / fine.steps["capacity"][0] - 1.0
    warned = [one.code for one in coarse.summary.warnings] == ["mesh_too_coarse"]
    assert warned or error < 0.02
    assert not warned or error > 0.005 or shells == 12
    assert fine.summary.warnings == ()


def test_the_mesh_that_a_warning_asks_for_is_fine_enough() -> None:
    cell = {MATERIAL + "diffusivity": "1e-18 m^2/s", "cell.positive.particle_radius": "5 um"}
    protocol = {
        "protocol": ["Discharge at 1C until 2.8 V"],
        "operation.initial_stoichiometry": 0.25,
    }

    def told(shells: int) -> list[str]:
        changes = {"numerics.shells": shells, "numerics.nodes": 6}
        scenario = load_scenario("nmc811_lpscl_li_450", overrides=cell | protocol | changes)
        return [one.text for one in foreseen(scenario, half_cell_record(scenario))]

    (text,) = told(60)
    asked = int(text.partition("numerics.shells to ")[2].partition(" ")[0])
    assert told(asked) == []
    assert told(int(0.9 * asked)) != []


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_scenarios_have_nothing_foreseen(name: str) -> None:
    scenario = load_scenario(name)
    assert list(foreseen(scenario, half_cell_record(scenario))) == []
