"""An ontology of the user's own, as Turtle: which classes, terms and properties to look for, and by which words.

Classes are mapped to ours by `rdfs:subClassOf kg:…`; named individuals become a list of terms; properties are found by
their labels and by the phrases and patterns given with them. `docs/own-ontology.md` is the guide; `kg.annotate` does the
finding.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from kg.errors import KnowledgeError, suggest
from kg.vocab import KG, classes, lineage

_TRIGGER, _PATTERN = URIRef(KG + "trigger"), URIRef(KG + "pattern")
_FALLBACK = URIRef(KG + "fallbackPattern")
_AMBIGUOUS, _CONTEXT = URIRef(KG + "ambiguousLabel"), URIRef(KG + "context")
_AIMS = URIRef(KG + "holdsOfAims")
_ANYTHING = {OWL.Thing, RDFS.Resource, RDFS.Literal}
_CHOICE = re.compile(r"\(([^(){}]*\|[^(){}]*)\)")
_PART = re.compile(r"\{([^{}]*)\}|(…|\.\.\.)|('s\b)|([^\W_]+(?:[.'][^\W_]+)*)|([^\s{}])")
_NUMBERS = frozenset(str(type_) for type_ in (XSD.integer, XSD.decimal, XSD.double, XSD.int, XSD.nonNegativeInteger))
_TIMES = frozenset(str(type_) for type_ in (XSD.date, XSD.dateTime, XSD.gYear))

_BE = frozenset(("is", "are", "was", "were", "been", "being"))

_MOST = 400
"""How many phrases one with choices may stand for."""

_NEAR = 0.75
"""How like one of our words a name must be to count as that word mistyped; kg:target is no kg:trigger."""

GAP = "…"
"""In a pattern: after the first slot, the grammar says what fills it; elsewhere, a few words may stand between."""


ROLES = frozenset(("subject", "object"))


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a pattern or a term: `names` are "subject" or "object", or IRIs of classes one of which must fit."""

    names: tuple[str, ...]


Item = Slot | str


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class of the user's ontology.

    Attributes:
        nouns: its labels, which name an unnamed member ("the party") and end or head a name ("Green Party of X").
        above: IRIs of the class itself and of the user's classes above it.
        ours: local names of the `kg:` classes that it is directly below; what is of these fits.
        is_closed: it has named individuals and no class of ours: nothing else is of it.
        apart: IRIs of the user's classes whose members are not of this one.
    """

    iri: str
    label: str
    nouns: tuple[str, ...]
    above: frozenset[str]
    ours: tuple[str, ...]
    is_closed: bool = False
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """A named individual; with slots in its names ("President of {State}") it stands for one of each filling.

    Attributes:
        label: what is printed; a slot stands in braces.
        names: forms that always count; ambiguous: forms that count only if one of `contexts` stands in the document.
        classes: IRIs of its classes and of the user's classes above them.
        ours: the `kg:` class it is of, "Concept" if none is given.
    """

    iri: str
    label: str
    names: tuple[tuple[Item, ...], ...]
    ambiguous: tuple[tuple[Item, ...], ...]
    contexts: tuple[str, ...]
    classes: frozenset[str]
    ours: str

    @property
    def is_template(self) -> bool:
        """True if the label has slots."""
        return "{" in self.label


@dataclass(frozen=True, slots=True)
class OwnProperty:
    """A property of the user's ontology.

    Attributes:
        name: the last part of the IRI.
        patterns: each with a slot for the subject and one for the object.
        fallbacks: patterns for a sentence in which none of the others stands.
        domain, range: IRIs of classes one of which must fit; empty: anything.
        datatype: IRI of the datatype of a literal, or None; kind: "number", "time" or "text", or "" for a link.
        ours: local names of the `kg:` properties above it, which hold too.
        inverses: IRIs of the properties that hold the other way round.
        holds_of_aims: what somebody aims at counts ("seeks to promote", "was founded to promote").
    """

    iri: str
    name: str
    label: str
    patterns: tuple[tuple[Item, ...], ...]
    domain: frozenset[str]
    range: frozenset[str]
    datatype: str | None
    kind: str
    ours: tuple[str, ...]
    inverses: tuple[str, ...]
    fallbacks: tuple[tuple[Item, ...], ...] = ()
    holds_of_aims: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """All that the user's Turtle files say, by IRI."""

    classes: Mapping[str, OwnClass]
    terms: tuple[Term, ...]
    properties: Mapping[str, OwnProperty]


