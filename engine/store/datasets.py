"""Creates groups and datasets as the schema says, readable by the netCDF family of tools.

Every array gets ``units``, ``long_name`` and HDF5 dimension scales, which is all that xarray (with
h5netcdf or netCDF4), MATLAB and Julia need to see names and coordinates.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike

from solidcell.engine.store.schema import Column, Table

COMPRESSION_LEVEL = 1
"""Of gzip, which with shuffle is built in every HDF5 library."""

_FILE_TYPES: Mapping[str, Any] = {
    "float": np.dtype("f8"),
    "integer": np.dtype("i4"),
    "flag": np.dtype("i1"),
    "text": h5py.string_dtype(),
}


_TEXT = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
_SCALAR = h5py.h5s.create(h5py.h5s.SCALAR)


def memory_type(column: Column) -> np.dtype[Any]:
    """Return the type of a column's values in memory: text is Python's own."""
    return np.dtype(object if column.kind == "text" else _FILE_TYPES[column.kind])


def create_group(file: h5py.File, table: Table) -> h5py.Group:
    """Create the group of a table, titled."""
    group = file.create_group(table.path)
    group.attrs["title"] = table.title
    return group


def create_fixed(group: h5py.Group, column: Column, values: ArrayLike) -> h5py.Dataset:
    """Store values whose number is known: single ones, coordinates, tables written at once."""
    dataset = group.create_dataset(
        column.name,
        data=np.asarray(values, dtype=memory_type(column)),
        dtype=_FILE_TYPES[column.kind],
    )
    _describe(dataset, column)
    return dataset


def create_growing(
    group: h5py.Group, column: Column, chunk: int, row_shape: tuple[int, ...]
) -> h5py.Dataset:
    """Create a dataset without rows that grows a chunk at a time.

    By HDF5's own calls: h5py's take three times as long, and a file has a hundred of them.
    """
    made = h5py.h5d.create(
        group.id,
        column.name.encode(),
        h5py.h5t.py_create(_FILE_TYPES[column.kind], logical=True),
        h5py.h5s.create_simple((0, *row_shape), (h5py.h5s.UNLIMITED, *row_shape)),
        _creation((chunk, *row_shape), column.kind != "text"),
    )
    dataset = h5py.Dataset(made)
    _describe(dataset, column)
    return dataset


@cache
def _creation(chunks: tuple[int, ...], compressed: bool) -> h5py.h5p.PropDCID:
    """How a growing dataset is stored; text is a reference, and gains nothing by compression."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk(chunks)
    properties.set_obj_track_times(False)
    if compressed:
        properties.set_shuffle()
        properties.set_deflate(COMPRESSION_LEVEL)
    return properties


def attach_scales(
    datasets: Mapping[str, h5py.Dataset], dims_of: Mapping[str, Sequence[str]]
) -> None:
    """Tie the axes of a group's datasets to the scales of their dimensions.

    Parameters
    ----------
    datasets
        The datasets of the group by name. One that has its own name as its dimension is a scale.
    dims_of
        Dimensions of each dataset.
    """
    for name, dims in dims_of.items():
        if (name,) == tuple(dims):
            datasets[name].make_scale(name)
    for name, dims in dims_of.items():
        if (name,) != tuple(dims):
            for axis, dim in enumerate(dims):
                datasets[name].dims[axis].attach_scale(datasets[dim])


def _describe(dataset: h5py.Dataset, column: Column) -> None:
    _write_text(dataset, "units", column.unit)
    _write_text(dataset, "long_name", column.long_name)
    if column.comment:
        _write_text(dataset, "comment", column.comment)
    if column.meanings:
        dataset.attrs["flag_values"] = np.arange(len(column.meanings), dtype=np.int8)
        _write_text(dataset, "flag_meanings", " ".join(column.meanings))


def _write_text(dataset: h5py.Dataset, name: str, text: str) -> None:
    """Write what ``attrs[name] = text`` writes, in a third of the time: there are hundreds."""
    attribute = h5py.h5a.create(dataset.id, name.encode(), _TEXT, _SCALAR)
    attribute.write(np.array(text, dtype=_TEXT.dtype))
