"""Facts about profiles: their files, the picture, the pages."""

import cProfile
import marshal
import profile
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.results.icicle import draw_icicle
from poorwsgi_core.results.profile_view import profile_page
from poorwsgi_core.results.profiles import (
    Call,
    Calls,
    Function,
    list_profiles,
    read_profile,
)
from poorwsgi_core.testing import Client


def inner() -> int:
    """Take some time."""
    return sum(range(1000))


def outer() -> int:
    """Call somebody."""
    return inner() + inner()


def write_profile(path: Path, module: Any = cProfile) -> None:
    """Write a profile of a few calls."""
    module.runctx("outer()", {"outer": outer}, {}, filename=str(path))


def write_stats(path: Path, seconds: float, name: str = "work") -> None:
    """Write a profile of one function that took some time."""
    stats: dict[Any, Any] = {("/app.py", 1, name): (1, 1, seconds, seconds, {})}
    path.write_bytes(marshal.dumps(stats))


def function(name: str) -> Function:
    """Name a function."""
    return Function("/app.py", 1, name)


def find(calls: Calls, name: str) -> Function:
    """Find a function by its name."""
    return next(each for each in calls.functions if each.name == name)


def test_read(tmp_path: Path) -> None:
    """A profile tells the calls of each function, and who called whom."""
    write_profile(tmp_path / "p")
    calls = read_profile(tmp_path.as_posix() + "/p")
    assert calls is not None
    first, second = find(calls, "outer"), find(calls, "inner")
    assert first.path == __file__
    assert (calls.functions[first].number, calls.functions[second].number) == (1, 2)
    assert calls.callees[first][second].number == 2
    totals = [call.total for call in calls.functions.values()]
    assert totals == sorted(totals, reverse=True)
    assert 0 < calls.seconds < 2 * totals[0]


def test_read_of_the_slow_profiler(tmp_path: Path) -> None:
    """The one written in Python doesn't tell how long whose calls took."""
    write_profile(tmp_path / "p", profile)
    calls = read_profile(str(tmp_path / "p"))
    assert calls is not None
    assert find(calls, "inner") in calls.functions
    assert calls.callees == {}


@pytest.mark.parametrize("data", [b"", b"text", marshal.dumps(7), marshal.dumps({})])
def test_unreadable(tmp_path: Path, data: bytes) -> None:
    """What is no profile, as one that is being written, is none."""
    (tmp_path / "p").write_bytes(data)
    calls = read_profile(str(tmp_path / "p"))
    assert calls is None or not calls.functions
    assert read_profile(str(tmp_path / "missing")) is None


def test_list(tmp_path: Path) -> None:
    """Profiles of the prefix are listed, the slowest first, and nothing else."""
    write_stats(tmp_path / "req_GET_a_b.1.5.profile", 0.1)
    write_stats(tmp_path / "req_POST_.2.5.profile", 0.3)
    write_stats(tmp_path / "req_GET_a_b.3.5.profile", 0.2)
    write_stats(tmp_path / "other_GET_.4.5.profile", 0.2)
    write_stats(tmp_path / "req_GET_.profile", 0.2)
    (tmp_path / "req_GET_x.1.5.profile").write_text("broken")
    found = list_profiles(str(tmp_path / "req"))
    assert [(each.request, each.seconds) for each in found] == [
        ("POST /", 0.3),
        ("GET /a_b", 0.2),
        ("GET /a_b", 0.1),
    ]
    assert found[0].name == "req_POST_.2.5.profile"
    assert found[0].path == str(tmp_path / "req_POST_.2.5.profile")


