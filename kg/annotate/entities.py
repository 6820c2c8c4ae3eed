"""Says what each mention refers to: canonical entities across documents, coreference within one.

Cautious by design: two names are one entity only for a stated reason (`Registry.reasons` keeps it), since a wrong merge
is worse than a missed one. Names and titles are resolved here, common nouns in `definite.py`, pronouns in `pronouns.py`.
"""

import re
from collections.abc import Mapping

from spacy.tokens import Token

from kg.annotate.definite import Beside, DefiniteNouns
from kg.annotate.found import Found, OfficeTitle
from kg.annotate.names import fold, spelling
from kg.annotate.phrases import whole_phrase
from kg.annotate.pronouns import Pronouns
from kg.annotate.registry import Draft, Position, Registry, clean
from kg.annotate.syntax import is_negated, prepositional
from kg.model import Span
from kg.vocab import slugify

_SHORTEST_SPELT = 4
"""Surnames of more letters than that may be spelt otherwise and stand for one person."""

_WINDOW = 400
"""How many mentions back a pronoun may look."""


class Resolver:
    """Finds the entities of the mentions of one document."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.doc = registry.doc
        self.knowledge = registry.knowledge
        self._drafts = registry.drafts
        self._assign = registry.assign
        self._new = registry.new

    def resolve(self, found: list[Found], titles: list[OfficeTitle]) -> list[Found]:
        """Set `entity` on the mentions, and add mentions for standalone titles and pronouns; gives them in text order."""
        listed = [mention for mention in found if mention.form == "listed"]
        found = [mention for mention in found if mention.form != "listed"]
        names = [mention for mention in found if mention.form == "name"]
        self._explain_acronyms(names)
        for mention in names:
            if mention.entry is not None:
                self._assign(mention, self.registry.known(mention.entry), "gazetteer")
        self._people([mention for mention in names if mention.type == "Person"])
        self._bodies([mention for mention in names if mention.type == "Agency" and mention.entity is None])
        for mention in names:
            if mention.entity is None:
                self._other_name(mention)
        found = [*found, *self._titles(found, titles)]
        pronouns, nouns = Pronouns(self.registry), DefiniteNouns(self.registry)
        found += pronouns.shells(found)
        found.sort(key=lambda mention: (mention.span.start, -mention.span.end, mention.type))
        named = [mention for mention in found if mention.form == "name"]
        beside = Beside(
            {mention.head: mention for mention in found if mention.form != "nominal"},
            {mention.start: mention for mention in named},
            {mention.end: mention for mention in named},
        )
        headed = {mention.head: mention for mention in found if mention.form != "value"}
        for number, mention in enumerate(found):
            if mention.form == "pronoun":
                pronouns.refer(mention, found[max(number - _WINDOW, 0) : number], headed)
            elif mention.form == "nominal" and mention.entity is None:
                nouns.refer(mention, found[:number], beside)
        found = [mention for mention in found if mention.form != "pronoun" or mention.entity is not None]
        self._tie_to_whom_they_are_close(found, headed)
        return self._shown(found, listed)

    def _tie_to_whom_they_are_close(self, found: list[Found], headed: Mapping[int, Found]) -> None:
        """Let "a source close to the ministry" be affiliated with the ministry."""
        for mention in found:
            draft = self._drafts.get(mention.entity or "")
            if mention.form != "nominal" or mention.type != "Group" or draft is None or draft.affiliation is not None:
                continue
            for child in self.doc[mention.head].children:
                is_close = child.lower_ == "close" and child.dep_ in ("amod", "acl", "advmod", "relcl")
                if not is_close or child.i < mention.head:
                    continue
                bodies = [headed[o.i] for name, o in prepositional(child) if name == "to" and o.i in headed]
                if bodies and bodies[0].type in ("Agency", "State"):
                    draft.affiliation = bodies[0].entity

    def _shown(self, found: list[Found], listed: list[Found]) -> list[Found]:
        """Widen common nouns to their phrases, and add what is only listed where nothing known stands."""
        names = {mention.start: mention for mention in found if mention.form == "name"}
        for mention in found:
            if mention.form == "nominal":
                reason = self.registry.reasons.get(mention.span)
                start = self.doc[whole_phrase(self.doc, mention.start, self.doc[mention.head], mention.type)]
                named = names.get(mention.end + 1) if mention.type == "Place" and self._has_of(mention) else None
                same = named is not None and named.entity == mention.entity
                mention.span = Span(start.idx, named.span.end if named is not None and same else mention.span.end)
                if reason is not None:
                    self.registry.reasons.setdefault(mention.span, reason)
        taken = {mention.span for mention in found}
        found = [*found, *(mention for mention in listed if mention.span not in taken)]
        return sorted(found, key=lambda mention: (mention.span.start, -mention.span.end, mention.type))

    def _has_of(self, mention: Found) -> bool:
        return mention.end < len(self.doc) and self.doc[mention.end].lower_ == "of"

    def _people(self, people: list[Found]) -> None:
        """Full names first; then single names that end exactly one full name of this document, or begin one before them."""
        mentions = [mention for mention in people if mention.entity is None]
        full: dict[str, Draft] = {}
        for draft in list(self._drafts.values()):
            if draft.class_ == "Person":
                for name in (draft.label, *draft.aliases):
                    full[name] = draft
        for mention in mentions:
            name = clean(self.registry.text(mention))
            if len(name.split()) > 1:
                draft = self._new("person", "Person", _titled(name))
                full[name] = draft
                self._assign(mention, draft, "full name")
        introduced: dict[str | None, int] = {}
        for mention in people:
            if len(clean(self.registry.text(mention)).split()) > 1:
                introduced.setdefault(mention.entity, mention.span.start)
        for mention in mentions:
            if mention.entity is not None:
                continue
            name = clean(self.registry.text(mention))
            fitting = {
                draft.iri: draft
                for known, draft in full.items()
                if _is_short_for(name, known)
                or (_is_part(known, name) and introduced.get(draft.iri, mention.span.start) < mention.span.start)
                or (fold(known.split()[0]) == fold(name) and not self._is_new(mention))
            }
            reason = "part of the full name in this document"
            if not fitting and len(name) > _SHORTEST_SPELT:
                key, reason = spelling(name), "another spelling of a surname in this document"
                fitting = {
                    draft.iri: draft for known, draft in full.items() if spelling(known.split()[-1].split("-")[-1]) == key
                }
            if len(fitting) == 1:
                self._assign(mention, next(iter(fitting.values())), reason)
                continue
            entry = self.knowledge.person_by_surname(name)
            if entry is not None and not fitting:
                self._assign(mention, self.registry.known(entry), "surname that only one person in the gazetteer bears")
            else:
                self._assign(mention, self._new("person", "Person", _titled(name)), "name")

    def _is_new(self, mention: Found) -> bool:
        """True for somebody told of for the first time: "José, a bus driver", "José, 41"."""
        behind = self.doc[mention.end : mention.end + 2]
        return len(behind) > 1 and behind[0].text == "," and (behind[1].lower_ in ("a", "an") or behind[1].like_num)

    def _bodies(self, mentions: list[Found]) -> None:
        """Acronyms in brackets, then names; a short form belongs to the one long form of the document that contains it."""
        mentions = sorted(mentions, key=lambda mention: (-(mention.end - mention.start), mention.span.start))
        long_forms: dict[str, Draft] = {}
        for mention in mentions:
            name = clean(self.registry.text(mention))
            if mention.operator is not None and mention.operator.entry is not None:
                state = mention.operator.entry
                adjective = state.adjectives[0] if state.adjectives else state.label
                draft = self._new("agency", mention.class_ or "Agency", f"{adjective} {mention.lemma}")
                draft.affiliation = self.registry.minter.entity(state.kind, state.key)
                self._assign(mention, draft, "state and noun")
                continue
            draft = self._same_body(name, long_forms) or self._new("agency", mention.class_ or "Agency", _titled(name))
            long_forms.setdefault(name, draft)
            self._assign(mention, draft, "name")
        for mention in mentions:
            acronym = self._bracketed_acronym(mention)
            if acronym and mention.entity:
                for other in mentions:
                    if other is not mention and clean(self.registry.text(other)) == acronym and other.entity != mention.entity:
                        self._assign(other, self._drafts[mention.entity], "acronym introduced in brackets")

    def _same_body(self, name: str, long_forms: dict[str, Draft]) -> Draft | None:
        words = name.split()
        candidates = {}
        for known, draft in long_forms.items():
            initials = _initials(known)
            if (
                (name.isupper() and len(name) > 2 and name == initials)
                or (len(words) < len(known.split()) and len(words) == 1 and known.split()[-1] == name and len(name) > 4)
                or fold(known) == fold(name)
            ):
                candidates[draft.iri] = draft
        return next(iter(candidates.values())) if len(candidates) == 1 else None

    def _explain_acronyms(self, names: list[Found]) -> None:
        """Let an acronym be what the text says it is ("Red Army Faction (RAF)"), whoever else is called so."""
        for mention in names:
            acronym = self._bracketed_acronym(mention) if mention.type == "Agency" else None
            if acronym is None or acronym != _initials(self.registry.text(mention)):
                continue
            for other in names:
                if other.type == "Agency" and other is not mention and self.registry.text(other) == acronym:
                    other.entry, other.class_ = mention.entry, mention.class_

    def _bracketed_acronym(self, mention: Found) -> str | None:
        at = mention.end
        if at + 2 < len(self.doc) and self.doc[at].text == "(" and self.doc[at + 2].text == ")" and self.doc[at + 1].is_upper:
            return self.doc[at + 1].text
        return None

    def _other_name(self, mention: Found) -> None:
        name = clean(self.registry.text(mention))
        if mention.type == "Place":
            city = self.knowledge.by_key.get(("place", slugify(name))) or self.knowledge.city(name)
            draft = (
                self.registry.known(city) if city is not None else self._new("place", mention.class_ or "Place", _titled(name))
            )
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
                draft.affiliation = self.registry.known(mention.operator.entry).iri
            self._assign(mention, draft, "people")

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
                    self.registry.positions.append(Position(person, text, title.office.relation, body, title.start))
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


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.split(r"[\s-]+", name) if word[:1].isupper())


def _is_predicate(noun: Token) -> bool:
    """True for an office that somebody holds and that names nobody: "returned as MP", "became president"."""
    if any(child.dep_ in ("det", "poss", "nummod") for child in noun.children) or noun.tag_ in ("NNS", "NNPS"):
        return False
    return noun.dep_ in ("attr", "oprd") or (noun.dep_ == "pobj" and noun.head.lower_ == "as")


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
    parts = longer[-1].split("-")
    return longer[-len(shorter) :] == shorter or (len(shorter) == 1 and shorter[0] == parts[-1] and len(shorter[0]) > 2)


def _is_part(full: str, name: str) -> bool:
    """True for a given name, or the first of two surnames: people are called so once their whole name is told."""
    words = full.split()
    return len(words) > 1 and len(name) > 2 and fold(name) in {fold(word) for word in words}
