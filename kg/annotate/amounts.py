"""How many and when: reads numbers and dates as written into values with their vagueness."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from kg.knowledge import Quantifier

_NUMBER = re.compile(r"\d[\d,.]*")
_SCALE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_DAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:today|yesterday|tomorrow|tonight)\b|\bdays? (?:ago|earlier)\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? \d{1,2}\b(?!:)"
    r"|\b\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\d{4}-\d\d-\d\d",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day$", re.IGNORECASE)
_OTHER_WEEK = re.compile(r"\b(?:last|next|previous|past|ago)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    r"\b(?:(this|last|next|past|previous) )?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r"(?:,? (?:of )?((?:1[5-9]|20)\d\d))?$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(this|last|next|past|previous) (week|month|year)$", re.IGNORECASE)
_AGO = re.compile(r"\b(an?|\w+) (week|month|year)s? ago$", re.IGNORECASE)
_DECADE = re.compile(r"\b((?:1[5-9]|20)\d)0s$", re.IGNORECASE)
_PART_OF_DAY = re.compile(
    r"\b(?:early|late|later|on|the|in|by|before|after|since|until|around|evening|morning|afternoon|night|noon|overnight"
    r"|local time)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as told: `count` (roughly, if `is_about`), or at least `minimum` and at most `maximum`; None: nothing said."""

    count: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    is_about: bool = False


@lru_cache(maxsize=4096)
def read_number(text: str) -> int | None:
    """Read a whole number in digits or words ("1,200", "twenty-six", "2 million"); None if it is none."""
    text = text.strip().lower()
    digits = _NUMBER.match(text)
    if digits:
        try:
            value = float(digits[0].rstrip(".,").replace(",", ""))
        except ValueError:
            return None
        rest = text[digits.end() :].strip()
        scaled = value * _SCALE.get(rest, 1)
        return int(scaled) if scaled == int(scaled) and (not rest or rest in _SCALE) and scaled < 1e15 else None
    from number_parser import parse_number

    number = parse_number(text, language="en")
    return number if isinstance(number, int) else None


def read_amount(words: str, before: str, after: str, quantifiers: dict[str, Quantifier]) -> Amount | None:
    """Read an amount.

    Args:
        words: the number as written, or a word for it ("dozens").
        before, after: the text around it, lower case.
        quantifiers: `ontology/lexicons/quantifiers.tsv`.
    """
    between = re.search(r"\bbetween\s+(\S+(?:\s\S+)?)\s+and\s*$", before.rstrip() + " ") or re.search(
        r"(\d[\d,.]*)\s*(?:-|–|to)\s*$", before
    )
    outer, inner = (read_number(between[1]) if between else None), read_number(words)
    if outer is not None and inner is not None and outer < inner:  # "between 800 and 3,500", "3,000 to 5,000"
        return Amount(None, outer, inner)
    following = re.match(r"\s*and\s+(\d[\d,.]*)", after) if _ends_with(before, "between") else None
    if inner is not None and following and (last := read_number(following[1])) is not None and last > inner:
        return Amount(None, inner, last)
    vague = quantifiers.get(words.lower())
    if vague and vague.kind == "word":
        exact = vague.minimum if vague.minimum == vague.maximum else None
        return Amount(exact, None, None) if exact is not None else Amount(None, vague.minimum, vague.maximum)
    number = read_number(words)
    if number is None:
        return None
    for phrase in sorted(quantifiers, key=len, reverse=True):
        kind = quantifiers[phrase].kind
        if kind in ("least", "most") and (_ends_with(before, phrase) or _starts_with(after, phrase)):
            return Amount(None, number, None) if kind == "least" else Amount(None, None, number)
    about = any(_ends_with(before, phrase) for phrase, known in quantifiers.items() if known.kind == "about")
    return Amount(number, is_about=about)


def _ends_with(text: str, phrase: str) -> bool:
    text = text.rstrip()
    return text.endswith(phrase) and not text[: -len(phrase)][-1:].isalnum()


def _starts_with(text: str, phrase: str) -> bool:
    text = text.lstrip()
    return text.startswith(phrase) and not text[len(phrase) :][:1].isalnum()


@lru_cache(maxsize=4096)
def read_day(text: str, published: str | None, is_future: bool = False) -> str | None:
    """Read a time as a day.

    Args:
        text: as written ("Wednesday", "7 October", "Oct. 7, 2015").
        published: the document's date in ISO 8601, which relative days count from; without it only full dates are read.
        is_future: told of what is still to come ("will meet on Tuesday").

    Returns:
        An ISO 8601 date, or None where no single day is meant ("this week", "2014").
    """
    if not _DAY.search(text) or len(text) > 60:
        return None
    base = _date_of(published)
    if base is None and not _YEAR.search(text):
        return None
    import dateparser

    cleaned = " ".join(_PART_OF_DAY.sub(" ", text).split()) or text
    if base is not None and _WEEKDAY.search(cleaned) and not _OTHER_WEEK.search(text) and not is_future:
        base += timedelta(days=1)  # "on Monday", told on a Monday, is that day
    settings = {
        "PREFER_DATES_FROM": "future" if is_future else "past",
        "RELATIVE_BASE": base or datetime(2000, 1, 1),
        "TIMEZONE": "UTC",
    }
    found = dateparser.parse(cleaned, languages=["en"], settings=settings)
    return found.date().isoformat() if found else None


@lru_cache(maxsize=4096)
def read_period(text: str, published: str | None) -> str | None:
    """Read a time as a week, month, year or decade.

    Args:
        text: as written ("last month", "March 2021", "2014", "the 1990s").
        published: as for `read_day`; a month without a year is the last one of that name.

    Returns:
        "2021-W09", "2021-03", "2021" (ISO 8601) or "199X" (Extended Date/Time Format), or None.
    """
    text = " ".join(text.split())
    base = _date_of(published)
    if match := _DECADE.search(text):
        return f"{match[1]}X"
    if match := _MONTH.search(text):
        step, month = (match[1] or "").lower(), _MONTHS.index(match[2].lower()) + 1
        if match[3]:
            return f"{match[3]}-{month:02}"
        if base is None:
            return None
        year = base.year + (month <= base.month) if step == "next" else base.year - (month > base.month)
        return f"{year}-{month:02}"
    match, step = _RELATIVE.search(text), 0
    if match:
        step = {"next": 1, "this": 0}.get(match[1].lower(), -1)
    elif match := _AGO.search(text):
        step = -1 if match[1].lower() in ("a", "an") else -(read_number(match[1]) or 0)
    if match and base is not None and (step or match[1].lower() == "this"):
        if match[2].lower() == "year":
            return str(base.year + step)
        if match[2].lower() == "week":
            year, week, _ = (base + timedelta(weeks=step)).isocalendar()
            return f"{year}-W{week:02}"
        months = base.year * 12 + base.month - 1 + step
        return f"{months // 12}-{months % 12 + 1:02}"
    years = _YEAR.findall(text)
    return years[0] if len(years) == 1 and re.fullmatch(r"(?:(?:early|late|mid)[- ])?\d{4}", text, re.IGNORECASE) else None


def _date_of(published: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(published).replace(tzinfo=None) if published else None
    except ValueError:
        return None
