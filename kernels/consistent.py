"""Consistent states: equilibrium, and the beginning of a protocol step by Newton's method.

The lithium in the particles is given; surface compositions, reaction currents, cell current and
voltage follow from the control that has just begun.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control, Result
from solidcell.kernels.composite_electrode import utilisation
from solidcell.kernels.condensation import factorize_system, solve_system
from solidcell.kernels.half_cell import Drive, evaluate
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.outputs import equilibrium_voltage
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.particle import (
    extrapolate,
    fraction_at,
    kirchhoff,
    kirchhoff_potential,
)
from solidcell.kernels.surface import BEND, PINNED, coordinate_of, fraction
from solidcell.kernels.vector import as_matrix
from solidcell.kernels.workspace import (
    AHEAD,
    DIFFUSIVITY,
    FLUX_SCALE,
    REACHED,
    Workspace,
    charges,
)

FloatArray = npt.NDArray[np.float64]

CURRENT_CONTROL = int(Control.CURRENT)
VOLTAGE_CONTROL = int(Control.VOLTAGE)
POWER_CONTROL = int(Control.POWER)
RESISTANCE_CONTROL = int(Control.RESISTANCE)
FINISHED = int(Result.FINISHED)
NOT_A_NUMBER = int(Result.NOT_A_NUMBER)
SETPOINT_OUT_OF_REACH = int(Result.SETPOINT_OUT_OF_REACH)

PINNED_BEYOND = 14.0 * BEND
"""Least distance beyond full of a surface that counts as full, or empty: it has 1.7e-9 of its sites,
more than `PINNED`, so that no solution lies short of it."""
COORDINATE_STEP = 20.0 * BEND
"""Largest step of a coordinate: half a volt where hardly a site is left."""
NOT_ALL = 0.9
"""Share of a surface's last sites that a Newton step may take."""
FROZEN = 1e-200
"""Implicit step, s, in which nothing can change, not even a film under a potential out of bounds."""
ITERATIONS = 200
CONVERGED, ROUNDED = 1e-11, 1e-15
"""Change of voltage (V) and of currents (1C) below which Newton stops, and error left after it."""
QUADRATIC = 1e-2
"""Ratio of two changes below which Newton's method converges as the square."""
UNSEEN = 1e-4
"""Weight of reaction currents without double layers in that change."""
STALLED = 1e-7
"""Change below which an iteration that no longer halves it has met round-off: next to x = 1 the
kinetics see 1 - x, of which few digits are left."""
OVERSHOOT = 0.5
"""Share of the first fall of the content that its rise at the end of a Newton step may reach."""
SHORTEST = 2.0**-20
"""Least fraction of a Newton step that the line search tries."""
ROUND_OFF = 1e-9
"""Rise of the content, as a share of a volt at 1C, below which the line search trusts every step."""
ALIKE = 3.0
"""Ratio of currents up to which the old reaction currents, scaled, are a good guess."""
CORRECTIONS = 8
"""At most so many to bring a surface back; one where D hardly changes."""
DIGITS = 1e-13
"""Distance beyond empty or full that is round-off; a surface farther out is brought back to the end."""
LEAST_VOLTAGE = 0.1
"""V; where there is less, the current for a power is first guessed from this."""


@kernel
def initial_state(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    stoichiometry: float,
    lithium: float,
    pressure: float,
    y: FloatArray,
) -> None:
    """A fresh cell in equilibrium at a lithium fraction; `y` is written.

    Parameters
    ----------
    stoichiometry
        Of the particles.
    lithium
        Metal on each plane, mol/m2.
    pressure
        Stack pressure, Pa, the highest that lithium has seen.
    """
    o = work.offsets
    y[:] = 0.0
    for n in range(o.mean_stoichiometry):
        y[n] = stoichiometry
    for k in range(work.nodes.shape[1]):
        y[o.contact_retention + k] = cell.contact_retention[k]
        connected = utilisation(cell, cell.contact_retention[k])
        y[o.utilisation + k] = connected
        y[o.active_share + k] = 1.0
        y[o.isolated_lithium + k] = (1.0 - connected) * stoichiometry
        y[o.film_square + k] = cell.film.initial_thickness**2
    for p in range(cell.planes):
        y[o.plated_lithium + p] = lithium
        y[o.plane_film_square + p] = cell.lithium.film.initial_thickness**2
    y[o.stack_pressure] = pressure
    y[o.highest_pressure] = pressure
    equilibrate(cell, coefficients, work, stoichiometry, y)


