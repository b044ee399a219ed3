"""Facts about JSON that is read strictly."""

import pytest

from poorwsgi_core.http.json_decoder import JSON_DECODER


def test_values() -> None:
    """They are those of the standard library."""
    assert JSON_DECODER.decode('{"a": [1, 2.5, 1e3, null]}') == {
        "a": [1, 2.5, 1000.0, None]
    }


@pytest.mark.parametrize("text", ["NaN", "[-Infinity]", "1e400", "[-1E999]", "[1,]"])
def test_what_is_no_json(text: str) -> None:
    """Neither are words of JavaScript, nor numbers that would be infinite."""
    with pytest.raises(ValueError, match=r"JSON|too large|Expecting|Illegal"):
        JSON_DECODER.decode(text)
