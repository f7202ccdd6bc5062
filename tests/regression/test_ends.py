"""What ends steps and blocks: cut-offs, lithium, energy, state of charge, stops, and nothing to do."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solidcell.engine.cli.new import STARTER
from solidcell.engine.errors import InputError
from solidcell.engine.scenario import load_scenario, parse_scenario
from solidcell.engine.simulation import Simulation, Solution, rerun_to_file, run_to_file
from solidcell.engine.store.reader import open_results
from solidcell.kernels.codes import BlockStop, StopReason

CELL, SYMMETRIC = "nmc811_lpscl_li", "li_lpscl_li"
COARSE = {"numerics.nodes": 10, "numerics.shells": 15, "numerics.rtol": 1e-4}
AMPERE_HOURS = 59.4
LITHIUM_5_UM = 1.030826e-3
"""Charge of 5 um of lithium in the symmetric cell, A h."""


def written(protocol: str, *, cell: str = CELL, start: str = "", more: str = "") -> str:
    return (
        f"schema_version: 1\nname: ends\ncell: cells/{cell}.yaml\n"
        f"operation: {{temperature: 25 degC, stack_pressure: 5 MPa{start}}}\n"
        f"protocol:\n{protocol}\n{more}\n"
    )


def solved(protocol: str, overrides: dict[str, Any] | None = None, **more: str) -> Solution:
    coarse = {} if more.get("cell") == SYMMETRIC else COARSE
    text = written(protocol, **more)
    return Simulation(parse_scenario(text, overrides=coarse | (overrides or {}))).solve()


def at(x: float) -> str:
    return f", initial_stoichiometry: {x}"


def reasons(solution: Solution) -> list[str]:
    return [StopReason(int(code)).name.lower() for code in solution.steps["stop_reason"]]


def stops(solution: Solution) -> list[str]:
    """What ended blocks, in order."""
    codes = solution.steps["block_stop"]
    return [BlockStop(int(code)).name.lower() for code in codes if code]


# The cell's cut-offs


def test_a_step_without_a_limit_ends_at_the_cells_cut_offs() -> None:
    lines = ["Discharge at 1C for 1 hour", "Rest for 1 hour", "Charge at 1C for 1 hour"]
    done = solved("".join(f"  - {line}\n" for line in lines), start=at(0.213))
    assert reasons(done) == ["cut_off", "time", "cut_off"]
    assert done.steps["end_voltage"][[0, 2]] == pytest.approx([2.8, 4.3], abs=1e-5)
    assert done.summary.completed


@pytest.mark.parametrize(
    ("step", "x", "voltage"),
    [
        ("Discharge at 250 W for 2 hours", 0.85, 2.8),
        ("Charge at 250 W for 2 hours", 0.6, 4.3),
        ("Discharge at 0.05 Ohm for 2 hours", 0.85, 2.8),
        ("Discharge at 1C for 1 minute", 0.938, 2.8),
        ("{discharge: 1C, for: 2 h, until: '> 4.2 V'}", 0.8, 2.8),
        ("{charge: 1C, for: 2 h, until: 50 A.h}", 0.6, 4.3),
        ("Discharge at 20000 W for 10 seconds", 0.5, None),
    ],
)
def test_current_power_load_and_pulse_end_there(step: str, x: float, voltage: float | None) -> None:
    done = solved(f"  - {step}\n  - Rest for 1 minute\n", start=at(x))
    assert reasons(done) == ["cut_off", "time"]
    if voltage is not None:
        assert done.steps["end_voltage"][0] == pytest.approx(voltage, abs=1e-5)


def load(folder: Path, current: str, until: str = "") -> str:
    file = folder / "load.csv"
    rows = "\n".join(f"{60 * n},{value}" for n, value in enumerate(current.split()))
    file.write_text(f"Time [s],Current [A]\n{rows}\n")
    columns = f'file: {file}, time: "Time [s]", current: "Current [A]"'
    return f"{{drive_cycle: {{{columns}}}{until}}}"


@pytest.mark.parametrize(
    ("current", "x", "until", "ended"),
    [
        ("0 30 -30 0", 0.5, "", "drive_cycle_end"),
        ("0 90 180", 0.9, "", "cut_off"),
        ("0 -120 -240", 0.25, "", "cut_off"),
        ("0 90 180", 0.9, ", until: 2.8 V", "voltage"),
        ("0 -120 -240", 0.25, ", until: 4.3 V", "voltage"),
        ("0 90 180", 0.9, ", for: 10 s", "time"),
        ("0 90 180", 0.5, ", for: 60 s", "time"),
        ("0 90 180", 0.9, ", until: '> 4.2 V'", "cut_off"),
    ],
)
def test_a_drive_cycle_ends_with_its_table_a_limit_or_a_cut_off(
    tmp_path: Path, current: str, x: float, until: str, ended: str
) -> None:
    done = solved(f"  - {load(tmp_path, current, until)}\n", start=at(x))
    assert reasons(done) == [ended]


def test_a_load_that_is_led_back_by_its_current_goes_on(tmp_path: Path) -> None:
    """Beyond the lower cut-off, while it charges; discharging again it ends at once."""
    below = "  - {discharge: C/3, until: 2.5 V}\n"
    back = solved(f"{below}  - {load(tmp_path, '-1 -3 -1')}\n", start=at(0.9))
    assert reasons(back) == ["voltage", "drive_cycle_end"]
    turned = solved(f"{below}  - {load(tmp_path, '-5 5 60')}\n", start=at(0.9))
    assert reasons(turned)[1] == "cut_off"
    # It charges for half a minute, and discharges on from there.
    assert turned.steps["end"][1] - turned.steps["start"][1] > 30.0


def test_rests_and_holds_know_no_cut_off() -> None:
    done = solved("  - Hold at 4.4 V for 1 minute\n  - Rest for 1 minute\n", start=at(0.25))
    assert reasons(done) == ["time", "time"]
    (note,) = done.summary.warnings
    assert (note.code, note.severity) == ("cutoff_exceeded", "note")
    assert "'Hold at 4.4 V for 1 minute' asks for 4.4 V, beyond the cell's cut-offs" in note.text


def test_a_limit_beyond_a_cut_off_is_obeyed_with_a_note() -> None:
    done = solved("  - Discharge at C/3 until 2.5 V\n", start=at(0.9))
    assert done.steps["end_voltage"] == pytest.approx([2.5], abs=1e-5)
    assert [one.code for one in done.summary.warnings] == ["cutoff_exceeded"]


def test_cut_offs_can_be_lifted() -> None:
    done = solved(
        "  - Charge at 1C for 6 minutes\n  - Hold at 4.4 V for 1 minute\n",
        start=at(0.45) + ", cutoffs: off",
    )
    assert reasons(done) == ["time", "time"]
    assert done.steps["end_voltage"][0] > 4.35
    assert done.summary.warnings == ()


def test_the_polarisation_of_a_symmetric_cell_is_bounded_either_way() -> None:
    lines = ["Discharge at 100 mA/cm^2 for 1 hour", "Charge at 100 mA/cm^2 for 1 hour"]
    done = solved("".join(f"  - {line}\n" for line in lines), cell=SYMMETRIC)
    assert reasons(done) == ["cut_off", "cut_off"]


# Lithium used up


def test_both_planes_of_a_symmetric_cell_end_a_step_when_they_are_used_up() -> None:
    done = solved(
        "  - Discharge at 0.2 mA/cm^2 until -1 V\n  - Charge at 0.2 mA/cm^2 until 1 V\n",
        {
            "cell.negative.excess_thickness": "5 um",
            "cell.positive.excess_thickness": "5 um",
        },
        cell=SYMMETRIC,
        more="physics: {contact: pressure, voids: none, interphase: none}",
    )
    assert reasons(done) == ["lithium", "lithium"]
    assert done.steps["capacity"] == pytest.approx([LITHIUM_5_UM, -2 * LITHIUM_5_UM], rel=1e-3)


@pytest.mark.parametrize(
    "step",
    [
        "Discharge at 0.2 mA/cm^2 for 9 hours",
        "Hold at -15 mV for 9 hours",
        "Charge at 2 A/m^2 for 9 h",
    ],
)
def test_a_step_that_strips_on_ends_at_once(step: str) -> None:
    done = solved(
        f"  - {step}\n  - Rest for 1 minute\n  - {step}\n",
        {
            "cell.negative.excess_thickness": "5 um",
            "cell.positive.excess_thickness": "5 um",
        },
        cell=SYMMETRIC,
        more="physics: {contact: pressure, voids: none, interphase: none}",
    )
    assert reasons(done) == ["lithium", "time", "lithium"]
    assert np.abs(done.steps["capacity"]) == pytest.approx(
        [LITHIUM_5_UM, 0.0, 0.0], rel=1e-3, abs=1e-9
    )


ANODE_FREE = {"cell.negative.type": "anode_free", "cell.negative.excess_thickness": "0 um"}


def test_the_life_of_an_anode_free_cell_goes_on() -> None:
    steps = (
        "[Charge at C/3 until 4.3 V, Hold at 4.3 V until C/20, Discharge at C/3 until 2.8 V, "
        "Hold at 2.8 V until C/20]"
    )
    done = solved(
        f"  - {{repeat: 3, steps: {steps}}}\n",
        ANODE_FREE | {"operation.temperature": "45 degC"},
        start=at(0.93),
        more="physics: {contact: pressure, voids: none, interphase: parabolic}",
    )
    assert done.summary.status == "completed"
    assert len(done.cycles["cycle"]) == 3
    assert reasons(done) == 3 * ["voltage", "current", "voltage", "lithium"]


# Energy and state of charge


@pytest.mark.parametrize(
    ("step", "energy"),
    [
        ("{discharge: C/3, until: [5 W.h, 2.8 V]}", 5.0),
        ("Charge at C/3 until 20 W.h", -20.0),
        ("Discharge at 150 W until 5000 mWh", 5.0),
        ("Hold at 4.2 V until 10 kJ", -10.0 / 3.6),
    ],
)
def test_a_step_ends_by_its_energy(step: str, energy: float) -> None:
    done = solved(f"  - {step}\n", start=at(0.5))
    assert reasons(done) == ["energy"]
    assert done.steps["energy"] == pytest.approx([energy], rel=1e-6)


@pytest.mark.parametrize(
    ("steps", "charge"),
    [
        (["Charge at C/3 until 50 % SOC", "Charge at C/3 until 0.9 SOC"], [0.5, 0.9]),
        (["Hold at 4 V until 60 % SOC", "Discharge at C/3 until 80 % DOD"], [0.6, 0.2]),
        (["{charge: 100 W, until: [30 % SOC, 4.3 V]}"], [0.3]),
        (["Charge at C/10 until 101 % SOC"], [1.01]),
    ],
)
def test_a_step_ends_at_its_state_of_charge(steps: list[str], charge: list[float]) -> None:
    done = solved(
        "".join(f"  - {step}\n" for step in steps), start=", initial_soc: 0.05, cutoffs: off"
    )
    assert reasons(done) == ["state_of_charge"] * len(steps)
    rows, ends = done.timeseries, np.append(np.diff(done.timeseries["step"]) > 0, True)
    assert rows["state_of_charge"][0] == pytest.approx(0.05, rel=1e-12)
    assert rows["state_of_charge"][ends] == pytest.approx(charge, abs=1e-6)
    passed = -np.cumsum(done.steps["capacity"])
    sites = passed[-1] / (charge[-1] - 0.05)
    assert passed == pytest.approx((np.array(charge) - 0.05) * sites, rel=1e-6)


def test_a_symmetric_cell_has_no_state_of_charge() -> None:
    done = solved("  - Rest for 1 minute\n", cell=SYMMETRIC)
    assert np.isnan(done.timeseries["state_of_charge"]).all()


@pytest.mark.parametrize(
    ("protocol", "more", "sentence"),
    [
        (
            "  - Discharge at 1 mA until 50 % SOC\n",
            {"cell": SYMMETRIC},
            "have no state of charge; write",
        ),
        (
            "  - Charge at 1 mA until 5 % DOD\n",
            {"cell": SYMMETRIC},
            "have no state of charge; write",
        ),
        (
            "  - Rest for 1 h\n",
            {"cell": SYMMETRIC, "start": ", initial_soc: 0.5"},
            "have no state of charge; remove initial_soc",
        ),
        ("  - Rest for 1 h\n", {"start": ", initial_soc: 3"}, "initial_soc 3.*choose one inside"),
        (
            "  - Rest for 1 h\n",
            {"start": ", initial_soc: 0.5, initial_stoichiometry: 0.5"},
            "say the same in two ways; remove one",
        ),
    ],
)
def test_what_has_no_such_state_is_refused(
    protocol: str, more: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_scenario(written(protocol, **more))


def test_a_start_replaces_the_one_of_an_imported_scenario() -> None:
    shipped = load_scenario("nmc811_lpscl_li_450", overrides={"operation.initial_soc": "50 %"})
    assert shipped.initial_stoichiometry == pytest.approx(0.576)


# Stops of blocks


GITT = (
    "{repeat: 20, steps: [Discharge at C/20 for 30 minutes or until 2.8 V, Rest for 1 hour], "
    "stop: %s}"
)
BACK = (
    "{repeat: 60, steps: [Charge at C/20 for 30 minutes or until 4.3 V, Rest for 1 hour], stop: %s}"
)


@pytest.mark.parametrize(
    ("block", "cycles", "stop"),
    [
        (GITT % "voltage < 2.8 V", 3, "voltage"),
        (GITT % "voltage <= 2.8 V", 3, "voltage"),
        (GITT % "voltage < 3.3 V", 3, "voltage"),
        (GITT % "[capacity < 10 %, cycles >= 2]", 2, "cycles"),
        (GITT % "cycles > 2", 3, "cycles"),
        (GITT % "time >= 3 hours", 2, "time"),
        (GITT % "time > 3.01 hours", 3, "time"),
        (GITT % "capacity < 90 %", 3, "capacity"),
        (GITT % "capacity >= 100 %", 2, "capacity"),
        (GITT % "resistance > 101 %", 2, "resistance"),
        (GITT % "temperature >= 298.15 K", 1, "temperature"),
        (GITT % "temperature < 30 degC", 1, "temperature"),
    ],
)
def test_a_block_ends_by_the_condition_that_is_met(block: str, cycles: int, stop: str) -> None:
    done = solved(f"  - {block}\n  - Rest for 1 hour\n", start=at(0.9))
    assert stops(done) == [stop]
    assert len(done.cycles["cycle"]) == cycles + 1
    (end,) = done.summary.block_ends
    assert (end.first_block, end.repetitions, end.planned) == (0, cycles, 20)
    assert end.cycle == cycles - 1
    assert done.summary.status == "completed"


@pytest.mark.parametrize("operator", [">", ">="])
def test_a_block_of_charges_ends_when_one_reaches_its_limit(operator: str) -> None:
    done = solved(f"  - {BACK % f'voltage {operator} 4.3 V'}\n", start=at(0.3))
    assert stops(done) == ["voltage"]
    assert done.steps["end_voltage"][-2] == pytest.approx(4.3, abs=1e-5)
    (end,) = done.summary.block_ends
    assert end.condition == f"voltage {operator} 4.3 V"


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (
            GITT % "voltage < 2.7 V",
            "never met, for no step of the block gets below 2.8 V; write 'voltage",
        ),
        (
            BACK % "voltage > 4.4 V",
            "never met, for no step of the block gets above 4.3 V; write 'voltage",
        ),
        ("{repeat: 2, steps: [Discharge at 1C for 1 h], stop: voltage < 2 V}", "gets below 2.8 V"),
        ("{repeat: 2, steps: [Rest for 1 h], stop: voltage > 5 V}", "gets above 4.3 V"),
        ("{repeat: 2, steps: [Hold at 4.4 V for 1 h], stop: voltage > 4.5 V}", "gets above 4.4 V"),
        (GITT % "capacity < 120 %", "120 % is more than the capacity of the block's first cycle"),
        (GITT % "capacity > 120 %", "write 100 % or less"),
        (GITT % "cycles > 2.5", "is not a number of cycles; write"),
    ],
)
def test_a_stop_that_is_never_met_is_refused(block: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as error:
        parse_scenario(written(f"  - {block}\n"))
    assert "scenario.yaml:6:" in str(error.value)


def test_without_cut_offs_any_voltage_may_stop_a_block_of_steps_without_limits() -> None:
    block = "{repeat: 2, steps: [Discharge at 1C for 1 h], stop: voltage < 2 V}"
    scenario = parse_scenario(written(f"  - {block}\n", start=", cutoffs: off"))
    (stop,) = scenario.protocol[0].stop
    assert (stop.quantity, stop.value) == ("voltage", 2.0)


def test_blocks_hold_blocks() -> None:
    """A titration down and up, over and over, until the outer block has taken its time."""
    down, up = (
        GITT.replace("C/20", "C/5") % "voltage <= 2.8 V",
        BACK.replace("C/20", "C/5") % "voltage >= 4.3 V",
    )
    outer = (
        "  - repeat: 3\n    stop: %s\n    steps:\n      - Rest for 1 minute\n"
        f"      - {down}\n      - {up}\n"
    )
    done = solved(outer % "[]" + "  - Rest for 1 hour\n", start=at(0.6))
    assert stops(done) == 3 * ["voltage", "voltage"]
    ends = done.summary.block_ends
    assert [(end.first_block, end.last_block) for end in ends] == 3 * [(1, 1), (2, 2)]
    assert np.flatnonzero(done.cycles["block"] == 0).size == 3
    assert done.cycles["block"][-1] == 3
    # The outer one is left in the middle of its second repetition.
    middle = done.cycles["block"].tolist().index(2)
    limit = 1.5 * (middle - 1) * 2 + 4
    stopped = solved(outer % f"time > {limit} h" + "  - Rest for 1 hour\n", start=at(0.6))
    assert stops(stopped)[-1] == "time"
    last = stopped.summary.block_ends[-1]
    assert (last.first_block, last.last_block, last.condition) == (0, 2, f"time > {limit} h")
    assert stopped.cycles["block"][-1] == 3
    same = len(stopped.cycles["cycle"]) - 1
    np.testing.assert_array_equal(
        stopped.cycles["discharge_capacity"][:same], done.cycles["discharge_capacity"][:same]
    )


@pytest.mark.parametrize(
    ("condition", "repetitions"), [("cycles >= 7", 3), ("capacity < 95 %", 2), ("time > 1 s", 1)]
)
def test_the_stop_of_an_outer_block_looks_at_what_is_in_it(
    condition: str, repetitions: int
) -> None:
    """Pulses of unequal length: the last discharge of each repetition is compared with the first's."""
    protocol = (
        f"  - repeat: 9\n    stop: {condition}\n    steps:\n"
        "      - {repeat: 2, steps: [Discharge at C/3 for 1 minute]}\n"
        "      - Discharge at 1C for 20 minutes or until 2.8 V\n"
    )
    done = solved(protocol, start=at(0.5))
    (end,) = done.summary.block_ends
    assert (end.first_block, end.last_block, end.repetitions) == (0, 1, repetitions)


