"""`Found`, the working form of a mention while a text is being read, and how one is made."""

from collections.abc import Iterable
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kg.annotate.amounts import Amount
from kg.knowledge import Entry, Noun, Office
from kg.model import Span
from kg.vocab import is_a


@dataclass(slots=True)
class Found:
    """A mention while the text is being read.

    Attributes:
        start, end: token range; span: the exact characters (may be part of a token: "U.S." in "U.S.-led").
        form: "name", "nominal", "pronoun", "value" or "listed": shown, but covering no token (`start == end`), so that
            nothing that asks what stands at a token meets it, and naming no entity.
        entry: the gazetteer's entry, if the name is known.
        head: index of the token that carries its grammar.
        lemma: of a nominal: its noun phrase in the singular, lower case ("cruise missile", "official").
        noun: of a nominal group, agency or place: what the gazetteer says of its head noun.
        operator: of a nominal: the entry of the state or body that owns or sends it ("Russian ships").
        amount: how many.
        offices: titles written with a person's name.
        entity: IRI, once resolved.
        value: of a time: ISO 8601 date; period: the same, or else the week, month, year or decade.
    """

    start: int
    end: int
    span: Span
    type: str
    class_: str | None
    form: str
    head: int
    entry: Entry | None = None
    lemma: str = ""
    noun: Noun | None = None
    operator: "Found | None" = None
    amount: Amount | None = None
    entity: str | None = None
    value: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class OfficeTitle:
    """A title of office in the text: tokens [start, end), and the state or body it belongs to, if told beside it."""

    start: int
    end: int
    office: Office
    body: Found | None


def make_name(doc: Doc, start: int, end: int, kind: tuple[str, str | None, Entry | None]) -> Found:
    """Make a name of tokens; `kind` is its type, class and gazetteer entry."""
    type_, class_, entry = kind
    span = Span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text))
    head = doc[start:end].root.i
    return Found(start, end, span, type_, class_, "name", head, entry)


def make_nominal(doc: Doc, start: int, end: int, type_: str, class_: str | None, lemma: str, noun: Noun | None = None) -> Found:
    """Make a common noun's mention; its head is the last token."""
    span = Span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1].text))
    return Found(start, end, span, type_, class_, "nominal", end - 1, lemma=lemma, noun=noun)


def make_listed(first: Token, last: Token, type_: str) -> Found:
    """Make a mention that is shown and covers no token."""
    return Found(last.i, last.i, Span(first.idx, last.idx + len(last.text)), type_, None, "listed", last.i)


def agency_class(noun: Noun) -> str:
    """Give the ontology class of a body named by such a noun."""
    if noun.lemma.split()[-1] == "party":
        return "PoliticalParty"
    return _CLASS_OF_BODY.get(noun.kind, "Agency")


def arms_type(class_: str) -> str:
    """Give the mention type of a class of weapons or platforms."""
    return "Platform" if is_a(class_, "Platform") else "Weapon"


_CLASS_OF_BODY = {
    "government": "GovernmentBody",
    "ministry": "GovernmentBody",
    "parliament": "GovernmentBody",
    "court": "GovernmentBody",
    "police": "GovernmentBody",
    "embassy": "GovernmentBody",
    "force": "ArmedForce",
    "military": "ArmedForce",
    "army": "ArmedForce",
    "armed group": "ArmedGroup",
    "armed_group": "ArmedGroup",
    "fighter": "ArmedGroup",
    "media": "MediaOutlet",
    "party": "PoliticalParty",
    "company": "Company",
}


def singular(token: Token) -> str:
    """Give a word in the singular, lower case."""
    if token.tag_ in ("NNS", "NNPS") or (
        token.pos_ in ("NOUN", "PROPN") and token.lower_.endswith("s") and token.lemma_ != token.text
    ):
        return token.lemma_.lower()
    if token.pos_ == "PROPN" and token.lower_.endswith("s") and len(token) > 4:
        return token.lower_[:-1]
    return token.lower_


def in_order(found: Iterable[Found]) -> list[Found]:
    """Sort by place in the text, longer first; of two with the same characters keep the first."""
    unique: dict[tuple[Span, str], Found] = {}
    for mention in found:
        unique.setdefault((mention.span, mention.type), mention)
    return sorted(unique.values(), key=lambda mention: (mention.span.start, -mention.span.end, mention.type))
