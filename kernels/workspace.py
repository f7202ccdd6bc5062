"""Memory of the equations and of their linear solver, allocated once a simulation."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.layout import Offsets, offsets
from solidcell.kernels.options import inline_kernel
from solidcell.kernels.transport import Ladder, allocate_ladder

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.uint64]

# Rows of Workspace.nodes, one value a node.
#   FLUX_SCALE            gradient of Phi at the surface per reaction current, negative, m3/A
#   AREA                  geometric surface per volume of the particles that are connected, 1/m
#   FILLING               rate of the mean lithium fraction per reaction current, negative, m3/C
#   CONTACT, INVERSE_AREA contact fraction theta, and 1 / (a theta), m
#   FILM                  thickness of both films together, m
#   OUTER_WEIGHT, MIDDLE_WEIGHT, INNER_WEIGHT  of the outermost eliminated rows in the surface
#   ROOM                  x (1 - x) of the surface
#   INVERSE_PHI_SLOPE     1 / (dPhi_s / dz), z the coordinate of the surface
#   COORDINATE_RESPONSE   dw / dz at fixed J, V
#   LOCAL_POLARISATION, LOCAL_GIVEN  dw / dJ and w with slow states condensed, at a fixed surface
#   SURFACE_RESPONSE      dPhi_s / dJ of the condensed particle, m3/A
#   POTENTIAL_RESPONSE    dw / dPhi_s at fixed J, V
#   TRANSFER, FILM_SHARE, SPREAD  parts of dw / dJ at a fixed surface, Ohm m3: charge transfer, coating
#                         and films, constriction
#   SUBGRID_RESPONSE      derivative of the ladder's sub-grid term, Ohm m3
#   INVERSE_POLARISATION  1 / (dv / dJ) with particle and slow states condensed, v = psi less that term
#   COUPLING              width over polarisation, S/m2
#   CHARGING              capacitance of the double layer over the implicit step, S/m2
#   INVERSE_TRIDIAGONAL, LOWER  inverse pivots and multipliers of the electrode's system; LOWER[0] = 0
#   VOLTAGE_RESPONSE      dV / dv at each node, along the collector
#   CURRENT_RESPONSE      dv / dI, Ohm m2
#   PRESSURE_SOURCE, PRESSURE_RESPONSE  dv / dP at fixed J, and with the electrode condensed, V/Pa
#   THICKNESS_RESPONSE    thickness of the electrode per mean lithium fraction of a node, m
#   POTENTIAL, EXCHANGE   open-circuit potential, V, and squared exchange current, (A/m2)^2
#   REACTION              reaction current of contact area, A/m2
#   SCRATCH, COLUMN, FLUX scratch
#   DIFFUSIVITY           share of the particles' diffusivity that cracks leave
#   FILLED, FREE, STEEP   lithium fraction x of the surface, the share of its sites that is left, dx/dz
#   TO_POTENTIAL, TO_EXCHANGE  derivatives to z of its open-circuit potential, V, and of the logarithm
#                         of its squared exchange current
#   REACHED               Phi that the shells reach at the surface without a flux
#   AHEAD                 Phi that shells and reaction current reach at the surface
#   LOCAL                 where the surface lies within its interval of the tables
#   SPARE                 always zero
FLUX_SCALE, AREA, FILLING, CONTACT, INVERSE_AREA, FILM = range(0, 6)
OUTER_WEIGHT, MIDDLE_WEIGHT, INNER_WEIGHT, INVERSE_PHI_SLOPE = range(6, 10)
SURFACE_RESPONSE, POTENTIAL_RESPONSE, TRANSFER, FILM_SHARE, SPREAD = range(10, 15)
SUBGRID_RESPONSE, INVERSE_POLARISATION, COUPLING, CHARGING = range(15, 19)
INVERSE_TRIDIAGONAL, LOWER, VOLTAGE_RESPONSE, CURRENT_RESPONSE = range(19, 23)
PRESSURE_SOURCE, PRESSURE_RESPONSE, THICKNESS_RESPONSE, POTENTIAL = range(23, 27)
EXCHANGE, REACTION, SCRATCH, COLUMN, FLUX, TO_POTENTIAL, TO_EXCHANGE = range(27, 34)
DIFFUSIVITY, SPARE, ROOM, COORDINATE_RESPONSE, LOCAL_POLARISATION, LOCAL_GIVEN = range(34, 40)
REACHED, AHEAD, FILLED, FREE, STEEP, LOCAL = range(40, 46)
NODE_ROWS = 46

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
# DOUBLE_LAYER: 1 where double layers are charged, 0 where they follow at once.
DOUBLE_LAYER = 9
BORDER_ENTRIES = 10


class Workspace(NamedTuple):
    """Arrays that the equations and their linear solver write to.

    Few arrays with named rows, because every field of a record that a kernel takes has to be compiled
    into each of its calls.

    Attributes
    ----------
    offsets
        Where each state starts.
    ladder
        Resistances of the electrode.
    phi, inverse_diffusivity, inverse_pivot
        Kirchhoff potential, D0 / D and pivot of each shell, (shells, nodes).
    intervals, surface_intervals
        Interval of the property tables of each shell, (shells, nodes), and surface, (nodes,).
    nodes
        What belongs to a node; its rows are named in this module, (rows, nodes).
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
    intervals: IndexArray
    surface_intervals: IndexArray
    nodes: FloatArray
    slow: FloatArray
    plane: FloatArray
    border: FloatArray


def allocate_workspace(nodes: int, shells: int, planes: int = 1) -> Workspace:
    """Room for the equations of a cell of `nodes`, `shells` and so many lithium planes."""
    return Workspace(
        offsets(nodes, shells, planes),
        allocate_ladder(nodes),
        np.zeros((shells, nodes)),
        np.ones((shells, nodes)),
        np.zeros((shells, nodes)),
        np.zeros((shells, nodes), np.uint64),
        np.zeros(nodes, np.uint64),
        np.zeros((NODE_ROWS, nodes)),
        np.zeros((SLOW_ROWS, nodes)),
        np.zeros((planes, PLANE_COLUMNS)),
        np.zeros(BORDER_ENTRIES),
    )


@inline_kernel
def charges(work: Workspace) -> bool:
    """Whether double layers take time to charge: so says the cell, but for a resistance they don't."""
    return bool(work.border[DOUBLE_LAYER] != 0.0)
