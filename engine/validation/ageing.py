"""PyBaMM's stock ageing of the half cell, set up so that its laws are those of a scenario.

Two of its laws have a counterpart here term by term.

* Stress-driven loss of active material (particle mechanics "swelling only"; Ai 2019, doi
  10.1149/2.0122001JES; Reniers 2019, doi 10.1149/2.0281914jes). PyBaMM's state is the volume fraction
  eps of the electrode and its stress that of a constant partial molar volume Omega,

      d eps/dt = -beta (max(0, sigma)/sigma_c)^m,  sigma = 2 Omega E/(9 (1 - nu)) [mean c - c(surface)]

  Ours is the share r = eps/eps_0 with the volume change g in place of Omega c: the same if g is a
  straight line of slope Omega c_max, beta = eps_0 rate and cracks lengthen no diffusion. In both, what
  is lost keeps the lithium of its particles' mean (Sulzer 2021, doi 10.1149/1945-7111/ac33e3, eq. 37).
* A film that solvent diffuses through (SEI "solvent-diffusion limited"; Marquis 2020, eq. 5.91),

      dL/dt = v D c/(z L):  parabolic growth with k_p = 2 v D c/z, without activation by the potential

  On lithium, PyBaMM takes the film's current out of the cell's, ours is chemical: they differ by the
  charge transfer's voltage at that current, a microvolt. On the particles PyBaMM takes the film's
  lithium from them, as ours does where the film `consumes: lithium`.

PyBaMM's film resists from its first nanometre. Ours on lithium leaves the fresh film to the interface's
resistance, which has to contain it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import CompositeElectrode, Scenario
from solidcell.engine.scenario.film import CompositeFilm, LithiumFilm
from solidcell.engine.validation.discretisation import Mesh, Tolerance
from solidcell.engine.validation.half_cell import HalfCell
from solidcell.engine.validation.reference import (
    POSITIVE,
    half_cell_model,
    load_pybamm,
    parameter_values,
    spatial_options,
)

#: Concentration of the solvent that PyBaMM's film is made of [mol/m3]; only its product with the
#: solvent's diffusivity counts.
_SOLVENT_CONCENTRATION = 1000.0
#: Residual to which consistent start values are found after every jump.
_START_TOLERANCE = 1.0e-8


def ageing_simulation(
    scenario: Scenario,
    *,
    cell: HalfCell | None = None,
    mesh: Mesh,
    tolerance: Tolerance,
    solver: Mapping[str, Any] | None = None,
) -> Any:
    """Make PyBaMM ready for the cycles of a scenario, with its cracks and films.

    Parameters
    ----------
    scenario : Scenario
        Static contact, no voids; its protocol is one block in PyBaMM's language.
    cell : HalfCell, optional
        Its half cell with laws written otherwise; taken from the scenario unless given.
    mesh : Mesh
        Finite volumes.
    tolerance : Tolerance
        Of the integrator.
    solver : mapping, optional
        IDAKLU's own options.

    Returns
    -------
    pybamm.Simulation
        Of the experiment; each step keeps its first and last state alone.

    Raises
    ------
    InputError
        PyBaMM is not installed, or the scenario ages by what PyBaMM has not.
    """
    pybamm = load_pybamm()
    if cell is None:
        cell = HalfCell.from_scenario(scenario)
    cell = _without_fresh_film(scenario, cell)
    lithium, particles = _films(scenario)
    apart = _film_constants("", particles) if lithium and particles else ()
    model = half_cell_model(
        pybamm,
        series_resistance=cell.series_resistance > 0.0,
        ageing=_options(scenario),
        own_constants=apart,
    )
    # Its own limits are out of the way: what ends a step is the protocol's.
    model.events = []
    values = parameter_values(
        pybamm,
        cell,
        temperature=float(scenario.operation.temperature),
        stoichiometry=scenario.initial_stoichiometry,
    )
    values.update(ageing_constants(scenario), check_already_exists=False)
    (block,) = scenario.protocol
    cycle = tuple(step.text for step in block.steps)
    return pybamm.Simulation(
        model,
        experiment=pybamm.Experiment([cycle] * block.repeat),
        parameter_values=values,
        solver=pybamm.IDAKLUSolver(
            rtol=tolerance.relative,
            atol=tolerance.absolute,
            root_tol=_START_TOLERANCE,
            store_first_last=True,
            options=dict(solver or {}),
        ),
        **spatial_options(pybamm, model, mesh),
    )


def _options(scenario: Scenario) -> dict[str, Any]:
    """PyBaMM's options: of the negative electrode, then of the positive one."""
    options: dict[str, Any] = {}
    films = _films(scenario)
    if any(films):
        growth = "solvent-diffusion limited"
        options["SEI"] = tuple("none" if film is None else growth for film in films)
        options["SEI film resistance"] = "none" if films[1] is None else "distributed"
    if scenario.physics.cracking == "on":
        options["particle mechanics"] = ("none", "swelling only")
        options["loss of active material"] = ("none", "stress-driven")
        # On by default with particle mechanics; it would multiply the diffusivity by four here.
        options["stress-induced diffusion"] = "false"
    return options


