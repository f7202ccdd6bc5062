"""A value of a scenario: a float in SI that knows how it was written and where it comes from.

In YAML a parameter is ``30 um``, or the same with its provenance::

    thickness: {value: 30 um, source: "Lee 2020", status: measured}

Only a dimensionless parameter may be a bare number.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from solidcell.engine.entry.place import mistake, nearest, place_of
from solidcell.engine.entry.units import COLDEST, HOTTEST, Quantity, Si
from solidcell.engine.protocol.structured import LEAST_PRESSURE
from solidcell.engine.scenario.dimension import convert, dimension_name, example, parse_quantity

Status = Literal["measured", "fitted", "assumed", "computed"]
"""How a value is known."""

STATUSES: tuple[str, ...] = get_args(Status)


class Parameter(float):
    """A float in SI with its unit as written, source and status.

    Attributes
    ----------
    unit
        Unit as written; empty for a dimensionless value.
    si_unit
        Unit of the float itself.
    text
        The value as written, ``30 um``.
    source
        Where it comes from.
    status
        ``measured``, ``fitted``, ``assumed`` or ``computed``.
    name
        Dotted path in the scenario; empty until the scenario is complete.
    """

    __slots__ = ("name", "si_unit", "source", "status", "text", "unit")

    unit: str
    si_unit: str
    text: str
    source: str
    status: str
    name: str

    def __new__(
        cls,
        value: float,
        *,
        unit: str = "",
        si_unit: str = "",
        text: str = "",
        source: str = "",
        status: str = "assumed",
        name: str = "",
    ) -> Parameter:
        """Make a parameter of a value in SI."""
        self = super().__new__(cls, value)
        described = {
            "unit": unit,
            "si_unit": si_unit,
            "text": text or f"{float(value)!r} {si_unit}".strip(),
            "source": source,
            "status": status,
            "name": name,
        }
        for slot, description in described.items():
            object.__setattr__(self, slot, description)
        return self

    def __setattr__(self, name: str, _: object) -> None:
        raise AttributeError(f"a parameter is frozen: '{name}' can't be set")

    def changed(self, **descriptions: str) -> Parameter:
        """The same value with another name, source or status."""
        described = {slot: getattr(self, slot) for slot in Parameter.__slots__}
        return Parameter(float(self), **{**described, **descriptions})

    def __reduce__(self) -> tuple[Any, ...]:
        described = {slot: getattr(self, slot) for slot in Parameter.__slots__}
        return _restore, (float(self), described)

    def __copy__(self) -> Parameter:
        return self

    def __deepcopy__(self, memo: object) -> Parameter:
        return self


def _restore(value: float, described: dict[str, str]) -> Parameter:
    return Parameter(value, **described)


@dataclass(frozen=True)
class Kind:
    """What a parameter may be: its dimension and bounds. Used as annotation of a field.

    Attributes
    ----------
    si_unit
        SI unit of its dimension; empty for a dimensionless one.
    above, minimum, maximum
        Bounds in SI; ``above`` is exclusive.
    """

    si_unit: str
    above: float = -math.inf
    minimum: float = -math.inf
    maximum: float = math.inf

    def read(self, written: object) -> Parameter:
        """A parameter from a scalar, or from a mapping of value, source and status.

        Raises
        ------
        ValueError
            If the value is not of this kind.
        InputError
            If the mapping has a wrong key and is known to come from a file.
        """
        if isinstance(written, Parameter) and written.si_unit == self.si_unit:
            return written
        value, source, status = _provenance(written)
        quantity = self._quantity(value)
        self._check(quantity, value)
        return Parameter(
            quantity.value,
            unit=quantity.unit,
            si_unit=self.si_unit,
            text="" if isinstance(value, Si) else str(value),
            source=source,
            status=status,
        )

    def of(
        self, text: str, source: str = "default of the schema", status: Status = "assumed"
    ) -> Parameter:
        """The schema's own default of this kind, with where it comes from."""
        return self.read(text).changed(source=source, status=status)

    def _quantity(self, value: object) -> Quantity:
        if isinstance(value, str):
            return parse_quantity(value, self.si_unit)
        if isinstance(value, Si):
            return Quantity(float(value), self.si_unit)
        if isinstance(value, bool) or not isinstance(value, int | float):
            shown = "nothing" if value is None else f"'{value}'"
            raise ValueError(f"{shown} is not a value; write it like '{self.example}'")
        if abs(value) > sys.float_info.max:
            value = math.inf
        if self.si_unit and math.isfinite(value):
            raise ValueError(
                f"{value:g} has no unit; write {dimension_name(self.si_unit)} with its unit, "
                f"like '{self.example}'"
            )
        return Quantity(float(value), "")

    def _check(self, quantity: Quantity, written: object) -> None:
        value = quantity.value
        if not math.isfinite(value):
            raise ValueError(f"{written} is not a finite number; write it like '{self.example}'")
        if value <= self.above:
            bound = self._bound(self.above, quantity.unit)
            raise ValueError(f"{written} must be above {bound}; correct its sign or size")
        if value < self.minimum:
            bound = self._bound(self.minimum, quantity.unit)
            raise ValueError(f"{written} must be {bound} or more; correct the value")
        if value > self.maximum:
            bound = self._bound(self.maximum, quantity.unit)
            raise ValueError(f"{written} must be {bound} or less; correct the value")

    def _bound(self, bound: float, unit: str) -> str:
        """Show a bound in the unit that the value is written in."""
        if bound == 0:
            return "zero"
        one = convert("1", unit, self.si_unit) if self.si_unit else 1.0
        return f"{bound / one:g} {unit if self.si_unit else ''}".strip()

    @property
    def example(self) -> str:
        """A value of this kind as one would write it."""
        return example(self.si_unit)

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda p: p.text),
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        scalar: list[dict[str, Any]] = [{"type": "string", "examples": [self.example]}]
        if not self.si_unit:
            scalar.insert(0, {"type": "number"})
        annotated = {
            "type": "object",
            "properties": {
                "value": scalar[0] if len(scalar) == 1 else {"anyOf": scalar},
                "source": {"type": "string", "description": "Where the value comes from."},
                "status": {"enum": list(STATUSES), "description": "How the value is known."},
            },
            "required": ["value"],
            "additionalProperties": False,
        }
        return {"anyOf": [*scalar, annotated]}


