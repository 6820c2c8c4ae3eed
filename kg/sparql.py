"""SPARQL as text: its tokens, its form, where a parameter has to stand, and its errors in plain words.

Parameters are bound as terms by Oxigraph (`substitutions`), which asks that a bound variable of the outermost pattern be
visible in its result; `Query.with_parameters` makes it so. Only names of variables enter the text, never values.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from kg.errors import QueryError, suggest

MAX_DEPTH = 100
MAX_OPERATORS = 1500
"""Beyond these Oxigraph's parser overflows the stack, which would end the process."""

_READS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_CHANGES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_MODIFIERS = frozenset({"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
_OPERATORS = frozenset({"||", "&&", "+", "-", "*", "/", "!", "|", "^", "UNION", "MINUS", "OPTIONAL", "FILTER"})
_CLOSES = {"{": "}", "(": ")", "[": "]"}

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n\r]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"{3}(?:\"{0,2}(?:[^\"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
      | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<blank>_:\w[\w.\-]*)
  | (?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:
      (?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]|[\-.](?=[\w:\-.%\\]))*)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+\-]?\d+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<sign>\|\||&&|!=|<=|>=|==|\^\^|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_IS_OFF = "which is off; allow it with --allow-remote,"
_NEVER_THERE = "DROP GRAPH <urn:kg:never-there>;"

_POSITION = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_SAID = re.compile(r"[A-Z][\w']*(?: [\w'*,()-]+){2,}")

# What Oxigraph says inside its list of expected tokens, in our words.
_PLAIN = {
    "The SELECT contains a variable that is unbound": (
        "a variable of SELECT is neither in GROUP BY nor inside an aggregate such as COUNT; add it to GROUP BY"
    ),
    "SELECT * is not authorized with GROUP BY": "SELECT * cannot stand with GROUP BY; name the variables",
    "IRI parsing failed": "this is not a valid IRI; write it in full, or with a prefix",
}


class Token(NamedTuple):
    """A piece of a query; `kind` is a group of the tokenizer's pattern, `start` and `end` are offsets."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def keyword(self) -> str:
        """The text in upper case if it can be a keyword, or a sign; else empty."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, without spaces and comments; any text has tokens."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup and match.lastgroup != "space":
            yield Token(match.lastgroup, match.group(), match.start(), match.end())


class Rewritten(NamedTuple):
    """A query whose parameters can be bound.

    Attributes:
        text: the query to run.
        added: variables that are in its result only to be bound; drop their columns.
        empty: for an aggregate over everything, the query that gives its one row when nothing matches; else None.
    """

    text: str
    added: frozenset[str] = frozenset()
    empty: str | None = None


