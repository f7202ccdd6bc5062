"""`solidcell rerun`: a cycle that an earlier run kept the start of, again in full detail."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from small_runs import BASE, ENDLESS, Call

from solidcell.engine.scenario import parse_scenario
from solidcell.engine.simulation import run_to_file

LIFE = """\
import: nmc811_lpscl_li_450_interfaces.yaml
name: life
numerics: {nodes: 8, shells: 8, rtol: 1e-4}
operation: {temperature: 60 degC, fixture: {type: spring, stiffness: 1e7 N/m}}
protocol:
  - Charge at C/3 until 4.3 V
  - repeat: 5
    stop: capacity < 99.9 %
    steps: [Discharge at 1C until 2.8 V, Charge at C/3 until 4.3 V]
  - repeat: 3
    steps:
      - set: {temperature: 45 degC, fixture: {type: spring, stiffness: 2e7 N/m}}
      - Discharge at 1C until 2.8 V
      - Rest for 10 minutes
      - {step: Charge at C/3 until 4.3 V, stack_pressure: 7 MPa, within: 1 day}
output: {period: 1 h}
"""

OF_THE_LIFE = {"block", "extrapolated_cycles", "wall_time"}
"""What a cycle run alone can't have; nor what was lost since the first one."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("life") / "life.h5"
    run_to_file(parse_scenario(LIFE), path)
    return path


def cycles_of(path: Path) -> int:
    with h5py.File(path) as file:
        return int(file["cycles/cycle"].shape[0])


@pytest.mark.parametrize("which", [1, 2, -2, -1])
def test_a_cycle_has_the_numbers_of_the_life(invoke: Call, life: Path, which: int) -> None:
    number = which if which > 0 else cycles_of(life) + 1 + which
    done = invoke("rerun", life, "--cycle", number, "-o", "again.h5")
    assert done.exit_code == 0, done.output
    with h5py.File(life) as whole, h5py.File("again.h5") as again:
        assert again["cycles/cycle"][:].tolist() == [number - 1]
        assert again.attrs["rerun_cycle"] == number - 1
        assert again.attrs["scenario_name"] == f"life-cycle-{number}"
        for name in set(whole["cycles"]) - OF_THE_LIFE:
            if name.startswith("capacity_loss_"):
                continue
            expected = whole[f"cycles/{name}"][number - 1]
            np.testing.assert_array_equal(again[f"cycles/{name}"][0], expected, err_msg=name)
        assert whole["cycles/discharge_capacity"][number - 1] >= 0.0
        mine = whole["steps/cycle"][:] == number - 1
        assert (
            again["steps/text"].asstr()[:].tolist() == whole["steps/text"].asstr()[:][mine].tolist()
        )
        for name in ("end", "end_current", "capacity", "energy", "solver_steps", "rejected_steps"):
            np.testing.assert_array_equal(
                again[f"steps/{name}"][:], whole[f"steps/{name}"][:][mine]
            )
        # Everything is kept, whatever the life kept.
        rows = again["timeseries/time"].shape[0]
        assert rows >= again["steps/solver_steps"][:].sum()
        held = again["steps/kind"][:] < 6
        assert again["fields/time"].shape[0] == 2 * held.sum()


def test_profiles_within_steps(invoke: Call, life: Path) -> None:
    assert invoke("rerun", life, "--cycle", 2, "--fields", "2 min", "-o", ".").exit_code == 0
    with h5py.File("life-cycle-2.h5") as again:
        assert again["fields/time"].shape[0] > 30
    assert invoke("info", "life-cycle-2.h5").exit_code == 0


def test_the_file_lies_beside_the_life(invoke: Call, life: Path) -> None:
    assert invoke("rerun", life, "--cycle", 3, "-q").exit_code == 0
    assert life.with_name("life-cycle-3.h5").is_file()
    again = invoke("rerun", life, "--cycle", 3)
    assert again.exit_code == 2
    assert "exists already: replace it with --force" in again.stderr


def test_a_cycle_of_an_unfinished_run(invoke: Call, here: Path) -> None:
    class Killed(BaseException):
        pass

    calls = iter(range(3))

    def report(_: object) -> None:
        if next(calls, None) is None:
            raise Killed

    text = f"{BASE}name: small\n{ENDLESS}"
    with pytest.raises(Killed):
        run_to_file(parse_scenario(text), "small.h5", report=report)
    assert invoke("rerun", "small.h5.part", "--cycle", 2, "-q").exit_code == 0
    assert Path("small-cycle-2.h5").is_file()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--cycle", "77"), "does not keep the start of cycle 77: choose one of 1, 2, "),
        (("--cycle", "2", "--fields", "2"), "--fields 2: "),
    ],
)
def test_what_can_not_be_rerun_is_refused(
    invoke: Call, life: Path, here: Path, options: tuple[str, ...], complaint: str
) -> None:
    done = invoke("rerun", life, "-o", "x.h5", *options)
    assert done.exit_code == 2
    assert complaint in done.stderr
    assert list(here.iterdir()) == []


def test_a_rerun_is_not_rerun(invoke: Call, life: Path) -> None:
    assert invoke("rerun", life, "--cycle", 2, "-q", "-o", "x.h5").exit_code == 0
    done = invoke("rerun", "x.h5", "--cycle", 2)
    assert done.exit_code == 2
    assert "is of a single cycle: give the file of the whole run" in done.stderr
