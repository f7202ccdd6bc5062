"""Every state is checked where it may go astray, whatever the tolerance of a life."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution
from solidcell.kernels.surface import fractions_of

LIFE = "nmc811_lpscl_li_ageing"


def life(rtol: float, cycles: int, rate: str, **more: Any) -> Solution:
    steps = [
        f"Charge at {rate} until 4.3 V",
        "Hold at 4.3 V until C/50",
        f"Discharge at {rate} until 2.8 V",
    ]
    overrides = {"numerics.rtol": rtol, "protocol": [{"repeat": cycles, "steps": steps}], **more}
    return Simulation(load_scenario(LIFE, overrides=overrides)).solve()


@pytest.mark.parametrize("rtol", [1e-3, 3e-4])
@pytest.mark.parametrize(("rate", "cycles"), [("C/10", 60), ("C/20", 40), ("C/50", 30)])
def test_the_film_on_particles_grows_and_never_shrinks(rtol: float, rate: str, cycles: int) -> None:
    rough, exact = (life(one, cycles, rate).cycles for one in (rtol, 1e-5))
    assert len(rough["film_charge_positive"]) == len(exact["film_charge_positive"]) == cycles
    assert (np.diff(rough["film_thickness_positive"]) > 0.0).all()
    for name in ("film_thickness_positive", "film_charge_positive", "asr_film_positive"):
        assert rough[name][-1] == pytest.approx(exact[name][-1], rel=30 * rtol), name


@pytest.mark.slow
def test_three_hundred_slow_cycles_at_the_shipped_tolerance() -> None:
    """65.71 nm, 5.06 A.h and 0.444 Ohm cm2 at a tolerance of 1e-5."""
    cycles = life(3e-4, 300, "C/10").cycles
    assert cycles["film_thickness_positive"][-1] == pytest.approx(65.71e-9, rel=1e-3)
    assert cycles["film_charge_positive"][-1] == pytest.approx(5.06, rel=2e-3)
    assert cycles["asr_film_positive"][-1] * 1e4 == pytest.approx(0.444, rel=1e-3)


@pytest.mark.parametrize("rtol", [1e-3, 1e-4])
def test_cracks_and_contact_are_states_of_the_step(rtol: float) -> None:
    rough, exact = (life(one, 20, "C/3").cycles for one in (rtol, rtol / 10))
    for name in ("loss_of_active_material", "contact_fraction_positive"):
        way = abs(exact[name][-1] - exact[name][0])
        assert abs(rough[name][-1] - exact[name][-1]) <= 30 * rtol * way, name


def test_dc_resistance_means_the_same_with_and_without_double_layers() -> None:
    """46.2 Ohm cm2, double layers relaxed and diffusion frozen, on any mesh."""
    found = []
    for double_layer in ("off", "on"):
        for nodes in (20, 40, 80):
            overrides = {
                "physics.double_layer": double_layer,
                "numerics.nodes": nodes,
                "operation.initial_stoichiometry": 0.5,
                "protocol": ["Discharge at 1C for 10 s"],
            }
            simulation = Simulation(load_scenario("nmc811_lpscl_li_450", overrides=overrides))
            cycles = simulation.solve().cycles
            area = simulation.scenario.cell.electrode_area
            found.append(cycles["dc_resistance"][0] * area * 1e4)
            assert cycles["resistance_10s"][0] > cycles["dc_resistance"][0]
            assert cycles["asr_total"][0] * 1e4 == pytest.approx(49.254, abs=2e-3)
    assert found == pytest.approx([46.22] * 6, abs=0.06)
    assert found[:3] == pytest.approx(found[3:], rel=1e-9)


def test_edges_of_nanoseconds_after_a_long_rest(tmp_path: Path) -> None:
    """Time counts within a step: a clock of years does not swallow an edge."""
    table = tmp_path / "edges.csv"
    table.write_text(
        "Time [s],Current [A]\n0,0\n10,0\n10.000000001,20\n20,20\n20.000000001,-20\n30,-20\n"
    )
    load = {"file": str(table), "time": "Time [s]", "current": "Current [A]"}
    for rest in ("100000 s", "100000000 s"):
        overrides = {
            "operation.initial_stoichiometry": 0.5,
            "protocol": [f"Rest for {rest}", {"drive_cycle": load}],
        }
        done = Simulation(load_scenario("nmc811_lpscl_li_450", overrides=overrides)).solve()
        assert done.summary.completed
        assert done.summary.counters["solver_steps"] < 2000
        assert done.steps["end"][1] - done.steps["start"][1] == pytest.approx(30.0, abs=1e-6)
        assert done.steps["capacity"][1] == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("growth", ["1e-16 m^2/s", "1e-14 m^2/s", "1e-13 m^2/s"])
def test_a_film_that_finds_no_lithium_says_so(growth: str) -> None:
    """Growth asks for lithium whatever is left at the surface: a law that the cell can't follow."""
    overrides = {
        "protocol": ["Charge at 1C until 4.3 V", "Hold at 4.3 V for 10 hours"],
        "cell.positive.film.consumes": "lithium",
        "cell.positive.film.growth_constant": growth,
    }
    simulation = Simulation(load_scenario("nmc811_lpscl_li_ageing", overrides=overrides))
    done = simulation.solve()
    assert done.summary.stop_reason == "film out of lithium"
    assert "consumes: electrolyte" in done.summary.message
    o, y = simulation.machine.work.offsets, simulation.machine.state
    assert fractions_of(y[o.surface_coordinate : o.reaction_current]).min() < 1e-3
    assert np.abs(done.cycles["lithium_balance_error"]).max() < 1e-9
