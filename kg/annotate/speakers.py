"""Says who "I" and "we" are: whoever the claim around them quotes."""

from collections.abc import Mapping

from kg.annotate.claims import ClaimDraft
from kg.annotate.found import Found
from kg.annotate.registry import Registry

_I = frozenset(("i", "me", "my", "myself"))
_WE = frozenset(("we", "us", "our", "ourselves"))
_BODIES = frozenset(("State", "Agency", "Nationality"))


def resolve_first_person(
    found: list[Found], claims: list[ClaimDraft], mention_at: Mapping[int, Found], registry: Registry
) -> None:
    """Let "I" within a claim be its one source, and "we" the body that the source is or speaks for.

    Args:
        found: the mentions; those that are resolved get their entity, and cover their token from then on.
        claims: the claims of the document.
        mention_at: token index to the mention that stands there.
        registry: who holds which office.
    """
    open_ = {mention.head: mention for mention in found if mention.form == "listed" and mention.entity is None}
    body_of = {
        p.person.entity: p.body for p in registry.positions if p.body is not None and p.relation in ("leads", "worksFor")
    }
    for claim in sorted(claims, key=lambda claim: claim.size):
        if claim.is_own_voice or claim.is_echo:
            continue
        sources = [mention_at[head.i] for head in claim.source_heads if head.i in mention_at]
        speaker = sources[0] if len(sources) == 1 and sources[0].entity is not None else None
        for start, end in claim.content:
            for index in range(start, end):
                mention = open_.pop(index, None)
                if mention is None or speaker is None:
                    continue
                word = registry.text(mention).lower()
                if word in _I and speaker.type in ("Person", "Group"):
                    _take(mention, speaker, registry)
                elif word in _WE:
                    body = speaker if speaker.type in _BODIES else speaker.operator or body_of.get(speaker.entity)
                    if body is not None and body.entity is not None:
                        _take(mention, body, registry)


def _take(pronoun: Found, referent: Found, registry: Registry) -> None:
    pronoun.form, pronoun.start, pronoun.end = "pronoun", pronoun.head, pronoun.head + 1
    pronoun.entity, pronoun.entry = referent.entity, referent.entry
    pronoun.class_ = referent.class_
    pronoun.type = referent.type if referent.type != "Nationality" else "State"
    registry.reasons.setdefault(pronoun.span, f"'{registry.text(pronoun)}' in what '{registry.text(referent)}' says")
