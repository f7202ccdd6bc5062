"""Lives whose course is known: nothing ages, the film alone does, and the shipped thousand cycles."""

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution

CYCLE = ["Charge at C/3 until 4.3 V", "Hold at 4.3 V until C/20", "Discharge at C/3 until 2.8 V"]
OFF = {"contact": "static", "voids": "none", "interphase": "none", "isolation": "off"}


def lived(name: str, repeat: int, **overrides: object) -> Solution:
    protocol = {"protocol": [{"repeat": repeat, "steps": CYCLE}]}
    scenario = load_scenario(name, overrides=protocol | {"output.period": "1 h"} | overrides)
    solution = Simulation(scenario).solve()
    assert solution.summary.completed, solution.summary.message
    return solution


def test_without_ageing_every_cycle_gives_back_what_it_took() -> None:
    """Coulombic efficiency 1 within 1e-6 once the cycles are periodic, from the fifth on."""
    physics = OFF | {"cracking": "off"}
    off = {f"physics.{name}": value for name, value in physics.items()}
    cycles = lived("nmc811_lpscl_li_ageing", 7, **off, **{"numerics.rtol": 1e-7}).cycles
    assert cycles["coulombic_efficiency"][4:] == pytest.approx(1.0, abs=1e-6)
    assert cycles["discharge_capacity"][4:] == pytest.approx(
        cycles["discharge_capacity"][4], rel=1e-6
    )


def test_without_a_reservoir_the_film_costs_what_it_consumes() -> None:
    """Parabolic growth: capacity falls with the root of time, ampere-hour by ampere-hour."""
    physics = OFF | {"cracking": "off", "interphase": {"positive": "none", "negative": "parabolic"}}
    overrides: dict[str, object] = {f"physics.{name}": value for name, value in physics.items()}
    # A film that conducts takes lithium and nothing else.
    overrides |= {"cell.negative.film.conductivity": "10 S/m", "numerics.rtol": 1e-5}
    cycles = lived("nmc811_lpscl_li_ageing_anode_free", 60, **overrides).cycles
    # The first dozen cycles still end at the lower cut-off, with lithium to spare.
    late = slice(20, None)
    capacity, film = cycles["discharge_capacity"][late], cycles["film_charge_negative"][late]
    lost, consumed = capacity[0] - capacity, film - film[0]
    assert lost[-1] > 0.5
    assert lost[1:] == pytest.approx(consumed[1:], rel=2e-3)
    # The volume per electron is eliminated: two thicknesses and the charges between them.
    thickness = cycles["film_thickness_negative"][late]
    assert consumed == pytest.approx(
        consumed[-1] * (thickness - thickness[0]) / (thickness[-1] - thickness[0]), rel=1e-9
    )
    share = cycles["capacity_loss_inventory"][late]
    assert share - share[0] == pytest.approx(consumed, rel=2e-3, abs=1e-6)


def test_a_cycle_at_c_3_cracks_what_its_rate_was_derived_for() -> None:
    """1.7e-4 of the active material in a cycle of C/3 at 25 degC and 5 MPa."""
    physics = OFF | {"cracking": "on"}
    overrides = {f"physics.{name}": value for name, value in physics.items()}
    more = {"operation.temperature": "25 degC", "numerics.nodes": 20, "numerics.shells": 30}
    cycles = lived(
        "nmc811_lpscl_li_ageing", 2, **overrides, **more, **{"numerics.rtol": 1e-4}
    ).cycles
    lost = cycles["loss_of_active_material"]
    assert lost[1] - lost[0] == pytest.approx(1.7e-4, rel=0.01)


@pytest.mark.parametrize(
    ("name", "retained"),
    [
        ("nmc811_lpscl_li_ageing", 0.869),
        ("nmc811_lpscl_li_ageing_25c", 0.796),
        ("nmc811_lpscl_li_ageing_anode_free", 0.867),
    ],
)
def test_a_shipped_life_of_a_thousand_cycles(name: str, retained: float) -> None:
    solution = Simulation(load_scenario(name)).solve()
    assert solution.summary.completed
    cycles, found = solution.cycles, solution["check_ups"]
    assert len(cycles["cycle"]) == 1000
    assert found["cycle"].tolist() == [-1, *range(99, 1000, 100)]
    capacity = cycles["discharge_capacity"]
    assert capacity[-1] / capacity[0] == pytest.approx(retained, abs=2e-3)
    assert np.abs(cycles["lithium_balance_error"]).max() < 1e-10
    assert np.abs(cycles["charge_balance_error"]).max() < 1e-10
    losses = sum(
        cycles[f"capacity_loss_{cause}"]
        for cause in ("inventory", "active_material", "isolation", "resistance")
    )
    assert losses == pytest.approx(capacity[0] - capacity, abs=1e-9 * capacity[0])
    # At 25 degC lithium voids and plates beyond its limit in every cycle, at 60 degC it doesn't.
    assert (cycles["short_circuit_risk"] == (1 if name.endswith("25c") else 0)).all()


def test_pressure_keeps_contact_and_lowers_resistance() -> None:
    cycles = Simulation(load_scenario("ageing_by_pressure")).solve().cycles
    ends = [
        np.flatnonzero((cycles["block"] == block) & (cycles["discharge_capacity"] > 0.0))[[0, -1]]
        for block in (0, 2, 4)
    ]
    contact = cycles["contact_fraction_positive"]
    kept = [contact[last] / contact[first] for first, last in ends]
    assert kept[0] < kept[1] < kept[2]
    resistance = [cycles["dc_resistance"][last] for _, last in ends]
    assert resistance[0] > resistance[1]
    assert [last - first for first, last in ends] == [299, 299, 299]
