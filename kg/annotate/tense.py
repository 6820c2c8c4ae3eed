"""Says when what a word tells is placed, seen from the telling: past, present or future (plans and orders are future)."""

from collections.abc import Callable

from spacy.tokens import Token

from kg.annotate.syntax import PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS, auxiliaries, is_verb
from kg.knowledge import Knowledge
from kg.model import Tense

_FUTURE = frozenset(("will", "'ll", "’ll", "wo", "shall", "would", "'d", "’d"))
_OPEN = frozenset(("may", "might", "can", "could", "should", "must", "ought"))
"""Modals that may speak of now or of later: no tense is read off them."""
_MAX_STEPS = 8


def tense_of(token: Token, knowledge: Knowledge, covers: Callable[[int], bool]) -> Tense | None:
    """Give the tense of what `token` tells, or None if nothing says so.

    Args:
        token: a verb, or a noun for something that happens ("the strike").
        knowledge: `words["forward word"]` are those whose infinitive or object is still to come ("plans", "threat", "urged").
        covers: True for the tokens (by index) of the same claim; of what governs it from outside only plans and the like count.
    """
    current = token
    for _ in range(_MAX_STEPS):
        found = _finite(current) if is_verb(current) else None
        if found is not None:
            return found
        if is_verb(current) and any(aux.lower_ in _OPEN for aux in auxiliaries(current)):
            return Tense.PAST if _has_perfect(current) else None
        head = current.head
        if head.i == current.i:
            return None
        if is_verb(current) and _has_perfect(current):
            return Tense.PAST  # "claimed to have shot down"
        if _is_forward(current, knowledge):
            return Tense.FUTURE
        if not covers(head.i) or (is_verb(current) and current.tag_ == "VB" and current.dep_ in ("advcl", "acl")):
            return None
        happens = current.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS or head.lemma_ in knowledge.words["light verb"]
        if not is_verb(current) and is_verb(head) and not happens:
            return None  # "welcomed the strike": when it was is not told
        current = head
    return None


def _finite(verb: Token) -> Tense | None:
    helpers = auxiliaries(verb)
    words = [helper.lower_ for helper in helpers]
    if any(word in _FUTURE for word in words):
        return Tense.PAST if _has_perfect(verb) else Tense.FUTURE
    if any(word in _OPEN for word in words):
        return None
    if verb.tag_ == "VBN" and not helpers and verb.dep_ in ("acl", "amod"):
        return Tense.PAST  # "missiles fired by Russia"
    if verb.lower_ == "going" and any(child.dep_ == "xcomp" for child in verb.children):
        return Tense.FUTURE
    if verb.lemma_ == "be" and any(child.dep_ == "xcomp" and child.tag_ == "VB" for child in verb.children):
        return Tense.FUTURE  # "is to visit"
    if verb.tag_ == "VBD" or any(helper.tag_ == "VBD" for helper in helpers) or _has_perfect(verb):
        return Tense.PAST if "to" not in words else None
    if verb.tag_ in ("VBZ", "VBP") or any(helper.tag_ in ("VBZ", "VBP") for helper in helpers):
        return Tense.PRESENT
    return None


def _has_perfect(verb: Token) -> bool:
    return verb.tag_ in ("VBN", "VBD") and any(helper.lemma_ == "have" for helper in auxiliaries(verb))


def _is_forward(token: Token, knowledge: Knowledge) -> bool:
    """True for what a plan, an order or a threat is about: "plans to deploy", "is to visit", "called for a strike"."""
    above = token.head
    if is_verb(token):
        governs = token.tag_ == "VB" and token.dep_ in ("xcomp", "ccomp", "acl", "advcl")
        if governs and above.lemma_ == "be" and token.dep_ == "xcomp":
            return True
    else:
        is_named = above.lemma_ == "call" and any(child.dep_ == "oprd" for child in above.children)
        governs = token.dep_ in ("dobj", "pobj") and not is_named  # "called the strike a crime"
        above = above.head if token.dep_ == "pobj" else above
    return governs and above.lemma_.lower() in knowledge.words["forward word"]
