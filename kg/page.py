"""What all pages of kg share: one HTML file with its data, styles and scripts in it, that lets no other script run."""

import base64
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import networkx as nx
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kg.errors import ExportError, KnowledgeError, suggest
from kg.network import class_label
from kg.resources import data_path
from kg.vocab import slugify

_SHAPES = frozenset(("dot", "square", "diamond", "triangle", "triangleDown", "hexagon", "star"))
_MOODS = frozenset(("affirmed", "hedged", "denied", "contested", "statement", "a", "b", "both", "clash"))


def make_page(
    template: str,
    *,
    title: str,
    css: Sequence[str],
    scripts: Sequence[str],
    content: Mapping[str, object],
    is_live: bool = False,
    **parts: Any,
) -> str:
    """Fill a template of `kg/templates`; text is escaped, and only these scripts may run.

    Args:
        template: its file name.
        title: the page's title, any text.
        css: texts of style sheets.
        scripts: texts of the scripts, in order.
        content: what the scripts show, as JSON in the page; the title, a name for files, and the style are added.
        is_live: True if the page may ask the server it comes from; others ask nobody.
        parts: what else the template names.
    """
    environment = Environment(
        loader=FileSystemLoader(data_path("templates"), encoding="utf-8"), autoescape=True, undefined=StrictUndefined
    )
    common = {
        "title": title,
        "file": slugify(title)[:60],
        "style": {"families": style()["family"], "edges": style()["edge"]},
    }
    return environment.get_template(template).render(
        title=title,
        hashes=" ".join(f"'sha256-{_sha256(script)}'" for script in scripts),
        css=Markup("\n".join(css)),
        is_live=is_live,
        content=Markup(_embedded(common | dict(content))),
        scripts=[Markup(script) for script in scripts],
        **parts,
    )


def _embedded(value: object) -> str:
    """Give JSON that no HTML or JavaScript parser can read as anything else: ASCII, and without < > &."""
    written = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def template(name: str) -> str:
    """Give the text of a file of `kg/templates`."""
    return data_path("templates", name).read_text(encoding="utf-8")


@cache
def vis_network() -> str:
    """Give vis-network, as pyvis ships it, without the mark that makes debuggers ask for a source map."""
    import pyvis

    files = sorted(
        Path(pyvis.__file__).parent.glob("lib/vis-*/vis-network.min.js"), key=lambda path: _version(path.parent.name)
    )
    if not files:
        raise ExportError("render: the installed pyvis has no vis-network; reinstall it: pip install --force-reinstall pyvis")
    return library(files[-1])


def library(path: Path) -> str:
    """Give the script or style sheet of others, without the mark that makes debuggers ask for a source map.

    Raises:
        ExportError: it holds what would end a script in a page.
    """
    script = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    script = re.sub(r"//# sourceMappingURL=.*|/\*# sourceMappingURL=[^*]*\*/", "", script)
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise ExportError(f"render: {path} cannot be put into a page; reinstall what it belongs to")
    return script


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))


@cache
def style() -> dict[str, Any]:
    """Read how families of classes and moods of edges are drawn.

    Raises:
        KnowledgeError: not TOML, an unknown shape or mood, a colour that is none, or something missing.
    """
    path = data_path("ontology", "style.toml")
    try:
        read: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(f"{path}: the style cannot be read ({error}); correct it or reinstall kg") from error
    tables: tuple[tuple[str, str, frozenset[str]], ...] = (("family", "shape", _SHAPES), ("edge", "mood", _MOODS))
    for table, key, known in tables:
        rows = read.get(table)
        if not isinstance(rows, list) or not rows:
            raise KnowledgeError(f"{path}: no [[{table}]]; add at least one")
        for number, row in enumerate(rows, start=1):
            where = f"{path}: [[{table}]] {number}"
            missing = [name for name in (key, "label", "light", "dark") if name not in row]
            if missing:
                raise KnowledgeError(f"{where}: lacks {', '.join(missing)}; add it")
            if row[key] not in known:
                raise KnowledgeError(f"{where}: '{row[key]}' is no {key}; {suggest(str(row[key]), known)}")
            for tone in ("light", "dark"):
                if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(row[tone])):
                    raise KnowledgeError(f"{where}: '{row[tone]}' is no colour; write it as #0072b2")
    if lacking := _MOODS - {row["mood"] for row in read["edge"]}:
        raise KnowledgeError(f"{path}: no [[edge]] with the mood {', '.join(sorted(lacking))}; add it")
    return read


_SHOWN_OF_CLAIM = ["claim", "sources", "source", "addressee", "cue", "polarity", "certainty", "via"]
_SHOWN_OF_CLAIM += ["quote", "prefix", "suffix", "document", "title", "publisher", "date", "url"]


def number_claims(network: "nx.MultiDiGraph[str]") -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Give each claim of a network (`kg.network.project`) its number, and the claims as the panel shows them, by number."""
    carriers = [attributes for _, attributes in network.nodes(data=True)] + [edge for _, _, edge in network.edges(data=True)]
    claims: dict[str, Mapping[str, Any]] = {claim["claim"]: claim for carrier in carriers for claim in carrier["evidence"]}
    place = {iri: number for number, iri in enumerate(sorted(claims))}
    return place, [describe_claim(claims[iri], place) for iri in place]


def describe_node(node: str, attributes: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    """Give what the panel says of a node of a network; `place` numbers the claims of the page."""
    names = ("wikidata", "codes", "positions", "affiliation", "time", "time_text", "count", "trigger", "polarity", "certainty")
    return {
        "iri": node,
        "name": attributes["label"],
        "kind": attributes["kind"],
        "type": class_label(attributes["class"]),
        "classes": attributes["classes"],
        "aliases": attributes["aliases"],
        "contested": attributes["contested"],
        "claims": [place[claim["claim"]] for claim in attributes["evidence"]],
    } | {name: attributes[name] for name in names if attributes.get(name)}


def family_of(kinds: Iterable[str]) -> int:
    """Give the place in the legend of the first class that stands there; the last place for a class without any above."""
    places = {family.get("class"): place for place, family in enumerate(style()["family"])}
    return next((places[kind] for kind in kinds if kind in places), len(places) - 1)


def counted(*parts: tuple[int, str, str]) -> str:
    """Give numbers with their words: how many, the word for one, the word for more."""
    return " · ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in parts)


def describe_claim(claim: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    """Give a claim as the panel shows it; `place` numbers the claims of the page."""
    others = {name: [place[iri] for iri in claim[name] if iri in place] for name in ("contradicts", "corroborates")}
    told = {name: claim[name] for name in _SHOWN_OF_CLAIM if claim.get(name)} | {"contested": claim["contested"], **others}
    return {"sources": [], "claim": ""} | told
