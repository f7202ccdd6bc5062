"""The lithium fraction at the surface of a particle, as a state that knows how far it is from full.

The state is a coordinate z that is the fraction itself where the surface is neither full nor empty, and
its logarithm where it is:

    1 - x = w ln(1 + e^((1 - z) / w))    for z > 1/2
        x = w ln(1 + e^(z / w))          for z < 1/2,        w = 2e-3

A surface that fills has an overpotential that grows with ``ln(1 - x)``: linear in z, where in x it is a
pole that no linearised step may come near. Before, the equations of diffusion are linear in x, and
stay so. From the open-circuit potential of the tables on, a lattice gas takes over where hardly any
site is left,

    U(z) = U(x) -+ (R T / F) ln[1 + d / s - d / s_0],     d = 1e-7,  s the lesser of x and 1 - x,

so that a surface which is full (or empty) takes any potential below (above) that of its end: the
reaction moves on to other nodes (McKinnon and Haering 1983, Modern Aspects of Electrochemistry 15,
p. 235, for the entropy of a lattice gas). Nothing of it is felt before: it is 3 uV at x = 0.999, and
nothing at all from s_0 = 0.05 on.

The exchange current is kept by what it vanishes with:

    j0^2 = c_0 (1 - x) + c_1 x + x (1 - x) q(x)

with c_0 and c_1 its squares at empty and full (0 where no sites or no lithium stop the transfer) and q
the table. Evaluated from ``1 - x`` itself, it has all its digits however full a surface is.
"""

from math import expm1

import numpy as np
import numpy.typing as npt

from solidcell.kernels.elementary import exponential, logarithm
from solidcell.kernels.options import inline_kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.tables import interval, slope, value

FloatArray = npt.NDArray[np.float64]

BEND = 2e-3
"""w: lithium fraction from the end in which the coordinate turns from the fraction to its logarithm."""
STRAIGHT = 33.0
"""Bends from an end beyond which a coordinate is its fraction to the last digit."""
LAST_SITES = 1e-7
"""d: share of the sites (or of the lithium) below which the potential is that of a lattice gas."""
MANY_SITES = 0.05
"""s_0: share from which on the potential is that of the table alone."""
EXCHANGE_FLOOR = 1e-200
"""Least square of the exchange current, (A/m2)^2: keeps ratios of currents finite."""
FARTHEST = 600.0
"""Bends beyond empty or full to which a surface is followed: fifteen volts beyond its end."""
NEARLY_FULL = 1e-6
"""x (1 - x) below which the change of a surface follows from its potential, not from its shells."""
PINNED = 1e-9
"""Distance from empty or full below which shells have not digits enough to tell the coordinate."""


@inline_kernel
def is_astray(coordinate: float) -> bool:
    """Whether a surface is farther beyond empty or full than it is followed, or no number."""
    return not abs(coordinate - 0.5) < 0.5 + FARTHEST * BEND


@inline_kernel
def sites(coordinate: float) -> tuple[float, float, float]:
    """Lithium fraction of a coordinate, the share of sites that is left, and dx/dz."""
    near = min(coordinate, 1.0 - coordinate)
    if near > STRAIGHT * BEND:
        return coordinate, 1.0 - coordinate, 1.0
    growth = exponential(near / BEND)
    whole = 1.0 + growth
    # ln(1 + e) as e ln(w) / (w - 1) with w the rounded 1 + e keeps its digits (Kahan).
    gained = whole - 1.0
    scarce = growth if gained == 0.0 else logarithm(whole) * (growth / gained)
    scarce *= BEND
    x = scarce if coordinate < 0.5 else 1.0 - scarce
    left = 1.0 - scarce if coordinate < 0.5 else scarce
    return x, left, growth / whole


@inline_kernel
def fraction(coordinate: float) -> float:
    """Lithium fraction of a coordinate."""
    x, _, _ = sites(coordinate)
    return x


def fractions_of(coordinates: FloatArray) -> FloatArray:
    """Lithium fractions of an array of coordinates, outside of kernels."""
    near = np.minimum(coordinates, 1.0 - coordinates)
    scarce = BEND * np.logaddexp(0.0, near / BEND)
    return np.where(coordinates < 0.5, scarce, 1.0 - scarce)


