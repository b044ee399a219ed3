"""The page of a large document, in parts: a chapter at a time, and a search.

A page of some megabytes is hardly shown by a browser.  The first part has the
introduction and the chapters; each chapter, a tag for the most part, has as many
parts as it needs.  What is linked from another part is looked for (``?find=``), and
the search is a form: none of it needs a script.

A part is made when it is asked for, from its chapter alone.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from poorwsgi_core.results import html_escape
from poorwsgi_openapi.answers.docs_page.page import Chapter, Page, Unit, frame_page

__all__ = ["LARGE", "Parts"]

LARGE = 250_000
"""Characters of a page that is divided, and most of what is in one part of it."""
_MOST_FOUND = 100
_LINK = re.compile(r'href="#([^"]+)"')
_ID = re.compile(r'id="([^"]+)"')


class Parts:
    """The parts of one document's page.

    Args:
        page: the whole.
        style: the style sheet.
        links: HTML of links to the document itself.
    """

    def __init__(self, page: Page, style: str, links: str) -> None:
        self._page = page
        self._style = style
        self._links = links
        self._chapters = {chapter.anchor: chapter for chapter in page.chapters()}
        self._divided: dict[str, list[list[Unit]]] = {}

    def read(self, arguments: Mapping[str, str]) -> str | None:
        """Return a page, ``None`` when there is none of the kind.

        Args:
            arguments: ``part`` and ``number`` of a chapter, ``find`` an anchor, or
                ``q`` words to search; nothing for the first page.
        """
        if "q" in arguments:
            return self._search(arguments["q"])
        if "find" in arguments:
            return self._find(arguments["find"])
        if "part" not in arguments:
            return self._show(self._page.render_introduction(self._links))
        chapter = self._chapters.get(arguments["part"])
        number = arguments.get("number", "1")
        if chapter is None or not re.fullmatch("[1-9][0-9]{0,4}", number):
            return None
        if int(number) > len(self._divide(chapter)):
            return None
        return self._render(chapter, int(number))

    def _divide(self, chapter: Chapter) -> list[list[Unit]]:
        """Return what is in each part of a chapter; it is found out once."""
        found = self._divided.get(chapter.anchor)
        if found is None:
            found, size = [list[Unit]()], 0
            for unit in chapter.units:
                length = len(_lead_to_parts(unit.render())) + len(_link(unit))
                if found[-1] and size + length > LARGE:
                    found.append([])
                    size = 0
                found[-1].append(unit)
                size += length
            self._divided[chapter.anchor] = found
        return found

    def _render(self, chapter: Chapter, number: int) -> str:
        parts = self._divide(chapter)
        units = parts[number - 1]
        text = chapter.render_opening() if number == 1 else ""
        body = "".join(unit.render() for unit in units)
        ways = " ".join(
            f'<a href="{_url(part=chapter.anchor, number=str(step))}">{word}</a>'
            for word, step in (("Back", number - 1), ("Next", number + 1))
            if 0 < step <= len(parts)
        )
        more = f"<p>Part {number} of {len(parts)} {ways}</p>\n" if ways else ""
        body = f'<section class="chapter">\n{text}{more}{body}{more}</section>\n'
        return self._show(body, chapter, units)

    def _find(self, anchor: str) -> str | None:
        for chapter in self._chapters.values():
            if anchor == chapter.anchor:
                return self._render(chapter, 1)
            if any(unit.anchor == anchor for unit in chapter.units):
                parts = enumerate(self._divide(chapter), 1)
                return next(
                    self._render(chapter, number)
                    for number, units in parts
                    if any(unit.anchor == anchor for unit in units)
                )
        return None

    def _search(self, text: str) -> str:
        words = text.casefold().split()
        found = [
            unit
            for chapter in self._chapters.values()
            for unit in chapter.units
            if words and all(word in unit.text.casefold() for word in words)
        ]
        rows = "".join(f"<li>{_link(unit)}</li>\n" for unit in found[:_MOST_FOUND])
        count = f"{len(found)} found" if found else "Nothing was found"
        if len(found) > _MOST_FOUND:
            count += f"; the first {_MOST_FOUND} are here, more words find fewer"
        body = f"<h1>Search</h1>\n<p>{count}.</p>\n<ul>\n{rows}</ul>\n"
        return self._show(f'<section class="intro">\n{body}</section>\n', query=text)

    def _show(
        self,
        body: str,
        current: Chapter | None = None,
        units: list[Unit] | None = None,
        query: str = "",
    ) -> str:
        contents = "".join(self._contents(current, units or []))
        form = (
            '<form role="search"><label>Search '
            f'<input type="search" name="q" value="{html_escape(query)}"></label> '
            "<button>Search</button></form>\n"
        )
        title = html_escape(self._page.title)
        start = f'<p class="title"><a href="?">{title}</a></p>\n'
        nav = f'{start}<a class="close" href="#top">Close</a>\n{form}{contents}'
        return _lead_to_parts(
            frame_page(
                title, self._style, nav, body, ' class="long"', self._page.script
            )
        )

    def _contents(self, current: Chapter | None, units: list[Unit]) -> Iterator[str]:
        for anchor, chapter in self._chapters.items():
            yield f'<p><a href="{_url(part=anchor)}">{chapter.title}</a></p>\n'
            if chapter is current:
                rows = "".join(f"<li>{_link(unit)}</li>\n" for unit in units)
                yield f"<ul>\n{rows}</ul>\n"


def _link(unit: Unit) -> str:
    return f'<a href="{_url(find=unit.anchor)}#{unit.anchor}">{unit.title}</a>'


def _url(**arguments: str) -> str:
    return html_escape(f"?{urlencode(arguments)}")


def _lead_to_parts(html: str) -> str:
    """Let links to what is in another part look for it."""
    here = {"top", "contents", *_ID.findall(html)}
    return _LINK.sub(
        lambda match: (
            match[0] if match[1] in here else f'href="?find={match[1]}#{match[1]}"'
        ),
        html,
    )
