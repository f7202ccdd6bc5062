"""Always an answer: random cells, protocols, temperatures and pressures end, and say truly why."""

from __future__ import annotations

import functools

import pytest
from ends import End, end_of

FEW, MANY = 150, 3000
"""Random scenarios, the first ones and all."""
BALANCED = 1e-9
"""Relative error of a cycle's lithium: round-off of some thousand steps."""


once = functools.cache(end_of)


def ends(count: int) -> tuple[End, ...]:
    """How the first scenarios ended; none of them raises."""
    return tuple(once(number) for number in range(count))


counts = pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])


@counts
def test_no_random_scenario_hangs(count: int) -> None:
    """Each is bounded in solver steps; one that needs more is interrupted."""
    assert [end.number for end in ends(count) if end.reason == "interrupted"] == []


@counts
def test_no_random_scenario_gives_what_is_no_number(count: int) -> None:
    assert [(end.number, end.nothing) for end in ends(count) if end.nothing] == []


@counts
def test_random_scenarios_end_for_a_reason_that_their_last_state_shows(count: int) -> None:
    unexplained = [(end.number, end.message) for end in ends(count) if not end.shown]
    assert unexplained == []


@counts
def test_random_scenarios_keep_their_lithium(count: int) -> None:
    lost = [(end.number, end.lithium_error) for end in ends(count) if end.double_layer == "off"]
    assert [(number, error) for number, error in lost if not error < BALANCED] == []


@pytest.mark.slow
def test_random_scenarios_keep_their_lithium_where_double_layers_are_charged() -> None:
    lost = [(end.number, end.lithium_error) for end in ends(MANY) if end.double_layer == "on"]
    assert [(number, error) for number, error in lost if not error < BALANCED] == []
