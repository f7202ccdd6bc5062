"""Steps that change the cell's state or surroundings at once, or look at it: reset, set, impedance.

In YAML::

    - reset: {stoichiometry: 0.213, contact_retention: 0.6}
    - reset: fresh
    - set: {temperature: 60 degC, fixture: {type: spring, stiffness: 1e7 N/m}}
    - impedance
    - impedance: {configuration: blocking}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from solidcell.engine.entry.place import nearest
from solidcell.engine.entry.units import parse_fraction, parse_temperature
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.step import Configuration, Step

CONFIGURATIONS: tuple[str, ...] = get_args(Configuration)

_RESET_KEYS = ("stoichiometry", "contact_retention")
_SET_KEYS = ("temperature", "fixture")


def read_reset(target: object, rating: Rating, line: int) -> Step:
    """A reset to uniform equilibrium at a stoichiometry, or to the scenario's start.

    Raises
    ------
    ValueError
        If the cell can't be in that state.
    """
    if target == "fresh":
        return Step("reset", 0.0, "Reset to fresh", fresh=True, line=line)
    if rating.stoichiometry is None:
        raise ValueError("a symmetric lithium cell has no stoichiometry; write 'reset: fresh'")
    if not isinstance(target, Mapping) or "stoichiometry" not in target:
        raise ValueError(
            "a reset needs a stoichiometry; write 'reset: {stoichiometry: 0.5}', or 'reset: fresh'"
        )
    _known(target, _RESET_KEYS, "a reset")
    x = parse_fraction(str(target["stoichiometry"])).value
    low, high = rating.stoichiometry
    if not low <= x <= high:
        raise ValueError(
            f"stoichiometry {x:g} lies outside {low:g} to {high:g}, which the open-circuit "
            "potential is known for; choose one inside"
        )
    text, retention = f"Reset to stoichiometry {x:g}", None
    if target.get("contact_retention") is not None:
        retention = parse_fraction(str(target["contact_retention"])).value
        if not 0 < retention <= 1:
            raise ValueError(
                f"contact_retention {retention:g} must be above 0 and at most 1; correct it"
            )
        text += f" and contact retention {retention:g}"
    return Step("reset", 0.0, text, stoichiometry=x, contact_retention=retention, line=line)


def read_set(target: object, rating: Rating, line: int) -> Step:
    """A change of temperature, of fixture, or of both at once.

    Raises
    ------
    ValueError
        If there is nothing to change, or to something impossible.
    InputError
        If the fixture is impossible.
    """
    if not isinstance(target, Mapping) or not target:
        raise ValueError(
            "'set' needs a temperature or a fixture; write 'set: {temperature: 60 degC}'"
        )
    _known(target, _SET_KEYS, "'set'")
    said, temperature, fixture = [], None, None
    if target.get("temperature") is not None:
        written = str(target["temperature"])
        temperature = parse_temperature(written).value
        said.append(f"temperature {written}")
    if target.get("fixture") is not None:
        if rating.read_fixture is None:
            raise ValueError("fixtures are unknown here; put the step into a scenario")
        fixture = rating.read_fixture(target["fixture"])
        said.append(f"fixture {fixture.type.replace('_', ' ')}")
    if not said:
        raise ValueError("'set' changes nothing; write 'set: {temperature: 60 degC}'")
    text = f"Set {' and '.join(said)}"
    return Step("set", 0.0, text, temperature=temperature, fixture=fixture, line=line)


def read_impedance(target: object, rating: Rating, line: int) -> Step:
    """A spectrum at this instant, of the cell unless said otherwise.

    Raises
    ------
    ValueError
        If there is no such configuration of this cell.
    """
    chosen: object = "cell"
    if target is not None:
        if not isinstance(target, Mapping):
            raise ValueError(
                f"'{target}' is no spectrum; write 'impedance', or "
                "'impedance: {configuration: blocking}'"
            )
        _known(target, ("configuration",), "a spectrum")
        chosen = target.get("configuration", "cell")
    configuration = next((name for name in get_args(Configuration) if name == chosen), None)
    if configuration is None:
        raise ValueError(
            f"the configuration '{chosen}' is unknown; use {', '.join(map(repr, CONFIGURATIONS))}"
        )
    if rating.symmetric and configuration != "cell":
        raise ValueError(
            f"the configuration '{configuration}' is of a composite electrode, and a symmetric "
            "lithium cell has none; write 'impedance'"
        )
    text = "Impedance" if configuration == "cell" else f"Impedance, {configuration}"
    return Step("impedance", 0.0, text, configuration=configuration, line=line)


def _known(written: Mapping[str, object], known: tuple[str, ...], where: str) -> None:
    for key in written:
        if key not in known:
            cure = nearest(key, known) or f"; use {', '.join(known)}"
            raise ValueError(f"unknown key '{key}' in {where}{cure}")
