"""The cell: electrodes on either side of a solid-electrolyte separator.

Only what is chosen or measured is an entry; what follows from it (areas, effective conductivity,
nominal capacity) is a property.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator

from solidcell.engine.errors import InputError
from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.choice import chosen_by
from solidcell.engine.scenario.composite import CompositeElectrode
from solidcell.engine.scenario.lithium import LithiumElectrode
from solidcell.engine.scenario.parameter import ArealCapacity, Kind, Length, Parameter, Voltage
from solidcell.engine.scenario.separator import Separator

STANDARD_TEMPERATURE = 298.15
"""Temperature that the values of a cell without an active material hold for [K]."""

PositiveElectrode = Annotated[
    Annotated[CompositeElectrode, Tag("type=composite")]
    | Annotated[LithiumElectrode, Tag("type=lithium_foil")],
    Discriminator(chosen_by("type", "composite")),
]
"""A composite electrode, or the second lithium plane of a symmetric cell."""


class Cell(Entry):
    """A cell of double-sided electrodes; each face is one unit of the model."""

    name: str
    """Name of the cell."""
    description: str = ""
    """What the cell is."""
    electrode_height: Length
    """Height of an electrode."""
    electrode_width: Length
    """Width of an electrode."""
    faces: int = Field(ge=1, le=10_000)
    """Number of electrode faces in parallel, two to a double-sided electrode."""
    pack_mass_fraction: Annotated[Parameter, Kind("", minimum=0.0, maximum=0.9)]
    """Share of pouch, tabs and seals in the mass of the cell."""
    nominal_areal_capacity: ArealCapacity | None = None
    """Capacity that C-rates refer to, per electrode area; needed if the protocol has C-rates."""
    lower_voltage_cutoff: Voltage
    """Least voltage that the cell may be used at."""
    upper_voltage_cutoff: Voltage
    """Greatest voltage that the cell may be used at."""
    negative: LithiumElectrode
    """The lithium side."""
    separator: Separator
    """The solid electrolyte between the electrodes."""
    positive: PositiveElectrode
    """The composite electrode; lithium, too, in a symmetric cell."""

    @model_validator(mode="after")
    def _voltage_window(self) -> Cell:
        lower, upper = self.lower_voltage_cutoff, self.upper_voltage_cutoff
        if not lower < upper:
            raise ValueError(
                f"lower_voltage_cutoff {lower:g} V must be below upper_voltage_cutoff {upper:g} V; "
                "exchange the two"
            )
        if isinstance(self.positive, LithiumElectrode):
            return self
        potential = self.positive.active_material.open_circuit_potential
        reach = potential.evaluate(np.array(potential.domain))
        if upper > max(reach):
            raise ValueError(
                f"upper_voltage_cutoff {upper:g} V is out of reach: the open-circuit potential "
                f"ends at {max(reach):.3f} V; lower the cut-off or extend the potential's domain"
            )
        return self

    @property
    def symmetric(self) -> bool:
        """Whether both electrodes are lithium."""
        return isinstance(self.positive, LithiumElectrode)

    @property
    def composite(self) -> CompositeElectrode:
        """The composite electrode.

        Raises
        ------
        InputError
            If the cell is symmetric.
        """
        if isinstance(self.positive, LithiumElectrode):
            raise InputError(
                f"{self.name}: a symmetric lithium cell has no composite electrode; give "
                "cell.positive one"
            )
        return self.positive

    @property
    def planes(self) -> tuple[LithiumElectrode, ...]:
        """The lithium electrodes, the negative one first."""
        if isinstance(self.positive, LithiumElectrode):
            return self.negative, self.positive
        return (self.negative,)

    @property
    def reference_temperature(self) -> float:
        """Temperature that the values of the cell hold for [K]."""
        if isinstance(self.positive, LithiumElectrode):
            return STANDARD_TEMPERATURE
        return float(self.positive.active_material.reference_temperature)

    @property
    def footprint(self) -> float:
        """Area of one face [m2]."""
        return float(self.electrode_height * self.electrode_width)

    @property
    def electrode_area(self) -> float:
        """Area of all faces [m2]."""
        return self.footprint * self.faces

    @property
    def nominal_capacity(self) -> float | None:
        """Capacity that C-rates refer to [A.s], if the cell states one."""
        if self.nominal_areal_capacity is None:
            return None
        return float(self.nominal_areal_capacity) * self.electrode_area
