"""The store over HTTP: the reading side of the SPARQL 1.1 Protocol at `/sparql`, and a page to ask from at `/`.

Each query runs in a worker process. Oxigraph cannot be told to stop, so a query that takes too long, or more memory than a
worker may have, ends with its worker; the server goes on. A worker opens the store for each query, so answers are always of
the store as it is now. Nothing here can change the store.
"""

import asyncio
import multiprocessing
import os
import queue
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, cast
from urllib.parse import parse_qs

import pyoxigraph as ox
import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, RdfFormat, Triple
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.errors import KgError, QueryError
from kg.query import GRAPH_FORMATS, Triples, run_query, saved_queries, saved_query, serialize
from kg.resources import data_path
from kg.sparql import Query
from kg.store import Store, open_store
from kg.vocab import RDF, prefixes

MAX_REQUEST = 1_000_000
"""The longest body of a request, in bytes."""

TIMEOUT = 30.0
"""Seconds that a query may take, waiting for a free worker included."""

WORKERS = 2
MAX_MEMORY = 4 << 30
"""Bytes of data that a worker may hold (where the system can limit it)."""

SOLUTION_TYPES: Mapping[str, str] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""Media types of the answers to SELECT and ASK, with their names in `kg.query`; the first is the default."""

GRAPH_TYPES: Mapping[str, str] = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
    "application/x-turtle": "turtle",
    "application/xml": "rdfxml",
    "application/json": "jsonld",
}
"""Media types of the answers to CONSTRUCT and DESCRIBE, and of the service description."""

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULT_FORMATS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_RDF_FORMATS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"


@dataclass(frozen=True, slots=True)
class Question:
    """One query, as a worker needs it.

    Attributes:
        text: SPARQL; or `saved`, the name of a saved query, with `parameters`.
        format: of the answer, as `kg.query.serialize` names it.
        default_graphs, named_graphs: IRIs of the dataset to ask; none of both means the whole store, united.
    """

    text: str = ""
    saved: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    format: str = "json"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back: an HTTP status, and the answer or a readable error."""

    status: int
    text: str


def answer(store: Store, question: Question) -> Answer:
    """Answer a question over an open store; errors become their status."""
    try:
        asked = saved_query(question.saved) if question.saved else question.text
        visible = _Selection(store, question) if question.default_graphs or question.named_graphs else store
        result = run_query(visible, asked, question.parameters)
        return Answer(200, serialize(result, question.format, base=store.base))
    except QueryError as error:
        return Answer(400, str(error))


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
        return cast("ox.Store", self)  # of which `run_query` calls `query` alone: free text names no entities to look up

    def query(self, text: str, *, use_default_graph_as_union: bool = False, **options: Any) -> Any:
        """Ask the selected graphs, whatever dataset was meant else."""
        return super().database.query(text, default_graph=self._default, named_graphs=self._named, **options)


def _iri(name: str, where: str) -> NamedNode:
    try:
        return NamedNode(name)
    except ValueError as error:
        raise QueryError(f"{where}: '{name}' is not an IRI; write it in full") from error


# Workers -----------------------------------------------------------------------------------------------------------


def _work(connection: Connection, store_path: str) -> None:
    """Answer questions until the server closes the connection, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server ends its workers
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            question = connection.recv()
        except (EOFError, OSError):
            return
        try:
            with open_store(store_path, read_only=True) as store:
                found = answer(store, question)
        except KgError as error:
            found = Answer(500, str(error))
        except MemoryError:
            found = Answer(503, "query: needs more memory than it may have; ask for less, as with LIMIT")
        connection.send(found)


class _Worker:
    """One process that answers, and its end of the line."""

    def __init__(self, store_path: str) -> None:
        self.connection, far_end = multiprocessing.get_context("spawn").Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=_work, args=(far_end, store_path), daemon=True)
        self._process.start()
        far_end.close()

    def ask(self, question: Question, seconds: float) -> Answer | None:
        """Give the answer; None if it does not come in time.

        Raises:
            OSError, EOFError: the worker has died.
        """
        self.connection.send(question)
        return cast("Answer", self.connection.recv()) if self.connection.poll(seconds) else None

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()


class Workers:
    """A few processes that answer questions over one store; one that hangs or dies is replaced.

    Args:
        store_path: folder of the store.
        timeout: seconds that a question may take.
        number: how many are answered at once.
    """

    def __init__(self, store_path: str, *, timeout: float = TIMEOUT, number: int = WORKERS) -> None:
        self._store_path = store_path
        self._timeout = timeout
        self._idle: queue.Queue[_Worker] = queue.Queue()
        self._all = {_Worker(store_path) for _ in range(number)}
        for worker in self._all:
            self._idle.put(worker)

    def ask(self, question: Question) -> Answer:
        """Give the answer to a question, or say with 503 why there is none."""
        try:
            worker = self._idle.get(timeout=self._timeout)
        except queue.Empty:
            return Answer(503, "query: the server is busy with other queries; ask again later")
        try:
            found = worker.ask(question, self._timeout)
            trouble = f"took longer than {self._timeout:g} s; ask for less, or start 'kg serve' with a longer --timeout"
        except (EOFError, OSError):
            found = None
            trouble = "needed more memory than it may have, or went too deep; ask for less, as with LIMIT"
        if found is None:
            worker.end()
            self._all.discard(worker)
            worker = _Worker(self._store_path)
            self._all.add(worker)
            found = Answer(503, f"query: {trouble}")
        self._idle.put(worker)
        return found

    def close(self) -> None:
        """End all processes."""
        for worker in self._all:
            worker.end()


# HTTP --------------------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """A request that is not answered: a status and a line that says why."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.response = _text(status, message, **headers)


