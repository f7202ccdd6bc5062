"""The protocol driver does what a cycler does: ends, controls, books, and can be interrupted."""

from dataclasses import replace

import numpy as np
import pytest
from laboratory import (
    BENT,
    ONE_C,
    SLOWING,
    SQUARE_ROOT,
    Experiment,
    Room,
    Step,
    at_capacity,
    at_current,
    at_voltage,
    current,
    falls_to,
    follow,
    hold,
    make_cell,
    power,
    reset,
    resistance,
    rest,
    rises_to,
    run,
)
from numpy.polynomial import Polynomial

from solidcell.kernels.codes import Control, Instruction, Quantity, Result, StopReason
from solidcell.kernels.consistent import bring_back_shells, bring_back_surface
from solidcell.kernels.events import VOLTS_MET
from solidcell.kernels.particle import extrapolate, kirchhoff, kirchhoff_potential
from solidcell.kernels.protocol import keeps

CELL = make_cell(potential=BENT, diffusivity=SLOWING)
CYCLE = [
    current(-ONE_C / 2, until=at_voltage(4.2)),
    hold(4.2, until=at_current(ONE_C / 20)),
    rest(600.0),
    current(ONE_C, until=at_voltage(3.7)),
    rest(600.0),
]


# Where a step ends


@pytest.mark.parametrize(
    ("rate", "cut_off"), [(0.1, 3.75), (1.0, 3.7), (3.0, 3.4), (-0.1, 4.1), (-2.0, 4.45)]
)
@pytest.mark.parametrize("tolerance", [1e-3, 1e-5, 1e-7])
def test_a_cut_off_is_located_in_time(rate: float, cut_off: float, tolerance: float) -> None:
    """However long the solver's steps, a step ends at its voltage to what counts as met, 10 uV."""
    steps = [current(rate * ONE_C, until=at_voltage(cut_off))]
    done = run(CELL, steps, start=0.5, tolerance=tolerance)
    assert done.steps["stop_reason"].tolist() == [StopReason.VOLTAGE]
    assert done.steps["end"][0] > 10.0
    assert done.steps["end_voltage"][0] == pytest.approx(cut_off, abs=VOLTS_MET)
    assert done.rows["voltage"][-1] == done.steps["end_voltage"][0]


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (current(ONE_C, until=falls_to(3.7)), StopReason.VOLTAGE),
        (current(-ONE_C, until=rises_to(4.3)), StopReason.VOLTAGE),
        (current(ONE_C, until=at_capacity(1e5)), StopReason.CAPACITY),
        (current(-ONE_C, until=at_capacity(1e5)), StopReason.CAPACITY),
        (hold(4.1, until=at_current(5.0)), StopReason.CURRENT),
        (hold(3.7, until=at_current(5.0)), StopReason.CURRENT),
        (power(150.0, until=at_voltage(3.7)), StopReason.VOLTAGE),
        (resistance(0.1, until=at_current(37.0)), StopReason.CURRENT),
        (rest(60.0), StopReason.TIME),
        (
            follow(Control.CURRENT, [0.0, 10.0, 20.0], [0.0, 30.0, -30.0]),
            StopReason.DRIVE_CYCLE_END,
        ),
        (follow(Control.POWER, [0.0, 9.0], [0.0, 80.0], duration=5.0), StopReason.TIME),
        (reset(0.7), StopReason.RESET),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_every_step_says_why_it_ended(step: Step, reason: StopReason) -> None:
    done = run(CELL, [step], start=0.5)
    assert done.result == Result.FINISHED
    assert done.steps["stop_reason"].tolist() == [reason]


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["discharge", "charge"])
@pytest.mark.parametrize(
    "step",
    [
        lambda sign, **cutoffs: current(sign * ONE_C, **cutoffs),
        lambda sign, **cutoffs: power(sign * 200.0, **cutoffs),
        lambda sign, **cutoffs: follow(
            Control.CURRENT, [0.0, 9e3], [0.0, 2.0 * sign * ONE_C], **cutoffs
        ),
    ],
    ids=["current", "power", "drive cycle"],
)
def test_a_cut_off_ends_a_step_where_its_current_drives(step, sign: float) -> None:
    window = {"lower": 3.75, "upper": 4.25}
    done = run(CELL, [step(sign, **window), rest(60.0, **window)], start=0.5)
    assert done.steps["stop_reason"].tolist() == [StopReason.CUT_OFF, StopReason.TIME]
    expected = window["lower"] if sign > 0.0 else window["upper"]
    assert done.steps["end_voltage"][0] == pytest.approx(expected, abs=1e-5)


