"""Lives: cells that age cycle by cycle, here and as PyBaMM's stock half cell or as the twin.

What PyBaMM's stock models have is compared with them, a mechanism at a time; all mechanisms at once are
compared with the twin. Compared are the charge of each half cycle, the current at the end of each hold
and whatever has aged; a state counts relative to the way it makes over the life.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from solidcell.engine.protocol import Block, Step
from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.simulation import Simulation, Solution
from solidcell.engine.validation.ageing import ageing_simulation
from solidcell.engine.validation.curve import FloatArray
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.results import CONVERGED_CAPACITY, AgeingResult, LifeRefinement
from solidcell.engine.validation.states import deviation
from solidcell.engine.validation.twin import twin_cell, twin_protocol, twin_start
from solidcell.engine.validation.twin.solve import solve_ends
from solidcell.kernels.layout import offsets

GROUP = "ageing"

CAPACITY, CURRENT, STATES = 5.0e-4, 1.0e-3, 1.0e-3
"""Largest differences that count as agreement: of a half cycle's charge, relative; of the current at
the end of a hold, of 1C; of a state, of the way it makes."""

TOLERANCE = Tolerance(1.0e-6, 1.0e-6)
"""Of either side."""

Entries = Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Aged:
    """What a life has left.

    Attributes
    ----------
    charges : ndarray, shape (cycles,) or (2, cycles)
        Charge of the discharges, or of charges with their hold and of discharges [A s/m2].
    current : ndarray, shape (cycles,), or None
        At the end of each hold as a share of 1C; None where the current ends it.
    states : mapping of str to ndarray, shape (n,) or (n, nodes)
        What has aged at the end of each cycle, or of each step; SI units.
    """

    charges: FloatArray
    current: FloatArray | None
    states: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Life:
    """Cycles that age a cell.

    Attributes
    ----------
    name : str
        Unique, in words that read in a table.
    settings : mapping of str to object
        Dotted entries of the scenario that differ from the shipped one, as written in YAML.
    cycles : int
        How many.
    shipped : str
        Name of the shipped scenario.
    steps : tuple of str
        A cycle, as a scenario writes it: a charge, a hold and a discharge.
    mesh, reference_mesh : Mesh
        Finite volumes here and on the other side.
    twin : bool
        Whether the other side is the twin, else PyBaMM's stock half cell.
    """

    name: str
    settings: Entries
    cycles: int
    shipped: str
    steps: tuple[str, ...]
    mesh: Mesh
    reference_mesh: Mesh
    twin: bool = False

    def scenario(
        self, cycles: int | None = None, mesh: Mesh | None = None, tolerance: Tolerance = TOLERANCE
    ) -> Scenario:
        """Write out the scenario, with so many cycles, mesh and tolerance if not its own."""
        mesh = mesh or self.mesh
        return load_scenario(
            self.shipped,
            overrides={
                "operation.initial_stoichiometry": 0.9,
                "cell.positive.active_material.diffusivity": "3e-15 m^2/s",
                **self.settings,
                "protocol": [{"repeat": cycles or self.cycles, "steps": list(self.steps)}],
                "numerics.nodes": mesh.nodes,
                "numerics.node_stretch": mesh.node_stretch,
                "numerics.shells": mesh.shells,
                "numerics.shell_stretch": mesh.shell_stretch,
                "numerics.rtol": tolerance.relative,
                "output.timeseries": "all",
                "output.period": "24 h",
            },
        )


_STOCK_MESHES = (
    Mesh(nodes=20, shells=40, shell_stretch=4.0, node_stretch=0.3),
    Mesh(nodes=16, shells=60, shell_stretch=1.5),
)


def _stock(name: str, settings: Entries) -> Life:
    """A hundred cycles of the reference cell with one thing that ages it."""
    steps = (
        "Charge at C/3 until 4.3 V",
        "Hold at 4.3 V until C/20",
        "Discharge at C/3 until 2.8 V",
    )
    return Life(name, settings, 100, "nmc811_lpscl_li_reference", steps, *_STOCK_MESHES)


_FRESH_FILM = 1e-9 / 3e-4
"""Resistance of the fresh film on lithium, Ohm m2."""
_ON_LITHIUM: Entries = {
    "cell.negative.film.conductivity": "3e-4 S/m",
    "cell.negative.interface_resistance": f"{_FRESH_FILM!r} Ohm m^2",
}
_ON_PARTICLES: Entries = {
    "cell.positive.film": {
        "growth_constant": "2e-22 m^2/s",
        "conductivity": "1e-7 S/m",
        "voltage_coefficient": 0,
        "first_charge_thickness": "0 nm",
        "consumes": "lithium",
    },
}

STOCK_LIVES = (
    # 5 % of the active material
    _stock(
        "cracking under stress",
        {
            "physics.cracking": "on",
            "cell.positive.cracking.rate": "4e-7 1/s",
            "cell.positive.cracking.crack_density": 0,
            "cell.positive.active_material.volume_change": {
                "expression": "0.1*(x - 1)",
                "domain": [0, 1],
            },
        },
    ),
    # 0.7 um and 40 mV
    _stock(
        "film on lithium",
        {
            "physics.interphase": {"negative": "parabolic", "positive": "none"},
            **_ON_LITHIUM,
        },
    ),
    # 20 nm, 45 mV and 4 % of the lithium
    _stock(
        "film on particles",
        {
            "physics.interphase": {"negative": "none", "positive": "parabolic"},
            **_ON_PARTICLES,
        },
    ),
    # Each with its own constants.
    _stock(
        "films on both sides",
        {"physics.interphase": "parabolic", **_ON_LITHIUM, **_ON_PARTICLES},
    ),
)
"""Lives that PyBaMM's stock half cell can lead."""

