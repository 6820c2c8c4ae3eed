"""The page: one file, nothing loaded, nothing from documents runs, the same bytes for the same network."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pages import Page
from pyoxigraph import Quad, RdfFormat, parse

import kg.page
from kg.errors import KnowledgeError
from kg.network import project
from kg.render import CORE, render
from kg.resources import data_path

SAMPLE = Path(__file__).parent / "cases" / "sample.trig"

HOSTILE = [
    "</script><script>window.__hacked = 1</script>",
    "<!--<script>window.__hacked = 1</script>",
    '"><img src=x onerror="window.__hacked = 1">',
    "javascript:window.__hacked=1//",
    "{{ 7 * 7 }} {% raw %} ${window.__hacked = 1}",
    "\u202eevil\u202c \u2066x\u2069",
    "line\u2028\u2029end",
    "&lt;b&gt; ' \" ` \\u003c \\",
    "x" * 10_000,
    "\x00\x01\x7f\x85",
]


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return list(parse(path=str(SAMPLE), format=RdfFormat.TRIG))


@pytest.fixture(scope="module")
def html(quads: list[Quad]) -> str:
    return render(project(quads), title="Missiles & denials")


def _hostile_network(text: str) -> Any:
    """A network all whose texts are `text`."""
    claim = dict.fromkeys(("claim", "source", "addressee", "cue", "quote", "prefix", "suffix", "document", "title"), text)
    claim |= {"publisher": text, "date": text, "url": "javascript:window.__hacked=1"}
    evidence = [claim | {"sources": [], "own_voice": False, "contested": True, "contradicts": [text], "corroborates": [text]}]
    evidence[0] |= {"via": [text], "polarity": text, "certainty": text}
    network = project([])
    for node in ("a", "b"):
        common = {"label": text, "aliases": [text], "wikidata": f"javascript:{text}", "mentions": 1, "degree": 1, "weight": 1.0}
        network.add_node(
            node, kind="entity", classes=("Person", "Entity"), **{"class": text}, **common, contested=True, evidence=evidence
        )
        network.nodes[node].update(positions=[text], affiliation=text)
    edge = {"kind": "statement", "predicate": text, "label": text, "polarity": "Negative", "certainty": text, "contested": True}
    network.add_edge("a", "b", key="k", **edge, evidence=evidence)
    return network


def test_render_loads_nothing(html: str) -> None:
    loading = {"src", "data", "poster", "action", "formaction", "background", "cite", "srcset", "manifest"}
    for tag, attributes in Page(html).tags:
        assert not loading & set(attributes), tag
        assert not any(name.startswith("on") for name in attributes), tag
        assert tag not in {"iframe", "object", "embed", "base", "frame", "audio", "video"}
        if "href" in attributes:
            assert (attributes["href"] or "").startswith("data:"), tag
    assert not re.search(r"@import|url\(|sourceMappingURL|XMLHttpRequest|\bfetch\(|WebSocket|sendBeacon|import\(", html)


def test_render_policy_lets_run_just_our_scripts(html: str) -> None:
    page = Page(html)
    policy = next(a["content"] or "" for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in page.scripts[1:]]
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    assert f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline';" in policy
    kinds = [attributes.get("type") for tag, attributes in page.tags if tag == "script"]
    assert kinds == ["application/json"] + [None] * len(hashes)


def test_render_is_byte_stable(quads: list[Quad], html: str) -> None:
    assert render(project(list(reversed(quads))), title="Missiles & denials") == html


def test_render_does_not_depend_on_hashes(tmp_path: Path) -> None:
    """Sets of strings come in another order in each process; a page must not."""
    script = """if True:
        import sys
        from kg.render import render
        from test_render import _many
        sys.stdout.write(render(_many(120), title="Many"))"""
    folder, pages = Path(__file__).parent, []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{folder}{os.pathsep}{folder.parent}"}
        pages.append(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=environment).stdout)
    assert pages[0] == pages[1]


def test_render_shows_the_title_as_text(html: str) -> None:
    assert Page(html).title == "Missiles & denials"
    assert '<h1 dir="auto">Missiles &amp; denials</h1>' in html
    assert "23 nodes · 25 edges · 12 claims · 3 documents" in html


def test_render_content_holds_claims_once_with_their_words(html: str) -> None:
    content = Page(html).content
    nodes = {node["name"]: node for node in content["nodes"]}
    assert nodes["Kalibr"]["type"] == "cruise missile"
    assert (nodes["Iran"]["aliases"], nodes["Iran"]["wikidata"]) == (["Tehran"], "http://www.wikidata.org/entity/Q794")
    claims = content["claims"]
    denied = next(claim for claim in claims if claim.get("cue") == "denied")
    assert (
        denied["prefix"] + denied["quote"] + denied["suffix"]
        == "Russia's Defence Ministry denied that any missile had crashed in Iran."
    )
    assert {claims[index]["source"] for index in denied["contradicts"]} == {"CNN", "two U.S. officials"}
    assert len({json.dumps(claim, sort_keys=True) for claim in claims}) == len(claims)
    assert next(claim for claim in claims if claim.get("cue") == "citing")["via"] == ["CNN"]


@pytest.mark.parametrize(
    ("label", "mood", "contested"),
    [("denied", "denied", True), ("citing", "contested", True), ("warned", "hedged", False), ("supports", "affirmed", False)],
)
def test_render_edges_have_a_mood(html: str, label: str, mood: str, contested: bool) -> None:
    edge = next(edge for edge in Page(html).content["edges"] if edge["label"] == label)
    assert (edge["mood"], edge["contested"]) == (mood, contested)


def test_render_labels_do_not_overlap(html: str) -> None:
    boxes = []
    for node in Page(html).content["nodes"]:
        box = node["box"]
        boxes.append((node["x"] - box["half"], node["y"] - box["above"], node["x"] + box["half"], node["y"] + box["below"]))
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            over = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
            assert min(over) <= 3  # boxes have 5 pixels of air on each side


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_render_hostile_text_stays_text(text: str, html: str) -> None:
    page = render(_hostile_network(text), title=text)
    parsed = Page(page)
    assert [tag for tag, _ in parsed.tags] == [tag for tag, _ in Page(html).tags]
    content = parsed.content
    assert content["nodes"][0]["name"] == text
    assert content["claims"][0]["quote"] == text
    assert len(content["nodes"][0]["label"]) < 60
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u2028\u2029]", page.replace(kg.page.vis_network(), ""))
    assert page.encode().decode() == page


def test_render_empty_network_says_so() -> None:
    page = render(project([]), title="")
    assert "There is nothing to show: no claims match." in page
    assert Page(page).title == "Claims"
    assert "0 nodes · 0 edges · 0 claims · 0 documents" in page


def _many(count: int) -> Any:
    """A tree of people, and four people apart."""
    network = project([])
    common: dict[str, Any] = {"kind": "entity", "class": "Person", "classes": ("Person", "Entity"), "aliases": []}
    for number in range(count):
        weight = float(count - number)
        network.add_node(f"n{number:03}", label=f"Node {number}", weight=weight, contested=False, evidence=[], **common)
    for number in range(1, count - 4):
        edge = {"kind": "relation", "label": "supports", "polarity": "Positive", "certainty": "Certain", "contested": False}
        network.add_edge(f"n{number:03}", f"n{number // 4:03}", **edge, evidence=[])
        if number % 7 == 0:
            network.add_edge(f"n{number // 4:03}", f"n{number:03}", **edge, evidence=[])
    return network


def test_render_shows_the_most_important_nodes_first() -> None:
    nodes = Page(render(_many(300), title="Many")).content["nodes"]
    core = [node for node in nodes if node["core"]]
    assert len(core) == CORE
    assert nodes[0]["core"]
    assert nodes[0]["size"] > nodes[299]["size"]
    assert nodes[0]["font"]["size"] > nodes[299]["font"]["size"]


def test_style_families_differ_by_shape_and_by_colour() -> None:
    families = kg.page.style()["family"]
    for key in ("shape", "light", "dark"):
        assert len({family[key] for family in families[:-1]}) == len(families) - 1


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("tone", "page"), [("light", "#fbfbfa"), ("dark", "#15181d")])
def test_style_stands_out_from_the_page(tone: str, page: str) -> None:
    """The contrast that WCAG 2.2 asks of graphical objects is 3:1; thin grey lines and yellow stars may have a little less."""
    assert page in data_path("templates", "graph.css").read_text()
    style = kg.page.style()
    for row in (*style["family"], *style["edge"]):
        lighter, darker = sorted((_luminance(row[tone]), _luminance(page)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) > 2.4, row


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('shape = "dot"', 'shape = "box"', "[[family]] 1: 'box' is no shape; known: diamond, dot, hexagon"),
        ('light = "#0072b2"', 'light = "blue"', "[[family]] 1: 'blue' is no colour; write it as #0072b2"),
        ('label = "people"\n', "", "[[family]] 1: lacks label; add it"),
        ('mood = "denied"', 'mood = "denyed"', "[[edge]] 3: 'denyed' is no mood; did you mean 'denied'?"),
        ('mood = "hedged"', 'mood = "denied"', "no [[edge]] with the mood hedged; add it"),
        ('class = "Person"', "class = Person", "the style cannot be read"),
    ],
)
def test_style_bad_row_is_told(old: str, new: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "style.toml"
    changed.write_text(data_path("ontology", "style.toml").read_text().replace(old, new, 1))
    monkeypatch.setattr(kg.page, "data_path", lambda *_: changed)
    with pytest.raises(KnowledgeError) as caught:
        kg.page.style.__wrapped__()
    assert str(caught.value).startswith(f"{changed}: {message}")
