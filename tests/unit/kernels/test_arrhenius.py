"""Every property of the cell follows its own Arrhenius law (T-16)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laboratory import NO_FILM, ROOM, current, make_cell, run
from numpy.polynomial import Polynomial

from solidcell.kernels.arrhenius import arrhenius
from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.parameters import at_temperature

WARM = 333.15  # K
temperatures = st.floats(200.0, 450.0)
energies = st.floats(0.0, 1e5)


@pytest.mark.parametrize(
    ("energy", "temperature", "factor"),
    [
        (37e3, WARM, 4.7973),  # creep of lithium from 25 to 60 degC
        (0.35 * FARADAY, WARM, 4.18355),  # Li6PS5Cl, 0.35 eV
        (40.5e3, 273.15, 0.224184),  # charge transfer of coated NMC811 on ice
        (33.8e3, ROOM, 1.0),
        (0.0, WARM, 1.0),
    ],
)
def test_known_factors(energy: float, temperature: float, factor: float) -> None:
    assert arrhenius(energy, temperature, ROOM) == pytest.approx(factor, rel=2e-5)


@given(energies, temperatures, temperatures, temperatures)
def test_warming_in_two_stages_is_warming_at_once(
    energy: float, first: float, second: float, third: float
) -> None:
    stages = arrhenius(energy, second, first) * arrhenius(energy, third, second)
    assert stages == pytest.approx(arrhenius(energy, third, first), rel=1e-12)


#: Coefficient of the equations, the field it comes from, its activation energy, and the power of
#: the Arrhenius factor: conductances rise, resistances fall, and j0 is kept as its square.
COEFFICIENTS = [
    ("diffusion_rate", lambda c: c.diffusivity / c.particle_radius**2, "diffusivity", 1),
    (
        "flux_scale",
        lambda c: c.particle_radius / (FARADAY * c.maximum_concentration * c.diffusivity),
        "diffusivity",
        -1,
    ),
    ("exchange_factor", lambda c: 1.0, "exchange", 2),
    ("ionic_factor", lambda c: 1.0, "ionic", 1),
    ("separator_resistance", lambda c: c.separator_resistance, "separator", -1),
    ("separator_factor", lambda c: 1.0, "separator", 1),
    ("lithium_exchange_current", lambda c: c.lithium.exchange_current, "lithium_exchange", 1),
    ("critical_current", lambda c: c.lithium.critical_current, "lithium_critical", 1),
    ("lithium_interface_factor", lambda c: 1.0, "lithium_interface", 1),
    ("film_growth", lambda c: 1.0, "film_growth", 1),
    ("film_conductivity", lambda c: c.film.conductivity, "film_conductivity", 1),
    ("plane_film_growth", lambda c: 1.0, "plane_film_growth", 1),
    (
        "plane_film_conductivity",
        lambda c: c.lithium.film.conductivity,
        "plane_film_conductivity",
        1,
    ),
    ("creep_factor", lambda c: 1.0, "creep", 1),
]


@pytest.mark.parametrize(("name", "reference", "process", "power"), COEFFICIENTS)
@pytest.mark.parametrize("temperature", [263.15, ROOM, WARM])
def test_each_coefficient_has_an_activation_energy_of_its_own(
    name: str, reference, process: str, power: int, temperature: float
) -> None:
    energies = {process: 20e3 + 1e3 * n for n, (_, _, process, _) in enumerate(COEFFICIENTS)}
    film = NO_FILM._replace(
        growth_activation_energy=energies["film_growth"],
        conductivity_activation_energy=energies["film_conductivity"],
    )
    plane_film = NO_FILM._replace(
        growth_activation_energy=energies["plane_film_growth"],
        conductivity_activation_energy=energies["plane_film_conductivity"],
    )
    cell = make_cell(
        ionic_activation_energy=energies["ionic"],
        separator_activation_energy=energies["separator"],
        diffusivity_activation_energy=energies["diffusivity"],
        exchange_activation_energy=energies["exchange"],
        film=film,
        lithium={
            "exchange_activation_energy": energies["lithium_exchange"],
            "critical_current_activation_energy": energies["lithium_critical"],
            "interface_activation_energy": energies["lithium_interface"],
            "creep_activation_energy": energies["creep"],
            "film": plane_film,
        },
    )
    inverse = 1 / temperature - 1 / ROOM
    factor = np.exp(-energies[process] / GAS * inverse)
    value = getattr(at_temperature(cell, temperature), name)
    assert value == pytest.approx(reference(cell) * factor**power, rel=1e-12)


def test_every_coefficient_is_in_the_table_above_or_is_temperature_itself() -> None:
    plain = {"temperature", "thermal_voltage", "temperature_offset", "filling_rate"}
    plain |= {"void_start", "void_span", "carbon_rate"}
    listed = {name for name, *_ in COEFFICIENTS}
    assert set(at_temperature(make_cell(), WARM)._fields) == plain | listed


def test_thermal_voltage_is_25_7_millivolts_at_room_temperature() -> None:
    assert at_temperature(make_cell(), ROOM).thermal_voltage == pytest.approx(
        25.692579e-3, rel=1e-7
    )


@pytest.mark.parametrize("temperature", [288.15, ROOM, 318.15])
def test_open_circuit_voltage_shifts_by_the_entropic_coefficient(temperature: float) -> None:
    entropy = Polynomial([-1e-4, 3e-4])  # V/K
    cell = make_cell(entropy=entropy)
    rows = run(cell, [current(1.0, duration=1.0)], start=0.6, temperature=temperature).rows
    shift = (temperature - ROOM) * entropy(0.6)
    assert rows["open_circuit_voltage"][0] == pytest.approx(4.2 - 0.6 * 0.6 + shift, abs=1e-9)
