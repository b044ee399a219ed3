"""Faults of Redis, while visitors ask for sessions, for Digest, and too often.

Each visitor knows what it has to get.  While Redis fails it may get 503 instead, and
limits may let more through; afterwards sessions and nonces may be forgotten.  At no
time may anybody get what isn't theirs.
"""

import random
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import requests
from redis_server import Redis
from requests.auth import HTTPDigestAuth
from serving import KINDS, run_server

__all__ = ["CALM", "Fault", "Visits", "build_faults", "find_wrong", "load_faults"]

CALM = "calm"
_SERVED, _REFUSED, _UNAVAILABLE, _FORGOTTEN = "served", "refused", "503", "forgotten"
_LET_IN = "let in"
_THREADS = 6
_PATIENCE = 10.0
_WAIT = "0.5"
_LIMIT = 8
"""How often the application that is shared answers below ``/limited/``."""


class Fault(NamedTuple):
    """What happens to Redis, and how it ends."""

    begin: Callable[[], None]
    end: Callable[[], None]


def build_faults(redis: Redis) -> dict[str, Fault]:
    """Name what can happen to a Redis."""
    return {
        "stopped": Fault(redis.stop, redis.start),
        "paused": Fault(redis.pause, redis.go_on),
        "filled": Fault(redis.fill, redis.make_room),
    }


class Visits:
    """What visitors of a service got, by what happened meanwhile.

    Attributes:
        counts: of (phase, visitor, outcome).
        returned: seconds from the end of each fault to the first answers.
    """

    def __init__(self, base: str, seed: int = 1) -> None:
        self._base = base
        self._seed = seed
        self._phases = [CALM]
        self._ended = threading.Event()
        # Accepted once, at whatever time; nobody may use them again.
        self._recorded: deque[str] = deque(maxlen=500)
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.returned: dict[str, float] = {}

    def run(self, faults: Mapping[str, Fault], seconds: float, calm: float) -> None:
        """Let all visitors ask, while one fault after the other lasts so long.

        Raises:
            RuntimeError: after a fault, the service doesn't return.
        """
        threads = [
            threading.Thread(target=self._ask, args=(number,))
            for number in range(_THREADS)
        ]
        for thread in threads:
            thread.start()
        try:
            time.sleep(calm)
            for name, fault in faults.items():
                self._phases.append(name)
                fault.begin()
                time.sleep(seconds)
                fault.end()
                self.returned[name] = self._wait_for_return()
                self._phases.append(CALM)
                time.sleep(calm)
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def _ask(self, number: int) -> None:
        chance = random.Random(self._seed + number)  # noqa: S311 - to be repeated
        while not self._ended.is_set():
            name = chance.choice([*_VISITORS])
            first = len(self._phases) - 1
            try:
                outcome = _VISITORS[name].visit(self)
            except requests.RequestException as error:
                outcome = type(error).__name__
            # Any fault meanwhile may be the reason.
            faults = [phase for phase in self._phases[first:] if phase != CALM]
            self.counts[faults[-1] if faults else CALM, name, outcome] += 1

    def _wait_for_return(self) -> float:
        start = time.monotonic()
        while (self.read_own(), self.sign_in()) != (_SERVED, _SERVED):
            if time.monotonic() > start + _PATIENCE:
                raise RuntimeError("Redis is back, and the service isn't")
        return round(time.monotonic() - start, 2)

    def _get(self, path: str, **options: Any) -> requests.Response:
        answer = requests.get(f"{self._base}{path}", timeout=20, **options)
        answer.raw = None  # it holds the connection, and so a thread of uWSGI
        return answer

    # --- visitors who may come in --------------------------------------------------

    def read_own(self) -> str:
        """Log in and ask who that is."""
        name = f"user{secrets.token_hex(4)}"
        login = self._get(f"/login/server/{name}")
        if login.status_code != 204:
            return str(login.status_code)
        return _tell_session(self._get("/who/server", cookies=login.cookies), name)

    def sign_in(self) -> str:
        """Log in by Digest."""
        answer = self._get("/digest", auth=HTTPDigestAuth("ann", "secret"))
        if answer.status_code == 200:
            self._recorded.append(str(answer.request.headers["Authorization"]))
        return _tell_status(answer, {200: _SERVED, 401: _FORGOTTEN})

    # --- visitors who may not ------------------------------------------------------

    def make_up(self) -> str:
        """Come with the id of no session."""
        cookies = {"SESSID": secrets.token_urlsafe(32)}
        return _tell_session(self._get("/who/server", cookies=cookies))

    def come_back(self) -> str:
        """Use the cookie of a session that has been ended."""
        login = self._get("/login/server/ghost")
        cookies = login.cookies.get_dict()
        if login.status_code == 204:
            login = self._get("/logout/server", cookies=cookies)
        if login.status_code != 204:
            return str(login.status_code)
        return _tell_session(self._get("/who/server", cookies=cookies))

    def guess(self) -> str:
        """Log in by Digest with another password."""
        answer = self._get("/digest", auth=HTTPDigestAuth("ann", "wrong"))
        return _tell_status(answer, {200: _LET_IN, 401: _REFUSED})

    def repeat(self) -> str:
        """Send what somebody has sent to log in, now or long ago."""
        first = self.sign_in()
        if first != _SERVED:
            return first
        outcomes = [self._replay(self._recorded[number]) for number in (-1, 0)]
        return next((each for each in outcomes if each != _REFUSED), _REFUSED)

    def ask_too_often(self) -> str:
        """Ask once more than a limit allows."""
        path = f"/limited/{secrets.token_hex(8)}"
        for _ in range(_LIMIT):
            answer = self._get(path)
            if answer.status_code != 200:
                return str(answer.status_code)
        return _tell_status(self._get(path), {200: _FORGOTTEN, 429: _REFUSED})

    def _replay(self, authorization: str) -> str:
        answer = self._get("/digest", headers={"Authorization": authorization})
        return _tell_status(answer, {200: _LET_IN, 401: _REFUSED})


