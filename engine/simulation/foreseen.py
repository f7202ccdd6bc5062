"""What can be told of a run before it: warnings that follow from the scenario alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation.diffusion_layer import coarse_mesh
from solidcell.engine.simulation.ends import beyond_cutoffs
from solidcell.engine.simulation.warnings import RunWarning
from solidcell.kernels.parameters import HalfCell

Look = Callable[[Scenario, HalfCell], Iterator[RunWarning]]

LOOKS: tuple[Look, ...] = (coarse_mesh, beyond_cutoffs)
"""Each looks for one kind of thing."""


def foreseen(scenario: Scenario, record: HalfCell) -> Iterator[RunWarning]:
    """Warnings of a scenario, given its parameter record."""
    for look in LOOKS:
        yield from look(scenario, record)
