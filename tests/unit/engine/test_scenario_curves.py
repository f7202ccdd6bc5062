"""Curves are constants, formulas or tables; formulas are arithmetic and never code."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import Curve, load_scenario
from solidcell.engine.scenario.expression import parse_formula

PATH = "cell.positive.active_material"
GRID = np.linspace(0.2, 1.0, 81)


def curve(written: object, name: str = "diffusivity") -> Curve:
    scenario = load_scenario("nmc811_lpscl_li_450", overrides={f"{PATH}.{name}": written})
    found = getattr(scenario.cell.positive.active_material, name)
    assert isinstance(found, Curve)
    return found


@pytest.mark.parametrize(
    "written",
    [
        "4e-15 m^2/s",
        4e-15,
        {"constant": "4e-11 cm^2/s"},
        {"expression": "4e-15", "unit": "m^2/s"},
        {"expression": "4", "unit": "um^2/s", "where": {}},
    ],
    ids=["quantity", "float", "constant", "formula", "scaled formula"],
)
def test_a_constant_is_the_same_for_every_stoichiometry(written: object) -> None:
    values = curve(written).evaluate(GRID)
    scale = 1000 if isinstance(written, dict) and written.get("unit") == "um^2/s" else 1
    assert values.shape == GRID.shape
    np.testing.assert_allclose(values, 4e-15 * scale, rtol=1e-14)


def test_a_formula_uses_the_names_beside_it() -> None:
    written = {"expression": "a*y", "where": {"a": 2, "y": "x + a"}, "unit": "m^2/s"}
    np.testing.assert_allclose(curve(written).evaluate(GRID), 2 * (GRID + 2))
    assert curve(written).text == "a*y, a = 2, y = x + a"


def test_a_formula_is_in_its_unit() -> None:
    values = curve({"expression": "0.1*x", "unit": "mV/K"}, "entropic_coefficient").evaluate(GRID)
    np.testing.assert_allclose(values, 1e-4 * GRID)


def test_the_shipped_curves_are_those_of_their_sources() -> None:
    material = load_scenario("nmc811_lpscl_li_450").cell.positive.active_material
    x, y = GRID, 0.2613 + (GRID - 0.213) * 0.9486
    potential = (
        -0.8090 * y
        + 4.4875
        - 0.0428 * np.tanh(18.5138 * (y - 0.5542))
        - 17.7326 * np.tanh(15.7890 * (y - 0.3117))
        + 17.5842 * np.tanh(15.9308 * (y - 0.3120))
        - 0.6 * np.exp((x - 1) / 0.012)
    )
    diffusivity = 3e-15 * 10 ** (-2.5 / (1 + np.exp(-(x - 0.93) / 0.02)))
    np.testing.assert_allclose(material.open_circuit_potential.evaluate(x), potential, rtol=1e-14)
    np.testing.assert_allclose(material.diffusivity.evaluate(x), diffusivity, rtol=1e-14)
    np.testing.assert_allclose(
        material.exchange_current_density.evaluate(x), 2 * np.sqrt(x * (1 - x)), rtol=1e-14
    )
    assert material.entropic_coefficient is not None
    entropic = material.entropic_coefficient.evaluate(x)
    assert np.abs(entropic).max() == pytest.approx(0.0666e-3, abs=1e-7)


def test_a_formula_takes_symbols_of_pybamm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYBAMM_DISABLE_TELEMETRY", "true")
    pybamm = pytest.importorskip("pybamm")
    material = load_scenario("nmc811_lpscl_li_450").cell.positive.active_material
    for name in ("open_circuit_potential", "diffusivity", "exchange_current_density"):
        shipped = getattr(material, name)
        symbolic = shipped.substitute(pybamm.Vector(GRID)).evaluate().ravel()
        np.testing.assert_allclose(symbolic, shipped.evaluate(GRID), rtol=1e-13)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "ocp.csv"
    rows = "\n".join(f"{x:.3f},{4300 - 1000 * (x - 0.2):.6f}" for x in np.linspace(0.15, 1, 30))
    file.write_text(f"x,U [mV]\n{rows}\n")
    return file


def test_a_table_is_interpolated_between_its_rows(table: Path) -> None:
    potential = curve({"csv": str(table), "x": "x", "y": "U [mV]"}, "open_circuit_potential")
    assert (potential.kind, potential.domain) == ("csv", (0.15, 1.0))
    np.testing.assert_allclose(potential.evaluate(GRID), 4.3 - (GRID - 0.2), atol=1e-3)
    assert np.all(np.diff(potential.evaluate(GRID)) < 0)
    with pytest.raises(TypeError, match="no formula"):
        potential.substitute(0.5)


def test_points_are_interpolated_without_overshoot() -> None:
    points = [[1, 0], [0.2, -5], [0.5, -2], [0.4, -2]]
    change = curve({"points": points, "unit": "%"}, "volume_change")
    assert (change.kind, change.domain) == ("points", (0.2, 1.0))
    assert change.text == "(1, 0), (0.2, -5), (0.5, -2), (0.4, -2)"
    at = np.array([0.2, 0.4, 0.45, 0.5, 1.0])
    np.testing.assert_allclose(change.evaluate(at), [-0.05, -0.02, -0.02, -0.02, 0], atol=1e-15)
    with pytest.raises(TypeError, match="no formula"):
        change.substitute(0.5)


def test_points_of_a_dimension_have_their_unit() -> None:
    points = [[0.15, 4.4], [1, 3.4]]
    potential = curve({"points": points, "unit": "V"}, "open_circuit_potential")
    np.testing.assert_allclose(potential.evaluate(np.array([0.575])), 3.9)


@pytest.mark.parametrize("written", [0, "0", "0 %", 0.0, {"constant": "0"}])
def test_a_pure_number_needs_no_unit(written: object) -> None:
    assert not curve(written, "volume_change").evaluate(GRID).any()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"points": [[0.2, 1], [1, 2]]}, "'points' needs 'unit'; add"),
        ({"points": [[0.2, 1], [0.2, 2]], "unit": "V"}, "'points' repeats a stoichiometry; keep"),
        ({"points": [[-0.2, 1], [1, 2]], "unit": "V"}, "leaves the stoichiometries 0 to 1; remove"),
        ({"points": [[0.2, 1], [1, 2]], "unit": "m"}, "'m' is not a unit of a voltage"),
        ({"points": [[0.2, 1], [1, 2]], "unit": "V", "x": "x"}, "'x' has no meaning beside"),
        ({"csv": "no.csv", "x": "x", "y": "y"}, "the table 'no.csv' is missing"),
        ({"csv": "FILE", "x": "x"}, "'csv' needs 'y'; add"),
        ({"csv": "FILE", "x": "x", "y": "U [V]"}, r"no column 'U \[V\]', did you mean"),
        ({"csv": "FILE", "x": "x", "y": "x"}, "column 'x' has no unit; write it"),
        ({"csv": "FILE", "x": "x", "y": "U [mV]", "domain": [0, 1]}, "exceeds the table's 0.15"),
        ({"constant": "3 V", "expression": "3", "unit": "V"}, "it is no curve; give one of"),
        ({"expression": "9**9**9**9", "unit": "V"}, "not a finite number"),
        ({"expression": "x + 1/0", "unit": "V"}, "not a finite number"),
        ({"expression": "x + (0 - 8)**0.5", "unit": "V"}, "not a finite number"),
        ({"constant": "3 V", "unit": "V"}, "'unit' has no meaning beside 'constant'; remove"),
        ({}, "it is no curve; give one of 'constant', 'expression', 'points' and 'csv'"),
        ({"expression": "x", "unit": "V", "domain": [0.5, 0.2]}, "no part of 0 to 1; correct"),
        ({"expression": "x", "unit": "V", "domain": [0.5, 1]}, "0.213 lies outside 0.5 to 1"),
        ({"expression": "x", "units": "V"}, "'units' in .*did you mean 'unit'"),
    ],
)
def test_an_impossible_curve_is_refused(
    table: Path, written: dict[str, object], sentence: str
) -> None:
    if written.get("csv") == "FILE":
        written = {**written, "csv": str(table)}
    with pytest.raises(InputError, match=sentence):
        curve(written, "open_circuit_potential")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("__import__('os')", "function '__import__' is unknown"),
        ("x.real", "not allowed"),
        ("[x for x in y]", "not allowed"),
        ("(lambda: 1)()", "not allowed"),
        ("x if x else 1", "not allowed"),
        ("'a'", "not allowed"),
        ("1j", "not allowed"),
        ("True", "truth value"),
        ("exp(x, 2)", "not allowed"),
        ("exp", "'exp' in the formula is unknown"),
        ("x^2", r"write '\*\*' for a power"),
        ("2*y", "'y' in the formula is unknown; define it in 'where'"),
        ("sqr(x)", "'sqr' is unknown, did you mean 'sqrt'"),
        ("2*", "is not a formula; write"),
        ("", "is not a formula; write"),
        ("nan", "'nan' in the formula is unknown"),
        ("x" + "+x" * 20000, "nested too deeply; split"),
    ],
)
def test_a_formula_is_arithmetic_and_nothing_else(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_formula(text)


@given(st.floats(0, 1), st.floats(-5, 5), st.floats(-5, 5))
def test_a_formula_computes_what_python_does(x: float, a: float, b: float) -> None:
    formula = parse_formula("a + b*x**2 - -x/(1 + x)", {"a": repr(a), "b": repr(b)})
    assert formula(x) == a + b * x**2 - -x / (1 + x)
