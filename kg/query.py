"""Saved and free SPARQL over a store: prefixes are declared, parameters bound as terms, errors readable, results in any format.

Queries run over the union of all graphs unless they say GRAPH. The same store and query give the same text.
"""

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple, Variable

from kg.errors import KnowledgeError, QueryError, suggest
from kg.resources import data_path
from kg.sparql import Query, Rewritten, Update
from kg.store import Store
from kg.vocab import DATA_KINDS, ENTITY_KINDS, RDFS, SKOS, XSD, prefixes, slugify

if TYPE_CHECKING:
    import pandas
    import polars

Term = NamedNode | BlankNode | Literal | Triple

SOLUTION_FORMATS: Mapping[str, QueryResultsFormat | None] = {
    "table": None,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
}
"""How solutions (SELECT) and answers (ASK) can be written; the first is the default."""

GRAPH_FORMATS: Mapping[str, RdfFormat] = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
}
"""How triples (CONSTRUCT, DESCRIBE) can be written; the first is the default."""

QUERIES_VARIABLE = "KG_QUERIES"

SORTED = 100_000
"""Longer answers are written as they are found."""

# What stands before the rows, after them, and between two lots of them.
_FRAMES = {
    "table": ("\n", "", ""),
    "csv": ("\n", "", ""),
    "tsv": ("\n", "", ""),
    "json": ('"bindings":[', "]}}", ","),
    "xml": ("<results>", "</results>", ""),
}

_LABEL, _ALT_LABEL = NamedNode(RDFS + "label"), NamedNode(SKOS + "altLabel")
_TYPES = ("entity", "topic", "text", "number", "date", "iri")
_SHOWN_CANDIDATES = 8
_SHORT_CELL = 17
"""Columns of a table that need no more characters than this are not wrapped."""
_MIDDLE_CELL = 12
_LONG_CELL = 100
"""Columns with a cell of as many characters get at least a quarter of the width."""

_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?\d*\.\d+")
_CURIE = re.compile(r"([A-Za-z][\w-]*):([^\s<>\"{}|^`\\]+)")
_PARAMETER = re.compile(r"(?P<name>\w+) (?P<type>\w+)(?P<optional>\?)?(?: = (?P<default>.+?))?: (?P<text>.+)")


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer to a SELECT: a table of terms.

    Attributes:
        variables: names of the columns.
        rows: as many terms each; None where a variable is unbound. Sorted, unless the query orders or cuts them itself.
    """

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Term]]:
        """Yield each row as a dictionary of what is bound."""
        for row in self.rows:
            yield {name: term for name, term in zip(self.variables, row, strict=True) if term is not None}

    def columns(self) -> dict[str, list[Any]]:
        """Give the table as plain Python values: a column holds numbers, truth values, dates or times if all its terms do.

        Else it holds text: IRIs in full, literals without datatype and language.
        """
        return {name: _values([row[index] for row in self.rows]) for index, name in enumerate(self.variables)}

    def to_polars(self) -> "polars.DataFrame":
        """Give the table as a polars frame, its columns as in `columns`.

        Raises:
            QueryError: polars is not installed.
        """
        try:
            import polars
        except ImportError as error:
            raise QueryError("frames and Parquet need polars; install it with pip install 'claimgraph[frames]'") from error
        # A column without a value has no type of its own, and text fits best.
        return polars.DataFrame(self.columns()).with_columns(polars.col(polars.Null).cast(polars.String))

    def to_pandas(self) -> "pandas.DataFrame":
        """Give the table as a pandas frame, its columns as in `columns`.

        Raises:
            QueryError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise QueryError("this needs pandas; install it with pip install pandas") from error
        return pandas.DataFrame(self.columns())


@dataclass(frozen=True, slots=True)
class Triples:
    """The answer to a CONSTRUCT or DESCRIBE: distinct triples, sorted."""

    triples: tuple[Triple, ...]

    def __len__(self) -> int:
        return len(self.triples)

    def __iter__(self) -> Iterator[Triple]:
        return iter(self.triples)


Result = Solutions | Triples | bool


def _values(terms: list[Term | None]) -> list[Any]:
    bound = [term for term in terms if term is not None]
    datatypes = {term.datatype.value.removeprefix(XSD) if isinstance(term, Literal) else "" for term in bound}
    readers = {_READERS.get(name) for name in datatypes}
    if len(readers) == 1 and (read := readers.pop()) is not None:
        with suppress(ValueError):
            return [read(term.value) if isinstance(term, Literal) else None for term in terms]
    return [None if term is None else str(term) if isinstance(term, Triple) else term.value for term in terms]


