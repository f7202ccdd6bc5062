"""The integrator: order 4, dense output of order 3, and errors that obey the tolerance."""

import numpy as np
import pytest
from laboratory import (
    BENT,
    ONE_C,
    SLOWING,
    Experiment,
    Step,
    current,
    follow,
    hold,
    make_cell,
    observed_orders,
    power,
    run,
)

from solidcell.kernels import tableaus
from solidcell.kernels.codes import Control
from solidcell.kernels.half_cell import Drive
from solidcell.kernels.layout import Offsets
from solidcell.kernels.mechanics import Fixture
from solidcell.kernels.rosenbrock import (
    Stages,
    allocate_stages,
    dense_output,
    interpolated,
    rosenbrock_step,
)
from solidcell.kernels.surface import fractions_of
from solidcell.kernels.tableaus import RODAS4, Tableau

#: Few shells and nodes: the fastest mode decays in some ten seconds, so that steps resolve it.
CELL = make_cell(nodes=4, shells=5, stretch=0.0, potential=BENT, diffusivity=SLOWING)
METHODS = {name: item for name, item in vars(tableaus).items() if isinstance(item, Tableau)}
SPAN = 400.0  # s
HELD = Fixture(5e6, 0.0, 0.0, 0.0, 0.0)
"""Constant pressure."""
UNCONTROLLED = 1e12
"""A tolerance that accepts every step."""

LOADS = {
    "constant current": current(ONE_C, duration=SPAN),
    "current ramp": follow(Control.CURRENT, [0.0, SPAN], [20.0, 80.0]),
    "constant power": power(200.0, duration=SPAN),
    "power ramp": follow(Control.POWER, [0.0, SPAN], [100.0, 200.0]),
    "voltage ramp": follow(Control.VOLTAGE, [0.0, SPAN], [4.0, 3.9]),
}


def end_state(method: Tableau, load: Step, steps: int) -> np.ndarray:
    """Composition of particles and surfaces after a developed discharge and so many equal steps."""
    before = current(ONE_C, duration=1000.0)
    done = run(
        CELL,
        [before, load],
        start=0.3,
        method=method,
        tolerance=UNCONTROLLED,
        longest=SPAN / steps,
    )
    return compositions(done.offsets, done.end)


def compositions(o: Offsets, y: np.ndarray) -> np.ndarray:
    """Lithium fractions of particles and surfaces in a state vector."""
    surface = fractions_of(y[o.surface_coordinate : o.reaction_current])
    return np.append(y[: o.mean_stoichiometry], surface)


@pytest.mark.parametrize("load", LOADS)
def test_constant_steps_converge_with_order_four(load: str) -> None:
    exact = end_state(RODAS4, LOADS[load], 1024)
    # Root mean square: the largest error is now that of one shell, now that of another.
    errors = [
        np.sqrt(np.mean((end_state(RODAS4, LOADS[load], steps) - exact) ** 2))
        for steps in (16, 32, 64)
    ]
    # The stiffest modes are just resolved, so that the order is met from above.
    assert observed_orders(errors) == [pytest.approx(4.2, abs=0.25)] * 2


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_the_order_it_states(name: str) -> None:
    method, load = METHODS[name], LOADS["voltage ramp"]
    exact = end_state(method, load, 1024)
    errors = [np.abs(end_state(method, load, steps) - exact).max() for steps in (16, 32, 64)]
    assert observed_orders(errors) == [pytest.approx(method.order, abs=0.45)] * 2


@pytest.fixture(scope="module")
def developed() -> Experiment:
    """A discharge whose profiles have formed, in a cell with slow modes only."""
    cell = make_cell(nodes=2, shells=3, stretch=0.0, potential=BENT, diffusivity=SLOWING)
    return run(cell, [current(ONE_C, duration=1000.0)], start=0.3, tolerance=1e-9)


def between(method: Tableau, stages: Stages, theta: float) -> np.ndarray:
    """State at a share of the step just taken, by dense output."""
    entries = range(stages.start.size)
    return np.array(
        [interpolated(stages, n, dense_output(method, stages, n), theta) for n in entries]
    )


def one_step(developed: Experiment, size: float, substeps: int) -> tuple[np.ndarray, np.ndarray]:
    """Particles half-way by dense output of the last substep, and at the end."""
    method, o = RODAS4, developed.offsets
    stages = allocate_stages(method.nodes.size, o.length)
    stages.start[:] = developed.end
    drive = Drive(int(Control.CURRENT), ONE_C, 0.0, 0.0, HELD)
    for _ in range(substeps):
        rosenbrock_step(
            developed.cell,
            developed.coefficients,
            drive,
            developed.work,
            method,
            stages,
            0.0,
            size / substeps,
            1.0,
        )
        half = between(method, stages, 0.5)
        stages.start[:] = stages.end
    particles = slice(0, o.mean_stoichiometry)
    return half[particles], stages.end[particles].copy()


def test_one_step_is_of_fourth_and_its_dense_output_of_third_order(developed: Experiment) -> None:
    """An order p leaves a local error that falls as h^(p + 1)."""
    ends, halves = [], []
    for size in (40.0, 20.0, 10.0):
        half, end = one_step(developed, size, 1)
        _, exact_half = one_step(developed, size / 2, 32)
        _, exact_end = one_step(developed, size, 64)
        halves.append(np.abs(half - exact_half).max())
        ends.append(np.abs(end - exact_end).max())
    assert observed_orders(halves) == [pytest.approx(4.0, abs=0.35)] * 2
    assert observed_orders(ends) == [pytest.approx(5.0, abs=0.35)] * 2


@pytest.mark.parametrize("theta", [0.0, 1.0])
def test_dense_output_meets_the_ends_of_the_step(developed: Experiment, theta: float) -> None:
    o = developed.offsets
    stages = allocate_stages(RODAS4.nodes.size, o.length)
    stages.start[:] = developed.end
    drive = Drive(int(Control.CURRENT), ONE_C, 0.0, 0.0, HELD)
    arguments = (developed.cell, developed.coefficients, drive, developed.work, RODAS4, stages)
    rosenbrock_step(*arguments, 0.0, 50.0, 1.0)
    found = between(RODAS4, stages, theta)
    expected = stages.end if theta else stages.start
    assert found == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    "load",
    [
        current(ONE_C, duration=900.0),
        current(-2 * ONE_C, duration=300.0),
        hold(3.9, duration=900.0),
        power(300.0, duration=600.0),
    ],
    ids=["1C", "2C charge", "hold", "power"],
)
@pytest.mark.parametrize("tolerance", [1e-4, 1e-5, 1e-6, 1e-7])
def test_compositions_and_voltage_are_as_good_as_the_tolerance(
    load: Step, tolerance: float
) -> None:
    """The tolerance is of one step; what adds up over a load stays within it as well."""
    cell = make_cell(potential=BENT, diffusivity=SLOWING)
    done, exact = (run(cell, [load], start=0.4, tolerance=rtol) for rtol in (tolerance, 1e-9))
    o = done.offsets
    off = np.append(compositions(o, done.end), done.end[o.voltage])
    off -= np.append(compositions(o, exact.end), exact.end[o.voltage])
    assert np.abs(off).max() < tolerance
