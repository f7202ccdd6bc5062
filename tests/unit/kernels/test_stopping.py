"""A cell that can't go on says why, keeps its last good state, and writes no nonsense."""

import numpy as np
import pytest
from laboratory import (
    BENT,
    FLAT,
    ONE_C,
    SLOWING,
    Experiment,
    Step,
    current,
    falls_to,
    follow,
    hold,
    make_cell,
    make_symmetric_cell,
    power,
    resistance,
    rest,
    run,
)

from solidcell.kernels.codes import Control, Result, StopReason
from solidcell.kernels.failure import VOLTAGE_BOUND
from solidcell.kernels.surface import fractions_of

CELL = make_cell(potential=BENT, diffusivity=SLOWING)
ENDLESS = make_cell(potential=FLAT)
TABLES = ("rows", "steps", "cycles")
RESISTANCES = ("dc_resistance", "resistance_10s")


def sound(done: Experiment) -> bool:
    """Whether nothing written is infinite or not a number, but for a resistance never measured."""
    numbers = [
        column
        for table in TABLES
        for name, column in getattr(done, table).items()
        if name not in RESISTANCES
    ]
    return all(np.isfinite(column).all() for column in [*numbers, done.states, done.end])


STOPS = {
    "discharge without a limit": ([current(ONE_C)], 0.5, 10.0, CELL, Result.POSITIVE_FULL),
    "charge without a limit": ([current(-ONE_C)], 0.5, 10.0, CELL, Result.POSITIVE_EMPTY),
    "the same on a flat potential": ([current(ONE_C)], 0.5, 10.0, ENDLESS, Result.POSITIVE_FULL),
    "charge on a flat potential": ([current(-ONE_C)], 0.5, 10.0, ENDLESS, Result.POSITIVE_EMPTY),
    "fast": ([current(5 * ONE_C)], 0.5, 10.0, CELL, Result.POSITIVE_FULL),
    "slow": ([current(-ONE_C / 10)], 0.5, 10.0, CELL, Result.POSITIVE_EMPTY),
    "power beyond the maximum": (
        [rest(1.0), power(1e5)],
        0.5,
        10.0,
        CELL,
        Result.SETPOINT_OUT_OF_REACH,
    ),
    "a voltage that no cell survives": (
        [current(-3 * ONE_C)],
        0.5,
        10.0,
        CELL._replace(separator_resistance=0.1),
        Result.VOLTAGE_OUT_OF_BOUNDS,
    ),
    "a curve that gives no number": (
        [current(ONE_C)],
        0.5,
        10.0,
        CELL._replace(separator_resistance=np.nan),
        Result.NOT_A_NUMBER,
    ),
}


@pytest.mark.parametrize("name", STOPS)
def test_the_reason_is_told(name: str) -> None:
    steps, start, lithium, cell, result = STOPS[name]
    done = run(cell, [*steps, rest(60.0)], start=start, lithium=lithium)
    assert done.result == result
    # The step that failed is the last one, and it says so.
    assert done.steps["stop_reason"][-1] == StopReason.STOPPED
    assert len(done.steps["stop_reason"]) == len(steps)


@pytest.mark.parametrize("name", STOPS)
def test_what_was_computed_is_kept_and_sound(name: str) -> None:
    steps, start, lithium, cell, _ = STOPS[name]
    done = run(cell, steps, start=start, lithium=lithium)
    if name != "a curve that gives no number":
        assert sound(done)
    assert len(done.cycles["end"]) == 1
    assert np.isfinite(done.end).all()
    assert done.rows["voltage"][-1] == done.end[done.offsets.voltage]


def test_a_set_point_out_of_reach_leaves_the_state_as_it_was() -> None:
    before = run(CELL, [current(ONE_C, duration=100.0)])
    done = run(CELL, [current(ONE_C, duration=100.0), power(1e5)])
    assert np.array_equal(done.end, before.end)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["discharge", "charge"])
def test_a_voltage_that_runs_away_is_followed_to_the_bound(sign: float) -> None:
    cell = CELL._replace(separator_resistance=0.1)
    load = follow(Control.CURRENT, [0.0, 10.0], [0.0, 5.0 * sign * ONE_C])
    done = run(cell, [load], start=0.5)
    assert done.result == Result.VOLTAGE_OUT_OF_BOUNDS
    assert done.rows["voltage"][-1] == pytest.approx(-sign * VOLTAGE_BOUND, abs=1e-6)
    assert np.abs(done.rows["voltage"]).max() <= VOLTAGE_BOUND + 1e-6


def test_lithium_runs_out_at_zero_and_when_faraday_says() -> None:
    done = run(CELL, [current(ONE_C)], start=0.3, lithium=0.05)
    assert done.entry("plated_lithium")[-1] == pytest.approx(0.0, abs=1e-12)
    assert done.steps["end"][-1] == pytest.approx(0.05 * 96485.33212 / ONE_C, rel=1e-9)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-5, 1e-6, 1e-7])
