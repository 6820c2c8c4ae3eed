"""Mends what the parser regularly gets wrong in news, before anything is read off the tree.

Each repair is for one shape that a small model mistakes and that the words themselves make clear: names that hang upside down,
days that swallow the name before them, lists taken for appositions, participles taken for the main verb.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from spacy.tokens import Doc, Token

_NAMES = ("PERSON", "ORG", "GPE", "NORP")
_PARTS = frozenset(("compound", "amod", "nmod", "det", "poss", "nummod"))
_DIRECTION = re.compile(r"(?=.)(?:north|south)?-?(?:east|west)?")
_ANY_FORM = frozenset(("VBD", "VBN"))


class _Tree:
    """A document, and what is to change in it, by token: head and label; tag and part of speech."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.hung: dict[int, tuple[int, str]] = {}
        self.tagged: dict[int, tuple[str, str]] = {}

    def hang(self, token: int, head: int, dep: str) -> None:
        """Hang a token on another one, under a label."""
        self.hung[token] = (head, dep)

    def replace(self, old: Token, new: Token) -> None:
        """Put `new` where `old` hangs, and all but `new` that hung on `old` below it."""
        self.hang(new.i, new.i if old.head.i == old.i else old.head.i, old.dep_)
        for child in old.children:
            if child.i != new.i:
                self.hang(child.i, new.i, child.dep_)

    def lead(self, main: Token, doer: Token, dep: str) -> None:
        """Let a verb be the sentence's, and `doer` hang on it in place of on the root so far."""
        self.hang(main.i, main.i, "ROOT")
        self.hang(doer.i, main.i, dep)

    def pass_on(self, children: Iterable[Token], head: Token, behind: int) -> None:
        """Hang those of `children` that stand behind a place on another token, under their labels."""
        for child in children:
            if child.i > behind:
                self.hang(child.i, head.i, child.dep_)

    def finished(self) -> Doc:
        """Give the document with its changes."""
        return rebuilt(self.doc, hung=self.hung, tagged=self.tagged) if self.hung else self.doc


def rebuilt(
    doc: Doc,
    text: str | None = None,
    *,
    hung: Mapping[int, tuple[int, str]] = MappingProxyType({}),
    tagged: Mapping[int, tuple[str, str]] = MappingProxyType({}),
) -> Doc:
    """Give the analysis of a document to the same tokens, with changes.

    Args:
        doc: parsed.
        text: how the tokens are spelt, of the same length; by default as in `doc`.
        hung: tokens to their new heads and labels; tagged: to their new tags and parts of speech.
    """
    text = doc.text if text is None else text
    trees = [hung.get(token.i, (token.head.i, token.dep_)) for token in doc]
    words = [tagged.get(token.i, (token.tag_, token.pos_)) for token in doc]
    return Doc(
        doc.vocab,
        words=[text[token.idx : token.idx + len(token.text)] for token in doc],
        spaces=[bool(token.whitespace_) for token in doc],
        tags=[tag for tag, _ in words],
        pos=[pos for _, pos in words],
        morphs=[str(token.morph) for token in doc],
        lemmas=[token.lemma_ for token in doc],
        heads=[head for head, _ in trees],
        deps=[dep for _, dep in trees],
        ents=[f"{token.ent_iob_}-{token.ent_type_}" if token.ent_type_ else "O" for token in doc],
    )


def mend(doc: Doc) -> Doc:
    """Give a parsed text with its tree mended; the same document if there is nothing to mend."""
    for repair in (
        _names_upside_down,
        _days_over_names,
        _directions_over_things,
        _lists_as_appositions,
        _counted_lists_as_appositions,
        _participles_as_verbs,
        _said_to_be,
        _askers,
        _agents_without_verb,
        _clauses_under_semicolons,
    ):
        tree = _Tree(doc)
        repair(tree)
        doc = tree.finished()
    return doc


def _names_upside_down(tree: _Tree) -> None:
    """Let the last word of a person's name carry it: "Barack" is no preposition."""
    for name in tree.doc.ents:
        if name.label_ != "PERSON" or len(name) < 2 or not all(token.text[:1].isupper() for token in name):
            continue
        root, last = name.root, name[-1]
        if root.i < last.i and last.head.i == root.i and root.tag_ in ("IN", "NNP", "JJ", "UH", "FW", "RB"):
            tree.replace(root, last)
            tree.hang(root.i, last.i, "compound")
            tree.tagged[root.i] = ("NNP", "PROPN")


