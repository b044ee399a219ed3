"""Facts about which proxies are believed."""

import subprocess
import sys

import pytest

from poorwsgi_core.http.proxies import ProxyList, check_fields


@pytest.mark.parametrize(
    ("names", "address", "expected"),
    [
        ((), "127.0.0.1", False),
        (("127.0.0.1",), "127.0.0.1", True),
        (("127.0.0.1",), "127.0.0.2", False),
        (("127.0.0.1",), None, False),
        (("127.0.0.1",), "", False),
        (("127.0.0.1",), "::ffff:127.0.0.1", True),
        (("127.0.0.1",), "::ffff:127.0.0.2", False),
        (("0:0:0:0::1", "FD00::A"), "::1", True),
        (("0:0:0:0::1", "FD00::A"), "fd00::a", True),
        (("::ffff:10.0.0.1",), "::ffff:10.0.0.1", True),
        (("unix:",), "", True),
        (("unix:",), None, True),
        (("unix:",), "unix:", True),
        (("unix:",), "localhost", True),
        (("unix:",), "0.0.0.0", True),  # noqa: S104 - nothing is bound
        (("unix:",), "127.0.0.1", False),
        (("unix:", "10.0.0.0/8"), "10.0.0.1", True),
        (("10.0.0.0/8",), "10.255.0.1", True),
        (("10.0.0.0/8",), "11.0.0.1", False),
        (("10.0.0.0/8",), "::ffff:10.0.0.1", True),
        (("10.0.0.0/8",), "::ffff:11.0.0.1", False),
        (("10.0.0.0/8",), "10.0.0.0/8", False),
        (("10.0.0.0/8",), "", False),
        (("10.0.0.0/8",), None, False),
        (("10.0.0.0/8", "::1"), "::1", True),
        (("fd00::/8",), "fd12::1", True),
        (("fd00::/8",), "fe80::1", False),
        (("fd00::/8", "10.0.0.0/8"), "10.1.1.1", True),
        (("fd00::/8",), "10.1.1.1", False),
        (("0.0.0.0/0",), "junk", False),
    ],
)
def test_proxies(names: tuple[str, ...], address: str | None, expected: bool) -> None:
    """Addresses count as servers write them, networks as what they are."""
    assert ProxyList(names).has(address) is expected


def test_network_that_is_none() -> None:
    """A network with bits behind it is a mistake."""
    with pytest.raises(ValueError, match="has host bits set"):
        ProxyList(["10.0.0.1/8"])


@pytest.mark.parametrize(
    "name",
    ["", "localhost", "unix", "nonsense host", "10.0.0", "10.0.0.256", "10.0.0.01"],
)
def test_name_that_is_no_address(name: str) -> None:
    """What no server says of a client is a mistake, instead of never."""
    with pytest.raises(ValueError, match=f"^'{name}' is neither .+, or 'unix:' where"):
        ProxyList([name])


def test_names_of_fields() -> None:
    """Fields have any case, and are known ones."""
    assert check_fields(["X-Forwarded-Host", "FORWARDED"]) == (
        "x-forwarded-host",
        "forwarded",
    )
    with pytest.raises(ValueError, match="no field 'x-real-ip' is known, only forw"):
        check_fields(["X-Real-IP"])


@pytest.mark.needs("processes")
def test_import() -> None:
    """Who names no network doesn't wait for the module of addresses."""
    code = (
        "import sys; from poorwsgi_core import Application; "
        "Application().trusted_proxies = ['10.0.0.1']; "
        "print('ipaddress' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
