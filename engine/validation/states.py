"""How far the states of two sides' interfaces lie apart.

A state is compared wherever the voltage is, and as a profile across the electrode at the end of each
step.  The difference is the largest that occurs anywhere, relative to the way that the state makes
over the whole case, from its least to its greatest value: a retention of contact that falls from 1 to
0.999 has to agree to one in a million.  A state that stays where it is counts relative to its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solidcell.engine.validation.agreement import Grid, common_charges, common_times
from solidcell.engine.validation.curve import Curve, FloatArray

STILL = 1.0e-6
"""Way of a state, relative to its value, below which it counts as unchanged."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a side found.

    Attributes
    ----------
    curve : Curve
        Voltage, current and charge.
    states : mapping of str to ndarray, shape (n,)
        States of the interfaces on the rows of the curve, in SI units.
    ends : mapping of str to ndarray, shape (steps + 1,) or (steps + 1, nodes)
        States at the start and at the end of each step; across the electrode, from the separator to
        the collector.
    """

    curve: Curve
    states: Mapping[str, FloatArray]
    ends: Mapping[str, FloatArray]


def largest_deviations(
    answer: Answer, reference: Answer, grids: Sequence[Grid]
) -> dict[str, float]:
    """Largest difference of each state, relative to its way or value.

    Parameters
    ----------
    answer, reference : Answer
        Of the same protocol.
    grids : sequence of Grid
        Where each step is compared.

    Returns
    -------
    dict of str to float
        By state, those of the reference.
    """
    deviations = {}
    steps = [int(number) for number in np.unique(reference.curve.step)]
    for name, values in reference.states.items():
        differences = [
            _difference_over_a_step(answer, reference, name, number, grids[place])
            for place, number in enumerate(steps)
        ]
        deviations[name] = max(differences) / _size(values)
    for name, values in reference.ends.items():
        deviations[name] = deviation(answer.ends[name], values)
    return deviations


def deviation(values: FloatArray, reference: FloatArray) -> float:
    """Largest difference of a state at the same moments, relative to the reference's way or value.

    Parameters
    ----------
    values, reference : ndarray, shape (n,) or (n, nodes)
        The state; `values` may stand on a multiple of the reference's nodes.

    Returns
    -------
    float
        At least zero.
    """
    difference = np.abs(_on_nodes_of(values, reference) - reference)
    return float(np.max(difference)) / _size(reference)


def _difference_over_a_step(
    answer: Answer, reference: Answer, name: str, number: int, grid: Grid
) -> float:
    curve, other = answer.curve.part(number), reference.curve.part(number)
    at = common_charges if grid is Grid.CHARGE else common_times
    points, ours, theirs = at(curve, other)
    own = answer.states[name][answer.curve.step == number]
    foreign = reference.states[name][reference.curve.step == number]
    difference = np.interp(points, ours, own) - np.interp(points, theirs, foreign)
    return float(np.max(np.abs(difference), initial=0.0))


def _size(values: FloatArray) -> float:
    """Way of a state; its value if it makes none; 1 if it is zero throughout."""
    way, value = float(np.ptp(values)), float(np.max(np.abs(values)))
    if way > STILL * value:
        return way
    return value or 1.0


def _on_nodes_of(values: FloatArray, other: FloatArray) -> FloatArray:
    """Profiles on fewer nodes: means of neighbours."""
    if values.shape == other.shape:
        return values
    neighbours: FloatArray = values.reshape(*other.shape, -1)
    return np.asarray(neighbours.mean(axis=2), dtype=np.float64)
