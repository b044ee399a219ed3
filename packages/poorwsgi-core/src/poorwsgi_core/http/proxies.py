"""Which proxies are believed, and the fields by which they tell of a client."""

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


class ProxyList(tuple[str, ...]):  # noqa: SLOT001 - a tuple can't have slots
    """Addresses and networks of proxies, as they were written.

    Raises:
        ValueError: something with a slash is no network.
    """

    _networks: "list[IPv4Network | IPv6Network]"

    def __new__(cls, names: Iterable[str] = ()) -> Self:
        """Read what is a network."""
        self = super().__new__(cls, names)
        self._networks = [_parse_network(name) for name in self if "/" in name]
        return self

    def has(self, address: str | None) -> bool:
        """Tell whether an address is one of these, or in one of the networks."""
        if address is None or address in self:
            return address in self
        # IPv4, as a server tells it that listens for both.
        plain = address.removeprefix("::ffff:")
        return plain in self or (bool(self._networks) and self._cover(plain))

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


def _parse_network(name: str) -> "IPv4Network | IPv6Network":
    # Imported here: hardly anybody needs it, and everybody would wait for it.
    from ipaddress import ip_network

    return ip_network(name)
