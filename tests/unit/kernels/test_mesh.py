"""Shells fill the sphere, and the mesh is exact for a particle under constant flux."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.kernels.mesh import (
    REACH,
    ParticleMesh,
    depths,
    electrode_faces,
    graded_faces,
    particle_mesh,
)

cells = st.integers(3, 200)
stretches = st.just(0.0) | st.floats(1e-3, 5.0)


def averages(mesh: ParticleMesh, power: int) -> np.ndarray:
    """Mean of r^power over each shell."""
    return np.diff(mesh.faces ** (power + 3)) / (power + 3) / mesh.volume


@given(cells, stretches)
def test_shells_fill_the_sphere(shells: int, stretch: float) -> None:
    assert particle_mesh(shells, stretch).volume.sum() == pytest.approx(1 / 3, rel=1e-12)


@given(cells, stretches)
def test_faces_rise_from_centre_to_surface(count: int, stretch: float) -> None:
    faces = graded_faces(count, stretch)
    assert (faces[0], faces[-1]) == (0.0, 1.0)
    assert (np.diff(faces) > 0).all()


@given(st.integers(20, 200), st.floats(0.1, 5.0))
def test_refinement_is_the_ratio_of_first_to_last_cell(count: int, stretch: float) -> None:
    width = np.diff(graded_faces(count, stretch))
    limit = stretch * (1 - 1 / count)
    assert np.log(width[0] / width[-1]) == pytest.approx(limit, rel=1e-6)


def test_the_electrode_is_refined_at_the_separator() -> None:
    width = np.diff(electrode_faces(20, 2.0))
    assert (np.diff(width) > 0).all()
    assert width.sum() == pytest.approx(1.0, rel=1e-14)


@given(cells, stretches)
def test_flux_between_shells_is_exact_for_the_pseudo_steady_profile(
    shells: int, stretch: float
) -> None:
    """c = r^2 has the flux 2 r, which through a sphere of radius r carries 2 r^3."""
    mesh = particle_mesh(shells, stretch)
    flux = mesh.transmissibility * np.diff(averages(mesh, 2))
    assert flux == pytest.approx(2 * mesh.faces[1:-1] ** 3, rel=1e-9)


@given(st.integers(3, 60), stretches, st.sampled_from([0, 2, 4]))
def test_surface_value_is_exact_up_to_the_fourth_power(
    shells: int, stretch: float, power: int
) -> None:
    mesh = particle_mesh(shells, stretch)
    value = mesh.surface_weight @ averages(mesh, power)[-3:] + mesh.surface_reach * power
    assert value == pytest.approx(1.0, abs=1e-8)


@given(st.integers(3, 60), stretches)
def test_the_surface_follows_its_flux_over_a_share_of_half_the_outer_shell(
    shells: int, stretch: float
) -> None:
    mesh = particle_mesh(shells, stretch)
    half = 0.5 * (mesh.faces[-1] - mesh.faces[-2])
    assert mesh.surface_reach == pytest.approx(REACH * half, rel=1e-9)
    assert 0.0 < REACH <= 0.01


@pytest.mark.parametrize("shells", [60, 200, 2000])
@pytest.mark.parametrize("stretch", [0.0, 4.0, 16.0, 20.0])
def test_the_finest_meshes_keep_their_digits(shells: int, stretch: float) -> None:
    """The three outermost shells, thin against the radius, are slabs of a plane."""
    mesh = particle_mesh(shells, stretch)
    assert 3.0 * mesh.volume.sum() == pytest.approx(1.0, rel=1e-12)
    assert (mesh.transmissibility > 0.0).all()
    depth = depths(shells, stretch)[-4:]
    width, middle = -np.diff(depth), 0.5 * (depth[:-1] + depth[1:])
    slope = 2.0 * mesh.faces[-3:-1] ** 2 / (width[:-1] + width[1:])
    assert mesh.transmissibility[-2:] == pytest.approx(slope, rel=2.0 * depth[0])
    square = (depth[:-1] ** 3 - depth[1:] ** 3) / (3.0 * width)
    scale = depth[0]
    moments = np.array([np.ones(3), middle / scale, square / scale**2])
    # Depth has the outward gradient -1 at the surface, its square none.
    plane = np.linalg.solve(moments, [1.0, mesh.surface_reach / scale, 0.0])
    assert mesh.surface_weight == pytest.approx(plane, rel=5.0 * depth[0] + 1e-12)
