"""An event is a state: it meets its limit at any tolerance, and so do rows between steps."""

from typing import Any

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution

THIN = {
    "cell.positive.active_material.open_circuit_potential": {
        "expression": "4.4 - 0.8*x - 0.05*tanh(20*(x - 0.45)) - 1.6*exp((x - 1)/0.015)",
        "unit": "V",
        "domain": [0.02, 1],
    },
    "cell.positive.active_material.diffusivity": "1e-13 m^2/s",
    "cell.positive.thickness": "30 um",
    "cell.nominal_areal_capacity": "1.5 mAh/cm^2",
    "cell.positive.contact_fraction": 1,
    "cell.negative.interface_resistance": "0 ohm*cm^2",
    "cell.negative.exchange_current_density": "25 A/m^2",
    "operation.initial_stoichiometry": 0.9,
    "physics.contact": "static",
}
"""A thin cell that conducts well: a few solver steps charge it."""


def solved(protocol: list[Any], rtol: float, more: dict[str, Any] | None = None) -> Solution:
    overrides = {**THIN, "protocol": protocol, "numerics.rtol": rtol, **(more or {})}
    return Simulation(load_scenario("nmc811_lpscl_li_450", overrides=overrides)).solve()


@pytest.mark.parametrize("double_layer", ["off", "on"])
@pytest.mark.parametrize("rtol", [1e-3, 3e-4, 1e-4, 1e-5])
def test_a_charge_ends_at_its_limit(rtol: float, double_layer: str) -> None:
    """Within 0.3 tolerances of the values at 1e-8."""
    seconds, capacity = {"off": (54546.934, 12.273060), "on": (54551.979, 12.274195)}[double_layer]
    done = solved(
        ["Charge at C/20 until 4.1 V", "Charge at C/20 for 1 second"],
        rtol,
        {"physics.double_layer": double_layer},
    )
    assert done.steps["end"][0] == pytest.approx(seconds, rel=0.3 * rtol)
    assert -done.steps["capacity"][0] == pytest.approx(capacity, rel=0.3 * rtol)
    # The state met it, and the same current goes on from there without a jump.
    assert done.steps["end_voltage"][0] == pytest.approx(4.1, abs=1e-5)
    assert done.steps["start_voltage"][1] == pytest.approx(4.1, abs=1.1e-5)


@pytest.mark.parametrize("rtol", [3e-4, 1e-5])
def test_rows_between_steps_have_the_voltage_of_their_state(rtol: float) -> None:
    step = {"charge": "C/20", "until": "4.1 V", "period": "10 minutes"}
    rough, exact = solved([step], rtol), solved([step], 1e-8)
    count = min(len(one.timeseries["time"]) for one in (rough, exact)) - 1
    assert rough.timeseries["time"][:count] == pytest.approx(exact.timeseries["time"][:count])
    voltage, charge = (exact.timeseries[name][:count] for name in ("voltage", "discharge_capacity"))
    slope = np.abs(np.gradient(voltage, charge))
    least, share = (1e-3, 1e-3) if rtol > 1e-5 else (1e-4, 5e-4)
    allowed = least + slope * share * 12.27
    assert (np.abs(rough.timeseries["voltage"][:count] - voltage) <= allowed).all()


@pytest.mark.parametrize("rtol", [1e-3, 1e-5])
def test_a_hold_ends_at_its_current_and_amounts_are_exact(rtol: float) -> None:
    done = solved(
        [
            {"charge": "C/5", "until": "4 A.h"},
            {"hold": "4.0 V", "until": "C/50"},
            {"discharge": "C/3", "until": "10 W.h"},
            {"discharge": "C/3", "until": "40 % SOC"},
        ],
        rtol,
    )
    steps = done.steps
    assert -steps["capacity"][0] == pytest.approx(4.0, rel=1e-7)
    one_c = 1.5e-3 * 1e4 * 1.08
    assert abs(steps["end_current"][1]) == pytest.approx(one_c / 50, abs=1.1e-6 * one_c)
    assert steps["energy"][2] == pytest.approx(10.0, rel=1e-7)
    assert done.timeseries["state_of_charge"][-1] == pytest.approx(0.4, abs=1e-6)
