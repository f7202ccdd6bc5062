"""Time from the start of the process: import, warm run, cold run."""

import os
import subprocess
import sys
from pathlib import Path

WARM_LIMIT = 2.0
"""s, process start to closed file with compiled kernels on disk."""
COLD_LIMIT = 60.0
"""s, the same with nothing cached, on two cores."""


def run_python(*arguments: str, cwd: Path, cache: str | None = None) -> None:
    environment = dict(os.environ)
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = cache
    subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, check=True, capture_output=True
    )


def run_main_job(folder: Path, cache: str | None = None) -> None:
    command = ("-m", "solidcell.engine.cli", "run", "nmc811_lpscl_li_450", "--force", "--quiet")
    run_python(*command, cwd=folder, cache=cache)


def test_import_of_the_engine(benchmark, tmp_path):
    benchmark.pedantic(
        run_python, args=("-c", "import solidcell.engine"), kwargs={"cwd": tmp_path}, rounds=7
    )
    assert benchmark.stats.stats.median < 1.0


def test_warm_start_of_the_main_job(benchmark, tmp_path):
    run_main_job(tmp_path)
    benchmark.pedantic(run_main_job, args=(tmp_path,), rounds=7)
    assert benchmark.stats.stats.median < WARM_LIMIT


def test_cold_start_of_the_main_job(benchmark, tmp_path):
    cache = str(tmp_path / "empty")
    benchmark.pedantic(run_main_job, args=(tmp_path, cache), rounds=1)
    assert benchmark.stats.stats.median < COLD_LIMIT
