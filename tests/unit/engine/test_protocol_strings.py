"""Experiment strings mean what they mean in PyBaMM, in amperes and volts of the whole cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.engine.errors import InputError
from solidcell.engine.protocol import Rating, Step, Termination, parse_protocol, parse_step

AMPERES_AT_1C = 59.4
CELL = Rating(
    area=1.08,
    lower_voltage=2.8,
    upper_voltage=4.3,
    stoichiometry=(0.15, 1.0),
    capacity=AMPERES_AT_1C * 3600,
    charge_window=(0.939, 0.213),
)


def only(step: Step) -> Termination:
    (termination,) = step.terminations
    return termination


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Discharge at 1C for 0.5 hours", "current", AMPERES_AT_1C),
        ("Discharge at C/20 for 0.5 hours", "current", AMPERES_AT_1C / 20),
        ("Charge at 0.5 C for 45 minutes", "current", -AMPERES_AT_1C / 2),
        ("Discharge at 2 A for 0.5 hours", "current", 2.0),
        ("Charge at 200 mA for 45 minutes", "current", -0.2),
        ("Charge at 200mA for 45 minutes", "current", -0.2),
        ("Discharge at 0.5 mA/cm^2 for 1 hour", "current", 5.4),
        ("Discharge at 10 W for 1 hour", "power", 10.0),
        ("Charge at 200mW for 45 minutes", "power", -0.2),
        ("Discharge at 150 W/m^2 for 1 hour", "power", 162.0),
        ("Discharge at 0.05 Ohm for 1 hour", "resistance", 0.05),
        ("Discharge at 50 mOhm for 1 hour", "resistance", 0.05),
        ("Hold at 4.1 V for 20 seconds", "voltage", 4.1),
        ("Hold at 3V for 20 seconds", "voltage", 3.0),
        ("Rest for 10 minutes", "rest", 0.0),
        ("discharge at C/3 for 1 h", "current", AMPERES_AT_1C / 3),
    ],
)
def test_a_step_holds_a_current_power_resistance_or_voltage(
    text: str, kind: str, value: float
) -> None:
    step = parse_step(text, CELL)
    assert step.kind == kind
    assert step.value == pytest.approx(value, rel=1e-14)
    assert step.text == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Rest for 30 s", 30),
        ("Rest for 30 seconds", 30),
        ("Rest for 1 second", 1),
        ("Rest for 1.5 minutes", 90),
        ("Rest for 5 min", 300),
        ("Rest for 2 h", 7200),
        ("Rest for 1 hour", 3600),
        ("Rest for 2 days", 172800),
        ("Discharge at 1C for 30 minutes or until 2.8 V", 1800),
    ],
)
def test_a_step_takes_at_most_its_duration(text: str, seconds: float) -> None:
    assert parse_step(text, CELL).duration == seconds


@pytest.mark.parametrize(
    ("text", "kind", "value", "direction"),
    [
        ("Charge at C/3 until 4.25 V", "voltage", 4.25, 1),
        ("Discharge at C/3 until 2.8V", "voltage", 2.8, -1),
        ("Discharge at 1C for 30 minutes or until 3 V", "voltage", 3.0, -1),
        ("Discharge at C/3 until > 4 V", "voltage", 4.0, 1),
        ("Hold at 4.3 V until C/20", "current", AMPERES_AT_1C / 20, 0),
        ("Hold at 4.3 V until 50 mA", "current", 0.05, 0),
        ("Hold at 4.3 V for 2 hours or until 50mA", "current", 0.05, 0),
        ("Rest for 1 hour or until < 3.5 V", "voltage", 3.5, -1),
        ("Discharge at C/3 until 10 A.h", "capacity", 36000.0, 1),
        ("Discharge at 100 W until 3 V", "voltage", 3.0, -1),
        ("Discharge at 0.05 Ohm until 3 V", "voltage", 3.0, -1),
        ("Charge at C/3 until 4.4 V", "voltage", 4.4, 1),
        ("Discharge at C/3 until 2 V", "voltage", 2.0, -1),
        ("Discharge at C/3 until 5 W.h", "energy", 18000.0, 1),
        ("Charge at C/3 until 5000 mWh", "energy", 18000.0, 1),
        ("Hold at 4.3 V until 10 kJ", "energy", 10000.0, 1),
        ("Discharge at 1C until 20 mWh/cm^2", "energy", 20 * 36000 * 1.08, 1),
        ("Discharge at C/3 until 50 % SOC", "stoichiometry", 0.576, 1),
        ("Charge at C/3 until 50% soc", "stoichiometry", 0.576, -1),
        ("Charge at 100 W until 0.9 SOC", "stoichiometry", 0.2856, -1),
        ("Discharge at C/3 until 80 % DOD", "stoichiometry", 0.7938, 1),
        ("Charge at C/3 until 20 % DOD", "stoichiometry", 0.3582, -1),
        ("Hold at 4 V until 60 % SOC", "stoichiometry", 0.5034, 0),
        ("Hold at 4 V until > 60 % SOC", "stoichiometry", 0.5034, -1),
        ("Discharge at C/3 until < 105 % SOC", "stoichiometry", 0.1767, 1),
        ("Discharge at C/3 until > 105 % DOD", "stoichiometry", 0.9753, 1),
    ],
)
def test_a_step_ends_at_its_limit(text: str, kind: str, value: float, direction: int) -> None:
    end = only(parse_step(text, CELL))
    assert (end.kind, end.direction) == (kind, direction)
    assert end.value == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("between", [" or until ", " or ", " OR UNTIL "])
def test_a_sentence_may_name_several_ends(between: str) -> None:
    step = parse_step(f"Discharge at C/3 for 4 hours or until 5 W.h{between}2.8 V", CELL)
    assert step.duration == 4 * 3600
    assert [(end.kind, end.value) for end in step.terminations] == [
        ("energy", 18000.0),
        ("voltage", 2.8),
    ]


def test_a_step_may_have_a_period_of_its_own() -> None:
    step = parse_step("Discharge at C/3 for 2 hours or until 3 V (5 minute period)", CELL)
    assert (step.duration, only(step).value, step.period) == (7200, 3.0, 300)
    assert parse_step("Rest for 1 hour", CELL).period is None


@given(st.integers(1, 1000))
def test_charging_is_discharging_with_the_other_sign(hours: int) -> None:
    charge = parse_step(f"Charge at C/{hours} for 1 hour", CELL)
    discharge = parse_step(f"Discharge at C/{hours} for 1 hour", CELL)
    assert charge.value == -discharge.value
    assert discharge.value == pytest.approx(AMPERES_AT_1C / hours)


@given(st.text(max_size=40))
def test_no_text_crashes_the_parser(text: str) -> None:
    with pytest.raises(InputError, match=";"):
        parse_step(f"Rest {text} now", CELL)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Discharge until 5 V", "does not say at what; write for example 'Discharge at C/3"),
        ("Discharge at C/3 until 15 V", "no cell survives 15 V; choose a voltage between -10 and"),
        ("Discharge at C/3 until -11 V", "no cell survives -11 V; choose"),
        ("Hold at 50 V until C/20", "no cell survives 50 V; choose"),
        ("Hold at 4.3 V", "has no end; write 'Hold at 4.3 V until C/20'"),
        ("Hold at 4.3 V until 4.2 V", "keeps its voltage; end it by a current"),
        ("Hold at C/3 until 4 V", "a hold is at a voltage; write"),
        ("Discharge at 3 V until C/20", "a discharge is at a current, power or resistance; write"),
        ("Discharge at 1C", "has no end; write"),
        ("Discharge at 1C until C/20", "current is fixed, so no current ends it; use"),
        ("Discharge at 1C until 3 W", "end it by a voltage, current, charge, energy, or state"),
        ("Discharge at 1C until < 5 W.h", "the energy in '< 5 W.h' can only rise; write it like"),
        ("Rest for 1 hour or until 5 W.h", "no energy passes at rest; end"),
        ("Rest for 1 hour or until 50 % SOC", "no charge passes at rest; end"),
        ("Discharge at 1C until -40 % SOC", "lies outside -8.402 % to 108.7 %, between which"),
        ("Discharge at 1C until half SOC", "does not begin with a number"),
        ("Rest", "has no duration; write 'Rest for 10 minutes'"),
        ("Rest until < 3 V", "has no duration; write"),
        ("Rest for 1 hour or until 3 V", "from which side 3 V is crossed; write '< 3 V'"),
        ("Rest for 1 hour or until C/20", "current is fixed"),
        ("Rest for 1 hour or until 1 A.h", "no charge passes at rest; end"),
        ("Rest at 3 V for 1 hour", "a rest has no value; write"),
        ("Rest for 0 minutes", "must be above zero; write"),
        ("Rest for -5 minutes", "must be above zero; write"),
        ("Rest for 10", "has no unit; write a time"),
        ("Rest for 10 V", "'V' is not a unit of a time"),
        ("Discharge at 1C for 5 fortnightss", "not a known unit"),
        ("Charge at -1 A for 1 hour", "must be above zero; 'Charge' and 'Discharge' set the sign"),
        ("Charge at 0 A for 1 hour", "must be above zero"),
        ("Charge at C/0 for 1 hour", "divides by zero; write"),
        ("Charge at 1 for 1 hour", "has no unit; write"),
        ("Charge at 1 kg for 1 hour", "no current, voltage, power or resistance; write"),
        ("Charge at 1 A.h for 1 hour", "a charge is at a current"),
        ("Dischrge at C/3 until 3 V", "is not a step; write for example 'Discharge at C/3"),
        ("Run US06", "is not a step; write"),
        ("", "is not a step; write"),
        ("Hold at 4.3 V until nan A", "does not begin with a number; write"),
        ("Discharge at C/3 until < 5 A.h", "can only rise; write"),
    ],
)
def test_an_impossible_step_says_what_to_write_instead(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_step(text, CELL)


def test_a_c_rate_of_a_cell_without_capacity_is_refused() -> None:
    bare = Rating(area=1.08, lower_voltage=2.8, upper_voltage=4.3, stoichiometry=(0.15, 1.0))
    with pytest.raises(InputError, match="no capacity; add 'nominal_areal_capacity"):
        parse_step("Discharge at C/3 until 3 V", bare)
    assert parse_step("Discharge at 20 A until 3 V", bare).value == 20


def test_a_step_alone_is_a_block_of_its_own() -> None:
    blocks = parse_protocol(
        [
            "Rest for 1 hour",
            {"repeat": 3, "steps": ["Charge at C/3 until 4.3 V", "Discharge at C/3 until 3 V"]},
            {"steps": ["Rest for 1 hour"], "stop": "capacity < 80 %"},
        ],
        CELL,
    )
    assert [(block.repeat, len(block.steps)) for block in blocks] == [(1, 1), (3, 2), (1, 1)]
    assert [len(block.stop) for block in blocks] == [0, 0, 1]


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ({"repeat": 0, "steps": ["Rest for 1 h"]}, "repeat '0' must be a whole number from 1"),
        ({"repeat": 1.5, "steps": ["Rest for 1 h"]}, "must be a whole number"),
        ({"repeat": True, "steps": ["Rest for 1 h"]}, "must be a whole number"),
        ({"repeat": 2}, "the block has no steps; write"),
        ({"repeat": 2, "steps": "Rest for 1 h"}, "the block has no steps; write"),
        ({"repeat": 2, "steps": [[]]}, "is not a step; write"),
        ({"repeet": 2, "steps": ["Rest for 1 h"]}, "'repeet' in a block, did you mean 'repeat'"),
        ({"steps": ["Rest for 1 h"], "stop": "tired"}, "write 'capacity < 80 %'"),
        ({"steps": ["Rest for 1 h"], "stop": "capacity < 180 %"}, "write 100 % or less"),
        ({"steps": [{"steps": []}]}, "the block has no steps; write"),
        ({"steps": [{"steps": ["Rest for 1 h"]}], "jump": "on"}, "no 'jump' of its own; move it"),
        (
            {"steps": [{"steps": ["Rest for 1 h"]}], "check_up": {"every": 1}},
            "no 'check_up' of its own; move it",
        ),
        (
            {"steps": [{"steps": ["Rest for 1 h"]}], "stop": "capacity < 80 % of check-up"},
            "has no check-ups; move the stop",
        ),
        (
            {"steps": ["Rest for 1 h"], "stop": "capacity < 80 % of check-up"},
            "of a check-up and the block has none; add 'check_up",
        ),
    ],
)
def test_an_impossible_block_is_refused(block: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_protocol([block], CELL)
