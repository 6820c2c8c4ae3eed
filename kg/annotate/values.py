"""Finds values: times, read as days, amounts of money, numbers."""

from collections.abc import Iterator

from spacy.tokens import Doc, Token
from spacy.tokens import Span as SpacySpan

from kg.annotate.amounts import read_day, read_period
from kg.annotate.found import Found
from kg.knowledge import Knowledge
from kg.model import Span

_TYPE_OF_LABEL = {
    "DATE": "Time",
    "TIME": "Time",
    "MONEY": "Money",
    "CARDINAL": "Quantity",
    "QUANTITY": "Quantity",
    "PERCENT": "Quantity",
}

_COMING = frozenset(("be", "expect", "schedule", "plan", "due", "set", "go"))
"""What stands before the infinitive of something to come: "is to meet", "is expected to meet"."""


def values(doc: Doc, silent: set[int], published: str | None, knowledge: Knowledge, things: set[int]) -> Iterator[Found]:
    """Yield the times, amounts of money and numbers that the model marks, without what stands around them.

    Args:
        doc: parsed.
        silent: tokens of boilerplate and bylines.
        published: ISO 8601 date that relative times count from, or None.
        knowledge: words for numbers.
        things: tokens of common nouns, which are no part of a time ("the district two days earlier").
    """
    vagueness, nouns = knowledge.words["vagueness"], knowledge.words["number noun"]
    for ent in doc.ents:
        type_ = _TYPE_OF_LABEL.get(ent.label_)
        if type_ is None or silent & set(range(ent.start, ent.end)) or not ent.text.strip():
            continue
        if type_ == "Quantity" and (ent.text.lower() == "one" or not _counts(ent, nouns)):
            continue
        start, end = ent.start, ent.end
        while end > start and (doc[end - 1].is_space or (doc[end - 1].is_punct and doc[end - 1].text not in ("%", '"'))):
            end -= 1
        while start < end and doc[start].is_space:
            start += 1
        while type_ == "Quantity" and start < end - 1 and doc[start].lower_ in vagueness:
            start += 1
        if start >= end:
            continue
        if (
            type_ == "Time" and end - start > 2 and doc[start].like_num and doc[start + 1].text == ","
        ):  # "killing nine, two days …"
            start += 2
        inside = [index for index in range(start, end - 1) if index in things] if type_ == "Time" else []
        start = inside[-1] + 1 if inside else start
        if type_ == "Quantity" and (last := _currency(doc[end - 1], knowledge.words["currency"])) is not None:
            type_, end = "Money", last + 1  # "two Jordanian dinars"
        if type_ == "Money":  # "$100m", which the model cuts
            start -= start > 0 and doc[start - 1].is_currency
            end += end < len(doc) and not doc[end - 1].whitespace_ and doc[end].lower_ in ("m", "bn", "k", "tn")
        span = Span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text))
        mention = Found(start, end, span, type_, None, "value", doc[start:end].root.i)
        if type_ == "Time":
            text = doc[start:end].text
            mention.value = read_day(text, published, _is_to_come(doc[mention.head]))
            mention.period = mention.value or read_period(text, published)
        yield mention


def _currency(number: Token, currencies: frozenset[str]) -> int | None:
    """Give the index of the currency that a number counts, if it stands at most two words behind it."""
    following = number.doc[number.i + 1 : number.i + 3]
    named = (token for token in following if token.lower_ in currencies or token.lemma_.lower() in currencies)
    noun = next((token for token in named if token.pos_ in ("NOUN", "PROPN")), None)
    if noun is None or any(token.pos_ not in ("ADJ", "PROPN", "NOUN") for token in following[: noun.i - number.i]):
        return None
    return noun.i


def _is_to_come(time: Token) -> bool:
    """True for the time of a clause about the future: "is to address parliament on Tuesday", "will meet on Monday"."""
    for above in time.ancestors:
        if above.pos_ not in ("VERB", "AUX"):
            continue
        if any(child.dep_ == "aux" and child.lower_ in ("will", "'ll", "shall", "wo") for child in above.children):
            return True
        is_purpose = any(child.lower_ == "to" and child.dep_ == "aux" for child in above.children)
        return is_purpose and above.dep_ == "xcomp" and above.head.lemma_ in _COMING
    return False


def _counts(ent: SpacySpan, nouns: frozenset[str]) -> bool:
    """True if there is a number in what the model takes for one ("ISIL" it is not)."""
    return any(token.like_num or token.text[:1].isdigit() or token.lower_ in nouns for token in ent)
