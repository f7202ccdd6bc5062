"""The parameter record of a cell with a single-ion conductor, and its coefficients at a temperature.

A half cell has one lithium plane and a composite electrode; a symmetric cell has two lithium planes
and an electrode without nodes.
"""

from typing import Annotated, NamedTuple

import numpy as np
import numpy.typing as npt

from solidcell.kernels.arrhenius import arrhenius
from solidcell.kernels.blocks import block
from solidcell.kernels.constants import FARADAY, GAS
from solidcell.kernels.options import kernel

FloatArray = npt.NDArray[np.float64]
LawParameters = Annotated[FloatArray, 8]


@block
class Film(NamedTuple):
    """An interphase that grows between electrolyte and electrode; see `solidcell.kernels.interphase`.

    Attributes
    ----------
    law
        A `FilmLaw`.
    initial_thickness
        L0, m.
    growth_constant, linear_constant, logarithmic_constant, logarithmic_time
        k_p, m2/s; k_l, m/s; k_log, m; tau, s.
    growth_activation_energy
        J/mol.
    voltage_coefficient, reference_voltage
        beta of the activation by voltage (0 for none) and the potential of the constants, V.
    first_thickness, first_charge
        Thickness that the first charge adds, m, and the charge over which it does, C/m2 of electrode.
    conductivity, conductivity_activation_energy
        S/m, J/mol.
    molar_volume
        v_e, volume per mole of electrons, m3/mol.
    lithium_share
        Share of the charge in the film that is taken from the cyclable lithium, 0 to 1.
    """

    law: int
    initial_thickness: float
    growth_constant: float
    linear_constant: float
    logarithmic_constant: float
    logarithmic_time: float
    growth_activation_energy: float
    voltage_coefficient: float
    reference_voltage: float
    first_thickness: float
    first_charge: float
    conductivity: float
    conductivity_activation_energy: float
    molar_volume: float
    lithium_share: float


@block
class Contact(NamedTuple):
    """How the particles of the composite electrode touch the electrolyte.

    Attributes
    ----------
    law, parameters
        A `ContactLaw` and its constants, see `solidcell.kernels.contact`, (8,); the contact fraction of
        the cell's record is multiplied by it.
    pitch, conductivity
        Distance of the contacts, m (0: no constriction), and conductivity of the electrolyte, S/m.
    evolves
        1 where the contact retention changes in operation.
    loss_coefficient, loss_strain, loss_pressure, minimum
        Of the loss by volume change: k_theta, its reference strain, its reference pressure, Pa, and the
        retention that always stays.
    healing_rate, healing_pressure
        1/s, Pa.
    isolation_threshold
        Retention below which particles are isolated; 0 isolates none.
    path_exponent
        m_tau: exponent of the retention in the effective conductivities; 0 leaves them alone.
    """

    law: int
    parameters: LawParameters
    pitch: float
    conductivity: float
    evolves: int
    loss_coefficient: float
    loss_strain: float
    loss_pressure: float
    minimum: float
    healing_rate: float
    healing_pressure: float
    isolation_threshold: float
    path_exponent: float


@block
class Lithium(NamedTuple):
    """A lithium plane, and what it does under current and pressure.

    Attributes
    ----------
    exchange_current, exchange_activation_energy
        Intrinsic j0, A/m2 of contact area, and J/mol.
    transfer_coefficient
        Anodic alpha.
    contact_fraction
        Share of the plane that touches the separator, before voids.
    interface_resistance, interface_activation_energy
        Resistance between lithium and separator at the reference pressure, Ohm m2 of geometric area.
    law
        A `LithiumContact`: how pressure acts.
    reference_pressure, pressure_exponent, infinite_resistance, unloading_exponent
        Of the measured law: Pa, 1, Ohm m2, 1.
    contact_law, contact_parameters
        Of the mechanistic law: a `ContactLaw` and its constants, (8,).
    pitch, electrolyte_conductivity
        Distance of the contacts, m (0: no constriction), and conductivity of the separator, S/m.
    voids
        0 where there are none, 1 where stripping opens them, 2 where those that are there stay so.
    repair_current, repair_pressure, repair_exponent
        Current that creep can replenish, A/m2, at a pressure, Pa, and its exponent.
    creep_rate, creep_exponent, creep_activation_energy
        A_c at 1 MPa, 1/s; n; J/mol.
    separation_height, smallest_height
        h_c and h0, m.
    molar_volume
        m3/mol.
    critical_current, critical_current_activation_energy
        Largest plating current of contact area without risk, A/m2; J/mol.
    capacitance
        Of the double layer, F/m2.
    film
        The interphase on the lithium.
    """

    exchange_current: float
    exchange_activation_energy: float
    transfer_coefficient: float
    contact_fraction: float
    interface_resistance: float
    interface_activation_energy: float
    law: int
    reference_pressure: float
    pressure_exponent: float
    infinite_resistance: float
    unloading_exponent: float
    contact_law: int
    contact_parameters: LawParameters
    pitch: float
    electrolyte_conductivity: float
    voids: int
    repair_current: float
    repair_pressure: float
    repair_exponent: float
    creep_rate: float
    creep_exponent: float
    creep_activation_energy: float
    separation_height: float
    smallest_height: float
    molar_volume: float
    critical_current: float
    critical_current_activation_energy: float
    capacitance: float
    film: Film


