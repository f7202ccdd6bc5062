"""Alternating diffusion in layered spheres, alone and in a porous electrode (T-5)."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.kernels.constants import FARADAY
from solidcell.kernels.layered_sphere import (
    allocate_layers,
    fill_layers,
    sine_and_bend,
    sphere_response,
)
from solidcell.kernels.mesh import ParticleMesh, particle_mesh
from solidcell.kernels.transmission_line import (
    allocate_line,
    fill_line,
    solve_line,
    voltage_from_separator,
)

ComplexArray = npt.NDArray[np.complex128]
FloatArray = npt.NDArray[np.float64]


def response(faces: FloatArray, ratio: float, inverse: FloatArray) -> ComplexArray:
    """dPhi_s / dg of each column of D0/D."""
    shells, nodes = inverse.shape
    layers = allocate_layers(nodes, shells)
    fill_layers(inverse, layers)
    found = np.empty(nodes, dtype=np.complex128)
    sphere_response(faces, ratio, inverse, layers, found)
    return found


def finite_volumes(mesh: ParticleMesh, ratio: float, inverse: FloatArray) -> complex:
    """The same response of the solver's finite volumes, as a full matrix; D0/D is (shells,)."""
    matrix = np.diag(1j * ratio * mesh.volume * inverse)
    for i, link in enumerate(mesh.transmissibility):
        matrix[i : i + 2, i : i + 2] += link * np.array([[1.0, -1.0], [-1.0, 1.0]])
    change = np.linalg.solve(matrix, np.eye(mesh.volume.size)[-1])
    return complex(mesh.surface_weight @ change[-3:] + mesh.surface_reach)


def sphere(ratio: float) -> complex:
    """``tanh s / (s - tanh s)``, s = R sqrt(j omega / D), or its series."""
    square = 1j * ratio
    if ratio < 0.05:
        return 3 / square + 1 / 5 - square / 175 + 2 * square**2 / 7875 - 37 * square**3 / 3031875
    s = np.sqrt(square)
    tanh = -np.expm1(-2 * s) / (1 + np.exp(-2 * s))
    return complex(tanh / (s - tanh))


def filling(faces: FloatArray) -> FloatArray:
    """D0/D of a particle whose surface is nearly full: diffusion there is 170 times slower."""
    radius = (faces[1:] + faces[:-1]) / 2
    return 10.0 ** (2.5 / (1 + np.exp(-(0.85 + 0.12 * radius**2 - 0.93) / 0.02)))[:, None]


@pytest.mark.parametrize("shells", [3, 60])
@pytest.mark.parametrize("exponent", range(-8, 13))
def test_a_uniform_sphere_is_exact_at_any_frequency(exponent: int, shells: int) -> None:
    """The real part as well, where the particle is almost a capacitor alone."""
    mesh, exact = particle_mesh(shells, 3.0), sphere(10.0**exponent)
    found = response(mesh.faces, 10.0**exponent, np.ones((shells, 1)))[0]
    assert found.imag == pytest.approx(exact.imag, rel=1e-11)
    assert found.real == pytest.approx(exact.real, rel=1e-11)


def test_series_of_the_hyperbolic_functions() -> None:
    """They hold up to the thickest layer, real and imaginary part each."""
    for theta in (0.05, 0.5, 1.0):
        s = np.sqrt(1j * theta)
        sine, bend = np.sinh(s) / s, np.cosh(s) - np.sinh(s) / s
        expected = [sine.real, sine.imag, bend.real, bend.imag]
        assert sine_and_bend(theta) == pytest.approx(expected, rel=1e-12)


@given(
    st.lists(st.floats(-1.0, 2.5), min_size=5, max_size=5),
    st.floats(-3.0, 8.0),
    st.integers(0, 4),
    st.floats(0.05, 0.95),
)
def test_splitting_a_shell_changes_nothing(
    exponents: list[float], frequency: float, index: int, part: float
) -> None:
    faces, inverse = np.linspace(0.0, 1.0, 6), 10.0 ** np.array(exponents)[:, None]
    inside = faces[index] + part * (faces[index + 1] - faces[index])
    finer = np.insert(faces, index + 1, inside)
    coarse = response(faces, 10.0**frequency, inverse)[0]
    fine = response(finer, 10.0**frequency, np.insert(inverse, index, inverse[index], axis=0))[0]
    assert fine == pytest.approx(coarse, rel=1e-12)
    assert coarse.real > 0.0 > coarse.imag


