"""Scenarios: YAML with units, imports and overrides, to a frozen and validated model in SI."""

from solidcell.engine.scenario.cell import Cell
from solidcell.engine.scenario.collector import CurrentCollector
from solidcell.engine.scenario.composite import CompositeElectrode
from solidcell.engine.scenario.contact import (
    ContactLoss,
    GreenwoodWilliamsonContact,
    HertzContact,
    LithiumPlasticContact,
    PerssonContact,
    PlasticContact,
    PressedContact,
)
from solidcell.engine.scenario.curve import Curve
from solidcell.engine.scenario.film import CompositeFilm, LithiumFilm
from solidcell.engine.scenario.fixture import Fixture
from solidcell.engine.scenario.interface import MeasuredInterface
from solidcell.engine.scenario.inventory import ParameterRow
from solidcell.engine.scenario.library import shipped_folder, shipped_scenarios
from solidcell.engine.scenario.lithium import LithiumElectrode
from solidcell.engine.scenario.load import load_scenario, parse_scenario
from solidcell.engine.scenario.material import ActiveMaterial
from solidcell.engine.scenario.model import Scenario
from solidcell.engine.scenario.parameter import Parameter
from solidcell.engine.scenario.physics import Interphase, Physics
from solidcell.engine.scenario.schema import json_schema
from solidcell.engine.scenario.separator import Separator
from solidcell.engine.scenario.settings import (
    Cycles,
    Fields,
    InitialState,
    Numerics,
    Operation,
    Output,
    Spectrum,
)
from solidcell.engine.scenario.short_circuit import PoreCreep, ShortCircuit
from solidcell.engine.scenario.transport import ConductivityTable, Percolation
from solidcell.engine.scenario.voids import Voids

__all__ = [
    "ActiveMaterial",
    "Cell",
    "CompositeElectrode",
    "CompositeFilm",
    "ConductivityTable",
    "ContactLoss",
    "CurrentCollector",
    "Curve",
    "Cycles",
    "Fields",
    "Fixture",
    "GreenwoodWilliamsonContact",
    "HertzContact",
    "InitialState",
    "Interphase",
    "LithiumElectrode",
    "LithiumFilm",
    "LithiumPlasticContact",
    "MeasuredInterface",
    "Numerics",
    "Operation",
    "Output",
    "Parameter",
    "ParameterRow",
    "Percolation",
    "PerssonContact",
    "Physics",
    "PlasticContact",
    "PoreCreep",
    "PressedContact",
    "Scenario",
    "Separator",
    "ShortCircuit",
    "Spectrum",
    "Voids",
    "json_schema",
    "load_scenario",
    "parse_scenario",
    "shipped_folder",
    "shipped_scenarios",
]
