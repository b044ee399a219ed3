"""Sessions in cookies: what reading one and writing it again costs, beside Flask.

Each takes the text of a cookie with 100 bytes of JSON, checks it with its age, gives
the data, and makes the next text. Ours is encrypted, Flask's is signed. They run in
turns, each in fresh processes of its own environment.
"""

import json

from contenders import CONTENDERS, OURS
from measures import Measure

__all__ = ["measure_sessions"]

_TARGET = 15
"""Microseconds that are good."""

_DATA = {
    "user": "jana@example.com",
    "id": 12345,
    "roles": ["reader", "writer"],
    "language": "cs",
    "seen": 1700000000,
}

_OURS = """
from poorwsgi_auth import {kind}
from poorwsgi_core.http.cookies import load_cookies
session = {kind}(b"k" * 32, max_age=3600)
session.data = data
cookies = load_cookies("SESSID=" + session.write())
def work():
    session = {kind}(b"k" * 32, max_age=3600)
    session.load(cookies)
    session.write()
    return session.data
"""

_FLASK = """
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
app, interface = Flask("app"), SecureCookieSessionInterface()
app.secret_key = b"k" * 32
text = interface.get_signing_serializer(app).dumps(data)
def work():
    # Flask makes one to open the session, and one to save it.
    session = interface.get_signing_serializer(app).loads(text, max_age=3600)
    interface.get_signing_serializer(app).dumps(session)
    return session
"""

_TIME = """
from timeit import repeat
assert work() == data
print(min(repeat(work, number=500, repeat=20)) / 500 * 1e6)
"""


def measure_sessions(rounds: int) -> list[Measure]:
    """Read and write sessions of ours and of Flask."""
    flask = next(each for each in CONTENDERS if each.app == "flask")
    ways = {
        "PoorSession": (OURS, _OURS.format(kind="PoorSession")),
        "AESSession": (OURS, _OURS.format(kind="AESSession")),
        "Flask": (flask, _FLASK),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, (contender, code) in ways.items():
            seconds = contender.run(f"data = {_DATA!r}\n{code}{_TIME}")
            best[name] = min(best[name], float(seconds))
    size = len(json.dumps(_DATA, separators=(",", ":")))
    note = f"{size} bytes; signed by Flask: {best.pop('Flask'):.2f} us"
    return [
        Measure(f"{name}: load and write", value, _TARGET, "us", note)
        for name, value in best.items()
    ]