@kernel
def equilibrate(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, stoichiometry: float, y: FloatArray
) -> None:
    """Put particles and lithium at rest at a lithium fraction, in place on `y`.

    Voids have healed; contact, films and what has been counted stay as they are.
    """
    o = work.offsets
    for n in range(o.mean_stoichiometry):
        y[n] = stoichiometry
    voltage = 0.0
    if work.nodes.shape[1] > 0:
        voltage = equilibrium_voltage(cell, coefficients, stoichiometry)
    for k in range(work.nodes.shape[1]):
        y[o.mean_stoichiometry + k] = stoichiometry
        y[o.surface_coordinate + k] = coordinate_of(stoichiometry)
        y[o.potential_difference + k] = voltage
        y[o.reaction_current + k] = 0.0
    for p in range(cell.planes):
        y[o.void_thickness + p] = 0.0
        y[o.plane_voltage + p] = 0.0
        y[o.plane_current + p] = 0.0
    y[o.current_density] = 0.0
    y[o.voltage] = voltage


@inline_kernel
def descent(cell: HalfCell, work: Workspace, residual: FloatArray, step: FloatArray) -> float:
    """Rate at which the content of the network falls along a step, W/m2.

    The cell is a network of resistances that only rise with their current: its currents are those of
    least content, the sum of ``int w dJ`` over reactions, planes and resistances (Millar 1951, doi
    10.1080/14786445108561371). Where Kirchhoff's and Ohm's laws hold already, the derivative of the
    content is the residual of the kinetics alone; it falls to zero on the way and then changes sign.
    """
    o = work.offsets
    total = 0.0
    for k in range(work.nodes.shape[1]):
        n = o.reaction_current + k
        total += cell.width[k] * residual[n] * step[n]
    for n in range(o.plane_current, o.current_density):
        total += residual[n] * step[n]
    return float(total)


@inline_kernel
def ends_of_surface(cell: HalfCell) -> tuple[float, float]:
    """Kirchhoff potentials below and above which a surface is empty or full to `PINNED`."""
    empty, steep_empty = kirchhoff_potential(cell, 0.0)
    full, steep_full = kirchhoff_potential(cell, 1.0)
    return empty + PINNED * steep_empty, full - PINNED * steep_full


@kernel
def follow_surfaces(cell: HalfCell, work: Workspace, y: FloatArray) -> None:
    """Coordinate of every surface that its shells and its current reach, in place on `y`.

    The row AHEAD keeps the Kirchhoff potential that shells and reaction current reach. Where hardly a
    site is left the coordinate is an unknown of Newton's method, and is kept as it is.
    """
    o = work.offsets
    empty, full = ends_of_surface(cell)
    ahead = work.nodes[AHEAD]
    for k in range(ahead.size):
        flux = work.nodes[FLUX_SCALE, k] * y[o.reaction_current + k]
        ahead[k] = work.nodes[REACHED, k] + cell.surface_reach / work.nodes[DIFFUSIVITY, k] * flux
    for k in range(ahead.size):
        n = o.surface_coordinate + k
        if ahead[k] > full:
            y[n] = max(y[n], 1.0 + PINNED_BEYOND)
        elif ahead[k] < empty:
            y[n] = min(y[n], -PINNED_BEYOND)
        else:
            y[n] = coordinate_of(fraction_at(cell, ahead[k], fraction(y[n])))


@kernel
def room_ahead(cell: HalfCell, work: Workspace, step: FloatArray) -> float:
    """Largest share of a step of reaction currents, at most 1, that leaves every surface a site.

    The flux of a reaction current moves the surface by ``reach`` times its gradient. Of the room that a
    surface has, a step takes `NOT_ALL` at most. A surface without room is led by its potential.
    """
    o = work.offsets
    share = 1.0
    empty, full = ends_of_surface(cell)
    last, _ = kirchhoff_potential(cell, 0.0)
    most, _ = kirchhoff_potential(cell, 1.0)
    for k in range(work.nodes.shape[1]):
        ahead = work.nodes[AHEAD, k]
        if not empty <= ahead <= full:
            continue
        move = cell.surface_reach * work.nodes[FLUX_SCALE, k] / work.nodes[DIFFUSIVITY, k]
        move *= step[o.reaction_current + k]
        if move > 0.0:
            share = min(share, NOT_ALL * (most - ahead) / move)
        elif move < 0.0:
            share = min(share, NOT_ALL * (last - ahead) / move)
    return share


