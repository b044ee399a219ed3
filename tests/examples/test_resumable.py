"""The example resumable.py, without a browser."""

from hashlib import sha256
from pathlib import Path

from running import run_example

BIG = bytes(range(256)) * 4096  # 1 MiB


def test_upload_in_pieces(tmp_path: Path) -> None:
    """A harmless name, a checksum, and nothing left beside the file."""
    folder = tmp_path / "files"
    head = {"Upload-Complete": "?0", "Content-Disposition": 'inline; filename=".a b"'}
    kind = "application/partial-upload"
    with run_example("resumable", tmp_path, app_upload=str(folder)) as example:
        begun = example.send("POST", "/uploads", BIG[:1000], **head)
        place = begun.headers["Location"]
        fields = {"Upload-Complete": "?1", "Upload-Offset": "1000"}
        answer = example.send(
            "PATCH", place, BIG[1000:], **fields, **{"Content-Type": kind}
        )
        name = f"{place.rpartition('/')[2][:8]}-.a_b"
        digest = sha256(BIG).hexdigest()
        expected = {"name": name, "size": len(BIG), "sha256": digest}
        assert (answer.status, answer.json()) == (201, expected)
        assert name in example.get("/").text
    assert (folder / name).read_bytes() == BIG
    assert [file.suffix for file in (folder / ".unfinished").iterdir()] == [".json"]