def test_a_loop_in_a_loop_in_a_loop_runs_every_turn() -> None:
    inner = "{repeat: 2, steps: [{repeat: 3, steps: [Rest for 1 second]}, Rest for 2 seconds]}"
    done = solved(f"  - {{repeat: 2, steps: [{inner}, Rest for 3 seconds]}}\n", start=at(0.5))
    took = np.round(done.steps["end"] - done.steps["start"]).tolist()
    assert took == 2 * (2 * [1, 1, 1, 2] + [3])
    assert done.summary.status == "completed"


def test_progress_of_nested_blocks_goes_from_nothing_to_all() -> None:
    inner = "{repeat: 2, steps: [{repeat: 3, steps: [Rest for 1 second]}, Rest for 2 seconds]}"
    text = written(f"  - {{repeat: 2, steps: [{inner}, Rest for 3 seconds]}}\n", start=at(0.5))
    simulation = Simulation(parse_scenario(text, overrides=COARSE))
    found: list[float] = []
    progress, machine = simulation.begin(), simulation.machine
    simulation.compile()
    while machine.drive(simulation.record, simulation.protocol, progress, 1) == 1:
        found.append(simulation._fraction(progress))
    assert (np.diff(found) >= 0).all()
    assert found[0] < 0.1
    assert 0.9 < found[-1] <= 1.0
    assert len(np.unique(np.round(18 * np.array(found)))) > 12


