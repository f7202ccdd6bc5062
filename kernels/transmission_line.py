"""The composite electrode at one frequency: a transmission line with a reaction between its rails.

Ions and electrons share the current I, and the reaction passes it from one to the other:

    i_e = -kappa dphi_e/dx,   i_s = -sigma dphi_s/dx,   i_e + i_s = I
    di_e/dx = J,   psi = phi_s - phi_e = J / y + e

J is the reaction current per electrode volume (A/m3, positive oxidises) and psi the small change of
the potential difference that goes with it. y is the complex admittance per electrode volume (S/m3) of
all that the reaction passes through; e is what else moves psi, such as a change of stack pressure
(Newman and Tobias 1962; Levie 1963, 10.1016/0013-4686(63)80042-0).

Within a volume of width d and constant properties the equations are solved exactly. With
``rho = 1/kappa + 1/sigma``, ``s = d sqrt(y rho)`` and i the ionic current less its share without a
reaction, ``I kappa / (kappa + sigma)``,

    psi - e = -rho d [T i_left  + S / s^2 (i_left  - i_right)]   at the left face
    psi - e =  rho d [T i_right + S / s^2 (i_right - i_left) ]   at the right face
    T = tanh(s/2) / s,   S = s / sinh(s)

which is a circuit in the form of a T: a series arm ``rho d T`` to either face, a shunt ``S / (y d)``.
psi is continuous between volumes, which leaves a tridiagonal system for the ionic current at the
inner faces. Its first and last value are known, so that charge is conserved whatever the round-off,
and its pivots are sums of impedances with a positive real part: nothing cancels. Splitting a volume
changes nothing: a mesh that resolves the properties is right at any frequency.
"""

from cmath import exp, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import embedded_kernel, inline_kernel, kernel

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

SERIES_LIMIT = 4.0
"""Largest |s^2| at which the hyperbolic functions are summed as power series."""
TERMS = 9
"""Terms of those series in (s/2)^2; the first one left out is below 1 / 20!."""
CURVATURE_LIMIT = 1.0
"""Largest s^2 at which ``1 - s / sinh(s)`` is summed as a power series."""
SMALLEST_SQUARE = 1e-60
"""Added to s^2: a volume without a reaction keeps a finite shunt."""

_COSINE = tuple(1.0 / ((2 * n - 1) * (2 * n)) for n in range(1, TERMS + 1))
_SINE = tuple(1.0 / ((2 * n) * (2 * n + 1)) for n in range(1, TERMS + 1))


class TransmissionLine(NamedTuple):
    """An electrode at one frequency, and the factors of its system.

    Attributes
    ----------
    inverse_width
        1 / d of each volume, 1/m, (nodes,).
    ionic_resistance, electronic_resistance
        d / kappa and d / sigma, Ohm m2, (nodes,).
    square
        s^2, complex, (nodes,).
    spread, merge
        T and S, complex, (nodes,).
    arm, shunt
        The T circuit of each volume, Ohm m2, complex, (nodes,).
    inverse_pivot
        Of the face to the left of each volume, S/m2, complex, (nodes,); the first is zero.
    column
        Scratch, complex, (nodes,).
    """

    inverse_width: FloatArray
    ionic_resistance: FloatArray
    electronic_resistance: FloatArray
    square: ComplexArray
    spread: ComplexArray
    merge: ComplexArray
    arm: ComplexArray
    shunt: ComplexArray
    inverse_pivot: ComplexArray
    column: ComplexArray


def allocate_line(nodes: int) -> TransmissionLine:
    """Room for the transmission line of an electrode of `nodes`."""
    real = [np.empty(nodes) for _ in range(3)]
    complex_ = [np.zeros(nodes, dtype=np.complex128) for _ in range(7)]
    return TransmissionLine._make([*real, *complex_])


@inline_kernel
def reciprocal(z: complex) -> complex:
    """``1 / z`` without the branches that guard a division against overflow."""
    scale = 1.0 / (z.real * z.real + z.imag * z.imag)
    return complex(z.real * scale, -z.imag * scale)


