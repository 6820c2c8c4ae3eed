"""Laws of the derived graph: bringing it up to date gives what deriving it anew gives, whatever came before."""

import tempfile
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from kg import derive as module
from kg.query import run_update
from kg.remembered import recall, state
from kg.store import open_store
from kg.vocab import BASE, DCTERMS, PROV, RDF, RDFS, SKOS, XSD, kg

DOCUMENTS = "abcdef"
STATES = [f"{BASE}state/{code}" for code in ("RU", "US", "SY")]
WEAPONS = [f"{BASE}weapon/{name}" for name in ("missile", "cruise-missile", "kalibr")]
PLACES = [f"{BASE}place/{name}" for name in ("idlib", "saraqib", "aleppo")]
PEOPLE = [f"{BASE}person/{name}" for name in ("smith", "petrov")]
BODIES = [f"{BASE}agency/{name}" for name in ("ministry", "navy")]
BACKGROUND = NamedNode(f"{BASE}graph/background")
TYPES = {
    "state": "State",
    "weapon": "Weapon",
    "place": "Place",
    "person": "Person",
    "agency": "GovernmentBody",
    "group": "Group",
}
TIES = [
    (PLACES[1], "partOf", PLACES[0]), (PLACES[0], "locatedIn", STATES[2]), (STATES[0], "operates", WEAPONS[2]),
    (STATES[1], "operates", WEAPONS[2]), (BODIES[0], "partOf", STATES[0]), (BODIES[1], "partOf", BODIES[0]),
    (PEOPLE[0], "worksFor", BODIES[0]), (PEOPLE[1], "leads", BODIES[1]), (PEOPLE[0], "nationality", STATES[1]),
    (WEAPONS[2], "broader", WEAPONS[1]), (WEAPONS[1], "broader", WEAPONS[0]),
]  # fmt: skip


@st.composite
def claims(draw):
    """One claim: who says what happened, within the claim before it or not, and a tie that it states besides."""
    return {
        "source": draw(st.sampled_from([None, "group", *STATES, *PEOPLE, *BODIES])),
        "within": draw(st.booleans()),
        "kind": draw(st.sampled_from(("Attack", "Launch", "Hit", "Crash"))),
        "actor": draw(st.sampled_from([None, *STATES, *BODIES])),
        "target": draw(st.sampled_from([None, "group", *STATES])),
        "instrument": draw(st.sampled_from([None, *WEAPONS])),
        "place": draw(st.sampled_from([None, *PLACES])),
        "count": draw(st.sampled_from([None, 3, 4])),
        "polarity": draw(st.sampled_from(("Positive", "Positive", "Negative"))),
        "tie": draw(st.sampled_from([None, None, *TIES])),
    }


# Some articles repeat themselves.
texts = st.lists(claims(), min_size=1, max_size=3) | claims().map(lambda one: [one] * 3)
articles = st.tuples(st.sampled_from(("2020-01-01", "2020-01-02", "2020-01-09")), texts)
steps = st.lists(st.lists(st.tuples(st.sampled_from(DOCUMENTS), st.none() | articles), min_size=1, max_size=2), max_size=7)


def reading(name, day, told):
    document = NamedNode(f"{BASE}document/{name}")
    quads = [
        Quad(document, NamedNode(RDF + "type"), kg("Document"), document),
        Quad(document, kg("sha256"), Literal(f"{name}{day}{told}"), document),
        Quad(document, NamedNode(DCTERMS + "issued"), Literal(day, datatype=NamedNode(XSD + "date")), document),
        Quad(document, NamedNode(DCTERMS + "publisher"), NamedNode(f"{BASE}agency/outlet-{name}"), document),
    ]
    for number, one in enumerate(told):
        quads += claim(name, number, one, document)
    return quads


