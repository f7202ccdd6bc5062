"""A twin and its protocol out of a scenario, read from the entries alone."""

from __future__ import annotations

from dataclasses import replace

from solidcell.engine.errors import InputError
from solidcell.engine.protocol import Step
from solidcell.engine.scenario import Scenario
from solidcell.engine.scenario.composite import CompositeElectrode
from solidcell.engine.scenario.contact import (
    CompositeContact,
    HertzContact,
    LithiumContact,
    PerssonContact,
    PlasticContact,
    PressedContact,
)
from solidcell.engine.scenario.film import CompositeFilm, LithiumFilm
from solidcell.engine.scenario.lithium import LithiumElectrode
from solidcell.engine.validation.half_cell import HalfCell, law_of
from solidcell.engine.validation.twin import cell as records
from solidcell.engine.validation.twin import contact as laws
from solidcell.engine.validation.twin.protocol import AT_ONCE, Segment, Start

#: Longest time of a step that has no duration of its own [s].
_LONGEST = 30 * 86400.0


def twin_cell(scenario: Scenario) -> records.TwinCell:
    """Put the cell of a scenario, with its interfaces and its fixture, into a twin's records.

    Parameters
    ----------
    scenario : Scenario
        Lithium metal against a composite electrode.

    Returns
    -------
    TwinCell

    Raises
    ------
    solidcell.engine.errors.InputError
        The twin has no such law, or the cell no composite electrode.
    """
    cell, separator = scenario.cell, scenario.cell.separator
    positive, pores = cell.composite, separator.pore_creep
    return records.TwinCell(
        half_cell=_half_cell(scenario),
        composite=_composite(scenario, positive),
        lithium=_lithium(scenario, cell.negative),
        bulk_conductivity=float(positive.electrolyte_conductivity),
        bulk_conductivity_activation_energy=float(
            positive.electrolyte_conductivity_activation_energy
        ),
        fixture_stiffness=_fixture_stiffness(scenario),
        pore_creep=records.PoreCreep(
            porosity=float(separator.porosity),
            closed_porosity=float(pores.closed_porosity),
            porosity_range=float(pores.porosity_range),
            reference_thickness=float(pores.reference_thickness),
            linear_constant=float(pores.linear_pressure * pores.linear_time),
            creep_pressure=float(pores.creep_pressure),
            creep_time=float(pores.creep_time),
            creep_exponent=float(pores.creep_exponent),
            activation_energy=float(pores.activation_energy),
        ),
    )


def twin_start(scenario: Scenario) -> Start:
    """Return the state in which a scenario begins."""
    operation = scenario.operation
    return Start(
        stoichiometry=scenario.initial_stoichiometry,
        pressure=float(operation.stack_pressure),
        temperature=float(operation.temperature),
    )


def twin_protocol(scenario: Scenario) -> tuple[Segment, ...]:
    """Write out a scenario's protocol for a twin.

    Parameters
    ----------
    scenario : Scenario
        With steps of constant current, holds and rests, and changes of pressure meanwhile.

    Returns
    -------
    tuple of Segment

    Raises
    ------
    solidcell.engine.errors.InputError
        The protocol has a step of another kind.
    """
    area = scenario.cell.electrode_area
    if any(block.within for block in scenario.protocol):
        raise InputError(f"{scenario.name}: the twin has no blocks in blocks.")
    return tuple(
        _segment(step, area)
        for block in scenario.protocol
        for _ in range(block.repeat)
        for step in block.steps
    )


def _segment(step: Step, area: float) -> Segment:
    if step.kind not in ("current", "voltage", "rest"):
        raise InputError(f"The twin has no step like '{step.text}'.")
    limits = {termination.kind: termination.value for termination in step.terminations}
    if len(limits) < len(step.terminations) or not limits.keys() <= {"voltage", "current"}:
        raise InputError(f"The twin has no such end of a step: '{step.text}'.")
    current = limits.get("current")
    return Segment(
        duration=_LONGEST if step.duration is None else step.duration,
        current=step.value / area if step.kind == "current" else 0.0,
        hold=step.value if step.kind == "voltage" else None,
        until_voltage=limits.get("voltage"),
        until_current=None if current is None else current / area,
        pressure=step.stack_pressure,
        within=step.within or AT_ONCE,
    )


