"""A storage of resumable uploads for many hosts: records in Redis, content in objects.

It is what ``UploadStorage`` of ``poorwsgi_forms.uploads`` asks for, on any store that
can put, get and delete objects, as S3 and its kin can::

    client = build_redis("redis://localhost:6379/0")
    app.install(ResumableUploads("/uploads", ObjectUploads(client, bucket), take))

A piece counts as kept when its object is there and the record says so.  Records end by
themselves; give the bucket a rule that removes objects after as many days as uploads
may take, for those whose record ended first.
"""

import json
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, replace
from secrets import token_hex
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Protocol, cast

from poorwsgi_forms.uploads import TooManyUploads, UnknownUpload, Upload, UploadBusy

__all__ = ["Bucket", "ObjectUploads"]

PIECE = 5 * 1024 * 1024
LOCK = 60_000  # milliseconds; it is renewed with each piece
IS_MINE = "redis.call('get', KEYS[1]) == ARGV[1]"
RENEW = f"return {IS_MINE} and redis.call('pexpire', KEYS[1], ARGV[2])"
UNLOCK = f"return {IS_MINE} and redis.call('del', KEYS[1])"


class Bucket(Protocol):
    """What is needed of an object store."""

    def put(self, key: str, data: bytes) -> None:
        """Keep an object."""
        ...

    def get(self, key: str) -> bytes:
        """Return an object."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object, if it is there."""
        ...


class ObjectUploads:
    """Keeps records in Redis, and content as objects of some megabytes.

    Args:
        client: of redis-py, one that fails soon; see ``build_redis``.
        bucket: where the objects are.
    """

    def __init__(self, client: Any, bucket: Bucket) -> None:
        self._client = client
        self._bucket = bucket
        self._tokens: dict[str, str] = {}

    def create(self, upload: Upload, most: int) -> None:
        """Keep a record, unless the visitor has too many."""
        counted = f"uploads:{upload.visitor}"
        with self._client.pipeline() as pipe:
            pipe.zremrangebyscore(counted, 0, time.time())
            pipe.zadd(counted, {upload.id: upload.expires})
            pipe.zcard(counted)
            pipe.expireat(counted, int(upload.expires) + 1)
            if pipe.execute()[2] > most:
                self._client.zrem(counted, upload.id)
                raise TooManyUploads(most)
        self._write(upload)

    @contextmanager
    def hold(self, upload_id: str) -> Generator[Upload]:
        """Take an upload in hand, alone."""
        token, lock = token_hex(8), f"upload:{upload_id}:lock"
        if not self._client.set(lock, token, nx=True, px=LOCK):
            raise UploadBusy(upload_id)
        self._tokens[upload_id] = token
        try:
            yield self._read(upload_id)
        finally:
            del self._tokens[upload_id]
            self._client.eval(UNLOCK, 1, lock, token)

    def append(
        self, upload_id: str, blocks: Iterable[bytes], length: int | None
    ) -> int:
        """Append blocks, several to an object; what came is kept."""
        upload = replace(self._read(upload_id), length=length)
        self._write(upload)
        piece = bytearray()
        try:
            for block in blocks:
                piece += block
                if len(piece) >= PIECE:
                    upload = self._keep(upload, piece)
        finally:
            if piece:
                upload = self._keep(upload, piece)
        return upload.offset

    def _keep(self, upload: Upload, piece: bytearray) -> Upload:
        """Put an object, and then say so in the record."""
        lock = (f"upload:{upload.id}:lock", self._tokens[upload.id], LOCK)
        if not self._client.eval(RENEW, 1, *lock):
            raise UploadBusy(upload.id)  # the lock has ended, and others go on
        self._bucket.put(f"{upload.id}/{upload.offset:015}", bytes(piece))
        self._read(upload.id)  # it may have been deleted meanwhile
        self._client.rpush(f"upload:{upload.id}:pieces", upload.offset)
        kept = replace(upload, offset=upload.offset + len(piece))
        self._write(kept)
        piece.clear()
        return kept

    def finish(self, upload_id: str, expires: float) -> Upload:
        """Mark an upload as complete; it isn't counted any longer."""
        upload = self._read(upload_id)
        done = replace(upload, length=upload.offset, is_complete=True, expires=expires)
        self._write(done)
        self._client.zrem(f"uploads:{upload.visitor}", upload_id)
        return done

    def open(self, upload_id: str) -> BinaryIO:
        """Fetch the content into a file that vanishes when it is closed."""
        keys = self._list_objects(upload_id)
        if not self._read(upload_id).is_complete:
            raise UnknownUpload(upload_id)
        file = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - returned
        for key in keys:
            file.write(self._bucket.get(key))
        file.seek(0)
        return file

    def release(self, upload_id: str) -> None:
        """Remove the content."""
        for key in self._list_objects(upload_id):
            self._bucket.delete(key)
        self._client.delete(f"upload:{upload_id}:pieces")

    def delete(self, upload_id: str) -> None:
        """Remove the content, and the record."""
        text = self._client.getdel(f"upload:{upload_id}")
        if text is not None:
            self._client.zrem(f"uploads:{json.loads(text)['visitor']}", upload_id)
        self.release(upload_id)

    def purge(self, now: float) -> int:
        """Do nothing: records and objects end by themselves."""
        return 0

    def _list_objects(self, upload_id: str) -> list[str]:
        offsets = self._client.lrange(f"upload:{upload_id}:pieces", 0, -1)
        return [f"{upload_id}/{int(offset):015}" for offset in offsets]

    def _read(self, upload_id: str) -> Upload:
        text = self._client.get(f"upload:{upload_id}")
        if text is None:
            raise UnknownUpload(upload_id)
        return Upload(**json.loads(text))

    def _write(self, upload: Upload) -> None:
        ends = int(upload.expires) + 1
        text = json.dumps(asdict(upload))
        self._client.set(f"upload:{upload.id}", text, exat=ends)
        self._client.expireat(f"upload:{upload.id}:pieces", ends)
