"""All pairs of extensions, in both orders, answer the same questions alike."""

import logging
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from pairing import (
    EXTENSIONS,
    KEY,
    LONG,
    QUESTIONS,
    ask,
    build,
    check,
    find_expected,
    read_text,
    write_root,
)
from recording import Records

from poorwsgi_core.application import Application
from poorwsgi_core.testing import Client

pytestmark = pytest.mark.needs("threads")


def build_app(name: str, root: Path) -> Application:
    """Build an application that has an answer for each question."""
    app = Application(name)
    build(app, root)
    return app


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a document root."""
    return write_root(tmp_path_factory.mktemp("root"))


@pytest.fixture
def records() -> Iterator[list[Any]]:
    """Keep what AccessLog writes."""
    log, handler = logging.getLogger("test.pairs"), Records()
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield handler.kept
    log.removeHandler(handler)


@pytest.mark.parametrize("pair", [*permutations(EXTENSIONS, 2)])
def test_pairs(
    pair: tuple[str, str], root: Path, records: list[Any], name: str
) -> None:
    """Neither of two breaks an answer, or what the other one promises."""
    app = build_app(name, root)
    for each in pair:
        app.install(EXTENSIONS[each]())
    client = Client(app)
    client.cookies = {}
    for question in QUESTIONS:
        answer = ask(client, question)
        assert answer.status_code == find_expected(question, pair)[0]
        check(answer, question, pair)
        if "access_log" in pair:
            access = records.pop().access
            assert (access.status, access.bytes_sent) == (
                answer.status_code,
                len(answer.data),
            )
    if "health" in pair:
        assert client.get("/readyz").status_code == 200


def test_all_at_once(root: Path, records: list[Any], name: str) -> None:
    """All together, in either order, answer as well."""
    for names in ([*EXTENSIONS], [*reversed(EXTENSIONS)]):
        app = build_app(name, root)
        for each in names:
            app.install(EXTENSIONS[each]())
        client = Client(app)
        answer = client.get("/", headers=KEY | {"Accept-Encoding": "gzip"})
        assert (answer.status_code, read_text(answer)) == (200, LONG)
        etag = answer.headers["ETag"]
        again = KEY | {"Accept-Encoding": "gzip", "If-None-Match": etag}
        answer = client.get("/", headers=again)
        assert (answer.status_code, answer.headers["ETag"]) == (304, etag)
        assert [record.access.status for record in records] == [200, 304]
        records.clear()


def test_without_extensions(root: Path, name: str) -> None:
    """The questions are answered so by an application that has none."""
    client = Client(build_app(name, root))
    for question in QUESTIONS:
        answer = ask(client, question)
        assert answer.status_code == find_expected(question, ("", ""))[0]
        check(answer, question, ("", ""))
