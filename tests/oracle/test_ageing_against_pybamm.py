"""Cells age as PyBaMM's stock half cell does, where the two have the same laws.

The conventions, and which of PyBaMM's they are, stand in `solidcell.engine.validation.ageing`.
Both sides are converged: at half the shells or ten times the tolerance, PyBaMM's loss of material
moves by less than 4e-4 of itself and either side's capacity by less than 1e-4.
"""

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.simulation import Simulation
from solidcell.engine.validation.ageing import ageing_simulation
from solidcell.engine.validation.discretisation import Mesh, Tolerance

pytest.importorskip("pybamm")

CYCLES = [
    pytest.param(3, id="3 cycles"),
    pytest.param(100, id="100 cycles", marks=pytest.mark.slow),
]
OURS = {"nodes": 40, "shells": 60, "shell_stretch": 4.0, "rtol": 1e-6}
MESH = Mesh(nodes=30, shells=90, shell_stretch=2.0)
TOLERANCE = Tolerance(1e-6, 1e-6)

CAPACITY, LOSS, THICKNESS = 5e-4, 1e-3, 1e-3
"""Agreement asked for, relative; of the active material, that of its loss."""
BURIED = 1e-2
"""The same of the lithium that the lost material keeps: a solver step leaves it what the particles hold
at its end, which is first order in the step (0.75 % at these tolerances)."""

CRACKS = {
    "physics.cracking": "on",
    "cell.positive.cracking.rate": "4e-7 1/s",
    "cell.positive.active_material.volume_change": {"expression": "0.1*(x - 1)", "domain": [0, 1]},
}
"""5 % of the active material in 100 cycles."""
FRESH_FILM = 1e-9 / 3e-4
"""Resistance of the fresh film on lithium, Ohm m2."""
LITHIUM_FILM = {
    "physics.interphase": {"negative": "parabolic", "positive": "none"},
    "cell.negative.film.conductivity": "3e-4 S/m",
    "cell.negative.interface_resistance": f"{FRESH_FILM!r} Ohm m^2",
}
"""0.7 um and 40 mV in 100 cycles."""
PARTICLE_FILM = {
    "physics.interphase": {"negative": "none", "positive": "parabolic"},
    "cell.positive.film": {
        "growth_constant": "2e-22 m^2/s",
        "conductivity": "1e-7 S/m",
        "voltage_coefficient": 0,
        "first_charge_thickness": "0 nm",
        "consumes": "lithium",
    },
}
"""20 nm, 45 mV and 4 % of the lithium in 100 cycles."""


def scenario_of(cycles: int, **physics: object) -> Scenario:
    """The reference cell through cycles, with one thing that ages it."""
    protocol = {
        "repeat": cycles,
        "steps": [
            "Charge at C/3 until 4.3 V",
            "Hold at 4.3 V until C/20",
            "Discharge at C/3 until 2.8 V",
        ],
    }
    return load_scenario(
        "nmc811_lpscl_li_reference",
        overrides={
            "operation.initial_stoichiometry": 0.9,
            "cell.positive.active_material.diffusivity": "3e-15 m^2/s",
            "protocol": [protocol],
            "numerics": OURS,
            "output.period": "1 h",
            **physics,
        },
    )


class Reference:
    """PyBaMM's cycles of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        simulation = ageing_simulation(scenario, mesh=MESH, tolerance=TOLERANCE)
        self.steps = [cycle.steps[-1] for cycle in simulation.solve(calc_esoh=False).cycles]

    def of_discharges(self, name: str) -> np.ndarray:
        """A variable at the beginning and the end of each discharge, (cycles, 2)."""
        values = [np.asarray(step[name].entries) for step in self.steps]
        # Over the electrode, whose volumes are equal.
        return np.array([[rows[..., 0].mean(), rows[..., -1].mean()] for rows in values])

    @property
    def capacity(self) -> np.ndarray:
        return np.diff(self.of_discharges("Discharge capacity [A.h]"))[:, 0]


@pytest.mark.parametrize("cycles", CYCLES)
def test_active_material_cracks_off_under_stress(cycles):
    scenario = scenario_of(cycles, **CRACKS)
    ours, theirs = Simulation(scenario).solve().cycles, Reference(scenario)
    left = theirs.of_discharges("X-averaged positive electrode active material volume fraction")
    lost = 1.0 - left[:, 1] / float(scenario.cell.composite.active_volume_fraction)
    buried = theirs.of_discharges(
        "Loss of lithium due to loss of active material in positive electrode [mol]"
    )
    np.testing.assert_allclose(ours["loss_of_active_material"], lost, rtol=LOSS)
    kept = buried[:, 1] / scenario.cell.electrode_area
    np.testing.assert_allclose(ours["trapped_lithium"], kept, rtol=BURIED)
    np.testing.assert_allclose(ours["discharge_capacity"], theirs.capacity, rtol=CAPACITY)


@pytest.mark.parametrize("cycles", CYCLES)
@pytest.mark.parametrize(
    ("side", "physics"),
    [("negative", LITHIUM_FILM), ("positive", PARTICLE_FILM)],
    ids=["on lithium", "on particles"],
)
def test_film_grows_as_the_root_of_time(side, physics, cycles):
    scenario = scenario_of(cycles, **physics)
    ours, theirs = Simulation(scenario).solve().cycles, Reference(scenario)
    thickness = theirs.of_discharges(f"{side.capitalize()} SEI thickness [m]")[:, 1]
    np.testing.assert_allclose(ours[f"film_thickness_{side}"], thickness, rtol=THICKNESS)
    np.testing.assert_allclose(ours["discharge_capacity"], theirs.capacity, rtol=CAPACITY)


@pytest.mark.parametrize(
    ("physics", "told"),
    [
        ({"physics.interphase": "logarithmic"}, "parabola"),
        ({"physics.interphase": {"positive": "parabolic"}}, "consumes"),
        ({"physics.interphase": {"negative": "parabolic"}}, "interface_resistance"),
        ({"physics.cracking": "on"}, "straight line"),
    ],
)
def test_what_pybamm_has_not_is_refused(physics, told):
    film = {"logarithmic_constant": "1 nm", "logarithmic_time": "1 h"}
    if "logarithmic" in physics.values():
        physics = physics | {
            f"cell.{side}.film.{name}": value
            for side in ("positive", "negative")
            for name, value in film.items()
        }
    with pytest.raises(InputError, match=told):
        ageing_simulation(scenario_of(1, **physics), mesh=MESH, tolerance=TOLERANCE)
