"""solidcell's spectra agree with PyBaMM's and the twin's, which really run here."""

from dataclasses import replace

import pytest

from solidcell.engine.validation import spectra
from solidcell.engine.validation.spectra import SPECTRUM_CASES, SpectrumCase, compare_spectrum

pytest.importorskip("pybamm")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.twin else [])
        for case in SPECTRUM_CASES
    ],
)
def test_a_spectrum_agrees(case: SpectrumCase) -> None:
    result = compare_spectrum(case)
    assert result.largest_percent <= 0.2
    assert result.solidcell_percent < 0.1
    assert result.pybamm_percent < 0.1
    assert result.passed


def test_a_capacitance_that_is_a_little_off_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = SPECTRUM_CASES[1]
    right = spectra.solve
    entry = {"cell.positive.double_layer_capacitance": "0.305 F/m^2"}

    def off(case: SpectrumCase, *settings: object) -> spectra.ComplexArray:
        return right(replace(case, settings=entry), *settings)

    monkeypatch.setattr(spectra, "solve", off)
    result = compare_spectrum(case)
    assert not result.passed
    assert result.largest_percent > 0.2
