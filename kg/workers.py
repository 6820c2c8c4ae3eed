"""Queries in processes of their own, which can be ended.

Oxigraph cannot be told to stop, so a query that takes too long, or more memory than a worker may have, ends with its worker;
whoever asked goes on. A worker opens the store for each query, so an answer is always of the store as it is now, and comes
piece by piece, so that it may be longer than memory.
"""

import json
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import TracebackType
from typing import IO, Any, Self, cast

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, NamedNode

from kg.errors import KgError, QueryError, StoreInUseError
from kg.perspective import EVERYTHING, Perspective, view
from kg.query import run_query, run_update, write_query
from kg.results import Result, Term
from kg.saved import saved_query
from kg.store import Store, open_store

TIMEOUT = 30.0
"""Seconds that a query may take, waiting for a free worker included."""

WORKERS = 2
WAITING = 32
"""How many more may wait for a free worker."""

MAX_MEMORY = 4 << 30
"""Bytes of data that a worker may hold (where the system can limit it)."""

_START = 60.0
"""Seconds that a new worker may take to start; a question's own time begins after that."""

_CHUNK = 1 << 16
_RESULT = "result"
"""The format of an answer as Python objects."""


@dataclass(frozen=True, slots=True)
class Question:
    """One query, as a worker needs it.

    Attributes:
        text: SPARQL; or `saved`, the name of a saved query; with `parameters`.
        name: what messages call it.
        format, width: of the answer, as for `kg.results.serialize`.
        default_graphs, named_graphs: IRIs of the dataset to ask; none of both means the whole store, united.
        max_bytes: the longest answer; None: as long as it gets.
        perspective: which claims of the store are seen.
        is_update: True if `text` changes the store; the answer is then empty.
        using: of an update, as for `kg.query.run_update`.
        allow_remote: True if it may ask other servers, and fetch from the web.
        view: a view of `kg.explorer` instead of a query; it takes the parameters, and the answer is JSON.
    """

    text: str = ""
    saved: str | None = None
    name: str = "query"
    parameters: Mapping[str, str | Term] = field(default_factory=dict)
    format: str | None = None
    width: int | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    max_bytes: int | None = None
    perspective: Perspective = EVERYTHING
    is_update: bool = False
    using: tuple[str, ...] = ()
    allow_remote: bool = False
    view: str | None = None


@dataclass(frozen=True, slots=True)
class _Message:
    """A piece of an answer: the next bytes, the end of them (empty), or an HTTP status and what went wrong."""

    content: bytes = b""
    status: int = 200
    text: str = ""


class _Sender:
    """A stream of which each piece goes to the other process."""

    def __init__(self, connection: Connection, limit: int | None) -> None:
        self._connection = connection
        self._limit = limit
        self._pending = bytearray()
        self._total = 0
        self.is_over = False

    def write(self, content: bytes) -> int:
        self._total += len(content)
        if self._limit is not None and self._total > self._limit:
            self.is_over = True
            raise ValueError("too long")
        self._pending += content
        if len(self._pending) >= _CHUNK:
            self.flush()
        return len(content)

    def flush(self) -> None:
        if self._pending:
            self._connection.send(_Message(bytes(self._pending)))
            self._pending.clear()


def _answer(store: Store, question: Question, output: IO[bytes]) -> None:
    if question.view is not None:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small pictures; threads would only wait for each other
        from kg.explorer import VIEWS  # slow to load, and not needed to answer queries

        found = VIEWS[question.view](store, {name: str(value) for name, value in question.parameters.items()})
        output.write(json.dumps(found, ensure_ascii=True, separators=(",", ":")).encode())
        return
    asked = saved_query(question.saved) if question.saved else question.text
    seen = view(store, question.perspective)
    visible = _Selection(seen, question) if question.default_graphs or question.named_graphs else seen
    if question.format == _RESULT:
        result = run_query(visible, asked, question.parameters, name=question.name, allow_remote=question.allow_remote)
        output.write(pickle.dumps(result))
        return
    write_query(
        visible,
        asked,
        output,
        question.parameters,
        format=question.format,
        width=question.width,
        name=question.name,
        allow_remote=question.allow_remote,
    )


