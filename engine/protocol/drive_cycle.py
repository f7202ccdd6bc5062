"""Drive cycles: a current, power, voltage or C-rate against time, from a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from solidcell.engine.entry.columns import Column, read_columns
from solidcell.engine.protocol.rating import Rating
from solidcell.engine.protocol.resolve import bearable
from solidcell.engine.protocol.step import DriveCycle

QUANTITIES: dict[str, str | None] = {"current": "A", "power": "W", "voltage": "V", "c_rate": None}
"""What a drive cycle may set, and the SI unit of its column."""

KEYS = ("file", "time", *QUANTITIES, "scale")


def read_drive_cycle(written: Mapping[str, object], rating: Rating) -> DriveCycle:
    """A drive cycle from its entry in a protocol.

    Parameters
    ----------
    written
        ``file``, the ``time`` column, one column of ``current``, ``power``, ``voltage`` or
        ``c_rate``, and an optional ``scale``. A column is its heading, with the unit in brackets,
        or ``{column: heading, unit: mA}``.
    rating
        The cell.

    Raises
    ------
    ValueError
        If a key or the file is wrong, or the load is impossible.
    """
    for needed in ("file", "time"):
        if needed not in written:
            raise ValueError(f"a drive cycle needs '{needed}'; add it")
    named = [quantity for quantity in QUANTITIES if quantity in written]
    if len(named) != 1:
        raise ValueError("a drive cycle needs one column of current, power, voltage or c_rate")
    columns = (_column(written["time"], "s"), _column(written[named[0]], QUANTITIES[named[0]]))
    time, value = read_columns(str(written["file"]), columns)
    if time[0] != 0 or not np.all(np.diff(time) > 0):
        raise ValueError(f"column '{columns[0].heading}' must begin at 0 and rise; sort its rows")
    value = value * _scale(written.get("scale", 1.0))
    quantity: Literal["current", "power", "voltage"]
    if named[0] == "c_rate":
        quantity, value = "current", value * rating.current_at_1c(columns[1].heading)
    else:
        quantity = named[0]  # type: ignore[assignment]
    if quantity == "voltage":
        for extreme in (value.min(), value.max()):
            bearable(float(extreme), columns[1].heading)
    time.flags.writeable = value.flags.writeable = False
    return DriveCycle(time, value, quantity)


def _column(written: object, si_unit: str | None) -> Column:
    if isinstance(written, str):
        return Column(written, si_unit)
    if isinstance(written, Mapping) and set(written) == {"column", "unit"}:
        return Column(str(written["column"]), si_unit, str(written["unit"]))
    raise ValueError(f"'{written}' is no column; write its heading, or {{column: I, unit: mA}}")


def _scale(written: object) -> float:
    number = isinstance(written, int | float) and not isinstance(written, bool)
    if not number or not np.isfinite(written) or written == 0:  # type: ignore[call-overload]
        raise ValueError(f"the scale '{written}' must be a number other than zero; correct it")
    return float(written)  # type: ignore[arg-type]
