"""Run the validation: every case on both sides, each shown to be converged."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation import candidate, interfaces, lives, reference, spectra
from solidcell.engine.validation.agreement import Agreement, compare
from solidcell.engine.validation.cases import CASES, SHOWN_CONVERGED, Case
from solidcell.engine.validation.curve import Curve
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.interfaces import compare_twin
from solidcell.engine.validation.lives import LIVES, compare_life
from solidcell.engine.validation.measurements import MEASUREMENT_CASES, compare_measurement
from solidcell.engine.validation.measurements.case import GROUP as MEASUREMENTS
from solidcell.engine.validation.results import (
    CONVERGED_CAPACITY,
    AgeingResult,
    CaseResult,
    LifeRefinement,
    MeasurementResult,
    Refinement,
    Result,
    SpectrumResult,
)
from solidcell.engine.validation.spectra import SPECTRUM_CASES, compare_spectrum
from solidcell.engine.validation.twin import TWIN_CASES

__all__ = [
    "AgeingResult",
    "CaseResult",
    "LifeRefinement",
    "MeasurementResult",
    "Refinement",
    "Result",
    "SpectrumResult",
    "ValidationCase",
    "case_names",
    "chosen_cases",
    "compare_case",
    "validate",
]

CELL = "cell"
"""Group of the cases on the reference cell, whose interfaces are at rest."""


@dataclass(frozen=True, slots=True)
class ValidationCase:
    """A case of any group.

    Attributes
    ----------
    group, name
        What it belongs to, and its own name.
    compare
        Runs it; told whether to show in every case that the other side is converged.
    """

    group: str
    name: str
    compare: Callable[[bool], Result]

    @property
    def needs_pybamm(self) -> bool:
        """Whether the other side is PyBaMM."""
        return self.group != MEASUREMENTS

    def matches(self, name: str) -> bool:
        """Whether a name means this case: a part of its own, or its group's."""
        return name.lower() in self.name.lower() or name.lower() == self.group


def all_cases() -> tuple[ValidationCase, ...]:
    """Every case of every group, in order."""
    return (
        *(ValidationCase(CELL, case.name, partial(_compare_cell, case)) for case in CASES),
        *(
            ValidationCase(interfaces.GROUP, case.name, partial(compare_twin, case))
            for case in TWIN_CASES
        ),
        *(ValidationCase(lives.GROUP, life.name, partial(compare_life, life)) for life in LIVES),
        *(
            ValidationCase(spectra.GROUP, case.name, partial(compare_spectrum, case))
            for case in SPECTRUM_CASES
        ),
        *(
            ValidationCase(MEASUREMENTS, case.name, partial(compare_measurement, case))
            for case in MEASUREMENT_CASES
        ),
    )


def case_names() -> tuple[str, ...]:
    """Names of all cases, in order."""
    return tuple(case.name for case in all_cases())


def chosen_cases(names: Collection[str] | None) -> tuple[ValidationCase, ...]:
    """Cases by name, by a part of it, or by group; all of them if none is given.

    Raises
    ------
    InputError
        If a name belongs to no case.
    """
    cases = all_cases()
    if not names:
        return cases
    for name in names:
        if not any(case.matches(name) for case in cases):
            groups = ", ".join(dict.fromkeys(case.group for case in cases))
            raise InputError(
                f"there is no case '{name}'; choose from: {'; '.join(case_names())}; or a group: "
                f"{groups}."
            )
    return tuple(case for case in cases if any(case.matches(name) for name in names))


def validate(
    names: Collection[str] | None = None,
    *,
    convergence: bool = False,
    report: Callable[[str, int, int], None] | None = None,
) -> list[Result]:
    """Compare solidcell with PyBaMM, with its twin and with measurements.

    Parameters
    ----------
    names
        Cases, by name, a part of it, or group; all if not given.
    convergence
        Refine PyBaMM and the twin in every case, not only in the discharges of `SHOWN_CONVERGED`.
    report
        Called before every case with its name, its number from 0 and the number of cases.

    Returns
    -------
    list of Result

    Raises
    ------
    InputError
        For an unknown name, or without PyBaMM where a case needs it.
    """
    chosen = chosen_cases(names)
    if any(case.needs_pybamm for case in chosen):
        reference.load_pybamm()
    results = []
    for number, case in enumerate(chosen):
        if report is not None:
            report(case.name, number, len(chosen))
        results.append(case.compare(convergence))
    return results


def _compare_cell(case: Case, convergence: bool) -> CaseResult:
    cell = HalfCell.from_scenario(load_scenario(candidate.REFERENCE_SCENARIO))
    return compare_case(cell, case, refine_pybamm=convergence or case.name in SHOWN_CONVERGED)


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
    ours_refined = differences(ours, finer)
    theirs_refined = None
    if refine_pybamm:
        doubled = reference.solve(cell, case, mesh=case.mesh.with_double_shells())
        theirs_refined = differences(theirs, doubled)
    return CaseResult.of(
        case.name,
        differences(ours, theirs),
        case.limits,
        converged=ours_refined.capacity <= CONVERGED_CAPACITY
        and (theirs_refined is None or theirs_refined.capacity <= CONVERGED_CAPACITY),
        solidcell=Refinement.between(ours_refined),
        pybamm=None if theirs_refined is None else Refinement.between(theirs_refined),
        group=CELL,
    )
