"""The projection: which nodes, which edges, with which evidence."""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse

from kg.errors import ExportError
from kg.model import Certainty
from kg.network import CENTRALITIES, project
from kg.vocab import BASE

SAMPLE = Path(__file__).parent / "cases" / "sample.trig"
AFFIRMED = f"{BASE}claim/missiles-72349339/94ba23c9"
DENIED = f"{BASE}claim/denial-4b8d8a78/89e15504"
FELL = f"{BASE}claim/carter-a6e13bc9/35045dfe"


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return list(parse(path=str(SAMPLE), format=RdfFormat.TRIG))


def _edges(network: Any) -> list[tuple[str, str, str]]:
    label = network.nodes(data="label")
    return sorted((label[start], edge["label"], label[end]) for start, end, edge in network.edges(data=True))


def _labels(network: Any) -> list[str]:
    return sorted(label for _, label in network.nodes(data="label"))


def _quads(turtle: str) -> list[Quad]:
    head = f"@base <{BASE}> . @prefix kg: <https://w3id.org/claimgraph/ontology#> . @prefix oa: <http://www.w3.org/ns/oa#> ."
    head += "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix prov: <http://www.w3.org/ns/prov#> ."
    return list(parse(head + turtle, format=RdfFormat.TRIG))


def test_network_edges_read_as_sentences(quads: list[Quad]) -> None:
    crash = "Crash · 4 · 7 Oct 2015"
    assert _edges(project(quads)) == sorted(
        [
            ("Russia", "acts in", "Launch · 7 Oct 2015"),
            ("Launch · 7 Oct 2015", "with", "Kalibr"),
            ("Launch · 7 Oct 2015", "from", "Caspian Sea"),
            ("Launch · 7 Oct 2015", "against", "Syria"),
            ("Russia", "operates", "Kalibr"),
            ("Russia", "supports", "Bashar al-Assad"),
            ("Sergei Shoigu", "communicates with", "Vladimir Putin"),
            ("Sergei Shoigu", "told", "Hit · 26"),
            ("Hit · 26", "with", "Kalibr"),
            ("Kalibr", "acts in", crash),
            (crash, "in", "Iran"),
            ("two U.S. officials", "citing", crash),
            ("CNN", "reported", crash),
            ("Russian Ministry of Defence", "denied", "Crash"),
            ("Crash", "in", "Iran"),
            ("One official", "said", "Casualties"),
            ("Casualties", "in", "Iran"),
            ("Ash Carter", "warned", "Casualties"),
            ("Casualties", "against", "Russia"),
            ("Casualties", "in", "Syria"),
            ("Ash Carter", "takes part in", "Meeting"),
            ("Jens Stoltenberg", "takes part in", "Meeting"),
            ("Meeting", "in", "Brussels"),
            ("Fars News Agency", "said", "Iran"),
            ("Fars News Agency", "said", "Russia"),
        ]
    )


def test_network_events_as_edges(quads: list[Quad]) -> None:
    network = project(quads, events="edges")
    assert _edges(network) == sorted(
        [
            ("Ash Carter", "meeting", "Jens Stoltenberg"),
            ("Kalibr", "crash", "Iran"),
            ("Russia", "launch", "Syria"),
            ("Russia", "operates", "Kalibr"),
            ("Russia", "supports", "Bashar al-Assad"),
            ("Sergei Shoigu", "communicates with", "Vladimir Putin"),
        ]
    )
    assert {kind for _, kind in network.nodes(data="kind")} == {"entity"}


def test_network_node_attributes(quads: list[Quad]) -> None:
    network = project(quads)
    missile = network.nodes[f"{BASE}weapon/kalibr"]
    assert (missile["class"], missile["classes"]) == ("CruiseMissile", ("CruiseMissile", "Missile", "Weapon", "Entity"))
    assert (missile["label"], missile["aliases"], missile["kind"]) == ("Kalibr", ["Kaliber"], "entity")
    assert network.nodes[f"{BASE}state/RU"]["wikidata"] == "http://www.wikidata.org/entity/Q159"
    assert network.nodes[f"{BASE}person/sergei-shoigu"]["positions"] == ["Defense Minister"]
    assert network.nodes[f"{BASE}group/missiles-72349339/two-us-officials"]["affiliation"] == "United States"
    for node, degree in network.degree():
        assert network.nodes[node]["degree"] == degree > 0


