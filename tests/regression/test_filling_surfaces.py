"""Surfaces that fill or empty before the cut-off leave the current to others; they end nothing."""

from typing import Any

import numpy as np
import pytest

from solidcell.engine.scenario import parse_scenario
from solidcell.engine.simulation import Simulation, Solution
from solidcell.kernels.codes import StopReason

POSITIVE = "cell.positive.active_material"
POINTS = {
    f"{POSITIVE}.open_circuit_potential": {
        "points": [[0.2, 4.35], [0.5, 3.95], [0.8, 3.65], [1, 3.5]],
        "unit": "V",
    },
    f"{POSITIVE}.diffusivity": "1e-14 m^2/s",
}
"""Still 3.5 V when full."""
CHEN = {
    f"{POSITIVE}.open_circuit_potential": {
        "expression": (
            "-0.8090*y + 4.4875 - 0.0428*tanh(18.5138*(y - 0.5542)) - 17.7326*tanh(15.7890*(y - "
            "0.3117)) + 17.5842*tanh(15.9308*(y - 0.3120))"
        ),
        "where": {"y": "0.2613 + (x - 0.213)*0.9486"},
        "unit": "V",
        "domain": [0.15, 1],
    },
    f"{POSITIVE}.diffusivity": "1e-14 m^2/s",
}
"""The potential of Chen 2020, 10.1149/1945-7111/ab9050, on the range of the shipped cell."""
PLUNGE = "4.35 - 1.05*(x - 0.2) - 0.6*exp((x - 1)/{width})"


def solved(
    steps: list[Any], material: dict[str, Any], start: float = 0.25, **numerics: Any
) -> Solution:
    text = (
        "schema_version: 1\nname: filling\ncell: cells/nmc811_lpscl_li.yaml\n"
        "operation: {temperature: 25 degC, stack_pressure: 5 MPa}\nprotocol: [Rest for 1 s]\n"
    )
    overrides = {
        **material,
        **{f"numerics.{name}": value for name, value in numerics.items()},
        "operation.initial_stoichiometry": start,
        "protocol": steps,
    }
    return Simulation(parse_scenario(text, overrides=overrides)).solve()


def reasons(done: Solution) -> list[str]:
    return [StopReason(int(code)).name.lower() for code in done.steps["stop_reason"]]


@pytest.mark.parametrize("rtol", [1e-3, 1e-4, 1e-5, 1e-6])
def test_a_discharge_goes_on_to_its_cut_off(rtol: float) -> None:
    """59.28 A.h: PyBaMM's half cell with t+ = 1 and the same equations, converged."""
    done = solved(["Discharge at 1C until 2.8 V", "Charge at C/3 until 4.3 V"], POINTS, rtol=rtol)
    assert reasons(done) == ["voltage", "voltage"]
    assert done.steps["capacity"][0] == pytest.approx(59.28, rel=5e-4)
    assert done.steps["end_voltage"] == pytest.approx([2.8, 4.3], abs=1.1e-5)


@pytest.mark.parametrize(
    ("nodes", "shells", "rtol"), [(12, 12, 3e-4), (15, 20, 1e-4), (40, 60, 1e-5)]
)
def test_no_mesh_ends_it_early(nodes: int, shells: int, rtol: float) -> None:
    """59.04 A.h: the limit of an ever sharper drop at x = 1."""
    steps = ["Discharge at 1C until 2.8 V", "Rest for 1 hour", "Charge at C/10 until 4.3 V"]
    done = solved(steps, CHEN, nodes=nodes, shells=shells, rtol=rtol)
    assert reasons(done) == ["voltage", "time", "voltage"]
    assert done.steps["capacity"][0] == pytest.approx(59.04, rel=1e-3)


@pytest.mark.parametrize("rate", ["C/10", "1C"])
def test_it_takes_at_most_three_times_the_steps_of_a_plunge(rate: str) -> None:
    plunge = {
        f"{POSITIVE}.open_circuit_potential": {
            "expression": PLUNGE.format(width=0.012),
            "unit": "V",
            "domain": [0.15, 1],
        },
        f"{POSITIVE}.diffusivity": "1e-14 m^2/s",
    }
    steps = [
        solved([f"Discharge at {rate} until 2.8 V"], material).steps["solver_steps"][0]
        for material in (POINTS, plunge)
    ]
    assert steps[0] <= 3 * steps[1]


def test_the_value_is_the_limit_of_ever_sharper_drops() -> None:
    capacity = []
    for width in (1e-2, 1e-3, 3e-4):
        drop = {
            f"{POSITIVE}.open_circuit_potential": {
                "expression": PLUNGE.format(width=width),
                "unit": "V",
                "domain": [0.15, 1],
            },
            f"{POSITIVE}.diffusivity": "1e-14 m^2/s",
        }
        capacity.append(solved(["Discharge at C/3 until 2.8 V"], drop).steps["capacity"][0])
    none = {
        f"{POSITIVE}.open_circuit_potential": {
            "expression": "4.35 - 1.05*(x - 0.2)",
            "unit": "V",
            "domain": [0.15, 1],
        },
        f"{POSITIVE}.diffusivity": "1e-14 m^2/s",
    }
    limit = solved(["Discharge at C/3 until 2.8 V"], none).steps["capacity"][0]
    off = np.abs(np.array(capacity) - limit)
    assert (np.diff(off) < 0).all()
    assert off[-1] < 1e-3 * limit


@pytest.mark.parametrize(
    "step",
    [
        {"discharge": "200 W", "until": "2.8 V"},
        {"discharge": "60 mohm", "until": "2.8 V"},
        {"hold": "2.9 V", "until": "C/20"},
        {"discharge": "2C", "until": "2.8 V"},
    ],
    ids=["power", "resistance", "hold", "2C"],
)
@pytest.mark.parametrize("double_layer", ["off", "on"])
def test_every_control_gets_there(step: dict[str, str], double_layer: str) -> None:
    material = {**POINTS, "physics.double_layer": double_layer}
    done = solved([step, "Rest for 10 minutes", "Charge at C/3 until 4.3 V"], material, rtol=1e-4)
    assert done.summary.completed
    assert reasons(done) == ["current" if "hold" in step else "voltage", "time", "voltage"]


def test_a_charge_empties_surfaces_and_goes_on() -> None:
    """Mirrored: the potential of an empty surface is below the upper cut-off."""
    material = {
        f"{POSITIVE}.open_circuit_potential": {
            "points": [[0, 4.0], [0.2, 3.9], [0.5, 3.8], [0.8, 3.65], [1, 3.5]],
            "unit": "V",
        },
        f"{POSITIVE}.diffusivity": "1e-14 m^2/s",
        f"{POSITIVE}.volume_change": None,
        # A step may ask for more than the cell's window.
        "cell.upper_voltage_cutoff": "3.99 V",
    }
    done = solved(["Charge at C/3 until 4.3 V", "Discharge at C/3 until 2.8 V"], material, 0.9)
    assert reasons(done) == ["voltage", "voltage"]
    assert done.summary.completed
    assert np.abs(done.cycles["lithium_balance_error"]).max() < 1e-12
