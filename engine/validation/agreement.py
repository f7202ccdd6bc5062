"""How far two voltage curves of the same protocol lie apart.

The rules are made so that a difference of physics shows and a difference of bookkeeping does not:

* A discharge or charge is compared at equal charge, over the first 99 % of the reference: at its
  very end the curve is vertical, and any difference of capacity, which is reported by itself,
  would be read as one of voltage.
* Everything with prescribed times is compared each second, step by step, each side from its own
  start of the step: both are then taken just after a jump, never one before and one after it.
* A hold has no voltage to compare; its current is compared, as a share of the 1C current.

Everything here works on numbers alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from solidcell.engine.validation.curve import Curve, FloatArray

#: Share of a discharge over which voltages are compared.
COMPARED_SHARE = 0.99
#: Points of the uniform charge grid.
CHARGE_POINTS = 1001
#: Spacing of the time grid [s].
TIME_SPACING = 1.0


class Grid(Enum):
    """Abscissa on which two curves are compared."""

    CHARGE = "charge"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest differences that count as agreement.

    Attributes
    ----------
    rms_voltage, maximum_voltage : float
        [V]
    capacity : float
        Relative.
    hold_current : float
        RMS, as a share of the 1C current.
    """

    rms_voltage: float = 0.5e-3
    maximum_voltage: float = 2.0e-3
    capacity: float = 5.0e-4
    hold_current: float = 1.0e-3


@dataclass(frozen=True, slots=True)
class Agreement:
    """Differences found between a curve and its reference.

    Attributes
    ----------
    rms_voltage, maximum_voltage : float
        [V]
    capacity : float
        Relative difference of the charge passed, either direction counted positive.
    hold_current : float or None
        RMS difference of current in holds as a share of 1C; None without a hold.
    """

    rms_voltage: float
    maximum_voltage: float
    capacity: float
    hold_current: float | None

    def within(self, limits: Limits) -> bool:
        """Whether every difference is at most its limit; a difference that is no number is not.

        Parameters
        ----------
        limits : Limits
            What counts as agreement.

        Returns
        -------
        bool
        """
        return (
            self.rms_voltage <= limits.rms_voltage
            and self.maximum_voltage <= limits.maximum_voltage
            and self.capacity <= limits.capacity
            and (self.hold_current is None or self.hold_current <= limits.hold_current)
        )


def compare(
    curve: Curve,
    reference: Curve,
    *,
    grid: Grid | Sequence[Grid],
    one_c: float,
    holds: Collection[int] = (),
) -> Agreement:
    """Compare a curve with its reference.

    Parameters
    ----------
    curve, reference : Curve
        Of the same protocol.  Values between rows are read off straight lines: sample densely.
    grid : Grid or sequence of Grid
        Abscissa for the steps that are no hold: one for all, or one for each step.
    one_c : float
        The 1C current [A/m2].
    holds : collection of int
        Numbers of the steps at constant voltage, compared by current.

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError
        The two have different steps, or nothing but holds.
    """
    numbers = np.unique(reference.step)
    if not np.array_equal(numbers, np.unique(curve.step)):
        raise ValueError("the curve and its reference have different protocol steps")
    voltage: list[FloatArray] = []
    current: list[FloatArray] = []
    for number in numbers:
        ours, theirs = curve.part(int(number)), reference.part(int(number))
        if number in holds:
            current.append(current_difference(ours, theirs) / one_c)
        elif (grid if isinstance(grid, Grid) else grid[number]) is Grid.CHARGE:
            voltage.append(voltage_difference_at_equal_charge(ours, theirs))
        else:
            voltage.append(voltage_difference_each_second(ours, theirs))
    if not voltage:
        raise ValueError("a protocol of holds alone has no voltage to compare")
    differences = np.concatenate(voltage)
    return Agreement(
        rms_voltage=root_mean_square(differences),
        maximum_voltage=float(np.max(np.abs(differences))),
        capacity=relative_capacity_difference(curve, reference),
        hold_current=root_mean_square(np.concatenate(current)) if current else None,
    )


