"""Reads a results file, finished or still growing.

Values are read when they are asked for and kept, so that a look at one curve of a long run costs
one curve. Of a growing file a copy is taken at one instant, so that the writer can go on. Only rows
that the writer has declared valid are seen.
"""

import io
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import NDArray

from solidcell.engine.errors import InputError
from solidcell.engine.store import schema
from solidcell.engine.store.commit import mended
from solidcell.engine.store.growing import VALID_ROWS

Values = NDArray[Any]

_TRIES = 100
_PAUSE = 0.02  # s; a growing file can be caught in the middle of a flush


class Group(Mapping[str, Values]):
    """The datasets of one group by name, in the order of the schema, as NumPy arrays.

    Text comes as Python strings.

    Attributes
    ----------
    path
        Path of the group in the file, without the leading slash.
    attributes
        Attributes of the group.
    """

    def __init__(self, source: Path, file: h5py.File, path: str) -> None:
        self.path = path
        self._source = source
        self._group: h5py.Group = file[path]
        self._order = schema.order(path)
        self._values: dict[str, Values] = {}
        self.attributes: dict[str, Any] = dict(self._group.attrs)

    def __getitem__(self, name: str) -> Values:
        if name not in self._values:
            self._values[name] = self._read(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        known = [name for name in self._order if name in self._group]
        newer = [name for name in self._group if name not in self._order]
        return (name for name in known + newer if isinstance(self._group[name], h5py.Dataset))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._group

    def text(self, name: str) -> str:
        """Return a single text."""
        return str(self[name].item())

    def number(self, name: str) -> float:
        """Return a single number."""
        return float(self[name].item())

    def unit(self, name: str) -> str:
        """Return the unit of a dataset: ``"1"`` for a pure number, ``""`` for text."""
        return str(self._dataset(name).attrs["units"])

    def long_name(self, name: str) -> str:
        """Return the name of a dataset for people."""
        return str(self._dataset(name).attrs["long_name"])

    def dims(self, name: str) -> tuple[str, ...]:
        """Return the names of a dataset's dimensions; each names a dataset too, its scale."""
        dataset = self._dataset(name)
        if dataset.is_scale:
            return (name,)
        return tuple(axis[0].name.rpartition("/")[2] for axis in dataset.dims)

    def meanings(self, name: str) -> tuple[str, ...]:
        """Return the meanings of a dataset's flags; none if it holds no flags."""
        return tuple(str(self._dataset(name).attrs.get("flag_meanings", "")).split())

    def words(self, name: str) -> NDArray[np.str_]:
        """Return flags as their meanings."""
        return np.array(self.meanings(name))[self[name]]

    def _dataset(self, name: str) -> h5py.Dataset:
        if name not in self._group:
            raise InputError(
                f"{self._source} has no dataset /{self.path}/{name}: "
                "the run did not ask for it, or its physics has no such quantity."
            )
        return self._group[name]

    def _read(self, name: str) -> Values:
        dataset = self._dataset(name)
        grows = bool(dataset.shape) and dataset.maxshape[0] is None
        selection = slice(int(self.attributes[VALID_ROWS])) if grows else ()
        source = dataset.asstr() if h5py.check_string_dtype(dataset.dtype) else dataset
        try:
            return np.asarray(source[selection])
        except OSError as error:
            raise InputError(
                f"{self._source} is damaged: /{self.path}/{name} can't be read; "
                "copy it again or repeat the run."
            ) from error


class Results:
    """An open results file: its groups by path, such as ``results["timeseries"]["voltage"]``.

    Attributes
    ----------
    path
        The file.
    attributes
        Attributes of the root: provenance, name and checksums of the scenario.
    """

    def __init__(self, path: Path, file: h5py.File) -> None:
        self.path = path
        self.attributes: dict[str, Any] = dict(file.attrs)
        self._file = file
        self._groups: dict[str, Group] = {}

    @property
    def finished(self) -> bool:
        """Whether the run has ended; a growing or killed run's file lacks ``/run``."""
        return schema.RUN.path in self._file

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the groups in the file, in the order of the schema."""
        return tuple(table.path for table in schema.TABLES if table.path in self._file)

    def __contains__(self, path: str) -> bool:
        return path in self._file

    def __getitem__(self, path: str) -> Group:
        if path not in self._file:
            raise InputError(f"{self.path} has no group /{path}: the run did not ask for it.")
        return self._groups.setdefault(path, Group(self.path, self._file, path))

    def close(self) -> None:
        """Close the file; arrays that were read stay."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_results(path: str | Path) -> Results:
    """Open a results file for reading.

    Parameters
    ----------
    path
        The file, ``NAME.h5`` or, of a run that has not ended, ``NAME.h5.part``.

    Returns
    -------
    Results
        The open file; close it, or use it in a ``with`` statement.

    Raises
    ------
    InputError
        If there is no such file, or it is truncated, foreign or of an unknown version.
    """
    path = Path(path)
    file = _open(path)
    try:
        _check(path, file)
    except InputError:
        file.close()
        raise
    return Results(path, file)


def _open(path: Path) -> h5py.File:
    if not path.is_file():
        raise InputError(_absent(path))
    try:
        if path.suffix == ".part":
            return h5py.File(io.BytesIO(_instant(path)), "r")
        return h5py.File(path, "r", locking=False)
    except OSError as error:
        raise InputError(_unreadable(path, error)) from error


def _instant(path: Path) -> bytes:
    """Return a growing file as it was at one instant: two readings in a row that are the same."""
    for _ in range(_TRIES):
        first = mended(path)
        if mended(path) == first:
            return first
        time.sleep(_PAUSE)
    raise InputError(f"{path} changes too fast to be read: try again when the run has ended.")


def _absent(path: Path) -> str:
    part = path.parent / f"{path.name}.part"
    if not path.is_dir() and part.is_file():
        return (
            f"{path} is not finished: read {part}, or continue the run with "
            f"'solidcell resume {path}'."
        )
    return f"{path} is no file: give the path of a results file (*.h5)."


def _unreadable(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"{path} can't be read (permission denied): check its rights."
    if "truncated" in str(error):
        return f"{path} is truncated: copy it again or repeat the run."
    return f"{path} is no HDF5 file: give the path of a results file (*.h5)."


def _check(path: Path, file: h5py.File) -> None:
    if file.attrs.get("filetype") != schema.FILETYPE:
        raise InputError(
            f"{path} is an HDF5 file, but no results file of solidcell: give the path of one."
        )
    major, minor = (int(number) for number in file.attrs["schema_version"])
    if major != schema.VERSION[0]:
        raise InputError(
            f"{path} has version {major}.{minor} of the results format, and this solidcell reads "
            f"version {schema.VERSION[0]}: install the solidcell that wrote it "
            f"({file.attrs.get('solidcell_version', 'unknown')})."
        )
