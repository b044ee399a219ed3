"""Let pages of the tutorial run in the reader's browser, by Pyodide.

``docs/conf.py`` uses this where ``POORWSGI_PYODIDE`` names the folder in which npm has
put Pyodide.  Each page whose application needs nothing that is compiled gets editors
with the files of the application as they are at the end of that page, and a form that
sends requests to it.  What the browser needs is part of the documentation, and loaded
when a reader asks.
"""

import ast
import re
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
_PARTS = (
    *("poorwsgi", "poorwsgi_auth", "poorwsgi_core", "poorwsgi_forms", "multipart"),
    *("jinja2", "markupsafe"),
)
_COMPILED = {".so", ".pyd", ".c"}  # what MarkupSafe has of it, it can do without
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
{files}
<label>Method <select name="method">{methods}</select></label>
<label>Path <input name="path" value="/" required pattern="/.*"></label>
{fields}<button>Send</button>
<pre tabindex="0" role="region" aria-label="The answer"></pre>
<iframe sandbox title="The answer as a browser shows it" hidden></iframe>
</form>
</section>
"""
_EDITOR = """<details{state}><summary>{name}</summary>
<textarea name="file:{name}" aria-label="{name}" rows="{rows}" spellcheck="false">
{code}</textarea>
</details>
"""
_FORM = """<label>Form
<input name="form" placeholder="title=Solaris&amp;author=Lem"></label>
"""
_UPLOAD = """<label>File <input type="file" name="upload:{name}"></label>
"""


def add_playground(app: Any, folder: Path) -> None:
    """Add it to the pages, and to the files of the documentation."""
    missing = [name for name in _PYODIDE if not (folder / name).is_file()]
    if missing:
        raise ValueError(f"no Pyodide in {folder}: {', '.join(missing)} missing")

    def add(_: Any, page: str, __: str, context: dict[str, Any], ___: object) -> None:
        files = list_programs().get(page.removeprefix("tutorial/"))
        if page.startswith("tutorial/") and files:
            app.add_js_file("playground.js", loading_method="defer")
            context["body"] += _build_section(files)

    def copy(_: Any, error: Exception | None) -> None:
        if error is None:
            target = Path(app.outdir) / "_static" / "pyodide"
            target.mkdir(exist_ok=True)
            for name in _PYODIDE:
                shutil.copyfile(folder / name, target / name)
            write_parts(target / "poorwsgi.zip")

    app.connect("html-page-context", add)
    app.connect("build-finished", copy)


def _build_section(files: dict[str, str]) -> str:
    editors = "".join(
        _EDITOR.format(
            name=name,
            code=escape(text),
            rows=min(text.count("\n") + 2, 30),
            state=" open" if name == _FILE else "",
        )
        for name, text in files.items()
    )
    fields = _FORM if "METHOD_POST" in files[_FILE] else ""
    uploads = re.findall(r'type="file" name="(\w+)"', "".join(files.values()))
    fields += "".join(_UPLOAD.format(name=name) for name in uploads)
    methods = "".join(f"<option>{name}</option>" for name in _METHODS)
    return _SECTION.format(files=editors, fields=fields, methods=methods)


@cache
def list_programs() -> dict[str, dict[str, str]]:
    """Return the files at the end of each page that needs nothing compiled."""
    programs: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step in list_steps():
            for action in read_page(step):
                if isinstance(action, Edit):
                    apply(action, folder)
            files = _read_files(folder)
            if not _needs(files) <= {*_PARTS, *sys.stdlib_module_names}:
                break
            programs[step] = files
    return programs


def _read_files(folder: Path) -> dict[str, str]:
    """Return the text of all files by name, that of the application first."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: files[name].read_text("utf-8") for name in {_FILE: 0} | files}


def _needs(files: dict[str, str]) -> set[str]:
    """Return the packages that the modules among some files need."""
    # That method imports it for them.
    names = {"msgspec" for text in files.values() if ".json_as(" in text}
    for name, text in files.items():
        for node in ast.walk(ast.parse(text if name.endswith(".py") else "")):
            if isinstance(node, ast.ImportFrom):
                names.add((node.module or "").partition(".")[0])
            elif isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
    return names - {name.removesuffix(".py") for name in files}


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
                if _is_part(file):
                    archive.write(file, Path(name) / file.relative_to(source.parent))


def _is_part(file: Path) -> bool:
    hidden = "__pycache__" in file.parts or file.suffix in _COMPILED
    return file.is_file() and not hidden
