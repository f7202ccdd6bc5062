"""Loss of capacity by cause, the knee and the end of a life."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.engine.ageing import (
    SHARES,
    Equilibrium,
    History,
    Reference,
    States,
    attribute,
    end_of_life,
    knee,
    loss_columns,
    shapley,
)
from solidcell.engine.scenario import load_scenario
from solidcell.kernels.constants import FARADAY

SITES, AREA, LOWEST, HIGHEST = 2.8, 1.08, 0.2, 0.95
CELL = Equilibrium(SITES, AREA, LOWEST, HIGHEST)
AMPERE_HOURS = FARADAY * AREA / 3600.0
"""In a mol/m2 of lithium that moves."""

FULL = HIGHEST * SITES
"""Lithium that fills the fresh particles, mol/m2."""

left = st.floats(0.3, 1.0)
lithium = st.floats(0.5 * FULL, 1.5 * FULL)


def told(now, measured_loss=0.0, fresh=(FULL, 1.0, 1.0)):
    """Shares of the loss of one cell that has aged at equilibrium, and by a little more."""
    resisted = 0.7
    reference = Reference(float(CELL.capacity(*fresh)) - resisted, States(*fresh))
    capacity = CELL.capacity(*now) - resisted - measured_loss
    shares = attribute(CELL, reference, States(*now), np.atleast_1d(capacity))
    return {name: float(share[0]) for name, share in shares.items()}


def test_capacity_at_equilibrium_is_charge_between_the_cut_offs():
    held = CELL.capacity(2 * FULL, 1.0, 1.0)
    assert held == pytest.approx(AMPERE_HOURS * SITES * (HIGHEST - LOWEST), rel=1e-14)


def test_lithium_in_excess_hides_its_loss_until_it_is_gone():
    lithium_left = FULL + np.array([0.5, 0.2, 0.0, -0.1, -0.3])
    held = CELL.capacity(lithium_left, 1.0, 1.0)
    assert held[0] == held[1] == held[2]
    np.testing.assert_allclose(held[2] - held[3:], AMPERE_HOURS * np.array([0.1, 0.3]))


def test_no_capacity_is_below_zero():
    assert CELL.capacity(0.1 * SITES, 1.0, 1.0) == 0.0


@pytest.mark.parametrize(
    ("cause", "now", "measured_loss"),
    [
        ("inventory", (0.9 * FULL, 1.0, 1.0), 0.0),
        ("active_material", (1.2 * FULL, 0.9, 1.0), 0.0),
        ("isolation", (1.2 * FULL, 1.0, 0.9), 0.0),
        ("resistance", (FULL, 1.0, 1.0), 2.0),
    ],
)
def test_one_cause_alone_takes_all(cause, now, measured_loss):
    fresh = (now[0] if cause != "inventory" else FULL, 1.0, 1.0)
    shares = told(now, measured_loss, fresh)
    lost = float(CELL.capacity(*fresh) - CELL.capacity(*now)) + measured_loss
    assert lost > 1.0
    assert shares.pop(cause) == pytest.approx(lost, rel=1e-12)
    assert list(shares.values()) == pytest.approx([0.0] * 3, abs=1e-13)


def test_inventory_behind_a_reservoir_takes_nothing():
    assert told((1.1 * FULL, 1.0, 1.0), fresh=(1.3 * FULL, 1.0, 1.0))["inventory"] == 0.0


def test_active_material_and_isolation_that_went_alike_share_alike():
    shares = told((1.5 * FULL, 0.8, 0.8), fresh=(1.5 * FULL, 1.0, 1.0))
    assert shares["active_material"] == pytest.approx(shares["isolation"], rel=1e-12)
    assert shares["inventory"] == 0.0


@given(before=st.tuples(lithium, left, left), after=st.tuples(lithium, left, left), more=left)
def test_four_shares_add_up_to_the_measured_loss(before, after, more):
    held = float(CELL.capacity(*before))
    capacity = np.array([more * float(CELL.capacity(*after))])
    shares = attribute(CELL, Reference(held, States(*before)), States(*after), capacity)
    assert sum(float(share[0]) for share in shares.values()) == pytest.approx(
        held - capacity[0], abs=1e-9 * AMPERE_HOURS * FULL
    )


@given(before=st.tuples(left, left, left), after=st.tuples(left, left, left))
def test_a_share_does_not_depend_on_the_order_of_the_causes(before, after):
    def value(first, second, third):
        return np.asarray(min(first, second) * third + second**2)

    def turned(third, first, second):
        return value(first, second, third)

    straight = shapley(value, before, after)
    other = shapley(turned, before[2:] + before[:2], after[2:] + after[:2])
    np.testing.assert_allclose(other[1:] + other[:1], straight, atol=1e-14)


@given(before=st.tuples(left, left), after=st.tuples(left, left))
def test_causes_that_add_take_their_own(before, after):
    def value(first, second):
        return np.asarray(3.0 * first + second**2)

    expected = [3.0 * (before[0] - after[0]), before[1] ** 2 - after[1] ** 2]
    np.testing.assert_allclose(shapley(value, before, after), expected, atol=1e-14)


def columns(capacity, lost=0.0, first=0, block=0, stopped=False):
    count = len(capacity)
    status = np.zeros(count, dtype=int)
    status[-1] = stopped
    return {
        "cycle": first + np.arange(count),
        "block": np.full(count, block),
        "discharge_capacity": np.array(capacity, dtype=float),
        "loss_of_lithium_inventory": np.full(count, lost),
        "loss_of_active_material": np.zeros(count),
        "utilisation_positive": np.ones(count),
        "status": status,
    }


def take(history, rows):
    history.take(len(rows["cycle"]), rows)


def test_losses_count_from_the_first_cycle_that_measured_a_capacity():
    rows = columns([0.0, 50.0, 49.0, 0.0, 47.0, 20.0], stopped=True)
    history = History(FULL, [1])
    take(history, rows)
    losses = loss_columns(CELL, history.reference, rows, FULL)
    np.testing.assert_allclose(
        losses["capacity_loss_resistance"], [np.nan, 0.0, 1.0, np.nan, 3.0, np.nan]
    )
    assert list(losses) == [f"capacity_loss_{name}" for name in SHARES]


def test_before_any_capacity_is_measured_losses_are_unknown():
    rows = columns([0.0, 0.0])
    history = History(FULL, [1])
    take(history, rows)
    losses = loss_columns(CELL, history.reference, rows, FULL)
    assert all(np.isnan(loss).all() for loss in losses.values())


def test_losses_do_not_depend_on_how_cycles_are_handed_on():
    held, lost = np.linspace(50.0, 40.0, 30), np.linspace(0.0, 0.2, 30)
    whole = columns(held, lost)
    at_once = History(FULL, [1])
    take(at_once, whole)
    expected = loss_columns(CELL, at_once.reference, whole, FULL)
    history = History(FULL, [1])
    for start in range(0, 30, 7):
        part = {name: values[start : start + 7] for name, values in whole.items()}
        take(history, part)
        found = loss_columns(CELL, history.reference, part, FULL)
        for name, values in found.items():
            np.testing.assert_array_equal(values, expected[name][start : start + 7])
    assert history.end_of_life() == at_once.end_of_life()


def bent(cycles, at, first, second):
    cycle = np.arange(cycles)
    return cycle, 60.0 + first * cycle + (second - first) * np.maximum(0, cycle - at)


@pytest.mark.parametrize("at", [5, 40, 120, 190])
@pytest.mark.parametrize(("first", "second"), [(-0.01, -0.05), (-0.01, -0.02), (0.005, -0.05)])
def test_knee_of_two_lines_is_where_they_meet(at, first, second):
    assert knee(*bent(200, at, first, second)) == at


def test_knee_is_told_by_the_number_of_its_cycle():
    cycle, capacity = bent(200, 120, -0.01, -0.05)
    assert knee(cycle[::10] + 7, capacity[::10]) == 127


def test_knee_stands_scatter():
    cycle, capacity = bent(400, 250, -0.01, -0.06)
    scatter = np.random.default_rng(4).normal(0.0, 0.1, cycle.size)
    assert knee(cycle, capacity + scatter) == pytest.approx(250, abs=5)


def rounded(cycle, at, width):
    """A change of slope from -0.01 to -0.06 that takes some widths on either side."""
    past = (cycle - at) / width
    return 60.0 - 0.01 * cycle - 0.025 * width * (past + np.log(2.0 * np.cosh(past)))


def test_knee_may_take_a_tenth_of_the_life_but_not_half_of_it():
    cycle = np.arange(1000)
    assert knee(cycle, rounded(cycle, 700, 25.0)) == pytest.approx(700, abs=5)
    assert knee(cycle, rounded(cycle, 700, 250.0)) is None


@pytest.mark.parametrize("bend", [-0.02, -0.05])
def test_knee_after_a_growing_film_is_found(bend):
    # The square root is steep at first: two lines meet a little late.
    cycle, straight = bent(1000, 700, 0.0, bend)
    assert 700 <= knee(cycle, straight - 0.2 * np.sqrt(cycle)) <= 720


@pytest.mark.parametrize("scatter", [0.0, 0.3])
def test_a_knee_is_seen_only_when_the_second_line_is(scatter):
    """One life, looked at when it begins to bend and at its end."""
    cycle = np.arange(1000)
    noise = scatter * np.random.default_rng(7).normal(size=1000)
    capacity = rounded(cycle, 600, 60.0) + noise
    assert knee(cycle[:550], capacity[:550]) is None
    assert knee(cycle, capacity) == pytest.approx(600, abs=15)


@pytest.mark.parametrize(
    "capacity",
    [
        pytest.param(lambda n: 60.0 + 0.0 * n, id="constant"),
        pytest.param(lambda n: 60.0 - 0.01 * n, id="straight"),
        pytest.param(lambda n: 60.0 - 0.3 * np.sqrt(n), id="square root"),
        pytest.param(lambda n: 60.0 - 0.1 * np.sqrt(n) - 0.01 * n, id="square root and line"),
        pytest.param(lambda n: 60.0 - 0.05 * n + 0.04 * np.maximum(0, n - 80), id="slower"),
        pytest.param(lambda n: 60.0 - 0.05 * n - 0.04 * np.maximum(0, n - 80), id="not twice"),
        pytest.param(lambda n: 60.0 - 0.01 * n + 0.5 * (-1.0) ** n, id="scatter"),
        pytest.param(lambda n: 60.0 - 1e-5 * n**2, id="parabola"),
        pytest.param(lambda n: 60.0 - 0.003 * n - 1e-5 * n**2, id="line and parabola"),
        pytest.param(lambda n: 60.0 - 0.1 * np.sqrt(n) - 1e-5 * n**2, id="film and parabola"),
        pytest.param(lambda n: 60.0 - 1e-8 * n**3, id="cubic"),
        pytest.param(lambda n: 60.0 - 1e-11 * n**4, id="fourth power"),
        pytest.param(lambda n: 60.0 - np.expm1(0.003 * n), id="exponential"),
    ],
)
@pytest.mark.parametrize("cycles", [10, 60, 1000])
def test_no_knee_where_fade_does_not_bend_down(capacity, cycles):
    cycle = np.arange(cycles)
    assert knee(cycle, capacity(cycle)) is None


def test_few_cycles_have_no_knee():
    assert knee(*bent(9, 5, -0.01, -1.0)) is None


def test_end_of_life_is_the_first_cycle_below_80_percent():
    assert end_of_life([3, 4, 5, 6, 7], [10.0, 8.1, 8.0, 7.9, 8.2]) == 6
    assert end_of_life([3, 4], [10.0, 8.0]) is None
    assert end_of_life([], []) is None


def test_the_longest_block_is_the_life():
    history = History(FULL, [1, 1, 1])
    take(history, columns([50.0, 30.0], block=0))
    cycle, capacity = bent(100, 60, -0.02, -0.5)
    take(history, columns(capacity, first=2, block=1))
    take(history, columns([50.0] * 5, first=102, block=2))
    assert history.knee() == 62
    assert history.end_of_life() == 2 + end_of_life(cycle, capacity)


def test_of_a_repetition_the_last_cycle_stands_for_it():
    history = History(FULL, [2])
    take(history, columns([50.0, 60.0] * 20))
    assert history.knee() is None
    assert history.end_of_life() is None
    take(history, columns([30.0, 60.0, 50.0, 40.0], first=40))
    assert history.end_of_life() == 43


def test_a_run_without_cycles_has_no_life():
    assert History(FULL, [1]).knee() is None
    assert History(FULL, [1]).end_of_life() is None


def test_cut_offs_are_found_on_the_open_circuit_potential():
    scenario = load_scenario("nmc811_lpscl_li_450")
    found = Equilibrium.of(scenario)
    potential = scenario.cell.composite.active_material.open_circuit_potential
    assert float(potential.evaluate(np.array(found.lowest))) == pytest.approx(4.3, abs=1e-9)
    assert found.lowest == pytest.approx(0.213, abs=1e-4)
    assert found.highest == 1.0  # NMC811 is full above 2.8 V
    assert found.area == pytest.approx(1.08)
    assert found.sites == pytest.approx(2.824, abs=2e-3)


def test_lower_cut_off_within_the_potential_ends_the_discharge():
    scenario = load_scenario(
        "nmc811_lpscl_li_450",
        overrides={"cell.lower_voltage_cutoff": "3.5 V", "protocol": ["Rest for 1 hour"]},
    )
    found = Equilibrium.of(scenario)
    potential = scenario.cell.composite.active_material.open_circuit_potential
    assert float(potential.evaluate(np.array(found.highest))) == pytest.approx(3.5, abs=1e-9)


def test_entropy_moves_the_cut_offs_with_temperature():
    def lowest(**overrides):
        given = {"operation.temperature": "60 degC", **overrides}
        return Equilibrium.of(load_scenario("nmc811_lpscl_li_450", overrides=given)).lowest

    warm = lowest(**{"physics.entropy": "on"})
    assert lowest() == pytest.approx(0.213, abs=1e-4)
    assert abs(warm - 0.213) > 1e-5
