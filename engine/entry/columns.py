"""Columns of numbers in a CSV file, found by their heading.

A heading carries its unit in square brackets, ``Current [A]``; where it does not, the scenario says
the unit beside the column's name.
"""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solidcell.engine.entry.place import Place, nearest
from solidcell.engine.entry.units import convert

_BRACKETED = re.compile(r".*\[\s*(.+?)\s*\]\s*")


class Column(NamedTuple):
    """A column of a CSV file: heading, the SI unit wanted, and the unit it is in.

    ``si_unit`` None stands for a dimensionless column; ``unit`` None for the unit in the heading.
    """

    heading: str
    si_unit: str | None
    unit: str | None = None

    def factor(self) -> float:
        """The SI value of one unit of this column.

        Raises
        ------
        ValueError
            If the unit is missing or of another dimension.
        """
        if self.si_unit is None:
            return 1.0
        bracketed = _BRACKETED.fullmatch(self.heading)
        unit = self.unit or (bracketed[1] if bracketed else "")
        if not unit:
            raise ValueError(
                f"column '{self.heading}' has no unit; write it in the heading, as in "
                f"'{self.heading} [{self.si_unit}]', or name it as 'unit'"
            )
        return convert("1", unit, self.si_unit)


def read_columns(file: Path | str, columns: tuple[Column, ...]) -> tuple[NDArray[np.float64], ...]:
    """Columns of a CSV file in SI.

    Parameters
    ----------
    file
        CSV file whose first row holds the headings.
    columns
        Those to read.

    Raises
    ------
    ValueError
        If the file can't be read, a column is missing, there are fewer than two rows, or an entry
        is not a finite number.
    """
    shown = Path(file).name
    try:
        with open(file, newline="", encoding="utf-8-sig") as stream:
            rows = [row for row in csv.reader(stream) if any(entry.strip() for entry in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"'{shown}' can't be read as CSV ({error}); check the file") from None
    headings = [entry.strip() for entry in rows[0]] if rows else []
    if len(rows) < 3:
        raise ValueError(f"'{shown}' has fewer than two rows of data; add rows below the headings")
    return tuple(_read_column(shown, headings, rows[1:], column) for column in columns)


def _read_column(
    shown: str, headings: list[str], rows: list[list[str]], column: Column
) -> NDArray[np.float64]:
    if column.heading not in headings:
        hint = nearest(column.heading, headings) or f"; it has {', '.join(headings)}"
        raise ValueError(f"'{shown}' has no column '{column.heading}'{hint}")
    factor = column.factor()
    index = headings.index(column.heading)
    values = np.empty(len(rows))
    for i, row in enumerate(rows):
        entry = row[index].strip() if index < len(row) else ""
        try:
            values[i] = float(entry) * factor
        except ValueError:
            values[i] = math.nan
        if not math.isfinite(values[i]):
            where = Place(shown, i + 2)
            raise ValueError(
                f"'{entry}' in column '{column.heading}' ({where}) is not a finite number; "
                "correct or remove that row"
            )
    return values
