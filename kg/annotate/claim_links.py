"""What claims of one document are to each other: which takes up, continues, cites or holds which."""

from collections.abc import Iterator
from itertools import pairwise

from spacy.tokens import Token

from kg.annotate.claim_drafts import ClaimDraft, Ranges, less, union
from kg.annotate.claim_sources import Sources
from kg.annotate.passage import MIN_QUOTE, Passage
from kg.annotate.quotations import CLOSING
from kg.annotate.syntax import is_negated, is_verb, objects, runs, subjects


class Links:
    """Ties the claims of one passage together."""

    def __init__(self, passage: Passage, sources: Sources) -> None:
        self.passage = passage
        self.doc = passage.doc
        self.sources = sources

    def take_up(self, claims: list[ClaimDraft]) -> None:
        """Give "Moscow denied it" the content of the last claim before it, and keep "which Moscow denies" out of that claim."""
        for claim in [claim for claim in claims if claim.is_echo]:
            if claim.awaits:
                earlier = [c for c in claims if c is not claim and not c.awaits and c.cue_token < claim.cue_token]
                near = [c for c in earlier if self.doc[claim.cue_token].sent.start - self.doc[c.cue_token].sent.end <= 1]
                here = [c for c in near if c.cue and self.doc[c.cue_token].sent == self.doc[claim.cue_token].sent]
                near = here or [c for c in near if c.source] or near
                if near:
                    claim.content, claim.root = list(near[-1].content), near[-1].root
                else:
                    claim.content, claim.root = self._told_before(self.doc[claim.cue_token])
                if not claim.content:
                    claims.remove(claim)
                continue
            verb = self.doc[claim.cue_token]
            aside = verb.head if verb.head.dep_ == "appos" else verb
            for other in claims:
                if other is not claim and other.covers(claim.cue_token) and not other.covers(other.cue_token):
                    kept = less(other.content, [(aside.left_edge.i, aside.right_edge.i + 1)])
                    other.content = runs(self.doc, [i for start, end in kept for i in range(start, end)]) or other.content

    def _told_before(self, verb: Token) -> tuple[Ranges, int]:
        """Give what the document itself tells before "Moscow denied it": the clause above it, or the sentence before."""
        above = verb.head
        if verb.dep_ in ("advcl", "conj") and above.i < verb.i and is_verb(above):
            gone = range(verb.left_edge.i, verb.right_edge.i + 1)
            return runs(self.doc, [t.i for t in above.subtree if t.i < verb.i and t.i not in gone and t.dep_ != "cc"]), above.i
        start = verb.sent.start
        if verb.dep_ != "ROOT" or start == 0 or self.passage.block_of.get(start - 1) != self.passage.block_of.get(start):
            return [], -1
        before = self.doc[start - 1].sent
        if not is_verb(before.root) or any(token.text == "?" for token in before):
            return [], -1
        return runs(self.doc, list(range(before.start, before.end))), before.root.i

    def cited(self, claims: list[ClaimDraft]) -> Iterator[ClaimDraft]:
        """Yield what an outlet says with others' words: "CNN said, citing two officials", "it cites officials for this"."""
        for token in self.doc:
            if (
                token.lemma_.lower() not in ("cite", "quote")
                or token.pos_ != "VERB"
                or self.passage.kind(token) in self.passage.silent
            ):
                continue
            quoted = [o for o in objects(token) if self.sources.is_speaker([o])]
            if not quoted or any(claim.cue_token == token.i for claim in claims):
                continue
            if is_negated(token) or (token.dep_ == "pcomp" and token.head.lower_ == "without"):
                continue  # "without citing a source"
            outer = self._citing(token, claims)
            phrase = (token.left_edge.i, quoted[-1].right_edge.i + 1)
            if outer is not None:
                outer.content = runs(self.doc, _indexes(less(outer.content, [phrase])))
                content = list(outer.content)
            elif token.tag_ == "VBG":
                content = runs(
                    self.doc, [t.i for t in token.head.subtree if not token.left_edge.i <= t.i <= token.right_edge.i]
                )
            else:
                continue
            if content:
                claim = ClaimDraft(content, self.sources.source_ranges(quoted), [(token.i, token.i + 1)], within=outer)
                claim.source_heads, claim.cue_token = quoted, token.i
                if outer is not None:
                    claim.root = outer.root
                    claim.base, claim.polarity, claim.certainty = outer.base, outer.polarity, outer.certainty
                yield claim

    def _citing(self, token: Token, claims: list[ClaimDraft]) -> ClaimDraft | None:
        """Give the claim whose source cites: by grammar, in the same sentence, or "it cites …" in the next."""
        above = token.head
        by_grammar = next((c for c in claims if c.cue_token == above.i), None)
        by_grammar = by_grammar or next((c for c in claims if any(h.i == above.i for h in c.source_heads)), None)
        if by_grammar is not None and (token.tag_ == "VBG" or token.dep_ == "relcl"):
            return by_grammar
        if token.tag_ == "VBG":
            beside = [c for c in claims if c.source and c.cue_token >= 0 and self.doc[c.cue_token].sent == token.sent]
            beside = [c for c in beside if c.cue_token == token.i - 2 and self.doc[token.i - 1].text == ","]
            return beside[0] if beside else None
        speakers = {m.entity for s in subjects(token) if (m := self.passage.mention_at.get(s.i))}
        start = token.sent.start
        before = [c for c in claims if c.cue_token < start and start - self.doc[c.cue_token].sent.end <= 1]
        heads = ((c, h) for c in reversed(before) for h in c.source_heads)
        return next((c for c, h in heads if (m := self.passage.mention_at.get(h.i)) and m.entity in speakers), None)

    def around(self, claim: ClaimDraft, claims: list[ClaimDraft], own: list[ClaimDraft]) -> ClaimDraft | None:
        """Give the smallest claim in whose content the cue of another stands."""
        at = claim.cue_token if claim.cue_token >= 0 else claim.content[0][0]
        outer = [
            other
            for other in claims
            if other is not claim and other.covers(at) and (other.size, -other.cue_token) > (claim.size, -claim.cue_token)
        ]
        if outer:
            return min(outer, key=lambda other: other.size)
        return next((other for other in own if other.covers(at)), None)

    def extend_quotes(self, claims: list[ClaimDraft]) -> None:
        """Let content that touches a quotation hold it whole, and give left-over quotations to the speaker beside them."""
        for start, end in self.passage.quotes:
            touching = [
                claim
                for claim in claims
                if any(s < end and e > start for s, e in claim.content) and not start <= claim.cue_token < end
            ]
            if touching:
                claim = min(touching, key=lambda c: abs(c.cue_token - start))
                claim.content = less(union(claim.content, (start, end)), claim.cue + claim.source) or claim.content
        for (start, end), (next_start, next_end) in pairwise(self.passage.quotes):
            if (
                self.doc[end - 1].text not in CLOSING
                and self.passage.block_of.get(next_start, 0) - self.passage.block_of.get(start, 0) == 1
            ):
                told = [
                    c
                    for c in claims
                    if any(s < next_end and e > next_start for s, e in c.content) and not next_start <= c.cue_token < next_end
                ]
                if told and next_start == self.passage.block_start(next_start):
                    told[0].content = union(told[0].content, (start, end))
        for start, end in self.passage.quotes:
            words = sum(token.is_alpha for token in self.doc[start:end])
            outside = [claim for claim in claims if not start <= claim.cue_token < end]
            is_sentence = start == self.doc[start].sent.start and self.doc[min(end, len(self.doc)) - 1].sent.end <= end + 1
            if (words <= MIN_QUOTE and not is_sentence) or any(
                s < end and e > start for claim in outside for s, e in claim.content
            ):
                continue
            block = self.passage.block_of.get(start)
            near = [
                c
                for c in outside
                if c.source
                and self.passage.block_of.get(c.cue_token) == block
                and any(self.passage.in_quote(s, e) for s, e in c.content)
                and (is_sentence or self._is_near(c, start))
            ]
            if near:
                claim = min(near, key=lambda c: (c.cue_token > start, abs(c.cue_token - start)))
                claim.content = union(claim.content, (start, end))

    def _is_near(self, claim: ClaimDraft, start: int) -> bool:
        """True if no sentence stands between a quotation and the claim that may hold it."""
        sentence = self.doc[start].sent
        ends = [claim.content[-1][1] - 1, claim.cue_token]
        return any(self.doc[at].sent.end >= sentence.start and at < sentence.end for at in ends) or claim.cue_token > start

    def continue_speech(self, claims: list[ClaimDraft]) -> None:
        """Give quotations that make up whole paragraphs to the speaker of the quotation in the paragraph before."""
        by_block: dict[int, list[tuple[int, int]]] = {}
        for quote in self.passage.quotes:
            by_block.setdefault(self.passage.block_of.get(quote[0], -1), []).append(quote)
        last: dict[int, ClaimDraft] = {}
        for claim in claims:
            quotes = claim.source and claim.cue_token >= 0 and any(self.passage.in_quote(s, e) for s, e in claim.content)
            if quotes and not self.passage.in_quote(claim.cue_token, claim.cue_token + 1):
                last[self.passage.block_of.get(claim.cue_token, -1)] = claim
        for number in sorted(by_block):
            speaker = last.get(number - 1)
            if speaker is None or number in last:
                continue
            first, end = by_block[number][0][0], by_block[number][-1][1]
            outside = [
                t
                for t in self.passage.block_tokens(first)
                if not self.passage.in_quote(t.i, t.i + 1) and (t.is_alpha or t.like_num)
            ]
            words = sum(token.is_alpha for token in self.doc[first:end])
            if outside or words <= MIN_QUOTE:
                continue
            for quote in by_block[number]:
                speaker.content = union(speaker.content, quote)
            last[number] = speaker


def without_repeats(claims: list[ClaimDraft]) -> list[ClaimDraft]:
    """Give claims without those of the same cue and content as one before."""
    unique: dict[tuple[int, tuple[tuple[int, int], ...]], ClaimDraft] = {}
    for claim in claims:
        unique.setdefault((claim.cue_token, tuple(claim.content)), claim)
    return list(unique.values())


def outer_first(claims: list[ClaimDraft]) -> list[ClaimDraft]:
    """Give claims so that each stands behind the one it lies within; a circle is broken."""
    ordered: list[ClaimDraft] = []
    done: set[int] = set()

    def place(claim: ClaimDraft, above: frozenset[int]) -> None:
        if id(claim) in done or id(claim) in above:
            return
        if claim.within is not None:
            if id(claim.within) in above:
                claim.within = None
            else:
                place(claim.within, above | {id(claim)})
        if id(claim) not in done:
            done.add(id(claim))
            ordered.append(claim)

    for claim in claims:
        place(claim, frozenset())
    return ordered


def _indexes(ranges: Ranges) -> list[int]:
    return [index for start, end in ranges for index in range(start, end)]
