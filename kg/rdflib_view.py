"""An rdflib Dataset over an Oxigraph database, or an endpoint, through oxrdflib: for reading, the union as default graph."""

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from oxrdflib import OxigraphStore
from rdflib import Dataset, Graph
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.query import Result

from kg.errors import StoreError
from kg.vocab import prefixes


class _Reading(OxigraphStore):
    """Shows the named graphs, and their union each triple once; refuses to change them, which would part one from the other."""

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
        found = super().triples(triple_pattern, context)
        if context is not None:
            yield from found
            return
        for triple, graphs in found:
            named = [graph for graph in graphs if graph is not None and graph.identifier != DATASET_DEFAULT_GRAPH_ID]
            if named:
                yield triple, iter(named)

    def __len__(self, context: Any = None) -> int:
        is_union = context is None or context.identifier == DATASET_DEFAULT_GRAPH_ID
        graph = ox.DefaultGraph() if is_union else ox.NamedNode(str(context.identifier))
        counted = self._inner.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graph=[graph])
        return next(int(row["n"].value) for row in counted)  # type: ignore[union-attr]

    def query(self, query: Any, initNs: Any, initBindings: Any, queryGraph: Any, **kwargs: object) -> Result:
        # `__UNION__` would find a triple once for each of its graphs; here the default graph is the union.
        asked = DATASET_DEFAULT_GRAPH_ID if queryGraph == "__UNION__" else queryGraph
        return super().query(query, initNs, initBindings, asked, **kwargs)

    def _refuse(self, *args: object, **options: object) -> None:
        raise StoreError("an rdflib view only reads; change the store with kg build, kg remove or kg update")

    add = addN = remove = update = remove_graph = open = destroy = _refuse

    def add_graph(self, graph: Graph) -> None:
        """Do nothing: rdflib says so of each graph that it is asked about."""


def view(database: ox.Store) -> Dataset:
    """Give a Dataset that reads from `database`."""
    dataset = Dataset(store=_Reading(store=database), default_union=True)
    for name, namespace in prefixes().items():
        dataset.bind(name, namespace)
    return dataset
