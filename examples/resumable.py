"""Uploads that go on where they broke off: by a page, by curl, and by clients of tus.

::

    python examples/resumable.py [host:port]
    gunicorn --chdir examples --threads 4 resumable:app

``app_upload`` of the environment is the directory for the files, ``upload`` without.
What is not complete yet is in a hidden directory there.
"""

import re
from hashlib import sha256
from pathlib import Path

from launch import launch
from look import HERE, Look, commands, page, table

from poorwsgi import Application
from poorwsgi.request import Request
from poorwsgi.response import FileResponse, JSONResponse
from poorwsgi.results import hbytes
from poorwsgi_forms.uploads import FileUploads, ResumableUploads, UploadedFile

app = application = Application("resumable")
app.install(Look(__file__))

UPLOADS = Path(app.get_options().get("upload", "upload"))
FORM = """<form id="send">
<label>File <input type="file" required></label>
<button>Send</button>
<progress max="1" value="0" aria-label="Progress"></progress>
<output></output>
</form>
<script src="resumable.js" defer></script>"""
COMMANDS = {
    "Begin": "curl -i -X POST -H 'Upload-Complete: ?0' URL/uploads",
    "Ask how far it is": "curl -I URL/uploads/ID",
    "Send the rest, from 0": (
        "curl -X PATCH --data-binary @hello.txt -H 'Upload-Complete: ?1' "
        "-H 'Upload-Offset: 0' -H 'Content-Type: application/partial-upload' "
        "URL/uploads/ID"
    ),
}


@app.route("/")
def index(req: Request) -> str:
    """Uploads that go on.

    The page sends a file in pieces. When the connection is lost it asks the server
    what has arrived, and goes on there; also when the page is closed in between, and
    the same file is chosen again.
    """
    rows = [
        (path.name, "{:.1f} {}B".format(*hbytes(path.stat().st_size)))
        for path in sorted(UPLOADS.glob("[!.]*"))
    ]
    return page(req, FORM + table(rows) + commands(req, COMMANDS))


@app.route("/resumable.js")
def send_script(_: Request) -> FileResponse:
    """Send the script of the page."""
    return FileResponse(HERE / "resumable.js", "text/javascript; charset=utf-8")


def take(_: Request, upload: UploadedFile) -> JSONResponse:
    """Keep a complete upload, and answer with its name, size and checksum."""
    digest = sha256()
    for block in upload:
        digest.update(block)
    # It is the client's choice; what stands before it makes it the only one.
    name = re.sub(r"[^\w.-]", "_", upload.filename)[-100:] or "file"
    name = f"{upload.id[:8]}-{name}"
    upload.save(UPLOADS / name)
    return JSONResponse(
        name=name, size=upload.size, sha256=digest.hexdigest(), status_code=201
    )


storage = FileUploads(UPLOADS / ".unfinished")
app.install(ResumableUploads("/uploads", storage, take, max_size=8 * 1024**3))

if __name__ == "__main__":
    launch(app)
