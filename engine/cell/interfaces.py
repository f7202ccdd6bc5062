"""From the interfaces that a person describes to the records that the kernels take."""

from __future__ import annotations

import numpy as np

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import CompositeElectrode, Scenario, Separator
from solidcell.engine.scenario.contact import (
    CompositeContact,
    GreenwoodWilliamsonContact,
    HertzContact,
    LithiumContact,
    PlasticContact,
    PressedContact,
)
from solidcell.engine.scenario.film import CompositeFilm, LithiumFilm
from solidcell.kernels import parameters
from solidcell.kernels.codes import ContactLaw, FilmLaw
from solidcell.kernels.codes import LithiumContact as LithiumLaw
from solidcell.kernels.tables import FloatArray

_FILM_LAWS = {law.name.lower(): law for law in FilmLaw}
_LITHIUM_LAWS = {law.name.lower(): law for law in LithiumLaw}


def contact_law(law: CompositeContact | LithiumContact | None) -> tuple[int, FloatArray]:
    """Code and constants of a law of contact, in the order of `solidcell.kernels.contact`."""
    constants: tuple[float, ...]
    match law:
        case None:
            code, constants = ContactLaw.CONSTANT, (1.0,)
        case PressedContact():
            code = ContactLaw.PRESSED
            constants = (
                law.fabrication_pressure,
                law.hardness,
                law.elastic_pressure,
                law.relaxed_fraction,
            )
        case PlasticContact():
            code, constants = ContactLaw.PLASTIC, (law.hardness,)
        case HertzContact():
            code = ContactLaw.HERTZ
            constants = (law.asperity_density, law.asperity_radius, law.modulus)
        case GreenwoodWilliamsonContact():
            code = ContactLaw.GREENWOOD_WILLIAMSON
            constants = (
                law.asperity_density,
                law.asperity_radius,
                law.height_deviation,
                law.modulus,
            )
        case _:
            code, constants = ContactLaw.PERSSON, (law.modulus, law.rms_slope, law.prefactor)
    parameters = np.zeros(8)
    parameters[: len(constants)] = constants
    return int(code), parameters


def film_record(film: LithiumFilm | CompositeFilm | None, law: str) -> parameters.Film:
    """Record of a film that grows by a law; of none if there is no film or the law is "none"."""
    present = film is not None and law != "none"
    if film is None or not present:
        film = CompositeFilm()
    own = film if isinstance(film, CompositeFilm) else None
    first = float(own.first_charge_thickness) if own is not None and present else 0.0
    return parameters.Film(
        law=int(_FILM_LAWS[law if present else "none"]),
        initial_thickness=float(film.initial_thickness) if present else 0.0,
        growth_constant=_or(film.growth_constant, 0.0),
        linear_constant=_or(film.linear_constant, 1.0),
        logarithmic_constant=_or(film.logarithmic_constant, 1.0),
        logarithmic_time=_or(film.logarithmic_time, 1.0),
        growth_activation_energy=float(film.growth_activation_energy),
        voltage_coefficient=0.0 if own is None else float(own.voltage_coefficient),
        reference_voltage=0.0 if own is None else float(own.reference_voltage),
        first_thickness=first,
        first_charge=1.0 if own is None else float(own.first_charge_capacity),
        conductivity=float(film.conductivity),
        conductivity_activation_energy=float(film.conductivity_activation_energy),
        molar_volume=float(film.molar_volume),
        lithium_share=float(own is not None and own.consumes == "lithium"),
    )


def composite_contact(scenario: Scenario, electrode: CompositeElectrode) -> parameters.Contact:
    """Record of the contact between particles and electrolyte."""
    physics = scenario.physics
    code, constants = contact_law(None if physics.contact == "static" else electrode.contact)
    evolves = physics.contact == "creep" and electrode.contact_loss is not None
    loss = electrode.contact_loss
    return parameters.Contact(
        law=code,
        parameters=constants,
        pitch=float(electrode.contact_pitch),
        conductivity=float(electrode.electrolyte_conductivity),
        evolves=int(evolves),
        loss_coefficient=0.0 if loss is None else float(loss.coefficient),
        loss_strain=1.0 if loss is None else float(loss.reference_strain),
        loss_pressure=1.0 if loss is None else float(loss.reference_pressure),
        minimum=0.0 if loss is None else float(loss.minimum),
        healing_rate=0.0 if loss is None else float(loss.healing_rate),
        healing_pressure=1.0 if loss is None else float(loss.healing_pressure),
        isolation_threshold=(
            float(electrode.isolation_threshold) if physics.isolation == "on" else 0.0
        ),
        path_exponent=float(electrode.path_exponent) if physics.paths == "on" else 0.0,
    )


SOUND = parameters.Cracking(
    rate=0.0,
    critical_stress=1.0,
    exponent=1.0,
    modulus=0.0,
    poisson_ratio=0.0,
    strain_coefficient=0.0,
    crack_density=0.0,
)
"""Particles that don't crack."""


