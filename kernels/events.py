"""Events: where in the last step a termination is met, located on its dense output."""

from solidcell.kernels.codes import Quantity
from solidcell.kernels.options import kernel
from solidcell.kernels.rosenbrock import interpolate_entry

CURRENT = int(Quantity.CURRENT)
CAPACITY = int(Quantity.CAPACITY)

BISECTIONS = 60


@kernel
def watched(quantity, offsets, y, charge_start):
    """Value a termination watches: voltage (V), size of current (A/m2) or of charge passed (C/m2)."""
    if quantity == CURRENT:
        return abs(y[offsets.current_density])
    if quantity == CAPACITY:
        return abs(y[offsets.discharge_charge] - y[offsets.charge_charge] - charge_start)
    return y[offsets.voltage]


@kernel
def crossing(stages, offsets, quantity, target, direction, charge_start):
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
def falls_to_zero(stages, n):
    """Fraction of the last step at which entry `n` of the state falls to zero."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if interpolate_entry(stages, middle, n) <= 0.0:
            high = middle
        else:
            low = middle
    return high
