"""What commands that simulate do alike: run a scenario into its file, with progress."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
    from solidcell.engine.cli.progress import RunProgress, compiling
    from solidcell.engine.simulation import default_path, run_to_file

    path = output or default_path(scenario)
    if path.is_dir():
        path /= default_path(scenario).name
    try:
        with RunProgress(terminal) as progress:
            return run_to_file(
                scenario,
                path,
                force=force,
                report=progress,
                compiling=lambda: compiling(terminal),
            )
    except KeyboardInterrupt:
        raise SimulationStopped(
            "The run was interrupted before its first step; no file was written."
        ) from None
