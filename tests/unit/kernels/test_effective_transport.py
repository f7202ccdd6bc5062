"""A composite electrode conducts as far as its phases connect, and uses what touches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.kernels.effective_transport import (
    bruggeman_conductivity,
    electronic_threshold,
    film_utilisation,
    percolation_conductivity,
    tortuous_conductivity,
)

SULFIDE = 0.2  # S/m
fractions = st.floats(0.0, 1.0)


def test_cathode_of_the_450_wh_per_kg_cell_conducts_7_8_millisiemens_per_metre() -> None:
    assert tortuous_conductivity(SULFIDE, 0.235, 6.0) == pytest.approx(7.8333e-3, rel=1e-5)


@pytest.mark.parametrize(
    ("fraction", "tortuosity_factor", "measured"),
    [(0.633, 2.43, 4.17e-4), (0.452, 4.33, 1.67e-4), (0.247, 130.0, 3.04e-6)],
)
def test_measured_tortuosity_factors_give_the_measured_conductivities(
    fraction: float, tortuosity_factor: float, measured: float
) -> None:
    """Minnmann 2021, S/cm; bulk 1.6e-3. Volume fractions follow from them with 12 to 14 % pores."""
    value = tortuous_conductivity(1.6e-3, fraction, tortuosity_factor)
    assert value == pytest.approx(measured, rel=5e-3)


@pytest.mark.parametrize(
    "law",
    [
        lambda fraction: percolation_conductivity(SULFIDE, fraction, 0.15, 2.0),
        lambda fraction: bruggeman_conductivity(SULFIDE, fraction, 1.5),
        lambda fraction: tortuous_conductivity(SULFIDE, fraction, 1.0),
    ],
    ids=["percolation", "bruggeman", "tortuosity"],
)
def test_a_pure_phase_conducts_as_the_bulk(law) -> None:
    assert law(1.0) == pytest.approx(SULFIDE, rel=1e-14)


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.15])
def test_nothing_conducts_up_to_the_threshold(fraction: float) -> None:
    assert percolation_conductivity(SULFIDE, fraction, 0.15, 2.0) == 0.0


def test_conduction_above_the_threshold_follows_the_power() -> None:
    """At twice and at three times the distance from the threshold: 4 and 9 times."""
    first, second, third = (
        percolation_conductivity(SULFIDE, 0.15 + distance, 0.15, 2.0)
        for distance in (0.1, 0.2, 0.3)
    )
    assert second / first == pytest.approx(4.0, rel=1e-12)
    assert third / first == pytest.approx(9.0, rel=1e-12)


def test_near_the_threshold_percolation_conducts_far_less_than_bruggeman() -> None:
    """Fitted alike at half filling, the laws are a factor of nearly five apart at 20 %."""
    half = percolation_conductivity(1.0, 0.5, 0.15, 2.0)
    exponent = np.log(half) / np.log(0.5)
    bruggeman = bruggeman_conductivity(1.0, 0.2, exponent)
    assert percolation_conductivity(1.0, 0.2, 0.15, 2.0) < 0.22 * bruggeman


@given(fractions)
def test_without_threshold_percolation_is_bruggeman(fraction: float) -> None:
    percolation = percolation_conductivity(SULFIDE, fraction, 0.0, 1.7)
    assert percolation == pytest.approx(bruggeman_conductivity(SULFIDE, fraction, 1.7), rel=1e-13)


@given(fractions, fractions)
def test_more_electrolyte_never_conducts_less(first: float, second: float) -> None:
    low, high = sorted([first, second])
    sparse = percolation_conductivity(SULFIDE, low, 0.15, 2.0)
    assert 0.0 <= sparse <= percolation_conductivity(SULFIDE, high, 0.15, 2.0) <= SULFIDE


@pytest.mark.parametrize(
    ("diameter", "percent"),
    [(1e-6, 36.67), (2e-6, 42.10), (5e-6, 49.27), (15e-6, 57.87)],
)
def test_larger_particles_need_more_volume_to_connect(diameter: float, percent: float) -> None:
    assert 100 * electronic_threshold(diameter) == pytest.approx(percent, abs=5e-3)


# --- Film electrodes in partial contact ---


@given(fractions)
def test_confined_columns_use_what_touches(contact: float) -> None:
    assert film_utilisation(contact, 1e30) == pytest.approx(contact, abs=1e-14)


@given(fractions)
def test_fast_lateral_diffusion_reaches_everything(contact: float) -> None:
    assert film_utilisation(contact, 0.0) == 1.0
    assert film_utilisation(contact, 1e-12) == pytest.approx(1.0, abs=1e-12)


@given(st.floats(0.0, 1e6))
def test_full_contact_uses_everything(damkoehler: float) -> None:
    assert film_utilisation(1.0, damkoehler) == 1.0


def test_a_patch_as_wide_as_the_diffusion_length_is_used_to_three_quarters() -> None:
    """tanh(1) = 0.7616."""
    assert film_utilisation(0.0, 1.0) == pytest.approx(np.tanh(1.0), rel=1e-14)


@given(fractions, st.floats(0.0, 1e3), st.floats(0.0, 1e3))
def test_slower_diffusion_never_uses_more(contact: float, first: float, second: float) -> None:
    fast, slow = sorted([first, second])
    assert film_utilisation(contact, slow) <= film_utilisation(contact, fast) + 1e-15
