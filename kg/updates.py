"""A SPARQL Update as the operations that it consists of, and the same update for a dataset whose default graph is the union.

Each operation also notes the triples that it touches in a graph of its own, so that the union is mended for these alone.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from kg.sparql import Token, tokens

_DATA = ("INSERT DATA", "DELETE DATA")
_CLEARING = ("CLEAR", "DROP")
_COPYING = ("ADD", "MOVE", "COPY")
_ANONYMOUS = frozenset("[(")

CONCERNS = "urn:kg:concerns"
"""Ties a log to the IRIs that an update concerns; to itself where that may be any."""

MAX_CONCERNED = 20_000
"""More are not told one by one."""

Load = Callable[[str, str, bool], str]
"""Gives the triples at an address, as N-Triples; told the declarations before it, the IRI as written, and if it is silent."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Triples of a template or of data: their text without the last full stop, and the graph's, if one is named."""

    graph: str | None
    text: str


@dataclass(slots=True)
class Operation:
    """One operation of an update, as text in pieces.

    Attributes:
        kind: its keyword; "MODIFY" of DELETE and INSERT with WHERE, else with DATA or WHERE if it has that.
        prologue: declarations before it.
        silent: "SILENT" or nothing.
        graphs: what CLEAR, DROP, CREATE, ADD, MOVE and COPY name: "GRAPH <…>", "DEFAULT", "NAMED", "ALL"; of LOAD the address,
            and the graph if one is named.
        with_graph: the IRI after WITH.
        deleted, inserted: templates, or data.
        using: the clauses as written.
        where: the pattern with its braces.
        is_anonymous: True if it inserts blank nodes without a name.
    """

    kind: str
    prologue: str = ""
    silent: str = ""
    graphs: list[str] = field(default_factory=list)
    with_graph: str | None = None
    deleted: list[_Part] = field(default_factory=list)
    inserted: list[_Part] = field(default_factory=list)
    using: str = ""
    where: str = ""
    is_anonymous: bool = False


def operations(text: str) -> list[Operation]:
    """Give the operations of an update that can be parsed."""
    found: list[Operation] = []
    begin, depth = 0, 0
    all_tokens = list(tokens(text))
    for index, token in enumerate(all_tokens):
        depth += (token.text == "{") - (token.text == "}")
        is_last = index == len(all_tokens) - 1
        if (token.text == ";" and depth == 0) or is_last:
            end = index if token.text == ";" and depth == 0 else index + 1
            found += _operation(text, all_tokens[begin:end])
            begin = index + 1
    return found


def mended(
    text: str,
    *,
    scratch: str,
    log: str,
    concerning: Collection[str] | None = None,
    is_detailed: bool = True,
    default_graph: str | None = None,
    using: Sequence[str] = (),
    load: Load | None = None,
) -> str:
    """Give an update that does the same to the named graphs, and keeps the default graph their union.

    It also logs the subjects and objects of the triples that it adds or takes away, in the graph `log` and in the union:
    `<log> <urn:kg:concerns> ?one`, or `<log> <urn:kg:concerns> <log>` where they may be any.

    Args:
        text: an update that can be parsed.
        scratch: IRI of a graph that is not there, in which touched triples are noted.
        log: IRI of the graph of the log.
        concerning: IRIs of the properties whose triples are logged, besides those that lie in the log's graph; None: of all.
        is_detailed: False if it is enough to log that there are such triples.
        default_graph: IRI of the graph that is meant where the update names none; None if it always names one.
        using: clauses (`USING <…>`) for the operations with WHERE.
        load: fetches for LOAD; needed if the update has one.
    """
    steps: list[str] = []
    prologue = ""
    for operation in operations(text):
        prologue = f"{prologue} {operation.prologue}"
        if default_graph is not None:
            _place(operation, f"<{default_graph}>")
        if using and operation.kind in ("MODIFY", "DELETE WHERE"):
            operation.using = " ".join(using)
        if operation.kind == "LOAD":
            assert load is not None
            _load(operation, prologue, load)
        own = list(_steps(operation, f"<{scratch}>", f"<{default_graph}>" if default_graph else None))
        logging = _logging(operation, f"<{scratch}>", f"<{log}>", concerning, is_detailed=is_detailed)
        steps += (*own, *logging, *_mending(operation, f"<{scratch}>"))
    return "\n;\n".join(steps)


def reads_elsewhere(text: str) -> bool:
    """True if the update itself says what its patterns are matched against, by USING or WITH."""
    return any(operation.using or operation.with_graph for operation in operations(text))


# Reading -----------------------------------------------------------------------------------------------------------


