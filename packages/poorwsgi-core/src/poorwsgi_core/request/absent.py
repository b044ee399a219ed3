"""Attributes that aren't there, and say what is."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

__all__ = ["REQUEST_NAMES", "refuse_names"]

_T = TypeVar("_T")

_FORMS = "it comes with Application of poorwsgi_forms, or of poorwsgi"

REQUEST_NAMES: Final = {
    "body": "write req.data, or req.read() for a part of it",
    "context": "attributes of req that begin with app_ are yours",
    "FILES": "files are fields of req.form",
    "files": "files are fields of req.form",
    "form": _FORMS,
    "forms": "write req.form",
    "GET": "write req.args",
    "get": "write req.args.getfirst(name) or req.headers.get(name)",
    "get_data": "write req.data",
    "get_header": "write req.headers.get(name)",
    "get_json": "write req.json",
    "get_media": "write req.json or req.form",
    "get_param": "write req.args.getfirst(name)",
    "host": "write req.hostname",
    "is_json": "write req.mime_type, or req.accept_json for what is wanted",
    "json": _FORMS,
    "matchdict": "write req.path_args",
    "media": "write req.json or req.form",
    "META": "write req.environ or req.headers",
    "params": "write req.args",
    "path_params": "write req.path_args",
    "POST": "write req.form",
    "query_params": "write req.args",
    "query_string": "write req.query",
    "session": "make one, such as PoorSession(req.secret_key), and load(req.cookies)",
    "stream": "write req.input",
    "url": "write req.construct_url(req.uri)",
    "values": "write req.args or req.form",
    "view_args": "write req.path_args",
}
"""What others, and other parts of this framework, have at a request."""


class _Absent:
    """An attribute that isn't there.

    PERF: ``__getattr__`` would do for all of them, and an object that has it is
    read by the slow way, which cost a tenth of a request.
    """

    def __init__(self, name: str, hint: str) -> None:
        self._name = name
        self._hint = hint

    def __get__(self, instance: object | None, owner: type) -> Any:
        name = self._name
        raise AttributeError(
            f"{owner.__name__!r} object has no attribute {name!r}: {self._hint}",
            name=name,
            obj=owner if instance is None else instance,
        )


def refuse_names(names: Mapping[str, str]) -> Callable[[type[_T]], type[_T]]:
    """Decorate a class whose objects don't have these names.

    Args:
        names: name to what to write instead.
    """

    def decorate(kind: type[_T]) -> type[_T]:
        for name, hint in names.items():
            setattr(kind, name, _Absent(name, hint))
        return kind

    return decorate
