"""The whole model of the twin, and where its segments end."""

from __future__ import annotations

from typing import Any

import numpy as np

from solidcell.engine.validation.reference import load_pybamm
from solidcell.engine.validation.twin.builder import Builder
from solidcell.engine.validation.twin.cell import TwinCell
from solidcell.engine.validation.twin.composite import composite_equations, composite_states
from solidcell.engine.validation.twin.plane import plane_equations, plane_states
from solidcell.engine.validation.twin.protocol import Start
from solidcell.engine.validation.twin.stack import stack_equations

#: Contact that voids leave the lithium plane at which it counts as lost.
LOST_CONTACT = 0.05
#: Stack pressure at which the stack has lost contact [Pa].
LOST_PRESSURE = 0.1e6
#: Size of the charge passed, for the solver's absolute tolerance [A s/m2].
_CHARGE_SCALE = 1.0e4


def build(cell: TwinCell, start: Start, *, entropy: bool) -> Any:
    """Write down the model.

    Parameters
    ----------
    cell : TwinCell
        The cell.
    start : Start
        Where it begins.
    entropy : bool
        Whether the open-circuit potential follows temperature.

    Returns
    -------
    pybamm.BaseModel
        Not yet discretised; its variables carry the names of a results file, in SI units.
    """
    b = Builder(load_pybamm(), cell, entropy, start)
    current = b.unknown("current", 0.0, scale=b.one_c)
    charge = b.unknown("charge", 0.0, scale=_CHARGE_SCALE)
    b.evolve(charge, current)
    composite = composite_states(b)
    plane = plane_states(b)
    stack = stack_equations(b, plane, composite)
    plane_drop = plane_equations(b, plane, stack, current)
    half = cell.half_cell
    separator = half.separator_thickness / (
        half.separator_conductivity * b.arrhenius(half.separator_conductivity_activation_energy)
    )
    voltage = composite_equations(b, composite, stack, current, -plane_drop - current * separator)
    hold = b.inputs["hold"]
    of_current = (current - b.inputs["current"]) / b.one_c
    b.balance(current, (1.0 - hold) * of_current + hold * (voltage - b.inputs["voltage"]))
    b.model.variables.update({"voltage": voltage, "current": current, "charge": charge})
    b.model.events = _events(b, voltage, current)
    return b.model


def _events(b: Builder, voltage: Any, current: Any) -> list[Any]:
    """Conditions that end a segment when they fall through zero."""
    inputs, variables = b.inputs, b.model.variables
    sense = inputs["voltage sense"]
    small = inputs["current sense"]
    stripping = inputs["stripping"]
    conditions = {
        "voltage": sense * (voltage - inputs["voltage limit"]) + 1.0 - np.absolute(sense),
        "current": small * (np.absolute(current) - inputs["current limit"]) + 1.0 - small,
        "pressure": (variables["stack_pressure"] - LOST_PRESSURE) / LOST_PRESSURE,
        "lithium": stripping * variables["lithium_metal"] + 1.0 - stripping,
    }
    if b.cell.lithium.voids is not None:
        conditions["contact"] = variables["void_contact_negative"] - LOST_CONTACT
    return [b.pybamm.Event(name, condition) for name, condition in conditions.items()]
