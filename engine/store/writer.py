"""Writes the results file of one run.

The file grows as ``NAME.h5.part`` and takes its name only when it is complete, so that a file
called ``NAME.h5`` is always whole and an earlier one is kept until the new one can replace it.
Beside it ``NAME.h5.part.ckpt`` keeps what the file does not hold yet, so that a run goes on from there.
"""

import contextlib
import errno
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import h5py
import numpy as np

from solidcell.engine.errors import InputError, SolidcellError
from solidcell.engine.store import schema
from solidcell.engine.store.checkpoint import (
    Checkpoint,
    State,
    checkpoint_of,
    packed,
    read_checkpoint,
    replace_checkpoint,
)
from solidcell.engine.store.commit import CommittedFile, journal_of
from solidcell.engine.store.datasets import attach_scales, create_fixed, create_group
from solidcell.engine.store.growing import GrowingTable, Kept, Rows
from solidcell.engine.store.lock import WriterLock
from solidcell.engine.store.provenance import provenance

_SPARE_BYTES = 500_000
"""What the tables' structure, their texts and the end of the file take, generously."""
_COMMIT_BYTES, _COMMIT_SECONDS = 1_000_000, 1.0
"""Rows, and time, after which the file is committed: each commit takes some milliseconds."""


_NO_STATE: Rows = {
    "cycle": 0,
    **{one.name: np.nan for one in schema.END_STATE.columns if one.kind == "float"},
    "state_vector": np.empty(0),
}


