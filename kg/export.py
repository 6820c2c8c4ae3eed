"""The dataset, or the network of its claims, in the formats of other tools. The same store gives the same bytes.

TriG, N-Quads and JSON-LD keep the graphs and can be loaded back. Turtle, N-Triples and RDF/XML have none: they hold the union,
and tie each statement of a claim to it by reification (`rdf:Statement`, `kg:statedIn`), so that no attribution is lost.
GraphML and GEXF hold the network of `kg.network`.
"""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from kg.errors import ExportError, suggest
from kg.store import Store
from kg.vocab import DCTERMS, KG, NAMESPACES, OA, RDF, RDFS, XSD, kg

if TYPE_CHECKING:
    import networkx as nx

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_TYPE = NamedNode(RDF + "type")
_STATEMENT = NamedNode(RDF + "Statement")
_STATED_IN = kg("statedIn")
_A = str(_TYPE)
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_RELATIVE = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
_BARE = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOT = 100_000
"""How many statements are made text at once."""

_FIRST = (
    *(RDF + "type", RDFS + "label", DCTERMS + "identifier", DCTERMS + "title"),
    *(RDF + "subject", RDF + "predicate", RDF + "object"),
    *(KG + name for name in ("source", "sourceText", "addressee", "cue", "polarity", "certainty", "within")),
    *(OA + name for name in ("start", "end", "exact", "prefix", "suffix")),
)
_RANK = {f"<{iri}>": number for number, iri in enumerate(_FIRST)}
"""What is read first of a subject stands first; all else follows by name."""
_MODIFIED = re.compile(rb' lastmodifieddate="[^"]*"')


@dataclass(frozen=True, slots=True)
class Format:
    """A format one can export to.

    Attributes:
        extension: of a file, with its dot.
        title: what it is and what for.
        keeps_graphs: True if the dataset can be loaded back without loss.
        is_network: True if it holds the network, not the triples.
    """

    extension: str
    media_type: str
    title: str
    keeps_graphs: bool = False
    is_network: bool = False


FORMATS: Mapping[str, Format] = {
    "turtle": Format(".ttl", "text/turtle", "Turtle: all statements, reified where a claim states them"),
    "trig": Format(".trig", "application/trig", "TriG: each claim a named graph, to read", keeps_graphs=True),
    "nquads": Format(".nq", "application/n-quads", "N-Quads: the same, one line a statement", keeps_graphs=True),
    "ntriples": Format(".nt", "application/n-triples", "N-Triples: as Turtle, one line a statement"),
    "jsonld": Format(".jsonld", "application/ld+json", "JSON-LD, expanded: each claim a named graph", keeps_graphs=True),
    "rdfxml": Format(".rdf", "application/rdf+xml", "RDF/XML: as Turtle, for older tools such as Protégé"),
    "graphml": Format(
        ".graphml", "application/graphml+xml", "GraphML: the network, for yEd, Cytoscape, igraph", is_network=True
    ),
    "gexf": Format(".gexf", "application/gexf+xml", "GEXF: the network, for Gephi", is_network=True),
}


def format_for(path: str | os.PathLike[str]) -> str | None:
    """Give the format that a file's name asks for, None if it tells none.

    >>> format_for("news.ttl"), format_for("news")
    ('turtle', None)
    """
    suffix = Path(path).suffix.lower()
    return next((name for name, known in FORMATS.items() if known.extension == suffix), None)


def export(store: Store, format: str = "turtle", *, network: "nx.MultiDiGraph[str] | None" = None) -> bytes:
    """Give the dataset in a format of `FORMATS`.

    Args:
        network: for GraphML and GEXF, what to write; by default the whole store (`kg.network.project`).

    Raises:
        ExportError: there is no such format.
        StoreError: the store cannot be read.
    """
    output = BytesIO()
    write(store, output, format, network=network)
    return output.getvalue()


def export_file(
    store: Store, path: str | os.PathLike[str], format: str | None = None, *, network: "nx.MultiDiGraph[str] | None" = None
) -> None:
    """Write the dataset to a file; the format is by default what the file's name says. A failed export leaves no file.

    Raises:
        ExportError: the format is unknown, or the file cannot be written.
        StoreError: the store cannot be read.
    """
    target = Path(path)
    chosen = format or format_for(target)
    if chosen is None:
        raise ExportError(f"{target}: its name tells no format; add --format, one of: {', '.join(FORMATS)}")
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("wb") as output:
            write(store, output, chosen, network=network)
        unfinished.replace(target)
    except OSError as error:
        raise ExportError(f"{target}: cannot be written ({error.strerror or error}); choose another place") from error
    finally:
        unfinished.unlink(missing_ok=True)


