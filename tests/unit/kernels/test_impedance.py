"""Impedance: the spectrum is that of the equations that the driver integrates."""

from typing import Any

import numpy as np
import pytest
from laboratory import (
    BENT,
    FIXED_CONTACT,
    FLAT,
    NO_FILM,
    PARTICLE_FILM,
    PRESSED,
    PRESSED_LITHIUM,
    ROOM,
    SLOWING,
    Experiment,
    change,
    current,
    follow,
    make_cell,
    make_symmetric_cell,
    resistances,
    rest,
    run,
    spectrum,
)
from numpy.polynomial import Polynomial
from test_half_cell import differences

from solidcell.kernels.codes import Configuration, Control
from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.half_cell import Drive, evaluate, prepare_workspace
from solidcell.kernels.mechanics import Fixture, layer_thickness
from solidcell.kernels.parameters import HalfCell

THERMAL = GAS * ROOM / FARADAY
SWELLING = Polynomial([-0.05, 0.02, 0.06, -0.03])
PLAIN: dict[str, Any] = {"shells": 60, "diffusivity": SLOWING, "potential": BENT}
EVERYTHING: dict[str, Any] = {
    **PLAIN,
    "contact": FIXED_CONTACT._replace(
        law=1, parameters=PRESSED, evolves=1, loss_coefficient=2.0, healing_rate=1e-3, pitch=3e-7
    ),
    "film": PARTICLE_FILM._replace(growth_constant=1e-19, conductivity=1e-5),
    "swelling": SWELLING,
    "lithium": PRESSED_LITHIUM._asdict(),
}
SPRING = 5e10
"""Stiffness of fixture and stack, Pa/m."""
LOW = np.array([1e-3, 1e-2, 0.1, 1.0])
"""Frequencies that a solver's mesh resolves, Hz."""


def dense(done: Experiment, frequencies: np.ndarray, stiffness: float) -> np.ndarray:
    """Impedance by the whole Jacobian, differenced, and the mass matrix, Ohm m2."""
    cell, o, y = done.cell._replace(double_layer=1), done.offsets, done.end
    prepare_workspace(cell, done.coefficients, y, done.work)
    fixture = Fixture(y[o.stack_pressure], 0.0, 0.0, stiffness, layer_thickness(done.cell, o, y))
    drive = Drive(int(Control.CURRENT), y[o.current_density], 0.0, 0.0, fixture)
    jacobian = differences(
        lambda x, out: evaluate(cell, done.coefficients, drive, done.work, 0.0, x, out), y, o
    )
    mass = np.arange(o.length) < o.surface_coordinate
    unit = np.zeros(o.length)
    unit[o.current_density] = 1.0
    impedance = []
    for frequency in frequencies:
        answer = np.linalg.solve(np.diag(2j * np.pi * frequency * mass) - jacobian, -unit)
        impedance.append(-answer[o.voltage] / answer[o.current_density])
    prepare_workspace(done.cell, done.coefficients, y, done.work)
    return np.array(impedance)


STATES = {
    "at rest": (PLAIN, [rest(10.0)], 0.0),
    "under current": (PLAIN, [current(30.0, duration=600.0)], 0.0),
    "all interfaces, spring": (EVERYTHING, [current(30.0, duration=600.0)], SPRING),
}


@pytest.mark.parametrize("state", STATES)
def test_spectrum_is_that_of_the_whole_linearised_system(state: str) -> None:
    """To the fourth order of the solver's mesh: twice the nodes, a tenth of the difference or less."""
    changes, steps, stiffness = STATES[state]
    errors = []
    for nodes in (8, 16):
        cell = make_cell(nodes=nodes, **changes)
        done = run(cell, steps, start=0.5, stiffness=stiffness, tolerance=1e-8)
        # Off the kink between loading and unloading.
        done.end[done.offsets.highest_pressure] += 1.0
        fine = spectrum(done, LOW, stiffness=stiffness)
        errors.append(np.abs(fine / dense(done, LOW, stiffness) - 1.0).max())
    assert errors[1] < 1e-3
    assert errors[1] < errors[0] / 6.0


