"""Puts mentions into the roles of an event, and says which mentions may fill which.

Shared by the two that read an event's participants off the tree: `verb_roles.py` and `noun_roles.py`.
"""

from collections.abc import Container, Iterable, Mapping

from spacy.tokens import Token

from kg.annotate.found import Found
from kg.annotate.scene import ACTORS, Scene
from kg.annotate.syntax import OWNER_DEPS, agents, is_passive, of_objects, prepositional
from kg.knowledge import Trigger
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
_APART = ("after", "before")
_BLASTS = ("Bombing", "Explosion")
_WHERE = ("at", "on", "in")

HARM = frozenset(("Casualties", "Killing", "Injury", "Massacre", "Arrest", "Kidnapping", "Release", "Displacement"))
"""Classes of events that are counted by whom they befall."""


def is_harm(type_: str) -> bool:
    """True for classes of events that hurt or destroy."""
    return type_ in HARM or is_a(type_, "Attack") or type_ in ("Hit", "Destruction", "Explosion")


def is_aimed(roles: Mapping[str, list[Found]]) -> bool:
    """True if something else than a place is known to be the target."""
    return any(mention.type != "Place" for mention in roles.get("target", ()))


class Roles:
    """Fills the roles of the events of one document."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.doc = scene.doc
        self.knowledge = scene.knowledge
        self.generic = self.knowledge.events[("*", "*")][0].prepositions

    def put(self, roles: dict[str, list[Found]], role: str, mentions: list[Found]) -> None:
        """Add the mentions that may fill a role, each only once in all roles of the event."""
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

    def put_prepositions(
        self, roles: dict[str, list[Found]], token: Token, trigger: Trigger, without: Container[str] = ()
    ) -> None:
        """Add what the prepositions of a verb or noun govern, by the row's prepositions and by those of every event.

        Args:
            roles: what is known of the event, added to.
            token: the verb or noun.
            trigger: the row.
            without: prepositions that say something else here.
        """
        for preposition, filler in prepositional(token):
            if preposition in without or (preposition == "on" and filler.lower_ in self.knowledge.words["channel of words"]):
                continue
            role = trigger.prepositions.get(preposition) or self.generic.get(preposition)
            mentions = self.scene.targets([filler]) if role == "target" else self.scene.mentions([filler])
            if role is None or not mentions or (role == "time" and self.is_distance(mentions[0])):
                continue
            if role == "instrument" and preposition in ("with", "using") and mentions[0].type not in ("Weapon", "Platform"):
                continue
            if role == "actor" and token.pos_ == "VERB" and preposition == "by" and not is_passive(token):
                continue
            if role == "place" and trigger.name in _BLASTS and mentions[0].type in ("Agency", "Platform"):
                role = "target"  # "exploded under a convoy"
            if role == "target" and preposition in _WHERE and mentions[0].type == "Place" and is_aimed(roles):
                role = "place"  # "was shot at his house"
            self.put(roles, role, mentions)
            if role in ("target", "participant"):  # "fire on protesters in Khartoum", "a battle between A and B in C"
                self.put_places(roles, filler)
                if mentions[0].head != filler.i:  # "in front of a church in Nampula"
                    self.put_places(roles, self.doc[mentions[0].head])

    def put_places(self, roles: dict[str, list[Found]], token: Token) -> None:
        """Take the places that stand behind a noun or an occurrence verb as the event's."""
        for preposition, filler in prepositional(token):
            if self.generic.get(preposition) == "place" or preposition == "on":
                self.put(roles, "place", self.scene.mentions([filler]))

    def behind(self, nouns: Iterable[Token]) -> list[Found]:
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

    def whole_of(self, noun: Token) -> Token:
        """Give "round" for the talks of "held a second round of talks", a "wave" for its attacks; any other noun as it is."""
        if noun.dep_ == "pobj" and noun.head.lower_ == "of" and noun.head.head.lower_ in self.knowledge.words["partitive"]:
            return noun.head.head
        return noun

    def is_distance(self, time: Found) -> bool:
        """True for how long before or after something else: "a day after she left", "after four days of fighting"."""
        head = self.doc[time.head]
        following = self.doc[time.end].lower_ if time.end < len(self.doc) else ""
        counted = head.lemma_.lower() in self.knowledge.words["time unit"]
        return counted and (following in _APART or (head.dep_ == "pobj" and head.head.lower_ in _APART))

    def is_bare_number(self, token: Token) -> bool:
        """True for a number that counts nothing named beside it."""
        mention = self.scene.mention_at.get(token.i)
        return mention is None or mention.type == "Quantity"
