"""The page in Chromium: it draws, answers clicks and keys, asks nobody for anything, and runs nothing it was given."""

import base64
import csv
import io
import json
import runpy
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
from browsing import HACK, HOSTILE, asked_for, needs_browser, painted, wait
from pages import POINTS, page_of, placed, with_texts
from pyoxigraph import NamedNode, RdfFormat, parse
from rdflib import Graph

from kg.export import export
from kg.map import draw_map
from kg.network import ROLES, project
from kg.render import render
from kg.store import Store, open_store
from kg.vocab import BASE, DCTERMS, KG, RDF, RDFS

SAMPLE = Path(__file__).parent / "cases" / "sample.trig"
WRITTEN = "return kg.wording().map((word) => ({ ...word, size: word.size * kg.network.getScale() }))"
PANEL = "document.getElementById('panel').hidden ? '' : document.getElementById('panel').innerText"
DRAWN = "return window.kg && document.querySelector('#network canvas') !== null"

pytest_plugins = ["cli_fixtures", "browser_fixtures"]
pytestmark = needs_browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "missiles & denials.html"
    network = project(parse(path=str(SAMPLE), format=RdfFormat.TRIG))
    file.write_text(render(network, title="Missiles over Iran"), encoding="utf-8")
    return file


def _open(browser: Any, page: Path) -> None:
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.get(page.as_uri())
    wait(browser, DRAWN)
    painted(browser)


def _number(browser: Any, name: str) -> int:
    number: int = browser.execute_script("return kg.nodes.findIndex((node) => node.name === arguments[0])", name)
    assert number >= 0, name
    return number


def _click_node(browser: Any, number: int) -> None:
    _click_at(browser, browser.execute_script("return kg.network.canvasToDOM(kg.network.getPosition(arguments[0]))", number))


def _point_at(browser: Any, point: dict[str, float]) -> Any:
    from selenium.webdriver.common.action_chains import ActionChains

    area = browser.execute_script(
        "const r = document.getElementById('network').getBoundingClientRect(); return [r.left, r.top]"
    )
    actions: Any = ActionChains(browser)
    actions.w3c_actions.pointer_action.move_to_location(round(area[0] + point["x"]), round(area[1] + point["y"]))
    return actions


def _click_at(browser: Any, point: dict[str, float]) -> None:
    actions = _point_at(browser, point)
    actions.w3c_actions.pointer_action.click()
    before = _panel(browser)
    actions.perform()
    wait(browser, f"return ({PANEL}) !== arguments[0]", before)  # vis waits if a second click follows


def _panel(browser: Any) -> str:
    text: str = browser.execute_script(f"return {PANEL}")
    return text


def _colours(browser: Any, drawing: str) -> set[str]:
    """Give the colours, as #rrggbb, of a canvas or image that the JavaScript expression `drawing` promises."""
    script = f"""const done = arguments[arguments.length - 1];
        Promise.resolve({drawing}).then((drawn) => {{
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [drawn.width, drawn.height];
          canvas.getContext("2d").drawImage(drawn, 0, 0);
          const {{ data }} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const colours = new Set();
          for (let at = 0; at < data.length; at += 4) {{
            if (data[at + 3] === 255) colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
          }}
          done([...colours]);
        }});"""
    return {f"#{colour:06x}" for colour in browser.execute_async_script(script)}


def test_browser_draws_every_node_in_sight(browser: Any, page: Path) -> None:
    _open(browser, page)
    positions = browser.execute_script("return kg.network.getPositions()")
    assert len(positions) == 23
    assert len({(round(place["x"]), round(place["y"])) for place in positions.values()}) == 23
    width, height = browser.execute_script(
        "const n = document.getElementById('network'); return [n.clientWidth, n.clientHeight]"
    )
    legend = browser.execute_script("const r = document.getElementById('legend').getBoundingClientRect(); return r.right")
    for place in browser.execute_script("return kg.nodes.map((n) => kg.network.canvasToDOM(kg.network.getPosition(n.id)))"):
        assert legend < place["x"] < width
        assert 0 < place["y"] < height