def test_planes_have_the_spectrum_of_their_equations_at_any_frequency() -> None:
    cell = make_symmetric_cell(lithium=PRESSED_LITHIUM._asdict())
    done = run(cell, [current(3.0, duration=600.0)], stiffness=5e9)
    done.end[done.offsets.highest_pressure] += 1.0
    frequencies = np.geomspace(1e-3, 1e6, 10)
    exact = dense(done, frequencies, 5e9)
    assert spectrum(done, frequencies, stiffness=5e9) == pytest.approx(exact, rel=1e-6)


def closed_form(cell: HalfCell, frequencies: np.ndarray, slope: float) -> np.ndarray:
    """T-5: transmission line with diffusion into spheres, and the lithium plane, Ohm m2."""
    omega = 2 * np.pi * frequencies
    theta, radius = cell.contact_fraction[0], cell.particle_radius
    s = radius * np.sqrt(1j * omega / cell.diffusivity)
    warburg = radius / (FARADAY * cell.maximum_concentration * cell.diffusivity)
    warburg = -theta * slope * warburg * np.tanh(s) / (s - np.tanh(s))
    transfer = THERMAL / 1.0
    y = theta * cell.active_area[0] * (1 / (transfer + warburg) + 1j * omega * cell.capacitance)
    kappa, sigma = cell.ionic_conductivity[0], cell.electronic_conductivity[0]
    length = cell.width.sum()
    nu = length * np.sqrt(y * (1 / kappa + 1 / sigma))
    line = 2 + (sigma / kappa + kappa / sigma) * np.cosh(nu)
    electrode = length / (kappa + sigma) * (1 + line / (nu * np.sinh(nu)))
    lithium = 1 / (cell.lithium.exchange_current / THERMAL + 1j * omega * cell.lithium.capacitance)
    return electrode + lithium + cell.separator_resistance


@pytest.mark.parametrize("theta", [1.0, 0.3])
def test_uniform_cell_has_the_closed_spectrum(theta: float) -> None:
    """From 1 mHz to 1 kHz; above, cosh nu overflows in the closed form before the line does."""
    cell = make_cell(
        nodes=3,
        shells=20,
        potential=Polynomial([4.2, -0.6]),
        exchange_squared=Polynomial([1.0]),
        contact_fraction=theta,
    )
    done = run(cell, [rest(1.0)])
    frequencies = np.geomspace(1e-3, 1e3, 19)
    assert spectrum(done, frequencies) == pytest.approx(
        closed_form(cell, frequencies, -0.6), rel=1e-9
    )


@pytest.mark.parametrize("frequency", [1e-3, 1e-2, 0.1, 1.0, 10.0])
def test_a_small_sine_through_the_driver_has_the_same_impedance(frequency: float) -> None:
    """The last of five periods, about 1 mV: magnitude within 0.1 %, phase within 0.1 degree."""
    cell = make_cell(
        nodes=20,
        shells=60,
        potential=BENT,
        diffusivity=SLOWING,
        double_layer=1,
        # A film would grow while the sine runs.
        lithium=PRESSED_LITHIUM._replace(film=NO_FILM)._asdict(),
    )
    points, periods = 256, 5
    time = np.arange(points * periods + 1) / (points * frequency)
    wave = 0.2 * np.sin(2 * np.pi * frequency * time)
    done = run(
        cell,
        [follow(Control.CURRENT, list(time), list(wave), period=1 / (points * frequency))],
        tolerance=1e-8,
    )
    rows = np.unique(np.round(done.rows["time"] * points * frequency), return_index=True)[1]
    rows = rows[-points - 1 :]
    time, volt, ampere = (done.rows[name][rows] for name in ("time", "voltage", "current"))
    # What diffusion has not settled in four periods drifts through the fifth.
    volt = volt - (volt[-1] - volt[0]) * (time - time[0]) * frequency
    turn = np.exp(-2j * np.pi * frequency * time[:-1])
    volt, ampere = volt[:-1] @ turn, ampere[:-1] @ turn
    measured = -volt / ampere
    at_start = run(cell._replace(double_layer=0), [rest(1e-3)])
    expected = spectrum(at_start, np.array([frequency]))[0]
    assert abs(measured / expected) == pytest.approx(1.0, abs=1e-3)
    assert np.degrees(np.angle(measured / expected)) == pytest.approx(0.0, abs=0.1)


