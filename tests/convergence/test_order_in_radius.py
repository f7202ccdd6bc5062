"""Particles converge with second order in their shells, at constant and varying diffusivity."""

import numpy as np
import pytest
from laboratory import (
    BENT,
    FLAT,
    ONE_C,
    SLOWING,
    current,
    hold,
    make_cell,
    observed_orders,
    run,
)
from numpy.polynomial import Polynomial

from solidcell.kernels.constants import FARADAY

TIME = 2e-6**2 / 3e-15  # s, R^2 / D
SHELLS = (40, 80, 160)
FREE = {"ionic_conductivity": 1e8, "electronic_conductivity": 1e8}
SECOND = pytest.approx(2.0, abs=0.25)


def surface_after_flux(shells: int, tau: float, stretch: float) -> float:
    """(c_s - c_0) D / (j R)."""
    cell = make_cell(
        nodes=2,
        shells=shells,
        stretch=stretch,
        potential=FLAT,
        exchange_squared=Polynomial([1.0]),
        **FREE,
    )
    done = run(cell, [current(5.0, duration=tau * TIME)], start=0.2, tolerance=1e-9)
    flux = 5.0 / (cell.active_area @ cell.width) / FARADAY
    return (done.surface[-1, 0] - 0.2) * cell.maximum_concentration * 3e-15 / (flux * 2e-6)


@pytest.mark.parametrize("stretch", [0.0, 4.0], ids=["uniform", "as shipped"])
@pytest.mark.parametrize(("tau", "exact"), [(0.1, 0.48676169), (0.2, 0.79825342)])
def test_surface_under_constant_flux_against_the_exact_solution(
    tau: float, exact: float, stretch: float
) -> None:
    errors = [surface_after_flux(shells, tau, stretch) - exact for shells in SHELLS]
    assert observed_orders(errors) == [SECOND, SECOND]
    assert abs(errors[-1]) < 2e-5


@pytest.mark.parametrize(("tau", "exact"), [(0.01, 0.30851375), (0.1, 0.77047874)])
def test_uptake_after_a_step_against_the_exact_solution(tau: float, exact: float) -> None:
    """With kinetics and steps in time that take less than a fiftieth of the finest mesh's 1e-6."""
    errors = []
    for shells in SHELLS:
        cell = make_cell(
            nodes=2,
            shells=shells,
            potential=Polynomial([4.0, -1.0]),
            exchange_squared=Polynomial([1e14]),
            separator_resistance=0.0,
            lithium={"exchange_current": 1e12},
            nominal_current_density=1e8,
            **FREE,
        )
        done = run(cell, [hold(3.5, duration=tau * TIME)], start=0.4, tolerance=1e-8)
        mean = 3 * cell.shell_volume @ done.particles[-1, :, 0]
        errors.append((mean - 0.4) / 0.1 - exact)
    assert observed_orders(errors) == [SECOND, SECOND]


@pytest.mark.parametrize("stretch", [0.0, 4.0], ids=["uniform", "as shipped"])
@pytest.mark.parametrize("diffusivity", [None, SLOWING], ids=["constant D", "D(x)"])
def test_voltage_of_a_discharge_at_1c(diffusivity: Polynomial | None, stretch: float) -> None:
    """Differences of successive refinements fall by four, five minutes into the discharge."""
    voltages = []
    for shells in (40, 80, 160, 320):
        cell = make_cell(
            nodes=5, shells=shells, stretch=stretch, potential=BENT, diffusivity=diffusivity
        )
        done = run(cell, [current(ONE_C, duration=300.0)], start=0.3, tolerance=1e-9)
        voltages.append(done.steps["end_voltage"][0])
    assert observed_orders(np.diff(voltages)) == [SECOND, SECOND]
