"""What the surface of a particle answers to a small alternating current.

The finite volumes of `solidcell.kernels.particle`, linearised about a composition, at the angular
frequency omega. With ``z = D/D0 dx`` the change of the Kirchhoff potential of each shell,

    (j omega R^2 / D0) volume[i] (D0/D)[i] z[i] = t[i] (z[i+1] - z[i]) - t[i-1] (z[i] - z[i-1])

t the transmissibilities, and the gradient g of Phi at the surface instead of the outermost flux. The
shells are eliminated from the centre outwards. What a shell and all inside it take up for their own z,

    a[0] = j m[0],   a[i] = j m[i] + t[i-1] a[i-1] / (a[i-1] + t[i-1])

is a sum of terms in the first quadrant, so that nothing cancels however low the frequency. A sphere of
uniform composition tends to ``dPhi_s/dg = tanh s / (s - tanh s)``, ``s = R sqrt(j omega / D)``
(Crank, *The Mathematics of Diffusion*, 1975, chapter 6).

Arrays are (shells, nodes) with the node contiguous, and real and imaginary parts are kept apart, so
that the loops over the nodes vectorise.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import inline_kernel, kernel

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]


class Uptake(NamedTuple):
    """Scratch of `particle_response`.

    Attributes
    ----------
    real, imaginary
        What a shell and all inside it take up for a change of its own Phi, (nodes,).
    weight_real, weight_imaginary
        Weight of the eliminated rows in the surface, (nodes,).
    """

    real: FloatArray
    imaginary: FloatArray
    weight_real: FloatArray
    weight_imaginary: FloatArray


def allocate_uptake(nodes: int) -> Uptake:
    """Room for the particles of `nodes`."""
    return Uptake._make([np.zeros(nodes) for _ in range(4)])


@inline_kernel
def pass_face(transmissibility: float, real: float, imaginary: float) -> tuple[float, float]:
    """``t a / (a + t)``, what uptake `a` looks like from beyond a face."""
    shifted = real + transmissibility
    scale = transmissibility / (shifted * shifted + imaginary * imaginary)
    return (
        scale * (real * shifted + imaginary * imaginary),
        scale * transmissibility * imaginary,
    )


@inline_kernel
def weigh(
    own: float, real: float, imaginary: float, weight_real: float, weight_imaginary: float
) -> tuple[float, float]:
    """``(own + weight) / pivot`` of a row, weight being what the row inside left to it."""
    scale = 1.0 / (real * real + imaginary * imaginary)
    total = own + weight_real
    return (
        scale * (total * real + weight_imaginary * imaginary),
        scale * (weight_imaginary * real - total * imaginary),
    )


@kernel
def particle_response(
    shell_volume: FloatArray,
    transmissibility: FloatArray,
    surface_weight: FloatArray,
    frequency_ratio: float,
    inverse: FloatArray,
    work: Uptake,
    response: ComplexArray,
) -> None:
    """Change of Phi at the surface for a change of its gradient there, dPhi_s / dg.

    Parameters
    ----------
    shell_volume, transmissibility, surface_weight
        Mesh of the particle (`solidcell.kernels.mesh.ParticleMesh`), (shells,), (shells - 1,), (3,).
    frequency_ratio
        omega R^2 / D0, above 0.
    inverse
        D0 / D of each shell, (shells, nodes).
    work
        Scratch.
    response
        Written, complex, (nodes,).
    """
    shells, nodes = inverse.shape
    last = shells - 1
    real, imaginary = work.real, work.imaginary
    weight_real, weight_imaginary = work.weight_real, work.weight_imaginary
    mass = frequency_ratio * shell_volume[0]
    for k in range(nodes):
        real[k], imaginary[k] = 0.0, mass * inverse[0, k]
        weight_real[k], weight_imaginary[k] = 0.0, 0.0
    for i in range(1, shells):
        face = transmissibility[i - 1]
        mass = frequency_ratio * shell_volume[i]
        if i >= last - 1:
            own = surface_weight[i + 1 - last]
            for k in range(nodes):
                inner_real, inner_imaginary = weigh(
                    own, real[k] + face, imaginary[k], weight_real[k], weight_imaginary[k]
                )
                weight_real[k], weight_imaginary[k] = face * inner_real, face * inner_imaginary
        for k in range(nodes):
            inner_real, inner_imaginary = pass_face(face, real[k], imaginary[k])
            real[k] = inner_real
            imaginary[k] = mass * inverse[i, k] + inner_imaginary
    for k in range(nodes):
        inner_real, inner_imaginary = weigh(
            surface_weight[2], real[k], imaginary[k], weight_real[k], weight_imaginary[k]
        )
        response[k] = complex(inner_real, inner_imaginary)
