"""The store over HTTP: SPARQL 1.1 Protocol at `/sparql`, Graph Store Protocol (reading) at `/graphs`, pages for people.

At `/` one asks in SPARQL, at `/explore` one looks around (`kg.explorer`).
Queries run in worker processes (`kg.workers`), so that none can harm the server, and answers are of the store as it is now.
Nothing is changed unless the server was started for it, and then only for whoever brings the token.
"""

import hmac
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import IO, Any, cast
from urllib.parse import parse_qs

import pyoxigraph as ox
import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pyoxigraph import NamedNode, RdfFormat, Triple
from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from kg.errors import KgError, QueryError
from kg.explorer_page import VIEWS, explorer_page
from kg.resources import data_path
from kg.results import GRAPH_FORMATS, Triples
from kg.saved import saved_queries, saved_query
from kg.sparql import Query, Update
from kg.store import open_store
from kg.vocab import RDF, prefixes
from kg.workers import TIMEOUT, WORKERS, Interrupted, Question, Reply, Workers

TOKEN = "KG_SERVE_TOKEN"
"""Environment variable with the word that lets somebody change the store."""

MAX_REQUEST = 1_000_000
"""The longest body of a request, in bytes."""

MAX_ANSWER = 256_000_000
"""The longest answer, in bytes."""

SOLUTION_TYPES: Mapping[str, str] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""Media types of the answers to SELECT and ASK, with their names in `kg.results`; the first is the default."""

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


_STATIC = {"yasqe.min.js": "text/javascript", "yasqe.min.css": "text/css"}
_CONNECTIONS = 200
"""How many requests are held at once, those that only wait included."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a store is served.

    Attributes:
        timeout: seconds that a query or update may take.
        workers: how many are answered at once; some more wait for their turn.
        max_answer: the longest answer, in bytes.
        allowed_hosts: names by which the server may be called; keeps pages of other sites from reading a local store by a
            name of theirs that leads here.
        cors: origins of pages that may read answers (`*`: all).
        token: the word that lets somebody change the store; None: nobody may.
        allow_remote: True if whoever brings the token may also have other servers asked (SERVICE), and files fetched (LOAD).
        log: is told of each request in one line; None: no one is.
    """

    timeout: float = TIMEOUT
    workers: int = WORKERS
    max_answer: int = MAX_ANSWER
    allowed_hosts: tuple[str, ...] = ("*",)
    cors: tuple[str, ...] = ()
    token: str | None = None
    allow_remote: bool = False
    log: IO[str] | None = None


# HTTP --------------------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """A request that is not answered: a status and a line that says why."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.response = _text(status, message, **headers)


