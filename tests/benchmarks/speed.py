"""Ratios of kg's speed to what it stands on, measured in one run: pyoxigraph called directly, rdflib in memory, a bare script.

    python tests/benchmarks/speed.py [QUADS]        1,000,000 by default; the Markdown table goes to standard output

The dataset is synthetic, of the contract's shape: articles with claims, each claim a named graph with an event, mentions of
entities that many articles share, and what a gazetteer knows of these.
"""

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QueryResultsFormat, RdfFormat

from kg.derive import derive
from kg.export import write
from kg.query import plain_text, run_update, saved_queries, write_query
from kg.store import Store, open_store
from kg.vocab import BASE, DCTERMS, OA, PROV, RDF, RDFS, SKOS, XSD, kg

SAVED: dict[str, dict[str, str]] = {
    "claims": {"topic": "weapon"},
    "sources": {},
    "co-mentions": {},
    "anonymous-share": {},
    "by-outlet": {},
    "single-source": {},
    "weapons-used": {},
    "since": {"since": "2018-01-01"},
}
"""The saved queries that touch most data, with parameters for those that need some."""

EVERYTHING = "SELECT * { ?s ?p ?o }"
FREE = {
    "SELECT *": EVERYTHING,
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "who says what": "SELECT ?who ?what { ?c a kg:Claim ; kg:source ?who ; kg:about ?what }",
}
ROWS_OF_RDFLIB = 300_000
"""rdflib is asked on as many quads: a million take it half a minute to read and gigabytes to hold."""

_TYPE, _LABEL = NamedNode(RDF + "type"), NamedNode(RDFS + "label")
_KINDS = ("Attack", "Meeting", "Launch", "Hit", "Supply")
_STATES, _PEOPLE, _WEAPONS, _PLACES, _OUTLETS = 40, 400, 60, 200, 50


def dataset(number: int) -> Iterator[Quad]:
    """Yield about `number` quads."""
    background, given = NamedNode(f"{BASE}graph/background"), 0
    for quad in _background(background):
        given += 1
        yield quad
    article = 0
    while given < number:
        for quad in _article(article):
            given += 1
            yield quad
        article += 1


def _named(kind: str, number: int) -> NamedNode:
    return NamedNode(f"{BASE}{kind}/{kind}-{number}")


def _background(graph: NamedNode) -> Iterator[Quad]:
    kinds = (
        ("state", "State", _STATES), ("person", "Person", _PEOPLE), ("weapon", "Weapon", _WEAPONS), ("place", "Place", _PLACES),
        ("agency", "Agency", _OUTLETS),
    )  # fmt: skip
    for kind, name, size in kinds:
        for number in range(size):
            entity = _named(kind, number)
            yield Quad(entity, _TYPE, kg(name), graph)
            yield Quad(entity, _TYPE, kg("Entity"), graph)
            yield Quad(entity, _LABEL, Literal(f"{name} {number}"), graph)
            yield Quad(entity, NamedNode(SKOS + "altLabel"), Literal(f"the {name} {number}"), graph)


def _integer(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(XSD + "integer"))


def _article(number: int) -> Iterator[Quad]:
    """Yield an article of eight claims: 30 mentions, and for each claim its attribution and an event."""
    chance = hashlib.sha256(str(number).encode()).digest()
    document = NamedNode(f"{BASE}document/article-{number}")
    outlet = _named("agency", chance[0] % _OUTLETS)
    day = f"20{15 + number % 8:02}-{1 + chance[1] % 12:02}-{1 + chance[2] % 28:02}"
    yield Quad(document, _TYPE, kg("Document"), document)
    yield Quad(document, NamedNode(DCTERMS + "title"), Literal(f"Article {number}"), document)
    yield Quad(document, NamedNode(DCTERMS + "identifier"), Literal(f"article-{number}"), document)
    yield Quad(document, NamedNode(DCTERMS + "publisher"), outlet, document)
    yield Quad(document, NamedNode(DCTERMS + "issued"), Literal(day, datatype=NamedNode(XSD + "date")), document)
    yield Quad(document, kg("sha256"), Literal(chance.hex()), document)
    derived = NamedNode(PROV + "wasDerivedFrom")
    for place in range(30):
        mention = NamedNode(f"{BASE}mention/article-{number}/{place}")
        kind, size = (("state", _STATES), ("person", _PEOPLE), ("weapon", _WEAPONS), ("place", _PLACES))[place % 4]
        yield Quad(mention, _TYPE, kg("Mention"), document)
        yield Quad(mention, kg("refersTo"), _named(kind, (chance[place] * 7 + number) % size), document)
        yield Quad(mention, derived, document, document)
        yield Quad(mention, NamedNode(OA + "start"), _integer(40 * place), document)
        yield Quad(mention, NamedNode(OA + "end"), _integer(40 * place + 8), document)
        yield Quad(mention, NamedNode(OA + "exact"), Literal(f"mention {place} of {number}"), document)
    for place in range(8):
        yield from _claim(number, place, chance, document, outlet)