def test_lithium_arc_has_its_apex_near_200_hertz() -> None:
    """25 Ohm cm2 and 0.3 F/m2: 1 / (2 pi R C) is 212 Hz."""
    cell = make_symmetric_cell(lithium=PRESSED_LITHIUM._replace(exchange_current=1e9)._asdict())
    frequencies = np.geomspace(1.0, 1e5, 501)
    impedance = spectrum(run(cell, [rest(1.0)]), frequencies)
    apex = frequencies[np.argmin(impedance.imag)]
    assert apex == pytest.approx(1 / (2 * np.pi * 25e-4 * 0.3), rel=0.02)


def test_blocked_electrode_falls_from_both_paths_in_parallel_to_electrons_alone() -> None:
    """At high frequency R_ion and R_el in parallel, at low frequency R_el: ions have nowhere to go."""
    cell = make_cell(nodes=5, electronic_conductivity=0.02, ionic_conductivity=0.03)
    length = cell.width.sum()
    ions, electrons = length / 0.03, length / 0.02
    done = run(cell, [rest(1.0)])
    low, high = spectrum(done, np.array([1e-9, 1e9]), configuration=Configuration.BLOCKING)
    assert low.real == pytest.approx(electrons, rel=1e-3)
    assert high.real == pytest.approx(1 / (1 / ions + 1 / electrons), rel=1e-3)


def test_two_electrodes_face_to_face_are_twice_one_and_the_separator() -> None:
    cell = make_cell(nodes=10, lithium={"exchange_current": 1e12})
    done = run(cell, [rest(1.0)])
    frequencies = np.geomspace(1e-2, 1e4, 7)
    one = spectrum(done, frequencies) - cell.separator_resistance
    two = spectrum(done, frequencies, configuration=Configuration.SYMMETRIC)
    assert two == pytest.approx(2 * one + cell.separator_resistance, rel=1e-6)


@pytest.mark.parametrize("changes", [PLAIN, EVERYTHING], ids=["plain", "all interfaces"])
def test_resistances_of_the_mechanisms_add_up_to_that_of_a_pulse(changes: dict[str, Any]) -> None:
    """Diffusion frozen and capacitors open, both sides: the sum within 1e-9."""
    cell = make_cell(nodes=12, **changes)
    done = run(cell, [current(30.0, duration=600.0)], tolerance=1e-7)
    done.cell = cell._replace(capacitance=1e-60, lithium=cell.lithium._replace(capacitance=1e-60))
    # So fast that nothing diffuses.
    pulse = spectrum(done, np.array([1e17]))[0].real
    assert sum(resistances(done).values()) == pytest.approx(pulse, rel=1e-9)


def test_resistance_of_a_pulse_through_the_driver_is_the_sum_of_the_mechanisms() -> None:
    """A jump of the current by 0.1 A/m2 from rest: within the mesh's fourth-order error."""
    cell = make_cell(nodes=40, **EVERYTHING)
    done = run(cell, [rest(1.0), current(0.1, duration=1e-6)], tolerance=1e-8)
    jump = (done.steps["end_voltage"][0] - done.steps["start_voltage"][1]) / 0.1
    assert sum(resistances(done).values()) == pytest.approx(jump, rel=1e-4)


def test_newman_and_tobias_are_met_by_the_split() -> None:
    """T-4, x = 1/2: 19.9098 Ohm cm2 in the electrode, 10.2770 at the lithium, 1.25 in between."""
    cell = make_cell(nodes=3, shells=4, potential=FLAT, exchange_squared=Polynomial([1.0]))
    parts = {name: 1e4 * part for name, part in resistances(run(cell, [rest(1.0)])).items()}
    positive = ("charge_transfer_positive", "ionic_positive", "electronic_positive")
    assert sum(parts[name] for name in positive) == pytest.approx(19.909775, abs=2e-5)
    assert parts["charge_transfer_negative"] == pytest.approx(10.2770, abs=5e-5)
    assert parts["separator"] == pytest.approx(1.25, rel=1e-12)


def test_warmth_lowers_every_resistance_but_that_of_electrons() -> None:
    """Films aside, which are thicker where it is warm."""
    cell = make_cell(nodes=5, **EVERYTHING)
    cold = resistances(run(cell, [rest(1.0)], temperature=ROOM))
    warm = resistances(run(cell, [change(temperature=ROOM + 35.0), rest(1.0)], temperature=ROOM))
    for name in cold:
        if name not in ("electronic_positive", "film_positive", "film_negative"):
            assert warm[name] < cold[name], name