def test_a_cut_off_acts_on_neither_a_hold_nor_a_current_that_leads_back() -> None:
    window = {"lower": 3.95, "upper": 4.2}
    steps = [
        hold(3.7, duration=60.0),
        current(-1.0, duration=60.0, **window),
        current(1.0, duration=60.0, **window),
    ]
    done = run(CELL, steps, start=0.6)
    assert done.steps["stop_reason"].tolist() == [0.0, 0.0, StopReason.CUT_OFF]
    assert done.steps["end"][2] == done.steps["start"][2]


@pytest.mark.parametrize(("duration", "reason"), [(20.0, 4), (np.inf, 4), (10.0, 0), (15.0, 0)])
def test_a_drive_cycle_that_ends_with_its_table_says_so(duration: float, reason: int) -> None:
    load = follow(Control.CURRENT, [0.0, 10.0, 20.0], [0.0, 30.0, -30.0], duration=duration)
    done = run(CELL, [load], start=0.5)
    assert done.steps["stop_reason"].tolist() == [reason]
    assert done.steps["end"][0] == pytest.approx(min(duration, 20.0), rel=1e-12)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["discharge", "charge"])
def test_a_step_ends_by_energy_and_by_mean_composition(sign: float) -> None:
    until = ((Quantity.ENERGY, 5e4, 1.0),)
    composition = ((Quantity.STOICHIOMETRY, 0.5 + 0.2 * sign, sign),)
    done = run(
        CELL,
        [current(sign * ONE_C, until=until), current(sign * ONE_C, until=composition)],
        start=0.5,
    )
    assert done.steps["stop_reason"].tolist() == [StopReason.ENERGY, StopReason.STATE_OF_CHARGE]
    assert done.steps["energy"][0] == pytest.approx(sign * 5e4, rel=1e-6)
    assert done.rows["stoichiometry"][-1] == pytest.approx(0.5 + 0.2 * sign, abs=1e-7)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (at_voltage(3.7) + at_capacity(1e4), StopReason.CAPACITY),
        (at_voltage(3.85) + at_capacity(1e5), StopReason.VOLTAGE),
    ],
)
def test_the_limit_that_is_met_first_ends_the_step(limits, reason: StopReason) -> None:
    done = run(CELL, [current(ONE_C, until=limits)], start=0.4)
    assert done.steps["stop_reason"].tolist() == [reason]


@pytest.mark.parametrize("amount", [100.0, 5e4])
@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["discharge", "charge"])
def test_a_step_by_capacity_passes_just_that_charge(sign: float, amount: float) -> None:
    done = run(CELL, [current(sign * ONE_C, until=at_capacity(amount))])
    assert sign * done.steps["capacity"][0] == pytest.approx(amount, rel=1e-9)
    assert done.steps["end"][0] == pytest.approx(amount / ONE_C, rel=1e-9)


@pytest.mark.parametrize("duration", [1e-3, 1.0, 0.1 + 0.2, 12345.678])
def test_a_step_by_time_lasts_just_that_long(duration: float) -> None:
    """To the last digit of the clock, for a later step too."""
    done = run(CELL, [rest(100.0), current(5.0, duration=duration), rest(duration)])
    start, end = done.steps["start"], done.steps["end"]
    assert start[1:].tolist() == end[:-1].tolist()
    assert end - start == pytest.approx([100.0, duration, duration], abs=2 * np.spacing(end[-1]))


@pytest.mark.parametrize(
    ("step", "start", "reason"),
    [
        (current(ONE_C, until=falls_to(3.9)), 0.9, StopReason.VOLTAGE),
        (current(-ONE_C, until=rises_to(3.9)), 0.3, StopReason.VOLTAGE),
        (hold(3.9, until=at_current(1e4)), 0.3, StopReason.CURRENT),
    ],
    ids=["discharged before", "charged before", "current below its limit"],
)
def test_a_limit_already_crossed_ends_the_step_at_once(
    step: Step, start: float, reason: StopReason
) -> None:
    done = run(CELL, [step, rest(5.0)], start=start)
    assert done.steps["stop_reason"].tolist() == [reason, StopReason.TIME]
    assert done.steps["end"][0] == done.steps["start"][0] == 0.0
    assert done.steps["capacity"][0] == 0.0
    assert done.result == Result.FINISHED


