"""How ions and electrons get through a composite electrode: effective conductivities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Discriminator, PrivateAttr, Tag, model_validator

from solidcell.engine.entry.columns import Column, read_columns
from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import Factor, Fraction, Kind

_ESTIMATE = "default: engineering estimate"

FRACTION_COLUMN = "Active volume fraction"
IONIC_COLUMN = "Ionic conductivity [S/m]"
BULK_COLUMN = "Ionic conductivity of the electrolyte [S/m]"
ELECTRONIC_COLUMN = "Electronic conductivity [S/m]"
"""Headings of a table of conductivities."""


class Percolation(Entry):
    """Ion paths that percolate: effective / bulk = [(e - threshold) / (1 - threshold)]^exponent.

    e is the volume fraction of electrolyte; below the threshold nothing is connected.
    """

    law: Literal["percolation"]
    """Name of the law."""
    threshold: Fraction = Kind("", minimum=0.0, maximum=1.0).of(
        "0.10", f"{_ESTIMATE}, 0.10 to 0.20; about 0.20 in Clausnitzer 2023, 10.1002/batt.202300167"
    )
    """Volume fraction of electrolyte below which no ion path crosses the electrode."""
    exponent: Factor = Kind("", above=0.0).of("2", _ESTIMATE)
    """Exponent of the law."""

    def ionic_ratio(self, electrolyte: float) -> float:
        """Effective over bulk ionic conductivity at a volume fraction of electrolyte.

        Raises
        ------
        ValueError
            If the fraction does not exceed the threshold.
        """
        if not electrolyte > self.threshold:
            raise ValueError(
                f"electrolyte_volume_fraction {electrolyte:g} does not exceed the percolation "
                f"threshold {self.threshold:g}, so no ion path crosses the electrode; raise it, or "
                "lower transport.threshold"
            )
        reach = (electrolyte - self.threshold) / (1 - self.threshold)
        return float(reach**self.exponent)


class ConductivityTable(Entry):
    """Conductivities measured on composites, against the volume fraction of active material.

    Between rows their logarithm is linear. The ionic one is taken relative to the electrolyte's own
    in the table and applied to the electrolyte of this cell.
    """

    table: str
    """A CSV file with the columns `Active volume fraction`, `Ionic conductivity [S/m]`,
    `Ionic conductivity of the electrolyte [S/m]` and, for `electronic: table`,
    `Electronic conductivity [S/m]`."""
    electronic: Literal["given", "table"] = "given"
    """Whether electrons are conducted as `electronic_conductivity` says, or as the table does."""
    source: str = ""
    """Where the table comes from."""

    _fraction: tuple[float, ...] = PrivateAttr(default=())
    _ionic_ratio: tuple[float, ...] = PrivateAttr(default=())
    _electronic: tuple[float, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _read(self) -> ConductivityTable:
        columns = [Column(FRACTION_COLUMN, None), Column(IONIC_COLUMN, "S/m")]
        columns.append(Column(BULK_COLUMN, "S/m"))
        if self.electronic == "table":
            columns.append(Column(ELECTRONIC_COLUMN, "S/m"))
        fraction, *conductivities = read_columns(self.table, tuple(columns))
        if not all(np.all(values > 0) for values in conductivities):
            raise ValueError("a conductivity of the table is not above zero; correct its rows")
        order = np.argsort(fraction)
        if not np.all(np.diff(fraction[order]) > 0):
            raise ValueError(f"column '{FRACTION_COLUMN}' repeats a value; keep one row of each")
        self._fraction = tuple(fraction[order].tolist())
        self._ionic_ratio = tuple((conductivities[0] / conductivities[1])[order].tolist())
        if self.electronic == "table":
            self._electronic = tuple(conductivities[2][order].tolist())
        return self

    def ionic_ratio(self, active: float) -> float:
        """Effective over bulk ionic conductivity at a volume fraction of active material.

        Raises
        ------
        ValueError
            If the table does not reach there.
        """
        return self._interpolate(active, self._ionic_ratio)

    def electronic_conductivity(self, active: float) -> float:
        """Effective electronic conductivity at a volume fraction of active material [S/m].

        Raises
        ------
        ValueError
            If the table does not reach there.
        """
        return self._interpolate(active, self._electronic)

    def _interpolate(self, active: float, values: tuple[float, ...]) -> float:
        low, high = self._fraction[0], self._fraction[-1]
        if not low <= active <= high:
            raise ValueError(
                f"active_volume_fraction {active:g} lies outside the table's {low:g} to {high:g}; "
                "extend the table, or write 'transport: tortuosity'"
            )
        return float(np.exp(np.interp(active, self._fraction, np.log(values))))


def _form(written: object) -> str:
    if isinstance(written, ConductivityTable) or (
        isinstance(written, Mapping) and "table" in written
    ):
        return "transport=table"
    if isinstance(written, Percolation | Mapping):
        return "transport=percolation"
    return "transport=tortuosity"


Transport = Annotated[
    Annotated[Literal["tortuosity"], Tag("transport=tortuosity")]
    | Annotated[Percolation, Tag("transport=percolation")]
    | Annotated[ConductivityTable, Tag("transport=table")],
    Discriminator(_form),
]
"""Where the effective conductivities of a composite electrode come from."""
