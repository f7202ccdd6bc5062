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
from solidcell.kernels.options import inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.tables import locate, slope, value
from solidcell.kernels.workspace import FILLED, LOCAL, Workspace

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.uint64]

BEND = 2e-3
"""w: lithium fraction from the end in which the coordinate turns from the fraction to its logarithm."""
STRAIGHT = 26.0
"""Bends from an end beyond which a coordinate is its fraction, to 1e-14."""
LAST_SITES = 1e-7
"""d: share of the sites (or of the lithium) below which the potential is that of a lattice gas."""
SERIES_FROM = 1e-3
"""Share of the sites down to which a series of three terms serves for that."""
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
    if min(coordinate, 1.0 - coordinate) > STRAIGHT * BEND:
        return coordinate, 1.0 - coordinate, 1.0
    return bent_sites(coordinate)


@inline_kernel
def bent(near: float) -> tuple[float, float]:
    """What is scarce so near to its end, ``w ln(1 + e^(near / w))``, and its slope."""
    growth = exponential(near / BEND)
    whole = 1.0 + growth
    # ln(1 + e) as e ln(w) / (w - 1) with w the rounded 1 + e keeps its digits (Kahan).
    gained = whole - 1.0
    scarce = growth if gained == 0.0 else logarithm(whole) * (growth / gained)
    return BEND * scarce, growth / whole


@kernel
def bent_sites(coordinate: float) -> tuple[float, float, float]:
    """`sites` next to empty or full; on its own, as it is called in few states and from many places."""
    scarce, steep = bent(min(coordinate, 1.0 - coordinate))
    x = scarce if coordinate < 0.5 else 1.0 - scarce
    left = 1.0 - scarce if coordinate < 0.5 else scarce
    return x, left, steep


@inline_kernel
def fraction(coordinate: float) -> float:
    """Lithium fraction of a coordinate."""
    x, _, _ = sites(coordinate)
    return x


def fractions_of(coordinates: FloatArray) -> FloatArray:
    """Lithium fractions of an array of coordinates, outside of kernels."""
    near = np.minimum(coordinates, 1.0 - coordinates)
    scarce = np.where(near > STRAIGHT * BEND, near, BEND * np.logaddexp(0.0, near / BEND))
    return np.where(coordinates < 0.5, scarce, 1.0 - scarce)


@inline_kernel
def coordinate_of(x: float) -> float:
    """Coordinate of a lithium fraction above 0 and below 1."""
    return x if min(x, 1.0 - x) > STRAIGHT * BEND else bent_coordinate(x)


@kernel
def bent_coordinate(x: float) -> float:
    """`coordinate_of` next to empty or full."""
    scarce = min(x, 1.0 - x)
    near = scarce + BEND * logarithm(-expm1(-scarce / BEND))
    return near if x < 0.5 else 1.0 - near


@inline_kernel
def fill_sites(
    coordinate: FloatArray, filled: FloatArray, free: FloatArray, steep: FloatArray
) -> None:
    """Lithium fraction of each surface, the share of its sites that is left, and dx/dz, written."""
    bent = 0
    # One array a loop: more of them are not vectorised.
    for k in range(filled.size):
        filled[k] = coordinate[k]
    for k in range(filled.size):
        free[k] = 1.0 - coordinate[k]
    for k in range(filled.size):
        steep[k] = 1.0
    for k in range(filled.size):
        # In this form a NaN is bent, and the loop vectorises.
        bent += not min(filled[k], free[k]) > STRAIGHT * BEND
    if bent > 0:
        bend_sites(coordinate, filled, free, steep)


@inline_kernel
def locate_surfaces(cell: HalfCell, work: Workspace) -> None:
    """Where in the property tables the surfaces FILLED lie, to ``work.surface_intervals`` and LOCAL."""
    locate(
        cell.table_origin,
        cell.table_inverse_spacing,
        cell.table_intervals,
        work.nodes[FILLED],
        work.surface_intervals,
        work.nodes[LOCAL],
    )


@inline_kernel
def crowding(few: float) -> float:
    """What the share of the last sites, or of the last lithium, is divided by; 1 at `MANY_SITES`."""
    return 1.0 + LAST_SITES * (1.0 / few - 1.0 / MANY_SITES)


@kernel
def crowded(few: float) -> float:
    """Logarithm of `crowding`."""
    return logarithm(crowding(few))


@inline_kernel
def few_crowded(few: float) -> float:
    """The same from `SERIES_FROM` on, and 0 from `MANY_SITES` on: a series to the last digit."""
    more = max(0.0, LAST_SITES * (1.0 / few - 1.0 / MANY_SITES))
    return more * (1.0 - more * (0.5 - more / 3.0))


@kernel
def bend_sites(
    coordinate: FloatArray, filled: FloatArray, free: FloatArray, steep: FloatArray
) -> None:
    """`sites` of all surfaces where one of them is next to empty or full: a loop that vectorises."""
    for k in range(filled.size):
        near = min(coordinate[k], 1.0 - coordinate[k])
        straight = near > STRAIGHT * BEND
        scarce, bending = bent(near)
        steep[k] = 1.0 if straight else bending
        # What is scarce, lithium or sites, keeps its digits.
        filled[k] = near if straight else scarce
    for k in range(filled.size):
        free[k] = 1.0 - filled[k] if coordinate[k] < 0.5 else filled[k]
    for k in range(filled.size):
        filled[k] = filled[k] if coordinate[k] < 0.5 else 1.0 - filled[k]


