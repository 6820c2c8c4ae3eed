"""Finds the ties that noun phrases state in passing: offices, owners, bodies and units, nationality, other names, places.

Takes what stands in a scene and the offices found with it; gives relations, each within the claim whose words state it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Token

from kg.annotate.claims import ClaimDraft
from kg.annotate.found import Found
from kg.annotate.registry import Position, Registry
from kg.annotate.scene import Scene
from kg.annotate.syntax import OWNER_DEPS
from kg.model import Certainty, Polarity

_PLACES = frozenset(("Place", "State"))
_QUOTES = ('"', "“", "”", "'", "‘", "’")
_NATIONALS = frozenset(("ArmedGroup", "PoliticalParty", "Company", "MediaOutlet"))
"""Classes of bodies that are of a state but no part of it."""


@dataclass(frozen=True, slots=True)
class RelationDraft:
    """A relation while the text is being read; `rule` says what found it."""

    subject: Found
    predicate: str
    object: Found
    claim: ClaimDraft
    rule: str = ""


class PhraseRelationFinder:
    """Finds the relations within noun phrases of one parsed document."""

    def __init__(self, scene: Scene, registry: Registry) -> None:
        self.scene = scene
        self.doc = scene.doc
        self.registry = registry
        self.knowledge = scene.knowledge
        self.office_bodies = {position.body.head for position in registry.positions if position.body is not None}

    def find(self) -> Iterator[RelationDraft]:
        """Yield what noun phrases say in passing: offices, owners of weapons, bodies of states, places, other names."""
        for position in self.registry.positions:
            claim = self.scene.innermost.get(position.token)
            if claim is not None and position.body is not None and position.relation and not _is_past(position.title):
                predicate = "nationality" if self._is_profession(position) else position.relation
                if predicate == "leads" and self._is_one_of_many(position):
                    predicate = "memberOf"
                yield RelationDraft(position.person, predicate, self._body(position.body), claim, f"office: {position.title}")
        for place, state in self.registry.located:
            claim = self.scene.innermost.get(place.head)
            if claim is not None and state.type != "Agency":
                yield RelationDraft(place, "locatedIn", self.scene.antecedent(state), claim, "place of a state")
        for mention in self.scene.found:
            yield from self._nationality(mention)
            yield from self._unit(mention)
            yield from self._owned(mention)
            if mention.operator is None or mention.entity is None or mention.operator.entity is None:
                continue
            claim = self.scene.innermost.get(mention.head)
            if claim is None:
                continue
            if mention.type in ("Weapon", "Platform"):
                yield RelationDraft(self.scene.antecedent(mention.operator), "operates", mention, claim, "owner of a weapon")
            elif mention.type == "Agency" and mention.form == "name":
                yield RelationDraft(mention, "partOf", self.scene.antecedent(mention.operator), claim, "body of a state")
            elif mention.type == "Person" and mention.form == "nominal":
                yield from self._post(mention, claim)
        yield from self._called()
        yield from self._chained()

    def _body(self, body: Found) -> Found:
        """Give the body an office is of: "the French battalion", not France, whose battalion it is."""
        above = self.doc[body.head].head
        whole = self.scene.mention_at.get(above.i) if self.doc[body.head].dep_ in ("amod", "compound") else None
        led = whole is not None and whole.type in ("Agency", "Group") and above.dep_ == "pobj" and above.head.lower_ == "of"
        return whole if whole is not None and led else body

    def _post(self, mention: Found, claim: ClaimDraft) -> Iterator[RelationDraft]:
        """Yield whose spokesman a named person is: "its spokesman, Colonel X"."""
        office = self.knowledge.offices.get(mention.lemma)
        named = next(iter(self.scene.mentions([self.doc[mention.head]])), mention)
        if office is None or named.form != "name" or mention.operator is None or office.category == "profession":
            return
        if office.relation:
            yield RelationDraft(
                named, office.relation, self.scene.antecedent(mention.operator), claim, f"office: {mention.lemma}"
            )

    def _unit(self, mention: Found) -> Iterator[RelationDraft]:
        """Yield what a body is part of: "the People's Liberation Army's Eastern Theater Command"."""
        claim = self.scene.innermost.get(mention.head)
        if mention.type != "Agency" or mention.form != "name" or claim is None:
            return
        for child in self.doc[mention.head].children:
            whole = self.scene.mention_at.get(child.i) if child.dep_ == "poss" else None
            if whole is not None and whole.type == "Agency" and whole.form == "name":
                yield RelationDraft(mention, "partOf", whole, claim, "body of a body")
        after = self.scene.mention_at.get(mention.end + 1)
        if after is not None and self.doc[mention.end].text == "," and after.start == mention.end + 1:
            units = (mention, after)
            if all(m.class_ == "ArmedForce" and _is_ordinal(self.doc[m.start]) for m in units):  # "2nd Battalion, 5th Marines"
                yield RelationDraft(mention, "partOf", after, claim, "unit of a unit")
            elif after.type == "Place" and after.form == "name" and _is_ordinal(self.doc[mention.start]):
                yield RelationDraft(mention, "locatedIn", after, claim, "base of a unit")  # "10th Division, Fort Drum"

    def _owned(self, mention: Found) -> Iterator[RelationDraft]:
        """Yield whose a named weapon or force is: "an Argentine Super Etendard", "Ukraine's 93rd Brigade"."""
        claim = self.scene.innermost.get(mention.head)
        is_force = mention.class_ == "ArmedForce"
        if mention.form != "name" or claim is None or not (is_force or mention.type in ("Weapon", "Platform")):
            return
        for child in self.doc[mention.head].children:
            owner = self.scene.mention_at.get(child.i) if child.dep_ in OWNER_DEPS else None
            if owner is None or owner.end > mention.start or owner.lemma:
                continue
            if any(at in self.scene.mention_at for at in range(owner.end, mention.start)):
                continue  # "the French frigate Forbin": told of the frigate
            if is_force and child.dep_ == "poss" and owner.type == "State":
                yield RelationDraft(mention, "partOf", owner, claim, "force of a state")
            elif not is_force and owner.type in ("State", "Nationality", "Agency"):
                yield RelationDraft(owner, "operates", mention, claim, "owner of a named weapon")

    def _is_profession(self, position: Position) -> bool:
        """True for "Syrian author": that is no post of the state."""
        office = self.knowledge.offices.get(self.doc[position.token].lower_)
        national = position.body is not None and position.body.type in ("Nationality", "State")
        return national and office is not None and office.category == "profession"

    def _is_one_of_many(self, position: Position) -> bool:
        """True for "an ISIL commander, X": one of its commanders, not the one who leads it."""
        noun = self.doc[position.token]
        while noun.dep_ == "compound" and noun.head.i > noun.i and noun.head.pos_ == "NOUN":  # "an ISIL gang leader"
            noun = noun.head
        is_body = position.body is not None and position.body.type == "Agency"
        return is_body and any(child.lower_ in ("a", "an") for child in noun.children)

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
        if heads[0].dep_ == "nsubj" and heads[0].head.lemma_ == "be" and self._is_so(heads[0].head, claim):
            heads += [c for c in heads[0].head.children if c.dep_ == "attr"]  # "X is an Iraqi network"
        for head in heads:
            for child in head.children:
                nation = self.scene.mention_at.get(child.i) if child.dep_ in ("amod", "compound", "nmod", "poss") else None
                if nation is None or nation.head in self.office_bodies or nation.lemma:
                    continue
                if any(other.dep_ == "conj" and mention.start <= other.i < mention.end for other in child.children):
                    continue  # "French and Chadian forces" are not all French
                owned = child.dep_ == "poss"  # "Lebanon's Hezbollah"; the ministry of a state is part of it
                if nation.type == ("State" if owned else "Nationality") and (not owned or self.scene.fits(mention, _NATIONALS)):
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
                other = self._acronym(mention) or self._in_brackets(mention)
            if other is not None and other.form == "name" and other.type == mention.type:
                yield RelationDraft(mention, "sameAs", other, claim, "another name given in the text")

    def _in_brackets(self, mention: Found) -> Found | None:
        """Give the other name that follows in brackets or quotation marks: 'Kolo Corps ("Red Hands")'."""
        at = mention.end
        while at < min(mention.end + 3, len(self.doc)) and self.doc[at].text in ("(", ",", *_QUOTES):
            at += 1
        other = self.scene.mention_at.get(at)
        is_open = any(self.doc[i].text != "," for i in range(mention.end, at))
        return other if is_open and other is not None and other.entity == mention.entity and other.start == at else None

    def _acronym(self, mention: Found) -> Found | None:
        """Give the acronym that follows a name: in brackets, or after "or" between commas."""
        at = mention.end
        while at < min(mention.end + 4, len(self.doc) - 2) and self.doc[at].text not in ("(", ","):
            at += 1
        if at + 2 >= len(self.doc):
            return None
        opener, first, second, third = (self.doc[i].lower_ if i < len(self.doc) else "" for i in range(at, at + 4))
        place = at + 1 if opener == "(" and second == ")" else at + 2 if (opener, first, third) == (",", "or", ",") else -1
        other = self.scene.mention_at.get(place)
        if other is None or not self.doc[place].is_upper or other.end != place + 1:
            return None
        between = self.doc[mention.end : at]
        touches = all(word.lower_ in ("'s", "’s") for word in between) and opener == "("
        initials = "".join(word.text[0] for word in self.doc[mention.start : at] if word.text[0].isupper())
        letters = self.doc[place].text.replace(".", "")
        return other if touches or sorted(initials) == sorted(letters) else None  # translated names keep the letters

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

    def _is_so(self, verb: Token, claim: ClaimDraft) -> bool:
        return self.scene.finder.told(verb, claim) == (Polarity.POSITIVE, Certainty.CERTAIN)


def _is_ordinal(word: Token) -> bool:
    return word.text[:1].isdigit() and word.lower_.endswith(("st", "nd", "rd", "th"))


def _is_past(title: str) -> bool:
    return title.lower().startswith(("former", "ex-", "late ", "then-"))
