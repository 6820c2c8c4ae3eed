"""Shows why a text is read as it is: the parse, and the rule or lexicon row behind each mention, claim, event and relation."""

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc, Token

from kg.annotate.claim_drafts import ClaimDraft, char_spans
from kg.annotate.found import Found
from kg.annotate.pipeline import Reading
from kg.knowledge import Cue
from kg.model import Annotation, Claim
from kg.model import Span as Stretch

_PARTS_OF_SPEECH = ("VERB", "NOUN", "ADJ", "ADV", "ADP")
_QUOTATION_MARKS = frozenset("“”\"'‘’«»")


def explain(doc: Doc, reading: Reading, annotation: Annotation) -> Iterator[str]:
    """Yield the account of a reading, line by line.

    Args:
        doc, reading: as `kg.annotate.pipeline.Pipeline.read` gives them.
        annotation: what was made of them.
    """
    yield "PARSE (word, lemma, part of speech, tag, dependency)"
    for sentence in doc.sents:
        if sentence.text.strip():
            yield from _tree(sentence.root)
            yield ""
    yield "MENTIONS"
    for mention in annotation.mentions:
        entity = _short(mention.entity, annotation) if mention.entity else mention.value or "no entity"
        why = f" ({mention.reason})" if mention.reason else ""
        yield f"  {_line(mention.text)}: {mention.class_ or mention.type}, {entity}{why}"
    yield from ("", "CLAIMS")
    drafts = _drafts_by_claim(doc, reading)
    for number, claim in enumerate(annotation.claims):
        yield from _claim(number, claim, annotation)
        yield f"      by {_rule_of(drafts.get(_key(claim)), doc, reading)}"
    yield from ("", "EVENTS")
    for event, draft in zip(annotation.events, reading.events, strict=True):
        word = annotation.document.text[event.span.start : event.span.end]
        yield f"  {event.type} “{word}” in claim {event.claim}: {event.polarity.value}, {event.certainty.value}"
        for role, fillers in event.roles.items():
            yield f"      {role}: {', '.join(_line(annotation.mentions[filler].text) for filler in fillers)}"
        if event.time_text:
            yield f"      time: {_line(event.time_text)}" + (f" ({event.time})" if event.time else "")
        yield f"      by {draft.rule}"
    yield from ("", "RELATIONS")
    for relation in reading.relations:
        ends = (_written(end, annotation) for end in (relation.subject, relation.object))
        yield f"  {relation.predicate}({', '.join(ends)})"
        yield f"      by {relation.rule}"
    for tie in annotation.relations:
        if tie.property is not None:
            ends = (_line(annotation.mentions[end].text) for end in (tie.subject, tie.object))
            yield f"  {tie.predicate}({', '.join(ends)})"
            yield f"      by your ontology's {tie.property}"
    for attribute in annotation.attributes:
        yield f"  {attribute.predicate}({_line(annotation.mentions[attribute.subject].text)}, “{_line(attribute.value)}”)"
        yield f"      by {f'your ontology’s {attribute.property}' if attribute.property else 'a title of office beside a name'}"


# -- the parse ---------------------------------------------------------------------------------------------------------


def _tree(root: Token) -> Iterator[str]:
    """Yield the dependency tree, each word below what governs it, in the order of the text."""
    rows: list[tuple[int, Token]] = []
    waiting = [(0, root)]
    while waiting:
        depth, token = waiting.pop()
        if not token.is_space:
            rows.append((depth, token))
        waiting.extend((depth + 1, child) for child in reversed(list(token.children)))
    width = min(60, max((2 * depth + len(token.text) for depth, token in rows), default=0))
    for depth, token in rows:
        word = f"{'  ' * depth}{token.text}"
        yield f"  {word:{width}}  {token.lemma_:12} {token.pos_:5} {token.tag_:5} {token.dep_}".rstrip()


# -- claims ------------------------------------------------------------------------------------------------------------

