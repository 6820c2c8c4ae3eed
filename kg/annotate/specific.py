"""Says whether a noun tells of one certain event though nobody is named with it: "the blast", "Friday's attack".

A noun that tells of an event is often alone: who did it stood in the sentence before, or nobody knows. What parts "the attack"
from attacks in general is that it takes up what was told, is set apart from others of its kind, or happened in a story.
"""

from collections.abc import Collection

from spacy.tokens import Token

from kg.annotate.scene import Scene
from kg.annotate.syntax import is_verb
from kg.annotate.tense import tense_of
from kg.model import Certainty, Polarity, Tense
from kg.vocab import is_a

_POINTING = frozenset(("the", "this", "that", "these", "those", "both", "each"))
_DENYING = frozenset(("no", "any", "every", "neither"))
_CIRCUMSTANCE = frozenset(("in", "during", "by", "after", "following", "from", "since", "before"))
_MAX_STEPS = 4


class Specificity:
    """Tells certain events from kinds of event, for the nouns of one document."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.words = scene.knowledge.words

    def is_certain(self, noun: Token, class_: str, told: Collection[str]) -> bool:
        """True if `noun` tells of one certain event.

        Args:
            noun: a noun that the lexicon knows as a word for an event.
            class_: the event's class.
            told: the classes of the events told before it.
        """
        if self._is_denied(noun):
            return False
        violent = self.scene.is_one_of(class_, "deed told alone")
        again = any(self._are_kin(class_, other) for other in told)
        ambiguous = noun.lemma_.lower() in self.words["word for many deeds"]
        if noun.dep_ == "compound":
            return not ambiguous and (self._follows_name(noun) or (again and self.points(noun.head)))
        if self.points(noun) or self._is_dated(noun):
            return again if ambiguous or not violent else True
        return violent and not ambiguous and self._happens(noun)

    @staticmethod
    def points(noun: Token) -> bool:
        """True for "the attack", "these killings", "his arrest"."""
        return any(
            child.dep_ == "poss" or (child.dep_ in ("det", "predet") and child.lower_ in _POINTING) for child in noun.children
        )

    def may_modify(self, class_: str) -> bool:
        """True if an event of the class may be spoken of in passing, as in "the bombing suspect", "the attack victims"."""
        return self.scene.is_one_of(class_, "deed in passing")

    def _follows_name(self, noun: Token) -> bool:
        """True for the bombing of "Boston bombing suspect"."""
        before = noun.nbor(-1) if noun.i else noun
        return before.pos_ == "PROPN" and before.i in self.scene.mention_at and before.dep_ == "compound"

    def _are_kin(self, class_: str, other: str) -> bool:
        """True if one event may be told as both: a bombing as an attack, an attack as the killing it was."""
        if is_a(class_, other) or is_a(other, class_):
            return class_ in self.words["deed taken up"] or self.scene.is_one_of(class_, "deed told alone")
        return self.scene.is_one_of(class_, "deed told alone") and self.scene.is_one_of(other, "deed told alone")

    @staticmethod
    def _is_denied(noun: Token) -> bool:
        return any(child.dep_ in ("det", "neg") and child.lower_ in _DENYING for child in noun.children)

    def _is_dated(self, noun: Token) -> bool:
        """True for "Friday's attack", "the April 15 bombing", "a Monday blast"."""
        start, units = noun.left_edge.i, self.words["time unit"]
        return any(
            start <= time.head < noun.i
            and not (self.scene.doc[time.head].lemma_.lower() in units and self._is_counted(self.scene.doc[time.head]))
            for time in self.scene.times.get(noun.sent.start, ())
        )

    @staticmethod
    def _is_counted(unit: Token) -> bool:
        """True for the years of "25 years imprisonment": how long, not when."""
        return any(child.dep_ in ("nummod", "quantmod") for child in unit.children) or unit.nbor(-1 if unit.i else 0).like_num

    def _happens(self, noun: Token) -> bool:
        """True for "an explosion shattered the windows", "was killed in a blast": it happened."""
        current = noun
        if noun.dep_ == "pobj" and noun.head.dep_ in ("prep", "agent"):
            if noun.head.lower_ not in _CIRCUMSTANCE:
                return False
            current = noun.head.head
        elif noun.dep_ in ("nsubj", "nsubjpass", "dobj"):
            current = noun.head
        for _ in range(_MAX_STEPS):
            if is_verb(current):
                break
            current = current.head
        if not is_verb(current):
            return False
        claim = self.scene.innermost.get(noun.i)
        if claim is None or self.scene.finder.status(noun, claim) != (Polarity.POSITIVE, Certainty.CERTAIN):
            return False
        if tense_of(current, self.scene.knowledge, claim.covers) is not Tense.PAST:
            return False
        single = any(c.dep_ in ("det", "nummod") and c.lower_ not in ("some", "all") for c in noun.children)
        return single or self._is_deed(current)

    def _is_deed(self, verb: Token) -> bool:
        key = (self.scene.lemma(verb, self.scene.knowledge.events), "VERB")
        triggers = self.scene.knowledge.events.get(key, ())
        lemma = verb.lemma_.lower()
        return (
            any(self.scene.is_one_of(trigger.name, "deed told alone") for trigger in triggers)
            or lemma in self.words["striking verb"]
            or lemma in self.words["occurrence verb"]
        )
