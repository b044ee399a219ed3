"""The engine of resumable uploads: begin one, go on with it, finish it.

The rules:

* An upload is in the hands of one request at a time, and its state is looked at there.
* What came of a body that breaks off is kept; the upload isn't complete then.
* No byte is kept beyond the length of the upload, or beyond a limit.
* It is marked complete before the application gets it, so that it gets it once.

It knows no header field and no file.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from secrets import token_hex
from time import monotonic, time

from poorwsgi_core import HTTPException, Request
from poorwsgi_core.state import HTTP_CONFLICT, HTTP_REQUEST_ENTITY_TOO_LARGE
from poorwsgi_forms.uploads.dialect import Creation, Piece, UploadLimits, refuse
from poorwsgi_forms.uploads.storage import UnknownUpload, Upload, UploadStorage

__all__ = ["Receiver"]

_BLOCK = 65536
_PURGE_PERIOD = 60.0
_KEPT_RECORD = 3600.0
"""Seconds for which a client that missed the last answer may ask."""


class Receiver:
    """Receives uploads into a storage.

    Args:
        storage: keeps them.
        max_uploads: unfinished ones of a visitor.
    """

    def __init__(self, storage: UploadStorage, max_uploads: int) -> None:
        self._storage = storage
        self._most = max_uploads
        self._purged = -_PURGE_PERIOD

    def begin(
        self,
        req: Request,
        creation: Creation,
        limits: UploadLimits,
        owner: str,
        visitor: str,
    ) -> Upload:
        """Begin an upload with the body of a request, and return its state.

        Raises:
            HTTPException: 400, 413, 429 or 507; then there is no upload.
        """
        _find_length(creation.piece, None, 0, limits)
        self._purge()
        upload = Upload(
            id=token_hex(16),
            expires=time() + limits.lifetime,
            length=creation.piece.length,
            filename=creation.filename,
            content_type=creation.content_type,
            metadata=creation.metadata,
            owner=owner,
            visitor=visitor,
        )
        self._storage.create(upload, self._most)
        try:
            with self._storage.hold(upload.id) as held:
                return self._receive(req, held, creation.piece, limits)
        except BaseException:
            # Its address was not told yet, so nobody can go on with it.
            self._storage.delete(upload.id)
            raise

    def go_on(
        self,
        req: Request,
        upload_id: str,
        piece: Piece,
        limits: UploadLimits,
        owner: str,
    ) -> Upload:
        """Append the body of a request to an upload, and return its state.

        Raises:
            HTTPException: 400, 404, 409, 413, 423 or 507.
        """
        with self.hold(upload_id, owner) as held:
            if held.is_complete:
                kind = "completed-upload"
                if req.content_length > 0 or req.is_chunked:
                    kind = "inconsistent-upload-length"
                raise refuse("The upload is complete already", kind=kind)
            if piece.offset != held.offset:
                raise refuse(
                    f"The upload goes on at {held.offset}",
                    HTTP_CONFLICT,
                    "mismatching-upload-offset",
                    {"Upload-Offset": str(held.offset)},
                    expected_offset=held.offset,
                    provided_offset=piece.offset,
                )
            return self._receive(req, held, piece, limits)

    @contextmanager
    def hold(self, upload_id: str, owner: str) -> Generator[Upload]:
        """Take an upload in hand.

        Raises:
            UnknownUpload: there is none, or it is somebody else's, or too old.
            UploadBusy: another request has it.
        """
        with self._storage.hold(upload_id) as held:
            if held.expires <= time():
                self._storage.delete(upload_id)
                raise UnknownUpload(upload_id)
            if held.owner != owner:
                raise UnknownUpload(upload_id)
            yield held

    def _receive(
        self, req: Request, held: Upload, piece: Piece, limits: UploadLimits
    ) -> Upload:
        length = _find_length(piece, held.length, held.offset, limits)
        room = (limits.max_size if length is None else length) - held.offset
        _check_declared(req.content_length, room, limits, is_known=length is not None)
        try:
            blocks = _read_blocks(req, min(room, limits.max_append_size))
            offset = self._storage.append(held.id, blocks, length)
        except _TooMuch as error:
            if room <= limits.max_append_size:
                self._storage.delete(held.id)  # its client counts otherwise
            raise _refuse_size(limits) from error
        if not req.is_body_complete:
            raise refuse("The body ended early")
        is_last = offset == length if piece.is_last is None else piece.is_last
        if is_last and length not in (None, offset):
            raise refuse("The lengths differ", kind="inconsistent-upload-length")
        if is_last:
            ends = min(held.expires, time() + _KEPT_RECORD)
            return self._storage.finish(held.id, ends)
        return replace(held, offset=offset, length=length)

    def _purge(self) -> None:
        now = monotonic()
        if now - self._purged >= _PURGE_PERIOD:
            self._purged = now
            self._storage.purge(time())


class _TooMuch(Exception):
    """More came than there is room for."""


def _read_blocks(req: Request, room: int) -> Iterator[bytes]:
    if req.content_length <= 0 and not req.is_chunked:
        return
    while block := req.read(_BLOCK):
        room -= len(block)
        if room < 0:
            raise _TooMuch
        yield block


def _find_length(
    piece: Piece, known: int | None, offset: int, limits: UploadLimits
) -> int | None:
    """Return the length of an upload, as far as it is known."""
    length = known if piece.length is None else piece.length
    if length is None:
        return None
    if known not in (None, length) or length < offset:
        raise refuse("The lengths differ", kind="inconsistent-upload-length")
    if length > limits.max_size:
        raise _refuse_size(limits)
    return length


def _check_declared(
    size: int, room: int, limits: UploadLimits, *, is_known: bool
) -> None:
    """Refuse a body that is too large, before any of it is read."""
    if size > limits.max_append_size or (size > room and not is_known):
        raise _refuse_size(limits)
    if size > room:
        raise refuse(
            "There is more than the length says", kind="inconsistent-upload-length"
        )


def _refuse_size(limits: UploadLimits) -> HTTPException:
    return refuse(
        f"An upload has up to {limits.max_size} bytes, a request up to "
        f"{limits.max_append_size}",
        HTTP_REQUEST_ENTITY_TOO_LARGE,
    )
