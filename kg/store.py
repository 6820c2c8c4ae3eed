"""The dataset on disk: documents come and go as wholes, each in one transaction.

A store is a folder with a marker file (`kg-store.json`) and an Oxigraph database. The contract's graph model holds at every
moment, also after a crash: a document's graph and its claims' graphs are there together or not at all.

The union of all graphs is kept in the database's default graph, each triple once. Oxigraph can form it while it asks, but then
a triple of three graphs is found three times, counts are wrong, and joins grow with the number of documents.
"""

import errno
import gc
import itertools
import json
import os
import sys
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self, cast

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple

from kg.changes import DERIVED, Changes
from kg.errors import StoreError, StoreInUseError, suggest
from kg.resources import STORE_MARKER
from kg.snapshot import Snapshot, take
from kg.vocab import BASE, DCTERMS, OWL, RDF, Minter, kg

if TYPE_CHECKING:
    from rdflib import Dataset

    from kg.remote import RemoteDatabase
    from kg.updates import Load

FORMAT = 2
"""Version of the folder's layout; a store of another one is not touched. Format 1 held no union."""

MARKER = STORE_MARKER
DATABASE = "oxigraph"
READERS = "readers"
"""Folder of the snapshots that are being read."""
WRITER = "writer.json"
"""Says who is writing, for the message to whom that is in the way."""
CHANGES = "changes.jsonl"
"""See `kg.changes`."""
_UNFINISHED = f"{MARKER}.new"
_TOUCHED = "urn:kg:touched"
"""A graph that is there only within an update (see `kg.updates`)."""

_TYPE = NamedNode(RDF + "type")
_TITLE = NamedNode(DCTERMS + "title")
_IDENTIFIER = NamedNode(DCTERMS + "identifier")
_PUBLISHER = NamedNode(DCTERMS + "publisher")
_ISSUED = NamedNode(DCTERMS + "issued")
_SOURCE = NamedNode(DCTERMS + "source")
_DEPRECATED = NamedNode(OWL + "deprecated")

# Background facts belong to the entity whose gazetteer line states them: the subject, but the object of these.
_STATED_BY_OBJECT = frozenset({kg("makes")})

COMPARED = frozenset(kg(name) for name in ("firstClaim", "secondClaim", "firstEvent", "secondEvent"))
"""A comparison without one of these is none."""

_UNION = DefaultGraph()
_SHOWN_CANDIDATES = 5


class StoredDocument(NamedTuple):
    """What the store knows of one document; absent metadata is None."""

    iri: str
    id: str
    sha256: str | None
    title: str | None
    publisher: str | None
    issued: str | None
    source: str | None


class Change(NamedTuple):
    """What adding or removing one document did to the dataset.

    Attributes:
        document: its IRI.
        replaced: True if an earlier reading of it was there.
        added, removed: numbers of quads, in all graphs; both 0 if nothing changed.
    """

    document: str
    replaced: bool
    added: int
    removed: int


