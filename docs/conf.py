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
html_static_path = ["_static"]
html_css_files = ["custom.css"]
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
