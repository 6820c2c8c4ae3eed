"""How quickly a large picture opens and answers, with pyvis' own page of the same network as yardstick.

    python tests/benchmarks/pictures.py [NODES EDGES]

pyvis is given every advantage: positions computed ahead and physics off (as it comes it shows nothing of 5,000 nodes within
110 s). Times are medians, in milliseconds, each with the painting that follows; `first` is our page as it opens, with the most
central nodes, `all` after "Show all". Needs Chromium and chromedriver.
"""

import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import networkx as nx

from kg.render import render

KINDS = (
    ("Person", "Entity"),
    ("State", "Entity"),
    ("Agency", "Entity"),
    ("Group", "Entity"),
    ("Missile", "Weapon", "Entity"),
    ("Place", "Entity"),
    ("Launch", "Event"),
)
RUNS = 7
PAINT = {"kg": "kg.network.renderer._redraw()", "pyvis": "network.renderer._redraw()"}
ACTIONS = {
    "kg": {
        "pan": "kg.network.moveTo({ position: { x: 20 * i, y: 0 } })",
        "zoom": "kg.network.moveTo({ scale: kg.network.getScale() * (i % 2 ? 1.1 : 0.9) })",
        "search": "kg.search('name of node 12')",
        "click": "kg.choose({ node: kg.shown().nodes[40 + i].id })",
        "let go": "kg.choose(null)",
    },
    "pyvis": {
        "pan": "network.moveTo({ position: { x: 20 * i, y: 0 } })",
        "zoom": "network.moveTo({ scale: network.getScale() * (i % 2 ? 1.1 : 0.9) })",
        "click": "network.selectNodes([i])",
    },
}


def make_network(nodes: int, edges: int) -> "nx.MultiDiGraph[str]":
    """Make a network like those of `kg.network.project`: a few nodes with many edges, many with few."""
    chance = random.Random(2015)
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    claims = [_claim(number) for number in range(6000)]
    for number in range(nodes):
        kinds = KINDS[number % len(KINDS)]
        kind = "event" if kinds[-1] == "Event" else "entity"
        told = {"label": f"Name of node {number}", "aliases": [], "contested": False, "codes": [], "wikidata": None}
        network.add_node(
            f"n{number:05}",
            kind=kind,
            classes=kinds,
            **{"class": kinds[0]},
            **told,
            polarity="Positive",
            certainty="Certain",
            evidence=[claims[number * 7 % 6000]],
        )
    number = 0
    while number < edges:
        start = min(nodes - 1, int(chance.paretovariate(0.9) * 3) - 3)
        end = chance.randrange(nodes)
        if start != end:
            number += 1  # networkx counts its edges anew each time
            said = {"polarity": "Positive", "certainty": "Certain", "contested": number % 50 == 0}
            network.add_edge(
                f"n{start:05}",
                f"n{end:05}",
                kind="relation",
                predicate="supports",
                label="supports",
                **said,
                days=[f"2015-10-{number % 28 + 1:02}"],
                evidence=[claims[number % 6000]],
            )
    network.remove_nodes_from(list(nx.isolates(network)))
    for node, degree in network.degree():
        network.nodes[node]["weight"] = float(degree)
    return network


def _claim(number: int) -> dict[str, Any]:
    texts = {"quote": "that forty missiles were launched at the port", "prefix": "He said ", "suffix": " on Monday."}
    links = {"sources": [], "contradicts": [], "corroborates": [], "via": [], "contested": False, "own_voice": False}
    where = {"document": f"d{number % 300}", "title": f"Title {number % 300}", "publisher": "Paper", "date": "2015-10-07"}
    told = {"claim": f"c{number}", "source": f"Source {number % 97}", "cue": "said", "addressee": "", "url": None}
    return told | texts | links | where | {"polarity": "Positive", "certainty": "Certain"}


def write_pages(network: "nx.MultiDiGraph[str]", folder: Path) -> dict[str, Path]:
    """Write our page and pyvis' own, with the same positions."""
    import json
    import re

    from pyvis.network import Network

    ours = render(network, title="Large")
    (folder / "kg.html").write_text(ours, encoding="utf-8")
    content = json.loads(re.search(r'id="content">(.*?)</script>', ours, re.DOTALL)[1])  # type: ignore[index]
    page = Network(directed=True, cdn_resources="in_line", height="880px", width="100%")
    for node in content["nodes"]:
        page.add_node(
            node["id"], label=node["name"], x=node["all"][0], y=node["all"][1], size=node["size"], shape=node["shape"]
        )
    for edge in content["edges"]:
        page.add_edge(edge["from"], edge["to"], label=edge["label"])
    page.set_options('{"physics": {"enabled": false}, "layout": {"improvedLayout": false}, "edges": {"smooth": false}}')
    html = re.sub(r"<(?:link|script)[^>]+https?://[^>]*>(?:</script>)?", "", page.generate_html())
    (folder / "pyvis.html").write_text(html, encoding="utf-8")
    return {"kg": folder / "kg.html", "pyvis": folder / "pyvis.html"}


def measure(browser: Any, pages: dict[str, Path]) -> dict[str, dict[str, float]]:
    """Give, for "pyvis", "first" and "all", how long each action takes."""
    found: dict[str, dict[str, float]] = {"pyvis": {}, "first": {}, "all": {}}
    for name, key in (("pyvis", "pyvis"), ("kg", "first")):
        browser.get("about:blank")
        start = time.perf_counter()
        browser.get(pages[name].as_uri())
        browser.execute_script(PAINT[name])
        found[key]["open"] = 1000 * (time.perf_counter() - start)
        found[key] |= _times(browser, name)
    start = time.perf_counter()
    browser.execute_script(f"document.getElementById('all').click(); {PAINT['kg']}")
    found["all"]["open"] = 1000 * (time.perf_counter() - start)
    found["all"] |= _times(browser, "kg")
    return found


def _times(browser: Any, name: str) -> dict[str, float]:
    times = {}
    for action, script in ACTIONS[name].items():
        loop = (
            f"const all = []; for (let i = 0; i < {RUNS}; i += 1) {{ const start = performance.now(); {script}; {PAINT[name]};"
        )
        times[action] = statistics.median(browser.execute_script(f"{loop} all.push(performance.now() - start); }} return all;"))
    return times


def main() -> None:
    from selenium import webdriver

    count = [int(argument) for argument in sys.argv[1:]] or [5000, 15000]
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for switch in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "window-size=1400,900"):
        options.add_argument(f"--{switch}")
    with tempfile.TemporaryDirectory() as folder:
        network = make_network(*count)
        start = time.perf_counter()
        pages = write_pages(network, Path(folder))
        print(f"{len(network)} nodes, {network.number_of_edges()} edges; written in {time.perf_counter() - start:.1f} s")
        browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            found = measure(browser, pages)
        finally:
            browser.quit()
    print(f"{'ms':8}" + "".join(f"{name:>9}" for name in found))
    for action in ("open", *ACTIONS["kg"]):
        print(f"{action:8}" + "".join(f"{times[action]:9.0f}" if action in times else f"{'':9}" for times in found.values()))


if __name__ == "__main__":
    main()
