"""Finds common nouns: weapons and platforms, people, bodies and places without a name, texts, parts of a named place."""

from collections.abc import Container, Iterator

from spacy.tokens import Doc, Token

from kg.annotate.amounts import Amount, read_amount
from kg.annotate.found import Found, agency_class, arms_type, make_listed, make_name, make_nominal, singular
from kg.annotate.names import NameFinder, PhraseFinder
from kg.annotate.phrases import pronouns, whole_phrase
from kg.knowledge import Knowledge, Noun
from kg.model import Span
from kg.vocab import is_a

_VIOLENT_EVENTS = ("Attack", "Movement", "Killing", "Injury", "Casualties", "Explosion")
_ARMS_EVENTS = ("Launch", "Hit", "Destruction", "Seizure", "Capture", "Shootdown", "Interception", "Supply", "Sale")
_PREMODIFIERS = frozenset(("compound", "amod", "nummod", "nmod", "quantmod", "punct"))


class NominalFinder:
    """Finds the mentions without a name of one document after another."""

    def __init__(self, knowledge: Knowledge, names: NameFinder) -> None:
        self.knowledge = knowledge
        self.names = names
        self._weapon_nouns = PhraseFinder(knowledge.weapon_nouns)
        self._nouns = PhraseFinder(knowledge.nouns)

    def find(self, doc: Doc, named: list[Found], in_title: set[int], silent: set[int]) -> tuple[list[Found], list[Found]]:
        """Give the nominals, with their number and owner; and what is only shown.

        Only shown are pronouns, parts of a named place ("northern Syria"), and texts ("a report").

        Args:
            doc: parsed.
            named: the names in it; one of an aircraft takes in a "fighter" that follows.
            in_title, silent: tokens of titles of office, and of boilerplate and bylines.
        """
        words = [_word(token, self.knowledge.weapon_nouns) for token in doc]
        taken = {index for mention in named if mention.form == "name" for index in range(mention.start, mention.end)}
        found = list(self._weapons(doc, words, taken, silent, named))
        taken |= {index for mention in found for index in range(mention.start, mention.end)}
        found += self._groups(doc, words, taken | in_title, silent, named)
        heads = {mention.head: mention for mention in named}
        counted = [m for m in named if m.type in ("Group", "Weapon", "Platform")]  # "two Palestinians", "18 F-16s"
        for mention in (*found, *counted):
            mention.amount = self._amount(doc, mention)
        for mention in found:
            if mention.operator is None:
                mention.operator = _operator(doc, mention, heads)
        taken = in_title | {i for m in (*named, *found) for i in range(m.start, m.end)}
        shown = [make_listed(token, token, type_) for token, type_ in pronouns(doc, silent)]
        shown += self._areas(doc, named)
        shown += self._texts(doc, words, taken, silent)
        return found, shown

    def _weapons(self, doc: Doc, words: list[str], taken: set[int], silent: set[int], named: list[Found]) -> Iterator[Found]:
        named_heads = {mention.head for mention in named}
        named_heads |= {i for m in named if m.type in ("Weapon", "Platform") for i in range(m.start, m.end)}
        ships = {mention.start for mention in named if mention.class_ is not None and is_a(mention.class_, "Ship")}
        told: set[str] = set()
        at = 0
        while at < len(doc):
            match = None if at in taken or at in silent else self._weapon_nouns.longest_at(words, at)
            if match is None:
                at += 1
                continue
            end, phrase = match
            head = doc[end - 1]
            is_kind_of_ship = end in ships and is_a(self.knowledge.weapon_nouns[phrase], "Ship")  # "frigate HMS Antrim"
            is_noun = is_kind_of_ship or (head.pos_ in ("NOUN", "PROPN") and self._is_weapon(doc, at, end, phrase, named, told))
            if not is_noun or taken & set(range(at, end)):
                at += 1
                continue
            class_ = self.knowledge.weapon_nouns[phrase]
            while head.dep_ == "compound" and head.head.i == end and words[end] in self.knowledge.weapon_nouns:
                class_, phrase = self.knowledge.weapon_nouns[words[end]], f"{phrase} {words[end]}"  # "missile submarine"
                end, head = end + 1, head.head
            start = self._premodified(doc, head, taken, named_heads) if head.i == end - 1 else at
            told.add(phrase.split()[-1])
            yield make_nominal(doc, min(start, at), end, arms_type(class_), class_, phrase)
            at = end

    def _is_weapon(self, doc: Doc, start: int, end: int, phrase: str, named: list[Found], told: set[str]) -> bool:
        """True if a noun is a weapon or vehicle of the story; `told` are the last words of those before it."""
        head = doc[end - 1]
        if head.dep_ == "compound" and head.head.pos_ in ("NOUN", "PROPN") and head.head.i > head.i:
            owner = singular(head.head)
            noun = self.knowledge.nouns.get(owner)
            if noun and noun.type in ("Group", "Agency"):
                return False
        if start and f"{doc[start - 1].lower_} {phrase}" in self.knowledge.words["no weapon"]:
            return False
        if head.i + 1 < len(doc) and f"{phrase} {doc[head.i + 1].lemma_.lower()}" in self.knowledge.words["no weapon"]:
            return False
        if phrase not in self.knowledge.ambiguous_weapon_nouns or phrase in told:
            return True
        if phrase in self.knowledge.words["weapon told before"]:
            return False
        laying = head.head.lemma_.lower() in self.knowledge.words["laying verb"]
        if laying and head.dep_ in ("dobj", "nsubjpass", "nsubj", "conj"):
            return True  # "lay mines", "the shell was defused"
        class_ = self.knowledge.weapon_nouns[phrase]
        if any(m.type == "Platform" and m.class_ is not None and is_a(m.class_, class_) and m.start < start for m in named):
            return True  # "the carrier", after one was named
        if any(child.ent_type_ == "NORP" or child.dep_ == "nummod" for child in head.children if child.i < head.i):
            return True
        sentence = head.sent
        return any(
            (singular(token) in self.knowledge.weapon_nouns and singular(token) not in self.knowledge.ambiguous_weapon_nouns)
            or (
                (token.lemma_, token.pos_) in self.knowledge.events
                and any(
                    any(is_a(trigger.name, name) for name in _VIOLENT_EVENTS) or trigger.name in _ARMS_EVENTS
                    for trigger in self.knowledge.events[token.lemma_, token.pos_]
                )
            )
            for token in sentence
            if not start <= token.i < end
        )

    def _groups(self, doc: Doc, words: list[str], taken: set[int], silent: set[int], named: list[Found]) -> Iterator[Found]:
        named_heads = {mention.head for mention in named}
        aircraft_before = {mention.end: mention for mention in named if mention.class_ and is_a(mention.class_, "Aircraft")}
        for token in doc:
            if token.i in taken or token.i in silent or token.pos_ not in ("NOUN", "PROPN") or token.i in named_heads:
                continue
            noun = self._noun_of(doc, token, words)
            if noun is None or (token.dep_ == "compound" and token.head.i > token.i):
                continue
            if (token.lemma_.lower(), "NOUN") in self.knowledge.events:  # "casualties" is what happened, not who
                continue
            if noun.lemma in self.knowledge.words["vague noun"] and not _is_particular(token):  # "takes place"
                continue
            aircraft = aircraft_before.get(token.i)
            if aircraft is not None and noun.lemma in self.knowledge.words["flying noun"]:  # "F-16 fighters" are no people
                aircraft.end, aircraft.head = token.i + 1, token.i
                aircraft.span = Span(aircraft.span.start, token.idx + len(token.text))
                continue
            start = self._premodified(doc, token, taken, named_heads)
            if noun.lemma in self.knowledge.words["flying noun"] and self._flies(token):
                yield make_nominal(
                    doc,
                    start,
                    token.i + 1,
                    "Platform",
                    "Aircraft",
                    noun.lemma if noun.lemma in self.knowledge.weapon_nouns else f"{noun.lemma} jet",
                )
                continue
            if noun.type == "Group":
                yield make_nominal(doc, start, token.i + 1, "Group", "Group", words[token.i], noun)
            elif noun.type == "Agency":
                proper = next((t.i for t in doc[start : token.i] if self._is_proper(t, named_heads)), None)
                if proper is not None:  # "Iran's Mehr news agency": a name the gazetteers do not have
                    yield make_name(doc, proper, token.i + 1, ("Agency", agency_class(noun), None))
                    continue
                yield make_nominal(doc, start, token.i + 1, "Agency", agency_class(noun), words[token.i], noun)
            elif noun.type == "Place":
                yield make_nominal(doc, start, token.i + 1, "Place", None, words[token.i], noun)

    def _flies(self, noun: Token) -> bool:
        """True for a "fighter" that takes off, is shot down, or shoots an aircraft down."""
        verb = noun.head
        particle = next((child.lower_ for child in verb.children if child.dep_ == "prt"), "")
        lemmas = (verb.lemma_.lower(), f"{verb.lemma_.lower()} {particle}")
        kinds = {trigger.name for lemma in lemmas for trigger in self.knowledge.events.get((lemma, "VERB"), ())}
        if noun.dep_ in ("nsubjpass", "dobj"):
            return not kinds.isdisjoint(("Shootdown", "Flight"))
        flies = "Flight" in kinds or not self.knowledge.words["flying verb"].isdisjoint(lemmas)
        return noun.dep_ == "nsubj" and (flies or (noun.tag_ == "NN" and "Shootdown" in kinds))

    def _noun_of(self, doc: Doc, token: Token, words: list[str]) -> Noun | None:
        """Give what is known of a noun, or of the two words it ends ("front line")."""
        nouns = self.knowledge.nouns
        if token.i and not doc[token.i - 1].is_punct:
            before = doc[token.i - 1].lower_
            pair = nouns.get(f"{before} {token.lower_}") or nouns.get(f"{before} {words[token.i]}")
            if pair is not None:
                return pair
        return nouns.get(token.lower_) or nouns.get(words[token.i])

    def _areas(self, doc: Doc, named: list[Found]) -> Iterator[Found]:
        """Yield parts of a named place ("northern Syria", "eastern Aleppo"); the place itself is a mention of its own."""
        for mention in named:
            at = mention.start - 1
            if (
                mention.form == "name"
                and mention.type in ("Place", "State")
                and at >= 0
                and not doc[mention.start].is_sent_start
            ):
                if doc[at].text == "-" and at > 0:
                    at -= 1
                if doc[at].lower_ in self.knowledge.words["direction"] and not doc[at].is_space:
                    yield make_listed(doc[at], doc[mention.end - 1], "Place")

    def _texts(self, doc: Doc, words: list[str], taken: set[int], silent: set[int]) -> Iterator[Found]:
        """Yield common nouns for a thing that is read: "a report", "the full report"."""
        for token in doc:
            is_noun = token.tag_ == "NN" and token.dep_ != "compound" and token.i not in taken and token.i not in silent
            if is_noun and words[token.i] in self.knowledge.words["text noun"]:
                start = whole_phrase(doc, token.i, token, "Document")
                yield make_listed(doc[start], token, "Document")

    def _premodified(self, doc: Doc, head: Token, taken: set[int], named_heads: set[int]) -> int:
        """Give the start of a noun phrase with its adjectives, nouns and number, without its article."""
        start = head.i
        while start > 0:
            before = doc[start - 1]
            if before.is_space or before.text in (",", "“", '"', "(", ")", ";", ":", "—", "–"):
                break
            is_hyphen = before.text == "-" and start > 1 and not before.whitespace_
            if not is_hyphen and (before.dep_ not in _PREMODIFIERS or not (before.head == head or before.head.head == head)):
                break
            if before.tag_ == "VBG" and start > 1 and doc[start - 2].pos_ in ("VERB", "AUX"):  # "denied supplying weapons"
                break
            beside = self.knowledge.nouns.get(before.lower_)
            if before.tag_ == "NNS" and beside is not None and beside.type == "Group":
                break
            if start - 1 in taken and not (before.ent_type_ in ("NORP", "GPE", "CARDINAL", "ORG") or start - 1 in named_heads):
                break
            start -= 2 if is_hyphen else 1
        while start < head.i and doc[start].is_punct:
            start += 1
        return start

    def _is_proper(self, token: Token, named_heads: set[int]) -> bool:
        return (
            token.text[:1].isupper()
            and token.pos_ == "PROPN"
            and token.i not in named_heads
            and not self.names.is_common(token.text)
        )

    def _amount(self, doc: Doc, mention: Found) -> Amount | None:
        head = doc[mention.head]
        number = next((child for child in head.children if child.dep_ == "nummod"), None)
        if number is not None:
            words = doc[number.left_edge.i : number.right_edge.i + 1]
            bare = " ".join(t.text for t in words if t.dep_ in ("compound", "nummod") or t == number)
            leading = doc[max(0, words.start - 4) : number.i - sum(t.dep_ == "compound" for t in words)]
            before = "".join(t.text_with_ws for t in leading if t.dep_ != "prt").lower()  # not "handed over two"
            after = doc[words.end : words.end + 5].text.lower()
            if any(t.dep_ == "cc" and t.lower_ in ("or", "and") for t in words):
                after = doc[number.i + 1 : number.i + 6].text.lower()
            return read_amount(bare, before, after, self.knowledge.quantifiers)
        for length in (4, 3, 2, 1):
            for words in (doc[max(0, mention.start - length) : mention.start], doc[mention.start : mention.start + length]):
                phrase = words.text.lower()
                quantifier = self.knowledge.quantifiers.get(phrase)
                if quantifier and quantifier.kind == "word":
                    return read_amount(phrase, "", "", self.knowledge.quantifiers)
        if head.tag_ in ("NN", "NNP") and any(
            child.lower_ in ("a", "an", "one") for child in head.children if child.dep_ in ("det", "nummod")
        ):
            return Amount(1)
        return None


