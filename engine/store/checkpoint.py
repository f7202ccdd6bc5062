"""The checkpoint of a run: ``NAME.h5.part.ckpt``, which with ``NAME.h5.part`` is all of it.

It holds the rows that do not yet fill a chunk and whatever the simulation hands over. It is replaced
as a whole, and an archive of NumPy's (zip, with a checksum for each array) can't be half read.
"""

import io
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solidcell.engine.store.growing import Kept

State = Mapping[str, NDArray[Any]]

_STATE, _TABLES = "state", "tables"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run at one moment.

    Attributes
    ----------
    state
        What the simulation needs to go on.
    tables
        What each table holds, by its path.
    """

    state: State
    tables: Mapping[str, Kept]


def checkpoint_of(part: Path) -> Path:
    """The checkpoint beside an unfinished file."""
    return part.with_name(part.name + ".ckpt")


def packed(checkpoint: Checkpoint) -> bytes:
    """Return the contents of the checkpoint's file."""
    arrays = {f"{_STATE}/{name}": np.asarray(value) for name, value in checkpoint.state.items()}
    for table, kept in checkpoint.tables.items():
        arrays[f"{_TABLES}/{table}"] = np.array(kept.stored)
        for name, rows in kept.waiting.items():
            plain = rows.astype(str) if rows.dtype.hasobject else rows
            arrays[f"{_TABLES}/{table}/{name}"] = plain
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    return content.getvalue()


def replace_checkpoint(path: Path, content: bytes) -> None:
    """Put the contents of a checkpoint in place of an earlier one.

    Raises
    ------
    OSError
        If the disk is full or fails; the earlier checkpoint stands then.
    """
    new = path.with_name(path.name + ".new")
    try:
        new.write_bytes(content)
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def read_checkpoint(path: Path) -> Checkpoint | None:
    """Return the checkpoint at `path`; None if there is none.

    Raises
    ------
    ValueError
        If it is damaged.
    OSError
        If it can't be read.
    """
    state: dict[str, NDArray[Any]] = {}
    stored: dict[str, int] = {}
    waiting: dict[str, dict[str, NDArray[Any]]] = {}
    try:
        with np.load(path, allow_pickle=False) as archive:
            for entry in archive.files:
                kind, name, *column = entry.split("/")
                if kind == _STATE:
                    state[name] = archive[entry]
                elif column:
                    waiting.setdefault(name, {})[column[0]] = archive[entry]
                else:
                    stored[name] = int(archive[entry])
    except FileNotFoundError:
        return None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise ValueError(f"{path} is damaged") from error
    return Checkpoint(
        state, {name: Kept(count, waiting.get(name, {})) for name, count in stored.items()}
    )
