"""What counts as agreement between two voltage curves."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from solidcell.engine.validation.agreement import (
    Agreement,
    Grid,
    Limits,
    compare,
    root_mean_square,
    voltage_difference_at_equal_charge,
    voltage_difference_each_second,
)
from solidcell.engine.validation.cases import (
    CASES,
    SHOWN_CONVERGED,
    Diffusivity,
    DriveCycle,
    PowerStep,
    drive_cycle,
)
from solidcell.engine.validation.curve import Curve

ONE_C = 55.0  # A/m2


def discharge(*, current: float = ONE_C, duration: float = 3600.0, rows: int = 3601) -> Curve:
    """A discharge along a curve that falls off a cliff at its end."""
    time = np.linspace(0.0, duration, rows)
    passed = time / duration
    voltage = 4.2 - 0.8 * passed - 0.6 * np.exp((passed - 1.0) / 0.001)
    return one_step(time, voltage, np.full(rows, current))


def one_step(time: np.ndarray, voltage: np.ndarray, current: np.ndarray) -> Curve:
    """A curve of a single protocol step."""
    step = np.zeros(time.size, dtype=np.intp)
    return Curve.from_steps(time=time, voltage=voltage, current=current, step=step)


def pulse(*, rest: float = 100.0, drop: float = 0.1, rows: int = 51) -> Curve:
    """A rest, then a pulse: the voltage jumps where one ends and the other starts."""
    first, second = np.linspace(0.0, rest, rows), np.linspace(rest, rest + 50.0, rows)
    return Curve.from_steps(
        time=np.concatenate([first, second]),
        voltage=np.concatenate([np.full(rows, 3.9), np.full(rows, 3.9 - drop)]),
        current=np.concatenate([np.zeros(rows), np.full(rows, ONE_C)]),
        step=np.repeat([0, 1], rows).astype(np.intp),
    )


def hold(*, offset: float = 0.0) -> Curve:
    """A hold at 4.3 V whose charging current decays, plus an offset."""
    time = np.linspace(0.0, 1000.0, 1001)
    current = -18.0 * np.exp(-time / 400.0) + offset
    return one_step(time, np.full(time.size, 4.3), current)


def test_a_curve_agrees_perfectly_with_itself() -> None:
    found = compare(discharge(), discharge(), grid=Grid.CHARGE, one_c=ONE_C)
    assert found == Agreement(0.0, 0.0, 0.0, None)
    assert found.within(Limits())


def test_charge_is_the_integral_of_current_and_ignores_jumps() -> None:
    assert pulse().charge[-1] == pytest.approx(ONE_C * 50.0)
    assert discharge().charge[-1] == pytest.approx(ONE_C * 3600.0)


def test_a_constant_offset_is_both_the_rms_and_the_maximum() -> None:
    shifted = replace(discharge(), voltage=discharge().voltage + 0.4e-3)
    found = compare(shifted, discharge(), grid=Grid.CHARGE, one_c=ONE_C)
    assert found.rms_voltage == pytest.approx(0.4e-3)
    assert found.maximum_voltage == pytest.approx(0.4e-3)
    assert found.capacity == 0.0


def test_the_cliff_at_the_end_of_a_discharge_is_not_compared() -> None:
    late = discharge(duration=3600.0 * 1.0002)
    found = compare(late, discharge(), grid=Grid.CHARGE, one_c=ONE_C)
    everywhere = voltage_difference_at_equal_charge(late, discharge(), share=1.0)
    assert np.max(np.abs(everywhere)) > 50e-3
    assert found.maximum_voltage < 0.5e-3


def test_capacity_is_compared_to_the_very_end() -> None:
    late = discharge(duration=3600.0 * 1.001)
    found = compare(late, discharge(), grid=Grid.CHARGE, one_c=ONE_C)
    assert found.capacity == pytest.approx(1.0e-3)
    assert not found.within(Limits())


def test_a_discharge_that_ends_too_early_is_seen() -> None:
    reference = discharge()
    rows = reference.time <= 0.9 * reference.time[-1]
    short = one_step(reference.time[rows], reference.voltage[rows], reference.current[rows])
    found = compare(short, reference, grid=Grid.CHARGE, one_c=ONE_C)
    assert found.maximum_voltage > 50e-3
    assert found.capacity == pytest.approx(0.1, rel=1e-3)


def test_a_charge_is_compared_like_a_discharge() -> None:
    charge = discharge(current=-ONE_C)
    shifted = replace(charge, voltage=charge.voltage - 1.0e-3)
    found = compare(shifted, charge, grid=Grid.CHARGE, one_c=ONE_C)
    assert found.rms_voltage == pytest.approx(1.0e-3)


def test_both_sides_of_a_jump_are_compared_with_their_own_kind() -> None:
    other = pulse(drop=0.101, rows=77)
    found = compare(other, pulse(), grid=Grid.TIME, one_c=ONE_C)
    assert found.maximum_voltage == pytest.approx(1.0e-3)


def test_a_jump_that_comes_a_little_later_costs_nothing() -> None:
    found = compare(pulse(rest=100.3), pulse(), grid=Grid.TIME, one_c=ONE_C)
    assert found.maximum_voltage == 0.0


def test_the_time_grid_has_a_point_each_second() -> None:
    part = pulse().part(1)
    assert voltage_difference_each_second(part, part).size == 50


def test_a_hold_is_compared_by_its_current() -> None:
    reference = joined(discharge(), hold())
    other = joined(discharge(), hold(offset=0.02))
    found = compare(other, reference, grid=Grid.CHARGE, one_c=ONE_C, holds=(1,))
    assert found.hold_current == pytest.approx(0.02 / ONE_C)
    assert found.rms_voltage == 0.0


def test_a_hold_fails_by_its_current_alone() -> None:
    found = Agreement(rms_voltage=0.0, maximum_voltage=0.0, capacity=0.0, hold_current=1.1e-3)
    assert not found.within(Limits())


@pytest.mark.parametrize("field", ["rms_voltage", "maximum_voltage", "capacity", "hold_current"])
def test_a_difference_that_is_no_number_never_agrees(field: str) -> None:
    perfect = Agreement(rms_voltage=0.0, maximum_voltage=0.0, capacity=0.0, hold_current=0.0)
    assert perfect.within(Limits())
    assert not replace(perfect, **{field: float("nan")}).within(Limits())


def test_a_protocol_of_holds_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="no voltage"):
        compare(hold(), hold(), grid=Grid.TIME, one_c=ONE_C, holds=(0,))


def test_curves_of_different_protocols_are_refused() -> None:
    with pytest.raises(ValueError, match="different protocol steps"):
        compare(discharge(), pulse(), grid=Grid.TIME, one_c=ONE_C)


def test_root_mean_square_of_a_sine_is_its_amplitude_over_root_two() -> None:
    phase = np.linspace(0.0, 2.0 * np.pi, 1000, endpoint=False)
    assert root_mean_square(3.0 * np.sin(phase)) == pytest.approx(3.0 / np.sqrt(2.0))


def test_case_names_are_unique_and_the_shown_ones_exist() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert set(SHOWN_CONVERGED) <= set(names)


@pytest.mark.parametrize("law", list(Diffusivity))
def test_every_kind_of_protocol_is_compared_with_either_diffusivity(law: Diffusivity) -> None:
    words = " ".join(case.name for case in CASES if case.diffusivity is law)
    for kind in ("C/20", "C/10", "C/3", "1C", "2C", "hold", "pulses", "power", "drive", "45 degC"):
        assert kind in words


def test_the_hold_of_the_charge_is_known_as_one() -> None:
    assert {case.holds for case in CASES if "hold" in case.name} == {(1,)}
    assert {case.holds for case in CASES if "hold" not in case.name} == {()}


def test_the_drive_cycle_reverses_and_never_exceeds_one_c() -> None:
    cycle = drive_cycle()
    assert cycle.time[0] == 0.0
    assert cycle.time[-1] == 1200.0
    assert np.all(np.diff(cycle.time) == 1.0)
    assert np.max(np.abs(cycle.c_rate)) <= 1.0
    reversals = sum(a * b < 0.0 for a, b in pairwise(cycle.c_rate[cycle.c_rate != 0.0]))
    assert reversals > 20


def test_the_drive_cycle_is_the_same_each_time() -> None:
    assert np.array_equal(drive_cycle().c_rate, drive_cycle().c_rate)


def test_a_power_step_is_written_for_the_area_of_the_cell() -> None:
    assert PowerStep(150.0, 1800.0).text(1.08) == "Discharge at 162 W for 1800 seconds"
    assert PowerStep(-150.0, 60.0).text(2.0) == "Charge at 300 W for 60 seconds"


def test_cases_with_prescribed_times_are_compared_in_time() -> None:
    for case in CASES:
        prescribed = all(
            isinstance(step, DriveCycle | PowerStep) or " for " in step for step in case.protocol
        )
        assert (case.grid is Grid.TIME) == prescribed


def joined(first: Curve, second: Curve) -> Curve:
    """Two one-step curves, one after the other."""
    return Curve.from_steps(
        time=np.concatenate([first.time, first.time[-1] + second.time]),
        voltage=np.concatenate([first.voltage, second.voltage]),
        current=np.concatenate([first.current, second.current]),
        step=np.repeat([0, 1], [first.time.size, second.time.size]).astype(np.intp),
    )
