"""What holds the stack: how its pressure answers to its thickness."""

from __future__ import annotations

from typing import Literal

from pydantic import TypeAdapter, ValidationError, model_validator

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.mistakes import as_input_error
from solidcell.engine.scenario.parameter import Length, Stiffness, Stress

_KEYS: dict[str, tuple[str, ...]] = {
    "constant_pressure": (),
    "spring": ("pad_thickness", "pad_modulus", "stiffness"),
    "constant_gap": ("frame_stiffness",),
}


class Fixture(Entry):
    """What holds the stack together."""

    type: Literal["constant_pressure", "spring", "constant_gap"] = "constant_pressure"
    """`constant_pressure` follows every change of thickness; `spring` presses by an elastic pad or a
    spring; `constant_gap` is a stiff frame."""
    pad_thickness: Length | None = None
    """Thickness of a spring's elastic pad, as large as an electrode face."""
    pad_modulus: Stress | None = None
    """Young's modulus of the pad."""
    stiffness: Stiffness | None = None
    """Stiffness of a spring without pad."""
    frame_stiffness: Stiffness | None = None
    """Stiffness of the frame of a constant gap."""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Fixture:
        for kind, names in _KEYS.items():
            for name in names:
                if kind != self.type and getattr(self, name) is not None:
                    raise ValueError(
                        f"{name} belongs to 'type: {kind}', not to '{self.type}'; remove it or "
                        "change the type"
                    )
        pad = (self.pad_thickness is not None) + (self.pad_modulus is not None)
        if self.type == "spring" and pad == 1:
            raise ValueError("a pad needs 'pad_thickness' and 'pad_modulus'; add the other one")
        if self.type == "spring" and (pad > 0) == (self.stiffness is not None):
            how = "two stiffnesses" if pad else "no stiffness"
            raise ValueError(
                f"the spring has {how}; write 'stiffness: 1e7 N/m', or 'pad_thickness: 3 mm' and "
                "'pad_modulus: 1 MPa'"
            )
        if self.type == "constant_gap" and self.frame_stiffness is None:
            raise ValueError(
                "the frame of a constant gap has no stiffness; write 'frame_stiffness: 1e8 N/m'"
            )
        return self


def read_fixture(written: object) -> Fixture:
    """A fixture as written in a protocol.

    Raises
    ------
    InputError
        If it is none; the message names file and line where they are known.
    ValueError
        If it isn't a mapping.
    """
    if isinstance(written, Fixture):
        return written
    if not isinstance(written, dict):
        raise ValueError(f"'{written}' is no fixture; write it like '{{type: constant_pressure}}'")
    try:
        return TypeAdapter(Fixture).validate_python(written)
    except ValidationError as error:
        raise as_input_error(error, written, Fixture, "the fixture") from None
