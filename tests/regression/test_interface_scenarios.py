"""The figures that the scenarios about interfaces are known for, and why they are what they are.

Areas and resistances per geometric area of an electrode; 1 Ohm cm2 is 1e-4 Ohm m2.
"""

from functools import cache

import numpy as np
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution

MPA, OHM_CM2 = 1e6, 1e-4

SHORT = (
    "nmc811_lpscl_li_450_interfaces",
    "pressure_series",
    "rate_by_contact",
    "fixtures",
    "interface_spectra",
    "li_symmetric_critical_current",
)


@cache
def solved(name: str) -> Solution:
    return Simulation(load_scenario(name)).solve()


@pytest.mark.parametrize("name", SHORT)
def test_it_runs_to_its_end_and_keeps_its_books(name: str) -> None:
    """Lithium, charge, voltage and resistance add up in every row."""
    solution = solved(name)
    assert solution.summary.completed
    cycles, rows = solution.cycles, solution.timeseries
    for balance in ("lithium_balance_error", "charge_balance_error"):
        assert np.abs(cycles[balance]).max() <= 1e-10
    parts = sum(column for key, column in cycles.items() if key.startswith("asr_")) / 2
    np.testing.assert_allclose(parts, cycles["asr_total"], rtol=1e-9)
    if rows:  # spectra at equilibrium take no time
        voltage = rows["open_circuit_voltage"] + sum(
            column for key, column in rows.items() if key.startswith("overpotential_")
        )
        np.testing.assert_allclose(voltage, rows["voltage"], rtol=0, atol=1e-12)


# Everything on


@pytest.mark.parametrize(
    ("number", "specific_energy"),
    [
        (
            0,
            452.96,
        ),  # of 453.3 with constants: voids only begin to open at the end of the discharge
        (1, 424.5),  # of 431.4: half of the lithium is detached
        (2, 266.4),  # of 386.0: 71 % is detached, and a film of 0.18 um carries all the current
    ],
)
def test_specific_energy_with_everything_on(number: int, specific_energy: float) -> None:
    discharge = solved("nmc811_lpscl_li_450_interfaces").summary.discharges[number]
    assert discharge.specific_energy == pytest.approx(specific_energy, abs=0.3)


def test_voids_settle_where_repair_keeps_up() -> None:
    """``i = i_rep(p / theta_v)`` gives theta_v = p / (3 MPa) (i / 0.2 mA/cm2)^(-1/1.9)."""
    detached = solved("nmc811_lpscl_li_450_interfaces").cycles["void_fraction"]
    for cycle, current in ((1, 5.5 / 3), (2, 5.5)):
        settled = 5 / 3 * (current / 0.2) ** (-1 / 1.9)
        assert 1 - detached[cycle] == pytest.approx(settled, abs=2e-3)
    assert 1 - detached[1] == pytest.approx(0.52, abs=5e-3)


def test_heat_keeps_the_lithium_attached_and_thickens_its_film() -> None:
    """At 60 degC creep repairs five times the current, and a film grows with 0.5 eV."""
    hot = load_scenario(
        "nmc811_lpscl_li_450_interfaces", overrides={"operation.temperature": "60 degC"}
    )
    warm, cool = Simulation(hot).solve().cycles, solved("nmc811_lpscl_li_450_interfaces").cycles
    assert warm["void_fraction"][1] == 0.0
    films = [cycles["film_thickness_negative"][-1] for cycles in (cool, warm)]
    assert films == pytest.approx([183e-9, 512e-9], rel=0.01)


def test_the_laws_give_the_main_job_where_they_were_fitted() -> None:
    """At 5 MPa and 25 degC, without voids and films: contact 0.8 and 25 Ohm cm2 again."""
    fresh = load_scenario(
        "nmc811_lpscl_li_450_interfaces",
        overrides={"physics.contact": "pressure", "physics.voids": "none"}
        | {"physics.interphase": "none"},
    )
    energies = [one.specific_energy for one in Simulation(fresh).solve().summary.discharges]
    assert energies == pytest.approx([453.3, 431.4, 386.0], abs=0.1)


def test_a_film_consumes_lithium_once() -> None:
    """0.18 um of 24.4 cm3/mol: 7.5 mmol/m2 of 3.44 mol/m2 that the cell can cycle."""
    cycles = solved("nmc811_lpscl_li_450_interfaces").cycles
    taken = (cycles["film_thickness_negative"] - 1e-9) / 24.4e-6  # mol/m2
    area = 1.08
    np.testing.assert_allclose(
        cycles["film_charge_negative"] * 3600 / area, taken * 96485.33212, rtol=1e-6
    )
    lost = cycles["loss_of_lithium_inventory"]
    assert lost[-1] == pytest.approx(2.18e-3, rel=0.01)
    np.testing.assert_allclose(lost / taken, (lost / taken)[0], rtol=1e-9)


# Pressure


