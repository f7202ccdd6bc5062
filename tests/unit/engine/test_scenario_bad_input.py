"""What can't be used is refused in one sentence with file, line and what to do."""

import re
from pathlib import Path

import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import load_scenario

MAIN = "import: nmc811_lpscl_li_450.yaml\n"

BAD: dict[str, tuple[str, int, str]] = {
    "unknown key": ("protocl: []", 2, "'protocl'.*did you mean 'protocol'"),
    "unknown key inside": (
        "cell:\n  positive:\n    thicknes: 50 um",
        4,
        "'thicknes' in cell.positive, did you mean 'thickness'",
    ),
    "unknown key beside a value": (
        "cell: {separator: {thickness: {value: 3 um, soruce: me}}}",
        2,
        "'soruce'.*did you mean 'source'",
    ),
    "missing unit": (
        "cell:\n  positive:\n    thickness: 50",
        4,
        "cell.positive.thickness: 50 has no unit; write a length.*'30 um'",
    ),
    "missing unit of a curve": (
        "cell: {positive: {active_material: {diffusivity: 3e-15}}}",
        2,
        "diffusivity: '3e-15' has no unit; write it like",
    ),
    "wrong dimension": (
        "cell: {separator: {thickness: 3 V}}",
        2,
        "'V' is not a unit of a length; write it like '30 um'",
    ),
    "wrong dimension of a curve": (
        "cell: {positive: {active_material: {diffusivity: 3 V}}}",
        2,
        "'V' is not a unit of a diffusivity",
    ),
    "unknown unit": ("cell: {separator: {thickness: 3 blorps}}", 2, "not a known unit; write one"),
    "negative thickness": (
        "cell: {separator: {thickness: -3 um}}",
        2,
        "cell.separator.thickness: -3 um must be above zero; correct",
    ),
    "no contact at all": ("cell: {positive: {contact_fraction: 0}}", 2, "must be above zero"),
    "fraction above one": ("cell: {positive: {porosity: 120 %}}", 2, "must be 1 or less"),
    "volume fractions": (
        "cell: {positive: {porosity: 0.2}}",
        2,
        r"add up to 1.08, not 1; change one of them by -0.08",
    ),
    "start outside the potential": (
        "operation:\n  initial_stoichiometry: 0.05",
        2,
        "0.05 lies outside 0.15 to 1.*choose one inside",
    ),
    "window outside the potential": (
        "cell: {positive: {active_material: {stoichiometry_charged: 0.1}}}",
        2,
        "0.1 lies outside 0.15 to 1.*open_circuit_potential.*correct",
    ),
    "window upside down": (
        "cell: {positive: {active_material: {stoichiometry_charged: 0.95}}}",
        2,
        "must be below stoichiometry_discharged.*exchange",
    ),
    "cut-offs upside down": ("cell: {lower_voltage_cutoff: 4.4 V}", 2, "must be below.*exchange"),
    "cut-off out of reach": ("cell: {upper_voltage_cutoff: 5 V}", 2, "out of reach.*lower the cut"),
    "cold": ("operation: {temperature: 25 K}", 2, "outside the 200-450 K.*check"),
    "temperature without unit": ("operation: {temperature: 25}", 2, "has no unit.*'25 degC'"),
    "loose stack": ("operation: {stack_pressure: 10 kPa}", 2, "must be 100 kPa or more; correct"),
    "no physics of that name": ("physics: {contact: creep}", 2, "'creep' is unknown; use 'static'"),
    "half a node": ("numerics: {nodes: 20.5}", 2, "must be a whole number; correct"),
    "one node": ("numerics: {nodes: 1}", 2, "must be at least 2; correct"),
    "name with a slash": ("name: a/b", 2, "letters, digits"),
    "later schema": ("schema_version: 2", 2, "schema_version '2' is unknown; use 1"),
    "not a number": ("cell: {positive: {porosity: .nan}}", 2, "nan is not a finite number; write"),
    "infinite": ("cell: {positive: {thickness: .inf}}", 2, "inf is not a finite number; write"),
    "not a number with unit": ("cell: {positive: {thickness: nan um}}", 2, "begin with a number"),
    "too large a number": ("cell: {positive: {thickness: 1e999 um}}", 2, "too large"),
    "not a number in a tolerance": ("numerics: {rtol: .nan}", 2, "not a finite number; correct"),
    "a list for a value": ("cell: {separator: {thickness: [1, 2]}}", 2, "is not a value; write"),
    "nothing for a value": ("cell: {separator: {thickness: }}", 2, "nothing is not a value; write"),
    "a value for a part": ("cell: {separator: 3 um}", 2, "must be a mapping.*write"),
    "an unknown status": (
        "cell: {separator: {thickness: {value: 3 um, status: guessed}}}",
        2,
        "'guessed' is unknown; use one of measured",
    ),
    "pole in a formula": (
        "cell: {positive: {active_material: {diffusivity: {expression: 1/(x - 0.5),"
        " unit: m^2/s}}}}",
        2,
        "not a finite number at x = 0.5; correct",
    ),
    "logarithm of a negative number": (
        "cell: {positive: {active_material: {diffusivity: {expression: log(x - 0.5),"
        " unit: m^2/s}}}}",
        2,
        "not a finite number at x = 0;",
    ),
    "negative diffusivity": (
        "cell: {positive: {active_material: {diffusivity: {expression: 0.5 - x, unit: m^2/s}}}}",
        2,
        "must be above 0; correct",
    ),
    "formula without unit": (
        "cell: {positive: {active_material: {diffusivity: {expression: 2*x}}}}",
        2,
        "'expression' needs 'unit'; add",
    ),
    "code in a formula": (
        "cell: {positive: {active_material: {diffusivity: {expression: open('x'), unit: m^2/s}}}}",
        2,
        "function 'open' is unknown",
    ),
    "empty protocol": ("protocol: []", 2, "no steps; write a list"),
    "no protocol": ("protocol:", 2, "no steps; write a list"),
    "protocol of one string": ("protocol: Rest for 3 s", 2, "no steps; write a list"),
    "empty block": ("protocol:\n  - repeat: 2\n    steps: []", 3, "block has no steps; write"),
    "duplicate key": ("numerics: {}\nnumerics: {}", 3, "stands here and on line 2; keep one"),
    "broken bracket": ("cell: {positive: [}", 2, "not valid YAML.*correct"),
    "tab": ("cell:\n\tname: x", 3, "not valid YAML.*correct"),
    "tag": ("cell: !!python/name:os.system x", 2, "tag.*not allowed; write"),
    "missing cell": ("cell: cells/nmc811_lpscl_lo.yaml", 2, "did you mean 'nmc811_lpscl_li.yaml'"),
    "missing file": ("cell: zzzzzz.yaml", 2, "cell 'zzzzzz.yaml' is missing; put it in"),
    "override of nothing": (
        "overrides:\n  cell.postive.thickness: 3 um",
        3,
        "'postive' in cell, did you mean 'positive'",
    ),
    "override below a value": ("overrides:\n  cell.name.x: 3", 3, "has no parts; shorten"),
    "override of no step": ("overrides:\n  protocol.7.repeat: 3", 3, "not an item; use 0 to 2"),
    "overrides as a list": ("overrides: [a]", 2, "takes dotted paths; write"),
    "fields": ("output: {fields: sometimes}", 2, "'sometimes' is unknown; write 'none'"),
    "time series": ("output: {timeseries: [second]}", 2, "'second' is unknown; write 'first'"),
}


