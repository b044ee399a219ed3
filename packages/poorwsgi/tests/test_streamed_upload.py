"""Facts about uploads that are protected by a token and streamed."""

import secrets
from typing import Any

import pytest

from poorwsgi import Application
from poorwsgi.aes_session import AESSession
from poorwsgi.request import Request
from poorwsgi.state import METHOD_POST
from poorwsgi_auth import check_csrf, csrf_token
from poorwsgi_core.testing import Client

KIND = "multipart/form-data; boundary=B"
FILE = (
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
    + bytes(200_000)
    + b"\r\n--B--\r\n"
)


@pytest.mark.parametrize(("right", "status"), [(True, 200), (False, 403)])
def test_token_in_front_of_a_streamed_file(right: bool, status: int) -> None:
    """check_csrf as a before handler leaves the parts to the handler."""
    app = Application(f"streamed upload, {right}")
    session = AESSession(secrets.token_bytes(32))
    token = csrf_token(session) if right else "00" * 32

    def check(req: Any) -> None:
        check_csrf(req, session)

    def upload(req: Request) -> dict[str, Any]:
        return {part.name or "": sum(map(len, part)) for part in req.form_parts()}

    app.add_before_response(check)
    app.set_route("/", upload, METHOD_POST)
    head = b'--B\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
    body = head + token.encode() + b"\r\n" + FILE
    answer = Client(app).post("/", body=body, CONTENT_TYPE=KIND)
    assert answer.status_code == status
    if right:
        assert answer.json() == {"csrf_token": 64, "file": 200_000}
