"""In a notebook: views show themselves, and the example runs from the first cell to the last."""

import os
from pathlib import Path

import networkx as nx
import pytest

import kg
from kg.errors import StoreError

ROOT = Path(__file__).parent.parent
pytest_plugins = ["cli_fixtures"]


def test_notebook_picture_shows_itself_in_a_frame_that_reaches_nothing(store):
    with kg.open(store, read_only=True) as book:
        picture = book.graph(focus="Islamic State", hops=1, title='Who & "what"')
        shown = picture._repr_html_()
    assert isinstance(picture.network, nx.MultiDiGraph)
    assert shown.startswith('<iframe title="Who &amp; &quot;what&quot;" sandbox="allow-scripts ')
    assert "allow-same-origin" not in shown
    assert shown.count("<") == 2  # the frame; the page in it is a value
    assert "Picture(title='Who & \"what\"'" in repr(picture)


def test_notebook_views_save_their_pages(store, tmp_path):
    with kg.open(store, read_only=True) as book:
        for name, picture in {"t": book.timeline(by="source"), "m": book.map(), "r": book.report("Islamic State")}.items():
            picture.save(tmp_path / f"{name}.html")
            assert (tmp_path / f"{name}.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_notebook_store_is_a_store(tmp_path):
    with kg.open(tmp_path / "a.db", create=True) as book:
        assert isinstance(book, kg.Store)
        assert len(book.graph().network) == 0
    with pytest.raises(StoreError):
        kg.open(tmp_path / "none.db")


@pytest.mark.slow
def test_example_notebook_runs(monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    notebook = nbformat.read(ROOT / "docs" / "notebook.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit it without outputs"
    client.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT / "docs")}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ()) if output.output_type == "execute_result"]
    assert sum("<iframe" in "".join(output.data.get("text/html", "")) for output in shown) == 5
    assert any("Konashenkov" in str(output.data) for output in shown)
