"""Random cells and what is done to them: every value within its shipped range, every choice open."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from solidcell.engine.scenario import Scenario, load_scenario, parse_scenario, shipped_folder
from solidcell.engine.scenario.ranges import Ranges, load_ranges

SEED = 20_260_101
"""Of all scenarios; the n-th is drawn from (SEED, n), what was added from (SEED, n, 1), its potential
from (SEED, n, 2)."""
SYMMETRIC = 12
"""Every so many scenarios one is of a symmetric cell of lithium."""
LOAD = Path(__file__).parent / "load.csv"
"""A drive cycle of five minutes: steps, ramps and rests, up to 1 in either direction."""

_MATERIAL = "cell.positive.active_material"
_FIXTURES = {
    "constant_pressure": (),
    "spring": ("pad_thickness", "pad_modulus"),
    "constant_gap": ("frame_stiffness",),
}
_FRAME = """
schema_version: 1
name: random_{number}
cell: {cell}
operation: {{temperature: 25 degC, stack_pressure: 5 MPa}}
protocol: [Rest for 1 second]
output: {{fields: every step}}
"""


def random_scenario(number: int) -> Scenario:
    """The scenario of a number, the same every time."""
    text, overrides = random_text(number)
    return parse_scenario(text, file=shipped_folder() / "random.yaml", overrides=overrides)


def random_text(number: int) -> tuple[str, dict[str, Any]]:
    """YAML and overrides of the scenario of a number."""
    draw, later = np.random.default_rng((SEED, number)), np.random.default_rng((SEED, number, 1))
    ranges = shipped_ranges()
    if number % SYMMETRIC == SYMMETRIC - 1:
        values = symmetric_values(later, ranges)
        values["protocol"] = random_protocol(LithiumSteps(later, ranges, LITHIUM_WINDOW))
        return _FRAME.format(number=number, cell=SYMMETRIC_CELL), values
    values = random_values(draw, ranges)
    exchange_potential(values, np.random.default_rng((SEED, number, 2)))
    window = values["cell.lower_voltage_cutoff"], values["cell.upper_voltage_cutoff"]
    values["protocol"] = random_protocol(Steps(draw, ranges, window))
    extend(values, Steps(later, ranges, window))
    return _FRAME.format(number=number, cell=ranges.cell), values


def extend(values: dict[str, Any], steps: Steps) -> None:
    """Add to a random scenario, now and then: other laws of contact, a drive cycle, jumps; in place."""
    draw, protocol = steps.draw, values["protocol"]
    if draw.random() < 0.3:
        values["cell.positive.contact"] = random_contact(
            draw, hardness=(3e7, 1e9), modulus=(5e9, 5e10)
        )
    if (
        "cell.negative.contact" in values
        and values["cell.negative.contact"]
        and draw.random() < 0.5
    ):
        values["cell.negative.contact"] = random_contact(
            draw, hardness=(1e6, 5e6), modulus=(2e9, 1e10)
        )
    if draw.random() < 0.2:
        protocol.insert(int(draw.integers(len(protocol) + 1)), steps.load())
    if draw.random() < 0.03:
        cycle = [steps.charge(), steps.discharge()]
        protocol.append({"repeat": int(draw.integers(5, 30)), "steps": cycle, "jump": "on"})


def exchange_potential(values: dict[str, Any], draw: np.random.Generator) -> None:
    """Give half of the cells a potential that does not plunge where the particles are full; in place.

    It leaves it to the sites to end a discharge: straight, flat, in stairs, or bent. Half of these rise
    where the particles are empty; the others stop charging below what they reach there.
    """
    if draw.random() < 0.5:
        return
    top = draw.uniform(3.4, 4.5)
    shape = str(draw.choice(["straight", "flat", "stairs", "bent"]))
    if shape == "straight":
        formula = f"{top:.4f} - {draw.uniform(0.05, 1.5):.4f}*x"
    elif shape == "flat":
        formula = f"{top:.4f} - {10 ** draw.uniform(-5, -2):.3e}*x"
    elif shape == "bent":
        slope, drop = draw.uniform(0.0, 0.5), draw.uniform(0.1, 1.0)
        formula = f"{top:.4f} - {slope:.4f}*x - {drop:.4f}*x**{draw.integers(2, 9)}"
    else:
        stairs = [
            f" - {draw.uniform(0.05, 0.4):.4f}*tanh((x - {draw.uniform(0.1, 0.9):.4f})"
            f"/{10 ** draw.uniform(-2, -0.7):.5f})"
            for _ in range(draw.integers(1, 4))
        ]
        formula = f"{top:.4f} - 0.02*x" + "".join(stairs)
    path = f"{_MATERIAL}.open_circuit_potential"
    emptied = load_scenario("nmc811_lpscl_li_ageing").cell.composite.active_material
    lowest = float(emptied.open_circuit_potential.domain[0])
    if draw.random() < 0.5:
        formula += f" + 1.5*exp((x - {lowest})/-0.012)"
    values[f"{path}.expression"] = formula
    reached = eval(formula, {"exp": np.exp, "tanh": np.tanh, "x": lowest})
    if values["cell.upper_voltage_cutoff"] > reached - 0.02:
        values["cell.upper_voltage_cutoff"] = round(float(reached) - 0.02, 4)


def random_contact(
    draw: np.random.Generator, hardness: tuple[float, float], modulus: tuple[float, float]
) -> dict[str, Any]:
    """A law of the contact fraction against pressure; hardness and modulus in Pa, from low to high."""

    def between(low: float, high: float) -> float:
        return float(low * (high / low) ** draw.random())

    law = str(draw.choice(["plastic", "hertz", "greenwood_williamson", "persson"]))
    constants: dict[str, Any] = {"law": law}
    if law == "plastic":
        return constants | {"hardness": between(*hardness)}
    constants["modulus"] = between(*modulus)
    if law == "persson":
        return constants | {"rms_slope": between(0.01, 0.5)}
    constants |= {"asperity_density": between(1e9, 1e13), "asperity_radius": between(1e-7, 1e-5)}
    if law == "greenwood_williamson":
        constants["height_deviation"] = between(1e-8, 1e-6)
    return constants


SYMMETRIC_CELL = "cells/li_lpscl_li.yaml"
LITHIUM_WINDOW = (-1.0, 1.0)


def symmetric_values(draw: np.random.Generator, ranges: Ranges) -> dict[str, Any]:
    """Overrides that make a random symmetric cell of two equal planes."""
    values: dict[str, Any] = {}
    corners = draw.choice([0.0, 0.0, 0.3])
    for path, range_ in ranges.ranges.items():
        share = draw.random() if draw.random() >= corners else float(draw.integers(2))
        if path in ("operation.temperature", "operation.stack_pressure", "numerics.rtol"):
            values[path] = range_.at(share)
        if path.startswith(("cell.negative.", "cell.separator.")):
            values[path] = range_.at(share)
    _one_law_at_the_lithium(values, mechanistic=draw.random() < 0.5)
    if values.get("cell.negative.contact") and draw.random() < 0.6:
        values["cell.negative.contact"] = random_contact(
            draw, hardness=(1e6, 5e6), modulus=(2e9, 1e10)
        )
    for path in [path for path in values if path.startswith("cell.negative.")]:
        values[path.replace("negative", "positive")] = values[path]
    laws = {path: str(draw.choice(words)) for path, words in ranges.choices.items()}
    film = laws["physics.interphase.negative"]
    return values | {
        "physics.contact": str(draw.choice(["static", "pressure"])),
        "physics.voids": laws["physics.voids"],
        "physics.double_layer": laws["physics.double_layer"],
        "physics.interphase.negative": film,
        "physics.interphase.positive": film,
    }


@functools.cache
def shipped_ranges() -> Ranges:
    return load_ranges()


@functools.cache
def _curves() -> dict[str, str]:
    """Formulas of the material's curves."""
    material = load_scenario("nmc811_lpscl_li_ageing").cell.composite.active_material
    return {
        name: str(getattr(material, name).expression)
        for name in ("diffusivity", "exchange_current_density")
    }


