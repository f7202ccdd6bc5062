"""Measurements of lithium metal on Li6PS5Cl: interface, film, voids, creep."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation.measurements.case import (
    OHM_CM2,
    MeasurementCase,
    Points,
    Row,
    point,
    point_in_range,
    simulate,
)

_SYMMETRIC, _MAIN = "li_symmetric_critical_current", "nmc811_lpscl_li_450"
_MICRO_AMPERE_HOURS = 100.0
"""uAh/cm2 in an A.h/m2."""
_STEPS = 20
"""Steps of a staircase of currents."""
_NO_VOIDS = 0.02
"""Share of the plane under voids from which they count as set in."""


def _interface(rows: Sequence[Row]) -> Points:
    """Symmetric cell under rising pressure: the resistance of one interface, from its linearisation."""
    pressures = [float(row["Stack pressure [MPa]"]) for row in rows]
    steps: list[object] = []
    for pressure in pressures:
        steps += [{"stack_pressure": f"{pressure:g} MPa", "for": "10 minutes"}, "impedance"]
    settings = {"operation.stack_pressure": f"{pressures[0]:g} MPa", "physics.voids": "none"}
    solution, _ = simulate(_SYMMETRIC, settings, steps)
    computed = solution["impedance"]["asr_interface_negative"] * OHM_CM2
    points = [
        point(f"{pressure:g} MPa", float(row["Interface resistance [ohm*cm^2]"]), float(value))
        for pressure, row, value in zip(pressures, rows, computed, strict=True)
    ]
    return points, ""


def _interphase(rows: Sequence[Row]) -> Points:
    """Charge that the film on plated lithium has taken at rest."""
    points, thicknesses = [], []
    for row in rows:
        hours = float(row["Time [h]"])
        solution, scenario = simulate(
            _MAIN,
            {
                "cell.negative.type": "anode_free",
                "cell.negative.excess_thickness": "0 um",
                "operation.initial_stoichiometry": 0.5,
                "operation.stack_pressure": "13 MPa",
                "physics.contact": "pressure",
                "physics.interphase": {"negative": "parabolic"},
            },
            [f"Rest for {hours:g} hours"],
        )
        charge = float(solution.cycles["film_charge_negative"][-1])
        thicknesses.append(1.0e9 * float(solution.cycles["film_thickness_negative"][-1]))
        points.append(
            point(
                f"{hours:g} h",
                float(row["Film charge [uA*h/cm^2]"]),
                charge / scenario.cell.electrode_area * _MICRO_AMPERE_HOURS,
            )
        )
    row = rows[-1]
    remark = (
        f"the film, dense, is {thicknesses[-1]:.0f} nm thick; "
        f"{row['Least thickness [nm]']} to {row['Greatest thickness [nm]']} nm were measured"
    )
    return points, remark


def _critical_current(rows: Sequence[Row]) -> Points:
    """Largest current of a staircase, one hour each way, that opens no voids."""
    staircase = [
        {
            "steps": [
                f"Discharge at {0.1 * number:.1f} mA/cm^2 for 1 hour or until -1 V",
                f"Charge at {0.1 * number:.1f} mA/cm^2 for 1 hour or until 1 V",
            ]
        }
        for number in range(1, _STEPS + 1)
    ]
    points = []
    for row in rows:
        pressure = f"{row['Stack pressure [MPa]']} MPa"
        solution, _ = simulate(_SYMMETRIC, {"operation.stack_pressure": pressure}, staircase)
        opened = np.flatnonzero(solution.cycles["void_fraction"] > _NO_VOIDS)
        value = float(row["Critical current of stripping [mA/cm^2]"])
        points.append(point(pressure, value, 0.1 * float(opened[0]) if opened.size else np.inf))
    return points, "voids set in with the next step, 0.1 mA/cm^2 further"


def _creep(rows: Sequence[Row]) -> Points:
    """Rate at which voids close at rest, as the strain rate of lithium under the stress around them.

    A spherical void under the pressure p closes like a body that creeps under 3 p/2 n, half as fast
    again (Eq. 28 of the model: the volume falls at (3 A/2)(3 p/2 n)^n).
    """
    points = []
    voids = load_scenario(_SYMMETRIC).cell.negative.voids
    assert voids is not None
    exponent = float(voids.creep_exponent)
    for row in rows:
        stress = float(row["Stress [MPa]"])
        least, greatest = (
            float(row[f"{which} strain rate [1/s]"]) for which in ("Least", "Greatest")
        )
        seconds = 0.5 / (1.5 * least)
        solution, _ = simulate(
            _SYMMETRIC,
            {
                "operation.stack_pressure": f"{2.0 * exponent * stress / 3.0!r} MPa",
                "numerics.rtol": 1e-8,
            },
            ["Discharge at 1 mA/cm^2 for 10 minutes", f"Rest for {seconds!r} seconds"],
        )
        series = solution.timeseries
        resting = series["step"] == 1
        time, height = series["time"][resting], series["void_thickness_negative"][resting]
        rate = math.log(height[0] / height[-1]) / float(time[-1] - time[0]) / 1.5
        points.append(point_in_range(f"{stress:g} MPa", least, greatest, rate))
    return points, ""


INTERFACE = MeasurementCase(
    name="Doux 2020: lithium interface against stack pressure",
    file="measurements/doux2020_lithium_interface.csv",
    quantity="interface resistance",
    unit="Ohm cm^2",
    limit=0.10,
    words="10 % of the measured resistance",
    compute=_interface,
)
INTERPHASE = MeasurementCase(
    name="Aktekin 2023: film on lithium after a week",
    file="measurements/aktekin2023_lithium_film.csv",
    quantity="film charge",
    unit="uAh/cm^2",
    limit=0.05,
    words="5 % of the measured charge",
    compute=_interphase,
)
CRITICAL_CURRENT = MeasurementCase(
    name="Kasemchainan 2019: critical current of stripping",
    file="measurements/kasemchainan2019_critical_current.csv",
    quantity="current without voids",
    unit="mA/cm^2",
    limit=1.0e-9,
    words="the same step of a staircase of 0.1 mA/cm^2",
    compute=_critical_current,
)
CREEP = MeasurementCase(
    name="Masias 2019: creep of lithium",
    file="measurements/masias2019_creep.csv",
    quantity="strain rate",
    unit="1/s",
    limit=0.10,
    words="inside the measured range, or 10 % beyond it",
    compute=_creep,
)
