"""Contact fraction of a solid-solid interface against pressure, with exact derivatives.

A law gives the share of the geometric area that touches, in [0, 1], and its derivative with respect
to pressure. Where a law would exceed full contact it is held at 1, with derivative 0. Surfaces that
were not pressed together before stay apart without pressure; asperities touch with an infinite
derivative there, and 0 is returned for it.
"""

from math import erf, erfc, exp, expm1, log, pi, sqrt

import numpy as np

from solidcell.kernels.codes import ContactLaw
from solidcell.kernels.options import embedded_kernel, kernel
from solidcell.kernels.tables import FloatArray

PRESSED = int(ContactLaw.PRESSED)
PLASTIC = int(ContactLaw.PLASTIC)
HERTZ = int(ContactLaw.HERTZ)
GREENWOOD_WILLIAMSON = int(ContactLaw.GREENWOOD_WILLIAMSON)
PERSSON = int(ContactLaw.PERSSON)

LARGEST_EXPONENT = 40.0
"""Exponentials below exp(-40) = 4e-18 of the largest one are left out of a sum."""

NODE_SPACING = 0.33
NODE_CROWDING = 24.0
"""With these two the trapezoidal rule of `summit_integrals` errs by 2e-15 relative at any h."""

MOST_NODES = 64
MOST_ITERATIONS = 20
SEPARATION_TOLERANCE = 1e-8
"""Newton doubles the digits: after a step below 1e-8 the error is below 1e-15."""


@embedded_kernel
def pressed_contact(
    pressure: float,
    highest_pressure: float,
    fabrication_pressure: float,
    hardness: float,
    elastic_pressure: float,
    relaxed_fraction: float,
) -> tuple[float, float]:
    """Contact made by plastic flow at fabrication and modulated elastically by stack pressure.

    ``theta = theta_fab [1 - (1 - theta_rel) exp(-p / p_1)]``,
    ``theta_fab = 1 - exp(-max(p_fab, p_max) / p_H)``.

    It remembers: pressing beyond the fabrication pressure once raises theta_fab for good.
    Indentation hardness as the limit of plastic contact: Tabor, The Hardness of Metals (1951).

    Parameters
    ----------
    pressure, highest_pressure
        p and the highest pressure seen p_max, Pa.
    fabrication_pressure, hardness
        p_fab and p_H, Pa.
    elastic_pressure
        p_1, at which 1 - 1/e of the relaxed contact is back, Pa.
    relaxed_fraction
        theta_rel, what remains of theta_fab without pressure.

    Returns
    -------
    (float, float)
        theta, and ``d theta / d p`` at constant p_max in 1/Pa.
    """
    made = 1.0 - exp(-max(fabrication_pressure, highest_pressure) / hardness)
    relaxed = made * (1.0 - relaxed_fraction) * exp(-pressure / elastic_pressure)
    return made - relaxed, relaxed / elastic_pressure


@embedded_kernel
def plastic_contact(pressure: float, hardness: float) -> tuple[float, float]:
    """Contact of a body that flows, lithium above all: ``theta = 1 - exp(-p / H)``.

    The low-load limit ``p / H`` carries the load at the hardness H, about three times the yield
    strength (Tabor 1951; lithium 2.2-2.4 MPa after Masias 2019, doi 10.1007/s10853-018-2971-3).

    Parameters
    ----------
    pressure, hardness
        p and H, Pa.

    Returns
    -------
    (float, float)
        theta, and ``d theta / d p`` in 1/Pa.
    """
    if pressure < 0.0:
        return 0.0, 0.0
    theta = -expm1(-pressure / hardness)
    return theta, (1.0 - theta) / hardness


@embedded_kernel
def hertz_radius(force: float, radius: float, modulus: float) -> float:
    """Radius of the circle in which an elastic sphere touches a plane, m.

    ``a = (3 F R / 4 E*)^(1/3)`` with ``1/E* = (1 - nu1^2)/E1 + (1 - nu2^2)/E2`` (Hertz 1882,
    doi 10.1515/crll.1882.92.156).

    Parameters
    ----------
    force
        F, N.
    radius
        Radius of the sphere R, m.
    modulus
        Contact modulus E*, Pa.
    """
    return float((0.75 * force * radius / modulus) ** (1.0 / 3.0))


