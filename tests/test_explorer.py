"""What the explorer asks of a store: names, neighbours, claims, a document put together; and all of it in Chromium."""

import json
import urllib.parse
from pathlib import Path

import pytest
from browsing import HACK, HOSTILE, asked_for, needs_browser, painted, wait
from pages import with_texts
from pyoxigraph import RdfFormat, parse
from test_serve import ask, serving

from kg import explorer_page
from kg.errors import QueryError
from kg.explorer import VIEWS
from kg.export import export
from kg.read import read
from kg.store import open_store
from kg.vocab import BASE, kg

pytest_plugins = ["cli_fixtures", "browser_fixtures"]

SAMPLE = Path(__file__).parent / "cases" / "sample.trig"
IRAN, RUSSIA = f"{BASE}state/IR", f"{BASE}state/RU"


@pytest.fixture(scope="module")
def dispatches(seeds):
    with open_store(seeds / "news.db", read_only=True) as store:
        yield store


def view(store, name, **asked):
    """Give an answer as it reaches the page."""
    return json.loads(json.dumps(VIEWS[name](store, asked)))


def test_the_page_and_the_server_know_the_same_views():
    assert set(explorer_page.VIEWS) == set(VIEWS)


def test_the_front_counts_and_names(dispatches):
    found = view(dispatches, "front")
    assert found["numbers"]["documents"] == 10
    assert {"Russia", "Iran", "Kalibr"} <= {one["name"] for one in found["entities"]}
    assert found["documents"][0]["date"] >= found["documents"][-1]["date"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("iran", "Iran"),
        ("SHOIG", "Sergei Shoigu"),
        ("tehran", "Iran"),
        ("érdogan", "Recep Tayyip Erdogan"),
        ("kaliber", "Kalibr"),
    ],
)
def test_search_finds_by_any_name_in_any_case_and_accent(dispatches, typed, name):
    assert view(dispatches, "search", q=typed)["found"][0]["name"] == name


def test_search_finds_documents_and_takes_patterns_for_words(dispatches):
    found = view(dispatches, "search", q="psychological")["found"]
    assert [one["name"] for one in found if one.get("document")] == [
        'Iranian officials dismiss U.S. claim about Russian missiles as "psychological warfare"'
    ]
    for nothing in (".*", "[a-z]+", "\\", "", " "):
        assert view(dispatches, "search", q=nothing)["found"] == []


def test_neighbours_come_in_steps_and_with_their_claims(dispatches):
    first = view(dispatches, "near", node=IRAN)
    names = [node["iri"] for node in first["nodes"]]
    assert IRAN in names
    assert 5 < len(names) < 20
    for edge in first["edges"]:
        assert {edge["from"], edge["to"]} <= set(names)
        assert edge["claims"]
        assert all(first["claims"][place]["quote"] for place in edge["claims"])
    second = view(dispatches, "near", node=IRAN, known=" ".join(names))
    fresh = {node["iri"] for node in second["nodes"]} - set(names)
    assert fresh
    assert any(
        fresh.intersection((edge["from"], edge["to"])) and IRAN in (edge["from"], edge["to"]) for edge in second["edges"]
    )


def test_neighbours_by_kind(dispatches):
    groups = {group["name"]: group for group in view(dispatches, "node", node=IRAN)["groups"]}
    found = view(dispatches, "near", node=IRAN, group=groups["crash"]["key"])
    events = [node for node in found["nodes"] if node["kind"] == "event"]
    assert {node["type"] for node in events} == {"crash"}
    assert view(dispatches, "near", node=IRAN, group="event Nonsense")["nodes"] == []


def test_a_contested_event_shows_who_stands_where(dispatches):
    dispute = view(dispatches, "contested")["disputes"][0]
    assert {"crash", "not so"} <= {side["says"] for side in dispute["sides"]}
    around = view(dispatches, "near", node=dispute["node"])
    (event,) = [node for node in around["nodes"] if node["iri"] == around["centre"]]
    assert event["contested"]
    assert event["polarity"] == "Positive"  # somebody affirms it
    told = {around["claims"][place]["polarity"] for place in event["claims"]}
    assert told == {"Positive", "Negative"}
    assert view(dispatches, "contested", node=IRAN)["total"] == 1
    assert view(dispatches, "contested", node=f"{BASE}person/bashar-al-assad")["total"] == 0


