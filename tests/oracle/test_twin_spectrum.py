"""Spectra of PyBaMM's half cell and of the twin meet the closed solution of the porous electrode."""

from dataclasses import replace

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation import spectrum_reference
from solidcell.engine.validation.curve import FloatArray
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.spectrum_reference import (
    SPECTRUM_MESH,
    ComplexArray,
    frequencies,
)
from solidcell.engine.validation.twin import spectrum as twin_spectrum
from solidcell.engine.validation.twin.cell import (
    FARADAY,
    GAS,
    Composite,
    Film,
    LithiumPlane,
    MeasuredResistance,
    TwinCell,
)
from solidcell.engine.validation.twin.contact import StaticContact
from solidcell.engine.validation.twin.protocol import Start

pytest.importorskip("pybamm")

ROOM, LAYER = 298.15, 0.3  # K, F/m2
FREQUENCIES = frequencies(points=31)


@pytest.fixture(scope="module")
def half_cell() -> HalfCell:
    """The half cell of the reference scenario."""
    return HalfCell.from_scenario(load_scenario("nmc811_lpscl_li_reference"))


def closed(
    cell: HalfCell, x: float, frequency: FloatArray, *, film: float = 0.0, plane: float = 0.0
) -> ComplexArray:
    """Newman and Tobias with g(omega), plus separator and lithium plane, per area [Ohm m2].

    film and plane are resistances in series with the kinetics, inside the double layer: of the
    particles per area of contact, of the lithium plane per geometric area.
    """
    omega = 2.0j * np.pi * frequency
    kappa, sigma = cell.electrolyte_conductivity, cell.electronic_conductivity
    length, radius, theta = cell.electrode_thickness, cell.particle_radius, cell.contact_fraction
    thermal = GAS * ROOM / FARADAY
    step = 1.0e-5
    slope = float(cell.open_circuit_potential(x + step) - cell.open_circuit_potential(x - step)) / (
        2.0 * step * cell.maximum_concentration
    )
    diffusivity = float(cell.diffusivity(x))
    s = radius * np.sqrt(omega / diffusivity)
    warburg = -theta * slope * radius / (FARADAY * diffusivity) * np.tanh(s) / (s - np.tanh(s))
    transfer = thermal / float(cell.exchange_current_density(x))
    area = 3.0 * cell.active_material_volume_fraction / radius * theta
    admittance = area * (1.0 / (transfer + film + warburg) + omega * LAYER)
    nu = length * np.sqrt(admittance * (1.0 / kappa + 1.0 / sigma))
    electrode = (
        length
        / (kappa + sigma)
        * (1.0 + (2.0 / np.sinh(nu) + (sigma / kappa + kappa / sigma) / np.tanh(nu)) / nu)
    )
    lithium = thermal / cell.lithium_exchange_current_density + plane
    return (
        electrode
        + lithium / (1.0 + omega * lithium * LAYER)
        + cell.separator_thickness / cell.separator_conductivity
        + cell.series_resistance
    )


def largest_difference(one: ComplexArray, other: ComplexArray) -> float:
    """Relative to the modulus."""
    return float(np.max(np.abs(one / other - 1.0)))


@pytest.mark.parametrize("x", [0.3, 0.5, 0.93])
@pytest.mark.parametrize(
    "changes",
    [{}, {"contact_fraction": 0.4, "series_resistance": 25.0e-4}],
    ids=["reference", "patchy, with a resistance"],
)
def test_pybamm_meets_the_closed_solution(
    half_cell: HalfCell, x: float, changes: dict[str, float]
) -> None:
    cell = replace(half_cell, **changes)
    theirs = spectrum_reference.impedance(cell, FREQUENCIES, stoichiometry=x)
    exact = closed(cell, x, FREQUENCIES) / cell.electrode_area
    assert largest_difference(theirs, exact) < 5.0e-4
    fine = SPECTRUM_MESH.with_double_shells().with_double_nodes()
    doubled = spectrum_reference.impedance(cell, FREQUENCIES, stoichiometry=x, mesh=fine)
    assert largest_difference(theirs, doubled) < 5.0e-4


def test_the_twin_meets_it_with_films_and_a_resistance_inside_the_double_layer(
    half_cell: HalfCell,
) -> None:
    cell = replace(half_cell, contact_fraction=0.8, lithium_exchange_current_density=300.0)
    twin = TwinCell(
        cell,
        Composite(
            contact=StaticContact(0.8),
            film=Film(initial_thickness=1.0e-7, conductivity=1.0e-5),
            double_layer=LAYER,
        ),
        LithiumPlane(MeasuredResistance(25.0e-4), double_layer=LAYER),
    )
    ours = twin_spectrum.impedance(twin, FREQUENCIES, Start(0.5))
    exact = closed(cell, 0.5, FREQUENCIES, film=1.0e-2, plane=25.0e-4)
    assert largest_difference(ours, exact) < 1.0e-3
    apex = FREQUENCIES[np.argmin(ours.imag[FREQUENCIES > 30.0])]
    assert 100.0 < apex < 400.0
