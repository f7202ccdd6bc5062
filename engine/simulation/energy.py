"""Specific energy of a run, said with the discharge it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from solidcell.engine.cell import MassBreakdown, mass_breakdown
from solidcell.engine.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Discharge:
    """A constant-current discharge of the run.

    Attributes
    ----------
    rate
        As people write it, e.g. "C/10".
    capacity
        A h.
    energy
        W h.
    specific_energy
        W h per kg of cell.
    energy_density
        W h per litre of charged cell.
    """

    rate: str
    capacity: float
    energy: float
    specific_energy: float
    energy_density: float

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
        self._nominal = scenario.cell.nominal_capacity

    def discharge(self, current: float, capacity: float, energy: float) -> Discharge:
        """Discharge at `current` (A) of `capacity` (A h) and `energy` (W h)."""
        rate = f"{current:.3g} A"
        if self._nominal is not None:
            rate = rate_text(current, self._nominal / 3600.0)
        return Discharge(
            rate,
            capacity,
            energy,
            energy / self.breakdown.mass,
            energy / (self.breakdown.volume * 1000.0),
        )
