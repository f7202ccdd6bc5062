"""Voids open where stripping outruns creep, and close by plating, creep and rest."""

import numpy as np
import pytest
from laboratory import (
    LITHIUM_FILM,
    NO_FILM,
    PRESSED_LITHIUM,
    ROOM,
    Experiment,
    current,
    make_cell,
    make_symmetric_cell,
    rest,
    run,
)

from solidcell.kernels.codes import Result
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.lithium_metal import detaching_thickness, void_contact
from solidcell.kernels.parameters import at_temperature

LITHIUM = PRESSED_LITHIUM._replace(film=NO_FILM)
CELL = make_symmetric_cell(lithium=LITHIUM._asdict())
MPA = 1e6
MA_CM2 = 10.0
WARM = 333.15
C_3 = 55.0 / 3


def strip(rate: float, seconds: float, pressure: float = 5 * MPA, **more: float) -> Experiment:
    return run(CELL, [current(rate, duration=seconds)], pressure=pressure, **more)


@pytest.mark.parametrize(
    ("pressure", "time"),
    [(2 * MPA, 4.40e4), (3 * MPA, 3.08e3), (5 * MPA, 107.9), (7 * MPA, 11.87), (10 * MPA, 1.144)],
)
def test_voids_close_at_rest_by_creep(pressure: float, time: float) -> None:
    """T-13: the radius falls by e in this time, the volume by e^3."""
    fast = 20 * MA_CM2 * (pressure / (5 * MPA)) ** 1.9
    steps = [current(fast, duration=60.0), rest(time, snapshots=time / 10)]
    done = run(CELL, steps, pressure=pressure, tolerance=1e-7)
    resting = done.state_times > 60.0 + 1e-9
    height, at = done.entry("void_thickness")[resting], done.state_times[resting]
    rate = np.log(height[0] / height[-1]) / (at[-1] - at[0])
    assert rate * time == pytest.approx(3.0, rel=2e-3)


def test_voids_close_4_8_times_faster_at_60_degc() -> None:
    rates = []
    for temperature in (ROOM, WARM):
        steps = [current(200.0, duration=60.0), rest(20.0)]
        done = run(CELL, steps, temperature=temperature, tolerance=1e-7)
        height = done.entry("void_thickness")
        rates.append(np.log(height[-2] / height[-1]) / 20.0)
    assert rates[1] / rates[0] == pytest.approx(4.7973, rel=1e-3)


@pytest.mark.parametrize(("pressure", "onset"), [(3 * MPA, 0.2), (5 * MPA, 0.5279), (7 * MPA, 1.0)])
def test_onset_of_voids_rises_with_pressure(pressure: float, onset: float) -> None:
    """Kasemchainan 2019: 0.2 mA/cm2 at 3 MPa, 1.0 mA/cm2 at 7 MPa; below it nothing opens."""
    below = strip(0.98 * onset * MA_CM2, 3600.0, pressure)
    above = strip(1.1 * onset * MA_CM2, 3600.0, pressure)
    assert below.entry("void_thickness")[-1] == 0.0
    assert above.entry("void_thickness")[-1] > 1e-9


@pytest.mark.parametrize(
    ("temperature", "pressure", "contact"),
    [(ROOM, 5 * MPA, 0.52), (WARM, 5 * MPA, 1.00), (ROOM, 3 * MPA, 0.31)],
)
def test_contact_settles_under_a_c_3_discharge(
    temperature: float, pressure: float, contact: float
) -> None:
    """The pressure on what is left in contact rises until creep keeps pace: onset is not failure."""
    cell = make_cell(nodes=6, shells=10, lithium=LITHIUM._asdict())
    done = run(
        cell, [current(C_3, duration=6000.0)], start=0.3, temperature=temperature, pressure=pressure
    )
    assert done.result == Result.FINISHED
    assert done.rows["contact_fraction_negative"][-1] == pytest.approx(contact, abs=0.005)


def test_without_pressure_voids_detach_the_lithium() -> None:
    cell = make_cell(nodes=6, shells=10, lithium=LITHIUM._asdict())
    done = run(cell, [current(C_3)], start=0.3, pressure=0.3 * MPA)
    assert done.result == Result.CONTACT_LOST
    assert done.rows["contact_fraction_negative"][-1] == pytest.approx(0.05, abs=1e-6)
    assert done.entry("void_thickness")[-1] == pytest.approx(
        detaching_thickness(cell.lithium, at_temperature(cell, ROOM)), rel=1e-6
    )


