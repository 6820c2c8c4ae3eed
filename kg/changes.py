"""Which documents have changed since the derived statements were made: a log beside the database.

A line is written before its change, so that after a crash too much is noted rather than too little.
"""

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import NamedNode, Quad

from kg.vocab import BASE, RDF, SKOS, kg

STRUCTURE = frozenset(
    {
        NamedNode(RDF + "type"),
        NamedNode(SKOS + "broader"),
        *map(kg, ("partOf", "locatedIn", "operates", "worksFor", "leads", "nationality", "affiliation")),
    }
)
"""What is said of entities on which comparisons of any document may rest."""

_ABOUT_OBJECT = kg("operates")

DERIVED = frozenset(
    {
        *map(kg, ("verdict", "rule", "firstClaim", "firstEvent", "secondClaim", "secondEvent", "sameEvent")),
        *map(kg, ("contradicts", "corroborates", "rootSource", "independentSources", "circularWith")),
    }
)
"""What a derivation states; whoever changes such statements has it state them again."""


class Noted(NamedTuple):
    """What has changed.

    Attributes:
        documents: IRIs of those that came, went or were read anew.
        entities: IRIs of those of which something of `STRUCTURE` is stated now or no longer; after an update, of claims and
            documents too.
    """

    documents: frozenset[str]
    entities: frozenset[str]


class Changes:
    """The log.

    Args:
        file: where it lies; None: nothing is kept, and anything may have changed.
        base: what the data's IRIs begin with.
    """

    def __init__(self, file: Path | None, base: str = BASE) -> None:
        self._file = file
        self._local = tuple(f"{base}{kind}/" for kind in ("mention", "claim", "event", "document"))

    def note(self, document: str | None, quads: Iterable[Quad] = ()) -> None:
        """Write that a document changes, and with it these statements of the union; without a document, that anything may.

        Raises:
            OSError: the log cannot be written.
        """
        if self._file is None:
            return
        entities = {
            term.value
            for quad in quads
            if quad.predicate in STRUCTURE
            for term in (quad.subject, quad.object if quad.predicate == _ABOUT_OBJECT else None)
            if isinstance(term, NamedNode) and not term.value.startswith(self._local)
        }
        with self._file.open("a", encoding="utf-8") as log:
            log.write(json.dumps([document, *sorted(entities)]) + "\n")

    def narrow(self, terms: Collection[str]) -> None:
        """Say of the last change, of which it was noted that it may be any, that it concerns these IRIs alone, or nothing.

        Raises:
            OSError: the log cannot be written.
        """
        if self._file is None:
            return
        lines = self._file.read_text(encoding="utf-8").splitlines()[:-1]
        if terms:
            lines.append(json.dumps(["", *sorted(terms)]))
        if not lines:
            self.clear()
            return
        unfinished = self._file.with_name(f"{self._file.name}.new")
        unfinished.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        unfinished.replace(self._file)

    def read(self) -> Noted | None:
        """Give what has changed; None if that may be anything."""
        if self._file is None:
            return None
        documents: set[str] = set()
        entities: set[str] = set()
        try:
            written = self._file.read_text(encoding="utf-8")
            for line in written.splitlines():
                document, *more = json.loads(line)
                if document is None:
                    return None
                if document:
                    documents.add(document)
                entities.update(more)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError):
            return None
        return Noted(frozenset(documents), frozenset(entities))

    def clear(self) -> None:
        """Forget all, once it has been attended to."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)
