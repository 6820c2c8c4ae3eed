"""How a text is laid out: headlines, paragraphs, datelines, bylines, speaker labels and boilerplate, as spans.

Takes a document's text, gives segments in text order that share no character and cover every character that is not
white space. A sentence never crosses a segment, so a headline never melts into the sentence below it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from kg.errors import KnowledgeError, suggest
from kg.model import Span
from kg.resources import data_path

Kind = Literal["headline", "paragraph", "dateline", "byline", "speaker", "boilerplate"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A block of the text, without the white space around it.

    Attributes:
        kind: "headline" (titles and subheads), "paragraph" (also list items), "dateline" ("MOSCOW, Oct 7 (Reuters) -"),
            "byline" ("By John Smith"), "speaker" (the label in a transcript, "SECRETARY KERRY:"), or "boilerplate"
            (what belongs to the page and not to the story: newsletters, cookies, copyright, the marks of headings, quoted
            lines and table cells). The cells of a table are paragraphs of their own.
    """

    span: Span
    kind: Kind


_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BLANK_LINE = re.compile(r"(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])[^\S\n]*[\n\r\v\f\x85\u2028\u2029]|\f|\u2029")

_WRAP_WIDTHS = range(40, 101)
"""A paragraph whose longest line lies in this range may have been wrapped by hand or by a mail program."""

_HEADLINE_LENGTH = 140
_HEADLINE_WORDS = 22
_BOILERPLATE_LENGTH = 400
_LABEL_LENGTH = 60
_DATELINE_LENGTH = 120

_CLOSED = re.compile(r"[.!?…:;,][\"'”’»)\]]*(?:\[\w{1,3}\])*$")  # also before a footnote's mark
_SENTENCE_INSIDE = re.compile(r"(?:[^\W\d_]{5,}|\d)[.!?][\"”’)]*\s+[\"“‘(]?[A-Z]|[!?]\s+[A-Z]")
_LIST_ITEM = re.compile(r"(?:[-*•·▪‣–—]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "nor", "of", "off", "on", "onto", "or", "out"}
    | {"over", "per", "so", "than", "the", "to", "up", "upon", "via", "vs", "vs.", "with", "yet"}
)
_OPEN_ENDING = frozenset(
    {"a", "an", "and", "at", "but", "by", "for", "from", "in", "its", "of", "on", "or", "that", "the", "their", "to", "who"}
    | {"which", "with", "president", "mr.", "gen."}
)

