"""Active material cracks off under tension and is isolated without contact, with its lithium."""

from dataclasses import replace

import numpy as np
import pytest
from laboratory import (
    FIXED_CONTACT,
    FLAT,
    ONE_C,
    ROOM,
    SOUND,
    current,
    make_cell,
    rest,
    run,
    spectrum,
)
from numpy.polynomial import Polynomial

from solidcell.kernels.codes import Control
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.half_cell import Drive, evaluate, prepare_workspace
from solidcell.kernels.mechanics import Fixture
from solidcell.kernels.parameters import at_temperature

AT_REST = Drive(int(Control.CURRENT), 0.0, 0.0, 0.0, Fixture(5e6, 0.0, 0.0, 0.0, 0.0))

EXPANSION = 0.05
"""Relative volume of a full particle over an empty one, less one."""
LINEAR = Polynomial([-EXPANSION, EXPANSION])
CRACKING = SOUND._replace(rate=1e-7)
BREATHING = FIXED_CONTACT._replace(
    evolves=1, loss_coefficient=0.8, healing_rate=0.0, isolation_threshold=0.7
)
"""Contact that a few half cycles wear out."""


def cracking_cell(**changes):
    """A cell whose particles all see the same current."""
    changes = {"swelling": LINEAR, "potential": FLAT, "cracking": CRACKING} | changes
    return make_cell(
        nodes=4, shells=40, ionic_conductivity=1e6, electronic_conductivity=1e6, **changes
    )


def test_charging_cracks_particles_at_the_rate_of_the_sphere_under_constant_flux() -> None:
    """mean x - x_s = j R / (5 F c_max D) in the quasi-steady sphere, and sigma in proportion."""
    cell = cracking_cell()
    settling, settled = current(-ONE_C, duration=900.0), current(-ONE_C, duration=900.0)
    done = run(cell, [settling, settled], start=0.9)
    share = done.nodal("active_share")[:, 0]
    flux = ONE_C / (cell.active_area @ cell.width)
    radius, diffusivity = cell.particle_radius, cell.diffusivity
    across = flux * radius / (5 * FARADAY * cell.maximum_concentration * diffusivity)
    stress = 2 * CRACKING.modulus / (9 * (1 - CRACKING.poisson_ratio)) * EXPANSION * across
    rate = CRACKING.rate * (stress / CRACKING.critical_stress) ** 2
    assert (share[-2] - share[-1]) / 900.0 == pytest.approx(rate, rel=4e-3)


def test_discharging_presses_particles_together() -> None:
    done = run(cracking_cell(), [current(ONE_C, duration=1800.0)], start=0.3)
    assert (done.nodal("active_share") == 1.0).all()


def test_strain_cracks_particles_however_slowly() -> None:
    """k |dg|: a twentieth of the way takes a twentieth of the loss, at any rate."""
    # So little that what is left need not go farther for what has gone in the same step.
    least = 1e-4
    cracking = SOUND._replace(strain_coefficient=least)
    lost = []
    for rate in (ONE_C / 10, ONE_C):
        cell = cracking_cell(cracking=cracking)
        done = run(cell, [current(-rate, duration=1800.0 * ONE_C / rate)], start=0.9)
        moved = 0.9 - done.nodal("mean_stoichiometry")[-1, 0]
        lost.append((1.0 - done.nodal("active_share")[-1, 0]) / moved)
    assert lost == pytest.approx([least * EXPANSION] * 2, rel=1e-6)


def test_cracked_material_keeps_its_lithium_and_takes_its_capacity() -> None:
    cell = cracking_cell(cracking=CRACKING._replace(rate=1e-3))
    steps = [current(-ONE_C / 3, duration=3600.0), current(ONE_C / 3, duration=3600.0)]
    done = run(cell, steps, start=0.9, repeat=2)
    lost = 1.0 - done.cycles["active_material"]
    assert (np.diff(lost) > 1e-3).all()
    assert done.end[done.offsets.cracked_lithium] == pytest.approx(
        done.cycles["trapped_lithium"][-1]
    )
    assert np.abs(done.cycles["lithium_balance_error"]).max() < 1e-12
    assert np.abs(done.cycles["charge_balance_error"]).max() < 1e-11
    # The same charge on less material goes farther.
    moved = done.nodal("mean_stoichiometry")[:, 0]
    assert moved.min() < 0.9 - ONE_C / 3 * 3600 / FARADAY / (
        cell.maximum_concentration * (cell.active_fraction @ cell.width)
    )


