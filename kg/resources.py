"""Where shipped files lie: in the repository (checkout) or inside the package (wheel)."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_SHIPPED = _PACKAGE / "_data"
_CHECKOUT = {"ontology": _PACKAGE.parent / "ontology", "gazetteers": _PACKAGE.parent / "seeds" / "gazetteers"}


STORE_MARKER = "kg-store.json"
"""The file that tells a store's folder, which is no folder of documents."""


def data_path(folder: str, *parts: str) -> Path:
    """Give the path of a shipped file or folder.

    Args:
        folder: "ontology", "gazetteers", "templates" or "static".
        parts: the path below it, e.g. `data_path("ontology", "queries")`.
    """
    if folder in ("templates", "static"):
        root = _PACKAGE / folder
    else:
        root = _SHIPPED / folder if (_SHIPPED / folder).is_dir() else _CHECKOUT[folder]
    return root.joinpath(*parts)
