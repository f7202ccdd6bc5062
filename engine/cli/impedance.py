"""``solidcell impedance``: spectra of a scenario's cell at chosen states."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solidcell.engine.cli.execute import execute
from solidcell.engine.cli.options import Debug, Force, Json, Quiet, ScenarioName, new_results_file
from solidcell.engine.cli.terminal import Terminal
from solidcell.engine.errors import InputError, SimulationStopped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from rich.console import RenderableType

    from solidcell.engine.scenario import Scenario
    from solidcell.engine.store.reader import Results

SQUARE_CENTIMETRES = 1e4
"""In a square metre."""


class Configuration(StrEnum):
    """What a spectrum is taken of."""

    cell = "cell"
    symmetric = "symmetric"
    blocking = "blocking"


Charges = Annotated[
    list[str] | None,
    typer.Option(
        "--soc",
        metavar="SOC",
        help="State of charge, such as 0.5 or '50 %'; repeatable.",
        show_default="the scenario's start",
    ),
]
Stoichiometries = Annotated[
    list[str] | None,
    typer.Option(
        "--stoichiometry",
        metavar="X",
        help="Stoichiometry of the positive electrode; repeatable.",
        show_default=False,
    ),
]
Temperatures = Annotated[
    list[str] | None,
    typer.Option(
        "--temperature",
        metavar="T",
        help="Temperature, such as '60 degC'; repeatable.",
        show_default="the scenario's",
    ),
]
Pressure = Annotated[
    str | None,
    typer.Option(
        metavar="P", help="Stack pressure, such as '10 MPa'.", show_default="the scenario's"
    ),
]
Lowest = Annotated[
    str | None,
    typer.Option(
        metavar="F", help="Lowest frequency, such as '1 mHz'.", show_default="the scenario's"
    ),
]
Highest = Annotated[
    str | None,
    typer.Option(
        metavar="F", help="Highest frequency, such as '1 MHz'.", show_default="the scenario's"
    ),
]
Points = Annotated[
    int | None,
    typer.Option(metavar="N", help="Number of frequencies.", show_default="the scenario's"),
]
Chosen = Annotated[
    Configuration,
    typer.Option(
        "--configuration",
        help="The cell; two of its positive electrodes face to face; or the positive electrode "
        "between collectors that block ions.",
    ),
]
Output = Annotated[Path | None, new_results_file("results/NAME-impedance.h5")]
Plot = Annotated[
    bool, typer.Option("--plot", metavar="", help="Draw the spectra beside the results file.")
]


def impedance(
    scenario: ScenarioName,
    charges: Charges = None,
    stoichiometries: Stoichiometries = None,
    temperatures: Temperatures = None,
    pressure: Pressure = None,
    lowest: Lowest = None,
    highest: Highest = None,
    points: Points = None,
    configuration: Chosen = Configuration.cell,
    output: Output = None,
    plot: Plot = False,
    force: Force = False,
    quiet: Quiet = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Compute impedance spectra of a scenario's cell.

    Each is taken at uniform equilibrium, at every combination of the states of charge and the
    temperatures; without them, at the scenario's start. The scenario's own protocol is not run.
    """
    with Terminal(quiet=quiet, json=json, debug=debug) as terminal:
        from solidcell.engine.scenario import load_scenario

        original = load_scenario(scenario)
        derived = load_scenario(
            scenario,
            overrides={
                "name": f"{original.name}-impedance",
                **_operation(pressure),
                **_frequencies(original, lowest, highest, points),
                "protocol": _protocol(
                    original,
                    _compositions(original, charges or [], stoichiometries or []),
                    _temperatures(temperatures or []),
                    configuration,
                ),
            },
        )
        report = execute(terminal, derived, output, force)
        if not report.summary.completed:
            raise SimulationStopped(report.summary.message)
        _tell(terminal, report.path, plot)


def _operation(pressure: str | None) -> dict[str, object]:
    """Overrides of how the cell is operated."""
    if pressure is None:
        return {}
    from solidcell.engine.protocol.structured import LEAST_PRESSURE

    _read("--pressure", pressure, "Pa", minimum=LEAST_PRESSURE)
    return {"operation.stack_pressure": pressure}


def _temperatures(written: Sequence[str]) -> Sequence[str]:
    """Temperatures at which spectra are taken, as written; none for the scenario's."""
    for text in written:
        _read("--temperature", text, "K")
    return written


