"""Which paths are those of an API, whether something answers there or not.

They are the paths below those of its servers, unless that is everything, and
the paths of its operations.
"""

import re
from functools import cached_property

from poorwsgi_core import SimpleRequest
from poorwsgi_openapi.document.document import Document

__all__ = ["Territory"]

_NOWHERE = re.compile(r"(?!)")


class Territory:
    """The paths of an API.

    Args:
        document: describes it.
    """

    def __init__(self, document: Document) -> None:
        self._document = document

    def has(self, req: SimpleRequest) -> bool:
        """Tell whether a request is for one of the paths."""
        environ = req.environ
        path = environ.get("PATH_INFO", "")
        # Mounted below it, an application doesn't see the path of the server.
        paths = (path, environ.get("SCRIPT_NAME", "") + path)
        return any(
            each.startswith(self._prefixes) or self._pattern.fullmatch(each)
            for each in map(_decode, paths)
        )

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple({f"{prefix}/" for prefix, _ in self._list_paths() if prefix})

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        paths = {prefix + path for prefix, path in self._list_paths()}
        return re.compile("|".join(map(_path_regex, paths))) if paths else _NOWHERE

    def _list_paths(self) -> list[tuple[str, str]]:
        return [
            (prefix, operation.path)
            for operation in self._document.operations
            for prefix in self._document.prefixes(operation)
        ]


def _decode(path: str) -> str:
    """Decode a path of the environment; one that is malformed is let pass."""
    if path.isascii():
        return path
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def _path_regex(path: str) -> str:
    # A segment with a variable is any text, which needs no backtracking.
    return "/".join(
        "[^/]+" if "{" in segment else re.escape(segment) for segment in path.split("/")
    )
