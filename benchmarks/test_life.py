"""What a life of a thousand cycles costs beside its time: memory, disk, and the time to write it."""

import os
from pathlib import Path

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Progress, run_to_file
from solidcell.engine.store.reader import open_results

MEGABYTE = 1e6
FIRST, LAST = 100, 1000
MOST_MEMORY, MOST_DISK = 5.0, 20.0
"""MB."""
MOST_WRITING = 0.1
"""Share of the run. A life on 12 x 12 takes 1.1 s to solve, a millisecond a cycle, so that its row
counts (0.17 to 0.21 of the run; the resistances of each cycle are a quarter of that); where it is more
than a tenth the run says so."""


def resident() -> float:
    """Resident memory of this process, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def test_memory_disk_and_writing(benchmark, tmp_path):
    scenario = load_scenario("nmc811_lpscl_li_ageing")
    path = tmp_path / "life.h5"
    run_to_file(scenario, path)
    seen: dict[int, float] = {}

    def watch(progress: Progress) -> None:
        seen[progress.cycle] = resident()

    report = benchmark.pedantic(
        lambda: run_to_file(scenario, path, force=True, report=watch), rounds=1
    )
    early = [memory for cycle, memory in seen.items() if cycle <= FIRST]
    late = [memory for cycle, memory in seen.items() if FIRST < cycle <= LAST]
    growth = max(late) - early[-1]
    with open_results(path) as results:
        writing = results["run"].number("store_seconds")
    share = writing / (writing + report.summary.solve_seconds)
    benchmark.extra_info.update(
        memory_growth_MB=growth, file_MB=path.stat().st_size / MEGABYTE, store_share=share
    )
    assert report.summary.completed
    assert growth < MOST_MEMORY
    assert path.stat().st_size < MOST_DISK * MEGABYTE
    assert share < MOST_WRITING
