"""Mentions, relations and events of single texts, against the tables in `tests/cases`.

A row holds the whole list of what a careful reader marks (`mentions`, `relations`, `events`), or, where the text holds more
than the row is about, what must be there (`contains`) and what must not (`absent`). The head of each table says how its
entries are written. Fillers of roles and ends of relations are given by any name the text has for them.
"""

import re

import pytest

from kg.annotate.amounts import read_day, read_period
from kg.model import Document
from kg.vocab import BASE

KEYS = {"id", "text", "xfail", "contains", "absent", "published", "publisher"}
TYPES = "Person|State|Agency|Weapon|Platform|Place|Nationality|Group|Time|Quantity|Money|Event|Document"
MENTION = re.compile(rf"(?P<text>.+?):(?P<type>{TYPES})(?:/(?P<class>\w+))?(?::(?P<entity>\S+))?", re.DOTALL)
_ARTICLE = re.compile(r"^(?:the|an?) (?=\S)", re.IGNORECASE)
_OWNER = re.compile(r"^(?:(?:the|an?|its|their|his|her) )?(?:\S+['’]s? )?")
SYMMETRIC = ("alliedWith", "communicatesWith")
_BE_HAVE_DO = ("is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did")
_AUXILIARIES = frozenset((*_BE_HAVE_DO, "not", "n't", "never", "will", "would", "can", "could", "may", "might"))


def read(annotator, case, kind):
    assert set(case) <= KEYS | {kind}, "misspelt key"
    assert kind in case or "contains" in case or "absent" in case
    return annotator.annotate(Document("case", case["text"], published=case.get("published"), publisher=case.get("publisher")))


def short(iri):
    """Give "state/RU" or "group/two-officials": the IRI without its base and its document's key."""
    parts = (iri or "").removeprefix(BASE).split("/")
    return "/".join([parts[0], *parts[2:]] if len(parts) == 3 else parts)


def names_of(annotation, mention):
    """Give all texts that name what this mention refers to, its own first."""
    others = [m.text for m in annotation.mentions if mention.entity and m.entity == mention.entity]
    return list(dict.fromkeys([mention.text, *others]))


def named(annotation, index, wanted):
    """Give a mention by the name the row uses for it (with or without what stands before its noun), else by its own."""
    names = names_of(annotation, annotation.mentions[index])
    fitting = (want for name in names for want in wanted if name == want or name.endswith(f" {want}"))
    return next(fitting, names[0])


def cue_of(annotation, claim):
    """Give the cue of a claim without its auxiliaries; "own voice" if it has none."""
    text = annotation.document.text
    words = [word for span in claim.cue for word in text[span.start : span.end].split()]
    return " ".join(word for word in words if word.lower() not in _AUXILIARIES) or " ".join(words) or "own voice"


# -- mentions ----------------------------------------------------------------------------------------------------------


def mention_lines(annotation, wanted):
    """Give mentions as written in the table, as precisely as the row names those of the same text."""
    precision = {}
    for line in wanted:
        match = MENTION.fullmatch(line)
        assert match, f"not of the form text:Type/Class:entity: {line}"
        precision.setdefault(match["text"], []).append((bool(match["class"]), bool(match["entity"])))
    for mention in annotation.mentions:
        text = mention.text
        if text not in precision:  # rows may leave out the article of a common noun
            text = next((bare for bare in (_ARTICLE.sub("", text), _OWNER.sub("", text)) if bare in precision), text)
        given = precision.get(text, [(False, True)])
        with_class, with_entity = given.pop(0) if len(given) > 1 else given[0]
        class_ = f"/{mention.class_}" if with_class else ""
        entity = f":{short(mention.entity) or None}" if with_entity else ""
        yield f"{text}:{mention.type}{class_}{entity}"


@pytest.mark.cases("mentions")
def test_mentions(annotator, case):
    annotation = read(annotator, case, "mentions")
    if "mentions" in case:
        found = list(mention_lines(annotation, case["mentions"]))
        if not any(":Quantity" in line for line in case["mentions"]):
            found = [line for line in found if ":Quantity" not in line]
        assert found == case["mentions"]
    found = list(mention_lines(annotation, case.get("contains", ())))
    assert [line for line in case.get("contains", ()) if line not in found] == [], found
    whole = [f"{m.text}:{m.type}:{short(m.entity)}" for m in annotation.mentions]
    assert [line for line in whole for trap in case.get("absent", ()) if f"{line}:".startswith(f"{trap}:")] == []


# -- relations ---------------------------------------------------------------------------------------------------------