def test_list_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many the newest are read."""
    for number in range(205):
        write_stats(tmp_path / f"_GET_.{number}.5.profile", number / 1000)
    found = list_profiles(f"{tmp_path}/")
    assert (len(found), found[-1].seconds) == (200, 0.005)
    monkeypatch.chdir(tmp_path)
    assert len(list_profiles("")) == 200
    assert list_profiles(str(tmp_path / "missing" / "req")) == []


def draw(
    totals: dict[str, float], edges: dict[str, dict[str, float]]
) -> list[tuple[str, ...]]:
    """Draw functions; returns the bars as text, x, y and width."""
    calls = Calls(
        {function(name): Call(1, 0.1, total) for name, total in totals.items()},
        {
            function(name): {
                function(x): Call(1, 0, total) for x, total in below.items()
            }
            for name, below in edges.items()
        },
    )
    svg = draw_icicle(calls, {each: each.name == "own" for each in calls.functions})
    assert svg.count("<g") == svg.count("</g>") == svg.count("<title>")
    bar = r'<title>(\S*) .*?</title><rect x="(.*?)" y="(\d+)" width="(.*?)"'
    return [tuple(found) for found in re.findall(bar, svg)]


def test_icicle() -> None:
    """Who is called stands below, as wide as it took of the time."""
    totals = {"main": 4.0, "own": 3.0, "other": 1.0, "deep": 3.0, "tiny": 0.001}
    edges = {"main": {"own": 3.0, "other": 1.0, "tiny": 0.001}, "own": {"deep": 1.5}}
    assert draw(totals, edges) == [
        ("main", "0.0", "0", "1200.0"),
        ("own", "0.0", "22", "900.0"),
        ("other", "900.0", "22", "300.0"),
        ("deep", "0.0", "44", "450.0"),
    ]


def test_icicle_of_recursion() -> None:
    """A function that calls itself is one bar, so the picture has an end."""
    edges = {"main": {"again": 1.0}, "again": {"again": 0.9, "other": 0.5}}
    names = [bar[0] for bar in draw({"main": 1, "again": 1, "other": 1}, edges)]
    assert names == ["main", "again", "other"]


def test_icicle_is_bounded() -> None:
    """Neither deep calls nor many make the picture huge; nothing at all is empty."""
    totals = {f"f{number}": 1.0 for number in range(100)}
    edges = {f"f{number}": {f"f{number + 1}": 1.0} for number in range(99)}
    assert len(draw(totals, edges)) == 40
    below = {f"g{number}": 1.0 for number in range(300)}
    assert len(draw({"main": 300.0, **below}, {"main": below})) == 301
    assert draw({}, {}) == []
    assert draw({"main": 0.0}, {}) == []


def test_icicle_text() -> None:
    """Long names are cut, own functions marked, everything is escaped."""
    calls = Calls(
        {
            Function("/a.py", 1, "<main>"): Call(1, 1, 10),
            Function("/a.py", 2, "x" * 300): Call(1, 1, 9),
        },
        {},
    )
    svg = draw_icicle(calls, dict.fromkeys(calls.functions, True))
    assert "&lt;main&gt; (/a.py:1), 10000.0 ms</title>" in svg
    assert "<main>" not in svg
    assert re.search(r">x{20,90}\u2026</text>", svg)
    assert svg.count('<g class="own">') == 2


def view(dump: Path, name: str = "", **settings: Any) -> str:
    """Build the page of a profile, without what the style sheet says."""
    page = profile_page(SimpleNamespace(profile_dump=str(dump), **settings), name)
    return re.sub("<style>.*</style>", "", page)


def test_list_page(tmp_path: Path) -> None:
    """Each request stands once, the slowest first, with links to its profiles."""
    write_stats(tmp_path / "req_GET_a.1.5.profile", 0.1)
    write_stats(tmp_path / "req_POST_&.2.5.profile", 0.3)
    write_stats(tmp_path / "req_GET_a.3.5.profile", 0.2)
    page = view(tmp_path / "req")
    rows = re.findall('<th scope="row"><code>(.*?)</code></th><td>(.*?)</td>', page)
    assert rows == [("POST /&amp;", "1"), ("GET /a", "2")]
    assert re.findall('<a href="(.*?)">(.*?)</a>', page) == [
        ("debug-info", "Debug Info"),
        ("?profile=req_POST_%26.2.5.profile", "300.0\u00a0ms"),
        ("?profile=req_GET_a.3.5.profile", "200.0\u00a0ms"),
        ("?profile=req_GET_a.1.5.profile", "100.0\u00a0ms"),
    ]


def test_one_page(tmp_path: Path) -> None:
    """A profile is a picture and a table, with links into the editor."""
    write_profile(tmp_path / "req_GET_.1.5.profile")
    page = view(
        tmp_path / "req", "req_GET_.1.5.profile", debug_editor="ed:{path}:{line}"
    )
    assert "<h1>GET /: " in page
    assert "<svg " in page
    line = inner.__code__.co_firstlineno
    link = f'<a href="ed:{__file__}:{line}"><code>{__file__}:{line}</code></a>'
    assert re.search(f"<code>inner</code></th><td>2</td>.*{re.escape(link)}", page)
    assert "<td>builtin</td>" in page
    assert '<g class="own"><title>inner' in page
    assert '<g class="library"><title>&lt;built-in method builtins.sum' in page
    assert "ed:" not in view(tmp_path / "req", "req_GET_.1.5.profile")


def test_page_of_the_slow_profiler(tmp_path: Path) -> None:
    """Without the time of each call there is a table alone."""
    write_profile(tmp_path / "req_GET_.1.5.profile", profile)
    page = view(tmp_path / "req", "req_GET_.1.5.profile")
    assert "<code>inner</code>" in page
    assert "<svg" not in page


@pytest.mark.parametrize("name", ["missing", "../secret_GET_.1.5.profile", "a/b"])
def test_other_names(tmp_path: Path, name: str) -> None:
    """A name that isn't listed opens no file."""
    write_stats(tmp_path / "secret_GET_.1.5.profile", 0.3)
    (tmp_path / "log").mkdir()
    write_stats(tmp_path / "log" / "req_GET_.1.5.profile", 0.3)
    assert "<h1>Profiles</h1>" in view(tmp_path / "log" / "req", name)


def test_pages_of_an_application(
    app: Application, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The debug page leads there while requests are profiled, in debug alone."""
    client = Client(app)
    app.set_route("/work", lambda _: "done")
    app.debug = True
    assert "app.set_profile" in client.get("/debug-info").text
    assert "<h1>Debug Info</h1>" in client.get("/debug-info?profile=").text
    app.set_profile(cProfile.runctx, str(tmp_path / "req"))
    dumps = [app.profile_dump]
    client.get("/work")
    assert '<a href="?profile=">' in client.get("/debug-info").text
    assert "<code>GET /work</code>" in client.get("/debug-info?profile=").text
    app.debug = False
    assert client.get("/debug-info?profile=").status_code == 404
    app.del_profile()
    assert [*dumps, app.profile_dump] == [str(tmp_path / "req"), None]
    assert caplog.record_tuples == []
