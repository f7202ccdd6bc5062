"""What a person sees while solidcell computes: nothing for a second, then how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from solidcell.engine.cli.terminal import Terminal

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from solidcell.engine.simulation import Progress

PATIENCE = 1.0
"""Seconds that pass without a word."""

COMPILING = "Compiling the kernels, once: later runs start in a second"


@contextmanager
def compiling(terminal: Terminal) -> Iterator[None]:
    """Say so if the kernels have to be compiled, with the time that it takes."""
    from solidcell.engine.simulation.machine import Machine

    if not terminal.narrates or Machine.is_cached():
        yield
        return
    started = time.perf_counter()
    bar = _spinner(terminal) if terminal.watched else None
    # What is compiled in less than a second is not worth a word.
    timer = threading.Timer(PATIENCE, _announce, (terminal, bar))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if bar is not None:
            bar.stop()
    if (seconds := time.perf_counter() - started) > PATIENCE:
        terminal.note(f"Compiled the kernels in {seconds:.0f} s.")


def _announce(terminal: Terminal, bar: Bar | None) -> None:
    if bar is None:
        terminal.note(f"{COMPILING} ...")
    else:
        bar.start()


class ShareBar:
    """A bar with the time left and a word on what is done; use it in a ``with`` block.

    It appears when the work takes over a second, and only if a person looks on.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bar: Bar | None = None
        self._began = time.perf_counter()

    def show(self, fraction: float, doing: str) -> None:
        """Tell how much is done, and what is being done."""
        late = time.perf_counter() - self._began > PATIENCE
        if self._bar is None and late and self._terminal.watched:
            self._bar = _share_bar(self._terminal)
            self._bar.start()
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=fraction, description=doing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()


class RunProgress(ShareBar):
    """How far a simulation is."""

    def __call__(self, progress: Progress) -> None:
        """Show it."""
        cycle = f"cycle {progress.cycle} of {progress.cycles}: " if progress.cycles > 1 else ""
        self.show(progress.fraction, f"{cycle}{progress.step}")


class CaseProgress(ShareBar):
    """Which case of several is at work; where no bar can be drawn, a line each."""

    def __call__(self, name: str, number: int, count: int) -> None:
        """Show it, before the case."""
        self.show(number / count, name)
        if self._terminal.narrates and not self._terminal.watched:
            self._terminal.note(f"{number + 1} of {count}: {name}")


def _spinner(terminal: Terminal) -> Bar:
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = Bar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=terminal.notes,
        transient=True,
    )
    bar.add_task(COMPILING, total=None)
    return bar


def _share_bar(terminal: Terminal) -> Bar:
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    bar = Bar(
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
        ),
        console=terminal.notes,
        transient=True,
        expand=True,
    )
    bar.add_task("", total=1.0)
    return bar