class Store:
    """A dataset of documents, claims and background knowledge; made by `open_store`.

    Attributes:
        path: its folder, None in memory.
        base: what its IRIs begin with.
        read_only: True if it cannot be changed.
        changes: which documents have changed since the derived statements were made.
    """

    def __init__(
        self,
        database: ox.Store,
        *,
        path: Path | None = None,
        base: str = BASE,
        read_only: bool = False,
        snapshot: Snapshot | None = None,
    ) -> None:
        self._database: ox.Store | None = database
        self._snapshot = snapshot
        self.path = path
        self.base = base
        self.read_only = read_only
        self.changes = Changes(path / CHANGES if path and not read_only else None, base)

    @property
    def minter(self) -> Minter:
        """Makes the IRIs of this dataset."""
        return Minter(self.base)

    @property
    def database(self) -> ox.Store:
        """The Oxigraph store below, for queries: its default graph is the union of the named ones. Only `Store` changes it."""
        if self._database is None:
            raise StoreError(f"{self}: the store is closed; open it again")
        return self._database

    @property
    def frozen_path(self) -> Path | None:
        """The Oxigraph folder that this store reads, if nobody writes it; for other programs that read such folders."""
        return self._snapshot.path if self._snapshot else None

    def __str__(self) -> str:
        return str(self.path) if self.path else "store in memory"

    def __len__(self) -> int:
        with self.translated():
            counted = self.database.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
            return next(int(row["n"].value) for row in counted)  # type: ignore[union-attr]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write everything to disk and let others open the store; closing twice is harmless."""
        if self._database is None:
            return
        if self.path and not self.read_only:
            self.flush()
            (self.path / WRITER).unlink(missing_ok=True)
        self._database = None
        if self.path and not self.read_only:
            gc.collect()  # RocksDB frees its lock when the last iterator is gone
        if self._snapshot:
            self._snapshot.drop()

    def flush(self) -> None:
        """Wait until all that was written lies on disk."""
        with self.translated():
            self.database.flush()

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """Give the quads of one graph, or of all, in no particular order."""
        with self.translated():
            for name in self.database.named_graphs() if graph is None else [NamedNode(graph)]:
                yield from self.database.quads_for_pattern(None, None, None, name)

    def as_rdflib(self) -> "Dataset":
        """Give the same data, unchanged and uncopied, as an rdflib Dataset for reading; its default graph is the union.

        Raises:
            StoreError: oxrdflib is not installed.
        """
        try:
            from kg.rdflib_view import view
        except ImportError as error:
            raise StoreError(f"{self}: needs oxrdflib; install it with pip install 'claimgraph[rdflib]'") from error
        return view(self.database)

    # Documents ------------------------------------------------------------------------------------------------------

    def add(self, document_iri: str, quads: Iterable[Quad]) -> Change:
        """Put a document's graphs in place of what was there of it, in one transaction.

        The result depends on the documents of the store, not on the order or number of times they were added.

        Args:
            document_iri: names the document and its graph.
            quads: of the document's graph, its claims' graphs and `graph/background`; no blank nodes.

        Raises:
            StoreError: a quad belongs to another graph, or the store cannot be written. Nothing is changed then.
        """
        fresh = _as_stored(quads)
        self._check(document_iri, fresh)
        background = {quad for quad in fresh if quad.graph_name == self.minter.background}
        with self.translated():
            return self._replace(document_iri, fresh - background, background)

    def remove(self, document_iri: str) -> Change:
        """Retract a document: its graph, its claims' graphs, and all else that only it brought, in one transaction.

        Raises:
            StoreError: there is no such document, or the store cannot be written.
        """
        if not self.has(document_iri):
            raise StoreError(f"{document_iri}: no such document in {self}; 'kg stats' counts what is there")
        with self.translated():
            return self._replace(document_iri, set(), set())

    def documents(self) -> Iterator[StoredDocument]:
        """Give all documents, sorted by IRI."""
        with self.translated():
            typed = self.database.quads_for_pattern(None, _TYPE, kg("Document"), None)
            documents = (quad.subject for quad in typed if quad.subject == quad.graph_name)
            names = sorted(term.value for term in documents if isinstance(term, NamedNode))
            yield from (self._document(NamedNode(name)) for name in names)

    def has(self, document_iri: str, sha256: str | None = None) -> bool:
        """True if the document is here (with just this hash, if one is given)."""
        name = NamedNode(document_iri)
        typed, hashed = Quad(name, _TYPE, kg("Document"), name), Quad(name, kg("sha256"), Literal(sha256 or ""), name)
        with self.translated():
            return (typed if sha256 is None else hashed) in self.database

    def find_documents(self, name: str) -> list[StoredDocument]:
        """Give the documents that `name` fits best, sorted by IRI; several if it is ambiguous, none if nothing fits.

        The first that fits counts: IRI (also `document:x`, `document/x`) or id; URL or path; whole title; part of a title,
        id, URL or path, in any case.
        """
        wanted = name.strip()
        if not wanted:
            return []
        iris = {wanted, f"{self.base}{wanted}", f"{self.base}document/{wanted.removeprefix('document:')}"}
        places = {wanted, os.path.normpath(wanted), os.path.abspath(wanted)}
        found = list(self.documents())
        folded = wanted.casefold()
        tiers = (
            [d for d in found if d.iri in iris or d.id == wanted],
            [d for d in found if d.source in places],
            [d for d in found if d.title and d.title.casefold() == folded],
            [d for d in found if any(text and folded in text.casefold() for text in (d.title, d.id, d.source))],
        )
        return next((tier for tier in tiers if tier), [])

    def find_document(self, name: str) -> StoredDocument:
        """Give the one document that `name` means (see `find_documents`).

        Raises:
            StoreError: no document fits, or several do; the message lists them.
        """
        found = self.find_documents(name)
        if len(found) == 1:
            return found[0]
        if not found:
            known = [text for d in self.documents() for text in (d.id, d.title) if text]
            hint = suggest(name, known) if len(known) <= 2 * _SHOWN_CANDIDATES else "give its id, path, URL or IRI"
            raise StoreError(f"{name}: no document of this name in {self}; {hint}")
        shown = "; ".join(f"'{d.id}' ({d.title or 'no title'})" for d in found[:_SHOWN_CANDIDATES])
        more = f" and {len(found) - _SHOWN_CANDIDATES} more" if len(found) > _SHOWN_CANDIDATES else ""
        raise StoreError(f"{name}: fits {len(found)} documents: {shown}{more}; give the id of one")

    # What follows from all documents --------------------------------------------------------------------------------

    def mark_outdated(self) -> None:
        """Say in the dataset that the derived statements are no longer those of its documents, until they are replaced.

        Said before the first change, so that whoever comes after a process that died knows what is left to do.
        """
        self._check_writable()
        with self.translated():
            if not self.is_outdated:
                mark = self._outdated
                self._apply(removed=set(), added={mark}, dropped=())

    def replace_derived(self, triples: Iterable[Triple]) -> None:
        """Put these statements in place of all derived ones, in one transaction; numbers are written as Oxigraph keeps them."""
        name = self.minter.derived
        fresh = {Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples}
        with self.translated():
            old = set(self.database.quads_for_pattern(None, None, None, name))
            self._apply(removed=old - fresh, added=fresh - old, dropped=() if fresh else (name,))

    @property
    def is_outdated(self) -> bool:
        """True if documents have changed since the derived statements were made."""
        with self.translated():
            return self._outdated in self.database

    @property
    def _outdated(self) -> Quad:
        derived = self.minter.derived
        return Quad(derived, _DEPRECATED, Literal(True), derived)

    # Other graphs ---------------------------------------------------------------------------------------------------

    def replace_graph(self, graph_iri: str, quads: Iterable[Quad | Triple]) -> None:
        """Put these statements in place of all that the graph held, in one transaction (their own graph name is ignored)."""
        name = NamedNode(graph_iri)
        fresh = _as_stored(Quad(item.subject, item.predicate, item.object, name) for item in quads)
        with self.translated():
            self.changes.note(None)
            old = set(self.database.quads_for_pattern(None, None, None, name))
            self._apply(removed=old - fresh, added=fresh - old, dropped=() if fresh else (name,))

    def load(self, quads: Iterable[Quad]) -> None:
        """Add quads as they are, in one transaction: to load an exported dataset back.

        Raises:
            StoreError: a quad lies in no graph, or the store cannot be written. Nothing is added then.
        """
        self._check_writable()
        loaded = list(quads)
        for quad in loaded:
            if quad.graph_name == _UNION:
                raise StoreError(f"{self}: a statement lies in no graph ({quad}); load a dataset as TriG or N-Quads")
        with self.translated():
            self.changes.note(None)
            self.database.extend(itertools.chain(loaded, _in_union(loaded)))

    def update(
        self,
        text: str,
        *,
        prefixes: Mapping[str, str],
        default_graph: str | None = None,
        using: Sequence[str] = (),
        concerning: Collection[NamedNode] | None = None,
        load: "Load | None" = None,
    ) -> None:
        """Carry out a SPARQL 1.1 Update on the named graphs, with all that follows from it for the union, in one transaction.

        The derived statements are outdated then (`mark_outdated`) if it touches what they rest on, or themselves.

        Args:
            default_graph, using, load: as for `kg.updates.mended`.
            concerning: the properties on which derived statements rest; None: all.

        Raises:
            SyntaxError: the text is no update.
            StoreError: the store cannot be written, or a graph is not there that the update needs. Nothing is changed then.
        """
        from kg.updates import CONCERNS, MAX_CONCERNED, mended

        self._check_writable()
        mark, derived = self._outdated, self.minter.derived
        concerns = f"{derived} <{CONCERNS}>"
        properties = None if concerning is None else {CONCERNS, *(iri.value for iri in (*concerning, *DERIVED, _DEPRECATED))}
        changes = mended(
            text,
            scratch=_TOUCHED,
            log=derived.value,
            concerning=properties,
            is_detailed=self.path is not None,
            default_graph=default_graph,
            using=using,
            load=load,
        )
        if not changes:
            return
        marked = (
            f"INSERT {{ {mark.triple} . GRAPH {derived} {{ {mark.triple} }} }} WHERE {{ GRAPH {derived} {{ {concerns} ?x }} }}"
        )
        with self.translated():
            self.changes.note(None)  # until it is known what it concerns
            try:
                self.database.update(f"{changes}\n;\n{marked}", prefixes=dict(prefixes), base_iri=self.base)
            except RuntimeError as error:
                self.changes.narrow(())
                if "exist" not in str(error):
                    raise
                raise StoreError(f"{self}: {error}; nothing was changed") from error
            except (SyntaxError, OSError):
                self.changes.narrow(())
                raise
            logged = set(self.database.quads_for_pattern(derived, NamedNode(CONCERNS), None, derived))
            terms = {quad.object.value for quad in logged if isinstance(quad.object, NamedNode)}
            if derived.value not in terms and len(logged) <= MAX_CONCERNED:
                self.changes.narrow(terms)
            self._apply(removed=logged, added=set(), dropped=())

    def fill(self, quads: Iterable[Quad]) -> None:
        """Add quads of named graphs, as many as there may be, without a transaction: to make a store that nobody sees yet."""
        self._check_writable()
        with self.translated():
            self.changes.note(None)
            self.database.bulk_extend(both for quad in quads for both in (quad, _bare(quad)))

    # --------------------------------------------------------------------------------------------------------------

    def _document(self, name: NamedNode) -> StoredDocument:
        facts = {
            quad.predicate: quad.object.value
            for quad in self.database.quads_for_pattern(name, None, None, name)
            if isinstance(quad.object, NamedNode | Literal)
        }
        keys = (kg("sha256"), _TITLE, _PUBLISHER, _ISSUED, _SOURCE)
        return StoredDocument(name.value, facts.get(_IDENTIFIER, name.value), *(facts.get(key) for key in keys))

    def _check(self, document_iri: str, quads: set[Quad]) -> None:
        self._check_writable()
        name = NamedNode(document_iri)
        allowed = {name, self.minter.background} | _claims(name, quads)
        for quad in quads:
            if quad.graph_name not in allowed:
                raise StoreError(
                    f"{document_iri}: a quad lies in graph {quad.graph_name}, which is neither the document, one of its "
                    "claims nor the background; say in the document's graph that it is a kg:Claim"
                )
            if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
                raise StoreError(f"{document_iri}: a quad has a blank node ({quad}); name it, so that it stays the same")

    def _check_writable(self) -> None:
        if self.read_only:
            raise StoreError(f"{self}: the store was opened for reading only; open it for writing")

    def _graphs_of(self, document: NamedNode) -> set[NamedNode]:
        return {document} | _claims(document, self.database.quads_for_pattern(None, _TYPE, kg("Claim"), document))

    def _replace(self, document_iri: str, own: set[Quad], background: set[Quad]) -> Change:
        self._check_writable()
        document = NamedNode(document_iri)
        graphs = self._graphs_of(document)
        old = {quad for graph in graphs for quad in self.database.quads_for_pattern(None, None, None, graph)}
        gone = self._orphans(old, own, background, graphs) | self._stale(old, own)
        removed = (old - own) | (gone - background)
        added = (own - old) | self._absent(background)
        dropped = graphs - {quad.graph_name for quad in own} if old else set()
        self._apply(removed=removed, added=added, dropped=dropped, document=document_iri)
        return Change(document_iri, replaced=bool(old), added=len(added), removed=len(removed))

    def _orphans(self, old: set[Quad], own: set[Quad], background: set[Quad], graphs: set[NamedNode]) -> set[Quad]:
        """Give the background facts that no document needs once `own` and `background` stand in place of `old`.

        A fact is needed while its owner is: an entity that a document names, or that a needed fact points to.
        """
        used = _terms(own)
        apart = graphs | {self.minter.background, self.minter.derived, _UNION}
        facts = self.database.quads_for_pattern

        def owned_by(entity: NamedNode) -> Iterator[Quad]:
            for quad in facts(entity, None, None, self.minter.background):
                if quad.predicate not in _STATED_BY_OBJECT:
                    yield quad
            for predicate in _STATED_BY_OBJECT:
                yield from facts(None, predicate, entity, self.minter.background)

        def owners_of_facts_on(entity: NamedNode) -> Iterator[NamedNode]:
            pointing = [quad for quad in background if entity in (quad.subject, quad.object)]
            pointing += facts(None, None, entity, self.minter.background)
            pointing += facts(entity, None, None, self.minter.background)
            yield from (owner for quad in pointing if (owner := owner_of(quad)) and owner != entity)

        def is_needed(entity: NamedNode, seen: frozenset[NamedNode] = frozenset()) -> bool:
            if entity in used:
                return True
            # Over the union, whose first triple mostly decides; over all graphs, the many of the union would come first.
            for quads in (facts(entity, None, None, _UNION), facts(None, None, entity, _UNION)):
                if any(self._is_stated(quad.triple, apart) for quad in quads):
                    return True
            seen |= {entity}
            return any(owner not in seen and is_needed(owner, seen) for owner in owners_of_facts_on(entity))

        orphans: set[Quad] = set()
        suspects = list(_terms(old) - used)
        visited = set(suspects)
        while suspects:
            entity = suspects.pop()
            lost = set(owned_by(entity))
            if not lost or is_needed(entity):
                continue
            orphans |= lost
            suspects += (neighbours := _terms(lost) - visited - used)
            visited |= neighbours
        return orphans

    def _stale(self, old: set[Quad], own: set[Quad]) -> set[Quad]:
        """Give the derived statements on claims and events that exist no longer."""
        gone = _things(old) - _things(own)
        facts, derived = self.database.quads_for_pattern, self.minter.derived
        found = {quad for term in gone for quad in (*facts(term, None, None, derived), *facts(None, None, term, derived))}
        compared = {quad.subject for quad in found if quad.predicate in COMPARED}
        return found | {quad for comparison in compared for quad in facts(comparison, None, None, derived)}

    def _apply(
        self, *, removed: set[Quad], added: set[Quad], dropped: Iterable[NamedNode], document: str | None = None
    ) -> None:
        """Change the dataset in one transaction: one `extend`, or one SPARQL update of terms as Oxigraph itself writes them."""
        self._check_writable()
        whole = set(dropped)
        single = {quad for quad in removed if quad.graph_name not in whole}
        lost = {quad for quad in _in_union(removed) if not self._is_left(quad.triple, removed)}
        gained = (union := _in_union(added)) & lost | self._absent(union - lost)
        if document is not None:
            self.changes.note(document, lost ^ gained)
        self._carry_out(whole, single | (lost - gained), added | (gained - lost), document)

    def _carry_out(self, dropped: set[NamedNode], deleted: set[Quad], inserted: set[Quad], document: str | None) -> None:
        """Take these graphs and quads away and add those, in one transaction; `document` is the one that is concerned.

        What a user's update said of blank nodes goes before it: no SPARQL can name them.
        """
        unnamed = {quad for quad in deleted if BlankNode in (type(quad.subject), type(quad.object))}
        self._forget(unnamed)
        deleted = deleted - unnamed
        if not (dropped or deleted):
            self.database.extend(inserted)  # one transaction too, and no text of all quads is made
            return
        steps = [f"DROP SILENT GRAPH {name}" for name in dropped]
        for keyword, quads in (("DELETE DATA", deleted), ("INSERT DATA", inserted)):
            if quads:
                steps.append(f"{keyword} {{\n{_group(quads)}}}")
        self.database.update(";\n".join(steps))

    def _forget(self, quads: set[Quad]) -> None:
        for quad in quads:
            self.database.remove(quad)

    def _absent(self, quads: set[Quad]) -> set[Quad]:
        """Give those of the quads that are not in the dataset."""
        return {quad for quad in quads if quad not in self.database}

    def _is_left(self, triple: Triple, removed: set[Quad]) -> bool:
        """True if a named graph still holds the triple once `removed` is gone."""
        found = self.database.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return any(quad.graph_name != _UNION and quad not in removed for quad in found)

    def _is_stated(self, triple: Triple, apart: Container[object]) -> bool:
        """True if a graph other than those `apart` holds the triple."""
        found = self.database.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return any(quad.graph_name not in apart for quad in found)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what goes wrong below, in Oxigraph or the system, into a `StoreError` that says what to do."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            raise _explained(self, error) from error


