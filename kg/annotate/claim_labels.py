"""Sources that stand as a label: "Russia: all missiles hit" (headlines), "MR. SMITH: …" (transcripts)."""

from collections.abc import Iterator

from spacy.tokens import Span as SpanOfTokens

from kg.annotate.claim_contents import Contents
from kg.annotate.claim_drafts import ClaimDraft
from kg.annotate.claim_sources import SPEAKER_TYPES, Sources
from kg.annotate.passage import Passage, is_dash
from kg.annotate.syntax import is_verb, runs
from kg.model import Span


class Labels:
    """Finds the claims of one passage whose source is a label."""

    def __init__(self, passage: Passage, sources: Sources, contents: Contents) -> None:
        self.passage = passage
        self.doc = passage.doc
        self.sources = sources
        self.contents = contents

    def labelled(self) -> Iterator[ClaimDraft]:
        """Yield "Russia: all missiles hit" (headlines) and transcripts ("MR. SMITH: …")."""
        for number, (span, kind) in enumerate(self.passage.blocks):
            tokens = self.doc.char_span(span.start, span.end, alignment_mode="expand")
            if tokens is None:
                continue
            if kind == "speaker":
                if number + 1 < len(self.passage.blocks):
                    yield from self._transcribed(tokens, self.passage.blocks[number + 1][0])
            elif kind == "headline" or number == 0:
                yield from self._headed(tokens)

    def _headed(self, tokens: SpanOfTokens) -> Iterator[ClaimDraft]:
        """Yield the claim of a headline that names its source before a colon or behind a dash."""
        colon = next((t.i for t in tokens[:8] if t.text == ":"), None)
        is_label = colon is not None and self._is_label(self.doc[tokens.start : colon])
        if colon is not None and colon + 2 < tokens.end and is_label and not self._is_told(self.doc[colon + 1 : tokens.end]):
            yield self._by_label(self.doc[tokens.start : colon], colon, colon + 1, tokens.end)
            return
        end = tokens.end
        while end > tokens.start and (self.doc[end - 1].is_space or self.doc[end - 1].text == "."):
            end -= 1
        dash = next((t.i for t in reversed(self.doc[max(tokens.start + 3, end - 5) : end]) if is_dash(t)), None)
        if dash is not None and end - dash > 1 and self._is_label(self.doc[dash + 1 : end]):
            yield self._by_label(self.doc[dash + 1 : end], dash, tokens.start, dash)

    def _is_told(self, headline: SpanOfTokens) -> bool:
        """True if a headline names its source at its end: in "Mali: dozens killed, rebels claim" the label is the topic."""
        words = [token for token in headline if not token.is_punct and not token.is_space]
        last = words[-1] if words else None
        if last is None or not is_verb(last) or self.passage.cue(last, "VERB") is None:
            return False
        return self.sources.is_speaker([child for child in last.children if child.dep_ == "nsubj"])

    def _by_label(self, label: SpanOfTokens, cue: int, start: int, end: int) -> ClaimDraft:
        claim = ClaimDraft(runs(self.doc, list(range(start, end))), [(label.start, label.end)], [(cue, cue + 1)])
        claim.source_heads, claim.cue_token, claim.root = [label.root], cue, self.doc[start:end].root.i
        return self.contents.judged(claim)

    def _transcribed(self, tokens: SpanOfTokens, answer: Span) -> Iterator[ClaimDraft]:
        """Yield what stands behind "MR. SMITH:"."""
        said = self.doc.char_span(answer.start, answer.end, alignment_mode="expand")
        words = [t for t in tokens if not t.is_punct and not t.is_space]
        if said is not None and words:
            source = (words[0].i, words[-1].i + 1)
            cue = (tokens.end - 1, tokens.end)
            claim = ClaimDraft([(said.start, said.end)], [source], [cue] if cue[0] >= source[1] else [])
            claim.source_heads, claim.cue_token, claim.root = [words[-1]], tokens.end - 1, said.root.i
            yield self.contents.judged(claim)

    def _is_label(self, label: SpanOfTokens) -> bool:
        """True if the words before a headline's colon name somebody who can speak."""
        if not len(label) or any(is_verb(token) or token.is_punct for token in label):
            return False
        mention = self.passage.mention_at.get(label.root.i) or self.passage.mention_at.get(label.end - 1)
        if mention is not None:
            return mention.type in SPEAKER_TYPES and mention.end == label.end
        return label[-1].ent_type_ in ("PERSON", "ORG") or self.sources.is_speaker([label[-1]])
