"""Any input to a stream of documents: files, folders, standard input, web pages; text, front matter, HTML, JSON Lines.

What cannot be read never stops the run: it is reported as `where: what is wrong; what to do`, and the next input follows.

A text is kept exactly as given (offsets count in it): line ends stay as they are; only a byte order mark is taken off.
Bytes are UTF-8, or UTF-16/32 if they say so by a byte order mark; else Windows-1252 if that gives plausible text (few
letters beyond ASCII, all of them western), with a notice; else they are not read. Nothing else is guessed.
"""

import codecs
import hashlib
import json
import logging
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import chain
from pathlib import Path
from typing import IO, Any

import yaml

from kg.errors import InputError
from kg.layout import Segment, segments
from kg.model import Document
from kg.resources import STORE_MARKER
from kg.web import fetch

__all__ = ["MAX_BYTES", "InputNotice", "Segment", "read", "segments"]

MAX_BYTES = 20_000_000
"""The longest document that is read, in bytes as it lies in the file or comes over the wire."""

_MAX_FRONT_MATTER = 100_000
_MAX_DEPTH = 20

_HTML_SUFFIXES = frozenset((".html", ".htm", ".xhtml"))
_LINES_SUFFIXES = frozenset((".jsonl", ".ndjson"))
_PARTED_SHARE = 0.7
_SENTENCE_WORDS = 4
_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_TEXT_KEYS = ("title", "publisher", "url")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b") + b"\x7f"
_CONTROL_SHARE = 0.02
_UTF8_SEQUENCE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_WESTERN = frozenset("€‚ƒ„…†‡ˆ‰‹›‘’“”•–—™ŒœŠšŽžŸ" + "".join(map(chr, range(0xA0, 0x100))))
_WESTERN_SHARE = 0.1
_FOREIGN_RUN = re.compile(r"[À-ÖØ-öø-ÿ]{3}")

_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_CHARSETS = re.compile(
    r"utf-?(?:8|16|32)|us-ascii|windows-|cp\d|iso-?8859|latin|koi8|shift_?jis|euc|gb|big5|mac", re.IGNORECASE
)
_LATIN_1 = re.compile(r"iso-?8859-?1$|latin-?1$|us-ascii$", re.IGNORECASE)

_LINE_END = r"(?:\r\n|\n|\r)"
_FRONT_MATTER = re.compile(rf"---[ \t]*{_LINE_END}(.*?)(?<![^\n\r])(?:---|\.\.\.)[ \t]*(?:{_LINE_END}|\Z)", re.DOTALL)
_OPEN_FRONT_MATTER = re.compile(rf"---[ \t]*{_LINE_END}[A-Za-z_]+:(?:\s|$)")
_NOTHING = frozenset(("", "~", "null"))

_DATE_FORMATS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y/%m/%d")

Report = Callable[[InputError], None]


class InputNotice(InputError):
    """A document was read, but not quite as it was given: a problem that lost no text but needs to be known."""


def read(inputs: Iterable[str], on_problem: Report) -> Iterator[Document]:
    """Yield the documents of `inputs`, in the order given; each id once.

    Args:
        inputs: files, folders (all below them, sorted, hidden ones left out), `-` (standard input), http(s) URLs.
        on_problem: is told of each input that could not be read (`InputError`) or was read with a reservation
            (`InputNotice`); the reading then goes on.

    Yields:
        Documents as soon as they are read. `id` is the one given in the document (a number becomes its digits), else
        the path relative to the working directory (`path:line` in JSON Lines), the URL, or `text-<hash>` for standard
        input. A repetition is left out; another document under an id already used is a problem.
    """
    seen: dict[str, str] = {}
    for document in chain.from_iterable(_read_input(name, on_problem) for name in inputs):
        known = seen.get(document.id)
        if known is None:
            seen[document.id] = document.sha256
            yield document
        elif known != document.sha256:
            on_problem(InputError(f"{document.id}: another document of this run has the same id; give each its own"))


def _read_input(name: str, report: Report) -> Iterator[Document]:
    """Yield the documents of one input."""
    scheme = name.partition("://")[0].lower() if "://" in name else ""
    if name == "-":
        yield from _read_stream(sys.stdin.buffer, "standard input", None, "", report)
    elif scheme in {"http", "https"}:
        try:
            yield _fetch(name, report)
        except InputError as error:
            report(error)
    elif scheme and not os.path.lexists(name):
        report(InputError(f"{name}: '{scheme}' addresses are not read; give an http or https address, or a path"))
    else:
        yield from _read_path(Path(name), report)


# Files and folders


