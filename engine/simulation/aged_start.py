"""A run that starts from the aged cell that an earlier run's results file keeps.

The mesh and the states are those of the file; physics and protocol are the scenario's own. The clock
and the books of charge and energy start at zero. The scenario says temperature and stack pressure; the
latter is the fixture's at its reference thickness, which comes from the file with the state, unless the
scenario has another fixture: then the stack of now is its reference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from solidcell.engine.cell import stack_stiffness
from solidcell.engine.cell.aged import aged_record, lacking, least_films
from solidcell.engine.errors import InputError
from solidcell.engine.scenario import InitialState, Scenario
from solidcell.engine.scenario.document import parse_document
from solidcell.engine.simulation.kept_cycles import kept_cycle
from solidcell.kernels import progress as entries
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.layout import offsets, state_layout
from solidcell.kernels.lithium_metal import film_lithium
from solidcell.kernels.outputs import positive_lithium, trapped_lithium
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.workspace import Workspace

if TYPE_CHECKING:
    from solidcell.engine.store.reader import Group, Results

FloatArray = npt.NDArray[np.float64]

BLOCKED_PATHS = "blocked_paths"
"""Attribute of a results file: `AgedStart.paths` of a run that leaves them as they are."""
MESH = ("nodes", "shells", "node_stretch", "shell_stretch")
"""Entries of `numerics` that a state belongs to."""
SAME_STIFFNESS = 1e-9
"""Relative difference below which two fixtures are one."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a cell had lost when the run began, which the run's own losses don't count.

    Attributes
    ----------
    film_charge_positive, film_charge_negative, carbon_charge
        C/m2.
    trapped_lithium
        mol/m2.
    """

    film_charge_positive: float = 0.0
    film_charge_negative: float = 0.0
    carbon_charge: float = 0.0
    trapped_lithium: float = 0.0


@dataclass(frozen=True, slots=True)
class AgedStart:
    """The aged cell that a run starts from.

    Attributes
    ----------
    state
        State vector, its books at zero.
    clock
        Entries of the driver's clock that hold the fixture, by their number.
    paths
        What lost contact has left of the effective conductivities at each node, in the physics that the
        cell has aged by, (nodes,).
    """

    state: FloatArray
    clock: Mapping[int, float]
    paths: FloatArray

    @classmethod
    def read(cls, scenario: Scenario, record: HalfCell) -> Self:
        """The start that a scenario names.

        Parameters
        ----------
        scenario
            Has an ``operation.initial_state``.
        record
            Its parameter record.

        Raises
        ------
        InputError
            If the file has no such state, or one that does not belong to the scenario's cell.
        """
        # h5py takes a tenth of a second, and who starts from a fresh cell needs none of it.
        from solidcell.engine.store.reader import open_results

        wanted = scenario.operation.initial_state
        assert wanted is not None
        source = Path(wanted.file)
        nodes, shells = record.width.size, record.shell_volume.size
        o = offsets(nodes, shells, record.planes)
        with open_results(source) as results:
            _refuse_other_mesh(source, results, scenario)
            _refuse_other_states(source, results, state_layout(nodes, shells, record.planes))
            kept, place = _kept(source, results, wanted)
            state = np.array(kept["state_vector"][place], dtype=np.float64)
            fixture = {name: float(kept[name][place]) for name in _FIXTURE}
            time = float(kept["time"][place])
            paths = _paths(results, state[o.contact_retention : o.film_square])
        if state.size != o.length or not np.isfinite(state).all():
            raise InputError(
                f"{source}: the run ended without a state; start from the beginning of a cycle."
            )
        for entry, what in lacking(scenario, state, o):
            raise InputError(
                f"{scenario.name}: the state in {source} has {what}, and {entry} is missing; add it as "
                "the earlier run has it."
            )
        state[o.discharge_charge : o.contact_retention] = 0.0
        return cls(state, _clock(scenario, fixture, time), paths)

    def act_on(self, scenario: Scenario, record: HalfCell) -> HalfCell:
        """The scenario's record, in which what has aged still acts; films that begin now are begun."""
        o = offsets(record.width.size, record.shell_volume.size, record.planes)
        record = aged_record(scenario, record, self.state, o, self.paths)
        least_films(record, self.state, o)
        return record

    def put_in(self, progress: entries.Progress) -> None:
        """Let a run's progress, which is at its start, begin here."""
        progress.start[:] = self.state
        for entry, value in self.clock.items():
            progress.clock[entry] = value

    def spent(self, record: HalfCell, work: Workspace) -> Spent:
        """What the cell has lost before."""
        o, state = work.offsets, self.state
        charges = [
            FARADAY * film_lithium(record.lithium, state[o.plane_film_square + p])
            for p in range(record.planes)
        ]
        positive = float(state[o.positive_film_charge]) if len(charges) == 1 else charges[1]
        return Spent(
            film_charge_positive=positive,
            film_charge_negative=charges[0],
            carbon_charge=math.sqrt(state[o.carbon_charge_square]),
            trapped_lithium=float(trapped_lithium(record, work, state)),
        )

    def lithium(self, record: HalfCell, work: Workspace) -> float:
        """Cyclable lithium, mol/m2: the metal of all planes and what connected particles hold."""
        o, state = work.offsets, self.state
        total = float(positive_lithium(record, work, state)[0])
        for p in range(record.planes):
            total += state[o.plated_lithium + p]
            total -= film_lithium(record.lithium, state[o.plane_film_square + p])
        return float(total)


