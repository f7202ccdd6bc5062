"""Logarithm, inverse hyperbolic sine and exponential of the kernels are as good as the library's."""

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.kernels.elementary import area_sinh, exponential, logarithm
from solidcell.kernels.options import FLAGS

_FLAGS = {**FLAGS, "cache": False}


@numba.njit(**_FLAGS)
def logarithms(x: np.ndarray, y: np.ndarray) -> None:
    for n in range(x.size):
        y[n] = logarithm(x[n])


@numba.njit(**_FLAGS)
def area_sines(x: np.ndarray, y: np.ndarray) -> None:
    for n in range(x.size):
        y[n] = area_sinh(x[n])


@numba.njit(**_FLAGS)
def exponentials(x: np.ndarray, y: np.ndarray) -> None:
    for n in range(x.size):
        y[n] = exponential(x[n])


def of(function, x: np.ndarray) -> np.ndarray:
    """Apply a kernel in a loop that LLVM vectorises."""
    y = np.full_like(x, -1.0)
    function(x, y)
    return y


def units_in_the_last_place(y: np.ndarray, exact: np.ndarray) -> np.ndarray:
    return np.abs(y - exact) / np.spacing(np.abs(exact))


def decades(low: float, high: float) -> np.ndarray:
    """Points all over these decades, dense enough to hit every piece of a mantissa."""
    spread = np.random.default_rng(7).uniform(low, high, 200_000)
    return 10.0**spread


def test_logarithm_over_all_normal_numbers() -> None:
    x = decades(-307.0, 308.0)
    assert units_in_the_last_place(of(logarithms, x), np.log(x)).max() <= 2.0


def test_logarithm_next_to_one() -> None:
    x = 1.0 + np.concatenate([decades(-15.0, -0.4), -decades(-15.0, -0.4)])
    assert units_in_the_last_place(of(logarithms, x), np.log(x)).max() <= 2.0


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_area_sinh_of_large_ratios(sign: float) -> None:
    """To two units in the last place where current exceeds twice its exchange current."""
    x = sign * decades(0.0, 150.0)
    assert units_in_the_last_place(of(area_sines, x), np.arcsinh(x)).max() <= 2.0


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_area_sinh_of_small_ratios(sign: float) -> None:
    """Absolutely below: 1e-15 of a thermal voltage is 2.6e-17 V."""
    x = sign * decades(-300.0, 0.0)
    assert np.abs(of(area_sines, x) - np.arcsinh(x)).max() < 1e-15


def test_no_current_no_overpotential() -> None:
    assert of(area_sines, np.zeros(4)).tolist() == [0.0] * 4


@given(st.floats(-1e150, 1e150))
def test_area_sinh_is_odd(x: float) -> None:
    assert area_sinh(-x) == -area_sinh(x)


def test_exponential_over_its_range() -> None:
    x = np.concatenate([np.linspace(-700.0, 700.0, 200_001), -decades(-300.0, 0.0), [0.0]])
    assert units_in_the_last_place(of(exponentials, x), np.exp(x)).max() <= 2.0


def test_exponential_is_held_beyond_its_range() -> None:
    assert of(exponentials, np.array([-1e3, 1e9])) == pytest.approx(np.exp([-700.0, 700.0]))


@pytest.mark.parametrize("function", [logarithms, area_sines, exponentials])
@pytest.mark.parametrize("entries", [1, 9])
def test_not_a_number_stays_not_a_number(function, entries: int) -> None:
    assert np.isnan(of(function, np.full(entries, np.nan))).all()


@pytest.mark.parametrize("x", [1e155, -1e200, 1e300])
def test_area_sinh_of_absurd_ratios_does_not_overflow_silently(x: float) -> None:
    """The right value, or none that passes for one."""
    y = area_sinh(x)
    assert y == pytest.approx(np.arcsinh(x), rel=1e-12) or not np.isfinite(y)
