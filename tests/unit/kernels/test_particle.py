"""Diffusion in the particles against Crank's solutions (T-1, T-2, T-3).

The particles are those of a cell that the driver integrates. Without resistance in the electrode
every particle sees the same current; with kinetics and transport that cost nothing a voltage hold
fixes the composition at the surface.
"""

import numpy as np
import pytest
from laboratory import FLAT, SLOWING, Experiment, current, hold, make_cell, run
from numpy.polynomial import Polynomial

from solidcell.kernels.constants import FARADAY
from solidcell.kernels.mesh import REACH, graded_faces

DIFFUSIVITY = 3e-15  # m2/s
RADIUS = 2e-6  # m
TIME = RADIUS**2 / DIFFUSIVITY  # s
SITES = 49034.0  # mol/m3
START = 0.2
CURRENT = 5.0  # A/m2

FREE = {"ionic_conductivity": 1e8, "electronic_conductivity": 1e8}
SPHERE_UNDER_FLUX = {
    0.001: 0.03670678,
    0.01: 0.12364335,
    0.05: 0.31216543,
    0.1: 0.48676169,
    0.2: 0.79825342,
    1.0: 3.20000000,
}
SLAB_UNDER_FLUX = {0.001: 0.03568248, 0.01: 0.11283792, 0.1: 0.35682625, 1.0: 1.33332285}
SPHERE_AFTER_STEP = {0.001: 0.10404745, 0.01: 0.30851375, 0.1: 0.77047874, 0.3: 0.96852454}


def planar_mesh(shells: int, stretch: float) -> dict[str, object]:
    """The same finite volumes on a slab: face area 1 instead of r^2."""
    faces = graded_faces(shells, stretch)
    volume = np.diff(faces)
    square, fourth = (np.diff(faces ** (p + 1)) / (p + 1) / volume for p in (2, 4))
    moments = np.array([np.ones(3), square[-3:], fourth[-3:]])
    # The surface follows its flux a little: of r^2 and r^4 the gradients there are 2 and 4.
    reach = REACH * 0.5 * (1.0 - faces[-2])
    rest = 1.0 - reach * np.array([0.0, 2.0, 4.0])
    return {
        "shell_volume": volume,
        "transmissibility": 2 * faces[1:-1] / np.diff(square),
        "surface_weight": np.linalg.solve(moments, rest),
        "surface_reach": reach,
    }


def mesh_reach(shells: int) -> float:
    """Share of the radius over which the surface of a made cell follows its flux."""
    return REACH * 0.5 * float(1.0 - graded_faces(shells, 4.0)[-2])


def surface_rise(times: list[float], tolerance: float = 1e-8, **mesh: object) -> np.ndarray:
    """(c_s - c_0) D / (j R) under a constant flux at dimensionless times D t / R^2."""
    cell = make_cell(
        nodes=2, shells=160, potential=FLAT, exchange_squared=Polynomial([1.0]), **FREE, **mesh
    )
    steps = [current(CURRENT, duration=span * TIME) for span in np.diff([0.0, *times])]
    done = run(cell, steps, start=START, tolerance=tolerance)
    flux = CURRENT / (cell.active_area @ cell.width) / FARADAY
    rise = (done.surface[1::2, 0] - START) * SITES
    return rise * DIFFUSIVITY / (flux * RADIUS)


def after_step(times: list[float]) -> Experiment:
    """A step of the surface from 0.4 to 0.5, by a hold at the potential of 0.5."""
    cell = make_cell(
        nodes=2,
        shells=160,
        potential=Polynomial([4.0, -1.0]),
        exchange_squared=Polynomial([1e12]),
        separator_resistance=0.0,
        lithium={"exchange_current": 1e12},
        # The first current is that large: the solver's tolerance is in units of it.
        nominal_current_density=1e8,
        **FREE,
    )
    steps = [hold(3.5, duration=span * TIME) for span in np.diff([0.0, *times])]
    return run(cell, steps, start=0.4, tolerance=1e-6)


def test_surface_of_a_sphere_under_constant_flux() -> None:
    """160 shells of second order leave 7e-5; the pseudo-steady end is exact but for time."""
    times, exact = list(SPHERE_UNDER_FLUX), list(SPHERE_UNDER_FLUX.values())
    rise = surface_rise(times)
    assert rise == pytest.approx(exact, rel=1e-4)
    assert rise[-1] == pytest.approx(exact[-1], rel=1e-7)


