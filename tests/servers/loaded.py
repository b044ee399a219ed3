"""An application with a bit of everything, for load."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Annotated, Any

from poorwsgi import Application, abort
from poorwsgi.digest import check_digest, hexdigest
from poorwsgi.request import Request
from poorwsgi.response import NoContentResponse
from poorwsgi.session import PoorSession, SessionError
from poorwsgi.state import METHOD_POST
from poorwsgi_core.extensions.event_stream import EventStreamResponse
from poorwsgi_forms.uploads import FileUploads, ResumableUploads, UploadedFile
from poorwsgi_openapi import Api, Query, Schema

FOLDER = Path(Application.get_options()["upload"])
REALM = "Load"
EVENTS = 20

app = Application("loaded")
api = Api("Load", "1.0.0", servers=["/v1"], validate_responses="log")
app.secret_key = "k" * 40
app.auth_type = "Digest"
app.auth_map = {REALM: {"ann": hexdigest("ann", REALM, "secret", md5)}}


@app.route("/text")
def send_text(_: Request) -> str:
    """Answer."""
    return "text"


@app.route("/process")
def tell_process(_: Request) -> dict[str, Any]:
    """Tell who answers, who started it, and where temporary files go."""
    folder = tempfile.gettempdir()
    return {"pid": os.getpid(), "parent": os.getppid(), "temporary": folder}


@app.route("/form", METHOD_POST)
def read_form(req: Request) -> dict[str, int]:
    """Measure the fields of a form, and what was uploaded in it."""
    found: dict[str, int] = {}
    for name in req.form:
        field = req.form[name]
        found[name] = len(field.file.read() if field.filename else field.value)
    return found


def keep_upload(_: Request, upload: UploadedFile) -> dict[str, int]:
    """Keep an upload that is complete."""
    upload.save(FOLDER / upload.filename)
    return {"size": upload.size}


app.install(ResumableUploads("/uploads", FileUploads(FOLDER / "begun"), keep_upload))


@app.route("/digest")
@check_digest(REALM)
def show_user(req: Request) -> dict[str, Any]:
    """Tell who is known by Digest."""
    return {"user": req.user}


@app.route("/session")
def count_visits(req: Request) -> NoContentResponse:
    """Count in the cookie."""
    session = PoorSession(app.secret_key, max_age=60)
    with suppress(SessionError):
        session.load(req.cookies)
    session.data["count"] = session.data.get("count", 0) + 1
    response = NoContentResponse(headers={"X-Count": str(session.data["count"])})
    session.header(response)
    return response


@app.route("/events")
def send_events(_: Request) -> EventStreamResponse:
    """Send some events."""
    return EventStreamResponse({"number": number} for number in range(EVENTS))


@app.route("/stream")
def stream(_: Request) -> Iterator[bytes]:
    """Send 2 MB in blocks."""
    for _number in range(32):
        yield bytes(65536)


@app.route("/gone")
def refuse(_: Request) -> None:
    """Refuse."""
    abort(410)


@dataclass
class Pet:
    """What the API takes."""

    name: Annotated[str, Schema(min_length=1, max_length=20)]
    age: int = 0


@api.get("/pets")
def list_pets(_: Request, limit: Annotated[int, Query(ge=1, le=10)] = 5) -> list[Pet]:
    """List pets."""
    return [Pet(f"pet {number}", number) for number in range(limit)]


@api.post("/pets")
def take_pet(_: Request, body: Pet) -> Pet:
    """Give it back."""
    return body


app.install(api)
