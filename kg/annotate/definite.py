"""Says what common nouns refer to: the name beside them, something told before, or something new."""

from typing import NamedTuple

from kg.annotate.found import Found, agency_class
from kg.annotate.names import fold
from kg.annotate.registry import Draft, Registry
from kg.annotate.syntax import is_verb, noun_phrase
from kg.vocab import is_a

_DEFINITE = frozenset(("the", "this", "these", "those", "that", "both", "their", "its", "his", "her"))
_CLASSES_WITH_NOUNS = ("MediaOutlet", "ArmedGroup", "InternationalOrganisation", "PoliticalParty", "Company")
_LONGEST_LABEL = 10
"""Words that the label of an unnamed group may have."""

_OPENING_QUOTES = ("", '"', "“", "'", "‘")
_SHORTEST_RANK = 3
"""Letters of an abbreviated rank with its stop, at least one more."""

REACH = 3
"""How many sentences back a noun or pronoun may reach."""


class Beside(NamedTuple):
    """Mentions by the token that heads, starts or follows them; `headed` has pronouns too, the others only names."""

    headed: dict[int, Found]
    starting: dict[int, Found]
    ending: dict[int, Found]


class DefiniteNouns:
    """Reads the common nouns of one document."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.doc = registry.doc
        self.knowledge = registry.knowledge
        self._drafts = registry.drafts
        self._assign = registry.assign
        self._new = registry.new
        self._sentence_of = registry.sentence_of
        self._resolved: list[Found] = []
        self._seen = 0

    def refer(self, mention: Found, earlier: list[Found], beside: Beside) -> None:
        """Set the entity of a common noun, given the mentions before it and the names beside it."""
        self._take_owner(mention, beside.headed)
        name = self._called(mention, beside) or self._apposed_name(mention, beside)
        if name is None or name.entity is None:
            self._nominal(mention, earlier, beside)
            return
        draft = self._drafts[name.entity]
        if not draft.known and mention.class_ is not None and is_a(mention.class_, draft.class_):
            draft.class_ = mention.class_  # "the submarine USS Wyoming"
        self._assign(mention, draft, "called so in the text")
        if name.type == "Agency":
            mention.type = "Agency"

    def _nominal(self, mention: Found, found: list[Found], beside: Beside) -> None:
        head = self.doc[mention.head]
        earlier = self._resolved_before(mention, found)
        definite = self._is_definite(mention)
        operator = self._drafts.get(mention.operator.entity or "") if mention.operator else None
        if mention.type == "Person":
            draft = self._titled_person(mention, earlier) or self._new(
                "person", "Person", self._described(mention, operator), local=True
            )
            draft.affiliation = draft.affiliation or (operator.iri if operator else None)
            self._assign(mention, draft, "title of office")
            return
        if mention.type in ("Weapon", "Platform"):
            self._weapon(mention, earlier, operator, definite)
            return
        if mention.type == "Place":
            self._place(mention, earlier, operator, beside if definite else None)
            return
        if mention.lemma in self.knowledge.words["country noun"]:
            self._country(mention, earlier, definite)
            return
        same = next(
            (
                m
                for m in reversed(earlier)
                if m.form == "nominal"
                and m.type == mention.type
                and self._same_noun(m, mention)
                and (operator is None or (m.operator is not None and m.operator.entity == operator.iri))
                and self._takes_up(mention, m, beside)
            ),
            None,
        )
        if operator is None and mention.type == "Group" and definite and self._is_bare(mention):
            band = self._last_band(mention, earlier)
            if band is not None:
                self._assign(mention, self._drafts[band.entity or ""], "definite noun for the last body of this kind")
                mention.type = "Agency"
                return
        if operator is None and mention.type == "Agency":
            named = [m for m in earlier if m.form == "name" and m.type == "Agency" and self._is_kind_of(m, mention)]
            if definite and named:
                self._assign(mention, self._drafts[named[-1].entity or ""], "definite noun for the last body of this kind")
                return
        may_repeat = definite or operator is not None or mention.amount is None
        if same is not None and may_repeat and not self._differs(mention, same):
            self._assign(mention, self._drafts[same.entity or ""], "same noun")
            return
        counted = self._counted_before(mention, earlier) if definite and operator is None else None
        if counted is not None:
            self._assign(mention, self._drafts[counted.entity or ""], "as many people told of before")
            return
        label = self._described(mention, operator)
        owner = self._drafts.get(self._owner(mention, beside) or "")
        if owner is not None and mention.noun is not None and mention.noun.kind == "relative":
            label = f"{label} of {owner.label}"  # wives of two men are two
        kind, class_ = ("agency", mention.class_ or "Agency") if mention.type == "Agency" else ("group", "Group")
        draft = self._new(kind, class_, label, local=True)
        if operator is not None:
            draft.affiliation = operator.iri
        self._assign(mention, draft, "first mention")
        if head.tag_ == "NN" and mention.type == "Group" and draft.cardinality is None and mention.amount is None:
            draft.cardinality = 1

    def _resolved_before(self, mention: Found, found: list[Found]) -> list[Found]:
        """Give those of `found` with an entity that begin before a mention; what was seen for one before it is kept."""
        self._resolved += [m for m in found[self._seen :] if m.entity is not None]
        self._seen = len(found)
        end = len(self._resolved)
        while end and self._resolved[end - 1].span.start >= mention.span.start:
            end -= 1
        return self._resolved if end == len(self._resolved) else self._resolved[:end]

    def _counted_before(self, mention: Found, earlier: list[Found]) -> Found | None:
        """Give the people that "the two men", "the four" are, told of not long before in the same number."""
        number = mention.amount.count if mention.amount is not None else None
        if number is None or mention.lemma not in self.knowledge.words["noun for people"]:
            return None
        sentence = self._sentence_of[mention.head]
        for other in reversed(earlier):
            if sentence - self._sentence_of[other.head] > REACH:
                return None
            if other.type == "Group" and other.amount is not None and other.amount.count == number:
                return other
        return None

    def _is_bare(self, mention: Found) -> bool:
        """True for a noun in the singular with an article at most: "the group", not "the rights group"."""
        head = self.doc[mention.head]
        return head.tag_ == "NN" and all(child.dep_ in ("det", "poss") for child in head.lefts)

    def _last_band(self, mention: Found, earlier: list[Found]) -> Found | None:
        """Give the armed group or party that "the group", "the militia" takes up, if one was named not long before."""
        if mention.lemma not in self.knowledge.words["noun for ArmedGroup"] | self.knowledge.words["noun for PoliticalParty"]:
            return None
        sentence = self._sentence_of[mention.head]
        for other in reversed(earlier):
            if sentence - self._sentence_of[other.head] > REACH:
                return None
            if other.form == "nominal" and other.type == "Group" and self._same_noun(other, mention):
                return other
            if other.form == "name" and other.type == "Agency" and self._is_kind_of(other, mention):
                return other
        return None

    def _country(self, mention: Found, earlier: list[Found], definite: bool) -> None:
        """Let "the country" be the state last spoken of, "his country" that of the person's office; else it is a place."""
        head = self.doc[mention.head]
        mention.class_ = None
        if head.tag_ == "NNS":
            mention.type = "Group"
            self._assign(mention, self._new("group", "Group", self._described(mention, None), local=True), "first mention")
            return
        state = self._state_meant(mention, earlier) if definite else None
        mention.type = "State" if state is not None else "Place"
        if state is not None:
            mention.class_ = state.class_
            self._assign(mention, state, "the state last spoken of")
        else:
            self._assign(mention, self._new("place", "Place", self._described(mention, None), local=True), "first mention")

    def _state_meant(self, mention: Found, earlier: list[Found]) -> Draft | None:
        if any(
            child.dep_ not in ("det", "poss", "prep", "relcl", "case", "punct") for child in self.doc[mention.head].children
        ):
            return None  # "the neighbouring country" is another one
        if mention.operator is not None:
            owner = self._drafts.get(mention.operator.entity or "")
            return owner if owner is not None and owner.class_ == "State" else None
        holder = next((child for child in self.doc[mention.head].children if child.dep_ == "poss"), None)
        person = next((m for m in reversed(earlier) if holder is not None and m.head == holder.i), None)
        if person is not None and person.type == "Person":
            bodies = [position.body for position in self.registry.positions if position.person.entity == person.entity]
            states = [self._drafts[body.entity] for body in bodies if body is not None and body.entity in self._drafts]
            return next((state for state in states if state.class_ == "State"), None)
        told = [m for m in earlier if m.type == "State" and m.form == "name" and m.entity in self._drafts]
        sentence = self._sentence_of[mention.head]
        here = [m.entity for m in told if m.entity is not None and self._sentence_of[m.head] == sentence]
        named = [m.entity for m in told if m.entity is not None]
        meant = here[-1] if here else max(dict.fromkeys(named), key=named.count, default=None)
        return self._drafts[meant] if meant is not None else None

    @staticmethod
    def _differs(mention: Found, other: Found) -> bool:
        counts = (mention.amount.count if mention.amount else None, other.amount.count if other.amount else None)
        return None not in counts and counts[0] != counts[1]

    @staticmethod
    def _same_noun(one: Found, other: Found) -> bool:
        return one.lemma.split()[-1:] == other.lemma.split()[-1:]

    def _takes_up(self, mention: Found, other: Found, beside: Beside) -> bool:
        """True if a noun may be said again: the same number, and nothing said of it that was not said before.

        "the pro-government militia" is not "the local militia"; "other groups" never are those told before; bare plurals
        ("residents") stand for each other only as they are; and a wife is somebody's.
        """
        if mention.noun is not None and mention.noun.kind == "relative":
            owners = self._owner(mention, beside), self._owner(other, beside)
            if owners[0] != owners[1] and None not in owners:
                return False
        head, told = self.doc[mention.head], self.doc[other.head]
        if mention.type == "Group" and (head.tag_ == "NNS") != (told.tag_ == "NNS"):
            return False
        said, before = self._modifiers(mention), self._modifiers(other)
        apart = self.knowledge.words["word of difference"]
        if said & apart or (before & apart and said != before):
            return False
        if self._is_definite(mention):
            return said <= before | set(other.lemma.split())
        return said == before and (other.amount is None or mention.operator is not None)

    def _owner(self, mention: Found, beside: Beside) -> str | None:
        """Give whose a noun is, an entity or a word, if the text says so."""
        owner = next((child for child in self.doc[mention.head].lefts if child.dep_ == "poss"), None)
        if owner is None:
            return None
        found = beside.headed.get(owner.i)
        return found.entity if found is not None and found.entity is not None else owner.lower_

    def _modifiers(self, mention: Found) -> set[str]:
        """Give the words before a noun that tell which one is meant, without articles, numbers and whose it is."""
        operator = mention.operator
        owned = range(operator.start, operator.end) if operator is not None else range(0)
        return {
            child.lemma_.lower()
            for child in self.doc[mention.head].lefts
            if child.dep_ in ("amod", "compound", "nmod", "npadvmod") and child.pos_ != "NUM" and child.i not in owned
        }

    def _called(self, mention: Found, beside: Beside) -> Found | None:
        """Give the name for a noun: "a missile called the Kalibr", "Kalibr missiles", "its spokesman, Igor Konashenkov"."""
        kind = beside.ending.get(mention.head)
        if (
            kind is not None
            and kind.type == mention.type
            and mention.type in ("Weapon", "Platform")
            and kind.start >= mention.start
        ):
            return kind  # "a Fajr-5 missile"
        ship = beside.starting.get(mention.end) or beside.starting.get(mention.end + 1)  # "the destroyer HMS Sheffield"
        if ship is not None and ship.class_ is not None and mention.class_ is not None and is_a(mention.class_, "Ship"):
            between = self.doc[mention.end : ship.start].text
            if is_a(ship.class_, "Ship") and between in _OPENING_QUOTES:
                return ship
        head = self.doc[mention.head]
        following = beside.starting.get(mention.end)
        is_single = self._is_single(mention)
        if following is not None and following.type == "Agency" and is_single and self._is_apposable(mention, following):
            return following  # "the militant group Jaish-e-Mohammed", "the news agency Interfax"
        above = beside.headed.get(head.head.i) if head.dep_ == "appos" and is_single else None
        if above is not None and above.form == "name" and self._is_apposable(mention, above):
            return above  # "Mekelle, the capital of Tigray,"
        for child in head.children:
            named = beside.headed.get(child.i)
            if named is not None and named.form == "name":
                if child.dep_ == "appos" and named.type == "Person" and mention.type in ("Person", "Group"):
                    return named  # "the ministry's spokesman, Igor Konashenkov,"
                if child.dep_ == "appos" and is_single and self._is_apposable(mention, named):
                    return named  # "the Eritrean capital, Asmara,", "the militant group Jaish-e-Mohammed"
                if child.dep_ in ("compound", "nmod") and named.type == mention.type and mention.type in ("Weapon", "Platform"):
                    return named  # "Kalibr missiles", "the Su-24 bomber"
                if child.dep_ == "compound" and is_single and self._is_named_body(mention, named):
                    return named  # "the KCNA news agency", "the Hezbollah movement"
            if child.dep_ == "prep" and child.lower_ == "of" and mention.lemma in self.knowledge.words["placing word"]:
                named = next((m for below in child.children if (m := beside.headed.get(below.i)) is not None), None)
                if named is not None and named.type == mention.type == "Place" and named.form == "name":
                    return named  # "the Iraqi city of Mosul"
            if child.dep_ in ("acl", "relcl") and child.lemma_ in ("call", "name", "dub", "know", "nickname", "codename"):
                for below in child.subtree:
                    named = beside.headed.get(below.i)
                    if named is not None and below.dep_ in ("oprd", "pobj", "dobj", "attr") and named.type == mention.type:
                        return named
        return None

    def _is_single(self, mention: Found) -> bool:
        return self.doc[mention.head].tag_ == "NN" and (mention.amount is None or mention.amount.count in (None, 1))

    def _is_apposable(self, mention: Found, named: Found) -> bool:
        """True if a noun may be said of a name: both of one type, or a noun for a band of people and a body."""
        if mention.type == "Place":
            return named.type == "Place"
        if mention.type in ("Agency", "Group") and named.type == "Agency":
            noun = mention.noun
            return mention.type == "Agency" or (
                noun is not None and noun.lemma.split()[-1] in self.knowledge.words["noun for ArmedGroup"]
            )
        return mention.type == named.type and mention.type in ("Weapon", "Platform")

    def _is_named_body(self, mention: Found, named: Found) -> bool:
        """True for the noun that says what sort of body the name before it is; "the UN agency" is another one."""
        if not self._is_apposable(mention, named) or named.type != "Agency" or named.entity is None:
            return False
        class_, noun = self._drafts[named.entity].class_, mention.lemma.split()[-1]
        if is_a(class_, "GovernmentBody") and self.registry.text(named).isupper() and mention.type == "Agency":
            return True  # "the FSB security service"
        if is_a(class_, "ArmedGroup"):  # "the Wagner mercenary company"
            return any(noun in self.knowledge.words[f"noun for {name}"] for name in _CLASSES_WITH_NOUNS)
        return not is_a(class_, "InternationalOrganisation") and self._is_kind_of(named, mention)

    def _apposed_name(self, mention: Found, beside: Beside) -> Found | None:
        """Give the person in "a UN spokesman in Sarajevo, Robert Aalto, said", where the parse loses the apposition."""
        if mention.noun is None or not mention.noun.may_speak or mention.type not in ("Group", "Person"):
            return None
        comma = noun_phrase(self.doc[mention.head]).end
        if comma + 1 >= len(self.doc) or self.doc[comma].text != "," or self.doc[mention.head].tag_ != "NN":
            return None
        person = beside.starting.get(comma + 1)
        if (
            person is None
            or person.type != "Person"
            or person.end >= len(self.doc)
            or self.doc[person.end].text not in (",", ".")
        ):
            return None
        return person

    def _is_definite(self, mention: Found) -> bool:
        head = self.doc[mention.head]
        return any(child.lower_ in _DEFINITE for child in head.children if child.dep_ in ("det", "poss"))

    def _described(self, mention: Found, operator: Draft | None) -> str:
        text = self.registry.text(mention).lower() if self.registry.text(mention).isupper() else self.registry.text(mention)
        number = self.doc[mention.start]
        owner = mention.operator
        if operator is not None and owner is not None and operator.label.lower() not in text.lower():
            if owner.start >= mention.end and owner.end - mention.start <= _LONGEST_LABEL:
                text = " ".join(
                    self.doc[mention.start : owner.end].text.split()
                )  # "informed source at Iran's Defense Ministry"
            elif owner.start < mention.start < owner.end:  # "Mali's military rulers", whose owner is "Mali's military"
                text = " ".join(self.doc[owner.start : mention.end].text.split())
            elif owner.start < mention.end and self.registry.text(owner).lower() not in text.lower():
                text = f"{self.registry.text(owner)} {text}"
        if mention.type == "Group" and number.dep_ != "nummod" and mention.amount and mention.amount.count == 1:
            article = "an" if text[:1].lower() in "aeiou" else "a"
            return f"{article} {text}"
        return text

    def _is_kind_of(self, named: Found, nominal: Found) -> bool:
        draft = self._drafts[named.entity or ""]
        if nominal.noun is not None and draft.class_ == "ArmedGroup" and is_a(agency_class(nominal.noun), "ArmedForce"):
            return False  # "the army" is not the guerrilla that calls itself one
        noun = nominal.lemma.split()[-1]
        words = {fold(word) for name in (draft.label, *draft.aliases) for word in name.split()}
        if fold(noun) in words:
            return True
        words_for = self.knowledge.words
        if draft.class_ == "Agency":  # a body of which no more is known: "the organisation"
            return noun in words_for["noun for InternationalOrganisation"]
        return any(is_a(draft.class_, name) and noun in words_for[f"noun for {name}"] for name in _CLASSES_WITH_NOUNS)

    def _titled_person(self, mention: Found, earlier: list[Found]) -> Draft | None:
        title = mention.lemma.lower()
        wanted = mention.operator.entity if mention.operator else None
        for position in reversed(self.registry.positions):
            if position.token < mention.start and _is_title_of(title, position.title.lower()):
                bodies = {position.body.entity} if position.body else self._states_of(position.person)
                if wanted is None or not bodies or wanted in bodies:
                    return self._drafts.get(position.person.entity or "")
        if wanted is None or not self._is_definite(mention) or self.doc[mention.head].tag_ != "NN":
            return None
        titled = {position.person.entity for position in self.registry.positions}
        people = {m.entity: m for m in earlier if m.type == "Person" and m.form == "name" and wanted in self._states_of(m)}
        if len(people) == 1 and titled.isdisjoint(people):  # "met Felix Tshisekedi … the Congolese president"
            return self._drafts.get(next(iter(people)) or "")
        return None

    def _states_of(self, person: Found) -> set[str | None]:
        """Give the states that the gazetteer ties a person to."""
        entry = person.entry or self.registry.entries.get(person.entity or "")
        return {self.registry.minter.entity("state", state) for state in entry.states} if entry is not None else set()

    def _weapon(self, mention: Found, earlier: list[Found], operator: Draft | None, definite: bool) -> None:
        noun = mention.lemma.split()[-1]
        if operator is None:
            same = [
                m
                for m in earlier
                if m.type == mention.type
                and m.form == "nominal"
                and m.lemma.split()[-1] == noun
                and (m.lemma == mention.lemma or len(mention.lemma.split()) == 1)
            ]
            if not same and definite:
                same = [
                    m
                    for m in earlier
                    if m.entry is not None and m.entry.kind == "weapon" and m.entry.facts.get("kind", "").split()[-1:] == [noun]
                ]
            if not same and definite and self._is_bare(mention):
                same = self._last_of_class(noun, [m for m in earlier if not self._are_opposed(m, mention)])
            if same:
                self._assign(mention, self._drafts[same[-1].entity or ""], "same kind of weapon")
                return
        label = mention.lemma
        if operator is not None and mention.operator is not None:
            entry = mention.operator.entry
            adjective = entry.adjectives[0] if entry and entry.adjectives else operator.label
            label = f"{adjective} {mention.lemma}"
        draft = self._new("weapon", mention.class_ or "Weapon", label)
        if operator is not None:
            draft.affiliation = operator.iri
            draft.broader = self._new("weapon", mention.class_ or "Weapon", mention.lemma).iri
        if len(mention.lemma.split()) > 1 and noun in self.knowledge.weapon_nouns:
            kind = self._new("weapon", mention.class_ or "Weapon", mention.lemma)
            kind.broader = self._new("weapon", self.knowledge.weapon_nouns[noun], noun).iri
        self._assign(mention, draft, "kind of weapon")

    def _are_opposed(self, one: Found, other: Found) -> bool:
        """True for two that one verb ties together: in "a boat rammed the tanker" the tanker is no boat."""
        first, second = self.doc[one.head], self.doc[other.head]
        return first.head.i == second.head.i and first.dep_ != second.dep_ and is_verb(first.head)

    def _last_of_class(self, noun: str, earlier: list[Found]) -> list[Found]:
        """Give the last weapon or platform that a more general noun takes up: "HMS Sheffield … the ship"."""
        class_ = self.knowledge.weapon_nouns.get(noun, "")
        if class_ in ("Weapon", "Platform"):
            return []
        for other in reversed(earlier):
            draft = self._drafts.get(other.entity or "") if other.type in ("Weapon", "Platform") else None
            if draft is None or not class_ or self.doc[other.head].tag_ in ("NNS", "NNPS"):
                continue
            if is_a(draft.class_, class_):
                return [other]
        return []

    def _place(self, mention: Found, earlier: list[Found], operator: Draft | None, beside: Beside | None) -> None:
        """Set the entity of a noun for a place; `beside` is None for an indefinite one, which takes up nothing."""
        if operator is None and beside is not None:
            same = next(
                (
                    m
                    for m in reversed(earlier)
                    if m.type in ("Place", "Agency")
                    and (
                        (m.form == "nominal" and m.lemma == mention.lemma and self._takes_up(mention, m, beside))
                        or (m.form == "name" and self._is_place_of_kind(m, mention))
                    )
                ),
                None,
            )
            same = same or self._unknown_town(mention, earlier)
            if same is not None:
                self._assign(mention, self._drafts[same.entity or ""], "definite noun")
                mention.type = same.type
                return
        if operator is not None and mention.operator is not None:
            entry = mention.operator.entry
            adjective = entry.adjectives[0] if entry and entry.adjectives else operator.label
            draft = self._new("place", "Place", f"{adjective} {mention.lemma}")
            self._assign(mention, draft, "place of a state")
            self.registry.located.append((mention, mention.operator))
            return
        self._assign(mention, self._new("place", "Place", self._described(mention, None), local=True), "first mention")

    def _is_place_of_kind(self, named: Found, nominal: Found) -> bool:
        """True if a noun tells what a named place is: "the town", "the island", "the mosque" of Mecca's Grand Mosque."""
        draft, noun = self._drafts[named.entity or ""], nominal.lemma.split()[-1]
        names = named.entry.names if named.entry is not None else (draft.label, *draft.aliases)
        words = [fold(word) for name in names for word in name.split()]
        if fold(noun) in words:
            return self._modifiers(nominal) <= set(words)
        if named.type != "Place" or self._modifiers(nominal):
            return False
        entry = named.entry or self.registry.entries.get(draft.iri)
        kind = entry.facts.get("kind", "") if entry is not None else ""
        if noun in self.knowledge.words["noun for City"]:
            return draft.class_ == "City" or kind == "city"
        if words and words[-1] in self.knowledge.nouns:  # "the base" is no refinery, though both are listed as bases
            return False
        return noun in kind.split()

    def _unknown_town(self, mention: Found, earlier: list[Found]) -> Found | None:
        """Give the place that "the town", "the village" takes up: the one named just before, if no more is known of it."""
        noun = mention.lemma.split()[-1]
        if noun not in self.knowledge.words["noun for City"] | self.knowledge.words["noun for unknown City"]:
            return None
        sentence = self._sentence_of[mention.head]
        unknown = {
            m.entity: m
            for m in earlier
            if m.type == "Place" and m.form == "name" and sentence - self._sentence_of[m.head] <= 1
            if m.entity not in self.registry.entries
        }
        return next(iter(unknown.values())) if len(unknown) == 1 and not self._modifiers(mention) else None

    def _take_owner(self, mention: Found, by_head: dict[int, Found]) -> None:
        """Let a resolved "its", and an "of" phrase, say whose airspace, ships or minister it is."""
        if mention.operator is not None:
            return
        for child in self.doc[mention.head].children:
            owner = by_head.get(child.i)
            if (
                child.dep_ == "poss"
                and owner is not None
                and owner.entity is not None
                and owner.type in ("State", "Agency", "Nationality")
            ):
                mention.operator = owner
                return
            if child.dep_ == "prep" and child.lower_ == "of" and mention.type in ("Weapon", "Platform", "Place"):
                for below in child.children:
                    owner = by_head.get(below.i)
                    if (
                        owner is not None
                        and owner.form == "name"
                        and owner.type in ("State", "Agency")
                        and below.dep_ == "pobj"
                    ):
                        mention.operator = owner
                        return


def _is_title_of(title: str, position: str) -> bool:
    """True if a title stands in a position as written, in full or abbreviated ("the general", "Lt. Gen.")."""
    last = position.split()[-1]
    return title in position or (last.endswith(".") and len(last) > _SHORTEST_RANK and title.split()[-1].startswith(last[:-1]))
