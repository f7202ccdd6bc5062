"""Find the cheapest way to have PyBaMM solve the discharge, and print what each way costs.

python benchmarks/pybamm_search.py             # the configurations in use
python benchmarks/pybamm_search.py --search    # search anew; takes minutes
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from itertools import product
from statistics import median

import numpy as np
from pybamm_best import (
    BEST,
    TARGET,
    Configuration,
    Form,
    Prebuilt,
    compiler_found,
    converged_curve,
)

from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation.agreement import (
    relative_capacity_difference,
    root_mean_square,
    voltage_difference_at_equal_charge,
)
from solidcell.engine.validation.cases import Diffusivity
from solidcell.engine.validation.curve import Curve
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell

#: A found configuration must keep this share of the target: steps differ a little by machine.
_MARGIN = 0.95
#: Meshes that are timed, and the gradings that are tried.
_FEWEST = 6
_STRETCHES = {Diffusivity.CONSTANT: (1.0, 1.5, 2.0), Diffusivity.COMPOSITION: (2.5, 3.0)}
#: Tolerance at which meshes are judged, and the tolerances that are tried for speed.
_TIGHT = Tolerance(1.0e-6, 1.0e-7)
_TOLERANCES = (
    (3.0e-4, 1.0e-6),
    (2.0e-4, 1.0e-6),
    (1.0e-4, 1.0e-5),
    (1.0e-4, 3.0e-6),
    (1.0e-4, 1.0e-6),
    (5.0e-5, 3.0e-6),
    (5.0e-5, 1.0e-6),
)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a configuration costs and how far it is off.

    Attributes
    ----------
    configuration : Configuration
        What was measured.
    compiled : bool
        Whether machine code ran.
    seconds : float
        Median of repeated solves.
    steps : int
        Accepted steps of the integrator.
    states : int
        Unknowns.
    rms, maximum : float
        Difference from the converged voltage [V].
    capacity : float
        Relative difference from the converged capacity.
    """

    configuration: Configuration
    compiled: bool
    seconds: float
    steps: int
    states: int
    rms: float
    maximum: float
    capacity: float


def measure(
    cell: HalfCell,
    configuration: Configuration,
    converged: Curve,
    *,
    compiled: bool,
    repeats: int = 11,
) -> Measurement:
    """Time a configuration and compare it with the converged curve.

    Parameters
    ----------
    cell : HalfCell
        The reference cell with its law D(x).
    configuration : Configuration
        What to measure.
    converged : Curve
        Of the same diffusivity.
    compiled : bool
        Whether to compile ahead of time.
    repeats : int
        Timed solves, each with its own current.

    Returns
    -------
    Measurement
    """
    prebuilt = Prebuilt(cell, configuration, compiled=compiled)
    solution = prebuilt.solve()
    seconds = []
    for number in range(repeats):
        c_rate = 1.0 + 1.0e-5 * number
        start = time.perf_counter()
        prebuilt.solve(c_rate)
        seconds.append(time.perf_counter() - start)
    curve = prebuilt.curve(solution)
    difference = voltage_difference_at_equal_charge(curve, converged)
    return Measurement(
        configuration=configuration,
        compiled=compiled,
        seconds=median(seconds) if seconds else float("nan"),
        steps=len(solution.t) - 1,
        states=prebuilt.states,
        rms=root_mean_square(difference),
        maximum=float(np.max(np.abs(difference))),
        capacity=relative_capacity_difference(curve, converged),
    )


def search(
    cell: HalfCell, form: Form, diffusivity: Diffusivity, converged: Curve, *, compiled: bool
) -> list[Measurement]:
    """Look for the cheapest mesh and tolerance within the target error.

    Meshes are tried at a tight tolerance first; of those that keep the target, the few with the
    fewest unknowns are timed with every candidate tolerance and Newton setting.

    Parameters
    ----------
    cell : HalfCell
        The reference cell with its law D(x).
    form : Form
        Stock model or lean equations.
    diffusivity : Diffusivity
        Law of the particles.
    converged : Curve
        Of the same diffusivity.
    compiled : bool
        Whether to compile ahead of time.

    Returns
    -------
    list of Measurement
        All within the target, fastest first.
    """
    from pybamm import SolverError

    meshes = [
        Mesh(nodes=nodes, shells=shells, shell_stretch=stretch, separator_nodes=3)
        for nodes in (22, 24, 26, 28)
        for shells in (18, 20, 22, 24, 30)
        for stretch in _STRETCHES[diffusivity]
    ]
    good = []
    for mesh in meshes:
        configuration = Configuration(form, diffusivity, mesh, _TIGHT)
        found = measure(cell, configuration, converged, compiled=False, repeats=0)
        if found.rms <= _MARGIN * TARGET:
            good.append((found.states, mesh))
    good.sort(key=lambda entry: entry[0])
    results = []
    for (_, mesh), (relative, absolute), iterations, coefficient in product(
        good[:_FEWEST], _TOLERANCES, (4, 6), (0.33, 0.1)
    ):
        configuration = Configuration(
            form, diffusivity, mesh, Tolerance(relative, absolute), iterations, coefficient
        )
        try:
            results.append(measure(cell, configuration, converged, compiled=compiled))
        except SolverError:
            continue
    return sorted(
        (entry for entry in results if entry.rms <= _MARGIN * TARGET),
        key=lambda entry: entry.seconds,
    )


def _row(found: Measurement) -> str:
    """One line of the printed table."""
    configuration = found.configuration
    mesh, tolerance = configuration.mesh, configuration.tolerance
    return (
        f"{configuration.form.value:10} {configuration.diffusivity.value:12}"
        f"{mesh.nodes:4d} x {mesh.shells:<3d} {mesh.shell_stretch:4.1f}"
        f"{tolerance.relative:9.0e}{tolerance.absolute:9.0e}"
        f"{configuration.newton_iterations:4d}{configuration.newton_coefficient:6.2f}"
        f"{'compiled' if found.compiled else 'prebuilt':>10}"
        f"{found.seconds * 1e3:9.2f} ms{found.steps:6d}{found.states:6d}"
        f"{found.rms * 1e3:8.3f}{found.maximum * 1e3:8.3f} mV{found.capacity * 100:9.4f} %"
    )


def main() -> None:
    """Print the table of the best configurations, or search for them anew."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--search", action="store_true", help="search anew; takes minutes")
    again = parser.parse_args().search
    compiled = compiler_found()
    if not compiled:
        print("No C compiler on the path: PyBaMM runs prebuilt, not compiled ahead of time.")
    cell = HalfCell.from_scenario(load_scenario("nmc811_lpscl_li_reference"))
    for diffusivity in Diffusivity:
        converged = converged_curve(cell, diffusivity)
        print(f"{diffusivity.value}: converged capacity {converged.charge[-1] / 36e3:.5f} mAh/cm2")
        for form in Form:
            if again:
                results = search(cell, form, diffusivity, converged, compiled=compiled)[:5]
            else:
                best = BEST[form, diffusivity]
                kinds = (False, True) if compiled else (False,)
                results = [measure(cell, best, converged, compiled=kind) for kind in kinds]
            for found in results:
                print(_row(found))


if __name__ == "__main__":
    main()
