"""Bad input: exit code 2, one sentence with file and line, and nothing written or changed."""

import re
from pathlib import Path

import pytest
from small_runs import BASE, Call, refused

CASES: dict[str, tuple[str, str]] = {
    "unknown key": ("protocl: []", "bad.yaml:4: .*'protocl'.* did you mean 'protocol'"),
    "missing unit": ("cell: {positive: {thickness: 50}}", "bad.yaml:4: .* has no unit; write"),
    "wrong dimension": ("cell: {separator: {thickness: 3 V}}", "bad.yaml:4: .*not a unit of a len"),
    "negative thickness": (
        "cell: {separator: {thickness: -3 um}}",
        "bad.yaml:4: .* must be above zero; correct",
    ),
    "volume fractions": (
        "cell: {positive: {porosity: 0.2}}",
        "bad.yaml:4: .* add up to 1.08, not 1; change one of them",
    ),
    "stoichiometry outside the potential": (
        "operation: {initial_stoichiometry: 0.05}",
        "bad.yaml:4: .*0.05 lies outside 0.15 to 1.*choose one inside",
    ),
    "C-rate without a capacity": (
        "cell: {nominal_areal_capacity: null}",
        "nmc811_lpscl_li_450.yaml:.*C-rate.*nominal",
    ),
    "impossible step": (
        "protocol: [Discharge until 5 V]",
        "bad.yaml:4: .*does not say at what; write",
    ),
    "voltage out of reach": (
        "protocol: [Discharge at C/3 until 50 V]",
        "bad.yaml:4: .*no cell survives 50 V; choose",
    ),
    "hold without an end": (
        "protocol:\n  - Rest for 1 hour\n  - Hold at 4.3 V",
        "bad.yaml:6: .*has no end; write",
    ),
    "stop that is never met": (
        "protocol:\n  - steps: [Discharge at C/3 until 2.8 V]\n    stop: voltage < 2.5 V",
        "bad.yaml:6: stop 'voltage < 2.5 V' is never met, .*; write 'voltage <= 2.8 V'",
    ),
    "empty protocol": ("protocol: []", "bad.yaml:4: .*no steps; write"),
    "YAML syntax": ("cell: {positive: [}", "bad.yaml:4: not valid YAML.*correct"),
    "missing import of a cell": ("cell: nowhere.yaml", "bad.yaml:4: .*'nowhere.yaml' is missing"),
    "missing CSV column": (
        "protocol:\n  - drive_cycle: {file: cycle.csv, time: 'Time [s]', current: 'Amps [A]'}",
        "bad.yaml:5: .*'Amps \\[A\\]'",
    ),
    "film law without its constant": (
        "physics: {interphase: logarithmic}",
        "bad.yaml:4: .*film law without its constant; add 'cell.negative.film.logarithmic_constant",
    ),
    "negative pressure": ("operation: {stack_pressure: -5 MPa}", "bad.yaml:4: .* or more; correct"),
    "fixture without stiffness": (
        "operation: {fixture: {type: spring}}",
        "bad.yaml:4: .*the spring has no stiffness; write",
    ),
    "contact fraction above one": (
        "cell: {positive: {contact_fraction: 1.2}}",
        "bad.yaml:4: .* must be 1 or less; correct",
    ),
    "two laws of the lithium's contact": (
        "cell: {negative: {contact: {law: plastic}}}",
        "bad.yaml:4: .*describe the same resistance; keep one",
    ),
    "frequency of zero": (
        "output: {impedance: {lowest: 0 Hz}}",
        "bad.yaml:4: .*0 Hz must be above zero; correct",
    ),
    "impossible stack pressure of a step": (
        "protocol:\n  - stack_pressure: 10 kPa",
        "bad.yaml:5: .* or more, or the layers come apart; correct",
    ),
    "not a number": ("cell: {positive: {porosity: .nan}}", "bad.yaml:4: .*not a finite number"),
    "infinite current": ("protocol: [Discharge at inf A for 1 s]", "bad.yaml:4: .*number"),
}


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(("text", "sentence"), CASES.values(), ids=CASES.keys())
def test_a_bad_scenario_is_refused(invoke: Call, here: Path, text: str, sentence: str) -> None:
    Path("cycle.csv").write_text("Time [s],Current [A]\n0,1\n1,2\n")
    Path("bad.yaml").write_text(f"{BASE}name: bad\n{text}\n")
    before = contents(here)
    assert re.search(sentence, refused(invoke("run", "bad.yaml")))
    assert contents(here) == before
    assert not Path("results").exists()


