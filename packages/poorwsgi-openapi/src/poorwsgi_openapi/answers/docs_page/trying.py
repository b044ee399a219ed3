"""What a request is sent with from the page: fields, credentials, a button.

The script of the page (``try.js``) reads them; nothing is sent without it, and there
is no form, so that what is typed never gets into a URL by itself.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from poorwsgi_core.results import html_escape
from poorwsgi_openapi.answers.docs_page.curl import expand_server, is_file, shape_of
from poorwsgi_openapi.answers.docs_page.samples import format_value
from poorwsgi_openapi.document.examples import list_examples
from poorwsgi_openapi.document.outline import (
    Outline,
    OutlinedOperation,
    as_list,
    as_map,
    as_text,
    list_types,
)
from poorwsgi_openapi.document.pointers import write_value
from poorwsgi_openapi.document.styles import IGNORED_HEADERS, Style

__all__ = ["TryView", "list_origins"]

_ORIGIN = re.compile(r"https?://[\w.-]+(?::\d+)?", re.ASCII)
_PLACES = {
    "path": "Path",
    "query": "Query",
    "querystring": "Query",
    "header": "Headers",
}
_FLOWS = {"authorizationCode": "Log in", "clientCredentials": "Get a token"}


def list_origins(document: dict[str, Any]) -> list[str]:
    """List the origins of servers and of what gives tokens (for ``connect-src``)."""
    outline = Outline(document)
    holders = [document, *(each.node for each in outline.operations)]
    items = map(outline.resolve, as_map(document.get("paths")).values())
    urls = [
        expand_server(server)
        for holder in (*holders, *items)
        for server in as_list(holder.get("servers"))
    ]
    for node in outline.components("securitySchemes").values():
        flows = as_map(outline.resolve(node).get("flows"))
        urls += [as_text(as_map(flow).get("tokenUrl")) for flow in flows.values()]
    found = (_ORIGIN.match(url) for url in urls)
    return sorted({match[0] for match in found if match is not None})


class TryView:
    """Renders what the requests of one document are sent with.

    Args:
        outline: the document.
        host_url: scheme and host, where the document names none.
    """

    def __init__(self, outline: Outline, host_url: str) -> None:
        self._outline = outline
        self._host_url = host_url

    def render(self, operation: OutlinedOperation) -> str:
        """Render the fields of an operation."""
        call = {"method": operation.method, "path": operation.path}
        inside = "".join(
            (
                self._servers(operation),
                *self._parameters(operation),
                *self._body(operation),
                *self._credentials(operation),
            )
        )
        return (
            '<details class="try"><summary>Send a request</summary>\n'
            f'<div class="request" data-call="{_data(call)}">\n{inside}'
            '<p><button type="button" data-send>Send</button></p>\n'
            "<output></output>\n</div></details>\n"
        )

    def _servers(self, operation: OutlinedOperation) -> str:
        servers = self._outline.servers(operation) or [{"url": ""}]
        urls = [
            urljoin(f"{self._host_url}/", expand_server(server)) for server in servers
        ]
        options = "".join(
            f"<option>{html_escape(url.rstrip('/'))}</option>" for url in urls
        )
        hidden = " hidden" * (len(urls) < 2)
        return (
            f'<label{hidden}>Server <select name="server">{options}</select></label>\n'
        )

    def _parameters(self, operation: OutlinedOperation) -> Iterator[str]:
        groups: dict[str, list[str]] = {}
        for parameter in operation.parameters:
            title = _PLACES.get(parameter["in"])
            is_ignored = parameter["name"].lower() in IGNORED_HEADERS
            if title and not (parameter["in"] == "header" and is_ignored):
                groups.setdefault(title, []).append(self._parameter(parameter))
        for title, fields in groups.items():
            yield _group(title, "".join(fields))

    def _parameter(self, parameter: dict[str, Any]) -> str:
        name, place = parameter["name"], parameter["in"]
        content = self._outline.content(parameter)
        examples = list_examples(self._outline, parameter, "request")
        for media in content.values():
            examples = list_examples(self._outline, media, "request")
        value = next(iter(examples.values()), "")
        is_needed = parameter.get("required") is True or place == "path"
        facts: dict[str, Any] = {"name": name, "in": place, "shape": "text"}
        if place == "querystring":
            facts["whole"] = True
        if content:
            text = "".join(
                format_value(self._outline, kind, value) for kind in [*content][:1]
            )
        else:
            style = Style(parameter, shape=shape_of(value))
            facts |= {"style": style.style, "explode": style.explode}
            facts["shape"] = style.shape
            text = write_value(value)
        mark = ' <span class="required">required</span>' * is_needed
        return (
            f"<label>{html_escape(name)}{mark}"
            f'<input data-parameter="{_data(facts)}" autocomplete="off"'
            f"{_value(text, is_needed=is_needed)}></label>\n"
        )

    def _body(self, operation: OutlinedOperation) -> Iterator[str]:
        content = self._outline.content(self._outline.body(operation))
        if not content:
            return
        options = "".join(f"<option>{html_escape(kind)}</option>" for kind in content)
        parts = "".join(
            f'<div data-kind="{html_escape(kind)}"{" hidden" * (index > 0)}>\n'
            f"{self._media(kind, media)}</div>\n"
            for index, (kind, media) in enumerate(content.items())
        )
        hidden = " hidden" * (len(content) < 2)
        choice = f'<label{hidden}>Type <select name="kind">{options}</select></label>\n'
        yield _group("Body", choice + parts)

    def _media(self, kind: str, media: dict[str, Any]) -> str:
        schema = self._outline.resolve(media.get("schema"))
        value = next(iter(list_examples(self._outline, media, "request").values()), "")
        if kind.startswith("multipart/"):
            return "".join(self._parts(schema, as_map(value)))
        if schema.get("format") == "binary" or not (schema or "itemSchema" in media):
            return '<label>File<input type="file" name="file"></label>\n'
        text = format_value(self._outline, kind, value, media.get("schema"))
        return (
            '<label>Content<textarea rows="8" spellcheck="false">'
            f"\n{html_escape(text)}</textarea></label>\n"
        )

    def _parts(self, schema: dict[str, Any], values: dict[str, Any]) -> Iterator[str]:
        for name, node in as_map(schema.get("properties")).items():
            found = self._outline.resolve(node)
            items = self._outline.resolve(found.get("items"))
            many = " multiple" * (not is_file(found) and is_file(items))
            has_file = is_file(found) or bool(many)
            value = values.get(name, "")
            text = write_value(value)
            kind = f' type="file"{many}' if has_file else _value(text, is_needed=True)
            is_list = "array" in list_types(found) and "object" not in list_types(items)
            kind += ' data-list="list"' * (is_list and not has_file)
            yield (
                f"<label>{html_escape(name)}"
                f'<input data-part="{html_escape(name)}"{kind}></label>\n'
            )

    def _credentials(self, operation: OutlinedOperation) -> Iterator[str]:
        names = dict.fromkeys(
            name for each in self._outline.security(operation) for name in each
        )
        schemes = self._outline.components("securitySchemes")
        for name in names:
            scheme = self._outline.resolve(schemes.get(name))
            yield from _login(name, scheme)


def _login(name: str, scheme: dict[str, Any]) -> Iterator[str]:
    kind, http = as_text(scheme.get("type")), as_text(scheme.get("scheme")).lower()
    facts = {"name": name, "type": "basic" if http == "basic" else kind}
    fields: list[str] = []
    if kind == "apiKey" and scheme.get("in") in ("header", "query"):
        facts |= {"in": as_text(scheme.get("in")), "key": as_text(scheme.get("name"))}
        fields = [_secret("key", as_text(scheme.get("name")))]
    elif http == "basic":
        fields = [_plain("user", "User"), _secret("password", "Password")]
    elif kind in ("oauth2", "openIdConnect") or http == "bearer":
        fields = [*_flows(scheme), _secret("token", "Token")]
    if fields:
        title = html_escape(f"Credentials: {name}")
        inside = f'<div data-scheme="{_data(facts)}">\n{"".join(fields)}</div>\n'
        yield _group(title, inside)


def _flows(scheme: dict[str, Any]) -> Iterator[str]:
    buttons: list[str] = []
    scopes: list[str] = []
    for kind, title in _FLOWS.items():
        flow = as_map(as_map(scheme.get("flows")).get(kind))
        urls = {
            "authorize": flow.get("authorizationUrl"),
            "token": flow.get("tokenUrl"),
        }
        found = {key: url for key, url in urls.items() if isinstance(url, str)}
        if flow and all(map(_is_web, found.values())):
            scopes += as_map(flow.get("scopes"))
            buttons.append(
                f'<button type="button" data-flow="{_data(found)}">{title}</button> '
            )
    if buttons:
        yield _plain("client_id", "Client")
        yield _secret("client_secret", "Client's secret, if it has one")
        yield _plain("scope", "Scopes", " ".join(dict.fromkeys(scopes)))
        yield f"<p>{''.join(buttons)}</p>\n"


def _is_web(url: str) -> bool:
    """Tell a URL of a web site, which may be relative, from a script."""
    return ":" not in url.partition("/")[0] or url.startswith(("http:", "https:"))


def _group(title: str, inside: str) -> str:
    return f"<fieldset><legend>{title}</legend>\n{inside}</fieldset>\n"


def _plain(name: str, title: str, value: str = "") -> str:
    return (
        f'<label>{title}<input name="{name}" autocomplete="off"'
        f"{_value(value, is_needed=True)}></label>\n"
    )


def _secret(name: str, title: str) -> str:
    kind = 'type="password" autocomplete="off"'
    return f'<label>{html_escape(title)}<input name="{name}" {kind}></label>\n'


def _value(text: str, *, is_needed: bool) -> str:
    """Fill in what is needed, and show what might be there."""
    return f' {"value" if is_needed else "placeholder"}="{html_escape(text)}"'


def _data(value: Any) -> str:
    return html_escape(json.dumps(value, ensure_ascii=False))
