"""From the cell that a person describes to the parameter record that the kernels take."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from solidcell.engine.cell.interfaces import (
    SOUND,
    carbon_rate,
    composite_contact,
    cracking_record,
    film_record,
    lithium_record,
    pore_creep,
)
from solidcell.engine.cell.tables import PropertyTables, property_tables
from solidcell.engine.scenario import CompositeElectrode, Scenario
from solidcell.kernels.codes import ContactLaw
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.mesh import electrode_faces, particle_mesh
from solidcell.kernels.parameters import Contact, HalfCell
from solidcell.kernels.tables import abscissa

FloatArray = npt.NDArray[np.float64]


def half_cell_record(scenario: Scenario) -> HalfCell:
    """Parameter record of a scenario's cell on its mesh; a symmetric cell has an empty electrode.

    Everything that follows from other entries (effective conductivity, particle surface, separator
    resistance) is computed here.
    """
    cell = scenario.cell
    separator = cell.separator
    return HalfCell(
        **_nothing() if cell.symmetric else _electrode(scenario, cell.composite),
        planes=len(cell.planes),
        double_layer=int(scenario.physics.double_layer == "on"),
        separator_activation_energy=float(separator.conductivity_activation_energy),
        separator_resistance=float(separator.thickness / separator.conductivity),
        lithium=lithium_record(scenario),
        pore_creep=pore_creep(separator),
        reference_temperature=cell.reference_temperature,
        nominal_current_density=_nominal_current_density(scenario),
    )


def _electrode(scenario: Scenario, positive: CompositeElectrode) -> dict[str, Any]:
    """Fields of the composite electrode."""
    numerics, material = scenario.numerics, positive.active_material
    tables = property_tables(material, entropy=scenario.physics.entropy == "on")
    shells = particle_mesh(numerics.shells, numerics.shell_stretch)
    width = np.diff(electrode_faces(numerics.nodes, numerics.node_stretch))
    width *= float(positive.thickness)
    contact, cracking = composite_contact(scenario, positive), cracking_record(scenario, positive)
    fixed = contact.law == ContactLaw.CONSTANT

    def everywhere(value: float) -> FloatArray:
        return np.full(numerics.nodes, float(value))

    return {
        "width": width,
        "active_area": everywhere(positive.specific_area),
        "active_fraction": everywhere(positive.active_volume_fraction),
        "contact_fraction": everywhere(positive.contact_fraction if fixed else 1.0),
        "contact_retention": everywhere(positive.contact_retention),
        "coating_resistance": everywhere(positive.film_resistance),
        "ionic_conductivity": everywhere(positive.effective_conductivity),
        "electronic_conductivity": everywhere(positive.effective_electronic_conductivity),
        "shell_volume": shells.volume,
        "transmissibility": shells.transmissibility,
        "surface_weight": shells.surface_weight,
        "surface_reach": shells.surface_reach,
        "particle_radius": float(positive.particle_radius),
        "maximum_concentration": float(material.maximum_concentration),
        # Lithium that enters through patches has a longer way.
        "diffusivity": tables.diffusivity / float(positive.patch_factor) ** 2,
        **_tables(tables),
        # Cracks change it from node to node.
        "constant_diffusivity": tables.constant_diffusivity and not cracking.crack_density > 0.0,
        "ionic_activation_energy": float(positive.electrolyte_conductivity_activation_energy),
        "diffusivity_activation_energy": float(material.diffusivity_activation_energy),
        "exchange_activation_energy": float(material.exchange_current_activation_energy),
        "capacitance": float(positive.double_layer_capacitance),
        "contact": contact,
        "film": film_record(positive.film, scenario.physics.interphase.positive),
        "cracking": cracking,
        "carbon_rate": carbon_rate(scenario, positive),
        "carbon_activation_energy": float(positive.carbon_decomposition.activation_energy),
    }


def _tables(tables: PropertyTables) -> dict[str, Any]:
    """Fields of the active material's properties."""
    return {
        "constant_diffusivity": tables.constant_diffusivity,
        "kirchhoff_table": tables.kirchhoff,
        "potential_table": tables.potential,
        "entropy_table": tables.entropy,
        "exchange_empty": tables.exchange_ends[0],
        "exchange_full": tables.exchange_ends[1],
        "exchange_table": tables.exchange,
        "volume_table": tables.volume,
        "table_origin": tables.grid.origin,
        "table_inverse_spacing": 1.0 / tables.grid.spacing,
        "table_intervals": tables.grid.intervals,
    }


def _nothing() -> dict[str, Any]:
    """Fields of an electrode without nodes."""
    grid, flat = abscissa(0.0, 1.0, 2), np.zeros((4, 4))
    tables = PropertyTables(
        grid=grid,
        potential=flat,
        entropy=flat,
        exchange_ends=(0.0, 0.0),
        exchange=flat,
        diffusivity=1.0,
        kirchhoff=flat,
        constant_diffusivity=True,
        volume=flat,
    )
    nodal = (
        "width",
        "active_area",
        "active_fraction",
        "contact_fraction",
        "contact_retention",
        "coating_resistance",
        "ionic_conductivity",
        "electronic_conductivity",
    )
    return {
        **{name: np.zeros(0) for name in nodal},
        "shell_volume": np.zeros(0),
        "transmissibility": np.zeros(0),
        "surface_weight": np.zeros(3),
        "surface_reach": 0.0,
        "particle_radius": 1.0,
        "maximum_concentration": 1.0,
        "diffusivity": 1.0,
        **_tables(tables),
        "ionic_activation_energy": 0.0,
        "diffusivity_activation_energy": 0.0,
        "exchange_activation_energy": 0.0,
        "capacitance": 1.0,
        "contact": Contact(
            law=int(ContactLaw.CONSTANT),
            parameters=np.zeros(8),
            pitch=0.0,
            conductivity=1.0,
            evolves=0,
            loss_coefficient=0.0,
            loss_strain=1.0,
            loss_pressure=1.0,
            minimum=0.0,
            healing_rate=0.0,
            healing_pressure=1.0,
            isolation_threshold=0.0,
            path_exponent=0.0,
        ),
        "film": film_record(None, "none"),
        "cracking": SOUND,
        "carbon_rate": 0.0,
        "carbon_activation_energy": 0.0,
    }


def _nominal_current_density(scenario: Scenario) -> float:
    """1C, A/m2: of the stated capacity, or of the whole window of the material if none is stated.

    A symmetric cell without a capacity counts its currents in 1 mA/cm2.
    """
    cell = scenario.cell
    if cell.nominal_areal_capacity is not None:
        return float(cell.nominal_areal_capacity) / 3600.0
    if cell.symmetric:
        return 10.0
    positive = cell.composite
    material = positive.active_material
    window = material.stoichiometry_discharged - material.stoichiometry_charged
    sites = material.maximum_concentration * positive.active_volume_fraction * positive.thickness
    return float(FARADAY * sites * window) / 3600.0