class _RemoteStore(Store):
    """A store at a SPARQL endpoint."""

    def __init__(self, database: "RemoteDatabase", *, base: str, read_only: bool) -> None:
        super().__init__(cast("ox.Store", database), base=base, read_only=read_only)
        self._remote = database

    def __str__(self) -> str:
        return str(self._remote)

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        with self.translated():
            yield from self._remote.named_quads() if graph is None else super().quads(graph)

    def _forget(self, quads: set[Quad]) -> None:
        """Leave them: over HTTP a blank node has no name that lasts."""

    def _absent(self, quads: set[Quad]) -> set[Quad]:
        return quads - self._remote.present(quads)

    def _carry_out(self, dropped: set[NamedNode], deleted: set[Quad], inserted: set[Quad], document: str | None) -> None:
        from kg.remote import GraphStore

        if isinstance(self._remote, GraphStore):
            self._remote.change(dropped, deleted, inserted, NamedNode(document) if document else None)
        else:
            super()._carry_out(dropped, deleted, inserted, document)


def open_store(
    path: str | os.PathLike[str] | None, *, create: bool = False, read_only: bool = False, base: str | None = None
) -> Store:
    """Open the store in folder `path` or at a SPARQL endpoint, or an empty one in memory if `path` is None.

    One process at a time may write; any number may read, and see the store as it was when they opened it, however much is
    written meanwhile.

    Args:
        path: a folder; or an address, as for `kg.remote.connect`.
        create: make the folder, or fill an empty one, if there is no store yet.
        read_only: open for reading; never blocks and is never blocked by a writer.
        base: what the dataset's IRIs begin with; by default what the store says, or `kg.vocab.BASE` for a new one.

    Raises:
        StoreInUseError: another process is writing it, and it is to be opened for writing.
        StoreError: there is no store and `create` is not set, the path is something else, the store is of a newer format
            or another base, or its folder cannot be read or written.
    """
    if path is None:
        return Store(ox.Store(), base=base or BASE)
    if str(path).startswith(("http://", "https://")):
        return _open_remote(str(path), read_only=read_only, base=base)
    folder = Path(path)
    marker = folder / MARKER
    try:
        if not marker.is_file():
            _make(folder, create=create and not read_only, base=base or BASE)
        stored_base = _read_marker(marker)
        if base is not None and base != stored_base:
            raise StoreError(f"{folder}: this store's IRIs begin with {stored_base}, not {base}; use it so, or a new folder")
        if read_only:
            snapshot = take(folder / DATABASE, folder / READERS)
            database = ox.Store.read_only(str(snapshot.path if snapshot else folder / DATABASE))
            return Store(database, path=folder, base=stored_base, read_only=True, snapshot=snapshot)
        database = ox.Store(str(folder / DATABASE))
        _sign(folder / WRITER)
    except (OSError, RuntimeError) as error:
        raise _explained(folder, error) from error
    return Store(database, path=folder, base=stored_base)


