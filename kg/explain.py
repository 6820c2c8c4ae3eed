"""The plan by which Oxigraph answers a query, with what each step took: the program `oxigraph` tells, pyoxigraph does not."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.errors import QueryError
from kg.query import plain_text
from kg.results import Term, shorten
from kg.saved import SavedQuery
from kg.sparql import Query
from kg.store import Store


def explain(
    store: Store,
    query: str | SavedQuery,
    parameters: Mapping[str, str | Term] | None = None,
    *,
    name: str = "query",
    timeout: float | None = None,
    allow_remote: bool = False,
) -> str:
    """Give the plan of a query as an indented tree: rows found and time taken by each step, innermost last.

    Args:
        store: opened from a folder for reading.
        query, parameters, name, allow_remote: as for `kg.query.run_query`; the query is asked, its answer is not shown.
        timeout: seconds it may take; None: as long as it takes.

    Raises:
        QueryError: the query is wrong, took too long, or there is no `oxigraph` to ask.
    """
    asked = plain_text(store, query, parameters, name=name, allow_remote=allow_remote)
    program = shutil.which("oxigraph") or shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        raise QueryError("--explain needs the program 'oxigraph'; install it with pip install 'claimgraph[explain]'")
    if store.frozen_path is None:
        raise QueryError(f"{store}: a plan is told of a store in a folder only; copy it with 'kg backup' and 'kg restore'")
    with tempfile.TemporaryDirectory() as folder:
        text, plan = Path(folder, "query.rq"), Path(folder, "plan.json")
        text.write_text(asked, encoding="utf-8")
        command = [program, "query", "--location", str(store.frozen_path), "--query-file", str(text), "--stats"]
        is_graph = Query(asked, name, allow_remote=allow_remote).form in ("CONSTRUCT", "DESCRIBE")
        command += ["--results-format", "nt" if is_graph else "tsv", "--explain-file", str(plan)]
        try:
            done = subprocess.run(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired as error:
            hint = "ask for less, or give it more time with --timeout"
            raise QueryError(f"{name}: took longer than {timeout:g} s; {hint}") from error
        if done.returncode:
            raise QueryError(f"{name}: oxigraph does not take it ({' '.join(done.stderr.split())})")
        return "".join(f"{line}\n" for line in _lines(json.loads(plan.read_text(encoding="utf-8"))["plan"], 0, store.base))


def _lines(node: Mapping[str, Any], depth: int, base: str) -> Iterator[str]:
    shown = re.sub(r"<([^<>\s]+)>", lambda match: shorten(match[1], base), node["name"])
    found = f"{node['number of results']:>12,}" if "number of results" in node else f"{'':12}"
    took = f"{1000 * node['duration in seconds']:>10.1f} ms" if "duration in seconds" in node else f"{'':13}"
    yield f"{found} {took}  {'  ' * depth}{shown}"
    for child in node.get("children", ()):
        yield from _lines(child, depth + 1, base)
