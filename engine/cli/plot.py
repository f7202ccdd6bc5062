"""``solidcell plot``: figures of a results file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from solidcell.engine.cli.options import Debug, Folder, Json, Quiet, ResultsFile
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.errors import InputError
from solidcell.engine.plots import KINDS, STUDIES, draw, fitting


class Format(StrEnum):
    """Formats of a figure."""

    png = "png"
    svg = "svg"
    pdf = "pdf"


Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        "-k",
        help=f"A figure: {', '.join((*KINDS, *STUDIES))}; repeatable. Those that fit what the "
        "file holds unless given.",
        show_default=False,
    ),
]
ImageFormat = Annotated[Format, typer.Option("--format", help="Format of the figures.")]


def plot(
    file: ResultsFile,
    kinds: Kinds = None,
    output: Folder = None,
    image_format: ImageFormat = Format.png,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Draw a results file: beside it, or into the folder given.

    Figures that exist are replaced.
    """
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.cli.summary import unbroken
        from solidcell.engine.store.reader import open_results

        folder = output or file.parent
        stem = file.name.removesuffix(".part").removesuffix(".h5")
        drawn: list[Path] = []
        with open_results(file) as results:
            for kind in kinds or fitting(results):
                target = folder / f"{stem}-{kind}.{image_format}"
                try:
                    drawn.append(draw(results, kind, target))
                except InputError as error:
                    # Who names no figure gets all that the file has the numbers for.
                    if kinds or not drawn:
                        raise
                    terminal.note(f"No figure {kind}: {error}")
                else:
                    terminal.show(unbroken(str(target)))
        terminal.document({"figures": [str(path) for path in drawn]})
