"""Events: where in the last step a termination is met, located on its dense output."""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control, Quantity, StopReason
from solidcell.kernels.half_cell import Drive
from solidcell.kernels.layout import Offsets
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.outputs import connected_stoichiometry
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.protocol import Protocol
from solidcell.kernels.rosenbrock import Stages, interpolate, interpolate_entry

FloatArray = npt.NDArray[np.float64]

CURRENT_CONTROL = int(Control.CURRENT)
POWER_CONTROL = int(Control.POWER)
VOLTAGE = int(Quantity.VOLTAGE)
CURRENT = int(Quantity.CURRENT)
CAPACITY = int(Quantity.CAPACITY)
ENERGY = int(Quantity.ENERGY)
STOICHIOMETRY = int(Quantity.STOICHIOMETRY)
FIRST_REASON = int(StopReason.VOLTAGE)
LATER_REASON = int(StopReason.ENERGY) - int(Quantity.ENERGY)

BISECTIONS = 60


@inline_kernel
def reason_of(quantity: int) -> int:
    """The `StopReason` of a termination that watches a `Quantity`."""
    return quantity + (FIRST_REASON if quantity <= CAPACITY else LATER_REASON)


@kernel
def watched(
    quantity: int,
    cell: HalfCell,
    offsets: Offsets,
    y: FloatArray,
    charge_start: float,
    energy_start: float,
) -> float:
    """Value a termination watches.

    Voltage (V), size of current (A/m2), of charge (C/m2) or of energy (J/m2) passed since the start of
    the step, or mean lithium fraction of the connected particles.
    """
    if quantity == CURRENT:
        return float(abs(y[offsets.current_density]))
    if quantity == CAPACITY:
        charge = y[offsets.discharge_charge] - y[offsets.charge_charge] - charge_start
        return float(abs(charge))
    if quantity == ENERGY:
        energy = y[offsets.discharge_energy] - y[offsets.charge_energy] - energy_start
        return float(abs(energy))
    if quantity == STOICHIOMETRY:
        return connected_stoichiometry(cell, offsets, y)
    return float(y[offsets.voltage])


@kernel
def crossing(
    stages: Stages,
    cell: HalfCell,
    offsets: Offsets,
    quantity: int,
    target: float,
    direction: float,
    charge_start: float,
    energy_start: float,
) -> float:
    """Fraction of the last step at which a watched quantity reaches its target, by bisection.

    Parameters
    ----------
    stages
        The step, with its dense output prepared.
    cell
        Parameter record.
    quantity
        A `Quantity`.
    target, direction
        The termination is met where ``direction (quantity - target) >= 0``; it is not met at the
        beginning of the step and is at its end.
    charge_start, energy_start
        Net charge and energy at the beginning of the protocol step, C/m2 and J/m2.
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
        elif quantity == ENERGY:
            value = abs(
                interpolate_entry(stages, middle, offsets.discharge_energy)
                - interpolate_entry(stages, middle, offsets.charge_energy)
                - energy_start
            )
        elif quantity == STOICHIOMETRY:
            interpolate(stages, middle, stages.argument)
            value = connected_stoichiometry(cell, offsets, stages.argument)
        elif quantity == CURRENT:
            value = abs(interpolate_entry(stages, middle, offsets.current_density))
        else:
            value = interpolate_entry(stages, middle, offsets.voltage)
        if direction * (value - target) >= 0.0:
            high = middle
        else:
            low = middle
    return high


@inline_kernel
def beyond_cutoff(
    voltage: float, current: float, lower: float, upper: float, at_rest: float
) -> bool:
    """Whether a current drives the cell on beyond a cut-off.

    Parameters
    ----------
    voltage, current
        V, and A/m2; discharge positive.
    lower, upper
        Cut-offs, V; infinite where none acts.
    at_rest
        Size of a current that is none, A/m2.
    """
    if current > at_rest:
        return voltage <= lower
    return current < -at_rest and voltage >= upper


@kernel
def cutoff_crossing(
    stages: Stages, offsets: Offsets, lower: float, upper: float, at_rest: float
) -> float:
    """Fraction of the last step at which its current begins to drive the cell beyond a cut-off."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        voltage = interpolate_entry(stages, middle, offsets.voltage)
        current = interpolate_entry(stages, middle, offsets.current_density)
        if beyond_cutoff(voltage, current, lower, upper, at_rest):
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
    cell: HalfCell,
    offsets: Offsets,
    y: FloatArray,
    charge_start: float,
    energy_start: float,
    directions: FloatArray,
) -> int:
    """Index of a termination that `y` meets, or -1."""
    for m in range(protocol.termination_count[row]):
        quantity = protocol.termination_quantity[row, m]
        value = watched(quantity, cell, offsets, y, charge_start, energy_start)
        if directions[m] * (value - protocol.termination_value[row, m]) >= 0.0:
            return m
    return -1


@inline_kernel
def limit_ahead(protocol: Protocol, row: int, command: Drive) -> float:
    """Voltage limit towards which a step's current or power drives the cell, V; NaN without one.

    Its own, or else the cell's cut-off.
    """
    if command.kind == CURRENT_CONTROL or command.kind == POWER_CONTROL:
        for m in range(protocol.termination_count[row]):
            towards = protocol.termination_direction[row, m] * command.setpoint <= 0.0
            if protocol.termination_quantity[row, m] == VOLTAGE and towards:
                return float(protocol.termination_value[row, m])
        if command.setpoint > 0.0 and protocol.lower_cutoff[row] > -np.inf:
            return float(protocol.lower_cutoff[row])
        if command.setpoint < 0.0 and protocol.upper_cutoff[row] < np.inf:
            return float(protocol.upper_cutoff[row])
    return np.nan


@inline_kernel
def falls_short(offsets: Offsets, command: Drive, y: FloatArray) -> bool:
    """Whether the current or power of a state is less than a step asks for at its start."""
    given = y[offsets.current_density]
    if command.kind == POWER_CONTROL:
        given *= y[offsets.voltage]
    return bool(given < command.setpoint if command.setpoint > 0.0 else given > command.setpoint)
