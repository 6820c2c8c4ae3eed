"""Which mentions are one entity and which are not, against `tests/cases/coreference.yaml`."""

import re

import pytest

from kg.model import Document

KEYS = {"id", "text", "xfail", "together", "apart"}
_ARTICLE = re.compile(r"^(?:the|an?) (?=\S)", re.IGNORECASE)


def entity(annotation, written):
    """Give the entity of a mention by its text, with or without the article; "he#2" is the second of that text."""
    word, _, number = written.partition("#")
    wanted = (word, _ARTICLE.sub("", word))
    of_text = {m.span.start: m.entity for m in annotation.mentions if m.text in wanted or _ARTICLE.sub("", m.text) in wanted}
    if len(of_text) < int(number or 1):
        return None
    return of_text[sorted(of_text)[int(number or 1) - 1]]


@pytest.mark.cases("coreference")
def test_coreference(annotator, case):
    assert set(case) <= KEYS and ("together" in case or "apart" in case), "misspelt key"
    annotation = annotator.annotate(Document("case", case["text"]))
    words = {word for group in (*case.get("together", ()), *case.get("apart", ())) for word in group}
    found = {word: entity(annotation, word) for word in words}
    for group in case.get("together", ()):
        assert len({found[word] for word in group}) == 1 and found[group[0]] is not None, {word: found[word] for word in group}
    for one, other in case.get("apart", ()):
        assert found[one] is None or found[one] != found[other], (one, other, found[one])
