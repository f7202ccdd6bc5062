"""Memory of the equations and of their linear solver, allocated once a simulation."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.layout import Offsets, offsets
from solidcell.kernels.transport import Ladder, allocate_ladder

FloatArray = npt.NDArray[np.float64]

# Rows of Workspace.slow: how the slow states of a node act on its potential and on each other (the
# derivatives of the equations), and the same condensed for an implicit step.
TO_RETENTION, RETENTION_TO_SELF, RETENTION_TO_CURRENT, RETENTION_TO_PRESSURE = range(4)
RETENTION_TO_MEAN, TO_FILM, FILM_TO_SELF, FILM_TO_POTENTIAL = range(4, 8)
TO_FIRST, FIRST_TO_SELF, FIRST_TO_CURRENT, TO_PRESSURE = range(8, 12)
RETENTION_SELF, RETENTION_CURRENT, FILM_SELF, FIRST_SELF, FEEDBACK = range(12, 17)
SLOW_ROWS = 17

# Columns of Workspace.plane: a lithium plane, condensed.
PLANE_TO_CELL, PLANE_TO_PRESSURE, STRIPPING_TO_CELL, STRIPPING_TO_PRESSURE = range(4)
STRIPPING_SELF, PLANE_STRIPPING, VOID_SELF, VOID_STRIPPING, VOID_PRESSURE = range(4, 9)
PLANE_VOID, PLANE_SQUARE, PLANE_HIGHEST, SQUARE_SELF, PLANE_PRESSURE = range(9, 14)
PLANE_CONSTANT, STRIPPING_CONSTANT, VOID_CONSTANT = range(14, 17)
PLANE_COLUMNS = 17

# Entries of Workspace.border: the cell as a whole.
RESISTANCE, TO_CURRENT, TO_VOLTAGE, VOLTAGE_PRESSURE = range(4)
PRESSURE_CURRENT, PRESSURE_SELF, HIGHEST_SELF, HIGHEST_PRESSURE, DAMAGE_PRESSURE = range(4, 9)
BORDER_ENTRIES = 9


class Workspace(NamedTuple):
    """Arrays that the equations and their linear solver write to.

    Attributes
    ----------
    offsets
        Where each state starts.
    ladder
        Resistances of the electrode.
    phi, inverse_diffusivity, inverse_pivot
        Kirchhoff potential, D0 / D and pivot of each shell, (shells, nodes).
    flux_scale
        Gradient of Phi at the surface per reaction current of volume, negative, m3/A, (nodes,).
    area
        Geometric surface per volume of the particles that are connected, 1/m, (nodes,).
    contact, inverse_area
        Contact fraction theta of each node, and 1 / (a theta), m, (nodes,).
    film
        Thickness of both films together, m, (nodes,).
    outer_weight, middle_weight, inner_weight
        Weights of the three outermost eliminated rows in the surface, (nodes,).
    inverse_phi_slope
        1 / Phi'(x_s), (nodes,).
    surface_response
        dPhi_s / dJ of the condensed particle, m3/A, (nodes,).
    potential_response
        dw / dPhi_s at fixed J, V, (nodes,).
    transfer, film_share, spread
        Parts of dw / dJ at a fixed surface: charge transfer, coating and films, and constriction,
        Ohm m3, (nodes,).
    subgrid_response
        Derivative of the ladder's sub-grid term, Ohm m3, (nodes,).
    inverse_polarisation
        1 / (dv / dJ) with particle and slow states condensed, v = psi less the sub-grid term, (nodes,).
    coupling
        Width over polarisation, S/m2, (nodes,).
    charging
        Capacitance of the double layer over the implicit step, S/m2, (nodes,); 0 without.
    inverse_tridiagonal, lower
        Inverse pivots and multipliers of the electrode's system, (nodes,); ``lower[0] = 0``.
    voltage_response
        dV / dv at each node, along the collector, (nodes,).
    current_response
        dv / dI, Ohm m2, (nodes,).
    pressure_source, pressure_response
        dv / dP at fixed J, and with the whole electrode condensed, V/Pa, (nodes,).
    thickness_response
        Thickness of the electrode per mean lithium fraction of a node, m, (nodes,).
    potential, exchange
        Open-circuit potential, V, and squared exchange current, (A/m2)^2, of each surface, (nodes,).
    reaction
        Reaction current of contact area, A/m2, (nodes,).
    nodal, column, flux
        Scratch, (nodes,).
    slow
        The slow states of each node; its rows are named in this module, (rows, nodes).
    plane
        The lithium planes, condensed; its columns are named in this module, (planes, columns).
    border
        The cell as a whole, condensed; its entries are named in this module.
    """

    offsets: Offsets
    ladder: Ladder
    phi: FloatArray
    inverse_diffusivity: FloatArray
    inverse_pivot: FloatArray
    flux_scale: FloatArray
    area: FloatArray
    contact: FloatArray
    inverse_area: FloatArray
    film: FloatArray
    outer_weight: FloatArray
    middle_weight: FloatArray
    inner_weight: FloatArray
    inverse_phi_slope: FloatArray
    surface_response: FloatArray
    potential_response: FloatArray
    transfer: FloatArray
    film_share: FloatArray
    spread: FloatArray
    subgrid_response: FloatArray
    inverse_polarisation: FloatArray
    coupling: FloatArray
    charging: FloatArray
    inverse_tridiagonal: FloatArray
    lower: FloatArray
    voltage_response: FloatArray
    current_response: FloatArray
    pressure_source: FloatArray
    pressure_response: FloatArray
    thickness_response: FloatArray
    potential: FloatArray
    exchange: FloatArray
    reaction: FloatArray
    nodal: FloatArray
    column: FloatArray
    flux: FloatArray
    slow: FloatArray
    plane: FloatArray
    border: FloatArray


def allocate_workspace(nodes: int, shells: int, planes: int = 1) -> Workspace:
    """Room for the equations of a cell of `nodes`, `shells` and so many lithium planes."""
    shell_arrays = 3
    named = len(Workspace._fields)
    per_node = [np.zeros(nodes) for _ in range(named - 2 - shell_arrays - 3)]
    return Workspace._make(
        [
            offsets(nodes, shells, planes),
            allocate_ladder(nodes),
            np.zeros((shells, nodes)),
            np.ones((shells, nodes)),
            np.zeros((shells, nodes)),
            *per_node,
            np.zeros((SLOW_ROWS, nodes)),
            np.zeros((planes, PLANE_COLUMNS)),
            np.zeros(BORDER_ENTRIES),
        ]
    )
