"""The active material that takes part, and the lithium that goes with what no longer does.

Of the fresh active material of a node the share r has not cracked off, and of that the share theta_u is
connected (`solidcell.kernels.composite_electrode.utilisation`): surface and capacity carry r theta_u.
What cracks off is a quadrature over the solver step (`solidcell.kernels.cracking`), what is isolated
follows from the contact retention. A solid electrolyte doesn't wet cracks: what has come off is lost.

Both shares change by less than a thousandth in a cycle: surface and capacity take them as they are
at the start of a solver step. After it they move on. What leaves in a step takes the mean lithium
fraction that the particles had while it left, by Simpson's rule over the two ends and the middle, and
what stays gets the difference to the end, so that lithium is conserved to round-off: cracked material
keeps its own for good, isolated material until contact comes back.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.composite_electrode import utilisation
from solidcell.kernels.cracking import cracks
from solidcell.kernels.half_cell import prepare_material
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.surface import PINNED, coordinate_of, fraction, sites
from solidcell.kernels.vector import as_matrix
from solidcell.kernels.workspace import COLUMN, SCRATCH, Workspace

FloatArray = npt.NDArray[np.float64]

STEEPNESS, COUPLED = 0.5, 3e-5
"""Weight of what leaves in a step beside the steepness of particles, as half of it is missing on the
average, and the tolerance below which that error is no longer asked to fall: it is of first order."""


@inline_kernel
def loses_material(cell: HalfCell) -> bool:
    """Whether the active material that takes part changes in operation."""
    return cracks(cell) or (cell.contact.evolves != 0 and cell.contact.isolation_threshold > 0.0)


@kernel
def lagging(
    cell: HalfCell, work: Workspace, before: FloatArray, after: FloatArray, tolerance: float
) -> float:
    """Largest error of a lithium fraction by material that a step takes as it was at its start.

    What leaves in the step is missing for half of it, on the average: the others would have gone so
    much farther, twice of which counts, as all steps err to one side. What they would have been steeper
    by does not add up, and counts by `STEEPNESS`.
    """
    o = work.offsets
    largest, weight = 0.0, STEEPNESS * min(1.0, tolerance / COUPLED)
    share = before[o.active_share : o.utilisation]
    kept = after[o.active_share : o.utilisation]
    begun = before[o.mean_stoichiometry : o.plated_lithium]
    mean = after[o.mean_stoichiometry : o.plated_lithium]
    surface = after[o.surface_coordinate : o.reaction_current]
    taking_part = before[o.utilisation : o.isolated_lithium]
    retention = after[o.contact_retention : o.film_square]
    for k in range(work.nodes.shape[1]):
        connected = taking_part[k]
        if cell.contact.isolation_threshold > 0.0:
            connected = utilisation(cell, retention[k])
        left = kept[k] * connected / (share[k] * taking_part[k])
        steepness = abs(fraction(surface[k]) - mean[k])
        way = max(abs(mean[k] - begun[k]), weight * steepness)
        largest = max(largest, abs(1.0 - left) * way)
    return largest


@inline_kernel
def mean_while_leaving(
    active: tuple[float, float, float], mean: tuple[float, float, float]
) -> float:
    """Mean lithium fraction of material that leaves in a step, by Simpson's rule.

    ``integral of x dq over the change of q``, with q and x, the active share and its mean lithium
    fraction, as parabolas through their values at the start, in the middle and at the end.
    """
    integral = (
        mean[0] * (-3.0 * active[0] + 4.0 * active[1] - active[2])
        + 4.0 * mean[1] * (active[2] - active[0])
        + mean[2] * (active[0] - 4.0 * active[1] + 3.0 * active[2])
    ) / 6.0
    least = min(mean[0], min(mean[1], mean[2]))
    most = max(mean[0], max(mean[1], mean[2]))
    return min(max(integral / (active[2] - active[0]), least), most)


@kernel
def lose_material(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    before: FloatArray,
    middle: FloatArray,
    y: FloatArray,
) -> None:
    """Take the material that has cracked off or lost contact out of the electrode.

    Parameters
    ----------
    before, middle
        State at the beginning of a step and in its middle, (states,).
    y
        At its end, changed in place, (states,).
    """
    o = work.offsets
    shells, nodes = work.phi.shape
    # Lithium fractions become `stays` times themselves plus `added`, which keeps them within 0 and 1.
    stays, added = work.nodes[SCRATCH], work.nodes[COLUMN]
    for k in range(nodes):
        capacity = cell.active_fraction[k] * cell.width[k] * cell.maximum_concentration
        left, connected = before[o.active_share + k], y[o.utilisation + k]
        isolated, mean = y[o.isolated_lithium + k], y[o.mean_stoichiometry + k]
        kept = y[o.active_share + k]
        # Where isolation is off, what has been isolated before stays so.
        now = connected
        if cell.contact.isolation_threshold > 0.0:
            now = utilisation(cell, y[o.contact_retention + k])
        remaining = kept * min(now, connected)
        leaving = left * connected - remaining
        stays[k], added[k] = 1.0, 0.0
        taken = mean
        if leaving > 0.0:
            begun = before[o.mean_stoichiometry + k]
            taken = 0.5 * (begun + mean)
            if now <= connected:
                half = utilisation(cell, middle[o.contact_retention + k])
                half *= middle[o.active_share + k]
                taken = mean_while_leaving(
                    (left * connected, half, remaining),
                    (begun, middle[o.mean_stoichiometry + k], mean),
                )
            # The others end where the step has brought them: they make up for the difference.
            end = 1.0 if mean > taken else 0.0
            share = 0.0
            if mean != taken:
                share = min(0.5, (mean - taken) * leaving / (remaining * (end - mean)))
            stays[k], added[k] = 1.0 - share, share * end
            taken = mean - share * (end - mean) * remaining / leaving
        # Connected and isolated particles crack alike.
        gone = left - kept
        y[o.cracked_lithium] += capacity * gone * (connected * taken + isolated / left)
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
        y[o.utilisation + k] = now
        y[o.isolated_lithium + k] = isolated
    x = as_matrix(y, shells, nodes)
    for i in range(shells):
        for k in range(nodes):
            x[i, k] = stays[k] * x[i, k] + added[k]
    for k in range(nodes):
        n = o.mean_stoichiometry + k
        y[n] = stays[k] * y[n] + added[k]
        n = o.surface_coordinate + k
        filled, free, _ = sites(y[n])
        # Next to full 1 - x has no digits for it, and the surface follows its potential.
        if min(filled, free) > PINNED and (stays[k] != 1.0 or added[k] != 0.0):
            y[n] = coordinate_of(stays[k] * filled + added[k])
    prepare_material(cell, coefficients, y, work)
