"""Contact fraction against pressure: what was pressed stays, what is soft flows."""

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erf, pbdv
from scipy.special import gamma as gamma_function

from solidcell.kernels.codes import ContactLaw
from solidcell.kernels.contact import (
    contact_fraction,
    greenwood_williamson_contact,
    hertz_contact,
    hertz_radius,
    persson_contact,
    plastic_contact,
    pressed_contact,
    summit_integrals,
    summit_separation,
)

MPA = 1e6  # Pa
CATHODE = (400 * MPA, 200 * MPA, 10 * MPA, 0.877)
"""Composite cathode pressed at 400 MPa: p_fab, p_H, p_1, theta_rel."""

LITHIUM_HARDNESS = 2.4 * MPA
ROUGHNESS = (1e12, 1e-6, 1e-7, 20e9)
"""Density of asperities 1/m2, their radius m, deviation of heights m, modulus Pa."""

#: One constant per law and then the parameters, as a scenario would give them.
LAWS = {
    ContactLaw.CONSTANT: (0.8,),
    ContactLaw.PRESSED: CATHODE,
    ContactLaw.PLASTIC: (LITHIUM_HARDNESS,),
    ContactLaw.HERTZ: (1e12, 1e-6, 20e9),
    ContactLaw.GREENWOOD_WILLIAMSON: ROUGHNESS,
    ContactLaw.PERSSON: (20e9, 0.2, 2.0),
}
laws = st.sampled_from(list(LAWS))
pressures = st.floats(1e-3, 500.0).map(lambda p: p * MPA)


def parameters(law: ContactLaw) -> np.ndarray:
    """Constants of a law in the array of eight; what no law reads is not a number."""
    array = np.full(8, np.nan)
    array[: len(LAWS[law])] = LAWS[law]
    return array


def contact(law: ContactLaw, pressure: float, highest: float = 0.0) -> tuple[float, float]:
    return contact_fraction(int(law), parameters(law), pressure, highest)


# --- Composite cathode: made at fabrication, modulated by stack pressure ---


@pytest.mark.parametrize(("pressure", "theta"), [(0.0, 0.758), (5.0, 0.800), (np.inf, 0.865)])
def test_cathode_pressed_at_400_mpa(pressure: float, theta: float) -> None:
    value, _ = pressed_contact(pressure * MPA, 5 * MPA, *CATHODE)
    assert value == pytest.approx(theta, abs=5e-4)


def test_stack_pressure_below_fabrication_pressure_leaves_no_memory() -> None:
    fresh = pressed_contact(5 * MPA, 5 * MPA, *CATHODE)
    assert pressed_contact(5 * MPA, 399 * MPA, *CATHODE) == fresh


def test_pressing_once_beyond_fabrication_pressure_raises_contact_for_good() -> None:
    fresh, _ = pressed_contact(5 * MPA, 400 * MPA, *CATHODE)
    pressed, _ = pressed_contact(5 * MPA, 600 * MPA, *CATHODE)
    assert pressed / fresh == pytest.approx((1 - np.exp(-3.0)) / (1 - np.exp(-2.0)), rel=1e-14)


def test_releasing_the_pressure_leaves_the_relaxed_fraction() -> None:
    without, _ = pressed_contact(0.0, 0.0, *CATHODE)
    under_full, _ = pressed_contact(1e4 * MPA, 0.0, *CATHODE)
    assert without / under_full == pytest.approx(0.877, rel=1e-14)


# --- Lithium: flows until the contact carries the load at its hardness ---


def test_lithium_touches_over_load_divided_by_hardness_at_low_pressure() -> None:
    theta, slope = plastic_contact(1.0, LITHIUM_HARDNESS)
    assert theta == pytest.approx(1.0 / LITHIUM_HARDNESS, rel=1e-6)
    assert slope == pytest.approx(1.0 / LITHIUM_HARDNESS, rel=1e-6)


def test_lithium_at_5_mpa_touches_over_seven_eighths() -> None:
    theta, _ = plastic_contact(5 * MPA, LITHIUM_HARDNESS)
    assert theta == pytest.approx(1 - np.exp(-5 / 2.4), rel=1e-14)


# --- Elastic asperities ---


def test_one_asperity_after_hertz() -> None:
    """One millinewton on a radius of 5 um presses a circle of 0.57 um (T-12)."""
    assert hertz_radius(1e-3, 5e-6, 20e9) == pytest.approx(5.7236e-7, abs=5e-12)


def test_equal_asperities_share_the_load() -> None:
    theta, _ = hertz_contact(5 * MPA, 1e12, 1e-6, 20e9)
    spot = hertz_radius(5e-6, 1e-6, 20e9)
    assert theta == pytest.approx(1e12 * np.pi * spot**2, rel=1e-14)


