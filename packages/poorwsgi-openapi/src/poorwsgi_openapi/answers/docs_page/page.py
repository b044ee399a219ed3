"""The whole page: contents, introduction, operations by tag, schemas."""

from collections.abc import Iterator
from typing import Any

from poorwsgi_core.results import PAGE_ICON, html_escape
from poorwsgi_openapi.answers.docs_page.anchors import Anchors
from poorwsgi_openapi.answers.docs_page.curl import expand_server
from poorwsgi_openapi.answers.docs_page.markdown import (
    render_inline,
    render_link,
    render_markdown,
)
from poorwsgi_openapi.answers.docs_page.operations import (
    OperationView,
    render_external,
    render_method,
    title_of,
)
from poorwsgi_openapi.answers.docs_page.samples import build_code, format_json
from poorwsgi_openapi.answers.docs_page.schemas import SchemaTree
from poorwsgi_openapi.answers.docs_page.security import render_security
from poorwsgi_openapi.document.examples import Sampler
from poorwsgi_openapi.document.outline import (
    Outline,
    OutlinedOperation,
    as_list,
    as_map,
    as_text,
)

__all__ = ["build_page"]

_OTHER = "Operations"
_LONG = 60


def build_page(document: dict[str, Any], style: str, host_url: str, links: str) -> str:
    """Build the page of a document.

    Args:
        document: the decoded document.
        style: the style sheet.
        host_url: scheme and host for commands, where the document names none.
        links: HTML of links to the document itself.
    """
    page = _Page(document, host_url)
    title = html_escape(page.title)
    kind = ' class="long"' * (len(page.outline.operations) > _LONG)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="{PAGE_ICON}">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n"
        f'<body id="top"{kind}>\n'
        f'<div class="bar"><a href="#top">{title}</a>'
        '<a href="#contents">Contents</a></div>\n'
        f'<nav id="contents" aria-label="Contents">\n{page.render_contents()}</nav>\n'
        f"<main>\n{page.render_introduction(links)}{page.render_body()}</main>\n"
        "</body>\n</html>\n"
    )


