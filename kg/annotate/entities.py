"""Says what each mention refers to: canonical entities across documents, coreference within one.

Cautious by design: two names are one entity only for a stated reason (`Registry.reasons` keeps it), since a wrong merge
is worse than a missed one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from spacy.tokens import Doc, Token

from kg.annotate.found import Found, OfficeTitle, agency_class
from kg.annotate.names import fold
from kg.annotate.phrases import whole_phrase
from kg.annotate.syntax import PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS, is_negated, noun_phrase
from kg.knowledge import Entry, Knowledge
from kg.model import Entity, Span
from kg.vocab import Minter, is_a, slugify

_DEFINITE = frozenset(("the", "this", "these", "those", "that", "both", "their", "its", "his", "her"))
_HE = frozenset(("he", "him", "his", "himself"))
_SHE = frozenset(("she", "her", "hers", "herself"))
_THEY = frozenset(("they", "them", "their", "themselves"))
_IT = frozenset(("it", "its", "itself"))
_CLASSES_WITH_NOUNS = ("MediaOutlet", "ArmedGroup", "InternationalOrganisation", "PoliticalParty", "Company")
_LONGEST_LABEL = 10
"""Words that the label of an unnamed group may have."""

_OPENING_QUOTES = ("", '"', "“", "'", "‘")

_SHORTEST_RANK = 3
"""Letters of an abbreviated rank with its stop, at least one more."""

_WINDOW = 400
"""How many mentions back a pronoun may look."""

_PRONOUN_SENTENCES = 3
"""How many sentences back a pronoun may reach."""


@dataclass(slots=True)
class Draft:
    """An entity in the making; see `kg.model.Entity`."""

    iri: str
    class_: str
    label: str
    aliases: set[str] = field(default_factory=set)
    known: bool = False
    cardinality: int | None = None
    affiliation: str | None = None
    broader: str | None = None
    same_as: set[str] = field(default_factory=set)

    def finished(self) -> Entity:
        """Give the plain entity."""
        return Entity(
            self.iri,
            self.class_,
            self.label,
            tuple(sorted(self.aliases - {self.label})),
            self.known,
            self.cardinality,
            self.affiliation,
            self.broader,
            tuple(sorted(self.same_as)),
        )


@dataclass(frozen=True, slots=True)
class Position:
    """A person's office as written: `title` ("Russian Defense Minister") and the tie to the body, if told."""

    person: Found
    title: str
    relation: str
    body: Found | None
    token: int


class _Beside(NamedTuple):
    """Mentions by the token that heads, starts or follows them; `headed` has pronouns too, the others only names."""

    headed: dict[int, Found]
    starting: dict[int, Found]
    ending: dict[int, Found]


