"""Run a scenario: prepare, drive in chunks, hand the rows on."""

from solidcell.engine.simulation.memory import Solution
from solidcell.engine.simulation.recorder import Sink
from solidcell.engine.simulation.rerun import cycle_path, rerun_to_file
from solidcell.engine.simulation.results_file import (
    RunReport,
    default_path,
    resume_to_file,
    run_to_file,
)
from solidcell.engine.simulation.simulation import Progress, Simulation, Summary

__all__ = [
    "Progress",
    "RunReport",
    "Simulation",
    "Sink",
    "Solution",
    "Summary",
    "cycle_path",
    "default_path",
    "rerun_to_file",
    "resume_to_file",
    "run_to_file",
]
