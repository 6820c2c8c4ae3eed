"""Finds lasting ties between entities: who leads, fights, supports, belongs to whom, and what lies where.

Takes what stands in a scene and the events found there; gives relations, each within the claim that states it. What tells
of which tie is data: `ontology/lexicons/relations.tsv` (words and where their two ends stand) and `implied.tsv` (ties that
follow from taking part in an event: who attacks an army fights it, who arrives in a town is there).
"""

from collections.abc import Iterable, Iterator, Mapping

from spacy.tokens import Span, Token

from kg.annotate.claims import ClaimDraft
from kg.annotate.events import EventDraft
from kg.annotate.found import Found
from kg.annotate.phrase_relations import PhraseRelationFinder, RelationDraft
from kg.annotate.registry import Registry
from kg.annotate.scene import ACTORS, Scene
from kg.annotate.syntax import (
    OBJECT_DEPS,
    OWNER_DEPS,
    agents,
    conjuncts,
    is_passive,
    is_verb,
    objects,
    of_objects,
    prepositional,
    subjects,
)
from kg.knowledge import Office, Trigger
from kg.model import Certainty, Polarity
from kg.vocab import is_a

_UNFIT = frozenset(("Time", "Quantity", "Money"))
_SURE = frozenset((Certainty.CERTAIN, Certainty.PROBABLE))
_MAX_CLIMB = 4
_BOTH_WAYS = frozenset(("alliedWith", "communicatesWith", "sameAs"))
_ABROAD = frozenset(("State", "Nationality"))
_PLACES = frozenset(("Place", "State"))
_DONE_TO_OTHERS = frozenset(("fights", "supports"))
"""Ties that what belongs to somebody has too: who strikes his positions fights him, who backs his operation supports him."""

_DEEDS = ("Attack", "Operation", "Fighting")


_Ends = dict[str, list[Found]]
"""The candidates for both ends of a relation, by role: "subject" and "object"."""


