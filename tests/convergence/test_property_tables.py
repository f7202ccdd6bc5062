"""Tables reproduce the curves of the material they are made from."""

import numpy as np
import pytest
from laboratory import observed_orders

from solidcell.engine.cell import tables as module
from solidcell.engine.cell.tables import PropertyTables, property_tables
from solidcell.engine.errors import InputError
from solidcell.engine.scenario import ActiveMaterial, load_scenario, shipped_scenarios
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
    x = anywhere[anywhere < 1.0]
    empty, full = tables.exchange_ends
    share, _ = look_up(tables, tables.exchange, x)
    found = empty * (1.0 - x) + full * x + x * (1.0 - x) * share
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
        monkeypatch.setattr(module, "TOLERANCES", dict.fromkeys(module.TOLERANCES, np.inf))
        coarse = property_tables(material, entropy=False)
        errors.append(np.abs(look_up(coarse, coarse.potential, anywhere)[0] - exact).max())
    assert observed_orders(errors) == [pytest.approx(4.0, abs=0.4)] * 2


def test_without_entropy_temperature_does_not_shift_the_potential(material: ActiveMaterial) -> None:
    assert not property_tables(material, entropy=False).entropy.any()


POTENTIAL = "cell.positive.active_material.open_circuit_potential"
SHARP = {
    "exp(-x/0.0005)": "4.2 - 0.8*x + exp(-x/0.0005)",
    "tanh of slope 3000": "4.2 - 0.8*x - 0.5*tanh(3000*(x - 0.4371))",
    "steps of a staircase": "4.2 - 0.8*x - 0.1*tanh(900*(x - 0.3)) - 0.2*tanh(1500*(x - 0.61))",
}


def changed(**curves: object) -> ActiveMaterial:
    path = "cell.positive.active_material."
    overrides = {f"{path}{name}": curve for name, curve in curves.items()}
    return load_scenario("nmc811_lpscl_li_450", overrides=overrides).cell.positive.active_material


@pytest.mark.parametrize("formula", SHARP.values(), ids=SHARP)
def test_a_sharp_potential_is_met_within_50_microvolts(formula: str) -> None:
    material = changed(
        open_circuit_potential={"expression": formula, "unit": "V", "domain": [0.0, 1.0]}
    )
    tables = property_tables(material, entropy=False)
    assert tables.grid.intervals > 1026
    bends = np.concatenate([10.0 ** np.linspace(-8, -2, 2000), np.linspace(0.0, 1.0, 20_001)])
    near = 0.4371 + np.linspace(-2e-3, 2e-3, 2001)
    x = np.concatenate([bends, near])
    found, _ = look_up(tables, tables.potential, x)
    assert np.abs(found - material.open_circuit_potential.evaluate(x)).max() < 5e-5


@pytest.mark.parametrize(
    ("curves", "said"),
    [
        (
            {"open_circuit_potential": "4.2 - 0.5*tanh(3e6*(x - 0.4371))"},
            "open_circuit_potential bends too fast at x = 0.4371",
        ),
        ({"volume_change": "0.02*tanh(3e6*(x - 0.6))"}, "volume_change bends too fast at x = 0.6"),
        (
            {"diffusivity": "1e-14*(1.5 + tanh(1e7*(x - 0.7)))"},
            "diffusivity bends too fast at x = 0.7",
        ),
    ],
)
def test_what_no_table_can_follow_is_refused(curves: dict[str, str], said: str) -> None:
    units = {"open_circuit_potential": "V", "diffusivity": "m^2/s", "volume_change": None}
    material = changed(
        **{
            name: {"expression": formula, "unit": units[name], "domain": [0.15, 1.0]}
            for name, formula in curves.items()
        }
    )
    with pytest.raises(InputError, match="262,144 intervals") as refused:
        property_tables(material, entropy=False)
    assert said in str(refused.value)


def test_every_shipped_cell_is_met_by_the_first_tables() -> None:
    for name in shipped_scenarios():
        scenario = load_scenario(name)
        if not scenario.cell.symmetric:
            material = scenario.cell.composite.active_material
            assert property_tables(material, entropy=True).grid.intervals == 1026


def test_a_property_known_for_less_than_the_potential_goes_on_straight() -> None:
    material = changed(
        volume_change={"points": [[0.2, -0.05], [0.5, -0.02], [0.95, -0.01]]},
        diffusivity={"points": [[0.2, 5e-15], [0.5, 1e-15], [0.95, 2e-16]], "unit": "m^2/s"},
    )
    tables = property_tables(material, entropy=False)
    x = np.array([0.951, 0.965, 0.979, 0.993])
    found, gradient = look_up(tables, tables.volume, x)
    assert np.diff(found) == pytest.approx([0.014 * gradient[-1]] * 3, rel=1e-3)
    _, gradient = look_up(tables, tables.kirchhoff, np.array([0.16, 0.18, 0.96, 0.98]))
    assert tables.diffusivity * gradient == pytest.approx([5e-15, 5e-15, 2e-16, 2e-16], rel=1e-3)
