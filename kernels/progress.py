"""The memory of the protocol driver: where it is, and what it has written.

Plain arrays with named entries, so that a compiled call can leave them at any point and a later one
can go on from there.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.layout import (
    CYCLES,
    INTERFACE_STATES,
    SPECTRA,
    STEPS,
    TIMESERIES,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

STANDING_EVENTS = 8
"""Events that are watched whatever a step says, see `solidcell.kernels.events`."""

# Phases of the state machine.
START, BLOCK, BEGIN_CYCLE, END_CYCLE, DONE = range(5)
BEGIN, SOLVE, HOLD, RELAX, STARTED, INTEGRATE, MEND, LAND, JUDGE = range(5, 14)
STUCK, EMIT, FILL, CLOSE, END = range(14, 19)

# Entries of Progress.clock.
TIME, STEP_START, NEXT_ROW, NEXT_SNAPSHOT, STEP_CHARGE, STEP_ENERGY = range(6)
ACCEPTED_SIZE, PASSED, START_VOLTAGE, RESISTANCE, SUGGESTED_SIZE = range(6, 11)
CYCLE_START, CYCLE_TOTAL, CYCLE_KEPT = range(11, 14)
CYCLE_DISCHARGED, CYCLE_CHARGED, CYCLE_DELIVERED, CYCLE_TAKEN = range(14, 18)
STEP_LIMIT, TEMPERATURE_LOW, TEMPERATURE_HIGH = range(18, 21)
PREVIOUS_SIZE, PREVIOUS_ERROR, START_STOICHIOMETRY, START_LITHIUM = range(21, 25)
TEMPERATURE, STIFFNESS, THICKNESS = range(25, 28)
SET_PRESSURE, SET_RAMP, RAMP_START, RAMP_END = range(28, 32)
PRESSURE_LOW, PRESSURE_HIGH, CONTACT_LOW, PLATING_HIGH, PLATING_RISK = range(32, 37)
FIRST_THICKNESS, DUE_TIME = range(37, 39)
VOLTAGE_LOW, VOLTAGE_HIGH, CHECK_UP_CAPACITY = range(39, 42)
REFUSED_SIZE, REFUSED_ERROR = range(42, 44)
TRIAL_SIZE, BEHIND_SIZE, BEYOND_SIZE, DUE_PASSED = range(44, 48)
PULSE_VOLTAGE, PULSE_CURRENT, RESISTANCE_10S = range(48, 51)
CLOCK_SIZE = 51

# Entries of Progress.counters.
PHASE, BLOCK_INDEX, REPETITION, ROW, SEGMENT, CYCLE, STEP_INDEX, ENDED, REASON = range(9)
SOLVER_STEPS, REJECTED, SOLVES, FACTORIZATIONS, RESULT, WITHIN = range(9, 15)
STEP_SOLVER_STEPS, STEP_REJECTED, STEP_SOLVES, STEP_FACTORIZATIONS = range(15, 19)
CYCLE_SOLVER_STEPS, OPEN_CYCLE, RECORDING, SNAPPING, REFUSED = range(19, 24)
ROWS, STEP_ROWS, CYCLE_ROWS, SNAPSHOTS, CHECKPOINTS, SPECTRA_ROWS = range(24, 30)
ROW_DUE, SNAPSHOT_DUE, BETWEEN, CHECKED, CRAWLED = range(30, 35)
# The block or loop that a stop has ended, from 1; 0 for none.
STOPPED_BLOCK = 35
SEARCHING, TRIALS, SIDE, AT_END, ROW_PENDING, SNAPSHOT_PENDING, PULSE_DUE = range(36, 43)
# Result of a step that finds no way on, while what its limit gives is looked for; else FINISHED.
CAUSE = 43
COUNTERS_SIZE = 44
WRITTEN = slice(ROWS, SPECTRA_ROWS + 1)
"""The counters of rows that the buffers hold."""


# Columns of Progress.blocks, a row for each block and, behind them, each loop
#   REPEATED                           repetitions of a loop that are over
#   BEGUN_TIME, BEGUN_CYCLE            where it began
#   FIRST_CAPACITY, FIRST_RESISTANCE   of its first repetition that has them; NaN before
#   LATEST_CAPACITY, LATEST_RESISTANCE of the last cycle that has them of the repetition at work
#   DRIVEN, BUSY                       whether that has had steps with a current, and one that lasted
REPEATED, BEGUN_TIME, BEGUN_CYCLE, FIRST_CAPACITY, FIRST_RESISTANCE = range(5)
LATEST_CAPACITY, LATEST_RESISTANCE, DRIVEN, BUSY = range(5, 9)
BLOCK_COLUMNS = 9


class Progress(NamedTuple):
    """Everything that survives a call of the driver beside the state and the buffers.

    Attributes
    ----------
    clock
        Times, step sizes, and values at the beginning of step and cycle.
    counters
        Phase, position in the protocol, work done, rows written.
    directions
        From which side each termination of the protocol step at work is approached.
    reaction
        Reaction currents before the protocol step at work, A/m3, (nodes,).
    pulse
        State before the first discharge of the cycle at work; NaN before there was one, (states,).
    interfaces
        Scratch for the states of the interfaces.
    ahead, behind, beyond
        Distances of the events of the protocol step at work: at the end of the solver step, and at both
        ends of a bracket in which one is met, see `solidcell.kernels.events`.
    blocks
        What is known of each block and loop; its columns are named in this module,
        (blocks + loops, columns).
    start
        State of the aged cell that the run starts from; NaN for a fresh cell, (states,).
    ranges
        Least and greatest lithium fraction that each property of the particles is known for,
        (properties, 2).
    left
        When a surface has first left each range: time, cycle, protocol step, its row in the instruction
        table, and lithium fraction; NaN before, (properties, 5).
    """

    clock: FloatArray
    counters: IntArray
    directions: FloatArray
    reaction: FloatArray
    pulse: FloatArray
    interfaces: FloatArray
    ahead: FloatArray
    behind: FloatArray
    beyond: FloatArray
    blocks: FloatArray
    start: FloatArray
    ranges: FloatArray
    left: FloatArray


class Buffers(NamedTuple):
    """Rows that the driver has written since they were last drained.

    Attributes
    ----------
    rows, steps, cycles
        Tables with the columns of `solidcell.kernels.layout`.
    snapshots
        State vectors for the fields, (rows, states).
    snapshot_index
        Time, cycle, protocol step and temperature of each snapshot, (rows, 4).
    checkpoints, checkpoint_clock, checkpoint_cycle
        State and clock at the start of each cycle whose time series is kept, (rows, states) and
        (rows, entries of the clock), and the number of the cycle, (rows,).
    pulses
        State and temperature before the first discharge of each cycle, (rows, states + 1).
    spectra, spectrum_index
        States whose impedance is asked for, (rows, states), and their index with the columns of
        `solidcell.kernels.layout.SPECTRA`.
    """

    rows: FloatArray
    steps: FloatArray
    cycles: FloatArray
    snapshots: FloatArray
    snapshot_index: FloatArray
    checkpoints: FloatArray
    checkpoint_clock: FloatArray
    checkpoint_cycle: IntArray
    pulses: FloatArray
    spectra: FloatArray
    spectrum_index: FloatArray


def allocate_progress(
    states: int,
    nodes: int,
    terminations: int,
    step_limit: float,
    stoichiometry: float,
    lithium: float,
    *,
    temperature: float,
    pressure: float,
    stiffness: float = 0.0,
    blocks: int = 1,
    ranges: FloatArray | None = None,
) -> Progress:
    """Progress at the beginning of a protocol.

    Parameters
    ----------
    states, nodes, terminations
        Entries of the state vector, nodes of the electrode, and the most terminations of a step.
    step_limit
        No solver step is longer, s.
    stoichiometry, lithium
        Uniform lithium fraction and lithium metal of each plane (mol/m2) to start from.
    temperature, pressure
        K, Pa.
    stiffness
        Of fixture and stack per face, Pa/m; 0 is constant pressure.
    blocks
        Blocks and loops of the protocol.
    ranges
        See `Progress`; none are watched unless given.
    """
    watched = np.zeros((0, 2)) if ranges is None else ranges.copy()
    progress = Progress(
        np.zeros(CLOCK_SIZE),
        np.zeros(COUNTERS_SIZE, dtype=np.int64),
        np.zeros(terminations),
        np.zeros(nodes),
        np.zeros(states),
        np.zeros(len(INTERFACE_STATES)),
        np.zeros(terminations + STANDING_EVENTS),
        np.zeros(terminations + STANDING_EVENTS),
        np.zeros(terminations + STANDING_EVENTS),
        np.zeros((blocks, BLOCK_COLUMNS)),
        np.full(states, np.nan),
        watched,
        np.full((len(watched), 5), np.nan),
    )
    progress.clock[STEP_LIMIT] = step_limit
    progress.clock[START_STOICHIOMETRY] = stoichiometry
    progress.clock[START_LITHIUM] = lithium
    progress.clock[TEMPERATURE] = temperature
    progress.clock[SET_PRESSURE] = pressure
    progress.clock[STIFFNESS] = stiffness
    return progress


def allocate_buffers(
    states: int, rows: int, steps: int, cycles: int, snapshots: int, checkpoints: int, spectra: int
) -> Buffers:
    """Room for so many rows of each kind (at least two of each)."""
    return Buffers(
        np.empty((rows, len(TIMESERIES))),
        np.empty((steps, len(STEPS))),
        np.empty((cycles, len(CYCLES))),
        np.empty((snapshots, states)),
        np.empty((snapshots, 4)),
        np.empty((checkpoints, states)),
        np.empty((checkpoints, CLOCK_SIZE)),
        np.empty(checkpoints, dtype=np.int64),
        np.empty((cycles, states + 1)),
        np.empty((spectra, states)),
        np.empty((spectra, len(SPECTRA))),
    )
