"""The state of a run between two calls of the driver: handed out, and taken back bit for bit.

It is all that the driver remembers beside its tables, which follow from the scenario, and its
workspace, which is filled anew from the state at every call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from solidcell import kernels
from solidcell.engine.ageing import History
from solidcell.engine.errors import InputError
from solidcell.engine.simulation.energy import Discharge
from solidcell.engine.simulation.jump import Pace
from solidcell.engine.simulation.warnings import Warnings
from solidcell.kernels import progress as entries
from solidcell.kernels.progress import Buffers, Progress
from solidcell.kernels.rosenbrock import Stages

State = Mapping[str, npt.NDArray[Any]]
"""Arrays by name."""

CLOCK = {
    "time": entries.TIME,
    "temperature": entries.TEMPERATURE,
    "set_pressure": entries.SET_PRESSURE,
    "pressure_rate": entries.SET_RAMP,
    "ramp_start": entries.RAMP_START,
    "ramp_end": entries.RAMP_END,
    "fixture_stiffness": entries.STIFFNESS,
    "reference_thickness": entries.THICKNESS,
    "initial_thickness": entries.FIRST_THICKNESS,
}
"""What a cycle takes over from those before it beside the state: columns of /checkpoints, and entries
of the driver's clock."""

_INPUTS, _KERNELS = "inputs", "kernels"
_DISCHARGE = [one.name for one in fields(Discharge)]


@dataclass(frozen=True, slots=True)
class CycleStart:
    """The start of a cycle, as the results file keeps it.

    Attributes
    ----------
    cycle
        Number of the cycle, from 0.
    rows
        First row of the cycle in the instruction table, and the one after its last.
    clock
        Value of each entry of `CLOCK`.
    state
        State vector.
    """

    cycle: int
    rows: tuple[int, int]
    clock: Mapping[str, float]
    state: npt.NDArray[np.float64]


def cycle_starts(buffers: Buffers, count: int) -> Mapping[str, npt.NDArray[Any]]:
    """Columns of /checkpoints: the starts of cycles that the driver has kept."""
    clock = buffers.checkpoint_clock[:count]
    return {
        "cycle": buffers.checkpoint_cycle[:count].copy(),
        **{name: clock[:, entry].copy() for name, entry in CLOCK.items()},
        "state_vector": buffers.checkpoints[:count].copy(),
    }


def end_state(progress: Progress, state: npt.NDArray[np.float64]) -> Mapping[str, Any]:
    """Datasets of /end_state: the state vector, and the cell's place in the fixture."""
    clock = {name: progress.clock[entry] for name, entry in CLOCK.items()}
    return {"cycle": progress.counters[entries.CYCLE], **clock, "state_vector": state.copy()}


@dataclass
class Running:
    """What a run has come to.

    Attributes
    ----------
    progress, stages
        Memory of the driver.
    history
        The cycles that have ended, for their attribution.
    cycles
        Number of the next one.
    pace
        Of the jumps over cycles.
    solve_seconds
        Time in the driver, s.
    discharges
        The constant-current discharges so far.
    ends
        The blocks that ended early, see `block_ends`.
    warnings
        What there has been to say so far.
    """

    progress: Progress
    stages: Stages
    history: History
    cycles: int = 0
    pace: Pace = field(default_factory=Pace)
    solve_seconds: float = 0.0
    discharges: list[Discharge] = field(default_factory=list)
    ends: list[list[float]] = field(default_factory=list)
    warnings: Warnings = field(default_factory=Warnings)

    def state(self, inputs: bytes) -> State:
        """Hand the state out; `inputs` tells later what it belongs to."""
        return {
            **{f"progress.{name}": array.copy() for name, array in _arrays(self.progress)},
            **{f"stages.{name}": array.copy() for name, array in _arrays(self.stages)},
            **{f"history.{name}": array for name, array in self.history.state().items()},
            **{f"warnings.{name}": array for name, array in self.warnings.state().items()},
            "cycles": np.array(self.cycles),
            "pace.before": self.pace.before.copy(),
            "pace.rate": self.pace.rate.copy(),
            "pace.earlier": self.pace.earlier.copy(),
            "pace.first": self.pace.first.copy(),
            "pace.length": np.array([self.pace.earlier_at, self.pace.length, self.pace.block]),
            "solve_seconds": np.array(self.solve_seconds),
            "discharges": np.array(
                [[getattr(one, name) for name in _DISCHARGE] for one in self.discharges]
            ),
            "ends": np.array(self.ends),
            _INPUTS: np.frombuffer(inputs, np.uint8),
            _KERNELS: np.frombuffer(kernels_fingerprint(), np.uint8),
        }

    def take(self, state: State, inputs: bytes) -> None:
        """Take a state back.

        Raises
        ------
        InputError
            If it was handed out by other kernels, or for other numbers.
        """
        check(state, inputs)
        for name, array in _arrays(self.progress):
            array[...] = state[f"progress.{name}"]
        for name, array in _arrays(self.stages):
            array[...] = state[f"stages.{name}"]
        self.history.take_back({name: state[f"history.{name}"] for name in ("rows", "reference")})
        self.cycles = int(state["cycles"])
        earlier_at, length, block = state["pace.length"].tolist()
        names = ("before", "rate", "earlier", "first")
        before, rate, earlier, first = (state[f"pace.{name}"].copy() for name in names)
        self.pace = Pace(before, rate, earlier, earlier_at, length, int(block), first)
        self.solve_seconds = float(state["solve_seconds"])
        rows = state["discharges"].reshape(-1, len(_DISCHARGE))
        self.discharges = [Discharge(*row) for row in rows.tolist()]
        self.ends = state["ends"].tolist()
        self.warnings.take_back({name: state[f"warnings.{name}"] for name in ("words", "places")})


def check(state: State, inputs: bytes) -> None:
    """Make sure that a state belongs to these kernels and numbers.

    Raises
    ------
    InputError
        If it does not.
    """
    if _bytes(state, _KERNELS) != kernels_fingerprint():
        raise InputError(
            "the run was begun by another version of solidcell, whose numbers may differ: "
            "finish it with that one, or run its scenario again with --force."
        )
    if _bytes(state, _INPUTS) != inputs:
        raise InputError(
            "a data file that the scenario names has changed since the run began: restore it, "
            "or run the scenario again with --force."
        )


def fingerprint(*parts: object) -> bytes:
    """Checksum of numbers, arrays, and tuples of them."""
    digest = hashlib.sha256()
    for piece in _pieces(parts):
        digest.update(piece)
    return digest.digest()


@cache
def kernels_fingerprint() -> bytes:
    """Checksum of the source of all kernels."""
    folder = Path(kernels.__path__[0])
    return fingerprint(*(file.read_bytes() for file in sorted(folder.glob("*.py"))))


def _pieces(part: object) -> Iterable[bytes]:
    if isinstance(part, tuple):
        for inner in part:
            yield from _pieces(inner)
    elif isinstance(part, np.ndarray | np.generic):
        yield part.tobytes()
    else:
        yield part if isinstance(part, bytes) else repr(part).encode()


def _arrays(memory: Progress | Stages) -> Iterable[tuple[str, npt.NDArray[Any]]]:
    return memory._asdict().items()


def _bytes(state: State, name: str) -> bytes:
    return state[name].tobytes() if name in state else b""
