"""Run a scenario into its results file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation.energy import Discharge
from solidcell.engine.simulation.interrupt import Interruption
from solidcell.engine.simulation.simulation import Progress, Simulation, Summary

if TYPE_CHECKING:
    from solidcell.engine.store.writer import ResultsWriter

RESULTS_FOLDER = Path("results")
"""Where results go unless a path is given, under the current folder."""

PULSE = 0.05
"""Share of the nominal capacity below which a discharge says nothing about the cell's energy."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run that has ended, and its file.

    Attributes
    ----------
    path
        The results file.
    summary
        How the run ended.
    headline
        The discharge whose specific energy is the cell's: the first that ended at a limit of its
        own and was no mere pulse; None if there was none.
    seconds
        From the call to the closed file, s.
    """

    path: Path
    summary: Summary
    headline: Discharge | None
    seconds: float


def default_path(scenario: Scenario) -> Path:
    """Results file of a scenario unless another is named: ``results/NAME.h5``."""
    return RESULTS_FOLDER / f"{scenario.name}.h5"


def run_to_file(
    scenario: Scenario,
    path: str | Path | None = None,
    *,
    force: bool = False,
    report: Callable[[Progress], None] | None = None,
    compiling: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> RunReport:
    """Run a scenario and write its results file.

    The file appears under its name when the run has ended, early or not; Ctrl-C ends it early.

    Parameters
    ----------
    scenario
        The scenario.
    path
        The results file; ``results/NAME.h5`` unless given.
    force
        Whether an existing file may be replaced.
    report
        Called about five times a second.
    compiling
        Entered while the kernels are compiled or loaded.

    Returns
    -------
    RunReport
        How the run ended. A run that stopped early is no error here: see ``summary.completed``.

    Raises
    ------
    InputError
        If the scenario has no lithium metal, or the file exists or can't be written; nothing has
        been computed or changed then.
    SolidcellError
        If the disk is full or fails.
    KeyboardInterrupt
        On Ctrl-C before the first row; no file is written.

    Examples
    --------
    >>> run_to_file(load_scenario("nmc811_lpscl_li_450")).headline  # doctest: +SKIP
    """
    started = time.perf_counter()
    simulation = Simulation(scenario)
    with _writer(simulation, default_path(scenario) if path is None else Path(path), force) as file:
        with compiling():
            compile_seconds = simulation.compile()
        with Interruption() as interruption:
            summary = simulation.run(file, report=report, stop=interruption)
            headline = _headline(scenario, summary)
            file.finish(
                status="completed" if summary.completed else "stopped",
                stop_reason=summary.stop_reason or "end of protocol",
                message=summary.message or "The protocol ran to its end.",
                run={
                    **summary.counters,
                    "compile_seconds": compile_seconds,
                    "solve_seconds": summary.solve_seconds,
                },
                cell_attributes=_energy(scenario, headline),
                cycles_attributes={
                    "knee_cycle": _cycle(summary.knee_cycle),
                    "end_of_life_cycle": _cycle(summary.end_of_life_cycle),
                },
            )
    return RunReport(file.path, summary, headline, time.perf_counter() - started)


def _writer(simulation: Simulation, path: Path, force: bool) -> ResultsWriter:
    # h5py takes a tenth of a second, and who solves in memory needs none of it.
    from solidcell.engine.store.writer import ResultsWriter, ScenarioRecord

    scenario, breakdown = simulation.scenario, simulation.meter.breakdown
    parameters = scenario.parameters
    return ResultsWriter(
        path,
        attributes={
            "scenario_name": scenario.name,
            "scenario_sha256": _checksum(scenario.source_text),
            "parameters_sha256": _checksum(
                repr([(row.name, row.value, row.expression, row.unit) for row in parameters])
            ),
        },
        scenario=ScenarioRecord(scenario.source_text, scenario.resolved_text, parameters),
        cell={
            "component": [component.name for component in breakdown.components],
            "mass": [component.mass for component in breakdown.components],
            "thickness": [component.thickness for component in breakdown.components],
            "volume": [component.volume for component in breakdown.components],
            "cost": [component.cost for component in breakdown.components],
        },
        cell_attributes={
            "areal_capacity": simulation.record.nominal_current_density / 10.0,  # 1C for an hour
            "electrode_area": scenario.cell.electrode_area,
            "cell_mass": breakdown.mass,
        },
        coordinates=simulation.coordinates,
        force=force,
    )


def _headline(scenario: Scenario, summary: Summary) -> Discharge | None:
    least = PULSE * (scenario.cell.nominal_capacity or 0.0) / 3600.0
    return next((one for one in summary.discharges if one.capacity >= least), None)


def _energy(scenario: Scenario, headline: Discharge | None) -> dict[str, Any]:
    if headline is None:
        return {}
    return {
        "specific_energy": headline.specific_energy,
        "energy_density": headline.energy_density,
        "specific_energy_rate": headline.rate,
        "specific_energy_temperature": float(scenario.operation.temperature),
    }


def _cycle(number: int | None) -> int:
    """A cycle as the file keeps it; -1 for none."""
    return -1 if number is None else number


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
