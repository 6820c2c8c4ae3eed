"""A prompt to ask a store from: many lines, a history, and completion of prefixes, terms, variables and entities' names."""

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from pyoxigraph import Literal, NamedNode

from kg.errors import KgError, suggest
from kg.query import unknown_terms
from kg.results import GRAPH_FORMATS, SOLUTION_FORMATS
from kg.saved import saved_queries, saved_query
from kg.sparql import tokens
from kg.store import Store, open_store
from kg.vocab import DATA_KINDS, ENTITY_KINDS, RDFS, prefixes
from kg.workers import Question, Workers

HELP = """\
Write SPARQL; it is asked when its brackets are closed and the line ends, or at ; Empty lines are nothing.

  .saved                 list the saved queries
  .ask NAME name=value   ask one, as in: .ask claims topic=missile
  .format NAME           table, csv, tsv, json, xml; for graphs turtle, ntriples, trig …
  .prefixes              list the prefixes
  .help  .quit           (or Ctrl-D)

Tab completes prefixes, terms of the ontology, variables, and entities by any part of their names."""

_KEYWORDS = (
    "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "DISTINCT", "WHERE", "GRAPH", "OPTIONAL", "UNION", "FILTER", "MINUS", "EXISTS",
    "NOT EXISTS", "BIND", "VALUES", "GROUP BY", "ORDER BY", "HAVING", "LIMIT", "OFFSET", "DESC", "ASC", "COUNT", "SUM", "MIN",
    "MAX", "AVG", "SAMPLE", "GROUP_CONCAT", "AS", "STR", "LCASE", "UCASE", "CONTAINS", "STRSTARTS", "STRENDS", "REGEX",
    "BOUND", "COALESCE", "IF", "LANG", "DATATYPE", "YEAR", "MONTH", "DAY", "PREFIX", "BASE",
)  # fmt: skip
_COMMANDS = (".saved", ".ask", ".format", ".prefixes", ".help", ".quit")
_WORD = re.compile(r"[?$]?[^\s(){}\[\],;|^*/=<>!&\"']*$")
_OPENS, _CLOSES = frozenset("{(["), frozenset("})]")
_SHOWN = 40


