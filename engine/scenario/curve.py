"""A property against stoichiometry: a constant, a formula, points, or a table from CSV.

In YAML, one of::

    diffusivity: 3e-15 m^2/s
    diffusivity: {expression: "3e-15*10**(-2.5*x)", unit: m^2/s, source: ..., status: fitted}
    volume_change: {points: [[0.2, -0.05], [0.5, -0.02], [1, 0]]}
    open_circuit_potential: {csv: ocp.csv, x: Stoichiometry, y: "OCP [V]"}
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, PrivateAttr, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from solidcell.engine.entry.columns import Column, read_columns
from solidcell.engine.entry.units import Si
from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.dimension import convert, dimension_name, example, parse_quantity
from solidcell.engine.scenario.expression import Formula, parse_formula
from solidcell.engine.scenario.monotone import MonotoneCubic
from solidcell.engine.scenario.parameter import Status

_PROBES = 513
"""Points at which a curve is checked over its domain."""

_FORMS: dict[str, tuple[str, ...]] = {
    "constant": (),
    "expression": ("unit", "where"),
    "points": ("unit",),
    "csv": ("x", "y", "unit"),
}
"""The forms of a curve, and the keys that have a meaning beside each."""


class Curve(Entry):
    """A property of the active material as a function of its stoichiometry x."""

    constant: str | None = None
    """A value with its unit that holds for every x."""
    expression: str | None = None
    """A formula in x, for example `4.2 - 0.8*x + tanh(18*(x - 0.55))`; its value is in `unit`."""
    where: dict[str, Any] = Field(
        default_factory=dict,
        json_schema_extra={"additionalProperties": {"type": ["number", "string"]}},
    )
    """Names that the formula uses: numbers, or formulas in x and in the names before them."""
    points: tuple[tuple[float, float], ...] | None = Field(default=None, min_length=2)
    """Pairs of stoichiometry and property, in `unit`; between them a monotone cubic is used."""
    csv: str | None = None
    """A CSV file that tabulates the property; between its rows a monotone cubic is used."""
    x: str | None = None
    """Heading of the CSV column with the stoichiometry."""
    y: str | None = None
    """Heading of the CSV column with the property."""
    unit: str | None = None
    """Unit of the formula's value, of the points, or of the CSV column if its heading has none in
    brackets; a property without dimension needs none."""
    domain: tuple[float, float] = (0.0, 1.0)
    """Least and greatest stoichiometry that the property is known for."""
    source: str = ""
    """Where the property comes from."""
    status: Status = "assumed"
    """How it is known."""

    _value: Callable[[Any], Any] = PrivateAttr()
    _si_unit: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _one_form(self) -> Curve:
        given = [form for form in _FORMS if getattr(self, form)]
        if len(given) != 1:
            raise ValueError(
                "it is no curve; give one of 'constant', 'expression', 'points' and 'csv'"
            )
        for name in ("x", "y") if given[0] == "csv" else ():
            if getattr(self, name) is None:
                raise ValueError(f"'{given[0]}' needs '{name}'; add it beside")
        for name in ("x", "y", "unit", "where"):
            if getattr(self, name) and name not in _FORMS[given[0]]:
                raise ValueError(f"'{name}' has no meaning beside '{given[0]}'; remove it")
        low, high = self.domain
        if not 0 <= low < high <= 1:
            raise ValueError(f"the domain {low:g} to {high:g} is no part of 0 to 1; correct it")
        return self

    @property
    def kind(self) -> Literal["constant", "expression", "points", "csv"]:
        """Which of the four forms the curve has."""
        if self.constant is not None:
            return "constant"
        if self.expression is not None:
            return "expression"
        return "points" if self.points is not None else "csv"

    @property
    def si_unit(self) -> str:
        """Unit of what :meth:`evaluate` returns."""
        return self._si_unit

    @property
    def text(self) -> str:
        """The curve as written, in one line."""
        if self.points is not None:
            return ", ".join(f"({x:g}, {y:g})" for x, y in self.points)
        if self.expression is None:
            return self.constant or f"{self.csv}: {self.y} against {self.x}"
        return ", ".join([self.expression, *(f"{k} = {v}" for k, v in self.where.items())])

    def evaluate(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The property in SI.

        Parameters
        ----------
        x
            Stoichiometry, any shape; a formula is evaluated outside its domain, too.
        """
        points = np.asarray(x, dtype=np.float64)
        with np.errstate(all="ignore"):
            return np.asarray(self._value(points), dtype=np.float64) + np.zeros_like(points)

    def substitute(self, x: Any) -> Any:
        """The property in SI at ``x``, which may be a symbol of PyBaMM's.

        Raises
        ------
        TypeError
            For a table, which has no formula.
        """
        if self.kind in ("points", "csv"):
            raise TypeError("a table has no formula; evaluate it and interpolate")
        return self._value(x)

    def covers(self, x: float) -> bool:
        """Whether the property is known at stoichiometry ``x``."""
        return self.domain[0] <= x <= self.domain[1]


# Two callables instead of closures, so that a scenario can be sent to another process.
@dataclass(frozen=True)
class _Constant:
    value: float

    def __call__(self, x: Any) -> float:
        return self.value


