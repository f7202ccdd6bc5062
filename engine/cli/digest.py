"""What a results file says, in short: read once, shown as tables or as a JSON document."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from solidcell.engine.errors import InputError

if TYPE_CHECKING:
    from solidcell.engine.store.reader import Group, Results

CARRIERS = {
    "cell.positive.tortuosity_factor": "tortuosity factor",
    "cell.positive.contact_fraction": "positive contact fraction",
    "cell.negative.interface_resistance": "lithium interface",
    "cell.pack_mass_fraction": "packaging",
}
"""Entries of a scenario that move the specific energy most and are hardest to know."""

LOSS = "capacity_loss_"

FEWEST_CHECK_UPS = 2
"""Check-ups that say how much capacity is left."""

BALANCES = ("lithium_balance_error", "charge_balance_error", "energy_balance_error")


@dataclass(frozen=True, slots=True)
class Headline:
    """Specific energy, with the discharge it belongs to. Units as the names say."""

    specific_energy_Wh_per_kg: float
    energy_density_Wh_per_L: float
    rate: str
    temperature_K: float


@dataclass(frozen=True, slots=True)
class Carrier:
    """A value that the headline rests on, as written, and how it is known."""

    name: str
    value: str
    status: str


@dataclass(frozen=True, slots=True)
class Discharge:
    """A discharge. Units as the names say; cycle and step count from 0, as in the file."""

    cycle: int
    step: int
    rate: str
    capacity_Ah: float
    areal_capacity_mAh_per_cm2: float
    energy_Wh: float
    mean_voltage_V: float
    specific_energy_Wh_per_kg: float
    energy_density_Wh_per_L: float
    completed: bool


@dataclass(frozen=True, slots=True)
class Component:
    """A component of the cell and its share of the mass."""

    name: str
    mass_kg: float
    share: float


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the protocol as it ran."""

    cycle: int
    text: str
    duration_s: float
    end_voltage_V: float
    capacity_Ah: float
    stop_reason: str


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle."""

    cycle: int
    charge_capacity_Ah: float
    discharge_capacity_Ah: float
    coulombic_efficiency: float
    energy_efficiency: float
    dc_resistance_mOhm: float


@dataclass(frozen=True, slots=True)
class Life:
    """The cycles of the longest block of the protocol. Units as the names say.

    Attributes
    ----------
    cycles
        How many of them were completed with a discharge, and those between that were jumped over.
    reference_cycle
        The one whose capacity is the first, from 0 as in the file.
    knee_cycle, end_of_life_cycle
        From 0, as in the file; None for none, and while a run goes on.
    loss_Ah
        Capacity lost from the first to the last of them, by cause.
    """

    cycles: int
    reference_cycle: int
    first_capacity_Ah: float
    last_capacity_Ah: float
    knee_cycle: int | None
    end_of_life_cycle: int | None
    loss_Ah: dict[str, float]


@dataclass(frozen=True, slots=True)
class BlockEnd:
    """A block that ended before its last repetition; numbers count from 0, as in the file."""

    first_block: int
    last_block: int
    stop: str
    condition: str
    repetitions: int
    planned: int
    cycle: int
    step: int
    time_s: float


@dataclass(frozen=True, slots=True)
class CheckUps:
    """What check-ups say of the cell's age, against the first that measured a capacity.

    Attributes
    ----------
    check_ups
        How many of them did.
    reference_cycle, last_cycle
        Number of the cycle that each end came after, from 0; None: before all.
    """

    check_ups: int
    reference_cycle: int | None
    last_cycle: int | None
    first_capacity_Ah: float
    last_capacity_Ah: float


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning; cycle and step count from 0, as in the file; with time None for the whole run."""

    code: str
    severity: str
    cycle: int | None
    step: int | None
    time_s: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A results file in short.

    Attributes
    ----------
    status
        ``completed``, ``stopped``, ``idle`` for a run with a block in which nothing happened, or
        ``unfinished`` for a file that grows or whose run was killed.
    block_ends
        Blocks that ended early.
    warnings
        What a reader of the numbers should know; none while a run goes on.
    check_ups, life
        How the cell aged by its check-ups and by its cycles; None for a run of too few alike.
    assumed, parameters
        How many of the cell's values are assumed, and of how many.
    rows
        Of each table.
    balances
        Largest error of each balance in any cycle, relative.
    solver
        Work and time of the solver.
    """

    file: str
    scenario: str
    status: str
    stop_reason: str
    message: str
    warnings: tuple[Warned, ...]
    headline: Headline | None
    carriers: tuple[Carrier, ...]
    assumed: int
    parameters: int
    discharges: tuple[Discharge, ...]
    mass: tuple[Component, ...]
    cell_mass_kg: float
    simulated_seconds: float
    rows: dict[str, int]
    cycles: tuple[Cycle, ...]
    check_ups: CheckUps | None
    life: Life | None
    steps: tuple[Step, ...]
    block_ends: tuple[BlockEnd, ...]
    balances: dict[str, float]
    solver: dict[str, float]
    provenance: dict[str, str]

    def document(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return asdict(self)


def digest(results: Results) -> Digest:
    """Read a results file in short."""
    run = results["run"] if results.finished else None
    steps = results["steps"]
    carriers, statuses = _parameters(results["scenario/parameters"])
    return Digest(
        file=str(results.path),
        scenario=str(results.attributes["scenario_name"]),
        status=run.text("status") if run else "unfinished",
        stop_reason=run.text("stop_reason") if run else "",
        message=run.text("message") if run else "The run goes on, or its process was ended.",
        warnings=_warnings(results),
        headline=_headline(results["cell"]),
        carriers=carriers,
        assumed=statuses["assumed"],
        parameters=sum(statuses.values()),
        discharges=_discharges(results),
        mass=_mass(results["cell"]),
        cell_mass_kg=float(results["cell"].attributes["cell_mass"]),
        simulated_seconds=float(steps["end"][-1] - steps["start"][0]) if len(steps["end"]) else 0.0,
        rows={
            name: int(results[name].attributes["valid_rows"])
            for name in ("timeseries", "steps", "cycles", "fields", "impedance", "checkpoints")
            if name in results
        },
        cycles=_cycles(results["cycles"]),
        check_ups=_check_ups(results),
        life=_life(results),
        steps=_steps(steps),
        block_ends=_block_ends(results),
        balances=_balances(results["cycles"]),
        solver={} if run is None else _solver(run),
        provenance={
            name: str(results.attributes[name])
            for name in ("created", "solidcell_version", "python_version", "cpu")
            if name in results.attributes
        },
    )


def _warnings(results: Results) -> tuple[Warned, ...]:
    if "run/warnings" not in results:  # while a run goes on, and before version 1.4
        return ()
    table = results["run/warnings"]
    columns = (
        table["code"].tolist(),
        table.words("severity").tolist(),
        (_placed(cycle) for cycle in table["cycle"].tolist()),
        (_placed(step) for step in table["step"].tolist()),
        (None if time != time else time for time in table["time"].tolist()),
        table["text"].tolist(),
    )
    return tuple(Warned(*values) for values in zip(*columns, strict=True))


def _placed(number: int) -> int | None:
    return None if number < 0 else number


def _headline(cell: Group) -> Headline | None:
    said = cell.attributes
    if "specific_energy" not in said:
        return None
    return Headline(
        float(said["specific_energy"]),
        float(said["energy_density"]),
        str(said["specific_energy_rate"]),
        float(said["specific_energy_temperature"]),
    )


def _parameters(table: Group) -> tuple[tuple[Carrier, ...], Counter[str]]:
    """The values that carry the headline, and how many of the cell's values have which status."""
    rows = list(zip(table["name"], table["expression"], table["status"], strict=True))
    carriers = tuple(
        Carrier(CARRIERS[name], str(written), str(status))
        for wanted in CARRIERS
        for name, written, status in rows
        if name == wanted
    )
    return carriers, Counter(str(status) for name, _, status in rows if name.startswith("cell."))


