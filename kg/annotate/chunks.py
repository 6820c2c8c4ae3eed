"""Names told by their form: institutions ("Conservative Party of Canada"), units, polities, elections, wars, treaties.

They complete the model and the gazetteers where a name is built of a capitalised noun and what belongs to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kg.knowledge import Knowledge, Noun


@dataclass(frozen=True, slots=True)
class Chunk:
    """A name as a token range with its mention type and finest class; `noun`: that of an institution's or place's head."""

    start: int
    end: int
    type: str
    class_: str | None = None
    noun: Noun | None = None


_ROMAN = frozenset(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"))
_PARTICLES = frozenset(("de", "of", "the", "du", "della", "al"))
_DIRECTIONS = frozenset(("eastern", "western", "northern", "southern", "central", "home"))


def find_chunks(doc: Doc, knowledge: Knowledge, silent: set[int], titles: set[int]) -> Iterator[Chunk]:
    """Yield names by form, in text order; they may overlap.

    Args:
        doc: parsed.
        knowledge: nouns for institutions and places, and the word lists "polity", "occasion", "election", "body",
            "unit", "treaty", "place head", "place prefix", "ship prefix".
        silent, titles: tokens that belong to no name (boilerplate; titles of office).
    """
    finder = _Finder(doc, knowledge, silent | titles)
    for token in doc:
        if token.i not in silent and token.is_alpha:
            chunk = finder.at(token)
            if chunk is not None:
                yield chunk


class _Finder:
    def __init__(self, doc: Doc, knowledge: Knowledge, closed: set[int]) -> None:
        self.doc = doc
        self.knowledge = knowledge
        self.words = knowledge.words
        self.closed = closed

    def at(self, head: Token) -> Chunk | None:
        """Give the name that has this head noun, or None."""
        word, capital = head.lower_, head.text[:1].isupper()
        if word == "operation" and capital:
            end = self._right(head.i + 1)
            return Chunk(head.i, end, "Event") if end > head.i + 1 else None
        if head.text in self.words["ship prefix"]:
            end = self._right(head.i + 1, _PARTICLES)
            return Chunk(head.i, end, "Platform", "Ship") if end > head.i + 1 else None
        if word in self.words["election"]:
            return self._election(head)
        if not capital and word in self.words["unit"] and head.i > 1:  # "the 131st Maikop brigade"
            start = self._left(head.i)
            named = start < head.i and _is_ordinal(self.doc[start - 1]) and head.i not in self.closed
            return Chunk(start - 1, head.i + 1, "Agency", "ArmedForce") if named and start > 0 else None
        if not capital and word in self.words["treaty"] and head.i > 0 and head.i not in self.closed:  # "the Minsk accords"
            start = self._left(head.i)
            town = self.knowledge.city(self.doc[start : head.i].text) if start < head.i else None
            return Chunk(start, head.i + 1, "Document") if town is not None else None
        if not capital or head.i in self.closed:
            return None
        if word in self.words["place prefix"]:
            end = self._right(head.i + 1)
            if end > head.i + 1 and (head.i == 0 or not self._is_part(head.i - 1)):
                return Chunk(head.i, end, "Place")
        if word in self.words["unit"]:
            return self._unit(head)
        start, end = self._left(head.i), self._of(head)
        if word in self.words["treaty"]:
            return self._treaty(head, start, end)
        if end - start < 2 or not self._has_name(start, end, head.i):
            return None
        if word in self.words["polity"]:
            return Chunk(start, end, "State", "State")
        if word in self.words["occasion"]:
            return Chunk(self._year(start), end + (end < len(self.doc) and self.doc[end].text in _ROMAN), "Event")
        noun = self.knowledge.nouns.get(word)
        if noun is not None and noun.type == "Agency":
            return Chunk(start, end, "Agency", None, noun)
        if word in self.words["body"] and self.doc[head.i - 1].lower_ not in _DIRECTIONS:
            return Chunk(start, end, "Agency", None, noun if noun is not None and noun.type != "Place" else None)
        if head.ent_type_ == "PERSON" and (noun is not None or word in self.words["surname"]):
            return None
        if start < head.i and (word in self.words["place head"] or (noun is not None and noun.type == "Place")):
            return Chunk(start, head.i + 1, "Place", None, noun)
        return None

    def _unit(self, head: Token) -> Chunk | None:
        """Give a military unit: "5th Special Forces Group", "Task Force 50", "Mobile Unit Two"."""
        start, end = self._left(head.i), head.i + 1
        if start == head.i and start > 1 and self.doc[start - 1].text[:1].isupper() and _is_ordinal(self.doc[start - 2]):
            start -= 1  # "48th Fighter Wing", where "fighter" is also an office
        while start > 0 and _is_ordinal(self.doc[start - 1]):
            start -= 1
        if end < len(self.doc) and (self.doc[end].like_num or self.doc[end].text in _ROMAN) and not self.doc[end].is_sent_start:
            end += 1
        elif start == head.i:
            return None
        return Chunk(start, end, "Agency", "ArmedForce")

    def _treaty(self, head: Token, start: int, end: int) -> Chunk | None:
        """Give a treaty, resolution or law: "Treaty of Lausanne", "Security Council Resolution 2254"."""
        if end == head.i + 1 and end < len(self.doc) and self.doc[end].text[:1].isdigit():
            return Chunk(start, end + 1, "Document")
        if end - start < 2 or not self._has_name(start, end, head.i):
            return None
        return Chunk(start, end, "Document")

    def _is_part(self, index: int) -> bool:
        token = self.doc[index]
        return (
            token.text[:1].isupper()
            and index not in self.closed
            and not token.is_punct
            and token.pos_ not in ("DET", "PRON", "VERB", "AUX", "ADV", "SCONJ")
        )

    def _left(self, head: int) -> int:
        at = head
        while at > 0 and not self.doc[at].is_sent_start:
            before = self.doc[at - 1]
            if self._is_part(at - 1) and before.tag_ not in ("IN", "CC"):
                at -= 1
            elif (before.text == "-" and at > 1 and self._is_part(at - 2) and not before.whitespace_) or (
                before.lower_ == "and"
                and at > 1
                and self._is_part(at - 2)
                and self.doc[at - 2].pos_ == self.doc[at].pos_ == "PROPN"
                and self._joins(at - 1, head)
            ):
                at -= 2
            else:
                break
        return at

    def _joins(self, conjunction: int, head: int) -> bool:
        """True if "and" stands inside a name ("Peace and Freedom Party"), not between two."""
        left = self.doc[conjunction - 1]
        return left.lower_ not in self.knowledge.nouns and left.ent_type_ not in ("PERSON", "GPE") and head - conjunction <= 2

    def _right(self, at: int, particles: frozenset[str] = frozenset()) -> int:
        """Give where a run of capitalised words ends that begins at `at`; a person's name after it is another name."""
        first = at
        while at < len(self.doc) and not self.doc[at].is_sent_start:
            token = self.doc[at]
            if token.lower_ in particles and at + 1 < len(self.doc) and self._is_part(at + 1):
                at += 2
                continue
            person = token.ent_type_ == "PERSON" and at > first and self.doc[at - 1].ent_type_ not in ("PERSON", "")
            if not self._is_part(at) or person:
                break
            at += 1
        return at

    def _of(self, head: Token) -> int:
        """Give the end of the name after "of …", "for …" ("Conservative Party of Canada")."""
        at = head.i + 1
        if at + 1 >= len(self.doc) or self.doc[at].lower_ not in ("of", "for"):
            return at
        first = at + 1 + (self.doc[at + 1].lower_ in ("the", "a", "an"))
        end = self._right(first)
        if end == first:
            return at
        if (
            end + 1 < len(self.doc)
            and self.doc[end].lower_ == "and"
            and self._is_part(end + 1)
            and (self.doc[at].lower_ == "for" or self._is_pair(head, end))
        ):
            end = self._right(end + 1)
        return end

    def _is_pair(self, head: Token, conjunction: int) -> bool:
        """True if two names behind "of" are one whole: "Green Party of England and Wales", "Ministry of Trade and Industry"."""
        left, right = self.doc[conjunction - 1], self.doc[conjunction + 1]
        noun = self.knowledge.nouns.get(head.lower_)
        if noun is None or (right.i + 1 < len(self.doc) and self._is_part(right.i + 1)):
            return False
        if noun.kind == "ministry":
            return left.ent_type_ not in ("GPE", "PERSON") and right.ent_type_ not in ("GPE", "PERSON")
        return left.ent_type_ == right.ent_type_ == "GPE" or left.ent_type_ == right.ent_type_ == "ORG"

    @staticmethod
    def _is_link(word: Token, after: Token, head: Token) -> bool:
        """True for a small word inside an election's name: "Kensington and Chelsea by-election"."""
        return (word.lower_ == "and" and after.text[:1].isupper()) or (word.lower_ in ("of", "for") and after.i < head.i)

    def _has_name(self, start: int, end: int, head: int) -> bool:
        """True if more than the head is capitalised; at the start of a sentence one word is no sign."""
        others = [self.doc[index] for index in range(start, end) if index != head and self.doc[index].text[:1].isupper()]
        return any(not token.is_sent_start or token.pos_ == "PROPN" or token.ent_type_ for token in others)

    def _year(self, start: int) -> int:
        return start - 1 if start > 0 and self.doc[start - 1].like_num and len(self.doc[start - 1]) == 4 else start

    def _election(self, head: Token) -> Chunk | None:
        start = head.i
        if start > 2 and self.doc[start - 1].text == "-" and self.doc[start - 2].lower_ == "by":
            start -= 2
        while start > 0 and not self.doc[start].is_sent_start:
            before = self.doc[start - 1]
            if before.like_num and len(before) == 4:
                start -= 1
                break
            if before.lower_ in self.words["election kind"] or (self._is_part(start - 1) and before.tag_ not in ("IN", "CC")):
                start -= 1
            elif start > 1 and self._is_part(start - 2) and self._is_link(before, self.doc[start], head):
                start -= 2
            else:
                break
        inside = self.doc[start : head.i]
        if not any(token.text[:1].isupper() or token.like_num for token in inside) or all(
            token.is_sent_start for token in inside
        ):
            return None
        if start > 0 and self.doc[start - 1].ent_type_ == "DATE" and self.doc[start].like_num:
            start -= self.doc[start - 1].text[:1].isupper()
        end = head.i + 1
        if end + 1 < len(self.doc) and self.doc[end].lower_ == "in" and self._is_part(end + 1) and self.doc[start].like_num:
            end = self._right(end + 1)
        return Chunk(start, end, "Event")


def _is_ordinal(token: Token) -> bool:
    return token.text[:1].isdigit() and token.lower_.endswith(("st", "nd", "rd", "th"))