def _films(scenario: Scenario) -> tuple[LithiumFilm | None, CompositeFilm | None]:
    """The films that grow, on lithium and on the particles."""
    growth = scenario.physics.interphase
    cell = scenario.cell
    lithium = None if growth.negative == "none" else cell.negative.film
    particles = None if growth.positive == "none" else cell.composite.film
    if {growth.negative, growth.positive} - {"none", "parabolic"}:
        raise InputError("PyBaMM's film grows by a parabola: set physics.interphase to parabolic.")
    if particles is not None and (
        particles.voltage_coefficient != 0.0
        or particles.first_charge_thickness != 0.0
        or particles.consumes != "lithium"
    ):
        raise InputError(
            "PyBaMM's film on the particles consumes lithium, grows at any potential alike and has no "
            "part of the first charge: set consumes to lithium, voltage_coefficient and "
            "first_charge_thickness of cell.positive.film to 0."
        )
    return lithium, particles


def _without_fresh_film(scenario: Scenario, cell: HalfCell) -> HalfCell:
    """The cell less the fresh film on lithium, which PyBaMM counts in the film."""
    film, _ = _films(scenario)
    if film is None:
        return cell
    fresh = float(film.initial_thickness / film.conductivity)
    left = cell.series_resistance - fresh
    # What rounding leaves of a resistance that is the fresh film's alone is none.
    if abs(left) < 1.0e-9 * fresh:
        left = 0.0
    if left < 0.0:
        raise InputError(
            "PyBaMM's film resists from the start: raise cell.negative.interface_resistance to "
            f"{fresh:g} Ohm m^2 at least."
        )
    return replace(cell, series_resistance=left)


def ageing_constants(scenario: Scenario) -> dict[str, Any]:
    """PyBaMM's parameters of what ages the cell."""
    constants: dict[str, Any] = {}
    lithium, particles = _films(scenario)
    if (film := lithium or particles) is not None:
        constants.update(_film_constants("", film))
    if lithium and particles:
        constants.update(_film_constants(POSITIVE, particles))
    if scenario.physics.cracking == "on":
        constants.update(_cracking_constants(scenario.cell.composite))
    return constants


def _film_constants(side: str, film: LithiumFilm | CompositeFilm) -> dict[str, Any]:
    assert film.growth_constant is not None
    volume = float(film.molar_volume)
    return {
        f"{side}SEI partial molar volume [m3.mol-1]": volume,
        f"{side}SEI resistivity [Ohm.m]": 1.0 / float(film.conductivity),
        f"{side}SEI solvent diffusivity [m2.s-1]": float(film.growth_constant)
        / (2.0 * volume * _SOLVENT_CONCENTRATION),
        f"{side}Bulk solvent concentration [mol.m-3]": _SOLVENT_CONCENTRATION,
        f"{side}Initial SEI thickness [m]": float(film.initial_thickness),
        f"{side}SEI growth activation energy [J.mol-1]": float(film.growth_activation_energy),
        f"{side}Ratio of lithium moles to SEI moles": 1.0,
    }


def _cracking_constants(positive: CompositeElectrode) -> dict[str, Any]:
    cracking, material = positive.cracking, positive.active_material
    assert cracking is not None
    assert material.volume_change is not None
    ends = material.volume_change.evaluate(np.array([0.3, 0.5, 0.9]))
    slope = float(ends[2] - ends[0]) / 0.6
    if abs(ends[1] - ends[0] - 0.2 * slope) > 1.0e-6 * abs(slope):
        raise InputError(
            "PyBaMM's partial molar volume is a constant: make "
            "cell.positive.active_material.volume_change a straight line."
        )
    if cracking.crack_density > 0.0:
        raise InputError(
            "PyBaMM's cracks don't lengthen diffusion: set cell.positive.cracking.crack_density to 0."
        )
    side = "Positive electrode"
    return {
        f"{side} partial molar volume [m3.mol-1]": slope / float(material.maximum_concentration),
        f"{side} Young's modulus [Pa]": float(cracking.modulus),
        f"{side} Poisson's ratio": float(cracking.poisson_ratio),
        f"{side} critical stress [Pa]": float(cracking.critical_stress),
        f"{side} LAM constant proportional term [s-1]": float(cracking.rate)
        * float(positive.active_volume_fraction),
        f"{side} LAM constant exponential term": float(cracking.exponent),
        # Of the thickness and the displacement, which act on nothing.
        f"{side} reference concentration for free of deformation [mol.m-3]": 0.0,
        f"{side} volume change": 0.0,
    }
