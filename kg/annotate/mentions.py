"""Finds mentions: the model's entities corrected and completed by gazetteers, nouns for weapons and people, numbers, times.

Takes a parsed `Doc` and gives `Found`, the working form of a mention; `entities.py` then says what each refers to.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Token
from spacy.tokens import Span as SpacySpan

from kg.annotate.amounts import Amount, read_amount, read_day
from kg.annotate.chunks import Chunk, find_chunks
from kg.annotate.names import NameFinder, NameMatch, PhraseFinder
from kg.annotate.parse import Blocks
from kg.annotate.phrases import pronouns, whole_phrase
from kg.annotate.syntax import OBJECT_DEPS, PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS
from kg.knowledge import Entry, Knowledge, Noun, Office
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
    "DATE": "Time",
    "TIME": "Time",
    "MONEY": "Money",
    "CARDINAL": "Quantity",
    "QUANTITY": "Quantity",
    "PERCENT": "Quantity",
}
_SILENT = frozenset(("boilerplate", "byline", "speaker"))
_PLACE_PREPOSITIONS = frozenset(
    ("in", "at", "near", "outside", "around", "inside", "into", "through", "over", "toward", "towards")
)
_PREMODIFIERS = frozenset(("compound", "amod", "nummod", "nmod", "quantmod", "punct"))
_SUPPORT_WINDOW = 6
_KNOWN_CITY = 100_000
"""People a town must have for its name to be taken as a place against the model's word."""

_NAME_PARTICLES = frozenset(("al", "el", "bin", "ibn", "abu", "ben", "de", "van", "von", "der"))
_NUMBER_NOUNS = frozenset(
    (
        "half",
        "quarter",
        "third",
        "dozen",
        "dozens",
        "hundreds",
        "thousands",
        "tens",
        "scores",
        "millions",
        "billions",
        "few",
        "couple",
    )
)
_NOTE_MARK = re.compile(r"[.,;:)\]”\"'’\s]*\[\d{1,3}\]?(?:\[\d{1,3}\]?)*$")
_BARE_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_FORMER_STATE = "former state"
_LIST_MARKS = frozenset((",", "and", "or", ";"))
_ERAS = frozenset(("bc", "ad", "bce", "ce", "ph.d", "ph.d.", "mr", "mrs", "ms", "dr"))
_DESIGNATION = re.compile(r"[A-Z]{1,4}[a-z]{0,3}-\d{1,4}[A-Z]{0,3}\d?")


@dataclass(slots=True)
class Found:
    """A mention while the text is being read.

    Attributes:
        start, end: token range; span: the exact characters (may be part of a token: "U.S." in "U.S.-led").
        form: "name", "nominal", "pronoun", "value" or "listed": shown, but covering no token (`start == end`), so that
            nothing that asks what stands at a token meets it, and naming no entity.
        entry: the gazetteer's entry, if the name is known.
        head: index of the token that carries its grammar.
        lemma: of a nominal: its noun phrase in the singular, lower case ("cruise missile", "official").
        noun: of a nominal group, agency or place: what the gazetteer says of its head noun.
        operator: of a nominal: the entry of the state or body that owns or sends it ("Russian ships").
        amount: how many.
        offices: titles written with a person's name.
        entity: IRI, once resolved.
        value: of a time: ISO 8601 date.
    """

    start: int
    end: int
    span: Span
    type: str
    class_: str | None
    form: str
    head: int
    entry: Entry | None = None
    lemma: str = ""
    noun: Noun | None = None
    operator: "Found | None" = None
    amount: Amount | None = None
    entity: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class OfficeTitle:
    """A title of office in the text: tokens [start, end), and the state or body it belongs to, if told beside it."""

    start: int
    end: int
    office: Office
    body: Found | None