_AGENCIES = "Reuters|AP|AFP|CNN|BBC|UPI|TASS|Xinhua|DPA|dpa|IRNA|SANA|RIA|EFE|ANI|PTI|Interfax|Bloomberg|Anadolu|AA"
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE = rf"(?:{_MONTHS} \d{{1,2}}|\d{{1,2}} {_MONTHS})(?:,? \d{{4}})?"
_CITY_CAPS = r"[A-Z][A-Z.'’-]*[A-Z](?:[ /-][A-Z][A-Z.'’-]+){0,4}"
_CITY = r"[A-Z][\w.'’-]+(?:[ /][A-Z][\w.'’-]+){0,3}"
_REGION = r"(?:, [A-Z][\w.'’]*(?: [A-Z][\w.'’]*){0,3})"
_DASH = r"(?:--|[-–—])"
_WITH_AGENCY = (  # Moscow (CNN) —
    rf"[*_]{{0,2}}(?:{_CITY}{_REGION}?,?\s)?(?:{_DATE}\s)?\((?:{_AGENCIES})\)[*_]{{0,2}}\s?{_DASH}?(?=\s|[A-Z\"“‘])"
)
_WITH_DATE = rf"{_CITY_CAPS}{_REGION}?,\s{_DATE}\.?(?:\s/[A-Z]+/\.?|\s?{_DASH}|:)(?=\s)"  # MOSCOW, October 7. /TASS/.
_WITH_DASH = rf"{_CITY_CAPS}{_REGION}?\s?(?:—|–|\s-|--)(?=\s?[\"“‘]?[A-Z0-9])"  # BEIRUT, Lebanon —
_WITH_BOTH = rf"{_CITY}{_REGION}?,?\s{_DATE}\s\([A-Z][\w ]{{1,30}}\)\s?{_DASH}(?=\s)"  # Belgrade, 4 April 1994 (Tanjug) -
_DATELINE = re.compile(f"(?:{_WITH_AGENCY}|{_WITH_DATE}|{_WITH_BOTH}|{_WITH_DASH})")
_PARTICLE = r"(?:al|el|bin|ibn|de|la|der|den|van|von)"
_NAME = rf"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|The\b)[A-Z][\w.'’-]*(?:\s{_PARTICLE}|\s[A-Z][\w.'’-]*){{1,4}}"
_NAMES = rf"{_NAME}(?:(?:,\s?|\s+and\s+|\s+AND\s+){_NAME})*"
_CREDITED = (
    r"(?:(?:[Ww]ith\s)?[Aa]dditional\s|[Ff]urther\s)?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Tt]ranslation|[Gg]raphics|[Ff]act-checking)"
    r"\s(?:and\s\w+\s)?by\s[^.!?]{3,250}"
)
_BYLINE = re.compile(
    rf"(?:(?:By|BY|by|(?:Written|Reported|Story|Words|Text|Analysis|Opinion|Photographs|Video)\sby)\s+{_NAMES}"
    rf"(?:\s*[,|/–—-]\s*[^.!?]{{1,60}}|\s+(?:in|for|at|of)\s+[A-Z][^.!?]{{1,50}})?"
    rf"|\(?{_CREDITED}(?:\.\s+{_CREDITED})*\.?\)?"
    r"|[A-Z][^.!?]{3,200}\scontributed\s(?:to\sthis\s(?:report|article|story|piece)|(?:to\s)?(?:the\s)?reporting)[^.!?]{0,60}\.?)$"
)
_BY = re.compile(r"^(?:\w+\s)?[Bb][Yy]\s")
_DESK = (
    r"(?:[Cc]orrespondent|[Ee]ditor|[Rr]eporter|[Ww]riter|[Cc]olumnist|[Ss]taff"
    r"|News|Press|Reuters|AFP|AP|BBC|CNN|Times|Post|Journal)"
)
_SIGNED = re.compile(rf"{_NAMES}(?:,\s|\s[|–—-]\s|\n)[^.!?:;]{{0,60}}\b{_DESK}\b[^.!?:;]{{0,40}}$")
_SIGNED_FROM = re.compile(rf"{_NAMES}\sin\s{_CITY}(?:,\s{_CITY}|\sand\s{_CITY})*$")
_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,?\s)?"
_CLOCK = r"(?:(?:,|\s[|•·–—-])?\s(?:at\s)?\d{1,2}[:.]\d{2}(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s[A-Z]{2,4})?)?"
_DATE_LINE = re.compile(rf"{_DAY}{_DATE}{_CLOCK}$")
_SPEAKER_CAPS = re.compile(
    r"(?:Q|A|[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]*){0,5}(?:, [A-Z][A-Z .'’-]+)?(?: \([^()]{1,30}\))?):(?=\s+\S)"
)
_SPEAKER = re.compile(r"[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){0,3}:(?=\s+\S)")

