"""A run gives the same numbers again, wherever its chunks end and however little room it has."""

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution, machine
from solidcell.engine.simulation import simulation as module

TABLES = ("timeseries", "steps", "cycles", "fields", "impedance", "checkpoints")


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("nmc811_lpscl_li_450", overrides={"output": {"fields": {"period": "2 h"}}})


@pytest.fixture(scope="module")
def usual(scenario) -> Solution:
    return Simulation(scenario).solve()


def differences(one: Solution, other: Solution) -> list[str]:
    """Columns in which two runs are not equal bit for bit; the time they took aside."""
    return [
        f"{table}/{name}"
        for table in TABLES
        for name in one[table]
        if name != "wall_time"
        and not (
            one[table][name].tolist() == other[table][name].tolist()
            or np.array_equal(one[table][name], other[table][name], equal_nan=True)
        )
    ]


def test_a_second_run_of_the_same_simulation(usual: Solution, scenario) -> None:
    simulation = Simulation(scenario)
    simulation.solve()
    assert differences(usual, simulation.solve()) == []


@pytest.mark.parametrize("chunk", [1, 7, 100_000])
def test_chunks(usual: Solution, scenario, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_STEPS", chunk)
    assert differences(usual, Simulation(scenario).solve()) == []


def test_tiny_buffers(usual: Solution, scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_ROWS", "_STEP_ROWS", "_CYCLE_ROWS", "_SNAPSHOTS"):
        monkeypatch.setattr(machine, name, 2)
    assert differences(usual, Simulation(scenario).solve()) == []


def test_a_changed_parameter_does_not_linger(usual: Solution, scenario) -> None:
    simulation = Simulation(scenario)
    simulation.solve(lithium={"interface_resistance": 0.0})
    assert differences(usual, simulation.solve()) == []


def test_spectra_and_pressure_in_tiny_chunks_and_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    pressed = load_scenario("pressure_series", overrides={"physics.contact": "creep"})
    usual = Simulation(pressed).solve()
    assert len(usual["impedance"]["time"]) == 17
    for name in ("_ROWS", "_STEP_ROWS", "_CYCLE_ROWS", "_SPECTRA"):
        monkeypatch.setattr(machine, name, 2)
    monkeypatch.setattr(module, "CHUNK_STEPS", 3)
    assert differences(usual, Simulation(pressed).solve()) == []


@pytest.mark.slow
@pytest.mark.parametrize("chunk", [1, 7, 101])
def test_a_life_of_odd_chunks(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    life = load_scenario("nmc811_lpscl_li_ageing", overrides={"protocol.0.repeat": 700})
    whole = Simulation(life).solve()
    monkeypatch.setattr(module, "CHUNK_STEPS", chunk)
    assert differences(whole, Simulation(life).solve()) == []


def test_a_life_does_not_depend_on_what_is_written() -> None:
    short = {"protocol.0.repeat": 90}
    few, all_rows = (
        Simulation(load_scenario("nmc811_lpscl_li_ageing", overrides=short | more)).solve()
        for more in ({}, {"output.timeseries": "all"})
    )
    for name in ("discharge_capacity", "film_thickness_negative", "dc_resistance"):
        assert np.array_equal(few.cycles[name], all_rows.cycles[name]), name
