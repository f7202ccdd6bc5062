"""Which physics is on."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from solidcell.engine.scenario.base import Entry

Growth = Literal["none", "parabolic", "linear_parabolic", "logarithmic"]
"""How a film grows."""

_GROWTHS: tuple[str, ...] = get_args(Growth)


def _both_sides(written: object) -> object:
    """Let one law stand for both electrodes.

    Raises
    ------
    ValueError
        If there is no such law.
    """
    if not isinstance(written, str):
        return written
    if written not in _GROWTHS:
        raise ValueError(f"'{written}' is unknown; use {', '.join(map(repr, _GROWTHS))}")
    return {"positive": str(written), "negative": str(written)}


class Interphase(Entry):
    """How the film at each electrode grows."""

    positive: Growth = "none"
    """The film at the positive electrode."""
    negative: Growth = "none"
    """The film at the negative electrode."""


class Physics(Entry):
    """Which physics is on."""

    contact: Literal["static", "pressure", "creep"] = "static"
    """Contact: as given (`static`); by its laws of stack pressure (`pressure`); in the composite
    electrode lost and healed, too (`creep`)."""
    voids: Literal["none", "creep"] = "none"
    """Voids in the lithium: none, or opened by stripping and closed by plating and creep."""
    interphase: Annotated[Interphase, BeforeValidator(_both_sides)] = Field(
        default_factory=Interphase,
        json_schema_extra={"either": list(_GROWTHS)},
    )
    """How films grow: one law for both electrodes, or `{positive: ..., negative: ...}`."""
    isolation: Literal["on", "off"] = "off"
    """Whether particles that lose contact are isolated."""
    cracking: Literal["on", "off"] = "off"
    """Whether active material cracks off under the stress of its own volume change."""
    carbon: Literal["on", "off"] = "off"
    """Whether electrolyte decomposes at the carbon; its charge is booked."""
    paths: Literal["on", "off"] = "off"
    """Whether lost contact blocks the paths of ions and electrons."""
    double_layer: Literal["on", "off"] = "off"
    """Whether double layers are charged; spectra always have them."""
    thermal: Literal["isothermal"] = "isothermal"
    """The cell keeps its temperature."""
    entropy: Literal["on", "off"] = "off"
    """Whether the open-circuit potential shifts with temperature."""
