"""Metrics: how often each route is asked, and how long its answers take.

::

    python examples/metrics.py [host:port]
    gunicorn --chdir examples --threads 4 metrics:app

Each process counts for itself.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass
from threading import Lock
from time import time

from launch import launch
from look import Look, commands, page, table

from poorwsgi import Application, state
from poorwsgi.request import Request, SimpleRequest
from poorwsgi.response import BaseResponse, JSONResponse

app = application = Application("metrics")
app.install(Look(__file__))

COMMANDS = {
    "For Prometheus": "curl URL/metrics",
    "JSON, handed back": (
        "curl -d '[1, 2]' -H 'Content-Type: application/json' URL/echo"
    ),
    "Bad JSON: 400, and measured all the same": (
        "curl -d '[1, 2' -H 'Content-Type: application/json' URL/echo"
    ),
    "No request at all: 400, and measured": "curl URL/%FF",
}


@dataclass
class Timing:
    """Durations of the answers of one route, in seconds."""

    count: int = 0
    total: float = 0.0
    fastest: float | None = None
    slowest: float = 0.0

    def add(self, duration: float) -> None:
        """Take one more into account."""
        self.count += 1
        self.total += duration
        fastest = duration if self.fastest is None else self.fastest
        self.fastest = min(fastest, duration)
        self.slowest = max(self.slowest, duration)


TIMINGS: defaultdict[tuple[str, int], Timing] = defaultdict(Timing)
LOCK = Lock()


@app.after_response()
def measure(req: SimpleRequest, response: BaseResponse) -> BaseResponse:
    """Measure every answer, also one to what could not be parsed."""
    rule = req.uri_rule if isinstance(req, Request) else None
    with LOCK:
        TIMINGS[rule or "-", response.status_code].add(time() - req.start_time)
    return response


@app.route("/")
def index(req: Request) -> str:
    """Metrics.

    An after handler measures each answer. Reload this page, and run a command or two,
    to see the figures grow. The second one is the mean duration, in milliseconds.
    """
    with LOCK:
        rows = [
            (f"{rule} {status}", f"{it.count} times, {it.total / it.count * 1000:.3f}")
            for (rule, status), it in sorted(TIMINGS.items())
        ]
    return page(req, table(rows) + commands(req, COMMANDS))


@app.route("/metrics")
def send_text(_: Request) -> tuple[str, str]:
    """Send the figures as text, in the format of Prometheus."""
    with LOCK:
        lines = [describe(*name, timing) for name, timing in sorted(TIMINGS.items())]
    return "".join(lines), "text/plain"


def describe(rule: str, status: int, timing: Timing) -> str:
    """Write two lines: how many answers, and how long they took together."""
    label = rule.replace("\\", r"\\").replace('"', r"\"")
    labels = f'{{route="{label}",status="{status}"}}'
    return (
        f"response_seconds_count{labels} {timing.count}\n"
        f"response_seconds_sum{labels} {timing.total:.6f}\n"
    )


@app.route("/metrics.json")
def send_json(_: Request) -> JSONResponse:
    """Send the figures as JSON.

    What was never asked has no ``fastest``: JSON knows no infinity.
    """
    with LOCK:
        measured = {
            f"{rule} {status}": asdict(timing)
            for (rule, status), timing in TIMINGS.items()
        }
    return JSONResponse(measured=measured, nothing=asdict(Timing()))


@app.route("/echo", state.METHOD_POST)
def echo(req: Request) -> JSONResponse:
    """Hand JSON back."""
    return JSONResponse(req.json)


if __name__ == "__main__":
    launch(app)