def test_browser_canvas_is_painted(browser: Any, page: Path) -> None:
    _open(browser, page)
    people_states_agencies_weapons = {"#0072b2", "#008a64", "#a8588a", "#c77700"}
    assert people_states_agencies_weapons <= _colours(browser, "document.querySelector('#network canvas')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_browser_labels_are_legible_at_first_sight(seen: Callable[..., Any], page: Path, scheme: str) -> None:
    browser = seen(scheme=scheme)
    _open(browser, page)
    words = browser.execute_script(WRITTEN)
    assert len([word for word in words if word["size"] >= 11]) >= 23
    _no_overlap(words)


def _no_overlap(words: list[dict[str, float]]) -> None:
    boxes = [(w["x"] - w["half"], w["y"], w["x"] + w["half"], w["y"] + w["height"]) for w in words]
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            over = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
            assert min(over) <= 4, (place, one, other)


def test_browser_labels_of_important_nodes_stay_when_zoomed_out(browser: Any, page: Path) -> None:
    _open(browser, page)
    browser.execute_script("kg.network.moveTo({ scale: 0.15 })")
    words = browser.execute_script(WRITTEN)
    assert 0 < len(words) < 23
    assert min(word["size"] for word in words) >= 10.99
    assert "Iran" in {word["lines"][0] for word in words}
    _no_overlap(words)


def test_browser_click_on_a_node_shows_its_claims(browser: Any, page: Path) -> None:
    _open(browser, page)
    assert _panel(browser) == ""
    _click_node(browser, _number(browser, "Iran"))
    panel = _panel(browser)
    for shown in (
        "Iran",
        "state",
        "Tehran",
        "Q794",
        "two U.S. officials “citing”",
        "via CNN",
        "contradicted by",
        "The Example Times",
    ):
        assert shown in panel
    assert "CNN reported that four Russian missiles crashed in Iran, citing two U.S. officials." in panel
    marked = browser.execute_script("return [...document.querySelectorAll('#panel mark')].map((mark) => mark.textContent)")
    assert "four Russian missiles crashed in Iran" in marked
    links = browser.execute_script("return [...document.querySelectorAll('#panel a')].map((link) => [link.href, link.rel])")
    assert ["http://www.wikidata.org/entity/Q794", "noopener noreferrer"] in links
    assert all(address.startswith(("http://", "https://")) for address, _ in links)


def test_browser_click_on_an_edge_shows_its_claims(browser: Any, page: Path) -> None:
    _open(browser, page)
    browser.execute_script("kg.network.moveTo({ scale: 1 })")
    middle = """const edge = kg.edges.find((edge) => edge.label === 'denied');
        const ends = [edge.from, edge.to].map((id) => kg.network.canvasToDOM(kg.network.getPosition(id)));
        return { x: (ends[0].x + ends[1].x) / 2, y: (ends[0].y + ends[1].y) / 2 };"""
    _click_at(browser, browser.execute_script(middle))
    panel = _panel(browser)
    assert "Russian Ministry of Defence denied → Crash" in panel
    assert "Russia's Defence Ministry denied that any missile had crashed in Iran." in panel
    _click_at(browser, {"x": 700, "y": 5})
    assert _panel(browser) == ""


def test_browser_hover_fades_the_rest(browser: Any, page: Path) -> None:
    _open(browser, page)
    number = _number(browser, "Bashar al-Assad")
    place = browser.execute_script("return kg.network.canvasToDOM(kg.network.getPosition(arguments[0]))", number)
    _point_at(browser, place).perform()
    wait(browser, "return kg.state.lit !== null")
    names = browser.execute_script("return [...kg.state.lit.nodes].map((id) => kg.nodes[id].name).sort()")
    assert names == ["Bashar al-Assad", "Russia"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("moscow", "Russia"),
        ("SHOIGU", "Sergei Shoigu"),
        ("officials", "two U.S. officials"),
        ("Kaliber", "Kalibr"),
        ("assad", "Bashar al-Assad"),
    ],
)
def test_browser_search_finds_and_centres(browser: Any, page: Path, typed: str, found: str) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, page)
    browser.find_element("tag name", "body").send_keys("/")
    field = browser.switch_to.active_element
    assert field.get_attribute("id") == "search"
    field.send_keys(typed)
    assert found in browser.find_element("css selector", "#found li[aria-selected='true']").text
    field.send_keys(Keys.ENTER)
    wait(browser, "return !document.getElementById('panel').hidden")
    assert _panel(browser).splitlines()[1] == found
    place = browser.execute_script(
        "return kg.network.canvasToDOM(kg.network.getPosition(arguments[0]))", _number(browser, found)
    )
    free = browser.execute_script("return document.getElementById('panel').getBoundingClientRect().left")
    assert place["x"] == pytest.approx(free / 2, abs=30)


