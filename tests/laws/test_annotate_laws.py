"""Laws of annotation: whatever the text, offsets are true, indexes point somewhere, and the same text is read the same."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.graph import to_quads
from kg.knowledge import load_knowledge
from kg.model import Document

PIECES = [
    "The minister said that ",
    "“We will not leave",
    '"Nobody saw it," ',
    "according to two officials",
    "Russia denied ",
    "neither Kyiv nor Moscow",
    "FIRED 26 MISSILES AT ",
    "it is not clear whether",
    "reportedly",
    "CNN, citing one of them,",
    "which said it had",
    "Su-24",
    "at least four of the",
    "🚀🛰️",
    "Владимир Путин",
    "Ba\u0301ku",
    "عدن",
    "习近平",
    "e\u0301\u0301\u0301",
    "\u200b\u00a0",
    "—",
    "«",
    "’s",
    "''",
    "``",
    "MR. SMITH: ",
    "\r\n\r\n",
    "\n",
    "\t",
    ".",
    "?",
    " ",
    ", ",
    ": ",
    "(AP) —",
    "10:05",
    "\ufeff",
    "\x00",
    "\u2028",
]
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
)
laws = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(annotator, text):
    annotation = annotator.annotate(Document("law", text))
    size = len(text)

    def lies_within(span):
        assert 0 <= span.start < span.end <= size

    for mention in annotation.mentions:
        lies_within(mention.span)
        assert mention.text == text[mention.span.start : mention.span.end]
        assert mention.text.strip()
    for number, claim in enumerate(annotation.claims):
        assert claim.content
        for span in (*claim.content, *claim.source, *claim.cue, *claim.addressee):
            lies_within(span)
        assert list(claim.content) == sorted(claim.content)
        assert claim.within is None or 0 <= claim.within < number, "within points to an earlier claim, so it has no cycles"
        assert claim.is_own_voice or claim.cue or claim.source
    for event in annotation.events:
        lies_within(event.span)
        assert 0 <= event.claim < len(annotation.claims)
        for fillers in event.roles.values():
            assert fillers
            assert all(0 <= filler < len(annotation.mentions) for filler in fillers)
        if event.min_count is not None and event.max_count is not None:
            assert event.min_count <= event.max_count
    for relation in annotation.relations:
        assert 0 <= relation.subject < len(annotation.mentions)
        assert 0 <= relation.object < len(annotation.mentions)
        assert 0 <= relation.claim < len(annotation.claims)
        assert annotation.mentions[relation.subject].entity != annotation.mentions[relation.object].entity
    for attribute in annotation.attributes:
        assert 0 <= attribute.subject < len(annotation.mentions)
        assert 0 <= attribute.claim < len(annotation.claims)
    known = {entity.iri for entity in annotation.entities}
    assert {m.entity for m in annotation.mentions if m.entity} <= known
    assert len({claim.iri for claim in annotation.claims}) == len(annotation.claims)
    assert len({(e.event, e.claim) for e in annotation.events}) == len(annotation.events)
    return annotation


@laws
@given(texts)
@example("")
@example(" \n ")
@example('"')
@example("“" * 50)
@example("He said he said he said he said he said he said he said he said.")
@example("RUSSIA SAID IT FIRED 26 MISSILES AT SYRIA AND ALL HIT THEIR TARGETS")
@example("The colonel said “the ships, he added, “fired” at dawn")
@example("Kyiv said.\r\n\r\nMoscow denied that.\r\nNobody knows 🚀 why it hit E\u0301vian.")
def test_offsets_and_indexes_hold(annotator, text):
    check(annotator, text)


@laws
@given(texts)
def test_same_text_gives_the_same_annotation_and_quads(annotator, text):
    document = Document("law", text)
    one, other = annotator.annotate(document), annotator.annotate(document)
    assert one == other
    knowledge = load_knowledge(None)
    assert sorted(map(str, to_quads(one, knowledge))) == sorted(map(str, to_quads(other, knowledge)))


def test_long_text_without_marks(annotator):
    check(annotator, "the army said that the missiles hit the town and " * 600)


def test_long_word(annotator):
    check(annotator, "Russia " + "a" * 50_000 + " said")
