"""Two files agree when their curves and tables do, however many steps each solver took."""

import math
import shutil

import h5py
import pytest

from solidcell.engine.store.compare import Tolerances, compare
from solidcell.engine.store.reader import open_results


@pytest.fixture
def compared(tmp_path, results_path, synthetic_run):
    """Return a function that compares the synthetic run with a changed one."""

    def run(tolerances=None, **changes):
        other = synthetic_run(**changes).write(tmp_path / "other.h5")
        with open_results(results_path) as first, open_results(other) as second:
            return compare(first, second, tolerances)

    return run


def test_a_file_agrees_with_itself(results_path):
    with open_results(results_path) as results:
        comparison = compare(results, results)
    assert comparison.passed
    assert {row.value for row in comparison.rows} == {0.0}


def test_every_step_and_every_column_is_compared(compared):
    quantities = [row.quantity for row in compared().rows]
    assert sum(quantity.startswith("voltage of step") for quantity in quantities) == 18
    assert sum(quantity.startswith("current of step") for quantity in quantities) == 3
    assert "/cycles/discharge_energy" in quantities
    assert "/cell specific_energy" in quantities
    assert "mass of lithium" in quantities
    assert not any("wall_time" in quantity for quantity in quantities)


def test_another_number_of_rows_is_no_difference(compared):
    assert compared(Tolerances(voltage_rms=2e-3, voltage_maximum=20e-3), rows=400).passed


def test_a_shift_of_the_voltage_is_found_and_measured(compared):
    comparison = compared(shift=1e-3)
    assert not comparison.passed
    failed = {row.quantity: row for row in comparison.rows if not row.passed}
    discharge = failed["voltage of step 11 (Discharge at 1C until 2.8 V), rms"]
    assert discharge.value == pytest.approx(1e-3, rel=1e-6)
    assert discharge.unit == "V"


def test_tolerances_decide(compared):
    assert compared(Tolerances(voltage_rms=1.1e-3, voltage_maximum=1.1e-3), shift=1e-3).passed


def test_a_missing_cycle_is_a_difference(compared):
    failed = [row.quantity for row in compared(cycles=2).rows if not row.passed]
    assert "/cycles, number of rows" in failed
    assert "/steps, number of rows" in failed


def test_what_only_one_file_has_is_a_difference(tmp_path, results_path):
    other = tmp_path / "other.h5"
    shutil.copy(results_path, other)
    with h5py.File(other, "r+") as file:
        del file["cycles/dc_resistance"]
    with open_results(results_path) as first, open_results(other) as second:
        failed = [row for row in compare(first, second).rows if not row.passed]
    assert [row.quantity for row in failed] == ["/cycles/dc_resistance, in one file only"]
    assert math.isnan(failed[0].value)
