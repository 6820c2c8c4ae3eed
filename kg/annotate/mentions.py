"""Finds mentions: the model's entities corrected and completed by gazetteers, by form and by context.

Takes a parsed `Doc` and gives `Found`, the working form of a mention; `entities.py` then says what each refers to.
Common nouns are found by `nominals.py`, numbers and times by `values.py`.
"""

import re
from collections.abc import Callable, Container, Iterator, Mapping

from spacy.tokens import Doc, Token

from kg.annotate.chunks import Chunk, find_chunks
from kg.annotate.completion import complete_names
from kg.annotate.found import Found, OfficeTitle, agency_class, arms_type, in_order, make_name, singular
from kg.annotate.names import NameFinder, NameMatch, PhraseFinder
from kg.annotate.nominals import NominalFinder
from kg.annotate.parse import Blocks
from kg.annotate.syntax import OBJECT_DEPS, PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS
from kg.annotate.values import values
from kg.knowledge import Entry, Knowledge, Office
from kg.model import Span
from kg.vocab import is_a

_TYPE_OF_KIND = {"state": "State", "person": "Person", "agency": "Agency", "place": "Place"}
_TYPE_OF_LABEL = {
    "PERSON": "Person",
    "ORG": "Agency",
    "GPE": "Place",
    "LOC": "Place",
    "FAC": "Place",
    "NORP": "Nationality",
    "EVENT": "Event",
}
_SILENT = frozenset(("boilerplate", "byline", "speaker"))
_PLACE_PREPOSITIONS = frozenset(
    ("in", "at", "near", "outside", "around", "inside", "into", "through", "over", "toward", "towards")
)
_SUPPORT_WINDOW = 6
_LONGEST_FIELD = 4
"""Words of what a minister is for: "Minister of Water and Natural Resources"."""

_LONGEST_ACRONYM = 6
"""Letters."""

_DIGITS_OF_AGE = 2
_SHORT_NAME = 2
"""Letters of a name that nobody is called by alone."""


_KNOWN_CITY = 100_000
"""People a town must have for its name to be taken as a place against the model's word."""

_NAME_PARTICLES = frozenset(("al", "el", "bin", "ibn", "abu", "ben", "de", "van", "von", "der"))
_NOTE_MARK = re.compile(r"[.,;:)\]”\"'’\s]*\[\d{1,3}\]?(?:\[\d{1,3}\]?)*$")
_BARE_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_FORMER_STATE = "former state"
_LIST_MARKS = frozenset((",", "and", "or", ";"))
_ARMS_EVENTS = frozenset(("Launch", "Shootdown", "Flight", "Interception", "Supply", "Deployment", "Airstrike", "Sale"))
_ERAS = frozenset(("bc", "ad", "bce", "ce", "ph.d", "ph.d.", "mr", "mrs", "ms", "dr"))
_DESIGNATION = re.compile(r"[A-Z]{1,4}[a-z]{0,3}-\d{1,4}[A-Z]{0,3}\d?")


