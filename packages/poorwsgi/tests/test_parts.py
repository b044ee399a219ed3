"""A part that isn't installed: what is said about it."""

import subprocess
import sys

import pytest

from poorwsgi._parts import load_part


def test_module_of_a_part_is_returned() -> None:
    """A module is the one that its part has."""
    import poorwsgi_core.state

    assert poorwsgi_core.state is load_part("poorwsgi_core.state")


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("poorwsgi_auth.digest.digest", "poorwsgi-auth"),
        ("poorwsgi_openapi.openapi_wrapper", "poorwsgi-openapi"),
    ],
)
def test_missing_part_names_what_to_install(
    module: str, distribution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Importing a path whose part isn't installed says which command mends it."""
    part = module.partition(".")[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == part]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Hidden(part), *sys.meta_path])
    with pytest.raises(ModuleNotFoundError, match=f"pip install {distribution}$"):
        load_part(module)


def test_missing_module_of_another_kind_is_told_as_it_is() -> None:
    """What isn't about a part keeps the message of Python."""
    with pytest.raises(
        ModuleNotFoundError, match=r"^No module named 'poorwsgi_core\.x'"
    ):
        load_part("poorwsgi_core.x")


class _Hidden:
    """Finds nothing of a part, as if it weren't installed."""

    def __init__(self, part: str) -> None:
        self._part = part

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition(".")[0] == self._part:
            raise ModuleNotFoundError(f"No module named {name!r}", name=self._part)


_IMPORTED_AT_ONCE = """
import sys, threading
from importlib import import_module

paths = [argument.split(":") for argument in sys.argv[1:]]
ready, wrong = threading.Barrier(len(paths)), []

def look(path, name):
    ready.wait()
    try:
        try:
            module = import_module(path)
        except KeyError:
            # Python takes each package out of sys.modules for a moment, and looks
            # there in another thread.
            module = import_module(path)
        getattr(module, name)
    except Exception as error:
        wrong.append(repr(error))

threads = [threading.Thread(target=look, args=path) for path in paths]
sys.setswitchinterval(1e-6)
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit("\\n".join(wrong) or 0)
"""


_NAMES = [
    "poorwsgi:Application",
    "poorwsgi.aes_session:AESSession",
    "poorwsgi.digest:check_digest",
    "poorwsgi.fieldstorage:FieldStorage",
    "poorwsgi.headers:Headers",
    "poorwsgi.openapi_wrapper:OpenAPIRequest",
    "poorwsgi.request:Request",
    "poorwsgi.response:Response",
    "poorwsgi.results:not_found",
    "poorwsgi.session:Session",
    "poorwsgi.state:HTTP_OK",
    "poorwsgi.wsgi:Application",
]


@pytest.mark.parametrize(
    "names", [_NAMES, *([name] * 8 for name in _NAMES)], ids=["all", *_NAMES]
)
def test_first_import_in_several_threads(names: list[str]) -> None:
    """None of them sees a module that lacks names, of one module or of all."""
    command = [sys.executable, "-c", _IMPORTED_AT_ONCE, *names]
    for _ in range(2):
        done = subprocess.run(  # noqa: S603 - our own interpreter
            command, capture_output=True, check=False, text=True
        )
        assert (done.returncode, done.stderr) == (0, "")
