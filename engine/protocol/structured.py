"""Structured steps: mappings, for what an experiment string can't say.

In YAML, for example::

    - {discharge: C/3, until: [2.8 V, 40 A.h], for: 4 h, period: 10 s}
    - {hold: 4.3 V, until: C/50}
    - {rest: 1 h}
    - {step: Discharge at C/3 until 2.8 V, stack_pressure: 10 MPa, within: 10 minutes}
    - {stack_pressure: 5 MPa, within: 1 minute, for: 1 hour}
    - drive_cycle: {file: city.csv, time: "Time [s]", current: "Current [A]"}

Those that take no time are read in :mod:`~solidcell.engine.protocol.state`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from solidcell.engine.entry.place import nearest
from solidcell.engine.entry.units import parse_quantity
from solidcell.engine.protocol import drive_cycle as cycles
from solidcell.engine.protocol.instruction import (
    Instruction,
    Verb,
    parse_duration,
    parse_sentence,
)
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.resolve import resolve_instruction, termination
from solidcell.engine.protocol.state import read_impedance, read_reset, read_set
from solidcell.engine.protocol.step import Step

VERBS: tuple[Verb, ...] = ("charge", "discharge", "hold", "rest")
INSTANT = {"reset": read_reset, "set": read_set, "impedance": read_impedance}
"""Readers of the steps that take no time."""

ACTIONS = (*VERBS, "step", "drive_cycle", *INSTANT)
"""The keys that say what a structured step does; each step has one of them, or a stack pressure."""

LEAST_PRESSURE = 0.1e6
"""Least stack pressure [Pa]: below it the layers are no longer held together."""

AT_ONCE = 1.0
"""Time in which the stack pressure changes if none is given [s]."""

_ENDS = ("for", "until", "period")
_PRESSURE = ("stack_pressure", "within")


def read_structured(written: Mapping[str, object], rating: Rating, line: int) -> Step:
    """A step from a mapping.

    Raises
    ------
    ValueError
        If a key is unknown or the step is impossible.
    InputError
        If a fixture is impossible.
    """
    actions = [key for key in written if key in ACTIONS]
    if not actions and "stack_pressure" in written:
        _known(written, (*_PRESSURE, "for", "period"))
        return _pressure_alone(written, line)
    if len(actions) != 1:
        known = (*ACTIONS, "stack_pressure")
        unknown = next((key for key in written if key not in (*known, *_ENDS, *_PRESSURE)), None)
        found = f"'{unknown}' is no action{nearest(unknown, known)}; " if unknown else ""
        raise ValueError(f"{found}a structured step needs one; write one of {', '.join(known)}")
    action = actions[0]
    if action in INSTANT:
        _known(written, (action,))
        if written[action] is None and action != "impedance":
            raise ValueError(f"'{action}' has no value; write it behind the colon")
        return INSTANT[action](written[action], rating, line)
    if written[action] is None:
        raise ValueError(f"'{action}' has no value; write it behind the colon")
    return _with_pressure(_lasting(action, written, rating, line), written)


def _lasting(action: str, written: Mapping[str, object], rating: Rating, line: int) -> Step:
    """A step that takes time, before any change of its stack pressure."""
    if action == "step":
        _known(written, ("step", *_PRESSURE))
        return resolve_instruction(parse_sentence(str(written["step"])), rating, line)
    _known(written, (action, *(_ENDS if action != "rest" else ("period",)), *_PRESSURE))
    if action == "drive_cycle":
        return _drive_cycle(written, rating, line)
    duration = parse_duration(_optional(written.get("for")))
    until = _conditions(written.get("until"))
    verb: Verb = action  # type: ignore[assignment]
    value = str(written[action])
    if verb == "rest":
        duration, shown = parse_duration(value), f"Rest for {value}"
    else:
        shown = _sentence(verb, value, _optional(written.get("for")), until)
    instruction = Instruction(
        verb=verb,
        text=shown,
        value=None if verb == "rest" else value,
        duration=duration,
        until=until,
        period=parse_duration(_optional(written.get("period"))),
    )
    return resolve_instruction(instruction, rating, line)


def _pressure_alone(written: Mapping[str, object], line: int) -> Step:
    """A rest in which the stack pressure changes: as long as that takes, and `for` longer."""
    pressure, within = _pressure(written)
    longer = parse_duration(_optional(written.get("for"))) or 0.0
    return Step(
        "rest",
        0.0,
        f"Stack pressure to {written['stack_pressure']}",
        duration=within + longer,
        stack_pressure=pressure,
        within=within,
        period=parse_duration(_optional(written.get("period"))),
        line=line,
    )


def _with_pressure(step: Step, written: Mapping[str, object]) -> Step:
    if "stack_pressure" not in written:
        if "within" in written:
            raise ValueError("'within' has no meaning without 'stack_pressure'; add it")
        return step
    pressure, within = _pressure(written)
    if step.duration is not None and within > step.duration:
        raise ValueError(
            f"the stack pressure changes within {within:g} s, but the step takes at most "
            f"{step.duration:g} s; shorten 'within'"
        )
    return replace(step, stack_pressure=pressure, within=within)


def _pressure(written: Mapping[str, object]) -> tuple[float, float]:
    """Pressure in Pa and the time to get there in s."""
    text = str(written["stack_pressure"])
    pressure = parse_quantity(text, "Pa").value
    if pressure < LEAST_PRESSURE:
        raise ValueError(
            f"stack_pressure {text} must be {LEAST_PRESSURE / 1e6:g} MPa or more, or the layers come "
            "apart; correct it"
        )
    within = parse_duration(_optional(written.get("within")))
    return pressure, AT_ONCE if within is None else within


def _drive_cycle(written: Mapping[str, object], rating: Rating, line: int) -> Step:
    entry = written["drive_cycle"]
    if not isinstance(entry, Mapping):
        raise ValueError(
            "a drive cycle needs 'file', 'time' and one column; write them as a mapping"
        )
    _known(entry, cycles.KEYS)
    table = cycles.read_drive_cycle(entry, rating)
    end = float(table.time[-1])
    duration = parse_duration(_optional(written.get("for")))
    until = _conditions(written.get("until"))
    if duration is not None and duration > end:
        raise ValueError(
            f"the drive cycle ends after {end:g} s, before {duration:g} s; shorten 'for', or "
            "repeat the step in a block"
        )
    text = f"Drive cycle {Path(str(entry['file'])).name}"
    instruction = Instruction(verb="rest", text=text, until=until)
    return Step(
        kind="drive_cycle",
        value=0.0,
        text=text,
        duration=end if duration is None else duration,
        terminations=tuple(
            termination(condition, instruction, "drive_cycle", rating) for condition in until
        ),
        drive_cycle=table,
        period=parse_duration(_optional(written.get("period"))),
        line=line,
    )


def _known(written: Mapping[str, object], known: tuple[str, ...]) -> None:
    for key in written:
        if key not in known:
            cure = nearest(key, known) or f"; use {', '.join(known)}"
            raise ValueError(f"unknown key '{key}'{cure}")


def _optional(written: object) -> str | None:
    return None if written is None else str(written)


def _conditions(written: object) -> tuple[str, ...]:
    if written is None:
        return ()
    return tuple(str(item) for item in written) if isinstance(written, list) else (str(written),)


def _sentence(verb: str, value: str, duration: str | None, until: tuple[str, ...]) -> str:
    """The step in the words of an experiment string."""
    ends = [f"for {duration}"] if duration else []
    ends += [f"until {condition}" for condition in until]
    return f"{verb.capitalize()} at {value} {' or '.join(ends)}".rstrip()
