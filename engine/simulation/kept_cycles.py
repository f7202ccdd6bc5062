"""The cycles whose start a results file keeps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from solidcell.engine.errors import InputError

if TYPE_CHECKING:
    from solidcell.engine.store.reader import Results

_SHOWN = 12


def kept_cycle(source: Path, results: Results, cycle: int) -> int:
    """Row of /checkpoints that holds the start of a cycle.

    Parameters
    ----------
    source, results
        The file.
    cycle
        Number of the cycle, from 0 as in the file.

    Raises
    ------
    InputError
        If the file does not keep it.
    """
    kept = results["checkpoints"]["cycle"].tolist() if "checkpoints" in results else []
    if cycle in kept:
        return int(kept.index(cycle))
    if not kept:
        raise InputError(f"{source} keeps the start of no cycle: run its scenario again.")
    shown = ", ".join(str(one + 1) for one in kept[:_SHOWN])
    if len(kept) > _SHOWN:
        shown += f", ... {kept[-1] + 1}"
    raise InputError(
        f"{source} does not keep the start of cycle {cycle + 1}: choose one of {shown}."
    )