def random_values(draw: np.random.Generator, ranges: Ranges) -> dict[str, Any]:
    """Overrides that make a random cell, its surroundings, physics and mesh."""
    chosen = {path: str(draw.choice(words)) for path, words in ranges.choices.items()}
    # A corner of a range is where things break: some scenarios take several of their values there.
    corners = draw.choice([0.0, 0.0, 0.3])
    values: dict[str, Any] = {}
    for path, range_ in ranges.ranges.items():
        share = draw.random() if draw.random() >= corners else float(draw.integers(2))
        value = range_.at(share)
        if range_.curve:
            formula = _curves()[path.rsplit(".", 1)[1]]
            values[f"{path}.expression"] = f"{value!r}*({formula})"
        else:
            values[path] = int(value) if range_.whole else value
    for name in ("lower", "upper"):
        path = f"cell.{name}_voltage_cutoff"
        # As exact as voltages are written in the protocol, so that these lie inside.
        values[path] = round(values[path], 4)
    fixture = chosen.pop("operation.fixture.type")
    given = {
        key: values.pop(f"operation.fixture.{key}") for keys in _FIXTURES.values() for key in keys
    }
    values["operation.fixture"] = {
        "type": fixture,
        **{key: given[key] for key in _FIXTURES[fixture]},
    }
    fractions = ("active", "carbon", "binder")
    taken = sum(values[f"cell.positive.{name}_volume_fraction"] for name in fractions)
    left = 1.0 - taken - values["cell.positive.porosity"]
    values["cell.positive.electrolyte_volume_fraction"] = left
    _one_law_at_the_lithium(values, mechanistic=draw.random() < 0.3)
    if chosen["cell.negative.type"] == "anode_free":
        values["cell.negative.excess_thickness"] = 0.0
        # Without a foil all lithium comes from the positive electrode.
        values["operation.initial_stoichiometry"] = min(
            values["operation.initial_stoichiometry"], 0.938
        )
    return values | chosen


