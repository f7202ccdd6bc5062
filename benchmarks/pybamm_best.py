"""PyBaMM at its best on the 1C discharge of the single-ion half cell.

A speed comparison is worth as much as the opponent is strong.  Here PyBaMM gets every help that its
own means allow:

* its stock half-cell DFN at t+ = 1, with the constant-concentration submodel in place of a salt
  balance that has nothing to do, one potential difference in place of two potentials a node
  (surface form "algebraic"), boundary values that use the known gradients, and with the voltage
  cut-off as the only event;
* the leanest form of the same physics that its expression language can carry: one algebraic unknown
  a node, delta = phi_s - phi_e.  With i_e + i_s = I, Ohm's laws of the two phases give

      i_e = (d(delta)/dx + I/sigma) / (1/kappa + 1/sigma),      d(i_e)/dx = a j(delta, x_surf),

  and the terminal voltage follows from the first integral of kappa phi_e + sigma phi_s, so neither
  potential nor the electrolyte current is a state;
* models discretised once, and solved again and again by IDAKLU with another current as input;
* machine code ahead of time (``options={"compile": True}``) wherever a C compiler is found;
* for each form and diffusivity the cheapest mesh and tolerance, found by ``python
  benchmarks/pybamm_search.py --search``, whose voltage stays within 0.1 mV RMS of the
  converged solution.

Times are of ``solver.solve`` alone: reading the voltage off the solution is not charged.
"""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from solidcell.engine.validation.cases import (
    CASES,
    CHARGED,
    CONSTANT_DIFFUSIVITY,
    Case,
    Diffusivity,
)
from solidcell.engine.validation.curve import Curve
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.reference import (
    VOLTAGE,
    boundary_fitted_volumes,
    half_cell_model,
    load_pybamm,
    parameter_values,
    sample_times,
    solve,
    spatial_options,
)
from solidcell.kernels.constants import FARADAY, GAS

#: The error that every engine in the comparison may make [V RMS].
TARGET = 0.1e-3
#: The discharge that is timed [C-rate 1] ends here [V].
LOWER_CUTOFF = 2.8
#: Longest time that a 1C discharge may take [s]; the cut-off ends it before.
_LONGEST = 4200.0
#: Name of the input that changes from solve to solve.
_CURRENT = "Applied current [A]"
#: Mesh and tolerance of the common converged solution.
CONVERGED_MESH = {
    Diffusivity.CONSTANT: Mesh(nodes=240, shells=240, shell_stretch=3.0, separator_nodes=8),
    Diffusivity.COMPOSITION: Mesh(nodes=240, shells=300, shell_stretch=5.0, separator_nodes=8),
}
CONVERGED_TOLERANCE = Tolerance(1.0e-7, 1.0e-8)