def relation_lines(annotation, wanted):
    """Give relations and attributes as "subject | predicate | object", with " | cue" of the claim if the row says it."""
    parts = [line.split(" | ") for line in wanted]
    left, right = {part[0] for part in parts}, {part[2] for part in parts}
    if any(part[1] in SYMMETRIC for part in parts):
        left = right = left | right
    stated = [
        (named(annotation, r.subject, left), r.predicate, named(annotation, r.object, right), r.claim)
        for r in annotation.relations
    ] + [(named(annotation, a.subject, left), a.predicate, a.value, a.claim) for a in annotation.attributes]
    with_cue = {tuple(part[:3]) for part in parts if len(part) == 4}
    lines = set()
    for subject, predicate, value, claim in stated:
        if predicate in SYMMETRIC and any(part[:3] == [value, predicate, subject] for part in parts):
            subject, value = value, subject
        line = f"{subject} | {predicate} | {value}"
        if (subject, predicate, value) in with_cue:
            line += f" | {cue_of(annotation, annotation.claims[claim])}"
        lines.add(line)
    return sorted(lines)


@pytest.mark.cases("relations")
def test_relations(annotator, case):
    annotation = read(annotator, case, "relations")
    if "relations" in case:
        assert relation_lines(annotation, case["relations"]) == sorted(case["relations"])
    found = relation_lines(annotation, case.get("contains", ()))
    assert [line for line in case.get("contains", ()) if line not in found] == [], found
    assert [line for line in case.get("absent", ()) if line in relation_lines(annotation, case["absent"])] == []


# -- events ------------------------------------------------------------------------------------------------------------


def event_row(annotation, event, keys, wanted):
    """Give an event as the table writes it, with `keys` only."""
    text = annotation.document.text
    claim = annotation.claims[event.claim]
    names = [name for row in wanted for fillers in row.get("roles", {}).values() for name in fillers]
    roles = {
        role: sorted({named(annotation, filler, names) for filler in fillers})
        for role, fillers in event.roles.items()
        if role != "time"
    }
    whole = {
        "type": event.type,
        "trigger": text[event.span.start : event.span.end],
        "roles": dict(sorted(roles.items())),
        "polarity": event.polarity.value,
        "certainty": event.certainty.value,
        "count": event.count,
        "min": event.min_count,
        "max": event.max_count,
        "all": event.of_all,
        "time": event.time,
        "when": event.time_text,
        "by": cue_of(annotation, claim),
    }
    return {key: value for key, value in whole.items() if key in keys}


def event_rows(annotation, wanted):
    """Give each event as precisely as the row that fits it best."""
    left = list(wanted)
    rows = []
    for event in annotation.events:
        full = event_row(annotation, event, {*_EVENT_KEYS}, wanted)
        fitting = [row for row in left if (row["type"], row["trigger"]) == (full["type"], full["trigger"])]
        best = max(fitting, key=lambda row: sum(full[key] == row[key] for key in row), default=None)
        if best is not None:
            left.remove(best)
        rows.append({key: full[key] for key in full if best is None or key in best})
    return rows


_EVENT_KEYS = ("type", "trigger", "roles", "polarity", "certainty", "count", "min", "max", "all", "time", "when", "by")


def normal_event(row):
    assert set(row) <= set(_EVENT_KEYS), "misspelt key"
    roles = {role: sorted(fillers) for role, fillers in sorted(row.get("roles", {}).items())}
    normal = {"polarity": "Positive", "certainty": "Certain"} | row
    return normal | ({"roles": roles} if "roles" in row else {})


def in_order(rows):
    return sorted(({key: row[key] for key in _EVENT_KEYS if key in row} for row in rows), key=str)


@pytest.mark.cases("events")
def test_events(annotator, case):
    annotation = read(annotator, case, "events")
    if "events" in case:
        wanted = [normal_event(row) for row in case["events"]]
        assert in_order(event_rows(annotation, wanted)) == in_order(wanted)
    wanted = [normal_event(row) for row in case.get("contains", ())]
    found = event_rows(annotation, wanted)
    assert [row for row in wanted if row not in found] == [], found
    for trap in case.get("absent", ()):
        assert set(trap) <= set(_EVENT_KEYS), "misspelt key"
        rows = [event_row(annotation, event, set(trap), [trap]) for event in annotation.events]
        assert [row for row in rows if row == trap] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("last week", "2024-W19"),
        ("a week ago", "2024-W19"),
        ("two months ago", "2024-03"),
        ("last month", "2024-04"),
        ("March 2021", "2021-03"),
        ("July", "2023-07"),
        ("next July", "2024-07"),
        ("this year", "2024"),
        ("2014", "2014"),
        ("the 1990s", "199X"),
        ("some years ago", None),
        ("four days", None),
    ],
)
def test_read_period(text, value):
    assert read_period(text, "2024-05-15") == value


def test_read_day_by_tense():
    assert read_day("Tuesday", "2024-05-15") == "2024-05-14"
    assert read_day("Tuesday", "2024-05-15", is_future=True) == "2024-05-21"
