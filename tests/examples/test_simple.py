"""The example simple.py: what the tests on servers and in a browser leave out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import EXAMPLES, Answer, Example, run_example

HELLO = (EXAMPLES / "public" / "static" / "hello.txt").read_bytes()


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example, with an empty directory for uploads."""
    folder = tmp_path_factory.mktemp("simple")
    with run_example("simple", folder, app_upload=str(folder / "upload")) as example:
        yield example


def read_table(answer: Answer) -> dict[str, str]:
    """Return the table of a page."""
    rows = re.findall(r"<th>(.+?)</th><td>(.*?)</td>", answer.text)
    return {
        name.replace("&apos;", "'"): value.replace("&apos;", "'")
        for name, value in rows
    }


# --- forms -------------------------------------------------------------------------


def test_query(example: Example) -> None:
    """Arguments are read by four methods."""
    answer = example.get("/form?name=Jana&colour=red&colour=blue&number=7")
    expected = {
        "req.args.keys()": "['name', 'colour', 'number']",
        "req.args.getvalue('colour')": "['red', 'blue']",
        "req.args.getfirst('name', '?')": "'Jana'",
        "req.args.getfirst('number', 0, int)": "7",
        "req.args.getlist('colour')": "['red', 'blue']",
    }
    assert read_table(answer) == expected


def test_form(example: Example) -> None:
    """Fields of a form are read in the same way, by a parser of our own."""
    kind = "application/x-www-form-urlencoded"
    body = "name=Jana&colour=red"
    answer = example.send("POST", "/form", body, Content_Type=kind)
    rows = read_table(answer)
    assert rows["req.form.keys()"] == "['name', 'colour']"
    assert rows["req.form.getvalue('colour')"] == "'red'"
    assert rows["req.form.getlist('colour')"] == "['red']"
    answer = example.send("POST", "/form", "number=x", Content_Type=kind)
    assert answer.status == 400


def test_upload(example: Example) -> None:
    """A file of a form is stored in a new file, and never over an old one."""
    answer = example.send_file("/form/file", "note.txt", b"hello", text="a note")
    expected = {
        "req.form.getfirst('text')": "'a note'",
        ".name": "'file'",
        ".filename": "'note.txt'",
        ".type": "text/plain",
        ".length": "-1",
        ".list": "[]",
        ".file": "Storage",
        "req.form.getvalue('file')": "bytes of 5",
    }
    assert read_table(answer) == expected
    assert example.get("/upload/note.txt").body == b"hello"
    answer = example.send_file("/form/file", "note.txt", b"other", text="a note")
    assert (answer.status, "a file note.txt already" in answer.text) == (409, True)
    assert example.get("/upload/note.txt").body == b"hello"


def test_upload_without_a_file(example: Example) -> None:
    """A form whose file was not chosen is no upload; one without the field is 400."""
    answer = example.send_file("/form/file", "", b"")
    assert (answer.status, read_table(answer)[".filename"]) == (200, "''")
    kind = "application/x-www-form-urlencoded"
    answer = example.send("POST", "/form/file", "a=b", Content_Type=kind)
    assert (answer.status, "no field named file" in answer.text) == (400, True)


def test_broken_upload(example: Example) -> None:
    """What came of a broken form is removed; the failure is logged and answered."""
    head = 'Content-Disposition: form-data; name="file"; filename="half.txt"'
    kind = "multipart/form-data; boundary=x"
    body = f"--x\r\n{head}\r\n\r\nhalf"
    answer = example.send("POST", "/form/file", body, Content_Type=kind)
    assert answer.status == 400
    assert example.get("/upload/half.txt").status == 404
    log = (example.folder / "simple.log").read_text("utf-8")
    assert "The form can't be parsed" in log


@pytest.mark.parametrize("name", [".hidden", "a b"])
def test_name_of_an_upload(example: Example, name: str) -> None:
    """A name that the application doesn't like is 400."""
    assert example.send_file("/form/file", name, b"x").status == 400


# --- routes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        ("/values", "None", "NoneType"),
        ("/values/42", "42", "int"),
        ("/values/3.14", "3.14", "float"),
        ("/values/Jana@Example.org", "'jana@example.org'", "str"),
        ("/values/slov%C3%AD%C4%8Dko", "'slovíčko'", "str"),
        (
            "/values/f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "UUID('f47ac10b-58cc-4372-a567-0e02b2c3d479')",
            "UUID",
        ),
    ],
)
def test_filters(example: Example, path: str, value: str, kind: str) -> None:
    """Stacked routes convert what is in the path, each by its filter."""
    assert read_table(example.get(path)) == {"value": value, "type": kind}


def test_groups(example: Example) -> None:
    """Groups come by position and by name; an expression takes slashes too."""
    expected = {
        "args": "('a', 'b', 'c')",
        "first": "a",
        "second": "b",
        "third": "c",
    }
    assert read_table(example.get("/triple/a/b/c")) == expected
    assert read_table(example.get("/anything/a/b/c"))["variable"] == "a/b/c"
    assert read_table(example.get("/sum/12+30")) == {"12 + 30": "42"}


def test_unicode_path(example: Example) -> None:
    """A path that is not ASCII is shown as it was meant."""
    assert read_table(example.get("/p%C5%99%C3%ADklad"))["path"] == "/příklad"


