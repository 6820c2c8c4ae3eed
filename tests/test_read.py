"""Reading: any input to documents; what cannot be read is told, counted and left out."""

import codecs
import contextlib
import gzip
import io
import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

import kg.read
import kg.web
from kg.errors import InputError
from kg.model import Document
from kg.read import InputNotice, read

PAGE = """<!DOCTYPE html><html><head><title>Missiles crash in Iran | Example News</title>
<meta property="og:site_name" content="Example News"><meta property="article:published_time" content="2015-10-08T09:00:00Z">
<link rel="canonical" href="https://news.example/missiles"></head><body><nav>Home | World | Sport</nav><article>
<h1>Missiles crash in Iran</h1><p>Four cruise missiles crashed in Iran, two U.S. officials said on Thursday.</p>
<p>Russia denied it &amp; said that all missiles hit.</p></article><footer>© 2015</footer></body></html>"""


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _read(*inputs: str) -> tuple[list[Document], list[str]]:
    problems: list[InputError] = []
    documents = list(read(inputs, problems.append))
    return documents, [str(problem) for problem in problems]


def _read_bytes(content: bytes, name: str = "a.txt") -> tuple[list[Document], list[str]]:
    Path(name).write_bytes(content)
    return _read(name)


@pytest.fixture
def _stdin(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(request.param)))


# Texts


@pytest.mark.parametrize(
    "content",
    [
        "One line",
        "  \n\nOne.\r\nTwo.\r\n\r\n",
        "CR\ronly\r",
        "tab\there, form\ffeed",
        "Erdoğan — “Путин” 🚀",
        "--- not front\n---\n",
        "{brace",
    ],
)
def test_read_text_is_kept_exactly(content: str) -> None:
    documents, problems = _read_bytes(content.encode())
    assert (documents, problems) == ([Document("a.txt", content)], [])


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_read_byte_order_mark_is_not_text(mark: bytes, encoding: str) -> None:
    documents, problems = _read_bytes(mark + "Erdoğan\r\n".encode(encoding))
    assert (documents[0].text, problems) == ("Erdoğan\r\n", [])


def test_read_windows_1252_is_read_with_a_notice() -> None:
    Path("a.txt").write_bytes("Iran’s “semi-official” agency – café".encode("cp1252"))
    problems: list[InputError] = []
    documents = list(read(["a.txt"], problems.append))
    assert documents[0].text == "Iran’s “semi-official” agency – café"
    assert isinstance(problems[0], InputNotice)
    assert str(problems[0]) == "a.txt: not UTF-8 (0x92 at byte 4); read as Windows-1252, save it as UTF-8 to be sure"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "a.txt: empty; give a file with text", id="empty"),
        pytest.param(b" \r\n\t\n", "a.txt: empty; give a file with text", id="blank"),
        pytest.param(codecs.BOM_UTF8, "a.txt: no text; correct or delete it", id="mark-only"),
        pytest.param(b"text\x00text", "a.txt: binary, not a text (NUL at byte 4)", id="nul"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", "a.txt: binary, not a text (NUL at byte 8)", id="png"),
        pytest.param(bytes(range(1, 32)) * 9, "a.txt: binary, not a text (full of control characters)", id="controls"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", "a.txt: a PDF, not a text; convert it first", id="pdf"),
        pytest.param("Путин сказал".encode("cp1251"), "a.txt: not UTF-8 (0xcf at byte 0); convert it", id="cyrillic"),
        pytest.param("Erdoğan said".encode() + b"\xff", "a.txt: not UTF-8 (0xff at byte 13); convert it", id="damaged-utf8"),
        pytest.param("日本".encode("shift_jis") * 9, "a.txt: not UTF-8 (0x93 at byte 0); convert it", id="japanese"),
        pytest.param(b"Word \x81 not in 1252", "a.txt: not UTF-8 (0x81 at byte 5); convert it", id="undefined-1252"),
        pytest.param(codecs.BOM_UTF16_LE + b"\x00\xd8", "a.txt: not UTF-16, though it begins so", id="bad-utf16"),
        pytest.param(
            b"---\ntitle: x\nText", "a.txt:1: the front matter has no end; close it with a line '---'", id="open-front"
        ),
        pytest.param(b"---\ntitle: x\nid: [1\n---\nText", "a.txt:4: front matter is not valid YAML", id="bad-yaml"),
        pytest.param(b"---\ntitle: a: b\n---\nText", "a.txt:2: front matter is not valid YAML", id="bad-yaml-line"),
        pytest.param(
            b"---\na: &a [x]\nb: [*a, *a]\n---\nText",
            "a.txt:3: front matter may not hold aliases; write the value out",
            id="aliases",
        ),
        pytest.param(
            b"---\na: " + b"[" * 3000 + b"\n---\nText",
            "a.txt:2: front matter is nested too deep; make it simpler",
            id="deep-yaml",
        ),
        pytest.param(b"---\nid: {a: b}\n---\nText", "a.txt: 'id' is an object, not a string; correct it", id="id-mapping"),
        pytest.param(b"---\ntitle: x\n---\n \n", "a.txt: no text; correct or delete it", id="front-matter-only"),
    ],
)
def test_read_bad_file_is_told_and_skipped(content: bytes, message: str) -> None:
    documents, problems = _read_bytes(content)
    assert documents == []
    assert len(problems) == 1
    assert problems[0].startswith(message)
    assert "\n" not in problems[0]