def test_network_same_event_is_one_node(quads: list[Quad]) -> None:
    network = project(quads)
    crash = network.nodes[f"{BASE}event/carter-a6e13bc9/crash"]
    assert f"{BASE}event/missiles-72349339/crash" not in network
    assert (crash["time"], crash["time_text"], crash["count"], crash["trigger"]) == ("2015-10-07", "Wednesday", "4", "crashed")
    assert {claim["claim"] for claim in crash["evidence"]} >= {AFFIRMED, FELL}
    assert (crash["contested"], crash["polarity"], crash["certainty"]) == (True, "Positive", "Certain")
    denied = network.nodes[f"{BASE}event/denial-4b8d8a78/crash"]
    assert (denied["contested"], denied["polarity"]) == (True, "Negative")


def test_network_evidence_says_who_says_it_where(quads: list[Quad]) -> None:
    network = project(quads)
    evidence = {claim["claim"]: claim for _, _, edge in network.edges(data=True) for claim in edge["evidence"]}
    assert {name: value for name, value in evidence[AFFIRMED].items() if name != "held"} == {
        "claim": AFFIRMED,
        "source": "two U.S. officials",
        "sources": [f"{BASE}group/missiles-72349339/two-us-officials"],
        "addressee": "",
        "own_voice": False,
        "cue": "citing",
        "polarity": "Positive",
        "certainty": "Certain",
        "contested": True,
        "contradicts": [DENIED],
        "corroborates": [FELL],
        "via": ["CNN"],
        "quote": "four Russian missiles crashed in Iran",
        "prefix": "CNN reported that ",
        "suffix": ", citing two U.S. officials.",
        "document": f"{BASE}document/missiles-72349339",
        "title": "Missiles aimed at Syria fall in Iran",
        "publisher": "The Example Times",
        "date": "2015-10-08",
        "url": "https://times.example/missiles",
    }
    assert (evidence[FELL]["own_voice"], evidence[FELL]["source"], evidence[FELL]["url"]) == (True, "CNN", None)


def test_network_denied_and_affirmed_are_two_edges(quads: list[Quad]) -> None:
    network = project(quads)
    denied = [
        (key, edge["contested"]) for _, _, key, edge in network.edges(keys=True, data=True) if edge["polarity"] == "Negative"
    ]
    assert sorted(denied) == [("role:place:Negative", True), ("statement:says:Negative", True)]


def test_network_every_node_and_edge_has_evidence(quads: list[Quad]) -> None:
    network = project(quads)
    assert all(evidence for _, evidence in network.nodes(data="evidence"))
    assert all(evidence for _, _, evidence in network.edges(data="evidence"))


def test_network_does_not_depend_on_the_order_of_quads(quads: list[Quad]) -> None:
    shuffled = list(quads)
    random.Random(7).shuffle(shuffled)
    first, second = project(quads), project(shuffled)
    assert list(first.nodes(data=True)) == list(second.nodes(data=True))
    assert list(first.edges(keys=True, data=True)) == list(second.edges(keys=True, data=True))
    assert list(first) == sorted(first)
    held, other = ([one["held"] for _, data in found.nodes(data=True) for one in data["evidence"]] for found in (first, second))
    assert [one.triples() for one in held] == [one.triples() for one in other] != []


def test_network_takes_a_store(quads: list[Quad]) -> None:
    database = Store()
    database.extend(quads)

    class WithQuads:
        def quads(self, graph: str | None = None) -> Iterable[Quad]:
            return quads

    assert _edges(project(database)) == _edges(project(WithQuads())) == _edges(project(quads))


@pytest.mark.parametrize(
    ("name", "hops", "expected"),
    [
        ("Shoigu", 1, ["Hit · 26", "Sergei Shoigu", "Vladimir Putin"]),
        ("  sergei   SHOIGU ", 1, ["Hit · 26", "Sergei Shoigu", "Vladimir Putin"]),
        ("person:sergei-shoigu", 0, ["Sergei Shoigu"]),
        (f"<{BASE}person/sergei-shoigu>", 1, ["Hit · 26", "Sergei Shoigu", "Vladimir Putin"]),
        (f"{BASE}place/brussels", 2, ["Ash Carter", "Brussels", "Jens Stoltenberg", "Meeting"]),
        ("stoltenberg", 1, ["Jens Stoltenberg", "Meeting"]),
    ],
)
def test_network_focus(quads: list[Quad], name: str, hops: int, expected: list[str]) -> None:
    assert _labels(project(quads, focus=name, hops=hops)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Shoigu", [("Hit · 26", "with", "Kalibr"), ("Sergei Shoigu", "told", "Hit · 26")]),
        ("fars", [("Fars News Agency", "said", "Iran"), ("Fars News Agency", "said", "Russia")]),
    ],
)
def test_network_source(quads: list[Quad], source: str, expected: list[tuple[str, str, str]]) -> None:
    assert _edges(project(quads, source=source)) == expected


