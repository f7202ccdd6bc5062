"""Impedance: the equations of the cell linearised about a state, solved at each frequency.

``(j omega M - J) u = b`` with the mass matrix M and the Jacobian J of `solidcell.kernels.half_cell`,
double layers included. The parts condense as in `solidcell.kernels.condensation`, with ``j omega`` for
one over the implicit step: particles, slow states and planes become complex responses. Two parts are
solved more finely than a solver step needs: diffusion exactly within each shell
(`solidcell.kernels.layered_sphere`) and transport exactly within each volume
(`solidcell.kernels.transmission_line`), because a spectrum reaches frequencies at which the current
gets no farther than a fraction of either.
"""

from math import pi

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Configuration
from solidcell.kernels.composite_electrode import film_grows
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.half_cell import prepare_workspace
from solidcell.kernels.layered_sphere import Layers, fill_layers, sphere_response
from solidcell.kernels.linearisation import linearise_nodes, pressure_acts, slow_states
from solidcell.kernels.lithium_metal import plane_voltage, void_contact, void_rate
from solidcell.kernels.mechanics import LEAST_PRESSURE, MEMORY_TIME
from solidcell.kernels.network import Network
from solidcell.kernels.options import kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.particle import inverse_diffusivity
from solidcell.kernels.resistances import fill_conductivities
from solidcell.kernels.tables import interval, slope
from solidcell.kernels.transmission_line import (
    fill_line,
    solve_line,
    voltage_between_collectors,
    voltage_from_separator,
)
from solidcell.kernels.vector import as_matrix
from solidcell.kernels.workspace import (
    COLUMN,
    DIFFUSIVITY,
    FILLING,
    FILM_SHARE,
    FILM_TO_POTENTIAL,
    FILM_TO_SELF,
    FIRST_TO_CURRENT,
    FIRST_TO_SELF,
    FLUX,
    FLUX_SCALE,
    INVERSE_AREA,
    POTENTIAL_RESPONSE,
    RETENTION_TO_CURRENT,
    RETENTION_TO_MEAN,
    RETENTION_TO_PRESSURE,
    RETENTION_TO_SELF,
    SCRATCH,
    SPREAD,
    TO_FILM,
    TO_FIRST,
    TO_PRESSURE,
    TO_RETENTION,
    TRANSFER,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

CELL = int(Configuration.CELL)
BLOCKING = int(Configuration.BLOCKING)


@kernel
def fill_admittance(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    network: Network,
    faces: FloatArray,
    layers: Layers,
    omega: float,
) -> None:
    """Admittance of each node and what pressure adds to its potential, into `network`."""
    slow = work.slow
    rate = complex(0.0, omega)
    sphere_response(
        faces,
        omega / coefficients.diffusion_rate,
        work.inverse_diffusivity,
        layers,
        network.response,
    )
    for k in range(work.nodes.shape[1]):
        polarisation = (
            work.nodes[TRANSFER, k]
            + work.nodes[FILM_SHARE, k]
            + work.nodes[POTENTIAL_RESPONSE, k] * work.nodes[FLUX_SCALE, k] * network.response[k]
        )
        if cell.contact.pitch > 0.0:
            polarisation += work.nodes[SPREAD, k]
        source = 0.0j
        if pressure_acts(cell):
            source += slow[TO_PRESSURE, k]
        if slow_states(cell):
            if cell.contact.evolves:
                filling = work.nodes[FILLING, k] / rate
                own = slow[TO_RETENTION, k] / (rate - slow[RETENTION_TO_SELF, k])
                polarisation += own * (
                    slow[RETENTION_TO_CURRENT, k] + slow[RETENTION_TO_MEAN, k] * filling
                )
                source += own * slow[RETENTION_TO_PRESSURE, k]
            if film_grows(cell):
                polarisation += (
                    slow[TO_FIRST, k] * slow[FIRST_TO_CURRENT, k] / (rate - slow[FIRST_TO_SELF, k])
                )
                own = slow[TO_FILM, k] / (rate - slow[FILM_TO_SELF, k])
                feedback = 1.0 / (1.0 - own * slow[FILM_TO_POTENTIAL, k])
                polarisation *= feedback
                source *= feedback
        network.polarisation[k] = polarisation
        network.admittance[k] = (
            1.0 / polarisation + rate * cell.capacitance / work.nodes[INVERSE_AREA, k]
        )
        network.source[k] = source / (polarisation * network.admittance[k])


@kernel
def plane_response(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    p: int,
    omega: float,
    y: FloatArray,
) -> tuple[complex, complex, complex, complex]:
    """A lithium plane at one frequency.

    Returns
    -------
    (complex, complex, complex, complex)
        Voltage of the plane per current through it (Ohm m2) and per pressure (V/Pa); thickness that
        it gains per current (m3/A) and per pressure (m/Pa).
    """
    o = work.offsets
    lithium = cell.lithium
    rate = complex(0.0, omega)
    pressure, highest = max(y[o.stack_pressure], LEAST_PRESSURE), y[o.highest_pressure]
    stripping, voids = y[o.plane_current + p], y[o.void_thickness + p]
    square = y[o.plane_film_square + p]
    theta, theta_slope = void_contact(lithium, coefficients, voids)
    _, _, _, to_current, to_pressure, to_highest, to_void, _ = plane_voltage(
        lithium, coefficients, stripping, pressure, highest, theta, theta_slope, square
    )
    _, void_to_current, void_to_pressure, void_to_self = void_rate(
        lithium, coefficients, stripping, pressure, voids, theta, theta_slope
    )
    rising = 1.0 / MEMORY_TIME if pressure > highest else 0.0
    own = 1.0 / (rate - void_to_self)
    per_stripping = to_current + to_void * own * void_to_current
    per_pressure = (
        to_pressure + to_void * own * void_to_pressure + to_highest * rising / (rate + rising)
    )
    charging = rate * lithium.capacitance
    faradaic = 1.0 / (1.0 + charging * per_stripping)
    by_pressure = -faradaic * charging * per_pressure
    thicker = own * void_to_current - lithium.molar_volume / FARADAY / rate
    return (
        per_stripping * faradaic,
        per_pressure + per_stripping * by_pressure,
        thicker * faradaic,
        thicker * by_pressure + own * void_to_pressure,
    )


@kernel
def electrode_thickness(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, y: FloatArray
) -> None:
    """Rate at which each node's reaction thickens the electrode, m4/C, into ``work.nodes[COLUMN]``."""
    o = work.offsets
    scale = cell.table_inverse_spacing
    for k in range(work.nodes.shape[1]):
        index, d = interval(
            cell.table_origin, scale, cell.table_intervals, y[o.mean_stoichiometry + k]
        )
        swelling = slope(cell.volume_table, scale, index, d)
        swelling *= y[o.active_share + k] * y[o.utilisation + k]
        layer = cell.width[k] * cell.active_fraction[k] * swelling / 3.0
        work.nodes[COLUMN, k] = layer * work.nodes[FILLING, k]


@kernel
def impedance_spectrum(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    network: Network,
    faces: FloatArray,
    layers: Layers,
    stiffness: float,
    configuration: int,
    y: FloatArray,
    frequencies: FloatArray,
    real: FloatArray,
    imaginary: FloatArray,
) -> None:
    """Impedance ``Z = -dV / dI`` about a state, for small currents (discharge positive).

    Parameters
    ----------
    network
        Scratch.
    faces
        Radii of the shell boundaries as fractions of the particle radius, (shells + 1,).
    layers
        Scratch of the particles.
    stiffness
        Of fixture and stack, Pa/m; 0 holds the pressure.
    configuration
        A `Configuration`: the cell; two of its composite electrodes face to face on the separator;
        or the composite electrode alone between collectors that block ions.
    y
        State vector.
    frequencies
        Hz, above zero, (frequencies,).
    real, imaginary
        Ohm m2 of electrode area, (frequencies,); written.
    """
    nodes = work.nodes.shape[1]
    prepare_workspace(cell, coefficients, y, work)
    if nodes > 0:
        shells = work.phi.shape[0]
        pressure = max(y[work.offsets.stack_pressure], LEAST_PRESSURE)
        linearise_nodes(cell, coefficients, work, pressure, y)
        if not cell.constant_diffusivity:
            x = as_matrix(y, shells, nodes)
            inverse_diffusivity(
                cell, x, work.nodes[DIFFUSIVITY], work.intervals, work.inverse_diffusivity
            )
        fill_layers(work.inverse_diffusivity, layers)
        fill_conductivities(cell, coefficients, work, y)
        electrode_thickness(cell, coefficients, work, y)
    for n in range(frequencies.size):
        omega = 2.0 * pi * frequencies[n]
        rate = complex(0.0, omega)
        impedance = 0.0j
        # Per unit of current: voltage and thickness; per unit of pressure likewise.
        to_pressure, thicker, thicker_by_pressure = 0.0j, 0.0j, 0.0j
        if nodes > 0:
            fill_admittance(cell, coefficients, work, network, faces, layers, omega)
            line = network.line
            fill_line(cell.width, work.nodes[SCRATCH], work.nodes[FLUX], network.admittance, line)
            entering = 0.0 if configuration == BLOCKING else 1.0
            solve_line(line, 1.0, entering, network.nothing, network.face_current, network.reaction)
            if configuration == BLOCKING:
                impedance -= voltage_between_collectors(line, 1.0, network.face_current)
            else:
                impedance -= voltage_from_separator(
                    line, 1.0, network.nothing, network.face_current
                )
            if stiffness != 0.0 and configuration == CELL:
                for k in range(nodes):
                    faradaic = 1.0 / (network.polarisation[k] * network.admittance[k])
                    thicker += work.nodes[COLUMN, k] / rate * network.reaction[k] * faradaic
                if pressure_acts(cell):
                    solve_line(
                        line,
                        0.0,
                        0.0,
                        network.source,
                        network.face_current,
                        network.pressure_reaction,
                    )
                    to_pressure += voltage_from_separator(
                        line, 0.0, network.source, network.face_current
                    )
                    for k in range(nodes):
                        faradaic = 1.0 / (network.polarisation[k] * network.admittance[k])
                        # The source moves the potential at an unchanged reaction.
                        direct = network.source[k] / faradaic * (faradaic - 1.0)
                        answer = network.pressure_reaction[k] * faradaic
                        answer += direct / network.polarisation[k]
                        thicker_by_pressure += work.nodes[COLUMN, k] / rate * answer
        if configuration == CELL:
            for p in range(cell.planes):
                # What strips the negative plane plates the positive one of a symmetric cell.
                sign = 1.0 if p == 0 else -1.0
                own, by_pressure, gain, gain_by_pressure = plane_response(
                    cell, coefficients, work, p, omega, y
                )
                impedance += own
                to_pressure -= sign * by_pressure
                thicker += sign * gain
                thicker_by_pressure += gain_by_pressure
            pressure_change = stiffness * thicker / (1.0 - stiffness * thicker_by_pressure)
            impedance -= to_pressure * pressure_change
        else:
            if configuration != BLOCKING:
                impedance *= 2.0
        if configuration != BLOCKING:
            impedance += coefficients.separator_resistance
        real[n], imaginary[n] = impedance.real, impedance.imag