class _Selection(Store):
    """A store of which queries see only the graphs that a request names (SPARQL 1.1 Protocol, 2.1.4)."""

    def __init__(self, store: Store, question: Question) -> None:
        super().__init__(store.database, path=store.path, base=store.base, read_only=True)
        self._default: list[NamedNode | BlankNode | DefaultGraph] = [
            _iri(name, "default-graph-uri") for name in question.default_graphs
        ]
        self._named: list[NamedNode | BlankNode] = [_iri(name, "named-graph-uri") for name in question.named_graphs]

    @property
    def database(self) -> ox.Store:
        return cast("ox.Store", self)  # of which `write_query` calls `query` alone: free text names no entities to look up

    def query(self, text: str, *, use_default_graph_as_union: bool = False, **options: Any) -> Any:
        """Ask the selected graphs, whatever dataset was meant else."""
        return super().database.query(text, default_graph=self._default, named_graphs=self._named, **options)


def _iri(name: str, where: str) -> NamedNode:
    try:
        return NamedNode(name)
    except ValueError as error:
        raise QueryError(f"{where}: '{name}' is not an IRI; write it in full") from error


def _work(connection: Connection, store_path: str) -> None:
    """Answer questions until the other process closes the connection, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the other process ends its workers
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    connection.send(_Message())
    while True:
        try:
            question = connection.recv()
        except (EOFError, OSError):
            return
        sender = _Sender(connection, question.max_bytes)
        try:
            with open_store(store_path, read_only=not question.is_update) as store:
                if question.is_update:
                    from kg.derive import derive

                    run_update(
                        store,
                        question.text,
                        question.parameters,
                        name=question.name,
                        using=question.using,
                        allow_remote=question.allow_remote,
                    )
                    if store.is_outdated:
                        derive(store)
                else:
                    _answer(store, question, cast("IO[bytes]", sender))
            sender.flush()
            end = _Message()
        except MemoryError:
            end = _Message(status=503, text=f"{question.name}: needs more memory than it may have; ask for less, as with LIMIT")
        except Exception as error:
            if sender.is_over:
                end = _Message(
                    status=400, text=f"{question.name}: more than {question.max_bytes:,} bytes; ask for less, as with LIMIT"
                )
            elif isinstance(error, KgError):
                end = _Message(status=_status(error), text=str(error))
            else:
                raise
        try:
            connection.send(end)
        except OSError:
            return


def _status(error: KgError) -> int:
    """Give the HTTP status of a question that could not be answered."""
    if isinstance(error, QueryError):
        return 400
    return 503 if isinstance(error, StoreInUseError) else 500


class _Worker:
    """One process that answers, and its end of the line."""

    def __init__(self, store_path: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, far_end = context.Pipe()
        self._process = context.Process(target=_work, args=(far_end, store_path), daemon=True)
        self._process.start()
        far_end.close()
        self._is_up = False

    def wait(self) -> None:
        """Wait until the process has begun to listen.

        Raises:
            OSError, EOFError: it died, or did not come up.
        """
        if not self._is_up and self.hear(time.monotonic() + _START) is None:
            raise EOFError
        self._is_up = True

    def hear(self, deadline: float) -> _Message | None:
        """Give the next message; None if it does not come in time.

        Raises:
            OSError, EOFError: the worker has died.
        """
        is_there = self.connection.poll(max(0.0, deadline - time.monotonic()))
        return cast("_Message", self.connection.recv()) if is_there else None

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()


class Interrupted(KgError):
    """An answer broke off after its beginning."""


class Reply:
    """What comes back: an HTTP status, and a readable error or the pieces of the answer.

    Attributes:
        status: 200, or why there is no answer.
        text: the error, if it is one.
    """

    def __init__(self, status: int, text: str = "", pieces: Generator[bytes, None, None] | None = None) -> None:
        self.status = status
        self.text = text
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces; to stop before the end, `close`.

        Raises:
            Interrupted: it took too long, or the worker died.
        """
        return self._pieces or iter(())

    def close(self) -> None:
        """Let the worker go, also if not all has been read."""
        if self._pieces is not None:
            self._pieces.close()


