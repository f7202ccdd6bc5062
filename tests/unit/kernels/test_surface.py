"""Surfaces by their coordinate: derivatives, the lattice gas of the last sites, digits when full."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laboratory import BENT, FLAT, ROOM, SQUARE_ROOT, make_cell
from numpy.polynomial import Polynomial

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.parameters import HalfCell, at_temperature
from solidcell.kernels.surface import (
    BEND,
    EXCHANGE_FLOOR,
    FARTHEST,
    coordinate_of,
    fill_sites,
    fraction,
    fractions_of,
    is_astray,
    sites,
    surface_properties,
    surface_slopes,
)
from solidcell.kernels.tables import locate

THERMAL = GAS * ROOM / FARADAY
BEYOND = np.array([-30.0, -20.0, -6.5, -3.0, -1.0, 0.0, 0.7, 2.1, 4.4, 8.0, 15.0, 30.0])
"""Bends inwards from an end; apart from the nodes of the tables."""
COORDINATES = np.concatenate([BEND * BEYOND, 1.0 - BEND * BEYOND, np.linspace(0.071, 0.931, 44)])
LOPSIDED = Polynomial([0.0, 3.0, -1.0, -2.0])
"""``x (1 - x) (3 + 2 x)``: 3 x where empty, 5 (1 - x) where full."""
CELLS = {
    "no transfer at either end": make_cell(potential=BENT, exchange_squared=SQUARE_ROOT),
    "uneven ends": make_cell(potential=BENT, exchange_squared=LOPSIDED),
    "transfer at both ends": make_cell(potential=BENT, exchange_squared=Polynomial([2.0, 3.0, -4])),
    "flat": make_cell(potential=FLAT, exchange_squared=Polynomial([1.0])),
    "with entropy": make_cell(potential=BENT, entropy=Polynomial([1e-4, -3e-4])),
}


def located(cell: HalfCell, filled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where in the tables of a cell lithium fractions lie."""
    index, d = np.zeros(filled.size, np.uint64), np.zeros(filled.size)
    locate(cell.table_origin, cell.table_inverse_spacing, cell.table_intervals, filled, index, d)
    return index, d


def properties(
    cell: HalfCell, coordinate: np.ndarray, temperature: float = ROOM
) -> tuple[np.ndarray, np.ndarray]:
    """Open-circuit potential and squared exchange current of surfaces."""
    filled, free, steep, potential, exchange = (np.empty_like(coordinate) for _ in range(5))
    fill_sites(coordinate, filled, free, steep)
    coefficients, where = at_temperature(cell, temperature), located(cell, filled)
    surface_properties(cell, coefficients, filled, free, *where, potential, exchange)
    return potential, exchange


def slopes(cell: HalfCell, coordinate: np.ndarray, temperature: float = ROOM) -> np.ndarray:
    """What `surface_slopes` writes: dU/dz, the squared exchange current and its relative slope."""
    coefficients = at_temperature(cell, temperature)
    filled, free, steep, *found = (np.empty_like(coordinate) for _ in range(6))
    fill_sites(coordinate, filled, free, steep)
    surface_slopes(cell, coefficients, filled, free, steep, *located(cell, filled), *found)
    return np.array(found)


def beyond(sign: float, bends: np.ndarray) -> np.ndarray:
    """Coordinates so many bends beyond full, or beyond empty."""
    return 1.0 + BEND * bends if sign > 0.0 else -BEND * bends


@given(st.floats(-30.0, 530.0))
def test_coordinate_and_fraction_undo_each_other(bends: float) -> None:
    """But for the digits that 1 - x has lost."""
    z = BEND * bends
    near = min(z, 1.0 - z) / BEND
    scarce = BEND * np.logaddexp(0.0, near)
    x, left, _ = sites(z)
    assert min(x, left) == pytest.approx(scarce, rel=3e-13)
    assert x + left == pytest.approx(1.0, rel=1e-15)
    # A last digit of x is so much of what is left; far beyond, a bend a factor e.
    lost = 1e-15 * BEND / scarce
    assert coordinate_of(x) == pytest.approx(z, abs=1e-15 + lost)
    assert fractions_of(np.array([z]))[0] == pytest.approx(x, rel=3e-13)
    assert fraction(z) == x


def test_the_coordinate_is_the_fraction_between_the_ends() -> None:
    z = np.linspace(0.07, 0.93, 1001)
    assert [fraction(value) for value in z.tolist()] == z.tolist()
    assert [coordinate_of(value) for value in z.tolist()] == z.tolist()


