"""The results file: what was written is read back, by our reader and by everyone else's."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.store import schema
from solidcell.engine.store.document import updated
from solidcell.engine.store.reader import open_results

xarray = pytest.importorskip("xarray")

ENGINES = ("h5netcdf", "netcdf4")
DOCUMENT = Path(__file__).parents[3] / "docs" / "results-format.md"


def test_rows_come_back_as_they_were_appended(tmp_path, synthetic_run):
    path = tmp_path / "rows.h5"
    rows = np.linspace(0.0, 1.0, 10_000)  # more than two chunks, and a piece
    run = synthetic_run(cycles=0)
    series = {column.name: 0 for column in schema.TIMESERIES.columns}
    with run.writer(path) as writer:
        for piece in np.split(rows, [1, 4096, 4097, 9000]):
            writer.append("timeseries", {**series, "time": piece, "voltage": 3 + piece})
        run.finish(writer)
    with open_results(path) as results:
        np.testing.assert_array_equal(results["timeseries"]["time"], rows)
        np.testing.assert_array_equal(results["timeseries"]["voltage"], 3 + rows)
        assert results["timeseries"].attributes["valid_rows"] == len(rows)


def test_overpotentials_add_up_to_the_voltage(results_path):
    with open_results(results_path) as results:
        series = results["timeseries"]
        parts = [series[name] for name in series if name.startswith("overpotential_")]
        assert len(parts) == 10
        total = series["open_circuit_voltage"] + np.sum(parts, axis=0)
        np.testing.assert_allclose(total, series["voltage"], atol=1e-12)


def test_resistances_add_up_to_their_total(results_path, spectra_path):
    for path, table in ((results_path, "cycles"), (spectra_path, "impedance")):
        with open_results(path) as results:
            group = results[table]
            parts = [group[name] for name in group if name.startswith("asr_")]
            assert len(parts) == 10
            np.testing.assert_allclose(sum(parts[1:]), group["asr_total"], rtol=1e-12)
            assert group.unit("asr_total") == "Ohm.m2"


def test_interfaces_come_back(results_path):
    with open_results(results_path) as results:
        series, cycles, fields = results["timeseries"], results["cycles"], results["fields"]
        films, voids = series["film_thickness_negative"], series["void_thickness_negative"]
        assert np.all(np.diff(films[series["cycle"] == 0]) >= 0)
        assert films[-1] == cycles["film_thickness_negative"][-1]
        assert series["contact_fraction_negative"].min() == pytest.approx(
            1 - cycles["void_fraction"].max()
        )
        assert voids.max() == pytest.approx(0.9e-6)
        assert list(cycles.words("short_circuit_risk")) == ["none"] * 3
        assert fields.dims("contact_retention_positive") == ("snapshot", "x_positive")
        assert fields["film_thickness_positive"].shape == (33, 20)


def test_spectra_come_back(spectra_path):
    with open_results(spectra_path) as results:
        spectra = results["impedance"]
        assert spectra.dims("z_imag") == ("spectrum", "frequency")
        assert spectra["z_real"].shape == (3, 41)
        assert list(spectra["frequency"][[0, -1]]) == pytest.approx([1e-2, 1e6])
        assert spectra.unit("frequency") == "Hz"
        assert list(spectra.words("configuration")) == ["cell"] * 3
        assert list(spectra["cycle"]) == [0, 1, 2]
        assert np.all(spectra["z_imag"] < 0)
        # All arcs lie between the ends of the real axis.
        assert spectra["z_real"][0, -1] == pytest.approx(2.3e-4, rel=1e-3)
        assert spectra["z_real"][0, 0] == pytest.approx(3.63e-3, rel=1e-3)


def test_a_run_without_spectra_has_no_such_group(results_path):
    with open_results(results_path) as results:
        assert "impedance" not in results
        with pytest.raises(InputError, match="has no group /impedance: the run did not ask"):
            _ = results["impedance"]


def test_spectra_need_a_frequency_for_each_value(tmp_path, synthetic_run, spectra_path):
    with open_results(spectra_path) as results:
        group = results["impedance"]
        rows = {column.name: group[column.name] for column in schema.IMPEDANCE.columns}
    rows["z_real"] = rows["z_imag"] = np.zeros((3, 7))
    with (
        pytest.raises(ValueError, match="frequency has not one position for each value"),
        synthetic_run().writer(tmp_path / "run.h5") as writer,
    ):
        writer.append("impedance", rows)


def test_reader_gives_text_flags_units_and_single_values(results_path):
    with open_results(results_path) as results:
        assert results.finished
        assert results["steps"]["text"][3] == "Discharge at 0.1C until 2.8 V"
        assert list(results["steps"].words("kind")[:4]) == ["current", "voltage", "rest", "current"]
        assert results["timeseries"].unit("discharge_capacity") == "A.h"
        assert results["timeseries"].long_name("voltage") == "Voltage [V]"
        assert results["run"].text("status") == "completed"
        assert results["run"].number("solver_steps") == 3000
        assert results["run"].number("store_seconds") > 0
        assert results["scenario"].text("source").startswith("schema_version: 1\n")
        assert results["cell"].attributes["specific_energy_units"] == "Wh/kg"
        fields = results["fields"]
        assert fields.dims("concentration_positive") == ("snapshot", "x_positive", "r_positive")
        assert fields["concentration_positive"].shape == (33, 20, 15)


@pytest.mark.parametrize("which", ["results_path", "spectra_path"])
def test_file_holds_what_the_schema_says(which, request):
    with h5py.File(request.getfixturevalue(which)) as file:
        for table in schema.TABLES:
            if table.path not in file:
                assert table.optional
                continue
            group = file[table.path]
            datasets = {name for name, item in group.items() if isinstance(item, h5py.Dataset)}
            required = {column.name for column in table.columns if not column.optional}
            assert required <= datasets <= set(schema.order(table.path))
            for column in (*table.coordinates, *table.columns):
                if column.name in datasets:
                    attributes = group[column.name].attrs
                    assert attributes["units"] == column.unit
                    assert attributes["long_name"] == column.long_name
                    assert attributes.get("flag_meanings", "") == " ".join(column.meanings)


@pytest.mark.parametrize("which", ["results_path", "spectra_path"])
def test_every_array_has_named_dimensions(which, request):
    def check(_: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and item.ndim and not item.is_scale:
            assert all(len(axis) == 1 for axis in item.dims), item.name

    with h5py.File(request.getfixturevalue(which)) as file:
        file.visititems(check)


def test_flags_follow_the_climate_and_forecast_conventions(results_path):
    with h5py.File(results_path) as file:
        mode = file["timeseries/mode"]
        assert mode.dtype == np.int8
        assert list(mode.attrs["flag_values"]) == list(range(len(schema.MODES)))
        assert mode.attrs["flag_meanings"].split() == list(schema.MODES)


@pytest.mark.parametrize("engine", ENGINES)
def test_xarray_opens_each_group_with_coordinates(results_path, engine):
    pytest.importorskip("netCDF4" if engine == "netcdf4" else engine)
    with xarray.open_dataset(results_path, group="timeseries", engine=engine) as series:
        assert series.voltage.dims == ("time",)
        assert series.voltage.attrs["units"] == "V"
        assert series.time.dtype == np.float64  # seconds stay numbers
        assert float(series.time[-1]) > 2e5
    with xarray.open_dataset(results_path, group="fields", engine=engine) as fields:
        profile = fields.surface_concentration_positive.sel(x_positive=5e-5, method="nearest")
        assert profile.dims == ("snapshot",)
    with xarray.open_dataset(results_path, group="cell", engine=engine) as cell:
        assert float(cell.mass.sel(component="lithium")) == pytest.approx(0.0197)
        assert cell.attrs["specific_energy"] == 453.4
    with xarray.open_dataset(results_path, group="steps", engine=engine) as steps:
        assert str(steps.text[2].values) == "Rest for 1 hour"


@pytest.mark.parametrize("engine", ENGINES)
def test_xarray_opens_spectra_over_frequency(spectra_path, engine):
    pytest.importorskip("netCDF4" if engine == "netcdf4" else engine)
    with xarray.open_dataset(spectra_path, group="impedance", engine=engine) as spectra:
        assert spectra.z_real.dims == ("spectrum", "frequency")
        assert spectra.z_imag.attrs["units"] == "Ohm"
        arc = -spectra.z_imag.sel(frequency=slice(50, 1e4)).isel(spectrum=0)
        assert float(arc.idxmax("frequency")) == pytest.approx(200, rel=0.3)
        assert spectra.configuration.attrs["flag_meanings"] == "cell symmetric blocking"


@pytest.mark.parametrize("engine", ENGINES)
def test_xarray_opens_the_whole_file(results_path, engine):
    pytest.importorskip("netCDF4" if engine == "netcdf4" else engine)
    tree = xarray.open_datatree(results_path, engine=engine)
    assert {"/timeseries", "/steps", "/cycles", "/scenario/parameters", "/run"} <= set(tree.groups)
    tree.close()


def test_checkpoints_are_plain_numbers(tmp_path, synthetic_run):
    path = tmp_path / "run.h5"
    run = synthetic_run(cycles=0)
    states = np.arange(40.0).reshape(20, 2)
    with run.writer(path) as writer:
        rest = {column.name: 0.0 for column in schema.CHECKPOINTS.columns}
        own = {"cycle": np.arange(20), "state_vector": states}
        writer.append("checkpoints", rest | own)
        run.finish(writer)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["checkpoints/state_vector"][:], states)
        np.testing.assert_array_equal(file["checkpoints/state"][:], [0, 1])


def test_thousand_cycles_stay_small(tmp_path, synthetic_run):
    run = synthetic_run(cycles=1000, rows=2, nodes=0)
    path = run.write(tmp_path / "run.h5")
    assert path.stat().st_size < 1_500_000
    with open_results(path) as results:
        assert len(results["cycles"]["cycle"]) == 1000


def test_writing_the_main_job_takes_a_twentieth_of_a_second(tmp_path, synthetic_run):
    path = synthetic_run(nodes=40, shells=60).write(tmp_path / "run.h5")  # 3,000 rows, 3 discharges
    with open_results(path) as results:
        assert results["run"].number("store_seconds") < 6 * 0.05  # beside other tests


def test_a_run_without_rows_is_complete(tmp_path, synthetic_run):
    path = synthetic_run(cycles=0).write(tmp_path / "run.h5")
    with open_results(path) as results:
        assert len(results["timeseries"]["voltage"]) == 0
        assert "fields" not in results


def test_document_is_in_step_with_the_schema():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert updated(text) == text, (
        "run python -m solidcell.engine.store.document docs/results-format.md"
    )
    assert f"Version {schema.VERSION[0]}.{schema.VERSION[1]}." in text


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"voltage": None}, "lacks the column voltage"),
        ({"colour": 1.0}, "has no column colour"),
        ({"time": np.zeros(3), "voltage": np.zeros(2)}, "differ in length"),
    ],
)
def test_rows_that_do_not_fit_are_refused(tmp_path, synthetic_run, change, complaint):
    rows = {column.name: 0.0 for column in schema.TIMESERIES.columns} | change
    rows = {name: value for name, value in rows.items() if value is not None}
    with (
        pytest.raises(ValueError, match=complaint),
        synthetic_run().writer(tmp_path / "run.h5") as writer,
    ):
        writer.append("timeseries", rows)
    assert list(tmp_path.iterdir()) == []
