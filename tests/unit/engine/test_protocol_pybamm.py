"""The strings that PyBaMM takes are taken here, and mean the same."""

import pytest

from solidcell.engine.protocol import Rating, parse_step

CELL = Rating(
    area=1.0,
    lower_voltage=1.0,
    upper_voltage=4.5,
    stoichiometry=(0.0, 1.0),
    capacity=5.0 * 3600,
)

STRINGS = [
    "Discharge at 1C for 0.5 hours",
    "Discharge at C/20 for 0.5 hours",
    "Charge at 0.5 C for 45 minutes",
    "Discharge at 1 A for 0.5 hours",
    "Charge at 200 mA for 45 minutes",
    "Discharge at 1W for 0.5 hours",
    "Charge at 200mW for 45 minutes",
    "Discharge at 2 Ohm for 1 hour",
    "Rest for 10 minutes",
    "Hold at 1V for 20 seconds",
    "Charge at 1 C until 4.1V",
    "Hold at 4.1 V until 50mA",
    "Hold at 3V until C/50",
    "Discharge at C/3 for 2 hours or until 2.5 V",
    "Charge at C/3 until 4.25 V (1 minute period)",
    "Discharge at 1C for 30 min or until 2.8 V (5 second period)",
]


@pytest.mark.parametrize("text", STRINGS)
def test_a_string_means_what_it_means_in_pybamm(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYBAMM_DISABLE_TELEMETRY", "true")
    pybamm = pytest.importorskip("pybamm")
    theirs, ours = pybamm.step.string(text), parse_step(text, CELL)
    scale = 5.0 if isinstance(theirs, pybamm.step.CRate) else 1.0
    assert ours.value == pytest.approx(theirs.value * scale)
    assert ours.period == theirs.period
    assert ours.duration == (None if theirs.uses_default_duration else theirs.duration)
    limits = [
        end.value * (5.0 if isinstance(end, pybamm.step.CRateTermination) else 1.0)
        for end in theirs.termination
    ]
    assert [end.value for end in ours.terminations] == pytest.approx(limits)
