"""`solidcell impedance`: spectra of a scenario's cell at chosen states."""

import json
import re
from pathlib import Path

import h5py
import numpy as np
import pytest
from small_runs import Call, refused

POINTS = ("--points", "31")
SYMMETRIC = """\
schema_version: 1
name: lithium
cell: cells/li_lpscl_li.yaml
operation: {temperature: 25 degC, stack_pressure: 5 MPa}
protocol: [Discharge at 0.1 mA/cm^2 for 1 hour]
"""

WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "frequency of zero": (("--lowest", "0 Hz"), "--lowest: 0 Hz must be above zero; correct"),
    "negative frequency": (("--highest", "-1 Hz"), "--highest: -1 Hz must be above zero"),
    "frequency without unit": (("--highest", "10"), "--highest: '10' has no unit; write"),
    "limits reversed": (
        ("--lowest", "1 kHz", "--highest", "1 Hz"),
        "lowest frequency, 1 kHz, is not below the highest, 1 Hz: exchange",
    ),
    "one limit beyond the other": (
        ("--lowest", "10 MHz"),
        "lowest frequency, 10 MHz, is not below the highest, 1 MHz",
    ),
    "too few points": (("--points", "1"), "--points: a spectrum has 2 to 10000 points, not 1"),
    "charge above all": (("--soc", "1.2"), "--soc: 1.2 must be 1 or less; correct"),
    "charge below none": (("--soc=-10 %",), "--soc: -10 % must be zero or more; correct"),
    "charge that is no number": (("--soc", "full"), "--soc: 'full' does not begin with a number"),
    "stoichiometry out of reach": (
        ("--stoichiometry", "0.05"),
        "--stoichiometry: 0.05 is out of reach, .* for 0.15 to 1; choose",
    ),
    "temperature without unit": (("--temperature", "25"), "--temperature: '25' has no unit; write"),
    "temperature out of range": (("--temperature", "900 degC"), "--temperature: 900 degC lies out"),
    "pressure too low": (("--pressure", "1 kPa"), "--pressure: 1 kPa must be 100 kPa or more"),
}


@pytest.fixture
def lithium(here: Path) -> str:
    """A symmetric lithium cell."""
    Path("lithium.yaml").write_text(SYMMETRIC)
    return "lithium.yaml"


def test_spectra_are_taken_at_the_scenarios_start(solidcell: Call, scenario: Call) -> None:
    scenario("operation: {initial_stoichiometry: 0.5}\nprotocol: [Rest for 1 hour]\n")
    done = solidcell("impedance", "small.yaml", *POINTS)
    assert done.returncode == 0, done.stderr
    assert re.search(
        r"^ 60\.5 %, 25 degC, 5 MPa +\d+ Hz +\d+\.\d\d +\d+\.\d\d *$", done.stdout, re.M
    )
    assert re.search(r"charge +positive", done.stdout)
    assert done.stdout.rstrip().endswith("Results: results/small-impedance.h5")
    with h5py.File("results/small-impedance.h5") as opened:
        assert opened.attrs["scenario_name"] == "small-impedance"
        assert opened["impedance/z_real"].shape == (1, 31)
        assert opened["impedance/stoichiometry"][0] == pytest.approx(0.5)
        assert opened["run/solver_steps"][()] == 0, "the scenario's own protocol is not run"


def test_every_charge_at_every_temperature(invoke: Call, scenario: Call) -> None:
    scenario()
    charges = ("--soc", "0.1", "--soc", "50 %", "--stoichiometry", "0.3")
    warm = ("--temperature", "25 degC", "--temperature", "60 degC", "--pressure", "10 MPa")
    done = invoke("impedance", "small.yaml", *charges, *warm, *POINTS, "--json", "-o", "a.h5")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["file"] == "a.h5"
    spectra = told["spectra"]
    assert [one["temperature_K"] for one in spectra] == pytest.approx([298.15] * 3 + [333.15] * 3)
    assert [one["soc"] for one in spectra[:2]] == pytest.approx([0.1, 0.5])
    assert [one["stoichiometry"] for one in spectra[3:]] == pytest.approx([0.8664, 0.576, 0.3])
    assert {one["stack_pressure_Pa"] for one in spectra} == {1e7}


