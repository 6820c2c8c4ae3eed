"""Print how well polarity and certainty are read, class by class, on `tests/cases/claims.yaml`.

    python tests/claims_report.py [TABLE]

Rows known to fail count; a claim that is not found counts against the recall of its class. A class is what the table asks for:
nearly everything is Positive and Certain, so that accuracy would say little.
"""

import sys
from collections import Counter
from pathlib import Path

import yaml
from test_claims_cases import claim_row, normal

from kg.annotate import Annotator
from kg.model import Document


def counts(rows, annotator):
    """Give how often each class is asked for, found, and found where it is asked for."""
    wanted_of, found_of, right = Counter(), Counter(), Counter()
    for case in rows:
        annotation = annotator.annotate(Document("case", case["text"], title=case.get("title")))
        found = [claim_row(annotation, claim) for claim in annotation.claims if not claim.is_own_voice]
        for row in map(normal, case.get("claims", case.get("contains", ()))):
            alike = [f for f in found if f["cue"] == row["cue"] and f["source"] == row["source"]]
            best = max(alike, key=lambda f: f["content"] == row.get("content"), default=None)
            for axis in ("polarity", "certainty"):
                wanted_of[row[axis]] += 1
                if best is not None:
                    found_of[best[axis]] += 1
                    right[row[axis]] += best[axis] == row[axis]
    return wanted_of, found_of, right


def main(table):
    """Print the table as Markdown."""
    rows = yaml.safe_load(Path(table).read_text(encoding="utf-8"))
    wanted_of, found_of, right = counts(rows, Annotator())
    print("| class | asked for | precision | recall |\n| --- | --- | --- | --- |")
    for name in ("Positive", "Negative", "UnknownPolarity", "Certain", "Probable", "Possible", "UnknownCertainty"):
        precision, recall = (right[name] / of[name] if of[name] else 0 for of in (found_of, wanted_of))
        print(f"| {name} | {wanted_of[name]} | {precision:.2f} | {recall:.2f} |")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "cases" / "claims.yaml")
