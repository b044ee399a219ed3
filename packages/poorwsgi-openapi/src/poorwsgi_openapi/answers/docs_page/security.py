"""Security schemes: what each asks of a caller."""

from collections.abc import Iterator
from typing import Any

from poorwsgi_core.results import html_escape
from poorwsgi_openapi.answers.docs_page.markdown import render_markdown
from poorwsgi_openapi.document.outline import as_map, as_text

__all__ = ["render_security"]

_URLS = {
    "authorizationUrl": "Authorization URL",
    "tokenUrl": "Token URL",
    "refreshUrl": "Refresh URL",
    "deviceAuthorizationUrl": "Device URL",
}
_FLOWS = {
    "authorizationCode": "Authorization code",
    "clientCredentials": "Client credentials",
    "implicit": "Implicit",
    "password": "Password",
    "deviceAuthorization": "Device authorization",
}


def render_security(anchor: str, name: str, scheme: dict[str, Any]) -> str:
    """Render the section of a scheme."""
    rows = "".join(
        f"<div><dt>{label}</dt><dd>{value}</dd></div>\n"
        for label, value in _facts(scheme)
    )
    flows = "".join(
        _flow(_FLOWS.get(str(kind), str(kind)), as_map(flow))
        for kind, flow in as_map(scheme.get("flows")).items()
    )
    old = ' <span class="flag">deprecated</span>' * (scheme.get("deprecated") is True)
    return (
        f'<section class="entry single" id="{anchor}">\n<header>'
        f'<h3><a href="#{anchor}">{html_escape(name)}</a>{old}</h3></header>\n'
        f'<div class="about">\n{render_markdown(as_text(scheme.get("description")))}\n'
        f'<dl class="facts">\n{rows}</dl>\n{flows}</div>\n</section>\n'
    )


def _facts(scheme: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kind, name = as_text(scheme.get("type")), as_text(scheme.get("name"))
    if kind == "apiKey":
        place = html_escape(as_text(scheme.get("in")))
        yield "Kind", "API key"
        yield "Sent as", f"{place} <code>{html_escape(name)}</code>"
    elif kind == "http":
        http_scheme = html_escape(as_text(scheme.get("scheme")))
        yield "Kind", f"HTTP {http_scheme}"
        yield "Sent as", f"header <code>Authorization: {http_scheme.title()} …</code>"
    elif kind == "oauth2":
        yield "Kind", "OAuth 2.0"
    elif kind == "openIdConnect":
        yield "Kind", "OpenID Connect"
        url = html_escape(as_text(scheme.get("openIdConnectUrl")))
        yield "Discovery", f"<code>{url}</code>"
    elif kind == "mutualTLS":
        yield "Kind", "Client certificate (mutual TLS)"
    bearer = as_text(scheme.get("bearerFormat"))
    if bearer:
        yield "Format", html_escape(bearer)


def _flow(title: str, flow: dict[str, Any]) -> str:
    urls = "".join(
        f"<div><dt>{label}</dt><dd><code>{html_escape(as_text(flow[key]))}</code>"
        "</dd></div>\n"
        for key, label in _URLS.items()
        if key in flow
    )
    scopes = "".join(
        f'<li><div class="field"><code class="name">{html_escape(str(name))}</code>'
        f'</div><div class="text">{render_markdown(as_text(text))}</div></li>\n'
        for name, text in as_map(flow.get("scopes")).items()
    )
    listed = f'<ul class="fields">\n{scopes}</ul>\n' if scopes else ""
    return f'<h4>{html_escape(title)}</h4>\n<dl class="facts">\n{urls}</dl>\n{listed}'
