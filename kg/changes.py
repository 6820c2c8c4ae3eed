"""Which documents have changed since the derived statements were made: a log beside the database.

A line is written before its change, so that after a crash too much is noted rather than too little.
"""

import json
from collections.abc import Iterable
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


class Noted(NamedTuple):
    """What has changed.

    Attributes:
        documents: IRIs of those that came, went or were read anew.
        entities: IRIs of those of which something of `STRUCTURE` is stated now or no longer.
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