TWIN_LIFE = Life(
    "all mechanisms, 60 degC, spring",
    {
        **{
            f"physics.{mechanism}": "on"
            for mechanism in ("isolation", "cracking", "carbon", "paths", "double_layer", "entropy")
        },
        "physics.contact": "creep",
        "physics.voids": "creep",
        "physics.interphase": "parabolic",
        "operation.temperature": "60 degC",
        # Little enough that stripping opens voids, which plating fills again.
        "operation.stack_pressure": "2.5 MPa",
        "operation.fixture": {"type": "spring", "pad_thickness": "3 mm", "pad_modulus": "1 MPa"},
        # A thinner electrode than the shipped one takes fewer nodes.
        "cell.positive.thickness": "50 um",
        "cell.nominal_areal_capacity": "2.84 mAh/cm^2",
        # Contact falls through the threshold of isolation in the fifth cycle and heals in each hold.
        "cell.positive.contact_retention": 0.71,
        "cell.positive.contact_loss.coefficient": 1e-2,
        "cell.positive.contact_loss.healing_rate": "1e-7 1/s",
        "cell.positive.cracking.rate": "5e-6 1/s",
        "cell.positive.cracking.strain_coefficient": 2e-3,
        "cell.positive.cracking.crack_density": 5,
        "cell.positive.film.consumes": "lithium",
        "cell.positive.active_material.volume_change": {
            "expression": "-0.08*(1 - x)**2",
            "domain": [0, 1],
        },
    },
    50,
    "nmc811_lpscl_li_450",
    ("Charge at C/3 until 4.3 V", "Hold at 4.3 V for 1 hour", "Discharge at C/3 until 2.8 V"),
    Mesh(nodes=10, shells=60, shell_stretch=4.0),
    Mesh(nodes=10, shells=60, shell_stretch=1.0),
    twin=True,
)
"""Everything at once: 3.5 % of the material cracked, 14 % of the rest isolated, films of 26 nm and
1.4 um, 17 % of the capacity lost."""

LIVES = (*STOCK_LIVES, TWIN_LIFE)
"""Every life."""


def compare_life(life: Life, refine_reference: bool = False) -> AgeingResult:
    """Lead a life on both sides, and here once more refined.

    Parameters
    ----------
    life
        The life.
    refine_reference
        Whether to refine the other side, too.
    """
    finer = TOLERANCE.tightened()
    ours = solve(life)
    refined = solve(life, _refined(life.mesh), finer)
    reference: Callable[..., Aged] = twin if life.twin else stock
    theirs = reference(life)
    theirs_refined = None
    if refine_reference:
        mesh = _refined(life.reference_mesh)
        theirs_refined = _refinement(theirs, reference(life, mesh, finer))
    own = _refinement(ours, refined)
    capacity, current = _charge(ours, theirs), None
    if ours.current is not None and theirs.current is not None:
        current = float(np.max(np.abs(ours.current - theirs.current)))
    states = differences(ours, theirs)
    sides = [own] if theirs_refined is None else [own, theirs_refined]
    return AgeingResult(
        name=life.name,
        passed=bool(
            capacity <= CAPACITY
            and (current is None or current <= CURRENT)
            and all(value <= STATES for value in states.values())
            and all(side.capacity_percent <= 1e2 * CONVERGED_CAPACITY for side in sides)
        ),
        cycles=life.cycles,
        capacity_error_percent=1e2 * capacity,
        current_percent=None if current is None else 1e2 * current,
        states_percent={name: 1e2 * value for name, value in states.items()},
        tolerance=f"{1e2 * CAPACITY:g} % of each half cycle's capacity, {1e2 * CURRENT:g} % of 1C at "
        f"the end of each hold, {1e2 * STATES:g} % of each state's way over the life",
        solidcell=own,
        pybamm=theirs_refined,
        group=GROUP,
    )