def make_app(store_path: str, settings: Settings | None = None) -> Starlette:
    """Give the web application over the store in folder `store_path`, for any ASGI server.

    Raises:
        StoreError: there is no store to read.
    """
    chosen = settings or Settings()
    with open_store(store_path, read_only=True) as store:
        base = store.base
    longer = "start 'kg serve' with a longer --timeout"
    workers = Workers(store_path, timeout=chosen.timeout, number=chosen.workers, longer=longer)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        workers.close()

    async def answered(question: Question) -> Reply:
        reply = await run_in_threadpool(workers.ask, question)
        if reply.status != 200:
            again = {"retry_after": "5"} if reply.status == 503 else {}
            raise _Refused(reply.status, reply.text, **again)
        return reply

    async def respond(question: Question, media_type: str) -> Response:
        reply = await answered(question)
        headers = {"Vary": "Accept", "X-Content-Type-Options": "nosniff"}
        return StreamingResponse(_stream(reply), media_type=media_type, headers=headers)

    def brings_token(request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return chosen.token is not None and _is_known(given, chosen.token)

    async def sparql(request: Request) -> Response:
        given = await _protocol_parameters(request)
        if "update" in given:
            return await update(request, given)
        asked = given.get("query", [])
        if not asked and request.method != "POST":
            return _service_description(request, is_writable=chosen.token is not None)
        text = _single(asked, "query")
        may_ask_others = chosen.allow_remote and brings_token(request)
        try:
            form = Query(text, allow_remote=may_ask_others).form
        except QueryError as error:
            raise _Refused(400, str(error)) from error
        media_type, format_ = _negotiate(request, form)
        default, named = given.get("default-graph-uri", []), given.get("named-graph-uri", [])
        question = Question(
            text,
            format=format_,
            default_graphs=tuple(default),
            named_graphs=tuple(named),
            max_bytes=chosen.max_answer,
            allow_remote=may_ask_others,
        )
        return await respond(question, media_type)

    async def update(request: Request, given: Mapping[str, list[str]]) -> Response:
        if chosen.token is None:
            raise _Refused(
                403,
                "update: this store is only read here; documents come by 'kg build' and go by 'kg remove', or serve --writable",
            )
        if request.method != "POST":
            raise _Refused(400, "update: changes come by POST")
        if not brings_token(request):
            raise _Refused(
                401, "update: send the header 'Authorization: Bearer …' with the server's token", www_authenticate="Bearer"
            )
        text = _single(given["update"], "update")
        try:
            Update(text, allow_remote=chosen.allow_remote)
        except QueryError as error:
            raise _Refused(400, str(error)) from error
        using = tuple(
            f"{clause} {_named(value, name)}"
            for name, clause in (("using-graph-uri", "USING"), ("using-named-graph-uri", "USING NAMED"))
            for value in given.get(name, ())
        )
        question = Question(text, name="update", is_update=True, using=using, allow_remote=chosen.allow_remote)
        reply = await answered(question)
        await run_in_threadpool(lambda: b"".join(reply))
        return Response(status_code=204)

    async def graphs(request: Request) -> Response:
        given = parse_qs(request.url.query, keep_blank_values=True)
        if ("graph" in given) == ("default" in given):
            raise _Refused(400, "graphs: name one with ?graph=IRI, or all of them, united, with ?default")
        media_type, format_ = _negotiate(request, "CONSTRUCT")
        if "default" in given:
            question = Question("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", format=format_, max_bytes=chosen.max_answer)
            return await respond(question, media_type)
        name = _named(_single(given["graph"], "graph"), "graph")
        there = await answered(Question("ASK { GRAPH ?g { ?s ?p ?o } }", parameters={"g": name}, format="csv"))
        if (await run_in_threadpool(lambda: b"".join(there))).strip() != b"true":
            raise _Refused(404, f"graph: there is no <{name.value}>; SELECT DISTINCT ?g {{ GRAPH ?g {{ }} }} lists them")
        text = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
        return await respond(Question(text, parameters={"g": name}, format=format_, max_bytes=chosen.max_answer), media_type)

    async def saved(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            form = Query(saved_query(name).text).form
        except QueryError as error:
            raise _Refused(404, str(error)) from error
        media_type, format_ = _negotiate(request, form)
        asked = Question(saved=name, parameters=dict(request.query_params), format=format_, max_bytes=chosen.max_answer)
        return await respond(asked, media_type)

    async def page(request: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        policy = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; connect-src 'self'; "
            "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return Response(_page(store_path, base, nonce), media_type="text/html", headers=headers)

    async def explorer(request: Request) -> Response:
        headers = {"Content-Security-Policy": "frame-ancestors 'none'", "Cache-Control": "no-cache"}
        content = await run_in_threadpool(explorer_page, store_path)
        return Response(content, media_type="text/html", headers=headers)

    async def explore(request: Request) -> Response:
        name = request.path_params["view"]
        if name not in VIEWS:
            raise _Refused(404, f"{name}: the explorer has no such view; known: {', '.join(VIEWS)}")
        given = await _protocol_parameters(request)
        parameters = {key: _single(found, key) for key, found in given.items()}
        return await respond(Question(name=name, view=name, parameters=parameters), "application/json")

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _STATIC:
            raise _Refused(404, f"{name}: there is no such file")
        headers = {"Cache-Control": "max-age=86400", "X-Content-Type-Options": "nosniff"}
        return FileResponse(data_path("static", name), media_type=_STATIC[name], headers=headers)

    async def refused(request: Request, error: Exception) -> Response:
        return cast("_Refused", error).response

    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=list(chosen.allowed_hosts), www_redirect=False)]
    if chosen.cors:
        middleware.append(Middleware(CORSMiddleware, allow_origins=list(chosen.cors), allow_methods=["GET", "POST"]))
    if chosen.log is not None:
        middleware.insert(0, Middleware(_Log, stream=chosen.log))
    return Starlette(
        routes=[
            Route("/", page),
            Route("/explore", explorer),
            Route("/explore/{view}", explore, methods=["GET", "POST"]),
            Route("/sparql", sparql, methods=["GET", "POST"]),
            Route("/graphs", graphs),
            Route("/saved/{name}", saved),
            Route("/static/{name}", static),
        ],
        middleware=middleware,
        exception_handlers={_Refused: refused},
        lifespan=lifespan,
    )


async def _stream(reply: Reply) -> AsyncIterator[bytes]:
    """Yield the answer; if it breaks off, so does the connection, so that a part is never taken for the whole."""
    try:
        async for piece in iterate_in_threadpool(iter(reply)):
            yield piece
    finally:
        reply.close()


def _single(values: list[str], name: str) -> str:
    if len(values) != 1:
        raise _Refused(400, f"{name}: {'missing' if not values else 'given more than once'}; send one parameter '{name}'")
    return values[0]


def _named(value: str, parameter: str) -> NamedNode:
    try:
        return NamedNode(value)
    except ValueError as error:
        raise _Refused(400, f"{parameter}: '{value}' is not an IRI; write it in full") from error


def _is_known(header: str, token: str) -> bool:
    scheme, _, given = header.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


class _Log:
    """Writes one line a request: who, what, how it ended, how much, how long. Queries and credentials stay out of it."""

    def __init__(self, app: Callable[..., Awaitable[None]], stream: IO[str]) -> None:
        self._app = app
        self._stream = stream

    async def __call__(self, scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, sent, is_whole = time.monotonic(), 0, 0, False

        async def counted(message: MutableMapping[str, Any]) -> None:
            nonlocal status, sent, is_whole
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent += len(message.get("body", b""))
                is_whole = not message.get("more_body", False)
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            client = scope["client"][0] if scope.get("client") else "-"
            end = status if is_whole else f"{status or 500} broken off"
            took = 1000 * (time.monotonic() - begun)
            path = ascii(scope["path"])[1:-1]
            self._stream.write(f"{moment} {client} {scope['method']} {path} {end} {sent} bytes {took:.0f} ms\n")
            self._stream.flush()


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


def _text(status: int, message: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()} | {"X-Content-Type-Options": "nosniff"}
    return Response(f"{message}\n", status, named, media_type="text/plain")


def _service_description(request: Request, *, is_writable: bool) -> Response:
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
    if is_writable:
        facts.append((endpoint, _SD + "supportedLanguage", _SD + "SPARQL11Update"))
    facts += [(endpoint, _SD + "resultFormat", _FORMATS + name) for name in (*_RESULT_FORMATS, *_RDF_FORMATS)]
    described = Triples(tuple(Triple(s, NamedNode(p), NamedNode(o)) for s, p, o in facts))
    known = {"sd": _SD, "formats": _FORMATS}
    rdf_format: RdfFormat = GRAPH_FORMATS[format_]
    content = ox.serialize(sorted(described, key=str), format=rdf_format, prefixes=known) or b""
    return Response(content, media_type=media_type, headers={"Vary": "Accept"})


def _page(store_path: str, base: str, nonce: str) -> str:
    shown = [saved.form() | {"text": saved.text} for saved in saved_queries().values()]
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


def _is_news(record: logging.LogRecord) -> bool:
    """False for an answer that broke off, which whoever asked has seen and the access log tells."""
    return not (record.exc_info and isinstance(record.exc_info[1], Interrupted | ExceptionGroup))


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


def serve(store_path: str, listener: socket.socket, settings: Settings | None = None) -> None:
    """Serve the store until Ctrl-C or SIGTERM; answers that have begun have three seconds to end.

    Args:
        listener: as `listen` gives it.
        settings: how; on an address of this machine alone, only its own names are answered to.

    Raises:
        StoreError: there is no store to read.
    """
    host = listener.getsockname()[0]
    chosen = settings or Settings()
    if host in _LOOPBACK and chosen.allowed_hosts == ("*",):
        chosen = replace(chosen, allowed_hosts=_LOOPBACK)
    config = uvicorn.Config(
        make_app(store_path, chosen),
        log_level="error",
        access_log=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn has shut down by then, and passes the signal on
    finally:
        listener.close()
