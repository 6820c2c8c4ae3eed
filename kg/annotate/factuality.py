"""Says how a source commits itself to what it says: polarity and certainty, after FactBank (Saurí and Pustejovsky 2009).

Cues, hedges and embedders are data (`ontology/lexicons/`); this module says how far each of them reaches.
"""

from spacy.tokens import Token

from kg.annotate.claim_drafts import ClaimDraft, Ranges, Status
from kg.annotate.syntax import SUBJECT_DEPS, auxiliaries, is_negated, is_passive, is_verb
from kg.knowledge import Cue, Knowledge
from kg.model import RISING, Certainty, Polarity

_CONDITIONS = frozenset(("if", "whether", "unless"))
_MAX_CLIMB = 30
PLAIN = (Polarity.POSITIVE, Certainty.CERTAIN)


def combine(outer: Status, inner: Status) -> Status:
    """Combine what stands above with what stands below it: two negations cancel, the lesser certainty wins."""
    if Polarity.UNKNOWN in (outer[0], inner[0]):
        polarity = Polarity.UNKNOWN
    else:
        polarity = Polarity.POSITIVE if outer[0] is inner[0] else Polarity.NEGATIVE
    return polarity, min(outer[1], inner[1], key=RISING.index)


class Factuality:
    """Reads polarity and certainty off the words of one document.

    Args:
        knowledge: the lexicons.
        quotes: the quotations of the document, as token ranges.
    """

    def __init__(self, knowledge: Knowledge, quotes: Ranges) -> None:
        self.knowledge = knowledge
        self.quotes = quotes

    def cue_status(self, verb: Token, cue: Cue, clause: Token | None) -> Status:
        """Give what a verbal cue says of the clause (or object) it governs, with its own negation and modality."""
        negated = is_negated(verb) or _by_few(verb)
        base = (cue.polarity, cue.certainty)
        if clause is not None and any(c.dep_ in ("mark", "advmod") and c.lower_ in ("if", "whether") for c in clause.children):
            base = (Polarity.UNKNOWN, Certainty.UNKNOWN)
        elif negated:
            raises = cue.certainty is Certainty.PROBABLE and cue.polarity is Polarity.POSITIVE and "infinitive" in cue.frames
            base = (Polarity.NEGATIVE, cue.certainty) if raises else (Polarity.UNKNOWN, Certainty.UNKNOWN)
        if self.is_asked(verb) and verb.dep_ in ("ROOT", "conj"):  # "Did Minsk say that …?"
            base = (Polarity.UNKNOWN, Certainty.UNKNOWN)
        return combine(base, self._modality(verb, own_voice=False))

    def _modality(self, token: Token, *, own_voice: bool, without: int = -1) -> Status:
        """Give the effect of modals, hedging adverbs and "if" that stand with a verb."""
        status = PLAIN
        words: list[str] = [aux.lower_ for aux in auxiliaries(token)]
        words += [self._hedge_of(c) for c in token.children if c.dep_ in ("advmod", "npadvmod") and c.i != without]
        if (
            not own_voice and (token.lemma_.lower(), "VERB") in self.knowledge.cues
        ):  # "reportedly said" hedges the saying, not what is said
            words = [word for word in words if (word, "ADV") not in self.knowledge.cues]
        words += [c.lower_ for c in token.children if c.dep_ == "mark" and c.lower_ in _CONDITIONS]
        for child in token.children:
            if child.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in ("if", "unless") for c in child.children):
                status = combine(status, (Polarity.POSITIVE, Certainty.POSSIBLE))
        if {"must", "have"} <= set(words) and token.tag_ == "VBN":  # "must have fired": concluded, not seen
            status = combine(status, (Polarity.POSITIVE, Certainty.PROBABLE))
        for word in words:
            if word in ("would", "should", "ought") and not own_voice:
                continue
            effect = self.knowledge.hedges.get(word)
            if effect is not None and word not in ("not", "n't", "never", "no"):
                status = combine(status, (effect.polarity, effect.certainty))
        return status

    def _hedge_of(self, adverb: Token) -> str:
        """Give an adverb as the lexicon lists it, with the one before it if they are listed together ("almost certainly")."""
        if adverb.text == "May":  # a month hedges nothing: "from 11 May 2007"
            return ""
        pair = f"{adverb.nbor(-1).lower_} {adverb.lower_}" if adverb.i > 0 else ""
        return pair if pair in self.knowledge.hedges else adverb.lower_

    def local(self, clause: Token, *, without: int = -1) -> Status:
        """Give polarity and certainty by the words that stand directly with a clause's head."""
        status = self._modality(clause, own_voice=False, without=without) if is_verb(clause) or clause.pos_ == "AUX" else PLAIN
        if is_negated(clause):
            status = combine((Polarity.NEGATIVE, Certainty.CERTAIN), status)
        if self.is_asked(clause) and clause.dep_ in ("ROOT", "conj"):
            status = (Polarity.UNKNOWN, Certainty.UNKNOWN)
        if clause.pos_ in ("NOUN", "PROPN"):
            status = combine(status, self._nominal_hedge(clause))
        for child in clause.children:
            if child.dep_ in ("acomp", "attr") and clause.lemma_ == "be":
                for word in (child, *(below for below in child.children if below.dep_ == "advmod")):  # "hardly accidental"
                    effect = self.knowledge.hedges.get(word.lower_)
                    if effect is not None:
                        status = combine(status, (effect.polarity, effect.certainty))
        return status

    def _nominal_hedge(self, noun: Token) -> Status:
        status = PLAIN
        for child in noun.children:
            if child.dep_ in ("amod", "advmod") and (effect := self.knowledge.hedges.get(child.lower_)):
                status = combine(status, (effect.polarity, effect.certainty))
            if child.dep_ == "det" and child.lower_ == "no":
                status = combine((Polarity.NEGATIVE, Certainty.CERTAIN), status)
        return status

    def climb(self, token: Token, claim: ClaimDraft) -> Status:
        """Go up from a word to the root of its claim, and gather what each step does to polarity and certainty."""
        own = claim.is_own_voice
        status = PLAIN
        current, steps = token, 0
        below: Token | None = None
        while steps < _MAX_CLIMB:
            steps += 1
            if is_verb(current) or current.pos_ in ("VERB", "AUX"):
                status = combine(self._modality(current, own_voice=own), status)
                if is_negated(current, below):
                    status = combine((Polarity.NEGATIVE, Certainty.CERTAIN), status)
            elif current.pos_ in ("NOUN", "PROPN"):
                status = combine(self._nominal_hedge(current), status)
            head = current.head
            if head.i == current.i or current.i == claim.root or not claim.covers(head.i):
                break
            status = combine(self._embedding(current, head), status)
            if current.dep_ in ("relcl", "advcl", "conj") or (
                current.dep_ in ("prep", "pobj", "poss", "compound", "agent") and head.pos_ != "ADP"
            ):
                if current.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ in _CONDITIONS for c in current.children):
                    return (Polarity.UNKNOWN, Certainty.UNKNOWN)
                if current.dep_ == "conj":
                    current = head
                    while current.dep_ == "conj":
                        current = current.head
                    if current.head.i == current.i or not claim.covers(current.head.i):
                        break
                    status = combine(self._embedding(current, current.head), status)
                    below, current = current, current.head
                    continue
                break
            below, current = current, head
        if self.is_asked(token):
            status = combine(status, (Polarity.UNKNOWN, Certainty.UNKNOWN))
        return status

    def is_asked(self, token: Token) -> bool:
        """True in a question; a quoted one makes no question of the words around it."""
        mark = next((t for t in reversed(token.sent[-3:]) if t.text == "?"), None)
        if mark is None:
            return False
        return not any(start <= mark.i < end and not start <= token.i < end for start, end in self.quotes)

    def _embedding(self, below: Token, above: Token) -> Status:
        """Give what a word says of the infinitive, gerund or noun it governs ("try to hit", "avoid a clash")."""
        governed = below.dep_ in ("xcomp", "dobj", "pcomp", "pobj", "nsubjpass") or (
            below.dep_ in ("advcl", "acl", "ccomp") and below.tag_ == "VB"
        )
        if not governed:
            return PLAIN
        word = above
        if above.dep_ == "prep":
            word = above.head
        if below.dep_ == "nsubjpass" and not is_passive(above):
            return PLAIN
        effect = self.knowledge.embedders.get(word.lemma_.lower())
        if effect is not None and (
            below.dep_ in ("xcomp", "dobj", "pcomp", "nsubjpass") or below.tag_ == "VB" or word.pos_ in ("NOUN", "ADJ")
        ):
            if below.dep_ == "pobj" and above.lower_ not in ("from", "of", "to", "for"):
                return PLAIN
            return effect.polarity, effect.certainty
        if (
            below.dep_ in ("advcl", "acl")
            and below.tag_ == "VB"
            and any(c.dep_ == "aux" and c.lower_ == "to" for c in below.children)
        ):
            return (Polarity.UNKNOWN, Certainty.POSSIBLE)
        return PLAIN


def _by_few(verb: Token) -> bool:
    """True if hardly anybody does it: "few analysts expect", not "a few analysts expect"."""
    found = (below for child in verb.children if child.dep_ in SUBJECT_DEPS for below in (child, *child.children))
    return any(word.lower_ == "few" and (word.i == 0 or word.nbor(-1).lower_ not in ("a", "the", "quite")) for word in found)