def solve(life: Life, mesh: Mesh | None = None, tolerance: Tolerance = TOLERANCE) -> Aged:
    """Lead a life with solidcell, on its own mesh unless another is given."""
    mesh = mesh or life.mesh
    scenario = life.scenario(mesh=mesh, tolerance=tolerance)
    # A state vector is kept where a cycle begins: one more tells where the last has ended.
    after = Block(1, (Step("rest", 0.0, "Rest for 1 second", duration=1.0),))
    longer = scenario.model_copy(update={"protocol": (*scenario.protocol, after)})
    solution = Simulation(longer).solve()
    if not life.twin:
        return aged_of_cycles(solution, scenario)
    return _aged_everywhere(solution, scenario, mesh)


def aged_of_cycles(solution: Solution, scenario: Scenario) -> Aged:
    """What PyBaMM's stock models can be asked for, out of the tables of a solution."""
    (block,) = scenario.protocol
    cycles = {name: values[: block.repeat] for name, values in solution.cycles.items()}
    names = {
        "loss_of_active_material": scenario.physics.cracking == "on",
        "trapped_lithium": scenario.physics.cracking == "on",
        "film_thickness_negative": scenario.physics.interphase.negative != "none",
        "film_thickness_positive": scenario.physics.interphase.positive != "none",
    }
    area = scenario.cell.electrode_area
    return Aged(
        charges=cycles["discharge_capacity"] * 3600.0 / area,
        current=None,
        states={name: cycles[name] for name, ages in names.items() if ages},
    )


def stock(life: Life, mesh: Mesh | None = None, tolerance: Tolerance = TOLERANCE) -> Aged:
    """Lead a life with PyBaMM's stock half cell."""
    return stock_aged(life.scenario(), mesh or life.reference_mesh, tolerance)


def stock_aged(scenario: Scenario, mesh: Mesh, tolerance: Tolerance) -> Aged:
    """Lead a scenario's life with PyBaMM's stock half cell.

    Parameters
    ----------
    scenario
        Of the kind that `ageing_simulation` takes.
    mesh, tolerance
        PyBaMM's.
    """
    cycles = (
        ageing_simulation(scenario, mesh=mesh, tolerance=tolerance).solve(calc_esoh=False).cycles
    )
    discharges = [cycle.steps[-1] for cycle in cycles]

    def at(name: str, moment: int) -> FloatArray:
        # Over the electrode, whose volumes are equal.
        values = [np.asarray(step[name].entries)[..., moment].mean() for step in discharges]
        return np.array(values)

    states = {}
    area = scenario.cell.electrode_area
    if scenario.physics.cracking == "on":
        fresh = float(scenario.cell.composite.active_volume_fraction)
        left = at("X-averaged positive electrode active material volume fraction", -1)
        buried = "Loss of lithium due to loss of active material in positive electrode [mol]"
        states["loss_of_active_material"] = 1.0 - left / fresh
        states["trapped_lithium"] = at(buried, -1) / area
    for side, growth in scenario.physics.interphase:
        if growth != "none":
            states[f"film_thickness_{side}"] = at(f"{side.capitalize()} SEI thickness [m]", -1)
    passed = "Discharge capacity [A.h]"
    return Aged((at(passed, -1) - at(passed, 0)) * 3600.0 / area, None, states)