def test_a_missing_import_is_refused(invoke: Call, here: Path) -> None:
    Path("bad.yaml").write_text("name: bad\nimport: nowhere.yaml\n")
    assert re.match("bad.yaml:2: .*'nowhere.yaml' is missing", refused(invoke("run", "bad.yaml")))


def test_a_cyclic_import_is_refused(invoke: Call, here: Path) -> None:
    Path("one.yaml").write_text("name: one\nimport: two.yaml\n")
    Path("two.yaml").write_text("name: two\nimport: one.yaml\n")
    sentence = refused(invoke("run", "one.yaml"))
    assert re.match("two.yaml:2: .*imports this file in turn; remove", sentence)


def test_an_existing_file_is_not_replaced(invoke: Call, scenario: Call, here: Path) -> None:
    scenario()
    Path("results").mkdir()
    Path("results/small.h5").write_text("precious")
    before = contents(here)
    sentence = refused(invoke("run", "small.yaml"))
    assert sentence.startswith("results/small.h5 exists already: replace it with --force or")
    assert contents(here) == before
    assert invoke("run", "small.yaml", "--force", "-q").exit_code == 0
    assert contents(here) != before


def test_an_unwritable_folder_is_refused_before_anything_is_computed(
    invoke: Call, scenario: Call, here: Path
) -> None:
    scenario()
    Path("file").write_text("no folder")
    before = contents(here)
    for target in ("file/out.h5", "file/deep/out.h5"):
        sentence = refused(invoke("run", "small.yaml", "-o", target))
        assert re.match(f"{target} can't be written .*: choose another place with -o", sentence)
    assert contents(here) == before


def test_a_lithium_plane_without_lithium_is_refused(invoke: Call, scenario: Call) -> None:
    scenario(
        "operation: {initial_stoichiometry: 1}\n"
        "cell: {negative: {excess_thickness: 0.1 um}}\n"
        "protocol: [Rest for 1 second]\n"
    )
    sentence = refused(invoke("run", "small.yaml"))
    assert "leaves no lithium metal; lower it" in sentence
    assert not Path("results").exists()


def test_an_unknown_scenario_names_the_nearest(invoke: Call) -> None:
    sentence = refused(invoke("run", "nmc811_lpscl_li_451"))
    assert "did you mean 'nmc811_lpscl_li_450'" in sentence


@pytest.mark.parametrize("command", ["info", "plot", "export"])
def test_what_is_no_results_file_is_refused(invoke: Call, here: Path, command: str) -> None:
    Path("text.h5").write_text("not HDF5")
    before = contents(here)
    assert "is no HDF5 file" in refused(invoke(command, "text.h5"))
    assert "is no file" in refused(invoke(command, "nowhere.h5"))
    assert contents(here) == before


@pytest.mark.parametrize(
    "arguments",
    [(), ("fly",), ("run",), ("run", "x", "--frce"), ("export", "x.h5", "--to", "xls")],
)
def test_a_wrong_command_line_is_explained(solidcell: Call, arguments: tuple[str, ...]) -> None:
    done = solidcell(*arguments)
    assert done.returncode == 2
    assert "Usage" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_where(invoke: Call) -> None:
    done = invoke("run", "nowhere.yaml", "--debug")
    assert done.exit_code == 2
    assert "Traceback" in done.stderr
    assert "find_scenario" in done.stderr
    assert "Traceback" not in invoke("run", "nowhere.yaml").stderr


def test_a_mistake_of_solidcell_itself_is_told_as_one(
    invoke: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("solidcell.engine.scenario.load_scenario", broken)
    done = invoke("run", "nmc811_lpscl_li_450")
    assert done.exit_code == 1
    assert "KeyError" in done.stderr
    assert "--debug" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["info", "plot", "export", "resume", "rerun", "compare"])
@pytest.mark.parametrize("place", [".", "/"])
def test_a_folder_is_no_results_file(invoke: Call, command: str, place: str) -> None:
    more = {"rerun": ("--cycle", 1), "compare": (place,)}.get(command, ())
    sentence = refused(invoke(command, place, *map(str, more)))
    assert sentence == f"{place} is no file: give the path of a results file (*.h5)."


def test_a_file_that_may_not_be_read_is_refused(
    invoke: Call, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    Path("out.h5").touch()
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("h5py.File", refuse)
    sentence = refused(invoke("info", "out.h5"))
    assert sentence == "out.h5 can't be read (permission denied): check its rights."


@pytest.mark.parametrize("command", ["plot", "export"])
def test_a_file_is_no_folder_for_results(
    invoke: Call, here: Path, results: Path, command: str
) -> None:
    Path("file").write_text("no folder")
    sentence = refused(invoke(command, results, "-o", "file"))
    assert re.match(r"file\S* can't be written \(.*\): choose another folder with -o", sentence)
