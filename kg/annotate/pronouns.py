"""Says what pronouns refer to, where it is safe to say."""

from collections.abc import Iterator, Mapping

from spacy.tokens import Token

from kg.annotate.definite import REACH
from kg.annotate.found import Found
from kg.annotate.registry import Registry
from kg.annotate.syntax import PASSIVE_SUBJECT_DEPS, SUBJECT_DEPS, is_passive, is_verb, subjects
from kg.model import Span
from kg.vocab import is_a

_HE = frozenset(("he", "him", "his", "himself"))
_SHE = frozenset(("she", "her", "hers", "herself"))
_THEY = frozenset(("they", "them", "their", "themselves"))
_IT = frozenset(("it", "its", "itself"))
_MIN_SPEECH = 5
"""Quotations of more tokens than that, marks included, are speech if they begin with a capital."""


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

    def refer(self, pronoun: Found, earlier: list[Found], headed: Mapping[int, Found]) -> None:
        """Let a pronoun refer to whom the grammar around it names, or to the most salient mention before it that fits.

        Args:
            pronoun: its mention, without entity so far.
            earlier: the mentions before it.
            headed: mentions by the token that heads them; those behind the pronoun have an entity if they are names.
        """
        token = self.doc[pronoun.head]
        word = token.lower_
        wanted = "m" if word in _HE else "f" if word in _SHE else ""
        if word in _IT and _is_expletive(token):
            return
        barred = self._barred(token, headed)

        reports = self._reports(token)

        def fits(mention: Found, speaks: bool = False) -> bool:
            entity = mention.entity
            if entity is None or entity in barred:
                return False
            is_body = speaks and word in _THEY and mention.type in ("Agency", "State")  # "the army said … They added"
            if not is_body and not self._fits_pronoun(mention, word):
                return False
            if word in _THEY and mention.type in ("Weapon", "Platform") and reports:
                return False
            return not wanted or self._gender.get(entity, wanted) == wanted

        reach = REACH if wanted else 1
        sentence = self._sentence_of[token.i]
        best = next((mention for mention in self._governing(token, headed) if fits(mention)), None)
        if best is None and reports:
            best = next((mention for mention in self._speakers_before(token, headed) if fits(mention, speaks=True)), None)
        if best is None:
            candidates = [
                mention
                for mention in earlier
                if mention.head < token.i
                and sentence - self._sentence_of[mention.head] <= reach
                and fits(mention)
                and (word not in _IT or self.doc[mention.head].dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS)
            ]
            best = max(candidates, key=lambda m: self._salience(m, token, sentence - self._sentence_of[m.head]), default=None)
        if best is None or best.entity is None:
            return
        if wanted:
            self._gender.setdefault(best.entity, wanted)
        pronoun.entity, pronoun.class_, pronoun.entry = best.entity, best.class_, best.entry
        if wanted:
            pronoun.type = "Person"  # be it an unnamed official, who is a group of one
        else:
            pronoun.type = best.type if best.type != "Nationality" else "State"
        self.registry.reasons.setdefault(pronoun.span, f"pronoun for '{self.registry.text(best)}'")

    def _governing(self, token: Token, headed: Mapping[int, Found]) -> Iterator[Found]:
        """Yield the subjects of the clauses around a pronoun, from within: who acts there, even if named behind it.

        "Devocht, who had told Montalvo he would come", "In his speech, Shoigu said". What is done to "them" is left to the
        nearest: "fired 26 missiles, and each of them had hit".
        """
        if token.dep_ in ("dobj", "dative", "pobj"):
            return
        is_own_clause = token.dep_ != "poss" or self._is_of_victim(token)
        for verb in token.ancestors:
            if not is_verb(verb):
                continue
            doers = subjects(verb)
            if token in doers or is_own_clause:
                is_own_clause = False
                continue
            for doer in doers:
                if doer.i in headed and doer.i != token.i:
                    yield headed[doer.i]

    def _reports(self, token: Token) -> bool:
        """True for the "he" of "he said", outside quotations."""
        verb = token.head
        return token.dep_ == "nsubj" and self._is_speech(verb)

    def _is_speech(self, verb: Token) -> bool:
        cues = self.knowledge.cues.get((verb.lemma_.lower(), "VERB"), ())
        is_quoted = any(start < verb.i < end for start, end in self.registry.quotes)
        return is_verb(verb) and not is_quoted and any("speech" in cue.frames for cue in cues)

    def _speakers_before(self, token: Token, headed: Mapping[int, Found]) -> Iterator[Found]:
        """Yield who spoke last in the sentence before, unless others act in it: who goes on speaking is called "he"."""
        start = token.sent.start
        for _ in range(REACH):
            if start == 0:
                return
            sentence = self.doc[start - 1].sent
            speakers = [
                speaker
                for verb in sentence
                if self._is_speech(verb) and (verb.dep_ == "ROOT" or verb.head.dep_ == "ROOT")
                for speaker in subjects(verb)
            ]
            yield from (headed[speaker.i] for speaker in reversed(speakers) if speaker.i in headed)
            if speakers or any(child.dep_ in SUBJECT_DEPS for child in sentence.root.children):
                return
            start = sentence.start

    def _is_of_victim(self, owner: Token) -> bool:
        """True for the owner of what is attacked: in "killed two of its commanders" nobody kills his own."""
        noun = owner.head
        if noun.dep_ == "pobj" and noun.head.lower_ == "of":
            noun = noun.head.head
        verb = noun.head
        if noun.dep_ != "dobj" or not is_verb(verb):
            return False
        classes = {trigger.name for trigger in self.knowledge.events.get((verb.lemma_.lower(), "VERB"), ())}
        return any(is_a(class_, harm) for class_ in classes for harm in self.knowledge.words["deed against others"])

    def _barred(self, token: Token, headed: Mapping[int, Found]) -> set[str]:
        """Give the entities that a pronoun cannot mean: who does it to "him", and who says "he" in direct speech."""
        barred: set[str] = set()
        verb = next((above for above in token.ancestors if is_verb(above)), None)
        is_reflexive = token.lower_.endswith(("self", "selves"))
        is_object = token.dep_ in ("dobj", "dative") or (token.dep_ == "pobj" and token.head.head == verb)
        if verb is not None and is_object and not is_reflexive:
            barred |= self._entities(subjects(verb), headed)
        quote = next(((start, end) for start, end in self.registry.quotes if start < token.i < end), None)
        if quote is not None and self._is_direct(quote):
            for above in token.ancestors:
                if is_verb(above) and not quote[0] <= above.i < quote[1]:
                    barred |= self._entities(subjects(above), headed)
        return barred

    @staticmethod
    def _entities(tokens: list[Token], headed: Mapping[int, Found]) -> set[str]:
        return {entity for token in tokens if token.i in headed and (entity := headed[token.i].entity) is not None}

    def _is_direct(self, quote: tuple[int, int]) -> bool:
        """True for a quotation that is a sentence of its own, whose words are as the speaker said them."""
        start, end = quote
        opening = self.doc[start + 1].text[:1] if start + 1 < end else ""
        is_led_in = start > 0 and self.doc[start - 1].text in (",", ":")
        return opening.isupper() and (is_led_in or self.doc[start].is_sent_start is True or end - start > _MIN_SPEECH)

    def _fits_pronoun(self, mention: Found, word: str) -> bool:
        head = self.doc[mention.head]
        plural = head.tag_ in ("NNS", "NNPS")
        if word in _HE | _SHE:
            if mention.form == "pronoun":
                return head.lower_ in _HE | _SHE and (head.lower_ in _HE) == (word in _HE)
            if mention.form == "nominal" and mention.noun is not None and mention.noun.type == "Group":
                return not plural and self._is_one_person(mention, word)
            return mention.type == "Person"
        if word in _THEY:
            is_many = mention.type == "Agency" and (mention.class_ == "ArmedGroup" or plural)
            return (mention.type in ("Group", "Platform", "Weapon") and plural) or is_many
        return mention.type in ("State", "Agency") and not plural

    def _is_one_person(self, mention: Found, word: str) -> bool:
        """True for "a senior official" and "he"; not for "the crew", "worked as a guard", "her husband" and "she"."""
        head, noun = self.doc[mention.head], mention.lemma.split()[-1]
        if noun in self.knowledge.words["noun of many"] or noun in self.knowledge.words["woman" if word in _HE else "man"]:
            return False
        return head.dep_ not in ("attr", "oprd") and not (head.dep_ == "pobj" and head.head.lower_ in ("as", "like"))

    def _salience(self, mention: Found, pronoun: Token, sentences_back: int) -> tuple[int, int, int]:
        """Rank candidates: nearer sentence, then subject for a subject (or the nearest for any other place), then nearer."""
        if pronoun.dep_ in ("pobj", "dobj"):
            return (-sentences_back, 0, mention.head)
        is_subject = self.doc[mention.head].dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS
        return (-sentences_back, int(is_subject), mention.head)


def _is_expletive(token: Token) -> bool:
    """True for an "it" that stands for the clause behind it: "it is unclear whether", "it took days to"."""
    verb = token.head
    if token.dep_ not in ("nsubj", "nsubjpass", "expl") or not is_verb(verb):
        return False
    behind = [child for child in verb.children if child.i > verb.i]
    behind += [below for child in behind if child.dep_ in ("acomp", "attr", "oprd") for below in child.children]
    clause = any(
        child.dep_ in ("ccomp", "xcomp", "csubj", "csubjpass", "advcl", "acl")
        and any(mark.lower_ in ("that", "whether", "if", "to", "how", "why") for mark in child.lefts)
        for child in behind
    )
    return clause and (verb.lemma_ == "be" or is_passive(verb) or verb.lemma_ in ("seem", "appear", "take", "remain"))