def _discharges(results: Results) -> tuple[Discharge, ...]:
    from solidcell.engine.plots.discharges import discharges, rate_name

    try:
        found = discharges(results)
    except InputError:  # a run of rests and charges has none
        return ()
    cell = results["cell"]
    area = float(cell.attributes["electrode_area"])
    mass, volume = float(cell.attributes["cell_mass"]), float(np.nansum(cell["volume"]))
    reasons = results["steps"].words("stop_reason")
    listed = []
    for one in found:
        if one.energy <= 0.0:  # of two lithium electrodes
            continue
        capacity = float(results["steps"]["capacity"][one.step])
        listed.append(
            Discharge(
                cycle=one.cycle,
                step=one.step,
                rate=rate_name(one.rate),
                capacity_Ah=capacity,
                areal_capacity_mAh_per_cm2=capacity / area / 10.0,
                energy_Wh=one.energy,
                mean_voltage_V=one.energy / capacity,
                specific_energy_Wh_per_kg=one.energy / mass,
                energy_density_Wh_per_L=one.energy / volume / 1000.0,
                completed=str(reasons[one.step]) != "stopped",
            )
        )
    return tuple(listed)


def _mass(cell: Group) -> tuple[Component, ...]:
    total = float(cell["mass"].sum())
    return tuple(
        Component(str(name), float(mass), float(mass) / total)
        for name, mass in zip(cell["component"], cell["mass"], strict=True)
        if mass > 0
    )


