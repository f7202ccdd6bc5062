"""Cells age as PyBaMM's stock half cell does, and with all mechanisms at once as the twin does.

The conventions, and which of PyBaMM's they are, stand in `solidcell.engine.validation.ageing`.
Both sides are converged: with twice the nodes and shells and a tenth of the tolerance, what has aged
moves by less than 2e-4 of its way and the capacity by less than 1e-5.
"""

from dataclasses import replace

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.validation import lives
from solidcell.engine.validation.ageing import ageing_constants, ageing_simulation
from solidcell.engine.validation.discretisation import Tolerance
from solidcell.engine.validation.lives import STOCK_LIVES, TWIN_LIFE, Life, compare_life
from solidcell.engine.validation.twin import twin_cell, twin_protocol, twin_start
from solidcell.engine.validation.twin.solve import solve_ends
from solidcell.kernels.constants import FARADAY

pytest.importorskip("pybamm")

CAPACITY, AGED = 5e-4, 1e-3
"""Agreement asked for, relative to the value after each cycle; of the material, that of its loss."""
TWIN_CYCLES = 4
"""Enough of them that contact is lost, comes back and falls through the threshold of isolation."""


@pytest.mark.parametrize(
    "cycles",
    [
        pytest.param(3, id="3 cycles"),
        pytest.param(100, id="100 cycles", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("life", STOCK_LIVES, ids=lambda life: life.name)
def test_a_cell_ages_as_pybamm_s_stock_half_cell(life: Life, cycles: int) -> None:
    life = replace(life, cycles=cycles)
    ours, theirs = lives.solve(life), lives.stock(life)
    assert ours.charges.shape == (cycles,)
    np.testing.assert_allclose(ours.charges, theirs.charges, rtol=CAPACITY)
    assert theirs.states
    for name, values in theirs.states.items():
        np.testing.assert_allclose(ours.states[name], values, rtol=AGED, err_msg=name)


@pytest.mark.parametrize("life", STOCK_LIVES, ids=lambda life: life.name)
def test_pybamm_reads_every_constant_that_it_is_given(life: Life) -> None:
    """It asks nobody about those that it has not: a film of another name grew as that on lithium."""
    scenario = life.scenario(cycles=1)
    simulation = ageing_simulation(scenario, mesh=life.reference_mesh, tolerance=Tolerance())
    read = {parameter.name for parameter in simulation.model.parameters}
    assert set(ageing_constants(scenario)) <= read


def short(**settings: object) -> Life:
    """The beginning of the twin's life, below the threshold of isolation from the first cycle on."""
    worn = {"cell.positive.contact_retention": 0.7}
    return replace(
        TWIN_LIFE, cycles=TWIN_CYCLES, settings={**TWIN_LIFE.settings, **worn, **settings}
    )


@pytest.mark.parametrize(
    "life",
    [
        pytest.param(short(), id="4 cycles"),
        pytest.param(TWIN_LIFE, id="50 cycles", marks=pytest.mark.slow),
    ],
)
def test_a_cell_with_all_mechanisms_ages_as_its_twin(life: Life) -> None:
    result = compare_life(life)
    assert result.capacity_error_percent <= 0.05
    assert result.current_percent is not None
    assert result.current_percent <= 0.1
    assert len(result.states_percent) == 15
    assert max(result.states_percent.values()) <= 0.1
    assert result.solidcell.states_percent <= 0.1
    assert result.passed


@pytest.mark.parametrize(
    ("entry", "wrong", "noticed"),
    [
        ("cell.positive.cracking.rate", "5.02e-6 1/s", "active_share_nodes"),
        ("cell.positive.cracking.strain_coefficient", 2.02e-3, "active_share_nodes"),
        ("cell.positive.cracking.crack_density", 6, "active_share_nodes"),
        ("cell.positive.isolation_threshold", 0.7002, "utilisation_nodes"),
        ("cell.positive.contact_loss.healing_rate", "1.01e-7 1/s", "contact_retention_nodes"),
        ("cell.positive.carbon_decomposition.growth_constant", "0.251 C^2/m^4/s", "carbon"),
    ],
)
def test_a_constant_of_ageing_that_is_a_little_off_is_noticed(
    twin: lives.Aged, entry: str, wrong: object, noticed: str
) -> None:
    deviations = lives.differences(lives.solve(short(**{entry: wrong})), twin)
    assert max(value for name, value in deviations.items() if noticed in name) > lives.STATES


@pytest.fixture(scope="module")
def twin() -> lives.Aged:
    """The beginning of the twin's life as it should be."""
    return lives.twin(short())


@pytest.mark.slow
def test_the_ageing_twin_is_converged(twin: lives.Aged) -> None:
    finer = TWIN_LIFE.reference_mesh.with_double_nodes().with_double_shells()
    fine = lives.twin(short(), finer, Tolerance().tightened())
    assert np.abs(fine.charges / twin.charges - 1.0).max() < 2e-4
    assert max(lives.differences(fine, twin).values()) < 1e-3


def test_the_ageing_twin_loses_no_lithium() -> None:
    life = short()
    scenario = life.scenario()
    cell = twin_cell(scenario)
    values = solve_ends(
        cell,
        twin_protocol(scenario),
        twin_start(scenario),
        mesh=life.reference_mesh,
        tolerance=Tolerance(),
        entropy=True,
    ).values
    film = cell.lithium.film
    assert film is not None
    taken = (values["film_thickness_negative"] - film.initial_thickness) / film.molar_volume
    total = values["lithium_metal"] + taken + values["positive_lithium"]
    total += values["trapped_lithium"] + values["film_charge_positive"] / FARADAY
    # At the same voltage the double layers hold the same.
    at_the_end = total[2::3]
    assert values["trapped_lithium"][-1] > 1e3 * np.ptp(at_the_end)
    np.testing.assert_allclose(at_the_end, at_the_end[0], rtol=1e-5)


@pytest.mark.parametrize(
    ("physics", "told"),
    [
        ({"physics.interphase": "logarithmic"}, "parabola"),
        ({"physics.interphase": {"positive": "parabolic"}}, "consumes"),
        ({"physics.interphase": {"negative": "parabolic"}}, "interface_resistance"),
        ({"physics.cracking": "on"}, "straight line"),
    ],
)
def test_what_pybamm_has_not_is_refused(physics, told):
    film = {"logarithmic_constant": "1 nm", "logarithmic_time": "1 h"}
    if "logarithmic" in physics.values():
        physics = physics | {
            f"cell.{side}.film.{name}": value
            for side in ("positive", "negative")
            for name, value in film.items()
        }
    life = replace(STOCK_LIVES[0], cycles=1, settings=physics)
    with pytest.raises(InputError, match=told):
        ageing_simulation(
            life.scenario(), mesh=life.reference_mesh, tolerance=Tolerance(1e-6, 1e-6)
        )