def test_network_source_includes_what_it_passes_on(quads: list[Quad]) -> None:
    sources = {claim["source"] for _, _, edge in project(quads, source="CNN").edges(data=True) for claim in edge["evidence"]}
    assert sources == {"CNN", "two U.S. officials"}


@pytest.mark.parametrize("certainty", ["Probable", "probable", Certainty.PROBABLE])
def test_network_min_certainty(quads: list[Quad], certainty: str | Certainty) -> None:
    found = {edge["certainty"] for _, _, edge in project(quads, min_certainty=certainty).edges(data=True)}
    assert found == {"Certain", "Probable"}


def test_network_types(quads: list[Quad]) -> None:
    """One class: what its nodes take part in, and the others in it."""
    assert _edges(project(quads, types=["cruisemissile"])) == sorted(
        [
            ("Russia", "operates", "Kalibr"),
            ("Russia", "acts in", "Launch · 7 Oct 2015"),
            ("Launch · 7 Oct 2015", "with", "Kalibr"),
            ("Launch · 7 Oct 2015", "from", "Caspian Sea"),
            ("Launch · 7 Oct 2015", "against", "Syria"),
            ("Hit · 26", "with", "Kalibr"),
            ("Kalibr", "acts in", "Crash · 4 · 7 Oct 2015"),
            ("Crash · 4 · 7 Oct 2015", "in", "Iran"),
        ]
    )
    assert _edges(project(quads, types=["Meeting"])) == sorted(
        [
            ("Ash Carter", "takes part in", "Meeting"),
            ("Jens Stoltenberg", "takes part in", "Meeting"),
            ("Meeting", "in", "Brussels"),
        ]
    )
    assert _edges(project(quads, types=["Launch"], events="edges")) == [("Russia", "launch", "Syria")]


def test_network_of_several_types_is_what_ties_them(quads: list[Quad]) -> None:
    assert _edges(project(quads, types=["Person", "kg:Place"])) == sorted(
        [
            ("Ash Carter", "takes part in", "Meeting"),
            ("Jens Stoltenberg", "takes part in", "Meeting"),
            ("Meeting", "in", "Brussels"),
            ("Sergei Shoigu", "communicates with", "Vladimir Putin"),
        ]
    )


def _sides(network: Any) -> set[tuple[str, str, str, str]]:
    label = network.nodes(data="label")
    return {(label[start], edge["label"], label[end], edge["side"]) for start, end, edge in network.edges(data=True)}


def test_network_compare_tells_who_says_what_and_where_they_contradict(quads: list[Quad]) -> None:
    network = project(quads, compare=("CNN", "Russian Ministry of Defence"))
    crash = "Crash · 4 · 7 Oct 2015"
    assert _sides(network) == {
        ("CNN", "reported", crash, "a"),
        ("two U.S. officials", "citing", crash, "clash"),
        ("Kalibr", "acts in", crash, "clash"),
        (crash, "in", "Iran", "clash"),
        ("Russian Ministry of Defence", "denied", "Crash", "clash"),
        ("Crash", "in", "Iran", "clash"),
        ("Russia", "supports", "Bashar al-Assad", "a"),
        ("Ash Carter", "takes part in", "Meeting", "a"),
        ("Jens Stoltenberg", "takes part in", "Meeting", "a"),
        ("Meeting", "in", "Brussels", "a"),
    }