def cracking_record(scenario: Scenario, electrode: CompositeElectrode) -> parameters.Cracking:
    """Record of how the active material cracks off."""
    cracking = electrode.cracking
    if scenario.physics.cracking == "off" or cracking is None:
        return SOUND
    return parameters.Cracking(
        rate=float(cracking.rate),
        critical_stress=float(cracking.critical_stress),
        exponent=float(cracking.exponent),
        modulus=float(cracking.modulus),
        poisson_ratio=float(cracking.poisson_ratio),
        strain_coefficient=float(cracking.strain_coefficient),
        crack_density=float(cracking.crack_density),
    )


def carbon_rate(scenario: Scenario, electrode: CompositeElectrode) -> float:
    """Growth of the square of the charge that goes into electrolyte at the carbon, C2/m4/s.

    Charge is ``q = k_C sqrt(t)`` per surface of the carbon, of which an electrode has ``a eps L``.
    """
    if scenario.physics.carbon == "off":
        return 0.0
    decomposition = electrode.carbon_decomposition
    surface = (
        decomposition.specific_surface * electrode.carbon_volume_fraction * electrode.thickness
    )
    return float(decomposition.growth_constant * surface**2)


def lithium_record(scenario: Scenario) -> parameters.Lithium:
    """Record of the lithium planes; both of a symmetric cell are alike.

    Raises
    ------
    InputError
        If the two planes of a symmetric cell differ.
    """
    cell, physics = scenario.cell, scenario.physics
    plane, separator = cell.negative, cell.separator
    _alike(scenario)
    law = scenario.lithium_contact(plane)
    measured, voids, risk = plane.interface, plane.voids, plane.short_circuit
    code, constants = contact_law(plane.contact if law == "mechanistic" else None)
    return parameters.Lithium(
        exchange_current=float(plane.exchange_current_density),
        exchange_activation_energy=float(plane.exchange_current_activation_energy),
        transfer_coefficient=float(plane.transfer_coefficient),
        contact_fraction=1.0 if law == "mechanistic" else float(plane.contact_fraction),
        interface_resistance=float(plane.interface_resistance),
        interface_activation_energy=float(plane.interface_resistance_activation_energy),
        law=int(_LITHIUM_LAWS[law]),
        reference_pressure=1.0 if measured is None else float(measured.reference_pressure),
        pressure_exponent=0.0 if measured is None else float(measured.exponent),
        infinite_resistance=(
            0.0 if measured is None else float(measured.resistance_at_infinite_pressure)
        ),
        unloading_exponent=0.0 if measured is None else float(measured.unloading_exponent),
        contact_law=code,
        contact_parameters=constants,
        pitch=float(plane.contact_pitch),
        electrolyte_conductivity=float(separator.conductivity),
        voids=int(physics.voids == "creep" and voids is not None),
        repair_current=1.0 if voids is None else float(voids.repair_current),
        repair_pressure=1.0 if voids is None else float(voids.repair_pressure),
        repair_exponent=0.0 if voids is None else float(voids.repair_exponent),
        creep_rate=0.0 if voids is None else float(voids.creep_rate),
        creep_exponent=1.0 if voids is None else float(voids.creep_exponent),
        creep_activation_energy=float(
            separator.pore_creep.activation_energy
            if voids is None
            else voids.creep_activation_energy
        ),
        separation_height=1.0 if voids is None else float(voids.separation_height),
        smallest_height=1e-9 if voids is None else float(voids.smallest_height),
        molar_volume=float(plane.molar_volume),
        critical_current=float(risk.critical_current),
        critical_current_activation_energy=float(risk.critical_current_activation_energy),
        capacitance=float(plane.double_layer_capacitance),
        film=film_record(plane.film, physics.interphase.negative),
    )


def pore_creep(separator: Separator) -> parameters.PoreCreep:
    """Record of the creep of lithium into the separator's pores."""
    creep = separator.pore_creep
    excess = max(0.0, float(separator.porosity - creep.closed_porosity))
    opening = (excess / float(creep.porosity_range)) ** 2
    return parameters.PoreCreep(
        opening=opening * float(creep.reference_thickness / separator.thickness),
        linear=float(creep.linear_pressure * creep.linear_time),
        yield_pressure=float(creep.creep_pressure),
        exponent=float(creep.creep_exponent),
        time=float(creep.creep_time),
    )


def _alike(scenario: Scenario) -> None:
    cell, film = scenario.cell, scenario.physics.interphase
    if not cell.symmetric:
        return
    negative, positive = cell.planes
    for name in type(negative).model_fields:
        if name not in ("type", "current_collector", "price") and getattr(
            negative, name
        ) != getattr(positive, name):
            raise InputError(
                f"{scenario.name}: the electrodes of a symmetric cell differ in {name}; give "
                "cell.positive the value of cell.negative."
            )
    if film.negative != film.positive:
        raise InputError(
            f"{scenario.name}: the films of a symmetric cell grow by two laws; write one law for "
            "physics.interphase."
        )


def _or(value: float | None, instead: float) -> float:
    return instead if value is None else float(value)
