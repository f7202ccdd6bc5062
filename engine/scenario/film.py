"""Interphases: films that grow where electrolyte and electrode meet."""

from __future__ import annotations

from typing import Literal

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import (
    ActivationEnergy,
    ArealCapacity,
    Coefficient,
    Conductivity,
    Duration,
    GrowthConstant,
    GrowthVelocity,
    Kind,
    Length,
    MolarVolume,
    Thickness,
    Voltage,
)

_ESTIMATE = "default: engineering estimate"
_ENERGY = Kind("J/mol", minimum=0.0)
_THICKNESS = Kind("m", minimum=0.0)


class Film(Entry):
    """A film of electrolyte that has reacted; which of its growth constants count, `physics` says.

    parabolic: d(L^2)/dt = k_p; linear_parabolic: dL/dt = k_p / (2 L + k_p / k_l);
    logarithmic: L = L0 + k_log ln(1 + t / tau).
    """

    initial_thickness: Length = Kind("m", above=0.0).of("1 nm", _ESTIMATE)
    """Thickness at the start."""
    growth_constant: GrowthConstant | None = None
    """k_p of parabolic and linear-parabolic growth, at the reference temperature."""
    linear_constant: GrowthVelocity | None = None
    """k_l of linear-parabolic growth, at the reference temperature."""
    logarithmic_constant: Length | None = None
    """k_log of logarithmic growth."""
    logarithmic_time: Duration | None = None
    """tau of logarithmic growth, at the reference temperature."""
    growth_activation_energy: ActivationEnergy = _ENERGY.of("0.5 eV", f"{_ESTIMATE}, 0.3 to 0.8 eV")
    """Activation energy of growth."""
    conductivity_activation_energy: ActivationEnergy = _ENERGY.of("0.43 eV", _ESTIMATE)
    """Activation energy of the conductivity."""
    molar_volume: MolarVolume = Kind("m^3/mol", above=0.0).of(
        "24.4e-6 m^3/mol",
        "default: Li6PS5Cl + 8 Li -> 5 Li2S + Li3P + LiCl, 195.1 cm^3 for 8 electrons",
        "computed",
    )
    """Volume of film per mole of electrons that its growth takes."""

    def constants_of(self, law: str) -> dict[str, object]:
        """The growth constants that a law needs, by name; None where one is not given."""
        return {name: getattr(self, name) for name in _CONSTANTS[law]}


_CONSTANTS: dict[str, tuple[str, ...]] = {
    "none": (),
    "parabolic": ("growth_constant",),
    "linear_parabolic": ("growth_constant", "linear_constant"),
    "logarithmic": ("logarithmic_constant", "logarithmic_time"),
}


class LithiumFilm(Film):
    """The film between lithium and separator; it grows chemically, out of the metal."""

    conductivity: Conductivity = Kind("S/m", above=0.0).of(
        "3e-6 S/cm", f"{_ESTIMATE}: 300 nm give 10 Ohm cm^2; 1e-7 to 1e-5 S/cm"
    )
    """Ionic conductivity at the reference temperature."""


class CompositeFilm(Film):
    """The film between active material and electrolyte.

    Its growth constant rises with the potential, k_p ~ exp[beta F (V - V_ref) / RT]; a second part
    forms in the first charge, L_1 = L_1inf [1 - exp(-q / q_1)] with q the charge per electrode area.
    """

    conductivity: Conductivity = Kind("S/m", above=0.0).of("1e-5 S/m", _ESTIMATE)
    """Ionic conductivity at the reference temperature."""
    reference_voltage: Voltage = Kind("V").of("4.2 V", _ESTIMATE)
    """Potential against lithium that the growth constants hold at."""
    voltage_coefficient: Coefficient = Kind("", minimum=0.0).of(
        "0.3", f"{_ESTIMATE}: growth doubles every 60 mV"
    )
    """beta, how strongly growth is driven by the potential."""
    first_charge_thickness: Thickness = _THICKNESS.of("2 nm", _ESTIMATE)
    """Thickness that the first charge adds in the end."""
    first_charge_capacity: ArealCapacity = Kind("A*s/m^2", above=0.0).of("0.5 mAh/cm^2", _ESTIMATE)
    """Charge per electrode area over which 63 % of it forms."""
    consumes: Literal["electrolyte", "lithium"] = "electrolyte"
    """What the film is made of: electrolyte alone, or cyclable lithium, too."""