def twin(life: Life, mesh: Mesh | None = None, tolerance: Tolerance = TOLERANCE) -> Aged:
    """Lead a life with the twin."""
    scenario = life.scenario()
    values = solve_ends(
        twin_cell(scenario),
        twin_protocol(scenario),
        twin_start(scenario),
        mesh=mesh or life.reference_mesh,
        tolerance=tolerance,
        entropy=scenario.physics.entropy == "on",
    ).values
    cycle = slice(len(life.steps) - 1, None, len(life.steps))
    passed = np.diff(values["charge"], prepend=0.0)
    ends = {name: values[name][cycle] for name in (*_CYCLES, *_TWIN_NODES.values())}
    return Aged(
        charges=_half_cycles(passed),
        current=values["current"][1::3] / _one_c(scenario),
        states={
            **{name: values[name] for name in _STEPS},
            **{name: ends[name] for name in _CYCLES if name != "thickness"},
            # From wherever it is counted
            "thickness": ends["thickness"] - ends["thickness"][0],
            **{name: ends[theirs] for name, theirs in _TWIN_NODES.items()},
        },
    )


_STEPS = (
    "contact_fraction_positive",
    "contact_fraction_negative",
    "film_thickness_positive",
    "film_thickness_negative",
    "void_thickness_negative",
    "stack_pressure",
)
"""States that either side tells at the end of each step."""
_CYCLES = ("active_material", "trapped_lithium", "carbon_charge_positive", "thickness")
"""Of each cycle."""
_TWIN_NODES = {
    "contact_retention_nodes": "nodes/contact_retention_positive",
    "active_share_nodes": "nodes/active_share",
    "utilisation_nodes": "nodes/utilisation",
    "isolated_lithium_nodes": "nodes/isolated_lithium",
    "film_thickness_nodes": "nodes/film_thickness_positive",
}
"""Of each cycle, at the nodes, with the twin's names."""


def _aged_everywhere(solution: Solution, scenario: Scenario, mesh: Mesh) -> Aged:
    """What the twin can be asked for, out of the tables and the kept states of a solution."""
    (block,) = scenario.protocol
    area, faces = scenario.cell.electrode_area, scenario.cell.faces
    steps = len(block.steps) * block.repeat
    rows = solution.timeseries
    last = np.flatnonzero(np.diff(rows["step"]) != 0)[:steps]
    cycles = {name: values[: block.repeat] for name, values in solution.cycles.items()}
    vectors = solution.checkpoints["state_vector"][1 : block.repeat + 1]
    o = offsets(mesh.nodes, mesh.shells)

    def nodal(first: int) -> FloatArray:
        return vectors[:, first : first + mesh.nodes]

    thickness = cycles["thickness_change"] / faces
    return Aged(
        charges=_half_cycles(solution.steps["capacity"][:steps] * 3600.0 / area),
        current=rows["current"][last][1::3] / area / _one_c(scenario),
        states={
            **{name: rows[name][last] for name in _STEPS},
            "active_material": 1.0 - cycles["loss_of_active_material"],
            "trapped_lithium": cycles["trapped_lithium"],
            "carbon_charge_positive": cycles["carbon_charge_positive"] * 3600.0 / area,
            "thickness": thickness - thickness[0],
            "contact_retention_nodes": nodal(o.contact_retention),
            "active_share_nodes": nodal(o.active_share),
            "utilisation_nodes": nodal(o.utilisation),
            "isolated_lithium_nodes": nodal(o.isolated_lithium),
            "film_thickness_nodes": np.sqrt(nodal(o.film_square)) + nodal(o.first_film),
        },
    )


def differences(ours: Aged, theirs: Aged) -> dict[str, float]:
    """Largest difference of each state, relative to the way it makes."""
    return {name: deviation(ours.states[name], values) for name, values in theirs.states.items()}


def _charge(ours: Aged, theirs: Aged) -> float:
    """Largest relative difference of a half cycle's charge."""
    return float(np.max(np.abs(ours.charges / theirs.charges - 1.0)))


def _refinement(coarse: Aged, fine: Aged) -> LifeRefinement:
    return LifeRefinement(
        capacity_percent=1e2 * _charge(fine, coarse),
        states_percent=1e2 * max(differences(fine, coarse).values()),
    )


def _half_cycles(passed: FloatArray) -> FloatArray:
    """Charges with their hold, and discharges, out of the charge of each step."""
    by_cycle = passed.reshape(-1, 3)
    return np.array([by_cycle[:, 0] + by_cycle[:, 1], by_cycle[:, 2]])


def _refined(mesh: Mesh) -> Mesh:
    return mesh.with_double_shells().with_double_nodes()


def _one_c(scenario: Scenario) -> float:
    """Current density of 1C [A/m2]."""
    assert scenario.cell.nominal_areal_capacity is not None
    return float(scenario.cell.nominal_areal_capacity) / 3600.0
