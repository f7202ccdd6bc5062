"""A run that is killed, or loses its disk or its folder, goes on with the same numbers."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest
from platforms import posix
from small_runs import BASE, ENDLESS, Call, refused

from solidcell.engine.scenario import load_scenario, parse_scenario
from solidcell.engine.simulation import results_file as files
from solidcell.engine.simulation import resume_to_file, run_to_file
from solidcell.engine.simulation import simulation as module
from solidcell.engine.store.checkpoint import checkpoint_of
from solidcell.engine.store.reader import open_results

LIFE = """\
import: nmc811_lpscl_li_450_interfaces.yaml
name: life
numerics: {nodes: 8, shells: 8, rtol: 1e-4}
operation: {temperature: 60 degC}
physics: {cracking: on}
cell: {positive: {contact_retention: 0.7}}
protocol:
  - repeat: CYCLES
    steps:
      - Charge at C/3 until 4.3 V
      - Hold at 4.3 V until C/10
      - impedance
      - Discharge at 1C until 2.8 V
      - Rest for 10 minutes
    check_up: {every: 4}
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


def changed(path: Path) -> int:
    """When a file was replaced last, ns; 0 if there is none."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


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


@pytest.mark.parametrize("calls", [1, 2, 7, 30, 61])
def test_a_killed_run_goes_on_with_the_same_numbers(
    tmp_path: Path, whole: Path, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "life.h5"
    kill_run(path, calls, monkeypatch)
    assert checkpoint_of(tmp_path / "life.h5.part").exists()
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
    monkeypatch.setattr(module, "CHUNK_STEPS", 20)
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


@posix
@pytest.mark.slow
def test_a_run_that_is_killed_twenty_times_has_every_number(here: Path) -> None:
    """A process of its own, killed at random moments until it gets to the end."""
    (here / "life.yaml").write_text(life(1000))
    with hasty(here, "run", "life.yaml", "-q", "-o", "whole.h5", seconds=0.2) as process:
        assert process.wait(timeout=300) == 0, process.communicate()
    moments = random.Random(4)
    part, goal = here / "life.h5.part", here / "life.h5"
    arguments = ("run", "life.yaml", "-q", "-o", "life.h5")
    kills = 0
    while not goal.exists():
        with hasty(here, *arguments, seconds=0.05) as process:
            # The first kills fall anywhere from the start of the process, the others where it works.
            if kills % 4 == 0:
                time.sleep(moments.uniform(0.0, 1.5))
            else:
                before = changed(checkpoint_of(part))
                while process.poll() is None and changed(checkpoint_of(part)) == before:
                    time.sleep(0.001)
                time.sleep(moments.uniform(0.0, 0.3))
            process.kill()
            _, complaint = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), complaint
        kills += process.returncode != 0
        if part.exists():
            arguments = ("resume", "life.h5", "-q")
            with open_results(part) as results:  # it can be read after every kill
                assert results["scenario"].text("source") == life(1000)
    assert kills >= 20
    assert differences(goal, here / "whole.h5") == []
    assert not part.exists()


def test_a_run_refuses_what_a_killed_one_left(
    invoke: Call, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_run(here / "results/life.h5", 10, monkeypatch)
    (here / "life.yaml").write_text(life(1))
    assert refused(invoke("run", "life.yaml")) == (
        "results/life.h5.part exists already: it is what an unfinished run left: continue it with "
        "'solidcell resume results/life.h5.part', or replace it with --force."
    )
    assert checkpoint_of(here / "results/life.h5.part").exists()
    assert invoke("run", "life.yaml", "--force", "-q").exit_code == 0
    assert [one.name for one in (here / "results").iterdir()] == ["life.h5"]


def test_nothing_is_left_to_resume(invoke: Call, here: Path, whole: Path) -> None:
    assert "there is neither a.h5 nor a.h5.part" in refused(invoke("resume", "a.h5"))
    shutil.copy(whole, "a.h5")
    assert refused(invoke("resume", "a.h5.part")) == "a.h5 is complete: nothing is left to resume."
    with h5py.File("a.h5", "r+") as file:
        file["run/status"][()], file["run/stop_reason"][()] = "stopped", "interrupted"
    assert "where the run stopped (interrupted)" in refused(invoke("resume", "a.h5"))


def damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def another_version(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file.attrs["solidcell_version"] = "0.0.7"


def without_scenario(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file["scenario/resolved"][()] = ""


@pytest.mark.parametrize(
    ("harm", "suffix", "complaint"),
    [
        (damage, ".ckpt", "or one of them is damaged: remove the latter to start"),
        (damage, "", "is truncated"),
        (another_version, "", "was begun by solidcell 0.0.7 and this is"),
        (without_scenario, "", "keeps no text of its scenario"),
    ],
    ids=["checkpoint", "file", "version", "scenario"],
)
def test_what_can_not_be_resumed_is_refused(
    invoke: Call,
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[Path], None],
    suffix: str,
    complaint: str,
) -> None:
    with pytest.raises(Killed):  # stores what waits
        run_to_file(parse_scenario(life(3)), "life.h5", report=killed_after(40))
    harm(Path(f"life.h5.part{suffix}"))
    before = Path("life.h5.part").read_bytes()
    assert complaint in refused(invoke("resume", "life.h5"))
    assert Path("life.h5.part").read_bytes() == before
    assert checkpoint_of(Path("life.h5.part")).exists()


def test_other_kernels_are_refused(
    invoke: Call, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_run(here / "life.h5", 10, monkeypatch)
    monkeypatch.setattr("solidcell.engine.simulation.restart.kernels_fingerprint", lambda: b"x")
    assert "another version of solidcell" in refused(invoke("resume", "life.h5"))


def test_a_data_file_that_has_changed_is_refused(
    invoke: Call, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "load.csv").write_text("Time [s],Current [A]\n0,1\n5000,30\n")
    drive = "protocol: [drive_cycle: {file: load.csv, time: 'Time [s]', current: 'Current [A]'}]\n"
    start = "operation: {initial_stoichiometry: 0.3}\n"
    (here / "load.yaml").write_text(f"{BASE}name: load\n{start}{drive}")
    with pytest.raises(Killed):
        run_to_file(load_scenario("load.yaml"), "load.h5", report=killed_after(1))
    (here / "load.csv").write_text("Time [s],Current [A]\n0,1\n5000,31\n")
    assert "a data file that the scenario names has changed" in refused(invoke("resume", "load.h5"))
    (here / "load.csv").write_text("Time [s],Current [A]\n0,1\n5000,30\n")
    assert invoke("resume", "load.h5", "-q").exit_code == 0


def test_other_software_is_remarked(
    invoke: Call, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_run(here / "life.h5", 10, monkeypatch)
    with h5py.File("life.h5.part", "r+") as file:
        file.attrs["cpu"] = "an abacus"
    done = invoke("resume", "life.h5")
    assert done.exit_code == 0
    assert "began on other software (an abacus, here " in done.stderr


def test_ctrl_c_ends_a_resumed_run_with_a_complete_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_run(here / "life.h5", 10, monkeypatch, cycles=100_000)
    with hasty(here, "resume", "life.h5", seconds=0.1) as process:
        before = changed(checkpoint_of(here / "life.h5.part"))
        while changed(checkpoint_of(here / "life.h5.part")) == before:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "because it was interrupted" in stderr
    assert [one.name for one in here.iterdir()] == ["life.h5"]


def test_ctrl_c_before_a_resumed_run_computes_keeps_all(
    invoke: Call, here: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_run(here / "life.h5", 10, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(
            "solidcell.engine.simulation.Simulation.compile", lambda _: os.kill(os.getpid(), 2)
        )
        done = invoke("resume", "life.h5")
    assert done.exit_code == 3
    assert "interrupted before its next step; what was there is kept" in done.stderr
    assert invoke("resume", "life.h5", "-q").exit_code == 0
    assert differences(Path("life.h5"), whole) == []


@posix
def test_a_full_disk_stops_a_run_that_goes_on_later(here: Path, invoke: Call) -> None:
    limited = HASTY.replace(
        "import sys; ",
        "import sys; import resource; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, 2_500_000)); ",
    )
    (here / "life.yaml").write_text(life(120))
    arguments = ["0.05", "run", "life.yaml", "-o", "life.h5"]
    done = subprocess.run(
        [sys.executable, "-c", limited, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "life.h5.part can't be written any further (file too large): what was computed" in (
        done.stderr
    )
    assert "'solidcell resume life.h5.part'" in done.stderr
    assert "Traceback" not in done.stderr
    with open_results("life.h5.part") as results:
        assert len(results["timeseries"]["time"]) > 1000
    assert invoke("resume", "life.h5", "-q").exit_code == 0
    run_to_file(load_scenario("life.yaml"), "whole.h5")
    assert differences(Path("life.h5"), Path("whole.h5")) == []


@posix
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a file system"
)
def test_a_file_system_that_fills_up(here: Path, invoke: Call) -> None:
    (here / "disk").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", "disk"]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        (here / "life.yaml").write_text(life(200))
        with hasty(here, "run", "life.yaml", "-o", "disk/life.h5", seconds=0.05) as process:
            _, complaint = process.communicate(timeout=60)
        assert process.returncode == 1, complaint
        assert "can't be written any further (no space left on device)" in complaint
        with open_results("disk/life.h5.part") as results:
            assert len(results["timeseries"]["time"]) > 1000
        for one in (here / "disk").iterdir():
            shutil.copy(one, here / one.name)
    finally:
        subprocess.run(["umount", "disk"], check=True)
    assert invoke("resume", "life.h5", "-q").exit_code == 0
    run_to_file(load_scenario("life.yaml"), "whole.h5")
    assert differences(Path("life.h5"), Path("whole.h5")) == []


@posix
@pytest.mark.parametrize("loss", ["folder", "file", "moved"])
def test_a_lost_folder_stops_a_run_that_goes_on_later(here: Path, invoke: Call, loss: str) -> None:
    (here / "small.yaml").write_text(f"{BASE}name: small\n{ENDLESS}")
    with hasty(here, "run", "small.yaml", "-o", "lost/small.h5", seconds=0.3) as process:
        part = here / "lost/small.h5.part"
        wait_for(checkpoint_of(part), process)
        if loss == "folder":
            shutil.rmtree(here / "lost")
        elif loss == "file":
            part.unlink()
        else:
            (here / "lost").rename(here / "elsewhere")
            part = here / "elsewhere/small.h5.part"
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1, complaint
    assert "Traceback" not in complaint
    expected = "is where the file is now" if loss == "moved" else "is there again; continue it with"
    assert expected in complaint
    if loss != "moved":
        with open_results(part) as results:
            assert len(results["timeseries"]["time"]) > 1000
    with hasty(here, "resume", str(part), seconds=0.3) as process:
        before = changed(checkpoint_of(part))
        while changed(checkpoint_of(part)) == before:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "The run goes on in cycle" in said


def test_a_checkpoint_costs_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    seen: list[float] = []
    from solidcell.engine.store.writer import ResultsWriter

    write = ResultsWriter.checkpoint

    def timed(self: ResultsWriter, state: object) -> None:
        began = time.perf_counter()
        write(self, state)
        seen.append(time.perf_counter() - began)

    monkeypatch.setattr(ResultsWriter, "checkpoint", timed)
    scenario = parse_scenario(life(3))
    run_to_file(scenario, tmp_path / "short.h5")
    assert seen == []  # a short run needs none
    monkeypatch.setattr(files, "CHECKPOINT_SECONDS", 0.0)
    report = run_to_file(parse_scenario(life(40)), tmp_path / "life.h5")
    assert seen
    assert sum(seen) < 0.2 * report.seconds
