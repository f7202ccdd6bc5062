"""The active material that takes part, and the lithium that goes with what no longer does.

Of the fresh active material of a node the share r has not cracked off, and of that the share theta_u is
connected (`solidcell.kernels.composite_electrode.utilisation`): surface and capacity carry r theta_u.
Cracks follow the tension at the surface of a particle that has to follow its inside,

    sigma = 2 E / (9 (1 - nu)) [mean g - g(x_s)]
    dr/dt = -beta (max(0, sigma) / sigma_c)^m - k |dg/dt|

with g the volume change of the material (Christensen and Newman 2006, doi 10.1007/s10008-006-0095-1;
the law of loss as in O'Kane 2022, doi 10.1039/D2CP00417H, with g in place of a constant partial molar
volume). A solid electrolyte doesn't wet cracks: what has come off is lost.

Both shares change by less than a thousandth in a cycle. A solver step takes them as they are at its
start; after it they move on, cracks by Gauss's rule with two points on the step's dense output (fourth
order). What leaves in a step takes the mean lithium fraction of its two ends (second order), and what
stays gets the difference to the end, so that lithium is conserved to round-off: cracked material keeps
its own for good, isolated material until contact comes back.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.composite_electrode import utilisation
from solidcell.kernels.half_cell import prepare_material
from solidcell.kernels.options import embedded_kernel, inline_kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.rosenbrock import Stages, interpolate_entries, interpolate_entry
from solidcell.kernels.tables import interval, value
from solidcell.kernels.vector import as_matrix, copy
from solidcell.kernels.workspace import COLUMN, CRACKED, MEAN, SCRATCH, Workspace

FloatArray = npt.NDArray[np.float64]

FIRST_POINT = 0.5 - 0.5 / 3.0**0.5
"""First of Gauss's two points on the unit interval; the other is its mirror image."""
LEAST_MATERIAL = 1e-3
"""Share of the fresh active material below which none cracks off any more."""


@inline_kernel
def cracks(cell: HalfCell) -> bool:
    """Whether active material cracks off."""
    return cell.cracking.rate > 0.0 or cell.cracking.strain_coefficient > 0.0


@inline_kernel
def loses_material(cell: HalfCell) -> bool:
    """Whether the active material that takes part changes in operation."""
    return cracks(cell) or (cell.contact.evolves != 0 and cell.contact.isolation_threshold > 0.0)


@inline_kernel
def swelling_of(cell: HalfCell, stoichiometry: float) -> float:
    """Volume change g at a lithium fraction."""
    index, d = interval(
        cell.table_origin, cell.table_inverse_spacing, cell.table_intervals, stoichiometry
    )
    return value(cell.volume_table, index, d)


@inline_kernel
def add_cracking(cell: HalfCell, work: Workspace, y: FloatArray, seconds: float) -> None:
    """Add what cracks off in a time (s) under the stress of the state `y` to the row CRACKED."""
    o = work.offsets
    shells, nodes = work.phi.shape
    cracking = cell.cracking
    x = as_matrix(y, shells, nodes)
    means = work.nodes[SCRATCH]
    means[:] = 0.0
    for i in range(shells):
        weight = 3.0 * cell.shell_volume[i]
        for k in range(nodes):
            means[k] += weight * swelling_of(cell, x[i, k])
    stiffness = 2.0 * cracking.modulus / (9.0 * (1.0 - cracking.poisson_ratio))
    scale, exponent, rate = stiffness / cracking.critical_stress, cracking.exponent, cracking.rate
    for k in range(nodes):
        tension = scale * (means[k] - swelling_of(cell, y[o.surface_stoichiometry + k]))
        if tension > 0.0:
            work.nodes[CRACKED, k] += seconds * rate * tension**exponent


