"""Grammatical questions asked of a parsed text: who does it, to whom, is it negated, how far does the clause reach.

Labels are those of spaCy's English pipelines (ClearNLP). All functions take tokens and give tokens in text order.
"""

from collections.abc import Iterator

from spacy.tokens import Doc, Span, Token

SUBJECT_DEPS = frozenset(("nsubj", "csubj", "expl"))
PASSIVE_SUBJECT_DEPS = frozenset(("nsubjpass", "csubjpass"))
OBJECT_DEPS = frozenset(("dobj", "dative", "obj", "oprd"))
OWNER_DEPS = frozenset(("poss", "amod", "compound", "nmod"))
"""How a noun's owner or maker hangs on it: "Russia's strikes", "Russian strikes", "ISIL targets"."""

NOMINAL_TAGS = frozenset(("NOUN", "PROPN", "PRON", "NUM", "DET", "ADJ"))
_MODIFIERS = frozenset(("compound", "amod", "nummod", "nmod", "poss", "det", "quantmod", "case", "npadvmod", "predet"))
_WAYS = frozenset(("back", "away", "out", "off", "down", "up", "over", "home", "north", "south", "east", "west"))
_MAX_DEPTH = 12


def is_verb(token: Token) -> bool:
    """True for a verb or an auxiliary that stands alone as predicate ("is")."""
    return token.pos_ in ("VERB", "AUX") and token.dep_ not in ("aux", "auxpass")


def is_passive(verb: Token) -> bool:
    """True for "was hit", and for a bare participle after its noun ("missiles fired by Russia")."""
    if any(child.dep_ in ("auxpass", "nsubjpass", "csubjpass") for child in verb.children):
        return True
    if verb.dep_ == "acl" and verb.tag_ == "VBD" and not any(child.dep_ in SUBJECT_DEPS | {"dobj"} for child in verb.children):
        return True  # "the six soldiers killed"
    if verb.tag_ == "VBN" and verb.dep_ in ("acl", "amod"):
        # not "reports that its drones had struck", nor "a shell killed 60 people" with the verb hung on its subject
        return not any(child.dep_ in ("aux", "dobj") for child in verb.children)
    if verb.tag_ == "VBN" and verb.dep_ == "advcl" and not any(child.dep_ in SUBJECT_DEPS | {"aux"} for child in verb.children):
        return True  # "Asked whether …, the minister said"
    if verb.tag_ == "VBN" and verb.dep_ in ("oprd", "xcomp", "acomp") and is_verb(verb.head) and is_passive(verb.head):
        return not any(child.dep_ == "aux" for child in verb.children)  # "were found shot to death"
    if verb.dep_ in ("nsubj", "csubj") and any(child.lower_ == "by" for child in verb.children):
        return True  # "The jet shot down by Turkey fell", a participle taken for the subject
    if verb.dep_ == "conj" and verb.tag_ in ("VBN", "VBD") and is_verb(verb.head):
        if any(child.dep_ in SUBJECT_DEPS | {"aux"} for child in verb.children) or not is_passive(verb.head):
            return False
        if verb.tag_ == "VBN":
            return True  # of a past tense, only a doer or a means tells: "was rammed and hit with water cannon"
        told = any(child.dep_ == "agent" or child.lower_ == "with" for child in verb.children)
        return told and not any(child.dep_ == "dobj" for child in verb.children)
    return False


def conjuncts(token: Token) -> list[Token]:
    """Give `token` and what is coordinated with it ("Iran and Russia")."""
    found = [token]
    for current in found:
        found.extend(
            child
            for child in current.children
            if child.dep_ == "conj" and child.pos_ in NOMINAL_TAGS and not _is_excluded(child)
        )
        if len(found) > 40:
            break
    return found


def _is_excluded(token: Token) -> bool:
    """True for what is named as not meant: "rockets, not mortars"."""
    first = token.left_edge
    before = first.doc[max(first.i - 1, 0)]
    return first.lower_ == "not" or (before.lower_ == "not" and before.i < first.i and not is_verb(before.head))


def _expanded(tokens: Iterator[Token]) -> list[Token]:
    return [member for token in tokens for member in conjuncts(token)]


