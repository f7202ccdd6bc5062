"""``solidcell compare``: whether two results files agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from solidcell.engine.cli.options import Debug, Json, Quiet, ResultsFile
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.errors import ComparisonFailed

if TYPE_CHECKING:
    from rich.console import RenderableType

    from solidcell.engine.store.compare import Comparison, Difference

Reference = Annotated[
    Path,
    typer.Argument(
        metavar="REFERENCE.h5", help="The file to compare with.", show_default=False, readable=False
    ),
]
Rms = Annotated[
    float, typer.Option("--voltage-rms", metavar="MV", min=0, help="Allowed RMS of a step, mV.")
]
Maximum = Annotated[
    float, typer.Option("--voltage-max", metavar="MV", min=0, help="Allowed in any point, mV.")
]
Current = Annotated[
    float,
    typer.Option(
        "--current", metavar="SHARE", min=0, help="Allowed RMS of a held current, relative."
    ),
]
Relative = Annotated[
    float,
    typer.Option(
        "--relative", metavar="SHARE", min=0, help="Allowed in capacities, energies and so on."
    ),
]
Everything = Annotated[bool, typer.Option("--all", metavar="", help="List what agrees, too.")]


def compare(
    file: ResultsFile,
    reference: Reference,
    voltage_rms: Rms = 0.5,
    voltage_max: Maximum = 2.0,
    current: Current = 1e-3,
    relative: Relative = 5e-4,
    everything: Everything = False,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Compare two results files; the exit code is 4 if they differ by more than allowed."""
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.store.compare import Tolerances
        from solidcell.engine.store.compare import compare as compare_results
        from solidcell.engine.store.reader import open_results

        allowed = Tolerances(1e-3 * voltage_rms, 1e-3 * voltage_max, current, relative)
        with open_results(file) as one, open_results(reference) as other:
            comparison = compare_results(one, other, allowed)
        failed = [row for row in comparison.rows if not row.passed]
        terminal.document(
            {
                "passed": comparison.passed,
                "quantities": [asdict(row) | {"passed": row.passed} for row in comparison.rows],
            }
        )
        listed = comparison.rows if everything else failed
        if not terminal.json:
            terminal.show(*_told(comparison, listed))
        if failed:
            raise ComparisonFailed(
                f"{file} and {reference} differ in {len(failed)} of {len(comparison.rows)} "
                "quantities."
            )


def _told(comparison: Comparison, listed: Sequence[Difference]) -> list[RenderableType]:
    from rich.markup import escape

    from solidcell.engine.cli.grid import Grid

    parts: list[RenderableType] = []
    if listed:
        rows = [
            (
                escape(row.quantity),
                _with_unit(row.value, row.unit),
                _with_unit(row.tolerance, row.unit),
                "[green]agrees[/]" if row.passed else "[red]differs[/]",
            )
            for row in listed
        ]
        columns = ("quantity", "differs by", "allowed", "")
        parts.append(Grid("Differences", columns, rows, most=len(rows)))
    agreeing = sum(row.passed for row in comparison.rows)
    voltages = [row.value for row in comparison.rows if row.unit == "V"]
    largest = f"; voltages differ by {1e3 * max(voltages):.2g} mV at most" if voltages else ""
    colour = "green" if comparison.passed else "red"
    parts.append(
        f"[bold {colour}]{agreeing} of {len(comparison.rows)} quantities agree[/]{largest}."
    )
    return parts


def _with_unit(value: float, unit: str) -> str:
    if value != value:
        return "missing"
    if unit == "V":
        return f"{1e3 * value:.3g} mV"
    return f"{value:.0f}" if value == int(value) else f"{value:.2e}"