@inline_kernel
def are_fewer(filled: FloatArray, free: FloatArray, share: float) -> bool:
    """Whether a surface has less of its sites, or of its lithium, left than a share."""
    found = 0
    for k in range(filled.size):
        found += min(filled[k], free[k]) < share
    return found > 0


@inline_kernel
def fill_exchange(
    cell: HalfCell,
    coefficients: Coefficients,
    filled: FloatArray,
    free: FloatArray,
    index: IndexArray,
    d: FloatArray,
    exchange: FloatArray,
) -> None:
    """Squared exchange current of each surface, (A/m2)^2, written, (nodes,)."""
    factor, empty, full = coefficients.exchange_factor, cell.exchange_empty, cell.exchange_full
    for k in range(filled.size):
        exchange[k] = value(cell.exchange_table, index[k], d[k])
    for k in range(filled.size):
        exchange[k] *= filled[k] * free[k]
    for k in range(filled.size):
        exchange[k] += empty * free[k] + full * filled[k]
    for k in range(filled.size):
        exchange[k] = max(factor * exchange[k], EXCHANGE_FLOOR)


@inline_kernel
def surface_properties(
    cell: HalfCell,
    coefficients: Coefficients,
    filled: FloatArray,
    free: FloatArray,
    index: IndexArray,
    d: FloatArray,
    potential: FloatArray,
    exchange: FloatArray,
) -> None:
    """Open-circuit potential, V, and squared exchange current, (A/m2)^2, of each surface.

    Parameters
    ----------
    filled, free
        Lithium fraction of each surface and the share of its sites that is left, (nodes,).
    index, d
        Where its lithium fraction lies in the tables: `locate`, (nodes,).
    potential, exchange
        Written, (nodes,).
    """
    fill_exchange(cell, coefficients, filled, free, index, d, exchange)
    for k in range(filled.size):
        potential[k] = value(cell.potential_table, index[k], d[k])
    offset = coefficients.temperature_offset
    if offset != 0.0:
        for k in range(filled.size):
            potential[k] += offset * value(cell.entropy_table, index[k], d[k])
    if are_fewer(filled, free, MANY_SITES):
        thermal = coefficients.thermal_voltage
        for k in range(filled.size):
            few = max(min(filled[k], free[k]), SERIES_FROM)
            more = thermal * few_crowded(few)
            potential[k] += more if filled[k] < free[k] else -more
        if are_fewer(filled, free, SERIES_FROM):
            for k in range(filled.size):
                few = min(filled[k], free[k])
                if few < SERIES_FROM:
                    more = thermal * (crowded(few) - few_crowded(SERIES_FROM))
                    potential[k] += more if filled[k] < free[k] else -more


@inline_kernel
def surface_slopes(
    cell: HalfCell,
    coefficients: Coefficients,
    filled: FloatArray,
    free: FloatArray,
    steep: FloatArray,
    index: IndexArray,
    d: FloatArray,
    to_potential: FloatArray,
    exchange: FloatArray,
    to_exchange: FloatArray,
) -> None:
    """What the equations of each surface need of its coordinate z for their derivatives.

    Parameters
    ----------
    filled, free, steep
        Lithium fraction, share of sites that is left and dx/dz: `fill_sites`, (nodes,).
    index, d
        Where its lithium fraction lies in the tables: `locate`, (nodes,).
    to_potential, exchange, to_exchange
        dU/dz in V; the squared exchange current in (A/m2)^2, and the derivative of its logarithm to z;
        written, (nodes,).
    """
    scale, factor = cell.table_inverse_spacing, coefficients.exchange_factor
    empty, full, exchange_table = cell.exchange_empty, cell.exchange_full, cell.exchange_table
    fill_exchange(cell, coefficients, filled, free, index, d, exchange)
    for k in range(filled.size):
        to_potential[k] = steep[k] * slope(cell.potential_table, scale, index[k], d[k])
    for k in range(filled.size):
        x, left = filled[k], free[k]
        growing = full - empty + (left - x) * value(exchange_table, index[k], d[k])
        growing += x * left * slope(exchange_table, scale, index[k], d[k])
        # The floor stays where it is.
        growing = growing if exchange[k] > EXCHANGE_FLOOR else 0.0
        to_exchange[k] = factor * steep[k] * growing / exchange[k]
    offset = coefficients.temperature_offset
    if offset != 0.0:
        for k in range(filled.size):
            to_potential[k] += steep[k] * offset * slope(cell.entropy_table, scale, index[k], d[k])
    if are_fewer(filled, free, MANY_SITES):
        thermal = coefficients.thermal_voltage
        for k in range(filled.size):
            few = min(filled[k], free[k])
            entropic = LAST_SITES / (few * crowding(few)) * (steep[k] / few)
            to_potential[k] -= thermal * entropic if few < MANY_SITES else 0.0
