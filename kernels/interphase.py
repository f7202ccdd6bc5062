"""Growth of the film between an electrode and the solid electrolyte.

The state is the square of the slow film's thickness: parabolic growth is then a straight line, which
every integrator follows exactly. A cathode has a second film that forms during the first charge.
"""

from math import exp, sqrt

from solidcell.kernels.codes import FilmLaw
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.elementary import exponential
from solidcell.kernels.options import embedded_kernel

PARABOLIC = int(FilmLaw.PARABOLIC)
LINEAR_PARABOLIC = int(FilmLaw.LINEAR_PARABOLIC)
LOGARITHMIC = int(FilmLaw.LOGARITHMIC)

THINNEST = 1e-12
"""Thickness that growth starts from where there is no film yet, m; a hundredth of an atom."""
STRONGEST = 20.0
"""Exponent at which acceleration by the potential ends: half a billion times, beyond 5 V, where nothing
has been measured and a film would be there at once."""


@embedded_kernel
def growth_rate(
    law: int,
    square: float,
    rate_constant: float,
    linear_constant: float,
    logarithmic_constant: float,
    logarithmic_time: float,
    initial_thickness: float,
    factor: float,
) -> tuple[float, float]:
    """Rate of the square of the film's thickness, and its derivative.

    With ``L = sqrt(L^2)`` and f the product of the Arrhenius factor and `voltage_factor`:

    - parabolic, ``L^2 = L0^2 + k_p t``: ``d(L^2)/dt = f k_p``;
    - linear-parabolic, ``L^2 - L0^2 + (k_p / k_l)(L - L0) = k_p t``: ``2 L f k_p / (2 L + k_p / k_l)``
      (Deal and Grove 1965, doi 10.1063/1.1713945);
    - logarithmic, ``L = L0 + k_log log(1 + t / tau)``: ``2 L f (k_log / tau) exp(-(L - L0) / k_log)``.

    Parameters
    ----------
    law
        A `FilmLaw`.
    square
        L^2, m2.
    rate_constant, linear_constant
        k_p in m2/s and k_l in m/s.
    logarithmic_constant, logarithmic_time
        k_log in m and tau in s.
    initial_thickness
        L0, m.
    factor
        f, dimensionless.

    Returns
    -------
    (float, float)
        ``d(L^2)/dt`` in m2/s, and its derivative with respect to L^2 in 1/s.
    """
    if law == PARABOLIC:
        return factor * rate_constant, 0.0
    if law == LINEAR_PARABOLIC:
        thickness = sqrt(max(square, THINNEST * THINNEST))
        reaction = rate_constant / linear_constant
        rate = factor * rate_constant / (2.0 * thickness + reaction)
        slope = rate * reaction / (thickness * (2.0 * thickness + reaction))
    elif law == LOGARITHMIC:
        thickness = sqrt(max(square, THINNEST * THINNEST))
        rate = factor * logarithmic_constant / logarithmic_time
        rate *= exp((initial_thickness - thickness) / logarithmic_constant)
        slope = rate * (1.0 / thickness - 1.0 / logarithmic_constant)
    else:
        return 0.0, 0.0
    if square < THINNEST * THINNEST:
        slope = 0.0
    return 2.0 * thickness * rate, slope


@embedded_kernel
def voltage_factor(
    coefficient: float, potential: float, reference: float, thermal_voltage: float
) -> tuple[float, float]:
    """Acceleration of growth by the potential of the electrode.

    ``f = exp[beta F (psi - V_ref) / R T]``, at most ``exp(20)``; Arrhenius' factor multiplies it.

    Parameters
    ----------
    coefficient
        beta.
    potential, reference
        Potential psi against the electrolyte and the one V_ref at which k_p was measured, V.
    thermal_voltage
        ``R T / F``, V.

    Returns
    -------
    (float, float)
        f, and ``d f / d psi`` in 1/V.
    """
    exponent = coefficient * (potential - reference) / thermal_voltage
    factor = exponential(min(exponent, STRONGEST))
    return factor, coefficient / thermal_voltage * factor if exponent < STRONGEST else 0.0


@embedded_kernel
def first_charge_rate(
    thickness: float, final_thickness: float, charge_constant: float, charging_current: float
) -> tuple[float, float, float]:
    """Growth of the film that forms with the charge passed, whatever the time it takes.

    ``dL_1/dt = (L_1inf - L_1) max(0, i) / q_1``; at constant current ``L_1 = L_1inf [1 -
    exp(-q / q_1)]``. Evidence: Koerver 2017, doi 10.1021/acs.chemmater.7b00931.

    Parameters
    ----------
    thickness, final_thickness
        L_1 and L_1inf, m.
    charge_constant
        q_1, C/m2 of electrode.
    charging_current
        i, A/m2 of electrode, positive on charge; discharge neither grows nor dissolves the film.

    Returns
    -------
    (float, float, float)
        ``dL_1/dt`` in m/s, and its derivatives with respect to L_1 in 1/s and to i in m3/C.
    """
    if charging_current <= 0.0:
        return 0.0, 0.0, 0.0
    missing = (final_thickness - thickness) / charge_constant
    return missing * charging_current, -charging_current / charge_constant, missing


@embedded_kernel
def film_charge(thickness: float, molar_volume: float) -> float:
    """Charge consumed by a film, ``q = F L / v_e``, in C/m2 of film.

    Parameters
    ----------
    thickness
        L, m; a rate in m/s gives a current density in A/m2.
    molar_volume
        Volume of interphase per mole of electrons v_e, m3/mol.
    """
    return FARADAY * thickness / molar_volume