def test_contact_of_equal_asperities_rises_as_pressure_to_two_thirds() -> None:
    low, _ = hertz_contact(1 * MPA, 1e12, 1e-6, 20e9)
    high, _ = hertz_contact(8 * MPA, 1e12, 1e-6, 20e9)
    assert high / low == pytest.approx(4.0, rel=1e-14)


@pytest.mark.parametrize("law", [ContactLaw.HERTZ, ContactLaw.GREENWOOD_WILLIAMSON])
def test_asperities_cannot_touch_over_more_than_all(law: ContactLaw) -> None:
    assert contact(law, 1e6 * MPA) == (1.0, 0.0)


def tail_moment(m: float, h: float) -> float:
    """F_m(h) by parabolic cylinder functions (DLMF 12.5.1)."""
    scale = gamma_function(m + 1) / np.sqrt(2 * np.pi)
    return float(scale * np.exp(-h * h / 4) * pbdv(-m - 1, h)[0])


@pytest.mark.parametrize("h", [-6.0, -3.0, -1.0, -0.5, 0.0, 0.3, 1.0, 2.0, 4.0, 6.0])
def test_integrals_over_the_summits_are_parabolic_cylinder_functions(h: float) -> None:
    logarithm, ratio = summit_integrals(h)
    load = tail_moment(1.5, h)
    # SciPy's are good to 3e-11; the next test is sharper.
    assert np.exp(logarithm) == pytest.approx(load, rel=5e-11)
    assert ratio == pytest.approx(tail_moment(0.5, h) / load, rel=5e-11)


@pytest.mark.parametrize("h", np.linspace(-12.0, 12.0, 25))
def test_integrals_over_the_summits_by_adaptive_quadrature(h: float) -> None:
    def moment(m: float) -> float:
        """F_m(h), times exp(h^2 / 2) where h > 0."""
        peak = np.sqrt(max(0.0, -h))

        def integrand(u: float) -> float:
            exponent = -0.5 * (h + u * u) ** 2 + 0.5 * max(0.0, h) ** 2
            return 2 * u ** (2 * m + 1) * np.exp(exponent) / np.sqrt(2 * np.pi)

        pieces = [(0.0, peak), (peak, peak + 4.0)]
        return sum(quad(integrand, *piece, epsabs=0, epsrel=1e-13)[0] for piece in pieces)

    logarithm, ratio = summit_integrals(h)
    assert logarithm + 0.5 * max(0.0, h) ** 2 == pytest.approx(np.log(moment(1.5)), abs=1e-13)
    assert ratio == pytest.approx(moment(0.5) / moment(1.5), rel=1e-13)


@given(st.floats(-30.0, 30.0))
def test_the_planes_stop_where_the_summits_carry_the_load(h: float) -> None:
    logarithm, ratio = summit_integrals(h)
    load = np.exp(logarithm)
    found, stiffness = summit_separation(load)
    # Rounding of log(load), up to 450 here, moves h by 1e-16 * 450 / h.
    assert found == pytest.approx(h, abs=2e-14 * (1 + abs(h)))
    assert stiffness == pytest.approx(ratio * load, rel=1e-12)


def test_rough_surfaces_touch_nearly_in_proportion_to_a_low_load() -> None:
    """From 100 Pa to 0.1 MPa the exponent stays between 0.97 and 1, and nears 1 at low load."""
    loads = np.array([1e2, 1e3, 1e4, 1e5])
    areas = [greenwood_williamson_contact(p, *ROUGHNESS)[0] for p in loads]
    exponents = np.diff(np.log(areas)) / np.diff(np.log(loads))
    assert np.all(exponents > 0.97)
    assert np.all(exponents < 1.0)
    assert np.all(np.diff(exponents) < 0)


def test_rough_surfaces_against_their_definition() -> None:
    """Area and load of the summits that stand out above a separation, integrated directly."""
    density, radius, deviation, modulus = ROUGHNESS
    for h in (-1.0, 0.0, 2.0, 4.0):
        pressure = 4 / 3 * density * modulus * np.sqrt(radius) * deviation**1.5
        pressure *= tail_moment(1.5, h)
        area = np.pi * density * radius * deviation * tail_moment(1.0, h)
        theta, _ = greenwood_williamson_contact(pressure, *ROUGHNESS)
        assert theta == pytest.approx(area, rel=5e-11)


# --- Self-affine surfaces ---


