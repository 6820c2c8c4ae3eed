"""What lies at an address of the web: http and https only, in bounded time and length."""

import http.client
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from kg.errors import InputError

TIMEOUT = 20.0
"""Seconds to wait for a server to answer, and for each piece of its answer."""
_DEADLINE = 60.0
"""Seconds until all must be here."""
_CHUNK = 65536


class Page(NamedTuple):
    """An answer: its bytes, unpacked; their media type and character set, as the server says; where it came from in the end."""

    content: bytes
    media_type: str
    charset: str | None
    url: str


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to http and https only."""

    max_redirections = 5

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse to leave the web: a page may not send the reader to `file:` or `ftp:`."""
        if urlsplit(newurl).scheme.lower() not in {"http", "https"}:
            raise InputError(f"redirected to '{newurl[:80]}', which is not read")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str, *, accept: str, max_bytes: int, check: Callable[[str], None]) -> Page:
    """Give what lies at `url`, through the proxy that the environment names, if any.

    Args:
        accept: what is asked for, as the header has it.
        max_bytes: the longest answer, also unpacked.
        check: is told the media type before anything is downloaded; refuses it by raising an `InputError`.

    Raises:
        InputError: no answer, an error, too long, or what `check` refuses.
    """
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        _Redirects,
    ):
        opener.add_handler(handler())
    try:
        scheme = urlsplit(url).scheme.lower()
        if scheme not in {"http", "https"}:
            raise InputError(f"'{scheme}' addresses are not read; give an http or https address")
        request = urllib.request.Request(url, headers={"User-Agent": "kg (news to knowledge graph)", "Accept": accept})
        with opener.open(request, timeout=TIMEOUT) as response:
            media_type = response.headers.get_content_type()
            check(media_type)
            content = _inflate(_download(response, max_bytes), response.headers.get("Content-Encoding", ""), max_bytes)
            return Page(content, media_type, response.headers.get_content_charset(), response.geturl())
    except InputError as error:
        raise InputError(f"{url}: {error}") from error
    except urllib.error.HTTPError as error:
        raise InputError(
            f"{url}: the server answers {error.code} {str(error.reason).splitlines()[0]}; check the address"
        ) from error
    except urllib.error.URLError as error:
        reason = (error.reason.strerror if isinstance(error.reason, OSError) else None) or str(error.reason)
        raise InputError(f"{url}: {reason[:1].lower()}{reason[1:]}; check the address and the connection") from error
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        reason = f"no answer within {TIMEOUT:g} s" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
        raise InputError(f"{url}: {reason}; check the address and the connection") from error


def _download(response: http.client.HTTPResponse, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    latest = time.monotonic() + _DEADLINE
    while piece := response.read1(_CHUNK):
        size += len(piece)
        _check_size(size, max_bytes)
        if time.monotonic() > latest:
            raise InputError(f"not here whole after {_DEADLINE:g} s; try again, or save it and give the file")
        pieces.append(piece)
    if response.length:
        raise InputError("the connection broke off; try again")
    return b"".join(pieces)


def _inflate(content: bytes, encoding: str, max_bytes: int) -> bytes:
    """Unpack what a server has packed unasked."""
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return content
    unpacked = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(content, max_bytes + 1)
    _check_size(len(unpacked), max_bytes)
    return unpacked


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise InputError(f"longer than {max_bytes // 1_000_000} MB; save the part that matters and give the file")