def make_app(store_path: str, *, timeout: float = TIMEOUT, allowed_hosts: Iterable[str] = ("*",)) -> Starlette:
    """Give the web application over the store in folder `store_path`, for any ASGI server.

    Args:
        timeout: seconds that a query may take.
        allowed_hosts: names by which the server may be called; keeps pages of other sites from reading a local store by a
            name of theirs that leads here.

    Raises:
        StoreError: there is no store to read.
    """
    with open_store(store_path, read_only=True) as store:
        base = store.base
    workers = Workers(store_path, timeout=timeout)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        workers.close()

    async def sparql(request: Request) -> Response:
        given = await _protocol_parameters(request)
        if "update" in given:
            raise _Refused(403, "update: this store is only read here; documents come by 'kg build' and go by 'kg remove'")
        asked = given.get("query", [])
        if not asked and request.method != "POST":
            return _service_description(request)
        if len(asked) != 1:
            raise _Refused(400, f"query: {'missing' if not asked else 'given more than once'}; send one parameter 'query'")
        default, named = given.get("default-graph-uri", []), given.get("named-graph-uri", [])
        try:
            form = Query(asked[0]).form
        except QueryError as error:
            raise _Refused(400, str(error)) from error
        media_type, format_ = _negotiate(request, form)
        question = Question(asked[0], format=format_, default_graphs=tuple(default), named_graphs=tuple(named))
        return _respond(await asyncio.to_thread(workers.ask, question), media_type)

    async def saved(request: Request) -> Response:
        try:
            form = Query(saved_query(request.path_params["name"]).text).form
        except QueryError as error:
            raise _Refused(404, str(error)) from error
        media_type, format_ = _negotiate(request, form)
        question = Question(saved=request.path_params["name"], parameters=dict(request.query_params), format=format_)
        return _respond(await asyncio.to_thread(workers.ask, question), media_type)

    async def page(request: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return Response(_page(store_path, base, nonce), media_type="text/html", headers=headers)

    async def refused(request: Request, error: Exception) -> Response:
        return cast("_Refused", error).response

    return Starlette(
        routes=[
            Route("/", page),
            Route("/sparql", sparql, methods=["GET", "POST"]),
            Route("/saved/{name}", saved),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts), www_redirect=False)],
        exception_handlers={_Refused: refused},
        lifespan=lifespan,
    )


