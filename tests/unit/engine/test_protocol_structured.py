"""Structured steps say what experiment strings can't: resets, drive cycles, several ends."""

from pathlib import Path

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.protocol import Rating, Step, parse_step
from solidcell.engine.scenario import load_scenario

CELL = Rating(
    area=1.08,
    lower_voltage=2.8,
    upper_voltage=4.3,
    stoichiometry=(0.15, 1.0),
    capacity=59.4 * 3600,
)


@pytest.mark.parametrize(
    ("structured", "sentence"),
    [
        ({"discharge": "C/3", "until": "2.8 V"}, "Discharge at C/3 until 2.8 V"),
        ({"charge": "2 A", "until": ["4.3 V"]}, "Charge at 2 A until 4.3 V"),
        (
            {"discharge": "1C", "for": "30 minutes", "until": "3 V"},
            "Discharge at 1C for 30 minutes or until 3 V",
        ),
        ({"hold": "4.3 V", "until": "C/50"}, "Hold at 4.3 V until C/50"),
        ({"rest": "10 minutes"}, "Rest for 10 minutes"),
    ],
)
def test_a_structured_step_is_the_step_its_sentence_is(structured: object, sentence: str) -> None:
    assert parse_step(structured, CELL) == parse_step(sentence, CELL)


def test_a_step_may_have_several_ends() -> None:
    step = parse_step({"discharge": "C/3", "until": ["2.8 V", "40 A.h"], "period": "10 s"}, CELL)
    assert [(end.kind, end.value) for end in step.terminations] == [
        ("voltage", 2.8),
        ("capacity", 144000.0),
    ]
    assert step.period == 10
    assert step.text == "Discharge at C/3 until 2.8 V or until 40 A.h"


def test_a_reset_puts_the_cell_to_equilibrium() -> None:
    step = parse_step({"reset": {"stoichiometry": 0.213}}, CELL)
    assert (step.kind, step.stoichiometry, step.terminations) == ("reset", 0.213, ())