def test_read_bad_input_does_not_stop_the_next() -> None:
    Path("b.txt").write_text("Text.")
    documents, problems = _read("missing.txt", "ftp://example.org/a", "file:///etc/passwd", "b.txt")
    assert [document.id for document in documents] == ["b.txt"]
    assert problems == [
        "missing.txt: no such file or directory; check the path",
        "ftp://example.org/a: 'ftp' addresses are not read; give an http or https address, or a path",
        "file:///etc/passwd: 'file' addresses are not read; give an http or https address, or a path",
    ]


def test_read_odd_paths() -> None:
    documents, problems = _read("a\0b", "x" * 5000)
    assert documents == []
    assert len(problems) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_read_unreadable_file() -> None:
    Path("a.txt").write_text("Text.")
    Path("a.txt").chmod(0)
    assert _read("a.txt") == ([], ["a.txt: permission denied; check the file and its permissions"])


def test_read_five_megabytes_but_not_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(_read_bytes(b"A line of text.\n" * 330_000)[0][0].text) == 16 * 330_000
    monkeypatch.setattr(kg.read, "MAX_BYTES", 1_000_000)
    message = "longer than 1 MB; split it, or make it JSON Lines of shorter documents"
    assert _read_bytes(b"x" * 1_000_001) == ([], [f"a.txt: {message}"])
    lines = b'{"id": 1, "text": "' + b"x" * 2_500_000 + b'"}\n{"id": 2, "text": "short"}\n'
    documents, problems = _read_bytes(lines, "a.jsonl")
    assert ([document.id for document in documents], problems) == (["2"], [f"a.jsonl:1: {message}"])


# Front matter


def test_read_front_matter_fields_and_metadata() -> None:
    written = "---\r\nid: 007\r\ntitle: 'Missiles: a list'\r\npublished: 2015-10-07\r\npublisher: CNN\r\nurl: https://cnn.example/a\r\n"
    documents, problems = _read_bytes((written + "tags: [war, 26]\r\neditor:\r\n---\r\n\r\nBody\r\ntext").encode(), "a.md")
    assert problems == []
    metadata = {"tags": ["war", "26"], "editor": None}
    expected = Document("007", "\r\nBody\r\ntext", "Missiles: a list", "2015-10-07", "CNN", "https://cnn.example/a", metadata)
    assert documents == [expected]


@pytest.mark.parametrize("text", ["---\n---\nText", "---\n# only a remark\n...\nText"])
def test_read_front_matter_may_be_empty(text: str) -> None:
    assert _read_bytes(text.encode())[0] == [Document("a.txt", "Text")]


