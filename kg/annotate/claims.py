"""Finds attributed claims: source, cue, addressee and content, nested, with polarity and certainty.

Source, cue and content are those of PARC 3 (Pareti 2016); polarity and certainty follow FactBank (Saurí and Pustejovsky
2009): they say how sure the *source* is. Cues and hedges are data (`ontology/lexicons/`).
"""

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Token

from kg.annotate.claim_contents import Contents
from kg.annotate.claim_cues import Patterns
from kg.annotate.claim_drafts import ClaimDraft, Status, char_spans
from kg.annotate.claim_labels import Labels
from kg.annotate.claim_links import Links, outer_first, without_repeats
from kg.annotate.claim_sources import Sources
from kg.annotate.factuality import combine
from kg.annotate.found import Found
from kg.annotate.parse import Blocks
from kg.annotate.passage import Passage
from kg.knowledge import Knowledge

__all__ = ["ClaimDraft", "ClaimFinder", "char_spans", "combine"]


class ClaimFinder:
    """Finds the claims of one parsed document."""

    def __init__(
        self, doc: Doc, blocks: Blocks, found: list[Found], knowledge: Knowledge, quotes: Sequence[tuple[int, int]]
    ) -> None:
        self.doc = doc
        self.passage = Passage(doc, blocks, found, knowledge, quotes)
        self.sources = Sources(self.passage)
        contents = Contents(self.passage, self.sources)
        self.patterns = Patterns(self.passage, self.sources, contents)
        self.labels = Labels(self.passage, self.sources, contents)
        self.links = Links(self.passage, self.sources)

    def find(self) -> list[ClaimDraft]:
        """Give the attributed claims in text order, outer before inner, and the document's own claims, one a sentence."""
        claims: list[ClaimDraft] = []
        for token in self.doc:
            if self.passage.kind(token) in self.passage.silent:
                continue
            claims.extend(self.patterns.at(token))
        claims += self.labels.labelled()
        claims = without_repeats(claims)
        self.links.take_up(claims)
        self.links.extend_quotes(claims)
        self.links.continue_speech(claims)
        claims += self.links.cited(claims)
        for claim in claims:
            claim.source_heads = self.sources.together(claim.source_heads)
        own = list(self._own_voice())
        for claim in claims:
            if claim.within is None:
                claim.within = self.links.around(claim, claims, own)
        everything = own + claims
        everything.sort(
            key=lambda c: (
                self.doc[c.content[0][0]].sent.start if c.is_own_voice else self._sentence_start(c),
                not c.is_own_voice,
                -c.size,
                c.cue_token,
            )
        )
        return outer_first(everything)

    def _sentence_start(self, claim: ClaimDraft) -> int:
        index = claim.cue_token if claim.cue_token >= 0 else claim.content[0][0]
        return self.doc[index].sent.start

    def status(self, token: Token, claim: ClaimDraft) -> Status:
        """Give polarity and certainty of what `token` tells within `claim`: those of the cue, and of the words between."""
        return combine(claim.base, self.passage.factuality.climb(token, claim))

    def told(self, token: Token, claim: ClaimDraft) -> Status:
        """Give polarity and certainty of `token` as the claim words it, whatever its cue says of the whole."""
        return self.passage.factuality.climb(token, claim)

    def _own_voice(self) -> Iterator[ClaimDraft]:
        for sentence in self.doc.sents:
            kind = self.passage.kind(sentence[0]) if len(sentence) else "boilerplate"
            if kind in self.passage.silent or not any(token.is_alpha for token in sentence):
                continue
            end = sentence.end
            while end > sentence.start and self.doc[end - 1].is_space:
                end -= 1
            claim = ClaimDraft([(sentence.start, end)], root=sentence.root.i)
            claim.polarity, claim.certainty = self.passage.factuality.climb(sentence.root, claim)
            yield claim
