"""Scenarios: YAML with units, imports and overrides, to a frozen and validated model in SI."""

from solidcell.engine.scenario.cell import Cell, CurrentCollector, Negative, Positive, Separator
from solidcell.engine.scenario.curve import Curve
from solidcell.engine.scenario.inventory import ParameterRow
from solidcell.engine.scenario.library import shipped_folder, shipped_scenarios
from solidcell.engine.scenario.load import load_scenario, parse_scenario
from solidcell.engine.scenario.material import ActiveMaterial
from solidcell.engine.scenario.model import Scenario
from solidcell.engine.scenario.parameter import Parameter
from solidcell.engine.scenario.schema import json_schema
from solidcell.engine.scenario.settings import (
    Cycles,
    Fields,
    Numerics,
    Operation,
    Output,
    Physics,
)

__all__ = [
    "ActiveMaterial",
    "Cell",
    "CurrentCollector",
    "Curve",
    "Cycles",
    "Fields",
    "Negative",
    "Numerics",
    "Operation",
    "Output",
    "Parameter",
    "ParameterRow",
    "Physics",
    "Positive",
    "Scenario",
    "Separator",
    "json_schema",
    "load_scenario",
    "parse_scenario",
    "shipped_folder",
    "shipped_scenarios",
]
