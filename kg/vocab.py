"""Names of the graph: namespaces, prefixes, minting of IRIs, and the classes and properties as `ontology/kg.ttl` states them.

IRIs are derived from content, so that the same input names the same things (see the contract, "The graph model").
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import KnowledgeError
from kg.resources import data_path

KG = "https://w3id.org/claimgraph/ontology#"
BASE = "https://w3id.org/claimgraph/id/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
DCTERMS = "http://purl.org/dc/terms/"
SEM = "http://semanticweb.cs.vu.nl/2009/11/sem/"
SCHEMA = "https://schema.org/"
WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
WIKIDATA = "http://www.wikidata.org/entity/"

NAMESPACES: Mapping[str, str] = {
    "kg": KG,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "prov": PROV,
    "oa": OA,
    "dcterms": DCTERMS,
    "sem": SEM,
    "schema": SCHEMA,
    "geo": WGS84,
    "wd": WIKIDATA,
}
"""Prefixes that every query and export may use; `prefixes()` adds those of the data."""

ENTITY_KINDS = ("state", "person", "agency", "weapon", "place", "group")
DATA_KINDS = (*ENTITY_KINDS, "event", "claim", "document")

_SLUG_BREAK = re.compile(r"[^a-z0-9]+")
_HASH_LENGTH = 8


def prefixes(base: str = BASE) -> dict[str, str]:
    """Give all predeclared prefixes; `state:RU`, `agency:cnn` and the like shorten the data's IRIs."""
    return dict(NAMESPACES) | {"id": base} | {kind: f"{base}{kind}/" for kind in DATA_KINDS}


def kg(name: str) -> NamedNode:
    """Give the ontology's term of this local name."""
    return NamedNode(KG + name)


def slugify(text: str) -> str:
    """Give `text` in ASCII lower case with hyphens, as the last part of an IRI; never empty.

    >>> slugify("Bashar al-Assad"), slugify("Recep Tayyip Erdoğan")
    ('bashar-al-assad', 'recep-tayyip-erdogan')
    """
    folded = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("ø", "o").replace("ł", "l"))
    ascii_text = folded.encode("ascii", "ignore").decode().lower().replace("'", "").replace(".", "")
    slug = _SLUG_BREAK.sub("-", ascii_text).strip("-")[:80].rstrip("-")
    return slug or digest(text)


def digest(*parts: object) -> str:
    """Give a short hexadecimal hash of `parts`, stable over runs and machines."""
    import hashlib  # loads OpenSSL, which no query needs

    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:_HASH_LENGTH]


class Minter(NamedTuple):
    """Makes the IRIs of one dataset, all below `base`."""

    base: str = BASE

    def entity(self, kind: str, key: str) -> str:
        """Name an entity; `kind` is state, person, agency, weapon, place or group, `key` a code or slug."""
        return f"{self.base}{kind}/{key}"

    def document(self, document_id: str) -> str:
        """Name a document; different ids never share a name."""
        return f"{self.base}document/{slugify(document_id)[-48:].strip('-')}-{digest(document_id)}"

    def local(self, kind: str, document_iri: str, *parts: object) -> str:
        """Name something that exists within one document only: a group, event, claim or mention."""
        return f"{self.base}{kind}/{document_iri.rpartition('/')[2]}/{'-'.join(str(part) for part in parts)}"

    def statement(self, triple: str) -> str:
        """Name the reification of a triple, given as N-Triples has it, without the full stop."""
        import hashlib  # as in `digest`

        return f"{self.base}statement/{hashlib.sha256(triple.encode()).hexdigest()[:16]}"

    @property
    def background(self) -> NamedNode:
        """The graph of what the gazetteers know."""
        return NamedNode(f"{self.base}graph/background")

    @property
    def derived(self) -> NamedNode:
        """The graph of what was computed over all documents."""
        return NamedNode(f"{self.base}graph/derived")


class OntologyClass(NamedTuple):
    """A class of the ontology: its local name, label, direct superclasses (local names), CAMEO root code or None."""

    name: str
    label: str
    parents: tuple[str, ...]
    cameo: str | None


@cache
def _ontology() -> tuple[Triple, ...]:
    path = data_path("ontology", "kg.ttl")
    try:
        return tuple(quad.triple for quad in parse(path=str(path), format=RdfFormat.TURTLE))
    except (OSError, SyntaxError) as error:
        raise KnowledgeError(f"{path}: the ontology cannot be read ({error}); reinstall kg or correct the file") from error


@cache
def classes() -> Mapping[str, OntologyClass]:
    """Read the ontology's own classes, by local name.

    Raises:
        KnowledgeError: the shipped ontology is missing or is not Turtle.
    """
    labels: dict[str, str] = {}
    parents: dict[str, list[str]] = {}
    cameo: dict[str, str] = {}
    declared: set[str] = set()
    for triple in _ontology():
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if not isinstance(subject, NamedNode) or not subject.value.startswith(KG):
            continue
        name = subject.value.removeprefix(KG)
        if predicate == RDF + "type" and value == NamedNode(OWL + "Class"):
            declared.add(name)
        elif predicate == RDFS + "label" and isinstance(value, Literal):
            labels[name] = value.value
        elif predicate == RDFS + "subClassOf" and isinstance(value, NamedNode) and value.value.startswith(KG):
            parents.setdefault(name, []).append(value.value.removeprefix(KG))
        elif predicate == KG + "cameo" and isinstance(value, Literal):
            cameo[name] = value.value
    return {
        name: OntologyClass(name, labels.get(name, name), tuple(sorted(parents.get(name, ()))), cameo.get(name))
        for name in sorted(declared)
    }


@cache
def terms() -> frozenset[str]:
    """Give the local names of all terms of the ontology: classes, properties, individuals.

    Raises:
        KnowledgeError: the shipped ontology is missing or is not Turtle.
    """
    subjects = (triple.subject for triple in _ontology())
    return frozenset(s.value.removeprefix(KG) for s in subjects if isinstance(s, NamedNode) and s.value.startswith(KG))


@cache
def symmetric_properties() -> frozenset[str]:
    """Give the local names of the ontology's properties that hold either way round.

    Raises:
        KnowledgeError: the shipped ontology is missing or is not Turtle.
    """
    kind, symmetric = NamedNode(RDF + "type"), NamedNode(OWL + "SymmetricProperty")
    return frozenset(
        triple.subject.value.removeprefix(KG)
        for triple in _ontology()
        if triple.predicate == kind and triple.object == symmetric and isinstance(triple.subject, NamedNode)
    )


@cache
def lineage(name: str) -> tuple[str, ...]:
    """Give the class and all classes above it, finest first ("Missile", "Weapon", "Entity").

    Raises:
        KnowledgeError: the ontology has no such class.
    """
    known = classes()
    if name not in known:
        raise KnowledgeError(f"{name}: not a class of ontology/kg.ttl; add it there or correct the data file that names it")
    found: list[str] = [name]
    for current in found:
        found.extend(parent for parent in known[current].parents if parent not in found)
    return tuple(found)


def is_a(name: str, ancestor: str) -> bool:
    """True if class `name` is `ancestor` or below it."""
    return ancestor in lineage(name)


def finest(names: Collection[str]) -> str | None:
    """Give the class below which none of the others lies, of several such the first by alphabet; None if there are none.

    Raises:
        KnowledgeError: the ontology has no such class.

    >>> finest({"Entity", "Weapon", "Missile"})
    'Missile'
    """
    return min((name for name in names if not any(other != name and is_a(other, name) for other in names)), default=None)
