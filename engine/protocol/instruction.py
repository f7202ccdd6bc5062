"""An instruction as written, before it knows the cell: verb, value, end, period.

Experiment strings and structured steps both become one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from solidcell.engine.entry.units import parse_quantity

Verb = Literal["charge", "discharge", "hold", "rest"]

EXAMPLES = {
    "charge": "Charge at C/3 until 4.3 V",
    "discharge": "Discharge at C/3 until 2.8 V",
    "hold": "Hold at 4.3 V until C/20",
    "rest": "Rest for 10 minutes",
}
"""A step of each verb, for error messages."""

_SENTENCE = re.compile(
    r"(?P<verb>charge|discharge|hold|rest)"
    r"(?:\s+at\s+(?P<value>.+?))?"
    r"(?:\s+for\s+(?P<duration>.+?))?"
    r"(?:(?:\s+or)?\s+until\s+(?P<until>.+?))?"
    r"(?:\s+\((?P<period>.+?)\s+period\))?",
    re.IGNORECASE,
)


_FURTHER = re.compile(r"\s+or(?:\s+until)?\s+", re.IGNORECASE)
"""What stands between two conditions that end a step."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a step says, in the words it says it.

    Attributes
    ----------
    verb
        What to do.
    text
        The whole step as written.
    value
        What to hold: ``C/3``; None for a rest.
    duration, period
        Seconds.
    until
        Conditions that end the step: ``4.2 V``, ``C/20``, ``> 3.6 V``, ``5 W.h``, ``50 % SOC``.
    """

    verb: Verb
    text: str
    value: str | None = None
    duration: float | None = None
    until: tuple[str, ...] = ()
    period: float | None = None


def parse_sentence(text: str) -> Instruction:
    """An instruction from an experiment string in PyBaMM's wording.

    ``Charge at C/3 until 4.25 V``, ``Discharge at 1C for 30 minutes or until 2.8 V``,
    ``Hold at 4.3 V until 50 mA``, ``Discharge at C/3 until 50 % SOC or until 2.8 V``,
    ``Rest for 1 hour (5 minute period)``, ``Discharge at 10 W ...``.

    Raises
    ------
    ValueError
        If it isn't one.
    """
    match = _SENTENCE.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"'{text}' is not a step; write for example '{_closest_example(text)}', or a "
            "structured step"
        )
    verb: Verb = match["verb"].lower()  # type: ignore[assignment]
    if verb == "rest" and match["value"] is not None:
        raise ValueError(f"'{text}': a rest has no value; write '{EXAMPLES['rest']}'")
    if verb != "rest" and match["value"] is None:
        raise ValueError(f"'{text}' does not say at what; write for example '{EXAMPLES[verb]}'")
    return Instruction(
        verb=verb,
        text=text.strip(),
        value=match["value"],
        duration=parse_duration(match["duration"]),
        until=tuple(_FURTHER.split(match["until"])) if match["until"] else (),
        period=parse_duration(match["period"]),
    )


def parse_duration(text: str | None) -> float | None:
    """Seconds of ``30 minutes``; None stays None.

    Raises
    ------
    ValueError
        If it isn't a time above zero.
    """
    if text is None:
        return None
    seconds = parse_quantity(text, "s").value
    if not seconds > 0:
        raise ValueError(f"'{text}' must be above zero; write a time like '10 minutes'")
    return seconds


def _closest_example(text: str) -> str:
    first = text.strip().split(" ", 1)[0].lower()
    return EXAMPLES.get(first, EXAMPLES["discharge"])