def _claim(number: int, place: int, chance: bytes, document: NamedNode, outlet: NamedNode) -> Iterator[Quad]:
    claim, event = (NamedNode(f"{BASE}{kind}/article-{number}/{place}") for kind in ("claim", "event"))
    is_own = place % 3 == 0
    who = outlet if is_own else _named("person", (chance[place] + number) % _PEOPLE)
    actor, weapon = _named("state", chance[place + 8] % _STATES), _named("weapon", chance[place + 16] % _WEAPONS)
    where = _named("place", chance[place + 4] % _PLACES)
    for name, value in (
        ("source", who), ("polarity", kg("Negative" if chance[place] % 7 == 0 else "Positive")), ("certainty", kg("Certain")),
        ("event", event), ("about", actor), ("about", weapon), ("about", where),
    ):  # fmt: skip
        yield Quad(claim, kg(name), value, document)
    yield Quad(claim, _TYPE, kg("Claim"), document)
    yield Quad(claim, NamedNode(PROV + "wasDerivedFrom"), document, document)
    yield Quad(claim, NamedNode(OA + "start"), _integer(150 * place), document)
    yield Quad(claim, NamedNode(OA + "end"), _integer(150 * place + 120), document)
    yield Quad(
        claim, NamedNode(OA + "exact"), Literal(f"what claim {place} of article {number} says, in so many words"), document
    )
    if not is_own:
        yield Quad(claim, kg("cue"), Literal("said"), document)
        yield Quad(claim, kg("within"), NamedNode(f"{BASE}claim/article-{number}/{place // 3 * 3}"), document)
    for name, value in (
        ("actor", actor), ("instrument", weapon), ("place", where), ("count", _integer(chance[place] % 30)),
        ("polarity", kg("Positive")), ("certainty", kg("Certain")),
    ):  # fmt: skip
        yield Quad(event, kg(name), value, claim)
    kind = _KINDS[chance[place + 2] % len(_KINDS)]
    yield Quad(event, _TYPE, kg(kind), claim)
    yield Quad(event, _TYPE, kg("Event"), claim)
    yield Quad(event, _LABEL, Literal(f"{kind} {place} of {number}"), claim)


# Measuring ---------------------------------------------------------------------------------------------------------


