"""Timeline, map and report: what they hold, the same bytes each time, hostile texts stay texts."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pages import Page, page_of, placed, with_texts
from pyoxigraph import Quad, RdfFormat, parse

from kg.errors import ExportError
from kg.map import draw_map
from kg.network import project
from kg.report import report
from kg.timeline import timeline

SAMPLE = Path(__file__).parent / "cases" / "sample.trig"
HOSTILE = (
    "</script><script>window.__hacked = 1</script><img src=x onerror='window.__hacked = 1'> \u202e {{ 7 * 7 }} javascript:1"
)


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return list(parse(path=str(SAMPLE), format=RdfFormat.TRIG))


@pytest.fixture(scope="module")
def network(quads: list[Quad]) -> Any:
    return project(quads)


def test_timeline_has_a_lane_for_each_actor(network: Any) -> None:
    content = Page(timeline(network, title="October")).content
    said = {(content["lanes"][item["lane"]], content["nodes"][item["event"]]["says"], item["day"]) for item in content["items"]}
    assert said == {
        ("Russia", "Launch → Syria", "2015-10-07"),
        ("Kalibr", "Crash · 4 in Iran", "2015-10-07"),
        ("Ash Carter", "Meeting in Brussels", "2015-10-09"),
        ("Jens Stoltenberg", "Meeting in Brussels", "2015-10-09"),
        ("nobody named", "Hit · 26", "2015-10-08"),
        ("nobody named", "Casualties in Iran", "2015-10-08"),
        ("nobody named", "Casualties → Russia", "2015-10-09"),
        ("nobody named", "Crash in Iran", "2015-10-09"),
    }
    moods = {node["says"]: (node["mood"], node["is_dated"]) for node in content["nodes"]}
    assert moods["Crash in Iran"] == ("denied", False)
    assert moods["Crash · 4 in Iran"] == ("contested", True)


def test_timeline_by_source(network: Any) -> None:
    content = Page(timeline(network, title="", by="source")).content
    assert {"CNN", "two U.S. officials", "Russian Ministry of Defence"} <= set(content["lanes"])


def test_timeline_lanes_are_known() -> None:
    with pytest.raises(ExportError, match="by: 'place' makes no lanes; known: actor, source"):
        timeline(project([]), title="", by="place")


def test_map_shows_places_with_what_happened_there(quads: list[Quad]) -> None:
    content = Page(draw_map(placed(quads), title="Where")).content
    nodes = {node["name"]: node for node in content["nodes"]}
    assert set(nodes) == {"Caspian Sea", "Iran", "Syria"}
    events = {content["events"][turn]["name"]: role for turn, role in nodes["Iran"]["events"]}
    assert events == {"Casualties": "place", "Crash": "place", "Crash · 4 · 7 Oct 2015": "place"}
    (line,) = content["lines"]
    assert [content["nodes"][line[0]]["name"], content["nodes"][line[1]]["name"]] == ["Caspian Sea", "Syria"]


def test_map_outlines_never_jump_across_the_page() -> None:
    """Rings that cross the 180th meridian, such as Russia's and Fiji's, go on beyond it."""
    for ring in Page(draw_map(project([]), title="")).content["land"]:
        points = list(zip(ring[::2], ring[1::2], strict=True))
        jumps = [abs(one[0] - other[0]) for one, other in pairwise(points) if min(one[1], other[1]) > -89.9]
        assert max(jumps) < 60


def test_report_tells_all_about_one_entity(quads: list[Quad]) -> None:
    words = Page(report(quads, "Tehran")).words
    for part in (
        "Iran state · reports of 8 Oct 2015 – 9 Oct 2015",
        "also called Tehran",
        "Crash · 4 in Iran contested",
        "Contested What one side says contradicts the other. CNN in its own voice Four cruise missiles fell in Iran",
        "Russian Ministry of Defence “ denied ” Russia's Defence Ministry denied that any missile",
        "Denied (1)",
        "Missiles aimed at Syria fall in Iran · The Example Times · 8 Oct 2015",
    ):
        assert part in words, part


def test_report_tells_each_dispute_once(quads: list[Quad]) -> None:
    page = report(quads, "Tehran")
    assert sum(attributes.get("class") == "dispute" for _, attributes in Page(page).tags) == 1
    contested = page[page.index("<h2>Contested</h2>") : page.index("<h2>Claims about it</h2>")]
    assert contested.count("any missil") == 1


@pytest.mark.parametrize("name", ["Atlantis", ""])
def test_report_on_nobody_is_refused(quads: list[Quad], name: str) -> None:
    with pytest.raises(ExportError, match=f"entity: no entity is called '{name}'"):
        report(quads, name)


@pytest.mark.parametrize("kind", ["timeline", "map", "report"])
def test_views_are_byte_stable_and_load_nothing(quads: list[Quad], kind: str) -> None:
    page = page_of(kind, quads, "Views")
    assert page_of(kind, list(reversed(quads)), "Views") == page
    for tag, attributes in Page(page).tags:
        assert not {"src", "srcset", "action", "formaction"} & set(attributes), tag
        assert not any(name.startswith("on") for name in attributes), tag
        assert tag not in {"iframe", "object", "embed", "base"}
        assert tag != "link" or (attributes["href"] or "").startswith("data:")
    assert not re.search(r"@import|sourceMappingURL|XMLHttpRequest|\bfetch\(|WebSocket|sendBeacon", page)


@pytest.mark.parametrize("kind", ["timeline", "map", "report"])
def test_views_take_hostile_text_as_text(quads: list[Quad], kind: str) -> None:
    parsed = Page(page_of(kind, with_texts(quads, HOSTILE), HOSTILE))
    assert [tag for tag, _ in parsed.tags if tag in ("script", "img", "svg", "iframe")].count("img") == 0
    assert len(parsed.scripts) == len(Page(page_of(kind, quads, "Views")).scripts)
    assert all(
        (value or "").startswith(("http", "data:"))
        for _, attributes in parsed.tags
        for value in [attributes.get("href", "http")]
    )
