"""Settings of Sphinx."""

import contextlib
import importlib
import inspect
import os
import pkgutil
import re
import sys
from importlib.metadata import version as _version
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pygments.lexers import TextLexer
from sphinx.application import Sphinx

from poorwsgi_core.lazy import lazy
from poorwsgi_core.request.settings import Setting

project = "PoorWSGI"
author = "PoorWSGI team"
copyright = "2026, PoorWSGI team"  # noqa: A001 - the name that Sphinx asks for
release = version = _version("poorwsgi-core")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["build"]
templates_path = ["_templates"]

autodoc_default_options = {
    "members": True,
    "member-order": "bysource",
    "show-inheritance": True,
}
autodoc_typehints = "signature"
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # attributes are described once, by autodoc or in a list
myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3

copybutton_selector = "div:not(.highlight-text) > div.highlight > pre"  # no output
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = f"PoorWSGI {release}"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_js_files = [("keyboard.js", {"defer": "defer"})]
html_logo = html_favicon = "_static/logo.svg"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#2f6f5e",
        "color-brand-content": "#2f6f5e",
        "color-api-name": "#2f6f5e",
        "color-api-pre-name": "#66705f",
        "color-code-background": "#f6f7f5",
        "font-stack": "system-ui, sans-serif",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc4ad",
        "color-brand-content": "#7cc4ad",
        "color-api-name": "#7cc4ad",
        "color-api-pre-name": "#98a394",
        "color-code-background": "#1d211e",
    },
}
pygments_dark_style = "lightbulb"
html_copy_source = html_show_sourcelink = False

# Core and the parts each have an Application and a Request: a bare name in an
# annotation fits several, and the first one is linked.
suppress_warnings = ["ref.python"]


_LISTED = re.compile(r"^(\w+/?) {2,}(?=\S)")


def setup(app: Sphinx) -> None:
    """Let the pages show what Sphinx doesn't see, and browsers read all of them."""
    for package in ("core", "forms", "auth", "openapi"):
        _annotate(importlib.import_module(f"poorwsgi_{package}"))
    app.add_lexer("haproxy", TextLexer)  # Pygments has none
    # Before napoleon, which has 500, and after the theme.
    app.connect("autodoc-process-docstring", _keep_colon, priority=400)
    app.connect("autodoc-process-docstring", _list_modules)
    app.connect("html-page-context", _mend_markup, priority=900)
    if pyodide := os.environ.get("POORWSGI_PYODIDE"):
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
        importlib.import_module("playground").add_playground(app, Path(pyodide))


def _annotate(package: ModuleType) -> None:
    """Give lazy attributes and settings the annotations that autodoc shows."""
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if each.name.endswith("__main__"):
            continue
        with contextlib.suppress(ImportError):  # of an extra that isn't installed
            module = importlib.import_module(each.name)
            for _, kind in inspect.getmembers(module, inspect.isclass):
                members = inspect.getmembers_static(kind)
                found = {name: _type(value) for name, value in members}
                if found := {name: each for name, each in found.items() if each}:
                    kind.__annotations__ = inspect.get_annotations(kind) | found


def _type(value: object) -> object:
    """Return the type of a lazy attribute or a setting, ``None`` for all else."""
    if isinstance(value, lazy):
        return inspect.signature(value._compute).return_annotation  # noqa: SLF001
    if isinstance(value, Setting):
        return get_args(getattr(value, "__orig_class__", None))[0]
    return None


def _keep_colon(
    _app: Sphinx,
    what: str,
    _name: str,
    _obj: object,
    _options: object,
    lines: list[str],
) -> None:
    """Keep napoleon from reading "X: y" of an attribute as type and text."""
    if what in {"attribute", "data", "property"} and lines:
        lines[:0] = ["..", ""]  # an empty comment


def _list_modules(
    _app: Sphinx,
    what: str,
    _name: str,
    _obj: object,
    _options: object,
    lines: list[str],
) -> None:
    """Make the modules that a package lists, name by name, a list on its page."""
    if what == "module":
        lines[:] = [_LISTED.sub(r"* ``\1``: ", line) for line in lines]


def _mend_markup(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    """Mend what the markup of Sphinx and Furo lacks for screen readers."""
    tree = context.get("furo_navigation_tree", "")
    level = 'role="heading" aria-level="2"'
    context["furo_navigation_tree"] = tree.replace('role="heading"', level)
    corner = ('<th class="head"><p></p></th>', '<td class="head"></td>')
    context["body"] = context.get("body", "").replace(*corner)
