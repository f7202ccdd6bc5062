"""The 1C discharge by solidcell and by PyBaMM, in turn, in one run, at equal accuracy.

PyBaMM at its best: prebuilt, IDAKLU, compiled ahead of time where there is a C compiler, as its stock
half-cell DFN and as a model written with the fewest states; solidcell through its public call. Each
uses its own cheapest mesh and tolerance within 0.1 mV RMS of a common converged curve.
"""

import statistics
import time

import pytest
from conftest import discharge_scenario
from pybamm_best import (
    BEST,
    TARGET,
    Form,
    Prebuilt,
    compiler_found,
    converged_curve,
)

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation
from solidcell.engine.validation.agreement import (
    root_mean_square,
    voltage_difference_at_equal_charge,
)
from solidcell.engine.validation.candidate import curve_of
from solidcell.engine.validation.curve import Curve
from solidcell.engine.validation.half_cell import HalfCell

PAIRS = 31
"""Interleaved pairs of solves; the ratio is that of the medians."""
TARGET_RATIO = 10.0


@pytest.fixture(scope="module")
def cell() -> HalfCell:
    return HalfCell.from_scenario(load_scenario("nmc811_lpscl_li_reference"))


@pytest.fixture(scope="module")
def converged(cell: HalfCell):
    curves: dict[object, Curve] = {}

    def find(diffusivity):
        if diffusivity not in curves:
            curves[diffusivity] = converged_curve(cell, diffusivity)
        return curves[diffusivity]

    return find


@pytest.mark.parametrize("form", list(Form), ids=lambda form: form.value)
def test_1c_discharge(benchmark, cell, converged, simulation, diffusivity, form):
    compiled = compiler_found()
    theirs = Prebuilt(cell, BEST[form, diffusivity], compiled=compiled)
    solution = theirs.solve()
    reference = converged(diffusivity)
    dense = Simulation(discharge_scenario(diffusivity, **{"output.period": "1 s"})).solve()
    ours_off = root_mean_square(
        voltage_difference_at_equal_charge(curve_of(dense, simulation.scenario), reference)
    )
    theirs_off = root_mean_square(
        voltage_difference_at_equal_charge(theirs.curve(solution), reference)
    )

    ours_seconds, theirs_seconds = [], []
    for pair in range(PAIRS):
        # Every solve has an input of its own, so that neither side can reuse a result.
        started = time.perf_counter()
        theirs.solve(1.0 + 1e-5 * pair)
        theirs_seconds.append(time.perf_counter() - started)
        started = time.perf_counter()
        ours = simulation.solve(lithium={"exchange_current": 25.0 + 1e-4 * pair})
        ours_seconds.append(time.perf_counter() - started)
    ours_median = statistics.median(ours_seconds)
    theirs_median = statistics.median(theirs_seconds)
    ratio = theirs_median / ours_median

    benchmark.pedantic(simulation.solve, rounds=PAIRS)
    steps, their_steps = ours.summary.counters["solver_steps"], len(solution.t) - 1
    benchmark.extra_info.update(
        ratio=ratio,
        error_solidcell_mV=1e3 * ours_off,
        error_pybamm_mV=1e3 * theirs_off,
        milliseconds_solidcell=1e3 * ours_median,
        milliseconds_pybamm=1e3 * theirs_median,
        steps_solidcell=steps,
        steps_pybamm=their_steps,
        pybamm_compiled_ahead_of_time=compiled,
    )
    assert ours_off <= TARGET
    assert theirs_off <= TARGET
    assert ratio >= TARGET_RATIO
