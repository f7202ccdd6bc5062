"""What was measured comes out of whole simulations within what each measurement is good for."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from solidcell.engine.scenario.library import shipped_folder
from solidcell.engine.validation.measurements import (
    MEASUREMENT_CASES,
    MeasurementCase,
    compare_measurement,
)
from solidcell.engine.validation.measurements.case import (
    Row,
    measured,
    point,
    point_in_range,
)
from solidcell.engine.validation.results import MeasurementResult, Point


def result_of(author: str) -> MeasurementResult:
    """The comparison with this author."""
    (case,) = (case for case in MEASUREMENT_CASES if case.name.startswith(author))
    return compare_measurement(case)


def computed(result: MeasurementResult) -> list[float]:
    """Computed values, in order."""
    return [one.computed for one in result.points]


@pytest.mark.parametrize("case", MEASUREMENT_CASES, ids=lambda case: case.name)
def test_a_measurement_is_met(case: MeasurementCase) -> None:
    result = compare_measurement(case)
    counted = [abs(one.deviation_percent) for one in result.points if one.asserted]
    assert counted
    assert max(counted) <= 100.0 * case.limit
    assert result.passed


def test_the_interface_s_resistance_falls_with_pressure_as_measured() -> None:
    assert computed(result_of("Doux")) == pytest.approx([25.0, 14.2, 10.2, 8.0], rel=5.0e-3)


def test_the_film_s_thickness_is_told_beside_its_charge() -> None:
    result = result_of("Aktekin")
    assert computed(result) == pytest.approx([38.1], abs=0.05)
    assert "348 nm thick; 235 to 315 nm were measured" in result.remark


def test_the_shipped_exchange_current_is_five_times_what_was_measured() -> None:
    result = result_of("Kim")
    assert "an exchange current of 0.18 A/m^2 at 25 degC, 5.4 times less" in result.remark
    coated, bare = result.points[:3], result.points[3:]
    assert all(one.asserted for one in coated)
    assert not any(one.asserted for one in bare)
    # At equal mass the surface goes with the share of active material.
    assert coated[0].computed / coated[2].computed == pytest.approx(0.82 / 0.62, rel=1.0e-4)


def test_a_spectrum_between_blocking_collectors_gives_both_conductivities_back() -> None:
    values = computed(result_of("Minnmann"))
    assert values[0::2] == pytest.approx([4.17e-2, 1.67e-2, 3.04e-4], rel=3.0e-3)
    assert values[1::2] == pytest.approx([2.07e-3, 5.62e-2, 1.44e-1], rel=1.0e-9)


def test_voids_close_as_lithium_creeps() -> None:
    law = [7.7e-3 * stress**6.56 for stress in (0.2, 0.3, 0.4, 0.6)]
    assert computed(result_of("Masias")) == pytest.approx(law, rel=1.0e-3)


def test_a_value_beyond_its_limit_fails_and_so_does_none() -> None:
    doux = MEASUREMENT_CASES[0]

    def far(rows: Sequence[Row]) -> tuple[tuple[Point, ...], str]:
        return (point("a", 10.0, 10.0), point("b", 10.0, 11.5)), ""

    def lost(rows: Sequence[Row]) -> tuple[tuple[Point, ...], str]:
        return (point("a", 10.0, 10.0), point("b", 10.0, math.nan)), ""

    assert compare_measurement(replace(doux, compute=far)).largest_percent == pytest.approx(15.0)
    assert not compare_measurement(replace(doux, compute=far)).passed
    assert not compare_measurement(replace(doux, compute=lost)).passed


def test_a_value_within_a_measured_range_does_not_deviate() -> None:
    assert point_in_range("a", 3.0, 5.0, 4.0).deviation_percent == 0.0
    assert point_in_range("a", 3.0, 5.0, 2.7).deviation_percent == pytest.approx(-10.0)
    assert point_in_range("a", 3.0, 5.0, 5.5).deviation_percent == pytest.approx(10.0)


def test_every_measured_value_says_where_it_comes_from() -> None:
    files = {case.file for case in MEASUREMENT_CASES}
    shipped = shipped_folder() / "measurements"
    assert files >= {f"measurements/{file.name}" for file in shipped.glob("*.csv")}
    for file in files:
        assert all(row["Source"] for row in measured(file))
