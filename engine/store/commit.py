"""A file whose contents change by whole commits, whenever its process is killed.

HDF5 updates its index in many small writes, and a process that is killed between two of them leaves
a file that no library opens. So HDF5 writes to memory here. A commit appends what is new behind the
end of the file, where nothing refers to it yet; writes what changes below to a journal of its own,
``NAME.redo``; makes these changes; and removes the journal. Killed before the journal is complete,
the file is as it was; killed after, whoever opens the file next makes the changes (again).
"""

import contextlib
import io
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from solidcell.engine.store import room

_PAGE = 512
"""Bytes that are journaled together: HDF5 rewrites a dataset's header and index, 2 kB or so."""

_HEAD = struct.Struct("<8sIQ")
"""Of a journal: mark, checksum and length of the rest."""
_CHANGE = struct.Struct("<QI")
"""Of a change: where, how many bytes."""
_MARK = b"scredo01"


class CommittedFile:
    """What h5py takes for a file; give it to ``h5py.File``.

    Parameters
    ----------
    path
        The file.
    create
        Whether it is made anew; else it is opened, and a journal that was left is made true.

    Raises
    ------
    OSError
        If the file can't be opened.
    """

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path = path
        if create:
            journal_of(path).unlink(missing_ok=True)
        else:
            _redo(path)
        self._raw = open(path, "w+b" if create else "r+b", buffering=0)  # noqa: SIM115
        # Up to here the file is what was committed; what lies behind is kept in `_tail`.
        self._committed = self._end = self._size = os.fstat(self._raw.fileno()).st_size
        self._pages: dict[int, bytearray] = {}
        self._tail = bytearray()
        self._position = 0

    def commit(self) -> None:
        """Bring what was written since the last commit to the disk, all of it or nothing.

        Raises
        ------
        OSError
            If the disk is full or fails; the file is as it was then.
        """
        self._tail.extend(bytes(max(0, self._size - self._committed - len(self._tail))))
        _write(self._raw, self._committed, self._tail)
        if changes := self._changes():
            self._journal(changes)
            self._end = self._size  # from here on the commit will be made, now or later
            for start, data in changes:
                _write(self._raw, start, data)
            journal_of(self.path).unlink(missing_ok=True)
        self._committed = self._end = self._size
        self._pages, self._tail = {}, bytearray()

    def reserve(self, size: int) -> None:
        """Set aside so many bytes on the disk for the next commits.

        Raises
        ------
        OSError
            If the disk, a quota or a limit leaves no such room.
        """
        end = self._committed
        room.reserve(self._raw.fileno(), self.path, end, max(0, self._size - end) + size)

    def rename(self, path: Path) -> None:
        """Give the file another name, in place of what has it."""
        self._raw.close()  # some systems rename no open file
        os.replace(self.path, path)
        self.path = path
        self._raw = open(path, "r+b", buffering=0)  # noqa: SIM115

    def close(self) -> None:
        """Close the file without a commit, and give back the room that it did not need."""
        with contextlib.suppress(OSError):
            if os.fstat(self._raw.fileno()).st_size > self._end:
                os.truncate(self._raw.fileno(), self._end)
        self._raw.close()

    @property
    def lost(self) -> bool:
        """Whether somebody has removed the file, or its folder."""
        try:
            return not os.path.samestat(os.stat(self.path), os.fstat(self._raw.fileno()))
        except FileNotFoundError:
            return True

    def rescue(self) -> bool:
        """Put a file that somebody has removed where it was; False if it was only moved away.

        Raises
        ------
        OSError
            If there is no such place any more.
        """
        if os.fstat(self._raw.fileno()).st_nlink:
            return False
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._raw.seek(0)
        with open(self.path, "xb") as again:
            again.write(self._raw.read(self._committed))
        self._raw.close()
        self._raw = open(self.path, "r+b", buffering=0)  # noqa: SIM115
        return True

    # What h5py calls.

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        """Position."""
        return self._position

    def readinto(self, buffer: memoryview) -> int:
        """Fill a buffer from here on; zeros where nothing was written."""
        data = memoryview(buffer).cast("B")
        start, stop = self._position, self._position + len(data)
        data[:] = bytes(len(data))
        if start < self._committed:
            self._raw.seek(start)
            self._raw.readinto(data[: self._committed - start])
            for page, first, last in _pages(start, min(stop, self._committed)):
                if page in self._pages:
                    piece = self._pages[page][first - page * _PAGE : last - page * _PAGE]
                    data[first - start : last - start] = piece
        if stop > self._committed:
            first = max(start, self._committed)
            piece = self._tail[first - self._committed : stop - self._committed]
            data[first - start : first - start + len(piece)] = piece
        self._position = stop
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """So many bytes from here on."""
        data = bytearray(max(0, self._size - self._position) if size < 0 else size)
        self.readinto(memoryview(data))
        return bytes(data)

    def write(self, buffer: memoryview) -> int:
        """Keep bytes for the next commit."""
        data = memoryview(buffer).cast("B")
        start, stop = self._position, self._position + len(data)
        for page, first, last in _pages(start, min(stop, self._committed)):
            if page not in self._pages:
                self._raw.seek(page * _PAGE)
                self._pages[page] = bytearray(self._raw.read(_PAGE).ljust(_PAGE, b"\0"))
            piece = data[first - start : last - start]
            self._pages[page][first - page * _PAGE : last - page * _PAGE] = piece
        if stop > self._committed:
            first = max(start, self._committed)
            place = first - self._committed
            self._tail.extend(bytes(max(0, place - len(self._tail))))
            self._tail[place : stop - self._committed] = data[first - start :]
        self._size = max(self._size, stop)
        self._position = stop
        return len(data)

    def truncate(self, size: int) -> int:
        """Let the file end here."""
        del self._tail[max(0, size - self._committed) :]
        self._size = size
        return size

    def flush(self) -> None:
        """Nothing: a commit is asked for by its name."""

    def _changes(self) -> list[tuple[int, bytes]]:
        """What changes below the end of what was committed: where, and to which bytes."""
        return [
            (page * _PAGE, bytes(data[: self._committed - page * _PAGE]))
            for page, data in sorted(self._pages.items())
        ]

    def _journal(self, changes: list[tuple[int, bytes]]) -> None:
        content = _packed(changes)
        try:
            journal_of(self.path).write_bytes(content)
        except OSError:
            # The room that was set aside stands behind the end of the file: there is a use for it.
            os.truncate(self._raw.fileno(), self._committed + len(self._tail))
            try:
                journal_of(self.path).write_bytes(content)
            except OSError:
                with contextlib.suppress(OSError):
                    journal_of(self.path).unlink(missing_ok=True)
                raise


