"""Asks the application beside this file, and prints the answers as JSON.

It is run by two interpreters: one has the published 2.8.1, the other this tree.
"""

import io
import json
import logging
import re
import sys
from hashlib import md5
from pathlib import Path
from urllib.parse import unquote_to_bytes

sys.path.insert(0, str(Path(__file__).parent))
logging.disable(logging.CRITICAL)

from application import KEY, REALM, app  # noqa: E402 - beside this file
from calls import call_all, read_all  # noqa: E402 - the same

API = {"X-Api-Key": KEY}
JSON = {"Accept": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=b"}
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nAnn\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.gcode"\r\n'
    b"Content-Type: text/plain\r\n\r\nG28\nG1\r\n--b--\r\n"
)
JSONTYPE = {"Content-Type": "application/json"}
ACCEPT = {
    "Accept": "text/html,application/xhtml+xml;q=0.9, application/json;q=0.5,*/*;q=0.1",
    "Accept-Language": "cs,en;q=0.5",
    "Accept-Encoding": "gzip, br;q=0",
    "Accept-Charset": "utf-8",
    "Referer": "http://localhost/",
}
FORWARDED = {
    "X-Forwarded-For": "192.0.2.1, 10.0.0.1",
    "X-Forwarded-Host": "www.example.com",
    "X-Forwarded-Proto": "https",
}
CHUNKED = {**API, "Transfer-Encoding": "chunked"}

_VARIABLES = {"QUERY_STRING", "REMOTE_HOST", "SERVER_SOFTWARE"}

