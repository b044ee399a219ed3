"""Handlers and names that stand in another file."""

from pathlib import Path

import pytest

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
        web__more=f"from . import core\n@core.app.route('/more')\n{VIEW}",
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


TABLES = {
    "rows": "ROWS = ((P, views.view, 1), ('/l', lambda r: r.end_time, 1))\n"
    "for uri, fun, method in ROWS:\n    app.set_route(uri, fun, method)\n",
    "whole row": "ROWS: tuple = [[P, views.view]]\n"
    "for row in ROWS: app.set_route(*row)\n",
    "rest": "for uri, *rest in [(P, views.view, 1)]: app.set_route(uri, *rest)\n",
    "dict": "ROWS = {P: views.view}\n"
    "for uri, fun in ROWS.items(): app.set_route(uri, fun)\n",
    "rows by name": "ROWS = [{'uri': P, 'fun': views.view}]\n"
    "for row in ROWS: app.set_route(row['uri'], row['fun'])\n",
    "keywords": "ROWS = [{'uri': P, 'fun': views.view}]\n"
    "for row in ROWS: app.set_route(**row)\n",
    "in two": "ROWS = {'get': [(P, views.view)]}\n"
    "for name, rows in ROWS.items():\n    for row in rows: app.set_route(*row)\n",
    "an item": "ROWS = {'view': views.view}\napp.set_route(P, ROWS['view'])\n",
    "guarded": "ROWS = [(P, views.guard(views.view))]\n"
    "for row in ROWS: app.set_route(*row)\n",
    "imported": "from views import ROWS\nfor row in ROWS: app.set_route(*row)\n",
    "of a module": "for uri, fun in sorted(views.ROWS): app.set_route(uri, fun)\n",
    "of a class": "class Site:\n    ROWS = [(P, views.view)]\n"
    "    def __init__(self):\n"
    "        for uri, fun in self.ROWS: app.set_route(uri, fun)\n",
}


@pytest.mark.parametrize("code", TABLES.values(), ids=TABLES.keys())
def test_table_of_routes(code: str, tmp_path: Path) -> None:
    """The functions of a table that is registered by a loop are handlers."""
    found = find(
        tmp_path,
        main=f"import views\nfrom poorwsgi import Application\nP = '/'\n"
        f"app = Application('a')\n{code}",
        views=(
            f"{VIEW}def guard(handler):\n    handler.end_time\n    return handler\n"
            "ROWS = [('/', view)]\n"
        ),
    )
    lambdas = ["main 5 end-time"] * ("lambda" in code)
    assert found == [*lambdas, "views 2 end-time"]


def test_handlers_that_are_not_known(tmp_path: Path) -> None:
    """They are counted, with their places."""
    code = (
        "from poorwsgi import Application\nfrom somewhere import ROWS, view\n"
        "app = Application('a')\nother.rows = []\nfor row in ROWS:\n"
        "    app.set_route(*row)\napp.set_route('/', view)\n"
    )
    (tmp_path / "main.py").write_text(code, "utf-8")
    unknown = examine([tmp_path]).unknown
    assert unknown == (f"{tmp_path}/main.py:6", f"{tmp_path}/main.py:7")


def test_two_modules_of_a_name(tmp_path: Path) -> None:
    """An absolute import that may mean two files means none."""
    found = find(
        tmp_path,
        a__main="from poorwsgi import Application\napp = Application('a')\n",
        b__main="app = None\n",
        c=f"from main import app\n@app.route('/')\n{VIEW}",
    )
    assert found == []


def test_copy_of_an_application(tmp_path: Path) -> None:
    """An absolute import means what stands nearest."""
    found = find(
        tmp_path,
        a__main="from poorwsgi import Application\napp = Application('a')\n",
        a__views=f"from main import app\n@app.route('/')\n{VIEW}",
        b__main="app = None\n",
        b__others=f"from main import app\n@app.route('/')\n{VIEW}",
    )
    assert found == ["views 4 end-time"]


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


APP = "from poorwsgi import Application\n"


