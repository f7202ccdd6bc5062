"""The lithium plane takes an overpotential and an interface resistance."""

import numpy as np
import pytest
from laboratory import ROOM, make_cell

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.lithium_metal import plane_voltage
from solidcell.kernels.parameters import at_temperature

THERMAL = GAS * ROOM / FARADAY


def plane(current: float, **changes: float) -> tuple[float, ...]:
    cell = make_cell(lithium=changes)
    return plane_voltage(cell.lithium, at_temperature(cell, ROOM), current, 5e6, 5e6, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("current", [-55.0, -1.0, 0.0, 5.5, 110.0])
@pytest.mark.parametrize("contact", [0.1, 0.5, 1.0])
def test_lost_contact_concentrates_the_current(current: float, contact: float) -> None:
    eta = plane(current, contact_fraction=contact)[0]
    expected = 2 * THERMAL * np.arcsinh(current / (2 * contact * 25.0))
    assert eta == pytest.approx(expected, rel=1e-14)


def test_25_ohm_cm2_take_137_5_millivolts_at_1c() -> None:
    drop = plane(55.0, interface_resistance=25e-4)[1]
    assert drop == pytest.approx(0.1375, rel=1e-12)


def test_reference_plane_has_10_28_ohm_cm2() -> None:
    slope = plane(0.0)[3]
    assert slope * 1e4 == pytest.approx(10.2770, abs=5e-5)


@pytest.mark.parametrize("current", [-20.0, 3.0, 55.0])
@pytest.mark.parametrize("alpha", [0.3, 0.5])
def test_slope_is_the_derivative_of_both_parts(current: float, alpha: float) -> None:
    changes = {"interface_resistance": 14e-4, "transfer_coefficient": alpha}
    h = 1e-3  # A/m2
    above, below = plane(current + h, **changes), plane(current - h, **changes)
    difference = (above[0] + above[1] - below[0] - below[1]) / (2 * h)
    assert plane(current, **changes)[3] == pytest.approx(difference, rel=1e-8)