class Registry:
    """The entities of one document, and why each mention is the one it is."""

    def __init__(self, doc: Doc, document_iri: str, knowledge: Knowledge, minter: Minter) -> None:
        self.doc = doc
        self._text = doc.text
        self.document_iri = document_iri
        self.knowledge = knowledge
        self.minter = minter
        self.drafts: dict[str, Draft] = {}
        self.positions: list[Position] = []
        self.located: list[tuple[Found, Found]] = []
        self.reasons: dict[Span, str] = {}

    def resolve(self, found: list[Found], titles: list[OfficeTitle]) -> list[Found]:
        """Set `entity` on the mentions, and add mentions for standalone titles and pronouns; gives them in text order."""
        listed = [mention for mention in found if mention.form == "listed"]
        found = [mention for mention in found if mention.form != "listed"]
        names = [mention for mention in found if mention.form == "name"]
        for mention in names:
            if mention.entry is not None:
                self._assign(mention, self.known(mention.entry), "gazetteer")
        self._people([mention for mention in names if mention.type == "Person" and mention.entity is None])
        self._bodies([mention for mention in names if mention.type == "Agency" and mention.entity is None])
        for mention in names:
            if mention.entity is None:
                self._other_name(mention)
        found = [*found, *self._titles(found, titles)]
        found += self._pronoun_shells(found)
        found.sort(key=lambda mention: (mention.span.start, -mention.span.end, mention.type))
        self._sentence_of = {token.i: number for number, sentence in enumerate(self.doc.sents) for token in sentence}
        self._gender = self._known_genders()
        named = [mention for mention in found if mention.form == "name"]
        beside = _Beside(
            {mention.head: mention for mention in found if mention.form != "nominal"},
            {mention.start: mention for mention in named},
            {mention.end: mention for mention in named},
        )
        for number, mention in enumerate(found):
            if mention.form == "pronoun":
                self._pronoun(mention, found[:number] if number < _WINDOW else found[number - _WINDOW : number])
            elif mention.form == "nominal" and mention.entity is None:
                self._take_owner(mention, beside.headed)
                name = self._called(mention, beside) or self._apposed_name(mention, beside)
                if name is not None and name.entity is not None:
                    draft = self.drafts[name.entity]
                    if not draft.known and mention.class_ is not None and is_a(mention.class_, draft.class_):
                        draft.class_ = mention.class_  # "the submarine USS Wyoming"
                    self._assign(mention, draft, "called so in the text")
                    if name.type == "Agency":
                        mention.type = "Agency"
                else:
                    self._nominal(mention, found[:number])
        found = [mention for mention in found if mention.form != "pronoun" or mention.entity is not None]
        return self._shown(found, listed)

    def _shown(self, found: list[Found], listed: list[Found]) -> list[Found]:
        """Widen common nouns to their phrases, and add what is only listed where nothing known stands."""
        names = {mention.start: mention for mention in found if mention.form == "name"}
        for mention in found:
            if mention.form == "nominal":
                reason = self.reasons.get(mention.span)
                start = self.doc[whole_phrase(self.doc, mention.start, self.doc[mention.head], mention.type)]
                named = names.get(mention.end + 1) if mention.type == "Place" and self._has_of(mention) else None
                same = named is not None and named.entity == mention.entity
                mention.span = Span(start.idx, named.span.end if named is not None and same else mention.span.end)
                if reason is not None:
                    self.reasons.setdefault(mention.span, reason)
        taken = {mention.span for mention in found}
        found = [*found, *(mention for mention in listed if mention.span not in taken)]
        return sorted(found, key=lambda mention: (mention.span.start, -mention.span.end, mention.type))

    def _has_of(self, mention: Found) -> bool:
        return mention.end < len(self.doc) and self.doc[mention.end].lower_ == "of"

    def known(self, entry: Entry) -> Draft:
        """Give the entity of a gazetteer entry."""
        iri = self.minter.entity(entry.kind, entry.key)
        return self.drafts.setdefault(iri, Draft(iri, entry.class_, entry.label, known=True))

    def entities(self) -> tuple[Entity, ...]:
        """Give all entities, by IRI."""
        return tuple(self.drafts[iri].finished() for iri in sorted(self.drafts))

    # -- names ---------------------------------------------------------------------------------------------------------

    def _assign(self, mention: Found, draft: Draft, reason: str) -> None:
        mention.entity = draft.iri
        if mention.form == "nominal" and mention.class_ is not None:
            mention.class_ = draft.class_
        self.reasons.setdefault(mention.span, reason)
        if mention.form == "name" and mention.type != "Nationality":
            draft.aliases.add(_clean(self.text(mention)))
        if mention.amount and mention.amount.count and draft.class_ == "Group" and draft.cardinality is None:
            draft.cardinality = mention.amount.count

    def text(self, mention: Found) -> str:
        """Give the mention as written, on one line."""
        return " ".join(self._text[mention.span.start : mention.span.end].split())

    def _new(self, kind: str, class_: str, label: str, *, local: bool = False) -> Draft:
        key = slugify(label)
        iri = self.minter.local(kind, self.document_iri, key) if local else self.minter.entity(kind, key)
        return self.drafts.setdefault(iri, Draft(iri, class_, label))

    def _people(self, mentions: list[Found]) -> None:
        """Full names first; then single names that end (or begin) exactly one full name of this document."""
        full: dict[str, Draft] = {}
        for draft in list(self.drafts.values()):
            if draft.class_ == "Person":
                for name in (draft.label, *draft.aliases):
                    full[name] = draft
        for mention in mentions:
            name = _clean(self.text(mention))
            if len(name.split()) > 1:
                draft = self._new("person", "Person", _titled(name))
                full[name] = draft
                self._assign(mention, draft, "full name")
        for mention in mentions:
            if mention.entity is not None:
                continue
            name = _clean(self.text(mention))
            fitting = {draft.iri: draft for known, draft in full.items() if _is_short_for(name, known)}
            if len(fitting) == 1:
                self._assign(mention, next(iter(fitting.values())), "part of the full name in this document")
                continue
            entry = self.knowledge.person_by_surname(name)
            if entry is not None and not fitting:
                self._assign(mention, self.known(entry), "surname that only one person in the gazetteer bears")
            else:
                self._assign(mention, self._new("person", "Person", _titled(name)), "name")

    def _bodies(self, mentions: list[Found]) -> None:
        """Acronyms in brackets, then names; a short form belongs to the one long form of the document that contains it."""
        mentions = sorted(mentions, key=lambda mention: (-(mention.end - mention.start), mention.span.start))
        long_forms: dict[str, Draft] = {}
        for mention in mentions:
            name = _clean(self.text(mention))
            if mention.operator is not None and mention.operator.entry is not None:
                state = mention.operator.entry
                adjective = state.adjectives[0] if state.adjectives else state.label
                draft = self._new("agency", mention.class_ or "Agency", f"{adjective} {mention.lemma}")
                draft.affiliation = self.minter.entity(state.kind, state.key)
                self._assign(mention, draft, "state and noun")
                continue
            draft = self._same_body(name, long_forms) or self._new("agency", mention.class_ or "Agency", _titled(name))
            long_forms.setdefault(name, draft)
            self._assign(mention, draft, "name")
        for mention in mentions:
            acronym = self._bracketed_acronym(mention)
            if acronym and mention.entity:
                for other in mentions:
                    if other is not mention and _clean(self.text(other)) == acronym and other.entity != mention.entity:
                        self._assign(other, self.drafts[mention.entity], "acronym introduced in brackets")

    def _same_body(self, name: str, long_forms: dict[str, Draft]) -> Draft | None:
        words = name.split()
        candidates = {}
        for known, draft in long_forms.items():
            initials = "".join(word[0] for word in re.split(r"[\s-]+", known) if word[:1].isupper())
            if (
                (name.isupper() and len(name) > 2 and name == initials)
                or (len(words) < len(known.split()) and len(words) == 1 and known.split()[-1] == name and len(name) > 4)
                or fold(known) == fold(name)
            ):
                candidates[draft.iri] = draft
        return next(iter(candidates.values())) if len(candidates) == 1 else None

    def _bracketed_acronym(self, mention: Found) -> str | None:
        at = mention.end
        if at + 2 < len(self.doc) and self.doc[at].text == "(" and self.doc[at + 2].text == ")" and self.doc[at + 1].is_upper:
            return self.doc[at + 1].text
        return None

    def _other_name(self, mention: Found) -> None:
        name = _clean(self.text(mention))
        if mention.type == "Place":
            city = self.knowledge.by_key.get(("place", slugify(name))) or self.knowledge.city(name)
            draft = self.known(city) if city is not None else self._new("place", mention.class_ or "Place", _titled(name))
            self._assign(mention, draft, "name")
        elif mention.type in ("Weapon", "Platform"):
            self._assign(
                mention,
                self._new("weapon", mention.class_ or ("Platform" if mention.type == "Platform" else "Weapon"), name),
                "name",
            )
        elif mention.type == "Nationality":
            self._assign(mention, self._new("group", "Group", mention.lemma or name), "people")
        elif mention.type == "Group":  # "two Palestinians", "the Rohingya"
            counted = mention.amount is not None and mention.amount.count is not None
            label = f"{mention.amount.count} {name}" if counted and mention.amount is not None else name
            draft = self._new("group", "Group", label, local=True)
            if mention.operator is not None and mention.operator.entry is not None:
                draft.affiliation = self.known(mention.operator.entry).iri
            self._assign(mention, draft, "people")

    # -- titles, nominals, pronouns ------------------------------------------------------------------------------------

    def _titles(self, found: list[Found], titles: list[OfficeTitle]) -> list[Found]:
        """Tie titles to the persons beside them; a title that stands alone becomes a mention of its own."""
        people = {index: m for m in found if m.type == "Person" and m.form == "name" for index in (m.start,)}
        ends = {m.end: m for m in found if m.type == "Person" and m.form == "name"}
        taken = {index for m in found if m.form == "name" for index in range(m.start, m.end)}
        standalone: list[Found] = []
        for title in titles:
            person = people.get(title.end) or self._apposed(title, people, ends)
            if person is not None:
                if title.office.category != "honorific":
                    body = title.body
                    text = self._position_text(title, body)
                    self.positions.append(Position(person, text, title.office.relation, body, title.start))
                continue
            head = self.doc[title.end - 1]
            counted = any(child.dep_ in ("det", "poss", "nummod") for child in head.children)  # "a sergeant", "the general"
            if title.office.category == "honorific" or (title.office.category == "rank" and not counted):
                continue
            first = next((index for index in range(title.end - 1, title.start - 1, -1) if index in taken), title.start - 1) + 1
            if first == title.end:
                continue
            if head.pos_ not in ("NOUN", "PROPN") or head.dep_ == "compound" or _is_predicate(head):
                continue
            plural = head.tag_ in ("NNS", "NNPS")
            span = Span(self.doc[first].idx, head.idx + len(head.text))  # "military" may belong to a body's name before it
            type_ = "Group" if plural or title.office.category == "profession" else "Person"
            mention = Found(
                first,
                title.end,
                span,
                type_,
                type_,
                "nominal",
                title.end - 1,
                lemma=title.office.title,
                operator=title.body,
                noun=self.knowledge.nouns.get(head.lower_),
            )
            standalone.append(mention)
        return standalone

    def _apposed(self, title: OfficeTitle, starts: dict[int, Found], ends: dict[int, Found]) -> Found | None:
        """Find the person in "the defense minister, Sergei Shoigu" and "Sergei Shoigu, the Russian defense minister"."""
        doc = self.doc
        if title.end < len(doc) and doc[title.end].text == "," and title.end + 1 in starts:
            return starts[title.end + 1]
        if title.end + 2 < len(doc) and doc[title.end].lower_ in ("of", "for"):
            for at in range(title.end + 2, min(title.end + 6, len(doc))):
                if (at in starts and doc[at - 1].text == ",") or (at in starts and starts[at].head and doc[at].dep_ == "appos"):
                    return starts[at]
        left = title.body.start if title.body and title.body.end <= title.start else title.start
        at = left
        while (
            at > 0
            and (doc[at - 1].dep_ in ("det", "amod", "compound", "poss", "case") or doc[at - 1].pos_ in ("ADJ", "DET"))
            and left - at < 5
        ):
            at -= 1
        if at > 0 and doc[at - 1].text == "," and at - 1 in ends:
            return ends[at - 1]
        head = doc[title.end - 1]
        if head.dep_ == "attr" and head.head.lemma_ == "be" and not is_negated(head.head):
            subject = next((child for child in head.head.children if child.dep_ == "nsubj"), None)
            return next((m for m in ends.values() if subject is not None and m.start <= subject.i < m.end), None)
        return None

    def _position_text(self, title: OfficeTitle, body: Found | None) -> str:
        start, end = title.start, title.end
        if body is not None and body.end <= title.start:
            start = body.start
        while start > 0 and self.doc[start - 1].lower_ in ("former", "acting", "deputy", "vice", "interim", "ex"):
            start -= 1
        if body is not None and body.start >= title.end:
            end = body.end
        return " ".join(self.doc[start:end].text.split())

    def _nominal(self, mention: Found, found: list[Found]) -> None:
        head = self.doc[mention.head]
        earlier = [m for m in found if m.span.start < mention.span.start and m.entity is not None]
        definite = self._is_definite(mention)
        operator = self.drafts.get(mention.operator.entity or "") if mention.operator else None
        if mention.type == "Person":
            draft = self._titled_person(mention, earlier) or self._new(
                "person", "Person", self._described(mention, operator), local=True
            )
            draft.affiliation = draft.affiliation or (operator.iri if operator else None)
            self._assign(mention, draft, "title of office")
            return
        if mention.type in ("Weapon", "Platform"):
            self._weapon(mention, earlier, operator, definite)
            return
        if mention.type == "Place":
            self._place(mention, earlier, operator, definite)
            return
        if mention.lemma in self.knowledge.words["country noun"]:
            self._country(mention, earlier, definite)
            return
        same = [m for m in earlier if m.form == "nominal" and m.type == mention.type and self._same_noun(m, mention)]
        if operator is None and mention.type == "Group" and definite and self._is_bare(mention):
            band = self._last_band(mention, earlier)
            if band is not None:
                self._assign(mention, self.drafts[band.entity or ""], "definite noun for the last body of this kind")
                mention.type = "Agency"
                return
        if operator is None and mention.type == "Agency":
            named = [m for m in earlier if m.form == "name" and m.type == "Agency" and self._is_kind_of(m, mention)]
            if definite and named:
                self._assign(mention, self.drafts[named[-1].entity or ""], "definite noun for the last body of this kind")
                return
        if operator is not None:
            same = [m for m in same if m.operator is not None and m.operator.entity == operator.iri]
        if same and (definite or operator is not None or mention.amount is None) and not self._differs(mention, same[-1]):
            self._assign(mention, self.drafts[same[-1].entity or ""], "same noun")
            return
        label = self._described(mention, operator)
        kind, class_ = ("agency", mention.class_ or "Agency") if mention.type == "Agency" else ("group", "Group")
        draft = self._new(kind, class_, label, local=True)
        if operator is not None:
            draft.affiliation = operator.iri
        self._assign(mention, draft, "first mention")
        if head.tag_ == "NN" and mention.type == "Group" and draft.cardinality is None and mention.amount is None:
            draft.cardinality = 1

    def _is_bare(self, mention: Found) -> bool:
        """True for a noun in the singular with an article at most: "the group", not "the rights group"."""
        head = self.doc[mention.head]
        return head.tag_ == "NN" and all(child.dep_ in ("det", "poss") for child in head.lefts)

    def _last_band(self, mention: Found, earlier: list[Found]) -> Found | None:
        """Give the armed group or party that "the group", "the militia" takes up, if one was named not long before."""
        if mention.lemma not in self.knowledge.words["noun for ArmedGroup"] | self.knowledge.words["noun for PoliticalParty"]:
            return None
        sentence = self._sentence_of[mention.head]
        for other in reversed(earlier):
            if sentence - self._sentence_of[other.head] > _PRONOUN_SENTENCES:
                return None
            if other.form == "nominal" and other.type == "Group" and self._same_noun(other, mention):
                return other
            if other.form == "name" and other.type == "Agency" and self._is_kind_of(other, mention):
                return other
        return None

    def _country(self, mention: Found, earlier: list[Found], definite: bool) -> None:
        """Let "the country" be the state last spoken of, "his country" that of the person's office; else it is a place."""
        head = self.doc[mention.head]
        mention.class_ = None
        if head.tag_ == "NNS":
            mention.type = "Group"
            self._assign(mention, self._new("group", "Group", self._described(mention, None), local=True), "first mention")
            return
        state = self._state_meant(mention, earlier) if definite else None
        mention.type = "State" if state is not None else "Place"
        if state is not None:
            mention.class_ = state.class_
            self._assign(mention, state, "the state last spoken of")
        else:
            self._assign(mention, self._new("place", "Place", self._described(mention, None), local=True), "first mention")

    def _state_meant(self, mention: Found, earlier: list[Found]) -> Draft | None:
        if any(
            child.dep_ not in ("det", "poss", "prep", "relcl", "case", "punct") for child in self.doc[mention.head].children
        ):
            return None  # "the neighbouring country" is another one
        if mention.operator is not None:
            owner = self.drafts.get(mention.operator.entity or "")
            return owner if owner is not None and owner.class_ == "State" else None
        holder = next((child for child in self.doc[mention.head].children if child.dep_ == "poss"), None)
        person = next((m for m in reversed(earlier) if holder is not None and m.head == holder.i), None)
        if person is not None and person.type == "Person":
            bodies = [position.body for position in self.positions if position.person.entity == person.entity]
            states = [self.drafts[body.entity] for body in bodies if body is not None and body.entity in self.drafts]
            return next((state for state in states if state.class_ == "State"), None)
        told = [m for m in earlier if m.type == "State" and m.form == "name" and m.entity in self.drafts]
        sentence = self._sentence_of[mention.head]
        here = [m.entity for m in told if m.entity is not None and self._sentence_of[m.head] == sentence]
        named = [m.entity for m in told if m.entity is not None]
        meant = here[-1] if here else max(dict.fromkeys(named), key=named.count, default=None)
        return self.drafts[meant] if meant is not None else None

    @staticmethod
    def _differs(mention: Found, other: Found) -> bool:
        counts = (mention.amount.count if mention.amount else None, other.amount.count if other.amount else None)
        return None not in counts and counts[0] != counts[1]

    @staticmethod
    def _same_noun(one: Found, other: Found) -> bool:
        return one.lemma.split()[-1:] == other.lemma.split()[-1:]

    def _called(self, mention: Found, beside: _Beside) -> Found | None:
        """Give the name for a noun: "a missile called the Kalibr", "Kalibr missiles", "its spokesman, Igor Konashenkov"."""
        kind = beside.ending.get(mention.head)
        if (
            kind is not None
            and kind.type == mention.type
            and mention.type in ("Weapon", "Platform")
            and kind.start >= mention.start
        ):
            return kind  # "a Fajr-5 missile"
        ship = beside.starting.get(mention.end) or beside.starting.get(mention.end + 1)  # "the destroyer HMS Sheffield"
        if ship is not None and ship.class_ is not None and mention.class_ is not None and is_a(mention.class_, "Ship"):
            between = self.doc[mention.end : ship.start].text
            if is_a(ship.class_, "Ship") and between in _OPENING_QUOTES:
                return ship
        head = self.doc[mention.head]
        following = beside.starting.get(mention.end)
        is_single = self._is_single(mention)
        if following is not None and following.type == "Agency" and is_single and self._is_apposable(mention, following):
            return following  # "the militant group Jaish-e-Mohammed", "the news agency Interfax"
        above = beside.headed.get(head.head.i) if head.dep_ == "appos" and is_single else None
        if above is not None and above.form == "name" and self._is_apposable(mention, above):
            return above  # "Mekelle, the capital of Tigray,"
        for child in head.children:
            named = beside.headed.get(child.i)
            if named is not None and named.form == "name":
                if child.dep_ == "appos" and named.type == "Person" and mention.type in ("Person", "Group"):
                    return named  # "the ministry's spokesman, Igor Konashenkov,"
                if child.dep_ == "appos" and is_single and self._is_apposable(mention, named):
                    return named  # "the Eritrean capital, Asmara,", "the militant group Jaish-e-Mohammed"
                if child.dep_ in ("compound", "nmod") and named.type == mention.type and mention.type in ("Weapon", "Platform"):
                    return named  # "Kalibr missiles", "the Su-24 bomber"
                if child.dep_ == "compound" and is_single and self._is_named_body(mention, named):
                    return named  # "the KCNA news agency", "the Hezbollah movement"
            if child.dep_ == "prep" and child.lower_ == "of" and mention.lemma in self.knowledge.words["placing word"]:
                named = next((m for below in child.children if (m := beside.headed.get(below.i)) is not None), None)
                if named is not None and named.type == mention.type == "Place" and named.form == "name":
                    return named  # "the Iraqi city of Mosul"
            if child.dep_ in ("acl", "relcl") and child.lemma_ in ("call", "name", "dub", "know", "nickname", "codename"):
                for below in child.subtree:
                    named = beside.headed.get(below.i)
                    if named is not None and below.dep_ in ("oprd", "pobj", "dobj", "attr") and named.type == mention.type:
                        return named
        return None

    def _is_single(self, mention: Found) -> bool:
        return self.doc[mention.head].tag_ == "NN" and (mention.amount is None or mention.amount.count in (None, 1))

    def _is_apposable(self, mention: Found, named: Found) -> bool:
        """True if a noun may be said of a name: both of one type, or a noun for a band of people and a body."""
        if mention.type == "Place":
            return named.type == "Place"
        if mention.type in ("Agency", "Group") and named.type == "Agency":
            noun = mention.noun
            return mention.type == "Agency" or (
                noun is not None and noun.lemma.split()[-1] in self.knowledge.words["noun for ArmedGroup"]
            )
        return mention.type == named.type and mention.type in ("Weapon", "Platform")

    def _is_named_body(self, mention: Found, named: Found) -> bool:
        """True for the noun that says what sort of body the name before it is; "the UN agency" is another one."""
        if not self._is_apposable(mention, named) or named.type != "Agency" or named.entity is None:
            return False
        class_, noun = self.drafts[named.entity].class_, mention.lemma.split()[-1]
        if is_a(class_, "GovernmentBody") and self.text(named).isupper() and mention.type == "Agency":
            return True  # "the FSB security service"
        if is_a(class_, "ArmedGroup"):  # "the Wagner mercenary company"
            return any(noun in self.knowledge.words[f"noun for {name}"] for name in _CLASSES_WITH_NOUNS)
        return not is_a(class_, "InternationalOrganisation") and self._is_kind_of(named, mention)

    def _apposed_name(self, mention: Found, beside: _Beside) -> Found | None:
        """Give the person in "a UN spokesman in Sarajevo, Robert Aalto, said", where the parse loses the apposition."""
        if mention.noun is None or not mention.noun.may_speak or mention.type not in ("Group", "Person"):
            return None
        comma = noun_phrase(self.doc[mention.head]).end
        if comma + 1 >= len(self.doc) or self.doc[comma].text != "," or self.doc[mention.head].tag_ != "NN":
            return None
        person = beside.starting.get(comma + 1)
        if (
            person is None
            or person.type != "Person"
            or person.end >= len(self.doc)
            or self.doc[person.end].text not in (",", ".")
        ):
            return None
        return person

    def _is_definite(self, mention: Found) -> bool:
        head = self.doc[mention.head]
        return any(child.lower_ in _DEFINITE for child in head.children if child.dep_ in ("det", "poss"))

    def _described(self, mention: Found, operator: Draft | None) -> str:
        text = self.text(mention).lower() if self.text(mention).isupper() else self.text(mention)
        number = self.doc[mention.start]
        owner = mention.operator
        if operator is not None and owner is not None and operator.label.lower() not in text.lower():
            if owner.start >= mention.end and owner.end - mention.start <= _LONGEST_LABEL:
                text = " ".join(
                    self.doc[mention.start : owner.end].text.split()
                )  # "informed source at Iran's Defense Ministry"
            elif owner.start < mention.end and self.text(owner).lower() not in text.lower():
                text = f"{self.text(owner)} {text}"
        if mention.type == "Group" and number.dep_ != "nummod" and mention.amount and mention.amount.count == 1:
            article = "an" if text[:1].lower() in "aeiou" else "a"
            return f"{article} {text}"
        return text

    def _is_kind_of(self, named: Found, nominal: Found) -> bool:
        draft = self.drafts[named.entity or ""]
        if nominal.noun is not None and draft.class_ == "ArmedGroup" and is_a(agency_class(nominal.noun), "ArmedForce"):
            return False  # "the army" is not the guerrilla that calls itself one
        noun = nominal.lemma.split()[-1]
        words = {fold(word) for name in (draft.label, *draft.aliases) for word in name.split()}
        if fold(noun) in words:
            return True
        words_for = self.knowledge.words
        if draft.class_ == "Agency":  # a body of which no more is known: "the organisation"
            return noun in words_for["noun for InternationalOrganisation"]
        return any(is_a(draft.class_, name) and noun in words_for[f"noun for {name}"] for name in _CLASSES_WITH_NOUNS)

    def _titled_person(self, mention: Found, earlier: list[Found]) -> Draft | None:
        title = mention.lemma.lower()
        wanted = mention.operator.entity if mention.operator else None
        for position in reversed(self.positions):
            if position.token < mention.start and _is_title_of(title, position.title.lower()):
                body = position.body.entity if position.body else None
                if wanted is None or body is None or body == wanted:
                    return self.drafts.get(position.person.entity or "")
        return None

    def _weapon(self, mention: Found, earlier: list[Found], operator: Draft | None, definite: bool) -> None:
        noun = mention.lemma.split()[-1]
        if operator is None:
            same = [
                m
                for m in earlier
                if m.type == mention.type
                and m.form == "nominal"
                and m.lemma.split()[-1] == noun
                and (m.lemma == mention.lemma or len(mention.lemma.split()) == 1)
            ]
            if not same and definite:
                same = [
                    m
                    for m in earlier
                    if m.entry is not None and m.entry.kind == "weapon" and m.entry.facts.get("kind", "").split()[-1:] == [noun]
                ]
            if not same and definite and self._is_bare(mention):
                same = self._last_of_class(noun, earlier)
            if same:
                self._assign(mention, self.drafts[same[-1].entity or ""], "same kind of weapon")
                return
        label = mention.lemma
        if operator is not None and mention.operator is not None:
            entry = mention.operator.entry
            adjective = entry.adjectives[0] if entry and entry.adjectives else operator.label
            label = f"{adjective} {mention.lemma}"
        draft = self._new("weapon", mention.class_ or "Weapon", label)
        if operator is not None:
            draft.affiliation = operator.iri
            draft.broader = self._new("weapon", mention.class_ or "Weapon", mention.lemma).iri
        if len(mention.lemma.split()) > 1 and noun in self.knowledge.weapon_nouns:
            kind = self._new("weapon", mention.class_ or "Weapon", mention.lemma)
            kind.broader = self._new("weapon", self.knowledge.weapon_nouns[noun], noun).iri
        self._assign(mention, draft, "kind of weapon")

    def _last_of_class(self, noun: str, earlier: list[Found]) -> list[Found]:
        """Give the last weapon or platform that a more general noun takes up: "HMS Sheffield … the ship"."""
        class_ = self.knowledge.weapon_nouns.get(noun, "")
        if class_ in ("Weapon", "Platform"):
            return []
        for other in reversed(earlier):
            draft = self.drafts.get(other.entity or "") if other.type in ("Weapon", "Platform") else None
            if draft is None or not class_ or self.doc[other.head].tag_ in ("NNS", "NNPS"):
                continue
            if is_a(draft.class_, class_):
                return [other]
        return []

    def _place(self, mention: Found, earlier: list[Found], operator: Draft | None, definite: bool) -> None:
        if operator is None and definite:
            noun = mention.lemma.split()[-1]
            cities = [
                m
                for m in earlier
                if m.type == "Place" and m.form == "name" and (noun in ("city", "town", "capital") and m.class_ == "City")
            ]
            same = [m for m in earlier if m.type == "Place" and m.form == "nominal" and m.lemma == mention.lemma]
            if cities or same:
                self._assign(mention, self.drafts[(same or cities)[-1].entity or ""], "definite noun")
                return
        if operator is not None and mention.operator is not None:
            entry = mention.operator.entry
            adjective = entry.adjectives[0] if entry and entry.adjectives else operator.label
            draft = self._new("place", "Place", f"{adjective} {mention.lemma}")
            self._assign(mention, draft, "place of a state")
            self.located.append((mention, mention.operator))
            return
        self._assign(mention, self._new("place", "Place", self._described(mention, None), local=True), "first mention")

    def _pronoun_shells(self, found: list[Found]) -> Iterator[Found]:
        taken = {index for mention in found for index in range(mention.start, mention.end)}
        for token in self.doc:
            word = token.lower_
            if token.i in taken or word not in _HE | _SHE | _THEY | _IT or token.pos_ not in ("PRON", "DET"):
                continue
            if word in _IT and token.dep_ in ("dobj", "pobj"):
                continue
            span = Span(token.idx, token.idx + len(token.text))
            yield Found(token.i, token.i + 1, span, "Group", None, "pronoun", token.i)

    def _known_genders(self) -> dict[str, str]:
        gender: dict[str, str] = {}
        for position in self.positions:
            office = self.knowledge.offices.get(position.title.lower())
            if office and office.gender and position.person.entity:
                gender[position.person.entity] = office.gender
        return gender

    def _pronoun(self, pronoun: Found, earlier: list[Found]) -> None:
        """Let a pronoun refer to the most salient mention that fits it, in the last sentences."""
        token = self.doc[pronoun.head]
        word = token.lower_
        wanted = "m" if word in _HE else "f" if word in _SHE else ""
        reach = _PRONOUN_SENTENCES if wanted else 1
        sentence = self._sentence_of[token.i]
        candidates = [
            mention
            for mention in earlier
            if mention.entity is not None
            and mention.head < token.i
            and sentence - self._sentence_of[mention.head] <= reach
            and self._fits_pronoun(mention, word)
            and (not wanted or self._gender.get(mention.entity, wanted) == wanted)
        ]
        best = max(candidates, key=lambda m: self._salience(m, token, sentence - self._sentence_of[m.head]), default=None)
        if best is None or best.entity is None:
            return
        if wanted:
            self._gender.setdefault(best.entity, wanted)
        pronoun.entity, pronoun.class_, pronoun.entry = best.entity, best.class_, best.entry
        pronoun.type = best.type if best.type != "Nationality" else "State"
        self.reasons.setdefault(pronoun.span, f"pronoun for '{self.text(best)}'")

    def _take_owner(self, mention: Found, by_head: dict[int, Found]) -> None:
        """Let a resolved "its", and an "of" phrase, say whose airspace, ships or minister it is."""
        if mention.operator is not None:
            return
        for child in self.doc[mention.head].children:
            owner = by_head.get(child.i)
            if (
                child.dep_ == "poss"
                and owner is not None
                and owner.entity is not None
                and owner.type in ("State", "Agency", "Nationality")
            ):
                mention.operator = owner
                return
            if child.dep_ == "prep" and child.lower_ == "of" and mention.type in ("Weapon", "Platform", "Place"):
                for below in child.children:
                    owner = by_head.get(below.i)
                    if (
                        owner is not None
                        and owner.form == "name"
                        and owner.type in ("State", "Agency")
                        and below.dep_ == "pobj"
                    ):
                        mention.operator = owner
                        return

    def _fits_pronoun(self, mention: Found, word: str) -> bool:
        head = self.doc[mention.head]
        if word in _HE | _SHE:
            return mention.type == "Person" and not (
                mention.form == "nominal"
                and mention.noun is not None
                and mention.noun.type == "Group"
                and mention.lemma.endswith("s")
            )
        plural = head.tag_ in ("NNS", "NNPS")
        if word in _THEY:
            is_many = mention.type == "Agency" and (mention.class_ == "ArmedGroup" or head.text.endswith("s"))
            return (mention.type in ("Group", "Platform", "Weapon") and plural) or is_many
        same_sentence_subject = head.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS
        return mention.type in ("State", "Agency") and not plural and same_sentence_subject

    def _salience(self, mention: Found, pronoun: Token, sentences_back: int) -> tuple[int, int, int]:
        """Rank candidates: nearer sentence, then subject for a subject (or the nearest for any other place), then nearer."""
        if pronoun.dep_ in ("pobj", "dobj"):
            return (-sentences_back, 0, mention.head)
        is_subject = self.doc[mention.head].dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS
        return (-sentences_back, int(is_subject), mention.head)