@embedded_kernel
def hertz_contact(
    pressure: float, asperity_density: float, asperity_radius: float, modulus: float
) -> tuple[float, float]:
    """Contact of equal elastic asperities that share the load.

    Each of n asperities per area carries ``F = p / n`` on ``pi a^2``: ``theta = n pi a^2``, which
    rises as ``p^(2/3)`` (Hertz 1882, doi 10.1515/crll.1882.92.156).

    Parameters
    ----------
    pressure
        p, Pa.
    asperity_density
        n, 1/m2.
    asperity_radius
        R, m.
    modulus
        Contact modulus E*, Pa; see `hertz_radius`.

    Returns
    -------
    (float, float)
        theta, and ``d theta / d p`` in 1/Pa.
    """
    if pressure <= 0.0:
        return 0.0, 0.0
    spot = hertz_radius(pressure / asperity_density, asperity_radius, modulus)
    theta = asperity_density * pi * spot * spot
    if theta >= 1.0:
        return 1.0, 0.0
    return theta, 2.0 / 3.0 * theta / pressure


@embedded_kernel
def summit_integrals(h: float) -> tuple[float, float]:
    """Load on Gaussian summits above a plane, and the stiffness that goes with it.

    ``F_m(h) = int_h^inf (s - h)^m phi(s) ds`` with phi the standard normal density. By
    ``s = h + u^2`` it becomes half the integral over the whole line of an even entire function of u,
    on which the trapezoidal rule converges faster than any power of the spacing.

    Parameters
    ----------
    h
        Separation in standard deviations of the heights.

    Returns
    -------
    (float, float)
        ``log F_3/2(h)``, which stays finite at any h, and ``F_1/2(h) / F_3/2(h)``.
    """
    spacing = NODE_SPACING / sqrt(sqrt(NODE_CROWDING + h * h))
    if h >= 0.0:
        first = 1.0
        last = sqrt(2.0 * LARGEST_EXPONENT / (h + sqrt(h * h + 2.0 * LARGEST_EXPONENT)))
    else:
        reach = sqrt(2.0 * LARGEST_EXPONENT)
        first = max(1.0, np.ceil(sqrt(max(0.0, -h - reach)) / spacing))
        last = sqrt(reach - h)
    stiffness, load = 0.0, 0.0
    for n in range(MOST_NODES):
        u = (first + n) * spacing
        # Not `u > last`: a NaN has to end the sum, too.
        if not u <= last:
            break
        square = u * u
        if h >= 0.0:
            weight = square * exp(-square * (h + 0.5 * square))
        else:
            weight = square * exp(-0.5 * (h + square) * (h + square))
        stiffness += weight
        load += square * weight
    logarithm = log(2.0 * spacing * load / sqrt(2.0 * pi))
    if h >= 0.0:
        logarithm -= 0.5 * h * h
    return logarithm, stiffness / load


@embedded_kernel
def summit_separation(load: float) -> tuple[float, float]:
    """Separation h at which ``F_3/2(h)`` equals a load, and ``F_1/2(h)`` there.

    Newton's method for ``log F_3/2(h) = log load``. The logarithm is concave and falls in h (F is the
    convolution of two log-concave functions), so a step lands at or beyond the root, and from
    there the iteration comes down to it without fail.

    Parameters
    ----------
    load
        ``F_3/2``, above 0.
    """
    target = log(load)
    # The starting value is within 0.25 of the root for -3 < h < 6.
    if load < 0.43:
        h = sqrt(-2.0 * target - 0.69) - 1.0
    else:
        h = 0.374 / sqrt(load) - load ** (2.0 / 3.0)
    ratio = 0.0
    for _ in range(MOST_ITERATIONS):
        logarithm, ratio = summit_integrals(h)
        step = (logarithm - target) / (1.5 * ratio)
        h += step
        if abs(step) <= SEPARATION_TOLERANCE * (1.0 + abs(h)):
            # F_m' = -m F_(m-1) and F_3/2 = F_-1/2 / 2 - h F_1/2 give the ratio's own derivative.
            ratio += ratio * step * (1.5 * ratio - 1.0 / ratio - h)
            break
    return h, ratio * load


