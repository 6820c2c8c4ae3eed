"""Finds the names of the gazetteers, and titles of office, in a text: longest match first, by words.

Words are compared in lower case without dots, marks and accents, so that "U.S.", "US", "3M-14", "3M14" and "Erdoğan"
meet their entries however they are set; the case of the text then decides whether a match may stand.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from spacy.lang.en.stop_words import STOP_WORDS

from kg.knowledge import Entry, Knowledge
from kg.model import Span

_FUNCTION_WORDS = STOP_WORDS - {"us"}
"""Words that are no names even if a name has them ("Over"); "US" in capitals is one."""

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+")
_LETTERS_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_SHORT = 4
"""Names of up to this many letters must be written exactly so (acronyms: "US", not "us")."""


def fold(word: str) -> str:
    """Give the form of a word that is compared: lower case, no dots, no accents."""
    if word.isascii():  # most names: nothing to decompose
        return word.replace(".", "").casefold()
    word = unicodedata.normalize("NFKD", word.replace(".", "").replace("ı", "i"))
    return "".join(char for char in word if not unicodedata.combining(char)).casefold()


_SPELLINGS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"[^a-z]", ""),
        (r"dh", "d"),
        (r"th", "t"),
        (r"ph", "f"),
        (r"[ckqg]h|[qg]", "k"),
        (r"w", "v"),
        (r"[eiy]+", "i"),
        (r"[ou]+", "u"),
        (r"(.)\1+", r"\1"),
    )
)


def spelling(word: str) -> str:
    """Give what ways to write a name of another script have in common: "Gaddafi" and "Qadhafi", "Sergei" and "Sergey"."""
    word = fold(word)
    for pattern, letters in _SPELLINGS:
        word = pattern.sub(letters, word)
    return word


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name found in the text; `role` is name, ambiguous, adjective or metonym."""

    span: Span
    entries: tuple[Entry, ...]
    role: str


@dataclass(slots=True)
class _Node:
    next: dict[str, "_Node"] = field(default_factory=dict)
    ends: list[tuple[str, str, Entry | None]] = field(default_factory=list)


def _words(text: str) -> list[tuple[str, int, int]]:
    """Split into comparable parts: "3M14" is the parts 3, m, 14, as is "3M-14"."""
    found = []
    for match in _WORD.finditer(text):
        if "." in match[0]:
            found.append((fold(match[0]), match.start(), match.end()))
            continue
        start = match.start()
        for part in _LETTERS_DIGITS.split(match[0]):
            found.append((fold(part), start, start + len(part)))
            start += len(part)
    return found


