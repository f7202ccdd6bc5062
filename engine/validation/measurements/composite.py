"""Measurements of composite cathodes: charge transfer, conductivities, volume of the particles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solidcell.engine.scenario import Scenario, load_scenario
from solidcell.engine.scenario.composite import CompositeElectrode
from solidcell.engine.scenario.transport import Percolation
from solidcell.engine.validation.measurements.case import (
    OHM_CM2,
    MeasurementCase,
    Points,
    Row,
    point,
    simulate,
)
from solidcell.kernels.constants import FARADAY

Entries = dict[str, object]

_MAIN = "nmc811_lpscl_li_450"
_FITTED = 0.72
"""Mass fraction at which the exchange current is fitted."""
_POROSITY = 0.12


def _charge_transfer(rows: Sequence[Row]) -> Points:
    """Charge transfer of composites of equal mass; the exchange current from one of each series."""
    points = []
    fitted = {}
    fractions = {float(row["Active mass fraction"]) for row in rows}
    unit = {fraction: _transfer_resistance(fraction, 1.0) for fraction in fractions}
    for row in rows:
        fraction, coating = float(row["Active mass fraction"]), row["Coating"]
        series = [one for one in rows if one["Coating"] == coating]
        (base,) = (one for one in series if float(one["Active mass fraction"]) == _FITTED)
        # Linear response: the resistance goes with the inverse of the exchange current.
        exchange = unit[_FITTED] / float(base["Charge transfer resistance [ohm*cm^2]"])
        fitted[coating] = exchange
        bare = coating == "none"
        points.append(
            point(
                f"{1e2 * fraction:g} wt%, {'bare' if bare else 'coated'}",
                float(row["Charge transfer resistance [ohm*cm^2]"]),
                _transfer_resistance(fraction, exchange),
                asserted=not bare,
            )
        )
    exchange = next(value for coating, value in fitted.items() if coating != "none")
    remark = (
        f"fitted at {1e2 * _FITTED:g} wt%: an exchange current of {exchange:.2f} A/m^2 at 25 degC, "
        f"{1.0 / exchange:.1f} times less than the shipped one"
    )
    return points, remark


def _transfer_resistance(fraction: float, exchange: float) -> float:
    """Charge transfer of a composite of a mass fraction of NMC811, per electrode area [Ohm cm2].

    That of a uniform reaction, as the fit of a transmission line tells it: the electrode conducts
    so well that nothing else decides where it reacts.

    Parameters
    ----------
    fraction
        Mass of NMC811 in the mass of NMC811 and electrolyte.
    exchange
        Exchange current at half filling, 25 degC [A/m2].
    """
    positive = load_scenario(_MAIN).cell.composite
    active, electrolyte = _carbon_free(positive, fraction)
    density = active * _density(positive) + electrolyte * float(positive.electrolyte_density)
    settings = {
        **_volume_fractions(active, electrolyte),
        "cell.positive.thickness": f"{_cathode_mass(positive) / density!r} m",
        "cell.positive.active_material.exchange_current_density": {
            "expression": f"{exchange!r}*2*sqrt(x*(1 - x))",
            "unit": "A/m^2",
        },
        "cell.positive.electrolyte_conductivity": "1e4 S/m",
        "cell.positive.electronic_conductivity": "1e4 S/m",
        "operation.initial_stoichiometry": 0.5,
        "operation.temperature": "30 degC",
    }
    solution, _ = simulate(_MAIN, settings, ["impedance"])
    return float(solution["impedance"]["asr_charge_transfer_positive"][0]) * OHM_CM2


def _carbon_free(positive: CompositeElectrode, mass_fraction: float) -> tuple[float, float]:
    """Volume fractions of active material and electrolyte in a composite of nothing else."""
    active = mass_fraction / _density(positive)
    electrolyte = (1.0 - mass_fraction) / float(positive.electrolyte_density)
    share = (1.0 - _POROSITY) * active / (active + electrolyte)
    return share, 1.0 - _POROSITY - share


def _volume_fractions(active: float, electrolyte: float) -> Entries:
    return {
        "cell.positive.active_volume_fraction": active,
        "cell.positive.electrolyte_volume_fraction": electrolyte,
        "cell.positive.carbon_volume_fraction": 0,
        "cell.positive.binder_volume_fraction": 0,
        "cell.positive.porosity": 1.0 - active - electrolyte,
    }


def _density(positive: CompositeElectrode) -> float:
    return float(positive.active_material.density)


def _cathode_mass(positive: CompositeElectrode) -> float:
    """Mass of the shipped cathode per area [kg/m2]."""
    density = (
        positive.active_volume_fraction * positive.active_material.density
        + positive.electrolyte_volume_fraction * positive.electrolyte_density
        + positive.carbon_volume_fraction * positive.carbon_density
        + positive.binder_volume_fraction * positive.binder_density
    )
    return float(density * positive.thickness)


def _conductivity(rows: Sequence[Row]) -> Points:
    """Both conductivities out of the spectrum of a composite between ion-blocking collectors.

    At high frequency ions and electrons conduct side by side, L/(kappa + sigma); at the lowest the
    electrons are alone, L/sigma.
    """
    points, law = [], []
    for row in rows:
        active, mass = float(row["Active volume fraction"]), float(row["Active mass fraction"])
        bulk = float(row["Ionic conductivity of the electrolyte [S/m]"])
        ions, electrons = (float(row[f"{kind} conductivity [S/m]"]) for kind in _KINDS)
        electrolyte = 1.0 - _POROSITY - active
        scenario, impedance = _blocking(active, electrolyte, bulk)
        thickness = float(scenario.cell.composite.thickness)
        together, alone = thickness / impedance.real[0], thickness / impedance.real[-1]
        label = f"{1e2 * mass:g} wt%"
        points.append(point(f"{label}, ions", ions, float(together - alone)))
        points.append(point(f"{label}, electrons", electrons, float(alone)))
        law.append(bulk * Percolation(law="percolation").ionic_ratio(electrolyte) / ions)
    shown = ", ".join(f"{ratio:.1f}" for ratio in law)
    return points, f"the percolation law has {shown} times the measured ionic ones"


_KINDS = ("Ionic", "Electronic")


def _blocking(
    active: float, electrolyte: float, bulk: float
) -> tuple[Scenario, np.ndarray[tuple[int], np.dtype[np.complex128]]]:
    """Spectrum of a carbon-free composite between collectors that block ions [Ohm m2]."""
    solution, scenario = simulate(
        _MAIN,
        {
            **_volume_fractions(active, electrolyte),
            "cell.positive.electrolyte_conductivity": f"{bulk!r} S/m",
            "cell.positive.transport": {
                "table": "materials/conductivity_minnmann2021.csv",
                "electronic": "table",
            },
            "operation.initial_stoichiometry": 0.5,
            "output.impedance": {"lowest": "1e-10 Hz", "highest": "100 MHz", "points": 2},
        },
        [{"impedance": {"configuration": "blocking"}}],
    )
    rows = solution["impedance"]
    impedance = (rows["z_real"][0] + 1j * rows["z_imag"][0]) * scenario.cell.electrode_area
    return scenario, np.asarray(impedance, dtype=np.complex128)


def _volume_change(rows: Sequence[Row]) -> Points:
    """Change of the particles, out of the thickness that the stack gains in a slow charge.

    What plated lithium adds is taken off; the electrode's thickness follows a third of the particles'
    volume.
    """
    cutoff = float(load_scenario(_MAIN).cell.upper_voltage_cutoff)
    reached = [row for row in rows if float(row["Voltage [V]"]) <= cutoff]
    voltages = [row["Voltage [V]"] for row in reached]
    solution, scenario = simulate(
        _MAIN,
        {"operation.initial_stoichiometry": 0.99},
        [f"Charge at C/50 until {voltage} V" for voltage in voltages],
    )
    cell, positive = scenario.cell, scenario.cell.composite
    charge = np.cumsum(solution.cycles["charge_capacity"]) * 3600.0 / cell.electrode_area
    plated = float(cell.negative.molar_volume) * charge / FARADAY
    gained = solution.cycles["thickness_change"] / cell.faces - plated
    solid = float(positive.thickness * positive.active_volume_fraction)
    change = 3.0 * gained / solid * 1e2
    points = [
        point(
            f"{voltage} V",
            float(row["Volume change [%]"]),
            float(value),
            asserted="about" not in row["Source"],
        )
        for voltage, row, value in zip(voltages, reached, change, strict=True)
    ]
    return points, ""


CHARGE_TRANSFER = MeasurementCase(
    name="Kim 2025: charge transfer against mass fraction",
    file="measurements/kim2025_charge_transfer.csv",
    quantity="charge transfer resistance",
    unit="Ohm cm^2",
    limit=0.20,
    words="20 % of the measured resistance of coated particles, one of three fitted",
    compute=_charge_transfer,
)
CONDUCTIVITY = MeasurementCase(
    name="Minnmann 2021: conductivities of composites",
    file="materials/conductivity_minnmann2021.csv",
    quantity="effective conductivity",
    unit="S/m",
    limit=0.20,
    words="20 % of the measured conductivity, by the table",
    compute=_conductivity,
)
VOLUME_CHANGE = MeasurementCase(
    name="de Biasi 2017: volume of NMC811 against voltage",
    file="measurements/debiasi2017_volume_change.csv",
    quantity="volume change",
    unit="%",
    limit=0.05,
    words="5 % of the measured change",
    compute=_volume_change,
)
