"""The figures that the shipped scenarios are known for."""

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution

MAIN, REFERENCE = "nmc811_lpscl_li_450", "nmc811_lpscl_li_reference"


@pytest.fixture(scope="module")
def main() -> Solution:
    return Simulation(load_scenario(MAIN)).solve()


@pytest.fixture(scope="module")
def reference() -> Solution:
    return Simulation(load_scenario(REFERENCE)).solve()


@pytest.mark.parametrize(
    ("number", "rate", "specific_energy"),
    [(0, "C/10", 453.31), (1, "C/3", 431.35), (2, "1C", 386.00)],
)
def test_specific_energy_of_the_450_cell_at_25_degrees(
    main: Solution, number: int, rate: str, specific_energy: float
) -> None:
    """Wh per kg of the whole cell; 0.1 is what the mesh leaves open."""
    discharge = main.summary.discharges[number]
    assert discharge.rate == rate
    assert discharge.specific_energy == pytest.approx(specific_energy, abs=0.1)


@pytest.mark.parametrize(("number", "capacity"), [(0, 58.9305), (1, 57.4365), (2, 55.7216)])
def test_capacity_of_the_reference_cell(reference: Solution, number: int, capacity: float) -> None:
    """A.h from x = 0.213 to 2.8 V, to 0.02 %: twice the shells move it by less.

    The expected figures are converged ones: 160 nodes, 480 shells, tolerance 1e-7.
    """
    assert reference.cycles["discharge_capacity"][number] == pytest.approx(capacity, rel=2e-4)


@pytest.mark.parametrize(("number", "specific_energy"), [(0, 456.71), (1, 437.23), (2, 400.26)])
def test_specific_energy_of_the_reference_cell(
    reference: Solution, number: int, specific_energy: float
) -> None:
    """Wh/kg at C/10, C/3 and 1C: like the main job's, no law of an interface may ever move it."""
    discharge = reference.summary.discharges[number]
    assert discharge.specific_energy == pytest.approx(specific_energy, abs=0.1)


@pytest.mark.parametrize("name", ["main", "reference"])
def test_every_cycle_is_balanced(name: str, request: pytest.FixtureRequest) -> None:
    cycles = request.getfixturevalue(name).cycles
    for balance in ("lithium_balance_error", "charge_balance_error"):
        assert np.abs(cycles[balance]).max() <= 1e-10


@pytest.mark.parametrize("name", ["main", "reference"])
def test_the_parts_of_the_voltage_add_up(name: str, request: pytest.FixtureRequest) -> None:
    rows = request.getfixturevalue(name).timeseries
    parts = [column for key, column in rows.items() if key.startswith("overpotential_")]
    assert len(parts) == 10
    assert rows["open_circuit_voltage"] + sum(parts) == pytest.approx(rows["voltage"], abs=1e-12)


@pytest.mark.parametrize(("name", "steps", "rejected"), [("main", 816, 65), ("reference", 422, 14)])
def test_the_solver_works_no_harder_than_it_used_to(
    name: str, steps: int, rejected: int, request: pytest.FixtureRequest
) -> None:
    counters = request.getfixturevalue(name).summary.counters
    assert counters["solver_steps"] <= 1.25 * steps
    assert counters["rejected_steps"] <= 1.5 * rejected


def test_resistance_of_the_reference_cell_at_half_charge() -> None:
    """31.437 Ohm cm2: electrode 19.910, lithium 10.277, separator 1.25."""
    scenario = load_scenario(
        REFERENCE,
        overrides={
            "operation.initial_stoichiometry": 0.5,
            "protocol": ["Discharge at 0.0108 A for 1 second"],
        },
    )
    rows = Simulation(scenario).solve().timeseries
    drop = rows["open_circuit_voltage"][0] - rows["voltage"][0]
    area = scenario.cell.electrode_area
    # 40 graded volumes leave 1e-4 of the electrode's part.
    assert drop / (rows["current"][0] / area) * 1e4 == pytest.approx(31.437, abs=2e-3)


def test_half_the_area_at_half_the_current_is_the_same_voltage() -> None:
    """T-10 through the front door: widths and currents in metres and amperes."""
    voltages = []
    for width, amperes in (("0.10 m", 59.4), ("0.05 m", 29.7)):
        scenario = load_scenario(
            REFERENCE,
            overrides={
                "cell.electrode_width": width,
                "protocol": [f"Discharge at {amperes} A for 30 minutes"],
            },
        )
        solution = Simulation(scenario).solve()
        voltages.append(solution.steps["end_voltage"][0])
        assert solution.steps["capacity"][0] == pytest.approx(amperes / 2, rel=1e-12)
    assert voltages[0] == pytest.approx(voltages[1], abs=1e-9)
