"""From an instruction to a step of this cell, refusing what can't happen or can't end."""

from __future__ import annotations

import re

from solidcell.engine.entry.units import parse_fraction
from solidcell.engine.protocol.instruction import EXAMPLES, Instruction
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.step import Direction, Kind, Step, Termination

VOLTAGE_BOUND = 10.0
"""No cell survives a greater voltage, either way [V]: the simulation ends there."""

_OPERATORS: dict[str, Direction] = {"<": -1, ">": 1}
_STATE = re.compile(r"(?P<share>.+?)\s*(?P<kind>SOC|DOD)", re.IGNORECASE)
_OPPOSITE: dict[int, Direction] = {-1: 1, 0: 0, 1: -1}
_FILLS: dict[str, Direction] = {"charge": -1, "discharge": 1}
"""Which way the stoichiometry of the positive electrode goes."""
_ACROSS: dict[str, Direction] = {"charge": 1, "discharge": -1}
"""Which way the voltage crosses its limit."""


def resolve_instruction(instruction: Instruction, rating: Rating, line: int) -> Step:
    """A step with whole-cell SI values.

    Raises
    ------
    ValueError
        If the step is impossible for this cell or has no end.
    """
    _must_end(instruction)
    kind, value = _control(instruction, rating)
    return Step(
        kind=kind,
        value=value,
        text=instruction.text,
        duration=instruction.duration,
        terminations=tuple(
            termination(until, instruction, kind, rating) for until in instruction.until
        ),
        period=instruction.period,
        line=line,
    )


def _must_end(instruction: Instruction) -> None:
    verb, text = instruction.verb, instruction.text
    if verb == "rest" and instruction.duration is None:
        raise ValueError(f"'{text}' has no duration; write '{EXAMPLES['rest']}'")
    if instruction.duration is None and not instruction.until:
        cure = f"'{text} until C/20'" if verb == "hold" else f"'{EXAMPLES[verb]}'"
        raise ValueError(f"'{text}' has no end; write {cure}, or '{text} for 1 hour'")


def _control(instruction: Instruction, rating: Rating) -> tuple[Kind, float]:
    if instruction.value is None:
        return "rest", 0.0
    quantity, value = rating.electric(instruction.value)
    verb, text = instruction.verb, instruction.text
    # Two lithium electrodes may be held at either sign.
    if not value > 0 and (verb, quantity) != ("hold", "voltage"):
        raise ValueError(
            f"'{text}': {instruction.value} must be above zero; 'Charge' and 'Discharge' set "
            "the sign"
        )
    if verb == "hold":
        if quantity != "voltage":
            raise ValueError(
                f"'{text}': a hold is at a voltage; write '{EXAMPLES['hold']}', or 'Charge' or "
                f"'Discharge at {instruction.value}'"
            )
        bearable(value, text)
        return "voltage", value
    match quantity:
        case "current" | "power" | "resistance":
            return quantity, value if verb == "discharge" else -value
    raise ValueError(
        f"'{text}': a {verb} is at a current, power or resistance; write '{EXAMPLES[verb]}'"
    )


def termination(until: str, instruction: Instruction, kind: Kind, rating: Rating) -> Termination:
    """The condition that ``until`` states, for a step of this kind.

    Raises
    ------
    ValueError
        If the step can never meet it, or the way it is crossed is not clear.
    """
    text = instruction.text
    stripped = until.strip()
    operator = _OPERATORS.get(stripped[:1])
    bare = stripped[1:].lstrip("=").strip() if operator else stripped
    if (state := _STATE.fullmatch(bare)) is not None:
        return _at_state(state, operator, until, instruction, kind, rating)
    quantity, limit = rating.electric(bare)
    if quantity in ("power", "resistance"):
        raise ValueError(
            f"'{text}' can't end at '{until}'; end it by a voltage, current, charge, energy, or state "
            "of charge"
        )
    if quantity == "voltage":
        return _at_voltage(limit, operator, instruction, kind, rating)
    if quantity == "current":
        return _at_current(limit, operator, text, kind)
    name, example = ("energy", "5 W.h") if quantity == "energy" else ("charge", "5 A.h")
    if not limit > 0 or operator == -1:
        raise ValueError(
            f"'{text}': the {name} in '{until}' can only rise; write it like '{example}'"
        )
    if kind == "rest":
        raise ValueError(f"'{text}': no {name} passes at rest; end it by 'for 10 minutes'")
    return Termination("energy" if quantity == "energy" else "capacity", limit, 1)


def _at_state(
    state: re.Match[str],
    operator: Direction | None,
    until: str,
    instruction: Instruction,
    kind: Kind,
    rating: Rating,
) -> Termination:
    """The end at a state of charge, or at a depth of discharge: what is missing to the full state."""
    text = instruction.text
    soc = parse_fraction(state["share"]).value
    if state["kind"].upper() == "DOD":
        soc, operator = 1.0 - soc, None if operator is None else _OPPOSITE[operator]
    if kind == "rest":
        raise ValueError(f"'{text}': no charge passes at rest; end it by 'for 10 minutes'")
    x = rating.stoichiometry_at(soc, until.strip())
    # A cell that is charged gives lithium off at the positive electrode.
    given = _FILLS.get(instruction.verb, 0) if operator is None else _OPPOSITE[operator]
    return Termination("stoichiometry", x, given)


def _at_voltage(
    limit: float, operator: Direction | None, instruction: Instruction, kind: Kind, rating: Rating
) -> Termination:
    text = instruction.text
    if kind == "voltage":
        raise ValueError(
            f"'{text}': a hold keeps its voltage; end it by a current, as in '{EXAMPLES['hold']}'"
        )
    bearable(limit, text)
    direction = operator if operator is not None else _ACROSS.get(instruction.verb)
    if kind == "drive_cycle" and operator is None:
        # A load of either sign meets the end of the window that the limit is nearer to.
        direction = -1 if 2 * limit <= rating.lower_voltage + rating.upper_voltage else 1
    if direction is None:
        raise ValueError(
            f"'{text}': say from which side {limit:g} V is crossed; write '< {limit:g} V' or "
            f"'> {limit:g} V'"
        )
    return Termination("voltage", limit, direction)


def _at_current(limit: float, operator: Direction | None, text: str, kind: Kind) -> Termination:
    if kind in ("current", "rest"):
        raise ValueError(f"'{text}': its current is fixed, so no current ends it; use a voltage")
    if operator is None and not limit > 0:
        raise ValueError(
            f"'{text}': the current that ends it must be above zero; write it like 'C/20'"
        )
    return Termination("current", limit, operator or 0)


def bearable(voltage: float, text: str) -> None:
    """Refuse a voltage that no cell survives.

    Raises
    ------
    ValueError
        If it is one.
    """
    if not abs(voltage) <= VOLTAGE_BOUND:
        raise ValueError(
            f"'{text}': no cell survives {voltage:g} V; choose a voltage between "
            f"-{VOLTAGE_BOUND:g} and {VOLTAGE_BOUND:g} V"
        )