@pytest.mark.parametrize(
    "step",
    [
        power(1e5, until=falls_to(3.0)),
        current(100 * ONE_C, until=falls_to(3.0)),
        current(-100 * ONE_C, until=rises_to(4.3)),
        power(-1e5, until=rises_to(4.3)),
    ],
    ids=["power beyond the maximum", "current", "charge", "charge at a power"],
)
def test_what_the_cell_cannot_give_within_a_limit_crosses_it_at_once(step: Step) -> None:
    done = run(CELL, [rest(5.0), step, rest(5.0)], start=0.5)
    assert done.result == Result.FINISHED
    assert done.steps["stop_reason"].tolist() == [
        StopReason.TIME,
        StopReason.VOLTAGE,
        StopReason.TIME,
    ]
    assert done.steps["end"][1] == done.steps["start"][1]
    assert done.end[: done.offsets.mean_stoichiometry] == pytest.approx(0.5, abs=1e-12)


def test_a_power_that_the_cell_gives_beyond_the_limit_of_another_step_is_still_out_of_reach() -> (
    None
):
    """A limit that a discharge does not approach says nothing about it."""
    done = run(CELL, [power(1e5, until=rises_to(4.3))], start=0.5)
    assert done.result == Result.SETPOINT_OUT_OF_REACH


# Consistent states


@pytest.mark.parametrize("double_layer", [0, 1], ids=["algebraic", "double layers"])
@pytest.mark.parametrize("exchange", [1e-6, 1e-2, 1.0])
@pytest.mark.parametrize("pulse", [-4.0, -0.5, 1e-3, 0.5, 4.0])
def test_any_current_finds_its_state_after_any_other(
    pulse: float, exchange: float, double_layer: int
) -> None:
    """Right after a discharge that has left surfaces uneven, from slow to fast kinetics."""
    cell = make_cell(
        potential=BENT,
        diffusivity=SLOWING,
        exchange_squared=exchange**2 * SQUARE_ROOT,
        double_layer=double_layer,
    )
    steps = [current(2 * ONE_C, until=falls_to(3.5)), current(pulse * ONE_C, duration=1e-3)]
    done = run(cell, steps, start=0.5)
    assert done.result != Result.SETPOINT_OUT_OF_REACH
    assert done.rows["current"][done.rows["step"] == 1][0] == pytest.approx(pulse * ONE_C, rel=1e-9)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["full", "empty"])
@pytest.mark.parametrize("beyond", [{2: 1e-4}, {8: 2e-4, 9: 1e-4}, {0: 3e-4, 1: 1e-5, 9: 1e-3}])
def test_what_shells_hold_beyond_their_sites_goes_to_their_neighbours(
    sign: float, beyond: dict[int, float]
) -> None:
    """As far short of full as the farthest was beyond it, with all the lithium; others stay."""
    cell = make_cell(nodes=2, shells=10)
    room = np.full((10, 2), 2e-2)
    for shell, excess in beyond.items():
        room[shell, 0] = -excess
    x = 1.0 - room if sign > 0.0 else room.copy()
    untouched, lithium = x[:, 1].copy(), cell.shell_volume @ x
    bring_back_shells(cell, x)
    left = 1.0 - x if sign > 0.0 else x
    assert left[:, 0].min() == pytest.approx(max(beyond.values()), rel=1e-9)
    assert left[:, 0].max() <= 2e-2 * (1.0 + 1e-12)
    assert cell.shell_volume @ x == pytest.approx(lithium, rel=1e-14)
    assert (x[:, 1] == untouched).all()


@pytest.mark.parametrize("shells", [4, 5, 30])
@pytest.mark.parametrize("diffusivity", [None, SLOWING], ids=["constant", "slowing"])
@pytest.mark.parametrize(("inside", "outside"), [(0.9, 0.9999), (0.2, 1e-4)], ids=["full", "empty"])
def test_a_surface_beyond_full_or_empty_is_brought_back_with_all_its_lithium(
    inside: float, outside: float, diffusivity: Polynomial | None, shells: int
) -> None:
    cell = make_cell(nodes=1, shells=shells, diffusivity=diffusivity)
    x = np.linspace(inside, outside, shells)[:, None].copy()
    lithium, reached, phi = cell.shell_volume @ x, np.zeros(1), np.zeros_like(x)
    intervals = np.zeros(x.shape, np.uint64)
    empty, full = (kirchhoff_potential(cell, bound)[0] for bound in (0.0, 1.0))
    kirchhoff(cell, x, intervals, phi)
    extrapolate(cell, phi, reached)
    assert not empty < reached[0] < full
    bring_back_surface(cell, 0, x, phi)
    kirchhoff(cell, x, intervals, phi)
    extrapolate(cell, phi, reached)
    # A surface may be full or empty to the last digit; its coordinate tells what is left.
    assert empty - 1e-12 <= reached[0] <= full + 1e-12
    assert cell.shell_volume @ x == pytest.approx(lithium, rel=1e-12)