class RelationFinder:
    """Finds the relations of one parsed document."""

    def __init__(self, scene: Scene, registry: Registry, events: list[EventDraft]) -> None:
        self.scene = scene
        self.doc = scene.doc
        self.events = events
        self.event_at = {event.token: event for event in events}
        self.knowledge = scene.knowledge
        self.phrases = PhraseRelationFinder(scene, registry)

    def find(self) -> list[RelationDraft]:
        """Give the relations; of equal ones only the first found."""
        found: dict[tuple[int, str, int], RelationDraft] = {}
        for relation in (
            *self._told(),
            *self._implied(),
            *self._spoken(),
            *self._appointed(),
            *self._framed(),
            *self.phrases.find(),
        ):
            self._keep(relation, found)
        for relation in self._counted(list(found.values())):
            found.setdefault((id(relation.subject), relation.predicate, id(relation.object)), relation)
        return list(found.values())

    def _keep(self, relation: RelationDraft, found: dict[tuple[int, str, int], RelationDraft]) -> None:
        """Add a relation to those found, unless it is known or ties a thing to itself."""
        same = relation.subject.entity is not None and relation.subject.entity == relation.object.entity
        nested = " SUFFIX " in relation.rule  # "Russian-made missiles" is one phrase
        if (nested or self._may_stand(relation.subject, relation.object)) and (not same or relation.predicate == "sameAs"):
            turned = (id(relation.object), relation.predicate, id(relation.subject))
            if relation.predicate not in _BOTH_WAYS or turned not in found:
                found.setdefault((id(relation.subject), relation.predicate, id(relation.object)), relation)

    def _may_stand(self, subject: Found, other: Found) -> bool:
        if subject.type in _UNFIT or other.type in _UNFIT or subject is other:
            return False
        if "Yes" in self.doc[other.head].morph.get("Reflex", []):  # "told himself"
            return False
        return not (subject.start < other.end and other.start < subject.end)

    # -- words of the lexicon ------------------------------------------------------------------------------------------

    def _told(self) -> Iterator[RelationDraft]:
        for token in self.doc:
            claim = self.scene.innermost.get(token.i)
            if claim is None:
                continue
            if token.pos_ in ("VERB", "NOUN", "PROPN", "AUX"):
                if token.pos_ == "PROPN" and token.i in self.scene.mention_at:
                    continue
                pos = "VERB" if token.pos_ == "VERB" and token.dep_ != "pobj" else "NOUN"  # "a series of airstrikes"
                lemma = self.scene.lemma(token, self.knowledge.relations)
                if token.dep_ == "dobj" and token.head.lemma_.lower() in self.knowledge.words["losing verb"]:
                    continue
                for trigger in self.knowledge.relations.get((lemma, pos), ()):
                    if self._is_presupposed(token, trigger) or self._holds(token, claim, trigger.is_attitude):
                        ends = self._of_verb(token, trigger) if pos == "VERB" else self._of_noun(token, trigger)
                        yield from self._between(ends, trigger, claim)
            if token.pos_ in ("ADP", "SCONJ", "ADV") or token.dep_ == "prep":
                for trigger in self._prepositions(token):
                    yield from self._of_preposition(token, trigger, claim)
            if token.i > 1 and self.doc[token.i - 1].text in "-–" and not self.doc[token.i - 1].whitespace_:
                for trigger in self.knowledge.relations.get((token.lower_, "SUFFIX"), ()):
                    yield from self._between(self._of_suffix(token, trigger), trigger, claim)

    @staticmethod
    def _is_presupposed(noun: Token, trigger: Trigger) -> bool:
        """True for "their allies" and "X, leader of Y", which hold whatever is denied or asked of them."""
        return bool(trigger.holder) and (noun.dep_ == "appos" or any(child.dep_ == "poss" for child in noun.children))

    def _prepositions(self, word: Token) -> tuple[Trigger, ...]:
        """Give the rows of a preposition, with the word before it if they are one ("together with")."""
        before = self.doc[word.i - 1].lower_ if word.i > 0 else ""
        pair = self.knowledge.relations.get((f"{before} {word.lower_}", "ADP"), ())
        return pair or self.knowledge.relations.get((word.lower_, "ADP"), ())

    def _told_of(self, token: Token, claim: ClaimDraft) -> tuple[Polarity, Certainty]:
        """Give polarity and certainty of a word within its claim; what somebody vows, urges or refuses to do is not done."""
        polarity, certainty = self.scene.finder.told(token, claim)
        root = self.doc[claim.root] if claim.root >= 0 else None
        if root is not None and root.tag_ == "VB" and any(c.lower_ == "to" and c.dep_ == "aux" for c in root.children):
            if claim.base[0] is Polarity.NEGATIVE:
                return Polarity.NEGATIVE, certainty
            if certainty in _SURE:
                return polarity, Certainty.POSSIBLE
        return polarity, certainty

    def _holds(self, token: Token, claim: ClaimDraft, is_attitude: bool = False) -> bool:
        """True if a word tells of a fact; for an attitude a plan will do: who vows to defeat X is against X already."""
        return _suffices(self._told_of(token, claim), is_attitude)

    def _between(self, ends: _Ends, trigger: Trigger, claim: ClaimDraft) -> Iterator[RelationDraft]:
        for subject in map(self.scene.antecedent, ends["subject"]):
            if not self._may_be(subject, trigger.subject_needs) or (subject.type == "Weapon" and not trigger.subject_needs):
                continue
            for other in map(self.scene.antecedent, ends["object"]):
                if self._may_be(other, trigger.needs):
                    yield RelationDraft(subject, trigger.name, other, claim, trigger.rule)

    def _may_be(self, mention: Found, needs: frozenset[str]) -> bool:
        return not needs or self.scene.fits(mention, needs)

    def _of_verb(self, verb: Token, trigger: Trigger) -> _Ends:
        passive = is_passive(verb)
        left, right = (agents(verb), subjects(verb)) if passive else (self._doers(verb), objects(verb))
        hit = self._hit if trigger.name in _DONE_TO_OTHERS else self.scene.mentions
        who = self._fighters if trigger.name == "fights" else self.scene.mentions
        places = {"subject": who(left), "object": hit(right)}
        ends: _Ends = {"subject": [], "object": []}
        for place, role in (("subject", trigger.subject), ("object", trigger.object)):
            if role:
                ends[role] += places[place]
        self._add_prepositions(verb, trigger, ends)
        if not ends["object"] and trigger.prepositions.get("with") == "object":  # "A and B clashed"
            return {"subject": ends["subject"][:1], "object": ends["subject"][1:]}
        return ends

    def _fighters(self, tokens: Iterable[Token]) -> list[Found]:
        """Give who fights: those the words stand for; of what is no mention ("by French special operations") whose it is."""
        doers = list(tokens)
        nouns = [token for token in doers if token.i not in self.scene.mention_at]
        owners = [c for noun in nouns for c in noun.children if c.dep_ in OWNER_DEPS and c.dep_ != "poss"]
        return self.scene.mentions(doers) or [m for m in self.scene.mentions(owners) if m.type in ACTORS]

    def _hit(self, tokens: Iterable[Token]) -> list[Found]:
        """Give who is fought by striking something: who strikes "Shining Path positions" fights the Shining Path."""
        struck = self.scene.targets(tokens)
        things = [m for m in struck if m.type in ("Place", "Platform", "Weapon") and m.form == "nominal"]
        owners = [o for m in things for o in self.scene.mentions(c for c in self.doc[m.head].children if c.dep_ in OWNER_DEPS)]
        return struck + [owner for owner in owners if owner.type in ("Agency", "Group") and all(owner is not m for m in struck)]

    def _doers(self, verb: Token) -> list[Token]:
        """Give the subject of a verb; of "the campaign to defeat X" those whose campaign it is."""
        found = subjects(verb)
        while verb.dep_ == "conj" and is_verb(verb.head):
            verb = verb.head
        noun = verb.head
        if found or verb.dep_ not in ("acl", "advcl", "xcomp", "relcl") or noun.pos_ not in ("NOUN", "PROPN"):
            return found
        if any(child.lower_ == "no" for child in noun.children):  # "has no strategy to defeat X"
            return []
        at = self.scene.mention_at.get(noun.i)
        return [noun] if at is not None and at.type in ACTORS else self._owners(noun)

    def _owners(self, noun: Token, depth: int = 0) -> list[Token]:
        """Give whose war, support or campaign a noun tells of: its possessor, else who wages, joins or continues it."""
        own = [c for c in noun.children if c.dep_ in OWNER_DEPS and any(m.type in ACTORS for m in self.scene.mentions([c]))]
        own += [t for preposition, t in prepositional(noun) if preposition == "by"]
        if own or depth > _MAX_CLIMB:
            return [member for token in own for member in conjuncts(token)]
        above = noun.head
        if is_verb(above) and self._only_speaks(above):  # "discussed the campaign against X"
            return []
        if noun.dep_ in ("dobj", "nsubjpass", "attr") and is_verb(above):
            return agents(above) if is_passive(above) else subjects(above)
        if noun.dep_ == "conj":
            return self._owners(above, depth + 1)
        if noun.dep_ == "pobj" and above.dep_ == "prep":
            holder = above.head
            if is_verb(holder) and self._only_speaks(holder):  # "called for an offensive against X"
                return []
            if is_verb(holder):
                helped = self._helped(holder) if above.lower_ in ("in", "with") else []
                return helped or (agents(holder) or subjects(holder) if is_passive(holder) else subjects(holder))
            if above.lower_ == "in" and self._helps(holder):  # "support for X in its fight"
                return [t for preposition, t in prepositional(holder) if preposition in ("for", "of", "to")]
            if holder.pos_ in ("NOUN", "PROPN", "PRON"):
                return [holder] if self.scene.mentions([holder]) else self._owners(holder, depth + 1)
        return []

    def _only_speaks(self, verb: Token) -> bool:
        """True for a word that talks of a deed and leaves open whether it is done: "discuss", "demand"."""
        lemma = verb.lemma_.lower()
        effect = self.knowledge.embedders.get(lemma)
        return effect is not None and effect.polarity is Polarity.UNKNOWN and (lemma, "VERB") in self.knowledge.cues

    def _helped(self, verb: Token) -> list[Token]:
        """Give whom a verb helps ("backs X in the war", "voiced support for X in the war"): the war is theirs."""
        if self._helps(verb):
            return objects(verb)
        aid = next((noun for noun in objects(verb) if self._helps(noun)), None)
        return [t for preposition, t in prepositional(aid) if preposition in ("for", "of", "to")] if aid is not None else []

    def _helps(self, word: Token) -> bool:
        pos = "VERB" if word.pos_ == "VERB" else "NOUN"
        return any(t.name == "supports" for t in self.knowledge.relations.get((word.lemma_.lower(), pos), ()))

    def _of_noun(self, noun: Token, trigger: Trigger) -> _Ends:
        ends: _Ends = {"subject": [], "object": []}
        self._add_prepositions(noun, trigger, ends)
        owners = [c for c in noun.children if c.dep_ in OWNER_DEPS]
        if trigger.prepositions.get("on") == "object" and noun.dep_ == "dobj":  # "dealt the rebels a defeat", "… on the rebels"
            ends["object"] += self.scene.mentions(c for c in noun.head.children if c.dep_ in OBJECT_DEPS and c.i < noun.i)
            for preposition, filler in prepositional(noun.head):
                ends["object"] += self.scene.mentions([filler]) if preposition == "on" else []
        if trigger.subject:
            found = [m for m in self.scene.mentions(owners) if m.type not in _UNFIT and not m.start <= noun.i < m.end]
            if trigger.name == "fights" and noun.dep_ == "pobj" and is_verb(noun.head.head):  # "support for X in its fight"
                found = self.scene.mentions(self._helped(noun.head.head)) or found
            if not found and not ends[trigger.subject] and not trigger.holder:
                who = self._fighters if trigger.name == "fights" else self.scene.mentions
                found = who(self._owners(noun))
            ends[trigger.subject] = found + ends[trigger.subject]
        if trigger.holder:
            ends[trigger.holder] += self._denoted(noun)
            if not ends["object"] and trigger.prepositions.get("of") == "object":  # "commander, U.S. Central Command"
                ends["object"] = self.scene.mentions(c for c in noun.children if c.dep_ == "appos")
                if not ends["object"] and trigger.name == "leads":
                    ends["object"] = self._behind_comma(noun)
        if not ends["subject"] and ends["object"] and not trigger.holder:  # "the war between A and B"
            both = ends["object"] if len(ends["object"]) > 1 else self._sides(ends["object"][0])
            return {"subject": both[:1], "object": both[1:]}
        return ends

    def _behind_comma(self, noun: Token) -> list[Found]:
        """Give the body in "Peter Lind, commander, 5th Fleet, spoke", however it is parsed."""
        if noun.dep_ != "appos" or noun.i + 2 >= len(self.doc) or self.doc[noun.i + 1].text != ",":
            return []
        body = self.scene.mention_at.get(noun.i + 2)
        is_body = body is not None and body.type == "Agency" and body.form == "name" and body.start == noun.i + 2
        return [body] if is_body and body is not None else []

    def _sides(self, mention: Found) -> list[Found]:
        """Give both sides of "Armenian and Azerbaijani troops", "the Karen army and Burmese troops"."""
        for child in self.doc[mention.head].children:
            named = self.scene.mention_at.get(child.i) if child.dep_ == "nmod" else None
            if named is not None and named.type in ("Agency", "State") and any(c.dep_ == "conj" for c in child.children):
                return [named, mention]
        sides = [
            m
            for c in self.doc[mention.head].children
            if c.dep_ == "amod"
            for m in self.scene.mentions((c, *(below for below in c.children if below.dep_ == "conj")))
        ]
        return [side for side in sides if side.type == "Nationality"]

    def _denoted(self, noun: Token) -> list[Found]:
        """Give what a noun stands for: itself if it is a mention, who it is said of ("X is …", "X, …", "… X")."""
        if noun.dep_ == "appos" or (noun.dep_ in ("compound", "nmod") and noun.head.pos_ == "PROPN"):
            named = self.scene.mentions([noun.head])
        elif noun.dep_ == "attr":
            named = self.scene.mentions(m for c in noun.head.children if c.dep_ == "nsubj" for m in conjuncts(c))
        elif noun.dep_ == "pobj" and noun.head.lower_ == "as" and is_verb(noun.head.head):
            return self._acting_as(noun.head.head)
        else:
            named = [m for c in noun.children if c.dep_ == "appos" for m in self.scene.mentions(conjuncts(c))]
        return named or self.scene.mentions([noun])

    def _acting_as(self, verb: Token) -> list[Found]:
        """Give who does something "as part of" a whole; who regards a town "as part of" a state says nothing of himself."""
        if (verb.lemma_.lower(), "VERB") in self.knowledge.cues:
            return []
        done_to = subjects(verb) if is_passive(verb) else objects(verb)
        return self.scene.mentions(done_to) or self.scene.mentions(subjects(verb))

    def _add_prepositions(self, token: Token, trigger: Trigger, ends: _Ends) -> None:
        hit = self._hit if trigger.name in _DONE_TO_OTHERS else self.scene.mentions
        for preposition, filler in prepositional(token):
            role = trigger.prepositions.get(preposition)
            if role:
                ends[role] = ends[role] + hit([filler])
        if token.pos_ == "VERB":  # "looted rifles from a base", where the parser hangs the base on the rifles
            empty = {role for role in trigger.prepositions.values() if not ends[role]}
            things = [t for t in objects(token) if not any(m.type in ACTORS for m in self.scene.mentions([t]))]
            for preposition, filler in (phrase for thing in things for phrase in prepositional(thing)):
                role = trigger.prepositions.get(preposition)
                if role in empty:
                    ends[role] = ends[role] + hit([filler])
        light = token.head if token.dep_ == "dobj" else token.head.head if token.dep_ == "pobj" else None
        if not ends["object"] and token.pos_ == "NOUN" and light is not None and is_verb(light):  # "sent a letter to X"
            for preposition, filler in prepositional(light):
                if trigger.prepositions.get(preposition) == "object":
                    ends["object"] = ends["object"] + hit([filler])

    def _of_suffix(self, part: Token, trigger: Trigger) -> _Ends:
        """Give both ends of "ISIL-held territory", "Iran-backed fighters"."""
        name = self.scene.mention_at.get(part.i - 2)
        noun = part
        while noun.dep_ in ("amod", "compound", "nmod") and noun.head.i != noun.i:
            noun = noun.head
        named = self.scene.mentions([noun]) if noun.i > part.i else []
        if name is None or name.end > part.i:
            return {"subject": [], "object": []}
        return {trigger.subject: [name], trigger.object: [m for m in named if m is not name]}

    # -- prepositions --------------------------------------------------------------------------------------------------

    def _of_preposition(self, word: Token, trigger: Trigger, claim: ClaimDraft) -> Iterator[RelationDraft]:
        """Give who or what "in", "from", "of" place somewhere or with somebody."""
        below = [t for c in word.children if c.dep_ == "pobj" for t in conjuncts(c)]
        fillers = self.scene.mentions(below)
        if not fillers and word.lower_ == "in" and trigger.name == "locatedIn":  # "wounded in clashes near Sirte"
            fillers = [m for t in below if t.i in self.event_at for m in self.event_at[t.i].roles.get("place", ())]
        if not fillers:
            return
        above = word.head
        while above.dep_ == "prep" and above.head.i != above.i:  # "back in Homs", "outside of Aleppo"
            above = above.head
        if above.dep_ == "acomp" and above.pos_ == "ADJ" and trigger.object != "noun":  # "is active in Libya"
            above = above.head
        touching = self.scene.mention_at.get(word.i - 1)
        if touching is not None and self._owns_what_follows(touching, word, above, trigger):
            yield from self._between({"subject": [touching], "object": fillers}, trigger, claim)
            return
        if above.pos_ in ("NOUN", "PROPN", "PRON", "NUM"):
            at = self.scene.mention_at.get(above.i)
            is_placing = above.lemma_.lower() in self.knowledge.words["placing word"] and (at is None or at.form != "name")
            part = self._part(above)
            if trigger.lemma == "of" and (is_placing or self._is_part(above)):  # "the city of X" is X
                return
            if part.dep_ == "attr" and not self._holds(part, claim):  # "X is not an employee of Y"
                return
            holders = self._denoted(part) if part.dep_ in ("attr", "appos") else self.scene.mentions([above])
            if trigger.name == "worksFor":  # "Chen of the Lowell Institute", not "a member of the party"
                holders = [m for m in holders if m.form == "name" and m.start <= above.i < m.end]
            if not holders and trigger.subject == "object":  # "members of X, including …"
                holders = self.scene.mentions(of_objects(above))
            if trigger.subject == "object":
                holders, fillers = fillers, holders
            yield from self._between({"subject": holders, "object": fillers}, trigger, claim)
        elif (
            (is_verb(above) or above.pos_ == "AUX")
            and trigger.object != "noun"
            and above.lemma_.lower() not in self.knowledge.words["placeless verb"]
            and self._holds(above, claim)
        ):
            is_with = trigger.name == "alliedWith"  # "fought X alongside Y": Y is with who fought
            who = self.scene.mentions(self._doers(above)) if is_with else self._moved_or_staying(above)
            yield from self._between({"subject": who, "object": fillers}, trigger, claim)

    def _owns_what_follows(self, touching: Found, word: Token, above: Token, trigger: Trigger) -> bool:
        """True if a preposition belongs to the name or noun right before it, whatever the parser hung it on.

        "advances around Gao in Mali", "strikes against rebels in Kivu", "trains doctors from the Red Cross"; not "drove
        fighters from the town".
        """
        if touching.form == "name" and touching.type == "Place":
            return word.lower_ == "in"
        if trigger.name == "locatedIn" and trigger.object == "object" and touching.type == "Group":
            return above.pos_ == "NOUN" and above.i < touching.start and above.i not in self.scene.mention_at
        return (
            trigger.object == "noun"
            and word.lower_ == "from"
            and touching.type == "Group"
            and is_verb(above)
            and above.lemma_.lower() not in self.knowledge.words["ablative verb"]
        )

    def _is_part(self, word: Token) -> bool:
        return word.pos_ == "NUM" or word.lower_ in self.knowledge.words["partitive"]

    def _part(self, noun: Token) -> Token:
        """Give "one" of "one of the largest hospitals", any other noun as it is."""
        whole = noun.head.head if noun.dep_ == "pobj" and noun.head.lower_ == "of" else noun
        return whole if whole is not noun and self._is_part(whole) else noun

    def _moved_or_staying(self, verb: Token) -> list[Found]:
        """Give who or what is where a verb's prepositional phrase says: its subject, unless a state, and its objects."""
        passive = is_passive(verb)
        found = [m for m in self.scene.mentions(subjects(verb)) if passive or m.type not in _ABROAD]
        if not passive:
            found += [m for m in self.scene.mentions(objects(verb)) if m.type not in _PLACES]
        return found

    # -- what follows from elsewhere -------------------------------------------------------------------------------------

    def _implied(self) -> Iterator[RelationDraft]:
        """Yield what taking part in an event implies."""
        for event in self.events:
            implications = self.knowledge.implied.get(event.type, ())
            if event.is_disputed or not implications:
                continue
            told = self._told_of(self.doc[event.token], event.claim)
            roles = self._with_cause(event)
            for implication in implications:
                if not _suffices(told, implication.is_attitude):
                    continue
                if (implication.subject, implication.object) == ("actor", "destination") and self._is_sent(event):
                    continue
                left, right = roles.get(implication.subject, []), roles.get(implication.object, [])
                pairs = [(a, b) for a in left for b in right]
                if implication.subject == implication.object:
                    pairs = self._across(event, [(a, b) for n, a in enumerate(left) for b in left[n + 1 :]])
                for subject, other in ((self.scene.antecedent(a), self.scene.antecedent(b)) for a, b in pairs):
                    if self._may_be(subject, implication.subject_needs) and self._may_be(other, implication.needs):
                        yield RelationDraft(subject, implication.name, other, event.claim, implication.rule)

    def _across(self, event: EventDraft, pairs: list[tuple[Found, Found]]) -> list[tuple[Found, Found]]:
        """Leave out pairs on one side of a deed that has two: "A met B and C" does not say that B met C."""
        verb = self.doc[event.token]
        if not is_verb(verb):  # "A held meetings with B and C"
            beside = self.scene.mentions(t for preposition, t in prepositional(verb) if preposition == "with")
            across = [(a, b) for a, b in pairs if any(a is m for m in beside) != any(b is m for m in beside)]
            return across or pairs
        if not subjects(verb):
            return pairs
        firsts, seconds = self.scene.mentions(subjects(verb)), self.scene.mentions(objects(verb))
        across = [(a, b) for a, b in pairs if any(a is m for m in firsts) != any(b is m for m in firsts)]
        return across or [(a, b) for a, b in pairs if not (any(a is m for m in seconds) and any(b is m for m in seconds))]

    def _is_sent(self, event: EventDraft) -> bool:
        """True for "sent fighters to Syria": they are there, not who sent them."""
        verb = self.doc[event.token]
        moved = self.scene.mentions(subjects(verb) if is_passive(verb) else objects(verb))
        return any(mention is other for mention in moved for other in event.roles.get("instrument", ()))

    def _with_cause(self, event: EventDraft) -> Mapping[str, list[Found]]:
        """Give who takes part in an event; of harm done by a deed also who did that, and where.

        "A French airstrike near Gao killed four people" tells whose strike it was, and where the four were.
        """
        verb = self.doc[event.token]
        if not is_verb(verb) or "target" not in event.roles:
            return event.roles
        doers = agents(verb) if is_passive(verb) else subjects(verb)
        told = [t for doer in doers for t in (doer, *(of_objects(doer) if self._is_part(doer) else ()))]
        roles = dict(event.roles)
        for cause in (self.event_at[t.i] for t in told if t.i in self.event_at):
            if any(is_a(cause.type, deed) for deed in _DEEDS):
                for role in ("actor", "place"):
                    if role in cause.roles:
                        roles.setdefault(role, cause.roles[role])
        return roles

    def _spoken(self) -> Iterator[RelationDraft]:
        """Yield who speaks to whom, in the claim that tells of the speaking."""
        for claim in self.scene.claims:
            if claim.cue_token < 0 or not claim.addressee_heads:
                continue
            around = self.scene.innermost.get(claim.cue_token)
            if around is None or claim.is_echo:
                continue
            if not self._holds(self.doc[claim.cue_token], around):
                continue
            for speaker in self.scene.mentions(claim.source_heads):
                for addressee in self.scene.mentions(claim.addressee_heads):
                    if addressee.type != "Place" and speaker.type != "Place":
                        yield RelationDraft(speaker, "communicatesWith", addressee, around, "a claim's source and addressee")

    def _appointed(self) -> Iterator[RelationDraft]:
        """Yield who came to an office: "became president of Chad", "was appointed commander of the army"."""
        for noun in self.doc:
            verb = noun.head
            lemma = verb.lemma_.lower()
            office = self._office(noun)
            claim = self.scene.innermost.get(noun.i)
            if office is None or not office.relation or claim is None or not is_verb(verb):
                continue
            if noun.dep_ == "attr" and lemma in ("become", "remain"):
                held_by = subjects(verb)
            elif noun.dep_ in ("oprd", "attr", "dobj") and lemma in self.knowledge.words["appointing verb"]:
                held_by = subjects(verb) if is_passive(verb) else [t for t in objects(verb) if t.i < noun.i]
            else:
                continue
            persons = [m for m in self.scene.mentions(held_by) if m.type == "Person"]
            owners = [c for c in noun.children if c.dep_ in OWNER_DEPS]
            bodies = [
                m for m in self.scene.mentions([*of_objects(noun), *owners]) if m.type in ("State", "Agency", "Nationality")
            ]
            figurative = any(child.tag_ == "JJS" for child in noun.children)  # "became their best recruiter"
            if self._holds(verb, claim) and not figurative:
                for person in persons:
                    for body in bodies:
                        yield RelationDraft(person, office.relation, body, claim, f"came to the office: {office.title}")

    def _office(self, noun: Token) -> Office | None:
        """Give the office a noun names, with the word before it if they are one title ("prime minister")."""
        if noun.pos_ not in ("NOUN", "PROPN") or noun.dep_ not in ("attr", "oprd", "dobj"):
            return None
        pair = f"{self.doc[noun.i - 1].lower_} {noun.lower_}" if noun.i > 0 else ""
        office = self.knowledge.offices.get(pair) or self.knowledge.offices.get(noun.lower_)
        return office if office is not None and office.category == "office" else None

    def _framed(self) -> Iterator[RelationDraft]:
        """Yield where a sentence is set that opens with a place: "Near Sirte, two strikes destroyed …", "In Mali, troops …"."""
        for sentence in self.doc.sents:
            opening = self._opening(sentence)
            if opening is None:
                continue
            trigger, place = opening
            claim = self.scene.innermost.get(place.end + 1)
            if claim is None:
                continue
            for mention in self._in_main_clause(sentence, place):
                if self.scene.innermost.get(mention.head) is claim and self._holds(self.doc[mention.head], claim):
                    yield from self._between({"subject": [mention], "object": [place]}, trigger, claim)

    def _opening(self, sentence: Span) -> tuple[Trigger, Found] | None:
        """Give the row of the preposition and the place that a sentence opens with ("Near Sirte, …")."""
        first = next((token for token in sentence if not token.is_space and not token.is_punct), None)
        rows = self.knowledge.relations.get((first.lower_, "ADP"), ()) if first is not None else ()
        trigger = next((row for row in rows if row.name == "locatedIn" and row.object == "object"), None)
        if first is None or trigger is None:
            return None
        at = first.i + 1
        while at < sentence.end and self.doc[at].pos_ == "DET":
            at += 1
        place = self.scene.mention_at.get(at) if at < sentence.end else None
        if place is None or place.type not in _PLACES or place.end >= sentence.end or self.doc[place.end].text != ",":
            return None
        return trigger, place

    def _in_main_clause(self, sentence: Span, place: Found) -> Iterator[Found]:
        """Yield who and what takes part in a sentence, save in clauses of their own and in what is placed elsewhere."""
        seen: set[int] = set()
        for index in range(place.end, sentence.end):
            mention = self.scene.mention_at.get(index)
            if mention is None or mention.head != index or id(mention) in seen or mention.type in _ABROAD:
                continue
            if mention.type == "Place" and mention.form == "name":
                continue
            seen.add(id(mention))
            steps = [self.doc[index], *self.doc[index].ancestors]
            if not any(
                t.dep_ in ("ccomp", "advcl", "relcl", "acl", "poss", "compound", "nmod", "amod", "parataxis") for t in steps
            ):
                yield mention

    def _counted(self, told: list[RelationDraft]) -> Iterator[RelationDraft]:
        """Yield how many of something there are ("15 civilians", "two frigates"), where the claim states more than that."""
        stating = {id(event.claim) for event in self.events} | {id(relation.claim) for relation in told}
        for number in self.scene.found:
            word = self.doc[number.head]
            if number.type != "Quantity" or word.dep_ != "nummod":
                continue
            counted, claim = self.scene.mention_at.get(word.head.i), self.scene.innermost.get(number.head)
            if counted is None or claim is None:
                continue
            is_plain = counted.form == "nominal" or (counted.form == "name" and word.head.tag_ in ("NNS", "NNPS"))
            if not is_plain or counted.type == "Person":  # "11 people", "200,000 Syrians"; not "3 Para"
                continue
            if id(claim) in stating or not claim.is_own_voice:
                yield RelationDraft(counted, "count", number, claim, "number before a noun")


def _suffices(told: tuple[Polarity, Certainty], is_attitude: bool) -> bool:
    if is_attitude:
        return told[0] is not Polarity.NEGATIVE and told != (Polarity.UNKNOWN, Certainty.UNKNOWN)
    return told[0] is Polarity.POSITIVE and told[1] in _SURE