@pytest.mark.parametrize(
    ("prefactor", "ratio", "theta"),
    [
        (np.sqrt(8 / np.pi), 0.01, 0.015957),
        (np.sqrt(8 / np.pi), 0.1, 0.158519),
        (np.sqrt(8 / np.pi), 0.5, 0.682689),
        (np.sqrt(8 / np.pi), 1.0, 0.954500),
        (2.0, 0.01, 0.019998),
        (2.0, 0.1, 0.197925),
        (2.0, 0.5, 0.789909),
        (2.0, 1.0, 0.987811),
    ],
)
def test_table_of_perssons_contact(prefactor: float, ratio: float, theta: float) -> None:
    value, _ = persson_contact(ratio * 20e9 * 0.2, 20e9, 0.2, prefactor)
    assert value == pytest.approx(theta, abs=5.01e-7)


def test_persson_and_the_numerical_prefactor_have_their_own_error_functions() -> None:
    for prefactor, factor in ((np.sqrt(8 / np.pi), np.sqrt(2)), (2.0, np.sqrt(np.pi))):
        value, _ = persson_contact(0.3 * 4e9, 20e9, 0.2, prefactor)
        assert value == pytest.approx(erf(factor * 0.3), rel=1e-14)


@pytest.mark.parametrize("prefactor", [np.sqrt(8 / np.pi), 2.0, np.sqrt(2 * np.pi)])
def test_low_loads_touch_in_proportion_with_the_prefactor_named(prefactor: float) -> None:
    theta, slope = persson_contact(1e-6 * 4e9, 20e9, 0.2, prefactor)
    assert theta / 1e-6 == pytest.approx(prefactor, rel=1e-9)
    assert slope * 4e9 == pytest.approx(prefactor, rel=1e-9)


@pytest.mark.parametrize(("rms_slope", "percent"), [(0.1, 0.5), (0.5, 0.1)])
def test_elastic_contact_alone_cannot_explain_a_sulfide_composite(
    rms_slope: float, percent: float
) -> None:
    """At 5 MPa stiff surfaces touch over a few thousandths; microscopes see 70 to 85 %."""
    theta, _ = persson_contact(5 * MPA, 20e9, rms_slope, 2.0)
    assert 100 * theta == pytest.approx(percent, rel=0.01)


# --- All of them ---


@given(laws, pressures, pressures)
def test_contact_is_a_share_and_never_falls_with_pressure(
    law: ContactLaw, first: float, second: float
) -> None:
    low, high = sorted([first, second])
    loose, tight = contact(law, low), contact(law, high)
    assert 0.0 <= loose[0] <= tight[0] <= 1.0
    assert loose[1] >= 0.0


@given(laws, pressures)
def test_slope_is_the_derivative(law: ContactLaw, pressure: float) -> None:
    h = 1e-4 * pressure
    theta, slope = contact(law, pressure)
    (above, after), (below, before) = contact(law, pressure + h), contact(law, pressure - h)
    # Two-point differences with the slopes at both ends are of fourth order; rounding adds 1e-16 / h.
    difference = 1.5 * (above - below) / (2 * h) - 0.25 * (after + before)
    if above < 1.0 or below == 1.0:
        assert slope == pytest.approx(difference, rel=1e-8, abs=1e-15 * theta / h)


@pytest.mark.parametrize("law", list(ContactLaw))
def test_a_law_is_chosen_by_its_code(law: ContactLaw) -> None:
    direct = {
        ContactLaw.CONSTANT: (0.8, 0.0),
        ContactLaw.PRESSED: pressed_contact(5 * MPA, 7 * MPA, *CATHODE),
        ContactLaw.PLASTIC: plastic_contact(5 * MPA, LITHIUM_HARDNESS),
        ContactLaw.HERTZ: hertz_contact(5 * MPA, *LAWS[ContactLaw.HERTZ]),
        ContactLaw.GREENWOOD_WILLIAMSON: greenwood_williamson_contact(5 * MPA, *ROUGHNESS),
        ContactLaw.PERSSON: persson_contact(5 * MPA, *LAWS[ContactLaw.PERSSON]),
    }
    assert contact(law, 5 * MPA, 7 * MPA) == pytest.approx(direct[law], rel=1e-14)


@pytest.mark.parametrize("pressure", [0.0, -1e5])
@pytest.mark.parametrize(
    "law",
    [
        ContactLaw.PLASTIC,
        ContactLaw.HERTZ,
        ContactLaw.GREENWOOD_WILLIAMSON,
        ContactLaw.PERSSON,
    ],
)
def test_surfaces_never_pressed_together_stay_apart(law: ContactLaw, pressure: float) -> None:
    theta, slope = contact(law, pressure)
    assert theta == 0.0
    assert np.isfinite(slope)


@pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="Python raises where machine code does not"
)
@pytest.mark.parametrize("law", [law for law in ContactLaw if law != ContactLaw.CONSTANT])
def test_a_pressure_that_is_not_a_number_gives_no_contact_that_is_one(law: ContactLaw) -> None:
    assert np.isnan(contact(law, np.nan)[0])
