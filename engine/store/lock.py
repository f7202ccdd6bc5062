"""Keeps two writers of one results file apart.

The operating system holds the lock and drops it when its process ends, however it ends: a killed
run leaves no lock behind that a person would have to remove.
"""

import contextlib
import os
import sys
from pathlib import Path

from solidcell.engine.errors import InputError


class WriterLock:
    """An exclusive lock on ``PATH.lock``, held from construction until `release`.

    Parameters
    ----------
    target
        The results file that is about to be written.

    Raises
    ------
    InputError
        If another process holds the lock.
    OSError
        If the lock file can't be created.
    """

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(target.name + ".lock")
        while True:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                _lock(self._descriptor)
            except OSError as error:
                os.close(self._descriptor)
                raise InputError(
                    f"{target} is being written by another run; "
                    "wait for it or choose another file with -o."
                ) from error
            if self._is_current():
                return
            os.close(self._descriptor)

    def _is_current(self) -> bool:
        """Whether the locked file is still on disk: its last owner may just have removed it."""
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Remove the lock file and free the lock."""
        if sys.platform == "win32":  # there an open file can't be removed
            os.close(self._descriptor)
            with contextlib.suppress(OSError):
                self.path.unlink()
        else:
            self.path.unlink(missing_ok=True)
            os.close(self._descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
