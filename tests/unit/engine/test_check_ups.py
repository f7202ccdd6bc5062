"""Check-ups look at a cell without ageing it, and blocks end where their limits say."""

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.protocol import CheckUp, Stop
from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution

CYCLE = ["Charge at C/3 until 4.3 V", "Hold at 4.3 V until C/20", "Discharge at C/3 until 2.8 V"]
AGEING = {
    "operation.temperature": "60 degC",
    "physics": {
        "contact": "creep",
        "isolation": "on",
        "cracking": "on",
        "interphase": "parabolic",
        "voids": "creep",
    },
    "numerics.nodes": 6,
    "numerics.shells": 8,
    "numerics.rtol": 1e-4,
    "output.period": "1 h",
}


def scenario_of(repeat: int = 6, **block: object):
    protocol = [{"repeat": repeat, "steps": CYCLE, **block}]
    return load_scenario("nmc811_lpscl_li_450", overrides=AGEING | {"protocol": protocol})


def solved(repeat: int = 6, **block: object) -> Solution:
    return Simulation(scenario_of(repeat, **block)).solve()


@pytest.fixture(scope="module")
def undisturbed() -> Solution:
    return solved()


@pytest.fixture(scope="module")
def checked() -> Solution:
    return solved(check_up={"every": 3})


def test_a_check_up_leaves_no_trace_in_the_life(undisturbed: Solution, checked: Solution) -> None:
    """Bit for bit in every table that the life writes."""
    for table in ("timeseries", "steps", "cycles"):
        for name, column in undisturbed[table].items():
            if name != "wall_time":
                np.testing.assert_array_equal(column, checked[table][name], err_msg=name)


def test_check_ups_come_before_all_and_after_every_third_cycle(checked: Solution) -> None:
    found = checked["check_ups"]
    assert found["cycle"].tolist() == [-1, 2, 5]
    ends = checked.cycles["cycle"]
    assert found["time"][0] == 0.0
    assert (found["status"] == 0).all()
    assert ends[-1] == 5


def test_a_check_up_measures_capacity_pulse_and_spectrum(checked: Solution) -> None:
    found, spectra = checked["check_ups"], checked["impedance"]
    assert (np.diff(found["discharge_capacity"]) < 0.0).all()
    assert (found["discharge_capacity"] > checked.cycles["discharge_capacity"].max()).all()
    assert (np.diff(found["dc_resistance"]) > 0.0).all()
    assert found["asr_total"] == pytest.approx(found["dc_resistance"] * 1.08, rel=0.2)
    assert spectra["cycle"].tolist() == [-1, 2, 5]
    assert spectra["step"].tolist() == [-1, -1, -1]


def test_a_check_up_that_ages_is_part_of_the_life(checked: Solution) -> None:
    lived = solved(check_up={"every": 3, "ageing": "on"})
    assert lived.timeseries["time"][-1] > checked.timeseries["time"][-1] + 2 * 20 * 3600.0
    film = "film_thickness_negative"
    assert lived.cycles[film][-1] > 1.1 * checked.cycles[film][-1]
    assert np.abs(lived.cycles["lithium_balance_error"]).max() < 1e-12


def test_a_block_ends_where_its_limit_is_crossed(undisturbed: Solution) -> None:
    cycles = undisturbed.cycles
    resistance = cycles["dc_resistance"] / cycles["dc_resistance"][0]
    limit = 0.5 * (resistance[2] + resistance[3])
    assert len(solved(stop=f"resistance > {limit}").cycles["cycle"]) == 4
    share = cycles["discharge_capacity"] / cycles["discharge_capacity"][0]
    limit = 0.5 * (share[1] + share[2])
    assert len(solved(stop=f"capacity < {limit}").cycles["cycle"]) == 3
    assert len(solved(stop=["time > 20 h", "capacity < 10 %"]).cycles["cycle"]) == 4
    assert len(solved(stop="voltage < 2.9 V").cycles["cycle"]) == 1


def test_a_block_ends_where_its_check_up_says(checked: Solution) -> None:
    capacity = (
        checked["check_ups"]["discharge_capacity"] / checked["check_ups"]["discharge_capacity"][0]
    )
    limit = 0.5 * (1.0 + capacity[1])
    found = solved(check_up={"every": 3}, stop=f"capacity < {limit} of check-up")
    assert len(found.cycles["cycle"]) == 3


def test_a_check_up_that_measures_no_capacity_ends_nothing() -> None:
    check_up = {"every": 1, "steps": ["Rest for 1 hour"]}
    found = solved(2, check_up=check_up, stop="capacity < 80 % of check-up")
    assert len(found.cycles["cycle"]) == 2


def test_limits_are_read_with_their_units() -> None:
    stop = ["capacity < 80 % of check-up", "time > 2 days"]
    (block,) = scenario_of(stop=stop, check_up={"every": 5}).protocol
    assert block.stop == (
        Stop("capacity", -1, 0.8, of_check_up=True, text="capacity < 80 % of check-up"),
        Stop("time", 1, 2 * 86400.0, text="time > 2 days"),
    )
    (block,) = scenario_of(check_up={"every": 5, "steps": ["Rest for 1 hour"]}).protocol
    assert isinstance(block.check_up, CheckUp)
    assert (block.check_up.every, len(block.check_up.steps), block.check_up.ageing) == (5, 1, False)


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ({"stop": "capacity = 80 %"}, "stop 'capacity = 80 %' is unknown; write 'capacity < 80 %'"),
        ({"stop": "time > 5 h of check-up"}, "check-ups watch the capacity alone; write"),
        ({"stop": "time > 5 V"}, "stop 'time > 5 V': 'V' is not a unit of a time"),
        (
            {"stop": "voltage < 2.7 V"},
            "is never met, for no step of the block gets below 2.8 V; write",
        ),
        ({"check_up": {"steps": ["Rest for 1 hour"]}}, "'every' is missing in the check-up"),
        ({"check_up": {"evry": 5}}, "unknown key 'evry' in a check-up, did you mean 'every'"),
        ({"check_up": {"every": 0}}, "every '0' must be a whole number from 1"),
        ({"check_up": {"every": 5, "ageing": "maybe"}}, "ageing 'maybe' must be 'on' or 'off'"),
        ({"check_up": 100}, "a check-up is a mapping; write 'check_up: {every: 100}'"),
    ],
)
def test_a_wrong_limit_or_check_up_gets_one_sentence(block, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        scenario_of(**block)
    assert sentence in str(raised.value)


def test_a_check_up_may_take_more_spectra_than_there_is_room_for_at_once() -> None:
    steps = ["Charge at C/3 until 4.3 V", *["Discharge at C/3 for 5 minutes", "impedance"] * 20]
    found = solved(2, check_up={"every": 2, "steps": steps})
    assert found["impedance"]["cycle"].tolist() == [-1] * 20 + [1] * 20
    assert (found["check_ups"]["status"] == 0).all()
    assert (np.diff(found["impedance"]["soc"][:20]) < 0.0).all()
