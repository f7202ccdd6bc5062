"""One step of a Rosenbrock method for the half cell, its error and its dense output.

One linear system with one factorisation serves all stages, and nothing has to iterate: a step costs
one condensed Jacobian and as many residuals and solves as the method has stages. A one-step method
carries no history, so a discontinuity of the protocol costs one consistent state and a restart from
a checkpoint is exact. Linear invariants (lithium, charge) are kept to round-off.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.active_material import lagging, loses_material
from solidcell.kernels.composite_electrode import film_grows
from solidcell.kernels.condensation import factorize_system, solve_system
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.cracking import crack, cracks
from solidcell.kernels.half_cell import Drive, evaluate
from solidcell.kernels.interphase import THINNEST
from solidcell.kernels.linearisation import slow_states
from solidcell.kernels.lithium_metal import NO_FILM, void_contact
from solidcell.kernels.options import embedded_kernel, inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.surface import fill_sites, fraction, is_astray
from solidcell.kernels.tableaus import Tableau
from solidcell.kernels.vector import copy
from solidcell.kernels.workspace import (
    FILLED,
    FREE,
    SCRATCH,
    STEEP,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]

HOUR = 3600.0
"""s."""
NANOMETRE = 1e-9
FEW_SITES, FEW_TOLERANCES = 1e-3, 10.0
"""x (1 - x) of a surface below which its potential sees the sites that are left, and the same in
tolerances: an error as large as what is left would fill it."""
TAKEN_OVER, LARGEST = 0.08, 0.12
"""Weight of the error of such a potential, as it moves the reaction to other nodes and the voltage
little, and the largest error of its logarithm at any tolerance."""
IDLE_SHARE = 0.01
"""Share of the mean reaction current at 1C below which the logit of a surface counts less."""
BOOKED = 0.01
"""Weight of the error of what is only counted."""
SHARE_LEAST = 0.1
"""Change of a share (of contact, of material) from which on its error counts less than as it is."""
WAY_LEAST = 0.1
"""The same of the damage of pores."""
FIRST_LEAST = 0.02
"""Share of the film of the first charge from which on its error counts by what has grown."""


class Stages(NamedTuple):
    """Memory of one step.

    Attributes
    ----------
    increments
        u_i of every stage, (stages, states).
    argument, residual
        Argument and right-hand side of the stage at work, (states,).
    start
        State at the beginning of the step, (states,).
    end
        State at its end, (states,).
    middle
        State in its middle, where material is lost: see `write_middle`, (states,).
    kept
        End and middle of a step while rows within it are looked for, (2, states).
    scratch
        Of Newton's method, (states,).
    """

    increments: FloatArray
    argument: FloatArray
    residual: FloatArray
    start: FloatArray
    end: FloatArray
    middle: FloatArray
    kept: FloatArray
    scratch: FloatArray


def allocate_stages(stages: int, states: int) -> Stages:
    """Room for a method of `stages` on `states`."""
    return Stages(
        np.zeros((stages, states)),
        np.zeros(states),
        np.zeros(states),
        np.zeros(states),
        np.zeros(states),
        np.zeros(states),
        np.zeros((2, states)),
        np.zeros(states),
    )


@embedded_kernel
def add_increments(
    target: FloatArray,
    increments: FloatArray,
    weights: FloatArray,
    scale: float,
    count: int,
    last: int,
) -> None:
    """Add ``scale sum_j weights[j] increments[j]`` of the first `count` stages to `target`.

    To the entries below `last`, in one go from the first: a loop that begins elsewhere has to check
    each index for a negative one, and is not vectorised. Up to four stages a sweep, which spares
    traffic of `target`.
    """
    j = 0
    while count - j >= 4:
        w0, w1 = scale * weights[j], scale * weights[j + 1]
        w2, w3 = scale * weights[j + 2], scale * weights[j + 3]
        u0, u1, u2, u3 = increments[j], increments[j + 1], increments[j + 2], increments[j + 3]
        for n in range(last):
            target[n] += (w0 * u0[n] + w1 * u1[n]) + (w2 * u2[n] + w3 * u3[n])
        j += 4
    if count - j >= 2:
        w0, w1 = scale * weights[j], scale * weights[j + 1]
        u0, u1 = increments[j], increments[j + 1]
        for n in range(last):
            target[n] += w0 * u0[n] + w1 * u1[n]
        j += 2
    if count - j == 1:
        w0, u0 = scale * weights[j], increments[j]
        for n in range(last):
            target[n] += w0 * u0[n]


@kernel
def rosenbrock_step(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    method: Tableau,
    stages: Stages,
    time: float,
    step: float,
    tolerance: float,
) -> float:
    """Try a step from ``stages.start`` to ``stages.end``.

    Parameters
    ----------
    time, step
        Start and length, s.
    tolerance
        Allowed local error: of lithium fraction (1), of voltages (V), currents (1C) and charge (1C for
        an hour), of contact fractions (1), and relative of films and pressure.

    Returns
    -------
    float
        Error in units of the tolerance (root mean square over the particles and over their double
        layers, and the largest of that, of the voltage, of the current and of every slow state); NaN if
        an equation can't be evaluated, or a surface has gone astray on the way.
    """
    o = work.offsets
    y, u = stages.start, stages.increments
    size, nodes = y.size, work.nodes.shape[1]
    count = u.shape[0]
    implicit = step * method.gamma
    # Slow states of the nodes end the differential ones; where they rest, increments of theirs are 0.
    differential = o.active_share if slow_states(cell) else o.contact_retention
    if cell.double_layer:
        differential = o.surface_coordinate
    factorize_system(cell, coefficients, drive, work, time, y, implicit)
    for i in range(count):
        argument = stages.argument
        if i == 0:
            copy(y, argument)
        elif i == count - 1 or method.a[i, i - 1] == 1.0:
            # Trailing stages continue from the argument before: they only add its increment.
            previous = u[i - 1]
            for n in range(size):
                argument[n] += previous[n]
        else:
            copy(y, argument)
            add_increments(argument, u, method.a[i], 1.0, i, size)
        astray, surface = False, argument[o.surface_coordinate : o.reaction_current]
        for k in range(nodes):
            astray |= is_astray(surface[k])
        if astray:
            return np.nan
        rhs = u[i]
        evaluate(cell, coefficients, drive, work, time + method.nodes[i] * step, argument, rhs)
        add_increments(rhs, u, method.c[i], 1.0 / step, i, differential)
        # Set-points are the only explicit functions of time.
        rhs[o.current_density] -= step * method.time[i] * drive.ramp
        rhs[o.stack_pressure] -= step * method.time[i] * drive.fixture.ramp
        solve_system(cell, coefficients, drive, work, y, implicit, rhs)

    error = u[count - 1]
    for n in range(size):
        stages.end[n] = stages.argument[n] + error[n]
    largest = 0.0
    if nodes > 0:
        few = max(FEW_SITES, FEW_TOLERANCES * tolerance)
        thermal = coefficients.thermal_voltage
        seen = max(TAKEN_OVER, tolerance / (LARGEST * thermal))
        largest = particle_error(cell, work, thermal, few, seen, stages.end, error)
        if slow_states(cell):
            largest = at_least(largest, node_error(cell, work, y, stages.end, error))
        if cell.double_layer:
            largest = at_least(largest, charging_error(cell, work, error))
    largest = at_least(largest, plane_error(cell, coefficients, work, y, stages.end, error))
    damage = stages.end[o.pore_damage]
    least = WAY_LEAST + abs(damage - y[o.pore_damage])
    largest = at_least(largest, abs(error[o.pore_damage]) / least)
    if film_grows(cell) and cell.film.lithium_share > 0.0:
        # As a share of what a nanometre on all particles takes, and more; it is a book, and its rate is
        # steepest while next to nothing is there: it may be a hundred times less exact.
        least = 0.0
        for k in range(nodes):
            least += cell.width[k] * cell.active_area[k]
        least *= FARADAY / cell.film.molar_volume * NANOMETRE
        charge = abs(error[o.positive_film_charge])
        share = charge / (least + abs(y[o.positive_film_charge]))
        largest = at_least(largest, BOOKED * share)
    current = abs(error[o.current_density]) / cell.nominal_current_density
    pressure = abs(error[o.stack_pressure] / stages.end[o.stack_pressure])
    highest = abs(error[o.highest_pressure] / stages.end[o.highest_pressure])
    pressure = at_least(pressure, highest)
    largest = at_least(largest, abs(error[o.voltage]))
    # A step over the whole of a decay ends right but passes any charge on the way.
    charge = abs(error[o.discharge_charge]) + abs(error[o.charge_charge])
    largest = at_least(largest, charge / (HOUR * cell.nominal_current_density))
    largest = at_least(at_least(largest, current), pressure)
    # A step that is refused anyway takes no material.
    if nodes > 0 and loses_material(cell) and largest <= tolerance:
        write_middle(method, stages)
        if cracks(cell):
            off = crack(cell, work, y, stages.middle, stages.end, step)
            largest = at_least(largest, off / SHARE_LEAST)
        largest = at_least(largest, lagging(cell, work, y, stages.end, tolerance))
    return largest / tolerance


@inline_kernel
def at_least(largest: float, value: float) -> float:
    """The larger of two errors; a NaN, which max() would drop, is kept."""
    return largest if value <= largest else value


@inline_kernel
def particle_error(
    cell: HalfCell,
    work: Workspace,
    thermal_voltage: float,
    few_sites: float,
    seen: float,
    y: FloatArray,
    error: FloatArray,
) -> float:
    """Root mean square error of the lithium fraction, of the shells or of the surfaces."""
    o = work.offsets
    shells, nodes = work.phi.shape
    # Sums of squares over the shells first, node by node: a loop that vectorises.
    squares = work.nodes[SCRATCH]
    squares[:] = 0.0
    for i in range(shells):
        for k in range(nodes):
            squares[k] += error[i * nodes + k] * error[i * nodes + k]
    filled, free, steep = work.nodes[FILLED], work.nodes[FREE], work.nodes[STEEP]
    fill_sites(y[o.surface_coordinate : o.reaction_current], filled, free, steep)
    coordinate = y[o.surface_coordinate : o.reaction_current]
    off = error[o.surface_coordinate : o.reaction_current]
    reaction = y[o.reaction_current : o.plane_current]
    total, surface, potential = 0.0, 0.0, 0.0
    for k in range(nodes):
        total += squares[k]
        room = filled[k] * free[k]
        # Taken as it is in the fraction, on whichever side of the end it is greater.
        missed = off[k]
        if room < FEW_SITES:
            missed = filled[k] - fraction(coordinate[k] - off[k])
        surface += missed * missed
        if room < few_sites:
            # Where hardly a site is left the potential sees the logit, if there still is a current.
            current = abs(reaction[k]) * cell.width[k] * nodes
            weight = min(1.0, current / (IDLE_SHARE * cell.nominal_current_density))
            weight *= seen * (1.0 - room / few_sites)
            potential += (weight * thermal_voltage * steep[k] / room * off[k]) ** 2
    surface = max(surface, potential)
    return at_least((total / (shells * nodes)) ** 0.5, (surface / nodes) ** 0.5)


@inline_kernel
def charging_error(cell: HalfCell, work: Workspace, error: FloatArray) -> float:
    """Error of the particles' double layers: their voltages, root mean square, and currents (1C).

    A reaction next to its double layer hardly counts in the voltage, however wrong it is.
    """
    o = work.offsets
    nodes = work.nodes.shape[1]
    potential = error[o.potential_difference : o.plane_voltage]
    reaction = error[o.reaction_current : o.plane_current]
    voltages, currents = 0.0, 0.0
    for k in range(nodes):
        voltages += potential[k] ** 2
        currents += (cell.width[k] * reaction[k]) ** 2
    return at_least((voltages / nodes) ** 0.5, currents**0.5 / cell.nominal_current_density)


@inline_kernel
def square_error(before: float, after: float, error: float) -> float:
    """Error of the square of a film's thickness, as a share of it; infinite where it has gone astray.

    No film shrinks: one that ends below where it began by more than its error is none.
    """
    if after < 0.0:
        return np.inf
    return abs(error) / max(max(before, after), THINNEST * THINNEST)


@inline_kernel
def node_error(
    cell: HalfCell, work: Workspace, before: FloatArray, after: FloatArray, error: FloatArray
) -> float:
    """Largest error of a node's slow states: shares as they are, films as a share of their thickness.

    What changes by little in a cycle counts by that little, too.
    """
    o = work.offsets
    nodes, largest = work.nodes.shape[1], 0.0
    if cell.contact.evolves:
        begun, ended = (
            before[o.contact_retention : o.film_square],
            after[o.contact_retention : o.film_square],
        )
        off = error[o.contact_retention : o.film_square]
        for k in range(nodes):
            way = SHARE_LEAST + abs(ended[k] - begun[k])
            largest = at_least(largest, abs(off[k]) / way)
    if film_grows(cell):
        begun, ended = before[o.film_square : o.first_film], after[o.film_square : o.first_film]
        off = error[o.film_square : o.first_film]
        for k in range(nodes):
            largest = at_least(largest, square_error(begun[k], ended[k], off[k]))
        if cell.film.first_thickness > 0.0:
            least = FIRST_LEAST * cell.film.first_thickness
            ended, off = after[o.first_film : o.active_share], error[o.first_film : o.active_share]
            for k in range(nodes):
                largest = at_least(largest, abs(off[k]) / (least + abs(ended[k])))
    return largest


@inline_kernel
def plane_error(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    before: FloatArray,
    after: FloatArray,
    error: FloatArray,
) -> float:
    """Largest error of the lithium planes: voids as the contact that they cost, films as a share."""
    o = work.offsets
    largest = 0.0
    for p in range(cell.planes):
        if cell.lithium.voids:
            n = o.void_thickness + p
            # The steeper of both ends; what is below nothing counts as what opens from there.
            _, first = void_contact(cell.lithium, coefficients, max(before[n], 0.0))
            _, last = void_contact(cell.lithium, coefficients, max(after[n], 0.0))
            largest = at_least(largest, max(abs(first), abs(last)) * abs(error[n]))
        if cell.lithium.film.law != NO_FILM:
            n = o.plane_film_square + p
            largest = at_least(largest, square_error(before[n], after[n], error[n]))
    return largest


@inline_kernel
def write_middle(method: Tableau, stages: Stages) -> None:
    """State in the middle of the step just taken, to ``stages.middle``."""
    middle, start, end = stages.middle, stages.start, stages.end
    for n in range(middle.size):
        middle[n] = 0.5 * (start[n] + end[n])
    count = method.middle.size
    add_increments(middle, stages.increments, method.middle, 1.0, count, middle.size)


@inline_kernel
def dense_output(method: Tableau, stages: Stages, n: int) -> tuple[float, float, float]:
    """Coefficients k_m of the dense output of entry `n` of the step just taken."""
    first, second, third = 0.0, 0.0, 0.0
    for j in range(stages.increments.shape[0]):
        increment = stages.increments[j, n]
        first += method.dense[0, j] * increment
        second += method.dense[1, j] * increment
        third += method.dense[2, j] * increment
    return first, second, third


@inline_kernel
def interpolated(stages: Stages, n: int, k: tuple[float, float, float], theta: float) -> float:
    """Entry `n` at the fraction `theta` of the step just taken, by the k_m of `dense_output`.

    ``y = (1 - t) y_0 + t [y_1 + (1 - t) (k_1 + t (k_2 + t k_3))]``
    """
    rest = 1.0 - theta
    bend = k[0] + theta * (k[1] + theta * k[2])
    return float(rest * stages.start[n] + theta * (stages.end[n] + rest * bend))
