"""What is shown beyond names: whole phrases around common nouns, and pronouns that stand for nobody known."""

from collections.abc import Iterator

from spacy.tokens import Doc, Token

_BEFORE = frozenset(("det", "predet", "poss", "amod", "compound", "nummod", "nmod", "quantmod"))
_COUNTED = ("Weapon", "Platform", "Place", "Agency")
_TYPE_OF_PRONOUN = {
    **dict.fromkeys(("i", "me", "myself", "he", "him", "himself", "she", "her", "herself"), "Person"),
    **dict.fromkeys(("we", "us", "ourselves"), "Agency"),
    **dict.fromkeys(("they", "them", "themselves"), "Group"),
}
"""Who says "we" in the news speaks for a body."""

_COMPARING = frozenset(("more", "than", "least", "no"))
_LONGEST = 8
"""Words before its head that a noun phrase may have."""


def whole_phrase(doc: Doc, start: int, head: Token, type_: str) -> int:
    """Give the first token of a common noun's phrase, with its article, possessor and adjectives.

    The number of things that are kinds ("14 tanks") or places is left out: it is a quantity of its own.

    Args:
        doc: parsed.
        start: first token that is known to belong to the phrase.
        head: its noun.
        type_: the mention's type.
    """
    for child in sorted(head.lefts, key=lambda token: -token.i):
        if child.dep_ in _BEFORE and child.i < start and child.right_edge.i + 2 >= start:
            left = child.left_edge.i
            if child.tag_ == "VBG" and left > 0 and doc[left - 1].pos_ in ("VERB", "AUX"):  # "denied supplying weapons"
                break
            if head.i - left <= _LONGEST and not any(_is_break(token) for token in doc[left:start]):
                start = left
    while start < head.i and _is_lead(doc[start], type_):
        start += 1
    return start


def _is_break(token: Token) -> bool:
    return bool(token.is_space or token.is_quote or token.dep_ == "cc" or token.text in ("-", "–", "—"))


def _is_lead(token: Token, type_: str) -> bool:
    """True for what stands before a phrase and is no part of it: "more than", and the number of what is counted."""
    of_number = token.dep_ in ("advmod", "quantmod") and token.head.pos_ == "NUM" and not token.like_num
    if token.is_punct or of_number or token.dep_ in ("cc", "preconj") or token.lower_ in _COMPARING:
        return True
    return type_ in _COUNTED and token.dep_ == "nummod"


def pronouns(doc: Doc, silent: set[int]) -> Iterator[tuple[Token, str]]:
    """Yield the personal pronouns, each with its mention type; possessive ones are part of a noun's phrase."""
    for token in doc:
        type_ = _TYPE_OF_PRONOUN.get(token.lower_)
        if type_ is not None and token.i not in silent and token.pos_ == "PRON" and token.dep_ != "poss":
            yield token, type_
