"""How a cell is operated, how finely it is solved, and what is kept."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from solidcell.engine.entry.units import parse_cycles, parse_quantity
from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.fixture import Fixture
from solidcell.engine.scenario.parameter import (
    Duration,
    Fraction,
    Frequency,
    Kind,
    Pressure,
    StateOfCharge,
    Temperature,
)

_EVERY_CYCLES = re.compile(r"every\s+(\d.*)")


def _cycle_or_last(written: object) -> object:
    """Check the number of a cycle.

    Raises
    ------
    ValueError
        For anything but a whole number from 1, and ``last``.
    """
    whole = isinstance(written, int) and not isinstance(written, bool)
    if written != "last" and not (whole and int(str(written)) >= 1):
        raise ValueError(f"'{written}' is no cycle; write its number from 1, or 'last'")
    return written


class InitialState(Entry):
    """The state of an aged cell, as the results file of an earlier run keeps it.

    Mesh and states are those of the file; physics and protocol may be others.
    """

    file: str
    """The results file."""
    cycle: Annotated[int | Literal["last"], BeforeValidator(_cycle_or_last)]
    """Number of a kept cycle, from 1, at whose start the state is taken; `last` takes the run's end."""


class Operation(Entry):
    """The cell's surroundings and its state at the start."""

    temperature: Temperature
    """Temperature of the cell."""
    stack_pressure: Pressure
    """Pressure on the stack at the start."""
    fixture: Fixture = Field(default_factory=Fixture)
    """What holds the stack together."""
    initial_stoichiometry: Fraction | None = None
    """Uniform x of the positive electrode at the start; the discharged one unless given."""
    initial_soc: StateOfCharge | None = None
    """State of charge at the start, in place of that: 0 discharged, 1 charged, and beyond either."""
    initial_state: InitialState | None = None
    """The aged cell of an earlier run to start from; a fresh one unless given."""
    cutoffs: Literal["on", "off"] = "on"
    """Whether the cell's cut-offs end the steps that have no voltage limit of their own."""

    @model_validator(mode="after")
    def _one_start(self) -> Operation:
        if self.initial_stoichiometry is not None and self.initial_soc is not None:
            raise ValueError(
                "initial_stoichiometry and initial_soc say the same in two ways; remove one of them"
            )
        return self


LEAST_RTOL = 1e-9
"""Measured: with 1e-9 the shipped scenarios run, with 1e-10 some can't meet their tolerance however
short the step: round-off in the sums over shells and volumes is as large."""


class Numerics(Entry):
    """Mesh and tolerance."""

    nodes: int = Field(default=40, ge=2, le=1000)
    """Volumes across the positive electrode."""
    node_stretch: float = Field(default=0.3, ge=0, le=5)
    """Refinement of the volumes towards the separator; 0 is uniform."""
    shells: int = Field(default=60, ge=3, le=2000)
    """Shells of a particle."""
    shell_stretch: float = Field(default=4.0, ge=0, le=20)
    """Refinement of the shells towards the surface; 0 is uniform."""
    rtol: float = Field(default=1e-5, gt=0, le=1e-2, json_schema_extra={"minimum": LEAST_RTOL})
    """Relative tolerance of the time integration."""
    max_step: Duration | None = None
    """Longest time step; none unless given."""

    @field_validator("rtol")
    @classmethod
    def _above_round_off(cls, rtol: float) -> float:
        if rtol < LEAST_RTOL:
            raise ValueError(
                f"{rtol:g} is less than double precision can tell from round-off; write "
                f"{LEAST_RTOL:g} or more"
            )
        return rtol


