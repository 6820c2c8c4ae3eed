"""Finds events and relations: a trigger word from the lexicons, and the participants in their grammatical places.

Takes mentions and claims; gives events and relations that point to both. Which word tells of what, and which place fills
which role, is data (`ontology/lexicons/events.tsv`, `relations.tsv`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc, Token

from kg.annotate.amounts import Amount, read_amount
from kg.annotate.claims import ClaimDraft, ClaimFinder, combine
from kg.annotate.entities import Registry
from kg.annotate.mentions import Found
from kg.annotate.syntax import agents, conjuncts, is_passive, is_verb, objects, of_objects, prepositional, subjects
from kg.knowledge import Knowledge, Trigger
from kg.model import Certainty, Polarity
from kg.vocab import classes, is_a

_NEEDED_TYPE: Mapping[str, frozenset[str]] = {
    "place": frozenset(("Place", "State")),
    "origin": frozenset(("Place", "State", "Platform")),
    "destination": frozenset(("Place", "State")),
    "time": frozenset(("Time",)),
    "instrument": frozenset(("Weapon", "Platform", "Group", "Agency")),
    "actor": frozenset(("Person", "State", "Agency", "Group", "Nationality", "Platform", "Weapon")),
    "participant": frozenset(("Person", "State", "Agency", "Group", "Nationality", "Platform")),
    "recipient": frozenset(("Person", "State", "Agency", "Group", "Nationality")),
    "target": frozenset(("Person", "State", "Agency", "Group", "Nationality", "Platform", "Weapon", "Place")),
}
_NEAR = 14
_MENTION_TYPES = frozenset(("Person", "State", "Agency", "Weapon", "Platform", "Place", "Nationality", "Group"))
_COUNTED = ("instrument", "target", "actor", "participant")
_HARM = frozenset(("Casualties", "Killing", "Injury", "Massacre", "Arrest", "Kidnapping", "Release", "Displacement"))
_RELATION_NOUN_DEPS = frozenset(("attr", "appos"))


@dataclass(slots=True)
class EventDraft:
    """An event while the text is being read."""

    token: int
    type: str
    roles: dict[str, list[Found]]
    claim: ClaimDraft
    polarity: Polarity = Polarity.POSITIVE
    certainty: Certainty = Certainty.CERTAIN
    time: Found | None = None
    amount: Amount | None = None
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class RelationDraft:
    """A relation while the text is being read."""

    subject: Found
    predicate: str
    object: Found
    claim: ClaimDraft


@dataclass(slots=True)
class Findings:
    """All events and relations of one document."""

    events: list[EventDraft] = field(default_factory=list)
    relations: list[RelationDraft] = field(default_factory=list)


class EventFinder:
    """Finds the events and relations of one parsed document."""

    def __init__(
        self,
        doc: Doc,
        found: list[Found],
        claims: list[ClaimDraft],
        finder: ClaimFinder,
        registry: Registry,
        knowledge: Knowledge,
    ) -> None:
        self.doc = doc
        self.claims = claims
        self.finder = finder
        self.registry = registry
        self.knowledge = knowledge
        self.generic = knowledge.events[("*", "*")][0].prepositions
        self.mention_at: dict[int, Found] = {}
        self.times: dict[int, list[Found]] = {}
        for mention in found:
            if mention.type == "Time":
                self.times.setdefault(doc[mention.head].sent.start, []).append(mention)
            for index in range(mention.start, mention.end):
                if mention.type in ("Quantity", "Money") and index in self.mention_at:
                    continue
                if index not in self.mention_at or mention.head == index or self.mention_at[index].type == "Quantity":
                    self.mention_at[index] = mention
        self.innermost: dict[int, ClaimDraft] = {}
        self.echoes = [claim for claim in claims if claim.is_echo]
        for claim in sorted(claims, key=lambda c: (-c.size, not c.is_own_voice)):
            if claim.is_echo:
                continue
            for start, end in claim.content:
                for index in range(start, end):
                    self.innermost[index] = claim

    def find(self) -> Findings:
        """Give the events and relations in text order."""
        findings = Findings()
        for token in self.doc:
            claim = self.innermost.get(token.i)
            if claim is None:
                continue
            key = (self._lemma(token), "VERB" if token.pos_ == "VERB" else "NOUN")
            if token.pos_ not in ("VERB", "NOUN", "PROPN") or (token.pos_ == "PROPN" and token.i in self.mention_at):
                continue
            for trigger in self.knowledge.events.get(key, ()):
                event = self._event(token, trigger, claim)
                if event is not None:
                    findings.events.append(event)
                    findings.events.extend(self._disputed(token, event))
                    break
            for trigger in self.knowledge.relations.get(key, ()):
                findings.relations.extend(self._relations(token, trigger, claim))
        findings.relations.extend(self._standing())
        return findings

    def _disputed(self, token: Token, event: EventDraft) -> Iterator[EventDraft]:
        """Yield the event again for each outer source that denies, doubts or does not confirm what the inner one says."""
        outer = event.claim.within
        while outer is not None:
            if not outer.is_own_voice and outer.base[0] is not Polarity.POSITIVE and outer.covers(token.i):
                polarity, certainty = combine(outer.base, (event.polarity, event.certainty))
                yield replace(event, claim=outer, polarity=polarity, certainty=certainty, is_disputed=True)
            outer = outer.within
        for echo in self.echoes:
            if echo.covers(token.i) and echo is not event.claim:
                polarity, certainty = combine(echo.base, (event.polarity, event.certainty))
                yield replace(event, claim=echo, polarity=polarity, certainty=certainty, is_disputed=True)

    def _lemma(self, token: Token) -> str:
        lemma = token.lemma_.lower()
        particle = next((child.lower_ for child in token.children if child.dep_ == "prt"), None)
        if particle and (f"{lemma} {particle}", token.pos_) in self.knowledge.events:
            return f"{lemma} {particle}"
        if token.pos_ == "NOUN" and token.i > 0:
            before = self.doc[token.i - 1]
            pair = f"{before.lower_} {lemma}"
            if before.head == token and (pair, "NOUN") in self.knowledge.events:
                return pair
        return lemma

    # -- events --------------------------------------------------------------------------------------------------------

    def _event(self, token: Token, trigger: Trigger, claim: ClaimDraft) -> EventDraft | None:
        if trigger.pos == "NOUN" and (
            (token.i in self.mention_at and self.mention_at[token.i].form == "name") or token.dep_ == "compound"
        ):
            return None
        if token.pos_ == "VERB" and token.dep_ in ("amod", "compound"):
            return None
        if self._is_idiom(token):
            return None
        roles = self._verb_roles(token, trigger) if trigger.pos == "VERB" else self._noun_roles(token, trigger)
        if roles is None:
            return None
        self._settle(roles, trigger)
        existential = token.dep_ in ("attr", "dobj") and any(child.dep_ == "expl" for child in token.head.children)
        amount = self._partitive_amount(token)
        if not any(roles.get(role) for role in ("actor", "target", "instrument", "participant", "recipient")) and not (
            existential
            or (amount is not None and trigger.name in _HARM)
            or (trigger.pos == "NOUN" and roles.get("place") and not is_a(trigger.name, "Movement"))
        ):
            return None
        if (
            trigger.name == "Crash"
            and trigger.lemma in ("fall", "land")
            and not any(m.type in ("Weapon", "Platform") for ms in roles.values() for m in ms)
        ):
            return None
        event = EventDraft(token.i, trigger.name, roles, claim)
        event.polarity, event.certainty = self.finder.status(token, claim)
        if trigger.lemma == "miss":
            event.polarity = Polarity.NEGATIVE if event.polarity is Polarity.POSITIVE else event.polarity
        event.amount = amount or amount_of(event)
        event.time = self._time(token, claim)
        if event.time is not None:
            roles.setdefault("time", [event.time])
        return event

    def _is_idiom(self, token: Token) -> bool:
        """True for "heart attack", "struck a deal": word pairs that are no event of the trigger's kind."""
        lemma = token.lemma_.lower()
        pairs = {f"{lemma} {child.lemma_.lower()}" for child in token.children if child.dep_ == "dobj"}
        pairs |= {f"{child.lower_} {lemma}" for child in token.children if child.dep_ in ("compound", "amod")}
        return not pairs.isdisjoint(self.knowledge.words["idiom"])

    def _verb_roles(self, verb: Token, trigger: Trigger) -> dict[str, list[Found]] | None:
        passive = is_passive(verb)
        surface_subjects = subjects(verb)
        direct = [] if passive else objects(verb)
        if passive:
            direct = surface_subjects
            surface_subjects = agents(verb)
        doers = self._mentions(surface_subjects)
        if trigger.subject_needs:
            doers = [mention for mention in doers if self._is(mention, trigger.subject_needs)]
            if not doers:
                doers = self._left_of(verb, trigger.subject_needs)
            if not doers:
                return None
        patients = self._mentions(direct)
        if not passive and trigger.object == "instrument" and not any(self._is(mention, trigger.needs) for mention in patients):
            patients = [
                m for m in self._mentions(surface_subjects) if m.type == "Weapon"
            ]  # "the missiles they fired" misparsed
        words = {token.lemma_.lower() for token in direct}  # "signed an agreement": the need names the noun itself
        fits = any(self._is(mention, trigger.needs) for mention in patients) or words & {n.lower() for n in trigger.needs}
        if trigger.needs and not fits and not ("none" in trigger.needs and not direct):
            return None
        roles: dict[str, list[Found]] = {}
        if trigger.subject:
            self._put(roles, trigger.subject, [m for m in doers if m not in patients or trigger.object != "instrument"])
        if trigger.object == "target" and not patients and not trigger.needs:
            patients = [mention for token in direct for mention in self._below(token)]
        if trigger.object:
            self._put(roles, trigger.object, [m for m in patients if not trigger.needs or self._is(m, trigger.needs)])
        self._put_prepositions(roles, verb, trigger)
        for token in direct:  # "shot down a jet over Kashmir", where the parser ties the place to the jet
            self._put_places(roles, token)
        if "place" not in roles:  # "crashed while they were flying over Iran"
            for child in verb.children:
                if child.dep_ == "advcl" and any(
                    mark.lower_ in ("while", "as", "when") for mark in child.children if mark.dep_ in ("mark", "advmod")
                ):
                    places = [
                        m
                        for preposition, filler in prepositional(child)
                        if self.generic.get(preposition) == "place"
                        for m in self._mentions([filler])
                    ]
                    self._put(roles, "place", places)
        return roles

    def _below(self, noun: Token) -> list[Found]:
        """Give whose or where an unnamed target is: "targets in Syria", "positions of the Islamic State"."""
        return [
            m
            for preposition, filler in prepositional(noun)
            if preposition in ("of", "in", "near")
            for m in self._mentions([filler])
        ]

    def _left_of(self, verb: Token, needs: frozenset[str]) -> list[Found]:
        """Give the nearest fitting mention before a verb whose subject the parse misses ("missiles fired at X had crashed")."""
        for index in range(verb.i - 1, max(verb.sent.start, verb.i - _NEAR) - 1, -1):
            mention = self.mention_at.get(index)
            if mention is not None and self._is(mention, needs) and self.doc[mention.head].dep_ not in ("pobj", "dobj", "poss"):
                return [mention] if self.innermost.get(index) is self.innermost.get(verb.i) else []
        return []

    def _noun_roles(self, noun: Token, trigger: Trigger) -> dict[str, list[Found]]:
        roles: dict[str, list[Found]] = {}
        for child in noun.children:
            mention = self.mention_at.get(child.i)
            if mention is None or child.dep_ not in ("poss", "compound", "amod", "nmod"):
                continue
            if mention.type in ("Weapon", "Platform"):
                self._put(roles, "instrument", [mention])
            elif mention.type in ("Nationality", "State", "Agency", "Person", "Group"):
                if not trigger.subject_needs or self._is(mention, trigger.subject_needs):
                    self._put(roles, trigger.subject or "target", [mention])
            elif mention.type == "Place":
                self._put(roles, "place", [mention])
        self._put_prepositions(roles, noun, trigger)
        governor = noun.head
        if (
            noun.dep_ in ("dobj", "nsubjpass")
            and is_verb(governor)
            and governor.lemma_.lower() in self.knowledge.words["light verb"]
        ):
            passive = is_passive(governor)
            doers = agents(governor) if passive else subjects(governor)
            if trigger.subject and trigger.subject not in roles:
                self._put(roles, trigger.subject, self._mentions(doers))
            self._put_prepositions(roles, governor, trigger)
        elif (
            noun.dep_ == "nsubj"
            and is_verb(governor)
            and governor.lemma_.lower() in ("kill", "hit", "wound", "target", "strike", "destroy", "injure")
        ):
            self._put(roles, "target", self._mentions(objects(governor)))
        return roles

    def _put_prepositions(self, roles: dict[str, list[Found]], token: Token, trigger: Trigger) -> None:
        for preposition, filler in prepositional(token):
            role = trigger.prepositions.get(preposition) or self.generic.get(preposition)
            mentions = self._mentions([filler]) or (self._below(filler) if role == "target" else [])
            if role is None or not mentions:
                continue
            if role == "instrument" and preposition in ("with", "using") and mentions[0].type not in ("Weapon", "Platform"):
                continue
            if role == "actor" and token.pos_ == "VERB" and preposition == "by" and not is_passive(token):
                continue
            self._put(roles, role, mentions)

    def _put_places(self, roles: dict[str, list[Found]], token: Token) -> None:
        """Take the places that stand behind a noun or an occurrence verb as the event's."""
        for preposition, filler in prepositional(token):
            if self.generic.get(preposition) == "place":
                self._put(roles, "place", self._mentions([filler]))

    def _put(self, roles: dict[str, list[Found]], role: str, mentions: list[Found]) -> None:
        allowed = _NEEDED_TYPE.get(role)
        for mention in mentions:
            if allowed is not None and mention.type not in allowed:
                continue
            if all(mention is not other for others in roles.values() for other in others):
                roles.setdefault(role, []).append(mention)

    def _settle(self, roles: dict[str, list[Found]], trigger: Trigger) -> None:
        """A weapon does not act: it is the instrument; a platform that crashes or is fired from stays."""
        for role in ("actor", "participant"):
            weapons = [mention for mention in roles.get(role, ()) if mention.type == "Weapon"]
            if weapons:
                roles[role] = [mention for mention in roles[role] if mention.type != "Weapon"]
                roles.setdefault("instrument", []).extend(weapons)
        if "instrument" in roles and "actor" not in roles:
            operators = [m.operator for m in roles["instrument"] if m.operator is not None]
            if operators and trigger.name in ("Launch", "Hit", "Strike", "Airstrike", "Shelling", "Deployment", "Bombing"):
                roles["actor"] = operators[:1]
        for role in [role for role, mentions in roles.items() if not mentions]:
            del roles[role]

    def _mentions(self, tokens: list[Token]) -> list[Found]:
        found: list[Found] = []
        for token in tokens:
            mention = self.mention_at.get(token.i)
            if mention is None or mention.type == "Quantity":  # "four of the missiles", "a number of ships"
                below = next(iter(of_objects(token)), None)
                partitive = token.pos_ in ("NUM", "DET", "PRON") or token.lower_ in self.knowledge.words["partitive"]
                whole = self.mention_at.get(below.i) if below is not None and partitive else None
                mention = whole or mention
            if mention is not None and mention.type == "Place" and mention.form == "nominal":
                named = self._named_places(token)
                if named:
                    found.extend(place for place in named if all(place is not other for other in found))
                    continue
            if mention is None and token.ent_type_ and token.i + 1 < len(self.doc):
                mention = next(
                    (
                        m
                        for child in token.children
                        if child.dep_ == "compound" and (m := self.mention_at.get(child.i)) and m.end > token.i
                    ),
                    None,
                )
            if mention is not None and all(mention is not other for other in found):
                found.append(mention)
        return found

    def _named_places(self, noun: Token) -> list[Found]:
        """Give the places in "the provinces of Raqqa and Idlib"; "the airspace of Iran" stays the airspace."""
        if noun.lemma_.lower() in self.knowledge.words["territory"]:
            return []
        named = [self.mention_at.get(member.i) for head in of_objects(noun) for member in conjuncts(head)]
        return [place for place in named if place is not None and place.type in ("Place", "State") and place.form == "name"]

    @staticmethod
    def _is(mention: Found, needs: frozenset[str]) -> bool:
        """True if the mention is of one of the types, or of a class below one of the others, named in the lexicon."""
        if mention.type in needs:
            return True
        return mention.class_ is not None and any(
            is_a(mention.class_, need) for need in needs - _MENTION_TYPES if need in classes()
        )

    def _time(self, token: Token, claim: ClaimDraft) -> Found | None:
        """Give the time told with an event; the day of the saying ("said on Monday that …") is none of it."""
        clause = token
        while not is_verb(clause) and clause.head.i != clause.i:
            clause = clause.head
        for mention in self.times.get(token.sent.start, ()):
            head = self.doc[mention.head]
            if not claim.is_own_voice and not claim.covers(mention.head):
                continue
            above = head.head
            while (
                above.dep_ in ("pobj", "prep", "npadvmod", "compound", "nmod")
                and not is_verb(above)
                and above.head.i != above.i
            ):
                if above.i == token.i:
                    break
                above = above.head
            if above.i in (token.i, clause.i):
                return mention
        return None

    def _partitive_amount(self, token: Token) -> Amount | None:
        """Read the number in "at least four of the missiles crashed"."""
        for head in (*subjects(token), *objects(token)) if is_verb(token) else ():
            if (
                head.pos_ == "NUM"
                and head.lower_ != "one"
                and any(child.dep_ == "prep" and child.lower_ == "of" for child in head.children)
            ):
                before = self.doc[max(0, head.i - 4) : head.i].text.lower()
                return read_amount(
                    head.text, before, self.doc[head.i + 1 : head.i + 5].text.lower(), self.knowledge.quantifiers
                )
            mention = self.mention_at.get(head.i)
            if head.pos_ == "NUM" and head.lower_ != "one" and (mention is None or mention.type == "Quantity"):
                return read_amount(
                    head.text, self.doc[max(0, head.i - 4) : head.i].text.lower(), "", self.knowledge.quantifiers
                )
        return None

    # -- relations -----------------------------------------------------------------------------------------------------

    def _relations(self, token: Token, trigger: Trigger, claim: ClaimDraft) -> Iterator[RelationDraft]:
        polarity, certainty = self.finder.told(token, claim)
        if polarity is not Polarity.POSITIVE or certainty not in (Certainty.CERTAIN, Certainty.PROBABLE):
            return
        if trigger.pos == "VERB":
            passive = is_passive(token)
            left, right = (agents(token), subjects(token)) if passive else (subjects(token), objects(token))
            subject_mentions, object_mentions = self._mentions(left), self._mentions(right)
            if trigger.subject == "object":
                subject_mentions, object_mentions = object_mentions or self._mentions(subjects(token)), []
            if trigger.object == "":
                object_mentions = []
        else:
            owners = [c for c in token.children if c.dep_ in ("poss", "amod", "compound", "nmod")]
            subject_mentions, object_mentions = self._mentions(owners), []
            if token.dep_ in _RELATION_NOUN_DEPS:
                holder = [token.head] if token.dep_ == "appos" else [c for c in token.head.children if c.dep_ == "nsubj"]
                if trigger.name in ("memberOf", "partOf"):
                    subject_mentions = self._mentions(holder)
                elif trigger.name == "alliedWith":
                    object_mentions = self._mentions(holder)
        for preposition, filler in prepositional(token):
            if trigger.prepositions.get(preposition) == "object":
                object_mentions = object_mentions + self._mentions([filler])
            elif trigger.prepositions.get(preposition) == "subject":
                subject_mentions = subject_mentions + self._mentions([filler])
        if trigger.pos == "NOUN" and not subject_mentions and len(object_mentions) > 1:
            subject_mentions, object_mentions = object_mentions[:1], object_mentions[1:]
        for subject in subject_mentions:
            for other in object_mentions:
                if (
                    (
                        subject.entity
                        and other.entity
                        and subject.entity != other.entity
                        and (not trigger.needs or self._is(other, trigger.needs))
                    )
                    and subject.type not in ("Time", "Quantity", "Money", "Weapon")
                    and other.type
                    not in (
                        "Time",
                        "Quantity",
                        "Money",
                    )
                ):
                    yield RelationDraft(subject, trigger.name, other, claim)

    def _standing(self) -> Iterator[RelationDraft]:
        """Yield what noun phrases say in passing: offices, owners of weapons, bodies of states, places in states."""
        for position in self.registry.positions:
            claim = self.innermost.get(position.token)
            if claim is not None and position.body is not None and position.relation and not _is_past(position.title):
                yield RelationDraft(position.person, position.relation, position.body, claim)
        for place, state in self.registry.located:
            claim = self.innermost.get(place.head)
            if claim is not None:
                yield RelationDraft(place, "locatedIn", state, claim)
        seen: set[int] = set()
        for mention in self.mention_at.values():
            if id(mention) in seen or mention.operator is None or mention.entity is None or mention.operator.entity is None:
                continue
            seen.add(id(mention))
            claim = self.innermost.get(mention.head)
            if claim is None or mention.entity == mention.operator.entity:
                continue
            if mention.type in ("Weapon", "Platform"):
                yield RelationDraft(mention.operator, "operates", mention, claim)
            elif mention.type == "Agency" and mention.form == "name":
                yield RelationDraft(mention, "partOf", mention.operator, claim)


def _is_past(title: str) -> bool:
    return title.lower().startswith(("former", "ex-", "late ", "then-"))


def amount_of(event: EventDraft) -> Amount | None:
    """Give the event's count: of missiles launched, people killed."""
    roles = ("target",) if event.type in _HARM else _COUNTED
    for role in roles:
        for mention in event.roles.get(role, ()):
            if mention.amount is not None and mention.amount.count != 1:
                return mention.amount
    return None
