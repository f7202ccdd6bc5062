"""What the interface states cost: a step with everything on against the plain one, in turn."""

import statistics

import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation

CYCLE = {
    "operation.initial_stoichiometry": 0.213,
    "output.period": "1 h",
    "numerics.rtol": 1e-4,
    "protocol": [
        "Discharge at C/3 until 2.8 V",
        "Rest for 1 hour",
        "Charge at C/3 until 4.3 V",
        "Hold at 4.3 V until C/20",
    ],
}
EVERYTHING = {
    "physics.contact": "creep",
    "physics.voids": "creep",
    "physics.interphase": "parabolic",
    "physics.isolation": "on",
    "operation.fixture": {"type": "spring", "pad_thickness": "3 mm", "pad_modulus": "1 MPa"},
}
PAIRS = 31
TARGET_RATIO = 1.5


@pytest.mark.parametrize("mesh", [(20, 20), (40, 60)], ids=lambda mesh: f"{mesh[0]}x{mesh[1]}")
@pytest.mark.parametrize("diffusivity", ["3e-15 m^2/s", None], ids=["constant D", "D(x)"])
def test_step_with_everything_on(benchmark, mesh, diffusivity):
    settings = {"numerics.nodes": mesh[0], "numerics.shells": mesh[1]}
    if diffusivity is not None:
        settings["cell.positive.active_material.diffusivity"] = diffusivity
    simulations = [
        Simulation(load_scenario("nmc811_lpscl_li_450", overrides=CYCLE | settings | physics))
        for physics in ({}, EVERYTHING)
    ]
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(PAIRS):
        for simulation, taken in zip(simulations, seconds, strict=True):
            summary = simulation.solve().summary
            counters = summary.counters
            steps = counters["solver_steps"] + counters["rejected_steps"]
            taken.append(summary.solve_seconds / steps)
    plain, everything = (statistics.median(taken) for taken in seconds)
    benchmark.pedantic(simulations[1].solve, rounds=PAIRS)
    benchmark.extra_info.update(
        interfaces_ratio=everything / plain,
        microseconds_plain=1e6 * plain,
        microseconds_everything=1e6 * everything,
    )
    assert everything / plain <= TARGET_RATIO
