"""The whole page: contents, introduction, operations by tag, schemas."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

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
from poorwsgi_openapi.answers.docs_page.tags import Tags
from poorwsgi_openapi.document.examples import Sampler
from poorwsgi_openapi.document.outline import (
    Outline,
    OutlinedOperation,
    as_list,
    as_map,
    as_text,
)

__all__ = ["Chapter", "Page", "Unit", "build_page", "frame_page"]

_OTHER = "Operations"
_LONG = 60


def frame_page(
    title: str, style: str, contents: str, body: str, kind: str, script: str = ""
) -> str:
    """Put contents and body into a page.

    Args:
        title: its title, escaped.
        style: the style sheet.
        contents: HTML of the table of contents.
        body: HTML of what is beside it.
        kind: further attributes of the body element.
        script: the script, if it has one.
    """
    end = f"<script>{script}</script>\n" if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="{PAGE_ICON}">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n"
        f'<body id="top"{kind}>\n'
        '<a class="skip" href="#main">Skip to the content</a>\n'
        f'<div class="bar"><a href="#top">{title}</a>'
        '<a href="#contents">Contents</a></div>\n'
        f'<nav id="contents" aria-label="Contents">\n{contents}</nav>\n'
        f'<main id="main">\n{body}</main>\n{end}</body>\n</html>\n'
    )


class Unit(NamedTuple):
    """What is rendered by itself: an operation, a scheme, a schema.

    Attributes:
        anchor: its id.
        title: HTML of what it is called.
        text: what a search looks at.
        render: makes its HTML.
    """

    anchor: str
    title: str
    text: str
    render: Callable[[], str]


class Chapter(NamedTuple):
    """Units that belong together.

    Attributes:
        anchor: its id.
        title: HTML of what it is called.
        about: HTML of what is said about it.
        units: what is in it.
    """

    anchor: str
    title: str
    about: str
    units: list[Unit]

    def render_opening(self) -> str:
        """Render its title and what is said about it."""
        return (
            f'<header class="opening" id="{self.anchor}">'
            f'<h2><a href="#{self.anchor}">{self.title}</a></h2>\n'
            f"{self.about}</header>\n"
        )


class Page:
    """Renders the parts of a page.

    Args:
        document: the decoded document.
        host_url: scheme and host for commands, where the document names none.
        script: what sends requests from the page; without it none are sent.
    """

    def __init__(
        self, document: dict[str, Any], host_url: str, script: str = ""
    ) -> None:
        self.script = script
        self.outline = Outline(document)
        self._anchors = Anchors()
        self._tags = Tags(document)
        self._view = OperationView(
            self.outline, self._anchors, host_url, sends=bool(script)
        )
        self._info = as_map(document.get("info"))
        self.title = as_text(self._info.get("title")).strip() or "API"
        self._groups = self._group()

    def _group(self) -> dict[str, list[OutlinedOperation]]:
        """Sort operations by their first tag, in the order of the tags."""
        groups: dict[str, list[OutlinedOperation]] = {
            name: [] for name in self._tags.names
        }
        for operation in self.outline.operations:
            name = self._tags.choose(operation.tags) or _OTHER
            groups.setdefault(name, []).append(operation)
        used = {
            above
            for name, operations in groups.items()
            if operations
            for above in (name, *self._tags.parents(name))
        }
        return {name: each for name, each in groups.items() if name in used}

    def _tag_title(self, name: str) -> str:
        names = (*self._tags.parents(name), name)
        return html_escape(" / ".join(map(self._tags.title, names)))

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
        return "".join(
            f'<section class="chapter">\n{chapter.render_opening()}'
            f"{''.join(unit.render() for unit in chapter.units)}</section>\n"
            for chapter in self.chapters()
        )

    def is_larger_than(self, limit: int) -> bool:
        """Tell whether it is; no more is rendered than it takes to know."""
        size = 0
        for chapter in self.chapters():
            for unit in chapter.units:
                size += len(unit.render())
                if size > limit:
                    return True
        return False

    def chapters(self) -> Iterator[Chapter]:
        """Yield the chapters, of which nothing is rendered yet."""
        for name, operations in self._groups.items():
            tag = self._tags.node(name)
            about = render_markdown(as_text(tag.get("description")), 3)
            yield Chapter(
                self._anchors.name("tag", name),
                self._tag_title(name),
                about + render_external(tag),
                [*map(self._operation_unit, operations)],
            )
        if self.outline.webhooks:
            about = "<p>Calls that this API makes to yours.</p>\n"
            calls = [*map(self._operation_unit, self.outline.webhooks)]
            yield Chapter("webhooks", "Webhooks", about, calls)
        schemes = self.outline.components("securitySchemes")
        if schemes:
            units = [
                self._unit(
                    "security", str(name), partial(self._scheme, str(name), node)
                )
                for name, node in schemes.items()
            ]
            yield Chapter("all-securitySchemes", "Security", "", units)
        schemas = self.outline.components("schemas")
        if schemas:
            units = [
                self._unit("schema", str(name), partial(self._schema, str(name), node))
                for name, node in schemas.items()
            ]
            yield Chapter("all-schemas", "Schemas", "", units)

    def _operation_unit(self, operation: OutlinedOperation) -> Unit:
        node = operation.node
        words = (
            *(operation.label, operation.operation_id, title_of(operation)),
            as_text(node.get("description")),
        )
        badge = render_method(operation.method)
        title = f"<span>{html_escape(title_of(operation))}</span>{badge}"
        render = partial(self._view.render, operation)
        return Unit(self._anchors.operation(operation), title, " ".join(words), render)

    def _unit(self, kind: str, name: str, render: Callable[[], str]) -> Unit:
        return Unit(self._anchors.name(kind, name), html_escape(name), name, render)

    def _scheme(self, name: str, node: Any) -> str:
        anchor = self._anchors.name("security", name)
        return render_security(anchor, name, self.outline.resolve(node))

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


def build_page(page: Page, style: str, links: str) -> str:
    """Build the whole page of a document.

    Args:
        page: what renders its parts.
        style: the style sheet.
        links: HTML of links to the document itself.
    """
    title = html_escape(page.title)
    kind = ' class="long"' * (len(page.outline.operations) > _LONG)
    body = page.render_introduction(links) + page.render_body()
    contents = page.render_contents()
    return frame_page(title, style, contents, body, kind, page.script)


def _contents_group(anchor: str, title: str, rows: str) -> str:
    return f'<p><a href="#{anchor}">{title}</a></p>\n<ul>\n{rows}</ul>\n'


def _link(text: str, url: str) -> str:
    return render_link(text or url, url) if url else html_escape(text)
