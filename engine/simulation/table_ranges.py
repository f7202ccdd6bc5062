"""The lithium fractions that the particles' properties are known for, and surfaces that leave them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from solidcell.engine.scenario import Curve, Scenario
from solidcell.engine.simulation.warnings import RunWarning
from solidcell.kernels.progress import Progress

PROPERTIES = {
    "open_circuit_potential": "the open-circuit potential",
    "entropic_coefficient": "the entropic coefficient",
    "diffusivity": "the diffusivity",
    "exchange_current_density": "the exchange current density",
    "volume_change": "the change of volume",
}
"""Curves of the active material, and what they are called."""


def _watched(scenario: Scenario) -> list[tuple[str, Curve]]:
    """Properties that change with the lithium fraction, by the name of their entry."""
    if scenario.cell.symmetric:
        return []
    material = scenario.cell.composite.active_material
    curves = [(name, getattr(material, name)) for name in PROPERTIES]
    unused = "entropic_coefficient" if scenario.physics.entropy == "off" else ""
    return [
        (name, curve)
        for name, curve in curves
        if curve is not None and curve.kind != "constant" and name != unused
    ]


def known_ranges(scenario: Scenario) -> npt.NDArray[np.float64]:
    """Least and greatest lithium fraction that each property is tabulated for, (properties, 2)."""
    watched = _watched(scenario)
    if not watched:
        return np.zeros((0, 2))
    ranges = np.array([curve.domain for _, curve in watched])
    low, high = scenario.cell.composite.active_material.open_circuit_potential.domain
    return np.column_stack([np.maximum(ranges[:, 0], low), np.minimum(ranges[:, 1], high)])


def left_ranges(
    scenario: Scenario, progress: Progress, texts: Sequence[str]
) -> Iterator[RunWarning]:
    """A warning of each property whose range a surface has left.

    Parameters
    ----------
    scenario, progress
        The scenario, and the progress of its run.
    texts
        Text of each row of the instruction table; a row below zero is that of a check-up.
    """
    left = progress.left
    if not np.isfinite(left).any():
        return
    for (name, curve), known, (time, cycle, step, row, fraction) in zip(
        _watched(scenario), progress.ranges.tolist(), left.tolist(), strict=True
    ):
        if np.isnan(time):
            continue
        low, high = known
        # All are tabulated over the potential's range.
        wider = name if not curve.covers(fraction) else "open_circuit_potential"
        place = f"cycle {int(cycle) + 1}, step '{texts[int(row)]}'"
        if row < 0:
            place = f"the check-up after {int(cycle) + 1} cycles"
        yield RunWarning(
            code="table_left",
            subject=name,
            text=(
                f"the lithium fraction at a particle's surface was {fraction:.4f} in {place}, after "
                f"{time:,.0f} s, and "
                f"{PROPERTIES[name]} is tabulated for {low:g} to {high:g}: beyond it goes on as a "
                f"straight line; give cell.positive.active_material.{wider} a wider range, or end "
                "the step before."
            ),
            cycle=int(cycle),
            step=int(step),
            time=time,
        )
