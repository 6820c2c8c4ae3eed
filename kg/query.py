"""Saved and free SPARQL over a store: prefixes are declared, parameters bound as terms, errors readable, results in any format.

Queries run over the union of all graphs unless they say GRAPH. The same store and query give the same text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple, cast

import pyoxigraph as ox
from pyoxigraph import DefaultGraph, Literal, NamedNode, Variable

from kg.errors import InputError, KgError, QueryError, suggest
from kg.results import (
    SOLUTION_FORMATS,
    Result,
    Solutions,
    SortedRows,
    Term,
    Triples,
    check_format,
    serialize,
    write_lots,
    write_triples,
)
from kg.sparql import Query, Rewritten, Update
from kg.store import Store
from kg.vocab import DATA_KINDS, ENTITY_KINDS, KG, RDFS, SKOS, XSD, kg, prefixes, slugify, terms

if TYPE_CHECKING:
    from kg.saved import SavedQuery

_LABEL, _ALT_LABEL = NamedNode(RDFS + "label"), NamedNode(SKOS + "altLabel")
_SUGGESTED = 3
_SHOWN_CANDIDATES = 8

_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?\d*\.\d+")
_CURIE = re.compile(r"([A-Za-z][\w-]*):([^\s<>\"{}|^`\\]+)")


# Asking ------------------------------------------------------------------------------------------------------------


def run_query(
    store: Store,
    query: "str | SavedQuery",
    parameters: Mapping[str, str | Term] | None = None,
    *,
    name: str = "query",
    allow_remote: bool = False,
) -> Result:
    """Answer a query over the union of all graphs.

    Args:
        query: SPARQL 1.1 that reads; the prefixes of `kg.vocab.prefixes` are declared, relative IRIs lie below the base.
        parameters: values of variables, as people write them (`agency/cnn`, `agency:cnn`, an IRI, `26`, `2015-10-07`,
            `Putin`), or terms. A saved query says of which type its parameters are; else the name may (`who:entity`);
            else what looks like an IRI, a number or a date is one, a name where only things stand (a subject, the object of
            kg:source) is that of an entity, and all else is a string.
        name: what messages call a query that is not saved, such as its file.
        allow_remote: True if it may ask other servers (SERVICE), and so tell them of what is in the store.

    Raises:
        QueryError: the query or a parameter is wrong; with line, column and caret if it is the query's text.
        StoreError: the store cannot be read.
    """
    asked = _prepare(store, query, parameters, name, allow_remote=allow_remote)
    with asked.answering():
        answer = asked.ask()
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        if isinstance(answer, ox.QueryTriples):
            return Triples(tuple(sorted(set(answer), key=str)))
        return asked.solutions(answer)


class _Asked(NamedTuple):
    """A query that is ready to be asked."""

    store: Store
    parsed: Query
    rewritten: Rewritten
    terms: Mapping[str, Term]

    def ask(self) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Ask it: a lazy answer, from Oxigraph itself."""
        terms = {Variable(key): value for key, value in self.terms.items()}
        return _ask(self.store, self.rewritten.text, prefixes(self.store.base), terms, self.parsed)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turn what goes wrong while it is answered into our errors."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            if not self.parsed.asks_elsewhere:
                with self.store.translated():
                    raise
            said = (str(error).splitlines() or ["no reason given"])[0].removesuffix(" with payload:")
            raise QueryError(f"{self.parsed.name}: SERVICE: {said}; check the address, or write SERVICE SILENT") from error

    @property
    def is_plain(self) -> bool:
        """True if Oxigraph's answer is just what was asked for."""
        return not self.rewritten.added and self.rewritten.empty is None

    def solutions(self, answer: ox.QuerySolutions, rows: Iterable[ox.QuerySolution] | None = None) -> Solutions:
        """Give the columns that were asked for, of all rows or of these; of an aggregate over nothing its one row."""
        found = _solutions(answer, self.rewritten.added, is_ordered=self.parsed.is_ordered, rows=rows)
        if found.rows or self.rewritten.empty is None:
            return found
        over_nothing = _ask(self.store, self.rewritten.empty, prefixes(self.store.base), {}, self.parsed)
        assert isinstance(over_nothing, ox.QuerySolutions)
        return _solutions(over_nothing, frozenset(), is_ordered=True)