def timed(run: Callable[[], object], times: int = 3) -> float:
    """Give the shortest of some runs, in seconds."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begun)
    return best


def row(what: str, kg_time: float, other: str, other_time: float, target: str) -> str:
    """Give a line of the table: kg, its yardstick, and how many times as long kg took."""
    return f"| {what} | {kg_time:.3f} s | {other} {other_time:.3f} s | {kg_time / other_time:.2f} | {target} |"


def loading(folder: Path, quads: list[Quad]) -> Iterator[str]:
    """Yield how long a store takes that is filled at once, against the same quads and their union given to Oxigraph."""

    def plainly() -> None:
        union = (Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
        ox.Store(str(folder / "plain")).bulk_extend(both for pair in zip(quads, union, strict=True) for both in pair)

    def by_kg() -> None:
        with open_store(folder / "news.db", create=True) as store:
            store.fill(quads)

    other = timed(plainly, 1)
    yield row("load", timed(by_kg, 1), "pyoxigraph", other, "1.2")


def asking(store: Store) -> Iterator[str]:
    """Yield how long queries take, against Oxigraph asked for the same text and format."""
    texts = FREE | {name: plain_text(store, saved_queries()[name], given) for name, given in SAVED.items()}
    for name, text in texts.items():
        whole = plain_text(store, text)
        by_kg = timed(lambda text=text: write_query(store, text, io.BytesIO(), format="csv"))
        other = timed(lambda whole=whole: store.database.query(whole).serialize(io.BytesIO(), format=QueryResultsFormat.CSV))
        yield row(f"query: {name}", by_kg, "pyoxigraph", other, "1.15")


def asking_rdflib(quads: list[Quad]) -> Iterator[str]:
    """Yield how long saved queries take, against rdflib with the union in memory."""
    from rdflib import Graph

    with open_store(None) as store:
        store.fill(quads)
        graph = Graph()
        graph.parse(data=ox.serialize({quad.triple for quad in quads}, format=RdfFormat.N_TRIPLES), format="nt")
        for name, given in SAVED.items():
            saved = saved_queries()[name]
            text = plain_text(store, saved, given)
            if "GRAPH" in text.upper().split():
                continue
            by_kg = timed(lambda saved=saved, given=given: write_query(store, saved, io.BytesIO(), given, format="csv"))
            other = timed(lambda text=text: list(graph.query(text)), 1)
            yield row(f"{len(quads):,} quads: {name}", by_kg, "rdflib", other, "0.1")


def exporting(store: Store) -> Iterator[str]:
    """Yield how long Turtle takes, against Oxigraph's own of the union."""
    other = timed(lambda: store.database.dump(io.BytesIO(), format=RdfFormat.TURTLE, from_graph=DefaultGraph()), 1)
    yield row(
        "export: Turtle with reification", timed(lambda: write(store, io.BytesIO(), "turtle"), 1), "plain dump", other, "3"
    )


def changing(path: Path) -> Iterator[str]:
    """Yield how long a small update takes, and what follows from one more article, against all."""
    with open_store(path) as store:
        text = 'INSERT DATA { GRAPH <graph/mine> { state:RU skos:altLabel "x" } }'
        update = timed(lambda: run_update(store, text), 1)
        yield f"| update of one statement | {update:.3f} s | | | |"
        whole = timed(lambda: derive(store), 1)
        store.mark_outdated()
        store.add(f"{BASE}document/article-9999999", _article(9_999_999))
        yield row("derived after one more article", timed(lambda: derive(store), 1), "all anew", whole, "")


def starting(path: Path) -> Iterator[str]:
    """Yield how long a process takes to answer one query, against a bare script (both with compiled modules)."""
    query = "SELECT * { ?s a <https://w3id.org/claimgraph/ontology#Document> } LIMIT 5"
    bare = f"import click, pyoxigraph\nprint(list(pyoxigraph.Store.read_only({str(path / 'oxigraph')!r}).query({query!r})))"
    arguments = ["kg", "query", query, "--format", "csv", "--store", str(path)]
    ours = f"import sys; sys.argv = {arguments!r}\nfrom kg.cli import main\nmain()"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment, stdout=subprocess.DEVNULL)

    run(ours)()
    yield row("cold start of kg query", timed(run(ours), 10), "bare script", timed(run(bare), 10), "1.5")


def main(number: int) -> None:
    """Measure all and print the table."""
    quads = list(dict.fromkeys(dataset(number)))
    print(f"{len(quads):,} quads\n\n| what | kg | yardstick | ratio | target |\n| --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for line in loading(folder, quads):
            print(line, flush=True)
        with open_store(folder / "news.db", read_only=True) as store:
            for lines in (asking(store), exporting(store)):
                for line in lines:
                    print(line, flush=True)
        for lines in (starting(folder / "news.db"), changing(folder / "news.db"), asking_rdflib(quads[:ROWS_OF_RDFLIB])):
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