def test_browser_search_without_result_says_so(browser: Any, page: Path) -> None:
    _open(browser, page)
    browser.find_element("id", "search").send_keys("zzz")
    assert browser.find_element("id", "found").text == "No such name"


def test_browser_legend_hides_and_shows(browser: Any, page: Path) -> None:
    _open(browser, page)
    hidden = "return kg.nodes.filter((node) => !kg.isShown(node)).map((node) => node.name).sort()"
    people = browser.find_element("css selector", "#families button")
    assert people.text.split() == ["people", "5"]
    people.click()
    assert people.get_attribute("aria-pressed") == "false"
    assert browser.execute_script(hidden) == [
        "Ash Carter",
        "Bashar al-Assad",
        "Jens Stoltenberg",
        "Sergei Shoigu",
        "Vladimir Putin",
    ]
    people.click()
    assert browser.execute_script(hidden) == []
    browser.find_element("css selector", "#moods button[data-key='denied']").click()
    assert browser.execute_script("return kg.edges.length - kg.shown().edges.length") == 2


def test_browser_keyboard_reaches_everything(browser: Any, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, page)
    browser.execute_script("kg.choose({ node: arguments[0] })", _number(browser, "Russia"))
    jump = next(b for b in browser.find_elements("css selector", ".links button") if "Bashar al-Assad" in b.text)
    jump.send_keys(Keys.ENTER)
    assert _panel(browser).splitlines()[1] == "Bashar al-Assad"
    browser.find_element("tag name", "body").send_keys(Keys.ESCAPE)
    assert _panel(browser) == ""
    assert browser.switch_to.active_element.get_attribute("id") == "network"
    before = browser.execute_script("return kg.network.getScale()")
    browser.switch_to.active_element.send_keys("+")
    assert browser.execute_script("return kg.network.getScale()") > before


def _saved(browser: Any, kind: str, ending: str) -> bytes:
    browser.find_element("css selector", "#save summary").click()
    browser.find_element("id", kind).click()
    file: Path = browser.downloads / f"missiles-over-iran.{ending}"
    latest = time.monotonic() + 10
    while not (file.exists() and file.stat().st_size) and time.monotonic() < latest:  # Chromium makes the file, then fills it
        time.sleep(0.05)
    content = file.read_bytes()
    file.unlink()
    return content


