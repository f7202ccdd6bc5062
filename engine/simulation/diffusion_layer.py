"""Diffusion that the mesh of the particles can't resolve, told from the protocol's rates."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from solidcell.engine.protocol import Step
from solidcell.engine.scenario import ActiveMaterial, Scenario
from solidcell.engine.simulation.instructions import protocol_steps
from solidcell.engine.simulation.warnings import RunWarning
from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.mesh import particle_mesh
from solidcell.kernels.parameters import HalfCell

LEAST_SHELLS = 2.0
"""Outermost shells that a diffusion layer has to reach through. With fewer the capacity of a discharge
whose surface fills up is too large: by 1 to 2 % at 2, 17 % at 1, and many times at 0.1, whatever mesh,
rate and diffusivity."""
_POINTS = 513


def coarse_mesh(scenario: Scenario, record: HalfCell) -> Iterator[RunWarning]:
    """A warning where a step runs a current that fills or empties the surface before the mesh sees it.

    Under the flux j of lithium through a particle's surface the profile has the slope of a layer of the
    depth ``delta = c_max int D dx / j``, with the integral over the window of the composition: when the
    surface has gone through the window, most of the change is within delta, wherever the particle is
    large against it. The step has to be long enough for that: ``(pi/4) delta^2 / D``.
    """
    if scenario.cell.symmetric:
        return
    layers = [
        (depth, step)
        for step, temperature in _steps_with_temperature(scenario)
        if (depth := _depth(scenario, record, step, temperature)) is not None
    ]
    if not layers:
        return
    depth, step = min(layers, key=lambda layer: layer[0])
    numerics = scenario.numerics
    faces = particle_mesh(numerics.shells, numerics.shell_stretch).faces
    shell = float(1.0 - faces[-2]) * record.particle_radius
    if depth >= LEAST_SHELLS * shell:
        return
    needed = math.ceil(numerics.shells * LEAST_SHELLS * shell / depth)
    yield RunWarning(
        "mesh_too_coarse",
        f"in step '{step.text}' lithium gets only {1e9 * depth:.2g} nm into the particles before their "
        f"surface is full or empty, and the outermost shell is {1e9 * shell:.2g} nm thick: capacities "
        f"are too large; raise numerics.shells to {needed} or more, or numerics.shell_stretch.",
    )


def _steps_with_temperature(scenario: Scenario) -> Iterator[tuple[Step, float]]:
    """The protocol's steps, check-ups included, with the temperature of each, K."""
    temperature = float(scenario.operation.temperature)
    steps = list(protocol_steps(scenario))
    for block in scenario.protocol:
        if block.check_up is not None:
            steps += block.check_up.steps
    for step in steps:
        if step.temperature is not None:
            temperature = step.temperature
        yield step, temperature


def _depth(scenario: Scenario, record: HalfCell, step: Step, temperature: float) -> float | None:
    """Depth of the diffusion layer when a step has taken the surface through its window, m.

    None for a step without a current of its own, or too short for that.
    """
    material = scenario.cell.composite.active_material
    current = _current(step, material) / scenario.cell.electrode_area
    if current == 0.0:
        return None
    low, high = material.stoichiometry_charged, material.stoichiometry_discharged
    diffusivity = material.diffusivity.evaluate(np.linspace(float(low), float(high), _POINTS))
    energy, reference = record.diffusivity_activation_energy, record.reference_temperature
    factor = math.exp(-energy / GAS * (1.0 / temperature - 1.0 / reference))
    factor /= float(scenario.cell.composite.patch_factor) ** 2
    mean = factor * float(diffusivity.mean())
    surface = float(record.active_area @ record.width)
    flux = abs(current) / (FARADAY * surface)
    depth = record.maximum_concentration * mean * float(high - low) / flux
    if step.duration is not None and step.duration < 0.25 * math.pi * depth**2 / mean:
        return None
    return depth


def _current(step: Step, material: ActiveMaterial) -> float:
    """Current that a step asks for, A: of a power at the middle of the window, of a load its mean."""
    middle = 0.5 * float(material.stoichiometry_charged + material.stoichiometry_discharged)
    voltage = float(material.open_circuit_potential.evaluate(np.array([middle]))[0])
    if step.kind == "current":
        return step.value
    if step.kind == "power":
        return step.value / voltage
    if step.drive_cycle is None or step.drive_cycle.quantity == "voltage":
        return 0.0
    time, load = step.drive_cycle.time, np.abs(step.drive_cycle.value)
    mean = float(np.trapezoid(load, time) / (time[-1] - time[0]))
    return mean if step.drive_cycle.quantity == "current" else mean / voltage
