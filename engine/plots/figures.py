"""The figures by name, which of them fit a file, and the one function that draws them."""

from __future__ import annotations

from importlib import import_module, util
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from solidcell.engine.errors import InputError

if TYPE_CHECKING:
    from solidcell.engine.store.reader import Results

KINDS = ("overview", "voltage", "overpotentials", "profiles", "mass")
"""Figures of any run that discharges a cell; each is the module of that name."""

STUDIES = (
    "interfaces",
    "resistances",
    "nyquist",
    "bode",
    "pressure-series",
    "rate-by-contact",
    "fixtures",
    "critical-current",
    "pressure-window",
    "fade",
    "attribution",
    "resistance-stack",
    "voltage-by-cycle",
)
"""Figures of what happens at interfaces, of the tests that probe them, and of a life.

Each is the module of that name, with ``_`` for ``-``, which says by ``fits`` whether a file has what
it shows."""


def fitting(results: Results) -> tuple[str, ...]:
    """Choose the figures that show something of a results file.

    Parameters
    ----------
    results
        The open file.

    Returns
    -------
    tuple of str
        Of `KINDS` and `STUDIES`, in their order; `KINDS` if there is nothing else.

    Raises
    ------
    InputError
        If matplotlib is missing.
    """
    _check_matplotlib()
    from solidcell.engine.plots.discharges import delivers

    studies = tuple(kind for kind in STUDIES if _module(kind).fits(results))
    return (*KINDS, *studies) if delivers(results) or not studies else studies


def draw(results: Results, kind: str, path: str | Path | None = None) -> Path:
    """Draw one figure of a results file.

    Parameters
    ----------
    results
        The open file.
    kind
        One of `KINDS` or `STUDIES`.
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
    if kind not in (*KINDS, *STUDIES):
        raise InputError(
            f"there is no figure {kind!r}: choose one of {', '.join((*KINDS, *STUDIES))}."
        )
    _check_matplotlib()
    target = Path(path) if path is not None else _beside(results.path, kind)
    from solidcell.engine.plots.style import save, styled  # matplotlib takes a third of a second

    with styled():
        save(_module(kind).figure(results), target)
    return target


def _check_matplotlib() -> None:
    if util.find_spec("matplotlib") is None:
        raise InputError("figures need matplotlib: install it with pip install 'solidcell[plot]'.")


def _module(kind: str) -> ModuleType:
    return import_module(f".{kind.replace('-', '_')}", __package__)


def _beside(results: Path, kind: str) -> Path:
    stem = results.name.removesuffix(".part").removesuffix(".h5")
    return results.with_name(f"{stem}-{kind}.png")
