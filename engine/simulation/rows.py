"""From the rows of the compiled driver, per electrode area, to columns of the whole cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from solidcell.engine.scenario import Scenario
from solidcell.engine.scenario.model import stoichiometry_at
from solidcell.engine.simulation.aged_start import Spent
from solidcell.kernels.constants import FARADAY
from solidcell.kernels.half_cell import prepare_workspace
from solidcell.kernels.layout import CYCLES, RESISTANCES, SPECTRA, STEPS, TIMESERIES
from solidcell.kernels.outputs import node_interfaces, positive_lithium, potentials
from solidcell.kernels.parameters import HalfCell, at_temperature
from solidcell.kernels.surface import fractions_of
from solidcell.kernels.workspace import Workspace

FloatArray = npt.NDArray[np.float64]
Columns = dict[str, Any]


class Rows(Mapping[str, Any]):
    """Columns by name that are made when somebody looks: most callers look at few.

    Parameters
    ----------
    make
        Makes the columns, from data that nobody changes any more.
    """

    def __init__(self, make: Callable[[], Columns]) -> None:
        self._make = make

    @cached_property
    def _columns(self) -> Columns:
        return self._make()

    def __getitem__(self, name: str) -> Any:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


SECONDS_PER_HOUR = 3600.0


def timeseries_columns(rows: FloatArray, scenario: Scenario) -> Columns:
    """Columns of /timeseries from driver rows, (rows, columns)."""
    area = scenario.cell.electrode_area
    columns: Columns = dict(zip(TIMESERIES, rows.T.copy(), strict=True))
    columns["current"] *= area
    columns["discharge_capacity"] *= area / SECONDS_PER_HOUR
    columns["state_of_charge"] = state_of_charge(columns.pop("stoichiometry"), scenario)
    return columns


def state_of_charge(stoichiometry: FloatArray, scenario: Scenario) -> FloatArray:
    """State of charge at mean stoichiometries of the positive electrode; NaN if both are lithium."""
    if scenario.cell.symmetric:
        return np.full(np.shape(stoichiometry), np.nan)
    empty, full = (stoichiometry_at(scenario.cell, soc) for soc in (0.0, 1.0))
    return (empty - stoichiometry) / (empty - full)


def steps_columns(rows: FloatArray, first: int, texts: list[str], area: float) -> Columns:
    """Columns of /steps from driver rows.

    Parameters
    ----------
    rows
        (rows, columns).
    first
        Number of the first row since the start of the run.
    texts
        Text of each instruction.
    area
        Electrode area, m2.
    """
    columns: Columns = dict(zip(STEPS, rows.T.copy(), strict=True))
    instruction = columns.pop("instruction").astype(int)
    for name in ("stopped_block", "condition", "repetitions"):
        del columns[name]
    columns["step"] = first + np.arange(len(rows))
    columns["text"] = [texts[i] for i in instruction]
    columns["end_current"] *= area
    columns["capacity"] *= area / SECONDS_PER_HOUR
    columns["energy"] *= area / SECONDS_PER_HOUR
    return columns


def ageing_columns(
    rows: FloatArray,
    last: int,
    scenario: Scenario,
    record: HalfCell,
    inventory: float,
    spent: Spent,
    stopped: bool,
) -> Columns:
    """Columns of /cycles that the attribution of a loss follows from.

    Parameters
    ----------
    rows
        Driver rows, (rows, columns).
    last
        Number of the last cycle before them; -1 if there was none.
    scenario, record
        The scenario, and its parameter record.
    inventory
        Cyclable lithium at the start of the run, mol/m2.
    spent
        What had been lost before.
    stopped
        Whether the last of them was cut short.
    """
    raw: Columns = {name: rows[:, n] for n, name in enumerate(CYCLES)}
    share = 1.0 if scenario.cell.symmetric else record.film.lithium_share
    consumed = raw["film_charge_negative"] - spent.film_charge_negative
    consumed = consumed + share * (raw["film_charge_positive"] - spent.film_charge_positive)
    trapped = raw["trapped_lithium"] - spent.trapped_lithium
    status = np.zeros(len(rows), dtype=int)
    status[-1] = stopped
    area = scenario.cell.electrode_area
    number = raw["cycle"].astype(int)
    return {
        "cycle": number,
        "extrapolated_cycles": np.diff(number, prepend=last) - 1,
        "block": raw["block"].astype(int),
        "discharge_capacity": raw["discharge_capacity"] * area / SECONDS_PER_HOUR,
        "loss_of_lithium_inventory": (consumed / FARADAY + trapped) / inventory,
        "loss_of_active_material": 1.0 - raw["active_material"],
        "utilisation_positive": raw["utilisation"].copy(),
        "trapped_lithium": raw["trapped_lithium"].copy(),
        "status": status,
    }


def cycles_columns(
    rows: FloatArray,
    resistances: FloatArray,
    scenario: Scenario,
    spent: Spent,
    start_thickness: float,
    seconds: float,
) -> Columns:
    """Columns of /cycles from driver rows, but those of `ageing_columns` and the losses.

    Parameters
    ----------
    rows
        (rows, columns).
    resistances
        `RESISTANCES` of each, Ohm m2, (rows, resistances).
    scenario
        The scenario.
    spent
        What had been lost before the run.
    start_thickness
        Of what changes in a face at the start of the run, m.
    seconds
        Computing time of all these cycles, shared among them by their solver steps.
    """
    cell = scenario.cell
    area = cell.electrode_area
    raw: Columns = {name: rows[:, n] for n, name in enumerate(CYCLES)}
    charge, discharge = raw["charge_capacity"], raw["discharge_capacity"]
    charged, delivered = raw["charge_energy"], raw["discharge_energy"]
    creep = raw["short_circuit_damage"] >= 1.0
    effort = raw["solver_steps"]

    def since(charge: FloatArray, before: float) -> FloatArray:
        """Charge that the run has added, per hour and of the whole cell."""
        added: FloatArray = (charge - before) * area / SECONDS_PER_HOUR
        return added

    return {
        "charge_capacity": charge * area / SECONDS_PER_HOUR,
        "charge_energy": charged * area / SECONDS_PER_HOUR,
        "discharge_energy": delivered * area / SECONDS_PER_HOUR,
        "coulombic_efficiency": _ratio(discharge, charge),
        "energy_efficiency": _ratio(delivered, charged),
        "dc_resistance": raw["dc_resistance"] / area,
        "resistance_10s": raw["resistance_10s"] / area,
        **resistance_columns(resistances),
        "contact_fraction_positive": raw["contact_fraction_positive"],
        "contact_fraction_negative": raw["contact_fraction_negative"],
        "film_thickness_positive": raw["film_thickness_positive"],
        "film_thickness_negative": raw["film_thickness_negative"],
        "void_fraction": 1.0 - raw["void_contact_minimum"],
        "short_circuit_risk": (raw["plating_risk"] + 2 * creep).astype(int),
        "plating_current_maximum": raw["plating_current_maximum"],
        "short_circuit_damage": raw["short_circuit_damage"],
        "film_charge_positive": since(raw["film_charge_positive"], spent.film_charge_positive),
        "film_charge_negative": since(raw["film_charge_negative"], spent.film_charge_negative),
        "carbon_charge_positive": since(raw["carbon_charge"], spent.carbon_charge),
        "thickness_change": (raw["thickness"] - start_thickness) * cell.faces,
        "pressure_maximum": raw["pressure_maximum"],
        "pressure_minimum": raw["pressure_minimum"],
        "lithium_balance_error": raw["lithium_balance_error"],
        "charge_balance_error": raw["charge_balance_error"],
        "wall_time": seconds * effort / max(effort.sum(), 1.0),
    }


def resistance_columns(rows: FloatArray) -> Columns:
    """Columns of area-specific resistances, Ohm m2, (rows, resistances); the total first."""
    return {
        "asr_total": rows.sum(axis=1),
        **{f"asr_{name}": rows[:, n].copy() for n, name in enumerate(RESISTANCES)},
    }


def spectra_columns(
    states: FloatArray,
    index: FloatArray,
    impedances: npt.NDArray[np.complex128],
    resistances: FloatArray,
    scenario: Scenario,
    cell: HalfCell,
    work: Workspace,
) -> Columns:
    """Columns of /impedance.

    Parameters
    ----------
    states, index
        State vectors, (spectra, states), and their index with the columns of `SPECTRA`.
    impedances
        Ohm m2, (spectra, frequencies).
    resistances
        `RESISTANCES` of each, Ohm m2, (spectra, resistances).
    scenario, cell, work
        What they are of.
    """
    o, area = work.offsets, scenario.cell.electrode_area
    row: Columns = {name: index[:, n].copy() for n, name in enumerate(SPECTRA)}
    del row["stiffness"]
    stoichiometry = np.full(len(states), np.nan)
    if not scenario.cell.symmetric:
        stoichiometry = np.array([positive_lithium(cell, work, state)[1] for state in states])
    return {
        **row,
        "soc": state_of_charge(stoichiometry, scenario),
        "stoichiometry": stoichiometry,
        "voltage": states[:, o.voltage].copy(),
        "stack_pressure": states[:, o.stack_pressure].copy(),
        "z_real": impedances.real / area,
        "z_imag": impedances.imag / area,
        **resistance_columns(resistances),
    }


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Quotient, NaN where either is zero."""
    ratio = np.full(part.shape, np.nan)
    np.divide(part, whole, out=ratio, where=(part > 0) & (whole > 0))
    return ratio


