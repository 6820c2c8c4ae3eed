"""Finds what an ontology of the user's own asks for: its terms, members of its classes, and its properties between them.

A property is found where the words of one of its patterns stand and both slots are filled by what fits domain and range.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from spacy.tokens import Token

from kg.annotate.found import Found
from kg.annotate.own_arguments import COORDINATED, Arguments
from kg.annotate.own_index import OwnIndex, stems
from kg.annotate.own_members import OwnMemberFinder
from kg.annotate.own_scene import OwnFindings, OwnScene, OwnTie, plain
from kg.annotate.registry import Registry
from kg.annotate.scene import Scene
from kg.annotate.syntax import is_negated, is_verb
from kg.model import Certainty, Polarity
from kg.schema import GAP, ROLES, Item, OwnProperty, Slot
from kg.vocab import Minter

_PUNCTUATION = re.compile(r"\W")


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a pattern stands: its first token, the last matched position, and what fills the slots matched so far."""

    anchor: int
    end: int
    fillers: Mapping[str, tuple[Found | str, ...]]


class OwnRelationFinder:
    """Finds the terms, members and properties of the user's ontology in one document."""

    def __init__(self, scene: Scene, registry: Registry, index: OwnIndex, minter: Minter) -> None:
        self.own = OwnScene(scene, registry, index, minter)
        self.doc = scene.doc
        self.members = OwnMemberFinder(self.own)
        self.arguments = Arguments(self.own)

    def find(self) -> OwnFindings:
        """Give everything in text order."""
        self.members.find()
        for start, end in self.own.sentences:
            forms = {form for token in self.doc[start:end] for form in (plain(token), token.lemma_.lower())}
            unmet = [own for own in self.own.schema.properties.values() if not self._add(own, own.patterns, start, end, forms)]
            self.own.is_guessing = True
            for own in unmet:
                self._add(own, own.fallbacks, start, end, forms)
            self.own.is_guessing = False
        self.members.join_short_forms()
        return self.own.findings

    def _add(self, own: OwnProperty, patterns: Iterable[tuple[Item, ...]], start: int, end: int, forms: Set[str]) -> bool:
        """Add what the patterns find in a sentence, each once; give whether there was anything."""
        seen: set[tuple[str | None, str]] = set()
        for tie in self._ties(own, patterns, start, end, forms):
            value = tie.object if isinstance(tie.object, str) else tie.object.entity
            key = (tie.subject.entity, value or "")
            if key not in seen:
                seen.add(key)
                self.own.findings.ties.append(tie)
        return bool(seen)

    def _ties(
        self, property_: OwnProperty, patterns: Iterable[tuple[Item, ...]], start: int, end: int, forms: Set[str]
    ) -> Iterator[OwnTie]:
        for pattern in patterns:
            if any(words.isdisjoint(forms) for words in self.own.index.required[pattern]):
                continue
            for match in self._matches(property_, pattern, start, end):
                anchor = self.doc[match.anchor]
                claim = self.own.scene.innermost.get(anchor.i)
                if claim is None:
                    continue
                if not self._holds(property_, self.own.scene.finder.told(self._outcome_of(anchor), claim)):
                    continue
                for subject in match.fillers.get("subject", ()):
                    for value in match.fillers.get("object", ()):
                        if isinstance(subject, str) or subject.entity is None:
                            continue
                        if isinstance(value, str) or (value.entity is not None and value.entity != subject.entity):
                            yield OwnTie(subject, property_, value, claim)

    def _holds(self, property_: OwnProperty, status: tuple[Polarity, Certainty]) -> bool:
        """True for what is said to be so; for a property that holds of aims, also for what is only aimed at."""
        if property_.holds_of_aims and status == (Polarity.UNKNOWN, Certainty.POSSIBLE):
            return True
        return status[0] is Polarity.POSITIVE and status[1] in (Certainty.CERTAIN, Certainty.PROBABLE)

    def _outcome_of(self, anchor: Token) -> Token:
        """Give the verb that says whether a purpose was reached: "left home to join the navy", "rose to become general"."""
        verb = anchor
        while not is_verb(verb) and verb.dep_ in ("attr", "prep", "pobj", "dobj") and verb.head.i < verb.i:
            verb = verb.head
        above = verb.head
        has_to = any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.children)
        is_reached = verb.dep_ == "advcl" or (verb.dep_ == "xcomp" and above.lemma_ == "rise")
        negated = is_negated(verb) or any(child.dep_ == "mark" for child in verb.children)
        return above if has_to and is_reached and not negated and above.tag_ in ("VBD", "VBN") else anchor

    def _matches(self, property_: OwnProperty, pattern: tuple[Item, ...], start: int, end: int) -> Iterator[_Match]:
        first = pattern[0]
        lead = first.names[0] if isinstance(first, Slot) and first.names[0] in ROLES else None
        core = pattern[1:] if lead else pattern
        is_by_grammar = not (core and (isinstance(core[0], Slot) or _PUNCTUATION.match(core[0])))
        if core and core[0] == GAP:
            core, is_by_grammar = core[1:], True
        for at in range(start, end):
            for match in self._match(property_, core, 0, at, end, _Match(at, at, {})):
                if lead is None:
                    yield match
                    continue
                taken = [f for fillers in match.fillers.values() for f in fillers if isinstance(f, Found)]
                fillers = [] if core != pattern[1:] else self.arguments.before(property_, lead, match.anchor, taken)
                fillers = [m for last in fillers for m in (*self.arguments.coordinated_before(property_, lead, last), last)]
                if is_by_grammar and not fillers:
                    fillers = self.arguments.by_grammar(property_, lead, match.anchor, taken, start)
                    fillers += self.arguments.beside(property_, lead, fillers, taken)
                if fillers:
                    yield _Match(match.anchor, match.end, {**match.fillers, lead: tuple(fillers)})

    def _match(
        self, property_: OwnProperty, core: tuple[Item, ...], number: int, at: int, end: int, match: _Match
    ) -> Iterator[_Match]:
        """Match the items from `number` on at token `at`."""
        if number == len(core):
            yield match
            return
        item = core[number]
        is_last = number + 1 == len(core)
        if item == GAP:
            for position in range(at, min(end, at + COORDINATED)):
                yield from self._match(property_, core, number + 1, position, end, match)
                if is_verb(self.doc[position]) or self.doc[position].pos_ == "SCONJ":
                    break
            return
        if isinstance(item, str):
            for position in self._word_positions(item, number, at, end, match):
                anchor = position if number == 0 else match.anchor
                yield from self._match(
                    property_, core, number + 1, position + 1, end, _Match(anchor, position + 1, match.fillers)
                )
            return
        role = item.names[0]
        position = at if number == 0 else self.arguments.skip(at, end)
        if role not in ROLES:
            for mention in [m for m in self.own.longest_terms(position) if self.own.fits_slot(m, item)][:1]:
                anchor = mention.head if number == 0 else match.anchor
                yield from self._match(
                    property_, core, number + 1, mention.end, end, _Match(anchor, mention.end, match.fillers)
                )
            return
        if number and is_last:
            fillers = self.arguments.behind(property_, role, match.end - 1, at, end)
            if fillers:
                yield _Match(match.anchor, match.end, {**match.fillers, role: tuple(fillers)})
            return
        fitting = [m for m in self.own.longest_terms(position) if self.own.fits_role(property_, role, m)]
        for mention in fitting[:1]:
            anchor = mention.head if number == 0 else match.anchor
            if is_last and not self.own.is_guessing and mention.start in self.own.terms and self.own.modifies(mention):
                continue
            listed = self.arguments.coordinated_before(property_, role, mention) if number == 0 and not is_last else []
            fillers_now = {**match.fillers, role: (*listed, mention)}
            yield from self._match(property_, core, number + 1, mention.end, end, _Match(anchor, mention.end, fillers_now))

    def _word_positions(self, word: str, number: int, at: int, end: int, match: _Match) -> Iterator[int]:
        """Give where a word of a pattern stands: next, or below the word before it ("designed in 1980 by")."""
        if at >= end:
            return
        if number == 0:
            if self._is_word(at, word):
                yield at
            return
        if self._is_word(at, word):
            yield at
            return
        if _PUNCTUATION.match(word):
            position = self.arguments.skip_brackets(at, end)
            if position < end and self._is_word(position, word):
                yield position
            return
        position = self.arguments.skip(at, end)
        if position < end and self._is_word(position, word):
            yield position
            return
        before = self.doc[match.end - 1]
        verbs = [before, *(child for child in before.children if child.dep_ == "conj")]
        verbs += [before.head] if before.dep_ == "conj" else []
        for child in (child for verb in verbs for child in verb.children):
            if child.i >= at and child.dep_ in ("prep", "agent", "prt") and self._is_word(child.i, word):
                yield child.i
                return

    def _is_word(self, at: int, word: str) -> bool:
        token = self.doc[at]
        if plain(token) == word or (word == "'s" and token.tag_ == "PRP$"):
            return True
        if word == "be":
            return token.lemma_ == "be"
        if token.lemma_.lower() == word and token.pos_ in ("VERB", "AUX", "NOUN"):
            return True
        return token.pos_ == "VERB" and token.lemma_.lower() in stems(word)
