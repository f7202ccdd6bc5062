"""How a random scenario ended, and whether the state that it left behind shows why."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from random_scenarios import random_scenario

from solidcell.engine.protocol import Block, Step
from solidcell.engine.simulation import Simulation, Solution, Summary
from solidcell.engine.simulation.instructions import protocol_steps
from solidcell.kernels import progress as entries
from solidcell.kernels.codes import Result
from solidcell.kernels.failure import FEWEST_SITES, VOLTAGE_BOUND
from solidcell.kernels.layout import TIMESERIES
from solidcell.kernels.lithium_metal import FAILED_CONTACT, film_lithium, void_contact
from solidcell.kernels.mechanics import LOOSE_PRESSURE
from solidcell.kernels.parameters import at_temperature
from solidcell.kernels.surface import fractions_of

CALLS = 40
"""Calls of the driver in which a scenario must end, of 2,000 solver steps each at most."""
AT_THE_LIMIT = 1e-3
"""Relative distance at which a limit counts as crossed: a crossing is located to less."""

MAY_BE_NOTHING = (
    "dc_resistance",
    "resistance_10s",
    "asr_",
    "soc",
    "state_of_charge",
    "stoichiometry",
    "coulombic_efficiency",
    "energy_efficiency",
    "capacity_loss_",
)
"""Columns that hold NaN where they are not defined: no pulse, charge or particles, no loss to share."""
HELD = 16
"""Voltages below the last one at which the cell is held to see which power it gives."""


@dataclass(frozen=True)
class End:
    """The end of a scenario.

    Attributes
    ----------
    number
        Of the scenario.
    reason
        "completed", or the reason of the stop.
    message
        The sentence for people.
    shown
        Whether the last state shows the reason.
    nothing
        Names of columns with a value that is no number.
    lithium_error
        Largest relative error of a cycle's lithium balance.
    double_layer
        Whether double layers are charged: "on" or "off".
    """

    number: int
    reason: str
    message: str
    shown: bool
    nothing: tuple[str, ...]
    lithium_error: float
    double_layer: str


def end_of(number: int) -> End:
    """Run the scenario of a number, bounded in solver steps."""
    scenario = random_scenario(number)
    simulation, solution = Simulation(scenario), Solution()
    calls = itertools.count(1)
    summary = simulation.run(solution, stop=lambda: next(calls) >= CALLS)
    # A run that is stopped in a check-up before its first cycle has none.
    errors = np.abs(solution.cycles.get("lithium_balance_error", np.zeros(1)))
    return End(
        number=number,
        reason=summary.stop_reason or "completed",
        message=summary.message,
        shown=summary.completed or shows(simulation, solution, summary),
        nothing=tuple(_nothing(simulation, solution)),
        lithium_error=float(errors.max()),
        double_layer=scenario.physics.double_layer,
    )


def shows(simulation: Simulation, solution: Solution, summary: Summary) -> bool:
    """Whether the last state shows why the run stopped."""
    if not len(solution["timeseries"]):
        return False
    record, y = simulation.record, simulation.machine.state
    o = simulation.machine.work.offsets
    filled = fractions_of(y[o.surface_coordinate : o.reaction_current])
    free = fractions_of(1.0 - y[o.surface_coordinate : o.reaction_current])
    coefficients = at_temperature(record, float(solution.timeseries["temperature"][-1]))
    lithium, contact = np.inf, np.inf
    for p in range(record.planes):
        consumed = film_lithium(record.lithium, y[o.plane_film_square + p])
        lithium = min(lithium, y[o.plated_lithium + p] - consumed)
        contact = min(
            contact, void_contact(record.lithium, coefficients, y[o.void_thickness + p])[0]
        )
    # No node can react.
    full = (free < FEWEST_SITES).all()
    empty = (filled < FEWEST_SITES).all()
    exhausted = lithium < AT_THE_LIMIT * simulation._start_lithium
    match summary.stop_reason:
        case "positive electrode full":
            return bool(full)
        case "positive electrode empty":
            return bool(empty)
        case "film out of lithium":
            return record.film.lithium_share > 0.0 and bool((filled < FEWEST_SITES).any())
        case "contact lost":
            return bool(contact < FAILED_CONTACT * (1.0 + AT_THE_LIMIT))
        case "stack lost contact":
            return bool(y[o.stack_pressure] < LOOSE_PRESSURE * (1.0 + AT_THE_LIMIT))
        case "voltage out of bounds":
            return bool(abs(y[o.voltage]) > VOLTAGE_BOUND * (1.0 - AT_THE_LIMIT))
        case "set-point out of reach":
            return bool(full or empty or exhausted) or is_out_of_reach(simulation, solution)
    return False


def is_out_of_reach(simulation: Simulation, solution: Solution) -> bool:
    """Whether the cell can't give the power that was asked for, from the state left behind.

    It is held at voltages down to nothing instead, and gives less at each of them.
    """
    asked = power_asked(simulation, solution)
    if not asked > 0.0:
        return False
    y = simulation.machine.state
    voltage = float(y[simulation.machine.work.offsets.voltage])
    held = voltage * np.arange(HELD) / HELD
    return bool(max(power_at(simulation, solution, value) for value in held) < asked)


def power_asked(simulation: Simulation, solution: Solution) -> float:
    """Power that the step at work when a run stopped asked for, W; 0 if it is none of power."""
    text = solution.steps["text"][-1]
    step = next(step for step in protocol_steps(simulation.scenario) if step.text == text)
    if step.kind == "power":
        return step.value
    load = step.drive_cycle
    if load is None or load.quantity != "power":
        return 0.0
    passed = solution.timeseries["time"][-1] - solution.steps["start"][-1]
    return float(np.interp(passed, load.time, load.value))


def power_at(simulation: Simulation, solution: Solution, voltage: float) -> float:
    """Power that the cell gives at once, W, if it is held at a voltage from the state left behind."""
    scenario = simulation.scenario
    hold = Block(1, (Step("voltage", voltage, "hold", duration=1.0),))
    other = Simulation(scenario.model_copy(update={"protocol": (hold,)}))
    progress, y = other.begin(), other.machine.state
    y[:] = simulation.machine.state
    progress.clock[entries.TEMPERATURE] = solution.timeseries["temperature"][-1]
    progress.clock[entries.SET_PRESSURE] = y[other.machine.work.offsets.stack_pressure]
    progress.clock[entries.STIFFNESS] = 0.0
    progress.counters[entries.PHASE] = entries.BLOCK
    other.machine.drive(other.record, other.protocol, progress, 1)
    if progress.counters[entries.ROWS] == 0 or progress.counters[entries.RESULT] != Result.FINISHED:
        return 0.0
    current = other.machine.buffers.rows[0, TIMESERIES.index("current")]
    return float(current * scenario.cell.electrode_area * voltage)


def _nothing(simulation: Simulation, solution: Solution) -> list[str]:
    """Columns with a value that is no number, and the last state if it has one."""
    found = [
        f"{table}.{name}"
        for table in ("timeseries", "steps", "cycles", "fields", "checkpoints", "impedance")
        for name, column in solution[table].items()
        if column.dtype.kind in "fc"
        and not name.startswith(MAY_BE_NOTHING)
        and not np.isfinite(column).all()
    ]
    if not np.isfinite(simulation.machine.state).all():
        found.append("state vector")
    return found
