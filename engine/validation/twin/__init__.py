"""An independent implementation of the living interfaces, in PyBaMM's expression language.

It shares with solidcell the equations on paper, the records of `validation` and nothing else.
"""

from solidcell.engine.validation.twin.cases import TWIN_CASES, TwinCase
from solidcell.engine.validation.twin.cell import (
    Composite,
    ContactLoss,
    Film,
    Growth,
    LithiumPlane,
    MeasuredResistance,
    MechanisticContact,
    PoreCreep,
    TwinCell,
    Voids,
)
from solidcell.engine.validation.twin.protocol import Segment, Start
from solidcell.engine.validation.twin.scenario import twin_cell, twin_protocol, twin_start
from solidcell.engine.validation.twin.solve import TwinResult, solve

__all__ = [
    "TWIN_CASES",
    "Composite",
    "ContactLoss",
    "Film",
    "Growth",
    "LithiumPlane",
    "MeasuredResistance",
    "MechanisticContact",
    "PoreCreep",
    "Segment",
    "Start",
    "TwinCase",
    "TwinCell",
    "TwinResult",
    "Voids",
    "solve",
    "twin_cell",
    "twin_protocol",
    "twin_start",
]
