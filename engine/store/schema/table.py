"""What the description of a results file is made of: tables, and the columns of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["float", "integer", "flag", "text"]


@dataclass(frozen=True, slots=True)
class Column:
    """One dataset of a table.

    Attributes
    ----------
    name
        Name of the dataset in its group.
    unit
        Unit of the values; ``"1"`` for a pure number, ``""`` for text.
    long_name
        Name for people, PyBaMM's where PyBaMM has the same quantity.
    comment
        One sentence on meaning and sign, where the name alone leaves a question.
    kind
        What is stored: 64-bit float, 32-bit integer, 8-bit flag or UTF-8 text.
    meanings
        Meaning of each flag, in the order of the codes 0, 1, 2, ...
    dims
        Dimensions after the table's own.
    optional
        Whether a run may leave the column out, because its physics has no such quantity.
    """

    name: str
    unit: str
    long_name: str
    comment: str = ""
    kind: Kind = "float"
    meanings: tuple[str, ...] = ()
    dims: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One group of the file.

    Attributes
    ----------
    path
        Path of the group, without the leading slash.
    title
        One sentence on what the group holds.
    columns
        Its datasets.
    dim
        Dimension of the rows; ``None`` for a group of single values.
    chunk
        Rows in one HDF5 chunk; 0 for a table that is written at once.
    coordinates
        Further dimension scales of the group, fixed during a run.
    attributes
        Values kept as attributes of the group, each with its unit beside it as ``NAME_units``.
    optional
        Whether a file may lack the group, because the run was not asked for it.
    """

    path: str
    title: str
    columns: tuple[Column, ...]
    dim: str | None = None
    chunk: int = 0
    coordinates: tuple[Column, ...] = ()
    attributes: tuple[Column, ...] = ()
    optional: bool = False

    @property
    def counter(self) -> Column | None:
        """The number of the row, which is the scale of rows that no column of the table names."""
        if self.dim is None or any(column.name == self.dim for column in self.columns):
            return None
        long_name = self.dim.replace("_", " ").capitalize()
        return Column(self.dim, "1", long_name, "Row number, from 0.", kind="integer")

    def dims_of(self, columns: Iterable[Column]) -> dict[str, tuple[str, ...]]:
        """Return all dimensions of these columns and of the fixed coordinates, by name."""
        rows = () if self.dim is None else (self.dim,)
        return {column.name: column.dims for column in self.coordinates} | {
            column.name: (*rows, *column.dims) for column in columns
        }
