"""solidcell agrees with its twin in every case, and the twin's answers are converged themselves."""

from dataclasses import replace

import numpy as np
import pytest

from solidcell.engine.errors import InputError
from solidcell.engine.scenario import load_scenario
from solidcell.engine.validation import interfaces
from solidcell.engine.validation.agreement import compare
from solidcell.engine.validation.discretisation import Tolerance
from solidcell.engine.validation.interfaces import TWIN_MESH, compare_twin
from solidcell.engine.validation.states import largest_deviations
from solidcell.engine.validation.twin import (
    TWIN_CASES,
    MechanisticContact,
    TwinCase,
    twin_cell,
    twin_protocol,
)
from solidcell.engine.validation.twin.contact import PlasticContact

pytest.importorskip("pybamm")

ONE_C = 55.0  # A/m2
SLOW = ("cycle", "charge and hold")


def named(part: str) -> TwinCase:
    """The case with these words in its name."""
    (case,) = (case for case in TWIN_CASES if part in case.name)
    return case


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.slow] if any(word in case.name for word in SLOW) else [],
        )
        for case in TWIN_CASES
    ],
)
def test_solidcell_agrees_with_its_twin(case: TwinCase) -> None:
    result = compare_twin(case)
    assert result.rms_mV <= 0.5
    assert result.max_mV <= 2.0
    assert result.capacity_error_percent <= 0.05
    assert result.hold_current_percent is None or result.hold_current_percent <= 0.1
    assert result.states_percent is not None
    assert max(result.states_percent.values()) <= 0.1
    assert result.solidcell.states_percent is not None
    assert result.solidcell.states_percent <= 0.1
    assert result.passed


@pytest.mark.slow
@pytest.mark.parametrize("case", TWIN_CASES, ids=lambda case: case.name)
def test_the_twin_is_converged(case: TwinCase) -> None:
    base = interfaces.twin(case, TWIN_MESH, Tolerance())
    finer = TWIN_MESH.with_double_nodes().with_double_shells()
    fine = interfaces.twin(case, finer, Tolerance().tightened())
    change = compare(base.curve, fine.curve, grid=case.grids, one_c=ONE_C, holds=case.holds)
    assert change.rms_voltage < 0.05e-3
    assert change.capacity < 2.0e-4
    assert change.hold_current is None or change.hold_current < 1.0e-4
    assert max(largest_deviations(fine, base, case.grids).values()) < 1.0e-3


@pytest.mark.parametrize(
    ("part", "entry", "wrong"),
    [
        ("stripping", "cell.negative.voids.repair_current", "0.202 mA/cm^2"),
        ("healing", "cell.positive.contact_loss.healing_rate", "4.32e-5 1/s"),
        ("growing: parabolic", "cell.positive.film.growth_constant", "1.01e-16 m^2/s"),
    ],
)
def test_a_constant_that_is_a_little_off_is_noticed(
    monkeypatch: pytest.MonkeyPatch, part: str, entry: str, wrong: str
) -> None:
    case = named(part)
    right = interfaces.solve

    def off(case: TwinCase, *settings: object) -> interfaces.Answer:
        return right(replace(case, settings={**case.settings, entry: wrong}), *settings)

    monkeypatch.setattr(interfaces, "solve", off)
    result = compare_twin(case)
    assert not result.passed
    assert result.states_percent is not None
    assert max(result.states_percent.values()) > 0.1


def test_a_twin_is_what_the_scenario_says() -> None:
    scenario = named("mechanistic").scenario()
    twin = twin_cell(scenario)
    contact = twin.lithium.interface
    assert isinstance(contact, MechanisticContact)
    assert contact.law == PlasticContact(2.4e6)
    assert contact.pitch == pytest.approx(50.0e-6)
    assert twin.composite.coating_resistance == pytest.approx(2.0e-4)
    assert twin.composite.patch_factor == 1.5
    assert twin.composite.loss is None
    assert twin.lithium.film is not None
    assert twin.lithium.film.initial_thickness == pytest.approx(300.0e-9)
    assert twin.fixture_stiffness == 0.0
    # 10 um, and the charge of 0.039 of the sites
    sites = 49034.0 * 0.595 * 96.8e-6
    assert twin.lithium.metal == pytest.approx(10.0e-6 / 1.3e-5 + 0.039 * sites, rel=1.0e-6)
    swelling = twin.composite.volume_change
    assert swelling is not None
    assert float(swelling(np.array([0.213]))[0]) == pytest.approx(-0.0486)


def test_a_twin_follows_the_scenario_s_protocol() -> None:
    first, second, third, rest = twin_protocol(named("healing").scenario())
    assert first.current == second.current == pytest.approx(0.1 * ONE_C)
    assert (second.pressure, second.within) == (25.0e6, 1800.0)
    assert (third.pressure, third.within) == (1.0e6, 1800.0)
    assert (rest.current, rest.duration, rest.pressure) == (0.0, 1800.0, None)
    charge, hold = twin_protocol(named("growing: parabolic").scenario())
    assert charge.current == pytest.approx(-ONE_C / 3.0)
    assert charge.until_voltage == 4.3
    assert hold.hold == 4.3
    assert hold.until_current == pytest.approx(0.05 * ONE_C)


def test_what_a_twin_has_not_is_refused() -> None:
    with pytest.raises(InputError, match="no step like 'Reset"):
        twin_protocol(load_scenario("nmc811_lpscl_li_reference"))
    rough = {
        "physics.contact": "pressure",
        "cell.negative.interface": None,
        "cell.negative.contact": {
            "law": "greenwood_williamson",
            "asperity_density": "1e10 1/m^2",
            "asperity_radius": "1 um",
            "height_deviation": "100 nm",
            "modulus": "1 GPa",
        },
    }
    with pytest.raises(InputError, match="greenwood_williamson"):
        twin_cell(load_scenario("nmc811_lpscl_li_450", overrides=rough))