def _read_path(path: Path, report: Report) -> Iterator[Document]:
    """Yield the documents of a file, or of all files below a folder."""
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        report(InputError(f"{_shown(path)}: {_reason(error)}; check the path"))
        return
    if not is_folder:
        yield from _read_file(path, report)
        return
    is_empty = True
    for file in _files_below(path, report):
        is_empty = False
        yield from _read_file(file, report)
    if is_empty:
        report(InputError(f"{_shown(path)}: no files in this folder; hidden ones are left out"))


def _files_below(folder: Path, report: Report) -> Iterator[Path]:
    """Yield the files below `folder` in the order of their paths; links to folders are not followed."""

    def tell(error: OSError) -> None:
        report(InputError(f"{_shown(Path(error.filename or folder))}: {_reason(error)}; check its permissions"))

    found: list[Path] = []
    for parent, folders, files in os.walk(folder, onerror=tell):
        if STORE_MARKER in files:  # a store's own folder
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(parent, name) for name in files if not name.startswith("."))
    for file in sorted(found, key=lambda path: path.parts):
        # A named pipe in a folder would wait for ever; a link that leads nowhere is told of when it is opened.
        if file.exists() and not file.is_file():
            report(InputError(f"{_shown(file)}: not a regular file; name it by itself to read it"))
        else:
            yield file


def _read_file(path: Path, report: Report) -> Iterator[Document]:
    try:
        with path.open("rb") as stream:
            yield from _read_stream(stream, _shown(path), _shown(path), path.suffix.lower(), report)
    except OSError as error:
        report(InputError(f"{_shown(path)}: {_reason(error)}; check the file and its permissions"))


def _shown(path: Path) -> str:
    """Give the path relative to the working directory if it lies below it, else absolute; bytes that are no text escaped."""
    absolute = Path(os.path.abspath(path))  # not resolve(): links stay as the user named them
    shown = absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute
    return os.fsencode(shown.as_posix()).decode("utf-8", "backslashreplace")


