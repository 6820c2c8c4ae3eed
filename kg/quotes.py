"""Claims as people read them: who says it, through whom, how surely, in which words, where and when."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode

from kg.store import Store
from kg.vocab import DCTERMS, KG, OA, PROV, RDFS, kg

_LABEL = NamedNode(RDFS + "label")
_TITLE = NamedNode(DCTERMS + "title")
_IDENTIFIER = NamedNode(DCTERMS + "identifier")
_UNION = DefaultGraph()


@dataclass(frozen=True, slots=True)
class Quote:
    """One claim.

    Attributes:
        claim: its IRI.
        source: who says it, by name; several with commas.
        via: who reports it, the nearest first, without the document's own voice.
        roots: its root sources, by name.
        speaker: the source as written, "" where none is ("reportedly").
        cue: the reporting word, "" in a document's own voice.
        words: what is said; sentence: the same with what stands around it.
        document: id; outlet: its publisher, else its title or id; date: of the document, as ISO 8601, or "".
    """

    claim: str
    source: str
    via: tuple[str, ...]
    roots: tuple[str, ...]
    speaker: str
    cue: str
    polarity: str
    certainty: str
    words: str
    sentence: str
    document: str
    outlet: str
    date: str

    @property
    def is_own_voice(self) -> bool:
        """True if the document itself speaks."""
        return not self.cue

    def who(self) -> str:
        """Give the source with those through whom it came.

        >>> Quote("", "two officials", ("CNN",), (), "two officials", "said", "", "", "", "", "", "BBC", "").who()
        'two officials, by CNN, in BBC'
        """
        through = [f"by {name}" for name in self.via]
        return ", ".join([self.source, *through, *([f"in {self.outlet}"] if self.outlet != self.source else [])])

    def to_json(self) -> dict[str, object]:
        """Give it as an object of JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


class Quotes:
    """Reads quotes out of a store; what was read once is kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._labels: dict[str, str] = {}
        self._quotes: dict[str, Quote] = {}

    def of(self, claim: str) -> Quote:
        """Give the claim of this IRI as people read it.

        Raises:
            StoreError: the store cannot be read.
        """
        if claim not in self._quotes:
            with self._store.translated():
                self._quotes[claim] = self._read(claim)
        return self._quotes[claim]

    def label(self, iri: str) -> str:
        """Give the name of an entity, the title or id of a document: as the gazetteers have it, else the first by alphabet."""
        if iri not in self._labels:
            node = NamedNode(iri)
            names = self._values(node, _LABEL, self._store.minter.background)
            for predicate in (_LABEL, _TITLE, _IDENTIFIER):
                names = names or self._values(node, predicate)
            self._labels[iri] = min(names, default=iri.removeprefix(self._store.base))
        return self._labels[iri]

    def values(self, subject: str, predicate: str) -> list[str]:
        """Give the values of a property, sorted; of terms their IRI."""
        return sorted(self._values(NamedNode(subject), NamedNode(predicate))) if subject else []

    def value(self, subject: str, predicate: str) -> str:
        """Give the first of the values, "" if there is none."""
        return next(iter(self.values(subject, predicate)), "")

    def _values(self, subject: NamedNode, predicate: NamedNode, graph: NamedNode | DefaultGraph = _UNION) -> list[str]:
        found = self._store.database.quads_for_pattern(subject, predicate, None, graph)
        return [quad.object.value for quad in found if isinstance(quad.object, NamedNode | Literal)]

    def _read(self, claim: str) -> Quote:
        one = self.value
        document = one(claim, PROV + "wasDerivedFrom")
        publisher = one(document, DCTERMS + "publisher")
        via: list[str] = []
        outer, seen = one(claim, KG + "within"), {claim}
        while outer and outer not in seen:
            if one(outer, KG + "cue"):
                via.append(self._names(self.values(outer, KG + "source")))
            seen.add(outer)
            outer = one(outer, KG + "within")
        words, before, after = (one(claim, OA + name) for name in ("exact", "prefix", "suffix"))
        return Quote(
            claim,
            self._names(self.values(claim, KG + "source")),
            tuple(via),
            tuple(sorted(self.label(root) for root in self.values(claim, KG + "rootSource"))),
            " ".join(one(claim, KG + "sourceText").split()),
            one(claim, KG + "cue"),
            one(claim, KG + "polarity").removeprefix(KG),
            one(claim, KG + "certainty").removeprefix(KG),
            " ".join(words.split()),
            " ".join(f"{before}{words}{after}".split()),
            one(document, DCTERMS + "identifier"),
            self.label(publisher or document),
            one(document, DCTERMS + "issued"),
        )

    def _names(self, iris: Iterable[str]) -> str:
        return ", ".join(dict.fromkeys(self.label(iri) for iri in iris))


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison as the store holds it: IRIs, the verdict's local name, and the rule."""

    verdict: str
    rule: str
    first: tuple[str, str]
    second: tuple[str, str]


def comparisons(store: Store) -> list[Compared]:
    """Give all comparisons of the store, sorted; their ends are (claim, event).

    Raises:
        StoreError: the store cannot be read.
    """
    facts: dict[str, dict[str, str]] = {}
    names = ("verdict", "rule", "firstClaim", "firstEvent", "secondClaim", "secondEvent")
    with store.translated():
        for name in names:
            for quad in store.database.quads_for_pattern(None, kg(name), None, store.minter.derived):
                if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                    facts.setdefault(quad.subject.value, {})[name] = quad.object.value
    found = [
        Compared(
            fact["verdict"].removeprefix(KG),
            fact["rule"],
            (fact["firstClaim"], fact["firstEvent"]),
            (fact["secondClaim"], fact["secondEvent"]),
        )
        for fact in facts.values()
        if fact.keys() == set(names)
    ]
    return sorted(found, key=lambda item: (item.first, item.second))
