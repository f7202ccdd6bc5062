"""What the benchmarks share: the discharge that everything is measured on."""

import os

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")

import pytest

from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.simulation import Simulation
from solidcell.engine.validation.cases import CONSTANT_DIFFUSIVITY, Diffusivity

SETTINGS = {
    Diffusivity.CONSTANT: {
        "numerics.nodes": 20,
        "numerics.shells": 9,
        "numerics.shell_stretch": 3.0,
        "numerics.rtol": 4e-4,
        "cell.positive.active_material.diffusivity": f"{CONSTANT_DIFFUSIVITY} m^2/s",
    },
    Diffusivity.COMPOSITION: {
        "numerics.nodes": 24,
        "numerics.shells": 14,
        "numerics.shell_stretch": 4.5,
        "numerics.rtol": 3e-4,
    },
}
"""The cheapest mesh and tolerance whose 1C discharge is within 0.1 mV RMS of its converged curve."""


def discharge_scenario(diffusivity: Diffusivity, **more: object) -> Scenario:
    """1C discharge of the reference cell at equal accuracy; `more` are overrides."""
    return load_scenario(
        "nmc811_lpscl_li_reference",
        overrides={
            "protocol": ["Discharge at 1C until 2.8 V"],
            **SETTINGS[diffusivity],
            **more,
        },
    )


@pytest.fixture(params=list(Diffusivity), ids=lambda law: law.value)
def diffusivity(request: pytest.FixtureRequest) -> Diffusivity:
    """Law of diffusion in the particles."""
    law: Diffusivity = request.param
    return law


@pytest.fixture
def simulation(diffusivity: Diffusivity) -> Simulation:
    """The discharge, compiled."""
    ready = Simulation(discharge_scenario(diffusivity))
    ready.compile()
    return ready


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the comparison with PyBaMM found, below the table of times."""
    session = getattr(terminalreporter.config, "_benchmarksession", None)
    every = getattr(session, "benchmarks", [])
    for one in every:
        told = one.extra_info
        if "spectrum_ratio" in told:
            terminalreporter.write_line(
                f"{one.name}: {told['milliseconds_solidcell']:.2f} ms, PyBaMM's EIS "
                f"{told['milliseconds_pybamm']:.1f} ms, ratio {told['spectrum_ratio']:.1f}"
            )
        if "interfaces_ratio" in told:
            terminalreporter.write_line(
                f"{one.name}: {told['interfaces_ratio']:.2f} times the plain step"
            )
        if "ageing_ratio" in told:
            terminalreporter.write_line(
                f"{one.name}: a cycle with its file {told['milliseconds_solidcell']:.3f} ms "
                f"({told['milliseconds_solving']:.3f} solving, {told['steps_solidcell']:.0f} steps), "
                f"PyBaMM {told['milliseconds_pybamm']:.2f} ms ({told['steps_pybamm']:.0f} steps), "
                f"ratio {told['ageing_ratio']:.1f} ({told['ratio_of_solvers']:.1f} solving)"
            )
            terminalreporter.write_line(
                f"    capacity off by {told['percent_off_solidcell']:.3f} and "
                f"{told['percent_off_pybamm']:.3f} %, films by "
                f"{told['percent_films_off_solidcell']:.3f} and "
                f"{told['percent_films_off_pybamm']:.3f} %, nodes x shells {told['meshes']}"
            )
        if "memory_growth_MB" in told:
            terminalreporter.write_line(
                f"{one.name}: {told['memory_growth_MB']:.1f} MB between cycle 100 and 1,000, file "
                f"{told['file_MB']:.1f} MB, writing {100 * told['store_share']:.0f} % of the run"
            )
    found = [one for one in every if "ratio" in one.extra_info]
    if not found:
        return
    terminalreporter.write_sep("-", "1C discharge at equal accuracy, medians of interleaved solves")
    heads = ("PyBaMM and D", "solidcell", "PyBaMM", "ratio", "errors, mV", "steps")
    terminalreporter.write_line("{:<24}{:>12}{:>12}{:>8}{:>17}{:>12}".format(*heads))
    for one in found:
        told = one.extra_info
        terminalreporter.write_line(
            f"{one.param:<24}"
            f"{told['milliseconds_solidcell']:>9.3f} ms{told['milliseconds_pybamm']:>9.2f} ms"
            f"{told['ratio']:>8.1f}"
            f"{told['error_solidcell_mV']:>9.3f}{told['error_pybamm_mV']:>8.3f}"
            f"{told['steps_solidcell']:>6}{told['steps_pybamm']:>6}"
        )
