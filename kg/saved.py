"""Saved queries: files that say what they answer and what they ask for, ours and the user's own."""

import os
import re
from collections.abc import Mapping
from itertools import dropwhile
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import KnowledgeError, QueryError, suggest
from kg.resources import data_path

QUERIES_VARIABLE = "KG_QUERIES"

TYPES = ("entity", "topic", "text", "number", "date", "iri")
"""Of which type a parameter can be."""

_PARAMETER = re.compile(r"(?P<name>\w+) (?P<type>\w+)(?P<optional>\?)?(?: = (?P<default>.+?))?: (?P<text>.+)")


class Parameter(NamedTuple):
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


class SavedQuery(NamedTuple):
    """A query file with the comments at its head.

    Attributes:
        name: the file's, without `.rq`.
        title: the first line: what it answers.
        description, example: more of it, and a command that runs it.
        text: the whole file; of one that says `@same-as OTHER`, its own head and the query of that one.
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
    return {name: _read_saved(found[name], found) for name in sorted(found)}


def saved_query(name: str) -> SavedQuery:
    """Give the saved query of this name.

    Raises:
        QueryError: there is none; the message offers a near miss.
    """
    known = saved_queries()
    if name not in known:
        raise QueryError(f"{name}: no saved query of this name; {suggest(name, known)} (kg query --list)")
    return known[name]


def _read_saved(path: Path, known: Mapping[str, Path]) -> SavedQuery:
    text = _text(path)
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
        elif comment.startswith("@same-as "):
            text += _query_of(comment.removeprefix("@same-as "), known, f"{path}:{number}")
        elif comment.startswith("@"):
            raise KnowledgeError(f"{path}:{number}: '{comment.split()[0]}' is not known; write @param, @example or @same-as")
        else:
            prose.append(comment)
    title, _, description = "\n".join(prose).strip().partition("\n")
    if not title:
        raise KnowledgeError(f"{path}:1: no title; begin with a comment that says what the query answers")
    return SavedQuery(path.stem, title, " ".join(description.split()), tuple(parameters), example, text, path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path}: cannot be read ({error}); correct or remove it") from error


def _query_of(name: str, known: Mapping[str, Path], where: str) -> str:
    """Give the query of a file, without the comments at its head."""
    if name not in known:
        raise KnowledgeError(f"{where}: there is no query '{name}' to be the same as; {suggest(name, known)}")
    lines = _text(known[name]).splitlines(keepends=True)
    if any(line.startswith("# @same-as") for line in lines):
        raise KnowledgeError(f"{where}: '{name}' has no query of its own either; name the one that has it")
    return "".join(dropwhile(lambda line: line.startswith("#"), lines))


def _read_parameter(text: str, where: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if not match:
        raise KnowledgeError(f"{where}: not a parameter line; write '# @param name type = default: what it is'")
    if match["type"] not in TYPES:
        raise KnowledgeError(f"{where}: type '{match['type']}' is not known; {suggest(match['type'], TYPES)}")
    return Parameter(match["name"], match["type"], match["default"], bool(match["optional"]), match["text"])