class Query:
    """A query that reads, as far as one must know it to bind parameters and to explain errors.

    Args:
        text: SPARQL 1.1.
        name: where it comes from, for messages: "query", a file, a saved query's name.
        allow_remote: True if it may ask or fetch from other servers.

    Raises:
        QueryError: the text is empty, changes data, asks another server, or is too deep to be run.
    """

    def __init__(self, text: str, name: str = "query", *, allow_remote: bool = False) -> None:
        self.text = text
        self.name = name
        self.allow_remote = allow_remote
        self.tokens = list(tokens(text))
        self._begin = self._skip_prologue()
        self.form = self._check_form()
        self._check_limits()

    @cached_property
    def variables(self) -> frozenset[str]:
        """All names of variables anywhere in it."""
        return frozenset(token.text[1:] for token in self.tokens if token.kind == "variable")

    def places(self, variable: str) -> tuple[bool, frozenset[str]]:
        """Tell where a variable stands.

        Returns:
            True if it is a subject or names a graph; and, as written, the properties of which it is the object.
        """
        is_subject, properties = False, set()
        for before, token, after in zip(["", *self.tokens], self.tokens, [*self.tokens[1:], ""], strict=False):
            if not isinstance(before, Token) or token.kind != "variable" or token.text[1:] != variable:
                continue
            is_predicate = isinstance(after, Token) and (after.kind in ("name", "iri", "variable") or after.text in ("a", "^"))
            is_subject |= before.keyword == "GRAPH" or (before.text in ("{", ".", "}") and is_predicate)
            if before.kind in ("name", "iri"):
                properties.add(before.text)
        return is_subject, frozenset(properties)

    def names(self, prefix: str, namespace: str) -> frozenset[str]:
        """Give the local names of the IRIs that it has of a namespace; `prefix` stands for that unless it says otherwise."""
        declared = {
            token.text: iri.text
            for before, token, iri in zip(self.tokens, self.tokens[1:], self.tokens[2:], strict=False)
            if before.keyword == "PREFIX"
        }
        shortening = {f"{prefix}:": f"<{namespace}>"} | declared
        starts = tuple(short for short, iri in shortening.items() if iri == f"<{namespace}>")
        found = set()
        for token in self.tokens:
            if token.kind == "name" and token.text.partition(":")[0] + ":" in starts:
                found.add(token.text.partition(":")[2])
            elif token.kind == "iri" and token.text.startswith(f"<{namespace}"):
                found.add(token.text[1 + len(namespace) : -1])
        return frozenset(name for name in found if re.fullmatch(r"\w+", name))

    @property
    def is_ordered(self) -> bool:
        """True if the order, or the choice, of solutions is the query's own (ORDER BY, LIMIT, OFFSET)."""
        _, close = self._group()
        return any(token.keyword in ("ORDER", "LIMIT", "OFFSET") for token in self.tokens[close + 1 :])

    @property
    def asks_elsewhere(self) -> bool:
        """True if it asks another server (SERVICE)."""
        return any(token.keyword == "SERVICE" for token in self.tokens)

    @property
    def local_text(self) -> str:
        """The text with GRAPH in place of SERVICE: what can be checked without asking anybody, each token at its place."""
        edits = []
        for token, after in pairwise(self.tokens):
            if token.keyword == "SERVICE":
                end = after.end if after.keyword == "SILENT" else token.end
                edits.append((token.start, end, "GRAPH".ljust(end - token.start)))
        return self._edit(edits)

    def with_columns(self, visible: Iterable[str]) -> "Query":
        """Give the query with the columns of SELECT * named, in the order in which they stand in its text; Oxigraph sorts them.

        Args:
            visible: the variables of its result.
        """
        first: dict[str, int] = {}
        for token in self.tokens:
            if token.kind == "variable":
                first.setdefault(token.text[1:], token.start)
        at = self._begin + 1
        at += self.tokens[at].keyword in ("DISTINCT", "REDUCED")
        names = sorted(set(visible) & first.keys(), key=first.__getitem__)
        if self.form != "SELECT" or self.tokens[at].text != "*" or not names:
            return self
        star = self.tokens[at]
        named = self._edit([(star.start, star.end, " ".join(f"?{name}" for name in names))])
        return Query(named, self.name, allow_remote=self.allow_remote)

    def with_parameters(self, names: Iterable[str], *, visible: Iterable[str] = ()) -> Rewritten:
        """Give the query with the variables `names` visible in its result, so that Oxigraph can bind them.

        Args:
            names: variables to bind; each occurs in the query.
            visible: variables of its result as it stands (needed for SELECT *).

        Raises:
            QueryError: the query computes a variable itself, or is a DESCRIBE that does not describe it.
        """
        wanted = sorted(set(names))
        if not wanted:
            return Rewritten(self.text)
        if asked := self._bound_asked(wanted):
            edited = Query(self._edit(asked), self.name, allow_remote=self.allow_remote)
            return edited.with_parameters(wanted, visible=visible)
        if self.form == "DESCRIBE":
            return self._describe(wanted)
        if self.form == "SELECT":
            return self._select(wanted, set(visible))
        is_short = self.form == "CONSTRUCT" and self.tokens[self._begin + 1].text != "{"
        return Rewritten(self.text if is_short else self._insert(self._undefined(wanted)))

    def with_terms(self, terms: Mapping[str, object]) -> str:
        """Give the text with terms in place of variables, for an engine that cannot bind them: each as N-Triples writes it."""
        edits: list[tuple[int, int, str]] = []
        clause, depth, braces = "", 0, 0
        for index, token in enumerate(self.tokens):
            before = self.tokens[index - 1].keyword if index else ""
            depth += (token.text == "(") - (token.text == ")")
            braces += (token.text == "{") - (token.text == "}")
            if token.text in ("{", "}"):
                clause, depth = "", 0
            elif depth == 0 and token.keyword in ("SELECT", "WHERE", "FROM", "GROUP", "ORDER", *_MODIFIERS):
                clause = token.keyword
            name = token.text[1:] if token.kind == "variable" else None
            if name is None or name not in terms:
                continue
            written = str(terms[name])
            following = [item.text.upper() for item in self.tokens[index + 1 : index + 4]]
            if before == "VALUES" and following == ["{", "UNDEF", "}"]:  # as `with_parameters` puts it
                edits.append((self.tokens[index - 1].start, self.tokens[index + 3].end, ""))
            elif clause == "SELECT" and depth == 0:
                # The outermost SELECT names it so, a SELECT within otherwise: a name can be given but once.
                edits.append((token.start, token.end, f"({written} AS {token.text}{f'_{index}' if braces else ''})"))
            elif clause in ("GROUP", "ORDER") and depth == 0:
                edits.append((token.start, token.end, f"({written})"))
            else:
                edits.append((token.start, token.end, written))
        return self._edit(edits)

    def error(self, message: str, offset: int) -> QueryError:
        """Give an error at a place of the text: `name:line:column: message`, the line, and a caret below the place."""
        offset = min(offset, len(self.text.rstrip()))
        number = self.text.count("\n", 0, offset) + 1
        begin = self.text.rfind("\n", 0, offset) + 1
        line = self.text[begin:].partition("\n")[0].replace("\t", " ").rstrip("\r")
        column = offset - begin
        return QueryError(f"{self.name}:{number}:{column + 1}: {message}\n  {line}\n  {' ' * column}^")

    def explain(self, error: SyntaxError, prefixes: Iterable[str]) -> QueryError:
        """Put Oxigraph's message on this query into plain words."""
        return self._undeclared_prefix(set(prefixes)) or self._unclosed() or self._common_slip() or self._said(str(error))

    # --------------------------------------------------------------------------------------------------------------

    def _bound_asked(self, names: list[str]) -> list[tuple[int, int, str]]:
        """Give the edits that make BOUND(?name) true of a parameter, which Oxigraph's substitution leaves out."""
        edits = []
        for index, token in enumerate(self.tokens[:-2]):
            variable = self.tokens[index + 2].text
            if token.keyword == "BOUND" and variable[1:] in names:
                edits.append((token.start, token.end, "sameTerm"))
                edits.append((self.tokens[index + 2].end, self.tokens[index + 2].end, f", {variable}"))
        return edits

    def _skip_prologue(self) -> int:
        at = 0
        while at < len(self.tokens) and self.tokens[at].keyword in ("BASE", "PREFIX"):
            at += 2 if self.tokens[at].keyword == "BASE" else 3
        return at

    def _check_form(self) -> str:
        if self._begin >= len(self.tokens):
            raise QueryError(f"{self.name}: the query is empty; write SELECT, ASK, CONSTRUCT or DESCRIBE")
        first = self.tokens[self._begin]
        if first.keyword in _CHANGES:
            raise self.error(
                f"{first.keyword} changes data, and a query only reads; 'kg update' changes, 'kg build' brings documents",
                first.start,
            )
        if first.keyword not in _READS:
            raise self.error(f"'{first.text}' does not begin a query; {suggest(first.text.upper(), _READS)}", first.start)
        return first.keyword

    def _check_limits(self) -> None:
        depth = 0
        operators = 0
        for token in self.tokens:
            if token.keyword == "SERVICE" and not self.allow_remote:
                raise self.error(f"SERVICE asks another server, {_IS_OFF} or query the store's own graphs", token.start)
            depth += (token.text in _CLOSES) - (token.text in _CLOSES.values())
            operators += token.keyword in _OPERATORS
            if depth > MAX_DEPTH or operators > MAX_OPERATORS:
                raise self.error("the query is too deep or too long from here; split it", token.start)

    def _group(self) -> tuple[int, int]:
        """Give the indexes of the outermost WHERE group's braces; (end, end) if it has none."""
        opened = [i for i, depth in self._depths() if depth == 1 and self.tokens[i].text == "{"]
        closed = [i for i, depth in self._depths() if depth == 0 and self.tokens[i].text == "}"]
        place = 1 if self.form == "CONSTRUCT" and len(opened) > 1 else 0
        if len(opened) <= place or len(closed) <= place:
            return len(self.tokens), len(self.tokens)
        return opened[place], closed[place]

    def _depths(self) -> Iterator[tuple[int, int]]:
        depth = 0
        for index in range(self._begin, len(self.tokens)):
            depth += (self.tokens[index].text == "{") - (self.tokens[index].text == "}")
            yield index, depth

    def _undefined(self, names: list[str]) -> list[tuple[int, str]]:
        """Make variables visible in the outermost group: joined with UNDEF, they may have any value."""
        opened, _ = self._group()
        return [(self.tokens[opened].end, " " + " ".join(f"VALUES ?{name} {{ UNDEF }}" for name in names))]

    def _select(self, names: list[str], visible: set[str]) -> Rewritten:
        opened, closed = self._group()
        begin = self._begin + 1
        end = next(i for i in range(begin, opened + 1) if self.tokens[i].keyword in ("WHERE", "FROM", "{"))
        projection = self.tokens[begin:end]
        for before, token in pairwise(projection):
            if before.keyword == "AS" and token.text[1:] in names:
                raise self.error(f"'{token.text[1:]}' is computed here, so it cannot be given as a parameter", token.start)
        if projection[-1].text == "*":
            return Rewritten(self._insert(self._undefined(names)), frozenset(names) - visible)
        shown = {token.text[1:] for token, depth in _with_parentheses(projection) if token.kind == "variable" and depth == 0}
        added = [name for name in names if name not in shown]
        if not added:
            return Rewritten(self.text)
        more = "".join(f" ?{name}" for name in added)
        edits = [(projection[-1].end, more)]
        after = self.tokens[closed + 1 :]
        if after and after[0].keyword == "GROUP":
            stop = next((i for i, token in enumerate(after) if token.keyword in _MODIFIERS), len(after))
            edits.append((after[stop - 1].end, more))
        elif any(token.keyword in _AGGREGATES for token in (*projection, *after)):
            edits.append((self.tokens[closed].end, f" GROUP BY{more}"))
            nothing = self._insert([(self.tokens[opened].end, " FILTER(false)")])
            return Rewritten(self._insert(edits), frozenset(added), nothing)
        return Rewritten(self._insert(edits), frozenset(added))

    def _describe(self, names: list[str]) -> Rewritten:
        opened, _ = self._group()
        described = {token.text[1:] for token in self.tokens[self._begin : opened] if token.kind == "variable"}
        missing = [name for name in names if name not in described]
        if missing and self.tokens[self._begin + 1].text != "*":
            raise self.error(
                f"parameter '{missing[0]}' is not among what is described; name it after DESCRIBE, or use CONSTRUCT",
                self.tokens[self._begin].start,
            )
        return Rewritten(self.text)

    def _insert(self, edits: list[tuple[int, str]]) -> str:
        return self._edit([(offset, offset, f"{more} ") for offset, more in edits])

    def _edit(self, edits: list[tuple[int, int, str]]) -> str:
        """Give the text with each stretch [start, end) replaced."""
        text = self.text
        for start, end, more in sorted(edits, reverse=True):
            text = f"{text[:start]}{more}{text[end:]}"
        return text

    def _undeclared_prefix(self, known: set[str]) -> QueryError | None:
        declared = known | {name.text.rstrip(":") for before, name in pairwise(self.tokens) if before.keyword == "PREFIX"}
        for token in self.tokens:
            prefix = token.text.partition(":")[0]
            if token.kind == "name" and prefix not in declared:
                near = suggest(prefix, declared)
                hint = near if near.startswith("known") else f"{near} known: {', '.join(sorted(declared))}"
                return self.error(f"prefix '{prefix}:' is not declared; {hint}", token.start)
        return None

    def _unclosed(self) -> QueryError | None:
        opened: list[Token] = []
        for token in self.tokens:
            if token.kind != "sign":
                continue
            if token.text in "\"'":
                return self.error(
                    "this quotation mark is never closed on its line; close it, or write \\ before it", token.start
                )
            if token.text in _CLOSES:
                opened.append(token)
            elif token.text in _CLOSES.values():
                if not opened or _CLOSES[opened[-1].text] != token.text:
                    wanted = f"'{_CLOSES[opened[-1].text]}' is due first" if opened else "nothing is open"
                    return self.error(f"'{token.text}' closes nothing here: {wanted}", token.start)
                opened.pop()
        if opened:
            return self.error(f"'{opened[-1].text}' is never closed; add '{_CLOSES[opened[-1].text]}'", opened[-1].start)
        return None

    def _common_slip(self) -> QueryError | None:
        for token, after in pairwise(self.tokens):
            if token.text == "==":
                return self.error("'==' is not SPARQL; write '='", token.start)
            if token.keyword == "FILTER" and (after.kind in ("variable", "string", "number") or after.keyword == "!"):
                return self.error("FILTER needs brackets around its condition; write 'FILTER (…)'", after.start)
        return None

    def _said(self, message: str) -> QueryError:
        position = _POSITION.search(message)
        if not position:
            return QueryError(f"{self.name}: {message.splitlines()[0]}")
        line, column, expected = int(position[1]), int(position[2]), position[3]
        offset = self._offset(line, column)
        here = next((token for token in self.tokens if token.end > offset), None)
        plain = next((words for said, words in _PLAIN.items() if said in expected), None)
        if plain is None and (said := _SAID.search(expected)):
            plain = f"{said[0][0].lower()}{said[0][1:]}"
        if plain is None:
            plain = (
                f"'{here.text}' was not expected here" if here else "the query ends too early, or something before does not fit"
            )
            if signs := sorted(set(re.findall(r'"([.;,(){}\[\]]|WHERE|AS|BY)"', expected))):
                plain += "; possible: " + ", ".join(f"'{sign}'" for sign in signs)
        return self.error(plain, here.start if here and here.start >= offset else offset)

    def _offset(self, line: int, column: int) -> int:
        """Give the offset of a place in the text that Oxigraph has parsed, both counted from 1."""
        return _offset(self.text, line, column)


