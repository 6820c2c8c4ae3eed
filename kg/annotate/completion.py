"""Completes names by what stands around them and what the document says elsewhere.

Where the model sees no name, or cuts one in two, the text often tells: a title of office before a person, the noun for a
kind of ship before its name, a full name earlier in the document.
"""

import re
from collections.abc import Iterator

from spacy.tokens import Doc, Token

from kg.annotate.found import Found, arms_type, make_name, singular
from kg.annotate.names import NameFinder
from kg.knowledge import Entry, Knowledge, Office
from kg.model import Span
from kg.vocab import is_a

_LONGEST_PERSON = 4
_LONGEST_SHIP = 3
_SHORT_SURNAME = 3
"""Letters of a surname that may be an ordinary word too."""

_ROMAN = frozenset(("I", "II", "III", "IV", "V"))
_DESIGNATION = re.compile(r"[A-Z][A-Za-z]{0,11}-\d{1,4}[A-Za-z]{0,3}")
_DIRECTIONS = frozenset(("North", "South", "East", "West"))
_QUOTES = frozenset(('"', "“", "”", "'", "‘", "’"))


def complete_names(
    doc: Doc,
    found: list[Found],
    titles: list[tuple[int, int, Office]],
    closed: set[int],
    knowledge: Knowledge,
    names: NameFinder,
    publisher: str = "",
) -> list[Found]:
    """Give the names with those that the document tells of, in place of the parts of them found so far.

    Args:
        doc: parsed.
        found: names, any order.
        titles: token ranges of titles of office.
        closed: tokens that belong to no name.
        knowledge: nouns for weapons.
        names: names of the gazetteers.
        publisher: who published the text, if known; its name is an outlet's in it.
    """
    finder = _Finder(doc, found, closed | {i for start, end, _ in titles for i in range(start, end)}, knowledge, names)
    for own in finder.own_names(publisher, closed):
        finder.take(own)
    for _, end, office in titles:
        finder.take(finder.person_after(end, office))
    for token in doc:
        if token.i not in closed:
            finder.take(finder.vessel_after(token))
            finder.take(finder.full_name(token))
    for designation in finder.designations():
        finder.take(designation)
    finder.name_kinds()
    finder.name_ships()
    finder.name_facilities()
    for bearer in finder.bearers():
        finder.take(bearer)
    for half in finder.halves():
        finder.take(half)
    for repeated in finder.repeated():
        finder.take(repeated)
    for surname in finder.surnames():
        finder.take(surname)
    return finder.found


