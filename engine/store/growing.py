"""One table of the file that grows while the simulation runs.

Rows wait in memory until the file is committed. Then all chunks that they fill are written, each
once: compressing half-filled chunks again and again would cost time and leave holes in the file. What
still waits can be handed out, to be kept elsewhere, and taken back.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from solidcell.engine.store.datasets import (
    attach_scales,
    create_fixed,
    create_group,
    create_growing,
    memory_type,
)
from solidcell.engine.store.schema import Column, Table

VALID_ROWS = "valid_rows"

Rows = Mapping[str, ArrayLike]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a checkpoint keeps of a table.

    Attributes
    ----------
    stored
        Number of rows in the file.
    waiting
        The rows after them, by column.
    """

    stored: int
    waiting: Mapping[str, NDArray[Any]]


class GrowingTable:
    """The rows of one group.

    Parameters
    ----------
    file
        The open file.
    table
        What the schema says of the group.
    coordinates
        Positions along the fixed dimensions; a dimension that only counts needs none.
    example
        The first rows to come, or none: they say which optional columns there are, and how long a
        row of each is.

    Raises
    ------
    ValueError
        If a column is unknown or missing, or its rows do not fit the coordinates.
    """

    def __init__(
        self,
        file: h5py.File,
        table: Table,
        coordinates: Rows,
        example: Rows,
    ) -> None:
        columns = _columns(table, example)
        row_shapes = {
            column.name: np.shape(example[column.name])[1:] if column.dims else ()
            for column in columns
        }
        positions = _positions(table, coordinates, row_shapes)
        group = create_group(file, table)
        group.attrs[VALID_ROWS] = 0
        scales = {
            column.name: create_fixed(group, column, positions[column.name])
            for column in table.coordinates
        }
        datasets = {
            column.name: create_growing(group, column, table.chunk, row_shapes[column.name])
            for column in columns
        }
        attach_scales(scales | datasets, table.dims_of(columns))
        self._begin(group, table, datasets)

    @classmethod
    def reopen(cls, file: h5py.File, table: Table, kept: Kept) -> "GrowingTable":
        """Go on with a group of an unfinished file as it was at a checkpoint.

        Raises
        ------
        ValueError
            If the group does not have what the checkpoint counts on.
        """
        self = cls.__new__(cls)
        present = file[table.path]
        if kept.waiting.keys() - present.keys() or present.attrs[VALID_ROWS] < kept.stored:
            raise ValueError(f"/{table.path} is not that of the checkpoint")
        columns = tuple(
            column
            for column in (*filter(None, [table.counter]), *table.columns)
            if column.name in present
        )
        self._begin(present, table, {column.name: present[column.name] for column in columns})
        present.attrs.modify(VALID_ROWS, kept.stored)
        for dataset in self._datasets.values():
            dataset.resize(kept.stored, axis=0)
        self._stored = kept.stored
        if kept.waiting:
            waiting = kept.waiting
            self._wait(
                {
                    column.name: np.asarray(waiting[column.name], memory_type(column))
                    for column in self._columns
                }
            )
        return self

    def _begin(self, group: h5py.Group, table: Table, datasets: Mapping[str, h5py.Dataset]) -> None:
        self._group, self._table, self._datasets = group, table, datasets
        known = (*filter(None, [table.counter]), *table.columns)
        self._columns = tuple(column for column in known if column.name in datasets)
        widths = (
            memory_type(column).itemsize * math.prod(datasets[column.name].shape[1:])
            for column in self._columns
        )
        self._row_bytes: int = sum(widths)
        self._waiting: list[dict[str, NDArray[Any]]] = []
        self._stored, self._held = 0, 0

    @property
    def rows(self) -> int:
        """Number of rows so far, stored or waiting."""
        return self._stored + self._held

    @property
    def room(self) -> int:
        """Most that what waits, or a chunk, can take on the disk, bytes."""
        return self._row_bytes * max(self._held, self._table.chunk)

    def append(self, rows: Rows, reserve: Callable[[int], None]) -> None:
        """Take rows over, all or none of them.

        Parameters
        ----------
        rows
            Each column's values; a single value stands for every row of the call.
        reserve
            Called before that with the bytes that these rows can take, to make sure of the room.

        Raises
        ------
        ValueError
            If the columns are not those of the first call, or their lengths differ.
        OSError
            If there is no room.
        """
        arrays, count = self._aligned(dict(rows))
        reserve(count * self._row_bytes)
        self._wait(arrays)

    def settle(self) -> None:
        """Store all chunks that the waiting rows fill."""
        self._store(self._held - self._held % self._table.chunk)

    def drain(self) -> None:
        """Store the rows that wait; only the last chunk of a run is not full."""
        self._store(self._held)

    def keep(self) -> Kept:
        """What a checkpoint needs to go on from here."""
        return Kept(self._stored, self._joined())

    def _wait(self, rows: dict[str, NDArray[Any]]) -> None:
        self._waiting.append(rows)
        self._held += len(next(iter(rows.values())))

    def _joined(self) -> dict[str, NDArray[Any]]:
        """The rows that wait, in one array a column."""
        if len(self._waiting) > 1:
            first = self._waiting[0]
            pieces = {name: [block[name] for block in self._waiting] for name in first}
            self._waiting = [{name: np.concatenate(parts) for name, parts in pieces.items()}]
        return self._waiting[0] if self._waiting else {}

    def _store(self, count: int) -> None:
        """Store so many of the rows that wait."""
        if count == 0:
            return
        rows, stored = self._joined(), self._stored + count
        for name, dataset in self._datasets.items():
            _extend(dataset, rows[name][:count], stored)
        self._group.attrs.modify(VALID_ROWS, stored)
        self._stored, self._waiting, self._held = stored, [], self._held - count
        if self._held:
            self._waiting = [{name: values[count:].copy() for name, values in rows.items()}]

    def _aligned(self, rows: dict[str, ArrayLike]) -> tuple[dict[str, NDArray[Any]], int]:
        """Return the columns as arrays of one length, row numbers among them, and that length."""
        arrays = {
            column.name: np.array(rows[column.name], memory_type(column), order="C")
            for column in self._columns
            if column.name in rows
        }
        counts = {len(values) for values in arrays.values() if values.ndim}
        if len(counts) > 1:
            raise ValueError(f"columns of /{self._table.path} differ in length: {sorted(counts)}")
        count = counts.pop() if counts else 1
        if self._table.counter is not None:
            arrays[self._table.counter.name] = np.arange(self.rows, self.rows + count)
        known = self._datasets.keys()
        if len(arrays) != len(known) or not rows.keys() <= known:
            odd = sorted(known ^ (rows.keys() | arrays.keys()))
            raise ValueError(f"columns of /{self._table.path} changed: {', '.join(odd)}")
        return {
            name: values if values.ndim else np.full(count, values)
            for name, values in arrays.items()
        }, count


