"""The dataset, or the network of its claims, in the formats of other tools. The same store gives the same bytes.

TriG, N-Quads and JSON-LD keep the graphs and can be loaded back. Turtle, N-Triples and RDF/XML have none: they hold the union,
and tie each statement of a claim to it by reification (`rdf:Statement`, `kg:statedIn`), so that no attribution is lost.
GraphML and GEXF hold the network of `kg.network`.
"""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pyoxigraph as ox
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple

from kg.errors import ExportError, suggest
from kg.store import Store
from kg.vocab import DCTERMS, KG, NAMESPACES, OA, RDF, RDFS, XSD, kg

if TYPE_CHECKING:
    import networkx as nx

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_TYPE = NamedNode(RDF + "type")
_STATEMENT = NamedNode(RDF + "Statement")
_STATED_IN = kg("statedIn")
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_RELATIVE = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
_BARE = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STATEMENT_DIGITS = 16

_FIRST = (
    *(RDF + "type", RDFS + "label", DCTERMS + "identifier", DCTERMS + "title"),
    *(RDF + "subject", RDF + "predicate", RDF + "object"),
    *(KG + name for name in ("source", "sourceText", "addressee", "cue", "polarity", "certainty", "within")),
    *(OA + name for name in ("start", "end", "exact", "prefix", "suffix")),
)
_RANK = {NamedNode(iri): number for number, iri in enumerate(_FIRST)}
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
    for part in _PARTS[format](list(store.quads()), store):
        output.write(part)


# RDF ---------------------------------------------------------------------------------------------------------------


def reified(quads: Iterable[Quad], store: Store) -> Iterator[Triple]:
    """Yield the distinct triples of the union, and those that say which claims state which of them."""
    claims = {term.value for term in _instances_of_claim(store)}
    seen: set[Triple] = set()
    stated: dict[Triple, set[NamedNode]] = defaultdict(set)
    for quad in quads:
        triple = quad.triple
        if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value in claims:
            stated[triple].add(quad.graph_name)
        if triple not in seen:
            seen.add(triple)
            yield triple
    for triple, graphs in stated.items():
        name = NamedNode(f"{store.base}statement/{hashlib.sha256(str(triple).encode()).hexdigest()[:_STATEMENT_DIGITS]}")
        yield Triple(name, _TYPE, _STATEMENT)
        yield Triple(name, NamedNode(RDF + "subject"), triple.subject)
        yield Triple(name, NamedNode(RDF + "predicate"), triple.predicate)
        yield Triple(name, NamedNode(RDF + "object"), triple.object)
        for graph in graphs:
            yield Triple(name, _STATED_IN, graph)


def _instances_of_claim(store: Store) -> Iterator[NamedNode]:
    with store.translated():
        for quad in store.database.quads_for_pattern(None, _TYPE, kg("Claim"), None):
            if isinstance(quad.subject, NamedNode):
                yield quad.subject


def _turtle(quads: list[Quad], store: Store) -> Iterator[bytes]:
    writer = _Writer(store.base)
    yield writer.header()
    yield from writer.subjects(reified(quads, store), "")


def _trig(quads: list[Quad], store: Store) -> Iterator[bytes]:
    writer = _Writer(store.base)
    graphs: dict[ox.NamedNode | ox.BlankNode, list[Triple]] = defaultdict(list)
    for quad in quads:
        if not isinstance(quad.graph_name, DefaultGraph):
            graphs[quad.graph_name].append(quad.triple)
    yield writer.header()
    for name in _in_reading_order(graphs, store):
        yield f"\n{writer.term(name)} {{\n".encode()
        own = [triple for triple in graphs[name] if triple.subject == name]
        yield from writer.subjects(own, "  ")
        yield from writer.subjects((triple for triple in graphs[name] if triple.subject != name), "  ")
        yield b"}\n"


def _in_reading_order(graphs: Iterable[ox.NamedNode | ox.BlankNode], store: Store) -> Iterator[ox.NamedNode | ox.BlankNode]:
    """Yield each document's graph, then those of its claims by their place in the text; then all others by name."""
    left = set(graphs)
    for document in store.documents():
        name = NamedNode(document.iri)
        with store.translated():
            starts = {
                quad.subject: int(quad.object.value)
                for quad in store.database.quads_for_pattern(None, NamedNode(OA + "start"), None, name)
                if isinstance(quad.object, Literal) and _BARE[XSD + "integer"].fullmatch(quad.object.value)
            }
        for graph in (name, *sorted(left & starts.keys(), key=lambda graph: (starts[graph], str(graph)))):
            if graph in left and not isinstance(graph, Triple):
                left.discard(graph)
                yield graph
    yield from sorted(left, key=str)