class MentionFinder:
    """Finds the mentions of one document after another; built once, since the indexes are large."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.names = NameFinder(knowledge)
        self._weapon_nouns = PhraseFinder(knowledge.weapon_nouns)
        self._nouns = PhraseFinder(knowledge.nouns)
        self._offices = PhraseFinder(knowledge.offices)

    def find(self, doc: Doc, blocks: Blocks, published: str | None) -> tuple[list[Found], list[OfficeTitle]]:
        """Find mentions in text order, and the titles of office.

        Args:
            doc: parsed.
            blocks: its layout; boilerplate and bylines hold no mentions.
            published: ISO 8601 date that relative times count from, or None.
        """
        silent = _silent_tokens(doc, blocks)
        lower = [token.lower_.replace(".", "") or token.lower_ for token in doc]
        singular = [_singular(token) for token in doc]
        titles = self._titles(doc, lower, silent)
        found = self._named(doc, silent, {index for start, end, _ in titles for index in range(start, end)})
        found = [_without_title(mention, doc, titles) for mention in found]
        taken = {index for mention in found if mention.form == "name" for index in range(mention.start, mention.end)}
        in_title = {index for start, end, _ in titles for index in range(start, end)}
        nominal = list(self._weapons(doc, singular, taken, silent, found))
        taken |= {index for mention in nominal for index in range(mention.start, mention.end)}
        nominal += self._groups(doc, singular, taken | in_title, silent, found)
        named_events = {index for mention in found if mention.type == "Event" for index in range(mention.start, mention.end)}
        values = list(_values(doc, silent, published, self.knowledge.words["vagueness"]))
        weapons = {i for m in found if m.type in ("Weapon", "Platform") for i in range(m.start, m.end)}  # "66 F-16V" is no time
        values = [value for value in values if not (named_events | weapons) & set(range(value.start, value.end))]
        heads = {mention.head: mention for mention in found}
        for mention in nominal:
            mention.amount = self._amount(doc, mention)
            if mention.operator is None:
                mention.operator = _operator(doc, mention, heads)
        listed = [_listed(token, token, type_) for token, type_ in pronouns(doc, silent)]
        listed += self._areas(doc, found)
        listed += self._texts(doc, singular, taken | in_title, silent)
        text = doc.text  # joined anew at each call
        everything = _in_order(_without_notes(mention, text) for mention in [*found, *nominal, *values, *listed])
        offices = [OfficeTitle(start, end, office, _body_of_office(doc, start, end, found)) for start, end, office in titles]
        return everything, offices

    # -- names ---------------------------------------------------------------------------------------------------------

    def _named(self, doc: Doc, silent: set[int], in_title: set[int]) -> list[Found]:
        matches = [match for match in self.names.find(doc.text) if match.entries or match.role == "people"]
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
        one_word = _types_of_one_word_names(doc)
        for first, last, label in self._pieces(doc):
            type_ = _TYPE_OF_LABEL.get(label)
            if type_ is None or type_ in ("Time", "Money", "Quantity") or (silent | in_chunk) & set(range(first, last)):
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
            if end - start == 1 and type_ in ("Person", "Agency", "Place", "Nationality"):
                type_ = one_word.get(doc[start].text, type_)
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
            type_ = "Person" if self._is_titled(doc, start, end, in_title) else self._in_context(doc, start, end, type_, places)
            found.append(_name(doc, start, end, self._type_of(doc, start, end, type_)))
        found += [mention for mention in known if id(mention) not in replaced]
        found += chunks
        _name_ships(doc, found)
        found += self._towns(doc, found, silent | in_title)
        found += self._bodies(doc, found, silent)
        return found

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
                towns.append(_name(doc, token.i, token.i + 1, ("Place", city.class_, city)))
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
            chosen.append(_name(doc, chunk.start, chunk.end, (chunk.type, class_, None)))
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
            elif before.lower_ in ("in", "near", "outside", "around") and end - start <= 3 and not doc[end - 1].is_punct:
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
        if type_ in ("Person", "Agency") and end - start <= 2 and self._in_list_of_places(doc, start, end):
            return "Place"
        if type_ == "Person" and end - start == 1 and doc[start].dep_ in ("conj", "pobj", "npadvmod", "appos"):
            city = self.knowledge.city(name)
            if city is not None and int(city.facts.get("population", "0")) >= _KNOWN_CITY:
                return "Place"
        if type_ == "Nationality" and doc[end - 1].tag_ in ("NNP", "NNPS") and doc[end - 1].dep_ not in ("amod", "compound"):
            return "Agency"
        return type_

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
        type_ = _TYPE_OF_KIND.get(entry.kind) or ("Platform" if is_a(entry.class_, "Platform") else "Weapon")
        if entry.facts.get("kind") == _FORMER_STATE:
            type_ = "State"
        if match.role == "adjective":
            if entry.kind == "state" and "." in doc[start:end].text and end - start == 1:
                return Found(start, end, exact, "State", "State", "name", end - 1, entry)
            if is_people and entry.kind == "state":  # "Syrians fled": the people, not the state
                demonym = Found(start, end, exact, "Nationality", None, "name", end - 1, entry)
                return Found(start, end, exact, "Group", "Group", "name", end - 1, lemma=last.lower_, operator=demonym)
            return Found(start, end, exact, "Nationality", None, "name", end - 1, entry)
        if match.role == "metonym" and not _acts(
            last, self.knowledge.words["locative noun"], self.knowledge.cues, self._is_physical
        ):
            place = self.knowledge.city(doc[start:end].text)
            return Found(start, end, exact, "Place", "City", "name", end - 1, place)
        return Found(start, end, exact, type_, entry.class_, "name", end - 1, entry)

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
                near = any(_singular(token) in self.knowledge.weapon_nouns and not start <= token.i < end for token in window)
                if near and label not in ("PERSON",):
                    return entry
            elif (
                (entry.kind, entry.key) in supported
                or (
                    entry.kind in ("agency", "place")
                    and label in ("ORG", "GPE", "LOC", "FAC")
                    and (text.isupper() or entry.kind == "place")
                )
                or (entry.kind == "state" and label in ("GPE", "NORP", "LOC"))
            ):
                return entry
        return None

    def _outranks(self, doc: Doc, start: int, end: int, type_: str, inside: list[Found]) -> bool:
        """True if the model's longer name is to be kept instead of the gazetteer's names inside it."""
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
                    and not any(mention.start == start and mention.type in ("Nationality", "State") for mention in inside)
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
                return ("Platform" if is_a(weapon, "Platform") else "Weapon"), weapon, None
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
                noun = self.knowledge.nouns.get(token.lower_) or self.knowledge.nouns.get(_singular(token))
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
        found = []
        at = 0
        while at < len(doc):
            match = self._offices.longest_at(lower, at) if at not in silent and doc[at].is_alpha else None
            if match is None:
                at += 1
                continue
            end, phrase = match
            found.append((at, end, self.knowledge.offices[phrase]))
            at = end
        return found

    # -- nominals ------------------------------------------------------------------------------------------------------

    def _weapons(self, doc: Doc, singular: list[str], taken: set[int], silent: set[int], named: list[Found]) -> Iterator[Found]:
        named_heads = {mention.head for mention in named}
        at = 0
        while at < len(doc):
            match = None if at in taken or at in silent else self._weapon_nouns.longest_at(singular, at)
            if match is None:
                at += 1
                continue
            end, phrase = match
            head = doc[end - 1]
            if head.pos_ not in ("NOUN", "PROPN") or taken & set(range(at, end)) or not self._is_weapon(doc, at, end, phrase):
                at += 1
                continue
            class_ = self.knowledge.weapon_nouns[phrase]
            type_ = "Platform" if is_a(class_, "Platform") else "Weapon"
            while head.dep_ == "compound" and head.head.i == end and singular[end] in self.knowledge.weapon_nouns:
                end, head = end + 1, head.head
            start = self._premodified(doc, head, taken, named_heads) if head.i == end - 1 else at
            yield _nominal(doc, min(start, at), end, type_, class_, phrase)
            at = end

    def _is_weapon(self, doc: Doc, start: int, end: int, phrase: str) -> bool:
        head = doc[end - 1]
        if head.dep_ == "compound" and head.head.pos_ in ("NOUN", "PROPN") and head.head.i > head.i:
            owner = _singular(head.head)
            noun = self.knowledge.nouns.get(owner)
            if noun and noun.type in ("Group", "Agency"):
                return False
        if start and f"{doc[start - 1].lower_} {phrase}" in self.knowledge.words["no weapon"]:
            return False
        if head.i + 1 < len(doc) and f"{phrase} {doc[head.i + 1].lemma_.lower()}" in self.knowledge.words["no weapon"]:
            return False
        if phrase not in self.knowledge.ambiguous_weapon_nouns:
            return True
        if any(child.ent_type_ == "NORP" or child.dep_ == "nummod" for child in head.children if child.i < head.i):
            return True
        sentence = head.sent
        return any(
            (_singular(token) in self.knowledge.weapon_nouns and _singular(token) not in self.knowledge.ambiguous_weapon_nouns)
            or (
                (token.lemma_, token.pos_) in self.knowledge.events
                and any(
                    is_a(trigger.name, "Attack") or trigger.name in ("Launch", "Hit")
                    for trigger in self.knowledge.events[token.lemma_, token.pos_]
                )
            )
            for token in sentence
            if not start <= token.i < end
        )

    def _groups(self, doc: Doc, singular: list[str], taken: set[int], silent: set[int], named: list[Found]) -> Iterator[Found]:
        named_heads = {mention.head for mention in named}
        aircraft_before = {mention.end: mention for mention in named if mention.class_ and is_a(mention.class_, "Aircraft")}
        for token in doc:
            if token.i in taken or token.i in silent or token.pos_ not in ("NOUN", "PROPN") or token.i in named_heads:
                continue
            noun = self._noun_of(doc, token, singular)
            if noun is None or (token.dep_ == "compound" and token.head.i > token.i):
                continue
            if (token.lemma_.lower(), "NOUN") in self.knowledge.events:  # "casualties" is what happened, not who
                continue
            if noun.lemma in self.knowledge.words["vague noun"] and not _is_particular(token):  # "takes place"
                continue
            aircraft = aircraft_before.get(token.i)
            if aircraft is not None and noun.lemma == "fighter":  # "F-16 fighters" are no people
                aircraft.end, aircraft.head = token.i + 1, token.i
                aircraft.span = Span(aircraft.span.start, token.idx + len(token.text))
                continue
            start = self._premodified(doc, token, taken, named_heads)
            if noun.type == "Group":
                yield _nominal(doc, start, token.i + 1, "Group", "Group", singular[token.i], noun)
            elif noun.type == "Agency":
                proper = next((t.i for t in doc[start : token.i] if self._is_proper(t, named_heads)), None)
                if proper is not None:  # "Iran's Mehr news agency": a name the gazetteers do not have
                    yield _name(doc, proper, token.i + 1, ("Agency", agency_class(noun), None))
                    continue
                yield _nominal(doc, start, token.i + 1, "Agency", agency_class(noun), singular[token.i], noun)
            elif noun.type == "Place":
                yield _nominal(doc, start, token.i + 1, "Place", None, singular[token.i], noun)

    def _noun_of(self, doc: Doc, token: Token, singular: list[str]) -> Noun | None:
        """Give what is known of a noun, or of the two words it ends ("front line")."""
        nouns = self.knowledge.nouns
        if token.i and not doc[token.i - 1].is_punct:
            before = doc[token.i - 1].lower_
            pair = nouns.get(f"{before} {token.lower_}") or nouns.get(f"{before} {singular[token.i]}")
            if pair is not None:
                return pair
        return nouns.get(token.lower_) or nouns.get(singular[token.i])

    def _areas(self, doc: Doc, named: list[Found]) -> Iterator[Found]:
        """Yield parts of a named place ("northern Syria", "eastern Aleppo"); the place itself is a mention of its own."""
        for mention in named:
            at = mention.start - 1
            if (
                mention.form == "name"
                and mention.type in ("Place", "State")
                and at >= 0
                and not doc[mention.start].is_sent_start
            ):
                if doc[at].text == "-" and at > 0:
                    at -= 1
                if doc[at].lower_ in self.knowledge.words["direction"] and not doc[at].is_space:
                    yield _listed(doc[at], doc[mention.end - 1], "Place")

    def _texts(self, doc: Doc, singular: list[str], taken: set[int], silent: set[int]) -> Iterator[Found]:
        """Yield common nouns for a thing that is read: "a report", "the full report"."""
        for token in doc:
            is_noun = token.tag_ == "NN" and token.dep_ != "compound" and token.i not in taken and token.i not in silent
            if is_noun and singular[token.i] in self.knowledge.words["text noun"]:
                start = whole_phrase(doc, token.i, token, "Document")
                yield _listed(doc[start], token, "Document")

    def _premodified(self, doc: Doc, head: Token, taken: set[int], named_heads: set[int]) -> int:
        """Give the start of a noun phrase with its adjectives, nouns and number, without its article."""
        start = head.i
        while start > 0:
            before = doc[start - 1]
            if before.is_space or before.text in (",", "“", '"', "(", ")", ";", ":", "—", "–"):
                break
            is_hyphen = before.text == "-" and start > 1 and not before.whitespace_
            if not is_hyphen and (before.dep_ not in _PREMODIFIERS or not (before.head == head or before.head.head == head)):
                break
            if before.tag_ == "VBG" and start > 1 and doc[start - 2].pos_ in ("VERB", "AUX"):  # "denied supplying weapons"
                break
            beside = self.knowledge.nouns.get(before.lower_)
            if before.tag_ == "NNS" and beside is not None and beside.type == "Group":
                break
            if start - 1 in taken and not (before.ent_type_ in ("NORP", "GPE", "CARDINAL", "ORG") or start - 1 in named_heads):
                break
            start -= 2 if is_hyphen else 1
        while start < head.i and doc[start].is_punct:
            start += 1
        return start

    def _is_proper(self, token: Token, named_heads: set[int]) -> bool:
        return (
            token.text[:1].isupper()
            and token.pos_ == "PROPN"
            and token.i not in named_heads
            and not self.names.is_common(token.text)
        )

    def _amount(self, doc: Doc, mention: Found) -> Amount | None:
        head = doc[mention.head]
        number = next((child for child in head.children if child.dep_ == "nummod"), None)
        if number is not None:
            words = doc[number.left_edge.i : number.right_edge.i + 1]
            bare = " ".join(t.text for t in words if t.dep_ in ("compound", "nummod") or t == number)
            before = doc[max(0, words.start - 4) : number.i - sum(t.dep_ == "compound" for t in words)].text.lower()
            after = doc[words.end : words.end + 5].text.lower()
            if any(t.dep_ == "cc" and t.lower_ in ("or", "and") for t in words):
                after = doc[number.i + 1 : number.i + 6].text.lower()
            return read_amount(bare, before, after, self.knowledge.quantifiers)
        for length in (4, 3, 2, 1):
            for words in (doc[max(0, mention.start - length) : mention.start], doc[mention.start : mention.start + length]):
                phrase = words.text.lower()
                quantifier = self.knowledge.quantifiers.get(phrase)
                if quantifier and quantifier.kind == "word":
                    return read_amount(phrase, "", "", self.knowledge.quantifiers)
        if head.tag_ in ("NN", "NNP") and any(
            child.lower_ in ("a", "an", "one") for child in head.children if child.dep_ in ("det", "nummod")
        ):
            return Amount(1)
        return None


def agency_class(noun: Noun) -> str:
    """Give the ontology class of a body named by such a noun."""
    if noun.lemma.split()[-1] == "party":
        return "PoliticalParty"
    return _CLASS_OF_BODY.get(noun.kind, "Agency")


_CLASS_OF_BODY = {
    "government": "GovernmentBody",
    "ministry": "GovernmentBody",
    "parliament": "GovernmentBody",
    "court": "GovernmentBody",
    "police": "GovernmentBody",
    "embassy": "GovernmentBody",
    "force": "ArmedForce",
    "military": "ArmedForce",
    "army": "ArmedForce",
    "armed group": "ArmedGroup",
    "armed_group": "ArmedGroup",
    "fighter": "ArmedGroup",
    "media": "MediaOutlet",
    "party": "PoliticalParty",
    "company": "Company",
}


def _types_of_one_word_names(doc: Doc) -> dict[str, str]:
    """Give one type to each one-word name of a document: that of the full name it ends, else the model's most frequent."""
    surnames: set[str] = set()
    votes: dict[str, dict[str, int]] = {}
    for ent in doc.ents:
        type_ = _TYPE_OF_LABEL.get(ent.label_)
        if type_ not in ("Person", "Agency", "Place"):
            continue
        start, end = _trim(doc, ent.start, ent.end)
        if end - start == 1:
            tally = votes.setdefault(doc[start].text, {})
            tally[type_] = tally.get(type_, 0) + 1
        elif end > start and type_ == "Person" and doc[end - 1].text[:1].isupper():
            surnames.add(doc[end - 1].text)
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


