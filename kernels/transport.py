"""Charge transport through the composite electrode as a ladder of resistances.

Ions move along ``i_e = -kappa dphi_e/dx`` and electrons along ``i_s = -sigma dphi_s/dx`` with
``i_e + i_s = I``. Both potentials are eliminated in favour of their difference
``w = phi_s - phi_e``, which the reaction at each node sees:

    w[k+1] - w[k] = i[k] (r_ion[k] + r_electron[k]) - I r_electron[k]        (Ohm's law, both phases)
    i[k] - i[k-1] = dx[k] J[k],   i[-1] = I,   i[nodes-1] = 0                (conservation of charge)

with ``i[k]`` the ionic current between nodes k and k+1 and ``J`` the reaction current per volume of
electrode (positive oxidises; Newman and Tobias 1962). Nothing here depends on the contact between
particles and electrolyte: a ladder stands as long as temperature and ion paths do.

Nodes stand for averages over their volume. Ohm's law between two averages contains the mean of i
under a hat function, which is ``i[k] + (i[k+1] - 2 i[k] + i[k-1]) / 12`` to fourth order on a uniform
mesh. The differences of i are reaction currents, so that the correction is a local resistance that
each reaction current takes off its w (Numerov's trick): fourth order at no cost.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.parameters import HalfCell

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


# Rows of Ladder.nodes.
#   WIDTH                 dx, volume of each node per geometric area, m
#   CONDUCTANCE           ``1 / (r_ion + r_electron)`` to the next node, S/m2
#   CURRENT_WEIGHT        share of the whole current that Ohm's law brings to a node; they add up to -1
#   IONIC_RESISTANCE, ELECTRONIC_RESISTANCE  from the node's centre to the next, Ohm m2
#   IONIC_SUBGRID, SUBGRID  what the mean over a volume takes off phi_e and w for its reaction current,
#                         Ohm m3
#   VOLTAGE_WEIGHT        what each reaction current adds to the voltage on the way from the node that
#                         it is reckoned from, Ohm m3
WIDTH, CONDUCTANCE, CURRENT_WEIGHT, IONIC_RESISTANCE, ELECTRONIC_RESISTANCE = range(5)
IONIC_SUBGRID, SUBGRID, VOLTAGE_WEIGHT = range(5, 8)
LADDER_ROWS = 8

# Entries of Ladder.ends.
#   ENTRANCE, ENTRANCE_FIRST, ENTRANCE_SECOND  weights of the current, Ohm m2, and of the first two
#                         reaction currents, Ohm m3, in the mean of phi_e over the first volume, below
#                         the separator's edge
#   VOLTAGE_RESISTANCE    what the whole current takes away from the voltage, Ohm m2
ENTRANCE, ENTRANCE_FIRST, ENTRANCE_SECOND, VOLTAGE_RESISTANCE = range(4)


class Ladder(NamedTuple):
    """The resistances of the electrode at one temperature.

    Attributes
    ----------
    nodes
        What belongs to a node; its rows are named in this module, (rows, nodes).
    ends
        What belongs to the electrode as a whole; its entries are named in this module, (4,).
    voltage_node
        Node whose potential difference the voltage is reckoned from, (1,): the one farther from where
        the reaction starts, because particles fill and empty there last and a full or empty one has
        an overpotential that jumps at every change.
    """

    nodes: FloatArray
    ends: FloatArray
    voltage_node: IntArray


def allocate_ladder(nodes: int) -> Ladder:
    """Room for the ladder of an electrode of `nodes`."""
    return Ladder(np.zeros((LADDER_ROWS, nodes)), np.zeros(4), np.zeros(1, dtype=np.int64))


@kernel
def fill_ladder(cell: HalfCell, ionic_factor: float, retention: FloatArray, ladder: Ladder) -> None:
    """Resistances of the electrode of `cell` with its ionic conductivity times `ionic_factor`.

    Where lost contact blocks paths, both conductivities of a node carry its retention, (nodes,), to
    the power of ``cell.contact.path_exponent``.

    Within a volume the current is a parabola through its values at the faces. Next to the separator
    the mean of phi_e over the first volume lies below the edge by ``r [I/2 + dx0 J0/6 - (dx1 J1 -
    dx0 J0)/24]``, r the ionic resistance of the volume; next to the collector likewise.
    """
    nodes = cell.width.size
    # The resistances of the volumes stand in for a while where those between the nodes will be.
    for k in range(nodes):
        width = cell.width[k]
        paths = 1.0
        if cell.contact.path_exponent > 0.0:
            paths = retention[k] ** cell.contact.path_exponent
        ladder.nodes[WIDTH, k] = width
        ladder.nodes[IONIC_SUBGRID, k] = width / (cell.ionic_conductivity[k] * ionic_factor * paths)
        ladder.nodes[SUBGRID, k] = width / (cell.electronic_conductivity[k] * paths)
    share = 1.0
    ionic_path, electronic_path = 0.0, 0.0
    for k in range(nodes):
        ladder.nodes[CURRENT_WEIGHT, k] = -share
        if k < nodes - 1:
            ionic = 0.5 * (ladder.nodes[IONIC_SUBGRID, k] + ladder.nodes[IONIC_SUBGRID, k + 1])
            electronic = 0.5 * (ladder.nodes[SUBGRID, k] + ladder.nodes[SUBGRID, k + 1])
            ladder.nodes[IONIC_RESISTANCE, k] = ionic
            ladder.nodes[ELECTRONIC_RESISTANCE, k] = electronic
            ladder.nodes[CONDUCTANCE, k] = 1.0 / (ionic + electronic)
            share = electronic / (ionic + electronic)
            ladder.nodes[CURRENT_WEIGHT, k] += share
            ionic_path += ionic
            electronic_path += electronic

    last = nodes - 1
    first, final = ladder.nodes[IONIC_SUBGRID, 0], ladder.nodes[SUBGRID, last]
    for k in range(nodes):
        ionic, electronic = ladder.nodes[IONIC_SUBGRID, k], ladder.nodes[SUBGRID, k]
        ladder.nodes[IONIC_SUBGRID, k] = ionic * ladder.nodes[WIDTH, k] / 12.0
        ladder.nodes[SUBGRID, k] = (ionic + electronic) * ladder.nodes[WIDTH, k] / 12.0
    width, weight = ladder.nodes[WIDTH], ladder.nodes[VOLTAGE_WEIGHT]
    ladder.ends[ENTRANCE] = 0.5 * first
    ladder.ends[ENTRANCE_FIRST] = 5.0 / 24.0 * first * width[0]
    ladder.ends[ENTRANCE_SECOND] = -first * width[1] / 24.0
    ladder.voltage_node[0] = last if ionic_path >= electronic_path else 0
    path = 0.0
    if ladder.voltage_node[0] == 0:
        # Electrons from the first node to the last, whose currents are those still to come.
        for k in range(nodes):
            weight[k] = -path * width[k]
            if k < last:
                path += ladder.nodes[ELECTRONIC_RESISTANCE, k]
    else:
        # Ions from the first node to the last, whose currents are the whole and those passed.
        for k in range(last, -1, -1):
            if k < last:
                path += ladder.nodes[IONIC_RESISTANCE, k]
            weight[k] = -path * width[k]
    # On either way both ends keep what the means over their volumes take off.
    weight[0] += ladder.nodes[IONIC_SUBGRID, 0]
    weight[last] += ladder.nodes[SUBGRID, last] - ladder.nodes[IONIC_SUBGRID, last]
    weight[0] -= ladder.ends[ENTRANCE_FIRST]
    weight[1] -= ladder.ends[ENTRANCE_SECOND]
    weight[last - 1] += final * width[last - 1] / 24.0
    weight[last] -= 5.0 / 24.0 * final * width[last]
    ladder.ends[VOLTAGE_RESISTANCE] = ladder.ends[ENTRANCE] + path + 0.5 * final


@inline_kernel
def subtract_subgrid(
    thermal_voltage: float, ladder: Ladder, reaction_current: FloatArray, w: FloatArray
) -> None:
    """Take the term that the mean over a volume adds off `w`, (nodes,).

    ``r j / (1 + z^4)^(1/4)``, ``z = r j F / 2RT``: linear as long as it is small. On a coarse mesh
    under a large current r j alone would outgrow the slope of the kinetics, and the node would lose
    its resistance; bent like this, its slope stays below 0.54 of the kinetics' own.
    """
    bend = 0.5 / thermal_voltage
    for k in range(w.size):
        drop = ladder.nodes[SUBGRID, k] * reaction_current[k]
        square = (bend * drop) * (bend * drop)
        w[k] -= drop / sqrt(sqrt(1.0 + square * square))


@inline_kernel
def subgrid_slope(resistance: float, bend: float, reaction_current: float) -> float:
    """Derivative of the sub-grid term to the reaction current, Ohm m3; ``bend`` is F / 2RT."""
    square = (bend * resistance * reaction_current) ** 2
    bent = 1.0 + square * square
    return resistance / (bent * sqrt(sqrt(bent)))


@inline_kernel
def transferred_charge(
    ladder: Ladder, w: FloatArray, current: float, transferred: FloatArray
) -> None:
    """Charge that each node passes from one phase to the other, ``i[k] - i[k-1]`` in A/m2.

    `w` is the potential difference less ``subgrid J``. The charges of all nodes, written to
    `transferred`, add up to -I: charge is conserved as a whole.
    """
    last = w.size - 1
    link = ladder.nodes[CONDUCTANCE]
    for k in range(1, last):
        transferred[k] = link[k] * (w[k + 1] - w[k]) - link[k - 1] * (w[k] - w[k - 1])
    transferred[0] = link[0] * (w[1] - w[0])
    transferred[last] = -link[last - 1] * (w[last] - w[last - 1])
    for k in range(last + 1):
        transferred[k] += ladder.nodes[CURRENT_WEIGHT, k] * current


@inline_kernel
def collector_voltage(ladder: Ladder, w: FloatArray, transfer: FloatArray, current: float) -> float:
    """Potential of the collector above the electrolyte at the separator's edge, V.

    `w` is the potential difference less ``subgrid J``, `transfer` the charge that each node passes from
    one phase to the other per volume, A/m3: the reaction, and what charges a double layer.
    """
    voltage = w[ladder.voltage_node[0]] - ladder.ends[VOLTAGE_RESISTANCE] * current
    for k in range(transfer.size):
        voltage += ladder.nodes[VOLTAGE_WEIGHT, k] * transfer[k]
    return float(voltage)


@kernel
def charging_voltage(ladder: Ladder, w: FloatArray, current: float, transfer: FloatArray) -> float:
    """The same from the potentials alone, for reactions beside double layers; `transfer` is written."""
    transferred_charge(ladder, w, current, transfer)
    for k in range(transfer.size):
        transfer[k] /= ladder.nodes[WIDTH, k]
    return collector_voltage(ladder, w, transfer, current)
