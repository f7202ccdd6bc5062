"""Resistance of an imperfect contact: current lines that squeeze through spots, and pressure."""

from math import exp, log, pi, sqrt

from solidcell.kernels.options import embedded_kernel


@embedded_kernel
def holm_resistance(radius: float, conductivity: float) -> float:
    """Resistance of one circular spot on a half-space, ``1 / (4 kappa a)``, in Ohm.

    One side of the contact; two bodies of the same material have twice that (Holm, Electric
    Contacts, 1967, doi 10.1007/978-3-662-06688-1).

    Parameters
    ----------
    radius
        Radius of the spot a, m.
    conductivity
        kappa, S/m.
    """
    return 1.0 / (4.0 * conductivity * radius)


@embedded_kernel
def constriction_resistance(
    contact_fraction: float, pitch: float, conductivity: float
) -> tuple[float, float]:
    """Constriction of current into spots that touch, for one side of the interface.

    ``R = pi b / (4 kappa sqrt(theta)) (1 - sqrt(theta))^(3/2)`` with ``theta = (a / b)^2``: zero for
    full contact, Holm's `holm_resistance` over ``pi b^2`` for few small spots (Cooper, Mikic and
    Yovanovich 1969, doi 10.1016/0017-9310(69)90011-8).

    Parameters
    ----------
    contact_fraction
        theta. No contact has an infinite resistance; from 1 on there is none.
    pitch
        Radius b of the cell that belongs to one spot, m; 0 leaves constriction out.
    conductivity
        kappa of the bulk, S/m.

    Returns
    -------
    (float, float)
        R in Ohm m2 of geometric area, and ``d R / d theta``.
    """
    if pitch == 0.0 or contact_fraction >= 1.0:
        return 0.0, 0.0
    scale = 0.25 * pi * pitch / conductivity
    radius = sqrt(contact_fraction)  # of the spot, in units of b
    open_part = sqrt(1.0 - radius)
    resistance = scale * open_part * (1.0 - radius) / radius
    slope = -0.5 * scale * open_part * (1.0 + 0.5 * radius) / (radius * contact_fraction)
    return resistance, slope


@embedded_kernel
def interface_resistance(
    pressure: float,
    highest_pressure: float,
    reference: float,
    infinite: float,
    reference_pressure: float,
    exponent: float,
    unloading_exponent: float,
) -> tuple[float, float, float]:
    """Measured resistance of an interface, with memory of the highest pressure.

    ``R = R_inf + (R_ref - R_inf) (p / p_ref)^-m`` while the pressure is the highest so far, and
    ``R = R_inf + (R_ref - R_inf) (p_max / p_ref)^-m (p_max / p)^m_u`` below: contact once made is
    kept in part. Loading branch of Li|Li6PS5Cl: Doux 2020, doi 10.1002/aenm.201903253.

    Parameters
    ----------
    pressure, highest_pressure
        p and p_max, Pa; p above 0.
    reference, infinite
        R_ref at the reference pressure on loading, and R_inf, Ohm m2.
    reference_pressure
        p_ref, Pa.
    exponent, unloading_exponent
        m and m_u.

    Returns
    -------
    (float, float, float)
        R in Ohm m2, and its derivatives with respect to p and p_max in Ohm m2/Pa.
    """
    if pressure >= highest_pressure:
        part = (reference - infinite) * (pressure / reference_pressure) ** -exponent
        return infinite + part, -exponent * part / pressure, 0.0
    loading = exponent * log(highest_pressure / reference_pressure)
    unloading = unloading_exponent * log(highest_pressure / pressure)
    part = (reference - infinite) * exp(unloading - loading)
    by_highest = (unloading_exponent - exponent) * part / highest_pressure
    return infinite + part, -unloading_exponent * part / pressure, by_highest
