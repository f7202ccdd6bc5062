"""What a choice of physics needs of the cell: laws are asked for their constants only if chosen."""

from __future__ import annotations

from collections.abc import Iterator

from solidcell.engine.scenario.cell import Cell
from solidcell.engine.scenario.lithium import LithiumElectrode
from solidcell.engine.scenario.physics import Physics
from solidcell.engine.scenario.settings import Operation

_FILM_EXAMPLES = {
    "growth_constant": "2e-19 m^2/s",
    "linear_constant": "1e-12 m/s",
    "logarithmic_constant": "10 nm",
    "logarithmic_time": "1 h",
}


def missing_constants(physics: Physics, cell: Cell) -> Iterator[tuple[str, str]]:
    """The key of each choice in ``physics`` that lacks a constant, and what to do about it."""
    yield from _contact(physics, cell)
    yield from _voids(physics, cell)
    yield from _cracking(physics, cell)
    yield from _films(physics, cell)
    if cell.symmetric:
        for key in ("isolation", "paths", "cracking", "carbon"):
            if getattr(physics, key) == "on":
                yield key, f"a symmetric lithium cell has no particles; write '{key}: off'"


def missing_volume_change(operation: Operation, cell: Cell) -> str | None:
    """What to do if the fixture answers to a change of volume that the material doesn't tell."""
    if operation.fixture.type == "constant_pressure" or cell.symmetric:
        return None
    if cell.composite.active_material.volume_change is not None:
        return None
    return (
        f"the fixture '{operation.fixture.type}' needs the active material's volume_change; add it "
        "to cell.positive.active_material"
    )


def _sides(cell: Cell) -> Iterator[tuple[str, LithiumElectrode]]:
    """Dotted names of the lithium electrodes, and these."""
    yield "cell.negative", cell.negative
    if isinstance(cell.positive, LithiumElectrode):
        yield "cell.positive", cell.positive


def _contact(physics: Physics, cell: Cell) -> Iterator[tuple[str, str]]:
    if physics.contact == "static":
        return
    for name, plane in _sides(cell):
        if plane.interface is None and plane.contact is None:
            yield (
                "contact",
                f"'{physics.contact}' needs a law at the lithium; add '{name}.interface: {{}}' for "
                f"the measured one, or '{name}.contact: {{law: plastic}}'",
            )
    if isinstance(cell.positive, LithiumElectrode):
        return
    if cell.positive.contact is None:
        yield (
            "contact",
            f"'{physics.contact}' needs the law of the composite's contact; add "
            "'cell.positive.contact: {law: pressed}'",
        )
    if physics.contact == "creep" and cell.positive.contact_loss is None:
        yield (
            "contact",
            "'creep' needs the constants of contact loss; add 'cell.positive.contact_loss: {}'",
        )
    if physics.contact == "creep" and cell.positive.active_material.volume_change is None:
        yield (
            "contact",
            "'creep' needs the active material's volume_change; add it to "
            "cell.positive.active_material",
        )


def _voids(physics: Physics, cell: Cell) -> Iterator[tuple[str, str]]:
    if physics.voids == "none":
        return
    for name, plane in _sides(cell):
        if plane.voids is None:
            yield (
                "voids",
                f"'{physics.voids}' needs the constants of voids; add '{name}.voids: {{}}'",
            )


def _cracking(physics: Physics, cell: Cell) -> Iterator[tuple[str, str]]:
    if physics.cracking == "off" or isinstance(cell.positive, LithiumElectrode):
        return
    if cell.positive.cracking is None:
        yield "cracking", "'on' needs the constants of cracking; add 'cell.positive.cracking: {}'"
    if cell.positive.active_material.volume_change is None:
        yield (
            "cracking",
            "'on' needs the active material's volume_change; add it to "
            "cell.positive.active_material",
        )


def _films(physics: Physics, cell: Cell) -> Iterator[tuple[str, str]]:
    sides = (("negative", cell.negative), ("positive", cell.positive))
    for side, electrode in sides:
        law = getattr(physics.interphase, side)
        if law == "none":
            continue
        film = electrode.film
        if film is None:
            yield (
                "interphase",
                f"'{law}' needs a film at the {side} electrode; add 'cell.{side}.film', or write "
                f"'{side}: none'",
            )
            continue
        for constant, value in film.constants_of(law).items():
            if value is None:
                yield (
                    "interphase",
                    f"'{law}' is a film law without its constant; add "
                    f"'cell.{side}.film.{constant}: {_FILM_EXAMPLES[constant]}', or choose another "
                    "law",
                )
