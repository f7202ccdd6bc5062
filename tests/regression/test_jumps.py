"""Lives with jumps over cycles are those of every cycle, and cost a tenth."""

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.protocol import Jump
from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution

CYCLE = ["Charge at C/3 until 4.3 V", "Hold at 4.3 V until C/20", "Discharge at C/3 until 2.8 V"]
COARSE = {"numerics.nodes": 8, "numerics.shells": 8}


def scenario_of(name: str, repeat: int, more: dict[str, object] | None = None, **block: object):
    overrides = {
        "protocol": [{"repeat": repeat, "steps": CYCLE, **block}],
        "output": {"timeseries": ["first", "last"], "fields": "none"},
    }
    return load_scenario(name, overrides=COARSE | overrides | (more or {}))


def lived(name: str, repeat: int, more: dict[str, object] | None = None, **block) -> Solution:
    solution = Simulation(scenario_of(name, repeat, more, **block)).solve()
    assert solution.summary.completed, solution.summary.message
    return solution


@pytest.mark.parametrize(
    ("name", "cycles"),
    [
        ("nmc811_lpscl_li_ageing", 500),
        ("nmc811_lpscl_li_ageing_anode_free", 500),
        # Over the knee where particles begin to be isolated.
        ("nmc811_lpscl_li_ageing", 1000),
    ],
)
def test_a_life_with_jumps_is_that_of_every_cycle(name: str, cycles: int) -> None:
    """Capacity within 0.1 % of the first at every cycle that is written; a tenth of the steps."""
    every, jumped = lived(name, cycles), lived(name, cycles, jump="on")
    written = jumped.cycles["cycle"]
    assert written[-1] == cycles - 1
    capacity = every.cycles["discharge_capacity"]
    off = jumped.cycles["discharge_capacity"] - capacity[written]
    assert np.abs(off).max() < 1e-3 * capacity[0]
    # Besides each cycle that is written, two are computed to measure where a jump leads.
    assert 3 * len(written) < cycles / 10
    skipped = jumped.cycles["extrapolated_cycles"]
    assert written.tolist() == (np.cumsum(skipped + 1) - 1).tolist()
    assert np.abs(jumped.cycles["lithium_balance_error"]).max() < 1e-12
    for film in ("film_thickness_negative", "film_thickness_positive"):
        assert jumped.cycles[film][-1] == pytest.approx(every.cycles[film][-1], rel=2e-3)


HIGH = "nmc811_lpscl_li_ageing_high"


@pytest.fixture(scope="module")
def fading() -> Solution:
    """A life that falls below 80 % after its knee, every cycle computed."""
    return lived(HIGH, 1000)


@pytest.mark.parametrize("jump", [{"tolerance": "1 %"}, {"tolerance": "0.1 %"}, {"most": 7}])
def test_knee_and_end_of_life_are_those_of_every_cycle(
    fading: Solution, jump: dict[str, object]
) -> None:
    """The very cycle that falls below 80 %, the knee within five, and no bias past it."""
    jumped = lived(HIGH, 1000, jump=jump)
    assert jumped.summary.end_of_life_cycle == fading.summary.end_of_life_cycle
    assert fading.summary.knee_cycle is not None
    assert jumped.summary.knee_cycle == pytest.approx(fading.summary.knee_cycle, abs=5)
    capacity = fading.cycles["discharge_capacity"]
    off = jumped.cycles["discharge_capacity"] - capacity[jumped.cycles["cycle"]]
    assert np.abs(off).max() < 2e-4 * capacity[0]
    assert len(jumped.cycles["cycle"]) < 200


@pytest.mark.parametrize(
    "stop",
    [
        "capacity < 80 %",
        "capacity < 97 %",
        "time > 100 days",
        "resistance > 300 %",
        "resistance > 150 %",
        ["capacity < 85 %", "time > 60 days"],
    ],
    ids=str,
)
def test_a_stop_ends_a_block_at_the_same_cycle(stop: object) -> None:
    """Cycles before a limit are computed one by one, and none is jumped over that passes it."""
    every, jumped = lived(HIGH, 1000, stop=stop), lived(HIGH, 1000, stop=stop, jump="on")
    last = every.cycles["cycle"][-1]
    assert 20 < last < 999
    assert jumped.cycles["cycle"][-1] == last
    assert jumped.cycles["extrapolated_cycles"][-1] == 0
    assert len(jumped.cycles["cycle"]) < 80
    for name in ("discharge_capacity", "dc_resistance"):
        assert jumped.cycles[name][-1] == pytest.approx(every.cycles[name][-1], rel=1e-3)


def test_a_block_that_ends_by_its_cycles_is_as_long_as_without_jumps() -> None:
    jumped = lived(HIGH, 1000, stop="cycles >= 333", jump="on")
    assert jumped.cycles["cycle"][-1] == 332
    (end,) = jumped.summary.block_ends
    assert (end.condition, end.repetitions) == ("cycles >= 333", 333)
    assert len(jumped.cycles["cycle"]) < 80


