"""`info`, `plot`, `compare` and `export`: what a results file gives."""

import csv
import json
import shutil
import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest
from small_runs import SMALL, Call

from solidcell.engine.plots import KINDS


def test_info_says_what_is_in_a_file(invoke: Call, results: Path) -> None:
    done = invoke("info", results)
    assert done.exit_code == 0
    for words in (
        "small, completed: The protocol ran to its end.",
        "Wh/kg (",
        "Discharges",
        "Mass",
        "Cycles",
        "Steps",
        "Discharge at C/10 until 2.8 V",
        "Largest error of a balance, relative: lithium",
        "Solver: ",
        "6 steps, 2 cycles",
    ):
        assert words in done.stdout


def test_info_and_run_give_the_same_document(solidcell: Call, scenario: Call, invoke: Call) -> None:
    scenario()
    told = json.loads(solidcell("run", "small.yaml", "--json").stdout)
    assert json.loads(invoke("info", "results/small.h5", "--json").stdout) == told


def test_info_fits_a_narrow_terminal(
    invoke: Call, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = invoke("info", results).stdout
    monkeypatch.setenv("COLUMNS", "44")
    narrow = invoke("info", results).stdout
    assert max(map(len, narrow.splitlines())) <= 44
    assert "Wh/L" in wide
    assert "…" not in narrow, "numbers are whole or not there"
    assert "58." in narrow or "57." in narrow


def test_info_reads_a_run_that_goes_on(invoke: Call, results: Path, here: Path) -> None:
    with h5py.File(results) as done, h5py.File("going.h5.part", "w") as part:
        part.attrs.update(done.attrs)
        for name in set(done) - {"run"}:
            done.copy(name, part)
        for name in ("specific_energy", "energy_density"):
            del part["cell"].attrs[name]
    told = invoke("info", "going.h5.part")
    assert told.exit_code == 0, told.stderr
    assert "small, unfinished" in told.stdout
    assert "continue the run" in invoke("info", "going.h5").stderr


def test_info_tells_how_a_cell_aged(invoke: Call, scenario: Call) -> None:
    scenario(
        "protocol:\n"
        "  - repeat: 6\n"
        "    steps: [Charge at 1C until 4.3 V, Discharge at 1C until 2.8 V]\n"
        "output: {fields: none}\n"
    )
    assert invoke("run", "small.yaml", "-o", "a.h5", "-q").exit_code == 0
    told = invoke("info", "a.h5").stdout
    assert "% of cycle 1 after 6 cycles, no knee" in told
    life = json.loads(invoke("info", "a.h5", "--json").stdout)["life"]
    assert life["cycles"] == 6
    assert life["reference_cycle"] == 0
    assert life["knee_cycle"] is life["end_of_life_cycle"] is None
    lost = life["first_capacity_Ah"] - life["last_capacity_Ah"]
    assert sum(life["loss_Ah"].values()) == pytest.approx(lost, abs=1e-9)


def test_the_reference_of_a_life_is_said(invoke: Call, scenario: Call) -> None:
    """The first cycle begins at a third of a charge: what is left is more than its capacity."""
    scenario(
        "operation: {initial_stoichiometry: 0.8}\n"
        "protocol:\n"
        "  - repeat: 6\n"
        "    steps: [Discharge at 1C until 2.8 V, Charge at 1C until 4.3 V]\n"
        "    check_up:\n"
        "      every: 3\n"
        "      steps: [Charge at C/20 until 4.3 V, Discharge at C/20 until 2.8 V]\n"
        "output: {fields: none}\n"
    )
    assert invoke("run", "small.yaml", "-o", "a.h5", "-q").exit_code == 0
    told = invoke("info", "a.h5").stdout
    by_check_up, by_cycle = (line for line in told.splitlines() if line.startswith("Life"))
    assert "of the one before the first cycle in the one after cycle 6" in by_check_up
    assert "% of cycle 1 after 6 cycles" in by_cycle
    document = json.loads(invoke("info", "a.h5", "--json").stdout)
    checked = document["check_ups"]
    assert (checked["check_ups"], checked["reference_cycle"], checked["last_cycle"]) == (3, None, 5)
    assert checked["last_capacity_Ah"] == pytest.approx(checked["first_capacity_Ah"], rel=0.01)
    assert document["life"]["last_capacity_Ah"] > 1.1 * document["life"]["first_capacity_Ah"]


def test_cycles_that_were_jumped_over_count_as_lived(invoke: Call, here: Path) -> None:
    Path("small.yaml").write_text(
        f"import: nmc811_lpscl_li_ageing.yaml\n{SMALL}"
        "protocol:\n"
        "  - repeat: 60\n"
        "    steps: [Charge at 1C until 4.3 V, Discharge at 1C until 2.8 V]\n"
        "    jump: on\n"
    )
    assert invoke("run", "small.yaml", "-o", "a.h5", "-q").exit_code == 0
    document = json.loads(invoke("info", "a.h5", "--json").stdout)
    assert document["rows"]["cycles"] < document["life"]["cycles"] == 60


def test_a_reader_that_leaves_is_no_error(results: Path, started: Call) -> None:
    process: subprocess.Popen[str] = started("info", results)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    stderr = process.stderr.read()
    assert process.wait(60) == 0
    assert stderr == ""


def test_plot_draws_every_figure_beside_the_file(invoke: Call, results: Path, here: Path) -> None:
    shutil.copy(results, "mine.h5")
    done = invoke("plot", "mine.h5")
    assert done.exit_code == 0
    expected = [f"mine-{kind}.png" for kind in KINDS]
    assert done.stdout.split() == expected
    assert all(Path(name).stat().st_size > 10_000 for name in expected)


def test_plot_draws_one_figure_into_a_folder(invoke: Call, results: Path, here: Path) -> None:
    done = invoke(
        "plot", results, "--kind", "voltage", "-o", "pictures", "--format", "svg", "--json"
    )
    assert json.loads(done.stdout) == {"figures": ["pictures/small-voltage.svg"]}
    assert [file.name for file in Path("pictures").iterdir()] == ["small-voltage.svg"]


def test_plot_leaves_out_what_the_run_did_not_keep(invoke: Call, scenario: Call) -> None:
    scenario(
        "protocol: [Charge at C/3 until 4.3 V, Discharge at C/3 until 2.8 V]\n"
        "output: {fields: none}\n"
    )
    assert invoke("run", "small.yaml", "-o", "a.h5", "-q").exit_code == 0
    done = invoke("plot", "a.h5")
    assert done.exit_code == 0
    assert "No figure profiles: a.h5 has no profiles" in done.stderr
    assert "a-voltage.png" in done.stdout
    assert invoke("plot", "a.h5", "--kind", "profiles").exit_code == 2
    assert "choose one of" in invoke("plot", "a.h5", "--kind", "poem").stderr


def test_a_file_agrees_with_itself(invoke: Call, results: Path) -> None:
    done = invoke("compare", results, results)
    assert done.exit_code == 0
    assert "quantities agree; voltages differ by 0 mV at most" in done.stdout


def test_a_difference_is_exit_code_4(invoke: Call, results: Path, other_results: Path) -> None:
    done = invoke("compare", results, other_results)
    assert done.exit_code == 4
    assert "Discharge at 1C until 2.8 V" in done.stdout
    assert "differs" in done.stdout
    assert "differ in" in done.stderr


def test_tolerances_decide_what_differs(invoke: Call, results: Path, other_results: Path) -> None:
    wide = ("--voltage-rms", "500", "--voltage-max", "2000", "--current", "1", "--relative", "1")
    done = invoke("compare", results, other_results, *wide, "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["passed"]
    assert {"quantity", "value", "tolerance", "unit", "passed"} == set(document["quantities"][0])


def test_every_comparison_can_be_listed(invoke: Call, results: Path) -> None:
    short, long = invoke("compare", results, results), invoke("compare", results, results, "--all")
    assert "/cycles/dc_resistance" not in short.stdout
    assert "/cycles/dc_resistance" in long.stdout


def test_csv_gives_back_the_numbers(invoke: Call, results: Path, here: Path) -> None:
    shutil.copy(results, "mine.h5")
    done = invoke("export", "mine.h5")
    assert done.exit_code == 0
    assert "mine-csv/timeseries.csv" in done.stdout.split()
    with Path("mine-csv/timeseries.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    with h5py.File(results) as opened:
        voltage = opened["timeseries/voltage"][:]
    assert [float(row["voltage [V]"]) for row in rows] == voltage.tolist()
    assert "exists already" in invoke("export", "mine.h5").stderr
    assert invoke("export", "mine.h5", "--force").exit_code == 0


def test_parquet_gives_back_the_numbers(invoke: Call, results: Path, here: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    done = invoke("export", results, "--to", "parquet", "-o", "tables", "--json")
    assert done.exit_code == 0
    assert "tables/steps.parquet" in json.loads(done.stdout)["tables"]
    table = parquet.read_table("tables/steps.parquet")
    with h5py.File(results) as opened:
        energy = opened["steps/energy"][:]
    np.testing.assert_array_equal(table["energy"].to_numpy(), energy)
