"""The resistance of the cell, split by mechanism.

The cell linearised about a state, diffusion frozen and capacitors open, is a network of resistances.
The resistance of a mechanism is what it dissipates when a unit of current flows; the sum is the
resistance that a short pulse measures (Tellegen's theorem).
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.half_cell import prepare_workspace
from solidcell.kernels.linearisation import linearise_nodes
from solidcell.kernels.lithium_metal import plane_voltage, void_contact
from solidcell.kernels.mechanics import LEAST_PRESSURE
from solidcell.kernels.network import Network
from solidcell.kernels.options import kernel
from solidcell.kernels.parameters import Coefficients, HalfCell, at_temperature
from solidcell.kernels.transmission_line import dissipation, fill_line, solve_line
from solidcell.kernels.workspace import (
    FILM_SHARE,
    FLUX,
    SCRATCH,
    SPREAD,
    TRANSFER,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]


@kernel
def fill_conductivities(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, y: FloatArray
) -> None:
    """Conductivities of the volumes at the state `y`, S/m, into the rows SCRATCH and FLUX."""
    o = work.offsets
    exponent = cell.contact.path_exponent
    for k in range(work.nodes.shape[1]):
        paths = 1.0
        if exponent > 0.0:
            paths = y[o.contact_retention + k] ** exponent
        work.nodes[SCRATCH, k] = cell.ionic_conductivity[k] * coefficients.ionic_factor * paths
        work.nodes[FLUX, k] = cell.electronic_conductivity[k] * paths


@kernel
def write_row(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    network: Network,
    y: FloatArray,
    row: FloatArray,
) -> None:
    """Area-specific resistance of each mechanism at the state `y`, into `row`."""
    prepare_workspace(cell, coefficients, y, work)
    o = work.offsets
    nodes = work.nodes.shape[1]
    pressure = max(y[o.stack_pressure], LEAST_PRESSURE)
    for n in range(row.size):
        row[n] = 0.0
    row[5] = coefficients.separator_resistance
    for p in range(cell.planes):
        theta, slope = void_contact(cell.lithium, coefficients, y[o.void_thickness + p])
        highest, square = y[o.highest_pressure], y[o.plane_film_square + p]
        _, _, _, whole, _, _, _, _ = plane_voltage(
            cell.lithium,
            coefficients,
            y[o.plane_current + p],
            pressure,
            highest,
            theta,
            slope,
            square,
        )
        # Interface and film are proportional to the current: a unit of it tells their resistance.
        _, interface, film, _, _, _, _, _ = plane_voltage(
            cell.lithium, coefficients, 1.0, pressure, highest, theta, slope, square
        )
        first = 6 if p == 0 else 0
        row[first] = whole - interface - film
        row[first + 1] = film
        row[first + 2] = interface
    if nodes == 0:
        return

    linearise_nodes(cell, coefficients, work, pressure, y)
    fill_conductivities(cell, coefficients, work, y)
    constricted = cell.contact.pitch > 0.0
    for k in range(nodes):
        resistance = work.nodes[TRANSFER, k] + work.nodes[FILM_SHARE, k]
        if constricted:
            resistance += work.nodes[SPREAD, k]
        network.admittance[k] = complex(1.0 / resistance, 0.0)
    fill_line(cell.width, work.nodes[SCRATCH], work.nodes[FLUX], network.admittance, network.line)
    solve_line(network.line, 1.0, 1.0, network.nothing, network.face_current, network.reaction)
    row[3], row[4] = dissipation(network.line, network.face_current, network.dissipated)
    for k in range(nodes):
        share = network.dissipated[k] * network.admittance[k].real
        row[0] += share * work.nodes[TRANSFER, k]
        row[1] += share * work.nodes[FILM_SHARE, k]
        if constricted:
            row[2] += share * work.nodes[SPREAD, k]


@kernel
def write_resistances(
    cell: HalfCell,
    work: Workspace,
    network: Network,
    states: FloatArray,
    temperatures: FloatArray,
    rows: FloatArray,
) -> None:
    """Area-specific resistance of each mechanism at many states.

    Parameters
    ----------
    network
        Scratch.
    states
        State vectors, (rows, states); NaN in the place of one that there is not.
    temperatures
        K, (rows,).
    rows
        Written, (rows, 9): the `RESISTANCES` of the layout, Ohm m2; NaN where there is no state.
    """
    for n in range(states.shape[0]):
        if np.isnan(states[n, 0]):
            rows[n] = np.nan
        else:
            coefficients = at_temperature(cell, temperatures[n])
            write_row(cell, coefficients, work, network, states[n], rows[n])
