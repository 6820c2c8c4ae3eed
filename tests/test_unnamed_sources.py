"""Sources without a name in the graph: how many they are, whose, and of which group they are members."""

from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document
from kg.vocab import BASE


def groups(annotator, name, text):
    """Give the groups of a text by label, each with its `cardinality` and `affiliation`, and the IRIs of all sources."""
    quads = list(to_quads(annotator.annotate(Document(name, text)), load_knowledge()))
    found = {}
    for quad in quads:
        key = quad.predicate.value.rpartition("#")[2]
        if quad.subject.value.startswith(f"{BASE}group/") and key in ("label", "cardinality", "affiliation"):
            found.setdefault(quad.subject.value, {})[key] = quad.object.value
    sources = {quad.object.value for quad in quads if quad.predicate.value.endswith("#source")}
    return {facts.pop("label"): facts | {"iri": iri} for iri, facts in found.items()}, sources


def test_one_and_another_are_members_of_the_group_before_them(annotator):
    text = (
        "Two Turkish officials spoke to the BBC. One of the officials said the raid was planned. Another said it was a mistake."
    )
    found, sources = groups(annotator, "members", text)
    whole = found["Two Turkish officials"]
    assert (whole["cardinality"], whole["affiliation"]) == ("2", f"{BASE}state/TR")
    members = [facts for label, facts in found.items() if label.startswith(("One", "Another"))]
    assert [(m["cardinality"], m["affiliation"]) for m in members] == [("1", whole["iri"])] * 2
    assert {m["iri"] for m in members} <= sources


def test_unnamed_sources_of_two_documents_stay_apart(annotator):
    text = "Three diplomats said the border was shut."
    (_, first), (_, second) = groups(annotator, "one", text), groups(annotator, "two", text)
    unnamed = [{iri for iri in sources if "/group/" in iri} for sources in (first, second)]
    assert all(unnamed) and not unnamed[0] & unnamed[1]


def test_a_source_close_to_a_ministry(annotator):
    found, _ = groups(annotator, "close", "A source close to the Defence Ministry told AFP the convoy had turned back.")
    assert any("affiliation" in facts for facts in found.values())
