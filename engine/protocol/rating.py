"""What a protocol needs to know of its cell to become amperes, and to be judged possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from solidcell.engine.entry.units import factor_to_si, parse_c_rate, split_quantity
from solidcell.engine.protocol.step import Fixture

Electric = Literal["current", "voltage", "power", "resistance", "capacity", "energy"]

# What each SI unit controls or watches, and whether it is per area of electrode.
_ELECTRIC: dict[str, tuple[Electric, bool]] = {
    "A": ("current", False),
    "A/m^2": ("current", True),
    "V": ("voltage", False),
    "W": ("power", False),
    "W/m^2": ("power", True),
    "ohm": ("resistance", False),
    "A*s": ("capacity", False),
    "A*s/m^2": ("capacity", True),
    "J": ("energy", False),
    "J/m^2": ("energy", True),
}


@dataclass(frozen=True, slots=True)
class Rating:
    """The figures of a cell that a protocol refers to.

    Attributes
    ----------
    area
        Electrode area [m2].
    lower_voltage, upper_voltage
        Window the cell may be used in [V].
    cutoffs
        Whether its ends are cut-offs of the steps that have no limit of their own.
    stoichiometry
        Least and greatest stoichiometry that the open-circuit potential is known for; None for a
        symmetric lithium cell.
    charge_window
        Stoichiometry at a state of charge of 0 and of 1; None for a cell that has no such states.
    capacity
        Capacity that C-rates refer to [A.s], if there is one.
    read_fixture
        Reads a fixture as written; None where fixtures are unknown.
    """

    area: float
    lower_voltage: float
    upper_voltage: float
    stoichiometry: tuple[float, float] | None
    capacity: float | None = None
    read_fixture: Callable[[object], Fixture] | None = None
    cutoffs: bool = True
    charge_window: tuple[float, float] | None = None

    @property
    def symmetric(self) -> bool:
        """Whether both electrodes are lithium."""
        return self.stoichiometry is None

    def electric(self, text: str) -> tuple[Electric, float]:
        """Quantity and whole-cell SI value of ``C/3``, ``2 A``, ``10 W``, ``4.2 V`` or ``5 W.h``.

        Raises
        ------
        ValueError
            If it is none of these, or a C-rate of a cell without capacity.
        """
        rate = parse_c_rate(text)
        if rate is not None:
            return "current", rate * self.current_at_1c(text)
        number, unit = split_quantity(text)
        if not unit:
            raise ValueError(f"'{text}' has no unit; write it like 'C/3', '2 A', '10 W' or '4.2 V'")
        si_unit, factor = factor_to_si(unit)
        if si_unit not in _ELECTRIC:
            raise ValueError(
                f"'{text}' is no current, voltage, power or resistance; write it like 'C/3', "
                "'2 A', '10 W' or '4.2 V'"
            )
        quantity, per_area = _ELECTRIC[si_unit]
        value = float(number) * float(factor)
        return quantity, value * self.area if per_area else value

    def stoichiometry_at(self, soc: float, text: str) -> float:
        """Mean stoichiometry of the positive electrode at a state of charge, for what is written.

        Raises
        ------
        ValueError
            If the cell has no states of charge, or its potential is not known there.
        """
        if self.charge_window is None:
            raise ValueError(
                f"'{text}': two lithium electrodes have no state of charge; write a charge like "
                "'5 mAh', or a time"
            )
        empty, full = self.charge_window
        x = empty + soc * (full - empty)
        if (
            self.stoichiometry is not None
            and not self.stoichiometry[0] <= x <= self.stoichiometry[1]
        ):
            low, high = ((empty - edge) / (empty - full) for edge in reversed(self.stoichiometry))
            raise ValueError(
                f"'{text}' lies outside {100 * low:.4g} % to {100 * high:.4g} %, between which the "
                "open-circuit potential is known; choose a state of charge inside"
            )
        return x

    def current_at_1c(self, text: str) -> float:
        """Current of 1C [A], for the C-rate ``text``.

        Raises
        ------
        ValueError
            If the cell has no nominal capacity.
        """
        if self.capacity is None:
            raise ValueError(
                f"'{text}' is a C-rate, but the cell has no capacity; add "
                "'nominal_areal_capacity: 5.5 mAh/cm^2' to the cell, or write a current in A"
            )
        return self.capacity / 3600
