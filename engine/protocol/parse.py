"""A protocol as written in a scenario, to blocks of resolved steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby

from solidcell.engine.entry.place import Place, mistake, nearest, place_of
from solidcell.engine.entry.units import parse_fraction
from solidcell.engine.errors import InputError
from solidcell.engine.protocol.instruction import EXAMPLES, parse_sentence
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.resolve import resolve_instruction
from solidcell.engine.protocol.state import read_impedance
from solidcell.engine.protocol.step import Block, CheckUp, Jump, Loop, Step
from solidcell.engine.protocol.stop import read_stops
from solidcell.engine.protocol.structured import read_structured

_BLOCK_KEYS = ("repeat", "steps", "stop", "check_up", "jump")
_JUMP_KEYS = ("tolerance", "most")
_CHECK_UP_KEYS = ("every", "steps", "ageing")
_LOOP_KEYS = ("repeat", "steps", "stop")


def parse_protocol(written: object, rating: Rating) -> tuple[Block, ...]:
    """Blocks of steps from a list of steps and blocks; a step alone is a block of its own.

    A block of blocks is flattened: each block in it names it (`Block.within`).

    Parameters
    ----------
    written
        The list: experiment strings, structured steps, and blocks ``{repeat: ..., steps: [...]}``,
        whose steps may be blocks in turn, to any depth.
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
        block
        for index, entry in enumerate(written)
        for block in _blocks(entry, rating, place_of(written, index))
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


def _is_block(entry: object) -> bool:
    return isinstance(entry, Mapping) and bool({"repeat", "steps"} & set(entry))


def _blocks(entry: object, rating: Rating, place: Place | None) -> list[Block]:
    """The blocks of steps that an entry of a list stands for: those in a block of blocks, in order."""
    if not isinstance(entry, Mapping) or not _is_block(entry):
        return [Block(1, (parse_step(entry, rating, place),))]
    for key in entry:
        if key not in _BLOCK_KEYS:
            cure = nearest(key, _BLOCK_KEYS) or f"; a block has {', '.join(_BLOCK_KEYS)}"
            raise mistake(place_of(entry, key), f"unknown key '{key}' in a block{cure}")
    steps = entry.get("steps")
    if not isinstance(steps, list) or not steps:
        raise mistake(place, f"the block has no steps; write 'steps: [{EXAMPLES['rest']}]'")
    if any(_is_block(step) for step in steps):
        return _loop(entry, steps, rating)
    own = _steps(steps, range(len(steps)), rating)
    block = Block(
        repeat=_repeat(entry.get("repeat", 1), place_of(entry, "repeat")),
        steps=own,
        stop=read_stops(entry.get("stop"), own, rating, place_of(entry, "stop")),
        jump=_jump(entry.get("jump"), place_of(entry, "jump")),
        check_up=_check_up(entry.get("check_up"), rating, place_of(entry, "check_up")),
    )
    if block.check_up is None and any(stop.of_check_up for stop in block.stop):
        raise mistake(
            place_of(entry, "stop"),
            "the stop is of a check-up and the block has none; add 'check_up: {every: 100}'",
        )
    return [block]


def _loop(entry: Mapping[str, object], steps: list[object], rating: Rating) -> list[Block]:
    """The blocks in a block of blocks; steps between two of them make a block of their own."""
    for key in entry:
        if key not in _LOOP_KEYS:
            raise mistake(
                place_of(entry, key),
                f"a block that holds blocks has no '{key}' of its own; move it into one of them",
            )
    inner: list[Block] = []
    for together, places in groupby(range(len(steps)), lambda n: _is_block(steps[n])):
        if together:
            for n in places:
                inner += _blocks(steps[n], rating, place_of(steps, n))
        else:
            inner.append(Block(1, _steps(steps, places, rating)))
    stops = read_stops(
        entry.get("stop"),
        [step for block in inner for step in block.steps],
        rating,
        place_of(entry, "stop"),
    )
    if any(stop.of_check_up for stop in stops):
        raise mistake(
            place_of(entry, "stop"),
            "a block that holds blocks has no check-ups; move the stop to the block that has them",
        )
    loop = Loop(_repeat(entry.get("repeat", 1), place_of(entry, "repeat")), stops)
    return [replace(block, within=(loop, *block.within)) for block in inner]


def _steps(steps: list[object], places: Iterable[int], rating: Rating) -> tuple[Step, ...]:
    return tuple(parse_step(steps[n], rating, place_of(steps, n)) for n in places)


def _repeat(written: object, place: Place | None, name: str = "repeat") -> int:
    if isinstance(written, bool) or not isinstance(written, int) or written < 1:
        raise mistake(place, f"{name} '{written}' must be a whole number from 1; correct it")
    return written


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
