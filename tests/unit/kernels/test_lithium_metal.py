"""The lithium plane takes an overpotential and an interface resistance."""

import numpy as np
import pytest
from laboratory import ROOM, make_cell

from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.lithium_metal import plane_overpotential
from solidcell.kernels.parameters import at_temperature

THERMAL = GAS * ROOM / FARADAY


def plane(current: float, **changes: float) -> tuple[float, float, float]:
    cell = make_cell(**changes)
    return plane_overpotential(cell, at_temperature(cell, ROOM), current)


@pytest.mark.parametrize("current", [-55.0, -1.0, 0.0, 5.5, 110.0])
@pytest.mark.parametrize("contact", [0.1, 0.5, 1.0])
def test_lost_contact_concentrates_the_current(current: float, contact: float) -> None:
    eta, _, _ = plane(current, lithium_contact_fraction=contact)
    expected = 2 * THERMAL * np.arcsinh(current / (2 * contact * 25.0))
    assert eta == pytest.approx(expected, rel=1e-14)


def test_25_ohm_cm2_take_137_5_millivolts_at_1c() -> None:
    _, drop, _ = plane(55.0, lithium_interface_resistance=25e-4)
    assert drop == pytest.approx(0.1375, rel=1e-12)


def test_reference_plane_has_10_28_ohm_cm2() -> None:
    _, _, slope = plane(0.0)
    assert slope * 1e4 == pytest.approx(10.2770, abs=5e-5)


@pytest.mark.parametrize("current", [-20.0, 3.0, 55.0])
@pytest.mark.parametrize("alpha", [0.3, 0.5])
def test_slope_is_the_derivative_of_both_parts(current: float, alpha: float) -> None:
    changes = {"lithium_interface_resistance": 14e-4, "lithium_transfer_coefficient": alpha}
    h = 1e-3  # A/m2
    above, below = plane(current + h, **changes), plane(current - h, **changes)
    difference = (above[0] + above[1] - below[0] - below[1]) / (2 * h)
    assert plane(current, **changes)[2] == pytest.approx(difference, rel=1e-8)
