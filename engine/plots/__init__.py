"""Figures of a results file: a picture needs no simulation.

Stands on the store's reader alone. `draw` makes one of `KINDS` or `STUDIES`, and `fitting` chooses
those that show something of a file; matplotlib is imported only then.
"""

from solidcell.engine.plots.figures import KINDS, STUDIES, draw, fitting

__all__ = ["KINDS", "STUDIES", "draw", "fitting"]