def _open_remote(url: str, *, read_only: bool, base: str | None) -> Store:
    from kg.remote import connect

    database = connect(url, write=not read_only)
    return _RemoteStore(database, base=base or _base_there(database) or BASE, read_only=read_only)


def _base_there(database: "RemoteDatabase") -> str | None:
    """Give what the IRI of some document at the endpoint begins with; None if there are no documents."""
    typed = f"?d {_TYPE} {kg('Document')}"
    found = database.query(f"SELECT ?d {{ {{ {typed} }} UNION {{ GRAPH ?g {{ {typed} }} }} }} LIMIT 1")
    names = [row["d"] for row in found] if isinstance(found, ox.QuerySolutions) else []
    return names[0].value.partition("document/")[0] if names and isinstance(names[0], NamedNode) else None


def _sign(file: Path) -> None:
    """Leave word who is writing."""
    command = " ".join([Path(sys.argv[0] or "python").name, *sys.argv[1:2]])
    file.write_text(json.dumps({"process": os.getpid(), "command": command}) + "\n", encoding="utf-8")


def _writer(folder: Path) -> str:
    """Say who is writing, as far as it left word."""
    try:
        stated = json.loads((folder / WRITER).read_text(encoding="utf-8"))
        number, command = int(stated["process"]), str(stated["command"])
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
    return "this process itself" if number == os.getpid() else f"another process: {number} ({command})"