async def _protocol_parameters(request: Request) -> dict[str, list[str]]:
    """Give the parameters of a protocol operation, from the address or the body as its content type says."""
    in_address = parse_qs(request.url.query, keep_blank_values=True)
    if request.method != "POST":
        return in_address
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in (_FORM, _QUERY, _UPDATE):
        raise _Refused(415, f"'{content_type}' is not read; send {_FORM} or {_QUERY}", accept_post=f"{_FORM}, {_QUERY}")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_REQUEST:
            raise _Refused(413, f"the request is longer than {MAX_REQUEST:,} bytes; shorten the query", connection="close")
    try:
        text = body.decode("utf-8")
        if content_type == _FORM:
            return parse_qs(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise _Refused(400, f"the request is not UTF-8 (byte {error.start}); encode it so") from error
    return in_address | {"query" if content_type == _QUERY else "update": [text]}


def _negotiate(request: Request, form: str) -> tuple[str, str]:
    """Give the media type and format of the answer that the client likes best."""
    offered = SOLUTION_TYPES if form in ("SELECT", "ASK") else GRAPH_TYPES
    chosen = preferred(request.headers.get("accept", "*/*"), offered)
    if chosen is None:
        raise _Refused(406, f"{form} is answered in {', '.join(offered)}; change the Accept header")
    return chosen, offered[chosen]


def preferred(accept: str, offered: Iterable[str]) -> str | None:
    """Give the media type of `offered` that an Accept header likes best, the earlier of equals; None if it wants none.

    >>> preferred("text/csv;q=0.5, application/*", ("text/turtle", "text/csv", "application/json"))
    'application/json'
    """
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        name, *options = (piece.strip().lower() for piece in part.split(";"))
        quality = next((option[2:] for option in options if option.startswith("q=")), "1")
        try:
            ranges[name] = float(quality)
        except ValueError:
            ranges[name] = 0.0

    def liking(media_type: str) -> float:
        wildcards = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
        return next((ranges[name] for name in wildcards if name in ranges), 0.0)

    best = max(offered, key=liking, default=None)
    return best if best and liking(best) > 0 else None


def _respond(found: Answer, media_type: str) -> Response:
    if found.status != 200:
        return _text(found.status, found.text)
    return Response(found.text, media_type=media_type, headers={"Vary": "Accept", "X-Content-Type-Options": "nosniff"})


def _text(status: int, message: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()} | {"X-Content-Type-Options": "nosniff"}
    return Response(f"{message}\n", status, named, media_type="text/plain")


def _service_description(request: Request) -> Response:
    """Say what this endpoint can do, in RDF (SPARQL 1.1 Service Description)."""
    media_type, format_ = _negotiate(request, "DESCRIBE")
    endpoint = NamedNode(str(request.url.replace(query="", fragment="")))
    dataset = NamedNode(f"{endpoint.value}#dataset")
    default_graph = NamedNode(f"{endpoint.value}#union")
    facts = [
        (endpoint, RDF + "type", _SD + "Service"),
        (endpoint, _SD + "endpoint", endpoint.value),
        (endpoint, _SD + "supportedLanguage", _SD + "SPARQL11Query"),
        (endpoint, _SD + "feature", _SD + "UnionDefaultGraph"),
        (endpoint, _SD + "defaultDataset", dataset.value),
        (dataset, RDF + "type", _SD + "Dataset"),
        (dataset, _SD + "defaultGraph", default_graph.value),
        (default_graph, RDF + "type", _SD + "Graph"),
    ]
    facts += [(endpoint, _SD + "resultFormat", _FORMATS + name) for name in (*_RESULT_FORMATS, *_RDF_FORMATS)]
    described = Triples(tuple(Triple(s, NamedNode(p), NamedNode(o)) for s, p, o in facts))
    known = {"sd": _SD, "formats": _FORMATS}
    rdf_format: RdfFormat = GRAPH_FORMATS[format_]
    content = ox.serialize(sorted(described, key=str), format=rdf_format, prefixes=known) or b""
    return Response(content, media_type=media_type, headers={"Vary": "Accept"})


def _page(store_path: str, base: str, nonce: str) -> str:
    shown = [
        {
            "name": saved.name,
            "title": saved.title,
            "description": saved.description,
            "text": saved.text,
            "parameters": [
                {"name": asked.name, "default": asked.default or "", "text": asked.text, "optional": asked.is_optional}
                for asked in saved.parameters
            ],
        }
        for saved in saved_queries().values()
    ]
    environment = Environment(
        loader=FileSystemLoader(data_path("templates"), encoding="utf-8"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("serve.html").render(
        name=os.path.basename(os.path.abspath(store_path)),
        settings={"queries": shown, "prefixes": prefixes(base)},
        prefixes=prefixes(base),
        queries=shown,
        nonce=nonce,
    )


# Serving -----------------------------------------------------------------------------------------------------------


def listen(host: str, port: int) -> socket.socket:
    """Open the port to serve at; port 0 takes a free one.

    Raises:
        KgError: the port is taken, not allowed, or the address not of this machine.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise KgError(f"{host}:{port}: cannot serve here ({reason}); choose another with --port or --host") from error


def serve(store_path: str, listener: socket.socket, *, timeout: float = TIMEOUT) -> None:
    """Serve the store until Ctrl-C or SIGTERM.

    Args:
        listener: as `listen` gives it.
        timeout: seconds that a query may take.

    Raises:
        StoreError: there is no store to read.
    """
    host = listener.getsockname()[0]
    app = make_app(store_path, timeout=timeout, allowed_hosts=_LOOPBACK if host in _LOOPBACK else ("*",))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=3))
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn has shut down by then, and passes the signal on
    finally:
        listener.close()
