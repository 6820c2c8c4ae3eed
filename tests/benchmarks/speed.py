"""Ratios of kg's speed to what it stands on, measured in one run: pyoxigraph called directly, rdflib in memory, a bare script.

    python tests/benchmarks/speed.py [QUADS]        1,000,000 by default; the Markdown table goes to standard output

The dataset is synthetic, of the contract's shape: articles with claims, each claim a named graph with an event, mentions of
entities that many articles share, and what a gazetteer knows of these.
"""

import hashlib
import io
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import IO

import pyoxigraph as ox
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QueryResultsFormat, RdfFormat

from kg.derive import derive
from kg.export import write
from kg.query import plain_text, run_update, write_query
from kg.saved import SavedQuery, saved_queries
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
"""rdflib is asked on as many quads: a million take it a minute to read and gigabytes to hold."""
CAP = 60.0
"""Seconds after which a query of rdflib's is ended."""

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


def compared(ours: Callable[[], object], other: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Give how long each of the two takes, in seconds: the medians of some runs, one of each in turn."""
    taken: tuple[list[float], list[float]] = [], []
    for number in range(2 * times):
        run = (ours, other)[number % 2]
        begun = time.perf_counter()
        run()
        taken[number % 2].append(time.perf_counter() - begun)
    return median(taken[0]), median(taken[1])


def row(what: str, taken: tuple[float, float], other: str, target: str) -> str:
    """Give a line of the table: kg, its yardstick, and how many times as long kg took."""
    return f"| {what} | {taken[0]:.3f} s | {other} {taken[1]:.3f} s | {taken[0] / taken[1]:.2f} | {target} |"


def loading(folder: Path, quads: list[Quad]) -> Iterator[str]:
    """Yield how long a store takes that is filled at once, against the same quads and their union given to Oxigraph."""

    def plainly() -> None:
        union = (Quad(quad.subject, quad.predicate, quad.object, DefaultGraph()) for quad in quads)
        ox.Store(str(folder / "plain")).bulk_extend(both for pair in zip(quads, union, strict=True) for both in pair)
        shutil.rmtree(folder / "plain")

    def by_kg() -> None:
        shutil.rmtree(folder / "news.db", ignore_errors=True)
        with open_store(folder / "news.db", create=True) as store:
            store.fill(quads)

    yield row("load", compared(by_kg, plainly, 1), "pyoxigraph", "1.2")


def asking(path: Path) -> Iterator[str]:
    """Yield how long queries take, against Oxigraph asked for the same text and format, both into the same file."""
    with open_store(path, read_only=True) as store, Path(os.devnull).open("wb") as nowhere:
        for name, text in FREE.items():
            yield _asked(store, f"query: {name}", text, {}, nowhere)
        for name, given in SAVED.items():
            yield _asked(store, f"query: {name}", saved_queries()[name], given, nowhere)


def _asked(store: Store, what: str, query: str | SavedQuery, given: Mapping[str, str], nowhere: IO[bytes]) -> str:
    whole = plain_text(store, query, given)
    taken = compared(
        lambda: write_query(store, query, nowhere, given, format="csv"),
        lambda: store.database.query(whole).serialize(nowhere, format=QueryResultsFormat.CSV),
    )
    return row(what, taken, "pyoxigraph", "1.15")


def asking_rdflib(quads: list[Quad]) -> Iterator[str]:
    """Yield how long saved queries take, against rdflib with the same dataset in memory; it is ended after `CAP` seconds."""
    asked = {name: (saved_queries()[name], given) for name, given in SAVED.items()}
    with tempfile.TemporaryDirectory() as name, open_store(Path(name) / "news.db", create=True) as store:
        store.fill(quads)
        dump = Path(name) / "all.nq"
        store.database.dump(str(dump), format=RdfFormat.N_QUADS)
        texts = {key: plain_text(store, saved, given) for key, (saved, given) in asked.items()}
        for key, seconds in _rdflib_times(dump, texts):
            saved, given = asked[key]
            begun = time.perf_counter()
            write_query(store, saved, io.BytesIO(), given, format="csv")
            ours = time.perf_counter() - begun
            over = "" if seconds is not None else " more than"
            yield (
                f"| {len(quads):,} quads: {key} | {ours:.3f} s | rdflib{over} {seconds or CAP:.3f} s "
                f"| {'below ' if over else ''}{ours / (seconds or CAP):.3f} | 0.1 |"
            )


def _rdflib_times(dump: Path, texts: Mapping[str, str]) -> Iterator[tuple[str, float | None]]:
    """Yield how long rdflib takes for each text, None if it was ended: it reads once, and asks in processes of their own."""
    from rdflib import Dataset

    dataset = Dataset(default_union=False)
    dataset.parse(str(dump), format="nquads")
    for key, text in texts.items():
        child = multiprocessing.get_context("fork").Process(target=lambda text=text: len(list(dataset.query(text))))
        begun = time.perf_counter()
        child.start()
        child.join(CAP)
        taken = time.perf_counter() - begun
        if is_over := child.is_alive():
            child.kill()
            child.join()
        elif child.exitcode:
            print(f"rdflib fails on {key}", file=sys.stderr)
            continue
        yield key, None if is_over else taken


def exporting(path: Path) -> Iterator[str]:
    """Yield how long Turtle takes, against Oxigraph's own of the union, both into the same file."""
    with open_store(path, read_only=True) as store, Path(os.devnull).open("wb") as nowhere:
        taken = compared(
            lambda: write(store, nowhere, "turtle"),
            lambda: store.database.dump(nowhere, format=RdfFormat.TURTLE, from_graph=DefaultGraph()),
            2,
        )
        yield row("export: Turtle with reification", taken, "plain dump", "3")


def changing(path: Path) -> Iterator[str]:
    """Yield how long a small update takes, and what follows from it, and from one more article, against all."""

    def timed(run: Callable[[], object]) -> float:
        begun = time.perf_counter()
        run()
        return time.perf_counter() - begun

    with open_store(path) as store:
        whole = timed(lambda: derive(store))
        text = 'INSERT DATA { GRAPH <graph/mine> { state:RU skos:altLabel "x" } }'
        yield f"| update of a name, after which nothing is derived | {timed(lambda: run_update(store, text)):.3f} s | | | |"
        assert not store.is_outdated
        text = "INSERT DATA { GRAPH <graph/mine> { <claim/article-7/2> kg:source <person/person-9> } }"
        yield f"| update of a claim | {timed(lambda: run_update(store, text)):.3f} s | | | |"
        yield row("derived after it", (timed(lambda: derive(store)), whole), "all anew", "")
        store.mark_outdated()
        store.add(f"{BASE}document/article-9999999", _article(9_999_999))
        yield row("derived after one more article", (timed(lambda: derive(store)), whole), "all anew", "")


BARE = """
import sys, click, pyoxigraph
@click.command()
@click.argument("query")
@click.option("--store")
def main(query, store):
    answer = pyoxigraph.Store.read_only(store).query(query)
    answer.serialize(sys.stdout.buffer, format=pyoxigraph.QueryResultsFormat.CSV)
main()
"""


def starting(path: Path) -> Iterator[str]:
    """Yield how long a process takes to answer one query, against a bare script (both with compiled modules)."""
    query = "SELECT * { ?s a <https://w3id.org/claimgraph/ontology#Document> } LIMIT 5"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(code: str, *arguments: str) -> Callable[[], object]:
        command = [sys.executable, "-c", code, *arguments]
        return lambda: subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)

    ours = run("from kg.cli import main; main()", "query", query, "--format", "csv", "--store", str(path))
    bare = run(BARE, query, "--store", str(path / "oxigraph"))
    ours()
    yield row("cold start of kg query", compared(ours, bare, 15), "bare script", "1.5")


def main(number: int) -> None:
    """Measure all and print the table."""
    quads = list(dict.fromkeys(dataset(number)))
    print(f"{len(quads):,} quads\n\n| what | kg | yardstick | ratio | target |\n| --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "news.db"
        for lines in (
            loading(Path(name), quads),
            starting(path),
            asking(path),
            exporting(path),
            changing(path),
            asking_rdflib(quads[:ROWS_OF_RDFLIB]),
        ):
            for line in lines:
                print(line, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
