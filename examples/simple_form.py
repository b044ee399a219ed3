"""Forms of the demonstration: parsed by hand, with uploads into files of our own.

The handlers know no application; ROUTES says which path leads to which.
"""

import logging
import re
from collections.abc import Callable
from io import BytesIO, FileIO
from pathlib import Path
from typing import Any

from look import page, table

from poorwsgi import Application, abort, state
from poorwsgi.fieldstorage import FieldStorageParser
from poorwsgi.request import Request

__all__ = ["ROUTES", "UPLOADS", "parse_form"]

log = logging.getLogger("simple")

UPLOADS = Path(Application.get_options().get("upload", "upload"))
FORM = """<form>
<label>Name <input name="name" autocomplete="off"></label>
<label>Number <input name="number" value="42"></label>
<label><input type="checkbox" name="colour" value="red" checked> red</label>
<label><input type="checkbox" name="colour" value="blue" checked> blue</label>
<button formaction="form">As a query</button>
<button formaction="form" formmethod="post">As a form</button>
</form>"""
UPLOAD = """<form action="form/file" method="post" enctype="multipart/form-data">
<label>Text <input name="text" value="a note" autocomplete="off"></label>
<label>File <input type="file" name="file"></label>
<button>Upload</button>
</form>"""


class Storage(FileIO):
    """A new file for an upload; there must be none of that name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(path, "xb+")


class StorageFactory:
    """Opens files in one directory, and remembers which."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._opened: list[Path] = []

    def create(self, filename: str) -> FileIO | BytesIO:
        """Open a file for an upload; memory when the form has no file.

        Raises:
            ValueError: the name is not a plain one.
            FileExistsError: there is such a file already.
        """
        if not filename:
            return BytesIO()
        if not re.fullmatch(r"\w[\w.-]*", filename):
            raise ValueError(f"{filename!r} is no name for a file here")
        self._directory.mkdir(exist_ok=True)
        storage = Storage(self._directory / filename)
        self._opened.append(storage.path)
        return storage

    def remove(self) -> None:
        """Remove what came of a form that is broken."""
        for path in self._opened:
            path.unlink(missing_ok=True)


def parse_form(req: Request) -> None:
    """Parse the form of a POST, before the handler runs."""
    app = req.app
    if req.method_number != state.METHOD_POST:
        return
    if req.mime_type not in app.form_mime_types:
        return
    factory = StorageFactory(UPLOADS)
    parser = FieldStorageParser(
        req.input,
        req.headers,
        keep_blank_values=app.keep_blank_values,
        strict_parsing=app.strict_parsing,
        file_callback=factory.create,
        limits=app.form_limits(),
    )
    try:
        req.form = parser.parse()
    except Exception:
        log.exception("The form can't be parsed")
        factory.remove()
        raise


def show_form(req: Request) -> str:
    """Arguments of a query, fields of a form.

    Both are read in the same way. The number is converted by int; what is no number
    is answered 400.
    """
    name, values = ("form", req.form) if req.method == "POST" else ("args", req.args)
    rows = [
        (f"req.{name}.keys()", list(values.keys())),
        (f"req.{name}.getvalue('colour')", repr(values.getvalue("colour"))),
        (f"req.{name}.getfirst('name', '?')", repr(values.getfirst("name", "?"))),
        (f"req.{name}.getfirst('number', 0, int)", values.getfirst("number", 0, int)),
        (f"req.{name}.getlist('colour')", values.getlist("colour")),
    ]
    return page(req, FORM + table(rows))


def show_upload(req: Request) -> str:
    """An upload by a form.

    The file goes straight into a file of the application's own, which must be new.
    """
    if req.method != "POST":
        return page(req, UPLOAD)
    if "file" not in req.form:
        abort(state.HTTP_BAD_REQUEST, error="The form has no field named file")
    field, content = req.form["file"], req.form.getvalue("file", b"")
    if isinstance(field, list):
        abort(state.HTTP_BAD_REQUEST, error="One file at a time, please")
    rows: list[tuple[str, object]] = [
        ("req.form.getfirst('text')", repr(req.form.getfirst("text"))),
        *((f".{name}", repr(getattr(field, name))) for name in ("name", "filename")),
        *((f".{name}", getattr(field, name)) for name in ("type", "length", "list")),
        (".file", type(field.file).__name__),
        ("req.form.getvalue('file')", f"{type(content).__name__} of {len(content)}"),
    ]
    return page(req, UPLOAD + table(rows))


ROUTES: dict[str, Callable[[Request], Any]] = {
    "/form": show_form,
    "/form/file": show_upload,
}
