"""What the tool finds in a file, and what it must not find."""

from pathlib import Path
from textwrap import dedent

import pytest

from poorwsgi.upgrade.files import read_source
from poorwsgi.upgrade.findings import examine
from poorwsgi.upgrade.handlers import link
from poorwsgi.upgrade.uses import read_uses

APP = """
from poorwsgi import Application, abort, redirect, state
from poorwsgi.request import Request
app = Application(__name__)
"""


def find(folder: Path, code: str, head: str = APP) -> list[str]:
    """Return the ids of what is found; those that may have to change in brackets."""
    (folder / "example.py").write_text(head + dedent(code), "utf-8")
    report = examine([folder])
    assert report.errors == ()
    return [
        each.difference.id if each.certain else f"({each.difference.id})"
        for each in report.findings
    ]


def handler(body: str, decorator: str = "app.route('/')") -> str:
    """Return a handler with this body."""
    return f"@{decorator}\ndef f(req):\n    {body}\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (handler("return 'no' if req.cookies is None else ''"), ["cookies-none"]),
        (handler("return str(None != req.args and req.cookies != None)"), None),
        (handler("return str(req.cookies == None)"), ["cookies-none"]),
        (handler("return str(req.end_time)"), ["end-time"]),
        (
            handler("return req.construct_url('/')"),
            ["(forwarded)", "(malformed-host-raised)"],
        ),
        (handler("return req.read(5)"), ["(body-ended-early)"]),
        (handler("return str(req.is_chunked_request)"), ["is-chunked-request"]),
        (handler("return req.get_options()"), ["request-options"]),
        (handler("return str(req.args.getfirst('a', fce=int))"), ["fce"]),
        (handler("form = req.form\n    return form.getlist('a', fce=int)"), ["fce"]),
        (handler("return next(req.args.getlist('a'))"), ["getlist-generator"]),
        (handler("return req.json.getfirst('a')"), ["(getfirst-text)"]),
        (handler("return str(req.form.headers)"), ["field-attributes"]),
        (handler("redirect('/', True)"), ["permanent"]),
        (handler("redirect('/', permanent=True)"), ["permanent"]),
        (handler("if (n := req.cookies) is None: pass"), ["cookies-none"]),
        ("async def f(req: Request): return req.end_time\n", ["end-time"]),
        ("def f(req: 'Request', /, *, b=1): return req.end_time\n", ["end-time"]),
        ("app.set_route('/', lambda req: req.end_time)\n", ["end-time"]),
        ("@app.before_request()\ndef f(req): pass\n", ["before-request"]),
        ("app.pop_after_request(print)\n", ["after-request"]),
        ("app.handler_from_table(None)\n", ["handlers-from"]),
        ("app.routes['/'][state.METHOD_GET] = print\n", ["tables-shared"]),
        ("del app.states[404][state.METHOD_GET]\n", ["tables-shared"]),
        ("app.routes['/'].pop(state.METHOD_GET)\n", ["tables-shared"]),
        ("app.document_root = '.'\n", ["(links)", "(dot-names)"]),
        ("@app.route('/a|b/<name>')\ndef f(req, name): pass\n", ["text-around-groups"]),
        ("@app.route('/<a-b>')\ndef f(req): pass\n", ["malformed-groups"]),
        ("app.set_route('/<a', print)\n", ["malformed-groups"]),
        (
            ("try:\n    app.auth_algorithm = 'X'\nexcept KeyError: pass\n"),
            ["auth-settings"],
        ),
        (
            (
                "from poorwsgi.response import Response\n"
                "try:\n    Response('', status_code=799)\n"
                "except (KeyError, OSError): pass\n"
            ),
            ["unknown-codes"],
        ),
        (
            (
                "from poorwsgi.response import JSONResponse\n"
                "def f(req, value):\n"
                "    try:\n        return JSONResponse(value)\n"
                "    except TypeError:\n        return ''\n"
            ),
            ["json-encoded-later"],
        ),
        (
            (
                "from poorwsgi.request import JsonDict, JsonList\n"
                "JsonDict({'a': 1})\nJsonList([1])\n"
                + handler("return str(req.end_time)")
            ),
            ["end-time"],
        ),
        (
            (
                "from poorwsgi.response import HTTPException\n"
                "try:\n    HTTPException('x')\nexcept AssertionError: pass\n"
            ),
            ["wrong-types"],
        ),
        ("environ = {'HTTP_CONTENT_TYPE': 'text/plain'}\n", ["http-content-type"]),
        ("from poorwsgi.session import hidden\n", ["old-cipher"]),
        ("from poorwsgi import session\nsession.encrypt(b'')\n", ["old-cipher"]),
        ("from poorwsgi.session import Request as R\n", ["names-of-modules"]),
        ("import poorwsgi.env\n", ["names-of-modules"]),
        ("import poorwsgi.state as s\ns.HTTP_NEVER\n", ["names-of-modules"]),
        ("from poorwsgi.response import EmptyResponse\nEmptyResponse()\n", None),
        (
            "from poorwsgi.session import PoorSession\n"
            + handler("return str(PoorSession(req))"),
            ["session-of-request", "(sealed-sessions)"],
        ),
        (
            (
                "from poorwsgi.response import JSONResponse\n"
                "JSONResponse('utf-8', a=1)\n"
            ),
            ["json-charset-first"],
        ),
        (
            (
                "from poorwsgi.request import FieldStorage\n"
                "class Form(FieldStorage): pass\nisinstance(1, FieldStorage)\n"
            ),
            ["field-storage-class", "field-storage-class"],
        ),
        (
            (
                "from poorwsgi.fieldstorage import FieldStorageParser\n"
                "form = FieldStorageParser().parse()\nform['a'].headers\n"
            ),
            ["field-attributes"],
        ),
        (
            (
                "from os.path import getctime\n"
                "from poorwsgi.response import FileResponse\n"
                "def f(): return getctime('a'), FileResponse('a')\n"
            ),
            ["(last-modified)", "(text-without-charset)"],
        ),
        ("from openapi_core import create_spec\n", ["openapi-core"]),
    ],
)
def test_uses(code: str, expected: list[str] | None, tmp_path: Path) -> None:
    """A use that a difference touches is found, once in a line."""
    found = find(tmp_path, code)
    assert found == expected if expected is not None else len(found) == 1


