"""Handlers and names that stand in another file."""

from pathlib import Path

from poorwsgi.upgrade.findings import examine

VIEW = "def view(req):\n    return str(req.end_time)\n"


def find(folder: Path, **files: str) -> list[str]:
    """Write files, two underscores are a folder; tell what is found, and where."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/').replace('package', '__init__')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    report = examine([folder])
    assert report.errors == ()
    return [
        f"{each.path.stem} {each.line} {each.difference.id}" for each in report.findings
    ]


def test_application_of_another_file(tmp_path: Path) -> None:
    """Names are followed through imports, relative ones and those of imports too."""
    found = find(
        tmp_path,
        web__main="from poorwsgi import Application\napp = Application('a')\n",
        web__core="from .main import app\n",
        web__views=f"from web.core import app\n@app.route('/')\n{VIEW}",
        web__more=f"from . import core\n@core.app.route('/')\n{VIEW}",
    )
    assert found == ["more 4 end-time", "views 4 end-time"]


def test_dispatch_table(tmp_path: Path) -> None:
    """A handler that another file registers is one; its neighbour isn't."""
    found = find(
        tmp_path,
        main=(
            "import views\nfrom poorwsgi import Application\n"
            "app = Application('a')\napp.set_route('/', views.view)\n"
            "app.set_default(fun=views.other)\napp.set_route('/x')\n"
            "app.add_after_response(views.after)\n"
        ),
        views=(
            f"{VIEW}def other(req): return req.end_time\n"
            "def free(req): return req.end_time\n"
            "def after(req, res): return req.end_time\n"
        ),
    )
    assert found == ["views 2 end-time", "views 3 end-time", "views 5 end-time"]


def test_two_modules_of_a_name(tmp_path: Path) -> None:
    """An absolute import that may mean two files means none."""
    found = find(
        tmp_path,
        a__main="from poorwsgi import Application\napp = Application('a')\n",
        b__main="app = None\n",
        c=f"from main import app\n@app.route('/')\n{VIEW}",
    )
    assert found == []


def test_package_with_init(tmp_path: Path) -> None:
    """An ``__init__`` is the module of its folder."""
    found = find(
        tmp_path,
        web__package="from poorwsgi import Application\napp = Application('a')\n",
        web__views=f"from web import app\n@app.route('/')\n{VIEW}",
    )
    assert found == ["views 4 end-time"]


def test_name_that_is_imported_twice(tmp_path: Path) -> None:
    """Nobody knows which one it is."""
    code = (
        "try:\n    from poorwsgi import Application\n"
        "except ImportError:\n    from other import Application\n"
        "app = Application('a')\napp.before_request()\n"
    )
    assert find(tmp_path, main=code) == []
