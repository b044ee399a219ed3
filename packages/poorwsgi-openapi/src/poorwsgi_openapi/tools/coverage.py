"""Which answers of a document were given: operation, status, media type.

While somebody observes, the extension tells every answer of an operation.
Nobody does in production, and then nothing is added to a request.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from poorwsgi_core import BaseResponse
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.outline import Outline, as_map, media_name

__all__ = ["Documented", "Observer", "Recorder", "observers"]


class Observer(Protocol):
    """Something that is told about answers."""

    def add_document(self, document: Document) -> None:
        """Take notice of a document that an application was given."""
        ...

    def record(self, operation: Operation, response: BaseResponse) -> None:
        """Take notice of an answer."""
        ...


observers: list[Observer] = []
"""Who is told; filled before the extension is installed."""


class Documented(NamedTuple):
    """One answer that a document describes.

    Attributes:
        document: title and version of the document.
        method: method of the operation.
        path: template of its path.
        status: key of the response: ``200``, ``4XX``, ``default``.
        media_type: key of the content, empty without content.
    """

    document: str
    method: str
    path: str
    status: str
    media_type: str


class Recorder:
    """Counts the answers of documents.

    Documents with one title and version are the same, so that a test may build
    its application anew.

    Attributes:
        counts: how often each documented answer was given.
        unknown: the same for answers that aren't documented.
    """

    def __init__(self) -> None:
        self.counts: Counter[Documented] = Counter()
        self.unknown: Counter[Documented] = Counter()

    def add_document(self, document: Document) -> None:
        """Take in the answers that a document describes."""
        for operation in document.operations:
            for documented in _iter_documented(operation):
                self.counts.setdefault(documented, 0)

    def record(self, operation: Operation, response: BaseResponse) -> None:
        """Count an answer."""
        if operation.is_webhook:
            return
        kind = response.headers.get("Content-Type", response.content_type)
        kind = media_name(str(kind or ""))
        found = _find_documented(operation, response.status_code, kind)
        if found is None:
            title = _title(operation.document)
            status = str(response.status_code)
            unknown = Documented(title, operation.method, operation.path, status, kind)
            self.unknown[unknown] += 1
        else:
            self.counts[found] += 1

    @property
    def covered(self) -> int:
        """Number of documented answers that were given."""
        return sum(count > 0 for count in self.counts.values())

    @property
    def percent(self) -> float:
        """Share of the documented answers that were given; 100 of none."""
        return 100 * self.covered / len(self.counts) if self.counts else 100.0

    def report(self) -> Iterator[str]:
        """Yield lines that show each answer and how often it was given."""
        rows = [
            (answer, str(n) if n else "missed") for answer, n in self.counts.items()
        ]
        rows += [(answer, f"{n}, undocumented") for answer, n in self.unknown.items()]
        rows.sort(key=lambda row: (row[0].document, row[0].path, row[0].method))
        width = max((len(f"{a.method} {a.path}") for a, _ in rows), default=0)
        kinds = max((len(a.media_type) for a, _ in rows), default=0)
        title = last = ""
        for answer, count in rows:
            if answer.document != title:
                title, last = answer.document, ""
                yield title
            label = f"{answer.method} {answer.path}"
            shown = "" if label == last else label
            last = label
            kind = answer.media_type or "-"
            yield f"  {shown:<{width}}  {answer.status:<7}  {kind:<{kinds}}  {count}"


def _title(document: Document) -> str:
    info = as_map(document.raw.get("info"))
    return f"{info.get('title', 'API')} {info.get('version', '')}".strip()


def _iter_documented(operation: Operation) -> Iterator[Documented]:
    title = _title(operation.document)
    outline = Outline(operation.document.raw)
    for status, response in operation.responses.items():
        for kind in outline.content({**response}) or ("",):
            yield Documented(title, operation.method, operation.path, status, kind)


def _find_documented(
    operation: Operation, status_code: int, kind: str
) -> Documented | None:
    """Find the description of an answer: exact status first, default last."""
    keys = (str(status_code), f"{status_code // 100}XX", "default")
    documented = [*_iter_documented(operation)]
    for key in keys:
        entries = [entry for entry in documented if entry.status.upper() == key.upper()]
        for entry in entries:
            if _is_kind(kind, media_name(entry.media_type)):
                return entry
        if entries:
            return None
    return None


def _is_kind(kind: str, documented: str) -> bool:
    """Compare media types; what has no content in the document may be anything."""
    if documented.endswith("/*"):
        return documented == "*/*" or kind.startswith(documented[:-1])
    return not documented or kind == documented
