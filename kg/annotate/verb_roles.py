"""Reads the participants of an event off the verb that tells of it: subject, object, agent, prepositions."""

from spacy.tokens import Token

from kg.annotate.claims import ClaimFinder
from kg.annotate.found import Found
from kg.annotate.roles import HARM, Roles, is_harm
from kg.annotate.scene import Scene
from kg.annotate.syntax import SUBJECT_DEPS, agents, is_object_verb, is_passive, is_verb, objects, prepositional, subjects
from kg.knowledge import Trigger

_NEAR = 14
_FAR = 80


class VerbRoles:
    """Finds the participants of events told by verbs, in one document."""

    def __init__(self, scene: Scene, roles: Roles) -> None:
        self.scene = scene
        self.doc = scene.doc
        self.knowledge = scene.knowledge
        self.finder: ClaimFinder = scene.finder
        self.roles = roles

    def find(self, verb: Token, trigger: Trigger) -> dict[str, list[Found]] | None:
        """Give the roles of the event that a verb tells of by one row of the lexicon; None if the row does not fit."""
        surface_subjects = subjects(verb)
        passive = is_passive(verb) or (trigger.object != "" and self._is_elliptic_passive(verb))
        direct = [] if passive else objects(verb)
        if passive:
            direct = surface_subjects
            surface_subjects = agents(verb)
        deeds = [t for preposition, t in prepositional(verb) if preposition in ("in", "during", "by")] if passive else []
        doers = self.scene.mentions(surface_subjects) or self.roles.behind(surface_subjects)
        if passive and not doers:  # "was killed in a raid by commandos"
            doers = self.roles.behind(deeds)
        if trigger.subject_needs:
            doers = [mention for mention in doers if self.scene.fits(mention, trigger.subject_needs)]
            if not doers:
                doers = self._counted(surface_subjects, trigger.subject_needs)
            if not doers and not passive and all(subject.pos_ == "VERB" for subject in surface_subjects):
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
            self.roles.put(roles, trigger.subject, [m for m in doers if m not in patients or trigger.object != "instrument"])
        if trigger.object == "target" and not patients and not trigger.needs and is_harm(trigger.name):
            holders = [mention for token in direct for mention in self.scene.holders(token)]
            sites = [filler for token in direct for word, filler in prepositional(token) if word in ("in", "near", "at")]
            around = self.scene.mentions(sites)  # "attacked two posts in Rakhine": the place, not the target
            patients = [mention for mention in holders if all(mention is not place for place in around)]
        if trigger.name not in HARM:
            patients = [mention for mention in patients if mention.type != "Quantity"]
        if trigger.object:
            self.roles.put(
                roles, trigger.object, [m for m in patients if not trigger.needs or self.scene.fits(m, trigger.needs)]
            )
        self.roles.put_prepositions(roles, verb, trigger)
        if is_object_verb(verb):
            self.roles.put_prepositions(roles, verb.head, trigger)
            self.roles.put_prepositions(roles, verb.nbor(-1), trigger)
        for token in direct:  # "laid siege to X", "cut ties with X": X hangs on the noun
            if (" " in trigger.lemma and token.lower_ in trigger.lemma) or token.lemma_.lower() in trigger.needs:
                self.roles.put_prepositions(roles, token, trigger)
        beside = [t for preposition, t in prepositional(verb) if trigger.prepositions.get(preposition) == "participant"]
        for token in (*direct, *beside, *deeds):  # "met A in B", "killed by a strike near B": tied to the nearest noun
            self.roles.put_places(roles, token)
        if "instrument" not in roles and is_harm(trigger.name):  # "struck a base with missiles", tied to the base
            near = [t for token in direct for word, t in prepositional(token) if word in ("with", "using")]
            self.roles.put(roles, "instrument", [m for m in self.scene.mentions(near) if m.type in ("Weapon", "Platform")])
        if "place" not in roles and verb.dep_ == "relcl" and any(child.lower_ == "where" for child in verb.children):
            self.roles.put(roles, "place", self.scene.mentions([verb.head]))
        if "place" not in roles:  # "crashed while they were flying over Iran"
            for child in verb.children:
                if child.dep_ == "advcl" and self._is_at_once(child):
                    places = [
                        m
                        for preposition, filler in prepositional(child)
                        if self.roles.generic.get(preposition) == "place"
                        for m in self.scene.mentions([filler])
                    ]
                    self.roles.put(roles, "place", places)
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

    def _counted(self, heads: list[Token], needs: frozenset[str]) -> list[Found]:
        """Give what a bare number counts ("three missiles got through … six hit"): the last plural of the kind told before."""
        number = next((head for head in heads if head.pos_ == "NUM" and head.lower_ != "one"), None)
        if number is None or not self.roles.is_bare_number(number):
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
