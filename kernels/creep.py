"""Creep of lithium metal, and how fast it closes a void."""

from solidcell.kernels.options import embedded_kernel

UNIT_STRESS = 1e6
"""Stress at which the creep rate of a power law is given, Pa."""


@embedded_kernel
def creep_rate(stress: float, rate: float, exponent: float, factor: float) -> tuple[float, float]:
    """Steady strain rate of a metal in tension, ``A_c a_T (sigma / 1 MPa)^n`` (Norton's law).

    Lithium at 25 degC: A_c = 7.7e-3 1/s, n = 6.56 (Masias 2019, doi 10.1007/s10853-018-2971-3);
    activation energy 37 kJ/mol (LePage 2019, doi 10.1149/2.0221902jes).

    Parameters
    ----------
    stress
        sigma, Pa. Nothing flows where it is not positive.
    rate, exponent
        A_c at 1 MPa in 1/s, and n.
    factor
        Arrhenius factor a_T.

    Returns
    -------
    (float, float)
        Strain rate in 1/s, and its derivative with respect to stress in 1/(s Pa).
    """
    if stress <= 0.0:
        return 0.0, 0.0
    flow = rate * factor * (stress / UNIT_STRESS) ** exponent
    return flow, exponent * flow / stress


@embedded_kernel
def closure_rate(
    pressure: float, rate: float, exponent: float, factor: float
) -> tuple[float, float]:
    """Rate at which pressure closes a spherical void in creeping metal.

    ``k = -(dV/dt) / V = (3 A_c a_T / 2) (3 p / 2 n)^n`` with p in MPa. It follows from the balance of
    forces ``p = int_a^inf 2 sigma / r dr`` around a void of radius a in an infinite incompressible
    matrix, whose strain rate is ``2 a^2 (-da/dt) / r^3``; the radius shrinks a third as fast. For
    A_c and n see `creep_rate`.

    Parameters
    ----------
    pressure
        p far from the void, Pa. Nothing closes where it is not positive.
    rate, exponent
        A_c at 1 MPa in 1/s, and n.
    factor
        Arrhenius factor a_T.

    Returns
    -------
    (float, float)
        k in 1/s, and its derivative with respect to pressure in 1/(s Pa).
    """
    share = 1.5 / exponent
    flow, slope = creep_rate(share * pressure, rate, exponent, factor)
    return 1.5 * flow, 1.5 * share * slope