_CAPTION_START = re.compile(
    r"(?:FILE\s?[-–—]{1,2}(?=\s)|Image\s(?:copyright|source),?\s.{2,40}?\s(?:Image\s)?[Cc]aption,?(?=\s))"
)
_AGENCY_CREDIT = r"(?:AP|AFP|EPA|REUTERS|Reuters|Getty(?:\sImages)?|TASS|Xinhua)"
_CREDIT = re.compile(
    rf"(?:\((?:{_AGENCY_CREDIT}\s)?(?:[Pp]hotos?|Image)?(?:\s?by\s|[/:]\s?)[^()\n]{{2,60}}\)|\({_AGENCY_CREDIT}/[^()\n]{{2,60}}\)"
    rf"|\b{_AGENCY_CREDIT}/[A-Z][\w.'’-]+(?:\s[A-Z][\w.'’-]+){{0,3}})$"
)
"""What stands around a caption: "FILE - …", "… (AP Photo/Jane Doe, File)", "… REUTERS/Jane Doe"."""

_MAIL_HEADER = re.compile(r"(?:From|To|Cc|Bcc|Date|Sent|Reply-To):\s")
_MAIL_SUBJECT = re.compile(r"Subject:(?=\s)(?:\s(?:Re|RE|Fwd|FW|Fw|Aw):)*(?=\s)")
_MAIL_ANSWER = re.compile(r"On\s.{6,110}\swrote:$", re.DOTALL)
_MARK = re.compile(r"(?P<heading>#{1,6}\s+)(?=\S)|(?:>[^\S\n]*)+(?=[^\s>])")
"""What stands before a heading in Markdown, and before quoted lines there and in mail."""
_CELL_BORDER = re.compile(r"[|\t]")
_TABLE_BORDERS = 2
"""Borders that a line must have, as many as its neighbour, to be a row of a table."""
_SIGNATURE_BLOCKS = 8
_TITLE_SUFFIX = re.compile(r"\s[|–—-]\s[^|.!?]{2,40}$")
_REPEATED_WORDS = 4
_BYLINES_AT = 6
"""Blocks from the top of a text among which its author may stand without "By"."""


def segments(text: str) -> tuple[Segment, ...]:
    r"""Give the blocks of `text`, in order, disjoint, covering all characters but white space.

    A block ends at an empty line, and at a line end unless the line was wrapped there (it is about as long as its
    neighbours, and the next word would not have fitted) or the next line goes on in lower case.

    >>> [(segment.kind, segment.span.start, segment.span.end) for segment in segments("Missiles Hit\nTwo crashed.")]
    [('headline', 0, 12), ('paragraph', 13, 25)]

    Raises:
        KnowledgeError: `ontology/lexicons/boilerplate.tsv` is malformed.
    """
    rows = _table_rows(text)
    blocks = list(_blocks(text, rows))
    labels = _speaker_labels(text, blocks)
    found: list[Segment] = []
    for index, block in enumerate(blocks):
        if block.start in rows:
            found.extend(_cells(text, block))
        else:
            found.extend(_classify(text, block, labels, is_first=index == 0, is_only=len(blocks) == 1))
    return tuple(_signed(text, _story_of_mail(text, _told_once(text, found))))


def _told_once(text: str, found: list[Segment]) -> list[Segment]:
    """Make boilerplate of a headline that repeats another, in any letter case, with the name of the outlet behind it or not."""
    headlines = [_line(text, segment).casefold() for segment in found if segment.kind == "headline"]
    plain = {_TITLE_SUFFIX.sub("", line) for line in headlines} & set(headlines)
    told: set[str] = set()
    kept = []
    for segment in found:
        if segment.kind == "headline":
            line = _line(text, segment).casefold()
            core = _TITLE_SUFFIX.sub("", line)
            has_twin = core in plain and len(core.split()) >= _REPEATED_WORDS
            if has_twin and (line != core or core in told):
                segment = Segment(segment.span, "boilerplate")
            told.add(line)
        kept.append(segment)
    return kept


