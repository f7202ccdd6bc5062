"""PyBaMM as the reference for the single-ion half cell.

PyBaMM's Doyle-Fuller-Newman half cell (Marquis et al. 2019) turns into the single-ion cell when the
cation transference number is one: the salt balance then has no source, the concentration stays
where it started, and the electrolyte is an ohmic conductor.  This file fills PyBaMM's parameters so
that its equations are term by term those of solidcell's half cell, and runs a protocol with them.

Two things are arranged so that nothing depends on a convention of PyBaMM:

* Effective conductivities are given, never derived.  PyBaMM multiplies one bulk conductivity with a
  transport efficiency of each region, (volume fraction)/(tortuosity factor).  The bulk value is the
  separator's effective one, and the tortuosity factors are chosen to give 1 in the separator and
  the measured ratio in the electrode.
* Reaction area.  PyBaMM's reaction acts on the whole sphere, 3 eps/R.  A contact fraction theta
  multiplies the exchange current instead: PyBaMM's current density is then theta*j everywhere, in
  the charge balance and, averaged over the sphere, in the flux into the particle.

Current is positive on discharge.  PyBaMM is imported when it is first needed.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from solidcell.engine.validation.cases import Case, PowerStep, ProtocolStep
from solidcell.engine.validation.curve import Curve, FloatArray
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.kernels.constants import GAS

#: PyBaMM's name of the terminal voltage.
VOLTAGE = "Voltage [V]"
#: What the names of constants begin with that the particles' film has of its own.
POSITIVE = "Positive "
#: Salt concentration of the inert electrolyte [mol/m3]; with t+ = 1 it has no effect.
_SALT_CONCENTRATION = 1000.0
#: Volume fraction given to the electrolyte of either region; cancels against the tortuosity.
_ELECTROLYTE_FRACTION = 0.2
#: Conductivity of the lithium plane [S/m], high enough for its own drop to vanish (< 1e-15 V).
_LITHIUM_CONDUCTIVITY = 1.0e12
#: PyBaMM's own voltage limits [V], out of the way: the protocol's terminations alone end a step.
_OPEN_VOLTAGE_WINDOW = (0.5, 6.0)
#: Residual to which consistent start values are found after every jump.
_START_TOLERANCE = 1.0e-10


def load_pybamm() -> Any:
    """Import PyBaMM with its telemetry switched off.

    Returns
    -------
    module
        ``pybamm``.

    Raises
    ------
    solidcell.engine.errors.InputError
        PyBaMM is not installed.
    """
    os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
    try:
        import pybamm
    except ImportError as error:
        from solidcell.engine.errors import InputError

        raise InputError(
            "The reference needs PyBaMM, which is not installed: "
            "install it with `pip install solidcell[pybamm]`."
        ) from error
    return pybamm


def half_cell_model(
    pybamm: Any,
    *,
    series_resistance: bool = False,
    double_layers: bool = False,
    ageing: Mapping[str, Any] | None = None,
    own_constants: Collection[str] = (),
) -> Any:
    """Build PyBaMM's stock half-cell DFN for a single-ion conductor.

    PyBaMM's own submodel of a constant electrolyte concentration takes the place of the salt
    balance: with t+ = 1 the solutions are the same and the states fewer.

    Parameters
    ----------
    pybamm : module
        PyBaMM.
    series_resistance : bool
        Whether a resistance in series, on the lithium side, is part of the voltage.
    double_layers : bool
        Whether current also charges double layers.
    ageing : mapping, optional
        PyBaMM's options of what ages the cell.
    own_constants : collection of str, optional
        PyBaMM's names of constants of films that the particles have of their own, read as "Positive "
        and the name: PyBaMM has one constant for the films of either side.

    Returns
    -------
    pybamm.lithium_ion.DFN
    """
    options = {
        "working electrode": "positive",
        "transport efficiency": "tortuosity factor",
        "contact resistance": "true" if series_resistance else "false",
        # The electrode's unknown is phi_s - phi_e: half the algebraic states, and with the boundary
        # values of `spatial_options` a third of the error of the two-potential form.
        "surface form": "differential" if double_layers else "algebraic",
        **(ageing or {}),
    }
    model = pybamm.lithium_ion.DFN(options, build=False)
    particles = model.param.p.prim
    for attribute, constant in list(vars(particles).items()):
        if isinstance(constant, pybamm.Parameter) and constant.name in own_constants:
            setattr(particles, attribute, pybamm.Parameter(f"{POSITIVE}{constant.name}"))
    model.submodels["electrolyte diffusion"] = pybamm.electrolyte_diffusion.ConstantConcentration(
        model.param, model.options
    )
    model.build_model()
    return model


def parameter_values(
    pybamm: Any,
    cell: HalfCell,
    *,
    temperature: float,
    stoichiometry: float,
    entropy: bool = False,
) -> Any:
    """Give PyBaMM the parameters of a cell.

    Parameters
    ----------
    pybamm : module
        PyBaMM.
    cell : HalfCell
        The cell, at its reference temperature.
    temperature : float
        Temperature of the isothermal cell [K].
    stoichiometry : float
        Uniform lithium fraction of the positive electrode at the start.
    entropy : bool
        Whether the open-circuit potential follows temperature through dU/dT.

    Returns
    -------
    pybamm.ParameterValues
    """
    area = cell.electrode_area
    capacity = cell.nominal_areal_capacity * area / 3600.0
    c_max = cell.maximum_concentration
    reference = cell.reference_temperature

    def arrhenius(energy: float, kelvin: Any) -> Any:
        return np.exp(energy / GAS * (1.0 / reference - 1.0 / kelvin))

    # PyBaMM bends every potential towards infinity at 0 and 1 by an asymptote of its own, which costs
    # 0.05 % of the capacity where a slow discharge ends at x = 0.9999. Taken off here, it cancels.
    asymptote = pybamm.parameters.lithium_ion_parameters.U_asymptotes

    def ocp(sto: Any) -> Any:
        return cell.open_circuit_potential(sto) - asymptote(sto)

    def entropic(sto: Any) -> Any:
        return cell.entropic_coefficient(sto) if cell.entropic_coefficient is not None else 0.0

    def diffusivity(sto: Any, kelvin: Any) -> Any:
        return cell.diffusivity(sto) * arrhenius(cell.diffusivity_activation_energy, kelvin)

    def exchange_current(c_e: Any, c_surf: Any, c_maximum: Any, kelvin: Any) -> Any:
        return (
            cell.contact_fraction
            * cell.exchange_current_density(c_surf / c_maximum)
            * arrhenius(cell.exchange_current_activation_energy, kelvin)
        )

    def lithium_exchange_current(c_e: Any, c_li: Any, kelvin: Any) -> Any:
        return cell.lithium_exchange_current_density * arrhenius(
            cell.lithium_exchange_current_activation_energy, kelvin
        )

    def separator_conductivity(c_e: Any, kelvin: Any) -> Any:
        return cell.separator_conductivity * arrhenius(
            cell.separator_conductivity_activation_energy, kelvin
        )

    # The electrode's conductivity is the separator's times a number; where the two have different
    # activation energies, that number depends on the temperature, which is fixed.
    electrode_to_separator = (
        cell.electrolyte_conductivity
        * float(arrhenius(cell.electrolyte_conductivity_activation_energy, temperature))
    ) / (
        cell.separator_conductivity
        * float(arrhenius(cell.separator_conductivity_activation_energy, temperature))
    )
    series_resistance = cell.series_resistance * float(
        1.0 / arrhenius(cell.series_resistance_activation_energy, temperature)
    )
    low, high = _OPEN_VOLTAGE_WINDOW

    return pybamm.ParameterValues(
        {
            "Nominal cell capacity [A.h]": capacity,
            "Current function [A]": capacity,
            "Number of electrodes connected in parallel to make a cell": 1.0,
            "Number of cells connected in series to make a battery": 1.0,
            "Electrode height [m]": 1.0,
            "Electrode width [m]": area,
            "Contact resistance [Ohm]": series_resistance / area,
            "Lower voltage cut-off [V]": low,
            "Upper voltage cut-off [V]": high,
            "Open-circuit voltage at 0% SOC [V]": low,
            "Open-circuit voltage at 100% SOC [V]": high,
            "Reference temperature [K]": reference,
            "Ambient temperature [K]": temperature,
            "Initial temperature [K]": temperature,
            # lithium plane
            "Negative electrode thickness [m]": 1.0e-6,
            "Negative electrode conductivity [S.m-1]": _LITHIUM_CONDUCTIVITY,
            "Negative electrode OCP [V]": 0.0,
            "Negative electrode OCP entropic change [V.K-1]": 0.0,
            "Negative electrode charge transfer coefficient": 0.5,
            "Exchange-current density for lithium metal electrode [A.m-2]": (
                lithium_exchange_current
            ),
            "Lithium metal partial molar volume [m3.mol-1]": 1.3e-5,
            # electrolyte: t+ = 1
            "Initial concentration in electrolyte [mol.m-3]": _SALT_CONCENTRATION,
            "Cation transference number": 1.0,
            "Thermodynamic factor": 1.0,
            "Electrolyte diffusivity [m2.s-1]": 1.0e-10,
            "Electrolyte conductivity [S.m-1]": separator_conductivity,
            "Separator thickness [m]": cell.separator_thickness,
            "Separator porosity": _ELECTROLYTE_FRACTION,
            "Separator tortuosity factor (electrolyte)": _ELECTROLYTE_FRACTION,
            "Positive electrode porosity": _ELECTROLYTE_FRACTION,
            "Positive electrode tortuosity factor (electrolyte)": (
                _ELECTROLYTE_FRACTION / electrode_to_separator
            ),
            # positive electrode; PyBaMM's electronic phase fills what the electrolyte leaves
            "Positive electrode thickness [m]": cell.electrode_thickness,
            "Positive electrode conductivity [S.m-1]": cell.electronic_conductivity,
            "Positive electrode tortuosity factor (electrode)": 1.0 - _ELECTROLYTE_FRACTION,
            "Positive electrode active material volume fraction": (
                cell.active_material_volume_fraction
            ),
            "Positive particle radius [m]": cell.particle_radius,
            "Maximum concentration in positive electrode [mol.m-3]": c_max,
            "Initial concentration in positive electrode [mol.m-3]": stoichiometry * c_max,
            "Positive electrode OCP [V]": ocp,
            "Positive electrode OCP entropic change [V.K-1]": entropic if entropy else 0.0,
            "Positive particle diffusivity [m2.s-1]": diffusivity,
            "Positive electrode exchange-current density [A.m-2]": exchange_current,
            "Positive electrode charge transfer coefficient": 0.5,
        }
    )


def spatial_options(pybamm: Any, model: Any, mesh: Mesh) -> dict[str, Any]:
    """Translate a mesh into the keyword arguments of ``pybamm.Simulation``.

    Across the electrode, boundary values come from the parabola that also has the prescribed
    gradient; PyBaMM's default, a straight line through two nodes, costs 1 mV at 1C on 40 nodes.
    Inside the particle the default stays: PyBaMM conserves lithium with D(x) only as long as the
    surface value of D is read off a straight line.

    Parameters
    ----------
    pybamm : module
        PyBaMM.
    model : pybamm.BaseModel
        The model, for its default submeshes.
    mesh : Mesh
        The finite volumes.

    Returns
    -------
    dict
        ``var_pts``, ``submesh_types`` and ``spatial_methods``.
    """
    points = dict(model.default_var_pts)
    points.update({"x_s": mesh.separator_nodes, "x_p": mesh.nodes, "r_p": mesh.shells})
    submeshes = dict(model.default_submesh_types)
    for domain, side, stretch in (
        ("positive particle", "right", mesh.shell_stretch),
        ("positive electrode", "left", mesh.node_stretch),
    ):
        if stretch > 0.0:
            submeshes[domain] = pybamm.MeshGenerator(
                pybamm.Exponential1DSubMesh, submesh_params={"side": side, "stretch": stretch}
            )
    methods = dict(model.default_spatial_methods)
    methods["macroscale"] = boundary_fitted_volumes(pybamm)
    return {"var_pts": points, "submesh_types": submeshes, "spatial_methods": methods}


def boundary_fitted_volumes(pybamm: Any) -> Any:
    """Return PyBaMM's finite volumes with boundary values that know the gradient there.

    Parameters
    ----------
    pybamm : module
        PyBaMM.

    Returns
    -------
    pybamm.FiniteVolume
    """
    order = {"gradient": "quadratic", "value": "quadratic"}
    return pybamm.FiniteVolume({"extrapolation": {"order": order, "use bcs": True}})


def solve(
    cell: HalfCell,
    case: Case,
    *,
    mesh: Mesh | None = None,
    tolerance: Tolerance | None = None,
) -> Curve:
    """Run a case with PyBaMM's half-cell DFN.

    Parameters
    ----------
    cell : HalfCell
        The reference cell; the case chooses between its law D(x) and a constant.
    case : Case
        Protocol, start and temperature.
    mesh : Mesh, optional
        Finite volumes; the case's own if not given.
    tolerance : Tolerance, optional
        Tolerances of the integrator.

    Returns
    -------
    Curve
        Per area of electrode, densely sampled in every step.

    Raises
    ------
    solidcell.engine.errors.InputError
        PyBaMM is not installed.
    """
    pybamm = load_pybamm()
    cell = case.half_cell(cell)
    mesh = mesh or case.mesh
    tolerance = tolerance or Tolerance()
    model = half_cell_model(pybamm, series_resistance=cell.series_resistance > 0.0)
    simulation = pybamm.Simulation(
        model,
        experiment=pybamm.Experiment([_pybamm_step(pybamm, cell, step) for step in case.protocol]),
        parameter_values=parameter_values(
            pybamm,
            cell,
            temperature=case.temperature,
            stoichiometry=case.stoichiometry,
            entropy=case.entropy,
        ),
        solver=pybamm.IDAKLUSolver(
            rtol=tolerance.relative, atol=tolerance.absolute, root_tol=_START_TOLERANCE
        ),
        **spatial_options(pybamm, model, mesh),
    )
    return _curve(cell, simulation.solve(calc_esoh=False))


def _pybamm_step(pybamm: Any, cell: HalfCell, step: ProtocolStep) -> Any:
    """Translate one step; a drive cycle becomes a table of currents in ampere."""
    if isinstance(step, str):
        return pybamm.step.string(step)
    if isinstance(step, PowerStep):
        return pybamm.step.string(step.text(cell.electrode_area))
    one_c = cell.nominal_areal_capacity * cell.electrode_area / 3600.0
    return pybamm.step.current(np.column_stack([step.time, step.c_rate * one_c]))


def _curve(cell: HalfCell, solution: Any) -> Curve:
    """Sample a PyBaMM solution of an experiment, step by step."""
    times, voltages, currents, numbers = [], [], [], []
    steps = [step for cycle in solution.cycles for step in cycle.steps]
    for number, part in enumerate(steps):
        time = sample_times(np.asarray(part.t, dtype=np.float64))
        times.append(time)
        voltages.append(np.asarray(part[VOLTAGE](time), dtype=np.float64))
        currents.append(np.asarray(part["Current [A]"](time), dtype=np.float64))
        numbers.append(np.full(time.size, number, dtype=np.intp))
    return Curve.from_steps(
        time=np.concatenate(times),
        voltage=np.concatenate(voltages),
        current=np.concatenate(currents) / cell.electrode_area,
        step=np.concatenate(numbers),
    )


def sample_times(solver_times: FloatArray, *, uniform: int = 4000, early: int = 300) -> FloatArray:
    """Choose the times at which a step is sampled.

    Solver times, a uniform grid, and a geometric grid for the square-root rise after the jump at
    the start: linear interpolation between them is then good to a few microvolts.

    Parameters
    ----------
    solver_times : ndarray, shape (n,)
        Times the integrator stepped to [s].
    uniform, early : int
        Points of the uniform and of the geometric grid.

    Returns
    -------
    ndarray, shape (m,)
        Increasing times from the first to the last of ``solver_times`` [s].
    """
    start, end = float(solver_times[0]), float(solver_times[-1])
    span = end - start
    grid = np.concatenate(
        [
            solver_times,
            np.linspace(start, end, uniform),
            start + span * np.geomspace(1.0e-7, 0.1, early),
        ]
    )
    grid = np.unique(grid)
    return grid[(grid >= start) & (grid <= end)]