class Update(Query):
    """A query that changes data, as far as one must know it before it is carried out.

    Args:
        needs_graph: True if all statements that it adds or deletes have to lie in a graph that it names.
        allow_remote: as for `Query`.

    Raises:
        QueryError: the text only reads, fetches from elsewhere, is too deep, or names statements in no graph.
    """

    def __init__(self, text: str, name: str = "update", *, needs_graph: bool = True, allow_remote: bool = False) -> None:
        self._needs_graph = needs_graph
        super().__init__(text, name, allow_remote=allow_remote)

    @property
    def inert_text(self) -> str:
        """The text with an operation before all others that fails: it can be parsed, and is never carried out."""
        if self._begin >= len(self.tokens):
            return self.text
        begin = self.tokens[self._begin].start
        return f"{self.text[:begin]}{_NEVER_THERE}{self.text[begin:]}"

    def _offset(self, line: int, column: int) -> int:
        offset = _offset(self.inert_text, line, column)
        begin = self.tokens[self._begin].start if self._begin < len(self.tokens) else offset
        return offset if offset <= begin else max(begin, offset - len(_NEVER_THERE))

    def _check_form(self) -> str:
        if self._begin >= len(self.tokens):
            return "UPDATE"  # of nothing, which is one (SPARQL 1.1 Update, 29)
        first = self.tokens[self._begin]
        if first.keyword in _READS:
            raise self.error(f"{first.keyword} only reads; ask it with 'kg query'", first.start)
        if first.keyword not in _CHANGES:
            raise self.error(f"'{first.text}' does not begin an update; {suggest(first.text.upper(), _CHANGES)}", first.start)
        for token in self.tokens:
            if token.keyword == "LOAD" and not self.allow_remote:
                raise self.error(f"LOAD fetches from elsewhere, {_IS_OFF} or bring files by 'kg build'", token.start)
        if self._needs_graph:
            self._check_graphs()
        return "UPDATE"

    def _check_graphs(self) -> None:
        """Refuse templates outside of GRAPH: the default graph is the union of the others, and made from them."""
        depth, is_template, has_graph = 0, False, False
        for index, token in enumerate(self.tokens):
            words = [self.tokens[place].keyword if place >= 0 else "" for place in (index - 2, index - 1)]
            if depth == 0 and token.keyword in (";", "WITH"):
                has_graph = token.text != ";"
            if token.keyword == "LOAD" and depth == 0:
                following = [item.keyword for item in self.tokens[index + 1 : index + 4]]
                if "INTO" not in following:
                    raise self.error("this goes into no graph; say INTO GRAPH <…> after the address", token.start)
            if token.text == "{" and depth == 0:
                is_template = words[1] in ("INSERT", "DELETE", "DATA") or words == ["DELETE", "WHERE"]
            is_bare = token.text not in ("{", "}", ".") and "GRAPH" not in (token.keyword, words[1])
            if depth == 1 and is_template and not has_graph and is_bare:
                raise self.error("this lies in no graph; put GRAPH <…> { … } around it, or WITH <…> before", token.start)
            depth += (token.text == "{") - (token.text == "}")


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(part) for part in text.splitlines(keepends=True)[: line - 1]) + column - 1


def _with_parentheses(found: list[Token]) -> Iterator[tuple[Token, int]]:
    depth = 0
    for token in found:
        depth += (token.text == "(") - (token.text == ")")
        yield token, depth