def _reason(error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return reason[0].lower() + reason[1:]


def _read_stream(stream: IO[bytes], where: str, name: str | None, suffix: str, report: Report) -> Iterator[Document]:
    """Yield the documents of an open file or of standard input, of which `name` is None."""
    head: list[bytes] = []
    if name is None:
        head = _first_lines(stream)
    if suffix in _LINES_SUFFIXES or (head and _parsed_object(head[-1]) is not None):
        yield from _read_lines(chain(head, iter(lambda: stream.readline(MAX_BYTES + 1), b"")), where, name, report)
        return
    opening = b"".join(head)
    content = opening + stream.read(max(0, MAX_BYTES + 1 - len(opening)))
    try:
        _check_size(len(content), where)
        text = _decode_html(content, None, where, report) if suffix in _HTML_SUFFIXES else _decode(content, where, report)
        is_json = suffix == ".json" or (name is None and text.lstrip()[:1] in {"{", "["})
        if is_json:
            yield from _read_json(text, where, name, is_certain=suffix == ".json", report=report)
        else:
            yield _parse_text(text, where, name, suffix, report)
    except InputError as error:
        report(error)


def _parse_text(text: str, where: str, name: str | None, suffix: str, report: Report) -> Document:
    """Make a document of a page or of plain text, with or without front matter."""
    if suffix in _HTML_SUFFIXES or _HTML_START.match(text):
        return _parse_html(text, where, name, None)
    front_matter = _FRONT_MATTER.match(text[:_MAX_FRONT_MATTER])
    if front_matter is None and _OPEN_FRONT_MATTER.match(text):
        raise InputError(f"{where}:1: the front matter has no end; close it with a line '---'")
    fields = _parse_front_matter(front_matter.group(1), where) if front_matter else None
    if front_matter is None or fields is None:
        return _make_document({}, text, where, name, report)
    return _make_document(fields, text[front_matter.end() :], where, name, report)


def _check_size(size: int, where: str) -> None:
    if size > MAX_BYTES:
        raise InputError(
            f"{where}: longer than {MAX_BYTES // 1_000_000} MB; split it, or make it JSON Lines of shorter documents"
        )


# Bytes to text


def _decode(content: bytes, where: str, report: Report) -> str:
    """Give the text of `content`, as the module's head says."""
    if not content.strip():
        raise InputError(f"{where}: empty; give a file with text")
    if content.startswith(b"%PDF-"):
        raise InputError(f"{where}: a PDF, not a text; convert it first, as with 'pdftotext'")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError as error:
                raise InputError(f"{where}: not {encoding[:6].upper()}, though it begins so ({_bad_byte(error)})") from error
    nul = content.find(0)
    if nul >= 0:
        raise InputError(f"{where}: binary, not a text (NUL at byte {nul}); leave it out, or save it as UTF-8 text")
    if len(content) - len(content.translate(None, _CONTROL_BYTES)) > _CONTROL_SHARE * len(content):
        raise InputError(f"{where}: binary, not a text (full of control characters); leave it out")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        text = None if _UTF8_SEQUENCE.search(content) else _decode_western(content)
        if text is None:
            raise InputError(f"{where}: not UTF-8 ({_bad_byte(error)}); convert it, as with 'iconv -t UTF-8'") from error
        report(InputNotice(f"{where}: not UTF-8 ({_bad_byte(error)}); read as Windows-1252, save it as UTF-8 to be sure"))
        return text


def _decode_western(content: bytes) -> str | None:
    """Give `content` as Windows-1252 if that is plausible: seldom beyond ASCII, and never three such letters in a row."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    beyond = [character for character in text if not character.isascii()]
    letters = sum(character.isalpha() for character in beyond)
    is_plausible = letters <= max(1, _WESTERN_SHARE * len(text)) and _WESTERN.issuperset(beyond) and 2 * len(beyond) < len(text)
    return text if is_plausible and not _FOREIGN_RUN.search(text) else None


def _decode_html(content: bytes, charset: str | None, where: str, report: Report) -> str:
    """Give a page's text by its byte order mark, the server's word, its own word, or as UTF-8."""
    if not content.strip():
        raise InputError(f"{where}: empty; give a page with text")
    declared = [charset] if charset else []
    declared += [match.group(1).decode("ascii") for match in [_META_CHARSET.search(content[:4096])] if match]
    marked = [encoding for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)][:1]
    known = ["cp1252" if _LATIN_1.match(name) else name for name in declared if _CHARSETS.match(name)]
    for encoding in [*marked, *known, "utf-8"]:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    if 0 in content:
        raise InputError(f"{where}: binary, not a page (NUL at byte {content.find(0)}); leave it out")
    report(InputNotice(f"{where}: neither UTF-8 nor what the page declares; read as Windows-1252, some letters may be wrong"))
    return content.decode("cp1252", "replace")


def _bad_byte(error: UnicodeDecodeError) -> str:
    return f"0x{error.object[error.start]:02x} at byte {error.start}"


# JSON


def _first_lines(stream: IO[bytes]) -> list[bytes]:
    """Read up to the first line that is not empty."""
    lines: list[bytes] = []
    for line in iter(lambda: stream.readline(MAX_BYTES + 1), b""):
        lines.append(line)
        if line.strip():
            break
    return lines


def _parsed_object(line: bytes) -> dict[str, Any] | None:
    if not line.lstrip(codecs.BOM_UTF8).lstrip().startswith(b"{"):
        return None
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _read_lines(lines: Iterable[bytes], where: str, name: str | None, report: Report) -> Iterator[Document]:
    """Yield the documents of JSON Lines; a bad line is reported and the next one read."""
    is_empty = True
    for number, line in enumerate(_whole_lines(lines, where, report), start=1):
        here = f"{where}:{number}"
        if not line.strip():
            continue
        is_empty = False
        try:
            _check_size(len(line), here)
            try:
                written = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise InputError(f"{here}: not UTF-8 ({_bad_byte(error)}); JSON Lines are UTF-8, convert them") from error
            yield _make_record(_parse_json(written, here), here, f"{name}:{number}" if name else None, report)
        except InputError as error:
            report(error)
    if is_empty:
        report(InputError(f"{where}: empty; give a file with text"))


def _whole_lines(lines: Iterable[bytes], where: str, report: Report) -> Iterator[bytes]:
    """Yield lines in UTF-8, of which pieces of one too long for `readline` count as one."""
    rest = iter(lines)
    first = next(rest, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            yield from (line.encode("utf-8", "surrogatepass") for line in (first + b"".join(rest)).decode("utf-16").split("\n"))
        except UnicodeDecodeError as error:
            report(InputError(f"{where}: not UTF-16, though it begins so ({_bad_byte(error)}); convert it to UTF-8"))
        return
    is_piece = False
    for line in chain([first], rest):
        if not is_piece:
            yield line
        is_piece = not line.endswith(b"\n")


def _read_json(text: str, where: str, name: str | None, *, is_certain: bool, report: Report) -> Iterator[Document]:
    """Yield the documents of one JSON object or list, or of lines that each are an object.

    Args:
        is_certain: the file's name says that it is JSON; else what does not parse is a text that begins with a bracket.
    """
    try:
        value = _parse_json(text, where)
    except InputError:
        opening = next((line for line in text.encode("utf-8", "surrogatepass").split(b"\n") if line.strip()), b"")
        if _parsed_object(opening) is not None or (not is_certain and opening.lstrip().startswith(b'{"')):
            yield from _read_lines(text.encode().splitlines(keepends=True), where, name, report)
        elif is_certain:
            raise
        else:
            yield _make_document({}, text, where, name, report)
        return
    if not isinstance(value, list):
        yield _make_record(value, where, name, report)
        return
    if not value:
        raise InputError(f"{where}: an empty list; give documents with 'id' and 'text'")
    for number, item in enumerate(value, start=1):
        try:
            yield _make_record(item, f"{where}: item {number}", f"{name}:{number}" if name else None, report)
        except InputError as error:
            report(error)


def _parse_json(written: str, where: str) -> object:
    try:
        value: object = json.loads(written)
        if "\\u" in written:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise InputError(
            f"{where}: not valid JSON ({_reason(ValueError(error.msg))} at {place}); correct or delete it"
        ) from error
    except UnicodeEncodeError as error:
        raise InputError(
            f"{where}: holds half of a surrogate pair ('\\ud800' … '\\udfff'), which is no text; correct it"
        ) from error
    except RecursionError as error:
        raise InputError(f"{where}: nested too deep; give objects with 'id' and 'text'") from error
    except ValueError as error:
        raise InputError(f"{where}: not valid JSON ({_reason(error)}); correct or delete it") from error
    return value


def _make_record(value: object, where: str, name: str | None, report: Report) -> Document:
    """Make a document of one JSON object."""
    if not isinstance(value, dict):
        raise InputError(f"{where}: {_json_type(value)}, not an object; give objects with 'id' and 'text'")
    fields = dict(value)
    text = fields.pop("text", None)
    if text is None:
        raise InputError(
            f"{where}: no 'text'; give objects with 'id' and 'text' (found: {', '.join(sorted(value)) or 'nothing'})"
        )
    if not isinstance(text, str):
        raise InputError(f"{where}: 'text' is {_json_type(text)}, not a string; correct it")
    return _make_document(fields, text, where, name, report)


# Front matter


def _parse_front_matter(written: str, where: str) -> dict[str, Any] | None:
    """Give the fields, every scalar as written (an id 007 stays 007); None if it is no mapping, but a text between two rules.

    Raises:
        InputError: not YAML, with the line in the file.
    """
    try:
        depth = 0
        for event in yaml.parse(written, Loader=yaml.BaseLoader):
            if isinstance(event, yaml.AliasEvent):  # a few lines of them can unfold to gigabytes
                raise InputError(f"{where}:{_line(event.start_mark)}: front matter may not hold aliases; write the value out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise InputError(f"{where}:{_line(event.start_mark)}: front matter is nested too deep; make it simpler")
        value = yaml.load(written, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        raise InputError(
            f"{where}:{_line(error.problem_mark)}: front matter is not valid YAML ({error.problem}); correct it"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"{where}:1: front matter is not valid YAML ({' '.join(str(error).split())}); correct it") from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        return None
    return {str(key): None if isinstance(item, str) and item in _NOTHING else item for key, item in value.items()}


def _line(mark: Any) -> int:
    """Give the line in the file; the front matter begins on the second."""
    return mark.line + 2 if mark else 1


# Fields to a document


def _make_document(fields: Mapping[str, Any], text: str, where: str, name: str | None, report: Report) -> Document:
    """Make a document of what was given about it; what the model has no place for goes to its metadata.

    Args:
        name: the id if `fields` has none; None for standard input, where the id is made of the text.
    """
    if not text.strip():
        raise InputError(f"{where}: no text; correct or delete it")
    metadata = {key: value for key, value in fields.items() if key not in ("id", "published", *_TEXT_KEYS)}
    given: dict[str, str | None] = {}
    for key in _TEXT_KEYS:
        value = fields.get(key)
        given[key] = _as_string(value)
        if value is not None and given[key] is None:
            metadata[key] = value
            report(InputNotice(f"{where}: '{key}' is {_json_type(value)}, not a string; kept as metadata only"))
    published = _as_date(fields.get("published"))
    if published is None and fields.get("published") not in (None, ""):
        metadata["published"] = fields["published"]
        shown = f"'{str(fields['published'])[:40]}'"
        report(InputNotice(f"{where}: 'published' {shown} is no date; kept as metadata only, write it as 2015-10-07"))
    identifier = _as_string(fields.get("id"))
    if identifier is None and fields.get("id") not in (None, ""):
        raise InputError(f"{where}: 'id' is {_json_type(fields['id'])}, not a string; correct it")
    if not identifier:
        identifier = name or f"text-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    return Document(identifier, text, given["title"], published, given["publisher"], given["url"], metadata, name)


def _as_string(value: object) -> str | None:
    """Give a string or the digits of a number; None for anything else, and for nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value) or None


