"""A life by the compiled core: its losses close, and it says so in its file and its summary."""

import numpy as np
import pytest

from solidcell.engine.ageing import SHARES
from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, run_to_file
from solidcell.engine.store.reader import open_results

CYCLES = 12
LIFE = {
    "numerics": {"nodes": 8, "shells": 8, "rtol": "1e-4"},
    "operation.temperature": "60 degC",
    "protocol": [
        {"steps": ["Charge at C/3 until 4.3 V", "Discharge at C/10 until 2.8 V"]},
        {"repeat": CYCLES, "steps": ["Charge at C/3 until 4.3 V", "Discharge at 1C until 2.8 V"]},
    ],
    "output": {"fields": "none"},
}


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("nmc811_lpscl_li_450_interfaces", overrides=LIFE)


def test_four_losses_add_up_to_what_is_missing(scenario):
    cycles = Simulation(scenario).solve().cycles
    lost = cycles["discharge_capacity"][0] - cycles["discharge_capacity"]
    told = sum(cycles[f"capacity_loss_{name}"] for name in SHARES)
    np.testing.assert_allclose(told, lost, rtol=1e-9, atol=1e-12)
    assert cycles["block"].tolist() == [0] + [1] * CYCLES
    # 10 um of lithium in excess hide what the film takes; 1C after C/10 is resistance.
    assert cycles["loss_of_lithium_inventory"][-1] > 1e-3
    assert cycles["capacity_loss_resistance"] == pytest.approx(lost, abs=1e-9)


def test_file_says_that_there_is_neither_knee_nor_end(scenario, tmp_path):
    report = run_to_file(scenario, tmp_path / "life.h5")
    assert report.summary.knee_cycle is None
    assert report.summary.end_of_life_cycle is None
    with open_results(report.path) as results:
        attributes = results["cycles"].attributes
        assert attributes["knee_cycle"] == attributes["end_of_life_cycle"] == -1


def test_a_symmetric_cell_has_no_capacity_to_lose():
    scenario = load_scenario(
        "li_symmetric_critical_current",
        overrides={"protocol": ["Discharge at 0.1 mA/cm^2 for 1 hour"]},
    )
    cycles = Simulation(scenario).solve().cycles
    assert not [name for name in cycles if name.startswith("capacity_loss")]


def test_knee_and_end_of_a_life_are_in_the_file(tmp_path):
    harsh = {
        **LIFE,
        "cell.positive.contact_loss.coefficient": "0.15",
        "physics.paths": "on",
        "physics.isolation": "off",
        "operation.temperature": "40 degC",
        "protocol": [
            {"repeat": 60, "steps": ["Charge at C/3 until 4.3 V", "Discharge at 1C until 2.8 V"]}
        ],
    }
    scenario = load_scenario("nmc811_lpscl_li_450_interfaces", overrides=harsh)
    report = run_to_file(scenario, tmp_path / "life.h5")
    with open_results(report.path) as results:
        cycles = results["cycles"]
        held = cycles["discharge_capacity"]
        knee, end = (cycles.attributes[name] for name in ("knee_cycle", "end_of_life_cycle"))
    assert (knee, end) == (report.summary.knee_cycle, report.summary.end_of_life_cycle)
    assert 0 < knee < end
    assert held[end] < 0.8 * held[0] <= held[end - 1]
