"""Where in which file something was written.

A scenario is read into plain mappings, lists and strings that remember their file and line, so that
an error found at any later stage can point at what its reader has to change.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from solidcell.engine.errors import InputError


class Place(NamedTuple):
    """A line of a file; line 0 stands for the whole of it."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def folder(self) -> Path:
        """The folder that paths written at this place are relative to."""
        return Path(self.file).parent


class Text(str):
    """A string as written, with its place."""

    __slots__ = ("place",)

    place: Place

    def __new__(cls, text: str, place: Place) -> Text:
        """Make a text that was written at ``place``."""
        self = super().__new__(cls, text)
        self.place = place
        return self

    def __reduce__(self) -> tuple[type[Text], tuple[str, Place]]:
        return Text, (str(self), self.place)


class Table(dict[str, object]):
    """A mapping as written, with the place of each of its keys."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: dict[str, Place] = {}

    def put(self, key: str, value: object, place: Place) -> None:
        """Set ``key`` and remember where it was written."""
        self[key] = value
        self.places[key] = place


class Items(list[object]):
    """A list as written, with the place of each of its items."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.places: list[Place] = []

    def add(self, value: object, place: Place) -> None:
        """Append ``value`` and remember where it was written."""
        self.append(value)
        self.places.append(place)


def place_of(written: object, key: str | int | None = None) -> Place | None:
    """Place of ``written``, or of one of its keys; None for what did not come from a file."""
    if isinstance(written, Table) and isinstance(key, str) and key in written.places:
        return written.places[key]
    if isinstance(written, Items) and isinstance(key, int) and key < len(written.places):
        return written.places[key]
    return written.place if isinstance(written, Text | Table | Items) else None


def mistake(place: Place | None, message: str) -> InputError:
    """An input error that says where it is, if that is known."""
    return InputError(f"{place}: {message}" if place else message)


def nearest(name: str, known: Iterable[str]) -> str:
    """The words ``, did you mean 'x'?`` for the known name closest to ``name``, or nothing."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f", did you mean '{close[0]}'?" if close else ""
