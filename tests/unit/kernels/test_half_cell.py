"""The condensed linear solver solves the linearised equations, whatever closes the system."""

import numpy as np
import pytest
from laboratory import BENT, ROOM, SLOWING, current, make_cell, rest, run
from numpy.polynomial import Polynomial

from solidcell.kernels.codes import Control
from solidcell.kernels.half_cell import Drive, evaluate, factorize_system, solve_system
from solidcell.kernels.layout import STATES

CONTROLS = {
    "current": Drive(int(Control.CURRENT), 30.0, 0.1, 0.0),
    "voltage": Drive(int(Control.VOLTAGE), 3.6, -1e-4, 0.0),
    "power": Drive(int(Control.POWER), 100.0, 0.5, 0.0),
    "resistance": Drive(int(Control.RESISTANCE), 0.1, 0.0, 0.0),
}
CELLS = {
    "constant diffusivity": {},
    "composition-dependent diffusivity": {"diffusivity": SLOWING},
    "film, interface and asymmetric plane": {
        "film_resistance": 2e-3,
        "lithium_interface_resistance": 2e-3,
        "lithium_transfer_coefficient": 0.4,
    },
    "warm, with entropy": {"entropy": Polynomial([1e-4, -3e-4])},
    "uneven electrode": {
        "contact_fraction": np.linspace(1.0, 0.4, 10),
        "ionic_conductivity": np.linspace(5e-3, 2e-2, 10),
        "electronic_conductivity": np.linspace(1.0, 0.2, 10),
    },
}


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("rate", [55.0, -55.0], ids=["discharging", "charging"])
@pytest.mark.parametrize("step", [1e-3, 30.0])
def test_solution_satisfies_the_linearised_equations(
    control: str, kind: str, rate: float, step: float
) -> None:
    """u / step - J u = r for rates and J u = -r for equations, J by differences."""
    cell = make_cell(potential=BENT, shells=12, **CELLS[kind])
    warm = ROOM + 20.0 if "warm" in kind else ROOM
    done = run(cell, [current(rate, duration=200.0)], start=0.55, temperature=warm)
    o, work, coefficients, drive = done.offsets, done.work, done.coefficients, CONTROLS[control]
    y = done.end
    generator = np.random.default_rng(3)
    right = generator.normal(size=o.size)
    u = right.copy()
    factorize_system(cell, coefficients, drive, work, 0.0, y, step)
    solve_system(cell, coefficients, work, y, step, u)

    def difference(h: float) -> np.ndarray:
        above, below = np.empty(o.size), np.empty(o.size)
        evaluate(cell, coefficients, drive, work, 0.0, y + h * u, above)
        evaluate(cell, coefficients, drive, work, 0.0, y - h * u, below)
        return (above - below) / (2 * h)

    h = 1e-3 / np.abs(u[: o.discharge_charge]).max()
    gradient = (4 * difference(h) - difference(2 * h)) / 3
    differential = np.concatenate(
        [
            np.full(stop - start, state.differential)
            for state, start, stop in zip(STATES, o[:-1], o[1:], strict=True)
        ]
    )
    residual = np.where(differential, u / step, 0.0) - gradient - right
    # Each equation in units of its own largest term. A charge balance is a difference of potentials
    # times 1e4 S/m2: rounding 4 V leaves 1e-11, of which differencing makes some 1e-6.
    size = np.abs(right) + np.abs(gradient) + np.where(differential, np.abs(u) / step, 0.0)
    assert np.abs(residual / (1.0 + size)).max() < 1e-5


def test_equilibrium_does_not_change_by_itself() -> None:
    done = run(make_cell(diffusivity=SLOWING, potential=BENT), [rest(1e6)], start=0.37)
    start = done.states[0]
    assert done.end == pytest.approx(start, abs=1e-12)


@pytest.mark.parametrize("contact", [0.25, 0.5, 1.0])
def test_contact_concentrates_reaction_but_not_the_flux_into_the_particle(contact: float) -> None:
    """Without conduction losses: j rises as 1 / theta, the surface composition does not notice."""
    free = {"ionic_conductivity": 1e8, "electronic_conductivity": 1e8}
    steps = [current(20.0, duration=300.0)]
    partly = run(make_cell(contact_fraction=contact, **free), steps, longest=10.0, tolerance=1e3)
    fully = run(make_cell(**free), steps, longest=10.0, tolerance=1e3)
    assert partly.reaction[-1] == pytest.approx(fully.reaction[-1] / contact, rel=1e-6)
    assert partly.surface[-1] == pytest.approx(fully.surface[-1], rel=1e-9)


def test_a_film_takes_its_ohmic_share_of_each_reaction_current() -> None:
    film = 1.7e-3  # Ohm m2 of contact area
    free = {"ionic_conductivity": 1e8, "electronic_conductivity": 1e8}
    steps = [current(20.0, duration=300.0)]
    bare, coated = (
        run(make_cell(film_resistance=r, **free), steps, longest=10.0, tolerance=1e3)
        for r in (0.0, film)
    )
    reaction = 20.0 / (bare.cell.active_area @ bare.cell.width)
    drop = bare.rows["voltage"] - coated.rows["voltage"]
    assert drop == pytest.approx(film * reaction, rel=1e-6)
