"""The files of the storages by API: uploads, downloads, pictures.

Routes are set by methods, as applications of many files do it.
"""

from collections.abc import Callable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from re import fullmatch
from typing import IO, Any
from urllib.parse import quote

from poorwsgi import Application, abort, redirect, state
from poorwsgi.fieldstorage import FieldStorageParser
from poorwsgi.headers import parse_range
from poorwsgi.request import Request
from poorwsgi.response import (
    BaseResponse,
    FileResponse,
    JSONResponse,
    NoContentResponse,
    NotModifiedResponse,
    Response,
)
from printer.storages import STORAGES, Storage, Transfer, read_thumbnail

__all__ = ["install"]

BLOCK = 65536
NAME = r"\w[\w .()-]*\.gcode"
ONE = "/api/files/<storage:word>/<name:file>"


def install(app: Application, guard: Callable[..., Any], transfer: Transfer) -> None:
    """Set the routes; all of them are guarded."""
    files = Files(transfer)
    many = "/api/files/<storage:word>"
    app.set_route(many, guard(list_files))
    app.set_route(many, guard(files.upload_form), state.METHOD_POST)
    app.set_route(ONE, guard(show_file))
    app.set_route(ONE, guard(files.upload), state.METHOD_PUT)
    app.set_route(ONE, guard(delete_file), state.METHOD_DELETE)
    app.set_route(f"{ONE}/raw", guard(send_file))
    app.set_route("/api/thumbs/<storage:word>/<name:file>", guard(send_thumbnail))


def find_storage(name: str) -> Storage:
    """Return a storage; 404 if there is none of this name."""
    if name not in STORAGES:
        abort(state.HTTP_NOT_FOUND, error=f"There is no storage {name}.")
    return STORAGES[name]


def describe(storage: Storage, path: Path) -> dict[str, object]:
    """Tell what the API says about a file."""
    link = f"{storage.name}/{quote(path.name)}"
    return {
        "name": path.name,
        "size": path.stat().st_size,
        "thumbnail": f"/api/thumbs/{link}",
        "raw": f"/api/files/{link}/raw",
    }


# --- uploads ---------------------------------------------------------------------


class Files:
    """The uploads.

    Args:
        transfer: what is under way; a client that vanished doesn't stay there.
    """

    def __init__(self, transfer: Transfer) -> None:
        self._transfer = transfer

    def upload(self, req: Request, storage: str, name: str) -> JSONResponse:
        """Take the body of a PUT, block by block."""
        target = find_storage(storage)
        with (
            self._transfer.run(name, req.content_length) as transfer,
            target.create(name) as file,
        ):
            while block := req.read(BLOCK):
                transfer.done += file.write(block)
            if not req.is_body_complete:
                abort(state.HTTP_BAD_REQUEST, error="The upload broke off.")
        return _describe_new(target, name)

    def upload_form(self, req: Request, storage: str) -> JSONResponse:
        """Take the file of a form, which goes to its place while it comes."""
        target = find_storage(storage)
        names: list[str] = []
        with self._transfer.run("a form", req.content_length), ExitStack() as files:

            def create(filename: str) -> IO[bytes]:
                if names or not fullmatch(NAME, filename):
                    abort(state.HTTP_BAD_REQUEST, error="One file .gcode, please.")
                self._transfer.name = filename
                names.append(filename)
                return files.enter_context(target.create(filename))

            parser = FieldStorageParser(req.input, req.headers, file_callback=create)
            form = parser.parse()
            if form.bytes_read != req.content_length or not names:
                abort(state.HTTP_BAD_REQUEST, error="No file came.")
        if req.accept_html:
            redirect("../..", state.HTTP_SEE_OTHER)
        return _describe_new(target, names[0])


def _describe_new(storage: Storage, name: str) -> JSONResponse:
    values = describe(storage, storage.find(name))
    response = JSONResponse(values, status_code=state.HTTP_CREATED)
    response.add_header("Location", f"/api/files/{storage.name}/{quote(name)}")
    return response


# --- what is there ---------------------------------------------------------------


def list_files(_: Request, storage: str) -> dict[str, object]:
    """List a storage."""
    found = find_storage(storage)
    return {"files": [describe(found, path) for path in found]}


def show_file(_: Request, storage: str, name: str) -> dict[str, object]:
    """Tell about a file."""
    found = find_storage(storage)
    return describe(found, found.find(name))


def delete_file(_: Request, storage: str, name: str) -> NoContentResponse:
    """Delete a file."""
    find_storage(storage).find(name).unlink()
    return NoContentResponse()


def send_file(_: Request, storage: str, name: str) -> FileResponse:
    """Send a file; ETag, conditions and ranges come by themselves."""
    path = find_storage(storage).find(name)
    response = FileResponse(path, "text/x.gcode; charset=utf-8")
    response.add_header("Content-Disposition", "attachment", filename=name)
    return response


def send_thumbnail(req: Request, storage: str, name: str) -> BaseResponse:
    """Send the picture inside a file, with ETag and ranges made by hand."""
    data = read_thumbnail(find_storage(storage).find(name))
    if not data:
        abort(state.HTTP_NOT_FOUND, error=f"There is no picture in {name}.")
    etag = f'"{sha256(data).hexdigest()[:32]}"'
    if req.headers.get("If-None-Match") == etag:
        return NotModifiedResponse(etag=etag)
    response = Response(data, "image/png", headers={"ETag": etag})
    ranges = parse_range(req.headers.get("Range", ""))
    response.make_partial(ranges.get("bytes", ()))
    return response