# A block in which nothing happens


def test_a_block_ends_when_nothing_happens_in_it_any_more(tmp_path: Path) -> None:
    scenario = load_scenario(
        "nmc811_lpscl_li_ageing", overrides={"operation.stack_pressure": "0.1 MPa"}
    )
    report = run_to_file(scenario, tmp_path / "dead.h5")
    assert report.summary.status == "idle"
    assert report.summary.stop_reason == "idle block"
    with open_results(report.path) as results:
        assert results["run"].text("status") == "idle"
        assert results["steps"].words("block_stop")[-1] == "idle"
        assert len(results["cycles"]["cycle"]) < 10
        ends, warnings = results["run/block_ends"], results["run/warnings"]
        assert ends.words("stop").tolist() == ["idle"]
        assert ends["planned"].tolist() == [1000]
        assert warnings["code"].tolist() == ["idle_block"]
        assert warnings.words("severity").tolist() == ["warning"]


@pytest.mark.parametrize(
    ("steps", "idle"),
    [
        ("[Rest for 1 second]", False),
        ("[impedance, Rest for 1 second]", False),
        ("[Charge at C/3 until 3.5 V, Rest for 1 hour]", True),
        ("[Discharge at C/3 until 4.2 V, Charge at C/3 until 3.5 V]", True),
        ("[Discharge at C/3 until 4.2 V, Charge at C/3 for 1 s]", False),
        ("[Discharge at 5C until 4.2 V, Hold at 4 V for 5 minutes]", False),
        ("[Discharge at 1C until 1 mA.h]", False),
        ("[Charge at C/3 until 10 % SOC]", True),
    ],
)
def test_nothing_happens_where_a_limit_ends_each_step_at_once(steps: str, idle: bool) -> None:
    done = solved(f"  - {{repeat: 4, steps: {steps}}}\n  - Rest for 1 hour\n", start=at(0.5))
    assert len(done.cycles["cycle"]) == (2 if idle else 5)
    assert stops(done) == (["idle"] if idle else [])
    assert done.summary.status == ("idle" if idle else "completed")