def test_network_compare_of_sources_that_agree() -> None:
    claim = "a kg:Claim ; kg:cue 'said' ; prov:wasDerivedFrom <document/d>"
    person = "a kg:Person, kg:Entity ; rdfs:label"
    quads = _quads(
        f"""GRAPH <document/d> {{ <claim/1> {claim} ; kg:source <person/a> . <claim/2> {claim} ; kg:source <person/b> .
        <claim/3> {claim} ; kg:source <person/a> . <claim/4> {claim} ; kg:source <person/c> .
        <person/a> {person} "Anna" . <person/b> {person} "Boris" . <person/c> {person} "Carl" . }}
        GRAPH <claim/1> {{ <person/a> kg:supports <person/c> . }} GRAPH <claim/2> {{ <person/a> kg:supports <person/c> . }}
        GRAPH <claim/3> {{ <person/b> kg:opposes <person/c> . }} GRAPH <claim/4> {{ <person/c> kg:leads <person/a> . }}"""
    )
    assert _sides(project(quads, compare=("Anna", "boris"), events="edges")) == {
        ("Anna", "supports", "Carl", "both"),
        ("Boris", "opposes", "Carl", "a"),
    }


@pytest.mark.parametrize(
    ("certainty", "second", "side"),
    [
        ("Certain", "<person/c> kg:alliedWith <person/a>", "clash"),  # of allies it does not matter who comes first
        ("Certain", "<person/c> kg:leads <person/a>", "b"),
        ("Possible", "<person/c> kg:alliedWith <person/a>", "b"),
    ],
)
def test_network_compare_of_a_tie_that_one_denies(certainty: str, second: str, side: str) -> None:
    claim = "a kg:Claim ; kg:cue 'said' ; prov:wasDerivedFrom <document/d> ; kg:source"
    person = "a kg:Person, kg:Entity ; rdfs:label"
    quads = _quads(
        f"""GRAPH <document/d> {{ <claim/1> {claim} <person/d> . <claim/2> {claim} <person/b> ;
        kg:polarity kg:Negative ; kg:certainty kg:{certainty} .
        <person/a> {person} "Anna" . <person/b> {person} "Boris" . <person/c> {person} "Carl" . <person/d> {person} "Dora" . }}
        GRAPH <claim/1> {{ <person/a> kg:alliedWith <person/c> . }} GRAPH <claim/2> {{ {second} . }}"""
    )
    network = project(quads, compare=("Dora", "Boris"), events="edges")
    denied = next(edge for _, _, edge in network.edges(data=True) if edge["polarity"] == "Negative")
    assert denied["side"] == side


@pytest.mark.parametrize("by", CENTRALITIES)
def test_network_top_by_a_measure_keeps_just_so_many(quads: list[Quad], by: str) -> None:
    network = project(quads, top=5, by=by)
    assert len(network) == 5
    assert {"Iran", "Russia"} & set(_labels(network))


def test_network_nodes_have_codes_and_edges_days(quads: list[Quad]) -> None:
    network = project(quads)
    launch = next(attributes for _, attributes in network.nodes(data=True) if attributes["class"] == "Launch")
    assert launch["codes"] == ["CAMEO 19"]
    assert network.edges[f"{BASE}state/RU", f"{BASE}weapon/kalibr", "relation:operates"]["days"] == ["2015-10-08"]
    assert {tuple(edge["days"]) for _, _, edge in network.edges(data=True) if edge["predicate"] == "instrument"} == {
        ("2015-10-07",),
        ("2015-10-08",),
    }


@pytest.mark.parametrize(
    ("since", "until", "events"),
    [
        ("2015-10-07", "2015-10-07", {"Crash · 4 · 7 Oct 2015", "Launch · 7 Oct 2015"}),
        (None, "2015-10-07", {"Crash · 4 · 7 Oct 2015", "Launch · 7 Oct 2015"}),
        ("2015-10-08", "2015-10-08", {"Casualties", "Crash", "Hit · 26"} - {"Crash"}),
        ("2015-10", "2015", {"Crash · 4 · 7 Oct 2015", "Launch · 7 Oct 2015", "Casualties", "Crash", "Hit · 26", "Meeting"}),
        ("2016", None, set()),
    ],
)
def test_network_time(quads: list[Quad], since: str | None, until: str | None, events: set[str]) -> None:
    network = project(quads, since=since, until=until)
    assert {node["label"] for _, node in network.nodes(data=True) if node["kind"] == "event"} - {"Crash · 4"} == events


