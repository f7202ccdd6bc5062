"""Events: what ends a protocol step, as signed distances that a state has from meeting them.

A distance is counted in what counts as met: 10 uV, a millionth of 1C, 1e-8 of an amount. It is negative
before the event. A step that passes an event is taken again, to a length that regula falsi finds, until
the state at its end, its algebraic part solved, meets it: an event is a state, not a point of a
polynomial.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control, Quantity, Result, StopReason
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.failure import VOLTAGE_BOUND
from solidcell.kernels.half_cell import Drive
from solidcell.kernels.layout import Offsets
from solidcell.kernels.lithium_metal import FAILED_CONTACT, film_lithium, void_contact
from solidcell.kernels.mechanics import LOOSE_PRESSURE
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.outputs import connected_stoichiometry
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.protocol import Protocol
from solidcell.kernels.rosenbrock import Stages, dense_output, interpolated
from solidcell.kernels.tableaus import Tableau

FloatArray = npt.NDArray[np.float64]

CURRENT_CONTROL = int(Control.CURRENT)
POWER_CONTROL = int(Control.POWER)
VOLTAGE = int(Quantity.VOLTAGE)
CURRENT = int(Quantity.CURRENT)
CAPACITY = int(Quantity.CAPACITY)
ENERGY = int(Quantity.ENERGY)
STOICHIOMETRY = int(Quantity.STOICHIOMETRY)
FINISHED = int(Result.FINISHED)
CONTACT_LOST = int(Result.CONTACT_LOST)
STACK_LOOSE = int(Result.STACK_LOOSE)
VOLTAGE_OUT_OF_BOUNDS = int(Result.VOLTAGE_OUT_OF_BOUNDS)
REASON_VOLTAGE = int(StopReason.VOLTAGE)
REASON_ENERGY = int(StopReason.ENERGY)
REASON_STATE_OF_CHARGE = int(StopReason.STATE_OF_CHARGE)
REASON_CUT_OFF = int(StopReason.CUT_OFF)
REASON_LITHIUM = int(StopReason.LITHIUM)
REASON_STOPPED = int(StopReason.STOPPED)

HOUR = 3600.0
"""s."""
VOLTS_MET, CURRENT_MET = 1e-5, 1e-6
"""V, and 1C: distances from a limit at which it counts as met."""
SHARP, SHARPEST = 1e-5, 1e-3
"""Tolerance below which these distances shrink with it, as an end that is off by them would stand out,
and how far they shrink: digits of a voltage end there."""
AMOUNT_MET = 1e-8
"""The same of charge, energy and lithium fraction as a share; of lithium, of an hour at 1C."""
SHARE_MET = 1e-6
"""The same of contact and of pressure, as a share."""
SATURATED = 0.1
"""Share by which a current may rise down to a limit and still have found no way on: elsewhere it would
rise many times."""
AT_REST = 1e-9
"""1C; a plane or a cell that carries no more is at rest."""
BISECTIONS = 60

# Events follow the terminations of a step in this order: the cell's cut-offs, each plane's lithium and
# contact, the stack's pressure, and the voltage that no electrolyte stands.
LOWER, UPPER, LITHIUM, CONTACT, STACK, BOUND = 0, 1, 2, 4, 6, 7


@kernel
def watched(
    quantity: int, cell: HalfCell, o: Offsets, y: FloatArray, charge: float, energy: float
) -> float:
    """Value that a termination watches.

    Voltage (V); size of the current (A/m2), of the charge (C/m2) or energy (J/m2) passed since those of
    the step's start; mean lithium fraction of the connected particles.
    """
    if quantity == CURRENT:
        return float(abs(y[o.current_density]))
    if quantity == CAPACITY:
        return float(abs(y[o.discharge_charge] - y[o.charge_charge] - charge))
    if quantity == ENERGY:
        return float(abs(y[o.discharge_energy] - y[o.charge_energy] - energy))
    if quantity == STOICHIOMETRY:
        return connected_stoichiometry(cell, o, y)
    return float(y[o.voltage])


@inline_kernel
def sharpness(tolerance: float) -> float:
    """Factor to the distances at which voltages and currents count as met."""
    return min(1.0, max(SHARPEST, tolerance / SHARP))


@inline_kernel
def met_within(quantity: int, one_c: float, target: float, sharp: float) -> float:
    """Distance from its target at which a termination counts as met, in its unit."""
    if quantity == CURRENT:
        return sharp * CURRENT_MET * one_c
    if quantity == VOLTAGE:
        return sharp * VOLTS_MET
    if quantity == STOICHIOMETRY:
        return AMOUNT_MET
    return max(AMOUNT_MET * target, 1e-300)


@kernel
def watch(
    cell: HalfCell,
    coefficients: Coefficients,
    o: Offsets,
    protocol: Protocol,
    row: int,
    charge: float,
    energy: float,
    directions: FloatArray,
    tolerance: float,
    y: FloatArray,
    distances: FloatArray,
) -> None:
    """Signed distance of every event from the state `y`, in what counts as met.

    Parameters
    ----------
    charge, energy
        Net charge (C/m2) and energy (J/m2) at the beginning of the protocol step.
    directions
        From which side each termination is approached, (terminations,).
    tolerance
        Of the solver.
    distances
        Written, (terminations + `STANDING_EVENTS`,): minus infinity where an event can't happen.
    """
    first = directions.size
    one_c, sharp = cell.nominal_current_density, sharpness(tolerance)
    for m in range(distances.size):
        distances[m] = -np.inf
    for m in range(protocol.termination_count[row]):
        quantity, target = protocol.termination_quantity[row, m], protocol.termination_value[row, m]
        value = watched(quantity, cell, o, y, charge, energy)
        met = met_within(quantity, one_c, target, sharp)
        distances[m] = directions[m] * (value - target) / met
    voltage, current = y[o.voltage], y[o.current_density]
    if current > AT_REST * one_c:
        distances[first + LOWER] = (protocol.lower_cutoff[row] - voltage) / (sharp * VOLTS_MET)
    elif current < -AT_REST * one_c:
        distances[first + UPPER] = (voltage - protocol.upper_cutoff[row]) / (sharp * VOLTS_MET)
    for p in range(cell.planes):
        # What the double layer of a plane strips when it relaxes at rest is none of the cell's current.
        through = current if p == 0 else -current
        if min(y[o.plane_current + p], through) > AT_REST * one_c:
            left = y[o.plated_lithium + p]
            left -= film_lithium(cell.lithium, y[o.plane_film_square + p])
            distances[first + LITHIUM + p] = -left * FARADAY / (AMOUNT_MET * HOUR * one_c)
        if cell.lithium.voids:
            theta, _ = void_contact(cell.lithium, coefficients, y[o.void_thickness + p])
            distances[first + CONTACT + p] = (FAILED_CONTACT - theta) / SHARE_MET
    loose = LOOSE_PRESSURE - y[o.stack_pressure]
    # The least pressure that is allowed is not loose yet.
    distances[first + STACK] = loose / (SHARE_MET * LOOSE_PRESSURE) - 2.0
    distances[first + BOUND] = (abs(voltage) - VOLTAGE_BOUND) / VOLTS_MET


@inline_kernel
def approach(
    protocol: Protocol, row: int, first: int, distances: FloatArray, tolerance: float
) -> tuple[bool, bool]:
    """Whether the end of a step may meet an event once its algebraic part is solved, or passes one.

    Voltages and currents of a step are as good as its tolerance (V, 1C), the other events as good as
    they are.
    """
    near, beyond = False, False
    error = tolerance / sharpness(tolerance)
    for m in range(distances.size):
        margin = 1.0
        if m < first:
            quantity = protocol.termination_quantity[row, m]
            if quantity == VOLTAGE:
                margin = error / VOLTS_MET
            elif quantity == CURRENT:
                margin = error / CURRENT_MET
        elif m < first + LITHIUM:
            margin = error / VOLTS_MET
        margin = max(margin, 1.0)
        near |= distances[m] >= -margin
        beyond |= distances[m] > margin
    return near, beyond


@inline_kernel
def foremost(distances: FloatArray) -> int:
    """Index of the event that is met by most, or that is nearest."""
    found = 0
    for m in range(distances.size):
        if distances[m] > distances[found]:
            found = m
    return found


@inline_kernel
def meaning(protocol: Protocol, row: int, first: int, event: int) -> tuple[int, int]:
    """`StopReason` of an event, and the `Result` of the run if it ends that, too."""
    if event < first:
        quantity = protocol.termination_quantity[row, event]
        if quantity == ENERGY:
            return REASON_ENERGY, FINISHED
        if quantity == STOICHIOMETRY:
            return REASON_STATE_OF_CHARGE, FINISHED
        return REASON_VOLTAGE + quantity - VOLTAGE, FINISHED
    standing = event - first
    if standing < LITHIUM:
        return REASON_CUT_OFF, FINISHED
    if standing < CONTACT:
        return REASON_LITHIUM, FINISHED
    if standing < STACK:
        return REASON_STOPPED, CONTACT_LOST
    return REASON_STOPPED, STACK_LOOSE if standing == STACK else VOLTAGE_OUT_OF_BOUNDS


@inline_kernel
def straight(behind: float, beyond: float) -> float:
    """Share of a bracket after which a straight line through its ends vanishes."""
    share = behind / (behind - beyond)
    # What can't happen where the bracket begins is looked for in its middle; so is what is no number.
    return share if share > 0.0 else 0.5


@inline_kernel
def regula_falsi(behind: FloatArray, beyond: FloatArray) -> float:
    """Least share of a bracket after which one of the events beyond its end is met."""
    share = 1.0
    for m in range(behind.size):
        if beyond[m] > 1.0:
            share = min(share, straight(behind[m], beyond[m]))
    return share


@inline_kernel
def awaited(
    protocol: Protocol, o: Offsets, row: int, directions: FloatArray, m: int
) -> tuple[int, float, float]:
    """Entry of the state that an event waits for, or -1, its target, and the side where it is met."""
    first = directions.size
    if m < protocol.termination_count[row]:
        quantity = protocol.termination_quantity[row, m]
        target = protocol.termination_value[row, m]
        if quantity == VOLTAGE:
            return o.voltage, target, directions[m]
        if quantity == CURRENT:
            return o.current_density, target, directions[m]
    elif m == first + LOWER:
        return o.voltage, protocol.lower_cutoff[row], -1.0
    elif m == first + UPPER:
        return o.voltage, protocol.upper_cutoff[row], 1.0
    return -1, 0.0, 1.0


@kernel
def likely_size(
    method: Tableau,
    stages: Stages,
    o: Offsets,
    protocol: Protocol,
    row: int,
    directions: FloatArray,
    behind: FloatArray,
    beyond: FloatArray,
    bracket: tuple[float, float],
    size: float,
) -> float:
    """Length between those of a bracket at which a step is likely to meet an event, s.

    By the dense output of the last try, of length `size`, where the event is one of voltage or current:
    next to its end that is as good as the state there, which lies ever closer to the event. Other
    events are close to straight lines.
    """
    low, high = bracket
    least = high
    for m in range(behind.size):
        if not beyond[m] > 1.0:
            continue
        found = low + straight(behind[m], beyond[m]) * (high - low)
        entry, target, side = awaited(protocol, o, row, directions, m)
        if entry >= 0:
            shorter, longer = low / size, high / size
            k = dense_output(method, stages, entry)
            for _ in range(BISECTIONS):
                middle = 0.5 * (shorter + longer)
                value = interpolated(stages, entry, k, middle)
                if entry == o.current_density:
                    value = abs(value)
                if side * (value - target) >= 0.0:
                    longer = middle
                else:
                    shorter = middle
            # Where the polynomial never gets there, it says nothing.
            if shorter > low / size and longer < high / size:
                found = longer * size
        least = min(least, found)
    return least


@inline_kernel
def limit_ahead(protocol: Protocol, row: int, command: Drive) -> tuple[float, int]:
    """Voltage limit towards which a step's current or power drives the cell, V, and its `StopReason`.

    NaN without one.
    """
    if command.kind == CURRENT_CONTROL or command.kind == POWER_CONTROL:
        for m in range(protocol.termination_count[row]):
            towards = protocol.termination_direction[row, m] * command.setpoint <= 0.0
            if protocol.termination_quantity[row, m] == VOLTAGE and towards:
                return protocol.termination_value[row, m], REASON_VOLTAGE
        if command.setpoint > 0.0 and protocol.lower_cutoff[row] > -np.inf:
            return protocol.lower_cutoff[row], REASON_CUT_OFF
        if command.setpoint < 0.0 and protocol.upper_cutoff[row] < np.inf:
            return protocol.upper_cutoff[row], REASON_CUT_OFF
    return np.nan, REASON_VOLTAGE


@inline_kernel
def falls_short(
    o: Offsets, command: Drive, time: float, one_c: float, y: FloatArray, midway: bool
) -> bool:
    """Whether the current or power of a state is less than a step asks for.

    Midway it may be as much to a tenth: where no node has sites left, no voltage gives any more.
    """
    given, asked = y[o.current_density], command.setpoint + command.ramp * (time - command.start)
    # Where surfaces are full, the same current flows at any voltage, but for round-off.
    allowed = CURRENT_MET * one_c
    if command.kind == POWER_CONTROL:
        given *= y[o.voltage]
        allowed *= abs(y[o.voltage])
    if midway:
        given *= 1.0 - SATURATED
    return bool(given < asked + allowed if asked > 0.0 else given > asked - allowed)
