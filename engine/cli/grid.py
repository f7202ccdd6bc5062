"""A table that fits the terminal: what matters least leaves first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table

MOST_ROWS = 12
"""Longest table on the screen, unless every row counts."""

NARROWEST_WORDS = 16
"""Columns of the terminal that the words in front keep at least, wrapped."""


class Grid:
    """A titled table: words in front, numbers behind.

    Parameters
    ----------
    title
        Printed above.
    columns
        Headings.
    rows
        Cells as markup.
    dispensable
        Headings of the columns that leave where the terminal is narrow, the first one first.
    total
        A last row, set apart.
    most
        Number of rows that are shown; of more, the beginning and the end.
    """

    def __init__(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        dispensable: Sequence[str] = (),
        total: Sequence[str] | None = None,
        most: int = MOST_ROWS,
    ) -> None:
        self._title = title
        self._columns = columns
        self._rows = _ends(rows, most, len(columns))
        self._dispensable = dispensable
        self._total = total

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._fitting(console, options))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._fitting(console, options)

    def _fitting(self, console: Console, options: ConsoleOptions) -> Table:
        """The widest of the tables that fits, or else the narrowest."""
        unbounded = options.update(max_width=10_000)
        for table in self._tables():
            if Measurement.get(console, unbounded, table).maximum <= options.max_width:
                break
        return table

    def _tables(self) -> Iterator[Table]:
        for count in range(len(self._dispensable) + 1):
            left = set(self._dispensable[:count])
            yield self._table([n for n, name in enumerate(self._columns) if name not in left])

    def _narrowest_words(self) -> int:
        return min(NARROWEST_WORDS, max([len(row[0]) for row in self._rows], default=0))

    def _table(self, places: Sequence[int]) -> Table:
        table = Table(
            title=self._title, title_style="bold", title_justify="left", box=box.SIMPLE_HEAD
        )
        table.show_edge = False
        for place in places:
            if place == 0:
                words = self._narrowest_words()
                table.add_column(self._columns[0], min_width=words, overflow="fold")
            else:
                table.add_column(self._columns[place], justify="right", no_wrap=True)
        for row in self._rows:
            table.add_row(*(row[place] for place in places))
        if self._total is not None:
            table.add_section()
            table.add_row(*(self._total[place] for place in places), style="bold")
        return table


def _ends(rows: Sequence[Sequence[str]], most: int, columns: int) -> list[Sequence[str]]:
    if len(rows) <= most:
        return list(rows)
    half = most // 2
    return [*rows[:half], ("...",) * columns, *rows[-half:]]
