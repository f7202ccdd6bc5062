"""Run a scenario into its results file."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solidcell.engine.scenario import Scenario, parse_scenario
from solidcell.engine.simulation.energy import Discharge
from solidcell.engine.simulation.interrupt import Interruption
from solidcell.engine.simulation.restart import State
from solidcell.engine.simulation.simulation import Progress, Simulation, Summary
from solidcell.engine.simulation.warnings import columns_of

if TYPE_CHECKING:
    from solidcell.engine.store.writer import ResultsWriter

RESULTS_FOLDER = Path("results")
"""Where results go unless a path is given, under the current folder."""

PULSE = 0.05
"""Share of the nominal capacity below which a discharge says nothing about the cell's energy."""


CHECKPOINT_SECONDS = 1.5
"""Time from one checkpoint to the next that is due; a call of the driver comes on top of it."""
CHECKPOINT_SHARE = 0.05
"""Share of a run that checkpoints may take: on a slow disk they are rarer."""


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

    The file appears under its name when the run has ended, early or not; Ctrl-C ends it early. A run
    that is killed can be finished by `resume_to_file`.

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
    target = default_path(scenario) if path is None else Path(path)
    file = new_file(simulation, target, force)
    return complete(simulation, file, started, lambda: None, report, compiling)


def resume_to_file(
    path: str | Path,
    *,
    report: Callable[[Progress], None] | None = None,
    compiling: Callable[[], AbstractContextManager[object]] = nullcontext,
    remark: Callable[[str], None] = lambda _: None,
) -> RunReport:
    """Finish a run that was killed, from its last checkpoint or else from its start.

    The numbers are those of a run that was left alone. The scenario is the one that the unfinished
    file keeps.

    Parameters
    ----------
    path
        ``NAME.h5`` or ``NAME.h5.part``.
    report, compiling
        As for `run_to_file`.
    remark
        Told in a sentence each where the run goes on, and what may change its last digits.

    Raises
    ------
    InputError
        If there is nothing to finish, or another version of solidcell began it; nothing has changed
        then.
    SolidcellError
        If the disk is full or fails.
    KeyboardInterrupt
        On Ctrl-C before the first row; what was there is kept.
    """
    from solidcell.engine.store.unfinished import find_unfinished
    from solidcell.engine.store.writer import ResultsWriter

    started = time.perf_counter()
    left = find_unfinished(path)
    scenario = parse_scenario(left.resolved, file=left.part)
    simulation = Simulation(scenario)
    state = left.state()
    if state is None:
        remark("The run has no checkpoint yet and starts again.")
        file = new_file(simulation, left.path, force=True, source=left.source)
        return complete(simulation, file, started, lambda: None, report, compiling)
    left.refuse_other_version()
    simulation.check(state)
    if odd := left.other_software():
        remark(f"The run began on other software ({odd}): its last digits may differ.")
    resumed = ResultsWriter.resume(left.path, coordinates=simulation.coordinates)
    remark(f"The run goes on in cycle {int(resumed.state['cycles']) + 1}.")
    return complete(simulation, resumed.writer, started, lambda: resumed.state, report, compiling)


def complete(
    simulation: Simulation,
    writer: ResultsWriter,
    started: float,
    start: Callable[[], State | None],
    report: Callable[[Progress], None] | None,
    compiling: Callable[[], AbstractContextManager[object]],
) -> RunReport:
    """Run a simulation and complete its file.

    Parameters
    ----------
    simulation, writer
        The simulation, and its file that has no rows yet or is gone on with.
    started
        When the work began, on the clock of `time.perf_counter`.
    start
        Asked, when the kernels are there, for the state to go on from; None for the scenario's start.
    report, compiling
        As for `run_to_file`.
    """
    scenario = simulation.scenario
    with writer as file:
        with compiling():
            compile_seconds = simulation.compile()
        state = start()
        with Interruption() as interruption:
            summary = simulation.run(
                file, report=report, stop=interruption, keep=_Keeper(file), state=state
            )
            headline = _headline(scenario, summary)
            file.finish(
                status=summary.status,
                stop_reason=summary.stop_reason or "end of protocol",
                message=summary.message or "The protocol ran to its end.",
                run={
                    **summary.counters,
                    "compile_seconds": compile_seconds,
                    "solve_seconds": summary.solve_seconds,
                },
                end_state=summary.end_state,
                warnings=columns_of(summary.warnings),
                cell_attributes=_energy(scenario, headline),
                cycles_attributes={
                    "knee_cycle": _cycle(summary.knee_cycle),
                    "end_of_life_cycle": _cycle(summary.end_of_life_cycle),
                },
                block_ends=_rows(summary.block_ends),
            )
    return RunReport(file.path, summary, headline, time.perf_counter() - started)


class _Keeper:
    """Keeps a checkpoint every now and then."""

    def __init__(self, file: ResultsWriter) -> None:
        self._file = file
        self._due = time.perf_counter() + CHECKPOINT_SECONDS

    def __call__(self, state: Callable[[], State]) -> None:
        began = time.perf_counter()
        if began >= self._due:
            self._file.checkpoint(state())
            now = time.perf_counter()
            self._due = now + max(CHECKPOINT_SECONDS, (now - began) / CHECKPOINT_SHARE)


def new_file(
    simulation: Simulation,
    path: Path,
    force: bool,
    *,
    source: str | None = None,
    attributes: Mapping[str, object] | None = None,
) -> ResultsWriter:
    """Begin the results file of a simulation.

    Parameters
    ----------
    path, force
        As for `run_to_file`.
    source
        The scenario as it was written, unless it is the simulation's own.
    attributes
        Further attributes of the root.
    """
    # h5py takes a tenth of a second, and who solves in memory needs none of it.
    from solidcell.engine.store.writer import ResultsWriter, ScenarioRecord

    scenario, breakdown = simulation.scenario, simulation.meter.breakdown
    parameters = scenario.parameters
    source = scenario.source_text if source is None else source
    return ResultsWriter(
        path,
        attributes={
            "scenario_name": scenario.name,
            **simulation.attributes,
            "scenario_sha256": _checksum(source),
            "parameters_sha256": _checksum(
                repr([(row.name, row.value, row.expression, row.unit) for row in parameters])
            ),
            **(attributes or {}),
        },
        scenario=ScenarioRecord(source, scenario.resolved_text, parameters),
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


def _rows(records: Iterable[Any]) -> dict[str, list[Any]]:
    """Columns of records, numbered; nothing for none."""
    rows = [asdict(one) for one in records]
    if not rows:
        return {}
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    return {"number": list(range(len(rows))), **columns}


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