_FIXTURE = (
    "set_pressure",
    "pressure_rate",
    "ramp_start",
    "ramp_end",
    "fixture_stiffness",
    "reference_thickness",
)


def _clock(scenario: Scenario, fixture: Mapping[str, float], time: float) -> dict[int, float]:
    """Entries of the clock that hold the stack, of which the scenario's own pressure is another."""
    pressure = float(scenario.operation.stack_pressure)
    stiffness = stack_stiffness(scenario.cell, scenario.operation.fixture)
    clock = {entries.SET_PRESSURE: pressure, entries.STIFFNESS: stiffness}
    same = math.isclose(stiffness, fixture["fixture_stiffness"], rel_tol=SAME_STIFFNESS)
    clock[entries.THICKNESS] = fixture["reference_thickness"] if same else math.nan
    carried = math.isclose(pressure, fixture["set_pressure"], rel_tol=SAME_STIFFNESS)
    if same and carried and fixture["pressure_rate"] != 0.0:
        clock[entries.SET_RAMP] = fixture["pressure_rate"]
        clock[entries.RAMP_START] = fixture["ramp_start"] - time
        clock[entries.RAMP_END] = fixture["ramp_end"] - time
    return clock


def _kept(source: Path, results: Results, wanted: InitialState) -> tuple[Group, Any]:
    """The group that holds the state, and its place in there."""
    if wanted.cycle != "last":
        return results["checkpoints"], kept_cycle(source, results, wanted.cycle - 1)
    if "end_state" not in results:
        how = "has not ended" if not results.finished else "was written by an earlier version"
        raise InputError(
            f"{source} {how} and keeps no end state: start from the beginning of a cycle with "
            "'cycle: 1', or complete the run."
        )
    return results["end_state"], ()


def _refuse_other_mesh(source: Path, results: Results, scenario: Scenario) -> None:
    table = results["scenario/parameters"]
    told = dict(zip(table["name"].tolist(), table["value"].tolist(), strict=True))
    symmetric = "cell.positive.particle_radius" not in told
    if symmetric != scenario.cell.symmetric:
        kinds = ("a cell with a composite electrode", "a symmetric cell")
        raise InputError(
            f"{source} is of {kinds[symmetric]}, and {scenario.name} of {kinds[not symmetric]}: "
            "name a file of the same cell in operation.initial_state."
        )
    if symmetric:
        return
    own = {name: float(getattr(scenario.numerics, name)) for name in MESH}
    theirs = {name: told.get(f"numerics.{name}", own[name]) for name in MESH}
    if own != theirs:
        differ = [name for name in MESH if own[name] != theirs[name]]
        said = ", ".join(f"{name}: {theirs[name]:g}" for name in differ)
        raise InputError(
            f"{source} has another mesh than {scenario.name}: write 'numerics: {{{said}}}'."
        )


def _refuse_other_states(source: Path, results: Results, layout: str) -> None:
    theirs = results.attributes.get("state_layout")
    if theirs != layout:
        version = results.attributes.get("solidcell_version", "unknown")
        raise InputError(
            f"{source} was written by solidcell {version}, whose cells have other states: run its "
            "scenario again with this version."
        )


def _paths(results: Results, retention: FloatArray) -> FloatArray:
    """Share of the effective conductivities that is left, in the physics of the run in a file."""
    resolved = results["scenario"].text("resolved")
    # The text alone: files that it names may be gone, and don't matter here.
    physics = parse_document(resolved, "the scenario").get("physics") if resolved else None
    if isinstance(physics, Mapping) and physics.get("paths") == "on":
        table = results["scenario/parameters"]
        told = dict(zip(table["name"].tolist(), table["value"].tolist(), strict=True))
        blocked: FloatArray = retention ** float(told["cell.positive.path_exponent"])
        return blocked
    before = results.attributes.get(BLOCKED_PATHS)
    return np.ones_like(retention) if before is None else np.asarray(before, dtype=np.float64)