def write(store: Store, output: BinaryIO, format: str, *, network: "nx.MultiDiGraph[str] | None" = None) -> None:
    """Write the dataset to a binary stream (see `export`)."""
    if format not in FORMATS:
        raise ExportError(f"format '{format}' is not known; {suggest(format, FORMATS)}")
    if FORMATS[format].is_network:
        _write_network(_network(store) if network is None else network, output, format)
        return
    for part in _PARTS[format](store):
        output.write(part)


# RDF ---------------------------------------------------------------------------------------------------------------
#
# Statements are sorted, grouped and shortened as lines of N-Triples, which Oxigraph writes quickly: their text sorts as their
# terms do, and has spaces between the terms and within the last one only.


def lines(quads: Iterable[Quad]) -> Iterator[tuple[str, str]]:
    """Yield each quad of a named graph as text: its triple, and the name of its graph, as N-Triples writes them."""
    left = iter(quads)
    while lot := list(islice(left, _LOT)):
        written = (ox.serialize(lot, format=RdfFormat.N_QUADS) or b"").decode()
        for line in written.split("\n"):
            if line:
                triple, _, graph = line.removesuffix(" .").rpartition(" ")
                yield triple, graph


def reified(quads: Iterable[Quad], store: Store) -> tuple[list[str], list[tuple[str, str, list[str]]]]:
    """Give the triples of the union, and which claims state which of them, all sorted.

    Returns:
        The triples as text, and for each that a claim states: the name of its `rdf:Statement`, the triple, the claims.
    """
    claims = {str(term) for term in _instances_of_claim(store)}
    union: set[str] = set()
    stated: dict[str, list[str]] = defaultdict(list)
    for triple, graph in lines(quads):
        union.add(triple)
        if graph in claims:
            stated[triple].append(graph)
    statements = [(f"<{store.minter.statement(triple)}>", triple, sorted(graphs)) for triple, graphs in stated.items()]
    return sorted(union), sorted(statements)


def _instances_of_claim(store: Store) -> Iterator[NamedNode]:
    with store.translated():
        for quad in store.database.quads_for_pattern(None, _TYPE, kg("Claim"), None):
            if isinstance(quad.subject, NamedNode):
                yield quad.subject


def _about(statement: tuple[str, str, list[str]]) -> Iterator[str]:
    """Yield the triples that say of a reified statement what it is."""
    name, triple, claims = statement
    yield f"{name} {_TYPE} {_STATEMENT}"
    for part, term in zip(("subject", "predicate", "object"), triple.split(" ", 2), strict=True):
        yield f"{name} <{RDF}{part}> {term}"
    for claim in claims:
        yield f"{name} {_STATED_IN} {claim}"


def _turtle(store: Store) -> Iterator[bytes]:
    writer = _Writer(store.base)
    triples, statements = reified(store.quads(), store)
    yield writer.header()
    for _, block in merge(writer.subjects(triples, ""), writer.statements(statements), key=_first):
        yield block


def _first(block: tuple[str, bytes]) -> str:
    return block[0]


def _trig(store: Store) -> Iterator[bytes]:
    writer = _Writer(store.base)
    graphs: dict[str, list[str]] = defaultdict(list)
    for triple, graph in lines(store.quads()):
        graphs[graph].append(triple)
    yield writer.header()
    for name in _in_reading_order(graphs, store):
        yield f"\n{writer.term(name)} {{\n".encode()
        found = sorted(graphs[name])
        own = f"{name} "
        for _, block in writer.subjects((triple for triple in found if triple.startswith(own)), "  "):
            yield block
        for _, block in writer.subjects((triple for triple in found if not triple.startswith(own)), "  "):
            yield block
        yield b"}\n"


