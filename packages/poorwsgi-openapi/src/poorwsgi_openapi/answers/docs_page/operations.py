"""One operation: what it takes, what it answers, and how to call it."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import starmap
from typing import Any

from poorwsgi_core.results import html_escape
from poorwsgi_core.state import phrases
from poorwsgi_openapi.answers.docs_page.anchors import Anchors
from poorwsgi_openapi.answers.docs_page.curl import build_curl
from poorwsgi_openapi.answers.docs_page.markdown import (
    render_inline,
    render_link,
    render_markdown,
)
from poorwsgi_openapi.answers.docs_page.samples import build_code, format_value, is_json
from poorwsgi_openapi.answers.docs_page.schemas import Field, SchemaTree
from poorwsgi_openapi.answers.docs_page.tags import Tags
from poorwsgi_openapi.answers.docs_page.trying import TryView
from poorwsgi_openapi.document.examples import Direction, list_examples
from poorwsgi_openapi.document.outline import (
    Outline,
    OutlinedOperation,
    as_map,
    as_text,
)

__all__ = [
    "OperationView",
    "render_external",
    "render_method",
    "render_path",
    "title_of",
]

_PLACES = {
    "path": "Path",
    "query": "Query",
    "querystring": "Query string",
    "header": "Headers",
    "cookie": "Cookies",
}
_VARIABLE = re.compile(r"(\{[^{}]*\})")
_METHOD = re.compile(r"[A-Z]+")


def title_of(operation: OutlinedOperation) -> str:
    """Return what an operation is called: summary, id, or method and path."""
    summary = as_text(operation.node.get("summary")).strip()
    return summary or operation.operation_id or operation.label


def render_method(method: str) -> str:
    """Render the badge of a method."""
    known = method.lower() if _METHOD.fullmatch(method) else "other"
    return f'<span class="method {known}">{html_escape(method)}</span>'


def render_path(path: str) -> str:
    """Render a path with its variables marked; it may break at a slash."""
    pieces = _VARIABLE.split(path)
    return "".join(
        f"<var>{html_escape(piece)}</var>"
        if piece.startswith("{")
        else html_escape(piece).replace("/", "<wbr>/")
        for piece in pieces
    ).removeprefix("<wbr>")


class OperationView:
    """Renders operations of one document.

    Args:
        outline: the document.
        anchors: the ids of the page.
        host_url: scheme and host for commands, where the document names none.
        sends: operations can be tried from the page.
    """

    def __init__(
        self,
        outline: Outline,
        anchors: Anchors,
        host_url: str,
        *,
        sends: bool = False,
    ) -> None:
        self._outline = outline
        self._anchors = anchors
        self._tags = Tags(outline.document)
        self._host_url = host_url
        self._try = TryView(outline, host_url) if sends else None
        self._build_tree = partial(SchemaTree, outline, anchors)

    def render(self, operation: OutlinedOperation) -> str:
        """Render the section of an operation."""
        anchor = self._anchors.operation(operation)
        old = operation.node.get("deprecated") is True
        marks = ["deprecated"] * old + self._tags.marks(operation.tags)
        flag = "".join(
            f' <span class="flag">{html_escape(mark)}</span>' for mark in marks
        )
        title = render_inline(title_of(operation))
        return (
            f'<section class="entry" id="{anchor}">\n<header>\n'
            f'<h3><a href="#{anchor}">{title}</a>{flag}</h3>\n'
            f'<p class="endpoint">{render_method(operation.method)} '
            f"<code>{render_path(operation.path)}</code></p>\n</header>\n"
            f'<div class="about">\n{"".join(self._about(operation))}</div>\n'
            f'<div class="samples">\n{"".join(self._samples(operation))}</div>\n'
            "</section>\n"
        )

    def _about(self, operation: OutlinedOperation) -> Iterator[str]:
        node = operation.node
        yield render_markdown(as_text(node.get("description")))
        yield render_external(node)
        yield self._security(operation)
        yield from self._parameters(operation)
        yield self._body(operation)
        yield from self._responses(operation)
        yield from self._callbacks(operation)

    def _security(self, operation: OutlinedOperation) -> str:
        alternatives = self._outline.security(operation)
        if not alternatives:
            return ""
        texts = [
            " and ".join(starmap(self._scheme, alternative.items())) or "nothing"
            for alternative in alternatives
        ]
        return f'<p class="access"><span>Access</span> {", or ".join(texts)}</p>\n'

    def _scheme(self, name: str, scopes: list[Any]) -> str:
        text = html_escape(name)
        if name in self._outline.components("securitySchemes"):
            text = f'<a href="#{self._anchors.name("security", name)}">{text}</a>'
        words = [f" <code>{html_escape(str(scope))}</code>" for scope in scopes]
        return text + "".join(words)

    def _parameters(self, operation: OutlinedOperation) -> Iterator[str]:
        for place, title in _PLACES.items():
            fields = [
                self._parameter_field(parameter)
                for parameter in operation.parameters
                if parameter["in"] == place
            ]
            if fields:
                yield f"<h4>{title}</h4>\n{self._build_tree().render_fields(fields)}"

    def _parameter_field(self, parameter: dict[str, Any]) -> Field:
        schema = parameter.get("schema", {})
        flags = ["deprecated"] * (parameter.get("deprecated") is True)
        for kind, media in self._outline.content(parameter).items():
            schema = media.get("schema", {})
            flags.append(html_escape(kind))
        if "example" in parameter and "$ref" not in as_map(schema):
            schema = {**as_map(schema), "example": parameter["example"]}
        return Field(
            html_escape(as_text(parameter.get("name"))),
            schema,
            as_text(parameter.get("description")),
            is_required=parameter.get("required") is True,
            flags=flags,
        )

    def _body(self, operation: OutlinedOperation) -> str:
        body = self._outline.body(operation)
        if not body:
            return ""
        needed = ' <span class="required">required</span>'
        mark = needed * (body.get("required") is True)
        text = render_markdown(as_text(body.get("description")))
        return f"<h4>Body{mark}</h4>\n{text}{self._content(body)}"

    def _content(self, holder: dict[str, Any]) -> str:
        """Render media types; those with one and the same schema together."""
        groups: list[tuple[Any, list[str]]] = []
        for kind, media in self._outline.content(holder).items():
            schema = media.get("schema", media.get("itemSchema"))
            if groups and groups[-1][0] == schema:
                groups[-1][1].append(kind)
            else:
                groups.append((schema, [kind]))
        return "".join(
            f'<div class="media"><p class="kinds">'
            f"{' '.join(f'<code>{html_escape(kind)}</code>' for kind in kinds)}</p>\n"
            f"{'' if schema is None else self._build_tree().render(schema)}</div>\n"
            for schema, kinds in groups
        )

    def _responses(self, operation: OutlinedOperation) -> Iterator[str]:
        responses = self._outline.responses(operation)
        if responses:
            yield "<h4>Responses</h4>\n"
        for code, response in responses.items():
            texts = [as_text(response.get(key)) for key in ("summary", "description")]
            text = "\n\n".join(filter(None, texts)) or _phrase(code)
            first, _, rest = text.strip().partition("\n\n")
            inside = render_markdown(rest) + self._headers(response)
            inside += self._content(response)
            head = f"{_status(code)} <span>{render_inline(first)}</span>"
            if inside:
                yield (
                    f'<details class="response"><summary>{head}</summary>\n'
                    f"{inside}</details>\n"
                )
            else:
                yield f'<p class="response">{head}</p>\n'

    def _headers(self, response: dict[str, Any]) -> str:
        fields = [
            self._parameter_field({"name": str(name), **self._outline.resolve(node)})
            for name, node in as_map(response.get("headers")).items()
        ]
        if not fields:
            return ""
        return f"<h5>Headers</h5>\n{self._build_tree().render_fields(fields)}"

    def _callbacks(self, operation: OutlinedOperation) -> Iterator[str]:
        for name, node in as_map(operation.node.get("callbacks")).items():
            for url, item in self._outline.resolve(node).items():
                for method, call in self._outline.resolve(item).items():
                    text = as_text(as_map(call).get("summary")) or str(name)
                    yield (
                        f"<h4>Callback {html_escape(text)}</h4>\n"
                        f'<p class="endpoint">{render_method(method.upper())} '
                        f"<code>{html_escape(url)}</code></p>\n"
                    )

    def _samples(self, operation: OutlinedOperation) -> Iterator[str]:
        if not operation.is_webhook:
            code = build_curl(self._outline, operation, self._host_url)
            yield (
                '<figure class="sample"><figcaption>Request <span>curl</span>'
                f"</figcaption>{build_code(code)}</figure>\n"
            )
            if self._try is not None:
                yield self._try.render(operation)
        yield from self._body_samples(operation)
        yield from self._response_samples(operation)

    def _body_samples(self, operation: OutlinedOperation) -> Iterator[str]:
        """Yield what the body may be; the command shows the first already."""
        content = self._outline.content(self._outline.body(operation))
        title = "Payload" if operation.is_webhook else "Body"
        group = f"body-{self._anchors.operation(operation)}"
        is_open = operation.is_webhook
        for kind, media in content.items():
            if kind.startswith("multipart/"):
                continue  # the command shows it better
            for name, block in self._media_samples(kind, media, "request"):
                yield _fold(title, f"{kind} {name}", block, group, is_open=is_open)
                is_open = False

    def _response_samples(self, operation: OutlinedOperation) -> Iterator[str]:
        group = f"samples-{self._anchors.operation(operation)}"
        is_open = True
        for code, response in self._outline.responses(operation).items():
            for kind, media in self._outline.content(response).items():
                for name, block in self._media_samples(kind, media, "response"):
                    label = f"{kind} {name}"
                    yield _fold(_status(code), label, block, group, is_open=is_open)
                    is_open = False

    def _media_samples(
        self, kind: str, media: dict[str, Any], direction: Direction
    ) -> Iterator[tuple[str, str]]:
        schema = media.get("schema")
        if self._outline.resolve(schema).get("format") == "binary":
            return
        for name, value in list_examples(self._outline, media, direction).items():
            text = format_value(self._outline, kind, value, schema)
            yield name, build_code(text, colours=is_json(kind))


def render_external(node: dict[str, Any]) -> str:
    """Render the link to documentation elsewhere."""
    more = as_map(node.get("externalDocs"))
    url = as_text(more.get("url"))
    if not url:
        return ""
    text = as_text(more.get("description")) or url
    return f"<p>{render_link(text, url)}</p>\n"


def _fold(title: str, label: str, block: str, group: str, *, is_open: bool) -> str:
    """Build a sample of a group of which one is open at a time."""
    return (
        f'<details class="sample" name="{group}"{" open" * is_open}><summary>{title} '
        f"<span>{html_escape(label.strip())}</span></summary>{block}</details>\n"
    )


def _status(code: str) -> str:
    known = code[:1] if code[:1].isdigit() else "0"
    return f'<span class="status s{known}">{html_escape(code)}</span>'


def _phrase(code: str) -> str:
    return phrases.get(int(code), "") if code.isdigit() else ""
