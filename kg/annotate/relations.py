"""Finds lasting ties between entities: who leads, fights, supports, belongs to whom, and what lies where.

Takes what stands in a scene and the events found there; gives relations, each within the claim that states it. What tells
of which tie is data: `ontology/lexicons/relations.tsv` (words and where their two ends stand) and `implied.tsv` (ties that
follow from taking part in an event: who attacks an army fights it, who arrives in a town is there).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Span, Token

from kg.annotate.claims import ClaimDraft
from kg.annotate.entities import Position, Registry
from kg.annotate.events import EventDraft
from kg.annotate.found import Found
from kg.annotate.scene import ACTORS, Scene
from kg.annotate.syntax import OWNER_DEPS, agents, conjuncts, is_passive, is_verb, objects, of_objects, prepositional, subjects
from kg.knowledge import Trigger
from kg.model import Certainty, Polarity

_UNFIT = frozenset(("Time", "Quantity", "Money"))
_SURE = frozenset((Certainty.CERTAIN, Certainty.PROBABLE))
_MAX_CLIMB = 4
_BOTH_WAYS = frozenset(("alliedWith", "communicatesWith", "sameAs"))
_ABROAD = frozenset(("State", "Nationality"))
_PLACES = frozenset(("Place", "State"))


@dataclass(frozen=True, slots=True)
class RelationDraft:
    """A relation while the text is being read; `rule` says what found it."""

    subject: Found
    predicate: str
    object: Found
    claim: ClaimDraft
    rule: str = ""


_Ends = dict[str, list[Found]]
"""The candidates for both ends of a relation, by role: "subject" and "object"."""


class RelationFinder:
    """Finds the relations of one parsed document."""

    def __init__(self, scene: Scene, registry: Registry, events: list[EventDraft]) -> None:
        self.scene = scene
        self.doc = scene.doc
        self.registry = registry
        self.events = events
        self.knowledge = scene.knowledge
        self.office_bodies = {position.body.head for position in registry.positions if position.body is not None}

    def find(self) -> list[RelationDraft]:
        """Give the relations; of equal ones only the first found."""
        found: dict[tuple[int, str, int], RelationDraft] = {}
        for relation in (
            *self._told(),
            *self._implied(),
            *self._spoken(),
            *self._framed(),
            *self._standing(),
            *self._chained(),
        ):
            same = relation.subject.entity is not None and relation.subject.entity == relation.object.entity
            nested = " SUFFIX " in relation.rule  # "Russian-made missiles" is one phrase
            if (nested or self._may_stand(relation.subject, relation.object)) and (not same or relation.predicate == "sameAs"):
                turned = (id(relation.object), relation.predicate, id(relation.subject))
                if relation.predicate not in _BOTH_WAYS or turned not in found:
                    found.setdefault((id(relation.subject), relation.predicate, id(relation.object)), relation)
        return list(found.values())

    @staticmethod
    def _may_stand(subject: Found, other: Found) -> bool:
        if subject.type in _UNFIT or other.type in _UNFIT or subject is other:
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
                pos = "VERB" if token.pos_ == "VERB" else "NOUN"
                lemma = self.scene.lemma(token, self.knowledge.relations)
                for trigger in self.knowledge.relations.get((lemma, pos), ()):
                    if self._holds(token, claim, trigger.is_attitude):
                        ends = self._of_verb(token, trigger) if pos == "VERB" else self._of_noun(token, trigger)
                        yield from self._between(ends, trigger, claim)
            if token.pos_ in ("ADP", "SCONJ", "ADV") or token.dep_ == "prep":
                for trigger in self.knowledge.relations.get((token.lower_, "ADP"), ()):
                    yield from self._of_preposition(token, trigger, claim)
            if token.i > 1 and self.doc[token.i - 1].text in "-–" and not self.doc[token.i - 1].whitespace_:
                for trigger in self.knowledge.relations.get((token.lower_, "SUFFIX"), ()):
                    yield from self._between(self._of_suffix(token, trigger), trigger, claim)

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
        for subject in map(self._antecedent, ends["subject"]):
            if not self._may_be(subject, trigger.subject_needs) or (subject.type == "Weapon" and not trigger.subject_needs):
                continue
            for other in map(self._antecedent, ends["object"]):
                if self._may_be(other, trigger.needs):
                    yield RelationDraft(subject, trigger.name, other, claim, trigger.rule)

    def _may_be(self, mention: Found, needs: frozenset[str]) -> bool:
        return not needs or self.scene.fits(mention, needs)

    def _of_verb(self, verb: Token, trigger: Trigger) -> _Ends:
        passive = is_passive(verb)
        left, right = (agents(verb), subjects(verb)) if passive else (self._doers(verb), objects(verb))
        hit = (
            self.scene.targets if trigger.name == "fights" else self.scene.mentions
        )  # who strikes "ISIL positions" fights ISIL
        places = {"subject": self.scene.mentions(left), "object": hit(right)}
        ends: _Ends = {"subject": [], "object": []}
        for place, role in (("subject", trigger.subject), ("object", trigger.object)):
            if role:
                ends[role] += places[place]
        self._add_prepositions(verb, trigger, ends)
        if not ends["object"] and trigger.prepositions.get("with") == "object":  # "A and B clashed"
            return {"subject": ends["subject"][:1], "object": ends["subject"][1:]}
        return ends

    def _doers(self, verb: Token) -> list[Token]:
        """Give the subject of a verb; of "the campaign to defeat X" those whose campaign it is."""
        found = subjects(verb)
        if not found and verb.dep_ in ("acl", "advcl", "xcomp") and verb.head.pos_ in ("NOUN", "PROPN"):
            return self._owners(verb.head)
        return found

    def _owners(self, noun: Token, depth: int = 0) -> list[Token]:
        """Give whose war, support or campaign a noun tells of: its possessor, else who wages, joins or continues it."""
        own = [c for c in noun.children if c.dep_ in OWNER_DEPS and any(m.type in ACTORS for m in self.scene.mentions([c]))]
        own += [t for preposition, t in prepositional(noun) if preposition == "by"]
        if own or depth > _MAX_CLIMB:
            return [member for token in own for member in conjuncts(token)]
        above = noun.head
        if noun.dep_ in ("dobj", "nsubjpass", "attr") and is_verb(above):
            return agents(above) if is_passive(above) else subjects(above)
        if noun.dep_ == "conj":
            return self._owners(above, depth + 1)
        if noun.dep_ == "pobj" and above.dep_ == "prep":
            holder = above.head
            if is_verb(holder):
                helped = self._helped(holder) if above.lower_ in ("in", "with") else []
                return helped or (agents(holder) or subjects(holder) if is_passive(holder) else subjects(holder))
            if holder.pos_ in ("NOUN", "PROPN", "PRON"):
                return [holder] if self.scene.mentions([holder]) else self._owners(holder, depth + 1)
        return []

    def _helped(self, verb: Token) -> list[Token]:
        """Give whom a verb helps ("backs X in the war", "voiced support for X in the war"): the war is theirs."""

        def helps(word: Token, pos: str) -> bool:
            return any(t.name == "supports" for t in self.knowledge.relations.get((word.lemma_.lower(), pos), ()))

        if helps(verb, "VERB"):
            return objects(verb)
        aid = next((noun for noun in objects(verb) if helps(noun, "NOUN")), None)
        return [t for preposition, t in prepositional(aid) if preposition in ("for", "of", "to")] if aid is not None else []

    def _of_noun(self, noun: Token, trigger: Trigger) -> _Ends:
        ends: _Ends = {"subject": [], "object": []}
        self._add_prepositions(noun, trigger, ends)
        owners = [c for c in noun.children if c.dep_ in OWNER_DEPS]
        if trigger.subject:
            found = [m for m in self.scene.mentions(owners) if m.type not in _UNFIT]
            if trigger.name == "fights" and noun.dep_ == "pobj" and is_verb(noun.head.head):  # "support for X in its fight"
                found = self.scene.mentions(self._helped(noun.head.head)) or found
            if not found and not ends[trigger.subject] and not trigger.holder:
                found = self.scene.mentions(self._owners(noun))
            ends[trigger.subject] = found + ends[trigger.subject]
        if trigger.holder:
            ends[trigger.holder] += self._denoted(noun)
            if not ends["object"] and trigger.prepositions.get("of") == "object":  # "commander, U.S. Central Command"
                ends["object"] = self.scene.mentions(c for c in noun.children if c.dep_ == "appos")
        if not ends["subject"] and ends["object"] and not trigger.holder:  # "the war between A and B"
            both = ends["object"] if len(ends["object"]) > 1 else self._sides(ends["object"][0])
            return {"subject": both[:1], "object": both[1:]}
        return ends

    def _sides(self, mention: Found) -> list[Found]:
        """Give both sides of "Armenian and Azerbaijani troops"."""
        sides = [
            m
            for c in self.doc[mention.head].children
            if c.dep_ == "amod"
            for m in self.scene.mentions((c, *(below for below in c.children if below.dep_ == "conj")))
        ]
        return [side for side in sides if side.type == "Nationality"]

    def _antecedent(self, mention: Found) -> Found:
        """Give who "their" stands for in "the army and their allies", if that was named in the sentence."""
        token = self.doc[mention.head]
        if mention.form != "pronoun" or mention.entity is None or token.dep_ != "poss":
            return mention
        for index in range(mention.start - 1, token.sent.start - 1, -1):
            before = self.scene.mention_at.get(index)
            if before is not None and before.entity == mention.entity:
                return before
        return mention

    def _denoted(self, noun: Token) -> list[Found]:
        """Give what a noun stands for: itself if it is a mention, who it is said of ("X is …", "X, …", "… X")."""
        if noun.dep_ == "appos" or (noun.dep_ in ("compound", "nmod") and noun.head.pos_ == "PROPN"):
            named = self.scene.mentions([noun.head])
        elif noun.dep_ == "attr":
            named = self.scene.mentions(m for c in noun.head.children if c.dep_ == "nsubj" for m in conjuncts(c))
        else:
            named = [m for c in noun.children if c.dep_ == "appos" for m in self.scene.mentions(conjuncts(c))]
        return named or self.scene.mentions([noun])

    def _add_prepositions(self, token: Token, trigger: Trigger, ends: _Ends) -> None:
        hit = self.scene.targets if trigger.name == "fights" else self.scene.mentions
        for preposition, filler in prepositional(token):
            role = trigger.prepositions.get(preposition)
            if role:
                ends[role] = ends[role] + hit([filler])

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
        fillers = self.scene.mentions(t for c in word.children if c.dep_ == "pobj" for t in conjuncts(c))
        if not fillers:
            return
        above = word.head
        while above.dep_ == "prep" and above.head.i != above.i:  # "back in Homs", "outside of Aleppo"
            above = above.head
        touching = self.scene.mention_at.get(word.i - 1)
        if touching is not None and touching.form == "name" and touching.type == "Place" and word.lower_ == "in":
            yield from self._between(
                {"subject": [touching], "object": fillers}, trigger, claim
            )  # "advances around Manbij in Syria"
            return
        if above.pos_ in ("NOUN", "PROPN", "PRON", "NUM"):
            at = self.scene.mention_at.get(above.i)
            is_placing = above.lemma_.lower() in self.knowledge.words["placing word"] and (at is None or at.form != "name")
            if trigger.lemma == "of" and is_placing:  # "the city of X" is X
                return
            if above.dep_ == "attr" and not self._holds(above, claim):  # "X is not an employee of Y"
                return
            holders = self._denoted(above) if above.dep_ in ("attr", "appos") else self.scene.mentions([above])
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
            yield from self._between({"subject": self._moved_or_staying(above), "object": fillers}, trigger, claim)

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
            for implication in implications:
                if not _suffices(told, implication.is_attitude):
                    continue
                left, right = event.roles.get(implication.subject, []), event.roles.get(implication.object, [])
                pairs = [(a, b) for a in left for b in right]
                if implication.subject == implication.object:
                    pairs = [(a, b) for n, a in enumerate(left) for b in left[n + 1 :]]
                for subject, other in ((self._antecedent(a), self._antecedent(b)) for a, b in pairs):
                    if self._may_be(subject, implication.subject_needs) and self._may_be(other, implication.needs):
                        yield RelationDraft(subject, implication.name, other, event.claim, implication.rule)

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

    def _standing(self) -> Iterator[RelationDraft]:
        """Yield what noun phrases say in passing: offices, owners of weapons, bodies of states, places in states."""
        for position in self.registry.positions:
            claim = self.scene.innermost.get(position.token)
            if claim is not None and position.body is not None and position.relation and not _is_past(position.title):
                predicate = "nationality" if self._is_profession(position) else position.relation
                yield RelationDraft(position.person, predicate, position.body, claim, f"office: {position.title}")
        for place, state in self.registry.located:
            claim = self.scene.innermost.get(place.head)
            if claim is not None:
                yield RelationDraft(place, "locatedIn", self._antecedent(state), claim, "place of a state")
        for mention in self.scene.found:
            yield from self._nationality(mention)
            yield from self._unit(mention)
            if mention.operator is None or mention.entity is None or mention.operator.entity is None:
                continue
            claim = self.scene.innermost.get(mention.head)
            if claim is None:
                continue
            if mention.type in ("Weapon", "Platform"):
                yield RelationDraft(self._antecedent(mention.operator), "operates", mention, claim, "owner of a weapon")
            elif mention.type == "Agency" and mention.form == "name":
                yield RelationDraft(mention, "partOf", self._antecedent(mention.operator), claim, "body of a state")
            elif mention.type == "Person" and mention.form == "nominal":
                yield from self._post(mention, claim)
        yield from self._called()

    def _post(self, mention: Found, claim: ClaimDraft) -> Iterator[RelationDraft]:
        """Yield whose spokesman a named person is: "its spokesman, Colonel X"."""
        office = self.knowledge.offices.get(mention.lemma)
        named = next(iter(self.scene.mentions([self.doc[mention.head]])), mention)
        if office is None or named.form != "name" or mention.operator is None or office.category == "profession":
            return
        if office.relation:
            yield RelationDraft(named, office.relation, self._antecedent(mention.operator), claim, f"office: {mention.lemma}")

    def _unit(self, mention: Found) -> Iterator[RelationDraft]:
        """Yield what a body is part of: "the People's Liberation Army's Eastern Theater Command"."""
        claim = self.scene.innermost.get(mention.head)
        if mention.type != "Agency" or mention.form != "name" or claim is None:
            return
        for child in self.doc[mention.head].children:
            whole = self.scene.mention_at.get(child.i) if child.dep_ == "poss" else None
            if whole is not None and whole.type == "Agency" and whole.form == "name":
                yield RelationDraft(mention, "partOf", whole, claim, "body of a body")

    def _is_profession(self, position: Position) -> bool:
        """True for "Syrian author": that is no post of the state."""
        office = self.knowledge.offices.get(self.doc[position.token].lower_)
        national = position.body is not None and position.body.type in ("Nationality", "State")
        return national and office is not None and office.category == "profession"

    def _nationality(self, mention: Found) -> Iterator[RelationDraft]:
        """Yield whose national a person is, whose company a company: "Syrian author X", "the German company Y"."""
        claim = self.scene.innermost.get(mention.head)
        if mention.form != "name" or mention.type not in ("Person", "Agency") or claim is None:
            return
        heads = [self.doc[mention.head]]
        heads += [
            c
            for c in heads[0].children
            if c.dep_ in ("compound", "nmod", "appos") and c.i not in range(mention.start, mention.end)
        ]
        if heads[0].dep_ == "appos" and self.scene.mention_at.get(heads[0].head.i, mention).form != "name":
            heads.append(heads[0].head)
        for head in heads:
            for child in head.children:
                nation = self.scene.mention_at.get(child.i) if child.dep_ in ("amod", "compound", "nmod") else None
                if (
                    nation is not None
                    and nation.type == "Nationality"
                    and nation.head not in self.office_bodies
                    and not nation.lemma
                ):
                    yield RelationDraft(mention, "nationality", nation, claim, "adjective of a state")

    def _called(self) -> Iterator[RelationDraft]:
        """Yield names the text gives as another name: "State Oil Company (SOC)", "Q-West, also known as …"."""
        for mention in self.scene.found:
            claim = self.scene.innermost.get(mention.head)
            if mention.form != "name" or claim is None:
                continue
            at = mention.end
            between = self.doc[at : at + 5].text.lower()
            markers = (m for m in self.knowledge.words["alias marker"] if between.lstrip(", ").startswith(f"{m} "))
            marker = max(markers, key=len, default=None)
            if marker is not None:
                start = at + len(between[: between.index(marker)].split()) + len(marker.split())
                others = (self.scene.mention_at.get(index) for index in range(start, min(start + 4, len(self.doc))))
                other = next((m for m in others if m is not None), None)
            else:
                opened = at + 2 < len(self.doc) and self.doc[at].text == "(" and self.doc[at + 2].text == ")"
                other = self.scene.mention_at.get(at + 1) if opened and self.doc[at + 1].is_upper else None
            if other is not None and other.form == "name" and other.type == mention.type:
                yield RelationDraft(mention, "sameAs", other, claim, "another name given in the text")

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
            if mention is None or mention.head != index or id(mention) in seen or mention.type in _ABROAD | {"Place"}:
                continue
            seen.add(id(mention))
            steps = [self.doc[index], *self.doc[index].ancestors]
            if not any(
                t.dep_ in ("ccomp", "advcl", "relcl", "acl", "poss", "compound", "nmod", "amod", "parataxis") for t in steps
            ):
                yield mention

    def _chained(self) -> Iterator[RelationDraft]:
        """Yield places within places: "Sarmada, Syria", "Syria's Idlib province", "the Iraqi city of Mosul"."""
        for mention in self.scene.found:
            claim = self.scene.innermost.get(mention.head)
            if mention.type != "Place" or claim is None:
                continue
            for outer in (*self._after_comma(mention), *self._of_place(mention)):
                yield RelationDraft(mention, "locatedIn", outer, claim, "place within a place")

    def _after_comma(self, place: Found) -> Iterator[Found]:
        at = place.end
        if place.form != "name" or at + 1 >= len(self.doc) or self.doc[at].text != ",":
            return
        outer = self.scene.mention_at.get(at + 1)
        if outer is None or outer.start != at + 1 or outer.type not in _PLACES or outer.form != "name":
            return
        following = self.doc[outer.end] if outer.end < len(self.doc) else None
        if following is not None and following.lower_ in ("and", "or"):
            return
        before = self.doc[place.start - 1].text if place.start > 0 else ""
        enumerated = before == "," and self.scene.mention_at.get(place.start - 2, place).type == outer.type
        if not enumerated and (outer.type == "State" or self.doc[outer.head].dep_ in ("appos", "npadvmod")):
            yield outer

    def _of_place(self, place: Found) -> Iterator[Found]:
        heads = [self.doc[place.head]]
        above = heads[0].head
        placing = self.knowledge.words["placing word"]
        if heads[0].dep_ == "pobj" and above.lower_ == "of" and above.head.lemma_.lower() in placing:
            named = self.scene.mention_at.get(above.head.i)
            if named is None or named.form != "name":
                heads.append(above.head)
        for head in heads:
            for child in head.children:
                outer = self.scene.mention_at.get(child.i) if child.dep_ in OWNER_DEPS else None
                if (
                    outer is not None
                    and outer.form == "name"
                    and outer.type in _PLACES | {"Nationality"}
                    and not outer.start <= head.i < outer.end
                ):
                    yield outer


def _suffices(told: tuple[Polarity, Certainty], is_attitude: bool) -> bool:
    if is_attitude:
        return told[0] is not Polarity.NEGATIVE and told != (Polarity.UNKNOWN, Certainty.UNKNOWN)
    return told[0] is Polarity.POSITIVE and told[1] in _SURE


def _is_past(title: str) -> bool:
    return title.lower().startswith(("former", "ex-", "late ", "then-"))
