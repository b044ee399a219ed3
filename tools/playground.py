"""Let pages of the tutorial run in the reader's browser, by Pyodide.

``docs/conf.py`` uses this where ``POORWSGI_PYODIDE`` names the folder in which npm has
put Pyodide.  Each page whose application needs nothing but PoorWSGI gets an editor with
the application as it is at the end of that page, and a form that sends requests to it.
What the browser needs is part of the documentation, and loaded when a reader asks.
"""

import ast
import shutil
import sys
import tempfile
import zipfile
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tutorial import Edit, apply, list_steps, read_page

__all__ = ["add_playground", "list_programs", "write_parts"]

_FILE = "bookshelf.py"
_PARTS = ("poorwsgi", "poorwsgi_auth", "poorwsgi_core", "poorwsgi_forms", "multipart")
_PYODIDE = (
    *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"),
    *("pyodide-lock.json", "python_stdlib.zip"),
)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SECTION = """
<section class="playground" id="try-it-here">
<h2>Try it here</h2>
<p>Python and this application can run in your browser, where you change both and send
requests. Nothing leaves it; 13 MB are loaded once.</p>
<button type="button" class="start">Load Python</button>
<p role="status"></p>
<form hidden>
<label>{file}<textarea name="code" rows="{rows}" spellcheck="false">{code}</textarea>
</label>
<label>Method <select name="method">{methods}</select></label>
<label>Path <input name="path" value="/" required pattern="/.*"></label>
<button>Send</button>
<pre tabindex="0" role="region" aria-label="The answer"></pre>
<iframe sandbox title="The answer as a browser shows it" hidden></iframe>
</form>
</section>
"""


def add_playground(app: Any, folder: Path) -> None:
    """Add it to the pages, and to the files of the documentation."""
    missing = [name for name in _PYODIDE if not (folder / name).is_file()]
    if missing:
        raise ValueError(f"no Pyodide in {folder}: {', '.join(missing)} missing")

    def add(_: Any, page: str, __: str, context: dict[str, Any], ___: object) -> None:
        code = list_programs().get(page.removeprefix("tutorial/"))
        if page.startswith("tutorial/") and code:
            app.add_js_file("playground.js", loading_method="defer")
            context["body"] += _build_section(code)

    def copy(_: Any, error: Exception | None) -> None:
        if error is None:
            target = Path(app.outdir) / "_static" / "pyodide"
            target.mkdir(exist_ok=True)
            for name in _PYODIDE:
                shutil.copyfile(folder / name, target / name)
            write_parts(target / "poorwsgi.zip")

    app.connect("html-page-context", add)
    app.connect("build-finished", copy)


def _build_section(code: str) -> str:
    methods = "".join(f"<option>{name}</option>" for name in _METHODS)
    rows = code.count("\n") + 2
    return _SECTION.format(file=_FILE, code=escape(code), rows=rows, methods=methods)


@cache
def list_programs() -> dict[str, str]:
    """Return the application at the end of each page that needs no other package."""
    programs: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step in list_steps():
            for action in read_page(step):
                if isinstance(action, Edit):
                    apply(action, folder)
            code = (folder / _FILE).read_text("utf-8")
            if not _needs(code) <= {"poorwsgi", *sys.stdlib_module_names}:
                break
            programs[step] = code
    return programs


def _needs(code: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
    return names


def write_parts(path: Path) -> None:
    """Pack what an application of the first pages imports."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _PARTS:
            spec = find_spec(name)
            if spec is None or spec.origin is None:
                raise ValueError(f"{name} is not installed")
            source = Path(spec.origin)
            if source.name != "__init__.py":
                archive.write(source, source.name)
                continue
            for file in sorted(source.parent.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, Path(name) / file.relative_to(source.parent))