class Words(Completer):
    """Completes what can stand before the cursor, from the names that the store knows."""

    def __init__(self, store: Store) -> None:
        self._prefixes = prefixes(store.base)
        self._terms = sorted(_terms(store, self._prefixes))
        self._names = sorted(_names(store))

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Yield what fits the word before the cursor: the likeliest first, at most forty."""
        before = document.text_before_cursor
        match = _WORD.search(before)
        word = match[0] if match else ""
        if before.lstrip().startswith(".") and "\n" not in document.text:
            found: Iterable[tuple[str, str]] = ((text, "") for text in self._commands(before, word))
        elif word[:1] in ("?", "$"):
            known = {token.text for token in tokens(document.text) if token.kind == "variable"} - {word}
            found = ((text, "") for text in sorted(known) if text.startswith(word))
        else:
            found = self._fitting(word)
        for number, (text, meta) in enumerate(found):
            if number >= _SHOWN:
                return
            yield Completion(text, start_position=-len(word), display_meta=meta)

    def _commands(self, before: str, word: str) -> list[str]:
        if before.lstrip() == word:
            choices: Iterable[str] = _COMMANDS
        elif before.lstrip().startswith(".format"):
            choices = (*SOLUTION_FORMATS, *GRAPH_FORMATS)
        elif before.split()[1:] in ([], [word]):
            choices = saved_queries()
        else:
            name = before.split()[1]
            choices = [
                f"{asked.name}=" for saved in saved_queries().values() if saved.name == name for asked in saved.parameters
            ]
        return [text for text in choices if text.startswith(word)]

    def _fitting(self, word: str) -> Iterator[tuple[str, str]]:
        folded = word.casefold()
        if not folded:
            return
        yield from ((text, "") for text in _KEYWORDS if text.casefold().startswith(folded))
        yield from ((f"{name}:", space) for name, space in self._prefixes.items() if name.startswith(folded))
        yield from ((text, label) for text, label in self._terms if text.casefold().startswith(folded))
        if len(folded) > 1:
            local = folded.partition(":")[2] or folded
            yield from ((text, label) for label, text in self._names if local in label.casefold())


def shell(
    store_path: str,
    *,
    timeout: float,
    width: int | None = None,
    allow_remote: bool = False,
    input: Input | None = None,
    output: Output | None = None,
) -> None:
    """Ask for queries and answer them until the end of input.

    Args:
        store_path: folder of the store.
        timeout: seconds that a query may take; then it is ended, and the shell goes on.
        width: columns of a table.
        allow_remote: True if a query may ask other servers (SERVICE).
        input, output: where to read keys from and show the prompt; by default the terminal.

    Raises:
        StoreError: there is no store to read.
    """
    with open_store(store_path, read_only=True) as store:
        words = Words(store)
        base = store.base
    session: PromptSession[str] = PromptSession(
        completer=words,
        complete_while_typing=False,
        history=_history(),
        multiline=True,
        key_bindings=_keys(),
        prompt_continuation=lambda width, line, wraps: ".." + " " * (width - 2),
        input=input,
        output=output,
    )
    format_: str | None = None
    with Workers(store_path, timeout=timeout, number=1) as workers:
        while True:
            try:
                text = session.prompt("kg> ").strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return
            try:
                if text == ".quit":
                    return
                if text.startswith(".format"):
                    format_ = _format(text)
                elif text.startswith(".") and not text.startswith(".ask"):
                    print(_command(text, base))  # noqa: T201 - a shell prints
                elif text:
                    question = replace(_question(text, format_, width), allow_remote=allow_remote)
                    for hint in _hints(store_path, question):
                        print(hint)  # noqa: T201
                    _ask(workers, question)
            except KgError as error:
                print(error)  # noqa: T201


def _ask(workers: Workers, question: Question) -> None:
    begun = time.monotonic()
    reply = workers.ask(question)
    try:
        if reply.status != 200:
            print(reply.text)  # noqa: T201
            return
        lines = 0
        for piece in reply:
            text = piece.decode("utf-8", "replace")
            lines += text.count("\n")
            print(text, end="")  # noqa: T201
        print(f"({lines:,} lines, {time.monotonic() - begun:.2f} s)")  # noqa: T201
    except KeyboardInterrupt:
        print("stopped")  # noqa: T201
    finally:
        reply.close()


def _question(text: str, format_: str | None, width: int | None) -> Question:
    if not text.startswith("."):
        return Question(text.rstrip(";"), format=format_, width=width)
    _, name, *given = text.split(maxsplit=2) if len(text.split()) > 1 else (text, "")
    saved_query(name)
    pairs = re.findall(r"(\w+)=(.*?)(?=\s+\w+=|$)", given[0] if given else "")
    return Question(saved=name, parameters=dict(pairs), format=format_, width=width)


def _hints(store_path: str, question: Question) -> list[str]:
    with open_store(store_path, read_only=True) as store:
        return [] if question.saved else unknown_terms(store, question.text, allow_remote=question.allow_remote)


def _format(text: str) -> str | None:
    known = (*SOLUTION_FORMATS, *GRAPH_FORMATS)
    name = text.removeprefix(".format").strip()
    if name and name not in known:
        raise KgError(f"{name}: no such format; {suggest(name, known)}")
    return name or None


def _command(text: str, base: str) -> str:
    if text == ".saved":
        return "\n".join(f"{saved.name:20} {saved.title}" for saved in saved_queries().values())
    if text == ".prefixes":
        return "\n".join(f"{name + ':':10} {namespace}" for name, namespace in prefixes(base).items())
    if text == ".help":
        return HELP
    raise KgError(f"{text.split()[0]}: no such command; {suggest(text.split()[0], _COMMANDS)}")


def is_complete(text: str) -> bool:
    """True if a text can be asked as it stands: a command, or brackets that are all closed, at least one of braces; or `;`."""
    stripped = text.strip()
    if stripped.endswith(";"):
        return _depth(stripped) <= 0
    if not stripped or stripped.startswith("."):
        return True
    return _depth(stripped) <= 0 and (("{" in stripped and "}" in stripped) or stripped.upper().startswith("DESCRIBE"))


def _depth(text: str) -> int:
    return sum((token.text in _OPENS) - (token.text in _CLOSES) for token in tokens(text))


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.is_cursor_at_the_end and is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    return keys


def _history() -> History:
    """Keep what was asked beside other programs' histories; where that cannot be, for this session."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "kg"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "history").touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(folder / "history"))


def _terms(store: Store, known: dict[str, str]) -> set[tuple[str, str]]:
    """Give (shortened IRI, kind) of all properties and classes in use."""
    found: set[tuple[str, str]] = set()
    with store.translated():
        for text, kind in (("SELECT DISTINCT ?t { ?s ?t ?o }", "property"), ("SELECT DISTINCT ?t { ?s a ?t }", "class")):
            for row in store.database.query(text):  # type: ignore[union-attr]
                iri = row["t"].value
                for name, namespace in known.items():
                    if iri.startswith(namespace) and name not in ("id", *DATA_KINDS):
                        found.add((f"{name}:{iri.removeprefix(namespace)}", kind))
    return found


def _names(store: Store) -> set[tuple[str, str]]:
    """Give (name, shortened or full IRI) of all entities."""
    spaces = {f"{store.base}{kind}/": kind for kind in ENTITY_KINDS}
    found: set[tuple[str, str]] = set()
    with store.translated():
        for quad in store.database.quads_for_pattern(None, NamedNode(RDFS + "label"), None, None):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                space, slash, local = quad.subject.value.rpartition("/")
                kind = spaces.get(space + slash)
                if kind and re.fullmatch(r"[A-Za-z0-9][\w-]*", local):
                    found.add((quad.object.value, f"{kind}:{local}"))
                elif quad.subject.value.startswith(tuple(spaces)):
                    found.add((quad.object.value, f"<{quad.subject.value}>"))
    return found
