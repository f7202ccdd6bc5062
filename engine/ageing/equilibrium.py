"""Capacity of a lithium | composite cell between its cut-offs, at equilibrium.

No current flows, so that neither kinetics nor transport limit it: only the sites of the active
material that are left, and the lithium there is to fill them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from solidcell.engine.scenario import Scenario
from solidcell.kernels.constants import FARADAY

FloatArray = npt.NDArray[np.float64]
Curve = Callable[[FloatArray], FloatArray]

_SECONDS_PER_HOUR = 3600.0
_POINTS, _ROUNDS = 257, 6
"""A crossing is found among so many points, so many times: to 256^-6 of the domain."""


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """What the capacity at equilibrium follows from.

    Attributes
    ----------
    sites
        Sites for lithium in the fresh, connected active material, mol per m2 of electrode.
    area
        Electrode area, m2.
    lowest, highest
        Lithium fraction of the active material at the upper and at the lower cut-off.
    """

    sites: float
    area: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """The equilibrium of a scenario's cell at the scenario's temperature.

        Where the open-circuit potential does not fall to the lower cut-off, its domain's end counts.

        Raises
        ------
        InputError
            If the cell is symmetric.
        """
        cell, positive = scenario.cell, scenario.cell.composite
        material = positive.active_material
        domain = material.open_circuit_potential.domain
        potential = _potential(scenario)
        fraction = positive.active_volume_fraction
        return cls(
            sites=float(material.maximum_concentration * positive.thickness * fraction),
            area=cell.electrode_area,
            lowest=_crossing(potential, domain, float(cell.upper_voltage_cutoff)),
            highest=_crossing(potential, domain, float(cell.lower_voltage_cutoff)),
        )

    def capacity(
        self, lithium: npt.ArrayLike, active: npt.ArrayLike, utilisation: npt.ArrayLike
    ) -> FloatArray:
        """Capacity between the cut-offs, A h: F sites a u (x_high - x_low) area.

        The discharge ends at the lower cut-off, or before it when all lithium is in the particles:
        x_high = min(highest, lithium / (sites a u)). Lithium in excess thus hides a loss of
        inventory until it is gone. The shapes are those of NumPy's broadcasting.

        Parameters
        ----------
        lithium
            Cyclable lithium, mol/m2: metal of the plane and lithium in connected particles.
        active
            Active material that is left, relative to the fresh cell.
        utilisation
            Share of it that both networks reach.
        """
        sites = self.sites * np.asarray(active) * np.asarray(utilisation)
        filled = np.minimum(self.highest * sites, lithium)
        moved = np.maximum(filled - self.lowest * sites, 0.0)
        capacity: FloatArray = FARADAY * self.area / _SECONDS_PER_HOUR * moved
        return capacity


def _potential(scenario: Scenario) -> Curve:
    """Open-circuit potential against lithium fraction at the scenario's temperature, V."""
    material = scenario.cell.composite.active_material
    reference, change = material.open_circuit_potential, material.entropic_coefficient
    if change is None or scenario.physics.entropy == "off":
        return reference.evaluate
    warmer = float(scenario.operation.temperature - material.reference_temperature)
    return lambda x: reference.evaluate(x) + warmer * change.evaluate(x)


def _crossing(potential: Curve, domain: tuple[float, float], level: float) -> float:
    """Largest lithium fraction at which a falling potential is not below a level.

    The end of the domain that is nearer to it, where the potential does not cross the level.
    """
    low, high = domain
    for _ in range(_ROUNDS):
        x = np.linspace(low, high, _POINTS)
        above = np.flatnonzero(potential(x) >= level)
        if not above.size:
            return low
        if above[-1] == _POINTS - 1:
            return high
        low, high = float(x[above[-1]]), float(x[above[-1] + 1])
    return low
