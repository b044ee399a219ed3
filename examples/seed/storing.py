"""Uploads into files of one's own: the description's examples of file_callback."""

import logging
import os
from functools import partial
from io import FileIO
from os.path import exists

from poorwsgi import Application, fieldstorage, state
from poorwsgi.request import Request

app = Application("storing")
log = logging.getLogger("storing")


class Storage(FileIO):
    """A file for an upload, which must be new."""

    def __init__(self, directory: str, filename: str) -> None:
        self.path = directory + "/" + filename
        if exists(self.path):  # noqa: PTH110
            raise FileExistsError(f"File {filename} exist yet")
        super().__init__(self.path, "w+b")


class StorageFactory:
    """Opens files in one directory."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        if not exists(directory):  # noqa: PTH110
            os.mkdir(directory)  # noqa: PTH102

    def create(self, filename: str) -> Storage:
        """Open a file for an upload."""
        return Storage(self.directory, filename)


# disable automatic request body parsing - IMPORTANT !
app.auto_form = False


@app.before_response()
def auto_form(req: Request) -> None:
    """Parse req.form before any POST response, with our own file_callback."""
    if req.method_number == state.METHOD_POST:
        factory = StorageFactory("./upload")
        try:
            parser = fieldstorage.FieldStorageParser(
                req.input,
                req.headers,
                keep_blank_values=app.keep_blank_values,
                strict_parsing=app.strict_parsing,
                file_callback=factory.create,
            )
            req.form = parser.parse()
        except Exception:
            log.exception("Bad form")
            raise


@app.error_handler(FileExistsError)
def file_exists(_: Request, error: FileExistsError) -> tuple[str, int]:
    """Refuse a second file of that name."""
    return str(error), state.HTTP_CONFLICT


@app.route("/upload", method=state.METHOD_POST)
def upload(req: Request) -> str:
    """The file is stored already."""
    return type(req.form["upload"].file).__name__


# The same by a setting, and with no check at all: a bad solution.
simple_app = Application("storing simply")
simple_app.file_callback = partial(FileIO, mode="w+b")


@simple_app.route("/upload", method=state.METHOD_POST)
def simple_upload(req: Request) -> str:
    """The file is in the working directory, under the name that the client chose."""
    return type(req.form["upload"].file).__name__