def _half_cell(scenario: Scenario) -> HalfCell:
    """Half cell; the coating of the particles and the plane's law stand in other records."""
    half_cell = HalfCell.from_scenario(scenario, coated=True)
    negative = scenario.cell.negative
    if scenario.lithium_contact(negative) == "mechanistic":
        bare = float(negative.exchange_current_density)
        return replace(half_cell, lithium_exchange_current_density=bare)
    return half_cell


def _composite(scenario: Scenario, positive: CompositeElectrode) -> records.Composite:
    physics, loss = scenario.physics, positive.contact_loss
    swelling = positive.active_material.volume_change
    contact: laws.ContactLaw = laws.StaticContact(float(positive.contact_fraction))
    if physics.contact != "static" and positive.contact is not None:
        contact = _contact_law(positive.contact)
    return records.Composite(
        contact=contact,
        retention=float(positive.contact_retention),
        loss=None
        if physics.contact != "creep" or loss is None
        else records.ContactLoss(
            coefficient=float(loss.coefficient),
            reference_strain=float(loss.reference_strain),
            minimum=float(loss.minimum),
            reference_pressure=float(loss.reference_pressure),
            healing_rate=float(loss.healing_rate),
            healing_pressure=float(loss.healing_pressure),
        ),
        isolation_threshold=(
            float(positive.isolation_threshold) if physics.isolation == "on" else None
        ),
        cracking=_cracking(scenario, positive),
        carbon=_carbon(scenario, positive),
        path_exponent=float(positive.path_exponent) if physics.paths == "on" else 0.0,
        contact_pitch=float(positive.contact_pitch),
        patch_factor=float(positive.patch_factor),
        coating_resistance=float(positive.film_resistance),
        film=_film(positive.film, physics.interphase.positive),
        volume_change=None if swelling is None else law_of(swelling),
        double_layer=(
            float(positive.double_layer_capacitance) if physics.double_layer == "on" else 0.0
        ),
    )


def _cracking(scenario: Scenario, positive: CompositeElectrode) -> records.Cracking | None:
    cracking = positive.cracking
    if scenario.physics.cracking == "off" or cracking is None:
        return None
    return records.Cracking(
        rate=float(cracking.rate),
        critical_stress=float(cracking.critical_stress),
        exponent=float(cracking.exponent),
        modulus=float(cracking.modulus),
        poisson_ratio=float(cracking.poisson_ratio),
        strain_coefficient=float(cracking.strain_coefficient),
        crack_density=float(cracking.crack_density),
    )


def _carbon(scenario: Scenario, positive: CompositeElectrode) -> records.Carbon | None:
    carbon, share = positive.carbon_decomposition, float(positive.carbon_volume_fraction)
    if scenario.physics.carbon == "off":
        return None
    return records.Carbon(
        growth_constant=float(carbon.growth_constant),
        surface=float(carbon.specific_surface) * share * float(positive.thickness),
        activation_energy=float(carbon.activation_energy),
    )


def _lithium(scenario: Scenario, negative: LithiumElectrode) -> records.LithiumPlane:
    physics, voids = scenario.physics, negative.voids
    return records.LithiumPlane(
        interface=_interface(scenario, negative),
        film=_film(negative.film, physics.interphase.negative),
        voids=None
        if physics.voids == "none" or voids is None
        else records.Voids(
            repair_current=float(voids.repair_current),
            repair_pressure=float(voids.repair_pressure),
            repair_exponent=float(voids.repair_exponent),
            creep_rate=float(voids.creep_rate),
            creep_exponent=float(voids.creep_exponent),
            creep_activation_energy=float(voids.creep_activation_energy),
            separation_height=float(voids.separation_height),
            smallest_height=float(voids.smallest_height),
        ),
        metal=_metal(scenario),
        molar_volume=float(negative.molar_volume),
        double_layer=(
            float(negative.double_layer_capacitance) if physics.double_layer == "on" else 0.0
        ),
    )


