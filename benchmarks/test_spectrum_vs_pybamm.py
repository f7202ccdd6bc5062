"""A spectrum of 60 frequencies by solidcell and by PyBaMM's EIS, in turn, in one run.

PyBaMM's linearisation is built beforehand and only solved here; solidcell goes through its public call.
Each uses a coarse mesh on which it is still within 0.2 % of the converged spectrum.
"""

import statistics
import time

import numpy as np

from solidcell.engine.protocol import Block
from solidcell.engine.protocol.parse import parse_step
from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.scenario.model import rating_of
from solidcell.engine.simulation import Simulation
from solidcell.engine.validation.discretisation import Mesh
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.spectra import AGREEMENT, largest_difference
from solidcell.engine.validation.spectrum_reference import eis_simulation

POINTS = 60
STOICHIOMETRY = 0.5
OURS = {"nodes": 12, "shells": 12}
THEIRS = Mesh(nodes=30, shells=30, shell_stretch=6.0, node_stretch=4.0)
CONVERGED = {"nodes": 80, "shells": 120}

PAIRS = 21
LONGEST = 2e-3
"""s."""
TARGET_RATIO = 10.0


def scenario_on(mesh: dict[str, int]) -> Scenario:
    """One step, which takes the spectrum of the reference cell in equilibrium."""
    scenario = load_scenario(
        "nmc811_lpscl_li_reference",
        overrides={
            "operation.initial_stoichiometry": STOICHIOMETRY,
            "output.impedance": {"lowest": "10 mHz", "highest": "10 kHz", "points": POINTS},
            "numerics.shell_stretch": 4.0,
            **{f"numerics.{name}": count for name, count in mesh.items()},
        },
    )
    step = parse_step("impedance", rating_of(scenario.cell))
    return scenario.model_copy(update={"protocol": (Block(1, (step,)),)})


def spectrum(simulation: Simulation) -> np.ndarray:
    rows = simulation.solve()["impedance"]
    impedance: np.ndarray = rows["z_real"][0] + 1j * rows["z_imag"][0]
    return impedance


def test_spectrum(benchmark):
    scenario = scenario_on(OURS)
    simulation = Simulation(scenario)
    positive, lithium = scenario.cell.composite, scenario.cell.negative
    theirs = eis_simulation(
        HalfCell.from_scenario(scenario),
        stoichiometry=STOICHIOMETRY,
        positive_double_layer=float(positive.double_layer_capacitance),
        lithium_double_layer=float(lithium.double_layer_capacitance),
        mesh=THEIRS,
    )
    frequencies = scenario.output.impedance.frequencies
    converged = spectrum(Simulation(scenario_on(CONVERGED)))
    ours_off = largest_difference(spectrum(simulation), converged)
    theirs_off = largest_difference(np.asarray(theirs.solve(frequencies).impedance), converged)

    ours_seconds, theirs_seconds = [], []
    for _ in range(PAIRS):
        started = time.perf_counter()
        theirs.solve(frequencies)
        theirs_seconds.append(time.perf_counter() - started)
        started = time.perf_counter()
        spectrum(simulation)
        ours_seconds.append(time.perf_counter() - started)
    ours, ratio = (
        statistics.median(ours_seconds),
        statistics.median(theirs_seconds) / statistics.median(ours_seconds),
    )
    benchmark.pedantic(spectrum, args=(simulation,), rounds=PAIRS)
    benchmark.extra_info.update(
        spectrum_ratio=ratio,
        milliseconds_solidcell=1e3 * ours,
        milliseconds_pybamm=1e3 * statistics.median(theirs_seconds),
        percent_off_solidcell=1e2 * ours_off,
        percent_off_pybamm=1e2 * theirs_off,
    )
    assert ours_off <= AGREEMENT
    assert theirs_off <= AGREEMENT
    assert ours < LONGEST
    assert ratio >= TARGET_RATIO
