"""Cost of a discharge through the public call, and of the main job with its results file."""

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation.results_file import run_to_file


def test_1c_discharge(benchmark, simulation):
    solution = benchmark.pedantic(simulation.solve, rounds=50, warmup_rounds=5)
    counters = solution.summary.counters
    steps = counters["solver_steps"] + counters["rejected_steps"]
    benchmark.extra_info.update(counters)
    benchmark.extra_info["ns_per_step"] = 1e9 * benchmark.stats.stats.median / steps
    assert solution.summary.completed


def test_main_job_with_its_file(benchmark, tmp_path):
    scenario = load_scenario("nmc811_lpscl_li_450")
    target = tmp_path / "main.h5"
    report = benchmark.pedantic(
        lambda: run_to_file(scenario, target, force=True), rounds=5, warmup_rounds=1
    )
    benchmark.extra_info["solve_seconds"] = report.summary.solve_seconds
    assert report.summary.completed