def _days_over_names(tree: _Tree) -> None:
    """Let a name not be part of the day behind it: "met President Assad Tuesday"."""
    for day in tree.doc:
        if day.ent_type_ != "DATE" or not day.is_title or day.dep_ not in ("pobj", "dobj", "nsubj", "nsubjpass", "conj"):
            continue
        before = tree.doc[day.i - 1] if day.i else None
        if before is None or before.head.i != day.i or before.dep_ not in _PARTS or before.ent_type_ not in _NAMES:
            continue
        verb = next((above for above in day.ancestors if above.pos_ in ("VERB", "AUX")), None)
        if verb is not None:
            tree.replace(day, before)
            tree.hang(day.i, verb.i, "npadvmod")


def _directions_over_things(tree: _Tree) -> None:
    """Let the thing carry "a target southwest of Baghdad", which is no southwest."""
    for direction in tree.doc[1:-1]:
        if not _DIRECTION.fullmatch(direction.text):
            continue
        thing, of = tree.doc[direction.i - 1], tree.doc[direction.i + 1]
        if of.lower_ != "of" or of.head.i != direction.i or thing.head.i != direction.i or thing.tag_ not in ("NN", "NNS"):
            continue
        tree.replace(direction, thing)
        tree.hang(direction.i, thing.i, "advmod")
        tree.tagged[direction.i] = ("RB", "ADV")
        tree.hang(of.i, direction.i, "prep")


def _lists_as_appositions(tree: _Tree) -> None:
    """Let "The US, Russia, and Turkey met" be three that met, and not the US that is Russia and Turkey."""
    for first in tree.doc:
        if first.dep_ not in ("nsubj", "nsubjpass") or first.ent_type_ not in _NAMES:
            continue
        second = next((child for child in first.children if child.dep_ == "appos" and child.ent_type_ == first.ent_type_), None)
        if second is None or second.left_edge.i - 1 != first.i + 1:
            continue
        third = next((child for child in second.children if child.dep_ == "conj" and child.ent_type_ == first.ent_type_), None)
        joined = any(child.dep_ == "cc" and child.lower_ == "and" for child in second.children)
        behind = tree.doc[third.right_edge.i + 1] if third is not None and third.right_edge.i + 1 < len(tree.doc) else None
        if joined and behind is not None and behind.text != ",":
            tree.hang(second.i, first.i, "conj")


def _counted_lists_as_appositions(tree: _Tree) -> None:
    """Let "a teacher, a policeman and two drivers" be four people, and not a teacher who is the others."""
    for first in tree.doc:
        if first.pos_ != "NOUN" or first.dep_ not in ("nsubj", "nsubjpass", "dobj", "pobj") or not _is_counted(first):
            continue
        second = next((child for child in first.children if child.dep_ == "appos" and child.pos_ == "NOUN"), None)
        if second is None or not _is_counted(second) or not any(child.dep_ == "cc" for child in second.children):
            continue
        if any(child.dep_ == "conj" and _is_counted(child) for child in second.children):
            tree.hang(second.i, first.i, "conj")


def _is_counted(noun: Token) -> bool:
    return any(child.dep_ == "nummod" or (child.dep_ == "det" and child.lower_ in ("a", "an")) for child in noun.children)


def _participles_as_verbs(tree: _Tree) -> None:
    """Let the second verb be the sentence's in "The civilians imprisoned for it were released": nothing joins the two.

    So too in "Rockets fired by rebels killed two", where it needs no auxiliary, since "by" shows what the first verb is.
    """
    for verb in tree.doc:
        if verb.dep_ != "ROOT" or verb.tag_ not in _ANY_FORM:
            continue
        children = list(verb.children)
        doer = next((child for child in children if child.dep_ == "nsubj" and child.right_edge.i + 1 == verb.i), None)
        main = next((child for child in children if child.dep_ == "conj" and child.i > verb.i), None)
        if doer is None or main is None or any(child.dep_ in ("aux", "auxpass", "dobj") for child in children):
            continue
        if any(child.dep_ in ("cc", "punct") and verb.i < child.i < main.i for child in children):
            continue
        helpers = [child for child in main.children if child.dep_ in ("aux", "auxpass")]
        is_done_by = verb.tag_ == "VBN" and main.tag_ == "VBD" and any(child.dep_ == "agent" for child in children)
        if not (helpers or is_done_by) or any(child.dep_ in ("nsubj", "nsubjpass", "cc") for child in main.children):
            continue
        is_passive = any(child.dep_ == "auxpass" for child in helpers)
        tree.lead(main, doer, "nsubjpass" if is_passive else "nsubj")
        tree.hang(verb.i, doer.i, "acl")
        tree.tagged[verb.i] = ("VBN", verb.pos_)
        tree.pass_on(children, main, main.i)


