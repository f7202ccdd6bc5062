"""Figures of a results file: a picture needs no simulation.

Stands on the store's reader alone. `draw` makes one of `KINDS`; matplotlib is imported only then.
"""

from solidcell.engine.plots.figures import KINDS, draw

__all__ = ["KINDS", "draw"]