def antecedent(token: Token) -> Token:
    """Give the noun a relative pronoun or clause stands for; any other token as it is."""
    if token.tag_ in ("WDT", "WP") or (token.lower_ == "that" and token.pos_ in ("PRON", "SCONJ")):
        for ancestor in token.ancestors:
            if ancestor.dep_ == "relcl":
                return ancestor.head
    return token


def _antecedents(token: Token, verb: Token) -> list[Token]:
    """Give all that "which" stands for in "A and B, which have signed"; with a verb in the singular only one."""
    noun = antecedent(token)
    if noun.i == token.i or verb.dep_ != "relcl":
        return [noun]
    several = conjuncts(noun)
    auxiliary = next((child for child in verb.children if child.dep_ in ("aux", "auxpass")), verb)
    return several if several[-1].i < token.i and auxiliary.tag_ != "VBZ" else [noun]


def _strikes_after_passive(verb: Token) -> bool:
    """True for a participle with an object behind a passive, which tells what its agent did."""
    if verb.dep_ != "advcl" or verb.tag_ != "VBG" or verb.i < verb.head.i or not is_passive(verb.head):
        return False
    has_mark = any(child.dep_ in ("mark", "advmod") and child.i < verb.i for child in verb.children)
    return not has_mark and any(child.dep_ == "dobj" for child in verb.children)


def subjects(verb: Token, depth: int = 0) -> list[Token]:
    """Give who or what stands as the grammatical subject of `verb` (its surface subject if passive).

    Follows coordination ("fired and hit"), control ("plans to strike"), relative and participle clauses.
    """
    own = [child for child in verb.children if child.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS and child.dep_ != "expl"]
    if own:
        return [member for token in _expanded(iter(own)) for member in _antecedents(token, verb)]
    if depth > _MAX_DEPTH:
        return []
    if is_object_verb(verb):
        return subjects(verb.nbor(-1), depth + 1)
    if verb.dep_ == "relcl" or verb.dep_ == "acl":
        if verb.tag_ in ("VBG", "VBN", "VBD", "VBZ", "VBP"):
            return conjuncts(verb.head)
        if verb.dep_ == "acl" and verb.tag_ == "VB":  # "the army's decision to attack"
            return [child for child in verb.head.children if child.dep_ == "poss"]
        return []
    if verb.dep_ == "conj" and is_verb(verb.head):
        return subjects(verb.head, depth + 1)
    if verb.dep_ in ("oprd", "acomp") and verb.tag_ == "VBN" and is_verb(verb.head):
        return subjects(verb.head, depth + 1)
    if verb.dep_ in ("xcomp", "advcl", "ccomp") and is_verb(verb.head):
        has_own_mark = any(
            child.dep_ == "mark" and child.lower_ not in ("to", "after", "before", "while") for child in verb.children
        )
        if verb.dep_ == "xcomp" or (verb.tag_ in ("VBG", "VB", "VBN") and not has_own_mark):
            if verb.dep_ == "xcomp" and not is_passive(verb.head):
                controlled = [child for child in verb.head.children if child.dep_ in OBJECT_DEPS]
                if controlled and verb.head.lemma_ not in ("promise", "threaten"):
                    return _expanded(iter(controlled))
            if _strikes_after_passive(verb):  # "was brought down by a Stinger, killing its crew"
                return agents(verb.head)
            return subjects(verb.head, depth + 1)
    if verb.dep_ == "pcomp" and not (verb.head.dep_ == "agent" or (verb.head.lower_ == "by" and is_passive(verb.head.head))):
        for ancestor in verb.ancestors:
            if is_verb(ancestor):
                kept = [child for child in ancestor.children if child.dep_ in OBJECT_DEPS and child.i < verb.i]
                governs = verb.head.lower_ in ("from", "of", "into", "for", "with", "as") and verb.head.head.i == ancestor.i
                if kept and governs and not is_passive(ancestor):
                    # "prevented them from entering", "accused Belgrade of arming"
                    return [antecedent(token) for token in _expanded(iter(kept))]
                return subjects(ancestor, depth + 1)
    return []