def _json_type(value: object) -> str:
    """Name the kind of a JSON or YAML value as its writer knows it."""
    if isinstance(value, bool):
        return "true or false"
    kinds = ((str, "a string"), (int | float, "a number"), (list, "a list"), (dict, "an object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "null" if value is None else "a date")


def _as_date(value: object) -> str | None:
    """Give a date as ISO 8601, `2015-10-07` or `2015-10-07T10:00:00Z`; None if it is none, or could be two."""
    written = value.strip() if isinstance(value, str) else ""
    for parse in (_parse_iso, _parse_english, parsedate_to_datetime):
        try:
            parsed = parse(written)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return parsed if isinstance(parsed, str) else parsed.isoformat().replace("+00:00", "Z")
    return None


def _parse_iso(written: str) -> str | datetime:
    parsed = datetime.fromisoformat(written)
    return parsed.date().isoformat() if len(written) <= len("2015-10-07") else parsed


def _parse_english(written: str) -> str:
    """Give the date of "October 7, 2015" or "7 Oct 2015"; not of "10/07/2015", which has two meanings."""
    for date_format in _DATE_FORMATS:
        try:
            return datetime.strptime(written, date_format).date().isoformat()
        except ValueError:
            continue
    raise ValueError(written)


# Web pages


def _parse_html(text: str, where: str, name: str | None, url: str | None) -> Document:
    """Make a document of a page's main text; its paragraphs are parted by empty lines."""
    page = _extract(text, where, url)
    main_text = page.get("text") or ""
    if "\n" not in main_text:
        # From a short page the extractor takes all text in one piece; its stricter way keeps headline and paragraphs apart.
        parted = _extract(text, where, url, min_size=1).get("text") or ""
        main_text = parted if len(parted) > _PARTED_SHARE * len(main_text) else main_text
    main_text = re.sub(r"\s*\n\s*", "\n\n", main_text.strip())
    if not _has_sentence(main_text):
        raise InputError(f"{where}: no main text in this page; save its text instead")
    fields = {
        "title": page.get("title"),
        "published": page.get("date"),
        "publisher": page.get("source-hostname"),
        "url": url or page.get("source"),
    }
    return _make_document(fields, main_text, where, name, lambda _: None)


def _has_sentence(main_text: str) -> bool:
    """True if there is more than a menu, or a plea to turn on JavaScript."""
    paragraphs = (main_text[s.span.start : s.span.end] for s in segments(main_text) if s.kind == "paragraph")
    return any(len(paragraph.split()) >= _SENTENCE_WORDS for paragraph in paragraphs)


def _extract(text: str, where: str, url: str | None, min_size: int | None = None) -> dict[str, str | None]:
    """Give what trafilatura finds in a page: text, title, date, source, source-hostname; nothing if it finds no text."""
    import trafilatura  # slow to load, and not needed for texts
    from lxml.etree import LxmlError
    from trafilatura.settings import use_config

    for library in ("trafilatura", "htmldate"):
        logging.getLogger(library).addHandler(logging.NullHandler())  # else its warnings go to standard error
    config = use_config()
    if min_size is not None:
        config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(min_size))
    try:
        extracted = trafilatura.extract(
            text,
            url=url,
            output_format="json",
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"original_date": True, "extensive_search": False},
            config=config,
        )
    except (LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        # Whatever the extractor trips over lies in the page: it is one document less, not the end of the run.
        raise InputError(
            f"{where}: the page cannot be parsed ({type(error).__name__}: {error}); save its text instead"
        ) from error
    page: dict[str, str | None] = json.loads(extracted) if extracted else {}
    return page


def _fetch(url: str, report: Report) -> Document:
    """Give the document at `url`.

    Raises:
        InputError: no answer, an error, too long, or neither a page nor a text.
    """
    page = fetch(url, accept="text/html, text/*", max_bytes=MAX_BYTES, check=_check_media_type)
    if page.media_type in _HTML_TYPES:
        return _parse_html(_decode_html(page.content, page.charset, url, report), url, url, url)
    document = _parse_text(_decode(page.content, url, report), url, url, "", report)
    return document if document.url else replace(document, url=url)


def _check_media_type(name: str) -> None:
    if name not in _HTML_TYPES and name != "text/plain":
        raise InputError(f"'{name}' is neither a page nor a text; save it and give the file")