def load_schema(folder: Path) -> Schema | None:
    """Read every `*.ttl` of a folder as one ontology; None if there is none.

    Raises:
        KnowledgeError: a file is not Turtle, or says something that cannot be followed; names file and term.
    """
    graph = Graph()
    homes: dict[URIRef, Path] = {}
    paths = sorted(folder.glob("*.ttl"))
    for path in paths:
        part = Graph()
        try:
            part.parse(source=str(path), format="turtle")
        except Exception as error:  # rdflib raises its own syntax errors, ValueError, UnicodeDecodeError and OSError
            message = " ".join(str(error).split())[:160]
            raise KnowledgeError(f"{path}: not Turtle ({message}); correct it, or take it out of the folder") from error
        for subject in part.subjects():
            if isinstance(subject, URIRef):
                homes.setdefault(subject, path)
        graph += part
    return _Reader(graph, homes).schema() if paths else None


def alternatives(text: str) -> list[str]:
    """Give the phrases that one with choices in brackets stands for.

    >>> alternatives("(captain|pilot) (of|in) {object}")[:3]
    ['captain of {object}', 'captain in {object}', 'pilot of {object}']
    """
    found = _CHOICE.search(text)
    if found is None:
        return [" ".join(text.split())]
    parts = found.group(1).split("|")
    return [choice for part in parts for choice in alternatives(text[: found.start()] + part.strip() + text[found.end() :])]


def parse_pattern(text: str) -> tuple[Item, ...]:
    """Split into words, marks, gaps and slots.

    >>> parse_pattern("{object}-made {subject}")
    (Slot(names=('object',)), '-', 'made', Slot(names=('subject',)))
    """
    found: list[Item] = []
    for slot, gap, possessive, word, mark in _PART.findall(text):
        if slot:
            found.append(Slot(tuple(name.strip() for name in slot.split("|"))))
        else:
            found.append(GAP if gap else "be" if word in _BE else (possessive or word or mark).casefold())
    return tuple(found)