# Name, method, target, headers, body.
REQUESTS = [
    *(
        (f"value {kind}", "GET", f"/values/{kind}", {}, b"")
        for kind in (
            "text",
            "bytes",
            "pair",
            "triple",
            "full",
            "none",
            "dict",
            "list",
            "response",
            "json",
            "made",
            "empty",
            "stream",
        )
    ),
    ("head", "HEAD", "/values/text", {}, b""),
    ("unknown value", "GET", "/values/other", {}, b""),
    ("args", "GET", "/args?a=1&a=2&n=3&n=4", {}, b""),
    ("no args", "GET", "/args", {}, b""),
    ("blank args", "GET", "/args?a=", {}, b""),
    ("bad number", "GET", "/args?n=x", {}, b""),
    ("user", "GET", "/user/Ann%20B/7", {}, b""),
    ("no user", "GET", "/user/Ann/seven", {}, b""),
    ("old page", "GET", "/old/index.html", {}, b""),
    ("redirect", "GET", "/go", {}, b""),
    ("see other", "GET", "/go/see-other", {}, b""),
    ("abort 400", "GET", "/fail/400", {}, b""),
    ("abort 403 as JSON", "GET", "/fail/403", JSON, b""),
    ("abort 503", "GET", "/fail/503", {}, b""),
    ("crash", "GET", "/crash", {}, b""),
    ("crash as JSON", "GET", "/crash", JSON, b""),
    ("lookup", "GET", "/lookup", {}, b""),
    ("missing", "GET", "/missing", {}, b""),
    ("missing as JSON", "GET", "/missing", JSON, b""),
    ("wrong method", "POST", "/args", FORM, b"a=1"),
    ("wrong method of a pattern", "POST", "/user/Ann/7", FORM, b"a=1"),
    ("options", "OPTIONS", "/args", {}, b""),
    ("unknown method", "BREW", "/args", {}, b""),
    ("form", "POST", "/form", FORM, b"name=Ann&name=Bob"),
    ("empty form", "POST", "/form", FORM, b""),
    ("parts", "POST", "/form", PARTS, MULTIPART),
    ("json", "POST", "/json", {"Content-Type": "application/json"}, b'{"a": [1]}'),
    ("json list", "PUT", "/json", {"Content-Type": "application/json"}, b"[1, 2]"),
    ("bad json", "POST", "/json", {"Content-Type": "application/json"}, b"{"),
    ("data", "POST", "/data", {"Content-Type": "text/plain"}, b"text"),
    ("no data", "POST", "/data", {}, b""),
    ("no key", "GET", "/api/version", {}, b""),
    ("key", "GET", "/api/version", API, b""),
    ("wrong key", "GET", "/api/version", {"X-Api-Key": "x", **JSON}, b""),
    ("upload", "PUT", "/api/files/a.gcode", API, b"G28\n" * 3000),
    ("upload again", "PUT", "/api/files/a.gcode", {**API, **JSON}, b"G28\n"),
    (
        "chunks",
        "PUT",
        "/api/files/b.gcode",
        CHUNKED,
        b"4\r\nG28\n\r\n3\r\nG1\n\r\n0\r\n\r\n",
    ),
    (
        "broken upload",
        "PUT",
        "/api/files/c.gcode",
        {**API, "Content-Length": "99"},
        b"G",
    ),
    ("list", "GET", "/api/files", API, b""),
    ("download", "GET", "/api/files/b.gcode", API, b""),
    ("part", "GET", "/api/files/b.gcode", {**API, "Range": "bytes=1-2"}, b""),
    ("no part", "GET", "/api/files/b.gcode", {**API, "Range": "bytes=99-"}, b""),
    ("no file", "GET", "/api/files/z.gcode", {**API, **JSON}, b""),
    ("delete", "DELETE", "/api/files/b.gcode", API, b""),
    ("bad name", "GET", "/api/files/b.txt", API, b""),
    ("thumb", "GET", "/api/thumb", {}, b""),
    ("thumb known", "GET", "/api/thumb", {"If-None-Match": '"picture"'}, b""),
    ("thumb part", "GET", "/api/thumb", {"Range": "bytes=2-4"}, b""),
    ("thumb end", "GET", "/api/thumb", {"Range": "bytes=-3"}, b""),
    ("request", "GET", "/request?a=1&b=%20", {}, b""),
    ("request accepts", "GET", "/request", ACCEPT, b""),
    ("request through a proxy", "GET", "/request", FORWARDED, b""),
    (
        "request of a script",
        "GET",
        "/request",
        {"X-Requested-With": "XMLHttpRequest"},
        b"",
    ),
    ("request with a port", "GET", "/request", {"Host": "example.net:8443"}, b""),
    (
        "request with a type",
        "GET",
        "/request",
        {"Content-Type": "Text/Plain; charset=X"},
        b"",
    ),
    ("request of a user", "GET", "/request", {"Authorization": "Basic YTpi"}, b""),
    ("cookies", "GET", "/cookies", {"Cookie": 'a=1; b="x y"; c=é'}, b""),
    ("no cookies", "GET", "/cookies", {}, b""),
    ("no session", "GET", "/me", {}, b""),
    ("strange session", "GET", "/me", {"Cookie": "SESSID=abc"}, b""),
    ("logout", "GET", "/logout", {}, b""),
    ("headers", "GET", "/headers", {}, b""),
    ("default", "GET", "/default/a", {}, b""),
    ("default of POST", "POST", "/default/a", FORM, b"a=b"),
    ("number below zero", "GET", "/user/A/-1", {}, b""),
    ("slash at the end", "GET", "/args/", {}, b""),
    ("two slashes", "GET", "//args", {}, b""),
    ("path beyond ASCII", "GET", "/user/%C5%BE/1", {}, b""),
    ("path that is no UTF-8", "GET", "/user/%FF/1", {}, b""),
    ("query beyond ASCII", "GET", "/args?a=%C5%BE+x", {}, b""),
    ("query with semicolons", "GET", "/args?a=1;b=2", {}, b""),
    ("form beyond ASCII", "POST", "/form", FORM, b"name=%C5%BE+x"),
    (
        "form of a wrong type",
        "POST",
        "/form",
        {"Content-Type": "text/plain"},
        b"name=a",
    ),
    ("form by PUT", "PUT", "/form", FORM, b"name=a"),
    ("parts with CRLF", "POST", "/form", PARTS, MULTIPART.replace(b"G28", b"G\r\n28")),
    ("parts without an end", "POST", "/form", PARTS, MULTIPART[:-6]),
    (
        "parts without a boundary",
        "POST",
        "/form",
        {"Content-Type": "multipart/form-data"},
        MULTIPART,
    ),
    ("json null", "POST", "/json", JSONTYPE, b"null"),
    ("json text", "POST", "/json", JSONTYPE, '"ž"'.encode()),
    ("json of another type", "POST", "/json", {"Content-Type": "text/plain"}, b"{}"),
    ("json empty", "POST", "/json", JSONTYPE, b""),
    ("bad length", "POST", "/data", {"Content-Length": "x"}, b"text"),
    ("style twice", "GET", "/./style.css", {}, b""),
    ("style by POST", "POST", "/style.css", FORM, b"a=b"),
    ("folder", "GET", "/sub", {}, b""),
    ("debug-info", "GET", "/debug-info", {}, b""),
    ("style", "GET", "/style.css", {}, b""),
    ("hidden", "GET", "/.hidden", {}, b""),
    ("outside", "GET", "/../application.py", {}, b""),
]