def _tell_status(answer: requests.Response, known: dict[int, str]) -> str:
    return known.get(answer.status_code, str(answer.status_code))


def _tell_session(answer: requests.Response, name: str = "") -> str:
    if answer.status_code != 200:
        return str(answer.status_code)
    found = answer.json().get("user", "")
    if found == name:
        return _SERVED if name else _REFUSED
    return _LET_IN if found else _FORGOTTEN


class _Visitor(NamedTuple):
    visit: Callable[[Visits], str]
    calm: str
    fault: frozenset[str]


def _welcome(visit: Callable[[Visits], str]) -> _Visitor:
    return _Visitor(visit, _SERVED, frozenset({_SERVED, _UNAVAILABLE, _FORGOTTEN}))


def _unwelcome(visit: Callable[[Visits], str]) -> _Visitor:
    return _Visitor(visit, _REFUSED, frozenset({_REFUSED, _UNAVAILABLE, _FORGOTTEN}))


_VISITORS = {
    "session": _welcome(Visits.read_own),
    "Digest": _welcome(Visits.sign_in),
    "made-up session": _unwelcome(Visits.make_up),
    "ended session": _unwelcome(Visits.come_back),
    "wrong password": _unwelcome(Visits.guess),
    "replay": _unwelcome(Visits.repeat),
    "too many requests": _unwelcome(Visits.ask_too_often),
}


def find_wrong(visits: Visits) -> dict[str, int]:
    """Name what nobody should have got, with how often it was."""
    return {
        f"{phase}, {name}: {outcome}": number
        for (phase, name, outcome), number in visits.counts.items()
        if not _is_right(phase, _VISITORS[name], outcome)
    }


def _is_right(phase: str, visitor: _Visitor, outcome: str) -> bool:
    return outcome == visitor.calm if phase == CALM else outcome in visitor.fault


def load_faults(name: str, folder: Path, redis: Redis, seconds: float) -> Visits:
    """Let each fault last so long on a server; returns what visitors got."""
    variables = {"app_redis": redis.url, "app_secret": "k" * 40, "app_timeout": _WAIT}
    with run_server(name, folder, "shared:app", KINDS, **variables) as server:
        visits = Visits(f"http://127.0.0.1:{server.port}")
        visits.run(build_faults(redis), seconds, seconds / 2)
    return visits
