"""A run that is killed, or loses its disk or its folder, goes on with the same numbers."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest
from small_runs import Call

from solidcell.engine.scenario import parse_scenario
from solidcell.engine.simulation import results_file as files
from solidcell.engine.simulation import resume_to_file, run_to_file
from solidcell.engine.simulation import simulation as module
from solidcell.engine.store.checkpoint import checkpoint_of
from solidcell.engine.store.reader import open_results

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and limits")

LIFE = """\
import: nmc811_lpscl_li_450_interfaces.yaml
name: life
numerics: {nodes: 8, shells: 8, rtol: 1e-4}
operation: {temperature: 60 degC}
protocol:
  - repeat: CYCLES
    steps:
      - Charge at C/3 until 4.3 V
      - Hold at 4.3 V until C/10
      - impedance
      - Discharge at 1C until 2.8 V
      - Rest for 10 minutes
  - steps: [set: {temperature: 45 degC}, Charge at C/3 until 4.3 V, Discharge at C/3 until 2.8 V]
output: {fields: every step, impedance: {points: 7}}
"""

# Checkpoints far more often than in earnest: a killed process then dies in one now and then.
HASTY = (
    "import sys; from solidcell.engine.simulation import results_file as files; "
    "files.CHECKPOINT_SECONDS = float(sys.argv.pop(1)); files.CHECKPOINT_SHARE = 1.0; "
    "from solidcell.engine.cli import main; main()"
)

TIMINGS = {"cycles/wall_time", "run/compile_seconds", "run/solve_seconds", "run/store_seconds"}
"""What says how fast a run was."""


class Killed(BaseException):
    """Stands for the end of the process."""


def numbers(path: Path) -> dict[str, np.ndarray]:
    """Every dataset of a results file but the timings, byte by byte."""
    found: dict[str, np.ndarray] = {}

    def take(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and name not in TIMINGS:
            found[name] = item.asstr()[()] if h5py.check_string_dtype(item.dtype) else item[()]

    with h5py.File(path) as file:
        file.visititems(take)
    return found


def differences(one: Path, other: Path) -> list[str]:
    """Datasets in which two files are not the same bit for bit."""
    first, second = numbers(one), numbers(other)
    assert first.keys() == second.keys()
    return [
        name
        for name in first
        if np.shape(first[name]) != np.shape(second[name])
        or (
            np.asarray(first[name]).tolist() != np.asarray(second[name]).tolist()
            and not np.array_equal(first[name], second[name], equal_nan=True)
        )
    ]


def life(cycles: int) -> str:
    """The scenario as YAML."""
    return LIFE.replace("CYCLES", str(cycles))


@contextmanager
def hasty(here: Path, *arguments: str, seconds: float = 0.0) -> Iterator["subprocess.Popen[str]"]:
    """The command, with a checkpoint every so many seconds; killed at the end of the block."""
    command = [sys.executable, "-c", HASTY, str(seconds), *arguments]
    with subprocess.Popen(
        command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(path: Path, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 120
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def _frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(module, "CHUNK_STEPS", 8)


def killed_after(calls: int) -> Callable[[object], None]:
    """What is told of progress, and ends the process at the given call."""
    left = iter(range(calls))

    def report(_: object) -> None:
        if next(left, None) is None:
            raise Killed

    return report


def kill_run(path: Path, calls: int, monkeypatch: pytest.MonkeyPatch, cycles: int = 3) -> None:
    """Begin a run that its process leaves in the middle, without tidying up."""
    from solidcell.engine.store.writer import ResultsWriter

    with monkeypatch.context() as patch:
        patch.setattr(ResultsWriter, "_drain", lambda _: None)
        with pytest.raises(Killed):
            run_to_file(parse_scenario(life(cycles)), path, report=killed_after(calls))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that nobody disturbed."""
    path = tmp_path_factory.mktemp("whole") / "life.h5"
    run_to_file(parse_scenario(life(3)), path)
    return path


@pytest.mark.parametrize("calls", [0, 1, 7, 30, 61])
def test_a_killed_run_goes_on_with_the_same_numbers(
    tmp_path: Path, whole: Path, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "life.h5"
    kill_run(path, calls, monkeypatch)
    assert checkpoint_of(tmp_path / "life.h5.part").exists() == (calls > 0)
    remarks: list[str] = []
    report = resume_to_file(path, remark=remarks.append)
    assert report.summary.completed
    assert differences(path, whole) == []
    assert [one.name for one in tmp_path.iterdir()] == ["life.h5"]
    assert ("starts again" if calls == 0 else "goes on in cycle") in remarks[-1]


def test_a_run_goes_on_from_every_chunk(
    tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "life.h5"
    kill_run(path, 5, monkeypatch)
    kills = 0
    while not path.exists():
        try:
            resume_to_file(f"{path}.part", report=killed_after(2))
        except Killed:
            kills += 1
    assert kills > 10
    assert differences(path, whole) == []


def test_the_headline_is_that_of_the_whole_run(
    tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "life.h5"
    kill_run(path, 40, monkeypatch)
    resume_to_file(path)
    with h5py.File(path) as one, h5py.File(whole) as other:
        assert dict(one["cell"].attrs) == dict(other["cell"].attrs)
        assert one.attrs["scenario_sha256"] == other.attrs["scenario_sha256"]
        assert one["scenario/source"].asstr()[()] == life(3)


def test_the_scenario_is_that_of_the_file(
    invoke: Call, here: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_run(here / "life.h5", 20, monkeypatch)
    (here / "life.yaml").write_text("no scenario")
    done = invoke("resume", "life.h5.part")
    assert done.exit_code == 0, done.output
    assert "The run goes on in cycle 1." in done.stderr
    assert "Results: life.h5" in done.stdout
    assert differences(Path("life.h5"), whole) == []


def test_rows_beyond_the_checkpoint_are_computed_again(
    tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "life.h5"
    with pytest.raises(Killed):  # what waited has been stored, beyond the checkpoint
        run_to_file(parse_scenario(life(3)), path, report=killed_after(50))
    with open_results(f"{path}.part") as results:
        assert len(results["timeseries"]["time"]) > 100
    resume_to_file(path)
    assert differences(path, whole) == []