def _name(doc: Doc, start: int, end: int, kind: tuple[str, str | None, Entry | None]) -> Found:
    type_, class_, entry = kind
    span = Span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text))
    head = doc[start:end].root.i
    return Found(start, end, span, type_, class_, "name", head, entry)


def _nominal(doc: Doc, start: int, end: int, type_: str, class_: str | None, lemma: str, noun: Noun | None = None) -> Found:
    span = Span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text))
    return Found(start, end, span, type_, class_, "nominal", end - 1, lemma=lemma, noun=noun)


def _listed(first: Token, last: Token, type_: str) -> Found:
    return Found(last.i, last.i, Span(first.idx, last.idx + len(last.text)), type_, None, "listed", last.i)


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


def _operator(doc: Doc, mention: Found, heads: dict[int, Found]) -> Found | None:
    """Give the state or body that a nominal belongs to: "Russian ships", "Iran's missiles", "officials from Turkey"."""
    head = doc[mention.head]
    for child in head.children:
        owner = heads.get(child.i)
        if owner and owner.type in ("Nationality", "State", "Agency") and child.dep_ in ("amod", "compound", "poss", "nmod"):
            return owner
    for index in range(mention.start, mention.head):
        owner = heads.get(index)
        if owner and owner.type in ("Nationality", "State", "Agency"):
            return owner
    if mention.start and (owner := heads.get(mention.start - 1)) and owner.type in ("Nationality", "State"):
        return owner
    for child in head.children:
        if child.dep_ == "prep" and child.lower_ in ("from", "of", "at", "in", "with", "for"):
            for below in child.children:
                owner = heads.get(below.i)
                if owner and owner.type in ("State", "Agency") and below.dep_ == "pobj" and mention.type == "Group":
                    return owner
    return None


