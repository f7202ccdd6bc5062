"""A protocol as written in a scenario, to blocks of resolved steps."""

from __future__ import annotations

from collections.abc import Mapping

from solidcell.engine.entry.place import Place, mistake, nearest, place_of
from solidcell.engine.entry.units import parse_fraction
from solidcell.engine.errors import InputError
from solidcell.engine.protocol.instruction import EXAMPLES, parse_sentence
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.resolve import resolve_instruction
from solidcell.engine.protocol.state import read_impedance
from solidcell.engine.protocol.step import Block, Step
from solidcell.engine.protocol.structured import read_structured

_BLOCK_KEYS = ("repeat", "steps", "stop")
_STOP = "capacity <"


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
        stop_below_capacity=_stop(entry.get("stop"), place_of(entry, "stop")),
    )


def _repeat(written: object, place: Place | None) -> int:
    if isinstance(written, bool) or not isinstance(written, int) or written < 1:
        raise mistake(place, f"repeat '{written}' must be a whole number from 1; correct it")
    return written


def _stop(written: object, place: Place | None) -> float | None:
    if written is None:
        return None
    text = str(written)
    try:
        if not text.startswith(_STOP):
            raise ValueError
        fraction = parse_fraction(text.removeprefix(_STOP)).value
        if not 0 < fraction <= 1:
            raise ValueError
    except ValueError:
        raise mistake(place, f"stop '{text}' is unknown; write 'stop: capacity < 80 %'") from None
    return fraction