def test_network_top_nodes_hang_together(quads: list[Quad]) -> None:
    network = project(quads, top=6)
    assert len(network) <= 6
    assert "Iran" in _labels(network)
    assert all(degree for _, degree in network.degree())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"focus": "Shoygu"}, "focus: no entity is called 'Shoygu'; did you mean 'Shoigu'?"),
        ({"source": "xqz"}, "source: no entity is called 'xqz'; give a name, an alias or an IRI"),
        ({"focus": ""}, "focus: no entity is called ''; give a name, an alias or an IRI"),
        (
            {"focus": "United Nations"},
            f"focus: no claim ties United Nations to anything; kg show <{BASE}agency/united-nations> tells where it is named",
        ),
        (
            {"focus": "United Nations", "source": "CNN", "since": "2016"},
            "focus: nothing is claimed of United Nations under these conditions: source, since; leave one out or widen it",
        ),
        ({"types": ["Misile"]}, "types: there is no class 'Misile'; did you mean 'Missile'?"),
        ({"min_certainty": "sure"}, "min_certainty: 'sure' is none; known: UnknownCertainty, Possible, Probable, Certain"),
        ({"since": "yesterday"}, "since: 'yesterday' is no date; write 2015, 2015-10 or 2015-10-07"),
        ({"until": "2015-1"}, "until: '2015-1' is no date; write 2015, 2015-10 or 2015-10-07"),
        ({"top": 0}, "top: 0 nodes are no network; give 1 or more"),
        ({"by": "rank"}, "by: 'rank' is no measure; did you mean 'pagerank'?"),
        ({"compare": ("CNN", "cnn")}, "compare: both names mean CNN; give two sources"),
        ({"hops": -1}, "hops: -1 is no distance; give 0 or more"),
        ({"events": "both"}, "events: 'both' is not possible; known: edges, nodes"),
    ],
)
def test_network_wrong_option_is_told(quads: list[Quad], options: dict[str, Any], message: str) -> None:
    with pytest.raises(ExportError) as caught:
        project(quads, **options)
    assert str(caught.value) == message


def test_network_ambiguous_name_lists_the_candidates() -> None:
    quads = _quads(
        """GRAPH <document/d> { <person/a> a kg:Person, kg:Entity ; rdfs:label "John Smith" .
        <person/b> a kg:Person, kg:Entity ; rdfs:label "Jane Smith" . <mention/m> kg:refersTo <person/b> . }"""
    )
    with pytest.raises(ExportError) as caught:
        project(quads, focus="smith")
    expected = f"'smith' may be Jane Smith <{BASE}person/b>; John Smith <{BASE}person/a>; give the IRI of one"
    assert str(caught.value) == f"focus: {expected}"


def test_network_source_of_a_relation_points_to_whom_it_relates() -> None:
    quads = _quads(
        """GRAPH <document/d> {
          <claim/1> a kg:Claim ; kg:source <person/b> ; kg:cue "said" ;
            kg:about <person/a>, <person/c> ; prov:wasDerivedFrom <document/d> .
          <person/a> a kg:Person, kg:Entity ; rdfs:label "A" . <person/b> a kg:Person, kg:Entity ; rdfs:label "B" .
          <person/c> a kg:Person, kg:Entity ; rdfs:label "C" . }
        GRAPH <claim/1> { <person/a> kg:supports <person/c> . }"""
    )
    assert _edges(project(quads)) == [("A", "supports", "C"), ("B", "said", "A")]


def test_network_of_nothing_is_empty() -> None:
    assert len(project([])) == 0


def test_network_survives_odd_quads() -> None:
    """A ring of reports, a claim without document or source, an event without name, an entity without label."""
    quads = _quads(
        """GRAPH <document/d> {
          <claim/1> a kg:Claim ; kg:within <claim/2> ; kg:cue "said" .
          <claim/2> a kg:Claim ; kg:within <claim/1> ; kg:cue "said" .
          <claim/3> a kg:Claim ; kg:within <claim/lost> ; kg:source <person/nameless> ; kg:cue "said" ; kg:event <event/e> .
          <person/a> a kg:Person, kg:Entity ; rdfs:label "A" . <person/nameless> a kg:Person, kg:Entity . }
        GRAPH <claim/1> { <person/a> kg:supports <person/a>, <person/nameless>, <person/untyped> . }
        GRAPH <claim/3> { <event/e> a kg:Odd, kg:Event ; kg:actor <person/a> ; kg:minCount 4 ; kg:time "soon" . }
        GRAPH <elsewhere> { <person/a> kg:opposes <person/a> . }"""
    )
    network = project(quads)
    assert _edges(network) == [("A", "acts in", "Odd · 4+ · soon")]
    assert network.nodes[f"{BASE}event/e"]["classes"] == ("Odd", "Event")