def test_read_text_between_rules_is_text() -> None:
    text = "---\nA quotation\n---\nText"
    assert _read_bytes(text.encode())[0] == [Document("a.txt", text)]


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2015-10-07", "2015-10-07"),
        ("20151007", "2015-10-07"),
        ("2015-10-07T10:30:00Z", "2015-10-07T10:30:00Z"),
        ("2015-10-07 10:30", "2015-10-07T10:30:00"),
        ("2015-10-07T10:30:00+02:00", "2015-10-07T10:30:00+02:00"),
        ("October 7, 2015", "2015-10-07"),
        ("Oct 7, 2015", "2015-10-07"),
        ("7 October 2015", "2015-10-07"),
        ("2015/10/07", "2015-10-07"),
        ("Wed, 07 Oct 2015 10:30:00 GMT", "2015-10-07T10:30:00Z"),
    ],
)
def test_read_dates_become_iso(written: str, published: str) -> None:
    documents, problems = _read_bytes(json.dumps({"id": "x", "text": "t", "published": written}).encode(), "a.jsonl")
    assert (documents[0].published, problems) == (published, [])


@pytest.mark.parametrize("written", ["10/07/2015", "yesterday", "2015-13-01", "2015", 20151007, ["2015-10-07"]])
def test_read_no_date_is_noticed_and_kept_as_metadata(written: object) -> None:
    documents, problems = _read_bytes(json.dumps({"id": "x", "text": "t", "published": written}).encode(), "a.jsonl")
    assert (documents[0].published, documents[0].metadata) == (None, {"published": written})
    assert problems == [
        f"a.jsonl:1: 'published' '{written}' is no date; kept as metadata only, write it as 2015-10-07",
    ]


# JSON


def test_read_json_lines() -> None:
    lines = [
        {
            "id": "a/b c",
            "text": " Exactly.\r\n",
            "title": "T",
            "published": "2015-10-07",
            "publisher": "CNN",
            "url": "u",
            "source": "S",
        },
        {"id": 17, "text": "Second\u2028line", "title": None, "extra": {"deep": [1]}},
        {"id": 1.5, "text": "Third", "title": 26},
        {"text": "No id"},
    ]
    written = "\ufeff" + "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    documents, problems = _read_bytes(written.encode(), "a.jsonl")
    assert problems == []
    assert documents == [
        Document("a/b c", " Exactly.\r\n", "T", "2015-10-07", "CNN", "u", {"source": "S"}),
        Document("17", "Second\u2028line", metadata={"extra": {"deep": [1]}}),
        Document("1.5", "Third", "26"),
        Document("a.jsonl:7", "No id"),
    ]


