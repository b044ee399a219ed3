"""A chat over WebSockets: what one tab says, all of them show.

::

    pip install simple-websocket
    python examples/websocket.py [host:port]
    gunicorn --chdir examples --threads 100 websocket:application
    uwsgi --http11-socket :8080 --chdir examples --module websocket --threads 100

It takes one process with as many threads as people chat: the room is in its memory.
"""

import json
from collections import deque
from threading import Lock
from urllib.parse import urlsplit

from launch import launch
from look import HERE, Look, page
from websocket_servers import WebSocket, WebSocketApp

from poorwsgi import Application, abort, state
from poorwsgi.request import Request
from poorwsgi.response import Declined, FileResponse
from poorwsgi.results import html_escape

app = Application("websocket")
app.install(Look(__file__))
application = WebSocketApp(app)

LONGEST_NAME = 30
LONGEST_TEXT = 1000
CHAT = """<div id="chat">
<p><span id="state" role="status">Connecting …</span> <span id="people"></span></p>
<ol id="messages" aria-live="polite"></ol>
<form>
<label>Name <input name="name" maxlength="30" required autocomplete="off"></label>
<label class="wide">Message
<input name="text" maxlength="1000" required autocomplete="off" autofocus></label>
<button disabled>Send</button>
</form>
</div>
<script src="websocket.js" defer></script>"""


class Room:
    """Who is here, and what was said last."""

    def __init__(self) -> None:
        self._people: set[WebSocket] = set()
        self._last: deque[str] = deque(maxlen=50)
        self._lock = Lock()

    def enter(self, websocket: WebSocket) -> None:
        """Let somebody in, who is told what was said last."""
        with self._lock:
            for message in self._last:
                websocket.send(message)
            self._people.add(websocket)
            self._tell({"people": len(self._people)})

    def leave(self, websocket: WebSocket) -> None:
        """Forget somebody."""
        with self._lock:
            self._people.discard(websocket)
            self._tell({"people": len(self._people)})

    def say(self, name: str, text: str) -> None:
        """Tell everybody, and who comes later."""
        with self._lock:
            self._last.append(self._tell({"name": name, "text": text}))

    def _tell(self, message: dict[str, object]) -> str:
        line = json.dumps(message)
        for websocket in self._people:
            websocket.send(line)
        return line


ROOM = Room()


@app.route("/")
def index(req: Request) -> str:
    """A chat.

    Open this page in a second tab, and talk to yourself.
    """
    scheme = "wss" if req.scheme == "https" else "ws"
    address = f"{scheme}://{req.environ['HTTP_HOST']}{req.environ['SCRIPT_NAME']}/chat"
    where = f"The address for other clients is <code>{html_escape(address)}</code>."
    return page(req, f'{CHAT}<p class="hint">{where}</p>')


@app.route("/websocket.js")
def send_script(_: Request) -> FileResponse:
    """Send the script of the page."""
    return FileResponse(HERE / "websocket.js", "text/javascript; charset=utf-8")


@app.route("/chat")
def chat(req: Request) -> Declined:
    """Talk as long as the connection lasts; nothing is sent through WSGI then."""
    websocket: WebSocket = find_websocket(req)
    websocket.accept()
    ROOM.enter(websocket)
    try:
        while (line := websocket.receive()) is not None:
            hear(line)
    finally:
        ROOM.leave(websocket)
    return Declined()


def find_websocket(req: Request) -> WebSocket:
    """Return the WebSocket of the request.

    Raises:
        HTTPException: 400 for another request, 403 for a page of another site,
            501 where the server has no WebSockets.
    """
    if req.headers.get("Upgrade", "").lower() != "websocket":
        abort(state.HTTP_BAD_REQUEST, error="This address is for WebSockets")
    # Any site may open one from its page, with the cookies of this one.
    origin = req.headers.get("Origin")
    if origin and urlsplit(origin).netloc != req.environ["HTTP_HOST"]:
        abort(state.HTTP_FORBIDDEN, error="This chat is for its own page")
    websocket: WebSocket | None = req.environ.get("wsgi.websocket")
    if websocket is None:
        abort(state.HTTP_NOT_IMPLEMENTED, error="This server has no WebSockets")
    return websocket


def hear(line: str) -> None:
    """Say what a client wants said; what is no message is left out."""
    try:
        message = json.loads(line)
        name, text = message["name"].strip(), message["text"].strip()
    except (ValueError, LookupError, TypeError, AttributeError):
        return
    if 0 < len(name) <= LONGEST_NAME and 0 < len(text) <= LONGEST_TEXT:
        ROOM.say(name, text)


if __name__ == "__main__":
    launch(application)
