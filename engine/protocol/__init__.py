"""Protocols: experiment strings and structured steps, to steps in whole-cell SI units."""

from solidcell.engine.protocol.parse import parse_protocol, parse_step
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.step import (
    Block,
    CheckUp,
    Configuration,
    DriveCycle,
    Fixture,
    Jump,
    Loop,
    Step,
    Stop,
    Termination,
)

__all__ = [
    "Block",
    "CheckUp",
    "Configuration",
    "DriveCycle",
    "Fixture",
    "Jump",
    "Loop",
    "Rating",
    "Step",
    "Stop",
    "Termination",
    "parse_protocol",
    "parse_step",
]
