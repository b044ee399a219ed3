"""Digest: what a checked request costs, whole, and a hostile Authorization.

A request has a count of its own, as those of a browser do that keeps its nonce. It is
measured from the call of the application to the start of the response.
"""

from contenders import OURS
from measures import Measure

__all__ = ["measure_digest"]

_HASHES = {
    "SHA-256": "sha256",
    "SHA-256-sess": "sha256",
    "SHA-512-256": "sha512_256",
    "MD5": "md5",
    "MD5-sess": "md5",
}
_SETUP = """
import hashlib, logging, re
from functools import partial
from time import perf_counter
from poorwsgi_auth import Application, check_digest, hexdigest
from poorwsgi_core.testing import build_environ

logging.disable(logging.CRITICAL)
app = Application("bench")
app.secret_key = b"k" * 32
app.auth_type = "Digest"
new_hash = partial(hashlib.new, {hash_name!r})
secret = hexdigest("jana", "Zone", "secret", lambda text: new_hash(data=text))
app.auth_algorithm = {main!r}
app.auth_map = {{"Zone": {{"jana": secret}}}}
app.auth_maps = {{{algorithm!r}: app.auth_map}}

@app.route("/hello")
@check_digest("Zone")
def hello(req):
    return "Hello, world!", "text/plain; charset=utf-8"

answers = []
def start_response(status, headers, exc_info=None):
    answers.append((status, dict(headers)))

def call(header=""):
    answers.clear()
    environ = build_environ("/hello", HTTP_AUTHORIZATION=header)
    start = perf_counter()
    body = b"".join(app(environ, start_response))
    return perf_counter() - start, answers[0], body

challenge = call()[1][1]["WWW-Authenticate"]
nonce = re.search('nonce="([^"]+)"', challenge)[1]
opaque = re.search('opaque="([^"]+)"', challenge)[1]

def digest(*parts):
    return new_hash(data=":".join(parts).encode()).hexdigest()

def sign(number):
    nc, cnonce = f"{{number:08x}}", "MTk0NjA5OTYwMTIzNDU2Nw=="
    one = digest(secret, nonce, cnonce) if {algorithm!r}.endswith("-sess") else secret
    response = digest(one, nonce, nc, cnonce, "auth", digest("GET", "/hello"))
    return (
        f'Digest username="jana", realm="Zone", nonce="{{nonce}}", uri="/hello", '
        f'algorithm={algorithm}, response="{{response}}", opaque="{{opaque}}", '
        f'qop=auth, nc={{nc}}, cnonce="{{cnonce}}"'
    )
"""

_CHECKED = """
assert call(sign(1))[2] == b"Hello, world!"
assert call(sign(1))[1][0].startswith("401")
best, number = 1.0, 2
for _ in range(50):
    headers = [sign(number + more) for more in range(200)]
    requests = [build_environ("/hello", HTTP_AUTHORIZATION=each) for each in headers]
    number += len(requests)
    answers.clear()
    start = perf_counter()
    for environ in requests:
        app(environ, start_response)
    best = min(best, (perf_counter() - start) / len(requests))
    assert {status for status, _ in answers} == {"200 OK"}
print(best * 1e6)
"""

_HOSTILE = """
def shorten(text, size):
    return (text * size)[:size]

pieces = ("a", ",", " ", '"', '\\\\"', 'a="', "a=b, ", 'nc="%', "nc=0,", "\\xe9")
worst = 0.0
for size in (8_100, 60_000):
    for text in pieces:
        for start in ("Digest ", 'Digest username="', "Digest uri=\\"/"):
            header = start + shorten(text, size)
            best = min(call(header)[0] for _ in range(5))
            assert answers[0][0][:3] in ("400", "401")
            worst = max(worst, best)
print(worst * 1e3)
"""


def measure_digest(rounds: int) -> list[Measure]:
    """Measure requests with good and with hostile credentials."""
    measures: list[Measure] = []
    for algorithm in _HASHES:
        code = _build_setup(algorithm) + _CHECKED
        best = min(float(OURS.run(code)) for _ in range(rounds))
        measures.append(
            Measure(f"Digest request, checked, {algorithm}", best, 25, "us")
        )
    worst = float(OURS.run(_build_setup("SHA-256") + _HOSTILE))
    measures.append(Measure("hostile Authorization up to 60 kB", worst, 10, "ms"))
    return measures


def _build_setup(algorithm: str) -> str:
    # It can't be the main one, only a further one.
    main = "SHA-256" if algorithm == "SHA-512-256" else algorithm
    return _SETUP.format(algorithm=algorithm, main=main, hash_name=_HASHES[algorithm])
