"""Finds events: a trigger word from the lexicon, and the participants in their grammatical places.

Takes mentions and claims; gives events that point to both. Which word tells of what, and which place fills which role, is
data (`ontology/lexicons/events.tsv`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from spacy.tokens import Token

from kg.annotate.amounts import Amount, read_amount
from kg.annotate.claims import ClaimDraft, combine
from kg.annotate.found import Found
from kg.annotate.noun_roles import NounRoles
from kg.annotate.roles import HARM, Roles, is_harm
from kg.annotate.scene import Scene
from kg.annotate.specific import Specificity
from kg.annotate.syntax import (
    SUBJECT_DEPS,
    agents,
    is_object_verb,
    is_passive,
    is_verb,
    objects,
    of_objects,
    prepositional,
    subjects,
)
from kg.annotate.verb_roles import VerbRoles
from kg.knowledge import Trigger
from kg.model import Certainty, Polarity
from kg.vocab import is_a

_MUTUAL = ("Communication", "Cooperation")
_USES = ("Launch", "Shooting", "Explosion", "Bombing", "Deployment")
_COUNTED = ("instrument", "target", "actor", "participant")


@dataclass(slots=True)
class EventDraft:
    """An event while the text is being read; `rule` is the row of the lexicon that found it."""

    token: int
    type: str
    roles: dict[str, list[Found]]
    claim: ClaimDraft
    polarity: Polarity = Polarity.POSITIVE
    certainty: Certainty = Certainty.CERTAIN
    time: Found | None = None
    amount: Amount | None = None
    is_disputed: bool = False
    rule: str = ""


class EventFinder:
    """Finds the events of one parsed document."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.doc = scene.doc
        self.finder = scene.finder
        self.knowledge = scene.knowledge
        self.roles = Roles(scene)
        self.noun_roles = NounRoles(scene, self.roles)
        self.verb_roles = VerbRoles(scene, self.roles)
        self.specificity = Specificity(scene)
        self.told: set[str] = set()
        self.echoes = [claim for claim in scene.claims if claim.is_echo]

    def find(self) -> list[EventDraft]:
        """Give the events in text order."""
        events: list[EventDraft] = []
        for token in self.doc:
            claim = self.scene.innermost.get(token.i)
            if claim is None:
                continue
            if token.pos_ not in ("VERB", "NOUN", "PROPN") or (token.pos_ == "PROPN" and token.i in self.scene.mention_at):
                continue
            if token.lower_ in self.knowledge.words["no event"]:
                continue
            key = (self.scene.lemma(token, self.knowledge.events), "VERB" if _acts(token) else "NOUN")
            for trigger in self.knowledge.events.get(key, ()):
                event = self._event(token, trigger, claim)
                if event is not None:
                    self.told.add(event.type)
                    events.append(event)
                    events.extend(self._disputed(token, event))
                    break
        self._share_places(events)
        return events

    def _share_places(self, events: list[EventDraft]) -> None:
        """Let harm told as one share its place: "killed six and wounded nine near Gao", "shelled Gao's port, killing nine"."""
        harm = {event.token: event for event in events if is_harm(event.type)}
        for event in events:
            word = self.doc[event.token]
            first = harm.get(word.head.i)
            if (
                first is None
                or not (word.dep_ == "conj" or (word.dep_ == "advcl" and word.tag_ == "VBG"))
                or event.token not in harm
                or first.claim is not event.claim
            ):
                continue
            for giver, taker in ((event, first), (first, event)):
                if "place" in giver.roles and "place" not in taker.roles:
                    taker.roles["place"] = list(giver.roles["place"])

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

    # -- events --------------------------------------------------------------------------------------------------------

    def _event(self, token: Token, trigger: Trigger, claim: ClaimDraft) -> EventDraft | None:
        if trigger.pos == "NOUN" and (
            (token.i in self.scene.mention_at and self.scene.mention_at[token.i].form == "name")
            or self._is_kind(token, trigger.name)
        ):
            return None
        if token.pos_ == "VERB" and token.dep_ in ("amod", "compound") and not is_object_verb(token):
            return None
        known = self.scene.mention_at.get(token.i)
        if trigger.name in ("Accusation", "Destruction") and known is not None and known.type == "Weapon":
            return None  # "explosive charges", "weapons of mass destruction"
        if (
            self._is_idiom(token)
            or self._is_doer_of_deed(token)
            or _is_numbered(token)
            or (trigger.name == "Sale" and _commands(token))
        ):
            return None
        roles = (self.verb_roles if trigger.pos == "VERB" else self.noun_roles).find(token, trigger)
        if roles is None:
            return None
        self._settle(roles, trigger)
        is_mutual = trigger.name in _MUTUAL and trigger.lemma in self.knowledge.words["word for two"]
        if is_mutual and "recipient" not in roles and _is_alone(roles):
            return None  # "spoke of a massacre", "the men worked"
        if trigger.pos == "NOUN" and trigger.needs and not self._is_needed(roles, trigger):
            return None
        if trigger.lemma in self.knowledge.words["bare motion verb"] and not {"destination", "origin"} & set(roles):
            return None
        if trigger.lemma in self.knowledge.words["word with a target"] and "target" not in roles:
            return None
        if trigger.lemma in ("arm", "equip") and is_passive(token) and "actor" not in roles:
            return None  # "men armed with rifles"
        existential = token.dep_ in ("attr", "dobj") and any(child.dep_ == "expl" for child in token.head.children)
        amount = self._partitive_amount(token)
        fillers = [m for role in ("actor", "target", "instrument", "participant", "recipient") for m in roles.get(role, ())]
        if not any(mention.form != "listed" for mention in fillers) and not (
            existential
            or (trigger.pos == "VERB" and self._happens_to_somebody(token, trigger, fillers))
            or (amount is not None and trigger.name in HARM)
            or (trigger.pos == "NOUN" and roles.get("place") and not is_a(trigger.name, "Movement"))
            or (trigger.pos == "NOUN" and self.specificity.is_certain(token, trigger.name, self.told))
        ):
            return None
        if (
            trigger.name == "Crash"
            and trigger.lemma in ("fall", "land")
            and not any(m.type in ("Weapon", "Platform") for ms in roles.values() for m in ms)
        ):
            return None
        event = EventDraft(token.i, trigger.name, roles, claim, rule=trigger.rule)
        event.polarity, event.certainty = self.finder.status(token, claim)
        if trigger.pos == "NOUN" and self._is_presupposed(token):
            event.polarity, event.certainty = claim.base
        if trigger.lemma == "miss":
            event.polarity = Polarity.NEGATIVE if event.polarity is Polarity.POSITIVE else event.polarity
        event.amount = amount or amount_of(event)
        event.time = self._time(token, claim)
        if event.time is not None:
            roles.setdefault("time", [event.time])
        return event

    def _is_needed(self, roles: dict[str, list[Found]], trigger: Trigger) -> bool:
        return any(self.scene.fits(mention, trigger.needs) for mentions in roles.values() for mention in mentions)

    def _is_presupposed(self, noun: Token) -> bool:
        """True for "the blast" of "the blast did not hurt anyone", which happened; not of "the talks will not take place"."""
        lemma, words = noun.head.lemma_.lower(), self.knowledge.words
        tells = {"be", *words["occurrence verb"], *words["light verb"]}
        return noun.dep_ == "nsubj" and lemma not in tells and self.specificity.points(noun)

    def _happens_to_somebody(self, verb: Token, trigger: Trigger, fillers: list[Found]) -> bool:
        """True for "they were arrested", "it exploded", of somebody or something that no name was found for."""
        heads = [self.doc[mention.head] for mention in fillers]
        if trigger.name == "Explosion":
            things = self.knowledge.words["thing that explodes"]
            heads += subjects(verb) + objects(verb)
            return any(head.lower_ in ("it", "they", "them", "one") or head.lemma_.lower() in things for head in heads)
        if trigger.lemma in self.knowledge.words["word for one deed"]:
            told = [*objects(verb), *(subjects(verb) if is_passive(verb) else ())]
            if any(token.pos_ in ("NOUN", "PROPN") for token in told):
                return True  # "leftists were arrested", whom nothing is known of
        known = self.scene.is_one_of(trigger.name, "deed told alone") or trigger.name in HARM
        return known and any(head.lower_ in self.knowledge.words["personal pronoun"] for head in heads)

    def _is_kind(self, noun: Token, class_: str) -> bool:
        """True for the "attack" of "attack helicopter": a kind of thing; "the bombing suspect" speaks of the bombing."""
        if noun.dep_ != "compound":
            return False
        whose = self.scene.mention_at.get(noun.head.i)
        is_somebody = whose is not None and whose.type in ("Group", "Person", "Place")
        return noun.head.i < noun.i or not is_somebody or not self.specificity.may_modify(class_)

    def _is_doer_of_deed(self, noun: Token) -> bool:
        """True for the "suicide bomber" who "struck a convoy": told by the verb, not twice."""
        if noun.lemma_.lower() not in self.knowledge.nouns or noun.dep_ not in ("nsubj", "pobj") or noun.pos_ == "VERB":
            return False
        verb = noun.head if noun.dep_ == "nsubj" else noun.head.head
        key = (self.scene.lemma(verb, self.knowledge.events), "VERB")
        return is_verb(verb) and any(is_harm(trigger.name) for trigger in self.knowledge.events.get(key, ()))

    def _is_idiom(self, token: Token) -> bool:
        """True for "heart attack", "struck a deal": word pairs that are no event of the trigger's kind."""
        lemma = token.lemma_.lower()
        pairs = {f"{lemma} {child.lemma_.lower()}" for child in token.children if child.dep_ == "dobj"}
        behind = (child for child in token.children if child.dep_ in ("prep", "prt") and child.i == token.i + 1)
        pairs |= {f"{lemma} {child.lower_}" for child in behind}
        pairs |= {f"{lemma} {word} {filler.lemma_.lower()}" for word, filler in prepositional(token) if word == "with"}
        pairs |= {f"{child.lower_} {lemma}" for child in token.children if child.dep_ in ("compound", "amod")}
        return not pairs.isdisjoint(self.knowledge.words["idiom"])

    def _settle(self, roles: dict[str, list[Found]], trigger: Trigger) -> None:
        """A weapon does not act: it is the instrument; a platform that crashes or is fired from stays."""
        for role in ("actor", "participant"):
            weapons = [mention for mention in roles.get(role, ()) if _is_unmanned(mention, trigger.name)]
            if weapons:
                roles[role] = [mention for mention in roles[role] if all(mention is not weapon for weapon in weapons)]
                roles.setdefault("instrument", []).extend(weapons)
        if "instrument" in roles and not roles.get("actor"):
            operators = [m.operator for m in roles["instrument"] if m.operator is not None]
            operators = operators or [user for m in roles["instrument"] for user in self._users(m)]
            if operators and (is_harm(trigger.name) or trigger.name in ("Launch", "Deployment", "Shootdown", "Interception")):
                roles["actor"] = operators[:1]
        if trigger.name in HARM and "target" in roles:  # "killed 55 people at a market and a cemetery", tied to the people
            places = [mention for mention in roles["target"] if mention.type == "Place"]
            roles["target"] = [mention for mention in roles["target"] if mention.type != "Place"]
            if places:
                roles.setdefault("place", []).extend(places)
        for role in [role for role, mentions in roles.items() if not mentions]:
            del roles[role]

    def _users(self, weapon: Found) -> list[Found]:
        """Give who fired or launched a weapon, as told beside it: "shells fired by the rebels killed a teacher"."""
        told = [child for child in self.doc[weapon.head].children if child.dep_ == "acl" and is_passive(child)]
        rows = self.knowledge.events
        fired = (verb for verb in told if any(row.name in _USES for row in rows.get((verb.lemma_.lower(), "VERB"), ())))
        return self.scene.mentions(agent for verb in fired for agent in agents(verb))

    def _time(self, token: Token, claim: ClaimDraft) -> Found | None:
        """Give the time told with an event; the day of the saying ("said on Monday that …") is none of it."""
        clause = token
        while not is_verb(clause) and clause.head.i != clause.i:
            clause = clause.head
        own: list[Found] = []
        around: list[Found] = []
        for mention in self.scene.times.get(token.sent.start, ()):
            head = self.doc[mention.head]
            if (not claim.is_own_voice and not claim.covers(mention.head)) or head.is_ancestor(token):
                continue
            if head.dep_ in ("compound", "nmod") and head.head.i != token.i and not self._is_time(head.head):
                continue  # "the Christmas market"
            above = head.head
            while (
                above.dep_ in ("pobj", "prep", "npadvmod", "compound", "nmod")
                and not is_verb(above)
                and above.head.i != above.i
            ):
                if above.i == token.i:
                    break
                above = above.head
            if above.i in (token.i, clause.i) and not self.roles.is_distance(mention):
                (own if above.i == token.i else around).append(mention)
        return next(iter(own or (around if self._is_of_clause(token, clause) else ())), None)

    def _is_time(self, token: Token) -> bool:
        mention = self.scene.mention_at.get(token.i)
        return mention is not None and mention.type == "Time"

    def _is_of_clause(self, token: Token, clause: Token) -> bool:
        """True if an event's noun is what its clause is about; that of "held on Monday over the attack" was at another time."""
        first = self.roles.whole_of(token)
        while first.dep_ == "conj" and first.head.i != clause.i:
            first = first.head
        if first.dep_ == "pobj" and first.head.head.i == clause.i:
            return first.head.lower_ in self.knowledge.words["preposition of same time"] or first.head.dep_ == "agent"
        return not (first.dep_ == "pobj" and first.head.head.pos_ in ("NOUN", "ADJ", "ADP"))

    def _partitive_amount(self, token: Token) -> Amount | None:
        """Read the number in "at least four of the missiles crashed", "the toll rose to 41"."""
        if token.pos_ == "NOUN" and token.dep_ in SUBJECT_DEPS and is_verb(token.head):
            for preposition, number in prepositional(token.head):
                if preposition in ("to", "at", "past") and number.pos_ == "NUM" and self.roles.is_bare_number(number):
                    before = self.doc[max(0, number.i - 4) : number.i].text.lower()
                    return read_amount(number.text, before, "", self.knowledge.quantifiers)
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
            vague = self.knowledge.quantifiers.get(head.lower_)
            if vague is not None and vague.kind == "word" and head.pos_ == "NOUN" and not of_objects(head):
                return read_amount(head.text, "", "", self.knowledge.quantifiers)  # "scores died"
            mention = self.scene.mention_at.get(head.i)
            if head.pos_ == "NUM" and head.lower_ != "one" and (mention is None or mention.type == "Quantity"):
                return read_amount(
                    head.text, self.doc[max(0, head.i - 4) : head.i].text.lower(), "", self.knowledge.quantifiers
                )
        return None


