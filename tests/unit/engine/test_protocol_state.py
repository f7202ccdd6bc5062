"""Steps that change the cell's state or surroundings, or look at it: pressure, set, reset, spectra."""

from pathlib import Path

import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.protocol import Rating, Step, parse_protocol, parse_step
from solidcell.engine.scenario import load_scenario
from solidcell.engine.scenario.fixture import read_fixture

CELL = Rating(
    area=1.08,
    lower_voltage=2.8,
    upper_voltage=4.3,
    stoichiometry=(0.15, 1.0),
    capacity=59.4 * 3600,
    read_fixture=read_fixture,
)
SYMMETRIC = Rating(area=1e-4, lower_voltage=-2, upper_voltage=2, stoichiometry=None)


def test_a_pressure_alone_is_a_rest_of_one_second() -> None:
    step = parse_step({"stack_pressure": "10 MPa"}, CELL)
    assert (step.kind, step.value, step.duration) == ("rest", 0.0, 1.0)
    assert (step.stack_pressure, step.within) == (10e6, 1.0)
    assert step.text == "Stack pressure to 10 MPa"


def test_a_rest_goes_on_behind_a_change_of_pressure() -> None:
    written = {
        "stack_pressure": "100 bar",
        "within": "10 minutes",
        "for": "1 hour",
        "period": "1 min",
    }
    step = parse_step(written, CELL)
    assert (step.duration, step.within, step.period) == (4200, 600, 60)
    assert step.stack_pressure == pytest.approx(10e6)


@pytest.mark.parametrize(
    "written",
    [
        {"step": "Discharge at C/3 for 2 hours or until 2.8 V"},
        {"discharge": "C/3", "for": "2 hours", "until": "2.8 V"},
    ],
)
def test_a_pressure_may_change_as_a_step_begins(written: dict[str, object]) -> None:
    plain = parse_step(written, CELL)
    assert (plain.stack_pressure, plain.within) == (None, 0.0)
    step = parse_step({**written, "stack_pressure": "3 MPa", "within": "1 minute"}, CELL)
    assert (step.stack_pressure, step.within) == (3e6, 60)
    assert (step.kind, step.value, step.duration) == (plain.kind, plain.value, plain.duration)
    assert step.terminations == plain.terminations
    assert parse_step({**written, "stack_pressure": "3 MPa"}, CELL).within == 1


def test_a_rest_and_a_hold_may_change_the_pressure() -> None:
    rest = parse_step({"rest": "1 h", "stack_pressure": "3 MPa", "within": "1 h"}, CELL)
    assert (rest.duration, rest.within) == (3600, 3600)
    hold = parse_step({"hold": "4 V", "until": "C/50", "stack_pressure": "3 MPa"}, CELL)
    assert (hold.kind, hold.stack_pressure) == ("voltage", 3e6)


def test_a_set_changes_temperature_and_fixture() -> None:
    fixture = {"type": "spring", "pad_thickness": "3 mm", "pad_modulus": "1 MPa"}
    step = parse_step({"set": {"temperature": "60 degC", "fixture": fixture}}, CELL)
    assert (step.kind, step.duration) == ("set", None)
    assert step.temperature == pytest.approx(333.15)
    assert step.fixture is not None
    assert (step.fixture.type, step.fixture.pad_thickness) == ("spring", 3e-3)
    assert step.fixture.stiffness is None
    assert step.text == "Set temperature 60 degC and fixture spring"
    warm = parse_step({"set": {"temperature": "318.15 K"}}, CELL)
    assert (warm.temperature, warm.fixture) == (318.15, None)


@pytest.mark.parametrize("rating", [CELL, SYMMETRIC])
def test_a_fresh_reset_needs_no_stoichiometry(rating: Rating) -> None:
    step = parse_step({"reset": "fresh"}, rating)
    assert (step.kind, step.fresh, step.stoichiometry) == ("reset", True, None)
    assert not parse_step("Rest for 1 s", rating).fresh


def test_a_reset_may_set_the_contact_retention() -> None:
    step = parse_step({"reset": {"stoichiometry": 0.213, "contact_retention": "60 %"}}, CELL)
    assert (step.stoichiometry, step.contact_retention, step.fresh) == (0.213, 0.6, False)
    assert parse_step({"reset": {"stoichiometry": 0.213}}, CELL).contact_retention is None


@pytest.mark.parametrize("written", ["impedance", "Impedance", {"impedance": None}])
def test_a_spectrum_is_of_the_cell_unless_said(written: object) -> None:
    step = parse_step(written, CELL)
    assert (step.kind, step.configuration, step.text) == ("impedance", "cell", "Impedance")


@pytest.mark.parametrize("configuration", ["symmetric", "blocking"])
def test_a_spectrum_may_be_of_the_composite_alone(configuration: str) -> None:
    step = parse_step({"impedance": {"configuration": configuration}}, CELL)
    assert step.configuration == configuration


