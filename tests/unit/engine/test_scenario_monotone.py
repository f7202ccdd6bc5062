"""A monotone cubic goes through its points and turns only where they do."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from solidcell.engine.scenario.monotone import MonotoneCubic

POINTS = st.lists(
    st.tuples(st.integers(0, 1000), st.floats(-10, 10, width=16)),
    min_size=2,
    max_size=12,
    unique_by=lambda point: point[0],
).map(sorted)


@given(POINTS)
def test_it_is_scipys_interpolant(points: list[tuple[int, float]]) -> None:
    x, y = (tuple(float(value) for value in values) for values in zip(*points, strict=True))
    at = np.linspace(x[0] - 1, x[-1] + 1, 201)
    np.testing.assert_allclose(
        MonotoneCubic(x, y)(at), PchipInterpolator(x, y)(at), rtol=1e-9, atol=1e-9
    )


@given(POINTS)
def test_it_stays_between_neighbouring_points(points: list[tuple[int, float]]) -> None:
    x, y = (tuple(float(value) for value in values) for values in zip(*points, strict=True))
    curve = MonotoneCubic(x, y)
    for left, right, low, high in zip(x, x[1:], y, y[1:], strict=False):
        values = curve(np.linspace(left, right, 33))
        assert values.min() >= min(low, high) - 1e-9
        assert values.max() <= max(low, high) + 1e-9
        assert np.all(np.diff(values) * np.sign(high - low) >= -1e-9)


def test_it_keeps_a_straight_line_and_the_shape_of_its_argument() -> None:
    line = MonotoneCubic((0.0, 0.3, 1.0), (1.0, 1.6, 3.0))
    at = np.array([[0.1, 0.5], [-0.2, 1.2]])
    np.testing.assert_allclose(line(at), 1 + 2 * at, rtol=1e-14)
    assert line(0.5) == pytest.approx(2)
    assert pickle.loads(pickle.dumps(line)) == line
