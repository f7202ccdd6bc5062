"""Resistance of contacts: current that squeezes through spots (T-11), and pressure with memory."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from solidcell.kernels.constriction import (
    constriction_resistance,
    holm_resistance,
    interface_resistance,
)

OHM_CM2 = 1e-4  # Ohm m2
MPA = 1e6  # Pa
SULFIDE, GARNET = 0.2, 0.04  # S/m

fractions = st.floats(1e-4, 0.999)
pressures = st.floats(0.1, 100.0).map(lambda p: p * MPA)


def constriction(theta: float, pitch: float = 10e-6, conductivity: float = SULFIDE) -> float:
    """In Ohm cm2."""
    return float(constriction_resistance(theta, pitch, conductivity)[0] / OHM_CM2)


def lithium(pressure: float, highest: float, infinite: float = 0.0) -> tuple[float, float, float]:
    """Li|Li6PS5Cl: 25 Ohm cm2 at 5 MPa; arguments in MPa, resistance in Ohm cm2."""
    resistance, by_pressure, by_highest = interface_resistance(
        pressure * MPA, highest * MPA, 25 * OHM_CM2, infinite * OHM_CM2, 5 * MPA, 0.82, 0.2
    )
    return resistance / OHM_CM2, by_pressure * MPA / OHM_CM2, by_highest * MPA / OHM_CM2


# --- Constriction ---


@pytest.mark.parametrize(
    ("theta", "resistance", "digit"),
    [
        (0.9, 0.0048, 1e-4),
        (0.5, 0.088, 1e-3),
        (0.25, 0.278, 1e-3),
        (0.1, 0.702, 1e-3),
        (0.01, 3.35, 1e-2),
    ],
)
def test_table_of_periodic_spots(theta: float, resistance: float, digit: float) -> None:
    assert constriction(theta) == pytest.approx(resistance, abs=0.5 * digit)


def test_a_garnet_with_distant_spots_has_fifty_times_that() -> None:
    assert constriction(0.25, 100e-6, GARNET) == pytest.approx(50 * constriction(0.25), rel=1e-13)


def test_one_micrometre_spot_on_a_sulfide_has_1_25_megaohm() -> None:
    assert holm_resistance(1e-6, SULFIDE) == pytest.approx(1.25e6, rel=1e-14)


@pytest.mark.parametrize("theta", [1e-4, 1e-6, 1e-8])
@pytest.mark.parametrize("spots", [1, 7, 1000])
def test_few_small_spots_are_holm_resistors_in_parallel(theta: float, spots: int) -> None:
    pitch = 10e-6
    area = spots * np.pi * pitch**2
    parallel = holm_resistance(pitch * np.sqrt(theta), SULFIDE) / spots
    resistance, _ = constriction_resistance(theta, pitch, SULFIDE)
    # The next order of (1 - sqrt(theta))^1.5.
    assert resistance / area == pytest.approx(parallel, rel=1.5 * np.sqrt(theta))


def test_many_small_contacts_resist_less_than_few_large_ones_of_the_same_area() -> None:
    assert constriction(0.3, 1e-6) == pytest.approx(0.1 * constriction(0.3, 10e-6), rel=1e-13)


@pytest.mark.parametrize("theta", [1.0, 1.2])
def test_full_contact_has_no_constriction(theta: float) -> None:
    assert constriction_resistance(theta, 10e-6, SULFIDE) == (0.0, 0.0)


def test_constriction_and_its_slope_fade_away_towards_full_contact() -> None:
    resistance, slope = constriction_resistance(1.0 - 1e-12, 10e-6, SULFIDE)
    assert 0.0 < resistance < 1e-20
    assert -1e-9 < slope < 0.0


@given(fractions)
def test_no_pitch_no_constriction(theta: float) -> None:
    assert constriction_resistance(theta, 0.0, SULFIDE) == (0.0, 0.0)


@given(fractions)
def test_less_contact_more_constriction(theta: float) -> None:
    assert constriction(0.99 * theta) > constriction(theta)


@given(fractions)
def test_slope_of_constriction_is_the_derivative(theta: float) -> None:
    h = 1e-5 * min(theta, 1 - theta)
    above, below = constriction(theta + h), constriction(theta - h)
    _, slope = constriction_resistance(theta, 10e-6, SULFIDE)
    # Rounding of theta + h, 1e-16, is up to 1e-8 of h.
    assert slope / OHM_CM2 == pytest.approx((above - below) / (2 * h), rel=1e-7)


# --- Pressure ---


@pytest.mark.parametrize(
    ("pressure", "resistance"), [(5.0, 25.0), (10.0, 14.2), (15.0, 10.2), (20.0, 8.0)]
)
def test_lithium_on_a_sulfide_while_it_is_loaded(pressure: float, resistance: float) -> None:
    assert lithium(pressure, 5.0)[0] == pytest.approx(resistance, abs=0.05)


@pytest.mark.parametrize("pressure", [5.0, 10.0, 15.0, 20.0])
def test_contact_once_made_is_kept_in_part(pressure: float) -> None:
    """After 25 MPa the resistance on the way back lies well below the one on the way up."""
    loading, unloading = lithium(pressure, 5.0)[0], lithium(pressure, 25.0)[0]
    assert unloading < (pressure / 25.0) ** 0.6 * loading
    assert unloading == pytest.approx(lithium(25.0, 25.0)[0] * (25.0 / pressure) ** 0.2, rel=1e-13)


def test_pressing_again_beyond_the_highest_pressure_joins_the_loading_branch() -> None:
    below, at, above = (lithium(p, 12.0)[0] for p in (12.0 - 1e-9, 12.0, 12.0 + 1e-9))
    assert below == pytest.approx(at, rel=1e-9)
    assert above == pytest.approx(at, rel=1e-9)
    assert lithium(18.0, 12.0)[0] == lithium(18.0, 5.0)[0]


def test_what_pressure_cannot_reach_stays() -> None:
    """The memory acts on the part that depends on pressure."""
    assert lithium(5.0, 5.0, infinite=4.0)[0] == pytest.approx(25.0, rel=1e-14)
    assert lithium(1e9, 5.0, infinite=4.0)[0] == pytest.approx(4.0, rel=1e-5)
    part = 21.0 * 2.0**-0.82 * 2.0**0.2
    assert lithium(5.0, 10.0, infinite=4.0)[0] == pytest.approx(4.0 + part, rel=1e-14)


@given(pressures, pressures)
def test_more_pressure_never_raises_the_resistance(pressure: float, highest: float) -> None:
    _, by_pressure, by_highest = lithium(pressure / MPA, highest / MPA)
    assert by_pressure < 0.0
    assert by_highest <= 0.0


@given(pressures, st.floats(0.05, 20.0), st.floats(0.0, 20.0))
def test_slopes_of_the_resistance_are_its_derivatives(
    highest: float, share: float, infinite: float
) -> None:
    assume(abs(share - 1.0) > 1e-3)  # at the kink the derivative has two values
    p_max = highest / MPA
    p = share * p_max
    h = 1e-5
    _, by_pressure, by_highest = lithium(p, p_max, infinite)
    in_pressure = (
        lithium(p * (1 + h), p_max, infinite)[0] - lithium(p * (1 - h), p_max, infinite)[0]
    )
    in_highest = lithium(p, p_max * (1 + h), infinite)[0] - lithium(p, p_max * (1 - h), infinite)[0]
    assert by_pressure == pytest.approx(in_pressure / (2 * h * p), rel=1e-6)
    assert by_highest == pytest.approx(in_highest / (2 * h * p_max), rel=1e-6, abs=1e-12)