def _body_of_office(doc: Doc, start: int, end: int, found: list[Found]) -> Found | None:
    """Give the state or body of an office: "Russian Defense Minister", "Turkey's president", "president of Iran"."""
    for mention in found:
        before = mention.end == start or (mention.end == start - 1 and doc[start - 1].dep_ == "case")
        inside = mention.start >= start and mention.end <= end
        after = end < len(doc) and doc[end].lower_ in ("of", "for", "at") and mention.start in (end + 1, end + 2)
        if mention.type in ("Nationality", "State", "Agency") and (before or after or inside):
            return mention
    return None


def _values(doc: Doc, silent: set[int], published: str | None, vagueness: frozenset[str]) -> Iterator[Found]:
    for ent in doc.ents:
        type_ = _TYPE_OF_LABEL.get(ent.label_)
        if type_ not in ("Time", "Money", "Quantity") or silent & set(range(ent.start, ent.end)) or not ent.text.strip():
            continue
        if type_ == "Quantity" and (ent.text.lower() == "one" or not _counts(ent)):
            continue
        start, end = ent.start, ent.end
        while end > start and (doc[end - 1].is_space or (doc[end - 1].is_punct and doc[end - 1].text not in ("%", '"'))):
            end -= 1
        while start < end and doc[start].is_space:
            start += 1
        while type_ == "Quantity" and start < end - 1 and doc[start].lower_ in vagueness:
            start += 1
        if start >= end:
            continue
        if (
            type_ == "Time" and end - start > 2 and doc[start].like_num and doc[start + 1].text == ","
        ):  # "killing nine, two days …"
            start += 2
        if type_ == "Money":  # "$100m", which the model cuts
            start -= start > 0 and doc[start - 1].is_currency
            end += end < len(doc) and not doc[end - 1].whitespace_ and doc[end].lower_ in ("m", "bn", "k", "tn")
        span = Span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text))
        value = read_day(doc[start:end].text, published) if type_ == "Time" else None
        yield Found(start, end, span, type_, None, "value", ent.root.i, value=value)