def test_browser_svg_is_saved(browser: Any, page: Path) -> None:
    _open(browser, page)
    drawing = ElementTree.fromstring(_saved(browser, "svg", "svg"))
    words = [element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Missiles over Iran", "Iran", "Kalibr", "people", "denied"} <= set(words)
    assert {element.tag.rpartition("}")[2] for element in drawing.iter()} == {"svg", "g", "path", "text"}


def test_browser_table_and_statements_of_the_visible_part_are_saved(browser: Any, page: Path) -> None:
    _open(browser, page)
    browser.find_element("css selector", "#families button").click()  # no people
    rows = list(csv.DictReader(io.StringIO(_saved(browser, "csv", "csv").decode())))
    assert {row["from"] for row in rows} >= {"Russia", "CNN", "two U.S. officials"}
    assert "Sergei Shoigu" not in {row["from"] for row in rows}
    denied = next(row for row in rows if row["relation"] == "denied")
    assert (denied["to"], denied["polarity"], denied["contested"]) == ("Crash", "Negative", "true")
    assert denied["quote"] == "any missile had crashed in Iran"
    saved = parse(_saved(browser, "turtle", "ttl"), format=RdfFormat.TURTLE)
    statements = {(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in saved}
    crash, kalibr = f"<{BASE}event/carter-a6e13bc9/crash>", f"<{BASE}weapon/kalibr>"
    assert (crash, f"<{KG}actor>", kalibr) in statements  # drawn from the missile to the crash
    assert (f"<{BASE}state/RU>", f"<{KG}operates>", kalibr) in statements
    assert {value for _, name, value in statements if name == f"<{KG}cue>"} >= {'"denied"', '"citing"'}
    # Who is hidden may still be the source of a claim, and has a name as such; nothing else is told of him.
    assert {name for one, name, _ in statements if "person/sergei" in one} <= {f"<{RDFS}label>"}


STATEMENT = NamedNode(f"{RDF}Statement")


@pytest.fixture(scope="module")
def dispatches(seeds: Path) -> Iterator[Store]:
    with open_store(seeds / "news.db", read_only=True) as store:
        yield store


@pytest.mark.parametrize(
    "options", [{}, {"events": "edges"}, {"compare": ("CNN", "Reuters")}], ids=["events", "entities", "compare"]
)
def test_browser_what_is_saved_as_turtle_stands_in_the_store(
    browser: Any, dispatches: Store, tmp_path: Path, options: dict[str, Any]
) -> None:
    """All of it is in `kg export --format turtle`; and it tells who did what, according to whom."""
    page = tmp_path / "dispatches.html"
    page.write_text(render(project(dispatches, **options), title="Missiles over Iran"), encoding="utf-8")
    _open(browser, page)
    whole = {quad.triple for quad in parse(export(dispatches, "turtle"), format=RdfFormat.TURTLE)}
    written = _saved(browser, "turtle", "ttl")
    saved = {quad.triple for quad in parse(written, format=RdfFormat.TURTLE)}
    assert saved <= whole
    assert len(Graph().parse(data=written, format="turtle")) == len(saved)
    found = (
        Graph()
        .parse(data=written, format="turtle")
        .query(f"""
        PREFIX kg: <{KG}>
        SELECT ?cue ?actor ?event ?quote {{ ?event a kg:Event ; kg:place|kg:target|kg:destination ?whom .
          ?name a rdf:Statement ; rdf:subject ?event ; rdf:predicate ?role ; kg:statedIn ?claim .
          ?claim kg:event ?event ; kg:cue ?cue ; oa:exact ?quote ; kg:source/rdfs:label ?actor }}""")
    )
    assert {str(row.actor) for row in found} >= {"two U.S. officials"}
    # Each statement of an event in the file is tied to a claim in the file.
    claims = {one.subject for one in saved if one.object == NamedNode(f"{KG}Claim")}
    stated = {one.subject for one in saved if one.predicate == NamedNode(f"{KG}statedIn") and one.object in claims}
    assert {one.subject for one in saved if one.object == STATEMENT} == stated
    rows = list(csv.DictReader(io.StringIO(_saved(browser, "csv", "csv").decode())))
    events = {iri for row in rows for iri in row["event_iris"].split()}
    if options.get("events"):
        assert events
        assert {f"<{iri}>" for iri in events} <= {str(one.subject) for one in saved}
    browser.execute_script("for (const family of [0, 5]) document.querySelector(`#families [data-key='${family}']`).click()")
    fewer = {quad.triple for quad in parse(_saved(browser, "turtle", "ttl"), format=RdfFormat.TURTLE)}
    assert fewer < saved
    hidden = set(browser.execute_script("return kg.nodes.filter((n) => [0, 5].includes(n.family)).map((n) => n.iri)"))
    roles = {f"{KG}{role}" for role in ROLES}
    assert not [one for one in fewer if one.predicate.value in roles and one.object.value in hidden]


@pytest.mark.parametrize(
    "options", [{}, {"events": "edges"}, {"compare": ("CNN", "Reuters")}], ids=["events", "entities", "compare"]
)
def test_browser_no_label_of_the_dispatches_lies_over_another(
    browser: Any, dispatches: Store, tmp_path: Path, options: dict[str, Any]
) -> None:
    page = tmp_path / "dispatches.html"
    page.write_text(render(project(dispatches, **options), title="Dispatches"), encoding="utf-8")
    _open(browser, page)
    words = browser.execute_script(WRITTEN)
    # What is taken for the width of a label is what it takes as it is drawn.
    wide = browser.execute_script("""const pen = document.createElement("canvas").getContext("2d");
        return kg.wording().map(({ lines, size }) => {
          pen.font = `${size}px ${kgPaint.FACE}`;
          return Math.max(...lines.map((line) => pen.measureText(line).width)) / 2;
        });""")
    marks = browser.execute_script("return kg.shown().nodes.map(({ id, size }) => ({ ...kg.network.getPosition(id), size }))")
    boxes = [
        (word["x"] - half, word["y"], word["x"] + half, word["y"] + word["height"])
        for word, half in zip(words, wide, strict=True)
    ]
    marked = [(m["x"] - m["size"], m["y"] - m["size"], m["x"] + m["size"], m["y"] + m["size"]) for m in marks]
    for place, one in enumerate(boxes):
        for other in (*boxes[:place], *marked):
            assert min(one[2], other[2]) <= max(one[0], other[0]) or min(one[3], other[3]) <= max(one[1], other[1]), (
                one,
                other,
            )
    named = [word for word in words if "node" in word]
    assert len(named) >= 0.9 * len(marks)  # hardly a node without its name, and room is made for the important ones first
    assert min(word["size"] for word in named) >= 10.99


def test_browser_time_slider_leaves_what_is_of_these_days(browser: Any, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, page)
    assert browser.find_element("id", "period").text == "All dates: 7 Oct 2015 – 9 Oct 2015"
    until = browser.find_element("id", "until")
    until.send_keys(Keys.HOME)
    assert browser.find_element("id", "period").text == "7 Oct 2015"
    names = browser.execute_script("return kg.shown().nodes.map((node) => node.name)")
    assert "Caspian Sea" in names
    assert "Jens Stoltenberg" not in names
    until.send_keys(Keys.END)
    assert browser.execute_script("return kg.shown().nodes.length") == 23


@pytest.mark.parametrize("kind", ["timeline", "map"])
def test_browser_timeline_and_map_have_a_time_slider(browser: Any, tmp_path: Path, kind: str) -> None:
    from selenium.webdriver.common.keys import Keys

    quads = list(parse(path=str(SAMPLE), format=RdfFormat.TRIG))
    file = tmp_path / f"{kind}.html"
    file.write_text(page_of(kind, quads, "Views"), encoding="utf-8")
    browser.get(file.as_uri())
    wait(browser, "return window.kg !== undefined")
    shown = {
        "timeline": "return kg.shown().map((id) => kg.nodes[kg.items[id].event].says)",
        "map": "return kg.spots.filter(({ group }) => getComputedStyle(group).display !== 'none').map(({ node }) => node.name)",
    }[kind]
    everything = browser.execute_script(shown)
    assert browser.find_element("id", "period").text.startswith("All dates: 7 Oct 2015 – ")
    until = browser.find_element("id", "until")
    until.send_keys(Keys.HOME)
    assert browser.find_element("id", "period").text.startswith("7 Oct 2015")
    assert {"timeline": "Launch → Syria", "map": "Caspian Sea"}[kind] in browser.execute_script(shown)
    until.send_keys(Keys.END)
    browser.find_element("id", "from").send_keys(Keys.END)  # the last day alone
    fewer = browser.execute_script(shown)
    assert len(fewer) < len(everything)
    assert {"timeline": "Launch → Syria", "map": "Caspian Sea"}[kind] not in fewer
    browser.find_element("id", "from").send_keys(Keys.HOME)
    assert browser.execute_script(shown) == everything
    undated = [quad for quad in quads if quad.predicate.value not in (f"{KG}time", f"{DCTERMS}issued")]
    file.write_text(page_of(kind, undated, "Views"), encoding="utf-8")
    browser.get(file.as_uri())
    assert not browser.find_element("id", "time").is_displayed()


def test_browser_two_sources_in_one_picture(browser: Any, tmp_path: Path) -> None:
    network = project(parse(path=str(SAMPLE), format=RdfFormat.TRIG), compare=("CNN", "Russian Ministry of Defence"))
    page = tmp_path / "sides.html"
    page.write_text(render(network, title="Two sides"), encoding="utf-8")
    _open(browser, page)
    shown = [item.text.split("\n")[0] for item in browser.find_elements("css selector", "#moods li")]
    assert shown == ["only CNN says so", "they contradict each other", "× on a line: denied"]
    browser.find_element("css selector", "#moods button[data-key='clash']").click()
    assert browser.execute_script("return kg.shown().edges.every((edge) => edge.side === 'a')")


def test_browser_png_is_saved(browser: Any, page: Path) -> None:
    _open(browser, page)
    picture = _saved(browser, "png", "png")
    assert picture.startswith(b"\x89PNG")
    address = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    loaded = f"new Promise((take) => {{ const i = new Image(); i.onload = () => take(i); i.src = '{address}'; }})"
    assert {"#fbfbfa", "#0072b2", "#008a64"} <= _colours(browser, loaded)


def test_browser_narrow_screen(seen: Callable[..., Any], page: Path) -> None:
    browser = seen(width=390, height=780)
    _open(browser, page)
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert not browser.execute_script("return document.getElementById('legend').open")
    browser.execute_script("kg.choose({ node: arguments[0] }, true)", _number(browser, "Iran"))
    panel = browser.execute_script(
        "const r = document.getElementById('panel').getBoundingClientRect(); return [r.left, r.right, r.top]"
    )
    assert (panel[0], panel[1]) == (0, 390)
    place = browser.execute_script(
        "return kg.network.canvasToDOM(kg.network.getPosition(arguments[0])).y", _number(browser, "Iran")
    )
    assert place < panel[2]


def test_browser_large_network_shows_the_most_important_first(browser: Any, tmp_path: Path) -> None:
    network = project([])
    common: dict[str, Any] = {
        "kind": "entity",
        "class": "Person",
        "classes": ("Person", "Entity"),
        "aliases": [],
        "contested": False,
    }
    for number in range(200):
        network.add_node(f"n{number:03}", label=f"Node {number}", weight=200.0 - number, evidence=[], **common)
    for number in range(1, 200):
        edge = {"kind": "relation", "label": "supports", "polarity": "Positive", "certainty": "Certain", "contested": False}
        network.add_edge(f"n{number:03}", f"n{number // 5:03}", **edge, evidence=[])
    page = tmp_path / "large.html"
    page.write_text(render(network, title="Many"), encoding="utf-8")
    _open(browser, page)
    shown = "return kg.shown().nodes.length"
    assert browser.execute_script(shown) == 80
    said = "The 80 most important of 200 nodes. Double-click one for its neighbours. Show all"
    assert browser.find_element("id", "notice").text == said
    before = browser.execute_script("return kg.shown().nodes.map((node) => node.id)")
    browser.execute_script("kg.expand(30)")
    assert set(browser.execute_script("return kg.shown().nodes.map((node) => node.id)")) - set(before) == set(range(150, 155))
    assert browser.find_element("id", "notice").text.startswith("85 of 200 nodes.")
    _no_overlap(browser.execute_script(WRITTEN))
    browser.find_element("id", "all").click()
    assert browser.execute_script(shown) == 200
    assert browser.find_element("id", "notice").text == "All 200 nodes. Show fewer"
    browser.find_element("id", "all").click()
    browser.find_element("id", "search").send_keys("Node 199\n")
    assert browser.execute_script(shown) == 81  # what is sought is shown
    assert browser.execute_script("return kg.shown().nodes.some((node) => node.name === 'Node 199')")


def test_browser_no_request_leaves_the_file(browser: Any, page: Path) -> None:
    _open(browser, page)
    _click_node(browser, _number(browser, "Iran"))
    _saved(browser, "png", "png")
    requests = asked_for(browser)
    assert page.as_uri() in requests
    assert [url for url in requests if not url.startswith(("data:", "blob:")) and url != page.as_uri()] == []
    assert browser.get_log("browser") == []


def test_browser_hostile_text_does_not_run(browser: Any, tmp_path: Path) -> None:
    claim: dict[str, Any] = dict.fromkeys(
        ("source", "addressee", "cue", "quote", "prefix", "suffix", "title", "publisher"), HOSTILE
    )
    claim |= {
        "claim": "c",
        "document": "d",
        "date": HOSTILE,
        "url": f"javascript:{HACK}",
        "via": [HOSTILE],
        "polarity": HOSTILE,
    }
    claim |= {
        "certainty": HOSTILE,
        "contested": True,
        "contradicts": ["c"],
        "corroborates": ["c"],
        "own_voice": False,
        "sources": [],
    }
    network = project([])
    for node in ("a", "b"):
        common: dict[str, Any] = {
            "label": HOSTILE,
            "aliases": [HOSTILE],
            "wikidata": f"javascript:{HACK}",
            "weight": 9.0,
            "contested": True,
        }
        network.add_node(
            node, kind="entity", classes=("Person",), **{"class": HOSTILE}, **common, evidence=[claim], positions=[HOSTILE]
        )
    edge = {"kind": "statement", "label": HOSTILE, "polarity": "Negative", "certainty": HOSTILE, "contested": True}
    network.add_edge("a", "b", **edge, evidence=[claim])
    page = tmp_path / "hostile.html"
    page.write_text(render(network, title=HOSTILE), encoding="utf-8")
    _open(browser, page)
    for target in ("{ node: 0 }", "{ edge: 0 }"):
        browser.execute_script(f"kg.choose({target}, true)")
        painted(browser)
        assert HACK in _panel(browser)  # there it stands, as text
        assert browser.execute_script("return [...document.querySelectorAll('img, svg, #panel a, #panel script')].length") == 0
    assert browser.execute_script("return typeof window.__hacked") == "undefined"
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.execute_script("return kg.network.getPositions([0, 1])[1] !== undefined")
    browser.find_element("id", "search").send_keys("script")
    assert browser.execute_script("return typeof window.__hacked") == "undefined"
    assert browser.get_log("browser") == []


@pytest.mark.slow
def test_browser_five_thousand_nodes_are_drawn_and_answer(browser: Any, tmp_path: Path) -> None:
    """How quickly, in comparison to pyvis' page, tests/benchmarks/pictures.py measures."""
    from selenium.webdriver.common.keys import Keys

    make_network = runpy.run_path(str(Path(__file__).parent / "benchmarks" / "pictures.py"))["make_network"]
    network = make_network(5000, 15_000)
    page = tmp_path / "five.html"
    page.write_text(render(network, title="Five thousand"), encoding="utf-8")
    _open(browser, page)
    total = len(network)
    assert browser.find_element("id", "notice").text.startswith(f"The 80 most important of {total:,} nodes.")
    browser.find_element("id", "all").click()
    painted(browser)
    assert browser.execute_script("return [kg.shown().nodes.length, kg.shown().edges.length]") == [total, 15_000]
    assert {"#0072b2", "#008a64", "#a8588a", "#c77700"} <= _colours(browser, "document.querySelector('#network canvas')")
    words = browser.execute_script(WRITTEN)
    assert words
    _no_overlap(words)
    seen = "const v = kg.network.getViewPosition(); return [v.x, v.y, kg.network.getScale()]"
    area, before = browser.find_element("id", "network"), browser.execute_script(seen)
    area.send_keys("+")
    area.send_keys(Keys.ARROW_RIGHT)
    right, _, scale = browser.execute_script(seen)
    assert right > before[0]
    assert scale > before[2]
    browser.find_element("id", "search").send_keys("node 4321\n")
    assert "Name of node 4321" in _panel(browser)
    browser.find_element("id", "close").click()
    _click_node(browser, _number(browser, "Name of node 4321"))
    assert "Name of node 4321" in _panel(browser)
    browser.find_element("css selector", "#families button").click()
    people = browser.execute_script("return kg.shown().nodes.filter((node) => node.family === 0).length")
    assert people == 0


@pytest.mark.parametrize("kind", ["timeline", "map", "report"])
def test_browser_views_draw_ask_nobody_and_run_nothing(browser: Any, tmp_path: Path, kind: str) -> None:
    quads = list(parse(path=str(SAMPLE), format=RdfFormat.TRIG))
    hostile = with_texts(quads, HOSTILE[:3000])
    for name, page in (("plain", page_of(kind, quads, "Views")), ("hostile", page_of(kind, hostile, HOSTILE[:400]))):
        file = tmp_path / f"{name}.html"
        file.write_text(page, encoding="utf-8")
        for log in ("browser", "performance"):
            browser.get_log(log)
        browser.get(file.as_uri())
        wait(browser, "return window.kg !== undefined")
        if kind != "report":
            browser.execute_script("kg.choose(arguments[0])", 0 if kind == "timeline" else {"node": 0})
            wait(browser, "return !document.getElementById('panel').hidden")
            assert "1 claim" in _panel(browser).lower() or "claims" in _panel(browser).lower()
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        assert browser.execute_script("return typeof window.__hacked") == "undefined"
        assert browser.execute_script("return document.querySelectorAll('img').length") == 0
        assert [url for url in asked_for(browser) if not url.startswith(("data:", "blob:", file.as_uri()))] == []
        assert browser.get_log("browser") == []


def test_browser_timeline_and_map_answer_to_mouse_and_keys(browser: Any, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    quads = list(parse(path=str(SAMPLE), format=RdfFormat.TRIG))
    for kind, chosen in (("timeline", ".vis-item.contested.vis-box"), ("map", ".spot[aria-label='Iran']")):
        (tmp_path / f"{kind}.html").write_text(page_of(kind, quads, "Views"), encoding="utf-8")
        browser.get((tmp_path / f"{kind}.html").as_uri())
        wait(browser, f"return document.querySelector({json.dumps(chosen)}) !== null")
        painted(browser)
        browser.find_element("css selector", chosen).click()
        wait(browser, "return !document.getElementById('panel').hidden")
        assert "four Russian missiles crashed in Iran" in _panel(browser)
        browser.find_element("tag name", "body").send_keys(Keys.ESCAPE)
        assert _panel(browser) == ""
        browser.execute_script("document.querySelector(arguments[0]).focus()", chosen)
        browser.switch_to.active_element.send_keys(Keys.ENTER)
        assert "four Russian missiles crashed in Iran" in _panel(browser)


@pytest.mark.parametrize(
    ("kind", "typed", "shown"), [("timeline", "stoltenberg", "Carter met Jens Stoltenberg"), ("map", "caspian", "Caspian Sea")]
)
def test_browser_timeline_and_map_find_by_name(browser: Any, tmp_path: Path, kind: str, typed: str, shown: str) -> None:
    (tmp_path / f"{kind}.html").write_text(
        page_of(kind, list(parse(path=str(SAMPLE), format=RdfFormat.TRIG)), "Views"), encoding="utf-8"
    )
    browser.get((tmp_path / f"{kind}.html").as_uri())
    wait(browser, "return window.kg !== undefined")
    browser.find_element("tag name", "body").send_keys("/")
    browser.switch_to.active_element.send_keys(f"{typed}\n")
    wait(browser, "return !document.getElementById('panel').hidden")
    assert shown in _panel(browser)
    browser.find_element("id", "search").clear()
    browser.find_element("id", "search").send_keys("zzz")
    assert "No such" in browser.find_element("id", "found").text


@pytest.mark.parametrize("kind", ["timeline", "map", "report"])
def test_browser_colours_can_be_chosen(seen: Callable[..., Any], tmp_path: Path, kind: str) -> None:
    browser = seen(scheme="dark")
    (tmp_path / f"{kind}.html").write_text(
        page_of(kind, list(parse(path=str(SAMPLE), format=RdfFormat.TRIG)), "Views"), encoding="utf-8"
    )
    browser.get((tmp_path / f"{kind}.html").as_uri())
    wait(browser, "return window.kg !== undefined")
    back = "return getComputedStyle(document.body).backgroundColor"
    dark = browser.execute_script(back)
    browser.find_element("id", "theme").click()
    light = browser.execute_script(back)
    assert light != dark
    browser.find_element("id", "theme").click()
    assert browser.execute_script(back) == dark
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script(back) == light  # paper is light
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script(back) == dark


def test_browser_map_labels_stand_clear_of_marks_and_each_other(browser: Any, tmp_path: Path) -> None:
    network = placed(parse(path=str(SAMPLE), format=RdfFormat.TRIG))
    near = {iri: (33.0 + 0.9 * turn, 44.0 + 0.7 * turn) for turn, iri in enumerate(POINTS)}
    nx.set_node_attributes(network, near, "point")
    (tmp_path / "map.html").write_text(draw_map(network, title="Near each other"), encoding="utf-8")
    browser.get((tmp_path / "map.html").as_uri())
    wait(browser, "return window.kg !== undefined")
    browser.execute_script("kg.view.scale = 30; dispatchEvent(new Event('resize'))")
    boxes = browser.execute_script("""
        const box = (element) => { const r = element.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
        return { words: kg.spots.filter((s) => s.words.getAttribute("visibility") === "visible").map((s) => box(s.words)),
                 marks: kg.spots.map((s) => box(s.mark)) };""")
    assert len(boxes["words"]) == len(boxes["marks"]) == len(POINTS)
    for place, one in enumerate(boxes["words"]):
        for other in boxes["marks"] + boxes["words"][:place]:
            over = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
            assert min(over) <= 3, (one, other)
