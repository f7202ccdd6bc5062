"""Cracks of the active material: a rate of the share that is left at each node.

Cracks follow the tension at the surface of a particle that has to follow its inside,

    sigma = 2 E / (9 (1 - nu)) [mean g - g(x_s)]
    dr/dt = -beta (max(0, sigma) / sigma_c)^m - k |dg/dt|

with g the volume change of the material (Christensen and Newman 2006, doi 10.1007/s10008-006-0095-1;
the law of loss as in O'Kane 2022, doi 10.1039/D2CP00417H, with g in place of a constant partial molar
volume) and dg/dt that of its mean composition. The share r is a state of the solver step, with its
exact derivatives; surface and capacity take it as it was where the step began.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.surface import fraction
from solidcell.kernels.tables import interval, slope, value
from solidcell.kernels.vector import as_matrix
from solidcell.kernels.workspace import (
    CRACK_TO_CURRENT,
    CRACK_TO_LOGIT,
    CRACK_TO_MEAN,
    FILLING,
    SCRATCH,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]

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
def mean_swelling(cell: HalfCell, x: FloatArray, means: FloatArray) -> None:
    """Mean volume change of each particle, written to `means`, (nodes,)."""
    means[:] = 0.0
    for i in range(x.shape[0]):
        weight = 3.0 * cell.shell_volume[i]
        for k in range(means.size):
            means[k] += weight * swelling_of(cell, x[i, k])


@inline_kernel
def tension_scale(cell: HalfCell) -> float:
    """Tension per volume change, in critical stresses."""
    cracking = cell.cracking
    stiffness = 2.0 * cracking.modulus / (9.0 * (1.0 - cracking.poisson_ratio))
    return float(stiffness / cracking.critical_stress)


@kernel
def crack_rates(cell: HalfCell, work: Workspace, y: FloatArray, f: FloatArray) -> None:
    """Rate of the share of active material at each node, 1/s, written to `f`.

    Expects the rate of the mean lithium fraction in `f`.
    """
    o = work.offsets
    shells, nodes = work.phi.shape
    means, cracking = work.nodes[SCRATCH], cell.cracking
    mean_swelling(cell, as_matrix(y, shells, nodes), means)
    scale, exponent, rate = tension_scale(cell), cracking.exponent, cracking.rate
    for k in range(nodes):
        lost = 0.0
        if y[o.active_share + k] > LEAST_MATERIAL:
            tension = scale * (means[k] - swelling_of(cell, fraction(y[o.surface_logit + k])))
            if tension > 0.0:
                lost = rate * tension**exponent
            if cracking.strain_coefficient > 0.0:
                index, d = interval(
                    cell.table_origin,
                    cell.table_inverse_spacing,
                    cell.table_intervals,
                    y[o.mean_stoichiometry + k],
                )
                swelling = slope(cell.volume_table, cell.table_inverse_spacing, index, d)
                strain = swelling * f[o.mean_stoichiometry + k]
                lost += cracking.strain_coefficient * abs(strain)
        f[o.active_share + k] = -lost


@kernel
def linearise_cracks(cell: HalfCell, work: Workspace, y: FloatArray) -> None:
    """Derivatives of that rate: to the shells, surface, reaction current and mean fraction."""
    o = work.offsets
    shells, nodes = work.phi.shape
    x = as_matrix(y, shells, nodes)
    means, cracking = work.nodes[SCRATCH], cell.cracking
    mean_swelling(cell, x, means)
    scale, exponent, rate = tension_scale(cell), cracking.exponent, cracking.rate
    origin, inverse = cell.table_origin, cell.table_inverse_spacing
    table, intervals = cell.volume_table, cell.table_intervals
    for k in range(nodes):
        surface = fraction(y[o.surface_logit + k])
        tension = scale * (means[k] - swelling_of(cell, surface))
        steep = 0.0
        whole = y[o.active_share + k] > LEAST_MATERIAL
        if whole and tension > 0.0:
            steep = -rate * exponent * scale * tension ** (exponent - 1.0)
        index, d = interval(origin, inverse, intervals, surface)
        to_surface = -steep * slope(table, inverse, index, d)
        work.slow[CRACK_TO_LOGIT, k] = to_surface * surface * (1.0 - surface)
        work.slow[CRACK_TO_CURRENT, k], work.slow[CRACK_TO_MEAN, k] = 0.0, 0.0
        if whole and cracking.strain_coefficient > 0.0:
            index, d = interval(origin, inverse, intervals, y[o.mean_stoichiometry + k])
            swelling = slope(table, inverse, index, d)
            curvature = 2.0 * table[index, 2] + 6.0 * d * table[index, 3]
            curvature *= inverse * inverse
            filling = work.nodes[FILLING, k]
            strain = swelling * filling * y[o.reaction_current + k]
            sign = -cracking.strain_coefficient if strain >= 0.0 else cracking.strain_coefficient
            work.slow[CRACK_TO_CURRENT, k] = sign * swelling * filling
            bent = curvature * filling * y[o.reaction_current + k]
            work.slow[CRACK_TO_MEAN, k] = sign * bent
        means[k] = steep
    for i in range(shells):
        weight = 3.0 * cell.shell_volume[i]
        for k in range(nodes):
            index, d = interval(origin, inverse, intervals, x[i, k])
            work.crack_slope[i, k] = means[k] * weight * slope(table, inverse, index, d)