class Form(Enum):
    """How the equations are given to PyBaMM."""

    STOCK = "stock DFN"
    LEAN = "lean"


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to have PyBaMM solve the discharge.

    Attributes
    ----------
    form : Form
        Stock model or lean equations.
    diffusivity : Diffusivity
        Law of the particles.
    mesh : Mesh
        Finite volumes.
    tolerance : Tolerance
        Of the integrator.
    newton_iterations : int
        Iterations after which a step is given up for a new Jacobian.  PyBaMM's default of 40 makes
        IDA crawl on with an old one; few are faster here.
    newton_coefficient : float
        Share of the error tolerance that the iteration may leave.
    """

    form: Form
    diffusivity: Diffusivity
    mesh: Mesh
    tolerance: Tolerance
    newton_iterations: int = 40
    newton_coefficient: float = 0.33


def _best(
    form: Form,
    diffusivity: Diffusivity,
    shape: tuple[int, int, float],
    tolerance: tuple[float, float],
    newton: tuple[int, float],
) -> Configuration:
    """Spell out a row of the table below: nodes, shells, grading; rtol, atol; Newton settings."""
    nodes, shells, stretch = shape
    mesh = Mesh(nodes=nodes, shells=shells, shell_stretch=stretch, separator_nodes=3)
    return Configuration(form, diffusivity, mesh, Tolerance(*tolerance), *newton)


#: The cheapest configurations within the target, found by :func:`search`.
BEST = {
    (row.form, row.diffusivity): row
    for row in (
        _best(Form.STOCK, Diffusivity.CONSTANT, (26, 20, 1.0), (3e-4, 1e-6), (6, 0.33)),
        _best(Form.LEAN, Diffusivity.CONSTANT, (26, 18, 1.0), (2e-4, 1e-6), (4, 0.33)),
        _best(Form.STOCK, Diffusivity.COMPOSITION, (24, 30, 2.5), (2e-4, 1e-6), (4, 0.1)),
        _best(Form.LEAN, Diffusivity.COMPOSITION, (24, 30, 2.5), (1e-4, 1e-5), (6, 0.1)),
    )
}


class Prebuilt:
    """A discretised model with its solver, ready to be solved for one current after another.

    Parameters
    ----------
    cell : HalfCell
        The reference cell with its law D(x).
    configuration : Configuration
        Form, mesh and tolerance.
    compiled : bool
        Whether the model's functions become machine code; needs a C compiler.
    """

    def __init__(self, cell: HalfCell, configuration: Configuration, *, compiled: bool) -> None:
        pybamm = load_pybamm()
        self.cell = with_exponential_law(cell, configuration.diffusivity)
        self.configuration = configuration
        tolerance = configuration.tolerance
        self._solver = pybamm.IDAKLUSolver(
            rtol=tolerance.relative,
            atol=tolerance.absolute,
            options={
                "compile": compiled,
                "max_nonlinear_iterations": configuration.newton_iterations,
                "nonlinear_convergence_coefficient": configuration.newton_coefficient,
                "silence_sundials_errors": True,
            },
        )
        build = _build_stock if configuration.form is Form.STOCK else _build_lean
        self._model = build(pybamm, self.cell, configuration)
        self.states = int(self._model.len_rhs_and_alg)
        self.solve()

    def solve(self, c_rate: float = 1.0) -> Any:
        """Discharge from the charged state to the cut-off.

        Parameters
        ----------
        c_rate : float
            Current in units of 1C.

        Returns
        -------
        pybamm.Solution
        """
        ampere = c_rate * self.cell.nominal_areal_capacity * self.cell.electrode_area / 3600.0
        return self._solver.solve(self._model, [0.0, _LONGEST], inputs={_CURRENT: ampere})

    def curve(self, solution: Any, c_rate: float = 1.0) -> Curve:
        """Read the curve off a solution, with the integrator's own interpolation between steps.

        Parameters
        ----------
        solution : pybamm.Solution
            Of :meth:`solve`.
        c_rate : float
            The current it was solved for.

        Returns
        -------
        Curve
        """
        grid = sample_times(np.asarray(solution.t, dtype=np.float64))
        current = c_rate * self.cell.nominal_areal_capacity / 3600.0
        return Curve.from_steps(
            time=grid,
            voltage=np.asarray(solution[VOLTAGE](grid), dtype=np.float64),
            current=np.full(grid.size, current),
            step=np.zeros(grid.size, dtype=np.intp),
        )


def compiler_found() -> bool:
    """Whether the C compiler that PyBaMM calls for ahead-of-time compilation is on the path."""
    return shutil.which("gcc") is not None


def discharge_case(diffusivity: Diffusivity) -> Case:
    """Return the validation case that is timed.

    Parameters
    ----------
    diffusivity : Diffusivity
        Law of the particles.

    Returns
    -------
    Case
        The 1C discharge at 25 degC.
    """
    return next(
        case
        for case in CASES
        if case.diffusivity is diffusivity and case.name.startswith("1C discharge")
    )


def with_exponential_law(cell: HalfCell, diffusivity: Diffusivity) -> HalfCell:
    """Return the cell with its D(x) written without a power of ten.

    The law is the reference set's, D0 10^(-2.5/(1 + exp(-(x - 0.93)/0.02))).  CasADi evaluates the
    power by ``pow``, which alone costs a seventh of the solve; ``exp`` gives the same number.

    Parameters
    ----------
    cell : HalfCell
        The reference cell with its law D(x).
    diffusivity : Diffusivity
        Law of the particles.

    Returns
    -------
    HalfCell

    Raises
    ------
    ValueError
        The cell's law is another one.
    """
    if diffusivity is Diffusivity.CONSTANT:
        return discharge_case(diffusivity).half_cell(cell)

    def law(x: Any) -> Any:
        decades = 2.5 / (1.0 + np.exp((0.93 - x) / 0.02))
        return CONSTANT_DIFFUSIVITY * np.exp(-math.log(10.0) * decades)

    probe = np.linspace(0.0, 1.0, 201)
    if not np.allclose(law(probe), cell.diffusivity(probe), rtol=1.0e-12, atol=0.0):
        raise ValueError("the cell's diffusivity is not that of the reference set")
    return replace(cell, diffusivity=law)


def converged_curve(cell: HalfCell, diffusivity: Diffusivity) -> Curve:
    """Solve the 1C discharge on a mesh far finer than any that is timed.

    Parameters
    ----------
    cell : HalfCell
        The reference cell with its law D(x).
    diffusivity : Diffusivity
        Law of the particles.

    Returns
    -------
    Curve
        Within about 0.01 mV RMS of the limit; takes 10 s (constant) to 40 s (D(x)).
    """
    return solve(
        cell,
        discharge_case(diffusivity),
        mesh=CONVERGED_MESH[diffusivity],
        tolerance=CONVERGED_TOLERANCE,
    )


def _build_stock(pybamm: Any, cell: HalfCell, configuration: Configuration) -> Any:
    """Discretise the stock DFN, with the current as input and the cut-off as only event."""
    model = half_cell_model(pybamm, series_resistance=cell.series_resistance > 0.0)
    values = parameter_values(
        pybamm, cell, temperature=cell.reference_temperature, stoichiometry=CHARGED
    )
    values.update({"Current function [A]": pybamm.InputParameter(_CURRENT)})
    cutoff = pybamm.Event("Minimum voltage [V]", model.variables[VOLTAGE] - LOWER_CUTOFF)
    model.events = [cutoff]
    simulation = pybamm.Simulation(
        model,
        parameter_values=values,
        **spatial_options(pybamm, model, configuration.mesh),
    )
    simulation.build()
    return simulation.built_model


def _build_lean(pybamm: Any, cell: HalfCell, configuration: Configuration) -> Any:
    """Write and discretise the equations with delta = phi_s - phi_e as only algebraic state.

    Lengths are scaled: x with the electrode's thickness, r with the particle's radius; the
    particle's state is the lithium fraction.
    """
    particle, electrode = "positive particle", "positive electrode"
    thermal = GAS * cell.reference_temperature / FARADAY
    kappa, sigma = cell.electrolyte_conductivity, cell.electronic_conductivity
    radius, thickness = cell.particle_radius, cell.electrode_thickness
    area_per_volume = 3.0 * cell.active_material_volume_fraction / radius
    current = pybamm.InputParameter(_CURRENT) / cell.electrode_area

    fraction = pybamm.Variable(
        "Lithium fraction", domain=particle, auxiliary_domains={"secondary": electrode}
    )
    delta = pybamm.Variable("Potential difference [V]", domain=electrode)
    surface = pybamm.surf(fraction)
    reaction = (
        2.0
        * cell.contact_fraction
        * cell.exchange_current_density(surface)
        * pybamm.sinh((delta - cell.open_circuit_potential(surface)) / (2.0 * thermal))
    )
    diffusivity = cell.diffusivity(fraction) / radius**2
    electrolyte_current = (pybamm.grad(delta) / thickness + current / sigma) / (
        1.0 / kappa + 1.0 / sigma
    )

    model = pybamm.BaseModel("single-ion half cell")
    model.rhs = {fraction: -pybamm.div(-diffusivity * pybamm.grad(fraction))}
    model.algebraic = {
        delta: pybamm.div(electrolyte_current) / (area_per_volume * thickness) - reaction
    }
    uptake = reaction / (FARADAY * cell.maximum_concentration * radius)
    model.boundary_conditions = {
        fraction: {
            "left": (pybamm.Scalar(0.0), "Neumann"),
            "right": (-uptake / pybamm.surf(diffusivity), "Neumann"),
        },
        delta: {
            "left": (current * thickness / kappa, "Neumann"),
            "right": (-current * thickness / sigma, "Neumann"),
        },
    }
    start = float(cell.open_circuit_potential(CHARGED))
    model.initial_conditions = {fraction: pybamm.Scalar(CHARGED), delta: pybamm.Scalar(start)}

    front, back = pybamm.boundary_value(delta, "left"), pybamm.boundary_value(delta, "right")
    lithium = 2.0 * thermal * pybamm.arcsinh(
        current / (2.0 * cell.lithium_exchange_current_density)
    ) + current * (cell.separator_thickness / cell.separator_conductivity + cell.series_resistance)
    voltage = back - lithium + (sigma * (front - back) - current * thickness) / (kappa + sigma)
    model.variables = {VOLTAGE: voltage}
    model.events = [pybamm.Event("Minimum voltage [V]", voltage - LOWER_CUTOFF)]
    return _discretise(pybamm, model, configuration)


def _discretise(pybamm: Any, model: Any, configuration: Configuration) -> Any:
    """Put the lean model on its mesh."""
    particle, electrode = "positive particle", "positive electrode"
    r = pybamm.SpatialVariable(
        "r_p",
        domain=[particle],
        auxiliary_domains={"secondary": electrode},
        coord_sys="spherical polar",
    )
    x = pybamm.SpatialVariable("x_p", domain=[electrode], coord_sys="cartesian")
    unit = {"min": 0.0, "max": 1.0}
    mesh = configuration.mesh
    stretch = mesh.shell_stretch
    shells = (
        pybamm.MeshGenerator(
            pybamm.Exponential1DSubMesh, submesh_params={"side": "right", "stretch": stretch}
        )
        if stretch > 0.0
        else pybamm.Uniform1DSubMesh
    )
    grid = pybamm.Mesh(
        {particle: {r: unit}, electrode: {x: unit}},
        {particle: shells, electrode: pybamm.Uniform1DSubMesh},
        {r: mesh.shells, x: mesh.nodes},
    )
    methods = {
        particle: pybamm.FiniteVolume(),
        electrode: boundary_fitted_volumes(pybamm),
    }
    pybamm.Discretisation(grid, methods).process_model(model)
    return model
