"""Reads the participants of an event off the noun that tells of it: owners, prepositions, the verb it hangs on."""

from spacy.tokens import Token

from kg.annotate.found import Found
from kg.annotate.roles import Roles, is_aimed, is_harm
from kg.annotate.scene import Scene, is_form
from kg.annotate.syntax import (
    OWNER_DEPS,
    agents,
    antecedent,
    conjuncts,
    is_negated,
    is_passive,
    is_verb,
    objects,
    of_objects,
    prepositional,
    subjects,
)
from kg.knowledge import Trigger

_NEAR = 14


class NounRoles:
    """Finds the participants of events told by nouns, in one document."""

    def __init__(self, scene: Scene, roles: Roles) -> None:
        self.scene = scene
        self.knowledge = scene.knowledge
        self.roles = roles

    def find(self, noun: Token, trigger: Trigger) -> dict[str, list[Found]]:
        """Give the roles of the event that a noun tells of by one row of the lexicon, with their fillers."""
        roles: dict[str, list[Found]] = {}
        for child in noun.children:
            mention = self.scene.mention_at.get(child.i)
            if mention is None or child.dep_ not in OWNER_DEPS:
                continue
            if mention.type in ("Weapon", "Platform"):
                self.roles.put(roles, "instrument", [mention])
            elif (
                mention.type == "State"
                and child.dep_ == "poss"
                and self.scene.is_one_of(trigger.name, "deed placed by its possessor")
            ):
                self.roles.put(roles, "place", [mention])
            elif mention.type in ("Nationality", "State", "Agency", "Person", "Group"):
                if child.dep_ in ("poss", "compound") and self._is_undergone(noun, mention, trigger):
                    self.roles.put(roles, "target", [mention])
                elif child.dep_ == "compound" and is_harm(trigger.name) and _is_label(mention):
                    continue
                elif not trigger.subject_needs or self.scene.fits(mention, trigger.subject_needs):
                    self.roles.put(roles, trigger.subject or "target", [mention])
            elif mention.type == "Place":
                self.roles.put(roles, "place", [mention])
        blamed = noun.dep_ == "dobj" and is_form(noun.head, self.knowledge.words["ascribing verb"])
        if blamed:  # "blamed the attack on the rebels"
            ascribed = [t for token in (noun.head, noun) for word, t in prepositional(token) if word in ("to", "on")]
            self.roles.put(roles, "actor", self.scene.mentions(ascribed))
        self.roles.put_prepositions(roles, noun, trigger, ("to", "on") if blamed else ())
        repelled = noun.dep_ == "dobj" and is_form(noun.head, self.knowledge.words["repelling verb"])
        if repelled and is_harm(trigger.name) and not is_aimed(roles):  # "the guards repelled the attack"
            self.roles.put(roles, "target", self.scene.mentions(subjects(noun.head)))
        if trigger.prepositions.get("against") == "target" and "target" not in roles:
            self.roles.put(roles, "target", self._against(noun))
        whole = self.roles.whole_of(noun)
        if whole.i != noun.i:
            self.roles.put_prepositions(roles, whole, trigger)
        governor = whole.head
        if whole.dep_ in ("dobj", "nsubjpass") and is_verb(governor) and is_form(governor, self.knowledge.words["light verb"]):
            passive = is_passive(governor)
            doers = agents(governor) if passive else subjects(governor)
            mediates = any(t.name == "Mediation" for t in self.knowledge.events.get((governor.lemma_.lower(), "VERB"), ()))
            role = self._role_of_doer(governor, trigger)
            if role and not mediates and (role not in roles or role == "participant"):
                self.roles.put(roles, role, self.scene.mentions(doers))
            self.roles.put_prepositions(roles, governor, trigger)
        elif (
            whole.dep_ == "nsubj"
            and is_verb(governor)
            and is_form(governor, self.knowledge.words["striking verb"])
            and is_harm(trigger.name)
        ):  # "an explosion ripped through a market in Kirkuk"
            struck = [*objects(governor), *(t for word, t in prepositional(governor) if word in ("through", "across"))]
            if not is_aimed(roles):  # "the attack on the frigate killed 37 sailors": the frigate was the target
                self.roles.put(roles, "target", self.scene.targets(struck))
            for token in (governor, *struck):
                self.roles.put_places(roles, token)
        elif whole.dep_ == "nsubj" and governor.lemma_.lower() in self.knowledge.words["occurrence verb"] | {"be"}:
            self.roles.put_places(roles, governor)
        elif whole.dep_ == "pobj" and governor.dep_ == "agent" and is_harm(trigger.name):  # "was shattered by an explosion"
            verb = governor.head
            if is_form(verb, self.knowledge.words["striking verb"]) and is_passive(verb) and not is_aimed(roles):
                struck = subjects(verb)
                self.roles.put(roles, "target", self.scene.targets(struck))
                for token in (verb, *struck):
                    self.roles.put_places(roles, token)
        self._put_doers(roles, noun, trigger)
        if is_harm(trigger.name):
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
            passive = is_passive(clause)
            if is_form(clause, self.knowledge.words["aiming verb"]) and passive:  # "bombings aimed at civilians"
                aims = [t for word, t in prepositional(clause) if word in ("at", "against", "on", "toward", "towards")]
                self.roles.put(roles, "target", self.scene.targets(aims))
                continue
            if is_form(clause, self.knowledge.words["ascribing verb"]) and passive:
                ascribed = [t for word, t in prepositional(clause) if word in ("to", "on")]
            elif is_form(clause, doing) and passive:
                ascribed = agents(clause)
            elif is_form(clause, doing) and clause.dep_ == "relcl" and noun.i in (t.i for t in objects(clause)):
                ascribed = subjects(clause)
            else:
                continue
            if trigger.subject and trigger.subject not in roles:
                self.roles.put(roles, trigger.subject, self.scene.mentions(ascribed))
            if is_form(clause, self.knowledge.words["light verb"]) and clause.i != noun.head.i:
                self.roles.put_prepositions(roles, clause, trigger)

    def _is_undergone(self, noun: Token, owner: Found, trigger: Trigger) -> bool:
        """True for "his arrest", "Lumumba's assassination"; of "his killing of a guard" and "his killings" he is the doer."""
        someone = owner.type in ("Person", "Group") and noun.tag_ == "NN"
        return someone and not of_objects(noun) and self.scene.is_one_of(trigger.name, "deed done to its possessor")

    def _role_of_doer(self, governor: Token, trigger: Trigger) -> str:
        """Give the role of who makes ("launched an attack"), undergoes ("survived an attack") or only sees what is told."""
        lemma, words = governor.lemma_.lower(), self.knowledge.words
        if is_passive(governor):
            return trigger.subject
        if trigger.subject == "target" and lemma in words["causing verb"]:
            return "actor"
        if trigger.subject == "actor" and lemma in words["undergoing verb"]:
            return "target" if "target" in trigger.prepositions.values() else ""
        if (
            trigger.subject == "actor"
            and lemma in words["onlooking verb"]
            and self.scene.is_one_of(trigger.name, "deed told alone")
        ):
            return "place"
        return trigger.subject

    def _put_consequences(self, roles: dict[str, list[Found]], noun: Token) -> None:
        """Take what stands around an attack: whom it struck ("the bombing that killed …"), who claims it."""
        for clause in noun.children:
            strikes = clause.dep_ == "relcl" and is_form(clause, self.knowledge.words["striking verb"])
            does = (antecedent(child).i for child in clause.children if child.dep_ == "nsubj")
            if strikes and not is_passive(clause) and noun.i in does:
                struck = objects(clause)
                if not is_aimed(roles):
                    self.roles.put(roles, "target", self.scene.mentions(struck))
                for token in (clause, *struck):
                    self.roles.put_places(roles, token)
        above = noun.head.head if noun.dep_ == "pobj" and noun.head.lower_ == "for" else noun
        if noun.dep_ == "dobj" and noun.head.lemma_.lower() == "claim" and "actor" not in roles:  # "claimed the attack on X"
            self.roles.put(roles, "actor", self.scene.mentions(subjects(noun.head)))
        is_taken = above.head.lemma_.lower() in self.knowledge.words["responsibility verb"]
        if above.lemma_.lower() == "responsibility" and above.dep_ == "dobj" and is_taken and "actor" not in roles:
            takers = [t for t in subjects(above.head) if not any(child.lower_ == "no" for child in t.children)]
            self.roles.put(roles, "actor", self.scene.mentions(takers))
        if "actor" not in roles and noun.dep_ == "pobj":
            self.roles.put(roles, "actor", self.scene.mentions(self._partakers(noun.head)))

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
            is_involved = above.lower_ == "involved" and is_passive(above)
            known = is_verb(above) and (above.lemma_ == "participate" or takes_part or is_involved)
        else:
            return []
        if not known:
            return [above.head] if above.lower_ == "responsible" and above.dep_ in ("amod", "acl", "relcl") else []
        verb = above if is_verb(above) else above.head
        above_it = next((word for word in verb.ancestors if is_verb(word)), verb) if verb.dep_ == "pcomp" else verb
        return [] if is_negated(verb) or is_negated(above_it) else subjects(verb)

    def _against(self, noun: Token) -> list[Found]:
        """Give the target of "conducted strikes using bombers and drones against X", where the parser ties it to the drones."""
        for token in self.scene.doc[noun.i + 1 : min(noun.i + _NEAR, noun.sent.end)]:
            if token.pos_ == "VERB" and token.dep_ not in ("advcl", "acl", "amod", "prep", "pcomp"):
                break
            if token.lower_ == "against":
                return self.scene.targets(t for child in token.children if child.dep_ == "pobj" for t in conjuncts(child))
        return []


def _is_label(name: Found) -> bool:
    """True for a name that only says which attack is meant ("the Rolando bombing"), not known as anybody who makes one."""
    unknown = name.form == "name" and name.entry is None and name.class_ in (None, "Agency", "Person")
    return unknown and name.type in ("Agency", "Person")