@dataclass(frozen=True)
class _Scaled:
    scale: float
    formula: Formula

    def __call__(self, x: Any) -> Any:
        return self.scale * self.formula(x)


@dataclass(frozen=True)
class CurveOf:
    """What a curve may be: its dimension, and the least value it may take. A field's annotation.

    Attributes
    ----------
    si_unit
        SI unit of its dimension.
    minimum
        Least value in SI.
    above
        The same, exclusive.
    """

    si_unit: str
    minimum: float = -math.inf
    above: float = -math.inf

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        curve = core_schema.no_info_before_validator_function(self.expand, handler(source))
        return core_schema.no_info_after_validator_function(self.bind, curve)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        scalar: JsonSchemaValue = {"type": "string", "examples": [example(self.si_unit)]}
        if not self.si_unit:
            scalar["type"] = ["string", "number"]
        return {"anyOf": [scalar, handler(schema)]}

    def expand(self, written: object) -> object:
        """Let a bare quantity stand for a constant.

        Raises
        ------
        ValueError
            For a bare number or a list.
        """
        if isinstance(written, Si):
            return {"constant": f"{float(written)!r} {self.si_unit}"}
        number = isinstance(written, int | float) and not isinstance(written, bool)
        if isinstance(written, str) or (number and not self.si_unit):
            return {"constant": str(written)}
        if isinstance(written, Mapping | Curve):
            return written
        raise ValueError(
            f"'{written}' has no unit; write it like '{example(self.si_unit)}', or as "
            "'expression' or 'csv'"
        )

    def bind(self, curve: Curve) -> Curve:
        """Give a curve its evaluation in SI, checked over its domain.

        Raises
        ------
        ValueError
            If it has another dimension, or is infinite, undefined or too small anywhere.
        """
        curve._si_unit = self.si_unit
        curve._value = self._evaluation(curve)
        probes = np.linspace(*curve.domain, _PROBES)
        try:
            values = curve.evaluate(probes)
        except ArithmeticError:  # a constant part overflows or divides by zero
            values = np.full_like(probes, math.nan)
        name = dimension_name(self.si_unit)
        bad = ~np.isfinite(values)
        if bad.any():
            raise ValueError(
                f"it is not a finite number at x = {probes[bad][0]:.4g}; correct it or narrow its "
                "domain"
            )
        bad = (values < self.minimum) | (values <= self.above)
        if bad.any():
            bound = (
                f"{self.minimum:g} or more" if self.above == -math.inf else f"above {self.above:g}"
            )
            raise ValueError(
                f"it is {values[bad][0]:.4g} at x = {probes[bad][0]:.4g}, and {name} "
                f"must be {bound}; correct it or narrow its domain"
            )
        return curve

    def _evaluation(self, curve: Curve) -> Callable[[Any], Any]:
        if curve.constant is not None:
            return _Constant(parse_quantity(curve.constant, self.si_unit).value)
        if curve.expression is not None:
            formula = parse_formula(curve.expression, curve.where)
            scale = self._scale(curve, "expression")
            return formula if scale == 1 else _Scaled(scale, formula)
        if curve.points is not None:
            x, y = np.array(curve.points).T
            return _interpolation(curve, x, y * self._scale(curve, "points"), "'points'")
        assert curve.csv is not None
        assert curve.x is not None
        assert curve.y is not None
        columns = (Column(curve.x, None), Column(curve.y, self.si_unit or None, curve.unit))
        x, y = read_columns(curve.csv, columns)
        return _interpolation(curve, x, y, f"column '{curve.x}'")

    def _scale(self, curve: Curve, form: str) -> float:
        """The SI value of one unit of a formula or of points."""
        if self.si_unit and curve.unit is None:
            raise ValueError(f"'{form}' needs 'unit'; add it beside")
        return convert("1", curve.unit or "", self.si_unit)


def _interpolation(
    curve: Curve, x: NDArray[np.float64], y: NDArray[np.float64], what: str
) -> MonotoneCubic:
    order = np.argsort(x)
    x, y = x[order], y[order]
    if not np.all(np.diff(x) > 0):
        raise ValueError(f"{what} repeats a stoichiometry; keep one row of each")
    if x[0] < 0 or x[-1] > 1:
        raise ValueError(f"{what} leaves the stoichiometries 0 to 1; remove the rows beyond")
    if "domain" not in curve.model_fields_set:
        object.__setattr__(curve, "domain", (float(x[0]), float(x[-1])))
    low, high = curve.domain
    if not x[0] <= low < high <= x[-1]:
        raise ValueError(
            f"the domain {low:g} to {high:g} exceeds the table's {x[0]:g} to {x[-1]:g}; narrow it"
        )
    return MonotoneCubic(tuple(x.tolist()), tuple(y.tolist()))


Potential = Annotated[Curve, CurveOf("V")]
Diffusivity = Annotated[Curve, CurveOf("m^2/s", above=0.0)]
ExchangeCurrentDensity = Annotated[Curve, CurveOf("A/m^2", minimum=0.0)]
EntropicCoefficient = Annotated[Curve, CurveOf("V/K")]
VolumeChange = Annotated[Curve, CurveOf("", minimum=-0.5)]