def test_read_json_lines_in_utf_16() -> None:
    assert [
        d.id for d in _read_bytes('{"id": "a", "text": "x"}\n{"id": "b", "text": "y"}\n'.encode("utf-16"), "a.jsonl")[0]
    ] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"id": "x", "text": "y"', "not valid JSON (expecting ',' delimiter at "),
        (b"plain text", "not valid JSON (expecting value at column 1); correct or delete it"),
        (b'["id", "text"]', "a list, not an object; give objects with 'id' and 'text'"),
        (b"17", "a number, not an object"),
        (b'{"id": "x"}', "no 'text'; give objects with 'id' and 'text' (found: id)"),
        (b'{"id": "x", "text": null}', "no 'text'"),
        (b'{"id": "x", "text": 17}', "'text' is a number, not a string"),
        (b'{"id": "x", "text": " "}', "no text; correct or delete it"),
        (b'{"id": ["x"], "text": "y"}', "'id' is a list, not a string"),
        (b'{"id": true, "text": "y"}', "'id' is true or false, not a string"),
        (b'{"id": "x", "text": "a \\ud83d b"}', "holds half of a surrogate pair"),
        (b'{"id": "x", "text": "caf\xe9"}', "not UTF-8 (0xe9 at byte 24); JSON Lines are UTF-8, convert them"),
        (b'{"id": "x", "text": ' + b"[" * 100_000, "nested too deep"),
        (b'{"id": ' + b"9" * 5000 + b', "text": "x"}', "not valid JSON"),
    ],
)
def test_read_bad_json_line_is_told_with_file_and_line(line: bytes, message: str) -> None:
    documents, problems = _read_bytes(b'{"id": "a", "text": "x"}\n' + line + b'\n{"id": "b", "text": "y"}\n', "a.jsonl")
    assert [document.id for document in documents] == ["a", "b"]
    assert len(problems) == 1
    assert problems[0].startswith(f"a.jsonl:2: {message}")


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ('{"id": "a", "text": "x"}', ["a"]),
        ('{\n  "text": "x"\n}', ["a.json"]),
        ('[{"id": "a", "text": "x"}, {"text": "y"}]', ["a", "a.json:2"]),
        ('{"id": "a", "text": "x"}\n{"id": "b", "text": "y"}', ["a", "b"]),
    ],
)
def test_read_json_file(written: str, ids: list[str]) -> None:
    documents, problems = _read_bytes(written.encode(), "a.json")
    assert ([document.id for document in documents], problems) == (ids, [])


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("[]", "a.json: an empty list; give documents with 'id' and 'text'"),
        (
            '[{"id": 1,\n "text" "x"}]',
            "a.json: not valid JSON (expecting ':' delimiter at line 2, column 9); correct or delete it",
        ),
        ('[{"id": 1}]', "a.json: item 1: no 'text'; give objects with 'id' and 'text' (found: id)"),
        ("text", "a.json: not valid JSON (expecting value at column 1); correct or delete it"),
    ],
)
def test_read_bad_json_file(written: str, message: str) -> None:
    assert _read_bytes(written.encode(), "a.json") == ([], [message])


def test_read_field_that_is_no_string_is_noticed() -> None:
    documents, problems = _read_bytes(b'{"id": "a", "text": "x", "publisher": {"name": "CNN"}}', "a.jsonl")
    assert documents == [Document("a", "x", metadata={"publisher": {"name": "CNN"}})]
    assert problems == ["a.jsonl:1: 'publisher' is an object, not a string; kept as metadata only"]


# Ids, folders, standard input


def test_read_same_id_with_other_text_is_a_problem() -> None:
    lines = b'{"id": "a", "text": "x"}\n{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}\n'
    documents, problems = _read_bytes(lines, "a.jsonl")
    assert documents == [Document("a", "x")]
    assert problems == ["a: another document of this run has the same id; give each its own"]


def test_read_file_twice_gives_one_document() -> None:
    Path("a.txt").write_text("Text.")
    assert _read("a.txt", "./a.txt", str(Path("a.txt").absolute())) == ([Document("a.txt", "Text.")], [])