def _frequencies(
    scenario: Scenario, lowest: str | None, highest: str | None, points: int | None
) -> dict[str, object]:
    """Overrides of the frequencies.

    Raises
    ------
    InputError
        If one is no frequency, or they are the wrong way round or too few.
    """
    spectrum = scenario.output.impedance
    overrides: dict[str, object] = {}
    limits = []
    for name, text in (("lowest", lowest), ("highest", highest)):
        if text is None:
            limits.append((float(getattr(spectrum, name)), getattr(spectrum, name).text))
            continue
        limits.append((_read(f"--{name}", text, "Hz", above=0.0), text))
        overrides[f"output.impedance.{name}"] = text
    (low, said_low), (high, said_high) = limits
    if low >= high:
        raise InputError(
            f"the lowest frequency, {said_low}, is not below the highest, {said_high}: exchange "
            "--lowest and --highest, or give both."
        )
    if points is not None:
        if not 2 <= points <= 10_000:
            raise InputError(
                f"--points: a spectrum has 2 to 10000 points, not {points}; correct it."
            )
        overrides["output.impedance.points"] = points
    return overrides


def _compositions(
    scenario: Scenario, charges: Sequence[str], stoichiometries: Sequence[str]
) -> list[float]:
    """Stoichiometries at which spectra are taken; none for the scenario's start.

    Raises
    ------
    InputError
        If the cell has no state of charge, or one is impossible.
    """
    if scenario.cell.symmetric:
        if charges or stoichiometries:
            option = "--soc" if charges else "--stoichiometry"
            raise InputError(
                f"{scenario.name} is a symmetric lithium cell, which has no state of charge: "
                f"leave out {option}."
            )
        return []
    material = scenario.cell.composite.active_material
    empty, full = material.stoichiometry_discharged, material.stoichiometry_charged
    known = [_read("--soc", text, "", minimum=0.0, maximum=1.0) for text in charges]
    found = [float(empty + charge * (full - empty)) for charge in known]
    low, high = material.open_circuit_potential.domain
    for text in stoichiometries:
        x = _read("--stoichiometry", text, "")
        if not low <= x <= high:
            raise InputError(
                f"--stoichiometry: {text} is out of reach, as the open-circuit potential is known "
                f"for {low:g} to {high:g}; choose one inside."
            )
        found.append(x)
    return found


def _protocol(
    scenario: Scenario,
    compositions: Sequence[float],
    temperatures: Sequence[str],
    configuration: Configuration,
) -> list[object]:
    """Steps that take the spectra: set, reset, impedance.

    Raises
    ------
    InputError
        If the cell has no such configuration.
    """
    if scenario.cell.symmetric and configuration is not Configuration.cell:
        raise InputError(
            f"{scenario.name} is a symmetric lithium cell, which has no composite electrode: "
            "leave out --configuration."
        )
    look: list[object] = ["impedance"]
    if configuration is not Configuration.cell:
        look = [{"impedance": {"configuration": str(configuration)}}]
    at_each: list[object] = [
        step for x in compositions for step in ({"reset": {"stoichiometry": f"{x:.12g}"}}, *look)
    ]
    at_each = at_each or look
    if not temperatures:
        return at_each
    return [step for text in temperatures for step in ({"set": {"temperature": text}}, *at_each)]


def _read(option: str, text: str, si_unit: str, **bounds: float) -> float:
    """An option's value in SI.

    Raises
    ------
    InputError
        If it is none, or out of bounds.
    """
    from solidcell.engine.entry.units import COLDEST, HOTTEST
    from solidcell.engine.scenario.parameter import Kind

    if si_unit == "K":
        bounds = {"minimum": COLDEST, "maximum": HOTTEST}
    try:
        return float(Kind(si_unit, **bounds).read(text))
    except ValueError as error:
        raise InputError(f"{option}: {error}.") from None


def _tell(terminal: Terminal, path: Path, plot: bool) -> None:
    """Show what the file says, and draw it."""
    from solidcell.engine.cli.summary import unbroken
    from solidcell.engine.store.reader import open_results

    with open_results(path) as results:
        told = measured(results)
        figures = _draw(results, path) if plot else []
        terminal.document(
            {
                "status": "completed",
                "file": str(path),
                "scenario": str(results.attributes["scenario_name"]),
                "spectra": told,
                "figures": [str(figure) for figure in figures],
            }
        )
        if not (terminal.json or terminal.quiet):
            terminal.show(*_tables(results, told), unbroken(f"Results: {path}"))
            terminal.show(*(unbroken(f"Figure: {figure}") for figure in figures))


def _draw(results: Results, path: Path) -> list[Path]:
    from solidcell.engine.plots import draw

    stem = path.name.removesuffix(".h5")
    return [
        draw(results, kind, path.with_name(f"{stem}-{kind}.png"))
        for kind in ("nyquist", "bode", "resistances")
    ]


