"""The routes of resumable uploads, and who may do what.

A request with Tus-Resumable speaks tus, any other one the protocol of the IETF; an
upload may be begun in one and gone on with in the other.  Both ask for fields that a
page of another origin can't send unless CORS lets it, and so does PATCH: no form can
forge these requests.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from poorwsgi_core import Application, BaseResponse, HTTPException, Request, Routes
from poorwsgi_core.extensions.rate_limit import client_address
from poorwsgi_core.response import NoContentResponse
from poorwsgi_core.state import (
    HTTP_CREATED,
    HTTP_FORBIDDEN,
    HTTP_LOCKED,
    HTTP_METHOD_NOT_ALLOWED,
    METHOD_DELETE,
    METHOD_HEAD,
    METHOD_OPTIONS,
    METHOD_PATCH,
    METHOD_POST,
    METHOD_PUT,
)
from poorwsgi_forms.codings import find_coding
from poorwsgi_forms.uploads.arrived import UploadedFile
from poorwsgi_forms.uploads.dialect import Dialect, UploadLimits
from poorwsgi_forms.uploads.draft import PARTIAL_UPLOAD, Draft
from poorwsgi_forms.uploads.receiving import Receiver
from poorwsgi_forms.uploads.storage import Upload, UploadStorage
from poorwsgi_forms.uploads.tus import Tus

__all__ = ["ResumableUploads"]

log = logging.getLogger("poorwsgi")

_UPLOAD = "/<upload_id:re:[0-9a-f]{32}>"
_ATTRIBUTE = "app_upload_fields"
_DRAFT, _TUS = Draft(), Tus()

_Done = Callable[[Any, UploadedFile], Any]
_Owner = Callable[[Any], str | None]
_Visitor = Callable[[Any], str]
_Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


class ResumableUploads:
    """Routes for uploads that go on where they broke off.

    Args:
        path: where uploads begin; each one has an address below it.
        storage: keeps what came, for instance a ``FileUploads``.
        done: called once for each complete upload, with the request that completed it
            and the ``UploadedFile``; what it returns is the answer.
        owner: gets a request and returns whose uploads it may see, such as the name
            of who is logged in; what is false, as ``None``, is answered 403.  Without
            it, who knows the address of an upload may go on with it.
        max_size: bytes of an upload.
        max_append_size: bytes of a request, *max_size* if ``None``; the application's
            ``max_content_length`` holds too.
        max_uploads: unfinished uploads of a visitor.
        visitor: gets a request and returns among whose uploads one is counted; the
            owner if ``None``, and without an *owner* the client's address, which
            behind a proxy is the proxy's.
        lifetime: seconds from the first request of an upload to its last.
        guards: decorators for each handler, as groups of routes have them.

    Raises:
        TypeError: *done*, *owner* or *visitor* can't be called.
        ValueError: a malformed path, or a limit below one.
    """

    def __init__(
        self,
        path: str,
        storage: UploadStorage,
        done: _Done,
        *,
        owner: _Owner | None = None,
        max_size: int = 1 << 30,
        max_append_size: int | None = None,
        max_uploads: int = 20,
        visitor: _Visitor | None = None,
        lifetime: int = 86_400,
        guards: Sequence[_Guard] = (),
    ) -> None:
        _check_callables(done=done, owner=owner or str, visitor=visitor or str)
        self._most_append = max_size if max_append_size is None else max_append_size
        if min(max_size, self._most_append, max_uploads, lifetime) < 1:
            raise ValueError("Limits of uploads are 1 or more")
        self._storage = storage
        self._done = done
        self._owner = owner
        self._visitor = visitor
        self._max_size = max_size
        self._lifetime = lifetime
        self._receiver = Receiver(storage, max_uploads)
        self._routes = self._build_routes(path, guards)

    def _build_routes(self, path: str, guards: Sequence[_Guard]) -> Routes[Any]:
        routes: Routes[Any] = Routes(path, guards=guards)
        routes.set_route("", self._begin, METHOD_POST | METHOD_PUT)
        routes.set_route("", self._tell_limits, METHOD_OPTIONS)
        routes.set_route(_UPLOAD, self._tell, METHOD_HEAD)
        routes.set_route(_UPLOAD, self._go_on, METHOD_PATCH)
        routes.set_route(_UPLOAD, self._cancel, METHOD_DELETE)
        routes.set_route(_UPLOAD, self._override, METHOD_POST)
        routes.set_route(_UPLOAD, self._tell_upload_limits, METHOD_OPTIONS)
        routes.add_after_response(self._add_fields)
        return routes

    def install(self, app: Application[Any]) -> None:
        """Add the routes; called by ``app.install``."""
        app.install(self._routes)

    # --- handlers ---------------------------------------------------------------

    def _begin(self, req: Request) -> Any:
        dialect = _choose(req)
        dialect.check(req)
        find_coding(req.headers.get("Content-Encoding", ""), None)
        owner = self._find_owner(req)
        creation, limits = dialect.read_creation(req), self._limits(req)
        visitor = self._find_visitor(req, owner)
        upload = self._receiver.begin(req, creation, limits, owner, visitor)
        location = req.url_for(self._tell, upload_id=upload.id)
        fields = dialect.describe(upload, limits)
        vars(req)[_ATTRIBUTE] = {"Location": location, **fields}
        value = self._finish(req, upload) if upload.is_complete else None
        return NoContentResponse(None, HTTP_CREATED) if value is None else value

    def _go_on(self, req: Request, upload_id: str) -> Any:
        dialect = _choose(req)
        dialect.check(req)
        find_coding(req.headers.get("Content-Encoding", ""), None)
        owner = self._find_owner(req)
        piece, limits = dialect.read_piece(req), self._limits(req)
        upload = self._receiver.go_on(req, upload_id, piece, limits, owner)
        vars(req)[_ATTRIBUTE] = dialect.describe(upload, limits)
        return self._finish(req, upload) if upload.is_complete else None

    def _tell(self, req: Request, upload_id: str) -> BaseResponse:
        dialect = _choose(req)
        dialect.check(req)
        with self._receiver.hold(upload_id, self._find_owner(req)) as upload:
            vars(req)[_ATTRIBUTE] = dialect.describe(upload, self._limits(req))
        return NoContentResponse()

    def _cancel(self, req: Request, upload_id: str) -> BaseResponse:
        _choose(req).check(req)
        with self._receiver.hold(upload_id, self._find_owner(req)):
            self._storage.delete(upload_id)
        return NoContentResponse()

    def _override(self, req: Request, upload_id: str) -> Any:
        """Take another method from a field, as tus asks for."""
        methods = {"HEAD": self._tell, "PATCH": self._go_on, "DELETE": self._cancel}
        name = req.headers.get("X-HTTP-Method-Override", "")
        if _choose(req) is not _TUS or name not in methods:
            raise HTTPException(HTTP_METHOD_NOT_ALLOWED)
        return methods[name](req, upload_id)

    def _tell_limits(self, _: Request) -> BaseResponse:
        return NoContentResponse({"Accept-Patch": PARTIAL_UPLOAD})

    def _tell_upload_limits(self, req: Request, _: str) -> BaseResponse:
        return self._tell_limits(req)

    # --- what they share --------------------------------------------------------

    def _limits(self, req: Request) -> UploadLimits:
        most = req.app.max_content_length
        return UploadLimits(
            max_size=self._max_size,
            max_append_size=min(self._most_append, self._max_size, most or 1 << 62),
            lifetime=self._lifetime,
        )

    def _find_owner(self, req: Request) -> str:
        if self._owner is None:
            return ""
        owner = self._owner(req)
        if not owner:
            raise HTTPException(HTTP_FORBIDDEN)
        return owner

    def _find_visitor(self, req: Request, owner: str) -> str:
        if self._visitor is not None:
            return self._visitor(req)
        return client_address(req) if self._owner is None else f"owner {owner}"

    def _finish(self, req: Request, upload: Upload) -> Any:
        """Hand a complete upload to the application."""
        try:
            value = self._done(req, UploadedFile(upload, self._storage))
        except HTTPException:
            self._storage.release(upload.id)
            raise
        except Exception:
            log.error("The upload %s is kept until it expires", upload.id)  # noqa: TRY400 - the exception itself goes on, and is logged
            raise
        self._storage.release(upload.id)
        return value

    def _add_fields(self, req: Request, response: BaseResponse) -> BaseResponse:
        """Tell limits in each answer, and the state where it is known."""
        headers, limits = response.headers, self._limits(req)
        dialects = (_DRAFT, _TUS) if req.method == "OPTIONS" else (_choose(req),)
        fields: dict[str, str] = {}
        for dialect in dialects:
            fields |= dialect.describe_limits(limits)
        fields |= vars(req).get(_ATTRIBUTE, {})
        # Where a complete upload can be found is the application's to say.
        if location := fields.pop("Location", ""):
            headers.setdefault("Location", location)
        headers.setdefault("Cache-Control", "no-store")
        if response.status_code == HTTP_LOCKED:
            headers["Retry-After"] = "1"
        for name, value in fields.items():
            headers[name] = value
        return response


def _choose(req: Request) -> Dialect:
    return _TUS if "Tus-Resumable" in req.headers else _DRAFT


def _check_callables(**functions: object) -> None:
    for name, function in functions.items():
        if not callable(function):
            raise TypeError(
                f"{name} is a function that gets the request, not {function!r}"
            )