@pytest.mark.parametrize(
    ("structured", "sentence"),
    [
        ({"reset": {"stoichiometry": 0.1}}, "0.1 lies outside 0.15 to 1.*choose one inside"),
        ({"reset": {"stoichiometry": float("nan")}}, "does not begin with a number"),
        ({"reset": 0.5}, "write 'reset: {stoichiometry: 0.5}'"),
        ({"reset": {"stoichiometry": 0.5}, "for": "1 h"}, "unknown key 'for'"),
        ({"hold": "4.3 V"}, "has no end; write"),
        ({"rest": None}, "'rest' has no value; write"),
        ({"rest": "1 h", "until": "3 V"}, "unknown key 'until'"),
        ({"discharge": "C/3", "untill": "3 V"}, "unknown key 'untill', did you mean 'until'"),
        ({"dischrge": "C/3"}, "'dischrge' is no action, did you mean 'discharge'"),
        ({"charge": "C/3", "discharge": "C/3"}, "needs one; write one of charge, discharge"),
        ({"discharge": 20, "until": "3 V"}, "has no unit; write"),
        ({"drive_cycle": "city.csv"}, "write them as a mapping"),
    ],
)
def test_an_impossible_structured_step_is_refused(structured: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_step(structured, CELL)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    file = tmp_path / "city.csv"
    file.write_text(
        "Time [s],Current [mA],P [W],rate,bare\n0,0,0,0,0\n10,5000,20,0.5,1\n20,-2000,-8,-1,2\n"
    )
    return file


def drive(file: Path, **keys: object) -> Step:
    entry = {"file": str(file), "time": "Time [s]", **keys}
    return parse_step({"drive_cycle": entry}, CELL)


@pytest.mark.parametrize(
    ("keys", "quantity", "values"),
    [
        ({"current": "Current [mA]"}, "current", [0, 5, -2]),
        ({"current": "Current [mA]", "scale": -2}, "current", [0, -10, 4]),
        ({"current": {"column": "bare", "unit": "A"}}, "current", [0, 1, 2]),
        ({"power": "P [W]"}, "power", [0, 20, -8]),
        ({"c_rate": "rate"}, "current", [0, 29.7, -59.4]),
    ],
)
def test_a_drive_cycle_follows_its_table(
    city: Path, keys: dict[str, object], quantity: str, values: list[float]
) -> None:
    step = drive(city, **keys)
    assert step.kind == "drive_cycle"
    assert step.duration == 20
    assert step.drive_cycle is not None
    assert step.drive_cycle.quantity == quantity
    np.testing.assert_allclose(step.drive_cycle.time, [0, 10, 20])
    np.testing.assert_allclose(step.drive_cycle.value, values, rtol=1e-14)


def test_a_drive_cycle_may_end_before_its_table(city: Path) -> None:
    entry = {"file": str(city), "time": "Time [s]", "current": "Current [mA]"}
    step = parse_step({"drive_cycle": entry, "for": "15 s", "until": ["< 3 V", "> 4.2 V"]}, CELL)
    assert step.duration == 15
    assert [(end.value, end.direction) for end in step.terminations] == [(3.0, -1), (4.2, 1)]


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"current": "Curent [mA]"}, "no column 'Curent .*did you mean 'Current"),
        ({"current": "zzz"}, "no column 'zzz'; it has Time"),
        ({"current": "bare"}, "column 'bare' has no unit; write it in the heading"),
        ({"current": "P [W]"}, "'W' is not a unit of a current"),
        ({}, "needs one column of current, power, voltage or c_rate"),
        ({"current": "Current [mA]", "power": "P [W]"}, "needs one column"),
        ({"current": "Current [mA]", "scale": 0}, "must be a number other than zero"),
        ({"current": "Current [mA]", "scale": float("nan")}, "must be a number other than zero"),
        ({"voltage": {"column": "bare", "unit": "V"}, "scale": 9}, "no cell survives 18 V; choose"),
        ({"current": 3}, "'3' is no column; write"),
        ({"current": "Current [mA]", "skale": 3}, "'skale', did you mean 'scale'"),
        ({"time": "P [W]", "current": "Current [mA]"}, "'W' is not a unit of a time"),
    ],
)
def test_an_impossible_drive_cycle_is_refused(
    city: Path, keys: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        drive(city, **keys)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("0,1\n1,nan\n", r"'nan' in column 'I \[A\]' \(city.csv:3\) is not a finite number"),
        ("0,1\n1,inf\n", "not a finite number"),
        ("0,1\n1,\n", "'' in column.*not a finite number"),
        ("0,1\n1,x\n", "'x' in column.*not a finite number"),
        ("0,1\n", "fewer than two rows"),
        ("1,1\n2,1\n", "must begin at 0 and rise"),
        ("0,1\n0,1\n", "must begin at 0 and rise"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, rows: str, sentence: str) -> None:
    file = tmp_path / "city.csv"
    file.write_text(f"t [s],I [A]\n{rows}")
    with pytest.raises(InputError, match=sentence):
        drive(file, time="t [s]", current="I [A]")


def test_a_drive_cycle_that_is_too_short_is_refused(city: Path) -> None:
    entry = {"file": str(city), "time": "Time [s]", "current": "Current [mA]"}
    with pytest.raises(InputError, match="ends after 20 s, before 30 s; shorten 'for'"):
        parse_step({"drive_cycle": entry, "for": "30 s"}, CELL)


@pytest.mark.parametrize(
    ("until", "side"), [("3 V", -1), ("2.8 V", -1), ("4.3 V", 1), ("3.6 V", 1), ("> 3 V", 1)]
)
def test_a_voltage_ends_a_drive_cycle_on_the_side_of_the_window_it_is_nearer_to(
    city: Path, until: str, side: int
) -> None:
    entry = {"file": str(city), "time": "Time [s]", "current": "Current [mA]"}
    (end,) = parse_step({"drive_cycle": entry, "until": until}, CELL).terminations
    assert end.direction == side


def test_a_drive_cycle_is_found_beside_its_scenario(city: Path, tmp_path: Path) -> None:
    file = tmp_path / "drive.yaml"
    file.write_text(
        "import: nmc811_lpscl_li_450.yaml\nprotocol:\n"
        "  - drive_cycle: {file: city.csv, time: 'Time [s]', current: 'Current [mA]'}\n"
    )
    step = load_scenario(file).protocol[0].steps[0]
    assert (step.text, step.line) == ("Drive cycle city.csv", 3)
    file.write_text(file.read_text().replace("Current [mA]", "Current [A]"))
    with pytest.raises(InputError, match=r"drive.yaml:3: 'city.csv' has no column 'Current \[A\]'"):
        load_scenario(file)
