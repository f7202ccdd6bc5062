"""The half cell with living interfaces, as plain numbers and laws (SI units).

Each part of the physics has a record of its own constants; a part that is absent (None) is off.
All constants hold at the reference temperature of the half cell; an activation energy E [J/mol]
carries a rate or a conductivity to T by exp(E/R (1/T_ref - 1/T)), a resistance by its inverse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from solidcell.engine.validation.half_cell import HalfCell, Law
from solidcell.engine.validation.twin.contact import ContactLaw, StaticContact

#: Faraday constant [C/mol] and gas constant [J/mol/K].
FARADAY = 96485.33212
GAS = 8.314462618


class Growth(Enum):
    """Law by which a film thickens."""

    NONE = "none"
    PARABOLIC = "parabolic"
    LINEAR_PARABOLIC = "linear_parabolic"
    LOGARITHMIC = "logarithmic"


@dataclass(frozen=True, slots=True)
class Film:
    """Interphase between electrolyte and electrode.

    Attributes
    ----------
    growth : Growth
        Its law; NONE keeps the initial thickness.
    initial_thickness : float
        L_0 [m].
    conductivity : float
        sigma [S/m].
    growth_constant : float
        k_p [m2/s].
    linear_constant : float
        k_l [m/s], for LINEAR_PARABOLIC.
    logarithmic_constant, logarithmic_time : float
        k_log [m] and tau [s], for LOGARITHMIC.
    growth_activation_energy, conductivity_activation_energy : float
        [J/mol]
    molar_volume : float
        Volume of film per mole of electrons [m3/mol].
    reference_voltage, voltage_coefficient : float
        V_ref [V] and beta of the factor exp(beta F (psi - V_ref)/RT); beta = 0 for no such factor.
    first_charge_thickness : float
        L_1inf [m], which the first charge adds.
    first_charge_capacity : float
        q_1, charge per area of electrode over which it does [A s/m2].
    lithium_share : float
        chi: lithium taken from the active material per electron of film, 0 or 1.
    """

    growth: Growth = Growth.NONE
    initial_thickness: float = 1.0e-9
    conductivity: float = 1.0e-5
    growth_constant: float = 0.0
    linear_constant: float = 0.0
    logarithmic_constant: float = 0.0
    logarithmic_time: float = 1.0
    growth_activation_energy: float = 0.0
    conductivity_activation_energy: float = 0.0
    molar_volume: float = 24.4e-6
    reference_voltage: float = 4.2
    voltage_coefficient: float = 0.0
    first_charge_thickness: float = 0.0
    first_charge_capacity: float = 18.0e3
    lithium_share: float = 0.0


@dataclass(frozen=True, slots=True)
class ContactLoss:
    """How the contact retention s of the composite falls with volume change and heals under pressure.

    ds/dt = -(k/g_ref)(s - s_min)|dg/dt|/(1 + p/p_0) + k_h (p/p_h)(1 - s)

    Attributes
    ----------
    coefficient : float
        k.
    reference_strain : float
        g_ref.
    minimum : float
        s_min.
    reference_pressure, healing_pressure : float
        p_0 and p_h [Pa].
    healing_rate : float
        k_h [1/s].
    """

    coefficient: float = 2.0e-3
    reference_strain: float = 0.10
    minimum: float = 0.05
    reference_pressure: float = 2.0e6
    healing_rate: float = 4.3e-9
    healing_pressure: float = 5.0e6


@dataclass(frozen=True, slots=True)
class Cracking:
    """How the particles of the composite crack.

    dr/dt = -beta (max(0, sigma)/sigma_c)^m - k |dg/dt|, sigma = 2E/(9(1 - nu)) [mean g - g(surface)]

    Attributes
    ----------
    rate : float
        beta [1/s].
    critical_stress, modulus : float
        sigma_c and E [Pa].
    exponent, poisson_ratio, strain_coefficient : float
        m, nu and k.
    crack_density : float
        rho per 1 - r: cracks lengthen diffusion, D/(1 + 8/9 rho).
    """

    rate: float
    critical_stress: float
    exponent: float
    modulus: float
    poisson_ratio: float
    strain_coefficient: float = 0.0
    crack_density: float = 0.0


@dataclass(frozen=True, slots=True)
class Carbon:
    """Electrolyte that decomposes at the carbon of the composite: q^2 = k a^2 t.

    Attributes
    ----------
    growth_constant : float
        k [A2 s/m4].
    surface : float
        a, of carbon per area of electrode.
    activation_energy : float
        [J/mol]
    """

    growth_constant: float
    surface: float
    activation_energy: float = 0.0


@dataclass(frozen=True, slots=True)
class Composite:
    """Interface of the particles with the electrolyte, beyond what `HalfCell` has.

    Attributes
    ----------
    contact : callable
        Contact fraction of the fresh interface; the one of `HalfCell` is not used.
    retention : float
        s at the start.
    loss : ContactLoss or None
        Law of s; None keeps it.
    isolation_threshold : float or None
        Below this s, particles lose connection: theta_u = min(1, s/threshold).  None: theta_u = 1.
    cracking : Cracking or None
        Law of r; None for none.
    carbon : Carbon or None
        Electrolyte that decomposes; None for none.
    path_exponent : float
        Both effective conductivities carry s to this power; 0 for off.
    contact_pitch : float
        b of the constriction [m]; 0 for none.
    patch_factor : float
        f: the diffusivity is divided by its square.
    coating_resistance : float
        Per area of contact [Ohm m2], at every temperature.
    film : Film or None
        Cathode interphase.
    volume_change : callable or None
        g(x), change of the particles' volume relative to a fixed state.
    double_layer : float
        Capacitance per area of contact [F/m2]; 0 for none.
    """

    contact: ContactLaw = field(default_factory=lambda: StaticContact(1.0))
    retention: float = 1.0
    loss: ContactLoss | None = None
    isolation_threshold: float | None = None
    cracking: Cracking | None = None
    carbon: Carbon | None = None
    path_exponent: float = 0.0
    contact_pitch: float = 0.0
    patch_factor: float = 1.0
    coating_resistance: float = 0.0
    film: Film | None = None
    volume_change: Law | None = None
    double_layer: float = 0.0


@dataclass(frozen=True, slots=True)
class MeasuredResistance:
    """Resistance of the lithium plane against stack pressure, with memory of the highest.

    R = R_inf + (R_ref - R_inf)(p_m/p_ref)^-m (p_m/p)^u with p_m = max(p, p_max).

    Attributes
    ----------
    resistance : float
        R_ref per geometric area [Ohm m2].
    at_infinite_pressure : float
        R_inf [Ohm m2].
    reference_pressure : float
        p_ref [Pa].
    exponent, unloading_exponent : float
        m and u; 0 both for a resistance that pressure leaves alone.
    activation_energy : float
        [J/mol]
    """

    resistance: float
    at_infinite_pressure: float = 0.0
    reference_pressure: float = 5.0e6
    exponent: float = 0.82
    unloading_exponent: float = 0.2
    activation_energy: float = 0.0


@dataclass(frozen=True, slots=True)
class MechanisticContact:
    """Contact area of the lithium plane from a law of contact; no resistance R(p).

    Attributes
    ----------
    law : callable
        Contact fraction.
    pitch : float
        b of the constriction [m]; 0 for none.
    """

    law: ContactLaw
    pitch: float = 0.0


@dataclass(frozen=True, slots=True)
class Voids:
    """Voids under stripping, refilled by creep and plating.

    Attributes
    ----------
    repair_current, repair_pressure, repair_exponent : float
        i_rep at the repair pressure and full contact [A/m2], that pressure [Pa], exponent.
    creep_rate, creep_exponent : float
        A_c [1/s at 1 MPa] and n.
    creep_activation_energy : float
        [J/mol]
    separation_height, smallest_height : float
        h_c and h_0 [m].
    """

    repair_current: float = 2.0
    repair_pressure: float = 3.0e6
    repair_exponent: float = 1.9
    creep_rate: float = 7.7e-3
    creep_exponent: float = 6.56
    creep_activation_energy: float = 37.0e3
    separation_height: float = 5.0e-6
    smallest_height: float = 1.0e-9


@dataclass(frozen=True, slots=True)
class PoreCreep:
    """Lithium that creeps into an open-pored separator: damage D, a short circuit at D = 1.

    dD/dt = g a_T (L_ref/L_s)[p/c_1 + (p/p_2)^n / t_2], g = (max(0, phi - phi_closed)/phi_range)^2

    Attributes
    ----------
    porosity, closed_porosity, porosity_range : float
        phi, phi_closed, phi_range.
    reference_thickness : float
        L_ref [m].
    linear_constant : float
        c_1 [Pa s].
    creep_pressure, creep_time : float
        p_2 [Pa] and t_2 [s].
    creep_exponent : float
        n.
    activation_energy : float
        [J/mol]
    """

    porosity: float
    closed_porosity: float = 0.08
    porosity_range: float = 0.10
    reference_thickness: float = 400.0e-6
    linear_constant: float = 5090.0e6 * 3600.0
    creep_pressure: float = 47.4e6
    creep_time: float = 3600.0
    creep_exponent: float = 6.56
    activation_energy: float = 37.0e3


@dataclass(frozen=True, slots=True)
class LithiumPlane:
    """Interface of lithium metal with the separator, beyond what `HalfCell` has.

    `HalfCell.lithium_exchange_current_density` contains the static contact fraction;
    `HalfCell.series_resistance` is not used.

    Attributes
    ----------
    interface : MeasuredResistance or MechanisticContact
        Law of the plane.
    film : Film or None
        Lithium interphase.
    voids : Voids or None
        Law of the voids; None for none.
    metal : float
        Lithium metal at the start [mol/m2].
    molar_volume : float
        Of lithium metal [m3/mol].
    double_layer : float
        Capacitance per geometric area [F/m2]; 0 for none.
    """

    interface: MeasuredResistance | MechanisticContact
    film: Film | None = None
    voids: Voids | None = None
    metal: float = 10.0e-6 / 1.3e-5
    molar_volume: float = 1.3e-5
    double_layer: float = 0.0


@dataclass(frozen=True, slots=True)
class TwinCell:
    """Half cell with its interfaces and its fixture.

    Attributes
    ----------
    half_cell : HalfCell
        Geometry, transport, kinetics, thermodynamics.
    composite : Composite
        Interface of the particles.
    lithium : LithiumPlane
        Interface of the lithium.
    bulk_conductivity : float
        Of the electrolyte in the composite electrode, for constriction [S/m].
    bulk_conductivity_activation_energy : float
        [J/mol]
    fixture_stiffness : float
        Pressure gained per thickness gained by one face [Pa/m]; 0 for constant pressure.
    pore_creep : PoreCreep or None
        Creep of lithium into the separator.
    """

    half_cell: HalfCell
    composite: Composite
    lithium: LithiumPlane
    bulk_conductivity: float = 0.20
    bulk_conductivity_activation_energy: float = 33.8e3
    fixture_stiffness: float = 0.0
    pore_creep: PoreCreep | None = None


def pad_stiffness(
    *, faces: int, pad_thickness: float, pad_modulus: float, layer_compliance: float
) -> float:
    """Stiffness of a fixture with an elastic pad.

    Parameters
    ----------
    faces : int
        Faces of the stack.
    pad_thickness : float
        [m]
    pad_modulus : float
        [Pa]
    layer_compliance : float
        Sum of thickness over modulus of the layers of one face [m/Pa].

    Returns
    -------
    float
        [Pa/m of one face]
    """
    return faces / (pad_thickness / pad_modulus + faces * layer_compliance)


def frame_stiffness(
    *, faces: int, footprint: float, stiffness: float, layer_compliance: float
) -> float:
    """Stiffness of a fixture that keeps a gap, or of a spring without pad.

    Parameters
    ----------
    faces : int
        Faces of the stack.
    footprint : float
        [m2]
    stiffness : float
        Of frame or spring [N/m].
    layer_compliance : float
        Sum of thickness over modulus of the layers of one face [m/Pa].

    Returns
    -------
    float
        [Pa/m of one face]
    """
    return faces / (footprint / stiffness + faces * layer_compliance)
