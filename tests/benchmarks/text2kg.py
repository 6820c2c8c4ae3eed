"""Run one ontology of Text2KGBench and score it: python tests/benchmarks/text2kg.py SCORER FOLDER KNOWLEDGE [PART].

SCORER is score_text2kg.py, FOLDER holds docs.jsonl, gold.jsonl and ontology.json (and unseen_docs.jsonl, train.jsonl; PART is
"dev", "unseen" or "train"), KNOWLEDGE is the folder with our Turtle for that ontology. `--show` prints what is missed.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kg.annotate import Annotator
from kg.knowledge import Knowledge, load_knowledge
from kg.model import Annotation, Document, Mention, Polarity

_NUMERAL = re.compile(r"[IVX]+$")
_NICKNAME = re.compile(r"[\"“(]([^\W\d_]+)[\"”)]\s+((?:[a-z]+ )*[^\s\"“(]+)$")
_AMERICAN = re.compile(r"\b(?:American|United States|U\.S\.)")
_KNOWN_AS = re.compile(
    r"(?:\bbetter |(?<!also), |\) ?)known as ((?:[^\W\d_][\w.'’-]* ){1,4}?[^\W\d_][\w'’-]*)(?=[,.]| \(| was | is )"
)
_DESCRIBED = re.compile(r" (?:party|union|alliance|group|army|forces?)$")
_NOBLE = ("prince", "princess", "count", "baron", "lord", "sir", "dame")
_PATRONYMIC = re.compile(r"\w+(?:ovich|evich|ovych|ovna|evna|vich)$")


def common_name(name: str, text: str) -> str:
    """Give a person's name as Wikidata's labels have it.

    A nickname stands for the given names ('Anna Maria "Annie" Berg': "Annie Berg"), and the name that somebody is known as for
    the name that opens the text; letters behind a name go, and so do the middle names that an article's first words spell
    out ("Anna Maria Berg (born 1950)", "Anna Maria Berg is a …": "Anna Berg").
    """
    if nickname := _NICKNAME.search(name):
        return f"{nickname.group(1)} {nickname.group(2)}"
    words = name.split()
    while len(words) > 1 and words[0].casefold() in _NOBLE and words[1][0].isupper():
        words = words[1:]
    while len(words) > 2 and (words[-1].isupper() or words[-1] in ("Jr.", "Sr.", "Jr", "Sr")) and not _NUMERAL.match(words[-1]):
        words.pop()
    while len(words) > 3 and _NUMERAL.match(words[-1]):
        words.pop()
    kept = " ".join(words)
    before, _, after = text.partition(name)
    if not before and (known := _KNOWN_AS.search(after)):
        return known.group(1)
    short = [f"{words[0]} {' '.join(words[at:])}" for at in range(2, len(words))]
    if used := next((form for form in short if re.search(rf"\b{re.escape(form)}\b", text)), None):
        return used  # the text itself goes on with a shorter name
    family = next((at for at in range(1, len(words)) if words[at].islower()), len(words) - 1)
    first = 2 if words[0] in ("Abd", "Abdul", "Abdel") else 1
    middle = words[first:family]
    is_plain = middle and all(word.isalpha() and len(word) > 3 and word[0].isupper() for word in middle)
    is_lead = (
        all(word[0].isupper() for word in before.split()) and re.match(r"\W*\(|, [A-Z]{2}| (?:is|was) an? ", after) is not None
    )
    if is_plain and is_lead and len(middle) == 1 and _AMERICAN.search(text):
        return " ".join((*words[:first], f"{middle[0][0]}.", *words[family:]))  # as Wikipedia's titles have Americans
    if is_plain and (is_lead or all(_PATRONYMIC.match(word) for word in middle)):
        return " ".join((*words[:first], *words[family:]))
    return kept


def _name(mention: Mention, text: str, longest: dict[str, str], names: dict[str, str]) -> str:
    known = names.get(mention.entity or "", "")
    if mention.type == "Nationality":
        return known
    if mention.type == "State" and f" The {mention.text}" in text:
        return f"The {mention.text}"
    if mention.text.isupper() and " " not in mention.text and " " in known:
        return known  # labels spell acronyms out
    if mention.class_ == "ArmedForce" and " " in known and mention.text.endswith(f" {known}"):
        return known  # "the British Royal Navy"
    if mention.type not in ("Person", "Concept") and " " in mention.text and mention.text[:1].isupper():
        return re.sub(r"^U\.?S\.? ", "United States ", mention.text)
    return longest.get(mention.entity or "") or known or mention.text


def spelled_out(knowledge: Knowledge) -> dict[str, str]:
    """Give the longest name of each body that the gazetteers file under an acronym."""
    agencies = [entry for entry in knowledge.entries if entry.kind == "agency" and entry.label.isupper() and entry.names]
    longest = {entry.label: max(entry.names, key=len) for entry in agencies}
    return {label: name for label, name in longest.items() if " " in name and " " not in label}


def triples(annotation: Annotation, labels: dict[str, str], spelled: dict[str, str]) -> list[dict[str, str]]:
    """Give the relations of the user's ontology by the names of their ends."""
    names = {entity.iri: spelled.get(entity.label, entity.label) for entity in annotation.entities}
    text = annotation.document.text
    longest: dict[str, str] = {}
    people: set[str] = set()
    for mention in annotation.mentions:
        is_bracketed = text.count("(", 0, mention.span.start) > text.count(")", 0, mention.span.start)
        if (
            mention.entity
            and mention.type not in ("Nationality", "Concept")
            and mention.text[:1].isupper()
            and not is_bracketed
            and not _DESCRIBED.search(mention.text)
        ):
            longest[mention.entity] = max(longest.get(mention.entity, ""), mention.text, key=len)
            people.update([mention.entity] if mention.type == "Person" else ())
    longest |= {person: common_name(longest[person], text) for person in people}
    found = []
    for relation in annotation.relations:
        if relation.property in labels and annotation.claims[relation.claim].polarity is not Polarity.NEGATIVE:
            ends = [annotation.mentions[index] for index in (relation.subject, relation.object)]
            subject, value = (_name(m, text, longest, names) for m in ends)
            found.append({"sub": subject, "rel": labels[relation.property], "obj": value})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("knowledge")
    parser.add_argument("part", nargs="?", default="dev", choices=("dev", "unseen", "train"))
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    prefix = "unseen_" if options.part == "unseen" else ""
    gold = options.folder / ("train.jsonl" if options.part == "train" else f"{prefix}gold.jsonl")
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    knowledge = load_knowledge(options.knowledge)
    schema, spelled = knowledge.schema, spelled_out(knowledge)
    assert schema is not None, f"{options.knowledge} holds no ontology"
    wanted = {
        r["label"].strip().casefold(): r["label"]
        for r in json.loads((options.folder / "ontology.json").read_text())["relations"]
    }
    labels = {iri: wanted[own.label.casefold()] for iri, own in schema.properties.items() if own.label.casefold() in wanted}
    annotator = Annotator(knowledge=options.knowledge)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8", delete=False) as out:
        for row in rows:
            found = triples(annotator.annotate(Document(row["id"], row["sent"])), labels, spelled)
            out.write(json.dumps({"id": row["id"], "triples": found}, ensure_ascii=False) + "\n")
            if options.show:
                asked = {(t["sub"], t["rel"].strip(), t["obj"]) for t in row["triples"]}
                given = {(t["sub"], t["rel"].strip(), t["obj"]) for t in found}
                same = {tuple(part.casefold() for part in t) for t in asked} & {
                    tuple(part.casefold() for part in t) for t in given
                }
                print("ok  " if asked and len(same) == len(asked) else "miss", row["sent"])
                print("     gold", sorted(asked), "\n     here", sorted(given))
    command = [sys.executable, options.scorer, gold, out.name, options.folder / "ontology.json"]
    subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    main()
