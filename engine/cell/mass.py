"""Mass, thickness, volume and material cost of a pouch cell, component by component.

Layers are counted per electrode face, foils by half their thickness. The lithium that the positive
electrode holds is part of its crystal: plated, it adds thickness and no mass. Packaging (pouch film,
tabs, seals) is a share of the finished cell, in mass as in volume.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from solidcell.engine.scenario import Cell, CompositeElectrode, LithiumElectrode, Parameter


@dataclass(frozen=True, slots=True)
class Component:
    """One component of the cell.

    Attributes
    ----------
    name
        What it is.
    mass
        In the whole cell, kg.
    thickness
        Of one face in the charged state, m; NaN where a component is no layer of its own.
    volume
        In the whole cell, m3.
    cost
        In the whole cell, in the currency of the prices; NaN where the scenario gives no price.
    """

    name: str
    mass: float
    thickness: float
    volume: float
    cost: float


@dataclass(frozen=True, slots=True)
class MassBreakdown:
    """The components of a cell and their sums."""

    components: tuple[Component, ...]

    @property
    def mass(self) -> float:
        """Mass of the cell, kg."""
        return sum(component.mass for component in self.components)

    @property
    def volume(self) -> float:
        """Volume of the charged cell, m3."""
        return sum(component.volume for component in self.components)

    @property
    def thickness(self) -> float:
        """Thickness of one face in the charged state, m."""
        layers = (component.thickness for component in self.components)
        return sum(layer for layer in layers if not math.isnan(layer))

    @property
    def cost(self) -> float:
        """Cost of the materials that have a price."""
        priced = (component.cost for component in self.components)
        return sum(cost for cost in priced if not math.isnan(cost))


def mass_breakdown(cell: Cell) -> MassBreakdown:
    """Break a cell down by component.

    Returns
    -------
    MassBreakdown
        From the positive electrode to the packaging. In a symmetric cell no lithium is plated on
        either electrode before the first current.
    """
    separator = cell.separator
    area = cell.electrode_area

    def solid(
        name: str, fraction: float, thickness: float, density: float, price: Parameter | None
    ) -> Component:
        volume = fraction * thickness * area
        mass = volume * density
        cost = math.nan if price is None else mass * price
        return Component(name, mass, fraction * thickness, volume, cost)

    def electrode(positive: CompositeElectrode) -> tuple[Component, ...]:
        material, layer = positive.active_material, float(positive.thickness)
        return (
            solid(
                "positive active material",
                positive.active_volume_fraction,
                layer,
                material.density,
                material.price,
            ),
            solid(
                "positive electrolyte",
                positive.electrolyte_volume_fraction,
                layer,
                positive.electrolyte_density,
                positive.electrolyte_price,
            ),
            solid(
                "positive carbon",
                positive.carbon_volume_fraction,
                layer,
                positive.carbon_density,
                positive.carbon_price,
            ),
            solid(
                "positive binder",
                positive.binder_volume_fraction,
                layer,
                positive.binder_density,
                positive.binder_price,
            ),
            solid("positive pores", positive.porosity, layer, 0.0, None),
        )

    def lithium(name: str, plane: LithiumElectrode, plated: float) -> Component:
        excess = solid(name, 1.0, float(plane.excess_thickness), plane.density, plane.price)
        return Component(
            name, excess.mass, excess.thickness + plated, excess.volume + plated * area, excess.cost
        )

    layers: tuple[Component, ...] = (
        solid(
            "separator",
            1.0 - separator.porosity,
            separator.thickness,
            separator.density,
            separator.price,
        ),
        solid("separator pores", separator.porosity, separator.thickness, 0.0, None),
    )
    if cell.symmetric:
        negative, positive = cell.planes
        layers = (
            lithium("positive lithium", positive, 0.0),
            *layers,
            lithium("negative lithium", negative, 0.0),
        )
    else:
        layers = (
            *electrode(cell.composite),
            *layers,
            lithium("lithium", cell.negative, plated_thickness(cell)),
        )
    stack = (
        *layers,
        *(
            solid(f"{side} current collector", 0.5, foil.thickness, foil.density, foil.price)
            for side, foil in (
                ("positive", cell.positive.current_collector),
                ("negative", cell.negative.current_collector),
            )
        ),
    )
    share = float(cell.pack_mass_fraction / (1.0 - cell.pack_mass_fraction))
    packaging = Component(
        "packaging",
        share * sum(component.mass for component in stack),
        math.nan,
        share * sum(component.volume for component in stack),
        math.nan,
    )
    return MassBreakdown((*stack, packaging))


def plated_thickness(cell: Cell) -> float:
    """Lithium that a charge plates on a face, from the discharged to the charged composition, m.

    Raises
    ------
    InputError
        If the cell is symmetric.
    """
    positive = cell.composite
    material = positive.active_material
    released = material.stoichiometry_discharged - material.stoichiometry_charged
    sites = material.maximum_concentration * positive.active_volume_fraction * positive.thickness
    return float(cell.negative.molar_volume * sites * released)
