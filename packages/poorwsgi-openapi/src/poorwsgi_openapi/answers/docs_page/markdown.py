"""CommonMark of descriptions to HTML: the part of it that documents use.

Blocks: paragraphs, headings, lists, quotes, code, rules, tables.  Inside of
them: emphasis, code, links, breaks.  HTML in a description is shown as the text
that it is (but ``<br>``), an image is a link to it, and a link leads to http,
https, mailto or inside of the site: nothing that a document says becomes markup
of its own.

Links by reference and nested emphasis with the same sign aren't known here.
"""

import html
import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from poorwsgi_core.results import html_escape

__all__ = ["render_inline", "render_markdown"]

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*\Z")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"( {0,3})([-*+]|\d{1,9}[.)])(?:([ \t]+)(?=\S)|[ \t]*\Z)")
_DELIMITERS = re.compile(
    r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\s*\Z"
)
_CELL = re.compile(r"\\.|`[^`]*`|.")
_PARAGRAPH = re.compile(r"\A<p>(.*?)</p>", re.DOTALL)
_ANCHOR = re.compile("</?a(?: [^>]*)?>")
_SCHEMES = {"", "http", "https", "mailto"}
_MAX_DEPTH = 12

_Block: TypeAlias = tuple[int, str]

_TARGET = r"\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+\"[^\"]*\")?\s*\)"
_INLINE = re.compile(
    rf"""
    (?P<escape>\\[!-/:-@\[-`{{-~])
    | (?P<code>(?<!`)(?P<ticks>`+)(?!`)(?P<inside>.+?)(?<!`)(?P=ticks)(?!`))
    | !?\[(?P<text>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]{_TARGET}
    | <(?P<auto>[a-zA-Z][a-zA-Z0-9+.-]+:[^\s<>]+)>
    | (?P<bare>https?://[^\s<>\[\]`"']*[^\s<>\[\]`"'.,:;!?*_)])
    | (?P<strong>\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*
        | (?<!\w)__(?=\S)(?P<bold2>.+?)(?<=\S)__(?!\w))
    | (?P<em>\*(?=[^\s*])(?P<italic>[^*]+?)(?<=\S)\*
        | (?<!\w)_(?=[^\s_])(?P<italic2>[^_]+?)(?<=\S)_(?!\w))
    | ~~(?=\S)(?P<struck>.+?)(?<=\S)~~
    | (?P<break>(?:[ ]{{2,}}|\\)\n[ ]*|<br\s*/?>)
    """,
    re.VERBOSE | re.DOTALL,
)


def render_markdown(text: str, level: int = 4) -> str:
    """Render a description.

    Args:
        text: CommonMark.
        level: level of the highest headings, such as 4 for ``h4``.
    """
    return _Blocks(text.expandtabs(4).splitlines(), level).render()


def render_inline(text: str) -> str:
    """Render one line of a description, such as a summary."""
    pieces: list[str] = []
    end = 0
    for match in _INLINE.finditer(text):
        pieces.append(_text(text[end : match.start()]))
        pieces.append(_render_match(match))
        end = match.end()
    pieces.append(_text(text[end:]))
    return "".join(pieces)


def _text(text: str) -> str:
    return html_escape(html.unescape(text))


