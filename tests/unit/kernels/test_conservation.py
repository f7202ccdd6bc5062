"""Lithium, charge and energy: nothing appears or gets lost (T-9)."""

import numpy as np
import pytest
from laboratory import (
    BENT,
    ONE_C,
    ROOM,
    SLOWING,
    Experiment,
    at_current,
    at_voltage,
    current,
    follow,
    hold,
    make_cell,
    power,
    rest,
    run,
)
from scipy.integrate import simpson

from solidcell.kernels.codes import Control
from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.lithium_metal import plane_voltage
from solidcell.kernels.outputs import potentials
from solidcell.kernels.parameters import HalfCell

THERMAL = GAS * ROOM / FARADAY
FILM = 1e-3  # Ohm m2
CONSTANT = make_cell(potential=BENT)
VARIABLE = make_cell(potential=BENT, diffusivity=SLOWING)
PROTOCOLS = {
    "cycles with a hold": [
        current(-ONE_C / 3, until=at_voltage(4.2)),
        hold(4.2, until=at_current(ONE_C / 20)),
        rest(600.0),
        current(ONE_C, until=at_voltage(3.7)),
        rest(600.0),
    ],
    "power and reversals": [
        power(150.0, duration=300.0),
        follow(Control.CURRENT, [0.0, 60.0, 120.0, 180.0], [0.0, -80.0, 80.0, 0.0]),
    ],
}


def inventory(done: Experiment) -> np.ndarray:
    """Lithium in the positive electrode in every snapshot, mol/m2."""
    cell = done.cell
    means = 3 * cell.shell_volume @ done.particles
    return cell.maximum_concentration * (means @ (cell.active_fraction * cell.width))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("cell", [CONSTANT, VARIABLE], ids=["constant D", "D(x)"])
@pytest.mark.parametrize("tolerance", [1e-3, 1e-6], ids=["loose", "tight"])
def test_lithium_and_charge_are_conserved_whatever_the_tolerance(
    protocol: str, cell: HalfCell, tolerance: float
) -> None:
    """1e-10 a cycle is promised; both are linear invariants of the scheme, kept to round-off."""
    done = run(cell, PROTOCOLS[protocol], start=0.6, repeat=3, tolerance=tolerance)
    assert len(done.cycles["end"]) == 3
    for balance in ("lithium_balance_error", "charge_balance_error"):
        assert np.abs(done.cycles[balance]).max() <= 1e-12
    metal = done.entry("plated_lithium")
    total = inventory(done) + metal
    assert total == pytest.approx(total[0], rel=1e-12)
    passed = done.entry("discharge_charge") - done.entry("charge_charge")
    assert metal[0] - metal == pytest.approx(passed / FARADAY, abs=1e-12 * total[0])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_reaction_adds_up_to_the_current_in_every_snapshot(protocol: str) -> None:
    done = run(VARIABLE, PROTOCOLS[protocol], start=0.6)
    crossed = -done.nodal("reaction_current") @ done.cell.width
    # Currents below a thousandth of 1C are measured against that.
    assert crossed == pytest.approx(done.entry("current_density"), rel=1e-10, abs=1e-10 * ONE_C)


def free_energy(done: Experiment) -> np.ndarray:
    """Of the lithium in the particles against metal, J/m2: -F times the integral of U over x."""
    cell = done.cell
    integral = BENT.integ()(done.particles)
    means = 3 * cell.shell_volume @ integral
    sites = cell.maximum_concentration * cell.active_fraction * cell.width
    return -FARADAY * means @ sites