def test_an_outer_block_ends_when_all_in_it_is_idle() -> None:
    steps = "[{repeat: 5, steps: [Charge at C/3 until 3.5 V]}, Discharge at C/3 until 4.2 V]"
    done = solved(f"  - {{repeat: 9, steps: {steps}}}\n  - Rest for 1 hour\n", start=at(0.5))
    assert stops(done) == ["idle", "idle"]
    assert [end.last_block for end in done.summary.block_ends] == [0, 1]
    assert len(done.cycles["cycle"]) == 3


# What the file says, wherever the run was left


def test_a_check_up_that_ends_a_block_is_named_by_the_step_before_it() -> None:
    cycle = "[Charge at C/3 until 4.3 V, Discharge at 1C for 20 minutes or until 2.8 V]"
    check = "{every: 2, steps: [Discharge at C/3 until 2.8 V]}"
    done = solved(
        f"  - {{repeat: 8, steps: {cycle}, check_up: {check}, stop: capacity > 50 % of check-up}}\n"
        "  - Rest for 1 hour\n",
        start=at(0.5),
    )
    assert stops(done) == ["check_up_capacity"]
    assert done.steps["step"].tolist() == list(range(len(done.steps["step"])))
    (end,) = done.summary.block_ends
    assert (end.repetitions, end.cycle, end.condition) == (2, 1, "capacity > 50 % of check-up")


