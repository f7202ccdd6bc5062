"""Finding scenario files: beside the file that names them, or among the shipped ones."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib import resources
from pathlib import Path

from solidcell.engine.entry.place import Place, Text, mistake, nearest
from solidcell.engine.errors import InputError

RANGES = "ranges"
"""Name of the shipped file that says what a scenario's values may be, and is none itself."""


@lru_cache(maxsize=1)
def shipped_folder() -> Path:
    """The folder of the shipped scenarios, in a checkout or in an installed package.

    Raises
    ------
    InputError
        If the installation lacks it.
    """
    # In a checkout and in an installed package alike `scenarios` lies beside `engine`. This look
    # is a hundred times faster than the general one that follows.
    for here in (Path(__file__), Path(__file__).resolve()):
        folder = here.parents[2] / "scenarios"
        if folder.is_dir():
            return folder
    try:
        return Path(str(resources.files("solidcell.scenarios").joinpath("")))
    except (ModuleNotFoundError, TypeError):
        raise InputError("the shipped scenarios are missing; reinstall solidcell") from None


def shipped_scenarios() -> tuple[str, ...]:
    """Names of the runnable scenarios that are shipped."""
    files = shipped_folder().glob("*.yaml")
    return tuple(sorted(file.stem for file in files if file.stem != RANGES))


def find_scenario(path_or_name: str | Path) -> Path:
    """File of a scenario given by path or by the name of a shipped one.

    Raises
    ------
    InputError
        If there is neither such a file nor such a shipped scenario.
    """
    path = Path(path_or_name)
    if path.is_file():
        return path
    name = path.name.removesuffix(".yaml")
    shipped = shipped_folder() / f"{name}.yaml"
    if str(path_or_name) in (name, f"{name}.yaml") and shipped.is_file():
        return shipped
    known = shipped_scenarios()
    hint = nearest(name, known) or f"; give a path, or one of {', '.join(known)}"
    raise InputError(f"{path_or_name}: there is no such file or shipped scenario{hint}")


def find_beside(written: Text, what: str) -> Path:
    """File that a scenario names, relative to the scenario's folder or to the shipped ones.

    Parameters
    ----------
    written
        The path as written.
    what
        What the file is, for the error message: ``cell``.

    Raises
    ------
    InputError
        If there is no such file.
    """
    folder = written.place.folder
    for candidate in (folder / written, shipped_folder() / written):
        if candidate.is_file():
            return candidate
    folders = [(root / written).parent for root in (folder, shipped_folder())]
    names = [file.name for there in folders if there.is_dir() for file in there.iterdir()]
    hint = nearest(Path(written).name, names)
    raise mistake(
        written.place,
        f"the {what} '{written}' is missing{hint or f'; put it in {_shown_folder(folder)}'}",
    )


def _shown_folder(folder: Path) -> str:
    return "the current folder" if str(folder) == "." else f"'{folder}'"


def shown(file: Path) -> str:
    """The path of a file for a person: relative to the current folder if it lies inside."""
    absolute = os.path.normpath(os.path.abspath(file))
    inside = os.path.relpath(absolute)
    return absolute if inside.startswith("..") else inside


def place_in(file: Path, line: int = 0) -> Place:
    """A place in a file, shown as a person would name it."""
    return Place(shown(file), line)
