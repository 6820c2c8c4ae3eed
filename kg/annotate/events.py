"""Finds events: a trigger word from the lexicon, and the participants in their grammatical places.

Takes mentions and claims; gives events that point to both. Which word tells of what, and which place fills which role, is
data (`ontology/lexicons/events.tsv`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from spacy.tokens import Token

from kg.annotate.amounts import Amount, read_amount
from kg.annotate.claims import ClaimDraft, combine
from kg.annotate.found import Found
from kg.annotate.scene import ACTORS, Scene
from kg.annotate.specific import Specificity
from kg.annotate.syntax import (
    OWNER_DEPS,
    SUBJECT_DEPS,
    agents,
    antecedent,
    conjuncts,
    is_negated,
    is_object_verb,
    is_passive,
    is_verb,
    objects,
    of_objects,
    prepositional,
    subjects,
)
from kg.knowledge import Trigger
from kg.model import Certainty, Polarity
from kg.vocab import is_a

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
_FAR = 80
_APART = ("after", "before")
_WHERE = ("at", "on", "in")
_COUNTED = ("instrument", "target", "actor", "participant")
_HARM = frozenset(("Casualties", "Killing", "Injury", "Massacre", "Arrest", "Kidnapping", "Release", "Displacement"))


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
        self.generic = self.knowledge.events[("*", "*")][0].prepositions
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
        harm = {event.token: event for event in events if _is_harm(event.type)}
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
        if (
            self._is_idiom(token)
            or self._is_doer_of_deed(token)
            or _is_numbered(token)
            or (trigger.name == "Sale" and _commands(token))
        ):
            return None
        roles = self._verb_roles(token, trigger) if trigger.pos == "VERB" else self._noun_roles(token, trigger)
        if roles is None:
            return None
        self._settle(roles, trigger)
        if trigger.name == "Communication" and "recipient" not in roles and len(roles.get("participant", ())) == 1:
            return None  # "spoke of a massacre"
        existential = token.dep_ in ("attr", "dobj") and any(child.dep_ == "expl" for child in token.head.children)
        amount = self._partitive_amount(token)
        fillers = [m for role in ("actor", "target", "instrument", "participant", "recipient") for m in roles.get(role, ())]
        if not any(mention.form != "listed" for mention in fillers) and not (
            existential
            or (trigger.pos == "VERB" and self._happens_to_somebody(token, trigger, fillers))
            or (amount is not None and trigger.name in _HARM)
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
        known = self._is_one_of(trigger, "deed told alone") or trigger.name in _HARM
        return known and any(head.lower_ in self.knowledge.words["personal pronoun"] for head in heads)

    def _is_kind(self, noun: Token, class_: str) -> bool:
        """True for the "attack" of "attack helicopter": a kind of thing; "the bombing suspect" speaks of the bombing."""
        if noun.dep_ != "compound":
            return False
        mention = self.scene.mention_at.get(noun.i)
        of_people = mention is None or mention.type == "Group"
        return noun.head.i < noun.i or not of_people or not self.specificity.may_modify(class_)

    def _is_doer_of_deed(self, noun: Token) -> bool:
        """True for the "suicide bomber" who "struck a convoy": told by the verb, not twice."""
        if noun.lemma_.lower() not in self.knowledge.nouns or noun.dep_ not in ("nsubj", "pobj") or noun.pos_ == "VERB":
            return False
        verb = noun.head if noun.dep_ == "nsubj" else noun.head.head
        key = (self.scene.lemma(verb, self.knowledge.events), "VERB")
        return is_verb(verb) and any(_is_harm(trigger.name) for trigger in self.knowledge.events.get(key, ()))

    def _is_idiom(self, token: Token) -> bool:
        """True for "heart attack", "struck a deal": word pairs that are no event of the trigger's kind."""
        lemma = token.lemma_.lower()
        pairs = {f"{lemma} {child.lemma_.lower()}" for child in token.children if child.dep_ == "dobj"}
        pairs |= {f"{lemma} {child.lower_}" for child in token.children if child.dep_ == "prep" and child.i == token.i + 1}
        pairs |= {f"{child.lower_} {lemma}" for child in token.children if child.dep_ in ("compound", "amod")}
        return not pairs.isdisjoint(self.knowledge.words["idiom"])

    def _verb_roles(self, verb: Token, trigger: Trigger) -> dict[str, list[Found]] | None:
        surface_subjects = subjects(verb)
        passive = is_passive(verb) or (trigger.object != "" and self._is_elliptic_passive(verb))
        direct = [] if passive else objects(verb)
        if passive:
            direct = surface_subjects
            surface_subjects = agents(verb)
        deeds = [t for preposition, t in prepositional(verb) if preposition in ("in", "during", "by")] if passive else []
        doers = self.scene.mentions(surface_subjects) or self._behind(surface_subjects)
        if passive and not doers:  # "was killed in a raid by commandos"
            doers = self._behind(deeds)
        if trigger.subject_needs:
            doers = [mention for mention in doers if self.scene.fits(mention, trigger.subject_needs)]
            if not doers:
                doers = self._counted(surface_subjects, trigger.subject_needs)
            if not doers and all(subject.pos_ == "VERB" for subject in surface_subjects):
                doers = self._left_of(verb, trigger.subject_needs)
            if not doers:
                return None
        patients = self.scene.mentions(direct)
        if (
            not passive
            and trigger.object == "instrument"
            and not any(not trigger.needs or self.scene.fits(mention, trigger.needs) for mention in patients)
        ):
            patients = [
                m for m in self.scene.mentions(surface_subjects) if m.type == "Weapon"
            ]  # "the missiles they fired" misparsed
        words = {token.lemma_.lower() for token in direct}  # "signed an agreement": the need names the noun itself
        fits = any(self.scene.fits(mention, trigger.needs) for mention in patients) or words & {
            n.lower() for n in trigger.needs
        }
        if trigger.needs and not fits and not ("none" in trigger.needs and not direct):
            return None
        if trigger.subject == trigger.object == "participant" and direct and not patients:
            return None  # "met fierce resistance"
        roles: dict[str, list[Found]] = {}
        if trigger.subject:
            self._put(roles, trigger.subject, [m for m in doers if m not in patients or trigger.object != "instrument"])
        if trigger.object == "target" and not patients and not trigger.needs and _is_harm(trigger.name):
            holders = [mention for token in direct for mention in self.scene.holders(token)]
            sites = [filler for token in direct for word, filler in prepositional(token) if word in ("in", "near", "at")]
            around = self.scene.mentions(sites)  # "attacked two posts in Rakhine": the place, not the target
            patients = [mention for mention in holders if all(mention is not place for place in around)]
        if trigger.name not in _HARM:
            patients = [mention for mention in patients if mention.type != "Quantity"]
        if trigger.object:
            self._put(roles, trigger.object, [m for m in patients if not trigger.needs or self.scene.fits(m, trigger.needs)])
        self._put_prepositions(roles, verb, trigger)
        if is_object_verb(verb):
            self._put_prepositions(roles, verb.head, trigger)
            self._put_prepositions(roles, verb.nbor(-1), trigger)
        for token in direct:  # "laid siege to X", "cut ties with X": X hangs on the noun
            if (" " in trigger.lemma and token.lower_ in trigger.lemma) or token.lemma_.lower() in trigger.needs:
                self._put_prepositions(roles, token, trigger)
        beside = [t for preposition, t in prepositional(verb) if trigger.prepositions.get(preposition) == "participant"]
        for token in (*direct, *beside, *deeds):  # "met A in B", "killed by a strike near B": tied to the nearest noun
            self._put_places(roles, token)
        if "instrument" not in roles and _is_harm(trigger.name):  # "struck a base with missiles", tied to the base
            near = [t for token in direct for word, t in prepositional(token) if word in ("with", "using")]
            self._put(roles, "instrument", [m for m in self.scene.mentions(near) if m.type in ("Weapon", "Platform")])
        if "place" not in roles and verb.dep_ == "relcl" and any(child.lower_ == "where" for child in verb.children):
            self._put(roles, "place", self.scene.mentions([verb.head]))
        if "place" not in roles:  # "crashed while they were flying over Iran"
            for child in verb.children:
                if child.dep_ == "advcl" and self._is_at_once(child):
                    places = [
                        m
                        for preposition, filler in prepositional(child)
                        if self.generic.get(preposition) == "place"
                        for m in self.scene.mentions([filler])
                    ]
                    self._put(roles, "place", places)
        return roles

    def _is_elliptic_passive(self, verb: Token) -> bool:
        """True for "was shot down and its pilot captured", and "UN peacekeepers killed near Goma" as a headline."""
        if verb.tag_ not in ("VBN", "VBD") or any(c.dep_ in ("aux", "dobj", "ccomp", "prt") for c in verb.children):
            return False
        if not any(child.dep_ == "nsubj" for child in verb.children):
            return False
        after_passive = verb.dep_ == "conj" and is_verb(verb.head) and is_passive(verb.head)
        return after_passive or self.finder.passage.kind(verb) == "headline"

    @staticmethod
    def _is_at_once(clause: Token) -> bool:
        """True for "while they were flying over Iran", whose place is that of the main clause; not if others act in it."""
        marks = {child.lower_ for child in clause.children if child.dep_ in ("mark", "advmod")}
        own = [child for child in clause.children if child.dep_ in SUBJECT_DEPS]
        return not marks.isdisjoint(("while", "as", "when")) and all(token.pos_ == "PRON" for token in own)

    def _behind(self, nouns: Iterable[Token]) -> list[Found]:
        """Give who is behind a deed that acts in his stead: "U.S. airstrikes killed …", "killed by a coalition strike"."""
        found: list[Found] = []
        parts = self.knowledge.words["partitive"]
        for noun in (t for word in nouns for t in (of_objects(word) if word.lower_ in parts else (word,))):
            if noun.pos_ == "NOUN" and (noun.lemma_.lower(), "NOUN") in self.knowledge.events:
                owners = [c for c in noun.children if c.dep_ in OWNER_DEPS]
                owners += [t for preposition, t in prepositional(noun) if preposition == "by"]
                owners += [t for c in noun.children if c.dep_ == "acl" and is_passive(c) for t in agents(c)]
                found += [m for m in self.scene.mentions(owners) if m.type in ACTORS]
        return found

    def _counted(self, heads: list[Token], needs: frozenset[str]) -> list[Found]:
        """Give what a bare number counts ("three missiles got through … six hit"): the last plural of the kind told before."""
        number = next((head for head in heads if head.pos_ == "NUM" and head.lower_ != "one"), None)
        if number is None or not self._is_bare_number(number):
            return []
        for index in range(number.i - 1, max(-1, number.i - _FAR), -1):
            mention = self.scene.mention_at.get(index)
            if mention is not None and self.scene.fits(mention, needs) and self.doc[mention.head].tag_ in ("NNS", "NNPS"):
                return [mention]
        return []

    def _left_of(self, verb: Token, needs: frozenset[str]) -> list[Found]:
        """Give the nearest fitting mention before a verb whose subject the parse misses ("missiles fired at X had crashed")."""
        for index in range(verb.i - 1, max(verb.sent.start, verb.i - _NEAR) - 1, -1):
            mention = self.scene.mention_at.get(index)
            if (
                mention is not None
                and self.scene.fits(mention, needs)
                and self.doc[mention.head].dep_ not in ("pobj", "dobj", "poss")
            ):
                return [mention] if self.scene.innermost.get(index) is self.scene.innermost.get(verb.i) else []
        return []

    def _noun_roles(self, noun: Token, trigger: Trigger) -> dict[str, list[Found]]:
        roles: dict[str, list[Found]] = {}
        for child in noun.children:
            mention = self.scene.mention_at.get(child.i)
            if mention is None or child.dep_ not in OWNER_DEPS:
                continue
            if mention.type in ("Weapon", "Platform"):
                self._put(roles, "instrument", [mention])
            elif mention.type == "State" and child.dep_ == "poss" and self._is_one_of(trigger, "deed placed by its possessor"):
                self._put(roles, "place", [mention])
            elif mention.type in ("Nationality", "State", "Agency", "Person", "Group"):
                if child.dep_ == "poss" and self._is_undergone(noun, mention, trigger):
                    self._put(roles, "target", [mention])
                elif not trigger.subject_needs or self.scene.fits(mention, trigger.subject_needs):
                    self._put(roles, trigger.subject or "target", [mention])
            elif mention.type == "Place":
                self._put(roles, "place", [mention])
        self._put_prepositions(roles, noun, trigger)
        if trigger.prepositions.get("against") == "target" and "target" not in roles:
            self._put(roles, "target", self._against(noun))
        whole = self._whole_of(noun)
        if whole.i != noun.i:
            self._put_prepositions(roles, whole, trigger)
        governor = whole.head
        if (
            whole.dep_ in ("dobj", "nsubjpass")
            and is_verb(governor)
            and governor.lemma_.lower() in self.knowledge.words["light verb"]
        ):
            passive = is_passive(governor)
            doers = agents(governor) if passive else subjects(governor)
            mediates = any(t.name == "Mediation" for t in self.knowledge.events.get((governor.lemma_.lower(), "VERB"), ()))
            role = self._role_of_doer(governor, trigger)
            if role and not mediates and (role not in roles or role == "participant"):
                self._put(roles, role, self.scene.mentions(doers))
            self._put_prepositions(roles, governor, trigger)
        elif (
            whole.dep_ == "nsubj"
            and is_verb(governor)
            and governor.lemma_.lower() in self.knowledge.words["striking verb"]
            and _is_harm(trigger.name)
        ):  # "an explosion ripped through a market in Kirkuk"
            struck = [*objects(governor), *(t for word, t in prepositional(governor) if word in ("through", "across"))]
            if not _is_aimed(roles):  # "the attack on the frigate killed 37 sailors": the frigate was the target
                self._put(roles, "target", self.scene.targets(struck))
            for token in (governor, *struck):
                self._put_places(roles, token)
        elif whole.dep_ == "nsubj" and governor.lemma_.lower() in self.knowledge.words["occurrence verb"] | {"be"}:
            self._put_places(roles, governor)
        elif whole.dep_ == "pobj" and governor.dep_ == "agent" and _is_harm(trigger.name):  # "was shattered by an explosion"
            verb = governor.head
            if verb.lemma_.lower() in self.knowledge.words["striking verb"] and is_passive(verb) and not _is_aimed(roles):
                struck = subjects(verb)
                self._put(roles, "target", self.scene.targets(struck))
                for token in (verb, *struck):
                    self._put_places(roles, token)
        self._put_doers(roles, noun, trigger)
        if _is_harm(trigger.name):
            self._put_consequences(roles, noun)
        return roles

    def _put_doers(self, roles: dict[str, list[Found]], noun: Token, trigger: Trigger) -> None:
        """Take who is told beside a deed's noun to have done it: "carried out by X", "which X claimed", "attributed to X"."""
        doing = self.knowledge.words["light verb"] | self.knowledge.words["claiming verb"]
        clauses = [child for child in noun.children if child.dep_ in ("acl", "relcl")]
        if noun.dep_ == "nsubjpass":  # "is believed to have been carried out by X"
            clauses.append(noun.head)
        clauses += [child for clause in clauses for child in clause.children if child.dep_ == "xcomp"]
        for clause in clauses:
            lemma = clause.lemma_.lower()
            passive = is_passive(clause)
            if lemma in self.knowledge.words["aiming verb"] and passive:  # "bombings aimed at civilians"
                aims = [t for word, t in prepositional(clause) if word in ("at", "against", "on", "toward", "towards")]
                self._put(roles, "target", self.scene.targets(aims))
                continue
            if lemma in self.knowledge.words["ascribing verb"] and passive:
                ascribed = [t for word, t in prepositional(clause) if word in ("to", "on")]
            elif lemma in doing and passive:
                ascribed = agents(clause)
            elif lemma in doing and clause.dep_ == "relcl" and noun.i in (t.i for t in objects(clause)):
                ascribed = subjects(clause)
            else:
                continue
            if trigger.subject and trigger.subject not in roles:
                self._put(roles, trigger.subject, self.scene.mentions(ascribed))
            if lemma in self.knowledge.words["light verb"] and clause is not noun.head:
                self._put_prepositions(roles, clause, trigger)

    def _is_one_of(self, trigger: Trigger, words: str) -> bool:
        return any(is_a(trigger.name, class_) for class_ in self.knowledge.words[words])

    def _is_undergone(self, noun: Token, owner: Found, trigger: Trigger) -> bool:
        """True for "his arrest", "Lumumba's assassination"; of "his killing of a guard" and "his killings" he is the doer."""
        someone = owner.type in ("Person", "Group") and noun.tag_ == "NN"
        return someone and not of_objects(noun) and self._is_one_of(trigger, "deed done to its possessor")

    def _role_of_doer(self, governor: Token, trigger: Trigger) -> str:
        """Give the role of who makes ("launched an attack"), undergoes ("survived an attack") or only sees what is told."""
        lemma, words = governor.lemma_.lower(), self.knowledge.words
        if is_passive(governor):
            return trigger.subject
        if trigger.subject == "target" and lemma in words["causing verb"]:
            return "actor"
        if trigger.subject == "actor" and lemma in words["undergoing verb"]:
            return "target" if "target" in trigger.prepositions.values() else ""
        if trigger.subject == "actor" and lemma in words["onlooking verb"] and self._is_one_of(trigger, "deed told alone"):
            return "place"
        return trigger.subject

    def _whole_of(self, noun: Token) -> Token:
        """Give "round" for the talks of "held a second round of talks", a "wave" for its attacks; any other noun as it is."""
        if noun.dep_ == "pobj" and noun.head.lower_ == "of" and noun.head.head.lower_ in self.knowledge.words["partitive"]:
            return noun.head.head
        return noun

    def _put_consequences(self, roles: dict[str, list[Found]], noun: Token) -> None:
        """Take what stands around an attack: whom it struck ("the bombing that killed …"), who claims it."""
        for clause in noun.children:
            strikes = clause.dep_ == "relcl" and clause.lemma_.lower() in self.knowledge.words["striking verb"]
            does = (antecedent(child).i for child in clause.children if child.dep_ == "nsubj")
            if strikes and not is_passive(clause) and noun.i in does:
                struck = objects(clause)
                if not _is_aimed(roles):
                    self._put(roles, "target", self.scene.mentions(struck))
                for token in (clause, *struck):
                    self._put_places(roles, token)
        above = noun.head.head if noun.dep_ == "pobj" and noun.head.lower_ == "for" else noun
        if noun.dep_ == "dobj" and noun.head.lemma_.lower() == "claim" and "actor" not in roles:  # "claimed the attack on X"
            self._put(roles, "actor", self.scene.mentions(subjects(noun.head)))
        is_taken = above.head.lemma_.lower() in self.knowledge.words["responsibility verb"]
        if above.lemma_.lower() == "responsibility" and above.dep_ == "dobj" and is_taken and "actor" not in roles:
            takers = [t for t in subjects(above.head) if not any(child.lower_ == "no" for child in t.children)]
            self._put(roles, "actor", self.scene.mentions(takers))
        if "actor" not in roles and noun.dep_ == "pobj":
            self._put(roles, "actor", self.scene.mentions(self._partakers(noun.head)))

    def _partakers(self, preposition: Token) -> list[Token]:
        """Give who is told to be "responsible for" a deed, "behind" it, to have "taken part in" it."""
        above, word = preposition.head, preposition.lower_
        if word == "for" and above.lower_ == "responsible":
            known = above.dep_ == "acomp"
        elif word == "behind":
            if above.pos_ in ("NOUN", "PROPN", "PRON"):
                return [above]
            known = above.lemma_ == "be"
        elif word == "in":
            above = above.head if above.lower_ == "part" and above.dep_ == "dobj" else above
            takes_part = above.lemma_ == "take" and any(child.lower_ == "part" for child in above.children)
            known = is_verb(above) and (above.lemma_ == "participate" or takes_part)
        else:
            return []
        if not known:
            return [above.head] if above.lower_ == "responsible" and above.dep_ in ("amod", "acl", "relcl") else []
        verb = above if is_verb(above) else above.head
        above_it = next((word for word in verb.ancestors if is_verb(word)), verb) if verb.dep_ == "pcomp" else verb
        return [] if is_negated(verb) or is_negated(above_it) else subjects(verb)

    def _against(self, noun: Token) -> list[Found]:
        """Give the target of "conducted strikes using bombers and drones against X", where the parser ties it to the drones."""
        for token in self.doc[noun.i + 1 : min(noun.i + _NEAR, noun.sent.end)]:
            if token.pos_ == "VERB" and token.dep_ not in ("advcl", "acl", "amod", "prep", "pcomp"):
                break
            if token.lower_ == "against":
                return self.scene.targets(t for child in token.children if child.dep_ == "pobj" for t in conjuncts(child))
        return []

    def _put_prepositions(self, roles: dict[str, list[Found]], token: Token, trigger: Trigger) -> None:
        for preposition, filler in prepositional(token):
            role = trigger.prepositions.get(preposition) or self.generic.get(preposition)
            mentions = self.scene.targets([filler]) if role == "target" else self.scene.mentions([filler])
            if role is None or not mentions or (role == "time" and self._is_distance(mentions[0])):
                continue
            if role == "instrument" and preposition in ("with", "using") and mentions[0].type not in ("Weapon", "Platform"):
                continue
            if role == "actor" and token.pos_ == "VERB" and preposition == "by" and not is_passive(token):
                continue
            if role == "target" and preposition in _WHERE and mentions[0].type == "Place" and _is_aimed(roles):
                role = "place"  # "was shot at his house"
            self._put(roles, role, mentions)
            if role in ("target", "participant"):  # "fire on protesters in Khartoum", "a battle between A and B in C"
                self._put_places(roles, filler)

    def _put_places(self, roles: dict[str, list[Found]], token: Token) -> None:
        """Take the places that stand behind a noun or an occurrence verb as the event's."""
        for preposition, filler in prepositional(token):
            if self.generic.get(preposition) == "place" or preposition == "on":
                self._put(roles, "place", self.scene.mentions([filler]))

    def _put(self, roles: dict[str, list[Found]], role: str, mentions: list[Found]) -> None:
        allowed = _NEEDED_TYPE.get(role)
        if role == "target":  # "civilians, including children"
            heads = [self.doc[mention.head] for mention in mentions]
            named = [t for head in heads for word, t in prepositional(head) if word in ("including", "as")]
            mentions = mentions + [m for m in self.scene.mentions(named) if all(m is not other for other in mentions)]
        for mention in mentions:
            is_number = role == "target" and mention.type == "Quantity"
            if allowed is not None and mention.type not in allowed and not is_number:
                continue
            if role == "target" and self.doc[mention.head].lower_ in self.knowledge.words["reflexive"]:
                continue  # "blew himself up"
            if role == "target" and mention.form == "nominal" and mention.class_ == "MediaOutlet":
                continue  # "claimed the attack on its Telegram channel"
            again = any(mention.entity is not None and mention.entity == other.entity for other in roles.get(role, ()))
            if not again and all(mention is not other for others in roles.values() for other in others):
                roles.setdefault(role, []).append(mention)

    def _settle(self, roles: dict[str, list[Found]], trigger: Trigger) -> None:
        """A weapon does not act: it is the instrument; a platform that crashes or is fired from stays."""
        for role in ("actor", "participant"):
            weapons = [mention for mention in roles.get(role, ()) if _is_unmanned(mention, trigger.name)]
            if weapons:
                roles[role] = [mention for mention in roles[role] if all(mention is not weapon for weapon in weapons)]
                roles.setdefault("instrument", []).extend(weapons)
        if "instrument" in roles and not roles.get("actor"):
            operators = [m.operator for m in roles["instrument"] if m.operator is not None]
            if operators and (_is_harm(trigger.name) or trigger.name in ("Launch", "Deployment", "Shootdown", "Interception")):
                roles["actor"] = operators[:1]
        if trigger.name in _HARM and "target" in roles:  # "killed 55 people at a market and a cemetery", tied to the people
            places = [mention for mention in roles["target"] if mention.type == "Place"]
            roles["target"] = [mention for mention in roles["target"] if mention.type != "Place"]
            if places:
                roles.setdefault("place", []).extend(places)
        for role in [role for role, mentions in roles.items() if not mentions]:
            del roles[role]

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
            if above.i in (token.i, clause.i) and not self._is_distance(mention):
                (own if above.i == token.i else around).append(mention)
        return next(iter(own or (around if self._is_of_clause(token, clause) else ())), None)

    def _is_time(self, token: Token) -> bool:
        mention = self.scene.mention_at.get(token.i)
        return mention is not None and mention.type == "Time"

    def _is_of_clause(self, token: Token, clause: Token) -> bool:
        """True if an event's noun is what its clause is about; that of "held on Monday over the attack" was at another time."""
        first = self._whole_of(token)
        while first.dep_ == "conj" and first.head.i != clause.i:
            first = first.head
        if first.dep_ == "pobj" and first.head.head.i == clause.i:
            return first.head.lower_ in self.knowledge.words["preposition of same time"] or first.head.dep_ == "agent"
        return not (first.dep_ == "pobj" and first.head.head.pos_ in ("NOUN", "ADJ", "ADP"))

    def _is_distance(self, time: Found) -> bool:
        """True for how long before or after something else: "a day after she left", "after four days of fighting"."""
        head = self.doc[time.head]
        following = self.doc[time.end].lower_ if time.end < len(self.doc) else ""
        counted = head.lemma_.lower() in self.knowledge.words["time unit"]
        return counted and (following in _APART or (head.dep_ == "pobj" and head.head.lower_ in _APART))

    def _partitive_amount(self, token: Token) -> Amount | None:
        """Read the number in "at least four of the missiles crashed", "the toll rose to 41"."""
        if token.pos_ == "NOUN" and token.dep_ in SUBJECT_DEPS and is_verb(token.head):
            for preposition, number in prepositional(token.head):
                if preposition in ("to", "at", "past") and number.pos_ == "NUM" and self._is_bare_number(number):
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

    def _is_bare_number(self, token: Token) -> bool:
        mention = self.scene.mention_at.get(token.i)
        return mention is None or mention.type == "Quantity"