def _render_match(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if match["escape"]:
        return html_escape(match["escape"][1:])
    if match["code"]:
        inside = match["inside"].replace("\n", " ")
        return f"<code>{html_escape(inside.strip() or inside)}</code>"
    if match["text"] is not None:
        # A link has no links in it.
        text = _ANCHOR.sub("", render_inline(match["text"]))
        return _link(match[_TARGET_GROUP], text)
    for name in ("auto", "bare"):
        if match[name]:
            return _link(match[name], html_escape(match[name]))
    if match["strong"]:
        return f"<strong>{render_inline(match['bold'] or match['bold2'])}</strong>"
    if match["em"]:
        return f"<em>{render_inline(match['italic'] or match['italic2'])}</em>"
    if kind == "break":
        return "<br>\n"
    return f"<del>{render_inline(match['struck'])}</del>"


_TARGET_GROUP = _INLINE.groupindex["text"] + 1


def _link(target: str, text: str) -> str:
    """Build a link, or only its text when it leads where it may not."""
    target = html.unescape(target)
    try:
        scheme = urlsplit(target).scheme
    except ValueError:
        return text
    if scheme not in _SCHEMES or not target.isprintable():
        return text
    return f'<a href="{html_escape(target)}" rel="noreferrer">{text}</a>'


class _Blocks:
    """Reads lines block by block; quotes and items of lists hold blocks again."""

    def __init__(self, lines: list[str], level: int, depth: int = 0) -> None:
        self._lines = lines
        self._level = level
        self._depth = depth

    def render(self) -> str:
        blocks: list[str] = []
        position = 0
        while position < len(self._lines):
            if not self._lines[position].strip():
                position += 1
                continue
            position, block = self._read(position)
            blocks.append(block)
        return "\n".join(blocks)

    def _read(self, start: int) -> _Block:
        if self._depth < _MAX_DEPTH:
            for read in _READERS:
                found = read(self, start)
                if found is not None:
                    return found
        return self._read_paragraph(start)

    def _render_inside(self, lines: list[str]) -> str:
        return _Blocks(lines, self._level, self._depth + 1).render()

    def read_fence(self, start: int) -> _Block | None:
        opening = _FENCE.match(self._lines[start])
        if opening is None:
            return None
        end = start + 1
        while end < len(self._lines):
            if self._lines[end].strip().startswith(opening[1]):
                break
            end += 1
        code = html_escape("\n".join(self._lines[start + 1 : end]))
        return end + 1, f"<pre><code>{code}</code></pre>"

    def read_indented(self, start: int) -> _Block | None:
        end = start
        for line in self._lines[start:]:
            if line.strip() and not line.startswith("    "):
                break
            end += 1
        if end == start:
            return None
        code = "\n".join(line[4:] for line in self._lines[start:end]).rstrip()
        return end, f"<pre><code>{html_escape(code)}</code></pre>"

    def read_heading(self, start: int) -> _Block | None:
        heading = _HEADING.match(self._lines[start])
        if heading is None:
            return None
        text = render_inline(heading[2] or "")
        return start + 1, self._heading(len(heading[1]), text)

    def _heading(self, depth: int, text: str) -> str:
        tag = f"h{min(self._level - 1 + depth, 6)}"
        return f"<{tag}>{text}</{tag}>"

    def read_rule(self, start: int) -> _Block | None:
        return (start + 1, "<hr>") if _RULE.match(self._lines[start]) else None

    def read_quote(self, start: int) -> _Block | None:
        inside: list[str] = []
        for line in self._lines[start:]:
            mark = _QUOTE.match(line)
            if mark is None:
                break
            inside.append(line[mark.end() :])
        if not inside:
            return None
        block = f"<blockquote>{self._render_inside(inside)}</blockquote>"
        return start + len(inside), block

    def read_list(self, start: int) -> _Block | None:
        first = _ITEM.match(self._lines[start])
        if first is None:
            return None
        items: list[str] = []
        end, is_loose = start, False
        while end < len(self._lines) and (mark := _ITEM.match(self._lines[end])):
            if mark[2][-1] != first[2][-1]:
                break
            end, inside = self._read_item(end, mark)
            is_loose = is_loose or "" in inside[1:]
            items.append(self._render_inside(inside))
        if not is_loose:
            items = [_PARAGRAPH.sub(r"\1", item) for item in items]
        body = "".join(f"<li>{item}</li>\n" for item in items)
        number = first[2][:-1]
        if not number:
            return end, f"<ul>\n{body}</ul>"
        begin = "" if int(number) == 1 else f' start="{int(number)}"'
        return end, f"<ol{begin}>\n{body}</ol>"

    def _read_item(self, start: int, mark: re.Match[str]) -> tuple[int, list[str]]:
        """Collect the lines of an item: indented ones, and those that flow on."""
        lines = self._lines
        width = mark.end() if mark[3] and len(mark[3]) <= 4 else mark.end(2) + 1
        inside = [lines[start][width:]]
        end = start + 1
        while end < len(lines):
            line = lines[end]
            is_inside = line.startswith(" " * width)
            if not line.strip():
                following = self._skip_blank(end)
                if not lines[following : following + 1]:
                    return following, inside
                if not lines[following].startswith(" " * width):
                    is_item = _ITEM.match(lines[following])
                    return (following if is_item else end), inside
            elif not is_inside and (not lines[end - 1].strip() or _starts_block(line)):
                break
            inside.append(line[width:] if is_inside else line.strip())
            end += 1
        return end, inside

    def _skip_blank(self, position: int) -> int:
        while position < len(self._lines) and not self._lines[position].strip():
            position += 1
        return position

    def read_table(self, start: int) -> _Block | None:
        lines = self._lines
        following = lines[start + 1] if start + 1 < len(lines) else ""
        if "|" not in lines[start] or not _DELIMITERS.match(following):
            return None
        head = _split_cells(lines[start])
        if len(head) != len(_split_cells(following)):
            return None
        rows: list[str] = []
        for line in lines[start + 2 :]:
            if "|" not in line:
                break
            cells = [*_split_cells(line), *[""] * len(head)][: len(head)]
            rows.append("".join(f"<td>{render_inline(cell)}</td>" for cell in cells))
        names = "".join(f'<th scope="col">{render_inline(cell)}</th>' for cell in head)
        body = "".join(f"<tr>{row}</tr>\n" for row in rows)
        return start + 2 + len(rows), (
            f'<div class="scroll"><table>\n<thead><tr>{names}</tr></thead>\n'
            f"<tbody>\n{body}</tbody>\n</table></div>"
        )

    def _read_paragraph(self, start: int) -> _Block:
        end = start + 1
        for line in self._lines[start + 1 :]:
            underline = _UNDERLINE.match(line)
            if underline is not None:
                text = " ".join(map(str.strip, self._lines[start:end]))
                depth = 2 if underline[1].startswith("-") else 1
                return end + 1, self._heading(depth, render_inline(text))
            if not line.strip() or _starts_block(line):
                break
            end += 1
        # Blanks at the end of a line may be a break; at its start they say nothing.
        text = "\n".join(map(str.lstrip, self._lines[start:end])).rstrip()
        return end, f"<p>{render_inline(text)}</p>"


def _starts_block(line: str) -> bool:
    """Tell a line that ends the paragraph before it."""
    patterns = (_ITEM, _FENCE, _HEADING, _RULE, _QUOTE)
    return any(pattern.match(line) for pattern in patterns)


def _split_cells(line: str) -> list[str]:
    row = line.strip().removeprefix("|")
    row = row[:-1] if row.endswith("|") and not row.endswith("\\|") else row
    cells = [""]
    for piece in _CELL.findall(row):
        if piece == "|":
            cells.append("")
        else:
            cells[-1] += "|" if piece == "\\|" else piece
    return [cell.strip() for cell in cells]


_READERS: tuple[Callable[[_Blocks, int], _Block | None], ...] = (
    _Blocks.read_fence,
    _Blocks.read_indented,
    _Blocks.read_heading,
    _Blocks.read_rule,
    _Blocks.read_quote,
    _Blocks.read_list,
    _Blocks.read_table,
)
