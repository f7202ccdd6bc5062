"""Room on the disk, taken before it is needed.

HDF5 can't undo half a write: a disk that fills up in the middle of one leaves a file that no
library opens. So the system sets room aside behind the end of the file before HDF5 goes there.
"""

import errno
import os
import shutil
import sys

import h5py


def reserve(file: h5py.File, size: int) -> None:
    """Set aside so many bytes behind the end of an open file.

    Parameters
    ----------
    file
        File open for writing.
    size
        Number of bytes.

    Raises
    ------
    OSError
        If the disk, a quota or a limit leaves no such room.
    """
    if sys.platform == "linux":
        os.posix_fallocate(file.id.get_vfd_handle(), file.id.get_filesize(), size)
    elif shutil.disk_usage(os.path.dirname(os.path.abspath(file.filename))).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.filename)


def close(file: h5py.File) -> None:
    """Close a file and give back the room that it did not need."""
    file.flush()
    name, size = file.filename, file.id.get_filesize()
    file.close()
    if os.path.getsize(name) > size:
        os.truncate(name, size)
