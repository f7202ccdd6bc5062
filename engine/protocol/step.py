"""The steps of a protocol, resolved: whole-cell SI values, current positive on discharge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["current", "voltage", "power", "resistance", "rest", "drive_cycle", "reset"]
Direction = Literal[-1, 0, 1]


@dataclass(frozen=True, slots=True)
class Termination:
    """A condition that ends a step at the moment it is met.

    Attributes
    ----------
    kind
        The quantity watched.
    value
        Its limit: V, A, or A.s passed since the start of the step.
    direction
        -1 ends the step when the quantity falls to the limit, +1 when it rises to it; 0, for a
        current, when its magnitude falls to the limit.
    """

    kind: Literal["voltage", "current", "capacity"]
    value: float
    direction: Direction


@dataclass(frozen=True, slots=True, eq=False)
class DriveCycle:
    """A load that follows a table, linear between its points.

    Attributes
    ----------
    time
        Seconds since the start of the step, from 0 and increasing.
    value
        A, W or V of the whole cell; discharge positive.
    quantity
        Which of them.
    """

    time: NDArray[np.float64]
    value: NDArray[np.float64]
    quantity: Literal["current", "power", "voltage"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a protocol.

    Attributes
    ----------
    kind
        What is held: the quantity that ``value`` sets.
    value
        A, V, W or Ohm of the whole cell; discharge positive, charge negative. 0 for other kinds.
    text
        The step as written.
    duration
        Longest time the step takes [s]; None if only a termination ends it.
    terminations
        Conditions any of which ends the step.
    drive_cycle
        The table of a ``drive_cycle``.
    stoichiometry
        Uniform stoichiometry that a ``reset`` puts the positive electrode to.
    period
        Time between two rows of output [s]; None for the scenario's own.
    line
        Line of the file that the step stands on; 0 if it came from elsewhere.
    """

    kind: Kind
    value: float
    text: str
    duration: float | None = None
    terminations: tuple[Termination, ...] = ()
    drive_cycle: DriveCycle | None = None
    stoichiometry: float | None = None
    period: float | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Steps that are repeated together; each repetition is a cycle.

    Attributes
    ----------
    repeat
        How often.
    steps
        The steps, at least one.
    stop_below_capacity
        Ends the repetition after a cycle whose discharge capacity is below this fraction of the
        block's first; None to repeat regardless.
    """

    repeat: int
    steps: tuple[Step, ...]
    stop_below_capacity: float | None = None