@kernel
def greenwood_williamson_contact(
    pressure: float,
    asperity_density: float,
    asperity_radius: float,
    height_deviation: float,
    modulus: float,
) -> tuple[float, float]:
    """Contact of elastic asperities whose heights are normally distributed.

    ``theta = pi n R sigma F_1(d / sigma)``,
    ``p = (4/3) n E* R^(1/2) sigma^(3/2) F_3/2(d / sigma)``, solved for the separation d of the mean
    planes; ``F_1(h) = phi(h) - h Q(h)`` and Q the upper tail of the normal distribution. At low
    load theta is nearly proportional to p (Greenwood and Williamson 1966,
    doi 10.1098/rspa.1966.0242).

    Parameters
    ----------
    pressure
        p, Pa.
    asperity_density
        n, 1/m2.
    asperity_radius, height_deviation
        R and the standard deviation sigma of the heights, m.
    modulus
        Contact modulus E*, Pa; see `hertz_radius`.

    Returns
    -------
    (float, float)
        theta, and ``d theta / d p`` in 1/Pa.
    """
    if pressure <= 0.0:
        return 0.0, 0.0
    area_scale = pi * asperity_density * asperity_radius * height_deviation
    pressure_scale = (4.0 / 3.0 * asperity_density * modulus * height_deviation) * sqrt(
        asperity_radius * height_deviation
    )
    h, stiffness = summit_separation(pressure / pressure_scale)
    tail = 0.5 * erfc(h / sqrt(2.0))
    theta = area_scale * (exp(-0.5 * h * h) / sqrt(2.0 * pi) - h * tail)
    if theta >= 1.0:
        return 1.0, 0.0
    return theta, area_scale * tail / (1.5 * pressure_scale * stiffness)


@embedded_kernel
def persson_contact(
    pressure: float, modulus: float, rms_slope: float, prefactor: float
) -> tuple[float, float]:
    """Contact of elastic self-affine surfaces.

    ``theta = erf(kappa sqrt(pi) / 2  p / (E* h'))``, which rises as ``kappa p / (E* h')``: kappa =
    sqrt(8/pi) after Persson 2001 (doi 10.1063/1.1388626), about 2 in numerical solutions,
    sqrt(2 pi) after Bush, Gibson and Thomas 1975 (doi 10.1016/0043-1648(75)90145-3).

    Parameters
    ----------
    pressure
        p, Pa.
    modulus
        Contact modulus E*, Pa; see `hertz_radius`.
    rms_slope
        Root-mean-square slope of the surface h'.
    prefactor
        kappa.

    Returns
    -------
    (float, float)
        theta, and ``d theta / d p`` in 1/Pa.
    """
    if pressure < 0.0:
        return 0.0, 0.0
    slope = prefactor / (modulus * rms_slope)
    argument = 0.5 * sqrt(pi) * slope * pressure
    return erf(argument), slope * exp(-argument * argument)


@kernel
def contact_fraction(
    law: int, parameters: FloatArray, pressure: float, highest_pressure: float
) -> tuple[float, float]:
    """Contact fraction by the law that a scenario has chosen.

    Parameters
    ----------
    law
        A `ContactLaw`.
    parameters
        Constants of the law, shape (8,), in this order and in SI units; the rest is not read.

        =====================  ====================================================================
        CONSTANT               contact fraction
        PRESSED                fabrication_pressure, hardness, elastic_pressure, relaxed_fraction
        PLASTIC                hardness
        HERTZ                  asperity_density, asperity_radius, modulus
        GREENWOOD_WILLIAMSON   asperity_density, asperity_radius, height_deviation, modulus
        PERSSON                modulus, rms_slope, prefactor
        =====================  ====================================================================
    pressure, highest_pressure
        Pressure and the highest one seen, Pa.

    Returns
    -------
    (float, float)
        Contact fraction theta, and ``d theta / d p`` at constant highest pressure in 1/Pa.
    """
    if law == PRESSED:
        return pressed_contact(
            pressure,
            highest_pressure,
            parameters[0],
            parameters[1],
            parameters[2],
            parameters[3],
        )
    if law == PLASTIC:
        return plastic_contact(pressure, parameters[0])
    if law == HERTZ:
        return hertz_contact(pressure, parameters[0], parameters[1], parameters[2])
    if law == GREENWOOD_WILLIAMSON:
        return greenwood_williamson_contact(
            pressure, parameters[0], parameters[1], parameters[2], parameters[3]
        )
    if law == PERSSON:
        return persson_contact(pressure, parameters[0], parameters[1], parameters[2])
    return float(parameters[0]), 0.0
