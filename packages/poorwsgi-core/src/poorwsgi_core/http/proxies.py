"""Which proxies are believed, and the fields by which they tell of a client."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

__all__ = ["FIELDS", "ProxyList", "check_fields"]

FIELDS: Final = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
)
"""Names, in lower case, of all fields that say something of a client."""


_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4: Final = rf"(?a:{_BYTE}(?:\.{_BYTE}){{3}})"

_UNIX: Final = "unix:"
_NO_ADDRESS: Final = ("", _UNIX, "localhost", "0.0.0.0")  # noqa: S104 - none is bound
"""What there is of a client on a Unix socket: most have nothing, waitress, uWSGI."""


class ProxyList(tuple[str, ...]):  # noqa: SLOT001 - a tuple can't have slots
    """Addresses and networks of proxies, as they were written.

    ``unix:`` among them is whoever may write to the Unix socket of the server.

    Raises:
        ValueError: something is neither an address nor a network.
    """

    _addresses: frozenset[str]
    _networks: "list[IPv4Network | IPv6Network]"

    def __new__(cls, names: Iterable[str] = ()) -> Self:
        """Read what is a network, and check the rest."""
        self = super().__new__(cls, names)
        single = [name for name in self if "/" not in name]
        self._addresses = frozenset(text for name in single for text in _spell(name))
        self._networks = [_parse_network(name) for name in self if "/" in name]
        return self

    def has(self, address: str | None) -> bool:
        """Tell whether an address is one of these, or in one of the networks."""
        address = address or ""  # a variable may be left out, or empty (PEP 3333)
        if address in self._addresses:
            return True
        # IPv4, as a server tells it that listens for both.
        plain = address.removeprefix("::ffff:")
        return plain in self._addresses or (bool(self._networks) and self._cover(plain))

    def _cover(self, address: str) -> bool:
        from ipaddress import ip_address

        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)


def check_fields(names: Iterable[str]) -> tuple[str, ...]:
    """Check names of fields that proxies set; returns them in lower case.

    Raises:
        ValueError: one of them says nothing of an address.
    """
    fields = tuple(name.lower() for name in names)
    for name in fields:
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise ValueError(f"no field {name!r} is known, only {known}")
    return fields


def _spell(name: str) -> tuple[str, ...]:
    """Return how servers may write an address."""
    if name == _UNIX:
        return _NO_ADDRESS
    if re.fullmatch(_IPV4, name):
        return (name,)
    # Imported here: hardly anybody needs it, and everybody would wait for it.
    from ipaddress import ip_address

    try:
        return name, str(ip_address(name))
    except ValueError as error:
        raise ValueError(
            f"{name!r} is neither an address nor a network: write what REMOTE_ADDR is, "
            f"such as '127.0.0.1' or '10.0.0.0/8', or {_UNIX!r} where the server "
            "listens on a Unix socket"
        ) from error


def _parse_network(name: str) -> "IPv4Network | IPv6Network":
    # Imported here, as above.
    from ipaddress import ip_network

    return ip_network(name)
