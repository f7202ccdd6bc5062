"""Control of the size of solver steps."""

from math import log

import numpy as np
import numpy.typing as npt

from solidcell.kernels.options import inline_kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.progress import (
    PREVIOUS_ERROR,
    PREVIOUS_SIZE,
    REFUSED,
    REFUSED_ERROR,
    REFUSED_SIZE,
)
from solidcell.kernels.surface import fraction
from solidcell.kernels.tableaus import Tableau
from solidcell.kernels.tables import interval, slope
from solidcell.kernels.workspace import (
    FILLING,
    FLUX_SCALE,
    Workspace,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SAFETY, SLOWEST, FASTEST = 0.8, 0.2, 8.0
"""Of the controller: aim below the tolerance, and bounds of the change of step size."""
HOPELESS = 0.25
"""Change of step size after a step that says nothing about its error."""
LEAST_ERROR, TRUSTED_ERROR = 1e-4, 1e-2
"""Errors (in units of the tolerance) below which the controller looks no further."""
ONSET_ORDER = 1.5
"""Order with which the error of a first step falls: surfaces answer a flux that begins to change with
``t^(3/2)`` (Carslaw and Jaeger 1959, section 2.9)."""
LEAST_ORDER = 1.25
"""Order of a falling error below which more than the step's length is wrong."""
START_ERROR = 0.05
"""Share of a surface's change that a step over its square-root onset leaves as error [measured]."""
START_CHANGE = 0.05
"""Lithium fraction, at a tolerance of 1, beyond which a first step passes the potential's bends."""
START_CHARGING = 1e-4
"""First step, s, where double layers are charged: a tenth of their time constants or less."""


@inline_kernel
def start_size(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    y: FloatArray,
    before: FloatArray,
    tolerance: float,
) -> float:
    """Length of the first step, s: the surfaces answer a jump of current with a square root of time.

    ``dx_s = 2 g sqrt(t D0^2 / (pi R^2 D(x_s)))`` for a jump g of the surface's gradient of Phi (Crank
    1975, 6.3.4). No particle fills or empties far either, by the fourth order of the error.
    """
    o = work.offsets
    square, filling = 0.0, 0.0
    for k in range(work.nodes.shape[1]):
        change = y[o.reaction_current + k] - before[k]
        filling = max(filling, abs(change * work.nodes[FILLING, k]))
        jump = change * work.nodes[FLUX_SCALE, k]
        share = 1.0
        if not cell.constant_diffusivity:
            scale, x = cell.table_inverse_spacing, fraction(y[o.surface_coordinate + k])
            index, d = interval(cell.table_origin, scale, cell.table_intervals, x)
            share = slope(cell.kirchhoff_table, scale, index, d)
        square = max(square, jump * jump / share)
    reach = tolerance / START_ERROR
    size = reach * reach / (coefficients.diffusion_rate * (square + 1e-24))
    size = min(size, START_CHANGE * tolerance**0.25 / (filling + 1e-24))
    return float(min(size, START_CHARGING) if cell.double_layer else size)


@inline_kernel
def growth(
    method: Tableau, clock: FloatArray, counters: IntArray, size: float, error: float
) -> float:
    """Factor from the step just accepted to the next one, by a predictive controller.

    The elementary controller aims at an error just below the tolerance; the predictive one expects the
    error to go on growing or shrinking as from the step before (Gustafsson 1994; Hairer and Wanner
    1996, section IV.8). The smaller of the two is taken.

    Parameters
    ----------
    clock, counters
        Of the driver's progress; the step is remembered in them.
    size, error
        Of the step just accepted: s, and units of the tolerance.
    """
    error = max(error, LEAST_ERROR)
    factor = error ** (-1.0 / method.order)
    if clock[PREVIOUS_SIZE] > 0.0:
        trend = (clock[PREVIOUS_ERROR] / error) ** (1.0 / method.order)
        factor = min(factor, factor * trend * size / clock[PREVIOUS_SIZE])
    # Right after a rejection a longer step would only be rejected again.
    fastest = FASTEST if counters[REFUSED] == 0 else 1.0
    counters[REFUSED] = 0
    clock[PREVIOUS_SIZE] = size
    clock[PREVIOUS_ERROR] = max(error, TRUSTED_ERROR)
    return float(min(max(SAFETY * factor, SLOWEST), fastest))


@inline_kernel
def order_seen(
    method: Tableau, clock: FloatArray, counters: IntArray, size: float, error: float
) -> float:
    """Order with which the error of a refused step has fallen since the refusal before it.

    At most that of the method; less where stiff components reduce it, or where the error is not one of
    the step's length. Where there is nothing to compare with, that of the method is expected, and that
    of an onset where a protocol step begins.

    Parameters
    ----------
    clock, counters
        Of the driver's progress; the step is remembered in them.
    size, error
        Of the step just refused: s, and units of the tolerance.
    """
    order = float(method.order)
    if counters[REFUSED] > 1 and 0.0 < error < np.inf and 0.0 < clock[REFUSED_ERROR] < np.inf:
        fallen, shorter = log(clock[REFUSED_ERROR] / error), log(clock[REFUSED_SIZE] / size)
        order = min(order, fallen / shorter)
    elif clock[PREVIOUS_SIZE] == 0.0:
        order = ONSET_ORDER
    clock[REFUSED_SIZE], clock[REFUSED_ERROR] = size, error
    return order


@inline_kernel
def reduction(order: float, error: float) -> float:
    """Factor from a step just refused to the next try, for the order with which errors fall."""
    if not error < np.inf:
        return HOPELESS
    return float(max(SAFETY * error ** (-1.0 / max(order, LEAST_ORDER)), SLOWEST))
