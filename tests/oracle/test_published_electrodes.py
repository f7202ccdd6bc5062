"""Positive electrodes of published cells against lithium, discharged until no node takes any more.

Their open-circuit potentials do not plunge at the lower cut-off: surfaces fill, and the reaction moves
on to other nodes until the voltage falls. PyBaMM's half cell with a transference number of one solves
the same equations, with its own asymptote of 1 uV over what is left of the sites.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from solidcell.engine.scenario import Scenario, parse_scenario
from solidcell.engine.simulation import Simulation
from solidcell.engine.validation import reference
from solidcell.engine.validation.agreement import Grid
from solidcell.engine.validation.cases import Case, Diffusivity
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell

pybamm = pytest.importorskip("pybamm")

FloatArray = npt.NDArray[np.float64]

WINDOWS = {
    "Chen2020": (0.27, 1.0),
    "Ecker2015": (0.26, 1.0),
    "OKane2022": (0.27, 1.0),
    "ORegan2022": (0.27, 1.0),
    "Prada2013": (0.02, 1.0),
    "Ramadass2004": (0.4, 0.888),
}
"""Lithium fractions from and to which the potential is taken."""
INSIDE = 0.01
"""How far inside a window a discharge starts: PyBaMM takes the edge of a table for a place outside."""
RATES = ("C/10", "C/3", "1C", "2C")
ALLOWED = 1e-3
POINTS = 1001
SALT, ROOM = 1000.0, 298.15
"""Concentration of the electrolyte, mol/m3, and temperature, K, at which j0 and D are taken."""
REFERENCE_MESH = Mesh(nodes=40, shells=120, shell_stretch=4.0, node_stretch=0.3)
OWN_MESH = Mesh(nodes=40, shells=60, shell_stretch=4.0, node_stretch=0.3)


def evaluated(values: Any, name: str, *arguments: Any) -> FloatArray:
    """A parameter of a set, constant or function, at arrays of its arguments."""
    law = values[name]
    if not callable(law):
        return np.full(len(arguments[0]), float(law))
    taken = [pybamm.Vector(one) if isinstance(one, np.ndarray) else one for one in arguments]
    found = law(*taken)
    value = found
    if isinstance(found, pybamm.Symbol):
        value = values.process_symbol(found).evaluate()
    return np.broadcast_to(np.asarray(value, dtype=float).ravel(), len(arguments[0])).copy()


def exchange_formula(values: Any, most: float) -> str:
    """``k x^a (1 - x)^(1 - a)``, which every set has, with k and a from two of its values."""
    name = "Positive electrode exchange-current density [A.m-2]"
    sides = np.array([0.25, 0.5, 0.75])
    low, middle, high = evaluated(values, name, np.full(3, SALT), sides * most, most, ROOM)
    order = 0.5 * (1.0 - np.log(low / high) / np.log(3.0))
    formula = f"{float(2.0 * middle)!r}*x**{float(order)!r}*(1 - x)**{float(1.0 - order)!r}"
    assert eval(formula, {"x": 0.25}) == pytest.approx(low, rel=1e-9)
    return formula


def electrode(name: str, folder: Path) -> dict[str, Any]:
    """Overrides that put the positive electrode of a parameter set into the reference cell."""
    values = pybamm.ParameterValues(name)
    first, last = WINDOWS[name]
    x = np.linspace(first, last, POINTS)
    most = float(values["Maximum concentration in positive electrode [mol.m-3]"])
    curves = {
        "open_circuit_potential": ("V", evaluated(values, "Positive electrode OCP [V]", x)),
        "diffusivity": (
            "m^2/s",
            evaluated(values, "Positive particle diffusivity [m2.s-1]", x, ROOM),
        ),
    }
    material: dict[str, Any] = {
        "stoichiometry_charged": first + INSIDE,
        "stoichiometry_discharged": 0.5 * (first + last),
        "maximum_concentration": f"{most} mol/m^3",
        "volume_change": None,
        "exchange_current_density.expression": exchange_formula(values, most),
    }
    for curve, (unit, y) in curves.items():
        path = folder / f"{curve}.csv"
        np.savetxt(path, np.column_stack([x, y]), delimiter=",", header="x,y", comments="")
        material[curve] = {"csv": str(path), "x": "x", "y": "y", "unit": unit}
    active = float(values["Positive electrode active material volume fraction"])
    height, width = values["Electrode height [m]"], values["Electrode width [m]"]
    capacity = values["Nominal cell capacity [A.h]"] * 3600.0 / (height * width)
    highest = np.interp(first + INSIDE, x, curves["open_circuit_potential"][1])
    return {f"cell.positive.active_material.{key}": value for key, value in material.items()} | {
        "cell.positive.thickness": f"{values['Positive electrode thickness [m]']} m",
        "cell.positive.particle_radius": f"{values['Positive particle radius [m]']} m",
        "cell.positive.active_volume_fraction": active,
        "cell.positive.carbon_volume_fraction": 0.0,
        "cell.positive.binder_volume_fraction": 0.0,
        "cell.positive.porosity": 0.0,
        "cell.positive.electrolyte_volume_fraction": 1.0 - active,
        "cell.nominal_areal_capacity": f"{capacity} A*s/m^2",
        "cell.lower_voltage_cutoff": f"{values['Lower voltage cut-off [V]']} V",
        "cell.upper_voltage_cutoff": f"{highest:.4f} V",
    }


def scenario_of(name: str, rate: str, folder: Path) -> Scenario:
    """The reference cell with the electrode of a set, discharged to the set's lower cut-off."""
    overrides = electrode(name, folder)
    lower = overrides["cell.lower_voltage_cutoff"]
    text = (
        "schema_version: 1\nname: published\ncell: cells/nmc811_lpscl_li.yaml\n"
        "operation: {temperature: 25 degC, stack_pressure: 5 MPa}\nprotocol: [Rest for 1 s]\n"
        "physics: {contact: static, voids: none, interphase: none, entropy: off}\n"
    )
    return parse_scenario(
        text,
        overrides=overrides
        | {
            "cell.positive.contact_fraction": 1.0,
            "cell.positive.film_resistance": "0 Ohm cm^2",
            "cell.negative.interface_resistance": "0 Ohm cm^2",
            # More than the electrode takes, so that its surfaces end the discharge.
            "cell.negative.excess_thickness": "100 um",
            "cell.negative.exchange_current_density": "25 A/m^2",
            "operation.initial_stoichiometry": WINDOWS[name][0] + INSIDE,
            "protocol": [f"Discharge at {rate} until {lower}"],
            "numerics.nodes": OWN_MESH.nodes,
            "numerics.node_stretch": OWN_MESH.node_stretch,
            "numerics.shells": OWN_MESH.shells,
            "numerics.shell_stretch": OWN_MESH.shell_stretch,
            "numerics.rtol": 1e-6,
        },
    )


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", WINDOWS)
def test_capacity_to_the_cut_off(name: str, rate: str, tmp_path: Path) -> None:
    scenario = scenario_of(name, rate, tmp_path)
    own = Simulation(scenario).solve()
    assert own.steps["stop_reason"][-1] == 1
    (block,) = scenario.protocol
    case = Case(
        name=name,
        protocol=(block.steps[0].text,),
        stoichiometry=WINDOWS[name][0] + INSIDE,
        diffusivity=Diffusivity.COMPOSITION,
        grid=Grid.CHARGE,
    )
    cell = HalfCell.from_scenario(scenario)
    exact = reference.solve(cell, case, mesh=REFERENCE_MESH, tolerance=Tolerance(1e-7, 1e-7))
    capacity = exact.charge[-1] * scenario.cell.electrode_area / 3600.0
    assert own.steps["capacity"][-1] == pytest.approx(capacity, rel=ALLOWED)
