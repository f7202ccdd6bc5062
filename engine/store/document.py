"""Prints the schema as the tables of ``docs/results-format.md``.

``python -m solidcell.engine.store.document docs/results-format.md`` brings the document up to date.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from solidcell.engine.store import schema

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"

_TYPES = {
    "float": "float64",
    "integer": "int32",
    "flag": "int8, flag",
    "text": "text",
}


def markdown() -> str:
    """Return a section for each group: what it holds and a table of its datasets."""
    return "\n\n".join(_section(table) for table in schema.TABLES)


def updated(document: str) -> str:
    """Return the document with what stands between its two marks replaced by `markdown`."""
    head, _, rest = document.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{markdown()}\n\n{END}{tail}"


def _section(table: schema.Table) -> str:
    parts = [f"### /{table.path}", _introduction(table)]
    counter = () if table.counter is None else (table.counter,)
    columns = (*counter, *table.coordinates, *table.columns)
    dims = table.dims_of((*counter, *table.columns))
    parts.append(
        _grid(
            ("dataset", "dimensions", "unit", "type", "meaning"),
            [
                (
                    f"`{column.name}`",
                    ", ".join(dims[column.name]),
                    column.unit,
                    _TYPES[column.kind],
                    _meaning(column),
                )
                for column in columns
            ],
        )
    )
    if table.attributes:
        cells = [(f"`{one.name}`", one.unit, _meaning(one)) for one in table.attributes]
        parts.append(_grid(("attribute", "unit", "meaning"), cells))
    return "\n\n".join(parts)


def _introduction(table: schema.Table) -> str:
    said = [table.title]
    if table.optional:
        said.append("Only in files of runs that were asked for it.")
    if table.chunk:
        said.append(f"Chunks of {table.chunk} rows.")
    return " ".join(said)


def _meaning(column: schema.Column) -> str:
    """Say a column's name without its unit, its comment, its flags, whether it may lack."""
    said = [column.long_name.partition(" [")[0] + "."]
    if column.comment:
        said.append(column.comment)
    if column.meanings:
        flags = ", ".join(f"{code} {word}" for code, word in enumerate(column.meanings))
        said.append(f"Flags: {flags}.")
    if column.optional:
        said.append("Where the physics has it.")
    return " ".join(said)


def _grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")
