"""What ageing has taken: capacity at equilibrium, the shares of a loss, the knee of a life."""

from solidcell.engine.ageing.attribution import (
    SHARES,
    Reference,
    States,
    attribute,
    loss_columns,
    reference_of,
    shapley,
    states_of,
)
from solidcell.engine.ageing.equilibrium import Equilibrium
from solidcell.engine.ageing.history import History
from solidcell.engine.ageing.knee import knee
from solidcell.engine.ageing.lifetime import END_OF_LIFE, end_of_life

__all__ = [
    "END_OF_LIFE",
    "SHARES",
    "Equilibrium",
    "History",
    "Reference",
    "States",
    "attribute",
    "end_of_life",
    "knee",
    "loss_columns",
    "reference_of",
    "shapley",
    "states_of",
]
