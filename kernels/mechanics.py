"""Stack pressure: the fixture that holds the stack, and what the layers do to it.

    P = P_set(t) + S (l - l_ref)
    l = sum over planes [V_Li n + h] + (1/3) sum_k dx eps_k theta_u g(x_k)

l is the thickness of what changes in one face: lithium n that current has plated, whatever a film has
made of it since; voids; and the composite electrode, whose particles swell by g(x) where they are
connected, a third of it along the thickness. S is the stiffness of fixture and layers in series per
face; 0 is constant pressure.
"""

from typing import NamedTuple

from solidcell.kernels.layout import Offsets
from solidcell.kernels.options import embedded_kernel, kernel
from solidcell.kernels.parameters import FloatArray, HalfCell, PoreCreep
from solidcell.kernels.tables import interval, value

LEAST_PRESSURE = 1e3
"""Pa; laws of contact take no less."""
LOOSE_PRESSURE = 1e5
"""Pa; below it nothing holds the layers together."""
MEMORY_TIME = 1.0
"""s; with this delay the highest pressure follows the pressure."""


class Fixture(NamedTuple):
    """What holds the stack while a protocol step runs.

    Attributes
    ----------
    pressure, ramp, start
        Pressure at the reference thickness, Pa, its rate of change, Pa/s, and the former's time, s.
    stiffness
        S, Pa/m; 0 holds the pressure.
    thickness
        l_ref, m.
    """

    pressure: float
    ramp: float
    start: float
    stiffness: float
    thickness: float


@embedded_kernel
def layer_thickness(cell: HalfCell, o: Offsets, y: FloatArray) -> float:
    """Thickness of what changes in one face, m."""
    total = 0.0
    for p in range(cell.planes):
        total += cell.lithium.molar_volume * y[o.plated_lithium + p] + y[o.void_thickness + p]
    scale = cell.table_inverse_spacing
    for k in range(cell.width.size):
        index, d = interval(
            cell.table_origin, scale, cell.table_intervals, y[o.mean_stoichiometry + k]
        )
        swelling = value(cell.volume_table, index, d)
        connected = cell.active_fraction[k] * y[o.active_share + k] * y[o.utilisation + k]
        total += cell.width[k] * connected * swelling / 3.0
    return total


@embedded_kernel
def set_pressure(fixture: Fixture, time: float) -> float:
    """P_set at a time (s), Pa."""
    return fixture.pressure + fixture.ramp * (time - fixture.start)


@kernel
def damage_rate(pores: PoreCreep, creep_factor: float, pressure: float) -> tuple[float, float]:
    """Rate at which lithium creeps into pores, 1/s of a short, and its derivative to pressure.

    ``dD/dt = f a_T [p / (p t)_lin + (p / p_y)^n / t_y]``; both constants are fitted to the times that
    porous pellets took to short at 5 to 75 MPa (Doux 2020, 10.1002/aenm.201903253).
    """
    if pores.opening == 0.0:
        return 0.0, 0.0
    fast = (pressure / pores.yield_pressure) ** pores.exponent / pores.time
    factor = pores.opening * creep_factor
    return (
        factor * (pressure / pores.linear + fast),
        factor * (1.0 / pores.linear + pores.exponent * fast / pressure),
    )
