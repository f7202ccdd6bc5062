"""The table of every state of the single-ion half cell.

One row a state: name, unit, where it lives, whether it is differential or algebraic, and its scale in
the error norm. Slices, initial states, checkpoints and names in files derive from this table; the
kernels use the offsets of :class:`Offsets`.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from solidcell.kernels.blocks import block

Domain = Literal["shells", "nodes", "planes", "cell"]


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
        "nodes": one a node of the electrode; "planes": one a lithium plane; "cell": one.
    differential
        Whether the state has a time derivative; an algebraic one follows from the others. None: it has
        one where double layers are part of the physics.
    long_name
        What it is, in words.
    """

    name: str
    unit: str
    domain: Domain
    differential: bool | None
    long_name: str


STATES: tuple[State, ...] = (
    State("stoichiometry", "1", "shells", True, "Lithium fraction of the positive particles"),
    State("mean_stoichiometry", "1", "nodes", True, "Mean lithium fraction of the particles"),
    State("plated_lithium", "mol/m2", "planes", True, "Lithium of each plane, metal and film"),
    State("void_thickness", "m", "planes", True, "Volume of voids per area of the plane"),
    State("plane_film_square", "m2", "planes", True, "Square of the thickness of the plane's film"),
    State("highest_pressure", "Pa", "cell", True, "Highest stack pressure that lithium has seen"),
    State("pore_damage", "1", "cell", True, "Lithium that has crept into pores; 1 shorts the cell"),
    State("positive_film_charge", "C/m2", "cell", True, "Charge in the films of the particles"),
    State("double_layer_charge", "C/m2", "cell", True, "Charge in the particles' double layers"),
    State(
        "carbon_charge_square", "C2/m4", "cell", True, "Square of the charge spent at the carbon"
    ),
    State("cracked_lithium", "mol/m2", "cell", True, "Lithium in material that has cracked off"),
    State("discharge_charge", "C/m2", "cell", True, "Charge passed in discharge"),
    State("charge_charge", "C/m2", "cell", True, "Charge passed in charge"),
    State("discharge_energy", "J/m2", "cell", True, "Energy delivered in discharge"),
    State("charge_energy", "J/m2", "cell", True, "Energy taken up in charge"),
    State("contact_retention", "1", "nodes", True, "Share of the fresh contact that is left"),
    State("film_square", "m2", "nodes", True, "Square of the thickness of the growing film"),
    State("first_film", "m", "nodes", True, "Thickness of the film of the first charge"),
    State("active_share", "1", "nodes", True, "Share of the active material that has not cracked"),
    State("utilisation", "1", "nodes", True, "Share of the active material that is connected"),
    State("isolated_lithium", "1", "nodes", True, "Lithium of isolated particles, of fresh sites"),
    State("potential_difference", "V", "nodes", None, "Electrode against electrolyte at the nodes"),
    State("plane_voltage", "V", "planes", None, "Voltage across each lithium plane"),
    State("surface_coordinate", "1", "nodes", False, "Lithium at the surface; its log at an end"),
    State("reaction_current", "A/m3", "nodes", False, "Reaction current per volume of electrode"),
    State("plane_current", "A/m2", "planes", False, "Stripping current of each plane"),
    State(
        "current_density", "A/m2", "cell", False, "Cell current of geometric area, discharge > 0"
    ),
    State("voltage", "V", "cell", False, "Terminal voltage"),
    State("stack_pressure", "Pa", "cell", False, "Stack pressure"),
)


@block
class Offsets(NamedTuple):
    """Where each state starts in the state vector: differential states first, algebraic ones last.

    The slow states of the nodes stand together, so that a cell in which they don't change skips them;
    the last two change between the steps alone.

    In between lie the voltages across double layers, which are differential where the double layers
    are part of the physics.
    """

    stoichiometry: int
    mean_stoichiometry: int
    plated_lithium: int
    void_thickness: int
    plane_film_square: int
    highest_pressure: int
    pore_damage: int
    positive_film_charge: int
    double_layer_charge: int
    carbon_charge_square: int
    cracked_lithium: int
    discharge_charge: int
    charge_charge: int
    discharge_energy: int
    charge_energy: int
    contact_retention: int
    film_square: int
    first_film: int
    active_share: int
    utilisation: int
    isolated_lithium: int
    potential_difference: int
    plane_voltage: int
    surface_coordinate: int
    reaction_current: int
    plane_current: int
    current_density: int
    voltage: int
    stack_pressure: int
    length: int


