"""All that runs in a process shares one compiled driver: a second would cost half a minute."""

from laboratory import ONE_C, SLOWING, current, make_cell, run

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation
from solidcell.kernels.driver import drive


def test_scenarios_of_any_kind_and_cells_made_by_hand_share_the_compiled_driver() -> None:
    for changes in (
        {"protocol": ["Discharge at 1C for 1 minute"]},
        {"protocol": ["Hold at 4 V for 1 minute"], "output": {"period": "10 s"}},
        {"protocol": [{"reset": {"stoichiometry": 0.5}}, "Rest for 1 minute"]},
        {
            "protocol": ["Discharge at 100 W for 1 minute"],
            "cell.positive.active_material.diffusivity": {"constant": "3e-15 m^2/s"},
        },
    ):
        Simulation(load_scenario("nmc811_lpscl_li_reference", overrides=changes)).solve()
    foils = {"protocol": ["Discharge at 0.1 mA/cm^2 for 1 minute", "impedance"]}
    Simulation(load_scenario("li_symmetric_critical_current", overrides=foils)).solve()
    run(make_cell(), [current(ONE_C, duration=60.0)])
    run(make_cell(diffusivity=SLOWING), [current(ONE_C, duration=60.0)], longest=5.0, repeat=2)
    assert len(drive.signatures) == 1