def _story_of_mail(text: str, found: list[Segment]) -> list[Segment]:
    """Make boilerplate of a mail's head, and of what stands below its "--" if that is only a few lines."""
    heads = {index for index, segment in enumerate(found) if _MAIL_HEADER.match(_line(text, segment)[:_LABEL_LENGTH])}
    last = range(max(0, len(found) - _SIGNATURE_BLOCKS), len(found))
    signature = next((index for index in last if _line(text, found[index]) == "--"), len(found))
    return [
        Segment(segment.span, "boilerplate") if index >= signature or (index in heads and len(heads) > 1) else segment
        for index, segment in enumerate(found)
    ]


def _signed(text: str, found: list[Segment]) -> Iterator[Segment]:
    """Make bylines of the author's line below a headline, and of the account of the author below the story."""
    authors: list[str] = []
    for index, segment in enumerate(found):
        line = _line(text, segment)
        if segment.kind == "byline":
            authors.extend(re.findall(_NAME, _BY.sub("", line)))
        elif segment.kind == "headline" and 0 < index < _BYLINES_AT and found[index - 1].kind in ("headline", "dateline"):
            following = _line(text, found[index + 1]) if index + 1 < len(found) else ""
            if _SIGNED.match(line) or (_SIGNED_FROM.match(line) and _DATE_LINE.match(following)):
                authors.extend(re.findall(_NAME, line))
                segment = Segment(segment.span, "byline")
        elif segment.kind == "paragraph" and index > 1 and len(line) <= _BOILERPLATE_LENGTH:
            accounts = (f"{author} {verb} " for author in authors for verb in ("is", "writes", "covers", "reports"))
            if line.startswith(tuple(accounts)):
                segment = Segment(segment.span, "byline")
        yield segment


def _line(text: str, segment: Segment) -> str:
    return " ".join(text[segment.span.start : segment.span.end].split())


def _table_rows(text: str) -> frozenset[int]:
    """Give where the lines begin that are rows of a table: neighbours with the same number of borders."""
    rows: set[int] = set()
    for stanza in _stanzas(text):
        borders = [max(text.count(border, line.start, line.end) for border in "|\t") for line in stanza]
        for (line, count), (following, next_count) in pairwise(zip(stanza, borders, strict=True)):
            if count == next_count >= _TABLE_BORDERS:
                rows.update((line.start, following.start))
    return frozenset(rows)


def _cells(text: str, row: Span) -> Iterator[Segment]:
    """Yield the cells of a row; the borders between them, and cells without a letter or digit, are boilerplate."""
    at = row.start
    for border in _CELL_BORDER.finditer(text, row.start, row.end):
        yield from _cell(text, Span(at, border.start()))
        if border.group() == "|":
            yield Segment(Span(border.start(), border.end()), "boilerplate")
        at = border.end()
    yield from _cell(text, Span(at, row.end))


def _cell(text: str, span: Span) -> Iterator[Segment]:
    written = text[span.start : span.end]
    if cell := written.strip():
        start = span.start + len(written) - len(written.lstrip())
        kind: Kind = "paragraph" if any(character.isalnum() for character in cell) else "boilerplate"
        yield Segment(Span(start, start + len(cell)), kind)


def _blocks(text: str, rows: frozenset[int]) -> Iterator[Span]:
    """Yield spans of lines that belong together; each of the `rows` of tables for itself."""
    for stanza in _stanzas(text):
        width = max(line.end - line.start for line in stanza)
        start = stanza[0].start
        for line, following in pairwise(stanza):
            is_opening = line.start == stanza[0].start
            is_row = line.start in rows or following.start in rows
            if is_row or not _goes_on(text, line, following, width, len(stanza), is_opening):
                yield Span(start, line.end)
                start = following.start
        yield Span(start, stanza[-1].end)


def _stanzas(text: str) -> Iterator[list[Span]]:
    """Yield runs of lines without an empty line between them; lines are trimmed of white space."""
    stanza: list[Span] = []
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if not stripped:
            continue
        start = match.start() + len(line) - len(line.lstrip())
        if stanza and _BLANK_LINE.search(text, stanza[-1].end, start):
            yield stanza
            stanza = []
        stanza.append(Span(start, start + len(stripped)))
    if stanza:
        yield stanza