@pytest.mark.parametrize("budget", [1, 7])
def test_small_chunks_tell_the_same(budget: int, monkeypatch: pytest.MonkeyPatch) -> None:
    protocol = f"  - {GITT % 'voltage < 2.8 V'}\n  - Rest for 1 hour\n"
    whole = solved(protocol, start=at(0.9))
    monkeypatch.setattr("solidcell.engine.simulation.simulation.FIRST_CHUNK", budget)
    monkeypatch.setattr("solidcell.engine.simulation.simulation.CHUNK_STEPS", budget)
    parts = solved(protocol, start=at(0.9))
    for name, column in whole.steps.items():
        np.testing.assert_array_equal(column, parts.steps[name], err_msg=name)
    assert parts.summary.block_ends == whole.summary.block_ends


OVER_AND_OVER = (
    "  - repeat: 2\n    steps:\n"
    "      - {repeat: 5, steps: [Discharge at 1C for 10 min or until 2.8 V], stop: voltage < 2.9 V}\n"
    "      - {repeat: 5, steps: [Charge at 1C for 10 min or until 4.2 V], stop: voltage > 4.1 V}\n"
)


def test_a_run_that_is_taken_up_knows_which_blocks_had_ended() -> None:
    simulation = Simulation(parse_scenario(written(OVER_AND_OVER, start=at(0.8)), overrides=COARSE))
    kept: list[Any] = []
    whole = simulation.run(Solution(), keep=lambda state: kept.append(state()))
    assert len(whole.block_ends) == 4
    for state in kept:
        assert simulation.run(Solution(), state=state).block_ends == whole.block_ends