def _operator(doc: Doc, mention: Found, heads: dict[int, Found]) -> Found | None:
    """Give the state or body that a nominal belongs to: "Russian ships", "Iran's missiles", "officials from Turkey"."""
    head = doc[mention.head]
    for child in head.children:
        owner = heads.get(child.i)
        if owner and owner.type in ("Nationality", "State", "Agency") and child.dep_ in ("amod", "compound", "poss", "nmod"):
            return owner
    for index in range(mention.start, mention.head):
        owner = heads.get(index)
        if owner and owner.type in ("Nationality", "State", "Agency"):
            return owner
    if mention.start and (owner := heads.get(mention.start - 1)) and owner.type in ("Nationality", "State"):
        return owner
    for child in head.children:
        if child.dep_ == "prep" and child.lower_ in ("from", "of", "at", "in", "with", "for"):
            for below in child.children:
                owner = heads.get(below.i)
                if owner and owner.type in ("State", "Agency") and below.dep_ == "pobj" and mention.type == "Group":
                    return owner
    return None


def _is_particular(noun: Token) -> bool:
    """True for a noun with an article, a possessor or a name before it: "their position", "the Turkish side"."""
    return any(child.dep_ in ("det", "poss", "nummod") or child.ent_type_ for child in noun.lefts)


def _word(token: Token, plurals: Container[str]) -> str:
    """Give a word in the singular, unless it is known in the plural only ("arms")."""
    return token.lower_ if token.tag_ == "NNS" and token.lower_ in plurals else singular(token)
