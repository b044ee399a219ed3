"""What is answered at ``/docs``: the built-in page, or a viewer and its files.

A page is made once for each document, when somebody asks for it first.
"""

import re
from hashlib import sha256
from typing import Protocol
from weakref import WeakKeyDictionary

from poorwsgi_core import Request, Response, abort
from poorwsgi_core.http.conditional import check_preconditions
from poorwsgi_core.response import BaseResponse, NotModifiedResponse
from poorwsgi_core.state import HTTP_NOT_FOUND, HTTP_NOT_MODIFIED
from poorwsgi_openapi.answers.docs_page import Docs
from poorwsgi_openapi.answers.docs_page.assets import Assets, build_ui, find_assets
from poorwsgi_openapi.document.document import Document

__all__ = ["Documented", "docs_page"]

_HOST = re.compile(r"https?://[\w.:-]+", re.ASCII)
_HTML = "text/html; charset=utf-8"
_STAND_IN = "https://api.example.com"
_MARK = "https://host.invalid"
_OWN = (None, "try")


class Documented(Protocol):
    """What is asked of what is served."""

    @property
    def document(self) -> Document:
        """The document."""
        ...

    @property
    def json_path(self) -> str | None:
        """Where the document is served as JSON."""
        ...

    @property
    def yaml_path(self) -> str | None:
        """Where it is served as YAML."""
        ...

    @property
    def docs_assets(self) -> str | None:
        """Which viewer to show, see ``find_assets``; or whether ours may send."""
        ...


_pages: "WeakKeyDictionary[Document, tuple[tuple[str | None, ...], Docs]]" = (
    WeakKeyDictionary()
)


def docs_page(req: Request, api: Documented) -> BaseResponse:
    """Answer a request for the documentation."""
    if api.docs_assets in _OWN:
        docs = _read_docs(api, req.environ.get("SCRIPT_NAME", ""))
        names = ("q", "find", "part", "number") if req.query else ()
        given = {name: req.args.getfirst(name, None) for name in names}
        data = docs.read({name: value for name, value in given.items() if value})
        if data is None:
            abort(HTTP_NOT_FOUND)
        host_url = req.construct_url("")
        host_url = host_url if _HOST.fullmatch(host_url) else _STAND_IN
        page = data.replace(_MARK.encode(), host_url.encode())
        return _send(req, page, _HTML, docs.headers)
    return _show_viewer(req, api, find_assets(api.docs_assets))


def _read_docs(api: Documented, prefix: str) -> Docs:
    urls = (prefix, api.json_path, api.yaml_path, api.docs_assets)
    made_for, docs = _pages.get(api.document, (None, None))
    if docs is None or made_for != urls:
        docs = Docs(
            api.document.raw,
            host_url=_MARK,
            json_url=prefix + api.json_path if api.json_path else None,
            yaml_url=prefix + api.yaml_path if api.yaml_path else None,
            sends=api.docs_assets == "try",
        )
        _pages[api.document] = (urls, docs)
    return docs


def _show_viewer(req: Request, api: Documented, assets: Assets) -> BaseResponse:
    prefix: str = req.environ.get("SCRIPT_NAME", "")
    name = req.args.get("file") if req.query else None
    if name is None:
        json_url = prefix + (api.json_path or "/openapi.json")
        page, headers = build_ui(assets, api.document.raw, json_url, prefix + req.path)
        return _send(req, page, _HTML, headers)
    found = assets.read(str(name))
    if found is None:
        abort(HTTP_NOT_FOUND)
    content, kind = found
    return _send(req, content, kind, {"X-Content-Type-Options": "nosniff"})


def _send(
    req: Request, content: bytes, kind: str, headers: dict[str, str]
) -> BaseResponse:
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    status = check_preconditions(req.environ, req.method or "", etag, None)
    if status == HTTP_NOT_MODIFIED:
        return NotModifiedResponse(etag=etag)
    if status is not None:
        abort(status)
    kept = {"ETag": etag, "Cache-Control": "no-cache", **headers}
    return Response(content, kind, kept)