@inline_kernel
def coordinate_of(x: float) -> float:
    """Coordinate of a lithium fraction above 0 and below 1."""
    scarce = min(x, 1.0 - x)
    if scarce > STRAIGHT * BEND:
        return x
    near = scarce + BEND * logarithm(-expm1(-scarce / BEND))
    return near if x < 0.5 else 1.0 - near


@inline_kernel
def fill_sites(coordinate: FloatArray, x: FloatArray, left: FloatArray) -> None:
    """Lithium fraction of each surface and the share of its sites that is left, written."""
    for k in range(x.size):
        x[k], left[k], _ = sites(coordinate[k])


@inline_kernel
def crowding(few: float) -> float:
    """What the share of the last sites, or of the last lithium, is divided by; 1 at `MANY_SITES`."""
    return 1.0 + LAST_SITES * (1.0 / few - 1.0 / MANY_SITES)


@inline_kernel
def surface_properties(
    cell: HalfCell,
    coefficients: Coefficients,
    filled: FloatArray,
    free: FloatArray,
    potential: FloatArray,
    exchange: FloatArray,
) -> None:
    """Open-circuit potential, V, and squared exchange current, (A/m2)^2, of each surface.

    Parameters
    ----------
    filled, free
        Lithium fraction of each surface and the share of its sites that is left, (nodes,).
    potential, exchange
        Written, (nodes,).
    """
    scale, thermal = cell.table_inverse_spacing, coefficients.thermal_voltage
    empty, full = cell.exchange_empty, cell.exchange_full
    for k in range(filled.size):
        x, left = filled[k], free[k]
        index, d = interval(cell.table_origin, scale, cell.table_intervals, x)
        open_circuit = value(cell.potential_table, index, d)
        if coefficients.temperature_offset != 0.0:
            entropy = value(cell.entropy_table, index, d)
            open_circuit += coefficients.temperature_offset * entropy
        potential[k] = open_circuit
        shared = empty * left + full * x
        exchange[k] = coefficients.exchange_factor * (
            shared + x * left * value(cell.exchange_table, index, d)
        )
    for k in range(filled.size):
        few = min(filled[k], free[k])
        if few < MANY_SITES:
            more = thermal * logarithm(crowding(few))
            potential[k] += more if filled[k] < free[k] else -more
    for k in range(filled.size):
        exchange[k] = max(exchange[k], EXCHANGE_FLOOR)


@inline_kernel
def surface_slopes(
    cell: HalfCell, coefficients: Coefficients, x: float, left: float, steep: float
) -> tuple[float, float, float]:
    """What a surface's equations need of its coordinate z for their derivatives.

    Parameters
    ----------
    x, left, steep
        Lithium fraction, share of sites that is left and dx/dz: `sites`.

    Returns
    -------
    (float, float, float)
        dU/dz in V; the squared exchange current in (A/m2)^2, and the derivative of its logarithm to z.
    """
    spread = x * left
    scale = cell.table_inverse_spacing
    index, d = interval(cell.table_origin, scale, cell.table_intervals, x)
    potential_slope = slope(cell.potential_table, scale, index, d)
    if coefficients.temperature_offset != 0.0:
        potential_slope += coefficients.temperature_offset * slope(
            cell.entropy_table, scale, index, d
        )
    to_potential = steep * potential_slope
    few = min(x, left)
    if few < MANY_SITES:
        entropic = LAST_SITES / (few * crowding(few))
        to_potential -= coefficients.thermal_voltage * entropic * (steep / few)
    empty, full = cell.exchange_empty, cell.exchange_full
    share = value(cell.exchange_table, index, d)
    exchange = coefficients.exchange_factor * (empty * left + full * x + spread * share)
    if exchange < EXCHANGE_FLOOR:
        return to_potential, EXCHANGE_FLOOR, 0.0
    to_exchange = full - empty + (left - x) * share
    to_exchange += spread * slope(cell.exchange_table, scale, index, d)
    relative = coefficients.exchange_factor * steep * to_exchange / exchange
    return to_potential, exchange, relative
