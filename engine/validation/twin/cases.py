"""The cases in which solidcell has to agree with its twin, as data.

All run on the reference set's geometry, transport and kinetics; what a case adds to its interfaces
stands here.  Rates are units of the 1C current, so that a case is independent of the cell's size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from solidcell.engine.validation.agreement import Grid
from solidcell.engine.validation.half_cell import HalfCell, Law
from solidcell.engine.validation.twin.cell import (
    Composite,
    ContactLoss,
    Film,
    Growth,
    LithiumPlane,
    MeasuredResistance,
    TwinCell,
    Voids,
    frame_stiffness,
    pad_stiffness,
)
from solidcell.engine.validation.twin.contact import FabricatedContact, StaticContact
from solidcell.engine.validation.twin.protocol import Segment, Start

#: Faces and footprint [m2] of the stack of the reference cell.
FACES, FOOTPRINT = 36, 0.03
#: Sum of thickness over modulus of a face: separator 22, electrode 50, lithium 7.8 GPa [m/Pa].
LAYER_COMPLIANCE = 25.0e-6 / 22.0e9 + 96.8e-6 / 50.0e9 + 10.0e-6 / 7.8e9
#: Pad of 3 mm at 1 MPa; a frame of 1e8 N/m.
SPRING = pad_stiffness(
    faces=FACES, pad_thickness=3.0e-3, pad_modulus=1.0e6, layer_compliance=LAYER_COMPLIANCE
)
GAP = frame_stiffness(
    faces=FACES, footprint=FOOTPRINT, stiffness=1.0e8, layer_compliance=LAYER_COMPLIANCE
)

#: Activation energy of lithium's kinetics and interface, 0.43 eV [J/mol].
_LITHIUM_ENERGY = 0.43 * 96485.33212
#: Of the growth of films, 0.5 eV [J/mol].
_GROWTH_ENERGY = 0.5 * 96485.33212
_HOUR, _MPA = 3600.0, 1.0e6
_CHARGED, _DISCHARGED, _HALF = 0.213, 0.9, 0.5
_LOWER, _UPPER = 2.8, 4.3
#: 25 Ohm cm2 at 5 MPa [Ohm m2]; exchange current of bare lithium [A/m2].
_PLANE_RESISTANCE, _PLANE_EXCHANGE = 25.0e-4, 300.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case.

    Attributes
    ----------
    hours : float
        Longest duration.
    rate : float
        Current in units of 1C, positive on discharge.
    hold : float or None
        Voltage held instead [V].
    until_voltage : float or None
        Ends a discharge below or a charge above it [V].
    until_rate : float or None
        Ends a hold below this current, in units of 1C.
    pressure : float or None
        Stack pressure to move to [Pa].
    within : float
        In this time [s].
    """

    hours: float
    rate: float = 0.0
    hold: float | None = None
    until_voltage: float | None = None
    until_rate: float | None = None
    pressure: float | None = None
    within: float = 1.0

    def segment(self, one_c: float) -> Segment:
        """Write out the step for a cell with the given 1C current [A/m2]."""
        return Segment(
            duration=self.hours * _HOUR,
            current=self.rate * one_c,
            hold=self.hold,
            until_voltage=self.until_voltage,
            until_current=None if self.until_rate is None else self.until_rate * one_c,
            pressure=self.pressure,
            within=self.within,
        )


@dataclass(frozen=True, slots=True)
class TwinCase:
    """A protocol on a cell with living interfaces.

    Attributes
    ----------
    name : str
        Unique, in words that read in a table.
    steps : tuple of Step
        The protocol.
    start : Start
        Where it begins.
    composite : Composite
        Interface of the particles; its volume curve is filled in by `cell`.
    lithium : LithiumPlane
        Interface of the lithium.
    lithium_exchange_current_density : float
        j0 of the plane, as the other constants at the reference temperature [A/m2].
    fixture_stiffness : float
        [Pa/m of a face]
    """

    name: str
    steps: tuple[Step, ...]
    start: Start
    composite: Composite
    lithium: LithiumPlane
    lithium_exchange_current_density: float = _PLANE_EXCHANGE
    fixture_stiffness: float = 0.0

    def cell(self, half_cell: HalfCell, volume_change: Law) -> TwinCell:
        """Put the interfaces of the case on a half cell.

        Parameters
        ----------
        half_cell : HalfCell
            Of the reference set.
        volume_change : callable
            g(x) of its active material.

        Returns
        -------
        TwinCell
        """
        return TwinCell(
            half_cell=replace(
                half_cell, lithium_exchange_current_density=self.lithium_exchange_current_density
            ),
            composite=replace(self.composite, volume_change=volume_change),
            lithium=self.lithium,
            fixture_stiffness=self.fixture_stiffness,
        )

    def protocol(self, half_cell: HalfCell) -> tuple[Segment, ...]:
        """Write out the protocol for a cell."""
        one_c = half_cell.nominal_areal_capacity / _HOUR
        return tuple(step.segment(one_c) for step in self.steps)

    @property
    def grids(self) -> tuple[Grid, ...]:
        """Where each step is compared: a step that ends at a voltage against its charge."""
        return tuple(
            Grid.TIME if step.until_voltage is None else Grid.CHARGE for step in self.steps
        )

    @property
    def holds(self) -> tuple[int, ...]:
        """Numbers of the steps at constant voltage."""
        return tuple(number for number, step in enumerate(self.steps) if step.hold is not None)


