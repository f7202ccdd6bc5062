"""A results file changes by whole commits, whenever its process ends."""

import contextlib
import io
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.engine.store import commit, schema
from solidcell.engine.store.commit import CommittedFile, journal_of, mended
from solidcell.engine.store.reader import open_results

CYCLES = 36
"""At four rows a chunk an index of HDF5's is split on the way."""


class Killed(BaseException):
    """Stands for the end of the process."""


class Dying:
    """Stands for the writes to the disk, the last of which is left in the middle."""

    def __init__(self, writes: int) -> None:
        self.left = writes
        self._write = commit._write

    def __call__(self, raw: io.FileIO, start: int, data: bytes) -> None:
        self.left -= 1
        if self.left < 0:
            self._write(raw, start, data[: len(data) // 2])
            raise Killed
        self._write(raw, start, data)


def write_until_killed(run: object, path: Path) -> None:
    with contextlib.suppress(Killed), run.writer(path) as writer:
        for cycle in range(CYCLES):
            run.append_cycle(writer, cycle)
        raise Killed


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    small = tuple(replace(table, chunk=2) for table in schema.GROWING)
    monkeypatch.setattr(schema, "GROWING", small)


@pytest.mark.usefixtures("small_chunks")
def test_every_moment_leaves_whole_rows(tmp_path, synthetic_run, monkeypatch) -> None:
    run = synthetic_run(rows=2, nodes=0)
    write_until_killed(run, tmp_path / "whole.h5")
    counting = Dying(1_000_000)
    with monkeypatch.context() as patch:
        patch.setattr(commit, "_write", counting)
        write_until_killed(run, tmp_path / "counted.h5")
    with open_results(tmp_path / "whole.h5.part") as results:
        whole = {name: results["timeseries"][name] for name in results["timeseries"]}
    assert len(whole["time"]) == 8 * CYCLES
    writes = 1_000_000 - counting.left
    last = 0
    # Of all writes those of the first commits, where tables begin, and some of the later.
    for moment in (*range(3, 30), *range(30, writes, writes // 10)):
        path = tmp_path / f"{moment}.h5"
        with monkeypatch.context() as patch:
            patch.setattr(commit, "_write", Dying(moment))
            write_until_killed(run, path)
        with open_results(f"{path}.part") as results:
            assert results["scenario"].text("source")
            if "timeseries" in results:
                series = results["timeseries"]
                assert len(series["time"]) >= last
                last = len(series["time"])
                for name in series:
                    np.testing.assert_array_equal(series[name], whole[name][:last])
    assert last > 200


@given(st.data())
def test_a_file_of_commits_is_like_any_other(data: st.DataObject) -> None:
    """What is read is what was written last; what is on the disk is what was committed last."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        model, committed = bytearray(), b""
        file = CommittedFile(path, create=True)
        for _ in range(data.draw(st.integers(1, 12))):
            match data.draw(st.sampled_from(["write", "truncate", "commit", "reopen"])):
                case "write":
                    start = data.draw(st.integers(0, len(model)))
                    piece = data.draw(st.binary(min_size=1, max_size=1500))
                    model[start : start + len(piece)] = piece
                    file.seek(start)
                    file.write(memoryview(piece))
                case "truncate":
                    del model[data.draw(st.integers(0, len(model))) :]
                    file.truncate(len(model))
                case "commit":
                    file.commit()
                    committed = bytes(model)
                case "reopen":
                    file.close()
                    file = CommittedFile(path, create=False)
                    model = bytearray(committed)
            assert file.seek(0, io.SEEK_END) == len(model)
            file.seek(0)
            assert file.read() == bytes(model)
            assert mended(path)[: len(committed)] == committed
        file.close()


def test_a_journal_that_is_not_complete_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"as it was")
    content = commit._packed([(0, b"AS")])
    journal_of(path).write_bytes(content[:-1])
    assert mended(path) == b"as it was"
    journal_of(path).write_bytes(content)
    assert mended(path) == b"AS it was"
    CommittedFile(path, create=False).close()
    assert path.read_bytes() == b"AS it was"
    assert not journal_of(path).exists()


def test_hdf5_writes_the_same_file_through_it(tmp_path: Path) -> None:
    values = np.arange(10_000.0)
    storage = CommittedFile(tmp_path / "one.h5", create=True)
    with h5py.File(storage, "w") as file:
        file.create_dataset("x", data=values, chunks=(100,), compression="gzip")
        file.flush()
        storage.commit()
        del file["x"]
    storage.close()
    with h5py.File(tmp_path / "one.h5") as file:
        np.testing.assert_array_equal(file["x"][:], values)
