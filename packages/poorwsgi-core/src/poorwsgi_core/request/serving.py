"""What a request asks of the application that serves it.

A request and its application know each other.  The application stands above, so
the request's side of it is stated here, as a Protocol that every Application has.
"""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from poorwsgi_core.response import BaseResponse

__all__ = ["Serving"]


class Serving(Protocol):
    """The application, as far as requests, pages and most handlers see it.

    The settings are described where they are set, in
    ``poorwsgi_core.application.settings``.
    """

    @property
    def name(self) -> str:
        """Name of the application."""
        ...

    @property
    def debug(self) -> bool: ...  # noqa: D102 - described by the setting
    @property
    def document_index(self) -> bool: ...  # noqa: D102
    @property
    def document_root(self) -> str: ...  # noqa: D102
    @property
    def follow_symlinks(self) -> bool: ...  # noqa: D102
    @property
    def show_hidden(self) -> bool: ...  # noqa: D102
    @property
    def secret_key(self) -> Any: ...  # noqa: D102
    @property
    def trusted_proxies(self) -> Collection[str]: ...  # noqa: D102
    @property
    def auto_args(self) -> bool: ...  # noqa: D102
    @property
    def auto_cookies(self) -> bool: ...  # noqa: D102
    @property
    def auto_data(self) -> bool: ...  # noqa: D102
    @property
    def cached_size(self) -> int | None: ...  # noqa: D102
    @property
    def data_size(self) -> int: ...  # noqa: D102
    @property
    def keep_blank_values(self) -> int: ...  # noqa: D102
    @property
    def strict_parsing(self) -> int: ...  # noqa: D102
    @property
    def max_form_parts(self) -> int | None: ...  # noqa: D102
    @property
    def max_content_length(self) -> int | None: ...  # noqa: D102
    @property
    def read_timeout(self) -> float | None: ...  # noqa: D102

    def challenge(self, req: Any, realm: str | None, stale: object) -> Sequence[str]:
        """Build the WWW-Authenticate values of the 401 page."""
        ...

    def state_from_table(
        self, request: Any, status_code: int, **kwargs: Any
    ) -> BaseResponse:
        """Answer with a status: the user's state handler, else the page."""
        ...
