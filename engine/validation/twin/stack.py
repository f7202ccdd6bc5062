"""Stack pressure of the model: set point, fixture, memory, and what it does to the separator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from solidcell.engine.validation.twin.builder import Builder
from solidcell.engine.validation.twin.lithium import damage_rate

if TYPE_CHECKING:
    from solidcell.engine.validation.twin.composite import CompositeStates
    from solidcell.engine.validation.twin.plane import PlaneStates

#: Time in which the memory of the highest pressure follows the pressure [s].
MEMORY_TIME = 1.0
#: Share of a particle's volume change that the electrode's thickness follows.
_THICKNESS_SHARE = 1.0 / 3.0
#: Size of a pressure for the solver's absolute tolerance [Pa].
_PRESSURE_SCALE = 1.0e6


@dataclass(frozen=True, slots=True)
class StackSymbols:
    """Pressure in the model.

    Attributes
    ----------
    pressure, highest : pybamm.Symbol
        Now, and the highest so far [Pa].
    """

    pressure: Any
    highest: Any


def stack_equations(b: Builder, plane: PlaneStates, composite: CompositeStates) -> StackSymbols:
    """Write the equations of the stack.

    Parameters
    ----------
    b : Builder
        The model.
    plane : PlaneStates
        Unknowns of the lithium plane.
    composite : CompositeStates
        Unknowns of the composite electrode, whose particles breathe as far as they take part.

    Returns
    -------
    StackSymbols
    """
    pybamm, cell, half = b.pybamm, b.cell, b.cell.half_cell
    lithium = plane.metal
    if plane.film is not None:
        lithium = lithium + (
            (plane.film.thickness - plane.film.constants.initial_thickness)
            / plane.film.constants.molar_volume
        )
    thickness = cell.lithium.molar_volume * lithium
    if plane.void is not None:
        thickness = thickness + plane.void
    if cell.composite.volume_change is not None:
        solid = half.electrode_thickness * half.active_material_volume_fraction
        change = b.mean(composite.material.active * cell.composite.volume_change(composite.mean))
        thickness = thickness + _THICKNESS_SHARE * solid * change
    start, end = b.inputs["pressure from"], b.inputs["pressure to"]
    passed = (pybamm.t - b.inputs["ramp start"]) / b.inputs["ramp duration"]
    set_point = start + (end - start) * np.minimum(np.maximum(passed, 0.0), 1.0)
    pressure = set_point
    if cell.fixture_stiffness > 0.0:
        gained = thickness - b.inputs["reference thickness"]
        pressure = set_point + cell.fixture_stiffness * gained
    highest = b.unknown("highest pressure", b.start.pressure, scale=_PRESSURE_SCALE)
    b.evolve(highest, np.maximum(pressure - highest, 0.0) / MEMORY_TIME)
    damage = b.unknown("damage", 0.0)
    pace = pybamm.Scalar(0.0)
    if cell.pore_creep is not None:
        creep = b.arrhenius(cell.pore_creep.activation_energy)
        pace = damage_rate(cell.pore_creep, half.separator_thickness, pressure, creep)
    b.evolve(damage, pace)
    b.model.variables.update(
        {
            "stack_pressure": pressure,
            "highest_pressure": highest,
            "pressure_set_point": set_point,
            "thickness": thickness,
            "short_circuit_damage": damage,
        }
    )
    return StackSymbols(pressure, highest)
