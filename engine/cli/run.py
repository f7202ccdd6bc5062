"""``solidcell run``: simulate a scenario and write its results file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solidcell.engine.cli.execute import execute, told
from solidcell.engine.cli.options import Debug, Force, Json, Quiet, ScenarioName, new_results_file
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.errors import InputError

Output = Annotated[Path | None, new_results_file("results/NAME.h5")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Set one entry of the scenario, such as cell.positive.thickness='80 um'; repeatable.",
        show_default=False,
    ),
]


def run(
    scenario: ScenarioName,
    output: Output = None,
    force: Force = False,
    settings: Settings = None,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Simulate a scenario and write its results file.

    Ctrl-C ends the run early. What was computed is kept, as it is when a simulation can't go on.
    A run whose process is killed can be finished with 'solidcell resume'.
    """
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.scenario import load_scenario

        loaded = load_scenario(scenario, overrides=overrides(settings or []))
        told(terminal, execute(terminal, loaded, output, force))


def overrides(settings: list[str]) -> dict[str, object]:
    """Entries of a scenario by dotted path, from ``PATH=VALUE`` with the value as in YAML.

    Raises
    ------
    InputError
        If one is no such pair, or its value is no YAML.
    """
    from solidcell.engine.scenario.document import parse_document

    entries: dict[str, object] = {}
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not (equals and path.strip() and value.strip()):
            raise InputError(
                f"--set {setting}: write a path, '=' and a value, such as --set numerics.nodes=20."
            )
        written = parse_document(f"value: {value}", f"--set {path}")
        entries[path.strip()] = written["value"]
    return entries
