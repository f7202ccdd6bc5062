"""The condensed linear solver solves the linearised equations, whatever closes the system."""

from collections.abc import Callable

import numpy as np
import pytest
from laboratory import (
    BENT,
    FIXED_CONTACT,
    PARTICLE_FILM,
    PRESSED,
    PRESSED_LITHIUM,
    ROOM,
    SLOWING,
    SOUND,
    current,
    make_cell,
    rest,
    run,
)
from numpy.polynomial import Polynomial

from solidcell.kernels.codes import Control
from solidcell.kernels.condensation import factorize_system, solve_system
from solidcell.kernels.half_cell import Drive, evaluate
from solidcell.kernels.layout import Offsets
from solidcell.kernels.mechanics import Fixture

PRESS = Fixture(pressure=5e6, ramp=1e3, start=0.0, stiffness=0.0, thickness=0.0)
"""Constant pressure on its way up, Pa and Pa/s."""
CONTROLS = {
    "current": Drive(int(Control.CURRENT), 30.0, 0.1, 0.0, PRESS),
    "voltage": Drive(int(Control.VOLTAGE), 3.6, -1e-4, 0.0, PRESS),
    "power": Drive(int(Control.POWER), 100.0, 0.5, 0.0, PRESS),
    "resistance": Drive(int(Control.RESISTANCE), 0.1, 0.0, 0.0, PRESS),
}
SIZES = {
    "film_square": 1e-18,
    "first_film": 1e-9,
    "void_thickness": 1e-7,
    "plane_film_square": 1e-18,
    "potential_difference": 1.0,
    "reaction_current": 1e5,
    "plane_current": 1.0,
    "current_density": 1.0,
}
"""Least sizes of states that may be zero, in their units."""
THIN = {
    "film_square": 1e-18,
    "first_film": 1e-9,
    "void_thickness": 1e-8,
    "plane_film_square": 1e-18,
}
"""Squares and thicknesses of films and voids, m2 and m."""
CELLS = {
    "constant diffusivity": {},
    "composition-dependent diffusivity": {"diffusivity": SLOWING},
    "film, interface and asymmetric plane": {
        "coating_resistance": 2e-3,
        "lithium": {"interface_resistance": 2e-3, "transfer_coefficient": 0.4},
    },
    "warm, with entropy": {"entropy": Polynomial([1e-4, -3e-4])},
    "uneven electrode": {
        "contact_fraction": np.linspace(1.0, 0.4, 10),
        "ionic_conductivity": np.linspace(5e-3, 2e-2, 10),
        "electronic_conductivity": np.linspace(1.0, 0.2, 10),
    },
    "contact under pressure, constricted": {
        "contact": FIXED_CONTACT._replace(law=1, parameters=PRESSED, pitch=3e-7),
        "lithium": PRESSED_LITHIUM._replace(
            law=2, contact_law=2, contact_parameters=np.array([2.4e6]), pitch=1e-5
        )._asdict(),
    },
    "cracked particles": {
        "cracking": SOUND._replace(rate=1e-4, crack_density=2.0),
        "diffusivity": SLOWING,
        "swelling": Polynomial([-0.05, 0.05]),
    },
    "everything changes": {
        "contact": FIXED_CONTACT._replace(
            law=1, parameters=PRESSED, evolves=1, loss_coefficient=2.0, healing_rate=1e-3
        ),
        "film": PARTICLE_FILM._replace(growth_constant=1e-19, conductivity=1e-6),
        "lithium": PRESSED_LITHIUM._asdict(),
        "swelling": Polynomial([-0.05, 0.02, 0.06, -0.03]),
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
    # Off the kinks: where pressure has just begun to fall, and where voids begin to open.
    y[o.highest_pressure] -= 1e4
    y[o.void_thickness] += 1e-7
    right = np.random.default_rng(3).normal(size=o.length)
    # Films and voids are thin.
    for name, size in THIN.items():
        first = getattr(o, name)
        right[first : o[o._fields.index(name) + 1]] *= size
    # Nothing moves the slow states of a plain cell.
    f = np.zeros(o.length)
    evaluate(cell, coefficients, drive, work, 0.0, y, f)
    slow = slice(o.contact_retention, o.potential_difference)
    right[slow] *= f[slow] != 0.0
    right[[o.cracked_lithium, o.double_layer_charge]] = 0.0
    jacobian = differences(
        lambda x, out: evaluate(cell, coefficients, drive, work, 0.0, x, out), y, o
    )
    matrix = np.diag(np.where(differential(o), 1.0 / step, 0.0)) - jacobian
    u = right.copy()
    factorize_system(cell, coefficients, drive, work, 0.0, y, step)
    solve_system(cell, coefficients, drive, work, y, step, u)
    residual = matrix @ u - right
    # What the particles' films take is counted without derivatives.
    residual[o.positive_film_charge] = 0.0
    # Each equation in units of its own terms, of which differencing leaves five digits.
    size = np.abs(matrix) @ np.abs(u) + np.abs(right)
    assert (np.abs(residual) <= 1e-4 * size).all()


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("double_layer", [0, 1], ids=["no double layer", "double layer"])
def test_every_rate_and_residual_is_written(kind: str, double_layer: int) -> None:
    """What rests is written, too: another cell, or a step that failed, may have left anything there."""
    cell = make_cell(potential=BENT, **CELLS[kind])._replace(double_layer=double_layer)
    done = run(cell, [current(55.0, duration=200.0)], start=0.55)
    found = []
    for left in (0.0, np.nan):
        f = np.full(done.offsets.length, left)
        evaluate(cell, done.coefficients, CONTROLS["current"], done.work, 0.0, done.end, f)
        found.append(f)
    assert np.isfinite(found[0]).all()
    assert np.array_equal(*found)


def differential(o: Offsets) -> np.ndarray:
    """Which entries of the state vector have a rate, without double layers."""
    return np.arange(o.length) < o.potential_difference


def differences(
    evaluate_at: Callable[[np.ndarray, np.ndarray], None], y: np.ndarray, o: Offsets
) -> np.ndarray:
    """Jacobian by central differences, each column in steps of its state's own size."""
    size = np.full(y.size, 1e-3)
    for name, least in SIZES.items():
        first = getattr(o, name)
        size[first : o[o._fields.index(name) + 1]] = least
    step = 1e-5 * np.maximum(np.abs(y), size)
    jacobian = np.empty((y.size, y.size))
    above, below = np.zeros(y.size), np.zeros(y.size)
    for n in range(y.size):
        for sign, out in ((1.0, above), (-1.0, below)):
            moved = y.copy()
            moved[n] += sign * step[n]
            evaluate_at(moved, out)
        jacobian[:, n] = (above - below) / (2 * step[n])
    return jacobian


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
        run(make_cell(coating_resistance=r, **free), steps, longest=10.0, tolerance=1e3)
        for r in (0.0, film)
    )
    reaction = 20.0 / (bare.cell.active_area @ bare.cell.width)
    drop = bare.rows["voltage"] - coated.rows["voltage"]
    assert drop == pytest.approx(film * reaction, rel=1e-6)
