"""What a run has to say beside its numbers: warnings, kept as data in its results file.

Whoever finds something to say builds a `RunWarning` and adds it to the run's `Warnings`, before the run
from the scenario (`foreseen`) or during it from what the driver has noted (`Recorder`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

Severity = Literal["note", "warning"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""In the order of their codes in the results file."""


@dataclass(frozen=True, slots=True)
class RunWarning:
    """Something about a run that its reader should know.

    Attributes
    ----------
    code
        What kind of thing, in a snake_case word that programs can look for.
    text
        What it is and what to do about it, a sentence.
    subject
        What it is about, where a kind may be told of several things: each is told once.
    severity
        ``warning`` where numbers may not be what was meant, else ``note``.
    cycle, step
        Numbers of the cycle and of the protocol step in which it was noticed first, from 0; -1 where
        it holds for the whole run.
    time
        When it was, s since the start of the run; NaN where it holds for the whole run.
    """

    code: str
    text: str
    subject: str = ""
    severity: Severity = "warning"
    cycle: int = -1
    step: int = -1
    time: float = math.nan


class Warnings:
    """The warnings of a run, in the order in which they came; each kind and subject once."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], RunWarning] = {}

    def add(self, warning: RunWarning) -> None:
        """Add a warning, unless its kind has been told of its subject already."""
        self._told.setdefault((warning.code, warning.subject), warning)

    def __contains__(self, told: tuple[str, str]) -> bool:
        return told in self._told

    def __iter__(self) -> Iterator[RunWarning]:
        return iter(self._told.values())

    def __len__(self) -> int:
        return len(self._told)

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """What has been told, as arrays by name."""
        words = [[one.code, one.text, one.subject, one.severity] for one in self]
        places = [[one.cycle, one.step, one.time] for one in self]
        return {
            "words": np.array(words, dtype=str).reshape(-1, 4),
            "places": np.array(places, dtype=np.float64).reshape(-1, 3),
        }

    def take_back(self, state: Mapping[str, npt.NDArray[Any]]) -> None:
        """Start from what `state` has handed out."""
        self._told.clear()
        words, places = state["words"].tolist(), state["places"].tolist()
        for (code, text, subject, severity), (cycle, step, time) in zip(words, places, strict=True):
            self.add(RunWarning(code, text, subject, severity, int(cycle), int(step), time))


def columns_of(warnings: Sequence[RunWarning]) -> dict[str, list[Any]]:
    """Columns of /run/warnings."""
    return {
        "code": [one.code for one in warnings],
        "severity": [SEVERITIES.index(one.severity) for one in warnings],
        "cycle": [one.cycle for one in warnings],
        "step": [one.step for one in warnings],
        "time": [one.time for one in warnings],
        "text": [one.text for one in warnings],
    }