def test_cracks_lengthen_diffusion_as_a_lower_diffusivity_would() -> None:
    """D / D0 = 1 / (1 + 8/9 rho), rho in proportion to what has come off."""
    cracking = CRACKING._replace(rate=1e-2, crack_density=2.0)
    cracked = run(cracking_cell(cracking=cracking), [current(-ONE_C, duration=900.0)], start=0.9)
    left = cracked.nodal("active_share")[-1].mean()
    assert left < 0.95
    slower = cracked.cell.diffusivity / (1.0 + 8.0 / 9.0 * 2.0 * (1.0 - left))
    cell = cracked.cell._replace(diffusivity=slower, cracking=SOUND)
    slow = replace(cracked, cell=cell, coefficients=at_temperature(cell, ROOM))
    frequencies = np.geomspace(1e-4, 1e4, 9)
    assert spectrum(cracked, frequencies) == pytest.approx(spectrum(slow, frequencies), rel=1e-6)
    rates = [np.zeros(cracked.end.size) for _ in range(2)]
    for experiment, rate in zip((cracked, slow), rates, strict=True):
        prepare_workspace(experiment.cell, experiment.coefficients, cracked.end, cracked.work)
        evaluate(
            experiment.cell,
            experiment.coefficients,
            AT_REST,
            cracked.work,
            0.0,
            cracked.end,
            rate,
        )
    particles = slice(0, cracked.offsets.mean_stoichiometry)
    assert rates[0][particles] == pytest.approx(rates[1][particles], rel=1e-6)


def test_what_cracks_off_holds_what_the_particles_hold_meanwhile() -> None:
    """Lithium lost is the integral of x over k |dg|, however long the steps."""
    cracking = SOUND._replace(strain_coefficient=1e-4)
    cell = cracking_cell(cracking=cracking)
    done = run(cell, [current(-ONE_C / 3, duration=5400.0)], start=0.9, tolerance=1e-3)
    end = done.nodal("mean_stoichiometry")[-1, 0]
    sites = cell.maximum_concentration * (cell.active_fraction @ cell.width)
    lost = sites * cracking.strain_coefficient * EXPANSION * 0.5 * (0.9**2 - end**2)
    assert end < 0.8
    assert done.end[done.offsets.cracked_lithium] == pytest.approx(lost, rel=1e-5)


def test_what_is_isolated_holds_what_the_particles_held_then() -> None:
    """Contact lost in proportion to the way takes the mean of the way, however long the steps."""
    wearing = BREATHING._replace(loss_coefficient=1e-4)
    cell = cracking_cell(cracking=SOUND, contact=wearing, contact_retention=0.7)
    done = run(cell, [current(-ONE_C / 3, duration=5400.0)], start=0.9, tolerance=1e-3)
    isolated = 1.0 - done.nodal("utilisation")[-1, 0]
    held = done.nodal("isolated_lithium")[-1, 0] / isolated
    end = done.nodal("mean_stoichiometry")[-1, 0]
    assert isolated > 1e-8
    assert held == pytest.approx(0.5 * (0.9 + end), rel=1e-4)


def test_utilisation_follows_the_contact_and_lithium_stays_with_its_particles() -> None:
    cell = make_cell(nodes=6, shells=10, swelling=LINEAR, contact=BREATHING, contact_retention=0.75)
    steps = [current(-ONE_C / 3, duration=3600.0), current(ONE_C / 3, duration=3600.0)]
    done = run(cell, steps, start=0.9, repeat=3)
    o = done.offsets
    retention = done.nodal("contact_retention")[-1]
    assert retention.max() < 0.7
    assert done.nodal("utilisation")[-1] == pytest.approx(retention / 0.7, rel=1e-12)
    assert (done.end[o.isolated_lithium : o.potential_difference] > 0.0).all()
    assert np.abs(done.cycles["lithium_balance_error"]).max() < 1e-12
    assert np.abs(done.cycles["charge_balance_error"]).max() < 1e-11


def test_particles_that_are_connected_again_bring_their_lithium_back() -> None:
    healing = BREATHING._replace(loss_coefficient=0.0, healing_rate=1e-3)
    cell = make_cell(nodes=6, shells=10, swelling=LINEAR, contact=healing, contact_retention=0.35)
    done = run(cell, [rest(3600.0)], start=0.6)
    o = done.offsets
    assert (done.nodal("utilisation")[0] == 0.5).all()
    assert (done.nodal("utilisation")[-1] == 1.0).all()
    assert done.end[o.isolated_lithium : o.potential_difference] == pytest.approx(0.0, abs=1e-14)
    assert done.nodal("mean_stoichiometry")[-1] == pytest.approx(0.6, rel=1e-12)
    assert np.abs(done.cycles["lithium_balance_error"]).max() < 1e-12


def test_what_comes_back_mixes_with_what_is_there() -> None:
    """Cut off when full, connected again when emptier: the mean fraction is that of both."""
    wearing = BREATHING._replace(loss_coefficient=0.0, healing_rate=2e-4)
    cell = make_cell(nodes=6, shells=10, swelling=LINEAR, contact=wearing, contact_retention=0.35)
    done = run(cell, [current(-ONE_C / 3, duration=3600.0), rest(36000.0)], start=0.9)
    sites = cell.maximum_concentration * (cell.active_fraction @ cell.width)
    passed = ONE_C / 3 * 3600 / FARADAY
    mean = done.nodal("mean_stoichiometry")[-1] @ cell.width / cell.width.sum()
    assert (done.nodal("utilisation")[-1] == 1.0).all()
    assert mean == pytest.approx(0.9 - passed / sites, rel=1e-10)
