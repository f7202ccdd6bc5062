"""Structured steps: mappings, for what an experiment string can't say.

In YAML, for example::

    - {discharge: C/3, until: [2.8 V, 40 A.h], for: 4 h, period: 10 s}
    - {hold: 4.3 V, until: C/50}
    - {rest: 1 h}
    - reset: {stoichiometry: 0.213}
    - drive_cycle: {file: city.csv, time: "Time [s]", current: "Current [A]"}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from solidcell.engine.entry.place import nearest
from solidcell.engine.entry.units import parse_fraction
from solidcell.engine.protocol import drive_cycle as cycles
from solidcell.engine.protocol.instruction import Instruction, Verb, parse_duration
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.resolve import resolve_instruction, termination
from solidcell.engine.protocol.step import Step

VERBS: tuple[Verb, ...] = ("charge", "discharge", "hold", "rest")
ACTIONS = (*VERBS, "reset", "drive_cycle")
"""The keys that say what a structured step does; each step has one of them."""

_ENDS = ("for", "until", "period")


def read_structured(written: Mapping[str, object], rating: Rating, line: int) -> Step:
    """A step from a mapping.

    Raises
    ------
    ValueError
        If a key is unknown or the step is impossible.
    """
    actions = [key for key in written if key in ACTIONS]
    if len(actions) != 1:
        unknown = next((key for key in written if key not in (*ACTIONS, *_ENDS)), None)
        found = f"'{unknown}' is no action{nearest(unknown, ACTIONS)}; " if unknown else ""
        raise ValueError(f"{found}a structured step needs one; write one of {', '.join(ACTIONS)}")
    action = actions[0]
    if written[action] is None:
        raise ValueError(f"'{action}' has no value; write it behind the colon")
    if action == "reset":
        return _reset(written, rating, line)
    _known(written, (action, *(_ENDS if action != "rest" else ("period",))))
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


def _reset(written: Mapping[str, object], rating: Rating, line: int) -> Step:
    _known(written, ("reset",))
    target = written["reset"]
    if not isinstance(target, Mapping) or set(target) != {"stoichiometry"}:
        raise ValueError("a reset needs a stoichiometry; write 'reset: {stoichiometry: 0.5}'")
    x = parse_fraction(str(target["stoichiometry"])).value
    low, high = rating.stoichiometry
    if not low <= x <= high:
        raise ValueError(
            f"stoichiometry {x:g} lies outside {low:g} to {high:g}, which the open-circuit "
            "potential is known for; choose one inside"
        )
    return Step("reset", 0.0, f"Reset to stoichiometry {x:g}", stoichiometry=x, line=line)


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