def _extend(dataset: h5py.Dataset, values: NDArray[Any], rows: int) -> None:
    """Lengthen a dataset to so many rows, the last of them the values.

    By HDF5's own calls where the values are numbers: h5py's indexing takes three times as long, which
    is a tenth of a fast run.
    """
    start = rows - len(values)
    if values.dtype == object:
        dataset.resize(rows, axis=0)
        dataset[start:rows] = values
        return
    dataset.id.set_extent((rows, *values.shape[1:]))
    space = dataset.id.get_space()
    space.select_hyperslab((start, *(0 for _ in values.shape[1:])), values.shape)
    dataset.id.write(h5py.h5s.create_simple(values.shape), space, values)


def _columns(table: Table, example: Rows) -> tuple[Column, ...]:
    """Choose the columns that a run fills: the required ones and whatever others it brings."""
    known = {column.name for column in table.columns}
    required = {column.name for column in table.columns if not column.optional}
    if unknown := example.keys() - known:
        raise ValueError(f"/{table.path} has no column {', '.join(sorted(unknown))}")
    if example and (missing := required - example.keys()):
        raise ValueError(f"/{table.path} lacks the column {', '.join(sorted(missing))}")
    counter = () if table.counter is None else (table.counter,)
    chosen = required | example.keys()
    return counter + tuple(column for column in table.columns if column.name in chosen)


def _positions(
    table: Table, coordinates: Rows, row_shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, NDArray[Any]]:
    """Return the scales of the fixed dimensions, as long as the rows need them."""
    lengths: dict[str, int] = {}
    for column in table.columns:
        for dim, length in zip(column.dims, row_shapes.get(column.name, ()), strict=False):
            if lengths.setdefault(dim, length) != length:
                raise ValueError(f"/{table.path}: rows of {column.name} do not fit along {dim}")
    positions = {}
    for column in table.coordinates:
        counted = np.arange(lengths.get(column.name, 0))
        given = coordinates.get(column.name, counted if column.kind == "integer" else ())
        positions[column.name] = np.asarray(given)
        if len(positions[column.name]) != len(counted):
            raise ValueError(f"/{table.path}: {column.name} has not one position for each value")
    return positions
