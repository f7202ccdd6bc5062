"""The results file survives what happens to runs, and says in one sentence what is wrong."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest
from platforms import posix

from solidcell.engine.errors import InputError, SolidcellError
from solidcell.engine.store.reader import open_results

ENDLESS_RUN = """
import resource, sys, time
sys.path.insert(0, {folder!r})
from pathlib import Path
from conftest import SyntheticRun

limit = int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
run = SyntheticRun(nodes=8, shells=4)
with run.writer(Path(sys.argv[1])) as writer:
    for cycle in range(10**9):
        run.append_cycle(writer, cycle)
        time.sleep(float(sys.argv[3]))
"""


@contextmanager
def endless_run(
    path: Path, limit: int = 0, pause: float = 0.0
) -> "Iterator[subprocess.Popen[str]]":
    """Start a process that writes until it is killed or meets the limit on the file's size.

    It pauses so many seconds after each cycle, as a run that also computes does.
    """
    script = ENDLESS_RUN.format(folder=str(Path(__file__).parent))
    command = [sys.executable, "-c", script, str(path), str(limit), str(pause)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()  # SIGKILL: the process can't tidy up


def wait_for(path: Path, size: int) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() or path.stat().st_size < size:
        assert time.monotonic() < deadline, f"{path} did not grow"
        time.sleep(0.01)


def sentence(error: BaseException) -> str:
    """Return an error's message, after making sure that it is one sentence."""
    text = str(error)
    assert text.endswith(".")
    assert "\n" not in text
    return text


@posix
@pytest.mark.parametrize("size", [1_800_000, 3_000_000])
def test_killed_run_leaves_readable_rows(tmp_path, size):
    path = tmp_path / "run.h5"
    part = tmp_path / "run.h5.part"
    with endless_run(path):
        wait_for(part, size)
    assert not path.exists()
    with open_results(part) as results:
        assert not results.finished
        assert results["scenario"].text("source")
        series = results["timeseries"]
        assert len(series["time"]) > 0
        assert len(series["time"]) % 4096 == 0
        assert np.all(np.diff(series["time"]) >= 0)
        assert np.all(series["voltage"] > 2)


@posix
def test_lock_dies_with_its_process(tmp_path, synthetic_run):
    path = tmp_path / "run.h5"
    with endless_run(path):
        wait_for(tmp_path / "run.h5.part", 1_800_000)
        with pytest.raises(InputError, match="is being written by another run") as refusal:
            synthetic_run().write(path, force=True)
    sentence(refusal.value)
    with pytest.raises(InputError, match=r"run\.h5\.part exists already: .* resume"):
        synthetic_run().write(path)
    synthetic_run().write(path, force=True)
    assert [file.name for file in tmp_path.iterdir()] == ["run.h5"]


@posix
def test_growing_file_can_be_read(tmp_path):
    part = tmp_path / "run.h5.part"
    with endless_run(tmp_path / "run.h5", pause=0.02):
        wait_for(part, 1_800_000)
        seen: set[int] = set()
        while len(seen) < 3:  # blocks come in while it is read
            with open_results(part) as results:
                assert np.all(results["timeseries"]["voltage"] > 2)
                seen.add(len(results["timeseries"]["voltage"]))


@posix
@pytest.mark.parametrize("limit", [1_500_000, 3_000_000])
def test_full_disk_loses_nothing(tmp_path, limit):
    path = tmp_path / "run.h5"
    with endless_run(path, limit) as process:
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    message = complaint.strip().splitlines()[-1]
    assert "SolidcellError" in message
    assert "can't be written any further (file too large)" in message
    assert not path.exists()
    with open_results(tmp_path / "run.h5.part") as results:
        steps = int(results["timeseries"]["step"][-1]) + 1
        assert len(results["timeseries"]["step"]) == 250 * steps  # whatever was appended
        assert len(results["steps"]["step"]) in {steps, steps - 1}


def test_existing_file_is_kept(tmp_path, synthetic_run):
    path = tmp_path / "run.h5"
    path.write_text("precious")
    with pytest.raises(InputError, match="exists already") as refusal:
        synthetic_run().write(path)
    assert "--force" in sentence(refusal.value)
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_existing_file_is_replaced_only_by_a_whole_one(tmp_path, synthetic_run):
    path = tmp_path / "run.h5"
    path.write_text("precious")
    run = synthetic_run()
    run.write_interrupted(path, force=True)
    assert path.read_text() == "precious"
    run.write(path, force=True)
    with open_results(path) as results:
        assert results.finished


