"""When two lives agree: by charge, current of holds and what has aged; and both are converged."""

from dataclasses import replace

import numpy as np
import pytest

from solidcell.engine.validation import lives
from solidcell.engine.validation.lives import TWIN_LIFE, Aged, compare_life

CYCLES = np.arange(1.0, 6.0)
WORN = {"trapped_lithium": 0.01 * CYCLES, "retention": 1.0 - np.outer(1e-3 * CYCLES, [1.0, 2.0])}
LIVED = Aged(np.array([100.0 - CYCLES, 99.0 - CYCLES]), 0.01 + 0.001 * CYCLES, WORN)


def off(what: str, by: float) -> Aged:
    """The same life but for one thing in the third cycle."""
    charges, current = LIVED.charges.copy(), np.array(LIVED.current)
    states = {name: values.copy() for name, values in WORN.items()}
    if what == "charge":
        charges[1, 2] *= 1.0 + by
    elif what == "current":
        current[2] += by
    else:
        states[what][2] += by * np.ptp(WORN[what])
    return replace(LIVED, charges=charges, current=current, states=states)


@pytest.mark.parametrize(
    ("what", "by", "passed"),
    [
        ("charge", 0.9 * lives.CAPACITY, True),
        ("charge", -1.1 * lives.CAPACITY, False),
        ("current", 0.9 * lives.CURRENT, True),
        ("current", 1.1 * lives.CURRENT, False),
        ("trapped_lithium", 0.9 * lives.STATES, True),
        ("trapped_lithium", -1.1 * lives.STATES, False),
        ("retention", 0.9 * lives.STATES, True),
        ("retention", 1.1 * lives.STATES, False),
        ("retention", np.nan, False),
    ],
)
def test_a_life_fails_by_one_thing_alone(
    monkeypatch: pytest.MonkeyPatch, what: str, by: float, passed: bool
) -> None:
    monkeypatch.setattr(lives, "solve", lambda *_: LIVED)
    monkeypatch.setattr(lives, "twin", lambda *_: off(what, by))
    result = compare_life(TWIN_LIFE)
    assert result.passed is passed
    found = {
        "charge": result.capacity_error_percent,
        "current": result.current_percent,
        **result.states_percent,
    }
    assert found[what] == pytest.approx(100.0 * abs(by), rel=2e-2, nan_ok=True)


@pytest.mark.parametrize("side", ["solve", "twin"])
def test_a_life_that_is_not_converged_fails(monkeypatch: pytest.MonkeyPatch, side: str) -> None:
    for name in ("solve", "twin"):
        finer = off("charge", 3e-4) if name == side else LIVED
        monkeypatch.setattr(lives, name, lambda _, *mesh, finer=finer: finer if mesh else LIVED)
    assert not compare_life(TWIN_LIFE, refine_reference=True).passed


def test_lives_have_names_of_their_own_and_a_cycle_of_three_steps() -> None:
    assert len({life.name for life in lives.LIVES}) == len(lives.LIVES)
    for life in lives.LIVES:
        (block,) = life.scenario().protocol
        assert [step.kind for step in block.steps] == ["current", "voltage", "current"]
        assert block.repeat == life.cycles
