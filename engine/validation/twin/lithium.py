"""Lithium plane: resistance against pressure, voids, creep into pores.

Every function takes numbers, arrays or PyBaMM expressions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solidcell.engine.validation.twin.cell import FARADAY, MeasuredResistance, PoreCreep, Voids

#: Contact below which the repair current stops growing.
_SMALLEST_REPAIR_CONTACT = 0.02
_PASCAL_PER_MEGAPASCAL = 1.0e6


def measured_resistance(law: MeasuredResistance, pressure: Any, highest: Any) -> Any:
    """Resistance of the plane at the reference temperature, per geometric area.

    Parameters
    ----------
    law : MeasuredResistance
        Constants.
    pressure, highest : float or pybamm.Symbol
        Stack pressure now and highest so far [Pa].

    Returns
    -------
    float or pybamm.Symbol
        [Ohm m2]
    """
    reached = np.maximum(pressure, highest)
    falling = (law.resistance - law.at_infinite_pressure) * (
        reached / law.reference_pressure
    ) ** -law.exponent
    return (law.at_infinite_pressure + falling) * (reached / pressure) ** law.unloading_exponent


def void_contact(voids: Voids, thickness: Any) -> Any:
    """Contact fraction over voids of a thickness: 1 without, 0 at the separation height.

    Parameters
    ----------
    voids : Voids
        Constants.
    thickness : float or pybamm.Symbol
        Void volume per area [m].

    Returns
    -------
    float or pybamm.Symbol
    """
    power = 2.0 / 3.0
    smallest = voids.smallest_height
    covered = (np.maximum(thickness, 0.0) + smallest) ** power - smallest**power
    return 1.0 - covered / ((voids.separation_height + smallest) ** power - smallest**power)


def repair_current(voids: Voids, pressure: Any, contact: Any, creep: Any) -> Any:
    """Current that stripping may have without making voids.

    Parameters
    ----------
    voids : Voids
        Constants.
    pressure : float or pybamm.Symbol
        Stack pressure [Pa].
    contact : float or pybamm.Symbol
        Contact fraction of the voids.
    creep : float or pybamm.Symbol
        Arrhenius factor of creep.

    Returns
    -------
    float or pybamm.Symbol
        [A/m2]
    """
    local = pressure / (voids.repair_pressure * np.maximum(contact, _SMALLEST_REPAIR_CONTACT))
    return voids.repair_current * creep * local**voids.repair_exponent


def closing_rate(voids: Voids, pressure: Any, creep: Any) -> Any:
    """Rate at which creep closes voids at rest: (3 A_c/2)(3p/2n)^n.

    Parameters
    ----------
    voids : Voids
        Constants.
    pressure : float or pybamm.Symbol
        Stack pressure [Pa].
    creep : float or pybamm.Symbol
        Arrhenius factor of creep.

    Returns
    -------
    float or pybamm.Symbol
        [1/s]
    """
    exponent = voids.creep_exponent
    stress = 3.0 * pressure / (2.0 * exponent * _PASCAL_PER_MEGAPASCAL)
    return 1.5 * voids.creep_rate * creep * stress**exponent


def void_growth(
    voids: Voids, molar_volume: float, current: Any, thickness: Any, pressure: Any, creep: Any
) -> Any:
    """Rate of change of the voids' thickness.

    Parameters
    ----------
    voids : Voids
        Constants.
    molar_volume : float
        Of lithium [m3/mol].
    current : float or pybamm.Symbol
        Faradaic current density, positive for stripping [A/m2].
    thickness : float or pybamm.Symbol
        [m]
    pressure : float or pybamm.Symbol
        [Pa]
    creep : float or pybamm.Symbol
        Arrhenius factor of creep.

    Returns
    -------
    float or pybamm.Symbol
        [m/s]
    """
    contact = void_contact(voids, thickness)
    repair = repair_current(voids, pressure, contact, creep)
    height = np.maximum(thickness, 0.0)
    stripping = np.maximum(0.0, current - repair)
    filling = np.maximum(0.0, -current) * height / (height + voids.smallest_height)
    spare = np.minimum(1.0, np.maximum(0.0, 1.0 - current / repair))
    closing = closing_rate(voids, pressure, creep) * height * spare
    return molar_volume / FARADAY * (stripping - filling) - closing


def damage_rate(pores: PoreCreep, thickness: float, pressure: Any, creep: Any) -> Any:
    """Rate of the damage that lithium does by creeping into an open-pored separator.

    Parameters
    ----------
    pores : PoreCreep
        Constants.
    thickness : float
        Of the separator [m].
    pressure : float or pybamm.Symbol
        [Pa]
    creep : float or pybamm.Symbol
        Arrhenius factor of creep.

    Returns
    -------
    float or pybamm.Symbol
        [1/s]
    """
    open_share = max(0.0, pores.porosity - pores.closed_porosity) / pores.porosity_range
    pace = open_share**2 * pores.reference_thickness / thickness * creep
    fast = (pressure / pores.creep_pressure) ** pores.creep_exponent / pores.creep_time
    return pace * (pressure / pores.linear_constant + fast)
