"""Current collectors."""

from __future__ import annotations

from solidcell.engine.scenario.base import Entry
from solidcell.engine.scenario.parameter import Density, Length, Price


class CurrentCollector(Entry):
    """A metal foil, coated on both sides."""

    material: str
    """Name of the metal."""
    thickness: Length
    """Thickness of the whole foil; each face carries half of it."""
    density: Density
    """Density of the metal."""
    price: Price | None = None
    """Price of the foil."""