def measured(results: Results) -> list[dict[str, Any]]:
    """What is read off each spectrum of a results file; units as the names say.

    Resistances are areal. The apex is the highest maximum of the negative imaginary part within
    the spectrum: NaN if there is none.
    """
    table = results["impedance"]
    areal = SQUARE_CENTIMETRES * float(results["cell"].attributes["electrode_area"])
    mechanisms = [name.removeprefix("asr_") for name in table if name.startswith("asr_")]
    configurations = table.words("configuration")
    return [
        {
            "configuration": str(configurations[row]),
            "soc": float(table["soc"][row]),
            "stoichiometry": float(table["stoichiometry"][row]),
            "temperature_K": float(table["temperature"][row]),
            "stack_pressure_Pa": float(table["stack_pressure"][row]),
            "apex_Hz": apex(table["frequency"], table["z_imag"][row]),
            "high_frequency_Ohm_cm2": areal * float(table["z_real"][row, 0]),
            "low_frequency_Ohm_cm2": areal * float(table["z_real"][row, -1]),
            "resistance_Ohm_cm2": {
                name: SQUARE_CENTIMETRES * float(table[f"asr_{name}"][row]) for name in mechanisms
            },
        }
        for row in range(len(configurations))
    ]


def apex(frequency: NDArray[np.float64], imaginary: NDArray[np.float64]) -> float:
    """Frequency at which the highest arc of a spectrum has its top [Hz].

    Between the points by the parabola through three of them on a logarithmic axis; NaN if no arc
    has its top within the spectrum.

    Parameters
    ----------
    frequency
        Evenly spaced on a logarithmic axis [Hz].
    imaginary
        Imaginary part of the impedance, negative where it is capacitive; in any unit.
    """
    heights = -imaginary
    tops = [
        place
        for place in range(1, len(heights) - 1)
        if heights[place - 1] < heights[place] >= heights[place + 1] and heights[place] > 0.0
    ]
    if not tops:
        return math.nan
    top = max(tops, key=lambda place: float(heights[place]))
    before, here, after = (float(height) for height in heights[top - 1 : top + 2])
    shift = 0.5 * (before - after) / (before - 2.0 * here + after)
    return float(frequency[top] * (frequency[top + 1] / frequency[top]) ** shift)


def _tables(results: Results, told: Sequence[dict[str, Any]]) -> list[RenderableType]:
    from solidcell.engine.cli.grid import Grid

    states = [_state(one) for one in told]
    spectra = Grid(
        "Spectra, resistances in Ohm cm2",
        ("state", "apex", "high frequency", "low frequency"),
        [
            (
                state,
                _hertz(one["apex_Hz"]),
                f"{one['high_frequency_Ohm_cm2']:.2f}",
                f"{one['low_frequency_Ohm_cm2']:.2f}",
            )
            for state, one in zip(states, told, strict=True)
        ],
        most=len(told),
    )
    resistances = [one["resistance_Ohm_cm2"] for one in told]
    largest = {name: max(row[name] for row in resistances) for name in resistances[0]}
    shown = [name for name in largest if largest[name] > 0.0]
    headings = {name: _heading(results, name) for name in shown}
    mechanisms = Grid(
        "Resistance of the cell by mechanism, Ohm cm2",
        ("state", *headings.values()),
        [
            (state, *(f"{row[name]:.2f}" for name in shown))
            for state, row in zip(states, resistances, strict=True)
        ],
        dispensable=[headings[name] for name in sorted(shown, key=lambda name: largest[name])[:-1]],
        most=len(told),
    )
    return [spectra, "", mechanisms, ""]


def _heading(results: Results, name: str) -> str:
    """Name of a mechanism, a word a line: the column is as narrow as its numbers let it."""
    words, _, _ = results["impedance"].long_name(f"asr_{name}").partition("rea-specific")
    words = words.removesuffix("A").removesuffix(" a") or "Total"
    return words.lower().replace("-", " ").replace(" ", "\n")


def _state(one: dict[str, Any]) -> str:
    """State at which a spectrum was taken, in short."""
    words = [
        f"{one['temperature_K'] - 273.15:.4g} degC",
        f"{1e-6 * one['stack_pressure_Pa']:.3g} MPa",
    ]
    if not math.isnan(one["soc"]):
        words.insert(0, f"{100 * round(one['soc'], 6):.3g} %")
    return ", ".join(words)


def _hertz(frequency: float) -> str:
    """A frequency, or a dash for none."""
    if math.isnan(frequency):
        return "-"
    for unit, size in (("MHz", 1e6), ("kHz", 1e3), ("Hz", 1.0)):
        if frequency >= size:
            return f"{frequency / size:.3g} {unit}"
    return f"{1e3 * frequency:.3g} mHz"