def _in_reading_order(graphs: Iterable[str], store: Store) -> Iterator[str]:
    """Yield each document's graph, then those of its claims by their place in the text; then all others by name."""
    left = set(graphs)
    for document in store.documents():
        name = NamedNode(document.iri)
        with store.translated():
            starts = {
                str(quad.subject): int(quad.object.value)
                for quad in store.database.quads_for_pattern(None, NamedNode(OA + "start"), None, name)
                if isinstance(quad.object, Literal) and _BARE[XSD + "integer"].fullmatch(quad.object.value)
            }
        for graph in (str(name), *sorted(left & starts.keys(), key=lambda graph: (starts[graph], graph))):
            if graph in left:
                left.discard(graph)
                yield graph
    yield from sorted(left)


def _nquads(store: Store) -> Iterator[bytes]:
    for line in sorted(f"{triple} {graph} .\n" for triple, graph in lines(store.quads())):
        yield line.encode()


def _ntriples(store: Store) -> Iterator[bytes]:
    triples, statements = reified(store.quads(), store)
    for triple in sorted({*triples, *(line for one in statements for line in _about(one))}):
        yield f"{triple} .\n".encode()


def _jsonld(store: Store) -> Iterator[bytes]:
    ordered = sorted(store.quads(), key=lambda quad: (str(quad.graph_name), *_order(quad.triple)))
    yield ox.serialize(ordered, format=RdfFormat.JSON_LD) or b""
    yield b"\n"


def _rdfxml(store: Store) -> Iterator[bytes]:
    written = b"".join(_ntriples(store))
    triples = (quad.triple for quad in ox.parse(written, format=RdfFormat.N_TRIPLES))
    clean = {Triple(t.subject, t.predicate, _for_xml(t.object)) for t in triples}
    yield ox.serialize(sorted(clean, key=_order), format=RdfFormat.RDF_XML, prefixes=dict(NAMESPACES)) or b""
    yield b"\n"


def _for_xml(term: Term) -> Term:
    """Give the term without the characters that XML 1.0 cannot hold."""
    if not isinstance(term, Literal) or not _NOT_IN_XML.search(term.value):
        return term
    text = _NOT_IN_XML.sub("", term.value)
    return Literal(text, language=term.language) if term.language else Literal(text, datatype=term.datatype)


def _order(triple: Triple) -> tuple[str, int, str, str]:
    predicate = str(triple.predicate)
    return str(triple.subject), *_rank(predicate), str(triple.object)


def _rank(predicate: str) -> tuple[int, str]:
    return _RANK.get(predicate, len(_RANK)), predicate


_PARTS: Mapping[str, Callable[[Store], Iterator[bytes]]] = {
    "turtle": _turtle,
    "trig": _trig,
    "nquads": _nquads,
    "ntriples": _ntriples,
    "jsonld": _jsonld,
    "rdfxml": _rdfxml,
}


