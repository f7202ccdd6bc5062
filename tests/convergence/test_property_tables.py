"""Tables reproduce the curves of the material they are made from."""

import numpy as np
import pytest
from laboratory import observed_orders

from solidcell.engine.cell import tables as module
from solidcell.engine.cell.tables import PropertyTables, property_tables
from solidcell.engine.scenario import ActiveMaterial, load_scenario
from solidcell.kernels.tables import interval, slope, value

SEED = 11


@pytest.fixture(scope="module")
def material() -> ActiveMaterial:
    return load_scenario("nmc811_lpscl_li_450").cell.positive.active_material


@pytest.fixture(scope="module")
def tables(material: ActiveMaterial) -> PropertyTables:
    return property_tables(material, entropy=True)


@pytest.fixture(scope="module")
def anywhere(material: ActiveMaterial) -> np.ndarray:
    """Lithium fractions all over the domain, its ends included."""
    low, high = material.open_circuit_potential.domain
    inside = np.random.default_rng(SEED).uniform(low, high, 4000)
    return np.concatenate([[low, high], inside])


def look_up(tables: PropertyTables, table: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Value and slope at each x, (2, x.size)."""
    grid = tables.grid
    found = []
    for each in x:
        index, d = interval(grid.origin, 1 / grid.spacing, grid.intervals, each)
        found.append((value(table, index, d), slope(table, 1 / grid.spacing, index, d)))
    return np.array(found).T


def test_potential_to_far_better_than_50_microvolts(
    material: ActiveMaterial, tables: PropertyTables, anywhere: np.ndarray
) -> None:
    """0.05 mV is the promise; cubics on 1024 intervals keep it five-hundredfold."""
    found, _ = look_up(tables, tables.potential, anywhere)
    error = np.abs(found - material.open_circuit_potential.evaluate(anywhere)).max()
    assert error < 1e-7


def test_entropic_coefficient_to_a_microvolt_at_50_kelvin_off(
    material: ActiveMaterial, tables: PropertyTables, anywhere: np.ndarray
) -> None:
    assert material.entropic_coefficient is not None
    found, _ = look_up(tables, tables.entropy, anywhere)
    error = np.abs(found - material.entropic_coefficient.evaluate(anywhere)).max()
    assert 50.0 * error < 1e-6


def test_exchange_current_takes_no_more_than_a_microvolt(
    material: ActiveMaterial, tables: PropertyTables, anywhere: np.ndarray
) -> None:
    """A relative error of j0 is, in thermal voltages, at most that error of the overpotential."""
    x = anywhere[anywhere < 0.9999]
    found, _ = look_up(tables, tables.exchange, x)
    ratio = np.sqrt(found) / material.exchange_current_density.evaluate(x)
    assert 2 * 0.0257 * np.abs(np.log(ratio)).max() < 1e-6


def test_slope_of_the_kirchhoff_table_is_the_diffusivity(
    material: ActiveMaterial, tables: PropertyTables, anywhere: np.ndarray
) -> None:
    _, gradient = look_up(tables, tables.kirchhoff, anywhere)
    found = tables.diffusivity * gradient
    assert found == pytest.approx(material.diffusivity.evaluate(anywhere), rel=1e-5)


@pytest.mark.parametrize("distance", [1e-4, 0.02, 0.5])
@pytest.mark.parametrize("end", [0, 1], ids=["below", "above"])
@pytest.mark.parametrize("name", ["potential", "entropy", "kirchhoff"])
def test_beyond_the_domain_a_property_goes_on_straight(
    tables: PropertyTables, material: ActiveMaterial, name: str, end: int, distance: float
) -> None:
    edge = material.open_circuit_potential.domain[end]
    outside = edge + (distance if end else -distance)
    (at_edge, beyond), (slope_at_edge, slope_beyond) = look_up(
        tables, getattr(tables, name), np.array([edge, outside])
    )
    assert slope_beyond == pytest.approx(slope_at_edge, rel=1e-6, abs=1e-12)
    expected = at_edge + slope_at_edge * (outside - edge)
    assert beyond == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_tables_converge_with_the_fourth_order_of_cubics(
    material: ActiveMaterial, anywhere: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = material.open_circuit_potential.evaluate(anywhere)
    errors = []
    for intervals in (256, 512, 1024):
        monkeypatch.setattr(module, "INTERVALS", intervals)
        coarse = property_tables(material, entropy=False)
        errors.append(np.abs(look_up(coarse, coarse.potential, anywhere)[0] - exact).max())
    assert observed_orders(errors) == [pytest.approx(4.0, abs=0.4)] * 2


def test_without_entropy_temperature_does_not_shift_the_potential(material: ActiveMaterial) -> None:
    assert not property_tables(material, entropy=False).entropy.any()
