"""A simulation's rows kept in memory, for use from Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from solidcell.engine.simulation.simulation import Summary


class Solution:
    """Tables of a run by name, each a mapping of columns; a `Sink` that keeps what it gets."""

    summary: Summary
    """How the run ended; set by `Simulation.solve`."""

    def __init__(self) -> None:
        self._blocks: dict[str, list[Mapping[str, Any]]] = {}

    def append(self, table: str, rows: Mapping[str, Any]) -> None:
        """Keep rows of a table."""
        self._blocks.setdefault(table, []).append(rows)

    def __getitem__(self, table: str) -> dict[str, npt.NDArray[Any]]:
        """Columns of a table, all rows in one array each."""
        blocks = self._blocks.get(table, [])
        if not blocks:
            return {}
        joined = {}
        for name in blocks[0]:
            pieces = [_rows(block, name) for block in blocks]
            joined[name] = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        return joined

    @property
    def timeseries(self) -> dict[str, npt.NDArray[Any]]:
        """Columns of /timeseries."""
        return self["timeseries"]

    @property
    def steps(self) -> dict[str, npt.NDArray[Any]]:
        """Columns of /steps."""
        return self["steps"]

    @property
    def cycles(self) -> dict[str, npt.NDArray[Any]]:
        """Columns of /cycles."""
        return self["cycles"]

    @property
    def fields(self) -> dict[str, npt.NDArray[Any]]:
        """Columns of /fields; empty if the scenario keeps none."""
        return self["fields"]

    @property
    def checkpoints(self) -> dict[str, npt.NDArray[Any]]:
        """Columns of /checkpoints."""
        return self["checkpoints"]


def _rows(block: Mapping[str, Any], name: str) -> npt.NDArray[Any]:
    """A column of a block, a single value repeated for every row."""
    column = np.asarray(block[name])
    if column.ndim:
        return column
    return np.full(max(np.size(other) for other in block.values()), column)
