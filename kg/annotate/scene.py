"""What stands where: from words of a parsed document to the mentions and the claim they belong to.

Shared by the finders of events and of relations, which ask it who stands behind a grammatical place.
"""

from collections.abc import Container, Iterable, Mapping

from spacy.tokens import Doc, Token

from kg.annotate.claims import ClaimDraft, ClaimFinder
from kg.annotate.found import Found
from kg.annotate.syntax import OWNER_DEPS, conjuncts, of_objects, prepositional
from kg.knowledge import Knowledge
from kg.vocab import classes, is_a

MENTION_TYPES = frozenset(("Person", "State", "Agency", "Weapon", "Platform", "Place", "Nationality", "Group"))
"""Types of mentions that can take part in events and relations."""

ACTORS = frozenset(("State", "Agency", "Group", "Nationality", "Person"))
"""Types of mentions that act of themselves."""

_NUMBERS = frozenset(("Quantity", "Money"))


def person_beside(noun: Token, mention_at: Mapping[int, Found]) -> Found | None:
    """Give the person named in apposition to a common noun: "his defence minister, X", "the killing of a commander, X"."""
    beside = (mention_at.get(child.i) for child in noun.children if child.dep_ == "appos")
    return next((m for m in beside if m is not None and m.form == "name" and m.type == "Person"), None)


def is_form(verb: Token, lemmas: Container[str]) -> bool:
    """True if a verb is a form of one of `lemmas`, also where the model does not know its lemma ("staged")."""
    return verb.lemma_.lower() in lemmas or any(stem in lemmas for stem in _stems(verb.lower_))


def _stems(word: str) -> list[str]:
    """Give what a verb may be the past or participle of, where the model does not know ("besieged")."""
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            stem = word[: -len(ending)]
            return [f"{stem}e", stem, stem[:-1]]
    return []