@pytest.mark.parametrize(
    "code",
    [
        "def f(req): return req.cookies is None\n",  # nobody says that it is a handler
        handler("req = object()\n    return req.cookies is None"),
        handler("for req in []: req.cookies is None"),
        handler("return req.headers is None"),
        handler("return 1 < 2 and req.cookies is not False"),
        handler("def inner(req): return req.end_time\n    return inner"),
        handler("redirect('/', 301)"),
        handler("return req.args.getfirst('a', func=int)"),
        "class app(object):\n    pass\napp.handler_from_table()\n",
        "for app in []: app.handler_from_table()\n",
        "import other as app\napp.before_request()\n",
        "app: object = open('x')\napp.before_request()\n",
        "@app.route('/a.b/<name>/<x:int>/<y:re:[a-z]+>')\ndef f(req, *a): pass\n",
        "@app.route('/a+b')\n@app.route\n@app.other()\ndef f(req): pass\n",
        "@app.regular_route('/(a|b)/<c')\ndef f(req, a): pass\n",
        "path = '/<a-b>'\npath += '/'\napp.set_route(path, print)\n",
        "def f(app):\n def g():\n  nonlocal app\n  app.before_request()\n",
        "for path in ['/<a-b>']: app.set_route('/x' + path, print)\n",
        "path = 5\napp.set_route(f'/<a-b>{path!r}', print)\n",
        "def f():\n    global site\n    site = 5\nsite.before_request()\n",
        "def f():\n    global site\n    site = None\nsite.before_request()\n",
        "app.routes['/']\nlen(app.routes)\n",
        "d = {}\nd['a']['b'] = 1\n",
        "try:\n    app.title = {}['a']\nexcept KeyError: pass\n",
        "try:\n    app.auth_algorithm = 'x'\nexcept ValueError: pass\n",
        "try:\n    app.auth_algorithm = 'x'\nexcept: pass\n",
        "global app\nfrom poorwsgi.digest import *\n",
        "from poorwsgi.digest import hexdigest\n",
        "match 1:\n    case app: app.before_request()\n",
        "def f(req: '(', other: Request): return req.end_time\n",
        "kind: Request\n",
        "from .session import hidden\nfrom . import encrypt\n",
        "next(iter([]))\nisinstance(1, int)\nprint()\n",
        "environ = {'CONTENT_TYPE': 'x', **{}}\nenviron['HTTP_CONTENT_TYPE']\n",
    ],
)
def test_no_false_alarm(code: str, tmp_path: Path) -> None:
    """What isn't certain isn't said."""
    assert find(tmp_path, code) == []


def test_annotation_of_a_variable(tmp_path: Path) -> None:
    """A variable is what its annotation says."""
    code = "def f(given):\n    req: Request = given\n    return req.end_time\n"
    assert find(tmp_path, code) == ["end-time"]


def test_environ_made_by_hand(tmp_path: Path) -> None:
    """The names that no server gives are found, where they are set."""
    path = tmp_path / "example.py"
    code = "e = {'HTTP_CONTENT_TYPE': 'x', **{}}\ne['HTTP_CONTENT_LENGTH'] = e['a']\n"
    path.write_text(code, "utf-8")
    source = read_source(path)
    names = [use.names for use in read_uses(source, link([source]))]
    assert names == [
        ("environ HTTP_CONTENT_TYPE",),
        ("environ HTTP_CONTENT_LENGTH",),
    ]


def test_part_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a module whose part isn't there, nobody knows the names."""

    def fail(_: str) -> None:
        raise ModuleNotFoundError(name="poorwsgi_openapi")

    monkeypatch.setattr("poorwsgi.upgrade.packages.import_module", fail)
    assert find(tmp_path, "from poorwsgi.openapi_wrapper import OpenAPIRequest\n") == []
