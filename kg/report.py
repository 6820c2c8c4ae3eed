"""All about one entity on one page that prints well: facts, network, chronology, claims for and against, sources."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import Quad

from kg.network import Quads, gathered, project, resolve, written_day
from kg.page import describe_node, make_page, number_claims, style, template
from kg.placing import visible
from kg.render import picture
from kg.timeline import chronicle

DRAWN = 36
"""How many nodes the picture has."""

ROOM = 2.4
"""How many times the area of its nodes and labels the picture takes: close, to be legible on paper."""

_OF_NODE = ("wikidata", "codes", "positions", "affiliation")  # fields that a page may lack
_OF_CLAIM = ("source", "cue", "via", "quote", "prefix", "suffix", "document", "title", "publisher", "date", "url")
_MOST_CLAIMS = 60
_MOST_EVENTS = 80


_Told = dict[str, Any]


def report(store: Quads | Iterable[Quad], entity: str, *, title: str | None = None) -> str:
    """Give the report as one HTML page; the same store gives the same page, byte for byte.

    Args:
        store: as `kg.network.project` takes it.
        entity: its name, alias or IRI.
        title: stands above the page [default: the entity's name].

    Raises:
        ExportError: the name fits no entity or several, or nothing is claimed of it.
    """
    dataset = gathered(store)
    iri = resolve(entity, dataset, "entity")
    network = project(dataset, focus=iri, hops=2)
    place, told_claims = number_claims(network)
    claims = [dict.fromkeys(_OF_CLAIM) | claim for claim in told_claims]
    node = network.nodes[iri]
    about: dict[str, Any] = dict.fromkeys(_OF_NODE) | describe_node(iri, node, place)
    shown = visible(title or node["label"]) or "Report"
    evidence = [claims[number] for number in about["claims"]]
    own = [claim for claim in evidence if iri in claim["sources"]]
    told = [claim for claim in evidence if iri not in claim["sources"]]
    near = project(dataset, focus=iri, hops=1, top=DRAWN)
    content = picture(near, style(), most_room=ROOM) if iri in near else {"nodes": [], "edges": [], "claims": [], "days": []}
    days = sorted(claim["date"][:10] for claim in evidence if claim.get("date"))
    events = [event for event in chronicle(network) if event["iri"] in network[iri] or event["iri"] in network.pred[iri]]
    (events_shown, left_events), (own_shown, left_own) = _first(events, _MOST_EVENTS), _first(own, _MOST_CLAIMS)
    stances = Counter(_stance(claim) for claim in evidence)
    return make_page(
        "report.html",
        title=shown,
        css=[template("graph.css"), template("report.css")],
        scripts=[template(f"{name}.js") for name in ("evidence", "paint", "report")],
        content=content,
        about=about,
        link=about["wikidata"] if str(about["wikidata"]).startswith(("http://", "https://")) else None,
        summary=[
            ("claims about it", len(told)),
            ("claims by it", len(own)),
            ("affirmed", stances["for"]),
            ("open or hedged", stances["open"]),
            ("denied", stances["against"]),
            ("contested", sum(claim["contested"] for claim in evidence)),
            ("documents", len({claim.get("document") for claim in evidence})),
            ("events with a date", len(events)),
        ],
        period=" – ".join(written_day(day) for day in dict.fromkeys((days[0], days[-1]))) if days else None,
        written_day=written_day,
        disputes=_disputes(evidence, claims),
        events=events_shown,
        left_events=left_events,
        sides=[
            (heading, *_first([claim for claim in told if _stance(claim) == stance], _MOST_CLAIMS))
            for heading, stance in (("Affirmed", "for"), ("Denied", "against"), ("Open or hedged", "open"))
        ],
        own=own_shown,
        left_own=left_own,
        sources=_sources(evidence),
        documents=_documents(evidence),
    )


def _stance(claim: Mapping[str, Any]) -> str:
    """Tell if a claim affirms what it says, denies it, or leaves it open."""
    if claim.get("polarity") == "Negative":
        return "against"
    return "for" if claim.get("polarity") == "Positive" and claim.get("certainty") in ("Certain", "Probable") else "open"


def _first(told: list[_Told], most: int) -> tuple[list[_Told], int]:
    """Give the first, and how many are left."""
    return told[:most], max(0, len(told) - most)


def _disputes(evidence: list[_Told], claims: list[_Told]) -> list[tuple[list[_Told], list[_Told]]]:
    """Give what hangs together by contradictions, each once: who says one thing, and who contradicts them."""
    number = {claim["claim"]: turn for turn, claim in enumerate(claims)}
    side: dict[int, int] = {}
    disputes = []
    # Who affirms stands first; where three tell three things, the second and third stand together against the first.
    for claim in sorted(evidence, key=lambda claim: (_stance(claim) == "against", number[claim["claim"]])):
        start = number[claim["claim"]]
        if not claim["contradicts"] or start in side:
            continue
        side[start], waiting = 0, [start]
        for one in waiting:
            fresh = [other for other in sorted(claims[one]["contradicts"]) if other not in side]
            side |= dict.fromkeys(fresh, 1 - side[one])
            waiting += fresh
        disputes.append(([claims[one] for one in waiting if not side[one]], [claims[one] for one in waiting if side[one]]))
    return disputes


def _sources(evidence: list[dict[str, Any]]) -> list[tuple[str, int, int, int]]:
    """Give each source with how many claims it makes, how many of them deny, how many are contested."""
    names = [claim.get("source") or claim.get("publisher") or "the document" for claim in evidence]
    count = Counter(names)
    denied = Counter(name for name, claim in zip(names, evidence, strict=True) if _stance(claim) == "against")
    contested = Counter(name for name, claim in zip(names, evidence, strict=True) if claim["contested"])
    return [
        (name, number, denied[name], contested[name])
        for name, number in sorted(count.items(), key=lambda item: (-item[1], item[0]))
    ]


def _documents(evidence: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {claim.get("document", ""): claim for claim in reversed(evidence)}
    return sorted(known.values(), key=lambda claim: (claim.get("date") or "", claim.get("title") or ""))