def test_read_folder_is_recursive_and_sorted_without_hidden_files(tmp_path: Path) -> None:
    for name in ("news/b.txt", "news/a/z.txt", "news/B.txt", "news/.hidden/x.txt", "news/.x.txt", "news/a.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(name)
    Path("news/loop").symlink_to(tmp_path / "news")
    Path("news/lost").symlink_to("nowhere")
    os.mkfifo("news/pipe")
    documents, problems = _read("news")
    assert [document.id for document in documents] == ["news/B.txt", "news/a/z.txt", "news/a.txt", "news/b.txt"]
    assert problems == [
        "news/lost: no such file or directory; check the file and its permissions",
        "news/pipe: not a regular file; name it by itself to read it",
    ]


def test_read_empty_folder() -> None:
    Path("news").mkdir()
    assert _read("news") == ([], ["news: no files in this folder; hidden ones are left out"])


def test_read_path_outside_the_working_directory_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.txt").write_text("Text.")
    Path("work").mkdir()
    monkeypatch.chdir("work")
    assert _read("../a.txt")[0][0].id == (tmp_path / "a.txt").as_posix()


def test_read_file_name_that_is_no_text() -> None:
    Path(os.fsdecode(b"caf\xe9.txt")).write_text("Text.")
    documents, problems = _read(".")
    assert (documents, problems) == ([Document("caf\\xe9.txt", "Text.")], [])


@pytest.mark.parametrize(
    ("_stdin", "ids"),
    [
        (b'\n{"id": "a", "text": "x"}\n{"id": "b", "text": "y"}\n', ["a", "b"]),
        (b'{\n "id": "a",\n "text": "x"}\n', ["a"]),
        (b'[{"id": "a", "text": "x"}]', ["a"]),
        (b"---\nid: a\n---\nText", ["a"]),
        (b"Text.", ["text-f06dce27b84e"]),
        (b"{curly} Text.", ["text-1d39b42d83d8"]),
    ],
    indirect=["_stdin"],
)
@pytest.mark.usefixtures("_stdin")
def test_read_standard_input_tells_the_format(ids: list[str]) -> None:
    documents, problems = _read("-")
    assert ([document.id for document in documents], problems) == (ids, [])


@pytest.mark.parametrize("_stdin", [b'{"id": "a", "text": "x"\n{"id": "b", "text": "y"}\n'], indirect=True)
@pytest.mark.usefixtures("_stdin")
def test_read_standard_input_reports_bad_json_lines() -> None:
    documents, problems = _read("-")
    assert [document.id for document in documents] == ["b"]
    assert problems == ["standard input:1: not valid JSON (expecting ',' delimiter at line 2, column 1); correct or delete it"]


@pytest.mark.parametrize("_stdin", [b""], indirect=True)
@pytest.mark.usefixtures("_stdin")
def test_read_standard_input_empty() -> None:
    assert _read("-") == ([], ["standard input: empty; give a file with text"])


# Pages

MAIN_TEXT = (
    "Missiles crash in Iran\n\nFour cruise missiles crashed in Iran, two U.S. officials said on Thursday.\n\n"
    "Russia denied it & said that all missiles hit."
)


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.txt"])
def test_read_page(name: str) -> None:
    documents, problems = _read_bytes(PAGE.encode(), name)
    assert problems == []
    url = "https://news.example/missiles"
    assert documents == [Document(name, MAIN_TEXT, "Missiles crash in Iran", "2015-10-08", "Example News", url)]


@pytest.mark.parametrize(
    "content",
    [
        PAGE.replace("</p>", "").replace("</article>", "").replace("</body></html>", "").encode(),
        ('<?xml version="1.0" encoding="utf-8"?>' + PAGE).encode(),
        PAGE.replace("<head>", "<head><meta charset=nonsense>").encode(),
        PAGE.replace("<head>", "<head><meta charset=rot13>").encode(),
        (PAGE + "<p><b><i></p></div></table><script>alert('").encode(),
        PAGE.encode("utf-16"),
    ],
)
def test_read_broken_page(content: bytes) -> None:
    documents, problems = _read_bytes(content, "a.html")
    assert problems == []
    assert documents[0].text.startswith("Missiles crash in Iran\n\nFour cruise missiles")


def test_read_page_in_its_declared_encoding() -> None:
    page = PAGE.replace("<head>", '<head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251">')
    documents, problems = _read_bytes(page.replace("Russia denied", "Россия denied").encode("cp1251", "replace"), "a.html")
    assert ("Россия denied" in documents[0].text, problems) == (True, [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"<html><body><nav><a href=/>Home</a></nav></body></html>",
            "a.html: no main text in this page; save its text instead",
        ),
        (b"<html><body><p>Please enable JavaScript to run this app.</p></body></html>", "a.html: no main text in this page"),
        (b"<html></html>", "a.html: no main text in this page; save its text instead"),
        (b"\n", "a.html: empty; give a page with text"),
        (b"\x00\xff\x01", "a.html: binary, not a page (NUL at byte 0); leave it out"),
        (b"<div>" * 20_000, "a.html:"),
    ],
)
def test_read_page_without_text(content: bytes, message: str) -> None:
    documents, problems = _read_bytes(content, "a.html")
    assert documents == []
    assert len(problems) == 1
    assert problems[0].startswith(message)


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answers: dict[str, tuple[int, dict[str, str], bytes]] = {
            "/page": (200, {"Content-Type": "text/html"}, PAGE.encode()),
            "/gzip": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(PAGE.encode())),
            "/bomb": (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(b"x" * 5_000_000)),
            "/latin": (
                200,
                {"Content-Type": "text/html; charset=iso-8859-1"},
                PAGE.replace("denied", "dénied").encode("cp1252"),
            ),
            "/text": (200, {"Content-Type": "text/plain"}, b"Plain\r\ntext."),
            "/moved": (302, {"Location": "/page"}, b""),
            "/loop": (302, {"Location": "/loop"}, b""),
            "/file": (302, {"Location": "file:///etc/passwd"}, b""),
            "/ftp": (302, {"Location": "ftp://127.0.0.1/x"}, b""),
            "/pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF"),
            "/large": (200, {"Content-Type": "text/html"}, b"x" * 2_000_000),
            "/none": (200, {"Content-Type": "text/html"}, b"<html></html>"),
            "/error": (500, {}, b""),
            "/short": (200, {"Content-Type": "text/html", "Content-Length": "99999"}, PAGE.encode()),
        }
        if self.path == "/slow":
            time.sleep(1.5)
        status, headers, body = answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""

    def handle(self) -> None:
        """Bear a reader that hangs up."""
        with contextlib.suppress(ConnectionError):
            super().handle()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.web, "TIMEOUT", 0.5)
    monkeypatch.setattr(kg.read, "MAX_BYTES", 1_000_000)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.mark.parametrize("path", ["/page", "/moved", "/gzip"])
