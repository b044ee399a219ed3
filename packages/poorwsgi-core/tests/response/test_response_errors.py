"""Facts about the exceptions of responses."""

from typing import Any

import pytest

from poorwsgi_core.response import (
    Declined,
    EmptyResponse,
    HTTPException,
    NoContentResponse,
    Response,
    ResponseError,
)
from poorwsgi_core.state import DECLINED, phrases


def test_args_are_status_and_keywords() -> None:
    """Callers take them apart so."""
    assert HTTPException(404).args == (404, {})
    assert HTTPException(401, realm="x", stale=True).args == (
        401,
        {"realm": "x", "stale": True},
    )
    response = Response("x")
    assert HTTPException(response, error="y").args == (response, {"error": "y"})


@pytest.mark.parametrize("arg", ["404", None, 4.5, object(), Response])
def test_argument_of_a_wrong_type(arg: Any) -> None:
    """Neither a status nor a response is a TypeError (P11)."""
    with pytest.raises(TypeError, match="status code or a response"):
        HTTPException(arg)


def test_carried_response() -> None:
    """The response is sent as it is."""
    response = Response("x", status_code=404)
    error = HTTPException(response)
    assert error.make_response() is response
    assert error.response is response
    assert error.status_code == 404


@pytest.mark.parametrize("code", sorted({*phrases, 299, 999} - {200, 204}))
def test_status_is_left_to_the_handlers(code: int) -> None:
    """Other statuses have no response of their own."""
    error = HTTPException(code)
    assert error.make_response() is None
    assert error.response is None
    assert error.status_code == code


def test_declined() -> None:
    """DECLINED makes a response that sends nothing."""
    error = HTTPException(DECLINED)
    assert isinstance(error.make_response(), Declined)
    assert error.response is None
    assert error.status_code == 0


def test_ok_is_no_content() -> None:
    """200 is answered without content, and is deprecated."""
    error = HTTPException(200)
    with pytest.warns(DeprecationWarning, match="NoContentResponse"):
        response = error.make_response()
    assert isinstance(response, EmptyResponse)
    assert response.status_code == 204
    assert error.status_code == 200


def test_no_content() -> None:
    """204 is answered without a body (L11, decision 5)."""
    response = HTTPException(204).make_response()
    assert type(response) is NoContentResponse
    assert response.status_code == 204


def test_kinds_of_exceptions() -> None:
    """Except clauses of applications rely on them."""
    assert issubclass(ResponseError, RuntimeError)
    assert issubclass(HTTPException, Exception)
    assert not issubclass(HTTPException, ResponseError)