_Key = tuple[tuple[Stretch, ...], tuple[Stretch, ...], tuple[Stretch, ...]]


def _key(claim: Claim) -> _Key:
    return claim.source, claim.cue, claim.content


def _drafts_by_claim(doc: Doc, reading: Reading) -> dict[_Key, ClaimDraft]:
    return {
        (char_spans(doc, draft.source), char_spans(doc, draft.cue), char_spans(doc, draft.content)): draft
        for draft in reversed(reading.claims)
    }


def _claim(number: int, claim: Claim, annotation: Annotation) -> Iterator[str]:
    text = annotation.document.text
    within = "" if claim.within is None else f", within {claim.within}"
    if claim.is_own_voice:
        yield f"  {number}  the document itself: “{_cut(text, claim.content)}”"
    else:
        source = f"“{_cut(text, claim.source)}”" if claim.source else "nobody named"
        yield f"  {number}  {source} [{_cut(text, claim.cue)}]: “{_cut(text, claim.content)}”"
    if claim.addressee:
        yield f"      to “{_cut(text, claim.addressee)}”"
    if claim.speakers:
        yield f"      source: {', '.join(_short(speaker, annotation) for speaker in claim.speakers)}"
    yield f"      {claim.polarity.value}, {claim.certainty.value}{within}"


def _rule_of(draft: ClaimDraft | None, doc: Doc, reading: Reading) -> str:
    """Say which row of cues.tsv, or which form of the text, made the claim."""
    if draft is None or draft.is_own_voice:
        return "what stands outside of others' claims"
    cue = _row_of(draft, doc, reading)
    if cue is not None:
        values = f"{cue.polarity.value}, {cue.certainty.value}"
        return f"cues.tsv: {cue.lemma} {cue.pos} → {values}; takes {', '.join(sorted(cue.frames)) or 'nothing'}"
    words = {token.text for start, end in draft.cue for token in doc[start:end]}
    if ":" in words or not draft.cue:
        return "its form: a name or label, a colon, and what is said"
    if any(token.text in _QUOTATION_MARKS for start, end in draft.content for token in doc[start:end]):
        return "its form: a quotation beside who says it"
    return "its form"


def _row_of(draft: ClaimDraft, doc: Doc, reading: Reading) -> Cue | None:
    """Give the row of the lexicon for the longest run of the cue's words that has one, the cue's main word first."""
    cues = reading.tools.mention_finder.knowledge.cues
    tokens = [token for start, end in draft.cue for token in doc[start:end]]
    runs = [tokens[start:end] for start in range(len(tokens)) for end in range(start + 1, min(len(tokens), start + 4) + 1)]
    runs.sort(key=lambda run: (all(token.i != draft.cue_token for token in run), -len(run)))
    main = doc[draft.cue_token].pos_ if draft.cue_token >= 0 else ""
    if draft.cue_token >= 0:  # "ruled the offer out"
        runs = [[doc[draft.cue_token], child] for child in doc[draft.cue_token].children if child.dep_ == "prt"] + runs
    order = sorted(_PARTS_OF_SPEECH, key=lambda pos: pos != main)
    for run in runs:
        for words in (" ".join(token.lemma_.lower() for token in run), " ".join(token.lower_ for token in run)):
            for pos in order:
                if rows := cues.get((words, pos)):
                    return next((row for row in rows if (row.polarity, row.certainty) == draft.base), rows[0])
    return None


# -- words -------------------------------------------------------------------------------------------------------------


def _line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, spans: Iterable[Stretch]) -> str:
    return " … ".join(_line(text[span.start : span.end]) for span in spans)


def _written(mention: Found, annotation: Annotation) -> str:
    return _line(annotation.document.text[mention.span.start : mention.span.end])


def _short(iri: str, annotation: Annotation) -> str:
    """Give an entity's IRI without its base, as `kg show` takes it."""
    return iri.removeprefix(annotation.document_iri.rpartition("document/")[0])
