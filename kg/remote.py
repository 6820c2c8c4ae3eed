"""A dataset at a SPARQL 1.1 endpoint, behind the few methods of `pyoxigraph.Store` that `kg.store` and `kg.query` call.

The dataset has the same form there as on disk, with the union in the default graph, so the same queries find the same. One
document is one update request, which endpoints carry out as one transaction. Where there is no update, graphs are written by
the Graph Store Protocol, one by one (`GraphStore`).

Credentials come from the environment: `KG_STORE_USER` and `KG_STORE_PASSWORD`, or `KG_STORE_TOKEN`. No message repeats them.
"""

import base64
import http.client
import json
import os
import socket
import ssl
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from urllib.parse import urlencode, urlsplit, urlunsplit

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QueryResultsFormat, RdfFormat, Triple

from kg.errors import StoreError
from kg.sparql import Query

USER, PASSWORD, TOKEN = "KG_STORE_USER", "KG_STORE_PASSWORD", "KG_STORE_TOKEN"
GRAPHS = "KG_STORE_GRAPHS"
"""Names where an endpoint keeps its graphs, to write them there."""

TIMEOUT = 300.0
"""Seconds to wait for an answer."""

_HOW = f"${USER} and ${PASSWORD}, or ${TOKEN}"
_FORM = "application/x-www-form-urlencoded"
_SOLUTIONS, _GRAPH = "application/sparql-results+json", "application/n-triples"
_ABSENT = (404, 405, 501)
"""With these a server says that it has no such address, or takes nothing there."""
_BATCH = 500
"""How many statements are asked for at once."""

Term = NamedNode | BlankNode | Literal | Triple
Graph = NamedNode | BlankNode | DefaultGraph


