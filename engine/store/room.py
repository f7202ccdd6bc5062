"""Room on the disk, taken before it is needed.

A disk that fills up in the middle of a commit would cost the rows of that commit. So the system sets
room aside behind the end of the file before there is anything to write.
"""

import errno
import os
import shutil
import sys
from pathlib import Path


def reserve(descriptor: int, path: Path, end: int, size: int) -> None:
    """Set aside bytes behind the end of an open file.

    Parameters
    ----------
    descriptor, path
        The file, open for writing.
    end
        Where it ends.
    size
        Number of bytes.

    Raises
    ------
    OSError
        If the disk, a quota or a limit leaves no such room.
    """
    if sys.platform == "linux":
        os.posix_fallocate(descriptor, end, size)
    elif shutil.disk_usage(os.path.abspath(path.parent)).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