def _name_ships(doc: Doc, found: list[Found]) -> None:
    """Let a ship's name without its prefix be the ship, once the text has named it in full ("FS Aquitaine … Aquitaine")."""
    ships = {
        doc[mention.start + 1 : mention.end].text: mention
        for mention in found
        if mention.class_ == "Ship" and mention.end - mention.start > 1
    }
    for mention in found:
        ship = ships.get(doc[mention.start : mention.end].text)
        if ship is not None and mention.entry is None and mention.start > ship.start:
            mention.type, mention.class_ = ship.type, ship.class_


def _counts(ent: SpacySpan) -> bool:
    """True if there is a number in what the model takes for one ("ISIL" it is not)."""
    return any(token.like_num or token.text[:1].isdigit() or token.lower_ in _NUMBER_NOUNS for token in ent)


def _is_particular(noun: Token) -> bool:
    """True for a noun with an article, a possessor or a name before it: "their position", "the Turkish side"."""
    return any(child.dep_ in ("det", "poss", "nummod") or child.ent_type_ for child in noun.lefts)


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


def _singular(token: Token) -> str:
    if token.tag_ in ("NNS", "NNPS") or (
        token.pos_ in ("NOUN", "PROPN") and token.lower_.endswith("s") and token.lemma_ != token.text
    ):
        return token.lemma_.lower()
    if token.pos_ == "PROPN" and token.lower_.endswith("s") and len(token) > 4:
        return token.lower_[:-1]
    return token.lower_


def _in_order(found: Iterable[Found]) -> list[Found]:
    """Sort by place in the text, longer first; of two with the same characters keep the first."""
    unique: dict[tuple[Span, str], Found] = {}
    for mention in found:
        unique.setdefault((mention.span, mention.type), mention)
    return sorted(unique.values(), key=lambda mention: (mention.span.start, -mention.span.end, mention.type))