def _provenance(written: object) -> tuple[object, str, str]:
    if not isinstance(written, Mapping):
        return written, "", "assumed"
    known = ("value", "source", "status")
    for key in written:
        if key not in known:
            cure = nearest(str(key), known) or f"; a value has {_list(known)}"
            message = f"unknown key '{key}' beside a value{cure}"
            place = place_of(written, key)
            raise mistake(place, message) if place else ValueError(message)
    if "value" not in written:
        raise ValueError("'value' is missing; write '{value: ..., source: ..., status: ...}'")
    status = written.get("status", "assumed")
    if status not in STATUSES:
        raise ValueError(f"the status '{status}' is unknown; use one of {_list(STATUSES)}")
    return written["value"], str(written.get("source") or ""), str(status)


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _positive(si_unit: str) -> Kind:
    return Kind(si_unit, above=0.0)


def _non_negative(si_unit: str) -> Kind:
    return Kind(si_unit, minimum=0.0)


Length = Annotated[Parameter, _positive("m")]
Thickness = Annotated[Parameter, _non_negative("m")]
"""The length of what may be absent."""
Density = Annotated[Parameter, _positive("kg/m^3")]
Concentration = Annotated[Parameter, _positive("mol/m^3")]
MolarMass = Annotated[Parameter, _positive("kg/mol")]
MolarVolume = Annotated[Parameter, _positive("m^3/mol")]
ArealCapacity = Annotated[Parameter, _positive("A*s/m^2")]
Conductivity = Annotated[Parameter, _positive("S/m")]
CurrentDensity = Annotated[Parameter, _positive("A/m^2")]
ArealResistance = Annotated[Parameter, _non_negative("ohm*m^2")]
ActivationEnergy = Annotated[Parameter, _non_negative("J/mol")]
Voltage = Annotated[Parameter, Kind("V")]
Duration = Annotated[Parameter, _positive("s")]
Pressure = Annotated[Parameter, Kind("Pa", minimum=LEAST_PRESSURE)]
Temperature = Annotated[Parameter, Kind("K", minimum=COLDEST, maximum=HOTTEST)]
Stress = Annotated[Parameter, _positive("Pa")]
"""A hardness, a modulus or a pressure that a law refers to."""
Stiffness = Annotated[Parameter, _positive("N/m")]
AsperityDensity = Annotated[Parameter, _positive("1/m^2")]
Rate = Annotated[Parameter, _non_negative("1/s")]
GrowthConstant = Annotated[Parameter, _non_negative("m^2/s")]
GrowthVelocity = Annotated[Parameter, _positive("m/s")]
Capacitance = Annotated[Parameter, _positive("F/m^2")]
Frequency = Annotated[Parameter, _positive("Hz")]
Price = Annotated[Parameter, _non_negative("USD/kg")]
Fraction = Annotated[Parameter, Kind("", minimum=0.0, maximum=1.0)]
"""A share from none to all: volume fraction, porosity, stoichiometry."""
StateOfCharge = Annotated[Parameter, Kind("")]
"""A share that may leave 0 to 1."""
Contact = Annotated[Parameter, Kind("", above=0.0, maximum=1.0)]
"""A share that can't vanish: a contact fraction of zero conducts nothing."""
Factor = Annotated[Parameter, Kind("", above=0.0)]
"""A positive pure number."""
Stretch = Annotated[Parameter, Kind("", minimum=1.0)]
"""A factor that only lengthens."""
Coefficient = Annotated[Parameter, Kind("", minimum=0.0)]
"""A pure number from zero."""
