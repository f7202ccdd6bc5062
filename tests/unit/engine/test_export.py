"""Tables for other programs: every row, every digit, every unit."""

import csv

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.store.export import export
from solidcell.engine.store.reader import open_results


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    return dict(zip(header, zip(*rows, strict=True), strict=True))


def test_csv_has_a_file_for_each_table(tmp_path, results_path):
    with open_results(results_path) as results:
        written = export(results, tmp_path)
    assert {path.name for path in written} == {
        "summary.csv",
        "scenario_parameters.csv",
        "cell.csv",
        "timeseries.csv",
        "steps.csv",
        "cycles.csv",
        "fields.csv",
        "fields_x_positive.csv",
        "fields_x_positive_r_positive.csv",
        "run_block_ends.csv",
    }
    assert set(written) == set(tmp_path.iterdir())


def test_csv_keeps_every_digit_with_units_in_the_header(tmp_path, results_path):
    with open_results(results_path) as results:
        export(results, tmp_path)
        voltage = results["timeseries"]["voltage"]
    table = read_csv(tmp_path / "timeseries.csv")
    assert list(table)[:6] == ["time [s]", "cycle", "step", "mode", "current [A]", "voltage [V]"]
    np.testing.assert_array_equal(np.array(table["voltage [V]"], dtype=float), voltage)
    assert set(table["mode"]) == {"rest", "current", "voltage"}


def test_fields_come_in_long_form(tmp_path, results_path):
    with open_results(results_path) as results:
        export(results, tmp_path)
        surface = results["fields"]["surface_concentration_positive"]
        positions = results["fields"]["x_positive"]
    table = read_csv(tmp_path / "fields_x_positive.csv")
    assert list(table)[:2] == ["snapshot", "x_positive [m]"]
    values = np.array(table["surface_concentration_positive [mol.m-3]"], dtype=float)
    np.testing.assert_array_equal(values.reshape(surface.shape), surface)
    np.testing.assert_array_equal(np.array(table["x_positive [m]"][:20], dtype=float), positions)


def test_spectra_come_in_long_form(tmp_path, spectra_path):
    with open_results(spectra_path) as results:
        export(results, tmp_path)
        impedance, frequency = results["impedance"]["z_imag"], results["impedance"]["frequency"]
        resistance = results["impedance"]["asr_total"]
    table = read_csv(tmp_path / "impedance_frequency.csv")
    assert list(table) == ["spectrum", "frequency [Hz]", "z_real [Ohm]", "z_imag [Ohm]"]
    values = np.array(table["z_imag [Ohm]"], dtype=float)
    np.testing.assert_array_equal(values.reshape(impedance.shape), impedance)
    np.testing.assert_array_equal(np.array(table["frequency [Hz]"][:41], dtype=float), frequency)
    rows = read_csv(tmp_path / "impedance.csv")
    assert list(rows)[:3] == ["spectrum", "time [s]", "cycle"]
    assert set(rows["configuration"]) == {"cell"}
    np.testing.assert_array_equal(np.array(rows["asr_total [Ohm.m2]"], dtype=float), resistance)


def test_summary_says_specific_energy_with_rate_and_temperature(tmp_path, results_path):
    with open_results(results_path) as results:
        export(results, tmp_path)
    table = read_csv(tmp_path / "summary.csv")
    values = dict(zip(table["name"], zip(table["value"], table["unit"], strict=True), strict=True))
    assert values["specific_energy"] == ("453.4", "Wh/kg")
    assert values["specific_energy_rate"] == ("C/10", "")
    assert values["specific_energy_temperature"] == ("298.15", "K")
    assert values["status"] == ("completed", "")


def test_parquet_has_the_same_rows_and_the_units_as_metadata(tmp_path, results_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    with open_results(results_path) as results:
        written = export(results, tmp_path, "parquet")
        voltage = results["timeseries"]["voltage"]
    assert len(written) == 10
    table = parquet.read_table(tmp_path / "timeseries.parquet")
    np.testing.assert_array_equal(table["voltage"].to_numpy(), voltage)
    assert table.schema.field("voltage").metadata[b"units"] == b"V"


def test_existing_tables_are_kept(tmp_path, results_path):
    (tmp_path / "steps.csv").write_text("precious")
    with open_results(results_path) as results:
        with pytest.raises(InputError, match=r"steps\.csv exists already"):
            export(results, tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["steps.csv"]
        export(results, tmp_path, force=True)
    assert (tmp_path / "steps.csv").read_text() != "precious"


def test_unknown_format_and_missing_library_are_refused(tmp_path, results_path, monkeypatch):
    with open_results(results_path) as results:
        with pytest.raises(InputError, match="choose csv or parquet"):
            export(results, tmp_path, "xlsx")
        monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
        with pytest.raises(InputError, match="needs pyarrow"):
            export(results, tmp_path, "parquet")
    assert list(tmp_path.iterdir()) == []


def test_unwritable_folder_is_refused(tmp_path, results_path):
    (tmp_path / "folder").write_text("no folder")
    with (
        open_results(results_path) as results,
        pytest.raises(InputError, match="can't be written"),
    ):
        export(results, tmp_path / "folder")