@embedded_kernel
def crack(cell: HalfCell, work: Workspace, stages: Stages, fraction: float, size: float) -> bool:
    """What cracks off in the step just taken, as a share of the fresh material, into CRACKED.

    Parameters
    ----------
    fraction
        Share of the step that counts; its dense output is ready.
    size
        Length of the step, s.

    Returns
    -------
    bool
        Whether anything does.
    """
    o = work.offsets
    strain = cell.cracking.strain_coefficient
    for k in range(work.nodes.shape[1]):
        work.nodes[CRACKED, k] = 0.0
        if strain > 0.0:
            n = o.mean_stoichiometry + k
            after = interpolate_entry(stages, fraction, n)
            change = swelling_of(cell, after) - swelling_of(cell, stages.start[n])
            work.nodes[CRACKED, k] = strain * abs(change)
    for m in range(2):
        theta = fraction * (FIRST_POINT if m == 0 else 1.0 - FIRST_POINT)
        surface, last = o.surface_stoichiometry, o.reaction_current
        interpolate_entries(stages, theta, 0, o.mean_stoichiometry, stages.argument)
        interpolate_entries(stages, theta, surface, last, stages.argument)
        add_cracking(cell, work, stages.argument, 0.5 * fraction * size)
    lost = False
    for k in range(work.nodes.shape[1]):
        lost |= work.nodes[CRACKED, k] > 0.0
    return lost


@inline_kernel
def note_means(work: Workspace, y: FloatArray) -> None:
    """Keep the mean lithium fractions with which a step begins in the row MEAN."""
    o = work.offsets
    copy(y[o.mean_stoichiometry : o.plated_lithium], work.nodes[MEAN])


@embedded_kernel
def lose_material(
    cell: HalfCell, coefficients: Coefficients, work: Workspace, y: FloatArray
) -> None:
    """Take the material that has cracked off or lost contact out of the electrode, in place on `y`.

    The row CRACKED of `work` says what has cracked off since the last call, and is emptied; MEAN
    says what the particles held then.
    """
    o = work.offsets
    shells, nodes = work.phi.shape
    # Lithium fractions become `stays` times themselves plus `added`, which keeps them within 0 and 1.
    stays, added = work.nodes[SCRATCH], work.nodes[COLUMN]
    for k in range(nodes):
        sites = cell.active_fraction[k] * cell.width[k] * cell.maximum_concentration
        left, connected = y[o.active_share + k], y[o.utilisation + k]
        isolated, mean = y[o.isolated_lithium + k], y[o.mean_stoichiometry + k]
        kept = max(left - work.nodes[CRACKED, k], min(left, LEAST_MATERIAL))
        work.nodes[CRACKED, k] = 0.0
        # Where isolation is off, what has been isolated before stays so.
        now = connected
        if cell.contact.isolation_threshold > 0.0:
            now = utilisation(cell, y[o.contact_retention + k])
        remaining = kept * min(now, connected)
        leaving = left * connected - remaining
        stays[k], added[k] = 1.0, 0.0
        taken = mean
        change = mean - work.nodes[MEAN, k]
        if leaving > 0.0 and change != 0.0:
            end = 1.0 if change > 0.0 else 0.0
            share = min(0.5, 0.5 * change * leaving / (remaining * (end - mean)))
            stays[k], added[k] = 1.0 - share, share * end
            taken -= share * (end - mean) * remaining / leaving
        # Connected and isolated particles crack alike.
        gone = left - kept
        y[o.cracked_lithium] += sites * gone * (connected * taken + isolated / left)
        isolated *= kept / left
        if now < connected:
            isolated += kept * (connected - now) * taken
        elif now > connected:
            # Particles that are connected again bring their lithium and mix with the others.
            theirs = isolated / (kept * (1.0 - connected))
            isolated -= kept * (now - connected) * theirs
            share = (now - connected) / now
            stays[k], added[k] = (
                (1.0 - share) * stays[k],
                (1.0 - share) * added[k] + share * theirs,
            )
        y[o.active_share + k] = kept
        y[o.utilisation + k] = now
        y[o.isolated_lithium + k] = isolated
    x = as_matrix(y, shells, nodes)
    for i in range(shells):
        for k in range(nodes):
            x[i, k] = stays[k] * x[i, k] + added[k]
    for k in range(nodes):
        n = o.mean_stoichiometry + k
        y[n] = stays[k] * y[n] + added[k]
        n = o.surface_stoichiometry + k
        y[n] = stays[k] * y[n] + added[k]
    prepare_material(cell, coefficients, y, work)
