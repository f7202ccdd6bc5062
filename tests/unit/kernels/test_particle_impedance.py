"""The small-signal response of particles against the sphere's closed form and dense algebra."""

import numpy as np
import numpy.typing as npt
import pytest

from solidcell.kernels.mesh import ParticleMesh, particle_mesh
from solidcell.kernels.particle_impedance import allocate_uptake, particle_response

ComplexArray = npt.NDArray[np.complex128]
FloatArray = npt.NDArray[np.float64]


def response(mesh: ParticleMesh, ratio: float, inverse: FloatArray | None = None) -> ComplexArray:
    """dPhi_s / dg of each column of D0/D; one node with constant D without any."""
    columns = np.ones((mesh.volume.size, 1)) if inverse is None else inverse
    nodes = columns.shape[1]
    found = np.empty(nodes, dtype=np.complex128)
    particle_response(
        mesh.volume,
        mesh.transmissibility,
        mesh.surface_weight,
        ratio,
        columns,
        allocate_uptake(nodes),
        found,
    )
    return found


def sphere(ratio: float) -> complex:
    """``tanh s / (s - tanh s)``, s = R sqrt(j omega / D)."""
    s = np.sqrt(1j * ratio)
    tanh = -np.expm1(-2 * s) / (1 + np.exp(-2 * s))
    return complex(tanh / (s - tanh))


def dense(mesh: ParticleMesh, ratio: float, inverse: FloatArray) -> complex:
    """The same finite volumes, solved as a full matrix."""
    shells = mesh.volume.size
    matrix = np.diag(1j * ratio * mesh.volume * inverse)
    for i, link in enumerate(mesh.transmissibility):
        matrix[i : i + 2, i : i + 2] += link * np.array([[1.0, -1.0], [-1.0, 1.0]])
    change = np.linalg.solve(matrix, np.eye(shells)[-1])
    return complex(mesh.surface_weight @ change[-3:])


@pytest.mark.parametrize("stretch", [0.0, 3.0])
@pytest.mark.parametrize("ratio", [1.0, 10.0, 100.0])
def test_response_converges_to_a_sphere_with_second_order(ratio: float, stretch: float) -> None:
    errors = [
        abs(response(particle_mesh(shells, stretch), ratio)[0] / sphere(ratio) - 1)
        for shells in (160, 320, 640)
    ]
    assert errors[0] < 1e-2
    assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx([2.0, 2.0], abs=0.25)


def test_sixty_graded_shells_follow_the_sphere_up_to_where_diffusion_hardly_resists() -> None:
    """Within 0.4 % of the steady resistance R / 5 D at any frequency."""
    mesh = particle_mesh(60, 3.0)
    for ratio in np.logspace(0, 10, 41):
        assert abs(response(mesh, ratio)[0] - sphere(ratio)) < 0.004 * 0.2


@pytest.mark.parametrize("shells", [3, 4, 60])
@pytest.mark.parametrize("ratio", [1e-2, 1.0, 1e3, 1e7])
def test_elimination_is_that_of_the_full_matrix(shells: int, ratio: float) -> None:
    """With a diffusivity that varies from shell to shell and from node to node."""
    mesh = particle_mesh(shells, 2.0)
    inverse = 10.0 ** np.random.default_rng(1).uniform(-1, 2.5, (shells, 7))
    found = response(mesh, ratio, inverse)
    for k in range(7):
        assert found[k] == pytest.approx(dense(mesh, ratio, inverse[:, k]), rel=1e-10)


def test_slow_alternation_fills_the_particle_evenly() -> None:
    """3 / (j omega R^2 / D) + 1/5 on any mesh; both parts to round-off, nine decades apart."""
    for mesh in (particle_mesh(5, 0.0), particle_mesh(60, 3.0)):
        found = response(mesh, 1e-8)[0]
        assert found.imag == pytest.approx(-3e8, rel=1e-13)
        assert found.real == pytest.approx(0.2, rel=1e-13)


def test_slower_diffusion_is_a_higher_frequency() -> None:
    """Only omega R^2 / D counts, and the gradient of Phi is that of x times D / D0."""
    mesh = particle_mesh(40, 3.0)
    slow = response(mesh, 5.0, np.full((40, 3), 20.0))
    assert slow == pytest.approx(np.full(3, response(mesh, 100.0)[0]), rel=1e-13)


def test_a_particle_never_gives_back_more_than_it_took() -> None:
    """Its response stays in the fourth quadrant: resistive and capacitive."""
    mesh = particle_mesh(60, 3.0)
    inverse = 10.0 ** np.random.default_rng(2).uniform(0, 2.5, (60, 5))
    for ratio in np.logspace(-6, 4, 21):
        found = response(mesh, ratio, inverse)
        assert (found.real > 0.0).all()
        assert (found.imag < 0.0).all()
