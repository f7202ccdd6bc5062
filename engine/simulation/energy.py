"""Specific energy of a run, said with the discharge it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from solidcell.engine.cell import MassBreakdown, mass_breakdown
from solidcell.engine.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Discharge:
    """A constant-current discharge of the run.

    Attributes
    ----------
    current
        A.
    nominal_current
        1C, A; NaN if the cell states no capacity.
    capacity
        A h.
    energy
        W h.
    specific_energy
        W h per kg of cell.
    energy_density
        W h per litre of charged cell.
    """

    current: float
    nominal_current: float
    capacity: float
    energy: float
    specific_energy: float
    energy_density: float

    @property
    def rate(self) -> str:
        """As people write it, e.g. "C/10"; in ampere if the cell states no capacity."""
        if math.isnan(self.nominal_current):
            return f"{self.current:.3g} A"
        return rate_text(self.current, self.nominal_current)

    @property
    def mean_voltage(self) -> float:
        """V."""
        return self.energy / self.capacity


def rate_text(current: float, nominal_current: float) -> str:
    """C-rate of a current as people write it: "C/10", "C/3", "1C", "2C", "0.7C".

    Examples
    --------
    >>> rate_text(5.94, 59.4), rate_text(118.8, 59.4), rate_text(41.58, 59.4)
    ('C/10', '2C', '0.7C')
    """
    rate = Fraction(current / nominal_current).limit_denominator(1000)
    if rate.denominator == 1:
        return f"{rate.numerator}C"
    if rate.numerator == 1:
        return f"C/{rate.denominator}"
    return f"{float(current / nominal_current):.3g}C"


class EnergyMeter:
    """Turns discharges of a cell into specific energies."""

    def __init__(self, scenario: Scenario) -> None:
        self.breakdown: MassBreakdown = mass_breakdown(scenario.cell)
        capacity = scenario.cell.nominal_capacity
        self._nominal = math.nan if capacity is None else capacity / 3600.0
        self._mass = self.breakdown.mass
        self._litres = 1000.0 * self.breakdown.volume

    def discharge(self, current: float, capacity: float, energy: float) -> Discharge:
        """Discharge at `current` (A) of `capacity` (A h) and `energy` (W h)."""
        return Discharge(
            current,
            self._nominal,
            capacity,
            energy,
            energy / self._mass,
            energy / self._litres,
        )
