"""What the surface of a particle answers to a small alternating current, at any frequency.

Alternating diffusion in a particle whose diffusivity varies from shell to shell, solved exactly within
each shell. About a composition, the Kirchhoff potential changes by

    (j omega R^2 / D) Phi = r^-2 d/dr (r^2 dPhi/dr),   0 < r < 1

With ``u = r Phi`` this is ``u'' = (j omega R^2 / D) u``, and u and ``r u' - u = r^2 dPhi/dr`` are
continuous (Crank, *The Mathematics of Diffusion*, 1975, section 6.1). Their ratio
``f = (r u' - u) / u`` is carried from the centre to the surface; through a layer from r0 to
``r1 = r0 + d``, with ``s^2 = j theta = j omega R^2 d^2 / D``, it becomes

    f1 = [s^2 (r1/d) H + (d/r0) B + f0 (C + (d/r0) B)] / [C + (1 + f0) (d/r0) H]
    H = sinh(s) / s,   C = cosh(s),   B = C - H;   f1 = B / H at the centre

and the surface answers ``dPhi_s/dg = 1 / f(1)``, g being the gradient of Phi there; that is
``tanh s / (s - tanh s)`` with ``s = R sqrt(j omega / D)`` for a uniform sphere. Finite volumes resolve
no wave shorter than their shells and lose Warburg's line where diffusion is slow.

H and B are functions of the real theta alone, summed as power series: a shell too thick for them is
cut into layers. What lies below the depth that the wave reaches is left out. Arrays are (shells,
nodes) with the node contiguous, and real and imaginary parts are kept apart, so that the loops
vectorise.
"""

from math import ceil, factorial, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import inline_kernel, kernel

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

THICKEST_LAYER = 1.0
"""Largest theta at which the series are used; the first terms left out are below 1 / 18!."""
DEEPEST_WAVE = 20.0
"""Depth in units of its decay length at which a wave is forgotten: it returns with e^-40."""

_SINE = tuple((-1.0) ** (n // 2) / factorial(2 * n + 1) for n in range(9))
_BEND = tuple((-1.0) ** (n // 2) * 2 * n / factorial(2 * n + 1) for n in range(9))


class Layers(NamedTuple):
    """A particle mesh with the diffusivities of an electrode, and scratch of `sphere_response`.

    Attributes
    ----------
    smallest, largest
        Extremes of D0 / D over the nodes in each shell, (shells,).
    real, imaginary
        f of each node, (nodes,).
    """

    smallest: FloatArray
    largest: FloatArray
    real: FloatArray
    imaginary: FloatArray


def allocate_layers(nodes: int, shells: int) -> Layers:
    """Room for the particles of `nodes` with `shells` each."""
    return Layers(np.empty(shells), np.empty(shells), np.empty(nodes), np.empty(nodes))


@kernel
def fill_layers(inverse: FloatArray, work: Layers) -> None:
    """Extremes of ``inverse``, D0 / D of each shell, (shells, nodes); once a spectrum."""
    shells, nodes = inverse.shape
    for i in range(shells):
        smallest, largest = inverse[i, 0], inverse[i, 0]
        for k in range(1, nodes):
            smallest = min(smallest, inverse[i, k])
            largest = max(largest, inverse[i, k])
        work.smallest[i], work.largest[i] = smallest, largest


@inline_kernel
def sine_and_bend(theta: float) -> tuple[float, float, float, float]:
    """Real and imaginary part of H and of B for ``s^2 = j theta``."""
    p = theta * theta
    return (
        1.0 + p * (_SINE[2] + p * (_SINE[4] + p * (_SINE[6] + p * _SINE[8]))),
        theta * (_SINE[1] + p * (_SINE[3] + p * (_SINE[5] + p * _SINE[7]))),
        p * (_BEND[2] + p * (_BEND[4] + p * (_BEND[6] + p * _BEND[8]))),
        theta * (_BEND[1] + p * (_BEND[3] + p * (_BEND[5] + p * _BEND[7]))),
    )


@kernel
def sphere_response(
    faces: FloatArray,
    frequency_ratio: float,
    inverse: FloatArray,
    work: Layers,
    response: ComplexArray,
) -> None:
    """Change of Phi at the surface for a change of its gradient there, dPhi_s / dg.

    Parameters
    ----------
    faces
        Radii of the shell boundaries from 0 to 1, (shells + 1,).
    frequency_ratio
        omega R^2 / D0, above 0.
    inverse
        D0 / D of each shell, (shells, nodes).
    work
        Filled with the extremes of `inverse`.
    response
        Written, complex, (nodes,).
    """
    shells, nodes = inverse.shape
    real, imaginary = work.real, work.imaginary
    first, left = shells, DEEPEST_WAVE
    while first > 0 and left > 0.0:
        first -= 1
        thickness = faces[first + 1] - faces[first]
        depth = thickness * sqrt(0.5 * frequency_ratio * work.smallest[first])
        left -= depth
    for k in range(nodes):
        real[k], imaginary[k] = 0.0, 0.0
    for i in range(first, shells):
        thickness = faces[i + 1] - faces[i]
        theta = frequency_ratio * thickness * thickness * work.largest[i]
        layers = int(max(1.0, ceil(sqrt(theta / THICKEST_LAYER))))
        width = thickness / layers
        mass = frequency_ratio * width * width
        start = 0
        if i == first and left < 0.0:
            # Of this shell the wave reaches a part only.
            start = int(layers * min(1.0, -left / depth))
        for layer in range(start, layers):
            inner = faces[i] + layer * width
            if inner <= 0.0:
                for k in range(nodes):
                    h, h_j, b, b_j = sine_and_bend(mass * inverse[i, k])
                    scale = 1.0 / (h * h + h_j * h_j)
                    real[k] = scale * (b * h + b_j * h_j)
                    imaginary[k] = scale * (b_j * h - b * h_j)
                continue
            slant, stretch = width / inner, (inner + width) / width
            for k in range(nodes):
                theta = mass * inverse[i, k]
                h, h_j, b, b_j = sine_and_bend(theta)
                f, f_j = real[k], imaginary[k]
                c, c_j = h + b, h_j + b_j
                d, d_j = c + slant * b, c_j + slant * b_j
                rise = stretch * theta
                top = slant * b - rise * h_j + f * d - f_j * d_j
                top_j = slant * b_j + rise * h + f * d_j + f_j * d
                g, g_j = slant * (1.0 + f), slant * f_j
                below = c + g * h - g_j * h_j
                below_j = c_j + g * h_j + g_j * h
                scale = 1.0 / (below * below + below_j * below_j)
                real[k] = scale * (top * below + top_j * below_j)
                imaginary[k] = scale * (top_j * below - top * below_j)
    for k in range(nodes):
        scale = 1.0 / (real[k] * real[k] + imaginary[k] * imaginary[k])
        response[k] = complex(scale * real[k], -scale * imaginary[k])
