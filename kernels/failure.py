"""Why a simulation can't go on, by what its state shows."""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control, Result
from solidcell.kernels.composite_electrode import film_grows
from solidcell.kernels.half_cell import Drive
from solidcell.kernels.layout import Offsets
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.parameters import HalfCell
from solidcell.kernels.surface import fraction, sites
from solidcell.kernels.workspace import RESISTANCE, Workspace

FloatArray = npt.NDArray[np.float64]

POWER_CONTROL = int(Control.POWER)
FINISHED = int(Result.FINISHED)
STEP_SIZE_TOO_SMALL = int(Result.STEP_SIZE_TOO_SMALL)
POSITIVE_FULL = int(Result.POSITIVE_FULL)
POSITIVE_EMPTY = int(Result.POSITIVE_EMPTY)
NOT_A_NUMBER = int(Result.NOT_A_NUMBER)
SETPOINT_OUT_OF_REACH = int(Result.SETPOINT_OUT_OF_REACH)
FILM_STARVED = int(Result.FILM_STARVED)

VOLTAGE_BOUND = 10.0
"""V, either way. Twice what the noblest electrode material gives against lithium; no electrolyte stands
it, and battery cyclers apply no more. Laws of growth and transfer mean nothing beyond."""
FEWEST_SITES = 1e-3
"""Share of the sites, or of the lithium, that is left to a surface where no node can react."""
NEAR_THE_MAXIMUM = 0.1
"""Share of the voltage to which the slope of power over current has fallen near the greatest power."""


@kernel
def no_node_reacts(o: Offsets, y: FloatArray) -> int:
    """`POSITIVE_FULL` or `POSITIVE_EMPTY` where every surface is full or empty, else `FINISHED`."""
    nodes = o.reaction_current - o.surface_coordinate
    full, empty = nodes > 0, nodes > 0
    for n in range(o.surface_coordinate, o.reaction_current):
        x, left, _ = sites(y[n])
        full = full and left < FEWEST_SITES
        empty = empty and x < FEWEST_SITES
    if full:
        return POSITIVE_FULL
    return POSITIVE_EMPTY if empty else FINISHED


@inline_kernel
def cause_of_failure(
    cell: HalfCell, command: Drive, work: Workspace, y: FloatArray, nan: bool
) -> int:
    """Why no step can be taken from `y`, by what its state shows; a `Result`.

    Expects the factors of the last step in `work`: ``work.border[RESISTANCE]`` is dV/dI.
    """
    o = work.offsets
    exhausted = no_node_reacts(o, y)
    if exhausted != FINISHED:
        return exhausted
    if film_grows(cell) and cell.film.lithium_share > 0.0:
        # Growth asks for lithium whatever is left of it: no transfer brings as much to the surface.
        for n in range(o.surface_coordinate, o.reaction_current):
            if fraction(y[n]) < FEWEST_SITES:
                return FILM_STARVED
    if command.kind == POWER_CONTROL:
        # The power I V has its maximum where V + I dV/dI vanishes.
        slope = y[o.voltage] + y[o.current_density] * work.border[RESISTANCE]
        if slope < NEAR_THE_MAXIMUM * y[o.voltage]:
            return SETPOINT_OUT_OF_REACH
    return NOT_A_NUMBER if nan else STEP_SIZE_TOO_SMALL
