"""From the cell that a person describes to the parameter record that the kernels take."""

from __future__ import annotations

import numpy as np

from solidcell.engine.cell.tables import property_tables
from solidcell.engine.scenario import Scenario
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.mesh import electrode_faces, particle_mesh
from solidcell.kernels.parameters import HalfCell


def half_cell_record(scenario: Scenario) -> HalfCell:
    """Parameter record of a scenario's cell on its mesh.

    Everything that follows from other entries (effective conductivity, particle surface, separator
    resistance) is computed here.
    """
    cell, numerics = scenario.cell, scenario.numerics
    positive, negative, separator = cell.positive, cell.negative, cell.separator
    material = positive.active_material
    tables = property_tables(material, entropy=scenario.physics.entropy == "on")
    shells = particle_mesh(numerics.shells, numerics.shell_stretch)
    width = np.diff(electrode_faces(numerics.nodes, numerics.node_stretch))
    width *= float(positive.thickness)

    def everywhere(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.full(numerics.nodes, float(value))

    return HalfCell(
        width=width,
        active_area=everywhere(positive.specific_area),
        active_fraction=everywhere(positive.active_volume_fraction),
        contact_fraction=everywhere(positive.contact_fraction),
        film_resistance=everywhere(positive.film_resistance),
        ionic_conductivity=everywhere(positive.effective_conductivity),
        electronic_conductivity=everywhere(positive.electronic_conductivity),
        shell_volume=shells.volume,
        transmissibility=shells.transmissibility,
        surface_weight=shells.surface_weight,
        particle_radius=float(positive.particle_radius),
        maximum_concentration=float(material.maximum_concentration),
        diffusivity=tables.diffusivity,
        constant_diffusivity=tables.constant_diffusivity,
        kirchhoff_table=tables.kirchhoff,
        potential_table=tables.potential,
        entropy_table=tables.entropy,
        exchange_table=tables.exchange,
        table_origin=tables.grid.origin,
        table_inverse_spacing=1.0 / tables.grid.spacing,
        table_intervals=tables.grid.intervals,
        ionic_activation_energy=float(positive.electrolyte_conductivity_activation_energy),
        separator_activation_energy=float(separator.conductivity_activation_energy),
        diffusivity_activation_energy=float(material.diffusivity_activation_energy),
        exchange_activation_energy=float(material.exchange_current_activation_energy),
        separator_resistance=float(separator.thickness / separator.conductivity),
        lithium_exchange_current=float(negative.exchange_current_density),
        lithium_exchange_activation_energy=float(negative.exchange_current_activation_energy),
        lithium_transfer_coefficient=float(negative.transfer_coefficient),
        lithium_contact_fraction=float(negative.contact_fraction),
        lithium_interface_resistance=float(negative.interface_resistance),
        lithium_interface_activation_energy=float(negative.interface_resistance_activation_energy),
        reference_temperature=float(material.reference_temperature),
        nominal_current_density=_nominal_current_density(scenario),
    )


def _nominal_current_density(scenario: Scenario) -> float:
    """1C, A/m2: of the stated capacity, or of the whole window of the material if none is stated."""
    cell = scenario.cell
    if cell.nominal_areal_capacity is not None:
        return float(cell.nominal_areal_capacity) / 3600.0
    positive = cell.positive
    material = positive.active_material
    window = material.stoichiometry_discharged - material.stoichiometry_charged
    sites = material.maximum_concentration * positive.active_volume_fraction * positive.thickness
    return float(FARADAY * sites * window) / 3600.0