def ask(method, target, headers, body, *, app=app, environ=None):
    """Call the application; returns status, headers and body."""
    path, _, query = target.partition("?")
    more, environ = (
        environ or {},
        {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "REQUEST_URI": target,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost:8080",
            "HTTP_USER_AGENT": "beside",
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        },
    )
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        known = {"CONTENT_TYPE", "CONTENT_LENGTH", *_VARIABLES}
        environ[key if key in known else f"HTTP_{key}"] = value
    environ.update(more)
    if "Transfer-Encoding" in headers:
        del environ["CONTENT_LENGTH"]
    answer = []
    chunks = app(environ, lambda *given: answer.extend(given[:2]))
    data = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    return answer[0], answer[1], data


def log_in(method, path, password, nonce=None):
    """Ask with a user's name and password, as the challenge says."""
    _, headers, _ = ask(method, path, {}, b"")
    asked = next(value for name, value in headers if name == "WWW-Authenticate")
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', asked))
    given = nonce or fields["nonce"]
    name, realm, qop, count = "maker", REALM, "auth", "00000001"
    ha1 = md5(f"{name}:{realm}:{password}".encode()).hexdigest()
    if fields["algorithm"].lower().endswith("-sess"):
        ha1 = md5(f"{ha1}:{given}:c".encode()).hexdigest()
    ha2 = md5(f"{method}:{path}".encode()).hexdigest()
    response = md5(f"{ha1}:{given}:{count}:c:{qop}:{ha2}".encode()).hexdigest()
    value = (
        f'Digest username="{name}", realm="{realm}", nonce="{given}", uri="{path}", '
        f'algorithm={fields["algorithm"]}, response="{response}", '
        f'opaque="{fields["opaque"]}", qop={qop}, nc={count}, cnonce="c"'
    )
    return ask(method, path, {"Authorization": value}, b"")


def ask_all():
    """Yield the name of each request, and its answer."""
    for name, *request in REQUESTS:
        yield name, ask(*request)
    status, headers, data = ask("GET", "/login?user=Ann", {}, b"")
    cookie = dict(headers)["Set-Cookie"]
    yield (
        "login",
        (status, [("Set-Cookie", re.sub("=[^;]*;", "=…;", cookie, count=1))], data),
    )
    yield "session", ask("GET", "/me", {"Cookie": cookie.partition(";")[0]}, b"")
    yield "challenge", ask("GET", "/", {}, b"")
    yield "user's page", log_in("GET", "/", "Secret123")
    yield "wrong password", log_in("GET", "/", "Secret124")
    yield "check by hand", log_in("GET", "/api/version", "Secret123")
    yield "wrong password by hand", log_in("GET", "/api/version", "x")
    yield "strange nonce by hand", log_in("GET", "/api/version", "Secret123", "0" * 64)


def show_all():
    """Yield what calls and handlers give, as answers."""
    for name, value in (*call_all(), *read_all(ask)):
        yield name, {"status": "", "headers": [], "body": str(value)}


def _blank(value):
    """Leave out when a file was made."""
    return re.sub(r"\w{3}, \d\d \w{3} \d{4} .* GMT", "a date", value)


def main():
    """Print all answers."""
    answers = dict(show_all())
    for name, (status, headers, data) in ask_all():
        answers[name] = {
            "status": status,
            "headers": sorted([key.title(), _blank(value)] for key, value in headers),
            "body": data.decode("latin-1"),
        }
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
