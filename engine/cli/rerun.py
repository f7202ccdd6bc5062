"""``solidcell rerun``: one cycle of an earlier run again, in full detail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solidcell.engine.cli.execute import complete, named, told
from solidcell.engine.cli.options import Debug, Force, Json, Quiet, ResultsFile, new_results_file
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.errors import InputError

Cycle = Annotated[
    int,
    typer.Option(
        metavar="N", min=1, help="The cycle, from 1 as 'info' counts them.", show_default=False
    ),
]
Output = Annotated[Path | None, new_results_file("NAME-cycle-N.h5 beside the earlier one")]
Profiles = Annotated[
    str | None,
    typer.Option(
        "--fields",
        metavar="PERIOD",
        help="Time between further profiles within a step, such as '10 min'.",
        show_default="at the start and end of each step",
    ),
]


def rerun(
    file: ResultsFile,
    cycle: Cycle,
    output: Output = None,
    fields: Profiles = None,
    force: Force = False,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Run one cycle of an earlier run again, from the state at its start, in full detail.

    The new file has every step of the solver and profiles, whatever the earlier run kept.
    """
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.simulation import cycle_path, rerun_to_file

        if fields is not None:
            _check(fields)
        path = named(output, cycle_path(file, cycle - 1))
        report = complete(
            terminal,
            lambda shown: rerun_to_file(file, cycle - 1, path, fields=fields, force=force, **shown),
            "The run was interrupted before its first step; no file was written.",
        )
        told(terminal, report)


def _check(period: str) -> None:
    """Make sure that a period is one.

    Raises
    ------
    InputError
        If it is not.
    """
    from solidcell.engine.scenario.settings import Fields

    try:
        Fields.read({"period": period})
    except ValueError as error:
        raise InputError(f"--fields {period}: {error}.") from None