def _is_unmanned(mention: Found, event: str) -> bool:
    """True for a weapon, and for a drone that does more than fly or crash: it is what somebody acts with."""
    is_drone = mention.class_ is not None and is_a(mention.class_, "Drone")
    return mention.type == "Weapon" or (is_drone and event != "Crash" and not is_a(event, "Movement"))


def _is_numbered(noun: Token) -> bool:
    """True for a name of something with a number: "Flight 655"."""
    return noun.pos_ != "VERB" and noun.text[:1].isupper() and noun.i + 1 < len(noun.doc) and noun.nbor().text[:1].isdigit()


def _is_aimed(roles: Mapping[str, list[Found]]) -> bool:
    """True if something else than a place is known to be the target."""
    return any(mention.type != "Place" for mention in roles.get("target", ()))


def _commands(verb: Token) -> bool:
    """True for "ordered ships to sail", which buys none."""
    return any(child.dep_ in ("xcomp", "ccomp") and child.tag_ == "VB" for child in verb.children)


def _acts(token: Token) -> bool:
    """True for a verb, and for a noun that stands as one: "US and UK strike Houthi targets" in a headline."""
    below = {child.dep_ for child in token.children} if token.dep_ == "ROOT" else set()
    return token.pos_ == "VERB" or {"nsubj", "dobj"} <= below


def _is_harm(type_: str) -> bool:
    """True for classes of events that hurt or destroy."""
    return type_ in _HARM or is_a(type_, "Attack") or type_ in ("Hit", "Destruction", "Explosion")


def amount_of(event: EventDraft) -> Amount | None:
    """Give the event's count: of missiles launched, people killed."""
    roles = ("target", "actor") if event.type == "Displacement" else ("target",) if event.type in _HARM else _COUNTED
    for role in roles:
        told = event.roles.get(role, ())
        if role == "target" and event.type == "Explosion":  # its victims are counted with their killing
            continue
        amounts = [mention.amount for mention in told if mention.amount is not None]
        counts = [amount.count for amount in amounts if amount.count is not None and not amount.is_about]
        if len(counts) == len(told) > 1 and event.type in _HARM:  # "12 soldiers and three civilians"
            return Amount(sum(counts))
        for amount in amounts:
            if amount.count != 1 and role == "target" and len(told) > len(amounts) and event.type in _HARM:
                return Amount(None, amount.count or amount.minimum, None)  # "scores of Afghans and 13 marines"
            if amount.count != 1:
                return amount
    return None
