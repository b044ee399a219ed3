"""Changes, sent to who watches as they happen.

The table of changes is what all processes share, so each stream looks there.  A stream
holds a thread of the server, so it ends after a while: the browser comes again, and
says by Last-Event-ID where it goes on.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict

from poorwsgi import Routes
from poorwsgi_core.extensions.event_stream import Event, EventStreamResponse
from tracker.issues import Issues
from tracker.request import Request

__all__ = ["changes", "follow"]

LOOKS = 300
PAUSE = 1.0
KEEP_ALIVE = 15

changes: Routes[Request] = Routes("", name="changes")


@changes.get("/changes")
def send_changes(req: Request) -> EventStreamResponse:
    """Stream what happens from now on, or after the change that is named."""
    last = req.headers.get("Last-Event-ID") or req.args.getfirst("since", "", str)
    issues = req.db.issues
    known = int(last[:18]) if last.isdecimal() else issues.last_change()
    return EventStreamResponse(follow(issues, known))


def follow(
    issues: Issues, last: int, looks: int = LOOKS, pause: float = PAUSE
) -> Iterator[Event | None]:
    """Yield changes as they come, and ``None`` when there is none for a while."""
    for look in range(looks):
        if look:
            time.sleep(pause)
        for change in issues.changes_since(last):
            last = change.id
            yield Event(asdict(change), id=str(last))
        if look % KEEP_ALIVE == KEEP_ALIVE - 1:
            yield None