@kernel
def newton(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    time: float,
    y: FloatArray,
    rhs: FloatArray,
    step: FloatArray,
    search: bool,
) -> tuple[int, int]:
    """Newton's method on currents, voltages and pressure from the guess in `y`, in place.

    Surfaces follow from shells and currents, and are never led astray: no step takes the last site of
    one that has any. One without takes the coordinate that its potential needs. `rhs` and `step` are
    scratch. With ``search`` a step that passes the least content by far is halved; the content is
    convex, so that the search ends wherever it began.

    Returns
    -------
    (int, int)
        A `Result`, and the number of residuals evaluated.
    """
    o = work.offsets
    scale = cell.nominal_current_density
    before, share, falling = np.inf, 1.0, np.inf
    differential = o.surface_coordinate if charges(work) else o.potential_difference
    empty, full = ends_of_surface(cell)
    for iteration in range(ITERATIONS):
        follow_surfaces(cell, work, y)
        evaluate(cell, coefficients, drive, work, time, y, rhs)
        if search and iteration > 0 and share > SHORTEST:
            passed = OVERSHOOT * falling + ROUND_OFF * scale
            # A NaN is no improvement, either.
            if not descent(cell, work, rhs, step) >= -passed:
                share *= 0.5
                for n in range(o.potential_difference, o.length):
                    y[n] -= share * step[n]
                continue
        factorize_system(cell, coefficients, drive, work, time, y, FROZEN)
        for n in range(differential):
            rhs[n] = 0.0
        for k in range(work.nodes.shape[1]):
            if empty <= work.nodes[AHEAD, k] <= full:
                rhs[o.surface_coordinate + k] = 0.0
        for n in range(o.potential_difference, o.length):
            step[n] = rhs[n]
        solve_system(cell, coefficients, drive, work, y, FROZEN, rhs)
        # The first step has Kirchhoff's laws hold: it is taken whatever the content. So is one uphill,
        # as a mesh far coarser than the zone of reaction may ask for.
        falling = descent(cell, work, step, rhs)
        if iteration == 0 or not falling > 0.0:
            falling = np.inf
        change = abs(rhs[o.voltage])
        if not abs(rhs[o.current_density]) / scale <= change:
            change = abs(rhs[o.current_density]) / scale
        # Next to its double layer, or to other nodes, a reaction hardly shows in voltage and current.
        # Next to others it has fewer digits, too.
        weight = 1.0 if charges(work) else UNSEEN
        for k in range(work.nodes.shape[1]):
            reaction = weight * cell.width[k] * abs(rhs[o.reaction_current + k]) / scale
            if not reaction <= change:
                change = reaction
        for p in range(cell.planes):
            stripping = weight * abs(rhs[o.plane_current + p]) / scale
            if not stripping <= change:
                change = stripping
        if np.isnan(change):
            # Not a number at the guess already: a property is none. Later: the search has diverged.
            return NOT_A_NUMBER if iteration == 0 else SETPOINT_OUT_OF_REACH, iteration
        share = room_ahead(cell, work, rhs)
        limited = False
        for n in range(o.surface_coordinate, o.reaction_current):
            limited |= abs(rhs[n]) > COORDINATE_STEP
            rhs[n] = min(max(rhs[n], -COORDINATE_STEP), COORDINATE_STEP)
        for n in range(o.potential_difference, o.length):
            step[n] = rhs[n]
            y[n] += share * rhs[n]
        stalled = change < STALLED and change > 0.5 * before
        # Errors fall as their square: what this step leaves follows from it and the one before.
        left = change
        if iteration > 0 and change < QUADRATIC * before:
            left *= (change / before) ** 2
        if share == 1.0 and not limited and (change < CONVERGED or left < ROUNDED or stalled):
            follow_surfaces(cell, work, y)
            return FINISHED, iteration + 1
        before = change
    return SETPOINT_OUT_OF_REACH, ITERATIONS


@inline_kernel
def beyond_its_sites(x: FloatArray) -> bool:
    """Whether a shell holds more than its sites, or less than nothing; any shape in one dimension."""
    found = 0
    for n in range(x.size):
        found += not 0.0 <= x[n] <= 1.0
    return found > 0


@kernel
def bring_back_shells(cell: HalfCell, x: FloatArray) -> None:
    """Pass on what shells hold beyond their sites, or lack below nothing, in place; lithium is kept.

    A step may end so by its local error. Where a surface is full such a shell goes on pushing lithium
    towards it, whose lithium fraction can't rise: no coordinate satisfies the surface's equation. What
    is too much goes to the next shell towards the centre, and what the centre can't hold back again.
    Shells end as far short of full, or of empty, as the one farthest beyond was beyond it, which is
    how well they are known: a surface without any room carries no current that could grow.

    Parameters
    ----------
    x
        Lithium fractions, (shells, nodes).
    """
    last, volume = x.shape[0] - 1, cell.shell_volume
    for k in range(x.shape[1]):
        short, over = 0.0, 0.0
        for i in range(last + 1):
            short = max(short, -x[i, k])
            over = max(over, x[i, k] - 1.0)
        if max(short, over) == 0.0:
            continue
        for i in range(last, 0, -1):
            kept = min(max(x[i, k], short), 1.0 - over)
            x[i - 1, k] += (x[i, k] - kept) * volume[i] / volume[i - 1]
            x[i, k] = kept
        for i in range(last):
            kept = min(max(x[i, k], short), 1.0 - over)
            x[i + 1, k] += (x[i, k] - kept) * volume[i] / volume[i + 1]
            x[i, k] = kept


