"""``solidcell schema``: the JSON Schema of a scenario."""

from __future__ import annotations

from solidcell.engine.cli.options import Debug
from solidcell.engine.cli.terminal import Terminal


def schema(debug: Debug = False) -> None:
    """Print the JSON Schema of a scenario file, for editors.

    For example `solidcell schema > scenario.schema.json`, and in the first line of a scenario
    `# yaml-language-server: $schema=scenario.schema.json`.
    """
    with Terminal(json=True, debug=debug) as terminal:
        from solidcell.engine.scenario import json_schema

        terminal.document(json_schema())
