"""Interfaces of a cell: laws with their constants, films, voids, fixtures, symmetric cells."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import (
    CompositeElectrode,
    GreenwoodWilliamsonContact,
    HertzContact,
    LithiumElectrode,
    LithiumPlasticContact,
    PerssonContact,
    PlasticContact,
    PressedContact,
    Scenario,
    load_scenario,
    parse_scenario,
)

MAIN = "nmc811_lpscl_li_450"
SYMMETRIC = "li_symmetric_critical_current"
BULK = 0.2  # S/m, of the shipped electrolyte


@pytest.fixture(scope="module")
def main() -> Scenario:
    return load_scenario(MAIN)


@pytest.fixture(scope="module")
def symmetric() -> Scenario:
    return load_scenario(SYMMETRIC)


def composite(**overrides: object) -> CompositeElectrode:
    """The shipped composite electrode with other entries."""
    paths = {f"cell.positive.{name}": value for name, value in overrides.items()}
    return load_scenario(MAIN, overrides=paths).cell.composite


@pytest.mark.parametrize("name", [MAIN, "nmc811_lpscl_li_reference"])
def test_the_verification_scenarios_keep_their_constants(name: str) -> None:
    physics = load_scenario(name).physics
    assert (physics.contact, physics.voids) == ("static", "none")
    assert (physics.interphase.positive, physics.interphase.negative) == ("none", "none")
    assert (physics.isolation, physics.paths, physics.double_layer) == ("off", "off", "off")


def test_fresh_laws_give_the_constants_of_the_main_job(main: Scenario) -> None:
    law, pressure = main.cell.composite.contact, main.operation.stack_pressure
    assert isinstance(law, PressedContact)
    fabricated = 1 - np.exp(-law.fabrication_pressure / law.hardness)
    fraction = fabricated * (
        1 - (1 - law.relaxed_fraction) * np.exp(-pressure / law.elastic_pressure)
    )
    assert fraction == pytest.approx(main.cell.composite.contact_fraction, abs=5e-4)
    assert main.cell.negative.interface is not None
    assert main.cell.negative.interface.reference_pressure == pressure


def test_the_scenario_with_everything_on_is_the_main_job(main: Scenario) -> None:
    everything = load_scenario(f"{MAIN}_interfaces")
    assert everything.parameters == main.parameters
    assert everything.protocol == main.protocol
    assert everything.physics.contact == "creep"
    assert everything.lithium_contact(everything.cell.negative) == "measured"
    assert main.lithium_contact(main.cell.negative) == "static"


@pytest.mark.parametrize(
    ("written", "law"),
    [
        ({"law": "pressed", "hardness": "150 MPa"}, PressedContact),
        ({"law": "plastic", "hardness": "200 MPa"}, PlasticContact),
        (
            {
                "law": "hertz",
                "asperity_density": "1e4 1/mm^2",
                "asperity_radius": "5 um",
                "modulus": "20 GPa",
            },
            HertzContact,
        ),
        (
            {
                "law": "greenwood_williamson",
                "asperity_density": "1e10 1/m^2",
                "asperity_radius": "5 um",
                "height_deviation": "100 nm",
                "modulus": "20 GPa",
            },
            GreenwoodWilliamsonContact,
        ),
        ({"law": "persson", "modulus": "20 GPa", "rms_slope": 0.3}, PerssonContact),
    ],
)
def test_a_law_of_contact_replaces_another_whole(written: dict[str, object], law: type) -> None:
    text = f"import: {MAIN}.yaml\ncell: {{positive: {{contact: {written}}}}}\n".replace("'", "")
    found = parse_scenario(text).cell.composite.contact
    assert type(found) is law
    if isinstance(found, HertzContact | GreenwoodWilliamsonContact):
        assert found.asperity_density == 1e10
    if isinstance(found, PerssonContact):
        assert (found.prefactor, found.rms_slope.source) == (2, "")
    if isinstance(found, PressedContact):
        assert (found.hardness, found.elastic_pressure) == (150e6, 10e6)


def test_the_law_is_the_pressed_one_unless_it_has_a_name() -> None:
    contact = composite(contact={"hardness": "150 MPa"}).contact
    assert isinstance(contact, PressedContact)
    assert (contact.hardness, contact.fabrication_pressure) == (150e6, 400e6)


def test_lithium_flows_at_three_times_its_yield_stress() -> None:
    overrides = {
        "cell.negative.interface": None,
        "cell.negative.contact": {"law": "plastic"},
        "cell.negative.contact_pitch": "10 um",
        "physics.contact": "pressure",
    }
    scenario = load_scenario(MAIN, overrides=overrides)
    contact = scenario.cell.negative.contact
    assert isinstance(contact, LithiumPlasticContact)
    assert contact.hardness == pytest.approx(2.4e6)
    assert scenario.lithium_contact(scenario.cell.negative) == "mechanistic"


def test_a_default_says_where_it_comes_from(symmetric: Scenario) -> None:
    rows = {row.name: row for row in symmetric.parameters}
    creep = rows["cell.positive.voids.creep_exponent"]
    assert (creep.value, creep.status) == (6.56, "measured")
    assert "Masias 2019" in creep.source
    assert rows["cell.separator.pore_creep.linear_pressure"].value == 1e6


def test_every_default_has_a_source() -> None:
    cell = {
        "negative": ("film", "voids", "interface", "short_circuit"),
        "positive": ("film", "contact", "contact_loss"),
        "separator": ("pore_creep",),
    }
    overrides = {f"cell.{part}.{name}": {} for part, names in cell.items() for name in names}
    rows = load_scenario(MAIN, overrides=overrides).parameters
    unsaid = [row.name for row in rows if row.name.startswith("cell.") and not row.source]
    assert unsaid == ["cell.faces"]


def test_one_film_law_stands_for_both_electrodes() -> None:
    both = load_scenario(MAIN, overrides={"physics.interphase": "parabolic"}).physics.interphase
    assert (both.positive, both.negative) == ("parabolic", "parabolic")
    one = load_scenario(MAIN, overrides={"physics.interphase": {"negative": "parabolic"}})
    assert (one.physics.interphase.positive, one.physics.interphase.negative) == (
        "none",
        "parabolic",
    )


@pytest.mark.parametrize(
    ("law", "constants"),
    [
        ("linear_parabolic", {"linear_constant": "1e-12 m/s"}),
        ("logarithmic", {"logarithmic_constant": "10 nm", "logarithmic_time": "1 h"}),
    ],
)
def test_a_film_law_is_complete_with_its_constants(law: str, constants: dict[str, str]) -> None:
    overrides: dict[str, object] = {"physics.interphase": {"negative": law}}
    with pytest.raises(InputError, match="film law without its constant"):
        load_scenario(MAIN, overrides=overrides)
    overrides |= {f"cell.negative.film.{name}": value for name, value in constants.items()}
    film = load_scenario(MAIN, overrides=overrides).cell.negative.film
    assert film is not None
    assert None not in film.constants_of(law).values()


def test_utilisation_falls_below_the_isolation_threshold(main: Scenario) -> None:
    electrode = main.cell.composite
    assert electrode.utilisation() == 1
    assert [electrode.utilisation(s) for s in (1.0, 0.7, 0.35)] == pytest.approx([1, 1, 0.5])
    assert composite(contact_retention=0.35).utilisation() == pytest.approx(0.5)


def test_ion_paths_percolate() -> None:
    electrode = composite(transport={"law": "percolation"})
    assert electrode.effective_conductivity == pytest.approx(BULK * ((0.235 - 0.1) / 0.9) ** 2)
    assert electrode.effective_electronic_conductivity == 1.0
    steeper = composite(transport={"law": "percolation", "threshold": 0.05, "exponent": 3})
    assert steeper.effective_conductivity == pytest.approx(BULK * ((0.235 - 0.05) / 0.95) ** 3)


TABLE = "materials/conductivity_minnmann2021.csv"


@pytest.mark.parametrize(
    ("active", "ionic", "electronic"),
    [(0.246, 4.17e-2, 2.07e-3), (0.416, 1.67e-2, 5.62e-2), (0.6105, 3.04e-4, 1.44e-1)],
)
def test_conductivities_of_minnmann_come_from_the_table(
    active: float, ionic: float, electronic: float
) -> None:
    electrode = composite(
        transport={"table": TABLE, "electronic": "table"},
        active_volume_fraction=active,
        electrolyte_volume_fraction=0.83 - active,
        electrolyte_conductivity="1.6 mS/cm",
    )
    assert electrode.effective_conductivity == pytest.approx(ionic)
    assert electrode.effective_electronic_conductivity == pytest.approx(electronic)


def test_the_shipped_electrode_conducts_15_times_better_than_minnmanns() -> None:
    table = composite(transport={"table": TABLE})
    ratio = composite().effective_conductivity / table.effective_conductivity
    assert ratio == pytest.approx(15, rel=0.01)
    assert table.effective_electronic_conductivity == 1.0


def test_a_table_is_not_extrapolated() -> None:
    with pytest.raises(InputError, match=r"0.65 lies outside the table's 0.246 to 0.6105; extend"):
        composite(
            transport={"table": TABLE},
            active_volume_fraction=0.65,
            electrolyte_volume_fraction=0.18,
        )


def test_a_table_of_conductivities_lies_beside_its_scenario(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(
        "Active volume fraction,Ionic conductivity [S/m],"
        "Ionic conductivity of the electrolyte [S/m]\n0.7,0.001,0.1\n0.4,0.01,0.1\n"
    )
    file = tmp_path / "mine.yaml"
    file.write_text(
        f"import: {MAIN}.yaml\ncell: {{positive: {{transport: {{table: mine.csv}}}}}}\n"
    )
    between = 10 ** -(1 + (0.595 - 0.4) / 0.3)
    assert load_scenario(file).cell.composite.effective_conductivity == pytest.approx(
        BULK * between
    )
    (tmp_path / "mine.csv").write_text((tmp_path / "mine.csv").read_text().replace("0.001", "-1"))
    with pytest.raises(InputError, match=r"mine.yaml:2: .*not above zero; correct its rows"):
        load_scenario(file)


CELL_VOLUME = 101  # A^3 for three formula units, de Biasi 2017


def test_the_volume_of_nmc811_is_that_of_its_source(main: Scenario) -> None:
    change = main.cell.composite.active_material.volume_change
    assert change is not None
    given = {1.0: 0.0, 0.213: -0.0486, 0.1712: -0.06, 0.11: -0.0735}
    values = change.evaluate(np.array(list(given)))
    np.testing.assert_allclose(values, list(given.values()), atol=1e-12)
    assert change.evaluate(np.array([0.15]))[0] == pytest.approx(-0.0655, abs=1e-3), "Koerver 2018"


@pytest.mark.parametrize(
    ("low", "high", "slope"),
    [
        (3.99, 4.05, 4.1),
        (4.05, 4.12, 6.6),
        (4.12, 4.19, 12.4),
        (4.19, 4.24, 24.4),
        (4.24, 4.30, 29.8),
        (4.30, 4.42, 27.6),
    ],
)
def test_the_volume_shrinks_as_steeply_as_its_source_says(
    main: Scenario, low: float, high: float, slope: float
) -> None:
    """A^3 per lithium between two voltages, to 3 %: four digits of a change by 0.3 %."""
    material = main.cell.composite.active_material
    assert material.volume_change is not None
    x = np.linspace(0.15, 0.9, 20_001)
    ends = np.interp([-low, -high], -material.open_circuit_potential.evaluate(x), x)
    change = np.diff(material.volume_change.evaluate(ends)) / np.diff(ends)
    assert CELL_VOLUME * change[0] == pytest.approx(slope, rel=0.03)


def test_the_volume_rises_with_the_lithium_all_the_way(main: Scenario) -> None:
    material = main.cell.composite.active_material
    assert material.volume_change is not None
    x = np.linspace(*material.open_circuit_potential.domain, 2001)
    slopes = CELL_VOLUME * np.diff(material.volume_change.evaluate(x)) / np.diff(x)
    assert slopes.min() > 2.5
    assert slopes.max() < 31


def test_a_symmetric_cell_has_two_planes_and_no_composite(symmetric: Scenario) -> None:
    cell = symmetric.cell
    assert cell.symmetric
    assert isinstance(cell.positive, LithiumElectrode)
    assert cell.planes == (cell.negative, cell.positive)
    assert cell.reference_temperature == 298.15
    assert cell.nominal_capacity is None
    with pytest.raises(InputError, match=r"no composite electrode; give cell.positive one"):
        _ = cell.composite
    with pytest.raises(InputError, match="no composite electrode"):
        _ = symmetric.initial_stoichiometry
    assert cell.negative.voids is not None
    assert cell.negative.voids.creep_rate.name == "cell.negative.voids.creep_rate"
    assert cell.positive.voids is not None
    assert cell.positive.voids.creep_rate.name == "cell.positive.voids.creep_rate"
    assert cell.positive.short_circuit.critical_current_activation_energy.name.startswith(
        "cell.positive."
    )


def test_the_other_plane_may_differ() -> None:
    path = "cell.positive.interface_resistance"
    cell = load_scenario(SYMMETRIC, overrides={path: "50 Ohm cm^2"}).cell
    assert [plane.interface_resistance for plane in cell.planes] == pytest.approx([25e-4, 50e-4])


def test_a_full_cell_has_one_plane(main: Scenario) -> None:
    assert not main.cell.symmetric
    assert main.cell.planes == (main.cell.negative,)
    assert main.cell.composite is main.cell.positive
    assert main.cell.composite.type == "composite"


def test_an_anode_free_cell_has_no_lithium_in_excess(tmp_path: Path) -> None:
    overrides = {"cell.negative.type": "anode_free", "cell.negative.excess_thickness": "0 um"}
    negative = load_scenario(MAIN, overrides=overrides).cell.negative
    assert (negative.type, float(negative.excess_thickness)) == ("anode_free", 0.0)


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ({"type": "spring", "stiffness": "3 kN/m"}, "stiffness", 3e3),
        ({"type": "spring", "stiffness": "3 N/mm"}, "stiffness", 3e3),
        ({"type": "spring", "pad_thickness": "3 mm", "pad_modulus": "1 MPa"}, "pad_modulus", 1e6),
        ({"type": "constant_gap", "frame_stiffness": "1e8 N/m"}, "frame_stiffness", 1e8),
    ],
)
def test_a_fixture_has_its_stiffness(written: dict[str, str], name: str, value: float) -> None:
    scenario = load_scenario(MAIN, overrides={"operation.fixture": written})
    assert getattr(scenario.operation.fixture, name) == pytest.approx(value)
    rows = {row.name: row.value for row in scenario.parameters}
    assert rows[f"operation.fixture.{name}"] == pytest.approx(value)


def test_a_fixture_replaces_another_whole(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        f"import: {MAIN}.yaml\noperation: {{fixture: {{type: spring, stiffness: 1e7 N/m}}}}\n"
    )
    file = tmp_path / "stiff.yaml"
    file.write_text(
        "import: base.yaml\noperation: {fixture: {type: constant_gap, frame_stiffness: 1e8 N/m}}\n"
    )
    fixture = load_scenario(file).operation.fixture
    assert (fixture.type, fixture.stiffness) == ("constant_gap", None)
    assert load_scenario(MAIN).operation.fixture.type == "constant_pressure"


def test_frequencies_are_even_on_a_logarithmic_axis(main: Scenario) -> None:
    frequencies = main.output.impedance.frequencies
    assert frequencies.size == 61
    assert (frequencies[0], frequencies[-1]) == pytest.approx((1e6, 1e-3))
    steps = np.diff(np.log(frequencies))
    np.testing.assert_allclose(steps, steps[0])


@pytest.mark.parametrize("name", [SYMMETRIC, "fixtures", f"{MAIN}_interfaces"])
def test_a_scenario_of_interfaces_survives_writing_and_sending(name: str) -> None:
    scenario = load_scenario(name)
    assert parse_scenario(scenario.resolved_text).parameters == scenario.parameters
    assert pickle.loads(pickle.dumps(scenario)) == scenario