@kernel
def bring_back_surface(cell: HalfCell, k: int, x: FloatArray, slopes: FloatArray) -> None:
    """Change a particle's shells by little that brings its surface between empty and full, in place.

    A step may end with shells whose extrapolation lies beyond by its local error, and no kinetics is
    possible there. It gets as far within, as by `bring_back_shells`. Each shell i of the three
    outermost is changed by ``a [w_i D_i / v_i - sum w D]``, the others by its second part, so that
    lithium is kept and ``sum w Phi`` returns into the range.

    Parameters
    ----------
    x
        Lithium fractions, (shells, nodes); column `k` is changed.
    slopes
        Scratch, same shape.
    """
    last = x.shape[0] - 1
    for _ in range(CORRECTIONS):
        reached, total, square = 0.0, 0.0, 0.0
        for m in range(3):
            i = last - 2 + m
            potential, steep = kirchhoff_potential(cell, x[i, k])
            steep *= cell.surface_weight[m]
            reached += cell.surface_weight[m] * potential
            total += steep
            square += steep * steep / (3.0 * cell.shell_volume[i])
            slopes[i, k] = steep
        missing = 0.0
        for bound in range(2):
            inwards = 1.0 - 2.0 * bound
            potential, steep = kirchhoff_potential(cell, float(bound))
            if inwards * (reached - potential) < -DIGITS * steep:
                missing = 2.0 * (potential - reached)
        if missing == 0.0:
            return
        size = missing / (square - total * total)
        for i in range(last + 1):
            x[i, k] -= size * total
        for i in range(last - 2, last + 1):
            x[i, k] += size * slopes[i, k] / (3.0 * cell.shell_volume[i])


@inline_kernel
def consistent_state(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    time: float,
    y: FloatArray,
    rhs: FloatArray,
    step: FloatArray,
    near: bool,
) -> tuple[int, int]:
    """Solve the algebraic equations at `time` in place on `y`.

    Where the current hardly changes, the old reaction currents are scaled. Else, and where that
    diverges, the search starts from rest: an overpotential is concave in its current, so that Newton's
    method mostly approaches from there without overshooting, and a line search sees to the rest. A
    power is approached from the current that it would take at the old voltage: over the current it is
    concave.

    Parameters
    ----------
    y
        State vector; its algebraic entries are the first guess.
    rhs, step
        Scratch, same shape.
    near
        Whether `y` is next to the solution already, as where a solver step has ended.

    Returns
    -------
    (int, int)
        A `Result`, and the number of residuals evaluated.
    """
    o = work.offsets
    shells, nodes = work.phi.shape
    if nodes > 0:
        x = as_matrix(y, shells, nodes)
        if beyond_its_sites(y[: o.mean_stoichiometry]):
            bring_back_shells(cell, x)
        for k in range(nodes):
            bring_back_surface(cell, k, x, work.phi)
        if cell.constant_diffusivity:
            extrapolate(cell, x, work.nodes[REACHED])
        else:
            kirchhoff(cell, x, work.intervals, work.phi)
            extrapolate(cell, work.phi, work.nodes[REACHED])
    current, voltage = y[o.current_density], y[o.voltage]
    guess = drive.setpoint + drive.ramp * (time - drive.start)
    if drive.kind == VOLTAGE_CONTROL:
        guess = current
    elif drive.kind == POWER_CONTROL:
        guess = guess / max(voltage, LEAST_VOLTAGE)
    elif drive.kind == RESISTANCE_CONTROL:
        guess = voltage / guess
    # Double layers keep their voltages, and the reaction its current.
    alike = (
        near or charges(work) or (current * guess > 0.0 and 1.0 / ALIKE < guess / current < ALIKE)
    )
    code, spent = FINISHED, 0
    # From the old currents, if they are alike; from rest, with a line search; a power from there.
    powered = drive.kind == POWER_CONTROL
    for attempt in range(0 if alike else 1, 3 if powered else 2):
        closing = drive
        if powered and attempt == 1:
            closing = Drive(CURRENT_CONTROL, guess, 0.0, time, drive.fixture)
        for n in range(o.reaction_current, o.current_density):
            if attempt == 1:
                y[n] = 0.0
            elif attempt == 0 and not near and not charges(work):
                y[n] *= guess / current
        if attempt == 1 or (attempt == 0 and not near):
            # A voltage says nothing about the sign of its current: rest has none.
            unknown = attempt == 1 and drive.kind == VOLTAGE_CONTROL
            y[o.current_density] = 0.0 if unknown else guess
        if attempt == 1:
            y[o.voltage] = voltage
        code, iterations = newton(
            cell, coefficients, closing, work, time, y, rhs, step, attempt == 1
        )
        spent += iterations
        if code == FINISHED and not (powered and attempt == 1):
            break
    return code, spent