@embedded_kernel
def two_port(square: complex) -> tuple[complex, complex]:
    """``tanh(s/2) / s`` and ``s / sinh(s)``, which are functions of s^2.

    Near zero they come from the series of cosh and sinh of s/2, elsewhere from ``exp(-s)`` with the
    root of positive real part, which cannot overflow.
    """
    if abs(square.real) + abs(square.imag) <= SERIES_LIMIT:
        quarter = 0.25 * square
        cosine, sine = 1.0 + 0.0j, 1.0 + 0.0j
        for n in range(TERMS - 1, -1, -1):
            cosine = 1.0 + _COSINE[n] * (quarter * cosine)
            sine = 1.0 + _SINE[n] * (quarter * sine)
        both = reciprocal(cosine * sine)
        return 0.5 * (sine * sine) * both, both
    s = sqrt(square)
    decay = exp(-s)
    inverse = reciprocal(s * (1.0 - decay * decay))
    return (1.0 - decay) * (1.0 - decay) * inverse, 2.0 * square * decay * inverse


@kernel
def fill_line(
    width: FloatArray,
    ionic_conductivity: FloatArray,
    electronic_conductivity: FloatArray,
    admittance: ComplexArray,
    line: TransmissionLine,
) -> None:
    """Circuit of each volume and the factors of the electrode's system.

    Parameters
    ----------
    width
        d, m, (nodes,), from the separator to the collector.
    ionic_conductivity, electronic_conductivity
        kappa and sigma, S/m, (nodes,).
    admittance
        y, S/m3, complex, (nodes,); its real part is not negative where the material is stable.
    line
        Written.
    """
    nodes = width.size
    for k in range(nodes):
        ionic = width[k] / ionic_conductivity[k]
        electronic = width[k] / electronic_conductivity[k]
        line.inverse_width[k] = 1.0 / width[k]
        line.ionic_resistance[k] = ionic
        line.electronic_resistance[k] = electronic
        line.square[k] = admittance[k] * (width[k] * (ionic + electronic)) + SMALLEST_SQUARE
    for k in range(nodes):
        resistance = line.ionic_resistance[k] + line.electronic_resistance[k]
        spread, merge = two_port(line.square[k])
        line.spread[k] = spread
        line.merge[k] = merge
        line.arm[k] = resistance * spread
        line.shunt[k] = resistance * (merge * reciprocal(line.square[k]))
    # What the network to the left adds to the first arm is its shunt, whole behind the open face.
    left = line.shunt[0]
    for k in range(1, nodes):
        own = line.arm[k - 1] + line.arm[k] + left
        inverse = reciprocal(own + line.shunt[k])
        line.inverse_pivot[k] = inverse
        left = line.shunt[k] * (own * inverse)


@kernel
def solve_line(
    line: TransmissionLine,
    current: float,
    entering: float,
    source: ComplexArray,
    face_current: ComplexArray,
    reaction: ComplexArray,
) -> None:
    """Ionic current at the faces and mean reaction of each volume.

    Parameters
    ----------
    current
        I through the electrode, A/m2.
    entering
        Ionic current at the left face of the first volume: I where ions come from a separator, 0
        where a collector blocks them. At the right face of the last volume it is 0.
    source
        e, V, complex, (nodes,).
    face_current
        Ionic current, A/m2, complex, (nodes + 1,); written.
    reaction
        J, mean over each volume, A/m3, complex, (nodes,); written.
    """
    nodes = reaction.size
    face_current[0] = entering
    face_current[nodes] = 0.0
    carry = line.shunt[0] * entering
    for k in range(1, nodes):
        carry = (
            carry
            + (
                line.electronic_resistance[k - 1] * line.spread[k - 1]
                + line.electronic_resistance[k] * line.spread[k]
            )
            * current
        )
        carry = carry + (source[k] - source[k - 1])
        line.column[k] = carry
        carry = line.shunt[k] * (line.inverse_pivot[k] * carry)
    value = complex(0.0, 0.0)
    for k in range(nodes - 1, 0, -1):
        value = line.inverse_pivot[k] * (line.column[k] + line.shunt[k] * value)
        face_current[k] = value
    for k in range(nodes):
        reaction[k] = line.inverse_width[k] * (face_current[k + 1] - face_current[k])


