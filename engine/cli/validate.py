"""``solidcell validate``: whether solidcell and PyBaMM agree, found out on the spot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from solidcell.engine.cli.options import Debug, Json, Quiet
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.errors import ComparisonFailed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from solidcell.engine.validation.run import (
        LifeRefinement,
        MeasurementResult,
        Refinement,
        Result,
    )

Names = Annotated[
    list[str] | None,
    typer.Option(
        "--case",
        metavar="NAME",
        help="A case, by its name or a part of it, or a group: cell, interfaces, ageing, "
        "impedance, measurements; repeatable.",
    ),
]
Convergence = Annotated[
    bool,
    typer.Option(
        "--convergence", metavar="", help="Refine PyBaMM's mesh in every case, too; slow."
    ),
]


def validate(
    case: Names = None,
    convergence: Convergence = False,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Compare solidcell with PyBaMM, with a twin in PyBaMM's language, and with measurements.

    The exit code is 4 if a case fails.
    """
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.cli.progress import CaseProgress
        from solidcell.engine.cli.warmup import compile_kernels
        from solidcell.engine.validation import reference, run

        if any(chosen.needs_pybamm for chosen in run.chosen_cases(case)):
            reference.load_pybamm()
        compile_kernels(terminal)
        with CaseProgress(terminal) as progress:
            results = run.validate(case, convergence=convergence, report=progress)
        terminal.document({"cases": [asdict(result) for result in results]})
        if not terminal.json:
            terminal.show(*_told(results))
        if failed := [result.name for result in results if not result.passed]:
            raise ComparisonFailed(
                f"{len(failed)} of {len(results)} cases failed: {', '.join(failed)}."
            )


def _told(results: Sequence[Result]) -> list[RenderableType]:
    from solidcell.engine.cli.grid import Grid
    from solidcell.engine.validation.run import MeasurementResult

    rows = list(_rows(results))
    columns = ("case", "RMS mV", "max mV", "cap. %", "other %", "own", "PyBaMM's own", "")
    limits = dict.fromkeys(
        one.tolerance for one in results if not isinstance(one, MeasurementResult)
    )
    told: list[RenderableType] = [
        Grid(
            "solidcell against PyBaMM and measurements",
            columns,
            rows,
            dispensable=("PyBaMM's own", "own", "other %"),
            most=len(rows),
        ),
        "",
        *(f"Passes at {words}." for words in limits),
    ]
    if limits:
        told += [
            "other %: current of a hold, or the state of an interface, what has aged, the |Z| or the "
            "measured value that differs most.",
            "own: what each side still changes by when refined, RMS mV/capacity %, of a life "
            "capacity/state %, or |Z| %.",
        ]
    if measured := [one for one in results if isinstance(one, MeasurementResult)]:
        told += ["", *_measured(measured)]
    return told


def _rows(results: Sequence[Result]) -> Iterator[tuple[str, ...]]:
    """Rows of the table; a group is announced where there are several."""
    several, group = len({one.group for one in results}) > 1, ""
    for one in results:
        if several and one.group != group:
            group = one.group
            yield (f"[bold]{group}[/]", *("",) * 7)
        verdict = "[green]passes[/]" if one.passed else "[red]fails[/]"
        yield (one.name, *_figures(one), verdict)


def _figures(one: Result) -> tuple[str, ...]:
    from solidcell.engine.validation.run import AgeingResult, CaseResult, SpectrumResult

    if isinstance(one, CaseResult):
        other = one.others_percent
        return (
            f"{one.rms_mV:.3f}",
            f"{one.max_mV:.3f}",
            f"{one.capacity_error_percent:.4f}",
            "" if other is None else f"{other:.3f}",
            _refined(one.solidcell),
            "" if one.pybamm is None else _refined(one.pybamm),
        )
    if isinstance(one, AgeingResult):
        return (
            "",
            "",
            f"{one.capacity_error_percent:.4f}",
            f"{one.others_percent:.3f}",
            _aged(one.solidcell),
            "" if one.pybamm is None else _aged(one.pybamm),
        )
    own = ("", "")
    if isinstance(one, SpectrumResult):
        own = (f"{one.solidcell_percent:.4f}", f"{one.pybamm_percent:.4f}")
    return ("", "", "", f"{one.largest_percent:.3f}", *own)


def _refined(change: Refinement) -> str:
    return f"{change.rms_mV:.3f}/{change.capacity_percent:.4f}"


def _aged(change: LifeRefinement) -> str:
    return f"{change.capacity_percent:.4f}/{change.states_percent:.3f}"


def _measured(results: Sequence[MeasurementResult]) -> Iterator[RenderableType]:
    """Measured and computed values, and what else there is to know."""
    from solidcell.engine.cli.grid import Grid

    rows = [
        (
            one.name.partition(":")[0] if point is one.points[0] else "",
            f"{one.quantity}, {one.unit}" if point is one.points[0] else "",
            point.at,
            point.measured,
            f"{point.computed:.3g}",
            f"{point.deviation_percent:+.1f}" if point.asserted else "(not counted)",
        )
        for one in results
        for point in one.points
    ]
    columns = ("source", "quantity", "at", "measured", "computed", "%")
    yield Grid("Measured values", columns, rows, dispensable=("quantity",), most=len(rows))
    yield ""
    for one in results:
        remark = f"; {one.remark}" if one.remark else ""
        yield f"{one.name.partition(':')[0]} passes at {one.tolerance}{remark}."
