"""Interphases grow as they should (T-8), faster when warm or at high potential."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laboratory import ROOM
from scipy.integrate import solve_ivp

from solidcell.kernels.arrhenius import arrhenius
from solidcell.kernels.codes import FilmLaw
from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.interphase import (
    THINNEST,
    film_charge,
    first_charge_rate,
    growth_rate,
    voltage_factor,
)

NM, HOUR, DAY, YEAR = 1e-9, 3600.0, 86400.0, 365.25 * 86400.0
RATE_CONSTANT = 2.0e-19  # m2/s, Li|Li6PS5Cl
LINEAR_CONSTANT = 1e-11  # m/s
LOGARITHMIC_CONSTANT, LOGARITHMIC_TIME = 20 * NM, 2 * HOUR
PER_ELECTRON = 24.4e-6  # m3/mol
THERMAL = GAS * ROOM / FARADAY
GROWING = [FilmLaw.PARABOLIC, FilmLaw.LINEAR_PARABOLIC, FilmLaw.LOGARITHMIC]


def rate(
    law: FilmLaw, square: float, initial: float = NM, factor: float = 1.0
) -> tuple[float, float]:
    return growth_rate(
        int(law),
        square,
        RATE_CONSTANT,
        LINEAR_CONSTANT,
        LOGARITHMIC_CONSTANT,
        LOGARITHMIC_TIME,
        initial,
        factor,
    )


def grown(law: FilmLaw, time: float, initial: float, factor: float = 1.0) -> float:
    """Thickness (m) after a time, the rate integrated in units of nm2."""
    solution = solve_ivp(
        lambda t, y: [rate(law, y[0] * NM**2, initial, factor)[0] / NM**2],
        (0.0, time),
        [(initial / NM) ** 2],
        method="LSODA",
        jac=lambda t, y: [[rate(law, y[0] * NM**2, initial, factor)[1]]],
        rtol=1e-12,
        atol=1e-10,
    )
    assert solution.success
    return float(np.sqrt(solution.y[0, -1])) * NM


def parabolic(time: float, initial: float) -> float:
    return float(np.sqrt(initial**2 + RATE_CONSTANT * time))


def linear_parabolic(time: float, initial: float) -> float:
    b = RATE_CONSTANT / LINEAR_CONSTANT
    return 0.5 * (-b + float(np.sqrt(b**2 + 4 * (initial**2 + b * initial + RATE_CONSTANT * time))))


def logarithmic(time: float, initial: float) -> float:
    return initial + LOGARITHMIC_CONSTANT * float(np.log1p(time / LOGARITHMIC_TIME))


CLOSED_FORMS: list[tuple[FilmLaw, Callable[[float, float], float]]] = [
    (FilmLaw.PARABOLIC, parabolic),
    (FilmLaw.LINEAR_PARABOLIC, linear_parabolic),
    (FilmLaw.LOGARITHMIC, logarithmic),
]


@pytest.mark.parametrize(
    ("time", "thickness"),
    [(DAY, 131.453), (7 * DAY, 347.793), (400 * HOUR, 536.656), (365 * DAY, 2511.414)],
)
def test_lithium_on_a_sulfide_grows_a_film_with_the_square_root_of_time(
    time: float, thickness: float
) -> None:
    assert grown(FilmLaw.PARABOLIC, time, 0.0) / NM == pytest.approx(thickness, abs=5.01e-4)


@pytest.mark.parametrize(("law", "closed_form"), CLOSED_FORMS)
@pytest.mark.parametrize("initial", [1 * NM, 30 * NM])
@pytest.mark.parametrize("time", [60.0, HOUR, DAY, YEAR])
def test_each_law_against_its_closed_form(
    law: FilmLaw, closed_form: Callable[[float, float], float], initial: float, time: float
) -> None:
    assert grown(law, time, initial) == pytest.approx(closed_form(time, initial), rel=1e-9)


def test_a_thin_film_is_limited_by_reaction_and_a_thick_one_by_transport() -> None:
    """Linear at first, parabolic at last; they cross at k_p / k_l = 20 nm."""
    thin, thick = (2e-2 * NM) ** 2, (2e4 * NM) ** 2
    growth = rate(FilmLaw.LINEAR_PARABOLIC, thin)[0] / (2 * np.sqrt(thin))
    assert growth == pytest.approx(LINEAR_CONSTANT, rel=3e-3)
    assert rate(FilmLaw.LINEAR_PARABOLIC, thick)[0] == pytest.approx(RATE_CONSTANT, rel=1e-3)


@pytest.mark.parametrize("initial", [0.0, 5 * NM])
def test_a_film_that_does_not_grow_keeps_its_thickness(initial: float) -> None:
    assert rate(FilmLaw.NONE, initial**2, initial) == (0.0, 0.0)


@pytest.mark.parametrize(("law", "closed_form"), CLOSED_FORMS)
def test_a_surface_without_film_starts_to_grow_one(
    law: FilmLaw, closed_form: Callable[[float, float], float]
) -> None:
    assert rate(law, 0.0, 0.0)[0] > 0.0
    # The first picometre is too fast or too slow: it may cost two of them.
    assert grown(law, HOUR, 0.0) == pytest.approx(closed_form(HOUR, 0.0), abs=2 * THINNEST)


@pytest.mark.parametrize("law", GROWING)
@pytest.mark.parametrize("square", [0.0, -(NM**2)])
def test_an_iterate_below_zero_thickness_finds_a_finite_rate(law: FilmLaw, square: float) -> None:
    growth, slope = rate(law, square)
    assert growth > 0.0
    assert slope == 0.0


@given(st.sampled_from(GROWING), st.floats(0.1, 3000.0))
def test_slope_is_the_derivative(law: FilmLaw, thickness: float) -> None:
    square = (thickness * NM) ** 2
    # The logarithmic law changes by a factor e over k_log.
    h = 1e-4 * square * min(1.0, LOGARITHMIC_CONSTANT / (thickness * NM))
    growth, slope = rate(law, square)
    difference = (rate(law, square + h)[0] - rate(law, square - h)[0]) / (2 * h)
    # Truncation is of the order 1e-8; rounding, 1e-16 of the growth, is divided by h.
    assert slope == pytest.approx(
        difference, rel=1e-7, abs=1e-14 * growth / h + 1e-8 * growth / square
    )


@given(st.sampled_from(GROWING), st.floats(1e-2, 1e2), st.floats(0.5, 3000.0))
def test_one_factor_speeds_up_every_law(law: FilmLaw, factor: float, thickness: float) -> None:
    square = (thickness * NM) ** 2
    once, fast = rate(law, square), rate(law, square, factor=factor)
    assert fast == pytest.approx((factor * once[0], factor * once[1]), rel=1e-12)


@pytest.mark.parametrize(("law", "closed_form"), CLOSED_FORMS)
def test_ageing_warm_is_ageing_longer(
    law: FilmLaw, closed_form: Callable[[float, float], float]
) -> None:
    factor = arrhenius(0.5 * FARADAY, 333.15, ROOM)
    warm = grown(law, 7 * DAY, NM, factor)
    assert warm == pytest.approx(closed_form(factor * 7 * DAY, NM), rel=1e-9)


def test_a_thousand_cycles_at_60_degc_leave_six_micrometres_on_lithium() -> None:
    cycles = 1000 * 6.5 * HOUR
    factor = arrhenius(0.5 * FARADAY, 333.15, ROOM)
    thickness = grown(FilmLaw.PARABOLIC, cycles, NM, factor)
    assert thickness == pytest.approx(6e-6, rel=0.02)
    lost = film_charge(thickness, PER_ELECTRON) / (HOUR * 10)  # mAh/cm2
    assert lost == pytest.approx(0.7, abs=0.05)


def test_a_microampere_hour_per_cm2_makes_nine_nanometres() -> None:
    charge = 1e-6 * HOUR / 1e-4  # C/m2
    assert film_charge(9.10 * NM, PER_ELECTRON) == pytest.approx(charge, rel=1e-3)


def test_a_week_on_lithium_takes_39_microampere_hours_per_cm2() -> None:
    """Measured on Li6PS5Cl at 25 degC: 38.9 uAh/cm2 (Aktekin 2023), 5 % the tolerance of the fit."""
    thickness = grown(FilmLaw.PARABOLIC, 7 * DAY, 0.0)
    assert film_charge(thickness, PER_ELECTRON) / (HOUR * 1e-2) == pytest.approx(38.9, rel=0.05)


# --- Potential ---


def test_at_the_reference_potential_nothing_is_added() -> None:
    assert voltage_factor(0.3, 4.2, 4.2, THERMAL)[0] == 1.0


def test_the_rate_doubles_every_59_millivolts() -> None:
    factor, _ = voltage_factor(0.3, 4.2 + 59.36e-3, 4.2, THERMAL)
    assert factor == pytest.approx(2.0, rel=1e-4)


@given(st.floats(2.5, 4.6), st.floats(0.0, 1.0))
def test_slope_of_the_factor_is_its_derivative(potential: float, beta: float) -> None:
    h = 1e-6
    above, below = (voltage_factor(beta, potential + s, 4.2, THERMAL)[0] for s in (h, -h))
    factor, slope = voltage_factor(beta, potential, 4.2, THERMAL)
    assert slope == pytest.approx((above - below) / (2 * h), rel=1e-7, abs=1e-9 * factor)


# --- First charge ---

FIRST, CHARGE = 2 * NM, 0.5 * HOUR * 10  # m, C/m2 (0.5 mAh/cm2)


@pytest.mark.parametrize("current", [5.5, 55.0])
@pytest.mark.parametrize("charge", [0.1, 1.0, 5.5])
def test_first_charge_film_follows_the_charge_at_any_rate(current: float, charge: float) -> None:
    """Charge in units of the constant q_1, current in A/m2."""
    solution = solve_ivp(
        lambda t, y: [first_charge_rate(y[0] * NM, FIRST, CHARGE, current)[0] / NM],
        (0.0, charge * CHARGE / current),
        [0.0],
        rtol=1e-11,
        atol=1e-12,
    )
    assert solution.y[0, -1] * NM == pytest.approx(FIRST * (1 - np.exp(-charge)), rel=1e-9)


@pytest.mark.parametrize("current", [0.0, -5.5])
def test_discharge_and_rest_leave_the_first_charge_film_alone(current: float) -> None:
    assert first_charge_rate(0.5 * NM, FIRST, CHARGE, current) == (0.0, 0.0, 0.0)


def test_slopes_of_the_first_charge_film_are_its_derivatives() -> None:
    _, by_thickness, by_current = first_charge_rate(0.5 * NM, FIRST, CHARGE, 5.5)
    thicker, _, _ = first_charge_rate(0.6 * NM, FIRST, CHARGE, 5.5)
    faster, _, _ = first_charge_rate(0.5 * NM, FIRST, CHARGE, 6.5)
    growth, _, _ = first_charge_rate(0.5 * NM, FIRST, CHARGE, 5.5)
    assert by_thickness == pytest.approx((thicker - growth) / (0.1 * NM), rel=1e-12)
    assert by_current == pytest.approx(faster - growth, rel=1e-12)