def _prepare(
    store: Store,
    query: "str | SavedQuery",
    parameters: Mapping[str, str | Term] | None,
    name: str,
    *,
    allow_remote: bool,
) -> _Asked:
    saved = None if isinstance(query, str) else query
    parsed = _parsed(query, name, allow_remote=allow_remote)
    visible = _check_syntax(parsed, prefixes(store.base), store.base)
    given = _bind(store, parsed, saved, parameters or {})
    parsed = parsed.with_columns(visible)
    return _Asked(store, parsed, parsed.with_parameters(given, visible=visible), given)


def _parsed(query: "str | SavedQuery", name: str, *, allow_remote: bool) -> Query:
    text, where = (query, name) if isinstance(query, str) else (query.text, query.name)
    return _parsed_text(text, where, allow_remote)


@lru_cache(maxsize=4)  # hints are given on a query before it is answered
def _parsed_text(text: str, name: str, allow_remote: bool) -> Query:
    return Query(text, name, allow_remote=allow_remote)


def unknown_terms(store: Store, query: "str | SavedQuery", *, name: str = "query", allow_remote: bool = False) -> list[str]:
    """Give a hint on each term that a query has of our ontology, and that neither the ontology nor the store knows.

    Raises:
        QueryError: the query is wrong, as far as that can be seen without asking it.
        StoreError: the store cannot be read.
    """
    parsed = _parsed(query, name, allow_remote=allow_remote)
    facts, union = store.database.quads_for_pattern, DefaultGraph()
    unused = []
    with store.translated():
        for local in sorted(parsed.names("kg", KG)):
            term = kg(local)
            places = ((None, None, term), (None, term, None), (term, None, None))
            if not any(next(facts(s, p, o, union), None) for s, p, o in places):
                unused.append(local)
    return [_unknown(local) for local in unused if local not in terms()]  # the ontology is seldom needed


