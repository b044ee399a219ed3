"""The document and its page, served to clients.

The files are made once, on first use, and known by their digest: a client that
has them gets 304.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from poorwsgi_core import Application, BaseResponse, Request, Response
from poorwsgi_core.http.conditional import check_preconditions
from poorwsgi_core.response import HTTPException, NotModifiedResponse
from poorwsgi_core.state import HTTP_NOT_MODIFIED, METHOD_GET
from poorwsgi_openapi.document.document import Document

__all__ = ["ServedDocument", "ServedFile"]

_REVALIDATE = "no-cache"


class ServedFile:
    """A handler for content that is made when it is first asked for.

    Args:
        build: makes the content.
        content_type: its type.
        headers: makes further headers.
    """

    def __init__(
        self,
        build: Callable[[], bytes],
        content_type: str,
        headers: Callable[[], dict[str, str]] = dict,
    ) -> None:
        self._build = build
        self._content_type = content_type
        self._headers = headers
        self._content: tuple[bytes, str] | None = None

    def renew(self, build: Callable[[], bytes]) -> None:
        """Serve what *build* makes from now on."""
        self._build, self._content = build, None

    def __call__(self, req: Any) -> BaseResponse:
        """Answer a GET or HEAD request."""
        content = self._content
        if content is None:
            data = self._build()
            content = self._content = data, f'"{sha256(data).hexdigest()[:32]}"'
        data, etag = content
        status = check_preconditions(req.environ, req.method or "GET", etag, None)
        if status == HTTP_NOT_MODIFIED:
            return NotModifiedResponse({"Cache-Control": _REVALIDATE}, etag=etag)
        if status is not None:
            raise HTTPException(status)
        headers = {"ETag": etag, "Cache-Control": _REVALIDATE, **self._headers()}
        return Response(data, self._content_type, headers)


class ServedDocument:
    """A document at its paths, each of which may be ``None`` for nowhere.

    Attributes:
        document: the document that is served.

    Args:
        document: the document.
        json_path: where it is JSON.
        yaml_path: where it is YAML.
        docs_path: where it is a page.
        docs_assets: which viewer is the page, ``None`` for our own.
    """

    def __init__(
        self,
        document: Document,
        json_path: str | None,
        yaml_path: str | None,
        docs_path: str | None,
        docs_assets: str | None,
    ) -> None:
        self.document = document
        self.json_path = json_path
        self.yaml_path = yaml_path
        self.docs_assets = docs_assets
        self._docs_path = docs_path
        self._json = ServedFile(document.to_json, "application/json")
        self._yaml = ServedFile(document.to_yaml, "application/yaml")

    def wire(self, app: Application[Any]) -> None:
        """Set the routes, except where the application has one itself."""
        served = (
            (self.json_path, self._json),
            (self.yaml_path, self._yaml),
            (self._docs_path, self._show_docs),
        )
        for path, handler in served:
            if path is not None and not app.is_route(path):
                app.set_route(path, handler, METHOD_GET)

    def renew(self, document: Document) -> None:
        """Serve another document from now on."""
        self.document = document
        self._json.renew(document.to_json)
        self._yaml.renew(document.to_yaml)

    def _show_docs(self, req: Request) -> BaseResponse:
        from poorwsgi_openapi.answers.docs import docs_page

        return docs_page(req, self)