# What closes the system

GAP = make_cell(potential=BENT, diffusivity=SLOWING, lithium={"interface_resistance": 5e-4})


@pytest.mark.parametrize("period", [0.0, 7.0], ids=["every step", "dense output"])
@pytest.mark.parametrize(
    ("step", "equation"),
    [
        (current(30.0, duration=500.0), lambda i, v, t: i - 30.0),
        (rest(500.0), lambda i, v, t: i),
        (hold(3.8, duration=500.0), lambda i, v, t: v - 3.8),
        (hold(4.1, duration=500.0), lambda i, v, t: v - 4.1),
        (power(120.0, duration=500.0), lambda i, v, t: (i * v - 120.0) / 3.9),
        (power(-120.0, duration=500.0), lambda i, v, t: (i * v + 120.0) / 3.9),
        (resistance(0.1, duration=500.0), lambda i, v, t: v - 0.1 * i),
        (
            follow(Control.CURRENT, [0.0, 200.0, 500.0], [10.0, 60.0, -20.0]),
            lambda i, v, t: i - np.interp(t, [0.0, 200.0, 500.0], [10.0, 60.0, -20.0]),
        ),
        (
            follow(Control.VOLTAGE, [0.0, 500.0], [3.9, 3.8]),
            lambda i, v, t: v - np.interp(t, [0.0, 500.0], [3.9, 3.8]),
        ),
        (
            follow(Control.POWER, [0.0, 500.0], [50.0, 150.0]),
            lambda i, v, t: (i * v - np.interp(t, [0.0, 500.0], [50.0, 150.0])) / 3.9,
        ),
    ],
    ids=[
        "current",
        "rest",
        "hold below",
        "hold above",
        "power",
        "power taken up",
        "load",
        "current profile",
        "voltage profile",
        "power profile",
    ],
)
def test_every_row_obeys_the_control(step: Step, equation, period: float) -> None:
    """Linear controls to round-off; power, a product, to a few tolerances of the current."""
    tolerance = 1e-6
    before = current(20.0, duration=100.0)
    rows = run(GAP, [before, replace(step, period=period)], tolerance=tolerance).rows
    now = rows["step"] == 1
    time = rows["time"][now] - 100.0
    error = equation(rows["current"][now], rows["voltage"][now], time)
    product = step.kind == Instruction.POWER or (step.series or [None])[0] == Control.POWER
    assert time[-1] == pytest.approx(500.0, abs=1e-9)
    assert np.abs(error).max() < (4 * tolerance * ONE_C if product else 1e-9)


def test_rows_of_a_period_fall_on_its_multiples() -> None:
    rows = run(CELL, [current(30.0, duration=100.0, period=7.0)]).rows
    assert rows["time"] == pytest.approx([*np.arange(0.0, 100.0, 7.0), 100.0], abs=1e-12)


def test_after_a_discharge_the_cell_relaxes_to_its_open_circuit_voltage() -> None:
    """C/3 to a cut-off, then a day of rest: nothing is left but U of the mean composition."""
    done = run(CELL, [current(ONE_C / 3, until=at_voltage(3.7)), rest(86400.0)], start=0.3)
    rows = done.rows
    rested = rows["step"] == 1
    assert np.abs(rows["voltage"][rested][0] - rows["open_circuit_voltage"][-1]) > 1e-3
    assert rows["voltage"][-1] == pytest.approx(rows["open_circuit_voltage"][-1], abs=1e-6)
    assert (np.diff(rows["voltage"][rested]) > -1e-6).all()


# Cycles, blocks and resets


def test_a_reset_makes_and_loses_no_lithium() -> None:
    done = run(CELL, [current(ONE_C, duration=600.0), reset(0.3), rest(10.0)], start=0.5)
    sites = CELL.maximum_concentration * (CELL.active_fraction @ CELL.width)
    means = 3 * CELL.shell_volume @ done.particles
    total = sites * means.mean(axis=1) + done.entry("plated_lithium")
    assert means[-1] == pytest.approx(0.3, abs=1e-12)
    assert total == pytest.approx(total[0], rel=1e-13)


def test_the_clock_and_the_books_run_on_through_a_reset() -> None:
    done = run(CELL, [current(ONE_C, duration=600.0), reset(0.5), rest(10.0)])
    assert done.steps["start"].tolist() == [0.0, 600.0, 600.0]
    assert done.entry("discharge_charge")[-1] == pytest.approx(600.0 * ONE_C, rel=1e-12)