def test_what_is_told_is_what_the_file_says(invoke: Call, scenario: Call) -> None:
    scenario()
    limits = ("--lowest", "100 mHz", "--highest", "100 kHz")
    done = invoke("impedance", "small.yaml", "--soc", "0.5", *limits, "--json", "-o", "a.h5")
    (told,) = json.loads(done.stdout)["spectra"]
    with h5py.File("a.h5") as opened:
        table = opened["impedance"]
        frequency, real = table["frequency"][:], 1e4 * 1.08 * table["z_real"][0]
        heights = -table["z_imag"][0]
    assert frequency[[0, -1]] == pytest.approx([1e5, 0.1])
    assert told["high_frequency_Ohm_cm2"] == pytest.approx(real[0])
    assert told["low_frequency_Ohm_cm2"] == pytest.approx(real[-1])
    step = frequency[0] / frequency[1]
    assert abs(np.log(told["apex_Hz"] / frequency[heights.argmax()])) <= 0.5 * np.log(step)
    resistances = told["resistance_Ohm_cm2"]
    total = resistances.pop("total")
    assert total == pytest.approx(sum(resistances.values()))
    # Diffusion in the particles comes on top of it at 0.1 Hz.
    assert total < told["low_frequency_Ohm_cm2"] < 1.1 * total


def test_a_spectrum_without_an_arc_has_no_apex() -> None:
    from solidcell.engine.cli.impedance import apex

    frequency = np.geomspace(1e6, 1e-3, 91)
    arc = 10 / (1 + 2j * np.pi * frequency * 10 * 1e-4)
    assert apex(frequency, arc.imag) == pytest.approx(1 / (2 * np.pi * 1e-3), rel=2e-3)
    assert np.isnan(apex(frequency, (1 / (2j * np.pi * frequency)).imag))


@pytest.mark.parametrize("configuration", ["symmetric", "blocking"])
def test_configurations_are_told_apart(invoke: Call, scenario: Call, configuration: str) -> None:
    scenario()
    chosen = ("--configuration", configuration, "--soc", "0.5", *POINTS)
    done = invoke("impedance", "small.yaml", *chosen, "--json", "-o", "a.h5")
    (told,) = json.loads(done.stdout)["spectra"]
    assert told["configuration"] == configuration


def test_a_symmetric_lithium_cell_has_spectra_without_charge(invoke: Call, lithium: str) -> None:
    done = invoke("impedance", lithium, *POINTS, "--json", "-o", "a.h5")
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)["spectra"]
    assert told["soc"] is None
    assert told["resistance_Ohm_cm2"]["separator"] == pytest.approx(25.0)
    assert told["low_frequency_Ohm_cm2"] == pytest.approx(told["resistance_Ohm_cm2"]["total"])


@pytest.mark.parametrize(
    "options", [("--soc", "0.5"), ("--stoichiometry", "0.5"), ("--configuration", "blocking")]
)
def test_what_a_lithium_cell_has_not_is_refused(
    invoke: Call, lithium: str, options: tuple[str, ...]
) -> None:
    sentence = refused(invoke("impedance", lithium, *options))
    assert "lithium is a symmetric lithium cell, which has no" in sentence
    assert f"leave out {options[0]}." in sentence
    assert not Path("results").exists()


@pytest.mark.parametrize(("options", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_wrong_options_are_refused(
    invoke: Call, scenario: Call, options: tuple[str, ...], sentence: str
) -> None:
    scenario()
    assert re.search(sentence, refused(invoke("impedance", "small.yaml", *options)))
    assert not Path("results").exists()


def test_an_existing_file_is_not_replaced(invoke: Call, scenario: Call) -> None:
    scenario()
    Path("results").mkdir()
    Path("results/small-impedance.h5").write_text("precious")
    sentence = refused(invoke("impedance", "small.yaml"))
    assert "results/small-impedance.h5 exists already: replace it with --force or" in sentence
    done = invoke("impedance", "small.yaml", *POINTS, "--force", "--quiet")
    assert (done.exit_code, done.output) == (0, "")


def test_spectra_are_drawn(invoke: Call, scenario: Call) -> None:
    pytest.importorskip("matplotlib")
    scenario()
    Path("folder").mkdir()
    charges = ("--soc", "0.1", "--soc", "0.9", *POINTS)
    done = invoke("impedance", "small.yaml", *charges, "-o", "folder", "--plot", "--json")
    expected = [f"folder/small-impedance-{kind}.png" for kind in ("nyquist", "bode", "resistances")]
    assert json.loads(done.stdout)["figures"] == expected
    assert all(Path(name).stat().st_size > 10_000 for name in expected)
    again = invoke("plot", "folder/small-impedance.h5", "-o", "again", "--json")
    assert [Path(name).name for name in json.loads(again.stdout)["figures"]] == [
        f"small-impedance-{kind}.png" for kind in ("resistances", "nyquist", "bode")
    ]
