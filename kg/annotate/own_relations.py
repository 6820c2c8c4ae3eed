"""Finds what an ontology of the user's own asks for: its terms, members of its classes, and its properties between them.

A property is found where the words of one of its patterns stand. The slot behind them is filled by what stands there, and
what is coordinated with it; the slot before them by the grammar: the subject of the verb, what the noun is said of or
stands beside, at last what the sentence is about. Both must fit domain and range.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from kg.annotate.claims import ClaimDraft
from kg.annotate.entities import Draft, Registry
from kg.annotate.found import Found
from kg.annotate.names import fold
from kg.annotate.scene import Scene
from kg.annotate.syntax import agents, conjuncts, is_negated, is_passive, is_verb, noun_phrase, objects, subjects
from kg.model import Certainty, Polarity, Span
from kg.schema import GAP, ROLES, Item, OwnClass, OwnProperty, Schema, Slot, Term
from kg.vocab import KG, Minter, is_a, lineage, slugify

_KINDS = ("State", "Person", "Agency", "Weapon", "Place", "Group")
"""Classes whose members' IRIs have the class's name as their kind, in small letters."""

_TYPES = ("State", "Person", "Agency", "Platform", "Weapon", "Place", "Group")
"""Classes that are mention types, the finer before the coarser."""

_SKIPPED = frozenset(("DET", "ADJ", "ADV", "NUM", "SPACE"))
_BEHIND = frozenset(("pobj", "dobj", "attr", "appos", "conj", "oprd", "nmod", "acomp", "pcomp", "dative"))
_PREMODIFIER = frozenset(("amod", "compound", "nmod"))
_GUESSED = frozenset(("Person", "Agency", "Place", "Group", "Entity", "City"))
_PARTICLES = frozenset(
    ("of", "de", "la", "du", "von", "van", "der", "den", "el", "al", "bin", "ibn", "da", "dos", "di", "for", "y")
)
_HONORIFICS = frozenset(("sir", "prince", "lord", "dame", "dr", "dr.", "mr", "mr.", "ms", "mrs", "sheikh", "count", "baron"))
_NUMBERED = frozenset(("model", "mark", "mk", "mk.", "type", "class", "no", "no.", "object"))
_SUFFIXES = frozenset(("Jr", "Sr", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"))
_QUOTES = frozenset(('"', "“", "”", "''", "``", "'", "‘", "’"))
_LONGEST_NUMBER = 4
_LIFE = re.compile(r"\b(?:born|died|née)\b|\b[12]\d{3}\b.*?[-–—]\s*[^;]*?\b[12]\d{3}\b")
_PUNCTUATION = re.compile(r"\W")
_REACH = 12
"""How many steps up the parse a subject may be looked for."""

_COORDINATED = 6
"""How many words may stand between coordinated fillers."""

_JOINED = 4
"""How many breaks within one sentence may be mended."""

_BACK = 3
"""How many sentences back "the party" may point."""


@dataclass(frozen=True, slots=True)
class OwnTie:
    """A property of the user's ontology between two mentions, or between a mention and a literal."""

    subject: Found
    property: OwnProperty
    object: Found | str
    claim: ClaimDraft


@dataclass(slots=True)
class OwnFindings:
    """What was found in one document.

    Attributes:
        mentions: those to be added.
        ties: in text order, each once a claim.
        classes: by entity IRI, the IRIs of the user's classes that it is said to be of.
    """

    mentions: list[Found] = field(default_factory=list)
    ties: list[OwnTie] = field(default_factory=list)
    classes: dict[str, set[str]] = field(default_factory=dict)


class OwnIndex:
    """The schema arranged for looking up; made once."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.by_word: dict[str, list[tuple[tuple[Item, ...], Term, bool]]] = {}
        self.by_slot: list[tuple[tuple[Item, ...], Term, bool]] = []
        for term in schema.terms:
            for names, is_ambiguous in ((term.names, False), (term.ambiguous, True)):
                for name in names:
                    items = _comparable(name)
                    row = (items, term, is_ambiguous)
                    if items and isinstance(items[0], str):
                        self.by_word.setdefault(items[0], []).append(row)
                    elif items:
                        self.by_slot.append(row)
        self.nouns: dict[tuple[str, ...], list[str]] = {}
        for own in schema.classes.values():
            for noun in () if own.is_closed else own.nouns:
                self.nouns.setdefault(tuple(word.casefold() for word in re.findall(r"\w+", noun)), []).append(own.iri)
        self.longest_noun = max((len(words) for words in self.nouns), default=0)
        self.narrower_apart = {
            own.iri: tuple(
                iri for iri in sorted(own.apart) if iri in schema.classes and _depth(schema.classes[iri]) > _depth(own)
            )
            for own in schema.classes.values()
        }
        self.required = {
            pattern: tuple(frozenset((item, *_stems(item))) for item in pattern if isinstance(item, str) and item[0].isalpha())
            for own in schema.properties.values()
            for pattern in (*own.patterns, *own.fallbacks)
        }

    def classes_of(self, words: list[str]) -> list[str]:
        """Give the classes whose noun these words end with, by the longest noun."""
        for length in range(min(self.longest_noun, len(words)), 0, -1):
            for cut in (words[-length:], [*words[-length:-1], _singular(words[-1])]):
                if found := self.nouns.get(tuple(cut)):
                    return found
        return []


def _kind_of(class_: str) -> str:
    """Give the kind of entity that stands in the IRI of a member of one of our classes."""
    return next((name.lower() for name in _KINDS if is_a(class_, name)), "concept")


def _type_of(class_: str) -> str:
    """Give the type that a mention of one of our classes has."""
    return next((name for name in _TYPES if is_a(class_, name)), "Concept")


def _depth(own: OwnClass) -> int:
    """Give how fine the finest class of ours is that a class means."""
    return max((len(lineage(name)) for name in own.ours), default=0)


def _comparable(name: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(fold(item) if isinstance(item, str) else item for item in name if item != "-")


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a pattern stands: its first token, the last matched position, and what fills the slots matched so far."""

    anchor: int
    end: int
    fillers: Mapping[str, tuple[Found | str, ...]]