def test_a_reset_inside_a_block_begins_a_cycle() -> None:
    again = replace(reset(0.5), starts_cycle=True)
    done = run(CELL, [current(ONE_C, duration=60.0), again, current(ONE_C / 2, duration=60.0)])
    assert done.cycles["discharge_capacity"] == pytest.approx([60 * ONE_C, 30 * ONE_C], rel=1e-12)
    assert done.steps["cycle"].tolist() == [0, 1, 1]


def test_cycles_book_what_their_steps_passed() -> None:
    done = run(CELL, CYCLE, start=0.8, repeat=3)
    for cycle in range(3):
        passed = done.steps["capacity"][done.steps["cycle"] == cycle]
        taken, given = -passed[passed < 0].sum(), passed[passed > 0].sum()
        assert done.cycles["charge_capacity"][cycle] == pytest.approx(taken, rel=1e-12)
        assert done.cycles["discharge_capacity"][cycle] == pytest.approx(given, rel=1e-12)
    assert done.cycles["start"][1:].tolist() == done.cycles["end"][:-1].tolist()


def test_without_ageing_cycles_settle_to_a_charge_efficiency_of_one() -> None:
    cycles = run(CELL, CYCLE, start=0.8, repeat=4, tolerance=1e-7).cycles
    efficiency = cycles["discharge_capacity"] / cycles["charge_capacity"]
    assert efficiency[-1] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    ("every", "first", "last", "kept"),
    [(1, 0, 0, [0, 1, 2, 3, 4, 5, 6]), (3, 0, 0, [2, 5]), (3, 1, 1, [0, 2, 5, 6]), (99, 1, 0, [0])],
)
def test_which_cycles_are_kept(every: int, first: int, last: int, kept: list[int]) -> None:
    assert [cycle for cycle in range(7) if keeps(every, first, last, cycle, 7)] == kept


# Interruptions


def same(one: Experiment, other: Experiment) -> bool:
    """Whether two runs wrote the same numbers, bit for bit."""
    tables = ("rows", "steps", "cycles")
    return (
        all(
            np.array_equal(getattr(one, table)[name], getattr(other, table)[name], equal_nan=True)
            for table in tables
            for name in getattr(one, table)
        )
        and np.array_equal(one.states, other.states)
        and np.array_equal(one.end, other.end)
    )


@pytest.fixture(scope="module")
def undisturbed() -> Experiment:
    return run(CELL, CYCLE, start=0.8, repeat=2)


@pytest.mark.parametrize("budget", [1, 7, 50])
def test_results_do_not_depend_on_where_chunks_end(undisturbed: Experiment, budget: int) -> None:
    chunked = run(CELL, CYCLE, start=0.8, repeat=2, budget=budget)
    assert chunked.calls > undisturbed.calls
    assert same(chunked, undisturbed)


@pytest.mark.parametrize(
    "room",
    [Room(2, 2, 2, 2, 2), Room(3, 64, 64, 64, 64), Room(64, 2, 64, 64, 64), Room(64, 64, 64, 2, 2)],
)
@pytest.mark.parametrize("budget", [7, 100_000])
def test_results_do_not_depend_on_the_room_for_them(
    undisturbed: Experiment, room: Room, budget: int
) -> None:
    cramped = run(CELL, CYCLE, start=0.8, repeat=2, room=room, budget=budget)
    assert cramped.calls > undisturbed.calls
    assert same(cramped, undisturbed)


def test_dense_output_does_not_depend_on_the_room_either() -> None:
    steps = [replace(step, period=31.0, snapshots=47.0) for step in CYCLE]
    wide, cramped = (run(CELL, steps, start=0.8, room=room) for room in (None, Room(2, 2, 2, 2, 2)))
    assert same(wide, cramped)


def test_output_does_not_change_what_is_solved() -> None:
    sparse = run(CELL, CYCLE, start=0.8)
    dense = run(CELL, [replace(step, period=11.0, snapshots=13.0) for step in CYCLE], start=0.8)
    assert np.array_equal(sparse.end, dense.end)
    assert np.array_equal(sparse.cycles["end"], dense.cycles["end"])


def test_a_second_run_gives_the_same_numbers(undisturbed: Experiment) -> None:
    assert same(run(CELL, CYCLE, start=0.8, repeat=2), undisturbed)


def test_time_never_runs_backwards(undisturbed: Experiment) -> None:
    assert (np.diff(undisturbed.rows["time"]) >= 0.0).all()
    assert (np.diff(undisturbed.state_times) >= 0.0).all()
