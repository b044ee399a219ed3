"""A crawler: it goes where the pages of an application lead, and asks what it may not.

Each address is asked for with GET and HEAD, again with the validators that came, for
ranges, by a script of another site, and with methods that are refused.  Forms are sent
as they stand.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

from linting import Exchange
from requests import Request, Response, Session

__all__ = ["Crawler", "Page"]

_MOST = 200
_OTHER_SITE = {"Origin": "https://other.example"}
_PREFLIGHT = {**_OTHER_SITE, "Access-Control-Request-Method": "PUT"}
_PROBES: tuple[tuple[str, dict[str, str]], ...] = (
    ("HEAD", {}),
    ("GET", {"Accept-Encoding": "gzip, br, zstd"}),
    ("GET", _OTHER_SITE),
    ("OPTIONS", {}),
    ("OPTIONS", _PREFLIGHT),
    ("POST", {}),
    ("DELETE", {}),
    ("BREW", {}),
)
_RANGES = ("bytes=0-3", "bytes=0-3,8-9", "bytes=999999999-", "bytes=9-3", "lines=1-2")


class Page(HTMLParser):
    """What a page leads to.

    Attributes:
        links: addresses, as they stand.
        forms: action and fields.
    """

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self._base = address
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what matters of a tag."""
        values = {name: value or "" for name, value in attrs}
        if tag == "base":
            self._base = urljoin(self._base, values.get("href", ""))
        for name in ("href", "src", "formaction"):
            if name in values:
                self.links.append(urljoin(self._base, values[name]))
        if tag == "form":
            action = urljoin(self._base, values.get("action", ""))
            self.links.append(action)
            if values.get("method", "").lower() == "post":
                self.forms.append((action, {}))
        if tag in {"input", "textarea"} and "name" in values and self.forms:
            self.forms[-1][1][values["name"]] = values.get("value", "")


class Crawler:
    """Somebody who looks at everything.

    Args:
        root: address of the application, without a slash at the end.
        session: of requests, who may have logged in.
    """

    def __init__(self, root: str, session: Session) -> None:
        self._root, self._session = root, session
        # What is refused must not log anybody out.
        self._stranger = Session()
        self._stranger.trust_env = False
        for one in (self._session, self._stranger):
            one.headers["Accept-Encoding"] = "identity"

    def crawl(self, *paths: str) -> Iterator[Exchange]:
        """Go through all that can be found.

        Raises:
            RuntimeError: there is no end of it.
        """
        waiting = [self._root + path for path in paths]
        for address in waiting:
            first = self._ask(self._session, "GET", address)
            yield first
            is_page = first.get("content-type").startswith("text/html")
            page = Page(
                address, first.body.decode("utf-8", "replace") if is_page else ""
            )
            page.links.append(urljoin(address, first.get("location")))
            yield from self._probe(address, first)
            for action, fields in page.forms:
                if action.startswith(f"{self._root}/"):
                    yield self._ask(self._session, "POST", action, data=fields)
            waiting += sorted({*self._keep(page.links)}.difference(waiting))
            if len(waiting) > _MOST:
                raise RuntimeError(f"More than {_MOST} addresses: {waiting[-9:]}")

    def _keep(self, links: list[str]) -> Iterator[str]:
        """Yield those of the application, as a client sends them."""
        for link in links:
            address = Request("GET", urldefrag(link).url).prepare().url or ""
            if address.startswith(f"{self._root}/"):
                yield address

    def _probe(self, address: str, first: Exchange) -> Iterator[Exchange]:
        if etag := first.get("etag"):
            yield self._ask(self._session, "GET", address, {"If-None-Match": etag})
        if first.get("accept-ranges") == "bytes":
            for ranges in _RANGES:
                yield self._ask(self._session, "GET", address, {"Range": ranges})
        for method, headers in _PROBES:
            yield self._ask(self._stranger, method, address, headers)

    @staticmethod
    def _ask(
        session: Session,
        method: str,
        address: str,
        headers: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
    ) -> Exchange:
        with session.request(
            *(method, address),
            headers=headers,
            data=data,
            allow_redirects=False,
            stream=True,
            timeout=20,
        ) as answer:
            return Exchange(
                method,
                answer.request.path_url,
                {name: str(text) for name, text in answer.request.headers.items()},
                answer.status_code,
                list(answer.raw.headers.items()),
                _read(answer),
            )


def _read(answer: Response) -> bytes:
    """Read a body as it was sent; an event stream has no end."""
    if answer.headers.get("Content-Type", "").startswith("text/event-stream"):
        return b""
    # The library has read that of a redirect.
    raw: bytes = answer.raw.read(decode_content=False)
    return raw or answer.content
