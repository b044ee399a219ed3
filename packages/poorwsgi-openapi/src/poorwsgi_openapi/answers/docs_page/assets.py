"""Swagger UI, Redoc or Scalar instead of the built-in page, where they are.

Their files are never taken from a network.  They are those of a folder, or of
an installed package that has them; such a package is found and not imported.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from poorwsgi_core.results import PAGE_ICON, html_escape
from poorwsgi_openapi.answers.docs_page.curl import expand_server
from poorwsgi_openapi.document.outline import as_list, as_map

__all__ = ["Assets", "build_ui", "find_assets"]

_SCALAR = '{"telemetry": false, "withDefaultFonts": false}'
_ORIGIN = re.compile(r"https?://[\w.-]+(?::\d+)?", re.ASCII)


class _Viewer(NamedTuple):
    """What a viewer is made of.

    Attributes:
        script: its one script.
        style: its style sheet, empty when the script has it.
        packages: where in packages its files are.
        body: HTML of its page; ``{json}`` and ``{script}`` are URLs.
        policy: what it needs beside the site itself, by directive.
    """

    script: str
    style: str
    packages: Mapping[str, tuple[str, ...]]
    body: str
    policy: str


_VIEWERS = {
    "swagger": _Viewer(
        "swagger-ui-bundle.js",
        "swagger-ui.css",
        {
            "drf_spectacular_sidecar": (
                "static/drf_spectacular_sidecar/swagger-ui-dist",
            ),
            "fastapi_offline": ("static",),
            "flask_openapi3_swagger": (
                "templates/swagger/js",
                "templates/swagger/css",
            ),
            "swagger_ui": ("static",),
        },
        '<div id="swagger-ui" data-url="{json}"></div>\n'
        '<script src="{script}"></script>\n<script src="{start}"></script>',
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'",
    ),
    "redoc": _Viewer(
        "redoc.standalone.js",
        "",
        {
            "drf_spectacular_sidecar": (
                "static/drf_spectacular_sidecar/redoc/bundles",
            ),
            "fastapi_offline": ("static",),
            "flask_openapi3_redoc": ("templates/redoc/js",),
        },
        '<redoc spec-url="{json}"></redoc>\n<script src="{script}"></script>',
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; "
        "connect-src 'self'",
    ),
    "scalar": _Viewer(
        "scalar.standalone.js",
        "",
        {"flask_openapi3_scalar": ("templates/scalar/js",)},
        '<script id="api-reference" data-url="{json}"'
        f' data-configuration="{html_escape(_SCALAR)}"></script>\n'
        '<script src="{script}"></script>',
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src data:; "
        "connect-src 'self'",
    ),
}
_START = "start.js"
_START_CODE = b"""\
const element = document.getElementById("swagger-ui");
SwaggerUIBundle({domNode: element, url: element.dataset.url, deepLinking: true});
"""
_TYPES = {".js": "text/javascript", ".css": "text/css"}


class Assets(NamedTuple):
    """The files of one viewer.

    Attributes:
        viewer: ``swagger``, ``redoc`` or ``scalar``.
        files: path of each, by name.
    """

    viewer: str
    files: dict[str, Path]

    def read(self, name: str) -> tuple[bytes, str] | None:
        """Return content and content type of a file, ``None`` if there is none."""
        if name == _START and self.viewer == "swagger":
            return _START_CODE, "text/javascript; charset=utf-8"
        path = self.files.get(name)
        if path is None:
            return None
        return path.read_bytes(), f"{_TYPES[path.suffix]}; charset=utf-8"


@cache
def find_assets(where: str) -> Assets:
    """Find the files of a viewer.

    Args:
        where: ``swagger``, ``redoc`` or ``scalar``, to be found in an installed
            package; or a folder that has the files of one of them.

    Raises:
        ValueError: there are none, with what to do about it.
    """
    if where in _VIEWERS:
        found = _find_installed(where)
        if found is not None:
            return found
        packages = ", ".join(_VIEWERS[where].packages)
        raise ValueError(
            f"docs_assets={where!r}: no installed package has its files; install one "
            f"of {packages}, or name a folder with {_VIEWERS[where].script}"
        )
    for viewer in _VIEWERS:
        files = _find_files(viewer, [Path(where)])
        if files is not None:
            return Assets(viewer, files)
    scripts = ", ".join(viewer.script for viewer in _VIEWERS.values())
    raise ValueError(
        f"docs_assets={where!r}: there is no {scripts} in it; name a folder that has "
        f"one of them, or one of {', '.join(_VIEWERS)}"
    )


def _find_installed(viewer: str) -> Assets | None:
    for package, folders in _VIEWERS[viewer].packages.items():
        spec = find_spec(package)
        for location in (spec and spec.submodule_search_locations) or ():
            files = _find_files(viewer, [Path(location, name) for name in folders])
            if files is not None:
                return Assets(viewer, files)
    return None


def _find_files(viewer: str, folders: list[Path]) -> dict[str, Path] | None:
    names = [name for name in _VIEWERS[viewer][:2] if name]
    found = {
        name: folder / name
        for name in names
        for folder in folders
        if (folder / name).is_file()
    }
    return found if len(found) == len(names) else None


def build_ui(
    assets: Assets, document: dict[str, Any], json_url: str, docs_url: str
) -> tuple[bytes, dict[str, str]]:
    """Build the page of a viewer, and its headers.

    Args:
        assets: its files.
        document: the document; the viewer may call its servers.
        json_url: where the document is.
        docs_url: where the page is; its files are ``?file=`` of it.
    """
    viewer = _VIEWERS[assets.viewer]
    urls = {
        name: html_escape(f"{docs_url}?file={file}")
        for name, file in (("script", viewer.script), ("start", _START))
    }
    body = viewer.body
    for name, url in {"json": html_escape(json_url), **urls}.items():
        body = body.replace(f"{{{name}}}", url)
    sheet = html_escape(f"{docs_url}?file={viewer.style}")
    title = str(as_map(document.get("info")).get("title", "API"))
    link = f'<link rel="stylesheet" href="{sheet}">\n' if viewer.style else ""
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="{PAGE_ICON}">\n'
        f"<title>{html_escape(title)}</title>\n{link}</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )
    policy = (
        f"default-src 'none'; script-src 'self'; {viewer.policy}"
        f"{''.join(_origins(document))}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return page.encode("utf-8", "backslashreplace"), headers


def _origins(document: dict[str, Any]) -> Iterator[str]:
    """Yield the origins of the servers, for the end of ``connect-src``."""
    for server in as_list(document.get("servers")):
        origin = _ORIGIN.match(expand_server(server))
        if origin is not None:
            yield f" {origin[0]}"