@pytest.mark.usefixtures("_impatient")
def test_read_url(site: str, path: str) -> None:
    documents, problems = _read(site + path)
    assert problems == []
    assert documents == [Document(site + path, MAIN_TEXT, "Missiles crash in Iran", "2015-10-08", "Example News", site + path)]


@pytest.mark.usefixtures("_impatient")
def test_read_url_text_and_charset(site: str) -> None:
    documents, problems = _read(site + "/text", site + "/latin")
    assert problems == []
    assert documents[0] == Document(site + "/text", "Plain\r\ntext.", url=site + "/text")
    assert "dénied" in documents[1].text


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/missing", "the server answers 404 Not Found; check the address"),
        ("/error", "the server answers 500 Internal Server Error; check the address"),
        ("/slow", "no answer within 0.5 s; check the address and the connection"),
        ("/file", "the server answers 302 Found - Redirection to url 'file:///etc/passwd' is not allowed; check the address"),
        ("/ftp", "redirected to 'ftp://127.0.0.1/x', which is not read"),
        ("/loop", "the server answers 302"),
        ("/pdf", "'application/pdf' is neither a page nor a text; save it and give the file"),
        ("/large", "longer than 1 MB; save the part that matters and give the file"),
        ("/bomb", "longer than 1 MB; save the part that matters and give the file"),
        ("/none", "no main text in this page; save its text instead"),
        ("/short", "the connection broke off; try again"),
        ("/a b", "URL can't contain control characters"),
    ],
)
@pytest.mark.usefixtures("_impatient")
def test_read_url_that_fails(site: str, path: str, message: str) -> None:
    documents, problems = _read(site + path)
    assert documents == []
    assert len(problems) == 1
    assert problems[0].startswith(f"{site}{path}: {message}")
    assert "\n" not in problems[0]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://", "http://[::1", "http://host.invalid/", "HTTP://127.0.0.1:99999/"]
)
@pytest.mark.usefixtures("_impatient")
def test_read_url_without_server(url: str) -> None:
    documents, problems = _read(url)
    assert documents == []
    assert len(problems) == 1
    assert problems[0].startswith(f"{url}: ")