def test_particles_that_are_full_at_the_separator_leave_the_current_to_those_behind(
    tolerance: float,
) -> None:
    """2C on a potential without a final drop: surfaces fill one after the other, and it goes on."""
    done = run(CELL, [current(2 * ONE_C, until=falls_to(2.8))], start=0.4, tolerance=tolerance)
    assert done.result == Result.FINISHED
    assert done.steps["end"][0] == pytest.approx(1111.4, rel=1e-3)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["filling", "emptying"])
def test_surfaces_stay_between_empty_and_full(sign: float) -> None:
    done = run(ENDLESS, [current(sign * ONE_C)], start=0.5 + sign * 0.4)
    # A full surface leaves fewer sites than 1 - x has digits: their share follows from the coordinate.
    coordinate = done.nodal("surface_coordinate")
    filled, left = fractions_of(coordinate), fractions_of(1.0 - coordinate)
    assert ((filled > 0.0) & (left > 0.0)).all()
    assert ((done.particles > 0.0) & (done.particles < 1.0)).all()
    # It stopped because the surface got there, not before.
    assert np.abs(done.surface[-1] - 0.5).max() > 0.499


@pytest.mark.parametrize(
    "step",
    [
        current(ONE_C),
        power(150.0, duration=3600.0),
        resistance(0.08),
        hold(3.0, duration=3600.0),
        follow(Control.CURRENT, [0.0, 3600.0], [ONE_C, ONE_C]),
    ],
    ids=["current", "power", "load", "hold", "drive cycle"],
)
def test_lithium_used_up_ends_a_step_of_any_kind_and_the_next_that_strips(step: Step) -> None:
    more = current(ONE_C, until=falls_to(2.0))
    done = run(
        CELL,
        [step, step, rest(60.0), more, current(-ONE_C, duration=60.0)],
        start=0.3,
        lithium=0.05,
    )
    assert done.result == Result.FINISHED
    lithium = StopReason.LITHIUM
    assert done.steps["stop_reason"].tolist() == [lithium, lithium, 0.0, lithium, 0.0]
    took = done.steps["end"] - done.steps["start"]
    assert took[0] > 1.0
    assert took[[1, 3]] == pytest.approx(0.0, abs=1e-6)


def test_a_double_layer_that_relaxes_does_not_end_the_rest() -> None:
    steps = [current(ONE_C), rest(60.0), current(-ONE_C, duration=60.0)]
    done = run(CELL._replace(double_layer=1), steps, start=0.3, lithium=0.05)
    assert done.steps["stop_reason"].tolist() == [
        StopReason.LITHIUM,
        StopReason.TIME,
        StopReason.TIME,
    ]


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["negative plane", "positive plane"])
def test_either_plane_of_a_symmetric_cell_may_be_used_up(sign: float) -> None:
    done = run(make_symmetric_cell(), [current(sign * 2.0), rest(60.0)], lithium=0.05)
    assert done.result == Result.FINISHED
    assert done.steps["stop_reason"].tolist() == [StopReason.LITHIUM, StopReason.TIME]
    assert done.steps["end"][0] == pytest.approx(0.05 * 96485.33212 / 2.0, rel=1e-6)


def test_a_repeated_block_does_not_go_on_after_a_stop() -> None:
    done = run(CELL, [power(1e5)], start=0.3, repeat=5)
    assert len(done.cycles["end"]) == 1


@pytest.mark.parametrize(
    "step",
    [
        hold(4.4, duration=60.0),
        hold(3.3, duration=60.0),
        power(300.0, duration=20.0),
        power(-300.0, duration=20.0),
        resistance(0.02, duration=20.0),
        current(5 * ONE_C, duration=20.0),
        current(-5 * ONE_C, duration=20.0),
    ],
    ids=["hold high", "hold low", "power out", "power in", "short load", "5C out", "5C in"],
)
def test_hard_but_possible_steps_do_run(step: Step) -> None:
    done = run(CELL, [step, rest(60.0)], start=0.5)
    assert done.result == Result.FINISHED
    assert sound(done)


@pytest.mark.parametrize("first", [2.0, -2.0])
@pytest.mark.parametrize("second", [2.0, -2.0, 0.01, -0.01])
def test_any_jump_of_current_restarts_consistently(first: float, second: float) -> None:
    """The charge that crosses in the electrode is the cell's current at once, after each jump."""
    steps = [current(rate * ONE_C, duration=30.0) for rate in (first, second)]
    done = run(CELL, steps)
    crossed = -done.nodal("reaction_current") @ done.cell.width
    assert crossed == pytest.approx(done.entry("current_density"), rel=1e-9)