def test_surface_of_a_slab_under_constant_flux() -> None:
    """The compiled sweeps know geometry through volumes and areas only, so a slab tests them."""
    times, exact = list(SLAB_UNDER_FLUX), list(SLAB_UNDER_FLUX.values())
    rise = surface_rise(times, **planar_mesh(160, 4.0))
    assert rise == pytest.approx(exact, rel=1e-4)
    # The reference is the series cut at 1e-7.
    assert rise[-1] == pytest.approx(exact[-1], rel=2e-7)


def test_uptake_after_a_step_of_the_surface() -> None:
    times, exact = list(SPHERE_AFTER_STEP), list(SPHERE_AFTER_STEP.values())
    done = after_step(times)
    means = 3 * done.cell.shell_volume @ done.particles[1::2, :, 0].T
    assert (means - 0.4) / 0.1 == pytest.approx(exact, rel=1e-4)


def test_a_hold_with_free_kinetics_does_fix_the_surface() -> None:
    """Kinetics have 5e-6 of the resistance of diffusion to a thousandth of the radius."""
    done = after_step([0.001, 0.3])
    assert done.surface[1] == pytest.approx(0.5, abs=5e-7)
    assert done.surface[-1] == pytest.approx(0.5, abs=5e-9)


def test_the_surface_jumps_with_the_current_by_its_reach_alone() -> None:
    """Its Kirchhoff potential follows the flux over a share of half the outer shell."""
    steps = [current(30.0, duration=300.0), current(-60.0, duration=10.0)]
    done = run(make_cell(diffusivity=SLOWING), steps)
    assert done.state_times[1:3].tolist() == [300.0, 300.0]
    cell = done.cell
    # D dPhi/dr = -R j / (F c_max): lithium goes in against the reaction current.
    flux = -done.nodal("reaction_current") / cell.active_area * RADIUS / (FARADAY * SITES)
    before, after = SLOWING.integ()(done.surface[1:3])
    reached = mesh_reach(cell.shell_volume.size) * (flux[2] - flux[1])
    assert after - before == pytest.approx(reached, abs=1e-9 * cell.diffusivity)
    # Nothing that a voltmeter tells: a jump by 1.6C.
    assert np.abs(done.surface[2] - done.surface[1]).max() < 2e-5


def test_the_voltage_just_after_a_jump_is_that_of_kinetics_and_conduction() -> None:
    """Whatever the mesh: but for the reach of the surface exactly, and to microvolts with it."""

    def first(shells: int, **reach: float) -> tuple[float, float]:
        """First voltage, and the largest gradient of composition at a surface that goes with it."""
        done = run(make_cell(shells=shells, **reach), [current(55.0, duration=1.0)])
        flux = np.abs(done.nodal("reaction_current")[0]) / done.cell.active_area
        return done.rows["voltage"][0], flux.max() * TIME / (RADIUS * FARADAY * SITES)

    same, alike = (first(shells, surface_reach=1e-5)[0] for shells in (8, 40))
    assert same == pytest.approx(alike, abs=1e-10)
    # A weighted mean of what the nodes' potentials move, with their slope of 0.6 V.
    (coarse, gradient), (fine, _) = first(8), first(40)
    assert coarse == pytest.approx(fine, abs=0.6 * gradient * mesh_reach(8))
    assert coarse == pytest.approx(fine, abs=2e-5)


def test_constant_and_tabulated_diffusivity_are_one_physics() -> None:
    """The table of D / D0 = 1 gives what the path without a table gives, to its round-off."""
    steps = [current(50.0, duration=600.0)]
    plain, tabulated = (
        run(make_cell()._replace(constant_diffusivity=constant), steps, longest=5.0, tolerance=1e3)
        for constant in (True, False)
    )
    assert tabulated.end == pytest.approx(plain.end, rel=1e-11)


def test_diffusion_that_slows_as_the_particle_fills_hurts_discharge_more_than_charge() -> None:
    cell = make_cell(diffusivity=SLOWING)
    discharge, charge = (
        run(cell, [current(sign * 55.0, duration=600.0)], start=0.6).rows for sign in (1.0, -1.0)
    )
    name = "overpotential_particle_diffusion_positive"
    assert -discharge[name][-1] > 1.2 * charge[name][-1] > 0.0
