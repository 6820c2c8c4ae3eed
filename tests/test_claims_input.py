"""Claims on input that is no tidy prose: never an exception, never minutes, and every span equals the text at its offsets."""

import time

import pytest

from kg.model import Certainty, Document, Polarity

_SECONDS = 60
"""Far above what any of these takes (a few seconds), so that a slow machine does not fail; a quadratic reader takes longer."""

INPUTS = {
    "no verb": "Kyiv. Night. Two dead, nine wounded.",
    "sentence of 3,000 words": "The minister said that "
    + ", and that ".join(f"unit {i} had crossed the river near the old mill while others waited" for i in range(220))
    + ".",
    "words without punctuation": " ".join(["the officials said rebels claimed troops denied"] * 150),
    "300 sayings in each other": "A said that " * 300 + "the dam burst.",
    "quotation that never closes": '"' + "We were there and nobody came. " * 100 + '\n\nThe captain said "no.',
    "only quotation marks": "“”‘’«»„“\"''" * 200,
    "table": "Country\tDead\tWounded\n" + "\n".join(f"Land {i}\t{i}\t{i * 2}" for i in range(200)),
    "Markdown table": "| Source | Claim |\n|---|---|\n" + "| Moscow | Kyiv shelled Donetsk |\n" * 100,
    "transcript": "MR. HARRIS: We have no troops in Niger.\n\nQUESTION: Will you send any?\n\n" * 60,
    "bullet list": "\n".join(f"- The army said it took village {i}." for i in range(100)),
    "capitals": "RUSSIA SAID ON MONDAY THAT UKRAINE HAD FIRED TEN MISSILES AT CRIMEA. KYIV DENIED IT. " * 20,
    "e-mail quoting": "On Mon, 3 May 2021 John wrote:\n> The envoy said the truce held.\n>> Tehran denied that it fired.\n"
    * 30,
    "colons": ": : : " * 300 + "said: : :",
    "dashes": "Kyiv — said — Moscow — denied — " * 80,
    "semicolons": "; he said; she denied; they say" * 150,
    "according to nobody": "according to " * 200,
    "emoji, Cyrillic, combining marks, CRLF": "🚀 Президент said “ракета” 🚀 hit\u0301 Kyiv.\r\nHe said so.\u202e " * 30,
    "nothing": "",
    "white space": "\n\n \t\n",
    "one mark": '"',
    "one cue": "said",
    "a cue behind a comma": ", said",
}


@pytest.mark.parametrize("text", INPUTS.values(), ids=INPUTS.keys())
def test_odd_input(annotator, text):
    began = time.monotonic()
    annotation = annotator.annotate(Document("odd", text))
    assert time.monotonic() - began < _SECONDS
    for number, claim in enumerate(annotation.claims):
        for span in (*claim.source, *claim.cue, *claim.content, *claim.addressee):
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip()
        seen, outer = {number}, claim.within
        while outer is not None:  # no claim lies within itself
            assert outer not in seen
            seen.add(outer)
            outer = annotation.claims[outer].within


def said(annotator, text):
    annotation = annotator.annotate(Document("odd", text))
    return [
        (
            " ".join(text[s.start : s.end] for s in claim.source),
            " ".join(text[s.start : s.end] for s in claim.content),
            claim.polarity,
            claim.certainty,
        )
        for claim in annotation.claims
        if not claim.is_own_voice
    ]


def test_capitals_are_read_as_a_sentence(annotator):
    text = "RUSSIA SAID ON MONDAY THAT UKRAINE HAD FIRED TEN MISSILES AT CRIMEA."
    assert said(annotator, text) == [
        ("RUSSIA", "THAT UKRAINE HAD FIRED TEN MISSILES AT CRIMEA", Polarity.POSITIVE, Certainty.CERTAIN)
    ]


def test_a_transcript_has_each_word_with_its_speaker(annotator):
    claims = said(annotator, "MR. HARRIS: We have no troops in Niger.\n\nQUESTION: Will you send any?")
    assert claims == [
        ("MR. HARRIS", "We have no troops in Niger.", Polarity.NEGATIVE, Certainty.CERTAIN),
        ("QUESTION", "Will you send any?", Polarity.UNKNOWN, Certainty.UNKNOWN),
    ]


def test_bullets_are_sentences(annotator):
    claims = said(annotator, "- The army said it took Bria.\n- The rebels denied that it did.")
    assert [(source, polarity) for source, _, polarity, _ in claims] == [
        ("The army", Polarity.POSITIVE),
        ("The rebels", Polarity.NEGATIVE),
    ]
