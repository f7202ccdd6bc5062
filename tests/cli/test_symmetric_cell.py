"""A cell of two lithium electrodes on the command line: no specific energy, small units."""

import json
from pathlib import Path

import pytest
from small_runs import Call


@pytest.fixture
def run(invoke: Call, here: Path) -> Path:
    (here / "foils.yaml").write_text(
        "import: li_symmetric_critical_current.yaml\n"
        "name: foils\n"
        "protocol:\n"
        "  - steps:\n"
        "      - impedance\n"
        "      - Discharge at 0.5 mA/cm^2 for 1 hour\n"
        "      - Charge at 0.5 mA/cm^2 for 1 hour\n"
    )
    done = invoke("run", "foils.yaml")
    assert done.exit_code == 0, done.output
    assert "Wh/kg" not in done.stdout
    return here / "results" / "foils.h5"


def test_info_has_its_mass_and_no_energy(run: Path, invoke: Call) -> None:
    done = invoke("info", run)
    assert done.exit_code == 0
    assert "Wh/kg" not in done.stdout
    for words in ("positive lithium", "negative lithium", "79.9", "mA h", "Ohm", "1 impedance"):
        assert words in done.stdout
    told = json.loads(invoke("info", run, "--json").stdout)
    assert told["headline"] is None
    assert told["discharges"] == []
    assert sum(component["share"] for component in told["mass"]) == pytest.approx(1)


def test_export_and_compare_take_it(run: Path, invoke: Call, here: Path) -> None:
    assert invoke("export", run, "-o", here / "tables").exit_code == 0
    assert (here / "tables" / "impedance_frequency.csv").exists()
    assert not (here / "tables" / "fields.csv").exists()
    assert invoke("compare", run, run).exit_code == 0
