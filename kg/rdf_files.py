"""RDF of others, or of our own making, as quads and as a store in memory: Turtle, TriG, N-Quads and their kin.

The same file gives the same quads: blank nodes are named by the order in which they come.
"""

import gzip
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple

from kg.errors import InputError, StoreError
from kg.store import Store
from kg.vocab import BASE, RDF, kg

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
"""What is read, by the end of a file's name; `.gz` may follow."""

MAX_FETCHED = 50_000_000
"""The longest file that is fetched from the web, in bytes."""

_ACCEPTED = "text/turtle, application/n-triples, application/rdf+xml, application/ld+json;q=0.9, */*;q=0.1"

_PLACE = re.compile(r"^Parser error at .*?: ")


def read_quads(path: str | os.PathLike[str], *, base_iri: str | None = None) -> Iterator[Quad]:
    """Yield the quads of an RDF file as it writes them; numbers keep their spelling.

    Args:
        path: its name ends as in `FORMATS`.
        base_iri: what relative IRIs are relative to, if the file does not say; by default the file itself.

    Raises:
        InputError: the file cannot be read, its name does not tell its format, or it is not of that format.
    """
    file = Path(path)
    plain = file.with_suffix("") if file.suffix == ".gz" else file
    rdf_format = FORMATS.get(plain.suffix.lower())
    if rdf_format is None:
        raise InputError(f"{file}: its name tells no format of RDF; let it end in {', '.join(FORMATS)}")
    names: dict[BlankNode, BlankNode] = {}
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            base = base_iri or plain.absolute().as_uri()
            for quad in ox.parse(cast("IO[bytes]", stream), format=rdf_format, base_iri=base):
                yield _named(quad, names)
    except SyntaxError as error:
        place = f"{file}:{error.lineno}:{error.offset}" if error.lineno else str(file)
        raise InputError(f"{place}: not {rdf_format.name} ({_PLACE.sub('', error.msg)}); correct it") from error
    except (ValueError, EOFError, zlib.error) as error:
        raise InputError(f"{file}: not {rdf_format.name} ({error}); correct it") from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror or error}); check the path") from error


def fetch_triples(url: str) -> list[Triple]:
    """Give the triples of an RDF file on the web; its blank nodes get names that nothing else has.

    Args:
        url: of http or https. What it gives is of the format that the server says, or that the address ends with.

    Raises:
        InputError: it cannot be had, is too long, is no RDF, or has graphs.
    """
    from kg.web import fetch  # seldom needed

    suffix = Path(urlsplit(url).path).suffix.lower()

    def format_of(media_type: str) -> RdfFormat | None:
        return RdfFormat.from_media_type(media_type) or FORMATS.get(suffix)

    def check(media_type: str) -> None:
        if format_of(media_type) is None:
            raise InputError(f"'{media_type}' is no format of RDF; give the address of Turtle, N-Triples, RDF/XML or JSON-LD")

    page = fetch(url, accept=_ACCEPTED, max_bytes=MAX_FETCHED, check=check)
    rdf_format = cast("RdfFormat", format_of(page.media_type))
    try:
        found = ox.parse(page.content, format=rdf_format, base_iri=page.url, without_named_graphs=True, rename_blank_nodes=True)
        return [quad.triple for quad in found]
    except (SyntaxError, ValueError) as error:
        place = f":{error.lineno}:{error.offset}" if isinstance(error, SyntaxError) and error.lineno else ""
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise InputError(f"{url}{place}: not {rdf_format.name} ({_PLACE.sub('', said)})") from error


def read_store(path: str | os.PathLike[str], *, base_iri: str | None = None) -> Store:
    """Give the dataset of an RDF file as a store in memory, for reading; its base is that of the documents in it.

    Statements that lie in no graph stand in the union alone.

    Raises:
        InputError: as `read_quads`.
        StoreError: the quads cannot be held.
    """
    quads = list(read_quads(path, base_iri=base_iri))
    documents = sorted(
        quad.subject.value
        for quad in quads
        if isinstance(quad.subject, NamedNode) and quad.predicate.value == RDF + "type" and quad.object == kg("Document")
    )
    bases = [begin for iri in documents for begin, kind, _ in [iri.partition("document/")] if kind]
    database = ox.Store()
    try:
        database.bulk_extend(
            both for quad in quads for both in (quad, Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()))
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"{path}: its statements cannot be held ({error}); give a smaller file") from error
    return Store(database, base=bases[0] if bases else BASE, read_only=True)


def _named(quad: Quad, names: dict[BlankNode, BlankNode]) -> Quad:
    if not any(isinstance(term, BlankNode | Triple) for term in (quad.subject, quad.object, quad.graph_name)):
        return quad

    def named(term: object) -> object:
        if isinstance(term, BlankNode):
            return names.setdefault(term, BlankNode(f"b{len(names)}"))
        if isinstance(term, Triple):
            return Triple(named(term.subject), term.predicate, named(term.object))  # type: ignore[arg-type]
        return term

    return Quad(named(quad.subject), quad.predicate, named(quad.object), named(quad.graph_name))  # type: ignore[arg-type]
