"""Facts about the frames on the debug form of the 500 page."""

import json
import re
from traceback import TracebackException
from types import SimpleNamespace

import pytest

from poorwsgi_core.results.frames import render_frames


def render(error: BaseException, **settings: object) -> str:
    """Build the HTML of an exception, for an application with some settings."""
    formatted = TracebackException.from_exception(error)
    return render_frames(formatted, error, SimpleNamespace(**settings))


def catch(text: str, path: str = "<text>") -> Exception:
    """Return what code raises."""
    try:
        exec(compile(text, path, "exec"), {"json": json})  # noqa: S102 - our own code
    except Exception as error:  # noqa: BLE001 - any of them
        return error
    return pytest.fail("nothing was raised")


def test_source_around_the_line() -> None:
    """The line of the frame is marked, among those before and after it."""
    page = render(catch("1 / 0"))
    marked = re.findall("<mark>(.*?)</mark>", page)
    assert len(marked) == 1
    assert "exec(compile(text, path" in marked[0]
    assert "def catch(text: str" in page
    assert "<script" not in page


def test_frames_of_libraries_are_folded() -> None:
    """One's own frames are open, those of libraries are closed."""
    page = render(catch("json.loads('[')"))
    shown = re.findall("<details( open)?>\n<summary><code>(.*?)</code> (.*?)<", page)
    assert [(state, name) for state, name, _ in shown] == [
        (" open", "catch"),
        (" open", "&lt;module&gt;"),
        ("", "loads"),
        ("", "decode"),
        ("", "raw_decode"),
    ]
    assert "The source is not there." in page


def test_chain() -> None:
    """Causes come first, as they happened; what was suppressed stays out."""
    text = "try: 1 / 0\nexcept ZeroDivisionError as error: raise KeyError('b') {}"
    titles = "<h3><code>(ZeroDivisionError|KeyError)"
    for tail, note in ((" from error", "direct cause"), ("", "While it was handled")):
        page = render(catch(text.format(tail)))
        assert re.findall(titles, page) == ["ZeroDivisionError", "KeyError"]
        assert note in page
    page = render(catch(text.format(" from None")))
    assert re.findall(titles, page) == ["KeyError"]


def test_group() -> None:
    """Members of a group follow it, with their own causes and members."""
    caused = ValueError("b")
    caused.__cause__ = OSError("c")
    inner = ExceptionGroup("<few>", [KeyError("a"), caused])
    outer = RuntimeError("d")
    outer.__cause__ = ExceptionGroup("many", [inner, TypeError("e")])
    page = render(outer)
    assert re.findall("<h3><code>([A-Za-z]+)", page) == [
        "ExceptionGroup",
        "RuntimeError",
        "ExceptionGroup",
        "KeyError",
        "OSError",
        "ValueError",
        "TypeError",
    ]
    assert page.count("One of the group many:") == 2
    assert page.count("One of the group &lt;few&gt;:") == 2


def test_group_in_a_group_for_ever() -> None:
    """Of many members, however deep, the first ones are shown."""
    group: ExceptionGroup[Exception] = ExceptionGroup("0", [KeyError()])
    for depth in range(100):
        group = ExceptionGroup(str(depth), [group])
    assert render(group).count("<h3>") == 20


def test_deep_recursion_is_cut() -> None:
    """Of a thousand frames the first and the last are shown."""
    page = render(catch("def f(): f()\nf()"))
    assert page.count("<details") == 40
    assert re.search(r"\d{3} frames are left out", page)


def test_long_chain_is_cut() -> None:
    """Of a chain the last ten exceptions are shown."""
    error = ValueError("0")
    for number in range(1, 50):
        later = ValueError(str(number))
        later.__cause__ = error
        error = later
    titles = re.findall("ValueError: (.*?)<", render(error))
    assert titles == [str(number) for number in range(40, 50)]


def test_long_message_is_cut() -> None:
    """A message that goes on for ever has an end."""
    assert len(render(ValueError("x" * 1_000_000))) < 1000


def test_everything_is_escaped() -> None:
    """Names of files and messages are text (bar 28)."""
    page = render(catch("raise ValueError('<script>')", "<script>.py"))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2


def test_variables_are_asked_for() -> None:
    """Variables are shown where the setting says so, of one's own frames alone."""
    error = catch("amount = 7\napi_key = 'abc'\njson.loads('[')")
    assert "amount" not in re.sub("<pre>.*?</pre>", "", render(error), flags=re.DOTALL)
    page = render(error, debug_locals=True)
    assert "<code>amount</code></th><td><code>7</code>" in page
    assert '<code>api_key</code></th><td><span class="masked">' in page
    assert "<code>parse_constant</code>" not in page


def test_editor() -> None:
    """Each frame has a link where an editor is set."""
    error = catch("1 / 0", "/a b.py")
    assert "href" not in render(error)
    page = render(error, debug_editor="edit://open?file={path}&line={line}")
    assert 'href="edit://open?file=/a%20b.py&amp;line=1"' in page
    assert page.count("Open in the editor") == page.count("<details")


def test_variables_of_each_exception() -> None:
    """Each exception of a chain and of a group has its own frames."""
    text = (
        "def fail(number):\n    raise ValueError(number)\n"
        "def collect():\n    found = []\n    for each in (11, 22):\n"
        "        try: fail(each)\n        except ValueError as one: found += [one]\n"
        "    raise ExceptionGroup('both', found)\n"
        "try: fail(33)\nexcept ValueError: collect()"
    )
    page = render(catch(text), debug_locals=True)
    numbers = re.findall("<code>number</code></th><td><code>(.*?)</code>", page)
    assert numbers == ["33", "11", "22"]
