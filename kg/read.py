"""Any input to a stream of documents: files, folders, standard input, web pages; text, front matter, HTML, JSON Lines.

What cannot be read never stops the run: it is reported as `where: what is wrong; what to do`, and the next input follows.
"""

from collections.abc import Callable, Iterable, Iterator

from kg.errors import InputError
from kg.layout import Segment, segments
from kg.model import Document

__all__ = ["InputNotice", "Segment", "read", "segments"]


class InputNotice(InputError):
    """A document was read, but not quite as it was given: a problem that lost nothing but needs to be known."""


def read(inputs: Iterable[str], on_problem: Callable[[InputError], None]) -> Iterator[Document]:
    """Yield the documents of `inputs`, in the order given; each id once.

    Args:
        inputs: files, folders (all below them, sorted, hidden ones left out), `-` (standard input), http(s) URLs.
        on_problem: is told of each input that could not be read (`InputError`) or was read with a reservation
            (`InputNotice`); the reading then goes on.
    """
    raise NotImplementedError
    yield
