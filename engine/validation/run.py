"""Run the validation: every case on both sides, each shown to be converged."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation import candidate, reference
from solidcell.engine.validation.agreement import Agreement, compare
from solidcell.engine.validation.cases import CASES, SHOWN_CONVERGED, Case
from solidcell.engine.validation.curve import Curve
from solidcell.engine.validation.half_cell import HalfCell

#: Most that doubling the shells of either side may move a capacity, relative.
CONVERGED_CAPACITY = 2.0e-4


@dataclass(frozen=True, slots=True)
class Refinement:
    """Change of a side's own answer when it is refined.

    Attributes
    ----------
    rms_mV, max_mV
        Of the voltage, mV.
    capacity_percent
        Of the charge passed, %.
    """

    rms_mV: float
    max_mV: float
    capacity_percent: float

    @classmethod
    def between(cls, agreement: Agreement) -> Refinement:
        """From the differences between a coarse and a fine answer."""
        return cls(
            1e3 * agreement.rms_voltage,
            1e3 * agreement.maximum_voltage,
            1e2 * agreement.capacity,
        )


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How far solidcell and PyBaMM lie apart in a case.

    Attributes
    ----------
    name
        Of the case.
    passed
        Whether every difference keeps its limit, and both sides are converged where that was asked.
    rms_mV, max_mV
        Difference of voltage, mV.
    capacity_error_percent
        Difference of the charge passed, %.
    hold_current_percent
        RMS difference of current in holds, % of 1C; None without a hold.
    tolerance
        The limits, in words.
    solidcell
        Change of solidcell's answer with nodes and shells doubled and a tenth of the tolerance.
    pybamm
        Change of PyBaMM's answer with the shells doubled; None where it was not asked for.
    """

    name: str
    passed: bool
    rms_mV: float
    max_mV: float
    capacity_error_percent: float
    hold_current_percent: float | None
    tolerance: str
    solidcell: Refinement
    pybamm: Refinement | None


def case_names() -> tuple[str, ...]:
    """Names of all cases, in order."""
    return tuple(case.name for case in CASES)


def chosen_cases(names: Collection[str] | None) -> tuple[Case, ...]:
    """Cases by name, or by a part of it; all of them if none is given.

    Raises
    ------
    InputError
        If a name belongs to no case.
    """
    if not names:
        return CASES
    for name in names:
        if not any(name.lower() in case.name.lower() for case in CASES):
            raise InputError(f"there is no case '{name}'; choose from: {', '.join(case_names())}.")
    return tuple(case for case in CASES if any(name.lower() in case.name.lower() for name in names))


def validate(
    names: Collection[str] | None = None,
    *,
    convergence: bool = False,
    report: Callable[[str, int, int], None] | None = None,
) -> list[CaseResult]:
    """Compare solidcell with PyBaMM.

    Parameters
    ----------
    names
        Cases, by name or a part of it; all if not given.
    convergence
        Refine PyBaMM in every case, not only in the discharges of `SHOWN_CONVERGED`.
    report
        Called before every case with its name, its number from 0 and the number of cases.

    Returns
    -------
    list of CaseResult

    Raises
    ------
    InputError
        For an unknown name, or without PyBaMM.
    """
    chosen = chosen_cases(names)
    reference.load_pybamm()
    cell = HalfCell.from_scenario(load_scenario(candidate.REFERENCE_SCENARIO))
    results = []
    for number, case in enumerate(chosen):
        if report is not None:
            report(case.name, number, len(chosen))
        results.append(
            compare_case(cell, case, refine_pybamm=convergence or case.name in SHOWN_CONVERGED)
        )
    return results


def compare_case(cell: HalfCell, case: Case, *, refine_pybamm: bool) -> CaseResult:
    """Run a case on both sides, and each side once more refined.

    Parameters
    ----------
    cell
        The reference cell.
    case
        The case.
    refine_pybamm
        Whether to double PyBaMM's shells, too, which takes as long again.
    """
    mesh, tolerance = candidate.MESHES[case.diffusivity], candidate.TOLERANCE

    def differences(curve: Curve, other: Curve) -> Agreement:
        return compare(
            curve,
            other,
            grid=case.grid,
            one_c=cell.nominal_areal_capacity / 3600.0,
            holds=case.holds,
        )

    ours = candidate.solve(case, mesh=mesh, tolerance=tolerance)
    finer = candidate.solve(
        case,
        mesh=mesh.with_double_shells().with_double_nodes(),
        tolerance=tolerance.tightened(),
    )
    theirs = reference.solve(cell, case)
    agreement = differences(ours, theirs)
    ours_refined = differences(ours, finer)
    theirs_refined = None
    if refine_pybamm:
        doubled = reference.solve(cell, case, mesh=case.mesh.with_double_shells())
        theirs_refined = differences(theirs, doubled)
    limits = case.limits
    converged = ours_refined.capacity <= CONVERGED_CAPACITY and (
        theirs_refined is None or theirs_refined.capacity <= CONVERGED_CAPACITY
    )
    hold = agreement.hold_current
    words = (
        f"{1e3 * limits.rms_voltage:g} mV RMS, {1e3 * limits.maximum_voltage:g} mV at most, "
        f"{1e2 * limits.capacity:g} % of capacity"
    )
    if hold is not None:
        words += f", {1e2 * limits.hold_current:g} % of 1C in the hold"
    return CaseResult(
        name=case.name,
        passed=converged and agreement.within(limits),
        rms_mV=1e3 * agreement.rms_voltage,
        max_mV=1e3 * agreement.maximum_voltage,
        capacity_error_percent=1e2 * agreement.capacity,
        hold_current_percent=None if hold is None else 1e2 * hold,
        tolerance=words,
        solidcell=Refinement.between(ours_refined),
        pybamm=None if theirs_refined is None else Refinement.between(theirs_refined),
    )