def _goes_on(text: str, line: Span, following: Span, width: int, lines: int, is_opening: bool) -> bool:
    """True if `following` continues the sentence or paragraph of `line`."""
    this, following_text = text[line.start : line.end], text[following.start : following.end]
    first_word = following_text.split(maxsplit=1)[0]
    is_closed = bool(_CLOSED.search(this))
    is_wrapped = width in _WRAP_WIDTHS and len(this) + 1 + len(first_word) > width
    if _LIST_ITEM.match(following_text) and (is_closed or not is_wrapped):
        return False
    if _MAIL_ANSWER.match(_unmarked(this)) or (following_text.startswith("(") and _is_boilerplate(following_text)):
        return False
    if following_text[0].islower():
        return not is_closed or is_wrapped or this.endswith(",")
    if not is_wrapped:
        return False
    if is_closed or _ends_open(this):
        return not (_SPEAKER_CAPS.match(following_text) or _is_boilerplate(this))
    # A wrapped line that ends without a stop looks like a headline if it is written like one, or if nothing but its own
    # width says that it was wrapped.
    looks_like_headline = _is_title_case(this) or (is_opening and lines == 2 and not _SENTENCE_INSIDE.search(this))
    return not looks_like_headline


def _unmarked(line: str) -> str:
    """Give `line` without the mark of a heading or a quoted line before it."""
    mark = _MARK.match(line)
    return line[mark.end() :] if mark else line


def _ends_open(line: str) -> bool:
    """True if no headline ends like this: on a comma, an article, a preposition."""
    return line.endswith((",", "-", ";")) or line.rsplit(maxsplit=1)[-1].lower() in _OPEN_ENDING


def _is_title_case(line: str) -> bool:
    words = [word for word in _WORD.findall(line) if word.lower() not in _SMALL_WORDS]
    return len(words) >= 2 and sum(word[0].isupper() for word in words) >= 0.8 * len(words)


def _speaker_labels(text: str, blocks: list[Span]) -> frozenset[str]:
    """Give the labels that make `text` a transcript; one label in capitals alone ("BREAKING: …") does not."""
    capitals: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for block in blocks:
        start = _unmarked(text[block.start : min(block.end, block.start + _LABEL_LENGTH)])
        if match := _SPEAKER_CAPS.match(start):
            capitals[match.group()] += 1
        elif match := _SPEAKER.match(start):
            names[match.group()] += 1
    recurring = {label for label, count in names.items() if count > 1}
    spoken = set(capitals) if capitals.total() > 1 else set()
    return frozenset(spoken | recurring if len(recurring) > 1 else spoken)