def test_lithium_keeps_what_pressure_has_gained() -> None:
    """25 Ohm cm2 (p / 5 MPa)^-0.82 up to 25 MPa, and with (25 MPa / p)^0.2 back."""
    spectra = solved("pressure_series")["impedance"]
    pressure = spectra["stack_pressure"] / MPA
    resistance = spectra["asr_interface_negative"] / OHM_CM2
    assert list(np.round(pressure)) == [1, 2, 3, 5, 7, 10, 15, 20, 25, 20, 15, 10, 7, 5, 3, 2, 1]
    # The memory follows within seconds, here to the solver's tolerance.
    loading = 25 * (pressure[:9] / 5) ** -0.82
    np.testing.assert_allclose(resistance[:9], loading, rtol=5e-4)
    np.testing.assert_allclose(resistance[8:], loading[-1] * (25 / pressure[8:]) ** 0.2, rtol=5e-4)
    assert resistance[[0, -1]] == pytest.approx([93.6, 12.7], abs=0.1)


def test_contact_of_the_particles_follows_pressure_both_ways() -> None:
    cycles = solved("pressure_series").cycles
    contact = cycles["contact_fraction_positive"]
    np.testing.assert_allclose(contact[:8], contact[:8:-1], rtol=1e-6)
    assert contact[[0, 3, 8]] == pytest.approx([0.768, 0.800, 0.856], abs=1e-3)


def test_a_short_pulse_measures_the_resistances() -> None:
    """At C/3 kinetics are linear within 2 %."""
    cycles = solved("pressure_series").cycles
    pulse = cycles["dc_resistance"] * 1.08
    assert np.all(pulse < cycles["asr_total"])
    np.testing.assert_allclose(pulse, cycles["asr_total"], rtol=0.02)


def test_pressure_rises_by_what_the_fixture_does_not_give_way() -> None:
    """A charge plates 25 um a face: nothing, 0.31 MPa behind a soft pad, 3.1 MPa in a stiff frame."""
    cycles = solved("fixtures").cycles
    rise = cycles["pressure_maximum"] / MPA - 5
    assert rise == pytest.approx([0.0, 0.31, 3.1], abs=0.03)
    np.testing.assert_allclose(cycles["pressure_minimum"], 5 * MPA, rtol=1e-6)
    # The harder the frame, the lower the lithium's resistance when the cell is charged.
    assert np.all(np.diff(cycles["asr_interface_negative"]) < 0)


# Lost contact


def test_isolation_takes_capacity_at_any_rate_and_lost_surface_at_high_ones() -> None:
    """At C/10 what is connected counts, min(1, s / 0.7); at 2C less than that comes out."""
    cycles = solved("rate_by_contact").cycles
    capacity = cycles["discharge_capacity"].reshape(3, 4)  # retentions, rates
    kept = capacity / capacity[0]
    assert kept[1:, 0] == pytest.approx([0.6 / 0.7, 0.3 / 0.7], rel=0.025)
    assert np.all(np.diff(kept[1:], axis=1) < 0)
    assert kept[2, 3] == pytest.approx(0.357, abs=0.005)
    contact = cycles["contact_fraction_positive"].reshape(3, 4)
    np.testing.assert_allclose(contact / contact[0], [[1.0] * 4, [0.6] * 4, [0.3] * 4], rtol=1e-9)


# Spectra


def test_spectra_lie_where_the_resistances_and_the_double_layer_say() -> None:
    """The largest arc is the lithium's; between arcs and diffusion Re Z is the dc resistance."""
    scenario = load_scenario("interface_spectra")
    frequency = scenario.output.impedance.frequencies
    spectra = solved("interface_spectra")["impedance"]
    area = scenario.cell.electrode_area
    assert spectra["temperature"] == pytest.approx(np.repeat([298.15, 318.15, 333.15], 3))
    assert spectra["soc"] == pytest.approx(np.tile([0.1, 0.5, 0.9], 3), abs=1e-9)
    for n in range(9):
        real, minus = spectra["z_real"][n], -spectra["z_imag"][n]
        apex = frequency[np.argmax(np.where(frequency > 10, minus, 0))]
        plane = spectra["asr_interface_negative"][n] + spectra["asr_charge_transfer_negative"][n]
        # The cathode's slower arc leans on it and shifts it down by less than a third.
        assert apex * 2 * np.pi * plane * 0.3 == pytest.approx(0.82, abs=0.15)
        arcs = (frequency < 10) & (frequency > 0.01)
        valley = np.flatnonzero(arcs)[np.argmin(minus[arcs])]
        # 2 %: there the cathode's arc has not quite ended, or diffusion begun.
        assert real[valley] * area == pytest.approx(spectra["asr_total"][n], rel=0.02)


def test_the_lithium_arc_has_its_apex_near_200_hertz() -> None:
    """Two equal planes: 1 / (2 pi (25 + 0.86) Ohm cm2 x 0.3 F/m2) = 205 Hz."""
    scenario = load_scenario(
        "li_symmetric_critical_current",
        overrides={
            "protocol": ["impedance"],
            "operation.stack_pressure": "5 MPa",
            "output.impedance": {"lowest": "10 Hz", "highest": "10 kHz", "points": 301},
        },
    )
    spectra = Simulation(scenario).solve()["impedance"]
    apex = scenario.output.impedance.frequencies[np.argmax(-spectra["z_imag"][0])]
    assert apex == pytest.approx(205, rel=0.012)  # a hundred points a decade
    assert -spectra["z_imag"].min() == pytest.approx(25.86, abs=0.01)  # Ohm of 1 cm2, half of two


