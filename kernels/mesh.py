"""Finite-volume meshes of the particle radius and of the electrode thickness.

The two-point flux between neighbouring shells, and the step from the outermost shells to the surface,
use effective distances that are exact for the profile of a particle under constant flux,
``c = c0 + q r^2`` (the pseudo-steady state of T-1 in Crank, *The Mathematics of Diffusion*, 1975,
section 6.3.4), instead of distances between midpoints. Both are second-order; the fitted ones remove
the error that dominates a discharge.
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
        Weights of the second outermost and the outermost shell in the surface value, shape (2,).
    surface_lever
        Weight of the surface gradient in the surface value.
    """

    faces: FloatArray
    volume: FloatArray
    transmissibility: FloatArray
    surface_weight: FloatArray
    surface_lever: float


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
    """Mesh of a sphere with at least two shells, refined towards the surface by `stretch`."""
    faces = graded_faces(shells, stretch)
    volume = np.diff(faces**3) / 3
    mean_square = np.diff(faces**5) / 5 / volume
    mean_fourth = np.diff(faces**7) / 7 / volume
    inner = faces[1:-1]
    transmissibility = inner**2 * 2 * inner / np.diff(mean_square)
    # Surface value from the two outermost averages and the surface gradient, exact for 1, r^2, r^4.
    equations = np.array(
        [
            [1.0, 1.0, 0.0],
            [mean_square[-2], mean_square[-1], 2.0],
            [mean_fourth[-2], mean_fourth[-1], 4.0],
        ]
    )
    weights = np.linalg.solve(equations, np.ones(3))
    return ParticleMesh(faces, volume, transmissibility, weights[:2].copy(), float(weights[2]))


def electrode_faces(nodes: int, stretch: float = 0.0) -> FloatArray:
    """Faces of the electrode mesh on [0, 1], refined towards the separator at 0 by `stretch`."""
    faces: FloatArray = 1.0 - graded_faces(nodes, stretch)[::-1]
    return faces