class _Finder:
    def __init__(self, doc: Doc, found: list[Found], closed: set[int], knowledge: Knowledge, names: NameFinder) -> None:
        self.doc = doc
        self.found = found
        self.closed = closed
        self.knowledge = knowledge
        self.names = names
        self.at = {index: mention for mention in found for index in range(mention.start, mention.end)}

    def take(self, mention: Found | None) -> None:
        """Let a name take the place of all inside of it."""
        if mention is None:
            return
        inside = {id(self.at[index]) for index in range(mention.start, mention.end) if index in self.at}
        self.found = [other for other in self.found if id(other) not in inside]
        self.found.append(mention)
        self.at.update((index, mention) for index in range(mention.start, mention.end))

    def own_names(self, publisher: str, silent: set[int]) -> Iterator[Found]:
        """Yield the publisher's name where the text has it: "told the Caucasus Monitor"."""
        if len(publisher) < 2 or not publisher[0].isupper():
            return
        for match in re.finditer(rf"\b{re.escape(publisher)}\b", self.doc.text):
            span = self.doc.char_span(*match.span())
            if span is None or silent & set(range(span.start, span.end)):
                continue
            inside = [self.at[index] for index in range(span.start, span.end) if index in self.at]
            if not any(m.start < span.start or m.end > span.end or m.class_ == "MediaOutlet" for m in inside):
                yield make_name(self.doc, span.start, span.end, ("Agency", "MediaOutlet", None))

    def _is_name(self, token: Token) -> bool:
        return (
            token.pos_ == "PROPN"
            and token.text[:1].isupper()
            and token.i not in self.closed
            and token.ent_type_ not in ("DATE", "TIME")
            and not self.names.is_common(token.text)
        )

    def _run(self, start: int, longest: int) -> int:
        """Give the end of the capitalised words from `start`, hyphens inside them included; `start` if there are too many."""
        end = start
        while end < len(self.doc) and (end == start or not self.doc[end].is_sent_start):
            hyphen = self.doc[end].text == "-" and end > start and not self.doc[end - 1].whitespace_
            if not (self._is_name(self.doc[end]) or (hyphen and not self.doc[end].whitespace_)):
                break
            end += 1
        words = sum(token.text != "-" for token in self.doc[start:end])
        return end if words <= longest else start

    def person_after(self, start: int, office: Office) -> Found | None:
        """Give the person in "spokeswoman Shushan Stepanyan", where the model sees something else, or two names."""
        end = self._run(start, _LONGEST_PERSON)
        if end - start < 2 or office.category == "relation":
            return None
        inside = [self.at[index] for index in range(start, end) if index in self.at]

        def is_last(m: Found) -> bool:
            """True for the last word of the name, which may be all that the model sees of it."""
            return m.entry is None and m.end == end and m.start > start

        begins = {id(m): max(m.start, start) for m in inside if self.closed >= set(range(m.start, start))}  # a title inside
        known = any(
            (m.type == "Person" and not is_last(m))
            or id(m) not in begins
            or m.end > end
            or m.end - begins[id(m)] not in (1, end - start)
            for m in inside
        )
        if known or (inside and inside[0].entry is not None and inside[0].entry.kind in ("state", "agency")):
            return None
        return make_name(self.doc, start, end, ("Person", None, None))

    def full_name(self, first: Token) -> Found | None:
        """Give the person in "Jamal Alzoubari", a given name and one or two others that nothing else is known of."""
        if first.text not in self.knowledge.given_names or (first.i > 0 and self._is_name(first.nbor(-1))):
            return None
        end = self._run(first.i, _LONGEST_PERSON - 1)
        inside = {id(m): m for index in range(first.i, end) if (m := self.at.get(index)) is not None}
        if end - first.i < 2 or any(m.entry is not None or m.type == "Person" or m.end > end for m in inside.values()):
            return None
        towns = any(self.knowledge.city(token.text) for token in self.doc[first.i : end] if token.text != "-")
        plain = all(token.is_title or token.text == "-" for token in self.doc[first.i : end])
        nouns = any(token.lower_ in self.knowledge.nouns for token in self.doc[first.i : end])
        return None if towns or nouns or not plain else make_name(self.doc, first.i, end, ("Person", None, None))

    def vessel_after(self, noun: Token) -> Found | None:
        """Give the ship in "the carrier Theodore Roosevelt", "the tanker 'Stena Impero'": a noun for ships, then its name."""
        word = singular(noun)
        class_ = self.knowledge.weapon_nouns.get(word)
        if class_ is None or not is_a(class_, "Ship") or noun.text[:1].isupper() or noun.tag_ != "NN":
            return None
        start = noun.i + 1
        if start < len(self.doc) and self.doc[start].text in _QUOTES:
            start += 1
        end = self._run(start, _LONGEST_SHIP)
        inside = [self.at[index] for index in range(start, end) if index in self.at]
        if end == start or any(m.start < start or m.end > end or m.type in ("Platform", "Weapon") for m in inside):
            return None
        articles = [c for token in (noun, self.doc[end - 1]) for c in token.lefts if c.tag_ in ("DT", "PRP$")]
        if word in self.knowledge.ambiguous_weapon_nouns and not articles:
            return None
        return make_name(self.doc, start, end, ("Platform", class_, None))

    def designations(self) -> Iterator[Found]:
        """Yield unknown designations beside a noun for weapons: "Fath-360 rockets", "the Fajr-5 missile"."""
        for match in _DESIGNATION.finditer(self.doc.text):
            span = self.doc.char_span(*match.span())
            if span is None or any(index in self.at or index in self.closed for index in range(span.start, span.end)):
                continue
            beside = [self.doc[i] for i in (span.end, span.start - 1) if 0 <= i < len(self.doc)]
            classes = [self.knowledge.weapon_nouns.get(singular(token)) for token in beside]
            if singular(beside[0]) in self.knowledge.words["flying noun"]:  # "an FTC-2000G fighter"
                classes.append("Aircraft")
            class_ = next((class_ for class_ in classes if class_ is not None), None)
            if class_ is not None:
                yield make_name(self.doc, span.start, span.end, (arms_type(class_), class_, None))

    def name_kinds(self) -> None:
        """Let an unknown name before a noun for weapons be the weapon's: "Hyunmoo-II missiles", "Orlan and Shahed drones"."""
        alone = {self._text(m) for m in self.found if self.doc[m.head].dep_ not in ("compound", "nmod", "amod", "poss")}
        for mention in self.found:
            head = self.doc[mention.head]
            noun = head.head
            while head.dep_ == "conj" and noun.i != head.i and noun.dep_ in ("compound", "conj", "nmod"):
                head, noun = noun, noun.head
            if mention.entry is not None or mention.type not in ("Agency", "Person", "Place") or noun.i < mention.end:
                continue
            class_ = self.knowledge.weapon_nouns.get(singular(noun))
            if (
                class_ is None
                or singular(noun) in self.knowledge.ambiguous_weapon_nouns
                or head.dep_ not in ("compound", "nmod")
            ):
                continue
            text = self._text(mention)
            marked = any(char.isdigit() for char in text) or text.rsplit("-", 1)[-1] in _ROMAN
            if marked or (
                mention.end - mention.start == 1 and not text.isupper() and text not in alone and not is_a(class_, "Ship")
            ):
                mention.type, mention.class_ = arms_type(class_), class_

    def name_ships(self) -> None:
        """Let a ship's name without its prefix be the ship, once the text has named it in full ("FS Aquitaine … Aquitaine")."""
        ships = {
            name: mention
            for mention in sorted(self.found, key=lambda mention: -mention.start)
            if mention.class_ is not None and is_a(mention.class_, "Ship") and mention.end - mention.start > 1
            for name in (self.doc[mention.start + 1 : mention.end].text, self.doc[mention.end - 1].text)
        }
        for mention in self.found:
            ship = ships.get(self._text(mention))
            if ship is not None and mention.entry is None and mention.start > ship.start:
                mention.type, mention.class_, mention.entry = ship.type, ship.class_, ship.entry
        for token in self.doc:
            ship = ships.get(token.text)
            if ship is not None and token.i > ship.end and token.i not in self.at and self._is_alone(token):
                self.take(make_name(self.doc, token.i, token.i + 1, (ship.type, ship.class_, ship.entry)))

    def name_facilities(self) -> None:
        """Let an unknown name take in the noun for the facility behind it: "Toussaint Louverture airport"."""
        for mention in self.found:
            noun = self.doc[mention.end] if mention.end < len(self.doc) else None
            kind = self.knowledge.nouns.get(noun.lower_) if noun is not None and noun.tag_ == "NN" else None
            if noun is None or kind is None or kind.type != "Place" or kind.kind != "facility":
                continue
            if mention.entry is None and mention.type in ("Place", "Person") and mention.end - mention.start > 1:
                mention.type, mention.class_, mention.end, mention.head = "Place", None, mention.end + 1, noun.i
                mention.span = Span(mention.span.start, noun.idx + len(noun.text))

    def bearers(self) -> Iterator[Found]:
        """Yield words that name nobody by themselves, and end or begin the full name of somebody named before."""
        first: dict[str, int] = {}
        for mention in sorted(self.found, key=lambda mention: mention.start):
            if mention.type == "Person" and mention.end - mention.start > 1:
                for word in (self.doc[mention.start], self.doc[mention.end - 1]):
                    if len(word) > 2 and not self.names.is_common(word.text):
                        first.setdefault(word.text, mention.end)
        for token in self.doc:
            named, known = first.get(token.text), self.at.get(token.i)
            if named is None or token.i < named:
                continue
            if known is not None and (known.entry is not None or known.type == "Person" or known.end - known.start > 1):
                continue
            if self._is_alone(token):
                yield make_name(self.doc, token.i, token.i + 1, ("Person", None, None))

    def halves(self) -> Iterator[Found]:
        """Yield "North" in "North and South Korea", and "the South" where one such state alone is named in the text."""
        told = {
            m.entry.label: m for m in self.found if m.entry is not None and m.entry.kind == "state" and " " in m.entry.label
        }
        for token in self.doc:
            if token.text not in _DIRECTIONS or token.i + 1 >= len(self.doc) or token.i in self.closed:
                continue
            behind = self.doc[token.i + 1]
            other = self.at.get(token.i + 2)
            if behind.lower_ in ("and", "or") and other is not None and other.entry is not None and other.entry.kind == "state":
                first, _, rest = other.entry.label.partition(" ")
                twin = self._state(f"{token.text} {rest}") if first in _DIRECTIONS and first != token.text else None
                if twin is not None:
                    yield self._half(token, twin)
            elif token.i and self.doc[token.i - 1].lower_ == "the" and not behind.text[:1].isupper():
                meant = [m.entry for label, m in told.items() if label.split()[0] in _DIRECTIONS and m.entry is not None]
                twins = {entry.label.partition(" ")[2] for entry in meant}
                state = self._state(f"{token.text} {next(iter(twins))}") if len(twins) == 1 else None
                if state is not None and behind.lower_ not in ("of", "-"):
                    yield self._half(token, state)

    def _half(self, token: Token, state: Entry) -> Found:
        return make_name(self.doc, token.i, token.i + 1, ("State", state.class_, state))

    def _state(self, name: str) -> Entry | None:
        matches = self.names.find(name)
        return next((e for match in matches for e in match.entries if e.kind == "state" and e.label == name), None)

    def repeated(self) -> Iterator[Found]:
        """Yield names of one word, acronyms above all, where the model overlooks them after it has seen them before."""
        kinds: dict[str, Found] = {}
        for mention in sorted(self.found, key=lambda mention: mention.start):
            text = self._text(mention)
            if mention.end - mention.start == 1 and mention.type in ("Agency", "Place") and text.isalpha() and len(text) > 2:
                kinds.setdefault(text, mention)
        for token in self.doc:
            named = kinds.get(token.text)
            if named is None or token.i in self.at or token.i in self.closed:
                continue
            if not token.is_upper and (token.i < named.start or not self._is_alone(token)):
                continue
            yield make_name(self.doc, token.i, token.i + 1, (named.type, named.class_, named.entry))

    def surnames(self) -> Iterator[Found]:
        """Yield the last word of a person's full name where it stands alone behind it and the model sees no name."""
        bearers: dict[str, int] = {}
        for mention in sorted(self.found, key=lambda mention: mention.start):
            last = self.doc[mention.end - 1]
            is_full = mention.type == "Person" and mention.form == "name" and mention.end - mention.start > 1
            if is_full and last.is_title and len(last) > _SHORT_SURNAME and not self.names.is_common(last.text):
                bearers.setdefault(last.text, mention.end)
        written = {token.text for token in self.doc}
        for token in self.doc:
            is_behind = bearers.get(token.text, token.i) < token.i
            if not is_behind or token.i in self.at or token.i in self.closed or token.lower_ in written:
                continue
            beside = [self.doc[i] for i in (token.i - 1, token.i + 1) if 0 <= i < len(self.doc)]
            if token.lower_ not in self.knowledge.nouns and not any(other.text[:1].isupper() for other in beside):
                yield make_name(self.doc, token.i, token.i + 1, ("Person", None, None))

    def _is_alone(self, token: Token) -> bool:
        """True for a word that may be a name and has no other beside it."""
        beside = [self.doc[i] for i in (token.i - 1, token.i + 1) if 0 <= i < len(self.doc)]
        named = any(other.pos_ == "PROPN" and other.text[:1].isupper() and other.sent == token.sent for other in beside)
        return self._is_name(token) and not named

    def _text(self, mention: Found) -> str:
        return self.doc[mention.start : mention.end].text
