"""Says what pronouns refer to, where it is safe to say."""

from collections.abc import Iterator

from spacy.tokens import Token

from kg.annotate.definite import REACH
from kg.annotate.found import Found
from kg.annotate.registry import Registry
from kg.annotate.syntax import PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS
from kg.model import Span

_HE = frozenset(("he", "him", "his", "himself"))
_SHE = frozenset(("she", "her", "hers", "herself"))
_THEY = frozenset(("they", "them", "their", "themselves"))
_IT = frozenset(("it", "its", "itself"))


class Pronouns:
    """Reads the pronouns of one document, once its names and offices are known."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.doc = registry.doc
        self.knowledge = registry.knowledge
        self._sentence_of = registry.sentence_of
        self._gender = self._known_genders()

    def shells(self, found: list[Found]) -> Iterator[Found]:
        """Yield a mention without entity for each pronoun that may refer."""
        taken = {index for mention in found for index in range(mention.start, mention.end)}
        for token in self.doc:
            word = token.lower_
            if token.i in taken or word not in _HE | _SHE | _THEY | _IT or token.pos_ not in ("PRON", "DET"):
                continue
            if word in _IT and token.dep_ in ("dobj", "pobj"):
                continue
            span = Span(token.idx, token.idx + len(token.text))
            yield Found(token.i, token.i + 1, span, "Group", None, "pronoun", token.i)

    def _known_genders(self) -> dict[str, str]:
        gender: dict[str, str] = {}
        for position in self.registry.positions:
            office = self.knowledge.offices.get(position.title.lower())
            if office and office.gender and position.person.entity:
                gender[position.person.entity] = office.gender
        return gender

    def refer(self, pronoun: Found, earlier: list[Found]) -> None:
        """Let a pronoun refer to the most salient mention that fits it, in the last sentences."""
        token = self.doc[pronoun.head]
        word = token.lower_
        wanted = "m" if word in _HE else "f" if word in _SHE else ""
        reach = REACH if wanted else 1
        sentence = self._sentence_of[token.i]
        candidates = [
            mention
            for mention in earlier
            if mention.entity is not None
            and mention.head < token.i
            and sentence - self._sentence_of[mention.head] <= reach
            and self._fits_pronoun(mention, word)
            and (not wanted or self._gender.get(mention.entity, wanted) == wanted)
        ]
        best = max(candidates, key=lambda m: self._salience(m, token, sentence - self._sentence_of[m.head]), default=None)
        if best is None or best.entity is None:
            return
        if wanted:
            self._gender.setdefault(best.entity, wanted)
        pronoun.entity, pronoun.class_, pronoun.entry = best.entity, best.class_, best.entry
        pronoun.type = best.type if best.type != "Nationality" else "State"
        self.registry.reasons.setdefault(pronoun.span, f"pronoun for '{self.registry.text(best)}'")

    def _fits_pronoun(self, mention: Found, word: str) -> bool:
        head = self.doc[mention.head]
        if word in _HE | _SHE:
            return mention.type == "Person" and not (
                mention.form == "nominal"
                and mention.noun is not None
                and mention.noun.type == "Group"
                and mention.lemma.endswith("s")
            )
        plural = head.tag_ in ("NNS", "NNPS")
        if word in _THEY:
            is_many = mention.type == "Agency" and (mention.class_ == "ArmedGroup" or head.text.endswith("s"))
            return (mention.type in ("Group", "Platform", "Weapon") and plural) or is_many
        same_sentence_subject = head.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS
        return mention.type in ("State", "Agency") and not plural and same_sentence_subject

    def _salience(self, mention: Found, pronoun: Token, sentences_back: int) -> tuple[int, int, int]:
        """Rank candidates: nearer sentence, then subject for a subject (or the nearest for any other place), then nearer."""
        if pronoun.dep_ in ("pobj", "dobj"):
            return (-sentences_back, 0, mention.head)
        is_subject = self.doc[mention.head].dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS
        return (-sentences_back, int(is_subject), mention.head)