def _classify(text: str, block: Span, labels: frozenset[str], *, is_first: bool, is_only: bool) -> Iterator[Segment]:
    """Yield the block as one segment, or as a dateline or speaker label and what follows it."""
    written = text[block.start : block.end]
    if mark := _MARK.match(written):
        marked = Span(block.start + mark.end(), block.end)
        yield Segment(Span(block.start, block.start + len(mark.group().rstrip())), "boilerplate")
        if mark.group("heading") and "\n" not in written and len(written) <= _HEADLINE_LENGTH:
            yield Segment(marked, "headline")
        else:
            yield from _classify(text, marked, labels, is_first=is_first, is_only=is_only)
        return
    if _is_boilerplate(written):
        yield Segment(block, "boilerplate")
        return
    if len(written) <= _BOILERPLATE_LENGTH and _BYLINE.match(written.strip("*_")):
        yield Segment(block, "byline")
        return
    if len(written) <= _DATELINE_LENGTH and _DATE_LINE.match(written):
        yield Segment(block, "dateline")
        return
    if len(written) <= _DATELINE_LENGTH and _MAIL_ANSWER.match(written):
        yield Segment(block, "boilerplate")
        return
    credit = _CREDIT.search(written, max(0, len(written) - _DATELINE_LENGTH))
    if credit is not None and credit.start() > 0:
        end = block.start + len(written[: credit.start()].rstrip())
        yield from _classify(text, Span(block.start, end), labels, is_first=is_first, is_only=is_only)
        yield Segment(Span(block.start + credit.start(), block.end), "boilerplate")
        return
    page = _CAPTION_START.match(written) or _MAIL_SUBJECT.match(written)
    if page is not None and page.end() < len(written):
        end = block.start + len(page.group().rstrip())
        rest = text[end : block.end].lstrip()
        yield Segment(Span(block.start, end), "boilerplate")
        yield from _classify(text, Span(block.end - len(rest), block.end), labels, is_first=is_first, is_only=is_only)
        return
    opening: re.Match[str] | None = None
    kind: Kind = "speaker"
    if labels:
        start = written[:_LABEL_LENGTH]
        opening = _SPEAKER_CAPS.match(start) or _SPEAKER.match(start)
        opening = opening if opening and opening.group() in labels else None
    if opening is None:
        kind, opening = "dateline", _DATELINE.match(written[:_DATELINE_LENGTH])
    if opening is not None:
        end = block.start + len(opening.group().rstrip())
        yield Segment(Span(block.start, end), kind)
        rest = text[end : block.end]
        if rest:
            yield Segment(Span(block.end - len(rest.lstrip()), block.end), "paragraph")
        return
    yield Segment(block, "headline" if _is_headline(written, is_first=is_first, is_only=is_only) else "paragraph")


def _is_headline(written: str, *, is_first: bool, is_only: bool) -> bool:
    """True if `written` is short, no sentence, and written or placed as a headline."""
    words = written.split()
    if len(written) > _HEADLINE_LENGTH or len(words) > _HEADLINE_WORDS or _LIST_ITEM.match(written):
        return False
    if _SENTENCE_INSIDE.search(written) or not any(character.isalpha() for character in written):
        return False
    if _CLOSED.search(written):
        # "Is Moscow Losing Syria?" above a story
        return is_first and not is_only and written[-1] in "?!" and _is_title_case(written)
    return not is_only or _is_title_case(written)


def _is_boilerplate(written: str) -> bool:
    if len(written) > _BOILERPLATE_LENGTH:
        return False
    start, anywhere = _boilerplate()
    return bool(start.match(written) or anywhere.search(written))


@cache
def _boilerplate() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Read the patterns, as (at the start of a block, anywhere in it).

    Raises:
        KnowledgeError: naming file and line.
    """
    path = data_path("ontology", "lexicons", "boilerplate.tsv")
    patterns: dict[str, list[str]] = {"start": [], "whole": [], "anywhere": []}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise KnowledgeError(f"{path}: the lexicon cannot be read ({error.strerror}); reinstall kg") from error
    rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        if not row or row[0].startswith("#") or row[0] == "pattern":
            continue
        where = f"{path}:{rows.line_num}"
        if len(row) < 2:
            raise KnowledgeError(f"{where}: expected the columns pattern, where, example; found {len(row)}")
        pattern, scope = row[0], row[1]
        if scope not in patterns:
            raise KnowledgeError(f"{where}: '{scope}' is no place to look; {suggest(scope, patterns)}")
        try:
            re.compile(pattern)
        except re.error as error:
            raise KnowledgeError(f"{where}: '{pattern}' is no regular expression ({error}); correct it") from error
        patterns[scope].append(pattern)
    start = [f"(?:{pattern})" for pattern in patterns["start"]] + [rf"(?:{pattern})[\s.!]*\Z" for pattern in patterns["whole"]]
    return (
        re.compile("|".join(start), re.IGNORECASE),
        re.compile("|".join(f"(?:{pattern})" for pattern in patterns["anywhere"]), re.IGNORECASE),
    )