def test_interfaces_thaw() -> None:
    """0.43 eV: from 25 Ohm cm2 at 25 degC to 8.7 at 45 and 4.3 at 60 degC."""
    spectra = solved("interface_spectra")["impedance"]
    resistance = spectra["asr_interface_negative"][[0, 3, 6]] / OHM_CM2
    assert resistance == pytest.approx([25.0, 8.73, 4.31], abs=0.01)


# Symmetric cells


def test_onset_of_voids_and_of_plating_above_the_critical_current() -> None:
    """mA/cm2 at 3, 5 and 7 MPa. Neither ends a run: 1 V is not reached up to 2 mA/cm2."""
    solution = solved("li_symmetric_critical_current")
    cycles = solution.cycles
    onsets, risks = [], []
    for pressure in (3, 5, 7):
        chosen = np.isclose(cycles["pressure_maximum"], pressure * MPA)
        chosen &= cycles["discharge_capacity"] > 0
        assert chosen.sum() == 20
        current = cycles["discharge_capacity"][chosen] * 1e3  # 1 h and 1 cm2
        onsets.append(current[np.argmax(cycles["void_fraction"][chosen] > 0.02)])
        risks.append(current[np.argmax(cycles["short_circuit_risk"][chosen] == 1)])
    assert onsets == pytest.approx([0.3, 0.6, 1.1])
    assert risks == pytest.approx([0.7, 0.9, 1.1])  # of what is left in contact
    assert np.abs(solution.timeseries["voltage"]).max() == pytest.approx(0.389, abs=2e-3)


def test_a_cell_of_two_lithium_electrodes_has_a_mass_but_no_specific_energy() -> None:
    """1 cm2 of 100 um, 400 um at 18 % porosity, 100 um, and half of two 10 um steel foils."""
    scenario = load_scenario("li_symmetric_critical_current")
    simulation = Simulation(scenario)
    lithium, pellet, foil = 0.01 * 0.534, 0.04 * 0.82 * 1.87, 0.5e-3 * 7.93  # g/cm2
    assert simulation.meter.breakdown.mass * 1e3 == pytest.approx(
        2 * lithium + pellet + 2 * foil, rel=1e-3
    )
    assert solved("li_symmetric_critical_current").summary.discharges == ()


def test_there_is_a_window_of_stack_pressure() -> None:
    """Contact needs 0.8 MPa; above 5 MPa lithium creeps through 18 % of pores within 1,000 h."""
    solution = solved("pressure_window")
    assert solution.summary.completed
    cycles, rows = solution.cycles, solution.timeseries
    drawn = cycles["discharge_capacity"] > 0
    pressure = np.round(cycles["pressure_maximum"] / MPA, 3)
    scanned = np.unique(pressure[drawn])
    polarisation, damage = [], []
    for value in scanned:
        numbers = cycles["cycle"][drawn & (pressure == value)]
        assert len(numbers) == 500
        polarisation.append(np.abs(rows["voltage"][np.isin(rows["cycle"], numbers)]).max())
        damage.append(cycles["short_circuit_damage"][numbers[-1]])
    assert np.all(np.diff(polarisation) < 0)
    assert np.all(np.diff(damage) > 0)
    lower = np.exp(np.interp(-0.2, -np.array(polarisation), np.log(scanned)))
    upper = np.exp(np.interp(0.0, np.log(damage), np.log(scanned)))
    assert 0.2 < lower < upper < 25
    assert lower == pytest.approx(0.8, abs=0.05)
    assert upper == pytest.approx(5.1, abs=0.1)


def test_each_side_of_a_symmetric_cell_books_its_own_film() -> None:
    """A week of rest: 347.794 nm on each lithium plane, 38.093 uA h each, and both are lost."""
    scenario = load_scenario(
        "li_symmetric_critical_current",
        overrides={
            "protocol": ["Rest for 7 days"],
            "operation": {"temperature": "25 degC", "stack_pressure": "5 MPa"},
            "physics": {"contact": "pressure", "voids": "none", "interphase": "parabolic"},
        },
    )
    cycles = Simulation(scenario).solve().cycles
    for side in ("positive", "negative"):
        assert 1e9 * cycles[f"film_thickness_{side}"][0] == pytest.approx(347.794, abs=1e-3)
        assert 1e6 * cycles[f"film_charge_{side}"][0] == pytest.approx(38.093, abs=1e-3)
    plane = scenario.cell.negative
    inventory = 2.0 * float(plane.excess_thickness / plane.molar_volume)
    taken = cycles["film_charge_positive"][0] + cycles["film_charge_negative"][0]
    taken *= 3600.0 / 96485.33212 / scenario.cell.electrode_area
    assert cycles["loss_of_lithium_inventory"][0] == pytest.approx(taken / inventory, rel=1e-9)
    assert abs(cycles["lithium_balance_error"][0]) < 1e-12
