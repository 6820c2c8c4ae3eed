"""The ontology of the user's own, arranged for looking up in a text."""

import re
from collections.abc import Iterable

from kg.annotate.names import fold
from kg.knowledge import Entry
from kg.schema import Item, OwnClass, Schema, Term
from kg.vocab import is_a, lineage

KINDS = ("State", "Person", "Agency", "Weapon", "Place", "Group")
"""Classes whose members' IRIs have the class's name as their kind, in small letters."""

TYPES = ("State", "Person", "Agency", "Platform", "Weapon", "Place", "Group")
"""Classes that are mention types, the finer before the coarser."""

_SHORT = 3
"""Words of up to this many letters ("has") are no regular verb with an ending."""


class OwnIndex:
    """The schema arranged for looking up; made once.

    Attributes:
        places: names of states and places, as compared words.
    """

    def __init__(self, schema: Schema, entries: Iterable[Entry]) -> None:
        self.schema = schema
        self.places = frozenset(
            tuple(fold(word) for word in name.split())
            for entry in entries
            if entry.kind in ("state", "place")
            for name in entry.names
        )
        self.by_word: dict[str, list[tuple[tuple[Item, ...], Term, bool]]] = {}
        self.by_slot: list[tuple[tuple[Item, ...], Term, bool]] = []
        for term in schema.terms:
            for names, is_ambiguous in ((term.names, False), (term.ambiguous, True)):
                for name in names:
                    items = _comparable(name)
                    row = (items, term, is_ambiguous)
                    if items and isinstance(items[0], str):
                        self.by_word.setdefault(items[0], []).append(row)
                    elif items:
                        self.by_slot.append(row)
        self.nouns: dict[tuple[str, ...], list[str]] = {}
        for own in schema.classes.values():
            for noun in () if own.is_closed else own.nouns:
                self.nouns.setdefault(tuple(word.casefold() for word in re.findall(r"\w+", noun)), []).append(own.iri)
        self.longest_noun = max((len(words) for words in self.nouns), default=0)
        self.narrower_apart = {
            own.iri: tuple(
                iri for iri in sorted(own.apart) if iri in schema.classes and _depth(schema.classes[iri]) > _depth(own)
            )
            for own in schema.classes.values()
        }
        self.required = {
            pattern: tuple(frozenset((item, *stems(item))) for item in pattern if isinstance(item, str) and item[0].isalpha())
            for own in schema.properties.values()
            for pattern in (*own.patterns, *own.fallbacks)
        }

    def classes_of(self, words: list[str]) -> list[str]:
        """Give the classes whose noun these words end with, by the longest noun."""
        for length in range(min(self.longest_noun, len(words)), 0, -1):
            for cut in (words[-length:], [*words[-length:-1], _singular(words[-1])]):
                if found := self.nouns.get(tuple(cut)):
                    return found
        return []


def kind_of(class_: str) -> str:
    """Give the kind of entity that stands in the IRI of a member of one of our classes."""
    return next((name.lower() for name in KINDS if is_a(class_, name)), "concept")


def type_of(class_: str) -> str:
    """Give the type that a mention of one of our classes has."""
    return next((name for name in TYPES if is_a(class_, name)), "Concept")


def _depth(own: OwnClass) -> int:
    """Give how fine the finest class of ours is that a class means."""
    return max((len(lineage(name)) for name in own.ours), default=0)


def _comparable(name: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(fold(item) if isinstance(item, str) else item for item in name if item != "-")


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def stems(word: str) -> tuple[str, ...]:
    """Give what a regular verb form may be a form of: "joined", "joining", "joins": "join"; "served": "serve"."""
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending)
            return stem, f"{stem}e"
    if word.endswith("s") and not word.endswith("ss") and len(word) > _SHORT:
        return word[:-1], word.removesuffix("es")
    return ()
