"""Facts about tables of HTML and what stands in their cells."""

from types import SimpleNamespace

import pytest

from poorwsgi_core.results.cells import build_table, editor_href, handler_html


def answer() -> None:
    """Answer."""


def test_build_table() -> None:
    """A table has headers of columns and rows; an empty one is a sentence."""
    assert build_table(("A", "B"), [("1", "2")]) == (
        '<table>\n<thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
        '\n<tbody>\n<tr><th scope="row">1</th><td>2</td></tr>\n</tbody>\n</table>'
    )
    assert build_table(("A",), []) == '<p class="empty">none</p>'


@pytest.mark.parametrize(
    ("editor", "href"),
    [
        ("", ""),
        ("vscode://file/{path}:{line}", "vscode://file/a/b%27%20c.py:7"),
        ("vscode://file{path}:{line}", "vscode://file/a/b%27%20c.py:7"),
        (
            "pycharm://open?file={path}&line={line}",
            "pycharm://open?file=/a/b%27%20c.py&amp;line=7",
        ),
    ],
)
def test_editor_href(editor: str, href: str) -> None:
    """The address has path and line, and can stand in an attribute."""
    app = SimpleNamespace(debug_editor=editor)
    assert editor_href(app, "/a/b' c.py", 7) == href
    assert editor_href(app, "<string>", 7) == ""


def test_handler_in_an_editor() -> None:
    """The place of a handler is a link where an editor is set."""
    app = SimpleNamespace(debug_editor="x:{path}:{line}")
    line = answer.__code__.co_firstlineno
    link = f'href="x:{__file__}:{line}">test_results_cells.py:{line}</a>'
    assert link in handler_html(answer, app)
    assert "href" not in handler_html(answer)
