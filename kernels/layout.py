"""The table of every state of the single-ion half cell.

One row a state: name, unit, where it lives, whether it is differential or algebraic, and its scale in
the error norm. Slices, initial states, checkpoints and names in files derive from this table; the
kernels use the offsets of :class:`Offsets`.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Domain = Literal["shells", "nodes", "cell"]


@dataclass(frozen=True)
class State:
    """One state of the model.

    Attributes
    ----------
    name
        snake_case name.
    unit
        SI unit, "1" where dimensionless.
    domain
        "shells": one value a shell and node, shape (shells, nodes) with the node contiguous;
        "nodes": one a node of the electrode; "cell": one.
    differential
        Whether the state has a time derivative; an algebraic one follows from the others.
    long_name
        What it is, in words.
    """

    name: str
    unit: str
    domain: Domain
    differential: bool
    long_name: str


STATES: tuple[State, ...] = (
    State("stoichiometry", "1", "shells", True, "Lithium fraction of the positive particles"),
    State("surface_stoichiometry", "1", "nodes", False, "Lithium fraction at the particle surface"),
    State("reaction_current", "A/m2", "nodes", False, "Reaction current of contact area"),
    State(
        "current_density", "A/m2", "cell", False, "Cell current of geometric area, discharge > 0"
    ),
    State("voltage", "V", "cell", False, "Terminal voltage"),
    State("discharge_charge", "C/m2", "cell", True, "Charge passed in discharge"),
    State("charge_charge", "C/m2", "cell", True, "Charge passed in charge"),
    State("discharge_energy", "J/m2", "cell", True, "Energy delivered in discharge"),
    State("charge_energy", "J/m2", "cell", True, "Energy taken up in charge"),
    State("lithium_metal", "mol/m2", "cell", True, "Lithium metal on the negative side"),
)


class Offsets(NamedTuple):
    """Where each state starts in the state vector; shells come first, then nodes, then the cell."""

    stoichiometry: int
    surface_stoichiometry: int
    reaction_current: int
    current_density: int
    voltage: int
    discharge_charge: int
    charge_charge: int
    discharge_energy: int
    charge_energy: int
    lithium_metal: int
    size: int


def offsets(nodes: int, shells: int) -> Offsets:
    """Offsets of all states for a mesh of `nodes` and `shells`."""
    length = {"shells": nodes * shells, "nodes": nodes, "cell": 1}
    starts = [0]
    for state in STATES:
        starts.append(starts[-1] + length[state.domain])
    return Offsets(*starts)


def state_names(nodes: int, shells: int) -> list[str]:
    """Name of every entry of the state vector, e.g. ``stoichiometry[shell,node]``."""
    names: list[str] = []
    for state in STATES:
        if state.domain == "shells":
            names += [f"{state.name}[{i},{k}]" for i in range(shells) for k in range(nodes)]
        elif state.domain == "nodes":
            names += [f"{state.name}[{k}]" for k in range(nodes)]
        else:
            names.append(state.name)
    return names


TIMESERIES: tuple[str, ...] = (
    "time",
    "cycle",
    "step",
    "mode",
    "current",
    "voltage",
    "discharge_capacity",
    "open_circuit_voltage",
    "overpotential_particle_diffusion_positive",
    "overpotential_charge_transfer_positive",
    "overpotential_film_positive",
    "overpotential_ionic_positive",
    "overpotential_electronic_positive",
    "overpotential_separator",
    "overpotential_charge_transfer_negative",
    "overpotential_interface_negative",
)
"""Columns of a row of the time series as the driver writes it; current in A/m2, charge in C/m2."""

STEPS: tuple[str, ...] = (
    "cycle",
    "instruction",
    "kind",
    "start",
    "end",
    "stop_reason",
    "start_voltage",
    "end_voltage",
    "end_current",
    "capacity",
    "energy",
    "solver_steps",
    "rejected_steps",
    "linear_solves",
    "factorizations",
)
"""Columns of a row of the table of protocol steps; capacity in C/m2, energy in J/m2."""

CYCLES: tuple[str, ...] = (
    "start",
    "end",
    "charge_capacity",
    "discharge_capacity",
    "charge_energy",
    "discharge_energy",
    "dc_resistance",
    "lithium",
    "lithium_balance_error",
    "charge_balance_error",
    "solver_steps",
)
"""Columns of a row of the table of cycles, per geometric area; lithium is the metal at its end,
mol/m2."""
