"""``solidcell resume``: finish a run that was killed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solidcell.engine.cli.execute import complete, told
from solidcell.engine.cli.options import Debug, Json, Quiet
from solidcell.engine.cli.terminal import Terminal

UnfinishedFile = Annotated[
    Path,
    typer.Argument(
        metavar="OUT.h5",
        help="The results file that the run was to write, or its OUT.h5.part.",
        show_default=False,
        readable=False,
    ),
]


def resume(
    file: UnfinishedFile, quiet: Quiet = False, json: Json = False, debug: Debug = False
) -> None:
    """Finish a run whose process was killed, with the numbers that it would have had.

    It goes on from its last checkpoint, with the scenario that the unfinished file keeps.
    """
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.simulation import resume_to_file

        def remark(sentence: str) -> None:
            if terminal.narrates:
                terminal.note(sentence)

        report = complete(
            terminal,
            lambda shown: resume_to_file(file, remark=remark, **shown),
            "The run was interrupted before its next step; what was there is kept.",
        )
        told(terminal, report)