@kernel
def voltage_from_separator(
    line: TransmissionLine, current: float, source: ComplexArray, face_current: ComplexArray
) -> complex:
    """Potential of the collector above the electrolyte at the separator's edge, V.

    ``phi_s(L) - phi_e(0) = psi(L) - integral of i_e / kappa``. Its negative at unit current and no
    source is the electrode's impedance, Ohm m2.
    """
    last = line.spread.size - 1
    final, before = face_current[last + 1], face_current[last]
    voltage = source[last] + line.arm[last] * final + line.shunt[last] * (final - before)
    voltage = voltage - line.electronic_resistance[last] * line.spread[last] * current
    for k in range(last + 1):
        spread = line.spread[k]
        free = line.electronic_resistance[k] / (
            line.ionic_resistance[k] + line.electronic_resistance[k]
        )
        mean = free * current * (1.0 - 2.0 * spread)
        mean = mean + spread * (face_current[k] + face_current[k + 1])
        voltage = voltage - line.ionic_resistance[k] * mean
    return complex(voltage)


@kernel
def voltage_between_collectors(
    line: TransmissionLine, current: float, face_current: ComplexArray
) -> complex:
    """Potential of the right collector above the left one, V: of a composite that blocks ions.

    ``phi_s(L) - phi_s(0) = -integral of i_s / sigma``. Its negative at unit current is the impedance.
    """
    voltage = complex(0.0, 0.0)
    for k in range(line.spread.size):
        spread = line.spread[k]
        free = line.ionic_resistance[k] / (line.ionic_resistance[k] + line.electronic_resistance[k])
        mean = free * current * (1.0 - 2.0 * spread)
        mean = mean + spread * (2.0 * current - face_current[k] - face_current[k + 1])
        voltage = voltage - line.electronic_resistance[k] * mean
    return complex(voltage)


@embedded_kernel
def curvature(square: float, merge: float) -> float:
    """``(1 - s / sinh(s)) / s^2`` of a real s; `merge` is ``s / sinh(s)``."""
    if square > CURVATURE_LIMIT:
        return (1.0 - merge) / square
    rest = 1.0
    for n in range(TERMS - 1, 0, -1):
        rest = 1.0 + _SINE[n] * square * rest
    return merge * rest / 6.0


@kernel
def dissipation(
    line: TransmissionLine, face_current: ComplexArray, reaction_resistance: FloatArray
) -> tuple[float, float]:
    """Share of each mechanism in the resistance of a line with real admittances.

    What unit current dissipates, from the exact profile ``i = free + i*`` of a volume, with i* at
    its faces L and R, ``M = T - N`` and ``N = (1 - S) / s^2``:

        mean of i*      = (L + R) T
        mean of i*^2    = (L + R)^2 M S / 2 + (L^2 + R^2) N / (2 T)
        integral of J psi = rho d [(R - L)^2 S (S + s^2 T + 1) / (2 s^2) + (L^2 + R^2) s^2 T N / 2]

    Together they are the resistance that the voltage has.

    Parameters
    ----------
    face_current
        Ionic current at the faces for unit current and no source, complex, (nodes + 1,).
    reaction_resistance
        Of each volume's reaction, Ohm m2, (nodes,); written. Within a volume it goes by the
        resistances that the reaction passes in series.

    Returns
    -------
    (float, float)
        Ionic and electronic resistance, Ohm m2.
    """
    ionic_total, electronic_total = 0.0, 0.0
    for k in range(reaction_resistance.size):
        ionic, electronic = line.ionic_resistance[k], line.electronic_resistance[k]
        both = ionic + electronic
        free = electronic / both
        rest = ionic / both
        square = line.square[k].real
        spread, merge = line.spread[k].real, line.merge[k].real
        bend = curvature(square, merge)
        left, right = face_current[k].real - free, face_current[k + 1].real - free
        total = (left + right) * spread
        squares = left * left + right * right
        product = 0.5 * ((left + right) ** 2 * (spread - bend) * merge + squares * bend / spread)
        ionic_total += ionic * (free * free + 2.0 * free * total + product)
        electronic_total += electronic * (rest * rest - 2.0 * rest * total + product)
        reaction_resistance[k] = (
            0.5
            * both
            * (
                (right - left) ** 2 * merge * (merge + square * spread + 1.0) / square
                + squares * square * spread * bend
            )
        )
    return ionic_total, electronic_total
