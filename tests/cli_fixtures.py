"""What the tests of the command line share (`pytest_plugins = ["cli_fixtures"]`): a store of the dispatches, built once."""

import shutil
from functools import cache

import pytest
from cli_runs import ROOT, ok


@pytest.fixture(scope="session", autouse=True)
def model_loaded_once():
    from readers import reader

    from kg import annotate
    from kg.annotate import pipeline

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.spacy, "load", cache(pipeline.spacy.load))
        patch.setattr(annotate, "Annotator", reader)
        yield


@pytest.fixture(scope="session")
def seeds(tmp_path_factory, model_loaded_once):
    """A folder with a copy of the dispatches and `news.db`, built from them. Tests only read it."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT / "seeds" / "dispatches", folder / "dispatches")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ok("build", "dispatches", "--store", "news.db")
    return folder


@pytest.fixture
def store(seeds, monkeypatch):
    """The store of the dispatches, as the default one."""
    monkeypatch.chdir(seeds)
    monkeypatch.setenv("KG_STORE", str(seeds / "news.db"))
    return seeds / "news.db"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory, without a store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KG_STORE", raising=False)
    return tmp_path