@dataclass(frozen=True, slots=True)
class ScenarioRecord:
    """The scenario as the file keeps it.

    Attributes
    ----------
    source, resolved
        YAML as written, and after imports and overrides.
    parameters
        A row a parameter: name, value (SI; NaN if it is no number), expression, unit, source,
        status.
    """

    source: str
    resolved: str
    parameters: Sequence[tuple[str, float, str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Resumed:
    """An unfinished file that goes on.

    Attributes
    ----------
    writer
        Takes further rows.
    state
        State of the simulation at the last checkpoint.
    """

    writer: "ResultsWriter"
    state: State


class ResultsWriter:
    """Fills a results file while a simulation runs.

    Leave the ``with`` block after `finish` and the file is complete under its name. Leave it by an
    exception and no such file appears: what was computed stays in ``NAME.h5.part``, and if nothing
    was, nothing stays.

    Parameters
    ----------
    path
        Name of the finished file; missing folders are created.
    attributes
        What the root says of the run beside its provenance: scenario name and checksums.
    scenario
        The scenario, kept verbatim.
    cell
        Columns of ``/cell``.
    cell_attributes
        Attributes of ``/cell`` that are known before the run, such as ``cell_mass``.
    coordinates
        Positions of the fields: ``x_positive`` and ``r_positive`` [m].
    force
        Whether an existing file, or what an earlier run left unfinished, may be replaced.

    Raises
    ------
    InputError
        If the file exists, is being written, or can't be created; nothing has changed then.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        attributes: Mapping[str, object],
        scenario: ScenarioRecord,
        cell: Rows,
        cell_attributes: Mapping[str, object] | None = None,
        coordinates: Rows | None = None,
        force: bool = False,
    ) -> None:
        path = Path(path)
        started = time.perf_counter()
        lock = _claim(path, part_of(path), force)
        # What bears the name of an unfinished run has its scenario in it, and can be started again.
        new = path.with_name(path.name + ".part.new")
        try:
            storage = CommittedFile(new, create=True)
        except OSError as error:
            lock.release()
            raise _not_writable(path, error) from error
        self._begin(path, lock, storage, "w", coordinates or {})
        try:
            self._reserve(0)
            self._write_head(attributes, scenario, cell)
            self._write_attributes(schema.CELL, cell_attributes or {})
            self._commit()
            checkpoint_of(self.part).unlink(missing_ok=True)
            journal_of(self.part).unlink(missing_ok=True)
            storage.rename(self.part)
        except BaseException as error:
            self._close()
            new.unlink(missing_ok=True)
            lock.release()
            if isinstance(error, OSError):
                raise _not_writable(path, error) from error
            raise
        self._seconds += time.perf_counter() - started

    @classmethod
    def resume(cls, path: str | Path, *, coordinates: Rows | None = None) -> "Resumed":
        """Go on with a file that a run has left unfinished, as it was at its last checkpoint.

        Parameters
        ----------
        path
            Name of the finished file.
        coordinates
            As in a new file.

        Returns
        -------
        Resumed
            The writer, and the state of the simulation at the checkpoint.

        Raises
        ------
        InputError
            If it is being written, can't be written, or does not fit its checkpoint.
        """
        path = Path(path)
        part = part_of(path)
        started = time.perf_counter()
        try:
            lock = WriterLock(path)
        except OSError as error:
            raise not_resumable(part, error) from error
        self = cls.__new__(cls)
        try:
            checkpoint = read_checkpoint(checkpoint_of(part))
            if checkpoint is None:
                raise ValueError
            self._begin(path, lock, CommittedFile(part, create=False), "r+", coordinates or {})
        except (OSError, ValueError) as error:
            lock.release()
            raise not_resumable(part, error) from error
        try:
            for table in schema.GROWING:
                if table.path in checkpoint.tables:
                    self._restore(table, checkpoint.tables[table.path])
                elif table.path in self._file:
                    del self._file[table.path]
            for table in (schema.RUN, schema.END_STATE):
                if table.path in self._file:
                    del self._file[table.path]
            self._commit()
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            self._close()
            lock.release()
            raise not_resumable(part, error) from error
        self._seconds += time.perf_counter() - started
        return Resumed(self, checkpoint.state)

    def _begin(
        self, path: Path, lock: WriterLock, storage: CommittedFile, mode: str, coordinates: Rows
    ) -> None:
        self.path, self.part = path, part_of(path)
        self._lock, self._storage, self._coordinates = lock, storage, coordinates
        self._seconds, self._uncommitted, self._committed = 0.0, 0, time.perf_counter()
        self._tables: dict[str, GrowingTable] = {}
        self._checkpoint = b""
        self._fresh = mode == "w"
        self._finished = False
        try:
            self._file = h5py.File(storage, mode)
        except OSError:
            storage.close()
            raise

    def _restore(self, table: schema.Table, kept: Kept) -> None:
        """Go on with a table as it was at a checkpoint; the file may not have it yet."""
        if table.path in self._file:
            grown = GrowingTable.reopen(self._file, table, kept)
        elif kept.stored:
            raise ValueError(f"/{table.path} is missing")
        else:
            rows = dict(kept.waiting)
            if table.counter is not None:
                del rows[table.counter.name]
            grown = GrowingTable(self._file, table, self._coordinates, rows)
            grown.append(rows, self._reserve)
        self._tables[table.path] = grown

    def checkpoint(self, state: State) -> None:
        """Keep, beside the unfinished file, all that is needed to go on from here.

        Parameters
        ----------
        state
            What the simulation needs.

        Raises
        ------
        SolidcellError
            If the disk is full or fails, or the file is no longer there.
        """
        with self._storing():
            self._commit()
            kept = {name: table.keep() for name, table in self._tables.items()}
            self._checkpoint = packed(Checkpoint(state, kept))
            if self._storage.lost:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            replace_checkpoint(checkpoint_of(self.part), self._checkpoint)

    def append(self, table: str, rows: Rows) -> None:
        """Add rows to ``timeseries``, ``steps``, ``cycles``, ``fields`` or ``checkpoints``.

        Parameters
        ----------
        table
            Name of the group.
        rows
            Values of each column, in the units of the schema; flags by their codes. A single value
            stands for all rows of the call. The first call decides which optional columns exist.

        Raises
        ------
        ValueError
            If the columns are not those of the schema or of the first call.
        SolidcellError
            If the disk is full or fails; what was appended before is kept.
        """
        with self._storing():
            if table not in self._tables:
                self._tables[table] = GrowingTable(
                    self._file, _growing(table), self._coordinates, rows
                )
            self._tables[table].append(rows, self._reserve)
            waited = time.perf_counter() - self._committed
            if self._uncommitted > _COMMIT_BYTES or waited > _COMMIT_SECONDS:
                self._commit()

    def finish(
        self,
        *,
        status: str,
        stop_reason: str = "",
        message: str = "",
        run: Mapping[str, float] | None = None,
        end_state: Rows | None = None,
        warnings: Rows | None = None,
        cell_attributes: Mapping[str, object] | None = None,
        cycles_attributes: Mapping[str, object] | None = None,
        block_ends: Rows | None = None,
    ) -> None:
        """Complete the file and give it its name.

        Parameters
        ----------
        status
            ``completed``, ``stopped`` or ``idle``.
        stop_reason, message
            Why the run ended, in a word and in a sentence.
        run
            Numbers of ``/run``; ``store_seconds`` is measured here.
        end_state
            Datasets of ``/end_state``; an empty state unless given.
        warnings
            Columns of ``/run/warnings``; without rows unless given.
        cell_attributes
            Attributes of ``/cell`` that follow from the run, such as ``specific_energy``.
        cycles_attributes
            Attributes of ``/cycles``, such as ``knee_cycle``.
        block_ends
            Columns of ``/run/block_ends``; none for no group.

        Raises
        ------
        ValueError
            If the schema knows no such number or attribute, or a number of ``/run`` is missing.
        SolidcellError
            If the disk is full or fails; ``NAME.h5.part`` keeps what was stored.
        """
        with self._storing():
            for table in schema.GROWING:
                if table.path not in self._tables and not table.optional:
                    self._tables[table.path] = GrowingTable(self._file, table, {}, {})
            self._drain()
            self._write_table(schema.END_STATE, _NO_STATE if end_state is None else end_state)
            self._write_attributes(schema.CELL, cell_attributes or {})
            self._write_attributes(schema.CYCLES, cycles_attributes or {})
            self._file.flush()
        with self._storing():
            text = {"status": status, "stop_reason": stop_reason, "message": message}
            self._write_table(schema.RUN, {"store_seconds": self._seconds, **(run or {}), **text})
            if block_ends:
                self._write_table(schema.BLOCK_ENDS, block_ends)
            none: Rows = {column.name: [] for column in schema.WARNINGS.columns}
            self._write_table(schema.WARNINGS, none if warnings is None else warnings)
            self._commit()
            if self._storage.lost:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            self._close()
            os.replace(self.part, self.path)
        self._finished = True
        checkpoint_of(self.part).unlink(missing_ok=True)
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._finished:
            return
        try:
            with contextlib.suppress(SolidcellError), self._storing():
                self._drain()
                self._commit()
        finally:
            self._abandon()
        if error is None:
            raise RuntimeError(f"the run ended without finishing {self.path}")

    def _abandon(self) -> None:
        """Close the unfinished file, and remove it if no row of a result is in it."""
        self._close()
        if self._fresh and not any(table.rows for table in self._tables.values()):
            self.part.unlink(missing_ok=True)
            checkpoint_of(self.part).unlink(missing_ok=True)
        self._lock.release()

    def _close(self) -> None:
        """Close the file as it was committed."""
        with contextlib.suppress(OSError, RuntimeError):
            self._file.close()
        self._storage.close()

    def _commit(self) -> None:
        for table in self._tables.values():
            table.settle()
        self._file.flush()
        self._storage.commit()
        self._uncommitted, self._committed = 0, time.perf_counter()

    def _drain(self) -> None:
        for table in self._tables.values():
            table.drain()

    def _reserve(self, size: int) -> None:
        """Make sure of room for new rows beside all that waits, or can wait, in memory."""
        self._uncommitted += size
        waiting = sum(table.room for table in self._tables.values())
        self._storage.reserve(size + waiting + _SPARE_BYTES)

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """Count the time, and turn what the system refuses into a sentence."""
        started = time.perf_counter()
        try:
            yield
        except (OSError, RuntimeError) as error:  # h5py raises the latter when a flush fails
            raise SolidcellError(self._told(error)) from error
        finally:
            self._seconds += time.perf_counter() - started

    def _told(self, error: Exception) -> str:
        """Say why the run can't go on, after saving what somebody has removed."""
        cure = f"continue it with 'solidcell resume {self.part}'"
        if not self._storage.lost:
            return (
                f"{self.part} can't be written any further ({_cause(error)}): what was computed up "
                f"to here is kept in it; make room or mend the disk and {cure}."
            )
        gone = f"{self.part} was taken away while the run wrote it"
        try:
            if not self._storage.rescue():
                return (
                    f"{gone}: the run has stopped, and what it had computed is where the file is "
                    "now; continue it there with 'solidcell resume'."
                )
            if self._checkpoint:
                replace_checkpoint(checkpoint_of(self.part), self._checkpoint)
        except OSError as failure:
            return (
                f"{gone}, and can't be put back ({_cause(failure)}): what was computed is lost; "
                "run the scenario again."
            )
        return f"{gone}: the run has stopped, and what it had computed is there again; {cure}."

    def _write_head(
        self, attributes: Mapping[str, object], scenario: ScenarioRecord, cell: Rows
    ) -> None:
        self._file.attrs.update({**provenance(), **attributes})
        self._write_table(
            schema.SCENARIO, {"source": scenario.source, "resolved": scenario.resolved}
        )
        names = [column.name for column in schema.PARAMETERS.columns]
        columns = zip(*scenario.parameters, strict=True) if scenario.parameters else [()] * 6
        self._write_table(schema.PARAMETERS, dict(zip(names, columns, strict=True)))
        self._write_table(schema.CELL, cell)

    def _write_table(self, table: schema.Table, values: Rows) -> None:
        group = create_group(self._file, table)
        if odd := values.keys() ^ {column.name for column in table.columns}:
            raise ValueError(f"/{table.path} has the wrong columns: {', '.join(sorted(odd))}")
        columns, counter = table.columns, table.counter
        if counter is not None:
            columns = (counter, *columns)
            values = {counter.name: range(np.size(values[table.columns[0].name])), **values}
        datasets = {
            column.name: create_fixed(group, column, values[column.name]) for column in columns
        }
        for scale in table.coordinates:
            length = next(
                np.size(values[one.name]) for one in table.columns if scale.name in one.dims
            )
            datasets[scale.name] = create_fixed(group, scale, np.arange(length))
        attach_scales(datasets, table.dims_of(columns))

    def _write_attributes(self, table: schema.Table, values: Mapping[str, object]) -> None:
        known = {column.name: column for column in table.attributes}
        attributes = self._file[table.path].attrs
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"/{table.path} has no attribute {name}")
            attributes[name] = value
            if known[name].unit:
                attributes[f"{name}_units"] = known[name].unit


def part_of(path: Path) -> Path:
    """Name of a results file while it grows."""
    return path.parent / f"{path.name}.part"


def _growing(name: str) -> schema.Table:
    for table in schema.GROWING:
        if table.path == name:
            return table
    raise ValueError(f"/{name} is no table that grows")


def _claim(path: Path, part: Path, force: bool) -> WriterLock:
    """Make sure that the file may be written here, by this process alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = WriterLock(path)
    except OSError as error:
        raise _not_writable(path, error) from error
    if not force:
        for existing, cure in (
            (path, "replace it with --force or choose another file with -o"),
            (
                part,
                "it is what an unfinished run left: continue it with "
                f"'solidcell resume {part}', or replace it with --force",
            ),
        ):
            if existing.exists():
                lock.release()
                raise InputError(f"{existing} exists already: {cure}.")
    return lock


def _not_writable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} can't be written ({_cause(error)}): choose another place with -o.")


def not_resumable(part: Path, error: Exception) -> InputError:
    """Return the sentence for a file or a checkpoint that can't be gone on with."""
    if isinstance(error, OSError) and error.errno:
        file = error.filename or part
        return InputError(
            f"{file} can't be opened ({_cause(error)}): check its rights and those of its folder."
        )
    return InputError(
        f"{part} does not fit {checkpoint_of(part)} or one of them is damaged: remove the latter to "
        "start the run again with 'solidcell resume', or restore both."
    )


def _cause(error: Exception) -> str:
    """Return the system's reason, which HDF5 hides in a page of its own."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    if found := re.search(r"errno = (\d+)", str(error)):
        return os.strerror(int(found[1])).lower()
    return str(error).partition("\n")[0]
