"""CommonMark of descriptions to HTML: markdown-it-py, and a policy of ours.

Tables and struck text are known too, and a URL that stands by itself is a link.
HTML in a description is shown as the text that it is (but ``<br>``), an image is
a link to it, and a link leads to http, https, mailto or inside of the site:
nothing that a document says becomes markup of its own, and nothing is loaded.

The cost is proportional to the text.  So links by reference aren't known: each
of their few letters may repeat a target of any length.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

__all__ = ["render_inline", "render_link", "render_markdown"]

_SCHEMES = {"http", "https", "mailto"}
_OTHER_HOST = re.compile(r"[/\\]{2}")
_BARE = re.compile(r"""(https?://[^\s<>\[\]`"']*[^\s<>\[\]`"'.,:;!?*_)])""")
_BREAK = re.compile(r"<br\s*/?>[ \t]*\n?", re.IGNORECASE)
_LEVEL = "level"
_MAX_DEPTH = 20
_SHORT = 1000


def render_markdown(text: str, level: int = 4) -> str:
    """Render a description.

    Args:
        text: CommonMark.
        level: level of the highest headings, such as 4 for ``h4``.
    """
    return (_render_again if len(text) <= _SHORT else _render)(text, level)


def _render(text: str, level: int) -> str:
    rendered: str = _parser().render(_writable(text), {_LEVEL: level})
    return rendered.strip("\n")


# PERF: a field is described again wherever its schema unfolds.
_render_again = lru_cache(maxsize=4096)(_render)


def render_inline(text: str) -> str:
    """Render one line of a description, such as a summary."""
    rendered: str = _parser().renderInline(_writable(text))
    return rendered


def render_link(text: str, url: str) -> str:
    """Render a link, or only its text where it leads where it may not.

    Args:
        text: one line of CommonMark.
        url: where to.
    """
    if not _may_lead(url):
        return render_inline(text)
    parser = _parser()
    [line] = parser.parseInline(_writable(text))
    around = [_open_link(_writable(url)), *(line.children or ()), _close_link()]
    line.children = [*_make_links(around)]
    rendered: str = parser.renderer.render([line], parser.options, {})
    return rendered


def _may_lead(url: str) -> bool:
    target = url.strip()
    try:
        scheme = urlsplit(target).scheme
    except ValueError:
        return False
    is_here = not scheme and not _OTHER_HOST.match(target)
    return target.isprintable() and (is_here or scheme in _SCHEMES)


def _writable(text: str) -> str:
    """Show half a character (a lone surrogate), which nothing can encode."""
    return text.encode("utf-8", "backslashreplace").decode()


class _Renderer(RendererHTML):
    """Lets wide tables scroll."""

    def table_open(self, *_: Any) -> str:
        return '<div class="scroll"><table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"


class _Parser(MarkdownIt):
    """Knows where a link may lead; others stay the text that they are."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name
        return _may_lead(url)


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "xhtmlOut": False, "maxNesting": _MAX_DEPTH}
    parser = _Parser("commonmark", options, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline", "reference"])
    parser.block.ruler.at("table", _read_table, {"alt": ["paragraph"]})
    parser.inline.ruler.before("autolink", "break", _read_break)
    parser.core.ruler.push("policy", _apply_policy)
    return parser


def _read_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table, unless it is made of cells that nobody has written."""
    if not table(state, start, end, True):
        return False
    last = start + 1
    while last + 1 < end and not state.isEmpty(last + 1):
        last += 1
    first = state.bMarks[start]
    columns = 1 + state.src.count("|", first, state.eMarks[start])
    if columns * (last - start) > 2 * (state.eMarks[last] - first):
        return False
    return silent or table(state, start, end, silent)


def _read_break(state: StateInline, silent: bool) -> bool:
    """Read ``<br>``, the one tag that is known."""
    found = _BREAK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _apply_policy(state: StateCore) -> None:
    """Leave the elements and attributes that the page has a use for."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            depth = int(token.tag[1]) + int(state.env[_LEVEL]) - 1
            token.tag = f"h{min(depth, 6)}"
        elif token.type in ("th_open", "td_open"):
            token.attrs = {"scope": "col"} if token.tag == "th" else {}
        elif token.type == "fence":
            token.info = ""  # would be a class
        elif token.children:
            token.children = [*_make_links(token.children)]


def _make_links(tokens: Sequence[Token]) -> Iterator[Token]:
    """Make links of links, images and URLs; a link has no links in it."""
    depth = 0
    waiting = [*reversed(tokens)]
    while waiting:
        token = waiting.pop()
        if token.type == "image":
            waiting.append(_close_link())
            waiting.extend(reversed(token.children or ()))
            token = _open_link(str(token.attrs["src"]))
        if token.type == "link_open":
            depth += 1
            if depth == 1:
                yield _open_link(str(token.attrs["href"]))
        elif token.type == "link_close":
            depth -= 1
            if depth == 0:
                yield token
        elif token.type == "text" and not depth:
            yield from _find_urls(token.content)
        else:
            yield token


def _open_link(target: str) -> Token:
    attributes: dict[str, str | int | float] = {"href": target, "rel": "noreferrer"}
    return Token("link_open", "a", 1, attrs=attributes)


def _close_link() -> Token:
    return Token("link_close", "a", -1)


def _find_urls(text: str) -> Iterator[Token]:
    """Split text at the URLs in it, which are each second piece."""
    for index, piece in enumerate(_BARE.split(text)):
        content = Token("text", "", 0, content=piece)
        if index % 2 and _may_lead(piece):
            yield _open_link(piece)
            yield content
            yield _close_link()
        else:
            yield content