def _one_law_at_the_lithium(values: dict[str, Any], mechanistic: bool) -> None:
    """Leave the measured or a mechanistic law of contact, whose mappings exclude each other."""
    plane = "cell.negative"
    kept, removed = ("contact", "interface") if mechanistic else ("interface", "contact")
    for path in [path for path in values if path.startswith(f"{plane}.{removed}.")]:
        del values[path]
    values[f"{plane}.{removed}"] = None
    if mechanistic:
        values[f"{plane}.{kept}"] = {
            "law": "plastic",
            "hardness": values.pop(f"{plane}.contact.hardness"),
        }
    else:
        del values[f"{plane}.contact_pitch"]


@dataclass(frozen=True)
class Steps:
    """Random protocol steps for a cell of some voltage window, V."""

    draw: np.random.Generator
    ranges: Ranges
    window: tuple[float, float]

    def one(self) -> Any:
        """A step of a random kind, now and then under a stack pressure that changes."""
        kinds = (
            (self.charge, 5),
            (self.discharge, 5),
            (self.hold, 2),
            (self.rest, 2),
            (self.power, 2),
            (self.pulse, 2),
            (self.pressure, 2),
            (self.set, 1),
            (self.reset, 1),
            (self.spectrum, 0.3),
        )
        share = np.array([weight for _, weight in kinds])
        step = kinds[int(self.draw.choice(len(kinds), p=share / share.sum()))][0]()
        if isinstance(step, str) and "hours" in step and self.draw.random() < 0.1:
            within = self.time(0, 2.5)
            return {
                "step": step,
                "stack_pressure": self.value("operation.stack_pressure"),
                "within": within,
            }
        return step

    def charge(self) -> str:
        return f"Charge at {self.rate()} for {self.hours()} or until {self.voltage(0.7, 1.0)}"

    def discharge(self) -> str:
        return f"Discharge at {self.rate()} for {self.hours()} or until {self.voltage(0.0, 0.5)}"

    def hold(self) -> str:
        return f"Hold at {self.voltage(0.0, 1.0)} for {self.hours()} or until C/50"

    def rest(self) -> str:
        return f"Rest for {self.time(0, 6)}"

    def power(self) -> str:
        watts = f"{10 ** self.draw.uniform(0.5, 3):.4g} W"
        if self.draw.random() < 0.5:
            return f"Discharge at {watts} for {self.hours()} or until {self.voltage(0.0, 0.5)}"
        return f"Charge at {watts} for {self.hours()} or until {self.voltage(0.7, 1.0)}"

    def pulse(self) -> str:
        verb = self.draw.choice(["Charge", "Discharge"])
        return f"{verb} at {self.rate()} for 10 seconds"

    def pressure(self) -> dict[str, str]:
        return {
            "stack_pressure": self.value("operation.stack_pressure"),
            "within": self.time(0, 4),
            "for": self.time(0, 4),
        }

    def set(self) -> dict[str, Any]:
        if self.draw.random() < 0.7:
            return {"set": {"temperature": self.value("operation.temperature")}}
        kind = str(self.draw.choice(self.ranges.choices["operation.fixture.type"]))
        constants = {key: self.value(f"operation.fixture.{key}") for key in _FIXTURES[kind]}
        return {"set": {"fixture": {"type": kind, **constants}}}

    def reset(self) -> dict[str, Any]:
        if self.draw.random() < 0.5:
            return {"reset": "fresh"}
        return {"reset": {"stoichiometry": self.value("operation.initial_stoichiometry")}}

    def spectrum(self) -> str:
        return "impedance"

    def load(self) -> dict[str, Any]:
        """A drive cycle of current or power, half the time with an end at the window's."""
        column = str(self.draw.choice(["current", "power"]))
        top = 10 ** self.draw.uniform(0.0, 2.5) * (1.0 if column == "current" else 3.5)
        return self.followed(column, float(top * self.draw.choice([-1.0, 1.0])))

    def followed(self, column: str, scale: float) -> dict[str, Any]:
        """The drive cycle with its column as a quantity, times a scale."""
        heading = {"current": "I [A]", "power": "P [W]", "voltage": "U [V]"}[column]
        load = {"file": str(LOAD), "time": "t [s]", column: heading, "scale": scale}
        if self.draw.random() < 0.5:
            return {"drive_cycle": load}
        low, high = self.window
        return {"drive_cycle": load, "until": [f"< {low!r} V", f"> {high!r} V"]}

    def value(self, path: str) -> str:
        """A value within its range, as written."""
        found = self.ranges.ranges[path]
        return f"{found.at(self.draw.random()):.6g} {found.unit}".strip()

    def voltage(self, low: float, high: float) -> str:
        """A voltage between two shares of the window; a third of them are its ends."""
        share = (
            self.draw.uniform(low, high) if self.draw.random() < 0.67 else float(low + high > 1.0)
        )
        return f"{self.window[0] + share * (self.window[1] - self.window[0]):.4f} V"

    def rate(self) -> str:
        return f"{10 ** self.draw.uniform(-1.5, 0.6):.4g}C"

    def hours(self) -> str:
        return f"{10 ** self.draw.uniform(-1, 1.3):.4g} hours"

    def time(self, low: float, high: float) -> str:
        """A time between two powers of ten seconds."""
        return f"{10 ** self.draw.uniform(low, high):.4g} seconds"