class _Reader:
    def __init__(self, graph: Graph, homes: Mapping[URIRef, Path]) -> None:
        self.graph = graph
        self.homes = homes
        declared = {iri for type_ in (OWL.Class, RDFS.Class) for iri in graph.subjects(RDF.type, type_)}
        declared |= {iri for iri in graph.subjects(RDFS.subClassOf) if iri in homes}
        self.declared = {iri for iri in declared if isinstance(iri, URIRef)}
        self.names: dict[str, str] = {}
        types = sorted({type_ for type_ in graph.objects(None, RDF.type) if type_ in self.declared}, key=str)
        self.listed = {above for type_ in types if isinstance(type_, URIRef) for above in self._above(type_)}

    def schema(self) -> Schema:
        own = {str(iri): self._class(iri) for iri in sorted(self.declared)}
        self.names = {name: item.iri for item in own.values() for name in (item.label, _local(item.iri))}
        kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, RDF.Property)
        iris = {iri for kind in kinds for iri in self.graph.subjects(RDF.type, kind) if isinstance(iri, URIRef)}
        self._check_words(iris)
        properties = {str(iri): self._property(iri) for iri in sorted(iris)}
        members = {
            iri
            for iri, type_ in self.graph.subject_objects(RDF.type)
            if isinstance(iri, URIRef) and (type_ in self.declared or type_ == OWL.NamedIndividual)
        }
        terms = tuple(self._term(iri) for iri in sorted(members - self.declared - iris))
        return Schema(own, terms, properties)

    def _check_words(self, properties: Set[URIRef]) -> None:
        """Refuse what would be passed over in silence: a mistyped kg: word, and words for what is declared as no property."""
        own = {_local(name) for name in (_TRIGGER, _PATTERN, _FALLBACK, _AMBIGUOUS, _CONTEXT, _AIMS)}
        for iri in sorted(self.homes):
            said = {_local(name) for name in self.graph.predicates(iri) if str(name).startswith(KG)}
            for name in sorted(said - own):
                if near := get_close_matches(name, sorted(own), n=1, cutoff=_NEAR):
                    raise self._error(iri, f"there is no kg:{name} for an ontology; did you mean '{near[0]}'?")
            of_property = sorted(said & {_local(name) for name in (_TRIGGER, _PATTERN, _FALLBACK, _AIMS)})
            if of_property and iri not in properties:
                raise self._error(
                    iri, f"it has kg:{of_property[0]}, but is declared as no property; add 'a owl:ObjectProperty'"
                )

    def _error(self, iri: URIRef, message: str) -> KnowledgeError:
        return KnowledgeError(f"{self.homes.get(iri, 'ontology')}: {_local(iri)}: {message}")

    def _texts(self, iri: URIRef, *predicates: URIRef) -> tuple[str, ...]:
        """Give the English (or untagged) literals, those of the first predicate first."""
        found: list[str] = []
        for predicate in predicates:
            values = [value for value in self.graph.objects(iri, predicate) if isinstance(value, Literal)]
            found += sorted(str(value).strip() for value in values if (value.language or "en").startswith("en"))
        return tuple(dict.fromkeys(text for text in found if text))

    def _iris(self, iri: URIRef, predicate: URIRef) -> list[URIRef]:
        return sorted(value for value in self.graph.objects(iri, predicate) if isinstance(value, URIRef))

    def _label(self, iri: URIRef) -> str:
        return next(iter(self._texts(iri, SKOS.prefLabel, RDFS.label)), _spaced(_local(iri)))

    # -- classes -------------------------------------------------------------------------------------------------------

    def _class(self, iri: URIRef) -> OwnClass:
        above = self._above(iri)
        direct = (*self._iris(iri, RDFS.subClassOf), *self._iris(iri, OWL.equivalentClass))
        return OwnClass(
            str(iri),
            self._label(iri),
            (*dict.fromkeys((self._label(iri), *self._texts(iri, SKOS.altLabel))),),
            frozenset(map(str, above)),
            ours := tuple(sorted({self._our_class(iri, name) for name in direct if str(name).startswith(KG)})),
            iri in self.listed and not ours,
            frozenset(self._apart(above)),
        )

    def _apart(self, above: Iterable[URIRef]) -> Iterator[str]:
        for iri in above:
            yield from map(str, self.graph.objects(iri, OWL.disjointWith))
            yield from map(str, self.graph.subjects(OWL.disjointWith, iri))

    def _above(self, iri: URIRef) -> list[URIRef]:
        above = [iri]
        for current in above:
            parents = self._iris(current, RDFS.subClassOf)
            above += [parent for parent in parents if parent in self.declared and parent not in above]
        return above

    def _our_class(self, iri: URIRef, name: object) -> str:
        local = str(name).removeprefix(KG)
        if local not in classes():
            raise self._error(iri, f"there is no class kg:{local}; {suggest(local, classes())}")
        return local

    def _references(self, iri: URIRef, predicate: URIRef) -> frozenset[str]:
        """Give the classes of a domain or range; several, or a union, are alternatives."""
        found: set[str] = set()
        for value in self.graph.objects(iri, predicate):
            members: Iterable[object] = [value]
            if isinstance(value, BNode) and (union := self.graph.value(value, OWL.unionOf)) is not None:
                members = Collection(self.graph, union)
            for member in members:
                if member in _ANYTHING:
                    return frozenset()
                if str(member).startswith(KG):
                    self._our_class(iri, member)
                elif member not in self.declared and not str(member).startswith(str(XSD)):
                    name = _local(member)
                    hint = suggest(name, [_local(known) for known in self.declared])
                    raise self._error(iri, f"its {_local(predicate)} {name} is declared in no file as owl:Class; {hint}")
                found.add(str(member))
        return frozenset(found)

    # -- terms ---------------------------------------------------------------------------------------------------------

    def _term(self, iri: URIRef) -> Term:
        types = self._iris(iri, RDF.type)
        own = {above for type_ in types if type_ in self.declared for above in self._class(type_).above}
        ours = [self._our_class(iri, type_) for type_ in types if str(type_).startswith(KG)]
        ours += [name for above in sorted(own) for name in self._class(URIRef(above)).ours]
        label = self._label(iri)
        return Term(
            str(iri),
            label,
            tuple(self._slots(iri, name) for name in dict.fromkeys((label, *self._texts(iri, SKOS.altLabel, RDFS.label)))),
            tuple(self._slots(iri, name) for name in self._texts(iri, _AMBIGUOUS)),
            self._texts(iri, _CONTEXT),
            frozenset(own),
            max(ours, key=lambda name: (len(lineage(name)), name), default="Concept"),
        )

    def _slots(self, iri: URIRef, text: str) -> tuple[Item, ...]:
        """Read a name; a slot's class is named as the user's class, else as ours."""
        return tuple(self._class_slot(iri, item) for item in parse_pattern(text))

    def _class_slot(self, iri: URIRef, item: Item) -> Item:
        if not isinstance(item, Slot) or ROLES.issuperset(item.names):
            return item
        own = [self.names.get(name) for name in item.names]
        return Slot(
            tuple(
                known or KG + self._our_class(iri, KG + name.removeprefix("kg:"))
                for known, name in zip(own, item.names, strict=True)
            )
        )

    # -- properties ----------------------------------------------------------------------------------------------------

    def _property(self, iri: URIRef) -> OwnProperty:
        label = self._label(iri)
        patterns = [pattern for text in self._texts(iri, _PATTERN) for pattern in self._patterns(iri, text)]
        fallbacks = [pattern for text in self._texts(iri, _FALLBACK) for pattern in self._patterns(iri, text)]
        phrases = dict.fromkeys((*self._texts(iri, RDFS.label), *self._texts(iri, SKOS.altLabel, _TRIGGER)))
        for phrase in phrases or {label: None}:
            if "{" in phrase:
                raise self._error(iri, f"'{phrase}' has a slot; give it as kg:pattern")
            for choice in self._choices(iri, phrase):
                patterns += _readings(choice)
        ranges = self._references(iri, RDFS.range)
        datatypes = sorted(name for name in ranges if name.startswith(str(XSD)))
        datatype = datatypes[0] if datatypes else None
        is_literal = datatype is not None or (iri, RDF.type, OWL.DatatypeProperty) in self.graph
        kind = "number" if datatype in _NUMBERS else "time" if datatype in _TIMES else "text"
        inverses = {*self.graph.objects(iri, OWL.inverseOf), *self.graph.subjects(OWL.inverseOf, iri)}
        above = self.graph.objects(iri, RDFS.subPropertyOf)
        return OwnProperty(
            str(iri),
            _local(iri),
            label,
            tuple(dict.fromkeys(patterns)),
            self._references(iri, RDFS.domain),
            frozenset() if is_literal else ranges,
            datatype,
            kind if is_literal else "",
            tuple(sorted(str(name).removeprefix(KG) for name in above if str(name).startswith(KG))),
            tuple(sorted(str(other) for other in inverses if isinstance(other, URIRef))),
            tuple(dict.fromkeys(fallbacks)),
            (iri, _AIMS, Literal(True)) in self.graph,
        )

    def _choices(self, iri: URIRef, text: str) -> list[str]:
        choices = alternatives(text)
        if not all(choices):
            raise self._error(iri, f"'{text}' stands for an empty phrase; give it a word that always stands")
        if len(choices) > _MOST:
            raise self._error(iri, f"'{text}' stands for {len(choices)} phrases; give it choices for 1 to {_MOST}")
        return choices

    def _patterns(self, iri: URIRef, text: str) -> list[tuple[Item, ...]]:
        found = []
        for choice in self._choices(iri, text):
            items = parse_pattern(choice)
            slots = sorted(name for item in items if isinstance(item, Slot) for name in item.names if name in ROLES)
            if slots != ["object", "subject"]:
                raise self._error(iri, f"pattern '{text}' must have {{subject}} and {{object}}, each once")
            found.append(tuple(self._class_slot(iri, item) for item in items))
        return found


def _readings(phrase: str) -> Iterator[tuple[Item, ...]]:
    """Give the patterns of a bare phrase: between its ends, and as the noun for its object ("the capital of X is Y")."""
    words = parse_pattern(phrase)
    subject, value = Slot(("subject",)), Slot(("object",))
    yield (subject, *words, value)
    if words[-1] not in _CLOSING:
        yield (value, *words, "of", subject)
        yield (subject, "'s", *words, value)


_CLOSING = frozenset(("by", "of", "in", "to", "for", "from", "with", "at", "on", "as", "against", "than", "under"))


def _local(iri: object) -> str:
    return re.split(r"[#/]", str(iri).rstrip("#/"))[-1]


def _spaced(name: str) -> str:
    """Give "militaryRank" or "military_rank" as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").lower()