def _cycles(table: Group) -> tuple[Cycle, ...]:
    columns = (
        table["cycle"],
        table["charge_capacity"],
        table["discharge_capacity"],
        table["coulombic_efficiency"],
        table["energy_efficiency"],
        1e3 * table["dc_resistance"],
    )
    return tuple(
        Cycle(*values) for values in zip(*(column.tolist() for column in columns), strict=True)
    )


def _life(results: Results) -> Life | None:
    from solidcell.engine.plots.life import find

    life = find(results)
    if life is None:
        return None
    table = results["cycles"]
    jumped = 0
    if "extrapolated_cycles" in table:
        jumped = int(table["extrapolated_cycles"][life.rows[1:]].sum())
    return Life(
        cycles=len(life.rows) + jumped,
        reference_cycle=int(life.cycle[0]) - 1,
        first_capacity_Ah=float(life.capacity[0]),
        last_capacity_Ah=float(life.capacity[-1]),
        knee_cycle=None if life.knee is None else life.knee - 1,
        end_of_life_cycle=None if life.end is None else life.end - 1,
        loss_Ah={
            name.removeprefix(LOSS): float(np.diff(table[name][life.rows[[0, -1]]])[0])
            for name in table
            if name.startswith(LOSS)
        },
    )


def _check_ups(results: Results) -> CheckUps | None:
    if "check_ups" not in results:
        return None
    table = results["check_ups"]
    capacity = table["discharge_capacity"]
    measured = np.flatnonzero((table.words("status") == "completed") & (capacity > 0.0))
    if len(measured) < FEWEST_CHECK_UPS:
        return None
    first, last = measured[[0, -1]].tolist()
    return CheckUps(
        check_ups=len(measured),
        reference_cycle=_placed(int(table["cycle"][first])),
        last_cycle=_placed(int(table["cycle"][last])),
        first_capacity_Ah=float(capacity[first]),
        last_capacity_Ah=float(capacity[last]),
    )


def _steps(table: Group) -> tuple[Step, ...]:
    columns = (
        table["cycle"],
        table["text"],
        table["end"] - table["start"],
        table["end_voltage"],
        table["capacity"],
        table.words("stop_reason"),
    )
    return tuple(
        Step(*values) for values in zip(*(column.tolist() for column in columns), strict=True)
    )


def _block_ends(results: Results) -> tuple[BlockEnd, ...]:
    if "run/block_ends" not in results:
        return ()
    table = results["run/block_ends"]
    columns = (
        table["first_block"],
        table["last_block"],
        table.words("stop"),
        table["condition"],
        table["repetitions"],
        table["planned"],
        table["cycle"],
        table["step"],
        table["time"],
    )
    return tuple(
        BlockEnd(*values) for values in zip(*(column.tolist() for column in columns), strict=True)
    )


def _balances(cycles: Group) -> dict[str, float]:
    return {
        name: float(np.nanmax(np.abs(cycles[name])))
        for name in BALANCES
        if name in cycles and len(cycles[name])
    }


def _solver(run: Group) -> dict[str, float]:
    return {name: run[name].item() for name in run if run.unit(name)}
