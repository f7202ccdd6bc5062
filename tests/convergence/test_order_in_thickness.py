"""The electrode's ladder: fourth order in the linear resistance on a uniform mesh, else second."""

import numpy as np
import pytest
from laboratory import (
    BENT,
    FLAT,
    ONE_C,
    ROOM,
    SLOWING,
    current,
    make_cell,
    observed_orders,
    run,
)
from numpy.polynomial import Polynomial

from solidcell.kernels.constants import FARADAY, GAS

THERMAL = GAS * ROOM / FARADAY
PROBE = 0.01  # A/m2


def resistance(
    nodes: int, stretch: float, thickness: float, kappa: float, sigma: float, area: float
) -> float:
    """Of the electrode for a small current on a flat potential, Ohm m2."""
    cell = make_cell(
        nodes=nodes,
        node_stretch=stretch,
        shells=4,
        thickness=thickness,
        potential=FLAT,
        exchange_squared=Polynomial([1.0]),
        active_area=area,
        ionic_conductivity=kappa,
        electronic_conductivity=sigma,
        separator_resistance=0.0,
        lithium={"exchange_current": 1e9},
    )
    rows = run(cell, [current(PROBE, duration=1.0)]).rows
    return (FLAT(0.5) - rows["voltage"][0]) / PROBE - THERMAL / 1e9


ELECTRODES = pytest.mark.parametrize(
    ("thickness", "kappa", "sigma", "area", "exact"),
    [
        (100e-6, 0.02, 0.5, 3e5, 22.017802401e-4),
        (100e-6, 0.01, 1.0, 3e5, 29.921366403e-4),
        (50e-6, 0.02, 0.02, 3e5, 33.605467175e-4),
        (96.8e-6, 0.2 * 0.235 / 6, 1.0, 8.925e5, 19.909774704e-4),
    ],
    ids=["thick", "poor ions", "thin and symmetric", "shipped cell at x = 1/2"],
)


@ELECTRODES
def test_linear_resistance_is_of_fourth_order_on_a_uniform_mesh(
    thickness: float, kappa: float, sigma: float, area: float, exact: float
) -> None:
    errors = [resistance(n, 0.0, thickness, kappa, sigma, area) - exact for n in (10, 20, 40)]
    assert observed_orders(errors) == [pytest.approx(4.0, abs=0.55)] * 2
    assert abs(errors[-1] / exact) < 2e-5


@ELECTRODES
def test_linear_resistance_is_of_second_order_on_a_graded_mesh(
    thickness: float, kappa: float, sigma: float, area: float, exact: float
) -> None:
    """Refined to the separator as shipped, 40 volumes are off by 1e-4 at most."""
    errors = [resistance(n, 0.3, thickness, kappa, sigma, area) - exact for n in (40, 80, 160)]
    assert observed_orders(errors) == [pytest.approx(2.0, abs=0.2)] * 2
    assert abs(errors[0] / exact) < 1e-4


@pytest.mark.parametrize("stretch", [0.0, 0.3], ids=["uniform", "as shipped"])
@pytest.mark.parametrize("minutes", [2, 5, 15])
def test_voltage_of_a_discharge_at_1c_is_of_second_order(minutes: int, stretch: float) -> None:
    """Nodes carry means over volumes, and U of a mean is the mean of U to second order."""
    voltages = []
    for nodes in (20, 40, 80, 160):
        cell = make_cell(
            nodes=nodes, node_stretch=stretch, shells=10, potential=BENT, diffusivity=SLOWING
        )
        steps = [current(ONE_C, duration=60.0 * minutes)]
        voltages.append(run(cell, steps, start=0.3, tolerance=1e-9).steps["end_voltage"][0])
    assert observed_orders(np.diff(voltages)) == [pytest.approx(2.0, abs=0.3)] * 2
    # 40 volumes are off by some 10 uV.
    assert abs(voltages[1] - voltages[-1]) < 2e-5
