"""``solidcell validate``: whether solidcell and PyBaMM agree, found out on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from solidcell.engine.cli.options import Debug, Json, Quiet
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.errors import ComparisonFailed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from solidcell.engine.validation.run import CaseResult, Refinement

Names = Annotated[
    list[str] | None,
    typer.Option("--case", metavar="NAME", help="A case, by its name or a part of it; repeatable."),
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
    """Solve the validation cases with solidcell and with PyBaMM, and compare.

    The exit code is 4 if a case fails.
    """
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.cli.progress import CaseProgress
        from solidcell.engine.cli.warmup import compile_kernels
        from solidcell.engine.validation import reference, run

        run.chosen_cases(case)
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


def _told(results: Sequence[CaseResult]) -> list[RenderableType]:
    from solidcell.engine.cli.grid import Grid

    rows = [
        (
            one.name,
            f"{one.rms_mV:.3f}",
            f"{one.max_mV:.3f}",
            f"{one.capacity_error_percent:.4f}",
            "" if one.hold_current_percent is None else f"{one.hold_current_percent:.3f}",
            _refined(one.solidcell),
            "" if one.pybamm is None else _refined(one.pybamm),
            "[green]passes[/]" if one.passed else "[red]fails[/]",
        )
        for one in results
    ]
    columns = ("case", "RMS mV", "max mV", "cap. %", "hold %", "own", "PyBaMM's own", "")
    return [
        Grid(
            "solidcell against PyBaMM",
            columns,
            rows,
            dispensable=("hold %", "PyBaMM's own", "own"),
            most=len(rows),
        ),
        "",
        *(f"Passes at {words}." for words in dict.fromkeys(one.tolerance for one in results)),
        "own: what each side still changes by when refined, RMS mV/capacity %.",
    ]


def _refined(change: Refinement) -> str:
    return f"{change.rms_mV:.3f}/{change.capacity_percent:.4f}"