class RemoteDatabase:
    """The dataset at an endpoint; made by `connect`."""

    def __init__(self, query_url: str, update_url: str) -> None:
        self.query_url = query_url
        self.update_url = update_url
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def __str__(self) -> str:
        return self.query_url

    # As in pyoxigraph.Store -----------------------------------------------------------------------------------------

    def query(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        base_iri: str | None = None,
        substitutions: Mapping[ox.Variable, Term] | None = None,
        use_default_graph_as_union: bool = False,
        default_graph: Graph | Iterable[Graph] | None = None,
        named_graphs: Iterable[Graph] | None = None,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Ask a query; the answer is read whole before it is given. The endpoint's own default graph is the union."""
        parsed = Query(text, allow_remote=True)  # whether it may has been asked before
        bound = {variable.value: term for variable, term in (substitutions or {}).items()}
        asked = f"{_prologue(prefixes or {}, base_iri)}{parsed.with_terms(bound)}"
        chosen = [default_graph] if isinstance(default_graph, Graph) else list(default_graph or ())
        graphs = [("default-graph-uri", _address(graph)) for graph in chosen if not isinstance(graph, DefaultGraph)]
        graphs += [("named-graph-uri", _address(graph)) for graph in named_graphs or ()]
        if parsed.form in ("SELECT", "ASK"):
            body = self._send(self.query_url, [("query", asked), *graphs], _SOLUTIONS)
            return ox.parse_query_results(body, format=QueryResultsFormat.JSON)
        body = self._send(self.query_url, [("query", asked), *graphs], _GRAPH)
        scratch = ox.Store()
        scratch.load(body, format=RdfFormat.N_TRIPLES)
        return scratch.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")

    def update(self, text: str, *, prefixes: Mapping[str, str] | None = None, base_iri: str | None = None) -> None:
        """Carry out an update, as one request."""
        self._send(self.update_url, [("update", f"{_prologue(prefixes or {}, base_iri)}{text}")], "*/*")

    def extend(self, quads: Iterable[Quad]) -> None:
        """Add quads, all or none."""
        if lines := "".join(_data(quad) for quad in quads):
            self.update(f"INSERT DATA {{\n{lines}}}")

    def bulk_extend(self, quads: Iterable[Quad]) -> None:
        """Add quads, some thousand a request."""
        left = iter(quads)
        while batch := list(islice(left, 20 * _BATCH)):
            self.extend(batch)

    def quads_for_pattern(
        self, subject: Term | None, predicate: Term | None, object: Term | None, graph_name: Graph | None = None
    ) -> Iterator[Quad]:
        """Give the quads of this form; as in Oxigraph, no graph means all, the default one too."""
        triple = f"{_or('s', subject)} {_or('p', predicate)} {_or('o', object)}"
        places = [triple] if graph_name is None or isinstance(graph_name, DefaultGraph) else []
        if not isinstance(graph_name, DefaultGraph):
            places.append(f"GRAPH {_or('g', graph_name)} {{ {triple} }}")
        for row in self._rows(f"SELECT * {{ {' UNION '.join(f'{{ {place} }}' for place in places)} }}", "spog"):
            found = [given or got for given, got in zip((subject, predicate, object, graph_name), row, strict=True)]
            yield Quad(found[0], found[1], found[2], found[3] or DefaultGraph())  # type: ignore[arg-type]

    def named_graphs(self) -> Iterator[NamedNode | BlankNode]:
        """Give the names of all graphs."""
        yield from (row[0] for row in self._rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "g"))  # type: ignore[misc]

    def __contains__(self, quad: Quad) -> bool:
        return bool(self.present([quad]))

    def flush(self) -> None:
        """Do nothing: what the endpoint has confirmed it keeps."""

    # Many at once ---------------------------------------------------------------------------------------------------

    def named_quads(self) -> Iterator[Quad]:
        """Give the quads of all named graphs by one request."""
        for subject, predicate, object_, graph in self._rows("SELECT * { GRAPH ?g { ?s ?p ?o } }", "spog"):
            yield Quad(subject, predicate, object_, graph)  # type: ignore[arg-type]

    def present(self, quads: Iterable[Quad]) -> set[Quad]:
        """Give those of the quads that are there."""
        by_graph: dict[Graph, list[Quad]] = {}
        for quad in quads:
            by_graph.setdefault(quad.graph_name, []).append(quad)
        found: set[Quad] = set()
        for graph, members in by_graph.items():
            for begin in range(0, len(members), _BATCH):
                values = " ".join(f"({q.subject} {q.predicate} {q.object})" for q in members[begin : begin + _BATCH])
                pattern = "?s ?p ?o" if isinstance(graph, DefaultGraph) else f"GRAPH {graph} {{ ?s ?p ?o }}"
                for row in self._rows(f"SELECT ?s ?p ?o {{ VALUES (?s ?p ?o) {{ {values} }} {pattern} }}", "spo"):
                    found.add(Quad(row[0], row[1], row[2], graph))  # type: ignore[arg-type]
        return found

    # ----------------------------------------------------------------------------------------------------------------

    def _rows(self, text: str, names: str) -> Iterator[tuple[Term | None, ...]]:
        answer = ox.parse_query_results(
            self._send(self.query_url, [("query", text)], _SOLUTIONS), format=QueryResultsFormat.JSON
        )
        if isinstance(answer, ox.QuerySolutions):
            known = {variable.value for variable in answer.variables}
            for solution in answer:
                yield tuple(solution[name] if name in known else None for name in names)

    def _send(self, url: str, form: list[tuple[str, str]], accept: str) -> bytes:
        return self._request("POST", url, urlencode(form).encode(), {"Content-Type": _FORM, "Accept": accept})[1]

    def _request(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], accepted: Collection[int] = ()
    ) -> tuple[int, bytes]:
        """Give the status and the body of the answer; its status is of success, or one of those accepted."""
        headers = {"User-Agent": "kg"} | dict(headers) | _credentials()
        status, body = self._exchange(method, url, body, headers)
        if 200 <= status < 300 or status in accepted:
            return status, body
        if status in (401, 403):
            given = "are not accepted" if "Authorization" in headers else "are missing"
            raise StoreError(f"{url}: credentials {given} (status {status}); set {_HOW}")
        said = " ".join(body[:300].decode("utf-8", "replace").split())
        raise StoreError(f"{url}: answers with status {status}: {said or 'no reason given'}; see the server's log")

    def _exchange(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        parts = urlsplit(url)
        for is_last in (False, True):
            connection = self._connections.get(parts.netloc)
            is_fresh = connection is None
            if connection is None:
                made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
                connection = self._connections[parts.netloc] = made(parts.netloc, timeout=TIMEOUT)
            try:
                connection.request(method, urlunsplit(("", "", parts.path or "/", parts.query, "")), body, headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (http.client.HTTPException, OSError) as error:
                connection.close()
                del self._connections[parts.netloc]
                # A server may close a connection that has long been idle; what was not sent whole cannot have been done.
                if is_last or is_fresh or isinstance(error, TimeoutError):
                    raise StoreError(
                        f"{url}: cannot be reached ({_reason(error)}); check the address and the server"
                    ) from error
        raise AssertionError("unreachable")


class GraphStore(RemoteDatabase):
    """The dataset at an endpoint that is asked by SPARQL and written by the SPARQL 1.1 Graph Store HTTP Protocol.

    Each graph is a request of its own, so that a change is no transaction. What says that a document is there comes last: after
    a build that died the next one reads it again. Statements cannot be taken out of a graph one by one, so the union is written
    as a whole when some go.
    """

    def __init__(self, query_url: str, graphs_url: str) -> None:
        super().__init__(query_url, "")
        self.graphs_url = graphs_url

    def update(self, text: str, *, prefixes: Mapping[str, str] | None = None, base_iri: str | None = None) -> None:
        """Refuse: it only takes whole graphs.

        Raises:
            StoreError: always.
        """
        raise StoreError(f"{self}: takes graphs ({self.graphs_url}) but no updates; 'kg update' needs an address for updates")

    def extend(self, quads: Iterable[Quad]) -> None:
        """Add quads, graph by graph."""
        self.change((), (), quads, None)

    def change(
        self, dropped: Collection[Graph], deleted: Iterable[Quad], inserted: Iterable[Quad], last: NamedNode | None
    ) -> None:
        """Take graphs away, delete quads of others, and add quads; what concerns the graph `last` comes last."""
        less, more = _by_graph(deleted), _by_graph(inserted)
        for graph in sorted({*dropped, *less, *more}, key=lambda graph: (graph == last, str(graph))):
            if graph in dropped:
                self._send_graph("DELETE", graph, accepted=(404,))
            elif graph in less:
                held = {quad.triple for quad in self.quads_for_pattern(None, None, None, graph)}
                self._send_graph("PUT", graph, held - less[graph] | more.get(graph, set()))
            else:
                self._send_graph("POST", graph, more[graph])

    def _send_graph(self, method: str, graph: Graph, triples: Iterable[Triple] = (), accepted: Collection[int] = ()) -> None:
        chosen = "default" if isinstance(graph, DefaultGraph) else urlencode({"graph": _address(graph)})
        body = ox.serialize(triples, format=RdfFormat.N_TRIPLES) or b""
        joint = "&" if "?" in self.graphs_url else "?"
        self._request(method, f"{self.graphs_url}{joint}{chosen}", body, {"Content-Type": _GRAPH}, accepted)

    def is_there(self) -> bool:
        """True if graphs can be had at the address."""
        return self._request("HEAD", f"{self.graphs_url}?default", b"", {"Accept": _GRAPH}, range(400, 600))[0] < 300


def _by_graph(quads: Iterable[Quad]) -> dict[Graph, set[Triple]]:
    found: dict[Graph, set[Triple]] = {}
    for quad in quads:
        found.setdefault(quad.graph_name, set()).add(quad.triple)
    return found


def connect(url: str, *, write: bool = False) -> RemoteDatabase:
    """Find the endpoint that `url` means, and its address for updates, or for graphs.

    Args:
        url: of the server (`http://127.0.0.1:7878`), of a dataset (`http://…/ds`), or of its queries (`…/query`, `…/sparql`).
        write: find out how it is written: by updates; or by graphs, if it has none, or `$KG_STORE_GRAPHS` has their address.

    Raises:
        StoreError: there is none, it does not accept the credentials, or it cannot be written.
    """
    found = _find(url)
    if not write:
        return found
    if given := os.environ.get(GRAPHS):
        return GraphStore(found.query_url, given)
    # An update of nothing changes nothing; whoever has no updates does not know the address.
    status, _ = found._request("POST", found.update_url, b"update=", {"Content-Type": _FORM}, range(400, 600))
    if status not in _ABSENT:
        return found
    for address in _graph_addresses(found.query_url):
        store = GraphStore(found.query_url, address)
        if store.is_there():
            return store
    raise StoreError(f"{url}: takes no updates (status {status} at {found.update_url}); set ${GRAPHS} to where graphs are put")


def _graph_addresses(query_url: str) -> list[str]:
    """Give where servers keep their graphs: Oxigraph, Fuseki, RDF4J and GraphDB, others."""
    if "/repositories/" in query_url:
        return [f"{query_url.rstrip('/')}/rdf-graphs/service"]
    dataset = query_url.rpartition("/")[0]
    return [f"{dataset}/{name}" for name in ("store", "data", "graph-store", "sparql-graph-crud", "sparql/graph")]


def _find(url: str) -> RemoteDatabase:
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise StoreError(f"{parts.scheme}://…: an address is no place for a password; set {_HOW}")
    if not parts.netloc:
        raise StoreError(f"{url}: not an address; write it like http://127.0.0.1:7878")
    plain = url.rstrip("/")
    candidates = [(f"{plain}/query", f"{plain}/update"), (f"{plain}/sparql", f"{plain}/sparql"), (plain, f"{plain}/statements")]
    if plain.endswith("/query"):
        candidates = [(plain, f"{plain.removesuffix('query')}update")]
    elif plain.endswith("/sparql"):
        candidates = [(plain, plain)]
    elif "/repositories/" in parts.path:
        candidates.reverse()
    trouble: StoreError | None = None
    for query_url, update_url in candidates:
        database = RemoteDatabase(query_url, update_url)
        try:
            if isinstance(database.query("ASK {}"), ox.QueryBoolean):
                return database
        except StoreError as error:
            if "credentials" in str(error) or "cannot be reached" in str(error):
                raise
            trouble = error
        except (SyntaxError, ValueError):
            pass  # a page of another kind
    raise StoreError(f"{url}: no SPARQL endpoint answers here; give the address of its queries") from trouble


def _credentials() -> dict[str, str]:
    if token := os.environ.get(TOKEN):
        return {"Authorization": f"Bearer {token}"}
    if user := os.environ.get(USER):
        pair = f"{user}:{os.environ.get(PASSWORD, '')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT:g} s"
    if isinstance(error, socket.gaierror):
        return "no such host"
    return str(getattr(error, "strerror", None) or error or type(error).__name__).lower()


def _prologue(prefixes: Mapping[str, str], base_iri: str | None) -> str:
    """Give the declarations, in one line, so that line numbers stay."""
    base = f"BASE <{base_iri}> " if base_iri else ""
    return base + "".join(f"PREFIX {name}: <{namespace}> " for name, namespace in prefixes.items())


def _or(name: str, term: Term | Graph | None) -> str:
    return f"?{name}" if term is None else str(term)


def _address(graph: Graph) -> str:
    return graph.value if isinstance(graph, NamedNode) else json.dumps(str(graph))


def _data(quad: Quad) -> str:
    triple = f"{quad.subject} {quad.predicate} {quad.object} ."
    return f"{triple}\n" if isinstance(quad.graph_name, DefaultGraph) else f"GRAPH {quad.graph_name} {{ {triple} }}\n"
