"""Butler-Volmer kinetics solved for overpotential (T-15)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laboratory import ROOM
from scipy.optimize import brentq

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.kinetics import butler_volmer_overpotential

THERMAL = GAS * ROOM / FARADAY
ratios = st.floats(-1e6, 1e6)
coefficients = st.floats(0.1, 0.9)


def current_ratio(overpotential: float, alpha: float) -> float:
    """j / j0 that an overpotential (V) drives."""
    x = overpotential / THERMAL
    return float(np.exp(alpha * x) - np.exp(-(1 - alpha) * x))


def overpotential(ratio: float, alpha: float) -> float:
    return float(butler_volmer_overpotential(ratio, alpha, ROOM)[0])


def test_the_exchange_current_itself_takes_24_7_millivolts() -> None:
    assert overpotential(1.0, 0.5) == pytest.approx(24.727146e-3, abs=5e-10)


@pytest.mark.parametrize("alpha", [0.3, 0.5, 0.7])
def test_small_currents_see_a_resistance_of_thermal_voltage_over_exchange_current(
    alpha: float,
) -> None:
    eta, slope = butler_volmer_overpotential(1e-9, alpha, ROOM)
    assert eta / 1e-9 == pytest.approx(THERMAL, rel=1e-6)
    assert slope == pytest.approx(THERMAL, rel=1e-6)


@pytest.mark.parametrize("alpha", [0.1, 0.35, 0.4999, 0.5, 0.5001, 0.6, 0.9])
@pytest.mark.parametrize("ratio", [-1e4, -30.0, -1.0, -1e-3, 1e-3, 0.5, 7.0, 1e3])
def test_any_transfer_coefficient_against_an_independent_root_finder(
    alpha: float, ratio: float
) -> None:
    expected = brentq(lambda eta: current_ratio(eta, alpha) - ratio, -4.0, 4.0, xtol=1e-15)
    assert overpotential(ratio, alpha) == pytest.approx(expected, rel=1e-10, abs=1e-13)


@given(ratios, coefficients)
def test_the_overpotential_found_drives_the_current_asked_for(ratio: float, alpha: float) -> None:
    eta = overpotential(ratio, alpha)
    # An exponential magnifies the rounding of eta by eta / thermal voltage, 50 to 500 here.
    assert current_ratio(eta, alpha) == pytest.approx(ratio, rel=1e-11, abs=1e-13)


@given(ratios)
def test_symmetric_kinetics_are_odd_in_current(ratio: float) -> None:
    assert overpotential(-ratio, 0.5) == -overpotential(ratio, 0.5)


@given(ratios, coefficients)
def test_charge_and_discharge_exchange_the_two_coefficients(ratio: float, alpha: float) -> None:
    mirrored = -overpotential(-ratio, 1 - alpha)
    assert overpotential(ratio, alpha) == pytest.approx(mirrored, rel=1e-10, abs=1e-13)


@given(ratios, st.floats(1e-6, 10.0), coefficients)
def test_more_current_takes_more_overpotential(ratio: float, share: float, alpha: float) -> None:
    more = ratio + share * (1 + abs(ratio))
    assert overpotential(more, alpha) > overpotential(ratio, alpha)


@given(ratios, coefficients)
def test_slope_is_the_reciprocal_of_the_derivative_of_current(ratio: float, alpha: float) -> None:
    eta, slope = butler_volmer_overpotential(ratio, alpha, ROOM)
    x = eta / THERMAL
    derivative = alpha * np.exp(alpha * x) + (1 - alpha) * np.exp(-(1 - alpha) * x)
    assert slope == pytest.approx(THERMAL / derivative, rel=1e-9)


@given(ratios)
def test_coefficients_next_to_one_half_agree_with_the_closed_form(ratio: float) -> None:
    near = overpotential(ratio, 0.5 + 1e-9)
    # d eta / d alpha is below 2 |eta| at alpha = 1/2.
    assert near == pytest.approx(overpotential(ratio, 0.5), rel=3e-9, abs=1e-13)