class Scene:
    """The mentions and claims of one document, by token.

    Attributes:
        mention_at: token index to the mention that covers it (the one headed there, if several do).
        innermost: token index to the smallest claim whose content covers it.
        times: index of a sentence's first token to the times told in it.
    """

    def __init__(
        self, doc: Doc, found: list[Found], claims: list[ClaimDraft], finder: ClaimFinder, knowledge: Knowledge
    ) -> None:
        self.doc = doc
        self.found = found
        self.claims = claims
        self.finder = finder
        self.knowledge = knowledge
        self.words_for_wholes = knowledge.words["place part"] | knowledge.words["band"]
        self.mention_at: dict[int, Found] = {}
        self.times: dict[int, list[Found]] = {}
        for mention in found:
            if mention.type == "Time":
                self.times.setdefault(doc[mention.head].sent.start, []).append(mention)
            for index in range(mention.start, mention.end):
                known = self.mention_at.get(index)
                if mention.type in _NUMBERS and known is not None:
                    continue
                if known is None or mention.head == index or known.type == "Quantity":
                    self.mention_at[index] = mention
        for mention in found:  # pronouns and nouns for somebody unknown cover no token
            if mention.form == "listed":
                self.mention_at.setdefault(mention.head, mention)
        self.innermost: dict[int, ClaimDraft] = {}
        for claim in sorted(claims, key=lambda c: (-c.size, not c.is_own_voice)):
            if claim.is_echo:
                continue
            for start, end in claim.content:
                for index in range(start, end):
                    self.innermost[index] = claim

    def lemma(self, token: Token, triggers: Iterable[tuple[str, str]]) -> str:
        """Give the lemma of a word, with its particle or first part ("shoot down", "air strike") if `triggers` list that."""
        lemma = token.lemma_.lower()
        if token.pos_ == "VERB" and (lemma, "VERB") not in triggers:
            lemma = next((stem for stem in _stems(token.lower_) if (stem, "VERB") in triggers), lemma)
        particle = next((child.lower_ for child in token.children if child.dep_ == "prt"), None)
        if token.pos_ == "VERB" and particle:
            for child in token.children:  # "blow himself up"
                if child.dep_ == "dobj" and (f"{lemma} {child.lower_} {particle}", "VERB") in triggers:
                    return f"{lemma} {child.lower_} {particle}"
        if particle and (f"{lemma} {particle}", token.pos_) in triggers:
            return f"{lemma} {particle}"
        if token.pos_ == "VERB":
            following = self.doc[token.i + 1].lower_ if token.i + 1 < len(self.doc) else ""
            if (f"{lemma} {following}", "VERB") in triggers:  # "shot dead two men", where "dead" is taken for theirs
                return f"{lemma} {following}"
            for child in token.children:  # "lay siege", "leave ten dead", "blow himself up"
                if child.dep_ in ("dobj", "oprd", "acomp", "advmod"):
                    for pair in (
                        f"{lemma} {child.lower_}",
                        f"{lemma} {child.lemma_.lower()}",
                        f"{lemma} {child.lower_} {particle}",
                    ):
                        if (pair, "VERB") in triggers:
                            return pair
                elif child.dep_ == "prep":  # "set on fire", "came under attack"
                    for below in child.children:
                        if below.dep_ == "pobj" and (f"{lemma} {child.lower_} {below.lower_}", "VERB") in triggers:
                            return f"{lemma} {child.lower_} {below.lower_}"
        if token.pos_ == "NOUN" and token.i > 0:
            before = self.doc[token.i - 1]
            pair = f"{before.lower_} {lemma}"
            if before.head == token and (pair, "NOUN") in triggers:
                return pair
        return lemma

    def is_one_of(self, class_: str, words: str) -> bool:
        """True if a class of events is, or is below, one of those in a list of `words.tsv`."""
        return any(is_a(class_, other) for other in self.knowledge.words[words])

    def mentions(self, tokens: Iterable[Token]) -> list[Found]:
        """Give the mentions that words stand for, each once; "four of the missiles" stands for the missiles."""
        found: list[Found] = []
        for token in tokens:
            mention = self.mention_at.get(token.i)
            others: list[Found] = []
            members_of = self._members(token, mention)
            if members_of:  # "a group of gunmen", "the front of the church"
                found.extend(one for one in members_of if all(one is not other for other in found))
                continue
            if mention is None or mention.type == "Quantity":  # "four of the missiles", "a number of ships"
                below = next(iter(of_objects(token)), None)
                partitive = token.pos_ in ("NUM", "DET", "PRON") or token.lower_ in self.knowledge.words["partitive"]
                partitive = partitive or token.lower_ in self.knowledge.words["place part"]
                members = conjuncts(below) if below is not None and partitive else []
                wholes = [known for member in members if (known := self.mention_at.get(member.i)) is not None]
                mention = wholes[0] if wholes else mention
                others = wholes[1:]  # "scores of villagers and 13 marines"
            if mention is None and token.pos_ in ("NOUN", "PROPN"):  # "the killing of a commander, X"
                mention = person_beside(token, self.mention_at)
            if mention is not None and mention.form == "nominal":
                mention = self._named_beside(token, mention) or mention
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
            for one in (mention, *others):
                if one is not None and all(one is not other for other in found):
                    found.append(one)
        return found

    def _members(self, token: Token, mention: Found | None) -> list[Found]:
        """Give who makes up a group that nothing else is known of, and whose the front or gate is that is told of."""
        if mention is None or mention.form != "nominal":
            return []
        lemma, below = token.lemma_.lower(), of_objects(token)
        if not below or lemma not in self.words_for_wholes:
            return []
        wanted = ("Group", "Person", "Nationality") if mention.type in ("Group", "Agency") else ("Agency", "Platform", "Place")
        known = [self.mention_at.get(member.i) for word in below for member in conjuncts(word)]
        return [one for one in known if one is not None and one.type in wanted and one.form != "listed"]

    def antecedent(self, mention: Found) -> Found:
        """Give who "their" stands for in "the army and their allies", if that was named in the sentence."""
        token = self.doc[mention.head]
        if mention.form != "pronoun" or mention.entity is None or token.dep_ != "poss":
            return mention
        for index in range(mention.start - 1, token.sent.start - 1, -1):
            before = self.mention_at.get(index)
            if before is not None and before.entity == mention.entity:
                return before
        for index in range(mention.end, token.sent.end):  # "In his first speech, X"
            after = self.mention_at.get(index)
            if after is not None and after.entity == mention.entity and after.form == "name":
                return after
        return mention

    def targets(self, tokens: Iterable[Token]) -> list[Found]:
        """Give the mentions that words stand for; of things without a mention, whose or where they are."""
        things = list(tokens)
        return self.mentions(things) or [mention for thing in things for mention in self.holders(thing)]

    def holders(self, noun: Token) -> list[Found]:
        """Give whose or where an unnamed thing is: "ISIL targets", "positions of the Islamic State", "targets in Syria"."""
        owners = self.mentions(c for c in noun.children if c.dep_ in OWNER_DEPS)
        owners = [mention for mention in owners if mention.type in ACTORS]
        return owners or self.mentions(t for preposition, t in prepositional(noun) if preposition in ("of", "in", "near"))

    def _named_beside(self, noun: Token, mention: Found) -> Found | None:
        """Give the name that a common noun is said of: "the minister, Ivan Belov", "Mosul is the largest city held by …"."""
        beside = [child for child in noun.children if child.dep_ == "appos"]
        first = noun
        while first.dep_ == "conj" and first.head.i != first.i:  # "X, the mayor of A and commander of B"
            first = first.head
        if first.dep_ == "appos":
            beside.append(first.head)
        elif noun.dep_ == "attr" and noun.head.lemma_ == "be" and not any(c.dep_ == "neg" for c in noun.head.children):
            beside += [child for child in noun.head.children if child.dep_ == "nsubj"]
        for token in beside:
            named = self.mention_at.get(token.i)
            if named is not None and named.type == "Place" and named.form == "nominal":
                named = next(iter(self._named_places(token)), None)
            if named is None or named.form != "name":
                continue
            someone = mention.type == "Group" and named.type == "Person" and noun.tag_ == "NN"  # "his successor, X"
            if named.type == mention.type or someone:
                return named
        return None

    def _named_places(self, noun: Token) -> list[Found]:
        """Give the places in "the provinces of Raqqa and Idlib"; "the airspace of Iran" stays the airspace."""
        if noun.lemma_.lower() in self.knowledge.words["territory"]:
            return []
        named = [self.mention_at.get(member.i) for head in of_objects(noun) for member in conjuncts(head)]
        return [place for place in named if place is not None and place.type in ("Place", "State") and place.form == "name"]

    @staticmethod
    def fits(mention: Found, needs: frozenset[str]) -> bool:
        """True if the mention is of one of the types, classes or kinds of noun ("Group:fighter") that the lexicon asks for."""
        if mention.type in needs or (mention.noun is not None and f"{mention.type}:{mention.noun.kind}" in needs):
            return True
        return mention.class_ is not None and any(
            is_a(mention.class_, need) for need in needs - MENTION_TYPES if need in classes()
        )
