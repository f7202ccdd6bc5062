"""The twin's interfaces follow their closed solutions wherever one exists."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.twin.cell import (
    FARADAY,
    GAS,
    Composite,
    ContactLoss,
    Film,
    Growth,
    LithiumPlane,
    MeasuredResistance,
    MechanisticContact,
    PoreCreep,
    TwinCell,
    Voids,
    frame_stiffness,
    pad_stiffness,
)
from solidcell.engine.validation.twin.contact import (
    FabricatedContact,
    HertzContact,
    PerssonContact,
    PlasticContact,
    StaticContact,
    constriction_resistance,
)
from solidcell.engine.validation.twin.lithium import closing_rate, measured_resistance
from solidcell.engine.validation.twin.protocol import Segment, Start
from solidcell.engine.validation.twin.solve import TwinResult, solve

pytest.importorskip("pybamm")

ROOM, WARM = 298.15, 333.15  # K
MPA, HOUR = 1.0e6, 3600.0
LITHIUM_VOLUME = 1.3e-5  # m3/mol
C_3 = 55.0 / 3.0  # A/m2
#: Separator 22, electrode 50, lithium 7.8 GPa: thickness over modulus of a face [m/Pa].
LAYERS = 25.0e-6 / 22.0e9 + 96.8e-6 / 50.0e9 + 10.0e-6 / 7.8e9
#: A pad of 3 mm and 1 MPa; a frame of 1e8 N/m.
SPRING = pad_stiffness(faces=36, pad_thickness=3.0e-3, pad_modulus=1.0e6, layer_compliance=LAYERS)
GAP = frame_stiffness(faces=36, footprint=0.03, stiffness=1.0e8, layer_compliance=LAYERS)
COARSE = Mesh(nodes=10, shells=15)
CAREFUL = Tolerance(1.0e-8, 1.0e-9)


def volume_change(x: Any) -> Any:
    """A curve like that of NMC811: -4.9 % at x = 0.213, most of it near the charged end."""
    return 0.012 * (x - 0.9) - 0.0404 * np.exp(-(x - 0.213) / 0.12)


@pytest.fixture(scope="module")
def half_cell() -> HalfCell:
    """The half cell of the reference scenario, with the fast kinetics of bare lithium."""
    cell = HalfCell.from_scenario(load_scenario("nmc811_lpscl_li_reference"))
    return replace(cell, lithium_exchange_current_density=300.0)


def run(
    half_cell: HalfCell,
    protocol: Sequence[Segment],
    start: Start,
    *,
    composite: Composite | None = None,
    lithium: LithiumPlane | None = None,
    **rest: Any,
) -> TwinResult:
    """Run a protocol on a coarse mesh, with tight tolerances."""
    plane = LithiumPlane(MeasuredResistance(25.0e-4), metal=10.0)
    cell = TwinCell(half_cell, composite or Composite(), lithium or plane, **rest)
    return solve(cell, protocol, start, mesh=COARSE, tolerance=CAREFUL)


def at_end(result: TwinResult, name: str, step: int = -1) -> float:
    """Last value of a column, of a segment."""
    numbers = result.curve.step
    number = numbers[-1] if step == -1 else step
    return float(result.interface[name][np.flatnonzero(numbers == number)[-1]])


# films


@pytest.mark.parametrize(
    ("growth", "expected"),
    [
        (Growth.PARABOLIC, lambda t: np.sqrt(1.0e-18 + 2.0e-19 * t)),
        (
            Growth.LINEAR_PARABOLIC,
            lambda t: 0.5 * (-2e-7 + np.sqrt(4e-14 + 4 * (1e-18 + 2e-7 * 1e-9 + 2e-19 * t))),
        ),
        (Growth.LOGARITHMIC, lambda t: 1.0e-9 + 5.0e-8 * np.log(1.0 + t / 1.0e4)),
    ],
)
def test_a_film_at_rest_follows_its_law(half_cell: HalfCell, growth: Growth, expected: Any) -> None:
    film = Film(
        growth=growth,
        growth_constant=2.0e-19,
        linear_constant=1.0e-12,
        logarithmic_constant=5.0e-8,
        logarithmic_time=1.0e4,
    )
    lithium = LithiumPlane(MeasuredResistance(25.0e-4), film=film, metal=10.0)
    composite = Composite(film=film)
    result = run(
        half_cell,
        [Segment(duration=7 * 24 * HOUR)],
        Start(0.5),
        composite=composite,
        lithium=lithium,
    )
    time = result.curve.time
    late = time > HOUR
    for side in ("negative", "positive"):
        thickness = result.interface[f"film_thickness_{side}"]
        assert thickness[late] == pytest.approx(expected(time[late]), rel=2.0e-6)
    eaten = (10.0 - at_end(result, "lithium_metal")) * film.molar_volume
    assert eaten == pytest.approx(at_end(result, "film_thickness_negative") - 1.0e-9, rel=1.0e-6)


def test_voltage_and_temperature_speed_a_film_up(half_cell: HalfCell) -> None:
    film = Film(
        growth=Growth.PARABOLIC,
        growth_constant=1.0e-19,
        growth_activation_energy=0.5 * FARADAY,
        voltage_coefficient=0.3,
    )
    result = run(
        half_cell,
        [Segment(duration=24 * HOUR)],
        Start(0.3, temperature=WARM),
        composite=Composite(film=film),
    )
    potential = float(half_cell.open_circuit_potential(0.3))
    slope = FARADAY / (GAS * WARM)
    factor = np.exp(0.3 * slope * (potential - 4.2)) * np.exp(
        0.5 * FARADAY / GAS * (1.0 / ROOM - 1.0 / WARM)
    )
    grown = at_end(result, "film_thickness_positive") ** 2 - 1.0e-18
    assert grown == pytest.approx(1.0e-19 * factor * 24 * HOUR, rel=1.0e-5)


def test_the_first_charge_makes_its_film_and_the_books_hold_it(half_cell: HalfCell) -> None:
    film = Film(first_charge_thickness=2.0e-9, first_charge_capacity=18.0e3)
    result = run(
        half_cell,
        [Segment(duration=HOUR, current=-C_3)],
        Start(0.9),
        composite=Composite(contact=StaticContact(0.8), film=film),
    )
    reached = result.nodes["film_thickness_positive"][-1] - 1.0e-9
    # each node has its own charge; -ln(1 - L/L_inf) q_1 is its, and their mean is the electrode's
    passed = -np.log(1.0 - reached / 2.0e-9) * 18.0e3
    assert np.mean(passed) == pytest.approx(C_3 * HOUR, rel=1.0e-5)
    area = 3.0 * 0.595 / 2.0e-6 * 96.8e-6 * 0.8
    booked = area * np.mean(reached) * FARADAY / film.molar_volume
    assert at_end(result, "film_charge_positive") == pytest.approx(booked, rel=1.0e-5)


def test_a_film_that_consumes_lithium_takes_it_from_the_particles(half_cell: HalfCell) -> None:
    film = Film(growth=Growth.PARABOLIC, growth_constant=1.0e-17, lithium_share=1.0)
    result = run(
        half_cell, [Segment(duration=24 * HOUR)], Start(0.5), composite=Composite(film=film)
    )
    sites = half_cell.maximum_concentration * 0.595 * half_cell.electrode_thickness * FARADAY
    missing = (0.5 - at_end(result, "stored_stoichiometry_positive")) * sites
    assert missing == pytest.approx(at_end(result, "film_charge_positive"), rel=1.0e-6)


# voids


def test_creep_closes_voids_three_times_as_fast_as_their_radius() -> None:
    times = {2.0: 4.40e4, 3.0: 3.08e3, 5.0: 107.9, 7.0: 11.87, 10.0: 1.144}
    for pressure, radius_time in times.items():
        rate = closing_rate(Voids(), pressure * MPA, 1.0)
        assert 3.0 / rate == pytest.approx(radius_time, rel=3.0e-3)


@pytest.mark.parametrize(("temperature", "factor"), [(ROOM, 1.0), (WARM, 4.7973)])
def test_voids_close_exponentially_at_rest(
    half_cell: HalfCell, temperature: float, factor: float
) -> None:
    lithium = LithiumPlane(MeasuredResistance(25.0e-4), voids=Voids(), metal=10.0)
    result = run(
        half_cell,
        [Segment(duration=1200.0, current=C_3), Segment(duration=600.0)],
        Start(0.3, pressure=3.0 * MPA, temperature=temperature),
        lithium=lithium,
    )
    rest = result.curve.step == 1
    time = result.curve.time[rest] - result.curve.time[rest][0]
    voids = result.interface["void_thickness_negative"][rest]
    decay = 3.0 * factor / 3.08e3
    assert voids == pytest.approx(voids[0] * np.exp(-decay * time), rel=2.0e-3)


def test_voids_rise_on_stripping_and_fall_on_plating(half_cell: HalfCell) -> None:
    """At low pressure creep is still: the rates are those of the charge alone."""
    voids = Voids(repair_current=1.0e-6)
    lithium = LithiumPlane(
        MeasuredResistance(25.0e-4, exponent=0.0, unloading_exponent=0.0), voids=voids, metal=10.0
    )
    strip = Segment(duration=600.0, current=C_3)
    plate = Segment(duration=300.0, current=-C_3)
    result = run(
        half_cell, [strip, plate, strip, plate], Start(0.4, pressure=0.3 * MPA), lithium=lithium
    )
    grown = LITHIUM_VOLUME / FARADAY * C_3 * 600.0
    teeth = [at_end(result, "void_thickness_negative", step) for step in range(4)]
    assert teeth == pytest.approx([grown, 0.5 * grown, 1.5 * grown, grown], rel=3.0e-3)


@pytest.mark.parametrize(
    ("pressure", "temperature", "contact"),
    [(5.0, ROOM, 0.52), (5.0, WARM, 1.00), (3.0, ROOM, 0.31)],
)
def test_contact_settles_where_repair_keeps_pace(
    half_cell: HalfCell, pressure: float, temperature: float, contact: float
) -> None:
    lithium = LithiumPlane(MeasuredResistance(25.0e-4), voids=Voids(), metal=10.0)
    result = run(
        half_cell,
        [Segment(duration=2.5 * HOUR, current=C_3)],
        Start(0.213, pressure=pressure * MPA, temperature=temperature),
        lithium=lithium,
    )
    assert at_end(result, "contact_fraction_negative") == pytest.approx(contact, abs=0.01)


def test_lost_contact_ends_a_run(half_cell: HalfCell) -> None:
    lithium = LithiumPlane(MeasuredResistance(25.0e-4), voids=Voids(), metal=10.0)
    result = run(
        half_cell,
        [Segment(duration=2.5 * HOUR, current=C_3), Segment(duration=HOUR)],
        Start(0.213, pressure=0.4 * MPA),
        lithium=lithium,
    )
    assert result.stops == ("contact",)


# pressure


@pytest.mark.parametrize(("stiffness", "gain"), [(SPRING, 0.31), (GAP, 3.1)])
def test_a_charge_raises_the_pressure_of_a_fixture(
    half_cell: HalfCell, stiffness: float, gain: float
) -> None:
    hours = 3.0
    result = run(
        half_cell,
        [Segment(duration=hours * HOUR, current=-C_3)],
        Start(0.939),
        composite=Composite(volume_change=volume_change),
        fixture_stiffness=stiffness,
    )
    plated = LITHIUM_VOLUME * C_3 * hours * HOUR / FARADAY
    shrunk = 96.8e-6 * 0.595 / 3.0 * (volume_change(0.939) - volume_change(0.213))
    assert at_end(result, "stack_pressure") == pytest.approx(
        5.0 * MPA + stiffness * (plated - shrunk), rel=2.0e-3
    )
    assert at_end(result, "stack_pressure") / MPA - 5.0 == pytest.approx(gain, rel=0.01)


def test_the_set_point_moves_along_a_ramp_and_the_lithium_remembers(half_cell: HalfCell) -> None:
    result = run(
        half_cell,
        [
            Segment(duration=600.0, current=5.5),
            Segment(duration=1200.0, current=5.5, pressure=25.0 * MPA, within=600.0),
            Segment(duration=1200.0, current=5.5, pressure=1.0 * MPA, within=600.0),
        ],
        Start(0.5, pressure=1.0 * MPA),
        composite=Composite(contact=FabricatedContact()),
        lithium=LithiumPlane(MeasuredResistance(25.0e-4), metal=10.0),
    )
    knots = ([0.0, 600.0, 1200.0, 1800.0, 2400.0, 3000.0], [1.0, 1.0, 25.0, 25.0, 1.0, 1.0])
    pressure = result.interface["stack_pressure"]
    assert pressure / MPA == pytest.approx(np.interp(result.curve.time, *knots), abs=1.0e-6)
    law = MeasuredResistance(25.0e-4)
    before = -at_end(result, "overpotential_interface_negative", 0) / 5.5
    after = -at_end(result, "overpotential_interface_negative", 2) / 5.5
    assert before == pytest.approx(25.0e-4 * 0.2**-0.82, rel=1.0e-6)
    assert after == pytest.approx(measured_resistance(law, 1.0 * MPA, 25.0 * MPA), rel=1.0e-5)
    assert after == pytest.approx(25.0e-4 * 5.0**-0.82 * 25.0**0.2, rel=1.0e-5)
    theta = result.interface["contact_fraction_positive"]
    fresh = FabricatedContact()(pressure, pressure)
    assert theta == pytest.approx(fresh, rel=1.0e-9)


def test_lithium_creeps_into_an_open_separator(half_cell: HalfCell) -> None:
    result = run(
        half_cell,
        [Segment(duration=10 * HOUR)],
        Start(0.5, pressure=25.0 * MPA),
        pore_creep=PoreCreep(porosity=0.18),
    )
    rate = 400.0 / 25.0 * (25.0 / 5090.0 + (25.0 / 47.4) ** 6.56)
    assert at_end(result, "short_circuit_damage") == pytest.approx(10.0 * rate, rel=1.0e-6)


# contact


def test_contact_heals_under_pressure(half_cell: HalfCell) -> None:
    loss = ContactLoss(healing_rate=1.0e-5)
    result = run(
        half_cell,
        [Segment(duration=24 * HOUR)],
        Start(0.5, pressure=10.0 * MPA),
        composite=Composite(retention=0.5, loss=loss, volume_change=volume_change),
    )
    expected = 1.0 - 0.5 * np.exp(-1.0e-5 * 2.0 * 24 * HOUR)
    assert at_end(result, "contact_retention_positive") == pytest.approx(expected, rel=1.0e-6)


def test_contact_is_lost_with_the_particles_volume(half_cell: HalfCell) -> None:
    """Each node loses by the change of its own volume: s - s_min falls exponentially with |dg|."""
    loss = ContactLoss(healing_rate=0.0)
    result = run(
        half_cell,
        [Segment(duration=2.0 * HOUR, current=C_3)],
        Start(0.213, pressure=2.0 * MPA),
        composite=Composite(loss=loss, volume_change=volume_change),
    )
    change = volume_change(result.nodes["stoichiometry_positive"][-1]) - volume_change(0.213)
    expected = 0.05 + 0.95 * np.exp(-2.0e-3 / 0.10 * change / 2.0)
    assert result.nodes["contact_retention_positive"][-1] == pytest.approx(expected, rel=1.0e-7)


def test_isolated_particles_hold_no_charge(half_cell: HalfCell) -> None:
    """theta_u = s/0.7 = 1/2: as if half the active material were there, with its contact."""
    segment = [Segment(duration=0.5 * HOUR, current=C_3)]
    isolated = run(
        half_cell, segment, Start(0.3), composite=Composite(retention=0.35, isolation_threshold=0.7)
    )
    smaller = replace(half_cell, active_material_volume_fraction=0.5 * 0.595)
    expected = run(smaller, segment, Start(0.3), composite=Composite(retention=0.35))
    difference = isolated.curve.voltage[-1] - expected.curve.voltage[-1]
    assert abs(difference) < 1.0e-6


def test_lost_contact_narrows_the_paths(half_cell: HalfCell) -> None:
    segment = [Segment(duration=0.5 * HOUR, current=55.0)]
    lost = run(
        half_cell, segment, Start(0.3), composite=Composite(retention=0.6, path_exponent=2.0)
    )
    poorer = replace(
        half_cell,
        electrolyte_conductivity=0.36 * half_cell.electrolyte_conductivity,
        electronic_conductivity=0.36 * half_cell.electronic_conductivity,
    )
    expected = run(poorer, segment, Start(0.3), composite=Composite(retention=0.6))
    assert lost.curve.voltage[-1] == pytest.approx(expected.curve.voltage[-1], abs=1.0e-6)


def test_a_patchy_particle_has_a_longer_way(half_cell: HalfCell) -> None:
    segment = [Segment(duration=0.5 * HOUR, current=55.0)]
    patchy = run(half_cell, segment, Start(0.3), composite=Composite(patch_factor=2.0))
    slow = replace(half_cell, diffusivity=lambda x: half_cell.diffusivity(x) / 4.0)
    expected = run(slow, segment, Start(0.3))
    assert patchy.curve.voltage[-1] == pytest.approx(expected.curve.voltage[-1], abs=1.0e-7)


def test_laws_of_contact_meet_their_tables() -> None:
    strained = [PerssonContact(1.0, 1.0, np.sqrt(8.0 / np.pi))(p, p) for p in (0.01, 0.1, 0.5, 1.0)]
    assert strained == pytest.approx([0.015957, 0.158519, 0.682689, 0.954500], abs=1.0e-6)
    assert PerssonContact(1.0, 1.0)(0.1, 0.1) == pytest.approx(0.197925, abs=1.0e-6)
    made = FabricatedContact()
    assert [made(p * MPA, 0.0) for p in (0.0, 5.0, 1.0e9)] == pytest.approx(
        [0.758, 0.800, 0.865], abs=5.0e-4
    )
    assert PlasticContact(2.4 * MPA)(5.0 * MPA, 0.0) == pytest.approx(1.0 - np.exp(-5.0 / 2.4))
    radius = 5.723e-7  # 1 mN on a sphere of 5 um with E* = 20 GPa
    density = 1.0e9
    fraction = HertzContact(density, 5.0e-6, 20.0e9)(1.0e-3 * density, 0.0)
    assert fraction == pytest.approx(density * np.pi * radius**2, rel=1.0e-3)
    narrowed = [
        1.0e4 * constriction_resistance(theta, 10.0e-6, 0.2)
        for theta in (0.9, 0.5, 0.25, 0.1, 0.01)
    ]
    assert narrowed == pytest.approx([0.0048, 0.088, 0.278, 0.702, 3.35], rel=0.02)


def test_a_mechanistic_plane_has_area_and_constriction_only(half_cell: HalfCell) -> None:
    law = PlasticContact(2.4 * MPA)
    film = Film(initial_thickness=3.0e-7, conductivity=3.0e-4)
    lithium = LithiumPlane(MechanisticContact(law, pitch=50.0e-6), film=film, metal=10.0)
    result = run(
        half_cell, [Segment(duration=1.0, current=C_3)], Start(0.5, pressure=MPA), lithium=lithium
    )
    theta = law(MPA, 0.0)
    drops = [
        -at_end(result, f"overpotential_{part}_negative")
        for part in ("charge_transfer", "film", "interface")
    ]
    assert drops == pytest.approx(
        [
            2.0 * GAS * ROOM / FARADAY * np.arcsinh(C_3 / (2.0 * theta * 300.0)),
            C_3 * 3.0e-7 / 3.0e-4 / theta,
            C_3 * constriction_resistance(theta, 50.0e-6, 0.2),
        ],
        rel=1.0e-6,
    )
