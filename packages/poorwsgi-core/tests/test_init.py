"""The package: what it exports, and what importing it costs."""

import subprocess
import sys

import poorwsgi_core

HEAVY = {
    "asyncio",
    "email",
    "http.client",
    "importlib.metadata",
    "inspect",
    "socketserver",
    "ssl",
    "tempfile",
    "urllib.request",
    "wsgiref",
}


def test_all_names_exist() -> None:
    """Everything in ``__all__`` can be imported."""
    missing = [x for x in poorwsgi_core.__all__ if not hasattr(poorwsgi_core, x)]
    assert missing == []


def test_import_is_light() -> None:
    """Modules that a plain application doesn't need are not imported."""
    code = "import sys; before = {*sys.modules}; import poorwsgi_core\n"
    code += "print(*({*sys.modules} - before))"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        check=False,
        text=True,
        env={"PYTHONPATH": next(iter(poorwsgi_core.__path__)).rpartition("/")[0]},
    )
    assert answer.stderr == ""
    assert HEAVY.intersection(answer.stdout.split()) == set()