class NameFinder:
    """A trie over all names of the gazetteers."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._root = _Node()
        self._name_words: set[str] = set()
        self._name_parts = knowledge.words["name part"]
        self._ordinary = self._name_parts | _FUNCTION_WORDS | _ordinary_words(knowledge)
        for entry in knowledge.entries:
            for role, names in (
                ("name", entry.names),
                ("ambiguous", entry.ambiguous),
                ("adjective", entry.adjectives),
                ("metonym", entry.metonyms),
            ):
                for name in names:
                    self._add(name, role, entry)
        for people in knowledge.peoples:
            self._add(people, "people", None)

    def _add(self, name: str, role: str, entry: Entry | None) -> None:
        node = self._root
        is_plain = name.isascii() and name.replace(" ", "").isalpha()  # as most are
        for word in name.casefold().split() if is_plain else [word for word, _, _ in _words(name)]:
            below = node.next.get(word)
            if below is None:
                below = node.next[word] = _Node()
            node = below
        if node is not self._root:
            node.ends.append((name, role, entry))
        if role != "ambiguous":
            words = name.split() if is_plain else _WORD.findall(name)
            self._name_words.update(word for word in words if word[0].isupper())

    def is_name_word(self, word: str) -> bool:
        """True if a capitalised word is part of an unambiguous name ("Nusra", "Kalibr") and no ordinary word ("Missiles")."""
        return word in self._name_words and word.lower() not in self._ordinary

    def lower_case(self, text: str) -> Iterator[Span]:
        """Yield where names stand in a text without capitals: of several words, or of one that is no ordinary word."""
        titled = "".join(
            char.upper() if char.islower() and (n == 0 or not text[n - 1].isalnum()) and len(char.upper()) == 1 else char
            for n, char in enumerate(text)
        )
        for match in self.find(titled):
            words = _WORD.findall(text[match.span.start : match.span.end])
            clear = len(words) > 1 or self.is_name_word(titled[match.span.start : match.span.end])
            if match.role != "ambiguous" and clear:
                yield match.span

    def is_common(self, word: str) -> bool:
        """True if a capitalised word is one of those that names of bodies are made of ("Foreign", "Army")."""
        return word.lower() in self._name_parts

    def find(self, text: str) -> Iterator[NameMatch]:
        """Yield the longest matches, left to right, not overlapping."""
        words = _words(text)
        at = 0
        while at < len(words):
            node, best, best_end = self._root, None, at
            for end in range(at, min(at + 14, len(words))):
                if end > at and not _may_join(text[words[end - 1][2] : words[end][1]]):
                    break
                following = node.next.get(words[end][0])
                several = _of_several(node, words[end][0])
                if several and self._is_whole(text, words, at, end):
                    found = _acceptable(text[words[at][1] : words[end][2] - 1], several)
                    if found:
                        best, best_end = found, end
                if following is None:
                    break
                node = following
                if node.ends and self._is_whole(text, words, at, end):
                    found = _acceptable(text[words[at][1] : words[end][2]], node.ends)
                    if found:
                        best, best_end = found, end
            if best:
                role, entries = best
                yield NameMatch(Span(words[at][1], words[best_end][2]), entries, role)
                at = best_end + 1
            else:
                at += 1

    @staticmethod
    def _is_whole(text: str, words: list[tuple[str, int, int]], first: int, last: int) -> bool:
        """True if the match does not break off inside a word or designation ("Su-3" of "Su-34")."""
        before, after = words[first][1], words[last][2]
        if before and text[before - 1].isalnum():
            return False
        return not (after < len(text) and text[after].isalnum() and text[after : after + 2].rstrip() != "s")


def _ordinary_words(knowledge: Knowledge) -> set[str]:
    """Give the single words that the lexicons know as nouns and verbs, in the singular and the plural."""
    words = {*knowledge.nouns, *knowledge.weapon_nouns, *(word for word, _ in (*knowledge.events, *knowledge.cues))}
    single = {word.lower() for word in words if " " not in word and word.islower()}
    return single | {f"{word}s" for word in single}


def _of_several(node: _Node, word: str) -> list[tuple[str, str, Entry | None]]:
    """Give the weapons whose name ends in the singular of a word ("Exocets", "Leopards"; not in a noun: "Kalibr missile")."""
    singular = node.next.get(word[:-1]) if len(word) > _SHORT and word.endswith("s") else None
    if singular is None:
        return []
    kinds = (end for end in singular.ends if end[2] is not None and end[2].kind == "weapon")
    return [end for end in kinds if not end[0].split()[-1].islower()]


def _may_join(gap: str) -> bool:
    return gap in ("", " ", "-", "‑", "–", "'", "’", ".", ". ", "/", " & ", "&", "\n") or (
        gap.strip() in ("'", "’") and len(gap) < 3
    )


def _acceptable(surface: str, ends: Iterable[tuple[str, str, Entry | None]]) -> tuple[str, tuple[Entry, ...]] | None:
    order = {"name": 0, "adjective": 1, "metonym": 2, "people": 3, "ambiguous": 4}
    fitting = [(order[role], role, entry) for name, role, entry in ends if _case_fits(surface, name)]
    if not fitting:
        return None
    best = min(rank for rank, _, _ in fitting)
    role = next(role for rank, role, _ in fitting if rank == best)
    entries = {(entry.kind, entry.key): entry for rank, _, entry in fitting if rank == best and entry is not None}
    return role, tuple(entries.values())


def _case_fits(surface: str, name: str) -> bool:
    if name[1:2] == "-" and surface[1:2] != "-":  # "A bomb" is no A-bomb
        return False
    surface, name = surface.replace(".", ""), name.replace(".", "")
    if surface == name:
        return True
    letters = sum(char.isalpha() for char in name)
    if letters <= _SHORT and name.isupper():
        return False
    if not any(char.isupper() for char in name):
        return surface.lower() == name.lower() or fold(surface) == fold(name)
    first = next((char for char in surface if char.isalpha()), "")
    return first.isupper() or first == "ʿ" or not first or (surface[0].isdigit() and any(char.isupper() for char in surface))


class PhraseFinder:
    """A trie over lower-case phrases (titles of office, weapon nouns); gives the longest phrase at a word position."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases: dict[tuple[str, ...], str] = {}
        for phrase in phrases:
            self._phrases.setdefault(tuple(phrase.lower().replace("-", " - ").replace(".", "").split()), phrase)
        self._longest = max((len(key) for key in self._phrases), default=0)

    def longest_at(self, words: list[str], start: int) -> tuple[int, str] | None:
        """Give (end, phrase) of the longest phrase of `words` that begins at `start`, or None."""
        for end in range(min(len(words), start + self._longest), start, -1):
            phrase = self._phrases.get(tuple(words[start:end]))
            if phrase is not None:
                return end, phrase
        return None
