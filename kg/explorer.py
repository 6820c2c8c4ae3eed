"""What the explorer of `kg serve` asks of a store: one entity, document or search at a time, never the whole store.

Each view takes a store and what the address of a request says, and gives plain data for the page (`kg/templates`).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from typing import Any

import networkx as nx
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg.contested import Affairs
from kg.errors import QueryError
from kg.excerpt import Newest, SameEvents, kinds, name, newest_documents, quads_of, rows, values
from kg.facts import gather
from kg.marked import marked
from kg.network import ROLES, class_label, evidence, local_name, project
from kg.page import describe_claim, family_of, number_claims, style
from kg.placing import positions
from kg.render import edge_marks, held, node_look, node_marks
from kg.store import Store
from kg.vocab import DCTERMS, ENTITY_KINDS, KG, PROV, RDF, classes, finest, kg, lineage

NODES = 14
"""About how many nodes one step brings."""

FOUND = 12
"""How many names a search finds."""

CLAIMS = 20
"""How many claims come at once."""

PAGE = 50
"""How many documents come at once."""

DISPUTES = 10
"""How many contested events come at once."""

NEWEST = 30
"""How many documents count for what is most spoken of."""

_FRONT = 12
_CONTESTED_FIRST = 4
_CLAIMS_OF_TIE = 8  # claims that speak for one tie in the picture; the panel pages through all

Answer = dict[str, Any]

_ROLES = " ".join(f"kg:{role}" for role in ROLES)

# The entities that claims relate to ?node, by property. What stands in other graphs than claims' is left out by name: to look
# at each graph would take longer than all else.
_RELATED = f"""
SELECT ?other ?predicate (COUNT(DISTINCT ?claim) AS ?n) WHERE {{
  {{ GRAPH ?claim {{ ?other ?predicate ?node }} }}
  UNION {{ GRAPH ?claim {{ ?node ?predicate ?other . FILTER (isIRI(?other)) }} }}
  FILTER (?claim NOT IN (?background, ?derived) && ?predicate NOT IN (
    {_ROLES.replace(" ", ", ")}, rdf:type, owl:sameAs, skos:broader, dcterms:publisher,
    kg:refersTo, kg:about, kg:source, kg:addressee, kg:affiliation, kg:sameAs))
}}
GROUP BY ?other ?predicate
ORDER BY DESC(?n) ?other ?predicate
"""

_EVENT_CLASSES = f"""
SELECT ?class (COUNT(*) AS ?n) WHERE {{
  {{ SELECT DISTINCT ?event WHERE {{ VALUES ?role {{ {_ROLES} }} ?event ?role ?node }} }} ?event a ?class
}}
GROUP BY ?class
"""

_SPEAKERS = """
SELECT DISTINCT ?who WHERE { VALUES ?claim { %s } ?claim kg:within* ?voice . ?voice kg:cue ?cue ; kg:source ?who }
"""

# Of the documents that are asked: the events that ?node takes part in; those it speaks of, itself or by passing on what others
# say; and the claims on it or by it.
_ACTED = f"VALUES ?role {{ {_ROLES} }} ?event ?role ?node . ?claim kg:event ?event ; prov:wasDerivedFrom ?document ."
_SAID = """
?voice kg:source ?node ; kg:cue ?cue ; prov:wasDerivedFrom ?document .
{ ?voice kg:event ?event } UNION { ?claim kg:within ?voice ; kg:event ?event }
"""
_ON = """
?claim prov:wasDerivedFrom ?document ; ?on ?node .
FILTER (?on IN (kg:event, kg:about) || ?on = kg:source && EXISTS { ?claim kg:cue ?cue })
"""

_CLAIMS_ON = """
SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE {
  { ?claim kg:event ?node } UNION { ?claim kg:about ?node } UNION { ?claim kg:source ?node ; kg:cue ?cue }
}
"""

# The events are found first: most have no claim that anybody contradicts, and then nothing has to be known of their documents.
_CONTESTED = f"""
SELECT ?event WHERE {{
  {{ SELECT DISTINCT ?event WHERE {{ VALUES ?role {{ {_ROLES} }} ?event ?role ?node }} }}
  ?claim kg:event ?event ; kg:contradicts ?against .
  OPTIONAL {{ ?claim prov:wasDerivedFrom ?document . ?document dcterms:issued ?day }}
}}
GROUP BY ?event
ORDER BY DESC(MAX(?day)) ?event
"""

_DOCUMENTS = """
SELECT ?d ?title ?outlet ?day WHERE {
  ?d a kg:Document ; dcterms:identifier ?id .
  OPTIONAL { ?d dcterms:title ?named } BIND (COALESCE(?named, ?id) AS ?title)
  OPTIONAL { ?d dcterms:publisher/rdfs:label ?outlet }
  OPTIONAL { ?d dcterms:issued ?day }
}
ORDER BY DESC(?day) ?d
"""


# The front ---------------------------------------------------------------------------------------------------------


def front(store: Store, asked: Mapping[str, str]) -> Answer:
    """Give what the explorer begins with: how much there is, the newest documents, of whom and what these speak most."""
    numbers = {
        counted: int(rows(store, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}")[0]["n"])
        for counted, pattern in (
            ("documents", "?x a kg:Document"),
            ("claims", "?x kg:cue ?cue"),
            ("entities", "?x a kg:Entity"),
            ("events", "?x a kg:Event"),
            ("contradictions", "?x kg:verdict kg:Contradiction"),
        )
    }
    latest = newest_documents(store, NEWEST)
    spoken = "SELECT ?e (COUNT(?c) AS ?n) { VALUES ?d { %s } ?c prov:wasDerivedFrom ?d ; kg:about ?e } GROUP BY ?e"
    counts = {row["e"]: int(row["n"]) for row in rows(store, spoken % _listed(latest)) if "e" in row}
    named = [iri for iri in sorted(counts, key=lambda iri: (-counts[iri], iri)) if not iri.startswith(f"{store.base}group/")]
    return {
        "numbers": numbers,
        "newest": len(latest),
        "entities": [_named(store, iri, counts[iri]) for iri in named[:_FRONT]],
        "documents": [_document_named(store, iri) for iri in latest[:_FRONT]],
    }


def documents(store: Store, asked: Mapping[str, str]) -> Answer:
    """Give the documents whose title or publisher holds `q` (all without it): a `PAGE` from `start` on."""
    wanted, start = _plain(asked.get("q", "")), _start(asked)
    found: dict[str, Answer] = {}
    for row in rows(store, _DOCUMENTS):
        if wanted in _plain(f"{row['title']} {row.get('outlet', '')}"):
            about = {"name": row["title"], "publisher": row.get("outlet", ""), "date": row.get("day", "")}
            found.setdefault(row["d"], {"iri": row["d"], "document": True} | about)
    return {"total": len(found), "start": start, "documents": list(found.values())[start : start + PAGE]}


# Searching ---------------------------------------------------------------------------------------------------------


def search(store: Store, asked: Mapping[str, str]) -> Answer:
    """Give the entities whose name, and the documents whose title, holds the words `q`: the nearest and most told first."""
    wanted = _plain(asked.get("q", ""))
    if not wanted:
        return {"found": []}
    pattern = Literal("".join(_VARIANTS.get(one, re.escape(one)) for one in wanted))  # as a constant, it is compiled once
    begins = tuple(f"{store.base}{kind}/" for kind in ENTITY_KINDS)
    texts = f"{store.base}document/"
    ranks: dict[str, tuple[int, str]] = {}
    for property_, penalty in (("rdfs:label", 0), ("skos:altLabel", 1), ("dcterms:title", 0)):
        for row in rows(store, f'SELECT ?e ?l {{ ?e {property_} ?l FILTER (REGEX(?l, {pattern}, "i")) }}'):
            iri, called = row["e"], row["l"]
            if iri.startswith(texts if property_ == "dcterms:title" else begins):
                ranks[iri] = min(ranks.get(iri, (99, "")), (2 * _rank(_plain(called), wanted) + penalty, called))
    best = sorted(ranks, key=lambda iri: (ranks[iri][0] // 2, iri.startswith(texts), len(ranks[iri][1]), iri))[: 4 * FOUND]
    told = _told(store, (iri for iri in best if not iri.startswith(texts)))
    best.sort(key=lambda iri: (ranks[iri][0] // 2, -told.get(iri, 0), ranks[iri], iri))
    found = []
    for iri in best[:FOUND]:
        if iri.startswith(texts):
            found.append(_document_named(store, iri))
            continue
        row, called = _named(store, iri, told.get(iri, 0)), ranks[iri][1]
        found.append(row | ({"called": called} if _plain(called) != _plain(row["name"]) else {}))
    return {"found": found}


def _plain(text: str) -> str:
    if not text.isascii():
        text = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(text.casefold().split())


def _variants() -> dict[str, str]:
    """Give for each plain letter a pattern of it and all letters of Latin scripts that bear a mark on it."""
    marked: dict[str, str] = {}
    for code in range(0xC0, 0x250):
        plain = _plain(chr(code))
        if len(plain) == 1 and plain.isascii() and plain.isalpha():
            marked[plain] = marked.get(plain, plain) + chr(code)
    return {plain: f"[{letters}]" for plain, letters in marked.items()}


_VARIANTS = _variants()


def _rank(name: str, wanted: str) -> int:
    """Give how well a name fits: 0 wholly, then at its beginning, at that of a word, within."""
    place = name.find(wanted)
    if name == wanted:
        return 0
    return 1 if place == 0 else 2 if place > 0 and not name[place - 1].isalnum() else 3


# The network around a node -----------------------------------------------------------------------------------------


def near(store: Store, asked: Mapping[str, str]) -> Answer:
    """Give a part of the network around `node`: what is tied to it and not `known` yet, with all who take part in that.

    Args:
        store: to look into.
        asked: `node`; `known`, IRIs with spaces between; `group`, a key as `node` gives it, to take one kind of ties only.
    """
    same = SameEvents(store)
    centre = same.name(_iri(asked.get("node", ""), "node"))
    known = {*asked.get("known", "").split(), centre}
    is_event = _is_event(store, centre)
    if is_event:
        ties = _ties_of_event(store, same, centre)
    else:
        ties = _ties_of_entity(store, same, centre, asked.get("group", ""), NODES + len(known))
    taken, fresh = set(known), set[str]()
    for other in ties:
        more = {other, *(_participants(store, same.members(other)) if _is_event(store, other) else ())} - taken
        if fresh and len(fresh | more) > NODES:
            break
        fresh |= more
        taken |= more
    told: set[str] = set()
    for iri in sorted({*fresh, centre}):
        told |= _claims_of_event(store, same, iri) if _is_event(store, iri) else _claims_between(store, iri, taken)
    network = project(quads_of(store, told, same))
    network.remove_nodes_from([node for node in network if node not in taken])
    network.remove_nodes_from([node for node in nx.isolates(network) if node != centre])
    return _part(store, network, centre, is_first=len(known) == 1)


def node(store: Store, asked: Mapping[str, str]) -> Answer:
    """Give what the panel adds on `node`: its ties by groups with how many, and the first of its claims."""
    iri = _iri(asked.get("node", ""), "node")
    groups = [] if _is_event(store, iri) else _groups(store, iri)
    return {"iri": iri, "groups": groups, **claims(store, asked)}


def claims(store: Store, asked: Mapping[str, str]) -> Answer:
    """Give the claims on `node`, of it or by it, newest first: `CLAIMS` of them from `start` on, and how many there are."""
    same = SameEvents(store)
    members, start = same.members(_iri(asked.get("node", ""), "node")), _start(asked)
    if len(members) == 1:
        found = Newest(store, members[0]).find(_ON, "claim", start + CLAIMS + 1)
        total = int(_around(store, _CLAIMS_ON, members[0])[0]["n"])
    else:
        found = list(dict.fromkeys(claim for member in members for claim in Newest(store, member).find(_ON, "claim", 1)))
        total = len(found)
    shown = found[start : start + CLAIMS]
    told = evidence(gather(quads_of(store, shown, same)))
    place = {claim: number for number, claim in enumerate(sorted(told))}
    return {
        "total": total,
        "start": start,
        "order": [place[claim] for claim in shown if claim in place],
        "claims": [describe_claim(told[claim], place) for claim in place],
    }


def _groups(store: Store, iri: str) -> list[Answer]:
    """Give what an entity is tied to, by kinds: relations by property, events by class, events it speaks of."""
    related: dict[str, set[str]] = defaultdict(set)
    for row in _related(store, iri):
        related[row["predicate"]].add(row["other"])
    groups = [(f"relation {predicate}", local_name(predicate), len(others)) for predicate, others in related.items()]
    found = {row["class"].removeprefix(KG): int(row["n"]) for row in _around(store, _EVENT_CLASSES, iri)}
    for kind, number in found.items():
        finer = sum(found[other] for other in found if lineage(other)[1:2] == (kind,)) if kind in classes() else 0
        if number > finer:
            groups.append((f"event {kind}", class_label(kind), number - finer))
    if said := int(_around(store, f"SELECT (COUNT(DISTINCT ?event) AS ?n) WHERE {{ {_SAID} }}", iri)[0]["n"]):
        groups.append(("said", "speaks of", said))
    groups.sort(key=lambda group: (-group[2], group[1]))
    return [{"key": key, "name": label, "number": number} for key, label, number in groups]


def _ties_of_entity(store: Store, same: SameEvents, iri: str, group: str, enough: int) -> list[str]:
    """Give what an entity is tied to, what counts most first: contested events, then relations and newest events in turn.

    Of the events there are at least `enough`, or all.
    """
    kind, _, which = group.partition(" ")
    related = [row["other"] for row in _related(store, iri) if kind != "relation" or row["predicate"] == which]
    if kind == "relation":
        return related

    newest = Newest(store, iri)

    def events(pattern: str) -> list[str]:
        found = newest.find(pattern, "event", enough)[: 2 * enough]
        return list(dict.fromkeys(same.name(event) for event in found))

    if kind == "said":
        return events(_SAID)
    if kind == "event":
        return events(f"{_ACTED} ?event a {kg(which)} .") if which in classes() else []
    contested = [same.name(row["event"]) for row in _around(store, _CONTESTED, iri)]
    taking_part = events(_ACTED)
    said = [] if newest.is_everywhere else events(_SAID)  # of what stands in every other document, more than enough is there
    mixed = [other for turn in zip_longest(related, taking_part, said) for other in turn if other is not None]
    return list(dict.fromkeys([*contested[:_CONTESTED_FIRST], *mixed]))


def _ties_of_event(store: Store, same: SameEvents, iri: str) -> list[str]:
    """Give who takes part in an event, then who speaks of it."""
    told = _claims_of_event(store, same, iri)
    speakers = [row["who"] for row in rows(store, _SPEAKERS % _listed(told))]
    return list(dict.fromkeys([*sorted(_participants(store, same.members(iri))), *sorted(speakers)]))


def _related(store: Store, iri: str) -> list[dict[str, str]]:
    """Give the entities that claims relate to this one, the most told first."""
    graphs = {"?background": store.minter.background, "?derived": store.minter.derived}
    text = _RELATED
    for variable, graph in graphs.items():
        text = text.replace(variable, str(graph))
    found = _around(store, text, iri)
    return [row for row in found if row["other"] != iri]


def _around(store: Store, text: str, iri: str) -> list[dict[str, str]]:
    """Ask around one thing, written into the query in place of ?node, so that the search begins there."""
    return rows(store, text.replace("?node", str(NamedNode(iri))))


def _is_event(store: Store, iri: str) -> bool:
    return Quad(NamedNode(iri), NamedNode(RDF + "type"), kg("Event"), DefaultGraph()) in store.database


def _participants(store: Store, events: Iterable[str]) -> set[str]:
    """Give the entities that take part in events."""
    found = {
        quad.object.value
        for event in events
        for role in ROLES
        for quad in store.database.quads_for_pattern(NamedNode(event), kg(role), None, DefaultGraph())
        if isinstance(quad.object, NamedNode)
    }
    return {iri for iri in found if not _is_event(store, iri)}


def _claims_of_event(store: Store, same: SameEvents, iri: str) -> set[str]:
    """Give the claims that state an event; of very many some, contested ones among them."""
    found = {
        quad.subject.value
        for member in same.members(iri)
        for quad in store.database.quads_for_pattern(None, kg("event"), NamedNode(member), DefaultGraph())
        if isinstance(quad.subject, NamedNode)
    }
    ranked = sorted(found, key=lambda claim: (not values(store, claim, KG + "contradicts"), claim))
    return set(ranked[:_CLAIMS_OF_TIE])


def _claims_between(store: Store, iri: str, others: Iterable[str]) -> set[str]:
    """Give claims that relate an entity to one of the others; of each pair some."""
    found: set[str] = set()
    for other in others:
        between = set[str]()
        for start, end in ((iri, other), (other, iri)):
            for quad in store.database.quads_for_pattern(NamedNode(start), None, NamedNode(end), None):
                if isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(f"{store.base}claim/"):
                    between.add(quad.graph_name.value)
        found |= set(sorted(between)[:_CLAIMS_OF_TIE])
    return found


def _part(store: Store, network: "nx.MultiDiGraph[str]", centre: str, *, is_first: bool) -> Answer:
    """Give a part of the network as the page adds it to its picture; nodes and edges name each other by IRI.

    The first part is laid out; what comes later finds its place on the page.
    """
    place, shown = number_claims(network)
    told = _told(store, network)
    looks = style()
    for iri, attributes in network.nodes(data=True):
        attributes["weight"] = float(max(told.get(iri, 0), len(attributes["evidence"])))
    drawn = {iri: node_look(attributes, looks) for iri, attributes in network.nodes(data=True)}
    points = positions(network, drawn) if is_first and len(network) else {}
    nodes = [
        node_marks(iri, attributes, drawn[iri], place) | dict(zip("xy", points.get(iri, ()), strict=False))
        for iri, attributes in network.nodes(data=True)
    ]
    edges = [
        edge_marks(edge, place) | {"from": start, "to": end, "key": key, "when": edge["days"]}
        for start, end, key, edge in network.edges(keys=True, data=True)
    ]
    more = held(network, place)
    claims = [claim | more["claims"][turn] for turn, claim in enumerate(shown)]
    return {"centre": centre, "nodes": nodes, "edges": edges} | more | {"claims": claims}


# Documents and disputes --------------------------------------------------------------------------------------------


def document(store: Store, asked: Mapping[str, str]) -> Answer:
    """Give the document of the IRI `document`, or that of `claim`, with all that was read in it (`kg.marked`)."""
    claim = asked.get("claim", "")
    named = next(iter(values(store, _iri(claim, "claim"), PROV + "wasDerivedFrom")), "") if claim else asked.get("document", "")
    if claim and not named:
        raise QueryError(f"claim: there is no <{claim}> in the store; search for its document")
    return marked(store, _iri(named, "document"))


def contested(store: Store, asked: Mapping[str, str]) -> Answer:
    """Give the contested events in which `node` takes part (all without it): a `DISPUTES` from `start` on."""
    start, who = _start(asked), asked.get("node", "")
    affairs = Affairs(store)
    groups = affairs.newest_first()
    if who:
        events = {row["event"] for row in _around(store, _CONTESTED, _iri(who, "node"))}
        groups = [group for group in groups if any(event in events for _, event in group)]
    shown = [affairs.describe(group).to_json() | {"node": group[0][1]} for group in groups[start : start + DISPUTES]]
    return {"total": len(groups), "start": start, "name": name(store, who) if who else "", "disputes": shown}


VIEWS: Mapping[str, Callable[[Store, Mapping[str, str]], Answer]] = {
    view.__name__: view for view in (front, search, documents, near, node, claims, document, contested)
}
"""All views, by the names under which the server gives them."""


# Small values ------------------------------------------------------------------------------------------------------


def _iri(text: str, where: str) -> str:
    """Give an IRI as a request names it.

    Raises:
        QueryError: it is none.
    """
    try:
        return NamedNode(text).value
    except ValueError as error:
        raise QueryError(f"{where}: '{text}' is no IRI; write it in full") from error


def _start(asked: Mapping[str, str]) -> int:
    start = asked.get("start", "")
    return int(start) if start.isdecimal() else 0


def _listed(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)


def _told(store: Store, iris: Iterable[str]) -> dict[str, int]:
    """Give for each thing how many claims are about it, or state it as an event."""
    text = "SELECT ?e (COUNT(?c) AS ?n) { VALUES ?e { %s } { ?c kg:about ?e } UNION { ?c kg:event ?e } } GROUP BY ?e"
    return {row["e"]: int(row["n"]) for row in rows(store, text % _listed(iris)) if "e" in row}


def _named(store: Store, iri: str, claims: int) -> Answer:
    types = kinds(store, iri)
    finer = finest(types) or "Entity"
    family = family_of(lineage(finer)) if finer in classes() else family_of((finer, *types))
    return {"iri": iri, "name": name(store, iri), "type": class_label(finer), "family": family, "claims": claims}


def _document_named(store: Store, iri: str) -> Answer:
    parts = ("title", "identifier", "publisher", "issued")
    title, identifier, publisher, issued = (next(iter(values(store, iri, DCTERMS + part)), "") for part in parts)
    outlet = name(store, publisher) if publisher else ""
    return {"iri": iri, "document": True, "name": title or identifier or iri, "publisher": outlet, "date": issued}
