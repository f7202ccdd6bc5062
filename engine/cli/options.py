"""Options and arguments that several commands share, so that they read the same everywhere."""

from pathlib import Path
from typing import Annotated, Any

import typer

ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="Path of a scenario file, or the name of a shipped one.",
        show_default=False,
    ),
]
ResultsFile = Annotated[
    Path,
    typer.Argument(metavar="OUT.h5", help="A results file.", show_default=False, readable=False),
]
Folder = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FOLDER", help="Where the files go.")
]
Force = Annotated[bool, typer.Option("--force", metavar="", help="Replace what exists.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="Print errors alone.")]
Json = Annotated[
    bool, typer.Option("--json", metavar="", help="Print one JSON document, nothing else.")
]
Debug = Annotated[bool, typer.Option("--debug", metavar="", help="Show the traceback of an error.")]


def new_results_file(default: str) -> Any:
    """Option that names the results file a command writes; `default` is its name unless given."""
    return typer.Option(
        "-o",
        "--output",
        metavar="OUT.h5",
        help="The results file, or an existing folder for it.",
        show_default=default,
    )