def test_a_voltage_stop_ends_a_block_at_the_same_cycle() -> None:
    """A discharge of a given charge ends lower and lower as the cell ages."""
    pulses = [
        "Charge at C/3 until 4.3 V",
        "Discharge at C/3 for 1 hour",
        "Charge at C/10 until 4.3 V",
    ]
    block = {"repeat": 400, "steps": pulses, "stop": "voltage < 3.92 V"}

    def run(block: dict[str, object]) -> Solution:
        start = {"operation.initial_stoichiometry": 0.3}
        return Simulation(scenario_of(HIGH, 1, {"protocol": [block], **start})).solve()

    every, jumped = run(block), run({**block, "jump": "on"})
    assert 10 < every.cycles["cycle"][-1] < 399
    assert jumped.cycles["cycle"][-1] == every.cycles["cycle"][-1]


@pytest.mark.parametrize(
    "stop", ["time > 30 days", "cycles >= 77", "voltage >= 4.3 V", "capacity < 97 %"], ids=str
)
def test_a_stop_of_an_outer_block_ends_it_at_the_same_cycle(stop: str) -> None:
    """Time, cycles and voltage end it within a repetition, capacity with one."""
    rest = {"repeat": 2, "steps": ["Rest for 1 hour"]}

    def run(**jump: object) -> Solution:
        inner = {"repeat": 50, "steps": CYCLE, **jump}
        outer = {"repeat": 15, "steps": [rest, inner], "stop": stop}
        return Simulation(scenario_of(HIGH, 1, {"protocol": [outer]})).solve()

    every, jumped = run(), run(jump="on")
    ends = [
        [
            (one.first_block, one.stop, one.repetitions, one.cycle)
            for one in found.summary.block_ends
        ]
        for found in (every, jumped)
    ]
    assert len(ends[0]) == 1
    assert ends[1] == ends[0]
    assert jumped.cycles["cycle"][-1] == every.cycles["cycle"][-1]
    if stop != "voltage >= 4.3 V":
        assert len(jumped.cycles["cycle"]) < 0.8 * len(every.cycles["cycle"])


def test_the_end_of_a_life_of_many_blocks_is_not_jumped_over() -> None:
    """It is told from the first capacity of all, whenever the block comes again."""
    look = {"repeat": 1, "steps": CYCLE}

    def run(**jump: object) -> Solution:
        outer = {"repeat": 5, "steps": [look, {"repeat": 200, "steps": CYCLE, **jump}]}
        return Simulation(scenario_of(HIGH, 1, {"protocol": [outer]})).solve()

    every, jumped = run(), run(jump="on")
    assert every.summary.end_of_life_cycle is not None
    assert jumped.summary.end_of_life_cycle == every.summary.end_of_life_cycle


def test_a_parabola_is_jumped_over_exactly() -> None:
    """Thickness squared grows by the time that has passed, whoever computed the cycles."""
    physics = {
        "physics": {
            "contact": "static",
            "voids": "none",
            "isolation": "off",
            "cracking": "off",
            "interphase": {"positive": "none", "negative": "parabolic"},
        }
    }
    scenario = scenario_of("nmc811_lpscl_li_ageing", 400, physics, jump="on")
    jumped = Simulation(scenario).solve()
    assert len(jumped.cycles["cycle"]) < 40
    film = scenario.cell.negative.film
    square = jumped.cycles["film_thickness_negative"] ** 2 - float(film.initial_thickness) ** 2
    time = jumped.timeseries["time"][-1]
    rate = square[-1] / time
    gas, reference = 8.31446261815324, 298.15
    energy = float(film.growth_activation_energy)
    growth = np.exp(energy / gas * (1 / reference - 1 / 333.15)) * float(film.growth_constant)
    assert rate == pytest.approx(growth, rel=1e-9)


def test_jumps_stop_for_check_ups_and_for_what_is_kept() -> None:
    more = {"output": {"timeseries": ["every 50 cycles"], "fields": "none"}}
    found = lived("nmc811_lpscl_li_ageing", 200, more, jump="on", check_up={"every": 80})
    assert found["check_ups"]["cycle"].tolist() == [-1, 79, 159]
    assert {49, 99, 149, 199} <= set(found.cycles["cycle"].tolist())
    assert set(np.unique(found.timeseries["cycle"])) == {49, 99, 149, 199}
    assert len(found.cycles["cycle"]) < 60


def test_a_jump_is_read_with_its_limits() -> None:
    (block,) = scenario_of(
        "nmc811_lpscl_li_ageing", 9, jump={"tolerance": "1 %", "most": 7}
    ).protocol
    assert block.jump == Jump(0.01, 7)
    (block,) = scenario_of("nmc811_lpscl_li_ageing", 9, jump="off").protocol
    assert block.jump is None


@pytest.mark.parametrize(
    ("jump", "sentence"),
    [
        (5, "a jump is 'on', 'off' or a mapping; write 'jump: {tolerance: 0.1 %}'"),
        ({"tolerance": "50 %"}, "tolerance '50 %' must be above 0 and 10 % at most"),
        ({"most": 0}, "most '0' must be a whole number from 1"),
        ({"tolerence": "1 %"}, "unknown key 'tolerence' in a jump, did you mean 'tolerance'"),
    ],
)
def test_a_wrong_jump_gets_one_sentence(jump: object, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        scenario_of("nmc811_lpscl_li_ageing", 9, jump=jump)
    assert sentence in str(raised.value)
