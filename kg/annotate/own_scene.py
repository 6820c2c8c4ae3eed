"""What stands where, as an ontology of the user's own sees it: mentions and terms by token, and which classes they fit."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field

from spacy.tokens import Doc, Token

from kg.annotate.claims import ClaimDraft
from kg.annotate.found import Found
from kg.annotate.own_index import TYPES, OwnIndex, kind_of, type_of
from kg.annotate.registry import Draft, Registry
from kg.annotate.scene import Scene
from kg.model import Span
from kg.schema import OwnProperty, Slot
from kg.vocab import KG, Minter, is_a, slugify

PREMODIFIER = frozenset(("amod", "compound", "nmod"))

_GUESSED = frozenset(("Person", "Agency", "Place", "Group", "Entity", "City"))

HONORIFICS = frozenset(("sir", "prince", "lord", "dame", "dr", "dr.", "mr", "mr.", "ms", "mrs", "sheikh", "count", "baron"))

QUOTES = frozenset(('"', "“", "”", "''", "``", "'", "‘", "’"))

_JOINED = 4
"""How many breaks within one sentence may be mended."""


@dataclass(frozen=True, slots=True)
class OwnTie:
    """A property of the user's ontology between two mentions, or between a mention and a literal."""

    subject: Found
    property: OwnProperty
    object: Found | str
    claim: ClaimDraft


@dataclass(slots=True)
class OwnFindings:
    """What was found in one document.

    Attributes:
        mentions: those to be added.
        ties: in text order, each once a claim.
        classes: by entity IRI, the IRIs of the user's classes that it is said to be of.
    """

    mentions: list[Found] = field(default_factory=list)
    ties: list[OwnTie] = field(default_factory=list)
    classes: dict[str, set[str]] = field(default_factory=dict)


