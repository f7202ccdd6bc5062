"""What is done to a twin: segments of current, rest or held voltage, and the pressure meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

#: Duration of a change of pressure that is made at once [s].
AT_ONCE = 1.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a protocol.

    Attributes
    ----------
    duration : float
        Longest time it takes [s].
    current : float
        [A/m2], positive on discharge, 0 for a rest; not used in a hold.
    hold : float or None
        Voltage that is held [V].
    until_voltage : float or None
        Ends a discharge below and a charge above this voltage [V].
    until_current : float or None
        Ends a hold below this current, either direction [A/m2].
    pressure : float or None
        Stack pressure towards which the set point moves from the start of the segment [Pa].
    within : float
        Time that takes [s].
    temperature : float or None
        New temperature from the start of the segment on [K].
    """

    duration: float
    current: float = 0.0
    hold: float | None = None
    until_voltage: float | None = None
    until_current: float | None = None
    pressure: float | None = None
    within: float = AT_ONCE
    temperature: float | None = None

    def __post_init__(self) -> None:
        if self.duration <= 0.0 or self.within <= 0.0:
            raise ValueError("a segment and a change of pressure take more than no time")
        if self.until_voltage is not None and (self.hold is not None or self.current == 0.0):
            raise ValueError("only a segment with current ends at a voltage")
        if self.until_current is not None and self.hold is None:
            raise ValueError("only a hold ends at a current")


@dataclass(frozen=True, slots=True)
class Start:
    """State in which a twin begins.

    Attributes
    ----------
    stoichiometry : float
        Uniform lithium fraction of the particles.
    pressure : float
        Stack pressure, and the highest so far [Pa].
    temperature : float
        [K]
    """

    stoichiometry: float
    pressure: float = 5.0e6
    temperature: float = 298.15
