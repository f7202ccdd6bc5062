"""Turns a results file into plain tables: CSV, or Parquet.

One file for each group, a line a row. Quantities with further dimensions come in long form, in
files of their own: ``fields_x_positive.csv`` has a line for each snapshot and position.
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solidcell.engine.errors import InputError
from solidcell.engine.store import schema
from solidcell.engine.store.reader import Group, Results


@dataclass(frozen=True)
class PlainTable:
    """One table to write.

    Attributes
    ----------
    name
        Name of the file, without ending.
    columns
        Values of each column; flags are words.
    units
        Units of the columns that have one.
    """

    name: str
    columns: Mapping[str, NDArray[Any]]
    units: Mapping[str, str]


def export(
    results: Results, folder: str | Path, to: str = "csv", *, force: bool = False
) -> list[Path]:
    """Write the tables of a results file into a folder.

    Parameters
    ----------
    results
        The open file.
    folder
        Where the tables go; it is created where it is missing.
    to
        ``csv`` or ``parquet``.
    force
        Whether existing tables may be replaced.

    Returns
    -------
    list of Path
        The tables that were written.

    Raises
    ------
    InputError
        If there is no such format, its library is missing, or a table exists or can't be written.
    """
    if to not in _FORMATS:
        raise InputError(f"there is no export to {to!r}: choose {' or '.join(_FORMATS)}.")
    write = _FORMATS[to]()
    folder = Path(folder)
    tables = plain_tables(results)
    paths = [folder / f"{table.name}.{to}" for table in tables]
    if not force and (existing := [path for path in paths if path.exists()]):
        raise InputError(f"{existing[0]} exists already: use --force, or another folder with -o.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table, path in zip(tables, paths, strict=True):
            write(table, path)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise InputError(
            f"{folder} can't be written ({said}): choose another folder with -o."
        ) from error
    return paths


def plain_tables(results: Results) -> list[PlainTable]:
    """Return all that a results file holds as tables, except its states."""
    tables = [_summary(results)]
    left_out = {schema.CHECKPOINTS.path, schema.END_STATE.path}
    for path in results.paths:
        # A run that has nothing to say needs no table for it.
        silent = path == schema.WARNINGS.path and not len(results[path]["code"])
        if path not in left_out and not silent:
            tables += _tables_of(results[path])
    return tables


def _summary(results: Results) -> PlainTable:
    """Collect the single values: attributes of the root and of the cell, and how the run went."""
    rows = [(name, str(value), "") for name, value in results.attributes.items()]
    cell = results[schema.CELL.path].attributes
    rows += [
        (column.name, str(cell[column.name]), column.unit)
        for column in schema.CELL.attributes
        if column.name in cell
    ]
    if results.finished:
        run = results[schema.RUN.path]
        rows += [(name, str(run[name].item()), run.unit(name).lstrip("1")) for name in run]
    columns = zip(("name", "value", "unit"), np.array(rows, dtype=object).T, strict=True)
    return PlainTable("summary", dict(columns), {})


def _tables_of(group: Group) -> list[PlainTable]:
    """Make a table of the columns that share their dimensions, coordinates first."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for name in group:
        dims = group.dims(name)
        if dims and dims != (name,):
            shared.setdefault(dims, []).append(name)
    return [_long_table(group, dims, names) for dims, names in sorted(shared.items())]


def _long_table(group: Group, dims: tuple[str, ...], names: list[str]) -> PlainTable:
    places = np.indices(group[names[0]].shape).reshape(len(dims), -1)
    columns = {dim: group[dim][place] for dim, place in zip(dims, places, strict=True)}
    for name in names:
        values = group.words(name) if group.meanings(name) else group[name]
        columns[name] = values.reshape(-1)
    units = {name: group.unit(name) for name in columns if group.unit(name) not in ("", "1")}
    return PlainTable("_".join((*group.path.split("/"), *dims[1:])), columns, units)


def _csv_writer() -> Callable[[PlainTable, Path], None]:
    return _write_csv


def _write_csv(table: PlainTable, path: Path) -> None:
    """Write a table with the units in its header; numbers keep all their digits."""
    header = [
        f"{name} [{table.units[name]}]" if name in table.units else name for name in table.columns
    ]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(zip(*(values.tolist() for values in table.columns.values()), strict=True))


def _parquet_writer() -> Callable[[PlainTable, Path], None]:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        raise InputError(
            "export to Parquet needs pyarrow: install it, or choose --to csv."
        ) from error

    def write(table: PlainTable, path: Path) -> None:
        """Write a table whose columns carry their units as field metadata."""
        arrays = [arrow.array(values.tolist()) for values in table.columns.values()]
        fields = [
            arrow.field(name, array.type, metadata={"units": table.units.get(name, "")})
            for name, array in zip(table.columns, arrays, strict=True)
        ]
        parquet.write_table(arrow.table(arrays, schema=arrow.schema(fields)), path)

    return write


_FORMATS: Mapping[str, Callable[[], Callable[[PlainTable, Path], None]]] = {
    "csv": _csv_writer,
    "parquet": _parquet_writer,
}

FORMATS = tuple(_FORMATS)
"""Formats that `export` can write."""
