"""Lithium creeps, and stack pressure closes voids in it (T-13)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laboratory import ROOM
from scipy.integrate import quad
from scipy.optimize import brentq

from solidcell.kernels.arrhenius import arrhenius
from solidcell.kernels.creep import closure_rate, creep_rate

MPA = 1e6  # Pa
RATE, EXPONENT, ENERGY = 7.7e-3, 6.56, 37e3  # 1/s at 1 MPa, -, J/mol
pressures = st.floats(0.05, 50.0).map(lambda p: p * MPA)


def closure(pressure: float, factor: float = 1.0) -> float:
    """Rate (1/s) at which the volume of a void in lithium shrinks; pressure in MPa."""
    return float(closure_rate(pressure * MPA, RATE, EXPONENT, factor)[0])


@pytest.mark.parametrize(
    ("stress", "lowest", "highest"),
    [(0.2, 1.95e-7, 2.05e-7), (0.4, 1.3e-5, 1.9e-5), (0.6, 2.65e-4, 3.9e-4)],
)
def test_lithium_in_tension(stress: float, lowest: float, highest: float) -> None:
    strain_rate, _ = creep_rate(stress * MPA, RATE, EXPONENT, 1.0)
    assert lowest < strain_rate < highest


@pytest.mark.parametrize(
    ("pressure", "time_constant", "digit"),
    [
        (2.0, 4.40e4, 1e2),
        (3.0, 3.08e3, 1e1),
        (5.0, 107.9, 0.1),
        (7.0, 11.87, 0.01),
        (10.0, 1.144, 0.001),
    ],
)
def test_pressure_closes_voids(pressure: float, time_constant: float, digit: float) -> None:
    """Half a day at 2 MPa, two minutes at 5 MPa: time constants of the radius, s."""
    assert 3.0 / closure(pressure) == pytest.approx(time_constant, abs=0.5 * digit)


def test_volume_shrinks_three_times_as_fast_as_the_radius() -> None:
    """Half of the void volume at 5 MPa has gone in 25 s."""
    radius_constant = 107.9  # s
    assert np.log(2.0) / closure(5.0) == pytest.approx(np.log(2.0) * radius_constant / 3, rel=1e-3)


def test_warm_lithium_closes_voids_4_8_times_as_fast() -> None:
    factor = arrhenius(ENERGY, 333.15, ROOM)
    assert closure(5.0, factor) / closure(5.0) == pytest.approx(4.7973, abs=5e-5)


@pytest.mark.parametrize(("pressure", "exponent"), [(2.0, 6.56), (5.0, 5.0), (0.7, 1.0)])
def test_closure_follows_from_the_balance_of_forces(pressure: float, exponent: float) -> None:
    """Pressure at infinity that a shrinking void needs, integrated over the creeping matrix."""

    def pressure_needed(radius_rate: float) -> float:
        # Strain rate 2 (-da/dt) a^2 / r^3 at z = a / r; the law gives the stress.
        def stress(z: float) -> float:
            return float((2 * radius_rate * z**3 / RATE) ** (1 / exponent))

        return float(quad(lambda z: 2 * stress(z) / z, 0.0, 1.0, epsrel=1e-12)[0])

    found = brentq(lambda k: pressure_needed(np.exp(k)) - pressure, -60.0, 20.0, xtol=1e-13)
    rate, _ = closure_rate(pressure * MPA, RATE, exponent, 1.0)
    assert rate == pytest.approx(3 * np.exp(found), rel=1e-8)


@pytest.mark.parametrize("pressure", [0.0, -1.0])
def test_without_pressure_a_void_stays(pressure: float) -> None:
    assert closure_rate(pressure * MPA, RATE, EXPONENT, 1.0) == (0.0, 0.0)


@given(pressures, pressures)
def test_closure_rises_with_the_power_of_pressure(first: float, second: float) -> None:
    ratio = closure(first / MPA) / closure(second / MPA)
    assert ratio == pytest.approx((first / second) ** EXPONENT, rel=1e-12)


@given(pressures, st.sampled_from([creep_rate, closure_rate]))
def test_slope_is_the_derivative(pressure: float, law) -> None:
    h = 1e-5 * pressure
    above, below = (law(pressure + s, RATE, EXPONENT, 2.0)[0] for s in (h, -h))
    _, slope = law(pressure, RATE, EXPONENT, 2.0)
    assert slope == pytest.approx((above - below) / (2 * h), rel=1e-8)