def test_nodes_do_not_see_one_another() -> None:
    """Layers and depth are chosen for all nodes at once and change none of them."""
    faces = particle_mesh(20, 3.0).faces
    inverse = 10.0 ** np.random.default_rng(3).uniform(-1, 2.5, (20, 5))
    for ratio in (1e-2, 1e2, 1e6):
        together = response(faces, ratio, inverse)
        for k in range(5):
            alone = response(faces, ratio, inverse[:, k : k + 1].copy())[0]
            assert together[k] == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("ratio", [1.0, 100.0])
def test_finite_volumes_converge_to_it_with_second_order(ratio: float) -> None:
    """With a diffusivity that falls by two orders of magnitude towards the surface."""
    errors = []
    for shells in (160, 320, 640):
        mesh = particle_mesh(shells, 3.0)
        volumes = finite_volumes(mesh, ratio, filling(mesh.faces)[:, 0])
        fine = particle_mesh(2560, 3.0).faces
        errors.append(abs(volumes / response(fine, ratio, filling(fine))[0] - 1))
    assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx([2.0, 2.0], abs=0.4)


def test_sixty_shells_are_enough_for_a_nearly_full_particle_at_any_frequency() -> None:
    """0.5 %, where finite volumes lose Warburg's line altogether."""
    mesh, fine = particle_mesh(60, 3.0), particle_mesh(2000, 3.0)
    for ratio in np.logspace(-2, 8, 21):
        exact = response(fine.faces, ratio, filling(fine.faces))[0]
        found = response(mesh.faces, ratio, filling(mesh.faces))[0]
        assert abs(found / exact - 1) < 5e-3


@pytest.mark.parametrize("frequency", np.logspace(-3, 6, 10))
def test_porous_electrode_with_diffusion_in_its_particles(frequency: float) -> None:
    """T-5 from 1 mHz to 1 MHz with a double layer, on 80 % of the particles' surface."""
    thickness, kappa, sigma, nodes = 105e-6, 7.83e-3, 1.0, 40
    radius, diffusivity, contact, sites = 2e-6, 3e-15, 0.8, 49034.0
    transfer, slope = 0.0257, -0.8  # Ohm m2 of contact area, V
    omega = 2 * np.pi * frequency
    ratio = omega * radius**2 / diffusivity
    scale = -contact * slope / (sites * FARADAY) * radius / diffusivity

    def admittance(particle: ComplexArray | complex) -> ComplexArray:
        local = 1 / (transfer + scale * np.asarray(particle)) + 0.3j * omega
        return np.asarray(contact * 3 * 0.66 / radius * local)

    nu = thickness * np.sqrt(admittance(sphere(ratio)) * (1 / kappa + 1 / sigma))
    sinh = -np.expm1(-2 * nu) / 2
    parts = 2 * np.exp(-nu) + (sigma / kappa + kappa / sigma) * (1 - sinh)
    exact = complex(thickness / (kappa + sigma) * (1 + parts / (nu * sinh)))

    particles = response(particle_mesh(60, 3.0).faces, ratio, np.ones((60, nodes)))
    line, ones = allocate_line(nodes), np.ones(nodes)
    source, reaction = np.zeros(nodes, dtype=np.complex128), np.empty(nodes, dtype=np.complex128)
    currents = np.empty(nodes + 1, dtype=np.complex128)
    fill_line(ones * thickness / nodes, ones * kappa, ones * sigma, admittance(particles), line)
    solve_line(line, 1.0, 1.0, source, currents, reaction)
    assert -voltage_from_separator(line, 1.0, source, currents) == pytest.approx(exact, rel=1e-13)