def offsets(nodes: int, shells: int, planes: int = 1) -> Offsets:
    """Offsets of all states for a mesh of `nodes` and `shells` and so many lithium planes."""
    length = {"shells": nodes * shells, "nodes": nodes, "planes": planes, "cell": 1}
    starts = [0]
    for state in STATES:
        starts.append(starts[-1] + length[state.domain])
    return Offsets(*starts)


def state_names(nodes: int, shells: int, planes: int = 1) -> list[str]:
    """Name of every entry of the state vector, e.g. ``stoichiometry[shell,node]``."""
    names: list[str] = []
    for state in STATES:
        if state.domain == "shells":
            names += [f"{state.name}[{i},{k}]" for i in range(shells) for k in range(nodes)]
        elif state.domain == "nodes":
            names += [f"{state.name}[{k}]" for k in range(nodes)]
        elif state.domain == "planes":
            names += [f"{state.name}[{p}]" for p in range(planes)]
        else:
            names.append(state.name)
    return names


def state_layout(nodes: int, shells: int, planes: int = 1) -> str:
    """What the entries of a state vector are, in one line: two that say the same fit each other."""
    states = ", ".join(f"{state.name} [{state.unit}] of {state.domain}" for state in STATES)
    return f"{nodes} nodes, {shells} shells, {planes} planes: {states}"


OVERPOTENTIALS: tuple[str, ...] = (
    "particle_diffusion_positive",
    "charge_transfer_positive",
    "film_positive",
    "interface_positive",
    "ionic_positive",
    "electronic_positive",
    "separator",
    "charge_transfer_negative",
    "film_negative",
    "interface_negative",
)
"""Mechanisms that the voltage is split into, in the order of a row."""

RESISTANCES: tuple[str, ...] = OVERPOTENTIALS[1:]
"""Mechanisms that the resistance is split into, in the order of a row: all but diffusion."""

INTERFACE_STATES: tuple[str, ...] = (
    "contact_fraction_positive",
    "contact_fraction_negative",
    "film_thickness_positive",
    "film_thickness_negative",
    "void_thickness_positive",
    "void_thickness_negative",
    "short_circuit_damage",
)
"""States of the interfaces, in the order of a row."""

TIMESERIES: tuple[str, ...] = (
    "time",
    "cycle",
    "step",
    "mode",
    "current",
    "voltage",
    "discharge_capacity",
    "temperature",
    "stack_pressure",
    "open_circuit_voltage",
    *(f"overpotential_{mechanism}" for mechanism in OVERPOTENTIALS),
    *INTERFACE_STATES,
    "stoichiometry",
)
"""Columns of a row of the time series as the driver writes it; current in A/m2, charge in C/m2.

The stoichiometry is the mean of the connected particles; NaN without any.
"""

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
    "block_stop",
    "stopped_block",
    "condition",
    "repetitions",
)
"""Columns of a row of the table of protocol steps; capacity in C/m2, energy in J/m2.

The last four tell what ended a block with the step, if anything did: a `BlockStop`, the number of the
block or loop (-1 for none), that of its condition (-1 for an idle block), and the repetitions so far.
"""

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
    "pressure_minimum",
    "pressure_maximum",
    "void_contact_minimum",
    "plating_current_maximum",
    "short_circuit_damage",
    "film_charge_positive",
    "film_charge_negative",
    "thickness",
    "contact_fraction_positive",
    "contact_fraction_negative",
    "film_thickness_positive",
    "film_thickness_negative",
    "plating_risk",
    "active_material",
    "utilisation",
    "trapped_lithium",
    "positive_lithium",
    "block",
    "cycle",
    "carbon_charge",
    "resistance_10s",
)
"""Columns of a row of the table of cycles, per geometric area.

Lithium is the metal of all planes at its end, mol/m2; charges are in C/m2; the thickness is that of
what changes, m; plating_risk is 1 where plating has exceeded the critical current. Of the active
material, shares are means over the electrode; lithium is in mol/m2, that of the positive electrode in
connected particles.
"""

SPECTRA: tuple[str, ...] = ("time", "cycle", "step", "temperature", "stiffness", "configuration")
"""Columns of the index of impedance spectra; their states are kept beside it."""
