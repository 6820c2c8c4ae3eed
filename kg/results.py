"""Answers, and how they are written: tables and graphs as values, as text, as a stream.

The same store and query give the same text: up to `SORTED` rows or triples are sorted, more are written as they are found.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple

from kg.errors import QueryError
from kg.vocab import XSD, prefixes

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

SORTED = 100_000
"""Longer answers are written as they are found."""

# What stands before the first row, between two, and after the last, as Oxigraph writes them. No text of a term can hold these:
# quotation marks and angle brackets are escaped there. (In CSV a quoted text can hold a line end; see `_records`.)
_ROWS = {
    "csv": (b"\r\n", b"\r\n", b"\r\n"),
    "tsv": (b"\n", b"\n", b"\n"),
    "json": (b'"bindings":[{"', b'"}},{"', b'"}}]}}'),
    "xml": (b"<results><result>", b"</result><result>", b"</result></results>"),
}

# What stands before the rows, after them, and between two lots of them.
_FRAMES = {
    "table": ("\n", "", ""),
    "csv": ("\n", "", ""),
    "tsv": ("\n", "", ""),
    "json": ('"bindings":[', "]}}", ","),
    "xml": ("<results>", "</results>", ""),
}

_SHORT_CELL = 17
"""Columns of a table that need no more characters than this are not wrapped."""
_MIDDLE_CELL = 12
_LONG_CELL = 100
"""Columns with a cell of as many characters get at least a quarter of the width."""


@dataclass(slots=True)
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


@dataclass(slots=True)
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
    chosen = check_format(type(result), format)
    if isinstance(result, Triples):
        return _graph_text(result, GRAPH_FORMATS[chosen], base)
    results_format = SOLUTION_FORMATS[chosen]
    if results_format is None:
        return _table(result, base, width) if isinstance(result, Solutions) else f"{'yes' if result else 'no'}\n"
    answer = _answer(result)
    if results_format == QueryResultsFormat.CSV and isinstance(result, bool):
        return f"{str(result).lower()}\n"
    return (answer.serialize(format=results_format) or b"").decode()


def check_format(kind: type[Result], format: str | None) -> str:
    """Give the format to write an answer of this kind in, the default one if none is named.

    Raises:
        QueryError: it does not fit.
    """
    formats: Iterable[str] = GRAPH_FORMATS if kind is Triples else SOLUTION_FORMATS
    chosen = format or next(iter(formats))
    if chosen not in formats:
        form = {Solutions: "SELECT", Triples: "CONSTRUCT or DESCRIBE", bool: "ASK"}[kind]
        raise QueryError(f"format '{chosen}' does not fit the result of {form}; use one of: {', '.join(formats)}")
    return chosen


class SortedRows:
    """A stream for the rows of an answer in one of the `SOLUTION_FORMATS` that Oxigraph writes.

    It holds them back until all are there, sorts their text and passes it on; of more than `SORTED` rows it passes on what it
    has, and all that follows as it comes.
    """

    def __init__(self, output: IO[bytes], format: str) -> None:
        self._output = output
        self._format = format
        self._held: bytearray | None = bytearray()
        self._number = 0

    def write(self, content: bytes) -> int:
        """Take the next piece."""
        if self._held is None:
            self._output.write(content)
            return len(content)
        between = _ROWS[self._format][1]
        begin = max(0, len(self._held) - len(between) + 1)
        self._held += content
        self._number += self._held.count(between, begin)
        if self._number > SORTED:
            self._output.write(bytes(self._held))
            self._held = None
        return len(content)

    def flush(self) -> None:
        """Do nothing: `finish` says when all is there."""

    def finish(self) -> None:
        """Pass on what is left."""
        if self._held is not None:
            self._output.write(_sorted_rows(bytes(self._held), self._format))


def _sorted_rows(text: bytes, format: str) -> bytes:
    before, between, after = _ROWS[format]
    begin, end = text.find(before) + len(before), text.rfind(after)
    if begin < len(before) or end <= begin:  # one row, or none
        return text
    rows = text[begin:end].split(between)
    if format == "csv" and b'"' in text:
        rows = list(_records(rows))
    return text[:begin] + between.join(sorted(rows)) + text[end:]


def _records(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Put the lines of CSV together whose end is within quotation marks."""
    record: list[bytes] = []
    is_open = False
    for line in lines:
        record.append(line)
        is_open ^= line.count(b'"') % 2 == 1
        if not is_open:
            yield b"\r\n".join(record)
            record = []


def write_triples(found: Iterator[Triple], output: IO[bytes], format: str, base: str) -> None:
    """Write triples into a stream: up to `SORTED` as `serialize` does, more as they are found."""
    triples = list(islice(found, SORTED + 1))
    if len(triples) <= SORTED:
        output.write(serialize(Triples(tuple(sorted(set(triples), key=str))), format, base=base).encode())
    else:
        ox.serialize(chain(triples, found), output, format=GRAPH_FORMATS[format])


def write_lots(
    found: Iterator[ox.QuerySolution],
    solutions: Callable[[list[ox.QuerySolution]], Solutions],
    output: IO[bytes],
    format: str,
    *,
    base: str,
    width: int | None = None,
) -> None:
    """Write rows into a stream, `SORTED` at a time: each lot like a whole answer without what stands around its rows.

    Args:
        found: the rows as Oxigraph finds them.
        solutions: gives them as they are to be written.
        output, format, base, width: as for `serialize`.
    """
    before, after, between = _FRAMES[format]
    rows, is_first = list(islice(found, SORTED)), True
    while is_first or rows:
        text = serialize(solutions(rows), format, base=base, width=width)
        more = list(islice(found, SORTED)) if len(rows) == SORTED else []
        begin = 0 if is_first else text.index(before) + len(before)
        end = text.rindex(after) if more and after else len(text)
        output.write(f"{'' if is_first else between}{text[begin:end]}".encode())
        rows, is_first = more, False


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
