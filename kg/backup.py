"""The whole dataset in one file and back: N-Quads, which any other triple store reads too, compressed by gzip.

A backup begins with a comment that says what it is, and ends with one that counts its statements, so that a part is never
taken for the whole. The same dataset gives the same bytes.
"""

import gzip
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox
from pyoxigraph import Quad, RdfFormat

from kg.errors import ExportError, StoreError
from kg.store import MARKER, Store, open_store
from kg.vocab import BASE

FORMAT = 1
"""Version of the backup's form."""

_HEAD = re.compile(r"# kg backup, format (\d+), base <([^<>]*)>\n")
_TAIL = re.compile(rb"# end of (\d+) statements\n\Z")
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)
_LEVEL = 6
_BATCH = 10_000


def backup(store: Store, file: str | os.PathLike[str]) -> int:
    """Write all named graphs to `file`, whole or not at all; give the number of statements.

    Args:
        file: ends in `.gz` to be compressed; an earlier one is replaced.

    Raises:
        ExportError: the file cannot be written.
        StoreError: the store cannot be read.
    """
    path = Path(file)
    unfinished = path.with_name(f".{path.name}.part")
    number = 0
    try:
        try:
            with unfinished.open("wb") as raw, _compressed(raw, path) as stream:
                stream.write(f"# kg backup, format {FORMAT}, base <{store.base}>\n".encode())
                quads = store.quads()
                while batch := list(islice(quads, _BATCH)):
                    stream.write(ox.serialize(batch, format=RdfFormat.N_QUADS) or b"")
                    number += len(batch)
                stream.write(f"# end of {number} statements\n".encode())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written ({error.strerror or error}); choose another place") from error
    return number


def restore(file: str | os.PathLike[str], store_path: str | os.PathLike[str]) -> int:
    """Make a store of a backup, whole or not at all; give the number of statements.

    Args:
        file: as `backup` writes it; N-Quads of another origin are read too.
        store_path: a folder that is not there yet, or empty.

    Raises:
        StoreError: there is something at `store_path`, or the file is no whole backup.
    """
    source, folder = Path(file), Path(store_path)
    if (folder / MARKER).exists() or (folder.is_dir() and any(folder.iterdir())) or folder.is_file():
        raise StoreError(f"{folder}: is there already; restore into a new folder, and remove the old one when all is well")
    unfinished = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        with _opened(source) as stream:
            head = _HEAD.match(stream.readline().decode("utf-8", "replace"))
        if head and int(head[1]) > FORMAT:
            raise StoreError(f"{source}: a backup of format {head[1]}, this kg knows {FORMAT}; install a newer kg")
        with open_store(unfinished, create=True, base=head[2] if head else BASE) as store:
            with _opened(source) as stream:
                whole = _Checked(stream)
                store.fill(_quads(whole, source))
            number = len(store)
        if head and whole.stated != number:
            raise StoreError(f"{source}: holds {number} statements, not all that were saved; take another backup")
        folder.rmdir() if folder.is_dir() else folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished.rename(folder)
    except _DAMAGED as error:
        raise _damage(source, error) from error
    except OSError as error:
        raise StoreError(f"{source}: cannot be restored ({error.strerror or error}); check the path") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return number


class _Checked:
    """A stream that keeps what its last line states."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._last = b""

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        found = self._stream.read(size)
        self._last = (self._last + found)[-80:] if found else self._last
        return found

    @property
    def stated(self) -> int | None:
        """How many statements there are, by the last line; None if it does not say."""
        tail = _TAIL.search(self._last)
        return int(tail[1]) if tail else None


def _quads(stream: _Checked, source: Path) -> Iterator[Quad]:
    try:
        for quad in ox.parse(cast("IO[bytes]", stream), format=RdfFormat.N_QUADS):
            if isinstance(quad.graph_name, ox.DefaultGraph):
                raise StoreError(f"{source}: a statement lies in no graph ({quad.triple}); name its graph")
            yield quad
    except _DAMAGED as error:
        raise _damage(source, error) from error
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{source}: is not N-Quads ({error}); give a file that 'kg backup' wrote") from error


def _damage(source: Path, error: Exception) -> StoreError:
    return StoreError(f"{source}: is damaged or cut off ({error}); take another backup")


@contextmanager
def _compressed(raw: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    if path.suffix != ".gz":
        yield raw
        return
    with gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as stream:  # without name and time, the same data is the same file
        yield stream  # type: ignore[misc]


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_compressed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if is_compressed else path.open("rb")  # type: ignore[return-value]
