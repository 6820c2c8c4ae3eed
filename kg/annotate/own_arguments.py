"""Who or what fills the slots of a pattern.

The slot behind the words is filled by what stands there, and what is coordinated with it; the slot before them by the
grammar: the subject of the verb, what the noun is said of or stands beside, at last what the sentence is about.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from kg.annotate.found import Found
from kg.annotate.names import fold
from kg.annotate.own_index import KINDS
from kg.annotate.own_scene import HONORIFICS, PREMODIFIER, OwnScene
from kg.annotate.syntax import agents, conjuncts, is_passive, is_verb, noun_phrase, objects, subjects
from kg.schema import OwnProperty

_SKIPPED = frozenset(("DET", "ADJ", "ADV", "NUM", "SPACE"))

_BEHIND = frozenset(("pobj", "dobj", "attr", "appos", "conj", "oprd", "nmod", "acomp", "pcomp", "dative"))

_REACH = 12
"""How many steps up the parse a subject may be looked for."""

COORDINATED = 6
"""How many words may stand between coordinated fillers."""

_BACK = 3
"""How many sentences back "the party" may point."""


class Arguments:
    """Answers who or what stands before and behind the words of a pattern."""

    def __init__(self, own: OwnScene) -> None:
        self.own = own
        self.doc = own.doc
        self.names = own.names
        self.terms = own.terms

    def skip(self, at: int, end: int) -> int:
        """Pass over articles, adjectives, nationalities and brackets."""
        while at < end:
            token = self.doc[at]
            nationality = self.own.nationality.get(at)
            if at in self.own.bracketed or token.text in ('"', "“", "”", "'", "‘", "’"):
                at += 1
            elif self.terms.get(at) or (self.own.longest(at) and token.pos_ == "PROPN" and nationality is None):
                break
            elif (
                nationality is not None or token.pos_ in _SKIPPED or token.tag_ in ("PRP$", "VBN", "VBG") or token.lower_ == "-"
            ):
                at += 1
            else:
                break
        return at

    def skip_brackets(self, at: int, end: int) -> int:
        """Pass over what stands in brackets."""
        while at < end and (at in self.own.bracketed or self.doc[at].is_space):
            at += 1
        return at

    def behind(self, property_: OwnProperty, role: str, last: int, at: int, end: int) -> list[Found | str]:
        """Give what fills the slot behind token `last`: what stands there, or hangs there, and what is coordinated with it."""
        if role == "object" and property_.kind:
            value = self._literal(property_.kind, self.skip(at, end) if property_.kind == "text" else at, end)
            return [value] if value else []
        word = self.doc[last]
        if word.pos_ == "VERB" and word.lemma_ != "be" and is_passive(word):
            agentive = [m for token in agents(word) if (m := self.own.name_at(token)) is not None]
        else:
            agentive = []
        found: list[Found] = []
        position = self.skip(at, end)
        for mention in self.own.longest_terms(position) if position < end else []:
            modifies = mention.start in self.terms and self.own.modifies(mention)
            if self.own.fits_role(property_, role, mention) and not modifies and mention not in agentive:
                found.append(mention)
                break
        if not found:
            for mention in self._in_range(at, end):
                if self.own.fits_role(property_, role, mention) and self._hangs_on(mention, last) and mention not in agentive:
                    found.append(mention)
                    break
        if not found and position < end:
            found = self._taken_for(property_, role, position)
        if found:
            found += self._coordinated(property_, role, found[0], end)
        return [*found]

    def _taken_for(self, property_: OwnProperty, role: str, position: int) -> list[Found]:
        """Take an unknown name right behind the words for what the property wants."""
        name = next((m for m in self.own.longest(position) if m.form == "name"), None)
        if name is None:
            return []
        references = property_.domain if role == "subject" else property_.range
        class_ = self.own.may_be(name, references)
        if class_ is None or class_ not in (*KINDS, "Concept"):
            return []  # a guess says no more than that it is some agency, place or person
        return [self.own.take(name, class_, references)]

    def _in_range(self, at: int, end: int) -> Iterator[Found]:
        for position in range(at, end):
            if position not in self.own.bracketed:
                yield from self.own.longest_terms(position)

    def _hangs_on(self, mention: Found, last: int) -> bool:
        token = self.doc[mention.head]
        for _ in range(_REACH):
            if token.i == last:
                return True
            if token.dep_ not in _BEHIND or token.head.i == token.i:
                return False
            token = token.head
        return False

    def _coordinated(self, property_: OwnProperty, role: str, first: Found, end: int) -> list[Found]:
        """Give the fillers that follow in a list: "by China, Russia and Turkey"."""
        found: list[Found] = []
        at = self._skip_time(first.end, end)
        while at < end and self.doc[at].lower_ in (",", "and", "or", "&", ";", "as"):
            position = at + 1
            limit = min(end, position + COORDINATED)
            following = None
            while position < limit and not is_verb(self.doc[position]) and self.doc[position].pos_ not in ("ADP", "SCONJ"):
                following = next((m for m in self.own.longest_terms(position) if self.own.fits_role(property_, role, m)), None)
                if following is not None or self.doc[position].lower_ in (",", ";"):
                    break
                position += 1
            if following is None:
                break
            if not self.own.modifies(following):
                found.append(following)
            at = self._skip_time(following.end, end)
        return found

    def _skip_time(self, at: int, end: int) -> int:
        """Pass over brackets, and over a time after a preposition: "colonel in 1988, general in 1990"."""
        at = self.skip_brackets(at, end)
        if at + 1 < end and self.doc[at].pos_ == "ADP" and at + 1 in self.own.timed:
            at += 1
            while at < end and at in self.own.timed:
                at += 1
        return self.skip_brackets(at, end)

    def coordinated_before(self, property_: OwnProperty, role: str, last: Found) -> list[Found]:
        """Give the fillers before the last of a list: "China, Russia and Turkey have listed …"."""
        found: list[Found] = []
        at = last.start
        start = self.doc[at].sent.start
        while at - 1 > start and self.doc[at - 1].pos_ in ("DET", "ADV"):
            at -= 1
        joints: tuple[str, ...] = ("and", "or", "&")
        while at - 2 >= start and self.doc[at - 1].lower_ in joints:
            joints = (",", "and", "or", "&")
            at -= 2 if self.doc[at - 2].text == "," else 1
            names = (*self.terms.get(at - 1, ()), *self.names.get(at - 1, ()))
            ending = [m for m in names if m.end == at and self.own.fits_role(property_, role, m)]
            if not ending:
                break
            found.insert(0, min(ending, key=lambda m: m.start))
            at = found[0].start
            while at - 1 > start and self.doc[at - 1].pos_ in ("DET", "ADV"):
                at -= 1
        return found

    def _literal(self, kind: str, at: int, end: int) -> str | None:
        """Give the number, day or words that stand behind the pattern."""
        for position in range(at, min(end, at + 4)):
            token = self.doc[position]
            for mention in self.names.get(position, ()):
                if kind == "time" and mention.type == "Time":
                    return mention.value or self.own.registry.text(mention)
                amount = mention.amount.count if mention.amount is not None else None
                if kind == "number" and mention.type == "Quantity" and amount is not None:
                    return str(amount)
            if kind == "number" and token.like_num and token.text.replace(",", "").isdigit():
                return token.text.replace(",", "")
            if kind == "text" and token.pos_ in ("NOUN", "PROPN"):
                head = token
                while head.dep_ in ("compound", "amod", "nmod") and head.head.i > head.i:
                    head = head.head
                return " ".join(noun_phrase(head).text.split())
        return None

    def before(self, property_: OwnProperty, role: str, anchor: int, taken: list[Found]) -> list[Found]:
        """Give the name that ends right before the pattern."""
        at = anchor
        if self.doc[anchor].tag_ == "PRP$":
            return [m for m in self.names.get(anchor, ()) if m.form == "pronoun" and self.own.fits_role(property_, role, m)][:1]
        first = min((m.start for m in taken), default=anchor)
        at = min(at, first) if first <= anchor else at
        position = at - 1
        while position >= 0 and (
            position in self.own.bracketed
            or self.doc[position].is_space
            or self.doc[position].lower_ in HONORIFICS
            or self.doc[position].text in ('"', "“", "”")
        ):
            position -= 1
        if position < 0:
            return []
        ending = [m for m in (*self.terms.get(position, ()), *self.names.get(position, ())) if m.end == position + 1]
        for mention in sorted(ending, key=lambda m: m.start):
            if all(mention is not other for other in taken) and self.own.fits_role(property_, role, mention):
                return [mention]
        references = property_.domain if role == "subject" else property_.range
        adjective = self.own.nationality.get(position)  # "the Estonian prime minister"
        return [adjective] if adjective is not None and self.own.means_state(adjective, references) else []

    def by_grammar(self, property_: OwnProperty, role: str, anchor: int, taken: list[Found], start: int) -> list[Found]:
        """Give who or what the words at `anchor` are said of."""
        references = property_.domain if role == "subject" else property_.range
        visited: set[int] = set()
        if (mention := self._before_verb(anchor, references, taken)) is not None:
            return [mention]
        for token in self._climb(self.doc[anchor], visited):
            mention = self._argument(token, references, taken)
            if mention is not None:
                return [mention]
        found = self._topic(references, anchor, taken, start) or self._fronted(references, anchor, taken, start)
        return found or (self._nearest(references, anchor, taken, start) if self.own.is_guessing else [])

    def _nearest(self, references: frozenset[str], anchor: int, taken: list[Found], start: int) -> list[Found]:
        """Give the name nearest to a word that fits, before it rather than behind it."""
        for position in (*range(anchor - 1, start - 1, -1), *range(anchor + 1, self.own.sentence_end[anchor])):
            if position in self.own.bracketed:
                continue
            for mention in self.own.longest_terms(position):
                if (
                    all(mention is not other for other in taken)
                    and self.own.is_name(mention)
                    and self.own.fits(mention, references)
                ):
                    return [mention]
        return []

    def _before_verb(self, anchor: int, references: frozenset[str], taken: list[Found]) -> Found | None:
        """Give the name right before a verb for which the parser found no subject: "After the death of X, Y was made …"."""
        verb = self.doc[anchor]
        while verb.dep_ in ("prep", "pobj", "attr", "oprd") and verb.head.i < verb.i:
            verb = verb.head
        if not is_verb(verb) or verb.dep_ not in ("ROOT", "conj", "ccomp") or subjects(verb):
            return None
        first = min([verb.i, *(child.i for child in verb.children if child.dep_ in ("aux", "auxpass"))])
        ending = [m for m in self.names.get(first - 1, ()) if m.end == first and all(m is not other for other in taken)]
        named = (m for m in sorted(ending, key=lambda m: m.start) if self.own.is_name(m) and self.own.fits(m, references))
        return next(named, None)

    def beside(self, property_: OwnProperty, role: str, fillers: list[Found], taken: list[Found]) -> list[Found]:
        """Give what is coordinated with a filler: "Canada, Australia and Japan have listed …"."""
        names = (self.own.name_at(token) for mention in fillers for token in conjuncts(self.doc[mention.head])[1:])
        known = (*fillers, *taken)
        return [m for m in names if m is not None and all(m is not k for k in known) and self.own.fits_role(property_, role, m)]

    def _climb(self, token: Token, visited: set[int]) -> Iterator[Token]:
        """Yield what a word may be said of, nearest first: its subject, what it is apposed to, the subject above it."""
        current = token
        for _ in range(_REACH):
            if current.i in visited:
                return
            visited.add(current.i)
            if is_verb(current) or current.pos_ in ("VERB", "AUX"):
                for subject in subjects(current):
                    yield subject
                    if subject.i not in visited and subject.pos_ in ("NOUN", "PROPN", "PRON", "ADJ"):
                        yield from self._climb(subject, visited)
                if current.dep_ in ("acl", "relcl"):
                    yield current.head
            else:
                for child in current.children:
                    if child.dep_ == "appos" or (child.dep_ == "poss" and current.i == token.i):
                        yield child
                if current.dep_ == "appos":
                    yield current.head
                if current.dep_ == "dobj" and is_passive(current.head) is False and current.i == token.i:
                    yield from objects(current.head)
            if current.head.i == current.i:
                return
            current = current.head

    def _argument(self, token: Token, references: frozenset[str], taken: list[Found]) -> Found | None:
        """Give the mention at a token if it fits, if it may be taken to fit, or if it points back to one that fits."""
        if token.i in self.own.bracketed or (token.i and self.doc[self.doc[token.i].left_edge.i - 1].lower_ in ("born", "née")):
            return None
        candidates = [m for m in self.own.at(token) if all(m is not other for other in taken)]
        for mention in candidates:
            if (mention.form == "pronoun" or self.own.is_name(mention)) and self.own.fits(mention, references):
                return mention
        name = self.own.name_at(token)
        if name is not None and all(name is not other for other in taken):
            class_ = self.own.may_be(name, references)
            if class_ is not None:
                return self.own.take(name, class_, references)
        own = self.own.index.classes_of([fold(token.text)])
        wanted = {above for iri in own for above in self.own.schema.classes[iri].above} & references
        is_one_of = any(child.lower_ in ("a", "an") for child in token.children)  # "a Third Way political party"
        phrase = [part.i for part in self.doc[token.left_edge.i : token.i] if part.dep_ in PREMODIFIER and not is_one_of]
        for mention in [m for at in phrase for m in self.own.longest(at) if m.end <= token.i and m.type != "Nationality"]:
            if not self.own.is_name(mention) or any(mention is other for other in taken):
                continue
            if self.own.fits(mention, references):
                return mention
            class_ = self.own.may_be(mention, references) if wanted else None
            if class_ is not None:  # "the Vexa radar"
                return self.own.take(mention, class_, references)
            return None
        points_back = any(child.lower_ in ("the", "this", "its", "their") for child in token.children)
        return self._earlier(token, references) if wanted and points_back else None

    def _earlier(self, token: Token, references: frozenset[str]) -> Found | None:
        """Give what "the party" points back to."""
        sentence = token.sent
        start = sentence.start
        for _ in range(_BACK):
            if start == 0:
                break
            start = self.doc[start - 1].sent.start
        for position in range(sentence.start - 1, start - 1, -1):
            for mention in self.own.longest(position):
                if mention.form == "name" and mention.start == position and self.own.fits(mention, references):
                    return mention
        return None

    def _topic(self, references: frozenset[str], anchor: int, taken: list[Found], start: int) -> list[Found]:
        """Give what the sentence is about: its first name, if that fits and stands free."""
        for position in range(start, anchor):
            if position in self.own.bracketed:
                continue
            for mention in self.own.longest(position):
                if any(mention is other for other in taken) or mention.form != "name":
                    continue
                if position == start and (class_ := self.own.may_be(mention, references)) is not None:
                    return [self.own.take(mention, class_, references)]
                head, before = self.doc[mention.head], self._before_title(mention.start)
                hangs = head.dep_ == "poss" or (head.dep_ == "pobj" and before.pos_ in ("ADP", "DET", "ADJ"))
                if self.own.fits(mention, references) and not hangs:
                    return [mention]
        return []

    def _before_title(self, at: int) -> Token:
        """Give the word before a name and the titles in front of it."""
        at = max(at - 1, 0)
        while at > 0 and (
            self.doc[at].lower_ in self.own.knowledge.offices or at in self.terms or self.doc[at].dep_ == "compound"
        ):
            at -= 1
        return self.doc[at]

    def _fronted(self, references: frozenset[str], anchor: int, taken: list[Found], start: int) -> list[Found]:
        """Give the name behind a phrase that opens the sentence: "A general in the Army, Jan Smit served …"."""
        if any(m.form == "name" and m.type != "Nationality" for at in range(start, anchor) for m in self.own.longest(at)):
            return []
        comma = next((at for at in range(anchor, self.own.sentence_end[anchor]) if self.doc[at].text == ","), None)
        if comma is None or comma + 1 >= self.own.sentence_end[anchor]:
            return []
        if any(is_verb(token) for token in self.doc[start:comma]):
            return []
        name = next((m for m in self.own.longest(comma + 1) if self.own.is_name(m) and m not in taken), None)
        return [name] if name is not None and self.own.fits(name, references) else []
