"""The lithium plane: charge transfer, interface and film, and the voids that open under current.

A plane sees the current I that strips it (I > 0) or plates it (I < 0). Its voltage is

    psi = eta(I / theta_a j0) + I [(R(p) + R_film) / theta_d + R_s(theta_a)]

with ``theta_a = theta_v theta(p)`` the fraction in contact, of which voids leave theta_v. Two laws say
how pressure acts, and never both. Measured: R(p) is the loading and unloading law of interface
resistances, theta(p) a constant, theta_d = theta_v, and the film counts what it has grown. Mechanistic:
theta(p) is a law of contact mechanics, R(p) = 0, theta_d = theta_a, and current is constricted to the
contacts (R_s, Cooper, Mikic and Yovanovich 1969).

Voids are one state a plane: their volume per area, h,

    dh/dt = (V_Li/F) [max(0, I - i_rep) - max(0, -I) h/(h + h0)] - k_cl h min(1, max(0, 1 - I/i_rep))

Stripping opens them where it outruns the current i_rep that creep and diffusion replenish, plating
fills them, creep under the stack pressure closes them. What is left in contact bears p / theta_v.
"""

from math import sqrt

from solidcell.kernels.codes import FilmLaw, LithiumContact
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.constriction import constriction_resistance, interface_resistance
from solidcell.kernels.contact import contact_fraction
from solidcell.kernels.creep import closure_rate
from solidcell.kernels.interphase import THINNEST, growth_rate
from solidcell.kernels.kinetics import butler_volmer_overpotential
from solidcell.kernels.options import embedded_kernel, kernel
from solidcell.kernels.parameters import Coefficients, Lithium

MEASURED = int(LithiumContact.MEASURED)
MECHANISTIC = int(LithiumContact.MECHANISTIC)
NO_FILM = int(FilmLaw.NONE)

MOVING_VOIDS, STILL_VOIDS = 1, 2
"""Values of `Lithium.voids`: voids open and close, or those that are there stay as they are."""
LEAST_CONTACT = 1e-3
"""Void contact fraction below which the law isn't followed: the run has ended before."""
LEAST_REPAIR_CONTACT = 0.02
"""Contact below which the local pressure rises no further."""
FAILED_CONTACT = 0.05
"""Void contact fraction at which the lithium counts as detached."""


@embedded_kernel
def void_contact(
    lithium: Lithium, coefficients: Coefficients, void_thickness: float
) -> tuple[float, float]:
    """Fraction of the plane that voids leave in contact, and its derivative to their thickness, 1/m.

    ``theta_v = 1 - [(h + h0)^(2/3) - h0^(2/3)] / [(h_c + h0)^(2/3) - h0^(2/3)]``: hemispheres of
    constant number cover an area that goes with the power 2/3 of their volume.
    """
    if lithium.voids == 0:
        return 1.0, 0.0
    height = max(void_thickness, 0.0) + lithium.smallest_height
    covered = height ** (2.0 / 3.0)
    theta = 1.0 - (covered - coefficients.void_start) / coefficients.void_span
    if theta < LEAST_CONTACT:
        return LEAST_CONTACT, 0.0
    if void_thickness < 0.0:
        return theta, 0.0
    return theta, -2.0 / 3.0 * covered / (height * coefficients.void_span)


@embedded_kernel
def detaching_thickness(lithium: Lithium, coefficients: Coefficients) -> float:
    """Thickness of voids at which the lithium counts as detached, m."""
    covered = coefficients.void_start + (1.0 - FAILED_CONTACT) * coefficients.void_span
    return float(covered**1.5 - lithium.smallest_height)


@embedded_kernel
def film_lithium(lithium: Lithium, film_square: float) -> float:
    """Lithium that the plane's film has consumed since it was fresh, (L - L0) / v_e in mol/m2."""
    film = lithium.film
    if film.law == NO_FILM:
        return 0.0
    return (sqrt(max(film_square, 0.0)) - film.initial_thickness) / film.molar_volume


@embedded_kernel
def repair_current(
    lithium: Lithium, creep_factor: float, pressure: float, theta: float
) -> tuple[float, float, float]:
    """Stripping current that lithium replenishes, A/m2, and its derivatives to pressure and contact.

    ``i_rep = i0 a_T (p / (p0 theta_v))^m``, fitted to critical currents of 0.2 mA/cm2 at 3 MPa and
    1.0 mA/cm2 at 7 MPa (Kasemchainan 2019, 10.1038/s41563-019-0438-9).
    """
    contact = max(theta, LEAST_REPAIR_CONTACT)
    local = pressure / (lithium.repair_pressure * contact)
    current = lithium.repair_current * creep_factor * local**lithium.repair_exponent
    slope = lithium.repair_exponent * current
    to_theta = -slope / contact if theta > LEAST_REPAIR_CONTACT else 0.0
    return current, slope / pressure, to_theta