class _Writer:
    """Writes Turtle and TriG to be read: prefixes, IRIs relative to the base, one block a subject, all sorted."""

    def __init__(self, base: str) -> None:
        self._base = base if base.endswith("/") and "://" in base else None
        self._known: dict[str, str] = {}

    def header(self) -> bytes:
        written = [f"@prefix {name}: <{namespace}> .\n" for name, namespace in sorted(NAMESPACES.items())]
        return "".join([f"@base <{self._base}> .\n" if self._base else "", *written]).encode()

    def subjects(self, triples: Iterable[str], indent: str) -> Iterator[tuple[str, bytes]]:
        """Yield each subject of sorted triples with its block."""
        subject = ""
        block: dict[str, list[str]] = {}
        for triple in triples:
            about, predicate, value = triple.split(" ", 2)
            if about != subject:
                if block:
                    yield subject, self._block(subject, block, indent)
                subject, block = about, {}
            if predicate in block:
                block[predicate].append(value)
            else:
                block[predicate] = [value]
        if block:
            yield subject, self._block(subject, block, indent)

    def statements(self, found: Iterable[tuple[str, str, list[str]]]) -> Iterator[tuple[str, bytes]]:
        """Yield each reified statement, as of `reified`, with its block."""
        term = self.term
        for name, triple, claims in found:
            subject, predicate, value = triple.split(" ", 2)
            written = (
                f"\n{self._iri(name)} a rdf:Statement ;\n  rdf:subject {term(subject)} ;\n  rdf:predicate {term(predicate)} ;\n"
                f"  rdf:object {term(value)} ;\n  kg:statedIn {' , '.join(map(term, claims))} .\n"
            )
            yield name, written.encode()

    def term(self, written: str) -> str:
        """Give a term of N-Triples as Turtle writes it."""
        if written[0] == "<":
            known = self._known.get(written)
            if known is None:
                known = self._known[written] = self._iri(written)
            return known
        if written[0] == '"' and written[-1] == ">":
            quoted, _, datatype = written.rpartition("^^")
            bare = _BARE.get(datatype[1:-1])
            return quoted[1:-1] if bare and bare.fullmatch(quoted[1:-1]) else f"{quoted}^^{self.term(datatype)}"
        return written

    def _iri(self, written: str) -> str:
        iri = written[1:-1]
        if self._base and iri.startswith(self._base) and _RELATIVE.fullmatch(iri.removeprefix(self._base)):
            return f"<{iri.removeprefix(self._base)}>"
        for name, namespace in NAMESPACES.items():
            if iri.startswith(namespace) and _LOCAL_NAME.fullmatch(iri.removeprefix(namespace)):
                return f"{name}:{iri.removeprefix(namespace)}"
        return written

    def _block(self, subject: str, block: Mapping[str, list[str]], indent: str) -> bytes:
        term = self.term
        about = [
            f"{'a' if predicate == _A else term(predicate)} {' , '.join(map(term, block[predicate]))}"
            for predicate in sorted(block, key=_rank)
        ]
        return f"\n{indent}{term(subject)} {f' ;{chr(10)}{indent}  '.join(about)} .\n".encode()


# The network -------------------------------------------------------------------------------------------------------


def _network(store: Store) -> "nx.MultiDiGraph[str]":
    from kg.network import project  # heavy, and only these formats need it

    return project(store)


def flatten(network: "nx.MultiDiGraph[str]") -> "nx.MultiDiGraph[str]":
    """Give the network with text, numbers and truth values only, as table-like tools want it.

    Lists become text with '; ' between; `evidence` becomes `claims` (how many), `sources`, `quotes`, `documents` and
    `claim_iris`. Edges get a `weight`, the number of their claims, and a key of their own each.
    """
    import networkx as nx

    flat: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, attributes in network.nodes(data=True):
        flat.add_node(_xml_text(str(node)), **_flat(attributes))
    for number, (source, target, attributes) in enumerate(network.edges(data=True)):
        values = _flat(attributes)
        values["weight"] = float(values.get("claims", 1) or 1)
        flat.add_edge(_xml_text(str(source)), _xml_text(str(target)), key=f"e{number}", **values)
    return flat


def _flat(attributes: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in attributes.items():
        if name == "evidence":
            flat |= _flat_evidence(value)
        elif isinstance(value, bool | int | float):
            flat[name] = value
        elif isinstance(value, str):
            flat[name] = _xml_text(value)
        elif value is not None:
            parts = value if isinstance(value, list | tuple | set | frozenset) else [value]
            flat[name] = _xml_text("; ".join(map(str, sorted(parts) if isinstance(value, set | frozenset) else parts)))
    return flat


def _flat_evidence(evidence: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    items = list(evidence)
    columns = {"sources": "source", "quotes": "quote", "documents": "title", "claim_iris": "claim"}
    texts = {
        column: _xml_text("; ".join(dict.fromkeys(str(item[key]) for item in items if item.get(key))))
        for column, key in columns.items()
    }
    return {"claims": len(items)} | texts


def _xml_text(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def _write_network(network: "nx.MultiDiGraph[str]", output: BinaryIO, format: str) -> None:
    from networkx.readwrite.gexf import write_gexf
    from networkx.readwrite.graphml import write_graphml_xml

    written = BytesIO()
    flat = flatten(network)
    if format == "gexf":
        write_gexf(flat, written, version="1.2draft")
        output.write(_MODIFIED.sub(b"", written.getvalue(), count=1))
    else:
        for attributes in (*(data for _, data in flat.nodes(data=True)), *(data for _, _, data in flat.edges(data=True))):
            # networkx would write True and False, which XML does not know as truth values
            attributes.update({name: str(value).lower() for name, value in attributes.items() if isinstance(value, bool)})
        write_graphml_xml(flat, written)
        output.write(written.getvalue())