def _operation(text: str, found: list[Token]) -> Iterator[Operation]:
    at = 0
    while at < len(found) and found[at].keyword in ("BASE", "PREFIX"):
        at += 2 if found[at].keyword == "BASE" else 3
    prologue = text[found[0].start : found[at - 1].end] if at else ""
    rest = found[at:]
    if not rest:  # declarations that nothing follows
        return
    words = [token.keyword for token in rest[:2]]
    if words[0] in ("INSERT", "DELETE") and words[1] in ("DATA", "WHERE"):
        operation = Operation(" ".join(words), prologue)
        parts = _parts(text, rest[2:])
        if words[0] == "DELETE":
            operation.deleted = parts
            operation.where = text[rest[2].start : rest[-1].end]
        else:
            operation.inserted = parts
    elif words[0] in ("WITH", "INSERT", "DELETE"):
        operation = _modify(text, rest, prologue)
    else:
        silent = "SILENT" if words[1:] == ["SILENT"] else ""
        operation = Operation(words[0], prologue, silent, list(_graphs(rest[2 if silent else 1 :])))
    operation.is_anonymous = any(
        token.text in _ANONYMOUS for part in operation.inserted for token in tokens(part.text) if token.kind == "sign"
    )
    yield operation


def _modify(text: str, found: list[Token], prologue: str) -> Operation:
    operation = Operation("MODIFY", prologue)
    at = 0
    if found[0].keyword == "WITH":
        operation.with_graph = found[1].text
        at = 2
    for keyword in ("DELETE", "INSERT"):
        if found[at].keyword == keyword:
            end = _closing(found, at + 1)
            parts = _parts(text, found[at + 1 : end + 1])
            if keyword == "DELETE":
                operation.deleted = parts
            else:
                operation.inserted = parts
            at = end + 1
    begin = at
    while found[at].keyword not in ("WHERE", "{"):
        at += 1
    operation.using = text[found[begin].start : found[at].start].strip() if at > begin else ""
    at += found[at].keyword == "WHERE"
    operation.where = text[found[at].start : found[-1].end]
    return operation


def _closing(found: list[Token], opened: int) -> int:
    """Give the index of the brace that closes the one at `opened`."""
    depth = 0
    for index in range(opened, len(found)):
        depth += (found[index].text == "{") - (found[index].text == "}")
        if depth == 0:
            return index
    raise AssertionError("braces do not match")


def _parts(text: str, found: list[Token]) -> list[_Part]:
    """Give the triples between the braces at both ends, by graph."""
    parts: list[_Part] = []
    at, begin = 1, 1
    while at < len(found) - 1:
        if found[at].keyword == "GRAPH":
            parts += _part(text, None, found[begin:at])
            end = _closing(found, at + 2)
            parts += _part(text, found[at + 1].text, found[at + 3 : end])
            at = begin = end + 1
        else:
            at += 1
    return [*parts, *_part(text, None, found[begin : len(found) - 1])]


def _part(text: str, graph: str | None, found: list[Token]) -> list[_Part]:
    while found and found[0].text == ".":
        found = found[1:]
    while found and found[-1].text == ".":
        found = found[:-1]
    return [_Part(graph, text[found[0].start : found[-1].end])] if found else []


def _graphs(found: list[Token]) -> Iterator[str]:
    for token in found:
        if token.keyword in ("DEFAULT", "NAMED", "ALL"):
            yield token.keyword
        elif token.kind in ("iri", "name"):
            yield f"GRAPH {token.text}"


# Writing -----------------------------------------------------------------------------------------------------------


def _place(operation: Operation, graph: str) -> None:
    """Let what names no graph mean this one."""
    operation.graphs = [f"GRAPH {graph}" if name == "DEFAULT" else name for name in operation.graphs]
    if operation.kind == "LOAD" and len(operation.graphs) == 1:
        operation.graphs.append(f"GRAPH {graph}")
    if operation.kind in _DATA:
        operation.deleted = [_Part(part.graph or graph, part.text) for part in operation.deleted]
        operation.inserted = [_Part(part.graph or graph, part.text) for part in operation.inserted]
    elif operation.kind in ("MODIFY", "DELETE WHERE"):
        operation.with_graph = operation.with_graph or graph


def _load(operation: Operation, prologue: str, load: Load) -> None:
    """Make an operation that inserts what is there of one that loads it."""
    address, into = (name.removeprefix("GRAPH ") for name in operation.graphs)
    triples = load(prologue, address, bool(operation.silent)).rstrip().removesuffix(".")
    operation.kind = "INSERT DATA"
    operation.inserted = [_Part(into, triples)]