def fields_columns(
    states: FloatArray, index: FloatArray, cell: HalfCell, work: Workspace
) -> Columns:
    """Columns of /fields from state vectors, (snapshots, states).

    Parameters
    ----------
    states
        State vectors.
    index
        Time, cycle, step and temperature of each, (snapshots, 4).
    cell, work
        What they are of.
    """
    o = work.offsets
    shells, nodes = work.phi.shape
    count = len(states)
    electrolyte = np.empty((count, nodes))
    electrode = np.empty((count, nodes))
    ionic = np.empty((count, nodes))
    contact, film = np.empty((count, nodes)), np.empty((count, nodes))
    for n in range(count):
        coefficients = at_temperature(cell, float(index[n, 3]))
        prepare_workspace(cell, coefficients, states[n], work)
        potentials(cell, coefficients, work, states[n], electrolyte[n], electrode[n], ionic[n])
        node_interfaces(cell, work, states[n], contact[n], film[n])

    def nodal(name: str) -> FloatArray:
        first = getattr(o, name)
        values: FloatArray = states[:, first : first + nodes] + 0.0
        return values

    # The current at a node's centre is the mean of its faces'; the separator's face carries all.
    left = np.column_stack([states[:, o.current_density], ionic[:, :-1]])
    concentration = cell.maximum_concentration
    particles = states[:, : o.mean_stoichiometry].reshape(count, shells, nodes)
    area = cell.active_area * nodal("active_share") * nodal("utilisation") * contact
    return {
        "time": index[:, 0].copy(),
        "cycle": index[:, 1].copy(),
        "step": index[:, 2].copy(),
        "concentration_positive": concentration * particles.transpose(0, 2, 1),
        "surface_concentration_positive": concentration * fractions_of(nodal("surface_coordinate")),
        "reaction_current_density_positive": nodal("reaction_current") / area,
        "potential_electrolyte_positive": electrolyte,
        "potential_electrode_positive": electrode,
        "electrolyte_current_density_positive": 0.5 * (left + ionic),
        "contact_fraction_positive": contact,
        "contact_retention_positive": nodal("contact_retention"),
        "film_thickness_positive": film,
    }


def field_coordinates(cell: HalfCell, faces: FloatArray) -> Mapping[str, FloatArray]:
    """Positions of the fields, m; `faces` are the shells' boundaries as fractions of the radius."""
    right = np.cumsum(cell.width)
    return {
        "x_positive": right - 0.5 * cell.width,
        "r_positive": 0.5 * (faces[1:] + faces[:-1]) * cell.particle_radius,
    }
