"""The extension: ``app.install(OpenAPI("openapi.yaml"))``."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from poorwsgi_core import Application
from poorwsgi_openapi.document import Document

__all__ = ["OpenAPI"]

_F = TypeVar("_F", bound=Callable[..., Any])


class OpenAPI:
    """Everything a document says, done by an application."""

    document: Document
    title: str
    json_path: str | None
    yaml_path: str | None
    docs_path: str | None
    docs_assets: str | None
    """Handed on to ``docs.docs_page(req, api)``, which answers for docs_path."""
    mock: Literal["off", "missing", "all"]
    """``mock.build_mock(document.raw, operation) -> handler(req, **path_args)``."""

    def __init__(
        self,
        document: "str | os.PathLike[str] | Mapping[str, Any] | Document",
        **options: Any,
    ) -> None: ...

    def install(self, app: Application[Any]) -> None: ...

    def operation(self, operation_id: str) -> Callable[[_F], _F]: ...

    def webhook(self, name: str, path: str | None = None) -> Callable[[_F], _F]: ...

    def security(self, scheme: str, verify: Callable[..., Any]) -> None: ...

    def check(self, app: Application[Any]) -> None: ...