def claim(name, number, one, document):
    node, event = (NamedNode(f"{BASE}{kind}/{name}/{number}") for kind in ("claim", "event"))
    group = f"{BASE}group/{name}/civilians"
    facts = [(node, "event", event), (node, "polarity", kg("Positive")), (node, "certainty", kg("Certain"))]
    facts.append((node, "source", NamedNode(group if one["source"] == "group" else one["source"] or document.value)))
    if one["source"]:
        facts.append((node, "cue", Literal("said")))
    if one["within"] and number:
        facts.append((node, "within", NamedNode(f"{BASE}claim/{name}/{number - 1}")))
    quads = [Quad(subject, kg(name_), value, document) for subject, name_, value in facts]
    quads.append(Quad(node, NamedNode(RDF + "type"), kg("Claim"), document))
    quads.append(Quad(node, NamedNode(PROV + "wasDerivedFrom"), document, document))
    for kind in ("Event", one["kind"]):
        quads.append(Quad(event, NamedNode(RDF + "type"), kg(kind), node))
    quads.append(Quad(event, kg("polarity"), kg(one["polarity"]), node))
    named = {one["source"]}
    for role in ("actor", "target", "instrument", "place"):
        filler = group if one[role] == "group" else one[role]
        if filler:
            named.add(one[role])
            quads.append(Quad(event, kg(role), NamedNode(filler), node))
    if one["count"]:
        quads.append(Quad(event, kg("count"), Literal(str(one["count"]), datatype=NamedNode(XSD + "integer")), node))
    if one["tie"]:
        subject, predicate, value = one["tie"]
        property_ = NamedNode(SKOS + "broader") if predicate == "broader" else kg(predicate)
        quads.append(Quad(NamedNode(subject), property_, NamedNode(value), node))
        named |= {subject, value}
    for entity in named - {None}:
        iri = group if entity == "group" else entity
        class_ = TYPES[iri.removeprefix(BASE).partition("/")[0]]
        quads.append(Quad(NamedNode(iri), NamedNode(RDF + "type"), kg(class_), document))
        quads.append(Quad(NamedNode(iri), NamedNode(RDFS + "label"), Literal(iri.rpartition("/")[2]), document))
        if entity == PLACES[2]:
            quads.append(Quad(NamedNode(iri), kg("locatedIn"), NamedNode(STATES[2]), BACKGROUND))
    return quads


def derived(store):
    return sorted(map(str, store.quads(store.minter.derived.value)))


@settings(max_examples=60, deadline=None)
@given(steps, st.sampled_from((2, 3, 400)), st.sampled_from((1, 2, 3)))
def test_a_derived_graph_that_is_kept_up_to_date_is_as_if_made_anew(steps, largest, told):
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"{folder}/store", create=True) as store,
        mock.patch.object(module, "_LARGEST_BUCKET", largest),
        mock.patch.object(module, "_TOLD", told),
    ):
        there = {}
        for changes in steps:
            for name, article in changes:
                iri = f"{BASE}document/{name}"
                store.mark_outdated()
                if article is not None:
                    there[name] = article
                    store.add(iri, reading(name, *article))
                elif there.pop(name, None):
                    store.remove(iri)
            module.derive(store)
            assert store.changes.read().documents == frozenset()
            assert recall(store, state(store), ()) is not None
            with open_store(None) as plain:
                for name, article in there.items():
                    plain.add(f"{BASE}document/{name}", reading(name, *article))
                module.derive(plain)
                assert derived(store) == derived(plain)


