"""One pipeline for all tests; a test marked `cases("events")` runs once for each row of `tests/cases/events.yaml`."""

from pathlib import Path

import pytest
import yaml

CASES = Path(__file__).parent / "cases"


def pytest_configure(config):
    config.addinivalue_line("markers", "cases(table): run once for each row of tests/cases/<table>.yaml, given as `case`")


def pytest_generate_tests(metafunc):
    """Give the rows of the table; a row with `xfail` is known to fail for that reason, and tells when it starts to pass."""
    marker = metafunc.definition.get_closest_marker("cases")
    if marker is None:
        return
    rows = yaml.safe_load((CASES / f"{marker.args[0]}.yaml").read_text(encoding="utf-8"))
    metafunc.parametrize(
        "case",
        [
            pytest.param(
                row,
                id=row["id"],
                marks=[pytest.mark.xfail(reason=row["xfail"], strict=True, raises=AssertionError)] if "xfail" in row else [],
            )
            for row in rows
        ],
    )


@pytest.fixture(scope="session")
def annotator():
    from readers import reader

    return reader()


@pytest.fixture(scope="session")
def news(tmp_path_factory):
    """A store on disk with the dataset of `tests/cases/sample.trig`. Tests only read it."""
    from cli_runs import SAMPLE

    from kg.store import open_store

    path = tmp_path_factory.mktemp("sample") / "news.db"
    with open_store(path, create=True) as store:
        store.load(SAMPLE)
    return path
