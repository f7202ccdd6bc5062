"""What a command shows: text for a person, one JSON document for a script, errors as a sentence."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import typer

from solidcell.engine.errors import SimulationStopped, SolidcellError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PIPE_WIDTH = 120
"""Columns of the tables that go into a file or a pipe."""


class Terminal:
    """Standard output and error of one command, used as ``with Terminal(...) as terminal``.

    Results go to standard output, everything else to standard error. Leaving the block by an error
    prints its sentence and ends the command with its exit code.

    Parameters
    ----------
    quiet
        Whether nothing but errors is shown.
    json
        Whether standard output gets one JSON document and nothing else.
    debug
        Whether errors show their traceback.
    """

    def __init__(self, *, quiet: bool = False, json: bool = False, debug: bool = False) -> None:
        self.quiet = quiet
        self.json = json
        self._debug = debug
        self._documented = False

    @cached_property
    def output(self) -> Console:
        """Standard output."""
        return _console(stderr=False)

    @cached_property
    def notes(self) -> Console:
        """Standard error."""
        return _console(stderr=True)

    @property
    def watched(self) -> bool:
        """Whether a person looks on, for whom progress may be drawn."""
        return not self.quiet and self.notes.is_terminal

    @property
    def narrates(self) -> bool:
        """Whether what goes on is worth a line: to a person, and in the log of a plain run."""
        return self.watched or not (self.quiet or self.json)

    def show(self, *parts: RenderableType) -> None:
        """Print text and tables for a person."""
        if not (self.quiet or self.json):
            for part in parts:
                self.output.print(part)

    def note(self, sentence: str) -> None:
        """Tell a person what happens, beside the results."""
        if not self.quiet:
            self.notes.out(sentence, highlight=False)

    def document(self, content: Mapping[str, Any]) -> None:
        """Print the JSON document, if one was asked for; what is no number becomes null."""
        if self.json:
            self._documented = True
            text = json.dumps(_plain(content), indent=2, allow_nan=False)
            self.write(text)

    def write(self, text: str) -> None:
        """Print text to standard output as it is."""
        self.output.out(text, highlight=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, SystemExit | typer.Exit):
            return
        if isinstance(error, KeyboardInterrupt):
            error = SimulationStopped("interrupted.")
        if self._debug:
            self.notes.print_exception(show_locals=False)
        code = error.exit_code if isinstance(error, SolidcellError) else 1
        sentence = str(error)
        if not isinstance(error, SolidcellError):
            sentence = (
                f"an error that solidcell should have caught: {type(error).__name__}: {error}"
                + ("" if self._debug else " (repeat with --debug and report what it shows)")
            )
        self.notes.print("[bold red]Error:[/]", end=" ")
        self.notes.out(sentence, highlight=False)
        if not self._documented:
            self.document({"status": "error", "exit_code": code, "message": sentence})
        raise typer.Exit(code)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    class QuietOnBrokenPipe(Console):
        """A console whose reader may leave, as ``head`` does, without that being an error."""

        def on_broken_pipe(self) -> None:
            self.quiet = True
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, (sys.stderr if stderr else sys.stdout).fileno())

    console = QuietOnBrokenPipe(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console


def _plain(content: Any) -> Any:
    """Containers and numbers as JSON knows them."""
    match content:
        case Mapping():
            return {str(key): _plain(value) for key, value in content.items()}
        case list() | tuple():
            return [_plain(value) for value in content]
        case float():
            return float(content) if math.isfinite(content) else None
    return content
