"""Facts about the pytest plugin, in pytest runs of their own."""

import pytest

pytestmark = pytest.mark.needs("processes")

pytest_plugins = ["pytester"]

APPLICATION = """
from poorwsgi_core import Application

def create_app():
    app = Application("shop")

    @app.route("/")
    def index(req):
        first = "visitor" not in req.cookies
        return f"<h1>Shop</h1>{first}", "text/html", {"Set-Cookie": "visitor=1"}

    return app

app = create_app()
"""
TESTS = """
from urllib.request import urlopen

def test_client(client):
    assert client.get("/").text.endswith("True")
    assert client.get("/").text.endswith("False")

def test_client_is_new(client):
    assert client.get("/").text.endswith("True")

def test_live_server(live_server, app):
    assert live_server.app is app
    with urlopen(live_server.url + "/") as answer:
        assert answer.read() == b"<h1>Shop</h1>True"
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Write a project with an application and tests, and settings of its own."""
    pytester.makeini("[pytest]\n")
    for name, text in {"pluginshop": APPLICATION, "test_shop": TESTS}.items():
        (pytester.path / f"{name}.py").write_text(text, "utf-8")
    return pytester


def run(project: pytest.Pytester) -> pytest.RunResult:
    """Run the tests of the project, with the plugin loaded by its entry point."""
    return project.runpytest_inprocess("-p", "no:cacheprovider")


@pytest.mark.parametrize("target", ["pluginshop:app", "pluginshop:create_app()"])
def test_application_of_the_setting(project: pytest.Pytester, target: str) -> None:
    """The setting names an application, as on the command line, or what makes one."""
    project.makeini(f"[pytest]\npoorwsgi_app = {target}\n")
    run(project).assert_outcomes(passed=3)


def test_application_of_a_fixture(project: pytest.Pytester) -> None:
    """A fixture of one's own takes the place of the setting."""
    project.makeconftest(
        "import pytest, pluginshop\n\n"
        "@pytest.fixture\ndef app():\n    return pluginshop.create_app()\n"
    )
    run(project).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("", "*write poorwsgi_app = module:app into the settings of pytest*"),
        ("poorwsgi_app = pluginshop:ap", "*poorwsgi_app: no 'ap' in pluginshop*"),
    ],
)
def test_no_application(project: pytest.Pytester, setting: str, message: str) -> None:
    """It is said what to write where there is no application."""
    project.makeini(f"[pytest]\n{setting}\n")
    result = run(project)
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines([message])