def _interface(
    scenario: Scenario, negative: LithiumElectrode
) -> records.MeasuredResistance | records.MechanisticContact:
    law, measured = scenario.lithium_contact(negative), negative.interface
    if law == "mechanistic":
        assert negative.contact is not None
        return records.MechanisticContact(
            _contact_law(negative.contact), float(negative.contact_pitch)
        )
    resistance = float(negative.interface_resistance)
    energy = float(negative.interface_resistance_activation_energy)
    if law == "static" or measured is None:
        return records.MeasuredResistance(
            resistance, exponent=0.0, unloading_exponent=0.0, activation_energy=energy
        )
    return records.MeasuredResistance(
        resistance,
        at_infinite_pressure=float(measured.resistance_at_infinite_pressure),
        reference_pressure=float(measured.reference_pressure),
        exponent=float(measured.exponent),
        unloading_exponent=float(measured.unloading_exponent),
        activation_energy=energy,
    )


def _contact_law(law: CompositeContact | LithiumContact) -> laws.ContactLaw:
    match law:
        case PressedContact():
            return laws.FabricatedContact(
                float(law.fabrication_pressure),
                float(law.hardness),
                float(law.elastic_pressure),
                float(law.relaxed_fraction),
            )
        case PlasticContact():
            return laws.PlasticContact(float(law.hardness))
        case HertzContact():
            return laws.HertzContact(
                float(law.asperity_density), float(law.asperity_radius), float(law.modulus)
            )
        case PerssonContact():
            return laws.PerssonContact(
                float(law.modulus), float(law.rms_slope), float(law.prefactor)
            )
    raise InputError(f"The twin has no law of contact '{law.law}'.")


def _film(film: CompositeFilm | LithiumFilm | None, growth: str) -> records.Film | None:
    if film is None or growth == "none":
        return None
    own = {}
    if isinstance(film, CompositeFilm):
        own = {
            "reference_voltage": float(film.reference_voltage),
            "voltage_coefficient": float(film.voltage_coefficient),
            "first_charge_thickness": float(film.first_charge_thickness),
            "first_charge_capacity": float(film.first_charge_capacity),
            "lithium_share": 1.0 if film.consumes == "lithium" else 0.0,
        }
    given = {
        name: float(value)
        for name in (
            "growth_constant",
            "linear_constant",
            "logarithmic_constant",
            "logarithmic_time",
        )
        if (value := getattr(film, name)) is not None
    }
    return records.Film(
        growth=records.Growth(growth),
        initial_thickness=float(film.initial_thickness),
        conductivity=float(film.conductivity),
        growth_activation_energy=float(film.growth_activation_energy),
        conductivity_activation_energy=float(film.conductivity_activation_energy),
        molar_volume=float(film.molar_volume),
        **given,
        **own,
    )


def _metal(scenario: Scenario) -> float:
    """Lithium metal at the start [mol/m2]: the excess, and what the positive electrode gave up."""
    cell, positive = scenario.cell, scenario.cell.composite
    material = positive.active_material
    sites = material.maximum_concentration * positive.active_volume_fraction * positive.thickness
    given_up = material.stoichiometry_discharged - scenario.initial_stoichiometry
    return float(cell.negative.excess_thickness / cell.negative.molar_volume + sites * given_up)


def _fixture_stiffness(scenario: Scenario) -> float:
    cell, fixture = scenario.cell, scenario.operation.fixture
    if fixture.type == "constant_pressure":
        return 0.0
    layers = (
        cell.separator.thickness / cell.separator.modulus
        + cell.composite.thickness / cell.composite.modulus
        + cell.negative.excess_thickness / cell.negative.modulus
    )
    if fixture.pad_thickness is not None and fixture.pad_modulus is not None:
        return records.pad_stiffness(
            faces=cell.faces,
            pad_thickness=float(fixture.pad_thickness),
            pad_modulus=float(fixture.pad_modulus),
            layer_compliance=float(layers),
        )
    stiffness = fixture.stiffness if fixture.type == "spring" else fixture.frame_stiffness
    assert stiffness is not None
    return records.frame_stiffness(
        faces=cell.faces,
        footprint=cell.footprint,
        stiffness=float(stiffness),
        layer_compliance=float(layers),
    )
