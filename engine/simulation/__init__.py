"""Run a scenario: prepare, drive in chunks, hand the rows on."""

from solidcell.engine.simulation.memory import Solution
from solidcell.engine.simulation.simulation import Progress, Simulation, Sink, Summary

__all__ = ["Progress", "Simulation", "Sink", "Solution", "Summary"]
