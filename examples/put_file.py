"""Files by PUT: what WebDAV clients, curl and a page with a script send.

::

    python examples/put_file.py [host:port]
    gunicorn --chdir examples --threads 4 put_file:app

``app_upload`` of the environment is the directory for the files, ``upload`` without.
"""

import tempfile
from hashlib import sha256
from pathlib import Path

from launch import launch
from look import HERE, Look, commands, page, table

from poorwsgi import Application, abort, state
from poorwsgi.request import Request
from poorwsgi.response import FileResponse, JSONResponse
from poorwsgi.results import hbytes

app = application = Application("put_file")
app.max_content_length = 8 * 1024**3
app.set_filter("file", r"\w[\w.-]*")  # a name that is harmless in any directory
app.install(Look(__file__))

BLOCK = app.cached_size or 65536
UPLOADS = Path(app.get_options().get("upload", "upload"))
FORM = """<form id="put">
<label>File <input type="file" required></label>
<button>Put</button>
<output></output>
</form>
<script src="put_file.js" defer></script>"""
COMMANDS = {
    "Put a file": "curl -T hello.txt URL/files/hello.txt",
    "Get it back": "curl -O URL/files/hello.txt",
    "Resume a download": "curl -C - -O URL/files/hello.txt",
}


@app.route("/")
def index(req: Request) -> str:
    """Files by PUT.

    The body of a PUT is the file. It is written block by block, and takes its name
    when all of it has come.
    """
    rows = [
        (path.name, "{:.1f} {}B".format(*hbytes(path.stat().st_size)))
        for path in sorted(UPLOADS.glob("[!.]*"))
    ]
    return page(req, FORM + table(rows) + commands(req, COMMANDS))


@app.route("/put_file.js")
def send_script(_: Request) -> FileResponse:
    """Send the script of the page."""
    return FileResponse(HERE / "put_file.js", "text/javascript; charset=utf-8")


@app.route("/files/<name:file>", state.METHOD_PUT)
def put_file(req: Request, name: str) -> JSONResponse:
    """Write the body, and answer with its size and checksum."""
    UPLOADS.mkdir(exist_ok=True)
    target = UPLOADS / name
    created = not target.exists()
    size, digest = 0, sha256()
    with tempfile.NamedTemporaryFile(dir=UPLOADS, prefix=".", delete=False) as file:
        try:
            while block := req.read(BLOCK):
                size += len(block)
                digest.update(block)
                file.write(block)
            if not req.is_body_complete:
                abort(state.HTTP_BAD_REQUEST, error="The file ended early")
            file.close()
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink()
            raise
    return JSONResponse(
        status_code=state.HTTP_CREATED if created else state.HTTP_OK,
        name=name,
        size=size,
        sha256=digest.hexdigest(),
    )


@app.route("/files/<name:file>")
def get_file(_: Request, name: str) -> FileResponse:
    """Give a file back, to be saved: a browser must not run what anybody sent."""
    if not (UPLOADS / name).is_file():
        abort(state.HTTP_NOT_FOUND)
    response = FileResponse(UPLOADS / name, "application/octet-stream")
    response.add_header("Content-Disposition", "attachment", filename=name)
    return response


if __name__ == "__main__":
    launch(app)
