"""`solidcell run`: from a scenario to a results file and a summary."""

import json
import re
import signal
import time
from pathlib import Path

import h5py
import pytest
from small_runs import ENDLESS, TOO_FAR, Call

SUBPROCESS_SECONDS = 60.0


def text_of(file: Path, name: str) -> str:
    """A text of /run."""
    with h5py.File(file) as opened:
        return str(opened[f"run/{name}"].asstr()[()])


def test_a_run_writes_its_file_and_says_what_came_out(solidcell: Call, scenario: Call) -> None:
    scenario()
    done = solidcell("run", "small.yaml")
    assert done.returncode == 0
    assert re.search(r"^4\d\d\.\d Wh/kg \(\d{4} Wh/L\) at C/10, 25 degC$", done.stdout, re.M)
    assert "tortuosity factor 6 (assumed)" in done.stdout
    assert re.search(r"^ C/10 .*\n 1C ", done.stdout, re.M)
    assert re.search(r"^ positive active material +\d+\.\d +\d+\.\d% *$", done.stdout, re.M)
    assert re.search(r"\d+ steps and \d", done.stdout)
    assert done.stdout.rstrip().endswith("Results: results/small.h5")
    assert "Traceback" not in done.stderr
    assert text_of(Path("results/small.h5"), "status") == "completed"
    assert [file.name for file in Path("results").iterdir()] == ["small.h5"]


def test_the_file_carries_the_headline(results: Path) -> None:
    with h5py.File(results) as opened:
        cell = opened["cell"].attrs
        steps = opened["steps"]
        energy = steps["energy"][2]
        assert cell["specific_energy"] == pytest.approx(energy / cell["cell_mass"])
        litres = 1e3 * opened["cell/volume"][:].sum()
        assert cell["energy_density"] == pytest.approx(energy / litres)
        assert cell["specific_energy_rate"] == "C/10"
        assert cell["specific_energy_temperature"] == 298.15
        assert cell["areal_capacity"] == pytest.approx(5.5)
        assert cell["electrode_area"] == pytest.approx(1.08)
        assert opened["scenario/source"].asstr()[()].startswith("import: nmc811_lpscl_li_450.yaml")
        assert re.fullmatch("[0-9a-f]{64}", opened.attrs["scenario_sha256"])
        assert opened["run/solver_steps"][()] == steps["solver_steps"][:].sum()