def _said_to_be(tree: _Tree) -> None:
    """Let the cells begin in "Cells said to be linked with the party began to gain ground", and others speak of them."""
    for said in tree.doc:
        if said.dep_ != "ROOT" or said.tag_ not in _ANY_FORM:
            continue
        children = list(said.children)
        doer = next((child for child in children if child.dep_ == "nsubj" and child.right_edge.i + 1 == said.i), None)
        told = next((child for child in children if child.dep_ == "xcomp" and child.i > said.i), None)
        main = next((child for child in children if child.dep_ == "ccomp" and child.tag_ == "VBD"), None)
        if doer is None or told is None or main is None or told.left_edge.lower_ != "to" or main.left_edge.i <= told.i:
            continue
        if main.left_edge.i != told.right_edge.i + 1 or any(child.dep_ in ("nsubj", "nsubjpass") for child in main.children):
            continue
        tree.lead(main, doer, "nsubj")
        tree.hang(said.i, doer.i, "acl")
        tree.tagged[said.i] = ("VBN", "VERB")
        tree.pass_on(children, main, main.i)


def _askers(tree: _Tree) -> None:
    """Let the spokesman ask in `"Is there hope?" asked army spokesman Omar Haddad.`: he is not one who was asked."""
    for verb in tree.doc[2:]:
        speaker = verb.head.head if verb.head.dep_ == "compound" else verb.head
        if verb.tag_ not in _ANY_FORM or verb.dep_ != "amod" or tree.doc[verb.i - 1].text not in ('"', "”", "''", "’’"):
            continue
        if speaker.dep_ != "ROOT" or speaker.tag_ not in ("NNP", "NN") or tree.doc[verb.i - 2].text not in ("?", "!", ","):
            continue
        if any(not token.is_punct for token in tree.doc[speaker.left_edge.i : verb.i]):
            continue
        tree.lead(verb, speaker, "nsubj")
        tree.tagged[verb.i] = ("VBD", "VERB")
        tree.pass_on((child for child in speaker.children if child.is_punct), verb, -1)


def _agents_without_verb(tree: _Tree) -> None:
    """Let the agent acknowledge in "An agent who worked on it acknowledged in court that …", which else has no verb."""
    for agent in tree.doc:
        if agent.dep_ != "ROOT" or agent.tag_ not in ("NN", "NNS", "NNP"):
            continue
        told = next((c for c in agent.children if c.dep_ in ("relcl", "acl", "ccomp") and c.left_edge.lower_ == "that"), None)
        if told is None or told.left_edge.dep_ != "mark" or told.left_edge.head.i != told.i:
            continue
        between = tree.doc[agent.i + 1 : told.left_edge.i]
        verb = next((t for t in between if t.tag_ in _ANY_FORM and t.dep_ == "acl" and t.i > agent.i + 2), None)
        if verb is None or verb.left_edge.i != verb.i or any(child.dep_ == "agent" for child in verb.children):
            continue
        if not any(t.dep_ == "relcl" and agent.i < t.i < verb.i for t in between):
            continue
        tree.lead(verb, agent, "nsubj")
        tree.hang(told.i, verb.i, "ccomp")
        tree.tagged[verb.i] = ("VBD", "VERB")
        tree.pass_on((child for child in agent.children if child.is_punct), verb, told.i)


def _clauses_under_semicolons(tree: _Tree) -> None:
    """Let a clause before a semicolon stand beside the one behind it: "A denied it; nobody could check" denies no check."""
    for verb in tree.doc:
        above = verb.head
        if verb.dep_ != "ccomp" or verb.i > above.i or not any(child.dep_ in ("nsubj", "nsubjpass") for child in verb.children):
            continue
        if any(token.text == ";" for token in tree.doc[verb.right_edge.i + 1 : above.i]):
            tree.hang(verb.i, above.i, "conj")
