"""Pages from templates of Jinja: needs ``poorwsgi-core[templates]``.

What a template gets beside its values is asked of the application, so that a part may
add to it; nothing is taken from a global of the thread.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

from poorwsgi_core.extensions.arguments import check_function
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.response import Response, StrGeneratorResponse
from poorwsgi_core.response.base import HeadersInput
from poorwsgi_core.response.media_types import add_charset, guess_type
from poorwsgi_core.state import HTTP_OK

__all__ = ["TemplateResponse", "Templates"]

_PLAIN = ("csv", "ics", "json", "md", "txt", "vcf", "yaml")
_PIECES = 16
_ENDINGS = (".jinja2", ".jinja", ".j2")


class TemplateResponse(Response):
    """A page that was made of a template.

    Args:
        template: name of the template.
        context: what it was given, for tests.
        data: the page.
        content_type: value of the Content-Type header.
        headers: see BaseResponse.
        status_code: one of the codes of ``state``.
    """

    def __init__(
        self,
        template: str,
        context: Mapping[str, Any],
        data: str,
        content_type: str,
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
    ) -> None:
        super().__init__(data, content_type, headers, status_code)
        self.template = template
        self.context = context


class Templates:
    """The templates of a folder.

    Values are escaped, but in templates whose name ends as that of plain text does.
    A name that isn't defined is an error where it is printed, not an empty text.
    Templates find ``req`` and ``url_for``, which builds paths as ``req.url_for`` does;
    with authentication also ``csrf_token``, a function.

    Args:
        folder: where they are, best told from ``__file__``.
        context: gives further values for each request, such as the user.

    Attributes:
        environment: the environment of Jinja, for filters and globals.

    Raises:
        RuntimeError: Jinja isn't installed.
        ValueError: there is no such folder.
    """

    def __init__(
        self,
        folder: "str | os.PathLike[str]",
        *,
        context: Callable[[Any], Mapping[str, Any]] | None = None,
    ) -> None:
        try:
            jinja: Any = import_module("jinja2")
        except ImportError as error:
            raise RuntimeError(
                "Templates needs Jinja: pip install 'poorwsgi-core[templates]'"
            ) from error
        self._folder = os.path.abspath(folder)
        if not os.path.isdir(self._folder):
            raise ValueError(
                f"No folder {self._folder!r} with templates: tell it from the module, "
                "as in Path(__file__).parent / 'templates'"
            )
        if context is not None:
            check_function("context", context, "req")
        self._context = context
        self._missing: type[Exception] = jinja.TemplateNotFound
        self.environment: Any = jinja.Environment(
            loader=jinja.FileSystemLoader(self._folder),
            autoescape=_is_escaped,
            undefined=jinja.StrictUndefined,
        )

    def render(
        self,
        req: SimpleRequest,
        template: str,
        /,
        *,
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
        **context: Any,
    ) -> TemplateResponse:
        """Make a page.

        Args:
            req: the request.
            template: name of the template, below the folder.
            headers: see BaseResponse.
            status_code: one of the codes of ``state``.
            **context: values for the template.

        Raises:
            LookupError: there is no such template, or none that it includes.
            Exception: whatever Jinja raises.
        """
        values = self._collect(req, context)
        try:
            data: str = self._find(template).render(values)
        except self._missing as error:
            self._refuse(error)
        kind = _find_type(template)
        return TemplateResponse(template, values, data, kind, headers, status_code)

    def stream(
        self,
        req: SimpleRequest,
        template: str,
        /,
        *,
        headers: HeadersInput = None,
        status_code: int = HTTP_OK,
        **context: Any,
    ) -> StrGeneratorResponse:
        """Send a page while it is made; for long ones, from rows of a database.

        What fails behind the first piece can't be answered with an error any more.
        """
        values = self._collect(req, context)
        pieces = self._generate(self._find(template), values)
        kind = _find_type(template)
        return StrGeneratorResponse(pieces, kind, headers, status_code)

    def _collect(
        self, req: SimpleRequest, context: Mapping[str, Any]
    ) -> dict[str, Any]:
        further: Mapping[str, Any] = self._context(req) if self._context else {}
        return {**req.app.template_context(req), **further, **context}

    def _find(self, template: str) -> Any:
        try:
            return self.environment.get_template(template)
        except self._missing as error:
            self._refuse(error)

    def _generate(self, template: Any, values: Mapping[str, Any]) -> Iterator[str]:
        stream = template.stream(values)
        stream.enable_buffering(_PIECES)
        try:
            yield from stream
        except self._missing as error:
            self._refuse(error)

    def _refuse(self, error: Exception) -> NoReturn:
        name: str = getattr(error, "name", None) or str(error)
        known: list[str] = self.environment.list_templates()
        near = get_close_matches(name, known, 1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise LookupError(f"No template {name!r} in {self._folder}{hint}") from error


def _find_type(template: str) -> str:
    return add_charset(guess_type(_strip(template)))


def _is_escaped(template: str | None) -> bool:
    return template is None or _strip(template).rpartition(".")[2] not in _PLAIN


def _strip(template: str) -> str:
    """Return the name of what comes out: ``page.html`` for ``page.html.j2``."""
    for ending in _ENDINGS:
        template = template.removesuffix(ending)
    return template
