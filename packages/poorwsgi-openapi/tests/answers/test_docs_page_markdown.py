"""Facts about descriptions as HTML."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_openapi.answers.docs_page.markdown import (
    render_inline,
    render_link,
    render_markdown,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain & <b>", "plain &amp; &lt;b&gt;"),
        ("&lt; &amp;", "&lt; &amp;"),
        ("**a** __b__", "<strong>a</strong> <strong>b</strong>"),
        ("*a* _b_", "<em>a</em> <em>b</em>"),
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
        ("snake_case_name 2*3*4", "snake_case_name 2<em>3</em>4"),
        ("~~a~~", "<s>a</s>"),
        ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
        ("`<a> *b*`", "<code>&lt;a&gt; *b*</code>"),
        ("``a ` b``", "<code>a ` b</code>"),
        ("` `", "<code> </code>"),
        (r"\*a\*", "*a*"),
        ("a  \nb", "a<br>\nb"),
        ("a<br/>b", "a<br>\nb"),
        ("[a<BR >b](c)", '<a href="c" rel="noreferrer">a<br>\nb</a>'),
        ("a<br<b", "a&lt;br&lt;b"),
        ("[a](https://b/c)", '<a href="https://b/c" rel="noreferrer">a</a>'),
        ("[a](#b)", '<a href="#b" rel="noreferrer">a</a>'),
        ('[a](/b "title")', '<a href="/b" rel="noreferrer">a</a>'),
        ("![a](https://b)", '<a href="https://b" rel="noreferrer">a</a>'),
        ("[*a*](b)", '<a href="b" rel="noreferrer"><em>a</em></a>'),
        (
            "[https://a](https://b)",
            '<a href="https://b" rel="noreferrer">https://a</a>',
        ),
        ("[![a](b)](c)", '<a href="c" rel="noreferrer">a</a>'),
        ("![](b)", '<a href="b" rel="noreferrer"></a>'),
        ("[<http://a>](b)", '<a href="b" rel="noreferrer">http://a</a>'),
        (
            "http://[ http://a]",
            'http://[ <a href="http://a" rel="noreferrer">http://a</a>]',
        ),
        ("a \ud800", r"a \ud800"),
        ("<mailto:a@b>", '<a href="mailto:a@b" rel="noreferrer">mailto:a@b</a>'),
        (
            "see https://a.b/c.",
            'see <a href="https://a.b/c" rel="noreferrer">https://a.b/c</a>.',
        ),
    ],
)
def test_inline(text: str, expected: str) -> None:
    """Emphasis, code, links and breaks are known; everything else is text."""
    assert render_inline(text) == expected


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "data:text/html,x",
        "data:image/png;base64,x",
        "vbscript:x",
        "javascript&colon;x",
        "file:///x",
        "//host/x",
        "&#47;/host/x",
    ],
)
def test_links_that_lead_elsewhere_are_text(target: str) -> None:
    """A link leads to http, https, mailto, or inside of the site."""
    text = f"[a]({target}) ![a]({target}) <{target}> [a](<{target}>)"
    assert "<a" not in render_inline(text)


def test_scheme_begins_with_a_letter() -> None:
    """A control before a scheme makes a path of it, for it is encoded."""
    assert 'href="%01javascript:x"' in render_inline("[a](<\x01javascript:x>)")


@pytest.mark.parametrize(
    "target",
    ["javascript:x", " javascript:x", "http://[", "//a", r"/\a", "a\tb", "x:y"],
)
def test_link_of_a_member_that_leads_elsewhere_is_text(target: str) -> None:
    """So it is with the URLs that have a member of their own."""
    assert render_link("*a*", target) == "<em>a</em>"


def test_link_of_a_member() -> None:
    """Its text is CommonMark without links; neither text nor URL is markup."""
    assert render_link("[*a*](b) <", 'https://c/"') == (
        '<a href="https://c/&quot;" rel="noreferrer"><em>a</em> &lt;</a>'
    )


def table(head: tuple[str, ...], *rows: tuple[str, ...]) -> str:
    """Return the HTML of a table."""
    names = "".join(f'<th scope="col">{name}</th>\n' for name in head)
    cells = ["".join(f"<td>{cell}</td>\n" for cell in row) for row in rows]
    body = "".join(f"<tr>\n{row}</tr>\n" for row in cells)
    body = f"<tbody>\n{body}</tbody>\n" if rows else ""
    return (
        f'<div class="scroll"><table>\n<thead>\n<tr>\n{names}</tr>\n</thead>\n'
        f"{body}</table></div>"
    )


BLOCKS = {
    "": "",
    "a\nb\n\nc": "<p>a\nb</p>\n<p>c</p>",
    "# a #": "<h4>a</h4>",
    "#": "<h4></h4>",
    "##### a": "<h6>a</h6>",
    "a\n===": "<h4>a</h4>",
    "a\nb\n---": "<h5>a\nb</h5>",
    "a\n# b": "<p>a</p>\n<h4>b</h4>",
    "***": "<hr>",
    "> a\n> > b\n\nc": (
        "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</blockquote>\n"
        "<p>c</p>"
    ),
    "```json\n<a>\n\n```\nb": "<pre><code>&lt;a&gt;\n\n</code></pre>\n<p>b</p>",
    "~~~\na": "<pre><code>a</code></pre>",
    "    a\n\n    b\nc": "<pre><code>a\n\nb\n</code></pre>\n<p>c</p>",
    "- a\n- b": "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
    "- a\n  b\nc\n- d": "<ul>\n<li>a\nb\nc</li>\n<li>d</li>\n</ul>",
    "- a\n  - b\n- c": (
        "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>"
    ),
    "1. a\n\n2. b": "<ol>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ol>",
    "3) a": '<ol start="3">\n<li>a</li>\n</ol>',
    "- a\n\n  b\n\nc": "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ul>\n<p>c</p>",
    "- a\n+ b": "<ul>\n<li>a</li>\n</ul>\n<ul>\n<li>b</li>\n</ul>",
    "- a\n\n": "<ul>\n<li>a</li>\n</ul>",
    "-\n  a": "<ul>\n<li>a</li>\n</ul>",
    "- a\n> b": "<ul>\n<li>a</li>\n</ul>\n<blockquote>\n<p>b</p>\n</blockquote>",
    "- a\n\n      code": (
        "<ul>\n<li>\n<p>a</p>\n<pre><code>code\n</code></pre>\n</li>\n</ul>"
    ),
    "|a|b|\n|-|:-:|\n|1|\n|`x\\|y`|\\|z|\n\nc": table(
        ("a", "b"), ("1", ""), ("<code>x|y</code>", "|z")
    )
    + "\n<p>c</p>",
    "|a|\n|-|\n|1|": table(("a",), ("1",)),
    "a|b\n-|-\nc": table(("a", "b"), ("c", "")),
    "|a|b|\n|-|-|\n\n|c": table(("a", "b")) + "\n<p>|c</p>",
    "a|b\n-": "<h5>a|b</h5>",
    "a|b\nc|d": "<p>a|b\nc|d</p>",
    "a|b|c\n-|-": "<p>a|b|c\n-|-</p>",
}


@pytest.mark.parametrize("text", BLOCKS)
def test_blocks(text: str) -> None:
    """Blocks become the elements that CommonMark has for them."""
    assert render_markdown(text) == BLOCKS[text]


def test_level_of_headings() -> None:
    """Headings go below those of the page."""
    assert render_markdown("# a\n## b", 2) == "<h2>a</h2>\n<h3>b</h3>"


def test_deep_nesting_ends() -> None:
    """A description can't exhaust the stack; what is deeper isn't shown."""
    assert render_markdown("> " * 5000 + "a").count("<blockquote>") == 20
    assert "a" in render_inline("![" * 5000 + "a" + "](b)" * 5000)


def test_table_of_empty_cells_is_text() -> None:
    """Cells that nobody has written would be many times the text."""
    assert "<td>" not in render_markdown("|a" * 90 + "\n" + "|-" * 90 + "\na" * 90)


def test_links_by_reference_are_text() -> None:
    """Else a long target would be repeated by each few letters."""
    assert render_markdown("[a]: /b\n\n[a]") == "<p>[a]: /b</p>\n<p>[a]</p>"


class Balance(HTMLParser):
    """Collects the tags, and fails where they aren't nested."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is open, and which attributes there are."""
        self.seen |= {tag, *(f"{tag}.{name}" for name, _ in attrs)}
        self.targets += [value or "" for name, value in attrs if name == "href"]
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element."""
        assert self.open.pop() == tag


TAGS = {
    *("p", "h4", "h5", "h6", "hr", "blockquote", "pre", "code", "ul", "ol", "li"),
    *("div", "table", "thead", "tbody", "tr", "th", "td"),
    *("strong", "em", "s", "a", "br"),
}
ATTRIBUTES = {"a.href", "a.rel", "div.class", "th.scope", "ol.start"}


@given(st.text("ab \n#-*_`~>|[]()<>/:.!\\1&;\"'", max_size=60))
def test_html_is_well_formed_and_ours(text: str) -> None:
    """Whatever a description says, only known tags and attributes come out."""
    parser = Balance()
    parser.feed(render_markdown(text))
    parser.close()
    assert parser.open == []
    assert parser.seen - TAGS - ATTRIBUTES == set()
    # No scheme of its own, and no other host.
    assert [each for each in parser.targets if re.match(r"\w*:|[/\\]{2}", each)] == []


def test_time_grows_with_the_text_only() -> None:
    """Marks that are never closed cost no more than other text, by and large."""
    for mark in ("**a", "[a", "`a", "_a ", "<a:", "[a](", "- ", "> ", "|a\n"):
        text = re.sub(r"<[^>]*>", "", render_markdown(mark * 2000))
        assert text.count("a") in (0, 2000)