def _unknown(local: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(local, sorted(terms()), n=1)
    return f"kg:{local} is no term of the ontology; " + (f"did you mean kg:{near[0]}?" if near else "docs/ontology.md has them")


def plain_text(
    store: Store,
    query: "str | SavedQuery",
    parameters: Mapping[str, str | Term] | None = None,
    *,
    name: str = "query",
    allow_remote: bool = False,
) -> str:
    """Give a query as any engine takes it: prefixes declared, parameters in place of their variables.

    Raises:
        QueryError: as `run_query`.
    """
    asked = _prepare(store, query, parameters, name, allow_remote=allow_remote)
    declared = "".join(f"PREFIX {key}: <{namespace}>\n" for key, namespace in prefixes(store.base).items())
    rewritten = Query(asked.rewritten.text, name, allow_remote=allow_remote)
    return f"BASE <{store.base}>\n{declared}{rewritten.with_terms(asked.terms)}"


def _check_syntax(query: Query, known: dict[str, str], base: str) -> tuple[str, ...]:
    """Give the visible variables of a query that can be parsed."""
    try:
        answer = ox.Store().query(query.local_text, prefixes=known, base_iri=base)
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


def _bind(store: Store, query: Query, saved: "SavedQuery | None", values: Mapping[str, str | Term]) -> dict[str, Term]:
    declared = {parameter.name: parameter for parameter in saved.parameters} if saved else {}
    known = declared.keys() if saved else query.variables
    stated = {key.partition(":")[0]: key.partition(":")[2] for key in values if ":" in key}
    if stated:
        from kg.saved import TYPES

        for key, type_ in stated.items():
            if type_ not in TYPES:
                raise QueryError(f"{query.name}: parameter '{key}' of type '{type_}'; {suggest(type_, TYPES)}")
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
    if not declared:
        types |= {key: "entity" for key in given if types[key] is None and _is_named(store, query, key, given[key])}
    return {
        key: _term(store, value, types[key], f"{query.name}: parameter '{key}'") if isinstance(value, str) else value
        for key, value in given.items()
    }


def _is_named(store: Store, query: Query, variable: str, value: str | Term) -> bool:
    """True if a word is given for a variable that stands only where things do: as a subject, or an object that is one.

    What a property has as objects, the first statement of the store that has it tells.
    """
    if not isinstance(value, str) or not isinstance(_term(store, value, None, ""), Literal) or _number(value) or _date(value):
        return False
    is_subject, properties = query.places(variable)
    if is_subject or not properties:
        return is_subject
    known = prefixes(store.base)
    with store.translated():
        for written in properties:
            prefix, _, local = written.strip("<>").partition(":")
            iri = (
                NamedNode(known[prefix] + local)
                if not written.startswith("<") and prefix in known
                else read_iri(written, store.base)
            )
            first = next(store.database.quads_for_pattern(None, iri, None, DefaultGraph()), None) if iri else None
            if first is None or isinstance(first.object, Literal):
                return False
    return True


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

        things: dict[str, set[str]] = {}
        with store.translated():
            for predicate in (_LABEL, _ALT_LABEL):
                for quad in store.database.quads_for_pattern(None, predicate, None, DefaultGraph()):
                    if isinstance(quad.object, Literal):
                        things.setdefault(quad.object.value, set()).add(str(quad.subject))
        near: list[str] = []  # of the names of one thing, the nearest
        for label in get_close_matches(name, sorted(things), n=3 * _SUGGESTED):
            if all(things[label].isdisjoint(things[other]) for other in near):
                near.append(label)
        hint = f"did you mean {' or '.join(map(repr, near[:_SUGGESTED]))}?" if near else "give its label, or its IRI"
        raise QueryError(f"{name}: nothing in the store is called so; {hint}")
    shown = ", ".join(f"{entity.removeprefix(store.base)} ({label})" for entity, label in found[:_SHOWN_CANDIDATES])
    more = f" and {len(found) - _SHOWN_CANDIDATES} more" if len(found) > _SHOWN_CANDIDATES else ""
    raise QueryError(f"{name}: {len(found)} things in the store are called so: {shown}{more}; give one of these")


# Changing ----------------------------------------------------------------------------------------------------------


def run_update(
    store: Store,
    text: str,
    parameters: Mapping[str, str | Term] | None = None,
    *,
    name: str = "update",
    default_graph: str | None = None,
    using: Sequence[str] = (),
    allow_remote: bool = False,
) -> None:
    """Carry out a SPARQL 1.1 Update, all of it or nothing; then `kg.derive.derive` if the store is outdated by it.

    Args:
        text: the update; each statement that it adds or deletes lies in a graph (`GRAPH <…> { … }`, or WITH).
        parameters, name: as for `run_query`, without saved types.
        default_graph: IRI of the graph that is meant where the update names none; without it each has to be named.
        using: clauses (`USING <…>`) that say what patterns are matched against, if the update itself does not.
        allow_remote: True if it may fetch RDF of the web (LOAD) and ask other servers (SERVICE).

    Raises:
        QueryError: the update or a parameter is wrong; it would fetch from elsewhere and may not, or in vain.
        StoreError: the store cannot be written; nothing is changed then.
    """
    from kg.tellings import READ  # only updates need it

    def parse(text: str) -> Update:
        return Update(text, name, needs_graph=default_graph is None, allow_remote=allow_remote)

    def load(prologue: str, address: str, is_silent: bool) -> str:
        return _loaded(store, prologue, address, name, is_silent=is_silent)

    parsed = parse(text)
    known = prefixes(store.base)
    terms = _bind(store, parsed, None, parameters or {})
    bound = parsed.with_terms(terms)
    checked = parse(bound) if terms else parsed
    try:
        with suppress(RuntimeError):
            ox.Store().update(checked.inert_text, prefixes=known, base_iri=store.base)
    except SyntaxError as error:
        raise checked.explain(error, known) from error
    if using and _reads_elsewhere(bound):
        raise QueryError(f"{name}: says by USING or WITH what it reads, and so does the request; leave out one of them")
    store.update(bound, prefixes=known, default_graph=default_graph, using=using, concerning=READ, load=load)


def _loaded(store: Store, prologue: str, address: str, name: str, *, is_silent: bool) -> str:
    """Give as N-Triples what LOAD finds at an address; of a silent one that finds nothing, nothing."""
    from kg.rdf_files import fetch_triples  # only LOAD needs it

    written = f"{prologue} SELECT ({address} AS ?iri) {{}}"
    (row,) = ox.Store().query(written, prefixes=prefixes(store.base), base_iri=store.base)  # type: ignore[misc]
    try:
        return (ox.serialize(fetch_triples(row["iri"].value), format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    except InputError as error:
        if is_silent:
            return ""
        raise QueryError(f"{name}: LOAD {error}; nothing was changed") from error


def _reads_elsewhere(text: str) -> bool:
    from kg.updates import reads_elsewhere  # only updates need it

    return reads_elsewhere(text)


# Writing -------------------------------------------------------------------------------------------------------------


def write_query(
    store: Store,
    query: "str | SavedQuery",
    output: IO[bytes],
    parameters: Mapping[str, str | Term] | None = None,
    *,
    format: str | None = None,
    width: int | None = None,
    name: str = "query",
    allow_remote: bool = False,
) -> None:
    """Answer a query into a stream, with as little memory as its form allows.

    Up to `SORTED` rows or triples come sorted, as from `run_query`; more come as they are found, straight from Oxigraph.

    Args:
        output: is written to as the answer is found.
        query, parameters, name, allow_remote: as for `run_query`.
        format, width: as for `serialize`.

    Raises:
        QueryError, StoreError: as for `run_query`; after the first bytes only if the store fails.
        OSError: `output` fails.
    """
    asked = _prepare(store, query, parameters, name, allow_remote=allow_remote)
    watched = _Watched(output)
    try:
        _write(asked, cast("IO[bytes]", watched), format, width)
    except KgError:
        if watched.error is not None:  # the store is well
            raise watched.error from None
        raise


class _Watched:
    """A stream that remembers what went wrong with it, which cannot be told from what goes wrong in the store."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self.error: OSError | None = None

    def write(self, content: bytes) -> int:
        try:
            return self._output.write(content)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._output.flush()


def _write(asked: _Asked, output: IO[bytes], format: str | None, width: int | None) -> None:
    store = asked.store
    with asked.answering():
        answer = asked.ask()
        if isinstance(answer, ox.QueryBoolean):
            output.write(serialize(bool(answer), format, base=store.base).encode())
            return
        # Told before anything is written, and before what may be a long search.
        chosen = check_format(Triples if isinstance(answer, ox.QueryTriples) else Solutions, format)
        if isinstance(answer, ox.QueryTriples):
            write_triples(answer, output, chosen, store.base)
            return
        plain = SOLUTION_FORMATS[chosen] if asked.is_plain else None
        if plain is None:
            write_lots(answer, lambda rows: asked.solutions(answer, rows), output, chosen, base=store.base, width=width)
        elif asked.parsed.is_ordered:
            answer.serialize(output, format=plain)
        else:
            rows = SortedRows(output, chosen)
            answer.serialize(cast("IO[bytes]", rows), format=plain)
            rows.finish()
