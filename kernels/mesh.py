"""Finite-volume meshes of the particle radius and of the electrode thickness.

The two-point flux between neighbouring shells uses effective distances that are exact for the profile
of a particle under constant flux, ``c = c0 + q r^2`` (Crank, *The Mathematics of Diffusion*, 1975,
section 6.3.4), instead of distances between midpoints. Both are second-order; the fitted ones remove
the error that dominates a discharge.

The surface value is read off the three outermost shells and, for three thousandths of the way that the
mesh doesn't resolve, off the flux. More of the flux would be more accurate on a coarse mesh, but would
let the surface jump with the current, which it does not: the voltage just after a jump would depend on
the mesh. Without any, a surface that is full would not tell its current, an unknown of index 2.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


class ParticleMesh(NamedTuple):
    """Shells of a sphere with radius 1, from the centre to the surface.

    Attributes
    ----------
    faces
        Radii of the shell boundaries, shape (shells + 1,).
    volume
        ``(r_{i+1}^3 - r_i^3) / 3``, shape (shells,); they add up to 1/3.
    transmissibility
        Area over effective distance of the inner faces, shape (shells - 1,).
    surface_weight
        Weights of the three outermost shells in the surface value, inner first, shape (3,).
    surface_reach
        Weight of the outward gradient at the surface in that value.
    """

    faces: FloatArray
    volume: FloatArray
    transmissibility: FloatArray
    surface_weight: FloatArray
    surface_reach: float


REACH = 3e-3
"""Share of the outermost shell's half thickness over which the surface follows its flux."""


def graded_faces(cells: int, stretch: float) -> FloatArray:
    """Faces of a mesh on [0, 1] refined towards 1 by an exponential law.

    ``stretch`` is the logarithm of the ratio of the first to the last cell in the limit of many
    cells; 0 is uniform.
    """
    uniform = np.linspace(0.0, 1.0, cells + 1)
    if stretch == 0.0:
        return uniform
    faces: FloatArray = np.expm1(-stretch * uniform) / np.expm1(-stretch)
    return faces


def depths(cells: int, stretch: float) -> FloatArray:
    """Distance of the faces of `graded_faces` from 1, to all digits where they crowd there."""
    rest = np.linspace(1.0, 0.0, cells + 1)
    if stretch == 0.0:
        return rest
    depth: FloatArray = np.exp(-stretch) * np.expm1(stretch * rest) / -np.expm1(-stretch)
    return depth


def particle_mesh(shells: int, stretch: float) -> ParticleMesh:
    """Mesh of a sphere with at least three shells, refined towards the surface by `stretch`.

    Thin shells at the surface differ in the last digits of their radius alone, so that everything
    there is computed from the depth below it, ``1 - r^2 = s (2 - s)``.
    """
    faces, depth = graded_faces(shells, stretch), depths(shells, stretch)
    width = -np.diff(depth)
    # Gauss's rule with four points is exact for the means of r^4 and below.
    points, weights = np.polynomial.legendre.leggauss(4)
    share = 0.5 * (1.0 - points)
    below = depth[1:, None] + width[:, None] * share
    radius = np.where(below > 0.5, faces[:-1, None] + width[:, None] * (1.0 - share), 1.0 - below)
    weight = 0.5 * width[:, None] * weights * radius**2
    volume = weight.sum(axis=1)
    weight /= volume[:, None]
    fall = below * (2.0 - below)
    mean_square, mean_fall = (weight * radius**2).sum(axis=1), (weight * fall).sum(axis=1)
    mean_fall_square = (weight * fall**2).sum(axis=1)
    inner = faces[1:-1]
    rise = np.where(inner < 0.5, np.diff(mean_square), -np.diff(mean_fall))
    transmissibility = inner**2 * 2 * inner / rise
    # Exact for 1, r^2 and r^4: a sphere has no odd powers at its centre.
    # Of 1 - r^2 and its square the gradient at the surface is -2 and 0: r^2 and r^4 likewise.
    reach = REACH * 0.5 * float(depth[-2])
    scale = mean_fall[-3]
    moments = np.array([np.ones(3), mean_fall[-3:] / scale, mean_fall_square[-3:] / scale**2])
    surface = np.linalg.solve(moments, np.array([1.0, 2.0 * reach / scale, 0.0]))
    return ParticleMesh(faces, volume, transmissibility, surface, reach)


def electrode_faces(nodes: int, stretch: float = 0.0) -> FloatArray:
    """Faces of the electrode mesh on [0, 1], refined towards the separator at 0 by `stretch`."""
    faces: FloatArray = 1.0 - graded_faces(nodes, stretch)[::-1]
    return faces
