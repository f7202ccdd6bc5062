"""Events: where in the last step a termination is met, located on its dense output."""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control, Quantity
from solidcell.kernels.half_cell import Drive
from solidcell.kernels.layout import Offsets
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.protocol import Protocol
from solidcell.kernels.rosenbrock import Stages, interpolate_entry

FloatArray = npt.NDArray[np.float64]

CURRENT_CONTROL = int(Control.CURRENT)
POWER_CONTROL = int(Control.POWER)
VOLTAGE = int(Quantity.VOLTAGE)
CURRENT = int(Quantity.CURRENT)
CAPACITY = int(Quantity.CAPACITY)

BISECTIONS = 60


@kernel
def watched(quantity: int, offsets: Offsets, y: FloatArray, charge_start: float) -> float:
    """Value a termination watches: voltage (V), size of current (A/m2) or of charge passed (C/m2)."""
    if quantity == CURRENT:
        return float(abs(y[offsets.current_density]))
    if quantity == CAPACITY:
        charge = y[offsets.discharge_charge] - y[offsets.charge_charge] - charge_start
        return float(abs(charge))
    return float(y[offsets.voltage])


@kernel
def crossing(
    stages: Stages,
    offsets: Offsets,
    quantity: int,
    target: float,
    direction: float,
    charge_start: float,
) -> float:
    """Fraction of the last step at which a watched quantity reaches its target, by bisection.

    Parameters
    ----------
    stages
        The step, with its dense output prepared.
    quantity
        A `Quantity`.
    target, direction
        The termination is met where ``direction (quantity - target) >= 0``; it is not met at the
        beginning of the step and is at its end.
    charge_start
        Net charge at the beginning of the protocol step, C/m2.
    """
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if quantity == CAPACITY:
            value = abs(
                interpolate_entry(stages, middle, offsets.discharge_charge)
                - interpolate_entry(stages, middle, offsets.charge_charge)
                - charge_start
            )
        elif quantity == CURRENT:
            value = abs(interpolate_entry(stages, middle, offsets.current_density))
        else:
            value = interpolate_entry(stages, middle, offsets.voltage)
        if direction * (value - target) >= 0.0:
            high = middle
        else:
            low = middle
    return high


@kernel
def passes(stages: Stages, n: int, target: float, direction: float) -> float:
    """Fraction of the last step at which entry `n` of the state passes a target, in a direction."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if direction * (interpolate_entry(stages, middle, n) - target) >= 0.0:
            high = middle
        else:
            low = middle
    return high


@inline_kernel
def first_met(
    protocol: Protocol,
    row: int,
    offsets: Offsets,
    y: FloatArray,
    charge_start: float,
    directions: FloatArray,
) -> int:
    """Index of a termination that `y` meets, or -1."""
    for m in range(protocol.termination_count[row]):
        value = watched(protocol.termination_quantity[row, m], offsets, y, charge_start)
        if directions[m] * (value - protocol.termination_value[row, m]) >= 0.0:
            return m
    return -1


@inline_kernel
def limit_ahead(protocol: Protocol, row: int, command: Drive) -> float:
    """Voltage limit towards which a step's current or power drives the cell, V; NaN without one."""
    if command.kind == CURRENT_CONTROL or command.kind == POWER_CONTROL:
        for m in range(protocol.termination_count[row]):
            towards = protocol.termination_direction[row, m] * command.setpoint <= 0.0
            if protocol.termination_quantity[row, m] == VOLTAGE and towards:
                return float(protocol.termination_value[row, m])
    return np.nan


@inline_kernel
def falls_short(offsets: Offsets, command: Drive, y: FloatArray) -> bool:
    """Whether the current or power of a state is less than a step asks for at its start."""
    given = y[offsets.current_density]
    if command.kind == POWER_CONTROL:
        given *= y[offsets.voltage]
    return bool(given < command.setpoint if command.setpoint > 0.0 else given > command.setpoint)
