"""What the benchmarks share: the discharge that everything is measured on."""

import os

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")

import pytest

from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.simulation import Simulation
from solidcell.engine.validation.cases import CONSTANT_DIFFUSIVITY, Diffusivity

SETTINGS = {
    Diffusivity.CONSTANT: {
        "numerics.nodes": 20,
        "numerics.shells": 9,
        "numerics.shell_stretch": 3.0,
        "numerics.rtol": 4e-4,
        "cell.positive.active_material.diffusivity": f"{CONSTANT_DIFFUSIVITY} m^2/s",
    },
    Diffusivity.COMPOSITION: {
        "numerics.nodes": 24,
        "numerics.shells": 14,
        "numerics.shell_stretch": 4.5,
        "numerics.rtol": 3e-4,
    },
}
"""The cheapest mesh and tolerance whose 1C discharge is within 0.1 mV RMS of its converged curve."""


def discharge_scenario(diffusivity: Diffusivity, **more: object) -> Scenario:
    """1C discharge of the reference cell at equal accuracy; `more` are overrides."""
    return load_scenario(
        "nmc811_lpscl_li_reference",
        overrides={
            "protocol": ["Discharge at 1C until 2.8 V"],
            **SETTINGS[diffusivity],
            **more,
        },
    )


@pytest.fixture(params=list(Diffusivity), ids=lambda law: law.value)
def diffusivity(request: pytest.FixtureRequest) -> Diffusivity:
    """Law of diffusion in the particles."""
    law: Diffusivity = request.param
    return law


@pytest.fixture
def simulation(diffusivity: Diffusivity) -> Simulation:
    """The discharge, compiled."""
    ready = Simulation(discharge_scenario(diffusivity))
    ready.compile()
    return ready
