"""Surfaces by their logit: derivatives, the lattice gas of the last sites, and digits when full."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laboratory import BENT, FLAT, ROOM, SQUARE_ROOT, make_cell
from numpy.polynomial import Polynomial

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.parameters import HalfCell, at_temperature
from solidcell.kernels.surface import (
    EXCHANGE_FLOOR,
    FARTHEST,
    fraction,
    fractions,
    logit_of,
    surface_properties,
    surface_slopes,
)

THERMAL = GAS * ROOM / FARADAY
LOGITS = np.concatenate([np.linspace(-40.0, 40.0, 81), [-0.3, 0.3, 15.9, 16.1, -15.9, -16.1]])
LOPSIDED = Polynomial([0.0, 3.0, -1.0, -2.0])
"""``x (1 - x) (3 + 2 x)``: 3 x where empty, 5 (1 - x) where full."""
CELLS = {
    "no transfer at either end": make_cell(potential=BENT, exchange_squared=SQUARE_ROOT),
    "uneven ends": make_cell(potential=BENT, exchange_squared=LOPSIDED),
    "transfer at both ends": make_cell(potential=BENT, exchange_squared=Polynomial([2.0, 3.0, -4])),
    "flat": make_cell(potential=FLAT, exchange_squared=Polynomial([1.0])),
    "with entropy": make_cell(potential=BENT, entropy=Polynomial([1e-4, -3e-4])),
}


def properties(
    cell: HalfCell, logit: np.ndarray, temperature: float = ROOM
) -> tuple[np.ndarray, np.ndarray]:
    """Open-circuit potential, V, and squared exchange current, (A/m2)^2."""
    potential, exchange = np.empty_like(logit), np.empty_like(logit)
    surface_properties(cell, at_temperature(cell, temperature), logit, potential, exchange)
    return potential, exchange


def slopes(cell: HalfCell, logit: np.ndarray, temperature: float = ROOM) -> np.ndarray:
    """Columns of `surface_slopes`."""
    coefficients = at_temperature(cell, temperature)
    return np.array([surface_slopes(cell, coefficients, float(z)) for z in logit]).T


@given(st.floats(-36.0, 36.0))
def test_logit_and_fraction_undo_each_other(logit: float) -> None:
    """But for the digits that 1 - x has lost."""
    assert fraction(logit) == pytest.approx(1.0 / (1.0 + np.exp(-logit)), rel=1e-14)
    rest = 1.0 / (1.0 + np.exp(logit))
    assert logit_of(fraction(logit)) == pytest.approx(logit, abs=1e-13 + 1e-15 / rest)
    x = np.empty(1)
    fractions(np.array([logit]), x)
    assert x[0] == fraction(logit)


@pytest.mark.parametrize("temperature", [ROOM, ROOM + 20.0])
@pytest.mark.parametrize("name", CELLS)
def test_derivatives_are_those_of_the_properties(name: str, temperature: float) -> None:
    cell, h = CELLS[name], 1e-4
    x, spread, to_potential, exchange, relative = slopes(cell, LOGITS, temperature)
    above, below = (properties(cell, LOGITS + side, temperature) for side in (h, -h))
    assert to_potential == pytest.approx((above[0] - below[0]) / (2 * h), rel=1e-7, abs=2e-11)
    growth = np.log(above[1] / below[1]) / (2 * h)
    assert relative == pytest.approx(growth, rel=1e-7, abs=2e-11)
    assert exchange == pytest.approx(properties(cell, LOGITS, temperature)[1], rel=1e-14)
    assert x == pytest.approx(1.0 / (1.0 + np.exp(-LOGITS)), rel=1e-14)
    # The change of x is the same at either end; where it is empty, x has digits.
    empty = -np.abs(LOGITS)
    change = [fraction(z + h) - fraction(z - h) for z in empty.tolist()]
    assert spread == pytest.approx(np.array(change) / (2 * h), rel=1e-8)


@pytest.mark.parametrize("name", CELLS)
def test_potential_falls_all_the_way(name: str) -> None:
    logit = np.linspace(-FARTHEST, FARTHEST, 24001)
    potential, exchange = properties(CELLS[name], logit)
    assert (np.diff(potential) < 0.0).all()
    assert np.isfinite(potential).all()
    assert (exchange >= EXCHANGE_FLOOR).all()
    assert (slopes(CELLS[name], logit[::100])[2] < 0.0).all()


def test_the_lattice_gas_is_not_felt_where_there_are_sites() -> None:
    """Half a millivolt at most where 2e-5 of the sites are left; 3 uV where 1e-3 are."""
    for furthest, most in ((11.0, 5e-4), (np.log(999.0), 3e-6)):
        logit = np.linspace(-furthest, furthest, 2001)
        potential, _ = properties(CELLS["with entropy"], logit)
        table = BENT(1.0 / (1.0 + np.exp(-logit)))
        assert np.abs(potential - table).max() < most
        assert (logit * (potential - table) <= 1e-15 * np.abs(logit)).all()


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["full", "empty"])
def test_full_and_empty_surfaces_have_the_entropy_of_a_lattice_gas(sign: float) -> None:
    """Beyond 1e-7 of the sites, R T / F a logit from the end of the table on."""
    logit = sign * np.array([40.0, 100.0, 300.0, FARTHEST])
    potential, _ = properties(CELLS["uneven ends"], logit)
    end = BENT(1.0 if sign > 0.0 else 0.0)
    asymptote = end - sign * THERMAL * (np.abs(logit) + np.log(1e-7))
    assert potential == pytest.approx(asymptote, abs=1e-11)
    assert slopes(CELLS["uneven ends"], logit)[2] == pytest.approx(-THERMAL, rel=1e-9)


@pytest.mark.parametrize("rest", [1e-3, 1e-12, 1e-15, 1e-50])
@pytest.mark.parametrize(("sign", "steep"), [(1.0, 5.0), (-1.0, 3.0)], ids=["full", "empty"])
def test_the_exchange_current_has_all_its_digits(sign: float, steep: float, rest: float) -> None:
    """However little is left: 1 - x has four digits at 1e-12, and none at 1e-50."""
    # x (1 - x) (3 + 2 x), by what is left of either end.
    exact = rest * (1.0 - rest) * (steep - sign * 2.0 * rest)
    logit = sign * np.array([np.log1p(-rest) - np.log(rest)])
    cell = CELLS["uneven ends"]
    # A logit of 115 has 1e-14 of it, which is relative to what is left.
    assert properties(cell, logit)[1] == pytest.approx(exact, rel=5e-14)
    found = slopes(cell, logit)
    assert found[3] == pytest.approx(exact, rel=5e-14)
    assert found[4] == pytest.approx(-sign, abs=4.0 * rest + 1e-12)


def test_a_transfer_that_lithium_and_sites_do_not_stop_is_kept() -> None:
    _, exchange = properties(CELLS["transfer at both ends"], np.array([-300.0, 300.0]))
    assert exchange == pytest.approx([2.0, 1.0], rel=1e-14)
