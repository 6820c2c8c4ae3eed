"""The quads of a dataset, read once and sorted by what they are about: entities, claims, documents."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import Literal as RdfLiteral
from pyoxigraph import NamedNode, Quad, Triple

from kg.model import Certainty, Polarity
from kg.vocab import DCTERMS, KG, OA, OWL, PROV, RDF, RDFS, SKOS, WGS84


@dataclass(slots=True)
class ClaimFacts:
    """What is known about one claim: who says it, how, where; IRIs as strings, enumerations by their names."""

    sources: list[str] = field(default_factory=list)
    addressees: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    within: str | None = None
    document: str = ""
    cue: str | None = None
    polarity: str = Polarity.POSITIVE.value
    certainty: str = Certainty.CERTAIN.value
    contradicts: list[str] = field(default_factory=list)
    corroborates: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Dataset:
    """The quads, sorted by what they are about; every IRI a string.

    `held` is what each claim's graph holds, in no order (see `triples`); `issued` the dates of documents with their datatype.
    """

    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    labels: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    preferred: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    same_as: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    affiliation: dict[str, str] = field(default_factory=dict)
    iso3166: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    mentions: Counter[str] = field(default_factory=Counter)
    claims: dict[str, ClaimFacts] = field(default_factory=lambda: defaultdict(ClaimFacts))
    documents: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    same_event: list[tuple[str, str]] = field(default_factory=list)
    statements: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    literals: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    held: dict[str, list[Quad]] = field(default_factory=lambda: defaultdict(list))
    issued: dict[str, RdfLiteral] = field(default_factory=dict)

    def label(self, iri: str) -> str | None:
        """Give the preferred name: the gazetteers', else the most frequent, else the first by alphabet."""
        if iri in self.preferred:
            return self.preferred[iri]
        written = self.labels.get(iri)
        return min(written, key=lambda name: (-written[name], name)) if written else None

    def shown(self, iri: str) -> str:
        """Give the label, or what the IRI ends with."""
        return self.label(iri) or iri.rpartition("/")[2]

    def is_event(self, iri: str) -> bool:
        """True if the IRI names an event."""
        return "Event" in self.types.get(iri, ())

    def point(self, iri: str) -> tuple[float, float] | None:
        """Give latitude and longitude of a place, in degrees, if they are known."""
        try:
            return float(self.places.get(iri, {})["lat"]), float(self.places.get(iri, {})["long"])
        except (KeyError, ValueError):
            return None

    def triples(self, claim: str) -> list[Triple]:
        """Give what a claim's graph holds, term by term, sorted."""
        return sorted((quad.triple for quad in self.held.get(claim, ())), key=str)

    def names(self, iri: str) -> set[str]:
        """Give every name the entity goes by."""
        return {*self.labels.get(iri, ()), *self.aliases.get(iri, ()), *filter(None, [self.preferred.get(iri)])}


def gather(quads: Iterable[Quad]) -> Dataset:
    """Read all quads once; order does not matter."""
    dataset = Dataset()
    triples: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    literals: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for quad in quads:
        subject, value, graph = quad.subject, quad.object, quad.graph_name
        if not isinstance(subject, NamedNode) or not isinstance(graph, NamedNode):
            continue
        predicate = quad.predicate.value
        if predicate == DCTERMS + "issued" and isinstance(value, RdfLiteral):
            dataset.issued[subject.value] = value
        if "/claim/" in graph.value:  # the graphs of documents are many times as large, and nobody asks for them whole
            dataset.held[graph.value].append(quad)
        if isinstance(value, NamedNode):
            if not _take_link(dataset, subject.value, predicate, value.value):  # of other ontologies the local name is shown
                name = predicate.removeprefix(KG).rpartition("#")[2].rpartition("/")[2]
                triples[graph.value].append((subject.value, name, value.value))
        elif isinstance(value, RdfLiteral) and not _take_text(dataset, subject.value, predicate, value.value, graph.value):
            literals[graph.value].append((subject.value, predicate.removeprefix(KG), value.value))
    for iri in [iri for iri, claim in dataset.claims.items() if "Claim" not in dataset.types.get(iri, ())]:
        del dataset.claims[iri]
    for claim in dataset.claims.values():
        for links in (claim.sources, claim.addressees, claim.about, claim.contradicts, claim.corroborates):
            links.sort()
    for iri in dataset.claims:
        dataset.statements[iri] = sorted(triples.get(iri, ()))
        dataset.literals[iri] = sorted(literals.get(iri, ()))
    dataset.same_event.sort()
    return dataset


def _take_link(dataset: Dataset, subject: str, predicate: str, value: str) -> bool:
    """Sort in a statement between resources; False if it may be what a claim states."""
    match predicate:
        case _ if predicate == RDF + "type":
            if value.startswith(KG):
                dataset.types[subject].add(value.removeprefix(KG))
        case _ if predicate == OWL + "sameAs":
            dataset.same_as[subject].add(value)
        case _ if predicate == PROV + "wasDerivedFrom":
            dataset.claims[subject].document = value
        case _ if predicate in (DCTERMS + "publisher", DCTERMS + "source"):
            dataset.documents[subject][predicate.removeprefix(DCTERMS)] = value
        case _ if not predicate.startswith(KG):
            return False
        case _:
            return _take_kg_link(dataset, subject, predicate.removeprefix(KG), value)
    return True


def _take_kg_link(dataset: Dataset, subject: str, predicate: str, value: str) -> bool:
    match predicate:
        case "source":
            dataset.claims[subject].sources.append(value)
        case "addressee":
            dataset.claims[subject].addressees.append(value)
        case "about":
            dataset.claims[subject].about.append(value)
        case "within":
            dataset.claims[subject].within = value
        case "contradicts":
            dataset.claims[subject].contradicts.append(value)
        case "corroborates":
            dataset.claims[subject].corroborates.append(value)
        case "sameEvent":
            dataset.same_event.append((subject, value))
        case "refersTo":
            dataset.mentions[value] += 1
        case "affiliation":
            dataset.affiliation[subject] = value
        case "polarity" | "certainty":
            # Of a claim here; of an event too, where it stays a statement of the claim.
            setattr(dataset.claims[subject], predicate, value.removeprefix(KG))
            return False
        case _:
            return False
    return True


def _take_text(dataset: Dataset, subject: str, predicate: str, value: str, graph: str) -> bool:
    """Sort in a literal; False if it may be what a claim states."""
    match predicate:
        case _ if predicate == RDFS + "label":
            if graph.endswith("graph/background"):
                dataset.preferred[subject] = min(value, dataset.preferred.get(subject, value))
            else:
                dataset.labels[subject][value] += 1
        case _ if predicate == SKOS + "altLabel":
            dataset.aliases[subject].add(value)
        case _ if predicate == KG + "iso3166":
            dataset.iso3166[subject] = value
        case _ if predicate in (WGS84 + "lat", WGS84 + "long"):
            dataset.places[subject][predicate.removeprefix(WGS84)] = value
        case _ if predicate.startswith(DCTERMS):
            dataset.documents[subject][predicate.removeprefix(DCTERMS)] = value
        case _ if predicate == KG + "cue":
            dataset.claims[subject].cue = min(value, dataset.claims[subject].cue or value)
        case _ if predicate in (OA + "exact", OA + "prefix", OA + "suffix"):
            name = predicate.removeprefix(OA)
            texts = dataset.claims[subject].texts
            texts[name] = min(value, texts.get(name, value))
        case _:
            return False
    return True