def test_claims_come_newest_first_and_by_pages(dispatches):
    first = view(dispatches, "claims", node=RUSSIA)
    days = [first["claims"][place]["date"] for place in first["order"]]
    assert days == sorted(days, reverse=True)
    seen, start_at = [], 0
    while start_at < first["total"]:
        page = view(dispatches, "claims", node=RUSSIA, start=str(start_at))
        seen += [page["claims"][place]["claim"] for place in page["order"]]
        start_at += len(page["order"])
    assert len(seen) == len(set(seen)) == first["total"]


def test_a_document_is_put_together_from_what_is_quoted(dispatches, seeds):
    """All but a few places, and what is there stands where it stood."""
    texts = {document.id: document.text for document in read([str(seeds / "dispatches")], lambda problem: None)}
    for one in view(dispatches, "documents")["documents"]:
        shown = view(dispatches, "document", document=one["iri"])
        text = next(text for name, text in texts.items() if name.endswith(shown["id"]) or shown["id"].endswith(name))
        missed = sum(end - start for start, end in shown["gaps"])
        assert missed < 0.03 * len(text)
        place = {letter for start, end in shown["gaps"] for letter in range(start, end)}
        for number, letter in enumerate(shown["text"]):
            assert number in place or letter == text[number] or (letter.isspace() and text[number].isspace())
        for mention in shown["mentions"]:
            assert text[mention["start"] : mention["end"]] == shown["text"][mention["start"] : mention["end"]]
        own = [claim for claim in shown["claims"] if not claim.get("elsewhere")]
        for claim in own:
            assert shown["text"][claim["start"] : claim["end"]].split() == claim["quote"].split()
            if claim["within"] is not None:
                assert own[claim["within"]]["claim"] != claim["claim"]
            if "cue" in claim["spans"]:
                start_at, end = claim["spans"]["cue"]
                assert claim["cue"].split(" … ")[0] in shown["text"][start_at:end]


def test_a_claim_leads_to_its_document(dispatches):
    shown = view(dispatches, "claims", node=IRAN)
    claim = shown["claims"][shown["order"][0]]
    assert view(dispatches, "document", claim=claim["claim"])["iri"] == claim["document"]


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        ("near", {}, "node: '' is no IRI"),
        ("near", {"node": "x> } DROP ALL"}, "is no IRI"),
        ("node", {"node": "Iran"}, "is no IRI"),
        ("document", {"document": f"{BASE}document/none"}, "there is no"),
        ("document", {"claim": f"{BASE}claim/none"}, "there is no"),
    ],
)
def test_what_is_not_there_is_told(dispatches, name, asked, message):
    with pytest.raises(QueryError, match=message):
        VIEWS[name](dispatches, asked)


def test_no_view_reads_the_whole_store(dispatches, monkeypatch):
    monkeypatch.setattr(type(dispatches), "quads", lambda *_: pytest.fail("all quads were asked for"))
    first = view(dispatches, "documents")["documents"][0]["iri"]
    for name in VIEWS:
        assert view(dispatches, name, q="iran", node=IRAN, document=first)


def test_what_nobody_speaks_of_has_no_neighbours(dispatches):
    found = view(dispatches, "near", node=f"{BASE}person/nobody")
    assert (found["nodes"], found["edges"], found["claims"]) == ([], [], [])