DOCUMENT, CLAIM, EVENT = (f"<{BASE}{kind}>" for kind in ("document/{0}", "claim/{0}/{1}", "event/{0}/{1}"))
UPDATES = (
    f"INSERT DATA {{{{ GRAPH <graph/mine> {{{{ {CLAIM} rdfs:comment 'looked at' }}}} }}}}",
    f"INSERT DATA {{{{ GRAPH {CLAIM} {{{{ {EVENT} kg:polarity kg:Negative }}}} }}}}",
    f"DELETE WHERE {{{{ GRAPH ?g {{{{ {EVENT} kg:polarity ?any }}}} }}}}",
    f"DELETE {{{{ GRAPH ?g {{{{ ?c kg:source ?old }}}} }}}} INSERT {{{{ GRAPH ?g {{{{ ?c kg:source {{2}} }}}} }}}} "
    f"WHERE {{{{ GRAPH ?g {{{{ ?c kg:source ?old ; prov:wasDerivedFrom {DOCUMENT} }}}} }}}}",
    f"INSERT DATA {{{{ GRAPH <graph/mine> {{{{ {CLAIM} kg:within <{BASE}claim/a/0> . {EVENT} kg:actor {{2}} }}}} }}}}",
    f"INSERT DATA {{{{ GRAPH <graph/mine> {{{{ {{2}} kg:partOf {{3}} ; kg:operates <{WEAPONS[2]}> }}}} }}}}",
    "DELETE WHERE {{ GRAPH ?g {{ {2} kg:partOf ?any }} }}",
    f"DROP SILENT GRAPH {CLAIM}",
    f"DELETE WHERE {{{{ GRAPH ?g {{{{ {CLAIM} a kg:Claim }}}} }}}}",
    f"INSERT DATA {{{{ GRAPH <graph/mine> {{{{ <claim/mine> a kg:Claim ; kg:source {{2}} ; kg:event {EVENT} ; "
    f"prov:wasDerivedFrom {DOCUMENT} }}}} }}}}",
    f"CLEAR SILENT GRAPH <graph/mine> ; COPY SILENT {CLAIM} TO <graph/mine>",
    "DELETE WHERE {{ GRAPH ?g {{ ?one kg:contradicts ?other }} }}",
    "INSERT DATA {{ GRAPH <graph/derived> {{ <a:a> <a:b> [] }} }}",
    "INSERT DATA {{ GRAPH <graph/derived> {{ <a:a> <a:b> <a:c> }} }}",
    f"DELETE WHERE {{{{ GRAPH ?g {{{{ {DOCUMENT} dcterms:issued ?day }}}} }}}}",
)
updates = st.tuples(
    st.sampled_from(UPDATES),
    st.sampled_from("abc"),
    st.integers(0, 2),
    st.sampled_from([f"<{iri}>" for iri in (*STATES, *BODIES)]),
    st.sampled_from([f"<{iri}>" for iri in (*STATES, *BODIES)]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(articles, min_size=3, max_size=3), st.lists(updates | st.tuples(st.sampled_from("abc"), articles), max_size=5))
def test_a_derived_graph_after_an_update_is_as_if_made_anew(first, steps):
    with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/store", create=True) as store:
        for name, article in zip("abc", first, strict=True):
            store.add(f"{BASE}document/{name}", reading(name, *article))
        module.derive(store)
        for text, *values in steps:
            if len(values) == 1:
                store.mark_outdated()
                store.add(f"{BASE}document/{text}", reading(text, *values[0]))
            else:
                run_update(store, text.format(*values))
            if store.is_outdated:
                module.derive(store)
            assert store.changes.read().documents == store.changes.read().entities == frozenset()
            with open_store(None) as plain:
                plain.load(quad for quad in store.quads() if quad.graph_name != store.minter.derived)
                module.derive(plain)
                assert derived(store) == derived(plain)


def test_a_text_that_repeats_itself_is_compared_in_proportion_to_its_length():
    told = {"source": STATES[1], "within": False, "kind": "Attack", "actor": STATES[0], "target": None,
            "instrument": None, "place": PLACES[0], "count": None, "polarity": "Positive", "tie": None}  # fmt: skip
    numbers = []
    for times in (10, 20, 40):
        with open_store(None) as store:
            store.add(f"{BASE}document/a", reading("a", "2020-01-01", [told, told | {"kind": "Hit"}] * times))
            store.add(f"{BASE}document/b", reading("b", "2020-01-01", [told | {"source": None}]))
            module.derive(store)
            numbers.append(sum("#Comparison>" in line for line in derived(store)))
            counted = store.quads(store.minter.derived.value)
            independent = {q.subject.value: q.object.value for q in counted if q.predicate == kg("independentSources")}
            attacks = [f"{BASE}event/b/0", *(f"{BASE}event/a/{number}" for number in range(0, 2 * times, 2))]
            assert {independent[event] for event in attacks} == {"2"}
    assert 0 < numbers[1] - numbers[0] == (numbers[2] - numbers[1]) / 2


def test_a_crowd_that_grows_too_large_is_compared_no_longer_and_again_when_it_shrinks(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LARGEST_BUCKET", 2)
    told = {"source": None, "within": False, "kind": "Attack", "actor": STATES[0], "target": None, "instrument": None,
            "place": PLACES[0], "count": None, "polarity": "Positive", "tie": None}  # fmt: skip
    numbers = []
    with open_store(tmp_path / "store", create=True) as store:
        for name in ("a", "b", "c", None):
            if name:
                store.add(f"{BASE}document/{name}", reading(name, "2020-01-01", [told]))
            else:
                store.remove(f"{BASE}document/a")
            module.derive(store)
            numbers.append(sum("#Comparison>" in line for line in derived(store)))
    assert numbers == [0, 1, 0, 1]
