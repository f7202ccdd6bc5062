"""``solidcell export``: the tables of a results file for other programs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from solidcell.engine.cli.options import Debug, Folder, Force, Json, Quiet, ResultsFile
from solidcell.engine.cli.terminal import Terminal


class Format(StrEnum):
    """Formats of tables."""

    csv = "csv"
    parquet = "parquet"


To = Annotated[Format, typer.Option("--to", help="Format of the tables.")]


def export(
    file: ResultsFile,
    to: To = Format.csv,
    output: Folder = None,
    force: Force = False,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Write the tables of a results file as CSV or Parquet, one file a table.

    They go into a folder beside the file, named after it, unless another is given.
    """
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.cli.summary import unbroken
        from solidcell.engine.store.export import export as export_tables
        from solidcell.engine.store.reader import open_results

        folder = output or file.parent / f"{file.name.partition('.h5')[0]}-{to}"
        with open_results(file) as results:
            paths = export_tables(results, folder, to, force=force)
        terminal.document({"tables": [str(path) for path in paths]})
        terminal.show(*(unbroken(str(path)) for path in paths))
