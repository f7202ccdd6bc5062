"""``solidcell scenarios``: what is shipped."""

from __future__ import annotations

from solidcell.engine.cli.options import Debug, Json
from solidcell.engine.cli.terminal import Terminal


def scenarios(json: Json = False, debug: Debug = False) -> None:
    """List the shipped scenarios, which `run` takes by name."""
    with Terminal(json=json, debug=debug) as terminal:
        from solidcell.engine.scenario import load_scenario, shipped_folder, shipped_scenarios

        listed = [load_scenario(shipped_folder() / f"{name}.yaml") for name in shipped_scenarios()]
        terminal.document(
            {"scenarios": [{"name": one.name, "description": one.description} for one in listed]}
        )
        if not terminal.json:
            from rich.markup import escape
            from rich.padding import Padding

            for one in listed:
                terminal.show(f"[bold]{one.name}[/]", Padding(escape(one.description), (0, 2)))
