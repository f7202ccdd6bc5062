"""What commands that simulate do alike: run into a file with progress, and tell what came out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solidcell.engine.errors import SimulationStopped

if TYPE_CHECKING:
    from solidcell.engine.cli.terminal import Terminal
    from solidcell.engine.scenario import Scenario
    from solidcell.engine.simulation import RunReport


def execute(terminal: Terminal, scenario: Scenario, output: Path | None, force: bool) -> RunReport:
    """Run a scenario into its results file and show how far it is.

    Parameters
    ----------
    output
        The results file or an existing folder for it; ``results/NAME.h5`` unless given.
    force
        Whether an existing file may be replaced.

    Raises
    ------
    SimulationStopped
        On Ctrl-C before the first row.
    """
    from solidcell.engine.simulation import default_path, run_to_file

    path = named(output, default_path(scenario))
    return complete(
        terminal,
        lambda shown: run_to_file(scenario, path, force=force, **shown),
        "The run was interrupted before its first step; no file was written.",
    )


def named(output: Path | None, default: Path) -> Path:
    """Results file to write: `default`, or else `output` or one of the same name in that folder."""
    if output is None:
        return default
    return output / default.name if output.is_dir() else output


def complete(
    terminal: Terminal, simulate: Callable[[dict[str, Any]], RunReport], interrupted: str
) -> RunReport:
    """Simulate and show how far it is.

    Parameters
    ----------
    simulate
        Takes what shows it: ``report`` and ``compiling`` of `run_to_file`.
    interrupted
        What to say of Ctrl-C before the first row.

    Raises
    ------
    SimulationStopped
        On Ctrl-C before the first row.
    """
    from solidcell.engine.cli.progress import RunProgress, compiling

    try:
        with RunProgress(terminal) as progress:
            return simulate({"report": progress, "compiling": lambda: compiling(terminal)})
    except KeyboardInterrupt:
        raise SimulationStopped(interrupted) from None


def told(terminal: Terminal, report: RunReport) -> None:
    """Show what the file of a run says: what is told and what is kept can't differ.

    Raises
    ------
    SimulationStopped
        If the run stopped early.
    """
    if not terminal.quiet:
        _tell(terminal, report.path)
    if not report.summary.completed:
        raise SimulationStopped(
            f"{report.summary.message} What was computed up to there is in {report.path}."
        )


def _tell(terminal: Terminal, path: Path) -> None:
    from solidcell.engine.cli.digest import digest
    from solidcell.engine.store.reader import open_results

    with open_results(path) as results:
        found = digest(results)
    terminal.document(found.document())
    if not terminal.json:
        from solidcell.engine.cli.summary import outcome

        terminal.show(*outcome(found))