def dissipation(done: Experiment) -> dict[str, np.ndarray]:
    """Heat of each mechanism in every snapshot, W/m2, from profiles and the laws of physics."""
    cell, coefficients = done.cell, done.coefficients
    flowing = done.entry("current_density")
    area = cell.contact_fraction * cell.active_area * cell.width
    planes = [
        plane_voltage(cell.lithium, coefficients, i, 5e6, 5e6, 1.0, 0.0, 0.0)[:2] for i in flowing
    ]
    ionic = np.empty((len(flowing), cell.width.size))
    for n, state in enumerate(done.states):
        potentials(cell, coefficients, done.work, state, *np.empty((2, cell.width.size)), ionic[n])
    faces = np.column_stack([flowing, ionic])

    def joule(density: np.ndarray, conductivity: np.ndarray) -> np.ndarray:
        left, right = density[:, :-1], density[:, 1:]
        squares = (left**2 + left * right + right**2) / 3
        return squares @ (cell.width / conductivity)

    exchange = 2 * np.sqrt(done.surface * (1 - done.surface))
    overpotential = 2 * THERMAL * np.arcsinh(done.reaction / (2 * exchange))
    return {
        "separator": flowing**2 * cell.separator_resistance,
        "lithium kinetics": flowing * np.array([eta for eta, _ in planes]),
        "lithium interface": flowing * np.array([drop for _, drop in planes]),
        "ions": joule(faces, cell.ionic_conductivity),
        "electrons": joule(flowing[:, None] - faces, cell.electronic_conductivity),
        "kinetics": (done.reaction * overpotential) @ area,
        "film": (done.reaction**2 * cell.coating_resistance) @ area,
        "diffusion": diffusion_heat(done),
    }


def diffusion_heat(done: Experiment) -> np.ndarray:
    """Lithium flowing down its potential in the particles, W/m2."""
    cell = done.cell
    kirchhoff = (SLOWING.integ() / cell.diffusivity)(done.particles)
    sites = 3 * cell.maximum_concentration * cell.active_fraction * cell.width
    rate = done.coefficients.diffusion_rate
    inward = rate * sites * cell.transmissibility[:, None] * np.diff(kirchhoff, axis=1)
    area = cell.contact_fraction * cell.active_area * cell.width
    entering = -area * done.reaction / FARADAY
    potential = BENT(done.particles)
    inside = (inward * -np.diff(potential, axis=1)).sum(axis=(1, 2))
    outside = (entering * (potential[:, -1] - BENT(done.surface))).sum(axis=1)
    return FARADAY * (inside + outside)


@pytest.fixture(scope="module")
def discharge() -> Experiment:
    cell = make_cell(
        nodes=40,
        shells=40,
        potential=BENT,
        diffusivity=SLOWING,
        coating_resistance=FILM,
        lithium={"interface_resistance": 1e-3},
        contact_fraction=0.8,
    )
    return run(cell, [current(ONE_C, duration=2400.0, snapshots=1.0)], start=0.3, tolerance=1e-7)


def test_energy_delivered_is_free_energy_less_the_heat_of_every_mechanism(
    discharge: Experiment,
) -> None:
    """To 1e-5 of the energy; the heat is 9 % of it, so that each mechanism counts."""
    heat = dissipation(discharge)
    spent = {name: simpson(rate, x=discharge.state_times) for name, rate in heat.items()}
    released = free_energy(discharge)[0] - free_energy(discharge)[-1]
    delivered = discharge.entry("discharge_energy")[-1]
    assert released - sum(spent.values()) == pytest.approx(delivered, rel=1e-5)


def test_every_mechanism_takes_energy(discharge: Experiment) -> None:
    """From the first second on: at the very start nothing has diffused yet."""
    for name, heat in dissipation(discharge).items():
        assert (heat[1:] > 0.0).all(), name


def test_energy_booked_is_the_integral_of_current_times_voltage(discharge: Experiment) -> None:
    product = discharge.entry("current_density") * discharge.entry("voltage")
    booked = discharge.entry("discharge_energy")[-1]
    assert booked == pytest.approx(simpson(product, x=discharge.state_times), rel=1e-7)


def test_a_cell_at_rest_exchanges_nothing() -> None:
    done = run(VARIABLE, [current(ONE_C, duration=300.0), rest(3600.0)])
    for name in ("discharge_charge", "charge_charge", "discharge_energy", "charge_energy"):
        assert done.entry(name)[2] == done.entry(name)[-1]