def is_object_verb(verb: Token) -> bool:
    """True for the gerund of "denied supplying weapons" that the parser takes for an adjective of its object."""
    return verb.tag_ == "VBG" and verb.dep_ == "amod" and verb.i > 0 and verb.nbor(-1).pos_ == "VERB" and verb.head.i > verb.i


def objects(verb: Token) -> list[Token]:
    """Give the direct and indirect objects of `verb`, with a relative clause's antecedent ("the missiles they fired")."""
    own = [child for child in verb.children if child.dep_ in OBJECT_DEPS]
    if is_object_verb(verb):
        own = [verb.head]
    found = [antecedent(token) for token in _expanded(iter(own))]
    if not found:  # "struck what Delhi called a training camp"
        clauses = [child for child in verb.children if child.dep_ == "ccomp"]
        called = [c for c in clauses if any(word.lower_ == "what" and word.dep_ == "dobj" for word in c.children)]
        named = (word for clause in called for word in clause.children if word.dep_ in ("oprd", "dobj"))
        found = [word for word in named if word.lower_ != "what"]
    if not found:  # "besieged Madaya", where the parser takes the town for a time
        after = [c for c in verb.children if c.dep_ == "npadvmod" and c.i > verb.i and c.pos_ == "PROPN"]
        found = [child for child in after if child.ent_type_ not in ("DATE", "TIME", "") and child.i <= verb.i + 2]
    if not found and verb.dep_ == "relcl" and not is_passive(verb):
        has_subject = any(child.dep_ in SUBJECT_DEPS and antecedent(child) is child for child in verb.children)
        if has_subject:
            found = [verb.head]
    if not found and verb.dep_ != "conj":
        later = [child for child in verb.children if child.dep_ == "conj" and is_verb(child)]
        between = [child for child in later if not any(c.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS for c in child.children)]
        if between and between[0].i - verb.i <= 3:
            found = [antecedent(token) for token in _expanded(c for c in between[0].children if c.dep_ in OBJECT_DEPS)]
    return found


def agents(verb: Token) -> list[Token]:
    """Give the "by …" of a passive."""
    adverbs = [child for child in verb.children if child.dep_ == "advmod"]  # "was killed, apparently by rebels"
    near = [*verb.children, *(below for adverb in adverbs for below in adverb.children)]
    by = (child for child in near if child.dep_ == "agent" or (child.dep_ == "prep" and child.lower_ == "by"))
    return _expanded(token for preposition in by for token in preposition.children if token.dep_ == "pobj")


def prepositional(token: Token) -> Iterator[tuple[str, Token]]:
    """Yield (preposition, object) for the prepositional phrases of a verb or noun, chained ones too ("from X into Y")."""
    phrases = [child for child in token.children if child.dep_ in ("prep", "agent", "dative", "prt")]
    phrases += [c for phrase in phrases for c in phrase.children if c.dep_ == "conj" and c.pos_ == "ADP"]  # "to A and to B"
    ways = [child for child in token.children if child.dep_ == "advmod" and child.lower_ in _WAYS]  # "flew back to A"
    phrases += [child for way in ways for child in way.children if child.dep_ == "prep"]
    for child in phrases:
        if child.dep_ != "prt" and child.pos_ in ("ADP", "SCONJ", "VERB"):
            if token.dep_ == "relcl" and child.dep_ == "prep" and not any(True for _ in child.children):
                yield child.lower_, token.head  # "the man he spoke to"
            for below in child.children:
                if below.dep_ in ("pobj", "pcomp"):
                    for member in conjuncts(below):
                        yield child.lower_, antecedent(member)
                elif below.dep_ == "prep":
                    yield from (
                        (below.lower_, member) for pobj in below.children if pobj.dep_ == "pobj" for member in conjuncts(pobj)
                    )
        elif child.dep_ == "prt":
            for below in child.children:
                if below.dep_ == "pobj":
                    yield child.lower_, below


def of_objects(token: Token) -> list[Token]:
    """Give the nouns of the "of" phrases that hang directly on a word ("one of the officials", "the province of Idlib")."""
    phrases = (child for child in token.children if child.dep_ == "prep" and child.lower_ == "of")
    return [below for phrase in phrases for below in phrase.children if below.dep_ == "pobj"]


