"""Reads rows of JSON Lines, and checks their items against the contract and the texts that they are about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError, suggest
from kg.model import Span


@dataclass(frozen=True, slots=True)
class Rows:
    """The objects of one file of JSON Lines by document id; `where` names the file in errors."""

    where: str
    by_id: Mapping[str, Mapping[str, Any]]


def load_rows(path: str) -> Rows:
    """Read JSON Lines of objects with a unique string "id".

    Raises:
        InputError: naming file and line.
    """
    rows: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(text_of(path).split("\n"), start=1):
        if not line.strip():
            continue
        row = parsed(line, f"{path}:{number}")
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            raise InputError(f'{path}:{number}: not an object with a string "id"; give one object a document')
        if row["id"] in rows:
            raise InputError(f'{path}:{number}: the id "{row["id"]}" appears twice; give each document one line')
        rows[row["id"]] = row
    return Rows(path, rows)


def text_of(path: str) -> str:
    """Read a file of UTF-8.

    Raises:
        InputError: naming the file.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {(error.strerror or str(error)).lower()}; check the path") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start}); convert it, as with 'iconv -t UTF-8'") from error


def parsed(written: str, where: str) -> Any:
    """Parse JSON.

    Raises:
        InputError: naming `where` it is written.
    """
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not valid JSON ({error}); correct it") from error


def check_ids(texts: Mapping[str, str], rows: Rows) -> None:
    """Check that each row is of one of the documents.

    Raises:
        InputError: naming the file and the first id of no document.
    """
    strangers = sorted(set(rows.by_id) - set(texts))
    if strangers:
        near = suggest(strangers[0], texts) if len(texts) < 20 else "check that the files belong together"
        raise InputError(f'{rows.where}: {len(strangers)} ids of no document, first "{strangers[0]}"; {near}')


def items_of(rows: Rows, document: str, key: str) -> list[dict[str, Any]]:
    """Give the objects that a row lists under `key`; none if it has no such list.

    Raises:
        InputError: naming file, document and `key`.
    """
    value = rows.by_id.get(document, {}).get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f'{rows.where}: document "{document}": "{key}" is no list of objects; correct it')
    return value


def checked_span(where: str, start: Any, end: Any, text: str) -> Span:
    """Give the span from `start` to `end` if it lies in `text`.

    Raises:
        InputError: it does not; names `where` it is stated.
    """
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise InputError(f"{where}: {start!r} to {end!r} lies outside of the text of {len(text)} characters; correct it")
    return Span(start, end)


def checked_mentions(rows: Rows, document: str, text: str) -> list[dict[str, Any]]:
    """Give the mentions of a row, checked against the text, with "span" added.

    Raises:
        InputError: naming file, document and mention.
    """
    found = []
    for number, item in enumerate(items_of(rows, document, "mentions")):
        where = f'{rows.where}: document "{document}": mention {number}'
        span = checked_span(where, item.get("start"), item.get("end"), text)
        if not isinstance(item.get("type"), str):
            raise InputError(f'{where}: no string "type"; add it')
        written = text[span.start : span.end]
        if "text" in item and item["text"] != written:
            raise InputError(f'{where}: "text" is {item["text"]!r}, but the document has {written!r} there; correct it')
        found.append(item | {"span": span})
    return found


def checked_index(where: str, index: Any, mentions: Sequence[Mapping[str, Any]]) -> int:
    """Give `index` if it is one into `mentions`.

    Raises:
        InputError: it is not; names `where` it is stated.
    """
    if type(index) is not int or not 0 <= index < len(mentions):
        raise InputError(f"{where}: {index!r} is no index into its {len(mentions)} mentions; correct it")
    return index