def test_attribute_of_an_object(tmp_path: Path) -> None:
    """An application is followed into attributes, of other files and of bases too."""
    found = find(
        tmp_path,
        site=(
            f"{APP}class Site:\n    shared = Application('c')\n    name = None\n"
            "    def __init__(self, app):\n        self._app = app\n"
            "        self.app: Application = Application('b')\n"
            "        self.name = None\n"
            "        self._app.before_request()\n"
            "    def set_up(self):\n        self.app.set_route('/', self.view)\n"
            "        self.app.set_route('/n', Site.none)\n"
            "    def view(self, request):\n        return request.end_time\n"
            "    @staticmethod\n    def free(request): return request.end_time\n"
            "class Shop(Site):\n    def more(self):\n"
            "        self.app.after_request()\n"
            "        self.app.set_default(self.free)\n"
        ),
        main=(
            f"{APP}import site\none = site.Site(Application('a'))\n"
            "one.app.before_request()\nsite.Site.shared.before_request()\n"
        ),
    )
    assert found == [
        "main 4 before-request",
        "main 5 before-request",
        "site 9 before-request",
        "site 14 end-time",
        "site 16 end-time",
        "site 19 after-request",
    ]


def test_application_as_an_argument(tmp_path: Path) -> None:
    """It is known by what is given, by its annotation, or by its name."""
    found = find(
        tmp_path,
        main=(
            f"{APP}import views\nfrom typing import Optional\n"
            "def build():\n    app = Application('a')\n    return app\n"
            "def other(site: 'Application | None', shop: Optional[Application]):\n"
            "    site.before_request()\n    shop.after_request()\n"
            "def named(app):\n    app.before_request()\n"
            "def typed(app: Application[int]):\n    app.before_request()\n"
            "views.init(build(), *[])\nviews.init(site=build())\nviews.init(None)\n"
        ),
        views=(
            "def init(site, *more):\n    site.set_route('/', view)\n"
            "    @site.route('/x')\n    def inner(r): return helper(r, 1)\n"
            "def view(r): return helper(r)\n"
            "def helper(request, *rest, **named): return request.end_time\n"
        ),
    )
    assert found == [
        "main 8 before-request",
        "main 9 after-request",
        "main 11 before-request",
        "main 13 before-request",
        "views 6 end-time",
    ]


def test_argument_that_is_given_two_things(tmp_path: Path) -> None:
    """What may be something else is left alone."""
    code = (
        f"{APP}app = Application('a')\ndef view(thing): return thing.end_time\n"
        "@app.route('/')\ndef index(req):\n    view(req)\n    view(1)\n"
    )
    assert find(tmp_path, main=code) == []


def test_other_names(tmp_path: Path) -> None:
    """An application is known by whatever name it was imported, or assigned."""
    found = find(
        tmp_path,
        main=(
            "import poorwsgi as p\nfrom poorwsgi import Application as A\n"
            "app = application = p.Application('a')\napplication.before_request()\n"
            "class Mine(A):\n    def __init__(self):\n        self.before_request()\n"
            "b = Mine('b')\nb.before_request()\n"
        ),
        stars="from poorwsgi import *\napp = Application('c')\napp.before_request()\n",
        more=(
            "from stars import *\nfrom nowhere import *\nfrom .none import *\n"
            "app.before_request()\n"
        ),
    )
    assert found == [
        "main 4 before-request",
        "main 7 before-request",
        "main 9 before-request",
        "more 4 before-request",
        "stars 3 before-request",
    ]


def test_handlers_that_pass_a_guard(tmp_path: Path) -> None:
    """A handler that is given through a function of the application's own is one."""
    code = (
        f"{APP}app = Application('a')\ndef guard(handler): return handler\n"
        "def view(r): return r.end_time\napp.set_route('/', guard(view))\n"
        "app.set_route('/a', guard())\n@app.post('/b')\ndef post(r):\n"
        "    return r.end_time\n"
    )
    assert find(tmp_path, main=code) == ["main 4 end-time", "main 9 end-time"]


def test_path_of_one_application_in_two_files(tmp_path: Path) -> None:
    """A path that is set twice is found over files."""
    found = find(
        tmp_path,
        main=f"{APP}app = Application('a')\n",
        one="from main import app\n@app.route('/')\ndef f(r): pass\n",
        two="import main\n@main.app.route('/')\ndef g(r): pass\n",
    )
    assert found == ["two 2 path-set-twice"]


def test_two_of_one_name(tmp_path: Path) -> None:
    """Nobody knows which method, or which class, is meant."""
    code = (
        f"{APP}class Site:\n    def view(self, r): return r.end_time\n"
        "    def view(self, r): return r.end_time\n"
        "class Shop: pass\nclass Shop: pass\n"
        "app = Application('a')\napp.set_route('/', Site().view)\nShop()\n"
    )
    assert find(tmp_path, main=code) == []
