"""The page of the explorer: the network page of `kg render`, over a store that answers (`kg.explorer`)."""

import os

from kg.saved import saved_queries

VIEWS = ("front", "search", "documents", "near", "node", "claims", "document", "contested")
"""What the page asks of the server; names of `kg.explorer.VIEWS`."""


def explorer_page(store_path: str) -> str:
    """Give the page over the store in this folder; what it shows comes later, as it asks for it.

    Raises:
        ExportError: vis-network is missing from the installed pyvis.
    """
    from kg.page import make_page, template, vis_network  # slow to load, and not needed to answer queries
    from kg.render import OPTIONS

    name = os.path.basename(os.path.abspath(store_path))
    content = {
        "nodes": [],
        "edges": [],
        "claims": [],
        "terms": [],
        "beginnings": {},
        "events": {},
        "days": [],
        "options": {**OPTIONS, "edges": {}, "nodes": {}},
    }
    return make_page(
        "explorer.html",
        title=name,
        css=[template("graph.css"), template("explorer.css")],
        scripts=[vis_network(), *(template(f"{part}.js") for part in _SCRIPTS)],
        content=content | {"queries": [saved.form() for saved in saved_queries().values()]},
        is_live=True,
    )


_SCRIPTS = ("evidence", "paint", "time", "tables", "live", "graph", "document", "explorer")
