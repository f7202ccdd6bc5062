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
    "no physics of that name": ("physics: {contact: glue}", 2, "'glue' is unknown; use 'static'"),
    "no film law of that name": (
        "physics:\n  interphase: parabolik",
        3,
        "physics.interphase: 'parabolik' is unknown; use 'none', 'parabolic'",
    ),
    "no film law of that name at one side": (
        "physics: {interphase: {positive: cubic}}",
        2,
        "physics.interphase.positive 'cubic' is unknown; use 'none'",
    ),
    "film law without its constant": (
        "physics:\n  interphase: linear_parabolic",
        3,
        "'linear_parabolic' is a film law without its constant; add 'cell.negative.film.linear_con",
    ),
    "film law without a film": (
        "cell: {positive: {film: }}\nphysics: {interphase: {positive: parabolic}}",
        3,
        "'parabolic' needs a film at the positive electrode; add 'cell.positive.film'",
    ),
    "voids without their constants": (
        "cell: {negative: {voids: }}\nphysics:\n  entropy: off\n  voids: creep",
        5,
        "physics.voids: 'creep' needs the constants of voids; add 'cell.negative.voids",
    ),
    "pressure without the composite's law": (
        "cell: {positive: {contact: }}\nphysics: {contact: pressure}",
        3,
        "'pressure' needs the law of the composite's contact; add 'cell.positive.contact",
    ),
    "pressure without the lithium's law": (
        "cell: {negative: {interface: }}\nphysics: {contact: pressure}",
        3,
        "needs a law at the lithium; add 'cell.negative.interface",
    ),
    "creep without contact loss": (
        "cell: {positive: {contact_loss: }}\nphysics: {contact: creep}",
        3,
        "needs the constants of contact loss; add 'cell.positive.contact_loss",
    ),
    "creep without a volume change": (
        "cell: {positive: {active_material: {volume_change: }}}\nphysics: {contact: creep}",
        3,
        "needs the active material's volume_change; add",
    ),
    "two laws of the lithium's contact": (
        "cell:\n  negative: {contact: {law: plastic}}",
        3,
        "cell.negative: 'interface' .* and 'contact' .* describe the same resistance; keep one",
    ),
    "no law of contact of that name": (
        "cell:\n  positive:\n    contact:\n      law: herz",
        5,
        "cell.positive.contact.law 'herz' is unknown; use 'pressed', 'plastic', .* or 'persson'",
    ),
    "a law of contact without its constant": (
        "cell: {positive: {contact: {law: persson, modulus: 20 GPa}}}",
        2,
        "'rms_slope' is missing in cell.positive.contact; add it",
    ),
    "an unknown key of a law": (
        "cell: {positive: {contact: {law: persson, modulus: 20 GPa, rms_slop: 0.3}}}",
        2,
        "'rms_slop' in cell.positive.contact, did you mean 'rms_slope'",
    ),
    "an unknown key of a film": (
        "cell: {negative: {film: {growth: 2e-19 m^2/s}}}",
        2,
        "'growth' in cell.negative.film; the keys here are|did you mean 'growth_constant'",
    ),
    "contact above one": (
        "cell: {positive: {contact_fraction: 1.2}}",
        2,
        "cell.positive.contact_fraction: 1.2 must be 1 or less; correct",
    ),
    "retention above one": ("cell: {positive: {contact_retention: 1.2}}", 2, "must be 1 or less"),
    "constriction without a law": (
        "cell: {negative: {contact_pitch: 10 um}}",
        2,
        "contact_pitch has no effect without a law of contact; add",
    ),
    "patches that shorten": ("cell: {positive: {patch_factor: 0.5}}", 2, "must be 1 or more"),
    "foil without lithium": (
        "cell: {negative: {excess_thickness: 0 um}}",
        2,
        "excess_thickness of a foil must be above zero; write",
    ),
    "anode-free with lithium": (
        "cell: {negative: {type: anode_free}}",
        2,
        "anode-free electrode has no lithium in excess; write",
    ),
    "no electrode of that name": (
        "cell:\n  positive:\n    type: anode_free",
        4,
        "cell.positive.type 'anode_free' is unknown; use 'composite' or 'lithium_foil'",
    ),
    "no tortuosity": (
        "cell: {positive: {tortuosity_factor: }}",
        2,
        "'tortuosity_factor' is missing; add it, or write 'transport",
    ),
    "no transport of that name": (
        "cell: {positive: {transport: bruggeman}}",
        2,
        "transport 'bruggeman' is unknown; use 'tortuosity'",
    ),
    "no ion path": (
        "cell: {positive: {transport: {law: percolation, threshold: 0.3}}}",
        2,
        "0.235 does not exceed the percolation threshold 0.3.*; raise it",
    ),
    "no table of conductivities": (
        "cell: {positive: {transport: {table: no.csv}}}",
        2,
        "the table 'no.csv' is missing; put it in",
    ),
    "wrong unit of a capacitance": (
        "cell: {negative: {double_layer_capacitance: 0.3 F}}",
        2,
        "'F' is not a unit of a capacitance per area; write it like '0.3 F/m\\^2'",
    ),
    "a rate without unit": (
        "cell: {negative: {voids: {creep_rate: 7.7e-3}}}",
        2,
        "0.0077 has no unit; write a rate with its unit",
    ),
    "a hardness of a law without unit": (
        "cell: {positive: {contact: {law: plastic, hardness: 200}}}",
        2,
        "cell.positive.contact.hardness: 200 has no unit; write a pressure",
    ),
    "negative pressure": (
        "operation: {stack_pressure: -5 MPa}",
        2,
        "must be 0.1 MPa or more; corr",
    ),
    "spring without stiffness": (
        "operation:\n  fixture: {type: spring}",
        3,
        "operation.fixture: the spring has no stiffness; write 'stiffness: 1e7 N/m'",
    ),
    "spring of two stiffnesses": (
        "operation:\n  fixture: {type: spring, stiffness: 1e7 N/m, pad_thickness: 3 mm,"
        " pad_modulus: 1 MPa}",
        3,
        "the spring has two stiffnesses; write",
    ),
    "half a pad": (
        "operation: {fixture: {type: spring, pad_thickness: 3 mm}}",
        2,
        "a pad needs 'pad_thickness' and 'pad_modulus'; add the other one",
    ),
    "frame without stiffness": (
        "operation: {fixture: {type: constant_gap}}",
        2,
        "the frame of a constant gap has no stiffness; write 'frame_stiffness",
    ),
    "stiffness of another fixture": (
        "operation: {fixture: {type: constant_pressure, stiffness: 1e7 N/m}}",
        2,
        "stiffness belongs to 'type: spring', not to 'constant_pressure'; remove",
    ),
    "no fixture of that name": (
        "operation: {fixture: {type: clamp}}",
        2,
        "'clamp' is unknown; use",
    ),
    "a stiffness in another unit": (
        "operation: {fixture: {type: spring, stiffness: 3 MPa}}",
        2,
        "'MPa' is not a unit of a stiffness; write it like '1e8 N/m'",
    ),
    "fixture without a volume change": (
        "cell: {positive: {active_material: {volume_change: }}}\n"
        "operation: {fixture: {type: spring, stiffness: 1e7 N/m}}",
        3,
        "'spring' needs the active material's volume_change; add",
    ),
    "frequency of zero": (
        "output: {impedance: {lowest: 0 Hz}}",
        2,
        "output.impedance.lowest: 0 Hz must be above zero; correct",
    ),
    "frequencies upside down": (
        "output:\n  impedance: {lowest: 1 MHz, highest: 1 Hz}",
        3,
        "output.impedance: the lowest frequency 1 MHz must be below the highest, 1 Hz; exchange",
    ),
    "a spectrum of one point": (
        "output: {impedance: {points: 1}}",
        2,
        "must be at least 2; correct",
    ),
    "fixture of a step": (
        "protocol:\n  - Rest for 1 s\n  - set: {fixture: {type: spring}}",
        4,
        "the spring has no stiffness; write",
    ),
    "fixture of a step with an unknown key": (
        "protocol:\n  - set:\n      fixture: {type: spring, stifness: 3 N/m}",
        4,
        "unknown key 'stifness' in the fixture, did you mean 'stiffness'",
    ),
    "volume change of a point": (
        "cell: {positive: {active_material: {volume_change: {points: [[0, 0]]}}}}",
        2,
        "cell.positive.active_material.volume_change.points.* at least 2.*; ",
    ),
    "half a node": ("numerics: {nodes: 20.5}", 2, "must be a whole number; correct"),
    "one node": ("numerics: {nodes: 1}", 2, "must be at least 2; correct"),
    "name with a slash": ("name: a/b", 2, "letters, digits"),
    "later schema": ("schema_version: 2", 2, "schema_version '2' is unknown; use 1"),
    "not a number": ("cell: {positive: {porosity: .nan}}", 2, "nan is not a finite number; write"),
    "infinite": ("cell: {positive: {thickness: .inf}}", 2, "inf is not a finite number; write"),
    "not a number with unit": ("cell: {positive: {thickness: nan um}}", 2, "begin with a number"),
    "too large a number": ("cell: {positive: {thickness: 1e999 um}}", 2, "too large"),
    "not a number in a tolerance": ("numerics: {rtol: .nan}", 2, "not a finite number; correct"),
    "a tolerance below round-off": (
        "numerics: {rtol: 1e-13}",
        2,
        "1e-13 is less than double precision can tell from round-off; write 1e-09 or more",
    ),
    "a state of no file": (
        "operation: {initial_state: {file: none.h5, cycle: last}}",
        2,
        "the results file 'none.h5' is missing; put it in",
    ),
    "a file that is no part of a step": (
        "operation: {file: load.csv}",
        2,
        "unknown key 'file' in operation",
    ),
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