def journal_of(path: Path) -> Path:
    """The journal beside a file."""
    return path.with_name(path.name + ".redo")


def mended(path: Path) -> bytes:
    """Contents of a file that its process may have left, or be, in the middle of a commit."""
    content, changes = path.read_bytes(), _read_journal(path)
    if not changes:
        return content
    whole = bytearray(content)
    for start, data in changes:
        whole[start : start + len(data)] = data
    return bytes(whole)


def _redo(path: Path) -> None:
    """Make the changes of a journal that was left complete, and remove it."""
    if changes := _read_journal(path):
        with open(path, "r+b", buffering=0) as raw:
            for start, data in changes:
                _write(raw, start, data)
    journal_of(path).unlink(missing_ok=True)


def _write(raw: io.FileIO, start: int, data: bytes | bytearray) -> None:
    view = memoryview(data)
    raw.seek(start)
    while view:
        view = view[raw.write(view) :]


def _packed(changes: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(_CHANGE.pack(start, len(data)) + data for start, data in changes)
    return _HEAD.pack(_MARK, zlib.crc32(body), len(body)) + body


def _read_journal(path: Path) -> list[tuple[int, bytes]]:
    """The changes of a file's journal; none if there is no journal, or it is not complete."""
    try:
        content = journal_of(path).read_bytes()
    except FileNotFoundError:
        return []
    if len(content) < _HEAD.size:
        return []
    mark, checksum, length = _HEAD.unpack_from(content)
    body = content[_HEAD.size :]
    if (mark, checksum, length) != (_MARK, zlib.crc32(body), len(body)):
        return []
    changes, place = [], 0
    while place < length:
        start, size = _CHANGE.unpack_from(body, place)
        place += _CHANGE.size
        changes.append((start, body[place : place + size]))
        place += size
    return changes


def _pages(start: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """Pages that a range of bytes touches, each with the part of the range in it."""
    while start < stop:
        page = start // _PAGE
        last = min(stop, (page + 1) * _PAGE)
        yield page, start, last
        start = last
