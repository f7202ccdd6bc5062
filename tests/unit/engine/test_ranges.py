"""The shipped ranges, and what is wrong with others."""

from pathlib import Path

import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import load_scenario, shipped_scenarios
from solidcell.engine.scenario.ranges import Range, load_ranges

RIGHT = "cell.separator.thickness: {low: 20 um, high: 50 um, source: films}"
PHYSICS = "physics.contact: [static, creep]"


def written(folder: Path, ranges: str = RIGHT, choices: str = PHYSICS) -> Path:
    file = folder / "ranges.yaml"
    file.write_text(f"ranges:\n  {ranges}\nchoices:\n  {choices}\n", encoding="utf-8")
    return file


def test_every_shipped_value_lies_in_its_range() -> None:
    ranges = load_ranges().ranges
    outside = [
        (row.name, row.value)
        for row in load_scenario("nmc811_lpscl_li_ageing").parameters
        if row.name in ranges and not ranges[row.name].curve
        if not ranges[row.name].low <= row.value <= ranges[row.name].high
    ]
    assert outside == []


def test_ranges_are_no_scenario() -> None:
    assert "ranges" not in shipped_scenarios()


def test_a_way_over_decades_is_logarithmic() -> None:
    wide = Range("a", 1e-6, 1e-2, "m", "", whole=False, curve=False)
    narrow = Range("b", 1.0, 3.0, "m", "", whole=False, curve=False)
    assert wide.at(0.5) == pytest.approx(1e-4)
    assert narrow.at(0.5) == pytest.approx(2.0)
    assert (wide.at(0.0), wide.at(1.0)) == (1e-6, 1e-2)


@pytest.mark.parametrize(
    ("range_", "message"),
    [
        (
            "cell.separator.thicknes: {low: 1 um, high: 2 um, source: a}",
            "is no value of a scenario",
        ),
        ("cell.separator.thickness: {low: 1 MPa, high: 2 um, source: a}", "not a unit of a length"),
        ("cell.separator.thickness: {low: 1, high: 2 um, source: a}", "has no unit"),
        ("cell.separator.thickness: {low: 3 um, high: 2 um, source: a}", "low must be below high"),
        ("cell.separator.thickness: {low: 3 um, high: 4 um}", "a range is"),
    ],
)
def test_a_wrong_range_is_refused_at_its_line(tmp_path: Path, range_: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refusal:
        load_ranges(written(tmp_path, range_))
    assert "ranges.yaml:2" in str(refusal.value)


def test_a_choice_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no choice of a scenario"):
        load_ranges(written(tmp_path, choices="physics.contacts: [static]"))
