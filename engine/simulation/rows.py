"""From the rows of the compiled driver, per electrode area, to columns of the whole cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from solidcell.engine.scenario import Scenario
from solidcell.kernels.half_cell import Workspace
from solidcell.kernels.layout import CYCLES, STEPS, TIMESERIES
from solidcell.kernels.outputs import potentials
from solidcell.kernels.parameters import Coefficients, HalfCell

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


_SECONDS_PER_HOUR = 3600.0


def timeseries_columns(rows: FloatArray, scenario: Scenario) -> Columns:
    """Columns of /timeseries from driver rows, (rows, columns)."""
    area = scenario.cell.electrode_area
    columns: Columns = dict(zip(TIMESERIES, rows.T.copy(), strict=True))
    columns["current"] *= area
    columns["discharge_capacity"] *= area / _SECONDS_PER_HOUR
    columns["temperature"] = float(scenario.operation.temperature)
    columns["stack_pressure"] = float(scenario.operation.stack_pressure)
    return columns


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
    columns["step"] = first + np.arange(len(rows))
    columns["text"] = [texts[i] for i in instruction]
    columns["end_current"] *= area
    columns["capacity"] *= area / _SECONDS_PER_HOUR
    columns["energy"] *= area / _SECONDS_PER_HOUR
    return columns


def cycles_columns(
    rows: FloatArray,
    first: int,
    scenario: Scenario,
    start_lithium: float,
    seconds: float,
    stopped: bool,
) -> Columns:
    """Columns of /cycles from driver rows.

    Parameters
    ----------
    rows
        (rows, columns).
    first
        Number of the first row since the start of the run.
    scenario
        The scenario.
    start_lithium
        Lithium metal at the start of the run, mol/m2.
    seconds
        Computing time of all these cycles, shared among them by their solver steps.
    stopped
        Whether the last of them was cut short.
    """
    cell = scenario.cell
    area = cell.electrode_area
    raw: Columns = {name: rows[:, n] for n, name in enumerate(CYCLES)}
    charge, discharge = raw["charge_capacity"], raw["discharge_capacity"]
    charged, delivered = raw["charge_energy"], raw["discharge_energy"]
    pressure = float(scenario.operation.stack_pressure)
    effort = raw["solver_steps"]
    status = np.zeros(len(rows), dtype=int)
    status[-1] = stopped
    plated = (raw["lithium"] - start_lithium) * float(cell.negative.molar_volume)
    return {
        "cycle": first + np.arange(len(rows)),
        "charge_capacity": charge * area / _SECONDS_PER_HOUR,
        "discharge_capacity": discharge * area / _SECONDS_PER_HOUR,
        "charge_energy": charged * area / _SECONDS_PER_HOUR,
        "discharge_energy": delivered * area / _SECONDS_PER_HOUR,
        "coulombic_efficiency": _ratio(discharge, charge),
        "energy_efficiency": _ratio(delivered, charged),
        "dc_resistance": raw["dc_resistance"] / area,
        "contact_fraction_positive": float(cell.positive.contact_fraction),
        "contact_fraction_negative": float(cell.negative.contact_fraction),
        "loss_of_lithium_inventory": 0.0,
        "loss_of_active_material": 0.0,
        "thickness_change": plated * cell.faces,
        "pressure_maximum": pressure,
        "pressure_minimum": pressure,
        "lithium_balance_error": raw["lithium_balance_error"],
        "charge_balance_error": raw["charge_balance_error"],
        "wall_time": seconds * effort / max(effort.sum(), 1.0),
        "status": status,
    }


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Quotient, NaN where either is zero."""
    ratio = np.full(part.shape, np.nan)
    np.divide(part, whole, out=ratio, where=(part > 0) & (whole > 0))
    return ratio


def fields_columns(
    states: FloatArray,
    index: FloatArray,
    cell: HalfCell,
    coefficients: Coefficients,
    work: Workspace,
) -> Columns:
    """Columns of /fields from state vectors, (snapshots, states), and their (time, cycle, step)."""
    o = work.offsets
    shells, nodes = work.phi.shape
    count = len(states)
    particles = states[:, : o.surface_stoichiometry].reshape(count, shells, nodes)
    electrolyte = np.empty((count, nodes))
    electrode = np.empty((count, nodes))
    ionic = np.empty((count, nodes))
    for n in range(count):
        potentials(cell, coefficients, work, states[n], electrolyte[n], electrode[n], ionic[n])
    # The current at a node's centre is the mean of its faces'; the separator's face carries all.
    left = np.column_stack([states[:, o.current_density], ionic[:, :-1]])
    concentration = cell.maximum_concentration
    return {
        "time": index[:, 0].copy(),
        "cycle": index[:, 1].copy(),
        "step": index[:, 2].copy(),
        "concentration_positive": concentration * particles.transpose(0, 2, 1),
        "surface_concentration_positive": concentration
        * states[:, o.surface_stoichiometry : o.reaction_current],
        "reaction_current_density_positive": states[:, o.reaction_current : o.current_density]
        + 0.0,
        "potential_electrolyte_positive": electrolyte,
        "potential_electrode_positive": electrode,
        "electrolyte_current_density_positive": 0.5 * (left + ionic),
        "contact_fraction_positive": np.tile(cell.contact_fraction, (count, 1)),
    }


def field_coordinates(cell: HalfCell, faces: FloatArray) -> Mapping[str, FloatArray]:
    """Positions of the fields, m; `faces` are the shells' boundaries as fractions of the radius."""
    right = np.cumsum(cell.width)
    return {
        "x_positive": right - 0.5 * cell.width,
        "r_positive": 0.5 * (faces[1:] + faces[:-1]) * cell.particle_radius,
    }