def test_they_are_steps_of_blocks_too() -> None:
    steps = [
        {"set": {"temperature": "60 degC"}},
        {"reset": "fresh"},
        {"stack_pressure": "3 MPa"},
        "impedance",
    ]
    (block,) = parse_protocol([{"repeat": 2, "steps": steps}], CELL)
    assert [step.kind for step in block.steps] == ["set", "reset", "rest", "impedance"]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"stack_pressure": "-5 MPa"}, "-5 MPa must be 0.1 MPa or more, .*; correct"),
        ({"stack_pressure": "10 kPa"}, "must be 0.1 MPa or more"),
        ({"stack_pressure": "5 V"}, "'V' is not a unit of a pressure"),
        ({"stack_pressure": 5}, "has no unit; write a pressure"),
        ({"stack_pressure": "5 MPa", "within": "0 s"}, "must be above zero; write a time"),
        ({"stack_pressure": "5 MPa", "until": "3 V"}, "unknown key 'until'"),
        ({"rest": "1 h", "within": "10 s"}, "no meaning without 'stack_pressure'; add"),
        (
            {"rest": "1 h", "stack_pressure": "5 MPa", "within": "2 h"},
            "within 7200 s, but the step takes at most 3600 s; shorten",
        ),
        ({"step": "Rest for 1 h", "for": "1 h"}, "unknown key 'for'"),
        ({"step": "Rest"}, "has no duration; write"),
        ({"step": None}, "'step' has no value; write"),
        ({"set": None}, "'set' has no value; write"),
        ({"set": "60 degC"}, "needs a temperature or a fixture; write"),
        ({"set": {"temprature": "60 degC"}}, "unknown key 'temprature' in 'set', did you mean"),
        ({"set": {"temperature": None}}, "changes nothing; write"),
        ({"set": {"temperature": "60"}}, "has no unit; write a temperature"),
        ({"set": {"temperature": "600 degC"}}, "outside the 200-450 K"),
        ({"set": {"fixture": "spring"}}, "'spring' is no fixture; write it like"),
        ({"set": {"fixture": {"type": "spring"}}}, "the spring has no stiffness; write"),
        ({"set": {"temperature": "60 degC"}, "for": "1 h"}, "unknown key 'for'"),
        ({"reset": "stale"}, "write 'reset: {stoichiometry: 0.5}', or 'reset: fresh'"),
        ({"reset": {"contact_retention": 0.5}}, "a reset needs a stoichiometry; write"),
        (
            {"reset": {"stoichiometry": 0.5, "contact_retention": 1.5}},
            "contact_retention 1.5 must be above 0 and at most 1; correct",
        ),
        ({"reset": {"stoichiometry": 0.5, "contact_retention": 0}}, "must be above 0"),
        ({"reset": {"stoichiometry": 0.5, "retention": 0.5}}, "unknown key 'retention' in a reset"),
        ({"impedance": "cell"}, "'cell' is no spectrum; write 'impedance'"),
        ({"impedance": {"configuration": "half"}}, "'half' is unknown; use 'cell', 'symmetric'"),
        ({"impedance": {"kind": "cell"}}, "unknown key 'kind' in a spectrum"),
        ("impedence", "is not a step; write"),
    ],
)
def test_what_can_not_be_set_is_refused(written: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_step(written, CELL)


def test_a_current_density_is_per_area_of_the_cell() -> None:
    step = parse_step("Discharge at 0.5 mA/cm^2 for 1 hour or until -1 V", SYMMETRIC)
    assert step.value == pytest.approx(0.5e-3)
    (end,) = step.terminations
    assert (end.kind, end.value, end.direction) == ("voltage", -1.0, -1)


def steps_of(name: str) -> list[Step]:
    return [step for block in load_scenario(name).protocol for step in block.steps]


def test_the_staircase_has_twenty_steps_at_each_pressure() -> None:
    steps = steps_of("li_symmetric_critical_current")
    strip = [step.value / 1e-3 for step in steps if step.value > 0]
    assert strip == pytest.approx(3 * [0.1 * k for k in range(1, 21)])
    assert [step.stack_pressure for step in steps if step.stack_pressure] == [5e6, 7e6]
    assert sum(step.fresh for step in steps) == 2


def test_the_window_cycles_a_thousand_hours_at_each_pressure() -> None:
    scenario = load_scenario("pressure_window")
    cycling = [block for block in scenario.protocol if block.repeat > 1]
    assert len(cycling) == 13
    hours = {sum(step.duration or 0 for step in block.steps) * block.repeat for block in cycling}
    assert hours == {1000 * 3600.0}


def test_the_pressure_series_comes_back_the_way_it_went() -> None:
    pressures = [step.stack_pressure for step in steps_of("pressure_series") if step.stack_pressure]
    assert pressures[0] == 1e6
    assert max(pressures) == 25e6
    assert pressures == pressures[::-1]


def test_a_drive_cycle_may_change_the_pressure(tmp_path: Path) -> None:
    file = tmp_path / "city.csv"
    file.write_text("Time [s],Current [A]\n0,0\n10,5\n20,0\n")
    entry = {"file": str(file), "time": "Time [s]", "current": "Current [A]"}
    step = parse_step({"drive_cycle": entry, "stack_pressure": "3 MPa", "within": "5 s"}, CELL)
    assert (step.kind, step.stack_pressure, step.within) == ("drive_cycle", 3e6, 5)
