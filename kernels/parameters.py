"""The parameter record of the single-ion half cell, and its coefficients at a temperature."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.arrhenius import arrhenius
from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.options import kernel

FloatArray = npt.NDArray[np.float64]


class HalfCell(NamedTuple):
    """Lithium metal | single-ion electrolyte | composite electrode; SI units.

    Arrays over the nodes of the electrode run from the separator to the collector, arrays over the
    shells from the centre of the particle to its surface. Geometric area, contact fraction and
    intrinsic exchange current stay separate.

    Attributes
    ----------
    width
        Thickness of each node's volume, m, (nodes,).
    active_area
        Geometric particle surface per volume, 3 eps / R, 1/m, (nodes,).
    active_fraction
        Volume fraction of active material, (nodes,).
    contact_fraction
        Fraction of the particle surface in contact with electrolyte, (nodes,).
    film_resistance
        Resistance of coating and interphase, Ohm m2 of contact area, (nodes,).
    ionic_conductivity, electronic_conductivity
        Effective conductivities of the composite at the reference temperature, S/m, (nodes,).
    shell_volume, transmissibility, surface_weight
        Particle mesh, see `solidcell.kernels.mesh.ParticleMesh`.
    particle_radius
        R, m.
    maximum_concentration
        Concentration at lithium fraction 1, mol/m3.
    diffusivity
        Scale D0 of the diffusivity, m2/s: D(x) = D0 dPhi/dx.
    constant_diffusivity
        Whether D(x) = D0, so that no table is looked up.
    kirchhoff_table
        Phi(x) = integral of D(x) / D0, the Kirchhoff transform of diffusion.
    potential_table, entropy_table
        Open-circuit potential, V, and its temperature coefficient, V/K, against lithium fraction.
    exchange_table
        Square of the exchange current density, (A/m2)^2 of contact area.
    table_origin, table_inverse_spacing, table_intervals
        Common abscissa of the tables.
    *_activation_energy
        J/mol.
    separator_resistance
        L_s / kappa_s at the reference temperature, Ohm m2.
    lithium_exchange_current
        Intrinsic j0 of the lithium plane, A/m2 of contact area.
    lithium_transfer_coefficient, lithium_contact_fraction
        alpha and theta_a of the lithium plane.
    lithium_interface_resistance
        Film and constriction on the lithium side, Ohm m2 of geometric area.
    reference_temperature
        K, of every value above.
    nominal_current_density
        1C, A/m2.
    """

    width: FloatArray
    active_area: FloatArray
    active_fraction: FloatArray
    contact_fraction: FloatArray
    film_resistance: FloatArray
    ionic_conductivity: FloatArray
    electronic_conductivity: FloatArray
    shell_volume: FloatArray
    transmissibility: FloatArray
    surface_weight: FloatArray
    particle_radius: float
    maximum_concentration: float
    diffusivity: float
    constant_diffusivity: bool
    kirchhoff_table: FloatArray
    potential_table: FloatArray
    entropy_table: FloatArray
    exchange_table: FloatArray
    table_origin: float
    table_inverse_spacing: float
    table_intervals: int
    ionic_activation_energy: float
    separator_activation_energy: float
    diffusivity_activation_energy: float
    exchange_activation_energy: float
    separator_resistance: float
    lithium_exchange_current: float
    lithium_exchange_activation_energy: float
    lithium_transfer_coefficient: float
    lithium_contact_fraction: float
    lithium_interface_resistance: float
    lithium_interface_activation_energy: float
    reference_temperature: float
    nominal_current_density: float


class Coefficients(NamedTuple):
    """What the equations need of a half cell at one temperature.

    Attributes
    ----------
    temperature
        K.
    thermal_voltage
        R T / F, V.
    temperature_offset
        T - T_ref, K, for the open-circuit potential.
    diffusion_rate
        D0(T) / R^2, 1/s.
    flux_scale
        R / (F c_max D0(T)): gradient of Phi at the surface per reaction current, m2/A.
    exchange_factor
        Factor on the square of the exchange current density.
    ionic_factor
        Factor on the ionic conductivity.
    separator_resistance, lithium_exchange_current, lithium_interface_resistance
        As in the parameter record, at this temperature.
    """

    temperature: float
    thermal_voltage: float
    temperature_offset: float
    diffusion_rate: float
    flux_scale: float
    exchange_factor: float
    ionic_factor: float
    separator_resistance: float
    lithium_exchange_current: float
    lithium_interface_resistance: float


@kernel
def at_temperature(cell: HalfCell, temperature: float) -> Coefficients:
    """Coefficients of `cell` at `temperature` (K), each property by its own Arrhenius law."""
    reference = cell.reference_temperature
    diffusivity = cell.diffusivity * arrhenius(
        cell.diffusivity_activation_energy, temperature, reference
    )
    ionic = arrhenius(cell.ionic_activation_energy, temperature, reference)
    separator = arrhenius(cell.separator_activation_energy, temperature, reference)
    exchange = arrhenius(cell.exchange_activation_energy, temperature, reference)
    lithium_exchange = arrhenius(cell.lithium_exchange_activation_energy, temperature, reference)
    # A resistance falls as the conduction behind it is activated.
    lithium_interface = arrhenius(cell.lithium_interface_activation_energy, temperature, reference)
    return Coefficients(
        temperature,
        GAS * temperature / FARADAY,
        temperature - reference,
        diffusivity / cell.particle_radius**2,
        cell.particle_radius / (FARADAY * cell.maximum_concentration * diffusivity),
        exchange * exchange,
        ionic,
        cell.separator_resistance / separator,
        cell.lithium_exchange_current * lithium_exchange,
        cell.lithium_interface_resistance / lithium_interface,
    )