class Workers:
    """A few processes that answer questions over one store; one that hangs or dies is replaced.

    Args:
        store_path: folder of the store.
        timeout: seconds that a question may take.
        number: how many are answered at once.
        waiting: how many more may wait for their turn.
        longer: what to do about a question that took too long, for the message.
    """

    def __init__(
        self,
        store_path: str,
        *,
        timeout: float = TIMEOUT,
        number: int = WORKERS,
        waiting: int = WAITING,
        longer: str = "give it more time with --timeout",
    ) -> None:
        self._store_path = store_path
        self._timeout = timeout
        self._longer = longer
        self._idle: queue.Queue[_Worker] = queue.Queue()
        self._places = threading.BoundedSemaphore(number + waiting)
        self._all = {_Worker(store_path) for _ in range(number)}
        self._closed = False
        for worker in self._all:
            self._idle.put(worker)

    def ask(self, question: Question) -> Reply:
        """Give the answer to a question, once it has begun, or say why there is none."""
        deadline = time.monotonic() + self._timeout
        busy = Reply(503, f"{question.name}: the server is busy with other queries; ask again later")
        if not self._places.acquire(blocking=False):
            return busy
        try:
            worker = self._idle.get(timeout=self._timeout)
        except queue.Empty:
            self._places.release()
            return busy
        pieces = self._pieces(worker, question, deadline - time.monotonic())
        first = next(pieces)
        if isinstance(first, _Message):
            pieces.close()
            return Reply(first.status, first.text)
        return Reply(200, pieces=_bytes(first, pieces))

    def _pieces(self, worker: _Worker, question: Question, seconds: float) -> Generator[bytes | _Message, None, None]:
        """Yield what the worker sends, and put it back or replace it whatever happens; a trouble is yielded as a message."""
        is_whole = False
        try:
            worker.wait()
            deadline = time.monotonic() + seconds
            worker.connection.send(question)
            while True:
                heard = worker.hear(deadline)
                if heard is None:
                    yield _Message(
                        status=503,
                        text=f"{question.name}: took longer than {self._timeout:g} s; ask for less, or {self._longer}",
                    )
                    return
                if not heard.content:
                    is_whole = True
                    self._give_back(worker)
                    yield heard if heard.status != 200 else b""
                    return
                yield heard.content
        except (EOFError, OSError):
            yield _Message(
                status=503,
                text=f"{question.name}: needed more memory than it may have, or went too deep; ask for less, as with LIMIT",
            )
        finally:
            if not is_whole:
                self._replace(worker)

    def _give_back(self, worker: _Worker) -> None:
        self._idle.put(worker)
        self._places.release()

    def _replace(self, worker: _Worker) -> None:
        worker.end()
        self._all.discard(worker)
        if not self._closed:
            fresh = _Worker(self._store_path)
            self._all.add(fresh)
            self._give_back(fresh)

    def close(self) -> None:
        """End all processes."""
        self._closed = True
        for worker in list(self._all):
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _bytes(first: bytes, rest: Generator[bytes | _Message, None, None]) -> Generator[bytes, None, None]:
    try:
        yield first
        for piece in rest:
            if isinstance(piece, _Message):
                raise Interrupted(piece.text)
            yield piece
    finally:
        rest.close()


def run_query_within(
    seconds: float,
    store_path: str,
    query: str,
    parameters: Mapping[str, str | Term] | None = None,
    *,
    saved: bool = False,
    perspective: Perspective = EVERYTHING,
    allow_remote: bool = False,
) -> Result:
    """Answer a query as `kg.query.run_query` does, in a process of its own that is ended when time is up.

    Args:
        seconds: how long it may take.
        store_path: folder of the store, or address of an endpoint.
        query: SPARQL, or with `saved` the name of a saved query.
        perspective: which claims are seen.
        allow_remote: True if it may ask other servers.

    Raises:
        QueryError: the query or a parameter is wrong, or it took too long.
    """
    named = query if saved else None
    question = Question(
        query, named, parameters=parameters or {}, format=_RESULT, perspective=perspective, allow_remote=allow_remote
    )
    with Workers(store_path, timeout=seconds, number=1, longer="give it more time") as workers:
        reply = workers.ask(question)
        if reply.status != 200:
            raise QueryError(reply.text)
        return cast("Result", pickle.loads(b"".join(reply)))