_READERS: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "decimal": float,
    "double": float,
    "float": float,
    "boolean": "true".__eq__,
    "date": date.fromisoformat,
    "dateTime": datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a saved query asks for: `# @param name type = default: text`.

    Attributes:
        type: entity (a name or IRI), topic (a word or IRI), text, number, date or iri.
        default: taken if no value is given.
        is_optional: without a value the variable stays free (`type?`).
    """

    name: str
    type: str
    default: str | None
    is_optional: bool
    text: str


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query file with the comments at its head.

    Attributes:
        name: the file's, without `.rq`.
        title: the first line: what it answers.
        description, example: more of it, and a command that runs it.
        text: the whole file.
    """

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    example: str
    text: str
    path: Path

    def form(self) -> dict[str, Any]:
        """Give what a page needs to offer the query: name, title, description, and what each parameter is."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "parameters": [
                {"name": asked.name, "default": asked.default or "", "text": asked.text, "optional": asked.is_optional}
                for asked in self.parameters
            ],
        }


# Asking ------------------------------------------------------------------------------------------------------------


def run_query(
    store: Store, query: str | SavedQuery, parameters: Mapping[str, str | Term] | None = None, *, name: str = "query"
) -> Result:
    """Answer a query over the union of all graphs.

    Args:
        query: SPARQL 1.1 that reads; the prefixes of `kg.vocab.prefixes` are declared, relative IRIs lie below the base.
        parameters: values of variables, as people write them (`agency/cnn`, `agency:cnn`, an IRI, `26`, `2015-10-07`,
            `Putin`), or terms. A saved query says of which type its parameters are; else the name may (`who:entity`);
            else what looks like an IRI, a number or a date is one, and all else is a string.
        name: what messages call a query that is not saved, such as its file.

    Raises:
        QueryError: the query or a parameter is wrong; with line, column and caret if it is the query's text.
        StoreError: the store cannot be read.
    """
    asked = _prepare(store, query, parameters, name)
    with store.translated():
        answer = asked.ask()
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        if isinstance(answer, ox.QueryTriples):
            return Triples(tuple(sorted(set(answer), key=str)))
        return asked.solutions(answer)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query that is ready to be asked."""

    store: Store
    parsed: Query
    rewritten: Rewritten
    terms: Mapping[str, Term]

    def ask(self) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Ask it: a lazy answer, from Oxigraph itself."""
        terms = {Variable(key): value for key, value in self.terms.items()}
        return _ask(self.store, self.rewritten.text, prefixes(self.store.base), terms, self.parsed)

    def solutions(self, answer: ox.QuerySolutions, rows: Iterable[ox.QuerySolution] | None = None) -> "Solutions":
        """Give the columns that were asked for, of all rows or of these; of an aggregate over nothing its one row."""
        found = _solutions(answer, self.rewritten.added, is_ordered=self.parsed.is_ordered, rows=rows)
        if found.rows or self.rewritten.empty is None:
            return found
        over_nothing = _ask(self.store, self.rewritten.empty, prefixes(self.store.base), {}, self.parsed)
        assert isinstance(over_nothing, ox.QuerySolutions)
        return _solutions(over_nothing, frozenset(), is_ordered=True)


def _prepare(store: Store, query: str | SavedQuery, parameters: Mapping[str, str | Term] | None, name: str) -> _Asked:
    saved = query if isinstance(query, SavedQuery) else None
    parsed = Query(saved.text, saved.name) if saved else Query(str(query), name)
    visible = _check_syntax(parsed, prefixes(store.base), store.base)
    given = _bind(store, parsed, saved, parameters or {})
    return _Asked(store, parsed, parsed.with_parameters(given, visible=visible), given)


def plain_text(
    store: Store, query: str | SavedQuery, parameters: Mapping[str, str | Term] | None = None, *, name: str = "query"
) -> str:
    """Give a query as any engine takes it: prefixes declared, parameters in place of their variables.

    Raises:
        QueryError: as `run_query`.
    """
    asked = _prepare(store, query, parameters, name)
    declared = "".join(f"PREFIX {key}: <{namespace}>\n" for key, namespace in prefixes(store.base).items())
    return f"BASE <{store.base}>\n{declared}{Query(asked.rewritten.text, name).with_terms(asked.terms)}"


def _check_syntax(query: Query, known: dict[str, str], base: str) -> tuple[str, ...]:
    """Give the visible variables of a query that can be parsed."""
    try:
        answer = ox.Store().query(query.text, prefixes=known, base_iri=base)
    except SyntaxError as error:
        raise query.explain(error, known) from error
    except RuntimeError as error:  # a function that nobody has defined
        raise QueryError(f"{query.name}: cannot be asked ({error}); change the query") from error
    return tuple(variable.value for variable in answer.variables) if isinstance(answer, ox.QuerySolutions) else ()


def _ask(
    store: Store, text: str, known: dict[str, str], terms: dict[Variable, Term], query: Query
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    try:
        return store.database.query(text, prefixes=known, base_iri=store.base, substitutions=terms)
    except (SyntaxError, RuntimeError) as error:
        names = ", ".join(f"'{variable.value}'" for variable in terms)
        raise QueryError(f"{query.name}: cannot be asked with {names} as parameter ({error}); name it in SELECT") from error


def _solutions(
    answer: ox.QuerySolutions,
    added: frozenset[str],
    *,
    is_ordered: bool,
    rows: Iterable[ox.QuerySolution] | None = None,
) -> Solutions:
    names = [variable.value for variable in answer.variables]
    kept = [index for index, name in enumerate(names) if name not in added]
    found = [tuple(solution[index] for index in kept) for solution in (answer if rows is None else rows)]
    if not is_ordered:
        found.sort(key=lambda row: tuple(str(term) for term in row))
    return Solutions(tuple(names[index] for index in kept), tuple(found))


# Parameters --------------------------------------------------------------------------------------------------------


def _bind(store: Store, query: Query, saved: SavedQuery | None, values: Mapping[str, str | Term]) -> dict[str, Term]:
    declared = {parameter.name: parameter for parameter in saved.parameters} if saved else {}
    known = declared.keys() if saved else query.variables
    stated = {key.partition(":")[0]: key.partition(":")[2] for key in values if ":" in key}
    for key, type_ in stated.items():
        if type_ not in _TYPES:
            raise QueryError(f"{query.name}: parameter '{key}' of type '{type_}'; {suggest(type_, _TYPES)}")
    values = {key.partition(":")[0]: value for key, value in values.items()}
    for key in values:
        if key not in known:
            kind = "parameter" if saved else "variable"
            hint = suggest(key, known) if known else f"it has no {kind}s"
            raise QueryError(f"{query.name}: no {kind} '{key}'; {hint}")
    given: dict[str, str | Term] = dict(values)
    for parameter in declared.values():
        if given.get(parameter.name) in (None, ""):
            given.pop(parameter.name, None)
            if parameter.default is not None:
                given[parameter.name] = parameter.default
            elif not parameter.is_optional:
                raise QueryError(f"{query.name}: needs '{parameter.name}' ({parameter.text}); add -p {parameter.name}=VALUE")
    types = {key: stated.get(key) or (declared[key].type if key in declared else None) for key in given}
    return {
        key: _term(store, value, types[key], f"{query.name}: parameter '{key}'") if isinstance(value, str) else value
        for key, value in given.items()
    }


def _term(store: Store, text: str, type_: str | None, where: str) -> Term:
    """Give the term that a written value means; `type_` None: by its looks."""
    written = text.strip()
    if type_ == "text":
        return Literal(text)
    if type_ == "number":
        return _number(written) or _wrong(where, text, "a number")
    if type_ == "date":
        return _date(written) or _wrong(where, text, "a date such as 2015-10-07")
    iri = read_iri(written, store.base)
    if type_ == "iri":
        return iri or _wrong(where, text, "an IRI such as agency/cnn, kg:Positive or https://…")
    if type_ == "topic":
        return iri or (
            Literal(_topic_word(written)) if re.search(r"[^\W_]", written) else _wrong(where, text, "a word or an IRI")
        )
    if type_ == "entity":
        return iri or resolve_entity(store, written)
    return iri or _number(written) or _date(written) or Literal(text)


def _wrong(where: str, text: str, wanted: str) -> Term:
    raise QueryError(f"{where}: '{text}' is not {wanted}")


def read_iri(text: str, base: str) -> NamedNode | None:
    """Give the IRI that `text` is or shortens (`agency/cnn`, `agency:cnn`, `kg:Positive`, `<…>`, `https://…`), else None.

    >>> read_iri("agency/cnn", "https://news.example/"), read_iri("not so: fast", "https://news.example/")
    (<NamedNode value=https://news.example/agency/cnn>, None)
    """
    known = prefixes(base)
    written = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    curie = _CURIE.fullmatch(written)
    if curie and curie[1] in known and not curie[2].startswith("//"):
        written = known[curie[1]] + curie[2]
    elif re.fullmatch(rf"(?:{'|'.join((*DATA_KINDS, 'mention', 'graph'))})/\S+", written):
        written = base + written
    elif not (text.startswith("<") or re.match(r"[a-z][a-z0-9+.-]*://\S+$|urn:\S+$", written)):
        return None
    try:
        return NamedNode(written)
    except ValueError:
        return None


def _number(text: str) -> Literal | None:
    if _WHOLE.fullmatch(text):
        return Literal(text, datatype=NamedNode(XSD + "integer"))
    return Literal(text, datatype=NamedNode(XSD + "decimal")) if _DECIMAL.fullmatch(text) else None


def _date(text: str) -> Literal | None:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            date.fromisoformat(text)
            return Literal(text, datatype=NamedNode(XSD + "date"))
        if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text):
            datetime.fromisoformat(text)
            return Literal(text, datatype=NamedNode(XSD + "dateTime"))
    except ValueError:
        return None
    return None


def _topic_word(text: str) -> str:
    """Give a word or phrase in the form that queries compare: lower case, single spaces, one before it, in singular.

    >>> _topic_word("Cruise Missiles"), _topic_word("U.S.")
    (' cruise missile', ' u s')
    """
    words = " ".join(re.findall(r"[^\W_]+", text.lower()))
    return f" {words[:-1] if len(words) > 3 and words.endswith('s') and not words.endswith('ss') else words}"


def find_entities(store: Store, name: str) -> list[tuple[str, str]]:
    """Give (IRI, label) of the entities that `name` fits best, sorted: by IRI, label, other name, or last part of the IRI.

    Case, accents and punctuation do not matter; named entities go before unnamed groups.
    """
    iri = read_iri(name.strip(), store.base)
    wanted = slugify(name)
    kinds = tuple(f"{store.base}{kind}/" for kind in ENTITY_KINDS)
    preferred: dict[str, str] = {}
    other: set[str] = set()
    ends: set[str] = set()
    with store.translated():
        for predicate in (_LABEL, _ALT_LABEL):
            for quad in store.database.quads_for_pattern(None, predicate, None, None):
                if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, Literal):
                    continue
                entity = quad.subject.value
                if not entity.startswith(kinds):
                    continue
                if predicate == _LABEL:
                    preferred[entity] = min(quad.object.value, preferred.get(entity, quad.object.value))
                elif slugify(quad.object.value) == wanted:
                    other.add(entity)
                if entity.rpartition("/")[2] == wanted:
                    ends.add(entity)
    labelled = {entity for entity, label in preferred.items() if slugify(label) == wanted}
    exact = {iri.value} & preferred.keys() if iri else set()
    found = next((tier for tier in (exact, labelled, other, ends) if tier), set())
    proper = {entity for entity in found if not entity.startswith(f"{store.base}group/")}
    return sorted((entity, preferred.get(entity, name)) for entity in proper or found)


def resolve_entity(store: Store, name: str) -> NamedNode:
    """Give the one entity that `name` means (see `find_entities`).

    Raises:
        QueryError: nothing in the store is called so (with near misses), or several things are (listed).
    """
    found = find_entities(store, name)
    if len(found) == 1:
        return NamedNode(found[0][0])
    if not found:
        from difflib import get_close_matches

        with store.translated():
            labels = {
                quad.object.value
                for quad in store.database.quads_for_pattern(None, _LABEL, None, None)
                if isinstance(quad.object, Literal)
            }
        near = get_close_matches(name, sorted(labels), n=3)
        hint = f"did you mean {' or '.join(repr(label) for label in near)}?" if near else "give its label, or its IRI"
        raise QueryError(f"{name}: nothing in the store is called so; {hint}")
    shown = ", ".join(f"{entity.removeprefix(store.base)} ({label})" for entity, label in found[:_SHOWN_CANDIDATES])
    more = f" and {len(found) - _SHOWN_CANDIDATES} more" if len(found) > _SHOWN_CANDIDATES else ""
    raise QueryError(f"{name}: {len(found)} things in the store are called so: {shown}{more}; give one of these")


# Saved queries -----------------------------------------------------------------------------------------------------


def saved_queries() -> dict[str, SavedQuery]:
    """Read the shipped queries and those in the folders of `$KG_QUERIES`, by name, sorted; later folders win.

    Raises:
        KnowledgeError: a folder is missing, or a file has no title or a parameter line that does not read.
    """
    folders = [data_path("ontology", "queries")]
    for name in filter(None, os.environ.get(QUERIES_VARIABLE, "").split(os.pathsep)):
        if not Path(name).is_dir():
            raise KnowledgeError(f"{name}: no such folder; correct ${QUERIES_VARIABLE}")
        folders.append(Path(name))
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.rq"))}
    return {name: _read_saved(found[name]) for name in sorted(found)}


def saved_query(name: str) -> SavedQuery:
    """Give the saved query of this name.

    Raises:
        QueryError: there is none; the message offers a near miss.
    """
    known = saved_queries()
    if name not in known:
        raise QueryError(f"{name}: no saved query of this name; {suggest(name, known)} (kg query --list)")
    return known[name]


def _read_saved(path: Path) -> SavedQuery:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path}: cannot be read ({error}); correct or remove it") from error
    parameters: list[Parameter] = []
    prose: list[str] = []
    example = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            break
        comment = line.removeprefix("#").strip()
        if comment.startswith("@param "):
            parameters.append(_read_parameter(comment.removeprefix("@param "), f"{path}:{number}"))
        elif comment.startswith("@example "):
            example = comment.removeprefix("@example ")
        elif comment.startswith("@"):
            raise KnowledgeError(f"{path}:{number}: '{comment.split()[0]}' is not known; write @param or @example")
        else:
            prose.append(comment)
    title, _, description = "\n".join(prose).strip().partition("\n")
    if not title:
        raise KnowledgeError(f"{path}:1: no title; begin with a comment that says what the query answers")
    return SavedQuery(path.stem, title, " ".join(description.split()), tuple(parameters), example, text, path)


def _read_parameter(text: str, where: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if not match:
        raise KnowledgeError(f"{where}: not a parameter line; write '# @param name type = default: what it is'")
    if match["type"] not in _TYPES:
        raise KnowledgeError(f"{where}: type '{match['type']}' is not known; {suggest(match['type'], _TYPES)}")
    return Parameter(match["name"], match["type"], match["default"], bool(match["optional"]), match["text"])


# Changing ----------------------------------------------------------------------------------------------------------


def run_update(
    store: Store,
    text: str,
    parameters: Mapping[str, str | Term] | None = None,
    *,
    name: str = "update",
    default_graph: str | None = None,
    using: Sequence[str] = (),
) -> None:
    """Carry out a SPARQL 1.1 Update, all of it or nothing.

    Args:
        text: the update; each statement that it adds or deletes lies in a graph (`GRAPH <…> { … }`, or WITH).
        parameters, name: as for `run_query`, without saved types.
        default_graph: IRI of the graph that is meant where the update names none; without it each has to be named.
        using: clauses (`USING <…>`) that say what patterns are matched against, if the update itself does not.

    Raises:
        QueryError: the update or a parameter is wrong, or it would fetch from elsewhere.
        StoreError: the store cannot be written; nothing is changed then.
    """
    needs_graph = default_graph is None
    parsed = Update(text, name, needs_graph=needs_graph)
    known = prefixes(store.base)
    terms = _bind(store, parsed, None, parameters or {})
    bound = parsed.with_terms(terms)
    try:
        with suppress(RuntimeError):  # nothing is there to be dropped or copied, but that is not asked here
            ox.Store().update(bound, prefixes=known, base_iri=store.base)
    except SyntaxError as error:
        raise (Update(bound, name, needs_graph=needs_graph) if terms else parsed).explain(error, known) from error
    if using and _reads_elsewhere(bound):
        raise QueryError(f"{name}: says by USING or WITH what it reads, and so does the request; leave out one of them")
    store.update(bound, prefixes=known, default_graph=default_graph, using=using)


def _reads_elsewhere(text: str) -> bool:
    from kg.updates import reads_elsewhere  # only updates need it

    return reads_elsewhere(text)


# Writing -----------------------------------------------------------------------------------------------------------


def serialize(result: Result, format: str | None = None, *, base: str, width: int | None = None) -> str:
    """Give a result as text.

    Args:
        format: one of `SOLUTION_FORMATS` for SELECT and ASK, of `GRAPH_FORMATS` for CONSTRUCT and DESCRIBE; by default
            the first of them.
        base: what the data's IRIs begin with, to shorten them.
        width: columns of the terminal, for tables; None: as wide as needed.

    Raises:
        QueryError: the format does not fit the result.
    """
    chosen = _check_format(result, format)
    if isinstance(result, Triples):
        return _graph_text(result, GRAPH_FORMATS[chosen], base)
    results_format = SOLUTION_FORMATS[chosen]
    if results_format is None:
        return _table(result, base, width) if isinstance(result, Solutions) else f"{'yes' if result else 'no'}\n"
    answer = _answer(result)
    if results_format == QueryResultsFormat.CSV and isinstance(result, bool):
        return f"{str(result).lower()}\n"
    return (answer.serialize(format=results_format) or b"").decode()


def write_query(
    store: Store,
    query: str | SavedQuery,
    output: IO[bytes],
    parameters: Mapping[str, str | Term] | None = None,
    *,
    format: str | None = None,
    width: int | None = None,
    name: str = "query",
) -> None:
    """Answer a query into a stream, with as little memory as its form allows.

    Up to `SORTED` rows or triples come sorted, as from `run_query`; more come as they are found, straight from Oxigraph.

    Args:
        output: is written to as the answer is found.
        query, parameters, name: as for `run_query`.
        format, width: as for `serialize`.

    Raises:
        QueryError, StoreError: as for `run_query`; after the first bytes only if the store fails, or `output` does.
    """
    asked = _prepare(store, query, parameters, name)
    with store.translated():
        answer = asked.ask()
        if isinstance(answer, ox.QueryBoolean):
            output.write(serialize(bool(answer), format, base=store.base).encode())
            return
        # Told before anything is written, and before what may be a long search.
        form = Triples(()) if isinstance(answer, ox.QueryTriples) else Solutions((), ())
        chosen = _check_format(form, format)
        if isinstance(answer, ox.QueryTriples):
            triples = list(islice(answer, SORTED + 1))
            if len(triples) <= SORTED:
                output.write(serialize(Triples(tuple(sorted(set(triples), key=str))), chosen, base=store.base).encode())
                return
            again = asked.ask()
            assert isinstance(again, ox.QueryTriples)
            again.serialize(output, format=GRAPH_FORMATS[chosen])
            return
        is_plain = SOLUTION_FORMATS[chosen] is not None and not asked.rewritten.added and asked.rewritten.empty is None
        if is_plain and asked.parsed.is_ordered:
            answer.serialize(output, format=SOLUTION_FORMATS[chosen])
            return
        rows = list(islice(answer, SORTED + 1))
        if len(rows) <= SORTED:
            output.write(serialize(asked.solutions(answer, rows), chosen, base=store.base, width=width).encode())
        elif is_plain:
            again = asked.ask()
            assert isinstance(again, ox.QuerySolutions)
            again.serialize(output, format=SOLUTION_FORMATS[chosen])
        else:
            _write_batches(asked, answer, rows, output, chosen, width)


def _write_batches(
    asked: _Asked, answer: ox.QuerySolutions, rows: list[ox.QuerySolution], output: IO[bytes], format: str, width: int | None
) -> None:
    """Write rows by the thousand, each lot like a whole answer without what stands before and after its rows."""
    before, after, between = _FRAMES[format]
    is_first = True
    while rows:
        solutions = asked.solutions(answer, rows)
        text = serialize(solutions, format, base=asked.store.base, width=width)
        begin = text.index(before) + len(before)
        end = text.rindex(after) if after else len(text)
        output.write(((text[:begin] if is_first else between) + text[begin:end]).encode())
        rows = list(islice(answer, SORTED))
        if not rows:
            output.write(text[end:].encode())
        is_first = False


def _check_format(result: Result, format: str | None) -> str:
    formats: Iterable[str] = GRAPH_FORMATS if isinstance(result, Triples) else SOLUTION_FORMATS
    chosen = format or next(iter(formats))
    if chosen not in formats:
        form = {Solutions: "SELECT", Triples: "CONSTRUCT or DESCRIBE", bool: "ASK"}[type(result)]
        raise QueryError(f"format '{chosen}' does not fit the result of {form}; use one of: {', '.join(formats)}")
    return chosen


def shorten(iri: str, base: str) -> str:
    """Give an IRI with its prefix, for people: `state:RU`, `kg:Positive`; unknown ones as they are.

    >>> shorten("https://news.example/claim/a/1", "https://news.example/")
    'claim:a/1'
    """
    fitting = [
        (name, namespace) for name, namespace in prefixes(base).items() if iri.startswith(namespace) and iri != namespace
    ]
    if not fitting:
        return iri
    name, namespace = max(fitting, key=lambda item: len(item[1]))
    return f"{name}:{iri.removeprefix(namespace)}"


def _graph_text(result: Triples, rdf_format: RdfFormat, base: str) -> str:
    known = prefixes(base)
    iris = {
        term.value
        for triple in result
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, NamedNode)
    }
    iris |= {triple.object.datatype.value for triple in result if isinstance(triple.object, Literal)}
    used = {name: namespace for name, namespace in known.items() if any(iri.startswith(namespace) for iri in iris)}
    return sort_prefixes((ox.serialize(result.triples, format=rdf_format, prefixes=used) or b"").decode())


def sort_prefixes(text: str) -> str:
    """Give Turtle or TriG with the `@prefix` lines at its head in alphabetical order."""
    lines = text.split("\n")
    count = next((index for index, line in enumerate(lines) if not line.startswith("@prefix ")), len(lines))
    return "\n".join(sorted(lines[:count]) + lines[count:])


def _answer(result: Solutions | bool) -> ox.QuerySolutions | ox.QueryBoolean:
    """Give a result as Oxigraph has it, to be written by it: by way of TSV, which is quick, where that can say it."""
    if isinstance(result, Solutions) and len(result.variables) > 1:
        lines = ["\t".join(f"?{name}" for name in result.variables)]
        lines += ["\t".join(["" if term is None else str(term) for term in row]) for row in result.rows]
        text = "\n".join(lines)
        if "<<(" not in text:  # a term that is a triple
            return ox.parse_query_results(f"{text}\n", format=QueryResultsFormat.TSV)
    return ox.parse_query_results(json.dumps(_results_json(result)), format=QueryResultsFormat.JSON)


def _results_json(result: Solutions | bool) -> dict[str, Any]:
    if isinstance(result, bool):
        return {"head": {}, "boolean": result}
    bindings = [{name: _term_json(term) for name, term in row.items()} for row in result]
    return {"head": {"vars": list(result.variables)}, "results": {"bindings": bindings}}


def _term_json(term: Term) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _term_json(part) for name, part in parts.items()}}
    kind = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
    return {"type": "literal", "value": term.value} | (kind if kind != {"datatype": XSD + "string"} else {})


def _table(result: Solutions, base: str, width: int | None) -> str:
    from rich.box import SIMPLE_HEAD  # only tables need it
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    numbers = {f"{XSD}{name}" for name in ("integer", "decimal", "double", "float")}
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    columns = [[row[index] for row in result.rows if row[index] is not None] for index in range(len(result.variables))]
    longest = [
        max((len(_shown(term, base)) for term in (*terms, Literal(name))), default=0)
        for name, terms in zip(result.variables, columns, strict=True)
    ]
    # Short columns stay whole and long ones get room, if that leaves enough for the rest.
    wanted = [
        length if length <= _SHORT_CELL else (width or 0) // 4 if length >= _LONG_CELL else _MIDDLE_CELL for length in longest
    ]
    fits = width is not None and sum(wanted) + 3 * len(wanted) <= width
    for name, terms, least in zip(result.variables, columns, wanted, strict=True):
        is_numeric = bool(terms) and all(isinstance(term, Literal) and term.datatype.value in numbers for term in terms)
        table.add_column(
            Text(name),
            justify="right" if is_numeric else "left",
            no_wrap=width is None,
            overflow="fold",
            min_width=least if fits else None,
        )
    for row in result.rows:
        table.add_row(*(Text(_shown(term, base)) for term in row))
    output = StringIO()
    console = Console(file=output, width=width or 1_000_000, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(table)
    return "".join(f"{line.rstrip()}\n" for line in output.getvalue().splitlines() if line.strip())


def _shown(term: Term | None, base: str) -> str:
    if term is None:
        return ""
    text = shorten(term.value, base) if isinstance(term, NamedNode) else term.value if isinstance(term, Literal) else str(term)
    return "".join(" " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text)