class Kept(ABC):
    """What is kept of a run, written in a way of its own."""

    @classmethod
    @abstractmethod
    def read(cls, written: object) -> Self:
        """From what was written, or from what has been read already.

        Raises
        ------
        ValueError
            If it is no such thing.
        """

    @abstractmethod
    def written(self) -> object:
        """What one would write for it."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.read,
            serialization=core_schema.plain_serializer_function_ser_schema(cls.written),
        )


@dataclass(frozen=True)
class Fields(Kept):
    """When profiles across the electrode and the particles are kept.

    Attributes
    ----------
    kind
        ``none``, or at the start and end of ``every step`` of the protocol; with a ``period`` also
        within it, with ``every cycles`` in some cycles only.
    period
        Time between two snapshots [s], for ``period``.
    cycles
        Cycles between two snapshots, for ``every cycles``.
    """

    kind: Literal["none", "every step", "period", "every cycles"] = "none"
    period: float | None = None
    cycles: int | None = None

    @classmethod
    def read(cls, written: object) -> Self:
        """From ``none``, ``every step``, ``every 100 cycles`` or ``{period: 60 s}``.

        Raises
        ------
        ValueError
            For anything else.
        """
        if isinstance(written, cls):
            return written
        if isinstance(written, dict) and set(written) == {"period"}:
            period = parse_quantity(str(written["period"]), "s").value
            if period <= 0:
                raise ValueError("the period must be above zero; write a time like '60 s'")
            return cls("period", period=period)
        if written is None or written == "none":
            return cls()
        if written == "every step":
            return cls("every step")
        if isinstance(written, str) and (match := _EVERY_CYCLES.fullmatch(written)):
            return cls("every cycles", cycles=parse_cycles(match[1]))
        raise ValueError(
            f"'{written}' is unknown; write 'none', 'every step', 'every 100 cycles' or "
            "'{period: 60 s}'"
        )

    def written(self) -> object:
        """As `read` takes it."""
        if self.kind == "period":
            return {"period": f"{self.period:g} s"}
        return f"every {self.cycles} cycles" if self.kind == "every cycles" else self.kind

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        period = {
            "type": "object",
            "properties": {"period": {"type": "string", "examples": ["60 s"]}},
            "required": ["period"],
            "additionalProperties": False,
        }
        every = {"type": "string", "pattern": r"^every \d+ cycles?$"}
        return {"anyOf": [{"enum": ["none", "every step"]}, every, period]}


@dataclass(frozen=True)
class Cycles(Kept):
    """Which cycles' time series are kept; all of them unless something is chosen.

    Attributes
    ----------
    first, last
        Whether the first and the last cycle are.
    every
        Cycles between two that are.
    """

    first: bool = False
    last: bool = False
    every: int | None = None

    @property
    def all(self) -> bool:
        """Whether every cycle is kept."""
        return not (self.first or self.last or self.every)

    def keeps(self, cycle: int, count: int) -> bool:
        """Whether cycle number ``cycle`` (from 0) of ``count`` is kept."""
        return (
            self.all
            or (self.first and cycle == 0)
            or (self.last and cycle == count - 1)
            or (self.every is not None and (cycle + 1) % self.every == 0)
        )

    @classmethod
    def read(cls, written: object) -> Self:
        """From ``all`` or a list such as ``[first, last, every 100 cycles]``.

        Raises
        ------
        ValueError
            For anything else.
        """
        if isinstance(written, cls):
            return written
        if written is None or written == "all":
            return cls()
        if not isinstance(written, Sequence) or isinstance(written, str) or not written:
            raise ValueError(
                f"'{written}' is unknown; write 'all' or '[first, last, every 100 cycles]'"
            )
        every = None
        for item in written:
            if isinstance(item, str) and (match := _EVERY_CYCLES.fullmatch(item)):
                every = parse_cycles(match[1])
            elif item not in ("first", "last"):
                raise ValueError(
                    f"'{item}' is unknown; write 'first', 'last' or 'every 100 cycles'"
                )
        return cls(first="first" in written, last="last" in written, every=every)

    def written(self) -> object:
        """As `read` takes it."""
        every = [f"every {self.every} cycles"] if self.every else []
        named = [name for name in ("first", "last") if getattr(self, name)]
        return [*named, *every] or "all"

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        every = {"type": "string", "pattern": r"^every \d+ cycles?$"}
        item = {"anyOf": [{"enum": ["first", "last"]}, every]}
        return {"anyOf": [{"const": "all"}, {"type": "array", "items": item, "minItems": 1}]}


_FREQUENCY = Kind("Hz", above=0.0)


class Spectrum(Entry):
    """Frequencies of an impedance spectrum, spaced evenly on a logarithmic axis."""

    lowest: Frequency = _FREQUENCY.of("1 mHz")
    """Lowest frequency."""
    highest: Frequency = _FREQUENCY.of("1 MHz")
    """Highest frequency."""
    points: int = Field(default=61, ge=2, le=10_000)
    """Number of frequencies, both ends included."""

    @model_validator(mode="after")
    def _range(self) -> Spectrum:
        if not self.lowest < self.highest:
            raise ValueError(
                f"the lowest frequency {self.lowest.text} must be below the highest, "
                f"{self.highest.text}; exchange the two"
            )
        return self

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """The frequencies, from high to low, Hz."""
        return np.geomspace(float(self.highest), float(self.lowest), self.points)


class Output(Entry):
    """What the results file keeps."""

    period: Duration | None = None
    """Time between two rows of the time series; a row for each step of the solver unless given."""
    fields: Fields = Fields()
    """When profiles are kept: `none`; `every step`, at its start and end; `every 100 cycles`, the same
    in these cycles alone; or `{period: 60 s}`, also in between."""
    timeseries: Cycles = Cycles()
    """Cycles whose rows are kept: `all`, or a list of `first`, `last`, `every 100 cycles`."""
    impedance: Spectrum = Field(default_factory=Spectrum)
    """Frequencies of the spectra that the protocol's `impedance` steps take."""
