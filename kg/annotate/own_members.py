"""Names, terms and members of classes that an ontology of the user's own asks for.

The text outweighs the model: a name with a class noun in it, behind a title, or before the days of a life is what it says.
"""

import re
from collections.abc import Mapping

from kg.annotate.found import Found
from kg.annotate.names import fold
from kg.annotate.own_index import kind_of, type_of
from kg.annotate.own_scene import HONORIFICS, QUOTES, OwnScene, is_name_word
from kg.annotate.registry import Draft
from kg.annotate.syntax import is_negated, subjects
from kg.model import Span
from kg.schema import Item, Term
from kg.vocab import is_a, slugify

_PARTICLES = frozenset(
    ("of", "de", "la", "du", "von", "van", "der", "den", "el", "al", "bin", "ibn", "da", "dos", "di", "for", "y")
)

_NUMBERED = frozenset(("model", "mark", "mk", "mk.", "type", "class", "no", "no.", "object"))

_SUFFIXES = frozenset(("Jr", "Sr", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"))

_LONGEST_NUMBER = 4

_LIFE = re.compile(r"\b(?:born|died|née)\b|\b[12]\d{3}\b.*?[-–—]\s*[^;]*?\b[12]\d{3}\b")


class OwnMemberFinder:
    """Finds names, terms and members of classes in one document, and puts them into its `OwnScene`."""

    def __init__(self, own: OwnScene) -> None:
        self.own = own
        self.doc = own.doc
        self.names = own.names
        self.terms = own.terms

    def find(self) -> None:
        """Find all of them."""
        self._find_names()
        self._find_events()
        self._find_terms()
        self._find_titled()
        self._find_members()
        self.join_short_forms()

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
            is_designation = any(char.isdigit() for char in self.doc[at].text)
            is_word = end - at == 1 and starts_sentence and self.doc[at].pos_ != "PROPN" and not is_designation
            own, end = self._lower_noun(at, end, own)
            is_unclear = not any(m.entry is not None or m.type == "Person" for m in inside)
            if not own and self._has_lived(at, end, inside):
                self._take_whole(at, end, inside)
                at = end
                continue
            if not is_known and not is_word and (own or is_unclear):
                mention = self.own.new_name(at, end)
                self.own.put(mention)
                inside.append(mention)
            for mention in inside:
                if mention.start <= at and mention.end >= end:
                    self._settle(mention, own)
                else:  # "Leader of the Green Party of X"
                    self._settle(mention, self._classes_by_name(mention.start, mention.end))
            if not is_known and not own:
                self._extend_person(at, end, inside)
            at = end

    def _find_events(self) -> None:
        """Let a named event be of the class whose noun ends its name: "the 1994 Danish general election"."""
        for mention in self.own.given:
            if mention.type == "Event" and mention.form == "name" and mention.entity is None:
                words = [fold(token.text) for token in self.doc[mention.start : mention.end]]
                self._settle(mention, self.own.index.classes_of(words))

    def _has_lived(self, start: int, end: int, inside: list[Found]) -> bool:
        """True for an unknown name before the days of a life: "Abdul Karim Kandahar (born 1959)"."""
        if end - start < 2 or any(m.start <= start and m.end >= end and (m.entry or m.type == "Person") for m in inside):
            return False
        if end >= len(self.doc) or self.doc[end].text != "(" or any(t.i in self.own.nationality for t in self.doc[start:end]):
            return False
        rest = self.doc[start + 2 : end] if self.doc[start + 1].lower_ == "of" else self.doc[start:end]  # "Anna of Delft (…"
        if any(t.lower_ in ("of", "the", "for") or t.is_digit for t in rest):
            return False
        closing = next((at for at in range(end, self.own.sentence_end[start]) if self.doc[at].text == ")"), None)
        is_person = any(m.type == "Person" for m in inside) or not any(m.type in ("Event", "Weapon") for m in inside)
        return closing is not None and is_person and _LIFE.search(self.doc[end:closing].text) is not None

    def _take_whole(self, start: int, end: int, inside: list[Found]) -> None:
        """Let the words be a person's name, and what was seen in them be nothing else."""
        while start < end - 1 and (
            self.doc[start].lower_ in self.own.knowledge.offices or self.doc[start].lower_ in HONORIFICS
        ):
            start += 1
        name = self.own.new_name(start, end)
        self.own.put(name)
        self.own.rename(name, "Person", "name with the days of a life")
        for part in [m for m in inside if m.type == "Person" and m.entry is None]:
            self.own.become(part, name)
        for part in (m for m in inside if m.entry is not None):
            for at in range(part.start, part.end):
                self.names[at] = [m for m in self.names[at] if m is not part]

    def _lower_noun(self, start: int, end: int, own: list[str]) -> tuple[list[str], int]:
        """Take the noun into the name in "the Prussian army"."""
        if own or end >= self.own.sentence_end[start] or any(i not in self.own.nationality for i in range(start, end)):
            return own, end
        articles = {child.lower_ for token in self.doc[end : end + 2] for child in token.lefts if child.i < start}
        articles.update(token.lower_ for token in self.doc[max(start - 1, 0) : start])
        if not articles.isdisjoint(("a", "an")):
            return own, end  # "a multi-racial Malaysian political party" is one of them
        for last in (end + 2, end + 1):
            words = [fold(token.text) for token in self.doc[end:last]]
            found = self.own.index.nouns.get(tuple(words)) if last <= self.own.sentence_end[start] else None
            if found:
                return found, last
        return own, end

    def _classes_by_name(self, start: int, end: int) -> list[str]:
        """Give the classes whose noun heads a name: its last word, or the one before "of"."""
        words = [fold(token.text) for token in self.doc[start:end]]
        if "of" in words[1:]:
            headed = self.own.index.classes_of(words[: words.index("of")])
            is_titled = words[0] in self.own.index.by_word or words[0] in self.own.knowledge.offices
            return headed or ([] if is_titled else self.own.index.classes_of(words[-1:]))  # "Republic of X Army"
        found = self.own.index.classes_of(words)
        place = next((m for m in self.names.get(end - 1, ()) if m.type in ("Place", "State") and start < m.start), None)
        if not found and place is not None:  # "Pirate Party Germany"
            found = self.own.index.classes_of(words[: place.start - start])
        for cut in range(1, len(words)) if not found else ():  # "Greens New South Wales"
            if tuple(words[cut:]) in self.own.index.places:
                return self.own.index.classes_of(words[:cut])
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
            or t.i in self.own.nationality
            or not start <= t.head.i < end
            or t.lower_ in HONORIFICS
            or t.lower_ in self.own.knowledge.offices
            or t.lemma_.lower() != t.lower_
            or ((t.lower_, "VERB") in self.own.knowledge.cues and t.pos_ == "VERB")
            for t in before
        ):
            return
        name = self.own.new_name(start, end)
        self.own.put(name)
        self.own.rename(name, "Person", "full name")
        self.own.become(person, name)

    def _name_end(self, at: int) -> int | None:
        """Give the end of the capitalised name that begins here, or None."""
        if at in self.own.timed or not is_name_word(self.doc[at]):
            return None
        if self.doc[at].pos_ in ("DET", "ADP", "SCONJ", "CCONJ") or (self.doc[at].pos_ == "PRON" and not self._is_surname(at)):
            return None
        last = at
        sentence_end = self.own.sentence_end[at]
        position = at + 1
        while position < sentence_end:
            token = self.doc[position]
            nickname = self._nickname_end(position, sentence_end)
            if nickname is not None:
                last, position = nickname, nickname + 1
                continue
            if is_name_word(token) or (token.is_digit and self._is_designation(position, sentence_end)):
                last = position
            elif not self._joins_name(position, sentence_end):
                break
            position += 1
        while last + 2 < sentence_end and self.doc[last + 1].text == "-" and not self.doc[last + 1].whitespace_:
            last += 2  # "Min-ho"
        if last > at + 1 and last in self.own.nationality and self.doc[last - 1].lower_ == "of":
            last -= 2  # "the Imperial Navy of German descent"
        return last + 1

    def _is_surname(self, at: int) -> bool:
        """True for a pronoun's form that is a name: "He Bing (born 1950)"."""
        following = self.doc[at + 1 : at + 3]
        return len(following) > 1 and is_name_word(following[0]) and any(token.text == "(" for token in following)

    def _nickname_end(self, at: int, end: int) -> int | None:
        """Give the name word behind a nickname in quotes or brackets: 'Anna "Annie" Berg'."""
        opening = self.doc[at].text
        closing = ")" if opening == "(" else opening
        if opening not in QUOTES and opening != "(":
            return None
        for length in (1, 2):
            inside, after = self.doc[at + 1 : at + 1 + length], at + length + 2
            if after >= end or not all(is_name_word(token) and token.text.isalpha() for token in inside):
                return None
            is_closed = self.doc[after - 1].text in ((closing,) if closing == ")" else QUOTES)
            if is_closed and is_name_word(self.doc[after]) and self.doc[after].text.isalpha():
                return after if not any(token.text.isupper() for token in inside) else None
        return None

    def _is_designation(self, at: int, end: int) -> bool:
        """True for the number in "Mark 7", "STK 40 AGL" and "Leopard 2", not for one that counts what follows."""
        before = self.doc[at - 1]
        if before.lower_ in _NUMBERED:
            return True
        if at in self.own.timed or len(self.doc[at].text) > _LONGEST_NUMBER or before.pos_ not in ("PROPN", "NOUN"):
            return False
        following = self.doc[at + 1] if at + 1 < end else None
        if following is None or following.pos_ in ("NOUN", "ADJ", "NUM", "SYM"):
            return False
        return before.i not in self.own.nationality and before.ent_type_ not in ("PERSON", "GPE", "DATE")

    def _joins_name(self, at: int, end: int) -> bool:
        """True for a small word or mark that may stand within a name."""
        token, before = self.doc[at], self.doc[at - 1]
        known = [m for m in self.names.get(at - 1, ()) if m.end == at and m.form == "name"]
        if token.lower_ == "the":
            return before.lower_ in ("of", "for")
        if token.text in ("'s", "’s"):
            is_owner = any(m.type in ("Person", "State", "Place") for m in known)
            return not is_owner and at + 1 < end and is_name_word(self.doc[at + 1])
        if token.lower_ == "of" and any(m.type == "Person" and m.end - m.start > 1 for m in known):
            return False  # "Anna Berg of the Green Party"
        if token.lower_ == "for":
            word = fold(before.text)
            return bool(self.own.index.classes_of([word])) or self.own.knowledge.nouns.get(word) is not None
        return token.lower_ in _PARTICLES or token.text in ("-", "&", "/")

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
            for items, term, is_ambiguous in (*self.own.index.by_word.get(word, ()), *self._slot_rows(at)):
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
        while start < person.end and self.doc[start].lower_ in HONORIFICS:
            start += 1
        if start >= person.end or not is_name_word(self.doc[start]):
            return
        whole = self.own.registry.text(person)
        for at in range(person.start, start):
            self.names[at] = [m for m in self.names[at] if m is not person]
        person.start = start
        person.span = Span(self.doc[start].idx, person.span.end)
        draft = self.own.registry.drafts.get(person.entity or "")
        if draft is not None and not draft.known and draft.label == whole:
            self.own.rename(person, "Person", "name behind a title", self.own.registry.text(person))

    def _find_titled(self) -> None:
        """Add the whole name behind a title: "General Jan van Dam", where the model sees "Dam" or nothing."""
        for start in sorted(self.terms):
            title = self.terms[start][0]
            at = title.end
            while at < len(self.doc) and self.doc[at].lower_ in HONORIFICS:
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
            if self.own.nationality.get(at):
                continue
            name = next((m for m in self.names.get(at, ()) if m.start == at and m.end == end), None) or self.own.new_name(
                at, end
            )
            self.own.put(name)
            self.own.rename(name, "Person", "name behind a title")
            for person in people:
                self.own.become(person, name)

    def _slot_rows(self, at: int) -> list[tuple[tuple[Item, ...], Term, bool]]:
        return self.own.index.by_slot if any(m.start == at for m in self.names.get(at, ())) else []

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
            filler = next((m for m in self.own.longest(at) if self.own.fits_slot(m, item)), None)
            if filler is None:
                return None
            text = self.own.registry.text(filler)
            if filler.type == "Nationality" and filler.entry is not None:
                text = filler.entry.label
            slots["|".join(item.names)] = article + re.sub(r"^[Tt]he ", "", text) if article else text
            while position < len(words) and words[position][1] < filler.end:
                position += 1
        last = words[position - 1][1]
        if position < len(words) and words[position][1] == last:
            return None
        return last + 1, slots

    def _in_context(self, term: Term) -> bool:
        return any(f" {' '.join(context.split())} " in self.own.words for context in term.contexts)

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
        return len(words) > 1 and all(is_name_word(t) for t in words) and not self.own.knowledge.nouns.get(words[-1].lower_)

    def _add_term(self, start: int, end: int, term: Term, slots: Mapping[str, str]) -> None:
        fillings = iter(slots.values())
        label = re.sub(r"\{[^{}]*\}", lambda _: next(fillings, ""), term.label)
        iri = term.iri
        if term.is_template:
            iri = self.own.minter.entity(kind_of(term.ours), slugify(re.sub(r"\b[Tt]he ", "", label)))
        self.own.registry.drafts.setdefault(iri, Draft(iri, term.ours, label))
        span = Span(self.doc[start].idx, self.doc[end - 1].idx + len(self.doc[end - 1].text))
        type_ = type_of(term.ours)
        same = next((m for m in self.names.get(start, ()) if m.span == span and m.entry is None and m.form != "pronoun"), None)
        mention = same or Found(start, end, span, type_, term.ours, "name", self.doc[start:end].root.i)
        mention.type, mention.class_, mention.form, mention.entity = type_, term.ours, "name", iri
        self.own.registry.reasons.setdefault(span, "term of your ontology")
        self.own.keep(mention)
        for at in range(start, end):
            self.terms.setdefault(at, []).append(mention)
        for person in [m for m in self.names.get(start, ()) if m.type == "Person" and m.start == start and m.end > end]:
            if person.entry is None and person.form == "name" and person.class_ != "Group":
                self._cut_title(person, end)
        self.own.say(mention, term.classes)

    def _find_members(self) -> None:
        """Note what a text says something is: "X is a missile", "the missile X", "X, a missile"."""
        for token in self.doc:
            if token.pos_ not in ("NOUN", "PROPN") or self.terms.get(token.i):
                continue
            if token.text[:1].isupper() and any(self.own.is_name(m) for m in self.names.get(token.i, ())):
                continue
            words = [
                fold(t.text) for t in self.doc[max(token.sent.start, token.i - self.own.index.longest_noun + 1) : token.i + 1]
            ]
            own = self.own.index.classes_of(words)
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
                self._settle_compound(next((m for t in before for m in self.own.longest(t.i) if m.form == "name"), None), own)
            for holder in holders:
                name = self.own.name_at(holder)
                if name is not None:
                    self._settle(name, own)

    def join_short_forms(self) -> None:
        """Let a surname or an acronym be that of the one full name that the text spells out, even after it."""
        names = [m for at in sorted(self.names) for m in self.names[at] if m.start == at and m.entity and m.form == "name"]
        full: dict[tuple[str, str], set[str]] = {}
        for name in names:
            if name.end - name.start > 1 and name.type in ("Person", "Agency"):
                short = self.doc[name.end - 1].text if name.type == "Person" else self._initials(name)
                full.setdefault((name.type, short), set()).add(name.entity or "")
        for mention in names:
            owners = full.get((mention.type, self.own.registry.text(mention)), set())
            if mention.entry is None and len(owners) == 1 and mention.entity not in owners:
                for other in [m for m in self.own.given if m.entity == mention.entity] or [mention]:
                    other.entity = next(iter(owners))
                    self.own.registry.reasons.setdefault(other.span, "short for a full name in the text")

    def _initials(self, name: Found) -> str:
        return "".join(t.text[0] for t in self.doc[name.start : name.end] if t.text[0].isupper())

    def _settle_compound(self, name: Found | None, classes: list[str]) -> None:
        """Take the name in "the Union Montreal political party" for a party, if it is some agency at all."""
        if name is None or name.type != "Agency" or name.entry is not None or self.own.findings.classes.get(name.entity or ""):
            return
        if any(is_a(ours, "Agency") for iri in classes for ours in self.own.schema.classes[iri].ours):
            self._settle(name, classes)

    def _settle(self, mention: Found, classes: list[str]) -> None:
        """Let the text outweigh the model's guess of what a name is; a known name stays what it is."""
        if not classes:
            return
        wanted = [name for iri in classes for name in self.own.schema.classes[iri].ours]
        if mention.entity is None or not self.own.fits(mention, frozenset(classes)):
            if mention.entry is not None:
                return
            self.own.rename(mention, wanted[0] if wanted else "Concept", "of a class of your ontology, as the text says")
        self.own.say(mention, [above for iri in classes for above in self.own.schema.classes[iri].above])
