"""HTML of the demonstrations: the page around each, tables, and the index."""

from collections.abc import Iterable
from inspect import cleandoc

from poorwsgi.request import SimpleRequest
from poorwsgi.results import html_escape

__all__ = ["ICON", "INDEX", "page", "table"]

ICON = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="4" fill="#2f6f5e"/>
<path d="M5 12V4h3.5a2.5 2.5 0 0 1 0 5H5" fill="none" stroke="#fff" stroke-width="2"/>
</svg>"""

INDEX: dict[str, dict[str, str]] = {
    "Routes": {
        "/values": "one handler, six routes",
        "/values/42": "filter int",
        "/values/3.14": "filter float",
        "/values/f47ac10b-58cc-4372-a567-0e02b2c3d479": "filter uuid",
        "/values/Jana@Example.org": "filter email, which is this application's own",
        "/values/slovíčko": "filter word",
        "/anything/a/b/c": "inline expression",
        "/triple/one/two/three": "three groups for one *args",
        "/sum/12+30": "regular expression",
        "/příklad": "path that is not ASCII",
    },
    "Requests": {
        "/form?name=Jana&colour=red&colour=blue": "arguments of the query",
        "/request": "headers and what is read from them",
        "/cookies": "cookies in both directions",
        "/upload": "body of POST and PUT, chunked or not",
    },
    "Answers": {
        "/text": "text with a content type",
        "/json": "dict as JSON",
        "/json/stream": "JSON array from a generator",
        "/write": "response written line by line, with an ETag",
        "/yield": "generator as handler",
        "/generator": "generator with a length",
        "/stream/16": "sixteen blocks of 64 KiB",
        "/stream/closed": "how many streams were started and closed",
        "/none": "204, because the handler returns None",
        "/no-content": "204 with a header",
        "/redirect": "redirect to this page",
        "/teapot": "status of your choice",
    },
    "Files and ranges": {
        "/static/hello.txt": "document root: conditions and ranges by themselves",
        "/static/": "directory index",
        "/file": "conditions answered by hand",
        "/file/object": "open file",
        "/range/file": "range answered by hand",
        "/range/generator": "part of a generator",
        "/range/unicodes": "range in another unit",
        "/range/empty": "416, as there is nothing to take a part of",
        "/not-modified": "304 raised from the depth",
    },
    "Failures": {
        "/nowhere": "404 page of this application",
        "/error/403": "403 page of the framework",
        "/error/501": "501 page of the framework",
        "/error/value": "handler of an exception class: 400",
        "/error/crash": "500 with its traceback",
        "/debug-info": "debug page",
    },
}


def page(req: SimpleRequest, body: str) -> str:
    """Put a page together; the docstring of the handler says what it shows."""
    title, _, text = cleandoc(req.uri_handler.__doc__ or "").partition("\n\n")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html_escape(title)}</title>
<link rel="icon" href="/favicon.ico" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">PoorWSGI</a> <code>{html_escape(req.uri_rule or "")}</code></header>
<main>
<h1>{html_escape(title.removesuffix("."))}</h1>
<p>{html_escape(text)}</p>
{body}
</main>
<footer><a href="/simple.py">Source of this application</a></footer>
</body>
</html>
"""


def table(rows: Iterable[tuple[str, object]]) -> str:
    """Show names and values."""
    lines = (
        f"<tr><th>{html_escape(name)}</th><td>{html_escape(str(value))}</td></tr>"
        for name, value in rows
    )
    return f"<table>{''.join(lines)}</table>"
