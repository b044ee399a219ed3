"""What threads share stays whole, however often they take turns."""

from pathlib import Path
from time import time

import pytest
from rushing import rush

from poorwsgi_forms.uploads import FileUploads, Upload, UploadBusy

pytestmark = pytest.mark.needs("threads")


def test_an_upload_is_held_by_one(tmp_path: Path) -> None:
    """Who appends is alone, so what many have sent arrives in whole pieces."""
    storage, name = FileUploads(tmp_path, sync=False), "a" * 32
    storage.create(Upload(id=name, expires=time() + 3600), 10)

    def work(thread: int) -> int:
        appended = 0
        for _ in range(10):
            try:
                with storage.hold(name):
                    storage.append(name, [b"%x" % thread * 50] * 2, None)
                    appended += 1
            except UploadBusy:
                pass
        return appended

    times = rush(work)
    with storage.hold(name) as held:
        assert (held.offset, sum(times) > 0) == (sum(times) * 100, True)
    (file,) = [
        path for path in tmp_path.iterdir() if path.stat().st_size == held.offset
    ]
    data = file.read_bytes()
    pieces = [data[start : start + 100] for start in range(0, len(data), 100)]
    assert all(len(set(piece)) == 1 for piece in pieces)
