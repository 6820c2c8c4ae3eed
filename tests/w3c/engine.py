"""The same tests asked of pyoxigraph itself, to tell what fails in the engine from what kg adds."""

import pyoxigraph as ox
from manifests import (
    RESULTS,
    canonical,
    canonical_rows,
    csv_rows,
    expected_solutions,
    path_of,
    solutions,
    triples,
)
from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryResultsFormat


def dataset_quads(data):
    """Give the quads of a test's files, the default graph's in the default graph."""
    found = [Quad(*_parts(triple), DefaultGraph()) for file in data.default for triple in triples(file)]
    return found + [Quad(*_parts(triple), NamedNode(name)) for name, file in data.named for triple in triples(file)]


def _parts(triple):
    return triple.subject, triple.predicate, triple.object


def loaded(data):
    store = ox.Store()
    store.extend(dataset_quads(data))
    for name, _ in data.named:
        store.add_graph(NamedNode(name))
    return store


def passes(case):
    """True if pyoxigraph passes a test of SPARQL."""
    try:
        return _check(case)
    except (SyntaxError, ValueError, RuntimeError, OSError):
        return False


def _check(case):
    text = path_of(case.action).read_text(encoding="utf-8")
    if "Syntax" in case.kind:
        is_update = "Update" in case.kind or case.action.endswith(".ru")
        run = ox.Store().update if is_update else ox.Store().query
        try:
            run(text, base_iri=case.action)
        except SyntaxError:
            return "Negative" in case.kind
        except RuntimeError:  # it was understood, but a graph or a function is not there
            pass
        return "Positive" in case.kind
    store = loaded(case.data)
    if case.kind == "UpdateEvaluationTest":
        store.update(text, base_iri=case.action)
        return canonical(list(store)) == canonical(dataset_quads(case.result_data), as_stored=True)
    answer = store.query(text, base_iri=case.action)
    if isinstance(answer, ox.QueryTriples):
        return canonical([Quad(*_parts(t), DefaultGraph()) for t in answer], as_stored=True) == canonical(
            [Quad(*_parts(t), DefaultGraph()) for t in triples(case.result)], as_stored=True
        )
    if case.kind == "CSVResultFormatTest":
        return csv_rows(answer.serialize(format=QueryResultsFormat.CSV)) == csv_rows(path_of(case.result).read_bytes())
    suffix = path_of(case.result).suffix
    found = solutions(
        answer.serialize(format=RESULTS.get(suffix, QueryResultsFormat.JSON)), RESULTS.get(suffix, QueryResultsFormat.JSON)
    )
    return same_solutions(found, expected_solutions(case.result))


def same_solutions(found, wanted):
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    return canonical_rows(found) == canonical_rows(wanted)