_NO_RESISTANCE = MeasuredResistance(0.0, exponent=0.0, unloading_exponent=0.0)
_MEASURED = MeasuredResistance(_PLANE_RESISTANCE, activation_energy=_LITHIUM_ENERGY)
_MEASURED_PLANE = LithiumPlane(_MEASURED)
#: Healing 10,000 times as fast as in life, so that hours show it.
_FAST_HEALING = ContactLoss(healing_rate=4.3e-5)


def _static(fraction: float) -> TwinCase:
    """C/3 discharge with a fixed contact fraction, everything else of the reference set."""
    return TwinCase(
        name=f"C/3 discharge, contact {fraction:g}",
        steps=(Step(4.0, 1.0 / 3.0, until_voltage=_LOWER),),
        start=Start(_CHARGED),
        composite=Composite(contact=StaticContact(fraction)),
        lithium=LithiumPlane(_NO_RESISTANCE, metal=2.0),
        lithium_exchange_current_density=25.0,
    )


_RAMP = TwinCase(
    name="pressure 1 to 25 to 1 MPa at C/10, contact healing",
    steps=(
        Step(0.5, 0.1),
        Step(1.0, 0.1, pressure=25.0 * _MPA, within=0.5 * _HOUR),
        Step(1.0, 0.1, pressure=1.0 * _MPA, within=0.5 * _HOUR),
        Step(0.5),
    ),
    start=Start(_HALF, pressure=1.0 * _MPA),
    composite=Composite(contact=FabricatedContact(), retention=0.6, loss=_FAST_HEALING),
    lithium=_MEASURED_PLANE,
)


def _films(growth: Growth) -> TwinCase:
    """C/3 charge and hold while films grow fast enough to take tens of millivolts."""
    activation = {
        "growth_activation_energy": _GROWTH_ENERGY,
        "conductivity_activation_energy": _LITHIUM_ENERGY,
    }
    on_particles = Film(
        growth=growth,
        growth_constant=1.0e-16,
        linear_constant=2.0e-10,
        logarithmic_constant=2.0e-7,
        logarithmic_time=1.0e3,
        voltage_coefficient=0.3,
        first_charge_thickness=1.0e-7,
        **activation,
    )
    on_lithium = Film(
        growth=growth,
        conductivity=3.0e-4,
        growth_constant=2.0e-17,
        linear_constant=1.0e-10,
        logarithmic_constant=1.0e-7,
        logarithmic_time=1.0e3,
        **activation,
    )
    return TwinCase(
        name=f"C/3 charge and hold, films growing: {growth.value}",
        steps=(
            Step(4.0, -1.0 / 3.0, until_voltage=_UPPER),
            Step(3.0, hold=_UPPER, until_rate=0.05),
        ),
        start=Start(_DISCHARGED),
        composite=Composite(contact=FabricatedContact(), film=on_particles),
        lithium=replace(_MEASURED_PLANE, film=on_lithium),
    )


_VOIDS = TwinCase(
    name="stripping at C/3 and 3 MPa, rest, plating",
    steps=(Step(1.5, 1.0 / 3.0), Step(2.0), Step(1.0, -1.0 / 3.0)),
    start=Start(_CHARGED, pressure=3.0 * _MPA),
    composite=Composite(contact=FabricatedContact()),
    lithium=replace(_MEASURED_PLANE, voids=Voids(), metal=2.0),
)


def _fixture(name: str, stiffness: float) -> TwinCase:
    """Charge, rest and discharge at C/3 in a fixture."""
    return TwinCase(
        name=f"C/3 cycle, {name}",
        steps=(
            Step(4.0, -1.0 / 3.0, until_voltage=_UPPER),
            Step(0.5),
            Step(4.0, 1.0 / 3.0, until_voltage=_LOWER),
        ),
        start=Start(_DISCHARGED),
        composite=Composite(contact=FabricatedContact(), loss=ContactLoss()),
        lithium=replace(_MEASURED_PLANE, metal=2.0, voids=Voids()),
        fixture_stiffness=stiffness,
    )


#: Every case.
TWIN_CASES: tuple[TwinCase, ...] = (
    _static(0.1),
    _static(0.3),
    _static(1.0),
    _RAMP,
    _films(Growth.PARABOLIC),
    _films(Growth.LINEAR_PARABOLIC),
    _films(Growth.LOGARITHMIC),
    _VOIDS,
    _fixture("spring", SPRING),
    _fixture("constant gap", GAP),
)
