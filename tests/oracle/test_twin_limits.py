"""With its interfaces at rest the twin is PyBaMM's stock half cell, term by term."""

from dataclasses import replace

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation import reference
from solidcell.engine.validation.agreement import Grid, compare
from solidcell.engine.validation.cases import Case, Diffusivity, discharge
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.twin.cell import (
    FARADAY,
    GAS,
    Composite,
    LithiumPlane,
    MeasuredResistance,
    TwinCell,
)
from solidcell.engine.validation.twin.contact import StaticContact
from solidcell.engine.validation.twin.protocol import Segment, Start
from solidcell.engine.validation.twin.solve import solve

pytest.importorskip("pybamm")

ROOM = 298.15  # K
#: Twice the nodes of the validation: what is left is how each side reads potentials at the edge.
FINE = Mesh(nodes=80, shells=60)
PLENTY = 10.0  # mol/m2 of lithium


@pytest.fixture(scope="module")
def half_cell() -> HalfCell:
    """The half cell of the reference scenario."""
    return HalfCell.from_scenario(load_scenario("nmc811_lpscl_li_reference"))


def still(half_cell: HalfCell) -> TwinCell:
    """A twin in which nothing grows, opens or gives way."""
    return TwinCell(
        half_cell=half_cell,
        composite=Composite(contact=StaticContact(half_cell.contact_fraction)),
        lithium=LithiumPlane(
            MeasuredResistance(
                half_cell.series_resistance,
                exponent=0.0,
                unloading_exponent=0.0,
                activation_energy=half_cell.series_resistance_activation_energy,
            ),
            metal=PLENTY,
        ),
    )


@pytest.mark.parametrize(
    ("rate", "changes", "temperature"),
    [
        ("C/3", {}, ROOM),
        ("1C", {}, ROOM),
        ("1C", {"contact_fraction": 0.3, "series_resistance": 25.0e-4}, ROOM),
        (
            "1C",
            {"series_resistance": 25.0e-4, "series_resistance_activation_energy": 4.0e4},
            318.15,
        ),
    ],
)
def test_a_still_twin_is_the_stock_model(
    half_cell: HalfCell, rate: str, changes: dict[str, float], temperature: float
) -> None:
    cell = replace(half_cell, **changes)
    one_c = cell.nominal_areal_capacity / 3600.0
    current = one_c if rate == "1C" else one_c / 3.0
    case = Case(
        rate, discharge(rate), 0.213, Diffusivity.COMPOSITION, Grid.CHARGE, temperature=temperature
    )
    theirs = reference.solve(cell, case, mesh=FINE)
    ours = solve(
        still(cell),
        [Segment(duration=2.0e4, current=current, until_voltage=2.8)],
        Start(0.213, temperature=temperature),
        mesh=FINE,
    )
    agreement = compare(ours.curve, theirs, grid=Grid.CHARGE, one_c=one_c)
    assert agreement.rms_voltage < 0.01e-3
    assert agreement.maximum_voltage < 0.08e-3
    assert agreement.capacity < 2.0e-5


def test_the_first_resistance_is_newman_tobias_plus_lithium_plus_separator(
    half_cell: HalfCell,
) -> None:
    current = 1.0e-3
    result = solve(
        still(half_cell),
        [Segment(duration=1.0e-3, current=current)],
        Start(0.5),
        mesh=Mesh(nodes=160, shells=10),
        tolerance=Tolerance(1.0e-10, 1.0e-12),
    )
    drop = float(half_cell.open_circuit_potential(0.5)) - result.curve.voltage[0]
    assert drop / current * 1.0e4 == pytest.approx(31.4368, rel=3.0e-5)


def test_electrons_given_are_lithium_stored_and_stripped(half_cell: HalfCell) -> None:
    result = solve(
        still(half_cell),
        [Segment(duration=3000.0, current=55.0), Segment(duration=600.0)],
        Start(0.213),
        mesh=Mesh(nodes=20, shells=30),
    )
    charge = result.curve.charge
    sites = (
        half_cell.maximum_concentration
        * half_cell.active_material_volume_fraction
        * half_cell.electrode_thickness
    )
    stored = (result.interface["stored_stoichiometry_positive"] - 0.213) * sites * FARADAY
    stripped = (PLENTY - result.interface["lithium_metal"]) * FARADAY
    assert np.max(np.abs(stored - charge)) < 1.0e-11 * charge[-1]
    assert np.max(np.abs(stripped - charge)) < 1.0e-11 * charge[-1]


def test_a_double_layer_at_the_lithium_is_an_rc_element(half_cell: HalfCell) -> None:
    capacitance, current = 30.0, 1.0e-2
    resistance = GAS * ROOM / (FARADAY * half_cell.lithium_exchange_current_density)
    plain = still(half_cell)
    slow = replace(plain, lithium=replace(plain.lithium, double_layer=capacitance))
    settings = {"mesh": Mesh(nodes=10, shells=10), "tolerance": Tolerance(1.0e-8, 1.0e-10)}
    protocol = [Segment(duration=0.2, current=current)]
    with_it = solve(slow, protocol, Start(0.5), **settings)
    without = solve(plain, protocol, Start(0.5), **settings)
    times = np.linspace(0.0, 0.2, 50)
    extra = np.interp(times, with_it.curve.time, with_it.curve.voltage) - np.interp(
        times, without.curve.time, without.curve.voltage
    )
    expected = current * resistance * np.exp(-times / (resistance * capacitance))
    assert extra == pytest.approx(expected, abs=2.0e-3 * current * resistance)
