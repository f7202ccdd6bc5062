"""A protocol as written in a scenario, to blocks of resolved steps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from solidcell.engine.entry.place import Place, mistake, nearest, place_of
from solidcell.engine.entry.units import parse_fraction, parse_quantity
from solidcell.engine.errors import InputError
from solidcell.engine.protocol.instruction import EXAMPLES, parse_sentence
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.resolve import resolve_instruction
from solidcell.engine.protocol.state import read_impedance
from solidcell.engine.protocol.step import Block, CheckUp, Jump, Step, Stop
from solidcell.engine.protocol.structured import read_structured

_BLOCK_KEYS = ("repeat", "steps", "stop", "check_up", "jump")
_JUMP_KEYS = ("tolerance", "most")
_CHECK_UP_KEYS = ("every", "steps", "ageing")
_STOP = re.compile(r"(capacity|resistance|time|voltage)\s*([<>])\s*(.+?)(\s+of check-up)?")
_SIDES = {"capacity": "<", "resistance": ">", "time": ">", "voltage": "<"}


def parse_protocol(written: object, rating: Rating) -> tuple[Block, ...]:
    """Blocks of steps from a list of steps and blocks; a step alone is a block of its own.

    Parameters
    ----------
    written
        The list: experiment strings, structured steps, and blocks ``{repeat: ..., steps: [...]}``.
    rating
        The cell that the steps are for.

    Raises
    ------
    ValueError
        If it isn't a list of at least one step.
    InputError
        If a step can't be understood, can't happen, or can't end.
    """
    if not isinstance(written, list) or not written:
        raise ValueError(
            f"there are no steps; write a list of them, such as '- {EXAMPLES['discharge']}'"
        )
    return tuple(
        _block(entry, rating, place_of(written, index)) for index, entry in enumerate(written)
    )


def parse_step(written: object, rating: Rating, place: Place | None = None) -> Step:
    """One step from an experiment string or a structured step.

    Raises
    ------
    InputError
        If it can't be understood, can't happen, or can't end.
    """
    line = place.line if place else 0
    try:
        if isinstance(written, str) and written.strip().lower() == "impedance":
            return read_impedance(None, rating, line)
        if isinstance(written, str):
            return resolve_instruction(parse_sentence(written), rating, line)
        if isinstance(written, Mapping):
            return read_structured(written, rating, line)
        raise ValueError(f"'{written}' is not a step; write one like '{EXAMPLES['rest']}'")
    except InputError:
        raise
    except ValueError as error:
        raise mistake(place, str(error)) from None


def _block(entry: object, rating: Rating, place: Place | None) -> Block:
    if not isinstance(entry, Mapping) or not ({"repeat", "steps"} & set(entry)):
        return Block(1, (parse_step(entry, rating, place),))
    for key in entry:
        if key not in _BLOCK_KEYS:
            cure = nearest(key, _BLOCK_KEYS) or f"; a block has {', '.join(_BLOCK_KEYS)}"
            raise mistake(place_of(entry, key), f"unknown key '{key}' in a block{cure}")
    steps = entry.get("steps")
    if not isinstance(steps, list) or not steps:
        raise mistake(place, f"the block has no steps; write 'steps: [{EXAMPLES['rest']}]'")
    return Block(
        repeat=_repeat(entry.get("repeat", 1), place_of(entry, "repeat")),
        steps=tuple(
            parse_step(step, rating, place_of(steps, index)) for index, step in enumerate(steps)
        ),
        stop=_stop(entry.get("stop"), place_of(entry, "stop")),
        jump=_jump(entry.get("jump"), place_of(entry, "jump")),
        check_up=_check_up(entry.get("check_up"), rating, place_of(entry, "check_up")),
    )


def _repeat(written: object, place: Place | None, name: str = "repeat") -> int:
    if isinstance(written, bool) or not isinstance(written, int) or written < 1:
        raise mistake(place, f"{name} '{written}' must be a whole number from 1; correct it")
    return written


def _stop(written: object, place: Place | None) -> Stop:
    """Limits of a block, from one condition or a list of them."""
    conditions = written if isinstance(written, list) else [] if written is None else [written]
    limits: dict[str, Any] = {}
    for condition in conditions:
        text = str(condition).strip()
        found = _STOP.fullmatch(text)
        try:
            if found is None or _SIDES[found[1]] != found[2]:
                raise ValueError
            limits |= _limit(found[1], found[3], found[4] is not None)
        except ValueError:
            raise mistake(
                place,
                f"stop '{text}' is unknown; write 'capacity < 80 %', 'capacity < 80 % of check-up', "
                "'resistance > 200 %', 'time > 2 years' or 'voltage < 2.5 V'",
            ) from None
    return Stop(**limits)


def _limit(quantity: str, value: str, of_check_up: bool) -> dict[str, Any]:
    """Entries of `Stop` for one condition.

    Raises
    ------
    ValueError
        If the value is none of its quantity.
    """
    if of_check_up and quantity != "capacity":
        raise ValueError(quantity)
    if quantity == "capacity":
        share = parse_fraction(value).value
        if not 0 < share <= 1:
            raise ValueError(value)
        return {"capacity": share, "of_check_up": of_check_up}
    if quantity == "resistance":
        multiple = parse_fraction(value).value
        if not multiple > 1:
            raise ValueError(value)
        return {"resistance": multiple}
    limit = parse_quantity(value, "s" if quantity == "time" else "V").value
    if quantity == "time" and not limit > 0:
        raise ValueError(value)
    return {quantity: limit}


def _jump(written: object, place: Place | None) -> Jump | None:
    if written is None or written == "off":
        return None
    if written == "on":
        return Jump()
    if not isinstance(written, Mapping):
        raise mistake(place, "a jump is 'on', 'off' or a mapping; write 'jump: {tolerance: 0.1 %}'")
    for key in written:
        if key not in _JUMP_KEYS:
            cure = nearest(key, _JUMP_KEYS) or f"; a jump has {', '.join(_JUMP_KEYS)}"
            raise mistake(place_of(written, key), f"unknown key '{key}' in a jump{cure}")
    text = str(written.get("tolerance", Jump().tolerance))
    try:
        tolerance = parse_fraction(text).value
        if not 0 < tolerance <= 0.1:
            raise ValueError
    except ValueError:
        at = place_of(written, "tolerance")
        raise mistake(at, f"tolerance '{text}' must be above 0 and 10 % at most") from None
    most = _repeat(written.get("most", Jump().most), place_of(written, "most"), name="most")
    return Jump(tolerance, most)


def _check_up(written: object, rating: Rating, place: Place | None) -> CheckUp | None:
    if written is None:
        return None
    if not isinstance(written, Mapping):
        raise mistake(place, "a check-up is a mapping; write 'check_up: {every: 100}'")
    for key in written:
        if key not in _CHECK_UP_KEYS:
            cure = nearest(key, _CHECK_UP_KEYS) or f"; a check-up has {', '.join(_CHECK_UP_KEYS)}"
            raise mistake(place_of(written, key), f"unknown key '{key}' in a check-up{cure}")
    if "every" not in written:
        raise mistake(place, "'every' is missing in the check-up; write 'every: 100'")
    every = _repeat(written["every"], place_of(written, "every"), name="every")
    ageing = written.get("ageing", "off")
    if ageing not in ("on", "off"):
        raise mistake(place_of(written, "ageing"), f"ageing '{ageing}' must be 'on' or 'off'")
    usual = None if rating.symmetric else _usual_check_up(rating)
    steps = written.get("steps", usual)
    if not isinstance(steps, list) or not steps:
        raise mistake(place, f"the check-up has no steps; write 'steps: [{EXAMPLES['rest']}]'")
    return CheckUp(
        every=every,
        steps=tuple(
            parse_step(step, rating, place_of(steps, index)) for index, step in enumerate(steps)
        ),
        ageing=ageing == "on",
    )


def _usual_check_up(rating: Rating) -> list[str]:
    """Charge in full, spectrum, dc pulse, and the capacity at C/20."""
    low, high = rating.lower_voltage, rating.upper_voltage
    return [
        f"Charge at C/3 until {high!r} V",
        f"Hold at {high!r} V until C/50",
        "Rest for 1 hour",
        "impedance",
        "Discharge at C/3 for 10 seconds",
        f"Discharge at C/20 until {low!r} V",
    ]