@kernel
def void_rate(
    lithium: Lithium,
    coefficients: Coefficients,
    current: float,
    pressure: float,
    void_thickness: float,
    theta: float,
    theta_slope: float,
) -> tuple[float, float, float, float]:
    """dh/dt in m/s, and its derivatives to current, pressure and h; theta and its slope are those of
    `void_contact`.
    """
    if lithium.voids != MOVING_VOIDS:
        return 0.0, 0.0, 0.0, 0.0
    # Plating fills voids and creep closes them, whatever the current that stripping has replenished.
    repair, repair_to_pressure, repair_to_height = 1.0, 0.0, 0.0
    if current > 0.0:
        repair, repair_to_pressure, repair_to_theta = repair_current(
            lithium, coefficients.creep_factor, pressure, theta
        )
        repair_to_height = repair_to_theta * theta_slope
    closure, closure_to_pressure = closure_rate(
        pressure, lithium.creep_rate, lithium.creep_exponent, coefficients.creep_factor
    )
    volume = lithium.molar_volume / FARADAY
    rate, to_current, to_pressure, to_height = 0.0, 0.0, 0.0, 0.0
    if current > repair:
        rate = volume * (current - repair)
        to_current = volume
        to_pressure = -volume * repair_to_pressure
        to_height = -volume * repair_to_height
    elif current < 0.0:
        h0 = lithium.smallest_height
        height = max(void_thickness, 0.0)
        rate = volume * current * height / (height + h0)
        to_current = volume * height / (height + h0)
        to_height = volume * current * h0 / (height + h0) ** 2
    share = min(1.0, max(0.0, 1.0 - current / repair))
    rate -= closure * void_thickness * share
    to_height -= closure * share
    to_pressure -= closure_to_pressure * void_thickness * share
    if 0.0 < share < 1.0:
        closing = closure * void_thickness
        to_current += closing / repair
        to_pressure -= closing * current / (repair * repair) * repair_to_pressure
        to_height -= closing * current / (repair * repair) * repair_to_height
    return rate, to_current, to_pressure, to_height


@kernel
def film_rate(
    lithium: Lithium, coefficients: Coefficients, plated: float, film_square: float
) -> tuple[float, float]:
    """Growth of the plane's film: d(L^2)/dt in m2/s, and its derivative to L^2 in 1/s.

    A film needs metal to grow on: what has been plated (mol/m2), less what it has consumed.
    """
    film = lithium.film
    if film.law == NO_FILM or plated <= film_lithium(lithium, film_square):
        return 0.0, 0.0
    return growth_rate(
        film.law,
        film_square,
        film.growth_constant,
        film.linear_constant,
        film.logarithmic_constant,
        film.logarithmic_time,
        film.initial_thickness,
        coefficients.plane_film_growth,
    )


@embedded_kernel
def plane_voltage(
    lithium: Lithium,
    coefficients: Coefficients,
    current: float,
    pressure: float,
    highest_pressure: float,
    theta_v: float,
    void_slope: float,
    film_square: float,
) -> tuple[float, float, float, float, float, float, float, float]:
    """Voltage that a plane takes, in its parts, and the derivatives of the sum.

    Parameters
    ----------
    current
        I, A/m2, stripping positive.
    pressure, highest_pressure
        Stack pressure of now, and the highest that the plane has seen, Pa.
    theta_v, void_slope
        What `void_contact` says of h: 1, and 1/m.
    film_square
        L^2, m2.

    Returns
    -------
    (float, ...)
        Charge transfer, interface and film, V; then the derivatives of their sum to current (Ohm m2),
        pressure, highest pressure (V/Pa), void thickness (V/m) and film square (V/m2).
    """
    film = lithium.film
    share, share_slope = lithium.contact_fraction, 0.0
    resistance, to_pressure, to_highest, constriction, constriction_slope = 0.0, 0.0, 0.0, 0.0, 0.0
    if lithium.law == MECHANISTIC:
        law, slope = contact_fraction(
            lithium.contact_law, lithium.contact_parameters, pressure, highest_pressure
        )
        share *= law
        share_slope = lithium.contact_fraction * slope
        constriction, constriction_slope = constriction_resistance(
            theta_v * share,
            lithium.pitch,
            lithium.electrolyte_conductivity * coefficients.separator_factor,
        )
    elif lithium.law == MEASURED:
        resistance, to_pressure, to_highest = interface_resistance(
            pressure,
            highest_pressure,
            lithium.interface_resistance,
            lithium.infinite_resistance,
            lithium.reference_pressure,
            lithium.pressure_exponent,
            lithium.unloading_exponent,
        )
    else:
        resistance = lithium.interface_resistance
    # A resistance falls as the conduction behind it is activated.
    factor = 1.0 / coefficients.lithium_interface_factor
    resistance, to_pressure, to_highest = (
        resistance * factor,
        to_pressure * factor,
        to_highest * factor,
    )

    film_resistance, film_slope = 0.0, 0.0
    if film.law != NO_FILM:
        thickness = max(sqrt(max(film_square, 0.0)), THINNEST)
        film_slope = 0.5 / (thickness * coefficients.plane_film_conductivity)
        if lithium.law != MECHANISTIC:
            # What was there when the resistance was measured counts in it.
            thickness -= film.initial_thickness
        film_resistance = thickness / coefficients.plane_film_conductivity

    contact = theta_v * share
    divisor = contact if lithium.law == MECHANISTIC else theta_v
    scale = contact * coefficients.lithium_exchange_current
    eta, gradient = butler_volmer_overpotential(
        current / scale, lithium.transfer_coefficient, coefficients.temperature
    )
    per_contact = -gradient * current / (scale * contact) + current * constriction_slope
    per_divisor = -current * (resistance + film_resistance) / (divisor * divisor)
    if lithium.law == MECHANISTIC:
        per_contact += per_divisor
        per_divisor = 0.0
    return (
        eta,
        current * (resistance / divisor + constriction),
        current * film_resistance / divisor,
        gradient / scale + (resistance + film_resistance) / divisor + constriction,
        current * to_pressure / divisor + per_contact * theta_v * share_slope,
        current * to_highest / divisor,
        (per_contact * share + per_divisor) * void_slope,
        current * film_slope / divisor,
    )