class OwnScene:
    """The mentions of one document as the user's ontology sees them, by token; what they are, and what they may be.

    Attributes:
        names: token index to the mentions that cover it; terms: the same for the ontology's terms.
        is_guessing: fallbacks are being asked, which never say what an unknown name is.
    """

    def __init__(self, scene: Scene, registry: Registry, index: OwnIndex, minter: Minter) -> None:
        doc, found = scene.doc, scene.found
        self.doc = doc
        self.scene = scene
        self.registry = registry
        self.index = index
        self.schema = index.schema
        self.knowledge = scene.knowledge
        self.minter = minter
        self.given = found
        self.findings = OwnFindings()
        self.is_guessing = False
        self.kept = {id(mention) for mention in found}
        self.sentences = list(_sentences(doc))
        self.sentence_end = {at: end for start, end in self.sentences for at in range(start, end)}
        self.bracketed = _bracketed(doc, self.sentences)
        self.terms: dict[int, list[Found]] = {}
        self.names: dict[int, list[Found]] = {}
        self.nationality: dict[int, Found] = {}
        times = [mention for mention in found if mention.type == "Time" and not self._is_misread(mention)]
        self.timed = {at for mention in times for at in range(mention.start, mention.end)}
        for mention in found:
            self.put(mention)
        self.named = {mention.entity for mention in found if mention.form == "name"}
        words = " ".join(token.text for token in doc).replace(" 's ", "'s ")
        self.words = f" {words} "

    def _is_misread(self, time: Found) -> bool:
        """True for a name that the model takes for a time: "August Lindner"."""
        words = self.doc[time.start : time.end]
        is_name = len(words) > 1 and all(t.text[:1].isupper() and t.pos_ == "PROPN" and t.text.isalpha() for t in words)
        return is_name and time.value is None

    def keep(self, mention: Found) -> None:
        """Let the mention be one of the document's."""
        if id(mention) not in self.kept:
            self.kept.add(id(mention))
            self.findings.mentions.append(mention)

    def put(self, mention: Found) -> None:
        """Let the mention be found at its tokens."""
        for at in range(mention.start, mention.end):
            if mention.type == "Nationality":
                self.nationality[at] = mention
            self.names.setdefault(at, []).append(mention)

    def become(self, mention: Found, name: Found) -> None:
        """Let all mentions of one's entity be of the other's."""
        old = mention.entity
        for other in [m for m in self.given if old is not None and m.entity == old] or [mention]:
            other.entity = name.entity

    def new_name(self, start: int, end: int) -> Found:
        """Give a name of no class yet that covers these tokens."""
        span = Span(self.doc[start].idx, self.doc[end - 1].idx + len(self.doc[end - 1].text))
        head = self.doc[start:end].root.i
        return Found(start, end, span, "Concept", None, "name", head)

    def say(self, mention: Found, classes: Iterable[str]) -> None:
        """Note that the mention's entity is of these classes."""
        if mention.entity:
            self.findings.classes.setdefault(mention.entity, set()).update(classes)

    def longest(self, at: int) -> list[Found]:
        """Give the mentions that begin at a token, longest first."""
        return sorted((m for m in self.names.get(at, ()) if m.start == at), key=lambda m: -m.end)

    def fits_slot(self, mention: Found, slot: Slot) -> bool:
        """True if the mention is a name of one of the classes of a slot, or an adjective of a state it wants."""
        if mention.type == "Nationality":
            return self.means_state(mention, slot.names)
        return mention.form == "name" and self.fits(mention, frozenset(slot.names))

    def means_state(self, mention: Found, references: Iterable[str]) -> bool:
        """True for an adjective of a state where a class of states is wanted."""
        of_states = any(is_a(name, "State") for reference in references for name in self._ours(reference))
        return of_states and mention.entry is not None and mention.entry.kind == "state"

    def rename(self, mention: Found, class_: str, reason: str, label: str = "") -> None:
        """Make the mention, and others of the same entity, one of this class; `reason` is kept if there was none.

        `label` is what the entity is called from now on, if not as before.
        """
        old = mention.entity
        text = self.registry.text(mention)
        kind, type_ = kind_of(class_), type_of(class_)
        if old is not None and old in self.registry.drafts:
            draft = self.registry.drafts[old]
            if draft.known:
                return
            label = label or draft.label
        label = label or text
        if kind == "person" and " " not in label:  # a surname is that of the full name beside it
            full = [d for d in self.registry.drafts.values() if d.class_ == "Person" and d.label.split()[-1] == label]
            label = full[0].label if len(full) == 1 else label
        iri = self.minter.entity(kind, slugify(label))
        fresh = self.registry.drafts.setdefault(iri, Draft(iri, class_, label))
        same = [m for m in self.given if old is not None and m.entity == old] or [mention]
        if all(m is not mention for m in same):
            same.append(mention)
        for other in same:
            other.entity, other.type, other.class_ = iri, type_, class_
            self.registry.reasons.setdefault(other.span, reason)
            if other.form == "name":
                fresh.aliases.add(self.registry.text(other))
        if old is not None and old in self.findings.classes:
            self.findings.classes.setdefault(iri, set()).update(self.findings.classes[old])
        self.keep(mention)

    def _ours(self, reference: str) -> tuple[str, ...]:
        """Give the classes of ours that a class means."""
        return (reference.removeprefix(KG),) if reference.startswith(KG) else self.schema.classes[reference].ours

    def fits(self, mention: Found, references: frozenset[str]) -> bool:
        """True if the mention is of one of the classes."""
        if mention.form == "pronoun" and mention.entity not in self.named:
            return False
        if not references:
            return mention.entity is not None and mention.type not in ("Nationality", "Time", "Quantity", "Money")
        said = self.findings.classes.get(mention.entity or "", set())
        for reference in references:
            if self._is_of(mention, reference, said) and not any(
                self._is_of(mention, other, said) for other in self.index.narrower_apart.get(reference, ())
            ):
                return True
        return False

    def _is_of(self, mention: Found, reference: str, said: Set[str]) -> bool:
        if reference in said:
            return True
        class_ = mention.class_ or (mention.type if mention.type in TYPES else None)
        ours = self._ours(reference)
        return class_ is not None and mention.type != "Nationality" and any(is_a(class_, name) for name in ours)

    def may_be(self, mention: Found, references: frozenset[str]) -> str | None:
        """Give the class of ours that an unknown name may be taken for, standing where the property wants it."""
        if mention.form != "name" or mention.entry is not None or not references or self.is_guessing:
            return None
        if mention.start in self.terms or mention.start in self.bracketed or mention.type in ("Nationality", "Event"):
            return None
        if mention.start in self.timed:
            return None
        if all(r in self.schema.classes and self.schema.classes[r].is_closed for r in references):
            return None
        said = self.findings.classes.get(mention.entity or "", set())
        if said or (mention.entity in self.registry.drafts and self.registry.drafts[mention.entity or ""].known):
            return None
        wanted = [r.removeprefix(KG) for r in references if r.startswith(KG)]
        wanted += [name for r in references if r in self.schema.classes for name in self.schema.classes[r].ours]
        first = self.nationality.get(mention.start)
        if first is not None and first.entry is not None:
            return None
        text = self.registry.text(mention)
        is_guess = (
            mention.class_ is None
            or mention.class_ in _GUESSED
            or (is_a(mention.class_, "Agency") and any(is_a(name, "Agency") for name in wanted))
        )
        if not is_guess:
            return None
        if any(is_a(name, "Person") for name in wanted):
            is_whole = len(text.split()) > 1 or (mention.entity is None and self.doc[mention.head].pos_ == "PROPN")
            is_person = is_whole and not any(char.isdigit() for char in text) and mention.class_ != "Group"
            has_article = mention.start > 0 and self.doc[mention.start - 1].pos_ == "DET"
            is_noun = has_article and self.knowledge.nouns.get(text.split()[-1].lower()) is not None
            return "Person" if is_person and not is_noun else None
        if mention.type == "Person" and len(text.split()) > 1 and re.sub(r"[ .'’-]", "", text).isalpha():
            return None
        return min(wanted, default="Concept")

    def longest_terms(self, at: int) -> list[Found]:
        """Give the terms, then the other mentions, that begin at a token, longest first."""
        terms = [m for m in self.terms.get(at, ()) if m.start == at]
        return sorted(terms, key=lambda m: -m.end) + [m for m in self.longest(at) if all(m is not term for term in terms)]

    def fits_role(self, property_: OwnProperty, role: str, mention: Found) -> bool:
        """True if the mention is a name or a resolved pronoun of what the property wants there."""
        references = property_.domain if role == "subject" else property_.range
        if mention.form not in ("name", "pronoun"):
            return False
        return self.fits(mention, references)

    def modifies(self, mention: Found) -> bool:
        """True if the name only modifies a noun behind it ("general" in "general election")."""
        head = self.doc[mention.head]
        if head.dep_ not in PREMODIFIER or head.head.i < mention.end:
            return False
        return not any(m.type == "Person" and m.form == "name" for m in self.names.get(head.head.i, ()))

    def take(self, name: Found, class_: str, references: frozenset[str]) -> Found:
        """Let an unknown name be of what a property wants."""
        self.rename(name, class_, "name where a property of your ontology wants one")
        self.say(name, sorted(r for r in references if r in self.schema.classes)[:1])
        return name

    def at(self, token: Token) -> list[Found]:
        """Give the mentions whose grammar this token carries, or that cover it, longest first."""
        covering = [*self.terms.get(token.i, ()), *self.names.get(token.i, ())]
        return sorted(covering, key=lambda m: (m.head != token.i, -(m.end - m.start)))

    def is_name(self, mention: Found) -> bool:
        """True for a name that stands as one: not "an Infantry Combat Vehicle", not "the European political party"."""
        if mention.form != "name":
            return False
        head = self.doc[mention.head]
        is_kind = mention.entry is None or mention.type in ("Weapon", "Platform")  # "is a Green Party of X politician"
        is_one_of = is_kind and any(child.lower_ in ("a", "an") and child.i < mention.start for child in head.children)
        is_joined = head.i > mention.start and self.doc[head.i - 1].text == "-"  # "Il-kwon"
        return not is_one_of and (mention.start in self.terms or is_joined or not head.text[:1].islower())

    def name_at(self, token: Token) -> Found | None:
        """Give the longest name whose grammar the token carries, or that covers it."""
        names = [m for m in self.at(token) if m.type != "Nationality" and self.is_name(m)]
        return max(names, key=lambda m: m.end - m.start, default=None)


