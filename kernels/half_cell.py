"""The cell with a single-ion conductor as a differential-algebraic system.

Unknowns are those of `solidcell.kernels.layout`. The equations are

    particles   d x / d t = diffusion_rates(Phi(x), g)          g = -R J_out / (a F c_max D0)
    surface     0 = Phi(x_s) - surface_weight . Phi(x) - surface_reach g
    charge      C d psi / d t = i[k] - i[k-1] - dx J            (algebraic without double layers)
    kinetics    0 = psi - w(x_s, J, theta, L)                   `solidcell.kernels.composite_electrode`
    planes      C d psi_p / d t = I_p - I_F,   0 = psi_p - plane_voltage(I_F, P, h, L)
    voltage     0 = V - [psi + ladder - I R_separator - psi_negative + psi_positive]
    pressure    0 = P - P_set(t) - S (l - l_ref)
    control     0 = I - I_set, V - V_set, I V - P_set or V - I R_set
    contact, films, voids, damage: their rates
    integrals   of charge, energy and lithium

The negative plane sees the cell's current, the positive one of a symmetric cell its opposite. A cell of
planes alone has an electrode without nodes.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.codes import Control
from solidcell.kernels.composite_electrode import electrode_equations, fill_contacts
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.lithium_metal import (
    NO_FILM,
    film_rate,
    plane_voltage,
    void_contact,
    void_rate,
)
from solidcell.kernels.mechanics import (
    LEAST_PRESSURE,
    MEMORY_TIME,
    Fixture,
    damage_rate,
    layer_thickness,
    set_pressure,
)
from solidcell.kernels.options import embedded_kernel, inline_kernel, kernel
from solidcell.kernels.parameters import Coefficients, HalfCell
from solidcell.kernels.particle import cracked_diffusivity
from solidcell.kernels.transport import fill_ladder
from solidcell.kernels.workspace import (
    AREA,
    DIFFUSIVITY,
    DOUBLE_LAYER,
    FILLING,
    FLUX_SCALE,
    Workspace,
    charges,
)

FloatArray = npt.NDArray[np.float64]

VOLTAGE_CONTROL = int(Control.VOLTAGE)
POWER_CONTROL = int(Control.POWER)
RESISTANCE_CONTROL = int(Control.RESISTANCE)


@kernel
def prepare_workspace(
    cell: HalfCell, coefficients: Coefficients, y: FloatArray, work: Workspace
) -> None:
    """Fill what depends on the temperature, and on active material and ion paths of the state `y`."""
    o = work.offsets
    work.border[DOUBLE_LAYER] = cell.double_layer
    if work.nodes.shape[1] > 0:
        retention = y[o.contact_retention : o.film_square]
        fill_ladder(cell, coefficients.ionic_factor, retention, work.ladder)
        prepare_material(cell, coefficients, y, work)


@embedded_kernel
def prepare_material(
    cell: HalfCell, coefficients: Coefficients, y: FloatArray, work: Workspace
) -> None:
    """Fill what depends on the active material of the state `y`."""
    o = work.offsets
    area, density = work.nodes[AREA], cell.cracking.crack_density
    share, connected = y[o.active_share : o.utilisation], y[o.utilisation : o.isolated_lithium]
    for k in range(area.size):
        area[k] = cell.active_area[k] * share[k] * connected[k]
    for k in range(area.size):
        work.nodes[FLUX_SCALE, k] = -coefficients.flux_scale / area[k]
    for k in range(area.size):
        work.nodes[FILLING, k] = -coefficients.filling_rate / area[k]
    for k in range(area.size):
        work.nodes[DIFFUSIVITY, k] = cracked_diffusivity(density, share[k])
    fill_contacts(cell, work, max(y[o.stack_pressure], LEAST_PRESSURE), y)


class Drive(NamedTuple):
    """What closes the system: a kind of control with its set-point, and the fixture of the stack.

    Attributes
    ----------
    kind
        A `Control`.
    setpoint
        A/m2, V, W/m2 or Ohm m2 at `start`.
    ramp
        Its rate of change, per s.
    start
        s.
    fixture
        What holds the stack.
    """

    kind: int
    setpoint: float
    ramp: float
    start: float
    fixture: Fixture


@inline_kernel
def control_residual(
    drive: Drive, time: float, current: float, voltage: float
) -> tuple[float, float, float]:
    """Residual of the control equation and its derivatives to current and voltage."""
    setpoint = drive.setpoint + drive.ramp * (time - drive.start)
    if drive.kind == VOLTAGE_CONTROL:
        return voltage - setpoint, 0.0, 1.0
    if drive.kind == POWER_CONTROL:
        return current * voltage - setpoint, voltage, current
    if drive.kind == RESISTANCE_CONTROL:
        return voltage - current * setpoint, -setpoint, 1.0
    return current - setpoint, 1.0, 0.0


@embedded_kernel
def evaluate(
    cell: HalfCell,
    coefficients: Coefficients,
    drive: Drive,
    work: Workspace,
    time: float,
    y: FloatArray,
    f: FloatArray,
) -> None:
    """Rates of the differential states and residuals of the algebraic equations at `y`.

    Parameters
    ----------
    time
        s.
    y
        State vector.
    f
        Written, same shape: derivatives in 1/s where the state is differential, residuals elsewhere.
    """
    o = work.offsets
    current, voltage = y[o.current_density], y[o.voltage]
    pressure = y[o.stack_pressure]
    felt = max(pressure, LEAST_PRESSURE)

    terminal = -coefficients.separator_resistance * current
    # What doesn't change, too: what another cell, or a step that failed, has left there is none of it.
    f[o.positive_film_charge] = 0.0
    f[o.double_layer_charge] = 0.0
    f[o.cracked_lithium] = 0.0
    f[o.contact_retention : o.potential_difference] = 0.0
    if work.nodes.shape[1] > 0:
        collector, film_charge = electrode_equations(cell, coefficients, work, felt, y, f)
        terminal += collector
        f[o.positive_film_charge] = film_charge
        if charges(work):
            reaction, charging = y[o.reaction_current : o.plane_current], -current
            for k in range(reaction.size):
                charging -= cell.width[k] * reaction[k]
            f[o.double_layer_charge] = charging

    lithium = cell.lithium
    for p in range(cell.planes):
        sign = 1.0 if p == 0 else -1.0
        stripping = y[o.plane_current + p]
        voids, square = y[o.void_thickness + p], y[o.plane_film_square + p]
        theta, slope = void_contact(lithium, coefficients, voids)
        eta, drop, film, _, _, _, _, _ = plane_voltage(
            lithium, coefficients, stripping, felt, y[o.highest_pressure], theta, slope, square
        )
        f[o.plane_current + p] = y[o.plane_voltage + p] - (eta + drop + film)
        f[o.plane_voltage + p] = sign * current - stripping
        if charges(work):
            f[o.plane_voltage + p] /= lithium.capacitance
        terminal -= sign * y[o.plane_voltage + p]
        opening, growth = 0.0, 0.0
        if lithium.voids:
            opening, _, _, _ = void_rate(
                lithium, coefficients, stripping, felt, voids, theta, slope
            )
        if lithium.film.law != NO_FILM:
            growth, _ = film_rate(lithium, coefficients, y[o.plated_lithium + p], square)
        f[o.void_thickness + p] = opening
        f[o.plane_film_square + p] = growth
        f[o.plated_lithium + p] = -stripping / FARADAY

    f[o.voltage] = voltage - terminal
    f[o.current_density], _, _ = control_residual(drive, time, current, voltage)
    fixture = drive.fixture
    f[o.stack_pressure] = pressure - set_pressure(fixture, time)
    if fixture.stiffness != 0.0:
        swelling = layer_thickness(cell, o, y) - fixture.thickness
        f[o.stack_pressure] -= fixture.stiffness * swelling
    f[o.highest_pressure] = max(0.0, pressure - y[o.highest_pressure]) / MEMORY_TIME
    f[o.carbon_charge_square] = coefficients.carbon_rate
    f[o.pore_damage] = 0.0
    if cell.pore_creep.opening > 0.0:
        f[o.pore_damage], _ = damage_rate(cell.pore_creep, coefficients.creep_factor, felt)

    f[o.discharge_charge] = max(current, 0.0)
    f[o.charge_charge] = max(-current, 0.0)
    f[o.discharge_energy] = max(current, 0.0) * voltage
    f[o.charge_energy] = max(-current, 0.0) * voltage