class MentionFinder:
    """Finds the mentions of one document after another; built once, since the indexes are large."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.names = NameFinder(knowledge)
        self.nominals = NominalFinder(knowledge, self.names)
        self._offices = PhraseFinder(knowledge.offices)

    def find(
        self, doc: Doc, blocks: Blocks, published: str | None, publisher: str = ""
    ) -> tuple[list[Found], list[OfficeTitle]]:
        """Find mentions in text order, and the titles of office.

        Args:
            doc: parsed.
            blocks: its layout; boilerplate and bylines hold no mentions.
            published: ISO 8601 date that relative times count from, or None.
            publisher: who published the text, if known.
        """
        silent = _silent_tokens(doc, blocks)
        lower = [token.lower_.replace(".", "") or token.lower_ for token in doc]
        titles = self._titles(doc, lower, silent)
        in_title = {index for start, end, _ in titles for index in range(start, end)}
        found = self._named(doc, silent, titles, in_title, publisher)
        nominals, shown = self.nominals.find(doc, found, in_title, silent)
        named_events = {index for mention in found if mention.type == "Event" for index in range(mention.start, mention.end)}
        things = {index for mention in nominals for index in range(mention.start, mention.end)}
        times = list(values(doc, silent, published, self.knowledge, things))
        weapons = {i for m in found if m.type in ("Weapon", "Platform") for i in range(m.start, m.end)}  # "66 F-16V" is no time
        known = {i for m in found if m.entry is not None for i in range(m.start, m.end)}
        times = [
            value
            for value in times
            if not (named_events | weapons) & set(range(value.start, value.end))
            and not set(range(value.start, value.end)) <= known
        ]
        text = doc.text  # joined anew at each call
        everything = in_order(_without_notes(mention, text) for mention in [*found, *nominals, *times, *shown])
        offices = [OfficeTitle(start, end, office, _body_of_office(doc, start, end, found)) for start, end, office in titles]
        return everything, offices

    # -- names ---------------------------------------------------------------------------------------------------------

    def _named(
        self, doc: Doc, silent: set[int], titles: list[tuple[int, int, Office]], in_title: set[int], publisher: str
    ) -> list[Found]:
        bearers = _surnames(doc)
        matches = [
            match
            for match in self.names.find(doc.text)
            if (match.entries or match.role == "people") and not self._is_of_bearer(doc, match, bearers)
        ]
        supported = {(entry.kind, entry.key) for match in matches if match.role == "name" for entry in match.entries}
        known = [
            mention
            for match in matches
            if (mention := self._from_match(doc, match, supported)) is not None
            and not silent & set(range(mention.start, mention.end))
        ]
        found: list[Found] = []
        replaced: set[int] = set()
        chunks = self._chunks(doc, known, silent, in_title, replaced)
        known = [mention for mention in known if id(mention) not in replaced]
        in_chunk = {index for chunk in chunks for index in range(chunk.start, chunk.end)}
        owner = {index: mention for mention in known for index in range(mention.start, mention.end)}
        places = self._places_by_context(doc)
        one_word = _types_of_one_word_names(doc, bearers)
        for first, last, label in self._pieces(doc):
            type_ = _TYPE_OF_LABEL.get(label)
            if type_ is None or (silent | in_chunk) & set(range(first, last)):
                continue
            start, end = _trim(doc, first, last)
            if start >= end or not any(char.isalpha() for char in doc[start:end].text):
                continue
            if type_ != "Person" and set(range(start, end)) <= in_title:
                continue
            if type_ in ("Place", "Agency") and not any(char.isupper() for char in doc[start:end].text):
                continue
            if end - start == 1 and label != "PERSON" and _is_language(doc, start, end):
                continue
            if end - start == 1 and (doc[start].lower_ in _ERAS or doc[start].lower_ in self.knowledge.words["no name"]):
                continue
            if type_ in ("Person", "Agency", "Place", "Nationality"):
                type_ = one_word.get(_one_word(doc, start, end), type_)
            if type_ in ("Agency", "Place") and self._is_like_person(doc, start, end, one_word):
                type_ = "Person"
            if type_ == "Person":
                end = _whole_person(doc, end, owner)
            inside = {id(owner[index]): owner[index] for index in range(start, end) if index in owner}
            if any(mention.start < start or mention.end > end for mention in inside.values()):
                continue
            if inside and not self._outranks(doc, start, end, type_, list(inside.values())):
                continue
            for mention in inside.values():
                if mention.type not in ("Nationality", "State") or mention.start != start or type_ == "Person":
                    replaced.add(id(mention))
            if type_ == "Person" and not doc[start].text[:1].isupper():
                continue
            if self._is_titled(doc, start, end, in_title) or self._is_bearer(doc, start, end, bearers):
                type_ = "Person"
            else:
                type_ = self._in_context(doc, start, end, type_, places)
            found.append(make_name(doc, start, end, self._type_of(doc, start, end, type_)))
        found += [mention for mention in known if id(mention) not in replaced]
        found = [_without_title(mention, doc, titles) for mention in [*found, *chunks]]
        found += self._towns(doc, found, silent | in_title)
        found = complete_names(doc, found, titles, silent, self.knowledge, self.names, publisher)
        return [*found, *self._bodies(doc, found, silent)]

    def _is_of_bearer(self, doc: Doc, match: NameMatch, bearers: Mapping[str, int]) -> bool:
        """True for the surname of somebody named in full before, whoever else is called so ("Saab said").

        Of a town or state only where the word says, does and is told what people do.
        """
        span = doc.char_span(match.span.start, match.span.end)
        if span is None or len(span) != 1 or bearers.get(span.text, span.start) >= span.start or span[0].ent_iob_ == "I":
            return False
        if any(entry.kind == "person" for entry in match.entries) or self._is_beside_body(doc, span.start, span.end):
            return False
        speaks = span[0].dep_ in SUBJECT_DEPS and (span[0].head.lemma_.lower(), "VERB") in self.knowledge.cues
        return speaks or all(entry.kind in ("agency", "weapon") for entry in match.entries)

    @staticmethod
    def _is_bearer(doc: Doc, start: int, end: int, bearers: Mapping[str, int]) -> bool:
        """True for a name of one word that ends or is part of a full name before it, not behind a preposition of place."""
        before = doc[start - 1].lower_ if start else ""
        is_before = bearers.get(_one_word(doc, start, end), start) < start
        return is_before and before not in _PLACE_PREPOSITIONS | {"from", "to"} and doc[end - 1].pos_ == "PROPN"

    def _is_like_person(self, doc: Doc, start: int, end: int, one_word: Mapping[str, str]) -> bool:
        """True for two or three names before an age ("Dana Orlik, 23, said"), or whose last is a person's elsewhere."""
        words = doc[start:end]
        if not 2 <= len(words) <= 3 or any(token.pos_ != "PROPN" or not token.is_title for token in words):
            return False
        if any(self.names.is_common(token.text) or token.lower_ in self.knowledge.nouns for token in words):
            return False
        return _is_aged(doc, end) or one_word.get(words[-1].text) == "Person"

    def _pieces(self, doc: Doc) -> Iterator[tuple[int, int, str]]:
        """Yield the model's entities as token ranges; towns that it runs together ("Hull, Doncaster") one by one."""
        for ent in doc.ents:
            commas = [token.i for token in ent if token.text == ","]
            ends = [*commas, ent.end]
            starts = [ent.start, *(comma + 1 for comma in commas)]
            parts = [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
            if commas and ent.label_ in ("PERSON", "ORG") and all(self._is_city(doc, start, end) for start, end in parts):
                yield from ((start, end, "GPE") for start, end in parts)
            else:
                yield ent.start, ent.end, ent.label_

    def _is_city(self, doc: Doc, start: int, end: int) -> bool:
        return self.knowledge.city(doc[start:end].text) is not None

    def _in_list_of_places(self, doc: Doc, start: int, end: int) -> bool:
        """True if a name stands between commas or "and" with names of places, and may be a town itself."""
        beside = []
        if start > 1 and doc[start - 1].lower_ in _LIST_MARKS and not doc[start - 1].is_sent_start:
            before = start - 2 - (doc[start - 2].lower_ in _LIST_MARKS)
            beside.append(doc[before] if before >= 0 else doc[start - 2])
        if end + 1 < len(doc) and doc[end].lower_ in _LIST_MARKS:
            after = end + 1 + (doc[end + 1].lower_ in ("and", "or", "the"))
            beside.append(doc[min(after, len(doc) - 1)])
        named = [token for token in beside if token.text[:1].isupper()]
        places = sum(token.ent_type_ in ("GPE", "LOC", "FAC") or self._is_city(doc, token.i, token.i + 1) for token in named)
        return places > 0 and places == len(named) and (places > 1 or self._is_city(doc, start, end))

    def _towns(self, doc: Doc, found: list[Found], closed: set[int]) -> list[Found]:
        """Give the large towns that neither the model nor the gazetteers mark, where a preposition of place stands before."""
        taken = {index for mention in found for index in range(mention.start, mention.end)} | closed
        towns = []
        for token in doc:
            alone = token.pos_ == "PROPN" and token.i not in taken and token.text[:1].isupper() and not token.is_sent_start
            if not alone or token.ent_type_ or token.nbor(-1).lower_ not in _PLACE_PREPOSITIONS | {"from", "to"}:
                continue
            if token.i + 1 < len(doc) and (token.nbor().text[:1].isupper() or token.nbor().text == "-"):
                continue
            city = self.knowledge.city(token.text)
            if city is not None and int(city.facts.get("population", "0")) >= _KNOWN_CITY:
                towns.append(make_name(doc, token.i, token.i + 1, ("Place", city.class_, city)))
        return towns

    def _chunks(self, doc: Doc, known: list[Found], silent: set[int], in_title: set[int], replaced: set[int]) -> list[Found]:
        """Take names by form that are longer than what the gazetteers know of them; marks what they replace."""
        chosen: list[Found] = []
        taken: set[int] = set()
        chunks = sorted(
            find_chunks(doc, self.knowledge, silent, in_title), key=lambda chunk: (chunk.start - chunk.end, chunk.start)
        )
        for chunk in chunks:
            tokens = set(range(chunk.start, chunk.end))
            if tokens & taken:
                continue
            overlapping = [mention for mention in known if tokens & set(range(mention.start, mention.end))]
            if any(mention.start < chunk.start or mention.end > chunk.end for mention in overlapping):
                continue
            if any(
                mention.start <= chunk.start + (doc[chunk.start].lower_ == "the") and mention.end == chunk.end
                for mention in overlapping
            ):
                continue
            if chunk.type == "Agency" and self._is_two_names(doc, chunk, overlapping):
                continue
            taken |= tokens
            replaced.update(
                id(mention) for mention in overlapping if mention.type != "Nationality" or mention.start != chunk.start
            )
            class_ = agency_class(chunk.noun) if chunk.noun is not None and chunk.type == "Agency" else chunk.class_
            chosen.append(make_name(doc, chunk.start, chunk.end, (chunk.type, class_, None)))
        return chosen

    @staticmethod
    def _is_two_names(doc: Doc, chunk: Chunk, inside: list[Found]) -> bool:
        """True if the chunk is a known body and something else beside it ("CNN report", "Pentagon State Department")."""
        bodies = [mention for mention in inside if mention.type in ("Agency", "Person")]
        return len(bodies) > 1 or any(
            mention.start == chunk.start and mention.end - mention.start > 1 and doc[mention.end].lower_ not in ("of", "for")
            for mention in bodies
        )

    def _places_by_context(self, doc: Doc) -> set[str]:
        """Give names that this document uses as places: "in Raqqah", "the city of Sinjar"."""
        placing = self.knowledge.words["placing word"]
        votes: dict[str, int] = {}
        for ent in doc.ents:
            start, end = _trim(doc, ent.start, ent.end)
            if start >= end or ent.label_ in ("DATE", "TIME", "MONEY", "CARDINAL", "QUANTITY", "PERCENT", "NORP", "EVENT"):
                continue
            name = doc[start:end].text
            before = doc[start - 1] if start else None
            if before is None or before.lower_ in ("mr", "mr.", "ms", "ms.", "mrs", "mrs.", "dr", "dr."):
                continue
            towards = before.lower_ in ("from", "to", "at", "through", "into", "towards") and self._is_city(doc, start, end)
            if ent.label_ in ("GPE", "LOC", "FAC") or towards:
                votes[name] = votes.get(name, 0) + 1
            elif (
                before.lower_ in ("in", "near", "outside", "around")
                and _words(doc, start, end) <= 3
                and not doc[end - 1].is_punct
            ):
                votes[name] = votes.get(name, 0) + 1 + (self.knowledge.city(name) is not None)
            elif before.lower_ == "of" and start > 1 and doc[start - 2].lower_ in placing:
                votes[name] = votes.get(name, 0) + 2
            else:
                votes[name] = votes.get(name, 0) - 1
        return {name for name, vote in votes.items() if vote > 0}

    def _is_titled(self, doc: Doc, start: int, end: int, in_title: set[int]) -> bool:
        """True for a person by the word before or at its start: "Capt. Julien Morel", "Abu Walid"."""
        words = doc[start:end]
        if not 1 <= len(words) <= 3 or any(token.pos_ != "PROPN" or self.names.is_common(token.text) for token in words):
            return False
        if words[0].text in ("Abu", "Umm") and len(words) > 1:
            return not self._is_city(doc, start, end)
        before = doc[start - 1] if start else None
        return before is not None and before.i in in_title and before.text[:1].isupper() and not self._is_city(doc, start, end)

    def _in_context(self, doc: Doc, start: int, end: int, type_: str, places: set[str]) -> str:
        """Correct the model's type of a name by the words before it and by how the document uses it elsewhere."""
        if start and doc[start - 1].lower_.rstrip(".") in ("mr", "mrs", "ms", "dr", "sheikh"):
            return "Person"
        name = doc[start:end].text
        if type_ in ("Person", "Agency", "Nationality") and name in places:
            return "Place"
        if type_ == "Person" and end < len(doc) and doc[end].text in self.knowledge.words["noun for unknown City"]:
            return "Place"  # "Qala Nawab district"
        if type_ in ("Person", "Agency") and end - start <= 2 and self._in_list_of_places(doc, start, end):
            return "Place"
        if type_ in ("Agency", "Place") and self._is_full_name(doc, start, end):
            return "Person"
        if type_ == "Person" and end - start == 1 and doc[start].dep_ in ("conj", "pobj", "npadvmod", "appos"):
            city = self.knowledge.city(name)
            if city is not None and int(city.facts.get("population", "0")) >= _KNOWN_CITY:
                return "Place"
        last, words = doc[end - 1].lower_, self.knowledge.words
        is_place = type_ == "Person" and last in words["place head"] and end - start > 1
        is_at = start > 0 and doc[start - 1].lower_ in _PLACE_PREPOSITIONS | {"to", "from"}
        if is_place and (is_at or last not in words["surname"]) and doc[start].text not in self.knowledge.given_names:
            return "Place"  # "Gimpo Airport", "drove to Geary Lake"
        if type_ == "Person" and end - start == 1 and self._is_acronym(doc[start]):
            return "Agency"  # "Gary Chan of DAB"
        if type_ == "Nationality" and doc[end - 1].tag_ in ("NNP", "NNPS") and doc[end - 1].dep_ not in ("amod", "compound"):
            return "Agency"
        return type_

    @staticmethod
    def _is_acronym(token: Token) -> bool:
        """True for a few capitals in a sentence that has small letters."""
        is_short = 1 < len(token) <= _LONGEST_ACRONYM and token.text.isalpha() and token.is_upper
        return is_short and any(other.is_lower for other in token.sent)

    def _is_full_name(self, doc: Doc, start: int, end: int) -> bool:
        """True for two or three names of which the first is a given name ("Ratko Simic"), and no town's ("San Jose")."""
        words = doc[start:end]
        if not 2 <= len(words) <= 3 or words[0].text not in self.knowledge.given_names:
            return False
        plain = all(token.pos_ == "PROPN" and token.is_alpha and token.is_title for token in words)
        known = any(self.names.is_common(token.text) or token.lower_ in self.knowledge.nouns for token in words)
        return plain and not known and not self._is_city(doc, start, end) and not self._is_city(doc, start, start + 1)

    def _from_match(self, doc: Doc, match: NameMatch, supported: set[tuple[str, str]]) -> Found | None:
        span = doc.char_span(match.span.start, match.span.end, alignment_mode="expand")
        if span is None:
            return None
        start, end = span.start, span.end
        last = doc[end - 1]
        if match.role == "people" and not doc[start].text[:1].isupper():
            return None
        if match.role in ("people", "adjective") and _is_language(doc, start, end):
            return None
        is_people = last.tag_ == "NNPS" or (last.tag_ == "NNS" and last.text[:1].isupper())
        is_people = is_people or (match.role == "people" and any(child.dep_ == "nummod" for child in last.children))
        if match.role == "people":
            return Found(
                start,
                end,
                match.span,
                "Group" if is_people else "Nationality",
                "Group" if is_people else None,
                "name",
                end - 1,
                lemma=self.knowledge.peoples.get(doc[start:end].text, ""),
            )
        entry = self._choose(doc, match, start, end, supported)
        if entry is None:
            return None
        exact = (
            match.span
            if last.idx + len(last.text) > match.span.end and "-" in last.text
            else Span(doc[start].idx, last.idx + len(last.text))
        )
        type_ = _TYPE_OF_KIND.get(entry.kind) or arms_type(entry.class_)
        if entry.facts.get("kind") == _FORMER_STATE:
            type_ = "State"
        if match.role == "adjective":
            if entry.kind == "state" and "." in doc[start:end].text and end - start == 1:
                return Found(start, end, exact, "State", "State", "name", end - 1, entry)
            if is_people and entry.kind == "state":  # "Syrians fled": the people, not the state
                demonym = Found(start, end, exact, "Nationality", None, "name", end - 1, entry)
                return Found(start, end, exact, "Group", "Group", "name", end - 1, lemma=last.lower_, operator=demonym)
            return Found(start, end, exact, "Nationality", None, "name", end - 1, entry)
        if (
            match.role == "metonym"
            and not self._speaks_through(last)
            and not _acts(last, self.knowledge.words["locative noun"], self.knowledge.cues, self._is_physical)
        ):
            place = self.knowledge.city(doc[start:end].text)
            return Found(start, end, exact, "Place", "City", "name", end - 1, place)
        return Found(start, end, exact, type_, entry.class_, "name", doc[start:end].root.i, entry)

    def _speaks_through(self, token: Token) -> bool:
        """True for the capital in "a Kremlin spokesman", "Washington officials"; not in "Moscow residents"."""
        if token.dep_ not in ("compound", "nmod") or token.head.i <= token.i:
            return False
        noun = self.knowledge.nouns.get(singular(token.head))
        return noun is not None and noun.kind in ("official", "leader")

    def _is_physical(self, token: Token) -> bool:
        """True for words of attack, capture and visit, whose object is the town and not the government."""
        triggers = self.knowledge.events.get((token.lemma_.lower(), "NOUN" if token.pos_ == "NOUN" else "VERB"), ())
        return any(is_a(trigger.name, name) for trigger in triggers for name in ("Attack", "Capture", "Movement", "Siege"))

    def _choose(self, doc: Doc, match: NameMatch, start: int, end: int, supported: set[tuple[str, str]]) -> Entry | None:
        """Pick among entries of one name, or none: an ambiguous name needs support from the text."""
        text, window = doc[start:end].text, doc[max(0, start - _SUPPORT_WINDOW) : min(len(doc), end + _SUPPORT_WINDOW)]
        entries = sorted(
            match.entries, key=lambda entry: (("state", "agency", "person", "place", "weapon").index(entry.kind), entry.key)
        )
        if match.role != "ambiguous":
            return next((entry for entry in entries if (entry.kind, entry.key) in supported), entries[0])
        if not any(char.isupper() for char in text):
            return None
        label = doc[end - 1].ent_type_
        for entry in entries:
            if entry.kind == "weapon":
                near = any(singular(token) in self.knowledge.weapon_nouns and not start <= token.i < end for token in window)
                if label != "PERSON" and (near or self._is_arms(doc, start, end)):
                    return entry
            elif (
                (entry.kind, entry.key) in supported
                or (
                    entry.kind in ("agency", "place")
                    and label in ("ORG", "GPE", "LOC", "FAC")
                    and (text.isupper() or entry.kind == "place" or self._is_beside_body(doc, start, end))
                )
                or (
                    entry.kind == "state"
                    and (label in ("GPE", "NORP", "LOC") or (text == entry.label and _stands_alone(doc, start, end)))
                )
            ):
                return entry
        return None

    def _is_beside_body(self, doc: Doc, start: int, end: int) -> bool:
        """True for a name with a noun for bodies or fighters beside it: "the company Wagner", "Wagner fighters"."""
        beside = [doc[i] for i in (start - 1, end) if 0 <= i < len(doc)]
        nouns = (self.knowledge.nouns.get(singular(token)) for token in beside if token.text.islower())
        return any(noun is not None and (noun.type == "Agency" or noun.kind == "fighter") for noun in nouns)

    def _is_arms(self, doc: Doc, start: int, end: int) -> bool:
        """True if a word that also names other things does here what weapons do: "two Typhoons flew", "sent Patriots"."""
        head = doc[start:end].root
        beside = [doc[i] for i in (start - 1, end) if 0 <= i < len(doc)]
        if any(token.pos_ == "PROPN" and token.text[:1].isupper() and not doc[start].is_sent_start for token in beside):
            return False
        while head.dep_ == "conj" and head.head.i != head.i:
            head = head.head
        triggers = self.knowledge.events.get((head.head.lemma_.lower(), "VERB"), ())
        return any(trigger.name in _ARMS_EVENTS for trigger in triggers)

    def _outranks(self, doc: Doc, start: int, end: int, type_: str, inside: list[Found]) -> bool:
        """True if the model's longer name is to be kept instead of the gazetteer's names inside it."""
        if all(token.like_num or any(m.start <= token.i < m.end for m in inside) for token in doc[start:end]):
            return False  # "Eleven Scuds"
        covered = sum(mention.end - mention.start for mention in inside)
        if covered >= sum(
            not token.is_punct and token.lower_ not in ("the", "a", "an", "'s", "’s") for token in doc[start:end]
        ):
            return False
        if type_ == "Person":
            return (
                not any(mention.type in ("Person", "Weapon", "Platform") for mention in inside)
                and doc[end - 1].pos_ == "PROPN"
                and (
                    any(mention.end < end for mention in inside)
                    and not any(t.dep_ == "case" for t in doc[start:end])
                    and not any(mention.start == start and self._is_state_only(mention, doc) for mention in inside)
                )
            )
        if type_ == "Agency" or type_ == "Event":
            if any(
                token.dep_ == "case" or (token.is_punct and token.text not in ("-", "’", "'", "&")) for token in doc[start:end]
            ):
                return False
            if any(mention.type in ("Agency", "Person") and mention.end - mention.start >= 2 for mention in inside):
                return False
            rest = [t for t in doc[start:end] if not any(m.start <= t.i < m.end for m in inside) and t.lower_ != "the"]
            return all(token.text[:1].isupper() or token.lower_ in ("of", "for", "and", "-") for token in rest)
        return False

    def _is_state_only(self, mention: Found, doc: Doc) -> bool:
        """True for a state or people whose name nobody bears: not for "Lydia", which was a kingdom, nor for "Chad"."""
        if mention.type not in ("Nationality", "State"):
            return False
        is_past = mention.entry is not None and mention.entry.facts.get("kind") == _FORMER_STATE
        return not is_past and doc[mention.start : mention.end].text not in self.knowledge.given_names

    def _type_of(self, doc: Doc, start: int, end: int, type_: str) -> tuple[str, str | None, Entry | None]:
        """Refine the model's type of a name the gazetteers do not list: by its last word, by geography, by form."""
        words = [token for token in doc[start:end] if token.is_alpha]
        text = doc[start:end].text
        if _is_designation(text):
            return "Weapon", "Weapon", None
        if type_ in ("Agency", "Place") and words:
            noun = self.knowledge.nouns.get(words[-1].lower_) or next(
                (n for t in words if (n := self.knowledge.nouns.get(t.lower_)) and n.type == "Agency"), None
            )
            weapon = self.knowledge.weapon_nouns.get(words[-1].lemma_.lower())
            if weapon and words[-1].lemma_.lower() not in self.knowledge.ambiguous_weapon_nouns and len(words) > 1:
                return arms_type(weapon), weapon, None
            if type_ == "Agency" and noun and noun.type == "Place" and len(words) > 1:
                return "Place", None, None
            if type_ == "Agency" and noun and noun.type == "Agency":
                return "Agency", agency_class(noun), None
        if type_ == "Place":
            city = self.knowledge.city(text)
            return "Place", (city.class_ if city else None), city
        return type_, None, None

    def _bodies(self, doc: Doc, found: list[Found], silent: set[int]) -> Iterator[Found]:
        """Yield bodies named by a state and a noun: "the Syrian government", "Iraqi security forces", "Iran's army"."""
        for mention in found:
            if mention.entry is None or mention.entry.kind not in ("state", "place") or mention.form != "name":
                continue
            at = mention.end
            if at < len(doc) and doc[at].dep_ == "case":
                at += 1
            last = None
            for index in range(at, min(at + 4, len(doc))):
                token = doc[index]
                if token.is_space or token.is_punct or index in silent or token.pos_ not in ("NOUN", "PROPN", "ADJ"):
                    break
                if any(other.start <= index < other.end for other in found if other is not mention):
                    last = None
                    break
                noun = self.knowledge.nouns.get(token.lower_) or self.knowledge.nouns.get(singular(token))
                if noun and noun.type == "Agency":
                    last = index, noun
                elif token.text[:1].isupper() and not self.names.is_common(token.text):  # "Iran's Fars news agency" is a name
                    last = None
                    break
            if last:
                head, noun = last
                words = " ".join(token.lower_ for token in doc[at : head + 1])
                start = mention.start
                yield Found(
                    start,
                    head + 1,
                    Span(mention.span.start, doc[head].idx + len(doc[head].text)),
                    "Agency",
                    agency_class(noun),
                    "name",
                    head,
                    lemma=words,
                    noun=noun,
                    operator=mention,
                )

    # -- titles --------------------------------------------------------------------------------------------------------

    def _titles(self, doc: Doc, lower: list[str], silent: set[int]) -> list[tuple[int, int, Office]]:
        found: list[tuple[int, int, Office]] = []
        at = 0
        while at < len(doc):
            is_word = doc[at].text.rstrip(".").isalpha()  # "Gen." too
            match = self._offices.longest_at(lower, at) if at not in silent and is_word else None
            if match is None:
                at += 1
                continue
            end, phrase = match
            office = self.knowledge.offices[phrase]
            if office.category == "honorific" and not (end < len(doc) and doc[end].text[:1].isupper()):
                at += 1  # "the father of the accused"
                continue
            end = _end_of_title(doc, end) if office.category != "honorific" and doc[at].text[:1].isupper() else end
            if found and found[-1][1] == at and doc[at - 1].is_title and lower[at - 1] in self.knowledge.words["title prefix"]:
                at = found.pop()[0]
            found.append((at, end, office))
            at = end
        return found


def _end_of_title(doc: Doc, end: int) -> int:
    """Give the end of a title with the field it is for, if a person's name follows: "Deputy Secretary of Energy Jane Doe"."""
    if end + 1 >= len(doc) or doc[end].lower_ not in ("of", "for"):
        return end
    for at in range(end + 1, min(end + 2 + _LONGEST_FIELD, len(doc))):
        if doc[at].ent_type_ == "PERSON" and doc[at].ent_iob_ == "B":
            return at if at > end + 1 else end
        if not (doc[at].text[:1].isupper() or doc[at].lower_ in ("and", "the", "&")) or doc[at].ent_type_ in (
            "GPE",
            "NORP",
            "ORG",
        ):
            return end
    return end


def _stands_alone(doc: Doc, start: int, end: int) -> bool:
    """True unless the name of a state is part of somebody's: "in Mali", but "Michael Jordan", "Jordan Smith", "Ms Georgia"."""
    name = doc[start:end].text
    before, after = doc[start - 1] if start else None, doc[end] if end < len(doc) else None
    if after is not None and after.text[:1].isupper() and after.pos_ == "PROPN" and not after.is_sent_start:
        return False
    if before is not None and before.pos_ == "PROPN" and not doc[start].is_sent_start:
        return False
    return not any(ent.label_ == "PERSON" and len(ent) > 1 and name in (ent[0].text, ent[-1].text) for ent in doc.ents)


def _is_aged(doc: Doc, end: int) -> bool:
    """True if an age stands behind a name: "…, 23, …", "… (23)"."""
    if end + 2 >= len(doc) or doc[end].text not in (",", "("):
        return False
    age = doc[end + 1].text
    return len(age) == _DIGITS_OF_AGE and age.isdigit() and doc[end + 2].text in (",", ")", ".", ";")


def _words(doc: Doc, start: int, end: int) -> int:
    """Count the words of a name, particles and hyphens aside."""
    return sum(token.is_alpha and token.lower_ not in _NAME_PARTICLES for token in doc[start:end])


def _one_word(doc: Doc, start: int, end: int) -> str:
    """Give a name of one word, without the particle before it ("el Aissami"); "" for a longer one."""
    first = start + (end - start > 1 and doc[start].text in _NAME_PARTICLES)
    return doc[first].text if end - first == 1 else ""


def _surnames(doc: Doc) -> dict[str, int]:
    """Give the words of full names of persons behind the given one, and where each first ends."""
    found: dict[str, int] = {}
    for ent in doc.ents:
        start, end = _trim(doc, ent.start, ent.end)
        if ent.label_ == "PERSON" and end > start + 1 and doc[start].is_title and doc[end - 1].is_title:
            for token in doc[start + 1 : end]:
                if token.is_title and len(token) > _SHORT_NAME:
                    found.setdefault(token.text, end)
    return found


def _types_of_one_word_names(doc: Doc, surnames: Container[str]) -> dict[str, str]:
    """Give one type to each one-word name of a document: that of the full name it ends, else the model's most frequent."""
    votes: dict[str, dict[str, int]] = {}
    for ent in doc.ents:
        type_ = _TYPE_OF_LABEL.get(ent.label_)
        if type_ not in ("Person", "Agency", "Place"):
            continue
        name = _one_word(doc, *_trim(doc, ent.start, ent.end))
        if name:
            tally = votes.setdefault(name, {})
            tally[type_] = tally.get(type_, 0) + 1
    types = {}
    for name, tally in votes.items():
        best = max(sorted(tally), key=lambda type_: tally[type_])
        types[name] = "Person" if name in surnames else best
    return types


def _whole_person(doc: Doc, end: int, owner: Mapping[int, Found]) -> int:
    """Give the end of a person's name with the parts the model leaves out ("Sajida Mubarak Atrous al-Rishawi")."""
    while end < len(doc):
        token = doc[end]
        particle = token.lower_ in _NAME_PARTICLES and end + 1 < len(doc)
        hyphen = token.text == "-" and not token.whitespace_ and not doc[end - 1].whitespace_
        name = token.pos_ == "PROPN" and token.text[:1].isupper() and end not in owner and token.ent_type_ in ("", "PERSON")
        if token.is_sent_start or not (
            name
            or ((particle or hyphen) and end + 1 < len(doc) and (doc[end + 1].text[:1].isupper() or doc[end + 1].text == "-"))
        ):
            break
        end += 1
    return end


def _is_designation(text: str) -> bool:
    return bool(_DESIGNATION.fullmatch(text))


def _trim(doc: Doc, start: int, end: int) -> tuple[int, int]:
    while start < end and (
        doc[start].is_space or doc[start].is_punct or doc[start].lower_ in ("the", "a", "an", "near", "outside", "inside")
    ):
        start += 1
    bracket = next((index for index in range(start + 1, end) if doc[index].text == "("), None)
    if bracket is not None and all(doc[index].text != ")" for index in range(bracket, end)):
        end = bracket
    while end > start and (doc[end - 1].is_space or doc[end - 1].is_punct or doc[end - 1].lower_ in ("'s", "’s", "'", "’")):
        end -= 1
    return start, end


def _without_title(mention: Found, doc: Doc, titles: list[tuple[int, int, Office]]) -> Found:
    """Take titles of office off the front of a person's name ("Gen. Votel")."""
    if mention.type != "Person" or mention.entry is not None:
        return mention
    start = mention.start
    for title_start, title_end, _ in titles:
        if start <= title_start < mention.end and title_end < mention.end and title_start - start <= 2:
            start = title_end
    while start < mention.end - 1 and doc[start].is_punct:
        start += 1
    if start == mention.start:
        return mention
    mention.start = start
    mention.span = Span(doc[start].idx, mention.span.end)
    return mention


def _acts(token: Token, locative: frozenset[str], cues: Container[tuple[str, str]], physical: Callable[[Token], bool]) -> bool:
    """True if the name of a capital stands for the government: it acts, is spoken to or owns; not "in Moscow"."""
    if token.is_sent_start and token.i + 1 < len(token.doc) and token.nbor(1).text == ":":  # "Moscow: all missiles hit"
        return True
    if token.i > 1 and token.nbor(-1).text == "-" and token.nbor(-2).lower_ in ("pro", "anti"):  # "pro-Moscow separatists"
        return True
    if token.dep_ == "pobj":
        preposition = token.head.lower_
        if preposition in _PLACE_PREPOSITIONS:
            return False
        return preposition in ("by", "with", "between", "against", "according", "among") or (
            preposition in ("to", "from", "on", "of", "for")
            and token.head.head.pos_ == "NOUN"
            and token.head.head.lemma_ not in locative
            and preposition != "to"
            and not physical(token.head.head)
        )
    if token.dep_ == "conj":
        return _acts(token.head, locative, cues, physical)
    if token.dep_ in OBJECT_DEPS:
        return (token.head.lemma_, "VERB") in cues and not physical(token.head)
    if token.dep_ == "poss":
        return token.head.lemma_ not in locative
    if token.dep_ in PASSIVE_SUBJECT_DEPS:
        return not physical(token.head)
    return token.dep_ in SUBJECT_DEPS and token.head.lemma_ != "be"


def _body_of_office(doc: Doc, start: int, end: int, found: list[Found]) -> Found | None:
    """Give the state or body of an office: "Russian Defense Minister", "Turkey's president", "president of Iran"."""
    for mention in found:
        before = mention.end == start or (mention.end == start - 1 and doc[start - 1].dep_ == "case")
        inside = mention.start >= start and mention.end <= end
        after = end < len(doc) and doc[end].lower_ in ("of", "for", "at") and mention.start in (end + 1, end + 2)
        if mention.type in ("Nationality", "State", "Agency") and (before or after or inside):
            return mention
    return None


def _is_language(doc: Doc, start: int, end: int) -> bool:
    """True for an adjective that says in which language a name follows: "(Arabic: …)"."""
    return end < len(doc) and doc[end].text == ":" and start > 0 and doc[start - 1].text in ("(", ",", ";")


def _without_notes(mention: Found, text: str) -> Found:
    """Cut the marks of footnotes off a mention's end: "Damascus University.[1][2"."""
    note = _NOTE_MARK.search(text, mention.span.start, mention.span.end)
    if note and note.start() > mention.span.start:
        mention.span = Span(mention.span.start, note.start())
        if mention.type == "Quantity" and _BARE_YEAR.fullmatch(text, mention.span.start, mention.span.end):
            mention.type = "Time"
    return mention


def _silent_tokens(doc: Doc, blocks: Blocks) -> set[int]:
    silent: set[int] = set()
    for span, kind in blocks:
        if kind in _SILENT:
            tokens = doc.char_span(span.start, span.end, alignment_mode="expand")
            if tokens is not None:
                silent.update(range(tokens.start, tokens.end))
    return silent