def plain(token: Token) -> str:
    """Give a word in small letters with a plain apostrophe."""
    return token.lower_.replace("’", "'")


def is_name_word(token: Token) -> bool:
    """True for a word that may be part of a name: "Berg", "3M-14"."""
    if any(char in "[](){}" for char in token.text):
        return False
    return token.text[:1].isupper() or (
        any(char.isdigit() for char in token.text) and any(char.isupper() and char.isascii() for char in token.text)
    )


def _sentences(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield the sentences, joined where the parser breaks one within brackets."""
    start, is_open, joined = 0, 0, 0
    for sentence in doc.sents:
        text = [token.text for token in sentence]
        is_open = max(0, is_open + text.count("(") - text.count(")"))
        following = doc[sentence.end] if sentence.end < len(doc) else None
        if following is not None and joined < _JOINED and (is_open or following.text[:1] in ",;)]" or following.text.islower()):
            joined += 1
            continue
        yield start, sentence.end
        start, is_open, joined = sentence.end, 0, 0


def _bracketed(doc: Doc, sentences: list[tuple[int, int]]) -> set[int]:
    """Give the tokens within brackets, brackets included; an unclosed bracket holds nothing."""
    found: set[int] = set()
    for start, end in sentences:
        opened: list[int] = []
        for token in doc[start:end]:
            if token.text in ("(", "["):
                opened.append(token.i)
            elif token.text in (")", "]") and opened:
                found.update(range(opened.pop(), token.i + 1))
    return found