@block
class Cracking(NamedTuple):
    """How active material cracks off; see `solidcell.kernels.active_material`.

    Attributes
    ----------
    rate
        beta, share of the fresh material lost in a second at the critical stress, 1/s; 0 for none.
    critical_stress, exponent
        sigma_c, Pa, and m.
    modulus, poisson_ratio
        E, Pa, and nu of the particles.
    strain_coefficient
        k, share lost per volume change.
    crack_density
        Cracks N a^3 in the particles per share of the material that they have lost; 0 where diffusion
        finds its way as before.
    """

    rate: float
    critical_stress: float
    exponent: float
    modulus: float
    poisson_ratio: float
    strain_coefficient: float
    crack_density: float


@block
class PoreCreep(NamedTuple):
    """Creep of lithium into the pores of the separator.

    Attributes
    ----------
    opening
        Factor of the separator's thickness and open pores; 0 where pores are closed.
    linear
        Pressure times time to a short by slow creep, Pa s.
    yield_pressure, exponent, time
        Pressure, Pa, and exponent of the fast creep, which shorts in `time`, s, at that pressure.
    """

    opening: float
    linear: float
    yield_pressure: float
    exponent: float
    time: float


class HalfCell(NamedTuple):
    """Lithium metal | single-ion electrolyte | composite electrode or lithium metal; SI units.

    Arrays over the nodes of the electrode run from the separator to the collector, arrays over the
    shells from the centre of the particle to its surface. Geometric area, contact fraction and
    intrinsic exchange current stay separate.

    Attributes
    ----------
    planes
        Number of lithium planes: 1 beside a composite electrode, 2 in a symmetric cell.
    double_layer
        1 where double layers are charged.
    width
        Thickness of each node's volume, m, (nodes,).
    active_area
        Geometric surface of the particles per volume, 3 eps / R, 1/m, (nodes,).
    active_fraction
        Volume fraction of active material, (nodes,).
    contact_fraction
        Fraction of the particle surface in contact with electrolyte, before pressure and loss act on
        it, (nodes,).
    contact_retention
        Share of that contact which is there at the start, (nodes,).
    coating_resistance
        Resistance of a coating that doesn't change, Ohm m2 of contact area, (nodes,).
    ionic_conductivity, electronic_conductivity
        Effective conductivities of the composite at the reference temperature, S/m, (nodes,).
    shell_volume, transmissibility, surface_weight, surface_reach
        Particle mesh, see `solidcell.kernels.mesh.ParticleMesh`.
    particle_radius
        R, m.
    maximum_concentration
        Concentration at lithium fraction 1, mol/m3.
    diffusivity
        Scale D0 of the diffusivity, m2/s: D(x) = D0 dPhi/dx.
    constant_diffusivity
        Whether D = D0 for good, so that no table is looked up.
    kirchhoff_table
        Phi(x) = integral of D(x) / D0, the Kirchhoff transform of diffusion.
    potential_table, entropy_table
        Open-circuit potential, V, and its temperature coefficient, V/K, against lithium fraction.
    exchange_empty, exchange_full, exchange_table
        Square of the exchange current density, (A/m2)^2 of contact area: of an empty and of a full
        surface, and what is left of it over x (1 - x), see `solidcell.kernels.surface`.
    volume_table
        Relative change of the particles' volume, g(x).
    table_origin, table_inverse_spacing, table_intervals
        Common abscissa of the tables.
    *_activation_energy
        J/mol.
    capacitance
        Of the particles' double layer, F/m2 of contact area.
    contact, film, cracking
        Contact, interphase and cracks of the particles.
    carbon_rate, carbon_activation_energy
        Growth of the square of the charge that decomposes electrolyte at the carbon, C2/m4/s; J/mol.
    separator_resistance
        L_s / kappa_s at the reference temperature, Ohm m2.
    lithium
        The lithium planes, which are alike.
    pore_creep
        Of lithium into the separator.
    reference_temperature
        K, of every value above.
    nominal_current_density
        1C, A/m2.
    """

    planes: int
    double_layer: int
    width: FloatArray
    active_area: FloatArray
    active_fraction: FloatArray
    contact_fraction: FloatArray
    contact_retention: FloatArray
    coating_resistance: FloatArray
    ionic_conductivity: FloatArray
    electronic_conductivity: FloatArray
    shell_volume: FloatArray
    transmissibility: FloatArray
    surface_weight: FloatArray
    surface_reach: float
    particle_radius: float
    maximum_concentration: float
    diffusivity: float
    constant_diffusivity: bool
    kirchhoff_table: FloatArray
    potential_table: FloatArray
    entropy_table: FloatArray
    exchange_empty: float
    exchange_full: float
    exchange_table: FloatArray
    volume_table: FloatArray
    table_origin: float
    table_inverse_spacing: float
    table_intervals: int
    ionic_activation_energy: float
    separator_activation_energy: float
    diffusivity_activation_energy: float
    exchange_activation_energy: float
    capacitance: float
    contact: Contact
    film: Film
    cracking: Cracking
    carbon_rate: float
    carbon_activation_energy: float
    separator_resistance: float
    lithium: Lithium
    pore_creep: PoreCreep
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
    filling_rate
        3 / (R F c_max): rate of the mean lithium fraction per reaction current, m2/C.
    exchange_factor
        Factor on the square of the exchange current density.
    ionic_factor
        Factor on the ionic conductivity, of the electrode and of the contacts' constriction.
    separator_factor
        Factor on the separator's conductivity.
    separator_resistance, lithium_exchange_current, critical_current
        As in the parameter record, at this temperature.
    lithium_interface_factor
        Factor on the conductance of the lithium plane's interface.
    film_growth, film_conductivity
        Factor on the growth of the particles' film, and its conductivity, S/m.
    plane_film_growth, plane_film_conductivity
        The same of the lithium plane's film.
    creep_factor
        Factor on the creep of lithium.
    carbon_rate
        As in the parameter record, at this temperature.
    void_start, void_span
        Of the law of contact under voids, h0^(2/3) and (h_c + h0)^(2/3) - h0^(2/3), m^(2/3).
    """

    temperature: float
    thermal_voltage: float
    temperature_offset: float
    diffusion_rate: float
    flux_scale: float
    filling_rate: float
    exchange_factor: float
    ionic_factor: float
    separator_factor: float
    separator_resistance: float
    lithium_exchange_current: float
    critical_current: float
    lithium_interface_factor: float
    film_growth: float
    film_conductivity: float
    plane_film_growth: float
    plane_film_conductivity: float
    creep_factor: float
    carbon_rate: float
    void_start: float
    void_span: float


@kernel
def at_temperature(cell: HalfCell, temperature: float) -> Coefficients:
    """Coefficients of `cell` at `temperature` (K), each property by its own Arrhenius law."""
    reference = cell.reference_temperature
    lithium, film, plane_film = cell.lithium, cell.film, cell.lithium.film
    diffusivity = cell.diffusivity * arrhenius(
        cell.diffusivity_activation_energy, temperature, reference
    )
    exchange = arrhenius(cell.exchange_activation_energy, temperature, reference)
    separator = arrhenius(cell.separator_activation_energy, temperature, reference)
    sites = FARADAY * cell.maximum_concentration
    start = lithium.smallest_height ** (2.0 / 3.0)
    return Coefficients(
        temperature,
        GAS * temperature / FARADAY,
        temperature - reference,
        diffusivity / cell.particle_radius**2,
        cell.particle_radius / (sites * diffusivity),
        3.0 / (cell.particle_radius * sites),
        exchange * exchange,
        arrhenius(cell.ionic_activation_energy, temperature, reference),
        separator,
        cell.separator_resistance / separator,
        lithium.exchange_current
        * arrhenius(lithium.exchange_activation_energy, temperature, reference),
        lithium.critical_current
        * arrhenius(lithium.critical_current_activation_energy, temperature, reference),
        arrhenius(lithium.interface_activation_energy, temperature, reference),
        arrhenius(film.growth_activation_energy, temperature, reference),
        film.conductivity * arrhenius(film.conductivity_activation_energy, temperature, reference),
        arrhenius(plane_film.growth_activation_energy, temperature, reference),
        plane_film.conductivity
        * arrhenius(plane_film.conductivity_activation_energy, temperature, reference),
        arrhenius(lithium.creep_activation_energy, temperature, reference),
        cell.carbon_rate * arrhenius(cell.carbon_activation_energy, temperature, reference),
        start,
        (lithium.separation_height + lithium.smallest_height) ** (2.0 / 3.0) - start,
    )
