"""The figures by name, and the one function that draws them."""

from __future__ import annotations

from importlib import import_module, util
from pathlib import Path
from typing import TYPE_CHECKING

from solidcell.engine.errors import InputError

if TYPE_CHECKING:
    from solidcell.engine.store.reader import Results

KINDS = ("overview", "voltage", "overpotentials", "profiles", "mass")
"""Figures that `draw` can make; each is the module of that name."""


def draw(results: Results, kind: str, path: str | Path | None = None) -> Path:
    """Draw one figure of a results file.

    Parameters
    ----------
    results
        The open file.
    kind
        One of `KINDS`: voltage against capacity, losses by mechanism, profiles through the positive
        electrode, mass by component, or an overview of all four.
    path
        Where to save the figure; its ending decides the format (png, svg, pdf). By default the
        results file's own name, with the kind appended, as PNG.

    Returns
    -------
    Path
        The file that was drawn.

    Raises
    ------
    InputError
        If there is no such figure, matplotlib is missing, the file lacks what the figure shows, or
        the figure can't be saved.
    """
    if kind not in KINDS:
        raise InputError(f"there is no figure {kind!r}: choose one of {', '.join(KINDS)}.")
    if util.find_spec("matplotlib") is None:
        raise InputError("figures need matplotlib: install it with pip install 'solidcell[plot]'.")
    target = Path(path) if path is not None else _beside(results.path, kind)
    from solidcell.engine.plots.style import save, styled  # matplotlib takes a third of a second

    with styled():
        save(import_module(f".{kind}", __package__).figure(results), target)
    return target


def _beside(results: Path, kind: str) -> Path:
    stem = results.name.removesuffix(".part").removesuffix(".h5")
    return results.with_name(f"{stem}-{kind}.png")
