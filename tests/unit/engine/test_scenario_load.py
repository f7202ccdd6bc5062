"""A scenario file becomes a frozen cell in SI, whichever way its parts are given."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import (
    Cell,
    Scenario,
    load_scenario,
    parse_scenario,
    shipped_folder,
    shipped_scenarios,
)

MAIN = "nmc811_lpscl_li_450"
REFERENCE = "nmc811_lpscl_li_reference"


@pytest.fixture(scope="module")
def main() -> Scenario:
    return load_scenario(MAIN)


@pytest.fixture(scope="module")
def reference() -> Scenario:
    return load_scenario(REFERENCE)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_loads_and_is_named_as_its_file(name: str) -> None:
    assert load_scenario(name).name == name


def test_a_shipped_scenario_is_found_by_name_file_name_and_path(main: Scenario) -> None:
    for given in (f"{MAIN}.yaml", shipped_folder() / f"{MAIN}.yaml"):
        assert load_scenario(given).parameters == main.parameters


def test_the_cell_has_59_4_ampere_hours_on_1_08_square_metres(main: Scenario) -> None:
    assert main.cell.electrode_area == pytest.approx(1.08, rel=1e-15)
    assert main.cell.nominal_capacity == pytest.approx(59.4 * 3600, rel=1e-15)
    assert main.cell.footprint == pytest.approx(0.03)


def test_what_follows_from_other_entries_is_computed(main: Scenario) -> None:
    positive = main.cell.positive
    assert positive.effective_conductivity == pytest.approx(7.8333e-3, abs=5e-8)
    assert positive.active_material.maximum_concentration == pytest.approx(4770 / 0.09728)
    assert positive.active_material.maximum_concentration.status == "computed"
    assert positive.specific_area == pytest.approx(3 * 0.595 / 2e-6)


def test_the_site_density_may_be_given_instead() -> None:
    path = "cell.positive.active_material.maximum_concentration"
    scenario = load_scenario(MAIN, overrides={path: "63104 mol/m^3"})
    assert scenario.cell.positive.active_material.maximum_concentration == 63104


@pytest.mark.parametrize(
    ("x", "volts"), [(0.213, 4.3001), (0.939, 3.524)], ids=["charged", "discharged"]
)
def test_the_open_circuit_potential_at_the_ends_of_the_window(
    main: Scenario, x: float, volts: float
) -> None:
    potential = main.cell.positive.active_material.open_circuit_potential
    assert potential.evaluate(np.array([x]))[0] == pytest.approx(volts, abs=5e-5)


def test_the_main_job_charges_before_each_of_three_discharges(main: Scenario) -> None:
    assert main.initial_stoichiometry == 0.939
    assert [block.steps[-1].value for block in main.protocol] == pytest.approx([5.94, 19.8, 59.4])
    for block in main.protocol:
        charge, hold, rest, discharge = block.steps
        assert charge.value == pytest.approx(-5.94)
        assert hold.terminations[0].value == pytest.approx(59.4 / 50)
        assert rest.duration == 3600
        assert discharge.terminations[0].value == 2.8


def test_the_main_job_states_its_interfaces(main: Scenario) -> None:
    assert main.cell.positive.contact_fraction == 0.8
    assert main.cell.negative.exchange_current_density == 300
    assert main.cell.negative.interface_resistance == pytest.approx(25e-4)
    assert main.physics.entropy == "off"
    assert main.cell.positive.active_material.entropic_coefficient is not None


def test_the_reference_is_the_same_cell_with_ideal_contact(
    main: Scenario, reference: Scenario
) -> None:
    assert reference.cell.positive.contact_fraction == 1
    assert reference.cell.negative.exchange_current_density == 25
    assert reference.cell.negative.interface_resistance == 0
    changed = {
        here.name
        for here, there in zip(reference.parameters, main.parameters, strict=True)
        if here.expression != there.expression
    }
    assert changed == {
        "cell.positive.contact_fraction",
        "cell.negative.exchange_current_density",
        "cell.negative.interface_resistance",
        "operation.initial_stoichiometry",
    }


def test_the_reference_resets_before_each_discharge(reference: Scenario) -> None:
    for block in reference.protocol:
        assert [step.kind for step in block.steps] == ["reset", "current"]
        assert block.steps[0].stoichiometry == 0.213


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_value_of_the_shipped_cells_says_where_it_comes_from(name: str) -> None:
    rows = [row for row in load_scenario(name).parameters if row.name.startswith("cell.")]
    unsaid = [row.name for row in rows if not row.source and row.name != "cell.faces"]
    assert not unsaid


def test_a_parameter_knows_how_it_was_written(main: Scenario) -> None:
    thickness = main.cell.positive.thickness
    assert thickness == 9.68e-5
    assert (thickness.text, thickness.unit, thickness.si_unit) == ("96.8 um", "um", "m")
    assert (thickness.status, thickness.name) == ("computed", "cell.positive.thickness")


def test_a_scenario_is_frozen(main: Scenario) -> None:
    with pytest.raises(ValueError, match="frozen"):
        main.name = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        main.cell.positive.thickness.source = "hearsay"


def test_a_scenario_survives_the_way_to_another_process(main: Scenario) -> None:
    there = pickle.loads(pickle.dumps(main))
    assert there == main
    assert there.cell.positive.thickness.source == main.cell.positive.thickness.source


def test_the_resolved_text_is_the_same_scenario_without_imports(reference: Scenario) -> None:
    again = parse_scenario(reference.resolved_text)
    assert again.parameters == reference.parameters
    assert "overrides" not in reference.resolved_text
    assert "import" not in reference.resolved_text


def test_the_source_text_is_kept_as_written(main: Scenario) -> None:
    assert main.source_text == (shipped_folder() / f"{MAIN}.yaml").read_text(encoding="utf-8")


def test_an_import_is_merged_and_the_importing_file_wins(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        f"import: {MAIN}.yaml\noperation: {{temperature: 45 degC}}\nname: base\n"
    )
    (tmp_path / "hot.yaml").write_text(
        "import: base.yaml\nname: hot\noperation: {temperature: 60 degC}\n"
    )
    scenario = load_scenario(tmp_path / "hot.yaml")
    assert scenario.name == "hot"
    assert scenario.operation.temperature == pytest.approx(333.15)
    assert scenario.operation.stack_pressure == 5e6


def test_a_value_with_provenance_replaces_another_whole(tmp_path: Path) -> None:
    file = tmp_path / "thick.yaml"
    file.write_text(
        f"import: {MAIN}.yaml\n"
        "cell: {positive: {thickness: {value: 80 um},\n"
        "  active_material: {diffusivity: {constant: 1e-14 m^2/s}}}}\n"
    )
    positive = load_scenario(file).cell.positive
    assert (float(positive.thickness), positive.thickness.source) == (80e-6, "")
    assert positive.active_material.diffusivity.kind == "constant"
    assert positive.active_material.diffusivity.source == ""


def test_overrides_of_an_imported_file_come_before_the_importing_file(tmp_path: Path) -> None:
    (tmp_path / "thin.yaml").write_text(
        f"import: {MAIN}.yaml\noverrides: {{cell.positive.thickness: 60 um}}\n"
    )
    (tmp_path / "thick.yaml").write_text(
        "import: thin.yaml\ncell: {positive: {thickness: 120 um}}\n"
    )
    assert load_scenario(tmp_path / "thin.yaml").cell.positive.thickness == 60e-6
    assert load_scenario(tmp_path / "thick.yaml").cell.positive.thickness == 120e-6


def test_a_cell_and_a_material_of_ones_own_lie_beside_the_scenario(tmp_path: Path) -> None:
    cell = (shipped_folder() / "cells/nmc811_lpscl_li.yaml").read_text(encoding="utf-8")
    (tmp_path / "my_cell.yaml").write_text(
        cell.replace("../materials/nmc811.yaml", "materials/nmc811.yaml").replace(
            "name: nmc811_lpscl_li", "name: mine"
        )
    )
    file = tmp_path / "mine.yaml"
    file.write_text(f"import: {MAIN}.yaml\ncell: my_cell.yaml\n")
    scenario = load_scenario(file)
    assert isinstance(scenario.cell, Cell)
    assert scenario.cell.name == "mine"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("cell.positive.thickness", "80 um", 80e-6),
        ("cell.positive.thickness", 80e-6, 80e-6),
        ("cell.positive.thickness", {"value": "80 um", "source": "a paper"}, 80e-6),
        ("cell.positive.thickness.value", "80 um", 80e-6),
        ("cell.positive.contact_fraction", 0.5, 0.5),
        ("cell.positive.contact_fraction", "50 %", 0.5),
        ("cell.positive.film_resistance", "10 Ohm cm^2", 1e-3),
        ("operation.temperature", 318.15, 318.15),
        ("numerics.nodes", 80, 80),
        ("numerics.rtol", 1e-7, 1e-7),
    ],
)
def test_an_override_sets_any_value(path: str, value: object, expected: float) -> None:
    scenario = load_scenario(MAIN, overrides={path: value})
    found: object = scenario
    for name in path.removesuffix(".value").split("."):
        found = getattr(found, name)
    assert found == expected
    assert parse_scenario(scenario.resolved_text).parameters == scenario.parameters


def test_overrides_may_change_the_cell_and_then_a_part_of_it() -> None:
    overrides = {"cell": "cells/nmc811_lpscl_li.yaml", "cell.positive.thickness": "80 um"}
    assert load_scenario(MAIN, overrides=overrides).cell.positive.thickness == 80e-6


def test_an_override_reaches_into_the_protocol() -> None:
    overrides = {"protocol.0.repeat": 10, "protocol.0.steps.3": "Discharge at C/5 until 3 V"}
    block = load_scenario(MAIN, overrides=overrides).protocol[0]
    assert block.repeat == 10
    assert block.steps[3].text == "Discharge at C/5 until 3 V"


def test_a_protocol_of_plain_steps_has_a_block_for_each() -> None:
    steps = ["Rest for 1 minute", "Discharge at C/3 until 3 V"]
    scenario = load_scenario(MAIN, overrides={"protocol": steps})
    assert [(block.repeat, len(block.steps)) for block in scenario.protocol] == [(1, 1), (1, 1)]


@pytest.mark.parametrize(
    ("written", "kind", "period", "cycles"),
    [
        ("none", "none", None, None),
        ("every step", "every step", None, None),
        ("every 100 cycles", "every cycles", None, 100),
        ({"period": "60 s"}, "period", 60.0, None),
    ],
)
def test_fields_are_kept_as_asked(
    written: object, kind: str, period: float | None, cycles: int | None
) -> None:
    fields = load_scenario(MAIN, overrides={"output.fields": written}).output.fields
    assert (fields.kind, fields.period, fields.cycles) == (kind, period, cycles)


def test_time_series_are_kept_for_the_chosen_cycles() -> None:
    chosen = ["first", "last", "every 4 cycles"]
    kept = load_scenario(MAIN, overrides={"output.timeseries": chosen}).output.timeseries
    assert [cycle for cycle in range(10) if kept.keeps(cycle, 10)] == [0, 3, 7, 9]
    everything = load_scenario(MAIN).output.timeseries
    assert all(everything.keeps(cycle, 10) for cycle in range(10))


def test_a_scenario_can_be_made_of_text() -> None:
    assert parse_scenario(f"import: {MAIN}.yaml\nname: mine\n").name == "mine"


def test_yaml_1_2_reads_numbers_and_words_as_they_look() -> None:
    text = f"import: {MAIN}.yaml\nnumerics: {{rtol: 1e-4}}\nphysics: {{entropy: on}}\n"
    scenario = parse_scenario(text)
    assert scenario.numerics.rtol == 1e-4
    assert scenario.physics.entropy == "on"


def test_an_unreadable_scenario_is_an_input_error(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes(b"name: caf\xe9\n")
    with pytest.raises(InputError, match="not UTF-8"):
        load_scenario(file)