def _make(folder: Path, *, create: bool, base: str) -> None:
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: is a file, not a store; name a folder")
    found = {item.name for item in folder.iterdir()} if folder.is_dir() else set()
    if {"CURRENT", "IDENTITY"} <= found:
        raise StoreError(
            f"{folder}: is a database of another program, such as Oxigraph; dump it as N-Quads and load it by 'kg restore'"
        )
    if found - {DATABASE, READERS, WRITER, _UNFINISHED}:
        raise StoreError(f"{folder}: is a folder with other things in it, not a store; name an empty or a new folder")
    if not create:
        raise StoreError(f"{folder}: there is no store here; make one with 'kg build INPUT… --store {folder}'")
    folder.mkdir(parents=True, exist_ok=True)
    ox.Store(str(folder / DATABASE))
    unfinished = folder / _UNFINISHED
    unfinished.write_text(json.dumps({"format": FORMAT, "base": base}) + "\n", encoding="utf-8")
    unfinished.replace(folder / MARKER)


def _read_marker(marker: Path) -> str:
    try:
        stated = json.loads(marker.read_text(encoding="utf-8"))
        version, base = int(stated["format"]), str(stated["base"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{marker}: not a readable marker of a store; restore it or build the store anew") from error
    if version != FORMAT:
        remedy = "install a newer kg" if version > FORMAT else "build it anew in another folder"
        raise StoreError(f"{marker.parent}: a store of format {version}, this kg knows {FORMAT}; {remedy}")
    return base


def _explained(where: object, error: Exception) -> StoreError:
    """Give what Oxigraph, RocksDB or the system says as an error of ours."""
    lowered = str(error).casefold()
    if "lock hold by" in lowered or "while lock file" in lowered:
        return StoreInUseError(f"{where}: the store is in use by {_writer(Path(str(where)))}; wait for it or end it")
    return StoreError(_trouble(where, error))


def _trouble(where: object, error: Exception) -> str:
    """Put it into words, with what to do."""
    said = str(error)
    number = getattr(error, "errno", None)
    lowered = said.casefold()
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "no space left" in lowered or "file too large" in lowered:
        return f"{where}: the disk is full; nothing was changed; free some space and run it again"
    if number in (errno.EACCES, errno.EPERM, errno.EROFS) or "permission denied" in lowered or "read-only file" in lowered:
        return f"{where}: may not be written or read ({said}); change its permissions or choose another folder"
    if number == errno.ENOTDIR or "not a directory" in lowered:
        return f"{where}: lies below a file; name a folder"
    if number == errno.ENOENT or "no such file" in lowered:
        return f"{where}: the store lacks files, or another process is changing it ({said}); run again or build it anew"
    if "corrupt" in lowered or "checksum" in lowered:
        return f"{where}: the store is damaged ({said}); build it anew in another folder"
    return f"{where}: the store cannot be used ({said})"


def _as_stored(quads: Iterable[Quad]) -> set[Quad]:
    """Give quads as Oxigraph keeps them: numbers and times by value (007 becomes 7), so that they compare equal later."""
    scratch = ox.Store()
    scratch.extend(quads)
    return set(scratch)


def _claims(document: NamedNode, quads: Iterable[Quad]) -> set[NamedNode]:
    """Give the claims that the document's own graph says there are."""
    return _instances("Claim", (quad for quad in quads if quad.graph_name == document))


def _things(quads: set[Quad]) -> set[NamedNode]:
    """Give the claims and events in `quads`: what derived statements are about."""
    return _instances("Claim", quads) | _instances("Event", quads)


def _instances(name: str, quads: Iterable[Quad]) -> set[NamedNode]:
    class_ = kg(name)
    typed = (quad.subject for quad in quads if quad.predicate == _TYPE and quad.object == class_)
    return {term for term in typed if isinstance(term, NamedNode)}


def owner_of(quad: Quad) -> NamedNode | None:
    """Give the entity that a background fact belongs to; None if that has no IRI."""
    owner = quad.object if quad.predicate in _STATED_BY_OBJECT else quad.subject
    return owner if isinstance(owner, NamedNode) else None


def _terms(quads: Iterable[Quad]) -> set[NamedNode]:
    """Give all IRIs in subject or object position."""
    return {term for quad in quads for term in (quad.subject, quad.object) if isinstance(term, NamedNode)}


def _group(quads: set[Quad]) -> str:
    """Give quads as the body of DELETE DATA or INSERT DATA."""
    by_graph: dict[NamedNode | BlankNode | DefaultGraph, list[Triple]] = {}
    for quad in quads:
        by_graph.setdefault(quad.graph_name, []).append(quad.triple)
    return "".join(
        _triples(triples) if name == _UNION else f"GRAPH {name} {{\n{_triples(triples)}}}\n"
        for name, triples in by_graph.items()
    )


def _in_union(quads: Iterable[Quad]) -> set[Quad]:
    return {_bare(quad) for quad in quads}


def _bare(quad: Quad) -> Quad:
    return Quad(quad.subject, quad.predicate, quad.object, _UNION)


def _triples(triples: list[Triple]) -> str:
    return (ox.serialize(triples, format=RdfFormat.N_TRIPLES) or b"").decode()
