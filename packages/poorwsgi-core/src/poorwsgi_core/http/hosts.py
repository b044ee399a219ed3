"""Host names and ports, as the Host field carries them.

The grammar is that of RFC 3986 section 3.2: a registered name, an IPv4 address
or an IPv6 address in brackets, and maybe a port.  What a client sends here is
used to build URLs, so anything else is no host at all; neither is a name with a comma,
which the grammar allows: servers join two Host fields by one.
"""

import re

__all__ = [
    "DEFAULT_PORTS",
    "first_element",
    "is_loopback",
    "parse_port",
    "split_host",
]

DEFAULT_PORTS = {"http": 80, "https": 443}
"""Port that a URL of a scheme leaves out."""

_HOST = re.compile(
    r"((?:[0-9A-Za-z._~!$&'()*+;=-]|%[0-9A-Fa-f]{2}){1,255}|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::([0-9]{0,5}))?"
)
_LOOPBACK = r"(?i:(?:.+\.)?localhost\.?|127(?:\.[0-9]{1,3}){3}|\[::1\])"
_MAX_PORT = 65_535


def split_host(value: str) -> tuple[str, int | None] | None:
    """Split a Host value into host and port.

    Returns:
        The host as sent, an IPv6 address with its brackets, and the port or
        ``None`` when there is none; ``None`` when value is malformed.
    """
    match = _HOST.fullmatch(value)
    if match is None:
        return None
    host, digits = match.groups()
    if host[0] == "[" and not _is_ipv6(host[1:-1]):
        return None
    if not digits:
        return host, None
    port = int(digits)
    return (host, port) if port <= _MAX_PORT else None


def is_loopback(host: str) -> bool:
    """Tell whether a host, without a port, is a name of this machine alone.

    No name service leads these names to a page of somebody else (RFC 6761).
    """
    return re.fullmatch(_LOOPBACK, host) is not None


def first_element(value: str) -> str:
    """Return the first element of a comma-separated value, stripped."""
    return value.partition(",")[0].strip(" \t")


def parse_port(value: str) -> int | None:
    """Parse a port, ``None`` when it is none."""
    host = split_host(f"h:{value}")
    return (host and host[1]) or None


def _is_ipv6(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True
