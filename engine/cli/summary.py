"""The digest of a results file as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.markup import escape
from rich.text import Text

from solidcell.engine.cli.digest import Digest, Headline
from solidcell.engine.cli.grid import Grid

if TYPE_CHECKING:
    from rich.console import RenderableType

BALANCE_NAMES = {
    "lithium_balance_error": "lithium",
    "charge_balance_error": "charge",
    "energy_balance_error": "energy",
}

ROUNDING = 1e-9
"""Of the first capacity: a smaller loss is none."""


def outcome(told: Digest) -> Iterator[RenderableType]:
    """What a person wants to know right after a run."""
    yield from _energy(told)
    yield from _life(told)
    yield from _block_ends(told)
    yield from _warnings(told)
    if told.solver:
        yield _solver(told)
    yield unbroken(f"Results: {told.file}")


def contents(told: Digest) -> Iterator[RenderableType]:
    """What is in a file."""
    yield f"[bold]{escape(told.scenario)}[/], {told.status}: {escape(told.message)}"
    yield from _energy(told)
    if told.cycles:
        yield from (_cycles(told), "")
    yield from _life(told)
    if told.steps:
        yield from (_steps(told), "")
    yield from _block_ends(told)
    yield from _warnings(told)
    errors = [f"{BALANCE_NAMES[name]} {error:.1e}" for name, error in told.balances.items()]
    yield f"Largest error of a balance, relative: {', '.join(errors) or 'no cycle has ended yet'}"
    if told.solver:
        yield _solver(told)
    rows = ", ".join(f"{count:,} {name}" for name, count in told.rows.items() if count)
    yield f"Rows: {rows or 'none yet'}"
    yield (
        f"Written {told.provenance.get('created', '?')} "
        f"by solidcell {told.provenance.get('solidcell_version', '?')}"
    )


def said(headline: Headline) -> str:
    """The specific energy, with the rate and the temperature that it belongs to."""
    return (
        f"{headline.specific_energy_Wh_per_kg:.1f} Wh/kg "
        f"({headline.energy_density_Wh_per_L:.0f} Wh/L) at {headline.rate}, "
        f"{headline.temperature_K - 273.15:.4g} degC"
    )


def unbroken(line: str) -> Text:
    """A line with a path in it, which has to stay one word that can be copied."""
    return Text(line, no_wrap=True, overflow="ignore")


def duration(seconds: float) -> str:
    """A simulated time in the unit that reads best.

    Examples
    --------
    >>> duration(42.0), duration(3600.0), duration(168068.0)
    ('42 s', '60 min', '46.7 h')
    """
    if seconds < 120:
        return f"{seconds:.3g} s"
    if seconds < 7200:
        return f"{seconds / 60:.3g} min"
    if seconds < 360_000:
        return f"{seconds / 3600:.3g} h"
    return f"{seconds / 86400:.3g} days"


def _energy(told: Digest) -> Iterator[RenderableType]:
    """Headline and what carries it, discharges, mass."""
    if told.headline is not None:
        yield f"[bold green]{said(told.headline)}[/]"
        values = [f"{one.name} {one.value} ({one.status})" for one in told.carriers]
        yield Text(
            f"It rests on {', '.join(values)}; {told.assumed} of the cell's "
            f"{told.parameters} values are assumed.",
            style="dim",
        )
    grids = [_discharges(told), _mass(told)] if told.discharges else [_mass(told)]
    yield from ("", Columns(grids, padding=(1, 3)), "")


def _discharges(told: Digest) -> Grid:
    several = len({one.rate for one in told.discharges}) < len(told.discharges)
    rows = []
    for one in told.discharges:
        name = f"{one.rate}, cycle {one.cycle + 1}" if several else one.rate
        rows.append(
            (
                name if one.completed else f"{name} (stopped)",
                f"{one.capacity_Ah:.2f}",
                f"{one.areal_capacity_mAh_per_cm2:.3f}",
                f"{one.energy_Wh:.1f}",
                f"{one.mean_voltage_V:.3f}",
                f"{one.specific_energy_Wh_per_kg:.1f}",
                f"{one.energy_density_Wh_per_L:.0f}",
            )
        )
    return Grid(
        "Discharges",
        ("rate", "A h", "mAh/cm2", "W h", "mean V", "Wh/kg", "Wh/L"),
        rows,
        dispensable=("Wh/L", "mAh/cm2", "mean V"),
    )


def _mass(told: Digest) -> Grid:
    unit, scale = ("mg", 1e6) if _small(told) else ("g", 1e3)
    return Grid(
        "Mass",
        ("component", unit, "share"),
        [(one.name, f"{scale * one.mass_kg:.1f}", f"{one.share:.1%}") for one in told.mass],
        total=("cell", f"{scale * told.cell_mass_kg:.1f}", "100.0%"),
    )


def _cycles(told: Digest) -> Grid:
    charge, scale = _charge(told)
    ohm, resistance = ("Ohm", 1e-3) if _small(told) else ("mOhm", 1.0)
    rows = [
        (
            str(one.cycle + 1),
            f"{scale * one.charge_capacity_Ah:.2f}",
            f"{scale * one.discharge_capacity_Ah:.2f}",
            _known(one.coulombic_efficiency, ".2%"),
            _known(one.energy_efficiency, ".2%"),
            _known(resistance * one.dc_resistance_mOhm, ".3f"),
        )
        for one in told.cycles
    ]
    return Grid(
        "Cycles",
        ("cycle", f"{charge} in", f"{charge} out", "coulombic", "energy", ohm),
        rows,
        dispensable=(ohm, "energy", f"{charge} in"),
    )


def _life(told: Digest) -> Iterator[RenderableType]:
    """What is left of the capacity and of which, what took the rest, knee and end of life."""
    if (checked := told.check_ups) is not None:
        left = checked.last_capacity_Ah / checked.first_capacity_Ah
        reference, latest = _after(checked.reference_cycle), _after(checked.last_cycle)
        yield f"Life by check-ups: {left:.2%} of the one {reference} in the one {latest}"
    life = told.life
    if life is None:
        if checked is not None:
            yield ""
        return
    charge, scale = _charge(told)
    first, last = life.first_capacity_Ah, life.last_capacity_Ah
    said = [
        f"{last / first:.2%} of cycle {life.reference_cycle + 1:,} after {life.cycles:,} cycles"
    ]
    if life.end_of_life_cycle is not None:
        said.append(f"below 80 % from cycle {life.end_of_life_cycle + 1:,}")
    knee = life.knee_cycle
    said.append("no knee" if knee is None else f"knee at cycle {knee + 1:,}")
    yield f"Life: {', '.join(said)}"
    lost = [
        f"{name.replace('_', ' ')} {scale * loss:.3g}"
        for name, loss in life.loss_Ah.items()
        if abs(loss) > ROUNDING * first
    ]
    if lost:
        yield f"Lost, {charge}: {', '.join(lost)}"
    yield ""


SAID = 10
"""As many block ends are said; the file has all."""


def _block_ends(told: Digest) -> Iterator[RenderableType]:
    """Which stops ended which blocks."""
    for end in told.block_ends[:SAID]:
        if end.condition:
            where = f"Block {end.first_block + 1}"
            if end.last_block > end.first_block:
                where = f"Blocks {end.first_block + 1} to {end.last_block + 1}"
            yield escape(
                f"{where} ended by '{end.condition}' after {end.repetitions:,} of {end.planned:,} "
                f"repetitions, in cycle {end.cycle + 1:,}."
            )
    left = len(told.block_ends) - SAID
    if left > 0:
        yield f"... and {left:,} more blocks in /run/block_ends."


def _after(cycle: int | None) -> str:
    return "before the first cycle" if cycle is None else f"after cycle {cycle + 1:,}"


def _warnings(told: Digest) -> Iterator[RenderableType]:
    """What a reader of the numbers should know."""
    styles = {"warning": "yellow", "note": "dim"}
    for one in told.warnings:
        yield Text(f"{one.severity.capitalize()}: {one.text}", style=styles[one.severity])
    if told.warnings:
        yield ""


def _steps(told: Digest) -> Grid:
    charge, scale = _charge(told)
    rows = [
        (
            escape(one.text),
            str(one.cycle + 1),
            duration(one.duration_s),
            f"{scale * one.capacity_Ah:.2f}",
            f"{one.end_voltage_V:.3f}",
            one.stop_reason.replace("_", " "),
        )
        for one in told.steps
    ]
    return Grid(
        "Steps",
        ("step", "cycle", "took", charge, "to V", "ended by"),
        rows,
        dispensable=("cycle", charge, "to V"),
    )


def _small(told: Digest) -> bool:
    """Whether it is a cell of the laboratory, which reads better in mg, mA h and Ohm."""
    return told.cell_mass_kg < 1e-3


LONG_RUN = 1.0
"""s; a shorter run is not worth a word about its bookkeeping."""
BOOKKEEPING = 0.1
"""Share of a run that writing may take without a word."""


def _charge(told: Digest) -> tuple[str, float]:
    """Unit of charge that suits the cell, and how many of it are 1 A h."""
    return ("mA h", 1e3) if _small(told) else ("A h", 1.0)


def _solver(told: Digest) -> str:
    solver = told.solver
    return (
        f"Solver: {duration(told.simulated_seconds)} of protocol in "
        f"{solver['solver_steps']:,} steps and {solver['solve_seconds']:.2f} s; "
        f"loading or compiling the kernels took {solver['compile_seconds']:.1f} s, "
        f"writing {solver['store_seconds']:.2f} s{_bookkeeping(solver)}"
    )


def _bookkeeping(solver: Mapping[str, float]) -> str:
    """What to do where writing takes a share of a long run that it should not."""
    store, run = solver["store_seconds"], solver["store_seconds"] + solver["solve_seconds"]
    if run < LONG_RUN or store < BOOKKEEPING * run:
        return ""
    return f", {store / run:.0%} of the run: fewer rows and fields under 'output' make it shorter"


def _known(value: float, style: str) -> str:
    return "-" if value != value else format(value, style)  # NaN alone differs from itself
