"""A tolerance says how wrong slow states and books may be: random lives at it, a tenth and a hundredth.

Against a run at a tenth of its tolerance a slow state differs by at most thirty tolerances of the way
that it has gone, and by three times less at a tenth, unless that is next to nothing already. Runs are
compared where they end the same steps for the same reasons.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from solidcell.engine.scenario import load_scenario
from solidcell.engine.simulation import Simulation, Solution
from solidcell.engine.simulation import simulation as module
from solidcell.kernels.layout import Offsets
from solidcell.kernels.parameters import HalfCell

FloatArray = npt.NDArray[np.float64]

SEED = 20_261_128
FEW, MANY = 12, 150
MOST = 30.0
"""Tolerances of a state's way by which it may differ from a run at a tenth."""
SETTLED = 3.0
"""The same below which a tenth need not gain anything."""
GAIN = 3.0
LEAST_WAY = 1e-3
"""Least way that counts, as a share of a state's scale."""
BOOKS = ("positive_film_charge",)
"""What is only counted, and follows from no state in closed form where contact moves under a film."""
BOOKED, AT = 0.01, 3e-4
"""Share of a book's way by which it may differ, and the tolerance up to which that is so."""
DROPPED = 0.05
"""Share of the draws that may end other steps at another tolerance."""


@dataclass(frozen=True)
class Life:
    """What is left of a run: its slow states at the end, their ways, and how its steps ended.

    Attributes
    ----------
    states, ways
        By name: value at the end, and the way gone since the start.
    ends
        Reason of each step's end.
    """

    states: dict[str, FloatArray]
    ways: dict[str, FloatArray]
    ends: list[str]


def random_life(number: int) -> tuple[dict[str, Any], float]:
    """Overrides of the shipped life, and a tolerance."""
    draw = np.random.default_rng((SEED, number))

    def rate() -> str:
        return f"{10 ** draw.uniform(-2.0, np.log10(5.0)):.4f}C"

    upper, lower = draw.uniform(4.0, 4.3), draw.uniform(2.8, 3.3)
    steps: list[Any] = [f"Charge at {rate()} until {upper:.3f} V"]
    if draw.random() < 0.5:
        steps.append(f"Hold at {upper:.3f} V for 3 hours or until C/{draw.integers(10, 60)}")
    if draw.random() < 0.3:
        steps.append(f"Rest for {10 ** draw.uniform(2, 5):.0f} seconds")
    steps.append(f"Discharge at {rate()} until {lower:.3f} V")
    if draw.random() < 0.3:
        steps.append(f"Rest for {10 ** draw.uniform(2, 5):.0f} seconds")

    def choice(*words: str) -> str:
        return str(draw.choice(words))

    overrides = {
        "protocol": [{"repeat": int(draw.integers(2, 7)), "steps": steps}],
        "operation.temperature": f"{draw.uniform(10.0, 80.0):.2f} degC",
        "operation.stack_pressure": f"{10 ** draw.uniform(0.0, 1.5):.3f} MPa",
        "physics.contact": choice("creep", "pressure", "static"),
        "physics.voids": choice("creep", "none"),
        "physics.interphase": {
            "positive": choice("parabolic", "linear_parabolic", "logarithmic"),
            "negative": choice("parabolic", "linear_parabolic", "logarithmic"),
        },
        "physics.isolation": choice("on", "off"),
        "physics.cracking": choice("on", "off"),
        "physics.double_layer": choice("on", "off", "off"),
        "cell.positive.film.consumes": choice("lithium", "electrolyte"),
        "cell.positive.film.linear_constant": f"{10 ** draw.uniform(-13, -11):.3e} m/s",
        "cell.negative.film.linear_constant": f"{10 ** draw.uniform(-13, -11):.3e} m/s",
        "cell.positive.film.logarithmic_constant": "3 nm",
        "cell.negative.film.logarithmic_constant": "3 nm",
        "cell.positive.film.logarithmic_time": "1000 s",
        "cell.negative.film.logarithmic_time": "1000 s",
        "numerics.nodes": int(draw.integers(6, 16)),
        "numerics.shells": int(draw.integers(6, 16)),
        "output": {"timeseries": ["last"], "fields": "none"},
    }
    return overrides, float(10 ** draw.uniform(-6.0, -3.0))


def slow_states(record: HalfCell, o: Offsets, y: FloatArray) -> dict[str, FloatArray]:
    """Slow states and books of a state vector; films by their thickness."""
    planes, nodes = record.planes, len(record.width)

    def nodal(name: str) -> FloatArray:
        first = getattr(o, name)
        return y[first : first + nodes].copy()

    def plane(name: str) -> FloatArray:
        first = getattr(o, name)
        return y[first : first + planes].copy()

    return {
        "contact_retention": nodal("contact_retention"),
        "active_share": nodal("active_share"),
        "utilisation": nodal("utilisation"),
        "isolated_lithium": nodal("isolated_lithium"),
        "film_thickness": np.sqrt(nodal("film_square")) + nodal("first_film"),
        "plane_film_thickness": np.sqrt(plane("plane_film_square")),
        "plated_lithium": plane("plated_lithium"),
        "pore_damage": y[[o.pore_damage]],
        "cracked_lithium": y[[o.cracked_lithium]],
        "positive_film_charge": y[[o.positive_film_charge]],
    }


