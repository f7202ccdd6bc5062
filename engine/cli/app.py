"""All commands in one application."""

from __future__ import annotations

from typing import Annotated

import typer

from solidcell.engine.cli.compare import compare
from solidcell.engine.cli.export import export
from solidcell.engine.cli.impedance import impedance
from solidcell.engine.cli.info import info
from solidcell.engine.cli.new import new
from solidcell.engine.cli.plot import plot
from solidcell.engine.cli.rerun import rerun
from solidcell.engine.cli.resume import resume
from solidcell.engine.cli.run import run
from solidcell.engine.cli.scenarios import scenarios
from solidcell.engine.cli.schema import schema
from solidcell.engine.cli.validate import validate
from solidcell.engine.cli.warmup import warmup

EXIT_CODES = """
[bold]Exit codes[/]

 0  done

 1  something else failed, such as a full disk

 2  bad input: nothing was computed or changed

 3  the simulation stopped early; its results file says why

 4  a comparison or a validation failed
"""

app = typer.Typer(
    name="solidcell",
    help="Simulate solid-state battery cells.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=True,
)
for command in (
    run,
    resume,
    rerun,
    impedance,
    new,
    scenarios,
    info,
    plot,
    compare,
    validate,
    export,
    schema,
    warmup,
):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(version("solidcell"))
        except PackageNotFoundError:  # run from a checkout that is not installed
            typer.echo("unknown")
        raise typer.Exit


@app.callback()
def solidcell(
    version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Simulate solid-state battery cells: from a scenario in YAML to a results file in HDF5."""
