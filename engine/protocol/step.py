"""The steps of a protocol, resolved: whole-cell SI values, current positive on discharge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Kind = Literal[
    "current",
    "voltage",
    "power",
    "resistance",
    "rest",
    "drive_cycle",
    "reset",
    "set",
    "impedance",
]
Direction = Literal[-1, 0, 1]
Configuration = Literal["cell", "symmetric", "blocking"]
"""What a spectrum is of: the cell; the composite electrode against itself; the same without charge
transfer."""


@runtime_checkable
class Fixture(Protocol):
    """What holds the stack from a ``set`` step on, in SI; None for what its type has not."""

    @property
    def type(self) -> Literal["constant_pressure", "spring", "constant_gap"]:
        """Kind of the fixture."""

    @property
    def pad_thickness(self) -> float | None:
        """Thickness of a spring's pad [m]."""

    @property
    def pad_modulus(self) -> float | None:
        """Young's modulus of the pad [Pa]."""

    @property
    def stiffness(self) -> float | None:
        """Stiffness of a spring without pad [N/m]."""

    @property
    def frame_stiffness(self) -> float | None:
        """Stiffness of the frame of a constant gap [N/m]."""


@dataclass(frozen=True, slots=True)
class Termination:
    """A condition that ends a step at the moment it is met.

    Attributes
    ----------
    kind
        The quantity watched.
    value
        Its limit: V, A, A.s or W.s passed since the start of the step, or mean stoichiometry of the
        positive electrode, which a state of charge stands for.
    direction
        -1 ends the step when the quantity falls to the limit, +1 when it rises to it; 0 from whichever
        side it starts on or, for a current, when its magnitude falls to the limit.
    """

    kind: Literal["voltage", "current", "capacity", "energy", "stoichiometry"]
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
    contact_retention
        Contact retention that a ``reset`` sets; None leaves it.
    fresh
        Whether a ``reset`` puts every state to the scenario's start, at the pressure and
        temperature of then.
    stack_pressure
        Pressure that the stack is brought to, linearly from the beginning of the step [Pa]; None
        leaves it to the fixture.
    within
        Time that this takes [s]; 0 without ``stack_pressure``.
    temperature
        Temperature that a ``set`` changes to [K]; None leaves it.
    fixture
        Fixture that a ``set`` changes to; None leaves it. The stack keeps its pressure.
    configuration
        What the spectrum of an ``impedance`` step is of; None for other kinds.
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
    contact_retention: float | None = None
    fresh: bool = False
    stack_pressure: float | None = None
    within: float = 0.0
    temperature: float | None = None
    fixture: Fixture | None = None
    configuration: Configuration | None = None
    period: float | None = None
    line: int = 0


Watched = Literal["capacity", "resistance", "voltage", "time", "cycles", "temperature"]
"""What a stop watches."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A condition that ends a block before its last repetition, after a cycle that meets it.

    Attributes
    ----------
    quantity
        What is watched: discharge capacity and dc resistance as shares of those of the block's first
        cycle, voltage and temperature [K] at any moment of its cycles, and its length [s] and cycles
        since its beginning.
    side
        -1 where that falls to the value or below, 1 where it rises to it or above. At a limit, ``<``
        and ``<=`` are the same, since a step never ends beyond its own.
    value
        The value.
    of_check_up
        Whether the capacity is that of the block's check-ups.
    text
        The condition as written.
    """

    quantity: Watched
    side: Literal[-1, 1]
    value: float
    of_check_up: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A block of blocks; each of those that it holds names it.

    Attributes
    ----------
    repeat
        How often.
    stop
        What ends the repetition before.
    """

    repeat: int
    stop: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckUp:
    """Steps that look at the cell now and then, on a copy of it that does not age.

    Attributes
    ----------
    every
        After how many cycles; before the first one, too.
    steps
        The steps.
    ageing
        Whether the cell itself goes through them and ages.
    """

    every: int
    steps: tuple[Step, ...]
    ageing: bool = False


@dataclass(frozen=True, slots=True)
class Jump:
    """Leave to extrapolate slow states over cycles instead of computing each of them.

    Attributes
    ----------
    tolerance
        Error allowed to a jump: of shares of contact and material (1), and relative of films; a tenth
        of it for the capacity.
    most
        Most cycles in one jump.
    """

    tolerance: float = 1e-2
    most: int = 100


@dataclass(frozen=True, slots=True)
class Block:
    """Steps that are repeated together; each repetition is a cycle.

    Attributes
    ----------
    repeat
        How often.
    steps
        The steps, at least one.
    stop
        What ends the repetition before.
    check_up
        Check-ups between its cycles; None for none.
    jump
        Leave to jump over cycles; None computes every one.
    within
        The blocks that it lies in, outermost first. Blocks that lie in one follow each other.
    """

    repeat: int
    steps: tuple[Step, ...]
    stop: tuple[Stop, ...] = ()
    check_up: CheckUp | None = None
    jump: Jump | None = None
    within: tuple[Loop, ...] = ()
