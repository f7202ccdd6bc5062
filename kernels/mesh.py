"""Finite-volume meshes of the particle radius and of the electrode thickness.

The two-point flux between neighbouring shells uses effective distances that are exact for the profile
of a particle under constant flux, ``c = c0 + q r^2`` (Crank, *The Mathematics of Diffusion*, 1975,
section 6.3.4), instead of distances between midpoints. Both are second-order; the fitted ones remove
the error that dominates a discharge.

The surface value is read off the three outermost shells and, for a hundredth of the way that the mesh
doesn't resolve, off the flux. More of the flux would be more accurate on a coarse mesh, but would let
the surface jump with the current, which it does not: the voltage just after a jump would depend on the
mesh. Without any, a surface that is full would not tell its current, an unknown of index 2.
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


REACH = 0.01
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


def particle_mesh(shells: int, stretch: float) -> ParticleMesh:
    """Mesh of a sphere with at least three shells, refined towards the surface by `stretch`."""
    faces = graded_faces(shells, stretch)
    volume = np.diff(faces**3) / 3
    mean_square = np.diff(faces**5) / 5 / volume
    mean_fourth = np.diff(faces**7) / 7 / volume
    inner = faces[1:-1]
    transmissibility = inner**2 * 2 * inner / np.diff(mean_square)
    # Exact for 1, r^2 and r^4: a sphere has no odd powers at its centre.
    reach = REACH * 0.5 * (1.0 - faces[-2])
    moments = np.array([np.ones(3), mean_square[-3:], mean_fourth[-3:]])
    weights = np.linalg.solve(moments, [1.0, 1.0 - 2.0 * reach, 1.0 - 4.0 * reach])
    return ParticleMesh(faces, volume, transmissibility, weights, float(reach))


def electrode_faces(nodes: int, stretch: float = 0.0) -> FloatArray:
    """Faces of the electrode mesh on [0, 1], refined towards the separator at 0 by `stretch`."""
    faces: FloatArray = 1.0 - graded_faces(nodes, stretch)[::-1]
    return faces
