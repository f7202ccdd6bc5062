"""``solidcell warmup``: compile everything, so that no later run has to."""

from __future__ import annotations

import time

from solidcell.engine.cli.options import Debug, Quiet
from solidcell.engine.cli.terminal import Terminal

SMALL = {
    "numerics.nodes": 4,
    "numerics.shells": 4,
    "output.fields": "every step",
    "protocol": ["Rest for 1 second", "Discharge at C/10 for 1 second"],
    "operation.initial_stoichiometry": 0.5,
}
"""A run that takes no time and calls every kernel."""


def warmup(quiet: Quiet = False, debug: Debug = False) -> None:
    """Compile the kernels once, so that every later run starts in a second.

    A new version of solidcell or of numba, or another processor, needs it again. The machine code
    goes where NUMBA_CACHE_DIR says, or beside the kernels.
    """
    with Terminal(quiet=quiet, debug=debug) as terminal:
        started = time.perf_counter()
        compile_kernels(terminal)
        seconds = time.perf_counter() - started
        terminal.show(f"The kernels are ready (in {seconds:.1f} s).")


def compile_kernels(terminal: Terminal) -> None:
    """Compile every kernel, or load it from the cache."""
    from solidcell.engine.cli.progress import compiling
    from solidcell.engine.scenario import load_scenario, shipped_scenarios

    scenario = load_scenario(shipped_scenarios()[0], overrides=SMALL)
    with compiling(terminal):
        from solidcell.engine.simulation import Simulation

        Simulation(scenario).solve()
