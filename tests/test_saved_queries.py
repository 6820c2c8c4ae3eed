"""The saved queries answer what analysts ask: rows of tests/cases/queries.yaml, over a sample and over the dispatches."""

from pathlib import Path

import pytest
import yaml
from pyoxigraph import RdfFormat, parse

from kg.query import run_query
from kg.saved import saved_queries, saved_query
from kg.store import open_store

pytest_plugins = ["cli_fixtures"]

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def sample():
    with open_store(None) as opened:
        opened.load(parse(path=str(CASES / "sample.trig"), format=RdfFormat.TRIG))
        yield opened


@pytest.mark.cases("queries")
def test_saved_query(case, sample, request):
    if case["over"] == "sample":
        opened = sample
    else:
        opened = request.getfixturevalue("dispatches")
    found = run_query(opened, saved_query(case["name"]), case.get("parameters", {}))
    rows = [[row[name].value if name in row else "" for name in case["columns"]] for row in found]
    if case["over"] == "sample":
        assert rows == case["rows"]
    else:
        assert [row for row in case["rows"] if row not in rows] == []


@pytest.fixture
def dispatches(seeds):
    with open_store(seeds / "news.db", read_only=True) as opened:
        yield opened


def test_there_are_enough_and_each_is_tested_here_or_in_test_query():
    tested = {row["name"] for row in yaml.safe_load((CASES / "queries.yaml").read_text())}
    elsewhere = {"by-outlet", "claims", "events-timeline", "sources", "unconfirmed", "weapons-used", "who-met"}
    assert len(saved_queries()) >= 15
    assert set(saved_queries()) == tested | elsewhere