def test_missing_folders_are_made(tmp_path, synthetic_run):
    assert synthetic_run(cycles=0).write(tmp_path / "a" / "b" / "run.h5").is_file()


def test_folder_that_is_a_file_is_refused(tmp_path, synthetic_run):
    (tmp_path / "folder").write_text("no folder")
    with pytest.raises(InputError, match="can't be written") as refusal:
        synthetic_run().write(tmp_path / "folder" / "run.h5")
    sentence(refusal.value)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_read_only_folder_is_refused(tmp_path, synthetic_run):
    folder = tmp_path / "read_only"
    folder.mkdir()
    folder.chmod(0o555)
    with pytest.raises(InputError, match="permission denied") as refusal:
        synthetic_run().write(folder / "run.h5")
    sentence(refusal.value)
    assert list(folder.iterdir()) == []


def test_disk_that_is_full_from_the_start_is_refused(tmp_path, synthetic_run, monkeypatch):
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("solidcell.engine.store.room.reserve", no_room)
    with pytest.raises(InputError, match="no space left on device") as refusal:
        synthetic_run().write(tmp_path / "run.h5")
    sentence(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_failed_run_without_rows_leaves_nothing(tmp_path, synthetic_run):
    with pytest.raises(ZeroDivisionError), synthetic_run().writer(tmp_path / "run.h5"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_interrupted_run_keeps_every_row(tmp_path, synthetic_run):
    synthetic_run().write_interrupted(tmp_path / "run.h5")
    assert [file.name for file in tmp_path.iterdir()] == ["run.h5.part"]
    with open_results(tmp_path / "run.h5.part") as results:
        assert len(results["timeseries"]["time"]) == 1000
        assert len(results["cycles"]["cycle"]) == 1


def test_unfinished_run_is_a_mistake_of_the_program(tmp_path, synthetic_run):
    with (
        pytest.raises(RuntimeError, match="without finishing"),
        synthetic_run().writer(tmp_path / "run.h5"),
    ):
        pass


def test_early_stop_is_a_complete_file(tmp_path, synthetic_run):
    run = synthetic_run(cycles=1)
    with run.writer(tmp_path / "run.h5") as writer:
        run.append_cycle(writer, 0)
        run.finish(writer, status="stopped")
    with open_results(tmp_path / "run.h5") as results:
        assert results.finished
        assert results["run"].text("status") == "stopped"


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def make_foreign(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["voltage"] = [1.0, 2.0]


def make_newer(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file.attrs["schema_version"] = [2, 0]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (truncate, "is truncated"),
        (make_foreign, "no results file of solidcell"),
        (make_newer, r"version 2\.0 of the results format, and this solidcell reads version 1"),
        (lambda path: path.write_text("time,voltage\n"), "is no HDF5 file"),
        (lambda path: path.write_bytes(b""), "is no HDF5 file"),
        (Path.unlink, "is no file"),
    ],
    ids=["truncated", "foreign", "newer", "text", "empty", "missing"],
)
def test_reader_refuses_in_one_sentence(tmp_path, results_path, damage, complaint):
    path = tmp_path / "run.h5"
    shutil.copy(results_path, path)
    damage(path)
    with pytest.raises(InputError, match=complaint) as refusal:
        open_results(path)
    assert str(path) in sentence(refusal.value)


def test_reader_points_to_the_unfinished_file(tmp_path, results_path):
    shutil.copy(results_path, tmp_path / "run.h5.part")
    with pytest.raises(InputError, match=r"is not finished: read .*run\.h5\.part") as refusal:
        open_results(tmp_path / "run.h5")
    sentence(refusal.value)


def test_newer_minor_version_is_read(tmp_path, results_path):
    path = tmp_path / "run.h5"
    shutil.copy(results_path, path)
    with h5py.File(path, "r+") as file:
        file.attrs["schema_version"] = [1, 7]
        file["cycles/colour"] = np.zeros(3)
    with open_results(path) as results:
        assert "colour" in results["cycles"]


def test_missing_group_or_dataset_is_one_sentence(tmp_path, synthetic_run):
    path = synthetic_run(cycles=1, nodes=0).write(tmp_path / "run.h5")
    with open_results(path) as results:
        with pytest.raises(InputError, match="has no group /fields") as refusal:
            results["fields"]
        sentence(refusal.value)
        with pytest.raises(InputError, match="has no dataset /cycles/colour") as refusal:
            results["cycles"]["colour"]
        sentence(refusal.value)


def test_errors_have_the_exit_codes_of_their_kind():
    assert issubclass(InputError, SolidcellError)
    assert (SolidcellError.exit_code, InputError.exit_code) == (1, 2)
