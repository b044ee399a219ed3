"""Facts about JSON that is read strictly."""

import pytest

from poorwsgi_core.http.json_decoder import loads


@pytest.mark.parametrize("blanks", ["", " ", "\r\n\t"])
def test_values(blanks: str) -> None:
    """They are those of the standard library, blanks around them or not."""
    text = f'{blanks}{{"a": [1, 2.5, 1e3, null]}}{blanks}'
    assert loads(text) == {"a": [1, 2.5, 1000.0, None]}


@pytest.mark.parametrize(
    "text",
    ["", " ", "NaN", "[-Infinity]", "1e400", "[-1E999]", "[1,]", "1 2", "\ufeff1"],
)
def test_what_is_no_json(text: str) -> None:
    """Neither are words of JavaScript, nor numbers that would be infinite."""
    with pytest.raises(ValueError, match=r"JSON|too large|Expecting|Illegal|Extra|BOM"):
        loads(text)