# Over HTTP and in Chromium -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(seeds):
    with serving(seeds / "news.db") as (address, _):
        yield address


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A server over the sample with every text turned against the page."""
    folder = tmp_path_factory.mktemp("hostile") / "</script><b>x.db"
    quads = list(parse(path=str(SAMPLE), format=RdfFormat.TRIG))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open_store(folder.parent / "x.db", create=True) as store:
        store.load(with_texts(quads, HOSTILE))
    with serving(folder.parent / "x.db") as (address, _):
        yield address


def test_views_are_served_as_json_and_only_these(served):
    status, kind, text = ask(f"{served}/explore/search?q=iran")
    assert (status, kind) == (200, "application/json")
    assert json.loads(text)["found"][0]["name"] == "Iran"
    body = urllib.parse.urlencode({"node": IRAN, "known": RUSSIA})
    assert ask(f"{served}/explore/near", body, content_type="application/x-www-form-urlencoded")[0] == 200
    assert ask(f"{served}/explore/nothing")[0] == 404
    assert ask(f"{served}/explore/near?node=x")[::2] == (400, "node: 'x' is no IRI; write it in full\n")
    assert ask(f"{served}/explore/near?node=x&node=y")[0] == 400


def test_the_page_names_no_other_place(served):
    status, kind, text = ask(f"{served}/explore")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert "connect-src 'self'" in text
    assert "src=" not in text.partition("<script>")[0]
    assert 'href="/explore' in ask(f"{served}/")[2]


def _open(browser, address, fragment=""):
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.get("about:blank")
    browser.get(f"{address}/explore{fragment}")
    wait(browser, "return window.kg !== undefined")
    _settled(browser)


def _settled(browser):
    """Wait until all that was asked is answered, and what was asked upon that."""
    for _ in range(2):
        painted(browser)
        wait(browser, "return document.getElementById('busy').hidden", seconds=30)


def _text(browser, name):
    return browser.execute_script("const e = document.getElementById(arguments[0]); return e.hidden ? '' : e.innerText", name)


def _shown(browser):
    return set(browser.execute_script("return kg.shown().nodes.map((node) => node.name)"))


def _find(browser, text):
    from selenium.webdriver.common.keys import Keys

    field = browser.find_element("id", "search")
    field.send_keys(text)
    wait(browser, "return document.querySelector('#found li[aria-selected]') !== null", seconds=30)
    field.send_keys(Keys.ENTER)
    _settled(browser)


@needs_browser
def test_browser_search_expand_and_evidence(browser, served):
    _open(browser, served)
    assert "Russia" in _text(browser, "front")
    _find(browser, "iran")
    assert {"Iran", "cruise missile"} <= (before := _shown(browser))
    panel = _text(browser, "panel")
    assert "ISO 3166 IR" in panel and "claims" in panel.lower() and "crash" in panel
    assert _text(browser, "front") == ""
    boxes = browser.execute_script("return kg.wording().filter((w) => !w.isFaint).length")
    assert boxes > 8
    browser.find_element("css selector", "#panel .act").click()  # neighbours
    _settled(browser)
    assert before < _shown(browser)
    assert len(_shown(browser)) - len(before) < 20
    browser.find_element("xpath", "//*[@id='panel']//button[. = 'Disputes']").click()
    _settled(browser)
    assert "1 contested event with Iran" in _text(browser, "contested-count")
    browser.back()
    _settled(browser)
    browser.find_element("xpath", "//*[@id='panel']//button[starts-with(., 'communicates with')]").click()
    _settled(browser)
    number = browser.execute_script("return kg.nodes.findIndex((node) => node.name === 'cruise missile')")
    browser.execute_script("kg.choose({ node: arguments[0] })", number)
    _settled(browser)
    assert "crashed in Iran" in _text(browser, "panel")
    browser.find_element("xpath", "//*[@id='panel']//button[. = 'Take out']").click()
    assert "cruise missile" not in _shown(browser)
    browser.find_element("id", "clear").click()
    _settled(browser)
    assert _shown(browser) == set()
    assert "Newest documents".lower() in _text(browser, "front").lower()
    asked = [url for url in asked_for(browser) if not url.startswith(("data:", "blob:"))]
    assert asked
    assert [url for url in asked if not url.startswith((served, "about:"))] == []
    assert browser.get_log("browser") == []


@needs_browser
def test_browser_a_document_with_its_claims_and_names(browser, served):
    _open(browser, served, "#documents")
    field = browser.find_element("id", "documents-search")
    field.send_keys("first on cnn")
    wait(browser, "return document.querySelectorAll('#documents-list a').length === 1")
    (row,) = browser.find_elements("css selector", "#documents-list a")
    row.click()
    _settled(browser)
    assert "First on CNN" in _text(browser, "paper")
    marked = browser.execute_script(
        """return [...document.querySelectorAll('#text .said')].map((e) => [e.className, e.innerText])"""
    )
    assert any("contested" in kind for kind, _ in marked)
    assert any("hedged" in kind for kind, _ in marked)
    nested = "return document.querySelectorAll('#text .said .said').length"
    assert browser.execute_script(nested) > 0
    cues = browser.execute_script("return [...document.querySelectorAll('#text .cue')].map((e) => e.innerText)")
    assert "has concluded" in cues
    browser.execute_script("document.querySelector('#text .contested').click()")
    card = browser.find_element("css selector", ".card.chosen").text
    assert "contradicted by" in card
    assert browser.execute_script("return document.querySelectorAll('#text .lit').length") > 0
    first = browser.find_element("css selector", ".voices button")
    first.click()
    assert browser.execute_script("return document.querySelectorAll('.card:not([hidden])').length") == int(
        first.find_element("tag name", "b").text
    )
    first.click()
    browser.find_element("tag name", "body").send_keys("n")
    assert browser.find_elements("css selector", ".card.chosen")
    browser.execute_script("[...document.querySelectorAll('#text a')].find((a) => a.innerText === 'Kaliber').click()")
    _settled(browser)
    assert "Kalibr" in _shown(browser)
    browser.back()
    _settled(browser)
    assert "First on CNN" in _text(browser, "paper")
    assert browser.get_log("browser") == []


@needs_browser
def test_browser_contested_events_lead_to_their_texts(browser, served):
    _open(browser, served, "#contested")
    assert "Not so" in _text(browser, "contested-list")
    browser.find_element("xpath", "//*[contains(@class, 'against')]//button[. = 'In the text']").click()
    _settled(browser)
    assert "denied" in browser.find_element("css selector", ".card.chosen").text
    _open(browser, served, "#contested")
    browser.find_element("xpath", "//button[. = 'In the network']").click()
    _settled(browser)
    assert "contested" in _text(browser, "panel")


@needs_browser
def test_browser_saved_questions(browser, served):
    _open(browser, served, "#questions")
    browser.find_element("css selector", "#questions-list a[data-name='ties']").click()
    wait(browser, "return document.querySelector('#question input') !== null")
    field = browser.find_element("css selector", "#question input")
    field.clear()
    field.send_keys("Iran\n")
    _settled(browser)
    wait(browser, "return document.querySelectorAll('.answer td').length > 0", seconds=30)
    field.clear()
    field.send_keys("Nowhereland\n")
    wait(browser, "return document.querySelector('.answer pre') !== null", seconds=30)
    assert "nothing in the store is called so" in browser.find_element("css selector", ".answer pre").text


@needs_browser
def test_browser_what_has_no_date_is_shown(browser, tmp_path):
    quads = parse(path=str(SAMPLE), format=RdfFormat.TRIG)
    with open_store(tmp_path / "undated.db", create=True) as store:
        store.load(quad for quad in quads if not quad.predicate.value.endswith(("issued", "#time")))
    with serving(tmp_path / "undated.db") as (address, _):
        _open(browser, address, f"#node={IRAN}")
        assert {"Iran", "Crash"} <= _shown(browser)
        left = browser.execute_script(
            "return Math.min(...kg.nodes.map(({ id }) => kg.network.canvasToDOM(kg.network.getPosition(id)).x))"
        )
        assert left > browser.execute_script("return document.getElementById('legend').getBoundingClientRect().right")
        assert browser.get_log("browser") == []


@needs_browser
def test_browser_what_is_brought_can_be_saved_as_turtle(browser, served, dispatches):
    _open(browser, served, f"#node={IRAN}")
    browser.find_element("css selector", "#panel .act").click()  # neighbours: claims come again, with more
    _settled(browser)
    written = browser.execute_script("return kgTables.turtle(kg.nodes, kg.shown(), kg.claims, kgPage.content)")
    saved = {quad.triple for quad in parse(written, format=RdfFormat.TURTLE)}
    assert saved <= {quad.triple for quad in parse(export(dispatches, "turtle"), format=RdfFormat.TURTLE)}
    assert [one for one in saved if one.predicate == kg("place") and one.object.value == IRAN]


@needs_browser
def test_browser_small_screen(seen, served):
    browser = seen(width=390, height=780)
    for fragment in ("", f"#node={IRAN}", "#documents", "#contested", "#questions=claims"):
        _open(browser, served, fragment)
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), fragment
    browser.execute_script("document.querySelector('#question input').value = 'missile'")
    _open(browser, served, "#contested")
    browser.find_element("xpath", "//button[. = 'In the text']").click()
    _settled(browser)
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert len([card for card in browser.find_elements("css selector", ".card") if card.is_displayed()]) == 1


@needs_browser
def test_browser_colours_can_be_chosen_and_stay(seen, served):
    browser = seen(scheme="dark")
    page = "return getComputedStyle(document.body).backgroundColor"
    _open(browser, served)
    dark = browser.execute_script(page)
    browser.find_element("id", "theme").click()
    assert browser.execute_script(page) != dark
    _open(browser, served)
    assert browser.execute_script(page) != dark
    browser.find_element("tag name", "body").send_keys("t")
    assert browser.execute_script(page) == dark


@needs_browser
def test_browser_hostile_text_does_not_run(browser, hostile):
    _open(browser, hostile)
    assert HACK in browser.find_element("id", "front").text
    for fragment in (f"#node={IRAN}", "#documents", "#contested", "#questions=claims"):
        _open(browser, hostile, fragment)
    _open(browser, hostile, "#documents")
    browser.find_element("css selector", "#documents-list a").click()
    _settled(browser)
    assert HACK in browser.find_element("id", "paper").text
    _find(browser, "script")
    assert browser.execute_script("return typeof window.__hacked") == "undefined"
    assert browser.execute_script("return document.querySelectorAll('img, svg, #details script').length") == 0
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.get_log("browser") == []