SYMMETRIC = "import: li_symmetric_critical_current.yaml\n"

BAD_SYMMETRIC: dict[str, tuple[str, int, str]] = {
    "stoichiometry at the start": (
        "operation: {initial_stoichiometry: 0.5}",
        2,
        "a symmetric lithium cell has no stoichiometry; remove initial_stoichiometry",
    ),
    "stoichiometry of a reset": (
        "protocol:\n  - reset: {stoichiometry: 0.5}",
        3,
        "a symmetric lithium cell has no stoichiometry; write 'reset: fresh'",
    ),
    "isolation": (
        "physics:\n  isolation: on",
        3,
        "a symmetric lithium cell has no particles; write 'isolation: off'",
    ),
    "a blocking electrode": (
        "protocol: [impedance: {configuration: blocking}]",
        2,
        "symmetric lithium cell has none; write 'impedance'",
    ),
    "a C-rate": ("protocol: [Discharge at C/3 for 1 h]", 2, "no capacity; add 'nominal_areal"),
    "voids of the other plane": (
        "cell: {positive: {voids: }}\nphysics: {voids: creep}",
        3,
        "needs the constants of voids; add 'cell.positive.voids",
    ),
    "a key of the composite": (
        "cell: {positive: {porosity: 0.1}}",
        2,
        "unknown key 'porosity' in cell.positive; the keys here are type, excess_thickness",
    ),
}


@pytest.mark.parametrize(
    ("text", "line", "sentence"), BAD_SYMMETRIC.values(), ids=BAD_SYMMETRIC.keys()
)
def test_a_symmetric_cell_is_not_asked_for_a_composite(
    text: str, line: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text(SYMMETRIC + text + "\n")
    with pytest.raises(InputError) as caught:
        load_scenario("bad.yaml")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"bad.yaml:{line}: ")
    assert re.search(sentence, message), message


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
