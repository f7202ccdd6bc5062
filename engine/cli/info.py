"""``solidcell info``: what a results file holds."""

from __future__ import annotations

from solidcell.engine.cli.options import Debug, Json, ResultsFile
from solidcell.engine.cli.terminal import Terminal


def info(file: ResultsFile, json: Json = False, debug: Debug = False) -> None:
    """Say what a results file holds: energy, discharges, cycles, steps, balances.

    The file of a run that has not ended, OUT.h5.part, can be read, too.
    """
    with Terminal(json=json, debug=debug) as terminal:
        from solidcell.engine.cli.digest import digest
        from solidcell.engine.store.reader import open_results

        with open_results(file) as results:
            told = digest(results)
        terminal.document(told.document())
        if not terminal.json:
            from solidcell.engine.cli.summary import contents

            terminal.show(*contents(told))
