"""`new`, `schema`, `scenarios`, `warmup`, `validate`, and what every command has."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Collection
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from small_runs import COMMAND, Call

from solidcell.engine.cli import progress
from solidcell.engine.cli.app import app
from solidcell.engine.cli.grid import Grid
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.scenario import json_schema, load_scenario, shipped_scenarios
from solidcell.engine.simulation.machine import Machine

COMMANDS = {command.callback.__name__ for command in app.registered_commands if command.callback}


def test_a_new_scenario_runs(solidcell: Call, here: Path) -> None:
    done = solidcell("new", "folder/mine")
    assert done.returncode == 0
    assert "solidcell run folder/mine.yaml" in done.stdout
    coarse = ("--set", "numerics.nodes=8", "--set", "numerics.shells=8")
    run = solidcell("run", "folder/mine.yaml", *coarse)
    assert run.returncode == 0, run.stderr
    assert "at C/10, 25 degC" in run.stdout
    assert Path("results/mine.h5").is_file()


def test_a_new_scenario_fits_the_schema(invoke: Call, here: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from ruamel.yaml import YAML

    assert invoke("new", "mine.yaml", "-q").output == ""
    written = YAML(typ="safe").load(Path("mine.yaml"))
    jsonschema.validate(written, json.loads(invoke("schema").stdout))


def test_new_never_overwrites(invoke: Call, here: Path) -> None:
    Path("mine.yaml").write_text("precious")
    done = invoke("new", "mine.yaml")
    assert done.exit_code == 2
    assert "mine.yaml exists already: choose another name" in done.stderr
    assert Path("mine.yaml").read_text() == "precious"


@pytest.mark.parametrize("name", ["a b.yaml", ".yaml", "file/x.yaml"])
def test_new_refuses_what_it_cannot_write(invoke: Call, here: Path, name: str) -> None:
    Path("file").write_text("")
    done = invoke("new", name)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert [one.name for one in here.iterdir()] == ["file"]


def test_the_schema_is_one_document(invoke: Call) -> None:
    assert json.loads(invoke("schema").stdout) == json.loads(json.dumps(json_schema()))


def test_the_shipped_scenarios_are_listed(invoke: Call) -> None:
    shown = invoke("scenarios").stdout.splitlines()
    assert set(shipped_scenarios()) <= set(shown)
    listed = json.loads(invoke("scenarios", "--json").stdout)["scenarios"]
    assert [one["name"] for one in listed] == list(shipped_scenarios())
    assert listed[0]["description"] == load_scenario(listed[0]["name"]).description


def test_warmup_leaves_nothing_to_compile(solidcell: Call, results: Path) -> None:
    done = solidcell("warmup")
    assert done.returncode == 0
    assert re.search(r"^The kernels are ready \(in \d+\.\d s\)\.$", done.stdout, re.M)


@pytest.mark.slow
def test_a_first_run_says_that_it_compiles(tmp_path: Path) -> None:
    cold = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    begun = time.perf_counter()
    done = subprocess.run(
        [*COMMAND, "warmup"], capture_output=True, text=True, env=cold, check=True, timeout=600
    )
    assert "Compiling the kernels, once: later runs start in a second ..." in done.stderr
    assert re.search(r"Compiled the kernels in \d+ s", done.stderr)
    started = time.perf_counter()
    compiling = started - begun
    again = subprocess.run(
        [*COMMAND, "warmup"], capture_output=True, text=True, env=cold, check=True, timeout=600
    )
    assert "Compil" not in again.stderr
    # A share of it, however busy the machine is.
    assert time.perf_counter() - started < 0.2 * compiling


def test_solidcell_and_pybamm_agree(solidcell: Call) -> None:
    pytest.importorskip("pybamm")
    done = solidcell("validate", "--case", "power step, constant D", "--json")
    assert done.returncode == 0, done.stderr
    (case,) = json.loads(done.stdout)["cases"]
    assert case["name"] == "power step, constant D"
    assert case["passed"]
    assert 0 < case["rms_mV"] <= case["max_mV"] <= 2.0
    assert case["capacity_error_percent"] <= 0.05
    assert "0.5 mV RMS" in case["tolerance"]


def test_a_failed_case_is_exit_code_4(invoke: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pybamm")
    from solidcell.engine.validation import run

    def far_apart(names: Collection[str], **_: object) -> list[run.CaseResult]:
        own = run.Refinement(0.001, 0.002, 0.0)
        return [
            run.CaseResult(name, passed, 3.0, 9.0, 0.2, None, "0.5 mV RMS", own, own)
            for name, passed in (("one", True), ("two", False))
        ]

    monkeypatch.setattr(run, "validate", far_apart)
    done = invoke("validate")
    assert done.exit_code == 4
    assert re.search(r"^ one .* passes", done.stdout, re.M)
    assert re.search(r"^ two .* fails", done.stdout, re.M)
    assert done.stderr.endswith("Error: 1 of 2 cases failed: two.\n")


def test_a_life_is_told_by_its_charges_and_by_what_has_aged(
    invoke: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pybamm")
    from solidcell.engine.validation import run

    own = run.LifeRefinement(0.0012, 0.034)
    aged = {"trapped_lithium": 0.05, "film_thickness_negative": 0.07}
    life = run.AgeingResult("one", True, 50, 0.0123, 0.01, aged, "0.1 %", own, None, "ageing")
    monkeypatch.setattr(run, "validate", lambda *_, **__: [life])
    done = invoke("validate")
    assert done.exit_code == 0
    assert re.search(r"^ one +0\.0123 +0\.070 +0\.0012/0\.034 +passes", done.stdout, re.M)
    (case,) = json.loads(invoke("validate", "--json").stdout)["cases"]
    assert case["states_percent"] == aged
    assert case["cycles"] == 50


def test_an_unknown_case_is_refused(invoke: Call) -> None:
    done = invoke("validate", "--case", "poem")
    assert done.exit_code == 2
    assert "there is no case 'poem'; choose from: " in done.stderr


def test_validation_without_pybamm_says_what_to_install(
    invoke: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pybamm", None)
    done = invoke("validate")
    assert done.exit_code == 2
    assert "PyBaMM" in done.stderr
    assert "pip install" in done.stderr


def test_help_lists_commands_and_exit_codes(solidcell: Call) -> None:
    done = solidcell("--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f" {command} " in done.stdout
    for code in range(5):
        assert re.search(rf"^ *{code}  \w", done.stdout, re.M)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(invoke: Call, command: str) -> None:
    done = invoke(command, "--help")
    assert done.exit_code == 0
    assert "--debug" in done.stdout


def test_the_manual_names_every_command_and_option(invoke: Call) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    for command in COMMANDS:
        assert f"solidcell {command}" in manual
        options = set(re.findall(r"--[a-z-]+", invoke(command, "--help").stdout)) - {"--help"}
        assert not {option for option in options if option not in manual}


def test_the_version_is_told(solidcell: Call) -> None:
    done = solidcell("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"(\d+\.\d+\S*|unknown)\n", done.stdout)


def test_a_command_starts_without_what_it_does_not_need() -> None:
    watched = {"numba", "h5py", "matplotlib", "pybamm", "scipy", "pint", "rich", "numpy"}
    code = f"import sys, solidcell.engine.cli.app; print({watched} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def watched_terminal() -> tuple[Terminal, StringIO]:
    """A terminal that a person looks at, and what appears there."""
    screen = StringIO()
    terminal = Terminal()
    terminal.__dict__["notes"] = Console(
        file=screen, force_terminal=True, width=80, highlight=False
    )
    return terminal, screen


def test_a_bar_appears_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal, screen = watched_terminal()
    with progress.ShareBar(terminal) as bar:
        bar.show(0.5, "Rest for 1 hour")
    assert screen.getvalue() == ""
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.ShareBar(terminal) as bar:
        bar.show(0.5, "Rest for 1 hour")
    assert "50%" in screen.getvalue()
    assert "Rest for 1 hour" in screen.getvalue()


@pytest.mark.parametrize("cached", [False, True], ids=["compiled", "on disk"])
def test_a_person_sees_that_the_kernels_are_compiled(
    cached: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of it where they are but loaded, however long that takes."""
    terminal, screen = watched_terminal()
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(Machine, "is_cached", lambda: cached)
    with progress.compiling(terminal):
        time.sleep(0.4)
    assert ("Compiling the kernels, once" in screen.getvalue()) is not cached
    assert ("Compiled the kernels in 0 s." in screen.getvalue()) is not cached


@pytest.mark.parametrize(("width", "headings"), [(40, "a bb ccc"), (13, "a bb"), (7, "a")])
def test_a_table_gives_up_columns_to_fit(width: int, headings: str) -> None:
    screen = StringIO()
    grid = Grid("T", ("a", "bb", "ccc"), [("x", "1", "22")], dispensable=("ccc", "bb"))
    Console(file=screen, width=width).print(grid)
    assert screen.getvalue().splitlines()[1].split() == headings.split()
