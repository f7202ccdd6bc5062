"""Cracks of the active material, and what they leave of it at each node.

Cracks follow the tension at the surface of a particle that has to follow its inside,

    sigma = 2 E / (9 (1 - nu)) [mean g - g(x_s)]
    dr/dt = -beta (max(0, sigma) / sigma_c)^m - k |dg/dt|

with g the volume change of the material (Christensen and Newman 2006, doi 10.1007/s10008-006-0095-1;
the law of loss as in O'Kane 2022, doi 10.1039/D2CP00417H, with g in place of a constant partial molar
volume) and dg/dt that of its mean composition. Over a solver step both are
quadratures: Simpson's rule of the tension over its ends and its middle, whose difference from the
trapezoidal rule counts in the step's error, and the way that g has gone. Surface and capacity take the
share as it was where the step began.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.elementary import exponential, logarithm
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.surface import fill_sites, locate_surfaces
from solidcell.kernels.tables import interval, locate, value
from solidcell.kernels.vector import as_vector
from solidcell.kernels.workspace import (
    COLUMN,
    FILLED,
    FLUX,
    FREE,
    LOCAL,
    SCRATCH,
    STEEP,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]

LEAST_TENSION = 1e-300
"""Critical stresses; less has no logarithm."""
LEAST_MATERIAL = 1e-3
"""Share of the fresh active material below which none cracks off any more."""


@inline_kernel
def cracks(cell: HalfCell) -> bool:
    """Whether active material cracks off."""
    return cell.cracking.rate > 0.0 or cell.cracking.strain_coefficient > 0.0


@inline_kernel
def swelling_of(cell: HalfCell, stoichiometry: float) -> float:
    """Volume change g at a lithium fraction."""
    index, d = interval(
        cell.table_origin, cell.table_inverse_spacing, cell.table_intervals, stoichiometry
    )
    return value(cell.volume_table, index, d)


@inline_kernel
def mean_swelling(cell: HalfCell, work: Workspace, x: FloatArray, means: FloatArray) -> None:
    """Mean volume change of each particle, written to `means`, (nodes,); takes ``work.phi``.

    ``x`` are the lithium fractions of the shells in a row, (shells * nodes,).
    """
    index, swelling = as_vector(work.intervals), as_vector(work.phi)
    locate(cell.table_origin, cell.table_inverse_spacing, cell.table_intervals, x, index, swelling)
    for n in range(swelling.size):
        swelling[n] = value(cell.volume_table, index[n], swelling[n])
    means[:] = 0.0
    for i in range(work.phi.shape[0]):
        weight = 3.0 * cell.shell_volume[i]
        for k in range(means.size):
            means[k] += weight * work.phi[i, k]


@inline_kernel
def tension_scale(cell: HalfCell) -> float:
    """Tension per volume change, in critical stresses."""
    cracking = cell.cracking
    stiffness = 2.0 * cracking.modulus / (9.0 * (1.0 - cracking.poisson_ratio))
    return float(stiffness / cracking.critical_stress)


@kernel
def tension_losses(cell: HalfCell, work: Workspace, y: FloatArray, losses: FloatArray) -> None:
    """Rate at which the tension of a state `y` cracks material at each node, 1/s, written, (nodes,)."""
    o = work.offsets
    mean_swelling(cell, work, y[: o.mean_stoichiometry], losses)
    filled = work.nodes[FILLED]
    fill_sites(
        y[o.surface_coordinate : o.reaction_current],
        filled,
        work.nodes[FREE],
        work.nodes[STEEP],
    )
    locate_surfaces(cell, work)
    located, within = work.surface_intervals, work.nodes[LOCAL]
    scale, exponent, rate = tension_scale(cell), cell.cracking.exponent, cell.cracking.rate
    for k in range(losses.size):
        losses[k] = scale * (losses[k] - value(cell.volume_table, located[k], within[k]))
    for k in range(losses.size):
        # A power that vectorises.
        raised = exponential(exponent * logarithm(max(losses[k], LEAST_TENSION)))
        losses[k] = rate * raised if losses[k] > 0.0 else 0.0


@kernel
def crack(
    cell: HalfCell,
    work: Workspace,
    before: FloatArray,
    middle: FloatArray,
    after: FloatArray,
    step: float,
) -> float:
    """Take what cracks off in a solver step from the active share of `middle` and `after`, in place.

    Parameters
    ----------
    before, middle, after
        State at the beginning, in the middle and at the end of the step.
    step
        s.

    Returns
    -------
    float
        Largest error of a node's active share: the difference of Simpson's rule from the trapezoidal
        rule. Infinite where half of what is left would crack off at once.
    """
    o = work.offsets
    first, half, last = work.nodes[FLUX], work.nodes[COLUMN], work.nodes[SCRATCH]
    if cell.cracking.rate > 0.0:
        tension_losses(cell, work, before, first)
        tension_losses(cell, work, middle, half)
        tension_losses(cell, work, after, last)
    else:
        first[:], half[:], last[:] = 0.0, 0.0, 0.0
    strain, largest = cell.cracking.strain_coefficient, 0.0
    for k in range(first.size):
        n, m = o.active_share + k, o.mean_stoichiometry + k
        kept = before[n]
        # Of what is next to nothing no more cracks off.
        if not kept > LEAST_MATERIAL:
            after[n] = middle[n] = kept
            continue
        until_middle = step / 24.0 * (5.0 * first[k] + 8.0 * half[k] - last[k])
        lost = step / 6.0 * (first[k] + 4.0 * half[k] + last[k])
        largest = max(largest, abs(lost - 0.5 * step * (first[k] + last[k])))
        if strain > 0.0:
            begun, then, now = before[m], middle[m], after[m]
            moved = abs(swelling_of(cell, then) - swelling_of(cell, begun))
            until_middle += strain * moved
            lost += strain * (moved + abs(swelling_of(cell, now) - swelling_of(cell, then)))
        middle[n], after[n] = kept - until_middle, kept - lost
        if not lost < 0.5 * kept:
            largest = np.inf
    return largest