def _is_title_of(title: str, position: str) -> bool:
    """True if a title stands in a position as written, in full or abbreviated ("the general", "Lt. Gen.")."""
    last = position.split()[-1]
    return title in position or (last.endswith(".") and len(last) > _SHORTEST_RANK and title.split()[-1].startswith(last[:-1]))


def _is_predicate(noun: Token) -> bool:
    """True for an office that somebody holds and that names nobody: "returned as MP", "became president"."""
    if any(child.dep_ in ("det", "poss", "nummod") for child in noun.children) or noun.tag_ in ("NNS", "NNPS"):
        return False
    return noun.dep_ in ("attr", "oprd") or (noun.dep_ == "pobj" and noun.head.lower_ == "as")


def _clean(name: str) -> str:
    name = re.sub(r"^(?:the|a|an)\s+", "", name, flags=re.IGNORECASE)
    return re.sub(r"['’]s?$", "", name).strip()


def _titled(name: str) -> str:
    """Give a name in CAPITALS (five letters and more a word) its usual case; any other as it is."""
    words = name.split()
    if len(words) > 1 and name.isupper():
        return " ".join(word.capitalize() if len(word) > 3 else word for word in words)
    return name


def _is_short_for(short: str, full: str) -> bool:
    shorter, longer = [fold(word) for word in short.split()], [fold(word) for word in full.split()]
    if len(longer) <= len(shorter):
        return shorter == longer
    tail = longer[-len(shorter) :] == shorter
    parts = longer[-1].split("-")
    return tail or (len(shorter) == 1 and (shorter[0] == parts[-1] or shorter[0] == longer[0]) and len(shorter[0]) > 2)
