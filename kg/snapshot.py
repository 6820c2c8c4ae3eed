"""A frozen look at an Oxigraph folder that another process may be writing.

RocksDB, on which Oxigraph lies, never changes a table file (`*.sst`) once written, but deletes it when a newer one has taken
its place: a reader that opens files as it needs them would find some gone. So a reader gets a folder of its own: hard links to
the tables and logs, which cost no space, and a copy of the list of them (`MANIFEST`). The links are taken while that list stays
the same; then they belong together, and what lies in the folder is the dataset as it was after some whole transaction.
"""

import os
import sys
import weakref
from contextlib import suppress
from itertools import count
from pathlib import Path

_TRIES = 100
_HELD = "held"
_numbers = count()


class Snapshot:
    """A folder that an Oxigraph store can be opened from for reading; gone when `drop` is called, or the process ends.

    Attributes:
        path: the folder.
    """

    def __init__(self, path: Path, held: int) -> None:
        self.path = path
        self.drop = weakref.finalize(self, _drop, path, held)


def take(database: Path, shelf: Path) -> Snapshot | None:
    """Freeze the database, in a new folder below `shelf`; None where that cannot be: no right to write, or no hard links.

    Raises:
        OSError: there is no database, or it never stays the same for long enough.
    """
    if sys.platform == "win32":  # no folder of open files can be removed there
        return None
    try:
        shelf.mkdir(exist_ok=True)
        _sweep(shelf)
        folder = shelf / f"{os.getpid()}-{next(_numbers)}"
        folder.mkdir()
        snapshot = Snapshot(folder, _hold(folder / _HELD))
    except OSError:
        return None
    for _ in range(_TRIES):
        try:
            if _link(database, folder):
                return snapshot
        except FileNotFoundError:
            if not (database / "CURRENT").is_file():
                raise
        except OSError:
            snapshot.drop()
            return None
        for file in folder.iterdir():
            if file.name != _HELD:
                file.unlink()
    raise OSError(f"{database} is changing all the time")


def _link(database: Path, folder: Path) -> bool:
    """Fill `folder`; True if the database's list of files was the same before and after."""
    current = (database / "CURRENT").read_bytes()
    name = current.decode().strip()
    manifest = (database / name).read_bytes()
    for file in os.scandir(database):
        if file.name.endswith((".sst", ".log")):
            os.link(file.path, folder / file.name)
    (folder / name).write_bytes(manifest)
    (folder / "CURRENT").write_bytes(current)
    return (database / "CURRENT").read_bytes() == current and (database / name).stat().st_size == len(manifest)


def _hold(file: Path) -> int:
    """Give an open file that is locked until the process ends, however it ends."""
    import fcntl

    held = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return held


def _sweep(shelf: Path) -> None:
    """Remove what killed processes have left."""
    import fcntl

    for folder in shelf.iterdir():
        try:
            held = os.open(folder / _HELD, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue  # just being made, or being removed
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass
        else:
            _remove(folder)
        finally:
            os.close(held)


def _drop(folder: Path, held: int) -> None:
    _remove(folder)
    os.close(held)


def _remove(folder: Path) -> None:
    """Remove a folder of files, as far as that can be done."""
    with suppress(OSError):
        for file in os.scandir(folder):
            os.unlink(file.path)
        os.rmdir(folder)