class OwnRelationFinder:
    """Finds the terms, members and properties of the user's ontology in one document."""

    def __init__(self, scene: Scene, registry: Registry, index: OwnIndex, minter: Minter) -> None:
        doc, found = scene.doc, scene.found
        self.doc = doc
        self.scene = scene
        self.registry = registry
        self.index = index
        self.schema = index.schema
        self.knowledge = scene.knowledge
        self.minter = minter
        self.given = found
        self.findings = OwnFindings()
        self.is_guessing = False
        self.kept = {id(mention) for mention in found}
        self.sentences = list(_sentences(doc))
        self.sentence_end = {at: end for start, end in self.sentences for at in range(start, end)}
        self.bracketed = _bracketed(doc, self.sentences)
        self.terms: dict[int, list[Found]] = {}
        self.names: dict[int, list[Found]] = {}
        self.nationality: dict[int, Found] = {}
        times = [mention for mention in found if mention.type == "Time" and not self._is_misread(mention)]
        self.timed = {at for mention in times for at in range(mention.start, mention.end)}
        for mention in found:
            self._put(mention)
        self.named = {mention.entity for mention in found if mention.form == "name"}
        words = " ".join(token.text for token in doc).replace(" 's ", "'s ")
        self.words = f" {words} "

    def _is_misread(self, time: Found) -> bool:
        """True for a name that the model takes for a time: "August Lindner"."""
        words = self.doc[time.start : time.end]
        is_name = len(words) > 1 and all(t.text[:1].isupper() and t.pos_ == "PROPN" and t.text.isalpha() for t in words)
        return is_name and time.value is None

    def find(self) -> OwnFindings:
        """Give everything in text order."""
        self._find_names()
        self._find_terms()
        self._find_titled()
        self._find_members()
        self._join_short_forms()
        for start, end in self.sentences:
            forms = {form for token in self.doc[start:end] for form in (_plain(token), token.lemma_.lower())}
            unmet = [own for own in self.schema.properties.values() if not self._add(own, own.patterns, start, end, forms)]
            self.is_guessing = True
            for own in unmet:
                self._add(own, own.fallbacks, start, end, forms)
            self.is_guessing = False
        self._join_short_forms()
        return self.findings

    def _keep(self, mention: Found) -> None:
        """Let the mention be one of the document's."""
        if id(mention) not in self.kept:
            self.kept.add(id(mention))
            self.findings.mentions.append(mention)

    def _put(self, mention: Found) -> None:
        for at in range(mention.start, mention.end):
            if mention.type == "Nationality":
                self.nationality[at] = mention
            self.names.setdefault(at, []).append(mention)

    # -- names, terms, members -----------------------------------------------------------------------------------------

    def _find_names(self) -> None:
        """Add names by form that hold a class noun ("Green Party of X"), or that nothing has been seen in yet."""
        at = 0
        while at < len(self.doc):
            end = self._name_end(at)
            if end is None:
                at += 1
                continue
            inside = [m for i in range(at, end) for m in self.names.get(i, ()) if m.form == "name" and m.type != "Nationality"]
            is_known = any(m.start <= at and m.end >= end for m in inside)
            own = self._classes_by_name(at, end)
            starts_sentence = self.doc[at].is_sent_start
            is_word = end - at == 1 and starts_sentence and self.doc[at].pos_ != "PROPN"
            own, end = self._lower_noun(at, end, own)
            is_unclear = not any(m.entry is not None or m.type == "Person" for m in inside)
            if not own and self._has_lived(at, end, inside):
                self._take_whole(at, end, inside)
                at = end
                continue
            if not is_known and not is_word and (own or is_unclear):
                mention = self._new_name(at, end)
                self._put(mention)
                inside.append(mention)
            for mention in inside:
                if mention.start <= at and mention.end >= end:
                    self._settle(mention, own)
                else:  # "Leader of the Green Party of X"
                    self._settle(mention, self._classes_by_name(mention.start, mention.end))
            if not is_known and not own:
                self._extend_person(at, end, inside)
            at = end

    def _has_lived(self, start: int, end: int, inside: list[Found]) -> bool:
        """True for an unknown name before the days of a life: "Abdul Karim Kandahar (born 1959)"."""
        if end - start < 2 or any(m.start <= start and m.end >= end and (m.entry or m.type == "Person") for m in inside):
            return False
        if end >= len(self.doc) or self.doc[end].text != "(" or any(t.i in self.nationality for t in self.doc[start:end]):
            return False
        if any(t.lower_ in ("of", "the", "for") or t.is_digit for t in self.doc[start:end]):
            return False
        closing = next((at for at in range(end, self.sentence_end[start]) if self.doc[at].text == ")"), None)
        is_person = any(m.type == "Person" for m in inside) or not any(m.type in ("Event", "Weapon") for m in inside)
        return closing is not None and is_person and _LIFE.search(self.doc[end:closing].text) is not None

    def _take_whole(self, start: int, end: int, inside: list[Found]) -> None:
        """Let the words be a person's name, and what was seen in them be nothing else."""
        while start < end - 1 and (self.doc[start].lower_ in self.knowledge.offices or self.doc[start].lower_ in _HONORIFICS):
            start += 1
        name = self._new_name(start, end)
        self._put(name)
        self._rename(name, "Person", "name with the days of a life")
        for part in [m for m in inside if m.type == "Person" and m.entry is None]:
            self._become(part, name)
        for part in (m for m in inside if m.entry is not None):
            for at in range(part.start, part.end):
                self.names[at] = [m for m in self.names[at] if m is not part]

    def _lower_noun(self, start: int, end: int, own: list[str]) -> tuple[list[str], int]:
        """Take the noun into the name in "the Prussian army"."""
        if own or end >= self.sentence_end[start] or any(i not in self.nationality for i in range(start, end)):
            return own, end
        articles = {child.lower_ for token in self.doc[end : end + 2] for child in token.lefts if child.i < start}
        articles.update(token.lower_ for token in self.doc[max(start - 1, 0) : start])
        if not articles.isdisjoint(("a", "an")):
            return own, end  # "a multi-racial Malaysian political party" is one of them
        for last in (end + 2, end + 1):
            words = [fold(token.text) for token in self.doc[end:last]]
            found = self.index.nouns.get(tuple(words)) if last <= self.sentence_end[start] else None
            if found:
                return found, last
        return own, end

    def _classes_by_name(self, start: int, end: int) -> list[str]:
        """Give the classes whose noun heads a name: its last word, or the one before "of"."""
        words = [fold(token.text) for token in self.doc[start:end]]
        if "of" in words[1:]:
            headed = self.index.classes_of(words[: words.index("of")])
            is_titled = words[0] in self.index.by_word or words[0] in self.knowledge.offices
            return headed or ([] if is_titled else self.index.classes_of(words[-1:]))  # "Republic of X Army"
        found = self.index.classes_of(words)
        place = next((m for m in self.names.get(end - 1, ()) if m.type in ("Place", "State") and start < m.start), None)
        if not found and place is not None:  # "Pirate Party Germany"
            found = self.index.classes_of(words[: place.start - start])
        return found

    def _extend_person(self, start: int, end: int, inside: list[Found]) -> None:
        """Take the whole name where the model sees only its last words as a person."""
        person = next((m for m in inside if m.type == "Person" and m.entry is None), None)
        if (
            person is None
            or any(t.text.rstrip(".") not in _SUFFIXES for t in self.doc[person.end : end])
            or any(m is not person and (m.entry is not None or m.type == "Agency") for m in inside)
        ):
            return
        before = self.doc[start : person.start]
        if any(
            t.pos_ in ("ADV", "DET", "PRON", "ADP", "SCONJ", "CCONJ", "AUX", "NUM", "PUNCT", "PART")
            or t.i in self.nationality
            or not start <= t.head.i < end
            or t.lower_ in _HONORIFICS
            or t.lower_ in self.knowledge.offices
            or t.lemma_.lower() != t.lower_
            or ((t.lower_, "VERB") in self.knowledge.cues and t.pos_ == "VERB")
            for t in before
        ):
            return
        name = self._new_name(start, end)
        self._put(name)
        self._rename(name, "Person", "full name")
        self._become(person, name)

    def _become(self, mention: Found, name: Found) -> None:
        """Let all mentions of one's entity be of the other's."""
        old = mention.entity
        for other in [m for m in self.given if old is not None and m.entity == old] or [mention]:
            other.entity = name.entity

    def _name_end(self, at: int) -> int | None:
        """Give the end of the capitalised name that begins here, or None."""
        if at in self.timed or not _is_name_word(self.doc[at]):
            return None
        if self.doc[at].pos_ in ("DET", "ADP", "SCONJ", "CCONJ") or (self.doc[at].pos_ == "PRON" and not self._is_surname(at)):
            return None
        last = at
        sentence_end = self.sentence_end[at]
        position = at + 1
        while position < sentence_end:
            token = self.doc[position]
            nickname = self._nickname_end(position, sentence_end)
            if nickname is not None:
                last, position = nickname, nickname + 1
                continue
            if _is_name_word(token) or (token.is_digit and self._is_designation(position, sentence_end)):
                last = position
            elif not self._joins_name(position, sentence_end):
                break
            position += 1
        while last + 2 < sentence_end and self.doc[last + 1].text == "-" and not self.doc[last + 1].whitespace_:
            last += 2  # "Min-ho"
        if last > at + 1 and last in self.nationality and self.doc[last - 1].lower_ == "of":
            last -= 2  # "the Imperial Navy of German descent"
        return last + 1

    def _is_surname(self, at: int) -> bool:
        """True for a pronoun's form that is a name: "He Bing (born 1950)"."""
        following = self.doc[at + 1 : at + 3]
        return len(following) > 1 and _is_name_word(following[0]) and any(token.text == "(" for token in following)

    def _nickname_end(self, at: int, end: int) -> int | None:
        """Give the name word behind a nickname in quotes or brackets: 'Anna "Annie" Berg'."""
        opening = self.doc[at].text
        closing = ")" if opening == "(" else opening
        if opening not in _QUOTES and opening != "(":
            return None
        for length in (1, 2):
            inside, after = self.doc[at + 1 : at + 1 + length], at + length + 2
            if after >= end or not all(_is_name_word(token) and token.text.isalpha() for token in inside):
                return None
            is_closed = self.doc[after - 1].text in ((closing,) if closing == ")" else _QUOTES)
            if is_closed and _is_name_word(self.doc[after]) and self.doc[after].text.isalpha():
                return after if not any(token.text.isupper() for token in inside) else None
        return None

    def _is_designation(self, at: int, end: int) -> bool:
        """True for the number in "Mark 7", "STK 40 AGL" and "Leopard 2", not for one that counts what follows."""
        before = self.doc[at - 1]
        if before.lower_ in _NUMBERED:
            return True
        if at in self.timed or len(self.doc[at].text) > _LONGEST_NUMBER or before.pos_ not in ("PROPN", "NOUN"):
            return False
        following = self.doc[at + 1] if at + 1 < end else None
        if following is None or following.pos_ in ("NOUN", "ADJ", "NUM", "SYM"):
            return False
        return before.i not in self.nationality and before.ent_type_ not in ("PERSON", "GPE", "DATE")

    def _joins_name(self, at: int, end: int) -> bool:
        """True for a small word or mark that may stand within a name."""
        token, before = self.doc[at], self.doc[at - 1]
        known = [m for m in self.names.get(at - 1, ()) if m.end == at and m.form == "name"]
        if token.lower_ == "the":
            return before.lower_ in ("of", "for")
        if token.text in ("'s", "’s"):
            is_owner = any(m.type in ("Person", "State", "Place") for m in known)
            return not is_owner and at + 1 < end and _is_name_word(self.doc[at + 1])
        if token.lower_ == "of" and any(m.type == "Person" and m.end - m.start > 1 for m in known):
            return False  # "Anna Berg of the Green Party"
        if token.lower_ == "for":
            word = fold(before.text)
            return bool(self.index.classes_of([word])) or self.knowledge.nouns.get(word) is not None
        return token.lower_ in _PARTICLES or token.text in ("-", "&", "/")

    def _new_name(self, start: int, end: int) -> Found:
        span = Span(self.doc[start].idx, self.doc[end - 1].idx + len(self.doc[end - 1].text))
        head = self.doc[start:end].root.i
        return Found(start, end, span, "Concept", None, "name", head)

    def _say(self, mention: Found, classes: Iterable[str]) -> None:
        """Note that the mention's entity is of these classes."""
        if mention.entity:
            self.findings.classes.setdefault(mention.entity, set()).update(classes)

    def _find_terms(self) -> None:
        words = [
            (fold(part), token.i)
            for token in self.doc
            for part in re.split(r"[-–()\"]", token.text)
            if part and not part.isspace()
        ]
        taken = -1
        for number, (word, at) in enumerate(words):
            if at <= taken:
                continue
            best: tuple[int, bool, Term, dict[str, str]] | None = None
            for items, term, is_ambiguous in (*self.index.by_word.get(word, ()), *self._slot_rows(at)):
                if is_ambiguous and not self._in_context(term):
                    continue
                end = self._match_term(items, words, number)
                if end is not None and (best is None or (end[0], is_ambiguous) > best[:2]):
                    best = (end[0], is_ambiguous, term, end[1])
            if best is None or self._is_inside_name(at, best[0]):
                continue
            end_token, _, term, slots = best
            taken = end_token - 1
            self._add_term(at, end_token, term, slots)

    def _cut_title(self, person: Found, start: int) -> None:
        """Let a person's name begin behind a title that the model took into it: "Aluf Dan Peled"."""
        while start < person.end and self.doc[start].lower_ in _HONORIFICS:
            start += 1
        if start >= person.end or not _is_name_word(self.doc[start]):
            return
        whole = self.registry.text(person)
        for at in range(person.start, start):
            self.names[at] = [m for m in self.names[at] if m is not person]
        person.start = start
        person.span = Span(self.doc[start].idx, person.span.end)
        draft = self.registry.drafts.get(person.entity or "")
        if draft is not None and not draft.known and draft.label == whole:
            self._rename(person, "Person", "name behind a title", self.registry.text(person))

    def _find_titled(self) -> None:
        """Add the whole name behind a title: "General Jan van Dam", where the model sees "Dam" or nothing."""
        for start in sorted(self.terms):
            title = self.terms[start][0]
            at = title.end
            while at < len(self.doc) and self.doc[at].lower_ in _HONORIFICS:
                at += 1
            end = self._name_end(at) if title.start == start and at < len(self.doc) else None
            if (
                end is None
                or not self.doc[title.head].text[:1].isupper()
                or self.doc[at].sent.start != self.doc[start].sent.start
            ):
                continue
            inside = [m for i in range(at, end) for m in self.names.get(i, ()) if m.form == "name" and m.start >= at]
            if any(m.entry is not None or (m.start == at and m.type == "Person") for m in inside):
                continue
            people = [m for m in inside if m.type == "Person"]
            titled = (m for m in self.names.get(start, ()) if m.start == start and m.end == end)
            people += [m for m in titled if m.type == "Person" and m.entry is None]
            if not people and (inside or end - at < 2):
                continue
            if self.nationality.get(at):
                continue
            name = next((m for m in self.names.get(at, ()) if m.start == at and m.end == end), None) or self._new_name(at, end)
            self._put(name)
            self._rename(name, "Person", "name behind a title")
            for person in people:
                self._become(person, name)

    def _slot_rows(self, at: int) -> list[tuple[tuple[Item, ...], Term, bool]]:
        return self.index.by_slot if any(m.start == at for m in self.names.get(at, ())) else []

    def _match_term(
        self, items: tuple[Item, ...], words: list[tuple[str, int]], number: int
    ) -> tuple[int, dict[str, str]] | None:
        """Give the end token of a name that begins at this word, and the text of its slots."""
        slots: dict[str, str] = {}
        position = number
        for item in items:
            if position >= len(words):
                return None
            word, at = words[position]
            if isinstance(item, str):
                if word != item or (position > number and self.doc[at].sent.start != self.doc[words[number][1]].sent.start):
                    return None
                position += 1
                continue
            article = "the " if word == "the" else ""
            if article:
                position += 1
                if position >= len(words):
                    return None
                at = words[position][1]
            filler = next((m for m in self._longest(at) if self._fits_slot(m, item)), None)
            if filler is None:
                return None
            text = self.registry.text(filler)
            if filler.type == "Nationality" and filler.entry is not None:
                text = filler.entry.label
            slots["|".join(item.names)] = article + re.sub(r"^[Tt]he ", "", text) if article else text
            while position < len(words) and words[position][1] < filler.end:
                position += 1
        last = words[position - 1][1]
        if position < len(words) and words[position][1] == last:
            return None
        return last + 1, slots

    def _longest(self, at: int) -> list[Found]:
        return sorted((m for m in self.names.get(at, ()) if m.start == at), key=lambda m: -m.end)

    def _fits_slot(self, mention: Found, slot: Slot) -> bool:
        if mention.type == "Nationality":
            return self._means_state(mention, slot.names)
        return mention.form == "name" and self._fits(mention, frozenset(slot.names))

    def _means_state(self, mention: Found, references: Iterable[str]) -> bool:
        """True for an adjective of a state where a class of states is wanted."""
        of_states = any(is_a(name, "State") for reference in references for name in self._ours(reference))
        return of_states and mention.entry is not None and mention.entry.kind == "state"

    def _in_context(self, term: Term) -> bool:
        return any(f" {' '.join(context.split())} " in self.words for context in term.contexts)

    def _is_inside_name(self, start: int, end: int) -> bool:
        """True if the words are part of a longer name ("General Dynamics"), or of a compound that is something else."""
        for mention in self.names.get(start, ()):
            if (
                mention.form == "name"
                and mention.start <= start
                and mention.end >= end
                and mention.end - mention.start > end - start
            ):
                if mention.type == "Person" and mention.start == start:
                    continue
                if mention.start == start and mention.entry is None and self._is_titled_name(end, mention.end):
                    continue
                return True
        last = self.doc[end - 1]
        return last.tag_ in ("NNS", "NNPS") and end - start == 1 and last.lower_ != fold(last.lemma_) and last.text.islower()

    def _is_titled_name(self, start: int, end: int) -> bool:
        """True if what is left of a name behind a term may be a person's: two words, the last no noun for a body."""
        words = self.doc[start:end]
        return len(words) > 1 and all(_is_name_word(t) for t in words) and not self.knowledge.nouns.get(words[-1].lower_)

    def _add_term(self, start: int, end: int, term: Term, slots: Mapping[str, str]) -> None:
        fillings = iter(slots.values())
        label = re.sub(r"\{[^{}]*\}", lambda _: next(fillings, ""), term.label)
        iri = term.iri
        if term.is_template:
            iri = self.minter.entity(_kind_of(term.ours), slugify(re.sub(r"\b[Tt]he ", "", label)))
        self.registry.drafts.setdefault(iri, Draft(iri, term.ours, label))
        span = Span(self.doc[start].idx, self.doc[end - 1].idx + len(self.doc[end - 1].text))
        type_ = _type_of(term.ours)
        same = next((m for m in self.names.get(start, ()) if m.span == span and m.entry is None and m.form != "pronoun"), None)
        mention = same or Found(start, end, span, type_, term.ours, "name", self.doc[start:end].root.i)
        mention.type, mention.class_, mention.form, mention.entity = type_, term.ours, "name", iri
        self.registry.reasons.setdefault(span, "term of your ontology")
        self._keep(mention)
        for at in range(start, end):
            self.terms.setdefault(at, []).append(mention)
        for person in [m for m in self.names.get(start, ()) if m.type == "Person" and m.start == start and m.end > end]:
            if person.entry is None and person.form == "name" and person.class_ != "Group":
                self._cut_title(person, end)
        self._say(mention, term.classes)

    def _find_members(self) -> None:
        """Note what a text says something is: "X is a missile", "the missile X", "X, a missile"."""
        for token in self.doc:
            if token.pos_ not in ("NOUN", "PROPN") or self.terms.get(token.i):
                continue
            if token.text[:1].isupper() and any(self._is_name(m) for m in self.names.get(token.i, ())):
                continue
            words = [fold(t.text) for t in self.doc[max(token.sent.start, token.i - self.index.longest_noun + 1) : token.i + 1]]
            own = self.index.classes_of(words)
            if not own:
                continue
            if token.dep_ == "appos":
                holders = [token.head]
            else:
                above = token
                while above.dep_ in ("conj", "compound") and above.head.i < above.i:
                    above = above.head
                verb = above.head
                is_said = above.dep_ == "attr" and verb.lemma_ in ("be", "become", "remain") and not is_negated(verb)
                first = next((child for child in verb.children if child.dep_ == "attr"), None)
                holders = subjects(verb) if is_said and above == first else []
                before = self.doc[token.left_edge.i : token.i]
                self._settle_compound(next((m for t in before for m in self._longest(t.i) if m.form == "name"), None), own)
            for holder in holders:
                name = self._name_at(holder)
                if name is not None:
                    self._settle(name, own)

    def _join_short_forms(self) -> None:
        """Let a surname or an acronym be that of the one full name that the text spells out, even after it."""
        names = [m for at in sorted(self.names) for m in self.names[at] if m.start == at and m.entity and m.form == "name"]
        full: dict[tuple[str, str], set[str]] = {}
        for name in names:
            if name.end - name.start > 1 and name.type in ("Person", "Agency"):
                short = self.doc[name.end - 1].text if name.type == "Person" else self._initials(name)
                full.setdefault((name.type, short), set()).add(name.entity or "")
        for mention in names:
            owners = full.get((mention.type, self.registry.text(mention)), set())
            if mention.entry is None and len(owners) == 1 and mention.entity not in owners:
                for other in [m for m in self.given if m.entity == mention.entity] or [mention]:
                    other.entity = next(iter(owners))
                    self.registry.reasons.setdefault(other.span, "short for a full name in the text")

    def _initials(self, name: Found) -> str:
        return "".join(t.text[0] for t in self.doc[name.start : name.end] if t.text[0].isupper())

    def _settle_compound(self, name: Found | None, classes: list[str]) -> None:
        """Take the name in "the Union Montreal political party" for a party, if it is some agency at all."""
        if name is None or name.type != "Agency" or name.entry is not None or self.findings.classes.get(name.entity or ""):
            return
        if any(is_a(ours, "Agency") for iri in classes for ours in self.schema.classes[iri].ours):
            self._settle(name, classes)

    def _settle(self, mention: Found, classes: list[str]) -> None:
        """Let the text outweigh the model's guess of what a name is; a known name stays what it is."""
        if not classes:
            return
        wanted = [name for iri in classes for name in self.schema.classes[iri].ours]
        if mention.entity is None or not self._fits(mention, frozenset(classes)):
            if mention.entry is not None:
                return
            self._rename(mention, wanted[0] if wanted else "Concept", "of a class of your ontology, as the text says")
        self._say(mention, [above for iri in classes for above in self.schema.classes[iri].above])

    def _rename(self, mention: Found, class_: str, reason: str, label: str = "") -> None:
        """Make the mention, and others of the same entity, one of this class; `reason` is kept if there was none.

        `label` is what the entity is called from now on, if not as before.
        """
        old = mention.entity
        text = self.registry.text(mention)
        kind, type_ = _kind_of(class_), _type_of(class_)
        if old is not None and old in self.registry.drafts:
            draft = self.registry.drafts[old]
            if draft.known:
                return
            label = label or draft.label
        label = label or text
        if kind == "person" and " " not in label:  # a surname is that of the full name beside it
            full = [d for d in self.registry.drafts.values() if d.class_ == "Person" and d.label.split()[-1] == label]
            label = full[0].label if len(full) == 1 else label
        iri = self.minter.entity(kind, slugify(label))
        fresh = self.registry.drafts.setdefault(iri, Draft(iri, class_, label))
        same = [m for m in self.given if old is not None and m.entity == old] or [mention]
        if all(m is not mention for m in same):
            same.append(mention)
        for other in same:
            other.entity, other.type, other.class_ = iri, type_, class_
            self.registry.reasons.setdefault(other.span, reason)
            if other.form == "name":
                fresh.aliases.add(self.registry.text(other))
        if old is not None and old in self.findings.classes:
            self.findings.classes.setdefault(iri, set()).update(self.findings.classes[old])
        self._keep(mention)

    # -- what fits -----------------------------------------------------------------------------------------------------

    def _ours(self, reference: str) -> tuple[str, ...]:
        """Give the classes of ours that a class means."""
        return (reference.removeprefix(KG),) if reference.startswith(KG) else self.schema.classes[reference].ours

    def _fits(self, mention: Found, references: frozenset[str]) -> bool:
        """True if the mention is of one of the classes."""
        if mention.form == "pronoun" and mention.entity not in self.named:
            return False
        if not references:
            return mention.entity is not None and mention.type not in ("Nationality", "Time", "Quantity", "Money")
        said = self.findings.classes.get(mention.entity or "", set())
        for reference in references:
            if self._is_of(mention, reference, said) and not any(
                self._is_of(mention, other, said) for other in self.index.narrower_apart.get(reference, ())
            ):
                return True
        return False

    def _is_of(self, mention: Found, reference: str, said: Set[str]) -> bool:
        if reference in said:
            return True
        class_ = mention.class_ or (mention.type if mention.type in _TYPES else None)
        ours = self._ours(reference)
        return class_ is not None and mention.type != "Nationality" and any(is_a(class_, name) for name in ours)

    def _may_be(self, mention: Found, references: frozenset[str]) -> str | None:
        """Give the class of ours that an unknown name may be taken for, standing where the property wants it."""
        if mention.form != "name" or mention.entry is not None or not references or self.is_guessing:
            return None
        if mention.start in self.terms or mention.start in self.bracketed or mention.type in ("Nationality", "Event"):
            return None
        if mention.start in self.timed:
            return None
        if all(r in self.schema.classes and self.schema.classes[r].is_closed for r in references):
            return None
        said = self.findings.classes.get(mention.entity or "", set())
        if said or (mention.entity in self.registry.drafts and self.registry.drafts[mention.entity or ""].known):
            return None
        wanted = [r.removeprefix(KG) for r in references if r.startswith(KG)]
        wanted += [name for r in references if r in self.schema.classes for name in self.schema.classes[r].ours]
        first = self.nationality.get(mention.start)
        if first is not None and first.entry is not None:
            return None
        text = self.registry.text(mention)
        is_guess = (
            mention.class_ is None
            or mention.class_ in _GUESSED
            or (is_a(mention.class_, "Agency") and any(is_a(name, "Agency") for name in wanted))
        )
        if not is_guess:
            return None
        if any(is_a(name, "Person") for name in wanted):
            is_whole = len(text.split()) > 1 or (mention.entity is None and self.doc[mention.head].pos_ == "PROPN")
            is_person = is_whole and not any(char.isdigit() for char in text) and mention.class_ != "Group"
            has_article = mention.start > 0 and self.doc[mention.start - 1].pos_ == "DET"
            is_noun = has_article and self.knowledge.nouns.get(text.split()[-1].lower()) is not None
            return "Person" if is_person and not is_noun else None
        if mention.type == "Person" and len(text.split()) > 1 and re.sub(r"[ .'’-]", "", text).isalpha():
            return None
        return min(wanted, default="Concept")

    # -- properties ----------------------------------------------------------------------------------------------------

    def _add(self, own: OwnProperty, patterns: Iterable[tuple[Item, ...]], start: int, end: int, forms: Set[str]) -> bool:
        """Add what the patterns find in a sentence, each once; give whether there was anything."""
        seen: set[tuple[str | None, str]] = set()
        for tie in self._ties(own, patterns, start, end, forms):
            value = tie.object if isinstance(tie.object, str) else tie.object.entity
            key = (tie.subject.entity, value or "")
            if key not in seen:
                seen.add(key)
                self.findings.ties.append(tie)
        return bool(seen)

    def _ties(
        self, property_: OwnProperty, patterns: Iterable[tuple[Item, ...]], start: int, end: int, forms: Set[str]
    ) -> Iterator[OwnTie]:
        for pattern in patterns:
            if any(words.isdisjoint(forms) for words in self.index.required[pattern]):
                continue
            for match in self._matches(property_, pattern, start, end):
                anchor = self.doc[match.anchor]
                claim = self.scene.innermost.get(anchor.i)
                if claim is None:
                    continue
                polarity, certainty = self.scene.finder.told(self._outcome_of(anchor), claim)
                if polarity is not Polarity.POSITIVE or certainty not in (Certainty.CERTAIN, Certainty.PROBABLE):
                    continue
                for subject in match.fillers.get("subject", ()):
                    for value in match.fillers.get("object", ()):
                        if isinstance(subject, str) or subject.entity is None:
                            continue
                        if isinstance(value, str) or (value.entity is not None and value.entity != subject.entity):
                            yield OwnTie(subject, property_, value, claim)

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
                fillers = [] if core != pattern[1:] else self._before(property_, lead, match.anchor, taken)
                fillers = [m for last in fillers for m in (*self._coordinated_before(property_, lead, last), last)]
                if is_by_grammar and not fillers:
                    fillers = self._by_grammar(property_, lead, match.anchor, taken, start)
                    fillers += self._beside(property_, lead, fillers, taken)
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
            for position in range(at, min(end, at + _COORDINATED)):
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
        position = at if number == 0 else self._skip(at, end)
        if role not in ROLES:
            for mention in [m for m in self._longest_terms(position) if self._fits_slot(m, item)][:1]:
                anchor = mention.head if number == 0 else match.anchor
                yield from self._match(
                    property_, core, number + 1, mention.end, end, _Match(anchor, mention.end, match.fillers)
                )
            return
        if number and is_last:
            fillers = self._behind(property_, role, match.end - 1, at, end)
            if fillers:
                yield _Match(match.anchor, match.end, {**match.fillers, role: tuple(fillers)})
            return
        fitting = [m for m in self._longest_terms(position) if self._fits_role(property_, role, m)]
        for mention in fitting[:1]:
            anchor = mention.head if number == 0 else match.anchor
            if is_last and not self.is_guessing and mention.start in self.terms and self._modifies(mention):
                continue
            listed = self._coordinated_before(property_, role, mention) if number == 0 and not is_last else []
            fillers_now = {**match.fillers, role: (*listed, mention)}
            yield from self._match(property_, core, number + 1, mention.end, end, _Match(anchor, mention.end, fillers_now))

    def _longest_terms(self, at: int) -> list[Found]:
        terms = [m for m in self.terms.get(at, ()) if m.start == at]
        return sorted(terms, key=lambda m: -m.end) + [m for m in self._longest(at) if all(m is not term for term in terms)]

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
            position = self._skip_brackets(at, end)
            if position < end and self._is_word(position, word):
                yield position
            return
        position = self._skip(at, end)
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
        if _plain(token) == word or (word == "'s" and token.tag_ == "PRP$"):
            return True
        if word == "be":
            return token.lemma_ == "be"
        if token.lemma_.lower() == word and token.pos_ in ("VERB", "AUX", "NOUN"):
            return True
        return token.pos_ == "VERB" and token.lemma_.lower() in _stems(word)

    def _skip(self, at: int, end: int) -> int:
        """Pass over articles, adjectives, nationalities and brackets."""
        while at < end:
            token = self.doc[at]
            nationality = self.nationality.get(at)
            if at in self.bracketed or token.text in ('"', "“", "”", "'", "‘", "’"):
                at += 1
            elif self.terms.get(at) or (self._longest(at) and token.pos_ == "PROPN" and nationality is None):
                break
            elif (
                nationality is not None or token.pos_ in _SKIPPED or token.tag_ in ("PRP$", "VBN", "VBG") or token.lower_ == "-"
            ):
                at += 1
            else:
                break
        return at

    def _skip_brackets(self, at: int, end: int) -> int:
        while at < end and (at in self.bracketed or self.doc[at].is_space):
            at += 1
        return at

    def _fits_role(self, property_: OwnProperty, role: str, mention: Found) -> bool:
        references = property_.domain if role == "subject" else property_.range
        if mention.form not in ("name", "pronoun"):
            return False
        return self._fits(mention, references)

    def _modifies(self, mention: Found) -> bool:
        """True if the name only modifies a noun behind it ("general" in "general election")."""
        head = self.doc[mention.head]
        if head.dep_ not in _PREMODIFIER or head.head.i < mention.end:
            return False
        return not any(m.type == "Person" and m.form == "name" for m in self.names.get(head.head.i, ()))

    def _behind(self, property_: OwnProperty, role: str, last: int, at: int, end: int) -> list[Found | str]:
        """Give what fills the slot behind token `last`: what stands there, or hangs there, and what is coordinated with it."""
        if role == "object" and property_.kind:
            value = self._literal(property_.kind, self._skip(at, end) if property_.kind == "text" else at, end)
            return [value] if value else []
        word = self.doc[last]
        if word.pos_ == "VERB" and word.lemma_ != "be" and is_passive(word):
            agentive = [m for token in agents(word) if (m := self._name_at(token)) is not None]
        else:
            agentive = []
        found: list[Found] = []
        position = self._skip(at, end)
        for mention in self._longest_terms(position) if position < end else []:
            modifies = mention.start in self.terms and self._modifies(mention)
            if self._fits_role(property_, role, mention) and not modifies and mention not in agentive:
                found.append(mention)
                break
        if not found:
            for mention in self._in_range(at, end):
                if self._fits_role(property_, role, mention) and self._hangs_on(mention, last) and mention not in agentive:
                    found.append(mention)
                    break
        if not found and position < end:
            found = self._taken_for(property_, role, position)
        if found:
            found += self._coordinated(property_, role, found[0], end)
        return [*found]

    def _taken_for(self, property_: OwnProperty, role: str, position: int) -> list[Found]:
        """Take an unknown name right behind the words for what the property wants."""
        name = next((m for m in self._longest(position) if m.form == "name"), None)
        if name is None:
            return []
        references = property_.domain if role == "subject" else property_.range
        class_ = self._may_be(name, references)
        if class_ is None or class_ not in (*_KINDS, "Concept"):
            return []  # a guess says no more than that it is some agency, place or person
        return [self._take(name, class_, references)]

    def _take(self, name: Found, class_: str, references: frozenset[str]) -> Found:
        """Let an unknown name be of what a property wants."""
        self._rename(name, class_, "name where a property of your ontology wants one")
        self._say(name, sorted(r for r in references if r in self.schema.classes)[:1])
        return name

    def _in_range(self, at: int, end: int) -> Iterator[Found]:
        for position in range(at, end):
            if position not in self.bracketed:
                yield from self._longest_terms(position)

    def _hangs_on(self, mention: Found, last: int) -> bool:
        token = self.doc[mention.head]
        for _ in range(_REACH):
            if token.i == last:
                return True
            if token.dep_ not in _BEHIND or token.head.i == token.i:
                return False
            token = token.head
        return False

    def _coordinated(self, property_: OwnProperty, role: str, first: Found, end: int) -> list[Found]:
        """Give the fillers that follow in a list: "by China, Russia and Turkey"."""
        found: list[Found] = []
        at = self._skip_brackets(first.end, end)
        while at < end and self.doc[at].lower_ in (",", "and", "or", "&", ";", "as"):
            position = at + 1
            limit = min(end, position + _COORDINATED)
            following = None
            while position < limit and not is_verb(self.doc[position]) and self.doc[position].pos_ not in ("ADP", "SCONJ"):
                following = next((m for m in self._longest_terms(position) if self._fits_role(property_, role, m)), None)
                if following is not None or self.doc[position].lower_ in (",", ";"):
                    break
                position += 1
            if following is None:
                break
            if not self._modifies(following):
                found.append(following)
            at = self._skip_brackets(following.end, end)
        return found

    def _coordinated_before(self, property_: OwnProperty, role: str, last: Found) -> list[Found]:
        """Give the fillers before the last of a list: "China, Russia and Turkey have listed …"."""
        found: list[Found] = []
        at = last.start
        start = self.doc[at].sent.start
        while at - 1 > start and self.doc[at - 1].pos_ in ("DET", "ADV"):
            at -= 1
        joints: tuple[str, ...] = ("and", "or", "&")
        while at - 2 >= start and self.doc[at - 1].lower_ in joints:
            joints = (",", "and", "or", "&")
            at -= 2 if self.doc[at - 2].text == "," else 1
            names = (*self.terms.get(at - 1, ()), *self.names.get(at - 1, ()))
            ending = [m for m in names if m.end == at and self._fits_role(property_, role, m)]
            if not ending:
                break
            found.insert(0, min(ending, key=lambda m: m.start))
            at = found[0].start
            while at - 1 > start and self.doc[at - 1].pos_ in ("DET", "ADV"):
                at -= 1
        return found

    def _literal(self, kind: str, at: int, end: int) -> str | None:
        """Give the number, day or words that stand behind the pattern."""
        for position in range(at, min(end, at + 4)):
            token = self.doc[position]
            for mention in self.names.get(position, ()):
                if kind == "time" and mention.type == "Time":
                    return mention.value or self.registry.text(mention)
                amount = mention.amount.count if mention.amount is not None else None
                if kind == "number" and mention.type == "Quantity" and amount is not None:
                    return str(amount)
            if kind == "number" and token.like_num and token.text.replace(",", "").isdigit():
                return token.text.replace(",", "")
            if kind == "text" and token.pos_ in ("NOUN", "PROPN"):
                head = token
                while head.dep_ in ("compound", "amod", "nmod") and head.head.i > head.i:
                    head = head.head
                return " ".join(noun_phrase(head).text.split())
        return None

    # -- the slot before -----------------------------------------------------------------------------------------------

    def _before(self, property_: OwnProperty, role: str, anchor: int, taken: list[Found]) -> list[Found]:
        """Give the name that ends right before the pattern."""
        at = anchor
        if self.doc[anchor].tag_ == "PRP$":
            return [m for m in self.names.get(anchor, ()) if m.form == "pronoun" and self._fits_role(property_, role, m)][:1]
        first = min((m.start for m in taken), default=anchor)
        at = min(at, first) if first <= anchor else at
        position = at - 1
        while position >= 0 and (
            position in self.bracketed
            or self.doc[position].is_space
            or self.doc[position].lower_ in _HONORIFICS
            or self.doc[position].text in ('"', "“", "”")
        ):
            position -= 1
        if position < 0:
            return []
        ending = [m for m in (*self.terms.get(position, ()), *self.names.get(position, ())) if m.end == position + 1]
        for mention in sorted(ending, key=lambda m: m.start):
            if all(mention is not other for other in taken) and self._fits_role(property_, role, mention):
                return [mention]
        references = property_.domain if role == "subject" else property_.range
        adjective = self.nationality.get(position)  # "the Estonian prime minister"
        return [adjective] if adjective is not None and self._means_state(adjective, references) else []

    def _by_grammar(self, property_: OwnProperty, role: str, anchor: int, taken: list[Found], start: int) -> list[Found]:
        """Give who or what the words at `anchor` are said of."""
        references = property_.domain if role == "subject" else property_.range
        visited: set[int] = set()
        if (mention := self._before_verb(anchor, references, taken)) is not None:
            return [mention]
        for token in self._climb(self.doc[anchor], visited):
            mention = self._argument(token, references, taken)
            if mention is not None:
                return [mention]
        found = self._topic(references, anchor, taken, start) or self._fronted(references, anchor, taken, start)
        return found or (self._nearest(references, anchor, taken, start) if self.is_guessing else [])

    def _nearest(self, references: frozenset[str], anchor: int, taken: list[Found], start: int) -> list[Found]:
        """Give the name nearest to a word that fits, before it rather than behind it."""
        for position in (*range(anchor - 1, start - 1, -1), *range(anchor + 1, self.sentence_end[anchor])):
            if position in self.bracketed:
                continue
            for mention in self._longest_terms(position):
                if all(mention is not other for other in taken) and self._is_name(mention) and self._fits(mention, references):
                    return [mention]
        return []

    def _before_verb(self, anchor: int, references: frozenset[str], taken: list[Found]) -> Found | None:
        """Give the name right before a verb for which the parser found no subject: "After the death of X, Y was made …"."""
        verb = self.doc[anchor]
        while verb.dep_ in ("prep", "pobj", "attr", "oprd") and verb.head.i < verb.i:
            verb = verb.head
        if not is_verb(verb) or verb.dep_ not in ("ROOT", "conj", "ccomp") or subjects(verb):
            return None
        first = min([verb.i, *(child.i for child in verb.children if child.dep_ in ("aux", "auxpass"))])
        ending = [m for m in self.names.get(first - 1, ()) if m.end == first and all(m is not other for other in taken)]
        named = (m for m in sorted(ending, key=lambda m: m.start) if m.form == "name" and self._fits(m, references))
        return next(named, None)

    def _beside(self, property_: OwnProperty, role: str, fillers: list[Found], taken: list[Found]) -> list[Found]:
        """Give what is coordinated with a filler: "Canada, Australia and Japan have listed …"."""
        names = (self._name_at(token) for mention in fillers for token in conjuncts(self.doc[mention.head])[1:])
        known = (*fillers, *taken)
        return [m for m in names if m is not None and all(m is not k for k in known) and self._fits_role(property_, role, m)]

    def _climb(self, token: Token, visited: set[int]) -> Iterator[Token]:
        """Yield what a word may be said of, nearest first: its subject, what it is apposed to, the subject above it."""
        current = token
        for _ in range(_REACH):
            if current.i in visited:
                return
            visited.add(current.i)
            if is_verb(current) or current.pos_ in ("VERB", "AUX"):
                for subject in subjects(current):
                    yield subject
                    if subject.i not in visited and subject.pos_ in ("NOUN", "PROPN", "PRON", "ADJ"):
                        yield from self._climb(subject, visited)
                if current.dep_ in ("acl", "relcl"):
                    yield current.head
            else:
                for child in current.children:
                    if child.dep_ == "appos" or (child.dep_ == "poss" and current.i == token.i):
                        yield child
                if current.dep_ == "appos":
                    yield current.head
                if current.dep_ == "dobj" and is_passive(current.head) is False and current.i == token.i:
                    yield from objects(current.head)
            if current.head.i == current.i:
                return
            current = current.head

    def _argument(self, token: Token, references: frozenset[str], taken: list[Found]) -> Found | None:
        """Give the mention at a token if it fits, if it may be taken to fit, or if it points back to one that fits."""
        if token.i in self.bracketed or (token.i and self.doc[self.doc[token.i].left_edge.i - 1].lower_ in ("born", "née")):
            return None
        candidates = [m for m in self._at(token) if all(m is not other for other in taken)]
        for mention in candidates:
            if (mention.form == "pronoun" or self._is_name(mention)) and self._fits(mention, references):
                return mention
        name = self._name_at(token)
        if name is not None and all(name is not other for other in taken):
            class_ = self._may_be(name, references)
            if class_ is not None:
                return self._take(name, class_, references)
        own = self.index.classes_of([fold(token.text)])
        wanted = {above for iri in own for above in self.schema.classes[iri].above} & references
        phrase = [part.i for part in self.doc[token.left_edge.i : token.i] if part.dep_ in _PREMODIFIER]
        for mention in [m for at in phrase for m in self._longest(at) if m.end <= token.i and m.type != "Nationality"]:
            if not self._is_name(mention) or any(mention is other for other in taken):
                continue
            if self._fits(mention, references):
                return mention
            class_ = self._may_be(mention, references) if wanted else None
            if class_ is not None:  # "the Vexa radar"
                return self._take(mention, class_, references)
            return None
        points_back = any(child.lower_ in ("the", "this", "its", "their") for child in token.children)
        return self._earlier(token, references) if wanted and points_back else None

    def _earlier(self, token: Token, references: frozenset[str]) -> Found | None:
        """Give what "the party" points back to."""
        sentence = token.sent
        start = sentence.start
        for _ in range(_BACK):
            if start == 0:
                break
            start = self.doc[start - 1].sent.start
        for position in range(sentence.start - 1, start - 1, -1):
            for mention in self._longest(position):
                if mention.form == "name" and mention.start == position and self._fits(mention, references):
                    return mention
        return None

    def _topic(self, references: frozenset[str], anchor: int, taken: list[Found], start: int) -> list[Found]:
        """Give what the sentence is about: its first name, if that fits and stands free."""
        for position in range(start, anchor):
            if position in self.bracketed:
                continue
            for mention in self._longest(position):
                if any(mention is other for other in taken) or mention.form != "name":
                    continue
                if position == start and (class_ := self._may_be(mention, references)) is not None:
                    return [self._take(mention, class_, references)]
                head, before = self.doc[mention.head], self._before_title(mention.start)
                hangs = head.dep_ == "poss" or (head.dep_ == "pobj" and before.pos_ in ("ADP", "DET", "ADJ"))
                if self._fits(mention, references) and not hangs:
                    return [mention]
        return []

    def _before_title(self, at: int) -> Token:
        """Give the word before a name and the titles in front of it."""
        at = max(at - 1, 0)
        while at > 0 and (self.doc[at].lower_ in self.knowledge.offices or at in self.terms or self.doc[at].dep_ == "compound"):
            at -= 1
        return self.doc[at]

    def _fronted(self, references: frozenset[str], anchor: int, taken: list[Found], start: int) -> list[Found]:
        """Give the name behind a phrase that opens the sentence: "A general in the Army, Jan Smit served …"."""
        if any(m.form == "name" and m.type != "Nationality" for at in range(start, anchor) for m in self._longest(at)):
            return []
        comma = next((at for at in range(anchor, self.sentence_end[anchor]) if self.doc[at].text == ","), None)
        if comma is None or comma + 1 >= self.sentence_end[anchor]:
            return []
        if any(is_verb(token) for token in self.doc[start:comma]):
            return []
        name = next((m for m in self._longest(comma + 1) if self._is_name(m) and m not in taken), None)
        return [name] if name is not None and self._fits(name, references) else []

    def _at(self, token: Token) -> list[Found]:
        """Give the mentions whose grammar this token carries, or that cover it, longest first."""
        covering = [*self.terms.get(token.i, ()), *self.names.get(token.i, ())]
        return sorted(covering, key=lambda m: (m.head != token.i, -(m.end - m.start)))

    def _is_name(self, mention: Found) -> bool:
        """True for a name that stands as one: not "an Infantry Combat Vehicle", not "the European political party"."""
        if mention.form != "name":
            return False
        head = self.doc[mention.head]
        is_one_of = any(child.lower_ in ("a", "an") and child.i < mention.start for child in head.children)
        return not is_one_of and (mention.start in self.terms or not head.text[:1].islower())

    def _name_at(self, token: Token) -> Found | None:
        names = [m for m in self._at(token) if m.type != "Nationality" and self._is_name(m)]
        return max(names, key=lambda m: m.end - m.start, default=None)


