"""Property tables: cubic inside, straight outside, found in one step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import Polynomial

from solidcell.kernels.tables import abscissa, cubic_table, interval, locate, slope, value

GRID = abscissa(0.2, 0.9, 14)
CUBIC = Polynomial([4.5, -1.5, 1.2, -0.5])
TABLE = cubic_table(GRID, CUBIC(GRID.knots), CUBIC.deriv()(GRID.knots))


def look_up(x: float) -> tuple[float, float]:
    """Value and slope of the table at x."""
    index, d = interval(GRID.origin, 1 / GRID.spacing, GRID.intervals, x)
    return value(TABLE, index, d), slope(TABLE, 1 / GRID.spacing, index, d)


@given(st.floats(0.2, 0.9))
def test_a_cubic_is_reproduced_with_its_slope(x: float) -> None:
    found, gradient = look_up(x)
    assert found == pytest.approx(CUBIC(x), abs=1e-13)
    assert gradient == pytest.approx(CUBIC.deriv()(x), abs=1e-11)


@pytest.mark.parametrize("edge", [0.2, 0.9])
@pytest.mark.parametrize("distance", [1e-6, 0.04, 0.3, 5.0])
def test_beyond_its_domain_a_property_goes_straight_on(edge: float, distance: float) -> None:
    x = edge + np.copysign(distance, edge - 0.5)
    gradient = CUBIC.deriv()(edge)
    assert look_up(x)[0] == pytest.approx(CUBIC(edge) + gradient * (x - edge), abs=1e-12)
    assert look_up(x)[1] == pytest.approx(gradient, abs=1e-11)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_whatever_the_composition_the_interval_is_one_of_the_table(x: float) -> None:
    index, _ = interval(GRID.origin, 1 / GRID.spacing, GRID.intervals, x)
    assert 0 <= index < GRID.intervals


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=70))
def test_vectors_are_located_as_their_entries_are(x: list[float]) -> None:
    """Whatever the length, and what is left over of the lanes of the processor."""
    grid = GRID.origin, 1 / GRID.spacing, GRID.intervals
    index, d = np.zeros(len(x), np.uint64), np.zeros(len(x))
    locate(*grid, np.array(x), index, d)
    one_by_one = [interval(*grid, each) for each in x]
    assert index.tolist() == [int(each) for each, _ in one_by_one]
    np.testing.assert_array_equal(d, [within for _, within in one_by_one])


def test_not_a_number_looks_up_not_a_number() -> None:
    _, d = interval(GRID.origin, 1 / GRID.spacing, GRID.intervals, np.nan)
    assert np.isnan(d)
