"""Consistent states: equilibrium, and the beginning of a protocol step by Newton's method.

The lithium in the particles is given; surface compositions, reaction currents, cell current and
voltage follow from the control that has just begun.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control, Result
from solidcell.kernels.half_cell import Drive, Workspace, evaluate, factorize_system, solve_system
from solidcell.kernels.options import kernel
from solidcell.kernels.outputs import equilibrium_voltage
from solidcell.kernels.parameters import Coefficients, HalfCell

FloatArray = npt.NDArray[np.float64]

VOLTAGE_CONTROL = int(Control.VOLTAGE)
POWER_CONTROL = int(Control.POWER)
RESISTANCE_CONTROL = int(Control.RESISTANCE)
FINISHED = int(Result.FINISHED)
NOT_A_NUMBER = int(Result.NOT_A_NUMBER)
SETPOINT_OUT_OF_REACH = int(Result.SETPOINT_OUT_OF_REACH)

FROZEN = 1e-30
"""Implicit step, s, in which no particle can change."""
ITERATIONS = 60
CONVERGED = 1e-11
"""Change of voltage (V), surface composition (1) and relative current below which Newton stops."""
STALLED = 1e-7
"""Change below which an iteration that no longer halves it has met round-off: next to x = 1 the
kinetics see 1 - x, of which few digits are left."""
ALIKE = 3.0
"""Ratio of currents up to which the old reaction currents, scaled, are a good guess."""


@kernel
def initial_state(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    stoichiometry: float,
    lithium: float,
    y: FloatArray,
) -> None:
    """Uniform equilibrium at a lithium fraction, with `lithium` metal (mol/m2); `y` is written."""
    o = work.offsets
    y[:] = 0.0
    for n in range(o.reaction_current):
        y[n] = stoichiometry
    y[o.lithium_metal] = lithium
    y[o.voltage] = equilibrium_voltage(cell, coefficients, stoichiometry)


@kernel
def newton(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    time: float,
    y: FloatArray,
    rhs: FloatArray,
) -> tuple[int, int]:
    """Newton's method on the algebraic equations from the guess in `y`, in place.

    Returns
    -------
    (int, int)
        A `Result`, and the number of iterations.
    """
    o = work.offsets
    scale = cell.nominal_current_density
    before = np.inf
    for iteration in range(ITERATIONS):
        evaluate(cell, coefficients, drive, work, time, y, rhs)
        factorize_system(cell, coefficients, drive, work, time, y, FROZEN)
        for n in range(o.surface_stoichiometry):
            rhs[n] = 0.0
        for n in range(o.discharge_charge, o.size):
            rhs[n] = 0.0
        solve_system(cell, coefficients, work, y, FROZEN, rhs)
        change = abs(rhs[o.voltage])
        if not abs(rhs[o.current_density]) / scale <= change:
            change = abs(rhs[o.current_density]) / scale
        for n in range(o.surface_stoichiometry, o.reaction_current):
            if not abs(rhs[n]) <= change:
                change = abs(rhs[n])
        if np.isnan(change):
            # Not a number at the guess already: a property is none. Later: the search has diverged.
            return NOT_A_NUMBER if iteration == 0 else SETPOINT_OUT_OF_REACH, iteration
        # Surfaces may not leave (0, 1), where the kinetics end: take at most 90 % of the way.
        damping = 1.0
        for n in range(o.surface_stoichiometry, o.reaction_current):
            if rhs[n] > 0.0:
                damping = min(damping, max(0.9 * (1.0 - y[n]) / rhs[n], 1e-3))
            elif rhs[n] < 0.0:
                damping = min(damping, max(-0.9 * y[n] / rhs[n], 1e-3))
        for n in range(o.surface_stoichiometry, o.discharge_charge):
            y[n] += damping * rhs[n]
        stalled = change < STALLED and change > 0.5 * before
        if damping == 1.0 and (change < CONVERGED or stalled):
            return FINISHED, iteration + 1
        before = change
    return SETPOINT_OUT_OF_REACH, ITERATIONS


@kernel
def consistent_state(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    time: float,
    y: FloatArray,
    rhs: FloatArray,
) -> tuple[int, int]:
    """Solve the algebraic equations at `time` in place on `y`.

    Where the current hardly changes, the old reaction currents are scaled. Else the search starts
    from rest: an overpotential is concave in its current, so that Newton's method approaches from
    there without overshooting, while from the old currents it may diverge.

    Parameters
    ----------
    y
        State vector; its algebraic entries are the first guess.
    rhs
        Scratch, same shape.

    Returns
    -------
    (int, int)
        A `Result`, and the number of iterations.
    """
    o = work.offsets
    current, voltage = y[o.current_density], y[o.voltage]
    guess = drive.setpoint + drive.ramp * (time - drive.start)
    if drive.kind == VOLTAGE_CONTROL:
        guess = current
    elif drive.kind == POWER_CONTROL:
        guess = guess / voltage
    elif drive.kind == RESISTANCE_CONTROL:
        guess = voltage / guess
    alike = current * guess > 0.0 and 1.0 / ALIKE < guess / current < ALIKE
    spent = 0
    if alike:
        for n in range(o.reaction_current, o.current_density):
            y[n] *= guess / current
        y[o.current_density] = guess
        code, spent = newton(cell, coefficients, drive, work, time, y, rhs)
        if code == FINISHED:
            return code, spent
    outermost = o.surface_stoichiometry - work.nodal.size
    for k in range(work.nodal.size):
        y[o.surface_stoichiometry + k] = y[outermost + k]
        y[o.reaction_current + k] = 0.0
    y[o.current_density] = guess
    y[o.voltage] = voltage
    code, iterations = newton(cell, coefficients, drive, work, time, y, rhs)
    return code, spent + iterations
