"""The lithium fraction at the surface of a particle, as a state that knows how far it is from full.

The state is the logit ``z = ln(x / (1 - x))``. A surface that fills has an overpotential that grows
with ``ln(1 - x)``: linear in z, where in x it is a pole that no linearised step may come near. From
the open-circuit potential of the tables on, a lattice gas takes over where hardly any site is left,

    U(z) = U(x) - (R T / F) ln[(1 + d e^z) / (1 + d e^-z)],     d = 1e-7,

so that a surface which is full (or empty) takes any potential below (above) that of its end: the
reaction moves on to other nodes (McKinnon and Haering 1983, Modern Aspects of Electrochemistry 15,
p. 235, for the entropy of a lattice gas). Nothing of it is felt before: it is 3 uV at x = 0.999.

The exchange current is kept by what it vanishes with:

    j0^2 = c_0 (1 - x) + c_1 x + x (1 - x) q(x)

with c_0 and c_1 its squares at empty and full (0 where no sites or no lithium stop the transfer) and q
the table. Evaluated from ``1 - x`` itself, it has all its digits however full a surface is.
"""

import numpy as np
import numpy.typing as npt

from solidcell.kernels.elementary import exponential, logarithm
from solidcell.kernels.options import inline_kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.tables import interval, slope, value

FloatArray = npt.NDArray[np.float64]

LAST_SITES = 1e-7
"""d: share of the sites (or of the lithium) below which the potential is that of a lattice gas."""
EXCHANGE_FLOOR = 1e-200
"""Least square of the exchange current, (A/m2)^2: keeps ratios of currents finite."""
FARTHEST = 600.0
"""Largest logit, either way, that is followed: thirty volts beyond the potential of a full surface."""
NEARLY_FULL = 1e-6
"""x (1 - x) below which the change of a surface follows from its potential, not from its shells."""
PINNED = 1e-9
"""Distance from empty or full below which shells have not digits enough to tell the logit."""


@inline_kernel
def fraction(logit: float) -> float:
    """Lithium fraction of a logit."""
    return 1.0 / (1.0 + exponential(-logit))


@inline_kernel
def logit_of(x: float) -> float:
    """Logit of a lithium fraction above 0 and below 1."""
    return logarithm(x / (1.0 - x))


@inline_kernel
def fractions(logit: FloatArray, x: FloatArray) -> None:
    """Lithium fraction of each logit, written to `x`."""
    for k in range(x.size):
        x[k] = 1.0 / (1.0 + exponential(-logit[k]))


@inline_kernel
def surface_properties(
    cell: HalfCell,
    coefficients: Coefficients,
    logit: FloatArray,
    potential: FloatArray,
    exchange: FloatArray,
) -> None:
    """Open-circuit potential, V, and squared exchange current, (A/m2)^2, of each surface.

    Parameters
    ----------
    logit
        z of each surface, (nodes,).
    potential, exchange
        Written, (nodes,).
    """
    scale, thermal = cell.table_inverse_spacing, coefficients.thermal_voltage
    empty, full = cell.exchange_empty, cell.exchange_full
    for k in range(logit.size):
        growth = exponential(logit[k])
        x, left = growth / (1.0 + growth), 1.0 / (1.0 + growth)
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
    for k in range(logit.size):
        growth = exponential(logit[k])
        crowding = (1.0 + LAST_SITES * growth) / (1.0 + LAST_SITES / growth)
        potential[k] -= thermal * logarithm(crowding)
    for k in range(logit.size):
        exchange[k] = max(exchange[k], EXCHANGE_FLOOR)


@inline_kernel
def surface_slopes(
    cell: HalfCell, coefficients: Coefficients, logit: float
) -> tuple[float, float, float, float, float]:
    """What a surface's equations need of its logit for their derivatives.

    Returns
    -------
    (float, float, float, float, float)
        x; dx/dz = x (1 - x); dU/dz in V; the squared exchange current in (A/m2)^2, and the derivative
        of its logarithm to z.
    """
    growth = exponential(logit)
    x, left = growth / (1.0 + growth), 1.0 / (1.0 + growth)
    spread = x * left
    scale = cell.table_inverse_spacing
    index, d = interval(cell.table_origin, scale, cell.table_intervals, x)
    potential_slope = slope(cell.potential_table, scale, index, d)
    if coefficients.temperature_offset != 0.0:
        potential_slope += coefficients.temperature_offset * slope(
            cell.entropy_table, scale, index, d
        )
    crowding = LAST_SITES * growth / (1.0 + LAST_SITES * growth)
    crowding += LAST_SITES / (growth + LAST_SITES)
    to_potential = potential_slope * spread - coefficients.thermal_voltage * crowding
    empty, full = cell.exchange_empty, cell.exchange_full
    share = value(cell.exchange_table, index, d)
    exchange = coefficients.exchange_factor * (empty * left + full * x + spread * share)
    if exchange < EXCHANGE_FLOOR:
        return x, spread, to_potential, EXCHANGE_FLOOR, 0.0
    to_exchange = full - empty + (left - x) * share
    to_exchange += spread * slope(cell.exchange_table, scale, index, d)
    relative = coefficients.exchange_factor * spread * to_exchange / exchange
    return x, spread, to_potential, exchange, relative