def _lines(items: Iterable[Quad | Triple]) -> Iterator[bytes]:
    for line in sorted({f"{item} .\n" for item in items}):
        yield line.encode()


def _nquads(quads: list[Quad], store: Store) -> Iterator[bytes]:
    return _lines(quads)


def _ntriples(quads: list[Quad], store: Store) -> Iterator[bytes]:
    return _lines(reified(quads, store))


def _jsonld(quads: list[Quad], store: Store) -> Iterator[bytes]:
    ordered = sorted(quads, key=lambda quad: (str(quad.graph_name), *_order(quad.triple)))
    yield ox.serialize(ordered, format=RdfFormat.JSON_LD) or b""
    yield b"\n"


def _rdfxml(quads: list[Quad], store: Store) -> Iterator[bytes]:
    clean = {Triple(t.subject, t.predicate, _for_xml(t.object)) for t in reified(quads, store)}
    yield ox.serialize(sorted(clean, key=_order), format=RdfFormat.RDF_XML, prefixes=dict(NAMESPACES)) or b""
    yield b"\n"


def _for_xml(term: Term) -> Term:
    """Give the term without the characters that XML 1.0 cannot hold."""
    if not isinstance(term, Literal) or not _NOT_IN_XML.search(term.value):
        return term
    text = _NOT_IN_XML.sub("", term.value)
    return Literal(text, language=term.language) if term.language else Literal(text, datatype=term.datatype)


def _order(triple: Triple) -> tuple[str, int, str, str]:
    predicate = triple.predicate
    return str(triple.subject), _RANK.get(predicate, len(_RANK)), str(predicate), str(triple.object)


_PARTS: Mapping[str, Callable[[list[Quad], Store], Iterator[bytes]]] = {
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
        lines = [f"@prefix {name}: <{namespace}> .\n" for name, namespace in sorted(NAMESPACES.items())]
        return "".join([f"@base <{self._base}> .\n" if self._base else "", *lines]).encode()

    def subjects(self, triples: Iterable[Triple], indent: str) -> Iterator[bytes]:
        """Yield one block for each subject."""
        subject: Subject | None = None
        block: dict[str, list[str]] = {}
        for triple in sorted(triples, key=_order):
            if triple.subject != subject:
                if subject is not None:
                    yield self._block(subject, block, indent)
                subject, block = triple.subject, {}
            predicate = "a" if triple.predicate == _TYPE else self.term(triple.predicate)
            block.setdefault(predicate, []).append(self.term(triple.object))
        if subject is not None:
            yield self._block(subject, block, indent)

    def term(self, term: Term) -> str:
        if isinstance(term, NamedNode):
            if term.value not in self._known:
                self._known[term.value] = self._iri(term)
            return self._known[term.value]
        if isinstance(term, Literal) and not term.language:
            datatype = term.datatype
            if datatype.value in _BARE and _BARE[datatype.value].fullmatch(term.value):
                return term.value
            if datatype.value != XSD + "string":
                return f"{Literal(term.value)}^^{self.term(datatype)}"
        return str(term)

    def _iri(self, term: NamedNode) -> str:
        if self._base and term.value.startswith(self._base) and _RELATIVE.fullmatch(term.value.removeprefix(self._base)):
            return f"<{term.value.removeprefix(self._base)}>"
        for name, namespace in NAMESPACES.items():
            if term.value.startswith(namespace) and _LOCAL_NAME.fullmatch(term.value.removeprefix(namespace)):
                return f"{name}:{term.value.removeprefix(namespace)}"
        return str(term)

    def _block(self, subject: Subject, block: dict[str, list[str]], indent: str) -> bytes:
        lines = [f"{predicate} {' , '.join(values)}" for predicate, values in block.items()]
        between = f" ;\n{indent}  "
        return f"\n{indent}{self.term(subject)} {between.join(lines)} .\n".encode()


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