@pytest.mark.parametrize(("text", "line", "sentence"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_sentence_with_its_line(
    text: str, line: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text(MAIN + text + "\n")
    with pytest.raises(InputError) as caught:
        load_scenario("bad.yaml")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"bad.yaml:{line}: ")
    assert re.search(sentence, message), message
    assert re.search(";|did you mean", message), "it does not say what to do"
    assert list(tmp_path.iterdir()) == [tmp_path / "bad.yaml"]


def test_several_mistakes_are_a_line_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text(
        f"{MAIN}operation: {{temperature: 25}}\ncell: {{separator: {{thickness: 3}}}}\n"
    )
    with pytest.raises(InputError) as caught:
        load_scenario("bad.yaml")
    first, second = str(caught.value).splitlines()
    assert first.startswith("bad.yaml:3: cell.separator.thickness")
    assert second.startswith("bad.yaml:2: operation.temperature")


def test_a_wrong_entry_brings_no_errors_of_what_follows_from_it(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(f"{MAIN}overrides:\n  cell.positive.active_material.density: 3 V\n")
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    assert re.fullmatch(r".*bad.yaml:3: .*'V' is not a unit of a density.*", str(caught.value))


def test_a_misspelt_required_key_is_one_mistake(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    collector = "{materal: steel, thickness: 10 um, density: 7.93 g/cm^3}"
    file.write_text(
        f"{MAIN}overrides:\n  cell.positive.current_collector: {collector}\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"'materal'.*did you mean 'material'") as caught:
        load_scenario(file)
    assert "missing" not in str(caught.value)


def test_a_missing_import_names_the_import(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(MAIN)
    file = tmp_path / "bad.yaml"
    file.write_text("name: x\nimport: bse.yaml\n")
    with pytest.raises(InputError, match=r"bad.yaml:2: .*'bse.yaml'.*did you mean 'base.yaml'"):
        load_scenario(file)


@pytest.mark.parametrize(
    "files",
    [
        {"a.yaml": "import: a.yaml\n"},
        {"a.yaml": "import: b.yaml\n", "b.yaml": "import: c.yaml\n", "c.yaml": "import: a.yaml\n"},
        {"a.yaml": f"{MAIN}cell: b.yaml\n", "b.yaml": "import: b.yaml\n"},
        {"a.yaml": f"{MAIN}overrides: {{cell: a.yaml}}\n"},
    ],
    ids=["itself", "three files", "a cell's import", "through an override"],
)
def test_a_cyclic_import_is_refused(files: dict[str, str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match="imports this file in turn; remove one"):
        load_scenario(tmp_path / "a.yaml")


@pytest.mark.parametrize("text", ["", "hello", "- a\n- b\n"], ids=["empty", "a word", "a list"])
def test_a_file_that_is_no_mapping(text: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=r"bad.yaml:1: is not a mapping; begin with"):
        load_scenario(file)


def test_nesting_without_end_is_an_input_error(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("a: " + "[" * 1000)
    with pytest.raises(InputError):
        load_scenario(file)


def test_an_alias_inside_its_anchor_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("a: &a {b: *a}\n")
    with pytest.raises(InputError, match="inside its own anchor; write"):
        load_scenario(file)


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("schema_version: 1\nname: x\noperation: {temperature: 25 degC}\n")
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    for missing in ("'cell'", "'protocol'", "'stack_pressure' is missing in operation"):
        assert missing in str(caught.value)


def test_a_c_rate_needs_a_capacity(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(
        f"{MAIN}cell: {{nominal_areal_capacity: }}\nprotocol:\n  - Discharge at C/3 until 3 V\n"
    )
    with pytest.raises(InputError, match=r"bad.yaml:4: .*'C/3' is a C-rate.*add 'nominal_areal"):
        load_scenario(file)


def test_amperes_need_no_capacity() -> None:
    scenario = load_scenario(
        "nmc811_lpscl_li_450",
        overrides={
            "cell.nominal_areal_capacity": None,
            "protocol": ["Discharge at 20 A until 3 V"],
        },
    )
    assert scenario.protocol[0].steps[0].value == 20


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nmc811_lpscl_li_45", "did you mean 'nmc811_lpscl_li_450'"),
        ("no/such.yaml", "give a path, or one of"),
        (".", "give a path, or one of"),
    ],
)
def test_an_unknown_scenario_is_answered_with_the_known_ones(name: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        load_scenario(name)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("cell.positive.thicknes", "3 um", "override 'cell.positive.thicknes': unknown key"),
        ("cell.positive.thickness", "3", "override 'cell.positive.thickness': .*has no unit"),
        ("cell.positive.thickness", 3, "override 'cell.positive.thickness': .*has no unit"),
        ("cell.positive.thickness", float("nan"), "nan is not a finite number"),
        ("operation.temperature", 25.0, "25.0 must be 200 K or more"),
        ("cell.positive.porosity", 10**400, "is not a finite number"),
        ("cell", "no.yaml", "override 'cell': the cell 'no.yaml' is missing"),
        ("colour", 1, "unknown key 'colour' in the scenario; the keys here are schema_version"),
    ],
)
def test_a_wrong_override_names_itself(path: str, value: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        load_scenario("nmc811_lpscl_li_450", overrides={path: value})