def _plain(token: Token) -> str:
    return token.lower_.replace("’", "'")


def _stems(word: str) -> tuple[str, ...]:
    """Give what a regular verb form may be a form of: "joined", "joining": "join"; "served": "serve"."""
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending)
            return stem, f"{stem}e"
    return ()


def _is_name_word(token: Token) -> bool:
    if any(char in "[](){}" for char in token.text):
        return False
    return token.text[:1].isupper() or (
        any(char.isdigit() for char in token.text) and any(char.isupper() and char.isascii() for char in token.text)
    )


def _sentences(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield the sentences, joined where the parser breaks one within brackets."""
    start, is_open, joined = 0, 0, 0
    for sentence in doc.sents:
        text = [token.text for token in sentence]
        is_open = max(0, is_open + text.count("(") - text.count(")"))
        following = doc[sentence.end] if sentence.end < len(doc) else None
        if following is not None and joined < _JOINED and (is_open or following.text[:1] in ",;)]" or following.text.islower()):
            joined += 1
            continue
        yield start, sentence.end
        start, is_open, joined = sentence.end, 0, 0


def _bracketed(doc: Doc, sentences: list[tuple[int, int]]) -> set[int]:
    """Give the tokens within brackets, brackets included; an unclosed bracket holds nothing."""
    found: set[int] = set()
    for start, end in sentences:
        opened: list[int] = []
        for token in doc[start:end]:
            if token.text in ("(", "["):
                opened.append(token.i)
            elif token.text in (")", "]") and opened:
                found.update(range(opened.pop(), token.i + 1))
    return found
