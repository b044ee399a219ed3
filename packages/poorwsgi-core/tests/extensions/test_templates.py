"""Facts about templates."""

import sys
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core import Application, Request
from poorwsgi_core.extensions.templates import TemplateResponse, Templates
from poorwsgi_core.testing import Client

pytestmark = pytest.mark.needs("jinja2")

FILES = {
    "page.html": "<h1>{{ title }}</h1>{{ req.path }} {{ url_for('page', x=1) }}",
    "user.html": "{{ user }}",
    "mail.txt.j2": "{{ title }}",
    "rows.html": "{% for row in rows %}<p>{{ row }}</p>{% endfor %}",
    "broken.html": "{% include 'pagee.html' %}",
}


@pytest.fixture
def templates(tmp_path: Path) -> Templates:
    """Write some templates."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return Templates(tmp_path, context=lambda req: {"user": req.user})


def test_page(app: Application, client: Client, templates: Templates) -> None:
    """Values are escaped; the request and its links are there."""

    @app.route("/page/<x:int>")
    def page(req: Request, x: int) -> TemplateResponse:
        response = templates.render(
            req, "page.html", title=f"<{x}>", headers={"X-A": "b"}, status_code=203
        )
        assert response.template == "page.html"
        assert response.context["title"] == "<7>"
        return response

    answer = client.get("/page/7", SCRIPT_NAME="/shop")
    assert answer.text == "<h1>&lt;7&gt;</h1>/page/7 /shop/page/1"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert (answer.status_code, answer.headers["X-A"]) == (203, "b")
    assert page.__name__ == "page"


def test_further_values(app: Application, client: Client, templates: Templates) -> None:
    """Values for all templates come from a function; a handler's come first."""

    def show(req: Request) -> TemplateResponse:
        req.user = "Jana"
        return templates.render(req, "user.html")

    app.set_route("/", show)
    app.set_route("/own", lambda req: templates.render(req, "user.html", user="Ivo"))
    assert client.get("/").text == "Jana"
    assert client.get("/own").text == "Ivo"


def test_text(app: Application, client: Client, templates: Templates) -> None:
    """Plain text isn't escaped, and has its type."""
    app.set_route("/", lambda req: templates.render(req, "mail.txt.j2", title="<b>"))
    answer = client.get("/")
    assert answer.text == "<b>"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    from_string = templates.environment.from_string("{{ title }}")
    assert from_string.render(title="<b>") == "&lt;b&gt;"


def test_stream(app: Application, client: Client, templates: Templates) -> None:
    """A long page is sent while it is made."""

    def rows(req: Request) -> Any:
        return templates.stream(req, "rows.html", rows=range(100), status_code=203)

    app.set_route("/", rows)
    answer = client.get("/")
    assert answer.status_code == 203
    assert answer.text.startswith("<p>0</p><p>1</p>")
    assert answer.text.endswith("<p>99</p>")
    assert "Content-Length" not in answer.headers


@pytest.mark.parametrize("call", ["render", "stream"])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pages.html", r"No template 'pages.html' in .*: did you mean 'page.html'\?"),
        ("nothing", r"No template 'nothing' in "),
        ("broken.html", r"No template 'pagee.html' in .*: did you mean 'page.html'\?"),
    ],
)
def test_missing_template(
    app: Application,
    client: Client,
    templates: Templates,
    caplog: pytest.LogCaptureFixture,
    call: str,
    name: str,
    told: str,
) -> None:
    """It is 500, and the log says which one was meant."""
    app.propagate_exceptions = True
    app.set_route("/", lambda req: getattr(templates, call)(req, name))
    with pytest.raises(LookupError, match=told):
        client.get("/")
    app.propagate_exceptions = False
    assert client.get("/").status_code == 500
    assert name in caplog.text


def test_undefined_name(app: Application, client: Client, templates: Templates) -> None:
    """A misspelt name is no empty text."""
    app.set_route("/", lambda req: templates.render(req, "page.html"))
    assert client.get("/").status_code == 500


def test_wiring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the folder, or without Jinja, there are no templates."""
    with pytest.raises(ValueError, match="tell it from the module"):
        Templates(tmp_path / "none")
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(RuntimeError, match=r"poorwsgi-core\[templates\]"):
        Templates(tmp_path)