class _Page:
    """Renders the parts of a page."""

    def __init__(self, document: dict[str, Any], host_url: str) -> None:
        self.outline = Outline(document)
        self._anchors = Anchors()
        self._view = OperationView(self.outline, self._anchors, host_url)
        self._info = as_map(document.get("info"))
        self.title = as_text(self._info.get("title")).strip() or "API"
        self._groups = self._group()

    def _group(self) -> dict[str, list[OutlinedOperation]]:
        """Sort operations by their first tag, in the order that tags are declared."""
        declared = [
            as_text(as_map(tag).get("name"))
            for tag in as_list(self.outline.document.get("tags"))
        ]
        groups: dict[str, list[OutlinedOperation]] = {name: [] for name in declared}
        for operation in self.outline.operations:
            name = operation.tags[0] if operation.tags else _OTHER
            groups.setdefault(name, []).append(operation)
        return {name: operations for name, operations in groups.items() if operations}

    def _tag(self, name: str) -> dict[str, Any]:
        for tag in as_list(self.outline.document.get("tags")):
            if as_map(tag).get("name") == name:
                return as_map(tag)
        return {}

    def _tag_title(self, name: str) -> str:
        tag = self._tag(name)
        shown = as_text(tag.get("summary")) or as_text(tag.get("x-displayName")) or name
        return html_escape(shown)

    # --- contents ----------------------------------------------------------------

    def render_contents(self) -> str:
        """Render the table of contents."""
        title = html_escape(self.title)
        return (
            f'<p class="title"><a href="#top">{title}</a></p>\n'
            '<a class="close" href="#top">Close</a>\n' + "".join(self._contents())
        )

    def _contents(self) -> Iterator[str]:
        for name, operations in self._groups.items():
            anchor = self._anchors.name("tag", name)
            rows = "".join(map(self._operation_link, operations))
            yield _contents_group(anchor, self._tag_title(name), rows)
        if self.outline.webhooks:
            rows = "".join(map(self._operation_link, self.outline.webhooks))
            yield _contents_group("webhooks", "Webhooks", rows)
        for kind, title, key in (
            ("security", "Security", "securitySchemes"),
            ("schema", "Schemas", "schemas"),
        ):
            names = self.outline.components(key)
            rows = "".join(
                f'<li><a href="#{self._anchors.name(kind, str(name))}">'
                f"{html_escape(str(name))}</a></li>\n"
                for name in names
            )
            if rows:
                yield _contents_group(f"all-{key}", title, rows)

    def _operation_link(self, operation: OutlinedOperation) -> str:
        old = ' class="old"' * (operation.node.get("deprecated") is True)
        return (
            f'<li><a href="#{self._anchors.operation(operation)}"{old}>'
            f"<span>{html_escape(title_of(operation))}</span>"
            f"{render_method(operation.method)}</a></li>\n"
        )

    # --- introduction ------------------------------------------------------------

    def render_introduction(self, links: str) -> str:
        """Render title, version, description, servers and security."""
        version = html_escape(str(self._info.get("version", "")))
        mark = f' <span class="version">{version}</span>' if version else ""
        summary = as_text(self._info.get("summary"))
        lead = f'<p class="lead">{render_inline(summary)}</p>\n' if summary else ""
        facts = "".join(
            f"<div><dt>{label}</dt><dd>{value}</dd></div>\n"
            for label, value in self._facts(links)
        )
        return (
            f'<section class="intro">\n<header><h1>{html_escape(self.title)}{mark}</h1>'
            f"\n{lead}</header>\n"
            f'<div class="about">\n'
            f"{render_markdown(as_text(self._info.get('description')), 2)}\n"
            f"{render_external(self.outline.document)}</div>\n"
            f'<dl class="facts">\n{facts}</dl>\n</section>\n'
        )

    def _facts(self, links: str) -> Iterator[tuple[str, str]]:
        servers = map(as_map, as_list(self.outline.document.get("servers")))
        urls = [
            f"<code>{html_escape(expand_server(server))}</code>"
            f"<span>{render_inline(as_text(server.get('description')))}</span>"
            for server in servers
        ]
        if urls:
            yield (
                "Server" + "s" * (len(urls) > 1),
                "".join(f"<div>{url}</div>" for url in urls),
            )
        if links:
            yield "Document", links
        contact = as_map(self._info.get("contact"))
        email = as_text(contact.get("email"))
        url = as_text(contact.get("url")) or (f"mailto:{email}" if email else "")
        if contact:
            yield "Contact", _link(as_text(contact.get("name")) or email or url, url)
        licence = as_map(self._info.get("license"))
        if licence:
            url = as_text(licence.get("url"))
            yield "Licence", _link(as_text(licence.get("name")), url)
        terms = as_text(self._info.get("termsOfService"))
        if terms:
            yield "Terms", _link("Terms of service", terms)

    # --- body --------------------------------------------------------------------

    def render_body(self) -> str:
        """Render operations, webhooks, security schemes and schemas."""
        return "".join(self._sections())

    def _sections(self) -> Iterator[str]:
        for name, operations in self._groups.items():
            tag = self._tag(name)
            text = render_markdown(as_text(tag.get("description")), 3)
            yield _chapter(
                self._anchors.name("tag", name),
                self._tag_title(name),
                text + render_external(tag),
                map(self._view.render, operations),
            )
        if self.outline.webhooks:
            text = "<p>Calls that this API makes to yours.</p>\n"
            calls = map(self._view.render, self.outline.webhooks)
            yield _chapter("webhooks", "Webhooks", text, calls)
        schemes = self.outline.components("securitySchemes")
        if schemes:
            sections = (
                render_security(
                    self._anchors.name("security", str(name)),
                    str(name),
                    self.outline.resolve(node),
                )
                for name, node in schemes.items()
            )
            yield _chapter("all-securitySchemes", "Security", "", sections)
        schemas = self.outline.components("schemas")
        if schemas:
            parts = (self._schema(str(name), node) for name, node in schemas.items())
            yield _chapter("all-schemas", "Schemas", "", parts)

    def _schema(self, name: str, node: Any) -> str:
        anchor = self._anchors.name("schema", name)
        tree = SchemaTree(self.outline, self._anchors).render_component(name, node)
        value = Sampler(self.outline, "response").build(node)
        code = build_code(format_json(value), colours=True)
        return (
            f'<section class="entry" id="{anchor}">\n<header>'
            f'<h3><a href="#{anchor}">{html_escape(name)}</a></h3></header>\n'
            f'<div class="about">\n{tree}</div>\n<div class="samples">'
            f'<figure class="sample"><figcaption>Example</figcaption>{code}</figure>'
            "</div>\n</section>\n"
        )


def _chapter(anchor: str, title: str, text: str, parts: Iterator[str]) -> str:
    return (
        f'<section class="chapter">\n<header class="opening" id="{anchor}">'
        f'<h2><a href="#{anchor}">{title}</a></h2>\n{text}</header>\n'
        f"{''.join(parts)}</section>\n"
    )


def _contents_group(anchor: str, title: str, rows: str) -> str:
    return f'<p><a href="#{anchor}">{title}</a></p>\n<ul>\n{rows}</ul>\n'


def _link(text: str, url: str) -> str:
    return render_link(text or url, url) if url else html_escape(text)