def voltage_difference_at_equal_charge(
    curve: Curve,
    reference: Curve,
    *,
    share: float = COMPARED_SHARE,
    points: int = CHARGE_POINTS,
) -> FloatArray:
    """Difference of voltage on a uniform grid of charge.

    Parameters
    ----------
    curve, reference : Curve
        One step each, in which the current keeps its sign.
    share : float
        Part of the reference's charge that the grid covers, from the start.
    points : int
        Points of the grid.

    Returns
    -------
    ndarray, shape (points,)
        Curve less reference [V].  Where the curve has ended already, its last voltage counts.
    """
    grid, ours, theirs = common_charges(curve, reference, share=share, points=points)
    return np.interp(grid, ours, curve.voltage) - np.interp(grid, theirs, reference.voltage)


def voltage_difference_each_second(
    curve: Curve, reference: Curve, *, spacing: float = TIME_SPACING
) -> FloatArray:
    """Difference of voltage on a uniform grid of time that starts with the step.

    Parameters
    ----------
    curve, reference : Curve
        One step each.
    spacing : float
        [s]

    Returns
    -------
    ndarray, shape (n,)
        Curve less reference [V], up to the end of the shorter one.
    """
    grid, ours, theirs = common_times(curve, reference, spacing)
    return np.interp(grid, ours, curve.voltage) - np.interp(grid, theirs, reference.voltage)


def current_difference(
    curve: Curve, reference: Curve, *, spacing: float = TIME_SPACING
) -> FloatArray:
    """Difference of current on a uniform grid of time that starts with the step.

    Parameters
    ----------
    curve, reference : Curve
        One step each.
    spacing : float
        [s]

    Returns
    -------
    ndarray, shape (n,)
        Curve less reference [A/m2], up to the end of the shorter one.
    """
    grid, ours, theirs = common_times(curve, reference, spacing)
    return np.interp(grid, ours, curve.current) - np.interp(grid, theirs, reference.current)


def relative_capacity_difference(curve: Curve, reference: Curve) -> float:
    """Difference of the charge that passed in each step, relative to all of the reference's.

    Parameters
    ----------
    curve, reference : Curve
        Whole protocols.

    Returns
    -------
    float
        At least zero.
    """
    ours, theirs = _charge_of_steps(curve), _charge_of_steps(reference)
    return float(np.sum(np.abs(ours - theirs)) / np.sum(np.abs(theirs)))


def root_mean_square(values: FloatArray) -> float:
    """Root of the mean of squares.

    Parameters
    ----------
    values : ndarray
        Any unit.

    Returns
    -------
    float
        Same unit.
    """
    return float(np.sqrt(np.mean(np.square(values))))


def _charge_of_steps(curve: Curve) -> FloatArray:
    """Net charge of each step [A s/m2]."""
    parts = (curve.part(int(number)) for number in np.unique(curve.step))
    return np.array([part.charge[-1] - part.charge[0] for part in parts])


def common_charges(
    curve: Curve,
    reference: Curve,
    *,
    share: float = COMPARED_SHARE,
    points: int = CHARGE_POINTS,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a grid of charge passed since the start of a step, and both sides' own charges.

    Parameters
    ----------
    curve, reference : Curve
        One step each, in which the current keeps its sign.
    share : float
        Part of the reference's charge that the grid covers, from the start.
    points : int
        Points of the grid.

    Returns
    -------
    (ndarray, ndarray, ndarray)
        [A s/m2], at least zero.
    """
    ours = np.abs(curve.charge - curve.charge[0])
    theirs = np.abs(reference.charge - reference.charge[0])
    return np.linspace(0.0, share * theirs[-1], points), ours, theirs


def common_times(
    curve: Curve, reference: Curve, spacing: float = TIME_SPACING
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a grid of time since the start of a step, and both sides' own times.

    Parameters
    ----------
    curve, reference : Curve
        One step each.
    spacing : float
        [s]

    Returns
    -------
    (ndarray, ndarray, ndarray)
        [s]; the grid covers the shorter of the two.
    """
    ours = curve.time - curve.time[0]
    theirs = reference.time - reference.time[0]
    return np.arange(0.0, min(ours[-1], theirs[-1]), spacing), ours, theirs
