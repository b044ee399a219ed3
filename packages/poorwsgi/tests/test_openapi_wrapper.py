"""``poorwsgi.openapi_wrapper`` is the module of the part, imported on demand."""

import subprocess
import sys


def test_documented_path_is_the_module_of_its_part() -> None:
    """Both paths give one module, which importing the package doesn't load."""
    code = (
        "import sys, poorwsgi; a = 'poorwsgi_openapi' in sys.modules; "
        "import poorwsgi.openapi_wrapper as b; "
        "from poorwsgi import openapi_wrapper as c; "
        "import poorwsgi_openapi.openapi_wrapper as d; print(a, b is c is d)"
    )
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert answer.stdout.split() == ["False", "True"]