def test_plating_fills_what_stripping_has_opened() -> None:
    """One mole of lithium plated fills its own volume of voids, down to the nuclei."""
    opened = strip(2 * MA_CM2, 900.0, 1 * MPA)
    height = opened.entry("void_thickness")[-1]
    charge = height / (LITHIUM.molar_volume / FARADAY)
    steps = [current(20.0, duration=900.0), current(-5.0, duration=0.5 * charge / 5.0)]
    filled = run(CELL, steps, pressure=1 * MPA, tolerance=1e-7)
    assert filled.entry("void_thickness")[-1] == pytest.approx(0.5 * height, rel=2e-3)


def test_rest_heals_the_interface_within_minutes_at_5_mpa_and_in_days_at_1_mpa() -> None:
    for pressure, minutes, healed in ((5 * MPA, 10, True), (1 * MPA, 60, False)):
        fast = 2 * MA_CM2 if healed else 0.5 * MA_CM2
        steps = [current(fast, duration=600.0), rest(60.0 * minutes)]
        contact = run(CELL, steps, pressure=pressure).rows["contact_fraction_negative"]
        lowest = contact.min()
        assert lowest < 0.9
        assert bool(contact[-1] > 0.999) == healed


def test_the_planes_of_a_symmetric_cell_take_turns() -> None:
    """What strips one side plates the other: voids open in turn, and the voltage mirrors."""
    steps = [current(10.0, duration=1800.0), current(-10.0, duration=1800.0)]
    done = run(CELL, steps, pressure=3 * MPA)
    negative = done.entry("void_thickness")
    positive = done.states[:, done.offsets.void_thickness + 1]
    assert negative[1] > 1e-7 > positive[1]
    assert positive[-1] > 1e-7 > negative[-1]
    assert done.steps["start_voltage"][0] < 0.0 < done.steps["start_voltage"][1]
    metal = done.states[:, done.offsets.plated_lithium : done.offsets.plated_lithium + 2]
    assert metal.sum(axis=1) == pytest.approx(metal[0].sum(), rel=1e-14)


def test_void_contact_is_a_power_of_the_voids_volume() -> None:
    """theta_v = 1 fresh, 0.05 near the height of separation, and concave in between."""
    coefficients = at_temperature(make_cell(lithium=LITHIUM._asdict()), ROOM)
    heights = np.linspace(0.0, 4.5e-6, 50)
    contact = np.array([void_contact(LITHIUM, coefficients, h)[0] for h in heights])
    assert contact[0] == 1.0
    assert (np.diff(contact) < 0.0).all()
    assert (np.diff(contact, 2) > 0.0).all()


def test_plating_above_the_critical_current_is_flagged_not_fatal() -> None:
    """1.0 mA/cm2 of contact at 25 degC; voids concentrate the current."""
    safe = run(CELL, [current(9.0, duration=60.0)])
    risky = run(CELL, [current(11.0, duration=60.0)])
    assert safe.cycles["plating_risk"][0] == 0.0
    assert risky.cycles["plating_risk"][0] == 1.0
    assert risky.result == Result.FINISHED
    assert risky.cycles["plating_current_maximum"][0] >= 11.0


@pytest.mark.parametrize(
    ("days", "thickness"), [(1, 131.453), (7, 347.793), (400 / 24, 536.656), (365, 2511.414)]
)
def test_a_film_on_lithium_grows_as_the_square_root_of_time(days: float, thickness: float) -> None:
    """T-8, in nm, and what it has consumed is missing in the metal."""
    film = LITHIUM_FILM._replace(initial_thickness=1e-12)
    cell = make_cell(nodes=4, shells=5, lithium={"film": film, "law": 1})
    done = run(cell, [rest(86400.0 * days)])
    grown = np.sqrt(done.entry("plane_film_square")[-1])
    assert 1e9 * grown == pytest.approx(thickness, abs=1e-3)
    consumed = done.entry("plated_lithium")[-1] - done.cycles["lithium"][0]
    assert consumed == pytest.approx(grown / film.molar_volume, rel=1e-4)
    assert abs(done.cycles["lithium_balance_error"][0]) < 1e-12


def test_a_film_needs_lithium_to_grow_on() -> None:
    cell = make_cell(nodes=4, shells=5, lithium={"film": LITHIUM_FILM, "law": 1})
    done = run(cell, [rest(86400.0)], lithium=0.0)
    assert done.cycles["film_charge_negative"][0] == 0.0
