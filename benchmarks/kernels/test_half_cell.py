"""Cost of the pieces of a solver step, without the overhead of a call from Python."""

import numba
import pytest

from solidcell.engine.simulation import Simulation
from solidcell.kernels.condensation import factorize_system, solve_system
from solidcell.kernels.half_cell import Drive, evaluate, prepare_workspace
from solidcell.kernels.mechanics import Fixture
from solidcell.kernels.options import FLAGS, entry_point
from solidcell.kernels.parameters import at_temperature
from solidcell.kernels.rosenbrock import allocate_stages, rosenbrock_step
from solidcell.kernels.tableaus import RODAS4

REPEATS = 2000
NO_CACHE = {**FLAGS, "cache": False}


@numba.njit(**NO_CACHE)
def repeat_evaluate(times, cell, coefficients, drive, work, y, f):
    for _ in range(times):
        evaluate(cell, coefficients, drive, work, 0.0, y, f)


@numba.njit(**NO_CACHE)
def repeat_factorize(times, cell, coefficients, drive, work, y, f):
    for _ in range(times):
        factorize_system(cell, coefficients, drive, work, 0.0, y, 1.0)


@numba.njit(**NO_CACHE)
def repeat_solve(times, cell, coefficients, drive, work, y, f):
    for _ in range(times):
        for n in range(f.size):
            f[n] = 0.1
        solve_system(cell, coefficients, drive, work, y, 1.0, f)


@numba.njit(**NO_CACHE)
def repeat_step(times, cell, coefficients, drive, work, method, stages):
    for _ in range(times):
        rosenbrock_step(cell, coefficients, drive, work, method, stages, 0.0, 1.0, 1e-4)


def in_the_middle(simulation: Simulation):
    """Record, coefficients, control, workspace and state of the discharge at half its way."""
    state = simulation.solve()
    middle = state.checkpoints["state_vector"][0].copy()
    work = simulation.machine.work
    o = work.offsets
    middle[: o.mean_stoichiometry] = 0.5
    middle[o.surface_coordinate : o.reaction_current] = 0.5
    record = simulation.record
    coefficients = at_temperature(record, 298.15)
    prepare_workspace(record, coefficients, middle, work)
    held = Fixture(5e6, 0.0, 0.0, 0.0, 0.0)
    return record, coefficients, Drive(1, 55.0, 0.0, 0.0, held), work, middle


@pytest.mark.parametrize("piece", [repeat_evaluate, repeat_factorize, repeat_solve])
def test_piece_of_a_step(benchmark, simulation, piece):
    record, coefficients, drive, work, y = in_the_middle(simulation)
    f = y.copy()
    arguments = (record, coefficients, drive, work, y, f)
    piece(1, *arguments)
    call = entry_point(piece)
    benchmark.pedantic(call, args=(REPEATS, *arguments), rounds=20, warmup_rounds=2)
    benchmark.extra_info["ns"] = 1e9 * benchmark.stats.stats.median / REPEATS
    assert benchmark.extra_info["ns"] < 50_000


def test_step(benchmark, simulation):
    record, coefficients, drive, work, y = in_the_middle(simulation)
    stages = allocate_stages(RODAS4.nodes.size, y.size)
    stages.start[:] = y
    arguments = (record, coefficients, drive, work, RODAS4, stages)
    repeat_step(1, *arguments)
    call = entry_point(repeat_step)
    benchmark.pedantic(call, args=(REPEATS, *arguments), rounds=20, warmup_rounds=2)
    benchmark.extra_info["ns_per_step"] = 1e9 * benchmark.stats.stats.median / REPEATS
    benchmark.extra_info["solves_per_step"] = int(RODAS4.nodes.size)
    benchmark.extra_info["states"] = int(y.size)
    assert benchmark.extra_info["ns_per_step"] < 500_000
