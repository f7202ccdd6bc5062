"""A lithium plane condensed to its voltage, for one implicit step."""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.constants import FARADAY
from solidcell.kernels.lithium_metal import (
    NO_FILM,
    film_rate,
    plane_voltage,
    void_contact,
    void_rate,
)
from solidcell.kernels.options import inline_kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.workspace import (
    HIGHEST_PRESSURE,
    HIGHEST_SELF,
    PLANE_CONSTANT,
    PLANE_HIGHEST,
    PLANE_PRESSURE,
    PLANE_SQUARE,
    PLANE_STRIPPING,
    PLANE_TO_CELL,
    PLANE_TO_PRESSURE,
    PLANE_VOID,
    SQUARE_SELF,
    STRIPPING_CONSTANT,
    STRIPPING_SELF,
    STRIPPING_TO_CELL,
    STRIPPING_TO_PRESSURE,
    VOID_CONSTANT,
    VOID_PRESSURE,
    VOID_SELF,
    VOID_STRIPPING,
    Workspace,
    charges,
)

FloatArray = npt.NDArray[np.float64]


@inline_kernel
def condense_plane(
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
    p: int,
    pressure: float,
    y: FloatArray,
    step: float,
) -> None:
    """Condense a lithium plane to the responses of its voltage to the cell's current and pressure."""
    o = work.offsets
    lithium, plane, border = cell.lithium, work.plane[p], work.border
    sign = 1.0 if p == 0 else -1.0
    stripping, voids = y[o.plane_current + p], y[o.void_thickness + p]
    square = y[o.plane_film_square + p]
    theta, slope = void_contact(lithium, coefficients, voids)
    _, _, _, to_current, to_pressure, to_highest, to_void, to_square = plane_voltage(
        lithium, coefficients, stripping, pressure, y[o.highest_pressure], theta, slope, square
    )
    void_to_current, void_to_pressure, void_to_self, square_slope = 0.0, 0.0, 0.0, 0.0
    if lithium.voids:
        _, void_to_current, void_to_pressure, void_to_self = void_rate(
            lithium, coefficients, stripping, pressure, voids, theta, slope
        )
    if lithium.film.law != NO_FILM:
        _, square_slope = film_rate(lithium, coefficients, y[o.plated_lithium + p], square)
    plane[VOID_SELF] = 1.0 / (1.0 / step - void_to_self)
    plane[VOID_STRIPPING] = void_to_current
    plane[VOID_PRESSURE] = void_to_pressure
    plane[SQUARE_SELF] = 1.0 / (1.0 / step - square_slope)
    plane[PLANE_VOID], plane[PLANE_SQUARE], plane[PLANE_HIGHEST] = to_void, to_square, to_highest
    per_stripping = to_current + to_void * plane[VOID_SELF] * void_to_current
    per_pressure = (
        to_pressure
        + to_void * plane[VOID_SELF] * void_to_pressure
        + to_highest * border[HIGHEST_SELF] * border[HIGHEST_PRESSURE]
    )
    charging = lithium.capacitance / step if charges(work) else 0.0
    inverse = 1.0 / (1.0 + charging * per_stripping)
    plane[STRIPPING_SELF] = inverse
    plane[PLANE_STRIPPING] = per_stripping
    plane[PLANE_PRESSURE] = per_pressure
    plane[STRIPPING_TO_CELL] = sign * inverse
    plane[STRIPPING_TO_PRESSURE] = -inverse * charging * per_pressure
    plane[PLANE_TO_CELL] = per_stripping * plane[STRIPPING_TO_CELL]
    plane[PLANE_TO_PRESSURE] = per_pressure + per_stripping * plane[STRIPPING_TO_PRESSURE]


@inline_kernel
def solve_plane(cell: HalfCell, work: Workspace, p: int, step: float, rhs: FloatArray) -> float:
    """Forward part of a lithium plane: its thickness at unchanged current and pressure, m."""
    o = work.offsets
    plane, border = work.plane[p], work.border
    square = plane[SQUARE_SELF] * rhs[o.plane_film_square + p]
    highest = border[HIGHEST_SELF] * rhs[o.highest_pressure]
    void = plane[VOID_SELF] * rhs[o.void_thickness + p]
    constant = (
        plane[PLANE_VOID] * void
        + plane[PLANE_SQUARE] * square
        + plane[PLANE_HIGHEST] * highest
        - rhs[o.plane_current + p]
    )
    balance = rhs[o.plane_voltage + p]
    if charges(work):
        charging = cell.lithium.capacitance / step
        balance = cell.lithium.capacitance * balance - charging * constant
    stripping = plane[STRIPPING_SELF] * balance
    plane[PLANE_CONSTANT] = constant + plane[PLANE_STRIPPING] * stripping
    plane[STRIPPING_CONSTANT] = stripping
    plane[VOID_CONSTANT] = void
    rhs[o.plane_film_square + p] = square
    lithium = step * (rhs[o.plated_lithium + p] - stripping / FARADAY)
    return float(
        cell.lithium.molar_volume * lithium
        + void
        + plane[VOID_SELF] * plane[VOID_STRIPPING] * stripping
    )


@inline_kernel
def finish_plane(
    work: Workspace, p: int, step: float, d_current: float, d_pressure: float, rhs: FloatArray
) -> None:
    """Backward part of a lithium plane: its states for given current and pressure."""
    o = work.offsets
    plane = work.plane[p]
    stripping = (
        plane[STRIPPING_CONSTANT]
        + plane[STRIPPING_TO_CELL] * d_current
        + plane[STRIPPING_TO_PRESSURE] * d_pressure
    )
    rhs[o.plane_current + p] = stripping
    rhs[o.plane_voltage + p] = (
        plane[PLANE_CONSTANT]
        + plane[PLANE_TO_CELL] * d_current
        + plane[PLANE_TO_PRESSURE] * d_pressure
    )
    rhs[o.void_thickness + p] = plane[VOID_CONSTANT] + plane[VOID_SELF] * (
        plane[VOID_STRIPPING] * stripping + plane[VOID_PRESSURE] * d_pressure
    )
    rhs[o.plated_lithium + p] = step * (rhs[o.plated_lithium + p] - stripping / FARADAY)
