"""The cases in which solidcell has to agree with its twin, as data.

Each is a scenario: entries that differ from a shipped one, and a protocol. Either side reads it for
itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from solidcell.engine.protocol import Block
from solidcell.engine.protocol.parse import parse_step
from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.scenario.model import rating_of
from solidcell.engine.validation.agreement import Grid

MAIN, REFERENCE = "nmc811_lpscl_li_450", "nmc811_lpscl_li_reference"
"""Shipped scenarios whose cells the cases run on."""

Entries = Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class TwinCase:
    """A protocol on a cell with living interfaces.

    Attributes
    ----------
    name : str
        Unique, in words that read in a table.
    protocol : tuple of str or mapping
        Steps, as a scenario writes them.
    settings : mapping of str to object
        Dotted entries of the scenario that differ from the shipped one, as written in YAML.
    shipped : str
        Name of the shipped one.
    """

    name: str
    protocol: tuple[str | Entries, ...]
    settings: Entries = field(default_factory=dict)
    shipped: str = MAIN

    def scenario(self, numerics: Entries | None = None) -> Scenario:
        """Write out the scenario; each step of its protocol is a block of its own.

        Parameters
        ----------
        numerics : mapping of str to object, optional
            Further entries.

        Returns
        -------
        Scenario
        """
        scenario = load_scenario(self.shipped, overrides={**self.settings, **(numerics or {})})
        rating = rating_of(scenario.cell)
        steps = [parse_step(step, rating) for step in self.protocol]
        blocks = tuple(Block(1, (step,)) for step in steps)
        return scenario.model_copy(update={"protocol": blocks})

    @property
    def grids(self) -> tuple[Grid, ...]:
        """Where each step is compared: a step that ends at a voltage against its charge."""
        return tuple(Grid.CHARGE if "until" in str(step) else Grid.TIME for step in self.protocol)

    @property
    def holds(self) -> tuple[int, ...]:
        """Numbers of the steps at constant voltage."""
        return tuple(n for n, step in enumerate(self.protocol) if str(step).startswith("Hold"))


_CYCLE = (
    "Charge at C/3 until 4.3 V",
    "Rest for 30 minutes",
    "Discharge at C/3 until 2.8 V",
)
_CHARGE_AND_HOLD = (
    "Charge at C/3 until 4.3 V",
    "Hold at 4.3 V for 3 hours or until C/20",
)


def _static(fraction: float) -> TwinCase:
    """C/3 discharge of the reference set with a fixed contact fraction."""
    return TwinCase(
        f"C/3 discharge, contact {fraction:g}",
        ("Discharge at C/3 until 2.8 V",),
        {"cell.positive.contact_fraction": fraction, "operation.initial_stoichiometry": 0.213},
        REFERENCE,
    )


_RAMP = TwinCase(
    "pressure 1 to 25 to 1 MPa at C/10, contact healing",
    (
        "Discharge at C/10 for 30 minutes",
        {"step": "Discharge at C/10 for 1 hour", "stack_pressure": "25 MPa", "within": "0.5 h"},
        {"step": "Discharge at C/10 for 1 hour", "stack_pressure": "1 MPa", "within": "0.5 h"},
        "Rest for 30 minutes",
    ),
    {
        "physics.contact": "creep",
        "operation.stack_pressure": "1 MPa",
        "operation.initial_stoichiometry": 0.5,
        "cell.positive.contact_retention": 0.6,
        # 10,000 times as fast as in life, so that hours show it
        "cell.positive.contact_loss.healing_rate": "4.3e-5 1/s",
        # Rows between two steps of the solver are interpolated, which a ramp makes worse than 1 mV.
        "numerics.max_step": "60 s",
    },
)


def _films(growth: str) -> TwinCase:
    """C/3 charge and hold while films grow fast enough to take tens of millivolts."""
    return TwinCase(
        f"C/3 charge and hold, films growing: {growth}",
        _CHARGE_AND_HOLD,
        {
            "physics.contact": "pressure",
            "physics.interphase": growth,
            "operation.initial_stoichiometry": 0.9,
            "cell.positive.film.growth_constant": "1e-16 m^2/s",
            "cell.positive.film.linear_constant": "2e-10 m/s",
            "cell.positive.film.logarithmic_constant": "200 nm",
            "cell.positive.film.logarithmic_time": "1000 s",
            "cell.positive.film.first_charge_thickness": "100 nm",
            "cell.negative.film.growth_constant": "2e-17 m^2/s",
            "cell.negative.film.linear_constant": "1e-10 m/s",
            "cell.negative.film.logarithmic_constant": "100 nm",
            "cell.negative.film.logarithmic_time": "1000 s",
        },
    )


_VOIDS = TwinCase(
    "stripping at C/3 and 3 MPa, rest, plating",
    ("Discharge at C/3 for 1.5 hours", "Rest for 2 hours", "Charge at C/3 for 1 hour"),
    {
        "physics.contact": "pressure",
        "physics.voids": "creep",
        "operation.stack_pressure": "3 MPa",
        "operation.initial_stoichiometry": 0.213,
    },
)


def _fixture(name: str, fixture: Entries) -> TwinCase:
    """Charge, rest and discharge at C/3 in a fixture."""
    return TwinCase(
        f"C/3 cycle, {name}",
        _CYCLE,
        {
            "physics.contact": "creep",
            "physics.voids": "creep",
            "operation.initial_stoichiometry": 0.9,
            "operation.fixture": fixture,
        },
    )


_MECHANISTIC = TwinCase(
    "C/3 cycle, mechanistic contact, constriction, patches",
    _CYCLE,
    {
        "physics.contact": "pressure",
        "physics.voids": "creep",
        "physics.interphase": "parabolic",
        "operation.initial_stoichiometry": 0.9,
        "cell.negative.interface": None,
        "cell.negative.contact": {"law": "plastic"},
        "cell.negative.contact_pitch": "50 um",
        "cell.negative.film.initial_thickness": "300 nm",
        "cell.positive.contact_pitch": "20 um",
        "cell.positive.patch_factor": 1.5,
        "cell.positive.film_resistance": "2 Ohm cm^2",
    },
)

_ISOLATED = TwinCase(
    "C/3 cycle, half the contact left: isolation, narrow paths, gap",
    _CYCLE,
    {
        "physics.contact": "pressure",
        "physics.isolation": "on",
        "physics.paths": "on",
        "operation.initial_stoichiometry": 0.9,
        "operation.fixture": {"type": "constant_gap", "frame_stiffness": "1e8 N/m"},
        "cell.positive.contact_retention": 0.5,
    },
)

_EVERYTHING = TwinCase(
    "C/3 cycle at 60 degC, all interfaces living, spring",
    _CYCLE,
    {
        "physics.contact": "creep",
        "physics.voids": "creep",
        "physics.interphase": "parabolic",
        "physics.double_layer": "on",
        "physics.entropy": "on",
        "operation.temperature": "60 degC",
        "operation.initial_stoichiometry": 0.9,
        "operation.fixture": {"type": "spring", "pad_thickness": "3 mm", "pad_modulus": "1 MPa"},
        "cell.positive.film.consumes": "lithium",
    },
)

TWIN_CASES: tuple[TwinCase, ...] = (
    _static(0.1),
    _static(0.3),
    _static(1.0),
    _RAMP,
    _films("parabolic"),
    _films("linear_parabolic"),
    _films("logarithmic"),
    _VOIDS,
    _fixture("spring", {"type": "spring", "pad_thickness": "3 mm", "pad_modulus": "1 MPa"}),
    _fixture("constant gap", {"type": "constant_gap", "frame_stiffness": "1e8 N/m"}),
    _MECHANISTIC,
    _ISOLATED,
    _EVERYTHING,
)
"""Every case."""
