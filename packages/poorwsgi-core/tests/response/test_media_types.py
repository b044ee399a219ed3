"""Facts about the types of files."""

import mimetypes
from pathlib import Path

import pytest

from poorwsgi_core.response.media_types import add_charset, guess_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html"),
        ("a.PNG", "image/png"),
        ("a.tar", "application/x-tar"),
        ("a.tar.gz", "application/gzip"),
        ("a.html.gz", "application/gzip"),
        ("a.svgz", "application/gzip"),
        ("a.html.bz2", "application/x-bzip2"),
        ("a.html.xz", "application/x-xz"),
        ("a.html.Z", "application/x-compress"),
        ("a.no-such-type", "application/octet-stream"),
        ("data:text/html,x", "application/octet-stream"),
        ("a.html?x", "application/octet-stream"),
        ("a", "application/octet-stream"),
        (".html", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_type_is_guessed(name: str, kind: str) -> None:
    """A compressed file never has the type of what is inside (P16, bar 7)."""
    assert guess_type(name) == kind
    assert guess_type(Path("dir.css") / name) == (kind if name else "text/css")


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        ("js", "text/javascript"),
        ("mjs", "text/javascript"),
        ("json", "application/json"),
        ("webmanifest", "application/manifest+json"),
        ("md", "text/markdown"),
        ("svg", "image/svg+xml"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
        ("woff", "font/woff"),
        ("woff2", "font/woff2"),
        ("ttf", "font/ttf"),
        ("otf", "font/otf"),
        ("m4a", "audio/mp4"),
        ("flac", "audio/flac"),
        ("epub", "application/epub+zip"),
        ("wasm", "application/wasm"),
        ("ico", "image/vnd.microsoft.icon"),
    ],
)
def test_types_of_the_web(
    suffix: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are the same on every machine, whatever its tables say."""

    def guess(_: str) -> tuple[str, None]:
        return "text/x-local", None

    monkeypatch.setattr(mimetypes, "guess_type", guess)
    assert guess_type(f"a.{suffix}") == kind
    assert guess_type("a.other") == "text/x-local"


def test_tables_of_the_system() -> None:
    """A type that only they know is found there."""
    mimetypes.add_type("application/x-of-this-machine", ".local")
    assert guess_type("a.local") == "application/x-of-this-machine"


def test_unknown_compression(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has no type is no text either."""

    def guess(_: str) -> tuple[str, str]:
        return "text/html", "x-new"

    monkeypatch.setattr(mimetypes, "guess_type", guess)
    assert guess_type("a.html.new") == "application/octet-stream"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/javascript", "text/javascript; charset=utf-8"),
        ("text/xml", "text/xml"),
        ("image/svg+xml", "image/svg+xml"),
        ("application/json", "application/json"),
        ("image/png", "image/png"),
    ],
)
def test_charset(kind: str, expected: str) -> None:
    """Text is UTF-8; JSON always is, and XML says so itself (RFC 8259, RFC 7303)."""
    assert add_charset(kind) == expected