# --- answers -----------------------------------------------------------------------


def test_written_line_by_line(example: Example) -> None:
    """A response grows by write(), and its own ETag is honoured."""
    answer = example.get("/write")
    assert answer.text.splitlines() == [f"line {number}" for number in range(1, 11)]
    etag = answer.headers["ETag"]
    assert example.get("/write", If_None_Match=etag).status == 304


def test_bytes(example: Example) -> None:
    """A tuple of bytes, type and headers is an answer."""
    answer = example.get("/picture")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "max-age=60"
    assert answer.body.startswith(b"<svg")


def test_streams(example: Example) -> None:
    """Generators of bytes and of text are sent whole."""
    assert example.get("/yield").text.count("<p>line") == 10
    assert len(example.get("/generator").body) == 80
    assert example.get("/generator").headers["Content-Length"] == "80"
    assert example.get("/lines").text.splitlines()[1:3] == ["dobrý den", "καλημέρα"]
    assert example.get("/json/stream").json()["squares"][:3] == [0, 1, 4]


def test_chunks(example: Example) -> None:
    """The same path takes chunks by POST, and answers without a body."""
    answer = example.send("POST", "/yield", iter([b"abc", b"de"]))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["X-Received"] == "5 bytes"


def test_no_content(example: Example) -> None:
    """Nothing is 204, with headers where there are any."""
    assert example.get("/none").status == 204
    answer = example.get("/no-content")
    assert (answer.status, answer.headers["X-Reason"]) == (204, "nothing to say")


# --- files and ranges --------------------------------------------------------------


def test_conditions_by_hand(example: Example) -> None:
    """A handler may compare tag and date itself."""
    answer = example.get("/file")
    etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
    assert (answer.body, etag[:3]) == (HELLO, 'W/"')
    answer = example.get("/file", If_None_Match=etag)
    assert (answer.status, answer.headers["ETag"]) == (304, etag)
    answer = example.get("/file", If_Modified_Since=modified)
    assert (answer.status, answer.body) == (304, b"")


def test_open_file(example: Example) -> None:
    """An open file is sent."""
    assert example.get("/file/object").body == (EXAMPLES / "look.css").read_bytes()


def test_ranges_by_hand(example: Example) -> None:
    """Parts of files and generators, of another unit, and of nothing."""
    answer = example.get("/range/file")
    assert (answer.status, answer.body) == (200, HELLO)
    answer = example.get("/range/file", Range="bytes=-3")
    assert (answer.status, answer.body) == (206, HELLO[-3:])
    answer = example.get("/range/generator", Range="bytes=20-39")
    assert answer.headers["Content-Range"] == "bytes 20-39/70"
    assert answer.body == b"".join(b"line %d\n" % n for n in range(10))[20:40]
    answer = example.get("/range/unicodes", Range="unicodes=26-28")
    assert (answer.status, answer.text) == (206, "ěšč")
    assert answer.headers["Content-Range"] == "unicodes 26-28/40"
    answer = example.get("/range/unicodes")
    assert (answer.status, answer.text[26:29], len(answer.text)) == (200, "ěšč", 40)
    assert answer.headers["Accept-Ranges"] == "unicodes"
    assert example.get("/range/empty").status == 200
    assert example.get("/range/empty", Range="bytes=0-").status == 416


# --- failures ----------------------------------------------------------------------


def test_failures(example: Example) -> None:
    """Statuses, exceptions and methods end in an answer each."""
    assert example.get("/error/403").status == 403
    assert example.get("/error/501").status == 501
    assert example.get("/not-modified").headers["ETag"] == '"any"'
    assert example.get("/error/value").status == 400
    assert "octarine is no colour" in example.get("/error/value").text
    answer = example.get("/error/crash")
    assert (answer.status, "RuntimeError" in answer.text) == (500, True)
    assert example.send("PUT", "/text").status == 405


def test_not_found(example: Example) -> None:
    """The 404 page is the application's own."""
    answer = example.get("/nowhere")
    assert "<h1>Nothing here</h1>\n<p>This page is the application" in answer.text
    expected = {
        "req.uri": "/nowhere",
        "req.hostname": "127.0.0.1",
        "req.construct_url('/')": f"http://{example.address}/",
    }
    assert (answer.status, read_table(answer)) == (404, expected)


def test_hooks(example: Example) -> None:
    """A handler before each answer logs it, one after each adds to it."""
    answer = example.get("/error/403")
    assert answer.headers["Server-Timing"].startswith("app;dur=")
    log = (example.folder / "simple.log").read_text("utf-8")
    assert "INFO GET /error/403 from 127.0.0.1" in log


def test_debug_page_and_directory(example: Example) -> None:
    """Debug mode, document root and directory index are on."""
    assert "Route Table" in example.get("/debug-info").text
    assert "hello.txt" in example.get("/static/").text
    assert example.get("/static/hello.txt").body == HELLO


def test_maintenance(tmp_path: Path) -> None:
    """A before handler may answer everything itself."""
    with run_example("simple", tmp_path, app_maintenance="1") as example:
        answer = example.get("/")
        assert (answer.status, "Back in a minute" in answer.text) == (503, True)
