"""The memory of the protocol driver: where it is, and what it has written.

Plain arrays with named entries, so that a compiled call can leave them at any point and a later one
can go on from there.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.layout import CYCLES, STEPS, TIMESERIES

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Phases of the state machine.
START, BLOCK, BEGIN, INTEGRATE, EMIT, END, DONE = range(7)

# Entries of Progress.clock.
TIME, STEP_START, NEXT_ROW, NEXT_SNAPSHOT, STEP_CHARGE, STEP_ENERGY = range(6)
ACCEPTED_SIZE, END_FRACTION, START_VOLTAGE, RESISTANCE, SUGGESTED_SIZE = range(6, 11)
CYCLE_START, CYCLE_TOTAL, CYCLE_POSITIVE = range(11, 14)
CYCLE_DISCHARGED, CYCLE_CHARGED, CYCLE_DELIVERED, CYCLE_TAKEN = range(14, 18)
STEP_LIMIT, BLOCK_CAPACITY, LAST_CAPACITY = range(18, 21)
PREVIOUS_SIZE, PREVIOUS_ERROR, START_STOICHIOMETRY, START_LITHIUM = range(21, 25)
CLOCK_SIZE = 25

# Entries of Progress.counters.
PHASE, BLOCK_INDEX, REPETITION, ROW, SEGMENT, CYCLE, STEP_INDEX, ENDED, REASON = range(9)
SOLVER_STEPS, REJECTED, SOLVES, FACTORIZATIONS, RESULT, DENSE_READY = range(9, 15)
STEP_SOLVER_STEPS, STEP_REJECTED, STEP_SOLVES, STEP_FACTORIZATIONS = range(15, 19)
CYCLE_SOLVER_STEPS, OPEN_CYCLE, RECORDING, SNAPPING, REFUSED = range(19, 24)
ROWS, STEP_ROWS, CYCLE_ROWS, SNAPSHOTS, CHECKPOINTS = range(24, 29)
COUNTERS_SIZE = 29


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
        Reaction currents before the protocol step at work, A/m2, (nodes,).
    """

    clock: FloatArray
    counters: IntArray
    directions: FloatArray
    reaction: FloatArray


class Buffers(NamedTuple):
    """Rows that the driver has written since they were last drained.

    Attributes
    ----------
    rows, steps, cycles
        Tables with the columns of `solidcell.kernels.layout`.
    snapshots
        State vectors for the fields, (rows, states).
    snapshot_index
        Time, cycle and protocol step of each snapshot, (rows, 3).
    checkpoints, checkpoint_time
        State, (rows, states), and time at the start of each cycle, (rows,).
    """

    rows: FloatArray
    steps: FloatArray
    cycles: FloatArray
    snapshots: FloatArray
    snapshot_index: FloatArray
    checkpoints: FloatArray
    checkpoint_time: FloatArray


def allocate_progress(
    nodes: int, terminations: int, step_limit: float, stoichiometry: float, lithium: float
) -> Progress:
    """Progress at the beginning of a protocol.

    Parameters
    ----------
    nodes, terminations
        Nodes of the electrode, and the most terminations that a step has.
    step_limit
        No solver step is longer, s.
    stoichiometry, lithium
        Uniform lithium fraction and lithium metal (mol/m2) to start from.
    """
    progress = Progress(
        np.zeros(CLOCK_SIZE),
        np.zeros(COUNTERS_SIZE, dtype=np.int64),
        np.zeros(terminations),
        np.zeros(nodes),
    )
    progress.clock[STEP_LIMIT] = step_limit
    progress.clock[START_STOICHIOMETRY] = stoichiometry
    progress.clock[START_LITHIUM] = lithium
    return progress


def allocate_buffers(
    states: int, rows: int, steps: int, cycles: int, snapshots: int, checkpoints: int
) -> Buffers:
    """Room for so many rows of each kind (at least two of each)."""
    return Buffers(
        np.empty((rows, len(TIMESERIES))),
        np.empty((steps, len(STEPS))),
        np.empty((cycles, len(CYCLES))),
        np.empty((snapshots, states)),
        np.empty((snapshots, 3)),
        np.empty((checkpoints, states)),
        np.empty(checkpoints),
    )