def _is_unmanned(mention: Found, event: str) -> bool:
    """True for a weapon, and for a drone that does more than fly or crash: it is what somebody acts with."""
    is_drone = mention.class_ is not None and is_a(mention.class_, "Drone")
    return mention.type == "Weapon" or (is_drone and event != "Crash" and not is_a(event, "Movement"))


def _is_numbered(noun: Token) -> bool:
    """True for a name of something with a number: "Flight 655"."""
    return noun.pos_ != "VERB" and noun.text[:1].isupper() and noun.i + 1 < len(noun.doc) and noun.nbor().text[:1].isdigit()


def _commands(verb: Token) -> bool:
    """True for "ordered ships to sail", which buys none."""
    return any(child.dep_ in ("xcomp", "ccomp") and child.tag_ == "VB" for child in verb.children)


def _is_alone(roles: Mapping[str, list[Found]]) -> bool:
    return len([*roles.get("participant", ()), *roles.get("actor", ())]) < 2


def _acts(token: Token) -> bool:
    """True for a verb, and for a noun that stands as one: "US and UK strike Houthi targets" in a headline."""
    below = {child.dep_ for child in token.children} if token.dep_ == "ROOT" else set()
    return token.pos_ == "VERB" or {"nsubj", "dobj"} <= below


def amount_of(event: EventDraft) -> Amount | None:
    """Give the event's count: of missiles launched, people killed."""
    roles = ("target", "actor") if event.type == "Displacement" else ("target",) if event.type in HARM else _COUNTED
    for role in roles:
        told = event.roles.get(role, ())
        if role == "target" and event.type == "Explosion":  # its victims are counted with their killing
            continue
        amounts = [mention.amount for mention in told if mention.amount is not None]
        counts = [amount.count for amount in amounts if amount.count is not None and not amount.is_about]
        if len(counts) == len(told) > 1 and event.type in HARM:  # "12 soldiers and three civilians"
            return Amount(sum(counts))
        for amount in amounts:
            if amount.count != 1 and role == "target" and len(told) > len(amounts) and event.type in HARM:
                return Amount(None, amount.count or amount.minimum, None)  # "scores of Afghans and 13 marines"
            if amount.count != 1:
                return amount
    return None