def scales(record: HalfCell) -> dict[str, float]:
    """Scale of each slow state, of which `LEAST_WAY` counts as a way."""
    sites = float(record.maximum_concentration * (record.active_fraction @ record.width))
    film = 1e-8
    per_charge = 96485.33 / record.film.molar_volume * float(record.active_area @ record.width)
    shares = ("contact_retention", "active_share", "utilisation", "isolated_lithium", "pore_damage")
    return dict.fromkeys(shares, 1.0) | {
        "film_thickness": film,
        "plane_film_thickness": film,
        "plated_lithium": sites,
        "cracked_lithium": sites,
        "positive_film_charge": film * per_charge,
    }


def live(overrides: dict[str, Any], rtol: float) -> Life:
    """Run a life and follow its slow states from chunk to chunk."""
    scenario = load_scenario(
        "nmc811_lpscl_li_ageing", overrides=overrides | {"numerics.rtol": rtol}
    )
    simulation, solution = Simulation(scenario), Solution()
    record, o = simulation.record, simulation.machine.work.offsets
    seen: list[dict[str, FloatArray]] = []

    def look(*_: Any) -> None:
        seen.append(slow_states(record, o, simulation.machine.state))

    simulation.run(solution, report=look)
    ways = {
        name: np.abs(np.diff([one[name] for one in seen], axis=0)).sum(axis=0) for name in seen[0]
    }
    return Life(seen[-1], ways, [str(reason) for reason in solution.steps["stop_reason"]])


@dataclass(frozen=True)
class Verdict:
    """Differences of a life's slow states, in tolerances of their ways.

    Attributes
    ----------
    number, tolerance
        Of the draw.
    rough, fine
        Between the tolerance and a tenth, and between a tenth and a hundredth, by state.
    judged
        Whether the runs end the same steps for the same reasons.
    """

    number: int
    tolerance: float
    rough: dict[str, float]
    fine: dict[str, float]
    judged: bool


@functools.cache
def verdict(number: int) -> Verdict:
    """Run a life at its tolerance, at a tenth and at a hundredth, and compare."""
    overrides, tolerance = random_life(number)
    lives = [live(overrides, tolerance / power) for power in (1.0, 10.0, 100.0)]
    record = Simulation(load_scenario("nmc811_lpscl_li_ageing", overrides=overrides)).record
    scale = scales(record)

    def differences(one: Life, other: Life) -> dict[str, float]:
        found = {}
        for name, value in one.states.items():
            way = np.maximum(other.ways[name], LEAST_WAY * scale[name])
            found[name] = float((np.abs(value - other.states[name]) / way).max() / tolerance)
        return found

    return Verdict(
        number,
        tolerance,
        differences(lives[0], lives[1]),
        differences(lives[1], lives[2]),
        all(life.ends == lives[0].ends for life in lives),
    )


counts = pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])


@pytest.fixture
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the state every few solver steps."""
    monkeypatch.setattr(module, "FIRST_CHUNK", 8)
    monkeypatch.setattr(module, "CHUNK_STEPS", 8)


@counts
def test_slow_states_are_as_good_as_the_tolerance_says(count: int, short_chunks: None) -> None:
    found = [verdict(number) for number in range(count)]
    off = [
        (one.number, one.tolerance, name, value)
        for one in found
        if one.judged
        for name, value in one.rough.items()
        if name not in BOOKS and not value <= MOST
    ]
    assert off == []


@counts
def test_books_are_within_a_hundredth_of_their_way(count: int, short_chunks: None) -> None:
    found = [verdict(number) for number in range(count)]
    off = [
        (one.number, one.tolerance, name, one.rough[name] * one.tolerance)
        for one in found
        if one.judged
        for name in BOOKS
        if not one.rough[name] * one.tolerance <= BOOKED * max(1.0, one.tolerance / AT)
    ]
    assert off == []


@counts
def test_a_tenth_of_the_tolerance_is_three_times_as_good(count: int, short_chunks: None) -> None:
    found = [verdict(number) for number in range(count)]
    off = [
        (one.number, one.tolerance, name, value, one.fine[name])
        for one in found
        if one.judged
        for name, value in one.rough.items()
        if name not in BOOKS and value > SETTLED and not one.fine[name] <= value / GAIN
    ]
    assert off == []


@counts
def test_few_lives_end_other_steps_at_another_tolerance(count: int, short_chunks: None) -> None:
    dropped = [number for number in range(count) if not verdict(number).judged]
    assert len(dropped) <= max(1, DROPPED * count), dropped
