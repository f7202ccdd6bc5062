"""What ends a block before its last repetition: ``stop: [capacity < 80 %, time > 2 years]``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from solidcell.engine.entry.place import Place, mistake
from solidcell.engine.entry.units import (
    parse_cycles,
    parse_fraction,
    parse_quantity,
    parse_temperature,
)
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.step import Step, Stop, Watched

OPERATORS = ("<=", ">=", "<", ">")
VOLTAGE_TOLERANCE = 1e-5
"""How near to its limit a step ends [V]."""

_STOP = re.compile(
    rf"({'|'.join(get_args(Watched))})\s*({'|'.join(OPERATORS)}|≤|≥)\s*(.+?)(\s+of check-up)?"
)
_UNKNOWN = (
    "write 'capacity < 80 %', 'capacity < 80 % of check-up', 'resistance > 200 %', "
    "'voltage <= 2.8 V', 'time > 2 years', 'cycles >= 500' or 'temperature > 60 degC'"
)


def read_stops(
    written: object, steps: Sequence[Step], rating: Rating, place: Place | None
) -> tuple[Stop, ...]:
    """Conditions of a block, from one or a list of them.

    Parameters
    ----------
    written
        As in the scenario; None for none.
    steps
        All steps of the block.
    rating
        The cell.
    place
        Where it stands.

    Raises
    ------
    InputError
        If a condition is unknown or can never be met.
    """
    conditions = written if isinstance(written, list) else [] if written is None else [written]
    return tuple(_stop(str(one).strip(), steps, rating, place) for one in conditions)


def _stop(text: str, steps: Sequence[Step], rating: Rating, place: Place | None) -> Stop:
    found = _STOP.fullmatch(text)
    if found is None:
        raise mistake(place, f"stop '{text}' is unknown; {_UNKNOWN}")
    quantity: Watched = found[1]  # type: ignore[assignment]
    operator = found[2].replace("≤", "<=").replace("≥", ">=")
    side: Literal[-1, 1] = -1 if operator[0] == "<" else 1
    if found[4] is not None and quantity != "capacity":
        raise mistake(place, f"stop '{text}': check-ups watch the capacity alone; {_UNKNOWN}")
    try:
        value = _value(quantity, found[3])
        if quantity == "cycles" and operator in ("<", ">"):
            value += side
        if quantity == "voltage":
            _within_reach(text, value, side, steps, rating)
    except ValueError as error:
        said = str(error)
        raise mistake(
            place, said if said.startswith("stop") else f"stop '{text}': {said}"
        ) from None
    return Stop(quantity, side, value, found[4] is not None, text)


def _value(quantity: Watched, text: str) -> float:
    """What a quantity is compared with, in SI.

    Raises
    ------
    ValueError
        If the text is none of its values.
    """
    if quantity in ("capacity", "resistance"):
        share = parse_fraction(text).value
        if not share > 0:
            raise ValueError(f"the share {text} must be above zero; {_UNKNOWN}")
        if quantity == "capacity" and share > 1:
            raise ValueError(
                f"{text} is more than the capacity of the block's first cycle, which it is compared "
                "with; write 100 % or less"
            )
        return share
    if quantity == "temperature":
        return parse_temperature(text).value
    if quantity == "cycles":
        return float(parse_cycles(text if "cycle" in text else f"{text} cycles"))
    value = parse_quantity(text, "s" if quantity == "time" else "V").value
    if quantity == "time" and not value > 0:
        raise ValueError(f"the time {text} must be above zero; {_UNKNOWN}")
    return value


def _within_reach(
    text: str, value: float, side: int, steps: Sequence[Step], rating: Rating
) -> None:
    """Refuse a voltage that no step of the block gets to.

    Raises
    ------
    ValueError
        If it is one.
    """
    limits = list(_limits(side, steps, rating))
    own = rating.lower_voltage if side < 0 else rating.upper_voltage
    if not limits:
        limits = [own if rating.cutoffs else side * math.inf]
    farthest = max(limits) if side > 0 else min(limits)
    if side * (value - farthest) > VOLTAGE_TOLERANCE:
        way, edge = ("above", "greatest") if side > 0 else ("below", "least")
        raise ValueError(
            f"stop '{text}' is never met, for no step of the block gets {way} {farthest:g} V; write "
            f"'voltage {'>=' if side > 0 else '<='} {farthest:g} V', the {edge} of its limits, or "
            "change these"
        )


def _limits(side: int, steps: Sequence[Step], rating: Rating) -> Iterator[float]:
    """Voltages at which the steps that drive the cell to a side end there; infinite without an end."""
    cutoff = rating.lower_voltage if side < 0 else rating.upper_voltage
    for step in steps:
        if step.kind == "voltage":
            yield step.value
            continue
        load = step.drive_cycle
        if load is not None and load.quantity == "voltage":
            yield float(load.value.max() if side > 0 else load.value.min())
            continue
        if step.kind not in ("current", "power", "resistance", "drive_cycle"):
            continue
        if load is None and step.value * side > 0:
            # A discharge drives the voltage down, a charge up.
            continue
        if (limit := limit_of(step, side)) is not None:
            yield limit
        else:
            yield cutoff if rating.cutoffs else side * math.inf


def limit_of(step: Step, side: int) -> float | None:
    """Voltage limit of its own that a step has where its voltage falls (-1) or rises (1) [V]."""
    limits = [
        one.value for one in step.terminations if one.kind == "voltage" and one.direction == side
    ]
    if not limits:
        return None
    return max(limits) if side < 0 else min(limits)