@pytest.mark.parametrize("temperature", [ROOM, ROOM + 20.0])
@pytest.mark.parametrize("name", CELLS)
def test_derivatives_are_those_of_the_properties(name: str, temperature: float) -> None:
    cell, h = CELLS[name], 1e-4 * BEND
    to_potential, exchange, relative = slopes(cell, COORDINATES, temperature)
    above, below = (properties(cell, COORDINATES + side, temperature) for side in (h, -h))
    assert to_potential == pytest.approx((above[0] - below[0]) / (2 * h), rel=1e-7, abs=2e-8)
    growth = np.log(above[1] / below[1]) / (2 * h)
    assert relative == pytest.approx(growth, rel=1e-7, abs=2e-8)
    assert exchange == pytest.approx(properties(cell, COORDINATES, temperature)[1], rel=1e-14)


def test_the_slope_of_the_fraction_is_its_derivative() -> None:
    # It is the same at either end; where it is empty, x has digits.
    for z in (BEND * BEYOND).tolist():
        h = 1e-4 * BEND
        assert sites(z)[2] == pytest.approx((fraction(z + h) - fraction(z - h)) / (2 * h), rel=1e-8)
        assert sites(1.0 - z)[2] == pytest.approx(sites(z)[2], rel=1e-13)


@pytest.mark.parametrize("name", CELLS)
def test_potential_falls_all_the_way(name: str) -> None:
    most = FARTHEST * BEND
    coordinate = np.linspace(-0.999 * most, 1.0 + 0.999 * most, 24001)
    potential, exchange = properties(CELLS[name], coordinate)
    # The flat potential rests until hardly a site is left.
    rising = np.diff(potential)
    assert (rising <= 0.0).all()
    assert (rising[(coordinate[1:] < 0.02) | (coordinate[:-1] > 0.98)] < 0.0).all()
    assert np.isfinite(potential).all()
    assert (exchange >= EXCHANGE_FLOOR).all()
    assert (slopes(CELLS[name], coordinate[::100])[0] <= 0.0).all()
    assert not any(is_astray(z) for z in coordinate.tolist())
    assert all(is_astray(z) for z in (1.0 + 1.001 * most, -1.001 * most, np.nan))


def test_the_lattice_gas_is_not_felt_where_there_are_sites() -> None:
    """Half a millivolt at most where 2e-5 of the sites are left; 3 uV at 1e-3; none at 5 %."""
    for least, most in ((2e-5, 5e-4), (1e-3, 3e-6), (0.05, 0.0)):
        ends = coordinate_of(least), 1.0 - coordinate_of(least)
        coordinate = np.linspace(*ends, 2001)
        potential, _ = properties(CELLS["with entropy"], coordinate)
        more = potential - BENT(fractions_of(coordinate))
        assert np.abs(more).max() <= most + 2e-15
        assert ((coordinate - 0.5) * more <= 1e-15).all()


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["full", "empty"])
def test_full_and_empty_surfaces_have_the_entropy_of_a_lattice_gas(sign: float) -> None:
    """Beyond 1e-7 of the sites, R T / F a bend from the end of the table on."""
    bends = np.array([40.0, 100.0, 300.0, 0.99 * FARTHEST])
    potential, _ = properties(CELLS["uneven ends"], beyond(sign, bends))
    end = BENT(1.0 if sign > 0.0 else 0.0)
    asymptote = end - sign * THERMAL * (bends + np.log(1e-7 / BEND))
    assert potential == pytest.approx(asymptote, abs=1e-11)
    steep = slopes(CELLS["uneven ends"], beyond(sign, bends))[0]
    assert steep == pytest.approx(-THERMAL / BEND, rel=1e-9)


@pytest.mark.parametrize("rest", [1e-3, 1e-12, 1e-15, 1e-50])
@pytest.mark.parametrize(("sign", "steep"), [(1.0, 5.0), (-1.0, 3.0)], ids=["full", "empty"])
def test_the_exchange_current_has_all_its_digits(sign: float, steep: float, rest: float) -> None:
    """However little is left: 1 - x has four digits at 1e-12, and none at 1e-50."""
    # x (1 - x) (3 + 2 x), by what is left of either end.
    exact = rest * (1.0 - rest) * (steep - sign * 2.0 * rest)
    bends = -np.log(np.expm1(rest / BEND))
    cell, coordinate = CELLS["uneven ends"], beyond(sign, np.array([bends]))
    # A coordinate has a digit in 2e-16, which is relative to what is left by the bends in it.
    assert properties(cell, coordinate)[1] == pytest.approx(exact, rel=2e-13)
    found = slopes(cell, coordinate)
    assert found[1] == pytest.approx(exact, rel=2e-13)
    logarithmic = -np.expm1(-rest / BEND) * BEND / rest
    assert found[2] * BEND == pytest.approx(-sign * logarithmic, abs=4.0 * rest + 1e-12)


def test_a_transfer_that_lithium_and_sites_do_not_stop_is_kept() -> None:
    ends = np.array([-300.0 * BEND, 1.0 + 300.0 * BEND])
    _, exchange = properties(CELLS["transfer at both ends"], ends)
    assert exchange == pytest.approx([2.0, 1.0], rel=1e-14)
