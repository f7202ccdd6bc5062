"""One table says where every state lives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laboratory import make_cell, rest, run

from solidcell.kernels.layout import (
    CYCLES,
    STATES,
    STEPS,
    TIMESERIES,
    offsets,
    state_names,
)

nodes = st.integers(2, 30)
shells = st.integers(3, 30)
planes = st.integers(1, 2)


def test_offsets_name_the_states_in_the_order_of_the_table() -> None:
    assert offsets(2, 3)._fields == (*(state.name for state in STATES), "length")


@given(nodes, shells, planes)
def test_states_follow_each_other_without_gap_or_overlap(
    nodes: int, shells: int, planes: int
) -> None:
    length = {"shells": nodes * shells, "nodes": nodes, "planes": planes, "cell": 1}
    lengths = np.diff(list(offsets(nodes, shells, planes)._asdict().values()))
    assert lengths.tolist() == [length[state.domain] for state in STATES]


@given(nodes, shells, planes)
def test_every_entry_has_a_name_of_its_own(nodes: int, shells: int, planes: int) -> None:
    names = state_names(nodes, shells, planes)
    assert len(names) == len(set(names)) == offsets(nodes, shells, planes).length


def test_names_point_at_the_entries_they_name() -> None:
    o, names = offsets(4, 5), state_names(4, 5)
    assert names[o.stoichiometry + 3 * 4 + 2] == "stoichiometry[3,2]"
    assert names[o.reaction_current + 1] == "reaction_current[1]"
    assert names[o.voltage] == "voltage"


@pytest.mark.parametrize("name", ["surface_coordinate", "reaction_current", "voltage"])
def test_what_follows_from_other_states_is_algebraic(name: str) -> None:
    assert not next(state for state in STATES if state.name == name).differential


@pytest.mark.parametrize("columns", [TIMESERIES, STEPS, CYCLES])
def test_columns_are_named_once(columns: tuple[str, ...]) -> None:
    assert len(set(columns)) == len(columns)


def test_a_state_vector_at_rest_reads_back_by_name() -> None:
    done = run(make_cell(nodes=4, shells=5), [rest(10.0)], start=0.4, lithium=3.0)
    values = dict(zip(state_names(4, 5), done.end, strict=True))
    assert values["stoichiometry[4,3]"] == pytest.approx(0.4, abs=1e-12)
    assert values["surface_coordinate[3]"] == pytest.approx(0.4, abs=1e-11)
    assert values["voltage"] == pytest.approx(4.2 - 0.6 * 0.4, abs=1e-11)
    assert values["plated_lithium[0]"] == 3.0