def _steps(operation: Operation, scratch: str, default_graph: str | None) -> Iterator[str]:
    """Yield the operations that do what one does, and note what it touches."""
    prologue = f"{operation.prologue}\n" if operation.prologue else ""
    kind, graphs = operation.kind, operation.graphs
    touched = f"GRAPH {scratch} {{ {_bare([*operation.deleted, *operation.inserted])} }}"
    if kind == "INSERT DATA":
        yield f"{prologue}INSERT DATA {{ {_quads(operation.inserted)} {touched} }}"
    elif kind == "DELETE DATA":
        yield f"{prologue}DELETE DATA {{ {_quads(operation.deleted)} }}"
        yield f"INSERT DATA {{ {touched} }}"
    elif kind in ("MODIFY", "DELETE WHERE"):
        with_graph = f"WITH {operation.with_graph} " if operation.with_graph else ""
        deleted = f"DELETE {{ {_quads(operation.deleted)} }} " if operation.deleted else ""
        inserted = f"INSERT {{ {_quads(operation.inserted)} {touched} }}"
        yield f"{prologue}{with_graph}{deleted}{inserted} {operation.using} WHERE {operation.where}"
    elif kind in _CLEARING and graphs[0].startswith("GRAPH"):
        yield f"{prologue}{_noted(graphs[0], scratch)}"
        is_default = default_graph is not None and graphs[0] == f"GRAPH {default_graph}"
        yield f"{kind} {'SILENT' if is_default else operation.silent} {graphs[0]}"
    elif kind in _CLEARING and graphs[0] == "NAMED" and default_graph is not None:
        others = f"GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != {default_graph})"
        yield f"{prologue}DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ {others} }}"
    elif kind in _COPYING and "DEFAULT" not in graphs:
        yield f"{prologue}{_noted(graphs[0], scratch)}"
        yield _noted(graphs[1], scratch)
        if default_graph is not None and f"GRAPH {default_graph}" in graphs:
            yield f"CREATE SILENT GRAPH {default_graph}"
        yield f"{kind} {operation.silent} {graphs[0]} TO {graphs[1]}"
    else:
        yield f"{prologue}{kind} {operation.silent} {' TO '.join(graphs)}"


def _is_whole(operation: Operation) -> bool:
    """True if it is not noted which triples an operation touches."""
    clears_all = operation.kind in (*_CLEARING, *_COPYING) and not all(name.startswith("GRAPH") for name in operation.graphs)
    return clears_all or operation.is_anonymous


def _logging(
    operation: Operation, scratch: str, log: str, concerning: Collection[str] | None, *, is_detailed: bool
) -> Iterator[str]:
    """Yield what logs the subjects and objects of touched triples."""
    if operation.kind == "CREATE":
        return
    if _is_whole(operation):
        yield f"INSERT DATA {{ {_logged(log, log)} }}"
        return
    noted = f"GRAPH {scratch} {{ ?s ?p ?o }}"
    if concerning is not None:
        listed = ", ".join(f"<{iri}>" for iri in sorted(concerning))
        noted += f" FILTER (?p IN ({listed}) || EXISTS {{ GRAPH {log} {{ ?s ?p ?o }} }})"
    if not is_detailed:
        yield f"INSERT {{ {_logged(log, log)} }} WHERE {{ {noted} }}"
        return
    terms = f"SELECT DISTINCT ?s (IF(isIRI(?o), ?o, ?s) AS ?other) WHERE {{ {noted} }} LIMIT {MAX_CONCERNED + 1}"
    yield f"INSERT {{ {_logged(log, '?s')} {_logged(log, '?other')} }} WHERE {{ {{ {terms} }} }}"


def _logged(log: str, term: str) -> str:
    triple = f"{log} <{CONCERNS}> {term} ."
    return f"{triple} GRAPH {log} {{ {triple} }}"


def _mending(operation: Operation, scratch: str) -> Iterator[str]:
    """Yield what the union needs after an operation."""
    if operation.kind == "CREATE":
        return
    if _is_whole(operation):
        yield f"DROP SILENT GRAPH {scratch}"
        yield "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }"
        yield "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } }"
        return
    noted = f"GRAPH {scratch} {{ ?s ?p ?o }}"
    stated = f"GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != {scratch})"
    yield f"DELETE {{ ?s ?p ?o }} WHERE {{ {noted} FILTER NOT EXISTS {{ {stated} }} }}"
    yield f"INSERT {{ ?s ?p ?o }} WHERE {{ {noted} {stated} }}"
    yield f"DROP SILENT GRAPH {scratch}"


def _noted(graph: str, scratch: str) -> str:
    return f"INSERT {{ GRAPH {scratch} {{ ?s ?p ?o }} }} WHERE {{ {graph} {{ ?s ?p ?o }} }}"


def _quads(parts: list[_Part]) -> str:
    return " . ".join(part.text for part in parts if part.graph is None) + " ".join(
        f" GRAPH {part.graph} {{ {part.text} }}" for part in parts if part.graph is not None
    )


def _bare(parts: list[_Part]) -> str:
    return " . ".join(part.text for part in parts)
