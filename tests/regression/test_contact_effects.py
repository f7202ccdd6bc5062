"""Lost contact does three things, and they are not one knob: area, isolation, paths."""

from __future__ import annotations

import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation

C_3 = {
    "numerics.nodes": 30,
    "numerics.shells": 40,
    "cell.positive.active_material.diffusivity": "3e-15 m^2/s",
    "protocol": [{"steps": ["Discharge at C/3 until 2.8 V"]}],
}
"""The verification set with a constant diffusivity, discharged from full."""


def discharge(**changes: object) -> tuple[float, float]:
    """Capacity, A h, and mean voltage, V, of a C/3 discharge."""
    settings = {name.replace("__", "."): value for name, value in changes.items()}
    scenario = load_scenario("nmc811_lpscl_li_reference", overrides=C_3 | settings)
    (one,) = Simulation(scenario).solve().summary.discharges
    return one.capacity, one.mean_voltage


@pytest.fixture(scope="module")
def full() -> tuple[float, float]:
    return discharge()


def test_a_tenth_of_the_reaction_area_costs_voltage_and_hardly_any_capacity(
    full: tuple[float, float],
) -> None:
    """Less than 0.5 % of the C/3 capacity at a contact fraction of 0.1."""
    capacity, voltage = discharge(cell__positive__contact_fraction=0.1)
    assert 0.0 < 1.0 - capacity / full[0] < 5e-3
    assert full[1] - voltage > 0.03


def test_isolated_material_is_missing_in_full(full: tuple[float, float]) -> None:
    """Half of the material connected gives about half of the capacity."""
    settings = {
        "cell__positive__contact_retention": 0.35,
        "cell__positive__isolation_threshold": 0.7,
        "physics__isolation": "on",
    }
    capacity, _ = discharge(**settings)
    assert capacity / full[0] == pytest.approx(0.5, abs=0.01)
    switched_off, _ = discharge(**(settings | {"physics__isolation": "off"}))
    assert switched_off / full[0] > 0.99


def test_blocked_paths_cost_rate_not_equilibrium(full: tuple[float, float]) -> None:
    """The same retention in the conductivities alone: the front stays at the separator."""
    settings = {"cell__positive__contact_retention": 0.35}
    open_paths = discharge(**settings)
    blocked = discharge(**settings, physics__paths="on")
    assert open_paths[1] - blocked[1] > 0.005
    slow = {"protocol": [{"steps": ["Discharge at C/50 until 2.8 V"]}]}
    at_rest = discharge(**settings, **slow)
    blocked_at_rest = discharge(**settings, physics__paths="on", **slow)
    assert blocked_at_rest[0] == pytest.approx(at_rest[0], rel=2e-3)
