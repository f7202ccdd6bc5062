"""PyBaMM, as it is set up for validation, solves exactly the single-ion half cell."""

from dataclasses import replace

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation.agreement import Grid
from solidcell.engine.validation.cases import HALF, Case, Diffusivity, discharge
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.reference import (
    VOLTAGE,
    half_cell_model,
    load_pybamm,
    parameter_values,
    solve,
    spatial_options,
)
from solidcell.kernels.constants import FARADAY, GAS

pytest.importorskip("pybamm")

ROOM = 298.15  # K
OHM_CM2 = 1.0e4  # Ohm cm2 in an Ohm m2
COARSE = Mesh(nodes=20, shells=30)
FINE = Mesh(nodes=160, shells=10)
ONE_C = Case("1C", discharge("1C"), 0.213, Diffusivity.COMPOSITION, Grid.CHARGE)
#: A current so small that kinetics are linear, for a moment so short that nothing diffuses.
PROBE = Case(
    "probe", ("Discharge at 0.000594 A for 1 second",), HALF, Diffusivity.CONSTANT, Grid.TIME
)


@pytest.fixture(scope="module")
def cell() -> HalfCell:
    """The cell of the reference scenario."""
    return HalfCell.from_scenario(load_scenario("nmc811_lpscl_li_reference"))


def first_resistance(cell: HalfCell) -> float:
    """Resistance at the instant of a small current step at x = 0.5 [Ohm cm2]."""
    curve = solve(cell, PROBE, mesh=FINE, tolerance=Tolerance(1.0e-10, 1.0e-12))
    drop = float(cell.open_circuit_potential(HALF)) - curve.voltage[0]
    return float(drop / curve.current[0]) * OHM_CM2


def newman_tobias(cell: HalfCell) -> float:
    """Resistance of the linear porous electrode, Newman and Tobias 1962 [Ohm cm2]."""
    kappa, sigma = cell.electrolyte_conductivity, cell.electronic_conductivity
    area = 3.0 * cell.active_material_volume_fraction / cell.particle_radius
    exchange = cell.contact_fraction * float(cell.exchange_current_density(HALF))
    conductance = area * exchange * FARADAY / (GAS * ROOM)
    length = cell.electrode_thickness
    nu = length * np.sqrt(conductance * (1.0 / kappa + 1.0 / sigma))
    bracket = 2.0 + (sigma / kappa + kappa / sigma) * np.cosh(nu)
    return float(length / (kappa + sigma) * (1.0 + bracket / (nu * np.sinh(nu)))) * OHM_CM2


def test_the_first_resistance_is_newman_tobias_plus_lithium_plus_separator(cell: HalfCell) -> None:
    lithium = GAS * ROOM / (FARADAY * cell.lithium_exchange_current_density) * OHM_CM2
    separator = cell.separator_thickness / cell.separator_conductivity * OHM_CM2
    expected = newman_tobias(cell) + lithium + separator
    assert expected == pytest.approx(31.437, abs=5e-4)
    assert first_resistance(cell) == pytest.approx(expected, rel=1.0e-4)


def test_less_contact_slows_the_reaction_and_nothing_else(cell: HalfCell) -> None:
    patchy = replace(cell, contact_fraction=0.4)
    difference = first_resistance(patchy) - first_resistance(cell)
    assert difference == pytest.approx(newman_tobias(patchy) - newman_tobias(cell), rel=1.0e-3)


def test_a_resistance_on_the_lithium_side_adds_its_own_drop(cell: HalfCell) -> None:
    resistance = 25.0 / OHM_CM2
    plain = solve(cell, ONE_C, mesh=COARSE)
    added = solve(replace(cell, series_resistance=resistance), ONE_C, mesh=COARSE)
    assert plain.voltage[0] - added.voltage[0] == pytest.approx(resistance * 55.0, rel=1.0e-6)


def test_electrons_given_are_lithium_stored(cell: HalfCell) -> None:
    pybamm = load_pybamm()
    model = half_cell_model(pybamm)
    simulation = pybamm.Simulation(
        model,
        parameter_values=parameter_values(pybamm, cell, temperature=ROOM, stoichiometry=0.213),
        solver=pybamm.IDAKLUSolver(rtol=1.0e-7, atol=1.0e-8),
        **spatial_options(pybamm, model, COARSE),
    )
    solution = simulation.solve([0.0, 3000.0])
    stored = solution["Total lithium in positive electrode [mol]"](np.array([0.0, 3000.0]))
    assert (stored[1] - stored[0]) * FARADAY == pytest.approx(59.4 * 3000.0, rel=1.0e-6)


def test_without_a_salt_balance_the_voltage_is_the_same(cell: HalfCell) -> None:
    pybamm = load_pybamm()
    lean = half_cell_model(pybamm)
    voltages = []
    for model in (lean, pybamm.lithium_ion.DFN(dict(lean.options))):
        simulation = pybamm.Simulation(
            model,
            parameter_values=parameter_values(pybamm, cell, temperature=ROOM, stoichiometry=0.213),
            solver=pybamm.IDAKLUSolver(rtol=1.0e-8, atol=1.0e-9),
            **spatial_options(pybamm, model, COARSE),
        )
        voltages.append(simulation.solve([0.0, 3000.0])[VOLTAGE](np.linspace(0.0, 3000.0, 301)))
    assert np.max(np.abs(voltages[0] - voltages[1])) < 5.0e-6
