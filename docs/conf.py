"""Settings of Sphinx."""

from importlib.metadata import version as _version

project = "PoorWSGI"
author = "PoorWSGI team"
copyright = "2026, PoorWSGI team"  # noqa: A001 - the name that Sphinx asks for
release = version = _version("poorwsgi-core")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["build"]

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


html_theme = "furo"
html_title = f"PoorWSGI {release}"

# Core and the parts each have an Application and a Request: a bare name in an
# annotation fits several, and the first one is linked.
suppress_warnings = ["ref.python"]
