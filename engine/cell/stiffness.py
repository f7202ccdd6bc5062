"""Stiffness of what the stack presses against: fixture, pad and the layers themselves, in series."""

from __future__ import annotations

from solidcell.engine.protocol import Fixture
from solidcell.engine.scenario import Cell


def stack_stiffness(cell: Cell, fixture: Fixture) -> float:
    """Rise of the stack pressure per rise of the thickness of one face, Pa/m.

    ``S = faces / (compliance of the fixture + faces sum L_i / E_i)``, compliances per footprint in
    m/Pa: ``L_pad / E_pad`` of a pad, ``A_f / k`` of a spring or frame. A fixture of constant pressure
    has none: 0.

    Parameters
    ----------
    cell
        Its layers add their own compliance.
    fixture
        As of the scenario or of a protocol step.
    """
    if fixture.type == "constant_pressure":
        return 0.0
    layers = float(cell.separator.thickness / cell.separator.modulus)
    for plane in cell.planes:
        layers += float(plane.excess_thickness / plane.modulus)
    if not cell.symmetric:
        layers += float(cell.composite.thickness / cell.composite.modulus)
    if fixture.pad_thickness is not None and fixture.pad_modulus is not None:
        compliance = float(fixture.pad_thickness / fixture.pad_modulus)
    else:
        stiffness = fixture.stiffness if fixture.type == "spring" else fixture.frame_stiffness
        assert stiffness is not None  # the scenario has seen to it
        compliance = cell.footprint / float(stiffness)
    return float(cell.faces / (compliance + cell.faces * layers))