def noun_phrase(token: Token) -> Span:
    """Give the phrase around a head noun: its modifiers and an "of" or "from" phrase, without clauses and appositions."""
    start = end = token.i
    doc = token.doc
    for child in token.children:
        if child.dep_ in _MODIFIERS and child.i < token.i:
            start = min(start, child.left_edge.i)
    for child in token.children:
        if child.dep_ == "prep" and child.i == end + 1 and child.lower_ in ("of", "from", "for", "at", "in", "with"):
            last = child.right_edge.i
            clause = next((t for t in doc[child.i : last + 1] if t.dep_ in ("relcl", "acl", "appos", "advcl")), None)
            end = (clause.left_edge.i - 1) if clause is not None else last
    while end > token.i and doc[end].is_punct:
        end -= 1
    return doc[start : end + 1]


def with_conjuncts(token: Token) -> Span:
    """Give the phrase around a head noun and all that is coordinated with it."""
    phrases = [noun_phrase(member) for member in conjuncts(token)]
    return token.doc[min(p.start for p in phrases) : max(p.end for p in phrases)]


def runs(doc: Doc, indexes: list[int]) -> list[tuple[int, int]]:
    """Join token indexes to ranges [start, end), and trim white space and separating punctuation off their ends."""
    found: list[tuple[int, int]] = []
    for index in indexes:
        if found and index == found[-1][1]:
            found[-1] = (found[-1][0], index + 1)
        else:
            found.append((index, index + 1))
    trimmed = []
    for start, end in found:
        while start < end and (doc[start].is_space or doc[start].text in ",;:-–—" or doc[start].text in ".?!"):
            start += 1
        while end > start and (doc[end - 1].is_space or doc[end - 1].text in ",;:-–—."):
            end -= 1
        if start < end and any(not token.is_punct and not token.is_space for token in doc[start:end]):
            trimmed.append((start, end))
    return trimmed


def is_numbered(noun: Token) -> bool:
    """True for "tower No 430", whose "No" denies nothing."""
    return any(child.text in ("No", "NO") and child.i + 1 < len(noun.doc) and child.nbor().like_num for child in noun.children)


def is_negated(token: Token, counted: Token | None = None) -> bool:
    """True for "did not hit", "no missiles hit", "neither A nor B has confirmed".

    Args:
        token: a verb.
        counted: a child whose own "no" has been counted already.
    """
    if token.dep_ == "conj" and any(child.dep_ == "cc" and child.lower_ == "nor" for child in token.head.children):
        return True  # "neither confirmed nor denied"
    if token.dep_ == "pcomp" and token.head.lower_ == "without":
        return True
    if token.dep_ == "xcomp" and token.head.lemma_ in ("have", "remain"):
        pending = any(word.lower_ == "yet" for word in (*token.head.children, *token.children))
        if pending:
            return True  # "has yet to confirm"
    for child in token.children:
        if counted is not None and child.i == counted.i:
            continue
        if child.dep_ == "neg" or (child.dep_ == "advmod" and child.lower_ in ("never", "hardly", "nowhere")):
            return True
        if child.dep_ == "preconj" and child.lower_ == "neither":
            return True
        if child.lower_ == "longer" and child.i > 0 and child.nbor(-1).lower_ == "no":
            return True
        if child.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS and any(
            below.lower_ == "not" and below.i < child.i for below in child.children
        ):
            return True  # "not all of the dead were soldiers"
        if child.dep_ in SUBJECT_DEPS | PASSIVE_SUBJECT_DEPS | {"dobj", "attr"}:
            if child.lower_ in ("nobody", "none", "nothing", "neither", "no-one"):
                return True
            if any(below.lower_ in ("no", "neither") and below.dep_ in ("det", "preconj", "cc") for below in child.children):
                return not is_numbered(child)
    return False


def auxiliaries(verb: Token) -> list[Token]:
    """Give the modals and auxiliaries of a verb; those of the first verb count for coordinated ones without their own."""
    own = [child for child in verb.children if child.dep_ in ("aux", "auxpass")]
    if not own and verb.dep_ == "conj" and is_verb(verb.head) and verb.tag_ in ("VB", "VBN", "VBG"):
        return auxiliaries(verb.head)
    return own