def test_a_cycle_of_a_block_in_a_block_can_be_run_again(tmp_path: Path) -> None:
    text = written(OVER_AND_OVER, start=at(0.8), more="output: {timeseries: all}")
    whole = run_to_file(parse_scenario(text, overrides=COARSE), tmp_path / "whole.h5").path
    with open_results(whole) as results:
        cycles, blocks = results["cycles"]["cycle"].size, results["cycles"]["block"]
        ends = results["cycles"]["discharge_energy"], results["cycles"]["charge_energy"]
    assert set(np.diff(blocks).tolist()) == {-1, 0, 1}
    for cycle in range(cycles):
        again = rerun_to_file(whole, cycle, tmp_path / f"{cycle}.h5").path
        with open_results(again) as results:
            table = results["cycles"]
            found = table["discharge_energy"][0], table["charge_energy"][0]
        assert found == (ends[0][cycle], ends[1][cycle])


def test_every_line_of_the_template_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "city.csv").write_text("Time [s],Current [A]\n0,0\n10,5\n")
    monkeypatch.chdir(tmp_path)
    text = STARTER.format(file="mine.yaml", name="mine").replace("  # - ", "  - ")
    steps = [step for block in parse_scenario(text).protocol for step in block.steps]
    assert [step.kind for step in steps[-2:]] == ["power", "drive_cycle"]
    (end,) = steps[-1].terminations
    assert (end.value, end.direction) == (2.8, -1)