class LithiumSteps(Steps):
    """Random protocol steps for a symmetric cell of lithium."""

    def charge(self) -> str:
        return f"Charge at {self.rate()} for {self.hours()} or until {self.voltage(0.6, 1.0)}"

    def discharge(self) -> str:
        return f"Discharge at {self.rate()} for {self.hours()} or until {self.voltage(0.0, 0.4)}"

    def hold(self) -> str:
        return f"Hold at {self.voltage(0.55, 0.9)} for {self.hours()}"

    def power(self) -> dict[str, Any]:
        """Neither plane gives any power: a drive cycle in its place."""
        return self.load()

    def load(self) -> dict[str, Any]:
        return self.followed("current", float(1e-4 * 10 ** self.draw.uniform(-1.0, 2.0)))

    def reset(self) -> dict[str, Any]:
        return {"reset": "fresh"}

    def rate(self) -> str:
        return f"{10 ** self.draw.uniform(-2, 1):.4g} mA/cm^2"


def random_protocol(steps: Steps) -> list[Any]:
    """One to eight steps of random kinds, half the time some of them in a block that is repeated."""
    draw = steps.draw
    written = [steps.one() for _ in range(draw.integers(1, 9))]
    if draw.random() < 0.5:
        return written
    cut = int(draw.integers(0, len(written)))
    block: dict[str, Any] = {"repeat": int(draw.integers(1, 4)), "steps": written[cut:]}
    if draw.random() < 0.15 and not isinstance(steps, LithiumSteps):
        block["check_up"] = {
            "every": int(draw.integers(1, 3)),
            "ageing": str(draw.choice(["on", "off"])),
        }
    if draw.random() < 0.2:
        limits = ("capacity < 80 %", "resistance > 200 %", "time > 2 days", "cycles >= 2")
        block["stop"] = str(draw.choice(limits))
    return [*written[:cut], block]