def test_json_is_one_document_and_nothing_else(solidcell: Call, scenario: Call) -> None:
    scenario()
    done = solidcell("run", "small.yaml", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["status"] == "completed"
    assert document["file"] == "results/small.h5"
    assert document["headline"]["rate"] == "C/10"
    assert [one["rate"] for one in document["discharges"]] == ["C/10", "1C"]
    first = document["discharges"][0]
    assert first["specific_energy_Wh_per_kg"] == pytest.approx(
        document["headline"]["specific_energy_Wh_per_kg"]
    )
    assert first["mean_voltage_V"] == pytest.approx(first["energy_Wh"] / first["capacity_Ah"])
    assert sum(one["share"] for one in document["mass"]) == pytest.approx(1.0)
    assert document["balances"]["lithium_balance_error"] < 1e-10


def test_warnings_stand_under_the_summary_and_in_the_json(invoke: Call, scenario: Call) -> None:
    scenario(
        "overrides: {cell.positive.active_material.diffusivity: 1e-19 m^2/s}\n"
        "protocol: [Charge at 1C for 10 s]\n"
    )
    shown = invoke("run", "small.yaml", "-o", "a.h5")
    told = " ".join(shown.stdout.split())
    assert "Warning: in step 'Charge at 1C for 10 s' lithium gets only" in told
    assert told.index("Warning: ") < told.index("Results: a.h5")
    (warning,) = json.loads(invoke("info", "a.h5", "--json").stdout)["warnings"]
    assert (warning["code"], warning["severity"]) == ("mesh_too_coarse", "warning")
    assert warning["text"] in told
    assert warning["cycle"] is warning["step"] is warning["time_s"] is None
    exported = invoke("export", "a.h5", "-o", "tables")
    assert exported.exit_code == 0, exported.stderr
    assert "mesh_too_coarse" in Path("tables/run_warnings.csv").read_text()


def test_json_of_an_error_is_a_document_too(invoke: Call) -> None:
    done = invoke("run", "nowhere.yaml", "--json")
    assert done.exit_code == 2
    document = json.loads(done.stdout)
    assert document["status"] == "error"
    assert document["exit_code"] == 2
    assert document["message"].startswith("nowhere.yaml: there is no such file")


def test_quiet_says_nothing(invoke: Call, scenario: Call) -> None:
    scenario()
    done = invoke("run", "small.yaml", "--quiet")
    assert (done.exit_code, done.output) == (0, "")


def test_the_output_may_be_a_file_or_a_folder(invoke: Call, scenario: Call) -> None:
    scenario()
    Path("folder").mkdir()
    assert invoke("run", "small.yaml", "-q", "-o", "new/deep/mine.h5").exit_code == 0
    assert invoke("run", "small.yaml", "-q", "-o", "folder").exit_code == 0
    assert Path("new/deep/mine.h5").is_file()
    assert Path("folder/small.h5").is_file()


def test_entries_are_set_from_the_command_line(invoke: Call, scenario: Call) -> None:
    scenario("protocol: [Rest for 1 second]\n")
    settings = (
        "cell.positive.thickness=80 um",
        "numerics.nodes=6",
        "protocol=[Rest for 2 seconds, Discharge at C/10 for 1 minute]",
        "operation.initial_stoichiometry=0.5",
    )
    options = [word for setting in settings for word in ("--set", setting)]
    done = invoke("run", "small.yaml", "-o", "a.h5", *options)
    assert done.exit_code == 0, done.output
    with h5py.File("a.h5") as opened:
        parameters = opened["scenario/parameters"]
        names = list(parameters["name"].asstr()[:])
        assert parameters["value"][names.index("cell.positive.thickness")] == pytest.approx(80e-6)
        assert parameters["value"][names.index("numerics.nodes")] == 6
        assert opened["steps/end"][-1] == pytest.approx(62.0)
        assert "80 um" in opened["scenario/resolved"].asstr()[()]


@pytest.mark.parametrize("setting", ["numerics.nodes", "=3", "numerics.nodes=", "numerics.nodes=["])
def test_a_setting_that_is_none_is_refused(invoke: Call, scenario: Call, setting: str) -> None:
    scenario()
    done = invoke("run", "small.yaml", "--set", setting)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: --set ")
    assert not Path("results").exists()


def test_a_pulse_has_no_specific_energy(invoke: Call, scenario: Call) -> None:
    scenario(
        "operation: {initial_stoichiometry: 0.5}\nprotocol: [Discharge at 1C for 10 seconds]\n"
    )
    done = invoke("run", "small.yaml", "--json")
    document = json.loads(done.stdout)
    assert document["headline"] is None
    assert document["discharges"] == []


def test_many_cycles_are_shown_by_their_ends(invoke: Call, scenario: Call) -> None:
    scenario(ENDLESS.replace("1000000", "20"))
    done = invoke("run", "small.yaml")
    assert done.exit_code == 0
    assert "1C, cycle 1 " in done.stdout
    assert "1C, cycle 20 " in done.stdout
    assert "1C, cycle 10 " not in done.stdout


def test_a_simulation_that_cannot_go_on_keeps_what_it_has(solidcell: Call, scenario: Call) -> None:
    scenario(TOO_FAR)
    done = solidcell("run", "small.yaml")
    assert done.returncode == 3
    assert re.fullmatch(
        r"Error: The simulation stopped in cycle 1, step 'Discharge at C/10 for 100 hours', at "
        r"[\d.]+ s and [\d.]+ V because the surface of the positive particles filled with lithium; "
        r"end the discharge at a higher voltage or run it at a lower rate\. "
        r"What was computed up to there is in results/small\.h5\.\n",
        done.stderr,
    ), done.stderr
    assert "C/10 (stopped)" in done.stdout
    assert "Wh/kg (" not in done.stdout, "half a discharge is no headline"
    file = Path("results/small.h5")
    assert text_of(file, "status") == "stopped"
    assert text_of(file, "stop_reason") == "positive electrode full"
    assert text_of(file, "message") in done.stderr
    with h5py.File(file) as opened:
        assert opened["timeseries/time"].shape[0] > 10
        assert opened["steps/end"].shape == (1,)
        assert opened["cycles/status"][:].tolist() == [1]


def test_an_early_stop_is_in_the_json(invoke: Call, scenario: Call) -> None:
    scenario(TOO_FAR)
    done = invoke("run", "small.yaml", "--json")
    assert done.exit_code == 3
    document = json.loads(done.stdout)
    assert document["status"] == "stopped"
    assert document["headline"] is None
    assert not document["discharges"][0]["completed"]


BLOCKS = """\
operation: {initial_soc: 50 %}
protocol:
  - {repeat: 9, steps: [Discharge at C/3 for 1 hour or until 2.8 V], stop: voltage < 2.8 V}
  - {repeat: 9, steps: [Discharge at C/3 until 4 V]}
  - Hold at 4.4 V for 1 minute
"""


def test_block_ends_and_warnings_are_said(invoke: Call, scenario: Call) -> None:
    scenario(BLOCKS)
    done = invoke("run", "small.yaml", "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["status"] == "idle"
    assert document["stop_reason"] == "idle block"
    first, second = document["block_ends"]
    assert (first["condition"], first["repetitions"], first["cycle"]) == ("voltage < 2.8 V", 2, 1)
    assert (second["stop"], second["repetitions"], second["planned"]) == ("idle", 1, 9)
    note, warning = document["warnings"]
    assert (note["code"], note["severity"], note["time_s"]) == ("cutoff_exceeded", "note", None)
    assert (warning["code"], warning["severity"], warning["cycle"]) == ("idle_block", "warning", 2)
    said = " ".join(invoke("info", "results/small.h5").stdout.split())
    assert "Block 1 ended by 'voltage < 2.8 V' after 2 of 9 repetitions, in cycle 2." in said
    assert "Warning: Block 2 was ended after 1 of 9 repetitions" in said
    assert "Note: 'Hold at 4.4 V for 1 minute' asks for 4.4 V" in said


def test_ctrl_c_ends_with_a_complete_file(results: Path, started: Call, scenario: Call) -> None:
    scenario(ENDLESS)
    process = started("run", "small.yaml")
    part = Path("results/small.h5.part")
    deadline = time.monotonic() + SUBPROCESS_SECONDS
    while not part.exists() or part.stat().st_size < 1_000_000:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)  # impatience does no harm
    stdout, stderr = process.communicate(timeout=SUBPROCESS_SECONDS)
    assert time.monotonic() - asked < 10.0
    assert process.returncode == 3
    assert "Traceback" not in stderr
    assert re.search(r"stopped in cycle \d+, .* because it was interrupted; run it again", stderr)
    assert "Results: results/small.h5" in stdout
    file = Path("results/small.h5")
    assert text_of(file, "status") == "stopped"
    assert text_of(file, "stop_reason") == "interrupted"
    assert [one.name for one in file.parent.iterdir()] == ["small.h5"]
    with h5py.File(file) as opened:
        series, steps, cycles = opened["timeseries"], opened["steps"], opened["cycles"]
        assert series["time"][-1] == steps["end"][-1]
        assert series["step"][-1] == steps["step"][-1]
        assert series["cycle"][-1] == cycles["cycle"][-1]
        assert steps["stop_reason"][-1] == 6
        assert cycles["status"][-1] == 1
        assert not cycles["status"][:-1].any()


def test_ctrl_c_before_the_first_step_leaves_nothing(
    invoke: Call, scenario: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr("solidcell.engine.simulation.Simulation.compile", interrupted)
    scenario()
    done = invoke("run", "small.yaml")
    assert done.exit_code == 3
    assert done.stderr == (
        "Error: The run was interrupted before its first step; no file was written.\n"
    )
    assert list(Path("results").iterdir()) == []


def test_a_scenario_is_found_by_its_shipped_name(solidcell: Call) -> None:
    coarse = ("--set", "numerics.nodes=8", "--set", "numerics.shells=8")
    done = solidcell("run", "nmc811_lpscl_li_reference", *coarse)
    assert done.returncode == 0
    assert re.search(r"^ C/10 .*\n C/3 .*\n 1C ", done.stdout, re.M)
    assert Path("results/nmc811_lpscl_li_reference.h5").is_file()
