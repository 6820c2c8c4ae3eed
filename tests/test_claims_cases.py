"""Who says what, against `tests/cases/claims.yaml`; the document's own voice is not listed there."""

import re

import pytest

from kg.model import Document
from kg.vocab import BASE

KEYS = ("source", "cue", "content", "polarity", "certainty", "within", "to", "speakers")
_BE_HAVE_DO = ("is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did")
_AUXILIARIES = frozenset((*_BE_HAVE_DO, "not", "n't", "never", "will", "would", "can", "could", "may", "might"))
_WORD = re.compile(r"[\w$€£%]+(?:[.,'’/-]\w+)*")


def words(text, *, without=frozenset()):
    """Give the words of a span, without punctuation and articles at its start."""
    found = _WORD.findall(text)
    while len(found) > 1 and found[0].lower() in without:
        found = found[1:]
    return " ".join(found)


def content(text):
    return words(text, without=frozenset(("that", "if", "whether", "the", "a", "an")))


def source(text):
    return words(text, without=frozenset(("the", "a", "an")))


def cue(text):
    found = [word for word in _WORD.findall(text) if word.lower() not in _AUXILIARIES and not word.lower().endswith("n't")]
    return " ".join(found) or text.strip()


def claim_row(annotation, claim):
    """Give an attributed claim as the table writes it."""
    text = annotation.document.text

    def joined(spans):
        return " ".join(text[span.start : span.end] for span in spans)

    outer = annotation.claims[claim.within] if claim.within is not None else None
    return {
        "source": source(joined(claim.source)),
        "cue": cue(joined(claim.cue)),
        "content": content(joined(claim.content)),
        "polarity": claim.polarity.value,
        "certainty": claim.certainty.value,
        "within": cue(joined(outer.cue)) if outer is not None and not outer.is_own_voice else None,
        "to": source(joined(claim.addressee)),
        "speakers": [re.sub(r"/[^/]+/", "/", iri.removeprefix(BASE)) for iri in claim.speakers],
    }


def normal(row):
    """Give a row of the table with its defaults, its spans reduced to their words."""
    assert set(row) <= set(KEYS), "misspelt key"
    whole = {"source": "", "polarity": "Positive", "certainty": "Certain", "within": None} | row
    forms = {"source": source, "cue": cue, "content": content, "to": source}
    return {key: forms[key](whole[key]) if key in forms else whole[key] for key in KEYS if key in whole}


def as_precise(found, wanted):
    """Reduce what was found to the keys of the wanted row of the same cue and content, if there is one."""
    for row in found:
        like = [w for w in wanted if w["cue"] == row["cue"]]
        best = max(like, key=lambda w: sum(row[key] == w[key] for key in w), default=None)
        optional = {"to", "speakers"} - set(best or ())
        yield {key: value for key, value in row.items() if key not in optional}


@pytest.mark.cases("claims")
def test_claims(annotator, case):
    assert set(case) <= {"id", "text", "title", "claims", "contains", "absent", "xfail"}, "misspelt key"
    annotation = annotator.annotate(Document("case", case["text"], title=case.get("title")))
    rows = [claim_row(annotation, claim) for claim in annotation.claims if not claim.is_own_voice]
    if "claims" in case:
        wanted = [normal(row) for row in case["claims"]]
        found = list(as_precise(rows, wanted))
        assert sorted(found, key=str) == sorted(wanted, key=str)
    wanted = [normal(row) for row in case.get("contains", ())]
    found = list(as_precise(rows, wanted))
    assert [row for row in wanted if row not in found] == [], found
    for trap in case.get("absent", ()):
        trap = {key: value for key, value in normal(trap).items() if key in trap}
        assert [row for row in rows if trap.items() <= row.items()] == []
