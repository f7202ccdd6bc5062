"""The cases with living interfaces, run by solidcell and by its twin."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from solidcell.engine.protocol import Block, Step
from solidcell.engine.scenario import Scenario
from solidcell.engine.simulation import Simulation, Solution
from solidcell.engine.validation.agreement import Agreement, Limits, compare
from solidcell.engine.validation.candidate import TOLERANCE, curve_of, with_rows
from solidcell.engine.validation.curve import Curve, FloatArray, IntArray
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.results import CONVERGED_CAPACITY, CaseResult, Refinement
from solidcell.engine.validation.states import Answer, largest_deviations
from solidcell.engine.validation.twin import TwinCase, twin_cell, twin_protocol, twin_start
from solidcell.engine.validation.twin.solve import solve as solve_twin
from solidcell.kernels.layout import offsets

GROUP = "interfaces"

MESH = Mesh(nodes=40, shells=120, shell_stretch=4.0)
"""solidcell's; nodes are uniform, so that both sides have them in the same places."""
TWIN_MESH = Mesh(nodes=40, shells=120, shell_stretch=3.0)
"""The twin's; its equations read D(x) at the surface off a straight line, as PyBaMM does."""

STATES = 1.0e-3
"""Largest difference of a state that counts as agreement, see `states`."""

_ROWS = (
    "contact_fraction_positive",
    "contact_fraction_negative",
    "film_thickness_positive",
    "film_thickness_negative",
    "void_thickness_negative",
    "stack_pressure",
    "short_circuit_damage",
)
"""States that either side tells along the protocol."""


def compare_twin(case: TwinCase, refine_twin: bool = False) -> CaseResult:
    """Run a case on both sides, and solidcell's once more refined.

    Parameters
    ----------
    case
        The case.
    refine_twin
        Whether to double the twin's nodes and shells, too.
    """
    one_c = _one_c(case.scenario())

    def differences(answer: Answer, other: Answer) -> Agreement:
        return compare(answer.curve, other.curve, grid=case.grids, one_c=one_c, holds=case.holds)

    ours = solve(case, MESH, TOLERANCE)
    finer = solve(case, _refined(MESH), TOLERANCE.tightened())
    theirs = twin(case, TWIN_MESH, Tolerance())
    agreement = differences(ours, theirs)
    states = largest_deviations(ours, theirs, case.grids)
    own = differences(ours, finer)
    own_states = max(largest_deviations(finer, ours, case.grids).values())
    twins: Agreement | None = None
    twin_states: float | None = None
    if refine_twin:
        doubled = twin(case, _refined(TWIN_MESH), Tolerance().tightened())
        twins = differences(theirs, doubled)
        twin_states = max(largest_deviations(doubled, theirs, case.grids).values())
    limits = Limits()
    converged = own.capacity <= CONVERGED_CAPACITY and (
        twins is None or twins.capacity <= CONVERGED_CAPACITY
    )
    return CaseResult.of(
        case.name,
        agreement,
        limits,
        converged=converged,
        solidcell=Refinement.between(own, own_states),
        pybamm=None if twins is None else Refinement.between(twins, twin_states),
        group=GROUP,
        states=states,
        states_limit=STATES,
    )


def solve(case: TwinCase, mesh: Mesh, tolerance: Tolerance) -> Answer:
    """Run a case with solidcell.

    Parameters
    ----------
    case
        The case.
    mesh, tolerance
        Finite volumes, and tolerance of the integrator, whose relative part counts.
    """
    scenario = case.scenario(
        {
            "numerics.nodes": mesh.nodes,
            "numerics.node_stretch": mesh.node_stretch,
            "numerics.shells": mesh.shells,
            "numerics.shell_stretch": mesh.shell_stretch,
            "numerics.rtol": tolerance.relative,
        }
    )
    dense = with_rows(scenario, case.grids)
    # A state vector is kept where a block begins: one more tells where the last step has ended.
    after = Block(1, (Step("rest", 0.0, "Rest for 1 second", duration=1.0),))
    dense = dense.model_copy(update={"protocol": (*dense.protocol, after)})
    solution = Simulation(dense).solve()
    rows, whole = solution.timeseries, curve_of(solution, scenario)
    kept = whole.step < len(case.protocol)
    return Answer(
        curve=replace(
            whole, **{column.name: getattr(whole, column.name)[kept] for column in fields(Curve)}
        ),
        states={name: rows[name][kept] for name in _ROWS},
        ends=_ends(solution, mesh),
    )


def twin(case: TwinCase, mesh: Mesh, tolerance: Tolerance) -> Answer:
    """Run a case with the twin.

    Parameters
    ----------
    case
        The case.
    mesh, tolerance
        Finite volumes, and tolerance of the integrator.
    """
    scenario = case.scenario()
    result = solve_twin(
        twin_cell(scenario),
        twin_protocol(scenario),
        twin_start(scenario),
        mesh=mesh,
        tolerance=tolerance,
        entropy=scenario.physics.entropy == "on",
    )
    last = _ends_of_steps(result.curve.step)
    profiles = _ends_of_steps(result.snapshot_step)
    ends = {
        "contact_retention_nodes": result.nodes["contact_retention_positive"][profiles],
        "film_thickness_nodes": result.nodes["film_thickness_positive"][profiles],
        "highest_pressure": result.interface["highest_pressure"][last],
    }
    if "film_charge_positive" in result.interface:
        ends["film_charge_positive"] = result.interface["film_charge_positive"][last]
    return Answer(
        curve=result.curve,
        states={name: result.interface[name] for name in _ROWS},
        ends=ends,
    )


def _ends(solution: Solution, mesh: Mesh) -> dict[str, FloatArray]:
    """States at the start and the ends of the steps: those at the beginning of each block."""
    vectors = solution.checkpoints["state_vector"]
    o = offsets(mesh.nodes, mesh.shells)

    def nodal(first: int) -> FloatArray:
        return vectors[:, first : first + mesh.nodes]

    return {
        "contact_retention_nodes": nodal(o.contact_retention),
        "film_thickness_nodes": np.sqrt(nodal(o.film_square)) + nodal(o.first_film),
        "highest_pressure": vectors[:, o.highest_pressure],
        "film_charge_positive": vectors[:, o.positive_film_charge],
    }


def _ends_of_steps(steps: IntArray) -> list[int]:
    """The first row of all, and the last of each step."""
    return [0, *(int(np.flatnonzero(steps == number)[-1]) for number in np.unique(steps))]


def _refined(mesh: Mesh) -> Mesh:
    return mesh.with_double_shells().with_double_nodes()


def _one_c(scenario: Scenario) -> float:
    """Current density of 1C [A/m2]."""
    assert scenario.cell.nominal_areal_capacity is not None
    return float(scenario.cell.nominal_areal_capacity) / 3600.0
